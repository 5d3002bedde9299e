/* A client of the test's making in front of a daemon of the test's making: its history, its stream,
 * and what the client was given of it. For clients_stream_test.c and clients_snapshot_test.c. */
#ifndef MANDATED_TESTS_FAKE_STREAM_H
#define MANDATED_TESTS_FAKE_STREAM_H

#include "fake_daemon.h"

#include "base/clock.h"
#include "clients/client.h"

enum { COUNT = 300, WAIT_MS = 20000, INPUT_EVENTS = 3 };

struct fixture {
	struct fake_daemon daemon;
	struct mandate *m;
	struct mandate_stream *stream;
	/* the daemon's history: hash[r] is h(r) */
	struct {
		uint8_t bytes[64];
		size_t len;
		uint8_t salt[SALT_BYTES], digest[HASH_BYTES], hash[HASH_BYTES];
	} history[COUNT + 1];
	/* its stream */
	bool streaming, digests;
	bool leaving; /* what is hidden has left */
	uint64_t correlation, at, credit;
	uint8_t peer[64];
	size_t peer_len;
	unsigned subscribes;
	bool tells_day, asked_day; /* with each frame; by the last subscription */
	int32_t day, asked_on;
	/* what the client was given */
	uint64_t last, through;
	unsigned given, left, rows;
	bool ended, has_hash;
	Mandate__Code code;
	uint8_t hash[HASH_BYTES];
	struct mandate_answer answer;
};

static void on_event(void *context, const struct mandate_event *e)
{
	struct fixture *f = context;

	assert_int_equal(e->revision, f->last + 1);
	f->last = e->revision;
	if (e->event.len > 0) {
		const Mandate__Event *event =
			mandate_decode(f->m, &mandate__event__descriptor, e->event);

		assert_non_null(event);
		assert_int_equal(event->revision, e->revision);
		assert_false(e->left);
		f->given++;
	} else if (e->left) {
		assert_int_equal(e->kind, MANDATE__KIND__KIND_UNIT);
		assert_string_equal(e->key, "MONUC:GHA:GHANBATT");
		f->left++;
	}
}

static void on_through(void *context, uint64_t through, const uint8_t *hash, const int32_t *day)
{
	struct fixture *f = context;

	assert_true(!day == !f->tells_day && (!day || *day == f->day));
	assert_true(through >= f->through && through <= f->last);
	f->through = through;
	f->has_hash = hash;
	if (hash)
		memcpy(f->hash, hash, HASH_BYTES);
}

static void on_end(void *context, Mandate__Code code, const char *text)
{
	struct fixture *f = context;

	(void)text;
	f->ended = true;
	f->code = code;
}

static uint64_t end_of_input(uint64_t revision)
{
	uint64_t end = (revision + INPUT_EVENTS - 1) / INPUT_EVENTS * INPUT_EVENTS;

	return end < COUNT ? end : COUNT;
}

static void make_history(struct fixture *f)
{
	uint8_t chain[HASH_BYTES] = {0};

	for (uint64_t r = 1; r <= COUNT; r++) {
		Mandate__Event event = MANDATE__EVENT__INIT;

		event.revision = r;
		event.last_revision = end_of_input(r);
		event.index = event.last_revision / INPUT_EVENTS;
		event.time_ms = 1;
		f->history[r].len = mandate__event__pack(&event, f->history[r].bytes);
		hash_random(f->history[r].salt, SALT_BYTES);
		hash_event(f->history[r].digest, f->history[r].salt,
			   bytes_of(f->history[r].bytes, f->history[r].len));
		hash_chain_event(chain, r, f->history[r].digest);
		memcpy(f->history[r].hash, chain, HASH_BYTES);
	}
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct error err = {0};

	fake_open(&f->daemon);
	struct mandate_options options = {.endpoint = f->daemon.endpoint};
	if (mandate_open(&f->m, &options, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	make_history(f);
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

static void subscribe(struct fixture *f, struct mandate_subscription s)
{
	struct error err = {0};

	s.context = f;
	s.on_event = on_event;
	s.on_through = on_through;
	s.on_end = on_end;
	f->last = s.after_revision;
	if (mandate_subscribe(f->m, &s, &f->stream, &err) != STATUS_OK)
		fail_msg("%s", err.text);
}

static void end_stream(struct fixture *f, Mandate__Code code)
{
	Mandate__Envelope e;
	Mandate__End end = MANDATE__END__INIT;

	mandate__envelope__init(&e);
	e.version = 1;
	e.has_correlation = true;
	e.correlation = f->correlation;
	e.body_case = MANDATE__ENVELOPE__BODY_END;
	e.end = &end;
	end.code = code;
	fake_send(&f->daemon, &e);
	f->streaming = false;
}

/* One frame of `count` events; those whose revision `hidden` divides are digests only. */
static void send_frame(struct fixture *f, unsigned count, unsigned hidden)
{
	static char unit[] = "MONUC:GHA:GHANBATT";
	Mandate__StreamEvent events[8], *list[8];
	Mandate__Frame frame = MANDATE__FRAME__INIT;
	Mandate__Head head = MANDATE__HEAD__INIT;
	Mandate__Envelope e;

	for (unsigned i = 0; i < count && f->at < COUNT; i++) {
		Mandate__StreamEvent *s = list[i] = &events[i];
		uint64_t r = ++f->at;

		mandate__stream_event__init(s);
		if (hidden && r % hidden == 0) {
			s->has_revision = s->has_digest = true;
			s->revision = r;
			s->digest = (ProtobufCBinaryData){HASH_BYTES, f->history[r].digest};
			s->has_left = s->left = s->has_kind = f->leaving;
			s->kind = MANDATE__KIND__KIND_UNIT;
			s->key = f->leaving ? unit : NULL;
		} else {
			s->has_event = s->has_salt = true;
			s->event = (ProtobufCBinaryData){f->history[r].len, f->history[r].bytes};
			s->salt = (ProtobufCBinaryData){SALT_BYTES, f->history[r].salt};
		}
		frame.n_events++;
	}
	frame.events = list;
	/* Within an input the position stays where it was. */
	frame.through = f->at == COUNT ? COUNT : f->at / INPUT_EVENTS * INPUT_EVENTS;
	frame.has_day = f->tells_day;
	frame.day = f->day;
	head.revision = frame.through;
	head.event_hash = (ProtobufCBinaryData){HASH_BYTES, f->history[frame.through].hash};
	mandate__envelope__init(&e);
	e.version = 1;
	e.has_correlation = true;
	e.correlation = f->correlation;
	e.head = &head;
	e.body_case = MANDATE__ENVELOPE__BODY_FRAME;
	e.frame = &frame;
	memcpy(f->daemon.peer, f->peer, f->peer_len);
	f->daemon.peer_len = f->peer_len;
	size_t bytes = fake_send(&f->daemon, &e);
	f->credit -= bytes < f->credit ? bytes : f->credit;
}

static void take_subscribe(struct fixture *f, const Mandate__Envelope *e)
{
	const Mandate__Subscribe *s = e->subscribe;

	f->subscribes++;
	f->streaming = true;
	f->correlation = e->correlation;
	f->at = s->after_revision;
	f->credit = s->credit_bytes;
	f->digests = s->digests;
	f->asked_day = s->has_day;
	f->asked_on = s->day;
	memcpy(f->peer, f->daemon.peer, f->daemon.peer_len);
	f->peer_len = f->daemon.peer_len;
	assert_true(f->at % INPUT_EVENTS == 0 || f->at == COUNT);
	if (s->has_event_hash && memcmp(s->event_hash.data, f->history[f->at].hash, 32) != 0)
		end_stream(f, MANDATE__CODE__CODE_DIVERGED);
}

static void pump(struct fixture *f)
{
	const Mandate__Envelope *e;

	assert_int_equal(mandate_run(f->m, 1, NULL), STATUS_OK);
	while ((e = fake_receive(&f->daemon, 0))) {
		if (e->body_case == MANDATE__ENVELOPE__BODY_SUBSCRIBE)
			take_subscribe(f, e);
		else if (e->body_case == MANDATE__ENVELOPE__BODY_CREDIT)
			f->credit += e->credit->bytes;
		else if (e->body_case == MANDATE__ENVELOPE__BODY_UNSUBSCRIBE)
			f->streaming = false;
	}
}

static void until(struct fixture *f, uint64_t last, unsigned hidden)
{
	uint64_t end_ms = clock_mono_ms() + WAIT_MS;

	while (f->last < last && !f->ended && clock_mono_ms() < end_ms) {
		pump(f);
		if (f->streaming && f->credit > 1024 && f->at < last)
			send_frame(f, 4, hidden);
	}
	for (int i = 0; i < 3; i++)
		pump(f);
}

#endif
