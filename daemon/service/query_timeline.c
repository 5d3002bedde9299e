/* Mandates: one operation on a day, or over all its days. */
#include "service/query_page.h"

#include "model/codec.h"
#include "rules/ceiling.h"

#include <stdlib.h>

static void set_day(protobuf_c_boolean *has, int32_t *field, int32_t day)
{
	if (day == DAY_NEVER || day == DAY_INFINITE)
		return;
	*has = true;
	*field = day;
}

static enum status add_ceilings(struct arena *a, const struct dossier *d, int32_t day,
				Mandate__Mandate *m)
{
	const ProtobufCEnumDescriptor *components = &mandate__component__descriptor;

	m->ceilings = arena_calloc(a, components->n_values, sizeof *m->ceilings);
	if (!m->ceilings)
		return STATUS_NO_MEMORY;
	for (unsigned i = 0; i < components->n_values; i++) {
		Mandate__Component component = (Mandate__Component)components->values[i].value;
		struct ceiling_day ceiling;

		ceiling_on(d, component, day, &ceiling);
		if (!ceiling.set)
			continue;
		Mandate__CeilingOn *c = arena_alloc(a, sizeof *c);
		if (!c)
			return STATUS_NO_MEMORY;
		mandate__ceiling_on__init(c);
		c->component = component;
		c->persons = ceiling.persons;
		c->has_derived = c->derived = ceiling.derived;
		if (!ceiling.derived) {
			set_day(&c->has_from, &c->from, ceiling.from);
			set_day(&c->has_until, &c->until, ceiling.until);
			set_day(&c->has_comply_by, &c->comply_by, ceiling.comply_by);
			c->document = codec_borrow(ceiling.document);
		}
		m->ceilings[m->n_ceilings++] = c;
	}
	m->has_applies = m->n_ceilings > 0;
	m->applies = m->in_force;
	return STATUS_OK;
}

/* The mandate on `day`; texts live as the dossier. */
static enum status mandate_of(struct arena *a, const struct dossier *d, int32_t day,
			      Mandate__Mandate *m)
{
	struct mandate_day on;

	mandate_on(d, NULL, day, &on);
	mandate__mandate__init(m);
	m->operation = codec_borrow(dossier_operation(d));
	m->on = day;
	m->status = on.status;
	m->has_how = on.how != 0;
	m->how = on.how;
	m->in_force = on.in_force;
	m->has_authorized = m->authorized = on.authorized;
	m->has_open_ended = m->open_ended = on.valid_until == DAY_INFINITE;
	set_day(&m->has_valid_until, &m->valid_until, on.valid_until);
	set_day(&m->has_secured_until, &m->secured_until, on.secured_until);
	set_day(&m->has_withdraw_by, &m->withdraw_by, on.withdraw_by);
	m->document = codec_borrow(on.document);
	return add_ceilings(a, d, day, m);
}

/* A row with a copy of `m`, since its texts go with the dossier. */
static enum status give(struct page_operation *o, const Mandate__Mandate *m)
{
	Mandate__Row *row = arena_alloc(o->page->arena, sizeof *row);

	if (!row)
		return STATUS_NO_MEMORY;
	mandate__row__init(row);
	row->what_case = MANDATE__ROW__WHAT_MANDATE;
	row->mandate = codec_copy(o->page->arena, &m->base);
	return row->mandate ? query_page_operation_row(o, row) : STATUS_NO_MEMORY;
}

static enum status one_day(struct page_operation *o)
{
	Mandate__Mandate m;
	enum status s = mandate_of(&o->page->scratch, o->dossier, o->page->on, &m);

	return s == STATUS_OK ? give(o, &m) : s;
}

/* Days on which an answer about the mandate can change, and the first on which there is one. */
struct change_days {
	struct arena *arena;
	int32_t *days;
	size_t count, room;
	int32_t first; /* of an instrument or a ceiling */
	bool failed;
};

static void add_day(struct change_days *c, bool set, int32_t day)
{
	if (!set)
		return;
	if (c->count == c->room) {
		size_t room = c->room ? 2 * c->room : 256;
		int32_t *days = arena_calloc(c->arena, room, sizeof *days);

		if (!days) {
			c->failed = true;
			return;
		}
		if (c->count)
			memcpy(days, c->days, c->count * sizeof *days);
		c->days = days;
		c->room = room;
	}
	c->days[c->count++] = day;
}

static void add_first(struct change_days *c, bool set, int32_t day)
{
	add_day(c, set, day);
	if (set && day < c->first)
		c->first = day;
}

static enum status days_of_operation(void *ctx, const struct view_fact *fact)
{
	const Mandate__Operation *o = fact->record->operation;
	struct change_days *c = ctx;

	add_day(c, o->has_start_date, o->start_date);
	add_day(c, o->has_end_date, o->end_date + 1);
	add_day(c, o->has_mandate_series_from, o->mandate_series_from);
	add_day(c, o->has_mandate_series_to_day, o->mandate_series_to_day + 1);
	return c->failed ? STATUS_NO_MEMORY : STATUS_OK;
}

static enum status days_of_instrument(void *ctx, const struct view_fact *fact)
{
	const Mandate__Instrument *i = fact->record->instrument;
	struct change_days *c = ctx;

	add_first(c, i->has_adopted, i->adopted);
	add_first(c, i->has_effective, i->effective);
	add_day(c, i->has_valid_until, i->valid_until + 1);
	add_day(c, i->has_withdraw_by, i->withdraw_by + 1);
	for (size_t e = 0; e < i->n_ceilings; e++) {
		add_first(c, i->ceilings[e]->has_from, i->ceilings[e]->from);
		add_day(c, i->ceilings[e]->has_until, i->ceilings[e]->until + 1);
	}
	return c->failed ? STATUS_NO_MEMORY : STATUS_OK;
}

static enum status days_of_ceiling(void *ctx, const struct view_fact *fact)
{
	const Mandate__Ceiling *ceiling = fact->record->ceiling;
	struct change_days *c = ctx;

	add_first(c, true, ceiling->from);
	add_day(c, ceiling->has_until, ceiling->until + 1);
	return c->failed ? STATUS_NO_MEMORY : STATUS_OK;
}

static int compare_days(const void *x, const void *y)
{
	int32_t a = *(const int32_t *)x, b = *(const int32_t *)y;

	return a < b ? -1 : a > b;
}

static enum status collect_days(struct page_operation *o, struct change_days *ret_days)
{
	struct page *p = o->page;
	struct change_days c = {.arena = &p->scratch, .first = DAY_INFINITE};
	enum status s = view_scan(&p->view, &p->scratch, MANDATE__KIND__KIND_OPERATION, o->name,
				  days_of_operation, &c);

	if (s == STATUS_OK)
		s = view_scan(&p->view, &p->scratch, MANDATE__KIND__KIND_INSTRUMENT, o->name,
			      days_of_instrument, &c);
	if (s == STATUS_OK)
		s = view_scan(&p->view, &p->scratch, MANDATE__KIND__KIND_CEILING, o->name,
			      days_of_ceiling, &c);
	if (s != STATUS_OK)
		return s;
	if (c.count)
		qsort(c.days, c.count, sizeof *c.days, compare_days);
	*ret_days = c;
	return STATUS_OK;
}

/* Equal but for the days they are given for. */
static bool same_answer(struct arena *a, Mandate__Mandate *x, const Mandate__Mandate *y)
{
	Mandate__Mandate moved = *x;

	moved.on = y->on;
	return codec_equal(a, &moved.base, &y->base);
}

/* A row for each span of days, the last without an end; from the first text on record. */
static enum status all_days(struct page_operation *o)
{
	struct arena *a = &o->page->scratch;
	struct change_days c;
	Mandate__Mandate span, next;
	bool has_span = false;
	enum status s = collect_days(o, &c);

	for (size_t i = 0; s == STATUS_OK && i < c.count; i++) {
		if (c.days[i] < c.first || (i && c.days[i] == c.days[i - 1]))
			continue;
		s = query_page_breathe(o->page);
		if (s == STATUS_OK)
			s = mandate_of(a, o->dossier, c.days[i], &next);
		if (s == STATUS_OK && has_span) {
			if (same_answer(a, &span, &next))
				continue;
			span.has_to = true;
			span.to = next.on - 1;
			s = give(o, &span);
		}
		span = next;
		has_span = true;
	}
	if (s == STATUS_OK && has_span)
		s = give(o, &span);
	return s;
}

enum status query_timeline_rows(struct page *p)
{
	return query_page_operations(p, p->query->timeline->operation,
				     p->query->has_on ? one_day : all_days);
}
