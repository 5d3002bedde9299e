/* The embedded engine: segment files in DIR/journal, one write and one sync a batch. */
#ifndef MANDATED_ENGINE_EMBEDDED_H
#define MANDATED_ENGINE_EMBEDDED_H

#include "engine/engine.h"

/* What the state says it has applied; `known` only if its meta value checks. The state need not be
 * trusted otherwise: the journal must reach this far in any case. */
struct embedded_applied {
	bool known;
	uint64_t index;
	uint8_t chain[HASH_BYTES]; /* j(index) */
	struct engine_position position;
	/* The state is from this boot or from a clean stop, so everything before `position` was
	 * synced and read back by an earlier run: recovery may begin there. */
	bool trusted;
};

struct embedded_options {
	const char *directory; /* the state directory: holds journal/ and the file `clean` */
	uint64_t segment_bytes;
	/* For verification by another process, also while the daemon writes: recovers nothing,
	 * writes nothing; start and append answer STATUS_INVALID. Opening reads only the first
	 * header; engine_read checks everything, goes as far as batches are complete and answers
	 * STATUS_CORRUPT for damage before that, or if it does not come as far as `applied` says.
	 * engine_status has the instance at once and how far the newest reading came after it. */
	bool read_only;
};

/* What was found at opening. */
struct embedded_found {
	bool fresh;	     /* a new journal was made */
	bool was_clean;	     /* the file `clean` was there and true */
	uint64_t torn_bytes; /* of an unfinished batch, zeroed */
};

/* Is there a file `clean` in `directory`? To decide whether a state may be trusted before the
 * journal is opened. */
MUST_USE bool embedded_has_clean(const char *directory);

/* Opens or makes the journal and recovers it (see the comment in recover.c). STATUS_CORRUPT,
 * STATUS_FOREIGN: named by file and offset in `err`, nothing was changed. When this returns
 * STATUS_OK everything that can be read is durable, `clean` is gone and its directory synced. */
MUST_USE enum status embedded_open(const struct embedded_options *options,
				   const struct embedded_applied *applied, struct error *err,
				   struct embedded_found *ret_found, struct engine **ret_engine);

#endif
