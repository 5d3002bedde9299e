#include "rules/budget.h"
#include "base/limits.h"
#include "rules/parts.h"

#include <stdio.h>
#include <string.h>

#define KIND(name) MANDATE__AMOUNT_KIND__AMOUNT_KIND_##name

/* --- what a kind of amount says of its period --- */

/* Of the operation's own budget: a partner's commitments say nothing of it. */
static bool is_budget(Mandate__AmountKind kind)
{
	return kind != KIND(COST_SHARING) && kind != KIND(CAPACITY_BUILDING);
}

/* Money was granted: also where only a part or another view of the grant is on record, and where an
 * assessment presupposes it. */
static bool is_grant(Mandate__AmountKind kind)
{
	return kind == KIND(COMMITMENT_AUTHORITY) || kind == KIND(APPROPRIATION) ||
	       kind == KIND(APPROPRIATION_EXCL_SHARED) || kind == KIND(SUPPLEMENTARY) ||
	       kind == KIND(ASSESSMENT);
}

/* --- periods --- */

static struct budget_period *period_at(const struct dossier *d, size_t index)
{
	return &((struct budget_period *)d->budget.periods.at)[index];
}

static bool find_period(const struct dossier *d, int32_t start, int32_t end, size_t *ret_index)
{
	size_t at = array_until(&d->budget.periods, sizeof(struct budget_period), start - 1);

	/* Few begin on one day. */
	while (at < d->budget.periods.count && period_at(d, at)->start == start &&
	       period_at(d, at)->end < end)
		at++;
	*ret_index = at;
	return at < d->budget.periods.count && period_at(d, at)->start == start &&
	       period_at(d, at)->end == end;
}

static void unsettle(struct dossier *d, size_t index)
{
	if (d->budget.settled > index)
		d->budget.settled = index;
}

static enum status open_period(struct dossier *d, int32_t start, int32_t end, size_t *ret_index)
{
	struct budget_period fresh = {.start = start, .end = end};
	enum status s = STATUS_OK;

	if (!find_period(d, start, end, ret_index))
		s = array_insert(&d->budget.periods, sizeof fresh, *ret_index, &fresh);
	unsettle(d, *ret_index);
	return s;
}

static void close_period(struct dossier *d, size_t index)
{
	unsettle(d, index);
	if (period_at(d, index)->facts == 0)
		array_remove(&d->budget.periods, sizeof(struct budget_period), index);
}

/* Counts an amount in its period, or (one: -1) takes it out. */
static void count_amount(struct budget_period *p, const struct amount_fact *a, int one)
{
	p->facts += (uint32_t)one;
	p->budgeted += (uint32_t)(is_budget(a->kind) ? one : 0);
	p->authorized += (uint32_t)(is_grant(a->kind) ? one : 0);
	p->reasons += (uint32_t)(a->has_reason ? one : 0);
}

/* --- facts --- */

/* Copies `text` to *to and moves *to behind it. */
static const char *pack(char **to, const char *text)
{
	size_t len = strlen(text) + 1;
	const char *copy = *to;

	memcpy(*to, text, len);
	*to += len;
	return copy;
}

static struct amount_fact *amount_new(const char *key, const Mandate__Amount *m)
{
	size_t shares = m->n_shares * sizeof(struct budget_share);
	size_t text = strlen(m->party) + 1 + strlen(m->document) + 1;
	struct amount_fact *a;
	char *to;

	for (size_t i = 0; i < m->n_shares; i++)
		text += strlen(m->shares[i]->contributor) + 1;
	a = shelf_new(sizeof *a + shares + text, key);
	if (!a)
		return NULL;
	a->start = m->period_start;
	a->end = m->period_end;
	a->kind = m->kind;
	a->amount = m->amount;
	a->precision = m->has_precision ? m->precision : 0;
	a->has_reason = m->period_reason && *m->period_reason;
	snprintf(a->currency, sizeof a->currency, "%s", m->currency);
	to = (char *)(a->shares + m->n_shares);
	a->party = pack(&to, m->party);
	if (strcmp(m->document, "-") != 0)
		a->document = pack(&to, m->document);
	a->share_count = m->n_shares;
	for (size_t i = 0; i < m->n_shares; i++)
		a->shares[i] = (struct budget_share){
			.contributor = pack(&to, m->shares[i]->contributor),
			.amount = m->shares[i]->amount,
		};
	return a;
}

static void drop_amount(struct dossier *d, size_t index)
{
	const struct amount_fact *a = budget_amount(d, index);
	size_t at;

	if (find_period(d, a->start, a->end, &at)) {
		count_amount(period_at(d, at), a, -1);
		close_period(d, at);
	}
	shelf_remove(&d->budget.amounts, index, &d->fact_bytes);
}

static enum status put_amount(struct dossier *d, const char *key, const Mandate__Amount *m)
{
	struct amount_fact *a;
	enum status s;
	size_t at, period;

	if (shelf_find(&d->budget.amounts, key, &at))
		drop_amount(d, at);
	/* A total is of all operations together. */
	if (!m || !m->has_amount || m->kind == KIND(TOTAL))
		return STATUS_OK;
	s = open_period(d, m->period_start, m->period_end, &period);
	if (s != STATUS_OK)
		return s;
	a = amount_new(key, m);
	if (!a)
		return STATUS_NO_MEMORY;
	count_amount(period_at(d, period), a, 1);
	return shelf_add(&d->budget.amounts, at, a, &d->fact_bytes);
}

static void drop_payment(struct dossier *d, size_t index)
{
	const struct payment_fact *p = budget_payment(d, index);
	size_t at;

	if (find_period(d, p->start, p->end, &at)) {
		period_at(d, at)->facts--;
		close_period(d, at);
	}
	shelf_remove(&d->budget.payments, index, &d->fact_bytes);
}

static enum status put_payment(struct dossier *d, const char *key, const Mandate__Payment *m)
{
	struct payment_fact *p;
	enum status s;
	size_t at, period;
	char *to;

	if (shelf_find(&d->budget.payments, key, &at))
		drop_payment(d, at);
	if (!m || !m->has_amount)
		return STATUS_OK;
	s = open_period(d, m->period_start, m->period_end, &period);
	if (s != STATUS_OK)
		return s;
	p = shelf_new(sizeof *p + strlen(m->contributor) + 1, key);
	if (!p)
		return STATUS_NO_MEMORY;
	p->start = m->period_start;
	p->end = m->period_end;
	p->day = m->day;
	p->amount = m->amount;
	snprintf(p->currency, sizeof p->currency, "%s", m->currency);
	to = (char *)(p + 1);
	p->contributor = pack(&to, m->contributor);
	period_at(d, period)->facts++;
	return shelf_add(&d->budget.payments, at, p, &d->fact_bytes);
}

enum status budget_put(struct dossier *d, Mandate__Kind kind, const char *key,
		       const Mandate__Record *record)
{
	if (kind == MANDATE__KIND__KIND_AMOUNT)
		return put_amount(d, key, record ? record->amount : NULL);
	return put_payment(d, key, record ? record->payment : NULL);
}

enum status budget_follow(struct dossier *d, const Mandate__Operation *o)
{
	struct budget *b = &d->budget;

	array_fini(&b->phases);
	b->financing = o && o->has_financing ? o->financing : 0;
	b->operation_start = o && o->has_start_date ? o->start_date : DAY_NEVER;
	for (size_t i = 0; o && i < o->n_phases; i++) {
		struct financing_phase phase = {o->phases[i]->from, o->phases[i]->financing};
		enum status s;

		if (!o->phases[i]->has_financing)
			continue;
		s = array_put_day(&b->phases, sizeof phase, phase.from, &phase);
		if (s != STATUS_OK)
			return s;
	}
	return STATUS_OK;
}

void budget_settle(struct dossier *d)
{
	size_t count = d->budget.periods.count;

	for (size_t i = d->budget.settled; i < count; i++) {
		struct budget_period *p = period_at(d, i);

		p->reach = i > 0 ? period_at(d, i - 1)->reach : DAY_NEVER;
		if (p->budgeted > 0)
			p->reach = day_greatest(p->reach, p->end);
	}
	d->budget.settled = count;
}

void budget_fini(struct dossier *d)
{
	shelf_fini(&d->budget.amounts);
	shelf_fini(&d->budget.payments);
	array_fini(&d->budget.periods);
	array_fini(&d->budget.phases);
}

size_t budget_bytes(const struct dossier *d)
{
	const struct budget *b = &d->budget;

	return (b->amounts.room + b->payments.room) * sizeof(void *) +
	       b->periods.room * sizeof(struct budget_period) +
	       b->phases.room * sizeof(struct financing_phase);
}

/* --- what lies side by side --- */

const struct amount_fact *budget_amount(const struct dossier *d, size_t index)
{
	return (const struct amount_fact *)(const void *)shelf_at(&d->budget.amounts, index);
}

const struct payment_fact *budget_payment(const struct dossier *d, size_t index)
{
	return (const struct payment_fact *)(const void *)shelf_at(&d->budget.payments, index);
}

/* The records on `shelf` of a period begin with the same parts of a key. */
static void range_of(const struct dossier *d, const struct array *shelf, int32_t start, int32_t end,
		     size_t *ret_from, size_t *ret_end)
{
	char from[DAY_TEXT_BYTES], to[DAY_TEXT_BYTES], prefix[KEY_TEXT_MAX + 1];

	day_format(from, start);
	day_format(to, end);
	snprintf(prefix, sizeof prefix, "%s:%s:%s:", d->name, from, to);
	shelf_range(shelf, prefix, ret_from, ret_end);
}

void budget_amounts(const struct dossier *d, int32_t start, int32_t end, size_t *ret_from,
		    size_t *ret_end)
{
	range_of(d, &d->budget.amounts, start, end, ret_from, ret_end);
}

void budget_payments(const struct dossier *d, int32_t start, int32_t end, size_t *ret_from,
		     size_t *ret_end)
{
	range_of(d, &d->budget.payments, start, end, ret_from, ret_end);
}

/* --- sums --- */

/* Of one kind, party and currency? Then they lie side by side, the one without a document too. */
static bool same_decision(const struct amount_fact *a, const struct amount_fact *b)
{
	return a->kind == b->kind && strcmp(a->party, b->party) == 0 &&
	       strcmp(a->currency, b->currency) == 0;
}

bool budget_counts(const struct dossier *d, size_t from, size_t end, size_t index)
{
	const struct amount_fact *a = budget_amount(d, index);

	return a->document || !((index > from && same_decision(a, budget_amount(d, index - 1))) ||
				(index + 1 < end && same_decision(a, budget_amount(d, index + 1))));
}

int64_t budget_add(int64_t a, int64_t b)
{
	int64_t sum;

	if (__builtin_add_overflow(a, b, &sum))
		return b > 0 ? INT64_MAX : INT64_MIN;
	return sum;
}

struct money_sum budget_sum(const struct dossier *d, const struct budget_period *p,
			    Mandate__AmountKind kind, const char *currency)
{
	struct money_sum sum = {0};
	size_t from, end;

	budget_amounts(d, p->start, p->end, &from, &end);
	for (size_t i = from; i < end; i++) {
		const struct amount_fact *a = budget_amount(d, i);

		if (a->kind != kind || strcmp(a->currency, currency) != 0 ||
		    !budget_counts(d, from, end, i))
			continue;
		sum.set = true;
		sum.amount = budget_add(sum.amount, a->amount);
	}
	return sum;
}

/* The lesser of `next` (NULL: none yet) and `other`, if that comes after `currency`. */
static const char *nearer(const char *next, const char *other, const char *currency)
{
	return strcmp(other, currency) > 0 && (!next || strcmp(other, next) < 0) ? other : next;
}

bool budget_next_currency(const struct dossier *d, const struct budget_period *p, bool of_payments,
			  char currency[4])
{
	const char *next = NULL;
	size_t from, end;

	budget_amounts(d, p->start, p->end, &from, &end);
	for (size_t i = from; i < end; i++)
		next = nearer(next, budget_amount(d, i)->currency, currency);
	budget_payments(d, p->start, p->end, &from, &end);
	for (size_t i = from; of_payments && i < end; i++)
		next = nearer(next, budget_payment(d, i)->currency, currency);
	if (next)
		memcpy(currency, next, 4);
	return next;
}

struct money_sum budget_at_stake(const struct dossier *d, const struct budget_period *p,
				 const char *currency)
{
	struct money_sum assessed = budget_sum(d, p, KIND(ASSESSMENT), currency);

	return assessed.set ? assessed : budget_sum(d, p, KIND(APPROPRIATION), currency);
}

int64_t budget_part_after(int64_t amount, const struct budget_period *p, int32_t day)
{
	int32_t first = day_greatest(p->start, day_plus(day, 1));

	return day >= p->end ? 0 : money_part(amount, p->end - first + 1, p->end - p->start + 1);
}

bool budget_mandate_ended(const struct mandate_day *m)
{
	return m->status == MANDATE__MANDATE_STATUS__MANDATE_STATUS_ENDED ||
	       m->status == MANDATE__MANDATE_STATUS__MANDATE_STATUS_WITHDRAWING ||
	       m->status == MANDATE__MANDATE_STATUS__MANDATE_STATUS_LIQUIDATING ||
	       m->status == MANDATE__MANDATE_STATUS__MANDATE_STATUS_CLOSED;
}

bool budget_secured(const struct dossier *d, const struct mandate_day *m, int32_t *ret_until)
{
	if (m->status == MANDATE__MANDATE_STATUS__MANDATE_STATUS_UNKNOWN)
		return false;
	*ret_until = m->secured_until;
	if (m->secured_until == DAY_NEVER && budget_mandate_ended(m))
		*ret_until = d->operation.end_date;
	return *ret_until != DAY_NEVER;
}

bool budget_conditional(const struct dossier *d, const struct budget_period *p,
			int32_t secured_until, int64_t *ret_amount, char ret_currency[4])
{
	char currency[4] = "";

	while (budget_next_currency(d, p, false, currency)) {
		struct money_sum sum = budget_at_stake(d, p, currency);
		int64_t part = budget_part_after(sum.amount, p, secured_until);

		if (part <= 0)
			continue;
		*ret_amount = part;
		memcpy(ret_currency, currency, sizeof currency);
		return true;
	}
	return false;
}
