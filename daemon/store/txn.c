#include "store/internal.h"

#include <assert.h>
#include <stdlib.h>

static enum status begin(struct store *s, bool write, struct store_txn **ret_txn)
{
	struct store_txn *t = calloc(1, sizeof *t);

	if (!t)
		return STATUS_NO_MEMORY;
	t->store = s;
	t->write = write;
	int rc = mdb_txn_begin(s->env, NULL, write ? 0 : MDB_RDONLY, &t->txn);
	if (rc) {
		free(t);
		return env_status(rc);
	}
	if (write)
		rc = room_begin(s, t->txn, &t->room);
	if (rc) {
		store_abort(t);
		return env_status(rc);
	}
	*ret_txn = t;
	return STATUS_OK;
}

enum status store_begin_write(struct store *s, struct store_txn **ret_txn)
{
	return begin(s, true, ret_txn);
}

enum status store_begin_read(struct store *s, struct store_txn **ret_txn)
{
	return begin(s, false, ret_txn);
}

/* LMDB closes the cursors of a write transaction with it, and never those of a read transaction. */
static void close_cursors(struct store_txn *t)
{
	for (int i = STORE_META; i < STORE_TABLE_END && !t->write; i++)
		if (t->at[i])
			mdb_cursor_close(t->at[i]);
}

enum status store_commit(struct store_txn *t)
{
	enum status s = t->failed;

	if (s != STATUS_OK) {
		store_abort(t);
		return s;
	}
	close_cursors(t);
	s = env_write_status(t->store, mdb_txn_commit(t->txn));
	free(t);
	return s;
}

void store_abort(struct store_txn *t)
{
	if (!t)
		return;
	close_cursors(t);
	mdb_txn_abort(t->txn);
	free(t);
}

void store_reset(struct store_txn *t)
{
	assert(!t->write);
	mdb_txn_reset(t->txn);
}

enum status store_renew(struct store_txn *t)
{
	int rc = mdb_txn_renew(t->txn);

	for (int i = STORE_META; i < STORE_TABLE_END && !rc; i++)
		if (t->at[i])
			rc = mdb_cursor_renew(t->txn, t->at[i]);
	return env_status(rc);
}

enum status store_failed(const struct store_txn *t)
{
	return t->failed;
}

enum status txn_fail(struct store_txn *t, enum status s)
{
	if (t->failed != STATUS_OK)
		return t->failed;
	if (t->write && s != STATUS_NOT_FOUND)
		t->failed = s;
	return s;
}

enum status txn_cursor(struct store_txn *t, enum store_table table, MDB_cursor **ret_cursor)
{
	if (!t->at[table]) {
		int rc = mdb_cursor_open(t->txn, t->store->table[table], &t->at[table]);

		if (rc)
			return env_status(rc);
	}
	*ret_cursor = t->at[table];
	return STATUS_OK;
}
