/* A page's mark, the client's `next` and `after`; only we read it.
 *
 *	check u64 | masked: revision u64 | number u64 | day u32 | stored alerts u8 | text
 *
 * The text can be a key that the asker may not see. So all behind the check is masked with a stream
 * of keyed hashes, drawn by the check, and the check is a keyed hash of the question and of what is
 * masked: a mark that was cut, changed or drawn by another question is refused. */
#include "service/query_page.h"

#include "model/codec.h"
#include "service/settings.h"

enum {
	MARK_REVISION = 8,
	MARK_NUMBER = 16,
	MARK_DAY = 24,
	MARK_STORED = 28,
	MARK_TEXT = 29,
	MARK_BYTES_MAX = MARK_TEXT + PLACE_TEXT_BYTES,
};
_Static_assert((int)MARK_BYTES_MAX <= (int)PAGE_MARK_BYTES_MAX, "every mark can be sent back");

/* One of its own, made from the instance's secret. */
static enum status mark_key(struct page *p, uint8_t ret_key[HASH_BYTES])
{
	uint8_t secret[HASH_BYTES] = {0};
	struct bytes purpose = bytes_of_text("marks of pages"), held;
	enum status s = settings_get(p->txn, SETTINGS_SECRET, &held);

	if (s != STATUS_OK && s != STATUS_NOT_FOUND)
		return s;
	if (s == STATUS_OK && held.len == HASH_BYTES)
		memcpy(secret, held.data, HASH_BYTES);
	hash_keyed(ret_key, secret, &purpose, 1);
	return STATUS_OK;
}

static enum status mark_check(struct page *p, const uint8_t key[HASH_BYTES], struct bytes mark,
			      uint8_t ret_check[MARK_REVISION])
{
	Mandate__Query question = *p->query;
	uint8_t hash[HASH_BYTES];
	struct bytes parts[2];

	question.has_on = question.has_known_at = question.has_pinned = false;
	question.has_after = question.has_limit = false;
	enum status s = codec_encode(p->arena, &question.base, &parts[0]);
	if (s != STATUS_OK)
		return s;
	parts[1] = bytes_of(mark.data + MARK_REVISION, mark.len - MARK_REVISION);
	hash_keyed(hash, key, parts, 2);
	memcpy(ret_check, hash, MARK_REVISION);
	return STATUS_OK;
}

/* Masks what follows the check, or takes the mask away. */
static void mask(const uint8_t key[HASH_BYTES], uint8_t *mark, size_t len)
{
	uint8_t number[4], stream[HASH_BYTES];
	struct bytes parts[2] = {bytes_of(mark, MARK_REVISION), bytes_of(number, sizeof number)};

	for (size_t i = MARK_REVISION; i < len; i++) {
		size_t at = (i - MARK_REVISION) % HASH_BYTES;

		if (at == 0) {
			put_u32(number, (uint32_t)i);
			hash_keyed(stream, key, parts, 2);
		}
		mark[i] ^= stream[at];
	}
}

enum status query_mark_put(struct page *p)
{
	size_t text_len = strlen(p->place.text);
	uint8_t *data = arena_alloc(p->arena, MARK_TEXT + text_len), key[HASH_BYTES];
	struct bytes mark = bytes_of(data, MARK_TEXT + text_len);

	if (!data)
		return STATUS_NO_MEMORY;
	put_u64(data + MARK_REVISION, p->revision);
	put_u64(data + MARK_NUMBER, p->place.number);
	put_u32(data + MARK_DAY, (uint32_t)p->on);
	data[MARK_STORED] = p->stored_alerts;
	memcpy(data + MARK_TEXT, p->place.text, text_len);
	enum status s = mark_key(p, key);
	if (s == STATUS_OK)
		s = mark_check(p, key, mark, data);
	if (s != STATUS_OK)
		return s;
	mask(key, data, mark.len);
	p->answer->has_next = true;
	p->answer->next = (ProtobufCBinaryData){.len = mark.len, .data = data};
	return STATUS_OK;
}

enum status query_mark_take(struct page *p)
{
	size_t len = p->query->after.len, text_len = len - MARK_TEXT;
	uint8_t mark[MARK_BYTES_MAX], key[HASH_BYTES], check[MARK_REVISION];

	if (len < MARK_TEXT || len >= MARK_BYTES_MAX)
		return STATUS_INVALID;
	memcpy(mark, p->query->after.data, len);
	enum status s = mark_key(p, key);
	if (s != STATUS_OK)
		return s;
	mask(key, mark, len);
	s = mark_check(p, key, bytes_of(mark, len), check);
	if (s != STATUS_OK)
		return s;
	if (memcmp(mark, check, sizeof check) != 0 ||
	    get_u64(mark + MARK_REVISION) != p->revision || memchr(mark + MARK_TEXT, 0, text_len))
		return STATUS_INVALID;
	p->place.number = get_u64(mark + MARK_NUMBER);
	memcpy(p->place.text, mark + MARK_TEXT, text_len);
	p->on = (int32_t)get_u32(mark + MARK_DAY);
	p->stored_alerts = mark[MARK_STORED];
	return STATUS_OK;
}
