/* Room for pages that are to come.
 *
 * The environment is written through its map (MDB_WRITEMAP): a commit is then a few stores and no
 * call of the system, where it was one write a page, and most changes dirty a page or two of their
 * own. The danger is a page that the disk has no block for: touching it ends the process. So the
 * file never has holes and always ends behind the last page that the transaction at hand can reach;
 * before each put it is grown, with real blocks, by what that put may add at most.
 *
 * A file system that copies on each write (btrfs) does not keep what it promised with a block:
 * there a full disk can end the daemon, which loses nothing and starts again when there is room. */
#ifndef MANDATED_STORE_ROOM_H
#define MANDATED_STORE_ROOM_H

#include "base/limits.h"
#include "store/store.h"

#include <lmdb.h>

/* What a write transaction has asked for, a table. */
struct room_table {
	size_t branches, leaves, depth; /* when it began */
	size_t puts;
	size_t overflow; /* pages of values too large for a leaf */
	size_t most;	 /* pages that its puts may have added to the file */
};

struct room {
	uint64_t pages_before; /* of the file that were in use when it began */
	size_t most;
	struct room_table tables[STORE_TABLE_END];
};

/* All answer LMDB's codes, 0 for none; ENOSPC: the disk is full. */

/* After the environment was opened; `file_bytes` is what its file had before, 0 if there was none.
 * Cuts off what LMDB has added to it. MDB_CORRUPTED: it had fewer pages than it says. */
MUST_USE int room_open(struct store *s, uint64_t file_bytes);
/* Makes room for what any commit needs. */
MUST_USE int room_commit(struct store *s);
/* Cuts off what is not in use, before the environment is closed. */
void room_close(struct store *s);

/* A write transaction begins; as room_commit. */
MUST_USE int room_begin(struct store *s, MDB_txn *txn, struct room *ret_room);
/* A put of `bytes` into `table` is next; a deletion counts as two. */
MUST_USE int room_for(struct store *s, MDB_txn *txn, struct room *room, enum store_table table,
		      size_t bytes);

#endif
