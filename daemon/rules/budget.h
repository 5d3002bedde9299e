/* Amounts and payments: DEFINITIONS section 6.
 * A part of a dossier; for the files of rules/ only. */
#ifndef MANDATED_RULES_BUDGET_H
#define MANDATED_RULES_BUDGET_H

#include "record.pb-c.h"
#include "rules/array.h"

struct dossier;

struct budget {
	struct array facts;
};

/* A fact has a new content, or none (record NULL). */
MUST_USE enum status budget_put(struct dossier *d, Mandate__Kind kind, const char *key,
				const Mandate__Record *record);
void budget_settle(struct dossier *d);
void budget_fini(struct dossier *d);
size_t budget_bytes(const struct dossier *d);

#endif
