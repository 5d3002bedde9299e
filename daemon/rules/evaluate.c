#include "rules/evaluate.h"
#include "base/limits.h"

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

void evaluate_judge(struct evaluation *e, const struct rule *rule, struct judge_subject subject)
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
	if (since == DAY_NEVER) { /* nothing on record begins it */
		since = DAY_FIRST;
		at_latest = true;
	}
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
