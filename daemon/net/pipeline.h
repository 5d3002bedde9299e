/* Submissions and other inputs on their way through batches. */
#ifndef MANDATED_NET_PIPELINE_H
#define MANDATED_NET_PIPELINE_H

#include "net/server_impl.h"

MUST_USE enum status pipeline_init(struct server *s);
void pipeline_fini(struct server *s);

/* Where a submission is to be decoded: the arena of the batch that fills, the scratch if none can.
 */
struct arena *pipeline_arena(struct server *s);

/* Admits or answers it. `message` was decoded into `arena`, which pipeline_arena answered; `quota`
 * is its office's. */
void pipeline_submission(struct server *s, const struct route *route, const struct speaker *from,
			 struct quota *quota, const struct wire_message *message,
			 struct arena *arena);

/* Tells the log, now and then, that an office reached a limit. */
void pipeline_say_limited(struct server *s, struct quota *quota, const char *limit);

/* Enters an input of the daemon's own; what it points to is copied. With a `route` a Report follows
 * when it is committed. STATUS_AGAIN: no batch has room now; STATUS_FULL: no room on disk. */
MUST_USE enum status pipeline_input(struct server *s, const Mandate__JournalInput *input,
				    const struct route *route, uint64_t correlation);

/* Hands the batch that fills to the engine, if it is free for one. */
void pipeline_hand_over(struct server *s);

/* From the worker. */
void pipeline_synced(struct server *s, struct batch *batch);
void pipeline_done(struct server *s, struct batch *batch);

/* Nothing can be admitted for the moment: better not read. After BUSY_RETRY_MS of it reading goes
 * on, and senders are told. */
bool pipeline_is_full(struct server *s);
bool pipeline_has_room(struct server *s);
bool pipeline_is_empty(const struct server *s);

#endif
