/* Records of several operations and what binds them, written a line each, and a view over them that
 * shows what belongs to a home. '~' in a word is a space.
 *
 *	operation ACRONYM KIND [start=DAY] [end=DAY] [host=CODE]... [series=DAY|none]
 *	instrument ACRONYM PARTY DOCUMENT ADOPTED ACTION [eff=DAY] [until=DAY] [withdraw=DAY]
 *	arrangement NAME KIND SIDES ACRONYM|- OTHER|- [eff=DAY] [end=DAY] [by=DAY] [area=AREA]
 *		[function=NAME]...			sides as in the files: "UN+AU;UN"
 *	accept NAME PARTY DAY | decline NAME PARTY DAY
 *	claim FUNCTION AREA ACRONYM FROM [until=DAY] [party=PARTY]
 *	pledge CONTRIBUTOR NAME | step CONTRIBUTOR NAME NUMBER STATE DAY [reason=R] [readiness=R]
 *	list ACRONYM DOCUMENT DATE OWNER... | endorse ACRONYM DOCUMENT OWNER VERSION DAY
 *
 * A line again is the next edition of the same record. */
#ifndef TESTS_RULES_WORLD_H
#define TESTS_RULES_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/day.h"
#include "base/limits.h"
#include "model/names.h"
#include "model/record.h"
#include "rules/home.h"
#include "rules/view.h"

enum { WORLD_FACTS_MAX = 512, WORLD_BYTES = 16 * 1024 * 1024, WORLD_WORDS_MAX = 32 };

struct world_fact {
	Mandate__Kind kind;
	char key[KEY_TEXT_MAX + 1];
	uint32_t edition;
	const Mandate__Record *record; /* with its key also where it is retracted */
	bool retracted;
};

struct world {
	struct arena arena;
	struct world_fact at[WORLD_FACTS_MAX];
	size_t count;
};

static int32_t world_day(const char *text)
{
	int32_t day;

	if (day_parse(&day, text) != STATUS_OK)
		fail_msg("no day: %s", text);
	return day;
}

static int world_name(const ProtobufCEnumDescriptor *type, const char *name)
{
	int value;

	if (names_value(type, name, &value) != STATUS_OK)
		fail_msg("no %s: %s", type->short_name, name);
	return value;
}

/* Words of a line; options look for "NAME=". */
struct world_words {
	char *at[WORLD_WORDS_MAX];
	size_t count;
};

static const char *world_option(const struct world_words *w, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < w->count; i++)
		if (strncmp(w->at[i], name, len) == 0 && w->at[i][len] == '=')
			return w->at[i] + len + 1;
	return NULL;
}

static void world_day_option(const struct world_words *w, const char *name,
			     protobuf_c_boolean *ret_has, int32_t *ret_day)
{
	const char *text = world_option(w, name);

	*ret_has = text != NULL;
	*ret_day = text ? world_day(text) : 0;
}

/* Values of all words "NAME=VALUE". */
static size_t world_values(struct world *world, const struct world_words *w, const char *name,
			   char ***ret_values)
{
	size_t len = strlen(name), count = 0;

	*ret_values = arena_calloc(&world->arena, w->count, sizeof(char *));
	for (size_t i = 0; i < w->count; i++)
		if (strncmp(w->at[i], name, len) == 0 && w->at[i][len] == '=')
			(*ret_values)[count++] = w->at[i] + len + 1;
	return count;
}

static char *world_text_option(const struct world_words *w, const char *name)
{
	return (char *)(uintptr_t)world_option(w, name);
}

static void *world_new(struct world *w, size_t size, const ProtobufCMessageDescriptor *type)
{
	void *message = arena_alloc(&w->arena, size);

	assert_non_null(message);
	protobuf_c_message_init(type, message);
	return message;
}

#define WORLD_NEW(world, Type, type)                                                               \
	world_new(world, sizeof(Mandate__##Type), &mandate__##type##__descriptor)

static void world_operation(struct world *world, const struct world_words *w, Mandate__Record *r)
{
	Mandate__Operation *o = WORLD_NEW(world, Operation, operation);
	const char *series = world_option(w, "series");

	r->content_case = MANDATE__RECORD__CONTENT_OPERATION;
	r->operation = o;
	o->acronym = w->at[1];
	o->has_kind = true;
	o->kind =
		(Mandate__OperationKind)world_name(&mandate__operation_kind__descriptor, w->at[2]);
	world_day_option(w, "start", &o->has_start_date, &o->start_date);
	world_day_option(w, "end", &o->has_end_date, &o->end_date);
	o->n_hosts = world_values(world, w, "host", &o->hosts);
	if (series && strcmp(series, "none") == 0) {
		o->has_mandate_series_to = true;
		o->mandate_series_to = MANDATE__SERIES_END__SERIES_END_NONE;
	} else if (series) {
		world_day_option(w, "series", &o->has_mandate_series_from, &o->mandate_series_from);
	}
}

static void world_instrument(struct world *world, const struct world_words *w, Mandate__Record *r)
{
	Mandate__Instrument *i = WORLD_NEW(world, Instrument, instrument);

	r->content_case = MANDATE__RECORD__CONTENT_INSTRUMENT;
	r->instrument = i;
	i->operation = w->at[1];
	i->party = w->at[2];
	i->document = w->at[3];
	i->has_adopted = i->has_action = true;
	i->adopted = world_day(w->at[4]);
	i->action = (Mandate__Action)world_name(&mandate__action__descriptor, w->at[5]);
	world_day_option(w, "eff", &i->has_effective, &i->effective);
	world_day_option(w, "until", &i->has_valid_until, &i->valid_until);
	world_day_option(w, "withdraw", &i->has_withdraw_by, &i->withdraw_by);
}

static void world_sides(struct world *world, char *text, Mandate__Arrangement *a)
{
	char *rest = arena_text(&world->arena, text), *cell, *party;

	a->sides = arena_calloc(&world->arena, strlen(text), sizeof *a->sides);
	while ((cell = strsep(&rest, ";"))) {
		Mandate__Side *side = WORLD_NEW(world, Side, side);

		side->parties = arena_calloc(&world->arena, strlen(cell), sizeof *side->parties);
		while ((party = strsep(&cell, "+")))
			side->parties[side->n_parties++] = party;
		a->sides[a->n_sides++] = side;
	}
}

static void world_arrangement(struct world *world, const struct world_words *w, Mandate__Record *r)
{
	Mandate__Arrangement *a = WORLD_NEW(world, Arrangement, arrangement);

	r->content_case = MANDATE__RECORD__CONTENT_ARRANGEMENT;
	r->arrangement = a;
	a->arrangement = w->at[1];
	a->has_kind = true;
	a->kind = (Mandate__ArrangementKind)world_name(&mandate__arrangement_kind__descriptor,
						       w->at[2]);
	world_sides(world, w->at[3], a);
	a->operation = strcmp(w->at[4], "-") != 0 ? w->at[4] : NULL;
	a->other_operation = strcmp(w->at[5], "-") != 0 ? w->at[5] : NULL;
	world_day_option(w, "eff", &a->has_effective, &a->effective);
	world_day_option(w, "end", &a->has_end, &a->end);
	world_day_option(w, "by", &a->has_accept_by, &a->accept_by);
	a->area = world_text_option(w, "area");
	a->n_functions = world_values(world, w, "function", &a->functions);
}

static void world_acceptance(struct world *world, const struct world_words *w, Mandate__Record *r)
{
	Mandate__Acceptance *a = WORLD_NEW(world, Acceptance, acceptance);

	r->content_case = MANDATE__RECORD__CONTENT_ACCEPTANCE;
	r->acceptance = a;
	a->arrangement = w->at[1];
	a->party = w->at[2];
	a->has_day = a->has_reply = true;
	a->day = world_day(w->at[3]);
	a->reply = strcmp(w->at[0], "accept") == 0 ? MANDATE__REPLY__REPLY_ACCEPTED
						   : MANDATE__REPLY__REPLY_DECLINED;
}

static void world_claim(struct world *world, const struct world_words *w, Mandate__Record *r)
{
	Mandate__Claim *c = WORLD_NEW(world, Claim, claim);

	r->content_case = MANDATE__RECORD__CONTENT_CLAIM;
	r->claim = c;
	c->function = w->at[1];
	c->area = w->at[2];
	c->operation = w->at[3];
	c->has_from = true;
	c->from = world_day(w->at[4]);
	world_day_option(w, "until", &c->has_until, &c->until);
	c->party = world_text_option(w, "party");
}

static void world_pledge(struct world *world, const struct world_words *w, Mandate__Record *r)
{
	Mandate__Pledge *p = WORLD_NEW(world, Pledge, pledge);

	r->content_case = MANDATE__RECORD__CONTENT_PLEDGE;
	r->pledge = p;
	p->contributor = w->at[1];
	p->pledge = w->at[2];
}

static void world_step(struct world *world, const struct world_words *w, Mandate__Record *r)
{
	Mandate__PledgeStep *s = WORLD_NEW(world, PledgeStep, pledge_step);
	const char *reason = world_option(w, "reason"), *readiness = world_option(w, "readiness");

	r->content_case = MANDATE__RECORD__CONTENT_PLEDGE_STEP;
	r->pledge_step = s;
	s->contributor = w->at[1];
	s->pledge = w->at[2];
	s->step = (uint32_t)strtoul(w->at[3], NULL, 10);
	s->has_state = s->has_day = true;
	s->state = (Mandate__PledgeState)world_name(&mandate__pledge_state__descriptor, w->at[4]);
	s->day = world_day(w->at[5]);
	s->has_reason = reason != NULL;
	if (reason)
		s->reason =
			(Mandate__EndReason)world_name(&mandate__end_reason__descriptor, reason);
	s->has_readiness = readiness != NULL;
	if (readiness)
		s->readiness =
			(Mandate__Readiness)world_name(&mandate__readiness__descriptor, readiness);
}

static void world_list(struct world *world, const struct world_words *w, Mandate__Record *r)
{
	Mandate__Priorities *p = WORLD_NEW(world, Priorities, priorities);

	r->content_case = MANDATE__RECORD__CONTENT_PRIORITIES;
	r->priorities = p;
	p->operation = w->at[1];
	p->document = w->at[2];
	p->has_date = true;
	p->date = world_day(w->at[3]);
	p->items = arena_calloc(&world->arena, w->count, sizeof *p->items);
	for (size_t i = 4; i < w->count; i++) {
		Mandate__Priority *item = WORLD_NEW(world, Priority, priority);

		item->rank = (uint32_t)p->n_items + 1;
		item->task = w->at[i];
		item->lead = w->at[i];
		p->items[p->n_items++] = item;
	}
}

static void world_endorse(struct world *world, const struct world_words *w, Mandate__Record *r)
{
	Mandate__Endorsement *e = WORLD_NEW(world, Endorsement, endorsement);

	r->content_case = MANDATE__RECORD__CONTENT_ENDORSEMENT;
	r->endorsement = e;
	e->operation = w->at[1];
	e->document = w->at[2];
	e->owner = w->at[3];
	e->version = (uint32_t)strtoul(w->at[4], NULL, 10);
	e->has_day = true;
	e->day = world_day(w->at[5]);
}

static const Mandate__Record *world_parse(struct world *world, const char *line)
{
	static const struct {
		const char *word;
		size_t least; /* words */
		void (*read)(struct world *world, const struct world_words *w, Mandate__Record *r);
	} rows[] = {
		{"operation", 3, world_operation},
		{"instrument", 6, world_instrument},
		{"arrangement", 6, world_arrangement},
		{"accept", 4, world_acceptance},
		{"decline", 4, world_acceptance},
		{"claim", 5, world_claim},
		{"pledge", 3, world_pledge},
		{"step", 6, world_step},
		{"list", 4, world_list},
		{"endorse", 6, world_endorse},
	};
	Mandate__Record *r = WORLD_NEW(world, Record, record);
	char *rest = arena_text(&world->arena, line), *word;
	struct world_words w = {.count = 0};

	while ((word = strsep(&rest, " \t"))) {
		if (*word == '\0')
			continue;
		assert_true(w.count < WORLD_WORDS_MAX);
		for (char *c = word; *c; c++)
			*c = *c == '~' ? ' ' : *c;
		w.at[w.count++] = word;
	}
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (strcmp(w.at[0], rows[i].word) != 0)
			continue;
		assert_true(w.count >= rows[i].least);
		rows[i].read(world, &w, r);
		return r;
	}
	fail_msg("no record: %s", line);
	return NULL;
}

static void world_init(struct world *w)
{
	w->count = 0;
	arena_init(&w->arena, WORLD_BYTES);
}

static void world_fini(struct world *w)
{
	arena_fini(&w->arena);
}

/* The edition that holds; NULL if there is none. */
static struct world_fact *world_find(struct world *w, Mandate__Kind kind, const char *key)
{
	struct world_fact *found = NULL;

	for (size_t i = 0; i < w->count; i++)
		if (w->at[i].kind == kind && strcmp(w->at[i].key, key) == 0 &&
		    (!found || found->edition < w->at[i].edition))
			found = &w->at[i];
	return found;
}

/* Adds a record as the next edition of its key. */
static struct world_fact *world_add(struct world *w, const Mandate__Record *record, bool retracts)
{
	struct world_fact fact = {
		.kind = record_kind(record), .record = record, .retracted = retracts};
	const struct world_fact *before;

	assert_int_equal(record_key(record, fact.key), STATUS_OK);
	before = world_find(w, fact.kind, fact.key);
	fact.edition = before ? before->edition + 1 : 1;
	assert_true(w->count < WORLD_FACTS_MAX);
	w->at[w->count] = fact;
	return &w->at[w->count++];
}

__attribute__((unused)) static struct world_fact *world_line(struct world *w, const char *line)
{
	return world_add(w, world_parse(w, line), false);
}

__attribute__((unused)) static struct world_fact *world_retract(struct world *w, const char *line)
{
	return world_add(w, world_parse(w, line), true);
}

__attribute__((unused)) static void world_read(struct world *w, const char *text)
{
	char *rest = arena_text(&w->arena, text), *line;

	while ((line = strsep(&rest, "\n"))) {
		while (*line == ' ' || *line == '\t')
			line++;
		if (*line)
			world_line(w, line);
	}
}

/* --- the view --- */

static bool world_has_home(struct world *w, const Mandate__Record *record, const char *home);

/* An arrangement's, and a claim's: their operations, their functions', else the partner. */
static bool world_is_home(struct world *w, const Mandate__Record *record, const char *home)
{
	const Mandate__Arrangement *a = record->arrangement;
	const char *area;

	if (record->content_case == MANDATE__RECORD__CONTENT_CLAIM) {
		const Mandate__Claim *c = record->claim;

		return strcmp(home, home_of_function(&w->arena, c->function, c->area)) == 0 ||
		       strcmp(home, c->operation) == 0;
	}
	if (record->content_case != MANDATE__RECORD__CONTENT_ARRANGEMENT)
		return world_has_home(w, record, home);
	area = a->area;
	if (!area && a->operation) {
		const struct world_fact *o =
			world_find(w, MANDATE__KIND__KIND_OPERATION, a->operation);

		if (o && !o->retracted && o->record->operation->n_hosts > 0)
			area = o->record->operation->hosts[0];
	}
	for (size_t i = 0; area && i < a->n_functions; i++)
		if (strcmp(home, home_of_function(&w->arena, a->functions[i], area)) == 0)
			return true;
	if (!a->operation)
		return strcmp(home, home_of_partner(&w->arena, a->sides[0]->parties[0])) == 0;
	return world_has_home(w, record, home);
}

static bool world_has_home(struct world *w, const Mandate__Record *record, const char *home)
{
	const char *const *names;
	size_t count;

	assert_int_equal(record_operations(&w->arena, record, &names, &count), STATUS_OK);
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], home) == 0)
			return true;
	return false;
}

static enum status world_answer(const struct world_fact *found, struct view_fact *ret_fact)
{
	if (!found)
		return STATUS_NOT_FOUND;
	*ret_fact = (struct view_fact){.kind = found->kind,
				       .key = found->key,
				       .edition = found->edition,
				       .record = found->retracted ? NULL : found->record};
	return STATUS_OK;
}

static enum status world_get(void *ctx, struct arena *a, Mandate__Kind kind, const char *key,
			     struct view_fact *ret_fact)
{
	(void)a;
	return world_answer(world_find(ctx, kind, key), ret_fact);
}

static enum status world_get_edition(void *ctx, struct arena *a, Mandate__Kind kind,
				     const char *key, uint32_t edition, struct view_fact *ret_fact)
{
	struct world *w = ctx;

	(void)a;
	for (size_t i = 0; i < w->count; i++)
		if (w->at[i].kind == kind && w->at[i].edition == edition &&
		    strcmp(w->at[i].key, key) == 0)
			return world_answer(&w->at[i], ret_fact);
	return STATUS_NOT_FOUND;
}

static enum status world_scan(void *ctx, struct arena *a, Mandate__Kind kind, const char *home,
			      view_visit *visit, void *visit_ctx)
{
	struct world *w = ctx;

	(void)a;
	for (size_t i = 0; i < w->count; i++) {
		struct world_fact *fact = &w->at[i];
		struct view_fact shown;
		enum status s;

		if (fact->kind != kind || fact != world_find(w, kind, fact->key) ||
		    fact->retracted || (home && !world_is_home(w, fact->record, home)))
			continue;
		assert_int_equal(world_answer(fact, &shown), STATUS_OK);
		s = visit(visit_ctx, &shown);
		if (s != STATUS_OK)
			return s;
	}
	return STATUS_OK;
}

static struct view world_view(struct world *w)
{
	return (struct view){
		.ctx = w, .get = world_get, .get_edition = world_get_edition, .scan = world_scan};
}

#endif
