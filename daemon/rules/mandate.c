#include "rules/mandate.h"
#include "rules/parts.h"

static const struct party *party_at(const struct dossier *d, size_t index)
{
	return ITEMS(d->parties, struct party *const)[index];
}

static const struct mandate_step *steps_of(const struct party *p)
{
	return p->steps.at;
}

/* --- who binds --- */

/* The first day from which a text that sets a date acts. */
static int32_t binds_from(const struct party *p)
{
	for (size_t n = 0; n < p->steps.count; n++)
		if (steps_of(p)[n].setter)
			return steps_of(p)[n].effective;
	return DAY_INFINITE;
}

static bool hybrid_binds(const struct dossier *d, const struct party *party, int32_t day,
			 struct span *span)
{
	int32_t first = DAY_INFINITE, from = binds_from(party);

	for (size_t i = 0; i < d->parties.count; i++)
		if (partnership_hybrid_names(d, party_at(d, i)->code, day))
			first = day_least(first, binds_from(party_at(d, i)));
	span_cut(span, day, first);
	span_cut(span, day, from);
	if (party->steps.count == 0 || !partnership_hybrid_names(d, party->code, day))
		return false;
	return from <= day || day < first;
}

static bool in_hybrid(const struct dossier *d, int32_t day, struct span *span)
{
	return d->partnership.hybrids.count > 0 && partnership_is_hybrid(d, day, span);
}

bool mandate_binds(const struct dossier *d, const struct party *party, int32_t day,
		   struct span *span)
{
	if (in_hybrid(d, day, span))
		return hybrid_binds(d, party, day, span);
	if (d->council && d->council->steps.count > 0)
		return party == d->council;
	return party->steps.count > 0;
}

/* Days on which the same parties bind. */
static void narrow_binding(const struct dossier *d, int32_t day, struct span *span)
{
	if (!in_hybrid(d, day, span))
		return;
	for (size_t i = 0; i < d->parties.count; i++)
		hybrid_binds(d, party_at(d, i), day, span);
}

/* --- one party --- */

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
	int32_t next_day = day_plus(day_least(until, d->operation.end_date), 1);

	for (size_t n = acting_count; n < p->steps.count && steps[n].effective <= next_day; n++) {
		const struct instrument *i = steps[n].instrument;

		if (i->adopted <= day && series_sets_date(i, setter, until)) {
			setter = i;
			until = i->valid_until;
		}
	}
	return day_least(until, d->operation.end_date);
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
	to->valid_until = day_least(step->valid_until, d->operation.end_date);
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

/* Everything that instruments, the operation's end or a hybrid's change on a day. */
static void narrow(const struct dossier *d, int32_t day, struct span *span)
{
	const int32_t *days = d->mandate_days.at;
	size_t after = array_until(&d->mandate_days, sizeof *days, day);

	narrow_binding(d, day, span);
	if (after > 0)
		span_begin(span, days[after - 1]);
	if (after < d->mandate_days.count)
		span_end(span, days[after] - 1);
	span_cut(span, day, d->operation.end_date);
	span_cut(span, day, day_plus(d->operation.end_date, 1));
}

bool mandate_in_force(const struct dossier *d, int32_t day, struct span *span)
{
	struct span run, any_days = SPAN_ALL;
	bool any = false;

	narrow_binding(d, day, span);
	run = *span;
	for (size_t i = 0; i < d->parties.count; i++) {
		const struct party *p = party_at(d, i);
		const struct mandate_step *step;
		int32_t valid_until;
		size_t count;

		if (!mandate_binds(d, p, day, &any_days))
			continue;
		step = acting(p, day, &count);
		valid_until = step && step->setter
				      ? day_least(step->valid_until, d->operation.end_date)
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
	struct span any_days = SPAN_ALL;
	bool any = false;

	*ret_council = false;
	fold_party(d, &(struct party){0}, day, to);
	for (size_t i = 0; i < d->parties.count; i++) {
		const struct party *p = party_at(d, i);
		struct party_day one;

		if (!mandate_binds(d, p, day, &any_days))
			continue;
		*ret_council |= p == d->council;
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
		to->valid_until = day_least(to->valid_until, one.valid_until);
		to->secured_until = day_least(to->secured_until, one.secured_until);
		to->withdraw_by = day_greatest(to->withdraw_by, one.withdraw_by);
		to->withdraw_last = day_greatest(to->withdraw_last, one.withdraw_last);
	}
}

/* By texts alone. */
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
		to->last_lawful = day_greatest(f->withdraw_last, last_valid);
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

void mandate_fold_texts(const struct dossier *d, const struct party *party, int32_t day,
			struct mandate_day *ret_day, struct span *span)
{
	struct party_day f;
	bool by_council;

	narrow(d, day, span);
	if (party) {
		by_council = party == d->council;
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

void mandate_fold(const struct dossier *d, const struct party *party, int32_t day,
		  struct mandate_day *ret_day, struct span *span)
{
	const struct operation *o = &d->operation;

	mandate_fold_texts(d, party, day, ret_day, span);
	if (ret_day->status != MANDATE__MANDATE_STATUS__MANDATE_STATUS_ENDED &&
	    ret_day->status != MANDATE__MANDATE_STATUS__MANDATE_STATUS_NONE)
		return;
	if (ret_day->how == MANDATE__MANDATE_END__MANDATE_END_LAPSED &&
	    d->partnership.edges.count > 0 && partnership_succeeded(d, day, span))
		ret_day->how = MANDATE__MANDATE_END__MANDATE_END_SUCCEEDED;
	span_cut(span, day, o->liquidating_from);
	span_cut(span, day, o->closed_on);
	if (day >= o->closed_on)
		ret_day->status = MANDATE__MANDATE_STATUS__MANDATE_STATUS_CLOSED;
	else if (day >= o->liquidating_from)
		ret_day->status = MANDATE__MANDATE_STATUS__MANDATE_STATUS_LIQUIDATING;
}

void mandate_on(const struct dossier *d, const char *party, int32_t day,
		struct mandate_day *ret_day)
{
	static const struct party nobody = {.code = (char *)(uintptr_t) ""};
	struct span span = SPAN_ALL;
	size_t at;

	if (!party)
		mandate_fold(d, NULL, day, ret_day, &span);
	else if (series_find_party(d, party, &at))
		mandate_fold(d, party_at(d, at), day, ret_day, &span);
	else
		mandate_fold(d, &nobody, day, ret_day, &span);
}

size_t mandate_parties(const struct dossier *d, const char *const **ret_parties)
{
	*ret_parties = d->party_codes.at;
	return d->party_codes.count;
}

bool mandate_party_binds(const struct dossier *d, const char *party, int32_t day)
{
	struct span span = SPAN_ALL;
	size_t at;

	return series_find_party(d, party, &at) && mandate_binds(d, party_at(d, at), day, &span);
}

bool mandate_terminated(const struct dossier *d, const char *party, int32_t day)
{
	struct span span = SPAN_ALL;
	size_t at;

	if (party)
		return series_find_party(d, party, &at) &&
		       mandate_party_terminated(party_at(d, at), day);
	for (size_t i = 0; i < d->parties.count; i++) {
		const struct party *p = party_at(d, i);

		if (mandate_binds(d, p, day, &span) && mandate_party_terminated(p, day))
			return true;
	}
	return false;
}

/* --- content --- */

/* Of two that act, the later: by effective day, then adopted. */
static const struct mandate_step *later(const struct mandate_step *a, const struct mandate_step *b)
{
	if (!a || a->effective != b->effective)
		return !a || a->effective < b->effective ? b : a;
	return a->adopted < b->adopted ? b : a;
}

struct mandate_content mandate_content_on(const struct dossier *d, int32_t day)
{
	const struct mandate_step *tasks = NULL, *chapter = NULL;
	struct span span = SPAN_ALL;

	for (size_t i = 0; i < d->parties.count; i++) {
		const struct party *p = party_at(d, i);
		size_t count;

		if (!mandate_binds(d, p, day, &span))
			continue;
		acting(p, day, &count);
		for (size_t n = 0; n < count; n++) {
			if (steps_of(p)[n].instrument->names_tasks)
				tasks = later(tasks, &steps_of(p)[n]);
			if (steps_of(p)[n].instrument->chapter)
				chapter = later(chapter, &steps_of(p)[n]);
		}
	}
	return (struct mandate_content){.tasks = tasks ? tasks->instrument->fact.key : NULL,
					.chapter = chapter ? chapter->instrument->chapter : 0};
}
