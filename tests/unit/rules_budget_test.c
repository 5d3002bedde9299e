/* What FIN_* tell: DEFINITIONS section 7. */
#include "rules_judged.h"

#include "rules/money.h"

/* operations.csv and mandates.csv, UNISFA; finance.csv, UNISFA 2022-07-01. */
static const char unisfa[] =
	"operation un_pko start=2011-06-27 series=2011-06-27 financing=assessed\n"
	"instrument UNSC S/RES/2630 2022-05-26 extend until=2022-11-15\n"
	"amount 2022-07-01 2023-06-30 appropriation 259660000 rounded doc=A/RES/76/281\n"
	"amount 2022-07-01 2023-06-30 supplementary 8510000 rounded\n";

/* --- FIN_NO_APPROP --- */

static const char funded[] = "operation un_pko\n"
			     "instrument UNSC S/RES/1 2000-01-01 establish until=2003-01-15\n"
			     "amount 2001-07-01 2002-06-30 appropriation 100 doc=A/RES/55/1\n";

static void a_period_that_nobody_paid_for_is_told(void **state)
{
	const Mandate__Alert *alert;

	(void)state;
	given("X", funded);
	expect_closed(CODE(FIN_NO_APPROP), "X:2002-07-01:2003-06-30", "2002-05-31");
	alert = expect_open(CODE(FIN_NO_APPROP), "X:2002-07-01:2003-06-30", "2002-06-01",
			    SEVERITY(WARN), "2002-06-01");
	assert_int_equal(alert->period_start, facts_day("2002-07-01"));
	assert_int_equal(alert->period_end, facts_day("2003-06-30"));
	assert_int_equal(alert->valid_until, facts_day("2003-01-15"));
	assert_string_equal(alert->document, "S/RES/1");
	assert_int_equal(alert->n_causes, 1);
	assert_string_equal(alert->causes[0],
			    "amount X:2001-07-01:2002-06-30:appropriation:UNGA:USD:A/RES/55/1");
	expect_open(CODE(FIN_NO_APPROP), "X:2002-07-01:2003-06-30", "2003-06-30", SEVERITY(WARN),
		    "2002-06-01");
	expect_reason(alert, "2003-07-01", REASON(OVER));
	/* Not the year after: nothing is on record for the one before it. */
	expect_closed(CODE(FIN_NO_APPROP), "X:2003-07-01:2004-06-30", "2003-07-01");
	put("amount 2002-07-01 2003-06-30 commitment_authority 5");
	expect_reason(alert, "2002-07-01", REASON(RESOLVED));
	retract(put("amount 2002-07-01 2003-06-30 commitment_authority 5"));
	put("amount 2002-07-01 2003-06-30 proposed 5");
	assert_int_equal(expect_open(CODE(FIN_NO_APPROP), "X:2002-07-01:2003-06-30", "2002-07-01",
				     SEVERITY(WARN), "2002-06-01")
				 ->n_causes,
			 2);
}

static void a_period_after_a_gap_is_not_told(void **state)
{
	(void)state;
	given("X", funded);
	put("instrument UNSC S/RES/1 2000-01-01 establish");
	put("amount 2003-08-01 2004-06-30 proposed 5");
	expect_closed(CODE(FIN_NO_APPROP), "X:2003-08-01:2004-06-30", "2003-08-01");
	put("amount 2003-07-01 2003-07-31 proposed 5");
	expect_open(CODE(FIN_NO_APPROP), "X:2003-08-01:2004-06-30", "2003-08-01", SEVERITY(WARN),
		    "2003-07-02");
}

static void the_mandate_must_reach_into_the_period(void **state)
{
	(void)state;
	given("X", funded);
	put("instrument UNSC S/RES/1 2000-01-01 establish until=2002-06-30");
	expect_closed(CODE(FIN_NO_APPROP), "X:2002-07-01:2003-06-30", "2002-06-30");
	put("instrument UNSC S/RES/2 2002-06-20 extend until=2002-07-01 eff=2002-07-01");
	expect_closed(CODE(FIN_NO_APPROP), "X:2002-07-01:2003-06-30", "2002-06-19");
	expect_open(CODE(FIN_NO_APPROP), "X:2002-07-01:2003-06-30", "2002-06-20", SEVERITY(WARN),
		    "2002-06-20");
}

static void only_assessed_operations_wait_for_an_appropriation(void **state)
{
	(void)state;
	given("X", funded);
	put("operation un_pko financing=regular");
	expect_closed(CODE(FIN_NO_APPROP), "X:2002-07-01:2003-06-30", "2002-07-01");
	put("operation un_pko financing=regular 2002-07-01=assessed");
	expect_open(CODE(FIN_NO_APPROP), "X:2002-07-01:2003-06-30", "2002-07-01", SEVERITY(WARN),
		    "2002-06-01");
	put("operation partner");
	expect_closed(CODE(FIN_NO_APPROP), "X:2002-07-01:2003-06-30", "2002-07-01");
}

/* Six months by commitment authority, then the rest of the year. */
static void what_follows_is_the_rest_of_the_usual_year(void **state)
{
	(void)state;
	given("X", "operation un_pko\n"
		   "instrument UNSC S/RES/1 2000-01-01 establish\n"
		   "amount 2001-07-01 2001-12-31 commitment_authority 50 doc=A/RES/55/1\n");
	expect_closed(CODE(FIN_NO_APPROP), "X:2002-01-01:2002-06-30", "2001-12-01");
	expect_open(CODE(FIN_NO_APPROP), "X:2002-01-01:2002-06-30", "2001-12-02", SEVERITY(WARN),
		    "2001-12-02");
	put("amount 2001-07-01 2002-06-30 appropriation 100 doc=A/RES/55/2");
	expect_closed(CODE(FIN_NO_APPROP), "X:2002-01-01:2002-06-30", "2001-12-02");
	/* Up to the next that is on record. */
	put("amount 2002-10-01 2003-06-30 appropriation 80 doc=A/RES/55/3");
	expect_open(CODE(FIN_NO_APPROP), "X:2002-07-01:2002-09-30", "2002-07-01", SEVERITY(WARN),
		    "2002-06-01");
	expect_closed(CODE(FIN_NO_APPROP), "X:2002-07-01:2003-06-30", "2002-07-01");
}

/* A proposal for the year is no news while the half of it is granted. */
static void a_grant_of_part_of_a_period_lasts_as_long_as_it_lasts(void **state)
{
	(void)state;
	given("X", funded);
	put("amount 2002-07-01 2003-06-30 proposed 200");
	put("amount 2002-07-01 2002-12-31 commitment_authority 90");
	expect_closed(CODE(FIN_NO_APPROP), "X:2002-07-01:2003-06-30", "2002-12-31");
	expect_open(CODE(FIN_NO_APPROP), "X:2002-07-01:2003-06-30", "2003-01-01", SEVERITY(WARN),
		    "2003-01-01");
}

static void a_partners_commitment_is_no_budget(void **state)
{
	(void)state;
	given("X", "operation un_pko\n"
		   "instrument UNSC S/RES/1 2000-01-01 establish\n"
		   "amount 2001-07-01 2002-06-30 capacity_building 50 party=EU\n"
		   "payment 2001-07-01 2002-06-30 USA 2001-09-01 60\n");
	expect_closed(CODE(FIN_NO_APPROP), "X:2002-07-01:2003-06-30", "2002-07-01");
	put("amount 2001-07-01 2002-06-30 expenditure 50");
	put("amount 2002-07-01 2003-06-30 cost_sharing 50 party=EU");
	put("payment 2002-07-01 2003-06-30 USA 2002-09-01 60");
	put("amount 2000-07-01 2003-06-30 cost_sharing 50 party=EU");
	expect_open(CODE(FIN_NO_APPROP), "X:2002-07-01:2003-06-30", "2002-07-01", SEVERITY(WARN),
		    "2002-06-01");
}

/* --- FIN_PAST_MANDATE --- */

static void money_past_the_mandate_is_told_once_it_has_ended(void **state)
{
	const Mandate__Alert *alert;

	(void)state;
	given("UNISFA", unisfa);
	expect_closed(CODE(FIN_PAST_MANDATE), "UNISFA:2022-07-01:2023-06-30", "2022-11-15");
	alert = expect_open(CODE(FIN_PAST_MANDATE), "UNISFA:2022-07-01:2023-06-30", "2022-11-16",
			    SEVERITY(ALARM), "2022-11-16");
	assert_int_equal(alert->amount, 161487178);
	assert_string_equal(alert->currency, "USD");
	assert_int_equal(alert->valid_until, facts_day("2022-11-15"));
	assert_int_equal(alert->n_causes, 2);
	expect_open(CODE(FIN_PAST_MANDATE), "UNISFA:2022-07-01:2023-06-30", "2023-06-30",
		    SEVERITY(ALARM), "2022-11-16");
	expect_reason(alert, "2023-07-01", REASON(OVER));
	put("instrument UNSC S/RES/2660 2022-11-14 extend until=2023-11-15");
	expect_reason(alert, "2022-11-16", REASON(RESOLVED));
}

static void while_it_withdraws_that_is_only_a_warning(void **state)
{
	(void)state;
	given("UNISFA", unisfa);
	put("instrument UNSC S/RES/2660 2022-11-14 terminate until=2022-11-15 "
	    "withdraw=2023-02-28");
	expect_open(CODE(FIN_PAST_MANDATE), "UNISFA:2022-07-01:2023-06-30", "2023-02-28",
		    SEVERITY(WARN), "2022-11-16");
	expect_open(CODE(FIN_PAST_MANDATE), "UNISFA:2022-07-01:2023-06-30", "2023-03-01",
		    SEVERITY(ALARM), "2022-11-16");
}

static void a_period_to_come_is_past_the_mandate_too(void **state)
{
	(void)state;
	given("X", funded);
	put("amount 2003-07-01 2004-06-30 assessment 365 doc=A currency=EUR");
	put("amount 2003-07-01 2004-06-30 assessment 0 doc=A currency=CHF");
	expect_closed(CODE(FIN_PAST_MANDATE), "X:2003-07-01:2004-06-30", "2003-01-15");
	assert_int_equal(expect_open(CODE(FIN_PAST_MANDATE), "X:2003-07-01:2004-06-30",
				     "2003-01-16", SEVERITY(ALARM), "2003-01-16")
				 ->amount,
			 365);
	expect_closed(CODE(FIN_PAST_MANDATE), "X:2001-07-01:2002-06-30", "2003-01-16");
}

/* --- FIN_PERIOD --- */

/* finance.csv and mandates.csv, UNMISET: V of S/RES/1480. */
static void a_period_that_ends_with_the_mandate_is_explained(void **state)
{
	(void)state;
	given("UNMISET",
	      "operation un_pko start=2002-05-20 end=2005-05-20 series=2002-05-17\n"
	      "instrument UNSC S/RES/1410 2002-05-17 establish until=2003-05-20 eff=2002-05-20\n"
	      "instrument UNSC S/RES/1480 2003-05-19 extend until=2004-05-20\n"
	      "instrument UNSC S/RES/1543 2004-05-14 extend until=2004-11-20\n"
	      "amount 2002-07-01 2003-06-30 expenditure 287941100 exact\n"
	      "amount 2003-07-01 2004-05-20 appropriation 196007600 exact\n");
	for (int32_t day = facts_day("2002-06-01"); day <= facts_day("2004-05-20"); day++) {
		char text[DAY_TEXT_BYTES];

		day_format(text, day);
		expect_closed(CODE(FIN_PERIOD), "UNMISET:2003-07-01:2004-05-20", text);
		expect_closed(CODE(FIN_PERIOD), "UNMISET:2002-07-01:2003-06-30", text);
	}
	put("instrument UNSC S/RES/1480 2003-05-19 extend until=2004-05-21");
	expect_closed(CODE(FIN_PERIOD), "UNMISET:2003-07-01:2004-05-20", "2003-05-31");
	expect_open(CODE(FIN_PERIOD), "UNMISET:2003-07-01:2004-05-20", "2003-06-01", SEVERITY(WARN),
		    "2003-06-01");
}

static void an_unusual_period_wants_a_reason(void **state)
{
	static const struct {
		const char *operation, *start, *end;
		bool open;
	} cases[] = {
		{"operation un_pko", "2001-07-01", "2002-06-30", false},
		{"operation un_pko", "2001-07-01", "2002-06-29", true},
		{"operation un_pko", "2001-07-02", "2002-06-30", true},
		{"operation un_pko", "2001-07-01", "2003-06-30", true},
		{"operation un_pko", "2001-01-01", "2001-12-31", true},
		{"operation un_spm", "2001-01-01", "2001-12-31", false},
		{"operation un_spm", "2000-01-01", "2001-12-31", false}, /* a biennium */
		{"operation un_spm", "1999-01-01", "2001-12-31", true},
		{"operation un_spm", "2001-07-01", "2002-06-30", true},
		{"operation partner", "2001-03-01", "2002-02-28", false},
		{"operation un_pko start=2001-08-01", "2001-08-01", "2002-06-30", false},
		{"operation un_pko start=2001-08-01", "2001-08-02", "2002-06-30", true},
		{"operation un_pko end=2002-03-01", "2001-07-01", "2002-03-01", false},
		{"operation un_pko end=2002-03-01", "2001-07-01", "2002-03-02", true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char line[160];
		bool open;

		given("X", cases[i].operation);
		snprintf(line, sizeof line, "amount %s %s appropriation 1", cases[i].start,
			 cases[i].end);
		put(line);
		snprintf(line, sizeof line, "X:%s:%s", cases[i].start, cases[i].end);
		open = find(CODE(FIN_PERIOD), line, "2001-09-01");
		if (open != cases[i].open)
			fail_msg("%s with %s", cases[i].operation, line);
		forget(NULL);
	}
	given("X", "operation un_spm\n"
		   "amount 2018-01-01 2019-12-31 appropriation 1\n"
		   "amount 2020-01-01 2021-12-31 appropriation 1\n");
	expect_closed(CODE(FIN_PERIOD), "X:2018-01-01:2019-12-31", "2018-01-01");
	expect_open(CODE(FIN_PERIOD), "X:2020-01-01:2021-12-31", "2020-01-01", SEVERITY(WARN),
		    "2019-12-02");
	forget(NULL);
	given("X", "operation un_pko\n"
		   "amount 2001-08-01 2002-06-30 appropriation 1 doc=A\n");
	expect_closed(CODE(FIN_PERIOD), "X:2001-08-01:2002-06-30", "2001-07-01");
	expect_open(CODE(FIN_PERIOD), "X:2001-08-01:2002-06-30", "2001-07-02", SEVERITY(WARN),
		    "2001-07-02");
	expect_reason(find(CODE(FIN_PERIOD), "X:2001-08-01:2002-06-30", "2002-06-30"), "2002-07-01",
		      REASON(OVER));
	put("amount 2001-08-01 2002-06-30 supplementary 1 reason=liquidation");
	expect_closed(CODE(FIN_PERIOD), "X:2001-08-01:2002-06-30", "2001-09-01");
}

static void the_texts_explain_a_period_from_their_day_on(void **state)
{
	static const char *const texts[] = {
		"instrument UNSC S/RES/1 2001-09-10 establish eff=2001-09-20 until=2002-12-31",
		"instrument UNSC S/RES/1 2001-09-10 establish until=2002-02-01",
		"instrument UNSC S/RES/1 2001-09-10 amend withdraw=2002-02-01",
	};
	static const char *const silent[] = {
		/* It was in force before: this is neither its start nor its end. */
		"instrument UNSC S/RES/1 2001-09-10 extend eff=2001-09-20",
		"instrument UNSC S/RES/1 2001-09-10 amend eff=2001-09-20",
		"instrument UNSC S/RES/1 2001-09-10 terminate until=2002-02-01 not_carried_out",
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		given("X", "operation un_pko\n"
			   "amount 2001-09-20 2002-02-01 appropriation 1\n");
		put(texts[i]);
		expect_open(CODE(FIN_PERIOD), "X:2001-09-20:2002-02-01", "2001-09-09",
			    SEVERITY(WARN), "2001-08-21");
		expect_closed(CODE(FIN_PERIOD), "X:2001-09-20:2002-02-01", "2001-09-10");
		check_days(dossier, facts_day("2001-07-01"), facts_day("2002-03-01"));
		forget(NULL);
	}
	for (size_t i = 0; i < 3; i++) {
		given("X", "operation un_pko\n"
			   "instrument UNSC S/RES/0 2001-01-01 establish\n"
			   "amount 2001-09-20 2002-02-01 appropriation 1\n");
		put(silent[i]);
		expect_open(CODE(FIN_PERIOD), "X:2001-09-20:2002-02-01", "2001-10-01",
			    SEVERITY(WARN), "2001-08-21");
		forget(NULL);
	}
	given("X", "");
}

#define TEST(name) cmocka_unit_test_teardown(name, forget)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_period_that_nobody_paid_for_is_told),
		TEST(a_period_after_a_gap_is_not_told),
		TEST(the_mandate_must_reach_into_the_period),
		TEST(only_assessed_operations_wait_for_an_appropriation),
		TEST(what_follows_is_the_rest_of_the_usual_year),
		TEST(a_grant_of_part_of_a_period_lasts_as_long_as_it_lasts),
		TEST(a_partners_commitment_is_no_budget),
		TEST(money_past_the_mandate_is_told_once_it_has_ended),
		TEST(while_it_withdraws_that_is_only_a_warning),
		TEST(a_period_to_come_is_past_the_mandate_too),
		TEST(a_period_that_ends_with_the_mandate_is_explained),
		TEST(an_unusual_period_wants_a_reason),
		TEST(the_texts_explain_a_period_from_their_day_on),
	};

	return cmocka_run_group_tests_name("rules/budget", tests, NULL, NULL);
}
