/* Section 2 of the definitions: every worked example, then what the rows on hand do not show. */
#include "rules_facts.h"

#include "rules/ceiling.h"

#define C(name) MANDATE__COMPONENT__COMPONENT_##name

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

static const int none = -1;

static void expect(Mandate__Component c, const char *day, int persons)
{
	struct ceiling_day on;
	int is;

	ceiling_on(dossier, c, facts_day(day), &on);
	is = on.set ? (int)on.persons : none;
	if (is != persons)
		fail_msg("%s: %d, not %d", day, is, persons);
}

/* MONUC S/RES/1493, 1555, 1565. */
static void a_text_without_a_number_leaves_the_ceiling(void **state)
{
	(void)state;
	given("MONUC",
	      "instrument UNSC S/RES/1493 2003-07-28 extend until=2004-07-30 military=10800\n"
	      "instrument UNSC S/RES/1555 2004-07-29 extend until=2004-10-01\n"
	      "instrument UNSC S/RES/1565 2004-10-01 extend until=2005-03-31 military=16700\n");
	expect(C(MILITARY), "2003-07-27", none);
	expect(C(MILITARY), "2004-09-30", 10800);
	expect(C(MILITARY), "2004-10-01", 16700);
	expect(C(POLICE), "2004-10-01", none);
}

/* MINURCAT S/RES/1861, 1913, 1922, 1923. */
static void rollovers_keep_the_ceiling(void **state)
{
	(void)state;
	given("MINURCAT", "instrument UNSC S/RES/1861 2009-01-14 extend eff=2009-03-15 "
			  "until=2010-03-15 military=5225 police=300\n"
			  "instrument UNSC S/RES/1913 2010-03-12 extend until=2010-05-15\n"
			  "instrument UNSC S/RES/1922 2010-05-12 extend until=2010-05-26\n"
			  "instrument UNSC S/RES/1923 2010-05-25 extend until=2010-12-31 "
			  "military=2225 police=300\n");
	expect(C(MILITARY), "2009-03-14", none);
	expect(C(MILITARY), "2010-05-24", 5225);
	expect(C(POLICE), "2010-05-24", 300);
	expect(C(MILITARY), "2010-05-25", 2225);
	expect(C(POLICE), "2010-12-31", 300);
}

/* UNAMID S/RES/2173, 2363 with its four rows of ceilings.csv, 2429. */
static void phases_have_days_of_their_own_and_end_the_number_of_units(void **state)
{
	(void)state;
	given("UNAMID", "instrument UNSC S/RES/2173 2014-08-27 extend until=2015-06-30 "
			"military=15845 police=3403 fpu_units=13\n"
			"instrument UNSC S/RES/2363 2017-06-29 extend until=2018-06-30\n"
			"instrument UNSC S/RES/2429 2018-07-13 extend until=2019-06-30 "
			"military=4050 police=2500\n"
			"ceiling S/RES/2363 military 2017-06-29 11395..2017-12-31!2017-12-31\n"
			"ceiling S/RES/2363 police 2017-06-29 2888..2017-12-31!2017-12-31\n"
			"ceiling S/RES/2363 military 2018-01-01 8735!2018-06-30\n"
			"ceiling S/RES/2363 police 2018-01-01 2500!2018-06-30\n");
	expect(C(MILITARY), "2017-06-28", 15845);
	expect(C(FPU_UNITS), "2017-06-28", 13);
	expect(C(MILITARY), "2017-12-31", 11395);
	expect(C(POLICE), "2017-12-31", 2888);
	expect(C(FPU_UNITS), "2017-06-29", none);
	expect(C(MILITARY), "2018-01-01", 8735);
	expect(C(MILITARY), "2018-07-12", 8735);
	expect(C(POLICE), "2018-07-12", 2500);
	expect(C(MILITARY), "2018-07-13", 4050);
	expect(C(POLICE), "2018-07-13", 2500);
	expect(C(FPU_UNITS), "2018-07-13", none);
}

/* UNISFA S/RES/2416, 2469, 2497. */
static void restating_the_same_police_keeps_the_number_of_units(void **state)
{
	(void)state;
	given("UNISFA",
	      "instrument UNSC S/RES/1990 2011-06-27 establish until=2011-12-27 military=4200 "
	      "police=50\n"
	      "instrument UNSC S/RES/2416 2018-05-15 extend until=2018-11-15 military=4500\n"
	      "instrument UNSC S/RES/2469 2019-05-14 extend until=2019-11-15 military=3550 "
	      "police=640 fpu_units=3\n"
	      "instrument UNSC S/RES/2497 2019-11-14 extend until=2020-05-15 military=3550 "
	      "police=640\n");
	expect(C(POLICE), "2019-05-13", 50);
	expect(C(MILITARY), "2019-05-13", 4500);
	expect(C(POLICE), "2019-05-14", 640);
	expect(C(MILITARY), "2019-05-14", 3550);
	expect(C(FPU_UNITS), "2019-05-13", none);
	expect(C(FPU_UNITS), "2019-05-14", 3);
	expect(C(FPU_UNITS), "2020-01-01", 3);
	put("instrument UNSC S/RES/2497 2019-11-14 extend until=2020-05-15 military=3550 "
	    "police=600");
	expect(C(FPU_UNITS), "2019-11-13", 3);
	expect(C(FPU_UNITS), "2019-11-14", none);
}

static void two_texts_of_one_day_with_the_same_police_keep_the_units(void **state)
{
	(void)state;
	given("X", "instrument UNSC S/RES/1 2000-01-01 establish police=50\n"
		   "instrument UNSC S/RES/2 2000-03-01 amend police=640 fpu_units=3\n"
		   "instrument UNSC S/RES/3 2000-03-01 amend police=640\n");
	expect(C(FPU_UNITS), "2000-03-01", 3);
	put("instrument UNSC S/RES/3 2000-03-01 amend police=50");
	expect(C(FPU_UNITS), "2000-03-01", none);
}

/* UNMIL S/RES/1509, 1626 with its row of ceilings.csv, 1667, 1694. */
static void a_temporary_entry_covers_the_older_one_only_while_it_lasts(void **state)
{
	(void)state;
	given("UNMIL", "instrument UNSC S/RES/1509 2003-09-19 establish until=2004-09-19 "
		       "military=15000 police=1115\n"
		       "instrument UNSC S/RES/1626 2005-09-19 extend until=2006-03-31 police=1115\n"
		       "ceiling S/RES/1626 military 2005-11-15 15250..2006-03-31\n");
	expect(C(MILITARY), "2005-11-14", 15000);
	expect(C(MILITARY), "2005-11-15", 15250);
	expect(C(MILITARY), "2006-03-31", 15250);
	expect(C(MILITARY), "2006-04-01", 15000);
	put("instrument UNSC S/RES/1667 2006-03-31 extend until=2006-09-30 military=15250");
	put("instrument UNSC S/RES/1694 2006-07-13 amend military=14875 police=1240");
	expect(C(MILITARY), "2006-04-01", 15250);
	expect(C(MILITARY), "2006-08-01", 14875);
}

/* UNMIS S/RES/1590 and 1706, with the numbers that 1706 would have set. */
static void a_text_never_carried_out_sets_nothing(void **state)
{
	(void)state;
	given("UNMIS", "instrument UNSC S/RES/1590 2005-03-24 establish until=2005-09-24 "
		       "military=10000 police=715\n"
		       "instrument UNSC S/RES/1706 2006-08-31 amend not_carried_out military=17300 "
		       "police=3300\n"
		       "ceiling S/RES/1706 police 2006-10-01 3300\n");
	expect(C(MILITARY), "2006-09-01", 10000);
	expect(C(POLICE), "2006-09-01", 715);
	expect(C(POLICE), "2006-10-01", 715);
	put("instrument UNSC S/RES/1706 2006-08-31 amend military=17300");
	expect(C(MILITARY), "2006-09-01", 17300);
	expect(C(POLICE), "2006-10-01", 3300);
}

/* MINUSCA S/RES/2149, whose numbers start on the day of the transfer of authority. */
static void an_entry_may_start_later_than_its_text(void **state)
{
	(void)state;
	given("MINUSCA", "instrument UNSC S/RES/2149 2014-04-10 establish until=2015-04-30\n"
			 "ceiling S/RES/2149 military 2014-09-15 10000\n"
			 "ceiling S/RES/2149 police 2014-09-15 1800\n");
	expect(C(MILITARY), "2014-09-14", none);
	expect(C(MILITARY), "2014-09-15", 10000);
	expect(C(UNIFORMED), "2014-09-15", 11800);
}

/* AMISOM S/RES/2036: one number for all. */
static void uniformed_alone_sets_military_and_police(void **state)
{
	(void)state;
	given("AMISOM", "instrument UNSC S/RES/2036 2012-02-22 amend uniformed=17731\n");
	expect(C(UNIFORMED), "2012-02-22", 17731);
	expect(C(MILITARY), "2012-02-22", none);
	assert_true(ceiling_is_set(dossier, C(POLICE), facts_day("2012-02-22")));
	assert_true(ceiling_is_set(dossier, C(TROOPS), facts_day("2012-02-22")));
	assert_false(ceiling_is_set(dossier, C(POLICE), facts_day("2012-02-21")));
	assert_false(ceiling_is_set(dossier, C(CORRECTIONS), facts_day("2012-02-22")));
}

/* MINUJUSTH: military 0. */
static void zero_is_a_ceiling(void **state)
{
	(void)state;
	given("MINUJUSTH", "instrument UNSC S/RES/2350 2017-04-13 establish eff=2017-10-16 "
			   "until=2018-04-15 military=0 police=1275\n");
	expect(C(MILITARY), "2017-10-16", 0);
}

static void a_parent_is_derived_from_children_only_without_an_entry_of_its_own(void **state)
{
	struct ceiling_day on;

	(void)state;
	given("X", "instrument UNSC S/RES/1 2000-01-01 establish troops=500 observers=40\n"
		   "instrument UNSC S/RES/2 2000-03-01 amend military=700\n");
	ceiling_on(dossier, C(MILITARY), facts_day("2000-02-01"), &on);
	assert_true(on.set && on.derived);
	assert_int_equal(on.persons, 540);
	ceiling_on(dossier, C(MILITARY), facts_day("2000-03-01"), &on);
	assert_false(on.derived);
	expect(C(MILITARY), "2000-03-01", 700);
	expect(C(TROOPS), "2000-03-01", 500);
}

static void deltas_follow_their_base_whenever_it_arrives(void **state)
{
	(void)state;
	given("X", "instrument UNSC S/RES/3 2000-03-01 amend military=+900\n"
		   "instrument UNSC S/RES/4 2000-04-01 amend military=-100\n");
	expect(C(MILITARY), "2000-03-01", 900);
	put("instrument UNSC S/RES/1 2000-01-01 establish military=1000");
	expect(C(MILITARY), "2000-03-01", 1900);
	expect(C(MILITARY), "2000-04-01", 1800);
	put("ceiling S/RES/1 military 2000-02-15 1500..2000-03-15");
	expect(C(MILITARY), "2000-03-01", 2400);
	expect(C(MILITARY), "2000-04-01", 2300);
	put("instrument UNSC S/RES/1 2000-01-01 establish military=2000");
	expect(C(MILITARY), "2000-02-14", 2000);
	expect(C(MILITARY), "2000-03-01", 2400);
}

static void a_delta_may_build_on_a_derived_sum(void **state)
{
	(void)state;
	given("X", "instrument UNSC S/RES/1 2000-01-01 establish troops=500 observers=40\n"
		   "instrument UNSC S/RES/2 2000-03-01 amend military=+60\n");
	expect(C(MILITARY), "2000-03-01", 600);
	put("instrument UNSC S/RES/1 2000-01-01 establish troops=400 observers=40");
	expect(C(MILITARY), "2000-03-01", 500);
}

static void overlapping_temporary_entries_fall_back_to_the_latest_that_lasts(void **state)
{
	(void)state;
	given("X", "instrument UNSC S/RES/1 2000-01-01 establish military=100\n"
		   "ceiling S/RES/2 military 2000-02-01 200..2000-06-30\n"
		   "ceiling S/RES/3 military 2000-03-01 300..2000-03-31\n");
	expect(C(MILITARY), "2000-03-31", 300);
	expect(C(MILITARY), "2000-04-01", 200);
	expect(C(MILITARY), "2000-07-01", 100);
}

static void a_later_entry_covers_a_temporary_one(void **state)
{
	(void)state;
	given("X", "instrument UNSC S/RES/1 2000-01-01 establish military=100\n"
		   "ceiling S/RES/2 military 2000-02-01 200..2000-06-30\n"
		   "instrument UNSC S/RES/3 2000-03-01 amend military=150\n");
	expect(C(MILITARY), "2000-03-01", 150);
	expect(C(MILITARY), "2000-07-01", 150);
}

static void a_record_of_its_own_stands_over_what_the_instrument_carries(void **state)
{
	(void)state;
	given("X", "instrument UNSC S/RES/1 2000-01-01 establish military=100\n"
		   "ceiling S/RES/1 military 2000-01-01 150\n");
	expect(C(MILITARY), "2000-01-01", 150);
	put("instrument UNSC S/RES/1 2000-01-01 establish military=120");
	expect(C(MILITARY), "2000-01-01", 150);
}

/* The named part's value, or none. */
static void expect_part(const char *name, const char *day, int persons, Mandate__Component parent)
{
	const struct ceiling_row *rows;
	struct arena a;
	int is = none;
	size_t count;

	arena_init(&a, 64 * 1024);
	assert_int_equal(ceiling_rows(dossier, facts_day(day), &a, &rows, &count), STATUS_OK);
	for (size_t n = 0; n < count; n++) {
		if (!rows[n].name || strcmp(rows[n].name, name) != 0)
			continue;
		is = (int)rows[n].ceiling.persons;
		assert_int_equal(rows[n].parent, parent);
	}
	if (is != persons)
		fail_msg("%s on %s: %d, not %d", name, day, is, persons);
	arena_fini(&a);
}

/* The Force Intervention Brigade within the troops, the Regional Protection Force within the
 * military (UNMISS S/RES/2304); their own numbers are not in the rows. */
static void a_named_part_is_none_of_its_component(void **state)
{
	(void)state;
	given("MONUSCO",
	      "instrument UNSC S/RES/2098 2013-03-28 extend until=2014-03-31 "
	      "troops/Brigade=3069\n"
	      "instrument UNSC S/RES/2147 2014-03-28 extend until=2015-03-31 military=21485\n");
	expect(C(TROOPS), "2013-06-01", none);
	expect(C(MILITARY), "2013-06-01", none);
	assert_false(ceiling_is_set(dossier, C(TROOPS), facts_day("2013-06-01")));
	expect(C(MILITARY), "2014-04-01", 21485);
	expect_part("Brigade", "2013-03-27", none, 0);
	expect_part("Brigade", "2014-04-01", 3069, C(TROOPS));
	put("instrument UNSC S/RES/2098 2013-03-28 extend not_carried_out troops/Brigade=3069");
	expect_part("Brigade", "2014-04-01", none, 0);
	forget(state);
	given("UNMISS", "instrument UNSC S/RES/2304 2016-08-12 extend until=2016-12-15 "
			"military=17000 troops<military/Protection=4000\n");
	expect(C(MILITARY), "2016-08-12", 17000);
	expect_part("Protection", "2016-08-12", 4000, C(MILITARY));
}

static void a_part_is_temporary_or_changed_by_a_delta_as_a_component_is(void **state)
{
	(void)state;
	given("X", "instrument UNSC S/RES/3 2000-03-01 amend troops/Brigade=+100\n"
		   "instrument UNSC S/RES/4 2000-06-01 amend troops/Brigade=900..2000-06-30\n");
	expect_part("Brigade", "2000-03-01", 100, C(TROOPS));
	put("instrument UNSC S/RES/1 2000-01-01 establish troops/Brigade=500 troops/Other=20");
	expect_part("Brigade", "2000-02-29", 500, C(TROOPS));
	expect_part("Brigade", "2000-03-01", 600, C(TROOPS));
	expect_part("Brigade", "2000-06-30", 900, C(TROOPS));
	expect_part("Brigade", "2000-07-01", 600, C(TROOPS));
	expect_part("Other", "2000-07-01", 20, C(TROOPS));
	put("instrument UNSC S/RES/1 2000-01-01 establish troops/Brigade=400");
	expect_part("Brigade", "2000-07-01", 500, C(TROOPS));
	expect_part("Other", "2000-07-01", none, 0);
}

static void corrections_officers_within_the_police_are_in_its_sum(void **state)
{
	(void)state;
	given("X", "instrument UNSC S/RES/1 2000-01-01 establish individual_police=500 "
		   "formed_police=300 corrections=80\n"
		   "instrument UNSC S/RES/2 2000-03-01 amend corrections<police=80\n"
		   "instrument UNSC S/RES/3 2000-05-01 amend police=+20\n");
	expect(C(POLICE), "2000-02-01", 800);
	expect(C(POLICE), "2000-03-01", 880);
	expect(C(UNIFORMED), "2000-03-01", 880);
	expect(C(CORRECTIONS), "2000-03-01", 80);
	expect(C(POLICE), "2000-05-01", 900); /* its own number holds them */
	forget(state);
	given("X", "instrument UNSC S/RES/1 2000-01-01 establish corrections<police=80\n");
	expect(C(POLICE), "2000-01-01", none);
}

static void all_ceilings_of_a_day_are_listed_with_what_the_texts_say(void **state)
{
	const struct ceiling_row *rows;
	struct arena a;
	size_t count;

	(void)state;
	given("X", "instrument UNSC S/RES/1 2000-01-01 establish military=1000 police=50 "
		   "corrections<police=5 troops/Brigade=300\n"
		   "instrument UNSC S/RES/2 2000-03-01 amend military=-100!2000-04-30\n");
	arena_init(&a, 64 * 1024);
	assert_int_equal(ceiling_rows(dossier, facts_day("2000-03-01"), &a, &rows, &count),
			 STATUS_OK);
	assert_int_equal(count, 5);
	assert_int_equal(rows[0].component, C(UNIFORMED));
	assert_true(rows[0].ceiling.derived);
	assert_int_equal(rows[0].ceiling.persons, 950);
	assert_int_equal(rows[1].component, C(MILITARY));
	assert_true(rows[1].has_delta);
	assert_int_equal(rows[1].delta, -100);
	assert_int_equal(rows[1].ceiling.persons, 900);
	assert_int_equal(rows[1].ceiling.reach_by, facts_day("2000-04-30"));
	assert_int_equal(rows[1].parent, C(UNIFORMED));
	assert_int_equal(rows[3].component, C(CORRECTIONS));
	assert_int_equal(rows[3].parent, C(POLICE));
	assert_string_equal(rows[4].name, "Brigade");
	assert_int_equal(rows[4].component, C(TROOPS));
	assert_string_equal(rows[4].ceiling.document, "S/RES/1");
	arena_fini(&a);
}

#define TEST(name) cmocka_unit_test_teardown(name, forget)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_text_without_a_number_leaves_the_ceiling),
		TEST(rollovers_keep_the_ceiling),
		TEST(phases_have_days_of_their_own_and_end_the_number_of_units),
		TEST(restating_the_same_police_keeps_the_number_of_units),
		TEST(two_texts_of_one_day_with_the_same_police_keep_the_units),
		TEST(a_temporary_entry_covers_the_older_one_only_while_it_lasts),
		TEST(a_text_never_carried_out_sets_nothing),
		TEST(an_entry_may_start_later_than_its_text),
		TEST(uniformed_alone_sets_military_and_police),
		TEST(zero_is_a_ceiling),
		TEST(a_parent_is_derived_from_children_only_without_an_entry_of_its_own),
		TEST(deltas_follow_their_base_whenever_it_arrives),
		TEST(a_delta_may_build_on_a_derived_sum),
		TEST(overlapping_temporary_entries_fall_back_to_the_latest_that_lasts),
		TEST(a_later_entry_covers_a_temporary_one),
		TEST(a_record_of_its_own_stands_over_what_the_instrument_carries),
		TEST(a_named_part_is_none_of_its_component),
		TEST(a_part_is_temporary_or_changed_by_a_delta_as_a_component_is),
		TEST(corrections_officers_within_the_police_are_in_its_sum),
		TEST(all_ceilings_of_a_day_are_listed_with_what_the_texts_say),
	};

	return cmocka_run_group_tests_name("rules/ceiling", tests, NULL, NULL);
}
