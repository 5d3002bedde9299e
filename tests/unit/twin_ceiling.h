/* The entries that ceilings are made of. */
#ifndef TESTS_TWIN_CEILING_H
#define TESTS_TWIN_CEILING_H

#include "twin.h"

struct twin_entry {
	Mandate__Component component;
	const char *name; /* of a part of the component, or NULL */
	Mandate__Component parent;
	int32_t from, until, adopted, comply_by;
	const char *document;
	const char *party; /* NULL: a record of its own */
	size_t position;
	bool has_persons;
	int64_t persons, delta;
};

struct twin_entries {
	size_t count;
	struct twin_entry at[TWIN_LIST_MAX];
};

void twin_entries_of(const struct twin *w, const char *op, struct twin_entries *to);
/* The entry of a component that rules, or of a named part whatever its component, or NULL. */
const struct twin_entry *twin_ruling(const struct twin_entries *in, Mandate__Component c,
				     const char *name, int32_t day);
int64_t twin_value(const struct twin_entries *in, const struct twin_entry *e);
/* Does the text that rules the number of corrections officers put them within the police? */
bool twin_corrections_inside(const struct twin_entries *in, int32_t day);
struct twin_ceiling twin_ceiling_of(const struct twin_entries *in, Mandate__Component c,
				    int32_t day);

#endif
