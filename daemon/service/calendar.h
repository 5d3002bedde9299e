/* The calendar: proposes the day that the clock and the zone say, so that `day` inputs enter it. A
 * clock that jumps must not close a year of mandates: a step larger than the time that passed on
 * the boot-time clock allows waits for an operator. Time is a value here; nothing reads a clock. */
#ifndef MANDATED_SERVICE_CALENDAR_H
#define MANDATED_SERVICE_CALENDAR_H

#include "base/day.h"

enum { CALENDAR_ZONE_BYTES = 64 };

enum calendar_verdict {
	CALENDAR_NOTHING = 1, /* the state has that day, or a later one */
	CALENDAR_ENTER,	      /* enter *ret_day */
	CALENDAR_WAITS,	      /* *ret_day is too far ahead: an operator enters it */
};

struct calendar {
	char zone[CALENDAR_ZONE_BYTES];
	bool manual;  /* only operators enter days: for exercises and replays of history */
	bool running; /* a day was entered, or found right, since the start */
	uint64_t since_boot_ms; /* when that was, on the boot-time clock */
};

/* STATUS_NOT_FOUND for a zone that the system does not have; STATUS_LIMIT for one too long. */
MUST_USE enum status calendar_init(struct calendar *c, const char *zone, bool manual);
/* The same for a zone that changes later; the calendar stays as it is on failure. */
MUST_USE enum status calendar_set_zone(struct calendar *c, const char *zone);

/* The day that clock and zone say. */
int32_t calendar_day(const struct calendar *c, int64_t unix_seconds);

/* When the day after begins, in seconds of Unix time. */
int64_t calendar_tomorrow(const struct calendar *c, int64_t unix_seconds);

/* What to do, with `state_day` the state's (DAY_NEVER: none yet; then any day is entered). */
enum calendar_verdict calendar_look(struct calendar *c, int32_t state_day, int64_t unix_seconds,
				    uint64_t boot_ms, int32_t *ret_day);

/* A day was entered, by whomever. */
void calendar_entered(struct calendar *c, uint64_t boot_ms);

#endif
