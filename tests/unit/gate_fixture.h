/* A gate of its own for each test, endpoints behind it, and clients that come. */
#ifndef MANDATED_TESTS_GATE_FIXTURE_H
#define MANDATED_TESTS_GATE_FIXTURE_H

#include "base/clock.h"
#include "base/hash.h"
#include "net/endpoint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <zmq.h>

enum { WAIT_MS = 10 * 1000, SOON_MS = 600, SILENCE_MS = 100, OFFICE_MAX = 4 };

static void *zmq;
static struct gate *gate;
static struct keyfile_pair server, client, stranger, third;

static inline void draw(struct keyfile_pair *pair)
{
	assert_int_equal(zmq_curve_keypair(pair->public_key, pair->secret_key), 0);
}

static inline int open_gate(void **state)
{
	static const struct gate_limits limits = {CONNECTIONS_MAX_LEAST, OFFICE_MAX};
	const struct gate_key keys[] = {{client.public_key, "FIELD"}};
	struct error err;

	(void)state;
	zmq = zmq_ctx_new();
	return gate_new(zmq, &limits, &err, &gate) == STATUS_OK &&
			       gate_set_keys(gate, keys, 1, clock_mono_ms()) == STATUS_OK
		       ? 0
		       : -1;
}

static inline int close_gate(void **state)
{
	(void)state;
	gate_free(gate);
	zmq_ctx_term(zmq);
	return 0;
}

static inline struct endpoint listen_at(const char *name)
{
	struct endpoint_options options = {
		.type = ZMQ_ROUTER, .name = name, .secret_key = server.secret_key, .gate = gate};
	struct endpoint e;
	struct error err;

	if (endpoint_open(zmq, &options, &e, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	return e;
}

/* A client; it connects again after `again_ms`, -1: never. `claim`, if any, is the routing id that
 * it claims. */
static inline void *dial_as(const struct endpoint *e, const struct keyfile_pair *who,
			    const char *server_key, int again_ms, struct bytes claim)
{
	void *socket = zmq_socket(zmq, ZMQ_DEALER);
	int linger_ms = 0, v6 = 1;

	zmq_setsockopt(socket, ZMQ_LINGER, &linger_ms, sizeof linger_ms);
	zmq_setsockopt(socket, ZMQ_IPV6, &v6, sizeof v6);
	zmq_setsockopt(socket, ZMQ_RECONNECT_IVL, &again_ms, sizeof again_ms);
	if (who) {
		zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, server_key, KEYFILE_TEXT_BYTES);
		zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, who->public_key, KEYFILE_TEXT_BYTES);
		zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, who->secret_key, KEYFILE_TEXT_BYTES);
	}
	if (claim.len)
		assert_int_equal(zmq_setsockopt(socket, ZMQ_ROUTING_ID, claim.data, claim.len), 0);
	assert_int_equal(zmq_connect(socket, e->name), 0);
	return socket;
}

static inline void *dial_again(const struct endpoint *e, const struct keyfile_pair *who,
			       const char *server_key, int again_ms)
{
	return dial_as(e, who, server_key, again_ms, (struct bytes){0});
}

static inline void *dial(const struct endpoint *e, const struct keyfile_pair *who,
			 const char *server_key)
{
	return dial_again(e, who, server_key, 10);
}

/* The next message of the endpoint within the time; false: none. */
static inline bool receive(struct endpoint *e, int wait_ms, zmq_msg_t *ret_message)
{
	zmq_pollitem_t item = {.socket = e->socket, .events = ZMQ_POLLIN};
	struct route route;

	for (uint64_t end_ms = clock_mono_ms() + (uint64_t)wait_ms; clock_mono_ms() < end_ms;) {
		zmq_poll(&item, 1, 10);
		enum endpoint_received got = endpoint_receive(e, &route, ret_message);
		if (got == ENDPOINT_MESSAGE)
			return true;
	}
	return false;
}

static inline void say(void *socket)
{
	assert_int_equal(zmq_send(socket, "hello", 5, ZMQ_DONTWAIT), 5);
}

/* Says hello; its key must come with it. */
static inline void assert_heard(struct endpoint *e, void *socket, const struct keyfile_pair *who)
{
	char key[KEYFILE_TEXT_BYTES];
	zmq_msg_t message;

	say(socket);
	assert_true(receive(e, WAIT_MS, &message));
	assert_true(endpoint_identify(e, &message, key));
	assert_string_equal(key, who->public_key);
	zmq_msg_close(&message);
}

/* Says hello until it is heard: what was under way when a connection ended is lost. */
static inline void assert_comes_back(struct endpoint *e, void *socket)
{
	zmq_msg_t message;
	bool heard = false;

	for (uint64_t end_ms = clock_mono_ms() + WAIT_MS; !heard && clock_mono_ms() < end_ms;) {
		say(socket);
		heard = receive(e, SILENCE_MS, &message);
		if (heard)
			zmq_msg_close(&message);
	}
	assert_true(heard);
	while (receive(e, SILENCE_MS, &message))
		zmq_msg_close(&message);
}

static inline void assert_not_heard(struct endpoint *e, void *socket)
{
	zmq_msg_t message;

	say(socket);
	assert_false(receive(e, SOON_MS, &message));
	zmq_close(socket);
}

static inline void await_connections(size_t count)
{
	uint64_t end_ms = clock_mono_ms() + WAIT_MS;

	while (gate_connections(gate) != count && clock_mono_ms() < end_ms)
		usleep(1000);
	assert_int_equal(gate_connections(gate), count);
}

#define GATED(test) cmocka_unit_test_setup_teardown(test, open_gate, close_gate)

/* Once for all tests of a program. */
static inline int draw_keys(void **state)
{
	(void)state;
	if (hash_init() != STATUS_OK)
		return -1;
	draw(&server);
	draw(&client);
	draw(&stranger);
	draw(&third);
	return 0;
}

#endif
