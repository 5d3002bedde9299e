/* Lineage and successions, section 5 of the definitions, with rows of arrangements.csv. */
#include "rules_judged_world.h"

#include "rules/lineage.h"
#include "rules/mandate.h"

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

/* --- mandates of successor and predecessor --- */

static void assert_silent(const struct dossier *d, int32_t day)
{
	Mandate__Alert **alerts;
	size_t count;

	assert_int_equal(alert_evaluate(d, &parameters, day, &arena, &alerts, &count), STATUS_OK);
	for (size_t i = 0; i < count; i++)
		if (alerts[i]->code == MANDATE__ALERT_CODE__ALERT_CODE_SUCC_GAP ||
		    alerts[i]->code == MANDATE__ALERT_CODE__ALERT_CODE_SUCC_OVERLAP)
			fail_msg("%s on %s", alerts[i]->key, text_of(day));
}

/* The 14 successions of arrangements.csv: the predecessor's recorded end (operations.csv), the
 * first day of the successor's mandate (mandates.csv), and the start of the arrangement. */
static const struct {
	const char *from, *end, *to, *first, *effective;
} successions[] = {
	{"AMIS", "2007-12-31", "UNAMID", "2007-07-31", "2007-12-31"},
	{"EUFOR~Tchad/RCA", "2009-03-15", "MINURCAT", "2007-09-25", "2009-03-15"},
	{"ECOMIL", "2003-10-01", "UNMIL", "2003-09-19", "2003-10-01"},
	{"AMIB", "2004-06-01", "ONUB", "2004-06-01", "2004-06-01"},
	{"ONUB", "2006-12-31", "BINUB", "2007-01-01", "2007-01-01"},
	{"MISCA", "2014-09-15", "MINUSCA", "2014-04-10", "2014-09-15"},
	{"INTERFET", "2000-02-28", "UNTAET", "1999-10-25", "2000-02-28"},
	{"UNTAET", "2002-05-20", "UNMISET", "2002-05-20", "2002-05-20"},
	{"SFOR", "2004-12-02", "EUFOR~Althea", "2004-12-02", "2004-12-02"},
	{"MONUC", "2010-06-30", "MONUSCO", "2010-07-01", "2010-07-01"},
	{"UNMIS", "2011-07-09", "UNMISS", "2011-07-09", "2011-07-09"},
	{"AMISOM", "2022-03-31", "ATMIS", "2022-04-01", "2022-04-01"},
	{"ATMIS", "2024-12-31", "AUSSOM", "2025-01-01", "2025-01-01"},
	{"UNAMID", "2020-12-31", "UNITAMS", "2020-06-03", "2021-01-01"},
};

/* Days on which both mandates are in force; no alert ever speaks of it. */
static int days_of_both(const char *from, const char *to, int32_t first, int32_t last)
{
	struct dossier *old = dossier_of(from), *new = dossier_of(to);
	int both = 0;

	for (int32_t day = first; day <= last; day++) {
		struct mandate_day m, n;

		mandate_on(old, NULL, day, &m);
		mandate_on(new, NULL, day, &n);
		both += m.in_force && n.in_force;
		assert_silent(old, day);
	}
	dossier_free(old);
	dossier_free(new);
	return both;
}

/* "Mandates of both may overlap (10 of 14 rows do, UNAMID/UNITAMS 212 days); authority changes
 * once, on E." */
static void mandates_of_ten_successions_of_fourteen_overlap(void **state)
{
	int overlap = 0, of_unitams = 0;

	for (size_t i = 0; i < sizeof successions / sizeof *successions; i++) {
		char lines[512], from[32], to[32], *tilde;
		int days;

		finish(state);
		begin(state);
		snprintf(lines, sizeof lines,
			 "operation %s partner end=%s\noperation %s un_pko\n"
			 "instrument %s UNSC D-1 1990-01-01 establish\n"
			 "instrument %s UNSC D-2 %s establish\n"
			 "arrangement S succession UN %s %s eff=%s end=%s\naccept S UN %s\n",
			 successions[i].from, successions[i].end, successions[i].to,
			 successions[i].from, successions[i].to, successions[i].first,
			 successions[i].from, successions[i].to, successions[i].effective,
			 successions[i].effective, successions[i].effective);
		world_read(&world, lines);
		snprintf(from, sizeof from, "%s", successions[i].from);
		snprintf(to, sizeof to, "%s", successions[i].to);
		while ((tilde = strchr(from, '~')) || (tilde = strchr(to, '~')))
			*tilde = ' ';
		days = days_of_both(from, to, world_day(successions[i].first) - 5,
				    world_day(successions[i].effective) + 35);
		overlap += days > 0;
		if (strcmp(to, "UNITAMS") == 0)
			of_unitams = days;
	}
	assert_int_equal(overlap, 10);
	assert_int_equal(of_unitams, 212);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(lineage_from_every_link_of_the_chain),
		TEST(lineage_over_splits_and_merges_and_what_is_only_proposed),
		TEST(mandates_of_ten_successions_of_fourteen_overlap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
