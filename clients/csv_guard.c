#include "csv_guard.h"

bool csv_guard_is_needed(struct bytes text)
{
	static const char *const beginnings[] = {"=",
						 "+",
						 "-",
						 "@",
						 "\t",
						 "\r",
						 "\n",
						 "\xef\xbc\x9d" /* U+FF1D */,
						 "\xef\xbc\x8b" /* U+FF0B */,
						 "\xef\xbc\x8d" /* U+FF0D */,
						 "\xef\xbc\xa0" /* U+FF20 */};
	size_t at = 0;

	while (at < text.len && (text.data[at] == ' ' || text.data[at] == '\''))
		at++;
	for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
		struct bytes b = bytes_of_text(beginnings[i]);

		if (text.len - at >= b.len && memcmp(text.data + at, b.data, b.len) == 0)
			return true;
	}
	return false;
}

struct bytes csv_guard_remove(struct bytes cell)
{
	if (cell.len > 0 && cell.data[0] == '\'') {
		struct bytes text = bytes_of(cell.data + 1, cell.len - 1);

		if (csv_guard_is_needed(text))
			return text;
	}
	return cell;
}
