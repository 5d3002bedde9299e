/* Acts, section 0 of the definitions: every act against every state that it can meet. Those of
 * pledges are in rules_act_pledge_test. */
#include "rules_acts.h"

/* --- arrangements --- */

/* Every state of an arrangement on the day of the answer, and what an answer by another party, by
 * one that has answered, and by none of its parties then gets. */
static void answers_to_an_arrangement_in_every_state(void **state)
{
	static const struct {
		const char *name, *set_up, *day;
		Mandate__Code other, again, stranger;
	} rows[] = {
		{"unknown", "operation A un_pko", "2010-01-01", CODE(NEEDS_EARLIER),
		 CODE(NEEDS_EARLIER), CODE(NEEDS_EARLIER)},
		{"proposed", "arrangement X parallel UN;EU - - eff=2010-03-01 by=2010-02-01",
		 "2010-02-01", CODE(ACCEPTED), CODE(ACCEPTED), CODE(ILLEGAL_TRANSITION)},
		{"accepted by one side",
		 "arrangement X parallel UN;EU - - eff=2010-03-01\naccept X EU 2010-01-01",
		 "2010-06-01", CODE(ACCEPTED), CODE(ACCEPTED), CODE(ILLEGAL_TRANSITION)},
		{"accepted by both",
		 "arrangement X parallel UN;EU - - eff=2010-03-01\naccept X EU 2010-01-01\n"
		 "accept X UN 2010-01-01",
		 "2010-02-01", CODE(ACCEPTED), CODE(ACCEPTED), CODE(ILLEGAL_TRANSITION)},
		{"in effect",
		 "arrangement X parallel UN;EU - - eff=2010-03-01 end=2010-12-31\n"
		 "accept X EU 2010-01-01\naccept X UN 2010-01-01",
		 "2010-12-31", CODE(ACCEPTED), CODE(ACCEPTED), CODE(ILLEGAL_TRANSITION)},
		/* The decline need not have come first on every history. */
		{"declined",
		 "arrangement X parallel UN;EU - - eff=2010-03-01\ndecline X EU 2010-01-01",
		 "2010-06-01", CODE(ACCEPTED), CODE(ACCEPTED), CODE(ILLEGAL_TRANSITION)},
		{"lapsed",
		 "arrangement X parallel UN;EU - - eff=2010-03-01 by=2010-02-01\n"
		 "accept X EU 2010-01-01",
		 "2010-02-02", CODE(ILLEGAL_TRANSITION), CODE(ILLEGAL_TRANSITION),
		 CODE(ILLEGAL_TRANSITION)},
		{"ended", "arrangement X parallel UN;EU - - eff=2010-03-01 end=2010-12-31",
		 "2011-01-01", CODE(ILLEGAL_TRANSITION), CODE(ILLEGAL_TRANSITION),
		 CODE(ILLEGAL_TRANSITION)},
		/* "For succession ... end_date is ignored." */
		{"succession past its end",
		 "arrangement X succession UN;EU A B eff=2010-03-01 end=2010-03-01", "2011-01-01",
		 CODE(ACCEPTED), CODE(ACCEPTED), CODE(ILLEGAL_TRANSITION)},
	};
	static const char *const replies[] = {"accept", "decline"};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof rows / sizeof *rows; i++) {
		const char *reply = replies[i % 2];
		char line[128];

		world_fini(&world);
		world_init(&world);
		world_read(&world, rows[i / 2].set_up);
		snprintf(line, sizeof line, "%s X UN %s", reply, rows[i / 2].day);
		assert_code(line, rows[i / 2].other);
		snprintf(line, sizeof line, "%s X EU %s", reply, rows[i / 2].day);
		assert_code(line, rows[i / 2].again);
		snprintf(line, sizeof line, "%s X AU %s", reply, rows[i / 2].day);
		assert_code(line, rows[i / 2].stranger);
	}
}

static void answers_say_what_is_wrong_and_where(void **state)
{
	(void)state;
	assert_refused("accept X UN 2010-01-01", CODE(NEEDS_EARLIER),
		       "record.acceptance.arrangement", "arrangement X");
	world_line(&world, "arrangement X parallel UN;EU - - end=2010-12-31 by=2010-02-01");
	assert_refused("accept X AU 2010-01-01", CODE(ILLEGAL_TRANSITION),
		       "record.acceptance.party", "arrangement X");
	assert_refused("accept X UN 2010-02-02", CODE(ILLEGAL_TRANSITION), "record.acceptance.day",
		       "arrangement X");
	world_line(&world, "arrangement X parallel UN;EU - - end=2010-12-31");
	assert_refused("accept X UN 2011-01-01", CODE(ILLEGAL_TRANSITION), "record.acceptance.day",
		       "arrangement X");
	/* Taken back, it may come again. */
	world_retract(&world, "arrangement X parallel UN;EU - -");
	assert_refused("accept X UN 2010-01-01", CODE(NEEDS_EARLIER),
		       "record.acceptance.arrangement", "arrangement X");
	assert_int_equal(ask_edition("accept X UN 2010-01-01", 2, true).code, CODE(ACCEPTED));
}

/* Every state in which a function can be on the day of a handover by A, and whether A may propose
 * it. */
static void a_handover_in_every_state_of_its_function(void **state)
{
	static const char proposal[] = "arrangement H handover_of_function UN;EU A B "
				       "eff=2010-01-01 function=policing";
#define GIVEN(name, from, to, day)                                                                 \
	"arrangement " name " handover_of_function UN;EU " from " " to " eff=" day                 \
	" function=policing\naccept " name " UN " day "\naccept " name " EU " day "\n"
	static const struct {
		const char *name, *set_up;
		Mandate__Code code;
	} rows[] = {
		{"claimed by nobody", "", CODE(ACCEPTED)},
		{"claimed by it", "claim policing XKX A 2000-01-01", CODE(ACCEPTED)},
		{"claimed by it from that day on", "claim policing XKX A 2010-01-01",
		 CODE(ACCEPTED)},
		{"claimed by it later", "claim policing XKX A 2010-01-02", CODE(NOT_HOLDER)},
		{"given up by it the day before",
		 "claim policing XKX A 2000-01-01 until=2009-12-31", CODE(NOT_HOLDER)},
		{"given up by it after that day",
		 "claim policing XKX A 2000-01-01 until=2010-01-01", CODE(ACCEPTED)},
		{"claimed by another", "claim policing XKX C 2000-01-01", CODE(NOT_HOLDER)},
		{"claimed by both",
		 "claim policing XKX C 2000-01-01\nclaim policing XKX A 2005-01-01",
		 CODE(ACCEPTED)},
		{"claimed in another area", "claim policing LBR C 2000-01-01", CODE(ACCEPTED)},
		{"received before", GIVEN("G", "C", "A", "2005-01-01"), CODE(ACCEPTED)},
		{"received later", GIVEN("G", "C", "A", "2012-01-01"), CODE(NOT_HOLDER)},
		{"given away before", GIVEN("G", "A", "C", "2005-01-01"), CODE(NOT_HOLDER)},
		{"given away that day", GIVEN("G", "A", "C", "2010-01-01"), CODE(NOT_HOLDER)},
		{"given away later", GIVEN("G", "A", "C", "2012-01-01"), CODE(ACCEPTED)},
		{"given away and back",
		 GIVEN("G", "A", "C", "2005-01-01") GIVEN("K", "C", "A", "2007-01-01"),
		 CODE(ACCEPTED)},
		/* A proposal moves nothing. */
		{"to be given away, by one side",
		 "claim policing XKX A 2000-01-01\n"
		 "arrangement G handover_of_function UN;EU A C eff=2005-01-01 function=policing\n"
		 "accept G UN 2005-01-01",
		 CODE(ACCEPTED)},
		{"to be received, by one side",
		 "claim policing XKX C 2000-01-01\n"
		 "arrangement G handover_of_function UN;EU C A eff=2005-01-01 function=policing\n"
		 "accept G UN 2005-01-01",
		 CODE(NOT_HOLDER)},
		{"to be received, declined",
		 GIVEN("G", "C", "A", "2005-01-01") "decline G EU 2005-01-01\n"
						    "claim policing XKX C 2000-01-01",
		 CODE(NOT_HOLDER)},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		Mandate__Code code;

		world_fini(&world);
		world_init(&world);
		world_read(&world, "operation A un_pko host=XKX\noperation B un_pko host=XKX\n"
				   "operation C un_pko host=XKX\n");
		world_read(&world, rows[i].set_up);
		code = ask(proposal).code;
		if (code != rows[i].code)
			fail_msg("%s: %d", rows[i].name, (int)code);
	}
}

/* Who proposes once more, or takes back, changes what was proposed: in every state it may, and
 * acceptances that are on record stand. Other kinds than a handover name nothing that is held. */
static void a_proposal_and_its_end_in_every_state(void **state)
{
	static const char *const kinds[] = {"hybrid",	  "parallel",
					    "succession", "split",
					    "merge",	  "support_package",
					    "pillar",	  "support_arrangement",
					    "integrated", "integrated_component"};
	static const char *const answers[] = {"", /* proposed, and past its days lapsed or ended */
					      "accept X UN 2010-01-01",
					      "accept X UN 2010-01-01\naccept X EU 2010-01-02",
					      "decline X EU 2010-01-02"};
	static const char *const days[] = {"eff=2009-12-01", "eff=2030-01-01",
					   "eff=2009-12-01 end=2010-06-30",
					   "eff=2009-12-01 by=2009-12-31"};

	(void)state;
	for (size_t n = 0; n < 10 * 4 * 4; n++) {
		char line[128];

		world_fini(&world);
		world_init(&world);
		snprintf(line, sizeof line, "arrangement X %s UN;EU A B %s", kinds[n / 16],
			 days[n / 4 % 4]);
		assert_code(line, CODE(ACCEPTED));
		world_line(&world, line);
		world_read(&world, answers[n % 4]);
		assert_code(line, CODE(ACCEPTED));
		assert_int_equal(ask_edition(line, 2, true).code, CODE(ACCEPTED));
		/* An answer is taken back as freely, once it is on record. */
		assert_int_equal(ask_edition("accept X UN 2010-01-01", 2, true).code,
				 CODE(ACCEPTED));
		assert_int_equal(ask_edition("decline X EU 2010-01-02", 2, true).code,
				 CODE(ACCEPTED));
	}
}

/* "A handover is checked against the holder on its own effective day as known now". */
static void handover_by_who_does_not_hold_it_on_its_own_day(void **state)
{
	(void)state;
	world_read(&world, "operation UNMIK un_pko start=1999-06-10 host=XKX\n"
			   "operation EULEX partner start=2008-12-09 host=XKX\n"
			   "operation OMIK partner start=1999-07-01 host=XKX\n");
#define HANDOVER " handover_of_function UN;EU "
	/* Nobody is known to hold it: the giver says so. */
	assert_code("arrangement H" HANDOVER "UNMIK EULEX eff=2008-12-09 function=policing",
		    CODE(ACCEPTED));
	world_line(&world, "claim policing XKX UNMIK 1999-06-10 until=2015-12-31");
	assert_code("arrangement H" HANDOVER "UNMIK EULEX eff=2008-12-09 function=policing",
		    CODE(ACCEPTED));
	assert_code("arrangement H" HANDOVER "UNMIK EULEX eff=1999-06-10 function=policing",
		    CODE(ACCEPTED));
	assert_refused("arrangement H" HANDOVER "UNMIK EULEX eff=1999-06-09 function=policing",
		       CODE(NOT_HOLDER), "record.arrangement.functions", "arrangement H");
	assert_refused("arrangement H" HANDOVER "UNMIK EULEX eff=2016-01-01 function=policing",
		       CODE(NOT_HOLDER), "record.arrangement.functions", "arrangement H");
	assert_refused("arrangement H" HANDOVER "OMIK EULEX eff=2008-12-09 function=policing",
		       CODE(NOT_HOLDER), "record.arrangement.functions",
		       "claim policing:XKX:UNMIK");
	/* Any of several; another area is another function; no day is not yet wrong. */
	assert_code("arrangement H" HANDOVER
		    "OMIK EULEX eff=2008-12-09 function=rail function=policing",
		    CODE(NOT_HOLDER));
	assert_code("arrangement H" HANDOVER
		    "OMIK EULEX eff=2008-12-09 function=policing area=Mitrovica",
		    CODE(ACCEPTED));
	assert_code("arrangement H" HANDOVER "OMIK EULEX function=policing", CODE(ACCEPTED));

	/* A proposal moves nothing; once accepted the receiver holds it from E on. */
	world_line(&world, "arrangement H" HANDOVER "UNMIK EULEX eff=2008-12-09 function=policing");
	assert_code("arrangement N" HANDOVER "EULEX OMIK eff=2010-01-01 function=policing",
		    CODE(NOT_HOLDER));
	world_read(&world, "accept H UN 2008-12-01\naccept H EU 2008-12-01\n");
	assert_code("arrangement N" HANDOVER "EULEX OMIK eff=2010-01-01 function=policing",
		    CODE(ACCEPTED));
	assert_code("arrangement N" HANDOVER "EULEX OMIK eff=2008-12-08 function=policing",
		    CODE(NOT_HOLDER));
	assert_refused("arrangement N" HANDOVER "UNMIK OMIK eff=2008-12-09 function=policing",
		       CODE(NOT_HOLDER), "record.arrangement.functions", "arrangement H");
	assert_code("arrangement N" HANDOVER "UNMIK OMIK eff=2008-12-08 function=policing",
		    CODE(ACCEPTED));
}

/* A correction of a handover is not held against itself, nor against what came of it. */
static void edition_of_a_handover_is_checked_without_itself(void **state)
{
	(void)state;
	world_read(&world, "operation UNMIK un_pko start=1999-06-10 host=XKX\n"
			   "arrangement H" HANDOVER "UNMIK EULEX eff=2008-12-09 function=policing\n"
			   "accept H UN 2008-12-01\naccept H EU 2008-12-01\n"
			   "arrangement N" HANDOVER "EULEX OMIK eff=2018-06-15 function=policing "
			   "area=XKX\n"
			   "accept N UN 2018-06-15\naccept N EU 2018-06-15\n");
	assert_code("arrangement H" HANDOVER "UNMIK EULEX eff=2008-12-10 function=policing",
		    CODE(ACCEPTED));
	assert_code("arrangement N" HANDOVER "EULEX OMIK eff=2018-06-16 function=policing area=XKX",
		    CODE(ACCEPTED));
	assert_code("arrangement N" HANDOVER "UNMIK OMIK eff=2018-06-16 function=policing area=XKX",
		    CODE(NOT_HOLDER));
	/* An edition below the one that holds changes nothing. */
	assert_int_equal(ask_edition("arrangement N" HANDOVER
				     "UNMIK OMIK eff=2018-06-16 function=policing area=XKX",
				     0, false)
				 .code,
			 CODE(ACCEPTED));
	assert_int_equal(
		ask_edition("arrangement H" HANDOVER "UNMIK EULEX function=policing", 9, true).code,
		CODE(ACCEPTED));
}

static void host_state_hands_over_what_it_received(void **state)
{
	(void)state;
	world_read(&world, "operation A un_pko host=XKX\noperation B un_pko host=XKX\n"
			   "arrangement HOME handover_of_function UN;XKX A - eff=2015-01-01 "
			   "function=policing\n"
			   "accept HOME UN 2015-01-01\naccept HOME XKX 2015-01-01\n");
	assert_code(
		"arrangement N handover_of_function XKX;EU B C eff=2016-01-01 function=policing",
		CODE(ACCEPTED));
	assert_code("arrangement N handover_of_function UN;EU A C eff=2016-01-01 function=policing",
		    CODE(NOT_HOLDER));
}

/* --- endorsements --- */

static void endorsements_of_every_version_by_every_kind_of_owner(void **state)
{
	static const struct {
		const char *owner;
		Mandate__Code of[6]; /* version 0 to 5 */
	} rows[] = {
		/* Version 1 is owned by UNAMID and OCHA, 2 by UNAMID and UNDP, 3 took the list
		 * back, 4 is owned by UNAMID. */
		{"UNAMID",
		 {CODE(NEEDS_EARLIER), CODE(ACCEPTED), CODE(ACCEPTED), CODE(ILLEGAL_TRANSITION),
		  CODE(ACCEPTED), CODE(NEEDS_EARLIER)}},
		{"OCHA",
		 {CODE(NEEDS_EARLIER), CODE(ACCEPTED), CODE(ILLEGAL_TRANSITION),
		  CODE(ILLEGAL_TRANSITION), CODE(ILLEGAL_TRANSITION), CODE(NEEDS_EARLIER)}},
		{"UNDP",
		 {CODE(NEEDS_EARLIER), CODE(ILLEGAL_TRANSITION), CODE(ACCEPTED),
		  CODE(ILLEGAL_TRANSITION), CODE(ILLEGAL_TRANSITION), CODE(NEEDS_EARLIER)}},
		{"WFP",
		 {CODE(NEEDS_EARLIER), CODE(ILLEGAL_TRANSITION), CODE(ILLEGAL_TRANSITION),
		  CODE(ILLEGAL_TRANSITION), CODE(ILLEGAL_TRANSITION), CODE(NEEDS_EARLIER)}},
	};

	(void)state;
	assert_refused("endorse UNAMID S/RES/1935 UNAMID 1 2010-08-01", CODE(NEEDS_EARLIER),
		       "record.endorsement.version", "priorities UNAMID:S/RES/1935");
	world_line(&world, "list UNAMID S/RES/1935 2010-07-30 UNAMID OCHA");
	world_line(&world, "list UNAMID S/RES/1935 2010-07-30 UNAMID UNDP");
	world_retract(&world, "list UNAMID S/RES/1935 2010-07-30 UNAMID");
	world_line(&world, "list UNAMID S/RES/1935 2010-07-30 UNAMID");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		for (uint32_t version = 0; version < 6; version++) {
			char line[128];

			snprintf(line, sizeof line, "endorse UNAMID S/RES/1935 %s %u 2010-08-01",
				 rows[i].owner, version);
			assert_code(line, rows[i].of[version]);
		}
	}
	assert_refused("endorse UNAMID S/RES/1935 WFP 1 2010-08-01", CODE(ILLEGAL_TRANSITION),
		       "record.endorsement.owner", "priorities UNAMID:S/RES/1935");
	assert_refused("endorse UNAMID S/RES/1935 UNAMID 3 2010-08-01", CODE(ILLEGAL_TRANSITION),
		       "record.endorsement.version", "priorities UNAMID:S/RES/1935");
	assert_int_equal(ask_edition("endorse UNAMID S/RES/1935 WFP 1 2010-08-01", 1, true).code,
			 CODE(ACCEPTED));
}

static void facts_are_never_refused(void **state)
{
	(void)state;
	assert_code("claim policing XKX NOBODY 2010-01-01", CODE(ACCEPTED));
	assert_code("pledge GHA P-1", CODE(ACCEPTED));
	assert_code("list UNAMID S/RES/1935 2010-07-30 NOBODY", CODE(ACCEPTED));
	assert_code("instrument X UNSC S/RES/1 2010-01-01 terminate", CODE(ACCEPTED));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(answers_to_an_arrangement_in_every_state),
		TEST(answers_say_what_is_wrong_and_where),
		TEST(a_handover_in_every_state_of_its_function),
		TEST(a_proposal_and_its_end_in_every_state),
		TEST(handover_by_who_does_not_hold_it_on_its_own_day),
		TEST(edition_of_a_handover_is_checked_without_itself),
		TEST(host_state_hands_over_what_it_received),
		TEST(endorsements_of_every_version_by_every_kind_of_owner),
		TEST(facts_are_never_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
