/* Who holds a function in an area: DEFINITIONS section 5.
 *
 *	Once handovers have taken effect (E <= D): whoever received the last of them, until it
 *claims the function with a last day, and that has passed. Before: the first claimant whose claim
 *holds on D (from <= D <= until). Where nobody has ever claimed it: who gives it in the first
 *handover, from the first day of its operation on. It hands over what nobody else says to hold.
 *
 * Another operation whose claim holds on D, and which has not handed the function over since its
 * claim began, contests it: both hold it then. So do two that receive it, or begin to claim it, on
 * one day.
 * A function's home ("policing:XKX") keeps a small dossier, of mandates only, of each operation
 * that has to do with it: a holder whose operation has ended holds nothing. */
#ifndef MANDATED_RULES_FUNCTION_H
#define MANDATED_RULES_FUNCTION_H

#include "rules/dossier.h"
#include "mandate.pb-c.h"

struct function_holder {
	const char *operation;	    /* NULL: of none; then the parties say who */
	const char *const *parties; /* for whom */
	size_t party_count;
	int32_t from;	    /* DAY_NEVER: not known */
	int32_t until;	    /* DAY_INFINITE */
	bool ended;	    /* its operation has: it counts as no holder */
	Mandate__Kind kind; /* claim or arrangement that says so */
	const char *key;
};

struct function_day {
	bool declared;	  /* claimed or handed over by then */
	size_t count;	  /* holders whose operation has not ended: exactly one is right */
	int32_t from, to; /* days over which this stays the same; DAY_NEVER, DAY_INFINITE */
	const struct function_holder *holders; /* ended ones too, last */
	size_t holder_count;
};

/* `home` is the dossier of a function's home. The answer lives in `a` and, its texts, in the
 * dossier until the next put. STATUS_NO_MEMORY; STATUS_INVALID for another home. */
MUST_USE enum status function_on(const struct dossier *home, int32_t day, struct arena *a,
				 struct function_day *ret_day);

/* The area of an arrangement's functions: its own, else the first host of `operation` as `v` knows
 * it. NULL when there is none: then no function's home has it. In `a`. STATUS_NO_MEMORY, or what
 * the view answers. */
MUST_USE enum status function_area(const struct view *v, struct arena *a,
				   const Mandate__Arrangement *arrangement, const char **ret_area);

/* Would the operation and parties that hand over by `h` hold `function` on h's own effective day,
 * h itself left aside? True too if nobody has ever claimed it, and when h names no day or has no
 * area: then it is not known yet. If false, the record that says who holds it instead, if any
 * does: its key in `a`, kind 0 otherwise. */
MUST_USE enum status function_is_held(const struct view *v, struct arena *a,
				      const Mandate__Arrangement *h, const char *function,
				      bool *ret_held, Mandate__Kind *ret_kind,
				      const char **ret_key);

#endif
