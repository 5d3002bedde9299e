/* Who comes in by TCP. A thread of its own answers libzmq's questions about keys (ZAP), by a table
 * alone, and reads what the sockets tell of their connections: it counts them, shuts the doors when
 * there are too many, and cuts those that make memory grow, that never say anything, or that are
 * too many of one office.
 *
 * It also names every connection. Otherwise libzmq takes the name (routing id) that a client
 * claims, or the next of its own numbers; and aborts the process if somebody had claimed that one.
 *
 * libzmq lets every client in while nobody answers these questions. So the gate opens before every
 * socket and closes after them, and each message must name the key by a token that only this gate
 * knows: gate_identify. */
#ifndef MANDATED_NET_GATE_H
#define MANDATED_NET_GATE_H

#include "base/keyfile.h"

#include <stddef.h>

struct gate;

struct gate_limits {
	size_t connections_max;
	size_t office_connections_max; /* of one office */
};

/* Nobody is admitted yet. `connections_max` is lowered to what the process may have open, with a
 * line in the log. */
MUST_USE enum status gate_new(void *zmq, const struct gate_limits *limits, struct error *err,
			      struct gate **ret_gate);
/* After the sockets that it watches were closed by endpoint_close. Takes NULL. */
void gate_free(struct gate *g);

struct gate_key {
	const char *key; /* Z85 */
	const char *office;
};

/* The keys that are let in from now on, instead of all before; copied. Connections that are there
 * stay. STATUS_NO_MEMORY: all stays as it was. */
MUST_USE enum status gate_set_keys(struct gate *g, const struct gate_key *keys, size_t count,
				   uint64_t now_ms);

/* Before the socket is bound. `listen_fd`, of which the gate keeps a copy, is shut when there are
 * too many connections. LISTEN_MAX sockets at most. */
MUST_USE enum status gate_watch(struct gate *g, void *socket, int listen_fd, struct error *err);

/* Whose message is this? `user_id` is its property "User-Id", or NULL. False: of nobody whom this
 * gate let in. */
bool gate_identify(const struct gate *g, const char *user_id, char ret_key[KEYFILE_TEXT_BYTES]);

/* A frame of a message has come from the connection with this descriptor; < 0 is none. */
void gate_received(struct gate *g, int fd, const char *user_id);

size_t gate_connections(const struct gate *g);

#endif
