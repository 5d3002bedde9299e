/* Who makes up a strength: read from the records that it rests on; for the files of queries. */
#ifndef MANDATED_SERVICE_QUERY_PEOPLE_H
#define MANDATED_SERVICE_QUERY_PEOPLE_H

#include "rules/unit.h"
#include "service/query_page.h"

/* Is it the group, or a part of it? */
bool query_people_belongs(Mandate__Component component, Mandate__Component group);

/* Contributor and name of a unit's record, by its key; in `a`. */
struct people_unit {
	const char *operation, *contributor, *unit;
};
MUST_USE enum status query_people_unit(struct arena *a, const char *key,
				       struct people_unit *ret_unit);

/* The head-count that a strength rests on, in the page's scratch: a return's counts, or a total as
 * one count without contributor; none where there is neither. Of a contributor with a count for a
 * whole its parts are left out, so that what is given may be added up. */
struct people {
	const Mandate__HeadCount **counts; /* of `component` and its parts, by contributor */
	size_t count;
	struct unit_day *units; /* present on the day, of all components */
	size_t unit_count;
};
MUST_USE enum status query_people_read(struct page_operation *o, int32_t day,
				       Mandate__Component component,
				       const struct strength_day *strength,
				       struct people *ret_people);

/* Women among them, and of how many persons that is known. */
struct people_women {
	uint64_t women, of;
};
MUST_USE enum status query_people_women(struct page_operation *o, Mandate__Component component,
					const struct strength_day *strength,
					const struct people *people,
					struct people_women *ret_women);

/* One contributor's: in the head-count, with units that came since and without those that left.
 * False in `ret_known` where nothing says that it has anybody there. */
MUST_USE enum status query_people_of(struct page_operation *o, Mandate__Component component,
				     const struct strength_day *strength,
				     const struct people *people, const char *contributor,
				     uint64_t *ret_persons, bool *ret_known);

/* What the map of a day shows of the contributor; 0: nothing. */
MUST_USE enum status query_people_estimate(struct page_operation *o, int32_t as_of,
					   const char *contributor, uint64_t *ret_persons);

/* Names, each once, sorted. */
struct people_names {
	const char **at;
	size_t count, room;
};
/* `name` is copied into `a`. STATUS_NO_MEMORY. */
MUST_USE enum status query_people_name(struct arena *a, struct people_names *names,
				       const char *name);
/* Adds who has somebody in the operation on p->on: by head-count and units, and where these are not
 * known by the newest map. */
MUST_USE enum status query_people_names(struct page_operation *o,
					const struct strength_day strengths[2], struct arena *a,
					struct people_names *names);

#endif
