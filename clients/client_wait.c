/* Acts whose cause the daemon does not know yet: submitted again, as new submissions, with growing
 * pauses, until the cause has come or the time is over. */
#include "base/clock.h"
#include "client.h"
#include "model/codec.h"

#include <stdlib.h>

enum { PAUSE_FIRST_MS = 250, PAUSE_MAX_MS = 15 * 60 * 1000 };

struct client_waiting {
	struct client_waiting *next; /* in the order in which they were refused first */
	uint64_t tag;
	uint64_t first_ms, due_ms, pause_ms;
	bool under_way;	  /* submitted again, without an outcome yet */
	uint8_t *outcome; /* the last one, packed; what is told if it is given up */
	size_t outcome_len;
	size_t len;
	uint8_t submission[]; /* packed */
};

void client_wait_fini(struct client_wait *w)
{
	for (struct client_waiting *a = w->first, *next; a; a = next) {
		next = a->next;
		free(a->outcome);
		free(a);
	}
	*w = (struct client_wait){0};
}

static bool keep_outcome(struct client_waiting *a, const Mandate__Outcome *outcome)
{
	size_t len = mandate__outcome__get_packed_size(outcome);
	uint8_t *packed = malloc(len + 1);

	if (!packed)
		return false;
	mandate__outcome__pack(outcome, packed);
	free(a->outcome);
	a->outcome = packed;
	a->outcome_len = len;
	return true;
}

static void rest(struct client_waiting *a, uint64_t now_ms)
{
	a->under_way = false;
	a->due_ms = now_ms + a->pause_ms;
	a->pause_ms = a->pause_ms > PAUSE_MAX_MS / 2 ? PAUSE_MAX_MS : 2 * a->pause_ms;
}

static void remove_it(struct client_wait *w, struct client_waiting *gone)
{
	for (struct client_waiting **at = &w->first; *at; at = &(*at)->next)
		if (*at == gone) {
			*at = gone->next;
			break;
		}
	w->count--;
	free(gone->outcome);
	free(gone);
}

static bool is_over(const struct client_wait *w, const struct client_waiting *a, uint64_t now_ms)
{
	return w->given_up || now_ms - a->first_ms >= w->longest_ms;
}

bool client_wait_take(struct client_wait *w, struct client_item *item,
		      const Mandate__Outcome *outcome)
{
	struct client_waiting *a = item->waiting;
	uint64_t now_ms = clock_mono_ms();
	bool early =
		outcome->refusal && outcome->refusal->code == MANDATE__CODE__CODE_NEEDS_EARLIER;

	item->waiting = NULL;
	if (a && (!early || is_over(w, a, now_ms) || !keep_outcome(a, outcome))) {
		remove_it(w, a);
		return false;
	}
	if (a) {
		rest(a, now_ms);
		return true;
	}
	if (!early || w->longest_ms == 0 || w->given_up || w->count >= MANDATE_WAITING_MAX)
		return false;
	a = calloc(1, sizeof *a + item->len);
	if (!a || !keep_outcome(a, outcome)) {
		free(a);
		return false;
	}
	a->tag = item->tag;
	a->len = item->len;
	memcpy(a->submission, item->bytes, item->len);
	a->first_ms = now_ms;
	a->pause_ms = PAUSE_FIRST_MS;
	rest(a, now_ms);
	struct client_waiting **end = &w->first;
	while (*end)
		end = &(*end)->next;
	*end = a;
	w->count++;
	return true;
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
	if (s == STATUS_OK)
		a->under_way = true;
	return s;
}

static void tell_last(struct mandate *m, struct client_waiting *a)
{
	struct mandate_outcome told = {.tag = a->tag};
	struct arena arena;

	arena_init(&arena, DECODE_BYTES_MAX);
	told.outcome = codec_decode(&arena, &mandate__outcome__descriptor,
				    bytes_of(a->outcome, a->outcome_len));
	if (!told.outcome)
		m->failed = true;
	else if (m->on_outcome)
		m->on_outcome(m->context, &told);
	arena_fini(&arena);
	remove_it(&m->wait, a);
}

uint64_t client_wait_step(struct mandate *m, uint64_t now_ms)
{
	uint64_t due_ms = UINT64_MAX;

	for (struct client_waiting *a = m->wait.first, *next; a; a = next) {
		next = a->next;
		if (a->under_way)
			continue;
		if (is_over(&m->wait, a, now_ms)) {
			tell_last(m, a);
			continue;
		}
		if (a->due_ms <= now_ms && submit_again(m, a) == STATUS_OK)
			continue;
		/* With a full window it goes when an outcome has made room. */
		uint64_t again_ms = a->due_ms > now_ms ? a->due_ms : now_ms + PAUSE_FIRST_MS;
		due_ms = again_ms < due_ms ? again_ms : due_ms;
	}
	return due_ms;
}

size_t mandate_waiting(const struct mandate *m)
{
	return m->wait.count;
}

void mandate_try_again(struct mandate *m)
{
	for (struct client_waiting *a = m->wait.first; a; a = a->next) {
		a->due_ms = 0;
		a->pause_ms = PAUSE_FIRST_MS;
	}
}

void mandate_give_up(struct mandate *m)
{
	m->wait.given_up = true;
	IGNORE_RESULT(client_wait_step(m, clock_mono_ms()));
	m->wait.given_up = m->wait.count > 0; /* those under way are told as they come */
}
