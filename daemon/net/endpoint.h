/* Sockets: bound, bounded, and what libzmq answers turned into our words. A message is one frame.
 * By TCP they speak CURVE and nothing else; by ipc the path's permissions guard them. */
#ifndef MANDATED_NET_ENDPOINT_H
#define MANDATED_NET_ENDPOINT_H

#include "net/gate.h"
#include "service/frame.h"
#include "service/stream.h"

#include <zmq.h>

enum { ENDPOINT_NAME_BYTES = 256 };

struct endpoint {
	void *socket;
	uint8_t number;	   /* in routes */
	bool control;	   /* the operators': the office is always `local` */
	bool draining;	   /* the rest of a message of several frames is still to be thrown away */
	int lock_fd;	   /* of an ipc path; -1: none */
	int listen_fd;	   /* of TCP, ours beside libzmq's; -1: none */
	struct gate *gate; /* that watches it, or NULL */
	char name[ENDPOINT_NAME_BYTES]; /* as bound */
};

struct endpoint_options {
	int type;	  /* ZMQ_ROUTER, ZMQ_XPUB */
	const char *name; /* "tcp://HOST:PORT", "ipc:///PATH" */
	uint8_t number;
	bool control;
	/* Of TCP: the server's secret key (Z85), and the gate that decides who comes in. */
	const char *secret_key;
	struct gate *gate;
};

/* Makes a socket and binds it. By TCP only with a key and a gate, and only if the socket says that
 * it will speak CURVE. An ipc path is locked first, by a file beside it, since libzmq would take a
 * living server's path away; it is made 0660. */
MUST_USE enum status endpoint_open(void *zmq, const struct endpoint_options *options,
				   struct endpoint *ret_endpoint, struct error *err);

/* Drops every connection of a TCP endpoint and listens on, at the same port; who was under way to
 * it comes in. */
MUST_USE enum status endpoint_kick(struct endpoint *e, struct error *err);

/* What was sent may still go out for `linger_ms`. */
void endpoint_close(struct endpoint *e, int linger_ms);

enum endpoint_received {
	ENDPOINT_NOTHING = 1,
	ENDPOINT_MESSAGE, /* in *ret_message, which the caller closes */
	ENDPOINT_SEVERAL, /* a message of several frames: to be answered; it is thrown away */
	ENDPOINT_DRAINED, /* another of its frames is gone */
};

/* Takes the next message of a ROUTER, without waiting. *ret_route is filled for both kinds. Whose
 * it is says endpoint_identify. */
enum endpoint_received endpoint_receive(struct endpoint *e, struct route *ret_route,
					zmq_msg_t *ret_message);

/* The key (Z85) that sent a message by TCP; false: nobody's whom the gate let in. */
bool endpoint_identify(const struct endpoint *e, zmq_msg_t *message,
		       char ret_key[KEYFILE_TEXT_BYTES]);

/* To one peer of a ROUTER, without waiting. endpoint_send takes the message in any case. */
enum stream_sent endpoint_send(struct endpoint *e, const struct route *route, zmq_msg_t *message);
enum stream_sent endpoint_send_frame(struct endpoint *e, const struct route *route,
				     struct frame *frame);

#endif
