/* The network thread: sockets in, batches to the engine, outcomes, answers and frames out. It runs
 * in the thread that calls server_run. */
#ifndef MANDATED_NET_SERVER_H
#define MANDATED_NET_SERVER_H

#include "net/gate.h"
#include "rules/alert.h"
#include "service/quota.h"
#include "service/startup.h"

enum server_notice {
	SERVER_READY = 1, /* text: for people */
	SERVER_STATUS,	  /* text: a line worth reading */
	SERVER_ALIVE,	  /* there was progress since the last one, or nothing to do */
	SERVER_STOPPING,
	SERVER_RELOAD, /* an operator asked for it */
};

/* A TCP endpoint: the office is the one whose key the client has. */
struct server_listen {
	const char *name;
	const char *secret_key, *public_key; /* the daemon's, Z85; of no use after server_new */
};

struct server_options {
	struct server_listen listen[LISTEN_MAX];
	size_t listen_count;
	struct gate_limits connections;
	const char *admin_public_key; /* Z85, seeds the setting; "": none */
	const char *control;	      /* ipc: the office is `local`; NULL: none */
	const char *feed;	      /* NULL: none */
	const char *feed_clearance;   /* the office whose grants say what it carries; NULL: all */
	struct quota_rates rates;     /* of each office */
	int io_threads;
	const char *timezone; /* seeds the setting */
	bool manual_calendar;
	struct alert_parameters alerts; /* seed their settings */
	uint64_t segment_bytes;		/* for the space check */
	size_t recent_events_bytes;
	uint64_t watchdog_ms; /* stalled longer: no SERVER_ALIVE any more; 0: never */
	int signal_fd;	      /* a signalfd: SIGTERM and SIGINT stop, SIGHUP reloads; -1: none */
	void (*notice)(void *ctx, enum server_notice what, const char *text);
	void *notice_ctx;
};

struct server;

/* Starts threads, the engine of `startup` and the sockets. `startup` stays the caller's and must
 * outlive the server. On failure too the engine may have been started: close it, then free
 * *ret_server, which may be NULL. */
MUST_USE enum status server_new(const struct server_options *options, struct startup *startup,
				struct error *err, struct server **ret_server);

/* Serves until a signal stops it; then finishes what was admitted, answers it, ends the streams.
 * STATUS_OK: all is committed, the engine can be closed as clean. STATUS_STOPPED: told twice, or
 * not done within STOP_MS. Anything else: the daemon cannot go on; named in `err`. */
MUST_USE enum status server_run(struct server *s, struct error *err);

/* After the engine was closed. */
void server_free(struct server *s);

#endif
