/* The small tables: meta, refusal, audit, cursor. */
#include "store/walk.h"

#include "model/codec.h"

enum status store_meta_get(struct store_txn *t, const char *name, struct bytes *ret_value)
{
	struct key k = key_meta(name);

	return value_get(t, STORE_META, &k, ret_value);
}

enum status store_meta_put(struct store_txn *t, const char *name, struct bytes value)
{
	struct key k = key_meta(name);

	return value_put(t, STORE_META, &k, VALUE_REPLACE, &value, 1);
}

enum status store_refusal_put(struct store_txn *t, uint64_t index, struct bytes stored)
{
	struct key k = key_refusal(index);

	return value_put(t, STORE_REFUSAL, &k, VALUE_LAST, &stored, 1);
}

/* Unpacks what the state holds: bytes that are no such message are damage. */
static enum status unpack(struct arena *a, const ProtobufCMessageDescriptor *type,
			  struct bytes rest, const void **ret_message)
{
	const void *message = codec_decode(a, type, rest);

	if (!message)
		return a->failed ? STATUS_NO_MEMORY : STATUS_CORRUPT;
	*ret_message = message;
	return STATUS_OK;
}

/* A table of messages by number: from behind `after`, until the visitor answers something else. */
static enum status scan_numbered(struct store_txn *t, enum store_table table, struct arena *a,
				 uint64_t after, const ProtobufCMessageDescriptor *type,
				 enum status (*tell)(void *ctx, uint64_t number, const void *),
				 void *ctx)
{
	struct key from = key_refusal(after + 1); /* a number alone, in both tables */
	const void *message = NULL;
	uint64_t number;
	struct walk walk;
	struct row row;
	enum status s;

	if (after == UINT64_MAX)
		return STATUS_OK;
	s = walk_begin(&walk, t, table);
	if (s != STATUS_OK)
		return s;
	for (s = walk_seek(&walk, &from, &row); s == STATUS_OK; s = walk_next(&walk, &row)) {
		s = key_number(row.key, &number);
		if (s == STATUS_OK)
			s = unpack(a, type, row.rest, &message);
		s = txn_fail(t, s);
		if (s == STATUS_OK)
			s = tell(ctx, number, message);
		if (s != STATUS_OK)
			break;
	}
	return walk_end(&walk, s);
}

struct refusal_teller {
	store_refusal_visit *visit;
	void *ctx;
};

static enum status tell_refusal(void *ctx, uint64_t number, const void *message)
{
	struct refusal_teller *t = ctx;

	return t->visit(t->ctx, number, message);
}

enum status store_refusal_scan(struct store_txn *t, struct arena *a, uint64_t after,
			       store_refusal_visit *visit, void *ctx)
{
	struct refusal_teller teller = {visit, ctx};

	return scan_numbered(t, STORE_REFUSAL, a, after, &mandate__stored_refusal__descriptor,
			     tell_refusal, &teller);
}

enum status store_audit_put(struct store_txn *t, uint64_t serial, const Mandate__AuditRow *row)
{
	struct key k = key_audit(serial);

	return value_put_message(t, STORE_AUDIT, &k, VALUE_LAST, &row->base);
}

struct audit_teller {
	store_audit_visit *visit;
	void *ctx;
};

static enum status tell_audit(void *ctx, uint64_t number, const void *message)
{
	struct audit_teller *t = ctx;

	return t->visit(t->ctx, number, message);
}

enum status store_audit_scan(struct store_txn *t, struct arena *a, uint64_t after,
			     store_audit_visit *visit, void *ctx)
{
	struct audit_teller teller = {visit, ctx};

	return scan_numbered(t, STORE_AUDIT, a, after, &mandate__audit_row__descriptor, tell_audit,
			     &teller);
}

enum status store_cursor_put(struct store_txn *t, const char *office, const char *name,
			     const Mandate__StoredCursor *cursor)
{
	struct key k = key_cursor(office, name);

	return value_put_message(t, STORE_CURSOR, &k, VALUE_REPLACE, &cursor->base);
}

enum status store_cursor_get(struct store_txn *t, struct arena *a, const char *office,
			     const char *name, const Mandate__StoredCursor **ret_cursor)
{
	struct key k = key_cursor(office, name);
	const void *cursor = NULL;
	struct bytes rest;
	enum status s = value_get(t, STORE_CURSOR, &k, &rest);

	if (s == STATUS_OK)
		s = txn_fail(t, unpack(a, &mandate__stored_cursor__descriptor, rest, &cursor));
	if (s != STATUS_OK)
		return s;
	*ret_cursor = cursor;
	return STATUS_OK;
}

enum status store_cursor_scan(struct store_txn *t, struct arena *a, store_cursor_visit *visit,
			      void *ctx)
{
	char office[KEY_BYTES_MAX + 1], name[KEY_BYTES_MAX + 1];
	const void *cursor = NULL;
	struct walk walk;
	struct row row;
	enum status s = walk_begin(&walk, t, STORE_CURSOR);

	if (s != STATUS_OK)
		return s;
	for (s = walk_seek(&walk, NULL, &row); s == STATUS_OK; s = walk_next(&walk, &row)) {
		s = key_text(row.key, 0, office);
		if (s == STATUS_OK)
			s = key_text(row.key, strlen(office) + 1, name);
		if (s == STATUS_OK)
			s = unpack(a, &mandate__stored_cursor__descriptor, row.rest, &cursor);
		s = txn_fail(t, s);
		if (s == STATUS_OK)
			s = visit(ctx, office, name, cursor);
		if (s != STATUS_OK)
			break;
	}
	return walk_end(&walk, s);
}
