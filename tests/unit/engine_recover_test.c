/* Recovery: what a power cut can leave is repaired, anything else is named and not touched. */
#include "engine/segment.h"
#include "engine_fixture.h"

#include <sys/mman.h>
#include <time.h>

enum {
	SEG = SEGMENT_BYTES_MIN,
	SECTOR = SEGMENT_SECTOR_BYTES,
	FILES_MAX = 6,
	HUGE_PAYLOAD = 300 * 1024, /* three of these fill a segment */
};

/* Under a sanitizer every opening costs ten times as much: there each loop takes every 7th step. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { STEP = 7 };
#else
enum { STEP = 1 };
#endif

/* --- images: the files as they are on disk -----------------------------------------------------
 */

struct image {
	unsigned count;
	char path[FILES_MAX][128];
	uint8_t *data[FILES_MAX];
	size_t len[FILES_MAX];
};

static void put_file(const char *path, const uint8_t *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), len);
	close(fd);
}

static uint8_t *get_file(const char *path, size_t *ret_len)
{
	struct stat file;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return NULL;
	assert_int_equal(fstat(fd, &file), 0);
	uint8_t *data = malloc((size_t)file.st_size + 1);
	assert_int_equal(read(fd, data, (size_t)file.st_size), file.st_size);
	close(fd);
	*ret_len = (size_t)file.st_size;
	return data;
}

static void image_take(struct image *i, const char *directory)
{
	*i = (struct image){0};
	for (unsigned n = 0; n < FILES_MAX; n++) {
		char *path = i->path[i->count];

		if (n == 0)
			snprintf(path, 128, "%s/clean", directory);
		else
			segment_path(path, directory, n);
		i->data[i->count] = get_file(path, &i->len[i->count]);
		i->count += i->data[i->count] != NULL;
	}
}

static void image_free(struct image *i)
{
	for (unsigned n = 0; n < i->count; n++)
		free(i->data[n]);
}

/* The number of the file in the image: segment `number`, or 0 for clean. */
static unsigned image_find(const struct image *i, const char *directory, unsigned number)
{
	char path[128];

	if (number == 0)
		snprintf(path, sizeof path, "%s/clean", directory);
	else
		segment_path(path, directory, number);
	for (unsigned n = 0; n < i->count; n++)
		if (strcmp(i->path[n], path) == 0)
			return n;
	fail_msg("%s is not there", path);
	return 0;
}

static void image_copy(struct image *to, const struct image *from)
{
	*to = *from;
	for (unsigned n = 0; n < from->count; n++) {
		to->data[n] = malloc(from->len[n]);
		memcpy(to->data[n], from->data[n], from->len[n]);
	}
}

/* Writes only what differs: the tests restore thousands of times. */
static void image_put(const struct image *i, const char *directory)
{
	struct image now;

	image_take(&now, directory);
	for (unsigned n = 0; n < i->count; n++) {
		bool same = false;

		for (unsigned m = 0; m < now.count; m++)
			same |= strcmp(now.path[m], i->path[n]) == 0 && now.len[m] == i->len[n] &&
				memcmp(now.data[m], i->data[n], i->len[n]) == 0;
		if (!same)
			put_file(i->path[n], i->data[n], i->len[n]);
	}
	for (unsigned m = 0; m < now.count; m++) {
		bool known = false;

		for (unsigned n = 0; n < i->count; n++)
			known |= strcmp(now.path[m], i->path[n]) == 0;
		if (!known)
			unlink(now.path[m]);
	}
	image_free(&now);
}

static void assert_on_disk(const struct image *i, const char *directory)
{
	struct image now;

	image_take(&now, directory);
	assert_int_equal(now.count, i->count);
	for (unsigned n = 0; n < i->count; n++) {
		assert_string_equal(now.path[n], i->path[n]);
		assert_int_equal(now.len[n], i->len[n]);
		assert_true(memcmp(now.data[n], i->data[n], i->len[n]) == 0);
	}
	image_free(&now);
}

/* --- a journal to damage ------------------------------------------------------------------------
 */

struct fixture {
	char directory[DIRECTORY_TEXT];
	struct recorder recorder; /* positions and chains of all batches */
	struct image image;	  /* after the last batch, without `clean` */
	unsigned seed;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	directory_make(f->directory);
	f->seed = (unsigned)time(NULL);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	image_free(&f->image);
	directory_remove(f->directory);
	free(f);
	return 0;
}

struct shape {
	uint32_t count;
	size_t len;
};

/* Makes the segment after the last one, unless the engine came to it before it was closed. */
static void make_prepared(const struct fixture *f)
{
	char path[128];
	size_t len;
	struct segment_header h;
	uint8_t *data = NULL, *next = NULL;
	unsigned last = (unsigned)segment_decode_position(
				&f->recorder.batches[f->recorder.durable - 1].position)
				.segment;

	segment_path(path, f->directory, last + 1);
	if (access(path, F_OK) == 0)
		return;
	segment_path(path, f->directory, last);
	data = get_file(path, &len);
	assert_non_null(data);
	assert_int_equal(segment_decode_header(data, &h), STATUS_OK);
	h.segment = last + 1;
	next = calloc(1, len);
	segment_encode_header(next, &h);
	segment_path(path, f->directory, last + 1);
	put_file(path, next, len);
	free(next);
	free(data);
}

static void build(struct fixture *f, const struct shape *batches, unsigned count, bool clean)
{
	struct engine *e = must_open(f->directory, NULL);

	recorder_start(&f->recorder, e);
	for (unsigned i = 0; i < count; i++)
		append_one(e, &f->recorder, i + 1, batches[i].count, batches[i].len);
	must_close(e, clean);
	make_prepared(f);
	image_free(&f->image);
	image_take(&f->image, f->directory);
}

/* The bytes of batch `n` (from 0) in the image. */
static uint8_t *frame_of(struct fixture *f, unsigned n, size_t *ret_size)
{
	struct segment_position p = segment_decode_position(&f->recorder.batches[n].position);
	uint8_t *at =
		f->image.data[image_find(&f->image, f->directory, (unsigned)p.segment)] + p.offset;

	*ret_size = segment_claimed_size(at, at + 8);
	return at;
}

static struct embedded_applied applied_to(const struct fixture *f, unsigned n, bool trusted)
{
	const struct recorded *b = &f->recorder.batches[n];
	struct embedded_applied a = {.known = true,
				     .index = b->first_index + b->count - 1,
				     .position = b->position,
				     .trusted = trusted};

	memcpy(a.chain, b->chain_after, HASH_BYTES);
	return a;
}

static enum status open_and_close(struct fixture *f, const struct embedded_applied *applied,
				  struct embedded_found *ret_found,
				  struct engine_status *ret_status, struct error *err)
{
	struct engine *e;
	enum status s = try_open(f->directory, applied, ret_found, &e, err);

	if (s == STATUS_OK) {
		engine_status(e, ret_status);
		must_close(e, false);
	}
	return s;
}

/* Opening names damage by file and offset. */
static void assert_named(struct fixture *f, const struct embedded_applied *applied,
			 enum status expected)
{
	struct embedded_found found;
	struct engine_status status;
	struct error err = {.text = ""};
	enum status s = open_and_close(f, applied, &found, &status, &err);

	if (s != expected)
		fail_msg("answered %d (%s) instead of %d", s, err.text, expected);
	assert_non_null(strstr(err.text, f->directory));
	assert_non_null(strstr(err.text, "offset "));
}

/* ... and leaves every byte as it was. */
static void assert_damage(struct fixture *f, const struct embedded_applied *applied,
			  enum status expected)
{
	struct image before;

	image_take(&before, f->directory);
	assert_named(f, applied, expected);
	assert_on_disk(&before, f->directory);
	image_free(&before);
}

/* Opening finds the batches up to `n` (from 0; -1: none) and everything behind them zeroed. */
static void assert_recovered(struct fixture *f, const struct image *expected, int n)
{
	struct embedded_found found;
	struct engine_status status;
	struct error err = {.text = ""};

	if (open_and_close(f, NULL, &found, &status, &err) != STATUS_OK)
		fail_msg("open: %s", err.text);
	if (n >= 0) {
		const struct recorded *b = &f->recorder.batches[n];

		assert_int_equal(status.durable_index, b->first_index + b->count - 1);
		assert_memory_equal(status.chain, b->chain_after, HASH_BYTES);
		assert_memory_equal(&status.position, &b->position, sizeof b->position);
	} else {
		assert_int_equal(status.durable_index, 0);
	}
	assert_on_disk(expected, f->directory);
}

/* --- torn batches --------------------------------------------------------------------------------
 */

/* Calls on the last batch with some of its bytes missing, and recovers. `batches`: with the last.
 */
struct torn {
	struct fixture *f;
	unsigned batches;
	uint8_t *segment, *frame; /* in the file, mapped */
	uint8_t *whole;		  /* the frame as it was */
	uint8_t *before;	  /* the segment without it */
	size_t size;
};

static void torn_begin(struct torn *t, struct fixture *f, unsigned batches)
{
	struct segment_position p =
		segment_decode_position(&f->recorder.batches[batches - 1].position);
	char path[128];

	*t = (struct torn){.f = f, .batches = batches};
	segment_path(path, f->directory, (unsigned)p.segment);
	int fd = open(path, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	t->segment = mmap(NULL, SEG, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	assert_ptr_not_equal(t->segment, MAP_FAILED);
	close(fd);
	t->frame = t->segment + p.offset;
	t->size = segment_claimed_size(t->frame, t->frame + 8);
	assert_true(t->size > 0);
	t->whole = malloc(t->size);
	memcpy(t->whole, t->frame, t->size);
	t->before = malloc(SEG);
	memcpy(t->before, t->segment, SEG);
	memset(t->before + p.offset, 0, t->size);
}

/* Recovers from what the test has made of the frame. */
static void torn_check(struct torn *t)
{
	struct embedded_found found;
	struct engine_status status;
	struct error err = {.text = ""};
	bool complete = memcmp(t->frame, t->whole, t->size) == 0;
	unsigned left = t->batches - !complete;

	if (open_and_close(t->f, NULL, &found, &status, &err) != STATUS_OK)
		fail_msg("open: %s", err.text);
	if (left) {
		const struct recorded *b = &t->f->recorder.batches[left - 1];

		assert_int_equal(status.durable_index, b->first_index + b->count - 1);
		assert_memory_equal(status.chain, b->chain_after, HASH_BYTES);
		assert_memory_equal(&status.position, &b->position, sizeof b->position);
	} else {
		assert_int_equal(status.durable_index, 0);
	}
	if (complete) {
		assert_true(memcmp(t->frame, t->whole, t->size) == 0);
		memset(t->frame, 0, t->size);
	}
	assert_true(memcmp(t->segment, t->before, SEG) == 0);
}

static void torn_end(struct torn *t)
{
	munmap(t->segment, SEG);
	free(t->before);
	free(t->whole);
}

static void every_prefix_of_the_last_batch_is_repaired(void **state)
{
	struct fixture *f = *state;
	struct torn t;

	build(f, (struct shape[]){{2, 100}, {1, 700}, {3, 300}}, 3, false);
	torn_begin(&t, f, 3);
	assert_int_equal(t.size, 3 * SECTOR);
	for (size_t len = 0; len <= t.size; len += STEP) {
		memset(t.frame, 0, t.size);
		memcpy(t.frame, t.whole, len);
		/* Far from headers and sector ends every 16th is enough. */
		if (len < 300 || (len + 8) % SECTOR < 16 || len % 16 == 0)
			torn_check(&t);
	}
	torn_end(&t);
}

static void torn_by_mask(struct torn *t, uint64_t mask)
{
	for (size_t n = 0; n * SECTOR < t->size; n++)
		if (mask >> n % 64 & 1)
			memcpy(t->frame + n * SECTOR, t->whole + n * SECTOR, SECTOR);
		else
			memset(t->frame + n * SECTOR, 0, SECTOR);
}

static void every_subset_of_up_to_12_sectors_is_repaired(void **state)
{
	struct fixture *f = *state;
	/* One batch before, none, and the first of a segment. */
	static const struct {
		unsigned sectors, before;
	} cases[] = {{12, 1}, {7, 0}, {5, 3}};

	for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
		struct shape shapes[4] = {{1, 100}};
		struct torn t;

		if (cases[c].before == 3)
			for (int i = 0; i < 3; i++)
				shapes[i] = (struct shape){1, i < 2 ? HUGE_PAYLOAD
								    : HUGE_PAYLOAD + 147000};
		shapes[cases[c].before] = (struct shape){cases[c].sectors, SECTOR - 40};
		directory_empty(f->directory);
		build(f, shapes, cases[c].before + 1, false);
		torn_begin(&t, f, cases[c].before + 1);
		assert_int_equal(t.size, cases[c].sectors * SECTOR);
		assert_int_equal(f->recorder.batches[cases[c].before].position.bytes[7],
				 cases[c].before == 3 ? 2 : 1);
		for (uint64_t mask = 0; mask < 1u << cases[c].sectors; mask += STEP) {
			torn_by_mask(&t, mask);
			torn_check(&t);
		}
		torn_end(&t);
	}
}

static void seeded_subsets_of_many_sectors_are_repaired(void **state)
{
	struct fixture *f = *state;
	struct torn t;

	printf("seed %u\n", f->seed);
	srandom(f->seed);
	build(f, (struct shape[]){{1, 100}, {40, 700}}, 2, false);
	torn_begin(&t, f, 2);
	assert_true(t.size > 50 * SECTOR);
	for (int i = 0; i < 400; i += STEP) {
		uint64_t mask =
			(uint64_t)random() << 33 ^ (uint64_t)random() << 11 ^ (uint64_t)random();
		/* A few missing, half missing, nearly all missing. */
		if (i % 3 == 0)
			mask |= (uint64_t)random() << 33 ^ (uint64_t)random();
		if (i % 3 == 1)
			mask &= (uint64_t)random() << 33 ^ (uint64_t)random();
		torn_by_mask(&t, mask);
		torn_check(&t);
	}
	torn_end(&t);
}

static void after_a_torn_batch_appending_goes_on(void **state)
{
	struct fixture *f = *state;
	struct torn t;
	struct embedded_found found;
	struct read_back back;
	struct error err = {.text = ""};

	build(f, (struct shape[]){{2, 100}, {1, 700}, {30, 300}}, 3, false);
	torn_begin(&t, f, 3);
	torn_by_mask(&t, 0x5a5a);
	struct engine *e = must_open(f->directory, &found);
	assert_true(found.torn_bytes > 0 && found.torn_bytes <= t.size);
	assert_false(found.was_clean || found.fresh);
	recorder_start(&f->recorder, e);
	append_one(e, &f->recorder, 9, 1, 50);
	append_one(e, &f->recorder, 10, 4, 50);
	assert_int_equal(f->recorder.batches[0].first_index, 4);
	must_close(e, false);
	e = must_open(f->directory, &found);
	assert_int_equal(found.torn_bytes, 0);
	assert_int_equal(read_back(e, 1, NULL, &back, &err), STATUS_OK);
	assert_int_equal(back.last_index, 8);
	assert_int_equal(back.batches, 4);
	must_close(e, false);
	torn_end(&t);
}

/* --- damage
 * --------------------------------------------------------------------------------------- */

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

/* --- clean
 * ---------------------------------------------------------------------------------------- */

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

/* --- files
 * ---------------------------------------------------------------------------------------- */

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
	/* A segment under another one's name. */
	segment_path(to, f->directory, 3);
	put_file(to, f->image.data[image_find(&f->image, f->directory, 2)], SEG);
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

/* --- reading beside a writer
 * ------------------------------------------------------------------------ */

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

#define IN_FIXTURE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FIXTURE(every_prefix_of_the_last_batch_is_repaired),
		IN_FIXTURE(every_subset_of_up_to_12_sectors_is_repaired),
		IN_FIXTURE(seeded_subsets_of_many_sectors_are_repaired),
		IN_FIXTURE(after_a_torn_batch_appending_goes_on),
		IN_FIXTURE(every_flipped_byte_before_the_last_batch_is_damage),
		IN_FIXTURE(every_flipped_byte_of_the_last_batch_is_damage_to_who_knows_of_it),
		IN_FIXTURE(a_batch_behind_the_end_is_damage),
		IN_FIXTURE(a_batch_in_a_later_segment_is_damage),
		IN_FIXTURE(batches_in_another_order_are_damage),
		IN_FIXTURE(a_forged_batch_at_the_end_is_damage),
		IN_FIXTURE(a_journal_that_ends_before_the_state_is_damage),
		IN_FIXTURE(a_clean_stop_is_remembered_once),
		IN_FIXTURE(clean_and_another_end_is_damage),
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
