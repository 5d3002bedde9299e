#include "json.h"
#include "json_parts.h"

#include "base/day.h"
#include "base/hash.h"
#include "model/names.h"

#include <stdio.h>
#include <stdlib.h>

static json_t *of_u64(uint64_t value, bool as_text)
{
	char text[24];

	if (!as_text && value <= INT64_MAX)
		return json_integer((json_int_t)value);
	snprintf(text, sizeof text, "%llu", (unsigned long long)value);
	return json_string(text);
}

static json_t *of_bytes(const ProtobufCBinaryData *bytes)
{
	char *text = malloc(2 * bytes->len + 1);

	if (!text)
		return NULL;
	hash_hex(text, bytes->data, bytes->len);
	json_t *json = json_string(text);
	free(text);
	return json;
}

static json_t *of_day(int32_t day)
{
	char text[DAY_TEXT_BYTES];

	day_format(text, day);
	return json_string(text);
}

/* Bytes that are no UTF-8 (nothing that passed the daemon's checks) must not hide the rest. */
static json_t *of_text(const char *text)
{
	json_t *json = json_string(text);

	return json ? json : json_string("(not UTF-8)");
}

static json_t *of_value(const ProtobufCFieldDescriptor *field, const void *at)
{
	switch (field->type) {
	case PROTOBUF_C_TYPE_SINT32:
		return of_day(*(const int32_t *)at);
	case PROTOBUF_C_TYPE_INT32:
		return json_integer(*(const int32_t *)at);
	case PROTOBUF_C_TYPE_SFIXED32:
		return json_real(*(const int32_t *)at / JSON_DEGREE);
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_FIXED32:
		return json_integer(*(const uint32_t *)at);
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
		return json_integer(*(const int64_t *)at);
	case PROTOBUF_C_TYPE_UINT64:
		return of_u64(*(const uint64_t *)at, false);
	case PROTOBUF_C_TYPE_FIXED64:
		return of_u64(*(const uint64_t *)at, true);
	case PROTOBUF_C_TYPE_BOOL:
		return json_boolean(*(const protobuf_c_boolean *)at);
	case PROTOBUF_C_TYPE_ENUM:
		return json_string(names_text(field->descriptor, *(const int *)at));
	case PROTOBUF_C_TYPE_STRING:
		return of_text(*(char *const *)at);
	case PROTOBUF_C_TYPE_BYTES:
		return of_bytes(at);
	case PROTOBUF_C_TYPE_MESSAGE:
		return json_of_message(*(ProtobufCMessage *const *)at);
	case PROTOBUF_C_TYPE_FLOAT: /* the schema has none */
	case PROTOBUF_C_TYPE_DOUBLE:
		break;
	}
	return json_null();
}

static const void *member(const ProtobufCMessage *message, unsigned offset)
{
	return (const char *)message + offset;
}

static bool is_set(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
	const void *quantifier = member(message, field->quantifier_offset);

	if (field->label == PROTOBUF_C_LABEL_REQUIRED)
		return true;
	if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
		return *(const uint32_t *)quantifier == field->id;
	if (json_is_pointer(field->type))
		return *(void *const *)member(message, field->offset);
	return *(const protobuf_c_boolean *)quantifier;
}

static json_t *of_list(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
	size_t count = *(const size_t *)member(message, field->quantifier_offset);
	const char *items = *(char *const *)member(message, field->offset);
	json_t *list = json_array();

	for (size_t i = 0; list && i < count; i++) {
		if (json_array_append_new(
			    list, of_value(field, items + i * json_value_bytes(field->type))) !=
		    0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *of_unset(const ProtobufCFieldDescriptor *field)
{
	return field->type == PROTOBUF_C_TYPE_BOOL ? json_false() : json_null();
}

/* The member for a field; NULL in *ret_json: it is left out. False on no memory. */
static bool of_field(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field,
		     bool all, json_t **ret_json)
{
	json_t *json;

	if (field->label == PROTOBUF_C_LABEL_REPEATED) {
		if (!all && *(const size_t *)member(message, field->quantifier_offset) == 0)
			return true;
		json = of_list(message, field);
	} else if (is_set(message, field)) {
		json = of_value(field, member(message, field->offset));
	} else {
		if (!all)
			return true;
		json = of_unset(field);
	}
	*ret_json = json;
	return json;
}

static json_t *of_message(const ProtobufCMessage *message, bool all)
{
	const ProtobufCMessageDescriptor *type = message->descriptor;
	json_t *object = json_object();

	for (unsigned i = 0; object && i < type->n_fields; i++) {
		json_t *value = NULL;

		if (!of_field(message, &type->fields[i], all, &value) ||
		    (value && json_object_set_new(object, type->fields[i].name, value) != 0)) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}

json_t *json_of_message(const ProtobufCMessage *message)
{
	return of_message(message, false);
}

json_t *json_of_row(const ProtobufCMessage *message)
{
	return of_message(message, true);
}
