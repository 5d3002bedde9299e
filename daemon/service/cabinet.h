/* Dossiers that queries keep from one to the next: derived from the state, dropped at will. One
 * belongs to one thread.
 *
 * A file holds what was known of its home from the revision at which it was built up to the one
 * that the cabinet has followed history to: an event that touches a home drops the home's file. */
#ifndef MANDATED_SERVICE_CABINET_H
#define MANDATED_SERVICE_CABINET_H

#include "rules/dossier.h"
#include "store/store.h"

struct cabinet;

MUST_USE enum status cabinet_new(struct cabinet **ret_cabinet);
void cabinet_free(struct cabinet *c);

/* Follows history up to `revision`, an end of an input that `t` knows. What is kept of later or
 * earlier revisions stays. After more than CABINET_EVENTS_MAX events nothing is kept. */
MUST_USE enum status cabinet_follow(struct cabinet *c, struct store_txn *t, struct arena *scratch,
				    uint64_t revision);

/* The dossier of `home` as known at `revision`, or NULL. Valid until cabinet_keep or
 * cabinet_follow. */
struct dossier *cabinet_find(struct cabinet *c, const char *home, uint64_t revision);

/* Takes over a dossier built at `revision`, over one of the home; the longest unused go. Not kept,
 * and false, if it is too large or the cabinet has not followed to just this revision. */
bool cabinet_keep(struct cabinet *c, struct dossier *dossier, uint64_t revision);

#endif
