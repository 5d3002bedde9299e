#include "engine/reader.h"

#include "engine/durable.h"

#include <fcntl.h>
#include <stdlib.h>

enum { WINDOW_BYTES = 1024 * 1024 };

_Static_assert(WINDOW_BYTES >= (int)SEGMENT_FRAME_MAX, "a window holds the largest frame");

enum status reader_init(struct reader *r, struct journal *j, const struct embedded_applied *applied,
			struct error *err)
{
	*r = (struct reader){.journal = j, .segment = JOURNAL_NO_SEGMENT};
	if (applied)
		r->applied = *applied;
	r->window = malloc(WINDOW_BYTES);
	r->payloads = malloc(BATCH_ENTRIES_MAX * sizeof *r->payloads);
	if (r->window && r->payloads)
		return STATUS_OK;
	reader_fini(r);
	return error_set(err, STATUS_NO_MEMORY, "%s: no memory to read", j->path);
}

void reader_fini(struct reader *r)
{
	journal_close_segment(&r->segment);
	free(r->window);
	free(r->payloads);
	r->window = NULL;
	r->payloads = NULL;
}

/* A segment that must be there. */
static enum status open_segment(struct reader *r, uint64_t number,
				struct journal_segment *ret_segment, struct error *err)
{
	enum status s = journal_open_segment(r->journal, number, O_RDONLY, ret_segment, err);

	if (s == STATUS_NOT_FOUND)
		return journal_blame(r->journal, number, 0, STATUS_CORRUPT, "the file is missing",
				     err);
	return s;
}

enum status reader_begin(struct reader *r, const struct segment_position *at, struct error *err)
{
	struct journal_segment segment;
	uint64_t number = at ? at->segment : r->journal->first;
	enum status s = open_segment(r, number, &segment, err);

	if (s != STATUS_OK)
		return s;
	journal_close_segment(&r->segment);
	r->segment = segment;
	r->offset = at ? at->offset : SEGMENT_HEADER_BYTES;
	r->window_len = 0;
	r->anchored = !at && number == 1;
	r->next_batch = at ? at->batch : r->anchored;
	r->next_index = 1;
	segment_chain_start(r->chain, r->journal->instance);
	return STATUS_OK;
}

/* Sets *ret_bytes to the `len` bytes at `offset`, fewer where the segment ends. */
static enum status fetch(struct reader *r, const struct journal_segment *segment, uint64_t offset,
			 size_t len, struct bytes *ret_bytes, struct error *err)
{
	uint64_t left = offset < segment->size ? segment->size - offset : 0;

	if (len > left)
		len = (size_t)left;
	if (segment->number != r->window_segment || offset < r->window_offset ||
	    offset + len > r->window_offset + r->window_len) {
		size_t fill = left < WINDOW_BYTES ? (size_t)left : WINDOW_BYTES;

		r->window_len = 0;
		enum status s = durable_read(segment->fd, r->window, fill, offset, &fill);
		if (s != STATUS_OK)
			return journal_blame_call(r->journal, segment->number, s, "cannot read",
						  err);
		r->window_segment = segment->number;
		r->window_offset = offset;
		r->window_len = fill;
		if (len > fill) /* shorter than when it was opened */
			len = fill;
	}
	*ret_bytes = bytes_of(r->window + (offset - r->window_offset), len);
	return STATUS_OK;
}

/* STATUS_NOT_FOUND: no frame that checks in itself begins here. */
static enum status frame_at(struct reader *r, const struct journal_segment *segment,
			    uint64_t offset, struct segment_frame *ret_frame, struct error *err)
{
	const uint8_t *instance = r->journal->instance;
	struct bytes b;
	enum status s = fetch(r, segment, offset, SEGMENT_FRAME_HEADER_BYTES, &b, err);

	if (s != STATUS_OK)
		return s;
	size_t size =
		b.len == SEGMENT_FRAME_HEADER_BYTES ? segment_claimed_size(b.data, instance) : 0;
	if (size == 0)
		return STATUS_NOT_FOUND;
	s = fetch(r, segment, offset, size, &b, err);
	if (s != STATUS_OK)
		return s;
	r->frame = b;
	return segment_decode_frame(b, instance, ret_frame, r->payloads) ? STATUS_OK
									 : STATUS_NOT_FOUND;
}

static bool continues(const struct reader *r, const struct segment_frame *f)
{
	if (!r->anchored) /* the first frame read: it says where it stands */
		return r->next_batch == 0 || f->batch == r->next_batch;
	return f->batch == r->next_batch && f->first_index == r->next_index &&
	       memcmp(f->chain_before, r->chain, HASH_BYTES) == 0;
}

static enum status differs_from_state(const struct reader *r, uint64_t offset, struct error *err)
{
	return journal_blame(r->journal, r->segment.number, offset, STATUS_CORRUPT,
			     "the journal differs from what the state has applied", err);
}

static bool applied_differs(const struct reader *r, uint64_t index, const uint8_t *chain)
{
	return r->applied.known && r->applied.index == index &&
	       memcmp(r->applied.chain, chain, HASH_BYTES) != 0;
}

/* Takes the frame at r->offset, whose payloads have been decoded. */
static enum status take(struct reader *r, const struct segment_frame *f,
			struct engine_read_batch *ret_batch, struct error *err)
{
	uint8_t chain[HASH_BYTES];

	memcpy(chain, f->chain_before, HASH_BYTES);
	if (applied_differs(r, f->first_index - 1, chain))
		return differs_from_state(r, r->offset, err);
	for (uint32_t i = 0; i < f->count; i++) {
		hash_chain_input(chain, f->first_index + i, r->payloads[i]);
		if (applied_differs(r, f->first_index + i, chain))
			return differs_from_state(r, r->offset, err);
	}
	*ret_batch = (struct engine_read_batch){
		.first_index = f->first_index,
		.count = f->count,
		.payloads = r->payloads,
		.position = segment_encode_position((struct segment_position){
			.segment = r->segment.number, .offset = r->offset, .batch = f->batch})};
	memcpy(ret_batch->chain_before, f->chain_before, HASH_BYTES);
	memcpy(ret_batch->chain_after, chain, HASH_BYTES);
	memcpy(r->chain, chain, HASH_BYTES);
	r->anchored = true;
	r->next_batch = f->batch + 1;
	r->next_index = f->first_index + f->count;
	r->offset += f->size_bytes;
	return STATUS_OK;
}

/* Is everything zero from here to the end of the segment? */
static enum status rest_is_zero(struct reader *r, bool *ret_zero, struct error *err)
{
	for (uint64_t at = r->offset; at < r->segment.size;) {
		struct bytes b;
		uint64_t left = r->segment.size - at;
		enum status s = fetch(r, &r->segment, at,
				      left < WINDOW_BYTES ? (size_t)left : WINDOW_BYTES, &b, err);

		if (s != STATUS_OK)
			return s;
		if (b.len == 0 || !segment_all_zero(b)) {
			*ret_zero = false;
			return STATUS_OK;
		}
		at += b.len;
	}
	*ret_zero = true;
	return STATUS_OK;
}

/* Nothing checks here: the journal goes on in the next segment only if its first frame continues
 * this one and the rest of this one is zero; the latter is looked at last, it is much to read.
 * STATUS_NOT_FOUND: this is the end. */
static enum status next_segment(struct reader *r, struct segment_frame *ret_frame,
				struct error *err)
{
	struct journal_segment next;
	bool zero = false;

	if (!r->anchored)
		return STATUS_NOT_FOUND;
	enum status s =
		journal_open_segment(r->journal, r->segment.number + 1, O_RDONLY, &next, err);
	if (s != STATUS_OK)
		return s;
	s = frame_at(r, &next, SEGMENT_HEADER_BYTES, ret_frame, err);
	if (s == STATUS_OK && continues(r, ret_frame))
		s = rest_is_zero(r, &zero, err);
	if (s == STATUS_OK && !zero)
		s = STATUS_NOT_FOUND;
	if (s == STATUS_OK) /* once more, for its payloads */
		s = frame_at(r, &next, SEGMENT_HEADER_BYTES, ret_frame, err);
	if (s != STATUS_OK) {
		journal_close_segment(&next);
		return s;
	}
	journal_close_segment(&r->segment);
	r->segment = next;
	r->offset = SEGMENT_HEADER_BYTES;
	return STATUS_OK;
}

enum status reader_next(struct reader *r, struct engine_read_batch *ret_batch, struct error *err)
{
	struct segment_frame f;
	enum status s = frame_at(r, &r->segment, r->offset, &f, err);

	if (s == STATUS_NOT_FOUND)
		s = next_segment(r, &f, err);
	else if (s == STATUS_OK && !continues(r, &f))
		return journal_blame(r->journal, r->segment.number, r->offset, STATUS_CORRUPT,
				     "a batch that does not continue the one before", err);
	return s == STATUS_OK ? take(r, &f, ret_batch, err) : s;
}

enum status reader_look_behind(struct reader *r, uint64_t number, struct reader_rest *ret_rest,
			       struct error *err)
{
	struct journal_segment other = JOURNAL_NO_SEGMENT;
	const struct journal_segment *segment = &r->segment;
	uint64_t at = r->offset;
	struct reader_rest rest = {0};
	enum status s = STATUS_OK;

	r->window_len = 0; /* a writer may have gone on since */
	if (number != r->segment.number) {
		s = journal_open_segment(r->journal, number, O_RDONLY, &other, err);
		if (s != STATUS_OK)
			return s;
		segment = &other;
		at = SEGMENT_HEADER_BYTES;
	}
	rest.first = rest.end = at;
	for (; at < segment->size; at += SEGMENT_SECTOR_BYTES) {
		struct segment_frame f;
		struct bytes sector;

		s = fetch(r, segment, at, SEGMENT_SECTOR_BYTES, &sector, err);
		if (s != STATUS_OK || sector.len < SEGMENT_SECTOR_BYTES)
			break;
		if (segment_all_zero(sector))
			continue;
		if (rest.first == rest.end)
			rest.first = at;
		rest.end = at + SEGMENT_SECTOR_BYTES;
		s = frame_at(r, segment, at, &f, err);
		if (s == STATUS_OK) {
			s = journal_blame(r->journal, number, at, STATUS_CORRUPT,
					  "a batch lies behind the end of the journal", err);
			break;
		}
		if (s != STATUS_NOT_FOUND)
			break;
		s = STATUS_OK;
	}
	journal_close_segment(&other);
	r->window_len = 0;
	if (s == STATUS_OK)
		*ret_rest = rest;
	return s;
}
