#include "net/endpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char IPC_PREFIX[] = "ipc://";

enum { IPC_MODE = 0660, LOCK_MODE = 0640, BACKLOG = 256, FEED_MESSAGE_BYTES_MAX = 1024 };

static const char *path_of(const char *name)
{
	return strncmp(name, IPC_PREFIX, sizeof IPC_PREFIX - 1) == 0 ? name + sizeof IPC_PREFIX - 1
								     : NULL;
}

static enum status set_options(void *socket, int type, const char *name)
{
	const struct {
		int option, value;
	} options[] = {
		{ZMQ_LINGER, 0},
		{ZMQ_BACKLOG, BACKLOG},
		{ZMQ_IPV6, strchr(name, '[') != NULL},
		{ZMQ_HEARTBEAT_IVL, HEARTBEAT_MS},
		{ZMQ_HEARTBEAT_TIMEOUT, 3 * HEARTBEAT_MS},
		{ZMQ_HEARTBEAT_TTL, 3 * HEARTBEAT_MS},
		{ZMQ_SNDHWM, type == ZMQ_ROUTER ? SEND_QUEUE_MAX : FEED_QUEUE_MAX},
		{ZMQ_RCVHWM, RECEIVE_QUEUE_MAX},
	};
	int64_t most = type == ZMQ_ROUTER ? 2 * FRAME_BYTES_MAX : FEED_MESSAGE_BYTES_MAX;
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

static enum status bind_it(struct endpoint *e, const char *name, struct error *err)
{
	const char *path = path_of(name);
	size_t len = sizeof e->name;

	if (zmq_bind(e->socket, name) != 0)
		return error_set(err, STATUS_IO, "cannot bind %s: %s", name,
				 zmq_strerror(zmq_errno()));
	if (path && chmod(path, IPC_MODE) != 0)
		return error_set(err, status_of_errno(errno), "cannot set the mode of %s: %s", path,
				 strerror(errno));
	/* With the port, where the system chose one. */
	if (zmq_getsockopt(e->socket, ZMQ_LAST_ENDPOINT, e->name, &len) != 0)
		snprintf(e->name, sizeof e->name, "%s", name);
	return STATUS_OK;
}

enum status endpoint_open(void *zmq, int type, const char *name, uint8_t number, bool control,
			  struct endpoint *ret_endpoint, struct error *err)
{
	struct endpoint e = {.number = number, .control = control, .lock_fd = -1};
	const char *path = path_of(name);
	enum status s = STATUS_OK;

	e.socket = zmq_socket(zmq, type);
	if (!e.socket)
		return error_set(err, STATUS_LIMIT, "cannot make a socket: %s",
				 zmq_strerror(zmq_errno()));
	if (set_options(e.socket, type, name) != STATUS_OK)
		s = error_set(err, STATUS_INVALID, "cannot set up a socket: %s",
			      zmq_strerror(zmq_errno()));
	if (s == STATUS_OK && path)
		s = lock_path(&e, path, err);
	if (s == STATUS_OK)
		s = bind_it(&e, name, err);
	if (s != STATUS_OK) {
		endpoint_close(&e, 0);
		return s;
	}
	*ret_endpoint = e;
	return STATUS_OK;
}

void endpoint_close(struct endpoint *e, int linger_ms)
{
	if (!e->socket)
		return;
	/* Both only fail on a socket that is none. */
	IGNORE_RESULT(zmq_setsockopt(e->socket, ZMQ_LINGER, &linger_ms, sizeof linger_ms));
	IGNORE_RESULT(zmq_close(e->socket));
	if (e->lock_fd >= 0)
		close(e->lock_fd);
	e->socket = NULL;
}

static bool drain_one(struct endpoint *e)
{
	zmq_msg_t part;
	bool got;

	zmq_msg_init(&part);
	got = zmq_msg_recv(&part, e->socket, ZMQ_DONTWAIT) >= 0;
	if (got)
		e->draining = zmq_msg_more(&part);
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
