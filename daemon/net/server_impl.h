/* What the files of the network thread share; nobody else includes this. */
#ifndef MANDATED_NET_SERVER_IMPL_H
#define MANDATED_NET_SERVER_IMPL_H

#include "net/endpoint.h"
#include "net/feed.h"
#include "net/server.h"
#include "service/admit.h"
#include "service/calendar.h"
#include "service/chores.h"
#include "service/reader.h"
#include "service/quota.h"
#include "service/roll.h"
#include "service/tally.h"
#include "service/worker.h"

#include <stdatomic.h>

enum { SERVER_PEER_BUCKETS = 4096 };

/* One batch fills while another is synced and others are applied and answered. */
struct pipeline {
	struct batch *pending; /* fills; NULL: none begun */
	struct batch *spare[BATCHES_MAX];
	size_t spare_count;
	bool syncing; /* the engine has one that is not durable yet */
	unsigned uncommitted;
	uint64_t full_since_ms; /* 0: there is room */
	uint64_t moved_ms;	/* a batch went or came */
	uint64_t number;	/* of the batch that fills */
};

/* Is there room on disk for what a batch may write? */
struct space {
	uint64_t checked_ms, sized_ms;
	uint64_t free_bytes;  /* of the file system */
	uint64_t state_bytes; /* used by the state */
	bool full;	      /* told so lately */
};

struct office_seen {
	char name[OFFICE_TEXT_MAX + 1];
	uint64_t ms;
};

struct server {
	struct server_options options;
	struct startup *startup;
	void *zmq;
	struct gate *gate; /* NULL: no TCP endpoints */
	struct endpoint endpoints[LISTEN_MAX + 1];
	size_t endpoint_count;
	struct feed *feed;
	bool feed_silent; /* the office of feed_clearance is not accredited */
	struct mailbox inbox;
	struct worker *worker;
	struct reader *reader;
	struct chores *chores;
	struct admit *admit;
	struct streams *streams;
	struct quotas *quotas;
	struct tally tally;
	uint64_t tally_written; /* as of this index */
	uint64_t tally_ms;	/* when it was written */
	struct quota *turn_of;	/* whose turn was the last; NULL: nobody's */
	size_t turns_bytes;	/* of messages that wait for a turn */
	struct store_txn *txn;	/* of the newest commit while txn_fresh */
	bool txn_fresh;
	struct arena scratch; /* one message */
	struct pipeline pipeline;
	struct space space;
	struct calendar calendar;
	/* The next day begins then, by the clock; as found on tomorrow_of. */
	uint64_t tomorrow_ms;
	int32_t tomorrow_of;
	int32_t day_proposed; /* its input is under way; DAY_NEVER: none */
	bool day_waits;

	/* The newest committed state. */
	struct roll *roll;
	struct head head;
	int32_t day;
	uint32_t rules;
	uint64_t alerts_open;

	uint64_t now_ms;  /* monotonic, of this turn */
	uint64_t wall_ms; /* Unix time, of this turn */
	uint64_t started_ms, second_ms, alive_ms;
	bool seeded;	  /* the state has, or gets, what it needs to begin with */
	bool settled;	  /* has run long enough to forget earlier deaths */
	uint64_t stop_ms; /* when stopping must be over; 0: serving */
	bool stop_now;
	struct error fatal; /* status OK: none */

	uint8_t queries_of[SERVER_PEER_BUCKETS]; /* under way, by a hash of the peer */
	size_t queries;
	/* Bytes of answers that libzmq still holds for a peer, by its number; see reply.c. */
	atomic_size_t unsent[SERVER_PEER_BUCKETS];
	struct office_seen offices[OFFICES_SEEN_MAX];
	uint64_t accepted, refused, rejected;	  /* since the start */
	uint64_t refusal_lines, refusal_lines_ms; /* logged in this second */
};

/* The daemon cannot go on: the loop ends, nothing more is answered. */
void server_fatal(struct server *s, enum status why, const char *text);

/* A read transaction of the newest commit, for this turn. */
MUST_USE enum status server_txn(struct server *s, struct store_txn **ret_txn);

#endif
