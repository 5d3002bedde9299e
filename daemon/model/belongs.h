/* To whose dossier a record belongs, as it reads now. Entries that say so are kept for ever, and a
 * later edition may say otherwise. */
#ifndef MANDATED_MODEL_BELONGS_H
#define MANDATED_MODEL_BELONGS_H

#include "record.pb-c.h"

#include <stdbool.h>

/* Of a record that was put under `home` (an operation, ":PARTNER" or "FUNCTION:AREA") by this or an
 * earlier edition: does it still belong there? What belongs by another record alone (an acceptance
 * by its arrangement, a unit by the others of its name, an operation by who claims a function)
 * always does. Which host a function's area is by default, the function's dossier looks up. */
bool belongs_to(const Mandate__Record *record, const char *home);

/* True if it names `operation`, among others or alone. */
bool belongs_by_name(const Mandate__Record *record, const char *operation);

#endif
