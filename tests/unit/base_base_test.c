/* Days, hashes, arena and mailbox. */
#include "base/arena.h"
#include "base/day.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/mailbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static void every_day_goes_to_text_and_back(void **state)
{
	char text[DAY_TEXT_BYTES];
	int32_t back;

	(void)state;
	for (int32_t day = DAY_FIRST; day <= DAY_LAST; day++) {
		day_format(text, day);
		assert_int_equal(day_parse(&back, text), STATUS_OK);
		assert_int_equal(back, day);
	}
	day_format(text, 0);
	assert_string_equal(text, "1970-01-01");
	day_format(text, DAY_FIRST);
	assert_string_equal(text, "1940-01-01");
	day_format(text, DAY_LAST);
	assert_string_equal(text, "2100-12-31");
}

static void days_that_cannot_be_are_invalid(void **state)
{
	static const char *const wrong[] = {"",		  "2004-1-1",	 "2004-02-30",
					    "2003-02-29", "2004-13-01",	 "2004-00-10",
					    "2004-10-00", "1939-12-31",	 "2101-01-01",
					    "2004/10/01", "2004-10-01 ", "+004-10-01"};
	int32_t day = 7;

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(day_parse(&day, wrong[i]), STATUS_INVALID);
	assert_int_equal(day, 7);
	assert_int_equal(day_parse_month(&day, "2004-02"), STATUS_OK);
	assert_int_equal(day, day_from_civil(2004, 2, 29));
	assert_int_equal(day_parse_month(&day, "2004-12"), STATUS_OK);
	assert_int_equal(day, day_from_civil(2004, 12, 31));
	assert_int_equal(day_parse_month(&day, "2004-2"), STATUS_INVALID);
}

static void the_day_begins_at_midnight_in_the_zone(void **state)
{
	int32_t day;

	(void)state;
	/* 2026-07-01 03:59:59 and 04:00:00 UTC: midnight of summer time in New York. */
	int64_t midnight = (int64_t)day_from_civil(2026, 7, 1) * 86400 + 4 * 3600;
	assert_int_equal(day_in_zone(&day, midnight - 1, "America/New_York"), STATUS_OK);
	assert_int_equal(day, day_from_civil(2026, 6, 30));
	assert_int_equal(day_in_zone(&day, midnight, "America/New_York"), STATUS_OK);
	assert_int_equal(day, day_from_civil(2026, 7, 1));
	assert_int_equal(day_in_zone(&day, midnight, "Nowhere/Town"), STATUS_NOT_FOUND);
}

static void crc32c_is_castagnoli(void **state)
{
	struct bytes digits = bytes_of_text("123456789");

	(void)state;
	assert_int_equal(hash_crc32c(digits, bytes_of("", 0)), 0xe3069283);
	assert_int_equal(hash_crc32c(bytes_of("1234", 4), bytes_of("56789", 5)), 0xe3069283);
}

static void hashes_are_of_the_joined_parts(void **state)
{
	uint8_t one[HASH_BYTES], parts[HASH_BYTES];
	char text[2 * HASH_BYTES + 1];

	(void)state;
	hash_one(one, bytes_of_text("abc"));
	hash_parts(parts, (struct bytes[]){bytes_of_text("a"), bytes_of_text("bc")}, 2);
	assert_memory_equal(one, parts, HASH_BYTES);
	hash_hex(text, one, HASH_BYTES);
	assert_string_equal(text,
			    "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
	assert_int_equal(hash_parse(parts, text), STATUS_OK);
	text[3] = 'x';
	assert_int_equal(hash_parse(parts, text), STATUS_INVALID);
}

static void an_arena_stops_at_its_cap(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 1000);
	for (int i = 0; i < 62; i++)
		assert_non_null(arena_alloc(&a, 16));
	assert_null(arena_alloc(&a, 16));
	assert_true(a.failed);
	arena_reset(&a);
	assert_false(a.failed);
	assert_null(arena_calloc(&a, SIZE_MAX / 2, 4));
	assert_string_equal(arena_printf(&a, "%d of %s", 3, "four"), "3 of four");
	arena_fini(&a);
}

static void *post_many(void *arg)
{
	for (int i = 0; i < 10000; i++) {
		struct mail *m = malloc(sizeof *m);
		m->kind = i;
		mailbox_post(arg, m);
	}
	return NULL;
}

static void mail_arrives_in_order(void **state)
{
	struct mailbox box;
	pthread_t thread;

	(void)state;
	assert_int_equal(mailbox_init(&box, 1), STATUS_OK);
	assert_null(mailbox_take(&box, 0));
	assert_null(mailbox_take(&box, 1));
	pthread_create(&thread, NULL, post_many, &box);
	for (int i = 0; i < 10000; i++) {
		struct mail *m = mailbox_take(&box, -1);
		assert_int_equal(m->kind, i);
		free(m);
	}
	pthread_join(thread, NULL);
	mailbox_fini(&box);
}

static int init(void **state)
{
	(void)state;
	return hash_init() == STATUS_OK ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_day_goes_to_text_and_back),
		cmocka_unit_test(days_that_cannot_be_are_invalid),
		cmocka_unit_test(the_day_begins_at_midnight_in_the_zone),
		cmocka_unit_test(crc32c_is_castagnoli),
		cmocka_unit_test(hashes_are_of_the_joined_parts),
		cmocka_unit_test(an_arena_stops_at_its_cap),
		cmocka_unit_test(mail_arrives_in_order),
	};
	return cmocka_run_group_tests(tests, init, NULL);
}
