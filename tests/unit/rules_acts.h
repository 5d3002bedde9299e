/* Acts on a world of facts: what they are answered. */
#ifndef MANDATED_TESTS_RULES_ACTS_H
#define MANDATED_TESTS_RULES_ACTS_H

#include "rules_world.h"

#include "rules/act.h"

#define CODE(name) MANDATE__CODE__CODE_##name
#define STATE(name) MANDATE__PLEDGE_STATE__PLEDGE_STATE_##name

static struct world world;
static struct arena arena;

static inline int begin(void **state)
{
	(void)state;
	world_init(&world);
	arena_init(&arena, 16 * 1024 * 1024);
	return 0;
}

static inline int finish(void **state)
{
	(void)state;
	world_fini(&world);
	arena_fini(&arena);
	return 0;
}

static inline struct act_refusal ask_edition(const char *line, uint32_t edition, bool retracts)
{
	struct view v = world_view(&world);
	struct act_refusal refusal;

	assert_int_equal(
		act_check(&v, &arena, world_parse(&world, line), edition, retracts, &refusal),
		STATUS_OK);
	return refusal;
}

/* As the next edition of its record. */
static inline struct act_refusal ask(const char *line)
{
	const Mandate__Record *record = world_parse(&world, line);
	const struct world_fact *before;
	char key[KEY_TEXT_MAX + 1];

	assert_int_equal(record_key(record, key), STATUS_OK);
	before = world_find(&world, record_kind(record), key);
	return ask_edition(line, before ? before->edition + 1 : 1, false);
}

static inline void assert_code(const char *line, Mandate__Code expected)
{
	Mandate__Code code = ask(line).code;

	if (code != expected)
		fail_msg("%s: %d instead of %d", line, code, expected);
}

static inline void assert_refused(const char *line, Mandate__Code code, const char *field,
				  const char *record)
{
	struct act_refusal refusal = ask(line);
	char named[2 * KEY_TEXT_MAX];

	assert_int_equal(refusal.code, code);
	assert_string_equal(refusal.field, field);
	snprintf(named, sizeof named, "%s %s", record_kind_name(refusal.kind), refusal.key);
	assert_string_equal(named, record);
	assert_true(strlen(refusal.text) > 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)

#endif
