#include "service/homes_impl.h"

#include "model/belongs.h"
#include "model/record.h"
#include "rules/home.h"

#include <stdlib.h>

#define KIND(name) MANDATE__KIND__KIND_##name

enum { OPERATIONS_MAX = 2 };

void homes_init(struct homes *h, struct store_txn *txn, uint32_t rules, struct arena *a)
{
	struct view newest;

	store_view_init(&h->stored, txn, UINT64_MAX, &newest);
	homes_init_over(h, txn, &newest, rules, a);
}

void homes_init_over(struct homes *h, struct store_txn *txn, const struct view *base,
		     uint32_t rules, struct arena *a)
{
	h->a = a;
	h->txn = txn;
	h->rules = rules;
	h->base = *base;
	h->puts = NULL;
	h->put_count = h->put_room = 0;
	h->entries = NULL;
	h->entry_count = h->entry_room = 0;
	overlay_init(&h->overlay, &h->base, a, &h->view);
}

bool homes_vary(Mandate__Kind kind)
{
	return kind == KIND(OPERATION) || kind == KIND(UNIT) || kind == KIND(ARRANGEMENT) ||
	       kind == KIND(PLEDGE) || kind == KIND(TRANSFER);
}

static enum status put_changed(struct homes *h, const struct homes_change *c, const char *home)
{
	struct home_put put = {.home = home,
			       .kind = c->kind,
			       .key = c->key,
			       .edition = c->edition,
			       .record = c->retracts ? NULL : c->named};
	bool named = belongs_by_name(c->named, home);
	enum status s = STATUS_OK;

	if (!named)
		s = c->retracts ? STATUS_OK : homes_link(h, &put);
	else if (c->is_new ||
		 (homes_vary(c->kind) && (!c->before || !belongs_by_name(c->before, home))))
		s = homes_entry_add(h, STORE_BY_HOME, home, c->kind, c->key);
	return s == STATUS_OK ? homes_put_add(h, &put) : s;
}

/* --- arrangements and functions --- */

static const char *first_host(const Mandate__Record *record)
{
	return record && record->operation->n_hosts ? record->operation->hosts[0] : NULL;
}

/* Of the functions of `a`: NULL in `ret_area` if it says none and nobody knows a host. */
static enum status area_of(struct homes *h, const Mandate__Arrangement *a, const char **ret_area)
{
	struct view_fact fact;

	*ret_area = a->area;
	if (a->area || !a->operation)
		return STATUS_OK;
	enum status s = view_get(&h->view, h->a, KIND(OPERATION), a->operation, &fact);
	if (s == STATUS_OK)
		*ret_area = first_host(fact.record);
	return s == STATUS_NOT_FOUND ? STATUS_OK : s;
}

static enum status list_functions(struct homes *h, const Mandate__Arrangement *a, const char *area,
				  struct homes_list *l)
{
	enum status s = STATUS_OK;

	for (size_t i = 0; s == STATUS_OK && area && i < a->n_functions; i++)
		s = homes_list_add(h, l, home_of_function(h->a, a->functions[i], area));
	return s;
}

static enum status list_named(struct homes *h, const Mandate__Record *record, struct homes_list *l)
{
	const char *named[OPERATIONS_MAX];
	enum status s = STATUS_OK;

	record_operations_named(record, &named[0], &named[1]);
	for (size_t i = 0; s == STATUS_OK && i < OPERATIONS_MAX; i++)
		if (named[i])
			s = homes_list_add(h, l, named[i]);
	return s;
}

static enum status list_arrangement(struct homes *h, const Mandate__Record *record,
				    struct homes_list *l)
{
	const Mandate__Arrangement *a = record->arrangement;
	const char *area;
	enum status s = list_named(h, record, l);

	if (s == STATUS_OK && l->count == 0 && a->n_sides && a->sides[0]->n_parties)
		s = homes_list_add(h, l, home_of_partner(h->a, a->sides[0]->parties[0]));
	if (s == STATUS_OK)
		s = area_of(h, a, &area);
	if (s == STATUS_OK)
		s = list_functions(h, a, area, l);
	if (s == STATUS_OK && homes_is_hybrid(record) && a->operation)
		s = homes_entries(h, STORE_FUNCTIONS, a->operation, l);
	if (s == STATUS_OK && homes_is_hybrid(record) && a->other_operation)
		s = homes_entries(h, STORE_FUNCTIONS, a->other_operation, l);
	return s;
}

/* After its own functions' homes are known. */
static enum status relate_functions(struct homes *h, const Mandate__Arrangement *a,
				    const struct homes_list *homes)
{
	enum status s = STATUS_OK;

	for (size_t i = 0; s == STATUS_OK && i < homes->count; i++) {
		if (home_kind_of(homes->at[i]) != HOME_FUNCTION || !a->n_functions)
			continue;
		s = homes_bring_mandate(h, homes->at[i], a->operation);
		if (s == STATUS_OK)
			s = homes_bring_mandate(h, homes->at[i], a->other_operation);
	}
	return s;
}

/* An operation's first host is another: arrangements that name no area go to other functions'
 * homes. */
struct moving {
	struct homes *h;
	const char *operation, *was; /* NULL: there was none */
};

static enum status move_arrangement(void *ctx, const struct view_fact *fact)
{
	struct moving *m = ctx;
	struct homes *h = m->h;
	const Mandate__Arrangement *a = fact->record->arrangement;
	struct homes_list now = {0}, before = {0};
	enum status s;

	if (a->area || !a->n_functions || !a->operation || strcmp(a->operation, m->operation) != 0)
		return STATUS_OK;
	s = list_arrangement(h, fact->record, &now);
	if (s == STATUS_OK)
		s = list_functions(h, a, m->was, &before);
	for (size_t i = 0; s == STATUS_OK && i < before.count; i++)
		if (!homes_list_has(&now, before.at[i]))
			s = homes_put_add(h, &(struct home_put){.home = before.at[i],
								.kind = fact->kind,
								.key = fact->key,
								.edition = fact->edition,
								.brought = true});
	for (size_t i = 0; s == STATUS_OK && i < now.count; i++) {
		if (home_kind_of(now.at[i]) != HOME_FUNCTION)
			continue;
		s = homes_bring(h, now.at[i], fact->kind, fact->key);
		if (s == STATUS_OK)
			s = homes_bring_acceptances(h, now.at[i], a);
	}
	return s == STATUS_OK ? relate_functions(h, a, &now) : s;
}

static enum status move_host(struct homes *h, const struct homes_change *c)
{
	const char *was = first_host(c->before);
	const char *now = c->retracts ? NULL : first_host(c->named);
	struct moving m = {h, c->key, was};

	if (c->is_new || (!was && !now) || (was && now && strcmp(was, now) == 0))
		return STATUS_OK;
	return view_scan(&h->view, h->a, KIND(ARRANGEMENT), c->key, move_arrangement, &m);
}

/* --- pledges --- */

static enum status list_pledge(struct homes *h, const Mandate__Record *record, struct homes_list *l)
{
	const Mandate__Pledge *p = record->pledge;

	return homes_list_add(h, l,
			      p->operation ? p->operation : home_of_partner(h->a, p->contributor));
}

/* --- units: where one name is in several operations, all of them see all of it --- */

static const char *unit_name(struct homes *h, const Mandate__Record *record)
{
	const Mandate__Unit *u = record->unit;
	const Mandate__Transfer *t = record->transfer;
	bool unit = record_kind(record) == KIND(UNIT);

	return arena_printf(h->a, "%s:%s", unit ? u->contributor : t->contributor,
			    unit ? u->unit : t->unit);
}

static enum status touch_unit(struct homes *h, const struct homes_change *c, struct homes_list *l)
{
	const char *name = unit_name(h, c->named);
	const char *own[OPERATIONS_MAX] = {NULL, NULL};
	struct homes_list known = {0};

	if (!name)
		return STATUS_NO_MEMORY;
	enum status s = homes_entries(h, STORE_BY_UNIT, name, &known);
	if (c->kind == KIND(UNIT))
		own[0] = c->named->unit->operation;
	else
		record_operations_named(c->named, &own[0], &own[1]);
	for (size_t i = 0; s == STATUS_OK && i < OPERATIONS_MAX; i++) {
		if (!own[i] || homes_list_has(&known, own[i]))
			continue;
		s = homes_bring_unit_name(h, own[i], name, &known);
		if (s == STATUS_OK)
			s = homes_entry_add(h, STORE_BY_UNIT, name, KIND(OPERATION), own[i]);
		if (s == STATUS_OK)
			s = homes_list_add(h, &known, own[i]);
	}
	for (size_t i = 0; s == STATUS_OK && i < known.count; i++)
		s = homes_list_add(h, l, known.at[i]);
	return s;
}

/* --- a change --- */

/* Where a record goes as it reads; l is empty. */
static enum status list_homes(struct homes *h, const Mandate__Record *record, struct homes_list *l);

/* Of an act: the homes of what it acts on, as that holds now. */
static enum status list_subject(struct homes *h, const Mandate__Record *record,
				struct homes_list *l)
{
	char key[KEY_TEXT_MAX + 1];
	struct view_fact fact;
	Mandate__Kind kind;

	enum status s = record_subject(record, &kind, key);
	if (s == STATUS_OK)
		s = view_get(&h->view, h->a, kind, key, &fact);
	if (s == STATUS_NOT_FOUND)
		return STATUS_OK;
	return s == STATUS_OK && fact.record ? list_homes(h, fact.record, l) : s;
}

static enum status list_homes(struct homes *h, const Mandate__Record *record, struct homes_list *l)
{
	const char *operation = record_operation(record);
	enum status s;

	switch ((unsigned)record_kind(record)) {
	case KIND(ARRANGEMENT):
		return list_arrangement(h, record, l);
	case KIND(PLEDGE):
		return list_pledge(h, record, l);
	case KIND(ACCEPTANCE):
	case KIND(PLEDGE_STEP):
		return list_subject(h, record, l);
	case KIND(CLAIM):
		s = homes_list_add(h, l, operation);
		return s == STATUS_OK
			       ? homes_list_add(h, l,
						home_of_function(h->a, record->claim->function,
								 record->claim->area))
			       : s;
	case KIND(OPERATION):
	case KIND(INSTRUMENT):
		s = homes_list_add(h, l, operation);
		return s == STATUS_OK ? homes_entries(h, STORE_FUNCTIONS, operation, l) : s;
	}
	return list_named(h, record, l);
}

/* What comes along with the record of `c`, which is now in `now`. */
static enum status bring_along(struct homes *h, const struct homes_change *c,
			       const struct homes_list *now)
{
	const Mandate__Record *record = c->named;
	enum status s = STATUS_OK;

	switch ((unsigned)c->kind) {
	case KIND(ARRANGEMENT):
		for (size_t i = 0; s == STATUS_OK && !c->is_new && i < now->count; i++)
			s = homes_bring_acceptances(h, now->at[i], record->arrangement);
		return s == STATUS_OK ? relate_functions(h, record->arrangement, now) : s;
	case KIND(CLAIM):
		return homes_bring_mandate(h, now->at[now->count - 1], record->claim->operation);
	case KIND(PLEDGE):
		for (size_t i = 0; s == STATUS_OK && !c->is_new && i < now->count; i++)
			s = homes_bring_steps(h, now->at[i], c->key);
		return s;
	}
	return s;
}

enum status homes_touch(struct homes *h, const struct homes_change *c)
{
	struct homes_list now = {0}, before = {0};
	bool varies = homes_vary(c->kind);
	const char *operation = record_operation(c->named);
	enum status s = STATUS_OK;

	if (h->rules < 2)
		return operation ? put_changed(h, c, operation) : STATUS_OK;
	if (c->kind == KIND(UNIT) || c->kind == KIND(TRANSFER))
		s = touch_unit(h, c, &now);
	if (s == STATUS_OK && c->before && varies)
		s = list_homes(h, c->before, &before);
	/* Only the key of what is retracted is given: it goes from where it was. */
	if (s == STATUS_OK &&
	    (!c->retracts || !varies || c->kind == KIND(OPERATION) || c->kind == KIND(UNIT)))
		s = list_homes(h, c->named, &now);
	for (size_t i = 0; s == STATUS_OK && i < now.count; i++)
		s = put_changed(h, c, now.at[i]);
	for (size_t i = 0; s == STATUS_OK && i < before.count; i++)
		if (!homes_list_has(&now, before.at[i]))
			s = homes_put_add(h, &(struct home_put){.home = before.at[i],
								.kind = c->kind,
								.key = c->key,
								.edition = c->edition});
	if (s == STATUS_OK && !c->retracts)
		s = bring_along(h, c, &now);
	if (s == STATUS_OK && c->kind == KIND(OPERATION))
		s = move_host(h, c);
	return s;
}

enum status homes_write(const struct homes *h, struct store_txn *txn)
{
	enum status s = STATUS_OK;

	for (size_t i = 0; s == STATUS_OK && i < h->entry_count; i++) {
		const struct home_entry *e = &h->entries[i];

		s = store_index_add(txn, e->attribute, e->value, e->kind, e->key);
	}
	return s;
}

static int by_text(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

enum status homes_operations(struct homes *h, const Mandate__Record *named,
			     const Mandate__Record *before, const char *const **ret_names,
			     size_t *ret_count)
{
	struct homes_list l = {0};
	char key[KEY_TEXT_MAX + 1];
	struct view_fact fact;
	Mandate__Kind kind;

	const char *operation = record_operation(named);
	enum status s;

	if (h->rules < 2)
		s = operation ? homes_list_add(h, &l, operation) : STATUS_OK;
	else
		s = list_named(h, named, &l);
	if (s == STATUS_OK && before && h->rules >= 2)
		s = list_named(h, before, &l);
	if (s == STATUS_OK && record_subject(named, &kind, key) == STATUS_OK) {
		s = view_get(&h->view, h->a, kind, key, &fact);
		if (s == STATUS_OK && fact.record)
			s = list_named(h, fact.record, &l);
		s = s == STATUS_NOT_FOUND ? STATUS_OK : s;
	}
	if (l.count > 1)
		qsort(l.at, l.count, sizeof *l.at, by_text);
	*ret_names = l.at;
	*ret_count = l.count;
	return s;
}
