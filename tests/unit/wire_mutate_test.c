/* Messages damaged at random: none does harm, and what is accepted packs to the bytes that came.
 * Prints its seed; MUTATE_SEED and MUTATE_ROUNDS repeat or lengthen a run. */
#include "wire_sample.h"

#include "base/clock.h"
#include "model/codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

static uint64_t random_state;

static uint64_t draw(uint64_t below) /* xorshift */
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state % below;
}

static uint64_t from_environment(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : otherwise;
}

/* Numbers that like to be wrong. */
static uint8_t draw_byte(void)
{
	static const uint8_t liked[] = {0,    1,    2,	  0x7f, 0x80, 0xff,
					0x08, 0x0a, 0x10, 0x12, ':',  ' '};

	return draw(2) ? liked[draw(sizeof liked)] : (uint8_t)draw(256);
}

static void damage(struct pen *p)
{
	size_t at = draw(p->len), span = 1 + draw(4);

	switch (draw(6)) {
	case 0:
		p->data[at] = draw_byte();
		break;
	case 1:
		p->data[at] ^= (uint8_t)(1u << draw(8));
		break;
	case 2: /* take away */
		if (span > p->len - at)
			span = p->len - at;
		memmove(p->data + at, p->data + at + span, p->len - at - span);
		p->len -= span;
		break;
	case 3: /* put in */
		memmove(p->data + at + 1, p->data + at, p->len - at);
		p->data[at] = draw_byte();
		p->len++;
		break;
	case 4: /* repeat */
		if (span > p->len - at)
			span = p->len - at;
		memmove(p->data + at + span, p->data + at, p->len - at);
		p->len += span;
		break;
	case 5: /* cut */
		p->len = at;
		break;
	}
}

/* Held against protobuf-c itself: accepted means that it packs to the same bytes, and a fault of
 * encoding means that it does not. */
static bool check_against_library(struct arena *a, const struct message_rule *rule,
				  struct bytes bytes)
{
	struct wire_fault fault = {0};
	struct bytes again;
	bool good = check_bytes(rule, bytes, &fault);
	ProtobufCMessage *m = codec_decode(a, rule->type, bytes);
	bool same = m && codec_encode(a, m, &again) == STATUS_OK && bytes_equal(bytes, again);

	if (good)
		assert_true(same);
	if (fault.code == MANDATE__CODE__CODE_NOT_CANONICAL)
		assert_false(same);
	if (fault.code == MANDATE__CODE__CODE_GARBAGE && !strstr(fault.text, "daemon"))
		assert_false(same);
	return good;
}

static void damaged_messages_do_no_harm(void **state)
{
	struct rule_list all = all_rules();
	uint64_t rounds = from_environment("MUTATE_ROUNDS", 200000), accepted = 0;
	struct arena a;

	(void)state;
	random_state = from_environment("MUTATE_SEED", clock_mono_ns() | 1);
	print_message("seed %llu\n", (unsigned long long)random_state);
	arena_init(&a, DECODE_BYTES_MAX);
	static struct pen sample, p;
	for (uint64_t i = 0; i < rounds; i++) {
		const struct message_rule *rule = all.rules[draw(all.count)];

		sample.len = 0;
		sample_message(&sample, rule, (unsigned)draw(SAMPLE_MEMBERS));
		memcpy(p.data, sample.data, p.len = sample.len);
		for (uint64_t n = draw(3) + 1; n > 0 && p.len > 0; n--)
			damage(&p);
		accepted += check_against_library(&a, rule, pen_bytes(&p));
		arena_reset(&a);
	}
	print_message("%llu of %llu accepted\n", (unsigned long long)accepted,
		      (unsigned long long)rounds);
	assert_true(accepted > rounds / 100); /* some damage is only another value */
	assert_true(accepted < rounds / 2);
	arena_fini(&a);
}

/* The same through the door: envelopes with submissions whose facts are damaged. */
static void damaged_frames_do_no_harm(void **state)
{
	uint64_t rounds = from_environment("MUTATE_ROUNDS", 200000) / 4, accepted = 0;
	static struct pen frame, inner;
	struct arena a;

	(void)state;
	random_state = from_environment("MUTATE_SEED", clock_mono_ns() | 1);
	print_message("seed %llu\n", (unsigned long long)random_state);
	arena_init(&a, DECODE_BYTES_MAX);
	for (uint64_t i = 0; i < rounds; i++) {
		struct wire_message m;
		struct wire_fault fault = {0};
		uint64_t correlation;

		inner.len = frame.len = 0;
		sample_message(&inner, &fields_submission, (unsigned)draw(SAMPLE_MEMBERS));
		if (draw(2))
			damage(&inner);
		pen_raw(&frame, "\x08\x01\x10\x07", 4);
		pen_bytes_field(&frame, 10, pen_bytes(&inner));
		if (draw(2))
			damage(&frame);
		bool good = wire_decode(&a, pen_bytes(&frame), &m, &correlation, &fault);
		assert_int_equal(good, fault.code == 0);
		if (good) {
			struct bytes again;

			accepted++;
			assert_int_equal(codec_encode(&a, &m.envelope->base, &again), STATUS_OK);
			assert_true(bytes_equal(again, pen_bytes(&frame)));
			if (m.submission) {
				assert_int_equal(codec_encode(&a, &m.submission->base, &again),
						 STATUS_OK);
				assert_true(bytes_equal(again, m.submission_bytes));
			}
		}
		arena_reset(&a);
	}
	print_message("%llu of %llu accepted\n", (unsigned long long)accepted,
		      (unsigned long long)rounds);
	arena_fini(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(damaged_messages_do_no_harm),
		cmocka_unit_test(damaged_frames_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
