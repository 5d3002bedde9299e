/* Who did what to who may do what, and what was refused for it. */
#include "base/day.h"
#include "ctl_view.h"
#include "ctl_words.h"
#include "model/names.h"

#include <time.h>

enum { DAY_S = 86400, MS = 1000 };

/* "2026-11-24", "2026-11-24T05:56Z", "2026-11-24 05:56:31", all UTC, as times are shown. A day is
 * its beginning, or with `last` its end. */
static bool parse_time(const char *text, bool last, uint64_t *ret_ms)
{
	static const char *const forms[] = {"%H:%M:%S", "%H:%M"};
	char day_text[DAY_TEXT_BYTES];
	struct tm time = {.tm_sec = 0};
	size_t len = strcspn(text, "T ");
	int32_t day;

	snprintf(day_text, sizeof day_text, "%.*s", (int)len, text);
	if (len >= sizeof day_text || day_parse(&day, day_text) != STATUS_OK || day < 0)
		return false;
	uint64_t begin = (uint64_t)day * DAY_S * MS;
	if (!text[len]) {
		*ret_ms = begin + (last ? (uint64_t)DAY_S * MS - 1 : 0);
		return true;
	}
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		const char *rest = strptime(text + len + 1, forms[i], &time);

		if (!rest || (strcmp(rest, "") != 0 && strcmp(rest, "Z") != 0))
			continue;
		uint64_t seconds = (uint64_t)(time.tm_hour * 3600 + time.tm_min * 60 + time.tm_sec);
		*ret_ms = begin + seconds * MS + (last ? MS - 1 : 0);
		return true;
	}
	return false;
}

static void print_row(struct output_rows *rows, const Mandate__Row *row)
{
	const Mandate__AuditRow *r = row->audit;
	struct words w = {0};

	if (r->refusal) {
		words_add(&w, "%s", names_text(&mandate__code__descriptor, (int)r->refusal->code));
		if (r->refusal->text)
			words_add(&w, ": %s", r->refusal->text);
	} else if (r->text) {
		words_add(&w, "%s", r->text);
	}
	output_number(rows, true, r->index);
	ctl_view_time(rows, true, r->time_ms);
	output_text(rows, r->office);
	output_text(rows, r->device);
	ctl_view_name(rows, &mandate__audit_act__descriptor, true, (int)r->act);
	output_text(rows, r->key);
	output_text(rows, w.text);
	output_row_end(rows);
}

static const struct output_column columns[] = {
	{"index", NULL, true, false, 0},   {"time", NULL, false, false, 0},
	{"office", NULL, false, false, 0}, {"device", NULL, false, false, 0},
	{"act", NULL, false, false, 0},	   {"key", "of", false, false, 0},
	{"text", "what", false, true, 0}};
static const struct ctl_view view = {
	.what = MANDATE__ROW__WHAT_AUDIT, CTL_VIEW_COLUMNS(columns), .print = print_row};

static enum ctl_exit wrong_time(const char *text)
{
	return ctl_usage("%s is no time; they look like 2026-11-24 or 2026-11-24T05:56:31Z", text);
}

enum ctl_exit ctl_audit(struct ctl *c)
{
	Mandate__Query query = MANDATE__QUERY__INIT;
	Mandate__AuditQuery audit = MANDATE__AUDIT_QUERY__INIT;

	audit.has_since_ms = c->since != NULL;
	audit.has_until_ms = c->until != NULL;
	if (c->since && !parse_time(c->since, false, &audit.since_ms))
		return wrong_time(c->since);
	if (c->until && !parse_time(c->until, true, &audit.until_ms))
		return wrong_time(c->until);
	audit.office = c->about;
	audit.has_act = (c->given & CTL_ACT) != 0;
	audit.act = (Mandate__AuditAct)c->act;
	query.ask_case = MANDATE__QUERY__ASK_AUDIT;
	query.audit = &audit;
	return ctl_view_ask(c, &query, &view, 1);
}
