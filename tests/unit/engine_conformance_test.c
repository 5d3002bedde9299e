/* What every engine promises, run over each of them. */
#include "engine_fixture.h"

struct kind {
	const char *name;
	bool fake;
	struct fake_options options;
};

static const struct kind embedded = {.name = "embedded"};
static const struct kind fake = {.name = "fake", .fake = true};
static const struct kind late_fake = {
	.name = "late fake", .fake = true, .options = {.seed = 7, .delay_us_max = 300}};

struct fixture {
	const struct kind *kind;
	char directory[DIRECTORY_TEXT];
	struct engine *engine;
	struct recorder recorder;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	f->kind = *state;
	directory_make(f->directory);
	if (f->kind->fake)
		assert_int_equal(fake_open(&f->kind->options, &f->engine), STATUS_OK);
	else
		f->engine = must_open(f->directory, NULL);
	recorder_start(&f->recorder, f->engine);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	if (f->engine)
		must_close(f->engine, false);
	directory_remove(f->directory);
	free(f);
	return 0;
}

static void indices_are_dense_and_the_chain_is_right(void **state)
{
	struct fixture *f = *state;
	struct engine_status status;
	uint8_t start[HASH_BYTES];

	engine_status(f->engine, &status);
	hash_one(start, bytes_of(status.instance, INSTANCE_BYTES));
	assert_memory_equal(status.chain, start, HASH_BYTES);
	assert_int_equal(status.durable_index, 0);
	for (uint32_t i = 1; i <= 20; i++)
		append_one(f->engine, &f->recorder, i, i, 10 * i);
	assert_int_equal(f->recorder.durable, 20);
	assert_int_equal(f->recorder.index, 210);
	engine_status(f->engine, &status);
	assert_int_equal(status.durable_index, 210);
	assert_int_equal(status.batches, 20);
	assert_memory_equal(status.chain, f->recorder.chain, HASH_BYTES);
	assert_memory_equal(&status.position, &f->recorder.batches[19].position,
			    sizeof status.position);
	assert_false(status.failed || status.full);
}

static void what_was_appended_is_read_back(void **state)
{
	struct fixture *f = *state;
	struct read_back back;
	struct error err = {.text = ""};

	assert_int_equal(read_back(f->engine, 1, NULL, &back, &err), STATUS_OK);
	assert_int_equal(back.batches, 0);
	for (uint32_t i = 1; i <= 12; i++)
		append_one(f->engine, &f->recorder, i, 3, 100);
	assert_int_equal(read_back(f->engine, 1, NULL, &back, &err), STATUS_OK);
	assert_int_equal(back.first_index, 1);
	assert_int_equal(back.last_index, 36);
	assert_false(back.wrong);
	assert_memory_equal(back.chain, f->recorder.chain, HASH_BYTES);
}

static void reading_begins_with_the_batch_that_holds_the_index(void **state)
{
	struct fixture *f = *state;
	struct read_back back;
	struct error err = {.text = ""};

	for (uint32_t i = 1; i <= 12; i++)
		append_one(f->engine, &f->recorder, i, 3, 100);
	for (uint64_t from = 1; from <= 37; from++) {
		for (unsigned at = 0; at < 12; at++) {
			const struct recorded *b = &f->recorder.batches[at];
			enum status s = read_back(f->engine, from, &b->position, &back, &err);

			if (b->first_index > from) {
				assert_int_equal(s, STATUS_NOT_FOUND);
				continue;
			}
			assert_int_equal(s, STATUS_OK);
			assert_false(back.wrong);
			assert_int_equal(back.batches, 12 - (from - 1) / 3);
			if (back.batches)
				assert_int_equal(back.first_index, (from - 1) / 3 * 3 + 1);
		}
		assert_int_equal(read_back(f->engine, from, NULL, &back, &err), STATUS_OK);
		assert_int_equal(back.batches, 12 - (from - 1) / 3);
	}
}

static void the_visit_can_end_the_reading(void **state)
{
	struct fixture *f = *state;
	struct read_back back = {.answer = STATUS_LIMIT};

	for (uint32_t i = 1; i <= 3; i++)
		append_one(f->engine, &f->recorder, i, 1, 1);
	assert_int_equal(engine_read(f->engine, 1, NULL, read_back_visit, &back, NULL),
			 STATUS_LIMIT);
	assert_int_equal(back.batches, 1);
}

static void a_position_that_is_none_is_corrupt(void **state)
{
	struct fixture *f = *state;
	struct engine_position nowhere;
	struct read_back back;
	struct error err = {.text = ""};

	append_one(f->engine, &f->recorder, 1, 1, 1);
	memset(&nowhere, 0xee, sizeof nowhere);
	assert_int_equal(read_back(f->engine, 1, &nowhere, &back, &err), STATUS_CORRUPT);
	assert_true(strlen(err.text) > 0);
}

/* --- two under way --- */

/* Holds the engine's thread in `ordered` until let go. */
struct gate {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	bool open, reached;
	unsigned durable, failed;
};

static void gate_ordered(void *ctx, struct engine_batch *batch)
{
	struct gate *g = ctx;

	(void)batch;
	pthread_mutex_lock(&g->mutex);
	g->reached = true;
	pthread_cond_broadcast(&g->changed);
	while (!g->open)
		pthread_cond_wait(&g->changed, &g->mutex);
	pthread_mutex_unlock(&g->mutex);
}

static void gate_durable(void *ctx, struct engine_batch *batch)
{
	struct gate *g = ctx;

	(void)batch;
	g->durable++;
}

static void gate_failed(void *ctx, struct engine_batch *batch, enum status why)
{
	struct gate *g = ctx;

	(void)batch;
	(void)why;
	g->failed++;
}

static void a_third_batch_has_to_come_back_and_close_waits(const struct kind *kind)
{
	char directory[DIRECTORY_TEXT];
	struct engine *e;
	struct gate gate = {.mutex = PTHREAD_MUTEX_INITIALIZER,
			    .changed = PTHREAD_COND_INITIALIZER};
	struct engine_callbacks callbacks = {&gate, gate_ordered, gate_durable, gate_failed};
	struct made_batch *m[3];

	directory_make(directory);
	if (kind->fake)
		assert_int_equal(fake_open(&kind->options, &e), STATUS_OK);
	else
		e = must_open(directory, NULL);
	for (uint32_t i = 0; i < 3; i++)
		m[i] = batch_make(i, 2, 50);
	assert_int_equal(engine_append(e, &m[0]->batch), STATUS_STOPPED);
	assert_int_equal(engine_start(e, &callbacks), STATUS_OK);
	assert_int_equal(engine_append(e, &m[0]->batch), STATUS_OK);
	pthread_mutex_lock(&gate.mutex);
	while (!gate.reached)
		pthread_cond_wait(&gate.changed, &gate.mutex);
	pthread_mutex_unlock(&gate.mutex);
	assert_int_equal(engine_append(e, &m[1]->batch), STATUS_OK);
	assert_int_equal(engine_append(e, &m[2]->batch), STATUS_AGAIN);
	pthread_mutex_lock(&gate.mutex);
	gate.open = true;
	pthread_cond_broadcast(&gate.changed);
	pthread_mutex_unlock(&gate.mutex);
	must_close(e, false);
	assert_int_equal(gate.durable, 2);
	assert_int_equal(gate.failed, 0);
	for (uint32_t i = 0; i < 3; i++)
		batch_free(m[i]);
	directory_remove(directory);
}

static void two_under_way_are_enough(void **state)
{
	(void)state;
	a_third_batch_has_to_come_back_and_close_waits(&embedded);
	a_third_batch_has_to_come_back_and_close_waits(&fake);
}

static void batches_outside_the_limits_are_not_taken(void **state)
{
	struct fixture *f = *state;
	uint8_t byte = 1;
	static uint8_t many[BATCH_BYTES_MAX + 1];
	struct bytes views[2] = {bytes_of(&byte, 1), bytes_of(&byte, 0)};
	struct engine_batch b = {.payloads = views, .count = 0, .user = f};

	assert_int_equal(engine_append(f->engine, &b), STATUS_INVALID);
	b.count = 2;
	assert_int_equal(engine_append(f->engine, &b), STATUS_INVALID);
	views[1] = bytes_of(many, sizeof many);
	assert_int_equal(engine_append(f->engine, &b), STATUS_INVALID);
	b.count = BATCH_ENTRIES_MAX + 1;
	struct bytes *ones = calloc(b.count, sizeof *ones);
	for (uint32_t i = 0; i < b.count; i++)
		ones[i] = bytes_of(&byte, 1);
	b.payloads = ones;
	assert_int_equal(engine_append(f->engine, &b), STATUS_INVALID);
	free(ones);
	assert_int_equal(f->recorder.ended, 0);
}

static void the_largest_batches_are_taken(void **state)
{
	struct fixture *f = *state;
	struct read_back back;
	struct error err = {.text = ""};

	for (uint32_t i = 0; i < 3; i++) {
		append_one(f->engine, &f->recorder, i, BATCH_ENTRIES_MAX,
			   BATCH_BYTES_MAX / BATCH_ENTRIES_MAX);
		append_one(f->engine, &f->recorder, i, BATCH_ENTRIES_MAX, 1);
		append_one(f->engine, &f->recorder, i, 1, BATCH_BYTES_MAX);
	}
	assert_int_equal(f->recorder.durable, 9);
	assert_int_equal(read_back(f->engine, 1, NULL, &back, &err), STATUS_OK);
	assert_int_equal(back.batches, 9);
	assert_memory_equal(back.chain, f->recorder.chain, HASH_BYTES);
}

static void it_starts_once(void **state)
{
	struct fixture *f = *state;
	struct engine_callbacks callbacks = {f, recorder_ordered, recorder_durable,
					     recorder_failed};

	assert_int_equal(engine_start(f->engine, &callbacks), STATUS_INVALID);
}

/* --- what only the fake does --- */

static void run_fake(const struct fake_options *options, unsigned batches, struct recorder *r)
{
	struct engine *e;
	struct read_back back;
	struct error err = {.text = ""};
	struct made_batch *m;

	assert_int_equal(fake_open(options, &e), STATUS_OK);
	recorder_start(r, e);
	for (uint32_t i = 0; i < batches; i++)
		append_one(e, r, i, 1 + i % 3, 20);
	/* What appears later appears at the latest before the end. */
	m = batch_make(0, 1, 1);
	enum status s = engine_append(e, &m->batch);
	if (s == STATUS_OK)
		recorder_wait(r, batches + 1);
	assert_true(s == STATUS_OK || r->why == STATUS_IO);
	if (options->twice_percent == 0 && options->unknown_percent == 0) {
		assert_int_equal(read_back(e, 1, NULL, &back, &err), STATUS_OK);
		assert_int_equal(back.batches, r->durable);
	}
	assert_int_equal(engine_close(e, false, &err), r->why == STATUS_IO ? STATUS_IO : STATUS_OK);
	assert_false(r->wrong);
	batch_free(m);
}

static void the_fake_says_not_leader_and_forgets(void **state)
{
	static struct recorder r;
	struct fake_options options = {.seed = 1, .not_leader_percent = 40};

	(void)state;
	run_fake(&options, 200, &r);
	assert_int_equal(r.why, STATUS_NOT_LEADER);
	assert_true(r.failed > 40 && r.failed < 130);
	assert_int_equal(r.durable, 201 - r.failed);
	assert_int_equal(r.own, 0);
}

static void the_fake_says_unknown_and_half_appear(void **state)
{
	static struct recorder r;
	struct fake_options options = {.seed = 2, .unknown_percent = 50, .delay_us_max = 20};

	(void)state;
	run_fake(&options, 200, &r);
	assert_int_equal(r.why, STATUS_UNKNOWN);
	assert_true(r.failed > 60 && r.failed < 140);
	assert_true(r.own > r.failed / 4 && r.own < r.failed * 3 / 4);
}

static void the_fake_orders_twice(void **state)
{
	static struct recorder r;
	struct fake_options options = {.seed = 3, .twice_percent = 100};

	(void)state;
	run_fake(&options, 50, &r);
	assert_int_equal(r.failed, 0);
	assert_int_equal(r.own, 51);
	assert_int_equal(r.durable, 102);
}

static void the_fake_fails_for_good(void **state)
{
	static struct recorder r;
	struct fake_options options = {.seed = 4, .fail_at_batch = 5};

	(void)state;
	run_fake(&options, 5, &r);
	assert_int_equal(r.why, STATUS_IO);
	assert_int_equal(r.durable, 4);
}

static void the_fake_is_late_with_everything_at_once(void **state)
{
	static struct recorder r;
	struct fake_options options = {.seed = 5,
				       .delay_us_max = 50,
				       .unknown_percent = 20,
				       .not_leader_percent = 10,
				       .twice_percent = 20};

	(void)state;
	run_fake(&options, 300, &r);
	assert_true(r.own > 20);
}

#define OVER(kind, test)                                                                           \
	{                                                                                          \
#test " (" #kind ")", test, setup, teardown, (void *)(uintptr_t)&kind              \
	}
#define OVER_ALL(test) OVER(embedded, test), OVER(fake, test), OVER(late_fake, test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		OVER_ALL(indices_are_dense_and_the_chain_is_right),
		OVER_ALL(what_was_appended_is_read_back),
		OVER_ALL(reading_begins_with_the_batch_that_holds_the_index),
		OVER_ALL(the_visit_can_end_the_reading),
		OVER_ALL(a_position_that_is_none_is_corrupt),
		OVER_ALL(batches_outside_the_limits_are_not_taken),
		OVER_ALL(the_largest_batches_are_taken),
		OVER_ALL(it_starts_once),
		cmocka_unit_test(two_under_way_are_enough),
		cmocka_unit_test(the_fake_says_not_leader_and_forgets),
		cmocka_unit_test(the_fake_says_unknown_and_half_appear),
		cmocka_unit_test(the_fake_orders_twice),
		cmocka_unit_test(the_fake_fails_for_good),
		cmocka_unit_test(the_fake_is_late_with_everything_at_once),
	};

	if (hash_init() != STATUS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
