/* Messages made from the table of fields: what the table says is valid, and one thing changed. */
#ifndef MANDATED_TESTS_WIRE_SAMPLE_H
#define MANDATED_TESTS_WIRE_SAMPLE_H

#include "base/limits.h"
#include "wire/check.h"
#include "wire/raw.h"

#include <stdlib.h>

enum {
	PEN_BYTES = 48 * 1024,
	SAMPLE_DAY = 12000,  /* 2002-11-09 */
	SAMPLE_MEMBERS = 20, /* of the oneof with most members, the record's or the query's */
};

struct pen {
	size_t len;
	uint8_t data[PEN_BYTES];
};

static inline struct bytes pen_bytes(const struct pen *p)
{
	return bytes_of(p->data, p->len);
}

static inline void pen_raw(struct pen *p, const void *data, size_t len)
{
	if (len > sizeof p->data - p->len)
		abort(); /* a test's sample is small */
	if (len)
		memcpy(p->data + p->len, data, len);
	p->len += len;
}

static inline void pen_number(struct pen *p, uint64_t number)
{
	do {
		uint8_t byte = (uint8_t)((number & 0x7f) | (number > 0x7f ? 0x80 : 0));

		pen_raw(p, &byte, 1);
		number >>= 7;
	} while (number);
}

static inline void pen_bytes_field(struct pen *p, uint32_t id, struct bytes value)
{
	pen_number(p, id << 3 | 2);
	pen_number(p, value.len);
	pen_raw(p, value.data, value.len);
}

static inline void pen_fixed(struct pen *p, uint64_t number, size_t len)
{
	for (size_t i = 0; i < len; i++, number >>= 8)
		pen_raw(p, &(uint8_t){(uint8_t)number}, 1);
}

/* A number field in the encoding of its type; a packed list of it alone. */
static inline void pen_number_field(struct pen *p, const ProtobufCFieldDescriptor *field,
				    int64_t number)
{
	uint64_t bits = (uint64_t)number;

	if (field->type == PROTOBUF_C_TYPE_SINT32)
		bits = (uint64_t)number << 1 ^ (uint64_t)(number >> 63);
	if (field->flags & PROTOBUF_C_FIELD_FLAG_PACKED) {
		struct pen list = {0};

		pen_number(&list, bits);
		pen_bytes_field(p, field->id, pen_bytes(&list));
		return;
	}
	unsigned wire = raw_wire(field);
	pen_number(p, field->id << 3 | wire);
	if (wire == 0)
		pen_number(p, bits);
	else
		pen_fixed(p, bits, wire == 1 ? 8 : 4);
}

static inline bool is_member(const struct message_rule *rule, size_t i)
{
	return rule->type->fields[i].flags & PROTOBUF_C_FIELD_FLAG_ONEOF;
}

/* The n-th member of the oneof that may be sent; counts round. */
static inline size_t member_of(const struct message_rule *rule, unsigned n)
{
	size_t members[64], count = 0;

	for (size_t i = 0; i < rule->field_count; i++)
		if (is_member(rule, i) && rule->fields[i].form != FORM_FOREIGN)
			members[count++] = i;
	return count ? members[n % count] : rule->field_count;
}

static inline void sample_message(struct pen *p, const struct message_rule *rule, unsigned member);

/* A valid value of field i. */
static inline void sample_field(struct pen *p, const struct message_rule *rule, size_t i,
				unsigned member)
{
	const struct field_rule *row = &rule->fields[i];
	const ProtobufCFieldDescriptor *field = &rule->type->fields[i];
	static const uint8_t zeros[FRAME_BYTES_MAX];

	switch (row->form) {
	case FORM_ENUM:
		pen_number_field(
			p, field,
			((const ProtobufCEnumDescriptor *)field->descriptor)->values[0].value);
		break;
	case FORM_DAY:
		pen_number_field(p, field, SAMPLE_DAY);
		break;
	case FORM_FLAG:
	case FORM_ANY:
	case FORM_NONZERO:
	case FORM_VERSION:
		pen_number_field(p, field, 1);
		break;
	case FORM_NUMBER:
		pen_number_field(p, field, row->max < 7 ? row->max : 7);
		break;
	case FORM_CODE:
		pen_bytes_field(p, field->id, bytes_of_text("UNOSOM II"));
		break;
	case FORM_KEY:
		pen_bytes_field(p, field->id, bytes_of_text("MONUC:2004-12-31"));
		break;
	case FORM_TEXT:
		pen_bytes_field(p, field->id, bytes_of_text("C\xc3\xb4te d'Ivoire"));
		break;
	case FORM_CURRENCY:
	case FORM_ISO3:
		pen_bytes_field(p, field->id, bytes_of_text("GAB"));
		break;
	case FORM_BYTES:
		pen_bytes_field(p, field->id, bytes_of(zeros, (size_t)row->min));
		break;
	case FORM_MESSAGE: {
		struct pen inner = {0};

		sample_message(&inner, row->message, member);
		pen_bytes_field(p, field->id, pen_bytes(&inner));
		break;
	}
	case FORM_FOREIGN:
		break;
	}
}

/* Every field once; of a oneof the n-th member. */
static inline void sample_message(struct pen *p, const struct message_rule *rule, unsigned member)
{
	for (size_t i = 0; i < rule->field_count; i++)
		if (!is_member(rule, i) || i == member_of(rule, member))
			sample_field(p, rule, i, member);
}

/* Every message that can be reached from the roots, each once. */
struct rule_list {
	const struct message_rule *rules[128];
	size_t count;
};

static inline void collect(struct rule_list *list, const struct message_rule *rule)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->rules[i] == rule)
			return;
	if (list->count == sizeof list->rules / sizeof *list->rules)
		abort(); /* room for more */
	list->rules[list->count++] = rule;
	for (size_t i = 0; i < rule->field_count; i++)
		if (rule->fields[i].form == FORM_MESSAGE)
			collect(list, rule->fields[i].message);
}

static inline struct rule_list all_rules(void)
{
	struct rule_list list = {0};

	collect(&list, &fields_envelope);
	collect(&list, &fields_submission);
	collect(&list, &fields_input);
	return list;
}

#endif
