/* Messages of proto/ as JSON and back, by their descriptors: field names as in proto/, enum values
 * by name in lower case (codes of alerts and refusals in capitals), days as "YYYY-MM-DD",
 * coordinates as decimal degrees, bytes as hex, fixed64 (a lane: a name, no quantity) as a text of
 * digits, as is any whole number that JSON readers with signed 64 bits could not hold. Fields not
 * set, and empty lists, are left out. */
#ifndef MANDATED_CLIENTS_JSON_H
#define MANDATED_CLIENTS_JSON_H

#include "base/arena.h"

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>

/* How all JSON of ours is written: one line, coordinates without a tail of digits. */
#define JSON_LINE (JSON_COMPACT | JSON_REAL_PRECISION(10))

/* A new reference; NULL on no memory. Fields in the order of the schema. */
json_t *json_of_message(const ProtobufCMessage *message);

/* The same with every field of the message itself there: null where it is not set, false for a
 * flag, an empty list. What a row of an answer is printed as. */
json_t *json_of_row(const ProtobufCMessage *message);

/* A message of `type` in `a`. STATUS_INVALID with the field and the reason in `err`: unknown names,
 * wrong types, numbers out of the field's type, missing required fields. null is "not set". */
MUST_USE enum status json_to_message(struct arena *a, const json_t *json,
				     const ProtobufCMessageDescriptor *type,
				     ProtobufCMessage **ret_message, struct error *err);

#endif
