/* One arrangement with what its parties answered: DEFINITIONS section 5. Pure over the records, so
 * that a dossier, an answer and a check of an act fold it alike.
 *
 * A side has accepted when all its parties have; where there is one side only, its acceptance is
 * enough. Consent may be given before the proposal is dated. What a party answers after accept_by,
 * or who is on no side, counts for nothing. */
#ifndef MANDATED_RULES_ARRANGEMENT_H
#define MANDATED_RULES_ARRANGEMENT_H

#include "base/arena.h"
#include "base/day.h"
#include "mandate.pb-c.h"

#include <stddef.h>

/* What is known of it for all days; DAY_INFINITE: never. */
struct arrangement_life {
	int32_t effective_from; /* E: the effective day, or the last side's acceptance if later */
	int32_t one_side;	/* the first day on which a whole side has accepted */
	int32_t all_sides;	/* ... on which every side has */
	int32_t declined;	/* the first day on which a party declined */
	int32_t lapses;		/* the first day after accept_by, unless all accepted in time */
	int32_t last_day; /* the end; of a succession, split, merge or handover it is ignored */
};

/* `acceptances` in any order, of this arrangement; others' are passed over. */
struct arrangement_life arrangement_fold(const Mandate__Arrangement *a,
					 const Mandate__Acceptance *const *acceptances,
					 size_t count);

/* declined, ended, in effect, accepted by both sides or one, proposed, lapsed: the first that fits,
 * lapsed before one side and proposed. Before anything happens it is proposed. */
Mandate__ArrangementState arrangement_state(const struct arrangement_life *life, int32_t day);

/* E <= day, and not past its end. */
static inline bool arrangement_in_effect(const struct arrangement_life *life, int32_t day)
{
	return life->effective_from <= day && day <= life->last_day;
}

/* Is it on a side? */
bool arrangement_names(const Mandate__Arrangement *a, const char *party);

/* Parties that have not answered by `day`, each once, sorted; pointers into `a`, the list in
 * `arena`. NULL and 0 when there are none. STATUS_NO_MEMORY. */
MUST_USE enum status arrangement_waits_for(struct arena *arena, const Mandate__Arrangement *a,
					   const Mandate__Acceptance *const *acceptances,
					   size_t count, int32_t day,
					   const char *const **ret_parties, size_t *ret_count);

/* What `party` answered, whenever that was; NULL: nothing. */
const Mandate__Acceptance *arrangement_answer(const Mandate__Acceptance *const *acceptances,
					      size_t count, const char *party);

/* An operation is followed by the other: succession, split, merge. */
bool arrangement_is_edge(Mandate__ArrangementKind kind);

/* The end says nothing of these: what has been handed over stays so. */
bool arrangement_ignores_end(Mandate__ArrangementKind kind);

/* The acceptances of `a`'s parties that `v` shows, read one by one, in `arena`. STATUS_NO_MEMORY or
 * what the view answers. */
struct view;
MUST_USE enum status arrangement_read(const struct view *v, struct arena *arena,
				      const Mandate__Arrangement *a,
				      const Mandate__Acceptance *const **ret_acceptances,
				      size_t *ret_count);

#endif
