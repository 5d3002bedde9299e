/* Arrangements, forces, money, priorities, consent. */
#include "twin_case.h"

#include "mandate.pb-c.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define C(name) MANDATE__COMPONENT__COMPONENT_##name
#define ARRANGEMENT(name) MANDATE__ARRANGEMENT_KIND__ARRANGEMENT_KIND_##name

static const char *const contributors[] = {"BGD", "GHA"};
static const char *const functions[] = {"customs", "policing"};
static const char *const pledges[] = {"P-1", "P-2"};
static const char *const requirements[] = {"R-1", "R-2"};
static const char *const units[] = {"Bat 1", "Bat 2", "Eng 3"};
static const char *const documents[] = {"S/RES/1001", "S/RES/1002", "S/2000/3"};

static bool in(struct twin_case *c, uint32_t n)
{
	return chance_in(&c->chance, n);
}

static uint32_t below(struct twin_case *c, uint32_t n)
{
	return chance_below(&c->chance, n);
}

/* --- partnership --- */

/* An arrangement's name says its kind and its parties, which stay; the rest may change. */
static const struct named {
	const char *name;
	Mandate__ArrangementKind kind;
	const char *sides; /* "UN+AU" is one side of two parties, "UN;AU" two sides */
} named[] = {
	{"handover-1", ARRANGEMENT(HANDOVER_OF_FUNCTION), "UN;EU"},
	{"handover-2", ARRANGEMENT(HANDOVER_OF_FUNCTION), "EU;AU"},
	{"hybrid-1", ARRANGEMENT(HYBRID), "UN;AU"},
	{"hybrid-2", ARRANGEMENT(HYBRID), "UN;AU"},
	{"succession-1", ARRANGEMENT(SUCCESSION), "UN"},
	{"succession-2", ARRANGEMENT(SUCCESSION), "AU;UN"},
	{"split-1", ARRANGEMENT(SPLIT), "UN;AU+EU"},
	{"merge-1", ARRANGEMENT(MERGE), "UN;AU"},
	{"parallel-1", ARRANGEMENT(PARALLEL), "UN;EU"},
	{"support-1", ARRANGEMENT(SUPPORT_PACKAGE), "UN+EU;AU"},
};

enum { NAMED = sizeof named / sizeof *named, PARTIES_MAX = 4 };

/* The parties of "UN;AU+EU", and the side of each. */
static size_t parties_of(const char *sides, char names[PARTIES_MAX][8], size_t side[PARTIES_MAX])
{
	size_t count = 0, at_side = 0, len;

	for (; *sides; sides += len) {
		len = strcspn(sides, ";+");
		snprintf(names[count], sizeof names[count], "%.*s", (int)len, sides);
		side[count++] = at_side;
		at_side += sides[len] == ';';
		len += sides[len] != '\0';
	}
	return count;
}

static void add_sides(struct twin_case *c, Mandate__Arrangement *a, const char *sides)
{
	char names[PARTIES_MAX][8];
	size_t side[PARTIES_MAX], count = parties_of(sides, names, side);

	a->sides = arena_alloc(&c->arena, count * sizeof(Mandate__Side *));
	for (size_t n = 0; n < count; n++) {
		Mandate__Side *s;

		if (side[n] == a->n_sides) {
			s = a->sides[a->n_sides++] = CASE_NEW(c, Side, side);
			s->parties = arena_alloc(&c->arena, count * sizeof(char *));
		}
		s = a->sides[side[n]];
		s->parties[s->n_parties++] = case_text(c, names[n]);
	}
}

/* Does one operation give, and another get? */
static bool is_between(Mandate__ArrangementKind kind)
{
	return kind == ARRANGEMENT(HANDOVER_OF_FUNCTION) || kind == ARRANGEMENT(SUCCESSION) ||
	       kind == ARRANGEMENT(SPLIT) || kind == ARRANGEMENT(MERGE);
}

void case_arrangement(struct twin_case *c, Mandate__Record *r)
{
	const struct named *n = &named[below(c, NAMED)];
	Mandate__Arrangement *a = CASE_NEW(c, Arrangement, arrangement);
	bool handover;

	while (c->operations == 1 && is_between(n->kind))
		n = &named[below(c, NAMED)];
	handover = n->kind == ARRANGEMENT(HANDOVER_OF_FUNCTION);
	r->content_case = MANDATE__RECORD__CONTENT_ARRANGEMENT;
	r->arrangement = a;
	a->arrangement = case_text(c, n->name);
	CASE_SET(a, kind, n->kind);
	add_sides(c, a, n->sides);
	if (is_between(n->kind) || n->kind == ARRANGEMENT(HYBRID) || in(c, 2))
		a->operation = case_operation(c);
	if (is_between(n->kind) || (a->operation && c->operations > 1 && in(c, 3)))
		do
			a->other_operation = case_operation(c);
		while (strcmp(a->operation, a->other_operation) == 0);
	if (handover) {
		a->functions = arena_alloc(&c->arena, 2 * sizeof(char *));
		if (in(c, 3))
			for (size_t i = 0; i < 2; i++)
				a->functions[a->n_functions++] = case_text(c, functions[i]);
		else
			a->functions[a->n_functions++] = CASE_PICK(c, functions);
		if (in(c, 2))
			a->area = case_text(c, "XKX");
	}
	if (in(c, 2))
		CASE_SET(a, proposed, case_day(c));
	if (!in(c, 4))
		CASE_SET(a, effective, case_day(c));
	if (in(c, 4))
		CASE_SET(a, end,
			 (a->has_effective ? a->effective : case_day(c)) + (int32_t)below(c, 200));
	if (in(c, 6))
		CASE_SET(a, accept_by,
			 (a->has_proposed ? a->proposed : case_day(c)) + (int32_t)below(c, 150));
}

void case_acceptance(struct twin_case *c, Mandate__Record *r)
{
	Mandate__Acceptance *a = CASE_NEW(c, Acceptance, acceptance);
	char names[PARTIES_MAX][8];
	size_t side[PARTIES_MAX], count;
	const char *sides = NULL, *name = NULL;

	/* One that is on record, if there is any. */
	for (size_t n = below(c, (uint32_t)c->count), left = c->count; left > 0; left--, n++)
		if (c->items[n % c->count].kind == MANDATE__KIND__KIND_ARRANGEMENT)
			name = c->items[n % c->count].key;
	for (size_t n = 0; n < NAMED && !sides; n++)
		if (!name || strcmp(named[n].name, name) == 0)
			sides = named[n].sides, name = named[n].name;
	count = parties_of(sides, names, side);
	r->content_case = MANDATE__RECORD__CONTENT_ACCEPTANCE;
	r->acceptance = a;
	a->arrangement = case_text(c, name);
	a->party = case_text(c, names[below(c, (uint32_t)count)]);
	CASE_SET(a, reply,
		 in(c, 12) ? MANDATE__REPLY__REPLY_DECLINED : MANDATE__REPLY__REPLY_ACCEPTED);
	CASE_SET(a, day, case_day(c));
}

void case_claim(struct twin_case *c, Mandate__Record *r)
{
	Mandate__Claim *m = CASE_NEW(c, Claim, claim);

	r->content_case = MANDATE__RECORD__CONTENT_CLAIM;
	r->claim = m;
	m->function = CASE_PICK(c, functions);
	m->area = case_text(c, "XKX");
	m->operation = case_operation(c);
	CASE_SET(m, from, case_day(c));
	if (in(c, 3))
		CASE_SET(m, until, m->from + (int32_t)below(c, 200));
}

/* --- forces --- */

static Mandate__Component component(struct twin_case *c)
{
	static const Mandate__Component some[] = {C(MILITARY), C(TROOPS), C(FORMED_POLICE)};

	return some[below(c, 3)];
}

void case_requirement(struct twin_case *c, Mandate__Record *r)
{
	Mandate__Requirement *m = CASE_NEW(c, Requirement, requirement);

	r->content_case = MANDATE__RECORD__CONTENT_REQUIREMENT;
	r->requirement = m;
	m->operation = case_operation(c);
	m->requirement = CASE_PICK(c, requirements);
	CASE_SET(m, component, component(c));
	CASE_SET(m, persons, below(c, 150));
	CASE_SET(m, needed_by, case_day(c));
	if (in(c, 3))
		CASE_SET(m, until, m->needed_by + (int32_t)below(c, 200));
}

void case_pledge(struct twin_case *c, Mandate__Record *r)
{
	Mandate__Pledge *p = CASE_NEW(c, Pledge, pledge);

	r->content_case = MANDATE__RECORD__CONTENT_PLEDGE;
	r->pledge = p;
	p->contributor = CASE_PICK(c, contributors);
	p->pledge = CASE_PICK(c, pledges);
	if (!in(c, 4)) {
		p->operation = case_operation(c);
		if (!in(c, 3))
			p->requirement = CASE_PICK(c, requirements);
	}
	if (in(c, 3)) /* one pledge at most is of a name */
		p->unit = case_text(c, strcmp(p->pledge, "P-1") == 0 ? "Bat 1" : "Bat 2");
	CASE_SET(p, component, component(c));
	CASE_SET(p, persons, below(c, 100));
	CASE_SET(p, registered, case_day(c) - (in(c, 2) ? 365 : 0));
	if (!in(c, 3))
		CASE_SET(p, available, case_day(c));
}

void case_pledge_step(struct twin_case *c, Mandate__Record *r)
{
	static const Mandate__PledgeState often[] = {
		MANDATE__PLEDGE_STATE__PLEDGE_STATE_RENEWED,
		MANDATE__PLEDGE_STATE__PLEDGE_STATE_ASSESSED,
		MANDATE__PLEDGE_STATE__PLEDGE_STATE_SELECTED,
		MANDATE__PLEDGE_STATE__PLEDGE_STATE_DEPLOYED,
	};
	Mandate__PledgeStep *s = CASE_NEW(c, PledgeStep, pledge_step);
	char key[KEY_TEXT_MAX + 1];

	r->content_case = MANDATE__RECORD__CONTENT_PLEDGE_STEP;
	r->pledge_step = s;
	s->contributor = CASE_PICK(c, contributors);
	s->pledge = CASE_PICK(c, pledges);
	/* The next of them, mostly. */
	for (s->step = 1; s->step < 9; s->step++) {
		snprintf(key, sizeof key, "%s:%s:%u", s->contributor, s->pledge, s->step);
		if (!case_edition(c, MANDATE__KIND__KIND_PLEDGE_STEP, key) || in(c, 12))
			break;
	}
	CASE_SET(s, state,
		 in(c, 2) ? often[below(c, 4)] : (Mandate__PledgeState)(2 + below(c, 16)));
	CASE_SET(s, day, case_day(c));
	if (s->state == MANDATE__PLEDGE_STATE__PLEDGE_STATE_LEVEL_RAISED)
		CASE_SET(s, readiness, (Mandate__Readiness)(1 + below(c, 4)));
}

void case_transfer(struct twin_case *c, Mandate__Record *r)
{
	Mandate__Transfer *t = CASE_NEW(c, Transfer, transfer);
	size_t from = below(c, (uint32_t)c->operations);

	r->content_case = MANDATE__RECORD__CONTENT_TRANSFER;
	r->transfer = t;
	t->contributor = CASE_PICK(c, contributors);
	t->unit = CASE_PICK(c, units);
	t->day = case_day(c);
	t->operation = case_text(c, case_operations[from]);
	t->other_operation =
		case_text(c, case_operations[(from + 1 + below(c, (uint32_t)c->operations - 1)) %
					     c->operations]);
	if (in(c, 3))
		CASE_SET(t, return_day, t->day + 1 + (int32_t)below(c, 90));
}

/* --- money --- */

/* Years from July 1999 on, some cut short. */
static void period(struct twin_case *c, int32_t *ret_start, int32_t *ret_end)
{
	static const int32_t starts[] = {10773, 11139, 11504, 10957}; /* July 1999 to 2001; 2000 */
	static const int32_t ends[] = {11138, 11503, 11868, 11322};
	size_t n = below(c, 4);

	*ret_start = starts[n];
	*ret_end = in(c, 6) ? starts[n] + 30 + (int32_t)below(c, 200) : ends[n];
}

void case_amount(struct twin_case *c, Mandate__Record *r)
{
	static const Mandate__AmountKind often[] = {
		MANDATE__AMOUNT_KIND__AMOUNT_KIND_APPROPRIATION,
		MANDATE__AMOUNT_KIND__AMOUNT_KIND_ASSESSMENT,
		MANDATE__AMOUNT_KIND__AMOUNT_KIND_COMMITMENT_AUTHORITY,
	};
	static const char *const texts[] = {"A/RES/54/1", "A/RES/55/2", "-"};
	Mandate__Amount *a = CASE_NEW(c, Amount, amount);

	r->content_case = MANDATE__RECORD__CONTENT_AMOUNT;
	r->amount = a;
	a->operation = case_operation(c);
	period(c, &a->period_start, &a->period_end);
	a->kind = in(c, 3) ? (Mandate__AmountKind)(1 + below(c, 11)) : often[below(c, 3)];
	a->party = case_text(c, "UNGA");
	a->currency = case_text(c, in(c, 6) ? "EUR" : "USD");
	a->document = CASE_PICK(c, texts);
	CASE_SET(a, amount, in(c, 10) ? 0 : (int64_t)below(c, 1000000) * 1000);
	if (in(c, 8))
		a->period_reason = case_text(c, "the mandate's end");
}

void case_payment(struct twin_case *c, Mandate__Record *r)
{
	Mandate__Payment *p = CASE_NEW(c, Payment, payment);

	r->content_case = MANDATE__RECORD__CONTENT_PAYMENT;
	r->payment = p;
	p->operation = case_operation(c);
	period(c, &p->period_start, &p->period_end);
	p->contributor = CASE_PICK(c, contributors);
	p->currency = case_text(c, "USD");
	p->day = case_day(c);
	CASE_SET(p, amount, below(c, 1000000));
}

/* --- priorities and consent --- */

/* Owners who are always on record. */
static const char *const owners[] = {"AU", "EU", "ONE", "UN"};

static Mandate__Priority *item(struct twin_case *c, uint32_t rank)
{
	Mandate__Priority *p = CASE_NEW(c, Priority, priority);

	p->rank = rank;
	p->task = case_text(c, "protect");
	if (!in(c, 6))
		p->lead = CASE_PICK(c, owners);
	p->supporting = arena_alloc(&c->arena, sizeof(char *));
	if (in(c, 2)) {
		char *other = CASE_PICK(c, owners);

		if (!p->lead || strcmp(other, p->lead) != 0)
			p->supporting[p->n_supporting++] = other;
	}
	if (in(c, 4))
		CASE_SET(p, state,
			 in(c, 2) ? MANDATE__PRIORITY_STATE__PRIORITY_STATE_DROPPED
				  : MANDATE__PRIORITY_STATE__PRIORITY_STATE_IN_PROGRESS);
	return p;
}

void case_priorities(struct twin_case *c, Mandate__Record *r)
{
	Mandate__Priorities *p = CASE_NEW(c, Priorities, priorities);
	uint32_t count = 1 + below(c, 2);

	r->content_case = MANDATE__RECORD__CONTENT_PRIORITIES;
	r->priorities = p;
	p->operation = case_operation(c);
	p->document = CASE_PICK(c, documents);
	CASE_SET(p, date, case_day(c));
	p->items = arena_alloc(&c->arena, count * sizeof(Mandate__Priority *));
	for (uint32_t n = 0; n < count; n++)
		p->items[p->n_items++] = item(c, n + 1);
}

void case_endorsement(struct twin_case *c, Mandate__Record *r)
{
	Mandate__Endorsement *e = CASE_NEW(c, Endorsement, endorsement);

	r->content_case = MANDATE__RECORD__CONTENT_ENDORSEMENT;
	r->endorsement = e;
	e->operation = case_operation(c);
	e->document = CASE_PICK(c, documents);
	e->owner = CASE_PICK(c, owners);
	e->version = 1 + below(c, 3);
	CASE_SET(e, day, case_day(c));
}

void case_consent(struct twin_case *c, Mandate__Record *r)
{
	static const char *const hosts[] = {"SDN", "XKX"};
	Mandate__Consent *m = CASE_NEW(c, Consent, consent);

	r->content_case = MANDATE__RECORD__CONTENT_CONSENT;
	r->consent = m;
	m->operation = case_operation(c);
	m->host = CASE_PICK(c, hosts);
	m->day = case_day(c);
	CASE_SET(m, state, (Mandate__ConsentState)(1 + below(c, 3)));
}
