/* Damage to the state is seen at the read, and a difference between two states is named. */
#include "store_fixture.h"

#include "store/value.h"

/* Some rows of every table that is read. */
static void fill(struct fixture *f)
{
	struct arena *a = &f->arena;
	struct store_txn *t = write_txn(f);
	Mandate__StoredCursor cursor = MANDATE__STORED_CURSOR__INIT;

	OK(store_meta_put(t, "applied", bytes_of_text("value")));
	for (uint64_t revision = 1; revision <= 3; revision++)
		put_fact(t, a, revision, "UNMIL:a", 1);
	OK(store_index_add(t, STORE_CLASHED, "-", INSTRUMENT, "UNMIL:a"));
	for (uint64_t sequence = 1; sequence <= 2; sequence++)
		OK(store_lane_put(t, "office", 7, sequence, make_outcome(a, 1, 7, sequence)));
	cursor.revision = 3;
	OK(store_cursor_put(t, "hq", "map", &cursor));
	OK(store_refusal_put(t, 4, make_refusal(a, 1000)));
	OK(store_due_add(t, 100, "UNMIL"));
	OK(store_commit(t));
}

static enum status any_event(void *ctx, const struct store_event *event)
{
	(void)ctx;
	(void)event;
	return STATUS_OK;
}

static enum status any_version(void *ctx, const struct store_version *version)
{
	(void)ctx;
	(void)version;
	return STATUS_OK;
}

static enum status any_key(void *ctx, Mandate__Kind kind, const char *key)
{
	(void)ctx;
	(void)kind;
	(void)key;
	return STATUS_OK;
}

static enum status any_refusal(void *ctx, uint64_t index, const Mandate__StoredRefusal *refusal)
{
	(void)ctx;
	(void)index;
	(void)refusal;
	return STATUS_OK;
}

static enum status any_cursor(void *ctx, const char *office, const char *name,
			      const Mandate__StoredCursor *cursor)
{
	(void)ctx;
	(void)office;
	(void)name;
	(void)cursor;
	return STATUS_OK;
}

static enum status any_pair(void *ctx, struct bytes key, struct bytes value)
{
	(void)key;
	(void)value;
	if (ctx)
		++*(size_t *)ctx;
	return STATUS_OK;
}

/* Every way to read the last row of a table that fill() made. */
typedef enum status read_row(struct store_txn *t, struct arena *a);

static enum status meta_get(struct store_txn *t, struct arena *a)
{
	struct bytes value;

	(void)a;
	return store_meta_get(t, "applied", &value);
}

static enum status event_get(struct store_txn *t, struct arena *a)
{
	struct store_event event;

	(void)a;
	return store_event_get(t, 3, &event);
}

static enum status event_scan(struct store_txn *t, struct arena *a)
{
	(void)a;
	return store_event_scan(t, 1, any_event, NULL);
}

static enum status record_at(struct store_txn *t, struct arena *a)
{
	struct store_version version;

	return store_record_at(t, a, INSTRUMENT, "UNMIL:a", 1, &version);
}

static enum status record_versions(struct store_txn *t, struct arena *a)
{
	return store_record_versions(t, a, INSTRUMENT, "UNMIL:a", 9, any_version, NULL);
}

static enum status index_scan(struct store_txn *t, struct arena *a)
{
	(void)a;
	return store_index_scan(t, STORE_CLASHED, "-", 0, NULL, any_key, NULL);
}

static enum status lane_last(struct store_txn *t, struct arena *a)
{
	uint8_t digest[HASH_BYTES];
	uint64_t last;

	(void)a;
	return store_lane_last(t, "office", 7, &last, digest);
}

static enum status lane_get(struct store_txn *t, struct arena *a)
{
	const Mandate__StoredOutcome *outcome;

	return store_lane_get(t, a, "office", 7, 2, &outcome);
}

static enum status cursor_get(struct store_txn *t, struct arena *a)
{
	const Mandate__StoredCursor *cursor;

	return store_cursor_get(t, a, "hq", "map", &cursor);
}

static enum status cursor_scan(struct store_txn *t, struct arena *a)
{
	return store_cursor_scan(t, a, any_cursor, NULL);
}

static enum status refusal_scan(struct store_txn *t, struct arena *a)
{
	return store_refusal_scan(t, a, 0, any_refusal, NULL);
}

static enum status due_take(struct store_txn *t, struct arena *a)
{
	const char *const *names;
	size_t count;

	return store_due_take(t, a, 100, &names, &count);
}

static const struct {
	enum store_table table;
	read_row *reads[2];
} readers[] = {
	{STORE_META, {meta_get, meta_get}},
	{STORE_EVENT, {event_get, event_scan}},
	{STORE_RECORD, {record_at, record_versions}},
	{STORE_INDEX, {index_scan, index_scan}},
	{STORE_LANE, {lane_last, lane_get}},
	{STORE_CURSOR, {cursor_get, cursor_scan}},
	{STORE_REFUSAL, {refusal_scan, refusal_scan}},
	{STORE_DUE, {due_take, due_take}},
};

/* Changes byte `at` of the last value of a table in `t`, past the store; false behind its end. */
static bool flip(struct store_txn *t, enum store_table table, size_t at, uint8_t with)
{
	MDB_cursor *cursor;
	MDB_val k, v;
	uint8_t copy[4096];

	assert_int_equal(mdb_cursor_open(t->txn, t->store->table[table], &cursor), 0);
	assert_int_equal(mdb_cursor_get(cursor, &k, &v, MDB_LAST), 0);
	bool inside = at < v.mv_size;
	if (inside) {
		assert_true(v.mv_size <= sizeof copy);
		memcpy(copy, v.mv_data, v.mv_size);
		copy[at] ^= with;
		v.mv_data = copy;
		assert_int_equal(mdb_cursor_put(cursor, &k, &v, MDB_CURRENT), 0);
	}
	mdb_cursor_close(cursor);
	return inside;
}

static void a_flip_of_any_byte_of_a_value_is_seen_at_the_read(void **state)
{
	struct fixture *f = *state;
	struct error err;

	fill(f);
	for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
		struct store_txn *t = read_txn(f);
		for (size_t r = 0; r < 2; r++) {
			if (readers[i].table == STORE_DUE)
				break;
			OK(readers[i].reads[r](t, &f->arena));
		}
		store_abort(t);
		size_t at = 0, bytes = 0;
		for (bool inside = true; inside; at++) {
			for (size_t r = 0; r < 2; r++) {
				t = write_txn(f);
				inside = flip(t, readers[i].table, at, (uint8_t)(1 << at % 8));
				enum status s = readers[i].reads[r](t, &f->arena);
				assert_int_equal(s, inside ? STATUS_CORRUPT : STATUS_OK);
				if (inside) {
					assert_int_equal(store_commit(t), STATUS_CORRUPT);
					bytes++;
				} else {
					store_abort(t);
				}
			}
			t = write_txn(f);
			if (flip(t, readers[i].table, at, 0x80))
				assert_int_equal(store_pairs(t, readers[i].table, true, &err,
							     any_pair, NULL),
						 STATUS_CORRUPT);
			store_abort(t);
		}
		assert_true(bytes >= 2 * 8);
		arena_reset(&f->arena);
	}
}

static void a_value_under_another_key_or_table_is_corruption(void **state)
{
	struct fixture *f = *state;
	struct store_txn *t = write_txn(f);
	MDB_val k, v;
	struct bytes value;
	uint8_t copy[64];

	OK(store_meta_put(t, "applied", bytes_of_text("value")));
	k = (MDB_val){.mv_size = 7, .mv_data = (char[]){"applied"}};
	assert_int_equal(mdb_get(t->txn, t->store->table[STORE_META], &k, &v), 0);
	memcpy(copy, v.mv_data, v.mv_size);
	v.mv_data = copy;
	k = (MDB_val){.mv_size = 5, .mv_data = (char[]){"other"}};
	assert_int_equal(mdb_put(t->txn, t->store->table[STORE_META], &k, &v, 0), 0);
	OK(store_meta_get(t, "applied", &value));
	assert_int_equal(store_meta_get(t, "other", &value), STATUS_CORRUPT);
	store_abort(t);
	t = write_txn(f);
	k = (MDB_val){.mv_size = 7, .mv_data = (char[]){"hq\0appl"}};
	v = (MDB_val){.mv_size = 3, .mv_data = copy}; /* no room for a hash */
	assert_int_equal(mdb_put(t->txn, t->store->table[STORE_CURSOR], &k, &v, 0), 0);
	assert_int_equal(store_cursor_scan(t, &f->arena, any_cursor, NULL), STATUS_CORRUPT);
	store_abort(t);
}

static void damage_is_named_by_table_and_key(void **state)
{
	struct fixture *f = *state;
	struct error err = {0};
	size_t pairs = 0;

	fill(f);
	struct store_txn *t = write_txn(f);
	OK(store_pairs(t, STORE_RECORD, true, &err, any_pair, &pairs));
	assert_int_equal(pairs, 3);
	assert_true(flip(t, STORE_RECORD, 9, 1));
	pairs = 0;
	OK(store_pairs(t, STORE_RECORD, false, &err, any_pair, &pairs));
	assert_int_equal(pairs, 3);
	assert_int_equal(store_pairs(t, STORE_RECORD, true, &err, any_pair, NULL), STATUS_CORRUPT);
	assert_int_equal(err.status, STATUS_CORRUPT);
	assert_non_null(strstr(err.text, "table record, key instrument UNMIL:a 1:"));
	store_abort(t);
}

static enum status stop(void *ctx, struct bytes key, struct bytes value)
{
	(void)ctx;
	(void)key;
	(void)value;
	return STATUS_STOPPED;
}

static void pairs_end_where_the_visitor_says(void **state)
{
	struct store_txn *t = write_txn(*state);
	struct error err;

	OK(store_meta_put(t, "a", bytes_of_text("1")));
	assert_int_equal(store_pairs(t, STORE_META, true, &err, stop, NULL), STATUS_STOPPED);
	OK(store_pairs(t, STORE_DUE, true, &err, stop, NULL));
	store_abort(t);
}

enum difference { EXTRA, MISSING, CHANGED };

/* A difference at the end of a table, or in its middle, where there is one. */
static void differ(struct store_txn *t, enum store_table table, enum difference what)
{
	MDB_val k, v;
	MDB_cursor *cursor;
	char extra[] = "\xff\xff extra";

	if (what == CHANGED) {
		assert_true(flip(t, table, 8, 1) || flip(t, table, 7, 1));
		return;
	}
	assert_int_equal(mdb_cursor_open(t->txn, t->store->table[table], &cursor), 0);
	if (what == MISSING) {
		assert_int_equal(mdb_cursor_get(cursor, &k, &v, MDB_LAST), 0);
		assert_int_equal(mdb_cursor_del(cursor, 0), 0);
	} else {
		k = (MDB_val){.mv_size = sizeof extra, .mv_data = extra};
		v = k;
		assert_int_equal(mdb_cursor_put(cursor, &k, &v, 0), 0);
	}
	mdb_cursor_close(cursor);
}

static void a_comparison_finds_every_kind_of_difference_in_every_table(void **state)
{
	struct fixture *f = *state;
	struct store *copied = NULL;
	struct store_txn *x, *y = NULL;
	struct error err;
	char path[128];

	fill(f);
	x = write_txn(f); /* nothing of ours writes it yet */
	struct key k = {.len = 32};
	memset(k.data, 7, k.len);
	OK(value_add(x, STORE_AUDIT, &k));
	OK(store_commit(x));
	snprintf(path, sizeof path, "%s/copy", f->directory);
	OK(store_copy(f->store, path, false, &err));
	OK(store_open(path, false, &err, &copied));
	x = read_txn(f);
	for (enum store_table table = STORE_META; table < STORE_TABLE_END; table++) {
		for (enum difference what = EXTRA; what <= CHANGED; what++) {
			OK(store_begin_write(copied, &y));
			OK(store_compare(x, y, &err));
			differ(y, table, what);
			err = (struct error){0};
			assert_int_equal(store_compare(x, y, &err), STATUS_CORRUPT);
			assert_int_equal(err.status, STATUS_CORRUPT);
			assert_non_null(strstr(err.text, store_table_name(table)));
			assert_non_null(strstr(err.text, what == EXTRA	   ? "second state"
							 : what == MISSING ? "first state"
									   : "differ"));
			assert_int_equal(store_compare(y, x, &err), STATUS_CORRUPT);
			store_abort(y);
		}
	}
	store_abort(x);
	store_close(copied);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_flip_of_any_byte_of_a_value_is_seen_at_the_read),
		TEST(a_value_under_another_key_or_table_is_corruption),
		TEST(damage_is_named_by_table_and_key),
		TEST(pairs_end_where_the_visitor_says),
		TEST(a_comparison_finds_every_kind_of_difference_in_every_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
