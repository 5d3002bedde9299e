/* Messages of proto/ as JSON and back, by their descriptors: field names as in proto/, enum values by
 * name in lower case, days as "YYYY-MM-DD", coordinates as decimal degrees, bytes as hex. */
#ifndef MANDATED_CLIENTS_JSON_H
#define MANDATED_CLIENTS_JSON_H

#include "base/arena.h"

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>

/* A new reference; NULL on no memory. Fields in the order of the schema. */
json_t *json_of_message(const ProtobufCMessage *message);

/* A message of `type` in `a`. STATUS_INVALID with the field and the reason in `err`: unknown names,
 * wrong types, numbers out of the field's type, missing required fields. */
MUST_USE enum status json_to_message(struct arena *a, const json_t *json,
				     const ProtobufCMessageDescriptor *type,
				     ProtobufCMessage **ret_message, struct error *err);

#endif
