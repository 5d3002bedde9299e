/* For operators: how the daemon is, and what it should do. */
#include "base/day.h"
#include "base/hash.h"
#include "ctl.h"
#include "json.h"

#include <stdlib.h>

/* --- asking for rows that are printed as they are -------------------------------------------- */

struct listing {
	struct ctl *c;
	const struct output_column *columns;
	size_t count;
	struct output_rows *rows;
	const char *only; /* rows with this name, or NULL */
	bool failed;
};

/* The one message that a row holds. All members of the union are pointers to messages. */
static const ProtobufCMessage *content(const Mandate__Row *row)
{
	return row->what_case == MANDATE__ROW__WHAT__NOT_SET ? NULL : &row->version->base;
}

static void print_row(void *context, const Mandate__Row *row)
{
	struct listing *l = context;
	json_t *json = content(row) ? json_of_message(content(row)) : NULL;
	const char *name = json_string_value(json_object_get(json, "name"));

	if (!json || (l->only && (!name || strcmp(name, l->only) != 0))) {
		json_decref(json);
		return;
	}
	if (l->c->format == OUTPUT_JSON) {
		l->failed |= output_json(json) != STATUS_OK;
		return;
	}
	for (size_t i = 0; i < l->count; i++)
		output_value(l->rows, json_object_get(json, l->columns[i].name));
	output_row_end(l->rows);
	json_decref(json);
}

static enum ctl_exit list(struct ctl *c, Mandate__Query *query, const char *only,
			  const struct output_column *columns, size_t count)
{
	struct listing l = {.c = c, .columns = columns, .count = count, .only = only};

	if (c->format != OUTPUT_JSON &&
	    output_rows_new(&l.rows, c->format, columns, count) != STATUS_OK)
		return ctl_fail(c, STATUS_NO_MEMORY, "out of memory");
	enum ctl_exit status = ctl_ask(c, query, print_row, &l, NULL);
	if (l.rows && output_rows_end(l.rows) != STATUS_OK)
		l.failed = true;
	if (status == CTL_DONE && l.failed)
		return ctl_fail(c, STATUS_NO_MEMORY, "out of memory");
	if (status == CTL_DONE)
		ctl_tell_restricted(c);
	return status;
}

/* --- status ---------------------------------------------------------------------------------- */

static const struct output_column pair_columns[] = {{"name", "", false, false, 0},
						    {"value", "", false, true, 0}};

static void print_status(void *context, const Mandate__Row *row)
{
	struct listing *l = context;
	const ProtobufCMessageDescriptor *type = &mandate__status__descriptor;
	json_t *json = row->what_case == MANDATE__ROW__WHAT_STATUS
			       ? json_of_message(&row->status->base)
			       : NULL;

	if (!json)
		return;
	if (l->c->format == OUTPUT_JSON) {
		l->failed |= output_json(json) != STATUS_OK;
		return;
	}
	for (unsigned i = 0; i < type->n_fields; i++) {
		const json_t *value = json_object_get(json, type->fields[i].name);
		char name[64];

		if (!value)
			continue;
		snprintf(name, sizeof name, "%s", type->fields[i].name);
		for (char *c = name; l->c->format == OUTPUT_TABLE && *c; c++)
			*c = *c == '_' ? ' ' : *c;
		output_text(l->rows, name);
		output_value(l->rows, value);
		output_row_end(l->rows);
	}
	json_decref(json);
}

static enum ctl_exit ask_status(struct ctl *c, struct listing *l)
{
	Mandate__Query query = MANDATE__QUERY__INIT;
	Mandate__StatusQuery status = MANDATE__STATUS_QUERY__INIT;

	query.ask_case = MANDATE__QUERY__ASK_STATUS;
	query.status = &status;
	return ctl_ask(c, &query, l ? print_status : NULL, l, NULL);
}

enum ctl_exit ctl_operate_status(struct ctl *c)
{
	struct listing l = {.c = c};

	if (c->format != OUTPUT_JSON &&
	    output_rows_new(&l.rows, c->format, pair_columns, 2) != STATUS_OK)
		return ctl_fail(c, STATUS_NO_MEMORY, "out of memory");
	enum ctl_exit status = ask_status(c, &l);
	if (l.rows && output_rows_end(l.rows) != STATUS_OK)
		l.failed = true;
	return status == CTL_DONE && l.failed ? ctl_fail(c, STATUS_NO_MEMORY, "out of memory")
					      : status;
}

enum ctl_exit ctl_operate_head(struct ctl *c)
{
	enum ctl_exit status = ask_status(c, NULL);
	char text[2 * HASH_BYTES + 32], hex[2 * HASH_BYTES + 1];
	struct mandate_head head;

	if (status != CTL_DONE)
		return status;
	if (!mandate_head(c->m, &head))
		return ctl_fail(c, STATUS_REFUSED, "the daemon tells no head");
	ctl_head_text(text, sizeof text, head.revision, head.event_hash);
	if (!c->format_given || c->format != OUTPUT_JSON) { /* also in a pipe: `verify --head` */
		puts(text);
		return CTL_DONE;
	}
	hash_hex(hex, head.event_hash, HASH_BYTES);
	if (output_json(json_pack("{sIss}", "revision", (json_int_t)head.revision, "event_hash",
				  hex)) != STATUS_OK)
		return ctl_fail(c, STATUS_NO_MEMORY, "out of memory");
	return CTL_DONE;
}

/* --- settings and cursors -------------------------------------------------------------------- */

static enum ctl_exit list_settings(struct ctl *c, const char *only)
{
	static const struct output_column columns[] = {{"name", NULL, false, false, 0},
						       {"value", NULL, false, true, 0},
						       {"configured", NULL, false, false, 0}};
	Mandate__Query query = MANDATE__QUERY__INIT;
	Mandate__SettingsQuery settings = MANDATE__SETTINGS_QUERY__INIT;

	query.ask_case = MANDATE__QUERY__ASK_SETTINGS;
	query.settings = &settings;
	return list(c, &query, only, columns, sizeof columns / sizeof *columns);
}

enum ctl_exit ctl_operate_cursors(struct ctl *c)
{
	static const struct output_column columns[] = {{"office", NULL, false, false, 0},
						       {"name", NULL, false, false, 0},
						       {"revision", NULL, true, false, 0}};
	Mandate__Query query = MANDATE__QUERY__INIT;
	Mandate__CursorsQuery cursors = MANDATE__CURSORS_QUERY__INIT;

	query.ask_case = MANDATE__QUERY__ASK_CURSORS;
	query.cursors = &cursors;
	return list(c, &query, NULL, columns, sizeof columns / sizeof *columns);
}

/* --- requests -------------------------------------------------------------------------------- */

struct request {
	struct ctl *c;
	const char *what;
	bool failed;
};

/* A table of one cell, so that no spreadsheet runs what a daemon says. */
static bool print_report_csv(const char *text)
{
	static const struct output_column column = {"report", NULL, false, false, 0};
	struct output_rows *rows;

	if (output_rows_new(&rows, OUTPUT_CSV, &column, 1) != STATUS_OK)
		return false;
	output_text(rows, text);
	output_row_end(rows);
	return output_rows_end(rows) == STATUS_OK;
}

static void on_report(void *context, const Mandate__Report *report)
{
	struct request *r = context;

	if (report->more) {
		output_progress(r->what, report->done, report->total);
		return;
	}
	output_progress_end();
	if (report->code != MANDATE__CODE__CODE_ACCEPTED)
		return; /* told as an error */
	if (r->c->format == OUTPUT_JSON) {
		r->failed |= output_json(json_of_message(&report->base)) != STATUS_OK;
		return;
	}
	const char *text = report->text ? report->text : "done";
	if (r->c->format == OUTPUT_CSV) {
		r->failed |= !print_report_csv(text);
		return;
	}
	output_print(stdout, text);
	putchar('\n');
}

static enum ctl_exit operate(struct ctl *c, Mandate__Operate *request, const char *what)
{
	struct request r = {.c = c, .what = what};
	struct error err = {0};
	enum ctl_exit status = ctl_connect(c, NULL, NULL);

	if (status != CTL_DONE)
		return status;
	enum status s = mandate_operate(c->m, request, c->timeout_ms, on_report, &r, &err);
	output_progress_end();
	if (s == STATUS_OK && r.failed)
		s = error_set(&err, STATUS_NO_MEMORY, "out of memory");
	return s == STATUS_OK ? CTL_DONE : ctl_fail(c, s, err.text);
}

enum ctl_exit ctl_operate_verify(struct ctl *c)
{
	Mandate__Operate request = MANDATE__OPERATE__INIT;
	Mandate__VerifyRequest verify = MANDATE__VERIFY_REQUEST__INIT;
	Mandate__Head head = MANDATE__HEAD__INIT;

	request.what_case = MANDATE__OPERATE__WHAT_VERIFY;
	request.verify = &verify;
	if (c->given & CTL_HEAD) {
		head.revision = c->head_revision;
		head.event_hash = (ProtobufCBinaryData){HASH_BYTES, c->head_hash};
		verify.head = &head;
	}
	return operate(c, &request, "verifying");
}

enum ctl_exit ctl_operate_day(struct ctl *c)
{
	Mandate__Operate request = MANDATE__OPERATE__INIT;
	Mandate__DayRequest day = MANDATE__DAY_REQUEST__INIT;

	request.what_case = MANDATE__OPERATE__WHAT_DAY;
	request.day = &day;
	if (c->argument_count == 1) {
		day.has_day = true;
		if (day_parse(&day.day, c->arguments[0]) != STATUS_OK)
			return ctl_usage("%s is no day; they look like 2004-10-01",
					 c->arguments[0]);
	}
	return operate(c, &request, "day");
}

enum ctl_exit ctl_operate_setting(struct ctl *c)
{
	Mandate__Operate request = MANDATE__OPERATE__INIT;
	Mandate__SettingRequest setting = MANDATE__SETTING_REQUEST__INIT;

	if (c->argument_count < 2)
		return list_settings(c, c->argument_count ? c->arguments[0] : NULL);
	request.what_case = MANDATE__OPERATE__WHAT_SETTING;
	request.setting = &setting;
	setting.name = c->arguments[0];
	setting.value = c->arguments[1];
	return operate(c, &request, "setting");
}

enum ctl_exit ctl_operate_checkpoint(struct ctl *c)
{
	Mandate__Operate request = MANDATE__OPERATE__INIT;
	Mandate__CheckpointRequest checkpoint = MANDATE__CHECKPOINT_REQUEST__INIT;

	request.what_case = MANDATE__OPERATE__WHAT_CHECKPOINT;
	request.checkpoint = &checkpoint;
	return operate(c, &request, "checkpoint");
}

enum ctl_exit ctl_operate_kick(struct ctl *c)
{
	Mandate__Operate request = MANDATE__OPERATE__INIT;
	Mandate__KickRequest kick = MANDATE__KICK_REQUEST__INIT;

	if (!(c->given & CTL_ALL))
		return ctl_usage("every connection is ended, and who is accredited comes back at "
				 "once: say so with --all");
	request.what_case = MANDATE__OPERATE__WHAT_KICK;
	request.kick = &kick;
	return operate(c, &request, "kick");
}
