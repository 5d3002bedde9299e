/* The bytes of the journal: pure functions over memory. Integers are unsigned big-endian, H is
 * BLAKE2b-256 without key.
 *
 *   segment file    0        512            ...                                  size
 *                   | header | frame | frame | ... | frame | zeros ............. |
 *                   frames begin on 512-byte boundaries and never cross a segment
 *
 *   segment header  0 magic "mandsegm"    8 version u32    12 zero u32    16 instance[16]
 *                   32 segment u64    40 size u64    48 zeros    480 H of the 480 bytes before
 *
 *   frame = batch   0 magic "mandbatc"    8 instance[16]    24 batch u64    32 first_index u64
 *                   40 count u32    44 bytes u32 (all entries with padding)
 *                   48 chain_before[32]    80 zero[16]    96 H of (the 96 bytes before, entries)
 *                   128 entry, entry, ...    zeros to the next 512-byte boundary
 *
 *   entry           0 length u32    4 crc32c u32 of (index u64, payload)
 *                   8 payload    zeros to the next 8-byte boundary
 *
 *   chain           j(0) = H(instance)    j(i) = H(j(i-1), i u64, payload); not stored by entry
 *
 *   file `clean`    0 magic "mandclea"    8 instance[16]    24 batch u64    32 applied index u64
 *                   40 chain[32]    72 H of the 72 bytes before
 *
 *   position        0 segment u64    8 offset u64    16 batch u64 */
#ifndef MANDATED_ENGINE_SEGMENT_H
#define MANDATED_ENGINE_SEGMENT_H

#include "base/limits.h"
#include "engine/engine.h"

enum {
	SEGMENT_VERSION = 1,
	SEGMENT_SECTOR_BYTES = 512, /* what a disk writes whole or not at all */
	SEGMENT_HEADER_BYTES = 512,
	SEGMENT_FRAME_HEADER_BYTES = 128,
	SEGMENT_ENTRY_HEADER_BYTES = 8,
	SEGMENT_ALIGNMENT = 8, /* of entries */
	SEGMENT_CLEAN_BYTES = 104,
	/* All entries of the largest batch, each with its header and the most padding. */
	SEGMENT_ENTRIES_MAX = BATCH_BYTES_MAX + BATCH_ENTRIES_MAX * (SEGMENT_ENTRY_HEADER_BYTES +
								     SEGMENT_ALIGNMENT - 1),
	SEGMENT_FRAME_MAX =
		(SEGMENT_FRAME_HEADER_BYTES + SEGMENT_ENTRIES_MAX + SEGMENT_SECTOR_BYTES - 1) /
		SEGMENT_SECTOR_BYTES * SEGMENT_SECTOR_BYTES,
};

_Static_assert(SEGMENT_HEADER_BYTES + SEGMENT_FRAME_MAX <= (int)SEGMENT_BYTES_MIN,
	       "the largest batch fits the smallest segment");

struct segment_header {
	uint8_t instance[INSTANCE_BYTES];
	uint64_t segment; /* number, from 1 */
	uint64_t size_bytes;
};

struct segment_frame {
	uint64_t batch; /* number, from 1 */
	uint64_t first_index;
	uint32_t count;
	uint32_t size_bytes; /* whole frame, with padding */
	uint8_t chain_before[HASH_BYTES];
};

struct segment_clean {
	uint8_t instance[INSTANCE_BYTES];
	uint64_t batch; /* the last; 0: none yet */
	uint64_t applied_index;
	uint8_t chain[HASH_BYTES]; /* j(applied_index) */
};

struct segment_position {
	uint64_t segment;
	uint64_t offset;
	uint64_t batch;
};

void segment_encode_header(uint8_t ret_bytes[SEGMENT_HEADER_BYTES], const struct segment_header *h);

/* STATUS_FOREIGN: another magic or version; STATUS_CORRUPT: ours, but does not check. */
MUST_USE enum status segment_decode_header(const uint8_t bytes[SEGMENT_HEADER_BYTES],
					   struct segment_header *ret_header);

/* j(0). */
void segment_chain_start(uint8_t ret_chain[HASH_BYTES], const uint8_t instance[INSTANCE_BYTES]);

/* Bytes that a frame of these payloads takes on disk. */
size_t segment_measure_frame(const struct bytes *payloads, uint32_t count);

/* Writes the whole frame with its padding into `ret_bytes`, which has room for
 * segment_measure_frame, and returns its size. `chain` is j(first_index - 1) and becomes that of
 * the last entry. */
size_t segment_encode_frame(uint8_t *ret_bytes, const uint8_t instance[INSTANCE_BYTES],
			    uint64_t batch, uint64_t first_index, const struct bytes *payloads,
			    uint32_t count, uint8_t chain[HASH_BYTES]);

/* What size does a frame have whose first 128 bytes are these? 0: no frame of this instance. The
 * answer is a claim of unchecked bytes, a multiple of 512 and at most SEGMENT_FRAME_MAX. */
size_t segment_claimed_size(const uint8_t header[SEGMENT_FRAME_HEADER_BYTES],
			    const uint8_t instance[INSTANCE_BYTES]);

/* Does the frame in bytes[0 .. len) check: everything but its place in the chain? `ret_payloads`
 * has room for BATCH_ENTRIES_MAX views into `bytes`; its content is lost if the answer is false. */
MUST_USE bool segment_decode_frame(struct bytes frame, const uint8_t instance[INSTANCE_BYTES],
				   struct segment_frame *ret_frame, struct bytes *ret_payloads);

void segment_encode_clean(uint8_t ret_bytes[SEGMENT_CLEAN_BYTES], const struct segment_clean *c);
MUST_USE enum status segment_decode_clean(struct bytes file, struct segment_clean *ret_clean);

struct engine_position segment_encode_position(struct segment_position p);
struct segment_position segment_decode_position(const struct engine_position *p);

bool segment_all_zero(struct bytes b);

#endif
