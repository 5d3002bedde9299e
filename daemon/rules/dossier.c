#include "rules/dossier.h"
#include "model/names.h"
#include "model/record.h"
#include "rules/function_home.h"
#include "rules/home.h"
#include "rules/parts.h"

#include <stdlib.h>
#include <string.h>

/* What follows the last ':' of a key: the document of an instrument. */
static const char *last_part(const char *key)
{
	const char *colon = strrchr(key, ':');

	return colon ? colon + 1 : key;
}

/* --- one function a kind: replace what `key` names by `record`, or by nothing --- */

static enum status put_operation(struct dossier *d, const char *key, const Mandate__Record *record)
{
	const Mandate__Operation *o = record ? record->operation : NULL;
	struct operation *to = &d->operation;
	enum status s;

	(void)key;
	*to = (struct operation){.known = o != NULL,
				 .start_date = DAY_NEVER,
				 .end_date = DAY_INFINITE,
				 .series_from = DAY_NEVER,
				 .series_to = DAY_INFINITE,
				 .liquidating_from = DAY_INFINITE,
				 .closed_on = DAY_INFINITE};
	series_unsettle(d);
	s = budget_follow(d, o);
	if (s != STATUS_OK || !o)
		return s;
	to->kind = o->has_kind ? o->kind : 0;
	if (o->has_start_date)
		to->start_date = o->start_date;
	if (o->has_end_date)
		to->end_date = o->end_date;
	to->closed = o->has_status ? o->status == MANDATE__OPERATION_STATUS__OPERATION_STATUS_CLOSED
				   : o->has_end_date;
	if (o->has_liquidating_from)
		to->liquidating_from = o->liquidating_from;
	if (o->has_closed_on)
		to->closed_on = o->closed_on;
	if (o->has_mandate_series_from)
		to->series_from = o->mandate_series_from;
	if (!o->has_mandate_series_to)
		return STATUS_OK;
	to->never_covered = o->mandate_series_to == MANDATE__SERIES_END__SERIES_END_NONE;
	if (o->mandate_series_to == MANDATE__SERIES_END__SERIES_END_TO_DATE && to->closed &&
	    o->has_mandate_series_to_day)
		to->series_to = o->mandate_series_to_day;
	return STATUS_OK;
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

static struct instrument *instrument_new(const char *key, const Mandate__Instrument *m)
{
	struct instrument *i = shelf_new(sizeof *i + entries_bytes(m), key);
	char *names;

	if (!i)
		return NULL;
	names = (char *)&i->entries[m->n_ceilings];
	i->document = last_part(i->fact.key);
	i->adopted = m->adopted;
	i->effective = m->has_effective ? m->effective : m->adopted;
	i->valid_until = m->has_valid_until ? m->valid_until : DAY_INFINITE;
	i->withdraw_by = m->has_withdraw_by ? m->withdraw_by : DAY_NEVER;
	i->action = m->has_action ? m->action : MANDATE__ACTION__ACTION_AMEND;
	i->carried_out = !m->has_carried_out || m->carried_out;
	i->names_tasks = m->n_tasks > 0;
	i->chapter = m->has_chapter ? m->chapter : 0;
	for (size_t n = 0; n < m->n_ceilings; n++)
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

static enum status put_instrument(struct dossier *d, const char *key, const Mandate__Record *record)
{
	struct instrument *i;
	enum status s;
	size_t at;

	if (shelf_find(&d->instruments, key, &at))
		drop_instrument(d, at);
	if (record && record->instrument->has_adopted) {
		i = instrument_new(key, record->instrument);
		if (!i)
			return STATUS_NO_MEMORY;
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
	return ceiling_follow(d, last_part(key));
}

static enum status put_ceiling(struct dossier *d, const char *key, const Mandate__Record *record)
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

/* The parts of a key after the operation: a day and, if wanted, a name. */
static enum status parse_day_key(const char *key, const ProtobufCEnumDescriptor *names,
				 int32_t *ret_day, int *ret_value)
{
	const char *day = strchr(key, ':');
	char text[DAY_TEXT_BYTES];
	size_t len;

	if (!day)
		return STATUS_INVALID;
	day++;
	len = strcspn(day, ":");
	if (len >= sizeof text)
		return STATUS_INVALID;
	memcpy(text, day, len);
	text[len] = '\0';
	if (names && (day[len] != ':' || names_value(names, day + len + 1, ret_value) != STATUS_OK))
		return STATUS_INVALID;
	return day_parse(ret_day, text);
}

static enum status put_return(struct dossier *d, const char *key, const Mandate__Record *record)
{
	int32_t as_of;
	enum status s = parse_day_key(key, NULL, &as_of, NULL);

	return s == STATUS_OK ? counts_put_return(d, as_of, record ? record->return_ : NULL) : s;
}

static enum status put_total(struct dossier *d, const char *key, const Mandate__Record *record)
{
	const Mandate__Total *t = record && record->total->has_persons ? record->total : NULL;
	int32_t as_of;
	int component;
	enum status s = parse_day_key(key, &mandate__component__descriptor, &as_of, &component);

	return s == STATUS_OK ? counts_put_total(d, as_of, (Mandate__Component)component, t) : s;
}

static enum status put_estimate(struct dossier *d, const char *key, const Mandate__Record *record)
{
	int32_t as_of;
	int detail;
	enum status s = parse_day_key(key, &mandate__detail__descriptor, &as_of, &detail);

	if (s != STATUS_OK)
		return s;
	return estimate_put(d, as_of, (Mandate__Detail)detail, record ? record->estimate : NULL);
}

typedef enum status put(struct dossier *d, const char *key, const Mandate__Record *record);
typedef enum status put_domain(struct dossier *d, Mandate__Kind kind, const char *key,
			       const Mandate__Record *record);
typedef enum status put_version(struct dossier *d, const char *key, uint32_t edition,
				const Mandate__Record *record);

/* In the order in which a dossier is built: what others need comes first. */
static const struct put_row {
	Mandate__Kind kind;
	put *put;
	put_domain *domain;
	put_version *version; /* where the edition matters */
} put_rows[] = {
	{MANDATE__KIND__KIND_OPERATION, put_operation, NULL},
	{MANDATE__KIND__KIND_ARRANGEMENT, NULL, partnership_put},
	{MANDATE__KIND__KIND_ACCEPTANCE, NULL, partnership_put},
	{MANDATE__KIND__KIND_CLAIM, NULL, partnership_put},
	{MANDATE__KIND__KIND_INSTRUMENT, put_instrument, NULL},
	{MANDATE__KIND__KIND_CEILING, put_ceiling, NULL},
	{MANDATE__KIND__KIND_RETURN, put_return, NULL},
	{MANDATE__KIND__KIND_TOTAL, put_total, NULL},
	{MANDATE__KIND__KIND_TRANSFER, NULL, forces_put},
	{MANDATE__KIND__KIND_UNIT, NULL, forces_put},
	{MANDATE__KIND__KIND_REQUIREMENT, NULL, forces_put},
	{MANDATE__KIND__KIND_PLEDGE, NULL, forces_put},
	{MANDATE__KIND__KIND_PLEDGE_STEP, NULL, forces_put},
	{MANDATE__KIND__KIND_ESTIMATE, put_estimate, NULL},
	{MANDATE__KIND__KIND_AMOUNT, NULL, budget_put},
	{MANDATE__KIND__KIND_PAYMENT, NULL, budget_put},
	{MANDATE__KIND__KIND_PRIORITIES, NULL, NULL, agenda_put_list},
	{MANDATE__KIND__KIND_ENDORSEMENT, NULL, agenda_put},
	{MANDATE__KIND__KIND_CONSENT, NULL, agenda_put},
};

enum { PUT_ROWS = sizeof put_rows / sizeof *put_rows };

static enum status put_row(struct dossier *d, const struct put_row *row, const char *key,
			   uint32_t edition, const Mandate__Record *record)
{
	if (row->version)
		return row->version(d, key, edition, record);
	return row->put ? row->put(d, key, record) : row->domain(d, row->kind, key, record);
}

static enum status settle(struct dossier *d)
{
	series_settle(d);
	ceiling_settle(d);
	budget_settle(d);
	agenda_settle(d);
	return forces_settle(d);
}

enum status dossier_put(struct dossier *d, Mandate__Kind kind, const char *key, uint32_t edition,
			const Mandate__Record *record)
{
	if (home_kind_of(d->name) == HOME_FUNCTION)
		return function_home_put(d, kind, key, edition, record);
	for (size_t i = 0; i < PUT_ROWS; i++) {
		enum status s;

		if (put_rows[i].kind != kind)
			continue;
		s = put_row(d, &put_rows[i], key, edition, record);
		return s == STATUS_OK ? settle(d) : s;
	}
	return STATUS_OK;
}

/* --- life --- */

struct build {
	struct dossier *d;
	const struct put_row *row;
	const struct view *v;
	struct arena *scratch;
};

static enum status visit(void *ctx, const struct view_fact *fact)
{
	struct build *b = ctx;

	if (!fact->record)
		return STATUS_OK;
	if (fact->kind == MANDATE__KIND__KIND_ARRANGEMENT)
		return partnership_read(b->d, b->v, b->scratch, fact);
	return put_row(b->d, b->row, fact->key, fact->edition, fact->record);
}

static bool is_within(Mandate__Kind kind, enum dossier_extent extent)
{
	if (kind == MANDATE__KIND__KIND_ACCEPTANCE) /* come with their arrangements */
		return false;
	if (extent == DOSSIER_WHOLE || kind == MANDATE__KIND__KIND_OPERATION)
		return true;
	return extent == DOSSIER_MANDATES &&
	       (kind == MANDATE__KIND__KIND_ARRANGEMENT || kind == MANDATE__KIND__KIND_INSTRUMENT);
}

static enum status build(struct dossier *d, const struct view *v, struct arena *scratch,
			 enum dossier_extent extent)
{
	struct build b = {.d = d, .v = v, .scratch = scratch};

	if (home_kind_of(d->name) == HOME_FUNCTION)
		return function_home_build(d, v, scratch,
					   extent == DOSSIER_WHOLE ? DOSSIER_MANDATES : extent);
	for (size_t i = 0; i < PUT_ROWS; i++) {
		enum status s;

		b.row = &put_rows[i];
		if (!is_within(b.row->kind, extent))
			continue;
		s = view_scan(v, scratch, b.row->kind, d->name, visit, &b);
		if (s != STATUS_OK)
			return s;
	}
	return settle(d);
}

enum status dossier_new_within(const struct view *v, struct arena *scratch, const char *name,
			       enum dossier_extent extent, struct dossier **ret_dossier)
{
	struct dossier *d = calloc(1, sizeof *d);
	enum status s = STATUS_NO_MEMORY;

	if (!d)
		return STATUS_NO_MEMORY;
	d->name = strdup(name);
	d->ceilings_settled = DAY_INFINITE;
	if (d->name)
		s = put_operation(d, name, NULL);
	if (s == STATUS_OK)
		s = build(d, v, scratch, extent);
	if (s != STATUS_OK) {
		dossier_free(d);
		return s;
	}
	*ret_dossier = d;
	return STATUS_OK;
}

enum status dossier_new(const struct view *v, struct arena *scratch, const char *operation,
			struct dossier **ret_dossier)
{
	return dossier_new_within(v, scratch, operation, DOSSIER_WHOLE, ret_dossier);
}

void dossier_free(struct dossier *d)
{
	if (!d)
		return;
	series_fini(d);
	ceiling_fini(d);
	shelf_fini(&d->instruments);
	shelf_fini(&d->ceiling_facts);
	for (size_t c = 0; c < COMPONENTS; c++) {
		array_fini(&d->heads[c]);
		array_fini(&d->returns[c]);
		array_fini(&d->presence[c].points);
	}
	array_fini(&d->counts);
	array_fini(&d->estimates);
	partnership_fini(d);
	forces_fini(d);
	budget_fini(d);
	agenda_fini(d);
	free(d->name);
	free(d);
}

bool dossier_known(const struct dossier *d)
{
	return d->operation.known;
}

const char *dossier_operation(const struct dossier *d)
{
	return d->name;
}

size_t dossier_bytes(const struct dossier *d)
{
	size_t bytes = sizeof *d + d->fact_bytes +
		       (d->instruments.room + d->ceiling_facts.room) * sizeof(void *) +
		       d->parties.room * (2 * sizeof(void *) + sizeof(struct party)) +
		       d->mandate_days.room * sizeof(int32_t) +
		       d->counts.room * sizeof(struct count_day) +
		       d->estimates.room * sizeof(struct estimate_row) + ceiling_bytes(d) +
		       partnership_bytes(d) + forces_bytes(d) + budget_bytes(d) + agenda_bytes(d);

	for (size_t i = 0; i < d->parties.count; i++)
		bytes += ((struct party *const *)d->parties.at)[i]->steps.room *
			 sizeof(struct mandate_step);
	for (size_t c = 0; c < COMPONENTS; c++)
		bytes += d->heads[c].room * sizeof(struct head) +
			 d->returns[c].room * sizeof(int32_t) +
			 d->presence[c].points.room * sizeof(struct presence_point);
	return bytes;
}
