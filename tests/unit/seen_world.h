/* A state that random changes made, what each of its contents names, and who may see what, decided
 * in the dullest way. And states that hold only what one office may see: for tests that an answer
 * says no more than such a state would. */
#ifndef TESTS_UNIT_SEEN_WORLD_H
#define TESTS_UNIT_SEEN_WORLD_H

#include "service_query_fixture.h"
#include "twin_case.h"

#include "service/query_page.h"
#include "store/internal.h"

enum { NAMES_MAX = 24, EVENTS_SEEN_MAX = 4096, SEEN_KINDS = MANDATE__KIND__KIND_CONSENT };

struct name_list {
	char names[NAMES_MAX][CODE_TEXT_MAX + 1];
	size_t count;
};

/* What the content that an event brought names; of a record taken away, what it named. */
struct content_names {
	Mandate__Kind kind;
	struct name_list operations, contributors;
};

struct seen_world {
	struct asking *asking;
	struct twin_case c;
	size_t played; /* items */
	struct content_names named[EVENTS_SEEN_MAX];
};

static inline void name_add(struct name_list *l, const char *name)
{
	for (size_t i = 0; i < l->count; i++)
		if (strcmp(l->names[i], name) == 0)
			return;
	assert_true(l->count < NAMES_MAX);
	snprintf(l->names[l->count++], sizeof l->names[0], "%s", name);
}

static inline void name_record(struct arena *a, const Mandate__Record *r, bool contributors,
			       struct content_names *to)
{
	const char *const *names;
	size_t count;

	assert_int_equal(record_operations(a, r, &names, &count), STATUS_OK);
	for (size_t i = 0; i < count; i++)
		name_add(&to->operations, names[i]);
	if (!contributors)
		return;
	assert_int_equal(record_contributors(a, r, &names, &count), STATUS_OK);
	for (size_t i = 0; i < count; i++)
		name_add(&to->contributors, names[i]);
}

/* --- making it ------------------------------------------------------------------------------- */

/* The newest version before `item`; false: none. */
static inline bool seen_before(struct seen_world *w, const struct case_item *item,
			       struct store_version *ret_version)
{
	struct store_txn *t;

	assert_int_equal(store_begin_read(w->asking->rig.store, &t), STATUS_OK);
	enum status s = store_record_whole(t, &w->asking->arena, item->kind, item->key, UINT64_MAX,
					   ret_version);
	store_abort(t);
	return s == STATUS_OK;
}

static inline void name_subject(struct seen_world *w, const Mandate__Record *r,
				struct content_names *to)
{
	struct case_item of = {.kind = 0};
	struct store_version subject;

	if (record_subject(r, &of.kind, of.key) == STATUS_OK && seen_before(w, &of, &subject) &&
	    subject.record)
		name_record(&w->asking->arena, subject.record, false, to);
}

static inline Mandate__Change seen_change(const struct case_item *item)
{
	Mandate__Change change = MANDATE__CHANGE__INIT;

	change.action = item->retract ? MANDATE__CHANGE_ACTION__CHANGE_ACTION_RETRACT
				      : MANDATE__CHANGE_ACTION__CHANGE_ACTION_RECORD;
	change.has_edition = true;
	change.edition = item->edition;
	change.record = (Mandate__Record *)(uintptr_t)item->record;
	return change;
}

static inline void seen_play(struct seen_world *w, const struct case_item *item)
{
	struct rig *r = &w->asking->rig;
	Mandate__Change change = seen_change(item), *changes = &change;
	struct store_version before;
	bool known = seen_before(w, item, &before);

	rig_submit(r, &changes, 1);
	if (!r->outcome->refusal && !r->outcome->results[0]->unchanged) {
		uint64_t revision = r->outcome->results[0]->revision;
		struct content_names *to = &w->named[revision];

		assert_true(revision < EVENTS_SEEN_MAX);
		to->kind = item->kind;
		name_record(&r->arena, item->record, true, to);
		if (item->retract && known && before.record)
			name_record(&r->arena, before.record, true, to);
		name_subject(w, item->record, to);
	}
	arena_reset(&r->arena);
	arena_reset(&w->asking->arena);
}

/* The first two thirds of a case, and some days; the rest is there to be supposed. False: it is of
 * one operation, of which little can be hidden. */
static inline bool seen_begin(struct seen_world *w, uint64_t seed)
{
	static const uint8_t secret[HASH_BYTES] = {1, 2, 3};
	int32_t day = CASE_FIRST_DAY + 200;
	char text[DAY_TEXT_BYTES];
	void *asking;

	memset(w, 0, sizeof *w);
	case_make(&w->c, seed, MANDATE__KIND__KIND_CONSENT);
	if (w->c.operations == 1) {
		case_free(&w->c);
		return false;
	}
	set_up(&asking);
	w->asking = asking;
	rig_rules(&w->asking->rig, 3);
	rig_setting(&w->asking->rig, "instance.secret", bytes_of(secret, sizeof secret));
	day_format(text, day);
	rig_day(&w->asking->rig, text);
	w->played = w->c.names + 2 * (w->c.count - w->c.names) / 3;
	for (size_t i = 0; i < w->played; i++) {
		seen_play(w, &w->c.items[i]);
		if (chance_in(&w->c.chance, 10)) {
			day += 1 + (int32_t)chance_below(&w->c.chance, 30);
			day_format(text, day);
			rig_day(&w->asking->rig, text);
		}
	}
	return true;
}

static inline void seen_end(struct seen_world *w)
{
	void *asking = w->asking;

	tear_down(&asking);
	case_free(&w->c);
}

/* --- who may see what ------------------------------------------------------------------------ */

static inline bool dull_has(char *const *list, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i], name) == 0)
			return true;
	return false;
}

static inline bool dull_sees(const Mandate__Office *o, int32_t day, const struct content_names *n)
{
	if (!o || (o->has_administrator && o->administrator))
		return true;
	for (size_t i = 0; i < o->n_grants; i++) {
		const Mandate__Grant *g = o->grants[i];
		bool kind = g->n_kinds == 0, operation = false, contributors = true;

		for (size_t k = 0; k < g->n_kinds; k++)
			kind = kind || g->kinds[k] == n->kind;
		for (size_t k = 0; k < n->operations.count; k++)
			operation = operation || dull_has(g->operations, g->n_operations,
							  n->operations.names[k]);
		for (size_t k = 0; k < n->contributors.count; k++)
			contributors = contributors && dull_has(g->contributors, g->n_contributors,
								n->contributors.names[k]);
		if (kind && (!g->has_until || day <= g->until) &&
		    (g->n_operations == 0 || n->operations.count == 0 || operation) &&
		    (g->n_contributors == 0 || contributors))
			return true;
	}
	return false;
}

/* Of the key of a clash no part but a contributor is called so. */
static inline struct content_names names_of_alert(const Mandate__Alert *alert)
{
	static const char *const contributors[] = {"BGD", "GHA", "NGA"};
	struct content_names n = {.kind = MANDATE__KIND__KIND_ALERT};
	char key[2 * KEY_TEXT_MAX], part[8];

	if (alert->operation)
		name_add(&n.operations, alert->operation);
	if (alert->contributor)
		name_add(&n.contributors, alert->contributor);
	snprintf(key, sizeof key, ":%s:", alert->key);
	for (size_t i = 0; alert->code == MANDATE__ALERT_CODE__ALERT_CODE_EDITION_CLASH && i < 3;
	     i++) {
		snprintf(part, sizeof part, ":%s:", contributors[i]);
		if (strstr(key, part))
			name_add(&n.contributors, contributors[i]);
	}
	return n;
}

/* Of a version: of an alert by the event that made it. */
static inline bool seen_version(struct seen_world *w, struct store_txn *t, Mandate__Kind kind,
				const struct store_version *v, const struct reader_of *who)
{
	struct store_event event;

	if (kind != MANDATE__KIND__KIND_ALERT)
		return dull_sees(who->office, who->day, &w->named[v->stored->content_revision]);
	assert_int_equal(store_event_get(t, v->revision, &event), STATUS_OK);
	const Mandate__Event *e =
		codec_decode(&w->asking->arena, &mandate__event__descriptor, event.event);
	struct content_names names = names_of_alert(e->alert->alert);
	return dull_sees(who->office, who->day, &names);
}

static inline char **draw_names(struct arena *a, struct chance *c, const char *const *from,
				uint32_t count, bool some, size_t *ret_count)
{
	char **list = arena_calloc(a, count, sizeof *list);

	*ret_count = 0;
	if (!some && chance_in(c, 2))
		return list;				       /* any */
	uint32_t set = 1 + chance_below(c, (1u << count) - 2); /* not all of them */
	for (uint32_t i = 0; i < count; i++)
		if (set >> i & 1)
			list[(*ret_count)++] = codec_borrow(from[i]);
	return list;
}

/* Of some kinds, or of all. */
static inline void draw_kinds(struct arena *a, struct chance *c, Mandate__Grant *g)
{
	uint32_t one_in = 2 + chance_below(c, 3);

	g->kinds = arena_calloc(a, SEEN_KINDS + 1, sizeof *g->kinds);
	for (int kind = 1; kind <= SEEN_KINDS; kind++)
		if (!chance_in(c, one_in))
			g->kinds[g->n_kinds++] = (Mandate__Kind)kind;
	if (g->n_kinds && chance_in(c, 2))
		g->kinds[g->n_kinds++] = MANDATE__KIND__KIND_ALERT;
}

/* Some see a part of everything, some everything of a part. */
static inline Mandate__Office *draw_office(struct arena *a, struct chance *c, int32_t day)
{
	static const char *const operations[] = {"ONE", "SIX", "TWO"}; /* names of a grant ascend */
	static const char *const contributors[] = {"BGD", "GHA", "NGA"};
	Mandate__Office *o = arena_alloc(a, sizeof *o);
	bool of_a_part = chance_in(c, 3);

	mandate__office__init(o);
	o->office = codec_borrow("desk");
	o->has_administrator = o->administrator = chance_in(c, 20);
	o->grants = arena_calloc(a, 4, sizeof *o->grants);
	for (uint32_t n = of_a_part || !chance_in(c, 3) ? 1 : 2 + chance_below(c, 3); n > 0; n--) {
		Mandate__Grant *g = arena_alloc(a, sizeof *g);

		mandate__grant__init(g);
		g->access = (Mandate__Access)(1 + chance_below(c, 2));
		g->operations = draw_names(a, c, operations, 3, of_a_part, &g->n_operations);
		if (!of_a_part && !chance_in(c, 4))
			draw_kinds(a, c, g);
		if (!of_a_part)
			g->contributors =
				draw_names(a, c, contributors, 3, false, &g->n_contributors);
		g->has_until = chance_in(c, 8);
		g->until = day + (int32_t)chance_below(c, 3) - 1;
		o->grants[o->n_grants++] = g;
	}
	return o;
}

/* To see what failed. */
static inline void tell_office(const struct reader_of *who)
{
	for (size_t i = 0; i < who->office->n_grants; i++) {
		const Mandate__Grant *g = who->office->grants[i];

		print_error("grant");
		for (size_t k = 0; k < g->n_kinds; k++)
			print_error(" %s", record_kind_name(g->kinds[k]));
		for (size_t k = 0; k < g->n_operations; k++)
			print_error(" %s", g->operations[k]);
		for (size_t k = 0; k < g->n_contributors; k++)
			print_error(" %s", g->contributors[k]);
		print_error("%s\n", g->has_until && who->day > g->until ? ", over" : "");
	}
}

/* --- a state that holds no more -------------------------------------------------------------- */

static inline void drop_record(struct store_txn *t, Mandate__Kind kind, const char *key)
{
	uint8_t prefix[KEY_TEXT_MAX + 256];
	size_t len = 1 + strlen(key) + 1;
	MDB_cursor *cursor;
	MDB_val k = {len, prefix}, v;

	prefix[0] = (uint8_t)kind;
	memcpy(prefix + 1, key, len - 1);
	assert_int_equal(mdb_cursor_open(t->txn, t->store->table[STORE_RECORD], &cursor), 0);
	while (mdb_cursor_get(cursor, &k, &v, MDB_SET_RANGE) == 0 && k.mv_size == len + 8 &&
	       memcmp(k.mv_data, prefix, len) == 0) {
		assert_int_equal(mdb_cursor_del(cursor, 0), 0);
		k = (MDB_val){len, prefix};
	}
	mdb_cursor_close(cursor);
}

enum { RECORDS_MAX = 2048 };

struct record_name {
	Mandate__Kind kind;
	char key[PLACE_TEXT_BYTES];
};

struct record_names {
	struct record_name at[RECORDS_MAX];
	size_t count;
};

static inline enum status gather_key(void *ctx, Mandate__Kind kind, const char *key)
{
	struct record_names *all = ctx;

	assert_true(all->count < RECORDS_MAX);
	all->at[all->count].kind = kind;
	snprintf(all->at[all->count++].key, sizeof all->at[0].key, "%s", key);
	return STATUS_OK;
}

/* Every record, alerts too. */
static inline void gather(struct store *s, struct record_names *all)
{
	struct store_txn *t;

	all->count = 0;
	assert_int_equal(store_begin_read(s, &t), STATUS_OK);
	for (int kind = 1; kind <= MANDATE__KIND__KIND_ALERT; kind++)
		assert_int_equal(store_record_keys(t, (Mandate__Kind)kind, NULL, gather_key, all),
				 STATUS_OK);
	store_abort(t);
}

/* May `who` see the record as known at `revision`? One made later counts as seen. */
static inline bool sees_record(struct seen_world *w, struct store_txn *t,
			       const struct reader_of *who, uint64_t revision,
			       const struct record_name *name)
{
	struct store_version v;

	return store_record_whole(t, &w->asking->arena, name->kind, name->key, revision, &v) !=
		       STATUS_OK ||
	       seen_version(w, t, name->kind, &v, who);
}

/* A copy of the state without the records that `who` may not see as known at `revision`. How many
 * these are. */
static inline size_t reduced_open(struct seen_world *w, const struct reader_of *who,
				  uint64_t revision, const struct record_names *all,
				  struct asking *ret_reduced)
{
	struct error err = {.status = STATUS_OK};
	struct store_txn *whole, *t;
	size_t dropped = 0;
	char path[96];

	memset(ret_reduced, 0, sizeof *ret_reduced);
	snprintf(path, sizeof path, "%s/reduced", w->asking->rig.directory);
	assert_int_equal(store_copy(w->asking->rig.store, path, false, &err), STATUS_OK);
	assert_int_equal(store_open(path, false, &err, &ret_reduced->rig.store), STATUS_OK);
	assert_int_equal(store_begin_read(w->asking->rig.store, &whole), STATUS_OK);
	assert_int_equal(store_begin_write(ret_reduced->rig.store, &t), STATUS_OK);
	for (size_t i = 0; i < all->count; i++)
		if (!sees_record(w, whole, who, revision, &all->at[i])) {
			drop_record(t, all->at[i].kind, all->at[i].key);
			dropped++;
		}
	assert_int_equal(store_commit(t), STATUS_OK);
	store_abort(whole);
	assert_int_equal(cabinet_new(&ret_reduced->cabinet), STATUS_OK);
	arena_init(&ret_reduced->arena, 256 << 20);
	ret_reduced->who = (struct reader_of){.day = who->day};
	return dropped;
}

static inline void reduced_close(struct seen_world *w, struct asking *reduced)
{
	char path[96];

	cabinet_free(reduced->cabinet);
	store_abort(reduced->txn);
	arena_fini(&reduced->arena);
	store_close(reduced->rig.store);
	snprintf(path, sizeof path, "%s/reduced", w->asking->rig.directory);
	assert_int_equal(checkpoint_remove(path, NULL), STATUS_OK);
}

#endif
