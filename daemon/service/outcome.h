/* Outcomes as they are kept and as they are sent. */
#ifndef MANDATED_SERVICE_OUTCOME_H
#define MANDATED_SERVICE_OUTCOME_H

#include "service/readable.h"

/* What is sent for a decided submission: the packed outcome in `a`. A conflict is kept without its
 * record; here the version with the conflict's current revision is attached, if `to` may see it. */
MUST_USE enum status outcome_encode(struct store_txn *t, struct arena *a,
				    const struct reader_of *to, const Mandate__Outcome *outcome,
				    struct bytes *ret_bytes);

/* A version as queries, conflicts and streams show it: `stored` whole (content put in). */
void outcome_version(Mandate__Kind kind, const char *key, const struct store_version *whole,
		     Mandate__Version *ret_version);

/* A packed StoredOutcome around the packed `outcome`. */
MUST_USE enum status outcome_stored(struct arena *a, const uint8_t digest[HASH_BYTES],
				    struct bytes outcome, struct bytes *ret_bytes);

#endif
