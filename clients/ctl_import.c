/* Facts from CSV files. */
#include "ctl_send.h"

#include "base/arena.h"
#include "ctl_words.h"
#include "model/record.h"

#include <libgen.h>
#include <unistd.h>

enum { IMPORT_BYTES_MAX = 1 << 30 };

static void locate_fact(const struct ctl_send *s, uint64_t tag, const char **ret_file,
			unsigned *ret_line)
{
	*ret_file = s->import->facts[tag].file;
	*ret_line = s->import->facts[tag].line;
}

/* Temporary and phased ceilings are in a file of their own: where it stands beside the mandates
 * they belong together. */
static enum status read_ceilings_beside(struct arena *a, const char *path,
					struct import_result *result, struct error *err)
{
	char *copy = arena_text(a, path);
	char *beside = copy ? arena_printf(a, "%s/ceilings.csv", dirname(copy)) : NULL;

	if (!beside)
		return error_set(err, STATUS_NO_MEMORY, "out of memory");
	if (access(beside, F_OK) != 0)
		return STATUS_OK;
	fputs("mandatectl: with ", stderr);
	output_print(stderr, beside);
	fputs(", which stands beside it\n", stderr);
	return import_read(a, "ceilings", beside, result, err);
}

static enum status read_files(struct ctl *c, struct arena *a, struct import_result *result,
			      struct error *err)
{
	const char *kind = c->arguments[0];
	enum status s = STATUS_OK;

	for (int i = 1; s == STATUS_OK && i < c->argument_count; i++) {
		s = import_read(a, kind, c->arguments[i], result, err);
		if (s == STATUS_OK && strcmp(kind, "mandates") == 0)
			s = read_ceilings_beside(a, c->arguments[i], result, err);
	}
	return s;
}

static bool is_import_kind(const char *name)
{
	for (size_t i = 0; i < import_kinds_count; i++)
		if (strcmp(import_kinds[i].name, name) == 0)
			return true;
	return false;
}

/* --- facts that other sources tell otherwise -------------------------------------------------- */

struct clashes {
	struct ctl_send *send;
	const char **keys; /* of the facts, as EDITION_CLASH has them: "total:MONUC:..." */
};

static enum status name_facts(struct arena *a, const struct import_result *result,
			      const char ***ret_keys)
{
	const char **keys = arena_calloc(a, result->fact_count + 1, sizeof *keys);
	char key[KEY_TEXT_MAX + 1];

	for (size_t i = 0; keys && i < result->fact_count; i++) {
		const Mandate__Record *record = result->facts[i].change->record;

		if (record_key(record, key) != STATUS_OK)
			continue; /* the daemon has refused it */
		keys[i] = arena_printf(a, "%s:%s", record_kind_name(record_kind(record)), key);
		if (!keys[i])
			return STATUS_NO_MEMORY;
	}
	*ret_keys = keys;
	return keys ? STATUS_OK : STATUS_NO_MEMORY;
}

static void on_clash(void *context, const Mandate__Row *row)
{
	struct clashes *k = context;
	struct ctl_send *s = k->send;

	if (row->what_case != MANDATE__ROW__WHAT_ALERT)
		return;
	const Mandate__Alert *alert = row->alert->alert;
	for (size_t i = 0; i < s->import->fact_count; i++) {
		struct words reason = {0};

		if (!k->keys[i] || strcmp(k->keys[i], alert->key) != 0)
			continue;
		words_alert(&reason, alert);
		words_add(&reason, ": %s; both are kept", alert->key);
		s->clashes++;
		ctl_send_problem(s, s->import->facts[i].file, s->import->facts[i].line, "CLASH",
				 reason.text);
	}
}

/* Names the lines whose facts stand beside another content under the same edition. */
static enum ctl_exit tell_clashes(struct ctl_send *s, struct arena *a)
{
	struct clashes k = {.send = s};
	Mandate__Query query = MANDATE__QUERY__INIT;
	Mandate__AlertsQuery alerts = MANDATE__ALERTS_QUERY__INIT;

	if (name_facts(a, s->import, &k.keys) != STATUS_OK)
		return ctl_fail(s->c, STATUS_NO_MEMORY, "out of memory");
	enum ctl_exit status = ctl_send_drain(s);
	alerts.has_code = true;
	alerts.code = MANDATE__ALERT_CODE__ALERT_CODE_EDITION_CLASH;
	query.ask_case = MANDATE__QUERY__ASK_ALERTS;
	query.alerts = &alerts;
	return status == CTL_DONE ? ctl_ask(s->c, &query, on_clash, &k, NULL) : status;
}

enum ctl_exit ctl_import(struct ctl *c)
{
	struct import_result result = {0};
	struct ctl_send s = {.c = c, .locate = locate_fact, .import = &result};
	struct error err = {0};
	struct arena arena;

	if (!is_import_kind(c->arguments[0]))
		return ctl_usage("no kind of file \"%s\"; `mandatectl help import` lists them",
				 c->arguments[0]);
	arena_init(&arena, IMPORT_BYTES_MAX);
	enum status read = read_files(c, &arena, &result, &err);
	enum ctl_exit status = read == STATUS_OK ? ctl_send_open(&s) : ctl_fail(c, read, err.text);
	if (status != CTL_DONE) {
		arena_fini(&arena);
		return status;
	}
	s.rows_read = result.rows;
	s.not_taken = result.problem_count;
	for (size_t i = 0; i < result.problem_count; i++)
		ctl_send_problem(&s, result.problems[i].file, result.problems[i].line,
				 result.problems[i].code, result.problems[i].reason);
	for (size_t i = 0; status == CTL_DONE && i < result.fact_count; i++) {
		output_progress("facts", i, result.fact_count);
		status = ctl_send_changes(&s, &result.facts[i].change, 1, i);
	}
	if (status == CTL_DONE)
		status = tell_clashes(&s, &arena);
	status = ctl_send_close(&s, status);
	arena_fini(&arena);
	return status;
}
