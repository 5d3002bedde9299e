/* A journal that a test damages: its files as images, built, changed, compared. */
#ifndef MANDATED_TESTS_ENGINE_IMAGE_H
#define MANDATED_TESTS_ENGINE_IMAGE_H

#include "engine/segment.h"
#include "engine_fixture.h"

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

/* --- images: the files as they are on disk --- */

struct image {
	unsigned count;
	char path[FILES_MAX][128];
	uint8_t *data[FILES_MAX];
	size_t len[FILES_MAX];
};

static inline void put_file(const char *path, const uint8_t *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), len);
	close(fd);
}

static inline uint8_t *get_file(const char *path, size_t *ret_len)
{
	struct stat file;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	*ret_len = 0;
	if (fd < 0)
		return NULL;
	assert_int_equal(fstat(fd, &file), 0);
	uint8_t *data = malloc((size_t)file.st_size + 1);
	assert_int_equal(read(fd, data, (size_t)file.st_size), file.st_size);
	close(fd);
	*ret_len = (size_t)file.st_size;
	return data;
}

static inline void image_take(struct image *i, const char *directory)
{
	*i = (struct image){0};
	for (unsigned n = 0; n < FILES_MAX; n++) {
		char path[128];

		if (n == 0)
			snprintf(path, sizeof path, "%s/clean", directory);
		else
			segment_path(path, directory, n);
		memcpy(i->path[i->count], path, sizeof path);
		i->data[i->count] = get_file(path, &i->len[i->count]);
		i->count += i->data[i->count] != NULL;
	}
}

static inline void image_free(struct image *i)
{
	for (unsigned n = 0; n < i->count; n++)
		free(i->data[n]);
}

/* The number of the file in the image: segment `number`, or 0 for clean. */
static inline unsigned image_find(const struct image *i, const char *directory, unsigned number)
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

static inline void image_copy(struct image *to, const struct image *from)
{
	*to = *from;
	for (unsigned n = 0; n < from->count; n++) {
		to->data[n] = malloc(from->len[n]);
		memcpy(to->data[n], from->data[n], from->len[n]);
	}
}

/* Writes only what differs: the tests restore thousands of times. */
static inline void image_put(const struct image *i, const char *directory)
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

static inline void assert_on_disk(const struct image *i, const char *directory)
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

/* --- a journal to damage --- */

struct fixture {
	char directory[DIRECTORY_TEXT];
	struct recorder recorder; /* positions and chains of all batches */
	struct image image;	  /* after the last batch, without `clean` */
	unsigned seed;
};

static inline int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	directory_make(f->directory);
	f->seed = (unsigned)time(NULL);
	*state = f;
	return 0;
}

static inline int teardown(void **state)
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
static inline void make_prepared(const struct fixture *f)
{
	char path[128];
	size_t len = 0;
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

static inline void build(struct fixture *f, const struct shape *batches, unsigned count, bool clean)
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
static inline uint8_t *frame_of(struct fixture *f, unsigned n, size_t *ret_size)
{
	struct segment_position p = segment_decode_position(&f->recorder.batches[n].position);
	uint8_t *at =
		f->image.data[image_find(&f->image, f->directory, (unsigned)p.segment)] + p.offset;

	*ret_size = segment_claimed_size(at, at + 8);
	return at;
}

static inline struct embedded_applied applied_to(const struct fixture *f, unsigned n, bool trusted)
{
	const struct recorded *b = &f->recorder.batches[n];
	struct embedded_applied a = {.known = true,
				     .index = b->first_index + b->count - 1,
				     .position = b->position,
				     .trusted = trusted};

	memcpy(a.chain, b->chain_after, HASH_BYTES);
	return a;
}

static inline enum status open_and_close(struct fixture *f, const struct embedded_applied *applied,
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
static inline void assert_named(struct fixture *f, const struct embedded_applied *applied,
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
static inline void assert_damage(struct fixture *f, const struct embedded_applied *applied,
				 enum status expected)
{
	struct image before;

	image_take(&before, f->directory);
	assert_named(f, applied, expected);
	assert_on_disk(&before, f->directory);
	image_free(&before);
}

/* Opening finds the batches up to `n` (from 0; -1: none) and everything behind them zeroed. */
static inline void assert_recovered(struct fixture *f, const struct image *expected, int n)
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

#define IN_FIXTURE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

#endif
