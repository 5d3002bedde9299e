/* Amounts and payments: DEFINITIONS section 6.
 * A part of a dossier; for the files of rules/ only.
 *
 * Both shelves are in the order of keys, so that all records of one period lie side by side, of one
 * State's payments too. What alerts ask is kept a period; sums are made when they are asked for. */
#ifndef MANDATED_RULES_BUDGET_H
#define MANDATED_RULES_BUDGET_H

#include "rules/mandate.h"
#include "rules/money.h"
#include "rules/shelf.h"
#include "rules/span.h"

struct budget_share {
	const char *contributor;
	int64_t amount;
};

struct amount_fact {
	struct fact fact;
	int32_t start, end;
	Mandate__AmountKind kind;
	int64_t amount;
	Mandate__Precision precision; /* 0: not stated */
	const char *party;
	const char *document; /* NULL: "-" */
	char currency[4];
	bool has_reason; /* why the period is not the usual one */
	size_t share_count;
	struct budget_share shares[]; /* sorted by contributor */
};

struct payment_fact {
	struct fact fact;
	int32_t start, end;
	int32_t day;
	int64_t amount;
	const char *contributor;
	char currency[4];
};

/* A period of which anything is on record. */
struct budget_period {
	int32_t start; /* first: periods are searched by it; then by end */
	int32_t end;
	uint32_t facts;	     /* amounts and payments */
	uint32_t budgeted;   /* amounts of its budget: not a partner's commitments */
	uint32_t authorized; /* of them those that show that money was granted: see budget.c */
	uint32_t reasons;    /* amounts that say why the period is not the usual one */
	/* Settled: the last day up to which this or an earlier period is budgeted; DAY_NEVER. */
	int32_t reach;
};

struct financing_phase {
	int32_t from;
	Mandate__Financing financing;
};

struct budget {
	struct array amounts, payments; /* shelves */
	struct array periods;		/* of struct budget_period */
	size_t settled;			/* periods before it hold `reach` */
	Mandate__Financing financing;	/* of the operation; 0: not on record */
	struct array phases;		/* of struct financing_phase, by day */
	int32_t operation_start;	/* DAY_NEVER: not given */
};

/* An amount or a payment has a new content, or none (record NULL). */
MUST_USE enum status budget_put(struct dossier *d, Mandate__Kind kind, const char *key,
				const Mandate__Record *record);
/* Who pays for the operation, as its record says; NULL: none is on record. */
MUST_USE enum status budget_follow(struct dossier *d, const Mandate__Operation *o);
void budget_settle(struct dossier *d);
void budget_fini(struct dossier *d);
size_t budget_bytes(const struct dossier *d);

/* The records of a period on their shelf: from..end - 1. */
void budget_amounts(const struct dossier *d, int32_t start, int32_t end, size_t *ret_from,
		    size_t *ret_end);
void budget_payments(const struct dossier *d, int32_t start, int32_t end, size_t *ret_from,
		     size_t *ret_end);
const struct amount_fact *budget_amount(const struct dossier *d, size_t index);
const struct payment_fact *budget_payment(const struct dossier *d, size_t index);

/* Does the amount at `index` of a period's from..end count? One without a document does not beside
 * one that names it. */
bool budget_counts(const struct dossier *d, size_t from, size_t end, size_t index);
int64_t budget_add(int64_t a, int64_t b); /* stays at the end of what fits */
struct money_sum budget_sum(const struct dossier *d, const struct budget_period *p,
			    Mandate__AmountKind kind, const char *currency);

/* What the mandate's end puts in question: the assessment, while there is none the appropriation;
 * and the part of it for the days after `day`, 0 without any. */
struct money_sum budget_at_stake(const struct dossier *d, const struct budget_period *p,
				 const char *currency);
int64_t budget_part_after(int64_t amount, const struct budget_period *p, int32_t day);

bool budget_mandate_ended(const struct mandate_day *m);
/* U, as far as it is known: where no text set a date, the recorded end of what has ended. */
bool budget_secured(const struct dossier *d, const struct mandate_day *m, int32_t *ret_until);

/* The first currency after `currency` ("" before the first), by code, of the period's amounts, with
 * `of_payments` of its payments too. False: there is none. */
bool budget_next_currency(const struct dossier *d, const struct budget_period *p, bool of_payments,
			  char currency[4]);

/* That part in the first currency, by code, in which it is above zero. False: in none. */
bool budget_conditional(const struct dossier *d, const struct budget_period *p,
			int32_t secured_until, int64_t *ret_amount, char ret_currency[4]);

#endif
