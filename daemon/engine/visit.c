#include "engine/visit.h"

#include "engine/reader.h"

/* Does no frame lie behind the end? */
static enum status look_behind_all(struct reader *r, struct error *err)
{
	for (uint64_t n = r->segment.number;; n++) {
		struct reader_rest rest;
		enum status s = reader_look_behind(r, n, &rest, err);

		if (s != STATUS_OK)
			return s == STATUS_NOT_FOUND ? STATUS_OK : s;
	}
}

/* As reader_next, while another process may be writing: a frame behind the end is damage only if
 * the end, looked at once more, still is one. The writer finishes a batch before it writes the
 * next, so when the later frame could be seen the one at the end had been complete. */
static enum status next_live(struct reader *r, struct engine_read_batch *ret_batch,
			     struct error *err)
{
	struct error behind;
	enum status s = reader_next(r, ret_batch, err);

	if (s != STATUS_NOT_FOUND)
		return s;
	enum status damage = look_behind_all(r, &behind);
	if (damage == STATUS_OK)
		return STATUS_NOT_FOUND;
	s = reader_next(r, ret_batch, err);
	return s == STATUS_NOT_FOUND ? error_set(err, damage, "%s", behind.text) : s;
}

static enum status blame_end(const struct reader *r, const char *what, struct error *err)
{
	return journal_blame(r->journal, r->segment.number, r->offset, STATUS_CORRUPT, what, err);
}

/* The reading has ended at `end`: may it end there? */
static enum status check_end(const struct reader *r, const struct recover_end *end,
			     const struct recover_end *until, struct error *err)
{
	if (!r->anchored)
		return blame_end(r, "no batch is where one must begin", err);
	if (until) {
		if (end->index < until->index)
			return blame_end(r, "the journal ends before what was made durable", err);
		if (end->index == until->index && memcmp(end->chain, until->chain, HASH_BYTES) != 0)
			return blame_end(r, "the journal is not what was made durable", err);
	} else if (r->applied.known && end->index < r->applied.index) {
		return blame_end(r, "the journal ends before what the state has applied", err);
	}
	return STATUS_OK;
}

/* Visits until the end; keeps in `end` how far it came. */
static enum status visit_all(struct reader *r, const struct recover_end *until, uint64_t from_index,
			     engine_visit *visit, void *ctx, struct recover_end *end,
			     struct error *err)
{
	for (bool first = true;; first = false) {
		struct engine_read_batch batch;

		if (until && end->index >= until->index)
			return STATUS_OK;
		enum status s = until ? reader_next(r, &batch, err) : next_live(r, &batch, err);
		if (s == STATUS_NOT_FOUND)
			return STATUS_OK;
		if (s != STATUS_OK)
			return s;
		if (first && batch.first_index > from_index)
			return journal_blame(r->journal, r->segment.number, r->offset,
					     STATUS_NOT_FOUND,
					     "the index asked for lies before this", err);
		end->position = segment_decode_position(&batch.position);
		end->batch = end->position.batch;
		end->index = batch.first_index + batch.count - 1;
		memcpy(end->chain, batch.chain_after, HASH_BYTES);
		if (end->index < from_index)
			continue;
		s = visit(ctx, &batch);
		if (s != STATUS_OK)
			return s;
	}
}

enum status visit_run(struct journal *j, const struct embedded_applied *applied,
		      const struct recover_end *until, uint64_t from_index,
		      const struct engine_position *at, engine_visit *visit, void *ctx,
		      struct recover_end *ret_end, struct error *err)
{
	struct reader r;
	struct recover_end end = {0};
	struct segment_position position;
	enum status s = reader_init(&r, j, applied, err);

	if (s != STATUS_OK)
		return s;
	if (from_index == 0) /* there is none: as good as the first */
		from_index = 1;
	if (at)
		position = segment_decode_position(at);
	s = reader_begin(&r, at ? &position : NULL, err);
	memcpy(end.chain, r.chain, HASH_BYTES);
	if (s == STATUS_OK)
		s = visit_all(&r, until, from_index, visit, ctx, &end, err);
	if (s == STATUS_OK)
		s = check_end(&r, &end, until, err);
	end.segment = r.segment.number;
	end.offset = r.offset;
	reader_fini(&r);
	if (s == STATUS_OK)
		*ret_end = end;
	return s;
}
