/* The layout to the byte. The expected bytes were computed from the drawing in segment.h by another
 * program in another language. */
#include "engine/segment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static const char header_start[] =
	"6d616e647365676d0000000100000000000102030405060708090a0b0c0d0e0f"
	"00000000000000070000000000100000";
static const char header_check[] =
	"862ceb19cfb1b19e3cdae3e6233eda9a460aed165b6c068097f3448a1f862d6f";
static const char frame_bytes[] = "6d616e6462617463000102030405060708090a0b0c0d0e0f0000000000000003"
				  "00000000000000050000000300000038c7cb5d1a1a214f1d833a21fe6c7b2420"
				  "e417c2f220784cbe90072975131bc36700000000000000000000000000000000"
				  "ba2dca5ad551bd6ef0af6ff7d7594124c45abb9928ceed048ae6d0d470d58043"
				  "00000001756081696100000000000000000000089d81b0a83132333435363738"
				  "00000009ad10b49170656163656b65657000000000000000";
static const char chain_end[] = "318634322c080128ccc309ae022d080275b9eaab01815be7a3e3ceda28282f38";
static const char clean_bytes[] = "6d616e64636c6561000102030405060708090a0b0c0d0e0f0000000000000003"
				  "0000000000000007318634322c080128ccc309ae022d080275b9eaab01815be7"
				  "a3e3ceda28282f38157b72859ce66fa807fefe620b6b5742cfd61634c69949a4"
				  "981faba94fecb016";

static const uint8_t instance[INSTANCE_BYTES] = {0, 1, 2,  3,  4,  5,  6,  7,
						 8, 9, 10, 11, 12, 13, 14, 15};
static struct bytes payloads[BATCH_ENTRIES_MAX];

static void assert_hex(const uint8_t *data, size_t len, const char *expected)
{
	char text[1024];

	assert_true(2 * len < sizeof text);
	hash_hex(text, data, len);
	assert_string_equal(text, expected);
}

/* Three entries from index 5 on, batch 3. */
static size_t make_frame(uint8_t *ret_frame, uint8_t *ret_chain)
{
	struct bytes entries[] = {bytes_of_text("a"), bytes_of_text("12345678"),
				  bytes_of_text("peacekeep")};

	assert_int_equal(segment_measure_frame(entries, 3), 512);
	segment_chain_start(ret_chain, instance);
	memset(ret_frame, 0xff, 512);
	return segment_encode_frame(ret_frame, instance, 3, 5, entries, 3, ret_chain);
}

static void the_segment_header_is_as_drawn(void **state)
{
	uint8_t bytes[SEGMENT_HEADER_BYTES];
	struct segment_header h = {.segment = 7, .size_bytes = SEGMENT_BYTES_MIN}, back;

	(void)state;
	memcpy(h.instance, instance, INSTANCE_BYTES);
	segment_encode_header(bytes, &h);
	assert_hex(bytes, 48, header_start);
	assert_true(segment_all_zero(bytes_of(bytes + 48, 480 - 48)));
	assert_hex(bytes + 480, HASH_BYTES, header_check);
	assert_int_equal(segment_decode_header(bytes, &back), STATUS_OK);
	assert_memory_equal(&back, &h, sizeof h);
}

static void the_frame_is_as_drawn(void **state)
{
	uint8_t frame[512], chain[HASH_BYTES];
	struct segment_frame f;

	(void)state;
	assert_int_equal(make_frame(frame, chain), 512);
	assert_hex(frame, 184, frame_bytes);
	assert_true(segment_all_zero(bytes_of(frame + 184, 512 - 184)));
	assert_hex(chain, HASH_BYTES, chain_end);
	assert_true(segment_decode_frame(bytes_of(frame, 512), instance, &f, payloads));
	assert_int_equal(f.batch, 3);
	assert_int_equal(f.first_index, 5);
	assert_int_equal(f.count, 3);
	assert_int_equal(f.size_bytes, 512);
	assert_true(bytes_equal(payloads[2], bytes_of_text("peacekeep")));
	assert_int_equal(segment_claimed_size(frame, instance), 512);
}

static void the_clean_file_and_the_position_are_as_drawn(void **state)
{
	uint8_t frame[512], bytes[SEGMENT_CLEAN_BYTES];
	struct segment_clean c = {.batch = 3, .applied_index = 7}, back;
	struct segment_position p = {.segment = 1, .offset = 512, .batch = 3};

	(void)state;
	memcpy(c.instance, instance, INSTANCE_BYTES);
	make_frame(frame, c.chain);
	segment_encode_clean(bytes, &c);
	assert_hex(bytes, sizeof bytes, clean_bytes);
	assert_int_equal(segment_decode_clean(bytes_of(bytes, sizeof bytes), &back), STATUS_OK);
	assert_memory_equal(&back, &c, sizeof c);
	struct engine_position encoded = segment_encode_position(p);
	assert_hex(encoded.bytes, sizeof encoded,
		   "000000000000000100000000000002000000000000000003");
	assert_int_equal(segment_decode_position(&encoded).offset, 512);
}

static void no_flipped_bit_checks(void **state)
{
	uint8_t frame[512], header[SEGMENT_HEADER_BYTES], clean[SEGMENT_CLEAN_BYTES];
	uint8_t chain[HASH_BYTES];
	struct segment_header h = {.segment = 1, .size_bytes = SEGMENT_BYTES_MIN};
	struct segment_clean c = {.batch = 1};
	struct segment_frame f;

	(void)state;
	make_frame(frame, chain);
	segment_encode_header(header, &h);
	segment_encode_clean(clean, &c);
	for (size_t bit = 0; bit < 512 * 8; bit++) {
		uint8_t mask = (uint8_t)(1 << bit % 8);

		frame[bit / 8] ^= mask;
		header[bit / 8] ^= mask;
		assert_false(segment_decode_frame(bytes_of(frame, 512), instance, &f, payloads));
		assert_int_not_equal(segment_decode_header(header, &h), STATUS_OK);
		frame[bit / 8] ^= mask;
		header[bit / 8] ^= mask;
		if (bit >= sizeof clean * 8)
			continue;
		clean[bit / 8] ^= mask;
		assert_int_equal(segment_decode_clean(bytes_of(clean, sizeof clean), &c),
				 STATUS_CORRUPT);
		clean[bit / 8] ^= mask;
	}
	assert_true(segment_decode_frame(bytes_of(frame, 512), instance, &f, payloads));
}

static void a_frame_cut_short_or_of_another_instance_does_not_check(void **state)
{
	uint8_t frame[512], chain[HASH_BYTES], other[INSTANCE_BYTES] = {9};
	struct segment_frame f;

	(void)state;
	make_frame(frame, chain);
	for (size_t len = 0; len < 512; len++)
		assert_false(segment_decode_frame(bytes_of(frame, len), instance, &f, payloads));
	assert_false(segment_decode_frame(bytes_of(frame, 512), other, &f, payloads));
	assert_int_equal(segment_claimed_size(frame, other), 0);
}

/* A frame with a true hash over entries that make no sense: whoever can compute H. */
static void a_frame_of_nonsense_with_a_true_hash_does_not_check(void **state)
{
	uint8_t good[512], frame[512], chain[HASH_BYTES];
	struct segment_frame f;
	static const struct {
		size_t at;
		uint32_t value;
	} wrong[] = {{40, 0},		{40, 2},  {40, 4},  {40, UINT32_MAX}, {36, 0},
		     {44, 0},		{44, 48}, {44, 64}, {44, UINT32_MAX}, {128, 0},
		     {128, UINT32_MAX}, {128, 2}, {132, 0}, {144, 7},	      {160, 16},
		     {44, 384},		{44, 385}};

	(void)state;
	make_frame(good, chain);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		memcpy(frame, good, sizeof frame);
		put_u32(frame + wrong[i].at, wrong[i].value);
		size_t len = get_u32(frame + 44) < 384 ? get_u32(frame + 44) : 384;
		hash_parts(frame + 96,
			   (struct bytes[]){bytes_of(frame, 96), bytes_of(frame + 128, len)}, 2);
		assert_false(segment_decode_frame(bytes_of(frame, 512), instance, &f, payloads));
	}
}

static void another_version_is_foreign(void **state)
{
	uint8_t bytes[SEGMENT_HEADER_BYTES];
	struct segment_header h = {.segment = 7, .size_bytes = SEGMENT_BYTES_MIN};

	(void)state;
	segment_encode_header(bytes, &h);
	put_u32(bytes + 8, SEGMENT_VERSION + 1);
	hash_one(bytes + 480, bytes_of(bytes, 480));
	assert_int_equal(segment_decode_header(bytes, &h), STATUS_FOREIGN);
	bytes[0] ^= 1;
	assert_int_equal(segment_decode_header(bytes, &h), STATUS_FOREIGN);
}

static void the_chain_does_not_depend_on_how_entries_are_batched(void **state)
{
	uint8_t frame[512], chain[HASH_BYTES], one_by_one[HASH_BYTES];
	struct bytes entries[] = {bytes_of_text("a"), bytes_of_text("12345678"),
				  bytes_of_text("peacekeep")};

	(void)state;
	make_frame(frame, chain);
	segment_chain_start(one_by_one, instance);
	for (uint32_t i = 0; i < 3; i++)
		segment_encode_frame(frame, instance, i, 5 + i, &entries[i], 1, one_by_one);
	assert_memory_equal(chain, one_by_one, HASH_BYTES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_segment_header_is_as_drawn),
		cmocka_unit_test(the_frame_is_as_drawn),
		cmocka_unit_test(the_clean_file_and_the_position_are_as_drawn),
		cmocka_unit_test(no_flipped_bit_checks),
		cmocka_unit_test(a_frame_cut_short_or_of_another_instance_does_not_check),
		cmocka_unit_test(a_frame_of_nonsense_with_a_true_hash_does_not_check),
		cmocka_unit_test(another_version_is_foreign),
		cmocka_unit_test(the_chain_does_not_depend_on_how_entries_are_batched),
	};

	if (hash_init() != STATUS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
