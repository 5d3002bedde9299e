#include "model/belongs.h"

#include "model/record.h"

#include <string.h>

#define HYBRID MANDATE__ARRANGEMENT_KIND__ARRANGEMENT_KIND_HYBRID

bool belongs_by_name(const Mandate__Record *record, const char *operation)
{
	const char *first, *second;

	record_operations_named(record, &first, &second);
	return (first && strcmp(first, operation) == 0) ||
	       (second && strcmp(second, operation) == 0);
}

static bool names_none(const Mandate__Record *record)
{
	const char *first, *second;

	record_operations_named(record, &first, &second);
	return !first && !second;
}

/* Arrangements of no operation are under the party that gives, or leads. */
static bool belongs_to_partner(const Mandate__Record *record, const char *partner)
{
	const Mandate__Arrangement *a = record->arrangement;

	if (!names_none(record))
		return false;
	return record_kind(record) != MANDATE__KIND__KIND_ARRANGEMENT ||
	       (a->n_sides && a->sides[0]->n_parties &&
		strcmp(a->sides[0]->parties[0], partner) == 0);
}

/* A hybrid is there for the mandate of an operation that holds the function. */
static bool belongs_to_function(const Mandate__Record *record, const char *home)
{
	const Mandate__Arrangement *a = record->arrangement;
	size_t len = strcspn(home, ":");

	if (record_kind(record) != MANDATE__KIND__KIND_ARRANGEMENT ||
	    (a->has_kind && a->kind == HYBRID))
		return true;
	for (size_t i = 0; i < a->n_functions; i++)
		if (strncmp(a->functions[i], home, len) == 0 && !a->functions[i][len])
			return !a->area || strcmp(a->area, home + len + 1) == 0;
	return false;
}

bool belongs_to(const Mandate__Record *record, const char *home)
{
	const char *colon = strchr(home, ':');

	switch ((unsigned)record_kind(record)) {
	case MANDATE__KIND__KIND_ACCEPTANCE:
	case MANDATE__KIND__KIND_PLEDGE_STEP:
	case MANDATE__KIND__KIND_UNIT:
	case MANDATE__KIND__KIND_TRANSFER:
		return true;
	}
	if (!colon)
		return belongs_by_name(record, home);
	return colon == home ? belongs_to_partner(record, home + 1)
			     : belongs_to_function(record, home);
}
