#include "model/encode.h"

#include <stdbool.h>
#include <string.h>

enum { WIRE_NUMBER = 0, WIRE_EIGHT = 1, WIRE_BYTES = 2, WIRE_FOUR = 5 };

/* Filled from its end; `at` is the first byte written. */
struct pen {
	uint8_t *at, *begin;
	bool full; /* or what only protobuf-c can pack */
};

static bool take(struct pen *pen, size_t len)
{
	if ((size_t)(pen->at - pen->begin) < len) {
		pen->full = true;
		return false;
	}
	pen->at -= len;
	return true;
}

static void put_data(struct pen *pen, const void *data, size_t len)
{
	if (len && take(pen, len))
		memcpy(pen->at, data, len);
}

static void put_number(struct pen *pen, uint64_t value)
{
	size_t len = 1;

	for (uint64_t left = value >> 7; left; left >>= 7)
		len++;
	if (!take(pen, len))
		return;
	for (size_t i = 0; i < len; i++, value >>= 7)
		pen->at[i] = (uint8_t)(i + 1 < len ? value | 0x80 : value);
}

static void put_fixed(struct pen *pen, uint64_t value, size_t len)
{
	if (take(pen, len))
		for (size_t i = 0; i < len; i++, value >>= 8)
			pen->at[i] = (uint8_t)value;
}

/* The length of what was written after `end`, and the field's tag before it. */
static void put_head(struct pen *pen, uint32_t id, const uint8_t *end)
{
	put_number(pen, (uint64_t)(end - pen->at));
	put_number(pen, id << 3 | WIRE_BYTES);
}

static uint64_t zigzag(int64_t value)
{
	return (uint64_t)value << 1 ^ (value < 0 ? UINT64_MAX : 0);
}

/* A number without its tag; answers the wire type. */
static unsigned put_scalar(struct pen *pen, ProtobufCType type, const void *member)
{
	switch (type) {
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_ENUM:
		put_number(pen, (uint64_t)(int64_t) * (const int32_t *)member);
		return WIRE_NUMBER;
	case PROTOBUF_C_TYPE_SINT32:
		put_number(pen, zigzag(*(const int32_t *)member));
		return WIRE_NUMBER;
	case PROTOBUF_C_TYPE_UINT32:
		put_number(pen, *(const uint32_t *)member);
		return WIRE_NUMBER;
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_UINT64:
		put_number(pen, *(const uint64_t *)member);
		return WIRE_NUMBER;
	case PROTOBUF_C_TYPE_SINT64:
		put_number(pen, zigzag(*(const int64_t *)member));
		return WIRE_NUMBER;
	case PROTOBUF_C_TYPE_BOOL:
		put_number(pen, *(const protobuf_c_boolean *)member != 0);
		return WIRE_NUMBER;
	case PROTOBUF_C_TYPE_SFIXED32:
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_FLOAT:
		put_fixed(pen, *(const uint32_t *)member, 4);
		return WIRE_FOUR;
	case PROTOBUF_C_TYPE_SFIXED64:
	case PROTOBUF_C_TYPE_FIXED64:
	case PROTOBUF_C_TYPE_DOUBLE:
		put_fixed(pen, *(const uint64_t *)member, 8);
		return WIRE_EIGHT;
	case PROTOBUF_C_TYPE_STRING:
	case PROTOBUF_C_TYPE_BYTES:
	case PROTOBUF_C_TYPE_MESSAGE:
		break;
	}
	pen->full = true; /* not a number: never asked for */
	return WIRE_NUMBER;
}

static void put_message(struct pen *pen, const ProtobufCMessage *message);

/* One value with its tag. */
static void put_value(struct pen *pen, const ProtobufCFieldDescriptor *field, const void *member)
{
	const uint8_t *end = pen->at;
	const ProtobufCBinaryData *bytes = member;
	const void *pointer;

	if (field->type == PROTOBUF_C_TYPE_STRING) {
		pointer = *(const char *const *)member;
		if (pointer)
			put_data(pen, pointer, strlen(pointer));
	} else if (field->type == PROTOBUF_C_TYPE_BYTES) {
		put_data(pen, bytes->data, bytes->len);
	} else if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
		pointer = *(const ProtobufCMessage *const *)member;
		if (pointer)
			put_message(pen, pointer);
	} else {
		put_number(pen, field->id << 3 | put_scalar(pen, field->type, member));
		return;
	}
	put_head(pen, field->id, end);
}

/* Of an element of a repeated field. */
static const uint8_t sizes[] = {
	[PROTOBUF_C_TYPE_INT32] = 4,
	[PROTOBUF_C_TYPE_SINT32] = 4,
	[PROTOBUF_C_TYPE_SFIXED32] = 4,
	[PROTOBUF_C_TYPE_INT64] = 8,
	[PROTOBUF_C_TYPE_SINT64] = 8,
	[PROTOBUF_C_TYPE_SFIXED64] = 8,
	[PROTOBUF_C_TYPE_UINT32] = 4,
	[PROTOBUF_C_TYPE_FIXED32] = 4,
	[PROTOBUF_C_TYPE_UINT64] = 8,
	[PROTOBUF_C_TYPE_FIXED64] = 8,
	[PROTOBUF_C_TYPE_FLOAT] = 4,
	[PROTOBUF_C_TYPE_DOUBLE] = 8,
	[PROTOBUF_C_TYPE_BOOL] = sizeof(protobuf_c_boolean),
	[PROTOBUF_C_TYPE_ENUM] = 4,
	[PROTOBUF_C_TYPE_STRING] = sizeof(char *),
	[PROTOBUF_C_TYPE_BYTES] = sizeof(ProtobufCBinaryData),
	[PROTOBUF_C_TYPE_MESSAGE] = sizeof(ProtobufCMessage *),
};

static void put_repeated(struct pen *pen, const ProtobufCFieldDescriptor *field, size_t count,
			 const uint8_t *values)
{
	size_t size = sizes[field->type];
	const uint8_t *end = pen->at;
	bool is_packed = field->flags & PROTOBUF_C_FIELD_FLAG_PACKED;

	while (count-- > 0 && !pen->full) {
		if (is_packed)
			put_scalar(pen, field->type, values + count * size);
		else
			put_value(pen, field, values + count * size);
	}
	if (is_packed)
		put_head(pen, field->id, end);
}

static bool is_pointer(ProtobufCType type)
{
	return type == PROTOBUF_C_TYPE_STRING || type == PROTOBUF_C_TYPE_MESSAGE;
}

/* As protobuf-c sees it: by the oneof's case, a pointer that is not the default, or has_. */
static bool is_there(const ProtobufCFieldDescriptor *field, const uint8_t *message,
		     const void *member)
{
	const void *quantifier = message + field->quantifier_offset;
	const void *pointer;

	if (field->label == PROTOBUF_C_LABEL_REQUIRED)
		return true;
	if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF &&
	    *(const uint32_t *)quantifier != field->id)
		return false;
	if (is_pointer(field->type)) {
		pointer = *(const void *const *)member;
		return pointer && pointer != field->default_value;
	}
	return field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF ||
	       *(const protobuf_c_boolean *)quantifier;
}

static void put_message(struct pen *pen, const ProtobufCMessage *message)
{
	const ProtobufCMessageDescriptor *type = message->descriptor;
	const uint8_t *at = (const uint8_t *)message;

	if (message->n_unknown_fields)
		pen->full = true;
	for (unsigned i = type->n_fields; i-- > 0 && !pen->full;) {
		const ProtobufCFieldDescriptor *field = &type->fields[i];
		const void *member = at + field->offset;

		if (field->label == PROTOBUF_C_LABEL_REPEATED) {
			size_t count =
				*(const size_t *)(const void *)(at + field->quantifier_offset);

			if (count)
				put_repeated(pen, field, count, *(const uint8_t *const *)member);
		} else if (is_there(field, at, member)) {
			put_value(pen, field, member);
		}
	}
}

void encode_message(struct encode *e, const ProtobufCMessage *message)
{
	uint8_t *end = e->room + ENCODE_ROOM;
	struct pen pen = {.at = end, .begin = e->room};

	put_message(&pen, message);
	e->message = message;
	e->packed = pen.full ? NULL : pen.at;
	e->len = pen.full ? protobuf_c_message_get_packed_size(message) : (size_t)(end - pen.at);
}

void encode_put(const struct encode *e, uint8_t *to)
{
	if (e->packed)
		memcpy(to, e->packed, e->len);
	else
		protobuf_c_message_pack(e->message, to);
}
