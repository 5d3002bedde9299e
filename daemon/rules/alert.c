#include "rules/alert.h"
#include "base/limits.h"
#include "model/names.h"
#include "model/record.h"
#include "rules/judge.h"

#include <stdlib.h>
#include <string.h>

#define C(name) MANDATE__COMPONENT__COMPONENT_##name
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
	{"alert.dep_stale.return_age_days", offsetof(struct alert_parameters, return_age_days), 1,
	 DAYS_MAX, "DEP_STALE opens when the latest return is older"},
};
const size_t alert_settings_count = sizeof alert_settings / sizeof *alert_settings;

/* One evaluation. Alerts are built only where `a` is given; `span` is what all of them keep to. */
struct evaluation {
	const struct dossier *d;
	const struct alert_parameters *p;
	int32_t day;
	struct span span;
	struct arena *a;
	Mandate__Alert **alerts;
	size_t count, room;
	bool failed; /* no memory */
};

/* Walks back over the days of change to the first day of the unbroken condition. */
static int32_t walk_back(const struct evaluation *e, judge_condition *condition,
			 const struct judge_subject *subject, int32_t since, bool *ret_at_latest)
{
	*ret_at_latest = false;
	for (int steps = 0; steps < SINCE_WALK_MAX; steps++) {
		struct judge_finding f = {0};
		struct span span = SPAN_ALL;

		if (since == DAY_NEVER || !condition(e->d, e->p, subject, since - 1, &f, &span))
			return since;
		since = span.from;
	}
	*ret_at_latest = true;
	return since;
}

/* --- building an alert --- */

static void *or_failed(struct evaluation *e, void *memory)
{
	if (!memory)
		e->failed = true;
	return memory;
}

static bool make_room(struct evaluation *e)
{
	size_t room = e->room ? 2 * e->room : 8;
	Mandate__Alert **grown;

	if (e->count < e->room)
		return true;
	grown = or_failed(e, arena_calloc(e->a, room, sizeof(Mandate__Alert *)));
	if (!grown)
		return false;
	if (e->count > 0)
		memcpy(grown, e->alerts, e->count * sizeof *grown);
	e->alerts = grown;
	e->room = room;
	return true;
}

/* A new alert among the others; NULL on no memory, or if none are built. */
static Mandate__Alert *open_alert(struct evaluation *e, Mandate__AlertCode code,
				  Mandate__Severity severity, char *key)
{
	Mandate__Alert *alert;

	if (!or_failed(e, key) || !make_room(e))
		return NULL;
	alert = or_failed(e, arena_alloc(e->a, sizeof *alert));
	if (!alert)
		return NULL;
	mandate__alert__init(alert);
	alert->code = code;
	alert->key = key;
	alert->severity = severity;
	alert->operation = or_failed(e, arena_text(e->a, e->d->name));
	e->alerts[e->count++] = alert;
	return alert;
}

enum { CAUSES_MAX = 8 };

static void add_cause(struct evaluation *e, Mandate__Alert *alert, char *cause)
{
	if (!or_failed(e, cause))
		return;
	if (!alert->causes)
		alert->causes = or_failed(e, arena_calloc(e->a, CAUSES_MAX, sizeof(char *)));
	if (alert->causes && alert->n_causes < CAUSES_MAX)
		alert->causes[alert->n_causes++] = cause;
}

static const char *component_name(Mandate__Component c)
{
	return names_text(&mandate__component__descriptor, c);
}

/* Is `c` the component itself or one above or below it? */
static bool related(Mandate__Component c, Mandate__Component other)
{
	for (Mandate__Component up = c; up; up = ceiling_parent(up))
		if (up == other)
			return true;
	for (Mandate__Component up = other; up; up = ceiling_parent(up))
		if (up == c)
			return true;
	return false;
}

/* The head-count judged: a return, or the totals of its day. */
static void add_count_causes(struct evaluation *e, Mandate__Alert *alert, Mandate__Component c,
			     const struct strength_day *s)
{
	const struct count_day *day;
	char as_of[DAY_TEXT_BYTES];
	size_t at;

	if (s->basis == MANDATE__BASIS__BASIS_UNIT ||
	    !array_find_day(&e->d->counts, sizeof *day, s->as_of, &at))
		return;
	day = &ITEMS(e->d->counts, struct count_day)[at];
	day_format(as_of, s->as_of);
	if (day->has_return)
		add_cause(e, alert, arena_printf(e->a, "return %s:%s", e->d->name, as_of));
	if (s->basis == MANDATE__BASIS__BASIS_RETURN)
		return;
	for (Mandate__Component t = C(UNIFORMED); t < COMPONENTS; t++)
		if ((day->totals & 1u << t) && related(c, t))
			add_cause(e, alert,
				  arena_printf(e->a, "total %s:%s:%s", e->d->name, as_of,
					       component_name(t)));
}

static void add_instrument_cause(struct evaluation *e, Mandate__Alert *alert, const char *party,
				 const char *document)
{
	if (document)
		add_cause(e, alert,
			  arena_printf(e->a, "instrument %s:%s:%s", e->d->name, party, document));
}

/* The text that set the ceiling: an instrument, or a record of its own. */
static void add_ceiling_cause(struct evaluation *e, Mandate__Alert *alert, Mandate__Component c)
{
	struct span span = SPAN_ALL;
	const struct ceiling_item *item = ceiling_ruling(e->d, c, e->day, &span);
	char from[DAY_TEXT_BYTES];

	if (!item)
		return;
	if (item->party) {
		add_instrument_cause(e, alert, item->party, item->document);
		return;
	}
	day_format(from, item->from);
	add_cause(e, alert,
		  arena_printf(e->a, "ceiling %s:%s:%s:%s", e->d->name, item->document,
			       component_name(c), from));
}

static void set_document(struct evaluation *e, Mandate__Alert *alert, const char *document)
{
	if (document)
		alert->document = or_failed(e, arena_text(e->a, document));
}

/* Numbers that stay the same while nothing changes: the day of units is today's, so it is left. */
static void set_strength(Mandate__Alert *alert, const struct strength_day *s)
{
	alert->has_persons = true;
	alert->persons = s->persons;
	alert->has_basis = true;
	alert->basis = s->basis;
	if (s->basis != MANDATE__BASIS__BASIS_UNIT) {
		alert->has_as_of = true;
		alert->as_of = s->as_of;
	}
}

static void set_component(Mandate__Alert *alert, Mandate__Component c)
{
	alert->has_component = true;
	alert->component = c;
}

static void set_since(Mandate__Alert *alert, int32_t since, bool at_latest)
{
	alert->since = since;
	if (at_latest) {
		alert->has_since_at_latest = true;
		alert->since_at_latest = true;
	}
}

static char *component_key(struct evaluation *e, Mandate__Component c)
{
	return arena_printf(e->a, "%s:%s", e->d->name, component_name(c));
}

/* --- one function a code: judge, find since, build --- */

/* An alarm from max(since + overlap, comply_by + 1); where the text names no day to comply by it is
 * the first day of the ceiling. */
static Mandate__Severity over_severity(struct evaluation *e, const struct ceiling_day *c,
				       int32_t since)
{
	int32_t comply_by = c->comply_by != DAY_NEVER ? c->comply_by : c->from;
	int32_t alarm_from = since + e->p->rotation_overlap_days;

	if (alarm_from < comply_by + 1)
		alarm_from = comply_by + 1;
	span_cut(&e->span, e->day, alarm_from);
	return e->day >= alarm_from ? MANDATE__SEVERITY__SEVERITY_ALARM
				    : MANDATE__SEVERITY__SEVERITY_WARN;
}

static void ceil_over(struct evaluation *e, Mandate__Component c)
{
	struct judge_subject subject = {.component = c};
	struct judge_finding f = {0};
	struct span span = SPAN_ALL;
	Mandate__Severity severity;
	Mandate__Alert *alert;
	bool holds, at_latest;
	int32_t since;

	holds = judge_ceil_over(e->d, e->p, &subject, e->day, &f, &span);
	span_begin(&e->span, span.from);
	span_end(&e->span, span.to);
	if (!holds)
		return;
	since = walk_back(e, judge_ceil_over, &subject, span.from, &at_latest);
	severity = over_severity(e, &f.ceiling, since);
	if (!e->a)
		return;
	alert = open_alert(e, CODE(CEIL_OVER), severity, component_key(e, c));
	if (!alert)
		return;
	set_since(alert, since, at_latest);
	set_component(alert, c);
	set_strength(alert, &f.strength);
	alert->has_ceiling = true;
	alert->ceiling = f.ceiling.persons;
	if (f.ceiling.comply_by != DAY_NEVER) {
		alert->has_comply_by = true;
		alert->comply_by = f.ceiling.comply_by;
	}
	set_document(e, alert, f.ceiling.document);
	add_count_causes(e, alert, c, &f.strength);
	add_ceiling_cause(e, alert, c);
}

static void ceil_unset(struct evaluation *e, Mandate__Component c)
{
	struct judge_subject subject = {.component = c};
	struct judge_finding f = {0};
	struct span span = SPAN_ALL;
	Mandate__Alert *alert;
	bool holds, at_latest;
	int32_t since;

	holds = judge_ceil_unset(e->d, e->p, &subject, e->day, &f, &span);
	span_end(&e->span, span.to);
	if (!holds || !e->a)
		return;
	since = walk_back(e, judge_ceil_unset, &subject, span.from, &at_latest);
	alert = open_alert(e, CODE(CEIL_UNSET), MANDATE__SEVERITY__SEVERITY_INFO,
			   component_key(e, c));
	if (!alert)
		return;
	set_since(alert, since, at_latest);
	set_component(alert, c);
	set_strength(alert, &f.strength);
	add_count_causes(e, alert, c, &f.strength);
}

/* The least stage that is not below the days left. */
static uint32_t stage_of(struct evaluation *e, int32_t until)
{
	static const int32_t stages[] = {7, 14, 30, 60};
	int32_t left = until - e->day;

	for (size_t i = 0; i < sizeof stages / sizeof *stages; i++) {
		if (stages[i] >= e->p->expiring_days)
			break;
		if (left <= stages[i])
			return (uint32_t)stages[i];
		span_end(&e->span, until - stages[i] - 1);
	}
	return (uint32_t)e->p->expiring_days;
}

enum { WARN_STAGE_DAYS = 30 };

static void mand_expiring(struct evaluation *e, const struct party *party)
{
	struct judge_subject subject = {.party = party, .until = DAY_NEVER};
	struct judge_finding f = {0};
	struct span span = SPAN_ALL;
	char until[DAY_TEXT_BYTES];
	Mandate__Alert *alert;
	uint32_t stage;
	bool holds, at_latest;
	int32_t since;

	holds = judge_mand_expiring(e->d, e->p, &subject, e->day, &f, &span);
	span_end(&e->span, span.to);
	if (!holds)
		return;
	stage = stage_of(e, f.mandate.secured_until);
	if (!e->a)
		return;
	subject.until = f.mandate.secured_until;
	since = walk_back(e, judge_mand_expiring, &subject, span.from, &at_latest);
	day_format(until, f.mandate.secured_until);
	alert = open_alert(e, CODE(MAND_EXPIRING),
			   stage <= WARN_STAGE_DAYS ? MANDATE__SEVERITY__SEVERITY_WARN
						    : MANDATE__SEVERITY__SEVERITY_INFO,
			   arena_printf(e->a, "%s:%s:%s", e->d->name, party->code, until));
	if (!alert)
		return;
	set_since(alert, since, at_latest);
	alert->has_stage = true;
	alert->stage = stage;
	alert->party = or_failed(e, arena_text(e->a, party->code));
	alert->has_valid_until = true;
	alert->valid_until = f.mandate.secured_until;
	set_document(e, alert, f.mandate.document);
	add_instrument_cause(e, alert, party->code, f.mandate.document);
}

static void mand_lapsed(struct evaluation *e, const struct party *party)
{
	struct judge_subject subject = {.party = party};
	struct judge_finding f = {0};
	struct span span = SPAN_ALL;
	Mandate__Alert *alert;
	bool holds, at_latest, partner;
	int32_t since;

	holds = judge_mand_lapsed(e->d, e->p, &subject, e->day, &f, &span);
	span_end(&e->span, span.to);
	if (!holds || !e->a)
		return;
	since = walk_back(e, judge_mand_lapsed, &subject, span.from, &at_latest);
	partner = e->d->operation.kind == MANDATE__OPERATION_KIND__OPERATION_KIND_PARTNER;
	alert = open_alert(e, CODE(MAND_LAPSED),
			   partner ? MANDATE__SEVERITY__SEVERITY_INFO
				   : MANDATE__SEVERITY__SEVERITY_ALARM,
			   arena_printf(e->a, "%s:%s", e->d->name, party->code));
	if (!alert)
		return;
	set_since(alert, since, at_latest);
	alert->party = or_failed(e, arena_text(e->a, party->code));
	alert->has_valid_until = true;
	alert->valid_until = f.mandate.valid_until;
	set_document(e, alert, f.mandate.document);
	add_instrument_cause(e, alert, party->code, f.mandate.document);
}

static void dep_no_mandate(struct evaluation *e)
{
	struct judge_subject subject = {0};
	struct judge_finding f = {0};
	struct span span = SPAN_ALL;
	Mandate__Alert *alert;
	bool holds, at_latest;
	int32_t since;

	holds = judge_dep_no_mandate(e->d, e->p, &subject, e->day, &f, &span);
	span_end(&e->span, span.to);
	if (!holds || !e->a)
		return;
	since = walk_back(e, judge_dep_no_mandate, &subject, span.from, &at_latest);
	alert = open_alert(e, CODE(DEP_NO_MANDATE), MANDATE__SEVERITY__SEVERITY_ALARM,
			   arena_text(e->a, e->d->name));
	if (!alert)
		return;
	set_since(alert, since, at_latest);
	set_strength(alert, &f.strength);
	if (f.mandate.last_lawful != DAY_NEVER) {
		alert->has_last_lawful = true;
		alert->last_lawful = f.mandate.last_lawful;
	}
	add_count_causes(e, alert, C(UNIFORMED), &f.strength);
}

static void dep_stale(struct evaluation *e, Mandate__Component group)
{
	struct judge_subject subject = {.component = group};
	struct judge_finding f = {0};
	struct span span = SPAN_ALL;
	char as_of[DAY_TEXT_BYTES];
	Mandate__Alert *alert;
	bool holds, at_latest;
	int32_t since;

	holds = judge_dep_stale(e->d, e->p, &subject, e->day, &f, &span);
	span_end(&e->span, span.to);
	if (!holds || !e->a)
		return;
	since = walk_back(e, judge_dep_stale, &subject, span.from, &at_latest);
	alert = open_alert(e, CODE(DEP_STALE), MANDATE__SEVERITY__SEVERITY_WARN,
			   component_key(e, group));
	if (!alert)
		return;
	set_since(alert, since, at_latest);
	set_component(alert, group);
	alert->has_as_of = true;
	alert->as_of = f.last_return;
	day_format(as_of, f.last_return);
	add_cause(e, alert, arena_printf(e->a, "return %s:%s", e->d->name, as_of));
}

static void evaluate(struct evaluation *e)
{
	for (Mandate__Component c = C(UNIFORMED); c < COMPONENTS; c++)
		if (c != C(FPU_UNITS))
			ceil_over(e, c);
	ceil_unset(e, C(MILITARY));
	ceil_unset(e, C(POLICE));
	for (size_t i = 0; i < e->d->parties.count; i++) {
		const struct party *party = ITEMS(e->d->parties, struct party *const)[i];

		if (!mandate_binds(e->d, party, e->day))
			continue;
		mand_expiring(e, party);
		mand_lapsed(e, party);
	}
	dep_no_mandate(e);
	dep_stale(e, C(MILITARY));
	dep_stale(e, C(POLICE));
}

static int compare_alerts(const void *a, const void *b)
{
	const Mandate__Alert *x = *(Mandate__Alert *const *)a, *y = *(Mandate__Alert *const *)b;

	if (x->code != y->code)
		return x->code < y->code ? -1 : 1;
	return strcmp(x->key, y->key);
}

enum status alert_evaluate(const struct dossier *d, const struct alert_parameters *p, int32_t day,
			   struct arena *a, Mandate__Alert ***ret_alerts, size_t *ret_count)
{
	struct evaluation e = {.d = d, .p = p, .day = day, .span = SPAN_ALL, .a = a};

	evaluate(&e);
	if (e.failed)
		return STATUS_NO_MEMORY;
	qsort(e.alerts, e.count, sizeof *e.alerts, compare_alerts);
	*ret_alerts = e.alerts;
	*ret_count = e.count;
	return STATUS_OK;
}

int32_t alert_next_change(const struct dossier *d, const struct alert_parameters *p, int32_t day)
{
	struct evaluation e = {.d = d, .p = p, .day = day, .span = SPAN_ALL};

	evaluate(&e);
	return day_plus(e.span.to, 1);
}

/* --- closing and clashes --- */

static const struct party *party_named(const struct dossier *d, const char *code)
{
	for (size_t i = 0; i < d->parties.count; i++) {
		const struct party *party = ITEMS(d->parties, struct party *const)[i];

		if (code && strcmp(party->code, code) == 0)
			return party;
	}
	return NULL;
}

static Mandate__CloseReason close_ceiling(const struct dossier *d, const struct alert_parameters *p,
					  int32_t day, const Mandate__Alert *was,
					  judge_condition *condition)
{
	struct judge_subject subject = {.component = was->component};
	struct judge_finding f = {0};
	struct span span = SPAN_ALL;

	condition(d, p, &subject, day, &f, &span);
	if (f.stale)
		return MANDATE__CLOSE_REASON__CLOSE_REASON_STALE;
	if (!mandate_in_force(d, day, &span))
		return MANDATE__CLOSE_REASON__CLOSE_REASON_OVER;
	return MANDATE__CLOSE_REASON__CLOSE_REASON_RESOLVED;
}

static Mandate__CloseReason close_expiring(const struct dossier *d, int32_t day,
					   const Mandate__Alert *was)
{
	const struct party *party = party_named(d, was->party);
	struct span span = SPAN_ALL;
	struct mandate_day m;

	if (!party)
		return MANDATE__CLOSE_REASON__CLOSE_REASON_RESOLVED;
	mandate_fold(d, party, day, &m, &span);
	if (m.in_force && m.secured_until != was->valid_until)
		return MANDATE__CLOSE_REASON__CLOSE_REASON_SUPERSEDED;
	return m.in_force ? MANDATE__CLOSE_REASON__CLOSE_REASON_RESOLVED
			  : MANDATE__CLOSE_REASON__CLOSE_REASON_OVER;
}

static Mandate__CloseReason close_stale(const struct dossier *d, const struct alert_parameters *p,
					int32_t day, const Mandate__Alert *was)
{
	int32_t last = strength_last_return(d, was->component, day);

	if (last == DAY_NEVER || day - last <= p->return_age_days)
		return MANDATE__CLOSE_REASON__CLOSE_REASON_RESOLVED;
	return MANDATE__CLOSE_REASON__CLOSE_REASON_OVER;
}

Mandate__CloseReason alert_close_reason(const struct dossier *d, const struct alert_parameters *p,
					int32_t day, const Mandate__Alert *was)
{
	switch (was->code) {
	case CODE(CEIL_OVER):
		return close_ceiling(d, p, day, was, judge_ceil_over);
	case CODE(CEIL_UNSET):
		return close_ceiling(d, p, day, was, judge_ceil_unset);
	case CODE(MAND_EXPIRING):
		return close_expiring(d, day, was);
	case CODE(DEP_STALE):
		return close_stale(d, p, day, was);
	case CODE(MAND_LAPSED):
	case CODE(DEP_NO_MANDATE):
	case CODE(EDITION_CLASH):
	case _MANDATE__ALERT_CODE_IS_INT_SIZE:
		break;
	}
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
