/* Units, transfers and what alerts say of them: sections 3 and 7 of the definitions. */
#include "rules_judged.h"

#include "rules/parts.h"
#include "rules/strength.h"
#include "rules/unit.h"

#define C(name) MANDATE__COMPONENT__COMPONENT_##name

/* The facts as another of their operations sees them. */
static struct dossier *seen_by(const char *operation)
{
	const char *own = facts.operation;
	struct dossier *d;

	facts.operation = operation;
	d = facts_dossier(&facts);
	facts.operation = own;
	return d;
}

static uint64_t present_in(const struct dossier *d, Mandate__Component c, int32_t day)
{
	struct strength_day s;

	strength_on(d, c, day, DAY_NEVER, &s);
	return s.persons;
}

static uint64_t present(const struct dossier *d, const char *day)
{
	return present_in(d, C(UNIFORMED), facts_day(day));
}

static struct unit_day *units(const struct dossier *d, const char *day, size_t *ret_count)
{
	struct unit_day *rows;

	assert_int_equal(unit_list(d, facts_day(day), &arena, &rows, ret_count), STATUS_OK);
	return rows;
}

/* "MISCA to MINUSCA: T = 2014-09-15", S/RES/2149. Persons are made up. */
static void rehatted_units_go_from_one_operation_to_the_other(void **state)
{
	struct dossier *to;
	struct unit_day *rows;
	size_t count;

	(void)state;
	given("MISCA", "operation partner\n"
		       "unit BDI BATT-1 2013-12-19 - troops=850\n"
		       "unit CMR BATT-1 2013-12-19 - troops=517\n"
		       "unit CMR FPU-1 2014-02-01 - formed_police=140\n"
		       "unit TCD BATT-1 2013-12-19 2014-04-13 troops=850\n"
		       "transfer BDI BATT-1 2014-09-15 MISCA MINUSCA\n"
		       "transfer CMR BATT-1 2014-09-15 MISCA MINUSCA\n"
		       "transfer CMR FPU-1 2014-09-15 MISCA MINUSCA\n"
		       "transfer TCD BATT-1 2014-09-15 MISCA MINUSCA\n");
	to = seen_by("MINUSCA");
	assert_int_equal(present(dossier, "2014-04-13"), 850 + 517 + 140 + 850);
	assert_int_equal(present(dossier, "2014-09-14"), 850 + 517 + 140);
	assert_int_equal(present(to, "2014-09-14"), 0);
	assert_int_equal(present(dossier, "2014-09-15"), 0);
	assert_int_equal(present(to, "2014-09-15"), 850 + 517 + 140);
	assert_int_equal(present_in(to, C(POLICE), facts_day("2014-09-15")), 140);
	/* Chad had taken its battalion home: its transfer is kept, and moves nobody. */
	assert_int_equal(unit_transfer_effect(to, "TCD:BATT-1:2014-09-15"), TRANSFER_NO_EFFECT);
	assert_int_equal(unit_transfer_effect(dossier, "TCD:BATT-1:2014-09-15"),
			 TRANSFER_NO_EFFECT);
	assert_int_equal(unit_transfer_effect(to, "BDI:BATT-1:2014-09-15"), TRANSFER_MOVES);
	assert_int_equal(unit_transfer_effect(to, "BDI:BATT-1:2014-09-16"), TRANSFER_NOT_ON_RECORD);
	rows = units(to, "2014-09-15", &count);
	assert_int_equal(count, 3);
	assert_string_equal(rows[0].key, "MISCA:BDI:BATT-1:2013-12-19");
	assert_int_equal(rows[0].from, facts_day("2014-09-15"));
	assert_int_equal(rows[0].to, DAY_INFINITE);
	assert_true(rows[0].transferred);
	assert_null(rows[0].lent_by);
	dossier_free(to);
}

/* EUFOR Tchad/RCA hands over to MINURCAT on 2009-03-15, S/RES/1861: some contingents stay. The
 * French one's record was closed by its own operation, the Polish one has a record of MINURCAT's.
 */
static void what_the_receiver_says_of_a_unit_stands(void **state)
{
	struct dossier *to;

	(void)state;
	given("EUFOR", "unit FRA BATT 2008-03-15 2009-03-14 troops=800\n"
		       "unit POL BATT 2008-09-01 - troops=400\n"
		       "unit POL BATT 2009-03-15 2009-12-01 troops=390 op=MINURCAT\n"
		       "unit IRL BATT 2008-03-15 2010-05-31 troops=420\n"
		       "transfer FRA BATT 2009-03-15 EUFOR MINURCAT\n"
		       "transfer POL BATT 2009-03-15 EUFOR MINURCAT\n"
		       "transfer IRL BATT 2009-03-15 EUFOR MINURCAT\n");
	to = seen_by("MINURCAT");
	assert_int_equal(present(dossier, "2009-03-14"), 800 + 400 + 420);
	assert_int_equal(present(dossier, "2009-03-15"), 0);
	assert_int_equal(present(to, "2009-03-15"), 800 + 390 + 420);
	/* What the record of MINURCAT replaced does not come back after it. */
	assert_int_equal(present(to, "2009-12-01"), 800 + 390 + 420);
	assert_int_equal(present(to, "2009-12-02"), 800 + 420);
	assert_int_equal(present(to, "2010-06-01"), 800);
	dossier_free(to);
}

/* UNMIL's helicopters to UNOCI and back: inter-mission cooperation. */
static void a_loan_comes_back_on_its_day(void **state)
{
	struct dossier *other;
	struct unit_day *rows;
	size_t count;

	(void)state;
	given("UNMIL", "unit UKR AVIATION 2010-01-01 - troops=90\n"
		       "unit GHA BATT 2010-01-01 - troops=700\n"
		       "transfer UKR AVIATION 2010-12-01 UNMIL UNOCI back=2011-04-01\n");
	other = seen_by("UNOCI");
	assert_int_equal(present(dossier, "2010-11-30"), 790);
	assert_int_equal(present(other, "2010-11-30"), 0);
	assert_int_equal(present(dossier, "2010-12-01"), 700);
	assert_int_equal(present(other, "2010-12-01"), 90);
	assert_int_equal(present(dossier, "2011-03-31"), 700);
	assert_int_equal(present(other, "2011-03-31"), 90);
	assert_int_equal(present(dossier, "2011-04-01"), 790);
	assert_int_equal(present(other, "2011-04-01"), 0);
	rows = units(other, "2011-01-01", &count);
	assert_int_equal(count, 1);
	assert_string_equal(rows[0].lent_by, "UNMIL");
	assert_string_equal(rows[0].loan, "UKR:AVIATION:2010-12-01");
	assert_int_equal(rows[0].return_day, facts_day("2011-04-01"));
	rows = units(dossier, "2011-04-01", &count);
	assert_int_equal(count, 2);
	assert_null(rows[1].lent_by);
	assert_true(rows[1].transferred);
	/* The borrower's own record changes nothing of that. */
	put("unit UKR AVIATION 2010-12-01 2011-03-31 troops=90 op=UNOCI");
	assert_int_equal(present(dossier, "2010-12-01"), 700);
	assert_int_equal(present(dossier, "2011-04-01"), 790);
	/* Each office may write its side down too: the same persons, still. */
	put("unit UKR AVIATION 2010-01-01 2010-11-30 troops=90");
	put("unit UKR AVIATION 2011-04-01 - troops=90");
	assert_int_equal(present(dossier, "2010-12-01"), 700);
	assert_int_equal(present(dossier, "2011-04-01"), 790);
	assert_int_equal(present(dossier, "2020-01-01"), 790);
	dossier_free(other);
	other = seen_by("UNOCI");
	assert_int_equal(present(other, "2010-11-30"), 0);
	assert_int_equal(present(other, "2010-12-01"), 90);
	assert_int_equal(present(other, "2011-04-01"), 0);
	dossier_free(other);
}

static void several_transfers_follow_each_other(void **state)
{
	struct dossier *b, *c;

	(void)state;
	given("A", "unit GHA BATT 2010-01-01 2010-12-31 troops=500\n"
		   "transfer GHA BATT 2010-03-01 A B\n"
		   "transfer GHA BATT 2010-05-01 B C back=2010-06-01\n"
		   "transfer GHA BATT 2010-07-01 A C\n"
		   "transfer GHA BATT 2010-08-01 B A\n");
	b = seen_by("B");
	c = seen_by("C");
	for (int32_t day = facts_day("2009-12-30"); day <= facts_day("2011-01-02"); day++) {
		bool there = day >= facts_day("2010-01-01") && day <= facts_day("2010-12-31");

		assert_int_equal(present_in(dossier, C(TROOPS), day) +
					 present_in(b, C(TROOPS), day) +
					 present_in(c, C(TROOPS), day),
				 there ? 500 : 0);
	}
	assert_int_equal(present(c, "2010-05-01"), 500);
	assert_int_equal(present(b, "2010-06-01"), 500);
	/* It was in B then. */
	assert_int_equal(unit_transfer_effect(c, "GHA:BATT:2010-07-01"), TRANSFER_NO_EFFECT);
	assert_int_equal(present(dossier, "2010-08-01"), 500);
	assert_int_equal(present(dossier, "2010-12-31"), 500);
	dossier_free(b);
	dossier_free(c);
}

/* Two records of one unit meet in a third operation: the one that began last is the unit. */
static void who_began_last_is_the_unit(void **state)
{
	(void)state;
	given("C", "unit GHA BATT 2010-01-01 - troops=100 op=B\n"
		   "unit GHA BATT 2010-02-01 - troops=110 op=A\n"
		   "transfer GHA BATT 2010-03-01 B C\n"
		   "transfer GHA BATT 2010-04-01 A C\n");
	assert_int_equal(present(dossier, "2010-03-31"), 100);
	assert_int_equal(present(dossier, "2010-04-01"), 110);
	put("unit GHA BATT 2009-12-01 - troops=120 op=A");
	put("unit GHA BATT 2010-02-01 2010-02-10 troops=110 op=A");
	assert_int_equal(present(dossier, "2010-04-01"), 100);
}

/* UNTSO's observers in UNIFIL: the Observer Group Lebanon. */
static void operational_control_counts_nowhere_twice(void **state)
{
	struct dossier *under;

	(void)state;
	given("UNTSO", "unit IRL OGL 2006-08-01 - observers=50 control=UNIFIL\n"
		       "unit IRL OGL 2006-08-01 2006-12-31 observers=50 op=UNIFIL\n");
	under = seen_by("UNIFIL");
	assert_int_equal(present(dossier, "2006-10-01"), 50);
	assert_int_equal(present(under, "2006-10-01"), 0);
	expect_closed(CODE(DEP_DOUBLE), "IRL:OGL", "2006-10-01");
	dossier_free(under);
}

/* A contributor's decision: a notice, and a last day that a later edition moves. */
static void an_early_withdrawal_moves_the_last_day(void **state)
{
	struct fact_line *unit;

	(void)state;
	given("X", "unit IRL BATT 2008-01-01 2012-12-31 troops=400\n");
	assert_int_equal(present(dossier, "2010-06-01"), 400);
	put("unit IRL BATT 2008-01-01 2010-05-26 troops=400 notice=2010-03-01");
	assert_int_equal(present(dossier, "2010-05-26"), 400);
	assert_int_equal(present(dossier, "2010-05-27"), 0);
	unit = put("unit IRL BATT 2008-01-01 2010-06-30 troops=400 notice=2010-03-01");
	assert_int_equal(present(dossier, "2010-06-30"), 400);
	retract(unit);
	assert_int_equal(present(dossier, "2010-05-26"), 0);
}

/* Civilians stand beside the uniformed. */
static void civilians_are_not_uniformed(void **state)
{
	(void)state;
	given("X", "return 2010-01-31 GHA:troops=100 -:civilians=40\n"
		   "total 2010-02-28 civilians=45\n"
		   "unit GHA STAFF 2010-03-01 - civilians=5\n");
	assert_int_equal(present(dossier, "2010-01-31"), 100);
	assert_int_equal(present(dossier, "2010-03-01"), 100);
	assert_int_equal(present_in(dossier, C(CIVILIANS), facts_day("2010-01-31")), 40);
	assert_int_equal(present_in(dossier, C(CIVILIANS), facts_day("2010-02-28")), 45);
	assert_int_equal(present_in(dossier, C(CIVILIANS), facts_day("2010-03-01")), 50);
}

/* --- alerts --- */

/* UNAMID S/RES/2559: ended on 2020-12-31, withdrawal by 2021-06-30. */
#define UNAMID                                                                                     \
	"operation un_pko series=2007-07-31 to=to_end\n"                                           \
	"instrument UNSC S/RES/2525 2020-06-03 extend until=2020-12-31\n"                          \
	"instrument UNSC S/RES/2559 2020-12-22 terminate until=2020-12-31 withdraw=2021-06-30\n"

static void arrivals_while_withdrawing_are_against_the_law(void **state)
{
	static const char key[] = "UNAMID:RWA:BATT:2021-01-01";
	const Mandate__Alert *alert;

	(void)state;
	given("UNAMID", UNAMID "unit RWA BATT 2021-01-01 2021-03-31 troops=300\n"
			       "unit ETH BATT 2020-12-31 2021-03-31 troops=300\n"
			       "unit PAK GUARD 2021-01-15 2021-06-30 formed_police=140 task=guard\n"
			       "unit PAK LIQ 2021-01-15 2021-06-30 troops=14 task=liquidation\n"
			       "unit GMB BATT 2021-06-30 2021-06-30 troops=10\n"
			       "unit SEN BATT 2021-07-01 - troops=10\n"
			       "unit NPL BATT 2020-01-01 - troops=20 op=UNISFA\n"
			       "transfer NPL BATT 2021-02-01 UNISFA UNAMID\n"
			       "unit TZA BATT 2021-02-01 - troops=30\n"
			       "transfer TZA BATT 2021-02-01 UNISFA UNAMID\n");
	expect_closed(CODE(DEP_ARRIVES_ENDED), key, "2020-12-31");
	alert = expect_open(CODE(DEP_ARRIVES_ENDED), key, "2021-01-01", SEVERITY(ALARM),
			    "2021-01-01");
	assert_string_equal(alert->contributor, "RWA");
	assert_string_equal(alert->unit, "BATT");
	assert_int_equal(alert->persons, 300);
	assert_int_equal(alert->day, facts_day("2021-01-01"));
	assert_int_equal(alert->valid_until, facts_day("2020-12-31"));
	assert_int_equal(alert->last_lawful, facts_day("2021-06-30"));
	assert_int_equal(alert->n_causes, 1);
	assert_string_equal(alert->causes[0], "unit UNAMID:RWA:BATT:2021-01-01");
	expect_open(CODE(DEP_ARRIVES_ENDED), key, "2021-03-31", SEVERITY(ALARM), "2021-01-01");
	expect_reason(alert, "2021-04-01", REASON(RESOLVED));
	/* The day before, guards, liquidators; the last lawful day, and the day after it. */
	expect_closed(CODE(DEP_ARRIVES_ENDED), "UNAMID:ETH:BATT:2020-12-31", "2021-01-01");
	expect_closed(CODE(DEP_ARRIVES_ENDED), "UNAMID:PAK:GUARD:2021-01-15", "2021-01-15");
	expect_closed(CODE(DEP_ARRIVES_ENDED), "UNAMID:PAK:LIQ:2021-01-15", "2021-01-15");
	expect_open(CODE(DEP_ARRIVES_ENDED), "UNAMID:GMB:BATT:2021-06-30", "2021-06-30",
		    SEVERITY(ALARM), "2021-06-30");
	expect_closed(CODE(DEP_ARRIVES_ENDED), "UNAMID:SEN:BATT:2021-07-01", "2021-07-01");
	/* Those that came by transfer, with a record of their own or without, are no arrivals. */
	expect_closed(CODE(DEP_ARRIVES_ENDED), "UNAMID:NPL:BATT:2021-02-01", "2021-02-01");
	expect_closed(CODE(DEP_ARRIVES_ENDED), "UNAMID:TZA:BATT:2021-02-01", "2021-02-01");
	check_days(dossier, facts_day("2020-12-01"), facts_day("2021-08-01"));
}

static void a_day_to_withdraw_by_may_come_and_go(void **state)
{
	struct fact_line *end;

	(void)state;
	given("X", "operation un_pko\n"
		   "instrument UNSC S/RES/1 2000-01-01 establish until=2000-06-30\n"
		   "unit GHA LATE 2000-07-10 - troops=10\n"
		   "unit GHA LATER 2000-08-10 2000-08-20 troops=10\n");
	expect_closed(CODE(DEP_ARRIVES_ENDED), "X:GHA:LATE:2000-07-10", "2000-07-10");
	end = put("instrument UNSC S/RES/2 2000-06-20 terminate until=2000-06-30 "
		  "withdraw=2000-08-31");
	expect_open(CODE(DEP_ARRIVES_ENDED), "X:GHA:LATE:2000-07-10", "2000-10-01", SEVERITY(ALARM),
		    "2000-07-10");
	put("unit GHA LATER 2000-08-10 2000-08-25 troops=10");
	expect_open(CODE(DEP_ARRIVES_ENDED), "X:GHA:LATER:2000-08-10", "2000-08-25",
		    SEVERITY(ALARM), "2000-08-10");
	check_same(dossier, facts_day("2000-06-01"), facts_day("2000-12-31"), 1);
	retract(end);
	expect_closed(CODE(DEP_ARRIVES_ENDED), "X:GHA:LATE:2000-07-10", "2000-07-10");
	check_same(dossier, facts_day("2000-06-01"), facts_day("2000-12-31"), 1);
	put("unit GHA LATER 2000-08-10 2000-08-30 troops=10");
	put("instrument UNSC S/RES/2 2000-06-20 terminate until=2000-06-30 withdraw=2000-08-15");
	check_same(dossier, facts_day("2000-06-01"), facts_day("2000-12-31"), 1);
}

static void one_unit_in_two_operations_is_told_by_one_of_them(void **state)
{
	const Mandate__Alert *alert;
	struct dossier *other;
	Mandate__Alert **alerts;
	int32_t next;

	(void)state;
	given("MINUSCA", "unit BDI BATT 2014-09-15 - troops=850\n"
			 "unit BDI BATT 2014-01-01 2014-12-31 troops=850 op=MISCA\n");
	other = seen_by("MISCA");
	expect_closed(CODE(DEP_DOUBLE), "BDI:BATT", "2014-09-14");
	alert = expect_open(CODE(DEP_DOUBLE), "BDI:BATT", "2014-09-15", SEVERITY(ALARM),
			    "2014-09-15");
	assert_string_equal(alert->other_operation, "MISCA");
	assert_string_equal(alert->contributor, "BDI");
	assert_int_equal(alert->n_causes, 2);
	assert_string_equal(alert->causes[0], "unit MINUSCA:BDI:BATT:2014-09-15");
	assert_string_equal(alert->causes[1], "unit MISCA:BDI:BATT:2014-01-01");
	expect_open(CODE(DEP_DOUBLE), "BDI:BATT", "2014-12-31", SEVERITY(ALARM), "2014-09-15");
	expect_closed(CODE(DEP_DOUBLE), "BDI:BATT", "2015-01-01");
	for (size_t n = evaluate_on(other, facts_day("2014-10-01"), &alerts, &next); n-- > 0;)
		assert_int_not_equal(alerts[n]->code, CODE(DEP_DOUBLE));
	check_days(dossier, facts_day("2014-09-01"), facts_day("2015-02-01"));
	/* The transfer that was missing. */
	put("transfer BDI BATT 2014-09-15 MISCA MINUSCA");
	expect_closed(CODE(DEP_DOUBLE), "BDI:BATT", "2014-10-01");
	assert_int_equal(present(dossier, "2014-10-01"), 850);
	check_same(dossier, facts_day("2014-01-01"), facts_day("2015-02-01"), 1);
	dossier_free(other);
}

static void a_memorandum_is_missed_after_ninety_days(void **state)
{
	static const char key[] = "X:GHA:BATT:2010-01-01";
	const Mandate__Alert *alert;

	(void)state;
	given("X", "unit GHA BATT 2010-01-01 2010-12-31 troops=500\n"
		   "unit GHA UNMO 2010-01-01 2010-12-31 observers=20\n"
		   "unit NPL BATT 2010-01-01 2010-12-31 troops=500 mou=2010-04-01\n"
		   "unit IND BATT 2010-01-01 2010-12-31 troops=500 mou=2010-04-02\n"
		   "unit PAK BATT 2010-01-01 2010-12-31 troops=500 mou=2009-11-01\n");
	expect_closed(CODE(MOU_MISSING), key, "2010-04-01");
	alert = expect_open(CODE(MOU_MISSING), key, "2010-04-02", SEVERITY(WARN), "2010-04-02");
	assert_string_equal(alert->unit, "BATT");
	assert_int_equal(alert->day, facts_day("2010-01-01"));
	assert_int_equal(alert->persons, 500);
	expect_open(CODE(MOU_MISSING), key, "2010-12-31", SEVERITY(WARN), "2010-04-02");
	expect_reason(alert, "2011-01-01", REASON(OVER));
	expect_closed(CODE(MOU_MISSING), "X:GHA:UNMO:2010-01-01", "2010-06-01");
	expect_closed(CODE(MOU_MISSING), "X:NPL:BATT:2010-01-01", "2010-04-02");
	expect_closed(CODE(MOU_MISSING), "X:IND:BATT:2010-01-01", "2010-04-02");
	expect_closed(CODE(MOU_MISSING), "X:PAK:BATT:2010-01-01", "2010-06-01");
	check_days(dossier, facts_day("2009-12-01"), facts_day("2011-02-01"));
	put("unit GHA BATT 2010-01-01 2010-12-31 troops=500 mou=2010-05-01");
	expect_open(CODE(MOU_MISSING), key, "2010-04-30", SEVERITY(WARN), "2010-04-02");
	expect_reason(alert, "2010-05-01", REASON(RESOLVED));
	parameters.mou_days = 10;
	expect_open(CODE(MOU_MISSING), "X:NPL:BATT:2010-01-01", "2010-03-31", SEVERITY(WARN),
		    "2010-01-12");
	expect_closed(CODE(MOU_MISSING), "X:NPL:BATT:2010-01-01", "2010-04-01");
	parameters.mou_days = 90;
}

/* Every operation has its own time to sign: of a unit that came by transfer from its first day. */
static void a_memorandum_is_the_operations_own(void **state)
{
	(void)state;
	given("MINUSCA", "unit BDI BATT 2013-12-19 - troops=850 op=MISCA\n"
			 "transfer BDI BATT 2014-09-15 MISCA MINUSCA\n");
	expect_closed(CODE(MOU_MISSING), "MINUSCA:BDI:BATT:2014-09-15", "2014-12-14");
	expect_open(CODE(MOU_MISSING), "MINUSCA:BDI:BATT:2014-09-15", "2014-12-15", SEVERITY(WARN),
		    "2014-12-15");
	check_days(dossier, facts_day("2014-09-01"), facts_day("2015-02-01"));
}

/* --- whatever comes, in whatever order --- */

static const char *const operations[] = {"A", "B", "C"};

static void random_line(char *line, size_t size)
{
	int32_t first = facts_day("2010-01-01");
	const char *from = random_day(first, 90), *to = random_day(first, 120), *back = "";
	const char *a = operations[below(3)], *b = operations[below(3)];
	char returns[32] = "";

	if (below(5) < 2) {
		if (strcmp(a, b) == 0)
			b = a[0] == 'A' ? "B" : "A";
		if (below(2) && strcmp(to, from) > 0)
			snprintf(returns, sizeof returns, " back=%s", to);
		back = returns;
		snprintf(line, size, "transfer GHA U%u %s %s %s%s", below(2), from, a, b, back);
		return;
	}
	if (strcmp(to, from) < 0 || below(3) == 0)
		to = "-";
	snprintf(line, size, "unit GHA U%u %s %s troops=%u op=%s%s%s", below(2), from, to,
		 1 + below(50), a, below(4) == 0 ? " task=guard" : "",
		 below(3) == 0 ? " mou=2010-03-01" : "");
	if (below(6) == 0 && strcmp(a, b) != 0) {
		strncat(line, " control=", size - strlen(line) - 1);
		strncat(line, b, size - strlen(line) - 1);
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
	seed = getenv("SEED") ? (uint32_t)strtoul(getenv("SEED"), NULL, 10) : 20140915;
	print_message("SEED=%u\n", seed);
	for (int round = 0; round < 150; round++) {
		const char *own = operations[below(3)];

		given(own, below(2) ? "operation un_pko\n"
				      "instrument UNSC S/RES/1 2010-01-01 establish "
				      "until=2010-02-01 withdraw=2010-03-15\n"
				    : "operation un_pko\n");
		parameters.mou_days = 20;
		for (int n = 0; n < 14; n++) {
			char line[160];

			if (below(4) == 0 && facts.count > 2) {
				struct fact_line *fact =
					&facts.at[2 + below((uint32_t)facts.count - 2)];

				fact->edition++;
				retract(fact);
				continue;
			}
			random_line(line, sizeof line);
			put(line);
		}
		for (int32_t day = facts_day("2009-12-30"); day < facts_day("2010-05-10"); day++) {
			struct dossier *built = facts_dossier(&facts);

			assert_int_equal(present_in(dossier, C(MILITARY), day),
					 present_in(built, C(MILITARY), day));
			dossier_free(built);
			day += (int32_t)below(9);
		}
		check_same(dossier, facts_day("2009-12-30"), facts_day("2010-05-10"), 3);
		check_bytes();
		check_days(dossier, facts_day("2009-12-30"), facts_day("2010-05-10"));
		forget(NULL);
	}
	parameters.mou_days = 90;
	given("X", "");
}

/* However often one unit is transferred, it is somewhere, once. */
static void nobody_is_lost_or_counted_twice(void **state)
{
	(void)state;
	seed = getenv("SEED") ? (uint32_t)strtoul(getenv("SEED"), NULL, 10) : 19990610;
	print_message("SEED=%u\n", seed);
	for (int round = 0; round < 100; round++) {
		struct dossier *d[3];

		given("A", "unit GHA U 2010-01-01 2010-12-31 troops=100\n");
		for (int n = 0; n < 6; n++) {
			char line[160];
			const char *a = operations[below(3)], *b = operations[below(3)];
			int32_t day = facts_day("2010-01-05") + (int32_t)below(200);
			char from[DAY_TEXT_BYTES], back[DAY_TEXT_BYTES];

			day_format(from, day);
			day_format(back, day + 1 + (int32_t)below(60));
			snprintf(line, sizeof line, "transfer GHA U %s %s %s%s%s", from, a,
				 a == b ? operations[(a[0] - 'A' + 1) % 3] : b,
				 below(2) ? " back=" : "", "");
			if (line[strlen(line) - 1] == '=')
				strcat(line, back);
			facts_add(&facts, line);
		}
		for (size_t i = 0; i < 3; i++)
			d[i] = seen_by(operations[i]);
		for (int32_t day = facts_day("2010-01-01"); day <= facts_day("2010-12-31"); day++)
			assert_int_equal(present_in(d[0], C(TROOPS), day) +
						 present_in(d[1], C(TROOPS), day) +
						 present_in(d[2], C(TROOPS), day),
					 100);
		for (size_t i = 0; i < 3; i++)
			dossier_free(d[i]);
		forget(NULL);
	}
	given("X", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(rehatted_units_go_from_one_operation_to_the_other,
					  forget),
		cmocka_unit_test_teardown(what_the_receiver_says_of_a_unit_stands, forget),
		cmocka_unit_test_teardown(a_loan_comes_back_on_its_day, forget),
		cmocka_unit_test_teardown(several_transfers_follow_each_other, forget),
		cmocka_unit_test_teardown(who_began_last_is_the_unit, forget),
		cmocka_unit_test_teardown(operational_control_counts_nowhere_twice, forget),
		cmocka_unit_test_teardown(an_early_withdrawal_moves_the_last_day, forget),
		cmocka_unit_test_teardown(civilians_are_not_uniformed, forget),
		cmocka_unit_test_teardown(arrivals_while_withdrawing_are_against_the_law, forget),
		cmocka_unit_test_teardown(a_day_to_withdraw_by_may_come_and_go, forget),
		cmocka_unit_test_teardown(one_unit_in_two_operations_is_told_by_one_of_them,
					  forget),
		cmocka_unit_test_teardown(a_memorandum_is_missed_after_ninety_days, forget),
		cmocka_unit_test_teardown(a_memorandum_is_the_operations_own, forget),
		cmocka_unit_test_teardown(any_order_gives_the_same, forget),
		cmocka_unit_test_teardown(nobody_is_lost_or_counted_twice, forget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
