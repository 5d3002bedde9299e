/* What a power cut can leave of the last batch is repaired. */
#include "engine_image.h"

#include <sys/mman.h>

/* --- torn batches --- */

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FIXTURE(every_prefix_of_the_last_batch_is_repaired),
		IN_FIXTURE(every_subset_of_up_to_12_sectors_is_repaired),
		IN_FIXTURE(seeded_subsets_of_many_sectors_are_repaired),
		IN_FIXTURE(after_a_torn_batch_appending_goes_on),
	};

	if (hash_init() != STATUS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
