/* What a daemon may send to a subscriber: the input is an envelope behind its version and
 * correlation, which are those of a stream. It comes in by a socket, as in life. */
#include "fuzz.h"

#include "clients/libmandate.h"

#include <stdio.h>
#include <unistd.h>
#include <zmq.h>

static struct {
	void *context, *router;
	struct mandate *m;
	uint8_t peer[64];
	int peer_len;
	uint64_t correlation;
	bool running;
} f;

static void on_event(void *ctx, const struct mandate_event *event)
{
	(void)ctx;
	fuzz_expect(event->revision > 0);
	if (event->event.len)
		mandate_decode(f.m, &mandate__event__descriptor, event->event);
}

static void on_through(void *ctx, uint64_t through, const uint8_t *hash, const int32_t *day)
{
	(void)ctx;
	(void)through;
	(void)hash;
	(void)day;
}

static void on_end(void *ctx, Mandate__Code code, const char *text)
{
	(void)ctx;
	(void)code;
	(void)text;
	f.running = false;
}

static void set_up(void)
{
	struct mandate_options options = {.office = "fuzz"};
	char endpoint[64];
	int hwm = 0;

	snprintf(endpoint, sizeof endpoint, "ipc://@mandated-fuzz-%ld", (long)getpid());
	f.context = zmq_ctx_new();
	f.router = zmq_socket(f.context, ZMQ_ROUTER);
	zmq_setsockopt(f.router, ZMQ_SNDHWM, &hwm, sizeof hwm);
	fuzz_expect(zmq_bind(f.router, endpoint) == 0);
	options.endpoint = endpoint;
	fuzz_expect(mandate_open(&f.m, &options, NULL) == STATUS_OK);
}

/* Reads what the client sends until a subscription comes. */
static void subscribe(void)
{
	struct mandate_subscription s = {
		.on_event = on_event, .on_through = on_through, .on_end = on_end, .verify = true};
	struct mandate_stream *stream;
	struct arena a;

	fuzz_expect(mandate_subscribe(f.m, &s, &stream, NULL) == STATUS_OK);
	for (int i = 0; i < 2000 && !f.running; i++) {
		zmq_msg_t message;
		uint8_t peer[sizeof f.peer];

		fuzz_expect(mandate_run(f.m, 5, NULL) == STATUS_OK);
		int len = zmq_recv(f.router, peer, sizeof peer, ZMQ_DONTWAIT);
		if (len < 0)
			continue;
		memcpy(f.peer, peer, (size_t)len);
		f.peer_len = len;
		zmq_msg_init(&message);
		fuzz_expect(zmq_msg_recv(&message, f.router, 0) >= 0);
		arena_init(&a, DECODE_BYTES_MAX);
		const Mandate__Envelope *e =
			codec_decode(&a, &mandate__envelope__descriptor,
				     bytes_of(zmq_msg_data(&message), zmq_msg_size(&message)));
		if (e && e->body_case == MANDATE__ENVELOPE__BODY_SUBSCRIBE) {
			f.correlation = e->correlation;
			f.running = true;
		}
		zmq_msg_close(&message);
		arena_fini(&a);
	}
	fuzz_expect(f.running);
}

static void drain_router(void)
{
	uint8_t bytes[4096];

	while (zmq_recv(f.router, bytes, sizeof bytes, ZMQ_DONTWAIT) >= 0)
		continue;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t frame[64 * 1024], *p = frame;

	if (size > sizeof frame - 16)
		return 0;
	if (!f.context)
		set_up();
	if (!f.running)
		subscribe();
	*p++ = 1 << 3;
	*p++ = 1;
	*p++ = 2 << 3;
	uint64_t rest = f.correlation;
	for (; rest >= 0x80; rest >>= 7)
		*p++ = (uint8_t)(rest | 0x80);
	*p++ = (uint8_t)rest;
	memcpy(p, data, size);
	zmq_send(f.router, f.peer, (size_t)f.peer_len, ZMQ_SNDMORE);
	zmq_send(f.router, frame, (size_t)(p - frame) + size, 0);
	fuzz_expect(mandate_run(f.m, 2, NULL) == STATUS_OK);
	drain_router();
	return 0;
}
