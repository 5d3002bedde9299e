/* Offices as they are, and which roles there are. */
#include "base/day.h"
#include "base/limits.h"
#include "ctl_grant.h"
#include "ctl_office.h"
#include "ctl_roles.h"
#include "ctl_words.h"
#include "json.h"
#include "model/names.h"

/* The record, with where it stands in history. */
static json_t *json_of_office(const Mandate__Version *v)
{
	json_t *json = json_of_message(&v->record->office->base);

	if (json) {
		json_object_set_new(json, "revision", json_integer((json_int_t)v->revision));
		json_object_set_new(json, "edition", json_integer(v->edition));
	}
	return json;
}

static const char *state_text(const Mandate__Office *o)
{
	return names_text(
		&mandate__office_state__descriptor,
		(int)(o->has_state ? o->state : MANDATE__OFFICE_STATE__OFFICE_STATE_ACTIVE));
}

static const Mandate__Office *office_of(const Mandate__Row *row)
{
	const Mandate__Record *record =
		row->what_case == MANDATE__ROW__WHAT_VERSION ? row->version->record : NULL;

	return record && record->content_case == MANDATE__RECORD__CONTENT_OFFICE ? record->office
										 : NULL;
}

struct listing {
	struct ctl *c;
	struct output_rows *rows;
	bool failed, any;
};

/* --- list ---------------------------------------------------------------------------------- */

static size_t devices_in_use(const Mandate__Office *o)
{
	size_t n = 0;

	for (size_t i = 0; i < o->n_devices; i++)
		n += !(o->devices[i]->has_revoked && o->devices[i]->revoked);
	return n;
}

static void list_row(void *context, const Mandate__Row *row)
{
	struct listing *l = context;
	const Mandate__Office *o = office_of(row);

	if (!o)
		return;
	l->any = true;
	if (l->c->format == OUTPUT_JSON) {
		l->failed |= output_json(json_of_office(row->version)) != STATUS_OK;
		return;
	}
	output_text(l->rows, o->office);
	output_text(l->rows, state_text(o));
	output_bool(l->rows, o->has_administrator && o->administrator, true);
	output_number(l->rows, true, devices_in_use(o));
	output_number(l->rows, true, o->n_grants);
	output_day(l->rows, o->has_until, o->until);
	output_text(l->rows, o->title);
	output_row_end(l->rows);
}

enum ctl_exit ctl_offices_list(struct ctl *c)
{
	static const struct output_column columns[] = {
		{"office", NULL, false, false, 0},	  {"state", NULL, false, false, 0},
		{"administrator", NULL, false, false, 0}, {"devices", NULL, true, false, 0},
		{"grants", NULL, true, false, 0},	  {"until", NULL, false, false, 0},
		{"title", NULL, false, true, 0}};
	struct listing l = {.c = c};
	Mandate__Query query = MANDATE__QUERY__INIT;
	Mandate__ListQuery list = MANDATE__LIST_QUERY__INIT;

	if (c->format != OUTPUT_JSON &&
	    output_rows_new(&l.rows, c->format, columns, sizeof columns / sizeof *columns) !=
		    STATUS_OK)
		return ctl_fail(c, STATUS_NO_MEMORY, "out of memory");
	list.kind = MANDATE__KIND__KIND_OFFICE;
	query.ask_case = MANDATE__QUERY__ASK_LIST;
	query.list = &list;
	enum ctl_exit status = ctl_ask(c, &query, list_row, &l, NULL);
	if (l.rows && output_rows_end(l.rows) != STATUS_OK)
		l.failed = true;
	if (status == CTL_DONE && l.failed)
		return ctl_fail(c, STATUS_NO_MEMORY, "out of memory");
	if (status == CTL_DONE && !l.any && c->format == OUTPUT_TABLE)
		fputs("no office is accredited; `mandatectl office add NAME` is the first step\n",
		      stderr);
	return status;
}

/* --- show ---------------------------------------------------------------------------------- */

static void pair(struct listing *l, const char *name, const char *value)
{
	output_text(l->rows, name);
	output_text(l->rows, value);
	output_row_end(l->rows);
}

static void pair_day(struct listing *l, const char *name, bool has, int32_t day)
{
	char text[DAY_TEXT_BYTES];

	if (!has)
		return;
	day_format(text, day);
	pair(l, name, text);
}

static void show_device(struct listing *l, const Mandate__Device *d)
{
	struct words w = {0};

	words_add(&w, "%s  %s", d->key, d->name);
	if (d->has_until) {
		words_add(&w, ", until ");
		words_day(&w, d->until);
	}
	if (d->has_revoked && d->revoked)
		words_add(&w, ", revoked");
	pair(l, "device", w.text);
}

static void show(struct listing *l, const Mandate__Version *v, struct arena *a)
{
	const Mandate__Office *o = v->record->office;
	char name[32];

	pair(l, "office", o->office);
	if (o->title)
		pair(l, "title", o->title);
	pair(l, "state", state_text(o));
	pair_day(l, "until", o->has_until, o->until);
	if (o->has_administrator && o->administrator)
		pair(l, "administrator", "accredits others, sets settings, reads everything");
	if (o->document)
		pair(l, "document", o->document);
	output_text(l->rows, "edition");
	output_number(l->rows, v->has_edition, v->edition);
	output_row_end(l->rows);
	for (size_t i = 0; i < o->n_devices; i++)
		show_device(l, o->devices[i]);
	for (size_t i = 0; i < o->n_grants; i++) {
		snprintf(name, sizeof name, "grant %zu", i + 1);
		pair(l, name, ctl_grant_text(a, o->grants[i]));
	}
	l->failed |= a->failed;
}

static void show_row(void *context, const Mandate__Row *row)
{
	static const struct output_column columns[] = {{"field", "", false, false, 0},
						       {"value", "", false, false, 0}};
	struct listing *l = context;
	struct arena a;

	if (!office_of(row))
		return;
	l->any = true;
	if (l->c->format == OUTPUT_JSON) {
		l->failed |= output_json(json_of_office(row->version)) != STATUS_OK;
		return;
	}
	if (output_rows_new(&l->rows, l->c->format, columns, 2) != STATUS_OK) {
		l->failed = true;
		return;
	}
	arena_init(&a, DECODE_BYTES_MAX);
	show(l, row->version, &a);
	arena_fini(&a);
}

enum ctl_exit ctl_offices_show(struct ctl *c)
{
	struct listing l = {.c = c};
	Mandate__Query query = MANDATE__QUERY__INIT;
	Mandate__GetQuery get = MANDATE__GET_QUERY__INIT;

	get.kind = MANDATE__KIND__KIND_OFFICE;
	get.key = c->arguments[0];
	query.ask_case = MANDATE__QUERY__ASK_GET;
	query.get = &get;
	enum ctl_exit status = ctl_ask(c, &query, show_row, &l, NULL);
	if (l.rows && output_rows_end(l.rows) != STATUS_OK)
		l.failed = true;
	if (status == CTL_DONE && l.failed)
		return ctl_fail(c, STATUS_NO_MEMORY, "out of memory");
	if (status == CTL_DONE && !l.any)
		return ctl_fail(c, STATUS_REFUSED, "its record was taken back");
	return status;
}

/* --- roles --------------------------------------------------------------------------------- */

static void role_row(struct listing *l, const struct ctl_role *role)
{
	struct words w = {0};

	words_add(&w, "%s", role->name);
	for (size_t i = 0; i < role->parameter_count; i++)
		words_add(&w, ":%s", role->parameters[i]);
	if (l->c->format != OUTPUT_JSON) {
		pair(l, w.text, role->is);
		return;
	}
	json_t *grants = json_array();
	for (size_t i = 0; grants && i < role->grant_count; i++)
		json_array_append_new(grants, json_string(role->grants[i]));
	l->failed |=
		output_json(json_pack("{ssssso}", "role", w.text, "is", role->is ? role->is : "",
				      "grants", grants)) != STATUS_OK;
}

enum ctl_exit ctl_offices_roles(struct ctl *c)
{
	static const struct output_column columns[] = {{"role", NULL, false, false, 0},
						       {"is", NULL, false, true, 0}};
	struct listing l = {.c = c};
	struct ctl_roles roles = {.count = 0};
	struct error err = {.status = STATUS_OK};
	char path[4096];

	if (ctl_roles_path(path, sizeof path, &err) != STATUS_OK ||
	    ctl_roles_read(&roles, path, &err) != STATUS_OK) {
		ctl_roles_free(&roles);
		return ctl_fail(c, STATUS_IO, err.text);
	}
	if (c->format != OUTPUT_JSON &&
	    output_rows_new(&l.rows, c->format, columns, 2) != STATUS_OK)
		l.failed = true;
	for (size_t i = 0; !l.failed && i < roles.count; i++)
		role_row(&l, &roles.roles[i]);
	ctl_roles_free(&roles);
	if (l.rows && output_rows_end(l.rows) != STATUS_OK)
		l.failed = true;
	return l.failed ? ctl_fail(c, STATUS_NO_MEMORY, "out of memory") : CTL_DONE;
}
