/* Ceilings: DEFINITIONS section 2. */
#ifndef MANDATED_RULES_CEILING_H
#define MANDATED_RULES_CEILING_H

#include "mandate.pb-c.h"
#include "rules/dossier.h"

struct ceiling_day {
	bool set;	      /* an entry, or derived from children */
	bool derived;	      /* sum of the children's entries */
	uint64_t persons;     /* units for fpu_units */
	int32_t from, until;  /* of the entry that rules (derived: what children share) */
	int32_t comply_by;    /* DAY_NEVER: none beyond `from` */
	int32_t reach_by;     /* comply_by; where none is given, `from` of a number lower than what
			       * held the day before (or the first at all), DAY_NEVER of another */
	const char *document; /* until the next put; NULL if derived */
};

/* C(O, component, day). Whether it applies (mandate in force) is the caller's question.
 *
 * Where the text puts corrections officers within the police, a number for the police holds them
 * already, and a sum derived for the police has their number in it (their number alone makes no
 * sum); so has S (strength.h). The number of their own is judged too. */
void ceiling_on(const struct dossier *d, Mandate__Component component, int32_t day,
		struct ceiling_day *ret_ceiling);

/* The component above as a rule, or 0; the component itself or a parent has an entry on `day`? */
Mandate__Component ceiling_parent(Mandate__Component component);
bool ceiling_is_set(const struct dossier *d, Mandate__Component component, int32_t day);

/* One of all ceilings of a day: a component's, or that of a part that texts name. */
struct ceiling_row {
	Mandate__Component component;
	const char *name;	   /* of the part, until the next put; NULL: the component itself */
	Mandate__Component parent; /* within which it counts; 0: within none */
	bool has_delta; /* as the text states it; `ceiling.persons` is what it comes to */
	int32_t delta;
	Mandate__Wording wording; /* 0: not given */
	struct ceiling_day ceiling;
};

/* All that are set on `day`: components in their order, derived ones among them, then named parts
 * by name. In `a`. STATUS_NO_MEMORY. */
MUST_USE enum status ceiling_rows(const struct dossier *d, int32_t day, struct arena *a,
				  const struct ceiling_row **ret_rows, size_t *ret_count);

#endif
