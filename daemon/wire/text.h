/* What a text from outside may consist of. */
#ifndef MANDATED_WIRE_TEXT_H
#define MANDATED_WIRE_TEXT_H

#include "base/bytes.h"

/* UTF-8 without overlong forms or surrogates; no control characters (C0, DEL, C1) and none that
 * turn the direction of writing (U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069), which make a
 * text look like another one. */
bool text_is_clean(struct bytes text);

/* A part of a key: clean, without ':' and without space at either end. Its length is the caller's.
 */
bool text_is_code(struct bytes text);

/* Three capital letters, as ISO 3166-1 alpha-3 has them; not whether such a State exists. */
bool text_is_iso3(struct bytes text);

#endif
