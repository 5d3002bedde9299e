/* What the files of libmandate share. Not for callers. */
#ifndef MANDATED_CLIENTS_CLIENT_H
#define MANDATED_CLIENTS_CLIENT_H

#include "base/arena.h"
#include "base/hash.h"
#include "base/keyfile.h"
#include "base/limits.h"
#include "libmandate.h"

enum {
	CLIENT_VERSION = 1,
	CLIENT_MESSAGE_BYTES_MAX = 2 * FRAME_BYTES_MAX, /* a newer daemon's may be larger */
};

/* --- client_link.c: a connection is a socket. A lost one is thrown away with all that was queued
 * in it, so that nothing old is sent or received on the next. ---------------------------------- */

enum client_link_state {
	CLIENT_LINK_WAITING = 1, /* for `due_ms`, to try again */
	CLIENT_LINK_TRYING,	 /* until `due_ms` */
	CLIENT_LINK_UP,
};

/* Of a connection by TCP. `curve` false: there are none, and none are needed. */
struct client_keys {
	bool curve;
	char server[KEYFILE_TEXT_BYTES];
	struct keyfile_pair own;
};

/* What the last attempt failed of, once there was somebody at the other end. */
enum client_link_failure {
	CLIENT_LINK_FINE,
	CLIENT_LINK_UNKNOWN_KEY,   /* ours, to the daemon */
	CLIENT_LINK_NO_HANDSHAKE,  /* it hung up: so it does when we expect another key of it */
	CLIENT_LINK_OTHER_PROTOCOL /* no CURVE, or none like ours */
};

struct client_link {
	char *endpoint;
	struct client_keys keys;
	enum client_link_failure failure;
	unsigned failures; /* in a row */
	void *context;
	bool own_context;
	void *socket, *monitor; /* NULL while waiting */
	enum client_link_state state;
	uint64_t due_ms;
	uint32_t delay_ms, delay_first_ms, delay_max_ms, try_ms;
	uint64_t generation; /* counts connections made */
};

/* `keys` are copied, and wiped by client_link_fini. */
MUST_USE enum status client_link_init(struct client_link *l, const char *endpoint,
				      const struct client_keys *keys, void *context,
				      struct error *err);
void client_link_fini(struct client_link *l);

/* Tries, gives up and notices what happened. */
void client_link_step(struct client_link *l, uint64_t now_ms);

/* The daemon answers: the next loss is followed by a quick first attempt. */
void client_link_proven(struct client_link *l);

/* Gives this connection up; the next is tried after a pause. */
void client_link_drop(struct client_link *l, uint64_t now_ms);

/* Waits for something to read, at most `timeout_ms`. */
void client_link_wait(struct client_link *l, uint64_t timeout_ms);

/* --- client_submit.c ------------------------------------------------------------------------- */

enum client_item_state {
	CLIENT_ITEM_QUEUED = 1, /* to be sent */
	CLIENT_ITEM_SENT,	/* under way, its answer is expected */
	CLIENT_ITEM_HELD,	/* answered "not now": to be sent again, in order */
	CLIENT_ITEM_REJECTED,	/* answered for good, but its number was not used */
	CLIENT_ITEM_DONE,
};

struct client_item {
	enum client_item_state state;
	uint64_t correlation; /* of the message that carried it last */
	uint64_t sent_ms;
	uint64_t tag;
	struct client_waiting *waiting; /* the act that it is, once more; NULL: a caller's */
	uint8_t *bytes; /* the packed Submission; kept for the next one in this place */
	size_t len, size;
};

/* A ring: the item at position p (first <= p < next) has the number first_sequence + p - first. */
struct client_submit {
	struct client_item *items;
	uint64_t mask;
	uint64_t first, next; /* positions; next - first <= window */
	uint64_t unsent;      /* the first QUEUED; before it none is */
	uint64_t first_sequence;
	uint64_t lane;
	uint32_t window;
	/* Once one is answered "not now", nothing is sent until all that are under way are answered
	 * and `resume_ms` has come: then they are sent again in their order. */
	bool holding;
	bool fresh_lane; /* see client_resend_lost */
	Mandate__Code held_code;
	char held_text[256]; /* the daemon's words for it, and when to come back */
	uint64_t resume_ms;
	uint32_t pause_ms;	    /* grows while nothing is decided */
	uint64_t expected_sequence; /* least that a SEQ_JUMP named; 0: none */
	uint64_t decided;	    /* counts outcomes */
	size_t open;		    /* of the caller's: without an outcome told */
};

MUST_USE enum status client_submit_init(struct client_submit *s, uint32_t window, uint64_t lane,
					uint64_t sequence);
void client_submit_fini(struct client_submit *s);
/* Sends what may be sent; returns when it wants to be called again (monotonic milliseconds). */
uint64_t client_submit_step(struct mandate *m, uint64_t now_ms);
void client_submit_outcome(struct mandate *m, const Mandate__Envelope *envelope, uint64_t now_ms);
/* A refusal that names no submission but by its correlation; false if it is none of ours. */
bool client_submit_refusal(struct mandate *m, const Mandate__Envelope *envelope, uint64_t now_ms);

/* For client_resend.c: the item at a position, the number that belongs to it, and a submission
 * packed into it. */
struct client_item *client_submit_item(struct client_submit *s, uint64_t position);
uint64_t client_submit_sequence(const struct client_submit *s, uint64_t position);
MUST_USE enum status client_submit_pack(struct client_item *item,
					const Mandate__Submission *submission);

/* --- client_resend.c ------------------------------------------------------------------------- */

/* All without an outcome go again, in their order. */
void client_resend_all(struct mandate *m);
/* The same, after the connection was lost or made. */
void client_resend_lost(struct mandate *m);
/* The same, when an answer has not come in time. */
void client_resend_overdue(struct mandate *m, uint64_t now_ms);
/* While holding: all that are under way are waited for, then all are sent again. Returns when it
 * wants to be called again; `now_ms` when it is over. */
uint64_t client_resend_step(struct mandate *m, uint64_t now_ms);

/* mandate_submit for the act `waiting`. */
MUST_USE enum status client_submit_again(struct mandate *m, Mandate__Change **changes, size_t count,
					 uint64_t tag, struct client_waiting *waiting);

/* --- client_wait.c --------------------------------------------------------------------------- */

struct client_wait {
	struct client_waiting *first;
	size_t count, under_way, given_up;
	uint64_t due_ms;     /* nothing is to be done before */
	uint64_t longest_ms; /* from the first refusal on; 0: nothing waits */
};

void client_wait_fini(struct client_wait *w);
/* An outcome for `item`: true if it is no end, because the act waits for its cause. */
bool client_wait_take(struct client_wait *w, struct client_item *item,
		      const Mandate__Outcome *outcome, uint64_t now_ms);
/* Submits what is due; returns when it wants to be called again. */
uint64_t client_wait_step(struct mandate *m, uint64_t now_ms);

/* --- client_stream.c ------------------------------------------------------------------------- */

void client_stream_up(struct mandate *m);
uint64_t client_stream_step(struct mandate *m, uint64_t now_ms);
void client_stream_message(struct mandate *m, const Mandate__Envelope *envelope, size_t bytes);
bool client_stream_refusal(struct mandate *m, const Mandate__Envelope *envelope);
void client_stream_sweep(struct mandate *m, bool all); /* frees those that are over */

/* --- client_query.c -------------------------------------------------------------------------- */

/* The one question or operator's request that is being waited for. */
struct client_request {
	uint64_t correlation; /* 0: none */
	void (*reply)(struct mandate *m, const Mandate__Envelope *envelope);
	void *state;
};

/* --- libmandate.c ---------------------------------------------------------------------------- */

struct mandate {
	struct client_link link;
	char *office, *device;
	uint32_t answer_ms;
	void *context;
	void (*on_outcome)(void *context, const struct mandate_outcome *outcome);
	void (*on_link)(void *context, bool up);
	struct client_submit submit;
	struct client_wait wait;
	struct mandate_stream *streams[STREAMS_PER_PEER_MAX];
	struct client_request request;
	uint64_t correlation; /* last one drawn */
	struct arena arena;   /* the message being handled */
	struct arena scratch; /* what a callback decodes */
	struct arena pong_arena;
	const Mandate__Pong *pong;
	bool ping_owed;		/* wanted, and not sent yet */
	uint64_t ping_sent;	/* its correlation */
	char ping_refusal[256]; /* why the daemon does not talk to us; "": it does */
	bool has_head;
	struct mandate_head head;
	bool up;	     /* as last looked at */
	uint64_t generation; /* likewise */
	uint64_t received;   /* counts messages */
	bool failed;	     /* no memory for something that cannot be left out */
};

/* An envelope of this handle with a new correlation; the caller sets its body. */
void client_envelope(struct mandate *m, Mandate__Envelope *ret_envelope);

/* False if it is none. */
bool client_head(const Mandate__Head *head, struct mandate_head *ret_head);

/* STATUS_AGAIN if the connection is down or its queue is full. */
MUST_USE enum status client_send(struct mandate *m, const Mandate__Envelope *envelope);

#endif
