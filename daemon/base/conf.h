/* Files of lines "key = value", for the daemon and for its tools: "[section]" stands before the
 * lines that belong to it. '#' begins a comment at the beginning of a line and after a blank, so
 * that a value may hold one, as keys in Z85 do. */
#ifndef MANDATED_BASE_CONF_H
#define MANDATED_BASE_CONF_H

#include "base/status.h"

#include <stdbool.h>

/* One line. `key` NULL: the section begins. `section` is "" before the first. Anything but
 * STATUS_OK is a problem, told with the text of `err`; reading goes on. */
typedef enum status conf_entry(void *ctx, const char *section, const char *key, const char *value,
			       struct error *err);
/* What is wrong, with "FILE:LINE: " before it. */
typedef void conf_problem(void *ctx, const char *text);

/* STATUS_NOT_FOUND if the file cannot be opened, STATUS_INVALID if anything in it was wrong; each
 * problem was told. Without `sections` one is wrong. */
MUST_USE enum status conf_read(const char *path, bool sections, conf_entry *entry,
			       conf_problem *problem, void *ctx);

#endif
