/* Admission: what happens to a submission before the journal. Keeps, per lane in flight, what was
 * handed to the engine, so that numbers follow each other and a repeat waits for the same outcome.
 * Network thread only. */
#ifndef MANDATED_SERVICE_ADMIT_H
#define MANDATED_SERVICE_ADMIT_H

#include "service/batch.h"
#include "service/readable.h"
#include "store/store.h"

struct admit;

enum admit_verdict {
	ADMIT_NEW = 1,	/* last + 1: add it to a batch, then call admit_started */
	ADMIT_WAITS,	/* a repeat of one in flight: its ticket was added there */
	ADMIT_ANSWERED, /* a repeat of a decided one: ret_outcome */
	ADMIT_REFUSED,	/* ret_fault: SEQ_JUMP (with *ret_expected), SEQ_REUSED, BUSY */
};

MUST_USE enum status admit_new(struct admit **ret_admit);
void admit_free(struct admit *a);

/* Decides on a submission of `office`. `txn` is a read transaction of the newest commit, in which
 * rules of version `rules` decide; what an outcome holds of a record is shown to `who`. `ticket`
 * needs a correlation and a route; what must be kept of it is copied. A failure is a damaged state
 * or no memory. `ret_outcome` is packed, in `arena`. */
MUST_USE enum status admit_decide(struct admit *a, struct store_txn *txn, struct arena *arena,
				  uint32_t rules, const char *office, const struct reader_of *who,
				  const struct wire_message *message, const struct ticket *ticket,
				  enum admit_verdict *ret_verdict, struct bytes *ret_outcome,
				  struct wire_fault *ret_fault, uint64_t *ret_expected);

/* A NEW one was added to a batch as `input`; its ticket is linked there (memory of the batch). */
MUST_USE enum status admit_started(struct admit *a, const char *office, struct input *input,
				   struct batch *batch, const struct ticket *ticket);

/* The batch came back: its lanes are no longer in flight with these inputs. After a failure the
 * lanes return to the committed state. */
void admit_done(struct admit *a, const struct batch *batch);

/* Submissions in flight. */
size_t admit_in_flight(const struct admit *a);

#endif
