/* The orders in which pledges are visited: by the last day on which it may matter. */
#include "rules/parts.h"

static size_t place_of(const struct array *items, const struct pledge *p, int32_t day)
{
	size_t at = array_until(items, sizeof(struct pledge_item), day - 1);

	while (ITEMS(*items, struct pledge_item)[at].pledge != p)
		at++;
	return at;
}

static enum status put_item(struct array *items, const struct pledge *p, int32_t day)
{
	struct pledge_item item = {.day = day, .pledge = p};

	if (day == DAY_NEVER)
		return STATUS_OK;
	return array_insert(items, sizeof item, array_until(items, sizeof item, day), &item);
}

static void take_item(struct array *items, const struct pledge *p, int32_t day)
{
	if (day != DAY_NEVER)
		array_remove(items, sizeof(struct pledge_item), place_of(items, p, day));
}

/* The last day of a stand of which `holds`, and up to its renewal where `renewed`. */
static int32_t last_day(const struct pledge *p, bool (*holds)(Mandate__PledgeState), bool renewed)
{
	const struct pledge_stand *stands = p->stands.at;
	int32_t end = p->arrivals.count > 0 ? ITEMS(p->arrivals, int32_t)[0] - 1 : DAY_INFINITE;

	for (size_t n = p->stands.count; n-- > 0;) {
		int32_t last = end;

		if (renewed && pledge_ages(stands[n].state))
			last = day_least(last, stands[n].renew_by);
		if (holds(stands[n].state) && last >= stands[n].from)
			return last;
		end = day_least(end, stands[n].from - 1);
	}
	return DAY_NEVER;
}

enum status pledge_place(struct dossier *d, struct pledge *p)
{
	struct need *need = p->on->requirement ? requirement_find(d, p->on->requirement) : NULL;
	enum status s = STATUS_OK;

	p->aging_last = last_day(p, pledge_ages, false);
	p->offer_last = DAY_NEVER;
	if (need && p->on->available != DAY_NEVER) {
		p->offer_last = last_day(p, pledge_offers, true);
		s = put_item(&need->offers, p, p->offer_last);
	}
	return s == STATUS_OK ? put_item(&d->forces.aging, p, p->aging_last) : s;
}

void pledge_unplace(struct dossier *d, struct pledge *p)
{
	if (p->offer_last != DAY_NEVER)
		take_item(&requirement_find(d, p->on->requirement)->offers, p, p->offer_last);
	take_item(&d->forces.aging, p, p->aging_last);
	p->offer_last = p->aging_last = DAY_NEVER;
}

enum status pledge_derive(struct pledge *p)
{
	const struct pledge_entry *steps = p->steps.at;
	struct pledge_stand stand;
	enum status s;

	p->stands.count = 0;
	pledge_begin_on(p->on->registered, p->on->readiness, &stand);
	s = array_insert(&p->stands, sizeof stand, 0, &stand);
	for (size_t n = 0; n < p->steps.count && s == STATUS_OK; n++) {
		pledge_take(&stand, (uint32_t)steps[n].step, steps[n].state, steps[n].day,
			    steps[n].readiness);
		s = array_insert(&p->stands, sizeof stand, p->stands.count, &stand);
	}
	return s;
}
