#include "rules/act.h"
#include "model/names.h"
#include "model/record.h"
#include "rules/arrangement.h"
#include "rules/function.h"
#include "rules/pledge.h"

#include <string.h>

#define CODE(name) MANDATE__CODE__CODE_##name
#define KIND(name) MANDATE__KIND__KIND_##name
#define STATE(name) MANDATE__PLEDGE_STATE__PLEDGE_STATE_##name

struct act {
	const struct view *v;
	struct arena *a;
	const Mandate__Record *record;
	bool retracts;
	bool holds; /* no higher edition is on record: it is what counts from now on */
	struct act_refusal *refusal;
};

/* `key` and a text that was made live in the arena; NULL is taken as no memory. */
static enum status refuse(struct act *act, Mandate__Code code, const char *field, const char *text,
			  Mandate__Kind kind, const char *key)
{
	if (!text || !key)
		return STATUS_NO_MEMORY;
	*act->refusal = (struct act_refusal){
		.code = code, .field = field, .text = text, .kind = kind, .key = key};
	return STATUS_OK;
}

/* The content of a record, NULL if there is none (any more). */
static enum status find(struct act *act, Mandate__Kind kind, const char *key,
			const Mandate__Record **ret_record)
{
	struct view_fact fact;
	enum status s = key ? view_get(act->v, act->a, kind, key, &fact) : STATUS_NO_MEMORY;

	if (s != STATUS_OK && s != STATUS_NOT_FOUND)
		return s;
	*ret_record = s == STATUS_OK ? fact.record : NULL;
	return STATUS_OK;
}

/* --- arrangements --- */

static enum status check_arrangement(struct act *act)
{
	const Mandate__Arrangement *h = act->record->arrangement;
	bool handover = h->kind == MANDATE__ARRANGEMENT_KIND__ARRANGEMENT_KIND_HANDOVER_OF_FUNCTION;

	for (size_t i = 0; handover && i < h->n_functions && act->holds; i++) {
		struct function_claim claim;
		char day[DAY_TEXT_BYTES];
		enum status s = function_before(act->v, act->a, h, h->functions[i], &claim);

		if (s != STATUS_OK)
			return s;
		if (claim.held)
			continue;
		day_format(day, h->effective);
		if (claim.other)
			return refuse(act, CODE(NOT_HOLDER), "record.arrangement.functions",
				      arena_printf(act->a, "%s holds %s on %s", claim.other,
						   h->functions[i], day),
				      claim.kind, claim.key);
		return refuse(act, CODE(NOT_HOLDER), "record.arrangement.functions",
			      arena_printf(act->a, "%s does not hold %s on %s", h->operation,
					   h->functions[i], day),
			      KIND(ARRANGEMENT), h->arrangement);
	}
	return STATUS_OK;
}

static enum status check_acceptance(struct act *act)
{
	const Mandate__Acceptance *answer = act->record->acceptance;
	const Mandate__Record *found;
	const Mandate__Arrangement *a;
	enum status s = find(act, KIND(ARRANGEMENT), answer->arrangement, &found);

	if (s != STATUS_OK)
		return s;
	if (!found)
		return refuse(act, CODE(NEEDS_EARLIER), "record.acceptance.arrangement",
			      "no such arrangement is on record: it must be proposed first",
			      KIND(ARRANGEMENT), answer->arrangement);
	a = found->arrangement;
	if (!arrangement_names(a, answer->party))
		return refuse(act, CODE(ILLEGAL_TRANSITION), "record.acceptance.party",
			      "is on no side of this arrangement", KIND(ARRANGEMENT),
			      answer->arrangement);
	if (a->has_accept_by && answer->day > a->accept_by)
		return refuse(act, CODE(ILLEGAL_TRANSITION), "record.acceptance.day",
			      "the last day for acceptance had passed", KIND(ARRANGEMENT),
			      answer->arrangement);
	if (a->has_end && !arrangement_ignores_end(a->kind) && answer->day > a->end)
		return refuse(act, CODE(ILLEGAL_TRANSITION), "record.acceptance.day",
			      "the arrangement had ended", KIND(ARRANGEMENT), answer->arrangement);
	return STATUS_OK;
}

/* --- pledges --- */

#define TO(name) (1U << STATE(name))
#define ANYWHERE (TO(SUSPENDED) | TO(RENEWED) | TO(LEVEL_RAISED))
#define BEFORE_DEPLOYED (TO(DECLINED) | TO(WITHDRAWN) | ANYWHERE)
/* Ways out that a suspension does not close. */
#define OUT (TO(DECLINED) | TO(WITHDRAWN) | TO(REPATRIATING) | TO(REPATRIATED))

/* Where a pledge may go, by where it stands. Nothing follows the last states. */
static const uint32_t ways[] = {
	[STATE(PLEDGED)] = TO(ASSESSED) | BEFORE_DEPLOYED,
	[STATE(ASSESSED)] = TO(VERIFIED) | BEFORE_DEPLOYED,
	[STATE(VERIFIED)] = TO(SELECTED) | BEFORE_DEPLOYED,
	[STATE(SELECTED)] = TO(MOU_SIGNED) | BEFORE_DEPLOYED,
	[STATE(MOU_SIGNED)] = TO(PRE_DEPLOYMENT_VISIT) | BEFORE_DEPLOYED,
	[STATE(PRE_DEPLOYMENT_VISIT)] = TO(ARRIVING) | BEFORE_DEPLOYED,
	[STATE(ARRIVING)] = TO(DEPLOYED) | TO(REPATRIATED) | BEFORE_DEPLOYED,
	[STATE(DEPLOYED)] = TO(ROTATING) | TO(REPATRIATING) | TO(REPATRIATED) | ANYWHERE,
	[STATE(ROTATING)] = TO(DEPLOYED) | TO(REPATRIATING) | TO(REPATRIATED) | ANYWHERE,
	[STATE(REPATRIATING)] = TO(REPATRIATED) | ANYWHERE,
	[STATE(LEVEL_RAISED)] = 0,
};

/* Before its first step: any day of a step will do, and any level above the first. */
static struct pledge_stand stand_begin(void)
{
	struct pledge_stand at;

	pledge_begin_on(DAY_FIRST, MANDATE__READINESS__READINESS_LEVEL_1, &at);
	return at;
}

static Mandate__PledgeState stood(const struct pledge_stand *at)
{
	return at->state == STATE(SUSPENDED) ? at->before : at->state;
}

static uint32_t ways_of(const struct pledge_stand *at)
{
	if (at->state != STATE(SUSPENDED))
		return ways[at->state];
	return TO(RESUMED) | TO(RENEWED) | TO(LEVEL_RAISED) | (ways[at->before] & OUT);
}

/* The field that speaks against the step; NULL: none. */
static const char *step_fault(const struct pledge_stand *at, const Mandate__PledgeStep *step)
{
	if (step->day < at->from)
		return "record.pledge_step.day";
	if (step->state > STATE(LEVEL_RAISED) || !(ways_of(at) & (1U << step->state)))
		return "record.pledge_step.state";
	if (step->state == STATE(REPATRIATED) && stood(at) != STATE(REPATRIATING) &&
	    !step->has_reason)
		return "record.pledge_step.reason";
	if (step->state == STATE(LEVEL_RAISED) && step->readiness <= at->readiness)
		return "record.pledge_step.readiness";
	return NULL;
}

/* Takes a step if it is legal. */
static bool take_step(struct pledge_stand *at, const Mandate__PledgeStep *step)
{
	if (step_fault(at, step))
		return false;
	pledge_take(at, step->step, step->state, step->day, step->readiness);
	return true;
}

static const char *step_key(struct act *act, uint32_t step)
{
	const Mandate__PledgeStep *s = act->record->pledge_step;

	return arena_printf(act->a, "%s:%s:%u", s->contributor, s->pledge, step);
}

static enum status find_step(struct act *act, uint32_t step, const Mandate__PledgeStep **ret_step)
{
	const Mandate__Record *found;
	enum status s = find(act, KIND(PLEDGE_STEP), step_key(act, step), &found);

	if (s == STATUS_OK)
		*ret_step = found ? found->pledge_step : NULL;
	return s;
}

static enum status refuse_step(struct act *act, const struct pledge_stand *pledge)
{
	const Mandate__PledgeStep *step = act->record->pledge_step;
	const ProtobufCEnumDescriptor *names = &mandate__pledge_state__descriptor;

	return refuse(act, CODE(ILLEGAL_TRANSITION), step_fault(pledge, step),
		      arena_printf(act->a, "%s cannot follow %s like this",
				   names_text(names, (int)step->state),
				   names_text(names, (int)pledge->state)),
		      step->step > 1 ? KIND(PLEDGE_STEP) : KIND(PLEDGE),
		      step->step > 1
			      ? step_key(act, step->step - 1)
			      : arena_printf(act->a, "%s:%s", step->contributor, step->pledge));
}

static enum status refuse_rest(struct act *act, uint32_t later)
{
	return refuse(act, CODE(ILLEGAL_TRANSITION), "record.pledge_step.step",
		      "a later step rests on it: that one must go first", KIND(PLEDGE_STEP),
		      step_key(act, later));
}

/* Do the steps on record after this one still follow? NULL: without it. */
static enum status check_rest(struct act *act, struct pledge_stand *pledge)
{
	uint32_t step = act->record->pledge_step->step;
	const Mandate__PledgeStep *later = NULL;

	for (;;) {
		enum status s = find_step(act, ++step, &later);

		if (s != STATUS_OK || !later)
			return s;
		if (!pledge || !take_step(pledge, later))
			return refuse_rest(act, step);
	}
}

static enum status check_pledge_step(struct act *act)
{
	const Mandate__PledgeStep *step = act->record->pledge_step, *earlier;
	const char *pledge_key = arena_printf(act->a, "%s:%s", step->contributor, step->pledge);
	struct pledge_stand pledge = stand_begin();
	const Mandate__Record *found;
	enum status s;

	if (act->retracts)
		return act->holds ? check_rest(act, NULL) : STATUS_OK;
	s = find(act, KIND(PLEDGE), pledge_key, &found);
	if (s != STATUS_OK)
		return s;
	if (!found)
		return refuse(act, CODE(NEEDS_EARLIER), "record.pledge_step.pledge",
			      "no such pledge is on record: it must be made first", KIND(PLEDGE),
			      pledge_key);
	for (uint32_t n = 1; n < step->step; n++) {
		s = find_step(act, n, &earlier);
		if (s != STATUS_OK)
			return s;
		if (!earlier)
			return refuse(act, CODE(NEEDS_EARLIER), "record.pledge_step.step",
				      "a step before it is not on record yet", KIND(PLEDGE_STEP),
				      step_key(act, n));
		if (!take_step(&pledge, earlier))
			break; /* steps on record follow each other; if not, neither does this */
	}
	if (!act->holds)
		return STATUS_OK;
	if (!take_step(&pledge, step))
		return refuse_step(act, &pledge);
	return check_rest(act, &pledge);
}

/* --- endorsements --- */

/* What stands under the version that is endorsed; false if it has never been recorded. */
static enum status find_version(struct act *act, const char *key, bool *ret_found,
				const Mandate__Record **ret_record)
{
	uint32_t version = act->record->endorsement->version;
	struct view_fact fact;
	enum status s = view_get(act->v, act->a, KIND(PRIORITIES), key, &fact);

	if (s == STATUS_OK && version < fact.edition)
		s = view_get_edition(act->v, act->a, KIND(PRIORITIES), key, version, &fact);
	if (s != STATUS_OK && s != STATUS_NOT_FOUND)
		return s;
	*ret_found = s == STATUS_OK && version <= fact.edition;
	*ret_record = *ret_found ? fact.record : NULL;
	return STATUS_OK;
}

static enum status check_endorsement(struct act *act)
{
	const Mandate__Endorsement *e = act->record->endorsement;
	const char *key = arena_printf(act->a, "%s:%s", e->operation, e->document);
	const char *const *owners;
	const Mandate__Record *list;
	size_t count;
	bool found;
	enum status s = key ? find_version(act, key, &found, &list) : STATUS_NO_MEMORY;

	if (s != STATUS_OK)
		return s;
	if (!found)
		return refuse(act, CODE(NEEDS_EARLIER), "record.endorsement.version",
			      "this version of the list is not on record yet", KIND(PRIORITIES),
			      key);
	if (!list)
		return refuse(act, CODE(ILLEGAL_TRANSITION), "record.endorsement.version",
			      "this version took the list back: there is nothing to endorse",
			      KIND(PRIORITIES), key);
	s = record_owners(act->a, list, &owners, &count);
	if (s != STATUS_OK)
		return s;
	for (size_t i = 0; i < count; i++)
		if (strcmp(owners[i], e->owner) == 0)
			return STATUS_OK;
	return refuse(act, CODE(ILLEGAL_TRANSITION), "record.endorsement.owner",
		      "owns nothing on this version of the list", KIND(PRIORITIES), key);
}

/* --- all --- */

static enum status is_highest(struct act *act, uint32_t edition)
{
	char key[KEY_TEXT_MAX + 1];
	struct view_fact fact;
	enum status s = record_key(act->record, key);

	if (s != STATUS_OK)
		return s;
	s = view_get(act->v, act->a, record_kind(act->record), key, &fact);
	if (s != STATUS_OK && s != STATUS_NOT_FOUND)
		return s;
	act->holds = s == STATUS_NOT_FOUND || fact.edition <= edition;
	return STATUS_OK;
}

enum status act_check(const struct view *v, struct arena *a, const Mandate__Record *record,
		      uint32_t edition, bool retracts, struct act_refusal *ret_refusal)
{
	static const struct {
		Mandate__Kind kind;
		enum status (*check)(struct act *act);
	} rows[] = {
		{KIND(ARRANGEMENT), check_arrangement},
		{KIND(ACCEPTANCE), check_acceptance},
		{KIND(PLEDGE_STEP), check_pledge_step},
		{KIND(ENDORSEMENT), check_endorsement},
	};
	struct act act = {
		.v = v, .a = a, .record = record, .retracts = retracts, .refusal = ret_refusal};
	Mandate__Kind kind = record_kind(record);

	*ret_refusal = (struct act_refusal){.code = CODE(ACCEPTED)};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		enum status s;

		if (rows[i].kind != kind || (retracts && kind != KIND(PLEDGE_STEP)))
			continue;
		s = is_highest(&act, edition);
		return s == STATUS_OK ? rows[i].check(&act) : s;
	}
	return STATUS_OK;
}
