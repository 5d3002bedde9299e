/* What each office has put into the journal on the state's day, across restarts: the counts as of
 * one input, in a file beside the journal, and at a start what the journal holds since then. Where
 * there is no file, or none of this journal, the whole journal is read, which takes its time. */
#ifndef MANDATED_SERVICE_TALLY_H
#define MANDATED_SERVICE_TALLY_H

#include "service/batch.h"
#include "service/quota.h"

/* Of which input the counts are: the newest of the newest batch that is durable. */
struct tally {
	int32_t day;
	uint64_t index; /* 0: none yet */
	struct engine_position position;
};

/* A batch is durable; in order. */
void tally_batch(struct tally *t, struct quotas *all, const struct batch *b, uint64_t now_ms);

/* The file's text, on the heap; NULL: no memory. */
char *tally_text(const struct tally *t, struct quotas *all);
/* From any thread. */
MUST_USE enum status tally_write(const char *text, const char *state_dir, struct error *err);

/* Fills `all`, which nobody has used yet, from the file and the engine, which is not started yet. A
 * failure is named in `err`; then what was counted so far stays. */
MUST_USE enum status tally_read(struct tally *ret_tally, struct quotas *all, const char *state_dir,
				struct engine *e, uint64_t now_ms, struct error *err);

#endif
