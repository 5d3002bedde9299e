#include "rules/parts.h"
#include "rules/symbol.h"

#include <stdlib.h>
#include <string.h>

/* --- keeping the series in order --- */

static const char council[] = "UNSC";

static struct party *party_at(const struct dossier *d, size_t index)
{
	return ((struct party *const *)d->parties.at)[index];
}

static struct mandate_step *steps_of(const struct party *p)
{
	return p->steps.at;
}

bool series_find_party(const struct dossier *d, const char *code, size_t *ret_index)
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
	if (strcmp(name, council) == 0)
		d->council = p;
	return array_insert(&d->party_codes, sizeof name, at, &name);
}

static void free_party(struct party *p)
{
	array_fini(&p->steps);
	free(p->code);
	free(p);
}

enum status series_add(struct dossier *d, struct instrument *i, const char *party)
{
	struct mandate_step step = {
		.effective = i->effective, .adopted = i->adopted, .instrument = i};
	size_t at;
	enum status s;

	if (!series_find_party(d, party, &at)) {
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

void series_drop(struct dossier *d, struct instrument *i)
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
	if (series_find_party(d, p->code, &at)) {
		array_remove(&d->parties, sizeof p, at);
		array_remove(&d->party_codes, sizeof p->code, at);
		if (d->council == p)
			d->council = NULL;
		free_party(p);
	}
}

void series_unsettle(struct dossier *d)
{
	for (size_t i = 0; i < d->parties.count; i++)
		party_at(d, i)->settled = 0;
}

void series_fini(struct dossier *d)
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
bool series_sets_date(const struct instrument *i, const struct instrument *setter,
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

/* First day of the run of days in force that includes step `at`'s own effective day. */
static int32_t run_start(const struct dossier *d, const struct party *p, size_t at)
{
	const struct mandate_step *steps = steps_of(p), *before = at > 0 ? &steps[at - 1] : NULL;
	int32_t from = steps[at].effective;

	if (!before || !before->setter ||
	    day_least(before->valid_until, d->operation.end_date) < from - 1)
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
		if (series_sets_date(i, steps[n].setter, steps[n].valid_until)) {
			steps[n].setter = i;
			steps[n].valid_until = i->valid_until;
		}
		steps[n].adopted_first =
			last ? day_least(last->adopted_first, i->adopted) : i->adopted;
		steps[n].withdraw_last =
			last ? day_greatest(last->withdraw_last, i->withdraw_by) : i->withdraw_by;
		steps[n].in_force_since = run_start(d, p, n);
	}
	p->settled = p->steps.count;
}

void series_settle(struct dossier *d)
{
	for (size_t i = 0; i < d->parties.count; i++)
		settle_party(d, party_at(d, i));
}
