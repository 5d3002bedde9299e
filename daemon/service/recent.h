/* The newest events, in memory, for streams that keep up: encoded once, as a frame holds them. */
#ifndef MANDATED_SERVICE_RECENT_H
#define MANDATED_SERVICE_RECENT_H

#include "service/batch.h"

struct recent_event {
	uint64_t revision;
	uint64_t last_revision; /* of its input */
	uint64_t bytes_before;	/* of the fields of all events since the start, before this one */
	const Mandate__EventTags *tags;
	Mandate__Kind kind; /* as in its tags, which lie further away */
	struct bytes field; /* as a field of Frame: header and StreamEvent with event and salt */
	struct bytes event; /* the packed Event within it */
	uint8_t digest[HASH_BYTES];
	uint8_t chain[HASH_BYTES];
	bool chunk_end; /* the event after it lies elsewhere */
};

struct recent_chunk;

/* Holds `oldest` to `newest` without gap; nothing if oldest > newest. */
struct recent {
	struct recent_chunk **chunks; /* a ring, `room` is a power of two */
	size_t first, count, room;
	size_t held_bytes;
	size_t most_bytes;
	uint64_t oldest, newest;
	uint64_t total_bytes; /* of all fields since the start */
};

/* Empty, after revision `newest`. */
void recent_init(struct recent *r, uint64_t newest, size_t most_bytes);
void recent_fini(struct recent *r);

/* Takes copies of the events of one batch, which follow r->newest without gap; drops the oldest as
 * needed. Without memory everything is dropped: streams then read the log. */
void recent_add(struct recent *r, const struct published *events, size_t count);

/* The event of `revision`, between oldest and newest; valid until the next recent_add. */
const struct recent_event *recent_get(const struct recent *r, uint64_t revision);

/* The event after `e`, which must not be the newest. */
static inline const struct recent_event *recent_next(const struct recent *r,
						     const struct recent_event *e)
{
	return e->chunk_end ? recent_get(r, e->revision + 1) : e + 1;
}

#endif
