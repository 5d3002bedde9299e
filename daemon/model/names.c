#include "model/names.h"
#include "mandate.pb-c.h"

#include <stdbool.h>
#include <stdio.h>
#include <strings.h>

/* "CloseReason" stands before its values as "CLOSE_REASON_": one more for every capital. */
static size_t prefix_len(const ProtobufCEnumDescriptor *type)
{
	size_t len = 0;

	for (const char *c = type->short_name; *c; c++)
		len += *c >= 'A' && *c <= 'Z' ? 2 : 1;
	return len;
}

static bool keeps_capitals(const ProtobufCEnumDescriptor *type)
{
	return type == &mandate__code__descriptor || type == &mandate__alert_code__descriptor;
}

const char *names_text(const ProtobufCEnumDescriptor *type, int value)
{
	static _Thread_local char texts[8][NAME_TEXT_BYTES];
	static _Thread_local unsigned next;
	const ProtobufCEnumValue *v = protobuf_c_enum_descriptor_get_value(type, value);
	char *text = texts[next++ % 8];

	if (!v) {
		snprintf(text, NAME_TEXT_BYTES, "%d", value);
		return text;
	}
	snprintf(text, NAME_TEXT_BYTES, "%s", v->name + prefix_len(type));
	if (!keeps_capitals(type)) {
		for (char *c = text; *c; c++)
			if (*c >= 'A' && *c <= 'Z')
				*c = (char)(*c - 'A' + 'a');
	}
	return text;
}

enum status names_value(const ProtobufCEnumDescriptor *type, const char *name, int *ret_value)
{
	size_t prefix = prefix_len(type);

	for (unsigned i = 0; i < type->n_values; i++) {
		if (strcasecmp(type->values[i].name + prefix, name) == 0) {
			*ret_value = type->values[i].value;
			return STATUS_OK;
		}
	}
	return STATUS_NOT_FOUND;
}
