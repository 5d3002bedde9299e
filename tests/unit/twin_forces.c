#include "twin_forces.h"

#include "base/limits.h"

#include <stdio.h>

#define PS(name) MANDATE__PLEDGE_STATE__PLEDGE_STATE_##name

/* --- units --- */

static bool is_here(const struct twin_body *b, int32_t day)
{
	return b->at && !b->over && b->unit->from <= day && day <= b->to;
}

static size_t bodies_of(const struct twin *w, const char *contributor, const char *unit,
			struct twin_body list[TWIN_BODIES_MAX])
{
	const Mandate__Record *r;
	size_t count = 0;

	for (size_t n = 0; (r = twin_next(w, TKIND(UNIT), &n));) {
		const Mandate__Unit *u = r->unit;

		if (strcmp(u->contributor, contributor) == 0 && strcmp(u->unit, unit) == 0 &&
		    count < TWIN_BODIES_MAX)
			list[count++] = (struct twin_body){
				.unit = u,
				.at = u->operation,
				.to = u->has_to ? u->to : DAY_INFINITE,
			};
	}
	return count;
}

static bool moves_it(const Mandate__Transfer *t, const struct twin_body *b)
{
	return strcmp(t->contributor, b->unit->contributor) == 0 &&
	       strcmp(t->unit, b->unit->unit) == 0;
}

/* Of one name, while it is followed. */
struct following {
	size_t count;
	struct twin_body list[TWIN_BODIES_MAX];
	size_t away; /* loans that took somebody along */
	const Mandate__Transfer *loans[TWIN_BODIES_MAX];
};

/* Whoever was in the giving operation the day before goes; a record that ends then ends for that
 * reason. On the day of return whoever is in the other operation comes back. */
static void move(const struct twin *w, struct following *f, int32_t day)
{
	const char *was[TWIN_BODIES_MAX];
	const Mandate__Record *r;

	for (size_t n = 0; n < f->count; n++)
		was[n] = is_here(&f->list[n], day - 1) ? f->list[n].at : NULL;
	for (size_t n = 0; n < f->count; n++)
		for (size_t k = 0; k < f->away && was[n]; k++)
			if (f->loans[k]->return_day == day &&
			    strcmp(f->loans[k]->other_operation, was[n]) == 0) {
				f->list[n].at = f->loans[k]->operation;
				f->list[n].moved = true;
			}
	for (size_t k = 0; (r = twin_next(w, TKIND(TRANSFER), &k));) {
		const Mandate__Transfer *t = r->transfer;
		bool any = false;

		for (size_t n = 0; n < f->count; n++) {
			struct twin_body *b = &f->list[n];

			if (!moves_it(t, b) || t->day != day || !twin_same(t->operation, was[n]))
				continue;
			b->at = t->other_operation;
			b->moved = any = true;
			if (b->to == day - 1)
				b->to = DAY_INFINITE;
		}
		if (any && t->has_return_day)
			f->loans[f->away++] = t;
	}
}

static bool is_own(const struct twin_body *b)
{
	return !b->moved;
}

/* Does another operation's record say that the unit is under `op`'s control? */
static bool controlled(const struct twin_body *list, size_t count, const char *op, int32_t day)
{
	for (size_t n = 0; n < count; n++)
		if (is_here(&list[n], day) && strcmp(list[n].at, op) != 0 &&
		    twin_same(list[n].unit->control, op))
			return true;
	return false;
}

/* Of two of one day the one with the later key. */
static bool began_later(const struct twin_body *a, const struct twin_body *b)
{
	return a->unit->from != b->unit->from ? a->unit->from > b->unit->from
					      : strcmp(a->unit->operation, b->unit->operation) > 0;
}

/* Own records all count; without one, of those that came by transfer the one that began last. */
static bool counts(const struct twin_body *list, size_t count, const struct twin_body *b,
		   int32_t day)
{
	if (!is_here(b, day))
		return false;
	if (is_own(b))
		return !controlled(list, count, b->at, day);
	for (size_t n = 0; n < count; n++) {
		const struct twin_body *o = &list[n];

		if (o != b && is_here(o, day) && strcmp(o->at, b->at) == 0 &&
		    (is_own(o) || began_later(o, b)))
			return false;
	}
	return true;
}

/* Whoever is there goes home in the end. */
static bool is_lent(const struct following *f, const struct twin_body *b, int32_t day)
{
	for (size_t k = 0; k < f->away; k++)
		if (f->loans[k]->return_day > day &&
		    strcmp(f->loans[k]->other_operation, b->at) == 0)
			return true;
	return false;
}

static bool came_by_transfer(const struct twin *w, const struct twin_body *b, int32_t day)
{
	const Mandate__Record *r;

	for (size_t n = 0; (r = twin_next(w, TKIND(TRANSFER), &n));)
		if (moves_it(r->transfer, b) &&
		    ((r->transfer->day == day &&
		      strcmp(r->transfer->other_operation, b->unit->operation) == 0)))
			return true;
	return false;
}

static void follow_day(const struct twin *w, struct following *f, int32_t day)
{
	struct twin_body *list = f->list;
	size_t count = f->count;
	bool counting[TWIN_BODIES_MAX];

	move(w, f, day);
	for (size_t n = 0; n < count; n++)
		counting[n] = counts(list, count, &list[n], day);
	for (size_t n = 0; n < count; n++) {
		struct twin_body *b = &list[n];
		const char *now = counting[n] ? b->at : NULL;

		if (now && !twin_same(b->counts, now))
			b->from = day;
		b->counts = now;
		b->own = is_own(b);
		b->arrived = now && b->own && b->from == b->unit->from &&
			     !came_by_transfer(w, b, b->from);
		if (is_here(b, day) && !now && !b->own && !is_lent(f, b, day))
			b->over = true;
	}
}

/* The first day after `after` on which anything may change. */
static int32_t next_day(const struct twin *w, const struct twin_body *list, size_t count,
			int32_t after)
{
	const Mandate__Record *r;
	int32_t next = DAY_INFINITE;

	for (size_t n = 0; n < count; n++) {
		if (list[n].unit->from > after)
			next = twin_min(next, list[n].unit->from);
		if (list[n].to != DAY_INFINITE && list[n].to + 1 > after)
			next = twin_min(next, list[n].to + 1);
	}
	for (size_t n = 0; (r = twin_next(w, TKIND(TRANSFER), &n));) {
		const Mandate__Transfer *t = r->transfer;

		if (!moves_it(t, &list[0]))
			continue;
		if (t->day > after)
			next = twin_min(next, t->day);
		if (t->has_return_day && t->return_day > after)
			next = twin_min(next, t->return_day);
	}
	return next;
}

static void begin(struct following *f, const struct twin *w, const char *contributor,
		  const char *unit)
{
	f->count = bodies_of(w, contributor, unit, f->list);
	f->away = 0;
}

size_t twin_follow(const struct twin *w, const char *contributor, const char *unit, int32_t day,
		   struct twin_body list[TWIN_BODIES_MAX])
{
	struct following f;

	begin(&f, w, contributor, unit);
	for (int32_t d = DAY_NEVER; f.count > 0 && (d = next_day(w, f.list, f.count, d)) <= day;)
		follow_day(w, &f, d);
	memcpy(list, f.list, f.count * sizeof *list);
	return f.count;
}

struct twin_body twin_body_of(const struct twin *w, const Mandate__Unit *u, int32_t day)
{
	struct twin_body list[TWIN_BODIES_MAX];
	size_t count = twin_follow(w, u->contributor, u->unit, day, list);

	while (list[count - 1].unit != u)
		count--;
	return list[count - 1];
}

/* Has any of it counted here by now? */
static bool has_counted(const struct twin *w, const Mandate__Unit *u, const char *op, int32_t day)
{
	struct following f;

	begin(&f, w, u->contributor, u->unit);
	for (int32_t d = DAY_NEVER; (d = next_day(w, f.list, f.count, d)) <= day;) {
		follow_day(w, &f, d);
		for (size_t n = 0; n < f.count; n++)
			if (f.list[n].unit == u && twin_same(f.list[n].counts, op))
				return true;
	}
	return false;
}

int64_t twin_units(const struct twin *w, const char *op, Mandate__Component c, int32_t day,
		   bool *ret_any)
{
	const Mandate__Record *r;
	int64_t sum = 0;

	for (size_t n = 0; (r = twin_next(w, TKIND(UNIT), &n));) {
		const Mandate__Unit *u = r->unit;

		if (!twin_under(u->component, c))
			continue;
		*ret_any = *ret_any || has_counted(w, u, op, day);
		if (twin_same(twin_body_of(w, u, day).counts, op))
			sum += u->persons;
	}
	return sum;
}

/* --- pledges --- */

enum { STEPS_MAX = 12 }; /* of a test */

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

/* Names the unit the pledge, or has it the name which the pledge gave? */
static bool comes_of(const Mandate__Unit *u, const Mandate__Pledge *p)
{
	return strcmp(u->contributor, p->contributor) == 0 &&
	       (u->pledge ? twin_same(u->pledge, p->pledge) : twin_same(u->unit, p->unit));
}

/* Its unit has come to its operation. */
static bool has_come(const struct twin *w, const Mandate__Pledge *p, int32_t day)
{
	const Mandate__Record *r;

	for (size_t n = 0; (r = twin_next(w, TKIND(UNIT), &n));) {
		const Mandate__Unit *u = r->unit;

		if (p->operation && comes_of(u, p) && has_counted(w, u, p->operation, day))
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

	for (uint32_t n = 1; n <= STEPS_MAX; n++) {
		s = step_of(w, p, n);
		if (!s)
			continue;
		last = twin_max(last, s->day);
		if (last > day)
			break;
		take(&at, s, last, p->registered);
	}
	at.deployed = has_come(w, p, day);
	at.stale = before_deployed(at.state) && !at.deployed && day > at.renew_by;
	return at;
}

/* --- requirements --- */

/* Does the unit fill it: by its own word, or as what a pledge for it has become? */
static bool fills(const struct twin *w, const Mandate__Unit *u, const Mandate__Requirement *q)
{
	const Mandate__Record *r;

	if (u->requirement)
		return strcmp(u->requirement, q->requirement) == 0 &&
		       strcmp(u->operation, q->operation) == 0;
	for (size_t n = 0; (r = twin_next(w, TKIND(PLEDGE), &n));)
		if (comes_of(u, r->pledge) && twin_same(r->pledge->operation, q->operation) &&
		    twin_same(r->pledge->requirement, q->requirement))
			return true;
	return false;
}

struct twin_need twin_need_on(const struct twin *w, const Mandate__Requirement *q, int32_t day,
			      int32_t ahead)
{
	struct twin_need need = {.due = q->needed_by <= day + ahead &&
					!(q->has_until && day > q->until)};
	const Mandate__Record *r;

	for (size_t n = 0; (r = twin_next(w, TKIND(UNIT), &n));)
		if (twin_same(twin_body_of(w, r->unit, day).counts, q->operation) &&
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
