/* Priorities and consent. Both are judged as long as the operation is there: up to its recorded
 * end, and while it may still withdraw. */
#include "rules/evaluate.h"

#include <string.h>

#define CODE(name) MANDATE__ALERT_CODE__ALERT_CODE_##name
#define SEVERITY(name) MANDATE__SEVERITY__SEVERITY_##name
#define REASON(name) MANDATE__CLOSE_REASON__CLOSE_REASON_##name

static bool is_over(const struct dossier *d, int32_t day, struct span *span)
{
	struct mandate_day m;

	span_cut(span, day, day_plus(d->operation.end_date, 1));
	if (day <= d->operation.end_date)
		return false;
	mandate_fold(d, NULL, day, &m, span);
	return day > m.withdraw_by;
}

/* --- conditions --- */

static bool judge_no_owner(const struct dossier *d, const struct alert_parameters *p,
			   const struct judge_subject *subject, int32_t day,
			   struct judge_finding *ret_finding, struct span *span)
{
	bool all_lead = true;

	(void)p;
	(void)ret_finding;
	for (size_t i = 0; i < subject->list->item_count; i++)
		all_lead &= subject->list->items[i].has_lead;
	return !all_lead && priorities_ruling(d, day, span) == subject->list &&
	       !is_over(d, day, span);
}

static bool judge_unendorsed(const struct dossier *d, const struct alert_parameters *p,
			     const struct judge_subject *subject, int32_t day,
			     struct judge_finding *ret_finding, struct span *span)
{
	int32_t first = subject->list->version_since + p->owner_silent_days + 1;

	(void)ret_finding;
	if (priorities_ruling(d, day, span) != subject->list || is_over(d, day, span))
		return false;
	span_cut(span, day, first);
	return day >= first && priorities_silent(d, subject->list, day, span);
}

static bool judge_host_consent(const struct dossier *d, const struct alert_parameters *p,
			       const struct judge_subject *subject, int32_t day,
			       struct judge_finding *ret_finding, struct span *span)
{
	const struct consent_fact *c = consent_ruling(d, subject->host, day, span);

	(void)p;
	ret_finding->consent = c;
	return c && c->state != MANDATE__CONSENT_STATE__CONSENT_STATE_GIVEN &&
	       !is_over(d, day, span);
}

static Mandate__Severity consent_severity(struct evaluation *e, const struct judge_finding *f,
					  int32_t since)
{
	(void)e;
	(void)since;
	return f->consent->state == MANDATE__CONSENT_STATE__CONSENT_STATE_WITHDRAWN
		       ? SEVERITY(ALARM)
		       : SEVERITY(WARN);
}

/* --- what an alert is called and what proves it --- */

static char *list_key(struct draft *t, const struct judge_subject *subject)
{
	return arena_text(t->a, subject->list->fact.key);
}

static char *host_key(struct draft *t, const struct judge_subject *subject)
{
	return arena_printf(t->a, "%s:%s", t->d->name, subject->host);
}

static void prove_day(Mandate__Alert *alert, int32_t day)
{
	alert->has_day = true;
	alert->day = day;
}

static void prove_list(struct evaluation *e, Mandate__Alert *alert,
		       const struct judge_subject *subject, const struct judge_finding *f)
{
	(void)f;
	alert->document = draft_text(&e->draft, subject->list->document);
	alert->has_version = true;
	alert->version = subject->list->version;
	prove_day(alert, subject->list->date);
	draft_cause(&e->draft, alert, MANDATE__KIND__KIND_PRIORITIES, subject->list->fact.key);
}

static void prove_silent(struct evaluation *e, Mandate__Alert *alert,
			 const struct judge_subject *subject, const struct judge_finding *f)
{
	const struct priorities_list *list = subject->list;
	int32_t on;
	bool inferred;

	prove_list(e, alert, subject, f);
	prove_day(alert, list->version_since);
	alert->parties = arena_calloc(e->draft.a, list->owner_count, sizeof *alert->parties);
	if (!alert->parties) {
		e->draft.failed = true;
		return;
	}
	for (size_t i = 0; i < list->owner_count; i++)
		if (!priorities_endorsed_by(e->d, list, list->owners[i], e->day, &on, &inferred))
			alert->parties[alert->n_parties++] = draft_text(&e->draft, list->owners[i]);
}

static void prove_consent(struct evaluation *e, Mandate__Alert *alert,
			  const struct judge_subject *subject, const struct judge_finding *f)
{
	alert->host = draft_text(&e->draft, subject->host);
	alert->has_consent = true;
	alert->consent = f->consent->state;
	prove_day(alert, f->consent->day);
	if (f->consent->document)
		alert->document = draft_text(&e->draft, f->consent->document);
	draft_cause(&e->draft, alert, MANDATE__KIND__KIND_CONSENT, f->consent->fact.key);
}

/* --- the rules --- */

static const struct rule no_owner = {CODE(PRIO_NO_OWNER), judge_no_owner, list_key,
				     prove_list,	  SEVERITY(WARN), NULL};
static const struct rule unendorsed = {CODE(PRIO_UNENDORSED), judge_unendorsed, list_key,
				       prove_silent,	      SEVERITY(WARN),	NULL};
static const struct rule host_consent = {
	CODE(HOST_CONSENT), judge_host_consent, host_key, prove_consent, 0, consent_severity};

void alert_agenda_evaluate(struct evaluation *e)
{
	const struct priorities_list *list = priorities_ruling(e->d, e->day, &e->span);

	if (list) {
		evaluate_judge(e, &no_owner, (struct judge_subject){.list = list});
		evaluate_judge(e, &unendorsed, (struct judge_subject){.list = list});
	}
	for (size_t i = 0; i < e->d->agenda.hosts.count; i++)
		evaluate_judge(
			e, &host_consent,
			(struct judge_subject){
				.host = ITEMS(e->d->agenda.hosts, struct consent_host)[i].code});
}

Mandate__CloseReason alert_agenda_close(const struct dossier *d, const struct alert_parameters *p,
					int32_t day, const Mandate__Alert *was)
{
	const struct priorities_list *list;
	struct span span = SPAN_ALL;

	(void)p;
	if (is_over(d, day, &span))
		return REASON(OVER);
	list = priorities_ruling(d, day, &span);
	if (was->code != CODE(HOST_CONSENT) && list && strcmp(list->fact.key, was->key) != 0)
		return REASON(SUPERSEDED);
	return REASON(RESOLVED);
}
