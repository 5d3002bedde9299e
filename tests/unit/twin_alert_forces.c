/* Units, requirements, pledges. */
#include "twin_alert.h"
#include "twin_forces.h"
#include "twin_partners.h"

#define INFO MANDATE__SEVERITY__SEVERITY_INFO
#define WARN MANDATE__SEVERITY__SEVERITY_WARN
#define ALARM MANDATE__SEVERITY__SEVERITY_ALARM

static void each_unit(const struct twin *w, struct twin_subjects *to)
{
	for (size_t n = 0; n < w->count; n++)
		if (w->at[n].kind == TKIND(UNIT) && w->at[n].record) {
			struct twin_subject *s =
				twin_subject_add(to, w->at[n].record->unit->operation);

			s->record = w->at[n].record;
			s->name = w->at[n].key;
		}
}

/* It came after the end, in the time that is for leaving. */
static bool dep_arrives_ended(const struct twin *w, const struct twin_subject *s, int32_t day,
			      int32_t since, struct twin_alert *to)
{
	const Mandate__Unit *u = s->record->unit;
	struct twin_body at = twin_body_of(w, u, day);
	struct twin_mandate m;

	(void)since;
	if (!twin_same(at.counts, s->op) || !at.arrived ||
	    (u->has_task &&
	     (u->task == MANDATE__TASK__TASK_GUARD || u->task == MANDATE__TASK__TASK_LIQUIDATION)))
		return false;
	m = twin_mandate_on(w, s->op, day);
	if (m.v == DAY_NEVER || m.last_lawful == DAY_INFINITE || u->from <= m.v ||
	    u->from > m.withdraw)
		return false;
	twin_key(to, "%s", s->name);
	to->severity = ALARM;
	return true;
}

static void each_name(const struct twin *w, struct twin_subjects *to)
{
	const Mandate__Record *r;

	for (size_t n = 0; (r = twin_next(w, TKIND(UNIT), &n));) {
		bool again = false;

		for (size_t k = 0; k < to->count; k++)
			again = again || (strcmp(to->at[k].name, r->unit->contributor) == 0 &&
					  strcmp(to->at[k].other, r->unit->unit) == 0);
		if (!again) {
			struct twin_subject *s = twin_subject_add(to, NULL);

			s->name = r->unit->contributor;
			s->other = r->unit->unit;
		}
	}
}

static bool dep_double(const struct twin *w, const struct twin_subject *s, int32_t day,
		       int32_t since, struct twin_alert *to)
{
	const char *names[TWIN_NAMES_MAX];
	const Mandate__Record *r;
	size_t count = 0;

	(void)since;
	for (size_t n = 0; (r = twin_next(w, TKIND(UNIT), &n));) {
		const char *op = strcmp(r->unit->contributor, s->name) == 0 &&
						 strcmp(r->unit->unit, s->other) == 0
					 ? twin_body_of(w, r->unit, day).counts
					 : NULL;

		if (op)
			count = twin_name_add(names, count, op);
	}
	if (count < 2)
		return false;
	twin_key(to, "%s:%s", s->name, s->other);
	to->by = names[0];
	to->severity = ALARM;
	return true;
}

static void each_requirement(const struct twin *w, struct twin_subjects *to)
{
	const Mandate__Record *r;

	for (size_t n = 0; (r = twin_next(w, TKIND(REQUIREMENT), &n));)
		twin_subject_add(to, r->requirement->operation)->record = r;
}

static bool pledge_gap(const struct twin *w, const struct twin_subject *s, int32_t day,
		       int32_t since, struct twin_alert *to)
{
	const Mandate__Requirement *q = s->record->requirement;
	struct twin_need need = twin_need_on(w, q, day, w->p.pledge_ahead_days);

	(void)since;
	if (need.gap <= 0)
		return false;
	twin_key(to, "%s:%s", s->op, q->requirement);
	to->required = q->persons;
	to->pledged = need.pledged;
	to->severity = WARN;
	return true;
}

static void each_pledge(const struct twin *w, struct twin_subjects *to)
{
	const Mandate__Record *r;

	for (size_t n = 0; (r = twin_next(w, TKIND(PLEDGE), &n));)
		twin_subject_add(to, r->pledge->operation)->record = r;
}

static bool pledge_stale(const struct twin *w, const struct twin_subject *s, int32_t day,
			 int32_t since, struct twin_alert *to)
{
	const Mandate__Pledge *p = s->record->pledge;

	(void)since;
	if (p->registered > day || !twin_pledge_on(w, p, day).stale)
		return false;
	twin_key(to, "%s:%s", p->contributor, p->pledge);
	to->severity = INFO;
	return true;
}

/* A memorandum is made for contingents; individuals come without. */
static bool needs_mou(const Mandate__Unit *u)
{
	return u->component != TC(STAFF_OFFICERS) && u->component != TC(OBSERVERS) &&
	       u->component != TC(INDIVIDUAL_POLICE) && u->component != TC(CORRECTIONS) &&
	       u->component != TC(CIVILIANS);
}

static bool mou_missing(const struct twin *w, const struct twin_subject *s, int32_t day,
			int32_t since, struct twin_alert *to)
{
	const Mandate__Unit *u = s->record->unit;
	struct twin_body at = twin_body_of(w, u, day);
	char text[DAY_TEXT_BYTES];
	int32_t from;

	(void)since;
	from = twin_same(at.counts, u->operation) ? u->from : at.from;
	if (!at.counts || !needs_mou(u) || day - from <= w->p.mou_days ||
	    (u->has_mou_signed && u->mou_signed <= day))
		return false;
	day_format(text, from);
	twin_key(to, "%s:%s:%s:%s", at.counts, u->contributor, u->unit, text);
	to->severity = WARN;
	return true;
}

const struct twin_rule twin_rules_forces[] = {
	{TCODE(DEP_ARRIVES_ENDED), each_unit, dep_arrives_ended},
	{TCODE(DEP_DOUBLE), each_name, dep_double},
	{TCODE(PLEDGE_GAP), each_requirement, pledge_gap},
	{TCODE(PLEDGE_STALE), each_pledge, pledge_stale},
	{TCODE(MOU_MISSING), each_unit, mou_missing},
	{0, NULL, NULL},
};
