/* The overview: a row for each operation that exists on a day, before them one for all of them. */
#include "service/query_scope.h"

#include "model/codec.h"
#include "rules/alert.h"
#include "rules/ceiling.h"
#include "rules/consent.h"
#include "rules/money.h"
#include "rules/requirement.h"

enum {
	/* All that the first row can be: numbers, the currencies, a name. */
	SCOPE_BYTES = 1024,
};

static bool within_its_dates(const Mandate__Operation *operation, int32_t day)
{
	/* One without a first day is there if it is said to be active. */
	bool begun = operation->has_start_date
			     ? operation->start_date <= day
			     : operation->has_status &&
				       operation->status ==
					       MANDATE__OPERATION_STATUS__OPERATION_STATUS_ACTIVE;

	return begun && (!operation->has_end_date || day <= operation->end_date);
}

/* Somebody is there, as far as is known; a head-count of before its end says nothing of after. */
static bool is_manned(const struct page_operation *o, const Mandate__Operation *operation,
		      int32_t counts_after)
{
	struct strength_day strength;

	if (operation->has_end_date && o->page->on > operation->end_date &&
	    counts_after < operation->end_date)
		counts_after = operation->end_date;
	strength_on(o->dossier, MANDATE__COMPONENT__COMPONENT_UNIFORMED, o->page->on, counts_after,
		    &strength);
	return strength.known;
}

enum status query_overview_describe(struct page_operation *o, int32_t day,
				    struct description *ret_description)
{
	struct page *p = o->page;
	struct description d;
	struct view_fact fact;
	enum status s =
		view_get(&p->view, &p->scratch, MANDATE__KIND__KIND_OPERATION, o->name, &fact);

	if (s == STATUS_NOT_FOUND || (s == STATUS_OK && !fact.record))
		return STATUS_CORRUPT; /* the dossier knows it */
	if (s != STATUS_OK)
		return s;
	const Mandate__Operation *r = fact.record->operation;
	d = (struct description){.record = r,
				 .full_name = r->full_name,
				 .lead = r->lead,
				 .hosts = r->hosts,
				 .host_count = r->n_hosts};
	for (size_t i = 0; i < r->n_phases && r->phases[i]->from <= day; i++) {
		const Mandate__Phase *phase = r->phases[i];

		d.full_name = phase->full_name ? phase->full_name : d.full_name;
		d.lead = phase->lead ? phase->lead : d.lead;
		if (!phase->n_hosts)
			continue;
		d.hosts = phase->hosts;
		d.host_count = phase->n_hosts;
	}
	*ret_description = d;
	return STATUS_OK;
}

static void set_ceiling(const struct dossier *d, Mandate__Component component, int32_t day,
			protobuf_c_boolean *has, uint64_t *field)
{
	struct ceiling_day ceiling;

	ceiling_on(d, component, day, &ceiling);
	*has = ceiling.set;
	*field = ceiling.persons;
}

static void add_ceilings(struct page_operation *o, Mandate__Overview *row)
{
	set_ceiling(o->dossier, MANDATE__COMPONENT__COMPONENT_MILITARY, row->on,
		    &row->has_military_ceiling, &row->military_ceiling);
	set_ceiling(o->dossier, MANDATE__COMPONENT__COMPONENT_POLICE, row->on,
		    &row->has_police_ceiling, &row->police_ceiling);
	set_ceiling(o->dossier, MANDATE__COMPONENT__COMPONENT_UNIFORMED, row->on,
		    &row->has_uniformed_ceiling, &row->uniformed_ceiling);
}

static void add_age(Mandate__Overview *row, const struct strength_day *strength)
{
	if (!strength->known || (row->has_as_of && row->as_of <= strength->as_of))
		return;
	row->has_as_of = row->has_age_days = true;
	row->as_of = strength->as_of;
	row->age_days = strength->age_days;
}

static enum status add_women(struct page_operation *o, Mandate__Overview *row,
			     Mandate__Component component, const struct strength_day *strength)
{
	struct people_women women;
	struct people people;

	if (!strength->known)
		return STATUS_OK;
	enum status s = query_people_read(o, row->on, component, strength, &people);
	if (s == STATUS_OK)
		s = query_people_women(o, component, strength, &people, &women);
	if (s != STATUS_OK || !women.of)
		return s;
	row->has_women = row->has_women_of = true;
	row->women += women.women;
	row->women_of += women.of;
	return STATUS_OK;
}

static enum status add_strengths(struct page_operation *o, Mandate__Overview *row,
				 const struct strength_day groups[2], int32_t counts_after)
{
	const struct strength_day *military = &groups[0], *police = &groups[1];
	struct strength_day other;
	struct estimate_day estimate;
	enum status s = STATUS_OK;

	row->has_military = military->known;
	row->military = military->persons;
	row->has_police = police->known;
	row->police = police->persons;
	add_age(row, military);
	add_age(row, police);
	if (!military->known && !police->known) {
		strength_on(o->dossier, MANDATE__COMPONENT__COMPONENT_UNIFORMED, row->on,
			    counts_after, &other);
		row->has_uniformed = other.known;
		row->uniformed = other.persons;
		add_age(row, &other);
		s = add_women(o, row, MANDATE__COMPONENT__COMPONENT_UNIFORMED, &other);
	}
	strength_on(o->dossier, MANDATE__COMPONENT__COMPONENT_CIVILIANS, row->on, counts_after,
		    &other);
	row->has_civilians = other.known;
	row->civilians = other.persons;
	strength_on(o->dossier, MANDATE__COMPONENT__COMPONENT_CORRECTIONS, row->on, counts_after,
		    &other);
	row->has_corrections = other.known;
	row->corrections = other.persons;
	strength_estimate(o->dossier, row->on, &estimate);
	row->has_estimate = estimate.known;
	row->estimate = estimate.persons;
	if (s == STATUS_OK)
		s = add_women(o, row, MANDATE__COMPONENT__COMPONENT_MILITARY, military);
	return s == STATUS_OK ? add_women(o, row, MANDATE__COMPONENT__COMPONENT_POLICE, police) : s;
}

static enum status add_contributors(struct page_operation *o, Mandate__Overview *row,
				    const struct strength_day groups[2], struct scope *scope)
{
	struct people_names names = {0};
	enum status s = query_people_names(o, groups, &o->page->scratch, &names);

	row->has_contributors = names.count != 0 || groups[0].known || groups[1].known;
	row->contributors = (uint32_t)names.count;
	for (size_t i = 0; s == STATUS_OK && scope && i < names.count; i++)
		s = query_people_name(scope->arena, &scope->contributors, names.at[i]);
	return s;
}

static enum status add_needs(struct page_operation *o, Mandate__Overview *row)
{
	struct requirement_day *requirements;
	size_t count;
	enum status s =
		requirement_list(o->dossier, row->on, o->page->parameters->pledge_ahead_days,
				 &o->page->scratch, &requirements, &count);

	row->has_gap = s == STATUS_OK && count != 0;
	for (size_t i = 0; s == STATUS_OK && i < count; i++)
		row->gap += requirements[i].gap;
	return s;
}

/* Of the period that began last, in the first currency in which anything is authorized. */
static enum status add_money(struct page_operation *o, Mandate__Overview *row, struct scope *scope)
{
	struct money *money, *shown = NULL;
	size_t count;
	enum status s = money_on(o->dossier, row->on, false, &o->page->scratch, &money, &count);

	for (size_t i = 0; s == STATUS_OK && i < count; i++) {
		if (!shown || (money[i].authorized.set &&
			       (!shown->authorized.set || money[i].start > shown->start)))
			shown = &money[i];
		if (scope && money[i].authorized.set)
			s = query_scope_add_money(scope, money[i].currency,
						  money[i].authorized.amount);
	}
	if (s != STATUS_OK || !shown)
		return s;
	row->has_authorized = shown->authorized.set;
	row->authorized = shown->authorized.amount;
	row->currency = shown->currency;
	row->has_money_state = row->has_period_start = row->has_period_end = true;
	row->money_state = shown->state;
	row->period_start = shown->start;
	row->period_end = shown->end;
	return STATUS_OK;
}

static void set_day(protobuf_c_boolean *has, int32_t *field, int32_t day)
{
	*has = day != DAY_NEVER && day != DAY_INFINITE;
	*field = *has ? day : 0;
}

static void add_mandate(Mandate__Overview *row, const struct mandate_day *mandate)
{
	row->status = mandate->status;
	row->has_open_ended = row->open_ended = mandate->valid_until == DAY_INFINITE;
	set_day(&row->has_valid_until, &row->valid_until, mandate->valid_until);
	set_day(&row->has_secured_until, &row->secured_until, mandate->secured_until);
	row->document = codec_borrow(mandate->document);
}

static void add_description(Mandate__Overview *row, const struct description *d)
{
	row->full_name = codec_borrow(d->full_name);
	row->has_kind = d->record->has_kind;
	row->kind = d->record->kind;
	row->hosts = (char **)(uintptr_t)d->hosts;
	row->n_hosts = d->host_count;
	row->lead = codec_borrow(d->lead);
}

static enum status add_alerts(struct page_operation *o, Mandate__Overview *row)
{
	struct severities counts = {0};
	enum status s = query_alerts_count(o, &counts);

	row->has_alerts = row->has_alarms = row->has_warnings = true;
	row->alerts = counts.count;
	row->alarms = counts.alarms;
	row->warnings = counts.warnings;
	return s;
}

/* Gives the row. Of a first page the rows that no longer fit are still added up. */
static enum status give(struct page_operation *o, const Mandate__Overview *row)
{
	struct scope *scope = o->page->ctx;
	enum status s = STATUS_OK;

	if (scope) {
		scope->severities.count += row->alerts;
		scope->severities.alarms += row->alarms;
		scope->severities.warnings += row->warnings;
		s = query_scope_add(scope, row);
		if (s != STATUS_OK || o->page->full)
			return s;
	}
	s = query_page_give(o, MANDATE__ROW__WHAT_OVERVIEW, &row->base);
	if (s != STATUS_LIMIT || !scope)
		return s;
	o->page->full = true;
	return STATUS_OK;
}

static enum status one_operation(struct page_operation *o)
{
	struct page *p = o->page;
	Mandate__Overview row = MANDATE__OVERVIEW__INIT;
	struct strength_day groups[2];
	struct mandate_day mandate;
	struct description d;
	enum status s = query_overview_describe(o, p->on, &d);

	if (s != STATUS_OK)
		return s;
	mandate_on(o->dossier, NULL, p->on, &mandate);
	int32_t counts_after = query_strength_counts_after(&mandate, p->on);
	if (!within_its_dates(d.record, p->on) &&
	    mandate.status != MANDATE__MANDATE_STATUS__MANDATE_STATUS_IN_FORCE &&
	    mandate.status != MANDATE__MANDATE_STATUS__MANDATE_STATUS_WITHDRAWING &&
	    !is_manned(o, d.record, counts_after))
		return STATUS_OK;
	strength_on(o->dossier, MANDATE__COMPONENT__COMPONENT_MILITARY, p->on, counts_after,
		    &groups[0]);
	strength_on(o->dossier, MANDATE__COMPONENT__COMPONENT_POLICE, p->on, counts_after,
		    &groups[1]);
	row.operation = codec_borrow(o->name);
	row.on = p->on;
	add_description(&row, &d);
	add_mandate(&row, &mandate);
	add_ceilings(o, &row);
	row.consent = consent_least(o->dossier, p->on);
	row.has_consent = row.consent != 0;
	s = add_strengths(o, &row, groups, counts_after);
	if (s == STATUS_OK)
		s = add_contributors(o, &row, groups, p->ctx);
	if (s == STATUS_OK)
		s = add_needs(o, &row);
	if (s == STATUS_OK)
		s = add_money(o, &row, p->ctx);
	if (s == STATUS_OK)
		s = add_alerts(o, &row);
	return s == STATUS_OK ? give(o, &row) : s;
}

/* Alerts of what is no operation belong to the whole. */
static enum status other_home(struct page_operation *o)
{
	struct scope *scope = o->page->ctx;

	return query_alerts_count(o, &scope->severities);
}

/* The first page has the sums of all operations, whether or not their rows fit it: it goes through
 * all of them, in one turn. */
static enum status first_page(struct page *p)
{
	struct page_operation none = {.page = p, .name = ""};
	Mandate__Row *row = arena_alloc(p->arena, sizeof *row);
	struct scope scope;

	if (!row)
		return STATUS_NO_MEMORY;
	query_scope_init(&scope, p->arena, p->on);
	mandate__row__init(row);
	row->what_case = MANDATE__ROW__WHAT_SCOPE;
	row->scope = &scope.row;
	enum status s = query_page_operation_row(&none, row);
	p->bytes += SCOPE_BYTES;
	p->ctx = &scope;
	p->stop_ms = UINT64_MAX;
	if (s == STATUS_OK)
		s = query_page_operations(p, NULL, one_operation);
	if (s == STATUS_OK)
		s = query_alerts_count(&none, &scope.severities);
	p->dossiers = PAGE_WHOLE;
	if (s == STATUS_OK)
		s = query_page_homes(p, other_home);
	if (s != STATUS_OK)
		return s;
	query_scope_finish(&scope);
	row->scope = codec_copy(p->arena, &scope.row.base);
	if (!row->scope)
		return STATUS_NO_MEMORY;
	return p->full ? STATUS_LIMIT : STATUS_OK;
}

enum status query_overview_rows(struct page *p)
{
	p->dossiers = PAGE_BOTH;
	if (!*p->place.text && !p->place.number)
		return first_page(p);
	return query_page_operations(p, NULL, one_operation);
}
