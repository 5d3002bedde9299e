/* What-if: consequences of changes that nobody records, in the words of the domain. That they are
 * those of a submission is held by service_query_random_test.c; here they are told over days. */
#include "service_query_fixture.h"

#include "record_text.h"

enum { ROWS_MAX = 512, CHANGES_MAX = 8 };

struct imagined {
	struct asking *q;
	Mandate__WhatIfQuery whatif;
	Mandate__Change *changes[CHANGES_MAX];
	const Mandate__Row *rows[ROWS_MAX];
	size_t count;
};

static void tell(struct asking *q, const char *line)
{
	rig_accept(&q->rig, RECORD(&q->rig, record_text(&q->rig.arena, line)));
}

static void imagine(struct imagined *i, struct asking *q, uint32_t days)
{
	*i = (struct imagined){.q = q, .whatif = MANDATE__WHAT_IF_QUERY__INIT};
	i->whatif.has_days = true;
	i->whatif.days = days;
}

static void with(struct imagined *i, const char *line)
{
	assert_true(i->whatif.n_changes < CHANGES_MAX);
	i->changes[i->whatif.n_changes++] = RECORD(&i->q->rig, record_text(&i->q->rig.arena, line));
	i->whatif.changes = i->changes;
}

/* All consequences; small pages tell the same. */
static void see(struct imagined *i, const char *day)
{
	static const Mandate__Row *paged[ROWS_MAX];
	Mandate__Query query = query_of(MANDATE__QUERY__ASK_WHATIF, &i->whatif);
	uint64_t before = revision(i->q);
	size_t pages;

	if (day)
		query = on_day(query, day);
	i->count = ask_all(i->q, query, i->rows, ROWS_MAX, &pages);
	query.has_limit = true;
	query.limit = 2;
	assert_int_equal(ask_all(i->q, query, paged, ROWS_MAX, &pages), i->count);
	for (size_t k = 0; k < i->count; k++)
		assert_true(codec_equal(&i->q->arena, &i->rows[k]->base, &paged[k]->base));
	assert_int_equal(revision(i->q), before);
}

static const Mandate__WhatIf *nth(const struct imagined *i, Mandate__WhatIf__WhatCase what,
				  size_t n)
{
	for (size_t k = 0; k < i->count; k++)
		if (i->rows[k]->what_if->what_case == what && n-- == 0)
			return i->rows[k]->what_if;
	fail_msg("too few consequences of kind %d", (int)what);
	abort();
}

static size_t number(const struct imagined *i, Mandate__WhatIf__WhatCase what)
{
	size_t count = 0;

	for (size_t k = 0; k < i->count; k++)
		count += i->rows[k]->what_if->what_case == what;
	return count;
}

static void expect_alert(const struct imagined *i, size_t n, Mandate__AlertAct act,
			 Mandate__AlertCode code, const char *day)
{
	const Mandate__AlertChange *c = nth(i, MANDATE__WHAT_IF__WHAT_ALERT, n)->alert;

	assert_int_equal(c->act, act);
	assert_int_equal(c->alert->code, code);
	assert_int_equal(c->on, on(day));
}

#define ACT(name) MANDATE__ALERT_ACT__ALERT_ACT_##name
#define CODE(name) MANDATE__ALERT_CODE__ALERT_CODE_##name
#define WHAT(name) MANDATE__WHAT_IF__WHAT_##name

/* MONUC at the end of 2004: 16 700 allowed (S/RES/1565), 12 206 there (deployments.csv). */
static void monuc(struct asking *q)
{
	rig_rules(&q->rig, 2);
	rig_begin(&q->rig, "2005-01-10");
	tell(q, "instrument operation=MONUC party=UNSC document=S/RES/1565 action=establish "
		"adopted=2004-10-01 valid_until=2005-03-31 "
		"ceilings=component:military,persons:16700");
	tell(q, "return operation=MONUC as_of=2004-12-31 covers=military "
		"counts=contributor:BGD,component:military,persons:6206|"
		"contributor:GHA,component:military,persons:6000");
}

static void a_lowered_ceiling_says_who_is_over_and_by_how_many(void **state)
{
	struct asking *q = *state;
	struct imagined i;
	monuc(q);
	imagine(&i, q, 120);
	with(&i, "ceiling operation=MONUC document=S/RES/9999 component=military "
		 "from=2005-01-15 persons=12000");
	see(&i, NULL);
	assert_int_equal(number(&i, WHAT(REFUSAL)), 0);
	assert_int_equal(nth(&i, WHAT(RESULT), 0)->result->revision, revision(q) + 1);
	assert_int_equal(number(&i, WHAT(ALERT)), 3);
	/* 30 days of a rotation later it is an alarm, until the head-count is too old or the
	 * mandate over, whichever is first: V is 03-31. */
	expect_alert(&i, 0, ACT(OPENED), CODE(CEIL_OVER), "2005-01-15");
	expect_alert(&i, 1, ACT(CHANGED), CODE(CEIL_OVER), "2005-02-14");
	assert_int_equal(nth(&i, WHAT(ALERT), 1)->alert->alert->severity,
			 MANDATE__SEVERITY__SEVERITY_ALARM);
	expect_alert(&i, 2, ACT(CLOSED), CODE(CEIL_OVER), "2005-04-01");
	const Mandate__Strength *s = nth(&i, WHAT(STRENGTH), 0)->strength;
	assert_int_equal(s->component, MANDATE__COMPONENT__COMPONENT_MILITARY);
	assert_int_equal(s->on, on("2005-01-15"));
	assert_int_equal(s->persons, 12206);
	assert_int_equal(s->over, 206);
	assert_int_equal(nth(&i, WHAT(MANDATE), 0)->mandate->on, on("2005-01-15"));
}

static void an_extension_keeps_alerts_from_opening(void **state)
{
	struct asking *q = *state;
	struct imagined i;
	monuc(q);
	rig_day(&q->rig, "2005-03-10");
	imagine(&i, q, 60);
	with(&i, "instrument operation=MONUC party=UNSC document=S/RES/1592 action=extend "
		 "adopted=2005-03-30 valid_until=2005-10-01");
	see(&i, NULL);
	/* That it expires is open already; adopted, it closes, and the lapse does not come. */
	expect_alert(&i, 0, ACT(CLOSED), CODE(MAND_EXPIRING), "2005-03-30");
	assert_int_equal(nth(&i, WHAT(ALERT), 0)->alert->reason,
			 MANDATE__CLOSE_REASON__CLOSE_REASON_SUPERSEDED);
	expect_alert(&i, 1, ACT(CLOSED), CODE(MAND_LAPSED), "2005-04-01");
	assert_int_equal(nth(&i, WHAT(MANDATE), 0)->mandate->valid_until, on("2005-10-01"));
	assert_int_equal(number(&i, WHAT(CLASH)), 0);
}

static void an_extension_of_what_has_ended_clashes(void **state)
{
	struct asking *q = *state;
	struct imagined i;
	monuc(q);
	rig_day(&q->rig, "2005-04-10");
	imagine(&i, q, 0);
	with(&i, "instrument operation=MONUC party=UNSC document=S/RES/1592 action=extend "
		 "adopted=2005-04-08 valid_until=2005-10-01");
	see(&i, NULL);
	const Mandate__Clash *clash = nth(&i, WHAT(CLASH), 0)->clash;
	assert_int_equal(clash->change, 0);
	assert_non_null(strstr(clash->text, "2005-03-31"));
	assert_string_equal(clash->records[0], "instrument MONUC:UNSC:S/RES/1592");
	/* Not in force any more, and without it lapsed. */
	expect_alert(&i, 0, ACT(CLOSED), CODE(MAND_LAPSED), "2005-04-10");
}

static void a_withdrawal_leaves_less(void **state)
{
	struct asking *q = *state;
	struct rig *r = &q->rig;
	struct imagined i;
	monuc(q);
	tell(q, "unit operation=MONUC contributor=BGD unit=Battalion from=2005-01-05 "
		"component=troops persons=850");
	uint64_t then = revision(q);
	imagine(&i, q, 90);
	i.changes[i.whatif.n_changes++] = CORRECT(
		r, record_text(&r->arena, "unit operation=MONUC contributor=BGD unit=Battalion "
					  "from=2005-01-05 to=2005-02-28 component=troops "
					  "persons=850 withdrawal_notice=2005-01-10"));
	i.whatif.changes = i.changes;
	see(&i, NULL);
	const Mandate__Strength *s = nth(&i, WHAT(STRENGTH), 0)->strength;
	assert_int_equal(s->on, on("2005-03-01"));
	assert_int_equal(s->persons, 12206);
	assert_int_equal(s->over, 12206 - 16700);
	/* The same at the revision before what came since. */
	size_t count = i.count;
	tell(q, "unit operation=MONUC contributor=GHA unit=Another from=2005-01-05 "
		"component=troops persons=100");
	Mandate__Query query = known_at(query_of(MANDATE__QUERY__ASK_WHATIF, &i.whatif), then);
	size_t pages;
	query = on_day(query, "2005-01-10");
	assert_int_equal(ask_all(q, query, i.rows, ROWS_MAX, &pages), count);
	assert_int_equal(nth(&i, WHAT(STRENGTH), 0)->strength->persons, 12206);
	assert_int_equal(nth(&i, WHAT(RESULT), 0)->result->revision, then + 1);
}

static void what_apply_would_refuse_is_refused_alone(void **state)
{
	struct asking *q = *state;
	struct imagined i;
	monuc(q);
	imagine(&i, q, 10);
	with(&i, "ceiling operation=MONUC document=S/RES/9999 component=military "
		 "from=2005-01-15 persons=12000");
	with(&i, "unit operation=NOSUCH contributor=BGD unit=B from=2005-01-05 "
		 "component=troops persons=850");
	see(&i, NULL);
	assert_int_equal(i.count, 1);
	const Mandate__Refusal *refusal = nth(&i, WHAT(REFUSAL), 0)->refusal;
	assert_int_equal(refusal->code, MANDATE__CODE__CODE_UNKNOWN_OPERATION);
	assert_int_equal(refusal->change, 1);
	/* An act sees the changes before it, as it would in a submission. */
	tell(q, "partner code=UN");
	tell(q, "partner code=EU");
	imagine(&i, q, 0);
	with(&i, "acceptance arrangement=A party=EU reply=accepted day=2005-01-10");
	see(&i, NULL);
	assert_int_equal(nth(&i, WHAT(REFUSAL), 0)->refusal->code,
			 MANDATE__CODE__CODE_NEEDS_EARLIER);
	imagine(&i, q, 0);
	with(&i, "arrangement arrangement=A kind=parallel sides=parties:UN|parties:EU "
		 "operation=MONUC");
	with(&i, "acceptance arrangement=A party=EU reply=accepted day=2005-01-10");
	see(&i, NULL);
	assert_int_equal(number(&i, WHAT(REFUSAL)), 0);
	assert_int_equal(number(&i, WHAT(RESULT)), 2);
}

static void facts_that_clash_are_shown(void **state)
{
	struct asking *q = *state;
	struct rig *r = &q->rig;
	struct imagined i;
	monuc(q);
	tell(q, "operation acronym=UNMIL kind=un_pko");
	tell(q, "total operation=MONUC as_of=2004-12-09 component=military persons=12216");
	imagine(&i, q, 0);
	/* Nobody of that name is in MONUC the day before. */
	with(&i, "transfer contributor=BGD unit=Battalion day=2005-01-08 operation=MONUC "
		 "other_operation=UNMIL");
	with(&i, "unit operation=UNMIL contributor=BGD unit=Battalion from=2004-01-01 "
		 "component=troops persons=850");
	/* Two contents under one edition. */
	i.changes[i.whatif.n_changes++] =
		EDITION(r, 1,
			record_text(&r->arena, "total operation=MONUC as_of=2004-12-09 "
					       "component=military persons=12217"));
	see(&i, NULL);
	assert_int_equal(number(&i, WHAT(CLASH)), 2);
	assert_string_equal(nth(&i, WHAT(CLASH), 0)->clash->records[0],
			    "total MONUC:2004-12-09:military");
	assert_int_equal(nth(&i, WHAT(CLASH), 0)->clash->change, 2);
	assert_string_equal(nth(&i, WHAT(CLASH), 1)->clash->records[0],
			    "transfer BGD:Battalion:2005-01-08");
	assert_int_equal(nth(&i, WHAT(CLASH), 1)->clash->change, 0);
	bool opens = false;
	for (size_t k = 0; k < number(&i, WHAT(ALERT)); k++)
		opens |= nth(&i, WHAT(ALERT), k)->alert->alert->code == CODE(EDITION_CLASH);
	assert_true(opens);
}

static void it_is_bounded(void **state)
{
	struct asking *q = *state;
	struct imagined i;
	monuc(q);
	imagine(&i, q, WHATIF_DAYS_MAX + 1);
	with(&i, "ceiling operation=MONUC document=S/RES/9999 component=military "
		 "from=2005-01-15 persons=12000");
	Mandate__Query query = query_of(MANDATE__QUERY__ASK_WHATIF, &i.whatif);
	ask_ill(q, &query, MANDATE__CODE__CODE_LIMIT);
	i.whatif.days = WHATIF_DAYS_MAX;
	ask_well(q, &query);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_lowered_ceiling_says_who_is_over_and_by_how_many),
		TEST(an_extension_keeps_alerts_from_opening),
		TEST(an_extension_of_what_has_ended_clashes),
		TEST(a_withdrawal_leaves_less),
		TEST(what_apply_would_refuse_is_refused_alone),
		TEST(facts_that_clash_are_shown),
		TEST(it_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
