/* Strengths: DEFINITIONS section 3. */
#include "twin_ceiling.h"

bool twin_under(Mandate__Component c, Mandate__Component top)
{
	return c && (c == top || twin_under(twin_parent(c), top));
}

static bool covers(const Mandate__Return *r, Mandate__Component c)
{
	for (size_t n = 0; n < r->n_covers; n++)
		if (twin_under(c, r->covers[n]))
			return true;
	return r->n_covers == 0;
}

/* One contributor's persons of `c`: its own row, otherwise the sum of the rows below. */
static int64_t of_contributor(const Mandate__Return *r, const char *contributor,
			      Mandate__Component c, bool inside, bool *ret_own)
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
	for (int child = 1; child < TWIN_COMPONENTS; child++) {
		bool own = false;

		if (twin_parent((Mandate__Component)child) == c ||
		    (inside && c == TC(POLICE) && child == TC(CORRECTIONS)))
			sum += of_contributor(r, contributor, (Mandate__Component)child, inside,
					      &own);
	}
	return sum;
}

static struct twin_head of_return(const Mandate__Return *r, Mandate__Component c, bool inside)
{
	struct twin_head h = {.known = covers(r, c), .is_return = true, .as_of = r->as_of};
	Mandate__Component parent = twin_parent(c);
	bool own = false, whole = false;

	for (size_t n = 0; n < r->n_counts; n++) {
		if (n == 0 || strcmp(r->counts[n]->contributor, r->counts[n - 1]->contributor) != 0)
			h.persons += of_contributor(r, r->counts[n]->contributor, c, inside, &own);
		whole = whole || r->counts[n]->component == parent;
	}
	if (c == TC(UNIFORMED))
		h.known = h.known && own;
	else if (!h.known && (c == TC(MILITARY) || c == TC(POLICE)))
		for (int child = 1; child < TWIN_COMPONENTS; child++)
			if (twin_parent((Mandate__Component)child) == c &&
			    covers(r, (Mandate__Component)child))
				h.known = true;
	for (int child = 1; child < TWIN_COMPONENTS; child++)
		if (c != TC(UNIFORMED) && twin_parent((Mandate__Component)child) == c &&
		    !covers(r, (Mandate__Component)child))
			h.partial = true;
	if (parent && parent != TC(UNIFORMED) && whole && !own)
		h.known = false;
	return h;
}

static const Mandate__Total *total_of(const struct twin *w, const char *op, int32_t as_of,
				      Mandate__Component c)
{
	const Mandate__Record *r;

	for (size_t n = 0; (r = twin_next(w, TKIND(TOTAL), &n));)
		if (strcmp(r->total->operation, op) == 0 && r->total->as_of == as_of &&
		    r->total->component == c)
			return r->total;
	return NULL;
}

static struct twin_head of_totals(const struct twin *w, const char *op, int32_t as_of,
				  Mandate__Component c, bool inside)
{
	const Mandate__Total *own = total_of(w, op, as_of, c);
	struct twin_head h = {.as_of = as_of};

	if (own)
		return (struct twin_head){.known = true, .persons = own->persons, .as_of = as_of};
	for (int child = 1; child < TWIN_COMPONENTS && c != TC(UNIFORMED); child++) {
		const Mandate__Total *t;

		if (twin_parent((Mandate__Component)child) != c)
			continue;
		t = total_of(w, op, as_of, (Mandate__Component)child);
		h.known = h.known || t;
		h.partial = h.partial || !t;
		h.persons += t ? t->persons : 0;
	}
	own = inside && c == TC(POLICE) && h.known ? total_of(w, op, as_of, TC(CORRECTIONS)) : NULL;
	if (own)
		h.persons += own->persons;
	return h;
}

static struct twin_head later(struct twin_head best, struct twin_head h, int32_t day, int32_t after)
{
	bool counts = h.known && h.as_of <= day && h.as_of > after;

	return counts && (!best.known || h.as_of > best.as_of ||
			  (h.as_of == best.as_of && h.is_return))
		       ? h
		       : best;
}

struct twin_head twin_head_on(const struct twin *w, const char *op, Mandate__Component c,
			      int32_t day, int32_t after, bool returns_only)
{
	/* Corrections officers are no answer to whether the police are reported. */
	bool inside = !returns_only && twin_inside(w, op, day);
	struct twin_head best = {.as_of = DAY_NEVER};
	const Mandate__Record *r;

	for (size_t n = 0; (r = twin_next(w, TKIND(RETURN), &n));)
		if (strcmp(r->return_->operation, op) == 0)
			best = later(best, of_return(r->return_, c, inside), day, after);
	for (size_t n = 0; !returns_only && (r = twin_next(w, TKIND(TOTAL), &n));)
		if (strcmp(r->total->operation, op) == 0)
			best = later(best, of_totals(w, op, r->total->as_of, c, inside), day,
				     after);
	return best;
}

bool twin_inside(const struct twin *w, const char *op, int32_t day)
{
	struct twin_entries in;

	if (w->p.rules < 2)
		return false;
	twin_entries_of(w, op, &in);
	return twin_corrections_inside(&in, day);
}

/* Persons of units present on `on`, as `day` sorts them. */
static int64_t units(const struct twin *w, const char *op, Mandate__Component c, int32_t on,
		     int32_t day, bool *ret_any)
{
	int64_t sum = twin_units(w, op, c, on, ret_any);

	if ((c == TC(POLICE) || c == TC(UNIFORMED)) && twin_inside(w, op, day))
		sum += twin_units(w, op, TC(CORRECTIONS), on, ret_any);
	return sum;
}

static struct twin_strength with_units(const struct twin *w, const char *op, Mandate__Component c,
				       int32_t day, struct twin_head h)
{
	bool any = false;
	int64_t now = units(w, op, c, day, day, &any);
	struct twin_strength s = {.known = h.known || any, .persons = now, .as_of = day};

	s.basis = any ? MANDATE__BASIS__BASIS_UNIT : 0;
	if (h.known) {
		s.persons = h.persons + now - units(w, op, c, h.as_of, day, &any);
		s.basis = h.is_return ? MANDATE__BASIS__BASIS_RETURN : MANDATE__BASIS__BASIS_TOTAL;
		s.as_of = h.as_of;
		s.partial = h.partial;
	}
	if (s.persons < 0)
		s.persons = 0;
	return s;
}

/* The older head-count's day, the weaker's basis; units are as of the day itself. */
static struct twin_strength sum(struct twin_strength a, struct twin_strength b)
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

struct twin_strength twin_strength_on(const struct twin *w, const char *op, Mandate__Component c,
				      int32_t day, int32_t after)
{
	struct twin_head whole = twin_head_on(w, op, c, day, after, false);
	struct twin_strength m, p, s;
	bool any = false;

	if (c != TC(UNIFORMED))
		return with_units(w, op, c, day, whole);
	m = twin_strength_on(w, op, TC(MILITARY), day, after);
	p = twin_strength_on(w, op, TC(POLICE), day, after);
	if (whole.known &&
	    (!m.known || m.basis == MANDATE__BASIS__BASIS_UNIT || whole.as_of >= m.as_of) &&
	    (!p.known || p.basis == MANDATE__BASIS__BASIS_UNIT || whole.as_of >= p.as_of))
		return with_units(w, op, c, day, whole);
	s = sum(m, p);
	/* Units of which no more is said. */
	p = (struct twin_strength){.persons = units(w, op, c, day, day, &any) -
					      units(w, op, TC(MILITARY), day, day, &any) -
					      units(w, op, TC(POLICE), day, day, &any),
				   .basis = MANDATE__BASIS__BASIS_UNIT,
				   .as_of = day};
	p.known = p.persons > 0;
	if (p.known) {
		p.partial = s.partial;
		s = s.known ? sum(s, p) : p;
	}
	return s;
}
