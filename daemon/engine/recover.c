/* Recovery. A batch is written only after the one before it was synced, so only the last one can be
 * torn, by power loss or by the end of the process. Frames are read until one does not check: the
 * end E. What may lie behind it are sectors of that one batch; they were never answered and are
 * zeroed. It is damage, named by file and offset, and nothing on disk is changed, if
 *   (i)   a frame of this instance that checks lies behind E: that one was written after the batch
 *	   at E had been synced;
 *   (ii)  the state has applied an index behind E, or another chain: it applies what is synced;
 *   (iii) the file `clean` exists and names another end, or anything behind E is not zero: after a
 *	   clean stop nothing is torn.
 * After that the last good batch is written once more in place and synced: if the process, and not
 * the machine, ended before its sync, it is in the page cache only, and a sync of pages that the
 * kernel believes clean would prove nothing. */
#include "engine/recover.h"

#include "engine/durable.h"
#include "engine/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static const char clean_name[] = "clean";
static const char clean_temporary[] = "clean.tmp";

bool recover_has_clean(int state_fd)
{
	return faccessat(state_fd, clean_name, F_OK, 0) == 0;
}

/* STATUS_NOT_FOUND: the last stop was not a clean one. */
static enum status read_clean(const struct journal *j, struct segment_clean *ret_clean,
			      struct error *err)
{
	uint8_t bytes[SEGMENT_CLEAN_BYTES + 1]; /* one more: a longer file does not check */
	size_t len;
	int fd;
	enum status s = durable_open(j->state_fd, clean_name, O_RDONLY, &fd);

	if (s == STATUS_NOT_FOUND)
		return s;
	if (s == STATUS_OK) {
		s = durable_read(fd, bytes, sizeof bytes, 0, &len);
		close(fd);
	}
	if (s != STATUS_OK)
		return error_set(err, s, "%s/../%s: cannot read: %s", j->path, clean_name,
				 strerror(errno));
	s = segment_decode_clean(bytes_of(bytes, len), ret_clean);
	if (s != STATUS_OK)
		return error_set(err, s, "%s/../%s: offset 0: does not check", j->path, clean_name);
	return STATUS_OK;
}

enum status recover_write_clean(const struct journal *j, const struct recover_end *end,
				struct error *err)
{
	uint8_t bytes[SEGMENT_CLEAN_BYTES];
	struct segment_clean c = {.batch = end->batch, .applied_index = end->index};

	memcpy(c.instance, j->instance, INSTANCE_BYTES);
	memcpy(c.chain, end->chain, HASH_BYTES);
	segment_encode_clean(bytes, &c);
	enum status s = durable_write_file(j->state_fd, clean_temporary, clean_name,
					   bytes_of(bytes, sizeof bytes));
	if (s != STATUS_OK)
		error_set(err, s, "%s/../%s: cannot write: %s", j->path, clean_name,
			  strerror(errno));
	return s;
}

/* Reads from `at`, or from the beginning, to the end E, where `r` then stands. */
static enum status find_end(struct reader *r, const struct segment_position *at,
			    struct recover_end *ret_end, struct error *err)
{
	struct engine_read_batch batch;
	struct recover_end end = {0};
	enum status s = reader_begin(r, at, err);

	if (s != STATUS_OK)
		return s;
	memcpy(end.chain, r->chain, HASH_BYTES);
	while ((s = reader_next(r, &batch, err)) == STATUS_OK) {
		end.position = segment_decode_position(&batch.position);
		end.batch = end.position.batch;
		end.index = batch.first_index + batch.count - 1;
		memcpy(end.chain, batch.chain_after, HASH_BYTES);
	}
	if (s != STATUS_NOT_FOUND)
		return s;
	end.segment = r->segment.number;
	end.offset = r->offset;
	*ret_end = end;
	return STATUS_OK;
}

/* The state of this boot, or of a clean stop, vouches for everything before its position. Whatever
 * does not fit is left to a reading of everything, which names it. */
static bool find_end_from_state(struct reader *r, const struct embedded_applied *applied,
				struct recover_end *ret_end)
{
	struct recover_end end;

	if (!applied->known || !applied->trusted || applied->index == 0)
		return false;
	struct segment_position at = segment_decode_position(&applied->position);
	if (find_end(r, &at, &end, NULL) != STATUS_OK || end.index < applied->index)
		return false;
	*ret_end = end;
	return true;
}

static enum status check_clean(const struct reader *r, const struct segment_clean *clean,
			       const struct recover_end *end, struct error *err)
{
	if (memcmp(clean->instance, r->journal->instance, INSTANCE_BYTES) != 0)
		return journal_blame(r->journal, end->segment, 0, STATUS_FOREIGN,
				     "belongs to another instance than the file clean", err);
	if (clean->batch != end->batch || clean->applied_index != end->index ||
	    memcmp(clean->chain, end->chain, HASH_BYTES) != 0)
		return journal_blame(r->journal, end->segment, end->offset, STATUS_CORRUPT,
				     "after a clean stop the journal ends elsewhere", err);
	return STATUS_OK;
}

/* Cases (i) to (iii) over everything behind E. Says how many bytes are not zero there. */
static enum status check_behind(struct reader *r, const struct segment_clean *clean,
				uint64_t *ret_torn_bytes, struct error *err)
{
	uint64_t torn_bytes = 0;

	for (uint64_t n = r->segment.number;; n++) {
		struct reader_rest rest;
		enum status s = reader_look_behind(r, n, &rest, err);

		if (s == STATUS_NOT_FOUND)
			break;
		if (s != STATUS_OK)
			return s;
		if (clean && rest.first != rest.end)
			return journal_blame(r->journal, n, rest.first, STATUS_CORRUPT,
					     "not zero although the last stop was clean", err);
		torn_bytes += rest.end - rest.first;
	}
	*ret_torn_bytes = torn_bytes;
	return STATUS_OK;
}

/* Zeros what is not zero behind E and syncs; also if nothing is `torn`, since an earlier recovery
 * may have ended between the two. */
static enum status zero_behind(struct reader *r, bool torn, struct error *err)
{
	for (uint64_t n = r->segment.number;; n++) {
		struct journal_segment segment;
		struct reader_rest rest = {0};
		enum status s = journal_open_segment(r->journal, n, O_RDWR, &segment, err);

		if (s == STATUS_NOT_FOUND)
			return STATUS_OK;
		if (s != STATUS_OK)
			return s;
		if (torn)
			s = reader_look_behind(r, n, &rest, err);
		if (s != STATUS_OK) {
			journal_close_segment(&segment);
			return s;
		}
		s = durable_write_zeros(segment.fd, rest.first, rest.end);
		if (s == STATUS_OK)
			s = durable_sync_data(segment.fd);
		if (s != STATUS_OK)
			journal_blame_call(r->journal, n, s, "cannot zero a torn batch", err);
		journal_close_segment(&segment);
		if (s != STATUS_OK)
			return s;
	}
}

static enum status rewrite_last(struct reader *r, const struct recover_end *end, struct error *err)
{
	struct journal_segment segment;
	struct engine_read_batch batch;

	if (end->batch == 0)
		return STATUS_OK;
	enum status s = reader_begin(r, &end->position, err);
	if (s == STATUS_OK)
		s = reader_next(r, &batch, err);
	if (s == STATUS_OK)
		s = journal_open_segment(r->journal, end->position.segment, O_RDWR, &segment, err);
	if (s != STATUS_OK)
		return s;
	s = durable_write(segment.fd, r->frame, end->position.offset);
	if (s == STATUS_OK)
		s = durable_sync_data(segment.fd);
	if (s != STATUS_OK)
		journal_blame_call(r->journal, segment.number, s,
				   "cannot write the last batch again", err);
	journal_close_segment(&segment);
	return s;
}

/* Names durable, leftovers gone, and last of all `clean`, which from the first write on is a lie.
 */
static enum status settle_names(struct journal *j, struct error *err)
{
	journal_discard_temporary(j);
	enum status s = durable_sync_directory(j->fd);
	if (s == STATUS_OK)
		s = durable_remove(j->state_fd, clean_name);
	if (s != STATUS_OK)
		error_set(err, s, "%s: cannot sync or remove %s: %s", j->path, clean_name,
			  strerror(errno));
	return s;
}

static enum status make_new(struct journal *j, uint64_t segment_bytes, struct recover_end *ret_end,
			    struct error *err)
{
	struct journal_segment segment;
	enum status s = journal_make_directory(j, err);

	if (s != STATUS_OK)
		return s;
	hash_random(j->instance, INSTANCE_BYTES);
	j->known = true;
	s = journal_make_segment(j, 1, segment_bytes, NULL, &segment, err);
	if (s != STATUS_OK)
		return s;
	journal_close_segment(&segment);
	j->first = j->last = 1;
	*ret_end = (struct recover_end){.segment = 1, .offset = SEGMENT_HEADER_BYTES};
	segment_chain_start(ret_end->chain, j->instance);
	return STATUS_OK;
}

static enum status recover_found(struct journal *j, const struct embedded_applied *applied,
				 const struct segment_clean *clean, uint64_t *ret_torn_bytes,
				 struct recover_end *ret_end, struct error *err)
{
	struct reader r;
	struct recover_end end = {0};
	uint64_t torn_bytes = 0;
	enum status s = reader_init(&r, j, applied, err);

	if (s != STATUS_OK)
		return s;
	if (!find_end_from_state(&r, applied, &end))
		s = find_end(&r, NULL, &end, err);
	if (s == STATUS_OK)
		s = check_behind(&r, clean, &torn_bytes, err);
	if (s == STATUS_OK && end.batch == 0 && j->first != 1)
		s = journal_blame(j, j->first, SEGMENT_HEADER_BYTES, STATUS_CORRUPT,
				  "the oldest segment has no batch and is not the first", err);
	if (s == STATUS_OK && applied->known && applied->index > end.index)
		s = journal_blame(j, end.segment, end.offset, STATUS_CORRUPT,
				  "the journal ends before what the state has applied", err);
	if (s == STATUS_OK && applied->known && applied->index == end.index &&
	    memcmp(applied->chain, end.chain, HASH_BYTES) != 0)
		s = journal_blame(j, end.segment, end.offset, STATUS_CORRUPT,
				  "the journal differs from what the state has applied", err);
	if (s == STATUS_OK && clean)
		s = check_clean(&r, clean, &end, err);
	/* From here on the disk is changed. */
	if (s == STATUS_OK)
		s = zero_behind(&r, torn_bytes != 0, err);
	if (s == STATUS_OK)
		s = rewrite_last(&r, &end, err);
	if (s == STATUS_OK)
		s = settle_names(j, err);
	reader_fini(&r);
	if (s != STATUS_OK)
		return s;
	*ret_torn_bytes = torn_bytes;
	*ret_end = end;
	return STATUS_OK;
}

enum status recover_run(struct journal *j, const struct embedded_applied *applied,
			uint64_t segment_bytes, struct embedded_found *ret_found,
			struct recover_end *ret_end, struct error *err)
{
	struct segment_clean clean;
	struct embedded_found found = {0};
	enum status s = read_clean(j, &clean, err);

	if (s != STATUS_OK && s != STATUS_NOT_FOUND)
		return s;
	found.was_clean = s == STATUS_OK;
	if (j->last == 0) {
		if (found.was_clean || (applied->known && applied->index > 0))
			return error_set(err, STATUS_CORRUPT,
					 "%s: offset 0: no segment is there, yet %s", j->path,
					 found.was_clean ? "the last stop was clean"
							 : "the state has applied inputs");
		found.fresh = true;
		s = make_new(j, segment_bytes, ret_end, err);
	} else {
		s = recover_found(j, applied, found.was_clean ? &clean : NULL, &found.torn_bytes,
				  ret_end, err);
	}
	if (s == STATUS_OK)
		*ret_found = found;
	return s;
}
