/* Section 3 of the definitions: every worked example, then what the rows on hand do not show. */
#include "rules_facts.h"

#include "rules/strength.h"

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

static void retract(const char *line)
{
	struct fact_line *fact = facts_add(&facts, line);

	fact->retracted = true;
	facts_put(dossier, fact);
}

static struct strength_day on(Mandate__Component c, const char *day)
{
	struct strength_day s;

	strength_on(dossier, c, facts_day(day), DAY_NEVER, &s);
	return s;
}

static void expect(Mandate__Component c, const char *day, uint64_t persons)
{
	struct strength_day s = on(c, day);

	assert_true(s.known);
	if (s.persons != persons)
		fail_msg("%s: %d, not %d", day, (int)s.persons, (int)persons);
}

/* MONUC: strengths.csv as of 2004-12-09; deployments.csv 2004-12, its sums by two contributors. */
static void a_return_of_the_month_follows_a_total_of_the_ninth(void **state)
{
	struct strength_day s;

	(void)state;
	given("MONUC", "total 2004-12-09 observers=725\n"
		       "total 2004-12-09 troops=11491\n"
		       "return 2004-12-31 covers=observers covers=troops IND:observers=425 "
		       "IND:troops=5302 ZAF:observers=300 ZAF:troops=6179\n");
	expect(C(MILITARY), "2004-12-31", 12206);
	expect(C(MILITARY), "2004-12-20", 12216);
	s = on(C(MILITARY), "2004-12-20");
	assert_int_equal(s.basis, MANDATE__BASIS__BASIS_TOTAL);
	assert_int_equal(s.as_of, facts_day("2004-12-09"));
	assert_int_equal(s.age_days, 11);
	assert_true(s.partial); /* staff officers are not said */
	assert_int_equal(on(C(MILITARY), "2004-12-31").basis, MANDATE__BASIS__BASIS_RETURN);
	assert_false(on(C(MILITARY), "2004-12-08").known);
	assert_false(on(C(POLICE), "2004-12-31").known);
	assert_int_equal(strength_last_return(dossier, C(MILITARY), facts_day("2005-03-01")),
			 facts_day("2004-12-31"));
	assert_int_equal(strength_last_return(dossier, C(MILITARY), facts_day("2004-12-30")),
			 DAY_NEVER);
}

static void who_is_not_in_a_return_has_none(void **state)
{
	(void)state;
	given("UNMIL", "return 2018-02-28 GHA:troops=300 NGA:troops=400\n"
		       "return 2018-03-31 GHA:troops=150\n");
	expect(C(MILITARY), "2018-03-30", 700);
	expect(C(MILITARY), "2018-03-31", 150);
	expect(C(POLICE), "2018-03-31", 0);
	facts_add(&facts, "return 2018-03-31 NGA:troops=90");
	facts_put(dossier, &facts.at[1]);
	expect(C(MILITARY), "2018-03-31", 90);
	facts.at[1].retracted = true;
	facts_put(dossier, &facts.at[1]);
	expect(C(MILITARY), "2018-03-31", 700);
}

/* contributions-monthly UNMIL: the map of 2018-03 has PAK alone; the others' rows are each one's
 * last before it. "No carry-forward per contributor ... last-known-per-contributor would give 6
 * 840." */
static void a_contributor_that_left_is_not_carried_forward(void **state)
{
	static const char last_known[] =
		"estimate 2003-12-31 contributor BEN=150 GNB=650 MLI=150 NLD=150\n"
		"estimate 2004-05-31 contributor TGO=150\n"
		"estimate 2004-12-31 contributor GMB=150\n"
		"estimate 2007-08-31 contributor NAM=1020\n"
		"estimate 2008-01-31 contributor IRL=325 SWE=325\n"
		"estimate 2008-03-31 contributor SEN=1100\n"
		"estimate 2009-08-31 contributor ETH=1250\n"
		"estimate 2010-01-31 contributor MNG=150\n"
		"estimate 2011-03-31 contributor unknown=150\n"
		"estimate 2015-01-31 contributor PHL=150\n"
		"estimate 2016-02-29 contributor BGD=335\n"
		"estimate 2016-11-30 contributor GHA=150 NPL=35\n"
		"estimate 2017-06-30 contributor NGA=150 UKR=150\n"
		"estimate 2018-03-31 contributor PAK=150\n";
	struct estimate_day e;
	uint64_t carried = 0;

	(void)state;
	given("UNMIL", last_known);
	for (size_t i = 0; i < facts.count; i++)
		for (size_t k = 0; k < facts.at[i].record->estimate->n_contributors; k++)
			carried += facts.at[i].record->estimate->contributors[k]->persons;
	assert_int_equal(carried, 6840);
	strength_estimate(dossier, facts_day("2018-03-31"), &e);
	assert_int_equal(e.persons, 150);
	assert_int_equal(e.contributors, 1);
	strength_estimate(dossier, facts_day("2018-03-30"), &e);
	assert_int_equal(e.persons, 300);
}

/* UNMISS, strengths.csv 2020-09-08. */
static void a_parents_row_stands_and_children_are_breakdown(void **state)
{
	(void)state;
	given("UNMISS", "total 2020-09-08 police=1824\n"
			"total 2020-09-08 individual_police=611\n"
			"total 2020-09-08 formed_police=1143\n");
	expect(C(POLICE), "2020-09-08", 1824);
	assert_false(on(C(POLICE), "2020-09-08").partial);
	expect(C(FORMED_POLICE), "2020-09-08", 1143);
	expect(C(INDIVIDUAL_POLICE), "2020-09-08", 611);
	/* "Not 3 578": all three; "611 + 1 143 leave 70 unallocated". */
	assert_int_equal(1824 + 611 + 1143, 3578);
	assert_int_equal(on(C(POLICE), "2020-09-08").persons -
				 on(C(INDIVIDUAL_POLICE), "2020-09-08").persons -
				 on(C(FORMED_POLICE), "2020-09-08").persons,
			 70);
	forget(state);
	given("X", "return 2020-09-30 GHA:police=100 GHA:formed_police=60 NGA:formed_police=40\n");
	expect(C(POLICE), "2020-09-30", 140);
}

static void a_return_beats_a_total_of_the_same_day(void **state)
{
	(void)state;
	given("X", "total 2020-09-30 military=100\n"
		   "return 2020-09-30 GHA:troops=90\n");
	expect(C(MILITARY), "2020-10-01", 90);
}

static void a_return_is_complete_for_what_it_covers_only(void **state)
{
	(void)state;
	given("X", "return 2020-08-31 GHA:troops=90 GHA:individual_police=7\n"
		   "return 2020-09-30 covers=military GHA:troops=80\n");
	expect(C(MILITARY), "2020-10-01", 80);
	assert_false(on(C(MILITARY), "2020-10-01").partial);
	expect(C(POLICE), "2020-10-01", 7);
	expect(C(UNIFORMED), "2020-10-01", 87);
	assert_int_equal(on(C(UNIFORMED), "2020-10-01").as_of, facts_day("2020-08-31"));
}

static void units_move_the_head_count_between_returns(void **state)
{
	(void)state;
	given("X", "return 2020-08-31 GHA:troops=900 NGA:troops=800\n"
		   "unit GHA GHANBATT-1 2020-01-10 2020-09-20 troops=850\n"
		   "unit GHA GHANBATT-2 2020-09-15 - troops=840\n");
	expect(C(MILITARY), "2020-09-14", 1700);
	expect(C(MILITARY), "2020-09-15", 2540); /* a rotation: both count */
	expect(C(MILITARY), "2020-09-21", 1690);
	expect(C(TROOPS), "2020-09-21", 1690);
}

static void without_a_head_count_units_are_all_there_is(void **state)
{
	struct strength_day s;

	(void)state;
	given("X", "unit GHA GHANBATT-1 2020-01-10 2020-09-20 troops=850\n");
	assert_false(on(C(MILITARY), "2020-01-09").known);
	s = on(C(MILITARY), "2020-02-01");
	assert_int_equal(s.persons, 850);
	assert_int_equal(s.basis, MANDATE__BASIS__BASIS_UNIT);
	expect(C(UNIFORMED), "2020-02-01", 850);
	expect(C(MILITARY), "2020-09-21", 0);
}

static void an_old_head_count_does_not_haunt_a_closed_operation(void **state)
{
	struct strength_day s;

	(void)state;
	given("X", "return 2020-08-31 GHA:troops=900\n"
		   "unit GHA GUARD 2020-08-01 - troops=30\n");
	strength_on(dossier, C(MILITARY), facts_day("2020-10-01"), facts_day("2020-08-31"), &s);
	assert_int_equal(s.persons, 30);
	assert_int_equal(s.basis, MANDATE__BASIS__BASIS_UNIT);
	strength_on(dossier, C(MILITARY), facts_day("2020-10-01"), facts_day("2020-08-30"), &s);
	assert_int_equal(s.persons, 900);
}

static void one_number_for_all_counts_while_no_part_is_newer(void **state)
{
	(void)state;
	given("AMISOM", "total 2013-01-31 uniformed=17000\n"
			"total 2013-02-28 military=16000\n"
			"total 2013-02-28 police=300\n");
	expect(C(UNIFORMED), "2013-02-01", 17000);
	assert_false(on(C(MILITARY), "2013-02-01").known);
	expect(C(UNIFORMED), "2013-02-28", 16300);
}

/* MINUSCA 2020-10, cut to three contributors. */
static void an_estimate_is_by_contributor_or_else_by_place(void **state)
{
	struct estimate_day e;

	(void)state;
	given("MINUSCA", "estimate 2020-10-31 place Bangui/RWA=700 Bria/RWA=300 Bouar/BGD=150\n"
			 "estimate 2020-07-31 contributor RWA=900 BGD=200 GAB=450\n");
	strength_estimate(dossier, facts_day("2020-09-30"), &e);
	assert_int_equal(e.persons, 1550);
	assert_int_equal(e.contributors, 3);
	strength_estimate(dossier, facts_day("2020-10-31"), &e);
	assert_int_equal(e.persons, 1150);
	assert_int_equal(e.contributors, 2);
	assert_false(on(C(MILITARY), "2020-10-31").known);
	strength_estimate(dossier, facts_day("2020-07-30"), &e);
	assert_false(e.known);
}

/* strengths.csv UNMISS 2020-09-08 and mandates.csv S/RES/2514; the number for corrections officers,
 * who are within the police there, is not in the rows: 88 of the 2 101, and 70 on the ground. */
static void corrections_officers_within_the_police_are_a_child_of_it(void **state)
{
	struct strength_day s;

	(void)state;
	given("UNMISS",
	      "instrument UNSC S/RES/2514 2020-03-12 extend until=2021-03-15 military=17000 "
	      "police=2101 corrections<police=88\n"
	      "total 2020-09-08 police=1824\n"
	      "total 2020-09-08 individual_police=611\n"
	      "total 2020-09-08 formed_police=1143\n"
	      "total 2020-09-08 corrections=70\n");
	expect(C(POLICE), "2020-09-08", 1824);
	expect(C(CORRECTIONS), "2020-09-08", 70);
	/* Without a number for all the children are added: 611 + 1 143 + 70. */
	retract("total 2020-09-08 police=1824");
	s = on(C(POLICE), "2020-09-08");
	assert_int_equal(s.persons, 1824);
	assert_true(s.corrections);
	assert_false(s.partial);
	expect(C(UNIFORMED), "2020-09-08", 1824);
	retract("total 2020-09-08 corrections=70");
	s = on(C(POLICE), "2020-09-08");
	assert_int_equal(s.persons, 1754);
	assert_true(s.partial);
}

/* ceilings.csv MINUSCA: 1 800 police, "20 corrections officers besides". */
static void corrections_officers_besides_are_not_in_the_police(void **state)
{
	(void)state;
	given("MINUSCA", "instrument UNSC S/RES/2149 2014-04-10 establish until=2015-04-30 "
			 "police=1800@2014-09-15 corrections=20@2014-09-15\n"
			 "return 2014-10-31 CMR:individual_police=100 CMR:corrections=18\n");
	expect(C(POLICE), "2014-10-31", 100);
	expect(C(CORRECTIONS), "2014-10-31", 18);
	assert_false(on(C(POLICE), "2014-10-31").corrections);
}

/* The text of the day asked for decides, for all of S = H + N(D) - N(R). */
static void a_text_moves_corrections_officers_into_the_police_from_its_day(void **state)
{
	(void)state;
	given("X", "instrument UNSC S/RES/1 2000-01-01 establish corrections=20\n"
		   "instrument UNSC S/RES/2 2000-06-15 amend corrections<police=20\n"
		   "return 2000-05-31 GHA:individual_police=100 GHA:corrections=8 NGA:police=50 "
		   "NGA:corrections=5\n"
		   "unit GHA GUARDS 2000-06-10 - corrections=4\n"
		   "unit GHA OTHERS 2000-05-01 2000-06-20 corrections=3\n");
	expect(C(POLICE), "2000-06-14", 150);
	expect(C(POLICE), "2000-06-15", 150 + 8 + 4); /* Nigeria's 5 are among its 50 */
	expect(C(POLICE), "2000-06-21", 150 + 8 + 4 - 3);
	expect(C(UNIFORMED), "2000-06-21", 150 + 8 + 4 - 3);
	expect(C(CORRECTIONS), "2000-06-21", 13 + 4 - 3);
}

/* AMISOM's one number for all holds them already. */
static void a_number_for_all_uniformed_stands_with_corrections_officers_in_it(void **state)
{
	(void)state;
	given("X", "instrument UNSC S/RES/1 2000-01-01 establish corrections<police=20\n"
		   "total 2000-05-31 uniformed=900\n"
		   "total 2000-05-31 corrections=10\n");
	expect(C(UNIFORMED), "2000-06-01", 900);
	assert_false(on(C(POLICE), "2000-06-01").known);
}

#define TEST(name) cmocka_unit_test_teardown(name, forget)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_return_of_the_month_follows_a_total_of_the_ninth),
		TEST(who_is_not_in_a_return_has_none),
		TEST(a_contributor_that_left_is_not_carried_forward),
		TEST(a_parents_row_stands_and_children_are_breakdown),
		TEST(a_return_beats_a_total_of_the_same_day),
		TEST(a_return_is_complete_for_what_it_covers_only),
		TEST(units_move_the_head_count_between_returns),
		TEST(without_a_head_count_units_are_all_there_is),
		TEST(an_old_head_count_does_not_haunt_a_closed_operation),
		TEST(one_number_for_all_counts_while_no_part_is_newer),
		TEST(an_estimate_is_by_contributor_or_else_by_place),
		TEST(corrections_officers_within_the_police_are_a_child_of_it),
		TEST(corrections_officers_besides_are_not_in_the_police),
		TEST(a_text_moves_corrections_officers_into_the_police_from_its_day),
		TEST(a_number_for_all_uniformed_stands_with_corrections_officers_in_it),
	};

	return cmocka_run_group_tests_name("rules/strength", tests, NULL, NULL);
}
