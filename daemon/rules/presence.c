#include "rules/parts.h"

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

enum status presence_add(struct dossier *d, const struct unit *u)
{
	return move_unit(d, u, 1);
}

void presence_drop(struct dossier *d, const struct unit *u)
{
	/* Its points exist, so nothing is allocated. */
	IGNORE_RESULT(move_unit(d, u, -1));
}

void presence_settle(struct dossier *d)
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

int64_t presence_on(const struct dossier *d, Mandate__Component c, int32_t day, struct span *span)
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
