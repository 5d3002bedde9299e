#include "rules/money.h"
#include "rules/parts.h"

#include <stdlib.h>
#include <string.h>

#define KIND(name) MANDATE__AMOUNT_KIND__AMOUNT_KIND_##name
#define STATE(name) MANDATE__MONEY_STATE__MONEY_STATE_##name
#define FINANCING(name) MANDATE__FINANCING__FINANCING_##name

int64_t money_part(int64_t amount, int32_t days, int32_t of_days)
{
	if (amount <= 0)
		return 0;
	return amount / of_days * days + amount % of_days * days / of_days;
}

static Mandate__Financing usual_financing(Mandate__OperationKind kind)
{
	switch (kind) {
	case MANDATE__OPERATION_KIND__OPERATION_KIND_UN_PKO:
		return FINANCING(ASSESSED);
	case MANDATE__OPERATION_KIND__OPERATION_KIND_UN_SPM:
		return FINANCING(REGULAR);
	case MANDATE__OPERATION_KIND__OPERATION_KIND_PARTNER:
		return FINANCING(OWN);
	case _MANDATE__OPERATION_KIND_IS_INT_SIZE:
		break;
	}
	return 0;
}

Mandate__Financing money_financing(const struct dossier *d, int32_t day)
{
	const struct array *phases = &d->budget.phases;
	size_t n = array_until(phases, sizeof(struct financing_phase), day);

	if (!d->operation.known)
		return 0;
	if (n > 0)
		return ITEMS(*phases, struct financing_phase)[n - 1].financing;
	return d->budget.financing ? d->budget.financing : usual_financing(d->operation.kind);
}

/* --- States --- */

/* What one State has to pay and has paid in one period and currency. */
struct balance {
	const char *contributor;
	int64_t share, paid;
};

struct balances {
	struct balance *at; /* sorted by contributor, each once */
	size_t count;
	int64_t unshared; /* assessed without saying on whom */
	int64_t paid;	  /* by all */
	bool any_paid;
};

static int compare_balances(const void *a, const void *b)
{
	const struct balance *x = a, *y = b;

	return strcmp(x->contributor, y->contributor);
}

/* Of one assessment: what its shares leave. They are rounded, each by less than one. */
static int64_t unshared(const struct amount_fact *a)
{
	int64_t rest = a->amount;

	for (size_t i = 0; i < a->share_count; i++)
		rest -= a->shares[i].amount;
	return a->share_count > 0 && rest <= (int64_t)a->share_count ? 0 : rest;
}

static bool is_assessment(const struct dossier *d, size_t from, size_t end, size_t index,
			  const char *currency)
{
	const struct amount_fact *a = budget_amount(d, index);

	return a->kind == KIND(ASSESSMENT) && strcmp(a->currency, currency) == 0 &&
	       budget_counts(d, from, end, index);
}

/* A line for every share and payment, then one for every State. */
static void merge(struct balances *b)
{
	size_t kept = 0;

	if (b->count > 1)
		qsort(b->at, b->count, sizeof *b->at, compare_balances);
	for (size_t i = 0; i < b->count; i++) {
		if (kept > 0 && compare_balances(&b->at[kept - 1], &b->at[i]) == 0) {
			b->at[kept - 1].share = budget_add(b->at[kept - 1].share, b->at[i].share);
			b->at[kept - 1].paid = budget_add(b->at[kept - 1].paid, b->at[i].paid);
		} else {
			b->at[kept++] = b->at[i];
		}
	}
	b->count = kept;
}

static enum status balances_make(const struct dossier *d, const struct budget_period *p,
				 const char *currency, int32_t day, struct arena *a,
				 struct balances *ret_balances)
{
	struct balances b = {0};
	size_t from, end, paid_from, paid_end, room;

	budget_amounts(d, p->start, p->end, &from, &end);
	budget_payments(d, p->start, p->end, &paid_from, &paid_end);
	room = paid_end - paid_from;
	for (size_t i = from; i < end; i++)
		room += budget_amount(d, i)->share_count;
	b.at = arena_calloc(a, room + 1, sizeof *b.at);
	if (!b.at)
		return STATUS_NO_MEMORY;
	for (size_t i = from; i < end; i++) {
		const struct amount_fact *m = budget_amount(d, i);

		if (!is_assessment(d, from, end, i, currency))
			continue;
		b.unshared = budget_add(b.unshared, unshared(m));
		for (size_t n = 0; n < m->share_count; n++)
			b.at[b.count++] = (struct balance){.contributor = m->shares[n].contributor,
							   .share = m->shares[n].amount};
	}
	for (size_t i = paid_from; i < paid_end; i++) {
		const struct payment_fact *m = budget_payment(d, i);

		if (m->day > day || strcmp(m->currency, currency) != 0)
			continue;
		b.paid = budget_add(b.paid, m->amount);
		b.any_paid = true;
		b.at[b.count++] =
			(struct balance){.contributor = m->contributor, .paid = m->amount};
	}
	merge(&b);
	*ret_balances = b;
	return STATUS_OK;
}

static int64_t outstanding(const struct balances *b)
{
	int64_t owed = 0, beyond = 0, rest;

	for (size_t i = 0; i < b->count; i++) {
		int64_t left = b->at[i].share - b->at[i].paid;

		if (left > 0)
			owed = budget_add(owed, left);
		else
			beyond = budget_add(beyond, -left);
	}
	rest = budget_add(b->unshared, -beyond);
	return budget_add(owed, rest > 0 ? rest : 0);
}

/* --- rows --- */

struct rows {
	const struct dossier *d;
	struct arena *a;
	int32_t day;
	struct money *at;
	size_t count, room;
};

enum { FIRST_ROOM = 8 };

static struct money *add_row(struct rows *r, const struct budget_period *p, const char *currency)
{
	struct money *row;

	if (r->count == r->room) {
		size_t room = r->room ? 2 * r->room : FIRST_ROOM;
		struct money *grown = arena_calloc(r->a, room, sizeof *grown);

		if (!grown)
			return NULL;
		if (r->count > 0)
			memcpy(grown, r->at, r->count * sizeof *grown);
		r->at = grown;
		r->room = room;
	}
	row = &r->at[r->count++];
	*row = (struct money){.start = p->start,
			      .end = p->end,
			      .state = STATE(NONE),
			      .financing = money_financing(r->d, p->start)};
	memcpy(row->currency, currency, sizeof row->currency);
	return row;
}

static struct money_sum some(int64_t amount)
{
	return (struct money_sum){.set = true, .amount = amount};
}

static bool secured_until(const struct dossier *d, int32_t day, int32_t *ret_until)
{
	struct span span = SPAN_ALL;
	struct mandate_day m;

	mandate_fold(d, NULL, day, &m, &span);
	return budget_secured(d, &m, ret_until);
}

static void fill_state(struct money *row)
{
	if (row->of[KIND(COMMITMENT_AUTHORITY)].set)
		row->state = STATE(COMMITMENT_AUTHORITY);
	if (row->of[KIND(APPROPRIATION)].set || row->of[KIND(APPROPRIATION_EXCL_SHARED)].set ||
	    row->of[KIND(SUPPLEMENTARY)].set)
		row->state = STATE(APPROPRIATED);
	if (row->of[KIND(ASSESSMENT)].set)
		row->state = row->outstanding.amount > 0 || row->of[KIND(ASSESSMENT)].amount <= 0
				     ? STATE(ASSESSED)
				     : STATE(PAID);
}

static void fill_authorized(struct money *row)
{
	const struct money_sum *appropriation = &row->of[KIND(APPROPRIATION)];

	row->authorized = appropriation->set ? some(budget_add(appropriation->amount,
							       row->of[KIND(SUPPLEMENTARY)].amount))
					     : row->of[KIND(COMMITMENT_AUTHORITY)];
}

static void fill_precision(const struct dossier *d, const struct budget_period *p,
			   struct money *row)
{
	size_t from, end;

	budget_amounts(d, p->start, p->end, &from, &end);
	for (size_t i = from; i < end; i++) {
		const struct amount_fact *a = budget_amount(d, i);

		if (strcmp(a->currency, row->currency) == 0 && budget_counts(d, from, end, i) &&
		    a->precision > row->precision)
			row->precision = a->precision;
	}
}

static enum status fill(const struct rows *r, const struct budget_period *p, struct money *row)
{
	const struct dossier *d = r->d;
	struct money_sum at_stake = budget_at_stake(d, p, row->currency);
	struct balances b;
	enum status s = balances_make(d, p, row->currency, r->day, r->a, &b);
	int32_t until;

	if (s != STATUS_OK)
		return s;
	for (Mandate__AmountKind k = KIND(PROPOSED); k < MONEY_KINDS; k++)
		row->of[k] = budget_sum(d, p, k, row->currency);
	if (b.any_paid)
		row->paid = some(b.paid);
	if (row->of[KIND(ASSESSMENT)].set)
		row->outstanding = some(outstanding(&b));
	if (at_stake.set && secured_until(d, r->day, &until))
		row->conditional = some(budget_part_after(at_stake.amount, p, until));
	fill_state(row);
	fill_authorized(row);
	fill_precision(d, p, row);
	return STATUS_OK;
}

/* Every currency of the period, those too in which there are only payments. */
static enum status add_period(struct rows *r, const struct budget_period *p)
{
	char currency[4] = "";

	while (budget_next_currency(r->d, p, true, currency)) {
		struct money *row = add_row(r, p, currency);
		enum status s = row ? fill(r, p, row) : STATUS_NO_MEMORY;

		if (s != STATUS_OK)
			return s;
	}
	return STATUS_OK;
}

static enum status add_state(struct rows *r, const struct budget_period *p, const char *contributor)
{
	char currency[4] = "";

	while (budget_next_currency(r->d, p, true, currency)) {
		const struct balance wanted = {.contributor = contributor}, *own;
		struct balances b;
		struct money *row;
		enum status s = balances_make(r->d, p, currency, r->day, r->a, &b);

		if (s != STATUS_OK)
			return s;
		own = bsearch(&wanted, b.at, b.count, sizeof wanted, compare_balances);
		if (!own || (p->end < r->day && own->share <= own->paid))
			continue;
		row = add_row(r, p, currency);
		if (!row)
			return STATUS_NO_MEMORY;
		row->paid = some(own->paid);
		if (own->share == 0)
			continue;
		row->of[KIND(ASSESSMENT)] = some(own->share);
		row->outstanding = some(own->share > own->paid ? own->share - own->paid : 0);
		row->state = row->outstanding.amount > 0 ? STATE(ASSESSED) : STATE(PAID);
	}
	return STATUS_OK;
}

/* What `party` decided alone: its records of a kind and currency. */
static struct money_sum sum_of_party(const struct dossier *d, const struct budget_period *p,
				     Mandate__AmountKind kind, const char *currency,
				     const char *party)
{
	struct money_sum sum = {0};
	size_t from, end;

	budget_amounts(d, p->start, p->end, &from, &end);
	for (size_t i = from; i < end; i++) {
		const struct amount_fact *a = budget_amount(d, i);

		if (a->kind == kind && strcmp(a->party, party) == 0 &&
		    strcmp(a->currency, currency) == 0 && budget_counts(d, from, end, i))
			sum = some(budget_add(sum.amount, a->amount));
	}
	return sum;
}

static enum status add_party(struct rows *r, const struct budget_period *p, const char *party)
{
	char currency[4] = "";

	while (budget_next_currency(r->d, p, false, currency)) {
		struct money_sum sharing =
			sum_of_party(r->d, p, KIND(COST_SHARING), currency, party);
		struct money_sum building =
			sum_of_party(r->d, p, KIND(CAPACITY_BUILDING), currency, party);
		struct money *row;

		if (!sharing.set && !building.set)
			continue;
		row = add_row(r, p, currency);
		if (!row)
			return STATUS_NO_MEMORY;
		row->of[KIND(COST_SHARING)] = sharing;
		row->of[KIND(CAPACITY_BUILDING)] = building;
	}
	return STATUS_OK;
}

static const struct budget_period *period_at(const struct dossier *d, size_t index)
{
	return &ITEMS(d->budget.periods, struct budget_period)[index];
}

static enum status finish(const struct rows *r, enum status s, struct money **ret_rows,
			  size_t *ret_count)
{
	if (s != STATUS_OK)
		return s;
	*ret_rows = r->at;
	*ret_count = r->count;
	return STATUS_OK;
}

enum status money_on(const struct dossier *d, int32_t day, bool all, struct arena *a,
		     struct money **ret_rows, size_t *ret_count)
{
	struct rows r = {.d = d, .a = a, .day = day};
	enum status s = STATUS_OK;

	for (size_t i = 0; s == STATUS_OK && i < d->budget.periods.count; i++) {
		const struct budget_period *p = period_at(d, i);

		if (all || (p->start <= day && day <= p->end))
			s = add_period(&r, p);
	}
	return finish(&r, s, ret_rows, ret_count);
}

enum status money_of_state(const struct dossier *d, const char *contributor, int32_t day,
			   struct arena *a, struct money **ret_rows, size_t *ret_count)
{
	struct rows r = {.d = d, .a = a, .day = day};
	enum status s = STATUS_OK;

	for (size_t i = 0; s == STATUS_OK && i < d->budget.periods.count; i++)
		if (period_at(d, i)->start <= day)
			s = add_state(&r, period_at(d, i), contributor);
	return finish(&r, s, ret_rows, ret_count);
}

enum status money_of_party(const struct dossier *d, const char *party, int32_t day, struct arena *a,
			   struct money **ret_rows, size_t *ret_count)
{
	struct rows r = {.d = d, .a = a, .day = day};
	enum status s = STATUS_OK;

	for (size_t i = 0; s == STATUS_OK && i < d->budget.periods.count; i++) {
		const struct budget_period *p = period_at(d, i);

		if (p->start <= day && day <= p->end)
			s = add_party(&r, p, party);
	}
	return finish(&r, s, ret_rows, ret_count);
}
