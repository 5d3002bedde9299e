/* What every field that may come from outside must look like: a table for each message, a row for
 * each field, in the order of the schema (a test holds them against each other). */
#include "base/limits.h"
#include "wire/check.h"

#define RULE(message, one_of_name, rows)                                                           \
	{                                                                                          \
		.type = &mandate__##message##__descriptor, .one_of = one_of_name, .fields = rows,  \
		.field_count = sizeof rows / sizeof *rows                                          \
	}
#define NONE(message)                                                                              \
	{                                                                                          \
		.type = &mandate__##message##__descriptor                                          \
	}

/* Forms that need more than their name. */
#define PERSONS .form = FORM_NUMBER, .max = PERSONS_MAX
#define PERSONS_MORE_OR_LESS .form = FORM_NUMBER, .min = -PERSONS_MAX, .max = PERSONS_MAX
#define DEGREES(most) .form = FORM_NUMBER, .min = -(most)*100000, .max = (most)*100000
#define COUNTER .form = FORM_NUMBER, .max = INT64_MAX
#define COUNTER_FROM_1 .form = FORM_NUMBER, .min = 1, .max = INT64_MAX
#define HASH .form = FORM_BYTES, .min = HASH_BYTES, .max = HASH_BYTES
#define BYTES(least, most) .form = FORM_BYTES, .min = least, .max = most
#define IS(rule) .form = FORM_MESSAGE, .message = &(rule)

/* A row a line. */
/* clang-format off */

/* --- records ------------------------------------------------------------------------- */

static const struct field_rule partner_fields[] = {
	{"code", FORM_CODE},
	{"kind", FORM_ENUM},
	{"iso3", FORM_ISO3},
	{"name", FORM_TEXT},
	{"seat", FORM_TEXT},
};
static const struct message_rule partner = RULE(partner, NULL, partner_fields);

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
};
static const struct message_rule operation = RULE(operation, NULL, operation_fields);

static const struct field_rule ceiling_entry_fields[] = {
	{"component", FORM_ENUM},
	{"persons", PERSONS},
	{"delta", PERSONS_MORE_OR_LESS},
	{"from", FORM_DAY},
	{"until", FORM_DAY},
	{"comply_by", FORM_DAY},
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
};
static const struct message_rule total = RULE(total, NULL, total_fields);

static const struct field_rule unit_fields[] = {
	{"operation", FORM_CODE},
	{"contributor", FORM_CODE},
	{"unit", FORM_CODE},
	{"from", FORM_DAY},
	{"to", FORM_DAY},
	{"component", FORM_ENUM},
	{"persons", PERSONS},
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

static const struct field_rule record_fields[] = {
	{"partner", IS(partner)},
	{"operation", IS(operation)},
	{"instrument", IS(instrument)},
	{"ceiling", IS(ceiling)},
	{"return", IS(return_)},
	{"total", IS(total)},
	{"unit", IS(unit)},
	{"estimate", IS(estimate)},
};
static const struct message_rule record = RULE(record, "content", record_fields);

/* --- submissions --------------------------------------------------------------------- */

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
static const struct message_rule change = RULE(change, NULL, change_fields);

static const struct field_rule submission_fields[] = {
	{"lane", FORM_NONZERO},
	{"sequence", COUNTER_FROM_1},
	{"changes", IS(change), .max = CHANGE_BYTES_MAX, .list_max = CHANGES_PER_SUBMISSION_MAX,
	 .list_min = 1},
};
const struct message_rule fields_submission = RULE(submission, NULL, submission_fields);

/* --- queries ------------------------------------------------------------------------- */

static const struct field_rule get_query_fields[] = {
	{"kind", FORM_ENUM},
	{"key", FORM_KEY},
};
static const struct message_rule get_query = RULE(get_query, NULL, get_query_fields);

static const struct field_rule list_query_fields[] = {
	{"kind", FORM_ENUM},
	{"operation", FORM_CODE},
};
static const struct message_rule list_query = RULE(list_query, NULL, list_query_fields);

static const struct field_rule timeline_query_fields[] = {
	{"operation", FORM_CODE},
};
static const struct message_rule timeline_query = RULE(timeline_query, NULL, timeline_query_fields);

static const struct field_rule strength_query_fields[] = {
	{"operation", FORM_CODE},
};
static const struct message_rule strength_query = RULE(strength_query, NULL, strength_query_fields);

static const struct field_rule alerts_query_fields[] = {
	{"operation", FORM_CODE},
	{"code", FORM_ENUM},
	{"log", FORM_FLAG},
};
static const struct message_rule alerts_query = RULE(alerts_query, NULL, alerts_query_fields);

static const struct field_rule refusals_query_fields[] = {
	{"office", FORM_CODE},
};
static const struct message_rule refusals_query = RULE(refusals_query, NULL, refusals_query_fields);

static const struct message_rule overview_query = NONE(overview_query);
static const struct message_rule status_query = NONE(status_query);
static const struct message_rule settings_query = NONE(settings_query);
static const struct message_rule cursors_query = NONE(cursors_query);

static const struct field_rule query_fields[] = {
	{"on", FORM_DAY},
	{"known_at", COUNTER},
	{"pinned", COUNTER},
	{"after", BYTES(0, PAGE_MARK_BYTES_MAX)},
	{"limit", FORM_ANY}, /* the service says what a page may hold */
	{"get", IS(get_query)},
	{"list", IS(list_query)},
	{"history", IS(get_query)},
	{"timeline", IS(timeline_query)},
	{"strength", IS(strength_query)},
	{"overview", IS(overview_query)},
	{"alerts", IS(alerts_query)},
	{"status", IS(status_query)},
	{"refusals", IS(refusals_query)},
	{"settings", IS(settings_query)},
	{"cursors", IS(cursors_query)},
};
static const struct message_rule query = RULE(query, "ask", query_fields);

/* --- streams ------------------------------------------------------------------------- */

static const struct field_rule filter_fields[] = {
	{"operations", FORM_CODE, .list_max = FILTER_VALUES_MAX},
	{"kinds", FORM_ENUM, .list_max = FILTER_VALUES_MAX},
	{"contributors", FORM_CODE, .list_max = FILTER_VALUES_MAX},
	{"alert_codes", FORM_ENUM, .list_max = FILTER_VALUES_MAX},
	{"documents", FORM_CODE, .list_max = FILTER_VALUES_MAX},
};
static const struct message_rule filter = RULE(filter, NULL, filter_fields);

static const struct field_rule subscribe_fields[] = {
	{"after_revision", COUNTER},
	{"event_hash", HASH},
	{"credit_bytes", FORM_ANY},
	{"filter", IS(filter)},
	{"name", FORM_CODE},
	{"digests", FORM_FLAG},
};
static const struct message_rule subscribe = RULE(subscribe, NULL, subscribe_fields);

static const struct field_rule credit_fields[] = {
	{"bytes", FORM_ANY},
};
static const struct message_rule credit = RULE(credit, NULL, credit_fields);

static const struct message_rule unsubscribe = NONE(unsubscribe);

/* --- operators' requests ------------------------------------------------------------- */

static const struct field_rule head_fields[] = {
	{"revision", COUNTER},
	{"event_hash", HASH},
	{"index", COUNTER},
	{"input_hash", HASH},
};
static const struct message_rule head = RULE(head, NULL, head_fields);

static const struct field_rule verify_request_fields[] = {
	{"head", IS(head)},
	{"from_checkpoint", FORM_FLAG},
};
static const struct message_rule verify_request = RULE(verify_request, NULL, verify_request_fields);

static const struct field_rule day_request_fields[] = {
	{"day", FORM_DAY},
};
static const struct message_rule day_request = RULE(day_request, NULL, day_request_fields);

static const struct field_rule setting_request_fields[] = {
	{"name", FORM_CODE},
	{"value", FORM_TEXT},
};
static const struct message_rule setting_request =
	RULE(setting_request, NULL, setting_request_fields);

static const struct message_rule checkpoint_request = NONE(checkpoint_request);

static const struct field_rule cursor_request_fields[] = {
	{"name", FORM_CODE},
	{"revision", COUNTER},
};
static const struct message_rule cursor_request = RULE(cursor_request, NULL, cursor_request_fields);

static const struct field_rule operate_fields[] = {
	{"verify", IS(verify_request)},
	{"day", IS(day_request)},
	{"setting", IS(setting_request)},
	{"checkpoint", IS(checkpoint_request)},
	{"cursor", IS(cursor_request)},
};
static const struct message_rule operate = RULE(operate, "what", operate_fields);

/* --- the envelope -------------------------------------------------------------------- */

static const struct field_rule ping_fields[] = {
	{"version", FORM_ANY},
};
static const struct message_rule ping = RULE(ping, NULL, ping_fields);

static const struct field_rule envelope_fields[] = {
	{"version", FORM_VERSION},
	{"correlation", FORM_ANY},
	{"office", FORM_CODE},
	{"device", FORM_CODE},
	{"submission", BYTES(0, FRAME_BYTES_MAX)}, /* checked by its own rule, hashed as it is */
	{"query", IS(query)},
	{"subscribe", IS(subscribe)},
	{"credit", IS(credit)},
	{"ping", IS(ping)},
	{"operate", IS(operate)},
	{"unsubscribe", IS(unsubscribe)},
	{"outcome", FORM_FOREIGN},
	{"answer", FORM_FOREIGN},
	{"frame", FORM_FOREIGN},
	{"end", FORM_FOREIGN},
	{"pong", FORM_FOREIGN},
	{"report", FORM_FOREIGN},
	{"refusal", FORM_FOREIGN},
	{"head", FORM_FOREIGN},
};
const struct message_rule fields_envelope = RULE(envelope, "body", envelope_fields);

/* --- the journal --------------------------------------------------------------------- */

static const struct field_rule submission_input_fields[] = {
	{"office", FORM_CODE},
	{"device", FORM_CODE},
	{"submission", BYTES(1, FRAME_BYTES_MAX)},
};
static const struct message_rule submission_input =
	RULE(submission_input, NULL, submission_input_fields);

static const struct field_rule day_input_fields[] = {
	{"day", FORM_DAY},
};
static const struct message_rule day_input = RULE(day_input, NULL, day_input_fields);

static const struct field_rule setting_input_fields[] = {
	{"name", FORM_CODE},
	{"value", BYTES(0, TEXT_MAX)},
};
static const struct message_rule setting_input = RULE(setting_input, NULL, setting_input_fields);

static const struct field_rule rules_input_fields[] = {
	{"version", FORM_NUMBER, .min = 1, .max = UINT32_MAX},
};
static const struct message_rule rules_input = RULE(rules_input, NULL, rules_input_fields);

static const struct field_rule cursor_input_fields[] = {
	{"office", FORM_CODE},
	{"name", FORM_CODE},
	{"revision", COUNTER},
};
static const struct message_rule cursor_input = RULE(cursor_input, NULL, cursor_input_fields);

static const struct field_rule epoch_input_fields[] = {
	{"epoch", COUNTER_FROM_1},
};
static const struct message_rule epoch_input = RULE(epoch_input, NULL, epoch_input_fields);

static const struct field_rule input_fields[] = {
	{"time_ms", COUNTER},
	{"submission", IS(submission_input)},
	{"day", IS(day_input)},
	{"setting", IS(setting_input)},
	{"rules", IS(rules_input)},
	{"cursor", IS(cursor_input)},
	{"epoch", IS(epoch_input)},
};
const struct message_rule fields_input = RULE(journal_input, "what", input_fields);
