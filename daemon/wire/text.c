#include "wire/text.h"

static bool forbidden(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x200e || c == 0x200f ||
	       (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/* Bytes of the character at `p`, 0 if there is none. The first byte gives the length and, by it,
 * the smallest number that may be written so. */
static size_t decode(const uint8_t *p, size_t left, uint32_t *ret_c)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t len = p[0] < 0x80 ? 1 : p[0] >> 5 == 6 ? 2 : p[0] >> 4 == 14 ? 3 : 4;

	if (len == 4 && p[0] >> 3 != 30)
		return 0;
	if (len > left)
		return 0;
	uint32_t c = len == 1 ? p[0] : p[0] & (0x7fu >> len);
	for (size_t i = 1; i < len; i++) {
		if (p[i] >> 6 != 2)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < smallest[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*ret_c = c;
	return len;
}

bool text_is_clean(struct bytes text)
{
	for (size_t i = 0, len; i < text.len; i += len) {
		uint32_t c = text.data[i];

		len = 1;
		if (c >= 0x20 && c < 0x7f)
			continue; /* nearly all there is */
		len = decode(text.data + i, text.len - i, &c);
		if (len == 0 || forbidden(c))
			return false;
	}
	return true;
}

bool text_is_code(struct bytes text)
{
	return text.len > 0 && text.data[0] != ' ' && text.data[text.len - 1] != ' ' &&
	       !memchr(text.data, ':', text.len) && text_is_clean(text);
}

bool text_is_iso3(struct bytes text)
{
	if (text.len != 3)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] < 'A' || text.data[i] > 'Z')
			return false;
	return true;
}
