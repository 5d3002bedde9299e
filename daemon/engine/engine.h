/* The engine orders inputs and makes them durable. Nothing above this interface knows which one
 * runs: the embedded one on segment files, the fake one of the tests, later a replicated one.
 *
 * A batch goes in with engine_append and comes back through the callbacks, on the engine's own
 * thread, in this order:
 *   ordered   it has its place: `first_index`, `chain_after` and `position` are set. It may be
 *             applied, but neither committed nor answered.
 *   durable   everything up to its last index survives power loss. Now commit and answer.
 *   failed    instead of either: nothing of it counts (STATUS_NOT_LEADER, STATUS_FULL), or it may
 *             still appear (STATUS_UNKNOWN), or the journal cannot go on (STATUS_IO: after a failed
 *             write or sync nothing of the batch may be answered and the process must end).
 * An engine may order entries that nobody here appended (another node's, or a repetition): then
 * `ordered` and `durable` come with a batch of the engine's own, `user` NULL, which the engine
 * takes back when `durable` returns (for such a batch the callee copies what it keeps beyond that).
 * Entries are ordered exactly once per index; indices are 1, 2, 3 ... without gap. */
#ifndef MANDATED_ENGINE_ENGINE_H
#define MANDATED_ENGINE_ENGINE_H

#include "base/bytes.h"
#include "base/hash.h"
#include "base/status.h"

enum { INSTANCE_BYTES = 16, ENGINE_POSITION_BYTES = 24 };

/* Where a batch lies, opaque to the caller; the state keeps it so that recovery can begin there. */
struct engine_position {
	uint8_t bytes[ENGINE_POSITION_BYTES];
};

struct engine_batch {
	/* From the caller, who keeps the memory valid until durable or failed. */
	const struct bytes *payloads;
	uint32_t count; /* 1 to BATCH_ENTRIES_MAX; payloads of at least 1 byte, together at most
			   BATCH_BYTES_MAX, which with headers fits the smallest segment */
	void *user;

	/* From the engine, when ordered. */
	uint64_t first_index;
	uint8_t chain_after[HASH_BYTES]; /* j(first_index + count - 1) */
	struct engine_position position;

	struct engine_batch *next; /* the engine's queue */
};

struct engine_callbacks {
	void *ctx;
	void (*ordered)(void *ctx, struct engine_batch *batch);
	void (*durable)(void *ctx, struct engine_batch *batch);
	void (*failed)(void *ctx, struct engine_batch *batch, enum status why);
};

struct engine_status {
	uint8_t instance[INSTANCE_BYTES];
	uint64_t durable_index;		 /* 0: nothing yet */
	uint8_t chain[HASH_BYTES];	 /* j(durable_index) */
	struct engine_position position; /* of the batch with durable_index */
	uint64_t bytes;			 /* on disk, with what is preallocated */
	uint64_t batches;		 /* since the start */
	uint64_t sync_us_median;	 /* of the newest syncs, microseconds */
	bool failed;			 /* STATUS_IO was reported: no more appends */
	bool full;			 /* the newest append met a full disk */
};

/* One batch of entries as read back. `chain_after` has been checked. */
struct engine_read_batch {
	uint64_t first_index;
	uint32_t count;
	const struct bytes *payloads; /* valid during the visit only */
	uint8_t chain_before[HASH_BYTES];
	uint8_t chain_after[HASH_BYTES];
	struct engine_position position;
};

/* STATUS_OK: go on; anything else ends the reading and is returned by it. */
typedef enum status engine_visit(void *ctx, const struct engine_read_batch *batch);

struct engine;

struct engine_ops {
	enum status (*start)(struct engine *e, const struct engine_callbacks *callbacks);
	enum status (*append)(struct engine *e, struct engine_batch *batch);
	enum status (*read)(struct engine *e, uint64_t from_index, const struct engine_position *at,
			    engine_visit *visit, void *ctx, struct error *err);
	void (*status)(struct engine *e, struct engine_status *ret_status);
	enum status (*close)(struct engine *e, bool clean, struct error *err);
};

/* First member of every engine. */
struct engine {
	const struct engine_ops *ops;
};

/* Starts the engine's thread. Before it only read and status may be called. */
MUST_USE static inline enum status engine_start(struct engine *e,
						const struct engine_callbacks *callbacks)
{
	return e->ops->start(e, callbacks);
}

/* Hands a batch over; returns at once, from one calling thread at a time. STATUS_AGAIN: two batches
 * are under way already (one being synced, one waiting), come back after `durable`.
 * STATUS_STOPPED, STATUS_IO: no more. On anything but STATUS_OK the batch stays the caller's and no
 * callback follows. */
MUST_USE static inline enum status engine_append(struct engine *e, struct engine_batch *batch)
{
	return e->ops->append(e, batch);
}

/* Visits the batches from the one that holds `from_index` to the newest durable one, in order; the
 * first visited batch may begin before from_index. `at`: where to begin, the position of a batch at
 * or before from_index, or NULL for the journal's beginning. Every header, checksum and chain link
 * is checked before the visit: STATUS_CORRUPT with file and offset in `err` otherwise. Not while
 * appends are under way. */
MUST_USE static inline enum status engine_read(struct engine *e, uint64_t from_index,
					       const struct engine_position *at,
					       engine_visit *visit, void *ctx, struct error *err)
{
	return e->ops->read(e, from_index, at, visit, ctx, err);
}

/* May be called from any thread. */
static inline void engine_status(struct engine *e, struct engine_status *ret_status)
{
	e->ops->status(e, ret_status);
}

/* Waits for what is under way, stops the thread, frees `e` whatever is returned. `clean`: the state
 * has been synced up to the newest durable index, so record a clean stop. */
MUST_USE static inline enum status engine_close(struct engine *e, bool clean, struct error *err)
{
	return e->ops->close(e, clean, err);
}

#endif
