#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { BLOCK_BYTES = 16 * 1024, KEEP_BYTES = 256 * 1024, ALIGNMENT = 16 };

struct arena_block {
	struct arena_block *next;
	size_t size;
	size_t used;
	_Alignas(ALIGNMENT) uint8_t data[];
};

void arena_init(struct arena *a, size_t cap_bytes)
{
	*a = (struct arena){.cap_bytes = cap_bytes};
}

static struct arena_block *grow(struct arena *a, size_t size)
{
	size_t room = a->blocks ? a->blocks->size * 2 : BLOCK_BYTES;

	if (room > KEEP_BYTES)
		room = KEEP_BYTES;
	if (room < size)
		room = size;
	struct arena_block *b = malloc(sizeof *b + room);
	if (!b)
		return NULL;
	b->size = room;
	b->used = 0;
	b->next = a->blocks;
	a->blocks = b;
	return b;
}

void *arena_alloc(struct arena *a, size_t size)
{
	if (size > a->cap_bytes)
		goto refused;
	size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (size > a->cap_bytes - a->used_bytes)
		goto refused;
	struct arena_block *b = a->blocks;
	if (!b || b->size - b->used < size)
		b = grow(a, size);
	if (!b)
		goto refused;
	void *p = b->data + b->used;
	b->used += size;
	a->used_bytes += size;
	return memset(p, 0, size);

refused:
	a->failed = true;
	return NULL;
}

void *arena_calloc(struct arena *a, size_t count, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(count, size, &total)) {
		a->failed = true;
		return NULL;
	}
	return arena_alloc(a, total);
}

void *arena_copy(struct arena *a, const void *data, size_t len)
{
	uint8_t *p = arena_alloc(a, len + 1);

	if (p && len)
		memcpy(p, data, len);
	return p;
}

char *arena_text(struct arena *a, const char *text)
{
	return arena_copy(a, text, strlen(text));
}

char *arena_printf(struct arena *a, const char *format, ...)
{
	va_list args, again;

	va_start(args, format);
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	char *text = len < 0 ? NULL : arena_alloc(a, (size_t)len + 1);
	if (text)
		IGNORE_RESULT(vsnprintf(text, (size_t)len + 1, format, again)); /* measured above */
	va_end(again);
	return text;
}

void arena_reset(struct arena *a)
{
	struct arena_block *keep = NULL;

	for (struct arena_block *b = a->blocks, *next; b; b = next) {
		next = b->next;
		if (!keep && b->size <= KEEP_BYTES)
			keep = b;
		else
			free(b);
	}
	if (keep) {
		keep->next = NULL;
		keep->used = 0;
	}
	a->blocks = keep;
	a->used_bytes = 0;
	a->failed = false;
}

void arena_fini(struct arena *a)
{
	for (struct arena_block *b = a->blocks, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	*a = (struct arena){.cap_bytes = a->cap_bytes};
}
