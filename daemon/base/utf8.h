/* UTF-8, and the characters in it that act on what shows them instead of being shown. */
#ifndef MANDATED_BASE_UTF8_H
#define MANDATED_BASE_UTF8_H

#include "base/bytes.h"

/* The bytes of the first character of `text`, which is not empty; 0 if it begins with none (cut
 * off, overlong, a surrogate, past U+10FFFF). */
size_t utf8_decode(struct bytes text, uint32_t *ret_character);

/* Control characters (C0, DEL, C1), line and paragraph separators, and what turns the direction of
 * writing (U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069). */
bool utf8_is_active(uint32_t character);

enum { UTF8_ESCAPE_BYTES = 6 }; /* the most that a byte may become */

/* Writes `text` with each active character as \u202e and each byte that is no UTF-8 as \xff, as
 * much of it as `size` has room for, with its NUL: no escape and no character is cut. Returns its
 * length. */
size_t utf8_escape(char *to, size_t size, const char *text);

#endif
