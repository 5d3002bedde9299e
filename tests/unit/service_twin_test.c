/* The state machine against a second reading of the definitions: random changes and days; after
 * each, what the events have left open is what the twin opens on the state's day. Its seed is
 * printed: TWIN_SEED=N begins with that case, CHANGES=N sets how many changes. */
#include "twin_machine.h"

#include <time.h>

enum { CHANGES = 3000 };

static void what_events_leave_open_is_what_the_definitions_open(void **state)
{
	const char *given = getenv("TWIN_SEED"), *changes = getenv("CHANGES");
	long left = changes ? atol(changes) : CHANGES;
	struct play *p = calloc(1, sizeof *p);
	struct timespec now;
	uint64_t seed;

	(void)state;
	clock_gettime(CLOCK_REALTIME, &now);
	seed = given ? strtoull(given, NULL, 10) : (uint64_t)now.tv_nsec + 1;
	print_message("TWIN_SEED=%llu CHANGES=%ld\n", (unsigned long long)seed, left);
	for (; left > 0; seed++) {
		struct twin_case c;
		int32_t day;

		case_make(&c, seed, MANDATE__KIND__KIND_CONSENT);
		day = CASE_FIRST_DAY + (int32_t)chance_below(&c.chance, CASE_DAYS / 2);
		play_begin(p, day);
		for (size_t n = 0; n < c.count; n++) {
			play_item(p, &c.items[n]);
			if (n >= c.names && !play_agrees(p)) {
				case_tell(&c, NULL, n + 1);
				fail_msg("day %d, TWIN_SEED=%llu", day, (unsigned long long)seed);
			}
			if (!chance_in(&c.chance, 6))
				continue;
			day += 1 +
			       (int32_t)chance_below(&c.chance, chance_in(&c.chance, 3) ? 60 : 3);
			play_day(p, day);
			if (!play_agrees(p)) {
				case_tell(&c, NULL, n + 1);
				fail_msg("entering day %d, TWIN_SEED=%llu", day,
					 (unsigned long long)seed);
			}
		}
		left -= (long)c.count;
		play_end(p);
		case_free(&c);
	}
	free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_events_leave_open_is_what_the_definitions_open),
	};

	return cmocka_run_group_tests_name("service/twin", tests, NULL, NULL);
}
