/* Section 7 of the definitions: every worked example of the alerts that exist, then their edges. */
#include "rules_facts.h"

#include "rules/alert.h"

#define C(name) MANDATE__COMPONENT__COMPONENT_##name
#define CODE(name) MANDATE__ALERT_CODE__ALERT_CODE_##name
#define SEVERITY(name) MANDATE__SEVERITY__SEVERITY_##name
#define REASON(name) MANDATE__CLOSE_REASON__CLOSE_REASON_##name

static struct facts facts;
static struct dossier *dossier;
static struct arena arena;
static const struct alert_parameters parameters = ALERT_DEFAULTS;

static void given(const char *operation, const char *text)
{
	facts_init(&facts, operation);
	facts_read(&facts, text);
	dossier = facts_dossier(&facts);
	arena_init(&arena, 1024 * 1024);
}

static int forget(void **state)
{
	(void)state;
	dossier_free(dossier);
	dossier = NULL;
	facts_fini(&facts);
	arena_fini(&arena);
	return 0;
}

/* The alert of that code and key on `day`, or NULL. */
static const Mandate__Alert *find(Mandate__AlertCode code, const char *key, const char *day)
{
	Mandate__Alert **alerts;
	size_t count;

	assert_int_equal(
		alert_evaluate(dossier, &parameters, facts_day(day), &arena, &alerts, &count),
		STATUS_OK);
	for (size_t i = 0; i < count; i++)
		if (alerts[i]->code == code && strcmp(alerts[i]->key, key) == 0)
			return alerts[i];
	return NULL;
}

static const Mandate__Alert *expect_open(Mandate__AlertCode code, const char *key, const char *day,
					 Mandate__Severity severity, const char *since)
{
	const Mandate__Alert *alert = find(code, key, day);
	char text[DAY_TEXT_BYTES];

	if (!alert)
		fail_msg("%s is not open on %s", key, day);
	day_format(text, alert->since);
	if (strcmp(text, since) != 0)
		fail_msg("%s on %s: since %s, not %s", key, day, text, since);
	if (alert->severity != severity)
		fail_msg("%s on %s: severity %d", key, day, (int)alert->severity);
	assert_string_equal(alert->operation, facts.operation);
	return alert;
}

static void expect_closed(Mandate__AlertCode code, const char *key, const char *day)
{
	if (find(code, key, day))
		fail_msg("%s is open on %s", key, day);
}

/* UNFICYP S/RES/1568 and strengths.csv 2005-02-28. */
static void a_head_count_over_the_ceiling_warns_then_alarms_then_is_too_old(void **state)
{
	const Mandate__Alert *alert;

	(void)state;
	given("UNFICYP",
	      "operation un_pko series=2016-01-28 to=2026-01-31\n"
	      "instrument UNSC S/RES/1568 2004-10-22 extend until=2005-06-15 military=860\n"
	      "total 2005-02-28 troops=894\n"
	      "total 2005-02-28 police=43\n");
	expect_closed(CODE(CEIL_OVER), "UNFICYP:military", "2005-02-27");
	alert = expect_open(CODE(CEIL_OVER), "UNFICYP:military", "2005-02-28", SEVERITY(WARN),
			    "2005-02-28");
	assert_int_equal(alert->persons, 894);
	assert_int_equal(alert->ceiling, 860);
	assert_int_equal(alert->basis, MANDATE__BASIS__BASIS_TOTAL);
	assert_int_equal(alert->as_of, facts_day("2005-02-28"));
	assert_int_equal(alert->component, C(MILITARY));
	assert_string_equal(alert->document, "S/RES/1568");
	assert_int_equal(alert->n_causes, 2);
	assert_string_equal(alert->causes[0], "total UNFICYP:2005-02-28:troops");
	assert_string_equal(alert->causes[1], "instrument UNFICYP:UNSC:S/RES/1568");
	expect_open(CODE(CEIL_OVER), "UNFICYP:military", "2005-03-29", SEVERITY(WARN),
		    "2005-02-28");
	expect_open(CODE(CEIL_OVER), "UNFICYP:military", "2005-03-30", SEVERITY(ALARM),
		    "2005-02-28");
	expect_open(CODE(CEIL_OVER), "UNFICYP:military", "2005-05-31", SEVERITY(ALARM),
		    "2005-02-28");
	expect_closed(CODE(CEIL_OVER), "UNFICYP:military", "2005-06-01");
	assert_int_equal(alert_close_reason(dossier, &parameters, facts_day("2005-06-01"), alert),
			 REASON(STALE));
	/* The sum of what is set for parts is no ceiling of the whole. */
	expect_closed(CODE(CEIL_OVER), "UNFICYP:uniformed", "2005-02-28");
	/* Covered from 2016 on, by these rows: no number for the police is no news. */
	expect_closed(CODE(CEIL_UNSET), "UNFICYP:police", "2005-02-28");
}

/* UNMIL S/RES/2239, its figure to be reached by 2016-06-30. */
static void a_day_to_comply_by_holds_the_alarm_back(void **state)
{
	(void)state;
	given("UNMIL", "operation un_pko series=2003-09-19 to=to_end\n"
		       "instrument UNSC S/RES/2239 2015-09-17 extend until=2016-09-30 "
		       "military=1240!2016-06-30 police=606\n"
		       "return 2016-04-30 GHA:troops=1300\n"
		       "return 2016-05-31 GHA:troops=1290\n"
		       "return 2016-06-30 GHA:troops=1280\n");
	assert_int_equal(expect_open(CODE(CEIL_OVER), "UNMIL:military", "2016-06-30",
				     SEVERITY(WARN), "2016-04-30")
				 ->comply_by,
			 facts_day("2016-06-30"));
	expect_open(CODE(CEIL_OVER), "UNMIL:military", "2016-07-01", SEVERITY(ALARM), "2016-04-30");
}

static void since_goes_back_over_returns_and_ceilings_to_the_first_day_over(void **state)
{
	(void)state;
	given("X", "operation un_pko\n"
		   "instrument UNSC S/RES/1 2000-01-01 establish until=2001-12-31 military=100\n"
		   "instrument UNSC S/RES/2 2000-06-15 amend military=120\n"
		   "return 2000-04-30 GHA:troops=90\n"
		   "unit NGA BATT 2000-05-10 2000-05-20 troops=50\n"
		   "unit NGA OTHER 2000-05-15 2000-05-30 troops=55\n"
		   "return 2000-05-31 GHA:troops=130\n"
		   "return 2000-06-30 GHA:troops=121\n");
	expect_open(CODE(CEIL_OVER), "X:military", "2000-07-31", SEVERITY(ALARM), "2000-05-10");
	expect_closed(CODE(CEIL_OVER), "X:military", "2000-05-09");
}

static void a_lower_ceiling_counts_from_its_own_day(void **state)
{
	const Mandate__Alert *alert;

	(void)state;
	given("AMISOM",
	      "operation partner\n"
	      "instrument UNSC S/RES/1 2012-02-22 establish until=2013-02-28 uniformed=17731\n"
	      "ceiling S/RES/1 uniformed 2012-06-01 16000\n"
	      "total 2012-05-15 uniformed=17000\n");
	alert = expect_open(CODE(CEIL_OVER), "AMISOM:uniformed", "2012-06-01", SEVERITY(WARN),
			    "2012-06-01");
	assert_string_equal(alert->causes[1], "ceiling AMISOM:S/RES/1:uniformed:2012-06-01");
	expect_closed(CODE(CEIL_OVER), "AMISOM:uniformed", "2012-05-31");
}

static void outside_the_mandate_no_ceiling_is_judged(void **state)
{
	const Mandate__Alert *alert;

	(void)state;
	given("X", "operation un_pko\n"
		   "instrument UNSC S/RES/1 2000-01-01 establish until=2000-06-15 military=100\n"
		   "return 2000-05-31 GHA:troops=130\n");
	alert = expect_open(CODE(CEIL_OVER), "X:military", "2000-06-15", SEVERITY(WARN),
			    "2000-05-31");
	expect_closed(CODE(CEIL_OVER), "X:military", "2000-06-16");
	assert_int_equal(alert_close_reason(dossier, &parameters, facts_day("2000-06-16"), alert),
			 REASON(OVER));
}

/* MONUC before S/RES/1756 had no number for the police. */
static void police_without_a_ceiling_is_told(void **state)
{
	const Mandate__Alert *alert;

	(void)state;
	given("MONUC",
	      "operation un_pko series=1999-11-30 to=to_end\n"
	      "instrument UNSC S/RES/1592 2005-03-30 extend until=2005-10-01 military=16700\n"
	      "return 2005-03-31 SEN:formed_police=125 SEN:troops=400\n");
	expect_open(CODE(CEIL_UNSET), "MONUC:police", "2005-04-01", SEVERITY(INFO), "2005-03-31");
	expect_closed(CODE(CEIL_UNSET), "MONUC:military", "2005-04-01");
	alert = expect_open(CODE(CEIL_UNSET), "MONUC:police", "2005-07-01", SEVERITY(INFO),
			    "2005-03-31");
	expect_closed(CODE(CEIL_UNSET), "MONUC:police", "2005-07-02");
	assert_int_equal(alert_close_reason(dossier, &parameters, facts_day("2005-07-02"), alert),
			 REASON(STALE));
}

/* 92 days after a return it is judged for the last time: a return on the next day joins on. */
static void since_ends_where_a_head_count_was_too_old_for_a_day(void **state)
{
	(void)state;
	given("X", "operation un_pko\n"
		   "instrument UNSC S/RES/1 2000-01-01 establish\n"
		   "return 2000-01-31 GHA:troops=30\n"
		   "return 2000-05-03 GHA:troops=30\n"
		   "return 2000-08-05 GHA:troops=30\n");
	expect_open(CODE(CEIL_UNSET), "X:military", "2000-05-03", SEVERITY(INFO), "2000-01-31");
	expect_open(CODE(CEIL_UNSET), "X:military", "2000-08-05", SEVERITY(INFO), "2000-08-05");
}

static void one_number_for_all_sets_the_police_too(void **state)
{
	(void)state;
	given("X", "operation un_pko\n"
		   "instrument UNSC S/RES/1 2000-01-01 establish until=2000-12-31 uniformed=100\n"
		   "return 2000-05-31 GHA:formed_police=30\n");
	expect_closed(CODE(CEIL_UNSET), "X:police", "2000-06-01");
}

/* UNMIL S/RES/1561, 1626. */
static void an_end_that_comes_near_is_told_in_stages(void **state)
{
	static const struct {
		const char *day;
		uint32_t stage;
		Mandate__Severity severity;
	} stages[] = {
		{"2005-06-21", 90, SEVERITY(INFO)}, {"2005-07-20", 90, SEVERITY(INFO)},
		{"2005-07-21", 60, SEVERITY(INFO)}, {"2005-08-20", 30, SEVERITY(WARN)},
		{"2005-09-05", 14, SEVERITY(WARN)}, {"2005-09-12", 7, SEVERITY(WARN)},
		{"2005-09-18", 7, SEVERITY(WARN)},
	};
	const Mandate__Alert *alert = NULL;

	(void)state;
	given("UNMIL", "operation un_pko series=2003-09-19 to=to_end\n"
		       "instrument UNSC S/RES/1561 2004-09-17 extend until=2005-09-19\n"
		       "instrument UNSC S/RES/1626 2005-09-19 extend until=2006-03-31\n");
	expect_closed(CODE(MAND_EXPIRING), "UNMIL:UNSC:2005-09-19", "2005-06-20");
	for (size_t i = 0; i < sizeof stages / sizeof *stages; i++) {
		alert = expect_open(CODE(MAND_EXPIRING), "UNMIL:UNSC:2005-09-19", stages[i].day,
				    stages[i].severity, "2005-06-21");
		assert_int_equal(alert->stage, stages[i].stage);
	}
	assert_string_equal(alert->party, "UNSC");
	assert_int_equal(alert->valid_until, facts_day("2005-09-19"));
	assert_string_equal(alert->causes[0], "instrument UNMIL:UNSC:S/RES/1561");
	expect_closed(CODE(MAND_EXPIRING), "UNMIL:UNSC:2005-09-19", "2005-09-19");
	assert_int_equal(alert_close_reason(dossier, &parameters, facts_day("2005-09-19"), alert),
			 REASON(SUPERSEDED));
}

/* MINURCAT S/RES/1913, 1922: rollovers shorter than 90 days; MONUC S/RES/1925. */
static void a_new_end_within_the_stages_is_an_alert_of_its_own(void **state)
{
	(void)state;
	given("MINURCAT",
	      "operation un_pko series=2007-09-25 to=to_end\n"
	      "instrument UNSC S/RES/1861 2009-01-14 extend eff=2009-03-15 until=2010-03-15\n"
	      "instrument UNSC S/RES/1913 2010-03-12 extend until=2010-05-15\n"
	      "instrument UNSC S/RES/1922 2010-05-12 extend until=2010-05-26\n"
	      "instrument UNSC S/RES/1923 2010-05-25 terminate until=2010-12-31\n");
	expect_open(CODE(MAND_EXPIRING), "MINURCAT:UNSC:2010-05-15", "2010-03-12", SEVERITY(INFO),
		    "2010-03-12");
	expect_closed(CODE(MAND_EXPIRING), "MINURCAT:UNSC:2010-03-15", "2010-03-12");
	expect_open(CODE(MAND_EXPIRING), "MINURCAT:UNSC:2010-05-26", "2010-05-13", SEVERITY(WARN),
		    "2010-05-12");
	expect_closed(CODE(MAND_EXPIRING), "MINURCAT:UNSC:2010-12-31", "2010-12-30");
}

/* UNOMIG S/RES/1866. */
static void a_date_that_passes_is_lapsed_until_the_end_is_recorded(void **state)
{
	static const char ended[] =
		"operation un_pko closed end=2009-06-15 series=2008-04-15 to=to_end";
	const struct fact_line *fact;

	(void)state;
	given("UNOMIG", "operation un_pko series=2008-04-15 to=to_end\n"
			"instrument UNSC S/RES/1866 2009-02-13 extend until=2009-06-15\n");
	expect_closed(CODE(MAND_LAPSED), "UNOMIG:UNSC", "2009-06-15");
	expect_open(CODE(MAND_LAPSED), "UNOMIG:UNSC", "2009-06-16", SEVERITY(ALARM), "2009-06-16");
	expect_open(CODE(MAND_LAPSED), "UNOMIG:UNSC", "2009-09-01", SEVERITY(ALARM), "2009-06-16");
	fact = facts_add(&facts, ended);
	facts_put(dossier, fact);
	expect_closed(CODE(MAND_LAPSED), "UNOMIG:UNSC", "2009-06-16");
}

/* EUFOR Althea S/RES/1575. */
static void a_partners_lapse_is_only_told(void **state)
{
	(void)state;
	given("EUFOR Althea",
	      "operation partner series=2004-11-22\n"
	      "instrument UNSC S/RES/1575 2004-11-22 establish eff=2004-12-02 until=2005-11-22\n");
	expect_open(CODE(MAND_LAPSED), "EUFOR Althea:UNSC", "2010-01-01", SEVERITY(INFO),
		    "2005-11-23");
}

/* UNDOF: rows jump from 1974 to 2012. */
static void outside_the_series_nothing_lapses(void **state)
{
	(void)state;
	given("UNDOF", "operation un_pko series=2012-12-19 to=2025-12-31\n"
		       "instrument UNSC S/RES/350 1974-05-31 establish until=1974-11-30\n"
		       "return 1980-01-31 AUT:troops=500\n");
	expect_closed(CODE(MAND_LAPSED), "UNDOF:UNSC", "1980-02-01");
	expect_closed(CODE(DEP_NO_MANDATE), "UNDOF", "1980-02-01");
}

/* UNMIS S/RES/1978, 1997. */
static void persons_past_the_last_lawful_day_have_no_mandate(void **state)
{
	const Mandate__Alert *alert;

	(void)state;
	given("UNMIS", "operation un_pko closed end=2011-07-09 series=2005-03-24 to=to_end\n"
		       "instrument UNSC S/RES/1978 2011-04-27 extend until=2011-07-09\n"
		       "instrument UNSC S/RES/1997 2011-07-11 terminate until=2011-07-11 "
		       "withdraw=2011-08-31\n"
		       "return 2011-08-31 IND:troops=900\n"
		       "unit IND REAR 2011-08-01 2011-09-20 troops=40\n");
	expect_closed(CODE(DEP_NO_MANDATE), "UNMIS", "2011-08-31");
	alert = expect_open(CODE(DEP_NO_MANDATE), "UNMIS", "2011-09-01", SEVERITY(ALARM),
			    "2011-09-01");
	assert_int_equal(alert->persons, 40); /* not the 900 of the last lawful day */
	assert_int_equal(alert->basis, MANDATE__BASIS__BASIS_UNIT);
	assert_false(alert->has_as_of);
	assert_int_equal(alert->last_lawful, facts_day("2011-08-31"));
	expect_open(CODE(DEP_NO_MANDATE), "UNMIS", "2011-09-20", SEVERITY(ALARM), "2011-09-01");
	expect_closed(CODE(DEP_NO_MANDATE), "UNMIS", "2011-09-21");
}

static void nobody_by_one_number_for_all_breaks_the_run(void **state)
{
	(void)state;
	given("X", "operation un_pko\n"
		   "return 2000-01-31 GHA:troops=30\n"
		   "total 2000-02-10 uniformed=0\n"
		   "return 2000-02-29 GHA:troops=30\n");
	expect_closed(CODE(DEP_NO_MANDATE), "X", "2000-02-15");
	expect_open(CODE(DEP_NO_MANDATE), "X", "2000-03-01", SEVERITY(ALARM), "2000-02-29");
}

/* MONUC, deployments.csv 2004-12. */
static void returns_that_stop_are_stale(void **state)
{
	const Mandate__Alert *alert;

	(void)state;
	given("MONUC", "operation un_pko series=1999-11-30 to=to_end\n"
		       "instrument UNSC S/RES/1565 2004-10-01 extend until=2005-03-31\n"
		       "instrument UNSC S/RES/1592 2005-03-30 extend until=2005-10-01\n"
		       "return 2004-12-31 covers=observers covers=troops IND:observers=725 "
		       "ZAF:troops=11481\n"
		       "total 2005-01-31 troops=11500\n"
		       "estimate 2005-02-28 contributor ZAF=11000\n");
	expect_closed(CODE(DEP_STALE), "MONUC:military", "2005-02-14");
	alert = expect_open(CODE(DEP_STALE), "MONUC:military", "2005-02-15", SEVERITY(WARN),
			    "2005-02-15");
	assert_int_equal(alert->as_of, facts_day("2004-12-31"));
	assert_string_equal(alert->causes[0], "return MONUC:2004-12-31");
	expect_closed(CODE(DEP_STALE), "MONUC:police", "2005-02-15");
	expect_open(CODE(DEP_STALE), "MONUC:military", "2005-10-01", SEVERITY(WARN), "2005-02-15");
	expect_closed(CODE(DEP_STALE), "MONUC:military", "2005-10-02");
	assert_int_equal(alert_close_reason(dossier, &parameters, facts_day("2005-10-02"), alert),
			 REASON(OVER));
}

static void nobody_left_is_not_stale(void **state)
{
	(void)state;
	given("X", "operation un_pko\n"
		   "instrument UNSC S/RES/1 2000-01-01 establish until=2000-12-31\n"
		   "return 2000-05-31 GHA:troops=130\n"
		   "return 2000-07-20\n");
	expect_open(CODE(DEP_STALE), "X:military", "2000-07-19", SEVERITY(WARN), "2000-07-16");
	expect_closed(CODE(DEP_STALE), "X:military", "2000-07-20");
	expect_closed(CODE(DEP_STALE), "X:military", "2000-10-01");
}

static void numbers_stay_the_same_while_nothing_changes(void **state)
{
	struct arena scratch;
	Mandate__Alert **first, **other;
	size_t first_count, other_count;

	(void)state;
	given("X", "operation un_pko\n"
		   "instrument UNSC S/RES/1 2000-01-01 establish until=2000-12-31 military=100\n"
		   "unit GHA BATT 2000-05-31 - troops=130\n");
	arena_init(&scratch, 1024 * 1024);
	assert_int_equal(alert_evaluate(dossier, &parameters, facts_day("2000-06-01"), &arena,
					&first, &first_count),
			 STATUS_OK);
	assert_int_equal(first_count, 1);
	for (int32_t day = facts_day("2000-06-02"); day < facts_day("2000-06-30"); day++) {
		uint8_t a[1024], b[1024];
		size_t a_len, b_len;

		assert_int_equal(
			alert_evaluate(dossier, &parameters, day, &scratch, &other, &other_count),
			STATUS_OK);
		assert_int_equal(other_count, 1);
		a_len = mandate__alert__pack(first[0], a);
		b_len = mandate__alert__pack(other[0], b);
		assert_int_equal(a_len, b_len);
		assert_memory_equal(a, b, a_len);
	}
	assert_int_equal(alert_next_change(dossier, &parameters, facts_day("2000-06-01")),
			 facts_day("2000-06-30"));
	arena_fini(&scratch);
}

static void a_walk_back_that_is_cut_short_says_so(void **state)
{
	const Mandate__Alert *alert;
	char line[128], until[DAY_TEXT_BYTES];
	int32_t day = facts_day("2000-01-01");

	(void)state;
	given("X", "operation un_pko\n"
		   "instrument UNSC S/RES/1 1999-01-01 establish military=100\n");
	for (int i = 0; i < SINCE_WALK_MAX + 10; i++) {
		const struct fact_line *fact;

		day_format(until, day + i);
		snprintf(line, sizeof line, "return %s GHA:troops=%d", until, 200 + i);
		fact = facts_add(&facts, line);
		facts_put(dossier, fact);
	}
	alert = find(CODE(CEIL_OVER), "X:military", until);
	assert_non_null(alert);
	assert_true(alert->since_at_latest);
	assert_int_equal(alert->since, day + 9);
	day_format(until, day + SINCE_WALK_MAX - 1);
	alert = find(CODE(CEIL_OVER), "X:military", until);
	assert_false(alert->has_since_at_latest);
	assert_int_equal(alert->since, day);
}

static void renewals_without_a_gap_are_no_steps_of_the_walk(void **state)
{
	char line[128], day[DAY_TEXT_BYTES], until[DAY_TEXT_BYTES];
	int32_t first = facts_day("2000-01-01"), last = first + SINCE_WALK_MAX + 50;
	const struct fact_line *fact;
	const Mandate__Alert *alert;

	(void)state;
	given("X", "operation un_pko\nreturn 2000-01-01 GHA:troops=100\n");
	for (int32_t n = first; n <= last; n++) {
		day_format(day, n);
		day_format(until, n + 1);
		snprintf(line, sizeof line, "instrument UNSC S/RES/%d %s extend until=%s", n, day,
			 until);
		fact = facts_add(&facts, line);
		facts_put(dossier, fact);
	}
	alert = find(CODE(DEP_STALE), "X:military", day);
	assert_non_null(alert);
	assert_false(alert->has_since_at_latest);
	assert_int_equal(alert->since, first + 46);
}

static void a_clash_names_both_offices(void **state)
{
	Mandate__Alert *alert;

	(void)state;
	given("MONUC", "operation un_pko\n");
	alert = alert_edition_clash(&arena, MANDATE__KIND__KIND_RETURN, "MONUC:2004-12-31", "MONUC",
				    facts_day("2005-01-05"), "kinshasa", "bukavu");
	assert_string_equal(alert->key, "return:MONUC:2004-12-31");
	assert_string_equal(alert->causes[0], "return MONUC:2004-12-31");
	assert_string_equal(alert->offices[0], "kinshasa");
	assert_string_equal(alert->offices[1], "bukavu");
	assert_int_equal(alert->severity, SEVERITY(WARN));
}

static void no_memory_is_told(void **state)
{
	struct arena small;
	Mandate__Alert **alerts;
	size_t count;

	(void)state;
	given("X", "operation un_pko\n"
		   "instrument UNSC S/RES/1 2000-01-01 establish until=2000-12-31 military=100\n"
		   "return 2000-11-30 GHA:troops=130\n");
	for (size_t cap = 0; cap < 4096; cap += 16) {
		enum status s;

		arena_init(&small, cap);
		s = alert_evaluate(dossier, &parameters, facts_day("2000-12-01"), &small, &alerts,
				   &count);
		assert_true(s == STATUS_NO_MEMORY || s == STATUS_OK);
		assert_int_equal(s == STATUS_NO_MEMORY, small.failed);
		arena_fini(&small);
	}
}

#define TEST(name) cmocka_unit_test_teardown(name, forget)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_head_count_over_the_ceiling_warns_then_alarms_then_is_too_old),
		TEST(a_day_to_comply_by_holds_the_alarm_back),
		TEST(since_goes_back_over_returns_and_ceilings_to_the_first_day_over),
		TEST(a_lower_ceiling_counts_from_its_own_day),
		TEST(outside_the_mandate_no_ceiling_is_judged),
		TEST(police_without_a_ceiling_is_told),
		TEST(since_ends_where_a_head_count_was_too_old_for_a_day),
		TEST(one_number_for_all_sets_the_police_too),
		TEST(an_end_that_comes_near_is_told_in_stages),
		TEST(a_new_end_within_the_stages_is_an_alert_of_its_own),
		TEST(a_date_that_passes_is_lapsed_until_the_end_is_recorded),
		TEST(a_partners_lapse_is_only_told),
		TEST(outside_the_series_nothing_lapses),
		TEST(persons_past_the_last_lawful_day_have_no_mandate),
		TEST(nobody_by_one_number_for_all_breaks_the_run),
		TEST(returns_that_stop_are_stale),
		TEST(nobody_left_is_not_stale),
		TEST(numbers_stay_the_same_while_nothing_changes),
		TEST(a_walk_back_that_is_cut_short_says_so),
		TEST(renewals_without_a_gap_are_no_steps_of_the_walk),
		TEST(a_clash_names_both_offices),
		TEST(no_memory_is_told),
	};

	return cmocka_run_group_tests_name("rules/alert", tests, NULL, NULL);
}
