/* What an office may take: rates, bytes of a day, turns. */
#include "service/quota.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { START_MS = 1000000 };

/* --- buckets ------------------------------------------------------------------------------- */

static void a_second_is_there_at_once_and_no_more(void **state)
{
	static const uint64_t rates[] = {1, 7, 100, 20000, 1000000, OFFICE_BYTES_PER_SECOND_MOST};

	(void)state;
	for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
		struct bucket b;
		uint32_t wait_ms = 0;
		uint64_t taken = 0, step = rates[i] > 100 ? rates[i] / 100 : 1;

		bucket_init(&b, rates[i], START_MS);
		while (bucket_open(&b, START_MS, &wait_ms)) {
			bucket_take(&b, START_MS, (uint32_t)step);
			taken += step;
		}
		assert_true(taken >= rates[i] && taken < rates[i] + step + 1);
	}
}

/* The time that is told is true: open then, shut a millisecond before. */
static void who_waits_as_long_as_told_is_let_in(void **state)
{
	static const uint64_t rates[] = {1, 3, 10, 999, 20000, 1000000};
	static const uint32_t amounts[] = {1, 2, 5, 1000, 32768};

	(void)state;
	for (size_t i = 0; i < sizeof rates / sizeof *rates; i++)
		for (size_t k = 0; k < sizeof amounts / sizeof *amounts; k++) {
			struct bucket b, copy;
			uint32_t wait_ms = 0, again_ms = 0;
			uint64_t now_ms = START_MS;

			bucket_init(&b, rates[i], now_ms);
			for (int round = 0; round < 3; round++) {
				while (bucket_open(&b, now_ms, &wait_ms))
					bucket_take(&b, now_ms, amounts[k]);
				assert_true(wait_ms > 0);
				copy = b;
				assert_false(bucket_open(&copy, now_ms + wait_ms - 1, &again_ms));
				assert_int_equal(again_ms, 1);
				now_ms += wait_ms;
				assert_true(bucket_open(&b, now_ms, &wait_ms));
			}
		}
}

static void over_time_no_more_passes_than_the_rate(void **state)
{
	enum { RATE = 500, SECONDS = 20, BYTES = 1 };
	struct bucket b;
	uint32_t wait_ms;
	uint64_t passed = 0;

	(void)state;
	bucket_init(&b, RATE, START_MS);
	/* Somebody who does not wait: four tries a millisecond. */
	for (uint64_t ms = 0; ms < SECONDS * 1000; ms++)
		for (int i = 0; i < 4; i++)
			if (bucket_open(&b, START_MS + ms, &wait_ms)) {
				bucket_take(&b, START_MS + ms, BYTES);
				passed++;
			}
	assert_in_range(passed, RATE * SECONDS, RATE * (SECONDS + 1) + 1);
}

static void what_could_not_be_refused_is_paid_back(void **state)
{
	struct bucket b;
	uint32_t wait_ms = 0;

	(void)state;
	bucket_init(&b, 100, START_MS);
	bucket_take(&b, START_MS, 300);
	assert_false(bucket_open(&b, START_MS, &wait_ms));
	assert_int_equal(wait_ms, 2100); /* two seconds' worth, and a tenth to begin with */
	for (int i = 0; i < 100; i++)
		bucket_take(&b, START_MS, UINT32_MAX);
	assert_false(bucket_open(&b, START_MS, &wait_ms));
	assert_int_equal(wait_ms, 60100); /* but not for ever */
	bucket_init(&b, 100, START_MS);
	bucket_take(&b, START_MS, 50);
	assert_true(
		bucket_open(&b, START_MS - 500, &wait_ms)); /* a clock never goes back: nothing */
}

/* --- an office ----------------------------------------------------------------------------- */

static int setup(void **state)
{
	static const struct quota_rates rates = {.messages_per_second = 100,
						 .bytes_per_second = 65536,
						 .journal_bytes_per_day = 10000};
	struct quotas *all = NULL;

	if (quota_new(&rates, &all) != STATUS_OK)
		return -1;
	*state = all;
	return 0;
}

static int teardown(void **state)
{
	quota_free(*state);
	return 0;
}

/* Messages of so many bytes until it is told to wait. */
static unsigned messages_until_told(struct quota *q, size_t bytes, uint32_t *ret_wait_ms)
{
	unsigned sent = 0;

	while (sent < 10000 && quota_message_allowed(q, START_MS, ret_wait_ms)) {
		quota_message(q, START_MS, bytes);
		sent++;
	}
	return sent;
}

static void messages_and_bytes_are_counted_by_office(void **state)
{
	uint32_t wait_ms = 0;

	assert_int_equal(messages_until_told(quota_of(*state, "FIELD", START_MS), 10, &wait_ms),
			 100);
	assert_int_equal(wait_ms, 100);
	/* Another one is not concerned, and has a limit of bytes, too. */
	assert_int_equal(messages_until_told(quota_of(*state, "HQ", START_MS), 32768, &wait_ms), 2);
	assert_int_equal(wait_ms, 100);
	assert_int_equal(messages_until_told(quota_of(*state, "local", START_MS), 32768, &wait_ms),
			 10000);
	/* Asked for again it is the same one. */
	assert_false(quota_message_allowed(quota_of(*state, "FIELD", START_MS + 99), START_MS + 99,
					   &wait_ms));
	assert_true(quota_message_allowed(quota_of(*state, "FIELD", START_MS + 100), START_MS + 100,
					  &wait_ms));
}

static void the_journal_is_counted_by_day(void **state)
{
	struct quota *field = quota_of(*state, "FIELD", START_MS);
	struct quota *local = quota_of(*state, "local", START_MS);

	for (int day = 1; day <= 2; day++) {
		for (int i = 0; i < 10; i++) {
			assert_true(quota_journal_allowed(*state, field, day, 1000));
			quota_journal(field, day, 1000);
		}
		assert_false(quota_journal_allowed(*state, field, day, 1));
	}
	quota_journal(local, 1, 1000000);
	assert_true(quota_journal_allowed(*state, local, 1, 1000));
}

static bool is_hq(void *ctx, const char *office)
{
	(void)ctx;
	return strcmp(office, "HQ") == 0;
}

static void who_is_off_the_roll_is_forgotten_when_nothing_is_under_way(void **state)
{
	uint32_t wait_ms;
	struct quota *waits = quota_of(*state, "WAITS", START_MS);

	messages_until_told(quota_of(*state, "FIELD", START_MS), 10, &wait_ms);
	messages_until_told(quota_of(*state, "HQ", START_MS), 10, &wait_ms);
	waits->waiting = (struct turns *)waits; /* anything */
	quota_turn(*state, quota_of(*state, "FIELD", START_MS), 1, START_MS);
	quota_sweep(*state, is_hq, NULL);
	assert_int_equal(quota_busy(*state, START_MS), 0);
	assert_ptr_equal(quota_of(*state, "WAITS", START_MS), waits);
	assert_false(quota_message_allowed(quota_of(*state, "HQ", START_MS), START_MS, &wait_ms));
	assert_true(quota_message_allowed(quota_of(*state, "FIELD", START_MS), START_MS, &wait_ms));
}

/* --- turns --------------------------------------------------------------------------------- */

/* So many of its submissions go into a batch. */
static size_t turns_in(struct quotas *all, struct quota *q, uint64_t batch, uint64_t now_ms)
{
	size_t n = 0;

	while (n < 1000 && quota_turn_allowed(all, q, batch, now_ms)) {
		quota_turn(all, q, batch, now_ms);
		n++;
	}
	return n;
}

static void alone_a_batch_is_ones_own_among_others_a_share_of_it(void **state)
{
	struct quota *flood = quota_of(*state, "FLOOD", START_MS);
	struct quota *field = quota_of(*state, "FIELD", START_MS);

	assert_int_equal(turns_in(*state, flood, 1, START_MS), 1000);
	/* The other one comes: it has a turn at once, in the batch that fills. */
	assert_true(quota_turn_allowed(*state, field, 1, START_MS));
	quota_turn(*state, field, 1, START_MS);
	assert_false(quota_turn_allowed(*state, flood, 1, START_MS));
	assert_int_equal(turns_in(*state, flood, 2, START_MS), BATCH_SHARED_MAX / 2);
	assert_int_equal(turns_in(*state, field, 2, START_MS), BATCH_SHARED_MAX / 2);
	assert_int_equal(turns_in(*state, flood, 3, START_MS + TURN_MEMORY_MS - 1),
			 BATCH_SHARED_MAX / 2);
	/* It has not come for long. */
	assert_int_equal(turns_in(*state, flood, 4, START_MS + TURN_MEMORY_MS + TURN_COUNT_MS),
			 1000);
}

static void many_have_the_least_share_each(void **state)
{
	char name[24];

	for (int i = 0; i < 40; i++) {
		snprintf(name, sizeof name, "OFFICE %d", i);
		quota_turn(*state, quota_of(*state, name, START_MS), 1, START_MS);
	}
	assert_int_equal(quota_busy(*state, START_MS), 40);
	for (int i = 0; i < 40; i++) {
		snprintf(name, sizeof name, "OFFICE %d", i);
		assert_int_equal(turns_in(*state, quota_of(*state, name, START_MS), 2, START_MS),
				 BATCH_SHARE_MIN);
	}
}

static void who_waits_is_found_once_each(void **state)
{
	char name[24];
	int found = 0;

	assert_null(quota_next_waiting(*state, NULL));
	for (int i = 0; i < 600; i++) {
		snprintf(name, sizeof name, "OFFICE %d", i);
		struct quota *q = quota_of(*state, name, START_MS);
		q->waiting = i % 3 ? NULL : (struct turns *)q;
	}
	for (struct quota *q = NULL; (q = quota_next_waiting(*state, q)) != NULL; found++)
		assert_ptr_equal(q->waiting, q);
	assert_int_equal(found, 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_second_is_there_at_once_and_no_more),
		cmocka_unit_test(who_waits_as_long_as_told_is_let_in),
		cmocka_unit_test(over_time_no_more_passes_than_the_rate),
		cmocka_unit_test(what_could_not_be_refused_is_paid_back),
		cmocka_unit_test_setup_teardown(messages_and_bytes_are_counted_by_office, setup,
						teardown),
		cmocka_unit_test_setup_teardown(the_journal_is_counted_by_day, setup, teardown),
		cmocka_unit_test_setup_teardown(
			who_is_off_the_roll_is_forgotten_when_nothing_is_under_way, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			alone_a_batch_is_ones_own_among_others_a_share_of_it, setup, teardown),
		cmocka_unit_test_setup_teardown(many_have_the_least_share_each, setup, teardown),
		cmocka_unit_test_setup_teardown(who_waits_is_found_once_each, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
