/* The golden script's records, made of generated structs and of nothing else, and its own random
 * numbers: what it writes must not change when the daemon does. */
#ifndef TESTS_UNIT_GOLDEN_RECORD_H
#define TESTS_UNIT_GOLDEN_RECORD_H

#include "golden_facts.h"
#include "service_support.h"

#define G_COUNT(array) (sizeof(array) / sizeof *(array))
#define G_KIND(name) MANDATE__KIND__KIND_##name
#define G_COMPONENT(name) MANDATE__COMPONENT__COMPONENT_##name

enum {
	GOLDEN_OPERATIONS = G_COUNT(golden_operations),
	GOLDEN_COUNTED = GOLDEN_OPERATIONS - 1, /* those of which anything may be said */
	GOLDEN_AMENDED = 7,			/* those whose ceilings also change at random */
	GOLDEN_CONTRIBUTORS = G_COUNT(golden_contributors),
	GOLDEN_CELL_BYTES = 64,
};

struct golden_source {
	struct arena memory; /* of everything that the script makes */
	uint64_t seed;
};

/* splitmix64: 0 to below - 1. */
static inline uint32_t golden_draw(struct golden_source *g, uint32_t below)
{
	uint64_t z = g->seed += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (uint32_t)((z ^ z >> 31) % below);
}

static inline bool golden_percent(struct golden_source *g, uint32_t percent)
{
	return golden_draw(g, 100) < percent;
}

/* Cell `n` of a row; NULL if it is empty. */
static inline char *golden_cell(struct golden_source *g, const char *row, int n)
{
	char text[GOLDEN_CELL_BYTES];

	while (n-- > 0)
		row = strchr(row, ',') + 1;
	size_t len = strcspn(row, ",");
	if (len == 0)
		return NULL;
	assert_true(len < sizeof text);
	memcpy(text, row, len);
	text[len] = '\0';
	return arena_text(&g->memory, text);
}

/* The cell's day or number, into a field and its flag. */
static inline protobuf_c_boolean golden_day_cell(struct golden_source *g, const char *row, int n,
						 int32_t *ret_day)
{
	const char *text = golden_cell(g, row, n);

	if (text)
		*ret_day = on(text);
	return text != NULL;
}

static inline protobuf_c_boolean golden_number_cell(struct golden_source *g, const char *row, int n,
						    uint32_t *ret_number)
{
	const char *text = golden_cell(g, row, n);

	if (text)
		*ret_number = (uint32_t)strtoul(text, NULL, 10);
	return text != NULL;
}

static inline void *golden_message(struct golden_source *g, const ProtobufCMessageDescriptor *type)
{
	void *message = arena_alloc(&g->memory, type->sizeof_message);

	assert_non_null(message);
	protobuf_c_message_init(type, message);
	return message;
}

/* A record of `kind`; the contents share a union. */
static inline Mandate__Record *golden_record(struct golden_source *g, Mandate__Kind kind,
					     void *content)
{
	Mandate__Record *record = golden_message(g, &mandate__record__descriptor);

	record->content_case = (Mandate__Record__ContentCase)kind;
	record->partner = content;
	return record;
}

static inline Mandate__Record *golden_partner(struct golden_source *g, const char *code)
{
	Mandate__Partner *p = golden_message(g, &mandate__partner__descriptor);

	p->code = codec_borrow(code);
	return golden_record(g, G_KIND(PARTNER), p);
}

/* As its row has it, but its end only if that is `known`. */
static inline Mandate__Record *golden_operation(struct golden_source *g, const char *row,
						bool known)
{
	Mandate__Operation *o = golden_message(g, &mandate__operation__descriptor);
	const char *to = golden_cell(g, row, 7);
	char *hosts = golden_cell(g, row, 2), **list = arena_calloc(&g->memory, 4, sizeof *list);

	o->acronym = golden_cell(g, row, 0);
	o->has_kind = true;
	o->kind = strcmp(golden_cell(g, row, 1), "partner") == 0
			  ? MANDATE__OPERATION_KIND__OPERATION_KIND_PARTNER
			  : MANDATE__OPERATION_KIND__OPERATION_KIND_UN_PKO;
	o->hosts = list;
	for (; hosts && *hosts; hosts += strcspn(hosts, ";") ? 3 : 1)
		if (*hosts != ';') {
			list[o->n_hosts] = arena_text(&g->memory, hosts);
			list[o->n_hosts++][3] = '\0';
		}
	o->has_start_date = golden_day_cell(g, row, 3, &o->start_date);
	if (known)
		o->has_end_date = golden_day_cell(g, row, 4, &o->end_date);
	o->established_by = golden_cell(g, row, 5);
	o->has_mandate_series_from = golden_day_cell(g, row, 6, &o->mandate_series_from);
	o->has_mandate_series_to = true;
	o->mandate_series_to = MANDATE__SERIES_END__SERIES_END_TO_END;
	if (strcmp(to, "to_end") != 0) {
		o->mandate_series_to = MANDATE__SERIES_END__SERIES_END_TO_DATE;
		o->has_mandate_series_to_day = true;
		o->mandate_series_to_day = on(to + strlen("to_"));
	}
	return golden_record(g, G_KIND(OPERATION), o);
}

static inline Mandate__CeilingEntry *golden_entry(struct golden_source *g, Mandate__Instrument *i,
						  Mandate__Component component)
{
	Mandate__CeilingEntry *e = golden_message(g, &mandate__ceiling_entry__descriptor);

	if (!i->ceilings)
		i->ceilings = arena_calloc(&g->memory, 8, sizeof(Mandate__CeilingEntry *));
	e->component = component;
	i->ceilings[i->n_ceilings++] = e;
	return e;
}

static inline Mandate__Record *golden_instrument(struct golden_source *g, const char *row)
{
	static const Mandate__Component columns[] = {G_COMPONENT(MILITARY), G_COMPONENT(POLICE),
						     G_COMPONENT(FPU_UNITS),
						     G_COMPONENT(UNIFORMED)};
	static const char *const actions[] = {"establish", "extend", "amend", "terminate"};
	Mandate__Instrument *i = golden_message(g, &mandate__instrument__descriptor);
	const char *action = golden_cell(g, row, 5);
	uint32_t number;

	i->operation = golden_cell(g, row, 0);
	i->party = golden_cell(g, row, 1);
	i->document = golden_cell(g, row, 2);
	i->has_adopted = golden_day_cell(g, row, 3, &i->adopted);
	i->has_effective = golden_day_cell(g, row, 4, &i->effective);
	i->has_action = true;
	for (size_t n = 0; n < G_COUNT(actions); n++)
		if (strcmp(action, actions[n]) == 0)
			i->action = (Mandate__Action)(n + 1);
	i->has_technical_rollover = i->technical_rollover = golden_cell(g, row, 6) != NULL;
	i->has_valid_until = golden_day_cell(g, row, 7, &i->valid_until);
	i->has_withdraw_by = golden_day_cell(g, row, 8, &i->withdraw_by);
	i->has_carried_out = golden_cell(g, row, 9) != NULL;
	for (int n = 0; n < (int)G_COUNT(columns); n++)
		if (golden_number_cell(g, row, 10 + n, &number)) {
			Mandate__CeilingEntry *e = golden_entry(g, i, columns[n]);

			e->has_persons = true;
			e->persons = number;
		}
	return golden_record(g, G_KIND(INSTRUMENT), i);
}

static inline Mandate__Record *golden_ceiling(struct golden_source *g, const char *row)
{
	Mandate__Ceiling *c = golden_message(g, &mandate__ceiling__descriptor);
	const char *component = golden_cell(g, row, 2);

	c->operation = golden_cell(g, row, 0);
	c->document = golden_cell(g, row, 1);
	c->component = component[0] == 'm'   ? G_COMPONENT(MILITARY)
		       : component[0] == 'p' ? G_COMPONENT(POLICE)
					     : G_COMPONENT(UNIFORMED);
	c->from = on(golden_cell(g, row, 3));
	c->has_until = golden_day_cell(g, row, 4, &c->until);
	c->has_persons = golden_number_cell(g, row, 5, &c->persons);
	c->has_comply_by = golden_day_cell(g, row, 6, &c->comply_by);
	return golden_record(g, G_KIND(CEILING), c);
}

/* A head-count without rows yet. */
static inline Mandate__Record *golden_return(struct golden_source *g, const char *operation,
					     int32_t as_of)
{
	Mandate__Return *r = golden_message(g, &mandate__return__descriptor);

	r->operation = codec_borrow(operation);
	r->as_of = as_of;
	r->counts = arena_calloc(&g->memory, 5 * GOLDEN_CONTRIBUTORS, sizeof *r->counts);
	return golden_record(g, G_KIND(RETURN), r);
}

static inline void golden_count(struct golden_source *g, Mandate__Return *r,
				const char *contributor, Mandate__Component component,
				uint32_t persons)
{
	Mandate__HeadCount *c = golden_message(g, &mandate__head_count__descriptor);

	c->contributor = codec_borrow(contributor);
	c->component = component;
	c->persons = persons;
	r->counts[r->n_counts++] = c;
}

static inline void golden_covers(struct golden_source *g, Mandate__Return *r,
				 const Mandate__Component *components, size_t count)
{
	r->covers = arena_copy(&g->memory, components, count * sizeof *components);
	r->n_covers = count;
}

static inline Mandate__Record *golden_total(struct golden_source *g, const char *operation,
					    int32_t as_of, Mandate__Component component,
					    uint32_t persons)
{
	Mandate__Total *t = golden_message(g, &mandate__total__descriptor);

	t->operation = codec_borrow(operation);
	t->as_of = as_of;
	t->component = component;
	t->has_persons = true;
	t->persons = persons;
	return golden_record(g, G_KIND(TOTAL), t);
}

static inline Mandate__Record *golden_unit(struct golden_source *g, const char *operation,
					   const char *contributor, const char *unit, int32_t from,
					   Mandate__Component component, uint32_t persons)
{
	Mandate__Unit *u = golden_message(g, &mandate__unit__descriptor);

	u->operation = codec_borrow(operation);
	u->contributor = codec_borrow(contributor);
	u->unit = codec_borrow(unit);
	u->from = from;
	u->has_component = u->has_persons = true;
	u->component = component;
	u->persons = persons;
	return golden_record(g, G_KIND(UNIT), u);
}

static inline Mandate__ContributorEstimate *
golden_contingent(struct golden_source *g, const char *contributor, uint32_t persons)
{
	Mandate__ContributorEstimate *e =
		golden_message(g, &mandate__contributor_estimate__descriptor);

	e->contributor = codec_borrow(contributor);
	e->has_persons = true;
	e->persons = persons;
	return e;
}

/* A map of `count` contributors from `first` on, each with a contingent; by place each at one. */
static inline Mandate__Record *golden_estimate(struct golden_source *g, const char *operation,
					       int32_t as_of, bool by_place, size_t first,
					       size_t count)
{
	static const char *const places[] = {"Abéché", "Bukavu", "El Fasher", "Monrovia", "Zwedru"};
	Mandate__Estimate *e = golden_message(g, &mandate__estimate__descriptor);

	assert_true(count <= G_COUNT(places) && first + count <= GOLDEN_CONTRIBUTORS);
	e->operation = codec_borrow(operation);
	e->as_of = as_of;
	e->detail = by_place ? MANDATE__DETAIL__DETAIL_PLACE : MANDATE__DETAIL__DETAIL_CONTRIBUTOR;
	e->contributors = arena_calloc(&g->memory, count, sizeof *e->contributors);
	e->places = arena_calloc(&g->memory, count, sizeof *e->places);
	for (size_t n = 0; n < count; n++) {
		Mandate__ContributorEstimate *one = golden_contingent(
			g, golden_contributors[first + n], 50 + 50 * golden_draw(g, 20));
		if (!by_place) {
			e->contributors[e->n_contributors++] = one;
			continue;
		}
		Mandate__Place *p = golden_message(g, &mandate__place__descriptor);
		p->name = codec_borrow(places[n]);
		p->contingents = arena_calloc(&g->memory, 1, sizeof *p->contingents);
		p->contingents[p->n_contingents++] = one;
		e->places[e->n_places++] = p;
	}
	return golden_record(g, G_KIND(ESTIMATE), e);
}

/* The same record with its key alone: of every kind, the required fields. */
static inline Mandate__Record *golden_key_only(struct golden_source *g,
					       const Mandate__Record *record)
{
	Mandate__Record *copy = codec_copy(&g->memory, &record->base);
	uint8_t *content = (uint8_t *)copy->partner;
	const ProtobufCMessageDescriptor *type = copy->partner->base.descriptor;

	for (unsigned n = 0; n < type->n_fields; n++) {
		const ProtobufCFieldDescriptor *field = &type->fields[n];
		void *flag = content + field->quantifier_offset;

		if (field->label == PROTOBUF_C_LABEL_REPEATED)
			memset(flag, 0, sizeof(size_t));
		else if (field->label == PROTOBUF_C_LABEL_OPTIONAL &&
			 field->type == PROTOBUF_C_TYPE_STRING)
			memset(content + field->offset, 0, sizeof(char *));
		else if (field->label == PROTOBUF_C_LABEL_OPTIONAL)
			memset(flag, 0, sizeof(protobuf_c_boolean));
	}
	return copy;
}

/* The same record as somebody else, or somebody later, states it. */
static inline Mandate__Record *golden_vary(struct golden_source *g, const Mandate__Record *record)
{
	Mandate__Record *r = codec_copy(&g->memory, &record->base);
	Mandate__Kind kind = (Mandate__Kind)r->content_case;
	uint32_t few = golden_draw(g, 30), percent = 70 + golden_draw(g, 50);

	if (kind == G_KIND(PARTNER))
		r->partner->name = arena_printf(&g->memory, "%s, as of %u", r->partner->code, few);
	if (kind == G_KIND(OPERATION))
		r->operation->headquarters = arena_printf(&g->memory, "Camp %u", few);
	if (kind == G_KIND(OPERATION) && few < 8) {
		r->operation->has_liquidating_from = r->operation->has_closed_on = true;
		r->operation->liquidating_from = on("2010-01-01") + (int32_t)few;
		r->operation->closed_on = on("2011-01-01");
	}
	if (kind == G_KIND(INSTRUMENT) && r->instrument->n_ceilings > 0 && few < 15 &&
	    r->instrument->ceilings[0]->has_persons)
		r->instrument->ceilings[0]->persons =
			r->instrument->ceilings[0]->persons * percent / 100;
	else if (kind == G_KIND(INSTRUMENT) && r->instrument->has_valid_until)
		r->instrument->valid_until += (int32_t)few;
	if (kind == G_KIND(CEILING) && r->ceiling->has_persons)
		r->ceiling->persons = r->ceiling->persons * percent / 100;
	if (kind == G_KIND(RETURN) && r->return_->n_counts > 0)
		r->return_->counts[0]->persons = r->return_->counts[0]->persons * percent / 90;
	if (kind == G_KIND(TOTAL))
		r->total->persons = r->total->persons * percent / 90;
	if (kind == G_KIND(UNIT) && few < 10 && !r->unit->has_to) {
		r->unit->has_to = true;
		r->unit->to = r->unit->from + 30 * (int32_t)few;
	} else if (kind == G_KIND(UNIT)) {
		r->unit->persons = r->unit->persons * percent / 90;
	}
	if (kind == G_KIND(ESTIMATE) && r->estimate->n_contributors > 0)
		r->estimate->contributors[0]->persons += 10 + few;
	return r;
}

#endif
