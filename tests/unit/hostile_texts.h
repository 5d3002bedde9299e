/* Texts that try to act on what shows them, and whether something shown still does. */
#ifndef MANDATED_TESTS_HOSTILE_TEXTS_H
#define MANDATED_TESTS_HOSTILE_TEXTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const hostile_texts[] = {
	"\033]0;title\a",	  /* sets a window's title */
	"\033[2J\033[1;31mALARM", /* wipes the screen */
	"\xc2\x9b"
	"31m", /* the same sequence by its C1 character */
	"\xc2\x85next line",
	"all well\nalarm forged=1",
	"over\rwritten",
	"\b\b\b\x7f",
	"abc\xe2\x80\xae"
	"fdp.exe", /* U+202E: written backwards from here */
	"\xe2\x81\xa6isolated\xe2\x81\xa9",
	"\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c",
	"\xe2\x80\xa8line\xe2\x80\xa9paragraph",
	"\xff\xfe\x80",
	"\xc0\xaf",
	"\xed\xa0\x80",
	"\xf4\x90\x80\x80",
	"\xe2\x80",
	"\xf0\x9f",
	"cut \xc2",
	"=1+1",
	"+1",
	"-1+cmd|' /C calc'!A0",
	"@SUM(1)",
	"\t=1",
	"\r=1",
	"\n=1",
	"  =1",
	"'=1",
	"''=1",
	"' -1",
	"\"=1",
	"a,\"b\"\n=c",
	"\xef\xbc\x9d"
	"1",
	"\xef\xbc\x8b\xef\xbc\x8d\xef\xbc\xa0",
	"\\u202e",
	"\"",
	"\\",
	"%n%s",
	"",
	"C\xc3\xb4te d'Ivoire",
	"'Adra",
	"\xd8\xaf\xd8\xa7\xd8\xb1\xd9\x81\xd9\x88\xd8\xb1",
};
enum { HOSTILE_TEXTS = sizeof hostile_texts / sizeof *hostile_texts };

/* Whether `c` is one of those that may not be shown as they are. */
static inline bool hostile_character(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} spans[] = {{0, 0x1f},	       {0x7f, 0x9f},	 {0x61c, 0x61c},  {0x200e, 0x200f},
		     {0x2028, 0x2029}, {0x202a, 0x202e}, {0x2066, 0x2069}};

	for (size_t i = 0; i < sizeof spans / sizeof *spans; i++)
		if (c >= spans[i].first && c <= spans[i].last)
			return true;
	return false;
}

/* UTF-8 by the table of the Unicode standard (3.9, well-formed byte sequences). */
static inline size_t hostile_decode(const unsigned char *p, uint32_t *ret_c)
{
	static const struct {
		unsigned char first, last, second_first, second_last;
		size_t len;
		uint32_t mask;
	} rows[] = {
		{0x00, 0x7f, 0, 0xff, 1, 0x7f},	   {0xc2, 0xdf, 0x80, 0xbf, 2, 0x1f},
		{0xe0, 0xe0, 0xa0, 0xbf, 3, 0x0f}, {0xe1, 0xec, 0x80, 0xbf, 3, 0x0f},
		{0xed, 0xed, 0x80, 0x9f, 3, 0x0f}, {0xee, 0xef, 0x80, 0xbf, 3, 0x0f},
		{0xf0, 0xf0, 0x90, 0xbf, 4, 0x07}, {0xf1, 0xf3, 0x80, 0xbf, 4, 0x07},
		{0xf4, 0xf4, 0x80, 0x8f, 4, 0x07},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (*p < rows[i].first || *p > rows[i].last)
			continue;
		uint32_t c = *p & rows[i].mask;
		for (size_t k = 1; k < rows[i].len; k++) {
			unsigned least = k == 1 ? rows[i].second_first : 0x80;
			unsigned most = k == 1 ? rows[i].second_last : 0xbf;

			if (p[k] < least || p[k] > most)
				return 0;
			c = c << 6 | (p[k] & 0x3fu);
		}
		*ret_c = c;
		return rows[i].len;
	}
	return 0;
}

/* `text` is UTF-8, and nothing in it acts but its line ends. */
static inline void assert_harmless(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	for (size_t len; *p; p += len) {
		uint32_t c = 0;

		len = hostile_decode(p, &c);
		if (len == 0 || (*p != '\n' && hostile_character(c)))
			fail_msg("byte %zu is active: %s",
				 (size_t)(p - (const unsigned char *)text), text);
	}
}

/* What `print` writes to `fd`, standard output or error. */
static inline void capture(int fd, void (*print)(void), char *ret_text, size_t size)
{
	int saved = dup(fd);
	FILE *file = tmpfile();

	assert_non_null(file);
	fflush(NULL);
	dup2(fileno(file), fd);
	print();
	fflush(NULL);
	dup2(saved, fd);
	close(saved);
	rewind(file);
	size_t len = fread(ret_text, 1, size - 1, file);
	ret_text[len] = '\0';
	fclose(file);
}

#endif
