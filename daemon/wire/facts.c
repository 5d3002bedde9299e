#include "wire/facts.h"
#include "base/day.h"
#include "model/record.h"
#include "wire/facts_parts.h"

static bool check_phases(const struct facts_place *at, const Mandate__Operation *o)
{
	for (size_t i = 0; i < o->n_phases; i++) {
		if (i > 0 && o->phases[i - 1]->from >= o->phases[i]->from)
			return facts_fail_item(at, MANDATE__CODE__CODE_NOT_CANONICAL, "phases", i,
					       "from", "phases are sorted by day, each once");
		if (!facts_once(at, o->phases[i]->hosts, o->phases[i]->n_hosts, "phases"))
			return false;
	}
	return true;
}

static bool check_operation(const struct facts_place *at, const Mandate__Operation *o)
{
	bool to_date = o->has_mandate_series_to &&
		       o->mandate_series_to == MANDATE__SERIES_END__SERIES_END_TO_DATE;

	if (to_date && !o->has_mandate_series_to_day)
		return facts_fail(at, MANDATE__CODE__CODE_MISSING, "mandate_series_to_day",
				  "a series known up to a day needs that day");
	if (!to_date && o->has_mandate_series_to_day)
		return facts_fail(at, MANDATE__CODE__CODE_RANGE, "mandate_series_to_day",
				  "only a series known up to a day has that day");
	if (!facts_once(at, o->hosts, o->n_hosts, "hosts") || !check_phases(at, o))
		return false;
	return facts_in_order(at, o->has_start_date, o->start_date, o->has_end_date, o->end_date,
			      "end_date", "an operation cannot end before it starts") &&
	       facts_in_order(at, o->has_mandate_series_from, o->mandate_series_from,
			      o->has_mandate_series_to_day, o->mandate_series_to_day,
			      "mandate_series_to_day", "a series cannot end before it starts") &&
	       facts_in_order(at, o->has_liquidating_from, o->liquidating_from, o->has_closed_on,
			      o->closed_on, "closed_on",
			      "an operation cannot be closed before it is liquidated");
}

static bool check_instrument(const struct facts_place *at, const Mandate__Instrument *i)
{
	static const char early[] = "a mandate cannot end before it takes effect";

	if (!facts_needs(at, i->has_action, "action") ||
	    !facts_needs(at, i->has_adopted, "adopted"))
		return false;
	bool begins = i->action == MANDATE__ACTION__ACTION_ESTABLISH ||
		      i->action == MANDATE__ACTION__ACTION_EXTEND;
	int32_t effective = i->has_effective ? i->effective : i->adopted;
	if (!facts_in_order(at, begins, effective, i->has_valid_until, i->valid_until,
			    "valid_until", early))
		return false;
	for (size_t k = 0; k < i->n_ceilings; k++) {
		const Mandate__CeilingEntry *c = i->ceilings[k];
		int32_t from = c->has_from ? c->from : effective;

		if (c->has_until && c->until < from)
			return facts_fail_item(at, MANDATE__CODE__CODE_DATE, "ceilings", k, "until",
					       "a ceiling cannot end before it starts");
	}
	return true;
}

static bool check_ceiling(const struct facts_place *at, const Mandate__Ceiling *c)
{
	return facts_in_order(at, true, c->from, c->has_until, c->until, "until",
			      "a ceiling cannot end before it starts");
}

static bool check_return(const struct facts_place *at, const Mandate__Return *r)
{
	for (size_t i = 1; i < r->n_covers; i++)
		if (r->covers[i - 1] >= r->covers[i])
			return facts_fail(
				at, MANDATE__CODE__CODE_NOT_CANONICAL, "covers",
				"components stand in the order of their numbers, each once");
	for (size_t i = 0; i < r->n_counts; i++) {
		const Mandate__HeadCount *c = r->counts[i], *before = i ? r->counts[i - 1] : NULL;

		if (c->has_women && c->women > c->persons)
			return facts_fail_item(at, MANDATE__CODE__CODE_RANGE, "counts", i, "women",
					       "more women than persons");
		if (!before)
			continue;
		int order = strcmp(before->contributor, c->contributor);
		if (order > 0 || (order == 0 && before->component >= c->component))
			return facts_fail_item(
				at, MANDATE__CODE__CODE_NOT_CANONICAL, "counts", i, "contributor",
				"counts are sorted by contributor and component, each "
				"pair once");
	}
	return true;
}

static bool check_total(const struct facts_place *at, const Mandate__Total *t)
{
	return facts_needs(at, t->has_persons, "persons") &&
	       facts_women(at, t->has_women, t->women, t->persons);
}

static bool check_places(const struct facts_place *at, const Mandate__Estimate *e)
{
	for (size_t i = 0; i < e->n_places; i++) {
		const Mandate__Place *p = e->places[i];

		if (i > 0 && strcmp(e->places[i - 1]->name, p->name) > 0)
			return facts_fail_item(at, MANDATE__CODE__CODE_NOT_CANONICAL, "places", i,
					       "name", "places are sorted by name");
		if (p->has_latitude != p->has_longitude)
			return facts_fail_item(at, MANDATE__CODE__CODE_MISSING, "places", i,
					       p->has_latitude ? "longitude" : "latitude",
					       "a coordinate needs the other");
		for (size_t k = 1; k < p->n_contingents; k++)
			if (strcmp(p->contingents[k - 1]->contributor,
				   p->contingents[k]->contributor) > 0)
				return facts_fail_item(at, MANDATE__CODE__CODE_NOT_CANONICAL,
						       "places", i, "contingents",
						       "contingents are sorted by contributor");
	}
	return true;
}

static bool check_estimate(const struct facts_place *at, const Mandate__Estimate *e)
{
	bool by_place = e->detail == MANDATE__DETAIL__DETAIL_PLACE;
	int year, month, day_of_month;

	day_to_civil(e->as_of + 1, &year, &month, &day_of_month);
	if (day_of_month != 1)
		return facts_fail(at, MANDATE__CODE__CODE_DATE, "as_of",
				  "a map of a month is as of the month's last day");
	if (by_place && e->n_contributors > 0)
		return facts_fail(at, MANDATE__CODE__CODE_RANGE, "contributors",
				  "an estimate by place has no list of contributors");
	if (!by_place && e->n_places > 0)
		return facts_fail(at, MANDATE__CODE__CODE_RANGE, "places",
				  "an estimate by contributor has no list of places");
	for (size_t i = 0; i < e->n_contributors; i++) {
		if (!e->contributors[i]->has_persons)
			return facts_fail_item(at, MANDATE__CODE__CODE_MISSING, "contributors", i,
					       "persons",
					       "an estimate by contributor needs numbers");
		if (i > 0 && strcmp(e->contributors[i - 1]->contributor,
				    e->contributors[i]->contributor) >= 0)
			return facts_fail_item(at, MANDATE__CODE__CODE_NOT_CANONICAL,
					       "contributors", i, "contributor",
					       "contributors are sorted, each once");
	}
	return check_places(at, e);
}

static bool check_content(const struct facts_place *at, const Mandate__Record *record)
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
		return facts_forces_unit(at, record->unit);
	case MANDATE__RECORD__CONTENT_ESTIMATE:
		return check_estimate(at, record->estimate);
	case MANDATE__RECORD__CONTENT_ARRANGEMENT:
		return facts_partners_arrangement(at, record->arrangement);
	case MANDATE__RECORD__CONTENT_ACCEPTANCE:
		return facts_partners_acceptance(at, record->acceptance);
	case MANDATE__RECORD__CONTENT_CLAIM:
		return facts_partners_claim(at, record->claim);
	case MANDATE__RECORD__CONTENT_REQUIREMENT:
		return facts_forces_requirement(at, record->requirement);
	case MANDATE__RECORD__CONTENT_PLEDGE:
		return facts_forces_pledge(at, record->pledge);
	case MANDATE__RECORD__CONTENT_PLEDGE_STEP:
		return facts_forces_pledge_step(at, record->pledge_step);
	case MANDATE__RECORD__CONTENT_TRANSFER:
		return facts_forces_transfer(at, record->transfer);
	case MANDATE__RECORD__CONTENT_AMOUNT:
		return facts_partners_amount(at, record->amount);
	case MANDATE__RECORD__CONTENT_PAYMENT:
		return facts_partners_payment(at, record->payment);
	case MANDATE__RECORD__CONTENT_PRIORITIES:
		return facts_partners_priorities(at, record->priorities);
	case MANDATE__RECORD__CONTENT_ENDORSEMENT:
		return facts_partners_endorsement(at, record->endorsement);
	case MANDATE__RECORD__CONTENT_CONSENT:
		return facts_partners_consent(at, record->consent);
	case MANDATE__RECORD__CONTENT_OFFICE:
		return facts_office(at, record->office);
	case MANDATE__RECORD__CONTENT__NOT_SET:
	case _MANDATE__RECORD__CONTENT__CASE_IS_INT_SIZE:
		break; /* the walk does not let it pass */
	}
	return facts_fail(at, MANDATE__CODE__CODE_MISSING, "content", "this is needed");
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
static bool check_retraction(const struct facts_place *at, const Mandate__Record *record)
{
	const ProtobufCMessage *content = &record->partner->base; /* contents share the union */

	for (unsigned i = 0; i < content->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &content->descriptor->fields[i];

		if (field->label != PROTOBUF_C_LABEL_REQUIRED && is_set(content, field))
			return facts_fail(at, MANDATE__CODE__CODE_RANGE, field->name,
					  "a retraction names the record by its key fields and has "
					  "nothing else");
	}
	return true;
}

bool facts_check(const Mandate__Change *change, int number, struct wire_fault *ret_fault)
{
	struct facts_place at = {
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
