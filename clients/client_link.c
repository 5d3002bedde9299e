#include "base/clock.h"
#include "client.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <zmq.h>

enum {
	HEARTBEAT_EVERY_MS = 20 * 1000, /* suits a satellite link: a frame may take 4 s */
	HEARTBEAT_LOST_MS = 60 * 1000,
	REMOTE_DELAY_MS = 1000,
	REMOTE_DELAY_MAX_MS = 5 * 60 * 1000,
	REMOTE_TRY_MS = 30 * 1000,
	LOCAL_DELAY_MS = 10,
	LOCAL_DELAY_MAX_MS = 1000,
	LOCAL_TRY_MS = 5 * 1000,
	QUEUE_MESSAGES = 2 * MANDATE_WINDOW_MAX,
	/* Not ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL: to tell it overwrites errno, and libzmq then
	 * keeps a connection that has failed, and may abort the process later. */
	LOST_EVENTS = ZMQ_EVENT_CLOSED | ZMQ_EVENT_DISCONNECTED |
		      ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH,
};

static bool is_local(const char *endpoint)
{
	static const char *const prefixes[] = {"ipc:", "inproc:", "tcp://127.",
					       "tcp://localhost:", "tcp://[::1]:"};

	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (strncmp(endpoint, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	return false;
}

static void set_int(void *socket, int option, int value)
{
	/* Constant options with constant values: they fail on a mistake of ours only. */
	IGNORE_RESULT(zmq_setsockopt(socket, option, &value, sizeof value));
}

/* The socket stops to tell before its listener goes: libzmq's thread would wait for ever for
 * somebody who takes an event. */
static void discard(struct client_link *l)
{
	if (l->socket) {
		IGNORE_RESULT(zmq_socket_monitor(l->socket, NULL, 0)); /* there may be none */
		zmq_close(l->socket);
	}
	if (l->monitor)
		zmq_close(l->monitor);
	l->socket = l->monitor = NULL;
}

/* Pauses double up to the longest; half of each is drawn, so that a hundred offices do not come
 * back in the same instant. */
static void pause_first(struct client_link *l, uint64_t now_ms)
{
	uint32_t random;

	discard(l);
	hash_random(&random, sizeof random);
	l->state = CLIENT_LINK_WAITING;
	l->due_ms = now_ms + l->delay_ms / 2 + random % (l->delay_ms / 2 + 1);
	l->delay_ms = l->delay_ms > l->delay_max_ms / 2 ? l->delay_max_ms : l->delay_ms * 2;
}

static void *open_monitor(struct client_link *l)
{
	static atomic_ulong count; /* names within a context that several handles may share */
	char name[64];

	snprintf(name, sizeof name, "inproc://mandate-link-%lu", atomic_fetch_add(&count, 1));
	if (zmq_socket_monitor(l->socket, name, LOST_EVENTS | ZMQ_EVENT_HANDSHAKE_SUCCEEDED) != 0)
		return NULL;
	void *monitor = zmq_socket(l->context, ZMQ_PAIR);
	if (monitor && zmq_connect(monitor, name) != 0) {
		zmq_close(monitor);
		return NULL;
	}
	return monitor;
}

/* What is set is read back: nothing is sent in the clear because an option did not hold. */
static bool set_curve(void *socket, const struct client_keys *k)
{
	int mechanism = ZMQ_NULL;
	size_t size = sizeof mechanism;

	return zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, k->server, sizeof k->server) == 0 &&
	       zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, k->own.public_key,
			      sizeof k->own.public_key) == 0 &&
	       zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, k->own.secret_key,
			      sizeof k->own.secret_key) == 0 &&
	       zmq_getsockopt(socket, ZMQ_MECHANISM, &mechanism, &size) == 0 &&
	       mechanism == ZMQ_CURVE;
}

static enum status try_once(struct client_link *l, uint64_t now_ms)
{
	int64_t max_bytes = CLIENT_MESSAGE_BYTES_MAX;

	l->socket = zmq_socket(l->context, ZMQ_DEALER);
	if (!l->socket)
		return STATUS_NO_MEMORY;
	set_int(l->socket, ZMQ_LINGER, 0);
	set_int(l->socket, ZMQ_IMMEDIATE, 1);
	set_int(l->socket, ZMQ_RECONNECT_IVL, -1); /* a new socket is our way to reconnect */
	set_int(l->socket, ZMQ_SNDHWM, QUEUE_MESSAGES);
	set_int(l->socket, ZMQ_RCVHWM, QUEUE_MESSAGES);
	set_int(l->socket, ZMQ_HEARTBEAT_IVL, HEARTBEAT_EVERY_MS);
	set_int(l->socket, ZMQ_HEARTBEAT_TIMEOUT, HEARTBEAT_LOST_MS);
	set_int(l->socket, ZMQ_HEARTBEAT_TTL, HEARTBEAT_LOST_MS);
	IGNORE_RESULT(zmq_setsockopt(l->socket, ZMQ_MAXMSGSIZE, &max_bytes, sizeof max_bytes));
	set_int(l->socket, ZMQ_IPV6, strchr(l->endpoint, '[') != NULL);
	if (l->keys.curve && !set_curve(l->socket, &l->keys)) {
		discard(l);
		return STATUS_INVALID;
	}
	l->monitor = open_monitor(l);
	if (!l->monitor || zmq_connect(l->socket, l->endpoint) != 0) {
		enum status s = errno == EINVAL || errno == EPROTONOSUPPORT ? STATUS_INVALID
									    : STATUS_NO_MEMORY;
		discard(l);
		return s;
	}
	l->state = CLIENT_LINK_TRYING;
	l->due_ms = now_ms + l->try_ms;
	return STATUS_OK;
}

enum status client_link_init(struct client_link *l, const char *endpoint,
			     const struct client_keys *keys, void *context, struct error *err)
{
	bool local = is_local(endpoint);

	*l = (struct client_link){
		.keys = *keys,
		.context = context,
		.delay_first_ms = local ? LOCAL_DELAY_MS : REMOTE_DELAY_MS,
		.delay_max_ms = local ? LOCAL_DELAY_MAX_MS : REMOTE_DELAY_MAX_MS,
		.try_ms = local ? LOCAL_TRY_MS : REMOTE_TRY_MS,
	};
	l->delay_ms = l->delay_first_ms;
	l->endpoint = strdup(endpoint);
	if (!context) {
		l->context = zmq_ctx_new();
		l->own_context = true;
	}
	if (!l->endpoint || !l->context)
		return error_set(err, STATUS_NO_MEMORY, "cannot prepare a connection");
	enum status s = try_once(l, clock_mono_ms());
	if (s == STATUS_INVALID)
		return error_set(err, s,
				 "%s is no endpoint; they look like tcp://host:port or "
				 "ipc:///path",
				 endpoint);
	if (s != STATUS_OK)
		return error_set(err, s, "cannot open a socket: %s", zmq_strerror(errno));
	return STATUS_OK;
}

void client_link_fini(struct client_link *l)
{
	discard(l);
	if (l->own_context && l->context)
		zmq_ctx_term(l->context);
	free(l->endpoint);
	keyfile_wipe(&l->keys.own);
	*l = (struct client_link){0};
}

/* The next event of the connection, 0 if there is none. */
static int next_event(struct client_link *l)
{
	uint8_t text[1024];
	uint16_t event;

	if (zmq_recv(l->monitor, text, sizeof text, ZMQ_DONTWAIT) < (int)sizeof event)
		return 0;
	memcpy(&event, text, sizeof event);
	/* The second part is the endpoint, which we know. */
	IGNORE_RESULT(zmq_recv(l->monitor, text, sizeof text, ZMQ_DONTWAIT));
	return event;
}

static void note_failure(struct client_link *l, int event)
{
	l->failures++;
	if (event == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH)
		l->failure = CLIENT_LINK_UNKNOWN_KEY;
	else if (event == ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL)
		l->failure = CLIENT_LINK_NO_HANDSHAKE;
	else if (event == ZMQ_EVENT_DISCONNECTED && l->state == CLIENT_LINK_TRYING)
		l->failure = CLIENT_LINK_OTHER_PROTOCOL; /* we hung up, without any other word */
	else
		l->failures--; /* nobody was there, or all was well before */
}

void client_link_step(struct client_link *l, uint64_t now_ms)
{
	if (l->state == CLIENT_LINK_WAITING && now_ms >= l->due_ms &&
	    try_once(l, now_ms) != STATUS_OK)
		pause_first(l, now_ms);
	while (l->monitor) {
		int event = next_event(l);

		if (event == 0)
			break;
		if (event & LOST_EVENTS) {
			note_failure(l, event);
			pause_first(l, now_ms);
		} else if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
			int events;
			size_t size = sizeof events;

			/* Makes the socket notice its new pipe now; else sending fails at first. */
			IGNORE_RESULT(zmq_getsockopt(l->socket, ZMQ_EVENTS, &events, &size));
			l->state = CLIENT_LINK_UP;
			l->failure = CLIENT_LINK_FINE;
			l->failures = 0;
			l->generation++;
		}
	}
	if (l->state == CLIENT_LINK_TRYING && now_ms >= l->due_ms)
		pause_first(l, now_ms);
}

void client_link_proven(struct client_link *l)
{
	l->delay_ms = l->delay_first_ms;
}

void client_link_drop(struct client_link *l, uint64_t now_ms)
{
	pause_first(l, now_ms);
}

void client_link_wait(struct client_link *l, uint64_t timeout_ms)
{
	zmq_pollitem_t items[2] = {{.socket = l->socket, .events = ZMQ_POLLIN},
				   {.socket = l->monitor, .events = ZMQ_POLLIN}};

	/* Interrupted or not, what happened is seen by the next step. */
	IGNORE_RESULT(zmq_poll(items, l->socket ? 2 : 0, (long)timeout_ms));
}
