/* Reads the journal frame by frame and finds its end. Everything that can be checked is checked
 * before a frame is handed out: hash, checksums, padding, batch number, index, both ends of the
 * chain, and what the state says it has applied. */
#ifndef MANDATED_ENGINE_READER_H
#define MANDATED_ENGINE_READER_H

#include "engine/embedded.h"
#include "engine/journal.h"

struct reader {
	struct journal *journal;
	struct embedded_applied applied; /* where the chain must be what the state says */
	struct journal_segment segment;
	uint64_t offset; /* of the next frame: at the end, E */

	/* What comes next. Not anchored: the first frame read says it, and need only have the batch
	 * number next_batch (0: any). */
	bool anchored;
	uint64_t next_batch, next_index;
	uint8_t chain[HASH_BYTES]; /* j(next_index - 1) */

	uint8_t *window; /* a piece of a segment */
	uint64_t window_segment, window_offset;
	size_t window_len;
	struct bytes *payloads;
	struct bytes frame; /* the whole of what reader_next returned last, in the window */
};

/* `applied` may be NULL. Opens nothing yet. */
MUST_USE enum status reader_init(struct reader *r, struct journal *j,
				 const struct embedded_applied *applied, struct error *err);
void reader_fini(struct reader *r);

/* Goes to the frame at `at`, or to the first of the journal. STATUS_CORRUPT if there is no segment
 * where there must be one. */
MUST_USE enum status reader_begin(struct reader *r, const struct segment_position *at,
				  struct error *err);

/* The next frame; its payloads are valid until the next call. STATUS_NOT_FOUND: at r->segment and
 * r->offset the journal ends, as far as its frames tell; what lies behind is reader_look_behind's.
 */
MUST_USE enum status reader_next(struct reader *r, struct engine_read_batch *ret_batch,
				 struct error *err);

/* Bytes behind the end, in one segment: where the first and after the last one that is not zero. */
struct reader_rest {
	uint64_t first, end; /* equal: all zero */
};

/* Looks through r->segment from r->offset, or if `number` is another through that whole segment,
 * for what is not zero and for frames. STATUS_CORRUPT if a frame checks; STATUS_NOT_FOUND if there
 * is no such segment. Uses the window: what reader_next returned is gone. */
MUST_USE enum status reader_look_behind(struct reader *r, uint64_t number,
					struct reader_rest *ret_rest, struct error *err);

#endif
