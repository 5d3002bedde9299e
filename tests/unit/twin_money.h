/* Money: DEFINITIONS section 6. */
#ifndef TESTS_TWIN_MONEY_H
#define TESTS_TWIN_MONEY_H

#include "twin.h"

/* Of an operation's own budget: a partner's commitments are not, a total is of all operations. */
bool twin_is_budget(Mandate__AmountKind kind);

/* A period of one operation of whose budget anything is on record. */
struct twin_period {
	const char *op;
	int32_t start, end;
};

size_t twin_periods(const struct twin *w, struct twin_period list[TWIN_LIST_MAX]);

/* Who pays on `day`; 0: not on record. */
Mandate__Financing twin_financing(const struct twin *w, const char *op, int32_t day);

/* The amounts of a kind in a currency, added up; false: none. */
bool twin_amount(const struct twin *w, struct twin_period p, Mandate__AmountKind kind,
		 const char *currency, int64_t *ret_sum);

/* The part of a period after `secured`, in the first currency that has one above zero. */
bool twin_conditional(const struct twin *w, struct twin_period p, int32_t secured,
		      int64_t *ret_amount);

#endif
