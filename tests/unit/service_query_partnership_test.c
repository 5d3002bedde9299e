/* Answers about partners, functions, forces, money and priorities: the worked examples of
 * DEFINITIONS.md. A test names the rows of the data that it rests on. */
#include "service_query_fixture.h"

#include "record_text.h"

enum { ROWS_MAX = 64 };

#define STATE(name) MANDATE__ARRANGEMENT_STATE__ARRANGEMENT_STATE_##name

static void tell(struct asking *q, const char *line)
{
	rig_accept(&q->rig, RECORD(&q->rig, record_text(&q->rig.arena, line)));
}

static void begin(struct asking *q, const char *day)
{
	rig_rules(&q->rig, 2);
	rig_begin(&q->rig, day);
	tell(q, "partner code=UN");
	tell(q, "partner code=AU");
	tell(q, "partner code=EU");
}

static size_t rows_of(struct asking *q, const Mandate__Query *query,
		      const Mandate__Row *rows[ROWS_MAX])
{
	size_t pages;

	return ask_all(q, *query, rows, ROWS_MAX, &pages);
}

/* --- functions -----------------------------------------------------------------------------------
 */

/* Section 5: "policing/XKX: UNMIK on 2008-12-08, EULEX on 2008-12-09; UNMIK's mandate is
 * untouched." arrangements.csv: UNMIK-EULEX. */
static void unmik(struct asking *q)
{
	begin(q, "2008-06-01");
	tell(q, "operation acronym=UNMIK kind=un_pko hosts=XKX start_date=1999-06-10");
	tell(q, "operation acronym=EULEX kind=partner hosts=XKX lead=EU");
	tell(q, "instrument operation=UNMIK party=UNSC document=S/RES/1244 action=establish "
		"adopted=1999-06-10");
	tell(q, "arrangement arrangement=UNMIK-EULEX kind=handover_of_function "
		"sides=parties:UN|parties:EU operation=UNMIK other_operation=EULEX "
		"functions=policing+justice+customs effective=2008-12-09");
}

static void accept_by(struct asking *q, const char *party, const char *day)
{
	char line[160];

	snprintf(line, sizeof line,
		 "acceptance arrangement=UNMIK-EULEX party=%s reply=accepted day=%s", party, day);
	tell(q, line);
}

static const char *holder(struct asking *q, const char *day)
{
	Mandate__FunctionQuery function = MANDATE__FUNCTION_QUERY__INIT;
	const Mandate__Row *rows[ROWS_MAX];

	function.function = codec_borrow("policing");
	Mandate__Query query = on_day(query_of(MANDATE__QUERY__ASK_FUNCTION, &function), day);
	assert_int_equal(rows_of(q, &query, rows), 1);
	assert_string_equal(rows[0]->function->area, "XKX");
	return rows[0]->function->operation;
}

static void a_function_passes_on_its_day(void **state)
{
	struct asking *q = *state;
	Mandate__FunctionQuery function = MANDATE__FUNCTION_QUERY__INIT;
	const Mandate__Row *rows[ROWS_MAX];
	unmik(q);
	accept_by(q, "UN", "2008-03-01");
	/* Nine months accepted by one side only. */
	assert_string_equal(holder(q, "2008-12-09"), "UNMIK");
	accept_by(q, "EU", "2008-11-26");
	assert_string_equal(holder(q, "2008-12-08"), "UNMIK");
	assert_string_equal(holder(q, "2008-12-09"), "EULEX");
	function.function = codec_borrow("policing");
	function.area = codec_borrow("XKX");
	Mandate__Query query = query_of(MANDATE__QUERY__ASK_FUNCTION, &function);
	assert_int_equal(rows_of(q, &query, rows), 2);
	assert_string_equal(rows[0]->function->operation, "UNMIK");
	assert_int_equal(rows[0]->function->until, on("2008-12-08"));
	assert_string_equal(rows[1]->function->operation, "EULEX");
	assert_int_equal(rows[1]->function->from, on("2008-12-09"));
	assert_false(rows[1]->function->has_until);
	assert_string_equal(rows[1]->function->record, "arrangement UNMIK-EULEX");
	Mandate__TimelineQuery timeline = MANDATE__TIMELINE_QUERY__INIT;
	timeline.operation = codec_borrow("UNMIK");
	query = on_day(query_of(MANDATE__QUERY__ASK_TIMELINE, &timeline), "2008-12-09");
	assert_true(ask_well(q, &query)->rows[0]->mandate->in_force);
	function.function = codec_borrow("cooking");
	function.area = NULL;
	query = query_of(MANDATE__QUERY__ASK_FUNCTION, &function);
	ask_ill(q, &query, MANDATE__CODE__CODE_NOT_FOUND);
}

static void an_arrangement_says_who_has_not_answered(void **state)
{
	struct asking *q = *state;
	Mandate__ArrangementsQuery arrangements = MANDATE__ARRANGEMENTS_QUERY__INIT;
	const Mandate__Row *rows[ROWS_MAX];
	unmik(q);
	accept_by(q, "UN", "2008-03-01");
	uint64_t then = revision(q);
	accept_by(q, "EU", "2008-11-26");
	arrangements.operation = codec_borrow("EULEX");
	Mandate__Query query =
		on_day(query_of(MANDATE__QUERY__ASK_ARRANGEMENTS, &arrangements), "2008-10-01");
	assert_int_equal(rows_of(q, &query, rows), 1);
	const Mandate__ArrangementRow *a = rows[0]->arrangement;
	assert_int_equal(a->state, STATE(ACCEPTED_ONE_SIDE));
	assert_int_equal(a->n_acceptances, 1);
	assert_int_equal(a->n_waiting_for, 1);
	assert_string_equal(a->waiting_for[0], "EU");
	assert_int_equal(a->in_effect_from, on("2008-12-09"));
	query = on_day(query, "2008-12-09");
	assert_int_equal(rows_of(q, &query, rows), 1);
	assert_int_equal(rows[0]->arrangement->state, STATE(IN_EFFECT));
	assert_int_equal(rows[0]->arrangement->n_waiting_for, 0);
	/* What was known before the EU had answered. */
	query = known_at(query, then);
	assert_int_equal(rows_of(q, &query, rows), 1);
	assert_int_equal(rows[0]->arrangement->state, STATE(ACCEPTED_ONE_SIDE));
	/* Before anybody had answered there was nothing to tell. */
	query = on_day(query_of(MANDATE__QUERY__ASK_ARRANGEMENTS, &arrangements), "2008-02-29");
	assert_int_equal(rows_of(q, &query, rows), 0);
	arrangements.operation = NULL;
	arrangements.party = codec_borrow("AU");
	query = on_day(query, "2008-12-09");
	assert_int_equal(rows_of(q, &query, rows), 0);
}

/* --- lineage -------------------------------------------------------------------------------------
 */

/* Section 5: "AMIS -> UNAMID (2007-12-31) -> UNITAMS (2021-01-01). Mandates of both may overlap;
 * authority changes once, on E." arrangements.csv: AMIS-UNAMID, UNAMID-UNITAMS; mandates.csv:
 * UNAMID S/RES/1769 and 2559, UNITAMS S/RES/2524. */
static void lineage_goes_both_ways(void **state)
{
	struct asking *q = *state;
	Mandate__LineageQuery lineage = MANDATE__LINEAGE_QUERY__INIT;
	const Mandate__Row *rows[ROWS_MAX];
	begin(q, "2021-03-01");
	tell(q, "operation acronym=AMIS kind=partner lead=AU");
	tell(q, "operation acronym=UNAMID kind=un_pko lead=UN+AU end_date=2020-12-31");
	tell(q, "operation acronym=UNITAMS kind=un_spm");
	tell(q, "instrument operation=UNAMID party=UNSC document=S/RES/1769 action=establish "
		"adopted=2007-07-31 valid_until=2020-12-31");
	tell(q, "instrument operation=UNITAMS party=UNSC document=S/RES/2524 action=establish "
		"adopted=2020-06-03 valid_until=2021-06-03");
	tell(q, "arrangement arrangement=AMIS-UNAMID kind=succession sides=parties:AU|parties:UN "
		"operation=AMIS other_operation=UNAMID effective=2007-12-31 rehatting=1");
	tell(q, "arrangement arrangement=UNAMID-UNITAMS kind=succession "
		"sides=parties:UN+AU|parties:UN operation=UNAMID other_operation=UNITAMS "
		"effective=2021-01-01");
	static const char *const acceptances[] = {"AMIS-UNAMID party=AU", "AMIS-UNAMID party=UN",
						  "UNAMID-UNITAMS party=UN",
						  "UNAMID-UNITAMS party=AU"};
	for (size_t i = 0; i < 4; i++) {
		char line[160];

		snprintf(line, sizeof line,
			 "acceptance arrangement=%s reply=accepted day=2007-12-31 inferred=1",
			 acceptances[i]);
		tell(q, line);
	}
	static const char *const from[] = {"AMIS", "UNAMID", "UNITAMS"};
	static const int distances[][2] = {{1, 2}, {-1, 1}, {-2, -1}};
	for (size_t i = 0; i < 3; i++) {
		lineage.operation = codec_borrow(from[i]);
		Mandate__Query query = query_of(MANDATE__QUERY__ASK_LINEAGE, &lineage);
		assert_int_equal(rows_of(q, &query, rows), 2);
		const Mandate__LineageRow *first = rows[0]->lineage, *second = rows[1]->lineage;
		assert_string_equal(first->arrangement, "AMIS-UNAMID");
		assert_int_equal(first->day, on("2007-12-31"));
		assert_true(first->rehatting);
		assert_string_equal(second->other_operation, "UNITAMS");
		assert_int_equal(second->day, on("2021-01-01"));
		assert_int_equal(second->last_day, on("2020-12-31"));
		assert_int_equal(second->first_day, on("2020-06-03"));
		assert_int_equal(first->distance, distances[i][0]);
		assert_int_equal(second->distance, distances[i][1]);
	}
	lineage.operation = codec_borrow("NOSUCH");
	Mandate__Query query = query_of(MANDATE__QUERY__ASK_LINEAGE, &lineage);
	ask_ill(q, &query, MANDATE__CODE__CODE_NOT_FOUND);
}

/* --- money and priorities ------------------------------------------------------------------------
 */

/* Section 6: "UNISFA 2022-07-01: 259 660 000 + 8 510 000 = 268 170 000"; "UNISFA, U 2022-11-15, 227
 * of 365 days of 259 660 000 = 161 487 178"; "MINURSO 2021-07-01: 60 908 900." finance.csv. */
static void money_by_period(void **state)
{
	struct asking *q = *state;
	Mandate__MoneyQuery money = MANDATE__MONEY_QUERY__INIT;
	const Mandate__Row *rows[ROWS_MAX];
	begin(q, "2022-08-01");
	tell(q, "partner code=UNGA");
	tell(q, "operation acronym=UNISFA kind=un_pko start_date=2011-06-27");
	tell(q, "operation acronym=MINURSO kind=un_pko start_date=1991-04-29");
	tell(q, "instrument operation=UNISFA party=UNSC document=S/RES/2630 action=extend "
		"adopted=2022-05-12 effective=2022-05-15 valid_until=2022-11-15");
	tell(q, "amount operation=UNISFA period_start=2022-07-01 period_end=2023-06-30 "
		"kind=appropriation party=UNGA currency=USD document=A/RES/76/281 "
		"amount=259660000 precision=rounded");
	tell(q, "amount operation=UNISFA period_start=2022-07-01 period_end=2023-06-30 "
		"kind=supplementary party=UNGA currency=USD document=- amount=8510000");
	tell(q, "amount operation=MINURSO period_start=2021-07-01 period_end=2022-06-30 "
		"kind=appropriation party=UNGA currency=USD document=A/C.5/75/24 amount=60908900");
	tell(q, "amount operation=MINURSO period_start=2021-07-01 period_end=2022-06-30 "
		"kind=appropriation_excl_shared party=UNGA currency=USD document=A/C.5/75/24 "
		"amount=56537800");
	Mandate__Query query = query_of(MANDATE__QUERY__ASK_MONEY, &money);
	assert_int_equal(rows_of(q, &query, rows), 1); /* of the periods that hold the day */
	const Mandate__MoneyRow *m = rows[0]->money;
	assert_string_equal(m->operation, "UNISFA");
	assert_int_equal(m->authorized, 268170000);
	assert_int_equal(m->conditional, 161487178);
	assert_int_equal(m->state, MANDATE__MONEY_STATE__MONEY_STATE_APPROPRIATED);
	assert_int_equal(m->precision, MANDATE__PRECISION__PRECISION_ROUNDED);
	money.has_all = money.all = true;
	money.operation = codec_borrow("MINURSO");
	assert_int_equal(rows_of(q, &query, rows), 1);
	m = rows[0]->money;
	assert_int_equal(m->authorized, 60908900);
	assert_int_equal(m->appropriation_excl_shared, 56537800);
	Mandate__OverviewQuery overview = MANDATE__OVERVIEW_QUERY__INIT;
	query = query_of(MANDATE__QUERY__ASK_OVERVIEW, &overview);
	assert_int_equal(rows_of(q, &query, rows), 3);
	assert_int_equal(rows[0]->scope->n_authorized, 1);
	assert_int_equal(rows[0]->scope->authorized[0]->amount, 268170000);
	assert_string_equal(rows[2]->overview->operation, "UNISFA");
	assert_int_equal(rows[2]->overview->authorized, 268170000);
	assert_string_equal(rows[2]->overview->currency, "USD");
}

/* Section 6: "List in effect on D = latest date <= D (UNAMID: S/RES/1935's until 2014-04-02,
 * S/RES/2148's from 04-03). Endorsed(n) = every owner of every item endorsed exactly n."
 * priorities.csv: UNAMID. */
static void priorities_in_effect_and_endorsed(void **state)
{
	struct asking *q = *state;
	Mandate__PrioritiesQuery priorities = MANDATE__PRIORITIES_QUERY__INIT;
	const Mandate__Row *rows[ROWS_MAX];
	begin(q, "2014-05-01");
	tell(q, "partner code=OCHA");
	tell(q, "operation acronym=UNAMID kind=un_pko");
	tell(q, "priorities operation=UNAMID document=S/RES/1935 date=2010-07-30 "
		"items=rank:1,task:protection,lead:UNAMID|"
		"rank:2,task:access,lead:UNAMID,supporting:OCHA");
	tell(q, "priorities operation=UNAMID document=S/RES/2148 date=2014-04-03 "
		"items=rank:1,task:mediation,lead:UNAMID,supporting:AU");
	tell(q, "endorsement operation=UNAMID document=S/RES/1935 owner=UNAMID version=1 "
		"day=2010-07-30 inferred=1");
	priorities.operation = codec_borrow("UNAMID");
	Mandate__Query query =
		on_day(query_of(MANDATE__QUERY__ASK_PRIORITIES, &priorities), "2014-04-02");
	assert_int_equal(rows_of(q, &query, rows), 1);
	const Mandate__PrioritiesRow *l = rows[0]->priorities;
	assert_string_equal(l->document, "S/RES/1935");
	assert_false(l->endorsed);
	assert_true(l->inferred);
	assert_int_equal(l->items[0]->n_silent, 0);
	assert_int_equal(l->items[0]->state, MANDATE__PRIORITY_STATE__PRIORITY_STATE_ENDORSED);
	assert_int_equal(l->items[1]->n_silent, 1);
	assert_string_equal(l->items[1]->silent[0], "OCHA");
	tell(q, "endorsement operation=UNAMID document=S/RES/1935 owner=OCHA version=1 "
		"day=2010-08-15");
	assert_int_equal(rows_of(q, &query, rows), 1);
	assert_true(rows[0]->priorities->endorsed);
	assert_int_equal(rows[0]->priorities->endorsed_on, on("2010-08-15"));
	/* An edit is a new version, which nobody has endorsed. */
	rig_accept(&q->rig, CORRECT(&q->rig, record_text(&q->rig.arena,
							 "priorities operation=UNAMID "
							 "document=S/RES/1935 date=2010-07-30 "
							 "items=rank:1,task:all,lead:UNAMID")));
	assert_int_equal(rows_of(q, &query, rows), 1);
	assert_int_equal(rows[0]->priorities->version, 2);
	assert_false(rows[0]->priorities->endorsed);
	query = on_day(query, "2014-04-03");
	assert_int_equal(rows_of(q, &query, rows), 1);
	assert_string_equal(rows[0]->priorities->document, "S/RES/2148");
}

/* --- forces --------------------------------------------------------------------------------------
 */

static void central_africa(struct asking *q)
{
	begin(q, "2014-10-01");
	tell(q, "operation acronym=MISCA kind=partner lead=AU hosts=CAF end_date=2014-09-14");
	tell(q, "operation acronym=MINUSCA kind=un_pko hosts=CAF lead=UN");
	tell(q, "partner code=CAF iso3=CAF");
	tell(q, "partner code=GAB iso3=GAB");
	tell(q, "instrument operation=MINUSCA party=UNSC document=S/RES/2149 action=establish "
		"adopted=2014-04-10 valid_until=2015-04-30 "
		"ceilings=component:military,persons:10000");
	tell(q, "unit operation=MISCA contributor=GAB unit=Battalion from=2014-01-01 "
		"component=troops persons=500 women=30 task=infantry");
	/* Section 3, re-hatting: "MISCA to MINUSCA: T = 2014-09-15." */
	tell(q, "transfer contributor=GAB unit=Battalion day=2014-09-15 operation=MISCA "
		"other_operation=MINUSCA");
	tell(q, "return operation=MINUSCA as_of=2014-09-30 covers=police "
		"counts=contributor:GHA,component:police,persons:40,women:10|"
		"contributor:GHA,component:individual_police,persons:15,women:4");
	tell(q, "requirement operation=MINUSCA requirement=SUR-1 component=troops persons=800 "
		"needed_by=2014-12-01 task=infantry");
	tell(q, "pledge contributor=GHA pledge=P-1 operation=MINUSCA requirement=SUR-1 "
		"component=troops persons=300 registered=2014-08-01 available=2014-11-01");
	tell(q, "pledge contributor=GHA pledge=P-2 component=formed_police persons=140 "
		"registered=2014-09-01");
}

/* All zero if there is none. */
static Mandate__Strength strength_of(const Mandate__Row *const *rows, size_t count, const char *op,
				     Mandate__Component component)
{
	for (size_t i = 0; i < count; i++)
		if (rows[i]->what_case == MANDATE__ROW__WHAT_STRENGTH &&
		    strcmp(rows[i]->strength->operation, op) == 0 &&
		    rows[i]->strength->component == component)
			return *rows[i]->strength;
	return (Mandate__Strength)MANDATE__STRENGTH__INIT;
}

static void requirements_and_what_meets_them(void **state)
{
	struct asking *q = *state;
	Mandate__RequirementsQuery requirements = MANDATE__REQUIREMENTS_QUERY__INIT;
	const Mandate__Row *rows[ROWS_MAX];
	central_africa(q);
	Mandate__Query query = query_of(MANDATE__QUERY__ASK_REQUIREMENTS, &requirements);
	assert_int_equal(rows_of(q, &query, rows), 1);
	const Mandate__RequirementRow *r = rows[0]->requirement;
	assert_string_equal(r->requirement, "SUR-1");
	assert_int_equal(r->persons, 800);
	assert_int_equal(r->pledged, 300);
	assert_int_equal(r->deployed, 0);
	assert_int_equal(r->gap, 500);
	assert_int_equal(r->n_pledges, 1);
	assert_string_equal(r->pledges[0]->contributor, "GHA");
	assert_int_equal(r->pledges[0]->state, MANDATE__PLEDGE_STATE__PLEDGE_STATE_PLEDGED);
	assert_int_equal(r->pledges[0]->renew_by, on("2015-08-01"));
	/* Against requirements too. */
	Mandate__StrengthQuery strength = MANDATE__STRENGTH_QUERY__INIT;
	strength.operation = codec_borrow("MINUSCA");
	query = query_of(MANDATE__QUERY__ASK_STRENGTH, &strength);
	size_t count = rows_of(q, &query, rows);
	Mandate__Strength s =
		strength_of(rows, count, "MINUSCA", MANDATE__COMPONENT__COMPONENT_MILITARY);
	assert_int_equal(s.persons, 500);
	assert_int_equal(s.over, -9500);
	assert_int_equal(s.required, 800);
	assert_int_equal(s.pledged, 300);
	assert_int_equal(s.units, 1);
	assert_int_equal(s.women, 30);
	s = strength_of(rows, count, "MINUSCA", MANDATE__COMPONENT__COMPONENT_POLICE);
	assert_int_equal(s.persons, 40);
	assert_int_equal(s.women, 10); /* the whole, not with its parts */
	assert_false(s.has_women_of);
	strength.has_component = true;
	strength.component = MANDATE__COMPONENT__COMPONENT_POLICE;
	assert_int_equal(rows_of(q, &query, rows), 1);
}

static void a_contributor_has_troops_police_and_pledges(void **state)
{
	struct asking *q = *state;
	Mandate__ContributorQuery contributor = MANDATE__CONTRIBUTOR_QUERY__INIT;
	const Mandate__Row *rows[ROWS_MAX];
	central_africa(q);
	contributor.contributor = codec_borrow("GAB");
	Mandate__Query query = query_of(MANDATE__QUERY__ASK_CONTRIBUTOR, &contributor);
	size_t count = rows_of(q, &query, rows);
	assert_int_equal(count, 3); /* military, troops, the unit */
	assert_int_equal(
		strength_of(rows, count, "MINUSCA", MANDATE__COMPONENT__COMPONENT_TROOPS).persons,
		500);
	assert_string_equal(rows[2]->unit->unit, "Battalion");
	assert_string_equal(rows[2]->unit->operation, "MINUSCA");
	assert_int_equal(rows[2]->unit->from, on("2014-09-15"));
	assert_int_equal(rows[2]->unit->women, 30);
	/* The day before it was with MISCA: no one is counted twice, and no one is lost. */
	query = on_day(query, "2014-09-14");
	count = rows_of(q, &query, rows);
	assert_int_equal(count, 3);
	assert_int_equal(
		strength_of(rows, count, "MISCA", MANDATE__COMPONENT__COMPONENT_TROOPS).persons,
		500);
	contributor.contributor = codec_borrow("GHA");
	query = query_of(MANDATE__QUERY__ASK_CONTRIBUTOR, &contributor);
	count = rows_of(q, &query, rows);
	assert_int_equal(
		strength_of(rows, count, "MINUSCA", MANDATE__COMPONENT__COMPONENT_POLICE).persons,
		40);
	const Mandate__PledgeRow *here = rows[count - 2]->pledge,
				 *anywhere = rows[count - 1]->pledge;
	assert_string_equal(here->pledge, "P-1");
	assert_string_equal(here->operation, "MINUSCA");
	assert_string_equal(anywhere->pledge, "P-2");
	assert_null(anywhere->operation);
	contributor.contributor = codec_borrow("ATA");
	query = query_of(MANDATE__QUERY__ASK_CONTRIBUTOR, &contributor);
	ask_ill(q, &query, MANDATE__CODE__CODE_NOT_FOUND);
}

/* --- partners ------------------------------------------------------------------------------------
 */

static void one_role(struct asking *q, const char *code, Mandate__Role role, const char *operation)
{
	Mandate__PartnerQuery partner = MANDATE__PARTNER_QUERY__INIT;
	const Mandate__Row *rows[ROWS_MAX];
	size_t found = 0;

	partner.code = codec_borrow(code);
	Mandate__Query query = query_of(MANDATE__QUERY__ASK_PARTNER, &partner);
	size_t count = rows_of(q, &query, rows);
	assert_int_equal(rows[0]->what_case, MANDATE__ROW__WHAT_VERSION);
	assert_string_equal(rows[0]->version->key, code);
	for (size_t i = 1; i < count; i++)
		found += rows[i]->what_case == MANDATE__ROW__WHAT_ROLE &&
			 rows[i]->role->role == role &&
			 strcmp(rows[i]->role->operation, operation) == 0;
	if (found != 1)
		fail_msg("%s has role %d in %s %zu times", code, (int)role, operation, found);
}

static void a_partner_is_many_things(void **state)
{
	struct asking *q = *state;
	central_africa(q);
	one_role(q, "AU", MANDATE__ROLE__ROLE_LEAD, "MISCA");
	one_role(q, "UN", MANDATE__ROLE__ROLE_LEAD, "MINUSCA");
	one_role(q, "CAF", MANDATE__ROLE__ROLE_HOST, "MINUSCA");
	one_role(q, "UNSC", MANDATE__ROLE__ROLE_MANDATING, "MINUSCA");
	one_role(q, "GAB", MANDATE__ROLE__ROLE_CONTRIBUTOR, "MINUSCA");
	one_role(q, "GHA", MANDATE__ROLE__ROLE_CONTRIBUTOR, "MINUSCA");
	tell(q, "priorities operation=MINUSCA document=S/RES/2149 date=2014-04-10 "
		"items=rank:1,task:protection,lead:MINUSCA,supporting:EU");
	one_role(q, "EU", MANDATE__ROLE__ROLE_OWNER, "MINUSCA");
	tell(q, "amount operation=MINUSCA period_start=2014-07-01 period_end=2015-06-30 "
		"kind=cost_sharing party=EU currency=EUR document=- amount=5000000");
	one_role(q, "EU", MANDATE__ROLE__ROLE_FINANCIER, "MINUSCA");
	tell(q, "arrangement arrangement=EU-UN kind=parallel sides=parties:EU|parties:UN");
	Mandate__PartnerQuery partner = MANDATE__PARTNER_QUERY__INIT;
	const Mandate__Row *rows[ROWS_MAX];
	partner.code = codec_borrow("EU");
	Mandate__Query query = query_of(MANDATE__QUERY__ASK_PARTNER, &partner);
	size_t count = rows_of(q, &query, rows);
	assert_string_equal(rows[count - 1]->arrangement->arrangement, "EU-UN");
	assert_int_equal(rows[count - 1]->arrangement->n_waiting_for, 2);
}

/* --- timelines with alerts -----------------------------------------------------------------------
 */

static void a_timeline_with_alerts_says_for_each_day_what_is_open(void **state)
{
	struct asking *q = *state;
	Mandate__TimelineQuery timeline = MANDATE__TIMELINE_QUERY__INIT;
	Mandate__AlertsQuery alerts = MANDATE__ALERTS_QUERY__INIT;
	const Mandate__Row *spans[ROWS_MAX], *open[ROWS_MAX];
	central_africa(q);
	timeline.operation = alerts.operation = codec_borrow("MINUSCA");
	timeline.has_alerts = timeline.alerts = true;
	Mandate__Query query = query_of(MANDATE__QUERY__ASK_TIMELINE, &timeline);
	Mandate__Query ask_alerts = query_of(MANDATE__QUERY__ASK_ALERTS, &alerts);
	size_t count = rows_of(q, &query, spans), all = 0;
	ask_alerts.has_on = true;
	for (size_t i = 0; i < count; i++) {
		const Mandate__Mandate *m = spans[i]->mandate;
		int32_t last = m->has_to ? m->to : m->on + 500;

		if (i)
			assert_int_equal(m->on, spans[i - 1]->mandate->to + 1);
		for (int32_t day = m->on; day <= last;
		     day += day == last || last - m->on < 9 ? 1 : 7) {
			ask_alerts.on = day;
			size_t number = rows_of(q, &ask_alerts, open);

			assert_int_equal(number, m->n_alerts);
			for (size_t k = 0; k < number; k++)
				assert_true(codec_equal(&q->arena, &m->alerts[k]->base,
							&open[k]->alert->alert->base));
			all += number;
		}
	}
	assert_true(all > 20);
}

/* --- alerts that pass on -------------------------------------------------------------------------
 */

static uint32_t alerts_in_overview(struct asking *q, const char *day, uint64_t revision)
{
	Mandate__OverviewQuery overview = MANDATE__OVERVIEW_QUERY__INIT;
	const Mandate__Row *rows[ROWS_MAX];
	Mandate__Query query =
		known_at(on_day(query_of(MANDATE__QUERY__ASK_OVERVIEW, &overview), day), revision);
	size_t count = rows_of(q, &query, rows);

	for (size_t i = 0; i < count; i++)
		if (rows[i]->what_case == MANDATE__ROW__WHAT_SCOPE)
			return rows[i]->scope->alerts;
	fail_msg("no scope");
	return 0;
}

static void pledge(struct asking *q, uint32_t edition, const char *operation, unsigned persons)
{
	char line[160];

	snprintf(line, sizeof line,
		 "pledge contributor=GHA pledge=P operation=%s component=troops persons=%u "
		 "registered=2004-09-01",
		 operation, persons);
	rig_accept(&q->rig, EDITION(&q->rig, edition, record_text(&q->rig.arena, line)));
}

/* What clashes may name another operation later: as known before it is still one alert. */
static void a_clash_is_counted_once_as_known_before_it_passed_on(void **state)
{
	struct asking *q = *state;

	begin(q, "2004-10-01");
	tell(q, "operation acronym=UNMIL kind=un_pko");
	tell(q, "instrument operation=MONUC party=UNSC document=S/RES/1565 action=establish "
		"adopted=2004-10-01 valid_until=2005-03-31");
	tell(q, "instrument operation=UNMIL party=UNSC document=S/RES/1561 action=establish "
		"adopted=2004-09-17 valid_until=2005-09-19");
	pledge(q, 1, "MONUC", 5);
	pledge(q, 1, "MONUC", 6);
	uint64_t before = machine_state(q->rig.machine)->head.revision;
	uint32_t told = alerts_in_overview(q, "2004-10-01", before);
	assert_in_range(told, 1, 8);
	pledge(q, 2, "UNMIL", 5);
	pledge(q, 2, "UNMIL", 6);
	assert_int_equal(alerts_in_overview(q, "2004-10-01", before), told);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_function_passes_on_its_day),
		TEST(a_clash_is_counted_once_as_known_before_it_passed_on),
		TEST(an_arrangement_says_who_has_not_answered),
		TEST(lineage_goes_both_ways),
		TEST(money_by_period),
		TEST(priorities_in_effect_and_endorsed),
		TEST(requirements_and_what_meets_them),
		TEST(a_contributor_has_troops_police_and_pledges),
		TEST(a_partner_is_many_things),
		TEST(a_timeline_with_alerts_says_for_each_day_what_is_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
