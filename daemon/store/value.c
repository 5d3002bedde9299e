#include "store/value.h"

#include "model/encode.h"

#include <assert.h>

static MDB_val val_of(const struct key *key)
{
	/* LMDB's type has no const; it does not write to a key that it is given. */
	return (MDB_val){.mv_size = key->len, .mv_data = (void *)(uintptr_t)key->data};
}

enum status value_check(enum store_table table, MDB_val key, MDB_val value, struct row *ret_row)
{
	const uint8_t *data = value.mv_data;

	if (value.mv_size < VALUE_HASH_BYTES)
		return STATUS_CORRUPT;
	struct row row = {
		.key = bytes_of(key.mv_data, key.mv_size),
		.rest = bytes_of(data + VALUE_HASH_BYTES, value.mv_size - VALUE_HASH_BYTES)};
	if (get_u64(data) != hash_value(table, row.key, row.rest))
		return STATUS_CORRUPT;
	*ret_row = row;
	return STATUS_OK;
}

/* Moves the transaction's cursor of `table` to `key`, as `op` says, and checks what is there. */
static enum status find(struct store_txn *t, enum store_table table, const struct key *key,
			MDB_cursor_op op, struct row *ret_row)
{
	MDB_val k = val_of(key), v;
	MDB_cursor *at;

	if (t->failed)
		return t->failed;
	if (!key_fits(key))
		return STATUS_INVALID;
	enum status s = txn_cursor(t, table, &at);
	if (s == STATUS_OK)
		s = env_status(mdb_cursor_get(at, &k, &v, op));
	if (s == STATUS_OK)
		s = value_check(table, k, v, ret_row);
	return txn_fail(t, s);
}

enum status value_get(struct store_txn *t, enum store_table table, const struct key *key,
		      struct bytes *ret_rest)
{
	struct row row;
	enum status s = find(t, table, key, MDB_SET_KEY, &row);

	if (s == STATUS_OK)
		*ret_rest = row.rest;
	return s;
}

enum status value_seek(struct store_txn *t, enum store_table table, const struct key *key,
		       struct row *ret_row)
{
	return find(t, table, key, MDB_SET_RANGE, ret_row);
}

enum status value_seek_back(struct store_txn *t, enum store_table table, const struct key *key,
			    struct row *ret_row)
{
	struct row row;
	MDB_val k, v;
	enum status s = value_seek(t, table, key, &row);

	if (s == STATUS_OK && row.key.len == key->len && key_begins(row.key, key, key->len)) {
		*ret_row = row;
		return STATUS_OK;
	}
	if (s != STATUS_OK && s != STATUS_NOT_FOUND)
		return s;
	/* The cursor stands behind the key, or there is nothing behind it. */
	s = env_status(mdb_cursor_get(t->at[table], &k, &v, s == STATUS_OK ? MDB_PREV : MDB_LAST));
	if (s == STATUS_OK)
		s = value_check(table, k, v, ret_row);
	return txn_fail(t, s);
}

/* Room for a value with `len` bytes of rest, valid until the next change. */
static enum status reserve(struct store_txn *t, enum store_table table, const struct key *key,
			   unsigned flags, size_t len, uint8_t **ret_value)
{
	MDB_val k = val_of(key), v = {.mv_size = VALUE_HASH_BYTES + len};
	MDB_cursor *at;

	assert(t->write);
	if (t->failed)
		return t->failed;
	if (!key_fits(key))
		return STATUS_INVALID;
	enum status s = txn_cursor(t, table, &at);
	if (s == STATUS_OK)
		s = env_status(room_for(t->store, t->txn, &t->room, table, VALUE_HASH_BYTES + len));
	if (s != STATUS_OK)
		return s;
	s = env_write_status(t->store, mdb_cursor_put(at, &k, &v, flags | MDB_RESERVE));
	if (s == STATUS_OK)
		*ret_value = v.mv_data;
	return s;
}

static void seal(enum store_table table, const struct key *key, uint8_t *value, size_t len)
{
	put_u64(value, hash_value(table, bytes_of(key->data, key->len),
				  bytes_of(value + VALUE_HASH_BYTES, len)));
}

enum status value_put(struct store_txn *t, enum store_table table, const struct key *key,
		      enum value_mode mode, const struct bytes *parts, size_t count)
{
	size_t len = 0;
	uint8_t *value;

	for (size_t i = 0; i < count; i++)
		len += parts[i].len;
	enum status s = reserve(t, table, key, mode, len, &value);
	if (s != STATUS_OK)
		return txn_fail(t, s);
	uint8_t *to = value + VALUE_HASH_BYTES;
	for (size_t i = 0; i < count; to += parts[i].len, i++)
		if (parts[i].len)
			memcpy(to, parts[i].data, parts[i].len);
	seal(table, key, value, len);
	return STATUS_OK;
}

enum status value_put_message(struct store_txn *t, enum store_table table, const struct key *key,
			      enum value_mode mode, const ProtobufCMessage *message)
{
	struct encode e;
	uint8_t *value;

	encode_message(&e, message);
	enum status s = reserve(t, table, key, mode, e.len, &value);
	if (s != STATUS_OK)
		return txn_fail(t, s);
	encode_put(&e, value + VALUE_HASH_BYTES);
	seal(table, key, value, e.len);
	return STATUS_OK;
}

enum status value_add(struct store_txn *t, enum store_table table, const struct key *key)
{
	uint8_t *value;
	/* Finds and adds with one descent; what is there already is not made dirty. */
	enum status s = reserve(t, table, key, MDB_NOOVERWRITE, 0, &value);

	if (s == STATUS_EXISTS && t->failed == STATUS_OK)
		return STATUS_OK;
	if (s != STATUS_OK)
		return txn_fail(t, s);
	seal(table, key, value, 0);
	return STATUS_OK;
}
