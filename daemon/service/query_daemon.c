/* Questions of operators: the daemon's own record. What they answer has no versions; it is as it is
 * now, whatever revision the pages are pinned to. */
#include "service/query_page.h"

#include "base/clock.h"
#include "model/codec.h"
#include "service/settings.h"

#include <stdio.h>

enum status query_daemon_status(struct page *p)
{
	Mandate__Row *row = arena_alloc(p->arena, sizeof *row);
	Mandate__Status *status = arena_alloc(p->arena, sizeof *status);
	struct place place = query_page_place("", 1);
	struct bytes value;
	enum status s;

	if (!row || !status)
		return STATUS_NO_MEMORY;
	mandate__row__init(row);
	mandate__status__init(status);
	row->what_case = MANDATE__ROW__WHAT_STATUS;
	row->status = status;
	if (p->status) {
		*status = *p->status;
	} else {
		status->daemon = codec_borrow("");
	}
	status->revision = p->newest;
	status->has_day = p->day != DAY_NEVER;
	status->day = status->has_day ? p->day : 0;
	/* Which office's input it stands at is nobody's business but an administrator's. */
	if (status->trouble && !readable_as_administrator(&p->who))
		status->trouble = codec_borrow("its operators can see what is wrong");
	s = store_meta_get(p->txn, "applied", &value);
	if (s == STATUS_OK)
		status->index = value.len >= 8 ? get_u64(value.data) : 0;
	if (s == STATUS_OK || s == STATUS_NOT_FOUND)
		s = store_meta_get(p->txn, "rules", &value);
	if (s == STATUS_OK && value.len == 4) {
		status->has_rules = true;
		status->rules = get_u32(value.data);
	}
	if (s == STATUS_OK || s == STATUS_NOT_FOUND)
		s = store_meta_get(p->txn, "alerts_open", &value);
	status->has_alerts_open = true;
	if (s == STATUS_OK && value.len == 8)
		status->alerts_open = get_u64(value.data);
	if (!readable_all(&p->who)) { /* these count what it may not see, too */
		status->has_records = status->has_alerts_open = false;
		status->records = status->alerts_open = 0;
		query_view_restrict(p);
	}
	if (s != STATUS_OK && s != STATUS_NOT_FOUND)
		return s;
	return query_page_row(p, &place, row);
}

/* What an office did, or keeps here, is its own and administrators'. */
static bool sees_office(struct page *p, const char *office)
{
	bool sees = readable_as_administrator(&p->who) ||
		    (office && strcmp(office, p->who.office->office) == 0);

	if (!sees)
		query_view_restrict(p);
	return sees;
}

static enum status refusal_row(void *ctx, uint64_t index, const Mandate__StoredRefusal *stored)
{
	struct page *p = ctx;
	const char *office = p->query->refusals->office;
	struct place place = query_page_place("", index);

	if (sees_office(p, stored->office) &&
	    (!office || (stored->office && strcmp(stored->office, office) == 0))) {
		Mandate__Row *row = arena_alloc(p->arena, sizeof *row);
		Mandate__RefusalRow *of = arena_alloc(p->arena, sizeof *of);

		if (!row || !of)
			return STATUS_NO_MEMORY;
		mandate__row__init(row);
		mandate__refusal_row__init(of);
		row->what_case = MANDATE__ROW__WHAT_REFUSAL;
		row->refusal = of;
		of->index = index;
		of->time_ms = stored->time_ms;
		of->office = stored->office ? arena_text(p->arena, stored->office) : NULL;
		of->device = stored->device ? arena_text(p->arena, stored->device) : NULL;
		of->outcome = codec_copy(p->arena, &stored->outcome->base);
		enum status s =
			p->arena->failed ? STATUS_NO_MEMORY : query_page_row(p, &place, row);
		if (s != STATUS_OK)
			return s;
	}
	p->place = place;
	return clock_mono_ms() < p->renew_ms ? STATUS_OK : STATUS_AGAIN;
}

enum status query_daemon_refusals(struct page *p)
{
	enum status s;

	do {
		arena_reset(&p->scratch);
		s = store_refusal_scan(p->txn, &p->scratch, p->place.number, refusal_row, p);
		if (s == STATUS_AGAIN) {
			s = query_page_done(p, &p->place);
			s = s == STATUS_OK ? STATUS_AGAIN : s;
		}
	} while (s == STATUS_AGAIN);
	return s;
}

static enum status give_setting(struct page *p, const char *name, struct bytes value, bool held)
{
	struct place place = query_page_place(name, PLACE_ALL);
	Mandate__Row *row = arena_alloc(p->arena, sizeof *row);
	Mandate__Setting *setting = arena_alloc(p->arena, sizeof *setting);

	if (!row || !setting)
		return STATUS_NO_MEMORY;
	mandate__row__init(row);
	mandate__setting__init(setting);
	row->what_case = MANDATE__ROW__WHAT_SETTING;
	row->setting = setting;
	setting->name = arena_text(p->arena, name);
	if (held)
		setting->value = arena_copy(p->arena, value.data, value.len);
	if (!setting->name || (held && !setting->value))
		return STATUS_NO_MEMORY;
	return query_page_row(p, &place, row);
}

/* Settings are names in the meta table, in order; those that rules know are shown even if they are
 * not set, each before the first name behind it. */
struct settings {
	struct page *page;
	struct bytes name, value; /* the next one held; no data: there is none */
};

static bool is_text(struct bytes value)
{
	for (size_t i = 0; i < value.len; i++)
		if (value.data[i] < ' ' || value.data[i] > '~')
			return false;
	return true;
}

/* Finds the first setting held after `ctx`'s place that may be shown. */
static enum status next_held(void *ctx, struct bytes key, struct bytes value)
{
	enum { HASH_LEN = 8, PREFIX = sizeof SETTINGS_META_PREFIX - 1 };
	struct settings *s = ctx;
	struct bytes after = bytes_of_text(s->page->place.text);

	if (key.len <= PREFIX || memcmp(key.data, SETTINGS_META_PREFIX, PREFIX) != 0)
		return STATUS_OK;
	key = bytes_of(key.data + PREFIX, key.len - PREFIX);
	value = bytes_of(value.data + HASH_LEN, value.len - HASH_LEN);
	/* The secret is nobody's, and what is no text cannot be shown. */
	if (bytes_compare(key, after) <= 0 || bytes_equal(key, bytes_of_text(SETTINGS_SECRET)) ||
	    !is_text(value))
		return STATUS_OK;
	s->name = key;
	s->value = value;
	return STATUS_STOPPED;
}

/* The known setting with the least name behind `after`; NULL. */
static const char *next_known(const char *after)
{
	const char *least = NULL;

	for (size_t i = 0; i < alert_settings_count; i++) {
		const char *name = alert_settings[i].name;

		if (strcmp(name, after) > 0 && (!least || strcmp(name, least) < 0))
			least = name;
	}
	return least;
}

enum status query_daemon_settings(struct page *p)
{
	enum status allowed = query_page_administrators(p, "query.settings");

	if (allowed != STATUS_OK)
		return allowed;
	for (;;) {
		struct settings held = {.page = p};
		const char *known = next_known(p->place.text);
		char name[PLACE_TEXT_BYTES];
		enum status s = store_pairs(p->txn, STORE_META, true, NULL, next_held, &held);

		if (s != STATUS_OK && s != STATUS_STOPPED)
			return s;
		if (!held.name.data && !known)
			return STATUS_OK;
		if (held.name.data &&
		    (!known || bytes_compare(held.name, bytes_of_text(known)) <= 0)) {
			snprintf(name, sizeof name, "%.*s", (int)held.name.len,
				 (const char *)held.name.data);
			s = give_setting(p, name, held.value, true);
		} else {
			s = give_setting(p, known, held.value, false);
		}
		if (s != STATUS_OK)
			return s;
	}
}

static enum status cursor_row(void *ctx, const char *office, const char *name,
			      const Mandate__StoredCursor *cursor)
{
	struct page *p = ctx;
	struct place place;
	Mandate__Row *row;
	Mandate__CursorRow *of;

	/* A new line sorts before whatever can be in a name, as the key's zero byte does. */
	place.number = PLACE_ALL;
	snprintf(place.text, sizeof place.text, "%s\n%s", office, name);
	if (strcmp(place.text, p->place.text) <= 0 || !sees_office(p, office))
		return STATUS_OK;
	row = arena_alloc(p->arena, sizeof *row);
	of = arena_alloc(p->arena, sizeof *of);
	if (!row || !of)
		return STATUS_NO_MEMORY;
	mandate__row__init(row);
	mandate__cursor_row__init(of);
	row->what_case = MANDATE__ROW__WHAT_CURSOR;
	row->cursor = of;
	of->office = arena_text(p->arena, office);
	of->name = arena_text(p->arena, name);
	of->revision = cursor->revision;
	of->has_time_ms = true;
	of->time_ms = cursor->time_ms;
	of->has_day = cursor->has_day;
	of->day = cursor->day;
	of->has_own = of->own = p->who.office && strcmp(office, p->who.office->office) == 0;
	return of->office && of->name ? query_page_row(p, &place, row) : STATUS_NO_MEMORY;
}

enum status query_daemon_cursors(struct page *p)
{
	return store_cursor_scan(p->txn, p->arena, cursor_row, p);
}
