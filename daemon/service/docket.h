/* Which alerts of a home are open, and what a change or a day does to them. Keeps, for the homes
 * (rules/home.h) in use, the dossier and the open alerts: both derived from the state, dropped at
 * will.
 */
#ifndef MANDATED_SERVICE_DOCKET_H
#define MANDATED_SERVICE_DOCKET_H

#include "rules/alert.h"
#include "store/store.h"

struct docket;
struct docket_file; /* of one home */

/* What an alert does: becomes an event. */
struct docket_step {
	Mandate__AlertAct act;
	Mandate__Alert *alert;	     /* as it is now, or as it was when closed */
	Mandate__CloseReason reason; /* with CLOSED */
};

MUST_USE enum status docket_new(struct docket **ret_docket);
void docket_free(struct docket *j);
void docket_clear(struct docket *j); /* after an abort: nothing kept is true any more */

/* The home's file, loaded from `t` (before the changes at hand are written) if it is not kept.
 * Valid until docket_trim or docket_clear. */
MUST_USE enum status docket_open(struct docket *j, struct store_txn *t, const char *home,
				 struct docket_file **ret_file);

/* A fact of the home has new content (NULL: retracted) under `edition`. STATUS_AGAIN: what it was
 * built from is another now, build it again. */
MUST_USE enum status docket_put(struct docket_file *f, Mandate__Kind kind, const char *key,
				uint32_t edition, const Mandate__Record *record);

/* Builds its dossier again from what `v` shows. */
MUST_USE enum status docket_rebuild(struct docket_file *f, const struct view *v,
				    struct arena *scratch);

/* Evaluates on `day`, what may have changed since the newest docket_steps, and compares with what
 * is open. Steps are in `a`, with their alerts, sorted by code and key. `corrected`: an edition
 * replaced an earlier one, so what closes as resolved closes as corrected. Also answers the next
 * day on which to judge again (DAY_INFINITE: none). */
MUST_USE enum status docket_steps(struct docket_file *f, const struct alert_parameters *p,
				  int32_t day, bool corrected, struct arena *a,
				  struct docket_step **ret_steps, size_t *ret_count,
				  int32_t *ret_next_day);

/* The day on which the home is noted as due, if this docket noted it: not to note it twice.
 * DAY_NEVER: not known. */
int32_t docket_due(const struct docket_file *f);
void docket_set_due(struct docket_file *f, int32_t day);

/* The steps of the newest docket_steps, still in their arena, are what happens. STATUS_NO_MEMORY.
 */
MUST_USE enum status docket_commit(struct docket_file *f);

/* Drops the longest unused files until the rest is within bounds. Call between inputs. */
void docket_trim(struct docket *j);

#endif
