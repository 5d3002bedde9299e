#include "store/store.h"

#include "mandate.pb-c.h"
#include "model/belongs.h"
#include "model/codec.h"

static enum status get(void *ctx, struct arena *a, Mandate__Kind kind, const char *key,
		       struct view_fact *ret_fact)
{
	struct store_view *v = ctx;
	struct store_version version;
	enum status s = store_record_whole(v->txn, a, kind, key, v->revision, &version);

	if (s != STATUS_OK)
		return s;
	char *text = arena_text(a, key);
	if (!text)
		return STATUS_NO_MEMORY;
	*ret_fact = (struct view_fact){
		.kind = kind,
		.key = text,
		.record = version.stored->retracted ? NULL : version.record,
		.revision = version.revision,
		.content_revision = version.stored->content_revision,
		.edition = version.stored->edition,
		.clash = version.stored->clash,
	};
	return STATUS_OK;
}

/* Of two contents under one edition the one that is greater byte by byte stands. */
struct edition_search {
	struct arena *arena;
	struct store_txn *txn;
	uint32_t edition;
	bool found;
	uint64_t revision;
	const Mandate__Record *record;
	struct bytes content;
};

static enum status try_version(void *ctx, const struct store_version *version)
{
	struct edition_search *s = ctx;
	struct store_event stored;
	struct bytes content = bytes_of("", 0);
	const Mandate__Record *record = NULL;

	if (version->stored->change_edition != s->edition)
		return STATUS_OK;
	if (version->stored->change_digest.len) {
		enum status st = store_event_get(s->txn, version->revision, &stored);
		if (st != STATUS_OK)
			return st == STATUS_NOT_FOUND ? STATUS_CORRUPT : st;
		const Mandate__Event *event =
			codec_decode(s->arena, &mandate__event__descriptor, stored.event);
		if (!event || event->what_case != MANDATE__EVENT__WHAT_CHANGE)
			return s->arena->failed ? STATUS_NO_MEMORY : STATUS_CORRUPT;
		record = event->change->record;
		st = codec_encode(s->arena, &record->base, &content);
		if (st != STATUS_OK)
			return st;
	}
	if (s->found && bytes_compare(content, s->content) <= 0)
		return STATUS_OK;
	s->found = true;
	s->revision = version->revision;
	s->record = record;
	s->content = content;
	return STATUS_OK;
}

static enum status get_edition(void *ctx, struct arena *a, Mandate__Kind kind, const char *key,
			       uint32_t edition, struct view_fact *ret_fact)
{
	struct store_view *v = ctx;
	struct edition_search search = {.arena = a, .txn = v->txn, .edition = edition};
	enum status s =
		store_record_versions(v->txn, a, kind, key, v->revision, try_version, &search);

	if (s != STATUS_OK)
		return s;
	if (!search.found)
		return STATUS_NOT_FOUND;
	char *text = arena_text(a, key);
	if (!text)
		return STATUS_NO_MEMORY;
	*ret_fact = (struct view_fact){.kind = kind,
				       .key = text,
				       .record = search.record,
				       .revision = search.revision,
				       .content_revision = search.revision,
				       .edition = edition};
	return STATUS_OK;
}

struct scan {
	struct store_view *view;
	struct arena *arena;
	const char *home;
	view_visit *visit;
	void *ctx;
};

static enum status scan_key(void *ctx, Mandate__Kind kind, const char *key)
{
	struct scan *scan = ctx;
	struct view_fact fact;
	enum status s = get(scan->view, scan->arena, kind, key, &fact);

	if (s == STATUS_NOT_FOUND)
		return STATUS_OK; /* made after the view's revision */
	if (s != STATUS_OK)
		return s;
	if (!fact.record)
		return STATUS_OK;
	/* An index entry is for ever; the version may belong elsewhere. */
	if (scan->home && !belongs_to(fact.record, scan->home))
		return STATUS_OK;
	return scan->visit(scan->ctx, &fact);
}

static enum status scan(void *ctx, struct arena *a, Mandate__Kind kind, const char *home,
			view_visit *visit, void *visit_ctx)
{
	struct store_view *v = ctx;
	struct scan scan = {v, a, home, visit, visit_ctx};

	if (!home)
		return store_record_keys(v->txn, kind, NULL, scan_key, &scan);
	return store_index_scan(v->txn, STORE_BY_HOME, home, kind, NULL, scan_key, &scan);
}

void store_view_init(struct store_view *ctx_storage, struct store_txn *t, uint64_t revision,
		     struct view *ret_view)
{
	*ctx_storage = (struct store_view){.txn = t, .revision = revision};
	*ret_view = (struct view){
		.ctx = ctx_storage, .get = get, .get_edition = get_edition, .scan = scan};
}
