/* Reading for replay and verification: engine_read of the embedded engine. */
#ifndef MANDATED_ENGINE_VISIT_H
#define MANDATED_ENGINE_VISIT_H

#include "engine/recover.h"

/* See engine_read. `until`: the journal must reach this far, with this chain, and is not read
 * beyond. NULL: another process may be writing; what is complete is read, and the journal must
 * reach what `applied` says. `ret_end` has how far it came; its segment and offset are where the
 * reading stopped. */
MUST_USE enum status visit_run(struct journal *j, const struct embedded_applied *applied,
			       const struct recover_end *until, uint64_t from_index,
			       const struct engine_position *at, engine_visit *visit, void *ctx,
			       struct recover_end *ret_end, struct error *err);

#endif
