/* Money of an operation: DEFINITIONS section 6, restated at each field. Pure folds over a dossier.
 *
 * What decides an amount is not dated: an amount holds for its period on every day. Payments have a
 * day, and the conditional part follows the mandate, so both are as of the day asked for.
 *
 * Several records of a kind are added up, one for each deciding party and document; a revision of
 * one is a new edition of its record. A record without a document ("-") stands in for one that is
 * not known yet: it counts only while no record of its kind, party and currency names one. Sums
 * that would not fit 64 bits stay at the end of them. */
#ifndef MANDATED_RULES_MONEY_H
#define MANDATED_RULES_MONEY_H

#include "mandate.pb-c.h"
#include "rules/dossier.h"

#define MONEY_KINDS (MANDATE__AMOUNT_KIND__AMOUNT_KIND_CAPACITY_BUILDING + 1)

struct money_sum {
	bool set;
	int64_t amount;
};

/* One budget period in one currency, as of a day. */
struct money {
	int32_t start, end; /* of the period; both days included */
	char currency[4];
	Mandate__MoneyState state; /* the furthest */
	Mandate__Financing financing;
	/* As recorded, by kind; index 0 is unused. TOTAL is of all operations together, and never
	 * set. None is added to another. */
	struct money_sum of[MONEY_KINDS];
	/* Appropriation + supplementary; without an appropriation the commitment authority. */
	struct money_sum authorized;
	/* Of what is assessed, or, while nothing is, of the appropriation: floor(amount x days of
	 * the period after U / days of the period). Not set without either or without a mandate. */
	struct money_sum conditional;
	struct money_sum paid;
	/* What States still owe of their shares, and what of assessments no share is stated for, as
	 * far as what States paid beyond their shares does not cover it. Set with an assessment. */
	struct money_sum outstanding;
	Mandate__Precision precision; /* of the least exact that counts; 0: not stated */
};

/* Every period that holds `day` (with `all`, every period), by start, end and currency. Periods of
 * which there is only a payment are among them. In `a`; STATUS_NO_MEMORY. */
MUST_USE enum status money_on(const struct dossier *d, int32_t day, bool all, struct arena *a,
			      struct money **ret_rows, size_t *ret_count);

/* One State's side of the same: what is assessed on it (of[ASSESSMENT]), what it has paid, what it
 * owes; `state` is ASSESSED, PAID when it owes nothing, NONE without a share. Periods that hold
 * `day` and earlier ones in which it still owes something; nothing else is set. */
MUST_USE enum status money_of_state(const struct dossier *d, const char *contributor, int32_t day,
				    struct arena *a, struct money **ret_rows, size_t *ret_count);

/* What a partner commits itself to in the periods that hold `day` (of[COST_SHARING] and
 * of[CAPACITY_BUILDING]); nothing else is set. */
MUST_USE enum status money_of_party(const struct dossier *d, const char *party, int32_t day,
				    struct arena *a, struct money **ret_rows, size_t *ret_count);

/* Who pays for the operation on `day`: the latest phase that says it, else the operation, else by
 * kind: assessed for peacekeeping, the regular budget for political missions, a partner's own
 * means for a partner's. UNTSO and UNMOGIP say REGULAR in their records. 0: not on record. */
Mandate__Financing money_financing(const struct dossier *d, int32_t day);

/* floor(amount x days / of_days) without overflow, for 0 <= days <= of_days; 0 unless amount > 0.
 */
int64_t money_part(int64_t amount, int32_t days, int32_t of_days);

#endif
