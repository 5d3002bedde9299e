/* Submissions that wait for their office's turn. While several offices submit, each has a share of
 * every batch; what comes beyond it waits here, in the order in which it came, and goes into the
 * next one. Nothing is decoded before. */
#ifndef MANDATED_NET_TURNS_H
#define MANDATED_NET_TURNS_H

#include "net/server_impl.h"

/* Must this submission wait? */
bool turns_must_wait(struct server *s, struct quota *q);

/* Takes the message; false: too much waits already, and it is still the caller's. */
bool turns_wait(struct server *s, struct quota *q, const struct route *route, zmq_msg_t *message);

/* One that waits and has a turn in the batch that fills: each office in its turn. False: none. The
 * caller closes *ret_message. */
bool turns_next(struct server *s, struct route *ret_route, zmq_msg_t *ret_message);

/* Is there one? */
bool turns_ready(struct server *s);

/* Throws away what waits. */
void turns_fini(struct server *s);

#endif
