/* Facts in: changes as JSON Lines, and CSV files. Whatever is not taken is named by file and line.
 */
#include "base/arena.h"
#include "base/clock.h"
#include "base/hash.h"
#include "ctl.h"
#include "import.h"
#include "json.h"
#include "model/names.h"
#include "model/record.h"

#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	LINE_BYTES_MAX = 1024 * 1024, /* far more than a message of changes can be */
	IMPORT_BYTES_MAX = 1 << 30,
};

struct sender {
	struct ctl *c;
	/* where the submission with this tag comes from */
	void (*locate)(const struct sender *s, uint64_t tag, const char **ret_file,
		       unsigned *ret_line);
	const char *file;
	const struct import_result *import;
	struct output_rows *rows; /* with OUTPUT_CSV */
	uint64_t accepted, unchanged, refused, not_taken, rows_read;
	bool failed;
};

/* --- what was not taken --------------------------------------------------------------------------
 */

static void problem(struct sender *s, const char *file, unsigned line, const char *code,
		    const char *reason)
{
	output_progress_end();
	if (s->c->format == OUTPUT_JSON) {
		json_t *json = json_pack("{sssIssss}", "file", file, "line", (json_int_t)line,
					 "code", code, "reason", reason);

		s->failed |= output_json(json) != STATUS_OK;
	} else if (s->rows) {
		output_text(s->rows, file);
		output_number(s->rows, line > 0, line);
		output_text(s->rows, code);
		output_text(s->rows, reason);
		output_row_end(s->rows);
	} else {
		output_print(stderr, file);
		fprintf(stderr, ":%u: %s: ", line, code);
		output_print(stderr, reason);
		fputc('\n', stderr);
	}
}

static void on_outcome(void *context, const struct mandate_outcome *o)
{
	struct sender *s = context;
	const Mandate__Refusal *refusal = o->outcome->refusal;
	char reason[1024], where[32] = "";
	const char *file;
	unsigned line;

	for (size_t i = 0; !refusal && i < o->outcome->n_results; i++)
		*(o->outcome->results[i]->unchanged ? &s->unchanged : &s->accepted) += 1;
	if (!refusal)
		return;
	s->refused++;
	s->locate(s, o->tag, &file, &line);
	if (refusal->change > 0 && refusal->field && strncmp(refusal->field, "changes", 7) != 0)
		snprintf(where, sizeof where, "changes[%u].", (unsigned)refusal->change);
	snprintf(reason, sizeof reason, "%s%s%s%s", where, refusal->field ? refusal->field : "",
		 refusal->field ? ": " : "", refusal->text ? refusal->text : "refused");
	problem(s, file, line, names_text(&mandate__code__descriptor, (int)refusal->code), reason);
}

/* --- sending -------------------------------------------------------------------------------------
 */

static enum ctl_exit sender_open(struct sender *s)
{
	static const struct output_column columns[] = {{"file", NULL, false, false},
						       {"line", NULL, true, false},
						       {"code", NULL, false, false},
						       {"reason", NULL, false, true}};

	if (s->c->format == OUTPUT_CSV &&
	    output_rows_new(&s->rows, OUTPUT_CSV, columns, 4) != STATUS_OK)
		return ctl_fail(s->c, STATUS_NO_MEMORY, "out of memory");
	return ctl_connect(s->c, s, on_outcome);
}

static enum ctl_exit stuck(struct sender *s, enum status status, const char *text)
{
	char why[512];

	snprintf(why, sizeof why, "%s; sending the same again is safe", text);
	return ctl_fail(s->c, status == STATUS_AGAIN ? STATUS_REFUSED : status, why);
}

/* Waits for room in the window; gives up when nothing is decided for the time allowed. */
static enum ctl_exit sender_wait(struct sender *s)
{
	uint64_t end_ms = clock_mono_ms() + s->c->timeout_ms, now_ms;
	size_t pending = mandate_pending(s->c->m);
	struct error err = {0};

	while (mandate_pending(s->c->m) >= pending) {
		now_ms = clock_mono_ms();
		if (now_ms >= end_ms) {
			/* Says why. */
			enum status status = mandate_drain(s->c->m, 0, &err);

			return status == STATUS_OK ? CTL_DONE : stuck(s, status, err.text);
		}
		if (mandate_run(s->c->m, (uint32_t)(end_ms - now_ms), &err) != STATUS_OK)
			return ctl_fail(s->c, err.status, err.text);
	}
	return CTL_DONE;
}

static enum ctl_exit send_changes(struct sender *s, Mandate__Change **changes, size_t count,
				  uint64_t tag)
{
	struct error err = {0};
	enum status status;

	while ((status = mandate_submit(s->c->m, changes, count, tag, &err)) == STATUS_AGAIN) {
		enum ctl_exit result = sender_wait(s);

		if (result != CTL_DONE)
			return result;
	}
	if (status == STATUS_LIMIT) {
		const char *file;
		unsigned line;

		s->locate(s, tag, &file, &line);
		s->not_taken++;
		problem(s, file, line, "too_large", err.text);
		return CTL_DONE;
	}
	return status == STATUS_OK ? CTL_DONE : ctl_fail(s->c, status, err.text);
}

static void summary(struct sender *s)
{
	char a[OUTPUT_NUMBER_BYTES], b[OUTPUT_NUMBER_BYTES], c[OUTPUT_NUMBER_BYTES],
		d[OUTPUT_NUMBER_BYTES], head[2 * HASH_BYTES + 32] = "";
	struct mandate_head h;

	if (s->c->m && mandate_head(s->c->m, &h))
		ctl_head_text(head, sizeof head, h.revision, h.event_hash);
	if (s->c->format == OUTPUT_JSON) {
		json_t *json =
			json_pack("{sIsIsIsIsI}", "accepted", (json_int_t)s->accepted, "unchanged",
				  (json_int_t)s->unchanged, "refused", (json_int_t)s->refused,
				  "not_taken", (json_int_t)s->not_taken, "pending",
				  (json_int_t)(s->c->m ? mandate_pending(s->c->m) : 0));

		if (json && s->rows_read)
			json_object_set_new(json, "rows", json_integer((json_int_t)s->rows_read));
		if (json && *head)
			json_object_set_new(json, "head", json_string(head));
		s->failed |= output_json(json) != STATUS_OK;
		return;
	}
	FILE *to = s->rows ? stderr : stdout;
	fprintf(to, "%s accepted, %s unchanged, %s refused, %s not taken\n",
		output_grouped(a, s->accepted), output_grouped(b, s->unchanged),
		output_grouped(c, s->refused), output_grouped(d, s->not_taken));
}

/* Waits for the last outcomes and says how it went. `status`: of what went before. */
static enum ctl_exit sender_close(struct sender *s, enum ctl_exit status)
{
	struct error err = {0};

	while (status == CTL_DONE && mandate_pending(s->c->m) > 0) {
		enum status drained = mandate_drain(s->c->m, s->c->timeout_ms, &err);

		if (drained != STATUS_OK)
			status = stuck(s, drained, err.text);
	}
	output_progress_end();
	summary(s);
	if (s->rows && output_rows_end(s->rows) != STATUS_OK)
		s->failed = true;
	if (status == CTL_DONE && s->failed)
		return ctl_fail(s->c, STATUS_NO_MEMORY, "out of memory");
	return status == CTL_DONE && (s->refused || s->not_taken) ? CTL_REFUSED : status;
}

/* --- push ----------------------------------------------------------------------------------------
 */

/* A bare record {"partner":{...}} means: record it. A new reference, or NULL. */
static json_t *as_change(json_t *json)
{
	const char *name = json_object_iter_key(json_object_iter(json));

	if (json_object_size(json) == 1 && name && record_kind_of_name(name))
		return json_pack("{sssO}", "action", "record", "record", json);
	return json_incref(json);
}

static enum status to_change(struct arena *a, json_t *json, Mandate__Change **ret_change,
			     struct error *err)
{
	json_t *change = as_change(json);
	ProtobufCMessage *message;

	if (!change)
		return error_set(err, STATUS_NO_MEMORY, "out of memory");
	enum status s = json_to_message(a, change, &mandate__change__descriptor, &message, err);
	json_decref(change);
	if (s == STATUS_OK)
		*ret_change = (Mandate__Change *)message;
	return s;
}

static enum status to_changes(struct arena *a, json_t *json, Mandate__Change ***ret_changes,
			      size_t *ret_count, struct error *err)
{
	json_t *list = json_object_get(json, "changes");
	size_t count = list ? json_array_size(list) : 1;

	if (!json_is_object(json) || (list && json_object_size(json) != 1) || count == 0)
		return error_set(err, STATUS_INVALID,
				 "a line is a change, a record, or {\"changes\":[...]}");
	Mandate__Change **changes = arena_calloc(a, count, sizeof *changes);
	if (!changes)
		return error_set(err, STATUS_LIMIT, "too large");
	for (size_t i = 0; i < count; i++) {
		enum status s =
			to_change(a, list ? json_array_get(list, i) : json, &changes[i], err);

		if (s != STATUS_OK)
			return s;
	}
	*ret_changes = changes;
	*ret_count = count;
	return STATUS_OK;
}

static enum ctl_exit push_line(struct sender *s, struct arena *a, const char *line, size_t len,
			       unsigned number)
{
	Mandate__Change **changes = NULL;
	struct error err = {0};
	size_t count = 0;
	json_error_t where;

	if (len > LINE_BYTES_MAX) {
		s->not_taken++;
		problem(s, s->file, number, "too_large", "a line of more than 1 MiB");
		return CTL_DONE;
	}
	json_t *json = json_loadb(line, len, JSON_REJECT_DUPLICATES, &where);
	if (!json) {
		s->not_taken++;
		problem(s, s->file, number, "bad_json", where.text);
		return CTL_DONE;
	}
	arena_reset(a);
	enum status status = to_changes(a, json, &changes, &count, &err);
	json_decref(json);
	if (status != STATUS_OK) {
		s->not_taken++;
		problem(s, s->file, number, "bad_change", err.text);
		return CTL_DONE;
	}
	return send_changes(s, changes, count, number);
}

static void locate_line(const struct sender *s, uint64_t tag, const char **ret_file,
			unsigned *ret_line)
{
	*ret_file = s->file;
	*ret_line = (unsigned)tag;
}

enum ctl_exit ctl_push(struct ctl *c)
{
	bool is_stdin = strcmp(c->arguments[0], "-") == 0;
	struct sender s = {.c = c, .locate = locate_line, .file = c->arguments[0]};
	FILE *file = is_stdin ? stdin : fopen(c->arguments[0], "re");
	char *line = NULL;
	size_t size = 0;
	uint64_t done = 0;
	struct arena arena;
	struct stat about;
	char why[512];
	ssize_t len;

	if (!file) {
		snprintf(why, sizeof why, "%s: %s", c->arguments[0], strerror(errno));
		return ctl_fail(c, STATUS_NOT_FOUND, why);
	}
	arena_init(&arena, 16 * LINE_BYTES_MAX);
	uint64_t total = fstat(fileno(file), &about) == 0 && S_ISREG(about.st_mode)
				 ? (uint64_t)about.st_size
				 : 0;
	enum ctl_exit status = sender_open(&s);
	for (unsigned number = 1; status == CTL_DONE && (len = getline(&line, &size, file)) >= 0;
	     number++) {
		done += (uint64_t)len;
		output_progress(total ? "bytes" : "lines", total ? done : number, total);
		if (line[strspn(line, " \t\r\n")] != '\0')
			status = push_line(&s, &arena, line, (size_t)len, number);
	}
	if (status == CTL_DONE && ferror(file))
		status = ctl_fail(c, STATUS_IO, strerror(errno));
	if (c->m && mandate_pong(c->m))
		status = sender_close(&s, status);
	free(line);
	arena_fini(&arena);
	if (!is_stdin)
		fclose(file);
	return status;
}

/* --- import --------------------------------------------------------------------------------------
 */

static void locate_fact(const struct sender *s, uint64_t tag, const char **ret_file,
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
	fprintf(stderr, "mandatectl: with %s, which stands beside it\n", beside);
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

enum ctl_exit ctl_import(struct ctl *c)
{
	struct import_result result = {0};
	struct sender s = {.c = c, .locate = locate_fact, .import = &result};
	struct error err = {0};
	struct arena arena;

	if (!is_import_kind(c->arguments[0]))
		return ctl_usage("no kind of file \"%s\"; `mandatectl help import` lists them",
				 c->arguments[0]);
	arena_init(&arena, IMPORT_BYTES_MAX);
	enum status read = read_files(c, &arena, &result, &err);
	enum ctl_exit status = read == STATUS_OK ? sender_open(&s) : ctl_fail(c, read, err.text);
	if (status != CTL_DONE) {
		arena_fini(&arena);
		return status;
	}
	s.rows_read = result.rows;
	s.not_taken = result.problem_count;
	for (size_t i = 0; i < result.problem_count; i++)
		problem(&s, result.problems[i].file, result.problems[i].line,
			result.problems[i].code, result.problems[i].reason);
	for (size_t i = 0; status == CTL_DONE && i < result.fact_count; i++) {
		output_progress("facts", i, result.fact_count);
		status = send_changes(&s, &result.facts[i].change, 1, i);
	}
	status = sender_close(&s, status);
	arena_fini(&arena);
	return status;
}
