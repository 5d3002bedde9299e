/* Acts that wait for their cause, in the test's own time: when they go again, how many, how long.
 * No daemon is there; what it would answer is handed in. */
#include "clients/client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define NEEDS_EARLIER MANDATE__CODE__CODE_NEEDS_EARLIER
#define ACCEPTED MANDATE__CODE__CODE_ACCEPTED

enum { FIRST_MS = 250, LONGEST_MS = 15 * 60 * 1000, BEGAN_MS = 1000 };

struct fixture {
	struct mandate *m;
	uint64_t now_ms;
	unsigned told;
	uint64_t last_tag;
	Mandate__Code last_code;
};

static void on_outcome(void *context, const struct mandate_outcome *o)
{
	struct fixture *f = context;

	f->told++;
	f->last_tag = o->tag;
	f->last_code = o->outcome->refusal ? o->outcome->refusal->code : ACCEPTED;
}

static struct fixture *opened(uint32_t window, uint64_t wait_ms, bool no_wait)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct mandate_options options = {.endpoint = "ipc:///nowhere",
					  .window = window,
					  .wait_ms = wait_ms,
					  .no_wait = no_wait,
					  .context = f,
					  .on_outcome = on_outcome};

	assert_non_null(f);
	assert_int_equal(mandate_open(&f->m, &options, NULL), STATUS_OK);
	f->now_ms = BEGAN_MS;
	return f;
}

static void closed(struct fixture *f)
{
	mandate_close(f->m);
	free(f);
}

static enum status submit(struct fixture *f, uint64_t tag)
{
	Mandate__Partner partner = MANDATE__PARTNER__INIT;
	Mandate__Record record = MANDATE__RECORD__INIT;
	Mandate__Change change = MANDATE__CHANGE__INIT, *changes[] = {&change};
	char code[] = "UN";

	partner.code = code;
	record.content_case = MANDATE__RECORD__CONTENT_PARTNER;
	record.partner = &partner;
	change.action = MANDATE__CHANGE_ACTION__CHANGE_ACTION_RECORD;
	change.record = &record;
	return mandate_submit(f->m, changes, 1, tag, NULL);
}

static size_t in_window(const struct fixture *f)
{
	return (size_t)(f->m->submit.next - f->m->submit.first);
}

/* The oldest one under way meets `code` now. Its number in the lane; its tag is `tag`. */
static uint64_t decide(struct fixture *f, uint64_t tag, Mandate__Code code)
{
	struct client_submit *s = &f->m->submit;
	Mandate__Envelope e;
	Mandate__Outcome outcome = MANDATE__OUTCOME__INIT;
	Mandate__Refusal refusal = MANDATE__REFUSAL__INIT;

	mandate__envelope__init(&e);
	assert_true(in_window(f) > 0);
	assert_int_equal(client_submit_item(s, s->first)->tag, tag);
	outcome.lane = s->lane;
	outcome.sequence = s->first_sequence;
	refusal.code = code;
	if (code != ACCEPTED)
		outcome.refusal = &refusal;
	e.body_case = MANDATE__ENVELOPE__BODY_OUTCOME;
	e.outcome = &outcome;
	client_submit_outcome(f->m, &e, f->now_ms);
	return outcome.sequence;
}

/* Submits an act that comes too early. */
static void early(struct fixture *f, uint64_t tag)
{
	assert_int_equal(submit(f, tag), STATUS_OK);
	decide(f, tag, NEEDS_EARLIER);
}

/* Lets time pass until the next act goes again; the pause. */
static uint64_t pause_ms(struct fixture *f)
{
	uint64_t due_ms = client_wait_step(f->m, f->now_ms), was_ms = f->now_ms;

	assert_int_equal(in_window(f), 0);
	assert_true(due_ms > was_ms && due_ms < UINT64_MAX);
	client_wait_step(f->m, due_ms - 1);
	assert_int_equal(in_window(f), 0);
	f->now_ms = due_ms;
	client_wait_step(f->m, f->now_ms);
	assert_int_equal(in_window(f), 1);
	return due_ms - was_ms;
}

static void pauses_double_up_to_a_quarter_of_an_hour_for_30_days(void **state)
{
	struct fixture *f = opened(0, 0, false);
	uint64_t expected_ms = FIRST_MS, sequence = 1;

	(void)state;
	early(f, 7);
	while (f->told == 0) {
		uint64_t left_ms = BEGAN_MS + MANDATE_WAIT_MS_DEFAULT - f->now_ms;

		assert_int_equal(mandate_waiting(f->m), 1);
		assert_int_equal(mandate_pending(f->m), 0);
		assert_int_equal(pause_ms(f), expected_ms < left_ms ? expected_ms : left_ms);
		assert_int_equal(decide(f, 7, NEEDS_EARLIER), ++sequence);
		expected_ms = 2 * expected_ms < LONGEST_MS ? 2 * expected_ms : LONGEST_MS;
	}
	assert_int_equal(f->now_ms - BEGAN_MS, UINT64_C(30) * 24 * 60 * 60 * 1000);
	assert_int_equal(f->told, 1);
	assert_int_equal(f->last_tag, 7);
	assert_int_equal(f->last_code, NEEDS_EARLIER);
	assert_int_equal(mandate_waiting(f->m), 0);
	/* 12 pauses up to 512 s, then four an hour. */
	assert_int_equal(sequence, 1 + 12 + 2879);
	closed(f);
}

static void the_last_try_counts(void **state)
{
	struct fixture *f = opened(0, 600, false);

	(void)state;
	early(f, 1);
	assert_int_equal(pause_ms(f), 250);
	decide(f, 1, NEEDS_EARLIER);
	assert_int_equal(pause_ms(f), 350);
	decide(f, 1, ACCEPTED);
	assert_int_equal(f->told, 1);
	assert_int_equal(f->last_code, ACCEPTED);
	closed(f);
}

static void trying_again_starts_with_the_first_pause(void **state)
{
	struct fixture *f = opened(0, 0, false);

	(void)state;
	early(f, 1);
	for (unsigned i = 0; i < 5; i++) {
		assert_int_equal(pause_ms(f), (uint64_t)FIRST_MS << i);
		decide(f, 1, NEEDS_EARLIER);
	}
	mandate_try_again(f->m);
	client_wait_step(f->m, f->now_ms);
	decide(f, 1, NEEDS_EARLIER);
	assert_int_equal(pause_ms(f), FIRST_MS);
	closed(f);
}

static void acts_go_again_in_their_order_and_leave_half_of_the_window(void **state)
{
	struct fixture *f = opened(4, 0, false);

	(void)state;
	for (unsigned i = 1; i <= 5; i++)
		early(f, i);
	assert_int_equal(mandate_waiting(f->m), 5);
	mandate_try_again(f->m);
	client_wait_step(f->m, f->now_ms);
	assert_int_equal(in_window(f), 2);
	assert_int_equal(submit(f, 6), STATUS_OK);
	assert_int_equal(submit(f, 7), STATUS_OK);
	assert_int_equal(submit(f, 8), STATUS_AGAIN);
	assert_int_equal(mandate_pending(f->m), 2);
	assert_int_equal(decide(f, 1, ACCEPTED), 6);
	client_wait_step(f->m, f->now_ms);
	assert_int_equal(decide(f, 2, NEEDS_EARLIER), 7);
	client_wait_step(f->m, f->now_ms);
	decide(f, 6, ACCEPTED);
	decide(f, 7, ACCEPTED);
	decide(f, 3, ACCEPTED);
	decide(f, 4, ACCEPTED);
	client_wait_step(f->m, f->now_ms);
	assert_int_equal(decide(f, 5, ACCEPTED), 12);
	assert_int_equal(in_window(f), 0);
	assert_int_equal(mandate_waiting(f->m), 1); /* the second, with its pause */
	assert_int_equal(f->told, 6);
	closed(f);
}

static void more_than_may_wait_are_told_at_once(void **state)
{
	struct fixture *f = opened(0, 0, false);

	(void)state;
	for (unsigned i = 0; i < MANDATE_WAITING_MAX; i++)
		early(f, i);
	assert_int_equal(f->told, 0);
	assert_int_equal(mandate_waiting(f->m), MANDATE_WAITING_MAX);
	early(f, MANDATE_WAITING_MAX);
	assert_int_equal(f->told, 1);
	assert_int_equal(f->last_tag, MANDATE_WAITING_MAX);
	assert_int_equal(f->last_code, NEEDS_EARLIER);
	/* One that ends leaves its place. */
	mandate_try_again(f->m);
	client_wait_step(f->m, f->now_ms);
	decide(f, 0, ACCEPTED);
	while (in_window(f) > 0)
		decide(f, f->last_tag + 1, ACCEPTED);
	early(f, 9999);
	assert_int_equal(f->last_code, ACCEPTED);
	closed(f);
}

static void giving_up_is_about_those_that_wait_now(void **state)
{
	struct fixture *f = opened(0, 0, false);

	(void)state;
	early(f, 1);
	mandate_give_up(f->m);
	assert_int_equal(mandate_waiting(f->m), 0);
	assert_int_equal(mandate_pending(f->m), 1);
	client_wait_step(f->m, f->now_ms);
	decide(f, 1, NEEDS_EARLIER);
	assert_int_equal(f->told, 1);
	assert_int_equal(mandate_pending(f->m), 0);
	early(f, 2);
	assert_int_equal(f->told, 1);
	assert_int_equal(mandate_waiting(f->m), 1);
	closed(f);
}

static void who_does_not_want_to_wait_is_told_at_once(void **state)
{
	struct fixture *f = opened(0, 0, true);

	(void)state;
	early(f, 1);
	assert_int_equal(f->told, 1);
	assert_int_equal(f->last_code, NEEDS_EARLIER);
	assert_int_equal(mandate_waiting(f->m), 0);
	closed(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pauses_double_up_to_a_quarter_of_an_hour_for_30_days),
		cmocka_unit_test(the_last_try_counts),
		cmocka_unit_test(trying_again_starts_with_the_first_pause),
		cmocka_unit_test(acts_go_again_in_their_order_and_leave_half_of_the_window),
		cmocka_unit_test(more_than_may_wait_are_told_at_once),
		cmocka_unit_test(giving_up_is_about_those_that_wait_now),
		cmocka_unit_test(who_does_not_want_to_wait_is_told_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
