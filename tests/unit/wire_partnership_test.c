/* What fields demand of each other in the kinds beyond the mandate: one valid record of each, and
 * one thing changed. */
#include "base/day.h"
#include "base/limits.h"
#include "model/codec.h"
#include "model/record.h"
#include "wire/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#define CODE(name) MANDATE__CODE__CODE_##name
#define SET(message, field, value) ((message)->has_##field = true, (message)->field = (value))

static struct arena arena;

static int setup(void **state)
{
	(void)state;
	arena_init(&arena, DECODE_BYTES_MAX);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_fini(&arena);
	return 0;
}

static char a_text[] = "A", b_text[] = "B", c_text[] = "C", chad[] = "TCD", dollars[] = "USD";

/* A content of `type` with its key fields filled, as the content of the record's field `id`. */
static void *fresh(Mandate__Record *record, Mandate__Record__ContentCase content,
		   const ProtobufCMessageDescriptor *type)
{
	ProtobufCMessage *m = arena_alloc(&arena, type->sizeof_message);

	assert_non_null(m);
	protobuf_c_message_init(type, m);
	for (unsigned i = 0; i < type->n_fields; i++) {
		void *at = (char *)m + type->fields[i].offset;

		if (type->fields[i].label != PROTOBUF_C_LABEL_REQUIRED)
			continue;
		if (type->fields[i].type == PROTOBUF_C_TYPE_STRING)
			*(char **)at = a_text;
		else
			*(int32_t *)at = 1;
	}
	mandate__record__init(record);
	record->content_case = content;
	record->partner = (Mandate__Partner *)m; /* contents share the union */
	return m;
}

static void send(const Mandate__Record *record, Mandate__ChangeAction action, Mandate__Code code,
		 const char *field)
{
	Mandate__Submission s = MANDATE__SUBMISSION__INIT;
	Mandate__Change change = MANDATE__CHANGE__INIT, *changes[] = {&change};
	const Mandate__Submission *read;
	struct wire_fault fault = {0};
	struct bytes bytes;
	char path[96] = "";

	change.action = action;
	change.record = (Mandate__Record *)(uintptr_t)record;
	s.lane = s.sequence = s.n_changes = 1;
	s.changes = changes;
	assert_int_equal(codec_encode(&arena, &s.base, &bytes), STATUS_OK);
	bool good = wire_decode_submission(&arena, bytes, &read, &fault);
	if (fault.code != code)
		print_error("%s: %s\n", fault.field, fault.text);
	assert_int_equal(fault.code, code);
	assert_int_equal(good, code == 0);
	if (code == 0)
		return;
	snprintf(path, sizeof path, "changes[0].record.%s.%s",
		 record_kind_name(record_kind(record)), field);
	assert_string_equal(fault.field, path);
}

static void refuse(const Mandate__Record *record, Mandate__Code code, const char *field)
{
	send(record, MANDATE__CHANGE_ACTION__CHANGE_ACTION_RECORD, code, field);
}

static void accept(const Mandate__Record *record)
{
	refuse(record, (Mandate__Code)0, NULL);
}

#define FRESH(record, KIND, name)                                                                  \
	fresh(record, MANDATE__RECORD__CONTENT_##KIND, &mandate__##name##__descriptor)

static void every_kind_can_be_retracted_by_its_key(void **state)
{
	(void)state;
	for (unsigned i = 0; i < mandate__record__descriptor.n_fields; i++) {
		const ProtobufCFieldDescriptor *field = &mandate__record__descriptor.fields[i];
		Mandate__Record record;

		fresh(&record, (Mandate__Record__ContentCase)field->id, field->descriptor);
		if (record_kind(&record) == MANDATE__KIND__KIND_CONSENT)
			record.consent->host = chad;
		if (record_kind(&record) == MANDATE__KIND__KIND_AMOUNT)
			record.amount->currency = dollars;
		if (record_kind(&record) == MANDATE__KIND__KIND_PAYMENT)
			record.payment->currency = dollars;
		send(&record, MANDATE__CHANGE_ACTION__CHANGE_ACTION_RETRACT, 0, NULL);
	}
}

/* --- what grew ------------------------------------------------------------------------------- */

static void phases_of_an_operation_are_sorted(void **state)
{
	Mandate__Record record;
	Mandate__Operation *o = FRESH(&record, OPERATION, operation);
	Mandate__Phase one = MANDATE__PHASE__INIT, two = one, *phases[] = {&one, &two};
	char *hosts[] = {(char[]){"SDN"}, (char[]){"SDN"}};

	(void)state;
	one.from = 10;
	two.from = 11;
	o->phases = phases;
	o->n_phases = 2;
	accept(&record);
	two.from = 10;
	refuse(&record, CODE(NOT_CANONICAL), "phases[1].from");
	two.from = 11;
	two.hosts = hosts;
	two.n_hosts = 2;
	refuse(&record, CODE(NOT_CANONICAL), "phases");
	two.n_hosts = 1;
	SET(o, liquidating_from, 20);
	SET(o, closed_on, 20);
	accept(&record);
	o->closed_on--;
	refuse(&record, CODE(DATE), "closed_on");
}

static void women_are_among_the_persons_everywhere(void **state)
{
	Mandate__Record record;
	Mandate__Total *t = FRESH(&record, TOTAL, total);

	(void)state;
	SET(t, persons, 5);
	SET(t, women, 6);
	refuse(&record, CODE(RANGE), "women");
	t->women = 5;
	accept(&record);
	Mandate__Unit *u = FRESH(&record, UNIT, unit);
	SET(u, component, MANDATE__COMPONENT__COMPONENT_CIVILIANS);
	SET(u, persons, 5);
	SET(u, women, 6);
	refuse(&record, CODE(RANGE), "women");
	u->women = 5;
	accept(&record);
}

static void a_unit_relieves_another_and_its_equipment_is_a_sorted_list(void **state)
{
	Mandate__Record record;
	Mandate__Unit *u = FRESH(&record, UNIT, unit);
	Mandate__Equipment one = MANDATE__EQUIPMENT__INIT, two = one, *list[] = {&one, &two};

	(void)state;
	SET(u, component, MANDATE__COMPONENT__COMPONENT_TROOPS);
	SET(u, persons, 5);
	u->rotates = a_text;
	refuse(&record, CODE(RANGE), "rotates");
	u->rotates = b_text;
	u->control = a_text;
	refuse(&record, CODE(RANGE), "control");
	u->control = b_text;
	one.item = a_text;
	two.item = b_text;
	u->equipment = list;
	u->n_equipment = 2;
	accept(&record);
	SET(&two, serviceable, 3);
	refuse(&record, CODE(RANGE), "equipment[1].serviceable");
	SET(&two, number, 3);
	accept(&record);
	two.item = a_text;
	refuse(&record, CODE(NOT_CANONICAL), "equipment[1].item");
}

/* --- arrangements ---------------------------------------------------------------------------- */

static Mandate__Arrangement *parallel(Mandate__Record *record)
{
	static Mandate__Side sides[2], *list[] = {&sides[0], &sides[1]};
	static char *parties[] = {a_text, b_text};
	Mandate__Arrangement *a = FRESH(record, ARRANGEMENT, arrangement);

	for (int i = 0; i < 2; i++) {
		mandate__side__init(&sides[i]);
		sides[i].n_parties = i == 0 ? 2 : 1;
		sides[i].parties = parties;
	}
	SET(a, kind, MANDATE__ARRANGEMENT_KIND__ARRANGEMENT_KIND_PARALLEL);
	a->sides = list;
	a->n_sides = 2;
	return a;
}

static void an_arrangement_has_a_kind_and_sides(void **state)
{
	Mandate__Record record;
	Mandate__Arrangement *a = parallel(&record);
	char *twice[] = {a_text, a_text};

	(void)state;
	accept(&record);
	a->n_sides = 0;
	refuse(&record, CODE(MISSING), "sides");
	a->n_sides = 2;
	a->has_kind = false;
	refuse(&record, CODE(MISSING), "kind");
	a->has_kind = true;
	a->proposed_by = c_text;
	refuse(&record, CODE(RANGE), "proposed_by");
	a->proposed_by = b_text;
	accept(&record);
	a->sides[0]->parties = twice;
	refuse(&record, CODE(NOT_CANONICAL), "sides");
	a->sides[0]->n_parties = 0;
	refuse(&record, CODE(MISSING), "sides[0].parties");
}

static void a_succession_names_two_operations_and_a_handover_its_functions(void **state)
{
	Mandate__Record record;
	Mandate__Arrangement *a = parallel(&record);
	char *functions[] = {a_text, b_text};

	(void)state;
	a->kind = MANDATE__ARRANGEMENT_KIND__ARRANGEMENT_KIND_SUCCESSION;
	refuse(&record, CODE(MISSING), "operation");
	a->operation = a_text;
	refuse(&record, CODE(MISSING), "other_operation");
	a->other_operation = a_text;
	refuse(&record, CODE(RANGE), "other_operation");
	a->other_operation = b_text;
	accept(&record);
	a->functions = functions;
	a->n_functions = 2;
	refuse(&record, CODE(RANGE), "functions");
	a->kind = MANDATE__ARRANGEMENT_KIND__ARRANGEMENT_KIND_HANDOVER_OF_FUNCTION;
	accept(&record);
	functions[1] = a_text;
	refuse(&record, CODE(NOT_CANONICAL), "functions");
	a->n_functions = 0;
	refuse(&record, CODE(MISSING), "functions");
	a->kind = MANDATE__ARRANGEMENT_KIND__ARRANGEMENT_KIND_PARALLEL;
	a->operation = NULL;
	refuse(&record, CODE(MISSING), "operation");
}

static void days_of_an_arrangement_are_in_order(void **state)
{
	Mandate__Record record;
	Mandate__Arrangement *a = parallel(&record);

	(void)state;
	SET(a, effective, 10);
	SET(a, end, 10);      /* a transfer of one day */
	SET(a, proposed, 12); /* late */
	SET(a, accept_by, 12);
	accept(&record);
	a->end = 9;
	refuse(&record, CODE(DATE), "end");
	a->end = 10;
	a->accept_by = 11;
	refuse(&record, CODE(DATE), "accept_by");
}

static void acts_say_what_and_when(void **state)
{
	Mandate__Record record;
	Mandate__Acceptance *a = FRESH(&record, ACCEPTANCE, acceptance);

	(void)state;
	refuse(&record, CODE(MISSING), "reply");
	SET(a, reply, MANDATE__REPLY__REPLY_DECLINED);
	refuse(&record, CODE(MISSING), "day");
	SET(a, day, 1);
	accept(&record);
	Mandate__Endorsement *e = FRESH(&record, ENDORSEMENT, endorsement);
	refuse(&record, CODE(MISSING), "day");
	SET(e, day, 1);
	accept(&record);
	Mandate__Consent *c = FRESH(&record, CONSENT, consent);
	c->host = chad;
	refuse(&record, CODE(MISSING), "state");
	SET(c, state, MANDATE__CONSENT_STATE__CONSENT_STATE_RESTRICTED);
	accept(&record);
	Mandate__Claim *claim = FRESH(&record, CLAIM, claim);
	refuse(&record, CODE(MISSING), "from");
	SET(claim, from, 5);
	SET(claim, until, 5);
	accept(&record);
	claim->until--;
	refuse(&record, CODE(DATE), "until");
}

/* --- forces ---------------------------------------------------------------------------------- */

static void requirements_and_pledges_have_numbers_and_days(void **state)
{
	Mandate__Record record;
	Mandate__Requirement *r = FRESH(&record, REQUIREMENT, requirement);

	(void)state;
	refuse(&record, CODE(MISSING), "component");
	SET(r, component, MANDATE__COMPONENT__COMPONENT_TROOPS);
	refuse(&record, CODE(MISSING), "persons");
	SET(r, persons, 850);
	refuse(&record, CODE(MISSING), "needed_by");
	SET(r, needed_by, 10);
	SET(r, until, 10);
	accept(&record);
	r->until--;
	refuse(&record, CODE(DATE), "until");

	Mandate__Pledge *p = FRESH(&record, PLEDGE, pledge);
	refuse(&record, CODE(MISSING), "component");
	SET(p, component, MANDATE__COMPONENT__COMPONENT_TROOPS);
	refuse(&record, CODE(MISSING), "persons");
	SET(p, persons, 850);
	refuse(&record, CODE(MISSING), "registered");
	SET(p, registered, 10);
	accept(&record); /* to no operation */
	p->requirement = a_text;
	refuse(&record, CODE(MISSING), "operation");
	p->operation = a_text;
	accept(&record);
	SET(p, women, 851);
	refuse(&record, CODE(RANGE), "women");
}

static void a_step_moves_a_pledge(void **state)
{
	Mandate__Record record;
	Mandate__PledgeStep *s = FRESH(&record, PLEDGE_STEP, pledge_step);

	(void)state;
	refuse(&record, CODE(MISSING), "state");
	SET(s, state, MANDATE__PLEDGE_STATE__PLEDGE_STATE_PLEDGED);
	refuse(&record, CODE(MISSING), "day");
	SET(s, day, 1);
	refuse(&record, CODE(RANGE), "state");
	s->state = MANDATE__PLEDGE_STATE__PLEDGE_STATE_LEVEL_RAISED;
	refuse(&record, CODE(MISSING), "readiness");
	SET(s, readiness, MANDATE__READINESS__READINESS_RDL);
	accept(&record);
	s->state = MANDATE__PLEDGE_STATE__PLEDGE_STATE_ASSESSED;
	refuse(&record, CODE(RANGE), "readiness");
	s->has_readiness = false;
	accept(&record);
	s->step = 0;
	refuse(&record, CODE(RANGE), "step");
}

static void a_transfer_goes_elsewhere_for_a_day_at_least(void **state)
{
	Mandate__Record record;
	Mandate__Transfer *t = FRESH(&record, TRANSFER, transfer);

	(void)state;
	refuse(&record, CODE(MISSING), "operation");
	t->operation = a_text;
	refuse(&record, CODE(MISSING), "other_operation");
	t->other_operation = a_text;
	refuse(&record, CODE(RANGE), "other_operation");
	t->other_operation = b_text;
	accept(&record);
	SET(t, return_day, t->day + 1);
	accept(&record);
	t->return_day--;
	refuse(&record, CODE(DATE), "return_day");
}

/* --- money and priorities -------------------------------------------------------------------- */

static void an_amount_has_a_period_and_an_assessment_its_shares(void **state)
{
	Mandate__Record record;
	Mandate__Amount *a = FRESH(&record, AMOUNT, amount);
	Mandate__Share one = MANDATE__SHARE__INIT, two = one, *shares[] = {&one, &two};

	(void)state;
	a->currency = dollars;
	a->kind = MANDATE__AMOUNT_KIND__AMOUNT_KIND_ASSESSMENT;
	refuse(&record, CODE(MISSING), "amount");
	SET(a, amount, MONEY_MAX);
	accept(&record);
	a->period_start = a->period_end + 1;
	refuse(&record, CODE(DATE), "period_end");
	a->period_start = a->period_end;
	one.contributor = a_text;
	two.contributor = b_text;
	a->shares = shares;
	a->n_shares = 2;
	accept(&record);
	two.contributor = a_text;
	refuse(&record, CODE(NOT_CANONICAL), "shares[1].contributor");
	two.contributor = b_text;
	a->kind = MANDATE__AMOUNT_KIND__AMOUNT_KIND_APPROPRIATION;
	refuse(&record, CODE(RANGE), "shares");
	a->n_shares = 0;
	a->currency = (char[]){"usd"};
	refuse(&record, CODE(TEXT), "currency");

	Mandate__Payment *p = FRESH(&record, PAYMENT, payment);
	p->currency = (char[]){"EUR"};
	refuse(&record, CODE(MISSING), "amount");
	SET(p, amount, 1);
	accept(&record);
	p->period_start = p->period_end + 1;
	refuse(&record, CODE(DATE), "period_end");
}

static void priorities_are_ranked_and_name_each_owner_once(void **state)
{
	Mandate__Record record;
	Mandate__Priorities *p = FRESH(&record, PRIORITIES, priorities);
	Mandate__Priority one = MANDATE__PRIORITY__INIT, two = one, *items[] = {&one, &two};
	char *owners[] = {b_text, c_text};

	(void)state;
	refuse(&record, CODE(MISSING), "date");
	SET(p, date, 1);
	refuse(&record, CODE(MISSING), "items");
	one.rank = 1;
	two.rank = 2;
	one.task = two.task = a_text;
	two.lead = a_text;
	two.supporting = owners;
	two.n_supporting = 2;
	p->items = items;
	p->n_items = 2;
	accept(&record);
	two.lead = b_text;
	refuse(&record, CODE(NOT_CANONICAL), "items[1].supporting");
	two.lead = NULL;
	accept(&record); /* no lead is an alert, no fault */
	owners[0] = c_text;
	refuse(&record, CODE(NOT_CANONICAL), "items[1].supporting");
	owners[0] = b_text;
	two.rank = 1;
	refuse(&record, CODE(NOT_CANONICAL), "items[1].rank");
	two.rank = 2;
	SET(&two, state, MANDATE__PRIORITY_STATE__PRIORITY_STATE_ENDORSED);
	refuse(&record, CODE(RANGE), "items[1].state");
	two.state = MANDATE__PRIORITY_STATE__PRIORITY_STATE_ACHIEVED;
	accept(&record);
}

/* --- what-if --------------------------------------------------------------------------------- */

static void changes_of_a_what_if_are_checked_as_if_they_were_sent(void **state)
{
	Mandate__Record record;
	Mandate__Total *t = FRESH(&record, TOTAL, total);
	Mandate__Change good = MANDATE__CHANGE__INIT, bad = good, *changes[] = {&good, &bad};
	Mandate__Partner partner = MANDATE__PARTNER__INIT;
	Mandate__Record harmless = MANDATE__RECORD__INIT;
	Mandate__WhatIfQuery what_if = MANDATE__WHAT_IF_QUERY__INIT;
	Mandate__Query query = MANDATE__QUERY__INIT;
	Mandate__Envelope e;
	struct wire_fault fault = {0};
	struct wire_message message;
	struct bytes bytes;
	uint64_t correlation;

	(void)state;
	partner.code = a_text;
	harmless.content_case = MANDATE__RECORD__CONTENT_PARTNER;
	harmless.partner = &partner;
	good.action = bad.action = MANDATE__CHANGE_ACTION__CHANGE_ACTION_RECORD;
	good.record = &harmless;
	bad.record = &record;
	what_if.changes = changes;
	what_if.n_changes = 2;
	query.ask_case = MANDATE__QUERY__ASK_WHATIF;
	query.whatif = &what_if;
	mandate__envelope__init(&e);
	e.version = 1;
	e.body_case = MANDATE__ENVELOPE__BODY_QUERY;
	e.query = &query;
	for (int round = 0; round < 2; round++) {
		assert_int_equal(codec_encode(&arena, &e.base, &bytes), STATUS_OK);
		assert_int_equal(wire_decode(&arena, bytes, &message, &correlation, &fault), round);
		SET(t, persons, 1);
	}
	assert_int_equal(fault.code, CODE(MISSING));
	assert_int_equal(fault.change, 1);
	assert_string_equal(fault.field, "changes[1].record.total.persons");
	bad.has_edition = true;
	bad.edition = EDITION_MAX + 1;
	assert_int_equal(codec_encode(&arena, &e.base, &bytes), STATUS_OK);
	assert_false(wire_decode(&arena, bytes, &message, &correlation, &fault));
	assert_int_equal(fault.change, 1);
	assert_string_equal(fault.field, "query.whatif.changes[1].edition");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(every_kind_can_be_retracted_by_its_key),
		TEST(phases_of_an_operation_are_sorted),
		TEST(women_are_among_the_persons_everywhere),
		TEST(a_unit_relieves_another_and_its_equipment_is_a_sorted_list),
		TEST(an_arrangement_has_a_kind_and_sides),
		TEST(a_succession_names_two_operations_and_a_handover_its_functions),
		TEST(days_of_an_arrangement_are_in_order),
		TEST(acts_say_what_and_when),
		TEST(requirements_and_pledges_have_numbers_and_days),
		TEST(a_step_moves_a_pledge),
		TEST(a_transfer_goes_elsewhere_for_a_day_at_least),
		TEST(an_amount_has_a_period_and_an_assessment_its_shares),
		TEST(priorities_are_ranked_and_name_each_owner_once),
		TEST(changes_of_a_what_if_are_checked_as_if_they_were_sent),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
