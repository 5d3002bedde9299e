#include "net/gate_impl.h"

#include "base/clock.h"
#include "base/hash.h"
#include "net/zap.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <zmq.h>

enum {
	ROUTING_ID_BYTES = 16,
	/* What libzmq's thread needs between its question and the rest of the handshake. */
	PAUSE_US = 5 * 1000,
	SECOND_MS = 1000,
	REQUESTS_PER_TURN_MAX = 64,
	/* Not ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL: libzmq also tells it of a message that fails its
	 * check, and telling it overwrites errno. It then takes the mistake for a full queue, keeps
	 * the connection, and aborts the process at the next heartbeat if the peer has gone. */
	EVENTS = ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED |
		 ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH,
};

/* --- what is told --------------------------------------------------------------------------- */

bool gate_may_tell(struct gate *g, uint64_t now_ms)
{
	struct gate_lines *l = &g->lines;

	if (now_ms - l->since_ms >= SECOND_MS) {
		if (l->count > GATE_LINES_PER_SECOND)
			log_line(LOG_NOTICE, "client.refused", "more=%" PRIu64,
				 l->count - GATE_LINES_PER_SECOND);
		l->count = 0;
		l->since_ms = now_ms;
	}
	return l->count++ < GATE_LINES_PER_SECOND;
}

/* How many were left out is told even if nobody comes any more. Returns when to come back. */
static uint64_t tell_rest(struct gate *g, uint64_t now_ms)
{
	if (g->lines.count <= GATE_LINES_PER_SECOND)
		return UINT64_MAX;
	if (now_ms - g->lines.since_ms >= SECOND_MS) {
		IGNORE_RESULT(gate_may_tell(g, now_ms));
		g->lines.count = 0; /* nothing was told this time */
		return UINT64_MAX;
	}
	return g->lines.since_ms + SECOND_MS;
}

/* --- ZAP ------------------------------------------------------------------------------------ */

struct question {
	zmq_msg_t parts[ZAP_FRAMES_MAX + 2]; /* who asks, an empty one, the request */
	size_t count;			     /* of those received, more than there is room for */
};

static bool take_question(struct gate *g, struct question *q)
{
	enum { ROOM = sizeof q->parts / sizeof q->parts[0] };
	bool more = true;

	for (q->count = 0; more; q->count++) {
		zmq_msg_t beyond, *to = q->count < ROOM ? &q->parts[q->count] : &beyond;

		zmq_msg_init(to);
		if (zmq_msg_recv(to, g->zap, ZMQ_DONTWAIT) < 0) {
			zmq_msg_close(to);
			return q->count > 0; /* a message is received whole or not at all */
		}
		more = zmq_msg_more(to);
		if (to == &beyond)
			zmq_msg_close(to);
	}
	return true;
}

static void close_question(struct question *q)
{
	for (size_t i = 0; i < q->count && i < sizeof q->parts / sizeof q->parts[0]; i++)
		zmq_msg_close(&q->parts[i]);
}

static void answer(struct gate *g, struct question *q, struct bytes id, const char *code,
		   const char *text, const char *user_id, struct bytes properties)
{
	const struct bytes frames[] = {
		bytes_of(NULL, 0),   bytes_of_text(ZAP_VERSION), id,	    bytes_of_text(code),
		bytes_of_text(text), bytes_of_text(user_id),	 properties};
	enum { FRAMES = sizeof frames / sizeof frames[0] };

	/* Who has gone meanwhile needs no answer. */
	if (zmq_msg_send(&q->parts[0], g->zap, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0)
		return;
	for (size_t i = 0; i < FRAMES; i++)
		IGNORE_RESULT(zmq_send(g->zap, frames[i].data, frames[i].len,
				       ZMQ_DONTWAIT | (i + 1 < FRAMES ? ZMQ_SNDMORE : 0)));
}

static void refuse(struct gate *g, struct question *q, struct bytes id, const char *code,
		   const char *text)
{
	answer(g, q, id, code, text, "", (struct bytes){0});
}

/* With a name that nobody can guess, in place of one that the client claims or of libzmq's next
 * number. */
static void admit(struct gate *g, struct question *q, struct bytes id, uint64_t office,
		  const char *key)
{
	static const uint8_t property[] = "\x08Identity\0\0\0\x10";
	enum { HEAD = sizeof property - 1 };
	uint8_t properties[HEAD + ROUTING_ID_BYTES];
	char user_id[GATE_USER_ID_BYTES];

	memcpy(properties, property, HEAD);
	hash_random(properties + HEAD, ROUTING_ID_BYTES);
	gate_user_id(g, office, key, user_id);
	answer(g, q, id, "200", "", user_id, bytes_of(properties, sizeof properties));
}

static void decide_by_key(struct gate *g, struct question *q, const struct zap_request *request,
			  uint64_t now_ms)
{
	char key[KEYFILE_TEXT_BYTES];
	const char *reason = "no accredited key";
	uint64_t office = 0;

	keyfile_encode(key, request->key);
	switch (gate_admit(g, key, now_ms, &office)) {
	case GATE_ADMITTED:
		admit(g, q, request->id, office, key);
		return;
	case GATE_UNKNOWN:
		refuse(g, q, request->id, "400", "this key is not accredited");
		break;
	case GATE_TOO_OFTEN:
		/* libzmq drops the client without a word, so that it tries again: after a 400 it
		 * would not. */
		refuse(g, q, request->id, "300", "too many connections");
		reason = "connects too often";
		break;
	}
	if (gate_may_tell(g, now_ms))
		log_line(LOG_NOTICE, "client.refused", "peer=%s public_key=%s reason=\"%s\"",
			 log_quote(request->address), log_quote(key), reason);
}

static void decide(struct gate *g, struct question *q, uint64_t now_ms)
{
	struct bytes frames[ZAP_FRAMES_MAX];
	struct zap_request request;
	enum zap_form form = ZAP_NONSENSE;

	if (q->count > 2 && q->count <= ZAP_FRAMES_MAX + 2 && zmq_msg_size(&q->parts[1]) == 0) {
		for (size_t i = 2; i < q->count; i++)
			frames[i - 2] =
				bytes_of(zmq_msg_data(&q->parts[i]), zmq_msg_size(&q->parts[i]));
		form = zap_parse(frames, q->count - 2, &request);
	}
	switch (form) {
	case ZAP_NONSENSE:
		break;
	case ZAP_MALFORMED:
		refuse(g, q, request.id, "500", "malformed");
		break;
	case ZAP_FOREIGN:
		refuse(g, q, request.id, "400", "CURVE is spoken here");
		break;
	case ZAP_CURVE:
		decide_by_key(g, q, &request, now_ms);
		break;
	}
}

/* The name in an answer replaces the one that the client has claimed, if libzmq has read that
 * already, which it does just after it asks. Would an answer once come too early, it takes two such
 * chances at once to do harm: somebody who keeps his claim, and later one who gets just that
 * number. */
static bool answer_questions(struct gate *g, uint64_t now_ms)
{
	struct question asked[REQUESTS_PER_TURN_MAX];
	size_t count = 0;

	while (count < REQUESTS_PER_TURN_MAX && take_question(g, &asked[count]))
		count++;
	if (count)
		usleep(PAUSE_US);
	for (size_t i = 0; i < count; i++) {
		decide(g, &asked[i], now_ms);
		close_question(&asked[i]);
	}
	return count == REQUESTS_PER_TURN_MAX;
}

/* --- the thread ----------------------------------------------------------------------------- */

static bool is_stopped(struct gate *g)
{
	pthread_mutex_lock(&g->mutex);
	bool stop = g->stop;
	pthread_mutex_unlock(&g->mutex);
	return stop;
}

static void wait_for_something(struct gate *g, size_t watches, uint64_t wait_ms)
{
	zmq_pollitem_t items[LISTEN_MAX + 2];
	uint64_t told;

	items[0] = (zmq_pollitem_t){.socket = g->zap, .events = ZMQ_POLLIN};
	items[1] = (zmq_pollitem_t){.fd = g->wake_fd, .events = ZMQ_POLLIN};
	for (size_t i = 0; i < watches; i++)
		items[2 + i] =
			(zmq_pollitem_t){.socket = g->watches[i].monitor, .events = ZMQ_POLLIN};
	/* Interrupted or not, what there is to do is seen by looking. */
	IGNORE_RESULT(
		zmq_poll(items, (int)(2 + watches), wait_ms == UINT64_MAX ? -1 : (long)wait_ms));
	IGNORE_RESULT(read(g->wake_fd, &told, sizeof told)); /* that it was told is all */
}

static size_t watch_count(struct gate *g)
{
	pthread_mutex_lock(&g->mutex);
	size_t count = g->watch_count;
	pthread_mutex_unlock(&g->mutex);
	return count;
}

static void *serve(void *ctx)
{
	struct gate *g = ctx;

	while (!is_stopped(g)) {
		uint64_t now_ms = clock_mono_ms(), next_ms, rest_ms;
		size_t watches = watch_count(g); /* those stay as they are */
		bool more = answer_questions(g, now_ms);

		for (size_t i = 0; i < watches; i++)
			gate_doors_read(g, &g->watches[i], now_ms);
		next_ms = gate_doors_look(g, g->watches, watches, now_ms);
		rest_ms = tell_rest(g, now_ms);
		if (rest_ms < next_ms)
			next_ms = rest_ms;
		now_ms = clock_mono_ms();
		wait_for_something(g, watches,
				   more			   ? 0
				   : next_ms == UINT64_MAX ? UINT64_MAX
				   : next_ms > now_ms	   ? next_ms - now_ms
							   : 0);
	}
	return NULL;
}

static void wake(struct gate *g)
{
	uint64_t one = 1;

	IGNORE_RESULT(write(g->wake_fd, &one, sizeof one)); /* full: it is awake */
}

/* --- opening and closing -------------------------------------------------------------------- */

enum status gate_new(void *zmq, const struct gate_limits *limits, struct error *err,
		     struct gate **ret_gate)
{
	struct gate *g = calloc(1, sizeof *g);
	uint8_t token[TOKEN_BYTES];
	int linger_ms = 0;

	if (!g)
		return error_set(err, STATUS_NO_MEMORY, "out of memory");
	g->zmq = zmq;
	pthread_mutex_init(&g->mutex, NULL);
	hash_random(token, sizeof token);
	hash_hex(g->token, token, sizeof token);
	g->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	enum status s = gate_doors_init(g, limits, err);
	if (s != STATUS_OK)
		goto fail;
	g->zap = g->wake_fd < 0 ? NULL : zmq_socket(zmq, ZMQ_ROUTER);
	if (!g->zap || zmq_setsockopt(g->zap, ZMQ_LINGER, &linger_ms, sizeof linger_ms) != 0 ||
	    zmq_bind(g->zap, ZAP_ENDPOINT) != 0 || pthread_create(&g->thread, NULL, serve, g)) {
		s = error_set(err, STATUS_LIMIT, "cannot open the gate: %s",
			      zmq_strerror(zmq_errno()));
		goto fail;
	}
	g->running = true;
	*ret_gate = g;
	return STATUS_OK;

fail:
	gate_free(g);
	return s;
}

void gate_free(struct gate *g)
{
	if (!g)
		return;
	if (g->running) {
		pthread_mutex_lock(&g->mutex);
		g->stop = true;
		pthread_mutex_unlock(&g->mutex);
		wake(g);
		pthread_join(g->thread, NULL);
	}
	for (size_t i = 0; i < g->watch_count; i++) {
		zmq_close(g->watches[i].monitor);
		close(g->watches[i].listen_fd);
	}
	if (g->zap)
		zmq_close(g->zap);
	if (g->wake_fd >= 0)
		close(g->wake_fd);
	gate_doors_fini(g);
	pthread_mutex_destroy(&g->mutex);
	free(g->keys);
	free(g);
}

enum status gate_watch(struct gate *g, void *socket, int listen_fd, struct error *err)
{
	static atomic_uint serial; /* names are the context's, which may outlive a gate */
	char name[64];
	int unbounded = 0;
	void *monitor = NULL;

	snprintf(name, sizeof name, "inproc://gate-%u", atomic_fetch_add(&serial, 1));
	/* An unread monitor would hold up libzmq's thread, and so everybody. */
	if (g->watch_count == LISTEN_MAX || zmq_socket_monitor(socket, name, EVENTS) != 0 ||
	    !(monitor = zmq_socket(g->zmq, ZMQ_PAIR)) ||
	    zmq_setsockopt(monitor, ZMQ_RCVHWM, &unbounded, sizeof unbounded) != 0 ||
	    zmq_connect(monitor, name) != 0) {
		if (monitor)
			zmq_close(monitor);
		return error_set(err, STATUS_LIMIT, "cannot watch a socket: %s",
				 zmq_strerror(zmq_errno()));
	}
	int copy = fcntl(listen_fd, F_DUPFD_CLOEXEC, 0);
	if (copy < 0) {
		zmq_close(monitor);
		return error_set(err, status_of_errno(errno), "cannot watch a socket: %s",
				 strerror(errno));
	}
	pthread_mutex_lock(&g->mutex);
	g->watches[g->watch_count++] = (struct watch){.monitor = monitor, .listen_fd = copy};
	pthread_mutex_unlock(&g->mutex);
	wake(g);
	return STATUS_OK;
}

size_t gate_connections(const struct gate *g)
{
	return atomic_load_explicit(&g->published, memory_order_relaxed);
}
