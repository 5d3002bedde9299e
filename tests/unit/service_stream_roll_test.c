/* Streams and the roll: they end when the office, its device or a grant is no longer what it was,
 * before anything is sent by the new order; frames are shared by who may see the same. */
#include "stream_world.h"

enum { CREDIT = 1024 * 1024 };

static void pass_day(struct world *w)
{
	stream_take_roll(w->streams, w->roll, ++w->day);
}

static void publish_some(struct world *w, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		append(w, 1, 200);
	publish(w);
	settle(w);
}

/* --- who sees what ---------------------------------------------------------------------------- */

static void an_office_is_shown_what_is_granted_from_memory_and_from_the_log(void **state)
{
	struct world *w = *state;

	enter(w, "liberia", accredit(w, "liberia", "UNMIL", INT32_MAX));
	struct peer *live = subscribe_as(w, "liberia", 0, CREDIT, NULL, false);
	struct peer *chained = subscribe_as(w, "liberia", 0, CREDIT, NULL, true);
	struct peer *elsewhere = subscribe_as(w, "liberia", 0, CREDIT, "MONUC", false);
	settle(w);
	publish_some(w, 30);
	struct peer *late = subscribe_as(w, "liberia", 0, CREDIT, NULL, false);
	settle(w);
	assert_int_equal(live->events, 10);
	assert_int_equal(chained->events, 30); /* digests of the others */
	assert_int_equal(elsewhere->events, 0);
	assert_int_equal(late->events, 10);
	assert_int_equal(live->through, 30);
	assert_complete(w, live);
	assert_complete(w, chained);
	assert_complete(w, late);
}

/* --- shared frames ---------------------------------------------------------------------------- */

static void frames_are_shared_by_who_may_see_the_same_and_by_nobody_else(void **state)
{
	struct world *w = *state;

	enter(w, "one", accredit(w, "one", "UNMIL", INT32_MAX));
	enter(w, "two", accredit(w, "two", "UNMIL", INT32_MAX));
	enter(w, "three", accredit(w, "three", "MONUC", INT32_MAX));
	struct peer *one = subscribe_as(w, "one", 0, CREDIT, NULL, false);
	struct peer *two = subscribe_as(w, "two", 0, CREDIT, NULL, false);
	struct peer *three = subscribe_as(w, "three", 0, CREDIT, NULL, false);
	struct peer *all = subscribe(w, 0, CREDIT, NULL, false);
	settle(w);
	publish_some(w, 9);
	assert_ptr_equal(one->last_frame, two->last_frame);
	assert_ptr_not_equal(one->last_frame, three->last_frame);
	assert_ptr_not_equal(one->last_frame, all->last_frame);
	assert_int_equal(one->events, 3);
	assert_int_equal(two->events, 3);
	assert_int_equal(three->events, 6);
	assert_int_equal(all->events, 9);
}

/* Equal grants, and yet each sees its own record: that frame is its own. */
static void its_own_record_is_shown_to_the_office_alone(void **state)
{
	struct world *w = *state;
	Mandate__EventTags tags = MANDATE__EVENT_TAGS__INIT;

	enter(w, "one", accredit(w, "one", "UNMIL", INT32_MAX));
	enter(w, "two", accredit(w, "two", "UNMIL", INT32_MAX));
	struct peer *two = subscribe_as(w, "two", 0, CREDIT, NULL, false);
	struct peer *one = subscribe_as(w, "one", 0, CREDIT, NULL, false);
	settle(w);
	tags.kind = MANDATE__KIND__KIND_OFFICE;
	tags.office = (char[]){"one"};
	one->own_office = "one";
	append(w, 3, 200);
	w->log[2].tags = &tags;
	two->own_office = "two";
	publish(w);
	settle(w);
	assert_int_equal(one->events, 2);
	assert_int_equal(two->events, 1);
	struct peer *late = subscribe_as(w, "one", 0, CREDIT, NULL, false);
	late->own_office = "one";
	settle(w);
	assert_int_equal(late->events, 2);
}

/* --- ends ------------------------------------------------------------------------------------- */

/* Events of the same batch as the change: nothing of them is sent by the grants before it. */
static void a_wider_grant_ends_the_stream_before_anything_behind_it(void **state)
{
	struct world *w = *state;

	enter(w, "liberia", accredit(w, "liberia", "UNMIL", INT32_MAX));
	struct peer *p = subscribe_as(w, "liberia", 0, CREDIT, NULL, false);
	struct peer *other = subscribe(w, 0, CREDIT, NULL, false);
	settle(w);
	publish_some(w, 6);
	size_t events = p->events;
	append(w, 3, 200);
	enter(w, "liberia", accredit(w, "liberia", NULL, INT32_MAX));
	assert_int_equal(p->end, MANDATE__CODE__CODE_REGRANTED);
	publish(w);
	settle(w);
	assert_int_equal(p->events, events);
	assert_int_equal(other->end, 0);
	assert_complete(w, other);
	/* What it subscribes now is by the new ones. */
	struct peer *again = subscribe_as(w, "liberia", 9, CREDIT, NULL, false);
	settle(w);
	publish_some(w, 6);
	assert_int_equal(again->events, 6);
}

static void a_narrower_grant_ends_it_too_and_slices_under_way_are_not_sent(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 500; i++)
		append(w, 1, 400);
	publish(w);
	struct peer *p = subscribe(w, 0, CREDIT, NULL, false);
	pump(w);
	read_slice(w, 0); /* the position */
	pump(w);
	assert_int_equal(w->job_count, 1);
	enter(w, "unhq", accredit(w, "unhq", "UNMIL", INT32_MAX));
	assert_int_equal(p->end, MANDATE__CODE__CODE_REGRANTED);
	settle(w);
	assert_int_equal(p->events, 0);
}

static void what_changes_nothing_of_what_is_seen_ends_nothing(void **state)
{
	struct world *w = *state;
	Mandate__Office *o = accredit(w, "liberia", "UNMIL", INT32_MAX);

	enter(w, "liberia", o);
	enter(w, "twin", accredit(w, "twin", "UNMIL", INT32_MAX));
	struct peer *p = subscribe_as(w, "liberia", 0, CREDIT, NULL, false);
	struct peer *twin = subscribe_as(w, "twin", 0, CREDIT, NULL, false);
	settle(w);
	o->grants[0]->access = MANDATE__ACCESS__ACCESS_WRITE;
	o->grants[0]->until = w->day;
	enter(w, "liberia", o);
	publish_some(w, 6);
	assert_int_equal(p->end, 0);
	assert_complete(w, p);
	/* And the one who leaves the group leaves it for the others as it was. */
	pass_day(w);
	assert_int_equal(p->end, MANDATE__CODE__CODE_REGRANTED);
	publish_some(w, 6);
	assert_complete(w, twin);
	assert_int_equal(twin->events, 4);
}

static void who_is_no_longer_accredited_is_told_and_sent_nothing(void **state)
{
	struct world *w = *state;
	static const char *const names[] = {"gone", "suspended", "revoked", "key", "until"};
	Mandate__Office *o[5];
	struct peer *p[5];

	for (int i = 0; i < 5; i++) {
		o[i] = accredit(w, names[i], NULL, INT32_MAX);
		enter(w, names[i], o[i]);
		p[i] = subscribe_as(w, names[i], 0, CREDIT, NULL, false);
	}
	struct peer *stays = subscribe(w, 0, CREDIT, NULL, false);
	settle(w);
	publish_some(w, 3);
	append(w, 1, 200);
	o[1]->has_state = true;
	o[1]->state = MANDATE__OFFICE_STATE__OFFICE_STATE_SUSPENDED;
	o[2]->devices[0]->has_revoked = o[2]->devices[0]->revoked = true;
	o[3]->devices[0]->key = (char[]){"another key"};
	o[4]->has_until = true;
	o[4]->until = w->day;
	for (int i = 0; i < 5; i++)
		enter(w, names[i], i ? o[i] : NULL);
	assert_int_equal(p[4]->end, 0);
	pass_day(w);
	publish(w);
	settle(w);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(p[i]->end, MANDATE__CODE__CODE_UNACCREDITED);
		assert_int_equal(p[i]->events, 3);
	}
	assert_int_equal(stays->end, 0);
	assert_complete(w, stays);
}

/* A device that moved to another office does not take its stream with it. */
static void a_key_of_another_office_is_another_speaker(void **state)
{
	struct world *w = *state;
	Mandate__Office *o = accredit(w, "old", NULL, INT32_MAX);
	Mandate__Office *n = accredit(w, "new", NULL, INT32_MAX);

	enter(w, "old", o);
	struct peer *p = subscribe_as(w, "old", 0, CREDIT, NULL, false);
	settle(w);
	n->devices[0]->key = o->devices[0]->key;
	o->devices[0]->key = (char[]){"another key"};
	put_office(w, "old", o);
	enter(w, "new", n);
	assert_int_equal(p->end, MANDATE__CODE__CODE_UNACCREDITED);
}

static void a_grant_that_expires_ends_the_stream_on_its_day(void **state)
{
	struct world *w = *state;

	enter(w, "liberia", accredit(w, "liberia", NULL, w->day + 1));
	struct peer *p = subscribe_as(w, "liberia", 0, CREDIT, NULL, false);
	struct peer *other = subscribe(w, 0, CREDIT, NULL, false);
	settle(w);
	publish_some(w, 3);
	pass_day(w);
	publish_some(w, 3);
	assert_int_equal(p->end, 0);
	assert_int_equal(p->events, 6);
	append(w, 1, 200);
	pass_day(w);
	publish(w);
	settle(w);
	assert_int_equal(p->end, MANDATE__CODE__CODE_REGRANTED);
	assert_int_equal(p->events, 6);
	assert_complete(w, other);
}

/* The day of a frame is that of the grants by which it was made. What the peer says of the day on
 * which it was told goes to the reader with its position, and nothing else does. */
static void the_day_comes_with_each_frame_and_back_with_a_position(void **state)
{
	struct world *w = *state;
	Mandate__Subscribe request = MANDATE__SUBSCRIBE__INIT;
	struct route route = {.len = 1, .id = {99}};

	struct peer *p = subscribe(w, 0, CREDIT, NULL, false);
	settle(w);
	pass_day(w);
	publish_some(w, 3); /* checked by check_frame, as each */
	assert_complete(w, p);
	request.after_revision = 3;
	request.credit_bytes = CREDIT;
	for (int said = 0; said < 2; said++) {
		request.has_day = said;
		request.day = w->day - 1;
		assert_int_equal(stream_subscribe(w->streams, &route, 7, speaker(w, "unhq"),
						  &request, w->now_ms),
				 STATUS_OK);
		pump(w);
		assert_int_equal(w->job_count, 1);
		assert_int_equal(w->jobs[0]->mark_day, said ? w->day - 1 : DAY_NEVER);
		assert_int_equal(w->jobs[0]->day, w->day);
		reader_job_free(w->jobs[--w->job_count]);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_office_is_shown_what_is_granted_from_memory_and_from_the_log),
		TEST(frames_are_shared_by_who_may_see_the_same_and_by_nobody_else),
		TEST(its_own_record_is_shown_to_the_office_alone),
		TEST(a_wider_grant_ends_the_stream_before_anything_behind_it),
		TEST(a_narrower_grant_ends_it_too_and_slices_under_way_are_not_sent),
		TEST(what_changes_nothing_of_what_is_seen_ends_nothing),
		TEST(who_is_no_longer_accredited_is_told_and_sent_nothing),
		TEST(a_key_of_another_office_is_another_speaker),
		TEST(a_grant_that_expires_ends_the_stream_on_its_day),
		TEST(the_day_comes_with_each_frame_and_back_with_a_position),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
