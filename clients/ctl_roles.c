#include "ctl_roles.h"

#include "base/conf.h"
#include "ctl_grant.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INSTALLED "/etc/mandated/roles.conf"

enum {
	ROLES_BYTES_MAX = 1024 * 1024, /* of a whole file, as read */
	ROLES_MAX = 256,
	GRANTS_PER_ROLE_MAX = 32,
	ARGUMENTS_BYTES = 4096,
};

enum status ctl_roles_path(char *ret_path, size_t room, struct error *err)
{
	const char *given = getenv("MANDATED_ROLES");
	char beside[4096];
	ssize_t len = readlink("/proc/self/exe", beside, sizeof beside - sizeof "roles.conf");

	beside[len > 0 ? len : 0] = '\0';
	char *slash = strrchr(beside, '/');
	if (slash)
		memcpy(slash + 1, "roles.conf", sizeof "roles.conf");
	const char *path = given && *given			? given
			   : slash && access(beside, R_OK) == 0 ? beside
								: INSTALLED;
	int written = snprintf(ret_path, room, "%s", path);
	if (written < 0 || (size_t)written >= room)
		return error_set(err, STATUS_INVALID, "%s: too long", path);
	return STATUS_OK;
}

/* --- the file ------------------------------------------------------------------------------ */

struct reading {
	struct ctl_roles *roles;
	struct error *err; /* of the first problem */
};

/* "contributor CODE". */
static enum status begin_role(struct ctl_roles *r, const char *section, struct error *err)
{
	char *rest = arena_text(&r->arena, section), *word;

	if (r->count == ROLES_MAX || !rest)
		return error_set(err, STATUS_LIMIT, "more than %d roles", ROLES_MAX);
	struct ctl_role *role = &r->roles[r->count];
	role->name = strtok_r(rest, " \t", &rest);
	role->grants = arena_calloc(&r->arena, GRANTS_PER_ROLE_MAX, sizeof *role->grants);
	if (!role->name || strchr(role->name, ':'))
		return error_set(err, STATUS_INVALID, "a role has a name, without a colon");
	for (size_t i = 0; i < r->count; i++)
		if (strcmp(r->roles[i].name, role->name) == 0)
			return error_set(err, STATUS_INVALID, "role %s stands twice", role->name);
	while ((word = strtok_r(NULL, " \t", &rest)) != NULL) {
		if (role->parameter_count == CTL_ROLE_PARAMETERS_MAX)
			return error_set(err, STATUS_INVALID, "more than %d parameters",
					 CTL_ROLE_PARAMETERS_MAX);
		role->parameters[role->parameter_count++] = word;
	}
	r->count++;
	return role->grants ? STATUS_OK : error_set(err, STATUS_NO_MEMORY, "out of memory");
}

static enum status fill(struct arena *a, const struct ctl_role *role, const char *grant,
			char *const *arguments, char **ret_text, struct error *err);

/* A mistake in a grant is told where it stands, not when the role is given: it is tried with the
 * parameters' own names. */
static enum status add_grant(struct ctl_roles *r, struct ctl_role *role, const char *value,
			     struct error *err)
{
	Mandate__Grant *trial;
	char *text;

	if (role->grant_count == GRANTS_PER_ROLE_MAX)
		return error_set(err, STATUS_INVALID, "more than %d grants", GRANTS_PER_ROLE_MAX);
	enum status s = fill(&r->arena, role, value, role->parameters, &text, err);
	if (s == STATUS_OK)
		s = ctl_grant_parse(&r->arena, text, &trial, err);
	if (s != STATUS_OK)
		return s;
	char *copy = arena_text(&r->arena, value);
	if (!copy)
		return error_set(err, STATUS_NO_MEMORY, "out of memory");
	role->grants[role->grant_count++] = copy;
	return STATUS_OK;
}

static enum status take(void *ctx, const char *section, const char *key, const char *value,
			struct error *err)
{
	struct ctl_roles *r = ((struct reading *)ctx)->roles;
	struct ctl_role *role = r->count ? &r->roles[r->count - 1] : NULL;

	if (!key)
		return begin_role(r, section, err);
	if (!role)
		return error_set(err, STATUS_INVALID, "no role: [NAME PARAMETER...] stands first");
	if (strcmp(key, "grant") == 0)
		return add_grant(r, role, value, err);
	if (strcmp(key, "is") != 0)
		return error_set(err, STATUS_INVALID, "a role has: is, grant");
	role->is = arena_text(&r->arena, value);
	return role->is ? STATUS_OK : error_set(err, STATUS_NO_MEMORY, "out of memory");
}

static void problem(void *ctx, const char *text)
{
	struct reading *r = ctx;

	if (r->err->status == STATUS_OK)
		error_set(r->err, STATUS_INVALID, "%s", text);
}

enum status ctl_roles_read(struct ctl_roles *r, const char *path, struct error *err)
{
	struct reading reading = {r, err};

	*r = (struct ctl_roles){.count = 0};
	arena_init(&r->arena, ROLES_BYTES_MAX);
	r->roles = arena_calloc(&r->arena, ROLES_MAX, sizeof *r->roles);
	if (!r->roles)
		return error_set(err, STATUS_NO_MEMORY, "out of memory");
	*err = (struct error){.status = STATUS_OK};
	enum status s = conf_read(path, true, take, problem, &reading);
	return s == STATUS_OK ? STATUS_OK : STATUS_INVALID;
}

void ctl_roles_free(struct ctl_roles *r)
{
	arena_fini(&r->arena);
}

/* --- its use ------------------------------------------------------------------------------- */

/* The text of a grant with what its ${PARAMETER}s stand for. */
static enum status fill(struct arena *a, const struct ctl_role *role, const char *grant,
			char *const *arguments, char **ret_text, struct error *err)
{
	char *text = arena_text(a, "");

	for (const char *p = grant; text && *p;) {
		const char *dollar = strstr(p, "${"), *end = dollar ? strchr(dollar, '}') : NULL;
		size_t i = 0;

		if (!end) {
			text = arena_printf(a, "%s%s", text, p);
			break;
		}
		size_t len = (size_t)(end - dollar) - 2;
		while (i < role->parameter_count &&
		       (strlen(role->parameters[i]) != len ||
			memcmp(role->parameters[i], dollar + 2, len) != 0))
			i++;
		if (i == role->parameter_count)
			return error_set(err, STATUS_INVALID, "role %s has no parameter %.*s",
					 role->name, (int)len, dollar + 2);
		text = arena_printf(a, "%s%.*s%s", text, (int)(dollar - p), p, arguments[i]);
		p = end + 1;
	}
	if (!text)
		return error_set(err, STATUS_NO_MEMORY, "out of memory");
	*ret_text = text;
	return STATUS_OK;
}

static const struct ctl_role *find(const struct ctl_roles *r, const char *name, size_t len)
{
	for (size_t i = 0; i < r->count; i++)
		if (strlen(r->roles[i].name) == len && memcmp(r->roles[i].name, name, len) == 0)
			return &r->roles[i];
	return NULL;
}

/* An argument is a name or several; as it stands in a grant, whatever quotes it came in. */
static enum status argument(struct arena *a, const char *text, size_t len, char **ret_list,
			    struct error *err)
{
	char *copy = arena_copy(a, text, len), **names, *spaced;
	size_t count;

	if (!copy)
		return error_set(err, STATUS_NO_MEMORY, "out of memory");
	/* The shell took the quotes away: a space belongs to a name here. */
	if (!strchr(copy, '"') && strchr(copy, ' ')) {
		char *const one = copy;

		spaced = ctl_grant_list(a, &one, 1);
		if (strchr(copy, ',') || !spaced)
			return error_set(err, STATUS_INVALID,
					 "names with spaces in a list stand in quotes: %s", copy);
		*ret_list = spaced;
		return STATUS_OK;
	}
	enum status s = ctl_grant_names(a, copy, &names, &count, err);
	if (s != STATUS_OK)
		return s;
	*ret_list = ctl_grant_list(a, names, count);
	return *ret_list ? STATUS_OK : error_set(err, STATUS_NO_MEMORY, "out of memory");
}

static enum status wrong_count(const struct ctl_role *role, struct error *err)
{
	char form[ARGUMENTS_BYTES];
	size_t len = (size_t)snprintf(form, sizeof form, "%s", role->name);

	for (size_t i = 0; i < role->parameter_count && len < sizeof form; i++)
		len += (size_t)snprintf(form + len, sizeof form - len, ":%s", role->parameters[i]);
	return error_set(err, STATUS_INVALID, "this role is given as %s", form);
}

static enum status no_role(const struct ctl_roles *r, const char *role, struct error *err)
{
	char names[ARGUMENTS_BYTES] = "";
	size_t len = 0;

	for (size_t i = 0; i < r->count && len < sizeof names; i++)
		len += (size_t)snprintf(names + len, sizeof names - len, "%s%s", i ? ", " : "",
					r->roles[i].name);
	return error_set(err, STATUS_INVALID, "no role \"%s\": there are %s", role, names);
}

enum status ctl_roles_grants(const struct ctl_roles *r, struct arena *a, const char *text,
			     Mandate__Grant ***ret_grants, size_t *ret_count, struct error *err)
{
	size_t len = strcspn(text, ":"), count = 0;
	const struct ctl_role *role = find(r, text, len);
	char *arguments[CTL_ROLE_PARAMETERS_MAX] = {NULL};
	enum status s = STATUS_OK;

	if (!role)
		return no_role(r, text, err);
	for (const char *p = text + len; s == STATUS_OK && *p; p += len) {
		len = strcspn(++p, ":");
		if (count == role->parameter_count)
			return wrong_count(role, err);
		s = argument(a, p, len, &arguments[count++], err);
	}
	if (s == STATUS_OK && count != role->parameter_count)
		s = wrong_count(role, err);
	Mandate__Grant **grants = arena_calloc(a, role->grant_count + 1, sizeof(Mandate__Grant *));
	if (s == STATUS_OK && !grants)
		s = error_set(err, STATUS_NO_MEMORY, "out of memory");
	for (size_t i = 0; s == STATUS_OK && i < role->grant_count; i++) {
		char *filled;

		s = fill(a, role, role->grants[i], arguments, &filled, err);
		if (s == STATUS_OK)
			s = ctl_grant_parse(a, filled, &grants[i], err);
	}
	if (s != STATUS_OK)
		return s;
	*ret_grants = grants;
	*ret_count = role->grant_count;
	return STATUS_OK;
}
