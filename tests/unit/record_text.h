/* Any record from one line, by what its messages say of themselves:
 *
 *	KIND FIELD=VALUE ...
 *
 * A day is YYYY-MM-DD, an enum value its name, a yes or no 1 or 0, texts hold no space. Lists of
 * texts and of enum values are joined by '+'; lists of messages by '|', each FIELD:VALUE,... */
#ifndef TESTS_UNIT_RECORD_TEXT_H
#define TESTS_UNIT_RECORD_TEXT_H

#include "base/day.h"
#include "model/codec.h"
#include "model/names.h"
#include "model/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

static inline void record_text_fields(struct arena *a, ProtobufCMessage *m, char *text,
				      const char *between, char sign);

/* A value that is no list, into its place. */
static inline void record_text_value(struct arena *a, const ProtobufCFieldDescriptor *field,
				     char *text, void *to)
{
	if (field->type == PROTOBUF_C_TYPE_STRING) {
		char *copy = arena_text(a, text);
		memcpy(to, &copy, sizeof copy);
	} else if (field->type == PROTOBUF_C_TYPE_ENUM) {
		int value;
		if (names_value(field->descriptor, text, &value) != STATUS_OK)
			fail_msg("no %s: %s", field->name, text);
		memcpy(to, &value, sizeof value);
	} else if (field->type == PROTOBUF_C_TYPE_SINT32) {
		int32_t day;
		if (day_parse(&day, text) != STATUS_OK)
			fail_msg("no day: %s", text);
		memcpy(to, &day, sizeof day);
	} else if (field->type == PROTOBUF_C_TYPE_INT64) {
		int64_t value = strtoll(text, NULL, 10);
		memcpy(to, &value, sizeof value);
	} else if (field->type == PROTOBUF_C_TYPE_BOOL) {
		protobuf_c_boolean value = *text == '1';
		memcpy(to, &value, sizeof value);
	} else {
		uint32_t value = (uint32_t)strtoul(text, NULL, 10);
		memcpy(to, &value, sizeof value);
	}
}

static inline void record_text_list(struct arena *a, const ProtobufCFieldDescriptor *field,
				    char *text, ProtobufCMessage *m)
{
	bool messages = field->type == PROTOBUF_C_TYPE_MESSAGE;
	size_t size = field->type == PROTOBUF_C_TYPE_ENUM ? sizeof(int) : sizeof(void *);
	char *items = arena_calloc(a, strlen(text) + 1, sizeof(void *)), *item;
	size_t count = 0;

	while ((item = strsep(&text, messages ? "|" : "+"))) {
		void *to = items + size * count++;

		if (messages) {
			const ProtobufCMessageDescriptor *type = field->descriptor;
			ProtobufCMessage *made = arena_alloc(a, type->sizeof_message);
			protobuf_c_message_init(type, made);
			record_text_fields(a, made, item, ",", ':');
			memcpy(to, &made, sizeof made);
		} else {
			record_text_value(a, field, item, to);
		}
	}
	memcpy((char *)m + field->offset, &items, sizeof items);
	memcpy((char *)m + field->quantifier_offset, &count, sizeof count);
}

static inline void record_text_fields(struct arena *a, ProtobufCMessage *m, char *text,
				      const char *between, char sign)
{
	char *word;

	while ((word = strsep(&text, between))) {
		char *value = strchr(word, sign);
		const ProtobufCFieldDescriptor *field;
		protobuf_c_boolean yes = 1;

		if (!*word)
			continue;
		if (!value)
			fail_msg("no value: %s", word);
		*value++ = '\0';
		field = protobuf_c_message_descriptor_get_field_by_name(m->descriptor, word);
		if (!field)
			fail_msg("no field: %s", word);
		if (field->label == PROTOBUF_C_LABEL_REPEATED) {
			record_text_list(a, field, value, m);
			continue;
		}
		record_text_value(a, field, value, (char *)m + field->offset);
		if (field->label == PROTOBUF_C_LABEL_OPTIONAL &&
		    field->type != PROTOBUF_C_TYPE_STRING)
			memcpy((char *)m + field->quantifier_offset, &yes, sizeof yes);
	}
}

/* In the arena. */
static inline const Mandate__Record *record_text(struct arena *a, const char *line)
{
	char *text = arena_text(a, line), *kind = strsep(&text, " ");
	const ProtobufCFieldDescriptor *field =
		protobuf_c_message_descriptor_get_field_by_name(&mandate__record__descriptor, kind);
	Mandate__Record *record = arena_alloc(a, sizeof *record);

	if (!field)
		fail_msg("no kind of record: %s", kind);
	const ProtobufCMessageDescriptor *type = field->descriptor;
	ProtobufCMessage *content = arena_alloc(a, type->sizeof_message);
	protobuf_c_message_init(type, content);
	record_text_fields(a, content, text, " \n\t", '=');
	mandate__record__init(record);
	record->content_case = (Mandate__Record__ContentCase)field->id;
	record->partner = (Mandate__Partner *)content; /* any: they share the union */
	return record;
}

#endif
