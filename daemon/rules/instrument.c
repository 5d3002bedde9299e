/* Instruments and ceiling records on their shelves: what is read of them. */
#include "rules/parts.h"

#include <stdlib.h>
#include <string.h>

/* What follows the last ':' of a key: the document of an instrument. */
static const char *last_part(const char *key)
{
	const char *colon = strrchr(key, ':');

	return colon ? colon + 1 : key;
}

static struct ceiling_item entry_item(const struct instrument *i, const Mandate__CeilingEntry *e,
				      uint32_t position)
{
	return (struct ceiling_item){
		.from = e->has_from ? e->from : i->effective,
		.until = e->has_until ? e->until : DAY_INFINITE,
		.adopted = i->adopted,
		.comply_by = e->has_comply_by ? e->comply_by : DAY_NEVER,
		.component = e->component,
		.parent = e->has_parent ? e->parent : 0,
		.wording = e->has_wording ? e->wording : 0,
		.document = i->document,
		.position = position,
		.has_persons = e->has_persons,
		.persons = e->persons,
		.delta = e->delta,
	};
}

/* Room for the entries and, behind them, the names of parts. */
static size_t entries_bytes(const Mandate__Instrument *m)
{
	size_t bytes = m->n_ceilings * sizeof(struct instrument_entry);

	for (size_t n = 0; n < m->n_ceilings; n++)
		bytes += m->ceilings[n]->name ? strlen(m->ceilings[n]->name) + 1 : 0;
	return bytes;
}

static void add_entry(struct instrument *i, const Mandate__CeilingEntry *e, uint32_t position,
		      char **name)
{
	struct instrument_entry *entry = &i->entries[i->entry_count++];

	entry->item = entry_item(i, e, position);
	if (!e->name)
		return;
	entry->name = *name;
	*name = stpcpy(*name, e->name) + 1;
}

static struct instrument *instrument_new(const char *key, const Mandate__Instrument *m,
					 bool with_entries)
{
	struct instrument *i = shelf_new(sizeof *i + (with_entries ? entries_bytes(m) : 0), key);
	char *names;

	if (!i)
		return NULL;
	i->document = last_part(i->fact.key);
	i->adopted = m->adopted;
	i->effective = m->has_effective ? m->effective : m->adopted;
	i->valid_until = m->has_valid_until ? m->valid_until : DAY_INFINITE;
	i->withdraw_by = m->has_withdraw_by ? m->withdraw_by : DAY_NEVER;
	i->action = m->has_action ? m->action : MANDATE__ACTION__ACTION_AMEND;
	i->carried_out = !m->has_carried_out || m->carried_out;
	i->names_tasks = m->n_tasks > 0;
	i->chapter = m->has_chapter ? m->chapter : 0;
	names = (char *)&i->entries[m->n_ceilings];
	for (size_t n = 0; with_entries && n < m->n_ceilings; n++)
		if (m->ceilings[n]->has_persons || m->ceilings[n]->has_delta)
			add_entry(i, m->ceilings[n], (uint32_t)n, &names);
	return i;
}

static enum status add_entries(struct dossier *d, struct instrument *i)
{
	for (size_t n = 0; n < i->entry_count && i->carried_out; n++) {
		struct instrument_entry *e = &i->entries[n];
		enum status s;

		e->item.party = i->party->code;
		s = e->name ? ceiling_part_add(d, e->name, &e->item) : ceiling_add(d, &e->item);
		if (s != STATUS_OK)
			return s;
	}
	return STATUS_OK;
}

static void drop_instrument(struct dossier *d, size_t index)
{
	struct instrument *i = (struct instrument *)(void *)shelf_at(&d->instruments, index);

	for (size_t n = 0; n < i->entry_count && i->carried_out; n++) {
		const struct instrument_entry *e = &i->entries[n];

		if (e->name)
			ceiling_part_drop(d, e->name, &e->item);
		else
			ceiling_drop(d, &e->item);
	}
	series_drop(d, i);
	shelf_remove(&d->instruments, index, &d->fact_bytes);
}

/* Of one key, which says the party. */
static bool same_instrument(const struct instrument *a, const struct instrument *b)
{
	return a->entry_count == 0 && b->entry_count == 0 && a->effective == b->effective &&
	       a->adopted == b->adopted && a->valid_until == b->valid_until &&
	       a->withdraw_by == b->withdraw_by && a->action == b->action &&
	       a->carried_out == b->carried_out && a->names_tasks == b->names_tasks &&
	       a->chapter == b->chapter;
}

enum status instrument_put(struct dossier *d, const char *key, const Mandate__Record *record)
{
	struct instrument *i = NULL;
	enum status s;
	size_t at;

	if (record && record->instrument->has_adopted) {
		i = instrument_new(key, record->instrument, !d->mandates_only);
		if (!i)
			return STATUS_NO_MEMORY;
	}
	if (shelf_find(&d->instruments, key, &at)) {
		if (i && same_instrument(i, (const struct instrument *)(const void *)shelf_at(
						    &d->instruments, at))) {
			free(i);
			d->changed = false;
			return STATUS_OK;
		}
		drop_instrument(d, at);
	}
	if (i) {
		s = shelf_add(&d->instruments, at, i, &d->fact_bytes);
		if (s != STATUS_OK)
			return s;
		s = series_add(d, i, record->instrument->party);
		if (s != STATUS_OK)
			return s;
		s = add_entries(d, i);
		if (s != STATUS_OK)
			return s;
	}
	return d->mandates_only ? STATUS_OK : ceiling_follow(d, last_part(key));
}

enum status instrument_put_ceiling(struct dossier *d, const char *key,
				   const Mandate__Record *record)
{
	const Mandate__Ceiling *c = record ? record->ceiling : NULL;
	struct ceiling_fact *fact;
	enum status s;
	size_t at;

	if (shelf_find(&d->ceiling_facts, key, &at)) {
		fact = (struct ceiling_fact *)(void *)shelf_at(&d->ceiling_facts, at);
		if (fact->placed)
			ceiling_drop(d, &fact->item);
		shelf_remove(&d->ceiling_facts, at, &d->fact_bytes);
	}
	if (!c || (!c->has_persons && !c->has_delta))
		return STATUS_OK;
	fact = shelf_new(sizeof *fact + strlen(c->document) + 1, key);
	if (!fact)
		return STATUS_NO_MEMORY;
	memcpy(fact + 1, c->document, strlen(c->document) + 1);
	fact->item = (struct ceiling_item){
		.from = c->from,
		.until = c->has_until ? c->until : DAY_INFINITE,
		.comply_by = c->has_comply_by ? c->comply_by : DAY_NEVER,
		.component = c->component,
		.parent = c->has_parent ? c->parent : 0,
		.wording = c->has_wording ? c->wording : 0,
		.document = (const char *)(fact + 1),
		.has_persons = c->has_persons,
		.persons = c->persons,
		.delta = c->delta,
	};
	s = shelf_add(&d->ceiling_facts, at, fact, &d->fact_bytes);
	return s == STATUS_OK ? ceiling_place(d, fact) : s;
}
