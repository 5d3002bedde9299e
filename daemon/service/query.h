/* Queries: a pure reading of one revision. */
#ifndef MANDATED_SERVICE_QUERY_H
#define MANDATED_SERVICE_QUERY_H

#include "service/batch.h"
#include "service/cabinet.h"
#include "service/readable.h"
#include "store/store.h"

/* Answers `query` on the read transaction `t` into `ret_answer` (memory of `a`): rows up to about
 * FRAME_BYTES_MAX when packed, `next` if there are more. A question that cannot be answered
 * (unknown key, future revision, bad page) is an answer with a refusal; a failure is STATUS_CORRUPT
 * or STATUS_NO_MEMORY. `c` keeps dossiers from one query of the thread to the next. `status` fills
 * a StatusQuery's row where the state does not know. The answer has what `who` may see, and says
 * `restricted` if that left something out. `hash` gets h(ret_answer->revision).
 *
 * `t` is renewed meanwhile where much has to be read: the pages of an answer are pinned to a
 * revision, which a later transaction knows as well. Nothing of the map may be held across the
 * call, and nothing of the answer points there. After PAGE_WORK_MS a page is given as far as it
 * got, with `next`; it may then have few rows or none. */
MUST_USE enum status query_run(struct cabinet *c, struct store_txn *t, struct arena *a,
			       const struct reader_of *who, const Mandate__Query *query,
			       const Mandate__Status *status, Mandate__Answer *ret_answer,
			       uint8_t ret_hash[HASH_BYTES]);

#endif
