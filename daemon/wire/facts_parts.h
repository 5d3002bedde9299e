/* What the checks of facts share: facts.c has the kinds of the mandate, facts_forces.c and
 * facts_partners.c those of their names. */
#ifndef MANDATED_WIRE_FACTS_PARTS_H
#define MANDATED_WIRE_FACTS_PARTS_H

#include "wire/check.h"

/* Where a fault would be reported. */
struct facts_place {
	struct wire_fault *fault;
	int change;
	const char *kind; /* "instrument", as the record's field is called too */
};

static inline bool facts_fail(const struct facts_place *at, Mandate__Code code, const char *field,
			      const char *text)
{
	return check_fail(at->fault, code, at->change, text, "changes[%d].record.%s.%s", at->change,
			  at->kind, field);
}

static inline bool facts_fail_item(const struct facts_place *at, Mandate__Code code,
				   const char *list, size_t i, const char *field, const char *text)
{
	return check_fail(at->fault, code, at->change, text, "changes[%d].record.%s.%s[%zu].%s",
			  at->change, at->kind, list, i, field);
}

static inline bool facts_needs(const struct facts_place *at, bool present, const char *field)
{
	return present || facts_fail(at, MANDATE__CODE__CODE_MISSING, field, "a record needs this");
}

/* `first` <= `second`, if both are there. */
static inline bool facts_in_order(const struct facts_place *at, bool has_first, int32_t first,
				  bool has_second, int32_t second, const char *field,
				  const char *text)
{
	return !has_first || !has_second || first <= second ||
	       facts_fail(at, MANDATE__CODE__CODE_DATE, field, text);
}

/* Each text once, in any order: for short lists. */
static inline bool facts_once(const struct facts_place *at, char *const *texts, size_t count,
			      const char *field)
{
	for (size_t i = 1; i < count; i++)
		for (size_t k = 0; k < i; k++)
			if (strcmp(texts[i], texts[k]) == 0)
				return facts_fail(at, MANDATE__CODE__CODE_NOT_CANONICAL, field,
						  "each stands once");
	return true;
}

static inline bool facts_women(const struct facts_place *at, bool has_women, uint32_t women,
			       uint32_t persons)
{
	return !has_women || women <= persons ||
	       facts_fail(at, MANDATE__CODE__CODE_RANGE, "women", "more women than persons");
}

bool facts_forces_unit(const struct facts_place *at, const Mandate__Unit *u);
bool facts_forces_requirement(const struct facts_place *at, const Mandate__Requirement *r);
bool facts_forces_pledge(const struct facts_place *at, const Mandate__Pledge *p);
bool facts_forces_pledge_step(const struct facts_place *at, const Mandate__PledgeStep *s);
bool facts_forces_transfer(const struct facts_place *at, const Mandate__Transfer *t);

bool facts_partners_arrangement(const struct facts_place *at, const Mandate__Arrangement *a);
bool facts_partners_acceptance(const struct facts_place *at, const Mandate__Acceptance *a);
bool facts_partners_claim(const struct facts_place *at, const Mandate__Claim *c);
bool facts_partners_amount(const struct facts_place *at, const Mandate__Amount *a);
bool facts_partners_payment(const struct facts_place *at, const Mandate__Payment *p);
bool facts_partners_priorities(const struct facts_place *at, const Mandate__Priorities *p);
bool facts_partners_endorsement(const struct facts_place *at, const Mandate__Endorsement *e);
bool facts_partners_consent(const struct facts_place *at, const Mandate__Consent *c);

bool facts_office(const struct facts_place *at, const Mandate__Office *o);

#endif
