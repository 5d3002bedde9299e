/* The directory DIR/journal and the segment files in it: NNNNNNNNNNNNNNNN.seg, numbered without gap
 * from the oldest that has not been archived. */
#ifndef MANDATED_ENGINE_JOURNAL_H
#define MANDATED_ENGINE_JOURNAL_H

#include "engine/segment.h"

#include <limits.h>
#include <stdatomic.h>

struct journal {
	int state_fd; /* DIR */
	int fd;	      /* DIR/journal; -1 if it is not there */
	char path[PATH_MAX];
	uint64_t first, last;	/* segment numbers found at opening; 0: none */
	_Atomic uint64_t bytes; /* of all segment files */
	bool known;		/* `instance` has been set */
	uint8_t instance[INSTANCE_BYTES];
};

/* A segment file, opened, its header checked. */
struct journal_segment {
	int fd; /* -1: none */
	uint64_t number;
	uint64_t size;
};

#define JOURNAL_NO_SEGMENT ((struct journal_segment){.fd = -1})

/* Opens the directory and lists its segments. A journal that is not there is no failure: fd is -1
 * or `last` is 0. A gap in the numbers is STATUS_CORRUPT. Changes nothing on disk. */
MUST_USE enum status journal_open(struct journal *j, const char *directory, struct error *err);
void journal_close(struct journal *j);

/* Makes the directory if it is not there, and its name durable. */
MUST_USE enum status journal_make_directory(struct journal *j, struct error *err);

/* Opens segment `number` with O_RDONLY or O_RDWR. STATUS_NOT_FOUND if there is none, without a text
 * in `err`. The first header read gives the journal its instance. */
MUST_USE enum status journal_open_segment(struct journal *j, uint64_t number, int flags,
					  struct journal_segment *ret_segment, struct error *err);

/* Makes segment `number`: reserved, filled with zeros, header written, all of it synced, then
 * renamed into place and the directory synced. One that is there already (an earlier run made it
 * and did not need it) is taken. Gives up with STATUS_STOPPED once *stop is true; `stop` may be
 * NULL. */
MUST_USE enum status journal_make_segment(struct journal *j, uint64_t number, uint64_t size,
					  const atomic_bool *stop,
					  struct journal_segment *ret_segment, struct error *err);

/* Removes what an interrupted journal_make_segment left. */
void journal_discard_temporary(struct journal *j);

void journal_close_segment(struct journal_segment *segment);

/* Fills `err` with the file, the offset and `what`; returns `s`. */
enum status journal_blame(const struct journal *j, uint64_t number, uint64_t offset, enum status s,
			  const char *what, struct error *err);

/* The same for a failed call: what errno says is added. */
enum status journal_blame_call(const struct journal *j, uint64_t number, enum status s,
			       const char *what, struct error *err);

#endif
