/* Records as they stand, their versions, and what was refused. */
#include "ctl_view.h"
#include "json.h"
#include "model/names.h"
#include "model/record.h"

struct reading {
	struct ctl *c;
	struct output_rows *rows; /* made with the first row: its kind gives the columns */
	const ProtobufCMessageDescriptor *type;
	bool history, failed;
};

enum { COLUMNS_MAX = 32 };

/* --- versions -------------------------------------------------------------------------------- */

/* What a version says: its content, or in a history that of the change that made it. */
static const ProtobufCMessage *content_of(const struct reading *r, const Mandate__Version *v)
{
	const Mandate__Record *record = r->history && v->change ? v->change->record : v->record;

	if (v->alert)
		return &v->alert->base;
	if (v->alert_change)
		return &v->alert_change->alert->base;
	/* All contents share the union. */
	return record && record->content_case ? &record->partner->base : NULL;
}

static const ProtobufCMessageDescriptor *type_of(Mandate__Kind kind)
{
	const ProtobufCFieldDescriptor *field =
		protobuf_c_message_descriptor_get_field(&mandate__record__descriptor, kind);

	return field ? field->descriptor : &mandate__alert__descriptor;
}

static enum status make_columns(struct reading *r, Mandate__Kind kind)
{
	struct output_column columns[COLUMNS_MAX];
	size_t count = 0;

	r->type = type_of(kind);
	columns[count++] = (struct output_column){"revision", NULL, true, false, 0};
	columns[count++] = (struct output_column){"edition", NULL, true, false, 0};
	if (r->history) {
		columns[count++] = (struct output_column){"time", NULL, false, false, 0};
		columns[count++] = (struct output_column){"office", NULL, false, false, 0};
		columns[count++] = (struct output_column){"action", NULL, false, false, 0};
	}
	columns[count++] = (struct output_column){"state", NULL, false, false, 0};
	for (unsigned i = 0; i < r->type->n_fields && count < COLUMNS_MAX; i++) {
		const ProtobufCFieldDescriptor *field = &r->type->fields[i];
		bool number = field->type == PROTOBUF_C_TYPE_UINT32 ||
			      field->type == PROTOBUF_C_TYPE_UINT64 ||
			      field->type == PROTOBUF_C_TYPE_INT32 ||
			      field->type == PROTOBUF_C_TYPE_INT64 ||
			      (field->label == PROTOBUF_C_LABEL_REPEATED &&
			       field->type == PROTOBUF_C_TYPE_MESSAGE);

		bool text = field->type == PROTOBUF_C_TYPE_STRING &&
			    field->label != PROTOBUF_C_LABEL_REQUIRED;

		columns[count++] = (struct output_column){field->name, NULL, number, text, 0};
	}
	return output_rows_new(&r->rows, r->c->format, columns, count);
}

static const char *state_of(const Mandate__Version *v)
{
	if (v->clash)
		return "clash";
	if (v->retracted)
		return "retracted";
	return v->kind == MANDATE__KIND__KIND_ALERT && !v->alert ? "closed" : NULL;
}

static void print_made_by(struct reading *r, const Mandate__Version *v)
{
	const char *action = NULL;

	if (v->change)
		action = names_text(&mandate__change_action__descriptor, (int)v->change->action);
	else if (v->alert_change)
		action = names_text(&mandate__alert_act__descriptor, (int)v->alert_change->act);
	ctl_view_time(r->rows, v->has_time_ms, v->time_ms);
	output_text(r->rows, v->office);
	output_text(r->rows, action);
}

static void print_version(void *context, const Mandate__Row *row)
{
	struct reading *r = context;
	const Mandate__Version *v = row->version;

	if (row->what_case != MANDATE__ROW__WHAT_VERSION)
		return;
	if (r->c->format == OUTPUT_JSON) {
		r->failed |= output_json(json_of_message(&v->base)) != STATUS_OK;
		return;
	}
	if (!r->rows && make_columns(r, v->kind) != STATUS_OK) {
		r->failed = true;
		return;
	}
	const ProtobufCMessage *content = content_of(r, v);
	json_t *json = content ? json_of_message(content) : NULL;
	output_number(r->rows, true, v->revision);
	output_number(r->rows, r->history ? v->has_change_edition : v->has_edition,
		      r->history ? v->change_edition : v->edition);
	if (r->history)
		print_made_by(r, v);
	output_text(r->rows, state_of(v));
	for (unsigned i = 0; i < r->type->n_fields; i++)
		output_value(r->rows, json_object_get(json, r->type->fields[i].name));
	output_row_end(r->rows);
	json_decref(json);
}

static enum ctl_exit finish(struct reading *r, enum ctl_exit status)
{
	if (r->rows && output_rows_end(r->rows) != STATUS_OK)
		r->failed = true;
	if (status == CTL_DONE && r->failed)
		return ctl_fail(r->c, STATUS_NO_MEMORY, "out of memory");
	if (status == CTL_DONE)
		ctl_tell_restricted(r->c);
	return status;
}

/* One record in a table is a line a field: most have more than fit beside each other. */
static void print_get(void *context, const Mandate__Row *row)
{
	struct reading *r = context;
	static const struct output_column columns[] = {{"field", "", false, false, 0},
						       {"value", "", false, true, 0}};

	if (r->c->format != OUTPUT_TABLE || row->what_case != MANDATE__ROW__WHAT_VERSION) {
		print_version(context, row);
		return;
	}
	const Mandate__Version *v = row->version;
	const ProtobufCMessage *content = content_of(r, v);
	json_t *json = content ? json_of_message(content) : json_object();
	if (!json || output_rows_new(&r->rows, OUTPUT_TABLE, columns, 2) != STATUS_OK) {
		r->failed = true;
		json_decref(json);
		return;
	}
	const char *name;
	json_t *value;
	output_text(r->rows, "revision");
	output_number(r->rows, true, v->revision);
	output_row_end(r->rows);
	output_text(r->rows, "edition");
	output_number(r->rows, v->has_edition, v->edition);
	output_row_end(r->rows);
	if (state_of(v)) {
		output_text(r->rows, "state");
		output_text(r->rows, state_of(v));
		output_row_end(r->rows);
	}
	json_object_foreach(json, name, value)
	{
		output_text(r->rows, name);
		output_value(r->rows, value);
		output_row_end(r->rows);
	}
	json_decref(json);
}

enum ctl_exit ctl_read_get(struct ctl *c)
{
	struct reading r = {.c = c};
	Mandate__Query query = MANDATE__QUERY__INIT;
	Mandate__GetQuery get = MANDATE__GET_QUERY__INIT;

	get.kind = ctl_kind(c->arguments[0]);
	get.key = c->arguments[1];
	if (!get.kind)
		return CTL_USAGE;
	query.ask_case = MANDATE__QUERY__ASK_GET;
	query.get = &get;
	return finish(&r, ctl_ask(c, &query, print_get, &r, NULL));
}

enum ctl_exit ctl_read_list(struct ctl *c)
{
	struct reading r = {.c = c};
	Mandate__Query query = MANDATE__QUERY__INIT;
	Mandate__ListQuery list = MANDATE__LIST_QUERY__INIT;

	list.kind = ctl_kind(c->arguments[0]);
	if (!list.kind)
		return CTL_USAGE;
	if (c->operations.count > 1)
		return ctl_usage("list takes one --operation");
	list.operation = c->operations.count ? c->operations.items[0] : NULL;
	query.ask_case = MANDATE__QUERY__ASK_LIST;
	query.list = &list;
	return finish(&r, ctl_ask(c, &query, print_version, &r, NULL));
}

enum ctl_exit ctl_read_history(struct ctl *c)
{
	struct reading r = {.c = c, .history = true};
	Mandate__Query query = MANDATE__QUERY__INIT;
	Mandate__GetQuery get = MANDATE__GET_QUERY__INIT;

	get.kind = ctl_kind(c->arguments[0]);
	get.key = c->arguments[1];
	if (!get.kind)
		return CTL_USAGE;
	query.ask_case = MANDATE__QUERY__ASK_HISTORY;
	query.history = &get;
	return finish(&r, ctl_ask(c, &query, print_version, &r, NULL));
}

/* --- refusals -------------------------------------------------------------------------------- */

static void print_refusal(void *context, const Mandate__Row *row)
{
	struct reading *r = context;
	const Mandate__RefusalRow *f = row->refusal;

	if (row->what_case != MANDATE__ROW__WHAT_REFUSAL || !f->outcome->refusal)
		return;
	if (r->c->format == OUTPUT_JSON) {
		r->failed |= output_json(json_of_message(&f->base)) != STATUS_OK;
		return;
	}
	output_number(r->rows, true, f->index);
	ctl_view_time(r->rows, true, f->time_ms);
	output_text(r->rows, f->office);
	output_text(r->rows,
		    names_text(&mandate__code__descriptor, (int)f->outcome->refusal->code));
	output_text(r->rows, f->outcome->refusal->key);
	output_text(r->rows, f->outcome->refusal->text);
	output_row_end(r->rows);
}

enum ctl_exit ctl_read_refusals(struct ctl *c)
{
	static const struct output_column columns[] = {
		{"index", NULL, true, false, 0},   {"time", NULL, false, false, 0},
		{"office", NULL, false, false, 0}, {"code", NULL, false, false, 0},
		{"key", NULL, false, false, 0},	   {"text", NULL, false, true, 0}};
	struct reading r = {.c = c};
	Mandate__Query query = MANDATE__QUERY__INIT;
	Mandate__RefusalsQuery refusals = MANDATE__REFUSALS_QUERY__INIT;

	refusals.office = c->about;
	if (c->format != OUTPUT_JSON &&
	    output_rows_new(&r.rows, c->format, columns, sizeof columns / sizeof *columns) !=
		    STATUS_OK)
		return ctl_fail(c, STATUS_NO_MEMORY, "out of memory");
	query.ask_case = MANDATE__QUERY__ASK_REFUSALS;
	query.refusals = &refusals;
	return finish(&r, ctl_ask(c, &query, print_refusal, &r, NULL));
}
