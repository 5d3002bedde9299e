/* Units present in an operation: DEFINITIONS section 3. Where a unit is follows from its records
 * and from the transfers of its name. A dossier keeps what rules read; all else of a unit (women,
 * location, equipment, memorandum) is in its record, by the key given here. */
#ifndef MANDATED_RULES_UNIT_H
#define MANDATED_RULES_UNIT_H

#include "base/arena.h"
#include "record.pb-c.h"
#include "rules/dossier.h"

struct unit_day {
	const char *key;  /* of the unit's record, also another operation's; until the next put */
	int32_t from, to; /* present here, without a break; `to` DAY_INFINITE: no end */
	Mandate__Component component;
	uint32_t persons;
	Mandate__Task task;  /* 0: not said */
	bool transferred;    /* it came, or came back, by a transfer */
	const char *loan;    /* key of the transfer under which it is lent here, or NULL */
	const char *lent_by; /* the operation that it goes back to, or NULL */
	int32_t return_day;  /* DAY_INFINITE: not lent */
};

/* The units that count in this operation on `day`, sorted by key; the list in `a`.
 * STATUS_NO_MEMORY. */
MUST_USE enum status unit_list(const struct dossier *d, int32_t day, struct arena *a,
			       struct unit_day **ret_units, size_t *ret_count);

enum transfer_effect {
	TRANSFER_NOT_ON_RECORD = 0,
	TRANSFER_MOVES,	    /* the unit goes */
	TRANSFER_NO_EFFECT, /* it was not present, the day before, in the operation that gives it */
};

/* What the transfer of `key` does, in the dossier of either of its operations. */
enum transfer_effect unit_transfer_effect(const struct dossier *d, const char *key);

#endif
