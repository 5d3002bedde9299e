#include "model/codec.h"

#include "model/encode.h"

static void *arena_malloc(void *arena, size_t size)
{
	return arena_alloc(arena, size);
}

static void arena_keep(void *arena, void *p)
{
	(void)arena; /* what the arena handed out goes when it is reset */
	(void)p;
}

void *codec_decode(struct arena *a, const ProtobufCMessageDescriptor *type, struct bytes bytes)
{
	ProtobufCAllocator allocator = {arena_malloc, arena_keep, a};

	return protobuf_c_message_unpack(type, &allocator, bytes.len, bytes.data);
}

enum status codec_encode(struct arena *a, const ProtobufCMessage *message, struct bytes *ret_bytes)
{
	struct encode e;

	encode_message(&e, message);
	/* One more, so that an empty message has an address too. */
	uint8_t *data = arena_alloc(a, e.len + 1);

	if (!data)
		return STATUS_NO_MEMORY;
	encode_put(&e, data);
	*ret_bytes = bytes_of(data, e.len);
	return STATUS_OK;
}

void *codec_copy(struct arena *a, const ProtobufCMessage *message)
{
	struct bytes packed;

	if (codec_encode(a, message, &packed) != STATUS_OK)
		return NULL;
	return codec_decode(a, message->descriptor, packed);
}

bool codec_equal(struct arena *scratch, const ProtobufCMessage *x, const ProtobufCMessage *y)
{
	struct bytes x_packed, y_packed;

	return codec_encode(scratch, x, &x_packed) == STATUS_OK &&
	       codec_encode(scratch, y, &y_packed) == STATUS_OK && bytes_equal(x_packed, y_packed);
}
