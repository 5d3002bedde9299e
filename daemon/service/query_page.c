#include "service/query_page.h"

#include "base/clock.h"
#include "model/codec.h"

#include <stdarg.h>
#include <stdio.h>

struct place query_page_place(const char *text, uint64_t number)
{
	struct place place = {.number = number};

	/* Texts are keys of the state, which are shorter. */
	snprintf(place.text, sizeof place.text, "%s", text);
	return place;
}

enum status query_page_breathe(struct page *p)
{
	uint64_t now_ms = clock_mono_ms();

	if (now_ms < p->renew_ms)
		return STATUS_OK;
	store_reset(p->txn);
	p->renew_ms = now_ms + PAGE_RENEW_MS;
	return store_renew(p->txn);
}

/* A row with its field header. */
static size_t row_bytes(const Mandate__Row *row)
{
	return 4 + protobuf_c_message_get_packed_size(&row->base);
}

enum status query_page_row(struct page *p, const struct place *place, Mandate__Row *row)
{
	Mandate__Answer *answer = p->answer;
	size_t bytes = row_bytes(row);

	if (answer->n_rows == p->rows_max || (answer->n_rows && p->bytes + bytes > PAGE_ROWS_BYTES))
		return STATUS_LIMIT;
	if (!answer->rows)
		answer->rows = arena_calloc(p->arena, p->rows_max, sizeof(Mandate__Row *));
	if (!answer->rows)
		return STATUS_NO_MEMORY;
	answer->rows[answer->n_rows++] = row;
	p->bytes += bytes;
	p->place = *place;
	return STATUS_OK;
}

enum status query_page_done(struct page *p, const struct place *place)
{
	enum status s = query_page_breathe(p);

	if (!p->full)
		p->place = *place;
	if (s == STATUS_OK && clock_mono_ms() >= p->stop_ms)
		return STATUS_LIMIT;
	return s;
}

enum status query_page_refuse(struct page *p, Mandate__Code code, const char *field,
			      const char *format, ...)
{
	Mandate__Refusal *refusal = arena_alloc(p->arena, sizeof *refusal);
	char text[2 * TEXT_MAX];
	va_list arguments;

	if (!refusal)
		return STATUS_NO_MEMORY;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	mandate__refusal__init(refusal);
	refusal->code = code;
	refusal->field = codec_borrow(field);
	refusal->text = arena_text(p->arena, text);
	p->answer->refusal = refusal;
	return refusal->text ? STATUS_REFUSED : STATUS_NO_MEMORY;
}

enum status query_page_administrators(struct page *p, const char *field)
{
	return readable_as_administrator(&p->who)
		       ? STATUS_OK
		       : query_page_refuse(p, MANDATE__CODE__CODE_FORBIDDEN, field,
					   "this is for administrators");
}

/* Kept, or built and kept. That something was left out of it is said by each answer made of it. */
static enum status open_file(struct page *p, uint64_t sight, const char *home,
			     struct dossier **ret_dossier, struct dossier **ret_built)
{
	const struct view *view = sight == CABINET_ALL ? &p->whole : &p->view;
	bool restricted = false, before = p->answer->restricted;

	arena_reset(&p->scratch);
	enum status s = cabinet_follow(p->cabinet, p->txn, &p->scratch, p->revision);
	*ret_built = NULL;
	*ret_dossier = s == STATUS_OK
			       ? cabinet_find(p->cabinet, sight, home, p->revision, &restricted)
			       : NULL;
	if (*ret_dossier && restricted)
		query_view_restrict(p);
	if (*ret_dossier || s != STATUS_OK)
		return s;
	arena_reset(&p->scratch);
	p->answer->restricted = false;
	s = dossier_new(view, &p->scratch, home, ret_dossier);
	restricted = p->answer->restricted;
	p->answer->restricted |= before;
	if (s == STATUS_OK &&
	    !cabinet_keep(p->cabinet, sight, *ret_dossier, restricted, p->revision))
		*ret_built = *ret_dossier;
	arena_reset(&p->scratch);
	return s;
}

enum status query_page_whole(struct page *p, const char *home, struct dossier **ret_dossier,
			     struct dossier **ret_built)
{
	return open_file(p, CABINET_ALL, home, ret_dossier, ret_built);
}

/* Of what the asker may see. */
static enum status open_seen(struct page *p, const char *home, struct dossier **ret_dossier,
			     struct dossier **ret_built)
{
	enum status s = STATUS_OK;

	if (!p->sight)
		s = cabinet_sight(p->cabinet, &p->who, &p->sight);
	return s == STATUS_OK ? open_file(p, p->sight, home, ret_dossier, ret_built) : s;
}

enum status query_page_dossier(struct page *p, const char *home, struct dossier **ret_dossier,
			       struct dossier **ret_built)
{
	bool sees;
	enum status s = query_view_sees_home(p, home, &sees);

	if (s != STATUS_OK)
		return s;
	if (sees)
		return query_page_whole(p, home, ret_dossier, ret_built);
	return open_seen(p, home, ret_dossier, ret_built);
}

struct collecting {
	struct arena *arena;
	struct page_keys *keys;
};

static enum status collect(void *ctx, Mandate__Kind kind, const char *key)
{
	struct collecting *c = ctx;
	const char *text = arena_text(c->arena, key);

	(void)kind;
	if (!text)
		return STATUS_NO_MEMORY;
	c->keys->keys[c->keys->count++] = text;
	return c->keys->count == PAGE_KEYS ? STATUS_LIMIT : STATUS_OK;
}

enum status query_page_keys(struct page *p, struct arena *a, enum store_attribute attribute,
			    const char *value, Mandate__Kind kind, const char *after,
			    struct page_keys *ret_keys)
{
	struct collecting c = {.arena = a, .keys = ret_keys};
	enum status s;

	if (!*after)
		after = NULL;
	ret_keys->count = 0;
	if (attribute)
		s = store_index_scan(p->txn, attribute, value, kind, after, collect, &c);
	else
		s = store_record_keys(p->txn, kind, after, collect, &c);
	return s == STATUS_LIMIT ? STATUS_OK : s;
}

enum status query_page_event(struct page *p, struct arena *a, uint64_t revision,
			     Mandate__Event **ret_event)
{
	struct store_event event;
	enum status s = store_event_get(p->txn, revision, &event);

	if (s != STATUS_OK)
		return s == STATUS_NOT_FOUND ? STATUS_CORRUPT : s;
	Mandate__Event *unpacked = codec_decode(a, &mandate__event__descriptor, event.event);
	if (!unpacked)
		return a->failed ? STATUS_NO_MEMORY : STATUS_CORRUPT;
	*ret_event = unpacked;
	return STATUS_OK;
}

/* With the page before. */
static bool is_given(const struct page_operation *o)
{
	const struct place *done = &o->page->place;

	return o->row < done->number && strcmp(done->text, o->name) == 0;
}

enum status query_page_operation_row(struct page_operation *o, Mandate__Row *row)
{
	struct place place = query_page_place(o->name, o->row + 1);

	if (is_given(o)) {
		o->row++;
		return STATUS_OK;
	}
	enum status s = query_page_row(o->page, &place, row);
	if (s == STATUS_OK)
		o->row++;
	return s;
}

enum status query_page_give(struct page_operation *o, Mandate__Row__WhatCase what,
			    const ProtobufCMessage *message)
{
	Mandate__Row *row;

	if (is_given(o)) {
		o->row++;
		return STATUS_OK;
	}
	row = arena_alloc(o->page->arena, sizeof *row);
	if (!row)
		return STATUS_NO_MEMORY;
	mandate__row__init(row);
	row->what_case = what;
	row->version = codec_copy(o->page->arena, message); /* any member: all are pointers */
	return row->version ? query_page_operation_row(o, row) : STATUS_NO_MEMORY;
}

struct opened {
	struct dossier *whole, *seen; /* to be freed; NULL: kept, or none */
};

/* The dossiers that a visitor wants; where the asker may see everything they are one. */
static enum status open_home(struct page_operation *o, bool sees, struct opened *opened)
{
	struct page *p = o->page;
	enum status s = STATUS_OK;

	if (sees || p->dossiers != PAGE_SEEN)
		s = query_page_whole(p, o->name, &o->whole, &opened->whole);
	if (s != STATUS_OK || p->dossiers == PAGE_WHOLE)
		return s;
	if (sees) {
		o->dossier = o->whole;
		return s;
	}
	return open_seen(p, o->name, &o->dossier, &opened->seen);
}

/* STATUS_NOT_FOUND: an operation not on record at the page's revision, or hidden. */
static enum status visit_home(struct page *p, const char *name, query_page_visit *visit)
{
	struct page_operation o = {.page = p, .name = name};
	struct opened opened = {NULL, NULL};
	bool is_operation = !strchr(name, ':'), sees;
	struct view_fact fact;
	enum status s = query_view_sees_home(p, name, &sees);

	/* Without its own record nothing else of it is looked at. */
	if (s == STATUS_OK && !sees && is_operation && p->dossiers != PAGE_WHOLE)
		s = view_get(&p->view, &p->scratch, MANDATE__KIND__KIND_OPERATION, name, &fact);
	if (s == STATUS_OK)
		s = open_home(&o, sees, &opened);
	if (s == STATUS_OK && is_operation && !dossier_known(o.dossier ? o.dossier : o.whole))
		s = STATUS_NOT_FOUND;
	if (s == STATUS_OK)
		s = visit(&o);
	dossier_free(opened.seen);
	dossier_free(opened.whole);
	return s;
}

enum status query_page_home(struct page *p, const char *home, query_page_visit *visit)
{
	struct place place = query_page_place(home, PLACE_ALL);

	if (strcmp(p->place.text, home) == 0 && p->place.number == PLACE_ALL)
		return STATUS_OK;
	enum status s = visit_home(p, home, visit);
	return s == STATUS_OK || s == STATUS_NOT_FOUND ? query_page_done(p, &place) : s;
}

/* Visits the homes of names that begin with `prefix`, behind `after`, which is overwritten. */
static enum status visit_names(struct page *p, enum store_attribute attribute, const char *value,
			       Mandate__Kind kind, const char *prefix, char after[PLACE_TEXT_BYTES],
			       query_page_visit *visit)
{
	struct page_keys names;
	enum status s;

	do {
		arena_reset(&p->keys);
		s = query_page_keys(p, &p->keys, attribute, value, kind, after, &names);
		for (size_t i = 0; s == STATUS_OK && i < names.count; i++) {
			struct place place = query_page_place(names.keys[i], PLACE_ALL);

			if (strncmp(place.text, prefix, strlen(prefix)) != 0)
				return STATUS_OK;
			s = visit_home(p, names.keys[i], visit);
			if (s == STATUS_OK || s == STATUS_NOT_FOUND)
				s = query_page_done(p, &place);
			memcpy(after, place.text, sizeof place.text);
		}
	} while (s == STATUS_OK && names.count == PAGE_KEYS);
	return s;
}

/* The home in which the page before ended is gone on with first. */
static enum status go_on(struct page *p, const char *home, query_page_visit *visit)
{
	struct place place = query_page_place(home, PLACE_ALL);
	enum status s;

	if (!*home || p->place.number == PLACE_ALL)
		return STATUS_OK;
	s = visit_home(p, place.text, visit);
	return s == STATUS_OK || s == STATUS_NOT_FOUND ? query_page_done(p, &place) : s;
}

enum status query_page_no_operation(struct page *p, const char *name)
{
	return query_page_refuse(p, MANDATE__CODE__CODE_NOT_FOUND, "operation",
				 "no operation %s is on record", name);
}

enum status query_page_operations(struct page *p, const char *only, query_page_visit *visit)
{
	char after[PLACE_TEXT_BYTES];
	enum status s;

	if (only) {
		s = visit_home(p, only, visit);
		return s == STATUS_NOT_FOUND ? query_page_no_operation(p, only) : s;
	}
	memcpy(after, p->place.text, sizeof after);
	s = go_on(p, after, visit);
	return s == STATUS_OK
		       ? visit_names(p, 0, NULL, MANDATE__KIND__KIND_OPERATION, "", after, visit)
		       : s;
}

/* A kind each: see store.h of STORE_HOMES. */
static const Mandate__Kind home_kinds[] = {MANDATE__KIND__KIND_PARTNER, MANDATE__KIND__KIND_CLAIM};

enum status query_page_homes(struct page *p, query_page_visit *visit)
{
	char after[PLACE_TEXT_BYTES] = "";
	const char *colon = strchr(p->place.text, ':');
	size_t first = colon && colon != p->place.text; /* partners' homes come first */

	if (colon)
		memcpy(after, p->place.text, sizeof after);
	enum status s = go_on(p, after, visit);
	for (size_t i = first; s == STATUS_OK && i < 2; i++) {
		s = visit_names(p, STORE_HOMES, "-", home_kinds[i], "", after, visit);
		*after = '\0';
	}
	return s;
}

enum status query_page_homes_of(struct page *p, const char *prefix, query_page_visit *visit)
{
	char after[PLACE_TEXT_BYTES];
	enum status s = go_on(p, p->place.text, visit);

	/* The prefix itself is no name: the first is behind it. */
	snprintf(after, sizeof after, "%s", *p->place.text ? p->place.text : prefix);
	return s == STATUS_OK ? visit_names(p, STORE_HOMES, "-", MANDATE__KIND__KIND_CLAIM, prefix,
					    after, visit)
			      : s;
}
