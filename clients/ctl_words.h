/* What people are told in words: sentences that carry an answer's numbers. */
#ifndef MANDATED_CLIENTS_CTL_WORDS_H
#define MANDATED_CLIENTS_CTL_WORDS_H

#include "base/status.h"
#include "mandate.pb-c.h"

#include <stdbool.h>

enum { WORDS_BYTES = 1024 };

/* Begins as {0}; what does not fit is left out. */
struct words {
	char text[WORDS_BYTES];
	size_t len;
};

void words_add(struct words *w, const char *format, ...) PRINTF_LIKE(2, 3);
void words_number(struct words *w, uint64_t value); /* "12 206" */
void words_day(struct words *w, int32_t day);
void words_list(struct words *w, char *const *items, size_t count); /* "UN, AU" */

/* "2 months old"; nothing below 45 days. */
void words_age(struct words *w, uint32_t days);

/* "894 present, 860 allowed (34 over)"; "none on record" without a head-count. */
void words_strength(struct words *w, bool has_persons, uint64_t persons, bool has_ceiling,
		    uint64_t ceiling);

/* What proves an alert, without its code, key and `since`. */
void words_alert(struct words *w, const Mandate__Alert *a);

#endif
