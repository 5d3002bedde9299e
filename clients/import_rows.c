/* Kinds of file in which a row is a fact. */
#include "clients/import_parts.h"

#include "base/day.h"
#include "base/limits.h"
#include "wire/text.h"

#include <string.h>

/* --- partners ---------------------------------------------------------------------------- */

struct partner_row {
	struct import_row row;
	Mandate__Partner content;
};

static const struct import_column partner_columns[] = {
	IMPORT_COLUMN("code", IMPORT_CODE, IMPORT_FILLED, partner_row, content.code),
	IMPORT_COLUMN_NAME("kind", IMPORT_FILLED, partner_row, content., kind,
			   mandate__partner_kind__descriptor),
	IMPORT_COLUMN("iso3", IMPORT_ISO3, IMPORT_MUST, partner_row, content.iso3),
	IMPORT_COLUMN("name", IMPORT_TEXT, IMPORT_MUST, partner_row, content.name),
	IMPORT_COLUMN("seat", IMPORT_TEXT, IMPORT_MUST, partner_row, content.seat),
	IMPORT_COLUMN("note", IMPORT_TEXT, IMPORT_MAY, partner_row, row.source.note),
};

static bool partner_record(struct import_run *run, struct import_row *row, Mandate__Record *record)
{
	struct partner_row *r = (struct partner_row *)row;

	(void)run;
	record->content_case = MANDATE__RECORD__CONTENT_PARTNER;
	record->partner = &r->content;
	return true;
}

const struct import_form import_rows_partners = {
	IMPORT_FORM(partner_row, partner_columns, mandate__partner__descriptor),
	.record = partner_record,
	.edition = 1,
};

/* --- operations -------------------------------------------------------------------------- */

struct operation_row {
	struct import_row row;
	Mandate__Operation content;
	const char *hosts;     /* joined by ';' */
	const char *series_to; /* to_end, to_DATE, open_ended, none */
	const char *department;
	protobuf_c_boolean active, has_active;
};

static const struct import_column operation_columns[] = {
	IMPORT_COLUMN("acronym", IMPORT_CODE, IMPORT_FILLED, operation_row, content.acronym),
	IMPORT_COLUMN("full_name", IMPORT_TEXT, IMPORT_MUST, operation_row, content.full_name),
	IMPORT_COLUMN_NAME("kind", IMPORT_MUST, operation_row, content., kind,
			   mandate__operation_kind__descriptor),
	IMPORT_COLUMN("lead", IMPORT_TEXT, IMPORT_MUST, operation_row, content.lead),
	IMPORT_COLUMN("host_iso3", IMPORT_TEXT, IMPORT_MUST, operation_row, hosts),
	IMPORT_COLUMN_HAS("start_date", IMPORT_DAY, IMPORT_MUST, operation_row, content.,
			  start_date),
	IMPORT_COLUMN_HAS("end_date", IMPORT_DAY, IMPORT_MUST, operation_row, content., end_date),
	IMPORT_COLUMN_NAME("status", IMPORT_MUST, operation_row, content., status,
			   mandate__operation_status__descriptor),
	IMPORT_COLUMN_NAME("financing", IMPORT_MUST, operation_row, content., financing,
			   mandate__financing__descriptor),
	IMPORT_COLUMN("established_by", IMPORT_TEXT, IMPORT_MUST, operation_row,
		      content.established_by),
	IMPORT_COLUMN_HAS("mandate_series_from", IMPORT_DAY, IMPORT_MUST, operation_row, content.,
			  mandate_series_from),
	IMPORT_COLUMN("mandate_series_to", IMPORT_TEXT, IMPORT_MUST, operation_row, series_to),
	IMPORT_COLUMN("note", IMPORT_TEXT, IMPORT_MAY, operation_row, row.source.note),
};

static bool take_hosts(struct import_run *run, struct operation_row *r)
{
	char *rest = r->hosts ? arena_text(run->arena, r->hosts) : NULL;

	if (!rest)
		return true;
	r->content.hosts =
		arena_calloc(run->arena, HOSTS_PER_OPERATION_MAX, sizeof *r->content.hosts);
	for (char *host; r->content.hosts && (host = strsep(&rest, ";"));) {
		host += strspn(host, " ");
		host[strcspn(host, " ")] = '\0';
		if (!text_is_iso3(bytes_of_text(host)) ||
		    r->content.n_hosts == HOSTS_PER_OPERATION_MAX) {
			import_problem(run, r->row.line, "bad_value",
				       "column \"host_iso3\" is no list of country codes joined by "
				       "';': \"%s\"",
				       r->hosts);
			return false;
		}
		r->content.hosts[r->content.n_hosts++] = host;
	}
	return true;
}

static bool take_series_end(struct import_run *run, struct operation_row *r)
{
	static const struct {
		const char *name;
		Mandate__SeriesEnd value;
	} ends[] = {{"to_end", MANDATE__SERIES_END__SERIES_END_TO_END},
		    {"open_ended", MANDATE__SERIES_END__SERIES_END_OPEN_ENDED},
		    {"none", MANDATE__SERIES_END__SERIES_END_NONE}};
	Mandate__Operation *o = &r->content;

	if (!r->series_to)
		return true;
	o->has_mandate_series_to = true;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		if (strcmp(r->series_to, ends[i].name) == 0) {
			o->mandate_series_to = ends[i].value;
			return true;
		}
	}
	if (strncmp(r->series_to, "to_", 3) == 0 &&
	    day_parse(&o->mandate_series_to_day, r->series_to + 3) == STATUS_OK) {
		o->mandate_series_to = MANDATE__SERIES_END__SERIES_END_TO_DATE;
		o->has_mandate_series_to_day = true;
		return true;
	}
	import_problem(
		run, r->row.line, "bad_value",
		"column \"mandate_series_to\" is none of to_end, to_YYYY-MM-DD, open_ended, none: "
		"\"%s\"",
		r->series_to);
	return false;
}

static bool operation_record(struct import_run *run, struct import_row *row,
			     Mandate__Record *record)
{
	struct operation_row *r = (struct operation_row *)row;

	record->content_case = MANDATE__RECORD__CONTENT_OPERATION;
	record->operation = &r->content;
	return take_hosts(run, r) && take_series_end(run, r);
}

const struct import_form import_rows_operations = {
	IMPORT_FORM(operation_row, operation_columns, mandate__operation__descriptor),
	.record = operation_record,
	.edition = 1,
};

/* --- psdata-operations ------------------------------------------------------------------- */

static const struct import_column listed_columns[] = {
	IMPORT_COLUMN("mission_acronym", IMPORT_CODE, IMPORT_FILLED, operation_row,
		      content.acronym),
	IMPORT_COLUMN("mission_name", IMPORT_TEXT, IMPORT_MUST, operation_row, content.full_name),
	IMPORT_COLUMN("lead_department", IMPORT_TEXT, IMPORT_MUST, operation_row, department),
	IMPORT_COLUMN_HAS("mission_isactive", IMPORT_FLAG, IMPORT_MUST, operation_row, , active),
	IMPORT_COLUMN_HAS("start_date", IMPORT_DAY, IMPORT_MUST, operation_row, content.,
			  start_date),
	IMPORT_COLUMN_HAS("end_date", IMPORT_DAY, IMPORT_MUST, operation_row, content., end_date),
	IMPORT_COLUMN("mission_location", IMPORT_TEXT, IMPORT_MUST, operation_row,
		      content.headquarters),
	IMPORT_COLUMN_HAS("mission_latitude", IMPORT_LATITUDE, IMPORT_MUST, operation_row, content.,
			  latitude),
	IMPORT_COLUMN_HAS("mission_longitude", IMPORT_LONGITUDE, IMPORT_MUST, operation_row,
			  content., longitude),
};

/* The list says nothing of mandates, so no series is covered. What it says is taken as published:
 * some of its rows give both coordinates in the other's column. */
static bool listed_record(struct import_run *run, struct import_row *row, Mandate__Record *record)
{
	struct operation_row *r = (struct operation_row *)row;
	Mandate__Operation *o = &r->content;
	static char lead[] = "UN";

	record->content_case = MANDATE__RECORD__CONTENT_OPERATION;
	record->operation = o;
	o->lead = lead;
	o->has_kind = r->department != NULL;
	if (o->has_kind && strcmp(r->department, "DPO") == 0) {
		o->kind = MANDATE__OPERATION_KIND__OPERATION_KIND_UN_PKO;
	} else if (o->has_kind && strcmp(r->department, "DPPA") == 0) {
		o->kind = MANDATE__OPERATION_KIND__OPERATION_KIND_UN_SPM;
	} else if (o->has_kind) {
		import_problem(run, row->line, "bad_value",
			       "column \"lead_department\" is neither DPO nor DPPA: \"%s\"",
			       r->department);
		return false;
	}
	o->has_status = r->has_active;
	o->status = r->active ? MANDATE__OPERATION_STATUS__OPERATION_STATUS_ACTIVE
			      : MANDATE__OPERATION_STATUS__OPERATION_STATUS_CLOSED;
	o->has_mandate_series_to = true;
	o->mandate_series_to = MANDATE__SERIES_END__SERIES_END_NONE;
	return true;
}

const struct import_form import_rows_psdata = {
	IMPORT_FORM(operation_row, listed_columns, mandate__operation__descriptor),
	.record = listed_record,
	.edition = 0,
};

/* --- mandates ---------------------------------------------------------------------------- */

struct mandate_row {
	struct import_row row;
	Mandate__Instrument content;
	/* In the order of the components' numbers; `from` unset is the effective day. */
	struct {
		uint32_t persons;
		protobuf_c_boolean has_persons;
	} uniformed, military, police, fpu_units;
};

static const struct import_column mandate_columns[] = {
	IMPORT_COLUMN("operation", IMPORT_CODE, IMPORT_FILLED, mandate_row, content.operation),
	IMPORT_COLUMN("party", IMPORT_CODE, IMPORT_FILLED, mandate_row, content.party),
	IMPORT_COLUMN("document", IMPORT_CODE, IMPORT_FILLED, mandate_row, content.document),
	IMPORT_COLUMN_HAS("adopted", IMPORT_DAY, IMPORT_FILLED, mandate_row, content., adopted),
	IMPORT_COLUMN_HAS("effective", IMPORT_DAY, IMPORT_MUST, mandate_row, content., effective),
	IMPORT_COLUMN_NAME("action", IMPORT_FILLED, mandate_row, content., action,
			   mandate__action__descriptor),
	IMPORT_COLUMN_HAS("also_amends", IMPORT_FLAG, IMPORT_MUST, mandate_row, content.,
			  also_amends),
	IMPORT_COLUMN_HAS("technical_rollover", IMPORT_FLAG, IMPORT_MUST, mandate_row, content.,
			  technical_rollover),
	IMPORT_COLUMN_HAS("valid_until", IMPORT_DAY, IMPORT_MUST, mandate_row, content.,
			  valid_until),
	IMPORT_COLUMN_HAS("withdraw_by", IMPORT_DAY, IMPORT_MUST, mandate_row, content.,
			  withdraw_by),
	IMPORT_COLUMN_HAS("carried_out", IMPORT_FLAG, IMPORT_MUST, mandate_row, content.,
			  carried_out),
	IMPORT_COLUMN_HAS("ceiling_uniformed", IMPORT_COUNT, IMPORT_MUST, mandate_row, uniformed.,
			  persons),
	IMPORT_COLUMN_HAS("ceiling_military", IMPORT_COUNT, IMPORT_MUST, mandate_row, military.,
			  persons),
	IMPORT_COLUMN_HAS("ceiling_police", IMPORT_COUNT, IMPORT_MUST, mandate_row, police.,
			  persons),
	IMPORT_COLUMN_HAS("ceiling_fpu_units", IMPORT_COUNT, IMPORT_MUST, mandate_row, fpu_units.,
			  persons),
	IMPORT_COLUMN("line", IMPORT_TEXT, IMPORT_MAY, mandate_row, row.source.note),
	IMPORT_COLUMN_NAME("confidence", IMPORT_MAY, mandate_row, row.source., confidence,
			   mandate__confidence__descriptor),
	IMPORT_COLUMN("checked", IMPORT_TEXT, IMPORT_MAY, mandate_row, row.source.checked),
};

static bool mandate_record(struct import_run *run, struct import_row *row, Mandate__Record *record)
{
	struct mandate_row *r = (struct mandate_row *)row;
	Mandate__Instrument *i = &r->content;
	const struct {
		Mandate__Component component;
		bool set;
		uint32_t persons;
	} cells[] = {
		{MANDATE__COMPONENT__COMPONENT_UNIFORMED, r->uniformed.has_persons,
		 r->uniformed.persons},
		{MANDATE__COMPONENT__COMPONENT_MILITARY, r->military.has_persons,
		 r->military.persons},
		{MANDATE__COMPONENT__COMPONENT_POLICE, r->police.has_persons, r->police.persons},
		{MANDATE__COMPONENT__COMPONENT_FPU_UNITS, r->fpu_units.has_persons,
		 r->fpu_units.persons},
	};
	size_t max = sizeof cells / sizeof *cells;
	Mandate__CeilingEntry *entries = arena_calloc(run->arena, max, sizeof *entries);

	i->ceilings = arena_calloc(run->arena, max, sizeof *i->ceilings);
	if (!entries || !i->ceilings)
		return false;
	for (size_t c = 0; c < max; c++) {
		if (!cells[c].set)
			continue;
		mandate__ceiling_entry__init(&entries[c]);
		entries[c].component = cells[c].component;
		entries[c].has_persons = true;
		entries[c].persons = cells[c].persons;
		i->ceilings[i->n_ceilings++] = &entries[c];
	}
	record->content_case = MANDATE__RECORD__CONTENT_INSTRUMENT;
	record->instrument = i;
	return true;
}

const struct import_form import_rows_mandates = {
	IMPORT_FORM(mandate_row, mandate_columns, mandate__instrument__descriptor),
	.record = mandate_record,
	.edition = 1,
};

/* --- ceilings ---------------------------------------------------------------------------- */

struct ceiling_row {
	struct import_row row;
	Mandate__Ceiling content;
	const char *component;
};

static const struct import_column ceiling_columns[] = {
	IMPORT_COLUMN("operation", IMPORT_CODE, IMPORT_FILLED, ceiling_row, content.operation),
	IMPORT_COLUMN("document", IMPORT_CODE, IMPORT_FILLED, ceiling_row, content.document),
	IMPORT_COLUMN("component", IMPORT_CODE, IMPORT_FILLED, ceiling_row, component),
	IMPORT_COLUMN("from", IMPORT_DAY, IMPORT_FILLED, ceiling_row, content.from),
	IMPORT_COLUMN_HAS("until", IMPORT_DAY, IMPORT_MUST, ceiling_row, content., until),
	IMPORT_COLUMN_HAS("persons", IMPORT_COUNT, IMPORT_FILLED, ceiling_row, content., persons),
	IMPORT_COLUMN_HAS("comply_by", IMPORT_DAY, IMPORT_MUST, ceiling_row, content., comply_by),
	IMPORT_COLUMN_NAME("confidence", IMPORT_MAY, ceiling_row, row.source., confidence,
			   mandate__confidence__descriptor),
	IMPORT_COLUMN("note", IMPORT_TEXT, IMPORT_MAY, ceiling_row, row.source.note),
};

static bool take_component(struct import_run *run, const struct import_row *row, const char *name,
			   Mandate__Component *ret_component)
{
	if (import_cell_component(name, ret_component))
		return true;
	import_problem(run, row->line, "bad_value", "column \"component\" cannot take \"%s\"",
		       name);
	return false;
}

static bool ceiling_record(struct import_run *run, struct import_row *row, Mandate__Record *record)
{
	struct ceiling_row *r = (struct ceiling_row *)row;

	record->content_case = MANDATE__RECORD__CONTENT_CEILING;
	record->ceiling = &r->content;
	return take_component(run, row, r->component, &r->content.component);
}

const struct import_form import_rows_ceilings = {
	IMPORT_FORM(ceiling_row, ceiling_columns, mandate__ceiling__descriptor),
	.record = ceiling_record,
	.edition = 1,
};

/* --- strengths --------------------------------------------------------------------------- */

struct strength_row {
	struct import_row row;
	Mandate__Total content;
	const char *component;
};

static const struct import_column strength_columns[] = {
	IMPORT_COLUMN("operation", IMPORT_CODE, IMPORT_FILLED, strength_row, content.operation),
	IMPORT_COLUMN("as_of", IMPORT_DAY, IMPORT_FILLED, strength_row, content.as_of),
	IMPORT_COLUMN("component", IMPORT_CODE, IMPORT_FILLED, strength_row, component),
	IMPORT_COLUMN_HAS("personnel", IMPORT_COUNT, IMPORT_FILLED, strength_row, content.,
			  persons),
	IMPORT_COLUMN_HAS("ceiling_then", IMPORT_COUNT, IMPORT_MUST, strength_row, content.,
			  ceiling_then),
	IMPORT_COLUMN("source", IMPORT_TEXT, IMPORT_MAY, strength_row, row.source.text),
	IMPORT_COLUMN_NAME("confidence", IMPORT_MAY, strength_row, row.source., confidence,
			   mandate__confidence__descriptor),
};

static bool strength_record(struct import_run *run, struct import_row *row, Mandate__Record *record)
{
	struct strength_row *r = (struct strength_row *)row;

	if (strcmp(r->content.operation, "ALL") == 0) {
		import_problem(run, row->line, "reference_total",
			       "a sum over all operations, not a head-count of one: not taken");
		return false;
	}
	record->content_case = MANDATE__RECORD__CONTENT_TOTAL;
	record->total = &r->content;
	return take_component(run, row, r->component, &r->content.component);
}

const struct import_form import_rows_strengths = {
	IMPORT_FORM(strength_row, strength_columns, mandate__total__descriptor),
	.record = strength_record,
	.edition = 1,
};

/* --- finance ----------------------------------------------------------------------------- */

struct amount_row {
	struct import_row row;
	Mandate__Amount content;
};

static const struct import_column amount_columns[] = {
	IMPORT_COLUMN("operation", IMPORT_CODE, IMPORT_FILLED, amount_row, content.operation),
	IMPORT_COLUMN("period_start", IMPORT_DAY, IMPORT_FILLED, amount_row, content.period_start),
	IMPORT_COLUMN("period_end", IMPORT_DAY, IMPORT_FILLED, amount_row, content.period_end),
	{"kind", IMPORT_NAME, IMPORT_FILLED, offsetof(struct amount_row, content.kind),
	 IMPORT_NO_HAS, &mandate__amount_kind__descriptor},
	IMPORT_COLUMN_HAS("amount", IMPORT_MONEY, IMPORT_FILLED, amount_row, content., amount),
	IMPORT_COLUMN("currency", IMPORT_ISO3, IMPORT_FILLED, amount_row, content.currency),
	IMPORT_COLUMN_NAME("precision", IMPORT_MUST, amount_row, content., precision,
			   mandate__precision__descriptor),
	IMPORT_COLUMN("document", IMPORT_CODE, IMPORT_MUST, amount_row, content.document),
	IMPORT_COLUMN("party", IMPORT_CODE, IMPORT_MAY, amount_row, content.party),
	IMPORT_COLUMN("source", IMPORT_TEXT, IMPORT_MAY, amount_row, row.source.text),
	IMPORT_COLUMN_NAME("confidence", IMPORT_MAY, amount_row, row.source., confidence,
			   mandate__confidence__descriptor),
};

/* What budgets list beside operations. */
static bool is_budget_line(const char *name)
{
	static const char *const lines[] = {"Support account", "UNLB", "RSCE"};
	static const char suffix[] = "-support";
	size_t len = strlen(name);

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		if (strcmp(name, lines[i]) == 0)
			return true;
	return len > strlen(suffix) && strcmp(name + len - strlen(suffix), suffix) == 0;
}

static bool amount_record(struct import_run *run, struct import_row *row, Mandate__Record *record)
{
	static char assembly[] = "UNGA", no_document[] = "-";
	Mandate__Amount *a = &((struct amount_row *)row)->content;
	bool commitment = a->kind == MANDATE__AMOUNT_KIND__AMOUNT_KIND_COST_SHARING ||
			  a->kind == MANDATE__AMOUNT_KIND__AMOUNT_KIND_CAPACITY_BUILDING;

	if (strcmp(a->operation, "ALL") == 0) {
		import_problem(run, row->line, "reference_total",
			       "a sum over all operations, not an amount of one: not taken");
		return false;
	}
	if (is_budget_line(a->operation)) {
		import_problem(run, row->line, "budget_line",
			       "%s is a line of the budget, not an operation: not taken",
			       a->operation);
		return false;
	}
	if (commitment && !a->party) {
		import_problem(run, row->line, "missing_value",
			       "a partner's commitment needs the column \"party\"");
		return false;
	}
	if (!a->party)
		a->party = assembly;
	if (!a->document)
		a->document = no_document;
	record->content_case = MANDATE__RECORD__CONTENT_AMOUNT;
	record->amount = a;
	return true;
}

const struct import_form import_rows_finance = {
	IMPORT_FORM(amount_row, amount_columns, mandate__amount__descriptor),
	.record = amount_record,
	.edition = 1,
};
