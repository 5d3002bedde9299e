/* Days from..to over which an answer stays the same. Every fold narrows the span it is given by
 * what it read, so that walking back over changes, and knowing the next one, need no list of their
 * own. */
#ifndef MANDATED_RULES_SPAN_H
#define MANDATED_RULES_SPAN_H

#include "base/day.h"

struct span {
	int32_t from, to; /* DAY_NEVER, DAY_INFINITE where nothing changes any more */
};

#define SPAN_ALL ((struct span){.from = DAY_NEVER, .to = DAY_INFINITE})

static inline void span_begin(struct span *s, int32_t from)
{
	if (s->from < from)
		s->from = from;
}

static inline void span_end(struct span *s, int32_t to)
{
	if (s->to > to)
		s->to = to;
}

/* Something changes on `first_other`, as judged from `day`. */
static inline void span_cut(struct span *s, int32_t day, int32_t first_other)
{
	if (first_other <= day)
		span_begin(s, first_other);
	else if (first_other != DAY_INFINITE)
		span_end(s, first_other - 1);
}

static inline int32_t day_least(int32_t a, int32_t b)
{
	return a < b ? a : b;
}

static inline int32_t day_greatest(int32_t a, int32_t b)
{
	return a > b ? a : b;
}

/* `day` moved by `days`; no end and not set stay what they are. */
static inline int32_t day_plus(int32_t day, int32_t days)
{
	return day == DAY_INFINITE || day == DAY_NEVER ? day : day + days;
}

#endif
