/* Alerts as they are built, in an arena; the first lack of memory is remembered. */
#ifndef MANDATED_RULES_DRAFT_H
#define MANDATED_RULES_DRAFT_H

#include "rules/judge.h"

struct draft {
	const struct dossier *d;
	int32_t day;
	struct arena *a; /* NULL: nothing is built */
	Mandate__Alert **alerts;
	size_t count, room;
	bool failed; /* no memory: what was built is of no use */
};

/* A new alert among the others, with code, key, operation, severity and since; NULL on no memory.
 * `key` lives in the arena; NULL is taken as no memory. */
Mandate__Alert *draft_open(struct draft *t, Mandate__AlertCode code, char *key,
			   Mandate__Severity severity, int32_t since, bool at_latest);

/* A record that it rests on, as "kind key"; no more than CAUSES_MAX are kept. */
void draft_cause(struct draft *t, Mandate__Alert *alert, Mandate__Kind kind, const char *key);
/* A copy of `text` in the arena. */
char *draft_text(struct draft *t, const char *text);

/* The numbers that prove it, and the records they rest on ("return MONUC:2004-12-31"). */
void draft_strength(struct draft *t, Mandate__Alert *alert, Mandate__Component c,
		    const struct strength_day *s);
void draft_ceiling(struct draft *t, Mandate__Alert *alert, Mandate__Component c,
		   const struct ceiling_day *ceiling);
void draft_instrument(struct draft *t, Mandate__Alert *alert, const char *party,
		      const char *document);
void draft_entry(struct draft *t, Mandate__Alert *alert, const struct ceiling_item *item);
void draft_mandate(struct draft *t, Mandate__Alert *alert, const struct party *party,
		   int32_t valid_until, const char *document);
void draft_return(struct draft *t, Mandate__Alert *alert, int32_t as_of);

/* "MONUC:military". */
char *draft_component_key(struct draft *t, Mandate__Component c);

#endif
