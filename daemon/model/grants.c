#include "model/grants.h"

#include <string.h>

static bool has_name(char *const *list, size_t count, const char *name)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(list[middle], name);

		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static bool has_all(char *const *list, size_t count, const struct grants_list *names)
{
	for (size_t i = 0; i < names->count; i++)
		if (!has_name(list, count, names->names[i]))
			return false;
	return true;
}

static bool has_any(char *const *list, size_t count, const struct grants_list *names)
{
	for (size_t i = 0; i < names->count; i++)
		if (has_name(list, count, names->names[i]))
			return true;
	return false;
}

static bool has_kind(const Mandate__Grant *g, Mandate__Kind kind)
{
	for (size_t i = 0; i < g->n_kinds; i++)
		if (g->kinds[i] == kind)
			return true;
	return g->n_kinds == 0;
}

static bool holds(const Mandate__Grant *g, int32_t day)
{
	return !g->has_until || day <= g->until;
}

bool grants_office_stands(const Mandate__Office *o, const Mandate__Device *device, int32_t day)
{
	if (o->has_state && o->state != MANDATE__OFFICE_STATE__OFFICE_STATE_ACTIVE)
		return false;
	if (o->has_until && day > o->until)
		return false;
	return !device || !((device->has_revoked && device->revoked) ||
			    (device->has_until && day > device->until));
}

bool grants_administrator(const Mandate__Office *o)
{
	return o->has_administrator && o->administrator;
}

/* A list that is not empty limits: what it limits must be named, and all of it be in the list. */
static bool within(char *const *list, size_t count, const struct grants_list *names)
{
	return count == 0 || (names->count > 0 && has_all(list, count, names));
}

bool grants_may_write(const Mandate__Office *o, const struct grants_names *names, int32_t day)
{
	if (names->kind == MANDATE__KIND__KIND_OFFICE)
		return grants_administrator(o);
	for (size_t i = 0; i < o->n_grants; i++) {
		const Mandate__Grant *g = o->grants[i];

		if (g->access == MANDATE__ACCESS__ACCESS_WRITE && holds(g, day) &&
		    has_kind(g, names->kind) &&
		    (names->operations_unknown ||
		     within(g->operations, g->n_operations, &names->operations)) &&
		    within(g->contributors, g->n_contributors, &names->contributors) &&
		    within(g->parties, g->n_parties, &names->parties))
			return true;
	}
	return false;
}

bool grants_may_read(const Mandate__Office *o, const struct grants_names *names, int32_t day)
{
	if (grants_administrator(o))
		return true;
	if (names->kind == MANDATE__KIND__KIND_OFFICE)
		return false;
	for (size_t i = 0; i < o->n_grants; i++) {
		const Mandate__Grant *g = o->grants[i];

		if (holds(g, day) && has_kind(g, names->kind) &&
		    (g->n_operations == 0 || names->operations.count == 0 ||
		     has_any(g->operations, g->n_operations, &names->operations)) &&
		    (g->n_contributors == 0 ||
		     has_all(g->contributors, g->n_contributors, &names->contributors)))
			return true;
	}
	return false;
}

bool grants_read_kind(const Mandate__Office *o, Mandate__Kind kind, int32_t day)
{
	if (grants_administrator(o))
		return true;
	for (size_t i = 0; i < o->n_grants; i++) {
		const Mandate__Grant *g = o->grants[i];

		if (kind != MANDATE__KIND__KIND_OFFICE && holds(g, day) && has_kind(g, kind) &&
		    g->n_operations == 0 && g->n_contributors == 0)
			return true;
	}
	return false;
}

bool grants_read_operation(const Mandate__Office *o, const char *operation, int32_t day)
{
	if (grants_administrator(o))
		return true;
	for (size_t i = 0; i < o->n_grants; i++) {
		const Mandate__Grant *g = o->grants[i];

		if (holds(g, day) && g->n_kinds == 0 && g->n_contributors == 0 &&
		    (g->n_operations == 0 ||
		     (operation && has_name(g->operations, g->n_operations, operation))))
			return true;
	}
	return false;
}

static bool same_names(char *const *a, size_t a_count, char *const *b, size_t b_count)
{
	if (a_count != b_count)
		return false;
	for (size_t i = 0; i < a_count; i++)
		if (strcmp(a[i], b[i]) != 0)
			return false;
	return true;
}

static bool grant_reads_alike(const Mandate__Grant *a, const Mandate__Grant *b)
{
	return a->n_kinds == b->n_kinds &&
	       (a->n_kinds == 0 ||
		memcmp(a->kinds, b->kinds, a->n_kinds * sizeof *a->kinds) == 0) &&
	       same_names(a->operations, a->n_operations, b->operations, b->n_operations) &&
	       same_names(a->contributors, a->n_contributors, b->contributors, b->n_contributors);
}

/* The next grant at or behind *i that holds; NULL: none. */
static const Mandate__Grant *next_holding(const Mandate__Office *o, size_t *i, int32_t day)
{
	while (*i < o->n_grants && !holds(o->grants[*i], day))
		++*i;
	return *i < o->n_grants ? o->grants[*i] : NULL;
}

bool grants_read_alike(const Mandate__Office *a, int32_t a_day, const Mandate__Office *b,
		       int32_t b_day)
{
	const Mandate__Grant *x, *y;
	size_t i = 0, k = 0;

	if (a == b && a_day == b_day)
		return true;
	if (grants_administrator(a) != grants_administrator(b))
		return false;
	do {
		x = next_holding(a, &i, a_day);
		y = next_holding(b, &k, b_day);
		if (!x != !y || (x && !grant_reads_alike(x, y)))
			return false;
		i++;
		k++;
	} while (x);
	return true;
}
