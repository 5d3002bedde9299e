/* What an office may see of an event or of a version of a record: by the names that the event's
 * tags hold, which include those of what an act acts on. */
#ifndef MANDATED_SERVICE_READABLE_H
#define MANDATED_SERVICE_READABLE_H

#include "model/grants.h"
#include "store/store.h"

/* On whose behalf something is read. office NULL: nobody's, everything is seen (a rebuild, a test).
 * Whether the office stands at all is asked where it speaks. */
struct reader_of {
	const Mandate__Office *office;
	int32_t day; /* the state's */
};

/* What the tags of an event name: on the side before it, or after. Lists live in `a` or in `tags`.
 */
MUST_USE enum status readable_names(struct arena *a, const Mandate__EventTags *tags, bool before,
				    struct grants_names *ret_names);

/* Tags as rules with authority write them. Events of before have the names of both sides in one
 * list, and alerts no contributor: what the event itself names completes them. An operation that
 * the record no longer names was named before; where it cannot be told whether a name was already
 * there before, it counts as new; contributors of either side count for both, so that an office
 * limited to one is shown less rather than more. `tags` itself where nothing is to be added. */
MUST_USE enum status readable_tags(struct arena *a, const Mandate__EventTags *tags,
				   struct bytes event, const Mandate__EventTags **ret_tags);

/* Which side of an event it may see: the record before it, the record after it. Of one that takes
 * a record away both are as the record was; a new record has no before. */
struct readable {
	bool before, after;
};
/* `tags` as readable_tags answers them. */
MUST_USE enum status readable_event(const struct reader_of *who, struct arena *a,
				    const Mandate__EventTags *tags, struct readable *ret_readable);
/* May it see this version of a record, with what holds in it? */
MUST_USE enum status readable_version(const struct reader_of *who, struct store_txn *t,
				      struct arena *a, Mandate__Kind kind, const char *key,
				      const struct store_version *version, bool *ret_readable);

/* The same of the content that event `revision` brought; of an alert, of that event. */
MUST_USE enum status readable_content(const struct reader_of *who, struct store_txn *t,
				      struct arena *a, Mandate__Kind kind, const char *key,
				      uint64_t revision, bool *ret_readable);

/* May it see an alert, be it on record or only judged to be open? By the operation that the alert
 * names, and a contributor if its key does. */
MUST_USE enum status readable_alert(const struct reader_of *who, struct arena *a,
				    const Mandate__Alert *alert, bool *ret_readable);

/* Nobody in particular, or an administrator. */
bool readable_as_administrator(const struct reader_of *who);

/* Every kind, of every operation and of none: nobody has to look at each record. */
bool readable_all(const struct reader_of *who);

#endif
