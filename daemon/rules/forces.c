#include "rules/forces.h"
#include "rules/parts.h"

enum status forces_put(struct dossier *d, Mandate__Kind kind, const char *key,
		       const Mandate__Record *record)
{
	if (kind == MANDATE__KIND__KIND_UNIT)
		return unit_put(d, key, record);
	if (kind == MANDATE__KIND__KIND_TRANSFER)
		return unit_name_put_transfer(d, key, record);
	if (kind == MANDATE__KIND__KIND_REQUIREMENT)
		return requirement_put(d, key, record);
	if (kind == MANDATE__KIND__KIND_PLEDGE)
		return pledge_put(d, key, record);
	if (kind == MANDATE__KIND__KIND_PLEDGE_STEP)
		return pledge_put_step(d, key, record);
	return STATUS_OK;
}

enum status forces_settle(struct dossier *d)
{
	for (size_t c = 0; c < COMPONENTS; c++)
		presence_settle(&d->presence[c]);
	return stay_follow_arrivals(d);
}

void forces_fini(struct dossier *d)
{
	struct forces *f = &d->forces;

	pledge_fini(d);
	requirement_fini(d);
	unit_name_fini(d);
	shelf_fini(&f->units);
	array_fini(&f->unsigned_stays);
	array_fini(&f->arrivals);
	array_fini(&f->doubles);
}

size_t forces_bytes(const struct dossier *d)
{
	const struct forces *f = &d->forces;

	return f->bytes +
	       (f->units.room + f->names.room + f->needs.room + f->pledges.room) * sizeof(void *) +
	       (f->unsigned_stays.room + f->arrivals.room) * sizeof(struct stay_item) +
	       f->doubles.room * sizeof(struct double_days) +
	       f->needs_by_until.room * sizeof(struct need_item) +
	       /* Each pledge is once among those that age and once among its need's. */
	       2 * f->pledges.count * sizeof(struct pledge_item) +
	       f->pledges_by_unit.room * sizeof(void *);
}
