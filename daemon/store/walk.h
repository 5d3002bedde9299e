/* A walk over a table with a cursor of its own, so that whoever is shown a row may read whatever it
 * likes in the same transaction meanwhile. It must not write: rows point into the map. */
#ifndef MANDATED_STORE_WALK_H
#define MANDATED_STORE_WALK_H

#include "store/value.h"

struct walk {
	struct store_txn *txn;
	MDB_cursor *at;
	enum store_table table;
	bool ended; /* there was no further row */
};

/* To be ended if STATUS_OK. The end answers `s`, with which the walk was left, but STATUS_OK where
 * it only had come to the end of the table. */
MUST_USE enum status walk_begin(struct walk *w, struct store_txn *t, enum store_table table);
MUST_USE enum status walk_end(struct walk *w, enum status s);

/* The first row at or after `from` (NULL: of all); the row after the one seen last, checked.
 * STATUS_NOT_FOUND at the end of the table. */
MUST_USE enum status walk_seek(struct walk *w, const struct key *from, struct row *ret_row);
MUST_USE enum status walk_next(struct walk *w, struct row *ret_row);

#endif
