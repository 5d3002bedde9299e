/* What the rules make of the records: mandates, strengths, the overview, alerts. */
#include "base/day.h"
#include "ctl.h"
#include "json.h"
#include "model/names.h"

struct judging {
	struct ctl *c;
	struct output_rows *rows;
	bool failed;
};

static json_t *day_or_null(bool has, int32_t day)
{
	char text[DAY_TEXT_BYTES];

	day_format(text, day);
	return has ? json_string(text) : json_null();
}

static json_t *text_or_null(const char *text)
{
	return text ? json_string(text) : json_null();
}

static json_t *number_or_null(bool has, uint64_t value)
{
	return has ? json_integer((json_int_t)value) : json_null();
}

static const char *component_name(Mandate__Component component)
{
	return names_text(&mandate__component__descriptor, (int)component);
}

static enum ctl_exit judge(struct ctl *c, Mandate__Query *query,
			   void (*print)(void *context, const Mandate__Row *row),
			   const struct output_column *columns, size_t count)
{
	struct judging j = {.c = c};

	if (c->format != OUTPUT_JSON &&
	    output_rows_new(&j.rows, c->format, columns, count) != STATUS_OK)
		return ctl_fail(c, STATUS_NO_MEMORY, "out of memory");
	enum ctl_exit status = ctl_ask(c, query, print, &j, NULL);
	if (j.rows && output_rows_end(j.rows) != STATUS_OK)
		j.failed = true;
	return status == CTL_DONE && j.failed ? ctl_fail(c, STATUS_NO_MEMORY, "out of memory")
					      : status;
}

/* --- timeline -------------------------------------------------------------------------------- */

/* One flat object, every member always there: what is not set is null. */
static json_t *json_of_mandate(const Mandate__Mandate *m, bool is_span)
{
	json_t *ceilings = json_object(), *derived = json_array();

	for (size_t i = 0; i < m->n_ceilings; i++) {
		const char *name = component_name(m->ceilings[i]->component);

		json_object_set_new(ceilings, name,
				    json_integer((json_int_t)m->ceilings[i]->persons));
		if (m->ceilings[i]->derived)
			json_array_append_new(derived, json_string(name));
	}
	json_t *json = json_pack(
		"{ss so ss sb so sb so so so so sb sb so}", "operation", m->operation, "on",
		day_or_null(true, m->on), "status",
		names_text(&mandate__mandate_status__descriptor, (int)m->status), "in_force",
		(int)m->in_force, "valid_until", day_or_null(m->has_valid_until, m->valid_until),
		"open_ended", (int)m->open_ended, "document", text_or_null(m->document), "how",
		m->has_how ? json_string(names_text(&mandate__mandate_end__descriptor, (int)m->how))
			   : json_null(),
		"secured_until", day_or_null(m->has_secured_until, m->secured_until), "withdraw_by",
		day_or_null(m->has_withdraw_by, m->withdraw_by), "authorized", (int)m->authorized,
		"applies", m->has_applies ? (int)m->applies : (int)m->in_force, "ceilings",
		ceilings);
	if (json && is_span)
		json_object_set_new(json, "to", day_or_null(m->has_to, m->to));
	if (json && json_array_size(derived) > 0)
		json_object_set(json, "derived", derived);
	json_decref(derived);
	return json;
}

static const Mandate__CeilingOn *ceiling_of(const Mandate__Mandate *m, Mandate__Component component)
{
	for (size_t i = 0; i < m->n_ceilings; i++)
		if (m->ceilings[i]->component == component)
			return m->ceilings[i];
	return NULL;
}

static void print_ceiling(struct judging *j, const Mandate__Mandate *m,
			  Mandate__Component component)
{
	const Mandate__CeilingOn *ceiling = ceiling_of(m, component);

	output_number(j->rows, ceiling, ceiling ? ceiling->persons : 0);
}

static void print_mandate(void *context, const Mandate__Row *row)
{
	struct judging *j = context;
	const Mandate__Mandate *m = row->mandate;
	bool is_span = !(j->c->given & CTL_ON);

	if (row->what_case != MANDATE__ROW__WHAT_MANDATE)
		return;
	if (j->c->format == OUTPUT_JSON) {
		j->failed |= output_json(json_of_mandate(m, is_span)) != STATUS_OK;
		return;
	}
	output_day(j->rows, true, m->on);
	output_day(j->rows, m->has_to, m->to);
	output_text(j->rows, names_text(&mandate__mandate_status__descriptor, (int)m->status));
	if (m->open_ended)
		output_text(j->rows, "open-ended");
	else
		output_day(j->rows, m->has_valid_until, m->valid_until);
	output_text(j->rows, m->document);
	print_ceiling(j, m, MANDATE__COMPONENT__COMPONENT_MILITARY);
	print_ceiling(j, m, MANDATE__COMPONENT__COMPONENT_POLICE);
	print_ceiling(j, m, MANDATE__COMPONENT__COMPONENT_UNIFORMED);
	print_ceiling(j, m, MANDATE__COMPONENT__COMPONENT_FPU_UNITS);
	output_row_end(j->rows);
}

enum ctl_exit ctl_judge_timeline(struct ctl *c)
{
	static const struct output_column columns[] = {
		{"on", "from", false, false},
		{"to", NULL, false, false},
		{"status", NULL, false, false},
		{"valid_until", NULL, false, false},
		{"document", NULL, false, false},
		{"ceiling_military", "military", true, false},
		{"ceiling_police", "police", true, false},
		{"ceiling_uniformed", "uniformed", true, false},
		{"ceiling_fpu_units", "FPU units", true, false}};
	Mandate__Query query = MANDATE__QUERY__INIT;
	Mandate__TimelineQuery timeline = MANDATE__TIMELINE_QUERY__INIT;

	timeline.operation = c->arguments[0];
	query.ask_case = MANDATE__QUERY__ASK_TIMELINE;
	query.timeline = &timeline;
	return judge(c, &query, print_mandate, columns, sizeof columns / sizeof *columns);
}

/* --- strength -------------------------------------------------------------------------------- */

static json_t *json_of_strength(const Mandate__Strength *s)
{
	return json_pack(
		"{ss so ss so so so so sb so sb so so}", "operation", s->operation, "on",
		day_or_null(true, s->on), "component", component_name(s->component), "persons",
		number_or_null(s->has_persons, s->persons), "basis",
		s->has_basis ? json_string(names_text(&mandate__basis__descriptor, (int)s->basis))
			     : json_null(),
		"as_of", day_or_null(s->has_as_of, s->as_of), "age_days",
		number_or_null(s->has_age_days, s->age_days), "partial", (int)s->partial, "ceiling",
		number_or_null(s->has_ceiling, s->ceiling), "ceiling_applies",
		(int)s->ceiling_applies, "estimate", number_or_null(s->has_estimate, s->estimate),
		"estimate_as_of", day_or_null(s->has_estimate_as_of, s->estimate_as_of));
}

static void print_strength(void *context, const Mandate__Row *row)
{
	struct judging *j = context;
	const Mandate__Strength *s = row->strength;

	if (row->what_case != MANDATE__ROW__WHAT_STRENGTH)
		return;
	if (j->c->format == OUTPUT_JSON) {
		j->failed |= output_json(json_of_strength(s)) != STATUS_OK;
		return;
	}
	output_text(j->rows, s->operation);
	output_day(j->rows, true, s->on);
	output_text(j->rows, component_name(s->component));
	output_number(j->rows, s->has_persons, s->persons);
	output_number(j->rows, s->has_ceiling, s->ceiling);
	output_bool(j->rows, s->has_ceiling, s->ceiling_applies);
	output_text(j->rows,
		    s->has_basis ? names_text(&mandate__basis__descriptor, (int)s->basis) : NULL);
	output_day(j->rows, s->has_as_of, s->as_of);
	output_number(j->rows, s->has_age_days, s->age_days);
	output_bool(j->rows, s->has_partial, s->partial);
	output_number(j->rows, s->has_estimate, s->estimate);
	output_day(j->rows, s->has_estimate_as_of, s->estimate_as_of);
	output_row_end(j->rows);
}

enum ctl_exit ctl_judge_strength(struct ctl *c)
{
	static const struct output_column columns[] = {
		{"operation", NULL, false, false}, {"on", NULL, false, false},
		{"component", NULL, false, false}, {"persons", NULL, true, false},
		{"ceiling", NULL, true, false},	   {"ceiling_applies", "applies", false, false},
		{"basis", NULL, false, false},	   {"as_of", NULL, false, false},
		{"age_days", NULL, true, false},   {"partial", NULL, false, false},
		{"estimate", NULL, true, false},   {"estimate_as_of", "of", false, false}};
	Mandate__Query query = MANDATE__QUERY__INIT;
	Mandate__StrengthQuery strength = MANDATE__STRENGTH_QUERY__INIT;

	strength.operation = c->argument_count ? c->arguments[0] : NULL;
	query.ask_case = MANDATE__QUERY__ASK_STRENGTH;
	query.strength = &strength;
	return judge(c, &query, print_strength, columns, sizeof columns / sizeof *columns);
}

/* --- overview -------------------------------------------------------------------------------- */

static void print_overview(void *context, const Mandate__Row *row)
{
	struct judging *j = context;
	const Mandate__Overview *o = row->overview;

	if (row->what_case != MANDATE__ROW__WHAT_OVERVIEW)
		return;
	if (j->c->format == OUTPUT_JSON) {
		j->failed |= output_json(json_of_message(&o->base)) != STATUS_OK;
		return;
	}
	output_text(j->rows, o->operation);
	output_text(j->rows, names_text(&mandate__mandate_status__descriptor, (int)o->status));
	if (o->open_ended)
		output_text(j->rows, "open-ended");
	else
		output_day(j->rows, o->has_valid_until, o->valid_until);
	output_text(j->rows, o->document);
	output_number(j->rows, o->has_military, o->military);
	output_number(j->rows, o->has_military_ceiling, o->military_ceiling);
	output_number(j->rows, o->has_police, o->police);
	output_number(j->rows, o->has_police_ceiling, o->police_ceiling);
	output_number(j->rows, o->has_alerts, o->alerts);
	output_number(j->rows, o->has_uniformed_ceiling, o->uniformed_ceiling);
	output_number(j->rows, o->has_estimate, o->estimate);
	output_number(j->rows, o->has_contributors, o->contributors);
	output_row_end(j->rows);
}

enum ctl_exit ctl_judge_overview(struct ctl *c)
{
	static const struct output_column columns[] = {
		{"operation", NULL, false, false},
		{"status", NULL, false, false},
		{"valid_until", NULL, false, false},
		{"document", NULL, false, false},
		{"military", NULL, true, false},
		{"military_ceiling", "mil. ceiling", true, false},
		{"police", NULL, true, false},
		{"police_ceiling", "pol. ceiling", true, false},
		{"alerts", NULL, true, false},
		{"uniformed_ceiling", "uniformed ceiling", true, false},
		{"estimate", NULL, true, false},
		{"contributors", NULL, true, false}};
	Mandate__Query query = MANDATE__QUERY__INIT;
	Mandate__OverviewQuery overview = MANDATE__OVERVIEW_QUERY__INIT;

	query.ask_case = MANDATE__QUERY__ASK_OVERVIEW;
	query.overview = &overview;
	return judge(c, &query, print_overview, columns, sizeof columns / sizeof *columns);
}

/* --- alerts ---------------------------------------------------------------------------------- */

static void print_alert(void *context, const Mandate__Row *row)
{
	struct judging *j = context;
	const Mandate__AlertRow *r = row->alert;
	const Mandate__Alert *a;

	if (row->what_case != MANDATE__ROW__WHAT_ALERT)
		return;
	if (j->c->format == OUTPUT_JSON) {
		j->failed |= output_json(json_of_message(&r->base)) != STATUS_OK;
		return;
	}
	a = r->change ? r->change->alert : r->alert;
	output_number(j->rows, r->has_revision, r->revision);
	output_text(j->rows,
		    r->change ? names_text(&mandate__alert_act__descriptor, (int)r->change->act)
			      : "open");
	output_day(j->rows, r->change, r->change ? r->change->on : 0);
	output_text(j->rows, names_text(&mandate__alert_code__descriptor, (int)a->code));
	output_text(j->rows, names_text(&mandate__severity__descriptor, (int)a->severity));
	output_text(j->rows, a->key);
	output_day(j->rows, true, a->since);
	output_number(j->rows, a->has_persons, a->persons);
	output_number(j->rows, a->has_ceiling, a->ceiling);
	output_day(j->rows, a->has_valid_until, a->valid_until);
	output_day(j->rows, a->has_as_of, a->as_of);
	output_text(j->rows, a->document);
	output_row_end(j->rows);
}

enum ctl_exit ctl_judge_alerts(struct ctl *c)
{
	static const struct output_column columns[] = {
		{"revision", NULL, true, false},  {"act", NULL, false, false},
		{"on", NULL, false, false},	  {"code", NULL, false, false},
		{"severity", NULL, false, false}, {"key", NULL, false, false},
		{"since", NULL, false, false},	  {"persons", NULL, true, false},
		{"ceiling", NULL, true, false},	  {"valid_until", NULL, false, false},
		{"as_of", NULL, false, false},	  {"document", NULL, false, false}};
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
	return judge(c, &query, print_alert, columns, sizeof columns / sizeof *columns);
}
