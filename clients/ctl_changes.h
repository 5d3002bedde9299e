/* Changes as JSON Lines, as push and whatif take them: a change, a bare record, or
 * {"changes":[...]}.
 */
#ifndef MANDATED_CLIENTS_CTL_CHANGES_H
#define MANDATED_CLIENTS_CTL_CHANGES_H

#include "base/arena.h"
#include "mandate.pb-c.h"

#include <stdio.h>

enum { CTL_LINE_BYTES_MAX = 1024 * 1024 }; /* far more than a message of changes can be */

struct ctl_changes {
	FILE *file;
	const char *name; /* as given: a path, or "-" for standard input */
	char *line;
	size_t line_size;
	unsigned number;      /* of the line read last */
	uint64_t done, total; /* bytes; `total` 0: not known */
};

/* STATUS_NOT_FOUND with the reason in `err`. */
MUST_USE enum status ctl_changes_open(struct ctl_changes *c, const char *path, struct error *err);
void ctl_changes_close(struct ctl_changes *c);

/* The changes of the next line that is not empty, in `a`. STATUS_NOT_FOUND at the end, STATUS_IO,
 * or STATUS_INVALID for a line that is none: *ret_code is then "too_large", "bad_json" or
 * "bad_change" and `err` says why; the next call goes on behind it. */
MUST_USE enum status ctl_changes_next(struct ctl_changes *c, struct arena *a,
				      Mandate__Change ***ret_changes, size_t *ret_count,
				      const char **ret_code, struct error *err);

#endif
