/* One thread writes and syncs, a second makes the next segment ahead. Append only queues; what is
 * shared with other threads is under `mutex`, everything else belongs to the writing thread while
 * it runs.
 *
 * FAULT_ANSWER_BEFORE_SYNC tells of a batch before it is durable. It exists, like the faults of
 * durable.c, so that the power-cut test can be shown to fail on a build that has this mistake. */
#include "engine/embedded.h"

#include "base/clock.h"
#include "base/log.h"
#include "engine/durable.h"
#include "engine/prepare.h"
#include "engine/recover.h"
#include "engine/visit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { UNDER_WAY_MAX = 2, SYNCS_KEPT = 128, BUFFER_ALIGNMENT = 4096 };

struct embedded {
	struct engine engine;
	struct journal journal;
	struct embedded_applied applied;
	uint64_t segment_bytes;
	bool read_only;
	bool started;
	struct engine_callbacks callbacks;
	struct prepare prepare;
	pthread_t thread;

	/* The writing thread's. */
	struct recover_end end; /* of what is written */
	struct journal_segment segment;
	uint8_t *buffer; /* room for the largest frame */

	pthread_mutex_t mutex;
	pthread_cond_t arrived;
	/* Under the mutex. */
	struct engine_batch *first, **last; /* waiting */
	unsigned under_way;		    /* waiting, or being written */
	bool stop;
	bool failed, full;
	struct recover_end durable;
	uint64_t batches;
	uint32_t sync_us[SYNCS_KEPT]; /* of the newest syncs, a ring */
};

static struct embedded *self(struct engine *e)
{
	return (struct embedded *)e;
}

/* --- the writing thread --- */

/* Hands `batch` and everything behind it back: a batch may build on the one before it. */
static void fail_all(struct embedded *e, struct engine_batch *batch, enum status why)
{
	pthread_mutex_lock(&e->mutex);
	e->full = why == STATUS_FULL;
	e->failed = why == STATUS_IO;
	batch->next = e->first;
	e->first = NULL;
	e->last = &e->first;
	e->under_way = 0;
	pthread_mutex_unlock(&e->mutex);
	for (struct engine_batch *next; batch; batch = next) {
		next = batch->next;
		e->callbacks.failed(e->callbacks.ctx, batch, why);
	}
}

static void fail_for_good(struct embedded *e, struct engine_batch *batch, const struct error *err)
{
	log_line(LOG_ERROR, "engine.failed", "why=%s", log_quote(err->text));
	fail_all(e, batch, STATUS_IO);
}

/* Room for a frame of `size`, in this segment or the next. */
static enum status make_room(struct embedded *e, size_t size, struct error *err)
{
	struct journal_segment next;

	if (e->end.offset + size <= e->segment.size)
		return STATUS_OK;
	enum status s = prepare_take(&e->prepare, &next, err);
	if (s != STATUS_OK)
		return s;
	journal_close_segment(&e->segment);
	e->segment = next;
	e->end.segment = next.number;
	e->end.offset = SEGMENT_HEADER_BYTES;
	prepare_ahead(&e->prepare, next.number + 1);
	return STATUS_OK;
}

/* Writes the batch as one frame and says where it lies. */
static enum status write_frame(struct embedded *e, struct engine_batch *batch, struct error *err)
{
	struct recover_end *end = &e->end;
	uint64_t offset = end->offset;

	batch->first_index = end->index + 1;
	size_t size =
		segment_encode_frame(e->buffer, e->journal.instance, end->batch + 1,
				     batch->first_index, batch->payloads, batch->count, end->chain);
	enum status s = durable_write(e->segment.fd, bytes_of(e->buffer, size), offset);
	if (s != STATUS_OK)
		return journal_blame_call(&e->journal, e->segment.number, s, "cannot write a batch",
					  err);
	end->batch++;
	end->index += batch->count;
	end->offset += size;
	end->position = (struct segment_position){
		.segment = e->segment.number, .offset = offset, .batch = end->batch};
	batch->position = segment_encode_position(end->position);
	memcpy(batch->chain_after, end->chain, HASH_BYTES);
	return STATUS_OK;
}

static void process(struct embedded *e, struct engine_batch *batch)
{
	struct error err = {.text = ""};
	size_t size = segment_measure_frame(batch->payloads, batch->count);
	enum status s = make_room(e, size, &err);

	if (s == STATUS_FULL) { /* nothing was written; the next append tries again */
		if (!e->full)	/* written by this thread only; once, not for every sender's try */
			log_line(LOG_WARNING, "engine.full", "why=%s", log_quote(err.text));
		fail_all(e, batch, s);
		return;
	}
	if (s == STATUS_OK)
		s = write_frame(e, batch, &err);
	if (s != STATUS_OK) {
		fail_for_good(e, batch, &err);
		return;
	}
	e->callbacks.ordered(e->callbacks.ctx, batch);
#ifdef FAULT_ANSWER_BEFORE_SYNC
	e->callbacks.durable(e->callbacks.ctx, batch);
#endif

	uint64_t began_ns = clock_mono_ns();
	s = durable_sync_data(e->segment.fd);
	uint64_t took_us = (clock_mono_ns() - began_ns) / 1000;
	if (s != STATUS_OK) {
		journal_blame_call(&e->journal, e->segment.number, s, "cannot sync a batch", &err);
		fail_for_good(e, batch, &err);
		return;
	}
	pthread_mutex_lock(&e->mutex);
	e->sync_us[e->batches++ % SYNCS_KEPT] =
		took_us < UINT32_MAX ? (uint32_t)took_us : UINT32_MAX;
	e->durable = e->end;
	e->full = false;
	e->under_way--; /* before the callback: whoever hears of it may append at once */
	pthread_mutex_unlock(&e->mutex);
#ifndef FAULT_ANSWER_BEFORE_SYNC
	e->callbacks.durable(e->callbacks.ctx, batch);
#endif
}

static struct engine_batch *next_batch(struct embedded *e)
{
	pthread_mutex_lock(&e->mutex);
	while (!e->first && !e->stop)
		pthread_cond_wait(&e->arrived, &e->mutex);
	struct engine_batch *batch = e->first;
	if (batch) {
		e->first = batch->next;
		if (!e->first)
			e->last = &e->first;
	}
	pthread_mutex_unlock(&e->mutex);
	return batch;
}

static void *run(void *arg)
{
	struct embedded *e = arg;
	struct engine_batch *batch;

	while ((batch = next_batch(e)))
		process(e, batch);
	return NULL;
}

/* --- the interface --- */

static enum status embedded_start(struct engine *engine, const struct engine_callbacks *callbacks)
{
	struct embedded *e = self(engine);

	if (e->read_only || e->started)
		return STATUS_INVALID;
	e->callbacks = *callbacks;
	enum status s = prepare_start(&e->prepare, &e->journal, e->segment_bytes);
	if (s != STATUS_OK)
		return s;
	int failure = pthread_create(&e->thread, NULL, run, e);
	if (failure != 0) {
		prepare_stop(&e->prepare);
		return status_of_errno(failure);
	}
	e->started = true;
	prepare_ahead(&e->prepare, e->durable.segment + 1);
	return STATUS_OK;
}

static bool within_limits(const struct engine_batch *batch)
{
	size_t total = 0;

	if (batch->count == 0 || batch->count > BATCH_ENTRIES_MAX)
		return false;
	for (uint32_t i = 0; i < batch->count; i++) {
		size_t len = batch->payloads[i].len;
		if (len == 0 || len > BATCH_BYTES_MAX - total)
			return false;
		total += len;
	}
	return true;
}

static enum status embedded_append(struct engine *engine, struct engine_batch *batch)
{
	struct embedded *e = self(engine);
	enum status s = STATUS_OK;

	if (e->read_only || !within_limits(batch))
		return STATUS_INVALID;
	if (!e->started)
		return STATUS_STOPPED;
	pthread_mutex_lock(&e->mutex);
	if (e->failed) {
		s = STATUS_IO;
	} else if (e->under_way == UNDER_WAY_MAX) {
		s = STATUS_AGAIN;
	} else {
		batch->next = NULL;
		*e->last = batch;
		e->last = &batch->next;
		e->under_way++;
		pthread_cond_signal(&e->arrived);
	}
	pthread_mutex_unlock(&e->mutex);
	return s;
}

static int by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static void embedded_status(struct engine *engine, struct engine_status *ret_status)
{
	struct embedded *e = self(engine);
	uint32_t syncs[SYNCS_KEPT];

	pthread_mutex_lock(&e->mutex);
	*ret_status =
		(struct engine_status){.durable_index = e->durable.index,
				       .position = segment_encode_position(e->durable.position),
				       .bytes = e->journal.bytes,
				       .batches = e->batches,
				       .failed = e->failed,
				       .full = e->full};
	memcpy(ret_status->chain, e->durable.chain, HASH_BYTES);
	memcpy(syncs, e->sync_us, sizeof syncs);
	pthread_mutex_unlock(&e->mutex);
	memcpy(ret_status->instance, e->journal.instance, INSTANCE_BYTES);
	size_t count = ret_status->batches < SYNCS_KEPT ? ret_status->batches : SYNCS_KEPT;
	if (count == 0)
		return;
	qsort(syncs, count, sizeof *syncs, by_size);
	ret_status->sync_us_median = syncs[count / 2];
}

/* Frees everything but the threads, which have ended or never were. */
static void destroy(struct embedded *e)
{
	journal_close_segment(&e->segment);
	journal_close(&e->journal);
	pthread_cond_destroy(&e->arrived);
	pthread_mutex_destroy(&e->mutex);
	free(e->buffer);
	free(e);
}

static enum status embedded_close(struct engine *engine, bool clean, struct error *err)
{
	struct embedded *e = self(engine);
	enum status s = STATUS_OK;

	if (e->started) {
		pthread_mutex_lock(&e->mutex);
		e->stop = true;
		pthread_cond_signal(&e->arrived);
		pthread_mutex_unlock(&e->mutex);
		pthread_join(e->thread, NULL);
		prepare_stop(&e->prepare);
	}
	if (e->failed)
		s = error_set(err, STATUS_IO, "%s: a write or sync has failed", e->journal.path);
	else if (clean && e->read_only)
		s = error_set(err, STATUS_INVALID, "%s: opened for reading", e->journal.path);
	else if (clean)
		s = recover_write_clean(&e->journal, &e->durable, err);
	destroy(e);
	return s;
}

static enum status embedded_read(struct engine *engine, uint64_t from_index,
				 const struct engine_position *at, engine_visit *visit, void *ctx,
				 struct error *err)
{
	struct embedded *e = self(engine);
	struct recover_end until, reached;

	pthread_mutex_lock(&e->mutex);
	until = e->durable;
	pthread_mutex_unlock(&e->mutex);
	if (!e->read_only)
		return until.index == 0 ? STATUS_OK
					: visit_run(&e->journal, NULL, &until, from_index, at,
						    visit, ctx, &reached, err);
	if (e->journal.last == 0)
		return STATUS_OK; /* embedded_open has made sure that none is missing */
	enum status s = visit_run(&e->journal, &e->applied, NULL, from_index, at, visit, ctx,
				  &reached, err);
	if (s != STATUS_OK)
		return s;
	pthread_mutex_lock(&e->mutex);
	e->durable = reached;
	pthread_mutex_unlock(&e->mutex);
	return STATUS_OK;
}

static const struct engine_ops embedded_ops = {.start = embedded_start,
					       .append = embedded_append,
					       .read = embedded_read,
					       .status = embedded_status,
					       .close = embedded_close};

bool embedded_has_clean(const char *directory)
{
	int fd;

	if (durable_open(AT_FDCWD, directory, O_RDONLY | O_DIRECTORY, &fd) != STATUS_OK)
		return false;
	bool there = recover_has_clean(fd);
	close(fd);
	return there;
}

/* Only the instance: what can be read is found by reading. */
static enum status open_for_reading(struct embedded *e, struct error *err)
{
	if (e->journal.last == 0)
		return e->applied.known && e->applied.index > 0
			       ? error_set(err, STATUS_CORRUPT,
					   "%s: offset 0: no segment is there, yet the state has "
					   "applied inputs",
					   e->journal.path)
			       : STATUS_OK;
	enum status s =
		journal_open_segment(&e->journal, e->journal.first, O_RDONLY, &e->segment, err);
	if (s == STATUS_NOT_FOUND)
		return journal_blame(&e->journal, e->journal.first, 0, STATUS_CORRUPT,
				     "the file is missing", err);
	segment_chain_start(e->durable.chain, e->journal.instance);
	return s;
}

static enum status open_for_writing(struct embedded *e, struct embedded_found *ret_found,
				    struct error *err)
{
	e->buffer = aligned_alloc(BUFFER_ALIGNMENT, (SEGMENT_FRAME_MAX + BUFFER_ALIGNMENT - 1) /
							    BUFFER_ALIGNMENT * BUFFER_ALIGNMENT);
	if (!e->buffer)
		return error_set(err, STATUS_NO_MEMORY, "%s: no memory to write", e->journal.path);
	enum status s =
		recover_run(&e->journal, &e->applied, e->segment_bytes, ret_found, &e->end, err);
	if (s != STATUS_OK)
		return s;
	e->durable = e->end;
	s = journal_open_segment(&e->journal, e->end.segment, O_RDWR, &e->segment, err);
	return s == STATUS_NOT_FOUND ? journal_blame(&e->journal, e->end.segment, 0, STATUS_CORRUPT,
						     "the file is missing", err)
				     : s;
}

enum status embedded_open(const struct embedded_options *options,
			  const struct embedded_applied *applied, struct error *err,
			  struct embedded_found *ret_found, struct engine **ret_engine)
{
	struct embedded_found found = {0};
	uint64_t segment_bytes = options->segment_bytes;

	if (!options->read_only &&
	    (segment_bytes < SEGMENT_BYTES_MIN || segment_bytes > SEGMENT_BYTES_MAX ||
	     segment_bytes % SEGMENT_SECTOR_BYTES))
		return error_set(err, STATUS_INVALID, "segment_bytes: %llu is out of range",
				 (unsigned long long)segment_bytes);
	struct embedded *e = calloc(1, sizeof *e);
	if (!e)
		return error_set(err, STATUS_NO_MEMORY, "no memory for the journal");
	e->engine.ops = &embedded_ops;
	e->segment_bytes = segment_bytes;
	e->read_only = options->read_only;
	if (applied)
		e->applied = *applied;
	e->segment = JOURNAL_NO_SEGMENT;
	e->last = &e->first;
	pthread_mutex_init(&e->mutex, NULL);
	pthread_cond_init(&e->arrived, NULL);
	enum status s = journal_open(&e->journal, options->directory, err);
	if (s == STATUS_OK)
		s = e->read_only ? open_for_reading(e, err) : open_for_writing(e, &found, err);
	if (s != STATUS_OK) {
		destroy(e);
		return s;
	}
	*ret_found = found;
	*ret_engine = &e->engine;
	return STATUS_OK;
}
