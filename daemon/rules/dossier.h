/* All that the folds need of one operation, in compact sorted arrays: built once from a view, then
 * kept in step by put and remove, so that a decision costs no reading and no unpacking. A dossier
 * is derived: dropping it and building it again gives the same (a property test holds that).
 *
 * Days not set are DAY_INFINITE ("no end") or DAY_NEVER as each field says. */
#ifndef MANDATED_RULES_DOSSIER_H
#define MANDATED_RULES_DOSSIER_H

#include "base/day.h"
#include "rules/view.h"

struct dossier;

/* Builds the dossier of `operation` from what `v` shows. An operation that is not on record gives
 * an empty one (dossier_known is false). STATUS_NO_MEMORY, or what the view answers. `scratch` is
 * used and may be reset by the caller afterwards. */
MUST_USE enum status dossier_new(const struct view *v, struct arena *scratch, const char *operation,
				 struct dossier **ret_dossier);
void dossier_free(struct dossier *d);

/* A fact of this operation has a new content under `edition`, or (record NULL) is retracted. Kinds
 * that no fold reads are ignored. On STATUS_NO_MEMORY the dossier must be dropped; on STATUS_AGAIN,
 * which only a function's home says, it must be built again from the view. */
MUST_USE enum status dossier_put(struct dossier *d, Mandate__Kind kind, const char *key,
				 uint32_t edition, const Mandate__Record *record);

/* False: the newest put said nothing that was not known, so that all answers are as they were. */
bool dossier_changed(const struct dossier *d);

bool dossier_known(const struct dossier *d);
const char *dossier_operation(const struct dossier *d);
size_t dossier_bytes(const struct dossier *d); /* for the cache's bound */

#endif
