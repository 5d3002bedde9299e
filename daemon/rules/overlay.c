#include "rules/overlay.h"

#include "model/belongs.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 16 };

static enum status make_room(struct arena *a, void **items, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return STATUS_OK;
	size_t wider = *room ? 2 * *room : FIRST_ROOM;
	void *grown = arena_calloc(a, wider, size);
	if (!grown)
		return STATUS_NO_MEMORY;
	if (count)
		memcpy(grown, *items, count * size);
	*items = grown;
	*room = wider;
	return STATUS_OK;
}

/* As it holds: put in last. */
static const struct view_fact *find(const struct overlay *o, Mandate__Kind kind, const char *key)
{
	for (size_t i = o->fact_count; i-- > 0;)
		if (o->facts[i].kind == kind && strcmp(o->facts[i].key, key) == 0)
			return &o->facts[i];
	return NULL;
}

static bool is_linked(const struct overlay *o, const char *home, Mandate__Kind kind,
		      const char *key)
{
	for (size_t i = 0; i < o->link_count; i++)
		if (o->links[i].kind == kind && strcmp(o->links[i].key, key) == 0 &&
		    strcmp(o->links[i].home, home) == 0)
			return true;
	return false;
}

enum status overlay_put(struct overlay *o, const struct view_fact *fact)
{
	void *items = o->facts;
	enum status s = make_room(o->a, &items, o->fact_count, &o->fact_room, sizeof *o->facts);
	if (s != STATUS_OK)
		return s;
	o->facts = items;
	o->facts[o->fact_count++] = *fact;
	return STATUS_OK;
}

enum status overlay_link(struct overlay *o, const char *home, Mandate__Kind kind, const char *key)
{
	void *items = o->links;

	if (is_linked(o, home, kind, key))
		return STATUS_OK;
	enum status s = make_room(o->a, &items, o->link_count, &o->link_room, sizeof *o->links);
	if (s != STATUS_OK)
		return s;
	o->links = items;
	o->links[o->link_count++] = (struct overlay_link){home, kind, key};
	return STATUS_OK;
}

static enum status get(void *ctx, struct arena *a, Mandate__Kind kind, const char *key,
		       struct view_fact *ret_fact)
{
	const struct overlay *o = ctx;
	const struct view_fact *held = find(o, kind, key);

	if (!held)
		return view_get(o->base, a, kind, key, ret_fact);
	*ret_fact = *held;
	return STATUS_OK;
}

static enum status get_edition(void *ctx, struct arena *a, Mandate__Kind kind, const char *key,
			       uint32_t edition, struct view_fact *ret_fact)
{
	const struct overlay *o = ctx;

	for (size_t i = o->fact_count; i-- > 0;) {
		const struct view_fact *f = &o->facts[i];

		if (f->kind == kind && f->edition == edition && strcmp(f->key, key) == 0) {
			*ret_fact = *f;
			return STATUS_OK;
		}
	}
	return view_get_edition(o->base, a, kind, key, edition, ret_fact);
}

/* --- scans: the base's facts and, between them, those that are only here ------------------------
 */

struct merge {
	const struct overlay *o;
	struct arena *a;
	Mandate__Kind kind;
	const char *home;
	const char **own; /* keys of what is put in and shown, sorted */
	size_t count, next;
	view_visit *visit;
	void *ctx;
};

static int compare_texts(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static bool is_shown(const struct merge *m, const struct view_fact *fact)
{
	if (fact->kind != m->kind || !fact->record || find(m->o, m->kind, fact->key) != fact)
		return false;
	return !m->home || (belongs_to(fact->record, m->home) &&
			    (belongs_by_name(fact->record, m->home) ||
			     is_linked(m->o, m->home, m->kind, fact->key)));
}

static enum status collect(struct merge *m)
{
	const struct overlay *o = m->o;

	m->own = arena_calloc(m->a, o->fact_count + o->link_count + 1, sizeof *m->own);
	if (!m->own)
		return STATUS_NO_MEMORY;
	for (size_t i = 0; i < o->fact_count; i++)
		if (is_shown(m, &o->facts[i]))
			m->own[m->count++] = o->facts[i].key;
	for (size_t i = 0; m->home && i < o->link_count; i++)
		if (o->links[i].kind == m->kind && strcmp(o->links[i].home, m->home) == 0 &&
		    !find(o, m->kind, o->links[i].key))
			m->own[m->count++] = o->links[i].key;
	if (m->count > 1)
		qsort(m->own, m->count, sizeof *m->own, compare_texts);
	return STATUS_OK;
}

static enum status visit_own(struct merge *m)
{
	struct view_fact fact;
	enum status s = get((void *)(uintptr_t)m->o, m->a, m->kind, m->own[m->next++], &fact);

	if (s != STATUS_OK)
		return s == STATUS_NOT_FOUND ? STATUS_OK : s;
	if (!fact.record || (m->home && !belongs_to(fact.record, m->home)))
		return STATUS_OK;
	return m->visit(m->ctx, &fact);
}

static enum status visit_base(void *ctx, const struct view_fact *fact)
{
	struct merge *m = ctx;
	enum status s = STATUS_OK;

	while (s == STATUS_OK && m->next < m->count && strcmp(m->own[m->next], fact->key) < 0)
		s = visit_own(m);
	if (s != STATUS_OK)
		return s;
	if (m->next < m->count && strcmp(m->own[m->next], fact->key) == 0)
		return visit_own(m);
	return find(m->o, fact->kind, fact->key) ? STATUS_OK : m->visit(m->ctx, fact);
}

static enum status scan(void *ctx, struct arena *a, Mandate__Kind kind, const char *home,
			view_visit *visit, void *visit_ctx)
{
	struct merge m = {
		.o = ctx, .a = a, .kind = kind, .home = home, .visit = visit, .ctx = visit_ctx};
	enum status s = collect(&m);

	if (s == STATUS_OK)
		s = view_scan(m.o->base, a, kind, home, visit_base, &m);
	while (s == STATUS_OK && m.next < m.count)
		s = visit_own(&m);
	return s;
}

void overlay_init(struct overlay *o, const struct view *base, struct arena *a,
		  struct view *ret_view)
{
	*o = (struct overlay){.a = a, .base = base};
	*ret_view = (struct view){.ctx = o, .get = get, .get_edition = get_edition, .scan = scan};
}
