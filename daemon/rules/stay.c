/* Stays as they come and go, and the orders in which they are kept. */
#include "rules/parts.h"

#include <stdlib.h>
#include <string.h>

#define C(name) MANDATE__COMPONENT__COMPONENT_##name
#define TASK(name) MANDATE__TASK__TASK_##name

/* Any total order will do among stays of one day: sums and alerts do not depend on it. */
static int compare_items(const struct stay_item *a, const struct stay_item *b)
{
	uintptr_t x = (uintptr_t)a->stay.unit, y = (uintptr_t)b->stay.unit;

	if (a->day != b->day)
		return a->day < b->day ? -1 : 1;
	if (x != y)
		return x < y ? -1 : 1;
	return a->stay.from < b->stay.from ? -1 : a->stay.from > b->stay.from;
}

static int compare_for_sort(const void *a, const void *b)
{
	return compare_items(a, b);
}

static enum status put_item(struct array *items, const struct stay_item *item, bool add)
{
	size_t low = 0, count = items->count;

	while (count > 0) {
		size_t half = count / 2;

		if (compare_items(&ITEMS(*items, struct stay_item)[low + half], item) < 0) {
			low += half + 1;
			count -= half + 1;
		} else {
			count = half;
		}
	}
	if (add)
		return array_insert(items, sizeof *item, low, item);
	array_remove(items, sizeof *item, low);
	return STATUS_OK;
}

/* A memorandum is made for contingents. Individuals come without. */
static bool needs_mou(const struct unit *u)
{
	return u->component == C(TROOPS) || u->component == C(FORMED_POLICE) ||
	       u->component == C(MILITARY) || u->component == C(POLICE) ||
	       u->component == C(UNIFORMED);
}

static bool is_unsigned(const struct stay *stay)
{
	return stay->unit->mou_signed > stay->from && needs_mou(stay->unit);
}

static bool is_arrival(const struct stay *stay)
{
	return stay->arrives && stay->unit->task != TASK(GUARD) &&
	       stay->unit->task != TASK(LIQUIDATION);
}

/* A memorandum is each operation's own: of a unit that came by transfer it is due from its first
 * day here. A stay under this operation's record goes on where a loan has interrupted it. */
static enum status move_stay(struct dossier *d, const struct stay *stay, int units)
{
	struct forces *f = &d->forces;
	const struct unit *u = stay->unit;
	enum status s = STATUS_OK;

	if (stay->to < stay->from)
		return STATUS_OK;
	for (Mandate__Component c = u->component; c && s == STATUS_OK; c = ceiling_parent(c))
		s = presence_move(&d->presence[c], stay, units);
	if (s == STATUS_OK && is_unsigned(stay)) {
		struct stay_item item = {.day = day_least(stay->to, day_plus(u->mou_signed, -1)),
					 .since = unit_is_here(d, u) ? u->from : stay->from,
					 .stay = *stay};

		s = put_item(&f->unsigned_stays, &item, units > 0);
	}
	if (s == STATUS_OK && f->follows_arrivals && is_arrival(stay)) {
		struct stay_item item = {.day = stay->from, .stay = *stay};

		s = put_item(&f->arrivals, &item, units > 0);
	}
	return s;
}

/* May it have to do with pledges and requirements? */
static bool is_linked(const struct dossier *d, const struct unit *u)
{
	return u->requirement || u->pledge || d->forces.pledges_by_unit.count > 0;
}

enum status stay_add(struct dossier *d, const struct stay *stay)
{
	enum status s = move_stay(d, stay, 1);

	if (s != STATUS_OK || !is_linked(d, stay->unit))
		return s;
	s = pledge_name(d, stay);
	return s == STATUS_OK ? requirement_link(d, stay) : s;
}

enum status stay_drop(struct dossier *d, const struct stay *stay)
{
	enum status s = move_stay(d, stay, -1);

	if (s != STATUS_OK || !is_linked(d, stay->unit))
		return s;
	s = requirement_unlink(d, stay);
	pledge_unname(d, stay);
	return s;
}

/* --- visits --- */

static enum status visit_followed(struct dossier *d, const struct unit_name *name,
				  stay_visit *visit, void *ctx)
{
	enum status s = STATUS_OK;

	for (size_t i = 0; i < name->stays.count && s == STATUS_OK; i++)
		s = visit(d, ctx, &ITEMS(name->stays, struct stay)[i]);
	return s;
}

enum status stay_visit_name(struct dossier *d, const char *name, stay_visit *visit, void *ctx)
{
	const struct unit_name *followed = unit_name_find(d, name, strlen(name));
	enum status s = STATUS_OK;
	size_t at, count;

	if (followed)
		return visit_followed(d, followed, visit, ctx);
	unit_name_own(d, name, strlen(name), &at, &count);
	for (size_t i = at; i < at + count && s == STATUS_OK; i++) {
		struct stay stay = unit_stay(unit_at(&d->forces.units, i));

		s = visit(d, ctx, &stay);
	}
	return s;
}

enum status stay_visit_all(struct dossier *d, stay_visit *visit, void *ctx)
{
	const struct forces *f = &d->forces;
	enum status s = STATUS_OK;

	for (size_t i = 0; i < f->units.count && s == STATUS_OK; i++) {
		struct stay stay = unit_stay(unit_at(&f->units, i));
		const char *name;
		size_t len;

		if (f->names.count == 0 || !unit_name_of(stay.unit->fact.key, &name, &len) ||
		    !unit_name_find(d, name, len))
			s = visit(d, ctx, &stay);
	}
	for (size_t i = 0; i < f->names.count && s == STATUS_OK; i++)
		s = visit_followed(d, (const struct unit_name *)(void *)shelf_at(&f->names, i),
				   visit, ctx);
	return s;
}

/* --- arrivals --- */

static enum status visit_arrival(struct dossier *d, void *ctx, const struct stay *stay)
{
	struct stay_item item = {.day = stay->from, .stay = *stay};
	struct array *arrivals = ctx;

	(void)d;
	if (stay->to < stay->from || !is_arrival(stay))
		return STATUS_OK;
	return array_insert(arrivals, sizeof item, arrivals->count, &item);
}

/* An arrival may be against the law only where some text leaves days to withdraw; elsewhere nobody
 * asks for their order. */
enum status stay_follow_arrivals(struct dossier *d)
{
	struct array *arrivals = &d->forces.arrivals;
	bool wanted = false;
	enum status s;

	for (size_t i = 0; i < d->parties.count; i++) {
		const struct array *steps = &ITEMS(d->parties, struct party *const)[i]->steps;

		wanted |= steps->count > 0 &&
			  ITEMS(*steps, struct mandate_step)[steps->count - 1].withdraw_last !=
				  DAY_NEVER;
	}
	if (wanted == d->forces.follows_arrivals)
		return STATUS_OK;
	d->forces.follows_arrivals = wanted;
	array_fini(arrivals);
	if (!wanted)
		return STATUS_OK;
	s = stay_visit_all(d, visit_arrival, arrivals);
	if (arrivals->count > 1)
		qsort(arrivals->at, arrivals->count, sizeof(struct stay_item), compare_for_sort);
	return s;
}
