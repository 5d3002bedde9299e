/* Pledges on record: where each stands, and what comes of it. */
#include "base/limits.h"
#include "rules/home.h"
#include "rules/parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct pledge *pledge_at(const struct dossier *d, size_t index)
{
	return (struct pledge *)(void *)shelf_at(&d->forces.pledges, index);
}

static struct pledge *find(const struct dossier *d, const char *key)
{
	size_t at;

	return shelf_find(&d->forces.pledges, key, &at) ? pledge_at(d, at) : NULL;
}

static enum status open_pledge(struct dossier *d, const char *key, struct pledge **ret_pledge)
{
	struct pledge *fresh;
	enum status s;
	size_t at;

	if (shelf_find(&d->forces.pledges, key, &at)) {
		*ret_pledge = pledge_at(d, at);
		return STATUS_OK;
	}
	fresh = shelf_new(sizeof *fresh, key);
	if (!fresh)
		return STATUS_NO_MEMORY;
	fresh->offer_last = fresh->aging_last = DAY_NEVER;
	s = shelf_add(&d->forces.pledges, at, fresh, &d->forces.bytes);
	if (s == STATUS_OK)
		*ret_pledge = fresh;
	return s;
}

static void free_parts(struct pledge *p)
{
	array_fini(&p->steps);
	array_fini(&p->stays);
	array_fini(&p->arrivals);
	array_fini(&p->stands);
	free(p->on);
	p->on = NULL;
}

/* What it holds beside the fact. */
static size_t weight(const struct pledge *p)
{
	return p->steps.count * sizeof(struct pledge_entry) + p->stays.count * sizeof(struct stay) +
	       p->arrivals.count * sizeof(int32_t) + p->stands.count * sizeof(struct pledge_stand) +
	       (p->on ? p->on->bytes : 0);
}

static void close_if_unused(struct dossier *d, struct pledge *p)
{
	size_t at;

	if (p->on || p->steps.count > 0 || p->stays.count > 0 ||
	    !shelf_find(&d->forces.pledges, p->fact.key, &at))
		return;
	d->forces.bytes -= weight(p);
	free_parts(p);
	shelf_remove(&d->forces.pledges, at, &d->forces.bytes);
}

void pledge_fini(struct dossier *d)
{
	for (size_t i = 0; i < d->forces.pledges.count; i++)
		free_parts(pledge_at(d, i));
	shelf_fini(&d->forces.pledges);
	array_fini(&d->forces.pledges_by_unit);
	array_fini(&d->forces.aging);
}

/* --- what comes of it --- */

/* Of those that name the same unit, in the order in which they were registered. */
static int compare_by_unit(const struct pledge *a, const struct pledge *b)
{
	int order = strcmp(a->on->unit_name, b->on->unit_name);

	if (order != 0)
		return order;
	if (a->on->registered != b->on->registered)
		return a->on->registered < b->on->registered ? -1 : 1;
	return strcmp(a->fact.key, b->fact.key);
}

static const struct pledge *by_unit_at(const struct dossier *d, size_t index)
{
	return ITEMS(d->forces.pledges_by_unit, struct pledge *const)[index];
}

static size_t place_by_unit(const struct dossier *d, const struct pledge *p)
{
	size_t low = 0, count = d->forces.pledges_by_unit.count;

	while (count > 0) {
		size_t half = count / 2;

		if (compare_by_unit(by_unit_at(d, low + half), p) < 0) {
			low += half + 1;
			count -= half + 1;
		} else {
			count = half;
		}
	}
	return low;
}

/* The last that was registered when the stay began, otherwise the first. */
static const struct pledge *find_by_unit(const struct dossier *d, const struct stay *stay)
{
	char text[KEY_TEXT_MAX + 1];
	struct pledge_terms terms = {.registered = DAY_NEVER, .unit_name = text};
	struct pledge probe = {.fact = {.key = (char *)(uintptr_t) ""}, .on = &terms};
	const struct pledge *found = NULL;
	const char *name;
	size_t len;

	if (d->forces.pledges_by_unit.count == 0 ||
	    !unit_name_of(stay->unit->fact.key, &name, &len) || len > KEY_TEXT_MAX)
		return NULL;
	memcpy(text, name, len);
	text[len] = '\0';
	for (size_t n = place_by_unit(d, &probe); n < d->forces.pledges_by_unit.count; n++) {
		const struct pledge *p = by_unit_at(d, n);

		if (strcmp(p->on->unit_name, text) != 0 ||
		    (found && p->on->registered > stay->from))
			break;
		found = p;
	}
	return found;
}

/* "CONTRIBUTOR:PLEDGE" of a unit that names one. */
static bool named_key(const struct unit *u, char ret_key[KEY_TEXT_MAX + 1])
{
	const char *pledge = unit_text(u, u->pledge), *name;
	size_t len;

	return pledge && unit_name_of(u->fact.key, &name, &len) &&
	       snprintf(ret_key, KEY_TEXT_MAX + 1, "%.*s:%s", (int)strcspn(name, ":"), name,
			pledge) <= KEY_TEXT_MAX;
}

struct pledge *pledge_of(const struct dossier *d, const struct stay *stay)
{
	const struct pledge *p;
	char key[KEY_TEXT_MAX + 1];

	p = named_key(stay->unit, key) ? find(d, key) : find_by_unit(d, stay);
	return p && p->on ? (struct pledge *)(uintptr_t)p : NULL;
}

static enum status come(struct dossier *d, struct pledge *p, int32_t from, bool comes)
{
	size_t at = array_until(&p->arrivals, sizeof from, from);
	enum status s = STATUS_OK;

	d->forces.bytes -= weight(p);
	pledge_unplace(d, p);
	if (comes)
		s = array_insert(&p->arrivals, sizeof from, at, &from);
	else
		array_remove(&p->arrivals, sizeof from, at - 1);
	d->forces.bytes += weight(p);
	return s == STATUS_OK ? pledge_place(d, p) : s;
}

enum status pledge_arrive(struct dossier *d, struct pledge *p, int32_t from)
{
	return come(d, p, from, true);
}

enum status pledge_depart(struct dossier *d, struct pledge *p, int32_t from)
{
	return come(d, p, from, false);
}

enum status pledge_name(struct dossier *d, const struct stay *stay)
{
	char key[KEY_TEXT_MAX + 1];
	struct pledge *p;
	enum status s;

	if (!named_key(stay->unit, key))
		return STATUS_OK;
	s = open_pledge(d, key, &p);
	if (s != STATUS_OK)
		return s;
	d->forces.bytes += sizeof *stay;
	return array_insert(&p->stays, sizeof *stay, p->stays.count, stay);
}

void pledge_unname(struct dossier *d, const struct stay *stay)
{
	char key[KEY_TEXT_MAX + 1];
	struct pledge *p = named_key(stay->unit, key) ? find(d, key) : NULL;

	for (size_t n = 0; p && n < p->stays.count; n++) {
		const struct stay *other = &ITEMS(p->stays, struct stay)[n];

		if (other->unit != stay->unit || other->from != stay->from)
			continue;
		array_remove(&p->stays, sizeof *stay, n);
		d->forces.bytes -= sizeof *stay;
		close_if_unused(d, p);
		return;
	}
}

/* --- records --- */

static enum status relink(struct dossier *d, void *ctx, const struct stay *stay)
{
	const bool *link = ctx;

	return *link ? requirement_link(d, stay) : requirement_unlink(d, stay);
}

static enum status relink_unnamed(struct dossier *d, void *ctx, const struct stay *stay)
{
	return stay->unit->pledge ? STATUS_OK : relink(d, ctx, stay);
}

static enum status relink_name(struct dossier *d, const char *unit_name, bool link)
{
	return unit_name ? stay_visit_name(d, unit_name, relink_unnamed, &link) : STATUS_OK;
}

/* All stays that may come of `p`, by these or those terms (or NULL): of units that name it, and of
 * those that it names. */
static enum status relink_all(struct dossier *d, const struct pledge *p,
			      const struct pledge_terms *these, const struct pledge_terms *those,
			      bool link)
{
	const char *name = these ? these->unit_name : NULL;
	const char *other = those ? those->unit_name : NULL;
	enum status s = STATUS_OK;

	for (size_t n = 0; n < p->stays.count && s == STATUS_OK; n++)
		s = relink(d, &link, &ITEMS(p->stays, struct stay)[n]);
	if (s == STATUS_OK)
		s = relink_name(d, name, link);
	if (s == STATUS_OK && (!name || !other || strcmp(name, other) != 0))
		s = relink_name(d, other, link);
	return s;
}

/* No stay is linked to it when its terms come and go. */
static void forget_terms(struct dossier *d, struct pledge *p)
{
	struct pledge_terms *on = p->on;

	if (!on)
		return;
	pledge_unplace(d, p);
	if (on->unit_name)
		array_remove(&d->forces.pledges_by_unit, sizeof p, place_by_unit(d, p));
	if (on->requirement)
		requirement_unuse(d, requirement_find(d, on->requirement));
	p->on = NULL;
	p->stands.count = 0;
}

static enum status take_terms(struct dossier *d, struct pledge *p, struct pledge_terms *on)
{
	struct need *need;
	enum status s = STATUS_OK;

	p->on = on;
	if (on->requirement)
		s = requirement_use(d, on->requirement, &need);
	if (s == STATUS_OK && on->unit_name)
		s = array_insert(&d->forces.pledges_by_unit, sizeof p, place_by_unit(d, p), &p);
	if (s == STATUS_OK)
		s = pledge_derive(p);
	return s == STATUS_OK ? pledge_place(d, p) : s;
}

static struct pledge_terms *terms_new(const Mandate__Pledge *m)
{
	size_t requirement = m->requirement ? strlen(m->requirement) + 1 : 0;
	size_t name = m->unit ? strlen(m->contributor) + strlen(m->unit) + 2 : 0;
	size_t bytes = sizeof(struct pledge_terms) + requirement + name;
	struct pledge_terms *on = calloc(1, bytes);
	char *texts = (char *)(on + 1);

	if (!on)
		return NULL;
	on->bytes = bytes;
	on->registered = m->registered;
	on->available = m->has_available ? m->available : DAY_NEVER;
	on->persons = m->persons;
	on->component = m->component;
	on->readiness = m->has_readiness ? m->readiness : MANDATE__READINESS__READINESS_LEVEL_1;
	if (requirement)
		on->requirement = memcpy(texts, m->requirement, requirement);
	if (name) {
		snprintf(texts + requirement, name, "%s:%s", m->contributor, m->unit);
		on->unit_name = texts + requirement;
		on->unit = on->unit_name + strlen(m->contributor) + 1;
	}
	return on;
}

/* A pledge belongs to its operation, or to its contributor if it names none. */
static bool is_here(const struct dossier *d, const Mandate__Pledge *m)
{
	if (m->operation)
		return strcmp(m->operation, d->name) == 0;
	return home_kind_of(d->name) == HOME_PARTNER;
}

/* Other terms, or none. */
static enum status change(struct dossier *d, struct pledge *p, struct pledge_terms *fresh)
{
	struct pledge_terms *old = p->on;
	enum status s = relink_all(d, p, old, fresh, false);

	if (s != STATUS_OK) {
		free(fresh);
		return s;
	}
	d->forces.bytes -= weight(p);
	forget_terms(d, p);
	if (fresh)
		s = take_terms(d, p, fresh);
	d->forces.bytes += weight(p);
	if (s == STATUS_OK)
		s = relink_all(d, p, old, fresh, true);
	free(old);
	return s;
}

enum status pledge_put(struct dossier *d, const char *key, const Mandate__Record *record)
{
	const Mandate__Pledge *m = record ? record->pledge : NULL;
	struct pledge *p = find(d, key);
	struct pledge_terms *fresh = NULL;
	enum status s = STATUS_OK;

	if (m && m->has_persons && m->has_registered && is_here(d, m)) {
		fresh = terms_new(m);
		if (!fresh)
			return STATUS_NO_MEMORY;
		s = open_pledge(d, key, &p);
	}
	if (!p || s != STATUS_OK) {
		free(fresh);
		return s;
	}
	s = change(d, p, fresh);
	close_if_unused(d, p);
	return s;
}

/* The number at the end of "CONTRIBUTOR:PLEDGE:STEP". */
static bool parse_step(const char *key, size_t *ret_len, int32_t *ret_step)
{
	const char *number = strrchr(key, ':');
	char *end;
	long step;

	if (!number)
		return false;
	step = strtol(number + 1, &end, 10);
	*ret_len = (size_t)(number - key);
	*ret_step = (int32_t)step;
	return *end == '\0' && step > 0 && step <= STEPS_PER_PLEDGE_MAX && *ret_len <= KEY_TEXT_MAX;
}

enum status pledge_put_step(struct dossier *d, const char *key, const Mandate__Record *record)
{
	const Mandate__PledgeStep *m = record ? record->pledge_step : NULL;
	char pledge[KEY_TEXT_MAX + 1];
	struct pledge_entry entry;
	struct pledge *p;
	enum status s;
	int32_t step;
	size_t len;

	if (!parse_step(key, &len, &step))
		return STATUS_INVALID;
	memcpy(pledge, key, len);
	pledge[len] = '\0';
	s = open_pledge(d, pledge, &p);
	if (s != STATUS_OK)
		return s;
	d->forces.bytes -= weight(p);
	if (p->on)
		pledge_unplace(d, p);
	if (m && m->has_state && m->has_day) {
		entry = (struct pledge_entry){.step = step,
					      .day = m->day,
					      .state = m->state,
					      .readiness = m->has_readiness ? m->readiness : 0};
		s = array_put_day(&p->steps, sizeof entry, step, &entry);
	} else {
		s = array_put_day(&p->steps, sizeof entry, step, NULL);
	}
	if (p->on && s == STATUS_OK)
		s = pledge_derive(p);
	d->forces.bytes += weight(p);
	if (p->on && s == STATUS_OK)
		return pledge_place(d, p);
	close_if_unused(d, p);
	return s;
}
