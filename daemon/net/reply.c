#include "net/reply.h"

#include "model/codec.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	ENVELOPE_VERSION = 1 << 3,
	ENVELOPE_CORRELATION = 2 << 3,
	ENVELOPE_OUTCOME = 20 << 3 | 2,
	ENVELOPE_HEAD = 30 << 3 | 2,
	HEAD_REVISION = 1 << 3,
	HEAD_EVENT_HASH = 2 << 3 | 2,
	HEAD_INDEX = 3 << 3,
	HEAD_INPUT_HASH = 4 << 3 | 2,
	/* Version, correlation, headers and head around an outcome. */
	OVERHEAD_BYTES = 160,
};

/* --- what goes out ------------------------------------------------------------------------ */

/* Stands before the bytes of an answer. */
struct answer {
	atomic_size_t *unsent;
	size_t bytes;
};

/* In libzmq's thread: the answer has left, or its peer has. */
static void left(void *data, void *hint)
{
	struct answer *a = hint;

	(void)data;
	atomic_fetch_sub_explicit(a->unsent, a->bytes, memory_order_relaxed);
	free(a);
}

/* libzmq names its peers by numbers in a row, big-endian. */
static atomic_size_t *unsent_of(struct server *s, const struct route *route)
{
	unsigned number = 0;

	for (size_t i = 0; i < route->len; i++)
		number = number << 8 | route->id[i];
	return &s->unsent[number % SERVER_PEER_BUCKETS];
}

/* A message to be filled and sent. False: no memory, or the peer leaves too much unread; what it is
 * not told it asks for again. */
static bool begin(struct server *s, const struct route *route, size_t bytes, zmq_msg_t *ret_message)
{
	atomic_size_t *unsent = unsent_of(s, route);

	if (atomic_load_explicit(unsent, memory_order_relaxed) + bytes > PEER_ANSWERS_BYTES_MAX)
		return false;
	struct answer *a = malloc(sizeof *a + bytes);
	if (!a)
		return false;
	*a = (struct answer){.unsent = unsent, .bytes = bytes};
	if (zmq_msg_init_data(ret_message, a + 1, bytes, left, a) != 0) {
		free(a);
		return false;
	}
	atomic_fetch_add_explicit(unsent, bytes, memory_order_relaxed);
	return true;
}

static void send(struct server *s, const struct route *route, zmq_msg_t *message)
{
	if (endpoint_send(&s->endpoints[route->endpoint], route, message) == STREAM_GONE)
		stream_drop_peer(s->streams, route);
}

/* --- answers ------------------------------------------------------------------------------ */

void reply_bytes(struct server *s, const struct route *route, struct bytes bytes)
{
	zmq_msg_t message;

	if (!begin(s, route, bytes.len, &message))
		return;
	memcpy(zmq_msg_data(&message), bytes.data, bytes.len);
	send(s, route, &message);
}

void reply_envelope(struct server *s, const struct route *route, uint64_t correlation,
		    Mandate__Envelope *envelope)
{
	zmq_msg_t message;

	envelope->version = WIRE_VERSION;
	envelope->has_correlation = true;
	envelope->correlation = correlation;
	if (!begin(s, route, mandate__envelope__get_packed_size(envelope), &message))
		return;
	mandate__envelope__pack(envelope, zmq_msg_data(&message));
	send(s, route, &message);
}

void reply_fault_set(struct wire_fault *fault, Mandate__Code code, const char *field,
		     const char *text)
{
	*fault = (struct wire_fault){.code = code, .change = -1};
	snprintf(fault->field, sizeof fault->field, "%s", field ? field : "");
	snprintf(fault->text, sizeof fault->text, "%s", text);
}

static bool refusal_of(struct server *s, const struct wire_fault *fault, uint32_t retry_after_ms,
		       Mandate__Refusal *refusal)
{
	if (wire_refusal(&s->scratch, fault, refusal) != STATUS_OK)
		return false;
	refusal->has_retry_after_ms = retry_after_ms != 0;
	refusal->retry_after_ms = retry_after_ms;
	return true;
}

void reply_fault(struct server *s, const struct route *route, uint64_t correlation,
		 const struct wire_fault *fault, uint32_t retry_after_ms)
{
	Mandate__Envelope envelope;
	Mandate__Refusal refusal;

	mandate__envelope__init(&envelope);
	if (!refusal_of(s, fault, retry_after_ms, &refusal))
		return;
	envelope.body_case = MANDATE__ENVELOPE__BODY_REFUSAL;
	envelope.refusal = &refusal;
	reply_envelope(s, route, correlation, &envelope);
}

void reply_refused(struct server *s, const struct route *route, uint64_t correlation,
		   const Mandate__Submission *submission, const struct wire_fault *fault,
		   uint32_t retry_after_ms, uint64_t expected_sequence)
{
	Mandate__Envelope envelope;
	Mandate__Outcome outcome;
	Mandate__Refusal refusal;

	mandate__envelope__init(&envelope);
	mandate__outcome__init(&outcome);
	if (!refusal_of(s, fault, retry_after_ms, &refusal))
		return;
	refusal.has_expected_sequence = expected_sequence != 0;
	refusal.expected_sequence = expected_sequence;
	outcome.lane = submission->lane;
	outcome.sequence = submission->sequence;
	outcome.refusal = &refusal;
	envelope.body_case = MANDATE__ENVELOPE__BODY_OUTCOME;
	envelope.outcome = &outcome;
	reply_envelope(s, route, correlation, &envelope);
}

static size_t put_hash(uint8_t *to, uint8_t header, const uint8_t hash[HASH_BYTES])
{
	to[0] = header;
	to[1] = HASH_BYTES;
	memcpy(to + 2, hash, HASH_BYTES);
	return 2 + HASH_BYTES;
}

static size_t put_head(uint8_t *to, const struct head *head)
{
	size_t inner = 1 + frame_number_bytes(head->revision) + 1 +
		       frame_number_bytes(head->index) + 2 * (2 + HASH_BYTES);
	uint8_t *p = to;

	p += frame_put_number(p, ENVELOPE_HEAD);
	p += frame_put_number(p, inner);
	*p++ = HEAD_REVISION;
	p += frame_put_number(p, head->revision);
	p += put_hash(p, HEAD_EVENT_HASH, head->event_hash);
	*p++ = HEAD_INDEX;
	p += frame_put_number(p, head->index);
	p += put_hash(p, HEAD_INPUT_HASH, head->input_hash);
	return (size_t)(p - to);
}

/* By hand: the outcome is packed already, and tens of thousands a second go out. */
void reply_outcome(struct server *s, const struct route *route, uint64_t correlation,
		   struct bytes outcome, const struct head *head)
{
	uint8_t before[32], after[OVERHEAD_BYTES - 32];
	uint8_t *p = before;
	zmq_msg_t message;

	*p++ = ENVELOPE_VERSION;
	*p++ = WIRE_VERSION;
	*p++ = ENVELOPE_CORRELATION;
	p += frame_put_number(p, correlation);
	p += frame_put_number(p, ENVELOPE_OUTCOME);
	p += frame_put_number(p, outcome.len);
	size_t before_len = (size_t)(p - before);
	size_t after_len = put_head(after, head);
	if (!begin(s, route, before_len + outcome.len + after_len, &message))
		return;
	p = zmq_msg_data(&message);
	memcpy(p, before, before_len);
	memcpy(p + before_len, outcome.data, outcome.len);
	memcpy(p + before_len + outcome.len, after, after_len);
	send(s, route, &message);
}

void reply_report(struct server *s, const struct route *route, uint64_t correlation,
		  Mandate__Code code, const char *text)
{
	Mandate__Envelope envelope;
	Mandate__Report report;

	mandate__envelope__init(&envelope);
	mandate__report__init(&report);
	report.code = code;
	report.text = (char *)(uintptr_t)text;
	envelope.body_case = MANDATE__ENVELOPE__BODY_REPORT;
	envelope.report = &report;
	reply_envelope(s, route, correlation, &envelope);
}

void reply_end(struct server *s, const struct route *route, uint64_t correlation,
	       Mandate__Code code, const char *text)
{
	struct frame *f = frame_of_end(correlation, code, text);

	if (f)
		reply_bytes(s, route, bytes_of(f->data, f->len));
	frame_release(f);
}
