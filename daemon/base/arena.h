/* Memory that is freed together. What one message or one batch needs lives in an arena with a cap,
 * so that no input can allocate past it. */
#ifndef MANDATED_BASE_ARENA_H
#define MANDATED_BASE_ARENA_H

#include "base/bytes.h"
#include "base/status.h"

struct arena_block;

struct arena {
	struct arena_block *blocks; /* newest first */
	size_t cap_bytes;	    /* most that may be handed out */
	size_t used_bytes;	    /* handed out, with padding */
	bool failed;		    /* an allocation was refused since the last reset */
};

/* Prepares `a` for at most `cap_bytes`; allocates nothing yet. */
void arena_init(struct arena *a, size_t cap_bytes);

/* Zeroed memory, aligned for any type, valid until arena_reset or arena_fini; NULL when the cap or
 * the system's memory is reached (then a->failed is set too). */
void *arena_alloc(struct arena *a, size_t size);

/* Room for `count` items of `size`; NULL too when the product overflows. */
void *arena_calloc(struct arena *a, size_t count, size_t size);

/* A copy with a zero byte after it. NULL as arena_alloc. */
char *arena_text(struct arena *a, const char *text);
void *arena_copy(struct arena *a, const void *data, size_t len);

/* printf into the arena; NULL as arena_alloc. */
char *arena_printf(struct arena *a, const char *format, ...) PRINTF_LIKE(2, 3);

/* Frees everything handed out; keeps one block of moderate size for the next use. */
void arena_reset(struct arena *a);
void arena_fini(struct arena *a);

#endif
