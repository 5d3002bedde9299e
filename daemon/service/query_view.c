/* The views of a page. The transaction may be renewed before each record, so that an operation with
 * very many of them holds back no page of the state. What the asker may not see is as if it were
 * not there, and the answer says that something was left out. */
#include "service/query_page.h"

#include "model/belongs.h"

#define KIND(name) MANDATE__KIND__KIND_##name

/* --- what may be seen ------------------------------------------------------------------------ */

void query_view_restrict(struct page *p)
{
	p->answer->has_restricted = p->answer->restricted = true;
}

enum status query_view_sees(struct page *p, Mandate__Kind kind, const char *key, uint64_t revision,
			    bool *ret_sees)
{
	arena_reset(&p->tags);
	enum status s = readable_content(&p->who, p->txn, &p->tags, kind, key, revision, ret_sees);
	if (s == STATUS_OK && !*ret_sees)
		query_view_restrict(p);
	return s;
}

enum status query_view_sees_alert(struct page *p, const Mandate__Alert *alert, bool *ret_sees)
{
	arena_reset(&p->tags);
	enum status s = readable_alert(&p->who, &p->tags, alert, ret_sees);
	if (s == STATUS_OK && !*ret_sees)
		query_view_restrict(p);
	return s;
}

/* A unit's key begins with its operation. */
static bool is_own_unit(Mandate__Kind kind, const char *key, const char *operation)
{
	size_t len = strlen(operation);

	return kind == KIND(UNIT) && strncmp(key, operation, len) == 0 && key[len] == ':';
}

static enum status sees_key(struct page *p, Mandate__Kind kind, const char *key, bool *ret_sees)
{
	struct store_version version;
	enum status s = query_page_breathe(p);

	arena_reset(&p->tags);
	if (s == STATUS_OK)
		s = store_record_at(p->txn, &p->tags, kind, key, p->revision, &version);
	if (s == STATUS_OK)
		s = readable_version(&p->who, p->txn, &p->tags, kind, key, &version, ret_sees);
	return s == STATUS_NOT_FOUND ? STATUS_OK : s; /* made after the page's revision */
}

/* Whoever may see everything of an operation sees every record that names it. Others belong to it
 * by a record that does, and may name another operation or none. */
enum status query_view_sees_home(struct page *p, const char *home, bool *ret_sees)
{
	static const Mandate__Kind kinds[] = {KIND(UNIT), KIND(TRANSFER), KIND(ACCEPTANCE),
					      KIND(PLEDGE_STEP)};
	struct page_keys keys;
	enum status s = STATUS_OK;
	bool sees = p->sees_all ||
		    (!strchr(home, ':') && grants_read_operation(p->who.office, home, p->who.day));

	for (size_t i = 0; sees && !p->sees_all && i < sizeof kinds / sizeof *kinds; i++) {
		const char *after = "";

		do {
			arena_reset(&p->scratch);
			s = query_page_keys(p, &p->scratch, STORE_BY_HOME, home, kinds[i], after,
					    &keys);
			for (size_t k = 0; s == STATUS_OK && sees && k < keys.count; k++)
				if (!is_own_unit(kinds[i], keys.keys[k], home))
					s = sees_key(p, kinds[i], keys.keys[k], &sees);
			after = keys.count ? keys.keys[keys.count - 1] : "";
		} while (s == STATUS_OK && sees && keys.count == PAGE_KEYS);
		if (s != STATUS_OK)
			return s;
	}
	*ret_sees = sees;
	return STATUS_OK;
}

/* --- the views ------------------------------------------------------------------------------- */

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

/* STATUS_NOT_FOUND in place of what may not be seen. */
static enum status hide(struct page *p, const struct view_fact *fact)
{
	bool sees;
	enum status s = query_view_sees(p, fact->kind, fact->key, fact->content_revision, &sees);

	return s == STATUS_OK && !sees ? STATUS_NOT_FOUND : s;
}

static enum status get_seen(void *ctx, struct arena *a, Mandate__Kind kind, const char *key,
			    struct view_fact *ret_fact)
{
	struct view_fact fact;
	enum status s = get(ctx, a, kind, key, &fact);

	if (s == STATUS_OK)
		s = hide(ctx, &fact);
	if (s == STATUS_OK)
		*ret_fact = fact;
	return s;
}

static enum status get_edition_seen(void *ctx, struct arena *a, Mandate__Kind kind, const char *key,
				    uint32_t edition, struct view_fact *ret_fact)
{
	struct view_fact fact;
	enum status s = get_edition(ctx, a, kind, key, edition, &fact);

	if (s == STATUS_OK)
		s = hide(ctx, &fact);
	if (s == STATUS_OK)
		*ret_fact = fact;
	return s;
}

/* A fact that stands, and that belongs to `home`: an index entry is for ever. */
static bool counts(const struct view_fact *fact, const char *home)
{
	return fact->record && (!home || belongs_to(fact->record, home));
}

static enum status scan_keys(struct page *p, struct arena *a, Mandate__Kind kind, const char *home,
			     bool all, view_visit *visit, void *visit_ctx)
{
	enum store_attribute attribute = home ? STORE_BY_HOME : 0;
	struct page_keys keys;
	const char *after = "";
	struct view_fact fact;
	enum status s = STATUS_OK;

	do {
		s = query_page_keys(p, a, attribute, home, kind, after, &keys);
		for (size_t i = 0; s == STATUS_OK && i < keys.count; i++) {
			after = keys.keys[i];
			s = get(p, a, kind, after, &fact);
			if (s == STATUS_OK && counts(&fact, home)) {
				s = all ? STATUS_OK : hide(p, &fact);
				if (s == STATUS_OK)
					s = visit(visit_ctx, &fact);
			}
			if (s == STATUS_NOT_FOUND) /* hidden, or made after the page's revision */
				s = STATUS_OK;
		}
	} while (s == STATUS_OK && keys.count == PAGE_KEYS);
	return s;
}

static enum status scan(void *ctx, struct arena *a, Mandate__Kind kind, const char *home,
			view_visit *visit, void *visit_ctx)
{
	return scan_keys(ctx, a, kind, home, true, visit, visit_ctx);
}

static enum status scan_seen(void *ctx, struct arena *a, Mandate__Kind kind, const char *home,
			     view_visit *visit, void *visit_ctx)
{
	return scan_keys(ctx, a, kind, home, false, visit, visit_ctx);
}

void query_view_init(struct page *p)
{
	store_view_init(&p->records, p->txn, p->revision, &p->stored);
	p->whole = (struct view){.ctx = p, .get = get, .get_edition = get_edition, .scan = scan};
	p->view = (struct view){
		.ctx = p, .get = get_seen, .get_edition = get_edition_seen, .scan = scan_seen};
	p->sees_all = readable_all(&p->who);
	if (p->sees_all)
		p->view = p->whole;
}
