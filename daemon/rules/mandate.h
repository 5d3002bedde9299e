/* Mandates: DEFINITIONS section 1, restated at each function. Pure folds over a dossier. Parties
 * are codes ("UNSC"); with `party` NULL the fold is over all binding parties. */
#ifndef MANDATED_RULES_MANDATE_H
#define MANDATED_RULES_MANDATE_H

#include "mandate.pb-c.h"
#include "rules/dossier.h"

struct mandate_day {
	Mandate__MandateStatus status;
	Mandate__MandateEnd how; /* with ENDED, else 0 */
	bool in_force;		 /* F */
	bool authorized;	 /* a Council text on a partner's operation */
	bool covered;		 /* D lies within the mandate series on record */
	int32_t valid_until;	 /* V: DAY_INFINITE open-ended, DAY_NEVER none */
	int32_t secured_until;	 /* U */
	int32_t withdraw_by;  /* latest of those that act; once V has passed, of any; DAY_NEVER */
	int32_t last_lawful;  /* L: withdraw_by, else V if ended; DAY_INFINITE while neither,
			       * DAY_NEVER with status NONE */
	const char *document; /* the last that set the date, or NULL; until the next put */
};

void mandate_on(const struct dossier *d, const char *party, int32_t day,
		struct mandate_day *ret_day);

/* The parties with an instrument on record, sorted; pointers into the dossier. */
size_t mandate_parties(const struct dossier *d, const char *const **ret_parties);

/* Is a terminate for `party` (NULL: any that binds) adopted by `day` the last word, so that no
 * establish or extend comes after it? */
bool mandate_terminated(const struct dossier *d, const char *party, int32_t day);

#endif
