#include "rules/agenda.h"
#include "base/limits.h"
#include "rules/parts.h"
#include "rules/symbol.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- lists --- */

static const char *owner_name(const Mandate__Priority *item, size_t n)
{
	if (!item->lead)
		return item->supporting[n];
	return n == 0 ? item->lead : item->supporting[n - 1];
}

static size_t owner_count(const Mandate__Priority *item)
{
	return item->n_supporting + (item->lead ? 1 : 0);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorts `names`, leaves each once, and answers how many those are. */
static size_t sort_names(const char **names, size_t count)
{
	size_t kept = 0;

	if (count > 1)
		qsort(names, count, sizeof *names, compare_names);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || strcmp(names[kept - 1], names[i]) != 0)
			names[kept++] = names[i];
	return kept;
}

/* The owners' names, which stand in `text`, then the items that refer to them. */
static void fill_list(struct priorities_list *l, const Mandate__Priorities *m, char *text)
{
	size_t owners = 0;

	for (size_t i = 0; i < m->n_items; i++)
		for (size_t n = 0; n < owner_count(m->items[i]); n++) {
			const char *name = owner_name(m->items[i], n);

			l->owners[owners++] = text;
			text = stpcpy(text, name) + 1;
		}
	l->owner_count = sort_names(l->owners, owners);
	owners = 0;
	for (size_t i = 0; i < m->n_items; i++) {
		const Mandate__Priority *item = m->items[i];

		l->items[i] = (struct priority_item){
			.has_lead = item->lead,
			.state = item->has_state ? item->state : 0,
			.first = owners,
			.count = owner_count(item),
		};
		for (size_t n = 0; n < owner_count(item); n++) {
			const char *name = owner_name(item, n);
			const char **at = bsearch(&name, l->owners, l->owner_count,
						  sizeof *l->owners, compare_names);

			l->owner_of[owners++] = (uint16_t)(at - l->owners);
		}
	}
}

static struct priorities_list *list_new(const char *key, uint32_t edition,
					const Mandate__Priorities *m)
{
	size_t items = m->n_items * sizeof(struct priority_item), owners = 0, text = 0;
	struct priorities_list *l;

	for (size_t i = 0; i < m->n_items; i++)
		for (size_t n = 0; n < owner_count(m->items[i]); n++) {
			owners++;
			text += strlen(owner_name(m->items[i], n)) + 1;
		}
	l = shelf_new(sizeof *l + items + owners * (sizeof(char *) + sizeof(uint16_t)) + text, key);
	if (!l)
		return NULL;
	l->document = strrchr(l->fact.key, ':') + 1;
	l->date = m->date;
	l->version = edition;
	l->unsettled = true;
	l->item_count = m->n_items;
	l->items = (struct priority_item *)(l + 1);
	l->owners = (const char **)(l->items + m->n_items);
	l->owner_of = (uint16_t *)(l->owners + owners);
	fill_list(l, m, (char *)(l->owner_of + owners));
	return l;
}

static struct list_place *places_of(const struct dossier *d)
{
	return d->agenda.by_date.at;
}

/* The place of `l` among the lists: by date, then document. */
static size_t place_of(const struct dossier *d, const struct priorities_list *l)
{
	size_t at = array_until(&d->agenda.by_date, sizeof(struct list_place), l->date - 1);

	while (at < d->agenda.by_date.count && places_of(d)[at].date == l->date &&
	       symbol_compare(places_of(d)[at].list->document, l->document) < 0)
		at++;
	return at;
}

enum status agenda_put_list(struct dossier *d, const char *key, uint32_t edition,
			    const Mandate__Record *record)
{
	const Mandate__Priorities *m = record ? record->priorities : NULL;
	struct agenda *g = &d->agenda;
	struct list_place place;
	enum status s;
	size_t at;

	if (shelf_find(&g->lists, key, &at)) {
		array_remove(&g->by_date, sizeof place,
			     place_of(d, (void *)shelf_at(&g->lists, at)));
		shelf_remove(&g->lists, at, &d->fact_bytes);
	}
	if (!m || !m->has_date)
		return STATUS_OK;
	place.date = m->date;
	place.list = list_new(key, edition, m);
	if (!place.list)
		return STATUS_NO_MEMORY;
	g->unsettled = true;
	s = shelf_add(&g->lists, at, place.list, &d->fact_bytes);
	return s == STATUS_OK
		       ? array_insert(&g->by_date, sizeof place, place_of(d, place.list), &place)
		       : s;
}

/* --- endorsements --- */

/* An endorsement of the list under `list_key` has come or gone. */
static void unsettle_list(struct dossier *d, const char *list_key)
{
	size_t at;

	if (!shelf_find(&d->agenda.lists, list_key, &at))
		return;
	((struct priorities_list *)(void *)shelf_at(&d->agenda.lists, at))->unsettled = true;
	d->agenda.unsettled = true;
}

static enum status put_endorsement(struct dossier *d, const char *key,
				   const Mandate__Endorsement *m)
{
	char list_key[KEY_TEXT_MAX + 1];
	const char *document = strchr(key, ':');
	struct endorsement_fact *e;
	size_t at;

	/* The list's key is the first two parts. */
	if (!document)
		return STATUS_INVALID;
	snprintf(list_key, sizeof list_key, "%.*s",
		 (int)(document + 1 + strcspn(document + 1, ":") - key), key);
	unsettle_list(d, list_key);
	if (shelf_find(&d->agenda.endorsements, key, &at))
		shelf_remove(&d->agenda.endorsements, at, &d->fact_bytes);
	if (!m || !m->has_day)
		return STATUS_OK;
	e = shelf_new(sizeof *e, key);
	if (!e)
		return STATUS_NO_MEMORY;
	e->version = m->version;
	e->day = m->day;
	e->inferred = m->has_inferred && m->inferred;
	return shelf_add(&d->agenda.endorsements, at, e, &d->fact_bytes);
}

/* When the version that holds began, as far as earlier ones tell. */
static void settle_list(const struct dossier *d, struct priorities_list *l)
{
	char prefix[KEY_TEXT_MAX + 1];
	size_t from, end;

	snprintf(prefix, sizeof prefix, "%s:", l->fact.key);
	shelf_range(&d->agenda.endorsements, prefix, &from, &end);
	l->version_since = l->date;
	for (size_t i = from; i < end; i++) {
		const struct endorsement_fact *e =
			(const void *)shelf_at(&d->agenda.endorsements, i);

		if (e->version < l->version)
			l->version_since = day_greatest(l->version_since, e->day);
	}
	l->unsettled = false;
}

/* --- consent --- */

static bool find_host(const struct dossier *d, const char *code, size_t *ret_index)
{
	const struct consent_host *hosts = d->agenda.hosts.at;
	int order = 1;
	size_t i = 0;

	/* A handful. */
	while (i < d->agenda.hosts.count && (order = strcmp(hosts[i].code, code)) < 0)
		i++;
	*ret_index = i;
	return i < d->agenda.hosts.count && order == 0;
}

static void drop_consent(struct dossier *d, size_t index)
{
	struct consent_fact *c = (void *)shelf_at(&d->agenda.consents, index);
	struct consent_host *hosts = d->agenda.hosts.at;
	size_t at;

	if (find_host(d, c->host, &at) && --hosts[at].consents == 0)
		array_remove(&d->agenda.hosts, sizeof *hosts, at);
	shelf_remove(&d->agenda.consents, index, &d->fact_bytes);
}

static enum status count_host(struct dossier *d, const char *code)
{
	struct consent_host fresh = {0};
	enum status s = STATUS_OK;
	size_t at;

	if (!find_host(d, code, &at)) {
		snprintf(fresh.code, sizeof fresh.code, "%s", code);
		s = array_insert(&d->agenda.hosts, sizeof fresh, at, &fresh);
	}
	if (s == STATUS_OK)
		((struct consent_host *)d->agenda.hosts.at)[at].consents++;
	return s;
}

static enum status put_consent(struct dossier *d, const char *key, const Mandate__Consent *m)
{
	size_t text = m && m->document ? strlen(m->document) + 1 : 0, at;
	struct consent_fact *c;
	enum status s;

	if (shelf_find(&d->agenda.consents, key, &at))
		drop_consent(d, at);
	if (!m || !m->has_state)
		return STATUS_OK;
	c = shelf_new(sizeof *c + text, key);
	if (!c)
		return STATUS_NO_MEMORY;
	snprintf(c->host, sizeof c->host, "%s", m->host);
	c->day = m->day;
	c->state = m->state;
	if (text > 0)
		c->document = memcpy(c + 1, m->document, text);
	s = shelf_add(&d->agenda.consents, at, c, &d->fact_bytes);
	return s == STATUS_OK ? count_host(d, m->host) : s;
}

/* --- the part --- */

enum status agenda_put(struct dossier *d, Mandate__Kind kind, const char *key,
		       const Mandate__Record *record)
{
	if (kind == MANDATE__KIND__KIND_ENDORSEMENT)
		return put_endorsement(d, key, record ? record->endorsement : NULL);
	return put_consent(d, key, record ? record->consent : NULL);
}

void agenda_settle(struct dossier *d)
{
	struct agenda *g = &d->agenda;

	for (size_t i = 0; g->unsettled && i < g->lists.count; i++) {
		struct priorities_list *l = (void *)shelf_at(&g->lists, i);

		if (l->unsettled)
			settle_list(d, l);
	}
	g->unsettled = false;
}

void agenda_fini(struct dossier *d)
{
	struct agenda *g = &d->agenda;

	shelf_fini(&g->lists);
	shelf_fini(&g->endorsements);
	shelf_fini(&g->consents);
	array_fini(&g->by_date);
	array_fini(&g->hosts);
}

size_t agenda_bytes(const struct dossier *d)
{
	const struct agenda *g = &d->agenda;

	return (g->lists.room + g->endorsements.room + g->consents.room) * sizeof(void *) +
	       g->by_date.room * sizeof(struct list_place) +
	       g->hosts.room * sizeof(struct consent_host);
}
