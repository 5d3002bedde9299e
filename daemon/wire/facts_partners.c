/* Arrangements and claims, money, priorities, consent. */
#include "wire/facts_parts.h"

#define ARRANGEMENT(name) MANDATE__ARRANGEMENT_KIND__ARRANGEMENT_KIND_##name

static bool is_party(const Mandate__Arrangement *a, const char *name)
{
	for (size_t i = 0; i < a->n_sides; i++)
		for (size_t k = 0; k < a->sides[i]->n_parties; k++)
			if (strcmp(a->sides[i]->parties[k], name) == 0)
				return true;
	return false;
}

/* The fields that a kind of arrangement cannot do without. */
static bool check_kind(const struct facts_place *at, const Mandate__Arrangement *a)
{
	bool edge = a->kind == ARRANGEMENT(SUCCESSION) || a->kind == ARRANGEMENT(SPLIT) ||
		    a->kind == ARRANGEMENT(MERGE);
	bool handover = a->kind == ARRANGEMENT(HANDOVER_OF_FUNCTION);

	if (edge || handover || a->kind == ARRANGEMENT(HYBRID) || a->other_operation)
		if (!facts_needs(at, a->operation, "operation"))
			return false;
	if (edge && !facts_needs(at, a->other_operation, "other_operation"))
		return false;
	if (a->other_operation && strcmp(a->operation, a->other_operation) == 0)
		return facts_fail(at, MANDATE__CODE__CODE_RANGE, "other_operation",
				  "must be another operation");
	if (handover && !facts_needs(at, a->n_functions > 0, "functions"))
		return false;
	if (!handover && a->n_functions > 0)
		return facts_fail(at, MANDATE__CODE__CODE_RANGE, "functions",
				  "only a handover has functions");
	return true;
}

bool facts_partners_arrangement(const struct facts_place *at, const Mandate__Arrangement *a)
{
	if (!facts_needs(at, a->has_kind, "kind") || !facts_needs(at, a->n_sides > 0, "sides") ||
	    !check_kind(at, a) || !facts_once(at, a->functions, a->n_functions, "functions"))
		return false;
	for (size_t i = 0; i < a->n_sides; i++)
		if (!facts_once(at, a->sides[i]->parties, a->sides[i]->n_parties, "sides"))
			return false;
	if (a->proposed_by && !is_party(a, a->proposed_by))
		return facts_fail(at, MANDATE__CODE__CODE_RANGE, "proposed_by",
				  "stands on no side");
	return facts_in_order(at, a->has_effective, a->effective, a->has_end, a->end, "end",
			      "an arrangement cannot end before it takes effect") &&
	       facts_in_order(at, a->has_proposed, a->proposed, a->has_accept_by, a->accept_by,
			      "accept_by", "it cannot lapse before it is proposed");
}

bool facts_partners_acceptance(const struct facts_place *at, const Mandate__Acceptance *a)
{
	return facts_needs(at, a->has_reply, "reply") && facts_needs(at, a->has_day, "day");
}

bool facts_partners_claim(const struct facts_place *at, const Mandate__Claim *c)
{
	return facts_needs(at, c->has_from, "from") &&
	       facts_in_order(at, true, c->from, c->has_until, c->until, "until",
			      "a claim cannot end before it begins");
}

static bool check_period(const struct facts_place *at, int32_t start, int32_t end)
{
	return facts_in_order(at, true, start, true, end, "period_end",
			      "a period cannot end before it starts");
}

bool facts_partners_amount(const struct facts_place *at, const Mandate__Amount *a)
{
	if (!facts_needs(at, a->has_amount, "amount") ||
	    !check_period(at, a->period_start, a->period_end))
		return false;
	if (a->n_shares > 0 && a->kind != MANDATE__AMOUNT_KIND__AMOUNT_KIND_ASSESSMENT)
		return facts_fail(at, MANDATE__CODE__CODE_RANGE, "shares",
				  "only an assessment has shares");
	for (size_t i = 1; i < a->n_shares; i++)
		if (strcmp(a->shares[i - 1]->contributor, a->shares[i]->contributor) >= 0)
			return facts_fail_item(at, MANDATE__CODE__CODE_NOT_CANONICAL, "shares", i,
					       "contributor", "shares are sorted, each State once");
	return true;
}

bool facts_partners_payment(const struct facts_place *at, const Mandate__Payment *p)
{
	return facts_needs(at, p->has_amount, "amount") &&
	       check_period(at, p->period_start, p->period_end);
}

static bool check_owners(const struct facts_place *at, const Mandate__Priority *item, size_t i)
{
	for (size_t k = 0; k < item->n_supporting; k++) {
		bool again = item->lead && strcmp(item->lead, item->supporting[k]) == 0;

		for (size_t n = 0; n < k; n++)
			again = again || strcmp(item->supporting[n], item->supporting[k]) == 0;
		if (again)
			return facts_fail_item(at, MANDATE__CODE__CODE_NOT_CANONICAL, "items", i,
					       "supporting", "each owner of an item stands once");
	}
	return true;
}

bool facts_partners_priorities(const struct facts_place *at, const Mandate__Priorities *p)
{
	if (!facts_needs(at, p->has_date, "date") || !facts_needs(at, p->n_items > 0, "items"))
		return false;
	for (size_t i = 0; i < p->n_items; i++) {
		const Mandate__Priority *item = p->items[i];

		if (i > 0 && p->items[i - 1]->rank >= item->rank)
			return facts_fail_item(at, MANDATE__CODE__CODE_NOT_CANONICAL, "items", i,
					       "rank", "items are sorted by rank, each once");
		if (item->has_state &&
		    item->state == MANDATE__PRIORITY_STATE__PRIORITY_STATE_ENDORSED)
			return facts_fail_item(at, MANDATE__CODE__CODE_RANGE, "items", i, "state",
					       "endorsed is what the owners' endorsements say");
		if (!check_owners(at, item, i))
			return false;
	}
	return true;
}

bool facts_partners_endorsement(const struct facts_place *at, const Mandate__Endorsement *e)
{
	return facts_needs(at, e->has_day, "day");
}

bool facts_partners_consent(const struct facts_place *at, const Mandate__Consent *c)
{
	return facts_needs(at, c->has_state, "state");
}
