/* One message from a peer: decoded, checked, handed to whoever answers it. */
#ifndef MANDATED_NET_REQUEST_H
#define MANDATED_NET_REQUEST_H

#include "net/server_impl.h"

struct request {
	const struct route *route;
	struct speaker from;
	const char *office; /* its name */
	bool control;
	uint64_t correlation;
	const struct wire_message *message;
};

/* Reads at most MESSAGES_PER_TURN_MAX messages of the endpoint; true if there may be more. */
bool request_read(struct server *s, struct endpoint *e);

/* A query came back from the reader; the job is freed. */
void request_answered(struct server *s, struct reader_job *job);

#endif
