#include "net/endpoint.h"

#include "net/listener.h"
#include "net/zap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char IPC_PREFIX[] = "ipc://", TCP_PREFIX[] = "tcp://";

enum {
	CURVE_BYTES = 33, /* around a message, on the wire */
	IPC_MODE = 0660,
	LOCK_MODE = 0640,
	FEED_MESSAGE_BYTES_MAX = 1024
};

static const char *path_of(const char *name)
{
	return strncmp(name, IPC_PREFIX, sizeof IPC_PREFIX - 1) == 0 ? name + sizeof IPC_PREFIX - 1
								     : NULL;
}

static enum status set_options(void *socket, int type)
{
	const struct {
		int option, value;
	} options[] = {
		{ZMQ_LINGER, 0},
		{ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS},
		{ZMQ_HEARTBEAT_IVL, HEARTBEAT_MS},
		{ZMQ_HEARTBEAT_TIMEOUT, 3 * HEARTBEAT_MS},
		{ZMQ_HEARTBEAT_TTL, 3 * HEARTBEAT_MS},
		{ZMQ_SNDHWM, type == ZMQ_ROUTER ? SEND_QUEUE_MAX : FEED_QUEUE_MAX},
		{ZMQ_RCVHWM, RECEIVE_QUEUE_MAX},
	};
	int64_t most =
		type == ZMQ_ROUTER ? 2 * FRAME_BYTES_MAX + CURVE_BYTES : FEED_MESSAGE_BYTES_MAX;
	int mandatory = 1;

	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
		if (zmq_setsockopt(socket, options[i].option, &options[i].value, sizeof(int)) != 0)
			return STATUS_INVALID;
	/* Before authentication too: without it a single frame may be of any size. One that is a
	 * little too large still gets its answer. */
	if (zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &most, sizeof most) != 0)
		return STATUS_INVALID;
	if (type == ZMQ_ROUTER &&
	    zmq_setsockopt(socket, ZMQ_ROUTER_MANDATORY, &mandatory, sizeof mandatory) != 0)
		return STATUS_INVALID;
	return STATUS_OK;
}

static enum status lock_path(struct endpoint *e, const char *path, struct error *err)
{
	char lock[ENDPOINT_NAME_BYTES + 8];

	snprintf(lock, sizeof lock, "%s.lock", path);
	e->lock_fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, LOCK_MODE);
	if (e->lock_fd < 0)
		return error_set(err, status_of_errno(errno), "cannot open %s: %s", lock,
				 strerror(errno));
	if (flock(e->lock_fd, LOCK_EX | LOCK_NB) != 0)
		return error_set(err, STATUS_LOCKED, "%s is in use by another process", path);
	return STATUS_OK;
}

static bool is_tcp(const char *name)
{
	return strncmp(name, TCP_PREFIX, sizeof TCP_PREFIX - 1) == 0;
}

/* What is set is read back: a socket that speaks anything else must not be bound. */
static enum status set_curve(void *socket, const struct endpoint_options *o, struct error *err)
{
	int server = 1, mechanism = ZMQ_NULL;
	size_t len = sizeof mechanism;

	if (!o->secret_key || !o->secret_key[0] || !o->gate)
		return error_set(err, STATUS_INVALID, "%s: by TCP only with a secret key", o->name);
	if (zmq_setsockopt(socket, ZMQ_CURVE_SERVER, &server, sizeof server) != 0 ||
	    zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, o->secret_key, strlen(o->secret_key) + 1) !=
		    0 ||
	    zmq_setsockopt(socket, ZMQ_ZAP_DOMAIN, ZAP_DOMAIN, sizeof ZAP_DOMAIN - 1) != 0)
		return error_set(err, STATUS_INVALID, "%s: cannot set up CURVE: %s", o->name,
				 zmq_strerror(zmq_errno()));
	if (zmq_getsockopt(socket, ZMQ_MECHANISM, &mechanism, &len) != 0 || mechanism != ZMQ_CURVE)
		return error_set(err, STATUS_INVALID,
				 "%s: the socket would speak mechanism %d, not CURVE", o->name,
				 mechanism);
	return STATUS_OK;
}

/* Gives libzmq a descriptor of our listening socket, which it closes when it unbinds. */
static enum status lend_listener(struct endpoint *e, const char *name, struct error *err)
{
	int fd = fcntl(e->listen_fd, F_DUPFD_CLOEXEC, 0);

	if (fd >= 0 && zmq_setsockopt(e->socket, ZMQ_USE_FD, &fd, sizeof fd) == 0 &&
	    zmq_bind(e->socket, name) == 0)
		return STATUS_OK;
	return error_set(err, STATUS_IO, "cannot bind %s: %s", name, zmq_strerror(zmq_errno()));
}

static enum status bind_tcp(struct endpoint *e, const struct endpoint_options *o, struct error *err)
{
	enum status s = set_curve(e->socket, o, err);

	if (s == STATUS_OK)
		s = listener_open(o->name, &e->listen_fd, err);
	if (s == STATUS_OK)
		s = gate_watch(o->gate, e->socket, e->listen_fd, err);
	e->gate = o->gate;
	return s == STATUS_OK ? lend_listener(e, o->name, err) : s;
}

static enum status bind_ipc(struct endpoint *e, const char *name, struct error *err)
{
	const char *path = path_of(name);

	if (!path)
		return error_set(err, STATUS_INVALID, "%s is no endpoint", name);
	enum status s = lock_path(e, path, err);
	if (s != STATUS_OK)
		return s;
	if (zmq_bind(e->socket, name) != 0)
		return error_set(err, STATUS_IO, "cannot bind %s: %s", name,
				 zmq_strerror(zmq_errno()));
	if (chmod(path, IPC_MODE) != 0)
		return error_set(err, status_of_errno(errno), "cannot set the mode of %s: %s", path,
				 strerror(errno));
	return STATUS_OK;
}

enum status endpoint_open(void *zmq, const struct endpoint_options *o,
			  struct endpoint *ret_endpoint, struct error *err)
{
	struct endpoint e = {
		.number = o->number, .control = o->control, .lock_fd = -1, .listen_fd = -1};
	size_t len = sizeof e.name;
	enum status s = STATUS_OK;

	e.socket = zmq_socket(zmq, o->type);
	if (!e.socket)
		return error_set(err, STATUS_LIMIT, "cannot make a socket: %s",
				 zmq_strerror(zmq_errno()));
	if (set_options(e.socket, o->type) != STATUS_OK)
		s = error_set(err, STATUS_INVALID, "cannot set up a socket: %s",
			      zmq_strerror(zmq_errno()));
	if (s == STATUS_OK)
		s = is_tcp(o->name) ? bind_tcp(&e, o, err) : bind_ipc(&e, o->name, err);
	if (s != STATUS_OK) {
		endpoint_close(&e, 0);
		return s;
	}
	/* With the port, where the system chose one. */
	if (zmq_getsockopt(e.socket, ZMQ_LAST_ENDPOINT, e.name, &len) != 0)
		snprintf(e.name, sizeof e.name, "%s", o->name);
	*ret_endpoint = e;
	return STATUS_OK;
}

enum status endpoint_kick(struct endpoint *e, struct error *err)
{
	if (e->listen_fd < 0)
		return STATUS_OK;
	if (zmq_unbind(e->socket, e->name) != 0)
		return error_set(err, STATUS_IO, "cannot unbind %s: %s", e->name,
				 zmq_strerror(zmq_errno()));
	return lend_listener(e, e->name, err);
}

void endpoint_close(struct endpoint *e, int linger_ms)
{
	if (!e->socket)
		return;
	/* The socket stops to tell before the gate goes: libzmq's thread would wait for ever for
	 * somebody who takes an event. */
	if (e->gate)
		IGNORE_RESULT(zmq_socket_monitor(e->socket, NULL, 0));
	/* All of them only fail on a socket that is none. */
	IGNORE_RESULT(zmq_setsockopt(e->socket, ZMQ_LINGER, &linger_ms, sizeof linger_ms));
	IGNORE_RESULT(zmq_close(e->socket));
	if (e->lock_fd >= 0)
		close(e->lock_fd);
	if (e->listen_fd >= 0)
		close(e->listen_fd);
	e->lock_fd = e->listen_fd = -1;
	e->socket = NULL;
}

/* A frame of a message has come: the gate counts what has not. */
static void note(struct endpoint *e, zmq_msg_t *frame)
{
	if (e->gate)
		gate_received(e->gate, zmq_msg_get(frame, ZMQ_SRCFD),
			      zmq_msg_gets(frame, "User-Id"));
}

bool endpoint_identify(const struct endpoint *e, zmq_msg_t *message,
		       char ret_key[KEYFILE_TEXT_BYTES])
{
	return e->gate && gate_identify(e->gate, zmq_msg_gets(message, "User-Id"), ret_key);
}

static bool drain_one(struct endpoint *e)
{
	zmq_msg_t part;
	bool got;

	zmq_msg_init(&part);
	got = zmq_msg_recv(&part, e->socket, ZMQ_DONTWAIT) >= 0;
	if (got) {
		e->draining = zmq_msg_more(&part);
		note(e, &part);
	}
	zmq_msg_close(&part);
	return got;
}

enum endpoint_received endpoint_receive(struct endpoint *e, struct route *ret_route,
					zmq_msg_t *ret_message)
{
	zmq_msg_t id;

	if (e->draining)
		return drain_one(e) ? ENDPOINT_DRAINED : ENDPOINT_NOTHING;
	zmq_msg_init(&id);
	if (zmq_msg_recv(&id, e->socket, ZMQ_DONTWAIT) < 0) {
		zmq_msg_close(&id);
		return ENDPOINT_NOTHING;
	}
	ret_route->endpoint = e->number;
	ret_route->len = (uint8_t)zmq_msg_size(&id);
	memcpy(ret_route->id, zmq_msg_data(&id), ret_route->len);
	zmq_msg_close(&id);
	zmq_msg_init(ret_message);
	if (zmq_msg_recv(ret_message, e->socket, ZMQ_DONTWAIT) < 0) {
		zmq_msg_close(ret_message);
		return ENDPOINT_NOTHING;
	}
	note(e, ret_message);
	if (!zmq_msg_more(ret_message))
		return ENDPOINT_MESSAGE;
	zmq_msg_close(ret_message);
	e->draining = true;
	return ENDPOINT_SEVERAL;
}

enum stream_sent endpoint_send(struct endpoint *e, const struct route *route, zmq_msg_t *message)
{
	enum stream_sent sent = STREAM_SENT;

	/* The name of the peer decides whether there is one and whether its queue has room. */
	if (zmq_send(e->socket, route->id, route->len, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0)
		sent = zmq_errno() == EHOSTUNREACH ? STREAM_GONE : STREAM_LATER;
	else if (zmq_msg_send(message, e->socket, ZMQ_DONTWAIT) < 0)
		sent = STREAM_LATER;
	zmq_msg_close(message); /* empty if it was sent */
	return sent;
}

static void release(void *data, void *hint)
{
	(void)data;
	frame_release(hint);
}

enum stream_sent endpoint_send_frame(struct endpoint *e, const struct route *route,
				     struct frame *frame)
{
	zmq_msg_t message;

	frame_hold(frame);
	if (zmq_msg_init_data(&message, frame->data, frame->len, release, frame) != 0) {
		frame_release(frame);
		return STREAM_LATER;
	}
	return endpoint_send(e, route, &message);
}
