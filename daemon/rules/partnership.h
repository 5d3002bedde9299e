/* Arrangements, acceptances and claims of a home: DEFINITIONS section 5.
 * A part of a dossier; for the files of rules/ only.
 *
 * Acceptances lie on a shelf of their own, so that they may come before what they answer. An
 * arrangement that comes to a home which did not hold it comes with its acceptances. */
#ifndef MANDATED_RULES_PARTNERSHIP_H
#define MANDATED_RULES_PARTNERSHIP_H

#include "rules/arrangement.h"
#include "rules/array.h"
#include "rules/shelf.h"
#include "rules/span.h"

struct dossier;

/* An arrangement of this home, with its acceptances folded in. */
struct arrangement_fact {
	struct fact fact;
	Mandate__Arrangement *record; /* own copy */
	struct array answers;	      /* of const Mandate__Acceptance *, on the shelf */
	struct arrangement_life life;
};

struct acceptance_fact {
	struct fact fact;
	Mandate__Acceptance *record; /* own copy */
};

struct claim_fact {
	struct fact fact;
	Mandate__Claim *record; /* own copy */
	int32_t from, until;	/* DAY_INFINITE: not given up */
};

struct partnership {
	struct array arrangements, acceptances, claims; /* shelves */
	/* Settled, of const struct arrangement_fact *, by E, then name. */
	struct array hybrids;
	struct array edges; /* succession, split, merge out of this operation */
	struct array
		handovers; /* of functions, by or to this operation; all in a function's home */
	bool unsettled;
};

/* A fact has a new content, or none (record NULL). STATUS_NO_MEMORY; STATUS_AGAIN as dossier_put.
 */
MUST_USE enum status partnership_put(struct dossier *d, Mandate__Kind kind, const char *key,
				     const Mandate__Record *record);
void partnership_settle(struct dossier *d);
void partnership_fini(struct dossier *d);
size_t partnership_bytes(const struct dossier *d);

/* Hybrids of this operation. In effect: one operation, whose mandating parties are those it names.
 * "UN" on a side stands for the Council, which mandates for it. */
bool partnership_is_hybrid(const struct dossier *d, int32_t day, struct span *span);
/* Does a hybrid in effect on `day` name the mandating party? No span: as partnership_is_hybrid. */
bool partnership_hybrid_names(const struct dossier *d, const char *party, int32_t day);
/* The arrangement in effect on `day` that begins last, for causes; NULL if none is. */
const struct arrangement_fact *partnership_hybrid(const struct dossier *d, int32_t day);

/* Has an operation followed this one by `day` (E <= day), by succession, split or merge? */
bool partnership_succeeded(const struct dossier *d, int32_t day, struct span *span);

/* Homes of functions ("policing:XKX") that this operation claims, hands over or receives: they are
 * to be judged again when its mandate or the operation itself changes, and get its OPERATION,
 * INSTRUMENT, ARRANGEMENT and ACCEPTANCE records. Each once, sorted, in `a`. An area that an
 * arrangement does not name is looked up in `v`. STATUS_NO_MEMORY, or what the view answers. */
MUST_USE enum status partnership_functions(const struct dossier *d, const struct view *v,
					   struct arena *a, const char *const **ret_homes,
					   size_t *ret_count);

#endif
