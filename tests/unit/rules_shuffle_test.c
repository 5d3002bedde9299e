/* Properties of the rules over random cases of several operations: whatever the order in which
 * facts come, are corrected and retracted, every home opens the same alerts, and they are those
 * that the definitions, read a second time and plainly, say. Seeds are printed:
 * RULES_SEED=N repeats one case first, SHUFFLES=N sets how many orders are tried, CHANGES=N how
 * many changes. */
#include "twin_alert.h"
#include "twin_case.h"
#include "twin_history.h"
#include "twin_homes.h"

#include "rules/ceiling.h"
#include "rules/mandate.h"
#include "rules/strength.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

enum { SHUFFLES = 300, ORDERS_PER_CASE = 5, CHANGES = 4000, DAYS_PER_CASE = 4 };

struct rounds {
	uint64_t seed;
	long left;
};

static struct rounds rounds_of(const char *test, const char *name, long otherwise)
{
	const char *seed = getenv("RULES_SEED"), *count = getenv(name);
	struct rounds r = {.left = count ? atol(count) : otherwise};
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	r.seed = seed ? strtoull(seed, NULL, 10) : (uint64_t)now.tv_nsec + 1;
	print_message("%s: RULES_SEED=%llu %s=%ld\n", test, (unsigned long long)r.seed, name,
		      r.left);
	return r;
}

static const struct alert_parameters parameters = ALERT_DEFAULTS;

/* A world with the parameters of the newest rules. */
static struct twin *world_new(void)
{
	struct twin *w = calloc(1, sizeof *w);

	assert_non_null(w);
	w->p = parameters;
	w->p.rules = 2;
	return w;
}

/* --- comparing with the twin --- */

static void tell(const char *what, const char *key, int32_t day, long long is, long long twin)
{
	char text[DAY_TEXT_BYTES];

	day_format(text, day);
	print_error("on %s, %s of %s: %lld, by the definition %lld\n", text, what, key, is, twin);
}

static bool agree(const char *what, const char *key, int32_t day, long long is, long long twin)
{
	if (is != twin)
		tell(what, key, day, is, twin);
	return is == twin;
}

static const char *named(Mandate__AlertCode code, const char *key)
{
	static char text[2][KEY_TEXT_MAX + 32];
	static int next;
	const ProtobufCEnumValue *v =
		protobuf_c_enum_descriptor_get_value(&mandate__alert_code__descriptor, (int)code);

	next = !next;
	snprintf(text[next], sizeof text[next], "%s %s", v ? v->name + 11 : "?", key);
	return text[next];
}

static bool same_alert(const Mandate__Alert *is, const struct twin_alert *twin, int32_t day)
{
	const char *name = named(is->code, is->key);
	bool same = agree("since", name, day, is->since, twin->since) &&
		    agree("severity", name, day, is->severity, twin->severity);

	if (twin->persons >= 0)
		same = same && agree("persons", name, day, (long long)is->persons, twin->persons);
	if (twin->ceiling >= 0)
		same = same && agree("ceiling", name, day, (long long)is->ceiling, twin->ceiling);
	if (twin->required >= 0)
		same = same &&
		       agree("required", name, day, (long long)is->required, twin->required);
	if (twin->pledged >= 0)
		same = same && agree("pledged", name, day, (long long)is->pledged, twin->pledged);
	if (twin->amount >= 0)
		same = same && agree("amount", name, day, is->amount, twin->amount);
	if (twin->valid_until != DAY_NEVER)
		same = same && agree("valid until", name, day, is->valid_until, twin->valid_until);
	return same;
}

/* Of both lists those that the other has not. */
static bool same_alerts(Mandate__Alert *const *is, size_t count, const struct twin_alert *twin,
			size_t twin_count, int32_t day)
{
	bool same = true;
	size_t i = 0, k = 0;

	while (i < count || k < twin_count) {
		int order = i == count			  ? 1
			    : k == twin_count		  ? -1
			    : is[i]->code != twin[k].code ? (int)is[i]->code - (int)twin[k].code
							  : strcmp(is[i]->key, twin[k].key);

		if (order < 0)
			tell("opening", named(is[i]->code, is[i]->key), day, 1, 0);
		if (order > 0)
			tell("opening", named(twin[k].code, twin[k].key), day, 0, 1);
		same = same && order == 0 && same_alert(is[i], &twin[k], day);
		i += order <= 0;
		k += order >= 0;
	}
	return same;
}

/* The folds of one operation that answers are made of. */
static bool same_folds(const struct twin *w, const struct dossier *d, int32_t day)
{
	const char *op = dossier_operation(d);
	struct twin_mandate twin = twin_mandate_on(w, op, day);
	struct mandate_day m;
	bool same;

	mandate_on(d, NULL, day, &m);
	same = agree("status", op, day, m.status, twin.status) &&
	       agree("F", op, day, m.in_force, twin.in_force) &&
	       agree("V", op, day, m.valid_until, twin.v) &&
	       agree("U", op, day, m.secured_until, twin.u) &&
	       agree("L", op, day, m.last_lawful, twin.last_lawful);
	for (int c = 1; c < TWIN_COMPONENTS; c++) {
		struct twin_ceiling limit = twin_ceiling_on(w, op, (Mandate__Component)c, day);
		struct twin_strength there =
			twin_strength_on(w, op, (Mandate__Component)c, day, DAY_NEVER);
		struct ceiling_day ceiling;
		struct strength_day s;
		const char *name = twin_component_name((Mandate__Component)c);

		ceiling_on(d, (Mandate__Component)c, day, &ceiling);
		same = agree("ceiling", name, day, ceiling.set, limit.set) && same;
		same = agree("ceiling", name, day, (long long)ceiling.persons, limit.persons) &&
		       same;
		if (c == TC(FPU_UNITS))
			continue;
		strength_on(d, (Mandate__Component)c, day, DAY_NEVER, &s);
		same = agree("head-count", name, day, s.known, there.known) && same;
		same = agree("strength", name, day, (long long)s.persons, there.persons) && same;
		same = agree("basis", name, day, s.basis, there.basis) && same;
	}
	if (!same)
		print_error("of %s\n", op);
	return same;
}

static bool agrees_with_twin(const struct homes *h, int32_t day)
{
	static struct twin_alert expected[TWIN_ALERTS_MAX];
	size_t expected_count = twin_alerts_on(h->world, day, expected), count;
	Mandate__Alert **alerts;
	struct arena a;
	bool same;

	arena_init(&a, 16 * 1024 * 1024);
	alerts = homes_alerts(h, day, &a, &count);
	same = same_alerts(alerts, count, expected, expected_count, day);
	for (size_t n = 0; n < h->count && same; n++)
		if (!strchr(h->names[n], ':'))
			same = same_folds(h->world, h->dossiers[n], day);
	arena_fini(&a);
	return same;
}

static void world_after(const struct twin_case *c, const size_t *order, size_t count,
			struct history *h, struct twin *w)
{
	history_begin(h);
	for (size_t n = 0; n < count; n++)
		history_take(h, &c->items[order ? order[n] : n], n);
	history_world(h, count, w);
}

static void the_rules_agree_with_the_definitions(void **state)
{
	struct rounds r = rounds_of(__func__, "CHANGES", CHANGES);
	struct history *history = malloc(sizeof *history);
	struct twin *w = world_new();

	(void)state;
	for (; r.left > 0; r.seed++) {
		struct twin_case c;
		struct homes h;

		case_make(&c, r.seed, MANDATE__KIND__KIND_CONSENT);
		world_after(&c, NULL, c.count, history, w);
		homes_build(&h, w);
		for (int n = 0; n < DAYS_PER_CASE; n++) {
			if (agrees_with_twin(&h, case_day(&c)))
				continue;
			case_tell(&c, NULL, c.count);
			fail_msg("RULES_SEED=%llu", (unsigned long long)r.seed);
		}
		r.left -= (long)c.count;
		homes_free(&h);
		history_end(history);
		case_free(&c);
	}
	free(w);
	free(history);
}

/* --- comparing orders --- */

/* The bytes of every alert on the days of a case. */
static struct bytes pack(const struct homes *h, const int32_t *days, struct arena *a)
{
	uint8_t *bytes = arena_alloc(a, 1024 * 1024);
	size_t len = 0, count;

	assert_non_null(bytes);
	for (int n = 0; n < DAYS_PER_CASE; n++) {
		Mandate__Alert **alerts = homes_alerts(h, days[n], a, &count);

		for (size_t k = 0; k < count; k++)
			len += mandate__alert__pack(alerts[k], bytes + len);
		assert_true(len < 1000 * 1000);
	}
	return bytes_of(bytes, len);
}

/* The facts come in `order`, one by one, to dossiers that are there from the beginning. */
static struct bytes follow(const struct twin_case *c, const size_t *order, const int32_t *days,
			   struct arena *a, bool *ret_stands)
{
	static struct history history;
	struct twin *worlds[2] = {world_new(), world_new()};
	struct bytes packed;
	struct homes h;

	history_begin(&history);
	homes_build(&h, worlds[0]);
	for (size_t n = 0; n < c->count; n++) {
		struct twin *next = worlds[(n + 1) % 2];

		history_take(&history, &c->items[order[n]], n);
		history_world(&history, n, next);
		homes_follow(&h, next, days[n % DAYS_PER_CASE]);
	}
	*ret_stands = h.stands;
	packed = pack(&h, days, a);
	homes_free(&h);
	history_end(&history);
	free(worlds[0]);
	free(worlds[1]);
	return packed;
}

static void the_order_of_facts_does_not_matter(void **state)
{
	struct rounds r = rounds_of(__func__, "SHUFFLES", SHUFFLES);
	struct history *history = malloc(sizeof *history);
	struct twin *w = world_new();

	(void)state;
	for (; r.left > 0; r.seed++) {
		int32_t days[DAYS_PER_CASE];
		struct twin_case c;
		struct homes h;
		struct arena a;

		arena_init(&a, 256 * 1024 * 1024);
		case_make(&c, r.seed, MANDATE__KIND__KIND_CONSENT);
		for (int n = 0; n < DAYS_PER_CASE; n++)
			days[n] = case_day(&c);
		world_after(&c, NULL, c.count, history, w);
		homes_build(&h, w);
		struct bytes built = pack(&h, days, &a);
		for (int n = 0; n < ORDERS_PER_CASE && r.left > 0; n++, r.left--) {
			size_t order[CASE_ITEMS_MAX];

			case_shuffle(&c, &c.chance, order);
			bool stands;
			if (bytes_equal(built, follow(&c, order, days, &a, &stands)) && stands)
				continue;
			case_tell(&c, order, c.count);
			fail_msg("order %d, RULES_SEED=%llu", n, (unsigned long long)r.seed);
		}
		homes_free(&h);
		history_end(history);
		case_free(&c);
		arena_fini(&a);
	}
	free(w);
	free(history);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rules_agree_with_the_definitions),
		cmocka_unit_test(the_order_of_facts_does_not_matter),
	};

	return cmocka_run_group_tests_name("rules/shuffle", tests, NULL, NULL);
}
