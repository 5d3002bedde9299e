/* Lineage, section 5 of the definitions, with rows of arrangements.csv. */
#include "rules_world.h"

#include "rules/lineage.h"

static struct world world;
static struct arena arena;

static int begin(void **state)
{
	(void)state;
	world_init(&world);
	arena_init(&arena, 1024 * 1024);
	return 0;
}

static int finish(void **state)
{
	(void)state;
	world_fini(&world);
	arena_fini(&arena);
	return 0;
}

/* "AMIS->UNAMID@2007-12-31(1) ..." */
static void assert_lineage(const char *operation, const char *expected)
{
	struct view v = world_view(&world);
	const struct lineage_edge *edges;
	char text[1024] = "";
	size_t count;

	assert_int_equal(lineage_of(&v, &arena, operation, &edges, &count), STATUS_OK);
	for (size_t i = 0; i < count; i++) {
		char day[DAY_TEXT_BYTES];

		day_format(day, edges[i].life.effective_from);
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s->%s@%s(%d)",
			 i > 0 ? " " : "", edges[i].record->operation,
			 edges[i].record->other_operation, day, edges[i].distance);
	}
	assert_string_equal(text, expected);
}

/* "AMIS -> UNAMID (2007-12-31) -> UNITAMS (2021-01-01)" */
static void lineage_from_every_link_of_the_chain(void **state)
{
	(void)state;
	world_read(&world, "arrangement UNAMID-UNITAMS succession UN+AU;UN UNAMID UNITAMS "
			   "eff=2021-01-01 end=2021-01-01\n"
			   "accept UNAMID-UNITAMS UN 2021-01-01\n"
			   "accept UNAMID-UNITAMS AU 2021-01-01\n"
			   "arrangement AMIS-UNAMID succession AU;UN AMIS UNAMID eff=2007-12-31 "
			   "end=2007-12-31\n"
			   "accept AMIS-UNAMID AU 2007-12-31\n"
			   "accept AMIS-UNAMID UN 2007-12-31\n"
			   "arrangement UNAMID-hybrid hybrid UN;AU UNAMID - eff=2007-12-31\n"
			   "accept UNAMID-hybrid UN 2007-12-31\n"
			   "accept UNAMID-hybrid AU 2007-12-31\n"
			   "arrangement UNAMID-UNCT integrated UN UNAMID UNITAMS eff=2018-07-13\n"
			   "accept UNAMID-UNCT UN 2018-07-13\n");
	assert_lineage("AMIS", "AMIS->UNAMID@2007-12-31(1) UNAMID->UNITAMS@2021-01-01(2)");
	assert_lineage("UNAMID", "AMIS->UNAMID@2007-12-31(-1) UNAMID->UNITAMS@2021-01-01(1)");
	assert_lineage("UNITAMS", "AMIS->UNAMID@2007-12-31(-2) UNAMID->UNITAMS@2021-01-01(-1)");
	assert_lineage("UNMIL", "");
}

static void lineage_over_splits_and_merges_and_what_is_only_proposed(void **state)
{
	(void)state;
	world_read(&world, "arrangement A-B split UN A B eff=2001-01-01\n"
			   "accept A-B UN 2001-01-01\n"
			   "arrangement A-C split UN A C eff=2002-01-01\n"
			   "accept A-C UN 2002-01-01\n"
			   "arrangement B-D merge UN B D eff=2003-01-01\n"
			   "accept B-D UN 2003-01-01\n"
			   "arrangement C-D merge UN C D eff=2003-01-01\n"
			   "accept C-D UN 2003-01-01\n"
			   "arrangement D-E succession UN;AU D E eff=2004-01-01\n"
			   "accept D-E UN 2004-01-01\n" /* not the AU yet */
			   "arrangement E-F succession UN E F eff=2005-01-01\n"
			   "accept E-F UN 2005-01-01\n"
			   "arrangement D-G succession UN;AU D G eff=2004-01-01\n"
			   "decline D-G AU 2003-06-01\n"
			   "arrangement F-A succession UN F A eff=2006-01-01\n" /* a ring ends */
			   "accept F-A UN 2006-01-01\n");
	assert_lineage("B", "A->B@2001-01-01(-1) A->C@2002-01-01(2) B->D@2003-01-01(1) "
			    "C->D@2003-01-01(-2) E->F@2005-01-01(-3) F->A@2006-01-01(-2) "
			    "D->E@-(2)");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(lineage_from_every_link_of_the_chain),
		TEST(lineage_over_splits_and_merges_and_what_is_only_proposed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
