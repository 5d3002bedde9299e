/* Alerts: DEFINITIONS section 7. An alert is a condition that holds on a day; this computes which
 * hold, from when, and what proves it. Comparing with what was open, and writing events, is the
 * state machine's.
 *
 * Where the definitions leave a choice, from rules 2 on:
 *
 * CEIL_OVER	A text that only restates or raises the number that held the day before gives no day
 *		to comply by, so a renewal does not turn an alarm into a warning for its first day.
 *		With a day of its own, or a lower number, or the first number, comply_by is as the
 *		definitions say.
 * CEIL_SUB	The key's second part is a component or the name of a part; what is told of it is
 *		the worse of two: alarm, its number is above that of the nearest component above
 *		it which has a number of its own; warning, what is set within it adds up past its
 *		own number, two numbers at least. Named parts are added to each other, not to the
 *		component's kinds, of which they consist.
 * HANDOVER_ONE_SIDE	Of arrangements of every kind, counted from the day on which the first whole
 *		side has accepted, in the home of `operation`. Declined, lapsed, ended: over.
 * SUCC_*	Of successions and merges: of what splits something may go on.
 * SUCC_GAP	On the days between the predecessor's last day, as its mandate stands on the day
 *		before E (without any text, its recorded end), and E; and before, from when all have
 *		accepted, while nothing secures the mandate up to E. At E it is over.
 * FUNCTION_ORPHAN	Names who holds it; function.h says who that is.
 * MAND_LAPSED	A liquidation or a closing on record says, as an end_date does, that it is over.
 * MAND_ONE_SIDED	Names the parties with the earlier U, the days on both sides, their texts.
 *		Like all MAND_* it does not open where status is unknown.
 * DEP_NO_MANDATE	Closed counts as ended. In liquidation guards are lawful, whom head-counts
 *		do not tell apart: none opens.
 * MAND_*	Of a party that does not bind any more they close as over.
 * DEP_ARRIVES_ENDED
 *		V and L are those of the day judged. By its record's own first day, where no
 *		transfer brings the unit on that day. An alarm, as DEP_DOUBLE.
 * DEP_DOUBLE	Of units that count in both operations (follow.c); told by the one with the least
 *		name, since the first day on which it is that one.
 * MOU_MISSING	Of contingents; individuals come without a memorandum. Each operation has its own
 *		time: of a unit that came by transfer from its first day there, with the key that a
 *		record of its own would have. Without a day of signature it is not signed. Gone
 *		unsigned, it closes as over.
 * PLEDGE_GAP	From needed_by - 90 to `until`; then it closes as over. Deployed are units present
 *		that name the requirement, or come of a pledge for it: they name the pledge, or it
 *		names them. Once its unit has come a pledge counts no more, also when the unit goes.
 *		Pledges without a date do not count; those deployed by their steps alone do.
 * PLEDGE_STALE	Due 12 months after it was registered, and 6 after each renewal, which takes
 *		nothing away; overdue from the day after. Not from "deployed" on, nor while
 *		suspended, declined or withdrawn, nor once its unit has come: then it closes as
 *		over.
 * FIN_*	A period is judged from the days of FIN_NO_APPROP before it begins to its last day
 *		(FIN_PAST_MANDATE from the mandate's end on); then it closes as over. Its budget is
 *		all amounts but partners' commitments and totals; it is authorized by a commitment
 *		authority, an appropriation in any view, a supplement or an assessment.
 * FIN_NO_APPROP
 *		Of a period on record, or, where no budget holds the day after one, of the rest of
 *		that usual year, up to the next budget on record. "The period before" holds the day
 *		before its start. Silent while the first of its days to come is in a period that is
 *		authorized. Who pays is as of the period's start. A warning.
 * FIN_PAST_MANDATE
 *		Ended: withdrawing, liquidating or closed too. A warning while withdrawing, then an
 *		alarm.
 * FIN_PERIOD	A warning. The regular budget had two calendar years together until 2018-2019;
 *		partners' own budgets have no usual year. Either end may be a recorded start or end
 *		of the operation, a valid_until or withdraw_by of a text, or the first day of a run
 *		in force, from the day on which that text is adopted. A reason on record is enough.
 * PRIO_*, HOST_CONSENT
 *		Not after the operation's recorded end or its last withdraw_by, whichever comes
 *		later; then they close as over. PRIO_* are warnings; priorities.h says when a
 *		version begins. */
#ifndef MANDATED_RULES_ALERT_H
#define MANDATED_RULES_ALERT_H

#include "mandate.pb-c.h"
#include "rules/dossier.h"

/* The newest that this program knows; each is a superset of those before, in what it reads and in
 * what it opens. */
enum { ALERT_RULES_VERSION = 2 };

/* Parameters, in days; settings of the state, seeded with ALERT_DEFAULTS. */
struct alert_parameters {
	int32_t rotation_overlap_days; /* CEIL_OVER: warn becomes alarm after it */
	int32_t head_count_age_days;   /* CEIL_OVER, CEIL_UNSET: older ones are not judged */
	int32_t expiring_days;	       /* MAND_EXPIRING: first stage */
	int32_t one_sided_days;	       /* MAND_ONE_SIDED: before the earlier end */
	int32_t return_age_days;       /* DEP_STALE */
	int32_t budget_ahead_days;     /* FIN_NO_APPROP, FIN_PERIOD: before a period begins */
	int32_t owner_silent_days;     /* PRIO_UNENDORSED */
	int32_t pledge_ahead_days;     /* PLEDGE_GAP: pledges and needs of so many days ahead */
	int32_t mou_days;	       /* MOU_MISSING: deployed for longer */
	int32_t handover_notice_days;  /* HANDOVER_ONE_SIDE: before it takes effect */
	int32_t handover_waiting_days; /* HANDOVER_ONE_SIDE: after the first side accepted */
	int32_t succ_overlap_days;     /* SUCC_OVERLAP: after a succession */
	uint32_t rules; /* the version that decides; not a setting: from the input `rules` */
};

#define ALERT_DEFAULTS                                                                             \
	{                                                                                          \
		.rotation_overlap_days = 30, .head_count_age_days = 92, .expiring_days = 90,       \
		.one_sided_days = 30, .return_age_days = 45, .budget_ahead_days = 30,              \
		.owner_silent_days = 30, .pledge_ahead_days = 90, .mou_days = 90,                  \
		.handover_notice_days = 14, .handover_waiting_days = 30, .succ_overlap_days = 30,  \
		.rules = ALERT_RULES_VERSION                                                       \
	}

/* The settings' names, a row a parameter: what `setting` lists and journal inputs name. */
struct alert_setting {
	const char *name; /* "alert.ceil_over.rotation_overlap_days" */
	size_t offset;	  /* of the int32_t in struct alert_parameters */
	int32_t least, most;
	const char *meaning;
};
extern const struct alert_setting alert_settings[];
extern const size_t alert_settings_count;

/* Every alert of the operation that is open on `day`, sorted by code and key, without
 * EDITION_CLASH, which belongs to a record. Messages live in `a`. STATUS_NO_MEMORY. */
MUST_USE enum status alert_evaluate(const struct dossier *d, const struct alert_parameters *p,
				    int32_t day, struct arena *a, Mandate__Alert ***ret_alerts,
				    size_t *ret_count);

/* The same, and alert_next_change of `day` with it: one pass instead of two. */
MUST_USE enum status alert_evaluate_until(const struct dossier *d, const struct alert_parameters *p,
					  int32_t day, struct arena *a,
					  Mandate__Alert ***ret_alerts, size_t *ret_count,
					  int32_t *ret_next_change);

/* Alerts by what they are about. Those of a domain depend on records of some kinds only, so that
 * after a change the others need not be looked at again. A set of domains has a bit for each. */
enum { ALERT_DOMAINS = 6, ALERT_DOMAINS_ALL = (1 << ALERT_DOMAINS) - 1 };

/* Those that a put of `key` may change: asked before it and after it, for what was and what is. */
unsigned alert_domains_of(const struct dossier *d, Mandate__Kind kind, const char *key);
unsigned alert_domain_of_code(Mandate__AlertCode code); /* none: EDITION_CLASH */

/* alert_evaluate_until of `domains`; days of change by domain, those of others are left alone. */
MUST_USE enum status alert_evaluate_domains(const struct dossier *d,
					    const struct alert_parameters *p, int32_t day,
					    unsigned domains, struct arena *a,
					    Mandate__Alert ***ret_alerts, size_t *ret_count,
					    int32_t ret_next_change[ALERT_DOMAINS]);

/* Why an alert that was open is not any more: STALE, SUPERSEDED or OVER where the rule says so,
 * otherwise RESOLVED (the caller turns RESOLVED into CORRECTED when an edition removed it). */
Mandate__CloseReason alert_close_reason(const struct dossier *d, const struct alert_parameters *p,
					int32_t day, const Mandate__Alert *was);

/* The first day after `day` on which alert_evaluate may answer differently although no record
 * changes; DAY_INFINITE: never. Never later than the true one; may be earlier. */
int32_t alert_next_change(const struct dossier *d, const struct alert_parameters *p, int32_t day);

/* EDITION_CLASH of a record: filled in `a`; NULL on no memory. */
Mandate__Alert *alert_edition_clash(struct arena *a, Mandate__Kind kind, const char *key,
				    const char *operation, int32_t since, const char *office,
				    const char *other_office);

/* The contributor that an alert's key names, by itself or within the key of the record that it is
 * about; NULL: none. In `a` or the alert's. */
MUST_USE enum status alert_contributor(struct arena *a, const Mandate__Alert *alert,
				       const char **ret_contributor);

#endif
