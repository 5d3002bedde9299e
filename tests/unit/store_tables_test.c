/* The other tables: what is put is found again, in order. Keys. */
#include "store_fixture.h"

#include "store/key.h"

static void meta_answers_the_newest_value_of_a_name(void **state)
{
	struct store_txn *t = write_txn(*state);
	struct bytes value;

	assert_int_equal(store_meta_get(t, "applied", &value), STATUS_NOT_FOUND);
	OK(store_meta_put(t, "applied", bytes_of_text("one")));
	OK(store_meta_put(t, "applied", bytes_of_text("three")));
	OK(store_meta_put(t, "empty", bytes_of(NULL, 0)));
	OK(store_meta_get(t, "applied", &value));
	assert_true(bytes_equal(value, bytes_of_text("three")));
	OK(store_meta_get(t, "empty", &value));
	assert_int_equal(value.len, 0);
	OK(store_commit(t));
}

static void an_index_shows_what_was_added_under_its_value(void **state)
{
	struct store_txn *t = write_txn(*state);
	struct seen all = {0}, of_kind = {0}, after = {0}, other = {0}, stopped = {.stop_after = 2};

	OK(store_index_add(t, STORE_BY_HOME, "UNMIL", INSTRUMENT, "b"));
	OK(store_index_add(t, STORE_BY_HOME, "UNMIL", INSTRUMENT, "a"));
	OK(store_index_add(t, STORE_BY_HOME, "UNMIL", INSTRUMENT, "b"));
	OK(store_index_add(t, STORE_BY_HOME, "UNMIL", ALERT, "c"));
	OK(store_index_add(t, STORE_BY_HOME, "UNMILX", INSTRUMENT, "x"));
	OK(store_index_add(t, STORE_OPEN_ALERT, "UNMIL", ALERT, "o"));
	OK(store_index_scan(t, STORE_BY_HOME, "UNMIL", 0, NULL, see_key, &all));
	assert_string_equal(all.text, "a b c");
	OK(store_index_scan(t, STORE_BY_HOME, "UNMIL", INSTRUMENT, NULL, see_key, &of_kind));
	assert_string_equal(of_kind.text, "a b");
	OK(store_index_scan(t, STORE_BY_HOME, "UNMIL", INSTRUMENT, "a", see_key, &after));
	assert_string_equal(after.text, "b");
	OK(store_index_scan(t, STORE_OPEN_ALERT, "UNMIL", 0, NULL, see_key, &other));
	assert_string_equal(other.text, "o");
	assert_int_equal(store_index_scan(t, STORE_BY_HOME, "UNMIL", 0, NULL, see_key, &stopped),
			 STATUS_STOPPED);
	assert_string_equal(stopped.text, "a b");
	OK(store_commit(t));
}

static enum status answer_not_found(void *ctx, Mandate__Kind kind, const char *key)
{
	(void)kind;
	return see(ctx, key) == STATUS_OK ? STATUS_NOT_FOUND : STATUS_OK;
}

static void whatever_a_visitor_answers_is_returned(void **state)
{
	struct store_txn *t = write_txn(*state);
	struct seen seen = {0};

	OK(store_index_add(t, STORE_CLASHED, "-", ALERT, "a"));
	OK(store_index_add(t, STORE_CLASHED, "-", ALERT, "b"));
	assert_int_equal(store_index_scan(t, STORE_CLASHED, "-", 0, NULL, answer_not_found, &seen),
			 STATUS_NOT_FOUND);
	assert_string_equal(seen.text, "a");
	OK(store_failed(t));
	OK(store_commit(t));
}

static void a_lane_knows_its_last_number_and_digest(void **state)
{
	struct fixture *f = *state;
	struct arena *a = &f->arena;
	struct store_txn *t = write_txn(f);
	uint8_t digest[HASH_BYTES] = {0};
	uint64_t last = 9;

	OK(store_lane_last(t, "office", 7, &last, digest));
	assert_int_equal(last, 0);
	for (uint64_t sequence = 1; sequence <= 300; sequence++) {
		OK(store_lane_put(t, "office", 7, sequence,
				  make_outcome(a, (uint8_t)sequence, 7, sequence)));
		OK(store_lane_put(t, "office", UINT64_MAX, sequence,
				  make_outcome(a, 1, UINT64_MAX, sequence)));
	}
	OK(store_lane_put(t, "officer", 7, 1, make_outcome(a, 99, 7, 1)));
	OK(store_lane_last(t, "office", 7, &last, digest));
	assert_int_equal(last, 300);
	assert_int_equal(digest[0], 300 % 256);
	OK(store_lane_last(t, "officer", 7, &last, digest));
	assert_int_equal(last, 1);
	assert_int_equal(digest[31], 99);
	for (uint64_t lane = 6; lane <= 8; lane += 2) {
		OK(store_lane_last(t, "office", lane, &last, digest));
		assert_int_equal(last, 0);
	}
	OK(store_lane_last(t, "offices", 7, &last, digest));
	assert_int_equal(last, 0);
	OK(store_commit(t));
}

static void a_lane_answers_the_first_outcome_for_ever(void **state)
{
	struct fixture *f = *state;
	struct arena *a = &f->arena;
	struct store_txn *t = write_txn(f);
	const Mandate__StoredOutcome *outcome = NULL;

	OK(store_lane_put(t, "office", 7, 1, make_outcome(a, 11, 7, 1)));
	OK(store_lane_put(t, "office", 7, 2, make_outcome(a, 12, 7, 2)));
	OK(store_lane_get(t, a, "office", 7, 2, &outcome));
	assert_int_equal(outcome->digest.data[0], 12);
	assert_int_equal(outcome->outcome->sequence, 2);
	assert_int_equal(store_lane_get(t, a, "office", 7, 3, &outcome), STATUS_NOT_FOUND);
	assert_int_equal(store_lane_get(t, a, "office", 8, 1, &outcome), STATUS_NOT_FOUND);
	OK(store_commit(t));
	t = write_txn(f);
	assert_int_equal(store_lane_put(t, "office", 7, 2, make_outcome(a, 13, 7, 2)),
			 STATUS_EXISTS);
	store_abort(t);
}

static void a_row_missing_below_the_lanes_last_is_corruption(void **state)
{
	struct fixture *f = *state;
	struct arena *a = &f->arena;
	struct store_txn *t = write_txn(f);
	const Mandate__StoredOutcome *outcome;

	OK(store_lane_put(t, "office", 7, 2, make_outcome(a, 11, 7, 2)));
	OK(store_lane_put(t, "office", 7, 4, make_outcome(a, 12, 7, 4)));
	OK(store_commit(t));
	t = read_txn(f);
	assert_int_equal(store_lane_get(t, a, "office", 7, 1, &outcome), STATUS_CORRUPT);
	assert_int_equal(store_lane_get(t, a, "office", 7, 3, &outcome), STATUS_CORRUPT);
	assert_int_equal(store_lane_get(t, a, "office", 7, 5, &outcome), STATUS_NOT_FOUND);
	store_abort(t);
}

static void an_outcome_without_a_digest_is_refused(void **state)
{
	struct store_txn *t = write_txn(*state);

	assert_int_equal(store_lane_put(t, "office", 7, 1, bytes_of_text("no digest")),
			 STATUS_INVALID);
	assert_int_equal(store_commit(t), STATUS_INVALID);
}

static enum status see_refusal(void *ctx, uint64_t index, const Mandate__StoredRefusal *refusal)
{
	char text[48];

	snprintf(text, sizeof text, "%d=%d", (int)index, (int)refusal->time_ms);
	return see(ctx, text);
}

static void refusals_are_shown_after_an_index(void **state)
{
	struct fixture *f = *state;
	struct store_txn *t = write_txn(f);
	struct seen all = {0}, some = {0}, none = {0};

	for (uint64_t index = 5; index <= 20; index += 5)
		OK(store_refusal_put(t, index, make_refusal(&f->arena, index * 10)));
	OK(store_refusal_scan(t, &f->arena, 0, see_refusal, &all));
	assert_string_equal(all.text, "5=50 10=100 15=150 20=200");
	OK(store_refusal_scan(t, &f->arena, 10, see_refusal, &some));
	assert_string_equal(some.text, "15=150 20=200");
	OK(store_refusal_scan(t, &f->arena, UINT64_MAX, see_refusal, &none));
	assert_int_equal(none.count, 0);
	assert_int_equal(store_refusal_put(t, 20, make_refusal(&f->arena, 1)), STATUS_EXISTS);
	store_abort(t);
}

static enum status see_cursor(void *ctx, const char *office, const char *name,
			      const Mandate__StoredCursor *cursor)
{
	char text[96];

	snprintf(text, sizeof text, "%s/%s=%d", office, name, (int)cursor->revision);
	return see(ctx, text);
}

static void a_cursor_keeps_its_newest_position(void **state)
{
	struct fixture *f = *state;
	struct store_txn *t = write_txn(f);
	Mandate__StoredCursor cursor = MANDATE__STORED_CURSOR__INIT;
	const Mandate__StoredCursor *found = NULL;
	struct seen all = {0};

	for (cursor.revision = 1; cursor.revision <= 300; cursor.revision += 299)
		OK(store_cursor_put(t, "hq", "map", &cursor));
	cursor.revision = 4;
	OK(store_cursor_put(t, "hq", "desk", &cursor));
	OK(store_cursor_put(t, "field", "x", &cursor));
	OK(store_cursor_get(t, &f->arena, "hq", "map", &found));
	assert_int_equal(found->revision, 300);
	assert_int_equal(store_cursor_get(t, &f->arena, "hq", "ma", &found), STATUS_NOT_FOUND);
	OK(store_cursor_scan(t, &f->arena, see_cursor, &all));
	assert_string_equal(all.text, "field/x=4 hq/desk=4 hq/map=300");
	OK(store_commit(t));
}

static void due_operations_are_taken_once_sorted_and_not_early(void **state)
{
	struct fixture *f = *state;
	struct store_txn *t = write_txn(f);
	const char *const *names;
	size_t count = 9;

	OK(store_due_take(t, &f->arena, 100, &names, &count));
	assert_int_equal(count, 0);
	OK(store_due_add(t, -3, "UNMIL"));
	OK(store_due_add(t, 5, "UNMIL"));
	OK(store_due_add(t, 5, "MONUC"));
	OK(store_due_add(t, 5, "MONUC"));
	OK(store_due_add(t, 6, "UNMIS"));
	OK(store_due_take(t, &f->arena, -4, &names, &count));
	assert_int_equal(count, 0);
	OK(store_due_take(t, &f->arena, 5, &names, &count));
	assert_int_equal(count, 2);
	assert_string_equal(names[0], "MONUC");
	assert_string_equal(names[1], "UNMIL");
	OK(store_due_take(t, &f->arena, 5, &names, &count));
	assert_int_equal(count, 0);
	for (int i = 0; i < 200; i++)
		OK(store_due_add(t, 7, arena_printf(&f->arena, "OP%d", i)));
	OK(store_due_take(t, &f->arena, INT32_MAX, &names, &count));
	assert_int_equal(count, 201);
	OK(store_commit(t));
}

static void a_key_too_long_for_lmdb_is_invalid(void **state)
{
	struct fixture *f = *state;
	struct arena *a = &f->arena;
	struct store_txn *t = read_txn(f);
	char text[600], just[KEY_BYTES_MAX + 1];
	struct store_version version;
	struct bytes value;

	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = 0;
	memcpy(just, text, sizeof just - 1);
	just[sizeof just - 1] = 0;
	assert_int_equal(store_meta_get(t, text, &value), STATUS_INVALID);
	assert_int_equal(store_meta_get(t, "", &value), STATUS_INVALID);
	assert_int_equal(store_record_newest(t, a, INSTRUMENT, text, &version), STATUS_INVALID);
	assert_int_equal(store_record_newest(t, a, INSTRUMENT, just, &version), STATUS_INVALID);
	assert_int_equal(store_record_keys(t, INSTRUMENT, text, see_key, NULL), STATUS_INVALID);
	assert_int_equal(store_index_scan(t, STORE_CLASHED, text, 0, NULL, see_key, NULL),
			 STATUS_INVALID);
	store_abort(t);
	t = write_txn(f);
	assert_int_equal(store_meta_get(t, text, &value), STATUS_INVALID);
	OK(store_failed(t)); /* a question that cannot be asked spoils nothing */
	OK(store_meta_put(t, just, bytes_of_text("fits")));
	OK(store_meta_get(t, just, &value));
	assert_int_equal(store_due_add(t, 1, just), STATUS_INVALID);
	assert_int_equal(store_commit(t), STATUS_INVALID);
}

static void keys_are_printed_for_people(void **state)
{
	char text[KEY_PRINT_BYTES];
	struct key k;

	(void)state;
#define PRINTED(table, key, expected)                                                              \
	do {                                                                                       \
		k = (key);                                                                         \
		key_print(text, table, bytes_of(k.data, k.len));                                   \
		assert_string_equal(text, expected);                                               \
	} while (0)
	PRINTED(STORE_META, key_meta("applied"), "applied");
	PRINTED(STORE_EVENT, key_event(17), "17");
	PRINTED(STORE_RECORD, key_record(INSTRUMENT, "UNMIL:a", 17), "instrument UNMIL:a 17");
	PRINTED(STORE_INDEX, key_index(STORE_BY_HOME, "UNMIL", ALERT, "k"), "1 UNMIL alert k");
	PRINTED(STORE_LANE, key_lane("office", 3, 4), "office 3 4");
	PRINTED(STORE_CURSOR, key_cursor("hq", "m\x1b[1m"), "hq m?[1m");
	PRINTED(STORE_REFUSAL, key_refusal(5), "5");
	PRINTED(STORE_DUE, key_due(-2, "UNMIL"), "day -2 UNMIL");
	k.len = 3; /* a damaged one */
	key_print(text, STORE_EVENT, bytes_of(k.data, k.len));
	assert_string_equal(text, "7fffff");
	memset(k.data, 'x', sizeof k.data);
	key_print(text, STORE_META, bytes_of(k.data, sizeof k.data));
	assert_int_equal(strlen(text), KEY_PRINT_BYTES - 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(meta_answers_the_newest_value_of_a_name),
		TEST(an_index_shows_what_was_added_under_its_value),
		TEST(whatever_a_visitor_answers_is_returned),
		TEST(a_lane_knows_its_last_number_and_digest),
		TEST(a_lane_answers_the_first_outcome_for_ever),
		TEST(a_row_missing_below_the_lanes_last_is_corruption),
		TEST(an_outcome_without_a_digest_is_refused),
		TEST(refusals_are_shown_after_an_index),
		TEST(a_cursor_keeps_its_newest_position),
		TEST(due_operations_are_taken_once_sorted_and_not_early),
		TEST(a_key_too_long_for_lmdb_is_invalid),
		cmocka_unit_test(keys_are_printed_for_people),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
