/* One evaluation of a home's alerts on a day, for the files of rules/ only: a rule is a row, a file
 * a domain tries its rules on each of its subjects. */
#ifndef MANDATED_RULES_EVALUATE_H
#define MANDATED_RULES_EVALUATE_H

#include "rules/draft.h"

/* What all answers keep to, and the alerts where they are wanted. */
struct evaluation {
	const struct dossier *d;
	const struct alert_parameters *p;
	int32_t day;
	struct span span; /* over which all of it stays the same */
	struct draft draft;
};

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

/* Opens the rule's alert on the subject if its condition holds. */
void evaluate_judge(struct evaluation *e, const struct rule *rule, struct judge_subject subject);

/* A domain each: every alert that its facts may open. Those of rules 2 are asked only from rules 2
 * on. */
void alert_operation_evaluate(struct evaluation *e); /* mandates, ceilings, strengths: rules 1 */
void alert_mandates_evaluate(struct evaluation *e);  /* CEIL_SUB, MAND_ONE_SIDED */
void alert_partnership_evaluate(
	struct evaluation *e); /* HANDOVER_ONE_SIDE, SUCC_*, FUNCTION_ORPHAN */
void alert_forces_evaluate(
	struct evaluation *e); /* DEP_ARRIVES_ENDED, DEP_DOUBLE, PLEDGE_*, MOU_* */
void alert_budget_evaluate(struct evaluation *e); /* FIN_* */
void alert_agenda_evaluate(struct evaluation *e); /* PRIO_*, HOST_CONSENT */

/* Why an alert of theirs that was open is not any more: as alert_close_reason says. */
typedef Mandate__CloseReason close_reason(const struct dossier *d, const struct alert_parameters *p,
					  int32_t day, const Mandate__Alert *was);
close_reason alert_operation_close, alert_mandates_close, alert_partnership_close,
	alert_forces_close, alert_budget_close, alert_agenda_close;

#endif
