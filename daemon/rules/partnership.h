/* Arrangements, acceptances and claims of a home: DEFINITIONS section 5.
 * A part of a dossier; for the files of rules/ only.
 *
 * Acceptances lie on a shelf of their own, so that they may come before what they answer. A dossier
 * knows those of the parties that an arrangement had when it was built: whoever puts an arrangement
 * puts its parties' acceptances too (arrangement_read). */
#ifndef MANDATED_RULES_PARTNERSHIP_H
#define MANDATED_RULES_PARTNERSHIP_H

#include "rules/arrangement.h"
#include "rules/array.h"
#include "rules/shelf.h"
#include "rules/span.h"
#include "rules/view.h"

struct dossier;

/* An arrangement of this home, with its acceptances folded in. */
struct arrangement_fact {
	struct fact fact;
	Mandate__Arrangement *record; /* own copy */
	struct array answers; /* its parties', of const Mandate__Acceptance *, on the shelf */
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

/* In lists by the day on which they take effect. */
struct arrangement_ref {
	int32_t effective_from; /* first: lists are searched by it */
	const struct arrangement_fact *of;
};

struct partnership {
	struct array arrangements, acceptances, claims; /* shelves */
	/* Of struct arrangement_ref, by E, then name. */
	struct array hybrids;
	struct array edges;	 /* succession, split, merge out of this operation */
	struct array handovers;	 /* of functions */
	struct array operations; /* a function's home: of struct dossier *, mandates only, by name
				  */
};

/* A fact has a new content, or none (record NULL). STATUS_NO_MEMORY; STATUS_AGAIN as dossier_put.
 */
MUST_USE enum status partnership_put(struct dossier *d, Mandate__Kind kind, const char *key,
				     const Mandate__Record *record);
/* The arrangement that a view shows, with its parties' acceptances. As put, or what the view
 * answers.
 */
MUST_USE enum status partnership_read(struct dossier *d, const struct view *v,
				      struct arena *scratch, const struct view_fact *arrangement);
/* Is the arrangement this home's to know? Of a function's home, as far as it says so itself. */
bool partnership_belongs(const struct dossier *d, const Mandate__Arrangement *a);
void partnership_fini(struct dossier *d);
size_t partnership_bytes(const struct dossier *d);

/* The arrangement of that name; NULL if this home has none. */
const struct arrangement_fact *partnership_arrangement(const struct dossier *d, const char *name);

/* Hybrids of this operation. In effect: one operation, whose mandating parties are those it names.
 * "UN" on a side stands for the Council, which mandates for it. */
bool partnership_is_hybrid(const struct dossier *d, int32_t day, struct span *span);
/* Does a hybrid in effect on `day` name the mandating party? No span: as partnership_is_hybrid. */
bool partnership_hybrid_names(const struct dossier *d, const char *party, int32_t day);
/* The arrangement in effect on `day` that begins last, for causes; NULL if none is. */
const struct arrangement_fact *partnership_hybrid(const struct dossier *d, int32_t day);

/* May mandates of this home follow from the arrangement of that name, or of which `key` is the
 * answer? */
bool partnership_makes_mandate(const struct dossier *d, const char *key);

/* Has an operation followed this one by `day` (E <= day), by succession, split or merge? */
bool partnership_succeeded(const struct dossier *d, int32_t day, struct span *span);

#endif
