#include "ctl_changes.h"

#include "json.h"
#include "model/record.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

enum status ctl_changes_open(struct ctl_changes *c, const char *path, struct error *err)
{
	struct stat about;

	*c = (struct ctl_changes){.name = path};
	c->file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	if (!c->file)
		return error_set(err, STATUS_NOT_FOUND, "%s: %s", path, strerror(errno));
	if (fstat(fileno(c->file), &about) == 0 && S_ISREG(about.st_mode))
		c->total = (uint64_t)about.st_size;
	return STATUS_OK;
}

void ctl_changes_close(struct ctl_changes *c)
{
	free(c->line);
	if (c->file && c->file != stdin)
		fclose(c->file);
}

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

static enum status read_line(const struct ctl_changes *c, size_t len, struct arena *a,
			     Mandate__Change ***ret_changes, size_t *ret_count,
			     const char **ret_code, struct error *err)
{
	json_error_t where;

	*ret_code = "too_large";
	if (len > CTL_LINE_BYTES_MAX)
		return error_set(err, STATUS_INVALID, "a line of more than 1 MiB");
	*ret_code = "bad_json";
	json_t *json = json_loadb(c->line, len, JSON_REJECT_DUPLICATES, &where);
	if (!json)
		return error_set(err, STATUS_INVALID, "%s", where.text);
	*ret_code = "bad_change";
	enum status s = to_changes(a, json, ret_changes, ret_count, err);
	json_decref(json);
	return s == STATUS_OK ? STATUS_OK : STATUS_INVALID;
}

enum status ctl_changes_next(struct ctl_changes *c, struct arena *a, Mandate__Change ***ret_changes,
			     size_t *ret_count, const char **ret_code, struct error *err)
{
	ssize_t len;

	while ((len = getline(&c->line, &c->line_size, c->file)) >= 0) {
		c->number++;
		c->done += (uint64_t)len;
		if (c->line[strspn(c->line, " \t\r\n")] != '\0')
			return read_line(c, (size_t)len, a, ret_changes, ret_count, ret_code, err);
	}
	if (ferror(c->file))
		return error_set(err, STATUS_IO, "%s: %s", c->name, strerror(errno));
	return STATUS_NOT_FOUND;
}
