/* Money and priorities. */
#include "ctl_view.h"
#include "ctl_words.h"
#include "model/names.h"

/* --- money ----------------------------------------------------------------------------------- */

static void print_money(struct output_rows *rows, const Mandate__Row *row)
{
	const Mandate__MoneyRow *m = row->money;

	output_text(rows, m->operation);
	output_day(rows, true, m->period_start);
	output_day(rows, true, m->period_end);
	ctl_view_name(rows, &mandate__money_state__descriptor, m->has_state, (int)m->state);
	output_text(rows, m->currency);
	output_signed(rows, m->has_authorized, m->authorized);
	output_text(rows, m->contributor);
	output_signed(rows, m->has_assessed, m->assessed);
	output_signed(rows, m->has_conditional, m->conditional);
	output_signed(rows, m->has_paid, m->paid);
	output_signed(rows, m->has_outstanding, m->outstanding);
	output_signed(rows, m->has_expenditure, m->expenditure);
	output_signed(rows, m->has_appropriation, m->appropriation);
	output_signed(rows, m->has_supplementary, m->supplementary);
	output_signed(rows, m->has_commitment_authority, m->commitment_authority);
	output_signed(rows, m->has_appropriation_excl_shared, m->appropriation_excl_shared);
	output_signed(rows, m->has_proposed, m->proposed);
	output_signed(rows, m->has_credit_returned, m->credit_returned);
	output_signed(rows, m->has_cost_sharing, m->cost_sharing);
	output_signed(rows, m->has_capacity_building, m->capacity_building);
	ctl_view_name(rows, &mandate__financing__descriptor, m->has_financing, (int)m->financing);
	ctl_view_name(rows, &mandate__precision__descriptor, m->has_precision, (int)m->precision);
	output_row_end(rows);
}

static const struct output_column money_columns[] = {
	{"operation", NULL, false, false, 0},
	{"period_start", "from", false, false, 0},
	{"period_end", "to", false, false, 0},
	{"state", NULL, false, false, 0},
	{"currency", "", false, false, 0},
	{"authorized", NULL, true, false, 0},
	{"contributor", "share of", false, false, 0},
	{"assessed", NULL, true, false, 0},
	{"conditional", NULL, true, false, 0},
	{"paid", NULL, true, false, 0},
	{"outstanding", NULL, true, false, 0},
	{"expenditure", NULL, true, false, 0},
	{"appropriation", NULL, true, false, 0},
	{"supplementary", NULL, true, false, 0},
	{"commitment_authority", NULL, true, false, 0},
	{"appropriation_excl_shared", "without shared", true, false, 0},
	{"proposed", NULL, true, false, 0},
	{"credit_returned", NULL, true, false, 0},
	{"cost_sharing", NULL, true, false, 0},
	{"capacity_building", NULL, true, false, 0},
	{"financing", NULL, false, false, 0},
	{"precision", NULL, false, false, 0}};
const struct ctl_view ctl_view_money = {.what = MANDATE__ROW__WHAT_MONEY,
					.title = "money",
					CTL_VIEW_COLUMNS(money_columns),
					.print = print_money};

enum ctl_exit ctl_agenda_money(struct ctl *c)
{
	Mandate__Query query = MANDATE__QUERY__INIT;
	Mandate__MoneyQuery money = MANDATE__MONEY_QUERY__INIT;

	money.operation = c->argument_count ? c->arguments[0] : NULL;
	money.has_all = money.all = (c->given & CTL_ALL) != 0;
	query.ask_case = MANDATE__QUERY__ASK_MONEY;
	query.money = &money;
	return ctl_view_ask(c, &query, &ctl_view_money, 1);
}

/* --- priorities: a line an item -------------------------------------------------------------- */

static void print_item(struct output_rows *rows, const Mandate__PrioritiesRow *r,
		       const Mandate__PriorityOn *on)
{
	const Mandate__Priority *item = on->item;

	output_text(rows, r->operation);
	output_number(rows, true, item->rank);
	output_text(rows, item->task);
	output_text(rows, item->lead);
	ctl_view_list(rows, item->supporting, item->n_supporting);
	ctl_view_name(rows, &mandate__priority_state__descriptor, on->has_state, (int)on->state);
	ctl_view_list(rows, on->silent, on->n_silent);
	output_day(rows, item->has_due, item->due);
	output_text(rows, r->document);
	output_number(rows, true, r->version);
	output_day(rows, r->has_date, r->date);
	output_bool(rows, true, r->endorsed);
	output_day(rows, r->has_endorsed_on, r->endorsed_on);
	output_bool(rows, r->has_inferred, r->inferred);
	output_text(rows, item->indicator);
	output_row_end(rows);
}

static void print_priorities(struct output_rows *rows, const Mandate__Row *row)
{
	for (size_t i = 0; i < row->priorities->n_items; i++)
		print_item(rows, row->priorities, row->priorities->items[i]);
}

enum ctl_exit ctl_agenda_priorities(struct ctl *c)
{
	static const struct output_column columns[] = {
		{"operation", NULL, false, false, 0},	 {"rank", "", true, false, 0},
		{"task", NULL, false, true, 0},		 {"lead", NULL, false, false, 0},
		{"supporting", "with", false, false, 0}, {"state", NULL, false, false, 0},
		{"silent", NULL, false, true, 0},	 {"due", NULL, false, false, 0},
		{"document", "by", false, false, 0},	 {"version", NULL, true, false, 0},
		{"date", NULL, false, false, 0},	 {"endorsed", NULL, false, false, 0},
		{"endorsed_on", "on", false, false, 0},	 {"inferred", NULL, false, false, 0},
		{"indicator", NULL, false, true, 0}};
	static const struct ctl_view view = {.what = MANDATE__ROW__WHAT_PRIORITIES,
					     CTL_VIEW_COLUMNS(columns),
					     .print = print_priorities};
	Mandate__Query query = MANDATE__QUERY__INIT;
	Mandate__PrioritiesQuery ask = MANDATE__PRIORITIES_QUERY__INIT;

	ask.operation = c->argument_count ? c->arguments[0] : NULL;
	query.ask_case = MANDATE__QUERY__ASK_PRIORITIES;
	query.priorities = &ask;
	return ctl_view_ask(c, &query, &view, 1);
}
