/* Who holds a function in an area: DEFINITIONS section 5.
 *
 *	Once handovers have taken effect (E <= D): whoever received the last of them, until its own
 *	claim, if it has one that reaches beyond E, ends.
 *	Before: the first claimant whose claim holds on D (from <= D <= until).
 *	Where nobody's does: who gives it in the first handover, from its operation's first day on,
 *	unless it claims it for other days. It hands over what nobody else says to hold.
 *
 * Another operation whose claim holds on D, and which has not handed the function over since its
 * claim began, contests it: both hold it then. So do two that receive it on one day.
 * A holder whose operation has ended holds nothing any more. */
#ifndef MANDATED_RULES_FUNCTION_H
#define MANDATED_RULES_FUNCTION_H

#include "mandate.pb-c.h"
#include "rules/dossier.h"
#include "rules/span.h"

struct function_holder {
	const char *operation; /* NULL: none of its own; then the parties say who */
	char *const *parties;  /* for whom */
	size_t party_count;
	int32_t from;  /* DAY_NEVER: not known */
	int32_t until; /* DAY_INFINITE */
	bool ended;    /* its operation has: it counts as no holder */
	Mandate__Kind kind;
	const char *key; /* of the claim or arrangement that says so */
};

struct function_day {
	bool declared; /* claimed or handed over by then */
	size_t count;  /* of holders, those that have ended left out: one is right */
	const struct function_holder *holders; /* all, by operation */
	size_t holder_count;
};

/* `home` is the dossier of a function's home. The list lives in `a`, texts in the dossier until its
 * next put. Narrows `span`. STATUS_NO_MEMORY. */
MUST_USE enum status function_on(const struct dossier *home, int32_t day, struct arena *a,
				 struct function_day *ret_day, struct span *span);

/* How many hold it, those left out whose operation has ended; without a list. */
size_t function_count(const struct dossier *home, int32_t day, struct span *span,
		      bool *ret_declared);

/* Who holds what a handover hands over on its own effective day, itself left aside? */
struct function_claim {
	bool held;	    /* by the giver; also true where nothing says who holds it */
	const char *other;  /* who does instead, an operation or a party; NULL: nobody */
	Mandate__Kind kind; /* of the record that says so, with `other` */
	const char *key;
};

/* Of `function`, in `a`. A handover that names no day, or has no area, is held: nothing is known
 * against it. STATUS_NO_MEMORY, or what the view answers. */
MUST_USE enum status function_before(const struct view *v, struct arena *a,
				     const Mandate__Arrangement *handover, const char *function,
				     struct function_claim *ret_claim);

#endif
