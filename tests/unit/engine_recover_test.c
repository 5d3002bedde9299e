/* Files, positions, and reading beside a writer. */
#include "engine_image.h"

/* --- files --- */

static const struct shape four_segments[] = {{1, 3 * HUGE_PAYLOAD / 2}, {1, 3 * HUGE_PAYLOAD / 2},
					     {1, 3 * HUGE_PAYLOAD / 2}, {1, 3 * HUGE_PAYLOAD / 2},
					     {1, 3 * HUGE_PAYLOAD / 2}, {1, 3 * HUGE_PAYLOAD / 2}};

static void a_missing_segment_is_damage(void **state)
{
	struct fixture *f = *state;
	char path[128];
	struct engine *e;
	struct read_back back;
	struct error err = {.text = ""};

	build(f, four_segments, 6, false);
	assert_int_equal(f->recorder.batches[5].position.bytes[7], 3);
	struct embedded_applied applied = applied_to(f, 5, true);
	segment_path(path, f->directory, 2);
	unlink(path);
	assert_damage(f, NULL, STATUS_CORRUPT);
	assert_damage(f, &applied, STATUS_CORRUPT);
	image_put(&f->image, f->directory);
	segment_path(path, f->directory, 3);
	unlink(path);
	assert_damage(f, NULL, STATUS_CORRUPT); /* the prepared fourth is still there */
	segment_path(path, f->directory, 4);
	unlink(path);
	assert_damage(f, &applied, STATUS_CORRUPT);
	image_put(&f->image, f->directory);
	/* The oldest ones may have been archived; what is asked of them is not there. */
	segment_path(path, f->directory, 1);
	unlink(path);
	e = must_open(f->directory, NULL);
	assert_int_equal(read_back(e, 1, NULL, &back, &err), STATUS_NOT_FOUND);
	assert_int_equal(read_back(e, 3, NULL, &back, &err), STATUS_OK);
	assert_int_equal(back.batches, 4);
	must_close(e, false);
	for (unsigned n = 2; n <= 3; n++) {
		segment_path(path, f->directory, n);
		unlink(path);
	}
	assert_damage(f, NULL, STATUS_CORRUPT); /* only the prepared one is left */
	directory_empty(f->directory);
	assert_damage(f, &applied, STATUS_CORRUPT);
}

static void a_damaged_header_is_named(void **state)
{
	struct fixture *f = *state;
	char path[128];

	build(f, four_segments, 3, false);
	for (unsigned n = 1; n <= 3; n++) { /* full, in use, prepared */
		unsigned file = image_find(&f->image, f->directory, n);

		segment_path(path, f->directory, n);
		int fd = open(path, O_WRONLY | O_CLOEXEC);
		assert_true(fd >= 0);
		for (size_t at = 0; at < SEGMENT_HEADER_BYTES; at += STEP) {
			uint8_t flipped = f->image.data[file][at] ^ 0x40;

			assert_int_equal(pwrite(fd, &flipped, 1, (off_t)at), 1);
			assert_named(f, NULL, at < 8 ? STATUS_FOREIGN : STATUS_CORRUPT);
			assert_int_equal(pwrite(fd, &f->image.data[file][at], 1, (off_t)at), 1);
			if (at > 60 && at < 470)
				at += 10;
		}
		close(fd);
		assert_on_disk(&f->image, f->directory);
		assert_int_equal(truncate(path, SEG - SECTOR), 0);
		assert_damage(f, NULL, STATUS_CORRUPT);
		assert_int_equal(truncate(path, SEG + SECTOR), 0);
		assert_damage(f, NULL, STATUS_CORRUPT);
		assert_int_equal(truncate(path, 100), 0);
		assert_damage(f, NULL, STATUS_CORRUPT);
		assert_int_equal(truncate(path, 0), 0);
		assert_damage(f, NULL, STATUS_CORRUPT);
		image_put(&f->image, f->directory);
	}
}

static void a_segment_of_another_instance_is_foreign(void **state)
{
	struct fixture *f = *state;
	char other[DIRECTORY_TEXT], from[128], to[128];
	size_t len;

	build(f, four_segments, 3, false);
	directory_make(other);
	struct engine *e = must_open(other, NULL);
	must_close(e, false);
	segment_path(from, other, 1);
	uint8_t *data = get_file(from, &len);
	assert_non_null(data);
	for (unsigned n = 1; n <= 3; n++) {
		struct segment_header h;

		assert_int_equal(segment_decode_header(data, &h), STATUS_OK);
		h.segment = n;
		segment_encode_header(data, &h);
		segment_path(to, f->directory, n);
		put_file(to, data, len);
		/* The first one read is believed: then its neighbour is the stranger. */
		assert_damage(f, NULL, STATUS_FOREIGN);
		image_put(&f->image, f->directory);
	}
	/* A segment, unused, under another one's name. */
	struct segment_header h;
	assert_int_equal(segment_decode_header(f->image.data[0], &h), STATUS_OK);
	h.segment = 4;
	segment_encode_header(data, &h);
	segment_path(to, f->directory, 3);
	put_file(to, data, len);
	assert_damage(f, NULL, STATUS_CORRUPT);
	free(data);
	directory_remove(other);
}

static void other_files_beside_the_segments_do_not_matter(void **state)
{
	struct fixture *f = *state;
	char path[128];

	build(f, (struct shape[]){{1, 100}}, 1, false);
	snprintf(path, sizeof path, "%s/journal/segment.tmp", f->directory);
	put_file(path, (const uint8_t *)"half", 4);
	snprintf(path, sizeof path, "%s/journal/1.seg", f->directory);
	put_file(path, (const uint8_t *)"note", 4);
	snprintf(path, sizeof path, "%s/clean.tmp", f->directory);
	put_file(path, (const uint8_t *)"half", 4);
	assert_recovered(f, &f->image, 0);
	snprintf(path, sizeof path, "%s/journal/segment.tmp", f->directory);
	assert_int_not_equal(access(path, F_OK), 0);
}

static void a_prepared_segment_is_taken_into_use(void **state)
{
	struct fixture *f = *state;
	struct read_back back;
	struct stat before, after;
	struct error err = {.text = ""};
	char path[128];

	build(f, (struct shape[]){{1, HUGE_PAYLOAD}, {1, HUGE_PAYLOAD}, {1, HUGE_PAYLOAD}}, 3,
	      false);
	segment_path(path, f->directory, 2);
	assert_int_equal(stat(path, &before), 0);
	struct engine *e = must_open(f->directory, NULL);
	recorder_start(&f->recorder, e);
	append_one(e, &f->recorder, 8, 1, HUGE_PAYLOAD);
	assert_int_equal(f->recorder.batches[0].position.bytes[7], 2);
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_int_equal(read_back(e, 1, NULL, &back, &err), STATUS_OK);
	assert_int_equal(back.batches, 4);
	must_close(e, true);
}

static void a_frame_may_end_exactly_at_the_end_of_its_segment(void **state)
{
	struct fixture *f = *state;
	struct engine *e;
	struct read_back back;
	struct error err = {.text = ""};
	/* 1 MiB = header + 2 frames of this payload, to the byte. */
	const size_t half = (SEG - SECTOR) / 2 / SECTOR * SECTOR;
	const size_t payload = half - SEGMENT_FRAME_HEADER_BYTES - SEGMENT_ENTRY_HEADER_BYTES;
	const size_t rest =
		SEG - SECTOR - half - SEGMENT_FRAME_HEADER_BYTES - SEGMENT_ENTRY_HEADER_BYTES;

	build(f, (struct shape[]){{1, payload}, {1, rest}, {1, 1}}, 2, false);
	struct embedded_applied applied = applied_to(f, 1, true);
	assert_recovered(f, &f->image, 1);
	assert_int_equal(try_open(f->directory, &applied, &(struct embedded_found){0}, &e, &err),
			 STATUS_OK);
	recorder_start(&f->recorder, e);
	append_one(e, &f->recorder, 3, 1, 1);
	assert_int_equal(f->recorder.batches[0].position.bytes[7], 2);
	must_close(e, false);
	e = must_open(f->directory, NULL);
	assert_int_equal(read_back(e, 1, NULL, &back, &err), STATUS_OK);
	assert_int_equal(back.batches, 3);
	must_close(e, false);
}

static void a_trusted_state_saves_the_reading_of_what_lies_before(void **state)
{
	struct fixture *f = *state;
	struct embedded_found found;
	struct engine_status status;
	size_t size;
	char path[128];

	build(f, four_segments, 6, false);
	struct embedded_applied applied = applied_to(f, 4, true);
	frame_of(f, 1, &size)[200] ^= 1;
	image_put(&f->image, f->directory);
	segment_path(path, f->directory, 1);
	assert_int_equal(open_and_close(f, &applied, &found, &status, NULL), STATUS_OK);
	assert_int_equal(status.durable_index, 6);
	applied.trusted = false;
	assert_damage(f, &applied, STATUS_CORRUPT);
	assert_damage(f, NULL, STATUS_CORRUPT);
	/* A position that is none: everything is read. */
	applied.trusted = true;
	memset(&applied.position, 0x77, sizeof applied.position);
	assert_damage(f, &applied, STATUS_CORRUPT);
	frame_of(f, 1, &size)[200] ^= 1;
	image_put(&f->image, f->directory);
	assert_int_equal(open_and_close(f, &applied, &found, &status, NULL), STATUS_OK);
	applied.position = f->recorder.batches[3].position; /* earlier: good as well */
	assert_int_equal(open_and_close(f, &applied, &found, &status, NULL), STATUS_OK);
	assert_int_equal(status.durable_index, 6);
}

static void segments_may_change_their_size_between_runs(void **state)
{
	struct fixture *f = *state;
	struct embedded_options options = {.directory = f->directory, .segment_bytes = 2 * SEG};
	struct embedded_found found;
	struct engine *e;
	struct read_back back;
	struct error err = {.text = ""};

	build(f, four_segments, 3, false);
	assert_int_equal(embedded_open(&options, NULL, &err, &found, &e), STATUS_OK);
	recorder_start(&f->recorder, e);
	for (uint32_t i = 0; i < 8; i++)
		append_one(e, &f->recorder, i, 1, HUGE_PAYLOAD);
	must_close(e, false);
	e = must_open(f->directory, NULL);
	assert_int_equal(read_back(e, 1, NULL, &back, &err), STATUS_OK);
	assert_int_equal(back.batches, 11);
	must_close(e, false);
	options.segment_bytes = SEG + 1;
	assert_int_equal(embedded_open(&options, NULL, &err, &found, &e), STATUS_INVALID);
	options.segment_bytes = SEG / 2;
	assert_int_equal(embedded_open(&options, NULL, &err, &found, &e), STATUS_INVALID);
}

/* --- reading beside a writer --- */

static void a_reader_beside_the_writer_sees_whole_batches_and_no_damage(void **state)
{
	struct fixture *f = *state;
	struct embedded_options options = {.directory = f->directory, .read_only = true};
	struct embedded_found found;
	struct read_back back;
	struct engine_status status;
	struct error err = {.text = ""};
	struct engine *writer, *reader;
	struct made_batch *m[2] = {NULL, NULL};

	assert_int_equal(embedded_open(&options, NULL, &err, &found, &reader), STATUS_OK);
	assert_int_equal(read_back(reader, 1, NULL, &back, &err), STATUS_OK);
	must_close(reader, false);
	writer = must_open(f->directory, NULL);
	recorder_start(&f->recorder, writer);
	assert_int_equal(embedded_open(&options, NULL, &err, &found, &reader), STATUS_OK);
	for (uint32_t i = 0; i < 60; i++) {
		struct made_batch **slot = &m[i % 2];

		if (i >= 2)
			recorder_wait(&f->recorder, i - 1);
		if (*slot)
			batch_free(*slot);
		*slot = batch_make(i, 1 + i % 5, i % 3 ? 4000 : 90000);
		assert_int_equal(engine_append(writer, &(*slot)->batch), STATUS_OK);
		if (read_back(reader, 1, NULL, &back, &err) != STATUS_OK)
			fail_msg("%s", err.text);
		assert_false(back.wrong);
		assert_true(back.batches + 2 >= i);
	}
	recorder_wait(&f->recorder, 60);
	assert_int_equal(read_back(reader, 1, NULL, &back, &err), STATUS_OK);
	assert_int_equal(back.batches, 60);
	engine_status(reader, &status);
	assert_int_equal(status.durable_index, f->recorder.index);
	assert_int_equal(engine_append(reader, &m[0]->batch), STATUS_INVALID);
	assert_int_equal(engine_close(reader, true, &err), STATUS_INVALID);
	must_close(writer, false);
	batch_free(m[0]);
	batch_free(m[1]);
}

static void a_reader_names_damage_and_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct embedded_options options = {.directory = f->directory, .read_only = true};
	struct embedded_found found;
	struct read_back back;
	struct error err = {.text = ""};
	struct engine *e;
	size_t size;

	build(f, (struct shape[]){{1, 100}, {2, 400}, {1, 60}}, 3, true);
	frame_of(f, 1, &size)[150] ^= 8;
	image_put(&f->image, f->directory);
	assert_int_equal(embedded_open(&options, NULL, &err, &found, &e), STATUS_OK);
	assert_int_equal(read_back(e, 1, NULL, &back, &err), STATUS_CORRUPT);
	assert_non_null(strstr(err.text, "0000000000000001.seg: offset "));
	must_close(e, false);
	assert_on_disk(&f->image, f->directory);
	frame_of(f, 1, &size)[150] ^= 8;
	memset(frame_of(f, 2, &size) + 100, 0, 200); /* torn: a live tail is no damage */
	image_put(&f->image, f->directory);
	assert_int_equal(embedded_open(&options, NULL, &err, &found, &e), STATUS_OK);
	assert_int_equal(read_back(e, 1, NULL, &back, &err), STATUS_OK);
	assert_int_equal(back.batches, 2);
	must_close(e, false);
	assert_on_disk(&f->image, f->directory);
}

/* Damage that comes while the engine runs is seen by its own reading. */
static void the_engine_notices_what_changed_under_it(void **state)
{
	struct fixture *f = *state;
	struct read_back back;
	struct error err = {.text = ""};
	struct engine *e;
	size_t size;

	build(f, (struct shape[]){{1, 100}, {2, 400}, {1, 60}}, 3, false);
	e = must_open(f->directory, NULL);
	frame_of(f, 2, &size)[150] ^= 8;
	image_put(&f->image, f->directory);
	assert_int_equal(read_back(e, 1, NULL, &back, &err), STATUS_CORRUPT);
	frame_of(f, 2, &size)[150] ^= 8;
	image_put(&f->image, f->directory);
	assert_int_equal(read_back(e, 1, NULL, &back, &err), STATUS_OK);
	must_close(e, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FIXTURE(a_missing_segment_is_damage),
		IN_FIXTURE(a_damaged_header_is_named),
		IN_FIXTURE(a_segment_of_another_instance_is_foreign),
		IN_FIXTURE(other_files_beside_the_segments_do_not_matter),
		IN_FIXTURE(a_prepared_segment_is_taken_into_use),
		IN_FIXTURE(a_frame_may_end_exactly_at_the_end_of_its_segment),
		IN_FIXTURE(a_trusted_state_saves_the_reading_of_what_lies_before),
		IN_FIXTURE(segments_may_change_their_size_between_runs),
		IN_FIXTURE(a_reader_beside_the_writer_sees_whole_batches_and_no_damage),
		IN_FIXTURE(a_reader_names_damage_and_changes_nothing),
		IN_FIXTURE(the_engine_notices_what_changed_under_it),
	};

	if (hash_init() != STATUS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
