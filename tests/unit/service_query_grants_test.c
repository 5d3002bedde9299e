/* What queries answer to an office that may see a part: what it may not see is as if it were not
 * there. Whole random states are compared in service_query_seen_test.c. */
#include "record_text.h"
#include "service_query_fixture.h"

#define KEY_1 "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
#define KEY_2 "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6"
#define NAMES "kinds:partner+operation" /* who is who, without which little can be told */

static void tell(struct asking *q, const char *line)
{
	rig_accept(&q->rig, RECORD(&q->rig, record_text(&q->rig.arena, line)));
}

static void correct(struct asking *q, const char *line)
{
	rig_accept(&q->rig, CORRECT(&q->rig, record_text(&q->rig.arena, line)));
}

static void as(struct asking *q, const char *office)
{
	q->who =
		(struct reader_of){.office = office ? record_text(&q->arena, office)->office : NULL,
				   .day = machine_state(q->rig.machine)->day};
}

/* Whoever asks from now on. */
static void as_office(struct asking *q, const char *name, const char *grants)
{
	as(q, arena_printf(&q->arena, "office office=%s grants=%s", name, grants));
}

static void as_administrator(struct asking *q)
{
	as(q, "office office=CHIEF administrator=1");
}

static void as_nobody(struct asking *q) /* who sees everything */
{
	as(q, NULL);
}

static int set_up_world(void **state)
{
	static const char *const lines[] = {
		"operation acronym=UNMIL kind=un_pko hosts=LBR start_date=2003-09-19",
		"return operation=MONUC as_of=2004-09-30 "
		"counts=contributor:BGD,component:troops,persons:20|"
		"contributor:GHA,component:troops,persons:30",
		"return operation=UNMIL as_of=2004-09-30 "
		"counts=contributor:GHA,component:troops,persons:850",
		"total operation=UNMIL as_of=2004-08-31 component=troops persons=900",
		"unit operation=MONUC contributor=GHA unit=Bat-1 from=2004-01-01 component=troops "
		"persons=40",
		"unit operation=UNMIL contributor=BGD unit=Bat-2 from=2004-01-01 component=troops "
		"persons=50",
		"pledge contributor=GHA pledge=P-1 component=troops persons=5 "
		"registered=2004-01-01",
		"pledge contributor=BGD pledge=P-2 component=troops persons=6 "
		"registered=2004-01-01 operation=UNMIL",
		"pledge_step contributor=BGD pledge=P-2 step=1 state=renewed day=2004-02-01",
	};
	struct asking *q;

	set_up(state);
	q = *state;
	rig_rules(&q->rig, 3);
	rig_begin(&q->rig, "2004-10-01");
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		tell(q, lines[i]);
	return 0;
}

static Mandate__Code got(struct asking *q, Mandate__Kind kind, const char *key)
{
	Mandate__GetQuery get = get_of(kind, key);
	Mandate__Query query = query_of(MANDATE__QUERY__ASK_GET, &get);
	const Mandate__Answer *answer = ask(q, &query);

	assert_false(answer->restricted);
	return answer->refusal ? answer->refusal->code : MANDATE__CODE__CODE_ACCEPTED;
}

static size_t listed(struct asking *q, Mandate__Kind kind, const char *operation, bool *restricted)
{
	Mandate__ListQuery list = MANDATE__LIST_QUERY__INIT;
	Mandate__Query query = query_of(MANDATE__QUERY__ASK_LIST, &list);

	list.kind = kind;
	list.operation = codec_borrow(operation);
	const Mandate__Answer *answer = ask_well(q, &query);
	*restricted = answer->has_restricted && answer->restricted;
	return answer->n_rows;
}

/* Persons of a component of an operation; UINT64_MAX: none are told of. */
static uint64_t strength_of(struct asking *q, const char *operation, Mandate__Component component,
			    bool *restricted)
{
	Mandate__StrengthQuery strength = MANDATE__STRENGTH_QUERY__INIT;
	Mandate__Query query = query_of(MANDATE__QUERY__ASK_STRENGTH, &strength);

	strength.operation = codec_borrow(operation);
	const Mandate__Answer *answer = ask_well(q, &query);
	*restricted = answer->has_restricted && answer->restricted;
	for (size_t i = 0; i < answer->n_rows; i++)
		if (answer->rows[i]->strength->component == component &&
		    answer->rows[i]->strength->has_persons)
			return answer->rows[i]->strength->persons;
	return UINT64_MAX;
}

#define MILITARY MANDATE__COMPONENT__COMPONENT_MILITARY

/* --- every pair --------------------------------------------------------------------------------
 */

/* Records with all that they name; a step of a pledge is of the pledge's operation. */
static const struct known {
	Mandate__Kind kind;
	const char *key, *operation, *contributors; /* joined by '+' */
} known[] = {
	{MANDATE__KIND__KIND_PARTNER, "GHA", NULL, ""},
	{MANDATE__KIND__KIND_OPERATION, "MONUC", "MONUC", ""},
	{MANDATE__KIND__KIND_OPERATION, "UNMIL", "UNMIL", ""},
	{MANDATE__KIND__KIND_RETURN, "MONUC:2004-09-30", "MONUC", "BGD+GHA"},
	{MANDATE__KIND__KIND_RETURN, "UNMIL:2004-09-30", "UNMIL", "GHA"},
	{MANDATE__KIND__KIND_TOTAL, "UNMIL:2004-08-31:troops", "UNMIL", ""},
	{MANDATE__KIND__KIND_UNIT, "MONUC:GHA:Bat-1:2004-01-01", "MONUC", "GHA"},
	{MANDATE__KIND__KIND_UNIT, "UNMIL:BGD:Bat-2:2004-01-01", "UNMIL", "BGD"},
	{MANDATE__KIND__KIND_PLEDGE, "GHA:P-1", NULL, "GHA"},
	{MANDATE__KIND__KIND_PLEDGE, "BGD:P-2", "UNMIL", "BGD"},
	{MANDATE__KIND__KIND_PLEDGE_STEP, "BGD:P-2:1", "UNMIL", "BGD"},
};

static bool names_all_of(const char *granted, const char *contributors)
{
	char *copy = strdup(contributors), *rest = copy, *name;
	bool all = true;

	while ((name = strsep(&rest, "+")))
		all = all && (!*name || strstr(granted, name));
	free(copy);
	return all;
}

static void each_grant_shows_the_records_it_covers_and_no_others(void **state)
{
	static const char *const kinds[] = {NULL,   "partner", "operation", "return",
					    "unit", "total",   "pledge",    "pledge_step"};
	static const char *const operations[] = {NULL, "MONUC", "UNMIL", "ONUB"};
	static const char *const contributors[] = {NULL, "GHA", "BGD", "BGD+GHA", "FRA"};
	struct asking *q = *state;
	size_t seen = 0, hidden = 0;

	for (size_t i = 0; i < 8 * 4 * 5; i++) {
		const char *kind = kinds[i % 8], *operation = operations[i / 8 % 4],
			   *granted = contributors[i / 32];

		as_office(q, "DESK",
			  arena_printf(&q->arena, "access:read%s%s%s%s%s%s", kind ? ",kinds:" : "",
				       kind ? kind : "", operation ? ",operations:" : "",
				       operation ? operation : "", granted ? ",contributors:" : "",
				       granted ? granted : ""));
		for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
			const struct known *r = &known[k];
			bool sees = (!kind || record_kind_of_name(kind) == r->kind) &&
				    (!operation || !r->operation ||
				     strcmp(operation, r->operation) == 0) &&
				    (!granted || names_all_of(granted, r->contributors));

			assert_int_equal(got(q, r->kind, r->key),
					 sees ? MANDATE__CODE__CODE_ACCEPTED
					      : MANDATE__CODE__CODE_NOT_FOUND);
			seen += sees;
			hidden += !sees;
		}
		arena_reset(&q->arena);
	}
	assert_true(seen > 100 && hidden > 500);
}

/* --- as if it were not there -------------------------------------------------------------------
 */

/* The refusals for a hidden key and for one that nobody knows differ in the key alone. */
static void hidden_is_told_like_unknown(void **state)
{
	static const Mandate__Query__AskCase asks[] = {MANDATE__QUERY__ASK_GET,
						       MANDATE__QUERY__ASK_HISTORY};
	struct asking *q = *state;

	as_office(q, "DESK", "access:read," NAMES ",operations:MONUC");
	for (size_t i = 0; i < 2; i++) {
		Mandate__GetQuery hidden = get_of(MANDATE__KIND__KIND_OPERATION, "UNMIL");
		Mandate__GetQuery unknown = get_of(MANDATE__KIND__KIND_OPERATION, "LIMNU");
		Mandate__Query query = query_of(asks[i], &hidden);
		const Mandate__Answer *x = ask(q, &query);

		query = query_of(asks[i], &unknown);
		const Mandate__Answer *y = ask(q, &query);
		memcpy(strstr(y->refusal->text, "LIMNU"), "UNMIL", 5);
		assert_true(codec_equal(&q->arena, &x->base, &y->base));
	}
	Mandate__TimelineQuery timeline = MANDATE__TIMELINE_QUERY__INIT;
	Mandate__Query query = query_of(MANDATE__QUERY__ASK_TIMELINE, &timeline);

	timeline.operation = codec_borrow("UNMIL");
	const Mandate__Answer *x = ask(q, &query);
	timeline.operation = codec_borrow("LIMNU");
	const Mandate__Answer *y = ask(q, &query);
	memcpy(strstr(y->refusal->text, "LIMNU"), "UNMIL", 5);
	assert_true(codec_equal(&q->arena, &x->base, &y->base));
}

static void lists_leave_out_and_say_so(void **state)
{
	struct asking *q = *state;
	bool restricted;

	as_office(q, "GHANA", "access:read,contributors:GHA");
	assert_int_equal(listed(q, MANDATE__KIND__KIND_RETURN, NULL, &restricted), 1);
	assert_true(restricted);
	assert_int_equal(listed(q, MANDATE__KIND__KIND_RETURN, "UNMIL", &restricted), 1);
	assert_false(restricted); /* what is of another operation was not asked for */
	assert_int_equal(listed(q, MANDATE__KIND__KIND_RETURN, "MONUC", &restricted), 0);
	assert_true(restricted);
	assert_int_equal(listed(q, MANDATE__KIND__KIND_PARTNER, NULL, &restricted), 3);
	assert_false(restricted);
}

/* A return that comes to name another is gone for GHANA: its history ends before that. */
static void a_record_that_moves_out_of_sight_ends_there(void **state)
{
	struct asking *q = *state;
	Mandate__GetQuery get = get_of(MANDATE__KIND__KIND_RETURN, "UNMIL:2004-09-30");
	Mandate__Query query = query_of(MANDATE__QUERY__ASK_HISTORY, &get);

	uint64_t before = revision(q);

	as_office(q, "GHANA", "access:read,contributors:GHA");
	correct(q, "return operation=UNMIL as_of=2004-09-30 "
		   "counts=contributor:BGD,component:troops,persons:1|"
		   "contributor:GHA,component:troops,persons:860");
	assert_int_equal(got(q, get.kind, get.key), MANDATE__CODE__CODE_NOT_FOUND);
	const Mandate__Answer *answer = ask_well(q, &query);
	assert_int_equal(answer->n_rows, 1);
	assert_int_equal(answer->rows[0]->version->record->return_->counts[0]->persons, 850);
	assert_true(answer->restricted);
	/* As known before it was there. */
	query = known_at(query_of(MANDATE__QUERY__ASK_GET, &get), before);
	assert_int_equal(ask_well(q, &query)->n_rows, 1);
	correct(q, "return operation=UNMIL as_of=2004-09-30 "
		   "counts=contributor:GHA,component:troops,persons:870");
	assert_int_equal(got(q, get.kind, get.key), MANDATE__CODE__CODE_ACCEPTED);
}

/* An edition below the one that holds comes late and names another: the record is seen, the change
 * is not, and a row of history shows both. */
static void a_change_that_does_not_hold_is_hidden_by_what_it_names(void **state)
{
	struct asking *q = *state;
	Mandate__GetQuery get = get_of(MANDATE__KIND__KIND_RETURN, "UNMIL:2004-10-31");
	Mandate__Query query = query_of(MANDATE__QUERY__ASK_HISTORY, &get);

	as_office(q, "GHANA", "access:read,contributors:GHA");
	rig_accept(&q->rig,
		   EDITION(&q->rig, 2, head_count(&q->rig, "UNMIL", "2004-10-31", "GHA", 7)));
	rig_accept(&q->rig,
		   EDITION(&q->rig, 1, head_count(&q->rig, "UNMIL", "2004-10-31", "BGD", 8)));
	const Mandate__Answer *answer = ask_well(q, &query);
	assert_int_equal(answer->n_rows, 1);
	assert_int_equal(answer->rows[0]->version->change_edition, 2);
	assert_true(answer->restricted);
	assert_int_equal(got(q, get.kind, get.key), MANDATE__CODE__CODE_ACCEPTED);
}

static void offices_are_seen_by_themselves_and_administrators(void **state)
{
	struct asking *q = *state;
	bool restricted;

	tell(q, "office office=GHANA devices=name:desk,key:" KEY_1);
	tell(q, "office office=CONGO devices=name:desk,key:" KEY_2);
	as_office(q, "GHANA", "access:read"); /* everything, but no offices */
	assert_int_equal(got(q, MANDATE__KIND__KIND_OFFICE, "GHANA"), MANDATE__CODE__CODE_ACCEPTED);
	assert_int_equal(got(q, MANDATE__KIND__KIND_OFFICE, "CONGO"),
			 MANDATE__CODE__CODE_NOT_FOUND);
	assert_int_equal(listed(q, MANDATE__KIND__KIND_OFFICE, NULL, &restricted), 1);
	assert_true(restricted);
	as_administrator(q);
	assert_int_equal(listed(q, MANDATE__KIND__KIND_OFFICE, NULL, &restricted), 2);
	assert_false(restricted);
}

/* Where a page ends is nobody's business: the next key may be a hidden one's. */
static void a_mark_tells_no_key(void **state)
{
	struct asking *q = *state;
	Mandate__ListQuery list = MANDATE__LIST_QUERY__INIT;
	Mandate__Query query = query_of(MANDATE__QUERY__ASK_LIST, &list);

	tell(q, "operation acronym=SECRET");
	tell(q, "operation acronym=UNMISS");
	as_office(q, "DESK", "access:read," NAMES ",operations:MONUC+UNMISS");
	list.kind = MANDATE__KIND__KIND_OPERATION;
	query.has_limit = true;
	query.limit = 1;
	const Mandate__Answer *answer = ask_well(q, &query);
	assert_int_equal(answer->n_rows, 1);
	assert_true(answer->has_next);
	assert_null(memmem(answer->next.data, answer->next.len, "SECRET", 6));
	assert_null(memmem(answer->next.data, answer->next.len, "MONUC", 5));
	turn(&query, answer);
	answer = ask_well(q, &query);
	assert_int_equal(answer->n_rows, 1);
	assert_string_equal(answer->rows[0]->version->key, "UNMISS");
	for (size_t i = 0; i < query.after.len; i++) {
		query.after.data[i] ^= 1;
		ask_ill(q, &query, MANDATE__CODE__CODE_RANGE);
		query.after.data[i] ^= 1;
	}
}

/* --- computed answers --------------------------------------------------------------------------
 */

static void a_strength_is_of_the_records_that_may_be_seen(void **state)
{
	struct asking *q = *state;
	bool restricted;

	as_nobody(q);
	assert_int_equal(strength_of(q, "UNMIL", MILITARY, &restricted), 850);
	assert_int_equal(strength_of(q, "MONUC", MILITARY, &restricted), 50);
	assert_false(restricted);
	/* The return that names BGD too does not count: GHANA's own battalion is what is left. */
	as_office(q, "GHANA", "access:read,contributors:GHA");
	assert_int_equal(strength_of(q, "MONUC", MILITARY, &restricted), 40);
	assert_true(restricted);
	assert_int_equal(strength_of(q, "UNMIL", MILITARY, &restricted), 850);
	/* Without returns the total stands. */
	as_office(q, "DESK", "access:read," NAMES "+total");
	assert_int_equal(strength_of(q, "UNMIL", MILITARY, &restricted), 900);
	assert_int_equal(strength_of(q, "MONUC", MILITARY, &restricted), UINT64_MAX);
	assert_true(restricted);
	/* What one was told is not kept for the next. */
	as_nobody(q);
	assert_int_equal(strength_of(q, "UNMIL", MILITARY, &restricted), 850);
	assert_false(restricted);
}

/* Whoever sees all of UNMIL does not see the battalion that MONUC lends it: only the loan. */
static void a_unit_on_loan_counts_for_who_sees_its_record(void **state)
{
	struct asking *q = *state;
	bool restricted;

	tell(q, "unit operation=MONUC contributor=BGD unit=Bat-9 from=2004-01-01 component=troops "
		"persons=33");
	tell(q, "transfer contributor=BGD unit=Bat-9 day=2004-10-01 operation=MONUC "
		"other_operation=UNMIL return_day=2004-12-31");
	as_nobody(q);
	assert_int_equal(strength_of(q, "UNMIL", MILITARY, &restricted), 850 + 33);
	as_office(q, "UNMIL", "access:read,operations:UNMIL");
	assert_int_equal(strength_of(q, "UNMIL", MILITARY, &restricted), 850);
	assert_true(restricted);
	as_office(q, "BOTH", "access:read,operations:UNMIL|access:read,kinds:unit");
	assert_int_equal(strength_of(q, "UNMIL", MILITARY, &restricted), 850 + 33);
	assert_false(restricted);
}

static void an_overview_adds_up_what_may_be_seen(void **state)
{
	struct asking *q = *state;
	Mandate__OverviewQuery overview = MANDATE__OVERVIEW_QUERY__INIT;
	Mandate__Query query = query_of(MANDATE__QUERY__ASK_OVERVIEW, &overview);

	as_office(q, "UNMIL", "access:read,operations:UNMIL");
	const Mandate__Answer *answer = ask_well(q, &query);
	assert_int_equal(answer->n_rows, 2);
	assert_int_equal(answer->rows[0]->scope->military, 850);
	assert_int_equal(answer->rows[0]->scope->contributors, 2);
	assert_string_equal(answer->rows[1]->overview->operation, "UNMIL");
	assert_true(answer->restricted);
	as_office(q, "NOBODY", "access:read,kinds:partner");
	answer = ask_well(q, &query);
	assert_int_equal(answer->n_rows, 1);
	assert_false(answer->rows[0]->scope->has_military);
	assert_int_equal(answer->rows[0]->scope->alerts, 0);
	assert_true(answer->restricted);
}

/* --- alerts ------------------------------------------------------------------------------------
 */

static size_t alerts_on(struct asking *q, const char *day, const char *operation,
			Mandate__Code code)
{
	Mandate__AlertsQuery alerts = MANDATE__ALERTS_QUERY__INIT;
	Mandate__Query query = query_of(MANDATE__QUERY__ASK_ALERTS, &alerts);

	alerts.operation = codec_borrow(operation);
	if (day)
		query = on_day(query, day);
	if (code) {
		ask_ill(q, &query, code);
		return 0;
	}
	return ask_well(q, &query)->n_rows;
}

/* They are shown by their own names, and judged by all that is known, so that none is open only
 * because its end is hidden. */
static void alerts_are_records_of_their_own(void **state)
{
	struct asking *q = *state;

	rig_accept(&q->rig, RECORD(&q->rig, instrument(&q->rig, "UNMIL", "S/RES/1509",
						       MANDATE__ACTION__ACTION_ESTABLISH,
						       "2003-09-19", "2004-09-18", 0)));
	assert_int_equal(alerts_on(q, "2004-09-20", "UNMIL", 0), 3); /* lapsed, unset, no mandate */
	rig_accept(&q->rig, RECORD(&q->rig, instrument(&q->rig, "UNMIL", "S/RES/1561",
						       MANDATE__ACTION__ACTION_EXTEND, "2004-09-17",
						       "2005-09-19", 0)));
	size_t today = alerts_on(q, NULL, "UNMIL", 0),
	       then = alerts_on(q, "2004-09-20", "UNMIL", 0);

	as_office(q, "DESK", "access:read,kinds:alert,operations:UNMIL");
	assert_int_equal(alerts_on(q, NULL, "UNMIL", 0), today);
	assert_int_equal(alerts_on(q, "2004-09-20", "UNMIL", 0), then);
	assert_int_equal(alerts_on(q, "2004-09-20", NULL, 0), then);
	alerts_on(q, "2004-09-20", "MONUC", MANDATE__CODE__CODE_NOT_FOUND);
	as_office(q, "DESK", "access:read," NAMES);
	assert_int_equal(alerts_on(q, NULL, "UNMIL", 0), 0);
	assert_int_equal(alerts_on(q, "2004-09-20", "UNMIL", 0), 0);
}

/* A clash of a unit's editions names its contributor by the unit's key, MOU_MISSING by itself. */
static void a_clash_names_the_contributor_that_the_key_names(void **state)
{
	struct asking *q = *state;
	bool restricted;

	tell(q, "unit operation=MONUC contributor=GHA unit=Bat-1 from=2004-01-01 component=troops "
		"persons=41");
	as_nobody(q);
	size_t open = alerts_on(q, NULL, "MONUC", 0);
	as_office(q, "DESK", "access:read,contributors:GHA");
	assert_int_equal(alerts_on(q, NULL, "MONUC", 0), open);
	assert_int_equal(listed(q, MANDATE__KIND__KIND_ALERT, "MONUC", &restricted), open);
	assert_false(restricted);
	as_office(q, "DESK", "access:read,contributors:BGD");
	assert_int_equal(alerts_on(q, NULL, "MONUC", 0), open - 2);
	assert_int_equal(listed(q, MANDATE__KIND__KIND_ALERT, "MONUC", &restricted), open - 2);
	assert_true(restricted);
}

/* --- what-if -----------------------------------------------------------------------------------
 */

/* The refusal that the change would get, or how many consequences it would have. */
static size_t supposed(struct asking *q, Mandate__Change *change, const Mandate__Refusal **refusal)
{
	Mandate__WhatIfQuery whatif = MANDATE__WHAT_IF_QUERY__INIT;
	Mandate__Query query = query_of(MANDATE__QUERY__ASK_WHATIF, &whatif);

	whatif.changes = &change;
	whatif.n_changes = 1;
	const Mandate__Answer *answer = ask_well(q, &query);
	const Mandate__WhatIf *first = answer->rows[0]->what_if;
	*refusal = first->what_case == MANDATE__WHAT_IF__WHAT_REFUSAL ? first->refusal : NULL;
	return answer->n_rows;
}

static void only_what_may_be_seen_is_supposed(void **state)
{
	struct asking *q = *state;
	struct rig *r = &q->rig;
	const Mandate__Refusal *refusal;

	as_office(q, "GHANA", "access:read,contributors:GHA");
	supposed(q, RECORD(r, head_count(r, "UNMIL", "2004-10-31", "BGD", 1)), &refusal);
	assert_int_equal(refusal->code, MANDATE__CODE__CODE_AUTH_SCOPE);
	assert_string_equal(refusal->text,
			    "no grant of office GHANA lets it see return UNMIL:2004-10-31");
	/* As it is on record, whether it is that very content or a wrong revision of it. */
	supposed(q, RECORD(r, head_count(r, "MONUC", "2004-09-30", "GHA", 1)), &refusal);
	assert_int_equal(refusal->code, MANDATE__CODE__CODE_AUTH_SCOPE);
	assert_false(refusal->has_current_revision);
	Mandate__Change *change = RECORD(r, head_count(r, "MONUC", "2004-09-30", "GHA", 1));
	change->has_expected_revision = true;
	supposed(q, change, &refusal);
	assert_int_equal(refusal->code, MANDATE__CODE__CODE_AUTH_SCOPE);
	assert_false(refusal->has_current_revision);
	/* Its own: 850 becomes 900. */
	assert_true(supposed(q, CORRECT(r, head_count(r, "UNMIL", "2004-09-30", "GHA", 900)),
			     &refusal) > 1);
	assert_null(refusal);
	/* An operation that is hidden is not on record. */
	as_office(q, "GHANA", "access:read,contributors:GHA,kinds:return");
	supposed(q, CORRECT(r, head_count(r, "UNMIL", "2004-09-30", "GHA", 900)), &refusal);
	assert_int_equal(refusal->code, MANDATE__CODE__CODE_UNKNOWN_OPERATION);
}

/* --- the daemon's own record -------------------------------------------------------------------
 */

static size_t rows_of(struct asking *q, Mandate__Query__AskCase ask_case, void *of,
		      bool *restricted)
{
	Mandate__Query query = query_of(ask_case, of);
	const Mandate__Answer *answer = ask_well(q, &query);

	*restricted = answer->has_restricted && answer->restricted;
	return answer->n_rows;
}

static void refusals_and_cursors_are_an_offices_own(void **state)
{
	struct asking *q = *state;
	Mandate__RefusalsQuery refusals = MANDATE__REFUSALS_QUERY__INIT;
	Mandate__CursorsQuery cursors = MANDATE__CURSORS_QUERY__INIT;
	Mandate__StoredCursor cursor = MANDATE__STORED_CURSOR__INIT;
	struct store_txn *t;
	bool restricted;

	for (uint64_t i = 1; i <= 3; i++) {
		Mandate__Change *change =
			RECORD(&q->rig, head_count(&q->rig, "NONE", "2004-09-30", "GHA", 1));

		rig_submit_as(&q->rig, i == 1 ? "GHANA" : "CONGO", i, 1, &change, 1);
	}
	assert_int_equal(store_begin_write(q->rig.store, &t), STATUS_OK);
	assert_int_equal(store_cursor_put(t, "CONGO", "desk", &cursor), STATUS_OK);
	assert_int_equal(store_cursor_put(t, "GHANA", "desk", &cursor), STATUS_OK);
	assert_int_equal(store_commit(t), STATUS_OK);
	as_office(q, "GHANA", "access:read");
	assert_int_equal(rows_of(q, MANDATE__QUERY__ASK_REFUSALS, &refusals, &restricted), 1);
	assert_true(restricted);
	assert_int_equal(rows_of(q, MANDATE__QUERY__ASK_CURSORS, &cursors, &restricted), 1);
	assert_true(restricted);
	refusals.office = codec_borrow("CONGO");
	assert_int_equal(rows_of(q, MANDATE__QUERY__ASK_REFUSALS, &refusals, &restricted), 0);
	as_administrator(q);
	assert_int_equal(rows_of(q, MANDATE__QUERY__ASK_REFUSALS, &refusals, &restricted), 2);
	assert_false(restricted);
	assert_int_equal(rows_of(q, MANDATE__QUERY__ASK_CURSORS, &cursors, &restricted), 2);
}

static void settings_and_the_audit_are_administrators(void **state)
{
	struct asking *q = *state;
	Mandate__SettingsQuery settings = MANDATE__SETTINGS_QUERY__INIT;
	Mandate__AuditQuery audit = MANDATE__AUDIT_QUERY__INIT;
	Mandate__Query of_settings = query_of(MANDATE__QUERY__ASK_SETTINGS, &settings);
	Mandate__Query of_audit = query_of(MANDATE__QUERY__ASK_AUDIT, &audit);

	as_office(q, "DESK", "access:write");
	ask_ill(q, &of_settings, MANDATE__CODE__CODE_FORBIDDEN);
	ask_ill(q, &of_audit, MANDATE__CODE__CODE_FORBIDDEN);
	as_administrator(q);
	assert_true(ask_well(q, &of_settings)->n_rows > 0);
	assert_true(ask_well(q, &of_audit)->n_rows > 0);
}

/* The fixture enters a time of 1000 + its number for a submission, 1 for all else. */
static void the_audit_is_searched_by_time_office_and_act(void **state)
{
	struct asking *q = *state;
	Mandate__AuditQuery audit = MANDATE__AUDIT_QUERY__INIT;
	Mandate__Query query = query_of(MANDATE__QUERY__ASK_AUDIT, &audit);
	const Mandate__Row *rows[32];
	size_t pages;

	tell(q, "office office=GHANA devices=name:desk,key:" KEY_1);
	uint64_t first_ms = 1000 + q->rig.inputs - 1;
	correct(q, "office office=GHANA state=suspended devices=name:desk,key:" KEY_1);
	tell(q, "office office=CONGO devices=name:desk,key:" KEY_2);
	Mandate__Change *change =
		RECORD(&q->rig, head_count(&q->rig, "MONUC", "2004-09-30", "GHA", 1));
	rig_submit_as(&q->rig, "CONGO", 1, 1, &change, 1);
	audit.office = codec_borrow("GHANA");
	assert_int_equal(ask_all(q, query, rows, 32, &pages), 2); /* done to it */
	audit.office = codec_borrow("CONGO");
	query.has_limit = true;
	query.limit = 1;
	assert_int_equal(ask_all(q, query, rows, 32, &pages), 2); /* and by it */
	assert_int_equal(pages, 2);
	assert_int_equal(rows[1]->audit->act, MANDATE__AUDIT_ACT__AUDIT_ACT_REFUSED);
	assert_string_equal(rows[1]->audit->office, "CONGO");
	assert_int_equal(rows[1]->audit->refusal->code, MANDATE__CODE__CODE_AUTH_SCOPE);
	audit.office = codec_borrow("local");
	assert_int_equal(ask_all(q, query, rows, 32, &pages), 3);
	audit.has_act = true;
	audit.act = MANDATE__AUDIT_ACT__AUDIT_ACT_SUSPENDED;
	assert_int_equal(ask_all(q, query, rows, 32, &pages), 1);
	assert_string_equal(rows[0]->audit->key, "GHANA");
	audit = (Mandate__AuditQuery)MANDATE__AUDIT_QUERY__INIT;
	audit.has_since_ms = audit.has_until_ms = true;
	audit.since_ms = first_ms;
	audit.until_ms = first_ms + 1;
	assert_int_equal(ask_all(q, query, rows, 32, &pages), 2);
	/* An office is not found by the name of a setting. */
	audit = (Mandate__AuditQuery)MANDATE__AUDIT_QUERY__INIT;
	audit.office = codec_borrow("instance.secret");
	assert_int_equal(ask_all(q, query, rows, 32, &pages), 0);
}

static void a_status_names_nobody(void **state)
{
	struct asking *q = *state;
	Mandate__Status status = MANDATE__STATUS__INIT;
	Mandate__StatusQuery of = MANDATE__STATUS_QUERY__INIT;
	Mandate__Query query = query_of(MANDATE__QUERY__ASK_STATUS, &of);

	status.daemon = codec_borrow("mandated");
	status.trouble = codec_borrow("the input of office CONGO cannot be applied");
	q->status = &status;
	as_office(q, "GHANA", "access:read");
	const Mandate__Answer *answer = ask_well(q, &query);
	assert_non_null(answer->rows[0]->status->trouble);
	assert_null(strstr(answer->rows[0]->status->trouble, "CONGO"));
	as_nobody(q);
	assert_string_equal(ask_well(q, &query)->rows[0]->status->trouble, status.trouble);
}

static void a_status_counts_for_who_sees_all_that_is_counted(void **state)
{
	struct asking *q = *state;
	Mandate__Status status = MANDATE__STATUS__INIT;
	Mandate__StatusQuery of = MANDATE__STATUS_QUERY__INIT;
	Mandate__Query query = query_of(MANDATE__QUERY__ASK_STATUS, &of);
	const Mandate__Answer *answer;

	status.daemon = codec_borrow("mandated");
	status.has_records = status.has_alerts_open = true;
	status.records = 12;
	status.alerts_open = 99; /* the state's own is told */
	q->status = &status;
	as_nobody(q);
	answer = ask_well(q, &query);
	uint64_t open = answer->rows[0]->status->alerts_open;
	assert_true(open > 0 && open < 99);
	as_office(q, "UNHQ", "access:read");
	answer = ask_well(q, &query);
	assert_false(answer->restricted);
	assert_true(answer->rows[0]->status->has_records && answer->rows[0]->status->records == 12);
	assert_true(answer->rows[0]->status->has_alerts_open &&
		    answer->rows[0]->status->alerts_open == open);
	as_office(q, "GHANA", "access:read,contributors:GHA");
	answer = ask_well(q, &query);
	assert_true(answer->restricted);
	assert_false(answer->rows[0]->status->has_records);
	assert_false(answer->rows[0]->status->has_alerts_open);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up_world, tear_down)
		TEST(each_grant_shows_the_records_it_covers_and_no_others),
		TEST(hidden_is_told_like_unknown),
		TEST(lists_leave_out_and_say_so),
		TEST(a_record_that_moves_out_of_sight_ends_there),
		TEST(a_change_that_does_not_hold_is_hidden_by_what_it_names),
		TEST(offices_are_seen_by_themselves_and_administrators),
		TEST(a_mark_tells_no_key),
		TEST(a_strength_is_of_the_records_that_may_be_seen),
		TEST(a_unit_on_loan_counts_for_who_sees_its_record),
		TEST(an_overview_adds_up_what_may_be_seen),
		TEST(alerts_are_records_of_their_own),
		TEST(a_clash_names_the_contributor_that_the_key_names),
		TEST(only_what_may_be_seen_is_supposed),
		TEST(refusals_and_cursors_are_an_offices_own),
		TEST(settings_and_the_audit_are_administrators),
		TEST(the_audit_is_searched_by_time_office_and_act),
		TEST(a_status_names_nobody),
		TEST(a_status_counts_for_who_sees_all_that_is_counted),
#undef TEST
	};

	return cmocka_run_group_tests_name("service/query_grants", tests, NULL, NULL);
}
