/* A world of records under rules 2, its homes' dossiers, and days as texts. */
#ifndef TESTS_UNIT_RULES_JUDGED_WORLD_H
#define TESTS_UNIT_RULES_JUDGED_WORLD_H

#include "rules_world.h"

#include "rules/alert.h"
#include "rules/dossier.h"

static struct world world;
static struct arena arena;
static struct alert_parameters parameters = ALERT_DEFAULTS;

static int begin(void **state)
{
	(void)state;
	world_init(&world);
	arena_init(&arena, 16 * 1024 * 1024);
	parameters.rules = 2;
	return 0;
}

static int finish(void **state)
{
	(void)state;
	world_fini(&world);
	arena_fini(&arena);
	return 0;
}

static struct dossier *dossier_of(const char *home)
{
	struct view v = world_view(&world);
	struct dossier *d;

	assert_int_equal(dossier_new(&v, &arena, home, &d), STATUS_OK);
	return d;
}

/* Good for four calls. */
static const char *text_of(int32_t day)
{
	static char texts[4][DAY_TEXT_BYTES];
	static size_t next;
	char *text = texts[next++ % 4];

	day_format(text, day);
	return text;
}

#endif
