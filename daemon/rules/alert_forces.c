/* Units, requirements and pledges. Only what may be open on the day is visited: those still
 * present, needed or waiting, and arrivals within the days left to withdraw. */
#include "base/limits.h"
#include "rules/evaluate.h"

#include <string.h>

#define CODE(name) MANDATE__ALERT_CODE__ALERT_CODE_##name
#define SEVERITY(name) MANDATE__SEVERITY__SEVERITY_##name
#define REASON(name) MANDATE__CLOSE_REASON__CLOSE_REASON_##name

/* --- conditions --- */

static bool is_present(const struct stay *stay, int32_t day, struct span *span)
{
	span_cut(span, day, stay->from);
	span_cut(span, day, day_plus(stay->to, 1));
	return stay->from <= day && day <= stay->to;
}

/* It came between the mandate's end and the last lawful day, and is there. */
static bool judge_arrives_ended(const struct dossier *d, const struct alert_parameters *p,
				const struct judge_subject *subject, int32_t day,
				struct judge_finding *ret_finding, struct span *span)
{
	const struct mandate_day *m = &ret_finding->mandate;
	const struct stay *stay = subject->stay;

	(void)p;
	if (!is_present(stay, day, span))
		return false;
	mandate_fold(d, NULL, day, &ret_finding->mandate, span);
	return m->valid_until != DAY_NEVER && m->last_lawful != DAY_INFINITE &&
	       m->valid_until < stay->from && stay->from <= m->last_lawful;
}

static bool judge_mou_missing(const struct dossier *d, const struct alert_parameters *p,
			      const struct judge_subject *subject, int32_t day,
			      struct judge_finding *ret_finding, struct span *span)
{
	const struct stay *stay = subject->stay;
	int32_t first = subject->since + p->mou_days + 1;

	(void)d;
	(void)ret_finding;
	if (!is_present(stay, day, span))
		return false;
	span_cut(span, day, first);
	span_cut(span, day, stay->unit->mou_signed);
	return first <= day && day < stay->unit->mou_signed;
}

/* In several operations, of which this one has the least name: one home speaks for all. */
static bool judge_double(const struct dossier *d, const struct alert_parameters *p,
			 const struct judge_subject *subject, int32_t day,
			 struct judge_finding *ret_finding, struct span *span)
{
	const struct array *doubles = &subject->name->doubles;
	size_t n = array_until(doubles, sizeof(struct double_days), day - 1);
	const struct double_days *at = doubles->at;

	(void)d;
	(void)p;
	if (n > 0)
		span_begin(span, at[n - 1].to + 1);
	if (n == doubles->count)
		return false;
	span_cut(span, day, at[n].from);
	span_cut(span, day, day_plus(at[n].to, 1));
	ret_finding->doubled = &at[n];
	return at[n].from <= day;
}

static bool judge_gap(const struct dossier *d, const struct alert_parameters *p,
		      const struct judge_subject *subject, int32_t day,
		      struct judge_finding *ret_finding, struct span *span)
{
	(void)d;
	requirement_fold(subject->need, day, p->pledge_ahead_days, &ret_finding->requirement, span);
	return ret_finding->requirement.gap > 0;
}

static bool judge_stale(const struct dossier *d, const struct alert_parameters *p,
			const struct judge_subject *subject, int32_t day,
			struct judge_finding *ret_finding, struct span *span)
{
	(void)d;
	(void)p;
	(void)ret_finding;
	return pledge_is_stale(subject->pledge, day, span);
}

/* --- what an alert is called and what proves it --- */

/* The unit's record; of one that came by transfer, what its record here would be. */
static char *stay_key(struct draft *t, const struct judge_subject *subject)
{
	const struct stay *stay = subject->stay;
	char from[DAY_TEXT_BYTES];
	const char *name;
	size_t len;

	if (unit_is_here(t->d, stay->unit))
		return arena_text(t->a, stay->unit->fact.key);
	if (!unit_name_of(stay->unit->fact.key, &name, &len))
		return NULL;
	day_format(from, stay->from);
	return arena_printf(t->a, "%s:%.*s:%s", t->d->name, (int)len, name, from);
}

static char *name_key(struct draft *t, const struct judge_subject *subject)
{
	return arena_text(t->a, subject->name->fact.key);
}

static char *need_key(struct draft *t, const struct judge_subject *subject)
{
	return arena_printf(t->a, "%s:%s", t->d->name, subject->need->fact.key);
}

static char *pledge_key(struct draft *t, const struct judge_subject *subject)
{
	return arena_text(t->a, subject->pledge->fact.key);
}

static char *copy(struct draft *t, const char *text, size_t len)
{
	char *made = arena_printf(t->a, "%.*s", (int)len, text);

	t->failed |= !made;
	return made;
}

static void prove_unit(struct draft *t, Mandate__Alert *alert, const struct unit *u)
{
	const char *name;
	size_t len, contributor;

	if (!unit_name_of(u->fact.key, &name, &len))
		return;
	contributor = strcspn(name, ":");
	alert->contributor = copy(t, name, contributor);
	alert->unit = copy(t, name + contributor + 1, len - contributor - 1);
	alert->has_persons = true;
	alert->persons = u->persons;
	draft_cause(t, alert, MANDATE__KIND__KIND_UNIT, u->fact.key);
}

static void prove_day(Mandate__Alert *alert, int32_t day)
{
	alert->has_day = true;
	alert->day = day;
}

static void prove_stay(struct evaluation *e, Mandate__Alert *alert,
		       const struct judge_subject *subject, const struct judge_finding *f)
{
	const struct stay *stay = subject->stay;

	(void)f;
	prove_unit(&e->draft, alert, stay->unit);
	if (stay->by)
		draft_cause(&e->draft, alert, MANDATE__KIND__KIND_TRANSFER, stay->by->fact.key);
	prove_day(alert, subject->since);
}

static void prove_arrives_ended(struct evaluation *e, Mandate__Alert *alert,
				const struct judge_subject *subject, const struct judge_finding *f)
{
	prove_stay(e, alert, subject, f);
	alert->has_valid_until = true;
	alert->valid_until = f->mandate.valid_until;
	alert->has_last_lawful = true;
	alert->last_lawful = f->mandate.last_lawful;
}

static void prove_double(struct evaluation *e, Mandate__Alert *alert,
			 const struct judge_subject *subject, const struct judge_finding *f)
{
	const struct double_days *days = f->doubled;

	(void)subject;
	prove_unit(&e->draft, alert, days->here);
	draft_cause(&e->draft, alert, MANDATE__KIND__KIND_UNIT, days->other->fact.key);
	alert->other_operation = copy(&e->draft, days->other_operation, days->other_len);
}

static void prove_gap(struct evaluation *e, Mandate__Alert *alert,
		      const struct judge_subject *subject, const struct judge_finding *f)
{
	const struct requirement_day *r = &f->requirement;

	alert->requirement = draft_text(&e->draft, r->name);
	alert->has_component = true;
	alert->component = r->component;
	alert->has_required = alert->has_persons = alert->has_pledged = true;
	alert->required = r->required;
	alert->persons = r->deployed;
	alert->pledged = r->pledged;
	prove_day(alert, r->needed_by);
	draft_cause(&e->draft, alert, MANDATE__KIND__KIND_REQUIREMENT,
		    need_key(&e->draft, subject));
}

static void prove_stale(struct evaluation *e, Mandate__Alert *alert,
			const struct judge_subject *subject, const struct judge_finding *f)
{
	const struct pledge *p = subject->pledge;
	size_t contributor = strcspn(p->fact.key, ":");
	struct span span = SPAN_ALL;

	(void)f;
	alert->contributor = copy(&e->draft, p->fact.key, contributor);
	alert->pledge = draft_text(&e->draft, p->fact.key + contributor + 1);
	prove_day(alert, pledge_stand_on(p, e->day, &span)->renew_by);
	draft_cause(&e->draft, alert, MANDATE__KIND__KIND_PLEDGE, p->fact.key);
}

/* --- the rules --- */

static const struct rule arrives_ended = {CODE(DEP_ARRIVES_ENDED), judge_arrives_ended, stay_key,
					  prove_arrives_ended,	   SEVERITY(ALARM),	NULL};
static const struct rule is_double = {CODE(DEP_DOUBLE), judge_double,	 name_key,
				      prove_double,	SEVERITY(ALARM), NULL};
static const struct rule pledge_gap = {CODE(PLEDGE_GAP), judge_gap,	 need_key,
				       prove_gap,	 SEVERITY(WARN), NULL};
static const struct rule pledge_stale = {CODE(PLEDGE_STALE), judge_stale,    pledge_key,
					 prove_stale,	     SEVERITY(INFO), NULL};
static const struct rule mou_missing = {CODE(MOU_MISSING), judge_mou_missing, stay_key,
					prove_stay,	   SEVERITY(WARN),    NULL};

static void evaluate_arrivals(struct evaluation *e)
{
	const struct array *arrivals = &e->d->forces.arrivals;
	const struct stay_item *at = arrivals->at;
	struct span span = SPAN_ALL;
	struct mandate_day m;

	if (arrivals->count == 0)
		return;
	mandate_fold(e->d, NULL, e->day, &m, &span);
	span_end(&e->span, span.to);
	if (m.valid_until == DAY_NEVER || m.last_lawful == DAY_INFINITE)
		return;
	for (size_t n = array_until(arrivals, sizeof *at, m.valid_until);
	     n < arrivals->count && at[n].day <= m.last_lawful; n++) {
		if (at[n].day > e->day) {
			span_end(&e->span, at[n].day - 1);
			return;
		}
		if (at[n].stay.to >= e->day)
			evaluate_judge(
				e, &arrives_ended,
				(struct judge_subject){.stay = &at[n].stay, .since = at[n].day});
	}
}

static void evaluate_unsigned(struct evaluation *e)
{
	const struct array *stays = &e->d->forces.unsigned_stays;
	const struct stay_item *at = stays->at;

	for (size_t n = array_until(stays, sizeof *at, e->day - 1); n < stays->count; n++) {
		int32_t first = at[n].since + e->p->mou_days + 1;

		if (first > e->day)
			span_end(&e->span, day_greatest(first, at[n].stay.from) - 1);
		else
			evaluate_judge(
				e, &mou_missing,
				(struct judge_subject){.stay = &at[n].stay, .since = at[n].since});
	}
}

static void evaluate_doubles(struct evaluation *e)
{
	const struct array *doubles = &e->d->forces.doubles;
	const struct double_days *at = doubles->at;

	for (size_t n = array_until(doubles, sizeof *at, e->day - 1); n < doubles->count; n++) {
		if (at[n].from > e->day)
			span_end(&e->span, at[n].from - 1);
		else
			evaluate_judge(e, &is_double, (struct judge_subject){.name = at[n].name});
	}
}

static void evaluate_needs(struct evaluation *e)
{
	const struct array *needs = &e->d->forces.needs_by_until;
	const struct need_item *at = needs->at;

	for (size_t n = array_until(needs, sizeof *at, e->day - 1); n < needs->count; n++) {
		int32_t first = at[n].need->needed_by - e->p->pledge_ahead_days;

		if (first > e->day)
			span_end(&e->span, first - 1);
		else
			evaluate_judge(e, &pledge_gap, (struct judge_subject){.need = at[n].need});
	}
}

static void evaluate_pledges(struct evaluation *e)
{
	const struct array *aging = &e->d->forces.aging;
	const struct pledge_item *at = aging->at;

	for (size_t n = array_until(aging, sizeof *at, e->day - 1); n < aging->count; n++)
		evaluate_judge(e, &pledge_stale, (struct judge_subject){.pledge = at[n].pledge});
}

void alert_forces_evaluate(struct evaluation *e)
{
	evaluate_arrivals(e);
	evaluate_unsigned(e);
	evaluate_doubles(e);
	evaluate_needs(e);
	evaluate_pledges(e);
}

/* --- closing --- */

struct leaving {
	int32_t day;
	bool present, left;
};

static enum status see_stay(struct dossier *d, void *ctx, const struct stay *stay)
{
	struct leaving *l = ctx;

	(void)d;
	l->present |= stay->from <= l->day && l->day <= stay->to;
	l->left |= stay->to < l->day;
	return STATUS_OK;
}

/* Signed, or gone without. */
static Mandate__CloseReason close_mou(const struct dossier *d, int32_t day,
				      const Mandate__Alert *was)
{
	struct leaving l = {.day = day};
	const char *name;
	char text[KEY_TEXT_MAX + 1];
	size_t len;

	if (!unit_name_of(was->key, &name, &len) || len >= sizeof text)
		return REASON(RESOLVED);
	memcpy(text, name, len);
	text[len] = '\0';
	/* Visits are shared with those that change; this one does not. */
	IGNORE_RESULT(stay_visit_name((struct dossier *)(uintptr_t)d, text, see_stay, &l));
	return l.left && !l.present ? REASON(OVER) : REASON(RESOLVED);
}

static Mandate__CloseReason close_gap(const struct dossier *d, int32_t day,
				      const Mandate__Alert *was)
{
	const struct need *need = was->requirement ? requirement_find(d, was->requirement) : NULL;

	return need && need->known && need->until < day ? REASON(OVER) : REASON(RESOLVED);
}

/* Renewed, or nothing that would have to be. */
static Mandate__CloseReason close_stale(const struct dossier *d, int32_t day,
					const Mandate__Alert *was)
{
	const struct pledge_stand *stand;
	struct span span = SPAN_ALL;
	const struct pledge *p;
	size_t at;

	if (!shelf_find(&d->forces.pledges, was->key, &at))
		return REASON(RESOLVED);
	p = (const struct pledge *)(const void *)shelf_at(&d->forces.pledges, at);
	stand = p->on ? pledge_stand_on(p, day, &span) : NULL;
	return stand && (!pledge_ages(stand->state) || day > stand->renew_by) ? REASON(OVER)
									      : REASON(RESOLVED);
}

Mandate__CloseReason alert_forces_close(const struct dossier *d, const struct alert_parameters *p,
					int32_t day, const Mandate__Alert *was)
{
	(void)p;
	if (was->code == CODE(MOU_MISSING))
		return close_mou(d, day, was);
	if (was->code == CODE(PLEDGE_GAP))
		return close_gap(d, day, was);
	if (was->code == CODE(PLEDGE_STALE))
		return close_stale(d, day, was);
	return REASON(RESOLVED);
}
