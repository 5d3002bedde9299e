/* Alerts of one operation, given as lines: what is open on a day, and properties that hold for any
 * facts. With rules 2. */
#ifndef TESTS_RULES_JUDGED_H
#define TESTS_RULES_JUDGED_H

#include "rules_facts.h"

#include "rules/alert.h"

#define CODE(name) MANDATE__ALERT_CODE__ALERT_CODE_##name
#define SEVERITY(name) MANDATE__SEVERITY__SEVERITY_##name
#define REASON(name) MANDATE__CLOSE_REASON__CLOSE_REASON_##name

static struct facts facts;
static struct dossier *dossier;
static struct arena arena;
static struct alert_parameters parameters = ALERT_DEFAULTS;

static void given(const char *operation, const char *text)
{
	parameters.rules = 2;
	facts_init(&facts, operation);
	facts_read(&facts, text);
	dossier = facts_dossier(&facts);
	arena_init(&arena, 64 * 1024 * 1024);
}

static int forget(void **state)
{
	(void)state;
	dossier_free(dossier);
	dossier = NULL;
	facts_fini(&facts);
	arena_fini(&arena);
	return 0;
}

/* A line more, or another edition of one. */
__attribute__((unused)) static struct fact_line *put(const char *line)
{
	struct fact_line *fact = facts_add(&facts, line);

	facts_put(dossier, fact);
	return fact;
}

__attribute__((unused)) static void retract(struct fact_line *fact)
{
	fact->retracted = true;
	facts_put(dossier, fact);
}

static size_t evaluate_on(const struct dossier *d, int32_t day, Mandate__Alert ***ret_alerts,
			  int32_t *ret_next)
{
	size_t count;

	assert_int_equal(
		alert_evaluate_until(d, &parameters, day, &arena, ret_alerts, &count, ret_next),
		STATUS_OK);
	return count;
}

/* The alert of that code and key on `day`, or NULL. */
static const Mandate__Alert *find(Mandate__AlertCode code, const char *key, const char *day)
{
	Mandate__Alert **alerts;
	int32_t next;
	size_t count = evaluate_on(dossier, facts_day(day), &alerts, &next);

	for (size_t i = 0; i < count; i++)
		if (alerts[i]->code == code && strcmp(alerts[i]->key, key) == 0)
			return alerts[i];
	return NULL;
}

static inline const Mandate__Alert *expect_open(Mandate__AlertCode code, const char *key,
						const char *day, Mandate__Severity severity,
						const char *since)
{
	const Mandate__Alert *alert = find(code, key, day);
	char text[DAY_TEXT_BYTES];

	if (!alert)
		fail_msg("%s is not open on %s", key, day);
	day_format(text, alert->since);
	assert_int_equal(alert->severity, severity);
	assert_string_equal(text, since);
	assert_false(alert->has_since_at_latest);
	return alert;
}

static inline void expect_closed(Mandate__AlertCode code, const char *key, const char *day)
{
	if (find(code, key, day))
		fail_msg("%s is open on %s", key, day);
}

__attribute__((unused)) static void expect_reason(const Mandate__Alert *was, const char *day,
						  Mandate__CloseReason reason)
{
	assert_null(find(was->code, was->key, day));
	assert_int_equal(alert_close_reason(dossier, &parameters, facts_day(day), was), reason);
}

/* --- properties --- */

static bool same_alert(const Mandate__Alert *x, const Mandate__Alert *y)
{
	size_t len = mandate__alert__get_packed_size(x);
	uint8_t *a = arena_alloc(&arena, len), *b = arena_alloc(&arena, len);

	if (mandate__alert__get_packed_size(y) != len)
		return false;
	mandate__alert__pack(x, a);
	mandate__alert__pack(y, b);
	return memcmp(a, b, len) == 0;
}

static bool same_alerts(Mandate__Alert **x, size_t x_count, Mandate__Alert **y, size_t y_count)
{
	bool same = x_count == y_count;

	for (size_t i = 0; same && i < x_count; i++)
		same = same_alert(x[i], y[i]);
	return same;
}

static const Mandate__Alert *among(Mandate__Alert **alerts, size_t count, const Mandate__Alert *one)
{
	for (size_t i = 0; i < count; i++)
		if (alerts[i]->code == one->code && strcmp(alerts[i]->key, one->key) == 0)
			return alerts[i];
	return NULL;
}

/* From first to last: nothing changes before the day that was announced, and every alert is as old
 * as it says. */
__attribute__((unused)) static void check_days(const struct dossier *d, int32_t first, int32_t last)
{
	Mandate__Alert **before = NULL, **now;
	size_t before_count = 0, count;
	int32_t announced = first, next;

	for (int32_t day = first; day <= last; day++) {
		char text[DAY_TEXT_BYTES];

		day_format(text, day);
		count = evaluate_on(d, day, &now, &next);
		assert_true(next > day);
		assert_int_equal(alert_next_change(d, &parameters, day), next);
		if (day < announced && !same_alerts(before, before_count, now, count))
			fail_msg("a change on %s was not announced", text);
		for (size_t i = 0; day > first && i < count; i++) {
			const Mandate__Alert *was = among(before, before_count, now[i]);

			if (now[i]->since != (was ? was->since : day))
				fail_msg("%s on %s is not as old as it says", now[i]->key, text);
		}
		if (day >= announced)
			announced = next;
		before = now;
		before_count = count;
		if (arena.used_bytes > 32 * 1024 * 1024) {
			arena_reset(&arena);
			before_count = evaluate_on(d, day, &before, &next);
		}
	}
}

/* A dossier that was kept in step is what is built from the facts. */
__attribute__((unused)) static void check_same(const struct dossier *kept, int32_t first,
					       int32_t last, int32_t step)
{
	struct dossier *built = facts_dossier(&facts);

	assert_int_equal(dossier_bytes(kept) > 0, true);
	for (int32_t day = first; day <= last; day += step) {
		Mandate__Alert **x, **y;
		int32_t next;
		size_t x_count = evaluate_on(kept, day, &x, &next),
		       y_count = evaluate_on(built, day, &y, &next);

		assert_true(same_alerts(x, x_count, y, y_count));
	}
	dossier_free(built);
	if (arena.used_bytes > 32 * 1024 * 1024)
		arena_reset(&arena);
}

/* --- random facts --- */

static uint32_t seed;

__attribute__((unused)) static uint32_t below(uint32_t limit)
{
	seed = seed * 1664525u + 1013904223u;
	return (uint32_t)(((uint64_t)(seed >> 8) * limit) >> 24);
}

__attribute__((unused)) static const char *random_day(int32_t first, uint32_t days)
{
	static char texts[8][DAY_TEXT_BYTES];
	static unsigned next;
	char *text = texts[next++ % 8];

	day_format(text, first + (int32_t)below(days));
	return text;
}

#endif
