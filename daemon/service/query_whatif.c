/* What-if: changes are planned as a submission's would be, and nothing is written. The homes that
 * they touch are then looked at with and without them. */
#include "service/query_days.h"
#include "service/whatif.h"

#include "model/codec.h"
#include "model/record.h"
#include "rules/alert.h"

#include <stdlib.h>

/* Who sends what nobody sends. */
static const char nobody[] = "what-if";

enum status query_whatif_add(struct whatif *w, enum whatif_section section, int32_t day,
			     Mandate__WhatIf__WhatCase what, const ProtobufCMessage *message)
{
	if (w->count == WHATIF_ROWS_MAX)
		return query_page_refuse(w->page, MANDATE__CODE__CODE_LIMIT, "query.whatif",
					 "more than %d consequences: ask about fewer changes or "
					 "days",
					 WHATIF_ROWS_MAX);
	if (w->count == w->room) {
		size_t room = w->room ? 2 * w->room : 64;
		struct whatif_row *rows = arena_calloc(w->a, room, sizeof *rows);

		if (!rows)
			return STATUS_NO_MEMORY;
		if (w->count)
			memcpy(rows, w->rows, w->count * sizeof *rows);
		w->rows = rows;
		w->room = room;
	}
	struct whatif_row *row = &w->rows[w->count];
	*row = (struct whatif_row){.section = section, .day = day, .number = w->count};
	mandate__what_if__init(&row->what);
	row->what.what_case = what;
	row->what.refusal = codec_copy(w->a, message); /* any member: all are pointers */
	if (!row->what.refusal)
		return STATUS_NO_MEMORY;
	w->count++;
	return STATUS_OK;
}

enum status query_whatif_clash(struct whatif *w, size_t change, const char *text,
			       Mandate__Kind kind, const char *key)
{
	Mandate__Clash clash = MANDATE__CLASH__INIT;
	char *record = arena_printf(w->a, "%s %s", record_kind_name(kind), key);

	if (!record || !text)
		return STATUS_NO_MEMORY;
	clash.has_change = change != SIZE_MAX;
	clash.change = clash.has_change ? (uint32_t)change : 0;
	clash.text = codec_borrow(text);
	clash.records = &record;
	clash.n_records = 1;
	return query_whatif_add(w, WHATIF_CLASHES, w->page->on, MANDATE__WHAT_IF__WHAT_CLASH,
				&clash.base);
}

enum status query_whatif_alert(struct whatif *w, int32_t day, Mandate__AlertAct act,
			       Mandate__Alert *alert, Mandate__CloseReason reason)
{
	Mandate__AlertChange change = MANDATE__ALERT_CHANGE__INIT;
	bool sees;

	enum status s = query_view_sees_alert(w->page, alert, &sees);
	if (s != STATUS_OK || !sees)
		return s;
	change.act = act;
	change.alert = alert;
	change.has_reason = reason != 0;
	change.reason = reason;
	change.on = day;
	return query_whatif_add(w, WHATIF_ALERTS, day, MANDATE__WHAT_IF__WHAT_ALERT, &change.base);
}

/* --- planning ------------------------------------------------------------------------------------
 */

/* Older rules decide on the first kinds only; STATUS_REFUSED as apply_plan. */
static enum status check_decided(struct whatif *w, const Mandate__Change *change)
{
	struct apply *plan = &w->plan;

	if (record_kind(change->record) <= machine_kind_last(plan->rules))
		return STATUS_OK;
	plan->refusal.code = MANDATE__CODE__CODE_VERSION;
	plan->refusal.has_change = true;
	plan->refusal.change = (uint32_t)plan->planned;
	plan->refusal.field = codec_borrow("record");
	plan->refusal.text =
		codec_borrow("this daemon's rules do not decide on this kind of record");
	return STATUS_REFUSED;
}

static enum status plan_changes(struct whatif *w, const Mandate__WhatIfQuery *q)
{
	struct page *p = w->page;
	struct apply *plan = &w->plan;
	enum status s = STATUS_OK;

	*plan = (struct apply){.txn = p->txn,
			       .revision = p->revision,
			       .a = w->a,
			       .rules = p->parameters->rules,
			       .office = nobody,
			       .authority = {.office = p->who.office, .day = p->who.day},
			       .next_revision = p->revision + 1,
			       .refusal = MANDATE__REFUSAL__INIT};
	plan->plans = arena_calloc(w->a, q->n_changes + 1, sizeof *plan->plans);
	if (!plan->plans)
		return STATUS_NO_MEMORY;
	homes_init_over(&plan->homes, p->txn, &p->view, plan->rules, w->a);
	for (size_t i = 0; s == STATUS_OK && i < q->n_changes; i++) {
		s = query_page_breathe(p);
		if (s == STATUS_OK)
			s = check_decided(w, q->changes[i]);
		if (s == STATUS_OK)
			s = apply_plan(plan, q->changes[i]);
	}
	if (s == STATUS_REFUSED)
		return query_whatif_add(w, WHATIF_RESULTS, p->on, MANDATE__WHAT_IF__WHAT_REFUSAL,
					&plan->refusal.base);
	return s;
}

static enum status add_results(struct whatif *w)
{
	enum status s = STATUS_OK;

	for (size_t i = 0; s == STATUS_OK && i < w->plan.planned; i++) {
		const struct plan *plan = &w->plan.plans[i];
		Mandate__ChangeResult result = MANDATE__CHANGE_RESULT__INIT;

		result.has_revision = result.has_edition = true;
		result.revision = plan->revision;
		result.has_unchanged = result.unchanged = plan->unchanged;
		result.edition = plan->edition;
		s = query_whatif_add(w, WHATIF_RESULTS, w->page->on, MANDATE__WHAT_IF__WHAT_RESULT,
				     &result.base);
		if (s == STATUS_OK && !plan->unchanged && !plan->holds &&
		    plan->edition < plan->next.edition)
			s = query_whatif_clash(
				w, i,
				"a higher edition is on record and holds: this one is kept "
				"beside it",
				plan->kind, plan->key);
	}
	return s;
}

/* The day asked for, and those that the changes name, as far as they are judged. */
static enum status choose_days(struct whatif *w)
{
	struct query_days days = {.a = w->a};
	enum status s = STATUS_OK;
	size_t count = 1;

	for (size_t i = 0; s == STATUS_OK && i < w->plan.planned; i++)
		s = query_days_add(&days, &w->plan.plans[i].change->record->base);
	if (s != STATUS_OK)
		return s;
	query_days_sort(&days);
	int32_t *chosen = arena_calloc(w->a, WHATIF_SHOWN_MAX, sizeof *chosen);
	if (!chosen)
		return STATUS_NO_MEMORY;
	chosen[0] = w->page->on;
	for (size_t i = 0; i < days.count && count < WHATIF_SHOWN_MAX; i++)
		if (days.days[i] > w->page->on && days.days[i] <= w->last)
			chosen[count++] = days.days[i];
	w->days = chosen;
	w->day_count = count;
	return STATUS_OK;
}

/* --- homes ---------------------------------------------------------------------------------------
 */

void query_whatif_enter(struct whatif *w, bool with_changes)
{
	w->page->view = with_changes ? w->plan.homes.view : w->plan.homes.base;
}

static enum status look_at(struct whatif *w, struct whatif_home *h)
{
	struct page *p = w->page;
	struct dossier *built;

	h->was = h->would = (struct page_operation){.page = p, .name = h->name};
	enum status s = query_page_dossier(p, h->name, &h->was.dossier, &built);
	if (s != STATUS_OK)
		return s;
	s = dossier_new(&w->plan.homes.view, &p->scratch, h->name, &h->would.dossier);
	if (s == STATUS_OK) {
		s = whatif_find_clashes(w, h);
		if (s == STATUS_OK)
			s = whatif_judge(w, h);
		if (s == STATUS_OK)
			s = whatif_compare(w, h);
		dossier_free(h->would.dossier);
	}
	query_whatif_enter(w, false);
	dossier_free(built);
	return s;
}

/* Each home that the changes touch, once. */
static enum status look_at_homes(struct whatif *w)
{
	const struct homes *homes = &w->plan.homes;
	enum status s = STATUS_OK;

	for (size_t i = 0; s == STATUS_OK && i < homes->put_count; i++) {
		struct whatif_home h = {.name = homes->puts[i].home};
		bool seen = false;

		for (size_t k = 0; k < i && !seen; k++)
			seen = strcmp(homes->puts[k].home, h.name) == 0;
		if (seen)
			continue;
		for (size_t k = 0; k < w->plan.planned; k++) {
			const struct plan *plan = &w->plan.plans[k];
			size_t end = k + 1 < w->plan.planned ? plan[1].puts : homes->put_count;

			for (size_t m = plan->puts; m < end; m++)
				h.corrected |= plan->replaces && !homes->puts[m].brought &&
					       strcmp(homes->puts[m].home, h.name) == 0;
		}
		s = look_at(w, &h);
	}
	return s;
}

/* --- the answer ----------------------------------------------------------------------------------
 */

static int compare_rows(const void *x, const void *y)
{
	const struct whatif_row *a = x, *b = y;

	if (a->section != b->section)
		return a->section < b->section ? -1 : 1;
	if (a->day != b->day)
		return a->day < b->day ? -1 : 1;
	if (a->section == WHATIF_ALERTS) {
		const Mandate__Alert *m = a->what.alert->alert, *n = b->what.alert->alert;
		int order = strcmp(m->key, n->key);

		if (m->code != n->code)
			return m->code < n->code ? -1 : 1;
		if (order)
			return order;
	}
	return a->number < b->number ? -1 : a->number > b->number;
}

static enum status give_rows(struct whatif *w)
{
	struct page *p = w->page;
	enum status s = STATUS_OK;

	if (w->count > 1)
		qsort(w->rows, w->count, sizeof *w->rows, compare_rows);
	for (uint64_t i = p->place.number; s == STATUS_OK && i < w->count; i++) {
		struct place place = query_page_place("", i + 1);
		Mandate__Row *row = arena_alloc(p->arena, sizeof *row);

		if (!row)
			return STATUS_NO_MEMORY;
		mandate__row__init(row);
		row->what_case = MANDATE__ROW__WHAT_WHAT_IF;
		row->what_if = codec_copy(p->arena, &w->rows[i].what.base);
		s = row->what_if ? query_page_row(p, &place, row) : STATUS_NO_MEMORY;
	}
	return s;
}

/* Every page works it all out again: nothing is kept between them. */
enum status query_whatif_rows(struct page *p)
{
	const Mandate__WhatIfQuery *q = p->query->whatif;
	int32_t days = q->has_days ? (int32_t)q->days : 0;
	struct whatif w = {.page = p, .a = &p->keys, .last = p->on};

	if (days > WHATIF_DAYS_MAX || q->n_changes > CHANGES_PER_SUBMISSION_MAX)
		return query_page_refuse(p, MANDATE__CODE__CODE_LIMIT, "query.whatif",
					 "at most %d changes and %d days",
					 CHANGES_PER_SUBMISSION_MAX, WHATIF_DAYS_MAX);
	w.last = p->on + days;
	enum status s = plan_changes(&w, q);
	if (s == STATUS_OK && !w.count) {
		s = add_results(&w);
		if (s == STATUS_OK)
			s = choose_days(&w);
		if (s == STATUS_OK)
			s = whatif_judge_clashes(&w);
		if (s == STATUS_OK)
			s = look_at_homes(&w);
	}
	return s == STATUS_OK ? give_rows(&w) : s;
}
