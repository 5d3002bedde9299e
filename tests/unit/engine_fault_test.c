/* Every system call of the engine fails once at every count. */
#include "engine_faults.h"

/* --- every call, every count --- */

/* One life of a journal: opened, appended to over two segments, closed. Anything may fail on the
 * way. */
struct life {
	uint64_t answered; /* the newest index that was durable */
	uint8_t chain[HASH_BYTES];
	enum status opened, closed;
	bool failed; /* a batch */
};

static void append_some(struct engine *e, struct recorder *r, struct life *life)
{
	for (uint32_t i = 0; i < 4; i++) {
		struct made_batch *m = batch_make(i, 2, i % 2 ? 60 : 250 * 1024);
		unsigned ended = r->ended;

		if (engine_append(e, &m->batch) == STATUS_OK) {
			recorder_wait(r, ended + 1);
			life->failed |= r->failed != 0;
		} else {
			assert_true(life->failed);
		}
		batch_free(m);
	}
}

static void live(struct fixture *f, struct life *life)
{
	struct engine *e;
	struct embedded_found found;
	struct engine_status status;
	struct error err = {.text = ""};

	*life = (struct life){.opened = try_open(f->directory, NULL, &found, &e, &err)};
	if (life->opened != STATUS_OK) {
		assert_true(strlen(err.text) > 0);
		return;
	}
	recorder_start(&f->recorder, e);
	append_some(e, &f->recorder, life);
	engine_status(e, &status);
	life->answered = status.durable_index;
	memcpy(life->chain, status.chain, HASH_BYTES);
	life->closed = engine_close(e, true, &err);
	if (life->closed != STATUS_OK)
		assert_true(strlen(err.text) > 0);
}

/* The prefix that was answered is there; what was refused may not be. */
struct prefix {
	const struct life *life;
	bool right;
};

static enum status check_prefix(void *ctx, const struct engine_read_batch *b)
{
	struct prefix *p = ctx;

	if (b->first_index + b->count - 1 == p->life->answered)
		p->right = memcmp(b->chain_after, p->life->chain, HASH_BYTES) == 0;
	return STATUS_OK;
}

static void assert_nothing_answered_is_lost(struct fixture *f, const struct life *life)
{
	struct engine *e = must_open(f->directory, NULL);
	struct prefix p = {.life = life, .right = life->answered == 0};
	struct error err = {.text = ""};
	struct life after = {0};

	if (engine_read(e, 1, NULL, check_prefix, &p, &err) != STATUS_OK)
		fail_msg("read: %s", err.text);
	assert_true(p.right);
	recorder_start(&f->recorder, e);
	append_some(e, &f->recorder, &after);
	assert_false(after.failed);
	must_close(e, true);
	e = must_open(f->directory, NULL);
	must_close(e, false);
}

/* `lives` before the one that meets the fault: 0 makes the journal, 1 recovers it. */
static void every_count(struct fixture *f, unsigned lives, int sys_errno, bool half)
{
	for (int call = 0; call < CALLS; call++) {
		int at = 1;

		for (;; at++) {
			struct life life;

			directory_empty(f->directory);
			for (unsigned i = 0; i < lives; i++) {
				fault_none();
				live(f, &life);
				assert_int_equal(life.closed, STATUS_OK);
			}
			fault_set((enum call)call, at, sys_errno);
			fault.half = half;
			uint64_t before = lives ? life.answered : 0;
			live(f, &life);
			bool hit = fault.hit;
			fault_none();
			if (life.opened != STATUS_OK)
				life.answered = 0;
			else
				assert_true(life.answered >= before);
			if (!hit) {
				assert_int_equal(life.opened, STATUS_OK);
				assert_int_equal(life.closed, STATUS_OK);
				assert_false(life.failed);
			}
			assert_nothing_answered_is_lost(f, &life);
			if (!hit)
				break;
		}
		printf("  %s: %d\n", call_names[call], at - 1);
		/* Every kind is used: the directory is made once, `clean` removed the next time. */
		assert_true(at > 1 || call == (lives ? MKDIRAT : UNLINKAT));
	}
}

static void a_new_journal_survives_every_failing_call(void **state)
{
	every_count(*state, 0, EIO, false);
}

static void a_recovered_journal_survives_every_failing_call(void **state)
{
	every_count(*state, 1, EIO, false);
}

static void every_call_may_say_that_the_disk_is_full(void **state)
{
	every_count(*state, 1, ENOSPC, true);
}

/* --- what is synced, and when --- */

static char at_ordered[64], at_durable[64];

static void trace_ordered(void *ctx, struct engine_batch *batch)
{
	strcpy(at_ordered, trace);
	recorder_ordered(ctx, batch);
}

static void trace_durable(void *ctx, struct engine_batch *batch)
{
	strcpy(at_durable, trace);
	trace_begin();
	recorder_durable(ctx, batch);
}

static void every_step_is_synced_before_the_next(void **state)
{
	struct fixture *f = *state;
	struct recorder *r = &f->recorder;
	struct engine_callbacks callbacks = {r, trace_ordered, trace_durable, recorder_failed};
	struct embedded_found found;
	struct error err = {.text = ""};
	struct engine *e;
	char path[128];

	/* Directory and its name; reserved, zeros, header, name. */
	trace_begin();
	assert_int_equal(try_open(f->directory, NULL, &found, &e, &err), STATUS_OK);
	assert_string_equal(trace, "ms"
				   "a"
				   "wwwwd"
				   "ws"
				   "rs");
	recorder_start(r, e);
	must_close(e, false);
	e = must_open(f->directory, NULL);
	memset(at_durable, 0, sizeof at_durable);
	pthread_mutex_init(&r->mutex, NULL);
	assert_int_equal(engine_start(e, &callbacks), STATUS_OK);
	append_one(e, r, 1, 3, 100);
	assert_string_equal(at_ordered, "w");
	assert_string_equal(at_durable, "wd");
	append_one(e, r, 2, 3, 100);
	assert_string_equal(at_durable, "wd");
	trace_begin();
	must_close(e, true);
	assert_string_equal(trace, "wsrs");
	segment_path(path, f->directory, 2);
	unlink(path);

	/* Behind the end, the last batch again, names, `clean` away. */
	trace_begin();
	e = must_open(f->directory, &found);
	assert_true(found.was_clean);
	assert_string_equal(trace, "d"
				   "wd"
				   "us"
				   "us");
	must_close(e, false);

	/* The same with the last batch torn: its rest is zeroed first. */
	segment_path(path, f->directory, 1);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(__real_pwrite(fd, "x", 1, SEGMENT_BYTES_MIN / 2), 1);
	close(fd);
	trace_begin();
	e = must_open(f->directory, &found);
	assert_int_equal(found.torn_bytes, 512);
	assert_string_equal(trace, "wd"
				   "wd"
				   "us"
				   "us");
	must_close(e, false);

	/* With the end in the third segment. */
	e = must_open(f->directory, NULL);
	recorder_start(r, e);
	for (uint32_t i = 0; i < 5; i++)
		append_one(e, r, i, 1, 400 * 1024);
	must_close(e, false);
	segment_path(path, f->directory, 4);
	unlink(path);
	trace_begin();
	e = must_open(f->directory, NULL);
	assert_string_equal(trace, "d"
				   "wd"
				   "us"
				   "us");
	must_close(e, false);
}

/* --- a failed batch --- */

static void the_batch_that_met(struct fixture *f, enum call call, int sys_errno)
{
	struct engine *e = must_open(f->directory, NULL);
	struct engine_status status;
	struct read_back back;
	struct error err = {.text = ""};
	struct made_batch *m;

	recorder_start(&f->recorder, e);
	append_one(e, &f->recorder, 1, 1, 100);
	append_one(e, &f->recorder, 2, 1, 100);
	fault_set(call, 1, sys_errno);
	fault.for_ever = true;
	append_one(e, &f->recorder, 3, 1, 100);
	assert_int_equal(f->recorder.failed, 1);
	assert_int_equal(f->recorder.why, STATUS_IO);
	fault_none();
	m = batch_make(4, 1, 100);
	assert_int_equal(engine_append(e, &m->batch), STATUS_IO);
	batch_free(m);
	engine_status(e, &status);
	assert_true(status.failed);
	assert_int_equal(status.durable_index, 2);
	assert_int_equal(read_back(e, 1, NULL, &back, &err), STATUS_OK);
	assert_int_equal(back.batches, 2);
	assert_int_equal(engine_close(e, true, &err), STATUS_IO);
	assert_false(embedded_has_clean(f->directory));
	directory_empty(f->directory);
}

static void a_failed_write_or_sync_is_final(void **state)
{
	static const int errnos[] = {EIO, ENOSPC, EDQUOT, EROFS};

	for (size_t i = 0; i < sizeof errnos / sizeof *errnos; i++) {
		the_batch_that_met(*state, PWRITE, errnos[i]);
		the_batch_that_met(*state, FDATASYNC, errnos[i]);
	}
}

/* Appends a second batch while the first has been written and not synced, and breaks the sync. */
struct second {
	struct recorder *recorder;
	struct engine *engine;
	struct engine_batch *batch;
};

static void append_second(void *ctx, struct engine_batch *batch)
{
	struct second *second = ctx;

	recorder_ordered(second->recorder, batch);
	assert_int_equal(engine_append(second->engine, second->batch), STATUS_OK);
	fault_set(FDATASYNC, 1, EIO);
	fault.for_ever = true;
}

static void second_durable(void *ctx, struct engine_batch *batch)
{
	recorder_durable(((struct second *)ctx)->recorder, batch);
}

static void second_failed(void *ctx, struct engine_batch *batch, enum status why)
{
	recorder_failed(((struct second *)ctx)->recorder, batch, why);
}

static void what_waits_behind_a_failed_batch_fails_as_well(void **state)
{
	struct fixture *f = *state;
	struct made_batch *m[2] = {batch_make(1, 1, 100), batch_make(2, 1, 100)};
	struct second second = {.recorder = &f->recorder, .batch = &m[1]->batch};
	struct engine_callbacks callbacks = {&second, append_second, second_durable, second_failed};
	struct engine_status status;
	struct error err;

	second.engine = must_open(f->directory, NULL);
	engine_status(second.engine, &status);
	memcpy(f->recorder.chain, status.chain, HASH_BYTES);
	pthread_mutex_init(&f->recorder.mutex, NULL);
	assert_int_equal(engine_start(second.engine, &callbacks), STATUS_OK);
	assert_int_equal(engine_append(second.engine, &m[0]->batch), STATUS_OK);
	assert_int_equal(engine_close(second.engine, true, &err), STATUS_IO);
	assert_int_equal(f->recorder.failed, 2);
	assert_int_equal(f->recorder.durable, 0);
	batch_free(m[0]);
	batch_free(m[1]);
}

/* --- reading beside a writer --- */

static struct {
	int fd;
	uint8_t frames[1024];
} late;

static void frames_arrive(void)
{
	assert_int_equal(__real_pwrite(late.fd, late.frames, sizeof late.frames, 1024), 1024);
}

/* Two batches that are written between the look at the end and the look behind it. */
static void batches_that_come_during_the_reading_are_no_damage(void **state)
{
	struct fixture *f = *state;
	struct embedded_options options = {.directory = f->directory, .read_only = true};
	static const uint8_t zeros[1024];
	struct embedded_found found;
	struct read_back back;
	struct error err = {.text = ""};
	struct engine *e = must_open(f->directory, NULL);
	char path[128];

	recorder_start(&f->recorder, e);
	for (uint32_t i = 0; i < 3; i++)
		append_one(e, &f->recorder, i, 1, 100);
	must_close(e, false);
	segment_path(path, f->directory, 1);
	late.fd = open(path, O_RDWR | O_CLOEXEC);
	assert_true(late.fd >= 0);
	assert_int_equal(__real_pread(late.fd, late.frames, 1024, 1024), 1024);
	for (int in = 1; in <= 6; in++) {
		assert_int_equal(__real_pwrite(late.fd, zeros, 1024, 1024), 1024);
		assert_int_equal(embedded_open(&options, NULL, &err, &found, &e), STATUS_OK);
		before_pread_in = in;
		before_pread = frames_arrive;
		enum status s = read_back(e, 1, NULL, &back, &err);
		before_pread = NULL;
		if (s != STATUS_OK)
			fail_msg("%d: %s", in, err.text);
		assert_true(back.batches == 1 || back.batches == 3);
		must_close(e, false);
	}
	close(late.fd);
}

static void a_file_system_that_cannot_reserve_will_do(void **state)
{
	struct fixture *f = *state;
	struct life life;

	fault_set(FALLOCATE, 1, EOPNOTSUPP);
	fault.for_ever = true;
	live(f, &life);
	assert_int_equal(life.opened, STATUS_OK);
	assert_int_equal(life.closed, STATUS_OK);
	assert_false(life.failed);
	fault_none();
	assert_nothing_answered_is_lost(f, &life);
}

static void interrupted_calls_are_made_again(void **state)
{
	static const enum call calls[] = {PWRITE, PREAD, FALLOCATE, OPENAT};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
		for (int at = 1; at < 6; at++) {
			struct life life;

			directory_empty(f->directory);
			fault_set(calls[i], at, EINTR);
			live(f, &life);
			assert_int_equal(life.opened, STATUS_OK);
			assert_int_equal(life.closed, STATUS_OK);
			assert_false(life.failed);
			fault_none();
			assert_nothing_answered_is_lost(f, &life);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FIXTURE(a_new_journal_survives_every_failing_call),
		IN_FIXTURE(a_recovered_journal_survives_every_failing_call),
		IN_FIXTURE(every_call_may_say_that_the_disk_is_full),
		IN_FIXTURE(every_step_is_synced_before_the_next),
		IN_FIXTURE(a_failed_write_or_sync_is_final),
		IN_FIXTURE(what_waits_behind_a_failed_batch_fails_as_well),
		IN_FIXTURE(batches_that_come_during_the_reading_are_no_damage),
		IN_FIXTURE(a_file_system_that_cannot_reserve_will_do),
		IN_FIXTURE(interrupted_calls_are_made_again),
	};

	if (hash_init() != STATUS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
