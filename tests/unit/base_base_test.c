/* Days, hashes, arena, mailbox and configuration files. */
#include "base/arena.h"
#include "base/conf.h"
#include "base/day.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/mailbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
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

/* What a file said, as text: "section.key=value;", and "!" for each problem. */
struct heard {
	char text[1024];
};

static enum status hear(void *ctx, const char *section, const char *key, const char *value,
			struct error *err)
{
	struct heard *h = ctx;
	size_t used = strlen(h->text);

	if (key && strcmp(key, "bad") == 0)
		return error_set(err, STATUS_INVALID, "told so");
	snprintf(h->text + used, sizeof h->text - used, "%s.%s=%s;", section, key ? key : "",
		 value ? value : "");
	return STATUS_OK;
}

static void hear_problem(void *ctx, const char *text)
{
	struct heard *h = ctx;

	strcat(h->text, "!");
	strcat(h->text, strrchr(text, ':') - 1); /* the end of the number of the line */
	strcat(h->text, ";");
}

static void a_file_tells_keys_values_sections_and_problems(void **state)
{
	static const char content[] = "# all of this is a comment\n"
				      "key = a value\t# and this\r\n"
				      "z85=rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7 # a key\n"
				      " [ observer  X ]  # of one\n"
				      "bad = 1\n"
				      "no pair\n"
				      "empty =\n"
				      "#not = this\n"
				      "half=a#b\n"
				      "[open\n";
	char path[] = "/tmp/mandated-conf-XXXXXX";
	struct heard h = {""};
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, sizeof content - 1), sizeof content - 1);
	close(fd);
	assert_int_equal(conf_read(path, true, hear, hear_problem, &h), STATUS_INVALID);
	assert_string_equal(h.text, ".key=a value;"
				    ".z85=rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7;"
				    "observer  X.=;!5: told so;!6: not of the form key = value;"
				    "observer  X.empty=;observer  X.half=a#b;"
				    "!0: not of the form key = value;");
	h.text[0] = '\0';
	assert_int_equal(conf_read(path, false, hear, hear_problem, &h), STATUS_INVALID);
	assert_non_null(strstr(h.text, "!4: not of the form key = value;")); /* no sections here */
	unlink(path);
	h.text[0] = '\0';
	assert_int_equal(conf_read(path, true, hear, hear_problem, &h), STATUS_NOT_FOUND);
	assert_non_null(strchr(h.text, '!'));
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
		cmocka_unit_test(a_file_tells_keys_values_sections_and_problems),
	};
	return cmocka_run_group_tests(tests, init, NULL);
}
