/* libmandate's streams against a daemon of the test's making: whatever is lost, every event is
 * given once, in order, and the chain is checked. */
#include "fake_stream.h"

static void every_event_once_within_the_credit(void **state)
{
	struct fixture *f = *state;

	subscribe(f, (struct mandate_subscription){.credit_bytes = 4096, .verify = true});
	until(f, COUNT, 0);
	assert_int_equal(f->given, COUNT);
	assert_int_equal(f->through, COUNT);
	assert_memory_equal(f->hash, f->history[COUNT].hash, HASH_BYTES);
	assert_int_equal(f->subscribes, 1);
}

static void a_lost_connection_is_resumed_without_repeating(void **state)
{
	struct fixture *f = *state;

	subscribe(f, (struct mandate_subscription){.verify = true});
	for (uint64_t last = 50; last <= COUNT; last += 50) {
		until(f, last, 0);
		fake_unbind(&f->daemon);
		f->streaming = false;
		fake_bind(&f->daemon);
	}
	assert_int_equal(f->given, COUNT);
	assert_int_equal(f->subscribes, COUNT / 50);
	assert_false(f->ended);
}

static void a_filtered_chain_is_verified_by_digests(void **state)
{
	struct fixture *f = *state;
	char *operations[] = {(char[]){"MONUC"}};
	Mandate__Filter filter = MANDATE__FILTER__INIT;

	filter.n_operations = 1;
	filter.operations = operations;
	subscribe(f, (struct mandate_subscription){.filter = &filter, .verify = true});
	until(f, COUNT, 3);
	assert_true(f->digests);
	assert_false(f->ended);
	assert_int_equal(f->given, COUNT - COUNT / 3);
	assert_memory_equal(f->hash, f->history[COUNT].hash, HASH_BYTES);
}

static void what_has_left_is_named_and_its_digest_verified(void **state)
{
	struct fixture *f = *state;

	f->leaving = true;
	subscribe(f, (struct mandate_subscription){.verify = true});
	until(f, COUNT, 3);
	assert_true(f->digests); /* not only a filter hides events */
	assert_false(f->ended);
	assert_int_equal(f->left, COUNT / 3);
	assert_int_equal(f->given, COUNT - COUNT / 3);
	assert_memory_equal(f->hash, f->history[COUNT].hash, HASH_BYTES);
}

static void a_changed_event_is_noticed(void **state)
{
	struct fixture *f = *state;

	f->history[100].bytes[f->history[100].len - 1] ^= 1;
	subscribe(f, (struct mandate_subscription){.verify = true});
	until(f, COUNT, 0);
	assert_true(f->ended);
	assert_int_equal(f->code, MANDATE__CODE__CODE_DAMAGED);
	assert_in_range(f->last, 99, 102); /* at the next position that the daemon vouches for */
}

static void a_missing_revision_is_noticed(void **state)
{
	struct fixture *f = *state;

	subscribe(f, (struct mandate_subscription){.verify = true});
	until(f, 50, 0);
	f->at++;
	uint64_t end_ms = clock_mono_ms() + WAIT_MS;
	while (!f->ended && clock_mono_ms() < end_ms) {
		send_frame(f, 4, 0);
		pump(f);
	}
	assert_int_equal(f->code, MANDATE__CODE__CODE_DAMAGED);
	assert_true(f->last >= 50 && f->last <= 52);
}

static void another_history_ends_the_stream(void **state)
{
	struct fixture *f = *state;
	uint8_t wrong[HASH_BYTES] = {1};

	subscribe(f, (struct mandate_subscription){.after_revision = 30, .event_hash = wrong});
	until(f, COUNT, 0);
	assert_true(f->ended);
	assert_int_equal(f->code, MANDATE__CODE__CODE_DIVERGED);
	assert_int_equal(f->given, 0);
}

static void a_stopping_daemon_is_asked_again(void **state)
{
	struct fixture *f = *state;

	subscribe(f, (struct mandate_subscription){0});
	until(f, 20, 0);
	end_stream(f, MANDATE__CODE__CODE_STOPPING);
	until(f, COUNT, 0);
	assert_int_equal(f->given, COUNT);
	assert_int_equal(f->subscribes, 2);
	assert_true(f->has_hash); /* told by the frame */
}

static void a_named_stream_confirms_what_it_has_when_it_is_quiet(void **state)
{
	struct fixture *f = *state;
	uint64_t end_ms = clock_mono_ms() + WAIT_MS;

	subscribe(f, (struct mandate_subscription){.name = "hq"});
	until(f, 20, 0);
	while (f->credit != MANDATE_CREDIT_DEFAULT && clock_mono_ms() < end_ms)
		pump(f);
	assert_int_equal(f->credit, MANDATE_CREDIT_DEFAULT);
}

/* Or the next run of a program begins before what this one had. */
static void a_named_stream_confirms_what_it_has_when_it_is_given_up(void **state)
{
	struct fixture *f = *state;

	subscribe(f, (struct mandate_subscription){.name = "hq"});
	until(f, 3, 0);
	assert_true(f->credit < MANDATE_CREDIT_DEFAULT);
	mandate_unsubscribe(f->m, f->stream);
	for (uint64_t end_ms = clock_mono_ms() + WAIT_MS; f->streaming && clock_mono_ms() < end_ms;)
		pump(f);
	assert_false(f->streaming);
	assert_int_equal(f->credit, MANDATE_CREDIT_DEFAULT);
}

/* The day of its position: the caller's first, then that of the last frame. */
static void a_resumed_stream_says_on_which_day_it_was_last_told(void **state)
{
	static const int32_t day = 12700;
	struct fixture *f = *state;

	f->tells_day = true;
	f->day = 12705;
	subscribe(f, (struct mandate_subscription){
			     .after_revision = 30, .event_hash = f->history[30].hash, .day = &day});
	until(f, 50, 0);
	assert_true(f->asked_day && f->asked_on == day);
	fake_unbind(&f->daemon);
	f->streaming = false;
	fake_bind(&f->daemon);
	until(f, COUNT, 0);
	assert_int_equal(f->subscribes, 2);
	assert_true(f->asked_day && f->asked_on == 12705);
}

static void a_daemon_that_tells_no_day_is_told_none(void **state)
{
	struct fixture *f = *state;

	subscribe(f, (struct mandate_subscription){0});
	until(f, 50, 0);
	fake_unbind(&f->daemon);
	f->streaming = false;
	fake_bind(&f->daemon);
	until(f, COUNT, 0);
	assert_int_equal(f->subscribes, 2);
	assert_false(f->asked_day);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(every_event_once_within_the_credit),
		TEST(a_lost_connection_is_resumed_without_repeating),
		TEST(a_filtered_chain_is_verified_by_digests),
		TEST(what_has_left_is_named_and_its_digest_verified),
		TEST(a_changed_event_is_noticed),
		TEST(a_missing_revision_is_noticed),
		TEST(another_history_ends_the_stream),
		TEST(a_stopping_daemon_is_asked_again),
		TEST(a_named_stream_confirms_what_it_has_when_it_is_quiet),
		TEST(a_named_stream_confirms_what_it_has_when_it_is_given_up),
		TEST(a_resumed_stream_says_on_which_day_it_was_last_told),
		TEST(a_daemon_that_tells_no_day_is_told_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
