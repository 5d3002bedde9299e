/* libmandate's submissions against a daemon that answers as it likes: whatever it says or loses,
 * each submission is decided once, in its order, and told once. */
#include "fake_daemon.h"

#include "base/clock.h"
#include "clients/client.h"

enum { COUNT = 600, REJECTED_EVERY = 13, EARLY_EVERY = 11, EARLY_TRIES = 3, WAIT_MS = 20000 };

/* What it remembers, as a real one does: the order in which submissions were decided. */
struct ledger {
	uint64_t lane, last;
	unsigned decided[COUNT];
	unsigned decided_count;
	/* The n-th of the lane in use: its number, and what it met. */
	unsigned content[EARLY_TRIES * COUNT];
	Mandate__Code code[EARLY_TRIES * COUNT];
	unsigned tries[COUNT]; /* of acts that come before their cause */
};

struct fixture {
	struct fake_daemon daemon;
	struct mandate *m;
	struct ledger ledger;
	unsigned told[COUNT], told_count, last_told;
	unsigned submitted, received;
	Mandate__Code last_code;
	bool early; /* some are acts whose cause comes late */
};

static uint64_t seed = 1;

static unsigned draw(unsigned below)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)((seed >> 33) % below);
}

static void on_outcome(void *context, const struct mandate_outcome *o)
{
	struct fixture *f = context;

	assert_true(o->tag < COUNT);
	f->told[o->tag]++;
	f->told_count++;
	f->last_told = (unsigned)o->tag;
	f->last_code =
		o->outcome->refusal ? o->outcome->refusal->code : MANDATE__CODE__CODE_ACCEPTED;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct error err = {0};

	fake_open(&f->daemon);
	struct mandate_options options = {.endpoint = f->daemon.endpoint,
					  .office = "north",
					  .window = 32,
					  .answer_ms = 50,
					  .context = f,
					  .on_outcome = on_outcome};
	if (mandate_open(&f->m, &options, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	mandate_close(f->m);
	fake_close(&f->daemon);
	free(f);
	return 0;
}

static enum status submit(struct fixture *f, unsigned number)
{
	Mandate__Partner partner = MANDATE__PARTNER__INIT;
	Mandate__Record record = MANDATE__RECORD__INIT;
	Mandate__Change change = MANDATE__CHANGE__INIT, *changes[] = {&change};
	char code[16];

	snprintf(code, sizeof code, "P%u", number);
	partner.code = code;
	record.content_case = MANDATE__RECORD__CONTENT_PARTNER;
	record.partner = &partner;
	change.action = MANDATE__CHANGE_ACTION__CHANGE_ACTION_RECORD;
	change.record = &record;
	return mandate_submit(f->m, changes, 1, number, NULL);
}

static void answer(struct fixture *f, const Mandate__Envelope *to, const Mandate__Submission *s,
		   Mandate__Code code, uint64_t expected)
{
	Mandate__Envelope e = fake_answer(to);
	Mandate__Outcome outcome = MANDATE__OUTCOME__INIT;
	Mandate__Refusal refusal = MANDATE__REFUSAL__INIT;

	outcome.lane = s->lane;
	outcome.sequence = s->sequence;
	refusal.code = code;
	refusal.has_expected_sequence = expected != 0;
	refusal.expected_sequence = expected;
	if (code != MANDATE__CODE__CODE_ACCEPTED)
		outcome.refusal = &refusal;
	e.body_case = MANDATE__ENVELOPE__BODY_OUTCOME;
	e.outcome = &outcome;
	if (code == MANDATE__CODE__CODE_TEXT && draw(2)) { /* or without naming it */
		e.body_case = MANDATE__ENVELOPE__BODY_REFUSAL;
		e.refusal = &refusal;
	}
	fake_send(&f->daemon, &e);
}

static unsigned number_of(const Mandate__Submission *s)
{
	return (unsigned)atoi(s->changes[0]->record->partner->code + 1);
}

static bool is_early(const struct fixture *f, unsigned number)
{
	return f->early && number % EARLY_EVERY == 3 && number % REJECTED_EVERY != 5;
}

/* The daemon's rules for a number, with faults drawn: `trouble` in a hundred. */
static void serve(struct fixture *f, const Mandate__Envelope *e, unsigned trouble)
{
	struct ledger *l = &f->ledger;
	const Mandate__Submission *s =
		codec_decode(&f->daemon.arena, &mandate__submission__descriptor,
			     bytes_of(e->submission.data, e->submission.len));

	assert_non_null(s);
	f->received++;
	if (s->lane != l->lane) { /* a new one; the old is not written to again */
		if (s->sequence != 1) {
			answer(f, e, s, MANDATE__CODE__CODE_SEQ_JUMP, 1);
			return;
		}
		l->lane = s->lane;
		l->last = 0;
	}
	unsigned number = number_of(s);
	bool lost = draw(100) < trouble;
	if (s->sequence <= l->last) {
		assert_int_equal(l->content[s->sequence], number); /* the same bytes */
	} else if (s->sequence > l->last + 1) {
		answer(f, e, s, MANDATE__CODE__CODE_SEQ_JUMP, l->last + 1);
		return;
	} else if (draw(100) < trouble) {
		answer(f, e, s, MANDATE__CODE__CODE_BUSY, 0);
		return;
	} else if (number % REJECTED_EVERY == 5) {
		answer(f, e, s, MANDATE__CODE__CODE_TEXT, 0);
		return;
	} else {
		l->last++;
		assert_true(l->last < EARLY_TRIES * COUNT);
		l->content[l->last] = number;
		l->code[l->last] = number % 7 ? MANDATE__CODE__CODE_ACCEPTED
					      : MANDATE__CODE__CODE_UNKNOWN_OPERATION;
		if (is_early(f, number) && ++l->tries[number] < EARLY_TRIES) {
			l->code[l->last] = MANDATE__CODE__CODE_NEEDS_EARLIER;
		} else {
			assert_true(l->decided_count < COUNT);
			l->decided[l->decided_count++] = number;
		}
	}
	if (!lost)
		answer(f, e, s, l->code[s->sequence], 0);
}

static void pump(struct fixture *f, unsigned trouble)
{
	const Mandate__Envelope *e;

	mandate_try_again(f->m); /* no pauses here */
	assert_int_equal(mandate_run(f->m, 1, NULL), STATUS_OK);
	while ((e = fake_receive(&f->daemon, 0)))
		serve(f, e, trouble);
}

static void until_told(struct fixture *f, unsigned count, unsigned trouble)
{
	uint64_t end_ms = clock_mono_ms() + WAIT_MS;

	while (f->told_count < count && clock_mono_ms() < end_ms) {
		while (f->submitted < count && submit(f, f->submitted) == STATUS_OK)
			f->submitted++;
		pump(f, trouble);
	}
	assert_int_equal(f->told_count, count);
}

/* Every submission that has a number was decided once, in its order but for the acts that came too
 * early; all were told once. */
static void check_ledger(struct fixture *f, unsigned count)
{
	unsigned n = 0, early = 0;

	for (unsigned i = 0; i < count; i++) {
		assert_int_equal(f->told[i], 1);
		early += is_early(f, i);
		assert_int_equal(f->ledger.tries[i], is_early(f, i) ? EARLY_TRIES : 0);
		if (i % REJECTED_EVERY == 5 || is_early(f, i))
			continue;
		while (n < f->ledger.decided_count && is_early(f, f->ledger.decided[n]))
			n++;
		assert_true(n < f->ledger.decided_count);
		assert_int_equal(f->ledger.decided[n], i);
		n++;
	}
	unsigned decided = 0;
	for (unsigned i = 0; i < f->ledger.decided_count; i++)
		decided += is_early(f, f->ledger.decided[i]);
	assert_int_equal(decided, early);
	while (n < f->ledger.decided_count && is_early(f, f->ledger.decided[n]))
		n++;
	assert_int_equal(n, f->ledger.decided_count);
}

static void every_submission_gets_its_outcome(void **state)
{
	struct fixture *f = *state;

	until_told(f, 5, 0);
	check_ledger(f, 5);
	assert_int_equal(f->received, 5);
	assert_int_equal(mandate_pending(f->m), 0);
}

static void a_full_window_says_so(void **state)
{
	struct fixture *f = *state;

	for (unsigned i = 0; i < 32; i++)
		assert_int_equal(submit(f, i), STATUS_OK);
	assert_int_equal(submit(f, 32), STATUS_AGAIN);
	assert_int_equal(mandate_pending(f->m), 32);
}

static void a_rejected_one_leaves_its_number_to_the_next(void **state)
{
	struct fixture *f = *state;

	until_told(f, 40, 0);
	check_ledger(f, 40);
	assert_int_equal(f->ledger.last, 37); /* 5, 18 and 31 were rejected */
}

static void what_was_not_answered_is_sent_again_after_the_connection(void **state)
{
	struct fixture *f = *state;
	unsigned seen = 0;

	for (unsigned i = 0; i < 4; i++)
		assert_int_equal(submit(f, i), STATUS_OK);
	for (uint64_t end = clock_mono_ms() + WAIT_MS; seen < 4 && clock_mono_ms() < end;) {
		assert_int_equal(mandate_run(f->m, 1, NULL), STATUS_OK);
		while (fake_receive(&f->daemon, 0))
			seen++;
	}
	assert_int_equal(seen, 4);
	fake_unbind(&f->daemon);
	fake_bind(&f->daemon);
	f->submitted = 4;
	until_told(f, 4, 0);
	check_ledger(f, 4);
}

static void a_history_that_lost_the_lane_gets_a_new_one(void **state)
{
	struct fixture *f = *state;
	uint64_t sequence, lane;

	until_told(f, 4, 0);
	lane = mandate_lane(f->m, &sequence);
	assert_int_equal(sequence, 5);
	f->ledger.last = 0; /* restored from an old copy */
	f->ledger.decided_count = 0;
	until_told(f, 5, 0);
	assert_int_equal(f->ledger.decided_count, 1);
	assert_true(mandate_lane(f->m, &sequence) != lane);
	assert_int_equal(sequence, 2);
}

/* Numbers are given anew only where the daemon cannot read the old ones afterwards. */
static void behind_a_rejected_one_a_new_connection_means_a_new_lane(void **state)
{
	struct fixture *f = *state;
	uint64_t end_ms = clock_mono_ms() + WAIT_MS, sequence, lane = mandate_lane(f->m, &sequence);
	const Mandate__Envelope *e = NULL;

	for (unsigned i = 5; i < 8; i++)
		assert_int_equal(submit(f, i), STATUS_OK);
	while (!e && clock_mono_ms() < end_ms) {
		assert_int_equal(mandate_run(f->m, 1, NULL), STATUS_OK);
		e = fake_receive(&f->daemon, 0);
	}
	assert_non_null(e);
	serve(f, e, 0);
	while (f->told_count < 1 && clock_mono_ms() < end_ms)
		assert_int_equal(mandate_run(f->m, 1, NULL), STATUS_OK);
	client_link_drop(&f->m->link, clock_mono_ms());
	while (f->told_count < 3 && clock_mono_ms() < end_ms)
		pump(f, 0);
	assert_true(f->ledger.lane != lane);
	assert_int_equal(f->ledger.last, 2);
	assert_int_equal(f->ledger.decided_count, 2);
}

static void behind_a_rejected_one_a_lost_answer_means_a_new_lane(void **state)
{
	struct fixture *f = *state;
	uint64_t end_ms = clock_mono_ms() + WAIT_MS, sequence, lane = mandate_lane(f->m, &sequence);
	const Mandate__Envelope *e;

	for (unsigned i = 5; i < 8; i++)
		assert_int_equal(submit(f, i), STATUS_OK);
	while (f->received < 1 && clock_mono_ms() < end_ms) {
		assert_int_equal(mandate_run(f->m, 1, NULL), STATUS_OK);
		if ((e = fake_receive(&f->daemon, 0)))
			serve(f, e, 0);
	}
	/* The others are not read before their time is over. */
	while (f->m->link.generation < 2 && clock_mono_ms() < end_ms)
		assert_int_equal(mandate_run(f->m, 1, NULL), STATUS_OK);
	while (f->told_count < 3 && clock_mono_ms() < end_ms)
		pump(f, 0);
	assert_true(f->ledger.lane != lane);
	assert_int_equal(f->ledger.decided_count, 2);
}

static void play_whatever_happens(struct fixture *f)
{
	seed = (uint64_t)time(NULL);
	print_message("seed %llu\n", (unsigned long long)seed);
	for (unsigned count = 100; count <= COUNT; count += 100) {
		unsigned what = draw(4);

		until_told(f, count - 50, 3);
		for (unsigned i = 0; i < 20 && submit(f, f->submitted) == STATUS_OK; i++)
			f->submitted++;
		if (what == 0) {
			fake_unbind(&f->daemon);
			fake_bind(&f->daemon);
		} else if (what == 1) {
			/* The daemon may still read what the old one carried */
			client_link_drop(&f->m->link, clock_mono_ms());
		} else if (what == 2) {
			pump(f, 50);
		}
		until_told(f, count, 3);
	}
	check_ledger(f, COUNT);
}

static void nothing_is_lost_or_doubled_whatever_happens(void **state)
{
	play_whatever_happens(*state);
}

static void nor_is_an_act_that_comes_before_its_cause(void **state)
{
	struct fixture *f = *state;

	f->early = true;
	play_whatever_happens(f);
	assert_int_equal(mandate_waiting(f->m), 0);
	assert_int_equal(mandate_pending(f->m), 0);
}

/* The next submission that comes, answered with `code`; its number in the lane. */
static uint64_t serve_with(struct fixture *f, Mandate__Code code, unsigned expected)
{
	uint64_t end_ms = clock_mono_ms() + WAIT_MS;
	const Mandate__Envelope *e = NULL;

	while (!e && clock_mono_ms() < end_ms) {
		assert_int_equal(mandate_run(f->m, 1, NULL), STATUS_OK);
		e = fake_receive(&f->daemon, 0);
	}
	if (!e)
		fail_msg("no submission comes");
	const Mandate__Submission *s =
		e ? codec_decode(&f->daemon.arena, &mandate__submission__descriptor,
				 bytes_of(e->submission.data, e->submission.len))
		  : NULL;
	if (!s)
		return 0;
	assert_int_equal(number_of(s), expected);
	uint64_t sequence = s->sequence;
	answer(f, e, s, code, 0);
	return sequence;
}

static void run_for(struct fixture *f, uint64_t ms)
{
	uint64_t end_ms = clock_mono_ms() + ms;

	while (clock_mono_ms() < end_ms)
		assert_int_equal(mandate_run(f->m, 1, NULL), STATUS_OK);
}

static void an_act_before_its_cause_goes_again_under_a_new_number(void **state)
{
	struct fixture *f = *state;
	uint64_t began_ms = clock_mono_ms();

	assert_int_equal(submit(f, 1), STATUS_OK);
	assert_int_equal(serve_with(f, MANDATE__CODE__CODE_NEEDS_EARLIER, 1), 1);
	run_for(f, 20);
	assert_int_equal(f->told_count, 0);
	assert_int_equal(mandate_waiting(f->m), 1);
	assert_int_equal(mandate_pending(f->m), 0);
	/* Others go on in the meantime. */
	assert_int_equal(submit(f, 2), STATUS_OK);
	assert_int_equal(serve_with(f, MANDATE__CODE__CODE_ACCEPTED, 2), 2);
	/* Twice too early, with a growing pause; then it is accepted, and told once. */
	assert_int_equal(serve_with(f, MANDATE__CODE__CODE_NEEDS_EARLIER, 1), 3);
	assert_true(clock_mono_ms() - began_ms >= 250);
	assert_int_equal(serve_with(f, MANDATE__CODE__CODE_ACCEPTED, 1), 4);
	assert_true(clock_mono_ms() - began_ms >= 250 + 500);
	run_for(f, 20);
	assert_int_equal(f->told[1], 1);
	assert_int_equal(f->last_code, MANDATE__CODE__CODE_ACCEPTED);
	assert_int_equal(mandate_waiting(f->m), 0);
}

static void what_an_act_meets_in_the_end_is_told(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(submit(f, 1), STATUS_OK);
	serve_with(f, MANDATE__CODE__CODE_NEEDS_EARLIER, 1);
	run_for(f, 20);
	mandate_try_again(f->m);
	serve_with(f, MANDATE__CODE__CODE_ILLEGAL_TRANSITION, 1);
	run_for(f, 20);
	assert_int_equal(f->told[1], 1);
	assert_int_equal(f->last_code, MANDATE__CODE__CODE_ILLEGAL_TRANSITION);
	assert_int_equal(mandate_waiting(f->m), 0);
}

static void an_act_given_up_is_submitted_a_last_time(void **state)
{
	struct fixture *f = *state;

	for (unsigned i = 1; i <= 2; i++) {
		assert_int_equal(submit(f, i), STATUS_OK);
		serve_with(f, MANDATE__CODE__CODE_NEEDS_EARLIER, i);
	}
	run_for(f, 20);
	assert_int_equal(mandate_waiting(f->m), 2);
	/* The first rests, the second is under way. */
	mandate_try_again(f->m);
	assert_int_equal(mandate_run(f->m, 0, NULL), STATUS_OK);
	serve_with(f, MANDATE__CODE__CODE_NEEDS_EARLIER, 1);
	run_for(f, 20);
	mandate_give_up(f->m);
	assert_int_equal(mandate_pending(f->m), 2);
	serve_with(f, MANDATE__CODE__CODE_NEEDS_EARLIER, 2);
	run_for(f, 20);
	assert_int_equal(f->told[2], 1);
	assert_int_equal(f->last_code, MANDATE__CODE__CODE_NEEDS_EARLIER);
	serve_with(f, MANDATE__CODE__CODE_ACCEPTED, 1);
	run_for(f, 20);
	assert_int_equal(f->told[1], 1);
	assert_int_equal(f->last_code, MANDATE__CODE__CODE_ACCEPTED);
	assert_int_equal(mandate_waiting(f->m), 0);
}

static void an_act_sent_again_survives_a_lost_connection(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(submit(f, 1), STATUS_OK);
	serve_with(f, MANDATE__CODE__CODE_NEEDS_EARLIER, 1);
	run_for(f, 20);
	fake_unbind(&f->daemon);
	run_for(f, 300); /* it is due, and nobody is there */
	fake_bind(&f->daemon);
	serve_with(f, MANDATE__CODE__CODE_ACCEPTED, 1);
	run_for(f, 20);
	assert_int_equal(f->told[1], 1);
	assert_int_equal(f->last_code, MANDATE__CODE__CODE_ACCEPTED);
}

static void a_silent_daemon_is_named(void **state)
{
	struct fixture *f = *state;
	struct error err = {0};

	fake_unbind(&f->daemon);
	assert_int_equal(submit(f, 0), STATUS_OK);
	assert_int_equal(mandate_drain(f->m, 50, &err), STATUS_UNREACHABLE);
	assert_int_equal(mandate_ping(f->m, 50, &err), STATUS_UNREACHABLE);
	assert_non_null(strstr(err.text, f->daemon.endpoint));
	fake_bind(&f->daemon);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(every_submission_gets_its_outcome),
		TEST(a_full_window_says_so),
		TEST(a_rejected_one_leaves_its_number_to_the_next),
		TEST(what_was_not_answered_is_sent_again_after_the_connection),
		TEST(a_history_that_lost_the_lane_gets_a_new_one),
		TEST(behind_a_rejected_one_a_new_connection_means_a_new_lane),
		TEST(behind_a_rejected_one_a_lost_answer_means_a_new_lane),
		TEST(nothing_is_lost_or_doubled_whatever_happens),
		TEST(nor_is_an_act_that_comes_before_its_cause),
		TEST(an_act_before_its_cause_goes_again_under_a_new_number),
		TEST(what_an_act_meets_in_the_end_is_told),
		TEST(an_act_given_up_is_submitted_a_last_time),
		TEST(an_act_sent_again_survives_a_lost_connection),
		TEST(a_silent_daemon_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
