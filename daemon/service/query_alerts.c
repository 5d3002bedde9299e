/* Alerts: open ones as they are on record, open ones of any other day computed, and what the event
 * log says of them. */
#include "service/query_page.h"

#include "model/codec.h"
#include "model/names.h"
#include "rules/alert.h"
#include "rules/home.h"
#include "service/filter.h"

#include <stdio.h>

static bool wanted(const struct page *p, const Mandate__Alert *alert)
{
	const Mandate__AlertsQuery *q = p->query->alerts;

	/* An overview counts all. */
	if (p->query->ask_case != MANDATE__QUERY__ASK_ALERTS)
		return true;
	/* An alert may pass from one operation to another. */
	if (q->operation && (!alert->operation || strcmp(alert->operation, q->operation) != 0))
		return false;
	return !q->has_code || alert->code == q->code;
}

/* `alert` must be the answer's arena's. NULL: no memory. */
static Mandate__Row *alert_row(struct page *p, Mandate__Alert *alert)
{
	Mandate__Row *row = arena_alloc(p->arena, sizeof *row);
	Mandate__AlertRow *of = arena_alloc(p->arena, sizeof *of);

	if (!row || !of)
		return NULL;
	mandate__row__init(row);
	mandate__alert_row__init(of);
	row->what_case = MANDATE__ROW__WHAT_ALERT;
	row->alert = of;
	of->alert = alert;
	return row;
}

/* One that is open as known at the page's revision, with the event that last changed it; NULL in
 * `ret_row` if it is not, or hidden. */
static enum status stored_row(struct page *p, const char *key, Mandate__Row **ret_row)
{
	struct store_version version;
	Mandate__Event *event;
	bool sees;
	enum status s = store_record_whole(p->txn, &p->scratch, MANDATE__KIND__KIND_ALERT, key,
					   p->revision, &version);

	*ret_row = NULL;
	if (s == STATUS_NOT_FOUND || (s == STATUS_OK && !version.stored->alert))
		return STATUS_OK;
	if (s != STATUS_OK)
		return s;
	if (!wanted(p, version.stored->alert))
		return STATUS_OK;
	s = query_view_sees_alert(p, version.stored->alert, &sees);
	if (s != STATUS_OK || !sees)
		return s;
	s = query_page_event(p, &p->scratch, version.revision, &event);
	if (s != STATUS_OK)
		return s;
	Mandate__Alert *alert = codec_copy(p->arena, &version.stored->alert->base);
	Mandate__Row *row = alert ? alert_row(p, alert) : NULL;
	if (!row)
		return STATUS_NO_MEMORY;
	row->alert->has_revision = row->alert->has_time_ms = true;
	row->alert->revision = version.revision;
	row->alert->time_ms = event->time_ms;
	*ret_row = row;
	return STATUS_OK;
}

static enum status stored_rows(struct page *p)
{
	const char *operation = p->query->alerts->operation;
	struct page_keys keys;
	Mandate__Row *row;
	enum status s = STATUS_OK;

	do {
		arena_reset(&p->keys);
		s = query_page_keys(p, &p->keys, operation ? STORE_OPEN_ALERT : 0, operation,
				    MANDATE__KIND__KIND_ALERT, p->place.text, &keys);
		for (size_t i = 0; s == STATUS_OK && i < keys.count; i++) {
			struct place place = query_page_place(keys.keys[i], PLACE_ALL);

			arena_reset(&p->scratch);
			s = stored_row(p, keys.keys[i], &row);
			if (s == STATUS_OK && row)
				s = query_page_row(p, &place, row);
			if (s == STATUS_OK)
				s = query_page_done(p, &place);
		}
	} while (s == STATUS_OK && keys.count == PAGE_KEYS);
	return s;
}

static bool is_of(const Mandate__Alert *alert, const char *operation)
{
	return strcmp(alert->operation ? alert->operation : "-", operation) == 0;
}

/* A clash is of what is known, not of a day: it is on record or it is not. Calls `visit` with the
 * row of each clash of `operation` ("-": of none). */
static enum status clashes(struct page_operation *o, const char *operation,
			   enum status (*visit)(struct page_operation *o, Mandate__Row *row))
{
	struct page *p = o->page;
	struct page_keys keys;
	char prefix[NAME_TEXT_BYTES + 1];
	const char *after = prefix;
	Mandate__Row *row;
	enum status s = STATUS_OK;

	int len = snprintf(prefix, sizeof prefix, "%s:",
			   names_text(&mandate__alert_code__descriptor,
				      MANDATE__ALERT_CODE__ALERT_CODE_EDITION_CLASH));
	do {
		s = query_page_keys(p, &p->scratch, STORE_OPEN_ALERT, operation,
				    MANDATE__KIND__KIND_ALERT, after, &keys);
		for (size_t i = 0; s == STATUS_OK && i < keys.count; i++) {
			after = keys.keys[i];
			if (strncmp(after, prefix, (size_t)len) != 0)
				return STATUS_OK;
			s = query_page_breathe(p);
			if (s == STATUS_OK)
				s = stored_row(p, after, &row);
			/* Entries stay, of every operation that it ever was of. */
			if (s == STATUS_OK && row && is_of(row->alert->alert, operation))
				s = visit(o, row);
		}
	} while (s == STATUS_OK && keys.count == PAGE_KEYS);
	return s;
}

static bool is_operation(const char *home)
{
	return home_kind_of(home) == HOME_OPERATION;
}

/* The alerts of the home that may be seen, judged by all there is. */
enum status query_alerts_seen(struct page_operation *o, int32_t day, Mandate__Alert ***ret_alerts,
			      size_t *ret_count, int32_t *ret_next_change)
{
	struct page *p = o->page;
	size_t count, kept = 0;
	bool sees;
	enum status s = alert_evaluate_until(o->whole, p->parameters, day, &p->scratch, ret_alerts,
					     &count, ret_next_change);

	for (size_t i = 0; s == STATUS_OK && i < count; i++) {
		s = query_view_sees_alert(p, (*ret_alerts)[i], &sees);
		if (s == STATUS_OK && sees)
			(*ret_alerts)[kept++] = (*ret_alerts)[i];
	}
	*ret_count = kept;
	return s;
}

static enum status computed_rows(struct page_operation *o)
{
	struct page *p = o->page;
	Mandate__Alert **alerts;
	size_t count;
	int32_t next;
	enum status s = query_alerts_seen(o, p->on, &alerts, &count, &next);

	for (size_t i = 0; s == STATUS_OK && i < count; i++) {
		if (!wanted(p, alerts[i]))
			continue;
		Mandate__Alert *alert = codec_copy(p->arena, &alerts[i]->base);
		Mandate__Row *row = alert ? alert_row(p, alert) : NULL;
		s = row ? query_page_operation_row(o, row) : STATUS_NO_MEMORY;
	}
	/* What clashes is an operation's, or nobody's. */
	if (s == STATUS_OK && is_operation(o->name))
		s = clashes(o, o->name, query_page_operation_row);
	return s;
}

/* Whoever may see its alerts may ask for them, whatever else of it is hidden. */
static enum status check_operation(struct page *p, const char *operation)
{
	Mandate__Alert any = MANDATE__ALERT__INIT;
	struct view_fact fact;
	bool sees;

	any.key = any.operation = codec_borrow(operation);
	enum status s = readable_alert(&p->who, &p->tags, &any, &sees);
	if (s != STATUS_OK || sees)
		return s;
	s = view_get(&p->view, &p->scratch, MANDATE__KIND__KIND_OPERATION, operation, &fact);
	return s == STATUS_NOT_FOUND ? query_page_no_operation(p, operation) : s;
}

enum status query_alerts_open(struct page *p)
{
	const char *operation = p->query->alerts->operation;
	struct page_operation none = {.page = p, .name = ""};
	struct place place = query_page_place("", PLACE_ALL);

	if (p->stored_alerts)
		return stored_rows(p);
	/* Those of no operation come first, as under the name "". */
	if (!operation && !*p->place.text && p->place.number != PLACE_ALL) {
		enum status s = clashes(&none, "-", query_page_operation_row);

		if (s == STATUS_OK)
			s = query_page_done(p, &place);
		if (s != STATUS_OK)
			return s;
	}
	enum status s = operation ? check_operation(p, operation) : STATUS_OK;
	p->dossiers = PAGE_WHOLE;
	if (s != STATUS_OK)
		return s;
	/* Homes that are no operations come last. */
	if (!strchr(p->place.text, ':'))
		s = query_page_operations(p, operation, computed_rows);
	return s == STATUS_OK && !operation ? query_page_homes(p, computed_rows) : s;
}

static void count(struct severities *of, const Mandate__Alert *alert)
{
	of->count++;
	of->alarms += alert->severity == MANDATE__SEVERITY__SEVERITY_ALARM;
	of->warnings += alert->severity == MANDATE__SEVERITY__SEVERITY_WARN;
}

static enum status count_row(struct page_operation *o, Mandate__Row *row)
{
	count(o->severities, row->alert->alert);
	return STATUS_OK;
}

enum status query_alerts_count(struct page_operation *o, struct severities *counts)
{
	struct page_operation counting = {.page = o->page, .name = o->name, .severities = counts};
	Mandate__Alert **alerts;
	size_t number;
	int32_t next;

	if (!o->whole)
		return clashes(&counting, "-", count_row);
	enum status s = query_alerts_seen(o, o->page->on, &alerts, &number, &next);
	for (size_t i = 0; s == STATUS_OK && i < number; i++)
		count(counts, alerts[i]);
	return s == STATUS_OK && is_operation(o->name) ? clashes(&counting, o->name, count_row) : s;
}

/* Reading the event log: the filter that alert events of this question pass, and where it stopped.
 */
struct log {
	struct page *page;
	Mandate__Filter filter;
	uint64_t seen;
};

static enum status log_event(void *ctx, const struct store_event *e)
{
	enum { EVENTS_A_LOOK = 64 }; /* reading the clock costs as much as an event */
	struct log *log = ctx;
	struct page *p = log->page;
	struct place place = query_page_place("", e->revision);
	bool passes;

	if (e->revision > p->revision)
		return STATUS_STOPPED;
	enum status s = filter_passes_packed(&log->filter, e->tags, &passes);
	if (s == STATUS_OK && passes)
		s = query_view_sees(p, MANDATE__KIND__KIND_ALERT, NULL, e->revision, &passes);
	if (s == STATUS_OK && passes) {
		Mandate__Event *event =
			codec_decode(p->arena, &mandate__event__descriptor, e->event);

		if (!event)
			return p->arena->failed ? STATUS_NO_MEMORY : STATUS_CORRUPT;
		if (event->what_case != MANDATE__EVENT__WHAT_ALERT)
			return STATUS_CORRUPT;
		Mandate__Row *row = alert_row(p, event->alert->alert);
		if (!row)
			return STATUS_NO_MEMORY;
		row->alert->change = event->alert;
		row->alert->has_revision = row->alert->has_time_ms = true;
		row->alert->revision = event->revision;
		row->alert->time_ms = event->time_ms;
		s = query_page_row(p, &place, row);
	}
	if (s != STATUS_OK)
		return s;
	p->place = place;
	return ++log->seen % EVENTS_A_LOOK ? STATUS_OK : STATUS_AGAIN;
}

enum status query_alerts_log(struct page *p)
{
	const Mandate__AlertsQuery *q = p->query->alerts;
	struct log log = {.page = p, .filter = MANDATE__FILTER__INIT};
	Mandate__Kind kind = MANDATE__KIND__KIND_ALERT;
	Mandate__AlertCode code = q->code;
	char *operation = q->operation;
	enum status s;

	log.filter.n_kinds = 1;
	log.filter.kinds = &kind;
	log.filter.n_alert_codes = q->has_code ? 1 : 0;
	log.filter.alert_codes = &code;
	log.filter.n_operations = operation ? 1 : 0;
	log.filter.operations = &operation;
	do {
		s = store_event_scan(p->txn, p->place.number + 1, log_event, &log);
		if (s == STATUS_AGAIN) {
			s = query_page_done(p, &p->place);
			s = s == STATUS_OK ? STATUS_AGAIN : s;
		}
	} while (s == STATUS_AGAIN);
	return s == STATUS_STOPPED ? STATUS_OK : s;
}
