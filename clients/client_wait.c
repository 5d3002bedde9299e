/* Acts whose cause the daemon does not know yet: submitted again, as new submissions, with growing
 * pauses, until the cause has come or the time is over. The last try is made when it is over. */
#include "client.h"
#include "model/codec.h"

#include <stdlib.h>

enum { PAUSE_FIRST_MS = 250, PAUSE_MAX_MS = 15 * 60 * 1000 };

struct client_waiting {
	struct client_waiting *next; /* in the order in which they were refused first */
	uint64_t tag;
	uint64_t end_ms; /* then it is submitted the last time */
	uint64_t due_ms, pause_ms;
	bool under_way; /* submitted again, without an outcome yet */
	bool given_up;	/* whatever it meets next is told */
	size_t len;
	uint8_t submission[]; /* packed */
};

void client_wait_fini(struct client_wait *w)
{
	for (struct client_waiting *a = w->first, *next; a; a = next) {
		next = a->next;
		free(a);
	}
	*w = (struct client_wait){0};
}

static void rest(struct client_wait *w, struct client_waiting *a, uint64_t now_ms)
{
	a->due_ms = now_ms + a->pause_ms < a->end_ms ? now_ms + a->pause_ms : a->end_ms;
	a->pause_ms = a->pause_ms > PAUSE_MAX_MS / 2 ? PAUSE_MAX_MS : 2 * a->pause_ms;
	if (a->due_ms < w->due_ms)
		w->due_ms = a->due_ms;
}

/* NULL if this one is not to wait. */
static struct client_waiting *keep(struct client_wait *w, const struct client_item *item,
				   uint64_t now_ms)
{
	bool may = w->longest_ms > 0 && w->count < MANDATE_WAITING_MAX;
	struct client_waiting **end = &w->first, *a = may ? calloc(1, sizeof *a + item->len) : NULL;

	if (!a)
		return NULL;
	a->tag = item->tag;
	a->end_ms = w->longest_ms < UINT64_MAX - now_ms ? now_ms + w->longest_ms : UINT64_MAX;
	a->pause_ms = PAUSE_FIRST_MS;
	a->len = item->len;
	memcpy(a->submission, item->bytes, item->len);
	while (*end)
		end = &(*end)->next;
	*end = a;
	w->count++;
	return a;
}

static void remove_it(struct client_wait *w, struct client_waiting *gone)
{
	struct client_waiting **at = &w->first;

	while (*at != gone)
		at = &(*at)->next;
	*at = gone->next;
	w->count--;
	w->given_up -= gone->given_up;
	free(gone);
}

bool client_wait_take(struct client_wait *w, struct client_item *item,
		      const Mandate__Outcome *outcome, uint64_t now_ms)
{
	struct client_waiting *a = item->waiting;
	bool early =
		outcome->refusal && outcome->refusal->code == MANDATE__CODE__CODE_NEEDS_EARLIER;

	item->waiting = NULL;
	if (a) {
		a->under_way = false;
		w->under_way--;
	} else if (early) {
		a = keep(w, item, now_ms);
	}
	if (!a)
		return false;
	if (early && !a->given_up && now_ms < a->end_ms) {
		rest(w, a, now_ms);
		return true;
	}
	remove_it(w, a);
	return false;
}

/* A new submission with the same changes: a new number, and the same tag. */
static enum status submit_again(struct mandate *m, struct client_waiting *a)
{
	enum status s = STATUS_NO_MEMORY;
	struct arena arena;

	arena_init(&arena, DECODE_BYTES_MAX);
	const Mandate__Submission *was = codec_decode(&arena, &mandate__submission__descriptor,
						      bytes_of(a->submission, a->len));
	if (was)
		s = client_submit_again(m, was->changes, was->n_changes, a->tag, a);
	arena_fini(&arena);
	if (s == STATUS_OK) {
		a->under_way = true;
		m->wait.under_way++;
	}
	return s;
}

uint64_t client_wait_step(struct mandate *m, uint64_t now_ms)
{
	struct client_wait *w = &m->wait;
	/* The caller's own submissions always find room in the other half of the window. */
	size_t share = m->submit.window > 1 ? m->submit.window / 2 : 1;

	if (now_ms < w->due_ms)
		return w->due_ms;
	w->due_ms = UINT64_MAX;
	for (struct client_waiting *a = w->first; a; a = a->next) {
		if (a->under_way)
			continue;
		if (a->due_ms > now_ms) {
			w->due_ms = a->due_ms < w->due_ms ? a->due_ms : w->due_ms;
		} else if (w->under_way >= share || submit_again(m, a) != STATUS_OK) {
			w->due_ms = 0; /* the next outcome makes room, and wakes us before this */
			return now_ms + PAUSE_FIRST_MS;
		}
	}
	return w->due_ms;
}

size_t mandate_waiting(const struct mandate *m)
{
	return m->wait.count - m->wait.given_up;
}

void mandate_try_again(struct mandate *m)
{
	for (struct client_waiting *a = m->wait.first; a; a = a->next) {
		a->due_ms = 0;
		a->pause_ms = PAUSE_FIRST_MS;
	}
	m->wait.due_ms = 0;
}

void mandate_give_up(struct mandate *m)
{
	for (struct client_waiting *a = m->wait.first; a; a = a->next) {
		a->due_ms = 0;
		a->given_up = true;
	}
	m->wait.given_up = m->wait.count;
	m->wait.due_ms = 0;
}
