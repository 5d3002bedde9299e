/* A ROUTER that speaks the protocol as a test wants it, driven by the test's own thread. */
#ifndef MANDATED_TESTS_FAKE_DAEMON_H
#define MANDATED_TESTS_FAKE_DAEMON_H

#include "base/arena.h"
#include "base/limits.h"
#include "mandate.pb-c.h"
#include "model/codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <zmq.h>

struct fake_daemon {
	void *context, *router;
	char folder[64], endpoint[96];
	struct arena arena; /* the message received last */
	uint8_t peer[64];
	size_t peer_len;
};

static inline void fake_bind(struct fake_daemon *f)
{
	int zero = 0;

	f->router = zmq_socket(f->context, ZMQ_ROUTER);
	assert_non_null(f->router);
	zmq_setsockopt(f->router, ZMQ_LINGER, &zero, sizeof zero);
	assert_int_equal(zmq_bind(f->router, f->endpoint), 0);
}

static inline void fake_unbind(struct fake_daemon *f)
{
	zmq_close(f->router);
	f->router = NULL;
}

static inline void fake_open(struct fake_daemon *f)
{
	*f = (struct fake_daemon){.context = zmq_ctx_new()};
	snprintf(f->folder, sizeof f->folder, "/tmp/fake-daemon-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	snprintf(f->endpoint, sizeof f->endpoint, "ipc://%s/s", f->folder);
	arena_init(&f->arena, DECODE_BYTES_MAX);
	fake_bind(f);
}

static inline void fake_close(struct fake_daemon *f)
{
	if (f->router)
		fake_unbind(f);
	zmq_ctx_term(f->context);
	arena_fini(&f->arena);
	unlink(f->endpoint + strlen("ipc://"));
	rmdir(f->folder);
}

/* The next message, waiting at most `timeout_ms`; NULL if none came. Pings are answered here. */
static inline const Mandate__Envelope *fake_receive(struct fake_daemon *f, int timeout_ms);

/* To the peer of the last message, with its correlation unless `e` has one. */
static inline size_t fake_send(struct fake_daemon *f, Mandate__Envelope *e)
{
	size_t len = mandate__envelope__get_packed_size(e);
	uint8_t *data = malloc(len + 1);

	mandate__envelope__pack(e, data);
	zmq_send(f->router, f->peer, f->peer_len, ZMQ_SNDMORE);
	zmq_send(f->router, data, len, 0);
	free(data);
	return len;
}

static inline Mandate__Envelope fake_answer(const Mandate__Envelope *to)
{
	Mandate__Envelope e;

	mandate__envelope__init(&e);
	e.version = 1;
	e.has_correlation = to->has_correlation;
	e.correlation = to->correlation;
	return e;
}

static inline const Mandate__Envelope *fake_receive(struct fake_daemon *f, int timeout_ms)
{
	zmq_pollitem_t item = {.socket = f->router, .events = ZMQ_POLLIN};
	zmq_msg_t message;

	for (;;) {
		if (zmq_poll(&item, 1, timeout_ms) <= 0)
			return NULL;
		int len = zmq_recv(f->router, f->peer, sizeof f->peer, 0);
		assert_true(len > 0);
		f->peer_len = (size_t)len;
		zmq_msg_init(&message);
		assert_true(zmq_msg_recv(&message, f->router, 0) >= 0);
		arena_reset(&f->arena);
		const Mandate__Envelope *e =
			codec_decode(&f->arena, &mandate__envelope__descriptor,
				     bytes_of(zmq_msg_data(&message), zmq_msg_size(&message)));
		zmq_msg_close(&message);
		assert_non_null(e);
		if (e->body_case != MANDATE__ENVELOPE__BODY_PING)
			return e;
		Mandate__Pong pong = MANDATE__PONG__INIT;
		Mandate__Envelope answer = fake_answer(e);
		pong.version = 1;
		answer.body_case = MANDATE__ENVELOPE__BODY_PONG;
		answer.pong = &pong;
		fake_send(f, &answer);
	}
}

#endif
