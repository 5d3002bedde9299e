/* What one field of a change demands of another. */
#ifndef MANDATED_WIRE_FACTS_H
#define MANDATED_WIRE_FACTS_H

#include "wire/wire.h"

/* `number`: which change of its submission. False with the first fault. Every field must be of the
 * form that its row in fields.c demands. */
MUST_USE bool facts_check(const Mandate__Change *change, int number, struct wire_fault *ret_fault);

#endif
