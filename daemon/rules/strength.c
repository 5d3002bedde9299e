#include "rules/strength.h"
#include "rules/parts.h"

#include <stdlib.h>
#include <string.h>

#define C(name) MANDATE__COMPONENT__COMPONENT_##name
#define BIT(c) (1u << (c))

enum {
	MILITARY_CHILDREN = 1 << C(TROOPS) | 1 << C(STAFF_OFFICERS) | 1 << C(OBSERVERS),
	POLICE_CHILDREN = 1 << C(INDIVIDUAL_POLICE) | 1 << C(FORMED_POLICE),
};

/* The children of a group that may be counted instead of it. Uniformed is not: it is the sum of two
 * groups that may be known as of different days. */
static const uint16_t children[COMPONENTS] = {
	[C(MILITARY)] = MILITARY_CHILDREN,
	[C(POLICE)] = POLICE_CHILDREN,
};

/* --- returns and totals of one day --- */

static struct count_day *count_day_at(struct dossier *d, size_t index)
{
	return (struct count_day *)d->counts.at + index;
}

static enum status open_count_day(struct dossier *d, int32_t as_of, size_t *ret_index)
{
	struct count_day fresh = {.as_of = as_of};

	if (array_find_day(&d->counts, sizeof fresh, as_of, ret_index))
		return STATUS_OK;
	return array_insert(&d->counts, sizeof fresh, *ret_index, &fresh);
}

/* What a return says of `c`, if it is a return for it at all. */
static bool head_of_return(const struct count_day *day, Mandate__Component c, struct head *ret_head)
{
	Mandate__Component parent = ceiling_parent(c);
	unsigned above = BIT(c), below = children[c];

	if (!day->has_return)
		return false;
	if (c == C(UNIFORMED) && !(day->rows & BIT(c)))
		return false;
	for (Mandate__Component up = parent; up; up = ceiling_parent(up))
		above |= BIT(up);
	ret_head->as_of = day->as_of;
	ret_head->basis = MANDATE__BASIS__BASIS_RETURN;
	ret_head->persons = day->returned[c];
	ret_head->partial = false;
	if (parent && !(day->rows & BIT(c)) && (day->rows & BIT(parent)) && children[parent])
		return false; /* counted as a whole: what is in it is not said */
	if (day->covers == 0 || (day->covers & above))
		return true;
	ret_head->partial = (day->covers & below) != below;
	return (day->covers & below) != 0;
}

/* What totals say of `c`: its own number stands, otherwise the sum of its children's. */
static bool head_of_totals(const struct count_day *day, Mandate__Component c, struct head *ret_head)
{
	unsigned below = children[c];

	ret_head->as_of = day->as_of;
	ret_head->basis = MANDATE__BASIS__BASIS_TOTAL;
	ret_head->persons = day->total[c];
	ret_head->partial = false;
	if (day->totals & BIT(c))
		return true;
	for (Mandate__Component child = C(UNIFORMED); child < COMPONENTS; child++)
		if (day->totals & below & BIT(child))
			ret_head->persons += day->total[child];
	ret_head->partial = (day->totals & below) != below;
	return (day->totals & below) != 0;
}

/* Puts `item`, which begins with its day, into its place among unique days, or takes it out. */
static enum status place(struct array *a, size_t item_bytes, int32_t day, const void *item)
{
	size_t at;
	bool found = array_find_day(a, item_bytes, day, &at);

	if (found && item)
		memcpy((char *)a->at + at * item_bytes, item, item_bytes);
	else if (found)
		array_remove(a, item_bytes, at);
	else if (item)
		return array_insert(a, item_bytes, at, item);
	return STATUS_OK;
}

/* After a change of one day: the heads it gives to each component. */
static enum status update_heads(struct dossier *d, size_t index)
{
	struct count_day day = *count_day_at(d, index);

	if (!day.has_return && !day.totals)
		array_remove(&d->counts, sizeof day, index);
	for (Mandate__Component c = C(UNIFORMED); c < COMPONENTS; c++) {
		struct head head;
		bool returned = head_of_return(&day, c, &head);
		bool any = returned || head_of_totals(&day, c, &head);
		enum status s = place(&d->heads[c], sizeof head, day.as_of, any ? &head : NULL);

		if (s != STATUS_OK)
			return s;
		s = place(&d->returns[c], sizeof day.as_of, day.as_of,
			  returned ? &day.as_of : NULL);
		if (s != STATUS_OK)
			return s;
	}
	return STATUS_OK;
}

/* Adds one contributor's rows: a parent's row stands, its children are breakdown. */
static void add_contributor(struct count_day *day, const uint64_t persons[COMPONENTS],
			    unsigned rows)
{
	uint64_t sums[COMPONENTS];

	memcpy(sums, persons, sizeof sums);
	if (!(rows & BIT(C(MILITARY))))
		sums[C(MILITARY)] = sums[C(TROOPS)] + sums[C(STAFF_OFFICERS)] + sums[C(OBSERVERS)];
	if (!(rows & BIT(C(POLICE))))
		sums[C(POLICE)] = sums[C(INDIVIDUAL_POLICE)] + sums[C(FORMED_POLICE)];
	if (!(rows & BIT(C(UNIFORMED))))
		sums[C(UNIFORMED)] = sums[C(MILITARY)] + sums[C(POLICE)];
	for (size_t c = 0; c < COMPONENTS; c++)
		day->returned[c] += sums[c];
	day->rows |= (uint16_t)rows;
}

static void read_return(struct count_day *day, const Mandate__Return *r)
{
	uint64_t persons[COMPONENTS] = {0};
	unsigned rows = 0;

	day->has_return = true;
	for (size_t i = 0; i < r->n_covers; i++)
		day->covers |= (uint16_t)BIT(r->covers[i]);
	for (size_t i = 0; i < r->n_counts; i++) {
		const Mandate__HeadCount *h = r->counts[i];

		if (i > 0 && strcmp(h->contributor, r->counts[i - 1]->contributor) != 0) {
			add_contributor(day, persons, rows);
			memset(persons, 0, sizeof persons);
			rows = 0;
		}
		persons[h->component] += h->persons;
		rows |= BIT(h->component);
	}
	add_contributor(day, persons, rows);
}

enum status strength_put_return(struct dossier *d, int32_t as_of, const Mandate__Return *r)
{
	struct count_day *day;
	enum status s;
	size_t at;

	s = open_count_day(d, as_of, &at);
	if (s != STATUS_OK)
		return s;
	day = count_day_at(d, at);
	day->has_return = false;
	day->covers = day->rows = 0;
	memset(day->returned, 0, sizeof day->returned);
	if (r)
		read_return(day, r);
	return update_heads(d, at);
}

enum status strength_put_total(struct dossier *d, int32_t as_of, Mandate__Component c,
			       const Mandate__Total *t)
{
	struct count_day *day;
	enum status s;
	size_t at;

	s = open_count_day(d, as_of, &at);
	if (s != STATUS_OK)
		return s;
	day = count_day_at(d, at);
	day->totals &= (uint16_t)~BIT(c);
	day->total[c] = 0;
	if (t) {
		day->totals |= (uint16_t)BIT(c);
		day->total[c] = t->persons;
	}
	return update_heads(d, at);
}

/* --- units --- */

static struct presence_point *points_of(const struct presence *p)
{
	return p->points.at;
}

/* `units` units (-1: one less) of `persons` in all come on `day`; negative persons leave. */
static enum status move(struct presence *p, int32_t day, int64_t persons, int units)
{
	struct presence_point fresh = {.day = day};
	size_t at;

	if (!array_find_day(&p->points, sizeof fresh, day, &at)) {
		enum status s = array_insert(&p->points, sizeof fresh, at, &fresh);

		if (s != STATUS_OK)
			return s;
	}
	points_of(p)[at].change += persons;
	points_of(p)[at].units += (uint32_t)units;
	if (points_of(p)[at].units == 0)
		array_remove(&p->points, sizeof fresh, at);
	if (p->settled > at)
		p->settled = at;
	return STATUS_OK;
}

static enum status move_unit(struct dossier *d, const struct unit *u, int units)
{
	int64_t persons = (int64_t)u->persons * units;

	if (u->to < u->from)
		return STATUS_OK;
	for (Mandate__Component c = u->component; c; c = ceiling_parent(c)) {
		enum status s = move(&d->presence[c], u->from, persons, units);

		if (s != STATUS_OK)
			return s;
		if (u->to == DAY_INFINITE)
			continue;
		s = move(&d->presence[c], u->to + 1, -persons, units);
		if (s != STATUS_OK)
			return s;
	}
	return STATUS_OK;
}

enum status strength_add_unit(struct dossier *d, const struct unit *u)
{
	return move_unit(d, u, 1);
}

void strength_drop_unit(struct dossier *d, const struct unit *u)
{
	/* Its points exist, so nothing is allocated. */
	IGNORE_RESULT(move_unit(d, u, -1));
}

void strength_settle(struct dossier *d)
{
	for (size_t c = 0; c < COMPONENTS; c++) {
		struct presence *p = &d->presence[c];
		struct presence_point *points = points_of(p);
		int64_t present = p->settled > 0 ? points[p->settled - 1].after : 0;

		for (size_t n = p->settled; n < p->points.count; n++)
			points[n].after = present += points[n].change;
		p->settled = p->points.count;
	}
}

/* --- estimates --- */

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t list_contingents(const Mandate__Estimate *e, const char **names,
			       uint64_t *ret_persons)
{
	size_t count = 0;

	for (size_t i = 0; i < e->n_places; i++) {
		for (size_t n = 0; n < e->places[i]->n_contingents; n++) {
			const Mandate__ContributorEstimate *one = e->places[i]->contingents[n];

			if (names)
				names[count] = one->contributor;
			count++;
			*ret_persons += one->has_persons ? one->persons : 0;
		}
	}
	return count;
}

/* Persons at all places, and how many different contributors have them. */
static enum status read_places(const Mandate__Estimate *e, uint64_t *ret_persons,
			       uint32_t *ret_contributors)
{
	uint64_t persons = 0, again = 0;
	size_t count = list_contingents(e, NULL, &persons);
	const char **names = calloc(count + 1, sizeof *names);
	uint32_t different = 0;

	if (!names)
		return STATUS_NO_MEMORY;
	list_contingents(e, names, &again);
	qsort(names, count, sizeof *names, compare_names);
	for (size_t i = 0; i < count; i++)
		different += i == 0 || strcmp(names[i], names[i - 1]) != 0;
	free(names);
	*ret_persons = persons;
	*ret_contributors = different;
	return STATUS_OK;
}

static enum status read_estimate(struct estimate_row *row, Mandate__Detail detail,
				 const Mandate__Estimate *e)
{
	uint64_t persons = 0;

	if (detail == MANDATE__DETAIL__DETAIL_PLACE)
		return read_places(e, &row->persons[detail], &row->contributors[detail]);
	for (size_t i = 0; i < e->n_contributors; i++)
		persons += e->contributors[i]->has_persons ? e->contributors[i]->persons : 0;
	row->persons[detail] = persons;
	row->contributors[detail] = (uint32_t)e->n_contributors;
	return STATUS_OK;
}

enum status strength_put_estimate(struct dossier *d, int32_t as_of, Mandate__Detail detail,
				  const Mandate__Estimate *e)
{
	struct estimate_row row = {.as_of = as_of};
	enum status s;
	size_t at;

	if (array_find_day(&d->estimates, sizeof row, as_of, &at))
		row = ITEMS(d->estimates, struct estimate_row)[at];
	row.has[detail] = e != NULL;
	if (e) {
		s = read_estimate(&row, detail, e);
		if (s != STATUS_OK)
			return s;
	}
	return place(&d->estimates, sizeof row, as_of,
		     row.has[MANDATE__DETAIL__DETAIL_CONTRIBUTOR] ||
				     row.has[MANDATE__DETAIL__DETAIL_PLACE]
			     ? &row
			     : NULL);
}

void strength_estimate(const struct dossier *d, int32_t day, struct estimate_day *ret_estimate)
{
	size_t n = array_until(&d->estimates, sizeof(struct estimate_row), day);
	const struct estimate_row *row;
	Mandate__Detail detail = MANDATE__DETAIL__DETAIL_CONTRIBUTOR;

	*ret_estimate = (struct estimate_day){.as_of = DAY_NEVER};
	if (n == 0)
		return;
	row = &ITEMS(d->estimates, struct estimate_row)[n - 1];
	if (!row->has[detail])
		detail = MANDATE__DETAIL__DETAIL_PLACE;
	*ret_estimate = (struct estimate_day){.known = true,
					      .persons = row->persons[detail],
					      .as_of = row->as_of,
					      .contributors = row->contributors[detail]};
}

/* --- folds --- */

int64_t strength_present(const struct dossier *d, Mandate__Component c, int32_t day,
			 struct span *span)
{
	const struct array *points = &d->presence[c].points;
	const struct presence_point *at = points->at;
	size_t n = array_until(points, sizeof *at, day);

	if (n < points->count)
		span_end(span, at[n].day - 1);
	if (n == 0)
		return 0;
	span_begin(span, at[n - 1].day);
	return at[n - 1].after;
}

/* The head-count that holds for `c` itself, NULL if none counts. */
static const struct head *head_on(const struct dossier *d, Mandate__Component c, int32_t day,
				  int32_t counts_after, struct span *span)
{
	const struct head *heads = d->heads[c].at;
	size_t n = array_until(&d->heads[c], sizeof *heads, day);

	if (n < d->heads[c].count)
		span_end(span, heads[n].as_of - 1);
	if (n == 0)
		return NULL;
	span_begin(span, heads[n - 1].as_of);
	return heads[n - 1].as_of > counts_after ? &heads[n - 1] : NULL;
}

/* S = H + N(D) - N(R); without R, N(D). */
static void fold_one(const struct dossier *d, Mandate__Component c, int32_t day,
		     const struct head *head, struct strength_day *to, struct span *span)
{
	const struct array *points = &d->presence[c].points;
	int64_t persons = strength_present(d, c, day, span);
	struct span at_head = SPAN_ALL;

	*to = (struct strength_day){.as_of = DAY_NEVER};
	if (head) {
		persons += (int64_t)head->persons - strength_present(d, c, head->as_of, &at_head);
		to->known = true;
		to->basis = (Mandate__Basis)head->basis;
		to->as_of = head->as_of;
		to->age_days = (uint32_t)(day - head->as_of);
		to->partial = head->partial;
	} else if (points->count > 0 && ITEMS(*points, struct presence_point)[0].day <= day) {
		to->known = true;
		to->basis = MANDATE__BASIS__BASIS_UNIT;
		to->as_of = day;
	}
	to->persons = to->known && persons > 0 ? (uint64_t)persons : 0;
}

/* The sum is as old as its older part and as firm as its weaker. */
static void add_group(struct strength_day *sum, const struct strength_day *group)
{
	if (!group->known) {
		sum->partial = true;
		return;
	}
	if (!sum->known) {
		bool partial = sum->partial;

		*sum = *group;
		sum->partial |= partial;
		return;
	}
	sum->persons += group->persons;
	sum->partial |= group->partial;
	if (group->as_of < sum->as_of) {
		sum->as_of = group->as_of;
		sum->age_days = group->age_days;
	}
	if (group->basis > sum->basis)
		sum->basis = group->basis;
}

static void fold_uniformed(const struct dossier *d, int32_t day, int32_t counts_after,
			   struct strength_day *to, struct span *span)
{
	const struct head *head = head_on(d, C(UNIFORMED), day, counts_after, span);
	struct strength_day military, police;
	int64_t others;

	strength_fold(d, C(MILITARY), day, counts_after, &military, span);
	strength_fold(d, C(POLICE), day, counts_after, &police, span);
	if (head &&
	    (military.basis == MANDATE__BASIS__BASIS_UNIT || head->as_of >= military.as_of) &&
	    (police.basis == MANDATE__BASIS__BASIS_UNIT || head->as_of >= police.as_of)) {
		fold_one(d, C(UNIFORMED), day, head, to, span);
		return;
	}
	*to = (struct strength_day){.as_of = DAY_NEVER};
	add_group(to, &military);
	add_group(to, &police);
	if (d->presence[C(UNIFORMED)].points.count == 0)
		return;
	/* Units of which it is not said whether they are military or police. */
	others = strength_present(d, C(UNIFORMED), day, span) -
		 strength_present(d, C(MILITARY), day, span) -
		 strength_present(d, C(POLICE), day, span);
	if (others > 0) {
		struct strength_day more = {.known = true,
					    .persons = (uint64_t)others,
					    .basis = MANDATE__BASIS__BASIS_UNIT,
					    .as_of = day};
		add_group(to, &more);
	}
}

void strength_fold(const struct dossier *d, Mandate__Component c, int32_t day, int32_t counts_after,
		   struct strength_day *ret_strength, struct span *span)
{
	if (c == C(UNIFORMED))
		fold_uniformed(d, day, counts_after, ret_strength, span);
	else
		fold_one(d, c, day, head_on(d, c, day, counts_after, span), ret_strength, span);
}

void strength_on(const struct dossier *d, Mandate__Component component, int32_t day,
		 int32_t counts_after, struct strength_day *ret_strength)
{
	struct span span = SPAN_ALL;

	strength_fold(d, component, day, counts_after, ret_strength, &span);
}

int32_t strength_last_return(const struct dossier *d, Mandate__Component group, int32_t day)
{
	const struct array *days = &d->returns[group];
	size_t n = array_until(days, sizeof(int32_t), day);

	return n > 0 ? ITEMS(*days, int32_t)[n - 1] : DAY_NEVER;
}
