/* Verification: the journal proves the state. Runs in a process of its own (`mandated --verify`),
 * beside a daemon or alone; a process that dies here has found damage. */
#ifndef MANDATED_SERVICE_VERIFY_H
#define MANDATED_SERVICE_VERIFY_H

#include "base/hash.h"
#include "base/status.h"

#include <stdbool.h>

struct verify_options {
	const char *state_dir;
	bool from_checkpoint; /* the older checkpoint plus the tail, instead of the whole journal */
	bool check_head;      /* h(head_revision) must be head_hash */
	uint64_t head_revision;
	uint8_t head_hash[HASH_BYTES];
	uint64_t applied_index; /* the state has applied as much, or more; 0: not known */
	/* Told now and then: inputs replayed, of so many. */
	void (*progress)(void *ctx, uint64_t done, uint64_t total);
	void *progress_ctx;
};

struct verify_result {
	uint64_t index; /* up to which everything was compared */
	uint64_t revision;
	uint64_t pairs; /* that are equal */
	uint8_t event_hash[HASH_BYTES], input_hash[HASH_BYTES];
};

/* Takes a copy of the state as committed now, rebuilds the state from the journal up to the same
 * index in a temporary directory beside it, and compares all pairs and their number in every table.
 * STATUS_OK: proven. STATUS_CORRUPT: damage, named in `err`; STATUS_REFUSED: the head given is not
 * of this history. Anything else: could not be done. */
MUST_USE enum status verify_run(const struct verify_options *options, struct error *err,
				struct verify_result *ret_result);

/* `mandated --verify`: runs it and prints a line for each step, for chores.c and for people:
 *   progress DONE TOTAL
 *   proven, damaged, rewritten or failed, and a sentence; the last line
 * Answers the exit status: 0 proven, 1 damaged or rewritten, 4 could not be done. */
int verify_main(const struct verify_options *options);

#endif
