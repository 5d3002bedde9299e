#include "rules/arrangement.h"
#include "rules/span.h"
#include "rules/view.h"

#include <stdlib.h>
#include <string.h>

#define KIND(name) MANDATE__ARRANGEMENT_KIND__ARRANGEMENT_KIND_##name
#define STATE(name) MANDATE__ARRANGEMENT_STATE__ARRANGEMENT_STATE_##name

bool arrangement_is_edge(Mandate__ArrangementKind kind)
{
	return kind == KIND(SUCCESSION) || kind == KIND(SPLIT) || kind == KIND(MERGE);
}

bool arrangement_ignores_end(Mandate__ArrangementKind kind)
{
	return arrangement_is_edge(kind) || kind == KIND(HANDOVER_OF_FUNCTION);
}

bool arrangement_names(const Mandate__Arrangement *a, const char *party)
{
	for (size_t i = 0; i < a->n_sides; i++)
		for (size_t k = 0; k < a->sides[i]->n_parties; k++)
			if (strcmp(a->sides[i]->parties[k], party) == 0)
				return true;
	return false;
}

const Mandate__Acceptance *arrangement_answer(const Mandate__Acceptance *const *acceptances,
					      size_t count, const char *party)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(acceptances[i]->party, party) == 0)
			return acceptances[i];
	return NULL;
}

/* --- the fold --- */

struct answers {
	const Mandate__Arrangement *a;
	const Mandate__Acceptance *const *at;
	size_t count;
};

/* What `party` answered while it could; NULL: nothing. */
static const Mandate__Acceptance *valid_answer(const struct answers *answers, const char *party)
{
	const Mandate__Arrangement *a = answers->a;
	const Mandate__Acceptance *answer = arrangement_answer(answers->at, answers->count, party);

	if (!answer || strcmp(answer->arrangement, a->arrangement) != 0)
		return NULL;
	return a->has_accept_by && answer->day > a->accept_by ? NULL : answer;
}

/* The day on which the last party of the side accepted. */
static int32_t side_accepted(const struct answers *answers, const Mandate__Side *side,
			     int32_t *declined)
{
	int32_t day = side->n_parties > 0 ? DAY_NEVER : DAY_INFINITE;

	for (size_t i = 0; i < side->n_parties; i++) {
		const Mandate__Acceptance *answer = valid_answer(answers, side->parties[i]);

		if (answer && answer->reply == MANDATE__REPLY__REPLY_DECLINED)
			*declined = day_least(*declined, answer->day);
		if (answer && answer->reply == MANDATE__REPLY__REPLY_ACCEPTED)
			day = day_greatest(day, answer->day);
		else
			day = DAY_INFINITE;
	}
	return day;
}

struct arrangement_life arrangement_fold(const Mandate__Arrangement *a,
					 const Mandate__Acceptance *const *acceptances,
					 size_t count)
{
	struct answers answers = {.a = a, .at = acceptances, .count = count};
	struct arrangement_life life = {.effective_from = DAY_INFINITE,
					.one_side = DAY_INFINITE,
					.all_sides = a->n_sides > 0 ? DAY_NEVER : DAY_INFINITE,
					.declined = DAY_INFINITE,
					.lapses = DAY_INFINITE,
					.last_day = DAY_INFINITE};

	for (size_t i = 0; i < a->n_sides; i++) {
		int32_t day = side_accepted(&answers, a->sides[i], &life.declined);

		life.one_side = day_least(life.one_side, day);
		life.all_sides = day_greatest(life.all_sides, day);
	}
	if (life.all_sides != DAY_INFINITE)
		life.effective_from = a->has_effective ? day_greatest(a->effective, life.all_sides)
						       : life.all_sides;
	else if (a->has_accept_by)
		life.lapses = day_plus(a->accept_by, 1);
	if (a->has_end && !arrangement_ignores_end(a->kind))
		life.last_day = a->end;
	return life;
}

Mandate__ArrangementState arrangement_state(const struct arrangement_life *life, int32_t day)
{
	if (day >= life->declined)
		return STATE(DECLINED);
	if (day > life->last_day)
		return STATE(ENDED);
	if (day >= life->effective_from)
		return STATE(IN_EFFECT);
	if (day >= life->all_sides)
		return STATE(ACCEPTED_BOTH);
	if (day >= life->lapses)
		return STATE(LAPSED);
	return day >= life->one_side ? STATE(ACCEPTED_ONE_SIDE) : STATE(PROPOSED);
}

/* --- who is waited for, what is on record --- */

static int compare_texts(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

/* All parties of `a`, each once, sorted. */
static enum status all_parties(struct arena *arena, const Mandate__Arrangement *a,
			       const char ***ret_parties, size_t *ret_count)
{
	size_t room = 0, count = 0, kept = 0;
	const char **parties;

	for (size_t i = 0; i < a->n_sides; i++)
		room += a->sides[i]->n_parties;
	parties = arena_calloc(arena, room + 1, sizeof *parties);
	if (!parties)
		return STATUS_NO_MEMORY;
	for (size_t i = 0; i < a->n_sides; i++)
		for (size_t k = 0; k < a->sides[i]->n_parties; k++)
			parties[count++] = a->sides[i]->parties[k];
	qsort(parties, count, sizeof *parties, compare_texts);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || strcmp(parties[kept - 1], parties[i]) != 0)
			parties[kept++] = parties[i];
	*ret_parties = parties;
	*ret_count = kept;
	return STATUS_OK;
}

enum status arrangement_waits_for(struct arena *arena, const Mandate__Arrangement *a,
				  const Mandate__Acceptance *const *acceptances, size_t count,
				  int32_t day, const char *const **ret_parties, size_t *ret_count)
{
	struct answers answers = {.a = a, .at = acceptances, .count = count};
	const char **parties;
	size_t n, kept = 0;
	enum status s = all_parties(arena, a, &parties, &n);

	if (s != STATUS_OK)
		return s;
	for (size_t i = 0; i < n; i++) {
		const Mandate__Acceptance *answer = valid_answer(&answers, parties[i]);

		if (!answer || answer->day > day)
			parties[kept++] = parties[i];
	}
	*ret_parties = kept > 0 ? parties : NULL;
	*ret_count = kept;
	return STATUS_OK;
}

enum status arrangement_read(const struct view *v, struct arena *arena,
			     const Mandate__Arrangement *a,
			     const Mandate__Acceptance *const **ret_acceptances, size_t *ret_count)
{
	const Mandate__Acceptance **found;
	const char **parties;
	size_t n, count = 0;
	enum status s = all_parties(arena, a, &parties, &n);

	if (s != STATUS_OK)
		return s;
	found = arena_calloc(arena, n + 1, sizeof *found);
	for (size_t i = 0; found && i < n; i++) {
		const char *key = arena_printf(arena, "%s:%s", a->arrangement, parties[i]);
		struct view_fact fact;

		if (!key)
			return STATUS_NO_MEMORY;
		s = view_get(v, arena, MANDATE__KIND__KIND_ACCEPTANCE, key, &fact);
		if (s == STATUS_OK && fact.record)
			found[count++] = fact.record->acceptance;
		else if (s != STATUS_OK && s != STATUS_NOT_FOUND)
			return s;
	}
	*ret_acceptances = found;
	*ret_count = count;
	return found ? STATUS_OK : STATUS_NO_MEMORY;
}
