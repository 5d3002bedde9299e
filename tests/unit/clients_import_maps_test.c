/* Kinds of CSV file in which many rows are a fact. */
#include "import_fixture.h"

/* --- many rows are a fact ------------------------------------------------------------------- */

static void head_counts_of_a_month_are_one_return(void **state)
{
	struct fixture *f = *state;

	take(f, "deployments",
	     DEPLOYMENTS "MONUC,URY,troops,1548,2004-12,reported_headcount,high,site\n"
			 "MONUC,BGD,troops,1304,2004-12,reported_headcount,medium,site\n"
			 "MONUC,BGD,observers,23,2004-12,reported_headcount,high,a table\n"
			 "MONUC,KEN,observers,1,2004-12,reported_headcount,high,site\n"
			 "MONUC,KEN,observers,2,2004-12,reported_headcount,high,site\n"
			 "MONUC,DZA,observers,eleven,2004-12,reported_headcount,high,site\n"
			 "MONUC,DZA,formed_units,11,2004-12,reported_headcount,high,site\n"
			 "MONUC,unknown,troops,11,2004-12,reported_headcount,high,site\n"
			 "MONUC,DZA,troops,11,2004-12,rumour,high,site\n");
	assert_int_equal(f->result.fact_count, 1);
	assert_int_equal(f->result.facts[0].rows, 3);
	const Mandate__Change *c = change_of(f, "MONUC:2004-12-31", 1);
	const Mandate__Return *r = c->record->return_;
	assert_int_equal(r->n_covers, 2);
	assert_int_equal(r->covers[0], MANDATE__COMPONENT__COMPONENT_TROOPS);
	assert_int_equal(r->covers[1], MANDATE__COMPONENT__COMPONENT_OBSERVERS);
	assert_int_equal(r->n_counts, 3);
	assert_string_equal(r->counts[0]->contributor, "BGD");
	assert_int_equal(r->counts[0]->component, MANDATE__COMPONENT__COMPONENT_TROOPS);
	assert_int_equal(r->counts[1]->persons, 23);
	assert_string_equal(r->counts[2]->contributor, "URY");
	assert_string_equal(c->source->text, "a table; site");
	assert_int_equal(c->source->confidence, MANDATE__CONFIDENCE__CONFIDENCE_MEDIUM);
	assert_problem(f, 0, 5, "key_twice");
	assert_problem(f, 1, 6, "key_twice");
	assert_problem(f, 2, 7, "bad_number");
	assert_problem(f, 3, 8, "bad_value");
	assert_problem(f, 4, 9, "unknown_contributor");
	assert_problem(f, 5, 10, "bad_value");
}

static void three_sources_of_one_map_never_add_up(void **state)
{
	static const char key[] = "MINUSCA:2020-10-31:contributor";
	struct fixture *f = *state;

	take(f, "deployments",
	     DEPLOYMENTS
	     "MINUSCA,RWA,formed_units,5000,2020-10,estimated_from_unit_size,medium,a map\n"
	     "MINUSCA,BDI,formed_units,7385,2020-10,estimated_from_unit_size,medium,a map\n");
	assert_int_equal(sum_of(f, key, 0), 12385);
	take(f, "contributions-monthly",
	     MONTHLY "MINUSCA,2020-10,RWA,formed_units,5000,,Map no. 4522 Rev. 19,\n"
		     "MINUSCA,2020-10,BDI,formed_units,7385,,Map no. 4522 Rev. 19,\n");
	assert_int_equal(sum_of(f, key, 1), 12385);
	assert_string_equal(change_of(f, key, 1)->source->text, "Map no. 4522 Rev. 19");
	take(f, "contributions-locations",
	     LOCATIONS "MINUSCA,2020-10,Bangui,CAF,4.38333,18.56667,RWA,formed_units,5000,,,,force,"
		       "Map no. 4522 Rev. 19,\n"
		       "MINUSCA,2020-10,Bria,CAF,6.53333,21.98333,BDI,formed_units,7385,,,,,Map "
		       "no. 4522 Rev. 19,\n");
	assert_int_equal(sum_of(f, "MINUSCA:2020-10-31:place", 1), 12385);
}

static void a_replaced_map_is_a_lower_edition_of_the_whole_map(void **state)
{
	struct fixture *f = *state;

	/* MONUSCO 2019-09: replaced twice; 34.10 would come after 34.9. */
	take(f, "contributions-monthly",
	     MONTHLY
	     "MONUSCO,2019-09,PAK,formed_units,14060,,Map no. 4412 Rev. 34.10,\n"
	     "MONUSCO,2019-09,PAK,formed_units,14210,,Map no. 4412 Rev. 34.9 (republished as "
	     "34.10),yes\n"
	     "MONUSCO,2019-09,PAK,formed_units,13200,,Map no. 4412 Rev. 34 (republished as "
	     "34.9),yes\n"
	     "MONUSCO,2019-09,URY,formed_units,45,,Map no. 4412 Rev. 34 (republished as 34.9),yes\n"
	     "MONUSCO,2019-10,PAK,formed_units,1,,Map no. 4412 Rev. 36,\n");
	assert_int_equal(f->result.fact_count, 4);
	assert_int_equal(sum_of(f, "MONUSCO:2019-09-30:contributor", 1), 13245);
	assert_int_equal(sum_of(f, "MONUSCO:2019-09-30:contributor", 2), 14210);
	assert_int_equal(sum_of(f, "MONUSCO:2019-09-30:contributor", 3), 14060);
	assert_int_equal(sum_of(f, "MONUSCO:2019-10-31:contributor", 1), 1);

	/* UNIFIL 2020-02: one contingent was another country's. */
	take(f, "contributions-monthly",
	     MONTHLY
	     "UNIFIL,2020-02,KAZ,formed_units,150,,Map No. 4144 Rev. 45.1,\n"
	     "UNIFIL,2020-02,IND,formed_units,8150,,Map No. 4144 Rev. 45.1,\n"
	     "UNIFIL,2020-02,KGZ,formed_units,150,,Map No. 4144 Rev. 45 (republished),yes\n"
	     "UNIFIL,2020-02,IND,formed_units,8150,,Map No. 4144 Rev. 45 (republished),yes\n");
	const Mandate__Estimate *e =
		change_of(f, "UNIFIL:2020-02-29:contributor", 2)->record->estimate;
	assert_int_equal(persons_of(e), 8300);
	assert_int_equal(e->n_contributors, 2);
	assert_string_equal(e->contributors[0]->contributor, "IND");
	assert_string_equal(e->contributors[1]->contributor, "KAZ");
	e = change_of(f, "UNIFIL:2020-02-29:contributor", 1)->record->estimate;
	assert_int_equal(persons_of(e), 8300);
	assert_string_equal(e->contributors[1]->contributor, "KGZ");
}

static void the_current_map_comes_last_whatever_its_number(void **state)
{
	struct fixture *f = *state;

	take(f, "contributions-monthly",
	     MONTHLY "A,2019-09,PAK,formed_units,10,,Map no. 1 Rev. 2,\n"
		     "A,2019-09,PAK,formed_units,20,,Map no. 1 Rev. 16E,yes\n"
		     "A,2019-09,PAK,formed_units,30,,Map no. 1,yes\n"
		     "B,2019-09,PAK,formed_units,40,,Map no. 1 Rev. 5,\n"
		     "B,2019-09,URY,formed_units,50,,Map no. 1 Rev. 5,yes\n");
	assert_int_equal(sum_of(f, "A:2019-09-30:contributor", 1), 30);
	assert_int_equal(sum_of(f, "A:2019-09-30:contributor", 2), 20);
	assert_int_equal(sum_of(f, "A:2019-09-30:contributor", 3), 10);
	/* Marked in part: only what is current adds up to the current one. */
	assert_int_equal(sum_of(f, "B:2019-09-30:contributor", 1), 50);
	assert_int_equal(sum_of(f, "B:2019-09-30:contributor", 2), 40);
}

static void what_is_attributed_to_nobody_is_reported(void **state)
{
	struct fixture *f = *state;

	take(f, "contributions-monthly",
	     MONTHLY "MINURSO,1995-03,unknown,formed_units,,1,Map no. 3691 Rev. 3,\n"
		     "MINURSO,1995-05,unknown,formed_units,35,1,Map no. 3691 Rev. 4,\n"
		     "MINURSO,1995-05,GHA,formed_units,,1,Map no. 3691 Rev. 4,\n"
		     "MINURSO,1995-05,KEN,formed_units,20,,Map no. 3691 Rev. 4,\n"
		     "MINURSO,1995-05,KOR,formed_units,20,,Map no. 3691 Rev. 4,\n"
		     "MINURSO,1995-05,KOR,formed_units,30,,Map no. 3691 Rev. 4,\n"
		     "MINURSO,1995-05,,formed_units,30,,Map no. 3691 Rev. 4,\n"
		     "MINURSO,1995-05,CHE,presence_only,,,Map no. 3691 Rev. 4,\n");
	assert_int_equal(f->result.fact_count, 1);
	assert_int_equal(sum_of(f, "MINURSO:1995-05-31:contributor", 1), 20);
	assert_problem(f, 0, 2, "unknown_contributor");
	assert_problem(f, 1, 3, "unknown_contributor");
	assert_problem(f, 2, 4, "no_number");
	assert_problem(f, 3, 6, "key_twice");
	assert_problem(f, 4, 7, "key_twice");
	assert_problem(f, 5, 8, "unknown_contributor");
	assert_problem(f, 6, 9, "bad_value");
}

static void a_map_without_content_takes_back_the_one_it_replaces(void **state)
{
	struct fixture *f = *state;

	take(f, "contributions-monthly",
	     MONTHLY "A,2019-09,PAK,formed_units,10,,Map no. 1 Rev. 1,yes\n"
		     "A,2019-09,unknown,formed_units,10,,Map no. 1 Rev. 2,\n"
		     "B,2019-09,PAK,formed_units,10,,Map no. 1 Rev. 1,yes\n"
		     "B,2019-09,PAK,formed_units,many,,Map no. 1 Rev. 2,\n");
	assert_int_equal(f->result.fact_count, 3);
	const Mandate__Change *c = change_of(f, "A:2019-09-30:contributor", 2);
	assert_int_equal(c->action, MANDATE__CHANGE_ACTION__CHANGE_ACTION_RETRACT);
	assert_int_equal(sum_of(f, "A:2019-09-30:contributor", 1), 10);
	/* Of the other, only bad rows are left: nothing is known of it. */
	assert_int_equal(sum_of(f, "B:2019-09-30:contributor", 1), 10);
}

static void a_bad_row_does_not_move_the_editions_of_other_maps(void **state)
{
	struct fixture *f = *state;

	take(f, "contributions-monthly",
	     MONTHLY "A,2019-09,PAK,formed_units,many,,Map no. 1 Rev. 1,yes\n"
		     "A,2019-09,PAK,formed_units,10,,Map no. 1 Rev. 2,\n");
	assert_int_equal(f->result.fact_count, 1);
	assert_int_equal(sum_of(f, "A:2019-09-30:contributor", 2), 10);
}

static void units_at_one_place_add_up_and_doubled_rows_do_not(void **state)
{
	struct fixture *f = *state;

	take(f, "contributions-locations",
	     LOCATIONS
	     "UNAMID,2014-07,El Fasher,SDN,13.63333,25.35000,RWA,formed_units,300,,,,,Map no. 4327 "
	     "Rev. 15,\n"
	     "UNAMID,2014-07,El Fasher,SDN,13.63333,25.35000,RWA,formed_units,150,,,,force,Map no. "
	     "4327 Rev. 15,\n"
	     "UNAMID,2014-07,El Fasher,SDN,13.63333,25.35000,KEN,formed_units,35,,,1,,Map no. 4327 "
	     "Rev. 15,\n"
	     "UNAMID,2014-07,El Fasher,SDN,13.63333,25.35000,KEN,formed_units,35,,,1,,Map no. 4327 "
	     "Rev. 15,\n");
	const Mandate__Estimate *e = change_of(f, "UNAMID:2014-07-31:place", 1)->record->estimate;
	assert_int_equal(e->n_places, 1);
	const Mandate__Place *p = e->places[0];
	assert_int_equal(p->n_contingents, 2);
	assert_string_equal(p->contingents[0]->contributor, "KEN");
	assert_int_equal(p->contingents[0]->persons, 35);
	assert_string_equal(p->contingents[1]->contributor, "RWA");
	assert_int_equal(p->contingents[1]->persons, 450);
	assert_int_equal(p->headquarters, MANDATE__HEADQUARTERS__HEADQUARTERS_FORCE);
	assert_true(p->observers_here && !p->has_police_here && !p->has_formed_police_here);
	assert_int_equal(f->result.problem_count, 1);
	assert_problem(f, 0, 5, "doubled_row");
	assert_int_equal(f->result.facts[0].rows, 3);
}

static void places_are_told_apart_by_name_and_coordinates(void **state)
{
	struct fixture *f = *state;

	take(f, "contributions-locations",
	     LOCATIONS
	     "MONUC,2003-11,Kindu,COD,-2.95000,25.95,URY,formed_units,150,,,,,Map no. 4121 Rev. "
	     "19,\n"
	     "MONUC,2003-11,Kindu,COD,-2.95001,25.95,URY,formed_units,35,,,,,Map no. 4121 Rev. "
	     "19,\n"
	     "MONUC,2003-11,Bunia,COD,1.5625,30.24842,,presence_only,,1,1,,sector,Map no. 4121 "
	     "Rev. 19,\n"
	     "MONUC,2003-11,Bunia,COD,1.5625,30.24842,BGD,presence_only,,,,,battalion,Map no. 4121 "
	     "Rev. 19,\n"
	     "MONUC,2003-11,Aru,COD;UGA,2,30,,formed_units,35,,,,,Map no. 4121 Rev. 19,\n"
	     "MONUC,2003-11,Beni,COD,0,29,NPL,formed_units,,,,,,Map no. 4121 Rev. 19,\n"
	     "MONUC,2003-11,Beni,COD,0,29,NPL,presence_only,5,,,,,Map no. 4121 Rev. 19,\n"
	     "MONUC,2003-11,Goma,COD,90.00001,29,IND,formed_units,5,,,,,Map no. 4121 Rev. 19,\n"
	     "MONUC,2003-11,Goma,COD,-1e1,29,IND,formed_units,5,,,,,Map no. 4121 Rev. 19,\n"
	     "MONUC,2003-11,Goma,COD,,29,IND,formed_units,5,,,,,Map no. 4121 Rev. 19,\n"
	     "MONUC,2003-11,Goma,Congo,-1.68333,29,IND,formed_units,5,,,,,Map no. 4121 Rev. 19,\n"
	     "MONUC,2003-11,Uvira,BDI;COD,-3.4,-180,IND,formed_units,5,,,,,Map no. 4121 Rev. "
	     "19,\n");
	const Mandate__Estimate *e = change_of(f, "MONUC:2003-11-30:place", 1)->record->estimate;
	assert_int_equal(e->n_places, 4);
	assert_string_equal(e->places[0]->name, "Bunia");
	assert_int_equal(e->places[0]->n_contingents, 0);
	assert_int_equal(e->places[0]->n_present_only, 1);
	assert_string_equal(e->places[0]->present_only[0], "BGD");
	assert_int_equal(e->places[0]->headquarters, MANDATE__HEADQUARTERS__HEADQUARTERS_SECTOR);
	assert_true(e->places[0]->formed_police_here && e->places[0]->police_here);
	assert_int_equal(e->places[0]->latitude, 156250);
	assert_int_equal(e->places[0]->longitude, 3024842);
	assert_int_equal(e->places[1]->latitude, -295001);
	assert_int_equal(e->places[2]->latitude, -295000);
	assert_string_equal(e->places[3]->name, "Uvira");
	assert_null(e->places[3]->country);
	assert_int_equal(e->places[3]->longitude, -18000000);
	assert_int_equal(problems_of(f, "several_countries"), 2);
	assert_int_equal(problems_of(f, "unknown_contributor"), 1);
	assert_int_equal(problems_of(f, "no_number"), 1);
	assert_int_equal(problems_of(f, "bad_number"), 2);
	assert_int_equal(problems_of(f, "missing_value"), 1);
	assert_int_equal(problems_of(f, "bad_value"), 2);
	assert_int_equal(f->result.problem_count, 9);
}

/* A map of `places` places, each with a name of `name_len` letters and digits. */
static void take_wide_map(struct fixture *f, size_t places, int name_len)
{
	char *text = arena_alloc(&f->arena, 256 * 1024);
	size_t len = (size_t)sprintf(text, "%s", LOCATIONS);

	for (size_t i = 0; i < places; i++)
		len += (size_t)sprintf(text + len,
				       "A,2019-09,%0*zu,COD,1,1,PAK,formed_units,1,,,,,Map,\n",
				       name_len, i);
	take(f, "contributions-locations", text);
}

static void facts_that_the_daemon_would_not_take_are_reported(void **state)
{
	struct fixture *f = *state;

	take_wide_map(f, PLACES_PER_ESTIMATE_MAX, 4);
	assert_int_equal(f->result.fact_count, 1);
	take_wide_map(f, PLACES_PER_ESTIMATE_MAX + 1, 4);
	assert_int_equal(f->result.fact_count, 0);
	assert_problem(f, 0, 2, "malformed");
	take_wide_map(f, PLACES_PER_ESTIMATE_MAX, 40);
	assert_int_equal(f->result.fact_count, 0);
	assert_problem(f, 0, 2, "too_large");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(head_counts_of_a_month_are_one_return),
		TEST(three_sources_of_one_map_never_add_up),
		TEST(a_replaced_map_is_a_lower_edition_of_the_whole_map),
		TEST(the_current_map_comes_last_whatever_its_number),
		TEST(what_is_attributed_to_nobody_is_reported),
		TEST(a_map_without_content_takes_back_the_one_it_replaces),
		TEST(a_bad_row_does_not_move_the_editions_of_other_maps),
		TEST(units_at_one_place_add_up_and_doubled_rows_do_not),
		TEST(places_are_told_apart_by_name_and_coordinates),
		TEST(facts_that_the_daemon_would_not_take_are_reported),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
