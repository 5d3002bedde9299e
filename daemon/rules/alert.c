#include "rules/alert.h"
#include "base/limits.h"
#include "model/record.h"
#include "rules/draft.h"

#include <stdlib.h>
#include <string.h>

#define C(name) MANDATE__COMPONENT__COMPONENT_##name
#define CODE(name) MANDATE__ALERT_CODE__ALERT_CODE_##name

enum { DAYS_MAX = 3660 };

const struct alert_setting alert_settings[] = {
	{"alert.ceil_over.rotation_overlap_days",
	 offsetof(struct alert_parameters, rotation_overlap_days), 0, DAYS_MAX,
	 "CEIL_OVER is an alarm after so many days: units of a rotation overlap"},
	{"alert.head_count_age_days", offsetof(struct alert_parameters, head_count_age_days), 1,
	 DAYS_MAX, "an older head-count is not judged against a ceiling"},
	{"alert.mand_expiring.days", offsetof(struct alert_parameters, expiring_days), 1, DAYS_MAX,
	 "MAND_EXPIRING opens so many days before the end"},
	{"alert.dep_stale.return_age_days", offsetof(struct alert_parameters, return_age_days), 1,
	 DAYS_MAX, "DEP_STALE opens when the latest return is older"},
};
const size_t alert_settings_count = sizeof alert_settings / sizeof *alert_settings;

/* One evaluation: what all answers keep to, and the alerts where they are wanted. */
struct evaluation {
	const struct dossier *d;
	const struct alert_parameters *p;
	int32_t day;
	struct span span;
	struct draft draft;
};

/* --- how severe --- */

/* An alarm from max(since + overlap, comply_by + 1); where the text names no day to comply by it is
 * the first day of the ceiling. */
static Mandate__Severity over_severity(struct evaluation *e, const struct judge_finding *f,
				       int32_t since)
{
	const struct ceiling_day *c = &f->ceiling;
	int32_t comply_by = c->comply_by != DAY_NEVER ? c->comply_by : c->from;
	int32_t alarm_from =
		day_greatest(since + e->p->rotation_overlap_days, day_plus(comply_by, 1));

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

struct rule {
	Mandate__AlertCode code;
	judge_condition *condition;
	char *(*key)(struct draft *t, const struct judge_subject *subject);
	void (*prove)(struct evaluation *e, Mandate__Alert *alert,
		      const struct judge_subject *subject, const struct judge_finding *f);
	Mandate__Severity severity; /* 0: severity_of says it, and cuts the span where it rises */
	Mandate__Severity (*severity_of)(struct evaluation *e, const struct judge_finding *f,
					 int32_t since);
};

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

/* Walks back over the days of change to the first day of the unbroken condition. */
static int32_t walk_back(const struct evaluation *e, judge_condition *condition,
			 const struct judge_subject *subject, int32_t since, int budget,
			 bool *ret_at_latest)
{
	struct judge_finding f = {.budget = budget};

	*ret_at_latest = false;
	while (f.budget-- > 0) {
		struct span span = SPAN_ALL;

		if (since == DAY_NEVER || !condition(e->d, e->p, subject, since - 1, &f, &span))
			return since;
		since = span.from;
	}
	*ret_at_latest = true;
	return since;
}

static void judge(struct evaluation *e, const struct rule *rule, struct judge_subject subject)
{
	/* Where only the next change is wanted, `since` matters to a severity that rises with it.
	 */
	bool needs_since = e->draft.a || !rule->severity;
	struct judge_finding f = {.budget = needs_since ? SINCE_WALK_MAX : 0};
	struct span span = SPAN_ALL;
	Mandate__Severity severity = rule->severity;
	Mandate__Alert *alert;
	bool holds, at_latest;
	int32_t since;

	subject.until = DAY_NEVER;
	holds = rule->condition(e->d, e->p, &subject, e->day, &f, &span);
	span_end(&e->span, span.to);
	if (!holds || !needs_since)
		return;
	subject.until = f.mandate.secured_until;
	since = walk_back(e, rule->condition, &subject, span.from, f.budget, &at_latest);
	if (!severity)
		severity = rule->severity_of(e, &f, since);
	if (!e->draft.a)
		return;
	alert = draft_open(&e->draft, rule->code, rule->key(&e->draft, &subject), severity, since,
			   at_latest);
	if (!alert)
		return;
	alert->has_component = subject.component != 0;
	alert->component = subject.component;
	rule->prove(e, alert, &subject, &f);
}

static void evaluate(struct evaluation *e)
{
	for (Mandate__Component c = C(UNIFORMED); c < COMPONENTS; c++)
		if (c != C(FPU_UNITS))
			judge(e, &ceil_over, (struct judge_subject){.component = c});
	judge(e, &ceil_unset, (struct judge_subject){.component = C(MILITARY)});
	judge(e, &ceil_unset, (struct judge_subject){.component = C(POLICE)});
	for (size_t i = 0; i < e->d->parties.count; i++) {
		const struct party *party = ITEMS(e->d->parties, struct party *const)[i];

		if (!mandate_binds(e->d, party, e->day))
			continue;
		judge(e, &mand_expiring, (struct judge_subject){.party = party});
		judge(e, &mand_lapsed, (struct judge_subject){.party = party});
	}
	judge(e, &dep_no_mandate, (struct judge_subject){0});
	judge(e, &dep_stale, (struct judge_subject){.component = C(MILITARY)});
	judge(e, &dep_stale, (struct judge_subject){.component = C(POLICE)});
}

static int compare_alerts(const void *a, const void *b)
{
	const Mandate__Alert *x = *(Mandate__Alert *const *)a, *y = *(Mandate__Alert *const *)b;

	if (x->code != y->code)
		return x->code < y->code ? -1 : 1;
	return strcmp(x->key, y->key);
}

enum status alert_evaluate_until(const struct dossier *d, const struct alert_parameters *p,
				 int32_t day, struct arena *a, Mandate__Alert ***ret_alerts,
				 size_t *ret_count, int32_t *ret_next_change)
{
	struct evaluation e = {.d = d,
			       .p = p,
			       .day = day,
			       .span = SPAN_ALL,
			       .draft = {.d = d, .day = day, .a = a}};

	evaluate(&e);
	if (e.draft.failed)
		return STATUS_NO_MEMORY;
	if (e.draft.count > 1)
		qsort(e.draft.alerts, e.draft.count, sizeof *e.draft.alerts, compare_alerts);
	*ret_alerts = e.draft.alerts;
	*ret_count = e.draft.count;
	*ret_next_change = day_plus(e.span.to, 1);
	return STATUS_OK;
}

enum status alert_evaluate(const struct dossier *d, const struct alert_parameters *p, int32_t day,
			   struct arena *a, Mandate__Alert ***ret_alerts, size_t *ret_count)
{
	int32_t next_change;

	return alert_evaluate_until(d, p, day, a, ret_alerts, ret_count, &next_change);
}

int32_t alert_next_change(const struct dossier *d, const struct alert_parameters *p, int32_t day)
{
	struct evaluation e = {.d = d, .p = p, .day = day, .span = SPAN_ALL};

	evaluate(&e);
	return day_plus(e.span.to, 1);
}

/* --- closing and clashes --- */

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

static Mandate__CloseReason close_expiring(const struct dossier *d, int32_t day,
					   const Mandate__Alert *was)
{
	const struct party *party = party_named(d, was->party);
	struct span span = SPAN_ALL;
	struct mandate_day m;

	if (!party)
		return MANDATE__CLOSE_REASON__CLOSE_REASON_RESOLVED;
	mandate_fold(d, party, day, &m, &span);
	if (m.in_force && m.secured_until != was->valid_until)
		return MANDATE__CLOSE_REASON__CLOSE_REASON_SUPERSEDED;
	return m.in_force ? MANDATE__CLOSE_REASON__CLOSE_REASON_RESOLVED
			  : MANDATE__CLOSE_REASON__CLOSE_REASON_OVER;
}

static Mandate__CloseReason close_stale(const struct dossier *d, const struct alert_parameters *p,
					int32_t day, const Mandate__Alert *was)
{
	int32_t last = strength_last_return(d, was->component, day);

	if (last == DAY_NEVER || day - last <= p->return_age_days)
		return MANDATE__CLOSE_REASON__CLOSE_REASON_RESOLVED;
	return MANDATE__CLOSE_REASON__CLOSE_REASON_OVER;
}

Mandate__CloseReason alert_close_reason(const struct dossier *d, const struct alert_parameters *p,
					int32_t day, const Mandate__Alert *was)
{
	switch (was->code) {
	case CODE(CEIL_OVER):
		return close_ceiling(d, p, day, was, judge_ceil_over);
	case CODE(CEIL_UNSET):
		return close_ceiling(d, p, day, was, judge_ceil_unset);
	case CODE(MAND_EXPIRING):
		return close_expiring(d, day, was);
	case CODE(DEP_STALE):
		return close_stale(d, p, day, was);
	case CODE(MAND_LAPSED):
	case CODE(DEP_NO_MANDATE):
	case CODE(EDITION_CLASH):
	case CODE(CEIL_SUB):
	case CODE(MAND_ONE_SIDED):
	case CODE(DEP_ARRIVES_ENDED):
	case CODE(DEP_DOUBLE):
	case CODE(PLEDGE_GAP):
	case CODE(PLEDGE_STALE):
	case CODE(MOU_MISSING):
	case CODE(HANDOVER_ONE_SIDE):
	case CODE(FUNCTION_ORPHAN):
	case CODE(SUCC_GAP):
	case CODE(SUCC_OVERLAP):
	case CODE(FIN_NO_APPROP):
	case CODE(FIN_PAST_MANDATE):
	case CODE(FIN_PERIOD):
	case CODE(PRIO_NO_OWNER):
	case CODE(PRIO_UNENDORSED):
	case CODE(HOST_CONSENT):
	case _MANDATE__ALERT_CODE_IS_INT_SIZE:
		break;
	}
	return MANDATE__CLOSE_REASON__CLOSE_REASON_RESOLVED;
}

Mandate__Alert *alert_edition_clash(struct arena *a, Mandate__Kind kind, const char *key,
				    const char *operation, int32_t since, const char *office,
				    const char *other_office)
{
	Mandate__Alert *alert = arena_alloc(a, sizeof *alert);
	char **offices = arena_calloc(a, 2, sizeof *offices);

	if (!alert || !offices)
		return NULL;
	mandate__alert__init(alert);
	alert->code = CODE(EDITION_CLASH);
	alert->severity = MANDATE__SEVERITY__SEVERITY_WARN;
	alert->since = since;
	alert->key = arena_printf(a, "%s:%s", record_kind_name(kind), key);
	alert->operation = operation ? arena_text(a, operation) : NULL;
	alert->offices = offices;
	alert->n_offices = 2;
	offices[0] = arena_text(a, office);
	offices[1] = arena_text(a, other_office);
	alert->causes = arena_calloc(a, 1, sizeof *alert->causes);
	if (!alert->key || (operation && !alert->operation) || !offices[0] || !offices[1] ||
	    !alert->causes)
		return NULL;
	alert->causes[0] = arena_printf(a, "%s %s", record_kind_name(kind), key);
	alert->n_causes = 1;
	return alert->causes[0] ? alert : NULL;
}
