/* The overview: a row for each operation that exists on a day. */
#include "service/query_page.h"

#include "rules/ceiling.h"

#include <stdlib.h>

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

static int compare_texts(const void *x, const void *y)
{
	return strcmp(*(char *const *)x, *(char *const *)y);
}

/* How many States have somebody there, by the return that the head-count is from. */
static enum status count_contributors(struct page_operation *o, int32_t as_of, uint32_t *ret_count)
{
	const Mandate__Return *r;
	const char **names;
	size_t count = 0;
	uint32_t different = 0;
	enum status s = query_strength_return(o, as_of, &r);

	if (s != STATUS_OK)
		return s;
	names = arena_calloc(&o->page->scratch, r->n_counts, sizeof *names);
	if (!names && r->n_counts)
		return STATUS_NO_MEMORY;
	for (size_t i = 0; i < r->n_counts; i++)
		if (r->counts[i]->persons)
			names[count++] = r->counts[i]->contributor;
	if (count)
		qsort(names, count, sizeof *names, compare_texts);
	for (size_t i = 0; i < count; i++)
		different += i == 0 || strcmp(names[i - 1], names[i]) != 0;
	*ret_count = different;
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

static enum status add_strengths(struct page_operation *o, Mandate__Overview *row,
				 const struct strength_day *military,
				 const struct strength_day *police)
{
	struct estimate_day estimate;

	row->has_military = military->known;
	row->military = military->persons;
	row->has_police = police->known;
	row->police = police->persons;
	strength_estimate(o->dossier, row->on, &estimate);
	row->has_estimate = estimate.known;
	row->estimate = estimate.persons;
	row->has_contributors = estimate.known;
	row->contributors = estimate.contributors;
	const struct strength_day *first = military->known ? military : police;
	if (!first->known || first->basis != MANDATE__BASIS__BASIS_RETURN)
		return STATUS_OK;
	row->has_contributors = true;
	return count_contributors(o, first->as_of, &row->contributors);
}

/* The texts of the operation's record, which lies in the scratch. */
static enum status add_description(struct arena *a, const Mandate__Operation *operation,
				   Mandate__Overview *row)
{
	row->operation = arena_text(a, operation->acronym);
	row->full_name = operation->full_name ? arena_text(a, operation->full_name) : NULL;
	row->has_kind = operation->has_kind;
	row->kind = operation->kind;
	row->hosts = arena_calloc(a, operation->n_hosts + 1, sizeof *row->hosts);
	for (size_t i = 0; row->hosts && i < operation->n_hosts; i++)
		row->hosts[row->n_hosts++] = arena_text(a, operation->hosts[i]);
	return a->failed ? STATUS_NO_MEMORY : STATUS_OK;
}

static enum status add_mandate(struct arena *a, const struct mandate_day *mandate,
			       Mandate__Overview *row)
{
	row->status = mandate->status;
	row->has_open_ended = row->open_ended = mandate->valid_until == DAY_INFINITE;
	row->has_valid_until =
		mandate->valid_until != DAY_INFINITE && mandate->valid_until != DAY_NEVER;
	row->valid_until = row->has_valid_until ? mandate->valid_until : 0;
	row->document = mandate->document ? arena_text(a, mandate->document) : NULL;
	return a->failed ? STATUS_NO_MEMORY : STATUS_OK;
}

static enum status give(struct page_operation *o, const Mandate__Operation *operation,
			const struct mandate_day *mandate, const struct strength_day *military,
			const struct strength_day *police)
{
	struct page *p = o->page;
	Mandate__Row *row = arena_alloc(p->arena, sizeof *row);
	Mandate__Overview *overview = arena_alloc(p->arena, sizeof *overview);
	enum status s;

	if (!row || !overview)
		return STATUS_NO_MEMORY;
	mandate__row__init(row);
	mandate__overview__init(overview);
	row->what_case = MANDATE__ROW__WHAT_OVERVIEW;
	row->overview = overview;
	overview->on = p->on;
	s = add_description(p->arena, operation, overview);
	if (s == STATUS_OK)
		s = add_mandate(p->arena, mandate, overview);
	if (s == STATUS_OK)
		s = add_strengths(o, overview, military, police);
	set_ceiling(o->dossier, MANDATE__COMPONENT__COMPONENT_MILITARY, p->on,
		    &overview->has_military_ceiling, &overview->military_ceiling);
	set_ceiling(o->dossier, MANDATE__COMPONENT__COMPONENT_POLICE, p->on,
		    &overview->has_police_ceiling, &overview->police_ceiling);
	set_ceiling(o->dossier, MANDATE__COMPONENT__COMPONENT_UNIFORMED, p->on,
		    &overview->has_uniformed_ceiling, &overview->uniformed_ceiling);
	overview->has_alerts = true;
	if (s == STATUS_OK)
		s = query_alerts_count(o, &overview->alerts);
	return s == STATUS_OK ? query_page_operation_row(o, row) : s;
}

static enum status one_operation(struct page_operation *o)
{
	struct page *p = o->page;
	struct strength_day military, police;
	struct mandate_day mandate;
	struct view_fact fact;
	enum status s =
		view_get(&p->view, &p->scratch, MANDATE__KIND__KIND_OPERATION, o->name, &fact);

	if (s == STATUS_NOT_FOUND || (s == STATUS_OK && !fact.record))
		return STATUS_CORRUPT; /* the dossier knows it */
	if (s != STATUS_OK)
		return s;
	mandate_on(o->dossier, NULL, p->on, &mandate);
	int32_t counts_after = query_strength_counts_after(&mandate, p->on);
	strength_on(o->dossier, MANDATE__COMPONENT__COMPONENT_MILITARY, p->on, counts_after,
		    &military);
	strength_on(o->dossier, MANDATE__COMPONENT__COMPONENT_POLICE, p->on, counts_after, &police);
	if (!within_its_dates(fact.record->operation, p->on) &&
	    mandate.status != MANDATE__MANDATE_STATUS__MANDATE_STATUS_IN_FORCE &&
	    mandate.status != MANDATE__MANDATE_STATUS__MANDATE_STATUS_WITHDRAWING &&
	    !is_manned(o, fact.record->operation, counts_after))
		return STATUS_OK;
	return give(o, fact.record->operation, &mandate, &military, &police);
}

enum status query_overview_rows(struct page *p)
{
	return query_page_operations(p, NULL, one_operation);
}
