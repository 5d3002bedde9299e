/* The table of fields of records and changes. */
#include "wire/fields_parts.h"

/* A row a line. */
/* clang-format off */

static const struct field_rule partner_fields[] = {
	{"code", FORM_CODE},
	{"kind", FORM_ENUM},
	{"iso3", FORM_ISO3},
	{"name", FORM_TEXT},
	{"seat", FORM_TEXT},
};
static const struct message_rule partner = RULE(partner, NULL, partner_fields);

static const struct field_rule phase_fields[] = {
	{"from", FORM_DAY},
	{"full_name", FORM_TEXT},
	{"lead", FORM_TEXT},
	{"hosts", FORM_ISO3, .list_max = HOSTS_PER_OPERATION_MAX},
	{"financing", FORM_ENUM},
	{"headquarters", FORM_TEXT},
	{"document", FORM_CODE},
};
static const struct message_rule phase = RULE(phase, NULL, phase_fields);

static const struct field_rule operation_fields[] = {
	{"acronym", FORM_CODE},
	{"full_name", FORM_TEXT},
	{"kind", FORM_ENUM},
	{"lead", FORM_TEXT},
	{"hosts", FORM_ISO3, .list_max = HOSTS_PER_OPERATION_MAX},
	{"start_date", FORM_DAY},
	{"end_date", FORM_DAY},
	{"status", FORM_ENUM},
	{"financing", FORM_ENUM},
	{"established_by", FORM_TEXT},
	{"mandate_series_from", FORM_DAY},
	{"mandate_series_to", FORM_ENUM},
	{"mandate_series_to_day", FORM_DAY},
	{"headquarters", FORM_TEXT},
	{"latitude", DEGREES(90)},
	{"longitude", DEGREES(180)},
	{"liquidating_from", FORM_DAY},
	{"closed_on", FORM_DAY},
	{"phases", IS(phase), .list_max = PHASES_PER_OPERATION_MAX},
};
static const struct message_rule operation = RULE(operation, NULL, operation_fields);

static const struct field_rule ceiling_entry_fields[] = {
	{"component", FORM_ENUM},
	{"persons", PERSONS},
	{"delta", PERSONS_MORE_OR_LESS},
	{"from", FORM_DAY},
	{"until", FORM_DAY},
	{"comply_by", FORM_DAY},
	{"name", FORM_CODE},
	{"parent", FORM_ENUM},
	{"wording", FORM_ENUM},
};
static const struct message_rule ceiling_entry = RULE(ceiling_entry, NULL, ceiling_entry_fields);

static const struct field_rule instrument_fields[] = {
	{"operation", FORM_CODE},
	{"party", FORM_CODE},
	{"document", FORM_CODE},
	{"action", FORM_ENUM},
	{"adopted", FORM_DAY},
	{"effective", FORM_DAY},
	{"valid_until", FORM_DAY},
	{"withdraw_by", FORM_DAY},
	{"carried_out", FORM_FLAG},
	{"technical_rollover", FORM_FLAG},
	{"also_amends", FORM_FLAG},
	{"ceilings", IS(ceiling_entry), .list_max = ENTRIES_PER_INSTRUMENT_MAX},
	{"chapter", FORM_ENUM},
	{"tasks", FORM_TEXT, .min = 1, .list_max = TASKS_PER_INSTRUMENT_MAX},
};
static const struct message_rule instrument = RULE(instrument, NULL, instrument_fields);

static const struct field_rule ceiling_fields[] = {
	{"operation", FORM_CODE},
	{"document", FORM_CODE},
	{"component", FORM_ENUM},
	{"from", FORM_DAY},
	{"until", FORM_DAY},
	{"persons", PERSONS},
	{"delta", PERSONS_MORE_OR_LESS},
	{"comply_by", FORM_DAY},
	{"parent", FORM_ENUM},
	{"wording", FORM_ENUM},
};
static const struct message_rule ceiling = RULE(ceiling, NULL, ceiling_fields);

static const struct field_rule head_count_fields[] = {
	{"contributor", FORM_CODE},
	{"component", FORM_ENUM},
	{"persons", PERSONS},
	{"women", PERSONS},
};
static const struct message_rule head_count = RULE(head_count, NULL, head_count_fields);

static const struct field_rule return_fields[] = {
	{"operation", FORM_CODE},
	{"as_of", FORM_DAY},
	{"covers", FORM_ENUM, .list_max = COMPONENTS_MAX},
	{"counts", IS(head_count), .list_max = COUNTS_PER_RETURN_MAX},
};
static const struct message_rule return_ = RULE(return, NULL, return_fields);

static const struct field_rule total_fields[] = {
	{"operation", FORM_CODE},
	{"as_of", FORM_DAY},
	{"component", FORM_ENUM},
	{"persons", PERSONS},
	{"ceiling_then", PERSONS},
	{"women", PERSONS},
};
static const struct message_rule total = RULE(total, NULL, total_fields);

static const struct field_rule equipment_fields[] = {
	{"item", FORM_TEXT, .min = 1},
	{"number", PERSONS},
	{"lease", FORM_ENUM},
	{"serviceable", PERSONS},
	{"inspected", FORM_DAY},
};
static const struct message_rule equipment = RULE(equipment, NULL, equipment_fields);

static const struct field_rule unit_fields[] = {
	{"operation", FORM_CODE},
	{"contributor", FORM_CODE},
	{"unit", FORM_CODE},
	{"from", FORM_DAY},
	{"to", FORM_DAY},
	{"component", FORM_ENUM},
	{"persons", PERSONS},
	{"women", PERSONS},
	{"task", FORM_ENUM},
	{"location", FORM_TEXT},
	{"requirement", FORM_CODE},
	{"pledge", FORM_CODE},
	{"mou", FORM_CODE},
	{"mou_signed", FORM_DAY},
	{"rotates", FORM_CODE},
	{"withdrawal_notice", FORM_DAY},
	{"end_reason", FORM_ENUM},
	{"control", FORM_CODE},
	{"equipment", EQUIPMENT_LIST},
};
static const struct message_rule unit = RULE(unit, NULL, unit_fields);

static const struct field_rule contributor_estimate_fields[] = {
	{"contributor", FORM_CODE},
	{"persons", PERSONS},
};
static const struct message_rule contributor_estimate =
	RULE(contributor_estimate, NULL, contributor_estimate_fields);

static const struct field_rule place_fields[] = {
	{"name", FORM_TEXT, .min = 1},
	{"country", FORM_ISO3},
	{"latitude", DEGREES(90)},
	{"longitude", DEGREES(180)},
	{"formed_police_here", FORM_FLAG},
	{"police_here", FORM_FLAG},
	{"observers_here", FORM_FLAG},
	{"headquarters", FORM_ENUM},
	{"contingents", IS(contributor_estimate), .list_max = CONTRIBUTORS_PER_LIST_MAX},
	{"present_only", FORM_CODE, .list_max = CONTRIBUTORS_PER_LIST_MAX},
};
static const struct message_rule place = RULE(place, NULL, place_fields);

static const struct field_rule estimate_fields[] = {
	{"operation", FORM_CODE},
	{"as_of", FORM_DAY},
	{"detail", FORM_ENUM},
	{"contributors", IS(contributor_estimate), .list_max = CONTRIBUTORS_PER_LIST_MAX},
	{"places", IS(place), .list_max = PLACES_PER_ESTIMATE_MAX},
};
static const struct message_rule estimate = RULE(estimate, NULL, estimate_fields);

static const struct field_rule side_fields[] = {
	{"parties", FORM_CODE, .list_max = PARTIES_PER_SIDE_MAX, .list_min = 1},
};
static const struct message_rule side = RULE(side, NULL, side_fields);

static const struct field_rule arrangement_fields[] = {
	{"arrangement", FORM_CODE},
	{"kind", FORM_ENUM},
	{"sides", IS(side), .list_max = SIDES_PER_ARRANGEMENT_MAX},
	{"operation", FORM_CODE},
	{"other_operation", FORM_CODE},
	{"functions", FORM_CODE, .list_max = FUNCTIONS_PER_ARRANGEMENT_MAX},
	{"area", FORM_CODE},
	{"subject", FORM_TEXT},
	{"rehatting", FORM_FLAG},
	{"proposed", FORM_DAY},
	{"effective", FORM_DAY},
	{"end", FORM_DAY},
	{"accept_by", FORM_DAY},
	{"legal_basis", FORM_TEXT},
	{"proposed_by", FORM_CODE},
};
static const struct message_rule arrangement = RULE(arrangement, NULL, arrangement_fields);

static const struct field_rule acceptance_fields[] = {
	{"arrangement", FORM_CODE},
	{"party", FORM_CODE},
	{"reply", FORM_ENUM},
	{"day", FORM_DAY},
	{"document", FORM_CODE},
	{"inferred", FORM_FLAG},
};
static const struct message_rule acceptance = RULE(acceptance, NULL, acceptance_fields);

static const struct field_rule claim_fields[] = {
	{"function", FORM_CODE},
	{"area", FORM_CODE},
	{"operation", FORM_CODE},
	{"from", FORM_DAY},
	{"until", FORM_DAY},
	{"party", FORM_CODE},
	{"document", FORM_CODE},
};
static const struct message_rule claim = RULE(claim, NULL, claim_fields);

static const struct field_rule requirement_fields[] = {
	{"operation", FORM_CODE},
	{"requirement", FORM_CODE},
	{"unit_type", FORM_TEXT},
	{"task", FORM_ENUM},
	{"component", FORM_ENUM},
	{"persons", PERSONS},
	{"location", FORM_TEXT},
	{"needed_by", FORM_DAY},
	{"until", FORM_DAY},
	{"equipment", EQUIPMENT_LIST},
	{"document", FORM_CODE},
};
static const struct message_rule requirement = RULE(requirement, NULL, requirement_fields);

static const struct field_rule pledge_fields[] = {
	{"contributor", FORM_CODE},
	{"pledge", FORM_CODE},
	{"operation", FORM_CODE},
	{"requirement", FORM_CODE},
	{"unit", FORM_CODE},
	{"task", FORM_ENUM},
	{"component", FORM_ENUM},
	{"persons", PERSONS},
	{"women", PERSONS},
	{"registered", FORM_DAY},
	{"available", FORM_DAY},
	{"readiness", FORM_ENUM},
	{"equipment", EQUIPMENT_LIST},
	{"document", FORM_CODE},
};
static const struct message_rule pledge = RULE(pledge, NULL, pledge_fields);

static const struct field_rule pledge_step_fields[] = {
	{"contributor", FORM_CODE},
	{"pledge", FORM_CODE},
	{"step", FORM_NUMBER, .min = 1, .max = STEPS_PER_PLEDGE_MAX},
	{"state", FORM_ENUM},
	{"day", FORM_DAY},
	{"document", FORM_CODE},
	{"reason", FORM_ENUM},
	{"readiness", FORM_ENUM},
};
static const struct message_rule pledge_step = RULE(pledge_step, NULL, pledge_step_fields);

static const struct field_rule transfer_fields[] = {
	{"contributor", FORM_CODE},
	{"unit", FORM_CODE},
	{"day", FORM_DAY},
	{"operation", FORM_CODE},
	{"other_operation", FORM_CODE},
	{"return_day", FORM_DAY},
	{"arrangement", FORM_CODE},
	{"document", FORM_CODE},
};
static const struct message_rule transfer = RULE(transfer, NULL, transfer_fields);

static const struct field_rule share_fields[] = {
	{"contributor", FORM_CODE},
	{"amount", MONEY},
};
static const struct message_rule share = RULE(share, NULL, share_fields);

static const struct field_rule amount_fields[] = {
	{"operation", FORM_CODE},
	{"period_start", FORM_DAY},
	{"period_end", FORM_DAY},
	{"kind", FORM_ENUM},
	{"party", FORM_CODE},
	{"currency", FORM_CURRENCY},
	{"document", FORM_CODE},
	{"amount", MONEY_MORE_OR_LESS},
	{"precision", FORM_ENUM},
	{"period_reason", FORM_TEXT},
	{"shares", IS(share), .list_max = CONTRIBUTORS_PER_LIST_MAX},
};
static const struct message_rule amount = RULE(amount, NULL, amount_fields);

static const struct field_rule payment_fields[] = {
	{"operation", FORM_CODE},
	{"period_start", FORM_DAY},
	{"period_end", FORM_DAY},
	{"contributor", FORM_CODE},
	{"currency", FORM_CURRENCY},
	{"day", FORM_DAY},
	{"amount", MONEY},
	{"document", FORM_CODE},
};
static const struct message_rule payment = RULE(payment, NULL, payment_fields);

static const struct field_rule priority_fields[] = {
	{"rank", FORM_NUMBER, .min = 1, .max = RANK_MAX},
	{"task", FORM_TEXT, .min = 1},
	{"lead", FORM_CODE},
	{"supporting", FORM_CODE, .list_max = OWNERS_PER_PRIORITY_MAX},
	{"state", FORM_ENUM},
	{"indicator", FORM_TEXT},
	{"due", FORM_DAY},
};
static const struct message_rule priority = RULE(priority, NULL, priority_fields);

static const struct field_rule priorities_fields[] = {
	{"operation", FORM_CODE},
	{"document", FORM_CODE},
	{"date", FORM_DAY},
	{"items", IS(priority), .list_max = ITEMS_PER_PRIORITIES_MAX},
};
static const struct message_rule priorities = RULE(priorities, NULL, priorities_fields);

static const struct field_rule endorsement_fields[] = {
	{"operation", FORM_CODE},
	{"document", FORM_CODE},
	{"owner", FORM_CODE},
	{"version", FORM_NUMBER, .max = EDITION_MAX},
	{"day", FORM_DAY},
	{"inferred", FORM_FLAG},
};
static const struct message_rule endorsement = RULE(endorsement, NULL, endorsement_fields);

static const struct field_rule consent_fields[] = {
	{"operation", FORM_CODE},
	{"host", FORM_ISO3},
	{"day", FORM_DAY},
	{"state", FORM_ENUM},
	{"document", FORM_CODE},
	{"reason", FORM_TEXT},
};
static const struct message_rule consent = RULE(consent, NULL, consent_fields);

static const struct field_rule device_fields[] = {
	{"name", FORM_CODE},
	{"key", FORM_TEXT, .min = 1},
	{"revoked", FORM_FLAG},
	{"until", FORM_DAY},
};
static const struct message_rule device = RULE(device, NULL, device_fields);

static const struct field_rule grant_fields[] = {
	{"access", FORM_ENUM},
	{"kinds", FORM_ENUM, .list_max = KINDS_PER_GRANT_MAX},
	{"operations", FORM_CODE, .list_max = NAMES_PER_GRANT_MAX},
	{"contributors", FORM_CODE, .list_max = NAMES_PER_GRANT_MAX},
	{"parties", FORM_CODE, .list_max = NAMES_PER_GRANT_MAX},
	{"must_acknowledge", FORM_FLAG},
	{"until", FORM_DAY},
};
static const struct message_rule grant = RULE(grant, NULL, grant_fields);

static const struct field_rule office_fields[] = {
	{"office", FORM_CODE},
	{"state", FORM_ENUM},
	{"title", FORM_TEXT},
	{"devices", IS(device), .list_max = DEVICES_PER_OFFICE_MAX},
	{"grants", IS(grant), .list_max = GRANTS_PER_OFFICE_MAX},
	{"administrator", FORM_FLAG},
	{"until", FORM_DAY},
	{"document", FORM_CODE},
};
static const struct message_rule office = RULE(office, NULL, office_fields);

static const struct field_rule record_fields[] = {
	{"partner", IS(partner)},
	{"operation", IS(operation)},
	{"instrument", IS(instrument)},
	{"ceiling", IS(ceiling)},
	{"return", IS(return_)},
	{"total", IS(total)},
	{"unit", IS(unit)},
	{"estimate", IS(estimate)},
	{"arrangement", IS(arrangement)},
	{"acceptance", IS(acceptance)},
	{"claim", IS(claim)},
	{"requirement", IS(requirement)},
	{"pledge", IS(pledge)},
	{"pledge_step", IS(pledge_step)},
	{"transfer", IS(transfer)},
	{"amount", IS(amount)},
	{"payment", IS(payment)},
	{"priorities", IS(priorities)},
	{"endorsement", IS(endorsement)},
	{"consent", IS(consent)},
	{"office", IS(office)},
};
static const struct message_rule record = RULE(record, "content", record_fields);

/* --- changes ------------------------------------------------------------------------- */

static const struct field_rule source_fields[] = {
	{"text", FORM_TEXT},
	{"confidence", FORM_ENUM},
	{"checked", FORM_TEXT},
	{"note", FORM_TEXT},
};
static const struct message_rule source = RULE(source, NULL, source_fields);

static const struct field_rule change_fields[] = {
	{"action", FORM_ENUM},
	{"record", IS(record)},
	{"edition", FORM_NUMBER, .max = EDITION_MAX},
	{"expected_revision", COUNTER},
	{"source", IS(source)},
};
const struct message_rule fields_change = RULE(change, NULL, change_fields);
