/* Slices of the event log, for streams that lag behind. */
#ifndef MANDATED_SERVICE_SLICE_H
#define MANDATED_SERVICE_SLICE_H

#include "service/reader.h"

/* Fills the answer of a READER_SLICE job from `t`, a read transaction made or renewed just now, in
 * at most READ_TXN_MS. What must be refused is job->code; a failure is STATUS_CORRUPT,
 * STATUS_NO_MEMORY or the store's. */
MUST_USE enum status slice_fill(struct store_txn *t, struct reader_job *job);

#endif
