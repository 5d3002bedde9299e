/* What the files of the store share: the environment, a transaction, LMDB's codes as ours. */
#ifndef MANDATED_STORE_INTERNAL_H
#define MANDATED_STORE_INTERNAL_H

#include "store/room.h"
#include "store/store.h"

#include <lmdb.h>

struct store {
	MDB_env *env;
	MDB_dbi table[STORE_TABLE_END];
	char *directory;
	/* For writing only; see room.h. */
	size_t map_bytes, page_bytes;
	uint64_t file_bytes; /* of its file, all with blocks */
};

struct store_txn {
	struct store *store;
	MDB_txn *txn;
	/* One cursor a table, opened at its first use and kept: a look-up, and the put that follows
	 * it, then find their page without a new descent from the root. */
	MDB_cursor *at[STORE_TABLE_END];
	bool write;
	struct room room;   /* of a write transaction */
	enum status failed; /* of a write transaction: the first failure */
};

/* store_open with another size of map: what a test fills up. */
MUST_USE enum status env_open(const char *directory, bool read_only, size_t map_bytes,
			      struct error *err, struct store **ret_store);

/* The status of an LMDB code, which may be an errno value. */
enum status env_status(int code);

/* As env_status, of a write to the environment's file: LMDB calls a short write EIO, which it
 * mostly is because the disk is full. */
enum status env_write_status(const struct store *s, int code);

/* Remembers the first failure of a write transaction and returns it from then on; `s` if there was
 * none. STATUS_OK and STATUS_NOT_FOUND are none. */
enum status txn_fail(struct store_txn *t, enum status s);

/* The transaction's own cursor of `table`. What it points at moves with the next look-up. */
MUST_USE enum status txn_cursor(struct store_txn *t, enum store_table table,
				MDB_cursor **ret_cursor);

#endif
