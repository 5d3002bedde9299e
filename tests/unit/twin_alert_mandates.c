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
	if (w->p.rules >= 2)
		comply_by = ceiling.reach_by;
	to->severity =
		since != DAY_NEVER && day >= since + w->p.rotation_overlap_days && day > comply_by
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

/* A liquidation or a closing on record says so as well as an end, but not while the party's own
 * texts leave days to withdraw. */
static bool is_over(const struct twin *w, const Mandate__Operation *o, const struct twin_party *t,
		    int32_t day)
{
	return w->p.rules >= 2 && o && day > t->withdraw &&
	       ((o->has_liquidating_from && o->liquidating_from <= day) ||
		(o->has_closed_on && o->closed_on <= day));
}

static bool mand_lapsed(const struct twin *w, const struct twin_subject *s, int32_t day,
			int32_t since, struct twin_alert *to)
{
	const Mandate__Operation *o = twin_operation(w, s->op);
	struct twin_party t = twin_party_on(w, s->op, s->name, day);

	(void)since;
	if (!t.dated || day <= t.v || !binds(w, s, day) || !twin_covered(w, s->op, day) ||
	    twin_end(w, s->op) <= day || is_over(w, o, &t, day) ||
	    twin_terminated(w, s->op, s->name, day))
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
	if ((m.status != TSTATUS(ENDED) && m.status != TSTATUS(NONE) &&
	     m.status != TSTATUS(CLOSED)) ||
	    day <= m.last_lawful)
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

/* --- rules 2 --- */

/* A component, or a part by its name. */
static void each_child(const struct twin *w, struct twin_subjects *to)
{
	struct twin_subjects operations = {0};
	const Mandate__Record *r;

	each_component(w, to);
	twin_each_operation(w, &operations);
	for (size_t k = 0; k < operations.count; k++) {
		const char *names[TWIN_NAMES_MAX];
		size_t count = 0;

		for (size_t n = 0; (r = twin_next(w, TKIND(INSTRUMENT), &n));)
			for (size_t i = 0; i < r->instrument->n_ceilings; i++)
				if (strcmp(r->instrument->operation, operations.at[k].op) == 0 &&
				    r->instrument->ceilings[i]->name)
					count = twin_name_add(names, count,
							      r->instrument->ceilings[i]->name);
		for (size_t n = 0; n < count; n++)
			twin_subject_add(to, operations.at[k].op)->name = names[n];
	}
}

static Mandate__Component above(const struct twin_entries *in, Mandate__Component c, int32_t day)
{
	return c == TC(CORRECTIONS) && twin_corrections_inside(in, day) ? TC(POLICE)
									: twin_parent(c);
}

/* Is the number above that of the nearest component from `c` upwards that has one of its own? */
static bool is_above(const struct twin_entries *in, int64_t number, Mandate__Component c,
		     int32_t day, int64_t *ret_limit)
{
	const struct twin_entry *rules = NULL;

	for (; c && !rules; c = above(in, c, day))
		if (twin_ceiling_of(in, c, day).set && !twin_ceiling_of(in, c, day).derived)
			rules = twin_ruling(in, c, NULL, day);
	if (!rules)
		return false;
	*ret_limit = twin_value(in, rules);
	return number > *ret_limit;
}

/* The component a part counts within. */
static Mandate__Component within(const struct twin_entry *part)
{
	return part->parent ? part->parent : part->component;
}

/* How many numbers of their own a component's number is made of. */
static size_t numbers(const struct twin_entries *in, Mandate__Component c, int32_t day)
{
	struct twin_ceiling one = twin_ceiling_of(in, c, day);
	size_t count = 0;

	if (!one.derived)
		return one.set;
	for (int child = 1; child < TWIN_COMPONENTS; child++)
		if (above(in, (Mandate__Component)child, day) == c)
			count += numbers(in, (Mandate__Component)child, day);
	return count;
}

/* Do its kinds, or the parts of it that are named, add up past its own number? */
static bool adds_up_past(const struct twin_entries *in, const struct twin_subject *s, int64_t own,
			 int32_t day)
{
	int64_t kinds = 0, parts = 0;
	size_t kind_count = 0, part_count = 0;
	const char *names[TWIN_NAMES_MAX];
	size_t count = 0;

	for (int child = 1; child < TWIN_COMPONENTS; child++) {
		struct twin_ceiling one = twin_ceiling_of(in, (Mandate__Component)child, day);

		if (above(in, (Mandate__Component)child, day) == s->component && one.set) {
			kinds += one.persons;
			kind_count += numbers(in, (Mandate__Component)child, day);
		}
	}
	for (size_t n = 0; n < in->count; n++)
		if (in->at[n].name)
			count = twin_name_add(names, count, in->at[n].name);
	for (size_t n = 0; n < count; n++) {
		const struct twin_entry *part = twin_ruling(in, 0, names[n], day);

		if (part && within(part) == s->component) {
			parts += twin_value(in, part);
			part_count++;
		}
	}
	return (kind_count >= 2 && kinds > own) || (part_count >= 2 && parts > own);
}

static bool ceil_sub(const struct twin *w, const struct twin_subject *s, int32_t day, int32_t since,
		     struct twin_alert *to)
{
	const struct twin_entry *rules;
	struct twin_entries in;
	struct twin_ceiling own;
	int64_t limit;

	(void)since;
	if (!twin_mandate_on(w, s->op, day).in_force)
		return false;
	twin_entries_of(w, s->op, &in);
	own = s->name ? (struct twin_ceiling){0} : twin_ceiling_of(&in, s->component, day);
	rules = twin_ruling(&in, s->component, s->name, day);
	if (!rules || (!s->name && (!own.set || own.derived)))
		return false;
	twin_key(to, "%s:%s", s->op, s->name ? s->name : twin_component_name(s->component));
	if (is_above(&in, twin_value(&in, rules),
		     s->name ? within(rules) : above(&in, s->component, day), day, &limit)) {
		to->severity = ALARM;
		return true;
	}
	to->severity = WARN;
	return !s->name && adds_up_past(&in, s, twin_value(&in, rules), day);
}

static bool mand_one_sided(const struct twin *w, const struct twin_subject *s, int32_t day,
			   int32_t since, struct twin_alert *to)
{
	const char *names[TWIN_NAMES_MAX], *hybrid[TWIN_NAMES_MAX];
	size_t count = twin_binding(w, s->op, day, names);
	int32_t least = DAY_INFINITE, most = DAY_NEVER;

	(void)since;
	if (count < 2 || twin_hybrid_parties(w, s->op, day, hybrid) == 0 ||
	    twin_mandate_on(w, s->op, day).status == TSTATUS(UNKNOWN))
		return false;
	for (size_t n = 0; n < count; n++) {
		int32_t u = twin_party_on(w, s->op, names[n], day).u;

		least = twin_min(least, u);
		most = twin_max(most, u);
	}
	if (least == most || least == DAY_NEVER || least - day > w->p.one_sided_days)
		return false;
	twin_key(to, "%s", s->op);
	to->severity = ALARM;
	return true;
}

const struct twin_rule twin_rules_mandates[] = {
	{TCODE(CEIL_SUB), each_child, ceil_sub},
	{TCODE(MAND_ONE_SIDED), twin_each_operation, mand_one_sided},
	{0, NULL, NULL},
};
