/* The state machine: apply(state, input) -> outcome, events, alerts. Deterministic: whatever it
 * reads came in by an input. Runs on the state thread, in a rebuild and in verification alike. */
#ifndef MANDATED_SERVICE_MACHINE_H
#define MANDATED_SERVICE_MACHINE_H

#include "rules/alert.h"
#include "service/batch.h"
#include "store/store.h"

/* The newest that this program knows: alerts by ALERT_RULES_VERSION, with authority. */
enum { MACHINE_RULES_VERSION = 3 };

/* The last kind of record that rules of this version decide on. */
static inline Mandate__Kind machine_kind_last(uint32_t rules)
{
	return rules < 2   ? MANDATE__KIND__KIND_ESTIMATE
	       : rules < 3 ? MANDATE__KIND__KIND_CONSENT
			   : MANDATE__KIND__KIND_OFFICE;
}

struct machine;
struct roll;

/* What the state says it is; read at opening and after each commit. */
struct machine_state {
	struct head head;		 /* index 0: empty */
	struct engine_position position; /* of the batch with head.index */
	int32_t day;			 /* DAY_NEVER: none entered yet */
	uint32_t rules;			 /* 0: none entered yet */
	bool has_secret;
	uint64_t alerts_open;
	uint64_t epoch;
};

/* Reads the applied index alone, without trusting anything else. STATUS_NOT_FOUND: an empty state.
 */
MUST_USE enum status machine_peek(struct store *s, struct machine_state *ret_state);

/* `s` stays the caller's and must outlive the machine. */
MUST_USE enum status machine_open(struct store *s, struct error *err, struct machine **ret_machine);
void machine_close(struct machine *m);

const struct machine_state *machine_state(const struct machine *m);

/* The offices at the state's index, with what is applied and not yet committed. Valid until the
 * next apply or abort, longer for who holds it. */
struct roll *machine_roll(const struct machine *m);

/* One batch: begin, apply each input in order with its index, commit or abort. All that apply makes
 * (outcome, events) lives in `a`. apply fails only where the machine cannot go on (no memory,
 * damaged state): a refusal is an outcome. After a failure nothing but abort is allowed. `events`
 * may be NULL: a rebuild publishes to nobody. */
struct machine_sink {
	struct arena *arena;
	struct published *events; /* grows in the arena */
	size_t event_count, event_room;
	uint64_t accepted, refused;
};
MUST_USE enum status machine_begin(struct machine *m);
MUST_USE enum status machine_apply(struct machine *m, uint64_t index, struct input *input,
				   struct machine_sink *sink, struct error *err);
/* Records that everything up to `index` is applied; not yet committed. */
MUST_USE enum status machine_finish(struct machine *m, uint64_t index,
				    const uint8_t chain[HASH_BYTES],
				    const struct engine_position *position);
MUST_USE enum status machine_commit(struct machine *m);
void machine_abort(struct machine *m);

/* Applies a batch as read back from the journal, from an empty decode: begin to commit, without
 * events. Entries at or below the applied index are skipped. */
MUST_USE enum status machine_replay(struct machine *m, const struct engine_read_batch *batch,
				    struct error *err);

#endif
