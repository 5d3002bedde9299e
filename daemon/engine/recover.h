/* What the embedded engine does before its first write: find the end of the journal, tell a torn
 * batch from damage, make durable what can be read. The file `clean`. */
#ifndef MANDATED_ENGINE_RECOVER_H
#define MANDATED_ENGINE_RECOVER_H

#include "engine/embedded.h"
#include "engine/journal.h"

/* Where the journal stands. */
struct recover_end {
	uint64_t batch; /* the last; 0: none yet */
	uint64_t index;
	uint8_t chain[HASH_BYTES];	  /* j(index) */
	struct segment_position position; /* of the last batch, all zero if there is none */
	uint64_t segment, offset;	  /* where the next batch goes, E */
};

/* Recovers the journal, which has been opened, or makes a new one with a segment of
 * `segment_bytes`. See the comment in recover.c. */
MUST_USE enum status recover_run(struct journal *j, const struct embedded_applied *applied,
				 uint64_t segment_bytes, struct embedded_found *ret_found,
				 struct recover_end *ret_end, struct error *err);

bool recover_has_clean(int state_fd);
MUST_USE enum status recover_write_clean(const struct journal *j, const struct recover_end *end,
					 struct error *err);

#endif
