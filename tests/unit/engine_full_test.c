/* The disk is full: batches are refused, reading goes on, and it recovers by itself. */
#include "engine_faults.h"

static void full_until_freed(struct fixture *f, enum call call, int at)
{
	struct engine *e = must_open(f->directory, NULL);
	struct engine_status status;
	struct read_back back;
	struct error err = {.text = ""};
	uint64_t index;

	recorder_start(&f->recorder, e);
	append_one(e, &f->recorder, 1, 1, 100);
	fault_set(call, at, ENOSPC);
	fault.for_ever = true;
	/* Goes on while there is room in the segments that are there. */
	for (uint32_t i = 0; f->recorder.failed == 0; i++) {
		assert_true(i < 10);
		append_one(e, &f->recorder, i, 1, 400 * 1024);
	}
	assert_int_equal(f->recorder.why, STATUS_FULL);
	index = f->recorder.index;
	engine_status(e, &status);
	assert_true(status.full && !status.failed);
	assert_int_equal(status.durable_index, index);
	assert_int_equal(read_back(e, 1, NULL, &back, &err), STATUS_OK);
	assert_int_equal(back.last_index, index);
	append_one(e, &f->recorder, 20, 1, 400 * 1024); /* still */
	assert_int_equal(f->recorder.failed, 2);
	append_one(e, &f->recorder, 21, 1, 10); /* a small one finds room in the segment */
	assert_int_equal(f->recorder.failed, 2);
	fault_none();
	append_one(e, &f->recorder, 22, 1, 400 * 1024);
	append_one(e, &f->recorder, 23, 1, 400 * 1024);
	append_one(e, &f->recorder, 24, 1, 400 * 1024);
	assert_int_equal(f->recorder.failed, 2);
	assert_int_equal(f->recorder.index, index + 4);
	engine_status(e, &status);
	assert_false(status.full || status.failed);
	must_close(e, true);
	e = must_open(f->directory, NULL);
	assert_int_equal(read_back(e, 1, NULL, &back, &err), STATUS_OK);
	assert_memory_equal(back.chain, f->recorder.chain, HASH_BYTES);
	must_close(e, false);
	directory_empty(f->directory);
}

static void a_full_disk_refuses_batches_until_space_is_freed(void **state)
{
	full_until_freed(*state, FALLOCATE, 1);
	full_until_freed(*state, RENAMEAT, 1);
}

static void no_room_for_a_new_journal_is_full(void **state)
{
	struct fixture *f = *state;
	struct embedded_found found;
	struct error err = {.text = ""};
	struct engine *e;

	fault_set(FALLOCATE, 1, ENOSPC);
	assert_int_equal(try_open(f->directory, NULL, &found, &e, &err), STATUS_FULL);
	assert_non_null(strstr(err.text, ".seg"));
	fault_none();
	e = must_open(f->directory, &found);
	assert_true(found.fresh);
	must_close(e, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FIXTURE(a_full_disk_refuses_batches_until_space_is_freed),
		IN_FIXTURE(no_room_for_a_new_journal_is_full),
	};

	if (hash_init() != STATUS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
