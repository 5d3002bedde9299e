/* Numbers and values of the protobuf encoding, read from bytes that may be anything. */
#ifndef MANDATED_WIRE_RAW_H
#define MANDATED_WIRE_RAW_H

#include "base/bytes.h"

#include <protobuf-c/protobuf-c.h>

/* What stands in the bytes for one field. */
struct raw {
	uint64_t number;
	struct bytes bytes;
	bool shortest; /* set by the caller; cleared by a number or length longer than needed */
};

/* The bytes that a varint at `p` takes, 0 if it does not end before `end` or is endless. */
size_t raw_number(const uint8_t *p, const uint8_t *end, struct raw *v);

/* The bytes that a value of wire type `wire` takes, 0 if they are not all there or no message has
 * such a type. Fills `number`, or `bytes` with a view. */
size_t raw_value(const uint8_t *p, const uint8_t *end, unsigned wire, struct raw *v);

/* The wire type in which a field must come. */
unsigned raw_wire(const ProtobufCFieldDescriptor *field);
/* The same for one value; of a packed list, how other libraries may write its members apart. */
unsigned raw_wire_alone(const ProtobufCFieldDescriptor *field);

/* The number that the bits mean under a type; an unsigned one past 63 bits, more than any limit of
 * ours, comes out negative. False if the type would write it in other bits. */
bool raw_meaning(ProtobufCType type, uint64_t bits, int64_t *ret_number);

#endif
