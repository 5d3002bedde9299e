/* Mandates: DEFINITIONS section 1; and the reading of lists. */
#include "twin.h"
#include "twin_partners.h"

#include <ctype.h>
#include <stdlib.h>

/* --- lists --- */

const Mandate__Record *twin_next(const struct twin *w, Mandate__Kind kind, size_t *at)
{
	while (*at < w->count) {
		const struct twin_fact *f = &w->at[(*at)++];

		if (f->kind == kind && f->record)
			return f->record;
	}
	return NULL;
}

const Mandate__Record *twin_get(const struct twin *w, Mandate__Kind kind, const char *key)
{
	for (size_t n = 0; n < w->count; n++)
		if (w->at[n].kind == kind && strcmp(w->at[n].key, key) == 0)
			return w->at[n].record;
	return NULL;
}

const Mandate__Operation *twin_operation(const struct twin *w, const char *op)
{
	const Mandate__Record *r = twin_get(w, TKIND(OPERATION), op);

	return r ? r->operation : NULL;
}

bool twin_same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

int32_t twin_max(int32_t a, int32_t b)
{
	return a > b ? a : b;
}

int32_t twin_min(int32_t a, int32_t b)
{
	return a < b ? a : b;
}

int twin_symbol_compare(const char *a, const char *b)
{
	for (; *a || *b; a++, b++) {
		if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
			char *a_end, *b_end;
			long x = strtol(a, &a_end, 10), y = strtol(b, &b_end, 10);

			if (x != y)
				return x < y ? -1 : 1;
			a = a_end - 1;
			b = b_end - 1;
		} else if (*a != *b) {
			return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
		}
	}
	return 0;
}

int32_t twin_end(const struct twin *w, const char *op)
{
	const Mandate__Operation *o = twin_operation(w, op);

	return o && o->has_end_date ? o->end_date : DAY_INFINITE;
}

bool twin_carried_out(const Mandate__Instrument *i)
{
	return !i->has_carried_out || i->carried_out;
}

int32_t twin_effective(const Mandate__Instrument *i)
{
	return i->has_effective ? i->effective : i->adopted;
}

static int compare(const Mandate__Instrument *a, const Mandate__Instrument *b)
{
	if (twin_effective(a) != twin_effective(b))
		return twin_effective(a) < twin_effective(b) ? -1 : 1;
	if (a->adopted != b->adopted)
		return a->adopted < b->adopted ? -1 : 1;
	return twin_symbol_compare(a->document, b->document);
}

/* The party's instruments that were carried out, in order. */
static size_t instruments(const struct twin *w, const char *op, const char *party,
			  const Mandate__Instrument *list[TWIN_LIST_MAX])
{
	const Mandate__Record *r;
	size_t count = 0, at;

	for (size_t n = 0; (r = twin_next(w, TKIND(INSTRUMENT), &n));) {
		const Mandate__Instrument *i = r->instrument;

		if (strcmp(i->operation, op) != 0 || strcmp(i->party, party) != 0 ||
		    !twin_carried_out(i))
			continue;
		for (at = count++; at > 0 && compare(list[at - 1], i) > 0; at--)
			list[at] = list[at - 1];
		list[at] = i;
	}
	return count;
}

size_t twin_parties(const struct twin *w, const char *op, const char *names[TWIN_NAMES_MAX])
{
	const Mandate__Record *r;
	size_t count = 0;

	for (size_t n = 0; (r = twin_next(w, TKIND(INSTRUMENT), &n));) {
		const Mandate__Instrument *i = r->instrument;

		if (strcmp(i->operation, op) == 0 && twin_carried_out(i))
			count = twin_name_add(names, count, i->party);
	}
	return count;
}

/* Where a hybrid is in effect: those it names, each once a text of its sets a date; before the
 * first of these, whoever of them has a text. Otherwise the Council if it has one, else whoever
 * has. */
size_t twin_binding(const struct twin *w, const char *op, int32_t day,
		    const char *names[TWIN_NAMES_MAX])
{
	const char *acted[TWIN_NAMES_MAX], *named[TWIN_NAMES_MAX];
	size_t acted_count = twin_parties(w, op, acted), count = 0, named_count;

	named_count = w->p.rules >= 2 ? twin_hybrid_parties(w, op, day, named) : 0;
	for (int dated = 1; dated >= 0 && count == 0; dated--)
		for (size_t n = 0; n < acted_count; n++)
			for (size_t m = 0; m < named_count; m++)
				if (strcmp(acted[n], named[m]) == 0 &&
				    (!dated || twin_party_on(w, op, acted[n], day).dated))
					names[count++] = acted[n];
	if (named_count > 0)
		return count;
	for (size_t n = 0; n < acted_count; n++) {
		if (strcmp(acted[n], "UNSC") == 0) {
			names[0] = acted[n];
			return 1;
		}
		names[count++] = acted[n];
	}
	return count;
}

/* --- one party --- */

static bool sets_date(const Mandate__Instrument *i, bool dated, int32_t v)
{
	if (i->action == MANDATE__ACTION__ACTION_AMEND)
		return i->has_valid_until;
	if (i->action == MANDATE__ACTION__ACTION_TERMINATE)
		return i->has_valid_until && (!dated || i->adopted <= v);
	return true;
}

struct twin_party twin_party_on(const struct twin *w, const char *op, const char *party,
				int32_t day)
{
	const Mandate__Instrument *list[TWIN_LIST_MAX];
	size_t count = instruments(w, op, party, list);
	struct twin_party t = {.v = DAY_NEVER,
			       .u = DAY_NEVER,
			       .withdraw = DAY_NEVER,
			       .withdraw_acting = DAY_NEVER};
	int32_t end = twin_end(w, op), v = DAY_NEVER, limit;

	for (size_t n = 0; n < count; n++) {
		if (list[n]->adopted <= day)
			t.adopted = true;
		if (list[n]->has_withdraw_by)
			t.withdraw = twin_max(t.withdraw, list[n]->withdraw_by);
		if (twin_effective(list[n]) > day)
			continue;
		t.act = true;
		if (list[n]->has_withdraw_by)
			t.withdraw_acting = twin_max(t.withdraw_acting, list[n]->withdraw_by);
		if (sets_date(list[n], t.dated, v)) {
			t.dated = true;
			v = list[n]->has_valid_until ? list[n]->valid_until : DAY_INFINITE;
		}
	}
	if (!t.dated)
		return t;
	t.v = twin_min(v, end);
	limit = t.v == DAY_INFINITE ? DAY_INFINITE : t.v + 1;
	for (size_t n = 0; n < count; n++)
		if (twin_effective(list[n]) > day && twin_effective(list[n]) <= limit &&
		    list[n]->adopted <= day && sets_date(list[n], true, v))
			v = list[n]->has_valid_until ? list[n]->valid_until : DAY_INFINITE;
	t.u = twin_min(v, end);
	t.in_force = day <= t.v;
	return t;
}

bool twin_terminated(const struct twin *w, const char *op, const char *party, int32_t day)
{
	const Mandate__Instrument *list[TWIN_LIST_MAX];
	size_t count = instruments(w, op, party, list);
	bool terminated = false;

	for (size_t n = 0; n < count; n++)
		if (list[n]->adopted <= day && list[n]->action != MANDATE__ACTION__ACTION_AMEND)
			terminated = list[n]->action == MANDATE__ACTION__ACTION_TERMINATE;
	return terminated;
}

bool twin_covered(const struct twin *w, const char *op, int32_t day)
{
	const Mandate__Operation *o = twin_operation(w, op);

	if (!o)
		return true;
	if (o->has_mandate_series_from && day < o->mandate_series_from)
		return false;
	if (!o->has_mandate_series_to)
		return true;
	if (o->mandate_series_to == MANDATE__SERIES_END__SERIES_END_NONE)
		return false;
	if (o->mandate_series_to != MANDATE__SERIES_END__SERIES_END_TO_DATE ||
	    !(o->has_status ? o->status == MANDATE__OPERATION_STATUS__OPERATION_STATUS_CLOSED
			    : o->has_end_date))
		return true;
	return day <= o->mandate_series_to_day || (o->has_end_date && day > o->end_date);
}

/* --- all that bind --- */

static struct twin_party all_on(const struct twin *w, const char *op, int32_t day)
{
	const char *names[TWIN_NAMES_MAX];
	size_t count = twin_binding(w, op, day, names);
	struct twin_party all = {.act = count > 0,
				 .dated = count > 0,
				 .in_force = count > 0,
				 .v = count > 0 ? DAY_INFINITE : DAY_NEVER,
				 .u = count > 0 ? DAY_INFINITE : DAY_NEVER,
				 .withdraw = DAY_NEVER,
				 .withdraw_acting = DAY_NEVER};

	for (size_t n = 0; n < count; n++) {
		struct twin_party one = twin_party_on(w, op, names[n], day);

		all.act = all.act && one.act;
		all.adopted = all.adopted || one.adopted;
		all.dated = all.dated && one.dated;
		all.in_force = all.in_force && one.in_force;
		all.v = twin_min(all.v, one.v);
		all.u = twin_min(all.u, one.u);
		all.withdraw = twin_max(all.withdraw, one.withdraw);
		all.withdraw_acting = twin_max(all.withdraw_acting, one.withdraw_acting);
	}
	return all;
}

struct twin_mandate twin_mandate_on(const struct twin *w, const char *op, int32_t day)
{
	const Mandate__Operation *o = twin_operation(w, op);
	struct twin_party all = all_on(w, op, day);
	bool past = all.dated && day > all.v, rules_2 = w->p.rules >= 2;
	struct twin_mandate m = {.in_force = all.in_force,
				 .v = all.v,
				 .u = all.u,
				 .withdraw = all.withdraw,
				 .last_lawful = DAY_NEVER};

	if (past)
		m.last_lawful = twin_max(all.withdraw, all.v);
	else if (day > twin_end(w, op))
		m.last_lawful = twin_max(all.withdraw, twin_end(w, op));
	if (all.adopted && !all.act)
		m.status = TSTATUS(ADOPTED);
	else if (all.in_force)
		m.status = TSTATUS(IN_FORCE);
	else if (!twin_covered(w, op, day))
		m.status = TSTATUS(UNKNOWN);
	else if (past && day <= all.withdraw)
		m.status = TSTATUS(WITHDRAWING);
	else if (rules_2 && o && o->has_closed_on && day >= o->closed_on)
		m.status = TSTATUS(CLOSED);
	else if (rules_2 && o && o->has_liquidating_from && day >= o->liquidating_from)
		m.status = TSTATUS(LIQUIDATING);
	else if (past || day > twin_end(w, op))
		m.status = TSTATUS(ENDED);
	else
		m.status = TSTATUS(NONE);
	if (m.status == TSTATUS(ADOPTED) || m.status == TSTATUS(IN_FORCE) ||
	    m.status == TSTATUS(UNKNOWN))
		m.last_lawful = DAY_INFINITE;
	if (m.status == TSTATUS(ADOPTED) || m.status == TSTATUS(IN_FORCE) ||
	    m.status == TSTATUS(UNKNOWN) || m.status == TSTATUS(NONE))
		m.withdraw = all.withdraw_acting;
	return m;
}
