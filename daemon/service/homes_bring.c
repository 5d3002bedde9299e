/* What homes belong by: lists and puts, and what a change brings along. */
#include "service/homes_impl.h"

#include "model/belongs.h"
#include "model/record.h"
#include "rules/home.h"

#define KIND(name) MANDATE__KIND__KIND_##name
#define HYBRID MANDATE__ARRANGEMENT_KIND__ARRANGEMENT_KIND_HYBRID

enum { FIRST_ROOM = 8 };

/* --- lists --- */

static void *room_for_one(struct arena *a, void *items, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return items;
	size_t wider = *room ? 2 * *room : FIRST_ROOM;
	void *grown = arena_calloc(a, wider, size);
	if (!grown)
		return NULL;
	if (count)
		memcpy(grown, items, count * size);
	*room = wider;
	return grown;
}

bool homes_list_has(const struct homes_list *l, const char *name)
{
	for (size_t i = 0; i < l->count; i++)
		if (strcmp(l->at[i], name) == 0)
			return true;
	return false;
}

enum status homes_list_add(struct homes *h, struct homes_list *l, const char *name)
{
	if (!name)
		return STATUS_NO_MEMORY;
	if (homes_list_has(l, name))
		return STATUS_OK;
	void *at = room_for_one(h->a, l->at, l->count, &l->room, sizeof *l->at);
	if (!at)
		return STATUS_NO_MEMORY;
	l->at = at;
	l->at[l->count++] = name;
	return STATUS_OK;
}

enum status homes_entry_add(struct homes *h, enum store_attribute attribute, const char *value,
			    Mandate__Kind kind, const char *key)
{
	void *at =
		room_for_one(h->a, h->entries, h->entry_count, &h->entry_room, sizeof *h->entries);

	if (!at || !value || !key)
		return STATUS_NO_MEMORY;
	h->entries = at;
	h->entries[h->entry_count++] = (struct home_entry){attribute, value, kind, key};
	return STATUS_OK;
}

struct reading {
	struct homes *h;
	struct homes_list *list;
};

static enum status read_entry(void *ctx, Mandate__Kind kind, const char *key)
{
	struct reading *r = ctx;

	(void)kind;
	return homes_list_add(r->h, r->list, arena_text(r->h->a, key));
}

enum status homes_entries(struct homes *h, enum store_attribute attribute, const char *value,
			  struct homes_list *l)
{
	struct reading r = {h, l};
	enum status s = store_index_scan(h->txn, attribute, value, 0, NULL, read_entry, &r);

	for (size_t i = 0; s == STATUS_OK && i < h->entry_count; i++) {
		const struct home_entry *e = &h->entries[i];

		if (e->attribute == attribute && strcmp(e->value, value) == 0)
			s = homes_list_add(h, l, e->key);
	}
	return s;
}

/* --- puts --- */

enum status homes_put_add(struct homes *h, const struct home_put *put)
{
	void *at = room_for_one(h->a, h->puts, h->put_count, &h->put_room, sizeof *h->puts);

	if (!at)
		return STATUS_NO_MEMORY;
	h->puts = at;
	h->puts[h->put_count++] = *put;
	return STATUS_OK;
}

/* `put` belongs to a home that its record does not name. */
enum status homes_link(struct homes *h, const struct home_put *put)
{
	enum home_kind home = home_kind_of(put->home);
	enum status s = overlay_link(&h->overlay, put->home, put->kind, put->key);

	if (s == STATUS_OK)
		s = homes_entry_add(h, STORE_BY_HOME, put->home, put->kind, put->key);
	if (s == STATUS_OK && home != HOME_OPERATION)
		s = homes_entry_add(h, STORE_HOMES, "-",
				    home == HOME_PARTNER ? KIND(PARTNER) : KIND(CLAIM), put->home);
	return s;
}

/* What is on record already comes to belong to `home`. */
enum status homes_bring(struct homes *h, const char *home, Mandate__Kind kind, const char *key)
{
	struct view_fact fact;
	enum status s = view_get(&h->view, h->a, kind, key, &fact);

	if (s != STATUS_OK)
		return s == STATUS_NOT_FOUND ? STATUS_OK : s;
	struct home_put put = {.home = home,
			       .kind = kind,
			       .key = fact.key,
			       .edition = fact.edition,
			       .record = fact.record,
			       .brought = true};
	s = homes_link(h, &put);
	return s == STATUS_OK ? homes_put_add(h, &put) : s;
}

enum status homes_bring_acceptances(struct homes *h, const char *home,
				    const Mandate__Arrangement *a)
{
	enum status s = STATUS_OK;

	for (size_t i = 0; i < a->n_sides; i++)
		for (size_t k = 0; s == STATUS_OK && k < a->sides[i]->n_parties; k++) {
			const char *key = arena_printf(h->a, "%s:%s", a->arrangement,
						       a->sides[i]->parties[k]);

			s = key ? homes_bring(h, home, KIND(ACCEPTANCE), key) : STATUS_NO_MEMORY;
		}
	return s;
}

struct bringing {
	struct homes *h;
	const char *home;
};

static enum status bring_instrument(void *ctx, const struct view_fact *fact)
{
	struct bringing *b = ctx;

	return homes_bring(b->h, b->home, fact->kind, fact->key);
}

bool homes_is_hybrid(const Mandate__Record *record)
{
	return record->arrangement->has_kind && record->arrangement->kind == HYBRID;
}

static enum status bring_hybrid(void *ctx, const struct view_fact *fact)
{
	struct bringing *b = ctx;

	if (!homes_is_hybrid(fact->record))
		return STATUS_OK;
	enum status s = homes_bring(b->h, b->home, fact->kind, fact->key);
	return s == STATUS_OK ? homes_bring_acceptances(b->h, b->home, fact->record->arrangement)
			      : s;
}

/* The home of a function judges by the mandate of `operation`, from now on. */
enum status homes_bring_mandate(struct homes *h, const char *home, const char *operation)
{
	struct bringing b = {h, home};
	struct homes_list known = {0};

	if (!operation)
		return STATUS_OK;
	enum status s = homes_entries(h, STORE_FUNCTIONS, operation, &known);
	if (s != STATUS_OK || homes_list_has(&known, home))
		return s;
	s = homes_entry_add(h, STORE_FUNCTIONS, operation, KIND(CLAIM), home);
	if (s == STATUS_OK)
		s = homes_bring(h, home, KIND(OPERATION), operation);
	if (s == STATUS_OK)
		s = view_scan(&h->view, h->a, KIND(INSTRUMENT), operation, bring_instrument, &b);
	if (s == STATUS_OK)
		s = view_scan(&h->view, h->a, KIND(ARRANGEMENT), operation, bring_hybrid, &b);
	return s;
}

enum status homes_bring_steps(struct homes *h, const char *home, const char *pledge)
{
	struct view_fact fact;
	enum status s = STATUS_OK;

	for (unsigned n = 1; s == STATUS_OK; n++) {
		const char *key = arena_printf(h->a, "%s:%u", pledge, n);

		if (!key)
			return STATUS_NO_MEMORY;
		s = view_get(&h->view, h->a, KIND(PLEDGE_STEP), key, &fact);
		if (s == STATUS_OK)
			s = homes_bring(h, home, KIND(PLEDGE_STEP), key);
	}
	return s == STATUS_NOT_FOUND ? STATUS_OK : s;
}

struct prefixed {
	struct homes *h;
	const char *prefix;
	struct homes_list *list;
};

static enum status collect_prefixed(void *ctx, Mandate__Kind kind, const char *key)
{
	struct prefixed *p = ctx;

	(void)kind;
	if (strncmp(key, p->prefix, strlen(p->prefix)) != 0)
		return STATUS_STOPPED;
	return homes_list_add(p->h, p->list, arena_text(p->h->a, key));
}

/* All on record whose key begins so. */
static enum status bring_prefixed(struct homes *h, const char *home, Mandate__Kind kind,
				  const char *prefix)
{
	struct homes_list keys = {0};
	struct prefixed p = {h, prefix, &keys};

	if (!prefix)
		return STATUS_NO_MEMORY;
	enum status s = store_record_keys(h->txn, kind, prefix, collect_prefixed, &p);
	if (s == STATUS_STOPPED)
		s = STATUS_OK;
	for (size_t i = 0; s == STATUS_OK && i < h->overlay.fact_count; i++) {
		const struct view_fact *fact = &h->overlay.facts[i];

		if (fact->kind == kind && strncmp(fact->key, prefix, strlen(prefix)) == 0)
			s = homes_list_add(h, &keys, fact->key);
	}
	for (size_t i = 0; s == STATUS_OK && i < keys.count; i++)
		s = homes_bring(h, home, kind, keys.at[i]);
	return s;
}

/* `operations` have had units of that name before. */
enum status homes_bring_unit_name(struct homes *h, const char *home, const char *name,
				  const struct homes_list *operations)
{
	enum status s = STATUS_OK;

	for (size_t i = 0; s == STATUS_OK && i < operations->count; i++)
		s = bring_prefixed(h, home, KIND(UNIT),
				   arena_printf(h->a, "%s:%s:", operations->at[i], name));
	if (s == STATUS_OK && operations->count)
		s = bring_prefixed(h, home, KIND(TRANSFER), arena_printf(h->a, "%s:", name));
	return s;
}
