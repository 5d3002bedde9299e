/* What the files of the gate share. */
#ifndef MANDATED_NET_GATE_IMPL_H
#define MANDATED_NET_GATE_IMPL_H

#include "net/gate.h"

#include "base/log.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>

/* A connection, at the place of its descriptor, which is libzmq's. */
struct connection {
	uint64_t cookie; /* the system's name of the socket; 0: there is no connection */
	uint64_t since_ms;
	uint64_t read_bytes; /* received when the last frame was seen to have come to us */
	unsigned frames;     /* gate.frames then */
	char address[INET6_ADDRSTRLEN];
};

struct watch {
	void *monitor; /* what the socket tells */
	int listen_fd;
	bool failed;	  /* a handshake; the connection's end follows */
	size_t strangers; /* unknown keys, told with the key, whose connections have not ended */
};

/* Lines about clients that are refused: so many a second, then how many were left out. */
struct gate_lines {
	uint64_t since_ms;
	uint64_t count;
};

struct gate {
	void *zmq, *zap;
	int wake_fd;
	pthread_t thread;
	bool running;
	char token[2 * 16 + 1];

	pthread_mutex_t mutex;		  /* holds the members up to the next line */
	char (*keys)[KEYFILE_TEXT_BYTES]; /* sorted */
	size_t key_count;
	struct watch watches[LISTEN_MAX];
	size_t watch_count;
	bool stop;

	/* The gate's thread alone: */
	struct connection *connections; /* by descriptor */
	size_t descriptors;		/* how many places there are */
	size_t highest;			/* no connection is beyond it */
	size_t count, count_max;
	bool shut;
	uint64_t looked_ms, told_ms;
	struct gate_lines lines;

	atomic_size_t published; /* count, for others */
	atomic_uint *frames;	 /* received, by descriptor; wraps around */
};

/* --- gate_doors.c ------------------------------------------------------------------------- */

/* Room for the connections, and how many there may be. */
MUST_USE enum status gate_doors_init(struct gate *g, size_t connections_max, struct error *err);
void gate_doors_fini(struct gate *g);

/* Takes what a socket has told. */
void gate_doors_read(struct gate *g, struct watch *w, uint64_t now_ms);
/* Looks at every connection, if it is time; opens and shuts the doors. Returns when it wants to be
 * called again. */
uint64_t gate_doors_look(struct gate *g, struct watch *watches, size_t count, uint64_t now_ms);

/* --- gate.c ------------------------------------------------------------------------------- */

/* True if a line about a refused client may be logged now. */
bool gate_may_tell(struct gate *g, uint64_t now_ms);

#endif
