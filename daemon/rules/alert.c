#include "rules/alert.h"
#include "base/limits.h"
#include "model/record.h"
#include "rules/evaluate.h"
#include "rules/home.h"

#include <stdlib.h>
#include <string.h>

#define CODE(name) MANDATE__ALERT_CODE__ALERT_CODE_##name

enum { DAYS_MAX = 3660 };

const struct alert_setting alert_settings[] = {
	{"alert.ceil_over.rotation_overlap_days",
	 offsetof(struct alert_parameters, rotation_overlap_days), 0, DAYS_MAX,
	 "CEIL_OVER is an alarm after so many days: units of a rotation overlap"},
	{"alert.head_count_age_days", offsetof(struct alert_parameters, head_count_age_days), 1,
	 DAYS_MAX, "an older head-count is not judged against a ceiling"},
	{"alert.mand_expiring.days", offsetof(struct alert_parameters, expiring_days), 1, DAYS_MAX,
	 "MAND_EXPIRING opens so many days before the end"},
	{"alert.mand_one_sided.days", offsetof(struct alert_parameters, one_sided_days), 0,
	 DAYS_MAX, "MAND_ONE_SIDED opens so many days before the end that one side has secured"},
	{"alert.dep_stale.return_age_days", offsetof(struct alert_parameters, return_age_days), 1,
	 DAYS_MAX, "DEP_STALE opens when the latest return is older"},
	{"alert.fin_no_approp.ahead_days", offsetof(struct alert_parameters, budget_ahead_days), 0,
	 DAYS_MAX, "a budget period is judged from so many days before it begins"},
	{"alert.prio_unendorsed.silent_days", offsetof(struct alert_parameters, owner_silent_days),
	 0, DAYS_MAX, "PRIO_UNENDORSED opens when a version is older and an owner is silent"},
	{"alert.pledge_gap.ahead_days", offsetof(struct alert_parameters, pledge_ahead_days), 0,
	 DAYS_MAX, "PLEDGE_GAP judges needs, and counts pledges, up to so many days ahead"},
	{"alert.mou_missing.days", offsetof(struct alert_parameters, mou_days), 0, DAYS_MAX,
	 "MOU_MISSING opens when a unit is deployed for longer without a signed memorandum"},
	{"alert.handover_one_side.notice_days",
	 offsetof(struct alert_parameters, handover_notice_days), 0, DAYS_MAX,
	 "HANDOVER_ONE_SIDE opens so many days before it is to take effect"},
	{"alert.handover_one_side.waiting_days",
	 offsetof(struct alert_parameters, handover_waiting_days), 0, DAYS_MAX,
	 "or so many days after the first side accepted"},
	{"alert.succ_overlap.overlap_days", offsetof(struct alert_parameters, succ_overlap_days), 0,
	 DAYS_MAX,
	 "SUCC_OVERLAP opens when the predecessor is in force later than so many days after it"},
};
const size_t alert_settings_count = sizeof alert_settings / sizeof *alert_settings;

/* --- domains --- */

#define KIND(name) (1u << MANDATE__KIND__KIND_##name)
#define BIT(code) (1u << CODE(code))

enum {
	/* What a mandate follows from, which is everywhere. */
	OF_MANDATES = KIND(OPERATION) | KIND(ARRANGEMENT) | KIND(ACCEPTANCE) | KIND(INSTRUMENT),
	/* Who holds a function, and what waits for an answer. */
	PARTNERSHIP = 2,
};

static const struct domain {
	void (*evaluate)(struct evaluation *e);
	close_reason *close;
	uint32_t codes; /* bits: its alerts */
	uint32_t kinds; /* bits: of records that they depend on */
} domains[ALERT_DOMAINS] = {
	{alert_operation_evaluate, alert_operation_close,
	 BIT(CEIL_OVER) | BIT(CEIL_UNSET) | BIT(MAND_EXPIRING) | BIT(MAND_LAPSED) |
		 BIT(DEP_NO_MANDATE) | BIT(DEP_STALE),
	 OF_MANDATES | KIND(CEILING) | KIND(RETURN) | KIND(TOTAL) | KIND(UNIT) | KIND(TRANSFER)},
	{alert_mandates_evaluate, alert_mandates_close, BIT(CEIL_SUB) | BIT(MAND_ONE_SIDED),
	 OF_MANDATES | KIND(CEILING)},
	[PARTNERSHIP] = {alert_partnership_evaluate, alert_partnership_close,
			 BIT(HANDOVER_ONE_SIDE) | BIT(FUNCTION_ORPHAN) | BIT(SUCC_GAP) |
				 BIT(SUCC_OVERLAP),
			 OF_MANDATES | KIND(CLAIM)},
	{alert_forces_evaluate, alert_forces_close,
	 BIT(DEP_ARRIVES_ENDED) | BIT(DEP_DOUBLE) | BIT(PLEDGE_GAP) | BIT(PLEDGE_STALE) |
		 BIT(MOU_MISSING),
	 OF_MANDATES | KIND(UNIT) | KIND(TRANSFER) | KIND(REQUIREMENT) | KIND(PLEDGE) |
		 KIND(PLEDGE_STEP)},
	{alert_budget_evaluate, alert_budget_close,
	 BIT(FIN_NO_APPROP) | BIT(FIN_PAST_MANDATE) | BIT(FIN_PERIOD),
	 OF_MANDATES | KIND(AMOUNT) | KIND(PAYMENT)},
	{alert_agenda_evaluate, alert_agenda_close,
	 BIT(PRIO_NO_OWNER) | BIT(PRIO_UNENDORSED) | BIT(HOST_CONSENT),
	 OF_MANDATES | KIND(PRIORITIES) | KIND(ENDORSEMENT) | KIND(CONSENT)},
};

/* A mandate follows from hybrids and successions; other arrangements change none. */
unsigned alert_domains_of(const struct dossier *d, Mandate__Kind kind, const char *key)
{
	unsigned set = 0;

	if ((kind == MANDATE__KIND__KIND_ARRANGEMENT || kind == MANDATE__KIND__KIND_ACCEPTANCE) &&
	    !partnership_makes_mandate(d, key))
		return 1u << PARTNERSHIP;
	for (unsigned n = 0; n < ALERT_DOMAINS; n++)
		if ((unsigned)kind < 32 && (domains[n].kinds >> kind & 1))
			set |= 1u << n;
	return set;
}

unsigned alert_domain_of_code(Mandate__AlertCode code)
{
	for (unsigned n = 0; n < ALERT_DOMAINS; n++)
		if (domains[n].codes >> code & 1)
			return 1u << n;
	return 0;
}

/* The first is of rules 1, and of operations alone. Of a function it matters who holds it, and
 * nothing else is on its shelves. */
static void evaluate(struct evaluation *e, unsigned n)
{
	enum home_kind home = home_kind_of(e->d->name);

	if (n == 0 ? home == HOME_OPERATION
		   : e->p->rules >= 2 && (n == PARTNERSHIP || home != HOME_FUNCTION))
		domains[n].evaluate(e);
}

static int compare_alerts(const void *a, const void *b)
{
	const Mandate__Alert *x = *(Mandate__Alert *const *)a, *y = *(Mandate__Alert *const *)b;

	if (x->code != y->code)
		return x->code < y->code ? -1 : 1;
	return strcmp(x->key, y->key);
}

enum status alert_evaluate_domains(const struct dossier *d, const struct alert_parameters *p,
				   int32_t day, unsigned set, struct arena *a,
				   Mandate__Alert ***ret_alerts, size_t *ret_count,
				   int32_t ret_next_change[ALERT_DOMAINS])
{
	struct evaluation e = {.d = d, .p = p, .day = day, .draft = {.d = d, .day = day, .a = a}};

	for (unsigned n = 0; n < ALERT_DOMAINS; n++) {
		if (!(set >> n & 1))
			continue;
		e.span = SPAN_ALL;
		evaluate(&e, n);
		ret_next_change[n] = day_plus(e.span.to, 1);
	}
	if (e.draft.failed)
		return STATUS_NO_MEMORY;
	if (e.draft.count > 1)
		qsort(e.draft.alerts, e.draft.count, sizeof *e.draft.alerts, compare_alerts);
	*ret_alerts = e.draft.alerts;
	*ret_count = e.draft.count;
	return STATUS_OK;
}

enum status alert_evaluate_until(const struct dossier *d, const struct alert_parameters *p,
				 int32_t day, struct arena *a, Mandate__Alert ***ret_alerts,
				 size_t *ret_count, int32_t *ret_next_change)
{
	int32_t next[ALERT_DOMAINS];
	enum status s = alert_evaluate_domains(d, p, day, ALERT_DOMAINS_ALL, a, ret_alerts,
					       ret_count, next);

	if (s != STATUS_OK)
		return s;
	*ret_next_change = next[0];
	for (unsigned n = 1; n < ALERT_DOMAINS; n++)
		*ret_next_change = day_least(*ret_next_change, next[n]);
	return STATUS_OK;
}

enum status alert_evaluate(const struct dossier *d, const struct alert_parameters *p, int32_t day,
			   struct arena *a, Mandate__Alert ***ret_alerts, size_t *ret_count)
{
	int32_t next_change;

	return alert_evaluate_until(d, p, day, a, ret_alerts, ret_count, &next_change);
}

int32_t alert_next_change(const struct dossier *d, const struct alert_parameters *p, int32_t day)
{
	struct evaluation e = {.d = d, .p = p, .day = day, .span = SPAN_ALL};

	for (unsigned n = 0; n < ALERT_DOMAINS; n++)
		evaluate(&e, n);
	return day_plus(e.span.to, 1);
}

/* --- closing and clashes --- */

Mandate__CloseReason alert_close_reason(const struct dossier *d, const struct alert_parameters *p,
					int32_t day, const Mandate__Alert *was)
{
	for (unsigned n = 0; n < ALERT_DOMAINS; n++)
		if (domains[n].codes >> was->code & 1)
			return domains[n].close(d, p, day, was);
	return MANDATE__CLOSE_REASON__CLOSE_REASON_RESOLVED;
}

Mandate__Alert *alert_edition_clash(struct arena *a, Mandate__Kind kind, const char *key,
				    const char *operation, int32_t since, const char *office,
				    const char *other_office)
{
	Mandate__Alert *alert = arena_alloc(a, sizeof *alert);
	char **offices = arena_calloc(a, 2, sizeof *offices);

	if (!alert || !offices)
		return NULL;
	mandate__alert__init(alert);
	alert->code = CODE(EDITION_CLASH);
	alert->severity = MANDATE__SEVERITY__SEVERITY_WARN;
	alert->since = since;
	alert->key = arena_printf(a, "%s:%s", record_kind_name(kind), key);
	alert->operation = operation ? arena_text(a, operation) : NULL;
	alert->offices = offices;
	alert->n_offices = 2;
	offices[0] = arena_text(a, office);
	offices[1] = arena_text(a, other_office);
	alert->causes = arena_calloc(a, 1, sizeof *alert->causes);
	if (!alert->key || (operation && !alert->operation) || !offices[0] || !offices[1] ||
	    !alert->causes)
		return NULL;
	alert->causes[0] = arena_printf(a, "%s %s", record_kind_name(kind), key);
	alert->n_causes = 1;
	return alert->causes[0] ? alert : NULL;
}

enum status alert_contributor(struct arena *a, const Mandate__Alert *alert,
			      const char **ret_contributor)
{
	const char *colon = strchr(alert->key, ':');
	const char *kind, *part;
	size_t len;

	*ret_contributor = alert->contributor;
	if (alert->code != CODE(EDITION_CLASH) || !colon)
		return STATUS_OK;
	kind = arena_printf(a, "%.*s", (int)(colon - alert->key), alert->key);
	if (!kind)
		return STATUS_NO_MEMORY;
	part = record_key_contributor(record_kind_of_name(kind), colon + 1, &len);
	if (!part)
		return STATUS_OK;
	*ret_contributor = arena_printf(a, "%.*s", (int)len, part);
	return *ret_contributor ? STATUS_OK : STATUS_NO_MEMORY;
}
