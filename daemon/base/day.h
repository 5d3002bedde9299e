/* Calendar days: the number of days since 1970-01-01 (negative before), proleptic Gregorian. Every
 * date of the domain is such a number; none of them has a time of day. */
#ifndef MANDATED_BASE_DAY_H
#define MANDATED_BASE_DAY_H

#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	DAY_FIRST = -10958,	  /* 1940-01-01: before any operation */
	DAY_LAST = 47846,	  /* 2100-12-31: later dates are mistakes */
	DAY_INFINITE = INT32_MAX, /* "no end", in folds only, never stored */
	DAY_NEVER = INT32_MIN,	  /* "before everything" or "not set", in folds only */
	DAY_TEXT_BYTES = 12,
};

/* "2004-10-01"; "-" for DAY_INFINITE and DAY_NEVER. */
void day_format(char ret_text[DAY_TEXT_BYTES], int32_t day);

/* Exactly YYYY-MM-DD, a day that exists, DAY_FIRST to DAY_LAST; otherwise STATUS_INVALID. */
MUST_USE enum status day_parse(int32_t *ret_day, const char *text);

/* Exactly YYYY-MM: the month's last day. */
MUST_USE enum status day_parse_month(int32_t *ret_last_day, const char *text);

bool day_valid(int32_t day);
int32_t day_from_civil(int year, int month, int day_of_month);
void day_to_civil(int32_t day, int *ret_year, int *ret_month, int *ret_day_of_month);

/* The day at `unix_seconds` in `timezone` ("America/New_York"). STATUS_NOT_FOUND for a zone that
 * the system does not have. Thread-safe only if called from one thread (sets TZ for the call). */
MUST_USE enum status day_in_zone(int32_t *ret_day, int64_t unix_seconds, const char *timezone);

#endif
