/* Mandates, ceilings, strengths: the alerts of rules 1; then CEIL_SUB and MAND_ONE_SIDED. */
#include "twin_alert.h"
#include "twin_ceiling.h"
#include "twin_partners.h"

#include <stdio.h>

#define INFO MANDATE__SEVERITY__SEVERITY_INFO
#define WARN MANDATE__SEVERITY__SEVERITY_WARN
#define ALARM MANDATE__SEVERITY__SEVERITY_ALARM

/* --- what there is to judge --- */

static void each_component(const struct twin *w, struct twin_subjects *to)
{
	struct twin_subjects operations = {0};

	twin_each_operation(w, &operations);
	for (size_t n = 0; n < operations.count; n++)
		for (int c = 1; c < TWIN_COMPONENTS; c++)
			if (c != TC(FPU_UNITS))
				twin_subject_add(to, operations.at[n].op)->component =
					(Mandate__Component)c;
}

static void each_group(const struct twin *w, struct twin_subjects *to)
{
	struct twin_subjects operations = {0};

	twin_each_operation(w, &operations);
	for (size_t n = 0; n < operations.count; n++) {
		twin_subject_add(to, operations.at[n].op)->component = TC(MILITARY);
		twin_subject_add(to, operations.at[n].op)->component = TC(POLICE);
	}
}

static void each_party(const struct twin *w, struct twin_subjects *to)
{
	struct twin_subjects operations = {0};

	twin_each_operation(w, &operations);
	for (size_t n = 0; n < operations.count; n++) {
		const char *names[TWIN_NAMES_MAX];
		size_t count = twin_parties(w, operations.at[n].op, names);

		for (size_t k = 0; k < count; k++)
			twin_subject_add(to, operations.at[n].op)->name = names[k];
	}
}

static bool binds(const struct twin *w, const struct twin_subject *s, int32_t day)
{
	const char *names[TWIN_NAMES_MAX];
	size_t count = twin_binding(w, s->op, day, names);

	while (count > 0)
		if (strcmp(names[--count], s->name) == 0)
			return true;
	return false;
}

/* --- rules 1 --- */

static bool fresh(const struct twin *w, const struct twin_strength *s, int32_t day)
{
	return s->known && (s->basis == MANDATE__BASIS__BASIS_UNIT ||
			    day - s->as_of <= w->p.head_count_age_days);
}

static bool ceil_over(const struct twin *w, const struct twin_subject *s, int32_t day,
		      int32_t since, struct twin_alert *to)
{
	struct twin_strength strength = twin_strength_on(w, s->op, s->component, day, DAY_NEVER);
	struct twin_ceiling ceiling;
	int32_t comply_by;

	if (!fresh(w, &strength, day))
		return false;
	ceiling = twin_ceiling_on(w, s->op, s->component, day);
	if (!ceiling.set || (s->component == TC(UNIFORMED) && ceiling.derived) ||
	    strength.persons <= ceiling.persons || !twin_mandate_on(w, s->op, day).in_force)
		return false;
	twin_key(to, "%s:%s", s->op, twin_component_name(s->component));
	to->persons = strength.persons;
	to->ceiling = ceiling.persons;
	comply_by = ceiling.comply_by != DAY_NEVER ? ceiling.comply_by : ceiling.from;
	to->severity = since != DAY_NEVER && day >= since + w->p.rotation_overlap_days &&
				       day >= comply_by + 1
			       ? ALARM
			       : WARN;
	return true;
}

static bool ceil_unset(const struct twin *w, const struct twin_subject *s, int32_t day,
		       int32_t since, struct twin_alert *to)
{
	const Mandate__Operation *o = twin_operation(w, s->op);
	struct twin_strength strength;
	struct twin_ceiling whole;

	(void)since;
	if (!o || o->kind != MANDATE__OPERATION_KIND__OPERATION_KIND_UN_PKO)
		return false;
	strength = twin_strength_on(w, s->op, s->component, day, DAY_NEVER);
	if (!fresh(w, &strength, day) || strength.persons == 0 || !twin_covered(w, s->op, day) ||
	    !twin_mandate_on(w, s->op, day).in_force)
		return false;
	whole = twin_ceiling_on(w, s->op, TC(UNIFORMED), day);
	if (twin_ceiling_on(w, s->op, s->component, day).set || (whole.set && !whole.derived))
		return false;
	twin_key(to, "%s:%s", s->op, twin_component_name(s->component));
	to->persons = strength.persons;
	to->severity = INFO;
	return true;
}

static int32_t stage_of(const struct twin *w, int32_t left)
{
	static const int32_t stages[] = {7, 14, 30, 60};

	for (size_t n = 0; n < 4; n++)
		if (left <= stages[n] && stages[n] < w->p.expiring_days)
			return stages[n];
	return w->p.expiring_days;
}

static bool mand_expiring(const struct twin *w, const struct twin_subject *s, int32_t day,
			  int32_t since, struct twin_alert *to)
{
	struct twin_party t = twin_party_on(w, s->op, s->name, day);
	char until[DAY_TEXT_BYTES];

	(void)since;
	if (!t.in_force || t.u == DAY_INFINITE || t.u - day > w->p.expiring_days ||
	    !binds(w, s, day) || twin_terminated(w, s->op, s->name, day))
		return false;
	day_format(until, t.u);
	twin_key(to, "%s:%s:%s", s->op, s->name, until);
	to->valid_until = t.u;
	to->severity = stage_of(w, t.u - day) <= 30 ? WARN : INFO;
	return true;
}

static bool mand_lapsed(const struct twin *w, const struct twin_subject *s, int32_t day,
			int32_t since, struct twin_alert *to)
{
	const Mandate__Operation *o = twin_operation(w, s->op);
	struct twin_party t = twin_party_on(w, s->op, s->name, day);

	(void)since;
	if (!t.dated || day <= t.v || !binds(w, s, day) || !twin_covered(w, s->op, day) ||
	    twin_end(w, s->op) <= day || twin_terminated(w, s->op, s->name, day))
		return false;
	twin_key(to, "%s:%s", s->op, s->name);
	to->valid_until = t.v;
	to->severity =
		o && o->kind == MANDATE__OPERATION_KIND__OPERATION_KIND_PARTNER ? INFO : ALARM;
	return true;
}

static bool dep_no_mandate(const struct twin *w, const struct twin_subject *s, int32_t day,
			   int32_t since, struct twin_alert *to)
{
	struct twin_mandate m = twin_mandate_on(w, s->op, day);

	(void)since;
	if ((m.status != TSTATUS(ENDED) && m.status != TSTATUS(NONE)) || day <= m.last_lawful)
		return false;
	if (twin_strength_on(w, s->op, TC(UNIFORMED), day, m.last_lawful).persons <= 0 &&
	    twin_strength_on(w, s->op, TC(CORRECTIONS), day, m.last_lawful).persons <= 0)
		return false;
	twin_key(to, "%s", s->op);
	to->severity = ALARM;
	return true;
}

static bool dep_stale(const struct twin *w, const struct twin_subject *s, int32_t day,
		      int32_t since, struct twin_alert *to)
{
	struct twin_head h = twin_head_on(w, s->op, s->component, day, DAY_NEVER, true);
	Mandate__MandateStatus status;
	bool any = false;

	(void)since;
	if (!h.known || day - h.as_of <= w->p.return_age_days ||
	    h.persons + twin_units(w, s->op, s->component, day, &any) -
			    twin_units(w, s->op, s->component, h.as_of, &any) <=
		    0)
		return false;
	status = twin_mandate_on(w, s->op, day).status;
	if (status != TSTATUS(IN_FORCE) && status != TSTATUS(WITHDRAWING))
		return false;
	twin_key(to, "%s:%s", s->op, twin_component_name(s->component));
	to->severity = WARN;
	return true;
}

const struct twin_rule twin_rules_1[] = {
	{TCODE(CEIL_OVER), each_component, ceil_over},
	{TCODE(CEIL_UNSET), each_group, ceil_unset},
	{TCODE(MAND_EXPIRING), each_party, mand_expiring},
	{TCODE(MAND_LAPSED), each_party, mand_lapsed},
	{TCODE(DEP_NO_MANDATE), twin_each_operation, dep_no_mandate},
	{TCODE(DEP_STALE), each_group, dep_stale},
	{0, NULL, NULL},
};

const struct twin_rule twin_rules_mandates[] = {
	{0, NULL, NULL},
};
