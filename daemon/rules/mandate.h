/* Mandates: DEFINITIONS section 1, restated at each function. Pure folds over a dossier. Parties
 * are codes ("UNSC"); with `party` NULL the fold is over all binding parties.
 *
 * Which parties bind: while a hybrid is in effect, those that it names ("UN" stands for the
 * Council), each from its first text that sets a date; before the first of these, whoever of them
 * has a text on record. Otherwise the Council if it has acted, else whoever has.
 *
 * An end is by how it came about: terminated if the last word is a text that says so, else
 * succeeded if a succession, split or merge from this operation has taken effect by the day, else
 * lapsed. */
#ifndef MANDATED_RULES_MANDATE_H
#define MANDATED_RULES_MANDATE_H

#include "mandate.pb-c.h"
#include "rules/dossier.h"

struct mandate_day {
	Mandate__MandateStatus status;
	Mandate__MandateEnd how; /* with ENDED, LIQUIDATING, CLOSED; else 0 */
	bool in_force;		 /* F */
	bool authorized;	 /* a Council text on a partner's operation */
	bool covered;		 /* D lies within the mandate series on record */
	int32_t valid_until;	 /* V: DAY_INFINITE open-ended, DAY_NEVER none */
	int32_t secured_until;	 /* U */
	int32_t withdraw_by;  /* latest of those that act; once V has passed, of any; DAY_NEVER */
	int32_t last_lawful;  /* L: withdraw_by, else V if ended; DAY_INFINITE while neither,
			       * DAY_NEVER with status NONE; of liquidation and closing it takes
			       * no notice */
	const char *document; /* the last that set the date, or NULL; until the next put */
};

void mandate_on(const struct dossier *d, const char *party, int32_t day,
		struct mandate_day *ret_day);

/* The parties with an instrument on record, sorted; pointers into the dossier. */
size_t mandate_parties(const struct dossier *d, const char *const **ret_parties);
bool mandate_party_binds(const struct dossier *d, const char *party, int32_t day);

/* What the binding parties' texts that act on `day` say beside dates and numbers. */
struct mandate_content {
	const char *tasks;	  /* key of the last instrument that names any, or NULL; until the
				   * next put */
	Mandate__Chapter chapter; /* of the last that names one; 0 */
};
struct mandate_content mandate_content_on(const struct dossier *d, int32_t day);

/* Is a terminate for `party` (NULL: any that binds) adopted by `day` the last word, so that no
 * establish or extend comes after it? */
bool mandate_terminated(const struct dossier *d, const char *party, int32_t day);

#endif
