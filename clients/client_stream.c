#include "base/clock.h"
#include "client.h"
#include "model/codec.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	/* A stream tells its position every STREAM_SILENCE_MS: without it the daemon has lost it.
	 */
	SILENT_MS = 3 * STREAM_SILENCE_MS,
	PAUSE_FIRST_MS = 100,
	PAUSE_MAX_MS = 10 * 1000,
	FILTER_BYTES_MAX = 64 * 1024,
	CONFIRM_MS = 500, /* a quiet named stream: credit tells the daemon its position */
};

enum stream_state {
	STREAM_WANTED = 1, /* to be asked for at `due_ms` */
	STREAM_RUNNING,
	STREAM_OVER, /* to be freed */
};

struct mandate_stream {
	enum stream_state state;
	struct mandate_subscription given;
	struct arena arena; /* of the copies */
	Mandate__Filter *filter;
	char *name;
	uint64_t correlation;
	uint64_t due_ms, heard_ms;
	uint32_t pause_ms;
	uint64_t owed_bytes;  /* received and not yet given back as credit */
	uint64_t given_until; /* newest revision told: a resumed stream repeats none */
	uint64_t through;     /* where it would resume */
	bool has_hash;	      /* `hash` is h(through) */
	uint8_t hash[HASH_BYTES];
	bool has_day;
	int32_t day; /* by whose grants it came to `through` */
	/* With verify: h(chain_revision), which runs ahead of `through` within a frame. */
	uint64_t chain_revision;
	uint8_t chain[HASH_BYTES];
};

/* --- asking ---------------------------------------------------------------------------------- */

static enum status copy_given(struct mandate_stream *t, const struct mandate_subscription *given)
{
	t->given = *given;
	/* The pointers among them are the caller's: not used again. */
	if (given->filter) {
		t->filter = codec_copy(&t->arena, &given->filter->base);
		if (!t->filter)
			return STATUS_NO_MEMORY;
	}
	if (given->name) {
		t->name = arena_text(&t->arena, given->name);
		if (!t->name)
			return STATUS_NO_MEMORY;
	}
	if (t->given.credit_bytes == 0)
		t->given.credit_bytes = MANDATE_CREDIT_DEFAULT;
	return STATUS_OK;
}

enum status mandate_subscribe(struct mandate *m, const struct mandate_subscription *subscription,
			      struct mandate_stream **ret_stream, struct error *err)
{
	struct mandate_stream **place = NULL;

	for (size_t i = 0; i < STREAMS_PER_PEER_MAX && !place; i++)
		if (!m->streams[i])
			place = &m->streams[i];
	if (!place)
		return error_set(err, STATUS_LIMIT, "a connection has at most %d streams",
				 STREAMS_PER_PEER_MAX);
	if (subscription->verify && subscription->after_revision && !subscription->event_hash)
		return error_set(err, STATUS_INVALID,
				 "to verify after revision %llu its hash is needed",
				 (unsigned long long)subscription->after_revision);
	struct mandate_stream *t = calloc(1, sizeof *t);
	if (!t)
		return error_set(err, STATUS_NO_MEMORY, "out of memory");
	arena_init(&t->arena, FILTER_BYTES_MAX);
	if (copy_given(t, subscription) != STATUS_OK) {
		arena_fini(&t->arena);
		free(t);
		return error_set(err, STATUS_LIMIT, "a filter too large");
	}
	t->state = STREAM_WANTED;
	t->pause_ms = PAUSE_FIRST_MS;
	t->through = t->given_until = t->chain_revision = subscription->after_revision;
	t->has_hash = subscription->event_hash || t->through == 0; /* h(0) is zeros */
	if (subscription->event_hash) {
		memcpy(t->hash, subscription->event_hash, HASH_BYTES);
		memcpy(t->chain, subscription->event_hash, HASH_BYTES);
	}
	t->has_day = subscription->day;
	t->day = t->has_day ? *subscription->day : 0;
	*place = t;
	*ret_stream = t;
	return STATUS_OK;
}

static enum status ask(struct mandate *m, struct mandate_stream *t, uint64_t now_ms)
{
	Mandate__Subscribe subscribe = MANDATE__SUBSCRIBE__INIT;
	Mandate__Envelope envelope;

	client_envelope(m, &envelope);
	envelope.body_case = MANDATE__ENVELOPE__BODY_SUBSCRIBE;
	envelope.subscribe = &subscribe;
	subscribe.after_revision = t->through;
	if (t->has_hash && t->through > 0) {
		subscribe.has_event_hash = true;
		subscribe.event_hash = (ProtobufCBinaryData){HASH_BYTES, t->hash};
	}
	subscribe.has_day = t->has_day;
	subscribe.day = t->day;
	subscribe.credit_bytes = t->given.credit_bytes;
	subscribe.filter = t->filter;
	subscribe.name = t->name;
	if (t->given.verify) { /* the filter stops events, or this office's grants do */
		subscribe.has_digests = true;
		subscribe.digests = true;
	}
	enum status s = client_send(m, &envelope);
	if (s != STATUS_OK)
		return s;
	t->correlation = envelope.correlation;
	t->state = STREAM_RUNNING;
	t->heard_ms = now_ms;
	t->owed_bytes = 0;
	/* The chain starts again where the stream does. */
	t->chain_revision = t->through;
	memcpy(t->chain, t->hash, HASH_BYTES);
	return STATUS_OK;
}

void client_stream_up(struct mandate *m)
{
	for (size_t i = 0; i < STREAMS_PER_PEER_MAX; i++) {
		struct mandate_stream *t = m->streams[i];

		if (t && t->state == STREAM_RUNNING)
			t->state = STREAM_WANTED;
		if (t)
			t->due_ms = 0;
	}
}

/* Gives back what has been received: it may be sent again. */
static void give_credit(struct mandate *m, struct mandate_stream *t)
{
	Mandate__Envelope envelope;
	Mandate__Credit credit = MANDATE__CREDIT__INIT;

	client_envelope(m, &envelope);
	envelope.correlation = t->correlation;
	envelope.body_case = MANDATE__ENVELOPE__BODY_CREDIT;
	envelope.credit = &credit;
	credit.bytes = t->owed_bytes;
	if (client_send(m, &envelope) == STATUS_OK)
		t->owed_bytes = 0; /* else with the next frame */
}

/* When a running stream wants to be looked at again. */
static uint64_t running(struct mandate *m, struct mandate_stream *t, uint64_t now_ms)
{
	if (t->name && t->owed_bytes > 0) {
		if (now_ms < t->heard_ms + CONFIRM_MS)
			return t->heard_ms + CONFIRM_MS;
		give_credit(m, t);
	}
	return t->heard_ms + SILENT_MS;
}

uint64_t client_stream_step(struct mandate *m, uint64_t now_ms)
{
	uint64_t due_ms = UINT64_MAX;

	for (size_t i = 0; i < STREAMS_PER_PEER_MAX; i++) {
		struct mandate_stream *t = m->streams[i];
		uint64_t mine_ms = UINT64_MAX;

		if (!t || t->state == STREAM_OVER || m->link.state != CLIENT_LINK_UP)
			continue;
		if (t->state == STREAM_RUNNING && now_ms >= t->heard_ms + SILENT_MS) {
			client_link_drop(&m->link, now_ms); /* all that it carried resumes */
			return now_ms;
		}
		if (t->state == STREAM_WANTED && now_ms >= t->due_ms &&
		    ask(m, t, now_ms) != STATUS_OK)
			mine_ms = now_ms + 1;
		else if (t->state == STREAM_WANTED)
			mine_ms = t->due_ms;
		else
			mine_ms = running(m, t, now_ms);
		due_ms = mine_ms < due_ms ? mine_ms : due_ms;
	}
	return due_ms;
}

/* --- being told ------------------------------------------------------------------------------ */

static struct mandate_stream *find(struct mandate *m, const Mandate__Envelope *envelope)
{
	for (size_t i = 0; envelope->has_correlation && i < STREAMS_PER_PEER_MAX; i++) {
		struct mandate_stream *t = m->streams[i];

		if (t && t->state == STREAM_RUNNING && t->correlation == envelope->correlation)
			return t;
	}
	return NULL;
}

static void end(struct mandate_stream *t, Mandate__Code code, const char *text)
{
	t->state = STREAM_OVER;
	if (t->given.on_end)
		t->given.on_end(t->given.context, code, text ? text : "");
}

/* For good, or to be asked for again. */
static void ended(struct mandate_stream *t, Mandate__Code code, const char *text,
		  uint32_t retry_after_ms)
{
	switch ((int)code) { /* may be newer than we are */
	case MANDATE__CODE__CODE_BUSY:
	case MANDATE__CODE__CODE_FULL:
	case MANDATE__CODE__CODE_NOT_LEADER:
	case MANDATE__CODE__CODE_STOPPING:
	case MANDATE__CODE__CODE_UNDECIDED:
	case MANDATE__CODE__CODE_NO_STREAM:
		t->state = STREAM_WANTED;
		t->due_ms = clock_mono_ms() + t->pause_ms + retry_after_ms;
		t->pause_ms = t->pause_ms > PAUSE_MAX_MS / 2 ? PAUSE_MAX_MS : t->pause_ms * 2;
		return;
	}
	end(t, code, text);
}

/* An event begins with its revision: field 1, a varint. 0 if it does not. */
static uint64_t revision_of(const ProtobufCBinaryData *event)
{
	uint64_t revision = 0;

	if (event->len < 2 || event->data[0] != 0x08)
		return 0;
	for (size_t i = 1; i < event->len && i <= 10; i++) {
		revision |= (uint64_t)(event->data[i] & 0x7f) << (7 * (i - 1));
		if (!(event->data[i] & 0x80))
			return revision;
	}
	return 0;
}

/* Carries the chain over one revision; false and over if it does not fit. */
static bool verify(struct mandate_stream *t, const Mandate__StreamEvent *e, uint64_t revision)
{
	uint8_t digest[HASH_BYTES];
	char text[128];

	if (revision <= t->chain_revision)
		return true;
	bool has_event = e->has_event && e->has_salt && e->salt.len == SALT_BYTES;
	if (revision != t->chain_revision + 1 ||
	    (!has_event && !(e->has_digest && e->digest.len == HASH_BYTES))) {
		snprintf(text, sizeof text, "revision %llu is missing or cannot be verified",
			 (unsigned long long)t->chain_revision + 1);
		end(t, MANDATE__CODE__CODE_DAMAGED, text);
		return false;
	}
	if (has_event)
		hash_event(digest, e->salt.data, bytes_of(e->event.data, e->event.len));
	else
		memcpy(digest, e->digest.data, HASH_BYTES);
	hash_chain_event(t->chain, revision, digest);
	t->chain_revision = revision;
	return true;
}

static bool head_is(const Mandate__Head *head, uint64_t revision)
{
	return head && head->revision == revision && head->event_hash.len == HASH_BYTES;
}

/* What the daemon says of its history must be what we have computed. */
static bool head_fits(struct mandate_stream *t, const Mandate__Head *head)
{
	char text[128];

	if (!head_is(head, t->chain_revision) ||
	    memcmp(head->event_hash.data, t->chain, HASH_BYTES) == 0)
		return true;
	snprintf(text, sizeof text, "the hash of revision %llu is not that of the events before it",
		 (unsigned long long)t->chain_revision);
	end(t, MANDATE__CODE__CODE_DAMAGED, text);
	return false;
}

static bool take_event(struct mandate *m, struct mandate_stream *t, const Mandate__StreamEvent *e,
		       const Mandate__Head *head)
{
	struct mandate_event event = {.revision = e->revision, .kind = e->kind, .key = e->key};

	if (e->has_event) {
		event.revision = revision_of(&e->event);
		event.event = bytes_of(e->event.data, e->event.len);
	}
	event.left = !e->has_event && e->has_left && e->left && e->key;
	if (t->given.verify && (!verify(t, e, event.revision) || !head_fits(t, head)))
		return false;
	if (event.revision <= t->given_until)
		return true; /* given before the connection was lost */
	t->given_until = event.revision;
	if (t->given.on_event) {
		arena_reset(&m->scratch);
		t->given.on_event(t->given.context, &event);
	}
	return t->state == STREAM_RUNNING;
}

/* The position moves to `through`, with its hash where we have computed it or been told. */
static void move(struct mandate_stream *t, uint64_t through, const uint8_t *hash)
{
	t->through = through;
	t->has_hash = hash || through == 0;
	if (hash)
		memcpy(t->hash, hash, HASH_BYTES);
	if (t->given_until < through)
		t->given_until = through;
	if (t->given.on_through)
		t->given.on_through(t->given.context, through, hash, t->has_day ? &t->day : NULL);
}

static void take_frame(struct mandate *m, struct mandate_stream *t,
		       const Mandate__Envelope *envelope)
{
	const Mandate__Frame *frame = envelope->frame;
	uint8_t at_through[HASH_BYTES];
	const uint8_t *hash = NULL;

	if (head_is(envelope->head, frame->through))
		hash = envelope->head->event_hash.data;
	for (size_t i = 0; i <= frame->n_events; i++) {
		if (t->given.verify && t->chain_revision == frame->through) {
			memcpy(at_through, t->chain, HASH_BYTES);
			hash = at_through;
		}
		if (i < frame->n_events && !take_event(m, t, frame->events[i], envelope->head))
			return;
	}
	if (t->given.verify && frame->through > t->chain_revision) {
		end(t, MANDATE__CODE__CODE_DAMAGED, "the stream's position is past its events");
		return;
	}
	if (t->given.verify && hash != at_through)
		return; /* within what has been given: the next position will do */
	t->has_day = frame->has_day;
	t->day = frame->day;
	if (frame->through > t->through || hash)
		move(t, frame->through, hash);
}

void client_stream_message(struct mandate *m, const Mandate__Envelope *envelope, size_t bytes)
{
	struct mandate_stream *t = find(m, envelope);

	if (!t)
		return;
	t->heard_ms = clock_mono_ms();
	if (envelope->body_case == MANDATE__ENVELOPE__BODY_END) {
		ended(t, envelope->end->code, envelope->end->text, 0);
		return;
	}
	t->pause_ms = PAUSE_FIRST_MS;
	take_frame(m, t, envelope);
	/* At half of all: few messages, and the daemon never waits for one. */
	t->owed_bytes += bytes;
	if (t->state == STREAM_RUNNING && t->owed_bytes >= t->given.credit_bytes / 2)
		give_credit(m, t);
}

bool client_stream_refusal(struct mandate *m, const Mandate__Envelope *envelope)
{
	struct mandate_stream *t = find(m, envelope);

	if (t)
		ended(t, envelope->refusal->code, envelope->refusal->text,
		      envelope->refusal->retry_after_ms);
	return t;
}

void mandate_unsubscribe(struct mandate *m, struct mandate_stream *t)
{
	Mandate__Envelope envelope;
	Mandate__Unsubscribe unsubscribe = MANDATE__UNSUBSCRIBE__INIT;

	if (!t || t->state == STREAM_OVER)
		return;
	if (t->state == STREAM_RUNNING) {
		if (t->name && t->owed_bytes > 0)
			give_credit(m, t); /* what was given is where it stands */
		client_envelope(m, &envelope);
		envelope.correlation = t->correlation;
		envelope.body_case = MANDATE__ENVELOPE__BODY_UNSUBSCRIBE;
		envelope.unsubscribe = &unsubscribe;
		/* Unsent, the daemon ends it when its credit or the connection does. */
		IGNORE_RESULT(client_send(m, &envelope));
	}
	t->state = STREAM_OVER;
}

void client_stream_sweep(struct mandate *m, bool all)
{
	for (size_t i = 0; i < STREAMS_PER_PEER_MAX; i++) {
		struct mandate_stream *t = m->streams[i];

		if (!t || (t->state != STREAM_OVER && !all))
			continue;
		arena_fini(&t->arena);
		free(t);
		m->streams[i] = NULL;
	}
}
