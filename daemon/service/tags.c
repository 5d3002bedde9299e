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

size_t tags_bytes(const Mandate__EventTags *t)
{
	return tags_aligned(sizeof *t) + texts_bytes(t->operations, t->n_operations) +
	       texts_bytes(t->contributors, t->n_contributors) +
	       texts_bytes(t->documents, t->n_documents);
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

const Mandate__EventTags *tags_copy(uint8_t **at, const Mandate__EventTags *t)
{
	Mandate__EventTags *copy = (Mandate__EventTags *)(void *)*at;

	*copy = *t;
	*at += tags_aligned(sizeof *t);
	copy->operations = copy_texts(at, t->operations, t->n_operations);
	copy->contributors = copy_texts(at, t->contributors, t->n_contributors);
	copy->documents = copy_texts(at, t->documents, t->n_documents);
	return copy;
}
