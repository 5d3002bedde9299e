/* What a stream is told of an event: by its filter, and by what its office may see. */
#ifndef MANDATED_SERVICE_PASS_H
#define MANDATED_SERVICE_PASS_H

#include "base/limits.h"
#include "service/readable.h"

enum pass {
	PASS_NOT = 1, /* nothing, or a digest */
	PASS_EVENT,
	PASS_LEFT, /* the record has left what it may see: which one, and no more */
};

/* A filter and rights, as streams ask them again and again. It points to the filter only, so that
 * streams of several offices with the same rights share one. */
struct pass_by {
	const Mandate__Filter *filter;
	bool filtered;
	bool all;				   /* every kind is seen whole */
	bool whole[MANDATE__KIND__KIND_ALERT + 1]; /* by kind: every record is seen */
};

/* `filter` (NULL: everything) must outlive *ret_by. It holds while the rights of `who` do. */
void pass_init(struct pass_by *ret_by, const Mandate__Filter *filter, const struct reader_of *who);

/* Does every event of the kind pass, whatever its tags say? */
static inline bool pass_kind(const struct pass_by *by, Mandate__Kind kind)
{
	return !by->filtered && (by->all || ((int)kind >= 0 && kind <= MANDATE__KIND__KIND_ALERT &&
					     by->whole[kind]));
}

/* `who` has the rights that `by` was made of. Who sees one side of the event only is asked about
 * the names on that side only: its filter tells nothing of the other. Uses `scratch` only if the
 * kind alone does not decide. */
MUST_USE enum status pass_event(const struct pass_by *by, const struct reader_of *who,
				struct arena *scratch, const Mandate__EventTags *tags,
				struct bytes event, enum pass *ret_pass);
/* The same of packed tags. */
MUST_USE enum status pass_packed(const struct pass_by *by, const struct reader_of *who,
				 struct arena *scratch, struct bytes tags, struct bytes event,
				 enum pass *ret_pass);

/* Kind and key of the record that a packed Event changes. STATUS_CORRUPT if it changes none. */
MUST_USE enum status pass_record(struct arena *scratch, struct bytes event, Mandate__Kind *ret_kind,
				 char ret_key[KEY_TEXT_MAX + 1]);

#endif
