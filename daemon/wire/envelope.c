#include "base/limits.h"
#include "model/codec.h"
#include "wire/check.h"
#include "wire/facts.h"
#include "wire/wire.h"

#include <stdio.h>

/* Unpacks bytes that passed the walk: only the arena can be in the way. */
static void *unpack(struct arena *arena, const ProtobufCMessageDescriptor *type, struct bytes bytes,
		    struct wire_fault *ret_fault)
{
	void *message = codec_decode(arena, type, bytes);

	if (!message)
		check_fail(ret_fault, MANDATE__CODE__CODE_SIZE, -1,
			   "its decoded form would be too large", "%s", "");
	return message;
}

static bool check_changes(Mandate__Change *const *changes, size_t count,
			  struct wire_fault *ret_fault)
{
	for (size_t i = 0; i < count; i++)
		if (!facts_check(changes[i], (int)i, ret_fault))
			return false;
	return true;
}

bool wire_decode_submission(struct arena *arena, struct bytes bytes,
			    const Mandate__Submission **ret_submission,
			    struct wire_fault *ret_fault)
{
	if (!check_bytes(&fields_submission, bytes, ret_fault))
		return false;
	const Mandate__Submission *s =
		unpack(arena, &mandate__submission__descriptor, bytes, ret_fault);
	if (!s)
		return false;
	if (!check_changes(s->changes, s->n_changes, ret_fault))
		return false;
	*ret_submission = s;
	return true;
}

/* A message of a newer protocol may be wrong in many ways by our rules; only its version counts. */
static void blame_version(struct bytes frame, struct wire_fault *fault)
{
	uint64_t version;

	if (fault->code != MANDATE__CODE__CODE_VERSION && check_peek(frame, 1, &version) &&
	    version > WIRE_VERSION)
		check_fail(fault, MANDATE__CODE__CODE_VERSION, -1,
			   "this daemon does not speak that version of the protocol", "version");
}

static bool decode(struct arena *arena, struct bytes frame, struct wire_message *m,
		   struct wire_fault *ret_fault)
{
	if (!check_bytes(&fields_envelope, frame, ret_fault))
		return false;
	m->envelope = unpack(arena, &mandate__envelope__descriptor, frame, ret_fault);
	if (!m->envelope)
		return false;
	if (m->envelope->body_case == MANDATE__ENVELOPE__BODY_QUERY &&
	    m->envelope->query->ask_case == MANDATE__QUERY__ASK_WHATIF)
		return check_changes(m->envelope->query->whatif->changes,
				     m->envelope->query->whatif->n_changes, ret_fault);
	if (m->envelope->body_case != MANDATE__ENVELOPE__BODY_SUBMISSION)
		return true;
	m->submission_bytes = bytes_of(m->envelope->submission.data, m->envelope->submission.len);
	if (!wire_decode_submission(arena, m->submission_bytes, &m->submission, ret_fault))
		return false;
	hash_one(m->digest, m->submission_bytes);
	return true;
}

bool wire_decode(struct arena *arena, struct bytes frame, struct wire_message *ret_message,
		 uint64_t *ret_correlation, struct wire_fault *ret_fault)
{
	struct wire_message m = {0};
	struct wire_fault fault = {0};

	*ret_correlation = 0;
	if (frame.len == 0 || frame.len > FRAME_BYTES_MAX)
		return check_fail(ret_fault, MANDATE__CODE__CODE_SIZE, -1,
				  "a message has 1 to 32768 bytes", "%s", "");
	if (!decode(arena, frame, &m, &fault)) {
		blame_version(frame, &fault);
		check_peek(frame, 2, ret_correlation);
		*ret_fault = fault;
		return false;
	}
	*ret_correlation = m.envelope->correlation;
	*ret_message = m;
	return true;
}

enum status wire_refusal(struct arena *arena, const struct wire_fault *fault,
			 Mandate__Refusal *ret_refusal)
{
	char *field = arena_text(arena, fault->field), *text = arena_text(arena, fault->text);

	if (!field || !text)
		return STATUS_NO_MEMORY;
	mandate__refusal__init(ret_refusal);
	ret_refusal->code = fault->code;
	ret_refusal->has_change = fault->change >= 0;
	if (ret_refusal->has_change)
		ret_refusal->change = (uint32_t)fault->change;
	if (field[0] != '\0')
		ret_refusal->field = field;
	ret_refusal->text = text;
	return STATUS_OK;
}
