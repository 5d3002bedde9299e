/* A grant as people write it: "write kinds=return,total operations=MONUC until=2027-06-30". The
 * access comes first; what is not limited is left out; "acknowledge" asks for confirmation. A name
 * that holds a space, a comma or a quote stands in double quotes, with \ before \ and ". */
#ifndef MANDATED_CLIENTS_CTL_GRANT_H
#define MANDATED_CLIENTS_CTL_GRANT_H

#include "base/arena.h"
#include "record.pb-c.h"

/* In `a`, its lists sorted, each name once. STATUS_INVALID with the reason in `err`. */
MUST_USE enum status ctl_grant_parse(struct arena *a, const char *text, Mandate__Grant **ret_grant,
				     struct error *err);

/* What ctl_grant_parse would make this grant of; NULL on no memory. */
char *ctl_grant_text(struct arena *a, const Mandate__Grant *grant);

/* The names of a list "A,\"B C\"", as many as it has; for whoever fills a grant's text in. */
MUST_USE enum status ctl_grant_names(struct arena *a, const char *text, char ***ret_names,
				     size_t *ret_count, struct error *err);
/* The other way, as ctl_grant_text writes them; NULL on no memory. */
char *ctl_grant_list(struct arena *a, char *const *names, size_t count);

#endif
