/* Arrangements, the chain of operations that follow each other, and who holds a function. */
#include "service/query_days.h"

#include "model/codec.h"
#include "model/record.h"
#include "rules/arrangement.h"
#include "rules/function.h"
#include "rules/home.h"
#include "rules/lineage.h"

#include <stdio.h>

/* --- arrangements --------------------------------------------------------------------------------
 */

/* Is it known on the day? What is not dated is there from the beginning. */
static bool has_begun(const Mandate__Arrangement *a, const Mandate__Acceptance *const *answers,
		      size_t count, int32_t day)
{
	int32_t first = DAY_INFINITE;

	if (a->has_proposed)
		return a->proposed <= day;
	for (size_t i = 0; i < count; i++)
		if (answers[i]->day < first)
			first = answers[i]->day;
	return first == DAY_INFINITE || first <= day;
}

/* The longest of all would not fit a page: then without what its records say. */
static void make_fit(Mandate__ArrangementRow *row)
{
	enum { BYTES_MAX = PAGE_ROWS_BYTES - 64 };

	if (mandate__arrangement_row__get_packed_size(row) > BYTES_MAX)
		row->record = NULL;
	if (mandate__arrangement_row__get_packed_size(row) > BYTES_MAX)
		row->n_acceptances = 0;
}

static enum status fill_row(struct page *p, const Mandate__Arrangement *a,
			    const Mandate__Acceptance *const *answers, size_t count,
			    Mandate__ArrangementRow *row)
{
	struct arrangement_life life = arrangement_fold(a, answers, count);
	const char *const *waiting;

	mandate__arrangement_row__init(row);
	row->arrangement = a->arrangement;
	row->on = p->on;
	row->state = arrangement_state(&life, p->on);
	row->record = (Mandate__Arrangement *)(uintptr_t)a;
	row->has_in_effect_from = life.effective_from != DAY_INFINITE;
	row->in_effect_from = row->has_in_effect_from ? life.effective_from : 0;
	row->has_until = life.last_day != DAY_INFINITE;
	row->until = row->has_until ? life.last_day : 0;
	row->acceptances = arena_calloc(&p->scratch, count + 1, sizeof *row->acceptances);
	if (!row->acceptances)
		return STATUS_NO_MEMORY;
	for (size_t i = 0; i < count; i++)
		if (answers[i]->day <= p->on)
			row->acceptances[row->n_acceptances++] =
				(Mandate__Acceptance *)(uintptr_t)answers[i];
	enum status s = arrangement_waits_for(&p->scratch, a, answers, count, p->on, &waiting,
					      &row->n_waiting_for);
	row->waiting_for = (char **)(uintptr_t)waiting;
	make_fit(row);
	return s;
}

static enum status one_arrangement(struct page *p, const char *key, const char *operation,
				   const char *party, const struct place *place)
{
	const Mandate__Acceptance *const *answers;
	Mandate__ArrangementRow message;
	struct view_fact fact;
	size_t count;
	enum status s =
		view_get(&p->view, &p->scratch, MANDATE__KIND__KIND_ARRANGEMENT, key, &fact);

	if (s == STATUS_NOT_FOUND || (s == STATUS_OK && !fact.record))
		return STATUS_OK;
	if (s != STATUS_OK)
		return s;
	const Mandate__Arrangement *a = fact.record->arrangement;
	if (operation && (!a->operation || strcmp(a->operation, operation) != 0) &&
	    (!a->other_operation || strcmp(a->other_operation, operation) != 0))
		return STATUS_OK;
	if (party && !arrangement_names(a, party))
		return STATUS_OK;
	s = arrangement_read(&p->view, &p->scratch, a, &answers, &count);
	if (s != STATUS_OK || !has_begun(a, answers, count, p->on))
		return s;
	s = fill_row(p, a, answers, count, &message);
	if (s != STATUS_OK)
		return s;
	Mandate__Row *row = arena_alloc(p->arena, sizeof *row);
	if (!row)
		return STATUS_NO_MEMORY;
	mandate__row__init(row);
	row->what_case = MANDATE__ROW__WHAT_ARRANGEMENT;
	row->arrangement = codec_copy(p->arena, &message.base);
	return row->arrangement ? query_page_row(p, place, row) : STATUS_NO_MEMORY;
}

enum status query_partnership_arrangements(struct page *p, const char *operation, const char *party)
{
	char after[PLACE_TEXT_BYTES] = "";
	struct page_keys keys;
	enum status s = STATUS_OK;

	if (*p->place.text == ':')
		snprintf(after, sizeof after, "%s", p->place.text + 1);
	do {
		arena_reset(&p->keys);
		s = query_page_keys(p, &p->keys, operation ? STORE_BY_HOME : 0, operation,
				    MANDATE__KIND__KIND_ARRANGEMENT, after, &keys);
		for (size_t i = 0; s == STATUS_OK && i < keys.count; i++) {
			struct place place = query_page_place(":", PLACE_ALL);

			snprintf(place.text + 1, sizeof place.text - 1, "%s", keys.keys[i]);
			memcpy(after, place.text + 1, sizeof after - 1);
			arena_reset(&p->scratch);
			s = one_arrangement(p, keys.keys[i], operation, party, &place);
			if (s == STATUS_OK)
				s = query_page_done(p, &place);
		}
	} while (s == STATUS_OK && keys.count == PAGE_KEYS);
	return s;
}

enum status query_arrangements_rows(struct page *p)
{
	const Mandate__ArrangementsQuery *q = p->query->arrangements;

	return query_partnership_arrangements(p, q->operation, q->party);
}

/* --- lineage -------------------------------------------------------------------------------------
 */

/* The last day of the operation's mandate as it stands on the page's day, and its first. */
struct mandate_ends {
	int32_t first, last;
};

static enum status find_ends(struct page_operation *o)
{
	struct mandate_ends *ends = o->page->ctx;
	struct query_days days;
	struct mandate_day m;
	enum status s = query_days_of(o, &o->page->scratch, &days);

	if (s != STATUS_OK)
		return s;
	mandate_on(o->dossier, NULL, o->page->on, &m);
	ends->last = m.valid_until;
	ends->first = query_days_first(&days);
	while (ends->first != DAY_INFINITE) {
		mandate_on(o->dossier, NULL, ends->first, &m);
		if (m.in_force)
			break;
		ends->first = query_days_after(&days, ends->first);
	}
	return STATUS_OK;
}

static enum status read_ends(struct page *p, const char *operation, struct mandate_ends *ret_ends)
{
	struct mandate_ends ends = {.first = DAY_INFINITE, .last = DAY_NEVER};
	struct page_operation o = {.page = p, .name = operation};
	struct dossier *built;

	p->ctx = &ends;
	enum status s = query_page_dossier(p, operation, &o.dossier, &built);
	if (s == STATUS_OK && dossier_known(o.dossier))
		s = find_ends(&o);
	dossier_free(built);
	*ret_ends = ends;
	return s;
}

static enum status edge_row(struct page *p, const struct lineage_edge *edge, uint64_t number)
{
	struct place place = query_page_place("", number);
	Mandate__LineageRow *m = arena_alloc(p->arena, sizeof *m);
	Mandate__Row *row = arena_alloc(p->arena, sizeof *row);
	struct mandate_ends from, to;

	if (!m || !row)
		return STATUS_NO_MEMORY;
	mandate__row__init(row);
	row->what_case = MANDATE__ROW__WHAT_LINEAGE;
	row->lineage = m;
	mandate__lineage_row__init(m);
	m->arrangement = arena_text(p->arena, edge->record->arrangement);
	m->operation = arena_text(p->arena, edge->record->operation);
	m->other_operation = arena_text(p->arena, edge->record->other_operation);
	if (!m->arrangement || !m->operation || !m->other_operation)
		return STATUS_NO_MEMORY;
	m->kind = edge->record->kind;
	m->has_day = edge->life.effective_from != DAY_INFINITE;
	m->day = m->has_day ? edge->life.effective_from : 0;
	m->has_state = true;
	m->state = arrangement_state(&edge->life, p->on);
	m->has_rehatting = edge->record->has_rehatting;
	m->rehatting = edge->record->rehatting;
	m->has_distance = true;
	m->distance = edge->distance;
	enum status s = read_ends(p, m->operation, &from);
	if (s == STATUS_OK)
		s = read_ends(p, m->other_operation, &to);
	if (s != STATUS_OK)
		return s;
	m->has_last_day = from.last != DAY_NEVER && from.last != DAY_INFINITE;
	m->last_day = m->has_last_day ? from.last : 0;
	m->has_first_day = to.first != DAY_INFINITE;
	m->first_day = m->has_first_day ? to.first : 0;
	return query_page_row(p, &place, row);
}

enum status query_lineage_rows(struct page *p)
{
	const char *operation = p->query->lineage->operation;
	const struct lineage_edge *edges;
	struct view_fact fact;
	size_t count;
	enum status s =
		view_get(&p->view, &p->scratch, MANDATE__KIND__KIND_OPERATION, operation, &fact);

	if (s == STATUS_NOT_FOUND || (s == STATUS_OK && !fact.record))
		return query_page_no_operation(p, operation);
	/* The edges outlive the scratch, which each row uses. */
	if (s == STATUS_OK)
		s = lineage_of(&p->view, &p->keys, operation, &edges, &count);
	for (uint64_t i = p->place.number; s == STATUS_OK && i < count; i++) {
		s = edge_row(p, &edges[i], i + 1);
		if (s == STATUS_OK)
			s = query_page_done(p, &p->place);
	}
	return s;
}

/* --- functions -----------------------------------------------------------------------------------
 */

/* Who holds it over a run of days. */
struct run {
	const struct function_holder *holder; /* NULL: nobody */
	int32_t from, until;
	bool contested;
};

static bool same_text(const char *x, const char *y)
{
	return x && y ? strcmp(x, y) == 0 : x == y;
}

/* One arrangement says of both its operations that they hold it, one after the other. */
static bool same_run(const struct run *x, const struct run *y)
{
	if (x->contested != y->contested || !x->holder != !y->holder)
		return false;
	return !x->holder ||
	       (x->holder->kind == y->holder->kind && same_text(x->holder->key, y->holder->key) &&
		same_text(x->holder->operation, y->holder->operation) &&
		x->holder->parties == y->holder->parties);
}

static enum status give_run(struct page_operation *o, const struct run *run)
{
	struct arena *a = &o->page->scratch;
	Mandate__FunctionRow row = MANDATE__FUNCTION_ROW__INIT;
	const char *function, *area;
	enum status s = home_function_parts(a, o->name, &function, &area);

	if (s != STATUS_OK)
		return s;
	row.function = codec_borrow(function);
	row.area = codec_borrow(area);
	row.has_from = run->from != DAY_NEVER;
	row.from = row.has_from ? run->from : 0;
	row.has_until = run->until != DAY_INFINITE;
	row.until = row.has_until ? run->until : 0;
	row.has_contested = row.contested = run->contested;
	if (run->holder) {
		row.operation = codec_borrow(run->holder->operation);
		row.parties = (char **)(uintptr_t)run->holder->parties;
		row.n_parties = run->holder->party_count;
		row.record = arena_printf(a, "%s %s", record_kind_name(run->holder->kind),
					  run->holder->key);
		if (!row.record)
			return STATUS_NO_MEMORY;
	}
	return query_page_give(o, MANDATE__ROW__WHAT_FUNCTION, &row.base);
}

/* Each holder on `day`, whose operation has not ended; nobody where it is declared and none holds
 * it. `day` must lie within `span`. */
static enum status runs_on(struct page_operation *o, int32_t day, struct run **ret_runs,
			   size_t *ret_count, struct span *span)
{
	struct function_day on;
	size_t count = 0;
	enum status s = function_on(o->dossier, day, &o->page->scratch, &on, span);

	if (s != STATUS_OK)
		return s;
	struct run *runs = arena_calloc(&o->page->scratch, on.holder_count + 1, sizeof *runs);
	if (!runs)
		return STATUS_NO_MEMORY;
	for (size_t i = 0; i < on.holder_count; i++)
		if (!on.holders[i].ended)
			runs[count++] =
				(struct run){&on.holders[i], span->from, span->to, on.count > 1};
	if (!count && on.declared)
		runs[count++] = (struct run){NULL, span->from, span->to, false};
	*ret_runs = runs;
	*ret_count = count;
	return STATUS_OK;
}

static enum status holders_on_day(struct page_operation *o)
{
	struct span span = SPAN_ALL;
	struct run *runs;
	size_t count;
	enum status s = runs_on(o, o->page->on, &runs, &count, &span);

	for (size_t i = 0; s == STATUS_OK && i < count; i++) {
		if (runs[i].holder) {
			runs[i].from = runs[i].holder->from;
			runs[i].until = runs[i].holder->until;
		}
		s = give_run(o, &runs[i]);
	}
	return s;
}

/* Runs of days over which the same holds; those that go on are kept from one span to the next. */
static enum status holders_over_time(struct page_operation *o)
{
	struct run *open = NULL, *runs;
	size_t open_count = 0, count;
	int32_t day = DAY_FIRST;
	enum status s = STATUS_OK;

	while (s == STATUS_OK) {
		struct span span = SPAN_ALL;

		s = query_page_breathe(o->page);
		if (s == STATUS_OK)
			s = runs_on(o, day, &runs, &count, &span);
		for (size_t i = 0; s == STATUS_OK && i < open_count; i++) {
			size_t k = 0;

			while (k < count && !same_run(&open[i], &runs[k]))
				k++;
			if (k < count)
				runs[k].from = open[i].from;
			else
				s = give_run(o, &open[i]);
		}
		open = runs;
		open_count = count;
		if (span.to == DAY_INFINITE)
			break;
		day = span.to + 1;
	}
	for (size_t i = 0; s == STATUS_OK && i < open_count; i++)
		s = give_run(o, &open[i]);
	return s;
}

enum status query_function_rows(struct page *p)
{
	const Mandate__FunctionQuery *q = p->query->function;
	query_page_visit *visit = p->query->has_on ? holders_on_day : holders_over_time;
	bool first = !p->query->has_after;
	char prefix[PLACE_TEXT_BYTES];
	const char *home;

	if (q->area) {
		home = home_of_function(p->arena, q->function, q->area);
		return home ? query_page_home(p, home, visit) : STATUS_NO_MEMORY;
	}
	snprintf(prefix, sizeof prefix, "%s:", q->function);
	enum status s = query_page_homes_of(p, prefix, visit);
	if (s == STATUS_OK && first && !p->answer->n_rows)
		return query_page_refuse(p, MANDATE__CODE__CODE_NOT_FOUND, "function",
					 "nobody has ever claimed, given or received %s",
					 q->function);
	return s;
}
