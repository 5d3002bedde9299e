#include "base/conf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECTION_BYTES = 256, PATH_SHOWN_BYTES = 1024 };

struct reading {
	const char *path;
	bool sections;
	char section[SECTION_BYTES];
	conf_entry *entry;
	conf_problem *problem;
	void *ctx;
	enum status result;
};

/* Without blanks at both ends, in place. */
static char *trim(char *text)
{
	text += strspn(text, " \t\r\n");
	for (size_t len = strlen(text); len && strchr(" \t\r\n", text[len - 1]); len--)
		text[len - 1] = '\0';
	return text;
}

static void drop_comment(char *line)
{
	for (char *p = line; (p = strchr(p, '#')) != NULL; p++)
		if (p == line || p[-1] == ' ' || p[-1] == '\t') {
			*p = '\0';
			return;
		}
}

static enum status begin_section(struct reading *r, char *line, struct error *err)
{
	size_t len = strlen(line);

	if (!r->sections || line[len - 1] != ']')
		return error_set(err, STATUS_INVALID, "not of the form key = value");
	line[len - 1] = '\0';
	char *name = trim(line + 1);
	if (strlen(name) >= sizeof r->section)
		return error_set(err, STATUS_INVALID, "a name of more than %d bytes",
				 SECTION_BYTES - 1);
	memcpy(r->section, name, strlen(name) + 1);
	return r->entry(r->ctx, r->section, NULL, NULL, err);
}

static enum status read_line(struct reading *r, char *line, struct error *err)
{
	drop_comment(line);
	line = trim(line);
	if (!line[0])
		return STATUS_OK;
	if (line[0] == '[')
		return begin_section(r, line, err);
	char *equals = strchr(line, '=');
	if (!equals)
		return error_set(err, STATUS_INVALID, "not of the form key = value");
	*equals = '\0';
	return r->entry(r->ctx, r->section, trim(line), trim(equals + 1), err);
}

static void tell(struct reading *r, int number, const char *what)
{
	char text[PATH_SHOWN_BYTES + sizeof((struct error *)0)->text];

	if (number)
		snprintf(text, sizeof text, "%s:%d: %s", r->path, number, what);
	else
		snprintf(text, sizeof text, "%s: %s", r->path, what);
	r->problem(r->ctx, text);
	r->result = STATUS_INVALID;
}

enum status conf_read(const char *path, bool sections, conf_entry *entry, conf_problem *problem,
		      void *ctx)
{
	struct reading r = {.path = path,
			    .sections = sections,
			    .entry = entry,
			    .problem = problem,
			    .ctx = ctx,
			    .result = STATUS_OK};
	struct error err = {.status = STATUS_OK};
	char *line = NULL;
	size_t room = 0;
	FILE *f = fopen(path, "re");

	if (!f) {
		tell(&r, 0, strerror(errno));
		return STATUS_NOT_FOUND;
	}
	for (int number = 1; getline(&line, &room, f) >= 0; number++)
		if (read_line(&r, line, &err) != STATUS_OK)
			tell(&r, number, err.text);
	if (ferror(f))
		tell(&r, 0, "cannot be read");
	free(line);
	fclose(f);
	return r.result;
}
