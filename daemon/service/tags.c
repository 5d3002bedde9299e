#include "service/tags.h"

#include <string.h>

enum { ALIGNMENT = 16 };

size_t tags_aligned(size_t bytes)
{
	return (bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

static size_t texts_bytes(char *const *texts, size_t count)
{
	size_t bytes = tags_aligned(count * sizeof(char *));

	for (size_t i = 0; i < count; i++)
		bytes += strlen(texts[i]) + 1;
	return tags_aligned(bytes);
}

static size_t numbers_bytes(size_t count)
{
	return tags_aligned(count * sizeof(uint32_t));
}

size_t tags_bytes(const Mandate__EventTags *t)
{
	return tags_aligned(sizeof *t) + texts_bytes(t->operations, t->n_operations) +
	       texts_bytes(t->contributors, t->n_contributors) +
	       texts_bytes(t->documents, t->n_documents) + numbers_bytes(t->n_operations_gone) +
	       numbers_bytes(t->n_operations_new) + numbers_bytes(t->n_contributors_gone) +
	       numbers_bytes(t->n_contributors_new) +
	       (t->office ? tags_aligned(strlen(t->office) + 1) : 0);
}

static char **copy_texts(uint8_t **at, char *const *texts, size_t count)
{
	char **copy = (char **)(void *)*at;
	char *p = (char *)(*at + tags_aligned(count * sizeof(char *)));
	size_t bytes = texts_bytes(texts, count);

	for (size_t i = 0; i < count; i++) {
		size_t len = strlen(texts[i]) + 1;
		copy[i] = memcpy(p, texts[i], len);
		p += len;
	}
	*at += bytes;
	return copy;
}

static uint32_t *copy_numbers(uint8_t **at, const uint32_t *numbers, size_t count)
{
	uint32_t *copy = (uint32_t *)(void *)*at;

	if (count)
		memcpy(copy, numbers, count * sizeof *numbers);
	*at += numbers_bytes(count);
	return copy;
}

const Mandate__EventTags *tags_copy(uint8_t **at, const Mandate__EventTags *t)
{
	Mandate__EventTags *copy = (Mandate__EventTags *)(void *)*at;

	*copy = *t;
	*at += tags_aligned(sizeof *t);
	copy->operations = copy_texts(at, t->operations, t->n_operations);
	copy->contributors = copy_texts(at, t->contributors, t->n_contributors);
	copy->documents = copy_texts(at, t->documents, t->n_documents);
	copy->operations_gone = copy_numbers(at, t->operations_gone, t->n_operations_gone);
	copy->operations_new = copy_numbers(at, t->operations_new, t->n_operations_new);
	copy->contributors_gone = copy_numbers(at, t->contributors_gone, t->n_contributors_gone);
	copy->contributors_new = copy_numbers(at, t->contributors_new, t->n_contributors_new);
	if (t->office) {
		size_t len = strlen(t->office) + 1;

		copy->office = memcpy(*at, t->office, len);
		*at += tags_aligned(len);
	}
	return copy;
}
