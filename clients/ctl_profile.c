/* Files that say where the daemon is and who speaks. */
#include "ctl.h"

#include <stdlib.h>

enum { LINE_BYTES = 512 };

static char *trim(char *text)
{
	char *end = text + strlen(text);

	while (end > text && strchr(" \t\r\n", end[-1]))
		*--end = '\0';
	return text + strspn(text, " \t");
}

/* "key = value"; nothing, or what begins with #, says nothing. What was given before stands. */
static bool profile_line(struct ctl *c, char *line)
{
	char *key = trim(line), *equals = strchr(key, '=');
	char **place;

	if (*key == '\0' || *key == '#')
		return true;
	if (!equals)
		return false;
	*equals = '\0';
	key = trim(key);
	if (strcmp(key, "server") == 0)
		place = &c->server;
	else if (strcmp(key, "office") == 0)
		place = &c->office;
	else if (strcmp(key, "device") == 0)
		place = &c->device;
	else
		return false;
	if (*place)
		return true;
	*place = strdup(trim(equals + 1));
	return *place;
}

enum status ctl_profile_read(struct ctl *c, const char *name, struct error *err)
{
	const char *home = getenv("HOME");
	char path[LINE_BYTES], line[LINE_BYTES];
	FILE *file = NULL;

	if (*name == '\0' || *name == '.' || strchr(name, '/'))
		return error_set(err, STATUS_INVALID, "a profile is a plain name");
	if (home) {
		snprintf(path, sizeof path, "%s/.config/mandatectl/%s.conf", home, name);
		file = fopen(path, "re");
	}
	if (!file) {
		snprintf(path, sizeof path, "/etc/mandated/%s.conf", name);
		file = fopen(path, "re");
	}
	if (!file)
		return error_set(err, STATUS_NOT_FOUND,
				 "no profile %s: neither ~/.config/mandatectl/%s.conf nor %s", name,
				 name, path);
	enum status s = STATUS_OK;
	for (unsigned number = 1; s == STATUS_OK && fgets(line, sizeof line, file); number++)
		if (!profile_line(c, line))
			s = error_set(err, STATUS_INVALID,
				      "%s:%u: a line is server, office or device, = and a value",
				      path, number);
	fclose(file);
	return s;
}
