/* Streams: what each subscriber is sent, by a model of the event log and of its peer. */
#include "stream_world.h"

/* --- what a subscriber can count on ----------------------------------------------------------- */

static void a_new_stream_is_told_where_it_stands(void **state)
{
	struct world *w = *state;
	struct peer *p = subscribe(w, 0, 1000, NULL, false);

	settle(w);
	assert_int_equal(p->frames, 1);
	assert_int_equal(p->events, 0);
	assert_int_equal(p->through, 0);
}

static void history_then_what_comes_later_once_each(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 50; i++)
		append(w, 3, 200);
	publish(w);
	struct peer *p = subscribe(w, 0, 1024 * 1024, NULL, false);
	settle(w);
	assert_int_equal(p->through, 150);
	append(w, 1, 200);
	publish(w);
	pump(w);
	assert_int_equal(p->through, 151);
	assert_int_equal(p->events, 151);
	assert_complete(w, p);
}

static void an_event_that_comes_alone_goes_out_at_once_and_a_rush_shares_frames(void **state)
{
	struct world *w = *state;
	struct peer *p = subscribe(w, 0, 1024 * 1024, NULL, false);

	settle(w);
	w->now_ms += 1000;
	append(w, 1, 200);
	publish(w);
	pump(w);
	assert_int_equal(p->events, 1);
	for (int i = 0; i < 20; i++) {
		append(w, 1, 200);
		publish(w);
		pump(w);
	}
	assert_int_equal(p->events, 1);
	size_t frames = p->frames;
	w->now_ms += STREAM_PACE_MS;
	pump(w);
	assert_int_equal(p->events, 21);
	assert_int_equal(p->frames, frames + 1);
}

static void a_thin_link_gets_small_frames_and_a_wide_one_large_ones(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 500; i++)
		append(w, 1, 200);
	publish(w);
	struct peer *thin = subscribe(w, 0, THIN_CREDIT_BYTES, NULL, false);
	struct peer *wide = subscribe(w, 0, THIN_CREDIT_BYTES + 1, NULL, false);
	settle(w);
	assert_complete(w, thin);
	assert_complete(w, wide);
	assert_in_range(thin->largest, STREAM_FRAME_BYTES / 2, STREAM_FRAME_BYTES);
	assert_in_range(wide->largest, STREAM_FRAME_BYTES_WIDE / 2, STREAM_FRAME_BYTES_WIDE);
}

static void no_more_is_sent_than_credit_allows(void **state)
{
	struct world *w = *state;
	struct peer *p = subscribe(w, 0, 3000, NULL, false);

	settle(w);
	for (int i = 0; i < 100; i++) {
		append(w, 1, 500);
		publish(w);
		settle(w);
	}
	assert_true(p->credit < 600);
	assert_true(p->events < 7);
	for (int i = 0; i < 200; i++) {
		give_back(w, p);
		settle(w);
	}
	assert_complete(w, p);
	assert_int_equal(p->events, 100);
}

static void an_event_larger_than_a_frame_comes_when_credit_allows(void **state)
{
	struct world *w = *state;
	struct peer *p = subscribe(w, 0, 10000, NULL, false);

	settle(w);
	append(w, 1, 17000);
	append(w, 1, 100);
	publish(w);
	settle(w);
	assert_int_equal(p->events, 0);
	stream_credit(w->streams, &p->route, 7, 8000);
	p->credit += 8000;
	settle(w);
	assert_int_equal(p->events, 2);
	assert_complete(w, p);
}

/* A frame is shared by streams that stand at one place: not by one whose credit it exceeds. */
static void a_frame_made_for_more_credit_is_not_shared(void **state)
{
	struct world *w = *state;
	struct peer *poor = subscribe(w, 0, 10000, NULL, false);
	struct peer *rich = subscribe(w, 0, 100000, NULL, false);

	settle(w);
	append(w, 1, 17000);
	publish(w);
	settle(w);
	assert_int_equal(rich->events, 1);
	assert_int_equal(poor->events, 0);
	stream_credit(w->streams, &poor->route, 7, 20000);
	poor->credit += 20000;
	settle(w);
	assert_complete(w, poor);
}

static void an_input_larger_than_a_frame_keeps_its_through_until_the_end(void **state)
{
	struct world *w = *state;
	struct peer *live = subscribe(w, 0, 100000, NULL, false);

	settle(w);
	append(w, 100, 500); /* check_frame sees to `through` */
	publish(w);
	settle(w);
	assert_int_equal(live->through, 100);
	struct peer *late = subscribe(w, 0, 100000, NULL, false);
	settle(w);
	assert_int_equal(late->through, 100);
	assert_true(late->frames > 5);
}

static void a_filter_passes_its_own_and_digests_fill_the_rest(void **state)
{
	struct world *w = *state;
	struct peer *few = subscribe(w, 0, 1024 * 1024, "UNMIL", false);
	struct peer *all = subscribe(w, 0, 1024 * 1024, "UNMIL", true);

	settle(w);
	for (int i = 0; i < 30; i++)
		append(w, 1, 200);
	publish(w);
	settle(w);
	assert_int_equal(few->events, 10);
	assert_int_equal(all->events, 30);
	struct peer *late = subscribe(w, 15, 1024 * 1024, "UNMIL", true);
	settle(w);
	assert_int_equal(late->events, 15);
}

static void silence_is_broken_with_the_position(void **state)
{
	struct world *w = *state;
	struct peer *p = subscribe(w, 0, 500, "UNMIL", false);

	settle(w);
	append(w, 2, 200); /* neither passes */
	publish(w);
	settle(w);
	size_t frames = p->frames;
	w->now_ms += STREAM_SILENCE_MS;
	pump(w);
	assert_int_equal(p->frames, frames + 1);
	assert_int_equal(p->through, 2);
	pump(w);
	assert_int_equal(p->frames, frames + 1);
	for (int i = 0; i < 20; i++) {
		w->now_ms += STREAM_SILENCE_MS;
		pump(w);
	}
	assert_true(p->credit < 500 && p->frames < 10); /* on_send checks that it never overdraws */
}

static void a_full_queue_delays_and_loses_nothing(void **state)
{
	struct world *w = *state;
	struct peer *p = subscribe(w, 0, 1024 * 1024, NULL, false);

	settle(w);
	append(w, 5, 200);
	publish(w);
	w->answer = STREAM_LATER;
	settle(w);
	assert_int_equal(p->events, 0);
	w->answer = STREAM_SENT;
	settle(w);
	assert_int_equal(p->events, 5);
}

static void a_peer_that_is_gone_takes_its_streams_with_it(void **state)
{
	struct world *w = *state;
	struct stream_counts counts;

	subscribe(w, 0, 1024 * 1024, NULL, false);
	settle(w);
	append(w, 5, 200);
	publish(w);
	w->answer = STREAM_GONE;
	settle(w);
	stream_count(w->streams, &counts);
	assert_int_equal(counts.streams, 0);
}

static void a_wrong_position_or_hash_ends_the_stream(void **state)
{
	struct world *w = *state;
	Mandate__Subscribe request;
	uint8_t wrong[HASH_BYTES] = {1};

	append(w, 3, 200);
	publish(w);
	struct peer *future = subscribe(w, 17, 1000, NULL, false);
	struct peer *between = subscribe(w, 2, 1000, NULL, false);
	settle(w);
	assert_int_equal(future->end, MANDATE__CODE__CODE_FUTURE);
	assert_int_equal(between->end, MANDATE__CODE__CODE_FUTURE);
	struct peer *diverged = subscribe(w, 3, 1000, NULL, false);
	mandate__subscribe__init(&request);
	request.after_revision = 3;
	request.credit_bytes = 1000;
	request.has_event_hash = true;
	request.event_hash = (ProtobufCBinaryData){.len = HASH_BYTES, .data = wrong};
	/* The same route and correlation: it replaces the one before. */
	assert_int_equal(stream_subscribe(w->streams, &diverged->route, 7, speaker(w, "unhq"),
					  &request, w->now_ms),
			 STATUS_OK);
	settle(w);
	assert_int_equal(diverged->end, MANDATE__CODE__CODE_DIVERGED);
	assert_int_equal(diverged->frames, 0);
}

static void credit_of_nothing_or_too_much_ends_the_stream(void **state)
{
	static const uint64_t wrong[] = {0, CREDIT_BYTES_MAX + 1, 1ull << 63, UINT64_MAX};
	struct world *w = *state;

	for (size_t i = 0; i < 2; i++)
		assert_int_equal(subscribe(w, 0, wrong[i], NULL, false)->end,
				 MANDATE__CODE__CODE_CREDIT);
	for (size_t i = 0; i < 4; i++) {
		struct peer *p = subscribe(w, 0, 1000, NULL, false);
		settle(w);
		stream_credit(w->streams, &p->route, 7, wrong[i]);
		assert_int_equal(p->end, MANDATE__CODE__CODE_CREDIT);
		pump(w);
		stream_credit(w->streams, &p->route, 7, 10);
		assert_int_equal(p->end, MANDATE__CODE__CODE_NO_STREAM);
	}
}

static void streams_are_limited_by_peer(void **state)
{
	struct world *w = *state;
	struct peer *p = subscribe(w, 0, 1000, NULL, false);
	Mandate__Subscribe request;

	mandate__subscribe__init(&request);
	request.credit_bytes = 1000;
	for (uint64_t i = 1; i <= STREAMS_PER_PEER_MAX; i++) {
		p->correlation = 7 + i;
		assert_int_equal(stream_subscribe(w->streams, &p->route, 7 + i, speaker(w, "unhq"),
						  &request, w->now_ms),
				 STATUS_OK);
		assert_int_equal(p->end, i < STREAMS_PER_PEER_MAX ? 0 : MANDATE__CODE__CODE_LIMIT);
	}
}

static void a_name_keeps_what_credit_has_confirmed(void **state)
{
	struct world *w = *state;
	struct peer *p = &w->peers[w->peer_count++];
	Mandate__Subscribe request;
	char name[] = "map";

	*p = (struct peer){.correlation = 7, .credit = 100000};
	p->route.len = 1;
	mandate__subscribe__init(&request);
	request.credit_bytes = 100000;
	request.name = name;
	assert_int_equal(
		stream_subscribe(w->streams, &p->route, 7, speaker(w, "unhq"), &request, w->now_ms),
		STATUS_OK);
	settle(w);
	append(w, 3, 200);
	publish(w);
	settle(w);
	assert_int_equal(w->cursors, 0); /* sent is not received */
	give_back(w, p);
	w->cursor_taken = false;
	settle(w);
	assert_int_equal(w->cursors, 0);
	w->cursor_taken = true; /* asked again until it is taken */
	settle(w);
	assert_int_equal(w->cursors, 1);
	assert_int_equal(w->cursor, 3);
	append(w, 2, 200);
	publish(w);
	settle(w);
	give_back(w, p);
	settle(w);
	assert_int_equal(w->cursors, 1); /* not so soon */
	w->now_ms += CURSOR_INPUT_MS;
	pump(w);
	assert_int_equal(w->cursors, 2);
	assert_int_equal(w->cursor, 5);
	w->now_ms += CURSOR_INPUT_MS;
	pump(w);
	assert_int_equal(w->cursors, 2); /* it has not moved */
	append(w, 1, 200);
	publish(w);
	settle(w);
	give_back(w, p);
	stream_unsubscribe(w->streams, &p->route, 7);
	assert_int_equal(w->cursors, 3); /* at the end it is entered at once */
	assert_int_equal(w->cursor, 6);
	assert_int_equal(p->end, MANDATE__CODE__CODE_ACCEPTED);
}

static void every_stream_is_told_that_the_daemon_stops(void **state)
{
	struct world *w = *state;
	struct stream_counts counts;

	for (int i = 0; i < 3; i++)
		subscribe(w, 0, 1000, NULL, false);
	settle(w);
	stream_end_all(w->streams, MANDATE__CODE__CODE_STOPPING, "bye");
	for (int i = 0; i < 3; i++)
		assert_int_equal(w->peers[i].end, MANDATE__CODE__CODE_STOPPING);
	pump(w);
	stream_count(w->streams, &counts);
	assert_int_equal(counts.streams, 0);
}

/* Anything in any order: every peer is sent everything, once, in order (the hooks check each
 * frame). */
static void whatever_happens_nothing_is_lost_or_repeated(void **state)
{
	struct world *w = *state;

	print_message("seed %u\n", w->seed);
	w->later_percent = 20;
	while (w->newest < EVENTS_MAX - 200) {
		switch (draw(w, 8)) {
		case 0:
			append(w, 1 + draw(w, draw(w, 20) == 0 ? 150 : 4), 30 + draw(w, 800));
			break;
		case 1:
			append(w, 1, draw(w, 10) == 0 ? 12000 : 100);
			publish(w);
			break;
		case 2:
			publish(w);
			break;
		case 3:
			if (w->peer_count < PEERS)
				subscribe(w, w->log[w->newest / 2].last_revision,
					  20000 + draw(w, 400000), draw(w, 2) ? "MONUC" : NULL,
					  draw(w, 2));
			break;
		case 4:
			if (w->peer_count)
				give_back(w, &w->peers[draw(w, (unsigned)w->peer_count)]);
			break;
		case 5:
			if (w->job_count)
				read_slice(w, draw(w, (unsigned)w->job_count));
			break;
		default:
			w->now_ms += draw(w, 10);
			pump(w);
		}
	}
	publish(w);
	w->later_percent = 0;
	for (int i = 0; i < 500; i++) {
		for (size_t k = 0; k < w->peer_count; k++)
			give_back(w, &w->peers[k]);
		settle(w);
	}
	for (size_t k = 0; k < w->peer_count; k++)
		assert_complete(w, &w->peers[k]);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_new_stream_is_told_where_it_stands),
		TEST(history_then_what_comes_later_once_each),
		TEST(an_event_that_comes_alone_goes_out_at_once_and_a_rush_shares_frames),
		TEST(a_thin_link_gets_small_frames_and_a_wide_one_large_ones),
		TEST(no_more_is_sent_than_credit_allows),
		TEST(an_event_larger_than_a_frame_comes_when_credit_allows),
		TEST(a_frame_made_for_more_credit_is_not_shared),
		TEST(an_input_larger_than_a_frame_keeps_its_through_until_the_end),
		TEST(a_filter_passes_its_own_and_digests_fill_the_rest),
		TEST(silence_is_broken_with_the_position),
		TEST(a_full_queue_delays_and_loses_nothing),
		TEST(a_peer_that_is_gone_takes_its_streams_with_it),
		TEST(a_wrong_position_or_hash_ends_the_stream),
		TEST(credit_of_nothing_or_too_much_ends_the_stream),
		TEST(streams_are_limited_by_peer),
		TEST(a_name_keeps_what_credit_has_confirmed),
		TEST(every_stream_is_told_that_the_daemon_stops),
		TEST(whatever_happens_nothing_is_lost_or_repeated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
