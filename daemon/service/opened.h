/* The open alerts of a home, packed: most are only compared, again and again, with what is found.
 */
#ifndef MANDATED_SERVICE_OPENED_H
#define MANDATED_SERVICE_OPENED_H

#include "mandate.pb-c.h"
#include "rules/array.h"

struct open_alert {
	Mandate__AlertCode code;
	char *key;
	size_t len;
	uint8_t packed[];
};

/* All zero: none. */
struct opened {
	struct array alerts; /* of struct open_alert *, by code and key */
	size_t bytes;
};

const struct open_alert *opened_at(const struct opened *o, size_t index);
/* By code, then key. */
int opened_compare(const struct open_alert *open, const Mandate__Alert *alert);

/* A copy of `alert`, in the place of the one of its name if there is one. STATUS_NO_MEMORY. */
MUST_USE enum status opened_put(struct opened *o, const Mandate__Alert *alert);
void opened_drop(struct opened *o, const Mandate__Alert *alert);
void opened_fini(struct opened *o);
size_t opened_bytes(const struct opened *o);

#endif
