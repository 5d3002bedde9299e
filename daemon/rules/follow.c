/* Where a unit is, followed through the records and transfers of its name.
 *
 * Each record is a body of so many persons, from..to, that begins in its own operation. A transfer
 * on day T takes along every body that is in the giving operation on T - 1; on the day of return
 * those in the other operation come back. A record that ends on T - 1 ends because of the transfer:
 * then the body has no end. What counts on a day in an operation:
 *
 *	its own records of the unit that have not gone elsewhere, all of them, but not while another
 *	operation's record says that the unit is under this one's control: it counts there;
 *	without such a record, of the bodies that came by transfer the one that began last.
 *
 * What came by transfer and does not count is over, but for a loan: that goes home in the end. */
#include "rules/parts.h"

#include "base/limits.h"

#include <stdlib.h>
#include <string.h>

struct text {
	const char *at;
	size_t len;
};

struct body {
	const struct unit *unit;   /* NULL: it is over */
	struct text operation;	   /* where it is */
	const struct transfer *by; /* that brought it there; NULL: its own record's */
	int32_t to;
	bool counts;
	/* The stay here that is open. */
	int32_t since; /* DAY_NEVER: none */
	const struct transfer *since_by;
};

struct following {
	const struct dossier *d;
	struct unit_name *name;
	struct array *stays; /* what comes of it */
	struct body *bodies; /* by the day on which they begin */
	size_t count, begun;
	size_t over; /* so many of the first are */
	size_t transfers_begun;
	const struct transfer **away; /* loans that took somebody along */
	size_t away_count;
	size_t returned;	 /* so many of the first are back */
	struct double_days open; /* name NULL: none */
};

static bool same(struct text a, struct text b)
{
	return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

static struct text text_of(const char *text)
{
	return (struct text){text, strlen(text)};
}

static int compare_texts(struct text a, struct text b)
{
	int order = memcmp(a.at, b.at, a.len < b.len ? a.len : b.len);

	return order != 0 ? order : a.len < b.len ? -1 : a.len > b.len;
}

static struct transfer *transfer_at(const struct unit_name *name, size_t index)
{
	return (struct transfer *)(void *)shelf_at(&name->transfers, index);
}

/* --- one day on which something happens --- */

static void move_body(struct following *f, struct body *b, struct transfer *today, int32_t day)
{
	struct text at = b->operation;

	for (size_t n = f->returned; n < f->away_count; n++) {
		const struct transfer *t = f->away[n];

		if (t->return_day != day || !same(at, text_of(t->other_operation)))
			continue;
		b->operation = text_of(t->operation);
		b->by = t;
	}
	if (!today || !same(at, text_of(today->operation)))
		return;
	b->operation = text_of(today->other_operation);
	b->by = today;
	if (b->to == day - 1)
		b->to = DAY_INFINITE;
	today->moves = true;
}

/* By positions of the day before. Keys of transfers end with the day: they are in order of days,
 * each day once. */
static void move_bodies(struct following *f, int32_t day)
{
	struct transfer *today = NULL;

	if (f->transfers_begun < f->name->transfers.count &&
	    transfer_at(f->name, f->transfers_begun)->day == day)
		today = transfer_at(f->name, f->transfers_begun++);
	for (size_t i = f->over; i < f->begun; i++)
		if (f->bodies[i].unit)
			move_body(f, &f->bodies[i], today, day);
	if (today && today->moves && today->return_day != DAY_INFINITE)
		f->away[f->away_count++] = today;
}

/* Whoever is in `operation` goes home from there in the end. */
static bool is_lent(const struct following *f, struct text operation, int32_t day)
{
	for (size_t n = f->returned; n < f->away_count; n++)
		if (f->away[n]->return_day > day &&
		    same(operation, text_of(f->away[n]->other_operation)))
			return true;
	return false;
}

static bool is_controlled(const struct following *f, const struct body *b)
{
	for (size_t i = f->over; i < f->begun; i++) {
		const struct unit *other = f->bodies[i].unit;

		if (other && other->control &&
		    same(b->operation, text_of(unit_text(other, other->control))) &&
		    !same(b->operation, f->bodies[i].operation))
			return true;
	}
	return false;
}

/* Does another body in the same operation stand instead of `b`, which came by transfer? */
static bool is_replaced(const struct following *f, const struct body *b)
{
	for (size_t i = f->over; i < f->begun; i++) {
		const struct body *other = &f->bodies[i];

		if (other != b && other->unit && same(b->operation, other->operation) &&
		    (!other->by || other > b))
			return true;
	}
	return false;
}

static void judge_bodies(struct following *f, int32_t day)
{
	for (size_t i = f->over; i < f->begun; i++) {
		struct body *b = &f->bodies[i];

		if (b->unit)
			b->counts = b->by ? !is_replaced(f, b) : !is_controlled(f, b);
	}
	for (size_t i = f->over; i < f->begun; i++) {
		struct body *b = &f->bodies[i];

		if (b->unit && b->by && !b->counts && !is_lent(f, b->operation, day))
			b->to = day - 1;
	}
}

/* --- what comes of it --- */

/* Comes the body by itself, or is its record's first day that of a transfer to here? */
static bool arrives(const struct following *f, const struct body *b)
{
	if (b->since != b->unit->from || b->since_by)
		return false;
	for (size_t n = 0; n < f->name->transfers.count; n++) {
		const struct transfer *t = transfer_at(f->name, n);

		if (t->day == b->since && strcmp(t->other_operation, f->d->name) == 0)
			return false;
	}
	return true;
}

static enum status close_stay(struct following *f, struct body *b, int32_t last)
{
	struct stay stay = {.from = b->since,
			    .to = last,
			    .unit = b->unit,
			    .by = b->since_by,
			    .arrives = arrives(f, b)};

	b->since = DAY_NEVER;
	return array_insert(f->stays, sizeof stay, f->stays->count, &stay);
}

/* What `day` does not see any more. */
static enum status end_bodies(struct following *f, int32_t day)
{
	enum status s = STATUS_OK;

	for (size_t i = f->over; i < f->begun && s == STATUS_OK; i++) {
		struct body *b = &f->bodies[i];

		if (!b->unit || b->to >= day)
			continue;
		if (b->since != DAY_NEVER)
			s = close_stay(f, b, day - 1);
		b->unit = NULL;
	}
	while (f->over < f->begun && !f->bodies[f->over].unit)
		f->over++;
	return s;
}

static enum status show_stays(struct following *f, int32_t day)
{
	struct text here = text_of(f->d->name);
	enum status s = STATUS_OK;

	for (size_t i = f->over; i < f->begun && s == STATUS_OK; i++) {
		struct body *b = &f->bodies[i];
		bool shown = b->unit && b->counts && same(b->operation, here);

		if (!b->unit)
			continue;
		if (b->since != DAY_NEVER && (!shown || b->since_by != b->by))
			s = close_stay(f, b, day - 1);
		if (shown && b->since == DAY_NEVER) {
			b->since = day;
			b->since_by = b->by;
		}
	}
	return s;
}

static enum status close_double(struct following *f, int32_t last)
{
	struct double_days days = f->open;

	f->open.name = NULL;
	if (!days.name)
		return STATUS_OK;
	days.to = last;
	return array_insert(&f->name->doubles, sizeof days, f->name->doubles.count, &days);
}

/* In the least operation in which it counts, but for that of `but`; NULL: in none. */
static const struct body *least(const struct following *f, const struct body *but)
{
	const struct body *found = NULL;

	for (size_t i = f->over; i < f->begun; i++) {
		const struct body *b = &f->bodies[i];

		if (b->unit && b->counts && (!but || !same(b->operation, but->operation)) &&
		    (!found || compare_texts(b->operation, found->operation) < 0))
			found = b;
	}
	return found;
}

static enum status show_doubles(struct following *f, int32_t day)
{
	const struct body *here = least(f, NULL), *other = here ? least(f, here) : NULL;
	enum status s;

	if (other && !same(here->operation, text_of(f->d->name)))
		other = NULL;
	if (f->open.name && other && f->open.here == here->unit && f->open.other == other->unit &&
	    same((struct text){f->open.other_operation, f->open.other_len}, other->operation))
		return STATUS_OK;
	s = close_double(f, day - 1);
	if (other)
		f->open = (struct double_days){.from = day,
					       .name = f->name,
					       .other_operation = other->operation.at,
					       .other_len = other->operation.len,
					       .here = here->unit,
					       .other = other->unit};
	return s;
}

static enum status step(struct following *f, int32_t day)
{
	enum status s;

	move_bodies(f, day);
	while (f->returned < f->away_count && f->away[f->returned]->return_day <= day)
		f->returned++;
	s = end_bodies(f, day);
	if (s != STATUS_OK)
		return s;
	while (f->begun < f->count && f->bodies[f->begun].unit->from == day)
		f->begun++;
	judge_bodies(f, day);
	s = end_bodies(f, day);
	if (s == STATUS_OK)
		s = show_stays(f, day);
	return s == STATUS_OK ? show_doubles(f, day) : s;
}

/* The first day after `day` on which anything happens; DAY_INFINITE: none. */
static int32_t next_day(const struct following *f, int32_t day)
{
	int32_t next = f->begun < f->count ? f->bodies[f->begun].unit->from : DAY_INFINITE;

	if (f->transfers_begun < f->name->transfers.count)
		next = day_least(next, transfer_at(f->name, f->transfers_begun)->day);
	for (size_t n = f->returned; n < f->away_count; n++)
		if (f->away[n]->return_day > day)
			next = day_least(next, f->away[n]->return_day);
	for (size_t i = f->over; i < f->begun; i++)
		if (f->bodies[i].unit)
			next = day_least(next, day_plus(f->bodies[i].to, 1));
	return next;
}

/* --- a name --- */

static int compare_bodies(const void *a, const void *b)
{
	const struct unit *x = ((const struct body *)a)->unit, *y = ((const struct body *)b)->unit;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return strcmp(x->fact.key, y->fact.key);
}

static void add_bodies(struct following *f, const struct array *shelf, size_t at, size_t count)
{
	for (size_t i = at; i < at + count; i++) {
		const struct unit *u = unit_at(shelf, i);

		if (u->to >= u->from)
			f->bodies[f->count++] =
				(struct body){.unit = u,
					      .operation = {u->fact.key, strcspn(u->fact.key, ":")},
					      .to = u->to,
					      .since = DAY_NEVER};
	}
}

static enum status follow(struct following *f)
{
	enum status s = STATUS_OK;

	qsort(f->bodies, f->count, sizeof *f->bodies, compare_bodies);
	for (int32_t day = next_day(f, DAY_NEVER); day != DAY_INFINITE && s == STATUS_OK;
	     day = next_day(f, day))
		s = step(f, day);
	for (size_t i = f->over; i < f->begun && s == STATUS_OK; i++)
		if (f->bodies[i].unit && f->bodies[i].since != DAY_NEVER)
			s = close_stay(f, &f->bodies[i], DAY_INFINITE);
	return s == STATUS_OK ? close_double(f, DAY_INFINITE) : s;
}

/* More than can be followed: each record counts in its own operation, from..to. */
static enum status leave_alone(struct dossier *d, struct array *stays, size_t at, size_t count)
{
	enum status s = STATUS_OK;

	for (size_t i = at; i < at + count && s == STATUS_OK; i++) {
		struct stay stay = unit_stay(unit_at(&d->forces.units, i));

		s = array_insert(stays, sizeof stay, stays->count, &stay);
	}
	return s;
}

enum status follow_name(struct dossier *d, struct unit_name *name, struct array *ret_stays)
{
	struct following f = {.d = d, .name = name, .stays = ret_stays};
	size_t transfers = name->transfers.count, at, own, records;
	enum status s = STATUS_NO_MEMORY;

	unit_name_own(d, name->fact.key, strlen(name->fact.key), &at, &own);
	records = own + name->foreign.count;
	for (size_t n = 0; n < transfers; n++)
		transfer_at(name, n)->moves = false;
	if (records + transfers > STAYS_PER_UNIT_MAX)
		return leave_alone(d, ret_stays, at, own);
	f.bodies = calloc(records + 1, sizeof *f.bodies);
	f.away = calloc(transfers + 1, sizeof *f.away);
	if (f.bodies && f.away) {
		add_bodies(&f, &d->forces.units, at, own);
		add_bodies(&f, &name->foreign, 0, name->foreign.count);
		s = follow(&f);
	}
	free(f.bodies);
	free(f.away);
	return s;
}
