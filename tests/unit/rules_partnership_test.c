/* Section 5 of the definitions: arrangements, succession, functions, and their alerts. Rows named
 * are those of arrangements.csv, operations.csv and mandates.csv. */
#include "rules_judged_world.h"

#include "model/codec.h"
#include "rules/alert.h"
#include "rules/arrangement.h"
#include "rules/parts.h"

#include <time.h>

#define CODE(name) MANDATE__ALERT_CODE__ALERT_CODE_##name
#define KIND(name) MANDATE__KIND__KIND_##name
#define STATE(name) MANDATE__ARRANGEMENT_STATE__ARRANGEMENT_STATE_##name
#define REASON(name) MANDATE__CLOSE_REASON__CLOSE_REASON_##name

static struct arrangement_life life_of(const char *name)
{
	struct view v = world_view(&world);
	const Mandate__Arrangement *a =
		world_find(&world, KIND(ARRANGEMENT), name)->record->arrangement;
	const Mandate__Acceptance *const *answers;
	size_t count;

	assert_int_equal(arrangement_read(&v, &arena, a, &answers, &count), STATUS_OK);
	return arrangement_fold(a, answers, count);
}

static void assert_state(const char *name, const char *day, Mandate__ArrangementState expected)
{
	struct arrangement_life life = life_of(name);

	assert_int_equal(arrangement_state(&life, world_day(day)), expected);
}

static void assert_effective(const char *name, const char *day)
{
	assert_string_equal(text_of(life_of(name).effective_from), day);
}

static void assert_waits_for(const char *name, const char *day, const char *expected)
{
	struct view v = world_view(&world);
	const Mandate__Arrangement *a =
		world_find(&world, KIND(ARRANGEMENT), name)->record->arrangement;
	const Mandate__Acceptance *const *answers;
	const char *const *parties;
	char text[256] = "";
	size_t count, waiting;

	assert_int_equal(arrangement_read(&v, &arena, a, &answers, &count), STATUS_OK);
	assert_int_equal(arrangement_waits_for(&arena, a, answers, count, world_day(day), &parties,
					       &waiting),
			 STATUS_OK);
	for (size_t i = 0; i < waiting; i++) {
		strcat(text, i > 0 ? " " : "");
		strcat(text, parties[i]);
	}
	assert_string_equal(text, expected);
}

static void takes_effect_on_the_later_of_its_day_and_all_acceptances(void **state)
{
	(void)state;
	world_read(&world, "arrangement EARLY parallel UN;EU - - eff=2008-12-09\n"
			   "accept EARLY EU 2008-03-01\n"
			   "accept EARLY UN 2008-12-01\n"
			   "arrangement LATE parallel UN;EU - - eff=2008-12-09\n"
			   "accept LATE UN 2008-12-20\n"
			   "accept LATE EU 2008-03-01\n"
			   "arrangement UNDATED parallel UN;EU - -\n"
			   "accept UNDATED UN 2008-05-01\n"
			   "accept UNDATED EU 2008-04-01\n"
			   "arrangement HALF parallel UN;EU - - eff=2008-12-09\n"
			   "accept HALF UN 2008-05-01\n");
	assert_effective("EARLY", "2008-12-09");
	assert_effective("LATE", "2008-12-20");
	assert_effective("UNDATED", "2008-05-01");
	assert_effective("HALF", "-");
}

static void passes_through_every_state(void **state)
{
	(void)state;
	world_read(&world, "arrangement X parallel UN;EU - - eff=2010-03-01 end=2010-12-31\n"
			   "accept X UN 2010-01-10\n"
			   "accept X EU 2010-02-10\n");
	assert_state("X", "2010-01-09", STATE(PROPOSED));
	assert_state("X", "2010-01-10", STATE(ACCEPTED_ONE_SIDE));
	assert_state("X", "2010-02-09", STATE(ACCEPTED_ONE_SIDE));
	assert_state("X", "2010-02-10", STATE(ACCEPTED_BOTH));
	assert_state("X", "2010-02-28", STATE(ACCEPTED_BOTH));
	assert_state("X", "2010-03-01", STATE(IN_EFFECT));
	assert_state("X", "2010-12-31", STATE(IN_EFFECT));
	assert_state("X", "2011-01-01", STATE(ENDED));
}

static void declined_from_the_day_on_which_any_party_says_so(void **state)
{
	(void)state;
	world_read(&world, "arrangement X parallel UN;EU - - eff=2010-03-01 end=2010-12-31\n"
			   "accept X UN 2010-01-10\n"
			   "decline X EU 2010-02-10\n");
	assert_state("X", "2010-02-09", STATE(ACCEPTED_ONE_SIDE));
	assert_state("X", "2010-02-10", STATE(DECLINED));
	assert_state("X", "2012-01-01", STATE(DECLINED)); /* also after its end */
	assert_effective("X", "-");
	world_line(&world, "accept X EU 2010-02-10"); /* its next edition */
	assert_state("X", "2010-02-10", STATE(ACCEPTED_BOTH));
}

/* "lapsed (only if the proposal names a last day for acceptance)" */
static void lapses_only_where_a_last_day_for_acceptance_is_named(void **state)
{
	(void)state;
	world_read(&world, "arrangement OPEN parallel UN;EU - - eff=2010-03-01\n"
			   "accept OPEN UN 2010-01-10\n"
			   "arrangement BOUND parallel UN;EU - - eff=2010-03-01 by=2010-01-31\n"
			   "accept BOUND UN 2010-01-10\n"
			   "arrangement INTIME parallel UN;EU - - eff=2010-03-01 by=2010-01-31\n"
			   "accept INTIME UN 2010-01-31\n"
			   "accept INTIME EU 2010-01-31\n");
	assert_state("OPEN", "2015-01-01", STATE(ACCEPTED_ONE_SIDE));
	assert_state("BOUND", "2010-01-31", STATE(ACCEPTED_ONE_SIDE));
	assert_state("BOUND", "2010-02-01", STATE(LAPSED));
	assert_state("INTIME", "2010-02-01", STATE(ACCEPTED_BOTH));
	/* An acceptance that comes too late does not count, should a correction have let it in. */
	world_line(&world, "accept BOUND EU 2010-02-01");
	assert_state("BOUND", "2010-02-01", STATE(LAPSED));
	assert_effective("BOUND", "-");
}

/* Row UNAMID-UNITAMS: UN+AU;UN. */
static void parties_joined_on_a_side_must_all_accept(void **state)
{
	(void)state;
	world_read(&world, "operation UNAMID un_pko\n"
			   "operation UNITAMS un_spm\n"
			   "arrangement UNAMID-UNITAMS succession UN+AU;UN UNAMID UNITAMS "
			   "eff=2021-01-01 end=2021-01-01\n");
	assert_waits_for("UNAMID-UNITAMS", "2020-12-01", "AU UN");
	world_line(&world, "accept UNAMID-UNITAMS AU 2020-11-01");
	assert_state("UNAMID-UNITAMS", "2020-12-01", STATE(PROPOSED)); /* half a side is none */
	assert_waits_for("UNAMID-UNITAMS", "2020-10-31", "AU UN");
	assert_waits_for("UNAMID-UNITAMS", "2020-11-01", "UN");
	world_line(&world, "accept UNAMID-UNITAMS UN 2020-12-03");
	assert_state("UNAMID-UNITAMS", "2020-12-03", STATE(ACCEPTED_BOTH));
	assert_waits_for("UNAMID-UNITAMS", "2020-12-03", "");
	assert_effective("UNAMID-UNITAMS", "2021-01-01");
	/* "For succession ... end_date is ignored" */
	assert_state("UNAMID-UNITAMS", "2025-01-01", STATE(IN_EFFECT));
}

/* Rows UNMIK-EULEX, without an end, and UNMIBH-EUPM, whose end is its start: "same meaning". */
static void a_handovers_end_is_no_end(void **state)
{
	static const char *const names[] = {"UNMIK-EULEX", "UNMIBH-EUPM"};

	(void)state;
	world_read(&world,
		   "arrangement UNMIK-EULEX handover_of_function UN;EU UNMIK EULEX eff=2008-12-09 "
		   "function=policing function=justice function=customs\n"
		   "accept UNMIK-EULEX UN 2008-12-09\naccept UNMIK-EULEX EU 2008-12-09\n"
		   "arrangement UNMIBH-EUPM handover_of_function UN;EU UNMIBH EUPM eff=2003-01-01 "
		   "end=2003-01-01 function=police~monitoring~and~reform\n"
		   "accept UNMIBH-EUPM UN 2003-01-01\naccept UNMIBH-EUPM EU 2003-01-01\n");
	for (size_t i = 0; i < 2; i++)
		assert_state(names[i], "2020-01-01", STATE(IN_EFFECT));
	assert_state("UNMIBH-EUPM", "2003-01-02", STATE(IN_EFFECT));
}

/* "One side only (ONUB-BINUB): one acceptance suffices." */
static void one_side_alone_needs_no_other(void **state)
{
	(void)state;
	world_read(&world, "arrangement ONUB-BINUB succession UN ONUB BINUB eff=2007-01-01 "
			   "end=2007-01-01\n"
			   "accept ONUB-BINUB UN 2007-01-01\n"
			   "accept ONUB-BINUB AU 2006-01-01\n"); /* no party to it */
	assert_effective("ONUB-BINUB", "2007-01-01");
	assert_state("ONUB-BINUB", "2006-12-31", STATE(PROPOSED));
	assert_state("ONUB-BINUB", "2007-01-02", STATE(IN_EFFECT));
}

/* --- hybrids and successions of an operation --- */

static void hybrid_names_its_parties_while_in_effect(void **state)
{
	struct span span = SPAN_ALL;
	struct dossier *d;

	(void)state;
	world_read(&world, "operation UNAMID un_pko\n"
			   "arrangement UNAMID-hybrid hybrid UN;AU UNAMID - eff=2007-12-31 "
			   "end=2020-12-31\n"
			   "accept UNAMID-hybrid UN 2007-12-31\n"
			   "accept UNAMID-hybrid AU 2007-12-31\n");
	d = dossier_of("UNAMID");
	assert_false(partnership_is_hybrid(d, world_day("2007-12-30"), &span));
	assert_string_equal(text_of(span.to), "2007-12-30");
	span = SPAN_ALL;
	assert_true(partnership_is_hybrid(d, world_day("2007-12-31"), &span));
	assert_string_equal(text_of(span.from), "2007-12-31");
	assert_string_equal(text_of(span.to), "2020-12-31");
	assert_true(partnership_is_hybrid(d, world_day("2020-12-31"), &span));
	assert_false(partnership_is_hybrid(d, world_day("2021-01-01"), &span));
	assert_true(partnership_hybrid_names(d, "AU", world_day("2010-01-01")));
	/* The Council mandates for the United Nations. */
	assert_true(partnership_hybrid_names(d, "UNSC", world_day("2010-01-01")));
	assert_false(partnership_hybrid_names(d, "EU", world_day("2010-01-01")));
	assert_false(partnership_hybrid_names(d, "AU", world_day("2021-01-01")));
	assert_string_equal(partnership_hybrid(d, world_day("2010-01-01"))->fact.key,
			    "UNAMID-hybrid");
	assert_null(partnership_hybrid(d, world_day("2021-01-01")));
	dossier_free(d);
}

static void succeeded_from_the_first_succession_on(void **state)
{
	struct span span = SPAN_ALL;
	struct dossier *d;

	(void)state;
	world_read(&world, "operation UNMIS un_pko\n"
			   "arrangement UNMIS-UNMISS succession UN UNMIS UNMISS eff=2011-07-09\n"
			   "accept UNMIS-UNMISS UN 2011-07-09\n"
			   "arrangement UNMIS-UNISFA split UN UNMIS UNISFA eff=2011-06-27\n"
			   "accept UNMIS-UNISFA UN 2011-06-27\n");
	d = dossier_of("UNMIS");
	assert_false(partnership_succeeded(d, world_day("2011-06-26"), &span));
	assert_string_equal(text_of(span.to), "2011-06-26");
	assert_true(partnership_succeeded(d, world_day("2011-06-27"), &span));
	dossier_free(d);
	d = dossier_of("UNMISS"); /* follows, is not followed */
	assert_false(partnership_succeeded(d, world_day("2012-01-01"), &span));
	dossier_free(d);
}

/* --- alerts --- */

static const Mandate__Alert *find(const struct dossier *d, Mandate__AlertCode code, const char *key,
				  const char *day)
{
	Mandate__Alert **alerts;
	size_t count;

	assert_int_equal(alert_evaluate(d, &parameters, world_day(day), &arena, &alerts, &count),
			 STATUS_OK);
	for (size_t i = 0; i < count; i++)
		if (alerts[i]->code == code && strcmp(alerts[i]->key, key) == 0)
			return alerts[i];
	return NULL;
}

static void assert_open(const struct dossier *d, Mandate__AlertCode code, const char *key,
			const char *day, const char *since)
{
	const Mandate__Alert *alert = find(d, code, key, day);

	if (!alert)
		fail_msg("not open on %s", day);
	assert_string_equal(text_of(alert->since), since);
}

static void assert_closed(const struct dossier *d, Mandate__AlertCode code, const char *key,
			  const char *day)
{
	if (find(d, code, key, day))
		fail_msg("open on %s", day);
}

static void assert_reason(const struct dossier *d, const Mandate__Alert *was, const char *day,
			  Mandate__CloseReason expected)
{
	assert_int_equal(alert_close_reason(d, &parameters, world_day(day), was), expected);
}

static const char kosovo[] =
	"operation UNMIK un_pko start=1999-06-10 host=XKX\n"
	"operation EULEX partner start=2008-12-09 host=XKX series=none\n"
	"instrument UNMIK UNSC S/RES/1244 1999-06-10 establish\n"
	"arrangement UNMIK-EULEX handover_of_function UN;EU UNMIK EULEX eff=2008-12-09 "
	"function=policing function=justice function=customs\n";

/* "Nine months accepted by one side only": the EU's Joint Action 2008/124/CFSP came in February
 * 2008, the United Nations agreed late in November. */
static void nine_months_accepted_by_one_side_only(void **state)
{
	const Mandate__Alert *was;
	struct dossier *d;

	(void)state;
	world_read(&world, kosovo);
	world_line(&world, "accept UNMIK-EULEX EU 2008-03-01");
	d = dossier_of("UNMIK");
	assert_closed(d, CODE(HANDOVER_ONE_SIDE), "UNMIK-EULEX", "2008-03-30");
	/* first acceptance + 30 comes before effective - 14 */
	assert_open(d, CODE(HANDOVER_ONE_SIDE), "UNMIK-EULEX", "2008-03-31", "2008-03-31");
	assert_open(d, CODE(HANDOVER_ONE_SIDE), "UNMIK-EULEX", "2009-05-01", "2008-03-31");
	was = find(d, CODE(HANDOVER_ONE_SIDE), "UNMIK-EULEX", "2008-12-01");
	assert_int_equal(was->severity, MANDATE__SEVERITY__SEVERITY_ALARM);
	assert_int_equal(was->n_parties, 1);
	assert_string_equal(was->parties[0], "UN");
	assert_string_equal(was->operation, "UNMIK");
	assert_string_equal(was->other_operation, "EULEX");
	assert_string_equal(text_of(was->day), "2008-12-09");
	assert_string_equal(text_of(was->other_day), "2008-03-01");
	assert_int_equal(was->n_causes, 2);
	assert_string_equal(was->causes[0], "arrangement UNMIK-EULEX");
	assert_string_equal(was->causes[1], "acceptance UNMIK-EULEX:EU");
	dossier_free(d);

	d = dossier_of("EULEX"); /* judged in the giver's home only */
	assert_closed(d, CODE(HANDOVER_ONE_SIDE), "UNMIK-EULEX", "2008-12-01");
	dossier_free(d);

	world_line(&world, "accept UNMIK-EULEX UN 2008-11-26");
	d = dossier_of("UNMIK");
	assert_open(d, CODE(HANDOVER_ONE_SIDE), "UNMIK-EULEX", "2008-11-25", "2008-03-31");
	assert_closed(d, CODE(HANDOVER_ONE_SIDE), "UNMIK-EULEX", "2008-11-26");
	assert_reason(d, was, "2008-11-26", REASON(RESOLVED));
	dossier_free(d);
}

static void one_side_is_too_little_a_fortnight_before_it_takes_effect(void **state)
{
	const Mandate__Alert *was;
	struct dossier *d;

	(void)state;
	world_read(&world, "operation MINURCAT un_pko\n"
			   "arrangement X succession EU;UN EUFOR MINURCAT eff=2009-03-15\n"
			   "accept X EU 2009-02-20\n"
			   "arrangement LATE succession EU;UN EUFOR MINURCAT eff=2009-03-15\n"
			   "accept LATE EU 2009-04-01\n"
			   "arrangement D succession EU;UN EUFOR MINURCAT eff=2009-03-15\n"
			   "accept D EU 2009-02-20\n"
			   "decline D UN 2009-03-10\n"
			   "arrangement B parallel EU;UN EUFOR - eff=2009-03-15 by=2009-03-09\n"
			   "accept B EU 2009-02-20\n");
	d = dossier_of("EUFOR");
	assert_closed(d, CODE(HANDOVER_ONE_SIDE), "X", "2009-02-28");
	assert_open(d, CODE(HANDOVER_ONE_SIDE), "X", "2009-03-01", "2009-03-01");
	/* Nobody has accepted: there is no other side to wait for. */
	assert_closed(d, CODE(HANDOVER_ONE_SIDE), "LATE", "2009-03-31");
	assert_open(d, CODE(HANDOVER_ONE_SIDE), "LATE", "2009-04-01", "2009-04-01");
	was = find(d, CODE(HANDOVER_ONE_SIDE), "D", "2009-03-09");
	assert_closed(d, CODE(HANDOVER_ONE_SIDE), "D", "2009-03-10");
	assert_reason(d, was, "2009-03-10", REASON(OVER));
	was = find(d, CODE(HANDOVER_ONE_SIDE), "B", "2009-03-09");
	assert_closed(d, CODE(HANDOVER_ONE_SIDE), "B", "2009-03-10");
	assert_reason(d, was, "2009-03-10", REASON(OVER));
	dossier_free(d);
}

static void arrangement_of_no_operation_is_judged_with_its_first_party(void **state)
{
	struct dossier *d;

	(void)state;
	world_read(&world, "arrangement JOINT support_package AU+EU;UN - - eff=2009-03-15\n"
			   "accept JOINT UN 2009-03-01\n");
	d = dossier_of(":AU");
	assert_open(d, CODE(HANDOVER_ONE_SIDE), "JOINT", "2009-03-01", "2009-03-01");
	assert_null(find(d, CODE(HANDOVER_ONE_SIDE), "JOINT", "2009-03-01")->operation);
	dossier_free(d);
}

/* "E > predecessor's last day + 1" */
static void gap_from_the_predecessors_last_day_to_e(void **state)
{
	const Mandate__Alert *was;
	struct dossier *d;

	(void)state;
	world_read(&world, "operation OLD un_pko\n"
			   "instrument OLD UNSC S/RES/1 2010-01-01 establish until=2010-06-30\n"
			   "arrangement FITS succession UN;AU OLD NEW eff=2010-07-01\n"
			   "accept FITS UN 2010-07-01\n"
			   "accept FITS AU 2010-07-01\n"
			   "arrangement LATE succession UN;AU OLD NEW eff=2010-07-11\n"
			   "accept LATE UN 2010-07-11\n"
			   "accept LATE AU 2010-07-11\n"
			   "arrangement SPLIT split UN;AU OLD NEW eff=2010-07-11\n"
			   "accept SPLIT UN 2010-07-11\n"
			   "accept SPLIT AU 2010-07-11\n");
	d = dossier_of("OLD");
	assert_closed(d, CODE(SUCC_GAP), "FITS", "2010-06-30");
	assert_closed(d, CODE(SUCC_GAP), "FITS", "2010-07-01");
	assert_closed(d, CODE(SUCC_GAP), "LATE", "2010-06-30");
	assert_open(d, CODE(SUCC_GAP), "LATE", "2010-07-01", "2010-07-01");
	assert_open(d, CODE(SUCC_GAP), "LATE", "2010-07-10", "2010-07-01");
	was = find(d, CODE(SUCC_GAP), "LATE", "2010-07-10");
	assert_int_equal(was->severity, MANDATE__SEVERITY__SEVERITY_WARN);
	assert_string_equal(text_of(was->valid_until), "2010-06-30");
	assert_string_equal(text_of(was->day), "2010-07-11");
	assert_closed(d, CODE(SUCC_GAP), "LATE", "2010-07-11");
	assert_reason(d, was, "2010-07-11", REASON(OVER));
	assert_closed(d, CODE(SUCC_GAP), "SPLIT", "2010-07-05"); /* the rest may go on */
	dossier_free(d);

	world_line(&world, "instrument OLD UNSC S/RES/2 2010-06-30 extend until=2010-07-10");
	d = dossier_of("OLD");
	assert_closed(d, CODE(SUCC_GAP), "LATE", "2010-07-05");
	assert_reason(d, was, "2010-07-05", REASON(RESOLVED));
	dossier_free(d);
}

static void gap_is_foreseen_once_all_have_accepted(void **state)
{
	struct dossier *d;

	(void)state;
	world_read(&world, "operation OLD un_pko\n"
			   "instrument OLD UNSC S/RES/1 2010-01-01 establish until=2010-06-30\n"
			   "arrangement LATE succession UN;AU OLD NEW eff=2010-08-01\n"
			   "accept LATE UN 2010-03-01\n"
			   "accept LATE AU 2010-04-01\n");
	d = dossier_of("OLD");
	assert_closed(d, CODE(SUCC_GAP), "LATE", "2010-03-31");
	assert_open(d, CODE(SUCC_GAP), "LATE", "2010-04-01", "2010-04-01");
	dossier_free(d);
	world_line(&world, "instrument OLD UNSC S/RES/2 2010-05-20 extend eff=2010-07-01 "
			   "until=2010-07-31");
	d = dossier_of("OLD");
	assert_open(d, CODE(SUCC_GAP), "LATE", "2010-05-19", "2010-04-01");
	assert_closed(d, CODE(SUCC_GAP), "LATE", "2010-05-20"); /* secured by then */
	assert_closed(d, CODE(SUCC_GAP), "LATE", "2010-07-15");
	dossier_free(d);
}

/* Without instruments the operation's recorded end is its last day; without both nothing is known.
 */
static void gap_after_a_recorded_end(void **state)
{
	struct dossier *d;

	(void)state;
	world_read(&world, "operation AMIB partner end=2004-05-20 series=none\n"
			   "arrangement AMIB-ONUB succession AU;UN AMIB ONUB eff=2004-06-01\n"
			   "accept AMIB-ONUB AU 2004-06-01\n"
			   "accept AMIB-ONUB UN 2004-06-01\n"
			   "operation ECOMIL partner\n"
			   "arrangement ECOMIL-UNMIL succession ECOWAS;UN ECOMIL UNMIL "
			   "eff=2003-10-01\n"
			   "accept ECOMIL-UNMIL ECOWAS 2003-10-01\n"
			   "accept ECOMIL-UNMIL UN 2003-10-01\n");
	d = dossier_of("ECOMIL");
	assert_closed(d, CODE(SUCC_GAP), "ECOMIL-UNMIL", "2003-09-30");
	dossier_free(d);
	/* No series at all is `unknown` while it goes on, and its end is its end. */
	world_line(&world, "operation AMIB partner end=2004-05-20");
	d = dossier_of("AMIB");
	assert_closed(d, CODE(SUCC_GAP), "AMIB-ONUB", "2004-05-20");
	assert_open(d, CODE(SUCC_GAP), "AMIB-ONUB", "2004-05-21", "2004-05-21");
	dossier_free(d);
}

/* "Judged on E, not on mandate starts": row UNAMID-UNITAMS is silent. */
static void overlap_is_judged_on_e(void **state)
{
	const Mandate__Alert *was;
	struct dossier *d;

	(void)state;
	world_read(&world,
		   "operation UNAMID un_pko\n"
		   "instrument UNAMID UNSC S/RES/2525 2020-06-03 extend until=2020-12-31\n"
		   "operation UNITAMS un_spm\n"
		   "instrument UNITAMS UNSC S/RES/2524 2020-06-03 establish until=2021-06-03\n"
		   "arrangement UNAMID-UNITAMS succession UN+AU;UN UNAMID UNITAMS eff=2021-01-01\n"
		   "accept UNAMID-UNITAMS UN 2021-01-01\n"
		   "accept UNAMID-UNITAMS AU 2021-01-01\n"
		   "operation OLD un_pko\n"
		   "instrument OLD UNSC S/RES/1 2010-01-01 establish until=2010-06-30\n"
		   "arrangement LONG succession UN OLD NEW eff=2010-03-01\n"
		   "accept LONG UN 2010-03-01\n");
	d = dossier_of("UNAMID");
	for (int32_t day = world_day("2020-06-01"); day < world_day("2021-06-30"); day++) {
		assert_closed(d, CODE(SUCC_OVERLAP), "UNAMID-UNITAMS", text_of(day));
		assert_closed(d, CODE(SUCC_GAP), "UNAMID-UNITAMS", text_of(day));
	}
	dossier_free(d);
	d = dossier_of("OLD");
	assert_closed(d, CODE(SUCC_OVERLAP), "LONG", "2010-03-31"); /* E + 30 */
	assert_open(d, CODE(SUCC_OVERLAP), "LONG", "2010-04-01", "2010-04-01");
	assert_open(d, CODE(SUCC_OVERLAP), "LONG", "2010-06-30", "2010-04-01");
	was = find(d, CODE(SUCC_OVERLAP), "LONG", "2010-06-30");
	assert_int_equal(was->severity, MANDATE__SEVERITY__SEVERITY_INFO);
	assert_string_equal(text_of(was->valid_until), "2010-06-30");
	assert_closed(d, CODE(SUCC_OVERLAP), "LONG", "2010-07-01");
	assert_reason(d, was, "2010-07-01", REASON(RESOLVED));
	dossier_free(d);
}

static void nothing_of_this_under_rules_1(void **state)
{
	struct dossier *d;

	(void)state;
	world_read(&world, kosovo);
	world_line(&world, "accept UNMIK-EULEX EU 2008-03-01");
	d = dossier_of("UNMIK");
	parameters.rules = 1;
	assert_closed(d, CODE(HANDOVER_ONE_SIDE), "UNMIK-EULEX", "2008-12-01");
	dossier_free(d);
}

/* --- order, and days of change --- */

static uint32_t random_state;

static uint32_t chance(uint32_t of)
{
	random_state = random_state * 1664525 + 1013904223;
	return (random_state >> 8) % of;
}

static const char *random_day(void)
{
	return text_of(world_day("2010-01-01") + (int32_t)chance(400));
}

static const char *pick(const char *const *of, uint32_t count)
{
	return of[chance(count)];
}

/* The next line of a world about operation A, now and then a retraction. */
static struct world_fact *random_fact(void)
{
	static const char *const kinds[] = {"hybrid", "succession", "split", "merge", "parallel"};
	static const char *const sides[] = {"UN;AU", "UN", "UN+AU;UN", "AU;UN"};
	static const char *const operations[] = {"A B", "A B", "A B", "B A", "B C"};
	static const char *const actions[] = {"establish", "extend", "extend", "terminate"};
	static const char *const parties[] = {"UN", "UN", "AU"};
	char line[256];

	switch (chance(5)) {
	case 0:
		snprintf(line, sizeof line, "instrument A %s S/RES/%u %s %s until=%s",
			 chance(3) ? "UNSC" : "AU", chance(4), random_day(), pick(actions, 4),
			 random_day());
		break;
	case 1:
		snprintf(line, sizeof line, "arrangement N%u %s %s %s eff=%s", chance(4),
			 pick(kinds, 5), pick(sides, 4), pick(operations, 5), random_day());
		if (chance(4) == 0)
			snprintf(line + strlen(line), sizeof line - strlen(line), " by=%s",
				 random_day());
		if (chance(4) == 0)
			snprintf(line + strlen(line), sizeof line - strlen(line), " end=%s",
				 random_day());
		break;
	default:
		snprintf(line, sizeof line, "%s N%u %s %s", chance(8) ? "accept" : "decline",
			 chance(4), pick(parties, 3), random_day());
	}
	return chance(8) ? world_line(&world, line) : world_retract(&world, line);
}

static void put(struct dossier *d, const struct world_fact *fact)
{
	assert_int_equal(dossier_put(d, fact->kind, fact->key, fact->edition,
				     fact->retracted ? NULL : fact->record),
			 STATUS_OK);
}

static void put_acceptances(struct dossier *d, const char *arrangement)
{
	size_t len = strlen(arrangement);

	for (size_t i = 0; i < world.count; i++) {
		const struct world_fact *fact = &world.at[i];

		if (fact->kind == KIND(ACCEPTANCE) &&
		    fact == world_find(&world, fact->kind, fact->key) &&
		    strncmp(fact->key, arrangement, len) == 0 && fact->key[len] == ':')
			put(d, fact);
	}
}

/* As the service does it: an arrangement comes with its parties' acceptances. */
static void follow(struct dossier *d, const struct world_fact *fact)
{
	put(d, fact);
	if (fact->kind == KIND(ARRANGEMENT))
		put_acceptances(d, fact->key);
}

/* All that the world holds, in a random order. */
static struct dossier *shuffled(void)
{
	size_t order[WORLD_FACTS_MAX], all = world.count;
	struct dossier *d;

	world.count = 0;
	d = dossier_of("A");
	world.count = all;
	for (size_t i = 0; i < all; i++)
		order[i] = i;
	for (size_t i = all; i > 1; i--) {
		size_t k = chance((uint32_t)i), swap = order[i - 1];

		order[i - 1] = order[k];
		order[k] = swap;
	}
	for (size_t i = 0; i < all; i++) {
		const struct world_fact *fact = &world.at[order[i]];

		if (fact == world_find(&world, fact->kind, fact->key))
			follow(d, fact);
	}
	return d;
}

static void assert_same_alerts(const struct dossier *x, const struct dossier *y, int32_t day)
{
	Mandate__Alert **a, **b;
	size_t count, other;

	assert_int_equal(alert_evaluate(x, &parameters, day, &arena, &a, &count), STATUS_OK);
	assert_int_equal(alert_evaluate(y, &parameters, day, &arena, &b, &other), STATUS_OK);
	assert_int_equal(count, other);
	for (size_t i = 0; i < count; i++)
		assert_true(codec_equal(&arena, &a[i]->base, &b[i]->base));
}

static void assert_same(const struct dossier *x, const struct dossier *y, int32_t day)
{
	struct span a = SPAN_ALL, b = SPAN_ALL;

	assert_same_alerts(x, y, day);
	assert_int_equal(partnership_is_hybrid(x, day, &a), partnership_is_hybrid(y, day, &b));
	assert_int_equal(partnership_succeeded(x, day, &a), partnership_succeeded(y, day, &b));
	assert_int_equal(a.from, b.from);
	assert_int_equal(a.to, b.to);
	assert_int_equal(partnership_hybrid_names(x, "AU", day),
			 partnership_hybrid_names(y, "AU", day));
}

/* Alerts on every day are those of the last announced day of change, `since` aside. */
static void assert_announced(const struct dossier *d)
{
	int32_t next = DAY_NEVER;
	size_t expected = 0;

	for (int32_t day = world_day("2009-12-01"); day < world_day("2011-06-01"); day++) {
		Mandate__Alert **alerts;
		int32_t announced;
		size_t count;

		assert_int_equal(alert_evaluate_until(d, &parameters, day, &arena, &alerts, &count,
						      &announced),
				 STATUS_OK);
		assert_true(announced > day);
		if (day < next)
			assert_int_equal(count, expected);
		expected = count;
		next = announced;
	}
}

static void same_in_any_order_and_from_the_view(void **state)
{
	uint32_t seed = (uint32_t)time(NULL);

	(void)state;
	print_message("seed %u\n", seed);
	random_state = seed;
	for (int round = 0; round < 60; round++) {
		struct dossier *kept;

		world_fini(&world);
		world_init(&world);
		world_read(&world, "operation A un_pko\noperation B un_pko\n");
		kept = dossier_of("A");
		for (int n = 0; n < 40; n++) {
			struct dossier *built, *other;

			arena_reset(&arena);
			follow(kept, random_fact());
			if (n % 8 != 7)
				continue;
			built = dossier_of("A");
			other = shuffled();
			for (int32_t day = world_day("2009-12-01"); day < world_day("2011-06-01");
			     day += 1 + (int32_t)chance(20)) {
				assert_same(kept, built, day);
				assert_same(other, built, day);
			}
			assert_announced(built);
			dossier_free(built);
			dossier_free(other);
		}
		dossier_free(kept);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(takes_effect_on_the_later_of_its_day_and_all_acceptances),
		TEST(passes_through_every_state),
		TEST(declined_from_the_day_on_which_any_party_says_so),
		TEST(lapses_only_where_a_last_day_for_acceptance_is_named),
		TEST(parties_joined_on_a_side_must_all_accept),
		TEST(a_handovers_end_is_no_end),
		TEST(one_side_alone_needs_no_other),
		TEST(hybrid_names_its_parties_while_in_effect),
		TEST(succeeded_from_the_first_succession_on),
		TEST(nine_months_accepted_by_one_side_only),
		TEST(one_side_is_too_little_a_fortnight_before_it_takes_effect),
		TEST(arrangement_of_no_operation_is_judged_with_its_first_party),
		TEST(gap_from_the_predecessors_last_day_to_e),
		TEST(gap_is_foreseen_once_all_have_accepted),
		TEST(gap_after_a_recorded_end),
		TEST(overlap_is_judged_on_e),
		TEST(nothing_of_this_under_rules_1),
		TEST(same_in_any_order_and_from_the_view),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
