/* Shared by the tests of the engine: a directory, and a recorder that appends batches, waits for
 * them, and recomputes the chain on its own. */
#ifndef MANDATED_TESTS_ENGINE_FIXTURE_H
#define MANDATED_TESTS_ENGINE_FIXTURE_H

#include "base/limits.h"
#include "engine/embedded.h"
#include "engine/fake.h"

#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

enum { DIRECTORY_TEXT = 64, RECORDED_MAX = 4096 };

/* --- directories --- */

/* In memory where there is such a place: the tests sync thousands of times. */
static inline void directory_make(char ret_path[DIRECTORY_TEXT])
{
	const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";

	snprintf(ret_path, DIRECTORY_TEXT, "%s/mandated-engine-XXXXXX", base);
	assert_non_null(mkdtemp(ret_path));
}

static inline int remove_one(const char *path, const struct stat *file, int kind, struct FTW *at)
{
	(void)file;
	(void)kind;
	return at->level == 0 ? 0 : remove(path);
}

static inline void directory_empty(const char *path)
{
	assert_int_equal(nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

static inline void directory_remove(const char *path)
{
	directory_empty(path);
	assert_int_equal(rmdir(path), 0);
}

static inline void segment_path(char ret_path[128], const char *directory, unsigned number)
{
	snprintf(ret_path, 128, "%s/journal/%016u.seg", directory, number);
}

/* --- recorder --- */

struct recorded {
	uint64_t first_index;
	uint32_t count;
	uint8_t chain_after[HASH_BYTES];
	struct engine_position position;
};

/* What came through the callbacks, in order. */
struct recorder {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	uint64_t index; /* ordered so far */
	uint8_t chain[HASH_BYTES];
	unsigned ordered, durable, failed; /* callbacks */
	unsigned ended;			   /* durable or failed, of batches appended here */
	unsigned own;			   /* durable, of the engine's own */
	enum status why;		   /* of the newest failure */
	bool wrong;			   /* the contract was broken */
	struct recorded batches[RECORDED_MAX];
};

static inline void recorder_ordered(void *ctx, struct engine_batch *batch)
{
	struct recorder *r = ctx;

	pthread_mutex_lock(&r->mutex);
	r->wrong |= batch->first_index != r->index + 1 || r->ordered != r->durable ||
		    r->ordered == RECORDED_MAX;
	for (uint32_t i = 0; i < batch->count; i++)
		hash_chain_input(r->chain, batch->first_index + i, batch->payloads[i]);
	r->wrong |= memcmp(r->chain, batch->chain_after, HASH_BYTES) != 0;
	r->index += batch->count;
	struct recorded *b = &r->batches[r->ordered++ % RECORDED_MAX];
	*b = (struct recorded){.first_index = batch->first_index,
			       .count = batch->count,
			       .position = batch->position};
	memcpy(b->chain_after, batch->chain_after, HASH_BYTES);
	pthread_mutex_unlock(&r->mutex);
}

static inline void recorder_durable(void *ctx, struct engine_batch *batch)
{
	struct recorder *r = ctx;

	pthread_mutex_lock(&r->mutex);
	r->wrong |= ++r->durable != r->ordered || batch->first_index + batch->count - 1 != r->index;
	if (batch->user)
		r->ended++;
	else
		r->own++;
	pthread_cond_broadcast(&r->changed);
	pthread_mutex_unlock(&r->mutex);
}

static inline void recorder_failed(void *ctx, struct engine_batch *batch, enum status why)
{
	struct recorder *r = ctx;

	pthread_mutex_lock(&r->mutex);
	r->wrong |= !batch->user;
	r->failed++;
	r->ended++;
	r->why = why;
	pthread_cond_broadcast(&r->changed);
	pthread_mutex_unlock(&r->mutex);
}

/* Begins where the engine stands and starts it. */
static inline void recorder_start(struct recorder *r, struct engine *e)
{
	struct engine_status status;
	struct engine_callbacks callbacks = {.ctx = r,
					     .ordered = recorder_ordered,
					     .durable = recorder_durable,
					     .failed = recorder_failed};

	memset(r, 0, sizeof *r);
	pthread_mutex_init(&r->mutex, NULL);
	pthread_cond_init(&r->changed, NULL);
	engine_status(e, &status);
	r->index = status.durable_index;
	memcpy(r->chain, status.chain, HASH_BYTES);
	assert_int_equal(engine_start(e, &callbacks), STATUS_OK);
}

static inline void recorder_wait(struct recorder *r, unsigned ended)
{
	pthread_mutex_lock(&r->mutex);
	while (r->ended < ended)
		pthread_cond_wait(&r->changed, &r->mutex);
	assert_false(r->wrong);
	pthread_mutex_unlock(&r->mutex);
}

/* --- batches --- */

/* Payload `i` of a batch numbered `seed`: of `len` bytes that nothing else has. */
struct made_batch {
	struct engine_batch batch;
	struct bytes *views;
	uint8_t *data;
};

static inline struct made_batch *batch_make(uint32_t seed, uint32_t count, size_t len)
{
	struct made_batch *m = calloc(1, sizeof *m);
	uint32_t x = seed * 2654435761u + 1;

	m->views = calloc(count, sizeof *m->views);
	m->data = malloc(count * len);
	for (size_t i = 0; i < count * len; i++) {
		x = x * 1664525u + 1013904223u;
		m->data[i] = (uint8_t)((x >> 24) | 1); /* never zero: every torn sector shows */
	}
	for (uint32_t i = 0; i < count; i++)
		m->views[i] = bytes_of(m->data + i * len, len);
	m->batch = (struct engine_batch){.payloads = m->views, .count = count, .user = m};
	return m;
}

static inline void batch_free(struct made_batch *m)
{
	free(m->views);
	free(m->data);
	free(m);
}

/* Appends one batch and waits for its end. */
static inline void append_one(struct engine *e, struct recorder *r, uint32_t seed, uint32_t count,
			      size_t len)
{
	struct made_batch *m = batch_make(seed, count, len);
	unsigned ended = r->ended;

	assert_int_equal(engine_append(e, &m->batch), STATUS_OK);
	recorder_wait(r, ended + 1);
	batch_free(m);
}

/* --- reading back --- */

struct read_back {
	unsigned batches;
	uint64_t first_index, last_index;
	uint8_t chain[HASH_BYTES]; /* recomputed */
	bool wrong;
	enum status answer; /* given by the visit */
};

static inline enum status read_back_visit(void *ctx, const struct engine_read_batch *b)
{
	struct read_back *r = ctx;

	if (r->batches == 0) {
		r->first_index = b->first_index;
		memcpy(r->chain, b->chain_before, HASH_BYTES);
	} else {
		r->wrong |= b->first_index != r->last_index + 1;
	}
	r->wrong |= memcmp(r->chain, b->chain_before, HASH_BYTES) != 0;
	for (uint32_t i = 0; i < b->count; i++)
		hash_chain_input(r->chain, b->first_index + i, b->payloads[i]);
	r->wrong |= memcmp(r->chain, b->chain_after, HASH_BYTES) != 0;
	r->last_index = b->first_index + b->count - 1;
	r->batches++;
	return r->answer;
}

static inline enum status read_back(struct engine *e, uint64_t from,
				    const struct engine_position *at, struct read_back *ret,
				    struct error *err)
{
	*ret = (struct read_back){.answer = STATUS_OK};
	return engine_read(e, from, at, read_back_visit, ret, err);
}

/* --- the embedded engine --- */

static inline enum status try_open(const char *directory, const struct embedded_applied *applied,
				   struct embedded_found *ret_found, struct engine **ret_engine,
				   struct error *err)
{
	struct embedded_options options = {.directory = directory,
					   .segment_bytes = SEGMENT_BYTES_MIN};

	return embedded_open(&options, applied, err, ret_found, ret_engine);
}

static inline struct engine *must_open(const char *directory, struct embedded_found *ret_found)
{
	struct engine *e = NULL;
	struct error err = {.text = ""};
	struct embedded_found found;

	if (try_open(directory, NULL, ret_found ? ret_found : &found, &e, &err) != STATUS_OK)
		fail_msg("open: %s", err.text);
	return e;
}

static inline void must_close(struct engine *e, bool clean)
{
	struct error err = {.text = ""};

	if (engine_close(e, clean, &err) != STATUS_OK)
		fail_msg("close: %s", err.text);
}

#endif
