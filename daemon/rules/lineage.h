/* Lineage: all that is reached from an operation over succession, split and merge edges, both ways.
 * An edge holds once all its sides have accepted; one that is still to be accepted is shown, and
 * nothing is looked for behind it; one declined or lapsed is none. */
#ifndef MANDATED_RULES_LINEAGE_H
#define MANDATED_RULES_LINEAGE_H

#include "rules/arrangement.h"
#include "rules/view.h"

struct lineage_edge {
	const Mandate__Arrangement *record;
	struct arrangement_life life;
	/* Edges from the operation asked for up to this one, itself included, on the shortest way;
	 * negative where it is followed backwards. */
	int32_t distance;
};

/* By E, then by name; those without E last. Everything lives in `a`. The view is scanned for
 * arrangements by operation. STATUS_NO_MEMORY, or what the view answers. */
MUST_USE enum status lineage_of(const struct view *v, struct arena *a, const char *operation,
				const struct lineage_edge **ret_edges, size_t *ret_count);

#endif
