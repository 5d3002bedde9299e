/* Random cases: a few facts and acts over one to three operations, on days that lie close together,
 * so that they interact; corrected, retracted and in clash with each other. */
#ifndef TESTS_TWIN_CASE_H
#define TESTS_TWIN_CASE_H

#include "base/arena.h"
#include "base/limits.h"
#include "record.pb-c.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	CASE_ITEMS_MAX = 128,
	CASE_FIRST_DAY = 10957, /* 2000-01-01 */
	CASE_DAYS = 500,
	CASE_OPERATIONS_MAX = 3,
	CASE_FOCUS_DAYS = 8,
};

/* Numbers by chance. */
struct chance {
	uint64_t state;
};

uint32_t chance_below(struct chance *c, uint32_t below);
bool chance_in(struct chance *c, uint32_t n); /* one time in n */

/* A change that is submitted: a record with its edition, or its retraction. */
struct case_item {
	Mandate__Kind kind;
	char key[KEY_TEXT_MAX + 1];
	uint32_t edition;
	bool retract;
	const Mandate__Record *record; /* a retraction: key fields only */
	unsigned chain; /* items of one chain stay in their order: cause and effect; 0: free */
};

struct twin_case {
	struct chance chance;
	struct arena arena;
	struct case_item items[CASE_ITEMS_MAX];
	size_t count;
	size_t names;	   /* items that begin it: partners and operations, which others name */
	size_t operations; /* how many */
	int32_t focus[CASE_FOCUS_DAYS];
	unsigned weights[MANDATE__KIND__KIND_CONSENT + 1];
	unsigned weight_sum;
	Mandate__Kind last_kind; /* that may be made */
};

extern const char *const case_operations[CASE_OPERATIONS_MAX];

/* A case of 5 to 60 facts and acts beside the names, of kinds up to `last_kind`. */
void case_make(struct twin_case *c, uint64_t seed, Mandate__Kind last_kind);
void case_free(struct twin_case *c);

/* Another order of the same: names first, chains in their order. `order` holds count indexes. */
void case_shuffle(const struct twin_case *c, struct chance *by, size_t order[CASE_ITEMS_MAX]);

/* A day that matters, more often than not. */
int32_t case_day(struct twin_case *c);

/* Writes every item as text, to see what failed. */
void case_tell(const struct twin_case *c, const size_t *order, size_t count);

/* --- for the makers of records --- */

#define CASE_NEW(c, Type, type)                                                                    \
	((Mandate__##Type *)case_message(c, sizeof(Mandate__##Type),                               \
					 &mandate__##type##__descriptor))
#define CASE_SET(m, field, value) ((m)->has_##field = true, (m)->field = (value))

void *case_message(struct twin_case *c, size_t size, const ProtobufCMessageDescriptor *type);
char *case_text(struct twin_case *c, const char *text);
char *case_operation(struct twin_case *c);
char *case_pick(struct twin_case *c, const char *const *words, uint32_t count);
#define CASE_PICK(c, words) case_pick(c, words, sizeof(words) / sizeof *(words))

/* A record of each kind. */
typedef void case_maker(struct twin_case *c, Mandate__Record *r);
case_maker case_instrument, case_ceiling, case_return, case_total, case_unit, case_estimate,
	case_arrangement, case_acceptance, case_claim, case_requirement, case_pledge,
	case_pledge_step, case_transfer, case_amount, case_payment, case_priorities,
	case_endorsement, case_consent;
void case_make_operation(struct twin_case *c, Mandate__Record *r, size_t which);
/* The highest edition of a key so far; 0: none. */
uint32_t case_edition(const struct twin_case *c, Mandate__Kind kind, const char *key);

#endif
