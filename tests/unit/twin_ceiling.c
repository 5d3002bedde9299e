/* Ceilings: DEFINITIONS section 2. */
#include "twin_ceiling.h"

#include <stdlib.h>

Mandate__Component twin_parent(Mandate__Component c)
{
	static const Mandate__Component parents[TWIN_COMPONENTS] = {
		[TC(MILITARY)] = TC(UNIFORMED),	  [TC(POLICE)] = TC(UNIFORMED),
		[TC(TROOPS)] = TC(MILITARY),	  [TC(STAFF_OFFICERS)] = TC(MILITARY),
		[TC(OBSERVERS)] = TC(MILITARY),	  [TC(INDIVIDUAL_POLICE)] = TC(POLICE),
		[TC(FORMED_POLICE)] = TC(POLICE),
	};

	return parents[c];
}

static bool before(const struct twin_entry *a, const struct twin_entry *b)
{
	int by_symbol = twin_symbol_compare(a->document, b->document);

	if (a->from != b->from)
		return a->from < b->from;
	if (a->adopted != b->adopted)
		return a->adopted < b->adopted;
	if (by_symbol)
		return by_symbol < 0;
	if (!a->party != !b->party) /* records of their own last */
		return a->party != NULL;
	if (a->party && strcmp(a->party, b->party) != 0)
		return strcmp(a->party, b->party) < 0;
	return a->position < b->position;
}

static void add_instrument(struct twin_entries *to, const Mandate__Instrument *i)
{
	for (size_t n = 0; n < i->n_ceilings && twin_carried_out(i); n++) {
		const Mandate__CeilingEntry *e = i->ceilings[n];

		to->at[to->count++] = (struct twin_entry){
			.component = e->component,
			.name = e->name,
			.parent = e->has_parent ? e->parent : 0,
			.from = e->has_from ? e->from : twin_effective(i),
			.until = e->has_until ? e->until : DAY_INFINITE,
			.adopted = i->adopted,
			.comply_by = e->has_comply_by ? e->comply_by : DAY_NEVER,
			.document = i->document,
			.party = i->party,
			.position = n,
			.has_persons = e->has_persons,
			.persons = e->persons,
			.delta = e->delta};
	}
}

/* A record of its own is as old as its document; with a document that was not carried out it is
 * nothing. */
static void add_record(struct twin_entries *to, const struct twin *w, const char *op,
		       const Mandate__Ceiling *c)
{
	bool on_record = false, effect = false;
	int32_t adopted = DAY_INFINITE;
	const Mandate__Record *r;

	for (size_t n = 0; (r = twin_next(w, TKIND(INSTRUMENT), &n));) {
		const Mandate__Instrument *i = r->instrument;

		if (strcmp(i->operation, op) != 0 || strcmp(i->document, c->document) != 0)
			continue;
		on_record = true;
		if (!twin_carried_out(i))
			continue;
		effect = true;
		adopted = twin_min(adopted, i->adopted);
	}
	if (on_record && !effect)
		return;
	to->at[to->count++] =
		(struct twin_entry){.component = c->component,
				    .parent = c->has_parent ? c->parent : 0,
				    .from = c->from,
				    .until = c->has_until ? c->until : DAY_INFINITE,
				    .adopted = on_record ? adopted : c->from,
				    .comply_by = c->has_comply_by ? c->comply_by : DAY_NEVER,
				    .document = c->document,
				    .has_persons = c->has_persons,
				    .persons = c->persons,
				    .delta = c->delta};
}

void twin_entries_of(const struct twin *w, const char *op, struct twin_entries *to)
{
	const Mandate__Record *r;

	to->count = 0;
	for (size_t n = 0; (r = twin_next(w, TKIND(INSTRUMENT), &n));)
		if (strcmp(r->instrument->operation, op) == 0)
			add_instrument(to, r->instrument);
	for (size_t n = 0; (r = twin_next(w, TKIND(CEILING), &n));)
		if (strcmp(r->ceiling->operation, op) == 0)
			add_record(to, w, op, r->ceiling);
}

const struct twin_entry *twin_ruling(const struct twin_entries *in, Mandate__Component c,
				     const char *name, int32_t day)
{
	const struct twin_entry *best = NULL;

	for (size_t n = 0; n < in->count; n++) {
		const struct twin_entry *e = &in->at[n];

		if ((name ? twin_same(e->name, name) : e->component == c && !e->name) &&
		    e->from <= day && day <= e->until && (!best || before(best, e)))
			best = e;
	}
	return best;
}

static int64_t value_before(const struct twin_entries *in, const struct twin_entry *e)
{
	const struct twin_entry *rules;

	if (!e->name)
		return twin_ceiling_of(in, e->component, e->from - 1).persons;
	rules = twin_ruling(in, e->component, e->name, e->from - 1);
	return rules ? twin_value(in, rules) : 0;
}

int64_t twin_value(const struct twin_entries *in, const struct twin_entry *e)
{
	int64_t value = e->has_persons ? e->persons : value_before(in, e) + e->delta;

	return value > 0 ? value : 0;
}

/* Does this entry, of the police, end the number of units? */
static bool ends_units(const struct twin_entries *in, const struct twin_entry *e)
{
	const struct twin_entry *same_day = NULL;
	struct twin_ceiling was;

	for (size_t n = 0; n < in->count; n++) {
		const struct twin_entry *o = &in->at[n];

		if (o->name || o->from != e->from)
			continue;
		if (o->component == TC(FPU_UNITS) && strcmp(o->document, e->document) == 0)
			return false;
		if (o->component == TC(POLICE) && before(o, e) &&
		    (!same_day || before(same_day, o)))
			same_day = o;
	}
	if (same_day)
		return twin_value(in, same_day) != twin_value(in, e);
	was = twin_ceiling_of(in, TC(POLICE), e->from - 1);
	return !was.set || was.persons != twin_value(in, e);
}

static bool units_ended(const struct twin_entries *in, const struct twin_entry *units, int32_t day)
{
	for (size_t n = 0; n < in->count; n++) {
		const struct twin_entry *e = &in->at[n];

		if (e->component == TC(POLICE) && !e->name && e->from <= day && day <= e->until &&
		    before(units, e) && ends_units(in, e))
			return true;
	}
	return false;
}

bool twin_corrections_inside(const struct twin_entries *in, int32_t day)
{
	const struct twin_entry *rules = twin_ruling(in, TC(CORRECTIONS), NULL, day);

	return rules && rules->parent == TC(POLICE);
}

/* comply_by; where none is given, the first day of a number that is lower than what held the day
 * before, or the first at all. */
static int32_t reach_by(const struct twin_entries *in, const struct twin_entry *e)
{
	struct twin_ceiling was;

	if (e->comply_by != DAY_NEVER)
		return e->comply_by;
	was = twin_ceiling_of(in, e->component, e->from - 1);
	return !was.set || twin_value(in, e) < was.persons ? e->from : DAY_NEVER;
}

struct twin_ceiling twin_ceiling_of(const struct twin_entries *in, Mandate__Component c,
				    int32_t day)
{
	struct twin_ceiling sum = {
		.from = DAY_NEVER, .comply_by = DAY_NEVER, .reach_by = DAY_NEVER};
	const struct twin_entry *rules = twin_ruling(in, c, NULL, day);

	if (rules && c == TC(FPU_UNITS) && units_ended(in, rules, day))
		return sum;
	if (rules)
		return (struct twin_ceiling){.set = true,
					     .persons = twin_value(in, rules),
					     .from = rules->from,
					     .comply_by = rules->comply_by,
					     .reach_by = reach_by(in, rules)};
	for (int child = 1; child < TWIN_COMPONENTS; child++) {
		struct twin_ceiling one;

		if (twin_parent((Mandate__Component)child) != c &&
		    !(c == TC(POLICE) && child == TC(CORRECTIONS) && sum.set &&
		      twin_corrections_inside(in, day)))
			continue;
		one = twin_ceiling_of(in, (Mandate__Component)child, day);
		if (!one.set)
			continue;
		sum.set = sum.derived = true;
		sum.persons += one.persons;
		sum.from = twin_max(sum.from, one.from);
		sum.comply_by = twin_max(sum.comply_by, one.comply_by);
		sum.reach_by = twin_max(sum.reach_by, one.reach_by);
	}
	return sum;
}

struct twin_ceiling twin_ceiling_on(const struct twin *w, const char *op, Mandate__Component c,
				    int32_t day)
{
	struct twin_entries in;

	twin_entries_of(w, op, &in);
	return twin_ceiling_of(&in, c, day);
}
