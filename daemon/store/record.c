#include "store/walk.h"

#include "mandate.pb-c.h"
#include "model/codec.h"
#include "model/record.h"

#include <assert.h>

enum { KIND_BYTES = 1, REVISION_BYTES = 8 };

enum status store_record_put(struct store_txn *t, Mandate__Kind kind, const char *key,
			     const struct store_version *version,
			     const struct store_version *previous)
{
	struct key k = key_record(kind, key, version->revision);

	if (previous && (previous->stored->has_record || previous->stored->alert)) {
		Mandate__StoredVersion pointer = *previous->stored;

		assert(previous->revision < version->revision);
		pointer.has_record = false;
		pointer.alert = NULL;
		/* First, so that it makes room beside it for the new one. */
		struct key old = k;
		key_record_turn(&old, previous->revision);
		enum status s =
			value_put_message(t, STORE_RECORD, &old, VALUE_REPLACE, &pointer.base);
		if (s != STATUS_OK)
			return s;
	}
	return value_put_message(t, STORE_RECORD, &k, VALUE_NEW, &version->stored->base);
}

static enum status decode(struct arena *a, struct row row, struct store_version *ret_version)
{
	struct store_version version = {.record = NULL};
	enum status s = key_record_revision(row.key, &version.revision);

	if (s != STATUS_OK)
		return s;
	version.stored = codec_decode(a, &mandate__stored_version__descriptor, row.rest);
	if (!version.stored)
		return a->failed ? STATUS_NO_MEMORY : STATUS_CORRUPT;
	*ret_version = version;
	return STATUS_OK;
}

/* True if `row` is a version of the record of `key`. */
static bool same_record(struct row row, const struct key *key)
{
	return key_begins(row.key, key, key->len - REVISION_BYTES);
}

enum status store_record_at(struct store_txn *t, struct arena *a, Mandate__Kind kind,
			    const char *key, uint64_t revision, struct store_version *ret_version)
{
	struct key k = key_record(kind, key, revision);
	struct row row;
	enum status s = value_seek(t, STORE_RECORD, &k, &row);

	if (s == STATUS_OK)
		s = same_record(row, &k) ? decode(a, row, ret_version) : STATUS_NOT_FOUND;
	return txn_fail(t, s);
}

enum status store_record_newest(struct store_txn *t, struct arena *a, Mandate__Kind kind,
				const char *key, struct store_version *ret_version)
{
	return store_record_at(t, a, kind, key, UINT64_MAX, ret_version);
}

/* Puts the content of `version`, a pointer, in from its event. */
static enum status fill(struct store_txn *t, struct arena *a, Mandate__Kind kind,
			struct store_version *version)
{
	struct store_event event;
	enum status s = store_event_get(t, version->stored->content_revision, &event);

	if (s == STATUS_NOT_FOUND)
		return STATUS_CORRUPT;
	if (s != STATUS_OK)
		return s;
	const Mandate__Event *unpacked = codec_decode(a, &mandate__event__descriptor, event.event);
	Mandate__StoredVersion *whole = arena_copy(a, version->stored, sizeof *version->stored);
	if (!unpacked || !whole)
		return a->failed ? STATUS_NO_MEMORY : STATUS_CORRUPT;
	if (kind == MANDATE__KIND__KIND_ALERT) {
		if (unpacked->what_case != MANDATE__EVENT__WHAT_ALERT)
			return STATUS_CORRUPT;
		if (unpacked->alert->act != MANDATE__ALERT_ACT__ALERT_ACT_CLOSED)
			whole->alert = unpacked->alert->alert;
	} else {
		if (unpacked->what_case != MANDATE__EVENT__WHAT_CHANGE ||
		    record_kind(unpacked->change->record) != kind)
			return STATUS_CORRUPT;
		version->record = unpacked->change->record;
	}
	version->stored = whole;
	return STATUS_OK;
}

static enum status unpack(struct arena *a, struct store_version *version)
{
	const ProtobufCBinaryData *packed = &version->stored->record;

	version->record =
		codec_decode(a, &mandate__record__descriptor, bytes_of(packed->data, packed->len));
	if (!version->record)
		return a->failed ? STATUS_NO_MEMORY : STATUS_CORRUPT;
	return STATUS_OK;
}

enum status store_record_whole(struct store_txn *t, struct arena *a, Mandate__Kind kind,
			       const char *key, uint64_t revision,
			       struct store_version *ret_version)
{
	struct store_version version;
	enum status s = store_record_at(t, a, kind, key, revision, &version);

	if (s != STATUS_OK)
		return s;
	const Mandate__StoredVersion *stored = version.stored;
	if (stored->has_record)
		s = unpack(a, &version);
	else if (!stored->alert && !stored->retracted)
		s = fill(t, a, kind, &version);
	if (s == STATUS_OK)
		*ret_version = version;
	return txn_fail(t, s);
}

enum status store_record_versions(struct store_txn *t, struct arena *a, Mandate__Kind kind,
				  const char *key, uint64_t revision, store_version_visit *visit,
				  void *ctx)
{
	struct key k = key_record(kind, key, revision);
	struct store_version version;
	struct walk walk;
	struct row row;
	enum status s = walk_begin(&walk, t, STORE_RECORD);

	if (s != STATUS_OK)
		return s;
	for (s = walk_seek(&walk, &k, &row); s == STATUS_OK && same_record(row, &k);
	     s = walk_next(&walk, &row)) {
		s = txn_fail(t, decode(a, row, &version));
		if (s == STATUS_OK)
			s = visit(ctx, &version);
		if (s != STATUS_OK)
			break;
	}
	return walk_end(&walk, s);
}

/* From the newest version of one record to that of the next: most have few versions, so that the
 * row behind is tried before a new search. */
static enum status next_record(struct walk *walk, Mandate__Kind kind, const char *key,
			       struct row *ret_row)
{
	char text[KEY_BYTES_MAX + 1];
	enum status s = walk_next(walk, ret_row);

	if (s == STATUS_OK)
		s = key_text(ret_row->key, KIND_BYTES, text);
	if (s != STATUS_OK || ret_row->key.data[0] != (uint8_t)kind || strcmp(text, key) != 0)
		return s;
	struct key behind = key_record_after(kind, key);
	return walk_seek(walk, &behind, ret_row);
}

enum status store_record_keys(struct store_txn *t, Mandate__Kind kind, const char *after,
			      store_key_visit *visit, void *ctx)
{
	struct key from = after ? key_record_after(kind, after) : key_record_first(kind);
	char text[KEY_BYTES_MAX + 1];
	struct walk walk;
	struct row row;
	enum status s = walk_begin(&walk, t, STORE_RECORD);

	if (s != STATUS_OK)
		return s;
	for (s = walk_seek(&walk, &from, &row); s == STATUS_OK && row.key.data[0] == (uint8_t)kind;
	     s = next_record(&walk, kind, text, &row)) {
		s = txn_fail(t, key_text(row.key, KIND_BYTES, text));
		if (s == STATUS_OK)
			s = visit(ctx, kind, text);
		if (s != STATUS_OK)
			break;
	}
	return walk_end(&walk, s);
}
