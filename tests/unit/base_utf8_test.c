/* Texts from outside, made harmless: for people, and in the log. */
#include "base/log.h"
#include "base/utf8.h"
#include "tests/unit/hostile_texts.h"

#include <stdlib.h>

enum { TEXT_BYTES = 4096 };

static void every_character_is_active_or_is_not(void **state)
{
	(void)state;
	for (uint32_t c = 0; c <= 0x10ffff; c++)
		if (utf8_is_active(c) != hostile_character(c))
			fail_msg("U+%04X", (unsigned)c);
}

/* Every beginning that has more than one byte, and some others. */
static void another_decoder_says_the_same(void **state)
{
	(void)state;
	for (uint32_t n = 0; n < 1u << 24; n += n < 0xc00000 ? 251 : 1) {
		unsigned char text[5] = {(unsigned char)(n >> 16), (unsigned char)(n >> 8),
					 (unsigned char)n, 0x80 | (n & 0x3f), 0};
		uint32_t ours = 0, theirs = 0;
		size_t len = utf8_decode(bytes_of(text, 4), &ours);

		if (len != hostile_decode(text, &theirs) || ours != theirs)
			fail_msg("%02x %02x %02x %02x", text[0], text[1], text[2], text[3]);
	}
}

static void what_is_cut_off_is_no_character(void **state)
{
	uint32_t c = 7;

	(void)state;
	assert_int_equal(utf8_decode(bytes_of("\xe2\x80\xae", 2), &c), 0);
	assert_int_equal(utf8_decode(bytes_of("\xf0\x9f\x98\x80", 3), &c), 0);
	assert_int_equal(c, 7);
}

static void escapes_and_characters_are_never_cut(void **state)
{
	char whole[TEXT_BYTES], part[TEXT_BYTES];

	(void)state;
	for (size_t i = 0; i < HOSTILE_TEXTS; i++) {
		size_t len = utf8_escape(whole, sizeof whole, hostile_texts[i]);

		assert_int_equal(len, strlen(whole));
		assert_harmless(whole);
		assert_null(strchr(whole, '\n'));
		for (size_t size = 1; size <= len + 1; size++) {
			size_t short_len = utf8_escape(part, size, hostile_texts[i]);

			assert_true(short_len < size);
			assert_memory_equal(part, whole, short_len);
			assert_harmless(part);
			/* Only the last piece may be missing. */
			assert_true(len - short_len == 0 || size - short_len <= UTF8_ESCAPE_BYTES);
		}
	}
	assert_int_equal(utf8_escape(part, 0, "x"), 0);
	utf8_escape(whole, sizeof whole, "a\xe2\x80\xae\xff\xd8\x9c");
	assert_string_equal(whole, "a\\u202e\\xff\\u061c");
}

/* --- the log --- */

static const char *text;

static void log_quoted(void)
{
	log_line(LOG_ERROR, "test", "text=%s", log_quote(text));
}

static void log_as_it_is(void)
{
	log_line(LOG_ERROR, "test", "text=%s", text);
}

static void assert_one_line_of_ascii(const char *line)
{
	assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
	for (const char *c = line; *c != '\n'; c++)
		assert_in_range((unsigned char)*c, ' ', '~');
}

static void a_log_line_is_one_line_of_ascii(void **state)
{
	char line[TEXT_BYTES];

	(void)state;
	for (size_t i = 0; i < HOSTILE_TEXTS; i++) {
		text = hostile_texts[i];
		capture(STDERR_FILENO, log_quoted, line, sizeof line);
		assert_one_line_of_ascii(line);
		capture(STDERR_FILENO, log_as_it_is, line, sizeof line);
		assert_one_line_of_ascii(line);
	}
}

/* A value ends at its own quote. */
static void a_log_value_cannot_end_early(void **state)
{
	(void)state;
	for (size_t i = 0; i < HOSTILE_TEXTS; i++) {
		const char *quoted = log_quote(hostile_texts[i]), *c = quoted + 1;

		assert_int_equal(*quoted, '"');
		while (*c && *c != '"')
			c += *c == '\\' ? 2 : 1;
		assert_string_equal(c, "\"");
	}
	assert_string_equal(log_quote("a\" b=\"c\\"), "\"a\\\" b=\\\"c\\\\\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_character_is_active_or_is_not),
		cmocka_unit_test(another_decoder_says_the_same),
		cmocka_unit_test(what_is_cut_off_is_no_character),
		cmocka_unit_test(escapes_and_characters_are_never_cut),
		cmocka_unit_test(a_log_line_is_one_line_of_ascii),
		cmocka_unit_test(a_log_value_cannot_end_early),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
