/* Priorities, endorsements and host consent: DEFINITIONS sections 6 and 7.
 * A part of a dossier; for the files of rules/ only. */
#ifndef MANDATED_RULES_AGENDA_H
#define MANDATED_RULES_AGENDA_H

#include "rules/consent.h"
#include "rules/priorities.h"
#include "rules/shelf.h"
#include "rules/span.h"

struct priority_item {
	bool has_lead;
	Mandate__PriorityState state; /* as recorded; 0: not stated */
	size_t first, count;	      /* of its owners, among `owner_of` of the list */
};

struct priorities_list {
	struct fact fact;
	const char *document; /* within the key */
	int32_t date;
	uint32_t version;
	int32_t version_since; /* settled */
	bool unsettled;
	size_t item_count, owner_count;
	struct priority_item *items;
	const char **owners; /* sorted, each once */
	uint16_t *owner_of;  /* indices into `owners`, item after item */
};

struct endorsement_fact {
	struct fact fact;
	uint32_t version;
	int32_t day;
	bool inferred;
};

struct consent_fact {
	struct fact fact;
	char host[4];
	int32_t day;
	Mandate__ConsentState state;
	const char *document; /* NULL: none */
};

/* A list in its place among the others. */
struct list_place {
	int32_t date; /* first: places are searched by it */
	struct priorities_list *list;
};

/* All consents of one host lie side by side on the shelf, in the order of days. */
struct consent_host {
	char code[4];
	size_t consents;
};

struct agenda {
	struct array lists, endorsements, consents; /* shelves */
	struct array by_date;			    /* of struct list_place */
	struct array hosts;			    /* of struct consent_host, by code */
	bool unsettled;
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

/* Folds that also narrow `span`. */
const struct priorities_list *priorities_ruling(const struct dossier *d, int32_t day,
						struct span *span);
/* Is any owner silent on `day`? */
bool priorities_silent(const struct dossier *d, const struct priorities_list *list, int32_t day,
		       struct span *span);
/* The host's latest record, or NULL. */
const struct consent_fact *consent_ruling(const struct dossier *d, const char *host, int32_t day,
					  struct span *span);

#endif
