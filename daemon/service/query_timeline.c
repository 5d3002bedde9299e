/* Mandates: one operation on a day, or over all its days. */
#include "service/query_days.h"

#include "base/clock.h"
#include "model/codec.h"
#include "rules/alert.h"
#include "rules/ceiling.h"
#include "rules/consent.h"

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
	const struct ceiling_row *rows;
	size_t count;
	enum status s = ceiling_rows(d, day, a, &rows, &count);

	if (s != STATUS_OK)
		return s;
	m->ceilings = arena_calloc(a, count + 1, sizeof *m->ceilings);
	for (size_t i = 0; i < count; i++) {
		const struct ceiling_day *ceiling = &rows[i].ceiling;
		Mandate__CeilingOn *c = arena_alloc(a, sizeof *c);

		if (!c || !m->ceilings)
			return STATUS_NO_MEMORY;
		mandate__ceiling_on__init(c);
		c->component = rows[i].component;
		c->name = codec_borrow(rows[i].name);
		c->persons = ceiling->persons;
		c->has_derived = c->derived = ceiling->derived;
		if (!ceiling->derived) {
			set_day(&c->has_from, &c->from, ceiling->from);
			set_day(&c->has_until, &c->until, ceiling->until);
			set_day(&c->has_comply_by, &c->comply_by, ceiling->comply_by);
			c->document = codec_borrow(ceiling->document);
			c->has_delta = rows[i].has_delta;
			c->delta = rows[i].delta;
			c->has_wording = rows[i].wording != 0;
			c->wording = rows[i].wording;
		}
		c->has_parent = rows[i].parent != 0;
		c->parent = rows[i].parent;
		m->ceilings[m->n_ceilings++] = c;
	}
	m->has_applies = m->n_ceilings > 0;
	m->applies = m->in_force;
	return STATUS_OK;
}

/* Where several parties bind, what each of them has set. */
static enum status add_sides(struct arena *a, const struct dossier *d, int32_t day,
			     Mandate__Mandate *m)
{
	const char *const *parties;
	size_t count = mandate_parties(d, &parties);
	struct mandate_day on;

	m->sides = arena_calloc(a, count + 1, sizeof *m->sides);
	for (size_t i = 0; i < count; i++) {
		if (!mandate_party_binds(d, parties[i], day))
			continue;
		Mandate__MandateSide *side = arena_alloc(a, sizeof *side);
		if (!side || !m->sides)
			return STATUS_NO_MEMORY;
		mandate__mandate_side__init(side);
		mandate_on(d, parties[i], day, &on);
		side->party = codec_borrow(parties[i]);
		side->in_force = on.in_force;
		side->has_open_ended = side->open_ended = on.valid_until == DAY_INFINITE;
		set_day(&side->has_valid_until, &side->valid_until, on.valid_until);
		set_day(&side->has_secured_until, &side->secured_until, on.secured_until);
		side->document = codec_borrow(on.document);
		m->sides[m->n_sides++] = side;
	}
	if (m->n_sides < 2)
		m->n_sides = 0;
	return STATUS_OK;
}

/* What texts and hosts say beside dates and numbers. */
static enum status add_content(struct page_operation *o, int32_t day, Mandate__Mandate *m)
{
	struct page *p = o->page;
	struct mandate_content content = mandate_content_on(o->dossier, day);
	struct description description;
	struct view_fact fact;
	enum status s = query_overview_describe(o, day, &description);

	if (s != STATUS_OK)
		return s;
	m->hosts = (char **)(uintptr_t)description.hosts;
	m->n_hosts = description.host_count;
	m->consent = consent_least(o->dossier, day);
	m->has_consent = m->consent != 0;
	m->chapter = content.chapter;
	m->has_chapter = content.chapter != 0;
	if (!content.tasks)
		return STATUS_OK;
	s = view_get(&p->view, &p->scratch, MANDATE__KIND__KIND_INSTRUMENT, content.tasks, &fact);
	if (s == STATUS_NOT_FOUND || (s == STATUS_OK && !fact.record))
		return STATUS_CORRUPT; /* the dossier knows it */
	if (s != STATUS_OK)
		return s;
	m->tasks = fact.record->instrument->tasks;
	m->n_tasks = fact.record->instrument->n_tasks;
	return STATUS_OK;
}

enum status query_timeline_mandate(struct page_operation *o, int32_t day, Mandate__Mandate *m)
{
	struct arena *a = &o->page->scratch;
	const struct dossier *d = o->dossier;
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
	enum status s = add_ceilings(a, d, day, m);
	if (s == STATUS_OK)
		s = add_sides(a, d, day, m);
	return s == STATUS_OK ? add_content(o, day, m) : s;
}

/* The mandate with, where asked for, the alerts open on `day`. The first day on which these may
 * change goes to `ret_next`, if that is before it. */
static enum status judge(struct page_operation *o, int32_t day, Mandate__Mandate *m,
			 int32_t *ret_next)
{
	struct page *p = o->page;
	enum status s = query_timeline_mandate(o, day, m);
	int32_t next;

	if (s != STATUS_OK || !p->query->timeline->alerts)
		return s;
	s = query_alerts_seen(o, day, &m->alerts, &m->n_alerts, &next);
	if (s == STATUS_OK && next < *ret_next)
		*ret_next = next;
	return s;
}

static enum status one_day(struct page_operation *o)
{
	int32_t next = DAY_INFINITE;
	Mandate__Mandate m;
	enum status s = judge(o, o->page->on, &m, &next);

	return s == STATUS_OK ? query_page_give(o, MANDATE__ROW__WHAT_MANDATE, &m.base) : s;
}

/* Equal but for the days they are given for. */
static bool same_answer(struct arena *a, const Mandate__Mandate *x, const Mandate__Mandate *y)
{
	Mandate__Mandate moved = *x;

	moved.on = y->on;
	return codec_equal(a, &moved.base, &y->base);
}

/* A place by the day on which what follows begins. */
enum { DAY_ZERO = INT32_MAX };

/* `span` is the answer's; what follows it begins on `next_day`. */
static enum status give_span(struct page *p, Mandate__Mandate *span, int32_t next_day)
{
	struct place place = query_page_place("", (uint64_t)((int64_t)next_day + DAY_ZERO));
	Mandate__Row *row = arena_alloc(p->arena, sizeof *row);

	if (!row)
		return STATUS_NO_MEMORY;
	mandate__row__init(row);
	row->what_case = MANDATE__ROW__WHAT_MANDATE;
	row->mandate = span;
	span->has_to = next_day != DAY_INFINITE;
	span->to = span->has_to ? next_day - 1 : 0;
	return query_page_row(p, &place, row);
}

/* A row for each span of days, the last without an end; from the first text on record. */
static enum status all_days(struct page_operation *o)
{
	struct page *p = o->page;
	Mandate__Mandate *span = NULL, other;
	struct query_days days;
	enum status s = query_days_of(o, &p->keys, &days);
	int32_t day = p->place.number ? (int32_t)((int64_t)p->place.number - DAY_ZERO)
				      : query_days_first(&days);

	while (s == STATUS_OK && day != DAY_INFINITE) {
		int32_t next = query_days_after(&days, day);

		arena_reset(&p->scratch);
		s = query_page_breathe(p);
		if (s == STATUS_OK)
			s = judge(o, day, &other, &next);
		if (s == STATUS_OK && (!span || !same_answer(&p->scratch, span, &other))) {
			if (span)
				s = give_span(p, span, day);
			if (s == STATUS_OK && span && clock_mono_ms() >= p->stop_ms)
				return STATUS_LIMIT;
			span = codec_copy(p->arena, &other.base);
			if (s == STATUS_OK && !span)
				return STATUS_NO_MEMORY;
		}
		day = next;
	}
	return s == STATUS_OK && span ? give_span(p, span, DAY_INFINITE) : s;
}

enum status query_timeline_rows(struct page *p)
{
	p->dossiers = p->query->timeline->alerts ? PAGE_BOTH : PAGE_SEEN;
	return query_page_operations(p, p->query->timeline->operation,
				     p->query->has_on ? one_day : all_days);
}
