/* A view over another: facts replaced, retracted or added, and put under homes. What a submission
 * sees of its own earlier changes, and what a what-if asks about. Lists are searched one by one:
 * they hold what one submission can change. */
#ifndef MANDATED_RULES_OVERLAY_H
#define MANDATED_RULES_OVERLAY_H

#include "rules/view.h"

/* That a fact, changed here or not, belongs to a home that it does not name. */
struct overlay_link {
	const char *home;
	Mandate__Kind kind;
	const char *key;
};

struct overlay {
	struct arena *a;
	const struct view *base;
	struct view_fact *facts; /* in the order in which they were put in: the last holds */
	size_t fact_count, fact_room;
	struct overlay_link *links;
	size_t link_count, link_room;
};

/* Both stay the caller's and must outlive it; so must texts and records that are put in. `ret_view`
 * shows the base with all that is put in later, too. */
void overlay_init(struct overlay *o, const struct view *base, struct arena *a,
		  struct view *ret_view);

/* `fact` holds from now on; without a record it is retracted. Earlier editions of it that were put
 * in can still be asked for. STATUS_NO_MEMORY. */
MUST_USE enum status overlay_put(struct overlay *o, const struct view_fact *fact);

/* Scans of `home` show it too. STATUS_NO_MEMORY. */
MUST_USE enum status overlay_link(struct overlay *o, const char *home, Mandate__Kind kind,
				  const char *key);

#endif
