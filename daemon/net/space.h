/* Is there room on disk? A commit that meets a full disk is costly; a batch that never starts is
 * not. */
#ifndef MANDATED_NET_SPACE_H
#define MANDATED_NET_SPACE_H

#include "net/server_impl.h"

/* May the batch being filled have one input more? The worst case: a new segment, and for each input
 * that is admitted and not done as many pages of the state as a deep change of every table dirties,
 * but no more than the state holds. */
bool space_allows(struct server *s);

#endif
