#include "wire/facts.h"
#include "base/day.h"
#include "model/record.h"
#include "wire/check.h"

/* Where a fault would be reported. */
struct place_of {
	struct wire_fault *fault;
	int change;
	const char *kind; /* "instrument", as the record's field is called too */
};

static bool fail(const struct place_of *at, Mandate__Code code, const char *field, const char *text)
{
	return check_fail(at->fault, code, at->change, text, "changes[%d].record.%s.%s", at->change,
			  at->kind, field);
}

static bool fail_item(const struct place_of *at, Mandate__Code code, const char *list, size_t i,
		      const char *field, const char *text)
{
	return check_fail(at->fault, code, at->change, text, "changes[%d].record.%s.%s[%zu].%s",
			  at->change, at->kind, list, i, field);
}

static bool needs(const struct place_of *at, bool present, const char *field)
{
	return present || fail(at, MANDATE__CODE__CODE_MISSING, field, "a record needs this");
}

/* `first` <= `second`, if both are there. */
static bool in_order(const struct place_of *at, bool has_first, int32_t first, bool has_second,
		     int32_t second, const char *field, const char *text)
{
	return !has_first || !has_second || first <= second ||
	       fail(at, MANDATE__CODE__CODE_DATE, field, text);
}

static bool check_operation(const struct place_of *at, const Mandate__Operation *o)
{
	bool to_date = o->has_mandate_series_to &&
		       o->mandate_series_to == MANDATE__SERIES_END__SERIES_END_TO_DATE;

	if (to_date && !o->has_mandate_series_to_day)
		return fail(at, MANDATE__CODE__CODE_MISSING, "mandate_series_to_day",
			    "a series known up to a day needs that day");
	if (!to_date && o->has_mandate_series_to_day)
		return fail(at, MANDATE__CODE__CODE_RANGE, "mandate_series_to_day",
			    "only a series known up to a day has that day");
	for (size_t i = 1; i < o->n_hosts; i++)
		for (size_t k = 0; k < i; k++)
			if (strcmp(o->hosts[i], o->hosts[k]) == 0)
				return fail(at, MANDATE__CODE__CODE_NOT_CANONICAL, "hosts",
					    "each host stands once");
	return in_order(at, o->has_start_date, o->start_date, o->has_end_date, o->end_date,
			"end_date", "an operation cannot end before it starts") &&
	       in_order(at, o->has_mandate_series_from, o->mandate_series_from,
			o->has_mandate_series_to_day, o->mandate_series_to_day,
			"mandate_series_to_day", "a series cannot end before it starts");
}

static bool check_instrument(const struct place_of *at, const Mandate__Instrument *i)
{
	static const char early[] = "a mandate cannot end before it takes effect";

	if (!needs(at, i->has_action, "action") || !needs(at, i->has_adopted, "adopted"))
		return false;
	bool begins = i->action == MANDATE__ACTION__ACTION_ESTABLISH ||
		      i->action == MANDATE__ACTION__ACTION_EXTEND;
	int32_t effective = i->has_effective ? i->effective : i->adopted;
	if (!in_order(at, begins, effective, i->has_valid_until, i->valid_until, "valid_until",
		      early))
		return false;
	for (size_t k = 0; k < i->n_ceilings; k++) {
		const Mandate__CeilingEntry *c = i->ceilings[k];
		int32_t from = c->has_from ? c->from : effective;

		if (c->has_until && c->until < from)
			return fail_item(at, MANDATE__CODE__CODE_DATE, "ceilings", k, "until",
					 "a ceiling cannot end before it starts");
	}
	return true;
}

static bool check_ceiling(const struct place_of *at, const Mandate__Ceiling *c)
{
	return in_order(at, true, c->from, c->has_until, c->until, "until",
			"a ceiling cannot end before it starts");
}

static bool check_return(const struct place_of *at, const Mandate__Return *r)
{
	for (size_t i = 1; i < r->n_covers; i++)
		if (r->covers[i - 1] >= r->covers[i])
			return fail(at, MANDATE__CODE__CODE_NOT_CANONICAL, "covers",
				    "components stand in the order of their numbers, each once");
	for (size_t i = 0; i < r->n_counts; i++) {
		const Mandate__HeadCount *c = r->counts[i], *before = i ? r->counts[i - 1] : NULL;

		if (c->has_women && c->women > c->persons)
			return fail_item(at, MANDATE__CODE__CODE_RANGE, "counts", i, "women",
					 "more women than persons");
		if (!before)
			continue;
		int order = strcmp(before->contributor, c->contributor);
		if (order > 0 || (order == 0 && before->component >= c->component))
			return fail_item(at, MANDATE__CODE__CODE_NOT_CANONICAL, "counts", i,
					 "contributor",
					 "counts are sorted by contributor and component, each "
					 "pair once");
	}
	return true;
}

static bool check_total(const struct place_of *at, const Mandate__Total *t)
{
	return needs(at, t->has_persons, "persons");
}

static bool check_unit(const struct place_of *at, const Mandate__Unit *u)
{
	return needs(at, u->has_component, "component") && needs(at, u->has_persons, "persons") &&
	       in_order(at, true, u->from, u->has_to, u->to, "to",
			"a unit cannot leave before it comes");
}

static bool check_places(const struct place_of *at, const Mandate__Estimate *e)
{
	for (size_t i = 0; i < e->n_places; i++) {
		const Mandate__Place *p = e->places[i];

		if (i > 0 && strcmp(e->places[i - 1]->name, p->name) > 0)
			return fail_item(at, MANDATE__CODE__CODE_NOT_CANONICAL, "places", i, "name",
					 "places are sorted by name");
		if (p->has_latitude != p->has_longitude)
			return fail_item(at, MANDATE__CODE__CODE_MISSING, "places", i,
					 p->has_latitude ? "longitude" : "latitude",
					 "a coordinate needs the other");
		for (size_t k = 1; k < p->n_contingents; k++)
			if (strcmp(p->contingents[k - 1]->contributor,
				   p->contingents[k]->contributor) > 0)
				return fail_item(at, MANDATE__CODE__CODE_NOT_CANONICAL, "places", i,
						 "contingents",
						 "contingents are sorted by contributor");
	}
	return true;
}

static bool check_estimate(const struct place_of *at, const Mandate__Estimate *e)
{
	bool by_place = e->detail == MANDATE__DETAIL__DETAIL_PLACE;
	int year, month, day_of_month;

	day_to_civil(e->as_of + 1, &year, &month, &day_of_month);
	if (day_of_month != 1)
		return fail(at, MANDATE__CODE__CODE_DATE, "as_of",
			    "a map of a month is as of the month's last day");
	if (by_place && e->n_contributors > 0)
		return fail(at, MANDATE__CODE__CODE_RANGE, "contributors",
			    "an estimate by place has no list of contributors");
	if (!by_place && e->n_places > 0)
		return fail(at, MANDATE__CODE__CODE_RANGE, "places",
			    "an estimate by contributor has no list of places");
	for (size_t i = 0; i < e->n_contributors; i++) {
		if (!e->contributors[i]->has_persons)
			return fail_item(at, MANDATE__CODE__CODE_MISSING, "contributors", i,
					 "persons", "an estimate by contributor needs numbers");
		if (i > 0 && strcmp(e->contributors[i - 1]->contributor,
				    e->contributors[i]->contributor) >= 0)
			return fail_item(at, MANDATE__CODE__CODE_NOT_CANONICAL, "contributors", i,
					 "contributor", "contributors are sorted, each once");
	}
	return check_places(at, e);
}

static bool check_content(const struct place_of *at, const Mandate__Record *record)
{
	switch (record->content_case) {
	case MANDATE__RECORD__CONTENT_PARTNER:
		return true;
	case MANDATE__RECORD__CONTENT_OPERATION:
		return check_operation(at, record->operation);
	case MANDATE__RECORD__CONTENT_INSTRUMENT:
		return check_instrument(at, record->instrument);
	case MANDATE__RECORD__CONTENT_CEILING:
		return check_ceiling(at, record->ceiling);
	case MANDATE__RECORD__CONTENT_RETURN:
		return check_return(at, record->return_);
	case MANDATE__RECORD__CONTENT_TOTAL:
		return check_total(at, record->total);
	case MANDATE__RECORD__CONTENT_UNIT:
		return check_unit(at, record->unit);
	case MANDATE__RECORD__CONTENT_ESTIMATE:
		return check_estimate(at, record->estimate);
	case MANDATE__RECORD__CONTENT__NOT_SET:
	case _MANDATE__RECORD__CONTENT__CASE_IS_INT_SIZE:
		break; /* the walk does not let it pass */
	}
	return fail(at, MANDATE__CODE__CODE_MISSING, "content", "this is needed");
}

static bool is_set(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *field)
{
	const char *count_or_flag = (const char *)m + field->quantifier_offset;

	if (field->label == PROTOBUF_C_LABEL_REPEATED)
		return *(const size_t *)(const void *)count_or_flag > 0;
	if (field->type == PROTOBUF_C_TYPE_STRING)
		return *(char *const *)(const void *)((const char *)m + field->offset) != NULL;
	return *(const protobuf_c_boolean *)(const void *)count_or_flag;
}

/* The key of a kind is its required fields; all others are what a retraction takes away. */
static bool check_retraction(const struct place_of *at, const Mandate__Record *record)
{
	const ProtobufCMessage *content = &record->partner->base; /* contents share the union */

	for (unsigned i = 0; i < content->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &content->descriptor->fields[i];

		if (field->label != PROTOBUF_C_LABEL_REQUIRED && is_set(content, field))
			return fail(at, MANDATE__CODE__CODE_RANGE, field->name,
				    "a retraction names the record by its key fields and has "
				    "nothing else");
	}
	return true;
}

bool facts_check(const Mandate__Change *change, int number, struct wire_fault *ret_fault)
{
	struct place_of at = {
		.fault = ret_fault,
		.change = number,
		.kind = record_kind_name(record_kind(change->record)),
	};

	switch (change->action) {
	case MANDATE__CHANGE_ACTION__CHANGE_ACTION_RECORD:
	case MANDATE__CHANGE_ACTION__CHANGE_ACTION_CORRECT:
		return check_content(&at, change->record);
	case MANDATE__CHANGE_ACTION__CHANGE_ACTION_RETRACT:
		return check_retraction(&at, change->record);
	case _MANDATE__CHANGE_ACTION_IS_INT_SIZE:
		break; /* nor this */
	}
	return check_fail(ret_fault, MANDATE__CODE__CODE_ENUM_RANGE, number,
			  "the list of values does not have this one", "changes[%d].action",
			  number);
}
