/* contributions-monthly and contributions-locations: a map is one fact, by contributor or by place.
 * Rows are sorted so that those of one month, map and place stand side by side. */
#include "clients/import_parts.h"

#include "base/limits.h"
#include "wire/text.h"

#include <stdlib.h>
#include <string.h>

struct map_row {
	struct import_row row;	/* its source is the map */
	Mandate__Place content; /* contributions-locations only */
	const char *operation, *contributor, *component, *countries;
	int32_t as_of;
	uint32_t persons;
	protobuf_c_boolean has_as_of, has_persons, superseded, has_superseded;
};

#define MAP_COLUMNS                                                                                \
	IMPORT_COLUMN("operation", IMPORT_CODE, IMPORT_FILLED, map_row, operation),                \
		IMPORT_COLUMN_HAS("month", IMPORT_MONTH, IMPORT_FILLED, map_row, , as_of),         \
		IMPORT_COLUMN("contributor", IMPORT_CODE, IMPORT_MUST, map_row, contributor),      \
		IMPORT_COLUMN("component", IMPORT_CODE, IMPORT_FILLED, map_row, component),        \
		IMPORT_COLUMN_HAS("personnel_est", IMPORT_COUNT, IMPORT_MUST, map_row, , persons), \
		IMPORT_COLUMN("source_map", IMPORT_TEXT, IMPORT_FILLED, map_row, row.source.text), \
		IMPORT_COLUMN_HAS("superseded", IMPORT_FLAG, IMPORT_MUST, map_row, , superseded)

static const struct import_column monthly_columns[] = {MAP_COLUMNS};

static const struct import_column location_columns[] = {
	MAP_COLUMNS,
	IMPORT_COLUMN("location", IMPORT_TEXT, IMPORT_FILLED, map_row, content.name),
	IMPORT_COLUMN("country_iso3", IMPORT_TEXT, IMPORT_MUST, map_row, countries),
	IMPORT_COLUMN_HAS("latitude", IMPORT_LATITUDE, IMPORT_MUST, map_row, content., latitude),
	IMPORT_COLUMN_HAS("longitude", IMPORT_LONGITUDE, IMPORT_MUST, map_row, content., longitude),
	IMPORT_COLUMN_HAS("fpu_here", IMPORT_FLAG, IMPORT_MUST, map_row, content.,
			  formed_police_here),
	IMPORT_COLUMN_HAS("police_here", IMPORT_FLAG, IMPORT_MUST, map_row, content., police_here),
	IMPORT_COLUMN_HAS("observers_here", IMPORT_FLAG, IMPORT_MUST, map_row, content.,
			  observers_here),
	IMPORT_COLUMN_NAME("hq", IMPORT_MUST, map_row, content., headquarters,
			   mandate__headquarters__descriptor),
};

static struct map_row *row_at(struct import_row *const *rows, size_t i)
{
	return (struct map_row *)rows[i];
}

/* --- order ------------------------------------------------------------------------------- */

/* "Map no. 4412 Rev. 34.1 (republished as 34.2)": 34.1, its numbers one by one. A map without a
 * revision comes first. */
static int compare_revisions(const char *x, const char *y)
{
	static const char mark[] = "Rev.";
	const char *a = strstr(x, mark), *b = strstr(y, mark);

	if (!a || !b)
		return import_order_numbers(a != NULL, b != NULL);
	a += strlen(mark);
	b += strlen(mark);
	for (;;) {
		char *after_a, *after_b;
		int order = import_order_numbers(strtol(a, &after_a, 10), strtol(b, &after_b, 10));
		bool more_a = after_a != a && *after_a == '.',
		     more_b = after_b != b && *after_b == '.';

		if (order != 0 || !more_a || !more_b)
			return order != 0 ? order : import_order_numbers(more_a, more_b);
		a = after_a + 1;
		b = after_b + 1;
	}
}

static int compare_months(const struct map_row *a, const struct map_row *b)
{
	int order = import_order_texts(a->operation, b->operation);

	return order != 0 ? order : import_order_numbers(a->as_of, b->as_of);
}

/* Maps of a month, lowest edition first: superseded ones by revision, then the current one. Rows
 * of one map that differ in `superseded` are two maps: only the current rows add up. */
static int compare_maps(const struct map_row *a, const struct map_row *b)
{
	int order = import_order_numbers(!a->superseded, !b->superseded);

	if (order == 0)
		order = compare_revisions(a->row.source.text, b->row.source.text);
	return order != 0 ? order : import_order_texts(a->row.source.text, b->row.source.text);
}

/* One name at two coordinates is two places. */
static int compare_places(const struct map_row *a, const struct map_row *b)
{
	const Mandate__Place *p = &a->content, *q = &b->content;
	int order = import_order_texts(p->name, q->name);

	if (order == 0)
		order = import_order_numbers(p->latitude, q->latitude);
	if (order == 0)
		order = import_order_numbers(p->longitude, q->longitude);
	if (order == 0)
		order = import_order_numbers(p->has_latitude, q->has_latitude);
	return order != 0 ? order : import_order_texts(p->country, q->country);
}

static int compare_rows(const void *x, const void *y)
{
	const struct map_row *a = row_at(x, 0), *b = row_at(y, 0);
	int order = compare_months(a, b);

	if (order == 0)
		order = compare_maps(a, b);
	if (order == 0)
		order = compare_places(a, b);
	if (order == 0)
		order = import_order_texts(a->contributor, b->contributor);
	return order != 0 ? order : import_order_numbers(a->row.order, b->row.order);
}

/* --- content ----------------------------------------------------------------------------- */

Mandate__Estimate *import_maps_estimate(struct import_run *run, const char *operation,
					int32_t as_of, Mandate__Detail detail,
					Mandate__Record *record)
{
	Mandate__Estimate *e = arena_alloc(run->arena, sizeof *e);

	if (!e)
		return NULL;
	mandate__estimate__init(e);
	e->operation = (char *)(uintptr_t)operation;
	e->as_of = as_of;
	e->detail = detail;
	record->content_case = MANDATE__RECORD__CONTENT_ESTIMATE;
	record->estimate = e;
	return e;
}

Mandate__ContributorEstimate *import_maps_share(struct import_run *run, const char *contributor,
						uint32_t persons)
{
	Mandate__ContributorEstimate *share = arena_alloc(run->arena, sizeof *share);

	if (!share)
		return NULL;
	mandate__contributor_estimate__init(share);
	share->contributor = (char *)(uintptr_t)contributor;
	share->has_persons = true;
	share->persons = persons;
	return share;
}

/* Contingents: what a row adds to its map needs a contributor and a number. */
static bool take_contingent(struct import_run *run, struct map_row *r)
{
	if (strcmp(r->component, "formed_units") != 0) {
		import_problem(run, r->row.line, "bad_value",
			       "column \"component\" cannot take \"%s\"", r->component);
		return false;
	}
	if (!r->contributor || strcmp(r->contributor, "unknown") == 0) {
		import_problem(run, r->row.line, "unknown_contributor",
			       "attributed to nobody: not taken");
		return false;
	}
	if (!r->has_persons) {
		import_problem(run, r->row.line, "no_number",
			       "contingents without a number: not taken");
		return false;
	}
	return true;
}

static bool is_presence(const struct map_row *r)
{
	return strcmp(r->component, "presence_only") == 0;
}

/* Presence: a fact about the place, without persons. */
static bool take_presence(struct import_run *run, struct map_row *r)
{
	if (r->has_persons)
		import_problem(run, r->row.line, "bad_value", "presence_only with a number");
	return !r->has_persons;
}

static bool has_both_coordinates(struct import_run *run, const struct map_row *r)
{
	if (r->content.has_latitude == r->content.has_longitude)
		return true;
	import_problem(run, r->row.line, "missing_value", "one coordinate without the other");
	return false;
}

static bool take_row(struct import_run *run, struct map_row *r, bool by_place)
{
	if (r->row.bad || !has_both_coordinates(run, r))
		return false;
	return by_place && is_presence(r) ? take_presence(run, r) : take_contingent(run, r);
}

/* By contributor: each has one row a map. */
static bool fill_contributors(struct import_run *run, struct import_row *const *rows, size_t count,
			      Mandate__Estimate *e)
{
	e->contributors = arena_calloc(run->arena, count + 1, sizeof *e->contributors);
	if (!e->contributors)
		return false;
	for (size_t i = 0, end; i < count; i = end) {
		const struct map_row *r = row_at(rows, i);
		bool equal = true;

		for (end = i + 1; end < count &&
				  import_same_text(row_at(rows, end)->contributor, r->contributor);
		     end++)
			equal = equal && row_at(rows, end)->persons == r->persons;
		for (size_t k = i; !equal && k < end; k++)
			import_problem(run, rows[k]->line, "key_twice",
				       "%zu rows give %s different numbers: none is taken", end - i,
				       r->contributor);
		if (!equal)
			continue;
		e->contributors[e->n_contributors] =
			import_maps_share(run, r->contributor, r->persons);
		if (!e->contributors[e->n_contributors++])
			return false;
	}
	return true;
}

static void merge_flag(protobuf_c_boolean *has, protobuf_c_boolean *flag,
		       protobuf_c_boolean has_other, protobuf_c_boolean other)
{
	*flag = *flag || (has_other && other);
	*has = *has || has_other;
}

/* What any of its rows says of a place is so; of two headquarters the higher one. */
static void merge_place(Mandate__Place *place, const Mandate__Place *more)
{
	merge_flag(&place->has_formed_police_here, &place->formed_police_here,
		   more->has_formed_police_here, more->formed_police_here);
	merge_flag(&place->has_police_here, &place->police_here, more->has_police_here,
		   more->police_here);
	merge_flag(&place->has_observers_here, &place->observers_here, more->has_observers_here,
		   more->observers_here);
	if (more->has_headquarters &&
	    (!place->has_headquarters || more->headquarters < place->headquarters)) {
		place->has_headquarters = true;
		place->headquarters = more->headquarters;
	}
}

/* Adds the row of a contributor, who comes in order: several units at one place add up. */
static bool add_contingent(struct import_run *run, Mandate__Place *place, const struct map_row *r)
{
	Mandate__ContributorEstimate *last =
		place->n_contingents ? place->contingents[place->n_contingents - 1] : NULL;

	if (last && import_same_text(last->contributor, r->contributor)) {
		if (last->persons <= PERSONS_MAX) /* more is refused, however much */
			last->persons += r->persons;
		return true;
	}
	last = import_maps_share(run, r->contributor, r->persons);
	place->contingents[place->n_contingents] = last;
	place->n_contingents += last != NULL;
	return last != NULL;
}

static void add_presence(Mandate__Place *place, const struct map_row *r)
{
	size_t n = place->n_present_only;

	if (r->contributor &&
	    (n == 0 || !import_same_text(place->present_only[n - 1], r->contributor)))
		place->present_only[place->n_present_only++] = (char *)(uintptr_t)r->contributor;
}

/* The place of all `rows`. */
static Mandate__Place *fill_place(struct import_run *run, struct import_row *const *rows,
				  size_t count)
{
	Mandate__Place *place = arena_copy(run->arena, &row_at(rows, 0)->content, sizeof *place);

	if (!place)
		return NULL;
	place->contingents = arena_calloc(run->arena, count, sizeof *place->contingents);
	place->present_only = arena_calloc(run->arena, count, sizeof *place->present_only);
	if (!place->contingents || !place->present_only)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		const struct map_row *r = row_at(rows, i);

		merge_place(place, &r->content);
		if (is_presence(r))
			add_presence(place, r);
		else if (!add_contingent(run, place, r))
			return NULL;
	}
	return place;
}

static bool fill_places(struct import_run *run, struct import_row *const *rows, size_t count,
			Mandate__Estimate *e)
{
	e->places = arena_calloc(run->arena, count + 1, sizeof *e->places);
	if (!e->places)
		return false;
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1;
		     end < count && compare_places(row_at(rows, i), row_at(rows, end)) == 0;)
			end++;
		e->places[e->n_places] = fill_place(run, rows + i, end - i);
		if (!e->places[e->n_places++])
			return false;
	}
	return true;
}

/* A place on a border is taken without a country: it has none of its own. */
static void take_country(struct import_run *run, struct map_row *r)
{
	if (!r->countries)
		return;
	if (text_is_iso3(bytes_of_text(r->countries))) {
		r->content.country = (char *)(uintptr_t)r->countries;
	} else if (strchr(r->countries, ';')) {
		import_problem(run, r->row.line, "several_countries",
			       "the place is taken without a country: \"%s\"", r->countries);
	} else {
		import_problem(run, r->row.line, "bad_value",
			       "column \"country_iso3\" cannot take \"%s\"", r->countries);
		r->row.bad = true;
	}
}

/* --- facts ------------------------------------------------------------------------------- */

/* One map. Without any content a first edition is no fact; a later one takes the earlier back, if
 * that is what its rows say and not what is left of bad ones. */
static bool map_fact(struct import_run *run, Mandate__Detail detail, struct import_row **rows,
		     size_t count, uint32_t edition)
{
	bool by_place = detail == MANDATE__DETAIL__DETAIL_PLACE;
	struct import_row *some = rows[0];
	const struct map_row *first = row_at(rows, 0);
	Mandate__Record *record = arena_alloc(run->arena, sizeof *record);
	Mandate__Estimate *e;
	size_t kept = 0;
	bool whole = true;

	if (!record)
		return false;
	mandate__record__init(record);
	e = import_maps_estimate(run, first->operation, first->as_of, detail, record);
	for (size_t i = 0; i < count; i++) {
		whole = whole && !rows[i]->bad;
		if (take_row(run, row_at(rows, i), by_place))
			rows[kept++] = rows[i];
	}
	if (!e || !(by_place ? fill_places : fill_contributors)(run, rows, kept, e))
		return false;
	if (e->n_contributors + e->n_places > 0)
		import_fact(run, rows, kept, MANDATE__CHANGE_ACTION__CHANGE_ACTION_RECORD, record,
			    edition, &first->row.source);
	else if (edition > 1 && whole)
		import_fact(run, &some, 1, MANDATE__CHANGE_ACTION__CHANGE_ACTION_RETRACT, record,
			    edition, &first->row.source);
	return true;
}

static enum status map_facts(struct import_run *run, Mandate__Detail detail,
			     struct import_row **rows, size_t count)
{
	size_t kept = 0;
	uint32_t edition = 1;

	/* A row that is bad elsewhere still tells that its map exists. */
	for (size_t i = 0; i < count; i++) {
		struct map_row *r = row_at(rows, i);

		take_country(run, r);
		if (r->operation && r->has_as_of && r->row.source.text)
			rows[kept++] = rows[i];
	}
	import_sort(rows, kept, sizeof *rows, compare_rows);
	for (size_t i = 0, end; i < kept; i = end) {
		const struct map_row *first = row_at(rows, i);

		edition =
			i > 0 && compare_months(row_at(rows, i - 1), first) == 0 ? edition + 1 : 1;
		for (end = i + 1; end < kept && compare_months(first, row_at(rows, end)) == 0 &&
				  compare_maps(first, row_at(rows, end)) == 0;)
			end++;
		if (!map_fact(run, detail, rows + i, end - i, edition))
			return STATUS_NO_MEMORY;
	}
	return STATUS_OK;
}

static enum status monthly_facts(struct import_run *run, struct import_row **rows, size_t count)
{
	return map_facts(run, MANDATE__DETAIL__DETAIL_CONTRIBUTOR, rows, count);
}

static enum status location_facts(struct import_run *run, struct import_row **rows, size_t count)
{
	return map_facts(run, MANDATE__DETAIL__DETAIL_PLACE, rows, count);
}

const struct import_form import_maps_monthly = {
	IMPORT_FORM(map_row, monthly_columns, mandate__place__descriptor),
	.facts = monthly_facts,
};

const struct import_form import_maps_locations = {
	IMPORT_FORM(map_row, location_columns, mandate__place__descriptor),
	.facts = location_facts,
};
