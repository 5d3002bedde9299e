/* Units, requirements, pledges and their steps, transfers. */
#include "wire/facts_parts.h"

static bool check_equipment(const struct facts_place *at, Mandate__Equipment *const *list,
			    size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const Mandate__Equipment *e = list[i];

		if (i > 0 && strcmp(list[i - 1]->item, e->item) >= 0)
			return facts_fail_item(at, MANDATE__CODE__CODE_NOT_CANONICAL, "equipment",
					       i, "item", "items are sorted, each once");
		if (e->has_serviceable && (!e->has_number || e->serviceable > e->number))
			return facts_fail_item(at, MANDATE__CODE__CODE_RANGE, "equipment", i,
					       "serviceable", "more work than there are");
	}
	return true;
}

bool facts_forces_unit(const struct facts_place *at, const Mandate__Unit *u)
{
	if (!facts_needs(at, u->has_component, "component") ||
	    !facts_needs(at, u->has_persons, "persons") ||
	    !facts_in_order(at, true, u->from, u->has_to, u->to, "to",
			    "a unit cannot leave before it comes") ||
	    !facts_women(at, u->has_women, u->women, u->persons))
		return false;
	if (u->rotates && strcmp(u->rotates, u->unit) == 0)
		return facts_fail(at, MANDATE__CODE__CODE_RANGE, "rotates",
				  "a unit cannot relieve itself");
	if (u->control && strcmp(u->control, u->operation) == 0)
		return facts_fail(at, MANDATE__CODE__CODE_RANGE, "control",
				  "only another operation's control needs saying");
	return check_equipment(at, u->equipment, u->n_equipment);
}

bool facts_forces_requirement(const struct facts_place *at, const Mandate__Requirement *r)
{
	return facts_needs(at, r->has_component, "component") &&
	       facts_needs(at, r->has_persons, "persons") &&
	       facts_needs(at, r->has_needed_by, "needed_by") &&
	       facts_in_order(at, true, r->needed_by, r->has_until, r->until, "until",
			      "a need cannot end before it begins") &&
	       check_equipment(at, r->equipment, r->n_equipment);
}

bool facts_forces_pledge(const struct facts_place *at, const Mandate__Pledge *p)
{
	if (p->requirement && !p->operation)
		return facts_fail(at, MANDATE__CODE__CODE_MISSING, "operation",
				  "a requirement is one of an operation");
	return facts_needs(at, p->has_component, "component") &&
	       facts_needs(at, p->has_persons, "persons") &&
	       facts_needs(at, p->has_registered, "registered") &&
	       facts_women(at, p->has_women, p->women, p->persons) &&
	       check_equipment(at, p->equipment, p->n_equipment);
}

bool facts_forces_pledge_step(const struct facts_place *at, const Mandate__PledgeStep *s)
{
	if (!facts_needs(at, s->has_state, "state") || !facts_needs(at, s->has_day, "day"))
		return false;
	if (s->state == MANDATE__PLEDGE_STATE__PLEDGE_STATE_PLEDGED)
		return facts_fail(at, MANDATE__CODE__CODE_RANGE, "state",
				  "that is what the pledge itself says");
	bool raised = s->state == MANDATE__PLEDGE_STATE__PLEDGE_STATE_LEVEL_RAISED;
	if (raised != (bool)s->has_readiness)
		return facts_fail(at,
				  raised ? MANDATE__CODE__CODE_MISSING : MANDATE__CODE__CODE_RANGE,
				  "readiness", "stands with level_raised, and only there");
	return true;
}

bool facts_forces_transfer(const struct facts_place *at, const Mandate__Transfer *t)
{
	if (!facts_needs(at, t->operation, "operation") ||
	    !facts_needs(at, t->other_operation, "other_operation"))
		return false;
	if (strcmp(t->operation, t->other_operation) == 0)
		return facts_fail(at, MANDATE__CODE__CODE_RANGE, "other_operation",
				  "a unit goes to another operation");
	return facts_in_order(at, true, t->day + 1, t->has_return_day, t->return_day, "return_day",
			      "a unit is away for a day at least");
}
