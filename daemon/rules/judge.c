#include "rules/judge.h"

#define C(name) MANDATE__COMPONENT__COMPONENT_##name

enum { DAYS_EVER = DAY_LAST - DAY_FIRST + 1 };

/* A head-count of at most that age. Units are as of the day itself. */
static bool fresh(const struct strength_day *s, int32_t day, int32_t age_days, struct span *span)
{
	if (s->basis == MANDATE__BASIS__BASIS_UNIT)
		return true;
	span_cut(span, day, s->as_of + age_days + 1);
	return day - s->as_of <= age_days;
}

/* What rules 1 knows is judged as it was. */
static void fold_ceiling(const struct dossier *d, const struct alert_parameters *p,
			 Mandate__Component c, int32_t day, struct ceiling_day *to,
			 struct span *span)
{
	if (p->rules < 2)
		ceiling_fold_apart(d, c, day, to, span);
	else
		ceiling_fold(d, c, day, to, span);
}

static void fold_strength(const struct dossier *d, const struct alert_parameters *p,
			  Mandate__Component c, int32_t day, int32_t counts_after,
			  struct strength_day *to, struct span *span)
{
	if (p->rules < 2)
		strength_fold_apart(d, c, day, counts_after, to, span);
	else
		strength_fold(d, c, day, counts_after, to, span);
}

static void fold_mandate(const struct dossier *d, const struct alert_parameters *p,
			 const struct party *party, int32_t day, struct mandate_day *to,
			 struct span *span)
{
	if (p->rules < 2)
		mandate_fold_texts(d, party, day, to, span);
	else
		mandate_fold(d, party, day, to, span);
}

/* F; S known, not too old, and above the ceiling. */
bool judge_ceil_over(const struct dossier *d, const struct alert_parameters *p,
		     const struct judge_subject *subject, int32_t day,
		     struct judge_finding *ret_finding, struct span *span)
{
	struct judge_finding *f = ret_finding;
	bool over;

	fold_ceiling(d, p, subject->component, day, &f->ceiling, span);
	if (!f->ceiling.set)
		return false;
	/* The sum of two groups is no ceiling that a text has set. */
	if (f->ceiling.derived && subject->component == C(UNIFORMED))
		return false;
	fold_strength(d, p, subject->component, day, DAY_NEVER, &f->strength, span);
	over = f->strength.known && f->strength.persons > f->ceiling.persons;
	if (!over || !mandate_in_force(d, day, span))
		return false;
	f->stale = !fresh(&f->strength, day, p->head_count_age_days, span);
	return !f->stale;
}

/* A ceiling of the component, or an entry above it? */
static bool ceiling_given(const struct dossier *d, const struct alert_parameters *p,
			  Mandate__Component c, int32_t day, struct span *span)
{
	struct ceiling_day own;

	for (Mandate__Component up = ceiling_parent(c); up; up = ceiling_parent(up))
		if (ceiling_ruling(d, up, day, span))
			return true;
	fold_ceiling(d, p, c, day, &own, span);
	return own.set;
}

/* Of a component whose head-count on `day` is above zero, and of which no units are on record:
 * moves *from back over head-counts that are, too, none older than `age_days` when the next one
 * came. Not past `floor`, nor past the budget. */
static void walk_heads(const struct dossier *d, Mandate__Component c, int32_t day,
		       int32_t counts_after, int32_t age_days, int32_t floor, int32_t *from,
		       int *budget)
{
	const struct head *heads = d->heads[c].at;
	size_t n = array_until(&d->heads[c], sizeof *heads, day);

	if (d->presence[c].points.count > 0 || n-- == 0)
		return;
	if (d->ceilings_within > 0 && d->presence[C(CORRECTIONS)].points.count > 0)
		return; /* they may come and go within the police */
	while (n > 0 && *budget > 0 && heads[n].as_of > floor) {
		const struct head *before = &heads[n - 1];

		if (before->persons == 0 || before->as_of <= counts_after ||
		    heads[n].as_of - 1 - before->as_of > age_days)
			break;
		n--;
		--*budget;
	}
	*from = day_least(*from, heads[n].as_of);
}

/* A UN peacekeeping operation; F, covered, S > 0 and not too old, no ceiling. */
bool judge_ceil_unset(const struct dossier *d, const struct alert_parameters *p,
		      const struct judge_subject *subject, int32_t day,
		      struct judge_finding *ret_finding, struct span *span)
{
	struct judge_finding *f = ret_finding;
	struct span counted = SPAN_ALL;

	if (d->operation.kind != MANDATE__OPERATION_KIND__OPERATION_KIND_UN_PKO)
		return false;
	fold_strength(d, p, subject->component, day, DAY_NEVER, &f->strength, &counted);
	span_end(span, counted.to);
	if (f->strength.persons == 0 || ceiling_given(d, p, subject->component, day, span) ||
	    !mandate_in_force(d, day, span) || !mandate_covered(d, day, span))
		return false;
	f->stale = !fresh(&f->strength, day, p->head_count_age_days, span);
	if (f->stale)
		return false;
	walk_heads(d, subject->component, day, DAY_NEVER, p->head_count_age_days, span->from,
		   &counted.from, &f->budget);
	span_begin(span, counted.from);
	return true;
}

/* F, secured for at most so many days more, and no text that ends it. */
bool judge_mand_expiring(const struct dossier *d, const struct alert_parameters *p,
			 const struct judge_subject *subject, int32_t day,
			 struct judge_finding *ret_finding, struct span *span)
{
	struct mandate_day *m = &ret_finding->mandate;

	if (!mandate_binds(d, subject->party, day, span))
		return false;
	mandate_fold_texts(d, subject->party, day, m, span);
	if (!m->in_force || m->secured_until == DAY_INFINITE)
		return false;
	if (subject->until != DAY_NEVER && subject->until != m->secured_until)
		return false;
	span_cut(span, day, m->secured_until - p->expiring_days);
	return m->secured_until - day <= p->expiring_days &&
	       !mandate_party_terminated(subject->party, day);
}

/* V has passed within what is covered, no text ended it and no end is on record; for rules 2, a
 * liquidation or a closing on record says that it has ended. */
bool judge_mand_lapsed(const struct dossier *d, const struct alert_parameters *p,
		       const struct judge_subject *subject, int32_t day,
		       struct judge_finding *ret_finding, struct span *span)
{
	struct mandate_day *m = &ret_finding->mandate;

	if (!mandate_binds(d, subject->party, day, span))
		return false;
	fold_mandate(d, p, subject->party, day, m, span);
	if (m->status == MANDATE__MANDATE_STATUS__MANDATE_STATUS_LIQUIDATING ||
	    m->status == MANDATE__MANDATE_STATUS__MANDATE_STATUS_CLOSED)
		return false;
	return m->valid_until != DAY_NEVER && day > m->valid_until && m->covered &&
	       d->operation.end_date > day && !mandate_party_terminated(subject->party, day);
}

/* Somebody is counted who is neither a unit nor part of a number for all: as long as one of these
 * is above zero so is the whole. */
static void walk_any_heads(const struct dossier *d, const struct alert_parameters *p, int32_t day,
			   int32_t counts_after, int32_t floor, int32_t *from, int *budget)
{
	static const Mandate__Component groups[] = {C(MILITARY), C(POLICE), C(CORRECTIONS)};

	if (d->heads[C(UNIFORMED)].count > 0)
		return;
	for (size_t n = 0; n < sizeof groups / sizeof *groups; n++) {
		struct span span = SPAN_ALL;
		struct strength_day s;

		fold_strength(d, p, groups[n], day, counts_after, &s, &span);
		if (s.persons == 0)
			continue;
		walk_heads(d, groups[n], day, counts_after, DAYS_EVER, floor, from, budget);
		return;
	}
}

/* Ended or none, past the last lawful day, and persons by head-counts after that day or units. For
 * rules 2: closed is ended, whatever the record of it says; in liquidation guards are lawful, whom
 * head-counts do not tell apart. */
bool judge_dep_no_mandate(const struct dossier *d, const struct alert_parameters *p,
			  const struct judge_subject *subject, int32_t day,
			  struct judge_finding *ret_finding, struct span *span)
{
	struct judge_finding *f = ret_finding;
	struct mandate_day *m = &f->mandate;
	struct strength_day corrections;
	struct span counted = SPAN_ALL;

	(void)subject;
	fold_mandate(d, p, NULL, day, m, span);
	if (m->status != MANDATE__MANDATE_STATUS__MANDATE_STATUS_ENDED &&
	    m->status != MANDATE__MANDATE_STATUS__MANDATE_STATUS_CLOSED &&
	    m->status != MANDATE__MANDATE_STATUS__MANDATE_STATUS_NONE)
		return false;
	fold_strength(d, p, C(UNIFORMED), day, m->last_lawful, &f->strength, &counted);
	fold_strength(d, p, C(CORRECTIONS), day, m->last_lawful, &corrections, &counted);
	span_end(span, counted.to);
	f->component = C(UNIFORMED);
	if (f->strength.persons > 0) {
		f->strength.persons += f->strength.corrections ? 0 : corrections.persons;
	} else {
		f->strength = corrections;
		f->component = C(CORRECTIONS);
	}
	if (day <= m->last_lawful || f->strength.persons == 0)
		return false;
	walk_any_heads(d, p, day, m->last_lawful, span->from, &counted.from, &f->budget);
	span_begin(span, counted.from);
	return true;
}

/* In force or withdrawing, present by the last return and units, and that return is old. Totals
 * neither open nor close it. */
bool judge_dep_stale(const struct dossier *d, const struct alert_parameters *p,
		     const struct judge_subject *subject, int32_t day,
		     struct judge_finding *ret_finding, struct span *span)
{
	const struct array *returns = &d->returns[subject->component];
	size_t n = array_until(returns, sizeof(int32_t), day), head;
	struct judge_finding *f = ret_finding;
	struct span at_return = SPAN_ALL;
	int64_t present;

	if (n < returns->count)
		span_end(span, ITEMS(*returns, int32_t)[n] - 1);
	f->last_return = n > 0 ? ITEMS(*returns, int32_t)[n - 1] : DAY_NEVER;
	if (n == 0 || !array_find_day(&d->heads[subject->component], sizeof(struct head),
				      f->last_return, &head))
		return false;
	span_cut(span, day, f->last_return + p->return_age_days + 1);
	if (day - f->last_return <= p->return_age_days)
		return false;
	present = (int64_t)ITEMS(d->heads[subject->component], struct head)[head].persons +
		  presence_on(d, subject->component, day, span) -
		  presence_on(d, subject->component, f->last_return, &at_return);
	if (present <= 0)
		return false;
	if (mandate_in_force(d, day, span))
		return true;
	mandate_fold_texts(d, NULL, day, &f->mandate, span);
	return f->mandate.status == MANDATE__MANDATE_STATUS__MANDATE_STATUS_WITHDRAWING;
}
