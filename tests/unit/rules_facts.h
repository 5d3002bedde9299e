/* Facts of one operation, written a line each, and a view over them.
 *
 *	operation un_pko [closed] [start=DAY] [end=DAY] [series=DAY]
 *		[to=to_end|open_ended|none|DAY] [financing=KIND] [DAY=KIND]... (a phase's)
 *	instrument PARTY DOCUMENT ADOPTED ACTION [eff=DAY] [until=DAY] [withdraw=DAY]
 *		[not_carried_out] [COMPONENT=ENTRY]...
 *	ceiling DOCUMENT COMPONENT FROM ENTRY
 *	return AS_OF [covers=COMPONENT]... [CONTRIBUTOR:COMPONENT=PERSONS]...
 *	total AS_OF COMPONENT=PERSONS
 *	unit CONTRIBUTOR NAME FROM TO|- COMPONENT=PERSONS [op=OPERATION] [task=TASK]
 *		[mou=DAY] [notice=DAY] [requirement=NAME] [pledge=NAME] [control=OPERATION]
 *	transfer CONTRIBUTOR UNIT DAY OPERATION OTHER_OPERATION [back=DAY]
 *	requirement NAME COMPONENT=PERSONS NEEDED_BY [until=DAY]
 *	pledge CONTRIBUTOR NAME COMPONENT=PERSONS REGISTERED [op=OPERATION|anywhere] [available=DAY]
 *		[requirement=NAME] [unit=NAME]
 *	step CONTRIBUTOR PLEDGE NUMBER STATE DAY [READINESS]
 *	estimate AS_OF contributor CONTRIBUTOR=PERSONS...
 *	estimate AS_OF place NAME/CONTRIBUTOR=PERSONS...
 *	amount START END KIND AMOUNT [PRECISION] [party=PARTY] [currency=CODE] [doc=DOCUMENT]
 *		[reason=WORD] [STATE=SHARE]...
 *	payment START END STATE DAY AMOUNT [CURRENCY]
 *	priorities DOCUMENT DATE LEAD|-[+OWNER]...[:STATE]...
 *	endorsement DOCUMENT OWNER VERSION DAY [inferred]
 *	consent HOST DAY STATE [DOCUMENT]
 *
 *	arrangement NAME KIND SIDES [effective=DAY] [end=DAY] [proposed=DAY] [accept_by=DAY]
 *		[other=OPERATION] [op=OPERATION|-] [functions=NAME+NAME...] [area=AREA]
 *	acceptance NAME PARTY DAY [declined]
 *	claim FUNCTION AREA FROM [until=DAY] [op=OPERATION] [party=PARTY]
 *
 * An operation may also say liquidating=DAY and closed_on=DAY, an instrument chapter=CHAPTER and
 * task=WORD. Where a ceiling has a COMPONENT it may be COMPONENT<PARENT and, in an instrument,
 * COMPONENT/NAME for a named part. SIDES are PARTY+PARTY;PARTY.
 * ENTRY is PERSONS, +DELTA or -DELTA, then [@FROM] [..UNTIL] [!COMPLY_BY] without spaces. */
#ifndef TESTS_RULES_FACTS_H
#define TESTS_RULES_FACTS_H

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
#include "rules/dossier.h"
#include "rules/view.h"

enum { FACTS_MAX = 4096, FACTS_BYTES = 64 * 1024 * 1024 };

struct fact_line {
	Mandate__Kind kind;
	char key[KEY_TEXT_MAX + 1];
	const Mandate__Record *record;
	const char *line; /* as written */
	uint32_t edition;
	bool retracted;
};

struct facts {
	struct arena arena;
	const char *operation;
	struct fact_line at[FACTS_MAX];
	size_t count;
};

static int32_t facts_day(const char *text)
{
	int32_t day;

	if (day_parse(&day, text) != STATUS_OK)
		fail_msg("no day: %s", text);
	return day;
}

static int facts_name(const ProtobufCEnumDescriptor *type, const char *name)
{
	int value;

	if (names_value(type, name, &value) != STATUS_OK)
		fail_msg("no %s: %s", type->short_name, name);
	return value;
}

static Mandate__Component facts_component(const char *name)
{
	return (Mandate__Component)facts_name(&mandate__component__descriptor, name);
}

/* The text after "NAME=" if `word` begins so, otherwise NULL. */
static const char *facts_option(const char *word, const char *name)
{
	size_t len = strlen(name);

	return strncmp(word, name, len) == 0 && word[len] == '=' ? word + len + 1 : NULL;
}

static bool facts_day_option(const char *word, const char *name, protobuf_c_boolean *ret_has,
			     int32_t *ret_day)
{
	const char *text = facts_option(word, name);

	if (!text)
		return false;
	*ret_has = true;
	*ret_day = facts_day(text);
	return true;
}

/* "COMPONENT=REST": cuts `word` at the sign and gives REST. */
static const char *facts_cut(char *word, Mandate__Component *ret_component)
{
	char *sign = strchr(word, '=');

	if (!sign)
		fail_msg("no value: %s", word);
	*sign = '\0';
	*ret_component = facts_component(word);
	return sign + 1;
}

/* "COMPONENT<PARENT/NAME". */
static void facts_entry_component(char *word, Mandate__CeilingEntry *e)
{
	char *name = strchr(word, '/'), *parent;

	if (name) {
		*name = '\0';
		e->name = name + 1;
	}
	parent = strchr(word, '<');
	if (parent) {
		*parent = '\0';
		e->has_parent = true;
		e->parent = facts_component(parent + 1);
	}
	e->component = facts_component(word);
}

static void facts_entry(struct arena *a, const char *text, Mandate__CeilingEntry *e)
{
	char *copy = arena_text(a, text), *comply = strchr(copy, '!'), *until, *from;

	if (comply) {
		*comply = '\0';
		e->has_comply_by = true;
		e->comply_by = facts_day(comply + 1);
	}
	until = strstr(copy, "..");
	if (until) {
		*until = '\0';
		e->has_until = true;
		e->until = facts_day(until + 2);
	}
	from = strchr(copy, '@');
	if (from) {
		*from = '\0';
		e->has_from = true;
		e->from = facts_day(from + 1);
	}
	if (*copy == '+' || *copy == '-') {
		e->has_delta = true;
		e->delta = (int32_t)strtol(copy, NULL, 10);
	} else {
		e->has_persons = true;
		e->persons = (uint32_t)strtoul(copy, NULL, 10);
	}
}

static void *facts_new(struct arena *a, size_t size, const ProtobufCMessageDescriptor *type)
{
	void *message = arena_alloc(a, size);

	assert_non_null(message);
	protobuf_c_message_init(type, message);
	return message;
}

#define FACTS_NEW(a, Type, type)                                                                   \
	facts_new(a, sizeof(Mandate__##Type), &mandate__##type##__descriptor)

/* "financing=KIND" of the operation, "DAY=KIND" of a phase. */
static bool facts_financing(struct facts *f, Mandate__Operation *o, char *word)
{
	const char *own = facts_option(word, "financing");
	char *sign = strchr(word, '=');
	Mandate__Phase *phase;

	if (own) {
		o->has_financing = true;
		o->financing = (Mandate__Financing)facts_name(&mandate__financing__descriptor, own);
		return true;
	}
	if (!sign || *word < '0' || *word > '9')
		return false;
	*sign = '\0';
	phase = FACTS_NEW(&f->arena, Phase, phase);
	phase->from = facts_day(word);
	phase->has_financing = true;
	phase->financing =
		(Mandate__Financing)facts_name(&mandate__financing__descriptor, sign + 1);
	o->phases[o->n_phases++] = phase;
	return true;
}

static void facts_operation(struct facts *f, Mandate__Record *r, char **words, size_t count)
{
	Mandate__Operation *o = FACTS_NEW(&f->arena, Operation, operation);

	r->content_case = MANDATE__RECORD__CONTENT_OPERATION;
	r->operation = o;
	o->acronym = arena_text(&f->arena, f->operation);
	o->has_kind = true;
	o->kind =
		(Mandate__OperationKind)facts_name(&mandate__operation_kind__descriptor, words[1]);
	o->has_status = true;
	o->status = MANDATE__OPERATION_STATUS__OPERATION_STATUS_ACTIVE;
	o->phases = arena_calloc(&f->arena, count, sizeof *o->phases);
	for (size_t i = 2; i < count; i++) {
		const char *to = facts_option(words[i], "to");
		int value;

		if (strcmp(words[i], "closed") == 0) {
			o->status = MANDATE__OPERATION_STATUS__OPERATION_STATUS_CLOSED;
		} else if (to) {
			o->has_mandate_series_to = true;
			o->mandate_series_to = MANDATE__SERIES_END__SERIES_END_TO_DATE;
			if (names_value(&mandate__series_end__descriptor, to, &value) ==
			    STATUS_OK) {
				o->mandate_series_to = (Mandate__SeriesEnd)value;
			} else {
				o->has_mandate_series_to_day = true;
				o->mandate_series_to_day = facts_day(to);
			}
		} else if (!facts_day_option(words[i], "end", &o->has_end_date, &o->end_date) &&
			   !facts_day_option(words[i], "start", &o->has_start_date,
					     &o->start_date) &&
			   !facts_day_option(words[i], "liquidating", &o->has_liquidating_from,
					     &o->liquidating_from) &&
			   !facts_day_option(words[i], "closed_on", &o->has_closed_on,
					     &o->closed_on) &&
			   !facts_day_option(words[i], "series", &o->has_mandate_series_from,
					     &o->mandate_series_from) &&
			   !facts_financing(f, o, words[i])) {
			fail_msg("operation: %s", words[i]);
		}
	}
}

static void facts_instrument(struct facts *f, Mandate__Record *r, char **words, size_t count)
{
	Mandate__Instrument *m = FACTS_NEW(&f->arena, Instrument, instrument);

	r->content_case = MANDATE__RECORD__CONTENT_INSTRUMENT;
	r->instrument = m;
	m->operation = arena_text(&f->arena, f->operation);
	m->party = words[1];
	m->document = words[2];
	m->has_adopted = true;
	m->adopted = facts_day(words[3]);
	m->has_action = true;
	m->action = (Mandate__Action)facts_name(&mandate__action__descriptor, words[4]);
	m->ceilings = arena_calloc(&f->arena, count, sizeof(Mandate__CeilingEntry *));
	m->tasks = arena_calloc(&f->arena, count, sizeof(char *));
	for (size_t i = 5; i < count; i++) {
		const char *task = facts_option(words[i], "task");
		const char *chapter = facts_option(words[i], "chapter");
		Mandate__CeilingEntry *e;
		char *sign;

		if (task)
			m->tasks[m->n_tasks++] = arena_text(&f->arena, task);
		m->has_chapter |= chapter != NULL;
		if (chapter)
			m->chapter = (Mandate__Chapter)facts_name(&mandate__chapter__descriptor,
								  chapter);
		if (task || chapter ||
		    facts_day_option(words[i], "eff", &m->has_effective, &m->effective) ||
		    facts_day_option(words[i], "until", &m->has_valid_until, &m->valid_until) ||
		    facts_day_option(words[i], "withdraw", &m->has_withdraw_by, &m->withdraw_by))
			continue;
		if (strcmp(words[i], "not_carried_out") == 0) {
			m->has_carried_out = true;
			continue;
		}
		if (strcmp(words[i], "rollover") == 0) {
			m->has_technical_rollover = m->technical_rollover = true;
			continue;
		}
		e = FACTS_NEW(&f->arena, CeilingEntry, ceiling_entry);
		sign = strchr(words[i], '=');
		assert_non_null(sign);
		*sign = '\0';
		facts_entry_component(words[i], e);
		facts_entry(&f->arena, sign + 1, e);
		m->ceilings[m->n_ceilings++] = e;
	}
}

static void facts_ceiling(struct facts *f, Mandate__Record *r, char **words, size_t count)
{
	Mandate__CeilingEntry e = MANDATE__CEILING_ENTRY__INIT;
	Mandate__Ceiling *c = FACTS_NEW(&f->arena, Ceiling, ceiling);

	assert_int_equal(count, 5);
	facts_entry(&f->arena, words[4], &e);
	facts_entry_component(words[2], &e);
	r->content_case = MANDATE__RECORD__CONTENT_CEILING;
	r->ceiling = c;
	c->operation = arena_text(&f->arena, f->operation);
	c->document = words[1];
	c->component = e.component;
	c->has_parent = e.has_parent;
	c->parent = e.parent;
	c->from = facts_day(words[3]);
	c->has_until = e.has_until;
	c->until = e.until;
	c->has_persons = e.has_persons;
	c->persons = e.persons;
	c->has_delta = e.has_delta;
	c->delta = e.delta;
	c->has_comply_by = e.has_comply_by;
	c->comply_by = e.comply_by;
}

static void facts_return(struct facts *f, Mandate__Record *r, char **words, size_t count)
{
	Mandate__Return *m = FACTS_NEW(&f->arena, Return, return );

	r->content_case = MANDATE__RECORD__CONTENT_RETURN;
	r->return_ = m;
	m->operation = arena_text(&f->arena, f->operation);
	m->as_of = facts_day(words[1]);
	m->covers = arena_calloc(&f->arena, count, sizeof *m->covers);
	m->counts = arena_calloc(&f->arena, count, sizeof(Mandate__HeadCount *));
	for (size_t i = 2; i < count; i++) {
		const char *covers = facts_option(words[i], "covers");
		Mandate__HeadCount *h;
		char *colon;

		if (covers) {
			m->covers[m->n_covers++] = facts_component(covers);
			continue;
		}
		h = FACTS_NEW(&f->arena, HeadCount, head_count);
		colon = strchr(words[i], ':');
		assert_non_null(colon);
		*colon = '\0';
		h->contributor = words[i];
		h->persons = (uint32_t)strtoul(facts_cut(colon + 1, &h->component), NULL, 10);
		m->counts[m->n_counts++] = h;
	}
}

static void facts_total(struct facts *f, Mandate__Record *r, char **words, size_t count)
{
	Mandate__Total *t = FACTS_NEW(&f->arena, Total, total);

	assert_int_equal(count, 3);
	r->content_case = MANDATE__RECORD__CONTENT_TOTAL;
	r->total = t;
	t->operation = arena_text(&f->arena, f->operation);
	t->as_of = facts_day(words[1]);
	t->has_persons = true;
	t->persons = (uint32_t)strtoul(facts_cut(words[2], &t->component), NULL, 10);
}

static Mandate__ContributorEstimate *facts_contingent(struct facts *f, char *word)
{
	Mandate__ContributorEstimate *c =
		FACTS_NEW(&f->arena, ContributorEstimate, contributor_estimate);
	char *sign = strchr(word, '=');

	assert_non_null(sign);
	*sign = '\0';
	c->contributor = word;
	c->has_persons = true;
	c->persons = (uint32_t)strtoul(sign + 1, NULL, 10);
	return c;
}

static void facts_estimate(struct facts *f, Mandate__Record *r, char **words, size_t count)
{
	Mandate__Estimate *e = FACTS_NEW(&f->arena, Estimate, estimate);

	r->content_case = MANDATE__RECORD__CONTENT_ESTIMATE;
	r->estimate = e;
	e->operation = arena_text(&f->arena, f->operation);
	e->as_of = facts_day(words[1]);
	e->detail = (Mandate__Detail)facts_name(&mandate__detail__descriptor, words[2]);
	e->contributors = arena_calloc(&f->arena, count, sizeof *e->contributors);
	e->places = arena_calloc(&f->arena, count, sizeof *e->places);
	for (size_t i = 3; i < count; i++) {
		char *slash = strchr(words[i], '/');
		Mandate__Place *p;

		if (!slash) {
			e->contributors[e->n_contributors++] = facts_contingent(f, words[i]);
			continue;
		}
		*slash = '\0';
		p = FACTS_NEW(&f->arena, Place, place);
		p->name = words[i];
		p->contingents = arena_calloc(&f->arena, 1, sizeof *p->contingents);
		p->contingents[p->n_contingents++] = facts_contingent(f, slash + 1);
		e->places[e->n_places++] = p;
	}
}

#include "rules_facts_forces.h"
#include "rules_facts_money.h"
#include "rules_facts_partners.h"

static const Mandate__Record *facts_parse(struct facts *f, const char *line)
{
	static const struct {
		const char *word;
		void (*read)(struct facts *f, Mandate__Record *r, char **words, size_t count);
	} rows[] = {
		{"operation", facts_operation},
		{"instrument", facts_instrument},
		{"ceiling", facts_ceiling},
		{"return", facts_return},
		{"total", facts_total},
		{"unit", facts_unit},
		{"transfer", facts_transfer},
		{"requirement", facts_requirement},
		{"pledge", facts_pledge},
		{"step", facts_step},
		{"estimate", facts_estimate},
		{"amount", facts_amount},
		{"payment", facts_payment},
		{"priorities", facts_priorities},
		{"endorsement", facts_endorsement},
		{"consent", facts_consent},
		{"arrangement", facts_arrangement},
		{"acceptance", facts_acceptance},
		{"claim", facts_claim},
	};
	Mandate__Record *r = FACTS_NEW(&f->arena, Record, record);
	size_t most = strlen(line) / 2 + 2;
	char **words = arena_calloc(&f->arena, most, sizeof(char *));
	char *rest = arena_text(&f->arena, line);
	size_t count = 0;

	while (count < most && (words[count] = strsep(&rest, " \t")))
		count += *words[count] != '\0';
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (strcmp(words[0], rows[i].word) != 0)
			continue;
		rows[i].read(f, r, words, count);
		return r;
	}
	fail_msg("no fact: %s", line);
	return NULL;
}

static void facts_init(struct facts *f, const char *operation)
{
	*f = (struct facts){.operation = operation};
	arena_init(&f->arena, FACTS_BYTES);
}

static void facts_fini(struct facts *f)
{
	arena_fini(&f->arena);
}

/* Adds a line; one of the same key is replaced, as its next edition. The fact it became. */
static struct fact_line *facts_add(struct facts *f, const char *line)
{
	struct fact_line fact = {
		.record = facts_parse(f, line), .edition = 1, .line = arena_text(&f->arena, line)};

	fact.kind = record_kind(fact.record);
	assert_int_equal(record_key(fact.record, fact.key), STATUS_OK);
	for (size_t i = 0; i < f->count; i++) {
		if (f->at[i].kind == fact.kind && strcmp(f->at[i].key, fact.key) == 0) {
			fact.edition = f->at[i].edition + 1;
			f->at[i] = fact;
			return &f->at[i];
		}
	}
	assert_true(f->count < FACTS_MAX);
	f->at[f->count] = fact;
	return &f->at[f->count++];
}

/* Adds every line of `text`. */
__attribute__((unused)) static void facts_read(struct facts *f, const char *text)
{
	char *rest = arena_text(&f->arena, text), *line;

	while ((line = strsep(&rest, "\n"))) {
		while (*line == ' ' || *line == '\t')
			line++;
		if (*line)
			facts_add(f, line);
	}
}

static struct view_fact facts_seen(const struct fact_line *fact)
{
	return (struct view_fact){.kind = fact->kind,
				  .key = fact->key,
				  .record = fact->retracted ? NULL : fact->record,
				  .edition = fact->edition};
}

static enum status facts_get(void *ctx, struct arena *a, Mandate__Kind kind, const char *key,
			     struct view_fact *ret_fact)
{
	struct facts *f = ctx;

	(void)a;
	for (size_t i = 0; i < f->count; i++) {
		if (f->at[i].kind != kind || strcmp(f->at[i].key, key) != 0)
			continue;
		*ret_fact = facts_seen(&f->at[i]);
		return STATUS_OK;
	}
	return STATUS_NOT_FOUND;
}

static enum status facts_scan(void *ctx, struct arena *a, Mandate__Kind kind, const char *operation,
			      view_visit *visit, void *visit_ctx)
{
	struct facts *f = ctx;

	(void)a;
	(void)operation;
	for (size_t i = 0; i < f->count; i++) {
		struct view_fact fact = facts_seen(&f->at[i]);
		enum status s;

		if (f->at[i].kind != kind || f->at[i].retracted)
			continue;
		s = visit(visit_ctx, &fact);
		if (s != STATUS_OK)
			return s;
	}
	return STATUS_OK;
}

/* Puts the fact into `d` as it is now. */
__attribute__((unused)) static void facts_put(struct dossier *d, const struct fact_line *fact)
{
	assert_int_equal(dossier_put(d, fact->kind, fact->key, fact->edition,
				     fact->retracted ? NULL : fact->record),
			 STATUS_OK);
}

static struct dossier *facts_dossier(struct facts *f)
{
	struct view view = {.ctx = f, .get = facts_get, .scan = facts_scan};
	struct dossier *d;
	struct arena scratch;

	arena_init(&scratch, 1024 * 1024);
	assert_int_equal(dossier_new(&view, &scratch, f->operation, &d), STATUS_OK);
	arena_fini(&scratch);
	return d;
}

#endif
