/* Arrangements and functions; priorities and consent. */
#include "twin_agenda.h"
#include "twin_alert.h"
#include "twin_partners.h"

#define INFO MANDATE__SEVERITY__SEVERITY_INFO
#define WARN MANDATE__SEVERITY__SEVERITY_WARN
#define SPLIT MANDATE__ARRANGEMENT_KIND__ARRANGEMENT_KIND_SPLIT
#define ALARM MANDATE__SEVERITY__SEVERITY_ALARM

/* --- arrangements --- */

static void each_arrangement(const struct twin *w, struct twin_subjects *to)
{
	const Mandate__Record *r;

	for (size_t n = 0; (r = twin_next(w, TKIND(ARRANGEMENT), &n));)
		twin_subject_add(to, r->arrangement->operation)->record = r;
}

/* Of what splits something may go on. */
static void each_edge(const struct twin *w, struct twin_subjects *to)
{
	const Mandate__Record *r;

	for (size_t n = 0; (r = twin_next(w, TKIND(ARRANGEMENT), &n));)
		if (twin_is_edge(r->arrangement) && r->arrangement->kind != SPLIT)
			twin_subject_add(to, r->arrangement->operation)->record = r;
}

static bool handover_one_side(const struct twin *w, const struct twin_subject *s, int32_t day,
			      int32_t since, struct twin_alert *to)
{
	const Mandate__Arrangement *a = s->record->arrangement;
	int32_t first = day;

	(void)since;
	if (twin_arrangement_state(w, a, day) !=
	    MANDATE__ARRANGEMENT_STATE__ARRANGEMENT_STATE_ACCEPTED_ONE_SIDE)
		return false;
	while (twin_sides_on(w, a, first - 1).accepted > 0)
		first--;
	if (!(a->has_effective && day >= a->effective - w->p.handover_notice_days) &&
	    day < first + w->p.handover_waiting_days)
		return false;
	twin_key(to, "%s", a->arrangement);
	to->severity = ALARM;
	return true;
}

/* On the days between the last day, as it stands before E, and E; and before, from when all have
 * accepted, while nothing secures the mandate so far. */
static bool succ_gap(const struct twin *w, const struct twin_subject *s, int32_t day, int32_t since,
		     struct twin_alert *to)
{
	const Mandate__Arrangement *a = s->record->arrangement;
	int32_t effect = twin_effect(w, a), last;
	struct twin_sides sides = twin_sides_on(w, a, day);
	struct twin_mandate m = twin_mandate_on(w, s->op, day), then;
	bool between, before;

	(void)since;
	if (effect == DAY_INFINITE || day >= effect)
		return false;
	then = twin_mandate_on(w, s->op, effect - 1);
	last = then.v != DAY_NEVER ? then.v : twin_end(w, s->op);
	if (then.status == TSTATUS(UNKNOWN))
		last = DAY_INFINITE; /* nobody knows */
	between = last < effect - 1 && day > last;
	before = sides.accepted == sides.count && m.in_force && m.u < effect - 1;
	if (!between && !before)
		return false;
	twin_key(to, "%s", a->arrangement);
	to->severity = WARN;
	return true;
}

static bool succ_overlap(const struct twin *w, const struct twin_subject *s, int32_t day,
			 int32_t since, struct twin_alert *to)
{
	int32_t effect = twin_effect(w, s->record->arrangement);

	(void)since;
	if (effect == DAY_INFINITE || day <= effect + w->p.succ_overlap_days ||
	    !twin_mandate_on(w, s->op, day).in_force)
		return false;
	twin_key(to, "%s", s->record->arrangement->arrangement);
	to->severity = INFO;
	return true;
}

static void each_function(const struct twin *w, struct twin_subjects *to)
{
	struct twin_function list[TWIN_LIST_MAX];
	size_t count = twin_functions(w, list);

	for (size_t n = 0; n < count; n++) {
		struct twin_subject *s = twin_subject_add(to, NULL);

		s->name = list[n].function;
		s->other = list[n].area;
	}
}

static bool function_orphan(const struct twin *w, const struct twin_subject *s, int32_t day,
			    int32_t since, struct twin_alert *to)
{
	const char *names[TWIN_NAMES_MAX];
	bool declared;

	(void)since;
	if (twin_holders(w, (struct twin_function){s->name, s->other}, day, names, &declared) ==
		    1 ||
	    !declared)
		return false;
	twin_key(to, "%s:%s", s->name, s->other);
	to->severity = ALARM;
	return true;
}

const struct twin_rule twin_rules_partners[] = {
	{TCODE(HANDOVER_ONE_SIDE), each_arrangement, handover_one_side},
	{TCODE(FUNCTION_ORPHAN), each_function, function_orphan},
	{TCODE(SUCC_GAP), each_edge, succ_gap},
	{TCODE(SUCC_OVERLAP), each_edge, succ_overlap},
	{0, NULL, NULL},
};

/* --- priorities and consent: as long as the operation is there --- */

static bool is_there(const struct twin *w, const char *op, int32_t day)
{
	return day <= twin_max(twin_end(w, op), twin_mandate_on(w, op, day).withdraw);
}

static bool prio_no_owner(const struct twin *w, const struct twin_subject *s, int32_t day,
			  int32_t since, struct twin_alert *to)
{
	uint32_t version;
	int32_t version_since;
	const Mandate__Priorities *p = twin_list_on(w, s->op, day, &version, &version_since);

	(void)since;
	if (!p || !is_there(w, s->op, day))
		return false;
	for (size_t n = 0; n < p->n_items; n++) {
		if (p->items[n]->lead)
			continue;
		twin_key(to, "%s:%s", s->op, p->document);
		to->severity = WARN;
		return true;
	}
	return false;
}

static bool prio_unendorsed(const struct twin *w, const struct twin_subject *s, int32_t day,
			    int32_t since, struct twin_alert *to)
{
	const char *names[TWIN_NAMES_MAX];
	uint32_t version;
	int32_t version_since;
	const Mandate__Priorities *p = twin_list_on(w, s->op, day, &version, &version_since);

	(void)since;
	if (!p || !is_there(w, s->op, day) || day <= version_since + w->p.owner_silent_days ||
	    twin_silent(w, p, version, day, names) == 0)
		return false;
	twin_key(to, "%s:%s", s->op, p->document);
	to->severity = WARN;
	return true;
}

static void each_host(const struct twin *w, struct twin_subjects *to)
{
	const Mandate__Record *r;

	for (size_t n = 0; (r = twin_next(w, TKIND(CONSENT), &n));) {
		bool again = false;

		for (size_t k = 0; k < to->count; k++)
			again = again || (strcmp(to->at[k].op, r->consent->operation) == 0 &&
					  strcmp(to->at[k].name, r->consent->host) == 0);
		if (!again)
			twin_subject_add(to, r->consent->operation)->name = r->consent->host;
	}
}

static bool host_consent(const struct twin *w, const struct twin_subject *s, int32_t day,
			 int32_t since, struct twin_alert *to)
{
	Mandate__ConsentState state = twin_consent_on(w, s->op, s->name, day);

	(void)since;
	if ((state != MANDATE__CONSENT_STATE__CONSENT_STATE_RESTRICTED &&
	     state != MANDATE__CONSENT_STATE__CONSENT_STATE_WITHDRAWN) ||
	    !is_there(w, s->op, day))
		return false;
	twin_key(to, "%s:%s", s->op, s->name);
	to->severity = state == MANDATE__CONSENT_STATE__CONSENT_STATE_WITHDRAWN ? ALARM : WARN;
	return true;
}

static void each_list(const struct twin *w, struct twin_subjects *to)
{
	const char *names[TWIN_NAMES_MAX];
	const Mandate__Record *r;
	size_t count = 0;

	for (size_t n = 0; (r = twin_next(w, TKIND(PRIORITIES), &n));)
		count = twin_name_add(names, count, r->priorities->operation);
	for (size_t n = 0; n < count; n++)
		twin_subject_add(to, names[n]);
}

const struct twin_rule twin_rules_agenda[] = {
	{TCODE(PRIO_NO_OWNER), each_list, prio_no_owner},
	{TCODE(PRIO_UNENDORSED), each_list, prio_unendorsed},
	{TCODE(HOST_CONSENT), each_host, host_consent},
	{0, NULL, NULL},
};
