#include "rules/function.h"
#include "rules/function_home.h"
#include "rules/home.h"
#include "rules/parts.h"

#include <stdlib.h>
#include <string.h>

#define STATUS(name) MANDATE__MANDATE_STATUS__MANDATE_STATUS_##name

static bool same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/* --- what a home holds --- */

static const struct arrangement_ref *handovers(const struct dossier *home, size_t *ret_count)
{
	*ret_count = home->partnership.handovers.count;
	return home->partnership.handovers.at;
}

static const struct claim_fact *claim_at(const struct dossier *home, size_t index)
{
	return (const struct claim_fact *)(const void *)shelf_at(&home->partnership.claims, index);
}

static const struct claim_fact *claim_by(const struct dossier *home, const char *operation)
{
	for (size_t i = 0; operation && i < home->partnership.claims.count; i++)
		if (same(claim_at(home, i)->record->operation, operation))
			return claim_at(home, i);
	return NULL;
}

static const struct dossier *operation_of(const struct dossier *home, const char *name)
{
	for (size_t i = 0; name && i < home->partnership.operations.count; i++) {
		const struct dossier *d =
			ITEMS(home->partnership.operations, struct dossier *const)[i];

		if (strcmp(d->name, name) == 0)
			return d;
	}
	return NULL;
}

/* --- the holders on a day --- */

typedef void holder_visit(void *ctx, const struct function_holder *holder);

struct search {
	const struct dossier *home;
	int32_t day;
	const char *except; /* name of a handover that is left aside, or NULL */
	struct span *span;
	holder_visit *visit;
	void *ctx;
	bool declared, received;
	size_t found;
};

static bool is_aside(const struct search *s, const struct arrangement_fact *handover)
{
	return same(handover->fact.key, s->except);
}

static void add(struct search *s, struct function_holder *holder)
{
	const struct dossier *operation = operation_of(s->home, holder->operation);
	struct mandate_day m;

	if (operation) {
		mandate_fold(operation, NULL, s->day, &m, s->span);
		holder->ended = s->day > operation->operation.end_date ||
				m.status == STATUS(ENDED) || m.status == STATUS(LIQUIDATING) ||
				m.status == STATUS(CLOSED);
	}
	s->declared = true;
	s->found++;
	s->visit(s->ctx, holder);
}

static const Mandate__Side *receiving_side(const Mandate__Arrangement *h)
{
	return h->sides[h->n_sides > 1 ? 1 : 0];
}

static bool same_receiver(const Mandate__Arrangement *x, const Mandate__Arrangement *y)
{
	if (x->other_operation || y->other_operation)
		return same(x->other_operation, y->other_operation);
	return same(receiving_side(x)->parties[0], receiving_side(y)->parties[0]);
}

/* Who received it in `last` holds it, unless its claim says that it has given it up since. */
static void add_receiver(struct search *s, const struct arrangement_fact *last, int32_t next)
{
	const Mandate__Arrangement *h = last->record;
	const struct claim_fact *own = claim_by(s->home, h->other_operation);
	int32_t from = last->life.effective_from, until = day_plus(next, -1);

	if (own && own->until >= from) {
		span_cut(s->span, s->day, day_plus(own->until, 1));
		if (s->day > own->until)
			return;
		until = day_least(until, own->until);
	}
	add(s, &(struct function_holder){
		       .operation = h->other_operation,
		       .parties = receiving_side(h)->parties,
		       .party_count = receiving_side(h)->n_parties,
		       .from = from,
		       .until = until,
		       .kind = MANDATE__KIND__KIND_ARRANGEMENT,
		       .key = last->fact.key,
	       });
}

/* The receivers of the last handover; false if there was none by the day. */
static bool add_receivers(struct search *s)
{
	size_t count, n;
	const struct arrangement_ref *refs = handovers(s->home, &count), *last = NULL;
	int32_t next = DAY_INFINITE;

	n = array_until(&s->home->partnership.handovers, sizeof *refs, s->day);
	for (size_t i = n; i < count && next == DAY_INFINITE; i++)
		if (!is_aside(s, refs[i].of))
			next = refs[i].effective_from;
	if (next != DAY_INFINITE)
		span_end(s->span, next - 1);
	while (n-- > 0) {
		bool again = false;

		if (is_aside(s, refs[n].of))
			continue;
		if (last && refs[n].effective_from != last->effective_from)
			break;
		for (const struct arrangement_ref *r = last; r && r > &refs[n]; r--)
			again = again || (!is_aside(s, r->of) &&
					  same_receiver(r->of->record, refs[n].of->record));
		if (!last) {
			last = &refs[n];
			span_begin(s->span, last->effective_from);
		}
		if (!again)
			add_receiver(s, refs[n].of, next);
	}
	return last != NULL;
}

static bool receives_last(const struct search *s, const char *operation)
{
	size_t count, n;
	const struct arrangement_ref *refs = handovers(s->home, &count);
	int32_t last = DAY_NEVER;

	n = array_until(&s->home->partnership.handovers, sizeof *refs, s->day);
	while (n-- > 0) {
		if (is_aside(s, refs[n].of))
			continue;
		if (last != DAY_NEVER && refs[n].effective_from != last)
			return false;
		last = refs[n].effective_from;
		if (same(refs[n].of->record->other_operation, operation))
			return true;
	}
	return false;
}

/* The first day on or after `from` on which `operation` hands it over. */
static int32_t handed_over(const struct search *s, const char *operation, int32_t from)
{
	size_t count;
	const struct arrangement_ref *refs = handovers(s->home, &count);

	for (size_t n = 0; n < count; n++)
		if (refs[n].effective_from >= from && !is_aside(s, refs[n].of) &&
		    same(refs[n].of->record->operation, operation))
			return refs[n].effective_from;
	return DAY_INFINITE;
}

/* Claims that hold. What they have handed over, or received last, they do not hold by claim. */
static void add_claims(struct search *s)
{
	for (size_t i = 0; i < s->home->partnership.claims.count; i++) {
		const struct claim_fact *claim = claim_at(s->home, i);
		const Mandate__Claim *record = claim->record;
		int32_t handed;

		span_cut(s->span, s->day, claim->from);
		span_cut(s->span, s->day, day_plus(claim->until, 1));
		s->declared |= claim->from <= s->day;
		if (s->day < claim->from || s->day > claim->until)
			continue;
		handed = handed_over(s, record->operation, claim->from);
		if (handed <= s->day || receives_last(s, record->operation))
			continue;
		add(s, &(struct function_holder){
			       .operation = record->operation,
			       .parties = &record->party,
			       .party_count = record->party ? 1 : 0,
			       .from = claim->from,
			       .until = day_least(claim->until, day_plus(handed, -1)),
			       .kind = MANDATE__KIND__KIND_CLAIM,
			       .key = claim->fact.key,
		       });
	}
}

/* The day for which a handover is meant; DAY_NEVER if it will not be. */
static int32_t planned(const struct arrangement_fact *handover)
{
	const struct arrangement_life *life = &handover->life;

	if (life->declined != DAY_INFINITE || life->lapses != DAY_INFINITE)
		return DAY_NEVER;
	if (life->effective_from != DAY_INFINITE || !handover->record->has_effective)
		return life->effective_from;
	return handover->record->effective;
}

/* Does the giver of `handover` get the function by the one that is left aside? */
static bool gets_it_first(const struct search *s, const struct arrangement_fact *handover)
{
	const struct arrangement_fact *aside =
		s->except ? partnership_arrangement(s->home, s->except) : NULL;

	return aside && planned(aside) < planned(handover) &&
	       same(aside->record->other_operation, handover->record->operation);
}

static void add_giver(struct search *s, const struct arrangement_fact *first)
{
	const Mandate__Arrangement *h = first->record;
	const struct dossier *operation = operation_of(s->home, h->operation);
	int32_t from = operation ? operation->operation.start_date : DAY_NEVER;

	if (from != DAY_NEVER)
		span_cut(s->span, s->day, from);
	if (s->day < from || claim_by(s->home, h->operation) || gets_it_first(s, first))
		return;
	add(s, &(struct function_holder){
		       .operation = h->operation,
		       .parties = h->sides[0]->parties,
		       .party_count = h->sides[0]->n_parties,
		       .from = from,
		       .until = day_plus(first->life.effective_from, -1),
		       .kind = MANDATE__KIND__KIND_ARRANGEMENT,
		       .key = first->fact.key,
	       });
}

/* Nobody has received it, nobody claims it: whoever is the first to give it. */
static void add_givers(struct search *s)
{
	size_t count;
	const struct arrangement_ref *refs = handovers(s->home, &count);
	int32_t first = DAY_INFINITE;

	for (size_t n = 0; n < count; n++)
		if (!is_aside(s, refs[n].of) && planned(refs[n].of) != DAY_NEVER)
			first = day_least(first, planned(refs[n].of));
	for (size_t n = 0; n < count; n++) {
		bool again = false;

		if (is_aside(s, refs[n].of) || planned(refs[n].of) != first)
			continue;
		for (size_t k = 0; k < n && !again; k++)
			again = planned(refs[k].of) == first && !is_aside(s, refs[k].of) &&
				same(refs[k].of->record->operation, refs[n].of->record->operation);
		if (!again)
			add_giver(s, refs[n].of);
	}
}

static void search(struct search *s)
{
	s->received = s->declared = add_receivers(s);
	add_claims(s);
	if (!s->received && s->found == 0)
		add_givers(s);
}

/* --- answers --- */

static void count_holder(void *ctx, const struct function_holder *holder)
{
	*(size_t *)ctx += !holder->ended;
}

size_t function_count(const struct dossier *home, int32_t day, struct span *span,
		      bool *ret_declared)
{
	size_t count = 0;
	struct search s = {
		.home = home, .day = day, .span = span, .visit = count_holder, .ctx = &count};

	search(&s);
	*ret_declared = s.declared;
	return count;
}

struct listing {
	struct arena *a;
	struct function_holder *at;
	size_t count, room, held;
	bool failed;
};

static void list_holder(void *ctx, const struct function_holder *holder)
{
	struct listing *l = ctx;

	if (l->count == l->room) {
		size_t room = l->room ? 2 * l->room : 4;
		struct function_holder *grown = arena_calloc(l->a, room, sizeof *grown);

		if (!grown) {
			l->failed = true;
			return;
		}
		if (l->count > 0)
			memcpy(grown, l->at, l->count * sizeof *grown);
		l->at = grown;
		l->room = room;
	}
	l->held += !holder->ended;
	l->at[l->count++] = *holder;
}

static int compare_holders(const void *x, const void *y)
{
	const struct function_holder *a = x, *b = y;
	int order = strcmp(a->operation ? a->operation : "", b->operation ? b->operation : "");

	return order != 0 ? order : strcmp(a->key, b->key);
}

static enum status list_holders(struct search *s, struct listing *l)
{
	s->visit = list_holder;
	s->ctx = l;
	search(s);
	if (l->failed)
		return STATUS_NO_MEMORY;
	if (l->count > 1)
		qsort(l->at, l->count, sizeof *l->at, compare_holders);
	return STATUS_OK;
}

enum status function_on(const struct dossier *home, int32_t day, struct arena *a,
			struct function_day *ret_day, struct span *span)
{
	struct listing l = {.a = a};
	struct search s = {.home = home, .day = day, .span = span};
	enum status status = list_holders(&s, &l);

	if (status == STATUS_OK)
		*ret_day = (struct function_day){.declared = s.declared,
						 .count = l.held,
						 .holders = l.at,
						 .holder_count = l.count};
	return status;
}

/* --- before a handover --- */

/* Is what `h` hands over the holder's? One without an operation is known by its parties. */
static bool is_givers(const struct function_holder *holder, const Mandate__Arrangement *h)
{
	if (holder->operation)
		return same(holder->operation, h->operation);
	for (size_t i = 0; i < holder->party_count; i++)
		for (size_t k = 0; k < h->sides[0]->n_parties; k++)
			if (same(holder->parties[i], h->sides[0]->parties[k]))
				return true;
	return false;
}

static enum status judge_before(const struct dossier *home, struct arena *a,
				const Mandate__Arrangement *h, struct function_claim *ret_claim)
{
	struct span span = SPAN_ALL;
	struct listing l = {.a = a};
	struct search s = {
		.home = home, .day = h->effective, .except = h->arrangement, .span = &span};
	struct function_claim claim = {.held = false};
	enum status status = list_holders(&s, &l);

	if (status != STATUS_OK)
		return status;
	for (size_t i = 0; i < l.count; i++)
		claim.held |= is_givers(&l.at[i], h);
	if (!claim.held && l.count > 0) {
		const struct function_holder *first = &l.at[0];

		claim.other =
			arena_text(a, first->operation ? first->operation : first->parties[0]);
		claim.kind = first->kind;
		claim.key = arena_text(a, first->key);
		if (!claim.other || !claim.key)
			return STATUS_NO_MEMORY;
	}
	/* Nobody holds it: then the giver does, unless its own claim is for other days. */
	if (l.count == 0)
		claim.held = !claim_by(home, h->operation) && !s.received;
	*ret_claim = claim;
	return STATUS_OK;
}

enum status function_before(const struct view *v, struct arena *a,
			    const Mandate__Arrangement *handover, const char *function,
			    struct function_claim *ret_claim)
{
	const Mandate__Record record = {
		.base = PROTOBUF_C_MESSAGE_INIT(&mandate__record__descriptor),
		.content_case = MANDATE__RECORD__CONTENT_ARRANGEMENT,
		.arrangement = (Mandate__Arrangement *)(uintptr_t)handover,
	};
	const char *area, *name;
	struct dossier *home;
	enum status s = function_home_area(v, a, handover, &area);

	if (s != STATUS_OK)
		return s;
	*ret_claim = (struct function_claim){.held = true};
	if (!area || !handover->has_effective)
		return STATUS_OK;
	name = home_of_function(a, function, area);
	if (!name)
		return STATUS_NO_MEMORY;
	/* Whether a holder's mandate has ended does not matter: the texts need not be read. */
	s = dossier_new_within(v, a, name, DOSSIER_OPERATION, &home);
	if (s != STATUS_OK)
		return s;
	s = partnership_put(home, MANDATE__KIND__KIND_ARRANGEMENT, handover->arrangement, &record);
	if (s == STATUS_OK)
		s = judge_before(home, a, handover, ret_claim);
	dossier_free(home);
	return s;
}
