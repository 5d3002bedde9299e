/* What has been said, every edition of it, in the order in which it came; and what holds of it. */
#ifndef TESTS_TWIN_HISTORY_H
#define TESTS_TWIN_HISTORY_H

#include "twin.h"
#include "twin_case.h"

#include "base/bytes.h"

enum { HISTORY_MAX = 4096 };

struct history_version {
	const struct case_item *item;
	struct bytes content; /* canonical; empty: retracted */
	size_t at;	      /* when it came */
};

struct history {
	struct arena arena;
	size_t count;
	struct history_version versions[HISTORY_MAX];
};

void history_begin(struct history *h);
void history_end(struct history *h);

/* `item` must live on. False if exactly that was on record. */
bool history_take(struct history *h, const struct case_item *item, size_t at);

/* What holds of all that came up to `at`; a key each once, retracted ones too. */
void history_world(const struct history *h, size_t at, struct twin *ret_world);

/* Two contents under the highest edition of the key, as of `at`? */
bool history_clash(const struct history *h, size_t at, Mandate__Kind kind, const char *key);

#endif
