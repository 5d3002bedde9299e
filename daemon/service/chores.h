/* What takes long and runs beside the daemon: verification (in a child process), checkpoints, the
 * hourly sync of the state, the file of the day's counts. One thread, one of a kind at a time;
 * progress and results are mail.
 */
#ifndef MANDATED_SERVICE_CHORES_H
#define MANDATED_SERVICE_CHORES_H

#include "service/batch.h"
#include "store/store.h"

/* Kind of the mails: apart from enum worker_mail and enum reader_job_kind. */
enum { CHORES_REPORT = 201 };

/* A report of a chore, for whoever asked for it. Whoever takes it frees it. */
struct chores_report {
	struct mail mail; /* CHORES_REPORT */
	struct route route;
	uint64_t correlation;
	bool last;	     /* no further report of this chore follows */
	struct bytes packed; /* a packed Mandate__Report, in the same allocation */
};

struct chores;

/* `store` and `reply` must outlive it. `state_dir` is copied. */
MUST_USE enum status chores_new(struct store *store, const char *state_dir, struct mailbox *reply,
				struct chores **ret_chores);
/* Stops what is under way, without a report. */
void chores_free(struct chores *c);

/* Starts a verification of what is committed when it begins; reports follow, the last one without
 * `more`. `request` is copied. STATUS_AGAIN: one is under way already. */
MUST_USE enum status chores_verify(struct chores *c, const Mandate__VerifyRequest *request,
				   const struct route *route, uint64_t correlation);

/* Starts a checkpoint of the state. STATUS_AGAIN as above. */
MUST_USE enum status chores_checkpoint(struct chores *c, const struct route *route,
				       uint64_t correlation);

/* Writes what tally_text has made, which it takes and frees. STATUS_AGAIN: one is not written yet.
 */
MUST_USE enum status chores_tally(struct chores *c, char *tally);

/* Starts a checkpoint if the inputs since the newest one ask for it (more than 1 000 000 and than
 * it holds), and the sync when its hour has come; `index` is the newest. Cheap; about once a
 * second. */
void chores_tick(struct chores *c, uint64_t index);

/* The index of the newest checkpoint, 0: none. */
uint64_t chores_checkpoint_index(struct chores *c);

void chores_report_free(struct chores_report *r);

#endif
