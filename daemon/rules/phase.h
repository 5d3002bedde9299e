/* What an operation is on a day, where its content changes under one name: its own fields, and over
 * them, field by field, what the phases that have begun say. */
#ifndef MANDATED_RULES_PHASE_H
#define MANDATED_RULES_PHASE_H

#include "base/day.h"
#include "record.pb-c.h"

#include <stddef.h>

/* Texts are the record's; NULL or 0: not known. */
struct phase_day {
	const char *full_name, *lead, *headquarters;
	const char *const *hosts;
	size_t host_count;
	Mandate__Financing financing;
	const char *document; /* of the phase that began last */
	int32_t from, to;     /* days over which this stays the same; DAY_NEVER, DAY_INFINITE */
};

struct phase_day phase_on(const Mandate__Operation *o, int32_t day);

#endif
