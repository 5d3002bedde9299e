#include "store/walk.h"

enum { TAGS_LEN_BYTES = 4, EVENT_HEAD_BYTES = SALT_BYTES + HASH_BYTES + TAGS_LEN_BYTES };

enum status store_event_put(struct store_txn *t, const struct store_event *event)
{
	struct key key = key_event(event->revision);
	uint8_t tags_len[TAGS_LEN_BYTES];

	put_u32(tags_len, (uint32_t)event->tags.len);
	struct bytes parts[] = {
		bytes_of(event->salt, SALT_BYTES),
		bytes_of(event->chain, HASH_BYTES),
		bytes_of(tags_len, sizeof tags_len),
		event->tags,
		event->event,
	};
	return value_put(t, STORE_EVENT, &key, VALUE_LAST, parts, sizeof parts / sizeof *parts);
}

/* The parts of `row`, which must be that of `revision`. */
static enum status take_apart(struct row row, uint64_t revision, struct store_event *ret_event)
{
	uint64_t found;
	enum status s = key_number(row.key, &found);

	if (s != STATUS_OK)
		return s;
	/* Whoever asks found the first row at or after `revision`: it is missing below others. */
	if (found != revision || row.rest.len < EVENT_HEAD_BYTES)
		return STATUS_CORRUPT;
	const uint8_t *tags = row.rest.data + EVENT_HEAD_BYTES;
	size_t tags_len = get_u32(tags - TAGS_LEN_BYTES), left = row.rest.len - EVENT_HEAD_BYTES;
	if (tags_len > left)
		return STATUS_CORRUPT;
	*ret_event = (struct store_event){
		.revision = revision,
		.salt = row.rest.data,
		.chain = row.rest.data + SALT_BYTES,
		.tags = bytes_of(tags, tags_len),
		.event = bytes_of(tags + tags_len, left - tags_len),
	};
	return STATUS_OK;
}

enum status store_event_get(struct store_txn *t, uint64_t revision, struct store_event *ret_event)
{
	struct key key = key_event(revision);
	struct row row;
	enum status s = value_seek(t, STORE_EVENT, &key, &row);

	return s == STATUS_OK ? txn_fail(t, take_apart(row, revision, ret_event)) : s;
}

enum status store_event_scan(struct store_txn *t, uint64_t from, store_event_visit *visit,
			     void *ctx)
{
	uint64_t revision = from ? from : 1;
	struct key key = key_event(revision);
	struct store_event event;
	struct walk walk;
	struct row row;
	enum status s = walk_begin(&walk, t, STORE_EVENT);

	if (s != STATUS_OK)
		return s;
	for (s = walk_seek(&walk, &key, &row); s == STATUS_OK; s = walk_next(&walk, &row)) {
		s = txn_fail(t, take_apart(row, revision++, &event));
		if (s == STATUS_OK)
			s = visit(ctx, &event);
		if (s != STATUS_OK)
			break;
	}
	return walk_end(&walk, s);
}
