/* The view of a page: the store's, but the transaction may be renewed before each record, so that
 * an operation with very many of them holds back no page of the state. */
#include "service/query_page.h"

#include "model/belongs.h"

static enum status get(void *ctx, struct arena *a, Mandate__Kind kind, const char *key,
		       struct view_fact *ret_fact)
{
	struct page *p = ctx;
	enum status s = query_page_breathe(p);

	return s == STATUS_OK ? view_get(&p->stored, a, kind, key, ret_fact) : s;
}

static enum status get_edition(void *ctx, struct arena *a, Mandate__Kind kind, const char *key,
			       uint32_t edition, struct view_fact *ret_fact)
{
	struct page *p = ctx;
	enum status s = query_page_breathe(p);

	return s == STATUS_OK ? view_get_edition(&p->stored, a, kind, key, edition, ret_fact) : s;
}

/* A fact that stands, and that belongs to `home`: an index entry is for ever. */
static bool counts(const struct view_fact *fact, const char *home)
{
	return fact->record && (!home || belongs_to(fact->record, home));
}

static enum status scan(void *ctx, struct arena *a, Mandate__Kind kind, const char *home,
			view_visit *visit, void *visit_ctx)
{
	enum store_attribute attribute = home ? STORE_BY_HOME : 0;
	struct page_keys keys;
	const char *after = "";
	struct view_fact fact;
	enum status s = STATUS_OK;

	do {
		s = query_page_keys(ctx, a, attribute, home, kind, after, &keys);
		for (size_t i = 0; s == STATUS_OK && i < keys.count; i++) {
			after = keys.keys[i];
			s = get(ctx, a, kind, after, &fact);
			if (s == STATUS_OK && counts(&fact, home))
				s = visit(visit_ctx, &fact);
			else if (s == STATUS_NOT_FOUND) /* made after the page's revision */
				s = STATUS_OK;
		}
	} while (s == STATUS_OK && keys.count == PAGE_KEYS);
	return s;
}

void query_view_init(struct page *p)
{
	store_view_init(&p->records, p->txn, p->revision, &p->stored);
	p->view = (struct view){.ctx = p, .get = get, .get_edition = get_edition, .scan = scan};
}
