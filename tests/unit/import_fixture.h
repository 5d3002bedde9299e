/* A temporary file that is read as a CSV file of some kind, and what came out. */
#ifndef MANDATED_TESTS_IMPORT_FIXTURE_H
#define MANDATED_TESTS_IMPORT_FIXTURE_H

#include "clients/import.h"
#include "base/day.h"
#include "base/limits.h"
#include "model/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

/* Headers. */
#define STRENGTHS "operation,as_of,component,personnel,ceiling_then,source,confidence\n"
#define DEPLOYMENTS                                                                                \
	"operation,contributor,component,personnel,as_of_month,basis,confidence,source\n"
#define MONTHLY                                                                                    \
	"operation,month,contributor,component,personnel_est,locations_without_number,source_map," \
	"superseded\n"
#define LOCATIONS                                                                                  \
	"operation,month,location,country_iso3,latitude,longitude,contributor,component,"          \
	"personnel_est,fpu_here,police_here,observers_here,hq,source_map,superseded\n"

struct fixture {
	struct arena arena;
	struct import_result result;
	struct error err;
	char folder[256], path[320];
};

static inline int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	const char *tmp = getenv("TMPDIR");

	arena_init(&f->arena, 256 * 1024 * 1024);
	snprintf(f->folder, sizeof f->folder, "%s/import-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(f->folder))
		return -1;
	snprintf(f->path, sizeof f->path, "%s/file.csv", f->folder);
	*state = f;
	return 0;
}

static inline int teardown(void **state)
{
	struct fixture *f = *state;

	unlink(f->path);
	rmdir(f->folder);
	arena_fini(&f->arena);
	free(f);
	return 0;
}

static inline void write_file(const char *path, const char *text, size_t len)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static inline enum status read_bytes(struct fixture *f, const char *kind, const char *text,
				     size_t len)
{
	write_file(f->path, text, len);
	memset(&f->result, 0, sizeof f->result);
	memset(&f->err, 0, sizeof f->err);
	return import_read(&f->arena, kind, f->path, &f->result, &f->err);
}

/* Reads `text` as a file of `kind`, which must go well. */
static inline void take(struct fixture *f, const char *kind, const char *text)
{
	enum status s = read_bytes(f, kind, text, strlen(text));

	if (s != STATUS_OK)
		fail_msg("%s", f->err.text);
}

static inline const Mandate__Change *change_of(const struct fixture *f, const char *key,
					       uint32_t edition)
{
	char text[KEY_TEXT_MAX + 1];

	for (size_t i = 0; i < f->result.fact_count; i++) {
		const Mandate__Change *c = f->result.facts[i].change;

		assert_int_equal(record_key(c->record, text), STATUS_OK);
		if (strcmp(text, key) == 0 && c->edition == edition)
			return c;
	}
	fail_msg("no %s, edition %u", key, edition);
	abort();
}

static inline size_t problems_of(const struct fixture *f, const char *code)
{
	size_t count = 0;

	for (size_t i = 0; i < f->result.problem_count; i++)
		count += strcmp(f->result.problems[i].code, code) == 0;
	return count;
}

static inline void assert_problem(const struct fixture *f, size_t i, unsigned line,
				  const char *code)
{
	assert_true(i < f->result.problem_count);
	assert_int_equal(f->result.problems[i].line, line);
	assert_string_equal(f->result.problems[i].code, code);
	assert_string_equal(f->result.problems[i].file, f->path);
	assert_true(f->result.problems[i].reason[0] != '\0');
}

static inline uint32_t persons_of(const Mandate__Estimate *e)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < e->n_contributors; i++)
		sum += e->contributors[i]->persons;
	for (size_t i = 0; i < e->n_places; i++)
		for (size_t k = 0; k < e->places[i]->n_contingents; k++)
			sum += e->places[i]->contingents[k]->persons;
	return sum;
}

static inline uint32_t sum_of(const struct fixture *f, const char *key, uint32_t edition)
{
	return persons_of(change_of(f, key, edition)->record->estimate);
}

static inline int32_t day(const char *text)
{
	int32_t day = 0;

	assert_int_equal(day_parse(&day, text), STATUS_OK);
	return day;
}

#endif
