/* Priorities and host consent: DEFINITIONS sections 6 and 7, PRIO_*, HOST_CONSENT. */
#include "rules_judged.h"

#include "rules/consent.h"
#include "rules/priorities.h"

#include <time.h>

#define STATE(name) MANDATE__PRIORITY_STATE__PRIORITY_STATE_##name
#define CONSENT(name) MANDATE__CONSENT_STATE__CONSENT_STATE_##name

/* priorities.csv, UNAMID: rows endorsed by all owners on the text's date, inferred. */
static const char unamid[] = "operation un_pko end=2020-12-31\n"
			     "priorities S/RES/1935 2010-07-30 UNAMID UNAMID+OCHA\n"
			     "endorsement S/RES/1935 UNAMID 1 2010-07-30 inferred\n"
			     "endorsement S/RES/1935 OCHA 1 2010-07-30 inferred\n"
			     "priorities S/RES/2148 2014-04-03 UNAMID+AU UNAMID+OCHA UNAMID+UNDP\n"
			     "endorsement S/RES/2148 UNAMID 1 2014-04-03 inferred\n"
			     "endorsement S/RES/2148 AU 1 2014-04-03 inferred\n"
			     "endorsement S/RES/2148 OCHA 1 2014-04-03 inferred\n"
			     "endorsement S/RES/2148 UNDP 1 2014-04-03 inferred\n";

static const struct priorities_list *list;

static struct priorities_day list_on(const char *day)
{
	struct priorities_day found;

	list = priorities_in_effect(dossier, facts_day(day));
	assert_non_null(list);
	priorities_on(dossier, list, facts_day(day), &found);
	return found;
}

static void the_list_with_the_latest_date_is_in_effect(void **state)
{
	(void)state;
	given("UNAMID", unamid);
	assert_null(priorities_in_effect(dossier, facts_day("2010-07-29")));
	assert_string_equal(list_on("2010-07-30").document, "S/RES/1935");
	assert_string_equal(list_on("2014-04-02").document, "S/RES/1935");
	assert_string_equal(list_on("2014-04-03").document, "S/RES/2148");
	assert_string_equal(list_on("2014-04-03").key, "UNAMID:S/RES/2148");
	assert_int_equal(list_on("2014-04-03").items, 3);
	/* Of two on one day the later symbol. */
	put("priorities S/RES/997 2014-04-03 UNAMID");
	assert_string_equal(list_on("2014-04-03").document, "S/RES/2148");
	put("priorities S/RES/10000 2014-04-03 UNAMID");
	assert_string_equal(list_on("2014-04-03").document, "S/RES/10000");
	put("priorities S/RES/10000 2014-04-04 UNAMID");
	assert_string_equal(list_on("2014-04-03").document, "S/RES/2148");
	retract(&facts.at[4]);
	assert_string_equal(list_on("2014-04-03").document, "S/RES/997");
}

static void a_list_is_endorsed_by_every_owner(void **state)
{
	struct priorities_day p;

	(void)state;
	given("UNAMID", unamid);
	p = list_on("2014-04-03");
	assert_true(p.endorsed);
	assert_true(p.inferred);
	assert_int_equal(p.endorsed_on, facts_day("2014-04-03"));
	put("endorsement S/RES/2148 UNDP 1 2014-05-01");
	p = list_on("2014-04-30");
	assert_false(p.endorsed);
	assert_int_equal(p.endorsed_on, DAY_NEVER);
	p = list_on("2014-05-01");
	assert_true(p.endorsed);
	assert_int_equal(p.endorsed_on, facts_day("2014-05-01"));
	retract(&facts.at[6]);
	assert_false(list_on("2014-05-01").endorsed);
}

static void an_edit_sets_endorsements_back(void **state)
{
	struct priorities_day p;
	const char *const *owners, *silent[OWNERS_PER_PRIORITY_MAX + 1];
	int32_t on;
	bool inferred;
	size_t count;

	(void)state;
	given("UNAMID", unamid);
	put("priorities S/RES/2148 2014-04-03 UNAMID+AU:in_progress UNDP+OCHA -+UNDP");
	p = list_on("2014-06-01");
	assert_int_equal(p.version, 2);
	assert_false(p.endorsed);
	assert_false(p.inferred);
	assert_int_equal(priorities_owners(list, &owners), 4);
	assert_string_equal(owners[0], "AU");
	assert_string_equal(owners[1], "OCHA");
	assert_string_equal(owners[2], "UNAMID");
	assert_string_equal(owners[3], "UNDP");
	put("endorsement S/RES/2148 UNDP 2 2014-06-02");
	put("endorsement S/RES/2148 OCHA 3 2014-06-02"); /* of another version */
	list_on("2014-06-02");
	assert_true(priorities_endorsed_by(dossier, list, "UNDP", facts_day("2014-06-02"), &on,
					   &inferred));
	assert_int_equal(on, facts_day("2014-06-02"));
	assert_false(inferred);
	assert_false(priorities_endorsed_by(dossier, list, "UNDP", facts_day("2014-06-01"), &on,
					    &inferred));
	assert_int_equal(priorities_item(dossier, list, 0, facts_day("2014-06-02"), silent, &count),
			 STATE(IN_PROGRESS));
	assert_int_equal(count, 2);
	assert_int_equal(priorities_item(dossier, list, 1, facts_day("2014-06-02"), silent, &count),
			 0);
	assert_int_equal(count, 1);
	assert_string_equal(silent[0], "OCHA");
	assert_int_equal(priorities_item(dossier, list, 2, facts_day("2014-06-02"), silent, &count),
			 STATE(ENDORSED));
	assert_int_equal(count, 0);
}

static void an_item_without_owners_is_not_endorsed(void **state)
{
	const char *silent[OWNERS_PER_PRIORITY_MAX + 1];
	size_t count;

	(void)state;
	given("X", "operation un_pko\n"
		   "priorities D 2001-01-01 -\n");
	assert_false(list_on("2001-01-01").endorsed);
	assert_int_equal(priorities_item(dossier, list, 0, 20000, silent, &count), 0);
	expect_open(CODE(PRIO_NO_OWNER), "X:D", "2001-05-01", SEVERITY(WARN), "2001-01-01");
	expect_closed(CODE(PRIO_UNENDORSED), "X:D", "2001-05-01");
}

/* --- PRIO_* --- */

static void a_task_without_a_lead_is_told(void **state)
{
	const Mandate__Alert *alert;

	(void)state;
	given("X", "operation un_pko end=2003-12-31\n"
		   "priorities D 2001-01-01 X -+UNDP\n");
	expect_closed(CODE(PRIO_NO_OWNER), "X:D", "2000-12-31");
	alert = expect_open(CODE(PRIO_NO_OWNER), "X:D", "2003-12-31", SEVERITY(WARN), "2001-01-01");
	assert_string_equal(alert->document, "D");
	assert_int_equal(alert->version, 1);
	assert_int_equal(alert->day, facts_day("2001-01-01"));
	assert_string_equal(alert->causes[0], "priorities X:D");
	expect_reason(alert, "2004-01-01", REASON(OVER));
	put("priorities E 2002-01-01 X");
	expect_reason(alert, "2002-01-01", REASON(SUPERSEDED));
	put("priorities D 2001-01-01 X UNDP");
	expect_reason(alert, "2001-06-01", REASON(RESOLVED));
}

static void an_owner_may_be_silent_for_thirty_days(void **state)
{
	const Mandate__Alert *alert;

	(void)state;
	given("X", "operation un_pko\n"
		   "priorities D 2001-01-01 X+UNDP AU+UNDP\n"
		   "endorsement D X 1 2001-01-05\n"
		   "endorsement D AU 1 2001-03-01\n");
	expect_closed(CODE(PRIO_UNENDORSED), "X:D", "2001-01-31");
	alert = expect_open(CODE(PRIO_UNENDORSED), "X:D", "2001-02-28", SEVERITY(WARN),
			    "2001-02-01");
	assert_int_equal(alert->n_parties, 2);
	assert_string_equal(alert->parties[0], "AU");
	assert_string_equal(alert->parties[1], "UNDP");
	assert_int_equal(alert->day, facts_day("2001-01-01"));
	alert = expect_open(CODE(PRIO_UNENDORSED), "X:D", "2001-03-01", SEVERITY(WARN),
			    "2001-02-01");
	assert_int_equal(alert->n_parties, 1);
	put("endorsement D UNDP 1 2001-04-01");
	expect_open(CODE(PRIO_UNENDORSED), "X:D", "2001-03-31", SEVERITY(WARN), "2001-02-01");
	expect_reason(alert, "2001-04-01", REASON(RESOLVED));
	put("priorities E 2001-03-15 X");
	expect_reason(alert, "2001-03-15", REASON(SUPERSEDED));
	parameters.owner_silent_days = 0;
	expect_open(CODE(PRIO_UNENDORSED), "X:E", "2001-03-16", SEVERITY(WARN), "2001-03-16");
	expect_closed(CODE(PRIO_UNENDORSED), "X:E", "2001-03-15");
	parameters.owner_silent_days = 30;
}

/* Version 2 was not there while somebody still endorsed version 1. */
static void a_later_version_is_as_young_as_the_last_word_on_the_one_before(void **state)
{
	(void)state;
	given("X", "operation un_pko\n"
		   "priorities D 2001-01-01 X+UNDP\n"
		   "endorsement D X 1 2001-01-05\n"
		   "endorsement D UNDP 1 2001-06-01\n"
		   "endorsement DD UNDP 1 2001-08-01\n");
	put("priorities D 2001-01-01 X+UNDP+AU");
	assert_int_equal(list_on("2001-07-01").version_since, facts_day("2001-06-01"));
	expect_closed(CODE(PRIO_UNENDORSED), "X:D", "2001-07-01");
	assert_int_equal(expect_open(CODE(PRIO_UNENDORSED), "X:D", "2001-07-02", SEVERITY(WARN),
				     "2001-07-02")
				 ->version,
			 2);
	retract(&facts.at[3]);
	assert_int_equal(list_on("2001-07-01").version_since, facts_day("2001-01-05"));
	retract(&facts.at[2]);
	assert_int_equal(list_on("2001-07-01").version_since, facts_day("2001-01-01"));
	put("endorsement D AU 2 2001-07-01");
	assert_int_equal(list_on("2001-07-01").version_since, facts_day("2001-01-01"));
	put("priorities D 2001-06-15 X+UNDP+AU"); /* an edit that says its day */
	assert_int_equal(list_on("2001-07-01").version_since, facts_day("2001-07-01"));
}

/* --- consent --- */

static void expect_consent(const char *host, const char *day, Mandate__ConsentState consent,
			   const char *since)
{
	struct consent_day c = {0};
	char text[DAY_TEXT_BYTES];

	assert_int_equal(consent_on(dossier, host, facts_day(day), &c), consent != 0);
	if (!consent)
		return;
	day_format(text, c.since);
	assert_int_equal(c.state, consent);
	assert_string_equal(text, since);
}

static void a_host_that_restricts_and_withdraws_is_told(void **state)
{
	const Mandate__Alert *alert;

	(void)state;
	given("X", "operation un_pko\n"
		   "instrument UNSC S/RES/1 2000-01-01 establish until=2001-06-30\n"
		   "consent ERI 2000-07-31 given SOFA\n"
		   "consent ERI 2000-10-05 restricted\n"
		   "consent ERI 2000-11-01 restricted letter-2\n"
		   "consent ERI 2000-12-01 withdrawn letter-3\n"
		   "consent ERI 2001-05-01 given\n"
		   "consent ETH 2000-07-31 given\n");
	expect_consent("ERI", "2000-07-30", 0, NULL);
	expect_consent("ERI", "2000-10-04", CONSENT(GIVEN), "2000-07-31");
	expect_consent("ERI", "2000-11-30", CONSENT(RESTRICTED), "2000-10-05");
	expect_consent("ERI", "2000-12-01", CONSENT(WITHDRAWN), "2000-12-01");
	expect_consent("DJI", "2000-12-01", 0, NULL);
	assert_int_equal(consent_least(dossier, facts_day("2000-07-30")), 0);
	assert_int_equal(consent_least(dossier, facts_day("2000-07-31")), CONSENT(GIVEN));
	assert_int_equal(consent_least(dossier, facts_day("2001-04-30")), CONSENT(WITHDRAWN));
	expect_closed(CODE(HOST_CONSENT), "X:ERI", "2000-10-04");
	alert = expect_open(CODE(HOST_CONSENT), "X:ERI", "2000-10-05", SEVERITY(WARN),
			    "2000-10-05");
	assert_string_equal(alert->host, "ERI");
	assert_null(alert->document);
	alert = expect_open(CODE(HOST_CONSENT), "X:ERI", "2001-04-30", SEVERITY(ALARM),
			    "2000-10-05");
	assert_string_equal(alert->document, "letter-3");
	assert_int_equal(alert->consent, CONSENT(WITHDRAWN));
	assert_int_equal(alert->day, facts_day("2000-12-01"));
	assert_string_equal(alert->causes[0], "consent X:ERI:2000-12-01");
	expect_reason(alert, "2001-05-01", REASON(RESOLVED));
	expect_closed(CODE(HOST_CONSENT), "X:ETH", "2001-04-30");
	put("consent ERI 2000-10-05 given");
	expect_open(CODE(HOST_CONSENT), "X:ERI", "2000-12-01", SEVERITY(ALARM), "2000-11-01");
	retract(&facts.at[2]);
	retract(&facts.at[3]);
	retract(&facts.at[4]);
	retract(&facts.at[5]);
	retract(&facts.at[6]);
	expect_consent("ERI", "2001-05-01", 0, NULL);
	expect_closed(CODE(HOST_CONSENT), "X:ERI", "2000-12-01");
}

/* The end of the operation is no end of the withdrawal. */
static void consent_matters_until_everybody_has_left(void **state)
{
	const Mandate__Alert *alert;

	(void)state;
	given("MINUSMA", "operation un_pko closed end=2023-06-30\n"
			 "instrument UNSC S/RES/2640 2022-06-29 extend until=2023-06-30\n"
			 "instrument UNSC S/RES/2690 2023-06-30 terminate until=2023-06-30 "
			 "withdraw=2023-12-31\n"
			 "consent MLI 2023-06-16 withdrawn\n");
	alert = expect_open(CODE(HOST_CONSENT), "MINUSMA:MLI", "2023-12-31", SEVERITY(ALARM),
			    "2023-06-16");
	expect_reason(alert, "2024-01-01", REASON(OVER));
}

/* --- properties --- */

static const char *random_line(char line[256])
{
	static const char *const owners[] = {"X", "AU", "UNDP", "OCHA"};
	static const char *const states[] = {"given", "restricted", "withdrawn"};
	int32_t first = facts_day("2001-01-01");

	switch (below(6)) {
	case 0:
		snprintf(line, 256, "instrument UNSC S/RES/%u %s extend until=%s", below(3),
			 random_day(first, 300), random_day(first, 600));
		break;
	case 1:
		strcpy(line, "operation un_pko");
		if (below(2))
			snprintf(line, 256, "operation un_pko end=%s",
				 random_day(first + 200, 300));
		break;
	case 2:
		snprintf(line, 256, "consent %s %s %s", below(2) ? "ERI" : "ETH",
			 random_day(first, 400), states[below(3)]);
		break;
	case 3:
		snprintf(line, 256, "priorities D%u %s %s+%s %s", below(3), random_day(first, 300),
			 below(3) ? "UNDP" : "-", owners[below(2)], owners[below(4)]);
		break;
	default:
		snprintf(line, 256, "endorsement D%u %s %u %s", below(3), owners[below(4)],
			 1 + below(3), random_day(first, 400));
	}
	return line;
}

static void order_does_not_matter_and_changes_are_announced(void **state)
{
	int32_t first = facts_day("2000-12-01"), last = facts_day("2003-01-01");
	uint32_t start = (uint32_t)time(NULL);
	size_t opened[3] = {0};

	(void)state;
	print_message("seed %u\n", start);
	for (int round = 0; round < 80; round++) {
		char line[256];

		seed = start + (uint32_t)round;
		given("X", "");
		for (int i = 0; i < 40; i++) {
			put(random_line(line));
			if (below(8) == 0)
				retract(&facts.at[below((uint32_t)facts.count)]);
		}
		check_same(dossier, first, last, 5);
		check_days(dossier, first, last);
		for (int32_t day = first; day < last; day += 30) {
			Mandate__Alert **alerts;
			int32_t next;
			size_t count = evaluate_on(dossier, day, &alerts, &next);

			for (size_t i = 0; i < count; i++)
				if (alerts[i]->code >= CODE(PRIO_NO_OWNER))
					opened[alerts[i]->code - CODE(PRIO_NO_OWNER)]++;
		}
		forget(NULL);
	}
	for (size_t i = 0; i < 3; i++)
		assert_true(opened[i] > 50);
	given("X", "");
}

#define TEST(name) cmocka_unit_test_teardown(name, forget)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_list_with_the_latest_date_is_in_effect),
		TEST(a_list_is_endorsed_by_every_owner),
		TEST(an_edit_sets_endorsements_back),
		TEST(an_item_without_owners_is_not_endorsed),
		TEST(a_task_without_a_lead_is_told),
		TEST(an_owner_may_be_silent_for_thirty_days),
		TEST(a_later_version_is_as_young_as_the_last_word_on_the_one_before),
		TEST(a_host_that_restricts_and_withdraws_is_told),
		TEST(consent_matters_until_everybody_has_left),
		TEST(order_does_not_matter_and_changes_are_announced),
	};

	return cmocka_run_group_tests_name("rules/agenda", tests, NULL, NULL);
}
