#include "ctl_office.h"

#include "base/limits.h"
#include "json.h"
#include "model/codec.h"
#include "model/names.h"

/* --- reading ------------------------------------------------------------------------------- */

static void take_version(void *context, const Mandate__Row *row)
{
	struct ctl_office *o = context;

	if (row->what_case != MANDATE__ROW__WHAT_VERSION)
		return;
	const Mandate__Version *v = row->version;
	o->revision = v->revision;
	if (!v->record || v->record->content_case != MANDATE__RECORD__CONTENT_OFFICE)
		return; /* taken back */
	o->record = codec_copy(&o->arena, &v->record->office->base);
	o->before = codec_copy(&o->arena, &v->record->office->base);
	o->exists = o->record && o->before;
}

static void on_outcome(void *context, const struct mandate_outcome *outcome);

enum ctl_exit ctl_office_open(struct ctl_office *o, struct ctl *c, const char *name)
{
	Mandate__Query query = MANDATE__QUERY__INIT;
	Mandate__GetQuery get = MANDATE__GET_QUERY__INIT;
	struct mandate_answer answer = {.code = MANDATE__CODE__CODE_ACCEPTED};
	struct error err = {.status = STATUS_OK};

	*o = (struct ctl_office){.c = c, .name = name};
	arena_init(&o->arena, DECODE_BYTES_MAX);
	enum ctl_exit status = ctl_connect(c, o, on_outcome);
	if (status != CTL_DONE)
		return status;
	get.kind = MANDATE__KIND__KIND_OFFICE;
	get.key = (char *)(uintptr_t)name;
	query.ask_case = MANDATE__QUERY__ASK_GET;
	query.get = &get;
	enum status s = mandate_query(c->m, &query, c->timeout_ms, take_version, o, &answer, &err);
	if (s == STATUS_REFUSED && answer.code == MANDATE__CODE__CODE_NOT_FOUND)
		s = STATUS_OK;
	if (s != STATUS_OK)
		return ctl_fail(c, s, err.text);
	if (!o->record)
		o->record = arena_alloc(&o->arena, sizeof *o->record);
	if (!o->record || o->arena.failed)
		return ctl_fail(c, STATUS_NO_MEMORY, "out of memory");
	if (!o->exists) {
		mandate__office__init(o->record);
		o->record->office = (char *)(uintptr_t)name;
	}
	return CTL_DONE;
}

void ctl_office_close(struct ctl_office *o)
{
	arena_fini(&o->arena);
}

static void *more(struct ctl_office *o, const void *items, size_t count, size_t extra)
{
	void **grown = arena_calloc(&o->arena, count + extra + 1, sizeof(void *));

	if (grown && count)
		memcpy(grown, items, count * sizeof(void *));
	return grown;
}

Mandate__Grant **ctl_office_more_grants(struct ctl_office *o, size_t extra)
{
	return o->record->grants = more(o, o->record->grants, o->record->n_grants, extra);
}

Mandate__Device **ctl_office_more_devices(struct ctl_office *o, size_t extra)
{
	return o->record->devices = more(o, o->record->devices, o->record->n_devices, extra);
}

/* --- sending ------------------------------------------------------------------------------- */

static const char *advice(const Mandate__Refusal *r)
{
	if (r->code == MANDATE__CODE__CODE_CONFLICT && r->has_current_revision)
		return "; somebody else has changed it: look (`mandatectl office show`), then do "
		       "it "
		       "again";
	if (r->code == MANDATE__CODE__CODE_AUTH_SCOPE)
		return "; administrators do, or whoever may use the control socket";
	return "";
}

static void refused(struct ctl_office *o, const Mandate__Refusal *r)
{
	char text[1024];

	snprintf(text, sizeof text, "%s: %s%s%s%s",
		 names_text(&mandate__code__descriptor, (int)r->code), r->field ? r->field : "",
		 r->field ? ": " : "", r->text ? r->text : "refused", advice(r));
	o->ended = ctl_fail(o->c, STATUS_REFUSED, text);
}

/* Behind the office's name; further lines stand alone. */
static void say(const struct ctl_office *o, const char *text)
{
	char line[CTL_OFFICE_DONE_BYTES];

	fputs("office ", stdout);
	output_print(stdout, o->name);
	for (size_t len; *text; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		snprintf(line, sizeof line, "%.*s", (int)len, text);
		output_print(stdout, line);
		putchar('\n');
	}
}

static void accepted(struct ctl_office *o, const Mandate__ChangeResult *result)
{
	if (o->c->format != OUTPUT_JSON) {
		say(o, o->done);
		return;
	}
	json_t *json = json_of_message(&result->base);
	if (json)
		json_object_set_new(json, "office", json_string(o->name));
	if (output_json(json) != STATUS_OK)
		o->ended = ctl_fail(o->c, STATUS_NO_MEMORY, "out of memory");
}

/* It is so already: a further edition would only say the same. */
static enum ctl_exit unchanged(struct ctl_office *o)
{
	Mandate__ChangeResult result = MANDATE__CHANGE_RESULT__INIT;

	result.has_revision = result.has_unchanged = result.unchanged = true;
	result.revision = o->revision;
	o->done = " is so already: nothing is changed";
	accepted(o, &result);
	return o->ended;
}

static void on_outcome(void *context, const struct mandate_outcome *outcome)
{
	struct ctl_office *o = context;
	const Mandate__Outcome *told = outcome->outcome;

	if (told->refusal)
		refused(o, told->refusal);
	else if (told->n_results == 1)
		accepted(o, told->results[0]);
}

enum ctl_exit ctl_office_send(struct ctl_office *o, const char *done)
{
	Mandate__Change change = MANDATE__CHANGE__INIT, *changes = &change;
	Mandate__Record record = MANDATE__RECORD__INIT;
	struct error err = {.status = STATUS_OK};

	record.content_case = MANDATE__RECORD__CONTENT_OFFICE;
	record.office = o->record;
	change.action = o->revision ? MANDATE__CHANGE_ACTION__CHANGE_ACTION_CORRECT
				    : MANDATE__CHANGE_ACTION__CHANGE_ACTION_RECORD;
	change.record = &record;
	change.has_expected_revision = true;
	change.expected_revision = o->revision;
	o->done = done;
	o->ended = CTL_DONE;
	if (o->exists && codec_equal(&o->arena, &o->before->base, &o->record->base))
		return unchanged(o);
	enum status s = mandate_submit(o->c->m, &changes, 1, 0, &err);
	if (s == STATUS_OK)
		s = mandate_drain(o->c->m, o->c->timeout_ms, &err);
	return s == STATUS_OK ? o->ended : ctl_fail(o->c, s, err.text);
}
