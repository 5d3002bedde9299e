#include "store/walk.h"

enum status walk_begin(struct walk *w, struct store_txn *t, enum store_table table)
{
	if (t->failed)
		return t->failed;
	*w = (struct walk){.txn = t, .table = table};
	return txn_fail(t, env_status(mdb_cursor_open(t->txn, t->store->table[table], &w->at)));
}

enum status walk_end(struct walk *w, enum status s)
{
	mdb_cursor_close(w->at);
	return w->ended && s == STATUS_NOT_FOUND ? STATUS_OK : s;
}

static enum status move(struct walk *w, MDB_val k, MDB_cursor_op op, struct row *ret_row)
{
	MDB_val v;
	enum status s = env_status(mdb_cursor_get(w->at, &k, &v, op));

	w->ended = s == STATUS_NOT_FOUND;
	if (s == STATUS_OK)
		s = value_check(w->table, k, v, ret_row);
	return txn_fail(w->txn, s);
}

enum status walk_seek(struct walk *w, const struct key *from, struct row *ret_row)
{
	if (!from)
		return move(w, (MDB_val){0}, MDB_FIRST, ret_row);
	if (!key_fits(from))
		return STATUS_INVALID;
	MDB_val k = {.mv_size = from->len, .mv_data = (void *)(uintptr_t)from->data};
	return move(w, k, MDB_SET_RANGE, ret_row);
}

enum status walk_next(struct walk *w, struct row *ret_row)
{
	return move(w, (MDB_val){0}, MDB_NEXT, ret_row);
}
