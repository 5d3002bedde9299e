#include "service/batch.h"

#include "model/encode.h"
#include "service/roll.h"

#include <stdlib.h>

/* Payloads, their decoded forms, outcomes and events of a full batch; one hostile message may need
 * DECODE_BYTES_MAX, and BATCH_BYTES_MAX bounds how many there are. */
enum { BATCH_ARENA_BYTES = 128 * 1024 * 1024 };

enum status batch_new(struct batch **ret_batch)
{
	struct batch *b = calloc(1, sizeof *b);

	if (!b)
		return STATUS_NO_MEMORY;
	arena_init(&b->arena, BATCH_ARENA_BYTES);
	batch_reset(b);
	*ret_batch = b;
	return STATUS_OK;
}

static void free_tickets(struct batch *b)
{
	for (uint32_t i = 0; i < b->count; i++) {
		for (struct ticket *t = b->inputs[i].tickets, *next; t; t = next) {
			next = t->next;
			if (t->on_heap)
				free(t);
		}
		b->inputs[i].tickets = NULL;
	}
}

void batch_free(struct batch *b)
{
	if (!b)
		return;
	free_tickets(b);
	roll_release(b->roll);
	arena_fini(&b->arena);
	free(b);
}

void batch_reset(struct batch *b)
{
	free_tickets(b);
	arena_reset(&b->arena);
	b->journal = (struct engine_batch){.payloads = b->payloads, .user = b};
	b->count = 0;
	b->bytes = 0;
	b->why = STATUS_OK;
	b->events = NULL;
	b->event_count = 0;
	b->accepted = b->refused = 0;
	roll_release(b->roll);
	b->roll = NULL;
}

bool batch_has_room(const struct batch *b, size_t payload_bytes)
{
	return b->count < BATCH_ENTRIES_MAX && payload_bytes <= BATCH_BYTES_MAX - b->bytes;
}

enum status batch_add(struct batch *b, const Mandate__JournalInput *input,
		      const Mandate__Submission *submission, const uint8_t *digest,
		      struct input **ret_input)
{
	struct input *in = &b->inputs[b->count];
	struct encode e;

	encode_message(&e, &input->base);
	if (!batch_has_room(b, e.len))
		return STATUS_LIMIT;
	uint8_t *data = arena_alloc(&b->arena, e.len);
	if (!data)
		return STATUS_NO_MEMORY;
	encode_put(&e, data);
	struct bytes payload = bytes_of(data, e.len);
	*in = (struct input){.payload = payload, .decoded = input, .submission = submission};
	if (digest)
		memcpy(in->digest, digest, HASH_BYTES);
	b->payloads[b->count++] = payload;
	b->journal.count = b->count;
	b->bytes += payload.len;
	*ret_input = in;
	return STATUS_OK;
}
