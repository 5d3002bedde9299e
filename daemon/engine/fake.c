#include "engine/fake.h"

#include "base/limits.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

enum { UNDER_WAY_MAX = 2 };

/* A batch in memory: one that has its place, or one that will appear later. */
struct stored {
	struct engine_batch batch; /* of the engine's own: user NULL, payloads follow this struct */
	uint8_t chain_before[HASH_BYTES];
	size_t bytes;
	struct stored *next;
};

struct fake {
	struct engine engine;
	struct fake_options options;
	struct engine_callbacks callbacks;
	uint8_t instance[INSTANCE_BYTES];
	pthread_t thread;
	bool started;

	/* The thread's. */
	uint64_t random;
	uint64_t index, number; /* of the newest ordered batch */
	uint64_t handled;	/* batches taken, for fail_at_batch */
	uint8_t chain[HASH_BYTES];
	struct stored *later, **later_last; /* to be ordered some time */

	pthread_mutex_t mutex;
	pthread_cond_t arrived;
	/* Under the mutex. */
	struct engine_batch *first, **last; /* waiting */
	unsigned under_way;
	bool stop, failed;
	struct stored *log, **log_last; /* ordered; an entry never changes */
	struct engine_status durable;
};

static struct fake *self(struct engine *e)
{
	return (struct fake *)e;
}

/* splitmix64 */
static uint64_t draw(struct fake *f)
{
	uint64_t z = f->random += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static bool chance(struct fake *f, unsigned percent)
{
	return draw(f) % 100 < percent;
}

static struct timespec draw_delay(struct fake *f)
{
	uint64_t us = f->options.delay_us_max ? draw(f) % (f->options.delay_us_max + 1u) : 0;

	return (struct timespec){.tv_sec = (time_t)(us / 1000000),
				 .tv_nsec = (long)(us % 1000000) * 1000};
}

/* A copy with its payloads in one piece of memory; NULL: none left. */
static struct stored *copy(const struct engine_batch *batch)
{
	size_t bytes = 0, views = batch->count * sizeof(struct bytes);

	for (uint32_t i = 0; i < batch->count; i++)
		bytes += batch->payloads[i].len;
	struct stored *s = malloc(sizeof *s + views + bytes);
	if (!s)
		return NULL;
	*s = (struct stored){.batch = *batch, .bytes = bytes};
	struct bytes *view = (struct bytes *)(s + 1);
	uint8_t *data = (uint8_t *)(view + batch->count);
	for (uint32_t i = 0; i < batch->count; i++) {
		size_t len = batch->payloads[i].len;

		memcpy(data, batch->payloads[i].data, len);
		view[i] = bytes_of(data, len);
		data += len;
	}
	s->batch.payloads = view;
	s->batch.user = NULL;
	s->batch.next = NULL;
	return s;
}

static void free_all(struct stored *s)
{
	for (struct stored *next; s; s = next) {
		next = s->next;
		free(s);
	}
}

/* --- the thread --- */

/* Gives `s` its place and tells of it as `batch`: the caller's, or its own. */
static void order(struct fake *f, struct stored *s, struct engine_batch *batch)
{
	memcpy(s->chain_before, f->chain, HASH_BYTES);
	s->batch.first_index = f->index + 1;
	for (uint32_t i = 0; i < s->batch.count; i++)
		hash_chain_input(f->chain, s->batch.first_index + i, s->batch.payloads[i]);
	f->index += s->batch.count;
	f->number++;
	memcpy(s->batch.chain_after, f->chain, HASH_BYTES);
	memset(&s->batch.position, 0, sizeof s->batch.position);
	put_u64(s->batch.position.bytes, f->number);
	batch->first_index = s->batch.first_index;
	memcpy(batch->chain_after, s->batch.chain_after, HASH_BYTES);
	batch->position = s->batch.position;
	f->callbacks.ordered(f->callbacks.ctx, batch);

	struct timespec delay = draw_delay(f);
	nanosleep(&delay, NULL);
	pthread_mutex_lock(&f->mutex);
	*f->log_last = s;
	f->log_last = &s->next;
	f->durable.durable_index = f->index;
	memcpy(f->durable.chain, f->chain, HASH_BYTES);
	f->durable.position = s->batch.position;
	f->durable.bytes += s->bytes;
	f->durable.batches++;
	if (batch != &s->batch)
		f->under_way--; /* before the callback: whoever hears of it may append at once */
	pthread_mutex_unlock(&f->mutex);
	f->callbacks.durable(f->callbacks.ctx, batch);
}

static void keep_for_later(struct fake *f, struct stored *s)
{
	*f->later_last = s;
	f->later_last = &s->next;
}

static void order_later(struct fake *f)
{
	struct stored *s = f->later;

	f->later = s->next;
	if (!f->later)
		f->later_last = &f->later;
	s->next = NULL;
	order(f, s, &s->batch);
}

static void fail(struct fake *f, struct engine_batch *batch, enum status why)
{
	struct engine_batch *behind = NULL;

	pthread_mutex_lock(&f->mutex);
	f->under_way--;
	if (why == STATUS_IO) {
		f->failed = true;
		behind = f->first;
		f->first = NULL;
		f->last = &f->first;
		f->under_way = 0;
	}
	pthread_mutex_unlock(&f->mutex);
	f->callbacks.failed(f->callbacks.ctx, batch, why);
	for (struct engine_batch *next; behind; behind = next) {
		next = behind->next;
		f->callbacks.failed(f->callbacks.ctx, behind, why);
	}
	if (why == STATUS_IO) {
		free_all(f->later);
		f->later = NULL;
		f->later_last = &f->later;
	}
}

static void process(struct fake *f, struct engine_batch *batch)
{
	struct stored *mine = copy(batch), *again = NULL;

	if (++f->handled == f->options.fail_at_batch || !mine) {
		free(mine);
		fail(f, batch, STATUS_IO);
	} else if (chance(f, f->options.not_leader_percent)) {
		free(mine);
		fail(f, batch, STATUS_NOT_LEADER);
	} else if (chance(f, f->options.unknown_percent)) {
		if (chance(f, 50))
			keep_for_later(f, mine);
		else
			free(mine);
		fail(f, batch, STATUS_UNKNOWN);
	} else {
		if (chance(f, f->options.twice_percent))
			again = copy(&mine->batch);
		order(f, mine, batch);
		if (again)
			keep_for_later(f, again);
	}
}

/* The next batch. NULL: none waits; either it is time for one kept for later, or to stop. */
static struct engine_batch *next_batch(struct fake *f)
{
	struct timespec until, delay = draw_delay(f);

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += delay.tv_sec + (until.tv_nsec + delay.tv_nsec) / 1000000000;
	until.tv_nsec = (until.tv_nsec + delay.tv_nsec) % 1000000000;
	pthread_mutex_lock(&f->mutex);
	while (!f->first && !f->stop)
		if (!f->later)
			pthread_cond_wait(&f->arrived, &f->mutex);
		else if (pthread_cond_timedwait(&f->arrived, &f->mutex, &until) != 0)
			break;
	struct engine_batch *batch = f->first;
	if (batch) {
		f->first = batch->next;
		if (!f->first)
			f->last = &f->first;
	}
	pthread_mutex_unlock(&f->mutex);
	return batch;
}

static void *run(void *arg)
{
	struct fake *f = arg;

	for (;;) {
		struct engine_batch *batch = next_batch(f);

		if (batch)
			process(f, batch);
		if (f->later && (!batch || chance(f, 50)))
			order_later(f);
		else if (!batch)
			return NULL;
	}
}

/* --- the interface --- */

static enum status fake_start(struct engine *e, const struct engine_callbacks *callbacks)
{
	struct fake *f = self(e);

	if (f->started)
		return STATUS_INVALID;
	f->callbacks = *callbacks;
	int failure = pthread_create(&f->thread, NULL, run, f);
	f->started = failure == 0;
	return status_of_errno(failure);
}

static bool within_limits(const struct engine_batch *batch)
{
	size_t total = 0;

	for (uint32_t i = 0; i < batch->count && i < BATCH_ENTRIES_MAX; i++) {
		size_t len = batch->payloads[i].len;
		if (len == 0 || len > BATCH_BYTES_MAX - total)
			return false;
		total += len;
	}
	return batch->count > 0 && batch->count <= BATCH_ENTRIES_MAX;
}

static enum status fake_append(struct engine *e, struct engine_batch *batch)
{
	struct fake *f = self(e);
	enum status s = STATUS_OK;

	if (!within_limits(batch))
		return STATUS_INVALID;
	if (!f->started)
		return STATUS_STOPPED;
	pthread_mutex_lock(&f->mutex);
	if (f->failed) {
		s = STATUS_IO;
	} else if (f->under_way == UNDER_WAY_MAX) {
		s = STATUS_AGAIN;
	} else {
		batch->next = NULL;
		*f->last = batch;
		f->last = &batch->next;
		f->under_way++;
		pthread_cond_signal(&f->arrived);
	}
	pthread_mutex_unlock(&f->mutex);
	return s;
}

static enum status fake_read(struct engine *e, uint64_t from_index,
			     const struct engine_position *at, engine_visit *visit, void *ctx,
			     struct error *err)
{
	struct fake *f = self(e);
	uint64_t begin = at ? get_u64(at->bytes) : 1;

	pthread_mutex_lock(&f->mutex);
	struct stored *s = f->log;
	uint64_t number = 1, end = f->durable.batches;
	pthread_mutex_unlock(&f->mutex);
	if (at && (begin == 0 || begin > end))
		return error_set(err, STATUS_CORRUPT, "memory: no batch is where one must begin");
	for (; number <= end; number++, s = s->next) {
		const struct engine_batch *b = &s->batch;
		struct engine_read_batch batch = {.first_index = b->first_index,
						  .count = b->count,
						  .payloads = b->payloads,
						  .position = b->position};

		if (number < begin)
			continue;
		if (number == begin && at && b->first_index > from_index)
			return error_set(err, STATUS_NOT_FOUND,
					 "memory: the index asked for lies before this");
		if (b->first_index + b->count <= from_index)
			continue;
		memcpy(batch.chain_before, s->chain_before, HASH_BYTES);
		memcpy(batch.chain_after, b->chain_after, HASH_BYTES);
		enum status status = visit(ctx, &batch);
		if (status != STATUS_OK)
			return status;
	}
	return STATUS_OK;
}

static void fake_status(struct engine *e, struct engine_status *ret_status)
{
	struct fake *f = self(e);

	pthread_mutex_lock(&f->mutex);
	*ret_status = f->durable;
	ret_status->failed = f->failed;
	pthread_mutex_unlock(&f->mutex);
}

static enum status fake_close(struct engine *e, bool clean, struct error *err)
{
	struct fake *f = self(e);

	(void)clean;
	if (f->started) {
		pthread_mutex_lock(&f->mutex);
		f->stop = true;
		pthread_cond_signal(&f->arrived);
		pthread_mutex_unlock(&f->mutex);
		pthread_join(f->thread, NULL);
	}
	enum status s =
		f->failed ? error_set(err, STATUS_IO, "memory: a batch has failed") : STATUS_OK;
	free_all(f->log);
	free_all(f->later);
	pthread_cond_destroy(&f->arrived);
	pthread_mutex_destroy(&f->mutex);
	free(f);
	return s;
}

static const struct engine_ops fake_ops = {.start = fake_start,
					   .append = fake_append,
					   .read = fake_read,
					   .status = fake_status,
					   .close = fake_close};

enum status fake_open(const struct fake_options *options, struct engine **ret_engine)
{
	struct fake *f = calloc(1, sizeof *f);

	if (!f)
		return STATUS_NO_MEMORY;
	f->engine.ops = &fake_ops;
	f->options = *options;
	f->random = options->seed;
	f->last = &f->first;
	f->later_last = &f->later;
	f->log_last = &f->log;
	put_u64(f->instance, draw(f));
	put_u64(f->instance + 8, draw(f));
	hash_one(f->chain, bytes_of(f->instance, INSTANCE_BYTES));
	memcpy(f->durable.instance, f->instance, INSTANCE_BYTES);
	memcpy(f->durable.chain, f->chain, HASH_BYTES);
	pthread_mutex_init(&f->mutex, NULL);
	pthread_cond_init(&f->arrived, NULL);
	*ret_engine = &f->engine;
	return STATUS_OK;
}
