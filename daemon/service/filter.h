/* Does an event pass a filter? Lists of different kinds all must match; within one list any value.
 */
#ifndef MANDATED_SERVICE_FILTER_H
#define MANDATED_SERVICE_FILTER_H

#include "base/bytes.h"
#include "base/status.h"
#include "journal.pb-c.h"
#include "mandate.pb-c.h"

#include <stdbool.h>

/* True for a filter that lets everything pass (NULL, or no list filled). */
bool filter_is_open(const Mandate__Filter *filter);
bool filter_passes(const Mandate__Filter *filter, const Mandate__EventTags *tags);

/* The same of packed EventTags, without unpacking them: what makes catching up cheap.
 * STATUS_CORRUPT if they are none. */
MUST_USE enum status filter_passes_packed(const Mandate__Filter *filter, struct bytes tags,
					  bool *ret_passes);

#endif
