/* Listening TCP sockets: made by us and handed to libzmq, so that the doors can be shut without
 * losing anybody who is inside. */
#ifndef MANDATED_NET_LISTENER_H
#define MANDATED_NET_LISTENER_H

#include "base/status.h"

#include <stdbool.h>

/* Listens at "tcp://HOST:PORT": an IPv4 address, one of IPv6 in brackets, `localhost` or `*` (all
 * of IPv4); port `*` or 0: any. An IPv6 socket takes IPv6 only, so that both can be listed. */
MUST_USE enum status listener_open(const char *name, int *ret_fd, struct error *err);

/* Shut: connection attempts are dropped unanswered, so that they are repeated; connections that
 * exist live on. Up to ACCEPT_BACKLOG that wait already still come in. */
MUST_USE enum status listener_shut(int fd, bool shut);

#endif
