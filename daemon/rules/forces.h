/* Requirements, pledges, transfers and what units are beside numbers: DEFINITIONS section 3.
 * A part of a dossier; for the files of rules/ only. */
#ifndef MANDATED_RULES_FORCES_H
#define MANDATED_RULES_FORCES_H

#include "record.pb-c.h"
#include "rules/array.h"

struct dossier;

struct forces {
	struct array facts;
};

/* A fact has a new content, or none (record NULL). */
MUST_USE enum status forces_put(struct dossier *d, Mandate__Kind kind, const char *key,
				const Mandate__Record *record);
void forces_settle(struct dossier *d);
void forces_fini(struct dossier *d);
size_t forces_bytes(const struct dossier *d);

#endif
