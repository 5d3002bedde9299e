/* Roles: ready-made sets of grants, from a file (config/roles.conf says how it is written). */
#ifndef MANDATED_CLIENTS_CTL_ROLES_H
#define MANDATED_CLIENTS_CTL_ROLES_H

#include "base/arena.h"
#include "record.pb-c.h"

enum { CTL_ROLE_NAME_BYTES = 64, CTL_ROLE_PARAMETERS_MAX = 4 };

/* "contributor CODE": its name and those of its parameters. */
struct ctl_role {
	char *name, *parameters[CTL_ROLE_PARAMETERS_MAX];
	size_t parameter_count;
	char *is;      /* for people */
	char **grants; /* as written, with ${CODE} */
	size_t grant_count;
};

struct ctl_roles {
	struct arena arena; /* holds all below */
	struct ctl_role *roles;
	size_t count;
};

/* The file in use: $MANDATED_ROLES, roles.conf beside the program, /etc/mandated/roles.conf. */
MUST_USE enum status ctl_roles_path(char *ret_path, size_t room, struct error *err);

/* STATUS_INVALID with the file, the line and the reason in `err`. Call ctl_roles_free in any case.
 */
MUST_USE enum status ctl_roles_read(struct ctl_roles *r, const char *path, struct error *err);
void ctl_roles_free(struct ctl_roles *r);

/* The grants of "contributor:BGD", "observer:MONUC,ONUB", "host:HTI:MINUSTAH", in `a`.
 * STATUS_INVALID with the reason in `err`. */
MUST_USE enum status ctl_roles_grants(const struct ctl_roles *r, struct arena *a, const char *role,
				      Mandate__Grant ***ret_grants, size_t *ret_count,
				      struct error *err);

#endif
