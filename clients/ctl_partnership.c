/* Who works with whom: lineage, functions, arrangements, partners. */
#include "ctl_view.h"
#include "ctl_words.h"
#include "json.h"
#include "model/names.h"

/* --- lineage --------------------------------------------------------------------------------- */

static void print_lineage(struct output_rows *rows, const Mandate__Row *row)
{
	const Mandate__LineageRow *l = row->lineage;

	output_signed(rows, l->has_distance, l->distance);
	output_text(rows, l->operation);
	output_text(rows, l->other_operation);
	ctl_view_name(rows, &mandate__arrangement_kind__descriptor, true, (int)l->kind);
	output_day(rows, l->has_day, l->day);
	ctl_view_name(rows, &mandate__arrangement_state__descriptor, l->has_state, (int)l->state);
	output_day(rows, l->has_last_day, l->last_day);
	output_day(rows, l->has_first_day, l->first_day);
	output_bool(rows, l->has_rehatting, l->rehatting);
	output_text(rows, l->arrangement);
	output_row_end(rows);
}

enum ctl_exit ctl_partnership_lineage(struct ctl *c)
{
	static const struct output_column columns[] = {
		{"distance", NULL, true, false, OUTPUT_CSV},
		{"operation", "from", false, false, 0},
		{"other_operation", "to", false, false, 0},
		{"kind", NULL, false, false, 0},
		{"day", NULL, false, false, 0},
		{"state", NULL, false, false, 0},
		{"last_day", "old one until", false, false, 0},
		{"first_day", "new one since", false, false, 0},
		{"rehatting", "re-hatting", false, false, 0},
		{"arrangement", NULL, false, false, 0}};
	static const struct ctl_view view = {.what = MANDATE__ROW__WHAT_LINEAGE,
					     CTL_VIEW_COLUMNS(columns),
					     .print = print_lineage};
	Mandate__Query query = MANDATE__QUERY__INIT;
	Mandate__LineageQuery lineage = MANDATE__LINEAGE_QUERY__INIT;

	lineage.operation = c->arguments[0];
	query.ask_case = MANDATE__QUERY__ASK_LINEAGE;
	query.lineage = &lineage;
	return ctl_view_ask(c, &query, &view, 1);
}

/* --- functions ------------------------------------------------------------------------------- */

static void print_function(struct output_rows *rows, const Mandate__Row *row)
{
	const Mandate__FunctionRow *f = row->function;

	output_text(rows, f->function);
	output_text(rows, f->area);
	output_text(rows, f->operation);
	output_text(rows, f->operation ? f->operation : "nobody");
	ctl_view_list(rows, f->parties, f->n_parties);
	output_day(rows, f->has_from, f->from);
	output_day(rows, f->has_until, f->until);
	output_bool(rows, f->contested, f->contested);
	output_text(rows, f->record);
	output_row_end(rows);
}

enum ctl_exit ctl_partnership_function(struct ctl *c)
{
	static const struct output_column columns[] = {
		{"function", NULL, false, false, 0},
		{"area", NULL, false, false, 0},
		{"operation", NULL, false, false, OUTPUT_CSV},
		{"holder", NULL, false, false, OUTPUT_TABLE},
		{"parties", "for", false, false, 0},
		{"from", NULL, false, false, 0},
		{"until", NULL, false, false, 0},
		{"contested", NULL, false, false, 0},
		{"record", "by", false, true, 0}};
	static const struct ctl_view view = {.what = MANDATE__ROW__WHAT_FUNCTION,
					     CTL_VIEW_COLUMNS(columns),
					     .print = print_function};
	Mandate__Query query = MANDATE__QUERY__INIT;
	Mandate__FunctionQuery function = MANDATE__FUNCTION_QUERY__INIT;

	function.function = c->arguments[0];
	function.area = c->area;
	query.ask_case = MANDATE__QUERY__ASK_FUNCTION;
	query.function = &function;
	return ctl_view_ask(c, &query, &view, 1);
}

/* --- arrangements ---------------------------------------------------------------------------- */

/* "UN+AU; EU": sides apart, parties of one side together. */
static void print_sides(struct output_rows *rows, const Mandate__Arrangement *a)
{
	struct words w = {0};

	for (size_t i = 0; a && i < a->n_sides; i++)
		for (size_t k = 0; k < a->sides[i]->n_parties; k++)
			words_add(&w, "%s%s", k ? "+" : i ? "; " : "", a->sides[i]->parties[k]);
	output_text(rows, w.len ? w.text : NULL);
}

/* "AU 2007-12-31, UN 2007-12-31 inferred" */
static void print_acceptances(struct output_rows *rows, const Mandate__ArrangementRow *r)
{
	struct words w = {0};

	for (size_t i = 0; i < r->n_acceptances; i++) {
		const Mandate__Acceptance *a = r->acceptances[i];

		words_add(&w, "%s%s ", i ? ", " : "", a->party);
		if (a->has_day)
			words_day(&w, a->day);
		if (a->has_reply && a->reply == MANDATE__REPLY__REPLY_DECLINED)
			words_add(&w, " declined");
		words_add(&w, "%s", a->inferred ? " inferred" : "");
	}
	output_text(rows, w.len ? w.text : NULL);
}

static void print_arrangement(struct output_rows *rows, const Mandate__Row *row)
{
	const Mandate__ArrangementRow *r = row->arrangement;
	const Mandate__Arrangement *a = r->record;

	output_text(rows, r->arrangement);
	output_day(rows, true, r->on);
	ctl_view_name(rows, &mandate__arrangement_kind__descriptor, a && a->has_kind,
		      a ? (int)a->kind : 0);
	ctl_view_name(rows, &mandate__arrangement_state__descriptor, true, (int)r->state);
	print_sides(rows, a);
	output_day(rows, r->has_in_effect_from, r->in_effect_from);
	output_day(rows, r->has_until, r->until);
	ctl_view_list(rows, r->waiting_for, r->n_waiting_for);
	output_text(rows, a ? a->operation : NULL);
	output_text(rows, a ? a->other_operation : NULL);
	ctl_view_list(rows, a ? a->functions : NULL, a ? a->n_functions : 0);
	output_text(rows, a ? a->area : NULL);
	output_text(rows, a ? a->subject : NULL);
	print_acceptances(rows, r);
	output_text(rows, a ? a->legal_basis : NULL);
	output_row_end(rows);
}

static const struct output_column arrangement_columns[] = {
	{"arrangement", NULL, false, false, 0}, {"on", NULL, false, false, OUTPUT_CSV},
	{"kind", NULL, false, false, 0},	{"state", NULL, false, false, 0},
	{"parties", NULL, false, false, 0},	{"in_effect_from", "from", false, false, 0},
	{"until", NULL, false, false, 0},	{"waiting_for", NULL, false, false, 0},
	{"operation", NULL, false, false, 0},	{"other_operation", "other", false, false, 0},
	{"functions", NULL, false, true, 0},	{"area", NULL, false, false, 0},
	{"subject", NULL, false, true, 0},	{"acceptances", "accepted", false, true, 0},
	{"legal_basis", NULL, false, true, 0}};
static const struct ctl_view arrangements = {.what = MANDATE__ROW__WHAT_ARRANGEMENT,
					     .title = "arrangements",
					     CTL_VIEW_COLUMNS(arrangement_columns),
					     .print = print_arrangement};

enum ctl_exit ctl_partnership_arrangements(struct ctl *c)
{
	Mandate__Query query = MANDATE__QUERY__INIT;
	Mandate__ArrangementsQuery ask = MANDATE__ARRANGEMENTS_QUERY__INIT;

	ask.operation = c->argument_count ? c->arguments[0] : NULL;
	ask.party = c->party;
	query.ask_case = MANDATE__QUERY__ASK_ARRANGEMENTS;
	query.arrangements = &ask;
	return ctl_view_ask(c, &query, &arrangements, 1);
}

/* --- a partner ------------------------------------------------------------------------------- */

static void print_partner(struct output_rows *rows, const Mandate__Row *row)
{
	const Mandate__Record *record = row->version->record;
	const Mandate__Partner *p =
		record && record->content_case == MANDATE__RECORD__CONTENT_PARTNER ? record->partner
										   : NULL;

	output_text(rows, row->version->key);
	output_text(rows, p ? p->name : NULL);
	ctl_view_name(rows, &mandate__partner_kind__descriptor, p && p->has_kind,
		      p ? (int)p->kind : 0);
	output_text(rows, p ? p->seat : NULL);
	output_text(rows, p ? p->iso3 : NULL);
	output_number(rows, true, row->version->revision);
	output_row_end(rows);
}

static json_t *json_of_version(const Mandate__Row *row)
{
	return json_of_message(&row->version->base);
}

static void print_role(struct output_rows *rows, const Mandate__Row *row)
{
	const Mandate__RoleRow *r = row->role;

	output_text(rows, r->partner);
	ctl_view_name(rows, &mandate__role__descriptor, true, (int)r->role);
	output_text(rows, r->operation);
	output_day(rows, r->has_from, r->from);
	output_day(rows, r->has_until, r->until);
	output_signed(rows, r->has_amount, r->amount);
	output_text(rows, r->currency);
	output_text(rows, r->record);
	output_row_end(rows);
}

enum ctl_exit ctl_partnership_partner(struct ctl *c)
{
	static const struct output_column partner_columns[] = {
		{"code", NULL, false, false, 0}, {"name", NULL, false, true, 0},
		{"kind", NULL, false, false, 0}, {"seat", NULL, false, false, 0},
		{"iso3", NULL, false, false, 0}, {"revision", NULL, true, false, OUTPUT_CSV}};
	static const struct output_column role_columns[] = {
		{"partner", NULL, false, false, OUTPUT_CSV},
		{"role", NULL, false, false, 0},
		{"operation", NULL, false, false, 0},
		{"from", NULL, false, false, 0},
		{"until", NULL, false, false, 0},
		{"amount", NULL, true, false, 0},
		{"currency", "", false, false, 0},
		{"record", "by", false, true, 0}};
	const struct ctl_view views[] = {{.what = MANDATE__ROW__WHAT_VERSION,
					  CTL_VIEW_COLUMNS(partner_columns),
					  .print = print_partner,
					  .json = json_of_version},
					 {.what = MANDATE__ROW__WHAT_ROLE,
					  .title = "roles",
					  CTL_VIEW_COLUMNS(role_columns),
					  .print = print_role},
					 arrangements};
	Mandate__Query query = MANDATE__QUERY__INIT;
	Mandate__PartnerQuery partner = MANDATE__PARTNER_QUERY__INIT;

	partner.code = c->arguments[0];
	query.ask_case = MANDATE__QUERY__ASK_PARTNER;
	query.partner = &partner;
	return ctl_view_ask(c, &query, views, sizeof views / sizeof *views);
}
