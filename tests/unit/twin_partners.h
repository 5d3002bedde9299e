/* Arrangements, functions and what succeeds what: DEFINITIONS section 5. */
#ifndef TESTS_TWIN_PARTNERS_H
#define TESTS_TWIN_PARTNERS_H

#include "twin.h"

/* Adds a name to a sorted list unless it is there; the new count. */
size_t twin_name_add(const char *names[TWIN_NAMES_MAX], size_t count, const char *name);

struct twin_sides {
	size_t count, accepted; /* sides; those of which every party has accepted by the day */
	bool declined;		/* by a party, by the day */
	bool lapsed;		/* the day is past accept_by, and not all had accepted by then */
};

struct twin_sides twin_sides_on(const struct twin *w, const Mandate__Arrangement *a, int32_t day);
/* E: the effective day, or the last acceptance if that is later; DAY_INFINITE while one lacks. */
int32_t twin_effect(const struct twin *w, const Mandate__Arrangement *a);
Mandate__ArrangementState twin_arrangement_state(const struct twin *w,
						 const Mandate__Arrangement *a, int32_t day);

/* The mandating parties named by hybrids of `op` in effect; "UN" mandates through "UNSC". */
size_t twin_hybrid_parties(const struct twin *w, const char *op, int32_t day,
			   const char *names[TWIN_NAMES_MAX]);

/* Functions that anybody claims or hands over. */
struct twin_function {
	const char *function, *area;
};

size_t twin_functions(const struct twin *w, struct twin_function list[TWIN_LIST_MAX]);
/* Operations that hold it, of those that have not ended; declared: claimed or handed over. */
size_t twin_holders(const struct twin *w, struct twin_function f, int32_t day,
		    const char *names[TWIN_NAMES_MAX], bool *ret_declared);
const char *twin_area(const struct twin *w, const Mandate__Arrangement *a);
/* Succession, split, merge. */
bool twin_is_edge(const Mandate__Arrangement *a);

#endif
