/* Priorities, endorsements and host consent: DEFINITIONS sections 6 and 7.
 * A part of a dossier; for the files of rules/ only. */
#ifndef MANDATED_RULES_AGENDA_H
#define MANDATED_RULES_AGENDA_H

#include "record.pb-c.h"
#include "rules/array.h"

struct dossier;

struct agenda {
	struct array facts;
};

/* A fact has a new content, or none (record NULL). A list of priorities comes with the edition of
 * its record, which is its version. */
MUST_USE enum status agenda_put(struct dossier *d, Mandate__Kind kind, const char *key,
				const Mandate__Record *record);
MUST_USE enum status agenda_put_list(struct dossier *d, const char *key, uint32_t edition,
				     const Mandate__Record *record);
void agenda_settle(struct dossier *d);
void agenda_fini(struct dossier *d);
size_t agenda_bytes(const struct dossier *d);

#endif
