/* What the daemon has said, and whether a directory that it left still holds it. */
#ifndef TESTS_FAULT_PROMISE_H
#define TESTS_FAULT_PROMISE_H

#include "tests/fault/fault.h"
#include "tests/fault/trace.h"

/* Something that was sent and must be true ever after. */
struct promise {
	uint64_t event; /* of this round's trace; 0: of an earlier one */
	uint64_t index; /* of the head that came with it; 0: a stream's */
	uint64_t revision;
	uint8_t input_hash[HASH_BYTES], event_hash[HASH_BYTES];
	uint64_t lane, sequence; /* 0: no outcome */
	uint8_t *outcome;
	size_t outcome_len;
};

struct promises {
	struct promise *list; /* in the order in which they were sent */
	size_t count, room;
	const struct lane *lanes; /* whose offices are known; others are the preparation's */
	size_t lane_count;
};

/* Adds the outcomes and stream frames of a trace; an event's number counts from 1. */
void promise_note(struct promises *p, const struct trace *t);
/* Keeps the first `count`, as those of an earlier trace. */
void promise_keep(struct promises *p, size_t count);

/* Both end the test if one of the first `due` is broken, or if `directory` is taken for damaged;
 * `what` says where this was.
 *
 * Recovers the journal alone. The newest head that was sent names by its hash every input up to it,
 * and so everything that was answered. */
void promise_check_journal(const struct promises *p, size_t due, const char *directory,
			   uint64_t *seed, const char *what);
/* Starts as the daemon does, with a state that may be anything, rebuilds that and looks every
 * promise up. In a child: a start takes over signals, and what it dies of is a finding. */
void promise_check_whole(const struct promises *p, size_t due, const char *directory,
			 uint64_t *seed, const char *what);

#endif
