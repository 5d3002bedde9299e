#include "base/utf8.h"

#include <stdio.h>

/* The first byte gives the length and, by it, the smallest number that may be written so. */
size_t utf8_decode(struct bytes text, uint32_t *ret_character)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	const uint8_t *p = text.data;
	size_t len = p[0] < 0x80 ? 1 : p[0] >> 5 == 6 ? 2 : p[0] >> 4 == 14 ? 3 : 4;

	if ((len == 4 && p[0] >> 3 != 30) || len > text.len)
		return 0;
	uint32_t c = len == 1 ? p[0] : p[0] & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if (p[i] >> 6 != 2)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < smallest[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*ret_character = c;
	return len;
}

bool utf8_is_active(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x61c || c == 0x200e || c == 0x200f ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

size_t utf8_escape(char *to, size_t size, const char *text)
{
	struct bytes left = bytes_of_text(text);
	size_t used = 0;

	while (left.len > 0) {
		char escape[UTF8_ESCAPE_BYTES + 1];
		const void *piece = left.data;
		uint32_t c;
		size_t taken = utf8_decode(left, &c), len = taken;

		if (taken == 0 || utf8_is_active(c)) {
			len = (size_t)(taken ? snprintf(escape, sizeof escape, "\\u%04x",
							(unsigned)(c & 0xffff))
					     : snprintf(escape, sizeof escape, "\\x%02x",
							(unsigned)left.data[0]));
			piece = escape;
		}
		if (used + len >= size)
			break;
		memcpy(to + used, piece, len);
		used += len;
		taken += taken == 0;
		left = bytes_of(left.data + taken, left.len - taken);
	}
	if (size > 0)
		to[used] = '\0';
	return used;
}
