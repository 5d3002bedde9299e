#include "service/outcome.h"

#include "model/codec.h"

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

enum status outcome_encode(struct store_txn *t, struct arena *a, const Mandate__Outcome *outcome,
			   struct bytes *ret_bytes)
{
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
		outcome_version(refusal.kind, refusal.key, &whole, &current);
		refusal.current = &current;
		sent.refusal = &refusal;
	}
	return codec_encode(a, &sent.base, ret_bytes);
}
