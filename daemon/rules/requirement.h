/* Requirements of an operation and what meets them: DEFINITIONS section 7, PLEDGE_GAP. */
#ifndef MANDATED_RULES_REQUIREMENT_H
#define MANDATED_RULES_REQUIREMENT_H

#include "base/arena.h"
#include "record.pb-c.h"
#include "rules/dossier.h"

struct requirement_day {
	const char *name; /* until the next put */
	Mandate__Component component;
	Mandate__Task task;	  /* 0: not said */
	int32_t needed_by, until; /* `until` DAY_INFINITE: no end */
	bool due;		  /* needed within the time looked ahead, and not over */
	uint64_t required;
	/* Persons of units present that fill it: that name it, or that come of a pledge for it. */
	uint64_t deployed;
	/* Of pledges for it with a date within the time looked ahead, whose unit has not come; not
	 * of those stale, suspended or out. */
	uint64_t pledged;
	uint64_t gap; /* required - deployed - pledged, where that is above zero and it is due */
};

/* The requirements that are not over on `day`, sorted by name, looking `ahead_days` ahead; the list
 * in `a`. STATUS_NO_MEMORY. */
MUST_USE enum status requirement_list(const struct dossier *d, int32_t day, int32_t ahead_days,
				      struct arena *a, struct requirement_day **ret_requirements,
				      size_t *ret_count);

#endif
