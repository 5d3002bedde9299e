/* Homes of functions ("policing:XKX"): which there are, and what their dossiers hold. Beside the
 * handovers and claims of the function that is a small dossier, of mandates only, of each operation
 * that has to do with it. */
#ifndef MANDATED_RULES_FUNCTION_HOME_H
#define MANDATED_RULES_FUNCTION_HOME_H

#include "rules/parts.h"

/* The area of an arrangement's functions: its own, else the first host of `operation` as `v` knows
 * it. NULL when there is none: then no function's home has it. In `a`. STATUS_NO_MEMORY, or what
 * the view answers. */
MUST_USE enum status function_home_area(const struct view *v, struct arena *a,
					const Mandate__Arrangement *arrangement,
					const char **ret_area);

/* The homes of functions that an operation claims, hands over or receives, each once, sorted, in
 * `a`: they are put its OPERATION, INSTRUMENT, ARRANGEMENT and ACCEPTANCE records too, and are
 * judged again. `d` is the operation's dossier. STATUS_NO_MEMORY, or what the view answers. */
MUST_USE enum status function_home_list(const struct dossier *d, const struct view *v,
					struct arena *a, const char *const **ret_homes,
					size_t *ret_count);

/* For the files of rules/ only: of a home's dossier that is new and empty, and of one that is
 * there. A put says STATUS_AGAIN when who holds the function may have changed: the operations to be
 * known are others then, and only a view can tell of them. */
MUST_USE enum status function_home_build(struct dossier *home, const struct view *v,
					 struct arena *scratch, enum dossier_extent extent);
MUST_USE enum status function_home_put(struct dossier *home, Mandate__Kind kind, const char *key,
				       uint32_t edition, const Mandate__Record *record);

#endif
