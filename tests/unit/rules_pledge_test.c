/* Pledges and requirements: where a pledge stands, what is missing, what has grown stale. */
#include "rules_judged.h"

#include "rules/parts.h"
#include "rules/pledge.h"
#include "rules/requirement.h"

#define STATE(name) MANDATE__PLEDGE_STATE__PLEDGE_STATE_##name
#define READINESS(name) MANDATE__READINESS__READINESS_##name

static struct pledge_day pledge_on(const char *day)
{
	struct pledge_day *rows;
	size_t count;

	assert_int_equal(pledge_list(dossier, "GHA", NULL, facts_day(day), &arena, &rows, &count),
			 STATUS_OK);
	assert_int_equal(count, 1);
	return rows[0];
}

static struct requirement_day requirement_on(const char *name, const char *day)
{
	struct requirement_day *rows, none = {0};
	size_t count;

	assert_int_equal(requirement_list(dossier, facts_day(day), parameters.pledge_ahead_days,
					  &arena, &rows, &count),
			 STATUS_OK);
	for (size_t i = 0; i < count; i++)
		if (strcmp(rows[i].name, name) == 0)
			return rows[i];
	return none;
}

static void expect_met(const char *name, const char *day, uint64_t deployed, uint64_t pledged,
		       uint64_t gap)
{
	struct requirement_day r = requirement_on(name, day);

	if (r.deployed != deployed || r.pledged != pledged || r.gap != gap)
		fail_msg("%s on %s: deployed %llu, pledged %llu, gap %llu", name, day,
			 (unsigned long long)r.deployed, (unsigned long long)r.pledged,
			 (unsigned long long)r.gap);
}

/* --- where a pledge stands --- */

static void expect_renewal(const char *registered, const char *renewed, const char *by)
{
	Mandate__Pledge pledge = MANDATE__PLEDGE__INIT;
	struct pledge_stand stand;
	char text[DAY_TEXT_BYTES];

	pledge.registered = facts_day(registered);
	pledge_begin(&pledge, &stand);
	if (renewed)
		pledge_take(&stand, 1, STATE(RENEWED), facts_day(renewed), 0);
	day_format(text, stand.renew_by);
	assert_string_equal(text, by);
}

/* "A pledge is renewed every six months after its first twelve or goes stale." */
static void renewals_are_due_after_twelve_months_then_after_six(void **state)
{
	(void)state;
	expect_renewal("2023-01-15", NULL, "2024-01-15");
	expect_renewal("2023-01-15", "2024-01-10", "2024-07-10");
	/* A renewal takes nothing away. */
	expect_renewal("2023-01-15", "2023-03-01", "2024-01-15");
	/* After it had gone stale. */
	expect_renewal("2023-01-15", "2024-03-31", "2024-09-30");
	expect_renewal("2024-02-29", NULL, "2025-02-28");
	expect_renewal("2022-08-31", "2023-08-31", "2024-02-29");
	expect_renewal("2022-12-31", "2023-12-31", "2024-06-30");
}

static void steps_move_a_pledge_on(void **state)
{
	struct pledge_day p;

	(void)state;
	given("X", "pledge GHA P-1 troops=850 2023-01-15 available=2024-01-01\n"
		   "step GHA P-1 1 assessed 2023-03-01\n"
		   "step GHA P-1 2 level_raised 2023-03-10 level_2\n"
		   "step GHA P-1 3 suspended 2023-05-01\n"
		   "step GHA P-1 4 renewed 2023-12-01\n"
		   "step GHA P-1 5 resumed 2023-12-10\n"
		   "step GHA P-1 6 verified 2023-12-01\n"
		   "step GHA P-1 7 declined 2024-02-01\n");
	p = pledge_on("2023-02-28");
	assert_int_equal(p.stand.state, STATE(PLEDGED));
	assert_int_equal(p.stand.readiness, READINESS(LEVEL_1));
	assert_int_equal(p.stand.step, 0);
	assert_int_equal(p.stand.since, facts_day("2023-01-15"));
	p = pledge_on("2023-03-10");
	assert_int_equal(p.stand.state, STATE(ASSESSED));
	assert_int_equal(p.stand.since, facts_day("2023-03-01"));
	assert_int_equal(p.stand.readiness, READINESS(LEVEL_2));
	p = pledge_on("2023-12-09");
	assert_int_equal(p.stand.state, STATE(SUSPENDED));
	assert_int_equal(p.stand.before, STATE(ASSESSED));
	assert_int_equal(p.stand.since, facts_day("2023-05-01"));
	assert_int_equal(p.stand.renew_by, facts_day("2024-06-01"));
	/* Step 6 is said to be earlier than step 5, which it follows. */
	p = pledge_on("2023-12-10");
	assert_int_equal(p.stand.state, STATE(VERIFIED));
	assert_int_equal(p.stand.since, facts_day("2023-12-10"));
	assert_int_equal(p.stand.step, 6);
	assert_int_equal(pledge_on("2024-02-01").stand.state, STATE(DECLINED));
}

static void a_pledge_grows_stale_and_is_renewed(void **state)
{
	const Mandate__Alert *alert;

	(void)state;
	given("X", "pledge GHA P-1 troops=850 2023-01-15\n"
		   "step GHA P-1 1 assessed 2023-03-01\n");
	expect_closed(CODE(PLEDGE_STALE), "GHA:P-1", "2024-01-15");
	alert = expect_open(CODE(PLEDGE_STALE), "GHA:P-1", "2024-01-16", SEVERITY(INFO),
			    "2024-01-16");
	assert_string_equal(alert->contributor, "GHA");
	assert_string_equal(alert->pledge, "P-1");
	assert_string_equal(alert->operation, "X");
	assert_int_equal(alert->day, facts_day("2024-01-15"));
	assert_string_equal(alert->causes[0], "pledge GHA:P-1");
	put("step GHA P-1 2 renewed 2024-02-10");
	expect_open(CODE(PLEDGE_STALE), "GHA:P-1", "2024-02-09", SEVERITY(INFO), "2024-01-16");
	expect_reason(alert, "2024-02-10", REASON(RESOLVED));
	expect_open(CODE(PLEDGE_STALE), "GHA:P-1", "2024-08-11", SEVERITY(INFO), "2024-08-11");
	put("step GHA P-1 3 withdrawn 2024-09-01");
	expect_reason(alert, "2024-09-01", REASON(OVER));
	check_days(dossier, facts_day("2023-12-01"), facts_day("2024-12-01"));
	check_same(dossier, facts_day("2023-01-01"), facts_day("2025-01-01"), 5);
}

/* Its unit has come: there is nothing left to renew, nor to count twice. */
static void a_pledge_that_names_no_operation_is_its_contributors(void **state)
{
	struct dossier *operation;
	Mandate__Alert **alerts;
	int32_t next;

	(void)state;
	given(":GHA", "pledge GHA P-1 troops=850 2023-01-15 anywhere\n");
	assert_null(expect_open(CODE(PLEDGE_STALE), "GHA:P-1", "2024-01-16", SEVERITY(INFO),
				"2024-01-16")
			    ->operation);
	facts.operation = "X";
	operation = facts_dossier(&facts);
	assert_int_equal(evaluate_on(operation, facts_day("2024-01-16"), &alerts, &next), 0);
	dossier_free(operation);
	/* It goes to an operation: its home before drops it. */
	put("pledge GHA P-1 troops=850 2023-01-15");
	expect_closed(CODE(PLEDGE_STALE), "GHA:P-1", "2024-01-16");
}

/* --- what is missing --- */

static void a_gap_is_required_less_deployed_less_pledged(void **state)
{
	const Mandate__Alert *alert;

	(void)state;
	given("X", "requirement SUR-1 troops=850 2024-06-01 until=2025-05-31\n"
		   "pledge GHA P-1 troops=400 2024-01-15 requirement=SUR-1 available=2024-07-01\n"
		   "pledge NPL P-1 troops=300 2024-01-15 requirement=SUR-1\n");
	/* Needed by D + 90 at the latest. */
	expect_closed(CODE(PLEDGE_GAP), "X:SUR-1", "2024-03-02");
	alert = expect_open(CODE(PLEDGE_GAP), "X:SUR-1", "2024-03-03", SEVERITY(WARN),
			    "2024-03-03");
	assert_string_equal(alert->requirement, "SUR-1");
	assert_int_equal(alert->required, 850);
	assert_int_equal(alert->persons, 0);
	assert_int_equal(alert->pledged, 0);
	assert_int_equal(alert->day, facts_day("2024-06-01"));
	/* Dated within D + 90; what has no date does not count. */
	expect_met("SUR-1", "2024-04-01", 0, 0, 850);
	expect_met("SUR-1", "2024-04-02", 0, 400, 450);
	assert_int_equal(
		expect_open(CODE(PLEDGE_GAP), "X:SUR-1", "2024-04-02", SEVERITY(WARN), "2024-03-03")
			->pledged,
		400);
	/* A unit fills it by name, or because the pledge of which it comes does. */
	put("unit FRA BATT 2024-05-01 2024-12-31 troops=450 requirement=SUR-1 mou=2024-01-01");
	expect_met("SUR-1", "2024-04-30", 0, 400, 450);
	expect_met("SUR-1", "2024-05-01", 450, 400, 0);
	expect_reason(alert, "2024-05-01", REASON(RESOLVED));
	/* Counted once: deployed only, also when the unit is smaller, and when it has gone. */
	put("unit GHA BATT 2024-08-01 2024-10-31 troops=380 pledge=P-1 mou=2024-01-01");
	expect_met("SUR-1", "2024-07-31", 450, 400, 0);
	expect_met("SUR-1", "2024-08-01", 830, 0, 20);
	expect_met("SUR-1", "2024-11-01", 450, 0, 400);
	expect_open(CODE(PLEDGE_GAP), "X:SUR-1", "2025-05-31", SEVERITY(WARN), "2024-08-01");
	expect_reason(alert, "2025-06-01", REASON(OVER));
	check_days(dossier, facts_day("2024-01-01"), facts_day("2025-07-01"));
	check_same(dossier, facts_day("2024-01-01"), facts_day("2025-07-01"), 3);
}

static void what_is_no_offer_does_not_count(void **state)
{
	struct fact_line *step;

	(void)state;
	given("X", "requirement SUR-1 troops=850 2023-06-01\n"
		   "pledge GHA P-1 troops=850 2023-01-15 requirement=SUR-1 available=2023-06-01\n");
	expect_met("SUR-1", "2024-01-15", 0, 850, 0);
	/* Stale. */
	expect_met("SUR-1", "2024-01-16", 0, 0, 850);
	step = put("step GHA P-1 1 suspended 2023-07-01");
	expect_met("SUR-1", "2023-06-30", 0, 850, 0);
	expect_met("SUR-1", "2023-07-01", 0, 0, 850);
	put("step GHA P-1 2 resumed 2023-08-01");
	expect_met("SUR-1", "2023-08-01", 0, 850, 0);
	put("step GHA P-1 3 selected 2023-09-01");
	put("step GHA P-1 4 deployed 2023-10-01");
	/* By its steps it is there and cannot grow stale; no unit is on record that says so. */
	expect_met("SUR-1", "2024-06-01", 0, 850, 0);
	put("step GHA P-1 5 repatriating 2024-07-01");
	expect_met("SUR-1", "2024-07-01", 0, 0, 850);
	put("step GHA P-1 5 withdrawn 2024-05-01");
	expect_met("SUR-1", "2024-05-01", 0, 0, 850);
	retract(step);
	expect_met("SUR-1", "2023-07-15", 0, 850, 0);
	put("pledge GHA P-1 troops=850 2023-01-15 requirement=SUR-2 available=2023-06-01");
	expect_met("SUR-1", "2023-07-15", 0, 0, 850);
	check_same(dossier, facts_day("2023-01-01"), facts_day("2025-01-01"), 7);
}

static void a_pledge_may_name_its_unit_instead(void **state)
{
	struct fact_line *unit, *first;

	(void)state;
	given("X", "requirement SUR-1 troops=500 2024-01-01\n"
		   "requirement SUR-2 troops=500 2024-01-01\n"
		   "unit GHA BATT 2023-06-01 - troops=480 op=Y\n"
		   "transfer GHA BATT 2024-02-01 Y X\n");
	first = put("pledge GHA P-1 troops=500 2023-06-01 requirement=SUR-1 unit=BATT "
		    "available=2024-01-01");
	/* It comes by transfer. */
	expect_met("SUR-1", "2024-01-31", 0, 500, 0);
	expect_met("SUR-1", "2024-02-01", 480, 0, 20);
	put("pledge GHA P-2 troops=500 2024-03-01 requirement=SUR-2 unit=BATT "
	    "available=2024-03-01");
	expect_met("SUR-1", "2024-04-01", 480, 0, 20);
	expect_met("SUR-2", "2024-04-01", 0, 500, 0);
	/* A second stay of it comes of the later pledge. */
	unit = put("unit GHA BATT 2024-05-01 - troops=490");
	expect_met("SUR-1", "2024-05-01", 0, 0, 500);
	expect_met("SUR-2", "2024-05-01", 490, 0, 10);
	retract(first);
	expect_met("SUR-2", "2024-04-01", 480, 0, 20);
	retract(unit);
	expect_met("SUR-2", "2024-05-01", 480, 0, 20);
	check_same(dossier, facts_day("2023-05-01"), facts_day("2024-12-01"), 3);
	check_days(dossier, facts_day("2023-12-01"), facts_day("2024-12-01"));
}

/* --- whatever comes, in whatever order --- */

static void random_line(char *line, size_t size)
{
	static const char *const states[] = {"assessed",  "verified", "selected",    "renewed",
					     "renewed",	  "deployed", "suspended",   "resumed",
					     "withdrawn", "declined", "repatriating"};
	int32_t first = facts_day("2023-01-01");
	const char *day = random_day(first, 700);
	uint32_t one = below(2), other = below(2);

	switch (below(5)) {
	case 0:
		snprintf(line, size, "requirement SUR-%u troops=%u %s%s", one, 100 + below(900),
			 day, below(2) ? " until=2024-12-31" : "");
		return;
	case 1:
		snprintf(line, size, "pledge GHA P-%u troops=%u %s%s%s%s%s", one, 100 + below(500),
			 day, below(4) ? " requirement=SUR-" : "", below(4) ? "0" : "1",
			 below(2) ? " available=2024-03-01" : "", below(2) ? " unit=BATT" : "");
		if (!strstr(line, "requirement"))
			snprintf(line, size, "pledge GHA P-%u troops=5 %s", one, day);
		return;
	case 2:
		snprintf(line, size, "unit GHA %s %s - troops=%u mou=2020-01-01%s%s",
			 one ? "BATT" : "OTHER", day, 100 + below(500),
			 other ? " requirement=SUR-0" : "", below(2) ? " pledge=P-1" : "");
		return;
	case 3:
		snprintf(line, size, "transfer GHA BATT %s %s", day, one ? "X Y" : "Y X");
		return;
	default:
		snprintf(line, size, "step GHA P-%u %u %s %s", one, 1 + below(4), states[below(11)],
			 day);
	}
}

/* What is kept in step weighs what is built: nothing is left of what has gone. */
static void check_bytes(void)
{
	struct dossier *built = facts_dossier(&facts);

	assert_int_equal(dossier->forces.bytes, built->forces.bytes);
	dossier_free(built);
}

static void any_order_gives_the_same(void **state)
{
	(void)state;
	seed = getenv("SEED") ? (uint32_t)strtoul(getenv("SEED"), NULL, 10) : 20230115;
	print_message("SEED=%u\n", seed);
	for (int round = 0; round < 150; round++) {
		given("X", "operation un_pko\n");
		for (int n = 0; n < 18; n++) {
			char line[200];

			if (below(5) == 0 && facts.count > 1) {
				struct fact_line *fact =
					&facts.at[1 + below((uint32_t)facts.count - 1)];

				fact->edition++;
				retract(fact);
				continue;
			}
			random_line(line, sizeof line);
			put(line);
		}
		check_same(dossier, facts_day("2022-12-01"), facts_day("2026-01-01"), 11);
		check_bytes();
		check_days(dossier, facts_day("2023-01-01"), facts_day("2025-01-01"));
		forget(NULL);
	}
	given("X", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(renewals_are_due_after_twelve_months_then_after_six),
		cmocka_unit_test_teardown(steps_move_a_pledge_on, forget),
		cmocka_unit_test_teardown(a_pledge_grows_stale_and_is_renewed, forget),
		cmocka_unit_test_teardown(a_pledge_that_names_no_operation_is_its_contributors,
					  forget),
		cmocka_unit_test_teardown(a_gap_is_required_less_deployed_less_pledged, forget),
		cmocka_unit_test_teardown(what_is_no_offer_does_not_count, forget),
		cmocka_unit_test_teardown(a_pledge_may_name_its_unit_instead, forget),
		cmocka_unit_test_teardown(any_order_gives_the_same, forget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
