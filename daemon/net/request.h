/* One message from a peer: decoded, checked, handed to whoever answers it. */
#ifndef MANDATED_NET_REQUEST_H
#define MANDATED_NET_REQUEST_H

#include "net/server_impl.h"

struct request {
	const struct route *route;
	struct speaker from;
	struct quota *quota; /* its office's */
	const char *office;  /* its name */
	uint64_t correlation;
	const struct wire_message *message;
};

/* Reads at most MESSAGES_PER_TURN_MAX messages of the endpoint; true if there may be more. */
bool request_read(struct server *s, struct endpoint *e);

/* Submissions that waited for their turn and have one now. */
void request_turns(struct server *s);

/* Throws away what waits. */
void request_fini(struct server *s);

/* A query came back from the reader; the job is freed. */
void request_answered(struct server *s, struct reader_job *job);

#endif
