/* The formulas of sections 1 to 3 and 7 written down directly: every question is answered by
 * reading the whole list of facts, a `since` by asking day after day. Slow and plain on purpose. */
#ifndef TESTS_RULES_TWIN_H
#define TESTS_RULES_TWIN_H

#include "rules_facts.h"

#include "rules/alert.h"
#include "rules/ceiling.h"
#include "rules/mandate.h"
#include "rules/strength.h"

#define TC(name) MANDATE__COMPONENT__COMPONENT_##name
#define TSTATUS(name) MANDATE__MANDATE_STATUS__MANDATE_STATUS_##name

enum { TWIN_LIST_MAX = 256, TWIN_EARLIEST = 9000 };

/* --- lists --- */

static const Mandate__Operation *twin_operation(const struct facts *f)
{
	for (size_t n = 0; n < f->count; n++)
		if (!f->at[n].retracted && f->at[n].kind == MANDATE__KIND__KIND_OPERATION)
			return f->at[n].record->operation;
	return NULL;
}

static int32_t twin_end(const struct facts *f)
{
	const Mandate__Operation *o = twin_operation(f);

	return o && o->has_end_date ? o->end_date : DAY_INFINITE;
}

/* The number in a test's symbols, which are all "S/RES/" and a number. */
static long twin_number(const char *document)
{
	return strtol(strrchr(document, '/') + 1, NULL, 10);
}

static bool twin_carried_out(const Mandate__Instrument *i)
{
	return !i->has_carried_out || i->carried_out;
}

static int32_t twin_effective(const Mandate__Instrument *i)
{
	return i->has_effective ? i->effective : i->adopted;
}

static int twin_compare(const Mandate__Instrument *a, const Mandate__Instrument *b)
{
	long x[] = {twin_effective(a), a->adopted, twin_number(a->document)};
	long y[] = {twin_effective(b), b->adopted, twin_number(b->document)};

	for (int n = 0; n < 3; n++)
		if (x[n] != y[n])
			return x[n] < y[n] ? -1 : 1;
	return 0;
}

/* The party's instruments that were carried out, in order. */
static size_t twin_instruments(const struct facts *f, const char *party,
			       const Mandate__Instrument *list[TWIN_LIST_MAX])
{
	size_t count = 0;

	for (size_t n = 0; n < f->count; n++) {
		const Mandate__Instrument *i;
		size_t at;

		if (f->at[n].retracted || f->at[n].kind != MANDATE__KIND__KIND_INSTRUMENT)
			continue;
		i = f->at[n].record->instrument;
		if (strcmp(i->party, party) != 0 || !twin_carried_out(i))
			continue;
		for (at = count++; at > 0 && twin_compare(list[at - 1], i) > 0; at--)
			list[at] = list[at - 1];
		list[at] = i;
	}
	return count;
}

static const char *const twin_all_parties[] = {"AU", "EU", "UNSC"};

static size_t twin_binding(const struct facts *f, const char *names[3])
{
	const Mandate__Instrument *list[TWIN_LIST_MAX];
	size_t count = 0;

	if (twin_instruments(f, "UNSC", list) > 0) {
		names[0] = "UNSC";
		return 1;
	}
	for (size_t n = 0; n < 3; n++)
		if (twin_instruments(f, twin_all_parties[n], list) > 0)
			names[count++] = twin_all_parties[n];
	return count;
}

/* --- mandate --- */

struct twin_party {
	bool act, adopted, dated, in_force;
	int32_t v, u, withdraw;
};

static bool twin_dates(const Mandate__Instrument *i, bool dated, int32_t v)
{
	if (i->action == MANDATE__ACTION__ACTION_AMEND)
		return i->has_valid_until;
	if (i->action == MANDATE__ACTION__ACTION_TERMINATE)
		return i->has_valid_until && (!dated || i->adopted <= v);
	return true;
}

static struct twin_party twin_party_on(const struct facts *f, const char *party, int32_t day)
{
	const Mandate__Instrument *list[TWIN_LIST_MAX];
	size_t count = twin_instruments(f, party, list);
	struct twin_party t = {.v = DAY_NEVER, .u = DAY_NEVER, .withdraw = DAY_NEVER};
	int32_t end = twin_end(f), v = DAY_NEVER, limit;

	for (size_t n = 0; n < count; n++) {
		if (list[n]->adopted <= day)
			t.adopted = true;
		if (list[n]->has_withdraw_by && list[n]->withdraw_by > t.withdraw)
			t.withdraw = list[n]->withdraw_by;
		if (twin_effective(list[n]) > day)
			continue;
		t.act = true;
		if (twin_dates(list[n], t.dated, v)) {
			t.dated = true;
			v = list[n]->has_valid_until ? list[n]->valid_until : DAY_INFINITE;
		}
	}
	if (!t.dated)
		return t;
	t.v = v < end ? v : end;
	limit = t.v == DAY_INFINITE ? DAY_INFINITE : t.v + 1;
	for (size_t n = 0; n < count; n++)
		if (twin_effective(list[n]) > day && twin_effective(list[n]) <= limit &&
		    list[n]->adopted <= day && twin_dates(list[n], true, v))
			v = list[n]->has_valid_until ? list[n]->valid_until : DAY_INFINITE;
	t.u = v < end ? v : end;
	t.in_force = day <= t.v;
	return t;
}

static bool twin_terminated(const struct facts *f, const char *party, int32_t day)
{
	const Mandate__Instrument *list[TWIN_LIST_MAX];
	size_t count = twin_instruments(f, party, list);
	bool terminated = false;

	for (size_t n = 0; n < count; n++)
		if (list[n]->adopted <= day && list[n]->action != MANDATE__ACTION__ACTION_AMEND)
			terminated = list[n]->action == MANDATE__ACTION__ACTION_TERMINATE;
	return terminated;
}

static bool twin_covered(const struct facts *f, int32_t day)
{
	const Mandate__Operation *o = twin_operation(f);

	if (!o)
		return true;
	if (o->has_mandate_series_from && day < o->mandate_series_from)
		return false;
	if (!o->has_mandate_series_to)
		return true;
	if (o->mandate_series_to == MANDATE__SERIES_END__SERIES_END_NONE)
		return false;
	if (o->mandate_series_to != MANDATE__SERIES_END__SERIES_END_TO_DATE ||
	    o->status != MANDATE__OPERATION_STATUS__OPERATION_STATUS_CLOSED)
		return true;
	return day <= o->mandate_series_to_day || (o->has_end_date && day > o->end_date);
}

struct twin_mandate {
	Mandate__MandateStatus status;
	bool in_force;
	int32_t v, u, last_lawful;
};

static struct twin_mandate twin_mandate_on(const struct facts *f, int32_t day)
{
	const char *names[3];
	size_t count = twin_binding(f, names);
	struct twin_party all = {.act = count > 0,
				 .dated = count > 0,
				 .in_force = count > 0,
				 .v = count > 0 ? DAY_INFINITE : DAY_NEVER,
				 .u = count > 0 ? DAY_INFINITE : DAY_NEVER,
				 .withdraw = DAY_NEVER};
	struct twin_mandate m;
	bool past;

	for (size_t n = 0; n < count; n++) {
		struct twin_party one = twin_party_on(f, names[n], day);

		all.act = all.act && one.act;
		all.adopted = all.adopted || one.adopted;
		all.dated = all.dated && one.dated;
		all.in_force = all.in_force && one.in_force;
		all.v = one.v < all.v ? one.v : all.v;
		all.u = one.u < all.u ? one.u : all.u;
		all.withdraw = one.withdraw > all.withdraw ? one.withdraw : all.withdraw;
	}
	past = all.dated && day > all.v;
	m = (struct twin_mandate){
		.in_force = all.in_force, .v = all.v, .u = all.u, .last_lawful = DAY_INFINITE};
	if (all.adopted && !all.act) {
		m.status = TSTATUS(ADOPTED);
	} else if (all.in_force) {
		m.status = TSTATUS(IN_FORCE);
	} else if (!twin_covered(f, day)) {
		m.status = TSTATUS(UNKNOWN);
	} else if (past && day <= all.withdraw) {
		m.status = TSTATUS(WITHDRAWING);
		m.last_lawful = all.withdraw;
	} else if (past) {
		m.status = TSTATUS(ENDED);
		m.last_lawful = all.withdraw > all.v ? all.withdraw : all.v;
	} else if (day > twin_end(f)) {
		m.status = TSTATUS(ENDED);
		m.last_lawful = all.withdraw > twin_end(f) ? all.withdraw : twin_end(f);
	} else {
		m.status = TSTATUS(NONE);
		m.last_lawful = DAY_NEVER;
	}
	return m;
}

/* --- ceiling --- */

struct twin_entry {
	Mandate__Component component;
	int32_t from, until, adopted, comply_by;
	const char *document;
	long rank; /* among entries of one document: as they stand, records of their own last */
	bool has_persons;
	int64_t persons, delta;
};

static bool twin_entry_before(const struct twin_entry *a, const struct twin_entry *b)
{
	long x[] = {a->from, a->adopted, twin_number(a->document), a->rank};
	long y[] = {b->from, b->adopted, twin_number(b->document), b->rank};

	for (int n = 0; n < 4; n++)
		if (x[n] != y[n])
			return x[n] < y[n];
	return false;
}

static long twin_party_rank(const char *party)
{
	for (long n = 0; n < 3; n++)
		if (strcmp(party, twin_all_parties[n]) == 0)
			return n;
	return 9;
}

static size_t twin_instrument_entries(const Mandate__Instrument *i,
				      struct twin_entry list[TWIN_LIST_MAX], size_t count)
{
	for (size_t n = 0; n < i->n_ceilings && twin_carried_out(i); n++) {
		const Mandate__CeilingEntry *e = i->ceilings[n];

		list[count++] = (struct twin_entry){
			.component = e->component,
			.from = e->has_from ? e->from : twin_effective(i),
			.until = e->has_until ? e->until : DAY_INFINITE,
			.adopted = i->adopted,
			.comply_by = e->has_comply_by ? e->comply_by : DAY_NEVER,
			.document = i->document,
			.rank = twin_party_rank(i->party) * 100 + (long)n,
			.has_persons = e->has_persons,
			.persons = e->persons,
			.delta = e->delta};
	}
	return count;
}

static size_t twin_record_entry(const struct facts *f, const Mandate__Ceiling *c,
				struct twin_entry list[TWIN_LIST_MAX], size_t count)
{
	bool on_record = false, effect = false;
	int32_t adopted = DAY_INFINITE;

	for (size_t n = 0; n < f->count; n++) {
		const Mandate__Instrument *i;

		if (f->at[n].retracted || f->at[n].kind != MANDATE__KIND__KIND_INSTRUMENT)
			continue;
		i = f->at[n].record->instrument;
		if (strcmp(i->document, c->document) != 0)
			continue;
		on_record = true;
		if (!twin_carried_out(i))
			continue;
		effect = true;
		if (i->adopted < adopted)
			adopted = i->adopted;
	}
	if (on_record && !effect)
		return count;
	list[count++] =
		(struct twin_entry){.component = c->component,
				    .from = c->from,
				    .until = c->has_until ? c->until : DAY_INFINITE,
				    .adopted = on_record ? adopted : c->from,
				    .comply_by = c->has_comply_by ? c->comply_by : DAY_NEVER,
				    .document = c->document,
				    .rank = 10000,
				    .has_persons = c->has_persons,
				    .persons = c->persons,
				    .delta = c->delta};
	return count;
}

static size_t twin_entries(const struct facts *f, struct twin_entry list[TWIN_LIST_MAX])
{
	size_t count = 0;

	for (size_t n = 0; n < f->count; n++) {
		if (f->at[n].retracted)
			continue;
		if (f->at[n].kind == MANDATE__KIND__KIND_INSTRUMENT)
			count = twin_instrument_entries(f->at[n].record->instrument, list, count);
		if (f->at[n].kind == MANDATE__KIND__KIND_CEILING)
			count = twin_record_entry(f, f->at[n].record->ceiling, list, count);
	}
	return count;
}

struct twin_ceiling {
	bool set, derived;
	int64_t persons;
	int32_t from, comply_by;
};

static struct twin_ceiling twin_ceiling_of(const struct twin_entry *list, size_t count,
					   Mandate__Component c, int32_t day);

static int64_t twin_value(const struct twin_entry *list, size_t count, const struct twin_entry *e)
{
	struct twin_ceiling before;
	int64_t value;

	if (e->has_persons)
		return e->persons;
	before = twin_ceiling_of(list, count, e->component, e->from - 1);
	value = (before.set ? before.persons : 0) + e->delta;
	return value > 0 ? value : 0;
}

/* Does this entry, of the police, end the number of units? */
static bool twin_ends_units(const struct twin_entry *list, size_t count, const struct twin_entry *e)
{
	const struct twin_entry *same_day = NULL;
	struct twin_ceiling before;

	for (size_t n = 0; n < count; n++) {
		const struct twin_entry *o = &list[n];

		if (o->component == TC(FPU_UNITS) && o->from == e->from &&
		    strcmp(o->document, e->document) == 0)
			return false;
		if (o->component == TC(POLICE) && o->from == e->from && twin_entry_before(o, e) &&
		    (!same_day || twin_entry_before(same_day, o)))
			same_day = o;
	}
	if (same_day)
		return twin_value(list, count, same_day) != twin_value(list, count, e);
	before = twin_ceiling_of(list, count, TC(POLICE), e->from - 1);
	return !before.set || before.persons != twin_value(list, count, e);
}

static struct twin_ceiling twin_ceiling_of(const struct twin_entry *list, size_t count,
					   Mandate__Component c, int32_t day)
{
	struct twin_ceiling sum = {.from = DAY_NEVER, .comply_by = DAY_NEVER};
	const struct twin_entry *best = NULL;

	for (size_t n = 0; n < count; n++) {
		const struct twin_entry *e = &list[n];

		if (e->component == c && e->from <= day && day <= e->until &&
		    (!best || twin_entry_before(best, e)))
			best = e;
	}
	for (size_t n = 0; best && c == TC(FPU_UNITS) && n < count; n++) {
		const struct twin_entry *e = &list[n];

		if (e->component == TC(POLICE) && e->from <= day && day <= e->until &&
		    twin_entry_before(best, e) && twin_ends_units(list, count, e))
			return sum;
	}
	if (best)
		return (struct twin_ceiling){.set = true,
					     .persons = twin_value(list, count, best),
					     .from = best->from,
					     .comply_by = best->comply_by};
	for (int child = 1; child <= TC(CORRECTIONS); child++) {
		struct twin_ceiling one;

		if (ceiling_parent((Mandate__Component)child) != c)
			continue;
		one = twin_ceiling_of(list, count, (Mandate__Component)child, day);
		if (!one.set)
			continue;
		sum.set = sum.derived = true;
		sum.persons += one.persons;
		if (one.from > sum.from)
			sum.from = one.from;
		if (one.comply_by > sum.comply_by)
			sum.comply_by = one.comply_by;
	}
	return sum;
}

static struct twin_ceiling twin_ceiling_on(const struct facts *f, Mandate__Component c, int32_t day)
{
	struct twin_entry list[TWIN_LIST_MAX];

	return twin_ceiling_of(list, twin_entries(f, list), c, day);
}

/* --- strength --- */

static bool twin_under(Mandate__Component c, Mandate__Component top)
{
	return c && (c == top || twin_under(ceiling_parent(c), top));
}

struct twin_head {
	bool known, partial, is_return;
	int64_t persons;
	int32_t as_of;
};

static bool twin_covers(const Mandate__Return *r, Mandate__Component c)
{
	for (size_t n = 0; n < r->n_covers; n++)
		if (twin_under(c, r->covers[n]))
			return true;
	return r->n_covers == 0;
}

/* One contributor's persons of `c`: its own row, otherwise the sum of the rows below. */
static int64_t twin_contributor(const Mandate__Return *r, const char *contributor,
				Mandate__Component c, bool *ret_own)
{
	int64_t sum = 0;

	for (size_t n = 0; n < r->n_counts; n++) {
		if (strcmp(r->counts[n]->contributor, contributor) != 0)
			continue;
		if (r->counts[n]->component == c) {
			*ret_own = true;
			return r->counts[n]->persons;
		}
	}
	for (int child = 1; child <= TC(CORRECTIONS); child++) {
		bool own = false;

		if (ceiling_parent((Mandate__Component)child) == c)
			sum += twin_contributor(r, contributor, (Mandate__Component)child, &own);
	}
	return sum;
}

static struct twin_head twin_of_return(const Mandate__Return *r, Mandate__Component c)
{
	struct twin_head h = {.known = twin_covers(r, c), .is_return = true, .as_of = r->as_of};
	Mandate__Component parent = ceiling_parent(c);
	bool own = false, whole = false;

	for (size_t n = 0; n < r->n_counts; n++) {
		if (n == 0 || strcmp(r->counts[n]->contributor, r->counts[n - 1]->contributor) != 0)
			h.persons += twin_contributor(r, r->counts[n]->contributor, c, &own);
		whole = whole || r->counts[n]->component == parent;
	}
	if (c == TC(UNIFORMED))
		h.known = h.known && own;
	else if (!h.known && (c == TC(MILITARY) || c == TC(POLICE)))
		for (int child = 1; child <= TC(CORRECTIONS); child++)
			if (ceiling_parent((Mandate__Component)child) == c &&
			    twin_covers(r, (Mandate__Component)child))
				h.known = true;
	for (int child = 1; child <= TC(CORRECTIONS); child++)
		if (c != TC(UNIFORMED) && ceiling_parent((Mandate__Component)child) == c &&
		    !twin_covers(r, (Mandate__Component)child))
			h.partial = true;
	if (parent && parent != TC(UNIFORMED) && whole && !own)
		h.known = false;
	return h;
}

static const Mandate__Total *twin_total(const struct facts *f, int32_t as_of, Mandate__Component c)
{
	for (size_t n = 0; n < f->count; n++) {
		const Mandate__Total *t;

		if (f->at[n].retracted || f->at[n].kind != MANDATE__KIND__KIND_TOTAL)
			continue;
		t = f->at[n].record->total;
		if (t->as_of == as_of && t->component == c)
			return t;
	}
	return NULL;
}

static struct twin_head twin_of_totals(const struct facts *f, int32_t as_of, Mandate__Component c)
{
	const Mandate__Total *own = twin_total(f, as_of, c);
	struct twin_head h = {.as_of = as_of};

	if (own)
		return (struct twin_head){.known = true, .persons = own->persons, .as_of = as_of};
	for (int child = 1; child <= TC(CORRECTIONS) && c != TC(UNIFORMED); child++) {
		const Mandate__Total *t;

		if (ceiling_parent((Mandate__Component)child) != c)
			continue;
		t = twin_total(f, as_of, (Mandate__Component)child);
		h.known = h.known || t;
		h.partial = h.partial || !t;
		h.persons += t ? t->persons : 0;
	}
	return h;
}

/* The latest head-count of `c` dated after..day. */
static struct twin_head twin_head_on(const struct facts *f, Mandate__Component c, int32_t day,
				     int32_t after, bool returns_only)
{
	struct twin_head best = {.as_of = DAY_NEVER};

	for (size_t n = 0; n < f->count; n++) {
		struct twin_head h = {0};

		if (f->at[n].retracted)
			continue;
		if (f->at[n].kind == MANDATE__KIND__KIND_RETURN)
			h = twin_of_return(f->at[n].record->return_, c);
		else if (f->at[n].kind == MANDATE__KIND__KIND_TOTAL && !returns_only)
			h = twin_of_totals(f, f->at[n].record->total->as_of, c);
		if (!h.known || h.as_of > day || h.as_of <= after)
			continue;
		if (!best.known || h.as_of > best.as_of || (h.as_of == best.as_of && h.is_return))
			best = h;
	}
	return best;
}

static int64_t twin_units(const struct facts *f, Mandate__Component c, int32_t day, bool *ret_any)
{
	int64_t sum = 0;

	for (size_t n = 0; n < f->count; n++) {
		const Mandate__Unit *u;

		if (f->at[n].retracted || f->at[n].kind != MANDATE__KIND__KIND_UNIT)
			continue;
		u = f->at[n].record->unit;
		if (!twin_under(u->component, c) || u->from > day)
			continue;
		if (!u->has_to || u->from <= u->to)
			*ret_any = true;
		if (!u->has_to || day <= u->to)
			sum += u->persons;
	}
	return sum;
}

struct twin_strength {
	bool known, partial;
	int64_t persons;
	Mandate__Basis basis;
	int32_t as_of;
};

static struct twin_strength twin_with_units(const struct facts *f, Mandate__Component c,
					    int32_t day, struct twin_head h)
{
	bool any = false;
	int64_t now = twin_units(f, c, day, &any);
	struct twin_strength s = {.known = h.known || any, .persons = now, .as_of = day};

	s.basis = any ? MANDATE__BASIS__BASIS_UNIT : 0;
	if (h.known) {
		s.persons = h.persons + now - twin_units(f, c, h.as_of, &any);
		s.basis = h.is_return ? MANDATE__BASIS__BASIS_RETURN : MANDATE__BASIS__BASIS_TOTAL;
		s.as_of = h.as_of;
		s.partial = h.partial;
	}
	if (s.persons < 0)
		s.persons = 0;
	return s;
}

/* The older head-count's day, the weaker's basis; units are as of the day itself. */
static struct twin_strength twin_sum(struct twin_strength a, struct twin_strength b)
{
	struct twin_strength s = a.known ? a : b, *parts[] = {&a, &b};

	s.persons = a.persons + b.persons;
	s.partial = a.partial || b.partial || !a.known || !b.known;
	s.known = a.known || b.known;
	for (size_t n = 0; n < 2; n++) {
		if (!parts[n]->known || parts[n]->basis == MANDATE__BASIS__BASIS_UNIT)
			continue;
		if (s.basis == MANDATE__BASIS__BASIS_UNIT || parts[n]->basis > s.basis)
			s.basis = parts[n]->basis;
		if (parts[n]->as_of < s.as_of)
			s.as_of = parts[n]->as_of;
	}
	return s;
}

static struct twin_strength twin_strength_on(const struct facts *f, Mandate__Component c,
					     int32_t day, int32_t after)
{
	struct twin_head whole = twin_head_on(f, c, day, after, false);
	struct twin_strength m, p, s;
	bool any;

	if (c != TC(UNIFORMED))
		return twin_with_units(f, c, day, whole);
	m = twin_strength_on(f, TC(MILITARY), day, after);
	p = twin_strength_on(f, TC(POLICE), day, after);
	if (whole.known &&
	    (!m.known || m.basis == MANDATE__BASIS__BASIS_UNIT || whole.as_of >= m.as_of) &&
	    (!p.known || p.basis == MANDATE__BASIS__BASIS_UNIT || whole.as_of >= p.as_of))
		return twin_with_units(f, c, day, whole);
	s = twin_sum(m, p);
	/* Units of which no more is said. */
	p = (struct twin_strength){.persons = twin_units(f, c, day, &any) -
					      twin_units(f, TC(MILITARY), day, &any) -
					      twin_units(f, TC(POLICE), day, &any),
				   .basis = MANDATE__BASIS__BASIS_UNIT,
				   .as_of = day};
	p.known = p.persons > 0;
	if (p.known) {
		p.partial = s.partial;
		s = s.known ? twin_sum(s, p) : p;
	}
	return s;
}

/* --- alerts --- */

struct twin_alert {
	Mandate__AlertCode code;
	Mandate__Component component;
	const char *party;
	int32_t until; /* MAND_EXPIRING */
};

static bool twin_fresh(const struct twin_strength *s, const struct alert_parameters *p, int32_t day)
{
	return s->basis == MANDATE__BASIS__BASIS_UNIT || day - s->as_of <= p->head_count_age_days;
}

static bool twin_ceil_over(const struct facts *f, const struct alert_parameters *p,
			   Mandate__Component c, int32_t day)
{
	struct twin_strength s = twin_strength_on(f, c, day, DAY_NEVER);
	struct twin_ceiling ceiling = twin_ceiling_on(f, c, day);

	return twin_mandate_on(f, day).in_force && s.known && twin_fresh(&s, p, day) &&
	       ceiling.set && !(c == TC(UNIFORMED) && ceiling.derived) &&
	       s.persons > ceiling.persons;
}

static bool twin_ceil_unset(const struct facts *f, const struct alert_parameters *p,
			    Mandate__Component c, int32_t day)
{
	const Mandate__Operation *o = twin_operation(f);
	struct twin_strength s = twin_strength_on(f, c, day, DAY_NEVER);
	struct twin_ceiling whole = twin_ceiling_on(f, TC(UNIFORMED), day);

	return o && o->kind == MANDATE__OPERATION_KIND__OPERATION_KIND_UN_PKO &&
	       twin_mandate_on(f, day).in_force && twin_covered(f, day) && s.known &&
	       s.persons > 0 && twin_fresh(&s, p, day) && !twin_ceiling_on(f, c, day).set &&
	       !(whole.set && !whole.derived);
}

static bool twin_dep_stale(const struct facts *f, const struct alert_parameters *p,
			   Mandate__Component c, int32_t day)
{
	Mandate__MandateStatus status = twin_mandate_on(f, day).status;
	struct twin_head h = twin_head_on(f, c, day, DAY_NEVER, true);
	bool any;

	return (status == TSTATUS(IN_FORCE) || status == TSTATUS(WITHDRAWING)) && h.known &&
	       day - h.as_of > p->return_age_days &&
	       h.persons + twin_units(f, c, day, &any) - twin_units(f, c, h.as_of, &any) > 0;
}

static bool twin_dep_no_mandate(const struct facts *f, int32_t day)
{
	struct twin_mandate m = twin_mandate_on(f, day);

	return (m.status == TSTATUS(ENDED) || m.status == TSTATUS(NONE)) && day > m.last_lawful &&
	       (twin_strength_on(f, TC(UNIFORMED), day, m.last_lawful).persons > 0 ||
		twin_strength_on(f, TC(CORRECTIONS), day, m.last_lawful).persons > 0);
}

static bool twin_open(const struct facts *f, const struct alert_parameters *p,
		      const struct twin_alert *a, int32_t day)
{
	struct twin_party t = a->party ? twin_party_on(f, a->party, day) : (struct twin_party){0};

	switch ((int)a->code) {
	case MANDATE__ALERT_CODE__ALERT_CODE_CEIL_OVER:
		return twin_ceil_over(f, p, a->component, day);
	case MANDATE__ALERT_CODE__ALERT_CODE_CEIL_UNSET:
		return twin_ceil_unset(f, p, a->component, day);
	case MANDATE__ALERT_CODE__ALERT_CODE_MAND_EXPIRING:
		return t.in_force && t.u == a->until && t.u != DAY_INFINITE &&
		       t.u - day <= p->expiring_days && !twin_terminated(f, a->party, day);
	case MANDATE__ALERT_CODE__ALERT_CODE_MAND_LAPSED:
		return t.dated && day > t.v && twin_covered(f, day) && twin_end(f) > day &&
		       !twin_terminated(f, a->party, day);
	case MANDATE__ALERT_CODE__ALERT_CODE_DEP_NO_MANDATE:
		return twin_dep_no_mandate(f, day);
	case MANDATE__ALERT_CODE__ALERT_CODE_DEP_STALE:
		return twin_dep_stale(f, p, a->component, day);
	case MANDATE__ALERT_CODE__ALERT_CODE_EDITION_CLASH:
	case _MANDATE__ALERT_CODE_IS_INT_SIZE:
		break;
	}
	return false;
}

static int32_t twin_since(const struct facts *f, const struct alert_parameters *p,
			  const struct twin_alert *a, int32_t day)
{
	while (day > TWIN_EARLIEST && twin_open(f, p, a, day - 1))
		day--;
	return day;
}

#endif
