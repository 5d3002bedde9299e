/* What an office may record and see: the one place that reads its grants. Pure; an office is as its
 * record says (record.proto), well-formed as wire/facts_office.c demands. A day is the state's. */
#ifndef MANDATED_MODEL_GRANTS_H
#define MANDATED_MODEL_GRANTS_H

#include "record.pb-c.h"

#include <stdbool.h>
#include <stddef.h>

/* A sorted or unsorted list of names; NULL when empty. */
struct grants_list {
	const char *const *names;
	size_t count;
};

/* What a record is and names. */
struct grants_names {
	Mandate__Kind kind;
	struct grants_list operations, contributors;
	struct grants_list parties; /* for whom it speaks; to read nobody asks */
	/* An act on what nobody has recorded yet: of which operation it is cannot be told. */
	bool operations_unknown;
};

/* Is the office accredited at all on that day? `device` NULL: whatever its devices are. */
bool grants_office_stands(const Mandate__Office *o, const Mandate__Device *device, int32_t day);

/* May it record offices, set settings, and ask for what operators ask for? */
bool grants_administrator(const Mandate__Office *o);

/* May it record what is named so? Of offices: administrators only. */
bool grants_may_write(const Mandate__Office *o, const struct grants_names *names, int32_t day);

/* May it see what is named so? Of offices: administrators only. */
bool grants_may_read(const Mandate__Office *o, const struct grants_names *names, int32_t day);

/* Every record of the kind, whatever it names. */
bool grants_read_kind(const Mandate__Office *o, Mandate__Kind kind, int32_t day);

/* Every record of every kind that an operation's rules read (offices are none of them). `operation`
 * NULL: of all operations, and of none. */
bool grants_read_operation(const Mandate__Office *o, const char *operation, int32_t day);

/* Does `a` on its day see the same as `b` on its own? Grants written in another order may count as
 * different. */
bool grants_read_alike(const Mandate__Office *a, int32_t a_day, const Mandate__Office *b,
		       int32_t b_day);

#endif
