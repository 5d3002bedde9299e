#include "store/store.h"

#include "model/record.h"

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
		.edition = version.stored->edition,
		.clash = version.stored->clash,
	};
	return STATUS_OK;
}

struct scan {
	struct store_view *view;
	struct arena *arena;
	const char *operation;
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
	/* An index entry is for ever; the version may name another operation. */
	const char *named = record_operation(fact.record);
	if (scan->operation && (!named || strcmp(named, scan->operation) != 0))
		return STATUS_OK;
	return scan->visit(scan->ctx, &fact);
}

static enum status scan(void *ctx, struct arena *a, Mandate__Kind kind, const char *operation,
			view_visit *visit, void *visit_ctx)
{
	struct store_view *v = ctx;
	struct scan scan = {v, a, operation, visit, visit_ctx};

	if (!operation)
		return store_record_keys(v->txn, kind, NULL, scan_key, &scan);
	return store_index_scan(v->txn, STORE_BY_OPERATION, operation, kind, NULL, scan_key, &scan);
}

void store_view_init(struct store_view *ctx_storage, struct store_txn *t, uint64_t revision,
		     struct view *ret_view)
{
	*ctx_storage = (struct store_view){.txn = t, .revision = revision};
	*ret_view = (struct view){.ctx = ctx_storage, .get = get, .scan = scan};
}
