#include "client.h"
#include "model/codec.h"

enum { PAUSE_MAX_MS = 10 * 1000 };

/* Gives the item at `position` the number that belongs to its place, and the lane in use. */
static enum status renumber(struct mandate *m, uint64_t position)
{
	struct client_submit *s = &m->submit;
	struct client_item *item = client_submit_item(s, position);
	enum status status = STATUS_NO_MEMORY;
	struct arena arena;

	arena_init(&arena, DECODE_BYTES_MAX);
	Mandate__Submission *submission = codec_decode(&arena, &mandate__submission__descriptor,
						       bytes_of(item->bytes, item->len));
	if (submission) {
		submission->lane = s->lane;
		submission->sequence = client_submit_sequence(s, position);
		status = client_submit_pack(item, submission);
	}
	arena_fini(&arena);
	return status;
}

static void swap(struct client_item *a, struct client_item *b)
{
	struct client_item c = *a;

	*a = *b;
	*b = c;
}

/* Takes the rejected ones out, so that those behind them move up. Those that change their number
 * are packed anew. A new lane is drawn if the daemon has lost what it had decided in this one (it
 * was restored from a copy): what is pending was then decided by nobody. */
static enum status close_ranks(struct mandate *m)
{
	struct client_submit *s = &m->submit;
	uint64_t kept = s->first, from = s->next;

	for (uint64_t p = s->first; p < s->next; p++) {
		if (client_submit_item(s, p)->state == CLIENT_ITEM_REJECTED)
			continue;
		if (p != kept) {
			from = kept < from ? kept : from;
			swap(client_submit_item(s, kept),
			     client_submit_item(s, p)); /* keeps both buffers */
		}
		kept++;
	}
	s->next = kept;
	if (s->fresh_lane || (s->expected_sequence && s->expected_sequence < s->first_sequence)) {
		do {
			hash_random(&s->lane, sizeof s->lane);
		} while (s->lane == 0);
		s->first_sequence = 1;
		s->fresh_lane = false;
		from = s->first;
	}
	s->expected_sequence = 0;
	for (uint64_t p = from; p < s->next; p++) {
		enum status status = renumber(m, p);

		if (status != STATUS_OK)
			return status;
	}
	return STATUS_OK;
}

static uint64_t first_rejected(struct client_submit *s)
{
	uint64_t p = s->first;

	while (p < s->next && client_submit_item(s, p)->state != CLIENT_ITEM_REJECTED)
		p++;
	return p;
}

void client_resend_all(struct mandate *m)
{
	struct client_submit *s = &m->submit;
	bool wait = s->fresh_lane && first_rejected(s) > s->first;

	if (s->holding && !wait && close_ranks(m) != STATUS_OK)
		m->failed = true;
	s->holding = wait;
	uint64_t stop = wait ? first_rejected(s) : s->next;
	for (uint64_t p = s->first; p < s->next; p++) {
		struct client_item *item = client_submit_item(s, p);

		if (item->state != CLIENT_ITEM_DONE && item->state != CLIENT_ITEM_REJECTED)
			item->state = p < stop ? CLIENT_ITEM_QUEUED : CLIENT_ITEM_HELD;
	}
	s->unsent = s->first;
}

/* Numbers given again after a rejection are safe on the connection that carried the first ones:
 * there all are read in order. On another connection the daemon may still read "B as 6" of the old
 * one after the new "B as 5", and take both. So what stands behind a rejected one then moves to a
 * new lane, once what stands before it is decided; in the old lane "6" stays a jump. */
void client_resend_lost(struct mandate *m)
{
	struct client_submit *s = &m->submit;

	if (first_rejected(s) < s->next)
		s->fresh_lane = true;
	client_resend_all(m);
}

void client_resend_overdue(struct mandate *m, uint64_t now_ms)
{
	/* If numbers are to be given again, what was not answered may not have been read. */
	if (first_rejected(&m->submit) < m->submit.next)
		client_link_drop(&m->link, now_ms);
	else
		client_resend_all(m);
}

/* When the last one under way was sent; 0 if none is. */
static uint64_t last_sent_ms(struct client_submit *s)
{
	uint64_t last_ms = 0;

	for (uint64_t p = s->first; p < s->next; p++) {
		const struct client_item *item = client_submit_item(s, p);

		if (item->state == CLIENT_ITEM_SENT && item->sent_ms > last_ms)
			last_ms = item->sent_ms;
	}
	return last_ms;
}

uint64_t client_resend_step(struct mandate *m, uint64_t now_ms)
{
	struct client_submit *s = &m->submit;
	uint64_t sent_ms = last_sent_ms(s);

	if (sent_ms && now_ms < sent_ms + m->answer_ms)
		return sent_ms + m->answer_ms;
	if (sent_ms) {
		client_resend_overdue(m, now_ms);
		return now_ms;
	}
	if (now_ms < s->resume_ms)
		return s->resume_ms;
	if (s->held_code)
		s->pause_ms = s->pause_ms > PAUSE_MAX_MS / 2 ? PAUSE_MAX_MS : s->pause_ms * 2;
	client_resend_all(m);
	return now_ms;
}
