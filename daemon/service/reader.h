/* The reader thread: queries, and slices of the event log for streams that lag. It reads committed
 * state only, in transactions of at most READ_TXN_MS. A job is a message that comes back filled. */
#ifndef MANDATED_SERVICE_READER_H
#define MANDATED_SERVICE_READER_H

#include "base/day.h"
#include "service/batch.h"
#include "service/roll.h"
#include "store/store.h"

enum reader_job_kind {
	READER_QUERY = 101,
	READER_SLICE,
};

/* What only the network thread knows of the daemon, copied into a query job for StatusQuery. */
struct reader_facts {
	const Mandate__Status *status; /* in the job's arena; NULL unless the query is a status */
};

struct reader_job {
	struct mail mail; /* kind: enum reader_job_kind, both ways */
	struct arena arena;
	struct route route;
	uint64_t correlation;
	const struct office *office; /* on whose behalf, held; NULL: nobody's, all is seen */
	int32_t day;		     /* the state's, by which its grants hold */

	/* READER_QUERY: in the arena. Answered by a packed Envelope in `reply`. */
	const Mandate__Query *query;
	struct reader_facts facts;
	struct bytes reply;

	/* READER_SLICE: events after `after_revision` that pass `filter` (NULL: all) and that
	 * `office` may see, packed
	 * StreamEvents together at most `bytes_max`, at most up to `through_max`. If `check_hash`,
	 * h(after_revision) must equal `hash`: otherwise code is DIVERGED. after_revision past the
	 * newest: FUTURE; if `first` or `check_hash` also between the events of one input. If
	 * `first` and `office` saw less or more there, on `mark_day`, than it does now: REGRANTED.
	 * At least one event is given if there is one, however large. A slice ends at an input's
	 * end, unless the events of one input alone are more than `bytes_max`. */
	uint64_t stream; /* the network thread's name for it */
	uint64_t after_revision, through_max;
	int32_t mark_day; /* on which the client came to after_revision; DAY_NEVER: not told */
	bool first; /* after_revision is a client's word, not the `through` of a slice before */
	const Mandate__Filter *filter;
	bool digests;
	bool check_hash;
	uint8_t hash[HASH_BYTES];
	size_t bytes_max;
	/* Answer. */
	Mandate__Code code;   /* 0: fine */
	struct bytes *events; /* packed StreamEvent messages, without their field header */
	size_t event_count;
	size_t events_bytes;
	uint64_t through; /* everything up to here that passes is in `events` */
	uint8_t through_hash[HASH_BYTES];
	/* The newest end of an input at or below `through`: what a client may resume from, and so
	 * what a frame should call `through`. 0: no input ends in this slice, the last one holds.
	 */
	uint64_t settled;
	uint8_t settled_hash[HASH_BYTES];
	uint64_t newest; /* revision of the read transaction */
};

struct reader;

/* Starts the thread. Jobs come back in `reply`, in the order in which they were posted for queries
 * and slices each. */
MUST_USE enum status reader_new(struct store *s, struct mailbox *reply, struct reader **ret_reader);
void reader_post(struct reader *r, struct reader_job *job);
void reader_free(struct reader *r); /* finishes what was posted, joins */
uint64_t reader_stalled_ms(struct reader *r);

MUST_USE enum status reader_job_new(enum reader_job_kind kind, struct reader_job **ret_job);
void reader_job_free(struct reader_job *job);

#endif
