/* What no power cut can leave is named by file and offset, and not touched. */
#include "engine_image.h"

/* --- damage --- */

static void every_flipped_byte_before_the_last_batch_is_damage(void **state)
{
	struct fixture *f = *state;
	size_t size;

	build(f, (struct shape[]){{1, 100}, {2, 400}, {1, 60}}, 3, false);
	uint8_t *middle = frame_of(f, 1, &size);
	uint8_t *file = f->image.data[image_find(&f->image, f->directory, 1)];
	size_t offset = (size_t)(middle - file);
	char path[128];

	segment_path(path, f->directory, 1);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	for (size_t at = 0; at < offset + size; at += STEP) {
		uint8_t flipped = file[at] ^ (uint8_t)(1 << at % 8);

		assert_int_equal(pwrite(fd, &flipped, 1, (off_t)at), 1);
		/* Another magic: it may be anybody's file. */
		assert_named(f, NULL, at < 8 ? STATUS_FOREIGN : STATUS_CORRUPT);
		assert_int_equal(pwrite(fd, &file[at], 1, (off_t)at), 1);
	}
	close(fd);
	assert_on_disk(&f->image, f->directory);
	assert_recovered(f, &f->image, 2);
}

/* Of the last batch only somebody who knows it was there can tell: the state, the file clean. */
static void every_flipped_byte_of_the_last_batch_is_damage_to_who_knows_of_it(void **state)
{
	struct fixture *f = *state;
	struct embedded_options reading = {.directory = f->directory, .read_only = true};
	size_t size;
	char path[128];

	build(f, (struct shape[]){{1, 100}, {2, 400}}, 2, true);
	struct embedded_applied applied = applied_to(f, 1, true);
	uint8_t *last = frame_of(f, 1, &size);
	size_t offset = (size_t)(last - f->image.data[image_find(&f->image, f->directory, 1)]);
	segment_path(path, f->directory, 1);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	for (size_t at = 0; at < size; at += STEP) {
		uint8_t flipped = last[at] ^ (uint8_t)(1 << at % 8);
		struct embedded_found found;
		struct read_back back;
		struct error err;
		struct engine *e;

		assert_int_equal(pwrite(fd, &flipped, 1, (off_t)(offset + at)), 1);
		assert_named(f, NULL, STATUS_CORRUPT);
		assert_named(f, &applied, STATUS_CORRUPT);
		assert_int_equal(embedded_open(&reading, &applied, &err, &found, &e), STATUS_OK);
		assert_int_equal(read_back(e, 1, NULL, &back, &err), STATUS_CORRUPT);
		assert_int_equal(back.batches, 1);
		must_close(e, false);
		assert_int_equal(pwrite(fd, &last[at], 1, (off_t)(offset + at)), 1);
	}
	close(fd);
	assert_on_disk(&f->image, f->directory);
	unlink(f->image.path[0]); /* clean */
	last[200] ^= 1;
	put_file(path, f->image.data[1], f->image.len[1]);
	assert_damage(f, &applied, STATUS_CORRUPT);
}

static void a_batch_behind_the_end_is_damage(void **state)
{
	struct fixture *f = *state;
	size_t size;

	build(f, (struct shape[]){{1, 100}, {2, 400}, {1, 60}}, 3, false);
	memset(frame_of(f, 1, &size), 0, 1024); /* a whole batch lost in the middle */
	image_put(&f->image, f->directory);
	assert_damage(f, NULL, STATUS_CORRUPT);
}

static void a_batch_in_a_later_segment_is_damage(void **state)
{
	struct fixture *f = *state;
	size_t size;

	build(f,
	      (struct shape[]){{1, HUGE_PAYLOAD},
			       {1, HUGE_PAYLOAD},
			       {1, HUGE_PAYLOAD},
			       {1, 9},
			       {1, HUGE_PAYLOAD},
			       {1, 5}},
	      6, false);
	assert_int_equal(f->recorder.batches[5].position.bytes[7], 2);
	uint8_t *fourth = frame_of(f, 3, &size);
	fourth[130] ^= 4;
	image_put(&f->image, f->directory);
	assert_damage(f, NULL, STATUS_CORRUPT);
	fourth[130] ^= 4;
	/* Rubbish between the last batch of a segment and its end. */
	uint8_t *file = f->image.data[image_find(&f->image, f->directory, 1)];
	file[SEG - 1] = 1;
	image_put(&f->image, f->directory);
	assert_damage(f, NULL, STATUS_CORRUPT);
}

static void batches_in_another_order_are_damage(void **state)
{
	struct fixture *f = *state;
	uint8_t kept[SECTOR];
	size_t size;

	build(f, (struct shape[]){{1, 100}, {1, 100}, {1, 100}}, 3, false);
	uint8_t *second = frame_of(f, 1, &size);
	memcpy(kept, second, SECTOR);
	memcpy(second, second + SECTOR, SECTOR);
	memcpy(second + SECTOR, kept, SECTOR);
	image_put(&f->image, f->directory);
	assert_damage(f, NULL, STATUS_CORRUPT);
}

/* Frames that check in themselves and do not continue the journal: a rewritten history. */
static void a_forged_batch_at_the_end_is_damage(void **state)
{
	struct fixture *f = *state;
	struct bytes payload = bytes_of_text("forged");
	uint8_t chain[HASH_BYTES];
	size_t size;

	build(f, (struct shape[]){{1, 100}, {1, 100}}, 2, false);
	uint8_t *last = frame_of(f, 1, &size), *next = last + size;
	for (int wrong = 0; wrong < 4; wrong++) {
		memcpy(chain, f->recorder.batches[1].chain_after, HASH_BYTES);
		chain[0] ^= wrong == 1;
		segment_encode_frame(next, last + 8, wrong == 2 ? 4 : 3, wrong == 3 ? 4 : 3,
				     &payload, 1, chain);
		image_put(&f->image, f->directory);
		if (wrong)
			assert_damage(f, NULL, STATUS_CORRUPT);
		else
			assert_int_equal(open_and_close(f, NULL, &(struct embedded_found){0},
							&(struct engine_status){0}, NULL),
					 STATUS_OK);
	}
}

static void a_journal_that_ends_before_the_state_is_damage(void **state)
{
	struct fixture *f = *state;
	size_t size;

	build(f, (struct shape[]){{1, 100}, {2, 400}, {1, 60}}, 3, false);
	struct embedded_applied applied = applied_to(f, 2, false);
	memset(frame_of(f, 2, &size), 0, SECTOR);
	image_put(&f->image, f->directory);
	assert_damage(f, &applied, STATUS_CORRUPT);
	applied.trusted = true;
	assert_damage(f, &applied, STATUS_CORRUPT);
	applied = applied_to(f, 1, false);
	applied.chain[31] ^= 1;
	assert_damage(f, &applied, STATUS_CORRUPT);
	applied.trusted = true;
	assert_damage(f, &applied, STATUS_CORRUPT);
	applied.chain[31] ^= 1;
	applied.trusted = false;
	struct embedded_found found;
	struct engine_status status;
	assert_int_equal(open_and_close(f, &applied, &found, &status, NULL), STATUS_OK);
	assert_int_equal(status.durable_index, 3);
}

/* --- clean --- */

static void a_clean_stop_is_remembered_once(void **state)
{
	struct fixture *f = *state;
	struct embedded_found found;
	struct engine *e;

	assert_false(embedded_has_clean(f->directory));
	e = must_open(f->directory, &found);
	assert_true(found.fresh);
	must_close(e, true);
	assert_true(embedded_has_clean(f->directory));
	build(f, (struct shape[]){{1, 100}, {2, 400}}, 2, true);
	assert_true(embedded_has_clean(f->directory));
	e = must_open(f->directory, &found);
	assert_true(found.was_clean);
	assert_false(found.fresh);
	assert_false(embedded_has_clean(f->directory));
	must_close(e, false);
	e = must_open(f->directory, &found);
	assert_false(found.was_clean);
	must_close(e, true);
}

static void clean_and_another_end_is_damage(void **state)
{
	struct fixture *f = *state;
	struct image whole;
	size_t size;

	build(f, (struct shape[]){{1, 100}, {2, 400}, {1, 60}}, 3, true);
	image_copy(&whole, &f->image);
	memset(frame_of(f, 2, &size), 0, SECTOR);
	image_put(&f->image, f->directory);
	assert_damage(f, NULL, STATUS_CORRUPT);
	/* One byte anywhere behind the end, in this segment and in the prepared one. */
	for (unsigned segment = 1; segment <= 2; segment++)
		for (size_t at = SEG / 2; at < SEG; at += SEG / 2 - 1) {
			image_free(&f->image);
			image_copy(&f->image, &whole);
			f->image.data[image_find(&f->image, f->directory, segment)][at] = 1;
			image_put(&f->image, f->directory);
			assert_damage(f, NULL, STATUS_CORRUPT);
		}
	/* The file clean itself. */
	for (size_t at = 0; at < SEGMENT_CLEAN_BYTES; at += STEP) {
		image_free(&f->image);
		image_copy(&f->image, &whole);
		f->image.data[0][at] ^= 0x10;
		image_put(&f->image, f->directory);
		assert_damage(f, NULL, STATUS_CORRUPT);
	}
	image_put(&whole, f->directory);
	struct engine *e = must_open(f->directory, NULL);
	must_close(e, false);
	image_free(&whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FIXTURE(every_flipped_byte_before_the_last_batch_is_damage),
		IN_FIXTURE(every_flipped_byte_of_the_last_batch_is_damage_to_who_knows_of_it),
		IN_FIXTURE(a_batch_behind_the_end_is_damage),
		IN_FIXTURE(a_batch_in_a_later_segment_is_damage),
		IN_FIXTURE(batches_in_another_order_are_damage),
		IN_FIXTURE(a_forged_batch_at_the_end_is_damage),
		IN_FIXTURE(a_journal_that_ends_before_the_state_is_damage),
		IN_FIXTURE(a_clean_stop_is_remembered_once),
		IN_FIXTURE(clean_and_another_end_is_damage),
	};

	if (hash_init() != STATUS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
