/* Facts, strengths and mandates of one home with and without the changes. */
#include "service/whatif.h"

#include "model/codec.h"
#include "rules/home.h"
#include "rules/unit.h"

#include <stdio.h>

#define KIND(name) MANDATE__KIND__KIND_##name

/* --- facts that clash ----------------------------------------------------------------------------
 */

struct looking {
	struct whatif *w;
	struct whatif_home *h;
};

static size_t change_of(const struct whatif *w, Mandate__Kind kind, const char *key)
{
	for (size_t i = w->plan.planned; i-- > 0;)
		if (w->plan.plans[i].kind == kind && strcmp(w->plan.plans[i].key, key) == 0)
			return i;
	return SIZE_MAX;
}

/* Of both operations that know a transfer, the one that gives tells it. */
static enum status look_at_transfer(void *ctx, const struct view_fact *fact)
{
	struct looking *l = ctx;

	if (strcmp(fact->record->transfer->operation, l->h->name) != 0 ||
	    unit_transfer_effect(l->h->would.dossier, fact->key) != TRANSFER_NO_EFFECT ||
	    unit_transfer_effect(l->h->was.dossier, fact->key) == TRANSFER_NO_EFFECT)
		return STATUS_OK;
	return whatif_clash(l->w, change_of(l->w, KIND(TRANSFER), fact->key),
			    "the unit is not there the day before: the transfer moves nobody",
			    fact->kind, fact->key);
}

/* An extension of what has ended. */
static enum status look_at_instrument(struct whatif *w, struct whatif_home *h, size_t change)
{
	const struct plan *p = &w->plan.plans[change];
	const Mandate__Instrument *i = p->change->record->instrument;
	char ended[DAY_TEXT_BYTES];
	struct mandate_day m;

	if (p->unchanged || !p->content.len || strcmp(i->operation, h->name) != 0 ||
	    i->action != MANDATE__ACTION__ACTION_EXTEND || !dossier_known(h->was.dossier))
		return STATUS_OK;
	mandate_on(h->was.dossier, i->party, i->adopted, &m);
	if (m.in_force || m.valid_until >= i->adopted || m.valid_until == DAY_NEVER)
		return STATUS_OK;
	day_format(ended, m.valid_until);
	return whatif_clash(
		w, change,
		arena_printf(w->a,
			     "adopted after the mandate had ended on %s: the days between "
			     "stay a gap",
			     ended),
		p->kind, p->key);
}

enum status whatif_find_clashes(struct whatif *w, struct whatif_home *h)
{
	struct looking l = {w, h};
	enum status s = STATUS_OK;

	if (home_kind_of(h->name) != HOME_OPERATION)
		return STATUS_OK;
	for (size_t i = 0; s == STATUS_OK && i < w->plan.planned; i++)
		if (w->plan.plans[i].kind == KIND(INSTRUMENT))
			s = look_at_instrument(w, h, i);
	return s == STATUS_OK ? view_scan(&w->plan.homes.view, &w->page->scratch, KIND(TRANSFER),
					  h->name, look_at_transfer, &l)
			      : s;
}

/* --- strengths and mandates ----------------------------------------------------------------------
 */

enum { COMPONENTS = MANDATE__COMPONENT__COMPONENT_CIVILIANS + 1 };

/* Rows of one world on one day, by component. */
struct strengths {
	struct arena *a;
	Mandate__Strength *of[COMPONENTS];
};

static enum status keep_strength(void *ctx, const Mandate__Strength *row)
{
	struct strengths *s = ctx;

	if ((size_t)row->component >= COMPONENTS)
		return STATUS_OK;
	s->of[row->component] = codec_copy(s->a, &row->base);
	return s->of[row->component] ? STATUS_OK : STATUS_NO_MEMORY;
}

static enum status read_strengths(struct whatif *w, struct page_operation *o, bool with_changes,
				  int32_t day, struct strengths *ret_strengths)
{
	*ret_strengths = (struct strengths){.a = w->a};
	arena_reset(&w->page->scratch);
	whatif_enter(w, with_changes);
	return dossier_known(o->dossier) ? query_strength_of(o, day, keep_strength, ret_strengths)
					 : STATUS_OK;
}

/* Equal but for the day, and so the age of a head-count. */
static bool same_strength(struct arena *scratch, const Mandate__Strength *x,
			  const Mandate__Strength *y)
{
	if (!x || !y)
		return x == y;
	Mandate__Strength moved = *x;
	moved.on = y->on;
	moved.age_days = y->age_days;
	if (x->has_basis && x->basis == MANDATE__BASIS__BASIS_UNIT && y->has_as_of)
		moved.as_of = y->as_of;
	return codec_equal(scratch, &moved.base, &y->base);
}

static Mandate__Strength *empty_row(struct arena *a, const char *operation,
				    Mandate__Component component)
{
	Mandate__Strength *row = arena_alloc(a, sizeof *row);

	if (!row)
		return NULL;
	mandate__strength__init(row);
	row->operation = codec_borrow(operation);
	row->component = component;
	return row;
}

/* `told`: what was told last, by component. */
static enum status compare_strengths(struct whatif *w, struct whatif_home *h, int32_t day,
				     Mandate__Strength *told[COMPONENTS])
{
	struct arena *scratch = &w->page->scratch;
	struct strengths was, would;
	enum status s = read_strengths(w, &h->was, false, day, &was);

	if (s == STATUS_OK)
		s = read_strengths(w, &h->would, true, day, &would);
	for (size_t c = 1; s == STATUS_OK && c < COMPONENTS; c++) {
		Mandate__Strength *row = would.of[c];

		if (same_strength(scratch, was.of[c], row))
			continue;
		if (!row) /* nobody is known to be there any more */
			row = empty_row(w->a, h->name, (Mandate__Component)c);
		if (!row)
			return STATUS_NO_MEMORY;
		row->on = day;
		if (told[c] && same_strength(scratch, told[c], row))
			continue;
		told[c] = row;
		s = whatif_add(w, WHATIF_STRENGTHS, day, MANDATE__WHAT_IF__WHAT_STRENGTH,
			       &row->base);
	}
	return s;
}

static enum status read_mandate(struct whatif *w, struct page_operation *o, bool with_changes,
				int32_t day, Mandate__Mandate **ret_mandate)
{
	Mandate__Mandate m;

	*ret_mandate = NULL;
	arena_reset(&w->page->scratch);
	whatif_enter(w, with_changes);
	if (!dossier_known(o->dossier))
		return STATUS_OK;
	enum status s = query_timeline_mandate(o, day, &m);
	if (s != STATUS_OK)
		return s;
	*ret_mandate = codec_copy(w->a, &m.base);
	return *ret_mandate ? STATUS_OK : STATUS_NO_MEMORY;
}

static bool same_mandate(struct arena *scratch, const Mandate__Mandate *x,
			 const Mandate__Mandate *y)
{
	if (!x || !y)
		return x == y;
	Mandate__Mandate moved = *x;
	moved.on = y->on;
	return codec_equal(scratch, &moved.base, &y->base);
}

static enum status compare_mandates(struct whatif *w, struct whatif_home *h, int32_t day,
				    Mandate__Mandate **told)
{
	struct arena *scratch = &w->page->scratch;
	Mandate__Mandate *was, *would;
	enum status s = read_mandate(w, &h->was, false, day, &was);

	if (s == STATUS_OK)
		s = read_mandate(w, &h->would, true, day, &would);
	if (s != STATUS_OK || !would || same_mandate(scratch, was, would) ||
	    (*told && same_mandate(scratch, *told, would)))
		return s;
	*told = would;
	return whatif_add(w, WHATIF_MANDATES, day, MANDATE__WHAT_IF__WHAT_MANDATE, &would->base);
}

enum status whatif_compare(struct whatif *w, struct whatif_home *h)
{
	Mandate__Strength *strengths[COMPONENTS] = {NULL};
	Mandate__Mandate *mandate = NULL;
	enum status s = STATUS_OK;

	if (home_kind_of(h->name) != HOME_OPERATION)
		return STATUS_OK;
	for (size_t i = 0; s == STATUS_OK && i < w->day_count; i++) {
		s = query_page_breathe(w->page);
		if (s == STATUS_OK)
			s = compare_strengths(w, h, w->days[i], strengths);
		if (s == STATUS_OK)
			s = compare_mandates(w, h, w->days[i], &mandate);
	}
	return s;
}
