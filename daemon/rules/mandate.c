#include "rules/mandate.h"
#include "rules/parts.h"
#include "rules/symbol.h"

#include <stdlib.h>
#include <string.h>

static const char council[] = "UNSC";

/* --- keeping the series in order --- */

static struct party *party_at(const struct dossier *d, size_t index)
{
	return ((struct party *const *)d->parties.at)[index];
}

static struct mandate_step *steps_of(const struct party *p)
{
	return p->steps.at;
}

static bool find_party(const struct dossier *d, const char *code, size_t *ret_index)
{
	size_t i = 0;
	int order = 1;

	/* One, rarely two. */
	while (i < d->parties.count && (order = strcmp(party_at(d, i)->code, code)) < 0)
		i++;
	*ret_index = i;
	return i < d->parties.count && order == 0;
}

/* The order of instruments: (effective, adopted, number in the symbol). */
static int compare(const struct instrument *a, const struct instrument *b)
{
	if (a->effective != b->effective)
		return a->effective < b->effective ? -1 : 1;
	if (a->adopted != b->adopted)
		return a->adopted < b->adopted ? -1 : 1;
	return symbol_compare(a->document, b->document);
}

/* The index of `i`, or where it belongs. */
static size_t place_of(const struct party *p, const struct instrument *i)
{
	size_t low = 0, count = p->steps.count;

	while (count > 0) {
		size_t half = count / 2;

		if (compare(steps_of(p)[low + half].instrument, i) < 0) {
			low += half + 1;
			count -= half + 1;
		} else {
			count = half;
		}
	}
	return low;
}

static void unsettle(struct party *p, size_t index)
{
	if (p->settled > index)
		p->settled = index;
}

enum { DAYS_OF_INSTRUMENT = 4 };

/* The days on which an instrument can change an answer. */
static size_t days_of(const struct instrument *i, int32_t ret_days[DAYS_OF_INSTRUMENT])
{
	size_t count = 0;

	ret_days[count++] = i->effective;
	if (i->adopted != i->effective)
		ret_days[count++] = i->adopted;
	if (i->valid_until != DAY_INFINITE)
		ret_days[count++] = i->valid_until + 1;
	if (i->withdraw_by != DAY_NEVER)
		ret_days[count++] = i->withdraw_by + 1;
	return count;
}

static enum status add_days(struct dossier *d, const struct instrument *i)
{
	int32_t days[DAYS_OF_INSTRUMENT];
	size_t count = days_of(i, days);

	for (size_t n = 0; n < count; n++) {
		size_t at = array_until(&d->mandate_days, sizeof *days, days[n]);
		enum status s = array_insert(&d->mandate_days, sizeof *days, at, &days[n]);

		if (s != STATUS_OK)
			return s;
	}
	return STATUS_OK;
}

static void drop_days(struct dossier *d, const struct instrument *i)
{
	int32_t days[DAYS_OF_INSTRUMENT];
	size_t count = days_of(i, days), at;

	for (size_t n = 0; n < count; n++)
		if (array_find_day(&d->mandate_days, sizeof *days, days[n], &at))
			array_remove(&d->mandate_days, sizeof *days, at);
}

static enum status new_party(struct dossier *d, size_t at, const char *code)
{
	struct party *p = calloc(1, sizeof *p);
	const char *name;
	enum status s;

	if (!p)
		return STATUS_NO_MEMORY;
	p->code = strdup(code);
	if (!p->code) {
		free(p);
		return STATUS_NO_MEMORY;
	}
	name = p->code;
	s = array_insert(&d->parties, sizeof p, at, &p);
	if (s != STATUS_OK) {
		free(p->code);
		free(p);
		return s;
	}
	return array_insert(&d->party_codes, sizeof name, at, &name);
}

static void free_party(struct party *p)
{
	array_fini(&p->steps);
	free(p->code);
	free(p);
}

enum status mandate_add(struct dossier *d, struct instrument *i, const char *party)
{
	struct mandate_step step = {
		.effective = i->effective, .adopted = i->adopted, .instrument = i};
	size_t at;
	enum status s;

	if (!find_party(d, party, &at)) {
		s = new_party(d, at, party);
		if (s != STATUS_OK)
			return s;
	}
	i->party = party_at(d, at);
	i->party->instruments++;
	if (!i->carried_out)
		return STATUS_OK;
	at = place_of(i->party, i);
	unsettle(i->party, at);
	s = array_insert(&i->party->steps, sizeof step, at, &step);
	return s == STATUS_OK ? add_days(d, i) : s;
}

void mandate_drop(struct dossier *d, struct instrument *i)
{
	struct party *p = i->party;
	size_t at;

	if (i->carried_out) {
		at = place_of(p, i);
		unsettle(p, at);
		array_remove(&p->steps, sizeof(struct mandate_step), at);
		drop_days(d, i);
	}
	if (--p->instruments > 0)
		return;
	if (find_party(d, p->code, &at)) {
		array_remove(&d->parties, sizeof p, at);
		array_remove(&d->party_codes, sizeof p->code, at);
		free_party(p);
	}
}

void mandate_unsettle(struct dossier *d)
{
	for (size_t i = 0; i < d->parties.count; i++)
		party_at(d, i)->settled = 0;
}

void mandate_fini(struct dossier *d)
{
	for (size_t i = 0; i < d->parties.count; i++)
		free_party(party_at(d, i));
	array_fini(&d->parties);
	array_fini(&d->party_codes);
	array_fini(&d->mandate_days);
}

/* --- deriving along the series --- */

/* Does `i` set the date, after `setter` and its `valid_until`? An amendment does where it says one.
 * A terminate does if it says one and was adopted while what it ends was still valid. */
static bool sets_date(const struct instrument *i, const struct instrument *setter,
		      int32_t valid_until)
{
	switch (i->action) {
	case MANDATE__ACTION__ACTION_ESTABLISH:
	case MANDATE__ACTION__ACTION_EXTEND:
		return true;
	case MANDATE__ACTION__ACTION_AMEND:
		return i->valid_until != DAY_INFINITE;
	case MANDATE__ACTION__ACTION_TERMINATE:
		return i->valid_until != DAY_INFINITE && (!setter || i->adopted <= valid_until);
	case _MANDATE__ACTION_IS_INT_SIZE:
		break;
	}
	return false;
}

static int32_t least(int32_t a, int32_t b)
{
	return a < b ? a : b;
}

static int32_t greatest(int32_t a, int32_t b)
{
	return a > b ? a : b;
}

/* First day of the run of days in force that includes step `at`'s own effective day. */
static int32_t run_start(const struct dossier *d, const struct party *p, size_t at)
{
	const struct mandate_step *steps = steps_of(p), *before;
	int32_t from = steps[at].effective;
	size_t earlier = at;

	while (earlier > 0 && steps[earlier - 1].effective == from)
		earlier--;
	if (earlier == 0)
		return from;
	before = &steps[earlier - 1];
	if (!before->setter || least(before->valid_until, d->operation.end_date) < from - 1)
		return from;
	return before->in_force_since;
}

static void settle_party(const struct dossier *d, struct party *p)
{
	struct mandate_step *steps = steps_of(p);

	for (size_t n = p->settled; n < p->steps.count; n++) {
		const struct mandate_step *last = n > 0 ? &steps[n - 1] : NULL;
		const struct instrument *i = steps[n].instrument;

		steps[n].setter = last ? last->setter : NULL;
		steps[n].valid_until = last ? last->valid_until : DAY_NEVER;
		if (sets_date(i, steps[n].setter, steps[n].valid_until)) {
			steps[n].setter = i;
			steps[n].valid_until = i->valid_until;
		}
		steps[n].adopted_first = last ? least(last->adopted_first, i->adopted) : i->adopted;
		steps[n].withdraw_last =
			last ? greatest(last->withdraw_last, i->withdraw_by) : i->withdraw_by;
		steps[n].in_force_since = run_start(d, p, n);
	}
	p->settled = p->steps.count;
}

void mandate_settle(struct dossier *d)
{
	for (size_t i = 0; i < d->parties.count; i++)
		settle_party(d, party_at(d, i));
}

/* --- folds --- */

bool mandate_binds(const struct dossier *d, const struct party *party, int32_t day)
{
	size_t at;

	(void)day;
	if (party->steps.count == 0)
		return false;
	if (strcmp(party->code, council) == 0)
		return true;
	return !find_party(d, council, &at) || party_at(d, at)->steps.count == 0;
}

/* One party's series on one day. V and U are cut by the operation's end. */
struct party_day {
	bool acts, adopted, in_force;
	int32_t valid_until, secured_until;
	int32_t withdraw_by;   /* of those that act */
	int32_t withdraw_last; /* of any instrument */
	const struct instrument *setter;
};

static const struct mandate_step *acting(const struct party *p, int32_t day, size_t *ret_count)
{
	*ret_count = array_until(&p->steps, sizeof(struct mandate_step), day);
	return *ret_count > 0 ? &steps_of(p)[*ret_count - 1] : NULL;
}

/* U: V after what was adopted by `day` and takes over without a gap. */
static int32_t secured(const struct dossier *d, const struct party *p, size_t acting_count,
		       int32_t day)
{
	const struct mandate_step *steps = steps_of(p);
	const struct instrument *setter = steps[acting_count - 1].setter;
	int32_t until = steps[acting_count - 1].valid_until;
	int32_t next_day = day_plus(least(until, d->operation.end_date), 1);

	for (size_t n = acting_count; n < p->steps.count && steps[n].effective <= next_day; n++) {
		const struct instrument *i = steps[n].instrument;

		if (i->adopted <= day && sets_date(i, setter, until)) {
			setter = i;
			until = i->valid_until;
		}
	}
	return least(until, d->operation.end_date);
}

static void fold_party(const struct dossier *d, const struct party *p, int32_t day,
		       struct party_day *to)
{
	size_t count;
	const struct mandate_step *step = acting(p, day, &count);

	*to = (struct party_day){.acts = step != NULL,
				 .valid_until = DAY_NEVER,
				 .secured_until = DAY_NEVER,
				 .withdraw_by = DAY_NEVER,
				 .withdraw_last = DAY_NEVER};
	if (p->steps.count > 0) {
		const struct mandate_step *last = &steps_of(p)[p->steps.count - 1];

		to->adopted = last->adopted_first <= day;
		to->withdraw_last = last->withdraw_last;
	}
	if (!step)
		return;
	to->withdraw_by = step->withdraw_last;
	if (!step->setter)
		return;
	to->setter = step->setter;
	to->valid_until = least(step->valid_until, d->operation.end_date);
	to->secured_until = secured(d, p, count, day);
	to->in_force = day <= to->valid_until;
}

bool mandate_party_terminated(const struct party *party, int32_t day)
{
	const struct mandate_step *steps = steps_of(party);

	for (size_t n = party->steps.count; n-- > 0;) {
		const struct instrument *i = steps[n].instrument;

		if (i->adopted <= day && i->action != MANDATE__ACTION__ACTION_AMEND)
			return i->action == MANDATE__ACTION__ACTION_TERMINATE;
	}
	return false;
}

bool mandate_covered(const struct dossier *d, int32_t day, struct span *span)
{
	const struct operation *o = &d->operation;

	if (o->never_covered)
		return false;
	if (o->series_from != DAY_NEVER)
		span_cut(span, day, o->series_from);
	if (day < o->series_from)
		return false;
	if (o->series_to == DAY_INFINITE)
		return true;
	span_cut(span, day, o->series_to + 1);
	span_cut(span, day, day_plus(o->end_date, 1));
	return day <= o->series_to || day > o->end_date;
}

/* Everything that instruments or the operation's end change on a day. */
static void narrow(const struct dossier *d, int32_t day, struct span *span)
{
	const int32_t *days = d->mandate_days.at;
	size_t after = array_until(&d->mandate_days, sizeof *days, day);

	if (after > 0)
		span_begin(span, days[after - 1]);
	if (after < d->mandate_days.count)
		span_end(span, days[after] - 1);
	span_cut(span, day, d->operation.end_date);
	span_cut(span, day, day_plus(d->operation.end_date, 1));
}

bool mandate_in_force(const struct dossier *d, int32_t day, struct span *span)
{
	struct span run = *span;
	bool any = false;

	for (size_t i = 0; i < d->parties.count; i++) {
		const struct party *p = party_at(d, i);
		const struct mandate_step *step;
		int32_t valid_until;
		size_t count;

		if (!mandate_binds(d, p, day))
			continue;
		step = acting(p, day, &count);
		valid_until = step && step->setter ? least(step->valid_until, d->operation.end_date)
						   : DAY_NEVER;
		if (day > valid_until) {
			narrow(d, day, span);
			return false;
		}
		any = true;
		span_begin(&run, step->in_force_since);
		span_end(&run, valid_until);
		if (count < p->steps.count)
			span_end(&run, steps_of(p)[count].effective - 1);
	}
	if (any)
		*span = run;
	else
		narrow(d, day, span);
	return any;
}

/* All binding parties as one: V and U the earliest, in force if all are. */
static void fold_binding(const struct dossier *d, int32_t day, struct party_day *to,
			 bool *ret_council)
{
	bool any = false;

	*ret_council = false;
	fold_party(d, &(struct party){0}, day, to);
	for (size_t i = 0; i < d->parties.count; i++) {
		const struct party *p = party_at(d, i);
		struct party_day one;

		if (!mandate_binds(d, p, day))
			continue;
		*ret_council |= strcmp(p->code, council) == 0;
		fold_party(d, p, day, &one);
		if (!any) {
			*to = one;
			any = true;
			continue;
		}
		if (one.valid_until < to->valid_until)
			to->setter = one.setter;
		to->acts &= one.acts;
		to->adopted |= one.adopted;
		to->in_force &= one.in_force;
		to->valid_until = least(to->valid_until, one.valid_until);
		to->secured_until = least(to->secured_until, one.secured_until);
		to->withdraw_by = greatest(to->withdraw_by, one.withdraw_by);
		to->withdraw_last = greatest(to->withdraw_last, one.withdraw_last);
	}
}

static Mandate__MandateStatus status_of(const struct dossier *d, const struct party_day *f,
					bool covered, int32_t day)
{
	bool past = f->setter && day > f->valid_until;

	if (f->adopted && !f->acts)
		return MANDATE__MANDATE_STATUS__MANDATE_STATUS_ADOPTED;
	if (f->in_force)
		return MANDATE__MANDATE_STATUS__MANDATE_STATUS_IN_FORCE;
	if (!covered)
		return MANDATE__MANDATE_STATUS__MANDATE_STATUS_UNKNOWN;
	if (past && day <= f->withdraw_last)
		return MANDATE__MANDATE_STATUS__MANDATE_STATUS_WITHDRAWING;
	if (past || day > d->operation.end_date)
		return MANDATE__MANDATE_STATUS__MANDATE_STATUS_ENDED;
	return MANDATE__MANDATE_STATUS__MANDATE_STATUS_NONE;
}

/* Succession is for arrangements to say, once they are on record. */
static Mandate__MandateEnd end_of(const struct dossier *d, const struct party *party, int32_t day)
{
	bool terminated =
		party ? mandate_party_terminated(party, day) : mandate_terminated(d, NULL, day);

	return terminated ? MANDATE__MANDATE_END__MANDATE_END_TERMINATED
			  : MANDATE__MANDATE_END__MANDATE_END_LAPSED;
}

static void finish(const struct dossier *d, const struct party *party, const struct party_day *f,
		   int32_t day, struct mandate_day *to)
{
	int32_t last_valid = f->setter ? f->valid_until : d->operation.end_date;

	to->status = status_of(d, f, to->covered, day);
	to->in_force = f->in_force;
	to->valid_until = f->valid_until;
	to->secured_until = f->secured_until;
	to->withdraw_by = f->withdraw_by;
	to->document = f->setter ? f->setter->document : NULL;
	to->last_lawful = DAY_INFINITE;
	switch (to->status) {
	case MANDATE__MANDATE_STATUS__MANDATE_STATUS_WITHDRAWING:
		to->withdraw_by = to->last_lawful = f->withdraw_last;
		break;
	case MANDATE__MANDATE_STATUS__MANDATE_STATUS_ENDED:
		to->withdraw_by = f->withdraw_last;
		to->last_lawful = greatest(f->withdraw_last, last_valid);
		to->how = end_of(d, party, day);
		break;
	case MANDATE__MANDATE_STATUS__MANDATE_STATUS_NONE:
		to->last_lawful = DAY_NEVER;
		break;
	case MANDATE__MANDATE_STATUS__MANDATE_STATUS_ADOPTED:
	case MANDATE__MANDATE_STATUS__MANDATE_STATUS_IN_FORCE:
	case MANDATE__MANDATE_STATUS__MANDATE_STATUS_UNKNOWN:
	case MANDATE__MANDATE_STATUS__MANDATE_STATUS_LIQUIDATING:
	case MANDATE__MANDATE_STATUS__MANDATE_STATUS_CLOSED:
	case _MANDATE__MANDATE_STATUS_IS_INT_SIZE:
		break;
	}
}

void mandate_fold(const struct dossier *d, const struct party *party, int32_t day,
		  struct mandate_day *ret_day, struct span *span)
{
	struct party_day f;
	bool by_council;

	narrow(d, day, span);
	if (party) {
		by_council = strcmp(party->code, council) == 0;
		fold_party(d, party, day, &f);
	} else {
		fold_binding(d, day, &f, &by_council);
	}
	*ret_day = (struct mandate_day){
		.covered = mandate_covered(d, day, span),
		.authorized = by_council &&
			      d->operation.kind == MANDATE__OPERATION_KIND__OPERATION_KIND_PARTNER,
	};
	finish(d, party, &f, day, ret_day);
}

void mandate_on(const struct dossier *d, const char *party, int32_t day,
		struct mandate_day *ret_day)
{
	static const struct party nobody = {.code = (char *)(uintptr_t) ""};
	struct span span = SPAN_ALL;
	size_t at;

	if (!party)
		mandate_fold(d, NULL, day, ret_day, &span);
	else if (find_party(d, party, &at))
		mandate_fold(d, party_at(d, at), day, ret_day, &span);
	else
		mandate_fold(d, &nobody, day, ret_day, &span);
}

size_t mandate_parties(const struct dossier *d, const char *const **ret_parties)
{
	*ret_parties = d->party_codes.at;
	return d->party_codes.count;
}

bool mandate_terminated(const struct dossier *d, const char *party, int32_t day)
{
	size_t at;

	if (party)
		return find_party(d, party, &at) && mandate_party_terminated(party_at(d, at), day);
	for (size_t i = 0; i < d->parties.count; i++) {
		const struct party *p = party_at(d, i);

		if (mandate_binds(d, p, day) && mandate_party_terminated(p, day))
			return true;
	}
	return false;
}
