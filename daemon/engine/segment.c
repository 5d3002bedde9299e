#include "engine/segment.h"

/* Offsets, see the drawing in segment.h. */
enum {
	HEADER_VERSION = 8,
	HEADER_INSTANCE = 16,
	HEADER_SEGMENT = 32,
	HEADER_SIZE = 40,
	HEADER_CHECK = SEGMENT_HEADER_BYTES - HASH_BYTES,

	FRAME_INSTANCE = 8,
	FRAME_BATCH = 24,
	FRAME_FIRST_INDEX = 32,
	FRAME_COUNT = 40,
	FRAME_BYTES = 44,
	FRAME_CHAIN = 48,
	FRAME_CHECK = SEGMENT_FRAME_HEADER_BYTES - HASH_BYTES,

	CLEAN_INSTANCE = 8,
	CLEAN_BATCH = 24,
	CLEAN_APPLIED = 32,
	CLEAN_CHAIN = 40,
	CLEAN_CHECK = SEGMENT_CLEAN_BYTES - HASH_BYTES,

	MAGIC_BYTES = 8,
};

static const uint8_t segment_magic[MAGIC_BYTES] = "mandsegm";
static const uint8_t frame_magic[MAGIC_BYTES] = "mandbatc";
static const uint8_t clean_magic[MAGIC_BYTES] = "mandclea";

static size_t round_up(size_t size, size_t unit)
{
	return (size + unit - 1) / unit * unit;
}

static size_t entry_size(size_t payload_len)
{
	return round_up(SEGMENT_ENTRY_HEADER_BYTES + payload_len, SEGMENT_ALIGNMENT);
}

static bool hash_is(struct bytes data, const uint8_t *stored)
{
	uint8_t hash[HASH_BYTES];

	hash_one(hash, data);
	return memcmp(hash, stored, HASH_BYTES) == 0;
}

static void hash_frame(uint8_t ret_hash[HASH_BYTES], const uint8_t *frame, size_t entries_len)
{
	hash_parts(ret_hash,
		   (struct bytes[]){bytes_of(frame, FRAME_CHECK),
				    bytes_of(frame + SEGMENT_FRAME_HEADER_BYTES, entries_len)},
		   2);
}

static uint32_t entry_crc(uint64_t index, struct bytes payload)
{
	uint8_t number[8];

	put_u64(number, index);
	return hash_crc32c(bytes_of(number, sizeof number), payload);
}

bool segment_all_zero(struct bytes b)
{
	uint64_t any = 0, word;
	size_t i = 0;

	for (; i + sizeof word <= b.len; i += sizeof word) {
		memcpy(&word, b.data + i, sizeof word);
		any |= word;
	}
	for (; i < b.len; i++)
		any |= b.data[i];
	return any == 0;
}

void segment_encode_header(uint8_t ret_bytes[SEGMENT_HEADER_BYTES], const struct segment_header *h)
{
	memset(ret_bytes, 0, SEGMENT_HEADER_BYTES);
	memcpy(ret_bytes, segment_magic, MAGIC_BYTES);
	put_u32(ret_bytes + HEADER_VERSION, SEGMENT_VERSION);
	memcpy(ret_bytes + HEADER_INSTANCE, h->instance, INSTANCE_BYTES);
	put_u64(ret_bytes + HEADER_SEGMENT, h->segment);
	put_u64(ret_bytes + HEADER_SIZE, h->size_bytes);
	hash_one(ret_bytes + HEADER_CHECK, bytes_of(ret_bytes, HEADER_CHECK));
}

enum status segment_decode_header(const uint8_t bytes[SEGMENT_HEADER_BYTES],
				  struct segment_header *ret_header)
{
	if (memcmp(bytes, segment_magic, MAGIC_BYTES) != 0)
		return STATUS_FOREIGN;
	if (!hash_is(bytes_of(bytes, HEADER_CHECK), bytes + HEADER_CHECK))
		return STATUS_CORRUPT;
	if (get_u32(bytes + HEADER_VERSION) != SEGMENT_VERSION)
		return STATUS_FOREIGN;
	memcpy(ret_header->instance, bytes + HEADER_INSTANCE, INSTANCE_BYTES);
	ret_header->segment = get_u64(bytes + HEADER_SEGMENT);
	ret_header->size_bytes = get_u64(bytes + HEADER_SIZE);
	return STATUS_OK;
}

void segment_chain_start(uint8_t ret_chain[HASH_BYTES], const uint8_t instance[INSTANCE_BYTES])
{
	hash_one(ret_chain, bytes_of(instance, INSTANCE_BYTES));
}

size_t segment_measure_frame(const struct bytes *payloads, uint32_t count)
{
	size_t size = SEGMENT_FRAME_HEADER_BYTES;

	for (uint32_t i = 0; i < count; i++)
		size += entry_size(payloads[i].len);
	return round_up(size, SEGMENT_SECTOR_BYTES);
}

size_t segment_encode_frame(uint8_t *ret_bytes, const uint8_t instance[INSTANCE_BYTES],
			    uint64_t batch, uint64_t first_index, const struct bytes *payloads,
			    uint32_t count, uint8_t chain[HASH_BYTES])
{
	uint8_t *at = ret_bytes + SEGMENT_FRAME_HEADER_BYTES;

	memset(ret_bytes, 0, SEGMENT_FRAME_HEADER_BYTES);
	memcpy(ret_bytes, frame_magic, MAGIC_BYTES);
	memcpy(ret_bytes + FRAME_INSTANCE, instance, INSTANCE_BYTES);
	put_u64(ret_bytes + FRAME_BATCH, batch);
	put_u64(ret_bytes + FRAME_FIRST_INDEX, first_index);
	put_u32(ret_bytes + FRAME_COUNT, count);
	memcpy(ret_bytes + FRAME_CHAIN, chain, HASH_BYTES);
	for (uint32_t i = 0; i < count; i++) {
		size_t size = entry_size(payloads[i].len);

		memset(at + size - SEGMENT_ALIGNMENT, 0, SEGMENT_ALIGNMENT); /* then overwritten */
		put_u32(at, (uint32_t)payloads[i].len);
		put_u32(at + 4, entry_crc(first_index + i, payloads[i]));
		memcpy(at + SEGMENT_ENTRY_HEADER_BYTES, payloads[i].data, payloads[i].len);
		hash_chain_input(chain, first_index + i, payloads[i]);
		at += size;
	}
	size_t used = (size_t)(at - ret_bytes), size = round_up(used, SEGMENT_SECTOR_BYTES);
	size_t entries_len = used - SEGMENT_FRAME_HEADER_BYTES;
	put_u32(ret_bytes + FRAME_BYTES, (uint32_t)entries_len);
	hash_frame(ret_bytes + FRAME_CHECK, ret_bytes, entries_len);
	memset(at, 0, size - used);
	return size;
}

size_t segment_claimed_size(const uint8_t header[SEGMENT_FRAME_HEADER_BYTES],
			    const uint8_t instance[INSTANCE_BYTES])
{
	if (memcmp(header, frame_magic, MAGIC_BYTES) != 0 ||
	    memcmp(header + FRAME_INSTANCE, instance, INSTANCE_BYTES) != 0)
		return 0;
	size_t entries_len = get_u32(header + FRAME_BYTES);
	if (entries_len > SEGMENT_ENTRIES_MAX)
		return 0;
	return round_up(SEGMENT_FRAME_HEADER_BYTES + entries_len, SEGMENT_SECTOR_BYTES);
}

/* The entries fill `rest` exactly and each checks. */
static bool decode_entries(struct bytes rest, uint64_t first_index, uint32_t count,
			   struct bytes *ret_payloads)
{
	for (uint32_t i = 0; i < count; i++) {
		if (rest.len < SEGMENT_ENTRY_HEADER_BYTES)
			return false;
		struct bytes payload =
			bytes_of(rest.data + SEGMENT_ENTRY_HEADER_BYTES, get_u32(rest.data));
		size_t size = entry_size(payload.len);
		size_t used = SEGMENT_ENTRY_HEADER_BYTES + payload.len;
		if (payload.len == 0 || size > rest.len ||
		    get_u32(rest.data + 4) != entry_crc(first_index + i, payload) ||
		    !segment_all_zero(bytes_of(rest.data + used, size - used)))
			return false;
		ret_payloads[i] = payload;
		rest = bytes_of(rest.data + size, rest.len - size);
	}
	return rest.len == 0;
}

bool segment_decode_frame(struct bytes frame, const uint8_t instance[INSTANCE_BYTES],
			  struct segment_frame *ret_frame, struct bytes *ret_payloads)
{
	uint8_t hash[HASH_BYTES];
	const uint8_t *b = frame.data;

	if (frame.len < SEGMENT_FRAME_HEADER_BYTES)
		return false;
	size_t size = segment_claimed_size(b, instance);
	if (size == 0 || size > frame.len)
		return false;
	size_t entries_len = get_u32(b + FRAME_BYTES);
	size_t used = SEGMENT_FRAME_HEADER_BYTES + entries_len;
	hash_frame(hash, b, entries_len);
	if (memcmp(hash, b + FRAME_CHECK, HASH_BYTES) != 0 ||
	    !segment_all_zero(bytes_of(b + used, size - used)))
		return false;
	struct segment_frame f = {.batch = get_u64(b + FRAME_BATCH),
				  .first_index = get_u64(b + FRAME_FIRST_INDEX),
				  .count = get_u32(b + FRAME_COUNT),
				  .size_bytes = (uint32_t)size};
	if (f.count == 0 || f.count > BATCH_ENTRIES_MAX || f.first_index == 0 ||
	    f.first_index > UINT64_MAX - f.count ||
	    !decode_entries(bytes_of(b + SEGMENT_FRAME_HEADER_BYTES, entries_len), f.first_index,
			    f.count, ret_payloads))
		return false;
	memcpy(f.chain_before, b + FRAME_CHAIN, HASH_BYTES);
	*ret_frame = f;
	return true;
}

void segment_encode_clean(uint8_t ret_bytes[SEGMENT_CLEAN_BYTES], const struct segment_clean *c)
{
	memcpy(ret_bytes, clean_magic, MAGIC_BYTES);
	memcpy(ret_bytes + CLEAN_INSTANCE, c->instance, INSTANCE_BYTES);
	put_u64(ret_bytes + CLEAN_BATCH, c->batch);
	put_u64(ret_bytes + CLEAN_APPLIED, c->applied_index);
	memcpy(ret_bytes + CLEAN_CHAIN, c->chain, HASH_BYTES);
	hash_one(ret_bytes + CLEAN_CHECK, bytes_of(ret_bytes, CLEAN_CHECK));
}

enum status segment_decode_clean(struct bytes file, struct segment_clean *ret_clean)
{
	const uint8_t *b = file.data;

	if (file.len != SEGMENT_CLEAN_BYTES || memcmp(b, clean_magic, MAGIC_BYTES) != 0 ||
	    !hash_is(bytes_of(b, CLEAN_CHECK), b + CLEAN_CHECK))
		return STATUS_CORRUPT;
	memcpy(ret_clean->instance, b + CLEAN_INSTANCE, INSTANCE_BYTES);
	ret_clean->batch = get_u64(b + CLEAN_BATCH);
	ret_clean->applied_index = get_u64(b + CLEAN_APPLIED);
	memcpy(ret_clean->chain, b + CLEAN_CHAIN, HASH_BYTES);
	return STATUS_OK;
}

struct engine_position segment_encode_position(struct segment_position p)
{
	struct engine_position encoded;

	put_u64(encoded.bytes, p.segment);
	put_u64(encoded.bytes + 8, p.offset);
	put_u64(encoded.bytes + 16, p.batch);
	return encoded;
}

struct segment_position segment_decode_position(const struct engine_position *p)
{
	return (struct segment_position){.segment = get_u64(p->bytes),
					 .offset = get_u64(p->bytes + 8),
					 .batch = get_u64(p->bytes + 16)};
}
