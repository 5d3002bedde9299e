/* Packing in one pass. protobuf-c asks every message for its size before it packs it, and every
 * message inside again; written from the end backwards a length is known when its turn comes. */
#ifndef MANDATED_MODEL_ENCODE_H
#define MANDATED_MODEL_ENCODE_H

#include "base/bytes.h"

#include <protobuf-c/protobuf-c.h>

enum { ENCODE_ROOM = 2048 }; /* most messages; what is larger takes protobuf-c's way */

/* Packs `message` into the end of `room`, to the bytes that protobuf-c makes of it. False if there
 * is no room, or it has unknown fields; the caller then has protobuf-c do it. */
bool encode_message(const ProtobufCMessage *message, uint8_t room[ENCODE_ROOM],
		    struct bytes *ret_bytes);

#endif
