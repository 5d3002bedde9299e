#include "rules/requirement.h"
#include "rules/parts.h"

#include <stdlib.h>
#include <string.h>

/* --- what is needed, by name --- */

static struct need *need_at(const struct dossier *d, size_t index)
{
	return (struct need *)(void *)shelf_at(&d->forces.needs, index);
}

static enum status open_need(struct dossier *d, const char *name, struct need **ret_need)
{
	struct need *fresh;
	enum status s;
	size_t at;

	if (shelf_find(&d->forces.needs, name, &at)) {
		*ret_need = need_at(d, at);
		return STATUS_OK;
	}
	fresh = shelf_new(sizeof *fresh, name);
	if (!fresh)
		return STATUS_NO_MEMORY;
	s = shelf_add(&d->forces.needs, at, fresh, &d->forces.bytes);
	if (s == STATUS_OK)
		*ret_need = fresh;
	return s;
}

static void close_if_unused(struct dossier *d, struct need *need)
{
	size_t at;

	if (need->known || need->uses > 0 || !shelf_find(&d->forces.needs, need->fact.key, &at))
		return;
	array_fini(&need->filled.points);
	array_fini(&need->offers);
	shelf_remove(&d->forces.needs, at, &d->forces.bytes);
}

enum status requirement_use(struct dossier *d, const char *name, struct need **ret_need)
{
	enum status s = open_need(d, name, ret_need);

	if (s == STATUS_OK)
		(*ret_need)->uses++;
	return s;
}

void requirement_unuse(struct dossier *d, struct need *need)
{
	need->uses--;
	close_if_unused(d, need);
}

struct need *requirement_find(const struct dossier *d, const char *name)
{
	size_t at;

	return shelf_find(&d->forces.needs, name, &at) ? need_at(d, at) : NULL;
}

/* Where `need`, which is on record, is in the order of last days. */
static size_t place_of(const struct dossier *d, const struct need *need)
{
	const struct array *items = &d->forces.needs_by_until;
	size_t at = array_until(items, sizeof(struct need_item), need->until - 1);

	while (ITEMS(*items, struct need_item)[at].need != need)
		at++;
	return at;
}

enum status requirement_put(struct dossier *d, const char *key, const Mandate__Record *record)
{
	const Mandate__Requirement *m = record ? record->requirement : NULL;
	const char *name = strchr(key, ':');
	struct array *items = &d->forces.needs_by_until;
	struct need_item item;
	struct need *need;
	enum status s;

	if (!name)
		return STATUS_INVALID;
	s = open_need(d, name + 1, &need);
	if (s != STATUS_OK)
		return s;
	if (need->known)
		array_remove(items, sizeof item, place_of(d, need));
	need->known = m && m->has_persons && m->has_needed_by;
	if (!need->known) {
		close_if_unused(d, need);
		return STATUS_OK;
	}
	need->component = m->component;
	need->task = m->has_task ? m->task : 0;
	need->persons = m->persons;
	need->needed_by = m->needed_by;
	need->until = m->has_until ? m->until : DAY_INFINITE;
	item = (struct need_item){.day = need->until, .need = need};
	return array_insert(items, sizeof item, array_until(items, sizeof item, item.day), &item);
}

void requirement_fini(struct dossier *d)
{
	for (size_t i = 0; i < d->forces.needs.count; i++) {
		array_fini(&need_at(d, i)->filled.points);
		array_fini(&need_at(d, i)->offers);
	}
	shelf_fini(&d->forces.needs);
	array_fini(&d->forces.needs_by_until);
}

/* --- what fills it --- */

/* Named by the unit itself, where this is its operation; otherwise by the pledge of which it comes.
 */
static const char *need_of(const struct dossier *d, const struct stay *stay,
			   const struct pledge *pledge)
{
	const struct unit *u = stay->unit;

	if (u->requirement && unit_is_here(d, u))
		return unit_text(u, u->requirement);
	return pledge ? pledge->on->requirement : NULL;
}

static enum status fill(struct dossier *d, const char *name, const struct stay *stay, int units)
{
	struct need *need = units > 0 ? NULL : requirement_find(d, name);
	enum status s = need ? STATUS_OK : requirement_use(d, name, &need);

	if (s != STATUS_OK)
		return s;
	d->forces.bytes -= need->filled.points.count * sizeof(struct presence_point);
	s = presence_move(&need->filled, stay, units);
	d->forces.bytes += need->filled.points.count * sizeof(struct presence_point);
	presence_settle(&need->filled);
	if (units < 0)
		requirement_unuse(d, need);
	return s;
}

enum status requirement_link(struct dossier *d, const struct stay *stay)
{
	struct pledge *pledge = pledge_of(d, stay);
	const char *need = need_of(d, stay, pledge);
	enum status s = STATUS_OK;

	if (stay->to < stay->from)
		return STATUS_OK;
	if (need)
		s = fill(d, need, stay, 1);
	return pledge && s == STATUS_OK ? pledge_arrive(d, pledge, stay->from) : s;
}

enum status requirement_unlink(struct dossier *d, const struct stay *stay)
{
	struct pledge *pledge = pledge_of(d, stay);
	const char *need = need_of(d, stay, pledge);
	enum status s = STATUS_OK;

	if (stay->to < stay->from)
		return STATUS_OK;
	if (need)
		s = fill(d, need, stay, -1);
	return pledge && s == STATUS_OK ? pledge_depart(d, pledge, stay->from) : s;
}

/* --- folds --- */

/* Pledges whose last day has passed are not visited. */
static uint64_t pledged_on(const struct need *need, int32_t day, int32_t ahead_days,
			   struct span *span)
{
	const struct array *offers = &need->offers;
	size_t n = array_until(offers, sizeof(struct pledge_item), day - 1);
	uint64_t persons = 0;

	if (n > 0)
		span_begin(span, ITEMS(*offers, struct pledge_item)[n - 1].day + 1);
	for (; n < offers->count; n++) {
		const struct pledge *p = ITEMS(*offers, struct pledge_item)[n].pledge;

		if (pledge_counts(p, day, ahead_days, span))
			persons += p->on->persons;
	}
	return persons;
}

void requirement_fold(const struct need *need, int32_t day, int32_t ahead_days,
		      struct requirement_day *ret_day, struct span *span)
{
	struct requirement_day *r = ret_day;
	int64_t deployed = presence_of(&need->filled, day, span);
	uint64_t met;

	*r = (struct requirement_day){
		.name = need->fact.key,
		.component = need->component,
		.task = need->task,
		.needed_by = need->needed_by,
		.until = need->until,
		.required = need->persons,
		.deployed = deployed > 0 ? (uint64_t)deployed : 0,
		.pledged = pledged_on(need, day, ahead_days, span),
	};
	span_cut(span, day, need->needed_by - ahead_days);
	span_cut(span, day, day_plus(need->until, 1));
	r->due = need->needed_by - ahead_days <= day && day <= need->until;
	met = r->deployed + r->pledged;
	r->gap = r->due && r->required > met ? r->required - met : 0;
}

static int compare_rows(const void *a, const void *b)
{
	return strcmp(((const struct requirement_day *)a)->name,
		      ((const struct requirement_day *)b)->name);
}

enum status requirement_list(const struct dossier *d, int32_t day, int32_t ahead_days,
			     struct arena *a, struct requirement_day **ret_requirements,
			     size_t *ret_count)
{
	const struct array *items = &d->forces.needs_by_until;
	size_t first = array_until(items, sizeof(struct need_item), day - 1), count = 0;
	struct requirement_day *rows = arena_calloc(a, items->count - first + 1, sizeof *rows);

	if (!rows)
		return STATUS_NO_MEMORY;
	for (size_t n = first; n < items->count; n++) {
		struct span span = SPAN_ALL;

		requirement_fold(ITEMS(*items, struct need_item)[n].need, day, ahead_days,
				 &rows[count++], &span);
	}
	qsort(rows, count, sizeof *rows, compare_rows);
	*ret_requirements = rows;
	*ret_count = count;
	return STATUS_OK;
}
