/* Operations, mandates, ceilings, head-counts, units. */
#include "twin_case.h"

#include "mandate.pb-c.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define C(name) MANDATE__COMPONENT__COMPONENT_##name

static const char *const contributors[] = {"BGD", "GHA", "NGA"};

static bool in(struct twin_case *c, uint32_t n)
{
	return chance_in(&c->chance, n);
}

static uint32_t below(struct twin_case *c, uint32_t n)
{
	return chance_below(&c->chance, n);
}

static int32_t later(struct twin_case *c, int32_t day)
{
	return in(c, 2) ? day + (int32_t)below(c, 120) : case_day(c);
}

static char *document(struct twin_case *c)
{
	char text[CODE_TEXT_MAX];

	snprintf(text, sizeof text, "S/RES/%u", 997 + below(c, 8));
	return case_text(c, text);
}

static Mandate__Component component(struct twin_case *c, bool units)
{
	static const Mandate__Component often[] = {C(MILITARY), C(MILITARY), C(POLICE), C(TROOPS)};

	if (in(c, 2))
		return often[below(c, 4)];
	for (;;) {
		Mandate__Component one = (Mandate__Component)(1 + below(c, C(CIVILIANS)));

		if (units || one != C(FPU_UNITS))
			return one;
	}
}

/* --- operations --- */

static void add_phase(struct twin_case *c, Mandate__Operation *o)
{
	Mandate__Phase *p = CASE_NEW(c, Phase, phase);

	p->from = case_day(c);
	if (in(c, 2))
		CASE_SET(p, financing, (Mandate__Financing)(1 + below(c, 3)));
	o->phases = arena_alloc(&c->arena, sizeof(Mandate__Phase *));
	o->phases[o->n_phases++] = p;
}

/* Hosts stay: by them functions find their area. */
void case_make_operation(struct twin_case *c, Mandate__Record *r, size_t which)
{
	Mandate__Operation *o = CASE_NEW(c, Operation, operation);

	r->content_case = MANDATE__RECORD__CONTENT_OPERATION;
	r->operation = o;
	o->acronym = case_text(c, case_operations[which]);
	CASE_SET(o, kind, (Mandate__OperationKind)(in(c, 2) ? 1 : 1 + below(c, 3)));
	o->hosts = arena_alloc(&c->arena, sizeof(char *));
	o->hosts[o->n_hosts++] = case_text(c, which == 2 ? "SDN" : "XKX");
	if (in(c, 2))
		CASE_SET(o, status, (Mandate__OperationStatus)(1 + below(c, 2)));
	if (in(c, 2))
		CASE_SET(o, financing, (Mandate__Financing)(in(c, 2) ? 1 : 1 + below(c, 3)));
	if (in(c, 3))
		CASE_SET(o, start_date, case_day(c));
	if (in(c, 3))
		CASE_SET(o, end_date,
			 o->has_start_date ? o->start_date + (int32_t)below(c, 300) : case_day(c));
	if (in(c, 3))
		CASE_SET(o, mandate_series_from, CASE_FIRST_DAY + (int32_t)below(c, CASE_DAYS / 3));
	if (in(c, 3)) {
		CASE_SET(o, mandate_series_to, (Mandate__SeriesEnd)(1 + below(c, 4)));
		if (o->mandate_series_to == MANDATE__SERIES_END__SERIES_END_TO_DATE)
			CASE_SET(o, mandate_series_to_day,
				 CASE_FIRST_DAY + CASE_DAYS / 3 + (int32_t)below(c, CASE_DAYS));
	}
	if (c->last_kind <= MANDATE__KIND__KIND_ESTIMATE)
		return;
	if (in(c, 6))
		CASE_SET(o, liquidating_from, case_day(c));
	if (in(c, 8))
		CASE_SET(o, closed_on,
			 (o->has_liquidating_from ? o->liquidating_from : CASE_FIRST_DAY) +
				 (int32_t)below(c, 300));
	if (in(c, 5))
		add_phase(c, o);
}

/* --- mandates and ceilings --- */

static void add_entry(struct twin_case *c, Mandate__Instrument *i)
{
	Mandate__CeilingEntry *e = CASE_NEW(c, CeilingEntry, ceiling_entry);
	int32_t from = i->has_effective ? i->effective : i->adopted;

	e->component = component(c, true);
	if (!in(c, 4))
		CASE_SET(e, persons, in(c, 4) ? 100 : below(c, 200));
	else
		CASE_SET(e, delta, (int32_t)below(c, 120) - 60);
	if (in(c, 4))
		CASE_SET(e, from, from = later(c, from));
	if (in(c, 4))
		CASE_SET(e, until, from + (int32_t)below(c, 150));
	if (in(c, 5))
		CASE_SET(e, comply_by, from + (int32_t)below(c, 80));
	if (c->last_kind > MANDATE__KIND__KIND_ESTIMATE) {
		if (in(c, 5))
			e->name = case_text(c, in(c, 2) ? "Brigade" : "Reserve");
		if (e->component == C(CORRECTIONS) && in(c, 2))
			CASE_SET(e, parent, C(POLICE));
	}
	i->ceilings[i->n_ceilings++] = e;
}

void case_instrument(struct twin_case *c, Mandate__Record *r)
{
	static const char *const parties[] = {"UNSC", "UNSC", "UNSC", "AU"};
	static const Mandate__Action actions[] = {
		MANDATE__ACTION__ACTION_ESTABLISH, MANDATE__ACTION__ACTION_EXTEND,
		MANDATE__ACTION__ACTION_EXTEND,	   MANDATE__ACTION__ACTION_EXTEND,
		MANDATE__ACTION__ACTION_AMEND,	   MANDATE__ACTION__ACTION_TERMINATE};
	Mandate__Instrument *i = CASE_NEW(c, Instrument, instrument);
	int32_t effective;

	r->content_case = MANDATE__RECORD__CONTENT_INSTRUMENT;
	r->instrument = i;
	i->operation = case_operation(c);
	i->party = CASE_PICK(c, parties);
	i->document = document(c);
	CASE_SET(i, action, actions[below(c, 6)]);
	CASE_SET(i, adopted, effective = case_day(c));
	if (in(c, 4))
		CASE_SET(i, effective, effective = i->adopted + (int32_t)below(c, 60));
	if (i->action == MANDATE__ACTION__ACTION_AMEND ? in(c, 4) : !in(c, 8))
		CASE_SET(i, valid_until, effective + (int32_t)below(c, 200));
	if (in(c, 6))
		CASE_SET(i, withdraw_by,
			 (i->has_valid_until ? i->valid_until : effective) + (int32_t)below(c, 90));
	if (in(c, 12))
		CASE_SET(i, carried_out, false);
	i->ceilings = arena_alloc(&c->arena, 4 * sizeof(Mandate__CeilingEntry *));
	for (uint32_t n = below(c, 4); n > 0; n--)
		add_entry(c, i);
}

void case_ceiling(struct twin_case *c, Mandate__Record *r)
{
	Mandate__Ceiling *m = CASE_NEW(c, Ceiling, ceiling);

	r->content_case = MANDATE__RECORD__CONTENT_CEILING;
	r->ceiling = m;
	m->operation = case_operation(c);
	m->document = document(c);
	m->component = component(c, true);
	m->from = case_day(c);
	if (!in(c, 4))
		CASE_SET(m, persons, below(c, 200));
	else
		CASE_SET(m, delta, (int32_t)below(c, 120) - 60);
	if (in(c, 3))
		CASE_SET(m, until, m->from + (int32_t)below(c, 150));
	if (in(c, 5))
		CASE_SET(m, comply_by, m->from + (int32_t)below(c, 80));
}

/* --- strengths --- */

void case_return(struct twin_case *c, Mandate__Record *r)
{
	Mandate__Return *m = CASE_NEW(c, Return, return );
	bool covers[C(CIVILIANS) + 1] = {false};

	r->content_case = MANDATE__RECORD__CONTENT_RETURN;
	r->return_ = m;
	m->operation = case_operation(c);
	m->as_of = CASE_FIRST_DAY + (int32_t)below(c, CASE_DAYS / 20) * 20;
	m->covers = arena_alloc(&c->arena, sizeof covers / sizeof *covers * sizeof *m->covers);
	m->counts = arena_alloc(&c->arena, 40 * sizeof(Mandate__HeadCount *));
	while (in(c, 3))
		covers[component(c, false)] = true;
	for (int one = 1; one <= C(CIVILIANS); one++)
		if (covers[one])
			m->covers[m->n_covers++] = (Mandate__Component)one;
	for (size_t n = 0; n < sizeof contributors / sizeof *contributors; n++)
		for (int one = 1; one <= C(CIVILIANS); one++) {
			Mandate__HeadCount *h;

			if (one == C(FPU_UNITS) || !in(c, one == C(UNIFORMED) ? 20 : 5))
				continue;
			h = CASE_NEW(c, HeadCount, head_count);
			h->contributor = case_text(c, contributors[n]);
			h->component = (Mandate__Component)one;
			h->persons = in(c, 6) ? 0 : below(c, 120);
			m->counts[m->n_counts++] = h;
		}
}

void case_total(struct twin_case *c, Mandate__Record *r)
{
	Mandate__Total *t = CASE_NEW(c, Total, total);

	r->content_case = MANDATE__RECORD__CONTENT_TOTAL;
	r->total = t;
	t->operation = case_operation(c);
	t->as_of = CASE_FIRST_DAY + (int32_t)below(c, CASE_DAYS / 20) * 20;
	t->component = component(c, false);
	CASE_SET(t, persons, below(c, 200));
}

void case_unit(struct twin_case *c, Mandate__Record *r)
{
	static const char *const units[] = {"Bat 1", "Bat 2", "Eng 3"};
	Mandate__Unit *u = CASE_NEW(c, Unit, unit);

	r->content_case = MANDATE__RECORD__CONTENT_UNIT;
	r->unit = u;
	u->operation = case_operation(c);
	u->contributor = case_text(c, contributors[below(c, 2)]);
	u->unit = CASE_PICK(c, units);
	u->from = in(c, 2) ? c->focus[below(c, CASE_FOCUS_DAYS)] : case_day(c);
	if (!in(c, 3))
		CASE_SET(u, to, u->from + (int32_t)below(c, 200));
	CASE_SET(u, component, component(c, false));
	CASE_SET(u, persons, in(c, 12) ? 0 : below(c, 80));
	if (c->last_kind <= MANDATE__KIND__KIND_ESTIMATE)
		return;
	if (in(c, 2))
		CASE_SET(u, task, (Mandate__Task)(1 + below(c, 19)));
	if (in(c, 4))
		u->requirement = case_text(c, in(c, 2) ? "R-1" : "R-2");
	if (in(c, 4))
		u->pledge = case_text(c, in(c, 2) ? "P-1" : "P-2");
	if (in(c, 4))
		CASE_SET(u, mou_signed, case_day(c));
	if (in(c, 8))
		u->mou = case_text(c, "MOU-1");
	if (in(c, 10))
		CASE_SET(u, end_reason, (Mandate__EndReason)(1 + below(c, 9)));
	if (in(c, 10)) {
		u->control = case_operation(c);
		if (strcmp(u->control, u->operation) == 0)
			u->control = NULL;
	}
}

void case_estimate(struct twin_case *c, Mandate__Record *r)
{
	Mandate__Estimate *e = CASE_NEW(c, Estimate, estimate);
	Mandate__ContributorEstimate *one = CASE_NEW(c, ContributorEstimate, contributor_estimate);

	r->content_case = MANDATE__RECORD__CONTENT_ESTIMATE;
	r->estimate = e;
	e->operation = case_operation(c);
	e->as_of = CASE_FIRST_DAY + (in(c, 2) ? 30 : 59); /* January's last day, February's */
	e->detail = MANDATE__DETAIL__DETAIL_CONTRIBUTOR;
	one->contributor = case_text(c, contributors[below(c, 3)]);
	CASE_SET(one, persons, below(c, 1000));
	e->contributors = arena_alloc(&c->arena, sizeof one);
	e->contributors[e->n_contributors++] = one;
}
