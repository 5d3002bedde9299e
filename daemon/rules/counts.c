#include "rules/parts.h"

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
		enum status s =
			array_put_day(&d->heads[c], sizeof head, day.as_of, any ? &head : NULL);

		if (s != STATUS_OK)
			return s;
		s = array_put_day(&d->returns[c], sizeof day.as_of, day.as_of,
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
	if (!(rows & BIT(C(POLICE)))) {
		day->corrections_beside_police += persons[C(CORRECTIONS)];
		if (!(rows & BIT(C(UNIFORMED))))
			day->corrections_beside_uniformed += persons[C(CORRECTIONS)];
	}
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

enum status counts_put_return(struct dossier *d, int32_t as_of, const Mandate__Return *r)
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
	day->corrections_beside_police = day->corrections_beside_uniformed = 0;
	memset(day->returned, 0, sizeof day->returned);
	if (r)
		read_return(day, r);
	return update_heads(d, at);
}

enum status counts_put_total(struct dossier *d, int32_t as_of, Mandate__Component c,
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

/* A head-count is of a return where there is one for the component, or else of totals. */
uint64_t counts_corrections(const struct dossier *d, Mandate__Component c, const struct head *head,
			    bool *ret_missing)
{
	enum { SAID = BIT(C(UNIFORMED)) | BIT(C(POLICE)) | BIT(C(CORRECTIONS)) };
	const struct count_day *day;
	size_t at;

	*ret_missing = false;
	if (!array_find_day(&d->counts, sizeof *day, head->as_of, &at))
		return 0;
	day = &ITEMS(d->counts, struct count_day)[at];
	if (head->basis == MANDATE__BASIS__BASIS_RETURN) {
		*ret_missing = day->covers != 0 && !(day->covers & SAID);
		return c == C(POLICE) ? day->corrections_beside_police
				      : day->corrections_beside_uniformed;
	}
	if (day->totals & BIT(c))
		return 0;
	*ret_missing = !(day->totals & BIT(C(CORRECTIONS)));
	return day->total[C(CORRECTIONS)];
}
