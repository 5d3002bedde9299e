#include "wire/text.h"

#include "base/utf8.h"

/* A journal is checked again when it is read: what is on record must stay allowed. So this refuses
 * no more than it always did, and what shows a text escapes more. */
static bool forbidden(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x200e || c == 0x200f ||
	       (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

bool text_is_clean(struct bytes text)
{
	for (size_t i = 0, len; i < text.len; i += len) {
		uint32_t c = text.data[i];

		len = 1;
		if (c >= 0x20 && c < 0x7f)
			continue; /* nearly all there is */
		len = utf8_decode(bytes_of(text.data + i, text.len - i), &c);
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
