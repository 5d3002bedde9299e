/* libmandate: the client side of proto/PROTOCOL.md. It connects and reconnects, sends submissions
 * so that each has its effect exactly once, asks, follows and resumes.
 *
 * A handle belongs to one thread. Nothing happens behind the caller's back: messages move inside
 * mandate_run and the calls that wait (mandate_ping, _drain, _query, _operate, _snapshot), and
 * callbacks are called from there. Inside a callback only mandate_submit, mandate_try_again,
 * mandate_give_up, mandate_unsubscribe, mandate_decode and what only looks (mandate_head, _pending,
 * ...) may be called. What a callback is shown is valid until it returns. Memory is bounded: by the
 * window of submissions, by the acts that wait, by the credit of streams, and by one decoded
 * message. */
#ifndef MANDATED_CLIENTS_LIBMANDATE_H
#define MANDATED_CLIENTS_LIBMANDATE_H

#include "base/bytes.h"
#include "base/status.h"
#include "mandate.pb-c.h"

enum {
	MANDATE_HASH_BYTES = 32,
	MANDATE_WINDOW_DEFAULT = 256,
	MANDATE_WINDOW_MAX = 4096,
	MANDATE_ANSWER_MS_DEFAULT = 10 * 1000,
	MANDATE_CREDIT_DEFAULT = 1024 * 1024,
	MANDATE_WAITING_MAX = 4096, /* acts kept for their cause: at most 128 MiB, mostly 1 */
};

/* How long an act is submitted again whose cause has not come: 30 days. */
#define MANDATE_WAIT_MS_DEFAULT (UINT64_C(30) * 24 * 60 * 60 * 1000)

struct mandate;
struct mandate_stream;

/* How a submission ended: accepted (a result for each change) or refused, for ever. */
struct mandate_outcome {
	uint64_t tag; /* as given to mandate_submit */
	const Mandate__Outcome *outcome;
	const Mandate__Head *head; /* or NULL */
};

struct mandate_options {
	const char *endpoint; /* "tcp://host:port" or "ipc:///path" */
	/* By TCP: the daemon's public key (Z85) or a file with it, and the file of our secret key.
	 * Files are read once, here. */
	const char *server_key, *key_file;
	/* Who speaks, or NULL: by TCP the key says it, and `office` must agree. */
	const char *office, *device;
	void *zmq_context;  /* to share one among handles; NULL: the handle makes its own */
	uint32_t window;    /* submissions waiting for their outcome; 0: the default */
	uint32_t answer_ms; /* what is not answered by then is sent again; 0: the default */
	/* An act that is refused NEEDS_EARLIER is submitted again, under new numbers and with
	 * pauses that grow from 250 ms to 15 minutes, for so long from its first refusal on; the
	 * last try is made when the time is over. Others go on meanwhile: half of the window is
	 * theirs. Its outcome is told once: the first that is another one, or that of the last
	 * try. 0: the default. */
	uint64_t wait_ms;
	bool no_wait; /* NEEDS_EARLIER is an outcome like any other */
	/* To go on with a lane of an earlier run: its name and its next number. 0: a new lane. */
	uint64_t lane, sequence;
	void *context; /* for the callbacks */
	void (*on_outcome)(void *context, const struct mandate_outcome *outcome); /* or NULL */
	void (*on_link)(void *context, bool up); /* the connection came up or was lost; or NULL */
};

/* STATUS_INVALID for an endpoint or text that cannot be, or keys that are missing; STATUS_IO for
 * files of keys that cannot be used, with the reason. Does not wait for the daemon. Texts are
 * copied. */
MUST_USE enum status mandate_open(struct mandate **ret_mandate,
				  const struct mandate_options *options, struct error *err);

/* What waits is dropped: call mandate_drain before. Streams end without their callback. NULL is
 * harmless. */
void mandate_close(struct mandate *m);

/* Moves messages: returns after at most `timeout_ms` (0: without waiting), earlier if something was
 * received. Failures of the network are no failures here: it goes on trying. */
MUST_USE enum status mandate_run(struct mandate *m, uint32_t timeout_ms, struct error *err);

/* Waits until the daemon answers. STATUS_UNREACHABLE after `timeout_ms`, or when the keys do not
 * fit each other; STATUS_REFUSED if the daemon does not know ours, or does not talk to us. */
MUST_USE enum status mandate_ping(struct mandate *m, uint32_t timeout_ms, struct error *err);

/* The daemon's last pong, or NULL; valid until the next call that moves messages. */
const Mandate__Pong *mandate_pong(const struct mandate *m);
bool mandate_is_up(const struct mandate *m);

/* The newest place in history that the daemon has told; false before the first. */
struct mandate_head {
	uint64_t revision;
	uint8_t event_hash[MANDATE_HASH_BYTES];
	uint64_t index; /* 0: not told */
	uint8_t input_hash[MANDATE_HASH_BYTES];
};
bool mandate_head(const struct mandate *m, struct mandate_head *ret_head);

/* Any message of proto/ out of bytes (an event's, say), until the callback returns or, outside of
 * one, until messages move. NULL if it is none. */
void *mandate_decode(struct mandate *m, const ProtobufCMessageDescriptor *type, struct bytes bytes);

/* --- submissions ----------------------------------------------------------------------------- */

/* Packs and queues a submission of `count` changes, all or nothing. Its outcome comes once, by
 * on_outcome with `tag`, whatever happens to the connection meanwhile. STATUS_AGAIN if the window
 * is full (run, then try again), STATUS_LIMIT if it is too large for a message. */
MUST_USE enum status mandate_submit(struct mandate *m, Mandate__Change **changes, size_t count,
				    uint64_t tag, struct error *err);

/* Submissions whose outcome is to come, without the acts that wait for their cause. */
size_t mandate_pending(const struct mandate *m);

/* The lane in use and the number that the next submission gets. */
uint64_t mandate_lane(const struct mandate *m, uint64_t *ret_next_sequence);

/* Why submissions are being held back, or NULL: a code, the daemon's words and, if it is more than
 * a minute, when to come back ("BUSY: ...; come back in 5 h 12 min"). */
const char *mandate_held(const struct mandate *m);

/* Acts that wait for their cause, under way again or not. They are kept in this handle only; past
 * MANDATE_WAITING_MAX, or without memory for one more, NEEDS_EARLIER is told at once. */
size_t mandate_waiting(const struct mandate *m);

/* Something may have come that they wait for: all are submitted again at once, pauses begin anew.
 */
void mandate_try_again(struct mandate *m);

/* Those that wait now wait no longer: each is submitted a last time, unless it is under way, and is
 * told what it meets. They count as pending again, so that mandate_drain waits for them. */
void mandate_give_up(struct mandate *m);

/* Waits until nothing is pending; acts that wait for their cause are not. STATUS_UNREACHABLE or
 * STATUS_AGAIN when no outcome has come for `silence_ms`; what is pending stays so. */
MUST_USE enum status mandate_drain(struct mandate *m, uint32_t silence_ms, struct error *err);

/* --- questions ------------------------------------------------------------------------------- */

struct mandate_answer {
	uint64_t revision; /* as known at */
	bool has_on;
	int32_t on;
	Mandate__Code code; /* CODE_ACCEPTED, or why it was refused */
	bool has_head;
	struct mandate_head head; /* h(revision) */
	bool restricted;	  /* something was left out that this office may not see */
	bool has_day;
	int32_t day; /* the first, of several pages, by whose grants they were answered */
};

/* Asks page after page, all pinned to one revision, and calls `on_row` for each row. STATUS_REFUSED
 * with the daemon's code in `ret_answer` and its sentence in `err`. `query` is not changed;
 * `ret_answer` may be NULL. `timeout_ms` is the time a page may take. */
MUST_USE enum status mandate_query(struct mandate *m, const Mandate__Query *query,
				   uint32_t timeout_ms,
				   void (*on_row)(void *context, const Mandate__Row *row),
				   void *context, struct mandate_answer *ret_answer,
				   struct error *err);

/* An operator's request; `on_report` (may be NULL) gets every report, the last too. Not repeated
 * after a lost connection: STATUS_UNKNOWN then. `silence_ms`: between reports. */
MUST_USE enum status
mandate_operate(struct mandate *m, Mandate__Operate *operate, uint32_t silence_ms,
		void (*on_report)(void *context, const Mandate__Report *report), void *context,
		struct error *err);

/* --- streams --------------------------------------------------------------------------------- */

/* One revision of a stream: an event; or which record has left what this office may see; or
 * neither, only a digest, of what filter or grants stopped. */
struct mandate_event {
	uint64_t revision;
	struct bytes event; /* a packed Event, to be hashed as it is; empty: one of the others */
	bool left; /* `kind` and `key` say which record: what is held of it is no longer so */
	Mandate__Kind kind;
	const char *key;
};

struct mandate_subscription {
	uint64_t after_revision;   /* the last one that the caller has; 0: from the beginning */
	const uint8_t *event_hash; /* h(after_revision), 32 bytes; NULL: not known */
	const int32_t *day;    /* on which the caller came there; NULL: not known, and a grant that
				* has expired since then is not noticed */
	uint64_t credit_bytes; /* what may be under way; 0: the default */
	const Mandate__Filter *filter; /* or NULL; copied */
	const char *name;	       /* keep the position under this name; or NULL */
	bool verify; /* check the chain: needs event_hash unless from the beginning */
	void *context;
	void (*on_event)(void *context, const struct mandate_event *event);
	/* All that may pass up to `through` has been given. `event_hash` is h(through), `day` the
	 * calendar's, each NULL where it is not known: what to keep for the next subscription. Or
	 * NULL. */
	void (*on_through)(void *context, uint64_t through, const uint8_t *event_hash,
			   const int32_t *day);
	/* The stream is over for good: the daemon's code and sentence. CODE_DAMAGED: the chain does
	 * not check. CODE_REGRANTED: what this office may see has changed; take a mandate_snapshot,
	 * keep nothing that it does not show, subscribe after it. CODE_UNACCREDITED: it may see
	 * nothing any more. The stream is freed after this call. */
	void (*on_end)(void *context, Mandate__Code code, const char *text);
};

/* Resumes by itself after a lost connection, from where it stood: each event is given once.
 * STATUS_LIMIT past STREAMS_PER_PEER_MAX. */
MUST_USE enum status mandate_subscribe(struct mandate *m,
				       const struct mandate_subscription *subscription,
				       struct mandate_stream **ret_stream, struct error *err);

/* Every record that this office may see and `filter` (or NULL) lets pass, all as of one revision:
 * ret_answer->revision with its hash in ret_answer->head, by the grants of ret_answer->day, after
 * which a subscription goes on. What
 * names several of the filter's operations may come several times. Asks page after page, as
 * mandate_query does. */
MUST_USE enum status
mandate_snapshot(struct mandate *m, const Mandate__Filter *filter, uint32_t timeout_ms,
		 void (*on_version)(void *context, const Mandate__Version *version), void *context,
		 struct mandate_answer *ret_answer, struct error *err);

/* Ends it without on_end; frees it, at the latest when the callback in progress has returned. */
void mandate_unsubscribe(struct mandate *m, struct mandate_stream *stream);

#endif
