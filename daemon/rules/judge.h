/* The conditions of alerts, each on one day; alert.c finds when they began and what proves them. */
#ifndef MANDATED_RULES_JUDGE_H
#define MANDATED_RULES_JUDGE_H

#include "rules/alert.h"
#include "rules/parts.h"
#include "rules/requirement.h"

/* What a condition is about; the part of an alert's key after the operation. */
struct judge_subject {
	Mandate__Component component;	    /* CEIL_*, DEP_STALE */
	const struct ceiling_part *part;    /* CEIL_SUB: a named part, not the component */
	const struct party *party;	    /* MAND_* */
	int32_t until;			    /* MAND_EXPIRING: U; DAY_NEVER: whichever it is */
	int32_t start, end;		    /* FIN_*: the budget period */
	const struct priorities_list *list; /* PRIO_* */
	const char *host;		    /* HOST_CONSENT */
	const struct stay *stay;	    /* DEP_ARRIVES_ENDED, MOU_MISSING */
	int32_t since;			    /* likewise: from which it is deployed */
	const struct unit_name *name;	    /* DEP_DOUBLE */
	const struct need *need;	    /* PLEDGE_GAP */
	const struct pledge *pledge;	    /* PLEDGE_STALE */
	const struct arrangement_fact *arrangement; /* HANDOVER_ONE_SIDE, SUCC_* */
};

/* What was read on the way to the answer; what each condition fills is said at its name. */
struct judge_finding {
	struct mandate_day mandate;   /* MAND_*, DEP_*, FIN_* */
	struct ceiling_day ceiling;   /* CEIL_OVER; CEIL_SUB: the number that is passed */
	struct strength_day strength; /* CEIL_*, DEP_NO_MANDATE */
	Mandate__Component component; /* DEP_NO_MANDATE: whose head-count it is first of all */
	int32_t last_return;	      /* DEP_STALE */
	int32_t other_until;	      /* MAND_ONE_SIDED: the later U; `mandate` is the earlier's */
	const struct ceiling_item *item; /* CEIL_SUB: the child's entry; of the sum: the parent's */
	uint64_t persons;		 /* CEIL_SUB: the child's number, or the sum */
	Mandate__Component above; /* CEIL_SUB: whose number a child passes; 0: the sum does */
	bool stale;		  /* CEIL_*: would be open if the head-count were not too old */
	int64_t amount;		  /* FIN_PAST_MANDATE: the conditional part, in `currency` */
	char currency[4];
	const struct consent_fact *consent; /* HOST_CONSENT */
	const struct double_days *doubled;  /* DEP_DOUBLE */
	struct requirement_day requirement; /* PLEDGE_GAP */
	int32_t last_day;		    /* SUCC_*: of the predecessor's mandate */
	int budget; /* in and out: dates of change that may still be walked back over */
};

/* Does the condition hold on `day`? `span` is narrowed to days on which the answer stays the same,
 * and from `day` on what it found too if it holds. With a budget, a condition that needs no more
 * than that somebody is there walks back over head-counts itself, cheaper than day by day. */
typedef bool judge_condition(const struct dossier *d, const struct alert_parameters *p,
			     const struct judge_subject *subject, int32_t day,
			     struct judge_finding *ret_finding, struct span *span);

judge_condition judge_ceil_over, judge_ceil_unset, judge_mand_expiring, judge_mand_lapsed,
	judge_dep_no_mandate, judge_dep_stale;

#endif
