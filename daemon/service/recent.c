#include "service/recent.h"

#include "service/frame.h"
#include "service/tags.h"

#include <stdlib.h>

enum { CHUNKS_AT_FIRST = 64 };

/* The events of one batch in one allocation: the structs, then what they point to. */
struct recent_chunk {
	size_t bytes;
	size_t count;
	struct recent_event events[];
};

void recent_init(struct recent *r, uint64_t newest, size_t most_bytes)
{
	*r = (struct recent){.most_bytes = most_bytes, .newest = newest, .oldest = newest + 1};
}

static struct recent_chunk *chunk_at(const struct recent *r, size_t i)
{
	return r->chunks[(r->first + i) & (r->room - 1)];
}

static void drop_oldest(struct recent *r)
{
	struct recent_chunk *c = chunk_at(r, 0);

	r->first = (r->first + 1) & (r->room - 1);
	r->count--;
	r->held_bytes -= c->bytes;
	r->oldest = r->count ? chunk_at(r, 0)->events[0].revision : r->newest + 1;
	free(c);
}

void recent_fini(struct recent *r)
{
	while (r->count)
		drop_oldest(r);
	free(r->chunks);
	r->chunks = NULL;
	r->room = 0;
}

/* Room for another pointer. */
static bool make_room(struct recent *r)
{
	if (r->count < r->room)
		return true;
	size_t room = r->room ? r->room * 2 : CHUNKS_AT_FIRST;
	struct recent_chunk **chunks = calloc(room, sizeof(struct recent_chunk *));
	if (!chunks)
		return false;
	for (size_t i = 0; i < r->count; i++)
		chunks[i] = chunk_at(r, i);
	free(r->chunks);
	r->chunks = chunks;
	r->first = 0;
	r->room = room;
	return true;
}

static struct recent_chunk *chunk_new(const struct published *events, size_t count)
{
	size_t bytes =
		tags_aligned(sizeof(struct recent_chunk) + count * sizeof(struct recent_event));

	for (size_t i = 0; i < count; i++)
		bytes += tags_bytes(events[i].tags) +
			 tags_aligned(frame_event_bytes(events[i].event.len));
	struct recent_chunk *c = malloc(bytes);
	if (!c)
		return NULL;
	c->bytes = bytes;
	c->count = count;
	uint8_t *at = (uint8_t *)c + tags_aligned(sizeof(struct recent_chunk) +
						  count * sizeof(struct recent_event));
	for (size_t i = 0; i < count; i++) {
		const struct published *from = &events[i];
		struct recent_event *e = &c->events[i];

		*e = (struct recent_event){.revision = from->revision,
					   .last_revision = from->last_revision,
					   .kind = from->tags->kind,
					   .chunk_end = i + 1 == count};
		memcpy(e->digest, from->digest, HASH_BYTES);
		memcpy(e->chain, from->chain, HASH_BYTES);
		e->tags = tags_copy(&at, from->tags);
		e->field = bytes_of(at, frame_put_event(at, from->event, from->salt));
		/* The salt stands behind it, with two bytes of its own. */
		e->event = bytes_of(at + e->field.len - 2 - SALT_BYTES - from->event.len,
				    from->event.len);
		at += tags_aligned(e->field.len);
	}
	return c;
}

void recent_add(struct recent *r, const struct published *events, size_t count)
{
	if (count == 0)
		return;
	struct recent_chunk *c = make_room(r) ? chunk_new(events, count) : NULL;
	if (c) {
		for (size_t i = 0; i < count; i++) {
			c->events[i].bytes_before = r->total_bytes;
			r->total_bytes += c->events[i].field.len;
		}
		r->chunks[(r->first + r->count++) & (r->room - 1)] = c;
		r->held_bytes += c->bytes;
	}
	r->newest = events[count - 1].revision;
	while (r->count && (!c || r->held_bytes > r->most_bytes))
		drop_oldest(r);
	r->oldest = r->count ? chunk_at(r, 0)->events[0].revision : r->newest + 1;
}

const struct recent_event *recent_get(const struct recent *r, uint64_t revision)
{
	size_t low = 0, high = r->count;

	/* The last chunk that begins at or before it. */
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (chunk_at(r, middle)->events[0].revision <= revision)
			low = middle;
		else
			high = middle;
	}
	const struct recent_chunk *c = chunk_at(r, low);
	return &c->events[revision - c->events[0].revision];
}
