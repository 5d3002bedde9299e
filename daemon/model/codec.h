/* Messages of proto/ in and out of bytes, with all memory from an arena. */
#ifndef MANDATED_MODEL_CODEC_H
#define MANDATED_MODEL_CODEC_H

#include "base/arena.h"

#include <protobuf-c/protobuf-c.h>

/* Unpacks `bytes` as a message of `type`; everything lives in `a`. NULL when the bytes are no such
 * message or the arena's cap is reached (a->failed tells which). Strings are NUL-terminated copies:
 * a NUL inside is seen by comparing a re-packed message, as wire/check.h does. */
void *codec_decode(struct arena *a, const ProtobufCMessageDescriptor *type, struct bytes bytes);

/* Packs `message` into `a`. STATUS_NO_MEMORY. */
MUST_USE enum status codec_encode(struct arena *a, const ProtobufCMessage *message,
				  struct bytes *ret_bytes);

/* A deep copy in `a`; NULL on no memory. */
void *codec_copy(struct arena *a, const ProtobufCMessage *message);

/* Equality by packed bytes. */
bool codec_equal(struct arena *scratch, const ProtobufCMessage *x, const ProtobufCMessage *y);

/* protobuf-c's fields are not const: a text that a message borrows and nobody writes to. */
static inline char *codec_borrow(const char *text)
{
	return (char *)(uintptr_t)text;
}

#endif
