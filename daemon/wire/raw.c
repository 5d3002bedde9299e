#include "wire/raw.h"

enum { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_32 = 5, VARINT_BYTES_MAX = 10 };

size_t raw_number(const uint8_t *p, const uint8_t *end, struct raw *v)
{
	uint64_t number = 0;

	for (unsigned i = 0; i < VARINT_BYTES_MAX && p + i < end; i++) {
		number |= (uint64_t)(p[i] & 0x7f) << (7 * i);
		if (p[i] & 0x80)
			continue;
		v->number = number;
		/* A last byte of zero says nothing; bit 65 and above fall off. */
		if ((i > 0 && p[i] == 0) || (i == VARINT_BYTES_MAX - 1 && p[i] > 1))
			v->shortest = false;
		return i + 1;
	}
	return 0;
}

static uint64_t read_fixed(const uint8_t *p, size_t len)
{
	uint64_t number = 0;

	while (len-- > 0)
		number = number << 8 | p[len];
	return number;
}

size_t raw_value(const uint8_t *p, const uint8_t *end, unsigned wire, struct raw *v)
{
	size_t left = (size_t)(end - p), len;

	switch (wire) {
	case WIRE_VARINT:
		return raw_number(p, end, v);
	case WIRE_64:
	case WIRE_32:
		len = wire == WIRE_64 ? 8 : 4;
		if (left < len)
			return 0;
		v->number = read_fixed(p, len);
		return len;
	case WIRE_BYTES:
		len = raw_number(p, end, v);
		if (len == 0 || v->number > left - len)
			return 0;
		v->bytes = bytes_of(p + len, (size_t)v->number);
		return len + v->bytes.len;
	default: /* groups, and what does not exist */
		return 0;
	}
}

unsigned raw_wire(const ProtobufCFieldDescriptor *field)
{
	return field->flags & PROTOBUF_C_FIELD_FLAG_PACKED ? WIRE_BYTES : raw_wire_alone(field);
}

unsigned raw_wire_alone(const ProtobufCFieldDescriptor *field)
{
	switch (field->type) {
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_BYTES:
	case PROTOBUF_C_TYPE_MESSAGE:
		return WIRE_BYTES;
	case PROTOBUF_C_TYPE_FIXED64:
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_DOUBLE:
		return WIRE_64;
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_SFIXED32:
	case PROTOBUF_C_TYPE_FLOAT:
		return WIRE_32;
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_BOOL:
	case PROTOBUF_C_TYPE_ENUM:
		break;
	}
	return WIRE_VARINT;
}

bool raw_meaning(ProtobufCType type, uint64_t bits, int64_t *ret_number)
{
	if (type == PROTOBUF_C_TYPE_SINT32) {
		*ret_number = (int64_t)(bits >> 1) ^ -(int64_t)(bits & 1);
		return bits <= UINT32_MAX;
	}
	if (type == PROTOBUF_C_TYPE_SFIXED32) {
		*ret_number = (int32_t)(uint32_t)bits;
		return true;
	}
	*ret_number = (int64_t)bits;
	if (type == PROTOBUF_C_TYPE_INT32 || type == PROTOBUF_C_TYPE_ENUM)
		return *ret_number >= INT32_MIN && *ret_number <= INT32_MAX;
	if (type == PROTOBUF_C_TYPE_UINT32)
		return bits <= UINT32_MAX;
	if (type == PROTOBUF_C_TYPE_BOOL)
		return bits <= 1;
	return true;
}
