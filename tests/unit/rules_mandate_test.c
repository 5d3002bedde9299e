/* Section 1 of the definitions: every worked example, then what the rows on hand do not show. */
#include "rules_facts.h"

#include "rules/mandate.h"
#include "rules/phase.h"

#define STATUS(name) MANDATE__MANDATE_STATUS__MANDATE_STATUS_##name
#define HOW(name) MANDATE__MANDATE_END__MANDATE_END_##name

static struct facts facts;
static struct dossier *dossier;

static void given(const char *operation, const char *text)
{
	facts_init(&facts, operation);
	facts_read(&facts, text);
	dossier = facts_dossier(&facts);
}

static int forget(void **state)
{
	(void)state;
	dossier_free(dossier);
	dossier = NULL;
	facts_fini(&facts);
	return 0;
}

static void put(const char *line)
{
	const struct fact_line *fact = facts_add(&facts, line);

	facts_put(dossier, fact);
}

static struct mandate_day on(const char *day)
{
	struct mandate_day m;

	mandate_on(dossier, NULL, facts_day(day), &m);
	return m;
}

static void expect_status(const char *day, Mandate__MandateStatus status)
{
	if (on(day).status != status)
		fail_msg("%s: %s, not %s", day,
			 names_text(&mandate__mandate_status__descriptor, (int)on(day).status),
			 names_text(&mandate__mandate_status__descriptor, (int)status));
}

static void expect_valid_until(const char *day, const char *until)
{
	char text[DAY_TEXT_BYTES];

	day_format(text, on(day).valid_until);
	if (strcmp(text, until) != 0)
		fail_msg("%s: valid until %s, not %s", day, text, until);
}

/* mandates.csv and operations.csv, MINURCAT. */
static const char minurcat[] =
	"operation un_pko closed end=2010-12-31 series=2007-09-25 to=to_end\n"
	"instrument UNSC S/RES/1778 2007-09-25 establish until=2008-09-25\n"
	"instrument UNSC S/RES/1834 2008-09-24 extend until=2009-03-15\n"
	"instrument UNSC S/RES/1861 2009-01-14 extend eff=2009-03-15 until=2010-03-15\n"
	"instrument UNSC S/RES/1913 2010-03-12 extend until=2010-05-15\n"
	"instrument UNSC S/RES/1922 2010-05-12 extend until=2010-05-26\n"
	"instrument UNSC S/RES/1923 2010-05-25 extend until=2010-12-31\n";

static void rollovers_leave_no_day_uncovered(void **state)
{
	(void)state;
	given("MINURCAT", minurcat);
	for (int32_t day = facts_day("2010-03-12"); day <= facts_day("2010-12-31"); day++) {
		struct mandate_day m;

		mandate_on(dossier, NULL, day, &m);
		assert_true(m.in_force);
	}
	expect_valid_until("2010-03-11", "2010-03-15");
	expect_valid_until("2010-03-12", "2010-05-15");
	expect_valid_until("2010-05-12", "2010-05-26");
	expect_valid_until("2010-05-25", "2010-12-31");
	expect_status("2011-01-01", STATUS(ENDED));
	assert_int_equal(on("2011-01-01").how, HOW(LAPSED));
}

/* UNITAMS S/RES/2579, 2636 and 2685: "technical_rollover = yes is a label only; the test is 'sets a
 * date and nothing else', whatever its length (UNITAMS S/RES/2636 is 365 days)". */
static void a_rollover_by_name_is_an_extension_like_others(void **state)
{
	(void)state;
	given("UNITAMS",
	      "operation un_spm closed end=2023-12-03 series=2020-06-03 to=to_end\n"
	      "instrument UNSC S/RES/2579 2021-06-03 extend until=2022-06-03 military=5\n"
	      "instrument UNSC S/RES/2636 2022-06-03 extend until=2023-06-03 rollover\n"
	      "instrument UNSC S/RES/2685 2023-06-02 extend until=2023-12-03 rollover\n");
	for (int labelled = 1; labelled >= 0; labelled--) {
		expect_valid_until("2022-06-02", "2022-06-03");
		expect_valid_until("2022-06-03", "2023-06-03");
		assert_int_equal(on("2022-06-03").valid_until - facts_day("2022-06-03"), 365);
		expect_valid_until("2023-06-02", "2023-12-03");
		assert_string_equal(on("2022-06-03").document, "S/RES/2636");
		put("instrument UNSC S/RES/2636 2022-06-03 extend until=2023-06-03");
		put("instrument UNSC S/RES/2685 2023-06-02 extend until=2023-12-03");
	}
}

static void secured_until_counts_what_is_adopted_for_later(void **state)
{
	(void)state;
	given("MINURCAT", minurcat);
	expect_valid_until("2009-01-20", "2009-03-15");
	assert_int_equal(on("2009-01-20").secured_until, facts_day("2010-03-15"));
	assert_int_equal(on("2009-01-13").secured_until, facts_day("2009-03-15"));
}

static void what_takes_over_the_day_after_leaves_no_gap(void **state)
{
	(void)state;
	given("X", "operation un_pko\n"
		   "instrument UNSC S/RES/1 2000-01-01 establish until=2000-06-30\n"
		   "instrument UNSC S/RES/2 2000-06-01 extend eff=2000-07-01 until=2000-12-31\n"
		   "instrument UNSC S/RES/3 2000-12-01 extend eff=2001-01-02 until=2001-06-30\n");
	assert_int_equal(on("2000-06-15").secured_until, facts_day("2000-12-31"));
	expect_status("2000-07-01", STATUS(IN_FORCE));
	assert_int_equal(on("2000-12-15").secured_until, facts_day("2000-12-31"));
	expect_status("2001-01-01", STATUS(ENDED));
	expect_status("2001-01-02", STATUS(IN_FORCE));
}

/* MONUC S/RES/1906, 1925 and UNIKOM S/RES/689, 1490. */
static void a_terminate_sets_the_date_longer_or_bounds_an_open_one(void **state)
{
	(void)state;
	given("MONUC", "operation un_pko closed end=2010-06-30 series=1999-11-30 to=to_end\n"
		       "instrument UNSC S/RES/1906 2009-12-23 extend until=2010-05-31\n"
		       "instrument UNSC S/RES/1925 2010-05-28 terminate until=2010-06-30\n");
	expect_valid_until("2010-05-27", "2010-05-31");
	expect_valid_until("2010-05-28", "2010-06-30");
	expect_status("2010-06-30", STATUS(IN_FORCE));
	expect_status("2010-07-01", STATUS(ENDED));
	assert_int_equal(on("2010-07-01").how, HOW(TERMINATED));
	forget(state);
	given("UNIKOM", "operation un_pko series=1991-04-09 to=to_end\n"
			"instrument UNSC S/RES/689 1991-04-09 establish\n"
			"instrument UNSC S/RES/1490 2003-07-03 terminate until=2003-10-06\n");
	assert_int_equal(on("2003-07-02").valid_until, DAY_INFINITE);
	expect_valid_until("2003-07-03", "2003-10-06");
	expect_status("2003-10-07", STATUS(ENDED));
}

static void a_recorded_end_cuts_the_date(void **state)
{
	(void)state;
	given("UNIKOM", "operation un_pko closed end=2003-10-06 series=1991-04-09 to=to_end\n"
			"instrument UNSC S/RES/689 1991-04-09 establish\n");
	expect_valid_until("2000-01-01", "2003-10-06");
	expect_status("2003-10-06", STATUS(IN_FORCE));
	expect_status("2003-10-07", STATUS(ENDED));
}

/* UNMIS S/RES/1978, 1997 (adopted after V) and 1706 (never carried out). */
static void a_terminate_adopted_late_only_adds_a_withdrawal(void **state)
{
	(void)state;
	given("UNMIS",
	      "operation un_pko closed end=2011-07-09 series=2005-03-24 to=to_end\n"
	      "instrument UNSC S/RES/1663 2006-03-24 extend until=2006-09-24 military=10000 "
	      "police=715\n"
	      "instrument UNSC S/RES/1706 2006-08-31 amend not_carried_out military=17300\n"
	      "instrument UNSC S/RES/1978 2011-04-27 extend until=2011-07-09\n"
	      "instrument UNSC S/RES/1997 2011-07-11 terminate until=2011-07-11 "
	      "withdraw=2011-08-31\n");
	expect_valid_until("2006-09-01", "2006-09-24");
	expect_status("2011-07-09", STATUS(IN_FORCE));
	expect_status("2011-07-10", STATUS(WITHDRAWING));
	expect_status("2011-07-11", STATUS(WITHDRAWING));
	expect_valid_until("2011-07-11", "2011-07-09");
	expect_status("2011-08-31", STATUS(WITHDRAWING));
	assert_int_equal(on("2011-08-31").last_lawful, facts_day("2011-08-31"));
	expect_status("2011-09-01", STATUS(ENDED));
	assert_int_equal(on("2011-09-01").last_lawful, facts_day("2011-08-31"));
}

/* UNDOF (rows jump from 1974 to 2012) and ONUMOZ (rows to 1993, ended 1994). */
static void outside_the_series_on_record_nothing_is_said(void **state)
{
	(void)state;
	given("UNDOF", "operation un_pko series=2012-12-19 to=2025-12-31\n"
		       "instrument UNSC S/RES/350 1974-05-31 establish until=1974-11-30\n"
		       "instrument UNSC S/RES/2084 2012-12-19 extend until=2013-06-30\n");
	expect_status("1974-06-01", STATUS(IN_FORCE));
	expect_status("1980-01-01", STATUS(UNKNOWN));
	expect_status("2013-01-01", STATUS(IN_FORCE));
	expect_status("2013-07-01", STATUS(ENDED)); /* still active: covered without end */
	forget(state);
	given("ONUMOZ", "operation un_pko closed end=1994-12-09 series=1992-12-16 to=1993-10-31\n"
			"instrument UNSC S/RES/797 1992-12-16 establish until=1993-10-31\n");
	expect_status("1994-06-01", STATUS(UNKNOWN));
	expect_status("1995-01-01", STATUS(ENDED));
	forget(state);
	given("EULEX", "operation partner to=none\n");
	expect_status("2010-01-01", STATUS(UNKNOWN));
}

/* MONUSCO S/RES/1925: adopted 28 May 2010 for 1 July. */
static void adopted_comes_before_in_force(void **state)
{
	(void)state;
	given("MONUSCO",
	      "operation un_pko series=2010-05-28 to=2025-12-20\n"
	      "instrument UNSC S/RES/1925 2010-05-28 establish eff=2010-07-01 until=2011-06-30\n");
	expect_status("2010-05-27", STATUS(UNKNOWN));
	expect_status("2010-05-28", STATUS(ADOPTED));
	expect_status("2010-06-30", STATUS(ADOPTED));
	expect_status("2010-07-01", STATUS(IN_FORCE));
	assert_int_equal(on("2010-06-30").valid_until, DAY_NEVER);
}

/* AMISOM S/RES/1744, ISAF S/RES/1386 and 1413, and UNOCI's habit of renewing on the last day. */
static void a_council_text_on_a_partners_operation_authorizes(void **state)
{
	(void)state;
	given("AMISOM", "operation partner\n"
			"instrument UNSC S/RES/1744 2007-02-20 establish until=2007-08-20\n"
			"instrument UNSC S/RES/1772 2007-08-20 extend until=2008-02-20\n"
			"instrument AU PSC/79 2007-01-19 establish until=2007-07-19\n");
	assert_true(on("2007-08-20").authorized);
	expect_valid_until("2007-08-19", "2007-08-20");
	expect_valid_until("2007-08-20", "2008-02-20");
	forget(state);
	given("ISAF", "operation partner closed end=2014-12-31 series=2001-12-20 to=to_end\n"
		      "instrument UNSC S/RES/1386 2001-12-20 establish until=2002-06-20\n"
		      "instrument UNSC S/RES/1413 2002-05-23 extend until=2002-12-20\n");
	assert_true(on("2002-05-22").authorized);
	expect_valid_until("2002-05-22", "2002-06-20");
	expect_valid_until("2002-05-23", "2002-12-20");
	forget(state);
	given("UNMIL", "operation un_pko\n"
		       "instrument UNSC S/RES/1509 2003-09-19 establish until=2004-09-19\n");
	assert_false(on("2003-09-19").authorized);
}

static void other_parties_are_shown_and_bind_only_without_the_council(void **state)
{
	static const char council[] =
		"instrument UNSC S/RES/1744 2007-02-20 establish until=2007-08-20\n";
	const char *const *parties;
	struct mandate_day m;

	(void)state;
	given("AMISOM", "operation partner\n"
			"instrument AU PSC/79 2007-01-19 establish until=2007-07-19\n");
	expect_valid_until("2007-03-01", "2007-07-19");
	facts_read(&facts, council);
	facts_put(dossier, &facts.at[2]);
	expect_valid_until("2007-03-01", "2007-08-20");
	mandate_on(dossier, "AU", facts_day("2007-03-01"), &m);
	assert_int_equal(m.valid_until, facts_day("2007-07-19"));
	assert_int_equal(mandate_parties(dossier, &parties), 2);
	assert_string_equal(parties[0], "AU");
	assert_string_equal(parties[1], "UNSC");
}

static void an_extension_after_the_end_leaves_the_gap(void **state)
{
	(void)state;
	given("X", "operation un_pko\n"
		   "instrument UNSC S/RES/1 2000-01-01 establish until=2000-06-30\n"
		   "instrument UNSC S/RES/2 2000-07-05 extend until=2000-12-31\n"
		   "instrument UNSC S/RES/3 2000-12-31 extend until=2001-12-31\n");
	expect_status("2000-06-30", STATUS(IN_FORCE));
	expect_status("2000-07-01", STATUS(ENDED));
	expect_status("2000-07-04", STATUS(ENDED));
	expect_status("2000-07-05", STATUS(IN_FORCE));
	expect_status("2001-12-31", STATUS(IN_FORCE));
}

static void amendments_leave_the_date_unless_they_carry_one(void **state)
{
	(void)state;
	given("X", "operation un_pko\n"
		   "instrument UNSC S/RES/1 2000-01-01 establish until=2000-06-30\n"
		   "instrument UNSC S/RES/2 2000-02-01 amend\n"
		   "instrument UNSC S/RES/3 2000-03-01 amend until=2000-09-30\n");
	expect_valid_until("2000-02-15", "2000-06-30");
	assert_string_equal(on("2000-02-15").document, "S/RES/1");
	expect_valid_until("2000-03-01", "2000-09-30");
	assert_string_equal(on("2000-03-01").document, "S/RES/3");
}

static void texts_of_one_day_act_in_the_order_of_their_numbers(void **state)
{
	(void)state;
	given("X", "operation un_pko\n"
		   "instrument UNSC S/RES/1001 2000-01-01 establish until=2000-09-30\n"
		   "instrument UNSC S/RES/997 2000-01-01 establish until=2000-06-30\n");
	expect_valid_until("2000-01-01", "2000-09-30");
	/* Statements of the President have a number within their year. */
	put("instrument UNSC S/PRST/1999/9 2000-02-01 extend until=2000-10-31");
	put("instrument UNSC S/PRST/1999/10 2000-02-01 extend until=2000-11-30");
	expect_valid_until("2000-02-01", "2000-11-30");
	/* The day of effect comes first, then that of adoption, whatever the numbers. */
	put("instrument UNSC S/RES/1003 2000-02-20 extend eff=2000-03-01 until=2001-01-31");
	put("instrument UNSC S/RES/1002 2000-03-01 extend until=2000-12-31");
	expect_valid_until("2000-03-01", "2000-12-31");
}

static void a_terminated_mandate_that_is_established_anew_is_not_terminated(void **state)
{
	(void)state;
	given("X", "operation un_pko\n"
		   "instrument UNSC S/RES/1 2000-01-01 establish until=2000-06-30\n"
		   "instrument UNSC S/RES/2 2000-06-01 terminate until=2000-07-31\n"
		   "instrument UNSC S/RES/3 2001-01-01 establish until=2001-06-30\n");
	assert_true(mandate_terminated(dossier, NULL, facts_day("2000-06-01")));
	assert_false(mandate_terminated(dossier, NULL, facts_day("2000-05-31")));
	assert_false(mandate_terminated(dossier, "UNSC", facts_day("2001-01-01")));
	assert_int_equal(on("2000-08-01").how, HOW(TERMINATED));
	assert_int_equal(on("2001-07-01").how, HOW(LAPSED));
}

static void nothing_on_record_is_no_mandate(void **state)
{
	struct mandate_day m;

	(void)state;
	given("X", "operation un_pko\n");
	expect_status("2000-01-01", STATUS(NONE));
	mandate_on(dossier, "AU", facts_day("2000-01-01"), &m);
	assert_int_equal(m.status, STATUS(NONE));
	assert_int_equal(on("2000-01-01").valid_until, DAY_NEVER);
}

/* UNMIS, with days of liquidation and closing that the rows do not have. */
static void liquidation_and_closing_are_only_by_record(void **state)
{
	(void)state;
	given("UNMIS", "operation un_pko closed end=2011-07-09 liquidating=2011-08-15 "
		       "closed_on=2012-06-30 series=2005-03-24 to=to_end\n"
		       "instrument UNSC S/RES/1978 2011-04-27 extend until=2011-07-09\n"
		       "instrument UNSC S/RES/1997 2011-07-11 terminate until=2011-07-11 "
		       "withdraw=2011-08-31\n");
	expect_status("2011-07-09", STATUS(IN_FORCE));
	expect_status("2011-08-15", STATUS(WITHDRAWING)); /* the first that fits */
	expect_status("2011-09-01", STATUS(LIQUIDATING));
	assert_int_equal(on("2011-09-01").how, HOW(TERMINATED));
	assert_int_equal(on("2011-09-01").last_lawful, facts_day("2011-08-31"));
	expect_status("2012-06-29", STATUS(LIQUIDATING));
	expect_status("2012-06-30", STATUS(CLOSED));
	put("operation un_pko closed end=2011-07-09 closed_on=2011-10-01");
	expect_status("2011-09-30", STATUS(ENDED));
	expect_status("2011-10-01", STATUS(CLOSED));
}

static void what_is_recorded_of_liquidation_waits_for_the_mandates_end(void **state)
{
	(void)state;
	given("X", "operation un_pko liquidating=2000-06-01 closed_on=2000-07-01 series=2000-02-01 "
		   "to=to_end\n"
		   "instrument UNSC S/RES/1 2000-03-01 establish until=2000-12-31\n");
	expect_status("2000-01-15", STATUS(UNKNOWN));
	expect_status("2000-02-15", STATUS(NONE));
	expect_status("2000-08-01", STATUS(IN_FORCE));
	expect_status("2001-01-01", STATUS(CLOSED));
}

static void tasks_and_chapter_are_those_of_the_last_text_that_names_any(void **state)
{
	struct mandate_content c;

	(void)state;
	given("X", "instrument UNSC S/RES/1 2000-01-01 establish until=2000-12-31 chapter=vi "
		   "task=monitor\n"
		   "instrument UNSC S/RES/2 2000-03-01 amend chapter=vii\n"
		   "instrument UNSC S/RES/3 2000-05-01 amend eff=2000-06-01 task=protect\n");
	c = mandate_content_on(dossier, facts_day("1999-12-31"));
	assert_null(c.tasks);
	assert_int_equal(c.chapter, 0);
	c = mandate_content_on(dossier, facts_day("2000-05-31"));
	assert_string_equal(c.tasks, "X:UNSC:S/RES/1");
	assert_int_equal(c.chapter, MANDATE__CHAPTER__CHAPTER_VII);
	c = mandate_content_on(dossier, facts_day("2000-06-01"));
	assert_string_equal(c.tasks, "X:UNSC:S/RES/3");
}

/* UNPROFOR after 1995-03-31 is another operation under the same acronym. */
static void content_changes_under_one_name(void **state)
{
	Mandate__Operation o = MANDATE__OPERATION__INIT;
	Mandate__Phase first = MANDATE__PHASE__INIT, second = MANDATE__PHASE__INIT,
		       *phases[] = {&first, &second};
	char hrv[] = "HRV", bih[] = "BIH", name[] = "Protection Force", *hosts[] = {hrv, bih},
	     *fewer[] = {bih}, headquarters[] = "Sarajevo", document[] = "S/RES/982";
	struct phase_day on_day;

	(void)state;
	o.full_name = name;
	o.hosts = hosts;
	o.n_hosts = 2;
	o.has_financing = true;
	o.financing = MANDATE__FINANCING__FINANCING_ASSESSED;
	o.phases = phases;
	o.n_phases = 2;
	first.from = facts_day("1995-04-01");
	first.hosts = fewer;
	first.n_hosts = 1;
	first.document = document;
	second.from = facts_day("1995-10-01");
	second.headquarters = headquarters;
	on_day = phase_on(&o, facts_day("1995-03-31"));
	assert_int_equal(on_day.host_count, 2);
	assert_null(on_day.document);
	assert_int_equal(on_day.from, DAY_NEVER);
	assert_int_equal(on_day.to, facts_day("1995-03-31"));
	on_day = phase_on(&o, facts_day("1995-04-01"));
	assert_int_equal(on_day.host_count, 1);
	assert_string_equal(on_day.hosts[0], "BIH");
	assert_string_equal(on_day.full_name, name);
	assert_string_equal(on_day.document, document);
	assert_null(on_day.headquarters);
	on_day = phase_on(&o, facts_day("1996-01-01"));
	assert_int_equal(on_day.host_count, 1);
	assert_string_equal(on_day.headquarters, "Sarajevo");
	assert_int_equal(on_day.financing, MANDATE__FINANCING__FINANCING_ASSESSED);
	assert_int_equal(on_day.to, DAY_INFINITE);
}

#define TEST(name) cmocka_unit_test_teardown(name, forget)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rollovers_leave_no_day_uncovered),
		TEST(a_rollover_by_name_is_an_extension_like_others),
		TEST(secured_until_counts_what_is_adopted_for_later),
		TEST(what_takes_over_the_day_after_leaves_no_gap),
		TEST(a_terminate_sets_the_date_longer_or_bounds_an_open_one),
		TEST(a_recorded_end_cuts_the_date),
		TEST(a_terminate_adopted_late_only_adds_a_withdrawal),
		TEST(outside_the_series_on_record_nothing_is_said),
		TEST(adopted_comes_before_in_force),
		TEST(a_council_text_on_a_partners_operation_authorizes),
		TEST(other_parties_are_shown_and_bind_only_without_the_council),
		TEST(an_extension_after_the_end_leaves_the_gap),
		TEST(amendments_leave_the_date_unless_they_carry_one),
		TEST(texts_of_one_day_act_in_the_order_of_their_numbers),
		TEST(a_terminated_mandate_that_is_established_anew_is_not_terminated),
		TEST(nothing_on_record_is_no_mandate),
		TEST(liquidation_and_closing_are_only_by_record),
		TEST(what_is_recorded_of_liquidation_waits_for_the_mandates_end),
		TEST(tasks_and_chapter_are_those_of_the_last_text_that_names_any),
		TEST(content_changes_under_one_name),
	};

	return cmocka_run_group_tests_name("rules/mandate", tests, NULL, NULL);
}
