/* Enum values as people and JSON write them: without the enum's prefix, in lower case. */
#ifndef MANDATED_MODEL_NAMES_H
#define MANDATED_MODEL_NAMES_H

#include "base/status.h"

#include <protobuf-c/protobuf-c.h>

enum { NAME_TEXT_BYTES = 48 };

/* "military" for COMPONENT_MILITARY; the number in digits for a value that the enum does not have.
 * In one of 8 static buffers a thread. Alert codes and refusal codes keep their capitals
 * ("CEIL_OVER", "SEQ_JUMP"). */
const char *names_text(const ProtobufCEnumDescriptor *type, int value);

/* The value of a name, in either case. STATUS_NOT_FOUND. */
MUST_USE enum status names_value(const ProtobufCEnumDescriptor *type, const char *name,
				 int *ret_value);

#endif
