#include "service/filter.h"

/* A bit a list of the filter. */
enum {
	LIST_KINDS = 1,
	LIST_OPERATIONS = 2,
	LIST_CONTRIBUTORS = 4,
	LIST_DOCUMENTS = 8,
	LIST_ALERT_CODES = 16,
};

/* The lists that are filled, all of which must match. */
static unsigned filled(const Mandate__Filter *filter)
{
	if (!filter)
		return 0;
	return (filter->n_kinds ? LIST_KINDS : 0u) | (filter->n_operations ? LIST_OPERATIONS : 0u) |
	       (filter->n_contributors ? LIST_CONTRIBUTORS : 0u) |
	       (filter->n_documents ? LIST_DOCUMENTS : 0u) |
	       (filter->n_alert_codes ? LIST_ALERT_CODES : 0u);
}

static unsigned match_kind(const Mandate__Filter *filter, uint64_t kind)
{
	for (size_t i = 0; i < filter->n_kinds; i++)
		if ((uint64_t)filter->kinds[i] == kind)
			return LIST_KINDS;
	return 0;
}

static unsigned match_alert_code(const Mandate__Filter *filter, uint64_t code)
{
	for (size_t i = 0; i < filter->n_alert_codes; i++)
		if ((uint64_t)filter->alert_codes[i] == code)
			return LIST_ALERT_CODES;
	return 0;
}

/* `list` if `text` is one of `values`, otherwise 0. */
static unsigned match_text(unsigned list, char *const *values, size_t count, struct bytes text)
{
	for (size_t i = 0; i < count; i++)
		if (strncmp(values[i], (const char *)text.data, text.len) == 0 &&
		    values[i][text.len] == '\0')
			return list;
	return 0;
}

static unsigned match_texts(unsigned list, char *const *values, size_t count, char *const *texts,
			    size_t text_count)
{
	unsigned matched = 0;

	for (size_t i = 0; i < text_count && !matched; i++)
		matched = match_text(list, values, count, bytes_of_text(texts[i]));
	return matched;
}

bool filter_is_open(const Mandate__Filter *filter)
{
	return filled(filter) == 0;
}

bool filter_passes(const Mandate__Filter *filter, const Mandate__EventTags *tags)
{
	unsigned needed = filled(filter), matched;

	if (!needed)
		return true;
	matched = match_kind(filter, (uint64_t)tags->kind);
	if (tags->has_alert_code)
		matched |= match_alert_code(filter, (uint64_t)tags->alert_code);
	matched |= match_texts(LIST_OPERATIONS, filter->operations, filter->n_operations,
			       tags->operations, tags->n_operations);
	matched |= match_texts(LIST_CONTRIBUTORS, filter->contributors, filter->n_contributors,
			       tags->contributors, tags->n_contributors);
	matched |= match_texts(LIST_DOCUMENTS, filter->documents, filter->n_documents,
			       tags->documents, tags->n_documents);
	return (matched & needed) == needed;
}

static bool take_varint(struct bytes *from, uint64_t *ret_value)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 64 && from->len; shift += 7) {
		uint8_t byte = *from->data++;

		from->len--;
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80)) {
			*ret_value = value;
			return true;
		}
	}
	return false;
}

/* A field's number and its value: a number, or for wire type 2 a text. */
static bool take_field(struct bytes *from, unsigned *ret_number, uint64_t *ret_value,
		       struct bytes *ret_text)
{
	enum { VARINT = 0, LENGTH = 2 };
	uint64_t tag;

	if (!take_varint(from, &tag) || !take_varint(from, ret_value))
		return false;
	*ret_number = (unsigned)(tag >> 3);
	if ((tag & 7) == VARINT)
		return true;
	if ((tag & 7) != LENGTH || *ret_value > from->len)
		return false;
	*ret_text = bytes_of(from->data, (size_t)*ret_value);
	from->data += *ret_value;
	from->len -= (size_t)*ret_value;
	return true;
}

enum status filter_passes_packed(const Mandate__Filter *filter, struct bytes tags, bool *ret_passes)
{
	enum { KIND = 1, OPERATIONS, CONTRIBUTORS, DOCUMENTS, ALERT_CODE }; /* of EventTags */
	unsigned needed = filled(filter), matched = 0, number;
	struct bytes text = {0};
	uint64_t value;

	while (needed && tags.len) {
		if (!take_field(&tags, &number, &value, &text))
			return STATUS_CORRUPT;
		if (number == KIND)
			matched |= match_kind(filter, value);
		else if (number == OPERATIONS)
			matched |= match_text(LIST_OPERATIONS, filter->operations,
					      filter->n_operations, text);
		else if (number == CONTRIBUTORS)
			matched |= match_text(LIST_CONTRIBUTORS, filter->contributors,
					      filter->n_contributors, text);
		else if (number == DOCUMENTS)
			matched |= match_text(LIST_DOCUMENTS, filter->documents,
					      filter->n_documents, text);
		else if (number == ALERT_CODE)
			matched |= match_alert_code(filter, value);
	}
	*ret_passes = (matched & needed) == needed;
	return STATUS_OK;
}
