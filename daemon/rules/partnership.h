/* Arrangements, acceptances and claims of a home: DEFINITIONS section 5.
 * A part of a dossier; for the files of rules/ only. */
#ifndef MANDATED_RULES_PARTNERSHIP_H
#define MANDATED_RULES_PARTNERSHIP_H

#include "record.pb-c.h"
#include "rules/array.h"

struct dossier;

struct partnership {
	struct array facts;
};

/* A fact has a new content, or none (record NULL). */
MUST_USE enum status partnership_put(struct dossier *d, Mandate__Kind kind, const char *key,
				     const Mandate__Record *record);
void partnership_settle(struct dossier *d);
void partnership_fini(struct dossier *d);
size_t partnership_bytes(const struct dossier *d);

#endif
