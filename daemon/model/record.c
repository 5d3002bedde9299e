#include "model/record.h"
#include "base/day.h"
#include "model/codec.h"
#include "model/names.h"

#include <assert.h>
#include <stdlib.h>

/* Names that may be listed, with repetitions, in the order in which they stand. */
struct listing {
	const char **names; /* NULL: count only */
	size_t count;
};

static void add(struct listing *l, const char *name)
{
	if (l->names)
		l->names[l->count] = name;
	l->count++;
}

static void list_return(const Mandate__Record *record, struct listing *l)
{
	for (size_t i = 0; i < record->return_->n_counts; i++) {
		const char *name = record->return_->counts[i]->contributor;

		/* They are sorted: a contributor's personnel types follow each other. */
		if (i == 0 || strcmp(name, record->return_->counts[i - 1]->contributor) != 0)
			add(l, name);
	}
}

static void list_unit(const Mandate__Record *record, struct listing *l)
{
	add(l, record->unit->contributor);
}

static void list_estimate(const Mandate__Record *record, struct listing *l)
{
	const Mandate__Estimate *e = record->estimate;

	for (size_t i = 0; i < e->n_contributors; i++)
		add(l, e->contributors[i]->contributor);
	for (size_t i = 0; i < e->n_places; i++) {
		for (size_t k = 0; k < e->places[i]->n_contingents; k++)
			add(l, e->places[i]->contingents[k]->contributor);
		for (size_t k = 0; k < e->places[i]->n_present_only; k++)
			add(l, e->places[i]->present_only[k]);
	}
}

/* The key is no column: the required fields of a kind, in the order of their numbers, are its key,
 * and every other field is optional. Offsets are into the content; 0: it has no such field. */
static const struct kind_row {
	Mandate__Kind kind;
	const char *name;
	size_t operation, document, party;
	void (*list_contributors)(const Mandate__Record *record, struct listing *l);
} kinds[] = {
#define AT(message, field) offsetof(Mandate__##message, field)
	{MANDATE__KIND__KIND_PARTNER, "partner", 0, 0, 0, NULL},
	{MANDATE__KIND__KIND_OPERATION, "operation", AT(Operation, acronym), 0, 0, NULL},
	{MANDATE__KIND__KIND_INSTRUMENT, "instrument", AT(Instrument, operation),
	 AT(Instrument, document), AT(Instrument, party), NULL},
	{MANDATE__KIND__KIND_CEILING, "ceiling", AT(Ceiling, operation), AT(Ceiling, document), 0,
	 NULL},
	{MANDATE__KIND__KIND_RETURN, "return", AT(Return, operation), 0, 0, list_return},
	{MANDATE__KIND__KIND_TOTAL, "total", AT(Total, operation), 0, 0, NULL},
	{MANDATE__KIND__KIND_UNIT, "unit", AT(Unit, operation), 0, 0, list_unit},
	{MANDATE__KIND__KIND_ESTIMATE, "estimate", AT(Estimate, operation), 0, 0, list_estimate},
	{MANDATE__KIND__KIND_ALERT, "alert", 0, 0, 0, NULL},
#undef AT
};

/* The row and the content of a record; NULL when none is set. All contents share the union. */
static const struct kind_row *row_of(const Mandate__Record *record,
				     const ProtobufCMessage **ret_content)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if ((int)kinds[i].kind != (int)record->content_case)
			continue;
		if (!record->partner)
			return NULL;
		*ret_content = &record->partner->base;
		return &kinds[i];
	}
	return NULL;
}

bool record_contributors_vary(Mandate__Kind kind)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (kinds[i].kind == kind)
			return kinds[i].list_contributors && kinds[i].list_contributors != list_unit;
	return false;
}

Mandate__Kind record_kind(const Mandate__Record *record)
{
	const ProtobufCMessage *content;
	const struct kind_row *row = row_of(record, &content);

	return row ? row->kind : (Mandate__Kind)0;
}

static const void *member(const ProtobufCMessage *content, size_t offset)
{
	return (const char *)content + offset;
}

/* One part of a key as text, valid until `buffer` goes. */
static const char *part_text(const ProtobufCFieldDescriptor *field, const void *value,
			     char buffer[DAY_TEXT_BYTES])
{
	if (field->type == PROTOBUF_C_TYPE_STRING)
		return *(char *const *)value;
	if (field->type == PROTOBUF_C_TYPE_ENUM)
		return names_text(field->descriptor, *(const int *)value);
	assert(field->type == PROTOBUF_C_TYPE_SINT32);
	day_format(buffer, *(const int32_t *)value);
	return buffer;
}

static bool is_key(const ProtobufCMessage *content, unsigned i)
{
	return i < content->descriptor->n_fields &&
	       content->descriptor->fields[i].label == PROTOBUF_C_LABEL_REQUIRED;
}

enum status record_key(const Mandate__Record *record, char ret_key[KEY_TEXT_MAX + 1])
{
	char key[KEY_TEXT_MAX + 1], buffer[DAY_TEXT_BYTES];
	const ProtobufCMessage *content;
	size_t len = 0;

	if (!row_of(record, &content))
		return STATUS_INVALID;
	for (unsigned i = 0; is_key(content, i); i++) {
		const ProtobufCFieldDescriptor *field = &content->descriptor->fields[i];
		const char *part = part_text(field, member(content, field->offset), buffer);
		size_t part_len = strlen(part);

		if (len + (i > 0) + part_len > KEY_TEXT_MAX)
			return STATUS_INVALID;
		if (i > 0)
			key[len++] = ':';
		memcpy(key + len, part, part_len);
		len += part_len;
	}
	memcpy(ret_key, key, len);
	ret_key[len] = '\0';
	return STATUS_OK;
}

static const char *text_at(const ProtobufCMessage *content, size_t offset)
{
	return offset ? *(char *const *)member(content, offset) : NULL;
}

const char *record_operation(const Mandate__Record *record)
{
	const ProtobufCMessage *content;
	const struct kind_row *row = row_of(record, &content);

	return row ? text_at(content, row->operation) : NULL;
}

const char *record_document(const Mandate__Record *record)
{
	const ProtobufCMessage *content;
	const struct kind_row *row = row_of(record, &content);

	return row ? text_at(content, row->document) : NULL;
}

const char *record_party(const Mandate__Record *record)
{
	const ProtobufCMessage *content;
	const struct kind_row *row = row_of(record, &content);

	return row ? text_at(content, row->party) : NULL;
}

static int compare_names(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

enum status record_contributors(struct arena *a, const Mandate__Record *record,
				const char *const **ret_names, size_t *ret_count)
{
	const ProtobufCMessage *content;
	const struct kind_row *row = row_of(record, &content);
	struct listing list = {0};
	size_t unique = 0;

	if (row && row->list_contributors)
		row->list_contributors(record, &list);
	if (list.count == 0) {
		*ret_names = NULL;
		*ret_count = 0;
		return STATUS_OK;
	}
	list.names = arena_calloc(a, list.count, sizeof *list.names);
	if (!list.names)
		return STATUS_NO_MEMORY;
	list.count = 0;
	row->list_contributors(record, &list);
	qsort(list.names, list.count, sizeof *list.names, compare_names);
	for (size_t i = 0; i < list.count; i++)
		if (unique == 0 || strcmp(list.names[i], list.names[unique - 1]) != 0)
			list.names[unique++] = list.names[i];
	*ret_names = list.names;
	*ret_count = unique;
	return STATUS_OK;
}

Mandate__Record *record_key_only(struct arena *a, const Mandate__Record *record)
{
	const ProtobufCMessage *from;
	Mandate__Record *copy = arena_alloc(a, sizeof *copy);

	if (!copy)
		return NULL;
	mandate__record__init(copy);
	if (!row_of(record, &from))
		return copy;
	ProtobufCMessage *to = arena_alloc(a, from->descriptor->sizeof_message);
	if (!to)
		return NULL;
	protobuf_c_message_init(from->descriptor, to);
	for (unsigned i = 0; is_key(from, i); i++) {
		const ProtobufCFieldDescriptor *field = &from->descriptor->fields[i];
		void *place = (char *)to + field->offset;

		if (field->type == PROTOBUF_C_TYPE_STRING) {
			char *text = arena_text(a, text_at(from, field->offset));

			if (!text)
				return NULL;
			memcpy(place, &text, sizeof text);
		} else { /* a day or an enum value */
			memcpy(place, member(from, field->offset), sizeof(int32_t));
		}
	}
	copy->content_case = record->content_case;
	copy->partner = (Mandate__Partner *)to; /* any content: they share the union */
	return copy;
}

bool record_is_key_only(struct arena *scratch, const Mandate__Record *record)
{
	const Mandate__Record *key_only = record_key_only(scratch, record);

	return key_only && codec_equal(scratch, &record->base, &key_only->base);
}

const char *record_kind_name(Mandate__Kind kind)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (kinds[i].kind == kind)
			return kinds[i].name;
	return NULL;
}

Mandate__Kind record_kind_of_name(const char *name)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return kinds[i].kind;
	return (Mandate__Kind)0;
}
