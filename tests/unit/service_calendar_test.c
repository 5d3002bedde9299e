/* The calendar: which days it enters by itself, and which wait for a person. */
#include "service/calendar.h"

#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static const uint64_t DAY_MS = 86400000;

/* Noon of a day in New York. */
static int64_t noon(int32_t day)
{
	return (int64_t)day * 86400 + 17 * 3600;
}

static int setup(void **state)
{
	static struct calendar c;

	assert_int_equal(calendar_init(&c, "America/New_York", false), STATUS_OK);
	*state = &c;
	return 0;
}

static void the_first_day_is_entered_whatever_it_is(void **state)
{
	int32_t day;

	assert_int_equal(calendar_look(*state, DAY_NEVER, noon(20000), 5, &day), CALENDAR_ENTER);
	assert_int_equal(day, 20000);
}

static void a_day_begins_at_midnight_in_the_zone(void **state)
{
	struct calendar *c = *state;
	int64_t midnight = (int64_t)day_from_civil(2026, 7, 2) * 86400 + 4 * 3600;

	assert_int_equal(calendar_day(c, midnight - 1), day_from_civil(2026, 7, 1));
	assert_int_equal(calendar_day(c, midnight), day_from_civil(2026, 7, 2));
	assert_int_equal(calendar_set_zone(c, "Mars/Olympus"), STATUS_NOT_FOUND);
	assert_int_equal(calendar_day(c, midnight), day_from_civil(2026, 7, 2));
	assert_int_equal(calendar_set_zone(c, "UTC"), STATUS_OK);
	assert_int_equal(calendar_day(c, midnight - 4 * 3600), day_from_civil(2026, 7, 2));
	assert_int_equal(calendar_day(c, midnight - 4 * 3600 - 1), day_from_civil(2026, 7, 1));
}

static void at_a_start_a_month_is_caught_up_and_more_waits(void **state)
{
	int32_t day;

	assert_int_equal(calendar_look(*state, 20000, noon(20000 + DAY_STEP_AT_START_MAX), 5, &day),
			 CALENDAR_ENTER);
	assert_int_equal(calendar_look(*state, 20000, noon(20001 + DAY_STEP_AT_START_MAX), 5, &day),
			 CALENDAR_WAITS);
	assert_int_equal(day, 20001 + DAY_STEP_AT_START_MAX);
}

static void while_running_a_step_is_bounded_by_the_time_that_passed(void **state)
{
	struct calendar *c = *state;
	int32_t day;

	calendar_entered(c, 1000);
	assert_int_equal(calendar_look(c, 20000, noon(20001), 2000, &day), CALENDAR_ENTER);
	assert_int_equal(calendar_look(c, 20000, noon(20002), 2000, &day), CALENDAR_WAITS);
	/* A machine that slept for three days: the boot-time clock went on. */
	assert_int_equal(calendar_look(c, 20000, noon(20004), 1000 + 3 * DAY_MS, &day),
			 CALENDAR_ENTER);
	assert_int_equal(calendar_look(c, 20000, noon(20005), 1000 + 3 * DAY_MS, &day),
			 CALENDAR_WAITS);
	/* The clock was set right again. */
	assert_int_equal(calendar_look(c, 20000, noon(20000), 1000 + 3 * DAY_MS, &day),
			 CALENDAR_NOTHING);
}

static void a_state_that_stands_where_the_clock_is_counts_from_the_start(void **state)
{
	struct calendar *c = *state;
	int32_t day;

	assert_int_equal(calendar_look(c, 20000, noon(20000), 7000, &day), CALENDAR_NOTHING);
	assert_int_equal(calendar_look(c, 20000, noon(20020), 8000, &day), CALENDAR_WAITS);
	assert_int_equal(calendar_look(c, 20000, noon(20001), 8000, &day), CALENDAR_ENTER);
}

static void the_day_only_grows(void **state)
{
	int32_t day;

	assert_int_equal(calendar_look(*state, 20000, noon(19999), 5, &day), CALENDAR_NOTHING);
	assert_int_equal(calendar_look(*state, 20000, noon(20000), 5, &day), CALENDAR_NOTHING);
}

static void days_that_cannot_be_are_never_entered(void **state)
{
	int32_t day;

	assert_int_equal(calendar_look(*state, DAY_NEVER, noon(DAY_LAST + 1), 5, &day),
			 CALENDAR_NOTHING);
	assert_int_equal(calendar_look(*state, DAY_NEVER, noon(DAY_FIRST - 1), 5, &day),
			 CALENDAR_NOTHING);
}

static void by_hand_it_enters_nothing(void **state)
{
	struct calendar c;
	int32_t day;

	(void)state;
	assert_int_equal(calendar_init(&c, "UTC", true), STATUS_OK);
	assert_int_equal(calendar_look(&c, DAY_NEVER, noon(20000), 5, &day), CALENDAR_NOTHING);
	assert_int_equal(calendar_look(&c, 10000, noon(20000), 5, &day), CALENDAR_NOTHING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_first_day_is_entered_whatever_it_is, setup),
		cmocka_unit_test_setup(a_day_begins_at_midnight_in_the_zone, setup),
		cmocka_unit_test_setup(at_a_start_a_month_is_caught_up_and_more_waits, setup),
		cmocka_unit_test_setup(while_running_a_step_is_bounded_by_the_time_that_passed,
				       setup),
		cmocka_unit_test_setup(a_state_that_stands_where_the_clock_is_counts_from_the_start,
				       setup),
		cmocka_unit_test_setup(the_day_only_grows, setup),
		cmocka_unit_test_setup(days_that_cannot_be_are_never_entered, setup),
		cmocka_unit_test_setup(by_hand_it_enters_nothing, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
