/* What every field that may come from outside must look like: a table for each message, a row for
 * each field, in the order of the schema (a test holds them against each other). Records are in
 * fields_record.c. */
#include "wire/fields_parts.h"

/* A row a line. */
/* clang-format off */

/* --- submissions --------------------------------------------------------------------- */

static const struct field_rule submission_fields[] = {
	{"lane", FORM_NONZERO},
	{"sequence", COUNTER_FROM_1},
	{"changes", IS(fields_change), .max = CHANGE_BYTES_MAX, .list_max = CHANGES_PER_SUBMISSION_MAX,
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
	{"alerts", FORM_FLAG},
};
static const struct message_rule timeline_query = RULE(timeline_query, NULL, timeline_query_fields);

static const struct field_rule strength_query_fields[] = {
	{"operation", FORM_CODE},
	{"contributor", FORM_CODE},
	{"component", FORM_ENUM},
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

static const struct field_rule audit_query_fields[] = {
	{"since_ms", COUNTER},
	{"until_ms", COUNTER},
	{"office", FORM_CODE},
	{"act", FORM_ENUM},
};
static const struct message_rule audit_query = RULE(audit_query, NULL, audit_query_fields);

static const struct field_rule what_if_query_fields[] = {
	{"changes", IS(fields_change), .max = CHANGE_BYTES_MAX, .list_max = CHANGES_PER_SUBMISSION_MAX,
	 .list_min = 1},
	{"days", FORM_NUMBER, .max = WHATIF_DAYS_MAX},
};
static const struct message_rule what_if_query = RULE(what_if_query, NULL, what_if_query_fields);

static const struct field_rule lineage_query_fields[] = {
	{"operation", FORM_CODE},
};
static const struct message_rule lineage_query = RULE(lineage_query, NULL, lineage_query_fields);

static const struct field_rule contributor_query_fields[] = {
	{"contributor", FORM_CODE},
};
static const struct message_rule contributor_query =
	RULE(contributor_query, NULL, contributor_query_fields);

static const struct field_rule partner_query_fields[] = {
	{"code", FORM_CODE},
};
static const struct message_rule partner_query = RULE(partner_query, NULL, partner_query_fields);

static const struct field_rule function_query_fields[] = {
	{"function", FORM_CODE},
	{"area", FORM_CODE},
};
static const struct message_rule function_query = RULE(function_query, NULL, function_query_fields);

static const struct field_rule arrangements_query_fields[] = {
	{"operation", FORM_CODE},
	{"party", FORM_CODE},
};
static const struct message_rule arrangements_query =
	RULE(arrangements_query, NULL, arrangements_query_fields);

static const struct field_rule requirements_query_fields[] = {
	{"operation", FORM_CODE},
};
static const struct message_rule requirements_query =
	RULE(requirements_query, NULL, requirements_query_fields);

static const struct field_rule money_query_fields[] = {
	{"operation", FORM_CODE},
	{"all", FORM_FLAG},
};
static const struct message_rule money_query = RULE(money_query, NULL, money_query_fields);

static const struct field_rule priorities_query_fields[] = {
	{"operation", FORM_CODE},
};
static const struct message_rule priorities_query =
	RULE(priorities_query, NULL, priorities_query_fields);

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
	{"whatif", IS(what_if_query)},
	{"lineage", IS(lineage_query)},
	{"contributor", IS(contributor_query)},
	{"partner", IS(partner_query)},
	{"function", IS(function_query)},
	{"arrangements", IS(arrangements_query)},
	{"requirements", IS(requirements_query)},
	{"money", IS(money_query)},
	{"priorities", IS(priorities_query)},
	{"audit", IS(audit_query)},
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
	{"day", FORM_DAY},
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
static const struct message_rule kick_request = NONE(kick_request);

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
	{"kick", IS(kick_request)},
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
	{"office", FORM_CODE},
	{"device", FORM_CODE},
};
static const struct message_rule day_input = RULE(day_input, NULL, day_input_fields);

static const struct field_rule setting_input_fields[] = {
	{"name", FORM_CODE},
	{"value", BYTES(0, TEXT_MAX)},
	{"office", FORM_CODE},
	{"device", FORM_CODE},
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
	{"day", FORM_DAY},
};
static const struct message_rule cursor_input = RULE(cursor_input, NULL, cursor_input_fields);

static const struct field_rule epoch_input_fields[] = {
	{"epoch", COUNTER_FROM_1},
};
static const struct message_rule epoch_input = RULE(epoch_input, NULL, epoch_input_fields);

static const struct field_rule deed_input_fields[] = {
	{"office", FORM_CODE},
	{"device", FORM_CODE},
	{"text", FORM_TEXT, .min = 1},
};
static const struct message_rule deed_input = RULE(deed_input, NULL, deed_input_fields);

static const struct field_rule input_fields[] = {
	{"time_ms", COUNTER},
	{"submission", IS(submission_input)},
	{"day", IS(day_input)},
	{"setting", IS(setting_input)},
	{"rules", IS(rules_input)},
	{"cursor", IS(cursor_input)},
	{"epoch", IS(epoch_input)},
	{"deed", IS(deed_input)},
};
const struct message_rule fields_input = RULE(journal_input, "what", input_fields);
