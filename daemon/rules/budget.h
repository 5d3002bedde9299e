/* Amounts and payments: DEFINITIONS section 6.
 * A part of a dossier; for the files of rules/ only.
 *
 * Both shelves are in the order of keys, so that all records of one period lie side by side, of one
 * State's payments too. What alerts ask is kept a period; sums are made when they are asked for. */
#ifndef MANDATED_RULES_BUDGET_H
#define MANDATED_RULES_BUDGET_H

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

/* A fact has a new content, or none (record NULL). The operation too: who pays for it. */
MUST_USE enum status budget_put(struct dossier *d, Mandate__Kind kind, const char *key,
				const Mandate__Record *record);
void budget_settle(struct dossier *d);
void budget_fini(struct dossier *d);
size_t budget_bytes(const struct dossier *d);

/* The amounts of a period: indices from..end of the shelf. */
void budget_amounts(const struct dossier *d, int32_t start, int32_t end, size_t *ret_from,
		    size_t *ret_end);
const struct amount_fact *budget_amount(const struct dossier *d, size_t index);

/* The conditional part of the first currency, by code, that has one above zero when the mandate is
 * secured until `secured_until`. False if none has. */
bool budget_conditional(const struct dossier *d, const struct budget_period *p,
			int32_t secured_until, int64_t *ret_amount, char ret_currency[4]);

#endif
