/* Arrays that grow and stay sorted: what a dossier is made of. */
#ifndef MANDATED_RULES_ARRAY_H
#define MANDATED_RULES_ARRAY_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct array {
	void *at;
	size_t count, room; /* in items */
};

/* Opens a place of `item_bytes` at `index` <= count and copies `item` into it. STATUS_NO_MEMORY. */
MUST_USE enum status array_insert(struct array *a, size_t item_bytes, size_t index,
				  const void *item);
void array_remove(struct array *a, size_t item_bytes, size_t index);
void array_fini(struct array *a);

/* Arrays of structs that begin with their day (int32_t), in order of days.
 * How many items have a day <= `day`: the index after the last of them. */
static inline size_t array_until(const struct array *a, size_t item_bytes, int32_t day)
{
	const char *base = a->at;
	size_t low = 0, count = a->count;

	while (count > 0) {
		size_t half = count / 2;

		if (*(const int32_t *)(const void *)(base + (low + half) * item_bytes) <= day) {
			low += half + 1;
			count -= half + 1;
		} else {
			count = half;
		}
	}
	return low;
}

/* The item of exactly that day, whose days are unique: its index, or false and where it belongs. */
static inline bool array_find_day(const struct array *a, size_t item_bytes, int32_t day,
				  size_t *ret_index)
{
	size_t after = array_until(a, item_bytes, day);
	const char *base = a->at;

	if (after > 0 && *(const int32_t *)(const void *)(base + (after - 1) * item_bytes) == day) {
		*ret_index = after - 1;
		return true;
	}
	*ret_index = after;
	return false;
}

/* Puts `item` in its place among unique days, over one of the same day; NULL: takes that one out.
 * STATUS_NO_MEMORY. */
MUST_USE enum status array_put_day(struct array *a, size_t item_bytes, int32_t day,
				   const void *item);

#endif
