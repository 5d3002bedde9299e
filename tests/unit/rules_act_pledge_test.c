/* The steps of a pledge, section 0 of the definitions: every one from every state. */
#include "rules_acts.h"

/* clang-format off */
/* The states in which a pledge can stand, with a way to each, and for every step whether it may
 * follow: in the order of the enum from PLEDGED to LEVEL_RAISED. Steps carry a reason, and the
 * readiness RDL where they raise it. */
#define TO_DEPLOYED                                                                                \
	"assessed verified selected mou_signed pre_deployment_visit arriving deployed "
static const struct {
	const char *stands, *way;
	const char *follows;
} pledge_rows[] = {
	/*                                       P A V S M P A D R R R D W S R R L
	 *                                       L S E E O D R E O E E E I U E E E
	 *                                       E S R L U V R P T P D C T S S N V */
	{"pledged", "",                         ". A . . . . . . . . . A A A . A A"},
	{"assessed", "assessed",                ". . A . . . . . . . . A A A . A A"},
	{"verified", "assessed verified",       ". . . A . . . . . . . A A A . A A"},
	{"selected", "assessed verified selected",
	                                        ". . . . A . . . . . . A A A . A A"},
	{"mou_signed", "assessed verified selected mou_signed",
	                                        ". . . . . A . . . . . A A A . A A"},
	{"pre_deployment_visit", "assessed verified selected mou_signed pre_deployment_visit",
	                                        ". . . . . . A . . . . A A A . A A"},
	{"arriving", "assessed verified selected mou_signed pre_deployment_visit arriving",
	                                        ". . . . . . . A . . A A A A . A A"},
	{"deployed", TO_DEPLOYED,               ". . . . . . . . A A A . . A . A A"},
	{"rotating", TO_DEPLOYED "rotating",    ". . . . . . . A . A A . . A . A A"},
	{"deployed again", TO_DEPLOYED "rotating deployed",
	                                        ". . . . . . . . A A A . . A . A A"},
	{"repatriating", TO_DEPLOYED "repatriating",
	                                        ". . . . . . . . . . A . . A . A A"},
	{"repatriated", TO_DEPLOYED "repatriating repatriated",
	                                        ". . . . . . . . . . . . . . . . ."},
	{"repatriated early", TO_DEPLOYED "repatriated",
	                                        ". . . . . . . . . . . . . . . . ."},
	{"declined", "declined",                ". . . . . . . . . . . . . . . . ."},
	{"withdrawn", "assessed withdrawn",     ". . . . . . . . . . . . . . . . ."},
	{"suspended before", "assessed suspended",
	                                        ". . . . . . . . . . . A A . A A A"},
	{"suspended deployed", TO_DEPLOYED "suspended",
	                                        ". . . . . . . . . A A . . . A A A"},
	{"resumed before", "assessed suspended resumed",
	                                        ". . A . . . . . . . . A A A . A A"},
	{"resumed deployed", TO_DEPLOYED "suspended resumed",
	                                        ". . . . . . . . A A A . . A . A A"},
	{"renewed", "assessed renewed",         ". . A . . . . . . . . A A A . A A"},
	{"raised", "assessed level_raised",     ". . A . . . . . . . . A A A . A ."},
	{"renewed while suspended", "suspended renewed",
	                                        ". . . . . . . . . . . A A . A A A"},
};
/* clang-format on */

static void step_line(char *ret_line, size_t size, uint32_t step, const char *state)
{
	snprintf(ret_line, size, "step GHA P-1 %u %s 2010-01-01%s%s", step, state,
		 strcmp(state, "repatriated") == 0 ? " reason=conduct" : "",
		 strcmp(state, "level_raised") == 0 ? " readiness=rdl" : "");
}

static void every_step_of_a_pledge_from_every_state(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof pledge_rows / sizeof *pledge_rows; i++) {
		char way[256], *rest = way, *word, line[128];
		uint32_t steps = 0;

		world_fini(&world);
		world_init(&world);
		world_line(&world, "pledge GHA P-1");
		snprintf(way, sizeof way, "%s", pledge_rows[i].way);
		while ((word = strsep(&rest, " "))) {
			if (*word == '\0')
				continue;
			step_line(line, sizeof line, ++steps, word);
			assert_code(line, CODE(ACCEPTED));
			world_line(&world, line);
		}
		for (int to = STATE(PLEDGED); to <= STATE(LEVEL_RAISED); to++) {
			const char *name = names_text(&mandate__pledge_state__descriptor, to);
			bool follows = pledge_rows[i].follows[2 * (to - STATE(PLEDGED))] == 'A';
			Mandate__Code code;

			step_line(line, sizeof line, steps + 1, name);
			code = ask(line).code;
			if (code != (follows ? CODE(ACCEPTED) : CODE(ILLEGAL_TRANSITION)))
				fail_msg("%s, %s: %d", pledge_rows[i].stands, name, code);
			/* The one after it is not there yet. */
			step_line(line, sizeof line, steps + 2, name);
			assert_code(line, CODE(NEEDS_EARLIER));
		}
	}
}

static void steps_say_what_is_wrong_and_where(void **state)
{
	(void)state;
	assert_refused("step GHA P-1 1 assessed 2010-01-01", CODE(NEEDS_EARLIER),
		       "record.pledge_step.pledge", "pledge GHA:P-1");
	world_line(&world, "pledge GHA P-1");
	assert_refused("step GHA P-1 2 verified 2010-01-01", CODE(NEEDS_EARLIER),
		       "record.pledge_step.step", "pledge_step GHA:P-1:1");
	assert_refused("step GHA P-1 1 verified 2010-01-01", CODE(ILLEGAL_TRANSITION),
		       "record.pledge_step.state", "pledge GHA:P-1");
	world_line(&world, "step GHA P-1 1 assessed 2010-01-01");
	assert_refused("step GHA P-1 2 verified 2009-12-31", CODE(ILLEGAL_TRANSITION),
		       "record.pledge_step.day", "pledge_step GHA:P-1:1");
	assert_code("step GHA P-1 2 verified 2010-01-01", CODE(ACCEPTED));
	/* Levels rise, and the first is where one begins. */
	assert_refused("step GHA P-1 2 level_raised 2010-01-01 readiness=level_1",
		       CODE(ILLEGAL_TRANSITION), "record.pledge_step.readiness",
		       "pledge_step GHA:P-1:1");
	world_line(&world, "step GHA P-1 2 level_raised 2010-01-01 readiness=level_3");
	assert_code("step GHA P-1 3 level_raised 2010-01-01 readiness=level_2",
		    CODE(ILLEGAL_TRANSITION));
	assert_code("step GHA P-1 3 level_raised 2010-01-01 readiness=level_3",
		    CODE(ILLEGAL_TRANSITION));
	assert_code("step GHA P-1 3 level_raised 2010-01-01 readiness=rdl", CODE(ACCEPTED));
	world_retract(&world, "pledge GHA P-1");
	assert_code("step GHA P-1 3 verified 2010-01-01", CODE(NEEDS_EARLIER));
}

static void early_repatriation_needs_a_reason(void **state)
{
	(void)state;
	world_read(&world, "pledge GHA P-1\n"
			   "step GHA P-1 1 assessed 2010-01-01\n"
			   "step GHA P-1 2 verified 2010-01-01\n"
			   "step GHA P-1 3 selected 2010-01-01\n"
			   "step GHA P-1 4 mou_signed 2010-01-01\n"
			   "step GHA P-1 5 pre_deployment_visit 2010-01-01\n"
			   "step GHA P-1 6 arriving 2010-01-01\n"
			   "step GHA P-1 7 deployed 2010-01-01\n");
	assert_refused("step GHA P-1 8 repatriated 2010-02-01", CODE(ILLEGAL_TRANSITION),
		       "record.pledge_step.reason", "pledge_step GHA:P-1:7");
	assert_code("step GHA P-1 8 repatriated 2010-02-01 reason=medical", CODE(ACCEPTED));
	world_line(&world, "step GHA P-1 8 repatriating 2010-02-01");
	assert_code("step GHA P-1 9 repatriated 2010-02-01", CODE(ACCEPTED));
}

static void steps_on_record_stay_a_chain(void **state)
{
	(void)state;
	world_read(&world, "pledge GHA P-1\n"
			   "step GHA P-1 1 assessed 2010-01-01\n"
			   "step GHA P-1 2 verified 2010-02-01\n"
			   "step GHA P-1 3 selected 2010-03-01\n");
	/* Another day within the days beside it, but no other way. */
	assert_code("step GHA P-1 2 verified 2010-02-15", CODE(ACCEPTED));
	assert_refused("step GHA P-1 2 verified 2010-03-02", CODE(ILLEGAL_TRANSITION),
		       "record.pledge_step.step", "pledge_step GHA:P-1:3");
	assert_refused("step GHA P-1 1 declined 2010-01-01", CODE(ILLEGAL_TRANSITION),
		       "record.pledge_step.step", "pledge_step GHA:P-1:2");
	assert_code("step GHA P-1 3 declined 2010-03-01", CODE(ACCEPTED));
	assert_int_equal(ask_edition("step GHA P-1 2 verified 2010-02-01", 2, true).code,
			 CODE(ILLEGAL_TRANSITION));
	assert_int_equal(ask_edition("step GHA P-1 3 selected 2010-02-01", 2, true).code,
			 CODE(ACCEPTED));
	world_retract(&world, "step GHA P-1 3 selected 2010-03-01");
	assert_int_equal(ask_edition("step GHA P-1 2 verified 2010-02-01", 2, true).code,
			 CODE(ACCEPTED));
	/* What was taken back may come again; an edition below the one that holds changes nothing.
	 */
	assert_code("step GHA P-1 3 declined 2010-03-01", CODE(ACCEPTED));
	assert_int_equal(ask_edition("step GHA P-1 1 declined 2010-01-01", 0, false).code,
			 CODE(ACCEPTED));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(every_step_of_a_pledge_from_every_state),
		TEST(steps_say_what_is_wrong_and_where),
		TEST(early_repatriation_needs_a_reason),
		TEST(steps_on_record_stay_a_chain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
