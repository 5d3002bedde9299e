#include "twin_case.h"

#include "base/day.h"
#include "model/codec.h"
#include "model/names.h"
#include "model/record.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CASE_BYTES = 16 * 1024 * 1024, FACTS_LEAST = 5, FACTS_MOST = 60 };

const char *const case_operations[CASE_OPERATIONS_MAX] = {"ONE", "TWO", "SIX"};

/* Everyone who is named anywhere: whoever names a partner not on record is refused. */
static const char *const partners[] = {"AU", "BGD", "EU", "GHA", "NGA", "UN", "UNGA", "UNSC"};

uint32_t chance_below(struct chance *c, uint32_t below)
{
	c->state ^= c->state << 13;
	c->state ^= c->state >> 7;
	c->state ^= c->state << 17;
	return (uint32_t)((c->state * 0x2545F4914F6CDD1DULL) >> 33) % below;
}

bool chance_in(struct chance *c, uint32_t n)
{
	return chance_below(c, n) == 0;
}

/* --- for the makers --- */

void *case_message(struct twin_case *c, size_t size, const ProtobufCMessageDescriptor *type)
{
	void *message = arena_alloc(&c->arena, size);

	assert(message);
	protobuf_c_message_init(type, message);
	return message;
}

char *case_text(struct twin_case *c, const char *text)
{
	char *copy = arena_text(&c->arena, text);

	assert(copy);
	return copy;
}

char *case_operation(struct twin_case *c)
{
	return case_text(c, case_operations[chance_below(&c->chance, (uint32_t)c->operations)]);
}

char *case_pick(struct twin_case *c, const char *const *words, uint32_t count)
{
	return case_text(c, words[chance_below(&c->chance, count)]);
}

int32_t case_day(struct twin_case *c)
{
	if (chance_in(&c->chance, 4))
		return CASE_FIRST_DAY + (int32_t)chance_below(&c->chance, CASE_DAYS);
	return c->focus[chance_below(&c->chance, CASE_FOCUS_DAYS)] +
	       (int32_t)chance_below(&c->chance, 7) - 3;
}

uint32_t case_edition(const struct twin_case *c, Mandate__Kind kind, const char *key)
{
	uint32_t edition = 0;

	for (size_t i = 0; i < c->count; i++)
		if (c->items[i].kind == kind && strcmp(c->items[i].key, key) == 0 &&
		    c->items[i].edition > edition)
			edition = c->items[i].edition;
	return edition;
}

/* --- cause and effect --- */

/* What decides whether an act is accepted stays in its order: an arrangement and its acceptances,
 * a pledge and its steps, a list and its endorsements; and who holds which function. */
static unsigned chain_of(const Mandate__Record *r)
{
	enum { FUNCTIONS = 1, NAMED = 2, SPREAD = 1000 };
	char subject[KEY_TEXT_MAX + 1], key[KEY_TEXT_MAX + 1];
	Mandate__Kind kind;
	unsigned chain = 0;

	if (r->content_case == MANDATE__RECORD__CONTENT_CLAIM)
		return FUNCTIONS;
	if (record_key(r, key) != STATUS_OK)
		abort();
	if (record_subject(r, &kind, subject) != STATUS_OK) {
		kind = record_kind(r);
		memcpy(subject, key, sizeof subject);
	}
	if (kind != MANDATE__KIND__KIND_ARRANGEMENT && kind != MANDATE__KIND__KIND_PLEDGE &&
	    kind != MANDATE__KIND__KIND_PRIORITIES)
		return 0;
	if (strncmp(subject, "handover", 8) == 0)
		return FUNCTIONS;
	for (const char *p = subject; *p; p++)
		chain = chain * 31 + (unsigned char)*p;
	return NAMED + (unsigned)kind * SPREAD + chain % SPREAD;
}

static void add(struct twin_case *c, const Mandate__Record *r, uint32_t edition, bool retract)
{
	struct case_item *item = &c->items[c->count];

	assert(c->count < CASE_ITEMS_MAX);
	item->kind = record_kind(r);
	if (record_key(r, item->key) != STATUS_OK)
		abort();
	item->edition = edition;
	item->retract = retract;
	item->record = retract ? record_key_only(&c->arena, r) : r;
	item->chain = chain_of(r);
	c->count++;
}

/* --- what comes next --- */

static case_maker *const makers[] = {
	[MANDATE__KIND__KIND_INSTRUMENT] = case_instrument,
	[MANDATE__KIND__KIND_CEILING] = case_ceiling,
	[MANDATE__KIND__KIND_RETURN] = case_return,
	[MANDATE__KIND__KIND_TOTAL] = case_total,
	[MANDATE__KIND__KIND_UNIT] = case_unit,
	[MANDATE__KIND__KIND_ESTIMATE] = case_estimate,
	[MANDATE__KIND__KIND_ARRANGEMENT] = case_arrangement,
	[MANDATE__KIND__KIND_ACCEPTANCE] = case_acceptance,
	[MANDATE__KIND__KIND_CLAIM] = case_claim,
	[MANDATE__KIND__KIND_REQUIREMENT] = case_requirement,
	[MANDATE__KIND__KIND_PLEDGE] = case_pledge,
	[MANDATE__KIND__KIND_PLEDGE_STEP] = case_pledge_step,
	[MANDATE__KIND__KIND_TRANSFER] = case_transfer,
	[MANDATE__KIND__KIND_AMOUNT] = case_amount,
	[MANDATE__KIND__KIND_PAYMENT] = case_payment,
	[MANDATE__KIND__KIND_PRIORITIES] = case_priorities,
	[MANDATE__KIND__KIND_ENDORSEMENT] = case_endorsement,
	[MANDATE__KIND__KIND_CONSENT] = case_consent,
};

static Mandate__Kind some_kind(struct twin_case *c)
{
	unsigned at = chance_below(&c->chance, c->weight_sum);
	int kind = MANDATE__KIND__KIND_OPERATION;

	while (at >= c->weights[kind])
		at -= c->weights[kind++];
	return (Mandate__Kind)kind;
}

/* The edition of another content: mostly the next, sometimes the same, which is a clash, or one
 * that leaves room for a later comer. */
static uint32_t edition_after(struct twin_case *c, uint32_t highest)
{
	if (highest == 0)
		return chance_in(&c->chance, 12) ? 2 : 1;
	if (chance_in(&c->chance, 6))
		return highest;
	if (highest > 1 && chance_in(&c->chance, 6))
		return highest - 1;
	return highest + 1 + chance_in(&c->chance, 8);
}

static void add_fact(struct twin_case *c)
{
	Mandate__Kind kind = some_kind(c);
	Mandate__Record *r = CASE_NEW(c, Record, record);
	char key[KEY_TEXT_MAX + 1];

	if (kind == MANDATE__KIND__KIND_OPERATION)
		case_make_operation(c, r, chance_below(&c->chance, (uint32_t)c->operations));
	else
		makers[kind](c, r);
	if (record_key(r, key) != STATUS_OK)
		abort();
	add(c, r, edition_after(c, case_edition(c, kind, key)), false);
}

/* Of an operation, which others name, none is retracted. */
static void retract_some(struct twin_case *c)
{
	const struct case_item *item =
		&c->items[c->names + chance_below(&c->chance, (uint32_t)(c->count - c->names))];

	if (item->kind != MANDATE__KIND__KIND_OPERATION)
		add(c, item->record, case_edition(c, item->kind, item->key) + 1, true);
}

static void say_again(struct twin_case *c)
{
	struct case_item *item = &c->items[c->count];

	*item = c->items[chance_below(&c->chance, (uint32_t)c->count)];
	c->count++;
}

static void weigh(struct twin_case *c)
{
	c->weights[MANDATE__KIND__KIND_OPERATION] = 2;
	c->weights[MANDATE__KIND__KIND_INSTRUMENT] = 6;
	for (int kind = MANDATE__KIND__KIND_CEILING; kind <= (int)c->last_kind; kind++)
		c->weights[kind] = chance_in(&c->chance, 3) ? 6 : 1;
	c->weights[MANDATE__KIND__KIND_ESTIMATE] = 1;
	/* An answer needs somebody who asks, a step a pledge. */
	if (c->last_kind >= MANDATE__KIND__KIND_ACCEPTANCE)
		c->weights[MANDATE__KIND__KIND_ACCEPTANCE] =
			2 * c->weights[MANDATE__KIND__KIND_ARRANGEMENT];
	if (c->last_kind >= MANDATE__KIND__KIND_PLEDGE_STEP)
		c->weights[MANDATE__KIND__KIND_PLEDGE_STEP] =
			2 * c->weights[MANDATE__KIND__KIND_PLEDGE];
	if (c->last_kind >= MANDATE__KIND__KIND_ENDORSEMENT)
		c->weights[MANDATE__KIND__KIND_ENDORSEMENT] =
			2 * c->weights[MANDATE__KIND__KIND_PRIORITIES];
	if (c->operations == 1) /* nowhere to go */
		c->weights[MANDATE__KIND__KIND_TRANSFER] = 0;
	for (size_t kind = 0; kind < sizeof c->weights / sizeof *c->weights; kind++)
		c->weight_sum += c->weights[kind];
}

static void add_names(struct twin_case *c)
{
	for (size_t i = 0; i < sizeof partners / sizeof *partners; i++) {
		Mandate__Record *r = CASE_NEW(c, Record, record);

		r->content_case = MANDATE__RECORD__CONTENT_PARTNER;
		r->partner = CASE_NEW(c, Partner, partner);
		r->partner->code = case_text(c, partners[i]);
		add(c, r, 1, false);
	}
	for (size_t i = 0; i < c->operations; i++) {
		Mandate__Record *r = CASE_NEW(c, Record, record);

		case_make_operation(c, r, i);
		add(c, r, 1, false);
	}
	c->names = c->count;
}

void case_make(struct twin_case *c, uint64_t seed, Mandate__Kind last_kind)
{
	*c = (struct twin_case){.chance = {seed * 2654435761u + 1}, .last_kind = last_kind};
	arena_init(&c->arena, CASE_BYTES);
	for (int i = 0; i < 16; i++)
		chance_below(&c->chance, 2);
	c->operations = 1 + chance_below(&c->chance, CASE_OPERATIONS_MAX);
	for (size_t i = 0; i < CASE_FOCUS_DAYS; i++)
		c->focus[i] = CASE_FIRST_DAY + (int32_t)chance_below(&c->chance, CASE_DAYS);
	weigh(c);
	add_names(c);
	for (size_t n = FACTS_LEAST + chance_below(&c->chance, FACTS_MOST - FACTS_LEAST + 1); n > 0;
	     n--) {
		if (c->count > c->names && chance_in(&c->chance, 12))
			retract_some(c);
		else if (chance_in(&c->chance, 40))
			say_again(c);
		else
			add_fact(c);
	}
}

void case_free(struct twin_case *c)
{
	arena_fini(&c->arena);
}

static void swap(size_t *a, size_t *b)
{
	size_t kept = *a;

	*a = *b;
	*b = kept;
}

void case_shuffle(const struct twin_case *c, struct chance *by, size_t order[CASE_ITEMS_MAX])
{
	for (size_t i = 0; i < c->count; i++)
		order[i] = i;
	for (size_t i = c->count; i > c->names + 1; i--)
		swap(&order[i - 1], &order[c->names + chance_below(by, (uint32_t)(i - c->names))]);
	/* What a chain's items share out is the places that they came to. */
	for (size_t i = c->names; i < c->count; i++)
		for (size_t k = i + 1; k < c->count; k++)
			if (c->items[order[i]].chain &&
			    c->items[order[i]].chain == c->items[order[k]].chain &&
			    order[k] < order[i])
				swap(&order[i], &order[k]);
}

/* --- as text --- */

static void tell_message(const ProtobufCMessage *m);

static void tell_value(const ProtobufCFieldDescriptor *f, const void *value)
{
	char day[DAY_TEXT_BYTES];

	if (f->type == PROTOBUF_C_TYPE_ENUM) {
		fprintf(stderr, "%s", names_text(f->descriptor, *(const int *)value));
	} else if (f->type == PROTOBUF_C_TYPE_SINT32) {
		day_format(day, *(const int32_t *)value);
		fprintf(stderr, "%s", day);
	} else if (f->type == PROTOBUF_C_TYPE_STRING) {
		fprintf(stderr, "%s", *(char *const *)value);
	} else if (f->type == PROTOBUF_C_TYPE_INT64) {
		fprintf(stderr, "%lld", (long long)*(const int64_t *)value);
	} else if (f->type == PROTOBUF_C_TYPE_MESSAGE) {
		fprintf(stderr, "{");
		tell_message(*(ProtobufCMessage *const *)value);
		fprintf(stderr, " }");
	} else {
		fprintf(stderr, "%d", *(const int32_t *)value);
	}
}

static size_t value_bytes(const ProtobufCFieldDescriptor *f)
{
	if (f->type == PROTOBUF_C_TYPE_STRING || f->type == PROTOBUF_C_TYPE_MESSAGE)
		return sizeof(void *);
	return f->type == PROTOBUF_C_TYPE_INT64 ? sizeof(int64_t) : sizeof(int32_t);
}

static bool is_set(const ProtobufCFieldDescriptor *f, const void *quantifier, const void *value)
{
	if (f->label == PROTOBUF_C_LABEL_REQUIRED)
		return true;
	if (f->type == PROTOBUF_C_TYPE_STRING || f->type == PROTOBUF_C_TYPE_MESSAGE)
		return *(void *const *)value != NULL;
	return *(const protobuf_c_boolean *)quantifier;
}

static void tell_message(const ProtobufCMessage *m)
{
	const char *base = (const char *)m;

	for (unsigned i = 0; i < m->descriptor->n_fields; i++) {
		const ProtobufCFieldDescriptor *f = &m->descriptor->fields[i];
		const void *quantifier = base + f->quantifier_offset, *value = base + f->offset;

		if (f->label == PROTOBUF_C_LABEL_REPEATED) {
			size_t count = *(const size_t *)quantifier;
			const char *list = *(char *const *)value;

			for (size_t n = 0; n < count; n++) {
				fprintf(stderr, " %s=", f->name);
				tell_value(f, list + n * value_bytes(f));
			}
		} else if (is_set(f, quantifier, value)) {
			fprintf(stderr, " %s=", f->name);
			tell_value(f, value);
		}
	}
}

/* The one content that a record has. */
static const ProtobufCMessage *content(const Mandate__Record *r)
{
	return &r->partner->base;
}

void case_tell(const struct twin_case *c, const size_t *order, size_t count)
{
	for (size_t n = 0; n < count; n++) {
		const struct case_item *item = &c->items[order ? order[n] : n];

		if (item->kind == MANDATE__KIND__KIND_PARTNER)
			continue;
		fprintf(stderr, "\t%s%s %s edition %u:", item->retract ? "retract " : "",
			record_kind_name(item->kind), item->key, item->edition);
		tell_message(content(item->record));
		fprintf(stderr, "\n");
	}
}
