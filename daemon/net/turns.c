#include "net/turns.h"

#include "net/pipeline.h"

#include <stdlib.h>

struct turn {
	struct turn *next;
	zmq_msg_t message;
	size_t bytes;
	struct route route;
};

/* Of an office: there is one while something waits. */
struct turns {
	struct turn *first, *last;
	size_t count, bytes;
};

static bool may_go(struct server *s, struct quota *q)
{
	return quota_turn_allowed(s->quotas, q, s->pipeline.number, s->now_ms);
}

bool turns_must_wait(struct server *s, struct quota *q)
{
	return q->waiting || !may_go(s, q);
}

bool turns_wait(struct server *s, struct quota *q, const struct route *route, zmq_msg_t *message)
{
	size_t bytes = sizeof(struct turn) + zmq_msg_size(message);

	if (s->turns_bytes + bytes > TURNS_BYTES_MAX ||
	    (q->waiting && (q->waiting->count >= TURNS_PER_OFFICE_MAX ||
			    q->waiting->bytes + bytes > TURNS_BYTES_PER_OFFICE_MAX)))
		return false;
	struct turn *t = malloc(sizeof *t);
	if (!t)
		return false;
	if (!q->waiting)
		q->waiting = calloc(1, sizeof *q->waiting);
	if (!q->waiting) {
		free(t);
		return false;
	}
	t->next = NULL;
	t->bytes = bytes;
	t->route = *route;
	zmq_msg_init(&t->message);
	zmq_msg_move(&t->message, message);
	if (q->waiting->last)
		q->waiting->last->next = t;
	else
		q->waiting->first = t;
	q->waiting->last = t;
	q->waiting->count++;
	q->waiting->bytes += bytes;
	s->turns_bytes += bytes;
	return true;
}

/* The first that waits: out of the queue, the caller's. */
static struct turn *take(struct server *s, struct quota *q)
{
	struct turns *w = q->waiting;
	struct turn *t = w->first;

	w->first = t->next;
	if (!w->first)
		w->last = NULL;
	w->count--;
	w->bytes -= t->bytes;
	s->turns_bytes -= t->bytes;
	if (!w->first) {
		free(w);
		q->waiting = NULL;
	}
	return t;
}

/* The next office after the one that had a turn last; around once. */
static struct quota *next_office(struct server *s)
{
	struct quota *begin = s->turn_of ? quota_next_waiting(s->quotas, s->turn_of) : NULL;

	for (struct quota *q = begin; q; q = quota_next_waiting(s->quotas, q))
		if (may_go(s, q))
			return q;
	for (struct quota *q = quota_next_waiting(s->quotas, NULL); q && q != begin;
	     q = quota_next_waiting(s->quotas, q))
		if (may_go(s, q))
			return q;
	return NULL;
}

bool turns_ready(struct server *s)
{
	return s->turns_bytes && pipeline_has_room(s) && next_office(s);
}

bool turns_next(struct server *s, struct route *ret_route, zmq_msg_t *ret_message)
{
	struct quota *q = s->turns_bytes && pipeline_has_room(s) ? next_office(s) : NULL;

	if (!q)
		return false;
	struct turn *t = take(s, q);
	s->turn_of = q;
	*ret_route = t->route;
	zmq_msg_init(ret_message);
	zmq_msg_move(ret_message, &t->message);
	free(t);
	return true;
}

void turns_fini(struct server *s)
{
	for (struct quota *q; s->quotas && (q = quota_next_waiting(s->quotas, NULL)) != NULL;) {
		struct turn *t = take(s, q);

		zmq_msg_close(&t->message);
		free(t);
	}
}
