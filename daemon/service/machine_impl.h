/* What the files of the state machine share; nobody else includes this. */
#ifndef MANDATED_SERVICE_MACHINE_IMPL_H
#define MANDATED_SERVICE_MACHINE_IMPL_H

#include "model/names.h"
#include "service/docket.h"
#include "service/known.h"
#include "service/machine.h"
#include "service/roll.h"
#include "service/settings.h"

/* Alert record keys: a code and the alert's own key. */
enum { ALERT_KEY_BYTES = KEY_TEXT_MAX + 64 };

struct machine {
	struct store *store;
	struct store_txn *txn;		/* between begin and commit or abort */
	struct machine_state state;	/* with what is applied and not yet committed */
	struct machine_state committed; /* what an abort returns to */
	uint8_t secret[HASH_BYTES], committed_secret[HASH_BYTES];
	struct alert_parameters parameters, committed_parameters;
	struct roll *roll, *committed_roll;
	struct docket *docket;
	struct known *known;
	/* The lane of the newest outcome: mostly the next submission is of the same. */
	struct {
		char office[OFFICE_TEXT_MAX + 1];
		uint64_t number;
		uint64_t last; /* 0: none is kept */
	} lane;
	struct arena scratch; /* one input */
};

/* An input's circumstances, the same for each of its events. */
struct circumstance {
	uint64_t index;
	uint64_t time_ms;
	const char *office, *device; /* NULL: none */
	uint64_t last_revision;	     /* of this input; set before the first event */
	struct machine_sink *sink;
};

/* What an alert does, with the record it belongs to: collected, sorted, then written. */
struct apply_step {
	struct docket_step step;
	const char *home; /* NULL: of none */
};
struct apply_steps {
	struct apply_step *steps;
	size_t count, room;
};
MUST_USE enum status apply_steps_add(struct machine *m, struct apply_steps *list,
				     const struct docket_step *step, const char *home);
void apply_steps_sort(struct apply_steps *list);
/* Writes an event and a version for each. */
MUST_USE enum status apply_steps_write(struct machine *m, const struct circumstance *c,
				       const struct apply_steps *list);
/* "EDITION_CLASH:..." of a record: the step from `before` to `after`, added if there is one. */
MUST_USE enum status apply_clash(struct machine *m, struct apply_steps *list, Mandate__Kind kind,
				 const char *key, const char *operation, bool before, bool after,
				 const char *office, const char *other_office);
/* Judges a home on the state's day and adds what changed. Adds the day on which it is due again. */
MUST_USE enum status apply_judge(struct machine *m, struct apply_steps *list, const char *home,
				 bool corrected);

/* The next revision: packs `event` (its revision fields are set here), writes it, publishes it. */
MUST_USE enum status machine_emit(struct machine *m, const struct circumstance *c,
				  Mandate__Event *event, const Mandate__EventTags *tags);

/* apply.c */
MUST_USE enum status apply_submission(struct machine *m, struct circumstance *c,
				      struct input *input);
/* apply_day.c */
MUST_USE enum status apply_day(struct machine *m, struct circumstance *c, int32_t day);
MUST_USE enum status apply_setting(struct machine *m, const char *name, struct bytes value);
/* m->roll as the transaction stands now. */
MUST_USE enum status machine_load_roll(struct machine *m, struct store_txn *t);
/* Rules of `version` decide from now on: every home is judged by them. STATUS_INVALID: one that
 * this program does not know. */
MUST_USE enum status apply_rules(struct machine *m, struct circumstance *c, uint32_t version);

#endif
