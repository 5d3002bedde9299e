/* Files that say where the daemon is and who speaks. */
#include "base/conf.h"
#include "ctl.h"

#include <stdlib.h>
#include <unistd.h>

enum { PATH_BYTES = 512 };

struct profile {
	struct ctl *c;
	struct error *err; /* of the first problem */
};

/* "~/" is the user's home, as in a shell. */
static char *copy_value(const char *value)
{
	const char *home = getenv("HOME");
	char *copy;

	if (!home || strncmp(value, "~/", 2) != 0)
		return strdup(value);
	return asprintf(&copy, "%s%s", home, value + 1) < 0 ? NULL : copy;
}

/* What was given before stands. */
static enum status take(void *ctx, const char *section, const char *key, const char *value,
			struct error *err)
{
	struct ctl *c = ((struct profile *)ctx)->c;
	const struct {
		const char *key;
		char **place;
	} keys[] = {{"server", &c->server},
		    {"server_key", &c->server_key},
		    {"key_file", &c->key_file},
		    {"office", &c->office},
		    {"device", &c->device}};

	(void)section;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (strcmp(keys[i].key, key) == 0) {
			if (!*keys[i].place)
				*keys[i].place = copy_value(value);
			return *keys[i].place ? STATUS_OK
					      : error_set(err, STATUS_NO_MEMORY, "out of memory");
		}
	return error_set(err, STATUS_INVALID,
			 "a line is server, server_key, key_file, office or device, = and a value");
}

static void problem(void *ctx, const char *text)
{
	struct profile *p = ctx;

	if (p->err->status == STATUS_OK)
		error_set(p->err, STATUS_INVALID, "%s", text);
}

enum status ctl_profile_read(struct ctl *c, const char *name, struct error *err)
{
	const char *home = getenv("HOME");
	char path[PATH_BYTES];
	bool found = false;

	if (*name == '\0' || *name == '.' || strchr(name, '/'))
		return error_set(err, STATUS_INVALID, "a profile is a plain name");
	if (home) {
		snprintf(path, sizeof path, "%s/.config/mandatectl/%s.conf", home, name);
		found = access(path, F_OK) == 0;
	}
	if (!found)
		snprintf(path, sizeof path, "/etc/mandated/%s.conf", name);
	if (!found && access(path, F_OK) != 0)
		return error_set(err, STATUS_NOT_FOUND,
				 "no profile %s: neither ~/.config/mandatectl/%s.conf nor %s", name,
				 name, path);
	return conf_read(path, false, take, problem, &(struct profile){c, err});
}
