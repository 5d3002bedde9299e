/* Shared priorities: DEFINITIONS section 6. Pure folds over a dossier.
 *
 * One list per (operation, document); its version is the edition of its record, so an edit is a new
 * version, which nobody has endorsed. In effect on a day: the list with the latest `date` up to it,
 * of two on one day the one whose document comes later in the order of symbols.
 *
 * The day on which a version was made is not on record. The first begins with the list's date. A
 * later one is taken to begin on the latest day on which any owner still endorsed an earlier
 * version, if that is after the list's date: on that day it can hardly have been there. An edit
 * that gives the list a new date says it best. */
#ifndef MANDATED_RULES_PRIORITIES_H
#define MANDATED_RULES_PRIORITIES_H

#include "mandate.pb-c.h"
#include "rules/dossier.h"

/* A list, owned by the dossier; valid until the next put. */
struct priorities_list;

struct priorities_day {
	const char *key; /* of its record; the items' texts are there, in the same order */
	const char *document;
	uint32_t version;
	int32_t date;
	int32_t version_since; /* see above */
	size_t items;
	bool endorsed;	     /* every owner of every item has endorsed this version by the day */
	int32_t endorsed_on; /* with endorsed: the last of them; otherwise DAY_NEVER */
	bool inferred;	     /* any endorsement of this version by then is */
};

/* NULL: no list is in effect. */
const struct priorities_list *priorities_in_effect(const struct dossier *d, int32_t day);

void priorities_on(const struct dossier *d, const struct priorities_list *list, int32_t day,
		   struct priorities_day *ret_day);

/* Where an item stands: ENDORSED when all its owners have endorsed this version and the record says
 * no more than PROPOSED or CONSULTED, otherwise what the record says; 0 if that is nothing. Owners
 * that are silent, sorted, go to `ret_silent`, which has room for all owners of the item (at most
 * OWNERS_PER_PRIORITY_MAX + 1); pointers into the dossier. */
Mandate__PriorityState priorities_item(const struct dossier *d, const struct priorities_list *list,
				       size_t item, int32_t day, const char **ret_silent,
				       size_t *ret_count);

/* All owners, sorted, each once; and whether one has endorsed this version by `day`, and when. */
size_t priorities_owners(const struct priorities_list *list, const char *const **ret_owners);
bool priorities_endorsed_by(const struct dossier *d, const struct priorities_list *list,
			    const char *owner, int32_t day, int32_t *ret_on, bool *ret_inferred);

#endif
