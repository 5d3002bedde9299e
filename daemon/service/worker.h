/* The state thread: applies ordered batches, commits them when they are durable, hands them back
 * with their outcomes and events. It is the only writer of the state. */
#ifndef MANDATED_SERVICE_WORKER_H
#define MANDATED_SERVICE_WORKER_H

#include "service/machine.h"

struct worker;

/* Kinds of mail to the network thread (`reply` of worker_new). */
enum worker_mail {
	WORKER_SYNCED = 1, /* batch->synced_mail: durable; the engine is free for the next batch */
	WORKER_DONE,	   /* batch->done_mail: committed, or failed (batch->why) */
};

/* Makes the thread and the engine's callbacks. `m` and `reply` must outlive it. Batches that the
 * engine itself brings (another's, or repetitions) come back as DONE too, without tickets; the
 * network thread frees every batch that it did not make (batch->journal.user NULL). */
MUST_USE enum status worker_new(struct machine *m, struct mailbox *reply,
				struct worker **ret_worker, struct engine_callbacks *ret_callbacks);

/* Stops after what has been posted; joins; frees. The engine must have been closed before. */
void worker_free(struct worker *w);

/* Why it no longer applies: STATUS_OK while it does. `text` names the index. Any thread. */
enum status worker_trouble(struct worker *w, struct error *ret_error);

/* Milliseconds since the thread last made progress while it had work; 0 when idle: the watchdog. */
uint64_t worker_stalled_ms(struct worker *w);

#endif
