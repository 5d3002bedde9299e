/* Packing in one pass. protobuf-c asks every message for its size before it packs it, and every
 * message inside again; written from the end backwards a length is known when its turn comes. */
#ifndef MANDATED_MODEL_ENCODE_H
#define MANDATED_MODEL_ENCODE_H

#include <protobuf-c/protobuf-c.h>

enum { ENCODE_ROOM = 2048 }; /* most messages; what is larger takes protobuf-c's way */

/* A message on its way into bytes, which are those that protobuf-c makes of it. */
struct encode {
	size_t len;
	const uint8_t *packed; /* within `room`; NULL: protobuf-c will do it */
	const ProtobufCMessage *message;
	uint8_t room[ENCODE_ROOM];
};

/* Finds the length, mostly by packing. `message` must stay until encode_put. */
void encode_message(struct encode *e, const ProtobufCMessage *message);

/* Writes e->len bytes. */
void encode_put(const struct encode *e, uint8_t *to);

#endif
