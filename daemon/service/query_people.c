#include "service/query_people.h"

#include "model/codec.h"
#include "model/record.h"
#include "rules/ceiling.h"

bool query_people_belongs(Mandate__Component component, Mandate__Component group)
{
	while (component && component != group)
		component = ceiling_parent(component);
	return component == group;
}

enum status query_people_unit(struct arena *a, const char *key, struct people_unit *ret_unit)
{
	char *operation = arena_text(a, key);
	char *contributor = operation ? strchr(operation, ':') : NULL;
	char *unit = contributor ? strchr(contributor + 1, ':') : NULL;
	char *from = unit ? strchr(unit + 1, ':') : NULL;

	if (!operation)
		return STATUS_NO_MEMORY;
	if (!from)
		return STATUS_CORRUPT;
	*contributor++ = *unit++ = *from = '\0';
	*ret_unit = (struct people_unit){operation, contributor, unit};
	return STATUS_OK;
}

/* --- the head-count ------------------------------------------------------------------------------
 */

/* The record whose key `record` has, which a dossier was made from. */
static enum status read_known(struct page_operation *o, const Mandate__Record *record,
			      struct view_fact *ret_fact)
{
	char key[KEY_TEXT_MAX + 1];

	if (record_key(record, key) != STATUS_OK)
		return STATUS_CORRUPT;
	enum status s =
		view_get(&o->page->view, &o->page->scratch, record_kind(record), key, ret_fact);
	return s == STATUS_NOT_FOUND || (s == STATUS_OK && !ret_fact->record) ? STATUS_CORRUPT : s;
}

static enum status read_return(struct page_operation *o, int32_t as_of,
			       const Mandate__Return **ret_return)
{
	Mandate__Return key = MANDATE__RETURN__INIT;
	Mandate__Record record = MANDATE__RECORD__INIT;
	struct view_fact fact;

	key.operation = codec_borrow(o->name);
	key.as_of = as_of;
	record.content_case = MANDATE__RECORD__CONTENT_RETURN;
	record.return_ = &key;
	enum status s = read_known(o, &record, &fact);
	if (s == STATUS_OK)
		*ret_return = fact.record->return_;
	return s;
}

/* Has a component above it, up to `group`, been counted for the same contributor? */
static bool is_within(Mandate__Component component, uint32_t counted, Mandate__Component group)
{
	while (component != group && (component = ceiling_parent(component)))
		if (counted & 1u << component)
			return true;
	return false;
}

/* Counts are sorted by contributor, then component; a whole comes before its parts. */
static enum status pick_counts(struct arena *a, const Mandate__Return *r,
			       Mandate__Component component, struct people *people)
{
	const char *contributor = NULL;
	uint32_t counted = 0;

	people->counts = arena_calloc(a, r->n_counts + 1, sizeof *people->counts);
	if (!people->counts)
		return STATUS_NO_MEMORY;
	for (size_t i = 0; i < r->n_counts; i++) {
		const Mandate__HeadCount *c = r->counts[i];

		if (!contributor || strcmp(contributor, c->contributor) != 0)
			counted = 0;
		contributor = c->contributor;
		if (!query_people_belongs(c->component, component) ||
		    is_within(c->component, counted, component))
			continue;
		counted |= 1u << c->component;
		people->counts[people->count++] = c;
	}
	return STATUS_OK;
}

static enum status pick_total(struct page_operation *o, Mandate__Component component, int32_t as_of,
			      struct people *people)
{
	struct arena *a = &o->page->scratch;
	Mandate__Total key = MANDATE__TOTAL__INIT;
	Mandate__Record record = MANDATE__RECORD__INIT;
	Mandate__HeadCount *count = arena_alloc(a, sizeof *count);
	struct view_fact fact;
	char text[KEY_TEXT_MAX + 1];

	people->counts = arena_calloc(a, 1, sizeof *people->counts);
	if (!count || !people->counts)
		return STATUS_NO_MEMORY;
	key.operation = codec_borrow(o->name);
	key.as_of = as_of;
	key.component = component;
	record.content_case = MANDATE__RECORD__CONTENT_TOTAL;
	record.total = &key;
	if (record_key(&record, text) != STATUS_OK)
		return STATUS_CORRUPT;
	enum status s = view_get(&o->page->view, a, MANDATE__KIND__KIND_TOTAL, text, &fact);
	/* The sum of totals of its parts: nothing more is said of the whole. */
	if (s == STATUS_NOT_FOUND || (s == STATUS_OK && !fact.record))
		return STATUS_OK;
	if (s != STATUS_OK)
		return s;
	mandate__head_count__init(count);
	count->component = component;
	count->persons = fact.record->total->persons;
	count->has_women = fact.record->total->has_women;
	count->women = fact.record->total->women;
	people->counts[people->count++] = count;
	return STATUS_OK;
}

enum status query_people_read(struct page_operation *o, int32_t day, Mandate__Component component,
			      const struct strength_day *strength, struct people *ret_people)
{
	struct arena *a = &o->page->scratch;
	const Mandate__Return *r;

	*ret_people = (struct people){0};
	enum status s = unit_list(o->dossier, day, a, &ret_people->units, &ret_people->unit_count);
	if (s != STATUS_OK || !strength->known)
		return s;
	if (strength->basis == MANDATE__BASIS__BASIS_TOTAL)
		return pick_total(o, component, strength->as_of, ret_people);
	if (strength->basis != MANDATE__BASIS__BASIS_RETURN)
		return STATUS_OK;
	s = read_return(o, strength->as_of, &r);
	return s == STATUS_OK ? pick_counts(a, r, component, ret_people) : s;
}

/* --- women ---------------------------------------------------------------------------------------
 */

enum status query_people_women(struct page_operation *o, Mandate__Component component,
			       const struct strength_day *strength, const struct people *people,
			       struct people_women *ret_women)
{
	struct people_women w = {0};
	struct view_fact fact;

	for (size_t i = 0; i < people->count; i++)
		if (people->counts[i]->has_women) {
			w.women += people->counts[i]->women;
			w.of += people->counts[i]->persons;
		}
	/* Where there are units alone, they say it. */
	for (size_t i = 0; i < people->unit_count && strength->known &&
			   strength->basis == MANDATE__BASIS__BASIS_UNIT;
	     i++) {
		const struct unit_day *u = &people->units[i];

		if (!query_people_belongs(u->component, component))
			continue;
		enum status s = view_get(&o->page->view, &o->page->scratch,
					 MANDATE__KIND__KIND_UNIT, u->key, &fact);
		if (s != STATUS_OK)
			return s;
		if (fact.record && fact.record->unit->has_women) {
			w.women += fact.record->unit->women;
			w.of += u->persons;
		}
	}
	*ret_women = w;
	return STATUS_OK;
}

/* --- contributors --------------------------------------------------------------------------------
 */

static enum status sum_units(struct arena *a, const struct unit_day *units, size_t count,
			     Mandate__Component component, const char *contributor,
			     uint64_t *ret_persons)
{
	struct people_unit name;

	*ret_persons = 0;
	for (size_t i = 0; i < count; i++) {
		enum status s = query_people_unit(a, units[i].key, &name);

		if (s != STATUS_OK)
			return s;
		if (strcmp(name.contributor, contributor) == 0 &&
		    query_people_belongs(units[i].component, component))
			*ret_persons += units[i].persons;
	}
	return STATUS_OK;
}

enum status query_people_of(struct page_operation *o, Mandate__Component component,
			    const struct strength_day *strength, const struct people *people,
			    const char *contributor, uint64_t *ret_persons, bool *ret_known)
{
	struct arena *a = &o->page->scratch;
	struct unit_day *then = NULL;
	uint64_t counted = 0, came, left = 0;
	size_t then_count = 0;
	bool known = false;

	for (size_t i = 0; i < people->count; i++) {
		const char *whose = people->counts[i]->contributor;

		if (!whose || strcmp(whose, contributor) != 0)
			continue;
		counted += people->counts[i]->persons;
		known = true;
	}
	enum status s =
		sum_units(a, people->units, people->unit_count, component, contributor, &came);
	if (s == STATUS_OK && strength->known && strength->basis != MANDATE__BASIS__BASIS_UNIT)
		s = unit_list(o->dossier, strength->as_of, a, &then, &then_count);
	if (s == STATUS_OK)
		s = sum_units(a, then, then_count, component, contributor, &left);
	if (s != STATUS_OK)
		return s;
	*ret_known = known || came;
	/* Units may have come and gone that a return, which is complete, does not tell apart. */
	*ret_persons = counted + came > left ? counted + came - left : 0;
	return STATUS_OK;
}

enum status query_people_name(struct arena *a, struct people_names *names, const char *name)
{
	size_t low = 0, high = names->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(names->at[middle], name);

		if (order == 0)
			return STATUS_OK;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (names->count == names->room) {
		size_t room = names->room ? 2 * names->room : 64;
		const char **at = arena_calloc(a, room, sizeof *at);

		if (!at)
			return STATUS_NO_MEMORY;
		if (names->count)
			memcpy(at, names->at, names->count * sizeof *at);
		names->at = at;
		names->room = room;
	}
	const char *copy = arena_text(a, name);
	if (!copy)
		return STATUS_NO_MEMORY;
	memmove(names->at + low + 1, names->at + low, (names->count - low) * sizeof *names->at);
	names->at[low] = copy;
	names->count++;
	return STATUS_OK;
}

/* A map; by contributors first of all, else by places. */
static enum status read_map(struct page_operation *o, int32_t as_of,
			    const Mandate__Estimate **ret_estimate)
{
	struct arena *scratch = &o->page->scratch;
	Mandate__Estimate key = MANDATE__ESTIMATE__INIT;
	Mandate__Record record = MANDATE__RECORD__INIT;
	char text[KEY_TEXT_MAX + 1];
	struct view_fact fact;

	key.operation = codec_borrow(o->name);
	key.as_of = as_of;
	key.detail = MANDATE__DETAIL__DETAIL_CONTRIBUTOR;
	record.content_case = MANDATE__RECORD__CONTENT_ESTIMATE;
	record.estimate = &key;
	enum status s = record_key(&record, text);
	if (s == STATUS_OK)
		s = view_get(&o->page->view, scratch, MANDATE__KIND__KIND_ESTIMATE, text, &fact);
	if (s == STATUS_NOT_FOUND || (s == STATUS_OK && !fact.record)) {
		key.detail = MANDATE__DETAIL__DETAIL_PLACE;
		s = read_known(o, &record, &fact);
	}
	if (s == STATUS_OK)
		*ret_estimate = fact.record->estimate;
	return s;
}

static enum status names_on_map(struct page_operation *o, int32_t as_of, struct arena *a,
				struct people_names *names)
{
	const Mandate__Estimate *e;
	enum status s = read_map(o, as_of, &e);

	if (s != STATUS_OK)
		return s;
	for (size_t i = 0; s == STATUS_OK && i < e->n_contributors; i++)
		s = query_people_name(a, names, e->contributors[i]->contributor);
	for (size_t i = 0; s == STATUS_OK && i < e->n_places; i++)
		for (size_t k = 0; s == STATUS_OK && k < e->places[i]->n_contingents; k++)
			s = query_people_name(a, names, e->places[i]->contingents[k]->contributor);
	return s;
}

static uint64_t sum_estimates(Mandate__ContributorEstimate *const *list, size_t count,
			      const char *contributor)
{
	uint64_t persons = 0;

	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i]->contributor, contributor) == 0)
			persons += list[i]->persons;
	return persons;
}

enum status query_people_estimate(struct page_operation *o, int32_t as_of, const char *contributor,
				  uint64_t *ret_persons)
{
	const Mandate__Estimate *e;
	enum status s = read_map(o, as_of, &e);

	if (s != STATUS_OK)
		return s;
	*ret_persons = sum_estimates(e->contributors, e->n_contributors, contributor);
	for (size_t i = 0; i < e->n_places; i++)
		*ret_persons += sum_estimates(e->places[i]->contingents,
					      e->places[i]->n_contingents, contributor);
	return STATUS_OK;
}

enum status query_people_names(struct page_operation *o, const struct strength_day strengths[2],
			       struct arena *a, struct people_names *names)
{
	static const Mandate__Component groups[2] = {MANDATE__COMPONENT__COMPONENT_MILITARY,
						     MANDATE__COMPONENT__COMPONENT_POLICE};
	struct estimate_day estimate;
	struct people_unit name;
	struct people people;
	bool counted = false;
	enum status s = STATUS_OK;

	for (size_t g = 0; s == STATUS_OK && g < 2; g++) {
		s = query_people_read(o, o->page->on, groups[g], &strengths[g], &people);
		counted |= strengths[g].known && strengths[g].basis == MANDATE__BASIS__BASIS_RETURN;
		for (size_t i = 0; s == STATUS_OK && i < people.count; i++)
			if (people.counts[i]->contributor && people.counts[i]->persons)
				s = query_people_name(a, names, people.counts[i]->contributor);
	}
	for (size_t i = 0; s == STATUS_OK && i < people.unit_count; i++) {
		s = query_people_unit(&o->page->scratch, people.units[i].key, &name);
		if (s == STATUS_OK)
			s = query_people_name(a, names, name.contributor);
	}
	strength_estimate(o->dossier, o->page->on, &estimate);
	if (s != STATUS_OK || counted || people.unit_count || !estimate.known)
		return s;
	return names_on_map(o, estimate.as_of, a, names);
}
