/* The state machine under rules 2 and random changes of all kinds: what its events have left open
 * is what a fresh look at the whole record finds, whichever dossiers a change was put into; and the
 * journal gives the same state again. Its seed is printed: SEED=N plays it once more. */
#include "service_support.h"

#include "base/clock.h"
#include "random_changes.h"

enum { INPUTS = 700, ALERTS_MAX = 2048, STATE_ARENA_BYTES = 64 << 20 };

static int set_up(void **state)
{
	struct rig *r = calloc(1, sizeof *r);

	rig_open(r);
	*state = r;
	return 0;
}

static int tear_down(void **state)
{
	rig_close(*state);
	free(*state);
	return 0;
}

/* --- alerts as texts, sorted --- */

struct alerts {
	struct arena *a;
	struct store_txn *txn;
	const struct view *view;
	const struct alert_parameters *parameters;
	int32_t day;
	const char *at[ALERTS_MAX];
	size_t count;
};

static void note(struct alerts *l, const Mandate__Alert *alert)
{
	uint8_t *packed = arena_alloc(l->a, mandate__alert__get_packed_size(alert));
	size_t len = mandate__alert__pack(alert, packed);
	char since[DAY_TEXT_BYTES];

	day_format(since, alert->since);
	assert_true(l->count < ALERTS_MAX);
	l->at[l->count++] = arena_printf(
		l->a, "%s %s since %s %016llx",
		names_text(&mandate__alert_code__descriptor, (int)alert->code), alert->key, since,
		(unsigned long long)hash_value(0, bytes_of(packed, len), bytes_of("", 0)));
}

static enum status note_stored(void *ctx, Mandate__Kind kind, const char *key)
{
	struct alerts *l = ctx;
	struct store_version version;

	assert_int_equal(store_record_newest(l->txn, l->a, kind, key, &version), STATUS_OK);
	const Mandate__Alert *alert = version.stored->alert;
	if (alert && alert->code != MANDATE__ALERT_CODE__ALERT_CODE_EDITION_CLASH)
		note(l, alert);
	return STATUS_OK;
}

static enum status note_home(void *ctx, Mandate__Kind kind, const char *home)
{
	struct alerts *l = ctx;
	Mandate__Alert **alerts;
	struct dossier *d;
	size_t count;

	(void)kind;
	assert_int_equal(dossier_new(l->view, l->a, home, &d), STATUS_OK);
	assert_int_equal(alert_evaluate(d, l->parameters, l->day, l->a, &alerts, &count),
			 STATUS_OK);
	for (size_t i = 0; i < count; i++)
		note(l, alerts[i]);
	dossier_free(d);
	return STATUS_OK;
}

static int by_text(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static size_t what_is_open_is_what_is_found(struct rig *r)
{
	struct alert_parameters parameters = ALERT_DEFAULTS;
	struct alerts stored = {0}, found;
	struct store_view storage;
	struct arena a;
	struct view v;

	arena_init(&a, STATE_ARENA_BYTES);
	stored.a = &a;
	stored.day = machine_state(r->machine)->day;
	stored.parameters = &parameters;
	assert_int_equal(store_begin_read(r->store, &stored.txn), STATUS_OK);
	store_view_init(&storage, stored.txn, UINT64_MAX, &v);
	stored.view = &v;
	found = stored;
	assert_int_equal(store_record_keys(stored.txn, MANDATE__KIND__KIND_ALERT, NULL, note_stored,
					   &stored),
			 STATUS_OK);
	assert_int_equal(store_record_keys(stored.txn, MANDATE__KIND__KIND_OPERATION, NULL,
					   note_home, &found),
			 STATUS_OK);
	assert_int_equal(store_index_scan(stored.txn, STORE_HOMES, "-", 0, NULL, note_home, &found),
			 STATUS_OK);
	qsort(stored.at, stored.count, sizeof *stored.at, by_text);
	qsort(found.at, found.count, sizeof *found.at, by_text);
	for (size_t i = 0, k = 0; i < stored.count || k < found.count;) {
		int order = i == stored.count  ? 1
			    : k == found.count ? -1
					       : strcmp(stored.at[i], found.at[k]);
		if (order)
			fail_msg("%s: %s", order < 0 ? "open" : "found",
				 order < 0 ? stored.at[i] : found.at[k]);
		i++;
		k++;
	}
	store_abort(stored.txn);
	arena_fini(&a);
	return found.count;
}

/* --- the load --- */

static void random_day(struct rig *r, uint64_t *seed)
{
	char text[DAY_TEXT_BYTES];

	day_format(text, machine_state(r->machine)->day + 1 +
				 (int32_t)(next_random(seed) % (next_random(seed) % 4 ? 5 : 60)));
	if (getenv("SEED"))
		print_message("%s\n", text);
	rig_day(r, text);
}

static void rebuild(struct rig *r, uint64_t seed)
{
	struct error err = {.status = STATUS_OK};
	char rebuilt[128];
	struct store *s;

	snprintf(rebuilt, sizeof rebuilt, "%s/rebuilt", r->directory);
	assert_int_equal(store_open(rebuilt, false, &err, &s), STATUS_OK);
	rig_replay(r, s, seed);
	rig_compare(r->store, s);
	store_close(s);
	assert_int_equal(checkpoint_remove(rebuilt, NULL), STATUS_OK);
}

/* Rules 2 come at input `rules_at`: alerts of theirs open then, and none before. */
static void play_randomly(struct rig *r, int rules_at)
{
	const char *given = getenv("SEED");
	uint64_t seed = given ? strtoull(given, NULL, 10) : clock_boot_ms() * 2654435761u | 1;
	size_t open = 0, refused = 0;

	print_message("seed %llu\n", (unsigned long long)seed);
	if (rules_at == 0)
		rig_rules(r, 2);
	else
		rig_rules(r, 1);
	random_begin(r);
	for (int n = 0; n < INPUTS; n++) {
		Mandate__Change *changes[3];
		size_t count = 1 + next_random(&seed) % 3;

		if (n && n == rules_at) {
			rig_rules(r, 2);
		} else if (next_random(&seed) % 12 == 0) {
			random_day(r, &seed);
		} else {
			for (size_t i = 0; i < count; i++)
				do {
					changes[i] = random_change(r, &seed);
				} while (n < rules_at && record_kind(changes[i]->record) >
								 MANDATE__KIND__KIND_ESTIMATE);
			rig_submit(r, changes, count);
			refused += r->outcome->refusal != NULL;
		}
		for (size_t i = 0; n < rules_at && i < r->event_count; i++)
			assert_true(r->events[i].tags->alert_code <=
				    MANDATE__ALERT_CODE__ALERT_CODE_EDITION_CLASH);
		if (n >= rules_at && (!r->outcome || !r->outcome->refusal))
			open += what_is_open_is_what_is_found(r);
		arena_reset(&r->arena);
	}
	print_message("refused %zu of %d; open at a time %zu\n", refused, INPUTS, open / INPUTS);
	assert_true(refused < INPUTS / 2 && open > INPUTS);
	rebuild(r, seed);
}

static void what_changes_leave_open_is_what_a_fresh_look_finds(void **state)
{
	play_randomly(*state, 0);
}

static void rules_2_judge_everything_when_they_come(void **state)
{
	play_randomly(*state, INPUTS / 3);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_changes_leave_open_is_what_a_fresh_look_finds),
		TEST(rules_2_judge_everything_when_they_come),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
