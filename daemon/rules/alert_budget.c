/* Money. A period is judged from some days before it begins to its last day: what has passed is for
 * the auditors. */
#include "rules/evaluate.h"

#include <string.h>

#define CODE(name) MANDATE__ALERT_CODE__ALERT_CODE_##name
#define SEVERITY(name) MANDATE__SEVERITY__SEVERITY_##name
#define STATUS(name) MANDATE__MANDATE_STATUS__MANDATE_STATUS_##name

static const struct budget_period *period_at(const struct dossier *d, size_t index)
{
	return &ITEMS(d->budget.periods, struct budget_period)[index];
}

static bool in_window(const struct judge_subject *subject, int32_t ahead_days, int32_t day,
		      struct span *span)
{
	span_cut(span, day, subject->start - ahead_days);
	span_cut(span, day, subject->end + 1);
	return day >= subject->start - ahead_days && day <= subject->end;
}

/* --- FIN_NO_APPROP --- */

/* Is `need`, the first day of the period that is still to come, within a period with a grant? It
 * grows with `day` from the period's start on. */
static bool granted(const struct dossier *d, const struct judge_subject *subject, int32_t day,
		    struct span *span)
{
	int32_t need = day_greatest(day, subject->start);
	size_t n = array_until(&d->budget.periods, sizeof(struct budget_period), subject->end);

	while (n-- > 0 && period_at(d, n)->reach >= subject->start) {
		const struct budget_period *p = period_at(d, n);

		if (p->authorized == 0 || p->end < subject->start)
			continue;
		if (p->start > need) {
			span_end(span, p->start - 1);
		} else if (p->end < need) {
			span_begin(span, p->end + 1);
		} else {
			span_end(span, p->end);
			return true;
		}
	}
	return false;
}

/* Assessed, the mandate reaches into the period, nothing is granted for it. That amounts are on
 * record for the period before is how the subject was found. */
static bool judge_no_approp(const struct dossier *d, const struct alert_parameters *p,
			    const struct judge_subject *subject, int32_t day,
			    struct judge_finding *ret_finding, struct span *span)
{
	struct mandate_day *m = &ret_finding->mandate;

	if (!in_window(subject, p->budget_ahead_days, day, span) ||
	    money_financing(d, subject->start) != MANDATE__FINANCING__FINANCING_ASSESSED ||
	    granted(d, subject, day, span))
		return false;
	mandate_fold(d, NULL, day, m, span);
	return m->secured_until >= subject->start;
}

/* --- FIN_PAST_MANDATE --- */

static bool judge_past_mandate(const struct dossier *d, const struct alert_parameters *p,
			       const struct judge_subject *subject, int32_t day,
			       struct judge_finding *ret_finding, struct span *span)
{
	const struct budget_period period = {.start = subject->start, .end = subject->end};
	struct judge_finding *f = ret_finding;
	int32_t until;

	(void)p;
	span_cut(span, day, subject->end + 1);
	if (day > subject->end)
		return false;
	mandate_fold(d, NULL, day, &f->mandate, span);
	return budget_mandate_ended(&f->mandate) && budget_secured(d, &f->mandate, &until) &&
	       budget_conditional(d, &period, until, &f->amount, f->currency);
}

/* While it withdraws, money for the rest of the period may well be meant. */
static Mandate__Severity past_severity(struct evaluation *e, const struct judge_finding *f,
				       int32_t since)
{
	(void)e;
	(void)since;
	return f->mandate.status == STATUS(WITHDRAWING) ? SEVERITY(WARN) : SEVERITY(ALARM);
}

/* --- FIN_PERIOD --- */

enum { ANNUAL_FROM = 2020 };

/* 1 July to 30 June; of the regular budget calendar years, two together until 2018-2019. */
static bool is_usual(Mandate__Financing financing, int32_t start, int32_t end)
{
	int from[3], to[3];

	day_to_civil(start, &from[0], &from[1], &from[2]);
	day_to_civil(end + 1, &to[0], &to[1], &to[2]);
	if (from[2] != 1 || to[2] != 1 || from[1] != to[1])
		return false;
	if (financing == MANDATE__FINANCING__FINANCING_REGULAR)
		return from[1] == 1 && to[0] - from[0] >= 1 &&
		       to[0] - from[0] <= (from[0] < ANNUAL_FROM ? 2 : 1);
	return from[1] == 7 && to[0] - from[0] == 1;
}

static bool is_end_of(const struct judge_subject *subject, int32_t day)
{
	return day == subject->start || day == subject->end;
}

static bool in_force_on(const struct dossier *d, const struct party *party, int32_t day)
{
	struct span span = SPAN_ALL;
	struct mandate_day m;

	mandate_fold(d, party, day, &m, &span);
	return m.in_force;
}

/* Does the text give one of the period's ends: the first day of a run in force, a last day, a last
 * day of withdrawal? */
static bool gives_an_end(const struct dossier *d, const struct party *party,
			 const struct mandate_step *step, const struct judge_subject *subject)
{
	const struct instrument *i = step->instrument;

	if (is_end_of(subject, i->valid_until) || is_end_of(subject, i->withdraw_by))
		return true;
	return is_end_of(subject, step->effective) && in_force_on(d, party, step->effective) &&
	       !in_force_on(d, party, step->effective - 1);
}

/* Every text is looked at, but only for a period that is unusual and current. */
static bool explained(const struct dossier *d, const struct judge_subject *subject, int32_t day,
		      struct span *span)
{
	if (is_end_of(subject, d->budget.operation_start) ||
	    is_end_of(subject, d->operation.end_date))
		return true;
	for (size_t i = 0; i < d->parties.count; i++) {
		const struct party *party = ITEMS(d->parties, struct party *const)[i];
		const struct mandate_step *steps = party->steps.at;

		for (size_t n = 0; n < party->steps.count; n++) {
			if (!gives_an_end(d, party, &steps[n], subject))
				continue;
			if (steps[n].adopted <= day)
				return true;
			span_end(span, steps[n].adopted - 1);
		}
	}
	return false;
}

static bool judge_period(const struct dossier *d, const struct alert_parameters *p,
			 const struct judge_subject *subject, int32_t day,
			 struct judge_finding *ret_finding, struct span *span)
{
	Mandate__Financing financing = money_financing(d, subject->start);

	(void)ret_finding;
	return in_window(subject, p->budget_ahead_days, day, span) &&
	       (financing == MANDATE__FINANCING__FINANCING_ASSESSED ||
		financing == MANDATE__FINANCING__FINANCING_REGULAR) &&
	       !is_usual(financing, subject->start, subject->end) &&
	       !explained(d, subject, day, span);
}

/* --- what an alert is called and what proves it --- */

static char *period_key(struct draft *t, const struct judge_subject *subject)
{
	char start[DAY_TEXT_BYTES], end[DAY_TEXT_BYTES];

	day_format(start, subject->start);
	day_format(end, subject->end);
	return arena_printf(t->a, "%s:%s:%s", t->d->name, start, end);
}

/* The amounts of a period in `currency` (NULL: any) are causes. */
static void prove_amounts(struct draft *t, Mandate__Alert *alert, int32_t start, int32_t end,
			  const char *currency)
{
	size_t from, past;

	budget_amounts(t->d, start, end, &from, &past);
	for (size_t i = from; i < past; i++) {
		const struct amount_fact *a = budget_amount(t->d, i);

		if (!currency || strcmp(a->currency, currency) == 0)
			draft_cause(t, alert, MANDATE__KIND__KIND_AMOUNT, a->fact.key);
	}
}

static void prove_period(struct evaluation *e, Mandate__Alert *alert,
			 const struct judge_subject *subject, const struct judge_finding *f)
{
	(void)f;
	alert->has_period_start = alert->has_period_end = true;
	alert->period_start = subject->start;
	alert->period_end = subject->end;
	prove_amounts(&e->draft, alert, subject->start, subject->end, NULL);
}

static void prove_secured(struct draft *t, Mandate__Alert *alert, const struct mandate_day *m)
{
	if (m->secured_until != DAY_INFINITE && m->secured_until != DAY_NEVER) {
		alert->has_valid_until = true;
		alert->valid_until = m->secured_until;
	}
	if (m->document)
		alert->document = draft_text(t, m->document);
}

/* The budgeted period that holds the day before `start`: the one that reaches furthest. */
static const struct budget_period *before(const struct dossier *d, int32_t start)
{
	size_t n = array_until(&d->budget.periods, sizeof(struct budget_period), start - 1);
	int32_t reach = n > 0 ? period_at(d, n - 1)->reach : DAY_NEVER;

	if (reach < start - 1)
		return NULL;
	while (n-- > 0)
		if (period_at(d, n)->budgeted > 0 && period_at(d, n)->end == reach)
			return period_at(d, n);
	return NULL;
}

static void prove_no_approp(struct evaluation *e, Mandate__Alert *alert,
			    const struct judge_subject *subject, const struct judge_finding *f)
{
	const struct budget_period *last = before(e->d, subject->start);

	prove_period(e, alert, subject, f);
	prove_secured(&e->draft, alert, &f->mandate);
	if (last)
		prove_amounts(&e->draft, alert, last->start, last->end, NULL);
}

static void prove_past(struct evaluation *e, Mandate__Alert *alert,
		       const struct judge_subject *subject, const struct judge_finding *f)
{
	alert->has_period_start = alert->has_period_end = true;
	alert->period_start = subject->start;
	alert->period_end = subject->end;
	alert->has_amount = true;
	alert->amount = f->amount;
	alert->currency = draft_text(&e->draft, f->currency);
	prove_secured(&e->draft, alert, &f->mandate);
	prove_amounts(&e->draft, alert, subject->start, subject->end, f->currency);
}

/* --- the rules --- */

static const struct rule no_approp = {CODE(FIN_NO_APPROP), judge_no_approp, period_key,
				      prove_no_approp,	   SEVERITY(WARN),  NULL};
static const struct rule past_mandate = {
	CODE(FIN_PAST_MANDATE), judge_past_mandate, period_key, prove_past, 0, past_severity};
static const struct rule unusual_period = {CODE(FIN_PERIOD), judge_period,   period_key,
					   prove_period,     SEVERITY(WARN), NULL};

/* The last day of the year from 1 July to 30 June that holds `day`. */
static int32_t year_end(int32_t day)
{
	int year, month, day_of_month;

	day_to_civil(day, &year, &month, &day_of_month);
	return day_from_civil(month >= 7 ? year + 1 : year, 6, 30);
}

/* Where the records of periods that join on stop, the next one is the rest of the usual year, up to
 * the next that is on record. */
static void evaluate_next(struct evaluation *e, size_t index)
{
	const struct array *periods = &e->d->budget.periods;
	struct judge_subject subject = {.start = period_at(e->d, index)->reach + 1};

	subject.end = year_end(subject.start);
	while (++index < periods->count && period_at(e->d, index)->budgeted == 0)
		;
	if (index < periods->count) {
		if (period_at(e->d, index)->start <= subject.start)
			return;
		subject.end = day_least(subject.end, period_at(e->d, index)->start - 1);
	}
	evaluate_judge(e, &no_approp, subject);
}

static void evaluate_recorded(struct evaluation *e, size_t index)
{
	const struct budget_period *p = period_at(e->d, index);
	struct judge_subject subject = {.start = p->start, .end = p->end};

	if (p->authorized == 0 && before(e->d, p->start))
		evaluate_judge(e, &no_approp, subject);
	if (p->reasons == 0)
		evaluate_judge(e, &unusual_period, subject);
}

/* Periods that are not over, also those to come; only once the mandate has ended. */
static void evaluate_past(struct evaluation *e)
{
	const struct array *periods = &e->d->budget.periods;
	struct mandate_day m;

	if (period_at(e->d, periods->count - 1)->reach < e->day)
		return;
	mandate_fold(e->d, NULL, e->day, &m, &e->span);
	if (!budget_mandate_ended(&m))
		return;
	for (size_t i = periods->count; i-- > 0 && period_at(e->d, i)->reach >= e->day;)
		if (period_at(e->d, i)->authorized > 0)
			evaluate_judge(e, &past_mandate,
				       (struct judge_subject){.start = period_at(e->d, i)->start,
							      .end = period_at(e->d, i)->end});
}

enum { YEAR_DAYS = 366 };

void alert_budget_evaluate(struct evaluation *e)
{
	const struct array *periods = &e->d->budget.periods;
	size_t n = array_until(periods, sizeof(struct budget_period),
			       e->day + e->p->budget_ahead_days);

	if (periods->count == 0)
		return;
	if (n < periods->count)
		span_end(&e->span, period_at(e->d, n)->start - e->p->budget_ahead_days - 1);
	while (n-- > 0 && period_at(e->d, n)->reach >= e->day - YEAR_DAYS) {
		if (period_at(e->d, n)->budgeted == 0)
			continue;
		evaluate_next(e, n);
		evaluate_recorded(e, n);
	}
	evaluate_past(e);
}

Mandate__CloseReason alert_budget_close(const struct dossier *d, const struct alert_parameters *p,
					int32_t day, const Mandate__Alert *was)
{
	(void)d;
	(void)p;
	return day > was->period_end ? MANDATE__CLOSE_REASON__CLOSE_REASON_OVER
				     : MANDATE__CLOSE_REASON__CLOSE_REASON_RESOLVED;
}
