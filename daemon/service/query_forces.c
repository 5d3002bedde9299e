/* Requirements with what meets them; pledges and units. */
#include "service/query_people.h"

#include "model/codec.h"
#include "model/record.h"
#include "rules/alert.h"
#include "rules/pledge.h"
#include "rules/requirement.h"

#include <stdio.h>

/* So that a row fits a page. */
enum { PLEDGES_PER_ROW_MAX = 64 };

static void set_day(protobuf_c_boolean *has, int32_t *field, int32_t day)
{
	*has = day != DAY_NEVER && day != DAY_INFINITE;
	*field = *has ? day : 0;
}

/* "GAB:P-7" in two texts of the scratch. */
static enum status split(struct arena *a, const char *key, char **ret_first, char **ret_second)
{
	char *first = arena_text(a, key), *colon = first ? strchr(first, ':') : NULL;

	if (!first)
		return STATUS_NO_MEMORY;
	if (!colon)
		return STATUS_CORRUPT;
	*colon = '\0';
	*ret_first = first;
	*ret_second = colon + 1;
	return STATUS_OK;
}

static enum status fill_pledge(struct page_operation *o, const struct pledge_day *pledge,
			       Mandate__PledgeRow *row)
{
	mandate__pledge_row__init(row);
	enum status s = split(&o->page->scratch, pledge->key, &row->contributor, &row->pledge);
	if (s != STATUS_OK)
		return s;
	row->has_state = row->has_since = row->has_step = row->has_persons = true;
	row->state = pledge->stand.state;
	row->since = pledge->stand.since;
	row->step = pledge->stand.step;
	row->persons = pledge->persons;
	row->has_readiness = pledge->stand.readiness != 0;
	row->readiness = pledge->stand.readiness;
	set_day(&row->has_renew_by, &row->renew_by, pledge->stand.renew_by);
	set_day(&row->has_available, &row->available, pledge->available);
	row->has_stale = row->stale = pledge->stale;
	row->operation = *o->name == ':' ? NULL : codec_borrow(o->name);
	row->requirement = codec_borrow(pledge->requirement);
	row->unit = codec_borrow(pledge->unit);
	return STATUS_OK;
}

enum status query_forces_pledges(struct page_operation *o, const char *contributor)
{
	struct pledge_day *pledges;
	Mandate__PledgeRow row;
	size_t count;
	enum status s = pledge_list(o->dossier, contributor, NULL, o->page->on, &o->page->scratch,
				    &pledges, &count);

	for (size_t i = 0; s == STATUS_OK && i < count; i++) {
		s = fill_pledge(o, &pledges[i], &row);
		if (s == STATUS_OK)
			s = query_page_give(o, MANDATE__ROW__WHAT_PLEDGE, &row.base);
	}
	return s;
}

static enum status add_pledges(struct page_operation *o, Mandate__RequirementRow *row)
{
	struct arena *a = &o->page->scratch;
	struct pledge_day *pledges;
	size_t count;
	enum status s =
		pledge_list(o->dossier, NULL, row->requirement, o->page->on, a, &pledges, &count);

	if (s != STATUS_OK)
		return s;
	row->pledges = arena_calloc(a, count + 1, sizeof *row->pledges);
	for (size_t i = 0; s == STATUS_OK && i < count && i < PLEDGES_PER_ROW_MAX; i++) {
		Mandate__PledgeRow *pledge = arena_alloc(a, sizeof *pledge);

		if (!pledge || !row->pledges)
			return STATUS_NO_MEMORY;
		s = fill_pledge(o, &pledges[i], pledge);
		row->pledges[row->n_pledges++] = pledge;
	}
	return s;
}

static enum status requirements(struct page_operation *o)
{
	struct page *p = o->page;
	struct requirement_day *list;
	size_t count;
	enum status s = requirement_list(o->dossier, p->on, p->parameters->pledge_ahead_days,
					 &p->scratch, &list, &count);

	for (size_t i = 0; s == STATUS_OK && i < count; i++) {
		Mandate__RequirementRow row = MANDATE__REQUIREMENT_ROW__INIT;

		row.operation = codec_borrow(o->name);
		row.requirement = codec_borrow(list[i].name);
		row.on = p->on;
		row.persons = list[i].required;
		row.has_deployed = row.has_pledged = row.has_gap = row.has_component = true;
		row.deployed = list[i].deployed;
		row.pledged = list[i].pledged;
		row.gap = list[i].gap;
		row.component = list[i].component;
		set_day(&row.has_needed_by, &row.needed_by, list[i].needed_by);
		row.has_task = list[i].task != 0;
		row.task = list[i].task;
		s = add_pledges(o, &row);
		if (s == STATUS_OK)
			s = query_page_give(o, MANDATE__ROW__WHAT_REQUIREMENT, &row.base);
	}
	return s;
}

enum status query_requirements_rows(struct page *p)
{
	return query_page_operations(p, p->query->requirements->operation, requirements);
}

/* --- units --- */

static enum status unit_row(struct page_operation *o, const struct unit_day *unit,
			    const struct people_unit *name)
{
	struct page *p = o->page;
	Mandate__UnitRow row = MANDATE__UNIT_ROW__INIT;
	struct view_fact fact;
	enum status s = view_get(&p->view, &p->scratch, MANDATE__KIND__KIND_UNIT, unit->key, &fact);

	if (s == STATUS_NOT_FOUND || (s == STATUS_OK && !fact.record))
		return STATUS_CORRUPT; /* the dossier knows it */
	if (s != STATUS_OK)
		return s;
	const Mandate__Unit *u = fact.record->unit;
	row.contributor = codec_borrow(name->contributor);
	row.unit = codec_borrow(name->unit);
	row.operation = codec_borrow(o->name);
	set_day(&row.has_from, &row.from, unit->from);
	set_day(&row.has_to, &row.to, unit->to);
	row.has_component = row.has_persons = true;
	row.component = unit->component;
	row.persons = unit->persons;
	row.has_women = u->has_women;
	row.women = u->women;
	row.has_task = unit->task != 0;
	row.task = unit->task;
	row.home = codec_borrow(unit->lent_by);
	set_day(&row.has_return_day, &row.return_day, unit->return_day);
	row.control = u->control;
	row.mou = u->mou;
	row.has_mou_signed = u->has_mou_signed;
	row.mou_signed = u->mou_signed;
	row.has_withdrawal_notice = u->has_withdrawal_notice;
	row.withdrawal_notice = u->withdrawal_notice;
	return query_page_give(o, MANDATE__ROW__WHAT_UNIT, &row.base);
}

enum status query_forces_units(struct page_operation *o, const char *contributor)
{
	struct arena *a = &o->page->scratch;
	struct people_unit name;
	struct unit_day *units;
	size_t count;
	enum status s = unit_list(o->dossier, o->page->on, a, &units, &count);

	for (size_t i = 0; s == STATUS_OK && i < count; i++) {
		s = query_people_unit(a, units[i].key, &name);
		if (s == STATUS_OK && strcmp(name.contributor, contributor) == 0)
			s = unit_row(o, &units[i], &name);
	}
	return s;
}
