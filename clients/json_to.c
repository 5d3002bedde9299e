#include "json.h"
#include "json_parts.h"

#include "base/day.h"
#include "model/names.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Where we are, from the innermost outwards; `index` -1: not in a list. */
struct place {
	const struct place *outer;
	const char *name;
	int index;
};

struct reader {
	struct arena *arena;
	struct error *err;
};

static void place_text(const struct place *p, char *ret_text, size_t size)
{
	char outer[256] = "";

	if (!p) {
		ret_text[0] = '\0';
		return;
	}
	place_text(p->outer, outer, sizeof outer);
	int len = snprintf(ret_text, size, "%s%s%s", outer, outer[0] ? "." : "", p->name);
	if (p->index >= 0 && len > 0 && (size_t)len < size)
		snprintf(ret_text + len, size - (size_t)len, "[%d]", p->index);
}

static enum status wrong(struct reader *r, const struct place *p, const char *what)
{
	char text[256];

	place_text(p, text, sizeof text);
	return error_set(r->err, STATUS_INVALID, "%s%s%s", text, text[0] ? ": " : "", what);
}

static enum status no_memory(struct reader *r)
{
	return error_set(r->err, STATUS_LIMIT, "too large");
}

static enum status to_message(struct reader *r, const struct place *p, const json_t *json,
			      const ProtobufCMessageDescriptor *type, ProtobufCMessage **ret);

static enum status to_signed(struct reader *r, const struct place *p, const json_t *json,
			     int64_t low, int64_t high, int64_t *ret)
{
	if (!json_is_integer(json))
		return wrong(r, p, "must be a whole number");
	if (json_integer_value(json) < low || json_integer_value(json) > high)
		return wrong(r, p, "a number out of range");
	*ret = json_integer_value(json);
	return STATUS_OK;
}

/* Also as a text of digits, for what a signed number cannot hold. */
static enum status to_u64(struct reader *r, const struct place *p, const json_t *json,
			  uint64_t *ret)
{
	const char *text = json_string_value(json);
	int64_t value = 0;

	if (text && *text >= '0' && *text <= '9') {
		char *rest;

		errno = 0;
		uint64_t number = strtoull(text, &rest, 10);
		if (errno || *rest)
			return wrong(r, p, "must be a whole number");
		*ret = number;
		return STATUS_OK;
	}
	enum status s = to_signed(r, p, json, 0, INT64_MAX, &value);
	if (s == STATUS_OK)
		*ret = (uint64_t)value;
	return s;
}

static enum status to_day(struct reader *r, const struct place *p, const json_t *json, int32_t *ret)
{
	if (!json_is_string(json) || day_parse(ret, json_string_value(json)) != STATUS_OK)
		return wrong(r, p, "must be a day that exists, as \"2004-10-01\"");
	return STATUS_OK;
}

static enum status to_degrees(struct reader *r, const struct place *p, const json_t *json,
			      int32_t *ret)
{
	double units = json_number_value(json) * JSON_DEGREE;

	if (!json_is_number(json) || !(units >= -180 * JSON_DEGREE && units <= 180 * JSON_DEGREE))
		return wrong(r, p, "must be decimal degrees");
	if (fabs(units - round(units)) > 1e-3)
		return wrong(r, p, "has at most 5 decimals");
	*ret = (int32_t)lround(units);
	return STATUS_OK;
}

static enum status to_text(struct reader *r, const struct place *p, const json_t *json, char **ret)
{
	if (!json_is_string(json))
		return wrong(r, p, "must be a text");
	*ret = arena_text(r->arena, json_string_value(json));
	return *ret ? STATUS_OK : no_memory(r);
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static enum status to_bytes(struct reader *r, const struct place *p, const json_t *json,
			    ProtobufCBinaryData *ret)
{
	const char *text = json_string_value(json);
	size_t len = json_string_length(json) / 2;
	uint8_t *data =
		text && json_string_length(json) % 2 == 0 ? arena_alloc(r->arena, len + 1) : NULL;

	if (!data)
		return wrong(r, p, "must be bytes as hex digits");
	for (size_t i = 0; i < len; i++) {
		int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return wrong(r, p, "must be bytes as hex digits");
		data[i] = (uint8_t)(high << 4 | low);
	}
	*ret = (ProtobufCBinaryData){len, data};
	return STATUS_OK;
}

static enum status to_enum(struct reader *r, const struct place *p, const json_t *json,
			   const ProtobufCEnumDescriptor *type, int *ret)
{
	char text[256];
	size_t len;

	if (json_is_string(json) && names_value(type, json_string_value(json), ret) == STATUS_OK)
		return STATUS_OK;
	len = (size_t)snprintf(text, sizeof text, "must be one of");
	for (unsigned i = 0; i < type->n_values && len < sizeof text; i++)
		len += (size_t)snprintf(text + len, sizeof text - len, "%s %s", i ? "," : "",
					names_text(type, type->values[i].value));
	return wrong(r, p, text);
}

static enum status to_value(struct reader *r, const struct place *p, const json_t *json,
			    const ProtobufCFieldDescriptor *field, void *at)
{
	int64_t number = 0;
	enum status s;

	switch (field->type) {
	case PROTOBUF_C_TYPE_SINT32:
		return to_day(r, p, json, at);
	case PROTOBUF_C_TYPE_INT32:
		s = to_signed(r, p, json, INT32_MIN, INT32_MAX, &number);
		*(int32_t *)at = (int32_t)number;
		return s;
	case PROTOBUF_C_TYPE_SFIXED32:
		return to_degrees(r, p, json, at);
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
		s = to_signed(r, p, json, 0, UINT32_MAX, &number);
		*(uint32_t *)at = (uint32_t)number;
		return s;
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
		return to_signed(r, p, json, INT64_MIN, INT64_MAX, at);
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED64:
		return to_u64(r, p, json, at);
	case PROTOBUF_C_TYPE_BOOL:
		if (!json_is_boolean(json))
			return wrong(r, p, "must be true or false");
		*(protobuf_c_boolean *)at = json_is_true(json);
		return STATUS_OK;
	case PROTOBUF_C_TYPE_ENUM:
		return to_enum(r, p, json, field->descriptor, at);
	case PROTOBUF_C_TYPE_STRING:
		return to_text(r, p, json, at);
	case PROTOBUF_C_TYPE_BYTES:
		return to_bytes(r, p, json, at);
	case PROTOBUF_C_TYPE_MESSAGE:
		return to_message(r, p, json, field->descriptor, at);
	case PROTOBUF_C_TYPE_FLOAT: /* the schema has none */
	case PROTOBUF_C_TYPE_DOUBLE:
		break;
	}
	return wrong(r, p, "cannot be given as JSON");
}

static enum status to_list(struct reader *r, const struct place *p, const json_t *json,
			   const ProtobufCFieldDescriptor *field, ProtobufCMessage *message)
{
	size_t count = json_array_size(json), item_bytes = json_value_bytes(field->type);
	char *items;

	if (!json_is_array(json))
		return wrong(r, p, "must be a list");
	if (count == 0)
		return STATUS_OK;
	items = arena_calloc(r->arena, count, item_bytes);
	if (!items)
		return no_memory(r);
	for (size_t i = 0; i < count; i++) {
		struct place item = {p->outer, p->name, (int)i};
		enum status s =
			to_value(r, &item, json_array_get(json, i), field, items + i * item_bytes);

		if (s != STATUS_OK)
			return s;
	}
	*(char **)((char *)message + field->offset) = items;
	*(size_t *)((char *)message + field->quantifier_offset) = count;
	return STATUS_OK;
}

static enum status to_field(struct reader *r, const struct place *p, const json_t *json,
			    const ProtobufCFieldDescriptor *field, ProtobufCMessage *message)
{
	void *quantifier = (char *)message + field->quantifier_offset;

	if (field->label == PROTOBUF_C_LABEL_REPEATED)
		return to_list(r, p, json, field, message);
	if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) {
		if (*(uint32_t *)quantifier != 0)
			return wrong(r, p, "stands beside another of which only one may be set");
		*(uint32_t *)quantifier = field->id;
	} else if (field->label == PROTOBUF_C_LABEL_OPTIONAL && !json_is_pointer(field->type)) {
		*(protobuf_c_boolean *)quantifier = true;
	}
	return to_value(r, p, json, field, (char *)message + field->offset);
}

static enum status to_message(struct reader *r, const struct place *p, const json_t *json,
			      const ProtobufCMessageDescriptor *type, ProtobufCMessage **ret)
{
	ProtobufCMessage *message;
	const char *name;
	json_t *value;

	if (!json_is_object(json))
		return wrong(r, p, "must be an object");
	message = arena_alloc(r->arena, type->sizeof_message);
	if (!message)
		return no_memory(r);
	protobuf_c_message_init(type, message);
	/* Iterating only reads; jansson's iterator wants it writable. */
	json_object_foreach((json_t *)(uintptr_t)json, name, value)
	{
		const ProtobufCFieldDescriptor *field =
			protobuf_c_message_descriptor_get_field_by_name(type, name);
		struct place inner = {p, name, -1};

		if (!field)
			return wrong(r, &inner, "no field of that name");
		if (json_is_null(value))
			continue;
		enum status s = to_field(r, &inner, value, field, message);
		if (s != STATUS_OK)
			return s;
	}
	for (unsigned i = 0; i < type->n_fields; i++) {
		struct place inner = {p, type->fields[i].name, -1};

		if (type->fields[i].label == PROTOBUF_C_LABEL_REQUIRED &&
		    (!json_object_get(json, type->fields[i].name) ||
		     json_is_null(json_object_get(json, type->fields[i].name))))
			return wrong(r, &inner, "missing");
	}
	*ret = message;
	return STATUS_OK;
}

enum status json_to_message(struct arena *a, const json_t *json,
			    const ProtobufCMessageDescriptor *type, ProtobufCMessage **ret_message,
			    struct error *err)
{
	struct reader r = {a, err};

	return to_message(&r, NULL, json, type, ret_message);
}
