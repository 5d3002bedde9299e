#include "rules/unit.h"
#include "rules/parts.h"

#include <stdlib.h>
#include <string.h>

/* --- records --- */

static size_t room_for(const char *text)
{
	return text ? strlen(text) + 1 : 0;
}

/* Puts `text` behind the unit, from *end on; where it is then, 0 for NULL. */
static uint16_t keep_text(struct unit *u, size_t *end, const char *text)
{
	size_t at = *end;

	if (!text)
		return 0;
	memcpy((char *)u + at, text, strlen(text) + 1);
	*end = at + strlen(text) + 1;
	return (uint16_t)at;
}

static struct unit *unit_new(const char *key, const Mandate__Unit *m)
{
	struct unit *u = shelf_new(sizeof *u + room_for(m->control) + room_for(m->requirement) +
					   room_for(m->pledge),
				   key);
	size_t end = sizeof *u;

	if (!u)
		return NULL;
	u->from = m->from;
	u->to = m->has_to ? m->to : DAY_INFINITE;
	u->persons = m->persons;
	u->mou_signed = m->has_mou_signed ? m->mou_signed : DAY_INFINITE;
	u->component = (uint8_t)m->component;
	u->task = m->has_task ? (uint8_t)m->task : 0;
	u->control = keep_text(u, &end, m->control);
	u->requirement = keep_text(u, &end, m->requirement);
	u->pledge = keep_text(u, &end, m->pledge);
	return u;
}

bool unit_is_here(const struct dossier *d, const struct unit *u)
{
	size_t len = strlen(d->name);

	return strncmp(u->fact.key, d->name, len) == 0 && u->fact.key[len] == ':';
}

static enum status put_followed(struct dossier *d, struct unit_name *name, struct array *shelf,
				const char *key, struct unit *fresh)
{
	enum status s = unit_name_clear(d, name, key);

	if (s == STATUS_OK)
		s = shelf_put(shelf, key, fresh, &d->forces.bytes);
	else
		free(fresh);
	return s == STATUS_OK ? unit_name_fold(d, name) : s;
}

/* What most puts are: the unit is this operation's alone. */
static enum status put_plain(struct dossier *d, const char *key, struct unit *fresh)
{
	struct array *shelf = &d->forces.units;
	enum status s = STATUS_OK;
	struct stay stay;
	size_t at;

	if (shelf_find(shelf, key, &at)) {
		stay = unit_stay(unit_at(shelf, at));
		s = stay_drop(d, &stay);
		if (fresh && s == STATUS_OK)
			shelf_replace(shelf, at, fresh, &d->forces.bytes);
		else if (s == STATUS_OK)
			shelf_remove(shelf, at, &d->forces.bytes);
		else
			free(fresh);
	} else if (fresh) {
		s = shelf_add(shelf, at, fresh, &d->forces.bytes);
	}
	if (s != STATUS_OK || !fresh)
		return s;
	stay = unit_stay(fresh);
	return stay_add(d, &stay);
}

enum status unit_put(struct dossier *d, const char *key, const Mandate__Record *record)
{
	const Mandate__Unit *m = record ? record->unit : NULL;
	size_t operation_len = strcspn(key, ":"), len;
	bool here = strncmp(key, d->name, operation_len) == 0 && d->name[operation_len] == '\0';
	struct unit_name *followed;
	struct unit *fresh = NULL;
	enum status s = STATUS_OK;
	const char *name;

	if (!unit_name_of(key, &name, &len))
		return STATUS_INVALID;
	if (m && m->has_component && m->has_persons) {
		fresh = unit_new(key, m);
		if (!fresh)
			return STATUS_NO_MEMORY;
	}
	followed = unit_name_find(d, name, len);
	if (here && !followed)
		return put_plain(d, key, fresh);
	if (!followed && !fresh)
		return STATUS_OK;
	if (!followed)
		s = unit_name_open(d, name, len, &followed);
	if (s != STATUS_OK) {
		free(fresh);
		return s;
	}
	return put_followed(d, followed, here ? &d->forces.units : &followed->foreign, key, fresh);
}

/* --- answers --- */

struct gathering {
	int32_t day;
	struct unit_day *rows; /* NULL: they are counted only */
	size_t count;
};

static void fill_row(const struct dossier *d, const struct stay *stay, struct unit_day *row)
{
	const struct transfer *by = stay->by;

	*row = (struct unit_day){
		.key = stay->unit->fact.key,
		.from = stay->from,
		.to = stay->to,
		.component = (Mandate__Component)stay->unit->component,
		.persons = stay->unit->persons,
		.task = (Mandate__Task)stay->unit->task,
		.transferred = by != NULL,
		.return_day = DAY_INFINITE,
	};
	if (!by || by->return_day == DAY_INFINITE || strcmp(by->other_operation, d->name) != 0)
		return;
	row->loan = by->fact.key;
	row->lent_by = by->operation;
	row->return_day = by->return_day;
}

static enum status gather(struct dossier *d, void *ctx, const struct stay *stay)
{
	struct gathering *g = ctx;

	if (stay->from > g->day || stay->to < g->day)
		return STATUS_OK;
	if (g->rows)
		fill_row(d, stay, &g->rows[g->count]);
	g->count++;
	return STATUS_OK;
}

static int compare_rows(const void *a, const void *b)
{
	const struct unit_day *x = a, *y = b;

	return strcmp(x->key, y->key);
}

enum status unit_list(const struct dossier *d, int32_t day, struct arena *a,
		      struct unit_day **ret_units, size_t *ret_count)
{
	/* Visits are shared with those that change; this one does not. */
	struct dossier *visited = (struct dossier *)(uintptr_t)d;
	struct gathering counted = {.day = day}, g = {.day = day};
	enum status s = stay_visit_all(visited, gather, &counted);

	if (s != STATUS_OK)
		return s;
	g.rows = arena_calloc(a, counted.count + 1, sizeof *g.rows);
	if (!g.rows)
		return STATUS_NO_MEMORY;
	s = stay_visit_all(visited, gather, &g);
	if (s != STATUS_OK)
		return s;
	qsort(g.rows, g.count, sizeof *g.rows, compare_rows);
	*ret_units = g.rows;
	*ret_count = g.count;
	return STATUS_OK;
}

enum transfer_effect unit_transfer_effect(const struct dossier *d, const char *key)
{
	const char *day = strrchr(key, ':');
	const struct unit_name *name = day ? unit_name_find(d, key, (size_t)(day - key)) : NULL;
	size_t at;

	if (!name || !shelf_find(&name->transfers, key, &at))
		return TRANSFER_NOT_ON_RECORD;
	return ((const struct transfer *)(void *)shelf_at(&name->transfers, at))->moves
		       ? TRANSFER_MOVES
		       : TRANSFER_NO_EFFECT;
}
