/* What is needed, promised and there: a contributor's units and pledges, requirements. */
#include "ctl_view.h"
#include "ctl_words.h"
#include "model/names.h"

/* --- one contributor ------------------------------------------------------------------------- */

static void print_unit(struct output_rows *rows, const Mandate__Row *row)
{
	const Mandate__UnitRow *u = row->unit;

	output_text(rows, u->contributor);
	output_text(rows, u->unit);
	output_text(rows, u->operation);
	ctl_view_name(rows, &mandate__component__descriptor, u->has_component, (int)u->component);
	output_number(rows, u->has_persons, u->persons);
	output_number(rows, u->has_women, u->women);
	ctl_view_name(rows, &mandate__task__descriptor, u->has_task, (int)u->task);
	output_day(rows, u->has_from, u->from);
	output_day(rows, u->has_to, u->to);
	output_text(rows, u->home);
	output_day(rows, u->has_return_day, u->return_day);
	output_text(rows, u->control);
	output_text(rows, u->mou);
	output_day(rows, u->has_mou_signed, u->mou_signed);
	output_day(rows, u->has_withdrawal_notice, u->withdrawal_notice);
	output_row_end(rows);
}

static const struct output_column unit_columns[] = {
	{"contributor", NULL, false, false, OUTPUT_CSV},
	{"unit", NULL, false, false, 0},
	{"operation", NULL, false, false, 0},
	{"component", NULL, false, false, 0},
	{"persons", NULL, true, false, 0},
	{"women", NULL, true, false, 0},
	{"task", NULL, false, false, 0},
	{"from", NULL, false, false, 0},
	{"to", NULL, false, false, 0},
	{"home", "on loan from", false, false, 0},
	{"return_day", "back on", false, false, 0},
	{"control", "controlled by", false, false, 0},
	{"mou", "MOU", false, true, 0},
	{"mou_signed", "signed", false, false, 0},
	{"withdrawal_notice", "notice given", false, false, 0}};

static void print_pledge(struct output_rows *rows, const Mandate__Row *row)
{
	const Mandate__PledgeRow *p = row->pledge;

	output_text(rows, p->contributor);
	output_text(rows, p->pledge);
	ctl_view_name(rows, &mandate__pledge_state__descriptor, p->has_state, (int)p->state);
	output_day(rows, p->has_since, p->since);
	output_number(rows, p->has_persons, p->persons);
	output_text(rows, p->operation);
	output_text(rows, p->requirement);
	output_day(rows, p->has_available, p->available);
	ctl_view_name(rows, &mandate__readiness__descriptor, p->has_readiness, (int)p->readiness);
	output_day(rows, p->has_renew_by, p->renew_by);
	output_bool(rows, p->stale, p->stale);
	output_text(rows, p->unit);
	output_number(rows, p->has_step, p->step);
	output_row_end(rows);
}

static const struct output_column pledge_columns[] = {
	{"contributor", NULL, false, false, OUTPUT_CSV},
	{"pledge", NULL, false, false, 0},
	{"state", NULL, false, false, 0},
	{"since", NULL, false, false, 0},
	{"persons", NULL, true, false, 0},
	{"operation", NULL, false, false, 0},
	{"requirement", NULL, false, false, 0},
	{"available", NULL, false, false, 0},
	{"readiness", NULL, false, false, 0},
	{"renew_by", NULL, false, false, 0},
	{"stale", NULL, false, false, 0},
	{"unit", NULL, false, false, 0},
	{"step", NULL, true, false, OUTPUT_CSV}};

enum ctl_exit ctl_forces_contributor(struct ctl *c)
{
	const struct ctl_view views[] = {ctl_view_strengths,
					 {.what = MANDATE__ROW__WHAT_UNIT,
					  .title = "units",
					  CTL_VIEW_COLUMNS(unit_columns),
					  .print = print_unit},
					 {.what = MANDATE__ROW__WHAT_PLEDGE,
					  .title = "pledges",
					  CTL_VIEW_COLUMNS(pledge_columns),
					  .print = print_pledge},
					 ctl_view_money};
	Mandate__Query query = MANDATE__QUERY__INIT;
	Mandate__ContributorQuery contributor = MANDATE__CONTRIBUTOR_QUERY__INIT;

	contributor.contributor = c->arguments[0];
	query.ask_case = MANDATE__QUERY__ASK_CONTRIBUTOR;
	query.contributor = &contributor;
	return ctl_view_ask(c, &query, views, sizeof views / sizeof *views);
}

/* --- requirements ---------------------------------------------------------------------------- */

/* "BGD infantry-1 850 selected, RWA ..." */
static void print_pledges(struct output_rows *rows, const Mandate__RequirementRow *r)
{
	struct words w = {0};

	for (size_t i = 0; i < r->n_pledges; i++) {
		const Mandate__PledgeRow *p = r->pledges[i];

		words_add(&w, "%s%s %s", i ? ", " : "", p->contributor, p->pledge);
		if (p->has_persons) {
			words_add(&w, " ");
			words_number(&w, p->persons);
		}
		if (p->has_state)
			words_add(&w, " %s",
				  names_text(&mandate__pledge_state__descriptor, (int)p->state));
		words_add(&w, "%s", p->stale ? " stale" : "");
	}
	output_text(rows, w.len ? w.text : NULL);
}

static void print_requirement(struct output_rows *rows, const Mandate__Row *row)
{
	const Mandate__RequirementRow *r = row->requirement;

	output_text(rows, r->operation);
	output_text(rows, r->requirement);
	output_day(rows, true, r->on);
	ctl_view_name(rows, &mandate__component__descriptor, r->has_component, (int)r->component);
	ctl_view_name(rows, &mandate__task__descriptor, r->has_task, (int)r->task);
	output_day(rows, r->has_needed_by, r->needed_by);
	output_number(rows, true, r->persons);
	output_number(rows, r->has_deployed, r->deployed);
	output_number(rows, r->has_pledged, r->pledged);
	output_number(rows, r->has_gap, r->gap);
	print_pledges(rows, r);
	output_row_end(rows);
}

enum ctl_exit ctl_forces_requirements(struct ctl *c)
{
	static const struct output_column columns[] = {
		{"operation", NULL, false, false, 0},	{"requirement", NULL, false, false, 0},
		{"on", NULL, false, false, OUTPUT_CSV}, {"component", NULL, false, false, 0},
		{"task", NULL, false, false, 0},	{"needed_by", NULL, false, false, 0},
		{"persons", NULL, true, false, 0},	{"deployed", NULL, true, false, 0},
		{"pledged", NULL, true, false, 0},	{"gap", NULL, true, false, 0},
		{"pledges", NULL, false, true, 0}};
	static const struct ctl_view view = {.what = MANDATE__ROW__WHAT_REQUIREMENT,
					     CTL_VIEW_COLUMNS(columns),
					     .print = print_requirement};
	Mandate__Query query = MANDATE__QUERY__INIT;
	Mandate__RequirementsQuery ask = MANDATE__REQUIREMENTS_QUERY__INIT;

	ask.operation = c->argument_count ? c->arguments[0] : NULL;
	query.ask_case = MANDATE__QUERY__ASK_REQUIREMENTS;
	query.requirements = &ask;
	return ctl_view_ask(c, &query, &view, 1);
}
