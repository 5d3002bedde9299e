/* What the files of the gate share. */
#ifndef MANDATED_NET_GATE_IMPL_H
#define MANDATED_NET_GATE_IMPL_H

#include "net/gate.h"

#include "base/log.h"
#include "service/bucket.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>

enum {
	TOKEN_BYTES = 16,
	/* Token, office, key; colons between them. */
	GATE_USER_ID_BYTES = 2 * TOKEN_BYTES + 1 + 16 + 1 + KEYFILE_TEXT_BYTES,
};

/* A key that is let in. */
struct admitted {
	char key[KEYFILE_TEXT_BYTES];
	uint64_t office; /* a number for its name */
	struct bucket handshakes;
};

/* A connection, at the place of its descriptor, which is libzmq's. */
struct connection {
	uint64_t cookie; /* the system's name of the socket; 0: there is no connection */
	uint64_t since_ms;
	uint64_t read_bytes; /* received when the last frame was seen to have come to us */
	unsigned frames;     /* gate.frames then */
	uint32_t quiet_ms;   /* since its last byte, as seen last */
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

struct crowd;

struct gate {
	void *zmq, *zap;
	int wake_fd;
	pthread_t thread;
	bool running;
	char token[2 * TOKEN_BYTES + 1];

	pthread_mutex_t mutex; /* holds the members up to the next line */
	struct admitted *keys; /* sorted */
	size_t key_count;
	struct watch watches[LISTEN_MAX];
	size_t watch_count;
	bool stop;

	/* The gate's thread alone: */
	struct connection *connections; /* by descriptor */
	size_t descriptors;		/* how many places there are */
	size_t highest;			/* no connection is beyond it */
	size_t count, count_max, office_max;
	struct crowd *crowd;
	bool shut;
	uint64_t looked_ms, told_ms;
	struct gate_lines lines;

	atomic_size_t published; /* count, for others */
	atomic_uint *frames;	 /* received, by descriptor; wraps around */
	atomic_ullong *offices;	 /* whose these frames were, likewise; 0: there were none */
};

/* --- gate_doors.c ------------------------------------------------------------------------- */

/* Room for the connections, and how many there may be. */
MUST_USE enum status gate_doors_init(struct gate *g, const struct gate_limits *limits,
				     struct error *err);
void gate_doors_fini(struct gate *g);

/* Takes what a socket has told. */
void gate_doors_read(struct gate *g, struct watch *w, uint64_t now_ms);
/* Looks at every connection, if it is time; opens and shuts the doors. Returns when it wants to be
 * called again. */
uint64_t gate_doors_look(struct gate *g, struct watch *watches, size_t count, uint64_t now_ms);

/* --- gate_crowd.c ------------------------------------------------------------------------- */

MUST_USE enum status gate_crowd_new(size_t descriptors, struct crowd **ret_crowd);
void gate_crowd_free(struct crowd *c); /* takes NULL */

/* Cuts what an office has beyond its limit: first those that are quiet, as after a link has failed,
 * then the newest. */
void gate_crowd_look(struct gate *g, uint64_t now_ms);

/* --- gate_keys.c -------------------------------------------------------------------------- */

enum gate_verdict { GATE_UNKNOWN = 1, GATE_TOO_OFTEN, GATE_ADMITTED };

/* May somebody with this key come in now? Then it is counted. */
MUST_USE enum gate_verdict gate_admit(struct gate *g, const char *key, uint64_t now_ms,
				      uint64_t *ret_office);

/* What comes with each message of a connection: its "User-Id". */
void gate_user_id(const struct gate *g, uint64_t office, const char *key,
		  char ret_user_id[GATE_USER_ID_BYTES]);

/* --- gate.c ------------------------------------------------------------------------------- */

/* True if a line about a refused client may be logged now. */
bool gate_may_tell(struct gate *g, uint64_t now_ms);
/* Ends a connection. `number`, of `unit`, goes into the log. */
void gate_cut(struct gate *g, size_t fd, const char *why, const char *unit, uint64_t number,
	      uint64_t now_ms);

#endif
