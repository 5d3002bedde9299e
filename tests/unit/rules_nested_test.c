/* Section 7 from rules 2 on, of mandates and ceilings: CEIL_SUB, and what the older alerts judge
 * otherwise than before. Hybrids have a test of their own. */
#include "rules_judged.h"

#define C(name) MANDATE__COMPONENT__COMPONENT_##name

enum { ROUNDS = 200, FIRST = 10957, DAYS = 500 };

/* The Force Intervention Brigade (S/RES/2098), of more troops than the ceiling for the military of
 * S/RES/2147, 21 485, would hold. */
static void a_part_above_what_it_is_in_is_an_alarm(void **state)
{
	const Mandate__Alert *alert;

	(void)state;
	given("MONUSCO", "operation un_pko\n"
			 "instrument UNSC S/RES/2098 2013-03-28 extend until=2014-03-31 "
			 "troops/Brigade=30690\n"
			 "instrument UNSC S/RES/2147 2014-03-28 extend until=2015-03-31 "
			 "military=21485 police=391\n");
	expect_closed(CODE(CEIL_SUB), "MONUSCO:Brigade", "2014-03-27");
	alert = expect_open(CODE(CEIL_SUB), "MONUSCO:Brigade", "2014-03-28", SEVERITY(ALARM),
			    "2014-03-28");
	assert_int_equal(alert->persons, 30690);
	assert_int_equal(alert->ceiling, 21485);
	assert_int_equal(alert->component, C(TROOPS));
	assert_string_equal(alert->name, "Brigade");
	assert_string_equal(alert->document, "S/RES/2098");
	assert_int_equal(alert->n_causes, 2);
	assert_string_equal(alert->causes[0], "instrument MONUSCO:UNSC:S/RES/2098");
	assert_string_equal(alert->causes[1], "instrument MONUSCO:UNSC:S/RES/2147");
	expect_reason(alert, "2015-04-01", REASON(OVER));
	put("instrument UNSC S/RES/2098 2013-03-28 extend until=2014-03-31 troops/Brigade=3069");
	expect_reason(alert, "2014-03-28", REASON(RESOLVED));
}

static void children_that_add_up_past_their_parent_are_a_warning(void **state)
{
	const Mandate__Alert *alert;

	(void)state;
	given("X", "operation un_pko\n"
		   "instrument UNSC S/RES/1 2000-01-01 establish until=2000-12-31 military=1000 "
		   "troops=900\n"
		   "ceiling S/RES/1 observers 2000-02-01 101..2000-02-29\n"
		   "ceiling S/RES/1 observers 2000-03-01 100\n"
		   "ceiling S/RES/1 troops 2000-04-01 1001..2000-04-30\n");
	expect_closed(CODE(CEIL_SUB), "X:military", "2000-01-31");
	alert = expect_open(CODE(CEIL_SUB), "X:military", "2000-02-01", SEVERITY(WARN),
			    "2000-02-01");
	assert_int_equal(alert->persons, 1001);
	assert_int_equal(alert->ceiling, 1000);
	assert_false(!alert->has_component || alert->name);
	assert_int_equal(alert->component, C(MILITARY));
	assert_int_equal(alert->n_causes, 3);
	assert_string_equal(alert->causes[2], "ceiling X:S/RES/1:observers:2000-02-01");
	expect_closed(CODE(CEIL_SUB), "X:military", "2000-03-01"); /* 1 000 of 1 000 */
	/* One alone above it is an alarm of its own. */
	expect_open(CODE(CEIL_SUB), "X:troops", "2000-04-01", SEVERITY(ALARM), "2000-04-01");
	expect_open(CODE(CEIL_SUB), "X:military", "2000-04-01", SEVERITY(WARN), "2000-04-01");
	expect_closed(CODE(CEIL_SUB), "X:troops", "2000-05-01");
}

static void one_alert_tells_the_worse_of_a_component(void **state)
{
	const Mandate__Alert *alert;

	(void)state;
	given("X", "operation un_pko\n"
		   "instrument UNSC S/RES/1 2000-01-01 establish until=2000-12-31 uniformed=1000 "
		   "military=700 troops=600 observers=200\n"
		   "ceiling S/RES/1 military 2000-02-01 1100..2000-02-29\n"
		   "ceiling S/RES/1 troops 2000-02-01 950..2000-02-29\n");
	expect_open(CODE(CEIL_SUB), "X:military", "2000-01-31", SEVERITY(WARN), "2000-01-01");
	alert = expect_open(CODE(CEIL_SUB), "X:military", "2000-02-01", SEVERITY(ALARM),
			    "2000-01-01");
	assert_int_equal(alert->persons, 1100);
	assert_int_equal(alert->ceiling, 1000);
	expect_open(CODE(CEIL_SUB), "X:military", "2000-03-01", SEVERITY(WARN), "2000-01-01");
}

/* Parts consist of a component's kinds: they are not added to them. */
static void parts_are_added_to_each_other_only(void **state)
{
	(void)state;
	given("UNMISS", "operation un_pko\n"
			"instrument UNSC S/RES/2304 2016-08-12 extend until=2016-12-15 "
			"military=17000 troops=16800 observers=200 "
			"troops<military/Protection=4000\n");
	expect_closed(CODE(CEIL_SUB), "UNMISS:military", "2016-08-12");
	put("instrument UNSC S/RES/2305 2016-09-01 amend troops<military/Guard=13001");
	expect_open(CODE(CEIL_SUB), "UNMISS:military", "2016-09-01", SEVERITY(WARN), "2016-09-01");
}

/* UNMISS: within; MINUSCA: besides. */
static void corrections_officers_are_judged_where_the_text_puts_them(void **state)
{
	(void)state;
	given("X", "operation un_pko\n"
		   "instrument UNSC S/RES/1 2000-01-01 establish until=2000-12-31 police=100 "
		   "corrections=120\n"
		   "instrument UNSC S/RES/2 2000-03-01 amend corrections<police=120\n"
		   "instrument UNSC S/RES/3 2000-05-01 amend police=130 individual_police=70 "
		   "formed_police=60\n");
	expect_closed(CODE(CEIL_SUB), "X:corrections", "2000-02-29");
	expect_open(CODE(CEIL_SUB), "X:corrections", "2000-03-01", SEVERITY(ALARM), "2000-03-01");
	expect_closed(CODE(CEIL_SUB), "X:corrections", "2000-05-01");
	expect_open(CODE(CEIL_SUB), "X:police", "2000-05-01", SEVERITY(WARN), "2000-05-01");
	/* Alone they make no number for the police, so none within the uniformed either. */
	put("instrument UNSC S/RES/1 2000-01-01 establish until=2000-12-31 uniformed=100 "
	    "military=90 corrections<police=20");
	expect_closed(CODE(CEIL_SUB), "X:uniformed", "2000-02-01");
	put("instrument UNSC S/RES/1 2000-01-01 establish until=2000-12-31 uniformed=100 "
	    "military=80 formed_police=5 corrections<police=20");
	expect_open(CODE(CEIL_SUB), "X:uniformed", "2000-02-01", SEVERITY(WARN), "2000-01-01");
}

static void the_police_with_its_corrections_officers_is_judged(void **state)
{
	static const char facts_text[] =
		"operation un_pko\n"
		"instrument UNSC S/RES/1 2000-01-01 establish until=2000-12-31 police=100 "
		"corrections<police=20\n"
		"return 2000-01-31 GHA:individual_police=90 GHA:corrections=15\n"
		"return 2001-01-31 GHA:individual_police=90 GHA:corrections=15\n";

	(void)state;
	given("X", facts_text);
	assert_int_equal(
		expect_open(CODE(CEIL_OVER), "X:police", "2000-01-31", SEVERITY(WARN), "2000-01-31")
			->persons,
		105);
	/* Nobody is counted twice past the end. */
	assert_int_equal(
		expect_open(CODE(DEP_NO_MANDATE), "X", "2001-02-01", SEVERITY(ALARM), "2001-01-31")
			->persons,
		105);
	parameters.rules = 1;
	expect_closed(CODE(CEIL_OVER), "X:police", "2000-01-31");
	assert_int_equal(
		expect_open(CODE(DEP_NO_MANDATE), "X", "2001-02-01", SEVERITY(ALARM), "2001-01-31")
			->persons,
		105);
}

static void they_count_from_the_day_of_the_text_that_puts_them_there(void **state)
{
	(void)state;
	given("X", "operation un_pko\n"
		   "instrument UNSC S/RES/1 2000-01-01 establish until=2000-12-31 police=100 "
		   "corrections=20\n"
		   "instrument UNSC S/RES/2 2000-02-15 amend corrections<police=20\n"
		   "return 2000-01-31 GHA:individual_police=90 GHA:corrections=15\n");
	expect_closed(CODE(CEIL_OVER), "X:police", "2000-02-14");
	expect_open(CODE(CEIL_OVER), "X:police", "2000-03-01", SEVERITY(WARN), "2000-02-15");
}

/* 5 police, with 10 corrections officers among them for whom a unit stands until it leaves. */
static void somebody_is_there_until_the_corrections_officers_have_left(void **state)
{
	(void)state;
	given("X", "operation un_pko\n"
		   "instrument UNSC S/RES/1 2000-01-01 establish until=2000-12-31 "
		   "corrections<police=20..2000-02-20\n"
		   "return 2000-01-31 GHA:individual_police=5\n"
		   "unit GHA GUARDS 2000-01-15 2000-02-10 corrections=10\n"
		   "return 2000-02-29 GHA:individual_police=5\n");
	expect_open(CODE(CEIL_UNSET), "X:police", "2000-02-10", SEVERITY(INFO), "2000-01-15");
	expect_closed(CODE(CEIL_UNSET), "X:police", "2000-02-11");
	expect_closed(CODE(CEIL_UNSET), "X:police", "2000-02-20");
	expect_open(CODE(CEIL_UNSET), "X:police", "2000-03-01", SEVERITY(INFO), "2000-02-21");
}

static void rules_1_adds_to_the_sum_without_them(void **state)
{
	(void)state;
	given("X", "operation un_pko\n"
		   "instrument UNSC S/RES/1 2000-01-01 establish until=2000-12-31 "
		   "individual_police=500 formed_police=300 corrections<police=80\n"
		   "instrument UNSC S/RES/2 2000-03-01 amend police=+20\n"
		   "return 2000-03-31 GHA:police=850\n");
	expect_closed(CODE(CEIL_OVER), "X:police", "2000-03-31");
	parameters.rules = 1;
	assert_int_equal(
		expect_open(CODE(CEIL_OVER), "X:police", "2000-03-31", SEVERITY(WARN), "2000-03-31")
			->ceiling,
		820);
}

/* A renewal states the same figure once more: the alarm goes on. Rules 1 warns for one day. */
static void a_restated_ceiling_does_not_calm_an_alarm(void **state)
{
	(void)state;
	given("X", "operation un_pko\n"
		   "instrument UNSC S/RES/1 2000-01-01 establish until=2000-06-30 military=100\n"
		   "instrument UNSC S/RES/2 2000-06-30 extend until=2000-12-31 military=100\n"
		   "instrument UNSC S/RES/3 2000-08-01 amend military=90\n"
		   "instrument UNSC S/RES/4 2000-10-01 amend military=90!2000-10-10\n"
		   "unit GHA BATT 2000-03-01 - troops=130\n");
	expect_open(CODE(CEIL_OVER), "X:military", "2000-03-30", SEVERITY(WARN), "2000-03-01");
	expect_open(CODE(CEIL_OVER), "X:military", "2000-03-31", SEVERITY(ALARM), "2000-03-01");
	expect_open(CODE(CEIL_OVER), "X:military", "2000-06-30", SEVERITY(ALARM), "2000-03-01");
	/* By the letter: a lower one has its first day, one with a day to comply by has that. */
	expect_open(CODE(CEIL_OVER), "X:military", "2000-08-01", SEVERITY(WARN), "2000-03-01");
	expect_open(CODE(CEIL_OVER), "X:military", "2000-08-02", SEVERITY(ALARM), "2000-03-01");
	expect_open(CODE(CEIL_OVER), "X:military", "2000-10-10", SEVERITY(WARN), "2000-03-01");
	parameters.rules = 1;
	expect_open(CODE(CEIL_OVER), "X:military", "2000-06-30", SEVERITY(WARN), "2000-03-01");
}

static void a_recorded_liquidation_or_closing_is_an_end(void **state)
{
	static const char liquidating[] = "operation un_pko liquidating=2000-08-01 "
					  "closed_on=2000-10-01";

	(void)state;
	given("X", "operation un_pko\n"
		   "instrument UNSC S/RES/1 2000-01-01 establish until=2000-06-30\n"
		   "unit GHA GUARDS 2000-03-01 - troops=13\n");
	expect_open(CODE(MAND_LAPSED), "X:UNSC", "2000-08-01", SEVERITY(ALARM), "2000-07-01");
	expect_open(CODE(DEP_NO_MANDATE), "X", "2000-08-01", SEVERITY(ALARM), "2000-07-01");
	put(liquidating);
	expect_open(CODE(MAND_LAPSED), "X:UNSC", "2000-07-31", SEVERITY(ALARM), "2000-07-01");
	expect_closed(CODE(MAND_LAPSED), "X:UNSC", "2000-08-01");
	expect_closed(CODE(MAND_LAPSED), "X:UNSC", "2000-10-01");
	expect_open(CODE(DEP_NO_MANDATE), "X", "2000-07-31", SEVERITY(ALARM), "2000-07-01");
	expect_closed(CODE(DEP_NO_MANDATE), "X", "2000-08-01");
	expect_open(CODE(DEP_NO_MANDATE), "X", "2000-10-01", SEVERITY(ALARM), "2000-10-01");
	check_days(dossier, facts_day("2000-06-01"), facts_day("2000-11-01"));
	parameters.rules = 1;
	expect_open(CODE(MAND_LAPSED), "X:UNSC", "2000-11-01", SEVERITY(ALARM), "2000-07-01");
	expect_open(CODE(DEP_NO_MANDATE), "X", "2000-09-01", SEVERITY(ALARM), "2000-07-01");
}

/* --- properties --- */

static void random_entry(char *text, size_t room)
{
	static const char *const names[] = {"uniformed",	"military",
					    "police",		"troops",
					    "observers",	"staff_officers",
					    "corrections",	"individual_police",
					    "formed_police",	"corrections<police",
					    "troops/Brigade",	"fpu_units",
					    "troops/Battalion", "troops<military/Reserve"};
	static const char *const signs[] = {"", "", "", "", "+", "-"};
	size_t len = strlen(text);

	len += (size_t)snprintf(text + len, room - len, " %s=%s%u", names[below(14)],
				signs[below(6)], 5 * below(20));
	if (below(3) == 0)
		len += (size_t)snprintf(text + len, room - len, "@%s", random_day(FIRST, DAYS));
	if (below(4) == 0)
		len += (size_t)snprintf(text + len, room - len, "..%s",
					random_day(FIRST + DAYS, 9));
	if (below(4) == 0)
		snprintf(text + len, room - len, "!%s", random_day(FIRST, DAYS));
}

static const char *random_fact(void)
{
	static char text[600];
	size_t len = 0;

	switch (below(6)) {
	case 0:
		snprintf(text, sizeof text, "return %s GHA:individual_police=%u GHA:corrections=%u",
			 random_day(FIRST, DAYS), below(60), below(30));
		return text;
	case 1:
		snprintf(text, sizeof text, "unit GHA U%u %s - %s=%u", below(4),
			 random_day(FIRST, DAYS), below(2) ? "corrections" : "troops", below(60));
		return text;
	case 2:
		len = (size_t)snprintf(text, sizeof text, "operation un_pko");
		if (below(2))
			len += (size_t)snprintf(text + len, sizeof text - len, " liquidating=%s",
						random_day(FIRST, DAYS));
		if (below(2))
			snprintf(text + len, sizeof text - len, " closed_on=%s",
				 random_day(FIRST, DAYS));
		return text;
	default:
		break;
	}
	snprintf(text, sizeof text, "instrument UNSC S/RES/%u %s %s until=%s", 1 + below(9),
		 random_day(FIRST, DAYS), below(3) ? "extend" : "amend",
		 random_day(FIRST + DAYS / 2, DAYS));
	for (uint32_t n = below(5); n > 0; n--)
		random_entry(text, sizeof text);
	return text;
}

static void whatever_the_order_the_alerts_are_the_same_and_no_change_is_missed(void **state)
{
	(void)state;
	seed = (uint32_t)(getenv("RULES_SEED") ? strtoul(getenv("RULES_SEED"), NULL, 10)
					       : 20230501);
	print_message("RULES_SEED=%u\n", seed);
	for (int round = 0; round < ROUNDS; round++) {
		given("X", "operation un_pko\n");
		for (uint32_t n = 3 + below(20); n > 0; n--) {
			struct fact_line *fact = put(random_fact());

			if (below(8) == 0)
				retract(fact);
		}
		check_same(dossier, FIRST - 10, FIRST + DAYS + 30, 11);
		if (round % 8 == 0)
			check_days(dossier, FIRST - 10, FIRST + DAYS + 30);
		forget(state);
	}
	given("X", "operation un_pko\n");
}

#define TEST(name) cmocka_unit_test_teardown(name, forget)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_part_above_what_it_is_in_is_an_alarm),
		TEST(children_that_add_up_past_their_parent_are_a_warning),
		TEST(one_alert_tells_the_worse_of_a_component),
		TEST(parts_are_added_to_each_other_only),
		TEST(corrections_officers_are_judged_where_the_text_puts_them),
		TEST(the_police_with_its_corrections_officers_is_judged),
		TEST(they_count_from_the_day_of_the_text_that_puts_them_there),
		TEST(somebody_is_there_until_the_corrections_officers_have_left),
		TEST(rules_1_adds_to_the_sum_without_them),
		TEST(a_restated_ceiling_does_not_calm_an_alarm),
		TEST(a_recorded_liquidation_or_closing_is_an_end),
		TEST(whatever_the_order_the_alerts_are_the_same_and_no_change_is_missed),
	};

	return cmocka_run_group_tests_name("rules/nested", tests, NULL, NULL);
}
