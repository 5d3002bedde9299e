/* Pledges: DEFINITIONS section 3, DOMAIN "States and legal transitions". What a pledge and its
 * steps make of it, one after another: pledge_begin, then pledge_take for steps 1, 2, 3 ... Which
 * step is legal is act.h's; here whatever is on record is taken. */
#ifndef MANDATED_RULES_PLEDGE_H
#define MANDATED_RULES_PLEDGE_H

#include "base/arena.h"
#include "record.pb-c.h"
#include "rules/dossier.h"

/* Where a pledge stands from a day on. */
struct pledge_stand {
	int32_t from;		      /* of the last step, or registered: all here holds from it */
	int32_t since;		      /* from which `state` holds */
	int32_t renew_by;	      /* last day on which a renewal is in time */
	uint32_t step;		      /* last one taken; 0: none */
	Mandate__PledgeState state;   /* never RESUMED, RENEWED or LEVEL_RAISED */
	Mandate__PledgeState before;  /* with SUSPENDED: where it stood, and will stand again */
	Mandate__Readiness readiness; /* the last that was said */
};

/* Pledged on `registered`, to be renewed within 12 months. */
void pledge_begin(const Mandate__Pledge *p, struct pledge_stand *ret_stand);

void pledge_begin_on(int32_t registered, Mandate__Readiness readiness,
		     struct pledge_stand *ret_stand);

/* A step moves it on. A day before the last step's counts as that step's: an order that the steps'
 * numbers give is not turned by their days. A renewal holds 6 months, but no less than the first 12
 * last. */
void pledge_take(struct pledge_stand *at, uint32_t step, Mandate__PledgeState state, int32_t day,
		 Mandate__Readiness readiness);

/* Is it still an offer: on its way to be deployed, or so by its steps, and neither on its way home
 * nor out? */
bool pledge_offers(Mandate__PledgeState state);

/* Does it go stale without renewal? Before it is deployed, unless it is out. */
bool pledge_ages(Mandate__PledgeState state);

/* --- of a dossier: an operation's, or a partner's for those that name no operation --- */

struct pledge_day {
	const char *key;		/* of the record; texts are valid until the next put */
	const char *requirement, *unit; /* NULL: not said */
	Mandate__Component component;
	uint32_t persons;
	int32_t available; /* DAY_NEVER: no date is promised */
	struct pledge_stand stand;
	bool stale;
	bool deployed; /* its unit has come, by a unit record: it counts as unit from then on */
};

/* The pledges registered by `day`, of `contributor` and for `requirement` where these are not NULL,
 * sorted by key; the list in `a`. STATUS_NO_MEMORY. */
MUST_USE enum status pledge_list(const struct dossier *d, const char *contributor,
				 const char *requirement, int32_t day, struct arena *a,
				 struct pledge_day **ret_pledges, size_t *ret_count);

#endif
