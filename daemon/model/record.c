#include "model/record.h"
#include "base/day.h"
#include "model/codec.h"
#include "model/names.h"

#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

/* Names that may be listed, with repetitions, in the order in which they stand. */
struct listing {
	const char **names; /* NULL: count only */
	size_t count;
};

static void add(struct listing *l, const char *name)
{
	if (!name)
		return;
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

static void list_shares(const Mandate__Record *record, struct listing *l)
{
	for (size_t i = 0; i < record->amount->n_shares; i++)
		add(l, record->amount->shares[i]->contributor);
}

static void list_sides(const Mandate__Record *record, struct listing *l)
{
	const Mandate__Arrangement *a = record->arrangement;

	add(l, a->proposed_by);
	for (size_t i = 0; i < a->n_sides; i++)
		for (size_t k = 0; k < a->sides[i]->n_parties; k++)
			add(l, a->sides[i]->parties[k]);
}

static void list_owners(const Mandate__Record *record, struct listing *l)
{
	const Mandate__Priorities *p = record->priorities;

	for (size_t i = 0; i < p->n_items; i++) {
		add(l, p->items[i]->lead);
		for (size_t k = 0; k < p->items[i]->n_supporting; k++)
			add(l, p->items[i]->supporting[k]);
	}
}

enum { OPERATIONS_NAMED_MAX = 2 };

/* Where a record names something. Offsets are into the content; 0: it has no such field. */
struct naming {
	size_t at[OPERATIONS_NAMED_MAX];
	void (*list)(const Mandate__Record *record, struct listing *l); /* what is in lists */
};

/* The key is no column: the required fields of a kind, in the order of their numbers, are its key,
 * and every other field is optional. */
static const struct kind_row {
	Mandate__Kind kind;
	const char *name;
	struct naming operations, parties, owners, contributors;
	size_t document;
	bool act;
	Mandate__Kind subject;	/* an act's: what it acts on, */
	unsigned subject_parts; /* named by so many of its own key's first parts */
} kinds[] = {
#define KIND(name) MANDATE__KIND__KIND_##name
#define AT(message, field) offsetof(Mandate__##message, field)
#define IN(message, field)                                                                         \
	{                                                                                          \
		{AT(message, field)}, NULL                                                         \
	}
#define IN_BOTH(message, one, two)                                                                 \
	{                                                                                          \
		{AT(message, one), AT(message, two)}, NULL                                         \
	}
#define IN_LIST(function)                                                                          \
	{                                                                                          \
		{0}, function                                                                      \
	}
	{KIND(PARTNER), "partner"},
	{KIND(OPERATION), "operation", .operations = IN(Operation, acronym)},
	{KIND(INSTRUMENT), "instrument", .operations = IN(Instrument, operation),
	 .parties = IN(Instrument, party), .document = AT(Instrument, document)},
	{KIND(CEILING), "ceiling", .operations = IN(Ceiling, operation),
	 .document = AT(Ceiling, document)},
	{KIND(RETURN), "return", .operations = IN(Return, operation),
	 .contributors = IN_LIST(list_return)},
	{KIND(TOTAL), "total", .operations = IN(Total, operation)},
	{KIND(UNIT), "unit", .operations = IN_BOTH(Unit, operation, control),
	 .contributors = IN(Unit, contributor)},
	{KIND(ESTIMATE), "estimate", .operations = IN(Estimate, operation),
	 .contributors = IN_LIST(list_estimate)},
	{KIND(ARRANGEMENT), "arrangement",
	 .operations = IN_BOTH(Arrangement, operation, other_operation),
	 .parties = IN_LIST(list_sides), .act = true},
	{KIND(ACCEPTANCE), "acceptance", .parties = IN(Acceptance, party),
	 .document = AT(Acceptance, document), .act = true, .subject = KIND(ARRANGEMENT),
	 .subject_parts = 1},
	{KIND(CLAIM), "claim", .operations = IN(Claim, operation), .parties = IN(Claim, party),
	 .document = AT(Claim, document)},
	{KIND(REQUIREMENT), "requirement", .operations = IN(Requirement, operation),
	 .document = AT(Requirement, document)},
	{KIND(PLEDGE), "pledge", .operations = IN(Pledge, operation),
	 .contributors = IN(Pledge, contributor), .document = AT(Pledge, document)},
	{KIND(PLEDGE_STEP), "pledge_step", .contributors = IN(PledgeStep, contributor),
	 .document = AT(PledgeStep, document), .act = true, .subject = KIND(PLEDGE),
	 .subject_parts = 2},
	{KIND(TRANSFER), "transfer", .operations = IN_BOTH(Transfer, operation, other_operation),
	 .contributors = IN(Transfer, contributor), .document = AT(Transfer, document)},
	{KIND(AMOUNT), "amount", .operations = IN(Amount, operation), .parties = IN(Amount, party),
	 .contributors = IN_LIST(list_shares), .document = AT(Amount, document)},
	{KIND(PAYMENT), "payment", .operations = IN(Payment, operation),
	 .contributors = IN(Payment, contributor), .document = AT(Payment, document)},
	{KIND(PRIORITIES), "priorities", .operations = IN(Priorities, operation),
	 .owners = IN_LIST(list_owners), .document = AT(Priorities, document)},
	{KIND(ENDORSEMENT), "endorsement", .operations = IN(Endorsement, operation),
	 .owners = IN(Endorsement, owner), .document = AT(Endorsement, document), .act = true,
	 .subject = KIND(PRIORITIES), .subject_parts = 2},
	{KIND(CONSENT), "consent", .operations = IN(Consent, operation),
	 .document = AT(Consent, document)},
	{KIND(OFFICE), "office"},
	{KIND(ALERT), "alert"},
#undef KIND
#undef AT
#undef IN
#undef IN_BOTH
#undef IN_LIST
};

enum { KIND_COUNT = sizeof kinds / sizeof *kinds };

static const struct kind_row *row_of_kind(Mandate__Kind kind)
{
	for (size_t i = 0; i < KIND_COUNT; i++)
		if (kinds[i].kind == kind)
			return &kinds[i];
	return NULL;
}

/* The row and the content of a record; NULL when none is set. All contents share the union. */
static const struct kind_row *row_of(const Mandate__Record *record,
				     const ProtobufCMessage **ret_content)
{
	const struct kind_row *row = row_of_kind((Mandate__Kind)record->content_case);

	if (!row || !record->partner)
		return NULL;
	*ret_content = &record->partner->base;
	return row;
}

bool record_contributors_vary(Mandate__Kind kind)
{
	const struct kind_row *row = row_of_kind(kind);

	return row && row->contributors.list;
}

bool record_is_act(Mandate__Kind kind)
{
	const struct kind_row *row = row_of_kind(kind);

	return row && row->act;
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

enum { PART_BYTES = DAY_TEXT_BYTES > 11 ? DAY_TEXT_BYTES : 11 }; /* a day, or a number's digits */

/* One part of a key as text, valid until `buffer` goes. */
static const char *part_text(const ProtobufCFieldDescriptor *field, const void *value,
			     char buffer[PART_BYTES])
{
	if (field->type == PROTOBUF_C_TYPE_STRING)
		return *(char *const *)value;
	if (field->type == PROTOBUF_C_TYPE_ENUM)
		return names_text(field->descriptor, *(const int *)value);
	if (field->type == PROTOBUF_C_TYPE_UINT32) {
		snprintf(buffer, PART_BYTES, "%u", *(const uint32_t *)value);
		return buffer;
	}
	assert(field->type == PROTOBUF_C_TYPE_SINT32);
	day_format(buffer, *(const int32_t *)value);
	return buffer;
}

static bool is_key(const ProtobufCMessage *content, unsigned i)
{
	return i < content->descriptor->n_fields &&
	       content->descriptor->fields[i].label == PROTOBUF_C_LABEL_REQUIRED;
}

/* The first `parts` parts of the key, or all there are. */
static enum status join_key(const ProtobufCMessage *content, unsigned parts,
			    char ret_key[KEY_TEXT_MAX + 1])
{
	char key[KEY_TEXT_MAX + 1], buffer[PART_BYTES];
	size_t len = 0;

	for (unsigned i = 0; i < parts && is_key(content, i); i++) {
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

enum status record_key(const Mandate__Record *record, char ret_key[KEY_TEXT_MAX + 1])
{
	const ProtobufCMessage *content;

	return row_of(record, &content) ? join_key(content, UINT_MAX, ret_key) : STATUS_INVALID;
}

enum status record_subject(const Mandate__Record *record, Mandate__Kind *ret_kind,
			   char ret_key[KEY_TEXT_MAX + 1])
{
	const ProtobufCMessage *content;
	const struct kind_row *row = row_of(record, &content);

	if (!row || row->subject == 0)
		return STATUS_NOT_FOUND;
	enum status s = join_key(content, row->subject_parts, ret_key);
	if (s == STATUS_OK)
		*ret_kind = row->subject;
	return s;
}

static const char *text_at(const ProtobufCMessage *content, size_t offset)
{
	return offset ? *(char *const *)member(content, offset) : NULL;
}

const char *record_operation(const Mandate__Record *record)
{
	const ProtobufCMessage *content;
	const struct kind_row *row = row_of(record, &content);

	return row ? text_at(content, row->operations.at[0]) : NULL;
}

void record_operations_named(const Mandate__Record *record, const char **ret_first,
			     const char **ret_second)
{
	const ProtobufCMessage *content;
	const struct kind_row *row = row_of(record, &content);

	*ret_first = row ? text_at(content, row->operations.at[0]) : NULL;
	*ret_second = row ? text_at(content, row->operations.at[1]) : NULL;
}

const char *record_document(const Mandate__Record *record)
{
	const ProtobufCMessage *content;
	const struct kind_row *row = row_of(record, &content);

	const char *document = row ? text_at(content, row->document) : NULL;

	return document && strcmp(document, "-") != 0 ? document : NULL;
}

const char *record_party(const Mandate__Record *record)
{
	const ProtobufCMessage *content;
	const struct kind_row *row = row_of(record, &content);

	return row ? text_at(content, row->parties.at[0]) : NULL;
}

/* --- lists of names --- */

static int compare_names(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static void list_names(const Mandate__Record *record, const ProtobufCMessage *content,
		       const struct naming *naming, struct listing *l)
{
	for (size_t i = 0; i < OPERATIONS_NAMED_MAX; i++)
		add(l, text_at(content, naming->at[i]));
	if (naming->list)
		naming->list(record, l);
}

/* What stands at `naming`, each once, sorted. */
static enum status collect(struct arena *a, const Mandate__Record *record,
			   const ProtobufCMessage *content, const struct naming *naming,
			   const char *const **ret_names, size_t *ret_count)
{
	struct listing list = {0};
	size_t unique = 0;

	if (naming)
		list_names(record, content, naming, &list);
	if (list.count == 0) {
		*ret_names = NULL;
		*ret_count = 0;
		return STATUS_OK;
	}
	list.names = arena_calloc(a, list.count, sizeof *list.names);
	if (!list.names)
		return STATUS_NO_MEMORY;
	list.count = 0;
	list_names(record, content, naming, &list);
	qsort(list.names, list.count, sizeof *list.names, compare_names);
	for (size_t i = 0; i < list.count; i++)
		if (unique == 0 || strcmp(list.names[i], list.names[unique - 1]) != 0)
			list.names[unique++] = list.names[i];
	*ret_names = list.names;
	*ret_count = unique;
	return STATUS_OK;
}

enum status record_operations(struct arena *a, const Mandate__Record *record,
			      const char *const **ret_names, size_t *ret_count)
{
	const ProtobufCMessage *content = NULL;
	const struct kind_row *row = row_of(record, &content);

	return collect(a, record, content, row ? &row->operations : NULL, ret_names, ret_count);
}

enum status record_parties(struct arena *a, const Mandate__Record *record,
			   const char *const **ret_names, size_t *ret_count)
{
	const ProtobufCMessage *content = NULL;
	const struct kind_row *row = row_of(record, &content);

	return collect(a, record, content, row ? &row->parties : NULL, ret_names, ret_count);
}

enum status record_owners(struct arena *a, const Mandate__Record *record,
			  const char *const **ret_names, size_t *ret_count)
{
	const ProtobufCMessage *content = NULL;
	const struct kind_row *row = row_of(record, &content);

	return collect(a, record, content, row ? &row->owners : NULL, ret_names, ret_count);
}

enum status record_contributors(struct arena *a, const Mandate__Record *record,
				const char *const **ret_names, size_t *ret_count)
{
	const ProtobufCMessage *content = NULL;
	const struct kind_row *row = row_of(record, &content);

	return collect(a, record, content, row ? &row->contributors : NULL, ret_names, ret_count);
}

const char *record_key_contributor(Mandate__Kind kind, const char *key, size_t *ret_len)
{
	const struct kind_row *row = row_of_kind(kind);
	const ProtobufCFieldDescriptor *content = protobuf_c_message_descriptor_get_field(
		&mandate__record__descriptor, (unsigned)kind);

	if (!row || !content || !row->contributors.at[0])
		return NULL;
	const ProtobufCMessageDescriptor *type = content->descriptor;
	for (unsigned i = 0; i < type->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &type->fields[i];
		size_t len = strcspn(key, ":");

		if (field->label != PROTOBUF_C_LABEL_REQUIRED)
			return NULL;
		if (field->offset == row->contributors.at[0]) {
			*ret_len = len;
			return key;
		}
		if (!key[len])
			return NULL;
		key += len + 1;
	}
	return NULL;
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
		} else { /* a day, a number or an enum value */
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
	const struct kind_row *row = row_of_kind(kind);

	return row ? row->name : NULL;
}

Mandate__Kind record_kind_of_name(const char *name)
{
	for (size_t i = 0; i < KIND_COUNT; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return kinds[i].kind;
	return (Mandate__Kind)0;
}
