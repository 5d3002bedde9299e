/* What was done to who may do what. It has no versions: see query_daemon.c. */
#include "service/query_page.h"

#include "base/clock.h"
#include "model/codec.h"

static bool is(const char *text, const char *name)
{
	return text && strcmp(text, name) == 0;
}

static bool is_about_an_office(const Mandate__AuditRow *row)
{
	return row->act == MANDATE__AUDIT_ACT__AUDIT_ACT_ACCREDITED ||
	       row->act == MANDATE__AUDIT_ACT__AUDIT_ACT_SUSPENDED ||
	       row->act == MANDATE__AUDIT_ACT__AUDIT_ACT_REVOKED;
}

/* The clock can have been set back: no time ends the search. */
static bool is_wanted(const Mandate__AuditQuery *q, const Mandate__AuditRow *row)
{
	if ((q->has_since_ms && row->time_ms < q->since_ms) ||
	    (q->has_until_ms && row->time_ms > q->until_ms) || (q->has_act && row->act != q->act))
		return false;
	return !q->office || is(row->office, q->office) ||
	       (is_about_an_office(row) && is(row->key, q->office));
}

static enum status give(void *ctx, uint64_t serial, const Mandate__AuditRow *of)
{
	struct page *p = ctx;
	struct place place = query_page_place("", serial);

	if (is_wanted(p->query->audit, of)) {
		Mandate__Row *row = arena_alloc(p->arena, sizeof *row);

		if (!row)
			return STATUS_NO_MEMORY;
		mandate__row__init(row);
		row->what_case = MANDATE__ROW__WHAT_AUDIT;
		row->audit = codec_copy(p->arena, &of->base);
		enum status s = row->audit ? query_page_row(p, &place, row) : STATUS_NO_MEMORY;
		if (s != STATUS_OK)
			return s;
	}
	p->place = place;
	return clock_mono_ms() < p->renew_ms ? STATUS_OK : STATUS_AGAIN;
}

enum status query_audit_rows(struct page *p)
{
	enum status s = query_page_administrators(p, "query.audit");

	if (s != STATUS_OK)
		return s;
	do {
		arena_reset(&p->scratch);
		s = store_audit_scan(p->txn, &p->scratch, p->place.number, give, p);
		if (s == STATUS_AGAIN) {
			s = query_page_done(p, &p->place);
			s = s == STATUS_OK ? STATUS_AGAIN : s;
		}
	} while (s == STATUS_AGAIN);
	return s;
}
