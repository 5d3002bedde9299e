#include "service/calendar.h"

#include "base/limits.h"

#include <string.h>

static const uint64_t DAY_MS = 86400000;

enum status calendar_set_zone(struct calendar *c, const char *zone)
{
	int32_t day;
	size_t len = strlen(zone);

	if (len >= sizeof c->zone)
		return STATUS_LIMIT;
	enum status s = day_in_zone(&day, 0, zone);
	if (s == STATUS_OK)
		memcpy(c->zone, zone, len + 1);
	return s;
}

enum status calendar_init(struct calendar *c, const char *zone, bool manual)
{
	*c = (struct calendar){.manual = manual};
	return calendar_set_zone(c, zone);
}

int32_t calendar_day(const struct calendar *c, int64_t unix_seconds)
{
	int32_t day;

	/* The zone was there when it was set; without it the day of UTC is the next best. */
	if (day_in_zone(&day, unix_seconds, c->zone) == STATUS_OK)
		return day;
	return (int32_t)(unix_seconds / 86400 - (unix_seconds % 86400 < 0));
}

int64_t calendar_tomorrow(const struct calendar *c, int64_t unix_seconds)
{
	enum { LONGEST_DAY_S = 27 * 3600 }; /* with clocks put back and a zone that changes */
	int32_t today = calendar_day(c, unix_seconds);
	int64_t last = unix_seconds, first = unix_seconds + LONGEST_DAY_S;

	while (first - last > 1) {
		int64_t middle = last + (first - last) / 2;

		if (calendar_day(c, middle) > today)
			first = middle;
		else
			last = middle;
	}
	return first;
}

void calendar_entered(struct calendar *c, uint64_t boot_ms)
{
	c->running = true;
	c->since_boot_ms = boot_ms;
}

enum calendar_verdict calendar_look(struct calendar *c, int32_t state_day, int64_t unix_seconds,
				    uint64_t boot_ms, int32_t *ret_day)
{
	int32_t day = calendar_day(c, unix_seconds);

	*ret_day = day;
	if (c->manual || !day_valid(day))
		return CALENDAR_NOTHING;
	if (day <= state_day) {
		/* The state stands where the clock is: from here on time is counted. */
		if (day == state_day && !c->running)
			calendar_entered(c, boot_ms);
		return CALENDAR_NOTHING;
	}
	if (state_day == DAY_NEVER)
		return CALENDAR_ENTER;
	uint64_t most = c->running ? (boot_ms - c->since_boot_ms) / DAY_MS + 1
				   : (uint64_t)DAY_STEP_AT_START_MAX;
	return (uint64_t)((int64_t)day - state_day) <= most ? CALENDAR_ENTER : CALENDAR_WAITS;
}
