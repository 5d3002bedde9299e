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

enum status presence_move(struct presence *p, const struct stay *stay, int units)
{
	int64_t persons = (int64_t)stay->unit->persons * units;
	enum status s;

	if (stay->to < stay->from)
		return STATUS_OK;
	s = move(p, stay->from, persons, units);
	if (s != STATUS_OK || stay->to == DAY_INFINITE)
		return s;
	return move(p, stay->to + 1, -persons, units);
}

void presence_settle(struct presence *p)
{
	struct presence_point *points = points_of(p);
	int64_t present = p->settled > 0 ? points[p->settled - 1].after : 0;

	for (size_t n = p->settled; n < p->points.count; n++)
		points[n].after = present += points[n].change;
	p->settled = p->points.count;
}

int64_t presence_of(const struct presence *p, int32_t day, struct span *span)
{
	const struct presence_point *at = p->points.at;
	size_t n = array_until(&p->points, sizeof *at, day);

	if (n < p->points.count)
		span_end(span, at[n].day - 1);
	if (n == 0)
		return 0;
	span_begin(span, at[n - 1].day);
	return at[n - 1].after;
}

int64_t presence_on(const struct dossier *d, Mandate__Component c, int32_t day, struct span *span)
{
	return presence_of(&d->presence[c], day, span);
}
