/* Acts: what may be refused because of what is on record. DEFINITIONS section 0.
 *
 * An act is refused with NEEDS_EARLIER when what it acts on is not on record (or retracted: it may
 * come again), and with ILLEGAL_TRANSITION when it is impossible on every history that contains
 * what it names, whatever else comes: so only what it names is looked at, never what others did
 * beside it. One party may accept after another has declined: in which of two orders the two
 * arrive must not matter, and the fold says declined.
 *
 * - arrangement: a handover of a function that the giver does not hold on its own effective day, as
 *   known now: NOT_HOLDER.
 * - acceptance: no such arrangement: needs earlier. By who is on no side, after accept_by, or after
 *   the end where the end counts: illegal.
 * - pledge step n: no such pledge, no step n - 1: needs earlier. A state that does not follow (see
 *   below), or a day before that of step n - 1: illegal.
 * - endorsement: the list has no such edition: needs earlier. That edition was a retraction, or the
 *   owner owns nothing on it: illegal.
 *
 * Editions of acts are checked as the act itself is. A pledge's steps stay a chain: an edition or
 * retraction of step n is illegal when step n + 1 is on record and would not follow any more. All
 * other retractions are legal. An edition below the one that holds is kept beside it and changes
 * nothing: it is checked against what it acts on only.
 *
 * The way of a pledge:
 * - pledged, assessed, verified, selected, mou_signed, pre_deployment_visit, arriving, deployed:
 *   one after the other; deployed and rotating by turns; from both home: repatriating, repatriated;
 * - declined, withdrawn: before it is deployed;
 * - repatriated early: from arriving, deployed or rotating, with a reason;
 * - suspended: from all but the last states (declined, withdrawn, repatriated); resumed: from
 *   suspended, to where it stood;
 * - renewed, level_raised: anywhere but in the last states; a level is above every one raised to
 *   before, and never level 1.
 * What is suspended may be declined, withdrawn, repatriated or set to repatriating as from where it
 * stood. Days never go back. */
#ifndef MANDATED_RULES_ACT_H
#define MANDATED_RULES_ACT_H

#include "mandate.pb-c.h"
#include "rules/view.h"

/* Why not. Texts are constant or live in the arena. */
struct act_refusal {
	Mandate__Code code; /* CODE_ACCEPTED: nothing speaks against it */
	const char *field;  /* within the change: "record.acceptance.party" */
	const char *text;
	Mandate__Kind kind; /* the record it is about, */
	const char *key;    /* by its key */
};

/* May a change put `record`, under `edition` and without content if it `retracts`? Facts always
 * may. Not to be asked of a change that is on record already (`unchanged`). STATUS_NO_MEMORY or
 * what the view answers. */
MUST_USE enum status act_check(const struct view *v, struct arena *a, const Mandate__Record *record,
			       uint32_t edition, bool retracts, struct act_refusal *ret_refusal);

#endif
