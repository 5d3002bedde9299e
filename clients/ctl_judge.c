/* What the rules make of the records: mandates, strengths, alerts. */
#include "ctl_view.h"
#include "ctl_words.h"
#include "json.h"
#include "model/names.h"

static const char *component_name(Mandate__Component component)
{
	return names_text(&mandate__component__descriptor, (int)component);
}

/* --- timeline -------------------------------------------------------------------------------- */

/* Flat, with the ceilings by component, since most have one a component; `ceiling_entries` says all
 * of them. */
static json_t *json_of_mandate(const Mandate__Mandate *m)
{
	json_t *json = json_of_row(&m->base), *ceilings = json_object(), *derived = json_array();
	json_t *entries = json_incref(json_object_get(json, "ceilings"));

	for (size_t i = 0; i < m->n_ceilings; i++) {
		const char *name = component_name(m->ceilings[i]->component);

		if (m->ceilings[i]->name)
			continue;
		json_object_set_new(ceilings, name,
				    json_integer((json_int_t)m->ceilings[i]->persons));
		if (m->ceilings[i]->derived)
			json_array_append_new(derived, json_string(name));
	}
	json_object_set_new(json, "ceilings", ceilings);
	json_object_set_new(json, "derived", derived);
	json_object_set_new(json, "ceiling_entries", entries);
	if (!m->has_applies)
		json_object_set_new(json, "applies", json_boolean(m->in_force));
	return json;
}

static json_t *json_of_span(const Mandate__Row *row)
{
	return json_of_mandate(row->mandate);
}

static json_t *json_of_day(const Mandate__Row *row)
{
	json_t *json = json_of_mandate(row->mandate);

	json_object_del(json, "to");
	return json;
}

/* The components that have a column of their own. */
static const Mandate__Component ceiling_columns[] = {
	MANDATE__COMPONENT__COMPONENT_MILITARY, MANDATE__COMPONENT__COMPONENT_POLICE,
	MANDATE__COMPONENT__COMPONENT_UNIFORMED, MANDATE__COMPONENT__COMPONENT_FPU_UNITS};
enum { CEILING_COLUMNS = sizeof ceiling_columns / sizeof *ceiling_columns };

static bool has_column(const Mandate__CeilingOn *ceiling)
{
	for (size_t i = 0; i < CEILING_COLUMNS; i++)
		if (!ceiling->name && ceiling->component == ceiling_columns[i])
			return true;
	return false;
}

static void print_ceilings(struct output_rows *rows, const Mandate__Mandate *m)
{
	struct words others = {0};

	for (size_t i = 0; i < CEILING_COLUMNS; i++) {
		const Mandate__CeilingOn *found = NULL;

		for (size_t k = 0; k < m->n_ceilings; k++)
			if (!m->ceilings[k]->name &&
			    m->ceilings[k]->component == ceiling_columns[i])
				found = m->ceilings[k];
		output_number(rows, found, found ? found->persons : 0);
	}
	for (size_t k = 0; k < m->n_ceilings; k++) {
		const Mandate__CeilingOn *ceiling = m->ceilings[k];

		if (has_column(ceiling))
			continue;
		words_add(&others, "%s%s ", others.len ? ", " : "",
			  ceiling->name ? ceiling->name : component_name(ceiling->component));
		words_number(&others, ceiling->persons);
	}
	output_text(rows, others.len ? others.text : NULL);
}

/* "UNSC 2015-07-31, AUPSC open-ended" */
static void print_sides(struct output_rows *rows, const Mandate__Mandate *m)
{
	struct words w = {0};

	for (size_t i = 0; i < m->n_sides; i++) {
		const Mandate__MandateSide *side = m->sides[i];

		words_add(&w, "%s%s ", i ? ", " : "", side->party);
		if (side->has_valid_until)
			words_day(&w, side->valid_until);
		else
			words_add(&w, "%s", side->open_ended ? "open-ended" : "not in force");
	}
	output_text(rows, w.len ? w.text : NULL);
}

static void print_alerts_open(struct output_rows *rows, const Mandate__Mandate *m)
{
	struct words w = {0};

	for (size_t i = 0; i < m->n_alerts; i++) {
		const Mandate__Alert *a = m->alerts[i];

		words_add(&w, "%s%s", i ? ", " : "",
			  names_text(&mandate__alert_code__descriptor, (int)a->code));
		if (a->has_component)
			words_add(&w, " %s", component_name(a->component));
		if (a->severity == MANDATE__SEVERITY__SEVERITY_ALARM)
			words_add(&w, "!");
	}
	output_text(rows, w.len ? w.text : NULL);
}

static void print_mandate(struct output_rows *rows, const Mandate__Row *row)
{
	const Mandate__Mandate *m = row->mandate;
	const char *status = names_text(&mandate__mandate_status__descriptor, (int)m->status);

	output_day(rows, true, m->on);
	output_day(rows, m->has_to, m->to);
	output_text(rows, status);
	output_text(rows, m->in_force && m->authorized ? "authorized" : status);
	ctl_view_until(rows, m->open_ended, m->has_valid_until, m->valid_until);
	output_text(rows, m->document);
	print_ceilings(rows, m);
	print_alerts_open(rows, m);
	ctl_view_name(rows, &mandate__mandate_end__descriptor, m->has_how, (int)m->how);
	output_day(rows, m->has_withdraw_by, m->withdraw_by);
	print_sides(rows, m);
	ctl_view_name(rows, &mandate__consent_state__descriptor, m->has_consent, (int)m->consent);
	output_day(rows, m->has_secured_until, m->secured_until);
	output_bool(rows, true, m->authorized);
	output_bool(rows, true, m->has_applies ? m->applies : m->in_force);
	ctl_view_list(rows, m->hosts, m->n_hosts);
	ctl_view_list(rows, m->tasks, m->n_tasks);
	output_row_end(rows);
}

enum ctl_exit ctl_judge_timeline(struct ctl *c)
{
	static const struct output_column columns[] = {
		{"on", "from", false, false, 0},
		{"to", NULL, false, false, 0},
		{"status", NULL, false, false, OUTPUT_CSV},
		{"shown", "status", false, false, OUTPUT_TABLE},
		{"valid_until", NULL, false, false, 0},
		{"document", NULL, false, false, 0},
		{"ceiling_military", "military", true, false, 0},
		{"ceiling_police", "police", true, false, 0},
		{"ceiling_uniformed", "uniformed", true, false, 0},
		{"ceiling_fpu_units", "FPU units", true, false, 0},
		{"ceiling_others", "others", false, true, 0},
		{"alerts", NULL, false, true, 0},
		{"how", NULL, false, false, 0},
		{"withdraw_by", NULL, false, false, 0},
		{"sides", NULL, false, true, 0},
		{"consent", NULL, false, false, 0},
		{"secured_until", NULL, false, false, OUTPUT_CSV},
		{"authorized", NULL, false, false, OUTPUT_CSV},
		{"applies", NULL, false, false, OUTPUT_CSV},
		{"hosts", NULL, false, false, OUTPUT_CSV},
		{"tasks", NULL, false, false, OUTPUT_CSV}};
	bool is_day = c->given & CTL_ON;
	const struct ctl_view view = {.what = MANDATE__ROW__WHAT_MANDATE,
				      CTL_VIEW_COLUMNS(columns),
				      .print = print_mandate,
				      .json = is_day ? json_of_day : json_of_span};
	Mandate__Query query = MANDATE__QUERY__INIT;
	Mandate__TimelineQuery timeline = MANDATE__TIMELINE_QUERY__INIT;

	timeline.operation = c->arguments[0];
	/* On a day they are part of the answer; spans they would cut up unasked. */
	timeline.has_alerts = timeline.alerts = is_day || c->given & CTL_ALERTS;
	query.ask_case = MANDATE__QUERY__ASK_TIMELINE;
	query.timeline = &timeline;
	return ctl_view_ask(c, &query, &view, 1);
}

/* --- strength -------------------------------------------------------------------------------- */

static void print_strength(struct output_rows *rows, const Mandate__Row *row)
{
	const Mandate__Strength *s = row->strength;
	struct words age = {0};

	words_age(&age, s->has_age_days ? s->age_days : 0);
	output_text(rows, s->operation);
	output_day(rows, true, s->on);
	output_text(rows, component_name(s->component));
	output_text(rows, s->contributor);
	output_number(rows, s->has_persons, s->persons);
	output_number(rows, s->has_ceiling, s->ceiling);
	output_signed(rows, s->has_over, s->over);
	ctl_view_name(rows, &mandate__basis__descriptor, s->has_basis, (int)s->basis);
	output_day(rows, s->has_as_of, s->as_of);
	output_text(rows, age.len ? age.text : NULL);
	output_number(rows, s->has_age_days, s->age_days);
	output_number(rows, s->has_estimate, s->estimate);
	output_day(rows, s->has_estimate_as_of, s->estimate_as_of);
	output_bool(rows, s->has_ceiling, s->ceiling_applies);
	output_bool(rows, s->has_partial, s->partial);
	output_number(rows, s->has_women, s->women);
	output_number(rows, s->has_women_of, s->women_of);
	output_number(rows, s->has_required, s->required);
	output_number(rows, s->has_pledged, s->pledged);
	output_number(rows, s->has_units, s->units);
	output_number(rows, s->n_contributors, s->n_contributors);
	output_row_end(rows);
}

static const struct output_column strength_columns[] = {
	{"operation", NULL, false, false, 0},
	{"on", NULL, false, false, OUTPUT_CSV},
	{"component", NULL, false, false, 0},
	{"contributor", "of", false, false, 0},
	{"persons", NULL, true, false, 0},
	{"ceiling", NULL, true, false, 0},
	{"over", NULL, true, false, 0},
	{"basis", NULL, false, false, 0},
	{"as_of", NULL, false, false, 0},
	{"age", "", false, false, OUTPUT_TABLE},
	{"age_days", NULL, true, false, OUTPUT_CSV},
	{"estimate", NULL, true, false, 0},
	{"estimate_as_of", "of map", false, false, 0},
	{"ceiling_applies", "applies", false, false, 0},
	{"partial", NULL, false, false, 0},
	{"women", NULL, true, false, 0},
	{"women_of", "women of", true, false, 0},
	{"required", NULL, true, false, 0},
	{"pledged", NULL, true, false, 0},
	{"units", NULL, true, false, 0},
	{"contributors", NULL, true, false, 0}};
const struct ctl_view ctl_view_strengths = {.what = MANDATE__ROW__WHAT_STRENGTH,
					    .title = "present",
					    CTL_VIEW_COLUMNS(strength_columns),
					    .print = print_strength};

enum ctl_exit ctl_judge_strength(struct ctl *c)
{
	Mandate__Query query = MANDATE__QUERY__INIT;
	Mandate__StrengthQuery strength = MANDATE__STRENGTH_QUERY__INIT;

	if (c->contributors.count > 1)
		return ctl_usage("strength takes one --contributor");
	strength.operation = c->argument_count ? c->arguments[0] : NULL;
	strength.contributor = c->contributors.count ? c->contributors.items[0] : NULL;
	strength.has_component = c->given & CTL_COMPONENT;
	strength.component = (Mandate__Component)c->component;
	query.ask_case = MANDATE__QUERY__ASK_STRENGTH;
	query.strength = &strength;
	return ctl_view_ask(c, &query, &ctl_view_strengths, 1);
}

/* --- alerts ---------------------------------------------------------------------------------- */

/* As they come: not even what is not set is added, since an alert has a field for every rule. */
static json_t *json_of_alert(const Mandate__Row *row)
{
	return json_of_message(&row->alert->base);
}

static void print_alert(struct output_rows *rows, const Mandate__Row *row)
{
	const Mandate__AlertRow *r = row->alert;
	const Mandate__AlertChange *change = r->change;
	const Mandate__Alert *a = change ? change->alert : r->alert;
	const char *act =
		change ? names_text(&mandate__alert_act__descriptor, (int)change->act) : "open";
	const char *reason =
		change && change->has_reason
			? names_text(&mandate__close_reason__descriptor, (int)change->reason)
			: NULL;
	struct words event = {0}, since = {0}, what = {0};

	if (change)
		words_add(&event, "%s%s%s%s", act, reason ? " (" : "", reason ? reason : "",
			  reason ? ")" : "");
	words_day(&since, a->since);
	words_add(&since, "%s", a->since_at_latest ? " or earlier" : "");
	words_alert(&what, a);
	output_number(rows, r->has_revision, r->revision);
	output_number(rows, r->has_revision && change, r->revision);
	output_day(rows, change, change ? change->on : 0);
	output_text(rows, act);
	output_text(rows, reason);
	output_text(rows, event.len ? event.text : NULL);
	output_text(rows, names_text(&mandate__severity__descriptor, (int)a->severity));
	output_text(rows, names_text(&mandate__alert_code__descriptor, (int)a->code));
	output_text(rows, a->key);
	output_day(rows, true, a->since);
	output_text(rows, what.len ? what.text : NULL);
	output_text(rows, since.text);
	output_text(rows, a->operation);
	output_number(rows, a->has_persons, a->persons);
	output_number(rows, a->has_ceiling, a->ceiling);
	output_day(rows, a->has_valid_until, a->valid_until);
	output_day(rows, a->has_as_of, a->as_of);
	output_text(rows, a->document);
	output_number(rows, a->has_stage, a->stage);
	/* What happened stays in its order; of what is open the gravest stands first. */
	output_row_end_ranked(
		rows, change ? 0 : MANDATE__SEVERITY__SEVERITY_ALARM - (unsigned)a->severity);
}

enum ctl_exit ctl_judge_alerts(struct ctl *c)
{
	static const struct output_column columns[] = {
		{"revision", NULL, true, false, OUTPUT_CSV},
		{"revision", NULL, true, false, OUTPUT_TABLE}, /* only of what happened */
		{"on", NULL, false, false, 0},
		{"act", NULL, false, false, OUTPUT_CSV},
		{"reason", NULL, false, false, OUTPUT_CSV},
		{"event", NULL, false, false, OUTPUT_TABLE},
		{"severity", NULL, false, false, 0},
		{"code", NULL, false, false, 0},
		{"key", NULL, false, false, 0},
		{"since", NULL, false, false, OUTPUT_CSV},
		{"what", NULL, false, true, 0},
		{"since", NULL, false, false, OUTPUT_TABLE},
		{"operation", NULL, false, false, OUTPUT_CSV},
		{"persons", NULL, true, false, OUTPUT_CSV},
		{"ceiling", NULL, true, false, OUTPUT_CSV},
		{"valid_until", NULL, false, false, OUTPUT_CSV},
		{"as_of", NULL, false, false, OUTPUT_CSV},
		{"document", NULL, false, false, OUTPUT_CSV},
		{"stage", NULL, true, false, OUTPUT_CSV}};
	static const struct ctl_view view = {.what = MANDATE__ROW__WHAT_ALERT,
					     CTL_VIEW_COLUMNS(columns),
					     .print = print_alert,
					     .json = json_of_alert};
	Mandate__Query query = MANDATE__QUERY__INIT;
	Mandate__AlertsQuery alerts = MANDATE__ALERTS_QUERY__INIT;
	int code;

	if (c->operations.count > 1 || c->codes.count > 1)
		return ctl_usage("alerts takes one --operation and one --code");
	alerts.operation = c->operations.count ? c->operations.items[0] : NULL;
	if (c->codes.count) {
		if (names_value(&mandate__alert_code__descriptor, c->codes.items[0], &code) !=
		    STATUS_OK)
			return ctl_usage("no alert code \"%s\"", c->codes.items[0]);
		alerts.has_code = true;
		alerts.code = (Mandate__AlertCode)code;
	}
	alerts.has_log = alerts.log = (c->given & CTL_LOG) != 0;
	query.ask_case = MANDATE__QUERY__ASK_ALERTS;
	query.alerts = &alerts;
	return ctl_view_ask(c, &query, &view, 1);
}
