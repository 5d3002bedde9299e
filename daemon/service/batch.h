/* A batch: the unit of work. It is owned by one thread at a time and travels
 *
 *   network ──append──▶ engine ──ordered──▶ state (applies) ──┐
 *      ▲                   └─────durable──▶ state (commits) ──┤
 *      └────────────────────done (outcomes, events, head)─────┘
 *
 * Payloads, decoded messages and everything the state thread makes live in its arena, which nobody
 * but the current owner touches: the network thread fills it before append and reads it after done.
 */
#ifndef MANDATED_SERVICE_BATCH_H
#define MANDATED_SERVICE_BATCH_H

#include "base/arena.h"
#include "base/limits.h"
#include "base/mailbox.h"
#include "engine/engine.h"
#include "wire/wire.h"

/* A peer of a socket. ROUTER's routing id may be up to 255 bytes. Never shown to anybody. */
struct route {
	uint8_t endpoint; /* which socket: an index of the network thread */
	uint8_t len;
	uint8_t id[255];
};

/* Somebody who waits for an input's outcome. */
struct ticket {
	struct ticket *next;
	uint64_t correlation;
	const struct route *route;
	bool on_heap; /* came while the batch was another thread's: freed by batch_reset */
};

struct input {
	struct bytes payload;		       /* a packed JournalInput */
	const Mandate__JournalInput *decoded;  /* of payload */
	const Mandate__Submission *submission; /* if it is one */
	uint8_t digest[HASH_BYTES];	       /* of the submission's bytes */
	struct ticket *tickets;		       /* network thread only */
	/* From the state thread. */
	struct bytes outcome; /* a packed Outcome; empty for other inputs */
};

/* An event as streams need it. */
struct published {
	uint64_t revision;
	uint64_t last_revision; /* of its input */
	uint8_t salt[SALT_BYTES];
	uint8_t digest[HASH_BYTES]; /* d(revision) */
	uint8_t chain[HASH_BYTES];  /* h(revision) */
	const Mandate__EventTags *tags;
	struct bytes event;
};

struct head {
	uint64_t revision;
	uint8_t event_hash[HASH_BYTES];
	uint64_t index;
	uint8_t input_hash[HASH_BYTES];
};

struct roll;

struct batch {
	/* One node a hop, since a batch may wait in two mailboxes at once. */
	struct mail ordered_mail, durable_mail, synced_mail, done_mail;
	struct engine_batch journal;
	struct arena arena;
	struct bytes payloads[BATCH_ENTRIES_MAX];
	struct input inputs[BATCH_ENTRIES_MAX];
	uint32_t count;
	size_t bytes;

	struct batch *next; /* the state thread's queue */

	/* From the state thread. */
	enum status why; /* STATUS_OK: committed; otherwise nothing of it counts (see engine.h) */
	struct published *events;
	size_t event_count;
	struct head head; /* after this batch */
	int32_t day;	  /* the state's day after it */
	uint64_t accepted, refused;
	uint64_t alerts_open;
	struct roll *roll; /* the offices after it, held */
};

MUST_USE enum status batch_new(struct batch **ret_batch);
void batch_free(struct batch *b);
void batch_reset(struct batch *b);

/* Room for another input of `payload_bytes`? */
bool batch_has_room(const struct batch *b, size_t payload_bytes);

/* Packs `input` (fields other than its bytes may point anywhere) and appends it. STATUS_NO_MEMORY;
 * STATUS_LIMIT if there is no room. */
MUST_USE enum status batch_add(struct batch *b, const Mandate__JournalInput *input,
			       const Mandate__Submission *submission, const uint8_t *digest,
			       struct input **ret_input);

#endif
