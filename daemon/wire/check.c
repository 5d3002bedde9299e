#include "wire/check.h"
#include "base/day.h"
#include "base/limits.h"
#include "wire/raw.h"
#include "wire/text.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

/* Where the walk is: a name for each message on the way down. */
struct step {
	const struct step *up;
	const char *name;
	long index; /* -1: not in a list */
};

static void describe(const struct step *at, char *ret_text, size_t size)
{
	size_t len = 0;

	ret_text[0] = '\0';
	if (!at)
		return;
	if (at->up) {
		describe(at->up, ret_text, size);
		len = strlen(ret_text);
	}
	const char *dot = len ? "." : "";
	if (at->index < 0)
		snprintf(ret_text + len, size - len, "%s%s", dot, at->name);
	else
		snprintf(ret_text + len, size - len, "%s%s[%ld]", dot, at->name, at->index);
}

/* The change that a path goes through, -1 if none: nothing else has that name. */
static int change_of(const struct step *at)
{
	for (; at; at = at->up)
		if (strcmp(at->name, "changes") == 0)
			return (int)at->index;
	return -1;
}

static bool fail(struct wire_fault *f, const struct step *at, Mandate__Code code, const char *text)
{
	char field[sizeof f->field];

	describe(at, field, sizeof field);
	return check_fail(f, code, change_of(at), text, "%s", field);
}

bool check_fail(struct wire_fault *ret_fault, Mandate__Code code, int change, const char *text,
		const char *field_format, ...)
{
	va_list args;

	*ret_fault = (struct wire_fault){.code = code, .change = change};
	va_start(args, field_format);
	vsnprintf(ret_fault->field, sizeof ret_fault->field, field_format, args);
	va_end(args);
	snprintf(ret_fault->text, sizeof ret_fault->text, "%s", text);
	return false;
}

static bool fail_range(struct wire_fault *f, const struct step *at, const char *what, int64_t min,
		       int64_t max)
{
	char text[sizeof f->text];

	snprintf(text, sizeof text, "%s must be from %lld to %lld", what, (long long)min,
		 (long long)max);
	return fail(f, at, MANDATE__CODE__CODE_RANGE, text);
}

static bool check_number(struct wire_fault *f, const struct field_rule *rule,
			 const ProtobufCFieldDescriptor *field, uint64_t bits,
			 const struct step *at)
{
	int64_t number;

	if (!raw_meaning(field->type, bits, &number))
		return fail(f, at, MANDATE__CODE__CODE_NOT_CANONICAL,
			    "the number is wider than its type");
	if (field->type == PROTOBUF_C_TYPE_ENUM &&
	    !protobuf_c_enum_descriptor_get_value(field->descriptor, (int)number))
		return fail(f, at, MANDATE__CODE__CODE_ENUM_RANGE,
			    "the list of values does not have this one");
	if (rule->form == FORM_DAY && (number < INT32_MIN || !day_valid((int32_t)number)))
		return fail(f, at, MANDATE__CODE__CODE_DATE,
			    "a day must lie between 1940-01-01 and 2100-12-31");
	if (rule->form == FORM_NUMBER && (number < rule->min || number > rule->max))
		return fail_range(f, at, "the number", rule->min, rule->max);
	if (rule->form == FORM_NONZERO && bits == 0)
		return fail(f, at, MANDATE__CODE__CODE_RANGE, "zero stands for \"not drawn\"");
	if (rule->form == FORM_VERSION && (number < 1 || number > WIRE_VERSION))
		return fail(f, at, MANDATE__CODE__CODE_VERSION,
			    "this daemon does not speak that version of the protocol");
	return true;
}

/* Packed repeated numbers: one value of `bytes` holding all of them. */
static bool check_packed(struct wire_fault *f, const struct field_rule *rule,
			 const ProtobufCFieldDescriptor *field, struct bytes bytes,
			 const struct step *up)
{
	const uint8_t *p = bytes.data, *end = p + bytes.len;
	struct step list = {up, field->name, -1}, at = {up, field->name, 0};

	if (bytes.len == 0)
		return fail(f, &list, MANDATE__CODE__CODE_NOT_CANONICAL,
			    "an empty list is not written");
	for (; p < end; at.index++) {
		struct raw v = {.shortest = true};
		size_t len = raw_number(p, end, &v);

		if (len == 0)
			return fail(f, &at, MANDATE__CODE__CODE_GARBAGE, "the list is cut short");
		if (!v.shortest)
			return fail(f, &at, MANDATE__CODE__CODE_NOT_CANONICAL,
				    "a number is written longer than needed");
		if (at.index >= (long)rule->list_max)
			return fail_range(f, &list, "the length of the list", rule->list_min,
					  rule->list_max);
		if (!check_number(f, rule, field, v.number, &at))
			return false;
		p += len;
	}
	return true;
}

static bool check_text(struct wire_fault *f, const struct field_rule *rule, struct bytes text,
		       const struct step *at)
{
	const Mandate__Code wrong = MANDATE__CODE__CODE_TEXT;

	if (memchr(text.data, 0, text.len))
		return fail(f, at, wrong, "a NUL within a text");
	if (rule->form == FORM_CODE && (text.len > CODE_TEXT_MAX || !text_is_code(text)))
		return fail(f, at, wrong,
			    "a part of a key has 1 to 64 bytes of UTF-8, no control characters, no "
			    "':' and no space at its ends");
	if (rule->form == FORM_KEY &&
	    (text.len == 0 || text.len > KEY_TEXT_MAX || !text_is_clean(text)))
		return fail(f, at, wrong,
			    "a key has 1 to 255 bytes of UTF-8 and no control characters");
	if (rule->form == FORM_ISO3 && !text_is_iso3(text))
		return fail(f, at, wrong, "a country is three capital letters of ISO 3166-1");
	if (rule->form == FORM_CURRENCY && !text_is_iso3(text))
		return fail(f, at, wrong, "a currency is three capital letters of ISO 4217");
	if (rule->form == FORM_TEXT &&
	    (text.len < (size_t)rule->min || text.len > TEXT_MAX || !text_is_clean(text)))
		return fail(f, at, wrong,
			    "a text has at most 1024 bytes of UTF-8 and no control characters");
	return true;
}

static bool check_message(struct wire_fault *f, const struct message_rule *rule, struct bytes bytes,
			  const struct step *up);

static bool check_field(struct wire_fault *f, const struct field_rule *rule,
			const ProtobufCFieldDescriptor *field, const struct raw *v,
			const struct step *up, long index)
{
	struct step at = {up, field->name, index};

	if (rule->form == FORM_FOREIGN)
		return fail(f, &at, MANDATE__CODE__CODE_GARBAGE, "only the daemon sends this");
	if (!v->shortest)
		return fail(f, &at, MANDATE__CODE__CODE_NOT_CANONICAL,
			    "a number or a length is written longer than needed");
	if (field->flags & PROTOBUF_C_FIELD_FLAG_PACKED)
		return check_packed(f, rule, field, v->bytes, up);
	if (index >= (long)rule->list_max && index >= 0)
		return fail_range(f, &at, "the length of the list", rule->list_min, rule->list_max);
	if (field->type == PROTOBUF_C_TYPE_STRING)
		return check_text(f, rule, v->bytes, &at);
	if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
		if (rule->max > 0 && v->bytes.len > (size_t)rule->max)
			return fail(f, &at, MANDATE__CODE__CODE_SIZE,
				    "too large: every event must fit into one frame");
		return check_message(f, rule->message, v->bytes, &at);
	}
	if (field->type == PROTOBUF_C_TYPE_BYTES) {
		if (v->bytes.len < (size_t)rule->min || v->bytes.len > (size_t)rule->max)
			return fail_range(f, &at, "the number of bytes", rule->min, rule->max);
		return true;
	}
	return check_number(f, rule, field, v->number, &at);
}

/* What the walk keeps while it goes through one message. Fields must come in the order of their
 * numbers, so one position in the schema's list moves along with them. */
struct position {
	const struct message_rule *rule;
	const struct step *up;
	unsigned next;				 /* the first field that has not been passed */
	long index;				 /* of the newest value in its list */
	bool one_of_seen;			 /* a member of the oneof was there */
	const ProtobufCFieldDescriptor *missing; /* the first that was needed and passed over */
};

static void pass_over(struct position *at, unsigned until)
{
	for (; at->next < until; at->next++) {
		const ProtobufCFieldDescriptor *field = &at->rule->type->fields[at->next];
		bool needed = field->label == PROTOBUF_C_LABEL_REQUIRED ||
			      at->rule->fields[at->next].list_min > 0;

		if (needed && !at->missing)
			at->missing = field;
	}
}

static void fail_unknown(struct wire_fault *f, const struct position *at, uint64_t id)
{
	char text[sizeof f->text];

	snprintf(text, sizeof text, "%s has no field of number %llu", at->rule->type->short_name,
		 (unsigned long long)id);
	fail(f, at->up, MANDATE__CODE__CODE_UNKNOWN_FIELD, text);
}

/* Moves to the field with number `id` and returns its place in the schema's list; -1 and the fault
 * if it must not stand here. */
static int move_to(struct wire_fault *f, struct position *at, uint64_t id)
{
	const ProtobufCMessageDescriptor *type = at->rule->type;
	unsigned i = at->next > 0 ? at->next - 1 : 0;

	while (i < type->n_fields && type->fields[i].id < id)
		i++;
	if (i < type->n_fields && type->fields[i].id == id && i >= at->next) {
		pass_over(at, i);
		at->next = i + 1;
		at->index = 0;
	} else if (i < type->n_fields && type->fields[i].id == id &&
		   type->fields[i].label == PROTOBUF_C_LABEL_REPEATED &&
		   !(type->fields[i].flags & PROTOBUF_C_FIELD_FLAG_PACKED)) {
		at->index++;
	} else {
		if (id <= UINT32_MAX && protobuf_c_message_descriptor_get_field(type, (unsigned)id))
			fail(f, at->up, MANDATE__CODE__CODE_NOT_CANONICAL,
			     "a field stands twice, or not in the order of the numbers");
		else
			fail_unknown(f, at, id);
		return -1;
	}
	return (int)i;
}

static bool finish(struct wire_fault *f, struct position *at)
{
	struct step step = {at->up, NULL, -1};

	pass_over(at, at->rule->type->n_fields);
	if (at->missing)
		step.name = at->missing->name;
	else if (at->rule->one_of && !at->one_of_seen)
		step.name = at->rule->one_of;
	else
		return true;
	return fail(f, &step, MANDATE__CODE__CODE_MISSING, "this is needed");
}

/* The bytes hold another wire type than the field's. */
static bool fail_type(struct wire_fault *f, const struct step *at,
		      const ProtobufCFieldDescriptor *field, unsigned wire)
{
	if (wire == raw_wire_alone(field))
		return fail(f, at, MANDATE__CODE__CODE_NOT_CANONICAL,
			    "this list is written packed");
	return fail(f, at, MANDATE__CODE__CODE_GARBAGE, "the schema has another type here");
}

static bool check_message(struct wire_fault *f, const struct message_rule *rule, struct bytes bytes,
			  const struct step *up)
{
	struct position at = {.rule = rule, .up = up};
	const uint8_t *p = bytes.data, *end = p + bytes.len;

	assert(rule->field_count == rule->type->n_fields);
	while (p < end) {
		struct raw tag = {.shortest = true}, v = {.shortest = true};
		size_t len = raw_number(p, end, &tag);

		if (len == 0 || tag.number >> 3 == 0)
			return fail(f, up, MANDATE__CODE__CODE_GARBAGE, "no field begins here");
		p += len;
		int i = move_to(f, &at, tag.number >> 3);
		if (i < 0)
			return false;
		const ProtobufCFieldDescriptor *field = &rule->type->fields[i];
		struct step here = {up, field->name, -1};
		if ((tag.number & 7) != raw_wire(field))
			return fail_type(f, &here, field, (unsigned)(tag.number & 7));
		len = raw_value(p, end, (unsigned)(tag.number & 7), &v);
		if (len == 0)
			return fail(f, &here, MANDATE__CODE__CODE_GARBAGE, "the bytes end here");
		p += len;
		if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) {
			if (at.one_of_seen)
				return fail(f, &here, MANDATE__CODE__CODE_NOT_CANONICAL,
					    "only one of these can be set");
			at.one_of_seen = true;
		}
		v.shortest = v.shortest && tag.shortest;
		bool listed = field->label == PROTOBUF_C_LABEL_REPEATED;
		if (!check_field(f, &rule->fields[i], field, &v, up, listed ? at.index : -1))
			return false;
	}
	return finish(f, &at);
}

bool check_bytes(const struct message_rule *rule, struct bytes bytes, struct wire_fault *ret_fault)
{
	static const uint8_t nothing[1];

	if (bytes.len == 0)
		bytes.data = nothing; /* no bytes may have no address */
	return check_message(ret_fault, rule, bytes, NULL);
}

bool check_peek(struct bytes bytes, uint32_t id, uint64_t *ret_number)
{
	const uint8_t *p = bytes.data, *end = p + bytes.len;

	while (p < end) {
		struct raw tag = {0}, v = {0};
		size_t len = raw_number(p, end, &tag);

		if (len == 0)
			return false;
		p += len;
		len = raw_value(p, end, (unsigned)(tag.number & 7), &v);
		if (len == 0)
			return false;
		if (tag.number == (uint64_t)id << 3) {
			*ret_number = v.number;
			return true;
		}
		p += len;
	}
	return false;
}
