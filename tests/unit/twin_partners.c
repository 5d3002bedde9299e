#include "twin_partners.h"

#define ARRANGEMENT(name) MANDATE__ARRANGEMENT_KIND__ARRANGEMENT_KIND_##name
#define STATE(name) MANDATE__ARRANGEMENT_STATE__ARRANGEMENT_STATE_##name

size_t twin_name_add(const char *names[TWIN_NAMES_MAX], size_t count, const char *name)
{
	size_t at = 0;

	while (at < count && strcmp(names[at], name) < 0)
		at++;
	if ((at < count && strcmp(names[at], name) == 0) || count == TWIN_NAMES_MAX)
		return count;
	memmove(&names[at + 1], &names[at], (count - at) * sizeof *names);
	names[at] = name;
	return count + 1;
}

/* --- what parties answer --- */

static const Mandate__Acceptance *answer(const struct twin *w, const Mandate__Arrangement *a,
					 const char *party)
{
	const Mandate__Record *r;

	for (size_t n = 0; (r = twin_next(w, TKIND(ACCEPTANCE), &n));)
		if (twin_same(r->acceptance->arrangement, a->arrangement) &&
		    twin_same(r->acceptance->party, party))
			return r->acceptance;
	return NULL;
}

/* Whoever answers after the last day for it has not answered. */
static bool in_time(const Mandate__Arrangement *a, const Mandate__Acceptance *m)
{
	return m && (!a->has_accept_by || m->day <= a->accept_by);
}

struct twin_sides twin_sides_on(const struct twin *w, const Mandate__Arrangement *a, int32_t day)
{
	struct twin_sides s = {.count = a->n_sides};

	for (size_t n = 0; n < a->n_sides; n++) {
		bool all = true;

		for (size_t k = 0; k < a->sides[n]->n_parties; k++) {
			const Mandate__Acceptance *m = answer(w, a, a->sides[n]->parties[k]);
			bool answered = in_time(a, m) && m->day <= day;
			bool accepts = answered && m->reply == MANDATE__REPLY__REPLY_ACCEPTED;

			all = all && accepts;
			s.declined = s.declined || (answered && !accepts);
		}
		s.accepted += all;
	}
	s.lapsed = a->has_accept_by && day > a->accept_by && s.accepted < s.count;
	return s;
}

int32_t twin_effect(const struct twin *w, const Mandate__Arrangement *a)
{
	int32_t last = a->has_effective ? a->effective : DAY_NEVER;

	for (size_t n = 0; n < a->n_sides; n++)
		for (size_t k = 0; k < a->sides[n]->n_parties; k++) {
			const Mandate__Acceptance *m = answer(w, a, a->sides[n]->parties[k]);

			if (!in_time(a, m) || m->reply != MANDATE__REPLY__REPLY_ACCEPTED)
				return DAY_INFINITE;
			last = twin_max(last, m->day);
		}
	return last;
}

bool twin_is_edge(const Mandate__Arrangement *a)
{
	return a->kind == ARRANGEMENT(SUCCESSION) || a->kind == ARRANGEMENT(SPLIT) ||
	       a->kind == ARRANGEMENT(MERGE);
}

Mandate__ArrangementState twin_arrangement_state(const struct twin *w,
						 const Mandate__Arrangement *a, int32_t day)
{
	struct twin_sides s = twin_sides_on(w, a, day);
	bool ends = a->has_end && !twin_is_edge(a) && a->kind != ARRANGEMENT(HANDOVER_OF_FUNCTION);

	if (s.declined)
		return STATE(DECLINED);
	if (ends && day > a->end)
		return STATE(ENDED);
	if (day >= twin_effect(w, a))
		return STATE(IN_EFFECT);
	if (s.accepted == s.count)
		return STATE(ACCEPTED_BOTH);
	if (s.lapsed)
		return STATE(LAPSED);
	return s.accepted > 0 ? STATE(ACCEPTED_ONE_SIDE) : STATE(PROPOSED);
}

size_t twin_hybrid_parties(const struct twin *w, const char *op, int32_t day,
			   const char *names[TWIN_NAMES_MAX])
{
	const Mandate__Record *r;
	size_t count = 0;

	for (size_t n = 0; (r = twin_next(w, TKIND(ARRANGEMENT), &n));) {
		const Mandate__Arrangement *a = r->arrangement;

		if (a->kind != ARRANGEMENT(HYBRID) || !twin_same(a->operation, op) ||
		    twin_arrangement_state(w, a, day) != STATE(IN_EFFECT))
			continue;
		for (size_t i = 0; i < a->n_sides; i++)
			for (size_t k = 0; k < a->sides[i]->n_parties; k++) {
				const char *party = a->sides[i]->parties[k];

				count = twin_name_add(names, count,
						      twin_same(party, "UN") ? "UNSC" : party);
			}
	}
	return count;
}

/* --- functions --- */

const char *twin_area(const struct twin *w, const Mandate__Arrangement *a)
{
	const Mandate__Operation *o;

	if (a->area)
		return a->area;
	o = a->operation ? twin_operation(w, a->operation) : NULL;
	return o && o->n_hosts > 0 ? o->hosts[0] : NULL;
}

static size_t add_function(struct twin_function list[TWIN_LIST_MAX], size_t count,
			   const char *function, const char *area)
{
	for (size_t n = 0; n < count; n++)
		if (twin_same(list[n].function, function) && twin_same(list[n].area, area))
			return count;
	list[count] = (struct twin_function){function, area};
	return count + 1;
}

size_t twin_functions(const struct twin *w, struct twin_function list[TWIN_LIST_MAX])
{
	const Mandate__Record *r;
	size_t count = 0;

	for (size_t n = 0; (r = twin_next(w, TKIND(CLAIM), &n));)
		count = add_function(list, count, r->claim->function, r->claim->area);
	for (size_t n = 0; (r = twin_next(w, TKIND(ARRANGEMENT), &n));)
		for (size_t i = 0; i < r->arrangement->n_functions; i++)
			if (twin_area(w, r->arrangement))
				count = add_function(list, count, r->arrangement->functions[i],
						     twin_area(w, r->arrangement));
	return count;
}

/* Is `r` a handover of the function? */
static bool hands(const struct twin *w, const Mandate__Record *r, struct twin_function f)
{
	const Mandate__Arrangement *a = r->arrangement;

	if (a->kind != ARRANGEMENT(HANDOVER_OF_FUNCTION) || !twin_same(twin_area(w, a), f.area))
		return false;
	for (size_t n = 0; n < a->n_functions; n++)
		if (strcmp(a->functions[n], f.function) == 0)
			return true;
	return false;
}

/* Has it taken effect by `day`? */
static bool handed_over(const struct twin *w, const Mandate__Record *r, struct twin_function f,
			int32_t day)
{
	return hands(w, r, f) && twin_effect(w, r->arrangement) <= day;
}

static bool claims(const Mandate__Claim *m, struct twin_function f)
{
	return strcmp(m->function, f.function) == 0 && strcmp(m->area, f.area) == 0;
}

static bool claims_on(const Mandate__Claim *m, struct twin_function f, int32_t day)
{
	return claims(m, f) && m->from <= day && (!m->has_until || day <= m->until);
}

/* Its own claim reaches beyond the day on which it received it, and has ended since. */
static bool gave_up(const struct twin *w, struct twin_function f, const char *op, int32_t since,
		    int32_t day)
{
	const Mandate__Record *r;

	for (size_t n = 0; (r = twin_next(w, TKIND(CLAIM), &n));)
		if (claims(r->claim, f) && strcmp(r->claim->operation, op) == 0 &&
		    r->claim->has_until && r->claim->until > since && r->claim->until < day)
			return true;
	return false;
}

/* Handed over since it began to claim it? */
static bool handed_on(const struct twin *w, struct twin_function f, const Mandate__Claim *m,
		      int32_t day)
{
	const Mandate__Record *r;

	for (size_t n = 0; (r = twin_next(w, TKIND(ARRANGEMENT), &n));)
		if (handed_over(w, r, f, day) && twin_effect(w, r->arrangement) >= m->from &&
		    twin_same(r->arrangement->operation, m->operation))
			return true;
	return false;
}

static bool has_ended(const struct twin *w, const char *op, int32_t day)
{
	Mandate__MandateStatus s = twin_mandate_on(w, op, day).status;

	return day > twin_end(w, op) || s == TSTATUS(ENDED) || s == TSTATUS(LIQUIDATING) ||
	       s == TSTATUS(CLOSED);
}

/* The day for which a handover is meant, DAY_INFINITE if none is known; DAY_NEVER if it will not
 * be. */
static int32_t meant_for(const struct twin *w, const Mandate__Arrangement *a)
{
	struct twin_sides ever = twin_sides_on(w, a, DAY_INFINITE - 1);

	if (ever.declined || ever.lapsed)
		return DAY_NEVER;
	if (ever.accepted == ever.count)
		return twin_effect(w, a);
	return a->has_effective ? a->effective : DAY_INFINITE;
}

/* From its first day on the giver holds it, unless it claims it for other days. */
static bool may_give(const struct twin *w, struct twin_function f, const char *giver, int32_t day)
{
	const Mandate__Operation *o = twin_operation(w, giver);
	const Mandate__Record *r;

	for (size_t n = 0; (r = twin_next(w, TKIND(CLAIM), &n));)
		if (claims(r->claim, f) && strcmp(r->claim->operation, giver) == 0)
			return false;
	return !(o && o->has_start_date && day < o->start_date);
}

/* Who gives it in the first handover, or in several of one day. */
static size_t first_givers(const struct twin *w, struct twin_function f, int32_t day,
			   const char *names[TWIN_NAMES_MAX])
{
	const Mandate__Record *r;
	int32_t first = DAY_INFINITE;
	size_t count = 0;

	for (size_t n = 0; (r = twin_next(w, TKIND(ARRANGEMENT), &n));)
		if (hands(w, r, f) && meant_for(w, r->arrangement) != DAY_NEVER)
			first = twin_min(first, meant_for(w, r->arrangement));
	for (size_t n = 0; (r = twin_next(w, TKIND(ARRANGEMENT), &n));)
		if (hands(w, r, f) && meant_for(w, r->arrangement) == first &&
		    may_give(w, f, r->arrangement->operation, day))
			count = twin_name_add(names, count, r->arrangement->operation);
	return count;
}

size_t twin_holders(const struct twin *w, struct twin_function f, int32_t day,
		    const char *names[TWIN_NAMES_MAX], bool *ret_declared)
{
	const char *all[TWIN_NAMES_MAX];
	const Mandate__Record *r;
	int32_t last = DAY_NEVER;
	size_t all_count = 0, count = 0;

	*ret_declared = false;
	for (size_t n = 0; (r = twin_next(w, TKIND(ARRANGEMENT), &n));)
		if (handed_over(w, r, f, day))
			last = twin_max(last, twin_effect(w, r->arrangement));
	for (size_t n = 0; (r = twin_next(w, TKIND(ARRANGEMENT), &n));)
		if (handed_over(w, r, f, day) && twin_effect(w, r->arrangement) == last &&
		    !gave_up(w, f, r->arrangement->other_operation, last, day))
			all_count = twin_name_add(all, all_count, r->arrangement->other_operation);
	/* The first claimant, and whoever else claims it. */
	for (size_t n = 0; (r = twin_next(w, TKIND(CLAIM), &n));) {
		*ret_declared = *ret_declared || (claims(r->claim, f) && r->claim->from <= day);
		if (claims_on(r->claim, f, day) && !handed_on(w, f, r->claim, day))
			all_count = twin_name_add(all, all_count, r->claim->operation);
	}
	*ret_declared = *ret_declared || last != DAY_NEVER;
	if (last == DAY_NEVER && all_count == 0)
		all_count = first_givers(w, f, day, all);
	*ret_declared = *ret_declared || all_count > 0;
	for (size_t n = 0; n < all_count; n++)
		if (!has_ended(w, all[n], day))
			names[count++] = all[n];
	return count;
}
