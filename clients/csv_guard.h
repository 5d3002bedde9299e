/* Cells of CSV that a spreadsheet would run as a formula: they are written with an apostrophe
 * before them, which makes them a text there, and read without it. */
#ifndef MANDATED_CLIENTS_CSV_GUARD_H
#define MANDATED_CLIENTS_CSV_GUARD_H

#include "base/bytes.h"

/* Whether `text`, past blanks and apostrophes, begins as a formula: with = + - @, a tab, a line
 * end, or the full-width = + - @. Apostrophes are passed over so that every text comes back as it
 * was:
 * '=1 is written ''=1. */
bool csv_guard_is_needed(struct bytes text);

/* `cell` without the apostrophe that was put before it. */
struct bytes csv_guard_remove(struct bytes cell);

#endif
