/* Pledges of a dossier on a day. */
#include "rules/parts.h"

#include <string.h>

const struct pledge_stand *pledge_stand_on(const struct pledge *p, int32_t day, struct span *span)
{
	const struct pledge_stand *stands = p->stands.at;
	size_t n = array_until(&p->stands, sizeof *stands, day);

	if (n < p->stands.count)
		span_end(span, stands[n].from - 1);
	if (n == 0)
		return NULL;
	span_begin(span, stands[n - 1].from);
	return &stands[n - 1];
}

/* Its unit has come: from then on units speak for it. */
static bool has_come(const struct pledge *p, int32_t day, struct span *span)
{
	if (p->arrivals.count == 0)
		return false;
	span_cut(span, day, ITEMS(p->arrivals, int32_t)[0]);
	return ITEMS(p->arrivals, int32_t)[0] <= day;
}

static bool is_overdue(const struct pledge_stand *stand, int32_t day, struct span *span)
{
	if (!pledge_ages(stand->state))
		return false;
	span_cut(span, day, stand->renew_by + 1);
	return day > stand->renew_by;
}

bool pledge_is_stale(const struct pledge *p, int32_t day, struct span *span)
{
	const struct pledge_stand *stand = pledge_stand_on(p, day, span);

	return stand && !has_come(p, day, span) && is_overdue(stand, day, span);
}

bool pledge_counts(const struct pledge *p, int32_t day, int32_t ahead_days, struct span *span)
{
	const struct pledge_stand *stand = pledge_stand_on(p, day, span);

	if (!stand || !pledge_offers(stand->state) || p->on->available == DAY_NEVER ||
	    has_come(p, day, span) || is_overdue(stand, day, span))
		return false;
	span_cut(span, day, p->on->available - ahead_days);
	return p->on->available - ahead_days <= day;
}

static bool is_wanted(const struct pledge *p, const char *contributor, const char *requirement,
		      int32_t day)
{
	size_t len = strcspn(p->fact.key, ":");

	if (!p->on || p->on->registered > day)
		return false;
	if (contributor &&
	    (strncmp(p->fact.key, contributor, len) != 0 || contributor[len] != '\0'))
		return false;
	return !requirement || (p->on->requirement && strcmp(p->on->requirement, requirement) == 0);
}

enum status pledge_list(const struct dossier *d, const char *contributor, const char *requirement,
			int32_t day, struct arena *a, struct pledge_day **ret_pledges,
			size_t *ret_count)
{
	const struct array *pledges = &d->forces.pledges;
	struct pledge_day *rows = arena_calloc(a, pledges->count + 1, sizeof *rows);
	size_t count = 0;

	if (!rows)
		return STATUS_NO_MEMORY;
	for (size_t n = 0; n < pledges->count; n++) {
		const struct pledge *p = (const struct pledge *)(void *)shelf_at(pledges, n);
		struct span span = SPAN_ALL;

		if (!is_wanted(p, contributor, requirement, day))
			continue;
		rows[count++] = (struct pledge_day){
			.key = p->fact.key,
			.requirement = p->on->requirement,
			.unit = p->on->unit,
			.component = p->on->component,
			.persons = p->on->persons,
			.available = p->on->available,
			.stand = *pledge_stand_on(p, day, &span),
			.stale = pledge_is_stale(p, day, &span),
			.deployed = has_come(p, day, &span),
		};
	}
	*ret_pledges = rows;
	*ret_count = count;
	return STATUS_OK;
}
