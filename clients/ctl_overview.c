/* Every operation in a line, and all of them together below. */
#include "ctl_view.h"
#include "ctl_words.h"
#include "json.h"
#include "model/names.h"

#include <stdlib.h>

struct overview {
	struct ctl_viewing viewing;
	Mandate__Scope *scope; /* a copy: it comes first and is printed last */
	bool failed;
};

static void print_operation(struct output_rows *rows, const Mandate__Row *row)
{
	const Mandate__Overview *o = row->overview;
	struct words age = {0};

	words_age(&age, o->has_age_days ? o->age_days : 0);
	output_text(rows, o->operation);
	ctl_view_name(rows, &mandate__mandate_status__descriptor, true, (int)o->status);
	ctl_view_until(rows, o->open_ended, o->has_valid_until, o->valid_until);
	output_number(rows, o->has_military, o->military);
	output_number(rows, o->has_military_ceiling, o->military_ceiling);
	output_number(rows, o->has_police, o->police);
	output_number(rows, o->has_police_ceiling, o->police_ceiling);
	/* What is open, and nothing where nothing is. */
	output_number(rows, o->has_alarms && o->alarms, o->alarms);
	output_number(rows, o->has_alerts, o->alerts);
	output_number(rows, o->has_estimate, o->estimate);
	output_number(rows, o->has_contributors, o->contributors);
	output_number(rows, o->has_uniformed, o->uniformed);
	/* People see the sum of two ceilings from where they stand. */
	output_number(rows,
		      o->has_uniformed_ceiling && !o->has_military_ceiling &&
			      !o->has_police_ceiling,
		      o->uniformed_ceiling);
	output_number(rows, o->has_uniformed_ceiling, o->uniformed_ceiling);
	output_number(rows, o->has_civilians, o->civilians);
	output_day(rows, o->has_as_of, o->as_of);
	output_text(rows, age.len ? age.text : NULL);
	output_number(rows, o->has_age_days, o->age_days);
	output_number(rows, o->has_gap && o->gap, o->gap);
	output_signed(rows, o->has_authorized, o->authorized);
	output_text(rows, o->currency);
	ctl_view_name(rows, &mandate__money_state__descriptor, o->has_money_state,
		      (int)o->money_state);
	ctl_view_name(rows, &mandate__consent_state__descriptor, o->has_consent, (int)o->consent);
	output_text(rows, o->document);
	ctl_view_list(rows, o->hosts, o->n_hosts);
	output_text(rows, o->lead);
	output_number(rows, o->has_corrections, o->corrections);
	output_number(rows, o->has_women, o->women);
	output_number(rows, o->has_women_of, o->women_of);
	output_number(rows, o->has_warnings, o->warnings);
	output_day(rows, o->has_secured_until, o->secured_until);
	output_day(rows, o->has_period_start, o->period_start);
	output_day(rows, o->has_period_end, o->period_end);
	ctl_view_name(rows, &mandate__operation_kind__descriptor, o->has_kind, (int)o->kind);
	output_text(rows, o->full_name);
	output_row_end(rows);
}

static const struct output_column columns[] = {
	{"operation", NULL, false, false, 0},
	{"status", NULL, false, false, 0},
	{"valid_until", NULL, false, false, 0},
	{"military", NULL, true, false, 0},
	{"military_ceiling", "of", true, false, 0},
	{"police", NULL, true, false, 0},
	{"police_ceiling", "of", true, false, 0},
	{"alarms", NULL, true, false, 0},
	{"alerts", NULL, true, false, 0},
	{"estimate", NULL, true, false, 0},
	{"contributors", "from", true, false, 0},
	{"uniformed", NULL, true, false, 0},
	{"uniformed_ceiling", "of", true, false, OUTPUT_TABLE},
	{"uniformed_ceiling", NULL, true, false, OUTPUT_CSV},
	{"civilians", NULL, true, false, 0},
	{"as_of", NULL, false, false, 0},
	{"age", "", false, false, OUTPUT_TABLE},
	{"age_days", NULL, true, false, OUTPUT_CSV},
	{"gap", NULL, true, false, 0},
	{"authorized", NULL, true, false, 0},
	{"currency", "", false, false, 0},
	{"money_state", "money", false, false, 0},
	{"consent", NULL, false, false, 0},
	{"document", NULL, false, false, 0},
	{"hosts", NULL, false, true, 0},
	{"lead", NULL, false, false, 0},
	{"corrections", NULL, true, false, OUTPUT_CSV},
	{"women", NULL, true, false, OUTPUT_CSV},
	{"women_of", NULL, true, false, OUTPUT_CSV},
	{"warnings", NULL, true, false, OUTPUT_CSV},
	{"secured_until", NULL, false, false, OUTPUT_CSV},
	{"period_start", NULL, false, false, OUTPUT_CSV},
	{"period_end", NULL, false, false, OUTPUT_CSV},
	{"kind", NULL, false, false, OUTPUT_CSV},
	{"full_name", NULL, false, false, OUTPUT_CSV}};

/* --- all together ---------------------------------------------------------------------------- */

static void keep_scope(struct overview *o, const Mandate__Scope *scope)
{
	size_t size = mandate__scope__get_packed_size(scope);
	uint8_t *bytes = o->scope ? NULL : malloc(size + 1);

	if (o->scope)
		return;
	if (bytes) {
		mandate__scope__pack(scope, bytes);
		o->scope = mandate__scope__unpack(NULL, size, bytes);
	}
	free(bytes);
	o->failed |= !o->scope;
}

static void on_row(void *context, const Mandate__Row *row)
{
	struct overview *o = context;

	if (row->what_case != MANDATE__ROW__WHAT_SCOPE)
		ctl_view_row(&o->viewing, row);
	else if (o->viewing.c->format == OUTPUT_JSON)
		o->failed |= output_json(json_pack("{so}", "scope",
						   json_of_row(&row->scope->base))) != STATUS_OK;
	else if (o->viewing.c->format == OUTPUT_TABLE)
		keep_scope(o, row->scope);
}

/* "23 political", and what stands between it and the one before. */
static void add_count(struct words *w, bool has, uint64_t count, const char *what)
{
	if (!has || count == 0)
		return;
	words_add(w, "%s", w->len ? ", " : "");
	words_number(w, count);
	words_add(w, " %s", what);
}

static void print_words(const char *before, const struct words *w)
{
	if (w->len == 0)
		return;
	fputs(before, stdout);
	output_print(stdout, w->text);
	putchar('\n');
}

static void print_money(const Mandate__Scope *s)
{
	struct words w = {0};

	for (size_t i = 0; i < s->n_authorized; i++) {
		char text[OUTPUT_NUMBER_BYTES];

		words_add(&w, "%s%s %s", i ? ", " : "",
			  output_grouped_signed(text, s->authorized[i]->amount),
			  s->authorized[i]->currency);
	}
	print_words("authorized   ", &w);
}

static void print_people(const Mandate__Scope *s)
{
	struct words w = {0}, age = {0};

	add_count(&w, s->has_military, s->military, "military");
	add_count(&w, s->has_police, s->police, "police");
	if (s->has_uniformed && s->uniformed > s->military + s->police)
		add_count(&w, true, s->uniformed, "uniformed in all");
	add_count(&w, s->has_women, s->women, "of them women");
	add_count(&w, s->has_corrections, s->corrections, "corrections officers");
	add_count(&w, s->has_civilians, s->civilians, "civilians");
	print_words("UN           ", &w);
	if (s->has_as_of) {
		w = (struct words){0};
		words_day(&w, s->as_of);
		words_age(&age, s->on > s->as_of ? (uint32_t)(s->on - s->as_of) : 0);
		words_add(&w, "%s%s%s", age.len ? " (" : "", age.text, age.len ? ")" : "");
		print_words("oldest count ", &w);
	}
	w = (struct words){0};
	add_count(&w, s->has_partner_uniformed, s->partner_uniformed, "uniformed");
	print_words("partners     ", &w);
	w = (struct words){0};
	add_count(&w, s->has_estimate, s->estimate, "by maps");
	print_words("estimate     ", &w);
}

static void print_scope(const Mandate__Scope *s)
{
	struct words w = {0}, kinds = {0};

	putchar('\n');
	add_count(&kinds, s->has_peacekeeping, s->peacekeeping, "peacekeeping");
	add_count(&kinds, s->has_political, s->political, "political");
	add_count(&kinds, s->has_partner, s->partner, "of partners");
	words_number(&w, s->operations);
	words_add(&w, " on ");
	words_day(&w, s->on);
	words_add(&w, "%s%s", kinds.len ? ": " : "", kinds.text);
	print_words("operations   ", &w);
	w = (struct words){0};
	add_count(&w, s->has_hosts, s->hosts, "hosts");
	add_count(&w, s->has_contributors, s->contributors, "contributors");
	print_words("States       ", &w);
	print_people(s);
	if (s->next_ending) {
		w = (struct words){0};
		words_add(&w, "%s ", s->next_ending);
		words_day(&w, s->next_end);
		print_words("ends next    ", &w);
	}
	print_money(s);
	w = (struct words){0};
	add_count(&w, s->has_gap, s->gap, "required and not pledged");
	print_words("gap          ", &w);
	w = (struct words){0};
	words_number(&w, s->alerts);
	add_count(&w, s->has_alarms, s->alarms, "alarm");
	add_count(&w, s->has_warnings, s->warnings, "warn");
	print_words("alerts open  ", &w);
}

enum ctl_exit ctl_overview(struct ctl *c)
{
	static const struct ctl_view view = {.what = MANDATE__ROW__WHAT_OVERVIEW,
					     CTL_VIEW_COLUMNS(columns),
					     .print = print_operation};
	struct overview o = {.scope = NULL};
	Mandate__Query query = MANDATE__QUERY__INIT;
	Mandate__OverviewQuery overview = MANDATE__OVERVIEW_QUERY__INIT;

	query.ask_case = MANDATE__QUERY__ASK_OVERVIEW;
	query.overview = &overview;
	enum ctl_exit status = ctl_view_begin(&o.viewing, c, &view, 1);
	if (status == CTL_DONE)
		status = ctl_ask(c, &query, on_row, &o, NULL);
	o.viewing.failed |= o.failed;
	status = ctl_view_end(&o.viewing, status);
	if (status == CTL_DONE && o.scope)
		print_scope(o.scope);
	if (status == CTL_DONE)
		ctl_tell_restricted(c);
	if (o.scope)
		mandate__scope__free_unpacked(o.scope, NULL);
	return status;
}
