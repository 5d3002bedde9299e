/* The names of units that take following, and the transfers of them. */
#include "rules/parts.h"

#include "base/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool unit_name_of(const char *unit_key, const char **ret_name, size_t *ret_len)
{
	const char *name = strchr(unit_key, ':'), *end = strrchr(unit_key, ':');

	if (!name || end <= name)
		return false;
	*ret_name = name + 1;
	*ret_len = (size_t)(end - name) - 1;
	return true;
}

static struct unit_name *name_at(const struct dossier *d, size_t index)
{
	return (struct unit_name *)(void *)shelf_at(&d->forces.names, index);
}

static int compare(const char *key, const char *name, size_t len)
{
	int order = strncmp(key, name, len);

	return order != 0 ? order : key[len] != '\0';
}

/* Its index, or where it belongs. */
static bool find_name(const struct dossier *d, const char *name, size_t len, size_t *ret_index)
{
	size_t low = 0, count = d->forces.names.count;

	while (count > 0) {
		size_t half = count / 2;
		int order = compare(name_at(d, low + half)->fact.key, name, len);

		if (order == 0) {
			*ret_index = low + half;
			return true;
		}
		if (order < 0) {
			low += half + 1;
			count -= half + 1;
		} else {
			count = half;
		}
	}
	*ret_index = low;
	return false;
}

struct unit_name *unit_name_find(const struct dossier *d, const char *name, size_t len)
{
	size_t at;

	return d->forces.names.count > 0 && find_name(d, name, len, &at) ? name_at(d, at) : NULL;
}

void unit_name_own(const struct dossier *d, const char *name, size_t len, size_t *ret_index,
		   size_t *ret_count)
{
	char prefix[KEY_TEXT_MAX + 1];
	int prefix_len = snprintf(prefix, sizeof prefix, "%s:%.*s:", d->name, (int)len, name);
	size_t end;

	*ret_index = *ret_count = 0;
	if (prefix_len < 0 || (size_t)prefix_len >= sizeof prefix)
		return;
	shelf_range(&d->forces.units, prefix, ret_index, &end);
	*ret_count = end - *ret_index;
}

/* Stays of a name that is not followed. */
static enum status plain_stays(struct dossier *d, const char *name, size_t len, bool add)
{
	enum status s = STATUS_OK;
	size_t at, count;

	unit_name_own(d, name, len, &at, &count);
	for (size_t i = at; i < at + count && s == STATUS_OK; i++) {
		struct stay stay = unit_stay(unit_at(&d->forces.units, i));

		s = add ? stay_add(d, &stay) : stay_drop(d, &stay);
	}
	return s;
}

enum status unit_name_open(struct dossier *d, const char *name, size_t len,
			   struct unit_name **ret_name)
{
	struct unit_name *fresh;
	char key[KEY_TEXT_MAX + 1];
	enum status s;
	size_t at;

	if (len > KEY_TEXT_MAX || find_name(d, name, len, &at))
		return STATUS_INVALID;
	s = plain_stays(d, name, len, false);
	if (s != STATUS_OK)
		return s;
	memcpy(key, name, len);
	key[len] = '\0';
	fresh = shelf_new(sizeof *fresh, key);
	if (!fresh)
		return STATUS_NO_MEMORY;
	s = shelf_add(&d->forces.names, at, fresh, &d->forces.bytes);
	if (s == STATUS_OK)
		*ret_name = fresh;
	return s;
}

static void free_parts(struct unit_name *name)
{
	shelf_fini(&name->foreign);
	shelf_fini(&name->transfers);
	array_fini(&name->stays);
	array_fini(&name->doubles);
}

/* Nothing of other operations is left of it. */
static enum status close_name(struct dossier *d, struct unit_name *name)
{
	char key[KEY_TEXT_MAX + 1];
	size_t len = strlen(name->fact.key), at;

	memcpy(key, name->fact.key, len + 1);
	free_parts(name);
	if (find_name(d, key, len, &at))
		shelf_remove(&d->forces.names, at, &d->forces.bytes);
	return plain_stays(d, key, len, true);
}

/* What it holds beside facts. */
static size_t derived_bytes(const struct unit_name *name)
{
	return name->stays.count * sizeof(struct stay) +
	       name->doubles.count * sizeof(struct double_days);
}

static size_t place_of(const struct array *doubles, const struct double_days *days)
{
	const struct double_days *at = doubles->at;
	size_t n = array_until(doubles, sizeof *days, days->to - 1);

	while (at[n].name != days->name)
		n++;
	return n;
}

static enum status drop_stays(struct dossier *d, struct unit_name *name, size_t kept)
{
	enum status s = STATUS_OK;

	for (size_t i = kept; i < name->stays.count && s == STATUS_OK; i++)
		s = stay_drop(d, &ITEMS(name->stays, struct stay)[i]);
	name->stays.count = kept;
	return s;
}

/* The first day of a record or a transfer ends its key. */
static int32_t first_day(const char *key)
{
	const char *colon = strrchr(key, ':');
	int32_t day;

	return colon && day_parse(&day, colon + 1) == STATUS_OK ? day : DAY_NEVER;
}

/* Stays lie in the order in which they end. One that ends the day before may be made to go on. */
enum status unit_name_clear(struct dossier *d, struct unit_name *name, const char *key)
{
	struct array *doubles = &d->forces.doubles;
	const struct stay *stays = name->stays.at;
	int32_t day = first_day(key);
	size_t kept = 0;

	d->forces.bytes -= derived_bytes(name);
	while (kept < name->stays.count && stays[kept].from < day &&
	       stays[kept].to < day_plus(day, -1))
		kept++;
	for (size_t i = 0; i < name->doubles.count; i++) {
		const struct double_days *days = &ITEMS(name->doubles, struct double_days)[i];

		array_remove(doubles, sizeof *days, place_of(doubles, days));
	}
	name->doubles.count = 0;
	return drop_stays(d, name, kept);
}

static bool same_stay(const struct stay *a, const struct stay *b)
{
	return a->from == b->from && a->to == b->to && a->unit == b->unit && a->by == b->by &&
	       a->arrives == b->arrives;
}

/* `stays`, which it takes, instead of those that are left: most begin with these. */
static enum status exchange_stays(struct dossier *d, struct unit_name *name, struct array *stays)
{
	size_t kept = 0;

	while (kept < name->stays.count && kept < stays->count &&
	       same_stay(&ITEMS(name->stays, struct stay)[kept], &ITEMS(*stays, struct stay)[kept]))
		kept++;
	enum status s = drop_stays(d, name, kept);

	array_fini(&name->stays);
	name->stays = *stays;
	for (size_t i = kept; i < stays->count && s == STATUS_OK; i++)
		s = stay_add(d, &ITEMS(name->stays, struct stay)[i]);
	return s;
}

enum status unit_name_fold(struct dossier *d, struct unit_name *name)
{
	struct array *doubles = &d->forces.doubles, stays = {0};
	enum status s;

	if (name->foreign.count == 0 && name->transfers.count == 0) {
		s = drop_stays(d, name, 0);
		return s == STATUS_OK ? close_name(d, name) : s;
	}
	s = follow_name(d, name, &stays);
	if (s == STATUS_OK)
		s = exchange_stays(d, name, &stays);
	else
		array_fini(&stays);
	d->forces.bytes += derived_bytes(name);
	for (size_t i = 0; i < name->doubles.count && s == STATUS_OK; i++) {
		const struct double_days *days = &ITEMS(name->doubles, struct double_days)[i];

		s = array_insert(doubles, sizeof *days,
				 array_until(doubles, sizeof *days, days->to), days);
	}
	return s;
}

void unit_name_fini(struct dossier *d)
{
	for (size_t i = 0; i < d->forces.names.count; i++)
		free_parts(name_at(d, i));
	shelf_fini(&d->forces.names);
}

/* --- transfers --- */

static struct transfer *transfer_new(const char *key, const Mandate__Transfer *m)
{
	size_t from = strlen(m->operation) + 1, to = strlen(m->other_operation) + 1;
	struct transfer *t = shelf_new(sizeof *t + from + to, key);
	char *texts = (char *)(t + 1);

	if (!t)
		return NULL;
	t->operation = memcpy(texts, m->operation, from);
	t->other_operation = memcpy(texts + from, m->other_operation, to);
	t->day = m->day;
	t->return_day = m->has_return_day ? m->return_day : DAY_INFINITE;
	return t;
}

enum status unit_name_put_transfer(struct dossier *d, const char *key,
				   const Mandate__Record *record)
{
	const Mandate__Transfer *m = record ? record->transfer : NULL;
	const char *day = strrchr(key, ':');
	size_t len = day ? (size_t)(day - key) : 0;
	struct unit_name *name = unit_name_find(d, key, len);
	struct transfer *fresh = NULL;
	enum status s;

	if (m && m->operation && m->other_operation) {
		fresh = transfer_new(key, m);
		if (!fresh)
			return STATUS_NO_MEMORY;
	}
	if (!name && !fresh)
		return STATUS_OK;
	s = name ? unit_name_clear(d, name, key) : unit_name_open(d, key, len, &name);
	if (s != STATUS_OK) {
		free(fresh);
		return s;
	}
	s = shelf_put(&name->transfers, key, fresh, &d->forces.bytes);
	return s == STATUS_OK ? unit_name_fold(d, name) : s;
}
