#include "twin_forces.h"

#include "base/limits.h"

#include <stdio.h>

#define PS(name) MANDATE__PLEDGE_STATE__PLEDGE_STATE_##name

/* --- units --- */

enum { TRANSFERS_MAX = 64 };

/* The transfers of one unit's name, by day. */
static size_t transfers_of(const struct twin *w, const Mandate__Unit *u,
			   const Mandate__Transfer *list[TRANSFERS_MAX])
{
	const Mandate__Record *r;
	size_t count = 0, at;

	for (size_t n = 0; (r = twin_next(w, TKIND(TRANSFER), &n));) {
		const Mandate__Transfer *t = r->transfer;

		if (strcmp(t->contributor, u->contributor) != 0 || strcmp(t->unit, u->unit) != 0)
			continue;
		for (at = count++; at > 0 && list[at - 1]->day > t->day; at--)
			list[at] = list[at - 1];
		list[at] = t;
	}
	return count;
}

/* The first day after `after` on which a transfer begins or ends. */
static int32_t next_move(const Mandate__Transfer *const *list, size_t count, int32_t after)
{
	int32_t next = DAY_INFINITE;

	for (size_t n = 0; n < count; n++) {
		if (list[n]->day > after)
			next = twin_min(next, list[n]->day);
		if (list[n]->has_return_day && list[n]->return_day > after)
			next = twin_min(next, list[n]->return_day);
	}
	return next;
}

struct twin_place twin_place_on(const struct twin *w, const Mandate__Unit *u, int32_t day)
{
	const Mandate__Transfer *list[TRANSFERS_MAX], *by = NULL, *by_before[TRANSFERS_MAX];
	size_t count = transfers_of(w, u, list);
	struct twin_place at = {.op = u->operation, .from = u->from};

	if (day < u->from || (u->has_to && day > u->to))
		return (struct twin_place){0};
	for (int32_t d = next_move(list, count, u->from); d <= day; d = next_move(list, count, d)) {
		const char *was = at.op;
		size_t n = 0;

		while (n < count && (list[n]->day != d || strcmp(list[n]->operation, was) != 0))
			n++;
		if (n < count) {
			by_before[n] = by;
			by = list[n];
			at.op = by->other_operation;
		} else if (by && by->has_return_day && by->return_day == d) {
			at.op = by->operation;
			for (n = 0; list[n] != by;)
				n++;
			by = by_before[n];
		} else {
			continue;
		}
		at.from = d;
		at.transferred = true;
	}
	return at;
}

int64_t twin_units(const struct twin *w, const char *op, Mandate__Component c, int32_t day,
		   bool *ret_any)
{
	const Mandate__Record *r;
	int64_t sum = 0;

	for (size_t n = 0; (r = twin_next(w, TKIND(UNIT), &n));) {
		const Mandate__Unit *u = r->unit;
		int32_t last = u->has_to ? twin_min(u->to, day) : day;

		if (!twin_under(u->component, c))
			continue;
		/* Was it ever here by now? */
		for (int32_t d = last; d >= u->from && !*ret_any;) {
			struct twin_place at = twin_place_on(w, u, d);

			*ret_any = twin_same(at.op, op);
			d = at.from - 1;
		}
		if (twin_same(twin_place_on(w, u, day).op, op))
			sum += u->persons;
	}
	return sum;
}

/* --- pledges --- */

/* The same day of a later month, or that month's last. */
static int32_t months_later(int32_t day, int months)
{
	int year, month, of_month, last;

	day_to_civil(day, &year, &month, &of_month);
	month += months - 1;
	year += month / 12;
	month = month % 12 + 1;
	last = day_from_civil(month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1) -
	       day_from_civil(year, month, 1);
	return day_from_civil(year, month, of_month < last ? of_month : last);
}

static const Mandate__PledgeStep *step_of(const struct twin *w, const Mandate__Pledge *p,
					  uint32_t number)
{
	char key[KEY_TEXT_MAX + 1];
	const Mandate__Record *r;

	snprintf(key, sizeof key, "%s:%s:%u", p->contributor, p->pledge, number);
	r = twin_get(w, TKIND(PLEDGE_STEP), key);
	return r ? r->pledge_step : NULL;
}

static void take(struct twin_pledge *at, const Mandate__PledgeStep *s, int32_t day,
		 int32_t registered)
{
	if (s->state == PS(RENEWED)) {
		at->renew_by = twin_max(months_later(day, 6), months_later(registered, 12));
	} else if (s->state == PS(RESUMED)) {
		if (at->state == PS(SUSPENDED))
			at->state = at->before;
	} else if (s->state == PS(SUSPENDED)) {
		if (at->state != PS(SUSPENDED))
			at->before = at->state;
		at->state = PS(SUSPENDED);
	} else if (s->state != PS(LEVEL_RAISED)) {
		at->state = s->state;
	}
}

/* Its unit has come: one that names the pledge, or that has the name which the pledge gave. */
static bool has_come(const struct twin *w, const Mandate__Pledge *p, int32_t day)
{
	const Mandate__Record *r;

	for (size_t n = 0; (r = twin_next(w, TKIND(UNIT), &n));) {
		const Mandate__Unit *u = r->unit;

		if (strcmp(u->contributor, p->contributor) == 0 && u->from <= day &&
		    (twin_same(u->pledge, p->pledge) || twin_same(u->unit, p->unit)))
			return true;
	}
	return false;
}

static bool before_deployed(Mandate__PledgeState s)
{
	return s < PS(DEPLOYED);
}

struct twin_pledge twin_pledge_on(const struct twin *w, const Mandate__Pledge *p, int32_t day)
{
	struct twin_pledge at = {.state = PS(PLEDGED), .renew_by = months_later(p->registered, 12)};
	const Mandate__PledgeStep *s;
	int32_t last = p->registered;

	for (uint32_t n = 1; (s = step_of(w, p, n)); n++) {
		last = twin_max(last, s->day);
		if (last > day)
			break;
		take(&at, s, last, p->registered);
	}
	at.deployed = has_come(w, p, day);
	at.stale = (before_deployed(at.state) ||
		    (at.state == PS(SUSPENDED) && before_deployed(at.before))) &&
		   !at.deployed && day > at.renew_by;
	return at;
}

/* --- requirements --- */

static const Mandate__Pledge *pledge_of(const struct twin *w, const Mandate__Unit *u)
{
	char key[KEY_TEXT_MAX + 1];
	const Mandate__Record *r;

	if (!u->pledge)
		return NULL;
	snprintf(key, sizeof key, "%s:%s", u->contributor, u->pledge);
	r = twin_get(w, TKIND(PLEDGE), key);
	return r ? r->pledge : NULL;
}

/* Does the unit fill it: by its own word, or as what a pledge for it has become? */
static bool fills(const struct twin *w, const Mandate__Unit *u, const Mandate__Requirement *q)
{
	const Mandate__Pledge *p = pledge_of(w, u);

	if (u->requirement)
		return strcmp(u->requirement, q->requirement) == 0 &&
		       strcmp(u->operation, q->operation) == 0;
	return p && twin_same(p->operation, q->operation) &&
	       twin_same(p->requirement, q->requirement);
}

struct twin_need twin_need_on(const struct twin *w, const Mandate__Requirement *q, int32_t day,
			      int32_t ahead)
{
	struct twin_need need = {.due = q->needed_by <= day + ahead &&
					!(q->has_until && day > q->until)};
	const Mandate__Record *r;

	for (size_t n = 0; (r = twin_next(w, TKIND(UNIT), &n));)
		if (twin_same(twin_place_on(w, r->unit, day).op, q->operation) &&
		    fills(w, r->unit, q))
			need.deployed += r->unit->persons;
	for (size_t n = 0; (r = twin_next(w, TKIND(PLEDGE), &n));) {
		const Mandate__Pledge *p = r->pledge;
		struct twin_pledge at;

		if (!twin_same(p->operation, q->operation) ||
		    !twin_same(p->requirement, q->requirement) || p->registered > day ||
		    !p->has_available || p->available > day + ahead)
			continue;
		at = twin_pledge_on(w, p, day);
		if (!at.deployed && !at.stale && at.state < PS(REPATRIATING))
			need.pledged += p->persons;
	}
	need.gap = need.due ? twin_max(0, (int32_t)(q->persons - need.deployed - need.pledged)) : 0;
	return need;
}
