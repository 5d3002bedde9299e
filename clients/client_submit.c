#include "base/clock.h"
#include "client.h"
#include "model/codec.h"
#include "model/encode.h"
#include "model/names.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	PAUSE_FIRST_MS = 20,
	NUMBER_BYTES = 16, /* what a renumbered submission can grow by */
	/* Around the submission in its message: version, correlation, names and lengths. */
	ENVELOPE_BYTES = 2 * OFFICE_TEXT_MAX + 64,
};

enum status client_submit_init(struct client_submit *s, uint32_t window, uint64_t lane,
			       uint64_t sequence)
{
	uint64_t places = 1;

	*s = (struct client_submit){.window = window, .lane = lane};
	while (places < window)
		places *= 2;
	s->mask = places - 1;
	s->items = calloc(places, sizeof *s->items);
	if (!s->items)
		return STATUS_NO_MEMORY;
	while (s->lane == 0)
		hash_random(&s->lane, sizeof s->lane);
	s->first_sequence = sequence ? sequence : 1;
	s->pause_ms = PAUSE_FIRST_MS;
	return STATUS_OK;
}

void client_submit_fini(struct client_submit *s)
{
	for (uint64_t i = 0; s->items && i <= s->mask; i++)
		free(s->items[i].bytes);
	free(s->items);
	*s = (struct client_submit){0};
}

struct client_item *client_submit_item(struct client_submit *s, uint64_t position)
{
	return &s->items[position & s->mask];
}

uint64_t client_submit_sequence(const struct client_submit *s, uint64_t position)
{
	return s->first_sequence + (position - s->first);
}

/* --- sending --------------------------------------------------------------------------------- */

static enum status reserve(struct client_item *item, size_t len)
{
	if (item->size >= len)
		return STATUS_OK;
	uint8_t *bytes = realloc(item->bytes, len);
	if (!bytes)
		return STATUS_NO_MEMORY;
	item->bytes = bytes;
	item->size = len;
	return STATUS_OK;
}

enum status client_submit_pack(struct client_item *item, const Mandate__Submission *submission)
{
	struct encode e;

	encode_message(&e, &submission->base);
	if (reserve(item, e.len + NUMBER_BYTES) != STATUS_OK)
		return STATUS_NO_MEMORY;
	encode_put(&e, item->bytes);
	item->len = e.len;
	return STATUS_OK;
}

static enum status send_item(struct mandate *m, struct client_item *item, uint64_t now_ms)
{
	Mandate__Envelope envelope;

	client_envelope(m, &envelope);
	envelope.body_case = MANDATE__ENVELOPE__BODY_SUBMISSION;
	envelope.submission.data = item->bytes;
	envelope.submission.len = item->len;
	enum status s = client_send(m, &envelope);
	if (s != STATUS_OK)
		return s;
	item->state = CLIENT_ITEM_SENT;
	item->correlation = envelope.correlation;
	item->sent_ms = now_ms;
	return STATUS_OK;
}

static enum status send_queued(struct mandate *m, uint64_t now_ms)
{
	struct client_submit *s = &m->submit;

	for (; s->unsent < s->next; s->unsent++) {
		struct client_item *item = client_submit_item(s, s->unsent);

		if (item->state != CLIENT_ITEM_QUEUED)
			continue; /* decided while others are sent again, or not to be sent yet */
		enum status status = send_item(m, item, now_ms);
		if (status != STATUS_OK)
			return status;
	}
	return STATUS_OK;
}

static enum status submit(struct mandate *m, Mandate__Change **changes, size_t count, uint64_t tag,
			  struct client_waiting *waiting, struct error *err)
{
	struct client_submit *s = &m->submit;
	struct client_item *item = client_submit_item(s, s->next);
	Mandate__Submission submission = MANDATE__SUBMISSION__INIT;

	if (s->next - s->first >= s->window)
		return error_set(err, STATUS_AGAIN, "%u submissions wait for their outcome",
				 (unsigned)s->window);
	if (count == 0 || count > CHANGES_PER_SUBMISSION_MAX)
		return error_set(err, STATUS_LIMIT, "a submission has 1 to %d changes",
				 CHANGES_PER_SUBMISSION_MAX);
	submission.lane = s->lane;
	submission.sequence = client_submit_sequence(s, s->next);
	submission.n_changes = count;
	submission.changes = changes;
	if (client_submit_pack(item, &submission) != STATUS_OK)
		return error_set(err, STATUS_NO_MEMORY, "out of memory");
	/* One that goes again may have a longer number; ENVELOPE_BYTES has room for that. */
	if (!waiting && item->len > FRAME_BYTES_MAX - ENVELOPE_BYTES)
		return error_set(err, STATUS_LIMIT, "a submission of %zu bytes: a message has %d",
				 item->len, FRAME_BYTES_MAX);
	item->state = s->holding ? CLIENT_ITEM_HELD : CLIENT_ITEM_QUEUED;
	item->tag = tag;
	item->waiting = waiting;
	s->next++;
	s->open += !waiting;
	/* If it cannot go now, the next step sends it. */
	if (!s->holding && s->unsent == s->next - 1)
		IGNORE_RESULT(send_queued(m, clock_mono_ms()));
	return STATUS_OK;
}

enum status mandate_submit(struct mandate *m, Mandate__Change **changes, size_t count, uint64_t tag,
			   struct error *err)
{
	return submit(m, changes, count, tag, NULL, err);
}

enum status client_submit_again(struct mandate *m, Mandate__Change **changes, size_t count,
				uint64_t tag, struct client_waiting *waiting)
{
	return submit(m, changes, count, tag, waiting, NULL);
}

/* --- answers --------------------------------------------------------------------------------- */

/* What a refusal means for the number that was used. */
enum verdict {
	VERDICT_DECIDED = 1, /* it has its outcome */
	VERDICT_REJECTED,    /* it will never be taken, and its number is free */
	VERDICT_NOT_NOW,     /* the same again, later */
};

static enum verdict verdict_of(const Mandate__Refusal *refusal)
{
	if (!refusal)
		return VERDICT_DECIDED;
	/* Codes may be newer than we are, so this asks for the known ones and falls back on the
	 * ranges of proto/mandate.proto. */
	switch ((int)refusal->code) {
	case MANDATE__CODE__CODE_SEQ_JUMP:
	case MANDATE__CODE__CODE_BUSY:
	case MANDATE__CODE__CODE_FULL:
	case MANDATE__CODE__CODE_NOT_LEADER:
	case MANDATE__CODE__CODE_UNDECIDED:
	case MANDATE__CODE__CODE_STOPPING:
		return VERDICT_NOT_NOW;
	case MANDATE__CODE__CODE_SEQ_REUSED:
		return VERDICT_DECIDED;
	}
	return refusal->code >= MANDATE__CODE__CODE_AUTH_SCOPE &&
			       refusal->code < MANDATE__CODE__CODE_NOT_FOUND
		       ? VERDICT_DECIDED
		       : VERDICT_REJECTED;
}

static void tell(struct mandate *m, uint64_t tag, const Mandate__Outcome *outcome,
		 const Mandate__Head *head)
{
	struct mandate_outcome told = {.tag = tag, .outcome = outcome, .head = head};

	if (m->on_outcome)
		m->on_outcome(m->context, &told);
}

/* The code, the daemon's words, and when to come back, if that is not soon. */
static void say_held(struct client_submit *s, const Mandate__Refusal *refusal)
{
	enum { SOON_MS = 60 * 1000, MINUTE_MS = 60 * 1000, HOUR_MINUTES = 60 };
	const char *text = refusal->text && refusal->text[0] ? refusal->text : NULL;
	uint32_t minutes =
		(uint32_t)(((uint64_t)refusal->retry_after_ms + MINUTE_MS - 1) / MINUTE_MS);
	char when[48] = "";

	if (refusal->retry_after_ms >= SOON_MS)
		snprintf(when, sizeof when, "; come back in %u h %02u min", minutes / HOUR_MINUTES,
			 minutes % HOUR_MINUTES);
	snprintf(s->held_text, sizeof s->held_text, "%s%s%s%s",
		 names_text(&mandate__code__descriptor, (int)refusal->code), text ? ": " : "",
		 text ? text : "", when);
}

static void hold(struct client_submit *s, const struct client_item *item,
		 const Mandate__Refusal *refusal, uint64_t now_ms)
{
	bool jump = refusal->code == MANDATE__CODE__CODE_SEQ_JUMP;
	uint64_t resume_ms = now_ms + s->pause_ms + refusal->retry_after_ms;

	if (jump && refusal->has_expected_sequence &&
	    (s->expected_sequence == 0 || refusal->expected_sequence < s->expected_sequence))
		s->expected_sequence = refusal->expected_sequence;
	if (!jump) {
		s->held_code = refusal->code;
		say_held(s, refusal);
	}
	/* Most jumps only follow from the answer to an earlier one and need no pause. */
	if ((!jump || item == client_submit_item(s, s->first)) && resume_ms > s->resume_ms)
		s->resume_ms = resume_ms;
}

static void answered(struct mandate *m, struct client_item *item, const Mandate__Outcome *outcome,
		     const Mandate__Head *head, uint64_t now_ms)
{
	struct client_submit *s = &m->submit;
	uint64_t tag = item->tag;
	bool waits = false;

	switch (verdict_of(outcome->refusal)) {
	case VERDICT_NOT_NOW:
		item->state = CLIENT_ITEM_HELD;
		s->holding = true;
		hold(s, item, outcome->refusal, now_ms);
		return;
	case VERDICT_REJECTED:
		item->state = CLIENT_ITEM_REJECTED;
		waits = client_wait_take(&m->wait, item, outcome, now_ms);
		s->holding = true;
		break;
	case VERDICT_DECIDED:
		item->state = CLIENT_ITEM_DONE;
		waits = client_wait_take(&m->wait, item, outcome, now_ms);
		s->pause_ms = PAUSE_FIRST_MS;
		s->held_code = 0;
		while (s->first < s->next &&
		       client_submit_item(s, s->first)->state == CLIENT_ITEM_DONE) {
			s->first++;
			s->first_sequence++;
		}
		if (s->unsent < s->first)
			s->unsent = s->first;
		break;
	}
	s->decided++;
	if (waits)
		return;
	s->open--;
	tell(m, tag, outcome, head);
}

void client_submit_outcome(struct mandate *m, const Mandate__Envelope *envelope, uint64_t now_ms)
{
	struct client_submit *s = &m->submit;
	const Mandate__Outcome *outcome = envelope->outcome;
	uint64_t offset = outcome->sequence - s->first_sequence;

	if (outcome->lane != s->lane || offset >= s->next - s->first)
		return; /* one that has been told already */
	struct client_item *item = client_submit_item(s, s->first + offset);
	if (item->state == CLIENT_ITEM_DONE || item->state == CLIENT_ITEM_REJECTED)
		return;
	/* An outcome is the same whichever message asked for it; "not now" is about one message. */
	if (verdict_of(outcome->refusal) != VERDICT_DECIDED &&
	    (item->state != CLIENT_ITEM_SENT || envelope->correlation != item->correlation))
		return;
	answered(m, item, outcome, envelope->head, now_ms);
}

bool client_submit_refusal(struct mandate *m, const Mandate__Envelope *envelope, uint64_t now_ms)
{
	struct client_submit *s = &m->submit;

	for (uint64_t p = s->first; envelope->has_correlation && p < s->next; p++) {
		struct client_item *item = client_submit_item(s, p);

		if (item->state == CLIENT_ITEM_SENT && item->correlation == envelope->correlation) {
			Mandate__Outcome outcome = MANDATE__OUTCOME__INIT;

			outcome.lane = s->lane;
			outcome.sequence = client_submit_sequence(s, p);
			outcome.refusal = envelope->refusal;
			answered(m, item, &outcome, envelope->head, now_ms);
			return true;
		}
	}
	return false;
}

/* --- going on -------------------------------------------------------------------------------- */

uint64_t client_submit_step(struct mandate *m, uint64_t now_ms)
{
	struct client_submit *s = &m->submit;

	if (s->first == s->next || m->link.state != CLIENT_LINK_UP)
		return UINT64_MAX;
	const struct client_item *oldest = client_submit_item(s, s->first);
	if (oldest->state == CLIENT_ITEM_SENT && now_ms >= oldest->sent_ms + m->answer_ms)
		client_resend_overdue(m, now_ms); /* its answer is lost: ask for it */
	if (s->holding) {
		uint64_t due_ms = client_resend_step(m, now_ms);

		if (due_ms > now_ms)
			return due_ms;
	}
	if (send_queued(m, now_ms) != STATUS_OK)
		return now_ms + 1; /* the connection's queue is full */
	return s->first < s->next ? now_ms + m->answer_ms : UINT64_MAX;
}

/* --- for the caller -------------------------------------------------------------------------- */

size_t mandate_pending(const struct mandate *m)
{
	return m->submit.open - mandate_waiting(m);
}

uint64_t mandate_lane(const struct mandate *m, uint64_t *ret_next_sequence)
{
	*ret_next_sequence = client_submit_sequence(&m->submit, m->submit.next);
	return m->submit.lane;
}

const char *mandate_held(const struct mandate *m)
{
	return m->submit.held_code ? m->submit.held_text : NULL;
}

enum status mandate_drain(struct mandate *m, uint32_t silence_ms, struct error *err)
{
	uint64_t decided = m->submit.decided, end_ms = clock_mono_ms() + silence_ms;

	while (mandate_pending(m) > 0) {
		uint64_t now_ms = clock_mono_ms();

		if (now_ms >= end_ms) {
			if (!mandate_is_up(m))
				return error_set(err, STATUS_UNREACHABLE, "no daemon answers at %s",
						 m->link.endpoint);
			return error_set(err, STATUS_AGAIN,
					 "%zu submissions without an outcome%s%s",
					 mandate_pending(m), mandate_held(m) ? ": " : "",
					 mandate_held(m) ? mandate_held(m) : "");
		}
		enum status s = mandate_run(m, (uint32_t)(end_ms - now_ms), err);
		if (s != STATUS_OK)
			return s;
		if (m->submit.decided != decided) {
			decided = m->submit.decided;
			end_ms = clock_mono_ms() + silence_ms;
		}
	}
	return STATUS_OK;
}
