#include "rules/evaluate.h"
#include "base/limits.h"

#include <string.h>

#define C(name) MANDATE__COMPONENT__COMPONENT_##name
#define CODE(name) MANDATE__ALERT_CODE__ALERT_CODE_##name

/* --- how severe --- */

/* An alarm from max(since + overlap, comply_by + 1); where the text names no day to comply by it is
 * the first day of the ceiling, for rules 2 only of one that is lower than what held before it. */
static Mandate__Severity over_severity(struct evaluation *e, const struct judge_finding *f,
				       int32_t since)
{
	const struct ceiling_day *c = &f->ceiling;
	int32_t comply_by = c->comply_by != DAY_NEVER ? c->comply_by : c->from;
	int32_t alarm_from;

	if (e->p->rules >= 2)
		comply_by = c->reach_by;
	alarm_from = day_greatest(since + e->p->rotation_overlap_days, day_plus(comply_by, 1));

	span_cut(&e->span, e->day, alarm_from);
	return e->day >= alarm_from ? MANDATE__SEVERITY__SEVERITY_ALARM
				    : MANDATE__SEVERITY__SEVERITY_WARN;
}

/* The least stage that is not below the days left. */
static int32_t stage_of(struct evaluation *e, int32_t until)
{
	static const int32_t stages[] = {7, 14, 30, 60};

	for (size_t i = 0; i < sizeof stages / sizeof *stages; i++) {
		if (stages[i] >= e->p->expiring_days)
			break;
		if (until - e->day <= stages[i])
			return stages[i];
		span_end(&e->span, until - stages[i] - 1);
	}
	return e->p->expiring_days;
}

enum { WARN_STAGE_DAYS = 30 };

static Mandate__Severity expiring_severity(struct evaluation *e, const struct judge_finding *f,
					   int32_t since)
{
	(void)since;
	return stage_of(e, f->mandate.secured_until) <= WARN_STAGE_DAYS
		       ? MANDATE__SEVERITY__SEVERITY_WARN
		       : MANDATE__SEVERITY__SEVERITY_INFO;
}

static Mandate__Severity lapsed_severity(struct evaluation *e, const struct judge_finding *f,
					 int32_t since)
{
	(void)f;
	(void)since;
	return e->d->operation.kind == MANDATE__OPERATION_KIND__OPERATION_KIND_PARTNER
		       ? MANDATE__SEVERITY__SEVERITY_INFO
		       : MANDATE__SEVERITY__SEVERITY_ALARM;
}

/* --- what an alert is called and what proves it --- */

static char *component_key(struct draft *t, const struct judge_subject *subject)
{
	return draft_component_key(t, subject->component);
}

static char *until_key(struct draft *t, const struct judge_subject *subject)
{
	char until[DAY_TEXT_BYTES];

	day_format(until, subject->until);
	return arena_printf(t->a, "%s:%s:%s", t->d->name, subject->party->code, until);
}

static char *party_key(struct draft *t, const struct judge_subject *subject)
{
	return arena_printf(t->a, "%s:%s", t->d->name, subject->party->code);
}

static char *operation_key(struct draft *t, const struct judge_subject *subject)
{
	(void)subject;
	return arena_text(t->a, t->d->name);
}

static void prove_over(struct evaluation *e, Mandate__Alert *alert,
		       const struct judge_subject *subject, const struct judge_finding *f)
{
	draft_strength(&e->draft, alert, subject->component, &f->strength);
	draft_ceiling(&e->draft, alert, subject->component, &f->ceiling);
}

static void prove_unset(struct evaluation *e, Mandate__Alert *alert,
			const struct judge_subject *subject, const struct judge_finding *f)
{
	draft_strength(&e->draft, alert, subject->component, &f->strength);
}

static void prove_expiring(struct evaluation *e, Mandate__Alert *alert,
			   const struct judge_subject *subject, const struct judge_finding *f)
{
	alert->has_stage = true;
	alert->stage = (uint32_t)stage_of(e, subject->until);
	draft_mandate(&e->draft, alert, subject->party, subject->until, f->mandate.document);
}

static void prove_lapsed(struct evaluation *e, Mandate__Alert *alert,
			 const struct judge_subject *subject, const struct judge_finding *f)
{
	draft_mandate(&e->draft, alert, subject->party, f->mandate.valid_until,
		      f->mandate.document);
}

static void prove_no_mandate(struct evaluation *e, Mandate__Alert *alert,
			     const struct judge_subject *subject, const struct judge_finding *f)
{
	(void)subject;
	draft_strength(&e->draft, alert, f->component, &f->strength);
	if (f->mandate.last_lawful != DAY_NEVER) {
		alert->has_last_lawful = true;
		alert->last_lawful = f->mandate.last_lawful;
	}
}

static void prove_stale(struct evaluation *e, Mandate__Alert *alert,
			const struct judge_subject *subject, const struct judge_finding *f)
{
	(void)subject;
	alert->has_as_of = true;
	alert->as_of = f->last_return;
	draft_return(&e->draft, alert, f->last_return);
}

/* --- the rules --- */

static const struct rule ceil_over = {
	CODE(CEIL_OVER), judge_ceil_over, component_key, prove_over, 0, over_severity};
static const struct rule ceil_unset = {CODE(CEIL_UNSET),
				       judge_ceil_unset,
				       component_key,
				       prove_unset,
				       MANDATE__SEVERITY__SEVERITY_INFO,
				       NULL};
static const struct rule mand_expiring = {
	CODE(MAND_EXPIRING), judge_mand_expiring, until_key, prove_expiring, 0, expiring_severity};
static const struct rule mand_lapsed = {
	CODE(MAND_LAPSED), judge_mand_lapsed, party_key, prove_lapsed, 0, lapsed_severity};
static const struct rule dep_no_mandate = {CODE(DEP_NO_MANDATE),
					   judge_dep_no_mandate,
					   operation_key,
					   prove_no_mandate,
					   MANDATE__SEVERITY__SEVERITY_ALARM,
					   NULL};
static const struct rule dep_stale = {CODE(DEP_STALE),
				      judge_dep_stale,
				      component_key,
				      prove_stale,
				      MANDATE__SEVERITY__SEVERITY_WARN,
				      NULL};

/* Is there any number that `c` could be over? A sum for all uniformed is none; units are not
 * counted. Most components never have one, which costs less to see here than to judge. */
static bool may_be_over(const struct dossier *d, Mandate__Component c)
{
	if (c == C(FPU_UNITS))
		return false;
	if (d->ceilings[c].count > 0)
		return true;
	if (c != C(MILITARY) && c != C(POLICE))
		return false;
	for (Mandate__Component child = C(UNIFORMED); child < COMPONENTS; child++)
		if (ceiling_parent(child) == c && d->ceilings[child].count > 0)
			return true;
	return false;
}

void alert_operation_evaluate(struct evaluation *e)
{
	for (Mandate__Component c = C(UNIFORMED); c < COMPONENTS; c++)
		if (may_be_over(e->d, c))
			evaluate_judge(e, &ceil_over, (struct judge_subject){.component = c});
	evaluate_judge(e, &ceil_unset, (struct judge_subject){.component = C(MILITARY)});
	evaluate_judge(e, &ceil_unset, (struct judge_subject){.component = C(POLICE)});
	for (size_t i = 0; i < e->d->parties.count; i++) {
		const struct party *party = ITEMS(e->d->parties, struct party *const)[i];

		evaluate_judge(e, &mand_expiring, (struct judge_subject){.party = party});
		evaluate_judge(e, &mand_lapsed, (struct judge_subject){.party = party});
	}
	evaluate_judge(e, &dep_no_mandate, (struct judge_subject){0});
	evaluate_judge(e, &dep_stale, (struct judge_subject){.component = C(MILITARY)});
	evaluate_judge(e, &dep_stale, (struct judge_subject){.component = C(POLICE)});
}

/* --- closing --- */

static const struct party *party_named(const struct dossier *d, const char *code)
{
	for (size_t i = 0; i < d->parties.count; i++) {
		const struct party *party = ITEMS(d->parties, struct party *const)[i];

		if (code && strcmp(party->code, code) == 0)
			return party;
	}
	return NULL;
}

static Mandate__CloseReason close_ceiling(const struct dossier *d, const struct alert_parameters *p,
					  int32_t day, const Mandate__Alert *was,
					  judge_condition *condition)
{
	struct judge_subject subject = {.component = was->component};
	struct judge_finding f = {0};
	struct span span = SPAN_ALL;

	condition(d, p, &subject, day, &f, &span);
	if (f.stale)
		return MANDATE__CLOSE_REASON__CLOSE_REASON_STALE;
	if (!mandate_in_force(d, day, &span))
		return MANDATE__CLOSE_REASON__CLOSE_REASON_OVER;
	return MANDATE__CLOSE_REASON__CLOSE_REASON_RESOLVED;
}

/* Does the party not bind any more, with rules that know of hybrids? */
static bool is_bound_no_more(const struct dossier *d, const struct alert_parameters *p, int32_t day,
			     const struct party *party)
{
	struct span span = SPAN_ALL;

	return p->rules >= 2 && !mandate_binds(d, party, day, &span);
}

static Mandate__CloseReason close_expiring(const struct dossier *d,
					   const struct alert_parameters *p, int32_t day,
					   const Mandate__Alert *was)
{
	const struct party *party = party_named(d, was->party);
	struct span span = SPAN_ALL;
	struct mandate_day m;

	if (!party)
		return MANDATE__CLOSE_REASON__CLOSE_REASON_RESOLVED;
	if (is_bound_no_more(d, p, day, party))
		return MANDATE__CLOSE_REASON__CLOSE_REASON_OVER;
	mandate_fold_texts(d, party, day, &m, &span);
	if (m.in_force && m.secured_until != was->valid_until)
		return MANDATE__CLOSE_REASON__CLOSE_REASON_SUPERSEDED;
	return m.in_force ? MANDATE__CLOSE_REASON__CLOSE_REASON_RESOLVED
			  : MANDATE__CLOSE_REASON__CLOSE_REASON_OVER;
}

static Mandate__CloseReason close_lapsed(const struct dossier *d, const struct alert_parameters *p,
					 int32_t day, const Mandate__Alert *was)
{
	const struct party *party = party_named(d, was->party);

	return party && is_bound_no_more(d, p, day, party)
		       ? MANDATE__CLOSE_REASON__CLOSE_REASON_OVER
		       : MANDATE__CLOSE_REASON__CLOSE_REASON_RESOLVED;
}

static Mandate__CloseReason close_stale(const struct dossier *d, const struct alert_parameters *p,
					int32_t day, const Mandate__Alert *was)
{
	int32_t last = strength_last_return(d, was->component, day);

	if (last == DAY_NEVER || day - last <= p->return_age_days)
		return MANDATE__CLOSE_REASON__CLOSE_REASON_RESOLVED;
	return MANDATE__CLOSE_REASON__CLOSE_REASON_OVER;
}

Mandate__CloseReason alert_operation_close(const struct dossier *d,
					   const struct alert_parameters *p, int32_t day,
					   const Mandate__Alert *was)
{
	if (was->code == CODE(CEIL_OVER))
		return close_ceiling(d, p, day, was, judge_ceil_over);
	if (was->code == CODE(CEIL_UNSET))
		return close_ceiling(d, p, day, was, judge_ceil_unset);
	if (was->code == CODE(MAND_EXPIRING))
		return close_expiring(d, p, day, was);
	if (was->code == CODE(MAND_LAPSED))
		return close_lapsed(d, p, day, was);
	if (was->code == CODE(DEP_STALE))
		return close_stale(d, p, day, was);
	return MANDATE__CLOSE_REASON__CLOSE_REASON_RESOLVED;
}
