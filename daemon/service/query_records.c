/* Questions about records: one, those of a kind, all versions of one. */
#include "service/query_page.h"

#include "model/belongs.h"
#include "model/record.h"
#include "service/outcome.h"

static Mandate__Row *version_row(struct page *p, Mandate__Kind kind, const char *key,
				 const struct store_version *version)
{
	Mandate__Row *row = arena_alloc(p->arena, sizeof *row);
	Mandate__Version *v = arena_alloc(p->arena, sizeof *v);

	if (!row || !v)
		return NULL;
	mandate__row__init(row);
	const char *text = arena_text(p->arena, key);
	outcome_version(kind, text, version, v);
	row->what_case = MANDATE__ROW__WHAT_VERSION;
	row->version = v;
	return text ? row : NULL;
}

/* The event that its content came with. */
static uint64_t brought_by(Mandate__Kind kind, const struct store_version *version)
{
	return kind == MANDATE__KIND__KIND_ALERT ? version->revision
						 : version->stored->content_revision;
}

static enum status not_found(struct page *p, const Mandate__GetQuery *what)
{
	return query_page_refuse(
		p, MANDATE__CODE__CODE_NOT_FOUND, "key", "no %s %s was on record at revision %llu",
		record_kind_name(what->kind), what->key, (unsigned long long)p->revision);
}

enum status query_records_give(struct page *p, Mandate__Kind kind, const char *key)
{
	struct store_version version;
	enum status s = store_record_whole(p->txn, p->arena, kind, key, p->revision, &version);
	bool sees;

	if (s == STATUS_OK)
		s = query_view_sees(p, kind, key, brought_by(kind, &version), &sees);
	if (s != STATUS_OK || !sees)
		return s == STATUS_OK ? STATUS_NOT_FOUND : s;
	Mandate__Row *row = version_row(p, kind, key, &version);
	struct place place = query_page_place("", 1);
	return row ? query_page_row(p, &place, row) : STATUS_NO_MEMORY;
}

enum status query_records_get(struct page *p)
{
	const Mandate__GetQuery *get = p->query->get;
	enum status s = query_records_give(p, get->kind, get->key);

	/* INVALID: longer than any key. */
	return s == STATUS_NOT_FOUND || s == STATUS_INVALID ? not_found(p, get) : s;
}

/* Does the list of an operation's records show this one? Those that name it, and acts on those. */
static bool is_listed(const struct page *p, Mandate__Kind kind, const char *key,
		      const struct store_version *version)
{
	const char *operation = p->query->list->operation;
	size_t len = operation ? strlen(operation) : 0;

	if (!operation)
		return true;
	if (version->record)
		return belongs_to(version->record, operation) &&
		       (kind == MANDATE__KIND__KIND_ACCEPTANCE ||
			kind == MANDATE__KIND__KIND_PLEDGE_STEP ||
			belongs_by_name(version->record, operation));
	if (version->stored->alert)
		return version->stored->alert->operation &&
		       strcmp(version->stored->alert->operation, operation) == 0;
	/* A unit of the same name elsewhere is no record of this operation. */
	return kind != MANDATE__KIND__KIND_UNIT ||
	       (strncmp(key, operation, len) == 0 && key[len] == ':');
}

static enum status list_key(struct page *p, Mandate__Kind kind, const char *key)
{
	struct place place = query_page_place(key, PLACE_ALL);
	struct store_version version;
	enum status s = store_record_whole(p->txn, p->arena, kind, key, p->revision, &version);

	bool sees = true;

	/* Made after the page's revision, or about another operation then. */
	if (s == STATUS_NOT_FOUND || (s == STATUS_OK && !is_listed(p, kind, key, &version)))
		return query_page_done(p, &place);
	if (s == STATUS_OK)
		s = query_view_sees(p, kind, key, brought_by(kind, &version), &sees);
	if (s == STATUS_OK && !sees)
		return query_page_done(p, &place);
	if (s != STATUS_OK)
		return s;
	Mandate__Row *row = version_row(p, kind, key, &version);
	s = row ? query_page_row(p, &place, row) : STATUS_NO_MEMORY;
	return s == STATUS_OK ? query_page_done(p, &place) : s;
}

enum status query_records_list(struct page *p)
{
	const Mandate__ListQuery *list = p->query->list;
	enum store_attribute attribute = list->operation ? STORE_BY_HOME : 0;
	struct page_keys keys;
	enum status s = STATUS_OK;

	do {
		arena_reset(&p->keys);
		s = query_page_keys(p, &p->keys, attribute, list->operation, list->kind,
				    p->place.text, &keys);
		for (size_t i = 0; s == STATUS_OK && i < keys.count; i++)
			s = list_key(p, list->kind, keys.keys[i]);
	} while (s == STATUS_OK && keys.count == PAGE_KEYS);
	return s;
}

/* Versions: their revisions, and those that brought the content that held in them. */
struct revisions {
	Mandate__Kind kind;
	uint64_t at[PAGE_KEYS], brought_by[PAGE_KEYS];
	size_t count;
};

static enum status collect_revision(void *ctx, const struct store_version *version)
{
	struct revisions *r = ctx;

	r->brought_by[r->count] = brought_by(r->kind, version);
	r->at[r->count++] = version->revision;
	return r->count == PAGE_KEYS ? STATUS_LIMIT : STATUS_OK;
}

/* The change that made the version, beside the content that holds; without the latter if both do
 * not fit a page, for every content is the change of one row. */
static enum status add_change(struct page *p, Mandate__Row *row)
{
	Mandate__Version *v = row->version;
	Mandate__Event *event;
	enum status s = query_page_event(p, p->arena, v->revision, &event);

	if (s != STATUS_OK)
		return s;
	v->office = event->office;
	v->has_time_ms = true;
	v->time_ms = event->time_ms;
	if (event->what_case == MANDATE__EVENT__WHAT_CHANGE) {
		v->change = event->change;
		v->has_change_edition = event->change->has_edition;
		v->change_edition = event->change->edition;
	} else if (event->what_case == MANDATE__EVENT__WHAT_ALERT) {
		v->alert_change = event->alert;
	}
	if (protobuf_c_message_get_packed_size(&row->base) > PAGE_ROWS_BYTES)
		v->record = NULL;
	return STATUS_OK;
}

/* A row shows what holds and what changed: the asker must see both. What it does not see ends no
 * page, for even that would tell that there is something. */
static enum status history_row(struct page *p, uint64_t revision, uint64_t content_revision)
{
	const Mandate__GetQuery *get = p->query->history;
	struct place place = query_page_place("", revision);
	struct store_version version;
	enum status s = query_page_breathe(p);
	bool sees;

	if (s == STATUS_OK)
		s = query_view_sees(p, get->kind, get->key, content_revision, &sees);
	if (s == STATUS_OK && sees && content_revision != revision)
		s = query_view_sees(p, get->kind, get->key, revision, &sees);
	if (s == STATUS_OK && !sees) {
		p->place = place;
		return STATUS_OK;
	}
	if (s == STATUS_OK)
		s = store_record_whole(p->txn, p->arena, get->kind, get->key, revision, &version);
	if (s != STATUS_OK)
		return s == STATUS_NOT_FOUND ? STATUS_CORRUPT : s; /* it was there a moment ago */
	Mandate__Row *row = version_row(p, get->kind, get->key, &version);
	if (!row)
		return STATUS_NO_MEMORY;
	s = add_change(p, row);
	if (s == STATUS_OK)
		s = query_page_row(p, &place, row);
	return s == STATUS_OK ? query_page_done(p, &place) : s;
}

enum status query_records_history(struct page *p)
{
	const Mandate__GetQuery *get = p->query->history;
	struct revisions revisions = {.kind = get->kind};
	enum status s;

	do {
		/* Newest first: the page before ended with this revision. */
		uint64_t from = p->place.number ? p->place.number - 1 : p->revision;

		revisions.count = 0;
		arena_reset(&p->scratch);
		s = store_record_versions(p->txn, &p->scratch, get->kind, get->key, from,
					  collect_revision, &revisions);
		if (s == STATUS_INVALID)
			return not_found(p, get);
		if (s == STATUS_LIMIT)
			s = STATUS_OK;
		for (size_t i = 0; s == STATUS_OK && i < revisions.count; i++)
			s = history_row(p, revisions.at[i], revisions.brought_by[i]);
	} while (s == STATUS_OK && revisions.count == PAGE_KEYS);
	return s == STATUS_OK && !p->query->has_after && !p->answer->n_rows ? not_found(p, get) : s;
}
