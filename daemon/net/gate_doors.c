/* Connections: counted, and cut when they cost too much. What the sockets tell is quick; what the
 * system says is true: a descriptor may be another's by the time we hear of it, so that its socket
 * is named by the system's cookie. */
#include "net/gate_impl.h"

#include "net/listener.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <zmq.h>

enum {
	DESCRIPTORS_MAX = 1024 * 1024,
	EVENTS_PER_TURN_MAX = 1024,
	ENDPOINT_BYTES = 256,
	MS_PER_LINE = 10 * 1000,
	/* What a client has sent when its handshake is done, at least: greeting, HELLO, INITIATE.
	 */
	HANDSHAKE_BYTES_LEAST = 64 + 202 + 266,
};

enum status gate_doors_init(struct gate *g, const struct gate_limits *limits, struct error *err)
{
	struct rlimit limit = {.rlim_cur = RLIM_INFINITY};
	size_t kept = DESCRIPTORS_KEPT + (size_t)LISTEN_MAX * ACCEPT_BACKLOG;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur > DESCRIPTORS_MAX)
		limit.rlim_cur = DESCRIPTORS_MAX;
	g->descriptors = limit.rlim_cur;
	g->count_max = limits->connections_max;
	g->office_max = limits->office_connections_max;
	if (g->count_max + kept > g->descriptors) {
		g->count_max = g->descriptors > kept + CONNECTIONS_MAX_LEAST
				       ? g->descriptors - kept
				       : CONNECTIONS_MAX_LEAST;
		log_line(LOG_WARNING, "connections.fewer",
			 "configured=%zu possible=%zu reason=\"%zu descriptors may be open\"",
			 limits->connections_max, g->count_max, g->descriptors);
	}
	g->connections = calloc(g->descriptors, sizeof *g->connections);
	g->frames = calloc(g->descriptors, sizeof *g->frames);
	g->offices = calloc(g->descriptors, sizeof *g->offices);
	if (!g->connections || !g->frames || !g->offices ||
	    gate_crowd_new(g->descriptors, &g->crowd) != STATUS_OK)
		return error_set(err, STATUS_NO_MEMORY, "no memory for %zu connections",
				 g->descriptors);
	return STATUS_OK;
}

void gate_doors_fini(struct gate *g)
{
	free(g->connections);
	free(g->frames);
	free(g->offices);
	gate_crowd_free(g->crowd);
}

/* --- coming and going ----------------------------------------------------------------------- */

static uint64_t cookie_of(int fd)
{
	uint64_t cookie;
	socklen_t len = sizeof cookie;

	return getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len) == 0 ? cookie : 0;
}

static void describe_peer(int fd, char ret_address[INET6_ADDRSTRLEN])
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} peer;
	socklen_t len = sizeof peer;

	ret_address[0] = '\0';
	if (getpeername(fd, &peer.any, &len) != 0)
		return;
	if (peer.any.sa_family == AF_INET6)
		inet_ntop(AF_INET6, &peer.v6.sin6_addr, ret_address, INET6_ADDRSTRLEN);
	else
		inet_ntop(AF_INET, &peer.v4.sin_addr, ret_address, INET6_ADDRSTRLEN);
}

static void forget(struct gate *g, struct connection *c)
{
	g->count -= c->cookie != 0;
	c->cookie = 0;
}

static void came(struct gate *g, int fd, uint64_t now_ms)
{
	struct connection *c = &g->connections[fd];
	uint64_t cookie = cookie_of(fd);

	forget(g, c);
	atomic_store_explicit(&g->offices[fd], 0, memory_order_relaxed);
	*c = (struct connection){
		.cookie = cookie,
		.since_ms = now_ms,
		.frames = atomic_load_explicit(&g->frames[fd], memory_order_relaxed)};
	if (cookie == 0)
		return; /* it has gone already; why may still be told */
	describe_peer(fd, c->address);
	g->count++;
	if ((size_t)fd > g->highest)
		g->highest = (size_t)fd;
}

/* Has a message of it been read? */
static bool has_spoken(const struct gate *g, int fd)
{
	const struct connection *c = &g->connections[fd];

	return c->read_bytes ||
	       atomic_load_explicit(&g->frames[fd], memory_order_relaxed) != c->frames;
}

/* Why it is told that a connection has ended; NULL: it is not. The failure of a handshake has no
 * descriptor, but its connection's end follows. (With several I/O threads another's may come
 * between: then the line names the wrong peer.) Of other words than ours, and of another server
 * key, there is no event that could be asked for (see gate.c): the connection has ended without a
 * message. */
static const char *reason_of(const struct gate *g, struct watch *w, int fd)
{
	if (w->failed) {
		w->failed = false;
		return "no handshake";
	}
	if (has_spoken(g, fd))
		return NULL;
	if (w->strangers) {
		w->strangers--;
		return NULL;
	}
	return "not our protocol or another server key, or gone without a message";
}

static void went(struct gate *g, struct watch *w, int fd, uint64_t now_ms)
{
	struct connection *c = &g->connections[fd];
	const char *reason = reason_of(g, w, fd);

	if (reason && gate_may_tell(g, now_ms))
		log_line(LOG_NOTICE, "client.refused", "peer=%s after_ms=%" PRIu64 " reason=\"%s\"",
			 log_quote(c->address), now_ms - c->since_ms, reason);
	forget(g, c);
}

/* An event and its value; the endpoint that follows is known. */
static bool next_event(struct watch *w, uint16_t *ret_event, uint32_t *ret_value)
{
	uint8_t head[sizeof *ret_event + sizeof *ret_value], endpoint[ENDPOINT_BYTES];

	if (zmq_recv(w->monitor, head, sizeof head, ZMQ_DONTWAIT) != sizeof head)
		return false;
	memcpy(ret_event, head, sizeof *ret_event);
	memcpy(ret_value, head + sizeof *ret_event, sizeof *ret_value);
	IGNORE_RESULT(zmq_recv(w->monitor, endpoint, sizeof endpoint, ZMQ_DONTWAIT));
	return true;
}

void gate_doors_read(struct gate *g, struct watch *w, uint64_t now_ms)
{
	uint16_t event;
	uint32_t value;

	for (int i = 0; i < EVENTS_PER_TURN_MAX && next_event(w, &event, &value); i++) {
		bool known = value < g->descriptors;

		if (event == ZMQ_EVENT_ACCEPTED && known)
			came(g, (int)value, now_ms);
		else if (event == ZMQ_EVENT_DISCONNECTED && known)
			went(g, w, (int)value, now_ms);
		else if (event == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH)
			w->strangers++;
		else if (event == ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL)
			w->failed = true;
	}
}

/* --- looking -------------------------------------------------------------------------------- */

void gate_cut(struct gate *g, size_t fd, const char *why, const char *unit, uint64_t number,
	      uint64_t now_ms)
{
	if (gate_may_tell(g, now_ms))
		log_line(LOG_WARNING, "client.cut", "peer=%s reason=\"%s\" %s=%" PRIu64,
			 log_quote(g->connections[fd].address), why, unit, number);
	IGNORE_RESULT(shutdown((int)fd, SHUT_RDWR)); /* it may have gone */
}

struct look {
	uint64_t received_bytes;
	uint64_t unread_bytes; /* of it, what libzmq keeps to itself */
};

/* When a frame has come to us, everything before it has come too. */
static struct look look_at(struct gate *g, size_t fd)
{
	struct connection *c = &g->connections[fd];
	struct tcp_info info = {0};
	socklen_t len = sizeof info;
	int waiting = 0; /* in the system, which bounds it */
	unsigned frames = atomic_load_explicit(&g->frames[fd], memory_order_relaxed);

	if (getsockopt((int)fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0)
		return (struct look){0};
	c->quiet_ms = info.tcpi_last_data_recv;
	if (frames != c->frames) {
		c->frames = frames;
		c->read_bytes = info.tcpi_bytes_received;
	}
	struct look l = {info.tcpi_bytes_received, info.tcpi_bytes_received - c->read_bytes};
	if (l.unread_bytes > FRAME_BYTES_MAX && ioctl((int)fd, SIOCINQ, &waiting) == 0 &&
	    waiting > 0)
		l.unread_bytes -=
			(uint64_t)waiting < l.unread_bytes ? (uint64_t)waiting : l.unread_bytes;
	return l;
}

/* How long may it take to say something? Libzmq sees to the handshake, if nobody waits. */
static uint64_t patience_ms(const struct gate *g, const struct look *l)
{
	if (!g->shut)
		return FIRST_WORD_MS;
	return l->received_bytes < HANDSHAKE_BYTES_LEAST ? HANDSHAKE_HURRIED_MS : HANDSHAKE_MS;
}

/* Every connection; `most_bytes` may be unread of each. Returns how much is unread of all. */
static uint64_t look_at_all(struct gate *g, uint64_t most_bytes, uint64_t now_ms)
{
	uint64_t total = 0;

	for (size_t fd = 0; fd <= g->highest; fd++) {
		struct connection *c = &g->connections[fd];

		if (!c->cookie)
			continue;
		if (cookie_of((int)fd) != c->cookie) {
			forget(g, c); /* its end was not told, as after an unbind */
			continue;
		}
		struct look l = look_at(g, fd);
		if (l.unread_bytes > most_bytes)
			gate_cut(g, fd, "sends without an end", "bytes", l.unread_bytes, now_ms);
		else if (!has_spoken(g, (int)fd) && now_ms - c->since_ms > patience_ms(g, &l))
			IGNORE_RESULT(shutdown((int)fd, SHUT_RDWR)); /* told when it has ended */
		else
			total += l.unread_bytes;
	}
	while (g->highest && !g->connections[g->highest].cookie)
		g->highest--;
	return total;
}

static void set_doors(struct gate *g, struct watch *watches, size_t count, uint64_t now_ms)
{
	bool shut = g->count >= g->count_max;

	if (shut == g->shut)
		return;
	for (size_t i = 0; i < count; i++)
		if (listener_shut(watches[i].listen_fd, shut) != STATUS_OK)
			log_line(LOG_ERROR, "doors.failed", "reason=%s",
				 log_quote(strerror(errno)));
	g->shut = shut;
	/* At the limit they open and shut with everybody who leaves and comes. */
	if (shut && now_ms - g->told_ms >= MS_PER_LINE) {
		g->told_ms = now_ms;
		log_line(LOG_WARNING, "connections.full", "count=%zu", g->count);
	}
}

uint64_t gate_doors_look(struct gate *g, struct watch *watches, size_t count, uint64_t now_ms)
{
	if (g->count && now_ms - g->looked_ms >= GATE_LOOK_MS) {
		g->looked_ms = now_ms;
		/* Together too much: then those that have more than their share. */
		if (look_at_all(g, UNREAD_BYTES_MAX, now_ms) > UNREAD_TOTAL_BYTES_MAX) {
			uint64_t share = UNREAD_TOTAL_BYTES_MAX / (g->count + 1);
			look_at_all(g, share > FRAME_BYTES_MAX ? share : FRAME_BYTES_MAX, now_ms);
		}
		gate_crowd_look(g, now_ms);
	}
	set_doors(g, watches, count, now_ms);
	atomic_store_explicit(&g->published, g->count, memory_order_relaxed);
	return g->count ? g->looked_ms + GATE_LOOK_MS : UINT64_MAX;
}
