/* Homes: what alerts are judged by, one dossier each. Most are operations, named by their acronym.
 * What belongs to no operation alone has a home of its own, in a name that no acronym can be: a
 * key's part holds no ':' (":GHA" for a partner, "policing:XKX" for a function in an area). */
#ifndef MANDATED_RULES_HOME_H
#define MANDATED_RULES_HOME_H

#include "base/arena.h"

enum home_kind {
	HOME_OPERATION = 1,
	HOME_PARTNER,  /* pledges to no operation, arrangements of no operation */
	HOME_FUNCTION, /* who holds it */
};

enum home_kind home_kind_of(const char *home);

/* In `a`; NULL on no memory. */
const char *home_of_partner(struct arena *a, const char *partner);
const char *home_of_function(struct arena *a, const char *function, const char *area);

/* The parts of a function's home, copied into `a`. STATUS_NO_MEMORY; STATUS_INVALID for another
 * home.
 */
MUST_USE enum status home_function_parts(struct arena *a, const char *home,
					 const char **ret_function, const char **ret_area);

#endif
