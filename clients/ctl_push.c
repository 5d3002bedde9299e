/* Changes as JSON Lines. */
#include "ctl_send.h"

#include "base/arena.h"
#include "json.h"
#include "model/record.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { LINE_BYTES_MAX = 1024 * 1024 }; /* far more than a message of changes can be */

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

static enum ctl_exit push_line(struct ctl_send *s, struct arena *a, const char *line, size_t len,
			       unsigned number)
{
	Mandate__Change **changes = NULL;
	struct error err = {0};
	size_t count = 0;
	json_error_t where;

	if (len > LINE_BYTES_MAX) {
		s->not_taken++;
		ctl_send_problem(s, s->file, number, "too_large", "a line of more than 1 MiB");
		return CTL_DONE;
	}
	json_t *json = json_loadb(line, len, JSON_REJECT_DUPLICATES, &where);
	if (!json) {
		s->not_taken++;
		ctl_send_problem(s, s->file, number, "bad_json", where.text);
		return CTL_DONE;
	}
	arena_reset(a);
	enum status status = to_changes(a, json, &changes, &count, &err);
	json_decref(json);
	if (status != STATUS_OK) {
		s->not_taken++;
		ctl_send_problem(s, s->file, number, "bad_change", err.text);
		return CTL_DONE;
	}
	return ctl_send_changes(s, changes, count, number);
}

static void locate_line(const struct ctl_send *s, uint64_t tag, const char **ret_file,
			unsigned *ret_line)
{
	*ret_file = s->file;
	*ret_line = (unsigned)tag;
}

enum ctl_exit ctl_push(struct ctl *c)
{
	bool is_stdin = strcmp(c->arguments[0], "-") == 0;
	struct ctl_send s = {.c = c, .locate = locate_line, .file = c->arguments[0]};
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
	enum ctl_exit status = ctl_send_open(&s);
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
		status = ctl_send_close(&s, status);
	free(line);
	arena_fini(&arena);
	if (!is_stdin)
		fclose(file);
	return status;
}
