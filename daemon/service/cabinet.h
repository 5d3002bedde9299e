/* Dossiers that queries keep from one to the next: derived from the state, dropped at will. One
 * belongs to one thread.
 *
 * A file holds what was known of its home from the revision at which it was built up to the one
 * that the cabinet has followed history to: an event that touches a home drops the home's files.
 *
 * A home has a file for all there is, and one for each sight: what is seen by certain rights, which
 * those who have the same ones share. All are within the same bounds. */
#ifndef MANDATED_SERVICE_CABINET_H
#define MANDATED_SERVICE_CABINET_H

#include "rules/dossier.h"
#include "service/readable.h"

struct cabinet;

enum { CABINET_ALL = 0 }; /* the sight of all there is */

MUST_USE enum status cabinet_new(struct cabinet **ret_cabinet);
void cabinet_free(struct cabinet *c);

/* The number of what `who` sees. Past CABINET_SIGHTS_MAX the longest unused is forgotten, and what
 * was kept for it found no more. */
MUST_USE enum status cabinet_sight(struct cabinet *c, const struct reader_of *who,
				   uint64_t *ret_sight);

/* Follows history up to `revision`, an end of an input that `t` knows. What is kept of later or
 * earlier revisions stays. After more than CABINET_EVENTS_MAX events nothing is kept. */
MUST_USE enum status cabinet_follow(struct cabinet *c, struct store_txn *t, struct arena *scratch,
				    uint64_t revision);

/* The dossier of `home` as known at `revision`, or NULL. Valid until cabinet_follow, and until
 * another one is found or kept and then a third. `ret_restricted`: something was left out of it. */
struct dossier *cabinet_find(struct cabinet *c, uint64_t sight, const char *home, uint64_t revision,
			     bool *ret_restricted);

/* Takes over a dossier built at `revision`, over one of the same home and sight; the longest unused
 * go, but not the one found or kept last. Not kept, and false, if there is no room for it or the
 * cabinet has not followed to just this revision. */
bool cabinet_keep(struct cabinet *c, uint64_t sight, struct dossier *dossier, bool restricted,
		  uint64_t revision);

#endif
