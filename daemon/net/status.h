/* What is told of the daemon: to clients a row, to systemd and the log a line. */
#ifndef MANDATED_NET_STATUS_H
#define MANDATED_NET_STATUS_H

#include "net/server_impl.h"

enum { STATUS_LINE_BYTES = 512 };

/* What a status row holds that only the network thread knows; memory of `a`. NULL on no memory. */
Mandate__Status *status_row(struct server *s, struct arena *a);

void status_line(struct server *s, char ret_text[STATUS_LINE_BYTES]);

#endif
