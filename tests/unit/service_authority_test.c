/* Who may record what: decided where a submission is applied, from the offices at its index. */
#include "service/roll.h"
#include "service_support.h"

static const char key_1[] = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7";
static const char key_2[] = "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6";

static int set_up(void **state)
{
	struct rig *r = calloc(1, sizeof *r);

	assert_non_null(r);
	rig_open(r);
	rig_rules(r, 3);
	rig_begin(r, "2004-10-01");
	rig_accept(r, RECORD(r, operation(r, "UNMIL")));
	*state = r;
	return 0;
}

static int tear_down(void **state)
{
	rig_close(*state);
	free(*state);
	return 0;
}

static Mandate__Office *office(struct rig *r, const char *name, const char *key)
{
	Mandate__Office *o = arena_alloc(&r->arena, sizeof *o);
	Mandate__Device *d = arena_alloc(&r->arena, sizeof *d);

	mandate__office__init(o);
	mandate__device__init(d);
	d->name = codec_borrow("desk");
	d->key = codec_borrow(key);
	o->office = codec_borrow(name);
	o->devices = arena_calloc(&r->arena, 1, sizeof *o->devices);
	o->devices[0] = d;
	o->n_devices = 1;
	o->grants = arena_calloc(&r->arena, 8, sizeof *o->grants);
	return o;
}

/* A grant to write kinds (up to two) of an operation, a contributor or a party; NULL: any. */
static Mandate__Grant *grant(struct rig *r, Mandate__Office *o, Mandate__Kind first,
			     Mandate__Kind second, const char *op, const char *contributor,
			     const char *party)
{
	Mandate__Grant *g = arena_alloc(&r->arena, sizeof *g);
	const char *names[] = {op, contributor, party};
	char ***lists[] = {&g->operations, &g->contributors, &g->parties};
	size_t *counts[] = {&g->n_operations, &g->n_contributors, &g->n_parties};

	mandate__grant__init(g);
	g->access = MANDATE__ACCESS__ACCESS_WRITE;
	g->kinds = arena_calloc(&r->arena, 2, sizeof *g->kinds);
	if (first)
		g->kinds[g->n_kinds++] = first;
	if (second)
		g->kinds[g->n_kinds++] = second;
	for (size_t i = 0; i < 3; i++)
		if (names[i]) {
			*lists[i] = arena_calloc(&r->arena, 1, sizeof(char *));
			(*lists[i])[0] = codec_borrow(names[i]);
			*counts[i] = 1;
		}
	o->grants[o->n_grants++] = g;
	return g;
}

static const Mandate__Record *record_of(struct rig *r, Mandate__Office *o)
{
	Mandate__Record rec = MANDATE__RECORD__INIT;

	rec.content_case = MANDATE__RECORD__CONTENT_OFFICE;
	rec.office = o;
	return codec_copy(&r->arena, &rec.base);
}

/* What the office is told when it submits this one change, in a lane of its own. */
static Mandate__Code said_to(struct rig *r, const char *name, Mandate__Change *change)
{
	static uint64_t lane = 1000;

	rig_submit_as(r, name, ++lane, 1, &change, 1);
	return r->outcome->refusal ? r->outcome->refusal->code : MANDATE__CODE__CODE_ACCEPTED;
}

#define MAY(r, name, change)                                                                       \
	assert_int_equal(said_to(r, name, change), MANDATE__CODE__CODE_ACCEPTED)
#define MAY_NOT(r, name, change)                                                                   \
	assert_int_equal(said_to(r, name, change), MANDATE__CODE__CODE_AUTH_SCOPE)

static const Mandate__Record *text_of(struct rig *r, const char *op, const char *document)
{
	return instrument(r, op, document, MANDATE__ACTION__ACTION_ESTABLISH, "2004-09-17",
			  "2005-09-17", 0);
}

static void who_is_not_on_the_roll_records_nothing(void **state)
{
	struct rig *r = *state;

	MAY_NOT(r, "NOBODY", RECORD(r, head_count(r, "MONUC", "2004-09-30", "GHA", 850)));
	assert_null(r->outcome->refusal->key); /* it is told no more */
	/* The number is used, the refusal kept. */
	assert_true(r->outcome->has_index);
}

static void an_operation_records_its_returns_and_no_others(void **state)
{
	struct rig *r = *state;
	Mandate__Office *o = office(r, "MONUC-HQ", key_1);

	grant(r, o, MANDATE__KIND__KIND_RETURN, MANDATE__KIND__KIND_TOTAL, "MONUC", NULL, NULL);
	rig_accept(r, RECORD(r, record_of(r, o)));
	MAY(r, "MONUC-HQ", RECORD(r, head_count(r, "MONUC", "2004-09-30", "GHA", 850)));
	MAY(r, "MONUC-HQ", CORRECT(r, head_count(r, "MONUC", "2004-09-30", "BGD", 851)));
	MAY_NOT(r, "MONUC-HQ", RECORD(r, head_count(r, "UNMIL", "2004-09-30", "GHA", 850)));
	assert_string_equal(r->outcome->refusal->key, "UNMIL:2004-09-30");
	MAY_NOT(r, "MONUC-HQ", RECORD(r, text_of(r, "MONUC", "S/RES/1565")));
	MAY_NOT(r, "MONUC-HQ", RECORD(r, partner(r, "FRA")));
	MAY_NOT(r, "MONUC-HQ", RETRACT(r, head_count(r, "UNMIL", "2004-09-30", "GHA", 850)));
	MAY(r, "MONUC-HQ", RETRACT(r, head_count(r, "MONUC", "2004-09-30", "GHA", 1)));
	/* Nothing is told of an operation that it may not record for, not even whether it exists.
	 */
	MAY_NOT(r, "MONUC-HQ", RECORD(r, head_count(r, "NOWHERE", "2004-09-30", "GHA", 850)));
}

static void a_desk_speaks_for_its_party(void **state)
{
	struct rig *r = *state;
	Mandate__Office *council = office(r, "COUNCIL", key_1),
			*union_ = office(r, "AU-PSD", key_2);

	rig_accept(r, RECORD(r, partner(r, "AU")));
	grant(r, council, MANDATE__KIND__KIND_INSTRUMENT, 0, NULL, NULL, "UNSC");
	grant(r, union_, MANDATE__KIND__KIND_INSTRUMENT, 0, NULL, NULL, "AU");
	rig_accept(r, RECORD(r, record_of(r, council)));
	rig_accept(r, RECORD(r, record_of(r, union_)));
	MAY(r, "COUNCIL", RECORD(r, text_of(r, "UNMIL", "S/RES/1509")));
	MAY_NOT(r, "AU-PSD", RECORD(r, text_of(r, "UNMIL", "S/RES/1561")));
	MAY_NOT(r, "AU-PSD", CORRECT(r, text_of(r, "UNMIL", "S/RES/1509")));
}

static void a_contributor_touches_no_count_that_names_another(void **state)
{
	struct rig *r = *state;
	Mandate__Office *ghana = office(r, "GHANA", key_1);

	grant(r, ghana, MANDATE__KIND__KIND_RETURN, 0, NULL, "GHA", NULL);
	rig_accept(r, RECORD(r, record_of(r, ghana)));
	MAY(r, "GHANA", RECORD(r, head_count(r, "MONUC", "2004-09-30", "GHA", 850)));
	MAY_NOT(r, "GHANA", RECORD(r, head_count(r, "MONUC", "2004-10-31", "BGD", 850)));
	/* As it becomes and as it is: neither may name another. */
	rig_accept(r, RECORD(r, head_count(r, "UNMIL", "2004-09-30", "BGD", 10)));
	MAY_NOT(r, "GHANA", CORRECT(r, head_count(r, "UNMIL", "2004-09-30", "GHA", 10)));
	MAY_NOT(r, "GHANA", RETRACT(r, head_count(r, "UNMIL", "2004-09-30", "GHA", 10)));
}

static void one_grant_must_cover_all_of_a_record(void **state)
{
	struct rig *r = *state;
	Mandate__Office *o = office(r, "MIXED", key_1);

	grant(r, o, MANDATE__KIND__KIND_RETURN, 0, "MONUC", "GHA", NULL);
	grant(r, o, MANDATE__KIND__KIND_RETURN, 0, "UNMIL", "BGD", NULL);
	rig_accept(r, RECORD(r, record_of(r, o)));
	MAY(r, "MIXED", RECORD(r, head_count(r, "MONUC", "2004-09-30", "GHA", 1)));
	MAY(r, "MIXED", RECORD(r, head_count(r, "UNMIL", "2004-09-30", "BGD", 1)));
	MAY_NOT(r, "MIXED", RECORD(r, head_count(r, "MONUC", "2004-10-31", "BGD", 1)));
}

static void offices_are_recorded_by_administrators(void **state)
{
	struct rig *r = *state;
	Mandate__Office *o = office(r, "WIDE", key_1), *other;

	grant(r, o, 0, 0, NULL, NULL, NULL); /* every kind there is, but no office */
	rig_accept(r, RECORD(r, record_of(r, o)));
	MAY(r, "WIDE", RECORD(r, partner(r, "FRA")));
	MAY_NOT(r, "WIDE", RECORD(r, record_of(r, office(r, "FRIEND", key_2))));
	o = office(r, "WIDE", key_1);
	o->has_administrator = o->administrator = true;
	rig_accept(r, CORRECT(r, record_of(r, o)));
	MAY(r, "WIDE", RECORD(r, record_of(r, office(r, "FRIEND", key_2))));
	MAY_NOT(r, "WIDE", RECORD(r, partner(r, "KEN"))); /* that is no grant */
	/* A key is one office's; an edition of an office is not kept beside another. */
	other = office(r, "THIEF", key_2);
	rig_refuse(r, RECORD(r, record_of(r, other)), MANDATE__CODE__CODE_CONFLICT);
	other = office(r, "FRIEND", key_2);
	other->title = codec_borrow("another content of edition 1");
	rig_refuse(r, RECORD(r, record_of(r, other)), MANDATE__CODE__CODE_CONFLICT);
}

static void the_first_administrator_comes_by_a_setting(void **state)
{
	struct rig *r = *state;
	struct speaker who;

	MAY_NOT(r, "admin", RECORD(r, record_of(r, office(r, "FRIEND", key_2))));
	rig_setting(r, ROLL_ADMIN_SETTING, bytes_of_text(key_1));
	assert_true(roll_find_key(machine_roll(r->machine), key_1, &who));
	assert_string_equal(who.office->record->office, "admin");
	MAY(r, "admin", RECORD(r, record_of(r, office(r, "FRIEND", key_2))));
	MAY_NOT(r, "admin", RECORD(r, partner(r, "FRA")));
}

/* --- order ------------------------------------------------------------------------------------ */

/* Two submissions as one batch: the first of `local`, the second of `name`. */
static Mandate__Code second_of_batch(struct rig *r, Mandate__Change *first, const char *name,
				     Mandate__Change *second)
{
	static uint64_t lane = 9000;
	struct machine_sink sink = {.arena = &r->arena};
	struct engine_position position = {{0}};
	const char *const offices[] = {"local", name};
	Mandate__Change *changes[] = {first, second};
	const Mandate__Outcome *outcome = NULL;
	struct error err;

	assert_int_equal(machine_begin(r->machine), STATUS_OK);
	for (size_t i = 0; i < 2; i++) {
		Mandate__JournalInput in = MANDATE__JOURNAL_INPUT__INIT;
		Mandate__SubmissionInput si = MANDATE__SUBMISSION_INPUT__INIT;
		Mandate__Submission submission = MANDATE__SUBMISSION__INIT;
		struct input input = {.decoded = &in, .submission = &submission};

		submission.lane = ++lane;
		submission.sequence = 1;
		submission.changes = &changes[i];
		submission.n_changes = 1;
		si.office = codec_borrow(offices[i]);
		in.time_ms = 1;
		in.what_case = MANDATE__JOURNAL_INPUT__WHAT_SUBMISSION;
		in.submission = &si;
		assert_int_equal(machine_apply(r->machine, ++r->inputs, &input, &sink, &err),
				 STATUS_OK);
		outcome = codec_decode(&r->arena, &mandate__outcome__descriptor, input.outcome);
		assert_non_null(outcome);
	}
	assert_int_equal(machine_finish(r->machine, r->inputs, r->chain, &position), STATUS_OK);
	assert_int_equal(machine_commit(r->machine), STATUS_OK);
	return outcome->refusal ? outcome->refusal->code : MANDATE__CODE__CODE_ACCEPTED;
}

static void within_one_batch_order_decides(void **state)
{
	struct rig *r = *state;
	Mandate__Office *o = office(r, "FIELD", key_1);

	/* [grant X, X's submission] is accepted. */
	grant(r, o, MANDATE__KIND__KIND_RETURN, 0, "MONUC", NULL, NULL);
	assert_int_equal(
		second_of_batch(r, RECORD(r, record_of(r, o)), "FIELD",
				RECORD(r, head_count(r, "MONUC", "2004-09-30", "GHA", 850))),
		MANDATE__CODE__CODE_ACCEPTED);
	/* [revoke X, X's submission] is refused. */
	o = office(r, "FIELD", key_1);
	grant(r, o, MANDATE__KIND__KIND_RETURN, 0, "MONUC", NULL, NULL);
	o->has_state = true;
	o->state = MANDATE__OFFICE_STATE__OFFICE_STATE_REVOKED;
	assert_int_equal(
		second_of_batch(r, CORRECT(r, record_of(r, o)), "FIELD",
				RECORD(r, head_count(r, "MONUC", "2004-10-31", "GHA", 850))),
		MANDATE__CODE__CODE_AUTH_SCOPE);
}

static void a_batch_that_is_given_up_changes_no_office(void **state)
{
	struct rig *r = *state;
	struct machine_sink sink = {.arena = &r->arena};
	Mandate__JournalInput in = MANDATE__JOURNAL_INPUT__INIT;
	Mandate__SubmissionInput si = MANDATE__SUBMISSION_INPUT__INIT;
	Mandate__Submission submission = MANDATE__SUBMISSION__INIT;
	struct input input = {.decoded = &in, .submission = &submission};
	Mandate__Change *change = RECORD(r, record_of(r, office(r, "FIELD", key_1)));
	struct error err;

	submission.lane = submission.sequence = 1;
	submission.changes = &change;
	submission.n_changes = 1;
	si.office = codec_borrow("local");
	in.what_case = MANDATE__JOURNAL_INPUT__WHAT_SUBMISSION;
	in.submission = &si;
	assert_int_equal(machine_begin(r->machine), STATUS_OK);
	assert_int_equal(machine_apply(r->machine, r->inputs + 1, &input, &sink, &err), STATUS_OK);
	assert_non_null(roll_find(machine_roll(r->machine), "FIELD"));
	machine_abort(r->machine);
	assert_null(roll_find(machine_roll(r->machine), "FIELD"));
}

static void grants_and_accreditation_end_by_the_calendar(void **state)
{
	struct rig *r = *state;
	Mandate__Office *o = office(r, "FIELD", key_1);
	Mandate__Grant *g = grant(r, o, MANDATE__KIND__KIND_RETURN, 0, "MONUC", NULL, NULL);

	g->has_until = true;
	g->until = on("2004-10-31");
	o->has_until = true;
	o->until = on("2004-11-30");
	grant(r, o, MANDATE__KIND__KIND_TOTAL, 0, "MONUC", NULL, NULL);
	rig_accept(r, RECORD(r, record_of(r, o)));
	rig_day(r, "2004-10-31");
	MAY(r, "FIELD", RECORD(r, head_count(r, "MONUC", "2004-09-30", "GHA", 1)));
	rig_day(r, "2004-11-01");
	MAY_NOT(r, "FIELD", RECORD(r, head_count(r, "MONUC", "2004-10-31", "GHA", 1)));
	assert_string_equal(r->outcome->refusal->key, "MONUC:2004-10-31");
	rig_day(r, "2004-12-01");
	MAY_NOT(r, "FIELD", RECORD(r, head_count(r, "MONUC", "2004-11-30", "GHA", 1)));
	assert_null(r->outcome->refusal->key); /* the office itself has ended */
}

static void a_conflict_shows_the_record_to_who_may_see_it(void **state)
{
	struct rig *r = *state;
	Mandate__Office *o = office(r, "GHANA", key_1);

	grant(r, o, MANDATE__KIND__KIND_RETURN, 0, NULL, "GHA", NULL);
	rig_accept(r, RECORD(r, record_of(r, o)));
	rig_accept(r, RECORD(r, head_count(r, "MONUC", "2004-09-30", "GHA", 850)));
	Mandate__Change *c = CORRECT(r, head_count(r, "MONUC", "2004-09-30", "GHA", 900));
	c->has_expected_revision = true;
	c->expected_revision = 1;
	assert_int_equal(said_to(r, "GHANA", c), MANDATE__CODE__CODE_CONFLICT);
	assert_int_equal(r->outcome->refusal->current->record->return_->counts[0]->persons, 850);
}

static enum status count_rows(void *ctx, uint64_t serial, const Mandate__AuditRow *row)
{
	size_t *counts = ctx;

	(void)serial;
	counts[row->act]++;
	return STATUS_OK;
}

static void what_was_done_stands_in_the_audit(void **state)
{
	struct rig *r = *state;
	Mandate__Office *o = office(r, "FIELD", key_1);
	size_t counts[16] = {0};
	struct store_txn *t;

	rig_accept(r, RECORD(r, record_of(r, o)));
	MAY_NOT(r, "FIELD", RECORD(r, partner(r, "FRA")));
	o->devices[0]->has_revoked = o->devices[0]->revoked = true;
	rig_accept(r, CORRECT(r, record_of(r, o)));
	o->has_state = true;
	o->state = MANDATE__OFFICE_STATE__OFFICE_STATE_SUSPENDED;
	rig_accept(r, CORRECT(r, record_of(r, o)));
	assert_int_equal(store_begin_read(r->store, &t), STATUS_OK);
	assert_int_equal(store_audit_scan(t, &r->arena, 0, count_rows, counts), STATUS_OK);
	store_abort(t);
	assert_int_equal(counts[MANDATE__AUDIT_ACT__AUDIT_ACT_ACCREDITED], 1);
	assert_int_equal(counts[MANDATE__AUDIT_ACT__AUDIT_ACT_REFUSED], 1);
	assert_int_equal(counts[MANDATE__AUDIT_ACT__AUDIT_ACT_REVOKED], 1);
	assert_int_equal(counts[MANDATE__AUDIT_ACT__AUDIT_ACT_SUSPENDED], 1);
	assert_int_equal(counts[MANDATE__AUDIT_ACT__AUDIT_ACT_SETTING],
			 1); /* the secret, unshown */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(who_is_not_on_the_roll_records_nothing),
		TEST(an_operation_records_its_returns_and_no_others),
		TEST(a_desk_speaks_for_its_party),
		TEST(a_contributor_touches_no_count_that_names_another),
		TEST(one_grant_must_cover_all_of_a_record),
		TEST(offices_are_recorded_by_administrators),
		TEST(the_first_administrator_comes_by_a_setting),
		TEST(within_one_batch_order_decides),
		TEST(a_batch_that_is_given_up_changes_no_office),
		TEST(grants_and_accreditation_end_by_the_calendar),
		TEST(a_conflict_shows_the_record_to_who_may_see_it),
		TEST(what_was_done_stands_in_the_audit),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
