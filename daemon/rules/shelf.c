#include "rules/shelf.h"
#include "base/limits.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct fact *shelf_at(const struct array *shelf, size_t index)
{
	return ((struct fact *const *)shelf->at)[index];
}

bool shelf_find(const struct array *shelf, const char *key, size_t *ret_index)
{
	size_t low = 0, count = shelf->count;

	while (count > 0) {
		size_t half = count / 2;
		int order = strcmp(shelf_at(shelf, low + half)->key, key);

		if (order == 0) {
			*ret_index = low + half;
			return true;
		}
		if (order < 0) {
			low += half + 1;
			count -= half + 1;
		} else {
			count = half;
		}
	}
	*ret_index = low;
	return false;
}

/* No part of a key holds a ':', and ';' is the character after it. */
void shelf_range(const struct array *shelf, const char *prefix, size_t *ret_from, size_t *ret_end)
{
	char past[KEY_TEXT_MAX + 1];
	size_t len = strlen(prefix);

	assert(len > 0 && len <= KEY_TEXT_MAX && prefix[len - 1] == ':');
	memcpy(past, prefix, len + 1);
	past[len - 1] = ';';
	shelf_find(shelf, prefix, ret_from);
	shelf_find(shelf, past, ret_end);
}

/* A fact of `bytes` with its key behind it; NULL on no memory. */
void *shelf_new(size_t bytes, const char *key)
{
	size_t key_bytes = strlen(key) + 1;
	char *memory = calloc(1, bytes + key_bytes);
	struct fact *fact = (struct fact *)(void *)memory;

	if (!memory)
		return NULL;
	fact->bytes = bytes + key_bytes;
	fact->key = memory + bytes;
	memcpy(fact->key, key, key_bytes);
	return memory;
}

enum status shelf_add(struct array *shelf, size_t index, void *fact, size_t *bytes)
{
	enum status s = array_insert(shelf, sizeof fact, index, &fact);

	if (s != STATUS_OK) {
		free(fact);
		return s;
	}
	*bytes += ((struct fact *)fact)->bytes;
	return STATUS_OK;
}

void shelf_replace(struct array *shelf, size_t index, void *fact, size_t *bytes)
{
	struct fact **place = (struct fact **)shelf->at + index;

	*bytes += ((struct fact *)fact)->bytes - (*place)->bytes;
	free(*place);
	*place = fact;
}

enum status shelf_put(struct array *shelf, const char *key, void *fact, size_t *bytes)
{
	size_t at;

	if (!shelf_find(shelf, key, &at))
		return fact ? shelf_add(shelf, at, fact, bytes) : STATUS_OK;
	if (fact)
		shelf_replace(shelf, at, fact, bytes);
	else
		shelf_remove(shelf, at, bytes);
	return STATUS_OK;
}

void shelf_remove(struct array *shelf, size_t index, size_t *bytes)
{
	struct fact *fact = shelf_at(shelf, index);

	*bytes -= fact->bytes;
	array_remove(shelf, sizeof fact, index);
	free(fact);
}

void shelf_fini(struct array *shelf)
{
	for (size_t i = 0; i < shelf->count; i++)
		free(shelf_at(shelf, i));
	array_fini(shelf);
}
