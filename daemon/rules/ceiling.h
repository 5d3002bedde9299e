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
	const char *document; /* until the next put; NULL if derived */
};

/* C(O, component, day). Whether it applies (mandate in force) is the caller's question. */
void ceiling_on(const struct dossier *d, Mandate__Component component, int32_t day,
		struct ceiling_day *ret_ceiling);

/* The component above, or 0; the component itself or a parent has an entry on `day`? */
Mandate__Component ceiling_parent(Mandate__Component component);
bool ceiling_is_set(const struct dossier *d, Mandate__Component component, int32_t day);

#endif
