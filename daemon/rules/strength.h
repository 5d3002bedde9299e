/* Strengths: DEFINITIONS section 3. */
#ifndef MANDATED_RULES_STRENGTH_H
#define MANDATED_RULES_STRENGTH_H

#include "mandate.pb-c.h"
#include "rules/dossier.h"

struct strength_day {
	bool known;	      /* false: no head-count */
	uint64_t persons;     /* S */
	Mandate__Basis basis; /* return, total or unit */
	int32_t as_of;	      /* R; the day asked for basis unit */
	uint32_t age_days;    /* D - R */
	bool partial;	      /* a child of the group is missing */
	bool corrections;     /* corrections officers are in it: see below */
};

/* S(O, component, day) for a group (military, police, corrections), for uniformed (the sum of
 * military and police that are known) or for a child (its own rows only). A head-count must have
 * as_of > `counts_after` to count: the L rule passes the last lawful day, everybody else
 * DAY_NEVER.
 *
 * Where the text that rules the number of corrections officers on `day` puts them within the police
 * (ceiling.h), they are a child of police as the individual and the formed are: a number for all
 * police holds them already, otherwise those of the same head-count are added, and their units too.
 * A head-count of corrections officers alone is none of the police. */
void strength_on(const struct dossier *d, Mandate__Component component, int32_t day,
		 int32_t counts_after, struct strength_day *ret_strength);

/* The newest RETURN (not total) for a group with as_of <= day: its day, or DAY_NEVER. */
int32_t strength_last_return(const struct dossier *d, Mandate__Component group, int32_t day);

struct estimate_day {
	bool known;
	uint64_t persons;
	int32_t as_of;
	uint32_t contributors; /* how many different ones */
};

/* E(O, day): newest map; contributor detail if there is one for that month, else place detail. */
void strength_estimate(const struct dossier *d, int32_t day, struct estimate_day *ret_estimate);

#endif
