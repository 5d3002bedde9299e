/* The audit: what was done to who may do what, and what was refused for it, row by row as inputs
 * are applied. From RULES_WITH_AUTHORITY on; see AuditRow in proto/mandate.proto. */
#ifndef MANDATED_SERVICE_AUDIT_H
#define MANDATED_SERVICE_AUDIT_H

#include "service/apply_impl.h"

/* The offices that a submission changed; after it was written, before m->roll is. */
MUST_USE enum status audit_offices(struct apply *ap);

/* A submission refused for want of a grant; of others nothing is written. */
MUST_USE enum status audit_refusal(struct apply *ap);

/* An input of an administrator. `key`: the setting, the day; NULL: none. `text` may be NULL. */
MUST_USE enum status audit_input(struct machine *m, const struct circumstance *c,
				 Mandate__AuditAct act, const char *key, const char *text);

#endif
