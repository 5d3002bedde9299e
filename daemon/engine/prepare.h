/* Makes the next segment ahead of need, on a thread of its own, so that an append never waits for
 * it while the disk keeps up. */
#ifndef MANDATED_ENGINE_PREPARE_H
#define MANDATED_ENGINE_PREPARE_H

#include "engine/journal.h"

#include <pthread.h>

enum prepare_state { PREPARE_IDLE, PREPARE_WANTED, PREPARE_READY, PREPARE_FAILED };

struct prepare {
	struct journal *journal;
	uint64_t segment_bytes;
	pthread_t thread;
	atomic_bool stop;

	pthread_mutex_t mutex;
	pthread_cond_t changed;
	/* Under the mutex. */
	enum prepare_state state;
	uint64_t number;		/* WANTED: the segment to make */
	struct journal_segment segment; /* READY */
	struct error error;		/* FAILED */
};

/* Starts the thread; `j` stays the caller's and must outlive it. */
MUST_USE enum status prepare_start(struct prepare *p, struct journal *j, uint64_t segment_bytes);

/* Ends the thread; a segment that is ready stays on disk, one that is being made does not. */
void prepare_stop(struct prepare *p);

/* Begin to make segment `number`. */
void prepare_ahead(struct prepare *p, uint64_t number);

/* The segment asked for; waits for it. If making it failed it is tried once more, now.
 * STATUS_FULL: no space, ask again; other failures in `err`. */
MUST_USE enum status prepare_take(struct prepare *p, struct journal_segment *ret_segment,
				  struct error *err);

#endif
