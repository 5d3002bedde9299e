#include "rules/array.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 4 };

enum status array_insert(struct array *a, size_t item_bytes, size_t index, const void *item)
{
	char *base;

	if (a->count == a->room) {
		size_t room = a->room ? 2 * a->room : FIRST_ROOM;
		void *grown = reallocarray(a->at, room, item_bytes);

		if (!grown)
			return STATUS_NO_MEMORY;
		a->at = grown;
		a->room = room;
	}
	base = (char *)a->at + index * item_bytes;
	memmove(base + item_bytes, base, (a->count - index) * item_bytes);
	memcpy(base, item, item_bytes);
	a->count++;
	return STATUS_OK;
}

void array_remove(struct array *a, size_t item_bytes, size_t index)
{
	char *base = (char *)a->at + index * item_bytes;

	a->count--;
	memmove(base, base + item_bytes, (a->count - index) * item_bytes);
}

void array_fini(struct array *a)
{
	free(a->at);
	*a = (struct array){0};
}

enum status array_put_day(struct array *a, size_t item_bytes, int32_t day, const void *item)
{
	size_t at;
	bool found = array_find_day(a, item_bytes, day, &at);

	if (found && item)
		memcpy((char *)a->at + at * item_bytes, item, item_bytes);
	else if (found)
		array_remove(a, item_bytes, at);
	else if (item)
		return array_insert(a, item_bytes, at, item);
	return STATUS_OK;
}
