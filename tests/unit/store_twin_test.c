/* Random puts over all tables, and the same in a twin made of plain arrays: whatever is asked, at
 * any revision, in the write transaction or in a reader, both answer the same. */
#include "store_fixture.h"

#include <time.h>

enum {
	STEPS = 3000,
	KEYS = 40,
	LANES = 5,
	CURSORS = 6,
	OPERATIONS = 4,
	DAYS = 20,
	ARENA_RESET_STEPS = 50,
};

struct twin_version {
	unsigned key;
	uint64_t revision;
	int32_t content; /* of the instrument or alert; -1: retracted or closed */
};

struct twin {
	uint64_t random;
	uint64_t revision; /* newest */
	struct twin_version versions[STEPS];
	size_t versions_count;
	uint64_t lane_last[LANES];
	uint64_t cursor[CURSORS]; /* 0: none */
	uint64_t refusals[STEPS];
	size_t refusals_count;
	bool due[DAYS][OPERATIONS];
	uint64_t meta;
};

static uint64_t draw(struct twin *w, uint64_t below)
{
	w->random ^= w->random << 13;
	w->random ^= w->random >> 7;
	w->random ^= w->random << 17;
	return w->random % below;
}

/* Keys of which some continue others; every fourth is an alert's. */
static const char *key_text_of(unsigned key)
{
	static char text[4][64];
	static unsigned next;
	char *to = text[next++ % 4];

	snprintf(to, sizeof text[0], "OP%u:%.*s", key % OPERATIONS, (int)(key / OPERATIONS + 1),
		 "aaaaaaaaaaaa");
	return to;
}

static Mandate__Kind kind_of(unsigned key)
{
	return key % 4 == 3 ? ALERT : INSTRUMENT;
}

static const struct twin_version *twin_at(const struct twin *w, unsigned key, uint64_t revision)
{
	for (size_t i = w->versions_count; i-- > 0;)
		if (w->versions[i].key == key && w->versions[i].revision <= revision)
			return &w->versions[i];
	return NULL;
}

static void step_record(struct twin *w, struct store_txn *t, struct arena *a)
{
	unsigned key = (unsigned)draw(w, KEYS);
	const char *text = key_text_of(key);
	int32_t content = draw(w, 8) ? (int32_t)draw(w, 10000) : -1;
	uint64_t revision = ++w->revision;
	Mandate__Record *record = make_record(a, text, content);
	bool has_content = kind_of(key) != ALERT && content >= 0;
	Mandate__StoredVersion *stored =
		make_version(a, revision, has_content ? record : NULL, NULL);

	if (kind_of(key) == ALERT) {
		Mandate__Alert *alert = make_alert(a, text, content);

		put_alert_event(t, a, revision, alert, content < 0);
		stored->alert = content < 0 ? NULL : alert;
	} else {
		put_change_event(t, a, revision, record);
		stored->has_retracted = stored->retracted = content < 0;
	}
	put_version(t, a, kind_of(key), text, revision, stored);
	OK(store_index_add(t, STORE_BY_HOME, record->instrument->operation, kind_of(key), text));
	w->versions[w->versions_count++] = (struct twin_version){key, revision, content};
}

static void step_due_take(struct twin *w, struct store_txn *t, struct arena *a)
{
	int32_t day = (int32_t)draw(w, DAYS);
	const char *const *names;
	size_t count, expected = 0;

	OK(store_due_take(t, a, day, &names, &count));
	for (unsigned operation = 0; operation < OPERATIONS; operation++) {
		bool due = false;

		for (int32_t d = 0; d <= day; d++) {
			due |= w->due[d][operation];
			w->due[d][operation] = false;
		}
		if (!due)
			continue;
		assert_true(expected < count);
		assert_int_equal(names[expected][2], '0' + operation);
		expected++;
	}
	assert_int_equal(count, expected);
}

static const char *lane_office(unsigned lane)
{
	return lane % 2 ? "office" : "office-b";
}

static void step_other(struct twin *w, struct store_txn *t, struct arena *a)
{
	Mandate__StoredCursor cursor = MANDATE__STORED_CURSOR__INIT;
	unsigned which = (unsigned)draw(w, LANES);
	uint8_t meta[8];
	char name[16];

	switch (draw(w, 5)) {
	case 0:
		w->lane_last[which]++;
		OK(store_lane_put(
			t, lane_office(which), which, w->lane_last[which],
			make_outcome(a, (uint8_t)w->lane_last[which], which, w->lane_last[which])));
		break;
	case 1:
		which = (unsigned)draw(w, CURSORS);
		cursor.revision = w->cursor[which] = draw(w, UINT64_MAX - 1) + 1;
		snprintf(name, sizeof name, "name%u", which);
		OK(store_cursor_put(t, "hq", name, &cursor));
		break;
	case 2:
		w->refusals[w->refusals_count] =
			1 + draw(w, 9) +
			(w->refusals_count ? w->refusals[w->refusals_count - 1] : 0);
		OK(store_refusal_put(t, w->refusals[w->refusals_count++], make_refusal(a, 1)));
		break;
	case 3:
		which = (unsigned)draw(w, OPERATIONS);
		int32_t day = (int32_t)draw(w, DAYS);
		snprintf(name, sizeof name, "OP%u", which);
		OK(store_due_add(t, day, name));
		w->due[day][which] = true;
		break;
	case 4:
		w->meta = draw(w, UINT64_MAX);
		put_u64(meta, w->meta);
		OK(store_meta_put(t, "applied", bytes_of(meta, sizeof meta)));
		break;
	}
}

static void check_record(struct twin *w, struct store_txn *t, struct arena *a)
{
	unsigned key = (unsigned)draw(w, KEYS);
	uint64_t revision = draw(w, w->revision + 2);
	const struct twin_version *expected = twin_at(w, key, revision);
	struct store_version v = {0};
	enum status s = store_record_whole(t, a, kind_of(key), key_text_of(key), revision, &v);

	if (!expected) {
		assert_int_equal(s, STATUS_NOT_FOUND);
		return;
	}
	OK(s);
	assert_int_equal(v.revision, expected->revision);
	if (expected->content < 0) {
		assert_null(v.record);
		assert_null(v.stored->alert);
	} else if (kind_of(key) == ALERT) {
		assert_int_equal(v.stored->alert->since, expected->content);
	} else {
		assert_int_equal(v.record->instrument->adopted, expected->content);
		assert_string_equal(v.record->instrument->document, key_text_of(key));
	}
}

struct fact_check {
	struct twin *twin;
	uint64_t revision;
	unsigned operation;
	unsigned count;
	char last[64];
};

static enum status check_fact(void *ctx, const struct view_fact *fact)
{
	struct fact_check *check = ctx;

	assert_true(strcmp(check->last, fact->key) < 0);
	snprintf(check->last, sizeof check->last, "%s", fact->key);
	for (unsigned key = check->operation; key < KEYS; key += OPERATIONS) {
		if (strcmp(key_text_of(key), fact->key) != 0)
			continue;
		const struct twin_version *v = twin_at(check->twin, key, check->revision);
		if (!v)
			break;
		assert_int_equal(fact->revision, v->revision);
		assert_int_equal(fact->record->instrument->adopted, v->content);
		check->count++;
		return STATUS_OK;
	}
	fail_msg("not in the twin: %s", fact->key);
	return STATUS_OK;
}

static void check_view(struct twin *w, struct store_txn *t, struct arena *a)
{
	struct fact_check check = {.twin = w, .revision = draw(w, w->revision + 2)};
	unsigned expected = 0;
	struct store_view storage;
	struct view view;
	char operation[16];

	check.operation = (unsigned)draw(w, OPERATIONS - 1); /* the last one's are alerts */
	for (unsigned key = check.operation; key < KEYS; key += OPERATIONS) {
		const struct twin_version *v = twin_at(w, key, check.revision);

		expected += v && v->content >= 0;
	}
	store_view_init(&storage, t, check.revision, &view);
	snprintf(operation, sizeof operation, "OP%u", check.operation);
	OK(view_scan(&view, a, INSTRUMENT, operation, check_fact, &check));
	assert_int_equal(check.count, expected);
}

static void check_lane(struct twin *w, struct store_txn *t, struct arena *a)
{
	unsigned lane = (unsigned)draw(w, LANES);
	const Mandate__StoredOutcome *outcome = NULL;
	uint8_t digest[HASH_BYTES];
	uint64_t last = 0, sequence = 1 + draw(w, w->lane_last[lane] + 2);

	OK(store_lane_last(t, lane_office(lane), lane, &last, digest));
	assert_int_equal(last, w->lane_last[lane]);
	if (last)
		assert_int_equal(digest[5], last % 256);
	enum status s = store_lane_get(t, a, lane_office(lane), lane, sequence, &outcome);
	if (sequence > last) {
		assert_int_equal(s, STATUS_NOT_FOUND);
	} else {
		OK(s);
		assert_int_equal(outcome->outcome->sequence, sequence);
	}
}

static enum status check_refusal(void *ctx, uint64_t index, const Mandate__StoredRefusal *refusal)
{
	uint64_t **next = ctx;

	(void)refusal;
	assert_int_equal(index, *(*next)++);
	return STATUS_OK;
}

static void check_others(struct twin *w, struct store_txn *t, struct arena *a)
{
	const Mandate__StoredCursor *cursor;
	unsigned which = (unsigned)draw(w, CURSORS);
	size_t skip = draw(w, w->refusals_count + 1);
	uint64_t *next = w->refusals + skip;
	struct bytes value;
	char name[16];

	snprintf(name, sizeof name, "name%u", which);
	enum status s = store_cursor_get(t, a, "hq", name, &cursor);
	assert_int_equal(s, w->cursor[which] ? STATUS_OK : STATUS_NOT_FOUND);
	if (s == STATUS_OK)
		assert_int_equal(cursor->revision, w->cursor[which]);
	OK(store_refusal_scan(t, a, skip ? w->refusals[skip - 1] : 0, check_refusal, &next));
	assert_ptr_equal(next, w->refusals + w->refusals_count);
	s = store_meta_get(t, "applied", &value);
	assert_int_equal(s, w->meta ? STATUS_OK : STATUS_NOT_FOUND);
	if (s == STATUS_OK)
		assert_int_equal(get_u64(value.data), w->meta);
}

static enum status check_revision(void *ctx, const struct store_event *event)
{
	assert_int_equal(event->revision, ++*(uint64_t *)ctx);
	return STATUS_OK;
}

static void check_all(struct twin *w, struct store_txn *t, struct arena *a)
{
	uint64_t from = draw(w, w->revision + 2), seen = from ? from - 1 : 0;

	for (int i = 0; i < 4; i++)
		check_record(w, t, a);
	check_view(w, t, a);
	check_lane(w, t, a);
	check_others(w, t, a);
	OK(store_event_scan(t, from, check_revision, &seen));
	assert_int_equal(seen, from > w->revision ? from - 1 : w->revision);
}

static void the_store_answers_as_its_twin(void **state)
{
	struct fixture *f = *state;
	struct twin *now = calloc(1, sizeof *now), *committed = calloc(1, sizeof *committed);
	const char *given = getenv("SEED");
	struct timespec clock;

	assert_true(now && committed);
	clock_gettime(CLOCK_REALTIME, &clock);
	now->random = given ? strtoull(given, NULL, 10) : (uint64_t)clock.tv_nsec * 2 + 1;
	print_message("seed: SEED=%llu\n", (unsigned long long)now->random);
	struct store_txn *reader = read_txn(f), *t = write_txn(f);
	*committed = *now;
	for (int step = 0; step < STEPS; step++) {
		uint64_t what = draw(now, 100);

		if (what < 50) {
			step_record(now, t, &f->arena);
		} else if (what < 92) {
			step_other(now, t, &f->arena);
		} else if (what < 94) {
			step_due_take(now, t, &f->arena);
		} else if (what < 98) {
			OK(store_commit(t));
			t = write_txn(f);
			store_reset(reader);
			OK(store_renew(reader));
			*committed = *now;
		} else {
			store_abort(t);
			t = write_txn(f);
			uint64_t random = now->random; /* not drawn again */
			*now = *committed;
			now->random = random;
		}
		if (step % 4 == 0) {
			check_all(now, t, &f->arena);
			committed->random = now->random;
			check_all(committed, reader, &f->arena);
		}
		if (step % ARENA_RESET_STEPS == 0)
			arena_reset(&f->arena);
	}
	OK(store_commit(t));
	store_abort(reader);
	free(committed);
	free(now);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_store_answers_as_its_twin, fixture_setup,
						fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
