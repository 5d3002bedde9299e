/* Envelopes to clients as bytes that several sendings share; stream frames, encoded by hand because
 * one is made for every few events to every subscriber. */
#ifndef MANDATED_SERVICE_FRAME_H
#define MANDATED_SERVICE_FRAME_H

#include "service/batch.h"

#include <stdatomic.h>

struct frame {
	atomic_uint references; /* the I/O thread gives its own back */
	size_t len;
	uint8_t data[];
};

enum {
	/* All of an envelope with a Frame but its events: version, correlation, headers, through,
	   day, head. */
	FRAME_OVERHEAD_BYTES = 96,
	/* A field of Frame with the digest of an event that is not shown. */
	FRAME_DIGEST_BYTES = 64,
	/* Who has lost sight of a record is told its key. */
	FRAME_LEFT_BYTES = FRAME_DIGEST_BYTES + KEY_TEXT_MAX + 16,
};

void frame_hold(struct frame *f);
void frame_release(struct frame *f); /* NULL is fine */

/* One reference, the caller's; NULL on no memory. `events`: fields of Frame, one after the other.
 * `day`: DAY_NEVER for none. */
struct frame *frame_encode(uint64_t correlation, struct bytes events, uint64_t through,
			   const uint8_t through_hash[HASH_BYTES], int32_t day);

/* Any envelope. */
struct frame *frame_of_envelope(const Mandate__Envelope *envelope);

/* An End. `text` may be NULL. */
struct frame *frame_of_end(uint64_t correlation, Mandate__Code code, const char *text);

/* Writes a field of Frame around a packed StreamEvent; answers its length, frame_field_bytes(len).
 */
size_t frame_put_field(uint8_t *to, struct bytes stream_event);
size_t frame_field_bytes(size_t stream_event_len);

/* A StreamEvent with event and salt, as a field; frame_event_bytes(event.len) bytes. */
size_t frame_put_event(uint8_t *to, struct bytes event, const uint8_t salt[SALT_BYTES]);
size_t frame_event_bytes(size_t event_len);

/* A StreamEvent with a digest, as a field; at most FRAME_DIGEST_BYTES. */
size_t frame_put_digest(uint8_t *to, uint64_t revision, const uint8_t digest[HASH_BYTES]);

/* A packed StreamEvent, without a field header, that names a record which has left; `digest` NULL:
 * none. At most FRAME_LEFT_BYTES. */
size_t frame_put_left(uint8_t *to, uint64_t revision, const uint8_t *digest, Mandate__Kind kind,
		      const char *key);

/* The revision of a packed StreamEvent of ours; 0 if it has none. */
uint64_t frame_event_revision(struct bytes stream_event);

/* Protobuf's variable-length numbers. */
size_t frame_put_number(uint8_t *to, uint64_t value);
size_t frame_number_bytes(uint64_t value);

#endif
