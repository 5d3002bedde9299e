/* A bounded set of texts that are known to be there: partners and operations once recorded stay
 * recorded, so a positive answer need not be looked up again. Forgetting is always allowed. */
#ifndef MANDATED_SERVICE_KNOWN_H
#define MANDATED_SERVICE_KNOWN_H

#include "base/status.h"

#include <stdbool.h>

struct known;

MUST_USE enum status known_new(struct known **ret_known);
void known_free(struct known *k);
bool known_has(const struct known *k, int kind, const char *text);
void known_add(struct known *k, int kind, const char *text); /* may forget others, or this one */
void known_clear(struct known *k);

#endif
