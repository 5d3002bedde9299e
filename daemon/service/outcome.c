#include "service/outcome.h"

#include "model/codec.h"
#include "service/frame.h"

void outcome_version(Mandate__Kind kind, const char *key, const struct store_version *whole,
		     Mandate__Version *ret_version)
{
	const Mandate__StoredVersion *stored = whole->stored;

	mandate__version__init(ret_version);
	ret_version->kind = kind;
	ret_version->key = codec_borrow(key);
	ret_version->revision = whole->revision;
	ret_version->has_edition = kind != MANDATE__KIND__KIND_ALERT;
	ret_version->edition = stored->edition;
	ret_version->has_retracted = ret_version->retracted = stored->retracted;
	ret_version->has_clash = ret_version->clash = stored->clash;
	ret_version->record = (Mandate__Record *)(uintptr_t)whole->record;
	ret_version->alert = stored->alert;
	ret_version->office = stored->office;
}

enum status outcome_encode(struct store_txn *t, struct arena *a, const struct reader_of *to,
			   const Mandate__Outcome *outcome, struct bytes *ret_bytes)
{
	bool may_read;

	Mandate__Outcome sent = *outcome;
	Mandate__Refusal refusal;
	Mandate__Version current;
	struct store_version whole;

	if (sent.refusal && sent.refusal->code == MANDATE__CODE__CODE_CONFLICT &&
	    sent.refusal->current_revision != 0 && !sent.refusal->current) {
		refusal = *sent.refusal;
		enum status s = store_record_whole(t, a, refusal.kind, refusal.key,
						   refusal.current_revision, &whole);
		if (s != STATUS_OK)
			return s == STATUS_NOT_FOUND ? STATUS_CORRUPT : s;
		s = readable_version(to, t, a, refusal.kind, refusal.key, &whole, &may_read);
		if (s != STATUS_OK)
			return s;
		if (may_read) {
			outcome_version(refusal.kind, refusal.key, &whole, &current);
			refusal.current = &current;
		}
		sent.refusal = &refusal;
	}
	return codec_encode(a, &sent.base, ret_bytes);
}

enum {
	STORED_DIGEST = 1 << 3 | 2,
	STORED_OUTCOME = 2 << 3 | 2,
	STORED_HEAD_BYTES = 2 + HASH_BYTES + 1,
};

/* By hand: the outcome is packed already. */
enum status outcome_stored(struct arena *a, const uint8_t digest[HASH_BYTES], struct bytes outcome,
			   struct bytes *ret_bytes)
{
	size_t len = STORED_HEAD_BYTES + frame_number_bytes(outcome.len) + outcome.len;
	uint8_t *to = arena_alloc(a, len), *p = to;

	if (!to)
		return STATUS_NO_MEMORY;
	*p++ = STORED_DIGEST;
	*p++ = HASH_BYTES;
	memcpy(p, digest, HASH_BYTES);
	p += HASH_BYTES;
	*p++ = STORED_OUTCOME;
	p += frame_put_number(p, outcome.len);
	memcpy(p, outcome.data, outcome.len);
	*ret_bytes = bytes_of(to, len);
	return STATUS_OK;
}
