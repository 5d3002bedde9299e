/* Money by operation, period and currency; priorities and who has endorsed them. */
#include "service/query_page.h"

#include "model/codec.h"
#include "rules/money.h"
#include "rules/priorities.h"

static void set_sum(protobuf_c_boolean *has, int64_t *field, struct money_sum sum)
{
	*has = sum.set;
	*field = sum.set ? sum.amount : 0;
}

#define SET(row, field, sum) set_sum(&(row)->has_##field, &(row)->field, sum)

static void fill_money(const struct page_operation *o, const struct money *m,
		       Mandate__MoneyRow *row)
{
	mandate__money_row__init(row);
	row->operation = codec_borrow(o->name);
	row->period_start = m->start;
	row->period_end = m->end;
	row->currency = codec_borrow(m->currency);
	row->has_state = m->state != 0;
	row->state = m->state;
	row->has_financing = m->financing != 0;
	row->financing = m->financing;
	row->has_precision = m->precision != 0;
	row->precision = m->precision;
	SET(row, authorized, m->authorized);
	SET(row, proposed, m->of[MANDATE__AMOUNT_KIND__AMOUNT_KIND_PROPOSED]);
	SET(row, appropriation, m->of[MANDATE__AMOUNT_KIND__AMOUNT_KIND_APPROPRIATION]);
	SET(row, supplementary, m->of[MANDATE__AMOUNT_KIND__AMOUNT_KIND_SUPPLEMENTARY]);
	SET(row, commitment_authority,
	    m->of[MANDATE__AMOUNT_KIND__AMOUNT_KIND_COMMITMENT_AUTHORITY]);
	SET(row, appropriation_excl_shared,
	    m->of[MANDATE__AMOUNT_KIND__AMOUNT_KIND_APPROPRIATION_EXCL_SHARED]);
	SET(row, assessed, m->of[MANDATE__AMOUNT_KIND__AMOUNT_KIND_ASSESSMENT]);
	SET(row, expenditure, m->of[MANDATE__AMOUNT_KIND__AMOUNT_KIND_EXPENDITURE]);
	SET(row, credit_returned, m->of[MANDATE__AMOUNT_KIND__AMOUNT_KIND_CREDIT_RETURNED]);
	SET(row, cost_sharing, m->of[MANDATE__AMOUNT_KIND__AMOUNT_KIND_COST_SHARING]);
	SET(row, capacity_building, m->of[MANDATE__AMOUNT_KIND__AMOUNT_KIND_CAPACITY_BUILDING]);
	SET(row, conditional, m->conditional);
	SET(row, paid, m->paid);
	SET(row, outstanding, m->outstanding);
}

static enum status money_rows(struct page_operation *o)
{
	struct page *p = o->page;
	bool all = p->query->money->has_all && p->query->money->all;
	struct money *money;
	Mandate__MoneyRow row;
	size_t count;
	enum status s = money_on(o->dossier, p->on, all, &p->scratch, &money, &count);

	for (size_t i = 0; s == STATUS_OK && i < count; i++) {
		fill_money(o, &money[i], &row);
		s = query_page_give(o, MANDATE__ROW__WHAT_MONEY, &row.base);
	}
	return s;
}

enum status query_money_rows(struct page *p)
{
	return query_page_operations(p, p->query->money->operation, money_rows);
}

enum status query_money_of_state(struct page_operation *o, const char *contributor)
{
	struct page *p = o->page;
	struct money *money;
	Mandate__MoneyRow row;
	size_t count;
	enum status s = money_of_state(o->dossier, contributor, p->on, &p->scratch, &money, &count);

	for (size_t i = 0; s == STATUS_OK && i < count; i++) {
		fill_money(o, &money[i], &row);
		row.contributor = codec_borrow(contributor);
		s = query_page_give(o, MANDATE__ROW__WHAT_MONEY, &row.base);
	}
	return s;
}

/* --- priorities --- */

static enum status add_item(struct page_operation *o, const struct priorities_list *list,
			    size_t index, Mandate__Priority *item, Mandate__PrioritiesRow *row)
{
	struct arena *a = &o->page->scratch;
	Mandate__PriorityOn *on = arena_alloc(a, sizeof *on);
	const char **silent = arena_calloc(a, OWNERS_PER_PRIORITY_MAX + 1, sizeof *silent);

	if (!on || !silent)
		return STATUS_NO_MEMORY;
	mandate__priority_on__init(on);
	on->item = item;
	on->state = priorities_item(o->dossier, list, index, o->page->on, silent, &on->n_silent);
	on->has_state = on->state != 0;
	on->silent = (char **)(uintptr_t)silent;
	row->items[row->n_items++] = on;
	return STATUS_OK;
}

static enum status list_rows(struct page_operation *o)
{
	struct page *p = o->page;
	const struct priorities_list *list = priorities_in_effect(o->dossier, p->on);
	Mandate__PrioritiesRow row = MANDATE__PRIORITIES_ROW__INIT;
	struct priorities_day day;
	struct view_fact fact;

	if (!list)
		return STATUS_OK;
	priorities_on(o->dossier, list, p->on, &day);
	enum status s =
		view_get(&p->view, &p->scratch, MANDATE__KIND__KIND_PRIORITIES, day.key, &fact);
	if (s == STATUS_NOT_FOUND || (s == STATUS_OK && !fact.record))
		return STATUS_CORRUPT; /* the dossier knows it */
	if (s != STATUS_OK)
		return s;
	const Mandate__Priorities *record = fact.record->priorities;
	row.operation = codec_borrow(o->name);
	row.document = codec_borrow(day.document);
	row.version = day.version;
	row.has_date = true;
	row.date = day.date;
	row.endorsed = day.endorsed;
	row.has_endorsed_on = day.endorsed;
	row.endorsed_on = day.endorsed ? day.endorsed_on : 0;
	row.has_inferred = row.inferred = day.inferred;
	row.items = arena_calloc(&p->scratch, record->n_items + 1, sizeof *row.items);
	if (!row.items || record->n_items != day.items)
		return row.items ? STATUS_CORRUPT : STATUS_NO_MEMORY;
	for (size_t i = 0; s == STATUS_OK && i < record->n_items; i++)
		s = add_item(o, list, i, record->items[i], &row);
	/* The longest of all would not fit a page with each owner twice. */
	if (mandate__priorities_row__get_packed_size(&row) > PAGE_ROWS_BYTES - 64)
		for (size_t i = 0; i < row.n_items; i++)
			row.items[i]->n_silent = 0;
	return s == STATUS_OK ? query_page_give(o, MANDATE__ROW__WHAT_PRIORITIES, &row.base) : s;
}

enum status query_priorities_rows(struct page *p)
{
	return query_page_operations(p, p->query->priorities->operation, list_rows);
}
