#include "store/walk.h"

#include <inttypes.h>

/* A pair as LMDB has it, the value with its hash. */
struct pair {
	struct bytes key;
	struct bytes value;
};

static enum status step(struct walk *walk, MDB_cursor_op op, struct pair *ret_pair)
{
	MDB_val k, v;
	enum status s = env_status(mdb_cursor_get(walk->at, &k, &v, op));

	walk->ended = s == STATUS_NOT_FOUND;
	if (s == STATUS_OK)
		*ret_pair = (struct pair){.key = bytes_of(k.mv_data, k.mv_size),
					  .value = bytes_of(v.mv_data, v.mv_size)};
	return s;
}

static enum status pair_error(struct error *err, enum store_table table, struct bytes key,
			      const char *what)
{
	char text[KEY_PRINT_BYTES];

	key_print(text, table, key);
	return error_set(err, STATUS_CORRUPT, "table %s, key %s: %s", store_table_name(table), text,
			 what);
}

static enum status table_error(struct error *err, enum status s, enum store_table table)
{
	return error_set(err, s, "table %s: cannot be read: %s", store_table_name(table),
			 status_text(s));
}

static MDB_val raw(struct bytes b)
{
	/* LMDB's type has no const; nothing is written. */
	return (MDB_val){.mv_size = b.len, .mv_data = (void *)(uintptr_t)b.data};
}

enum status store_pairs(struct store_txn *t, enum store_table table, bool check, struct error *err,
			store_pair_visit *visit, void *ctx)
{
	struct pair pair;
	struct walk walk;
	struct row row;
	enum status s = walk_begin(&walk, t, table);

	if (s != STATUS_OK)
		return table_error(err, s, table);
	s = step(&walk, MDB_FIRST, &pair);
	if (s != STATUS_OK && s != STATUS_NOT_FOUND)
		s = table_error(err, s, table);
	while (s == STATUS_OK) {
		if (check && value_check(table, raw(pair.key), raw(pair.value), &row) != STATUS_OK)
			s = pair_error(err, table, pair.key, "the value does not check");
		else
			s = visit(ctx, pair.key, pair.value);
		if (s != STATUS_OK)
			break;
		s = step(&walk, MDB_NEXT, &pair);
		if (s != STATUS_OK && s != STATUS_NOT_FOUND)
			s = table_error(err, s, table);
	}
	return walk_end(&walk, s);
}

/* Both tables side by side; `ret_pairs` counts what both have. */
static enum status compare_pairs(struct walk *x, struct walk *y, struct error *err,
				 uint64_t *ret_pairs)
{
	struct pair mine = {0}, other = {0};
	MDB_cursor_op op = MDB_FIRST;
	uint64_t pairs = 0;

	for (;; op = MDB_NEXT, pairs++) {
		enum status s = step(x, op, &mine), t = step(y, op, &other);

		if (s == STATUS_NOT_FOUND && t == STATUS_NOT_FOUND)
			break;
		if (s != STATUS_OK && s != STATUS_NOT_FOUND)
			return table_error(err, s, x->table);
		if (t != STATUS_OK && t != STATUS_NOT_FOUND)
			return table_error(err, t, x->table);
		int order = bytes_compare(mine.key, other.key);
		if (t == STATUS_NOT_FOUND || (s == STATUS_OK && order < 0))
			return pair_error(err, x->table, mine.key, "only in the first state");
		if (s == STATUS_NOT_FOUND || order > 0)
			return pair_error(err, x->table, other.key, "only in the second state");
		if (!bytes_equal(mine.value, other.value))
			return pair_error(err, x->table, mine.key, "the values differ");
	}
	*ret_pairs = pairs;
	return STATUS_OK;
}

static enum status compare_table(struct store_txn *x, struct store_txn *y, enum store_table table,
				 struct error *err)
{
	struct walk x_walk, y_walk;
	uint64_t pairs = 0;
	MDB_stat x_stat, y_stat;
	enum status s = walk_begin(&x_walk, x, table);

	if (s != STATUS_OK)
		return table_error(err, s, table);
	s = walk_begin(&y_walk, y, table);
	if (s != STATUS_OK)
		return table_error(err, walk_end(&x_walk, s), table);
	s = compare_pairs(&x_walk, &y_walk, err, &pairs);
	s = walk_end(&x_walk, walk_end(&y_walk, s));
	if (s != STATUS_OK)
		return s;
	s = env_status(mdb_stat(x->txn, x->store->table[table], &x_stat));
	if (s == STATUS_OK)
		s = env_status(mdb_stat(y->txn, y->store->table[table], &y_stat));
	if (s != STATUS_OK)
		return table_error(err, s, table);
	if (x_stat.ms_entries != pairs || y_stat.ms_entries != pairs)
		return error_set(
			err, STATUS_CORRUPT, "table %s: says %zu and %zu pairs, but has %" PRIu64,
			store_table_name(table), x_stat.ms_entries, y_stat.ms_entries, pairs);
	return STATUS_OK;
}

enum status store_compare(struct store_txn *x, struct store_txn *y, struct error *err)
{
	for (enum store_table table = STORE_META; table < STORE_TABLE_END; table++) {
		enum status s = compare_table(x, y, table, err);

		if (s != STATUS_OK)
			return s;
	}
	return STATUS_OK;
}
