/* Values: XXH3-64 of (table u32 || key || rest), then the rest. Nothing of a value is handed on
 * before its hash was checked. */
#ifndef MANDATED_STORE_VALUE_H
#define MANDATED_STORE_VALUE_H

#include "store/internal.h"
#include "store/key.h"

#include <protobuf-c/protobuf-c.h>

enum { VALUE_HASH_BYTES = 8 };

/* A row as read; points into the map. */
struct row {
	struct bytes key;
	struct bytes rest; /* of its value, after the hash */
};

/* STATUS_CORRUPT unless the hash is that of table, key and rest. */
MUST_USE enum status value_check(enum store_table table, MDB_val key, MDB_val value,
				 struct row *ret_row);

/* The row of `key`; the first row at or after it; the last row at or before it. STATUS_NOT_FOUND,
 * STATUS_INVALID for a key that is too long. */
MUST_USE enum status value_get(struct store_txn *t, enum store_table table, const struct key *key,
			       struct bytes *ret_rest);
MUST_USE enum status value_seek(struct store_txn *t, enum store_table table, const struct key *key,
				struct row *ret_row);
MUST_USE enum status value_seek_back(struct store_txn *t, enum store_table table,
				     const struct key *key, struct row *ret_row);

enum value_mode {
	VALUE_REPLACE = 0,
	VALUE_NEW = MDB_NOOVERWRITE, /* STATUS_EXISTS, a failure, if there is one */
	VALUE_LAST = MDB_APPEND,     /* likewise if the key is not greater than all others */
};

/* Puts a value whose rest is the concatenation of `parts`, or the packed message: written once, to
 * where it stays. */
MUST_USE enum status value_put(struct store_txn *t, enum store_table table, const struct key *key,
			       enum value_mode mode, const struct bytes *parts, size_t count);
MUST_USE enum status value_put_message(struct store_txn *t, enum store_table table,
				       const struct key *key, enum value_mode mode,
				       const ProtobufCMessage *message);

/* Puts a value without a rest where there is none yet. */
MUST_USE enum status value_add(struct store_txn *t, enum store_table table, const struct key *key);

#endif
