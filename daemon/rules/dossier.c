#include "rules/dossier.h"
#include "model/names.h"
#include "model/record.h"
#include "rules/function_home.h"
#include "rules/home.h"
#include "rules/parts.h"

#include <stdlib.h>
#include <string.h>

/* --- one function a kind: replace what `key` names by `record`, or by nothing --- */

static void read_operation(struct operation *to, const Mandate__Operation *o)
{
	*to = (struct operation){.known = o != NULL,
				 .start_date = DAY_NEVER,
				 .end_date = DAY_INFINITE,
				 .series_from = DAY_NEVER,
				 .series_to = DAY_INFINITE,
				 .liquidating_from = DAY_INFINITE,
				 .closed_on = DAY_INFINITE};
	if (!o)
		return;
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
		return;
	to->never_covered = o->mandate_series_to == MANDATE__SERIES_END__SERIES_END_NONE;
	if (o->mandate_series_to == MANDATE__SERIES_END__SERIES_END_TO_DATE && to->closed &&
	    o->has_mandate_series_to_day)
		to->series_to = o->mandate_series_to_day;
}

static bool same_operation(const struct operation *a, const struct operation *b)
{
	return a->known == b->known && a->kind == b->kind && a->closed == b->closed &&
	       a->start_date == b->start_date && a->end_date == b->end_date &&
	       a->series_from == b->series_from && a->series_to == b->series_to &&
	       a->never_covered == b->never_covered && a->liquidating_from == b->liquidating_from &&
	       a->closed_on == b->closed_on;
}

static enum status put_operation(struct dossier *d, const char *key, const Mandate__Record *record)
{
	const Mandate__Operation *o = record ? record->operation : NULL;
	struct operation fresh;

	(void)key;
	read_operation(&fresh, o);
	if (d->mandates_only && same_operation(&fresh, &d->operation)) {
		d->changed = false;
		return STATUS_OK;
	}
	d->operation = fresh;
	series_unsettle(d);
	return d->mandates_only ? STATUS_OK : budget_follow(d, o);
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
	{MANDATE__KIND__KIND_INSTRUMENT, instrument_put, NULL},
	{MANDATE__KIND__KIND_CEILING, instrument_put_ceiling, NULL},
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
	if (d->mandates_only)
		return STATUS_OK;
	ceiling_settle(d);
	budget_settle(d);
	agenda_settle(d);
	return forces_settle(d);
}

enum status dossier_put(struct dossier *d, Mandate__Kind kind, const char *key, uint32_t edition,
			const Mandate__Record *record)
{
	d->changed = true;
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
	d->mandates_only = extent != DOSSIER_WHOLE;
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

bool dossier_changed(const struct dossier *d)
{
	return d->changed;
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
