/* Who holds a function: section 5 of the definitions. Rows named are those of arrangements.csv and
 * operations.csv. */
#include "rules_judged_world.h"

#include "model/codec.h"
#include "rules/alert.h"
#include "rules/function.h"
#include "rules/function_home.h"
#include "rules/mandate.h"

#include <time.h>

#define CODE(name) MANDATE__ALERT_CODE__ALERT_CODE_##name
#define KIND(name) MANDATE__KIND__KIND_##name

/* "EULEX 2008-12-09 -" for each holder, '!' before one whose operation has ended; "none" where
 * nobody has declared it. */
static void assert_holders(const struct dossier *d, const char *day, const char *expected)
{
	struct span span = SPAN_ALL;
	struct function_day on;
	char text[512] = "";
	size_t count = 0;
	bool declared;

	assert_int_equal(function_on(d, world_day(day), &arena, &on, &span), STATUS_OK);
	for (size_t i = 0; i < on.holder_count; i++) {
		const struct function_holder *h = &on.holders[i];

		snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s%s %s %s",
			 i > 0 ? ", " : "", h->ended ? "!" : "",
			 h->operation ? h->operation : h->parties[0], text_of(h->from),
			 text_of(h->until));
		count += !h->ended;
	}
	if (!on.declared)
		strcat(text, "none");
	assert_string_equal(text, expected);
	assert_int_equal(on.count, count);
	assert_int_equal(function_count(d, world_day(day), &span, &declared), count);
	assert_int_equal(declared, on.declared);
}

static void assert_held(const char *home, const char *day, const char *expected)
{
	struct dossier *d = dossier_of(home);

	assert_holders(d, day, expected);
	dossier_free(d);
}

static const char kosovo[] =
	"operation UNMIK un_pko start=1999-06-10 host=XKX\n"
	"operation EULEX partner start=2008-12-09 host=XKX series=none\n"
	"instrument UNMIK UNSC S/RES/1244 1999-06-10 establish\n"
	"arrangement UNMIK-EULEX handover_of_function UN;EU UNMIK EULEX eff=2008-12-09 "
	"function=policing function=justice function=customs\n";

/* "policing/XKX: UNMIK on 2008-12-08, EULEX on 2008-12-09; UNMIK's mandate is untouched. Splitting
 * a function makes three functions." The row UNMIK-EULEX alone says so: nobody else claims it. */
static void receiver_holds_it_on_e_and_the_giver_the_day_before(void **state)
{
	static const char *const homes[] = {"policing:XKX", "justice:XKX", "customs:XKX"};
	struct mandate_day m;
	struct dossier *d;

	(void)state;
	world_read(&world, kosovo);
	world_line(&world, "accept UNMIK-EULEX UN 2008-12-09");
	world_line(&world, "accept UNMIK-EULEX EU 2008-12-09");
	for (size_t i = 0; i < 3; i++) {
		assert_held(homes[i], "1999-06-09", "none");
		assert_held(homes[i], "1999-06-10", "UNMIK 1999-06-10 2008-12-08");
		assert_held(homes[i], "2008-12-08", "UNMIK 1999-06-10 2008-12-08");
		assert_held(homes[i], "2008-12-09", "EULEX 2008-12-09 -");
		assert_held(homes[i], "2020-01-01", "EULEX 2008-12-09 -");
	}
	assert_held("rail:XKX", "2008-12-09", "none");
	d = dossier_of("UNMIK");
	mandate_on(d, NULL, world_day("2008-12-10"), &m);
	assert_true(m.in_force);
	dossier_free(d);
}

static void nine_months_of_one_side_change_nothing(void **state)
{
	(void)state;
	world_read(&world, kosovo);
	world_line(&world, "accept UNMIK-EULEX EU 2008-03-01");
	assert_held("policing:XKX", "2008-12-09", "UNMIK 1999-06-10 -");
	assert_held("policing:XKX", "2009-06-01", "UNMIK 1999-06-10 -");
	world_line(&world, "accept UNMIK-EULEX UN 2009-07-01"); /* late: E moves with it */
	assert_held("policing:XKX", "2009-06-30", "UNMIK 1999-06-10 2009-06-30");
	assert_held("policing:XKX", "2009-07-01", "EULEX 2009-07-01 -");
	world_line(&world, "decline UNMIK-EULEX UN 2009-07-01");
	assert_held("policing:XKX", "2009-07-01", "none"); /* nobody gives it, nobody claims it */
}

static void claims_tell_who_begins_and_who_gives_up(void **state)
{
	(void)state;
	world_read(&world, "operation A un_pko start=2000-01-01 host=XKX\n"
			   "operation B un_pko start=2000-01-01 host=XKX\n"
			   "claim policing XKX A 2001-01-01 until=2003-12-31\n"
			   "claim policing XKX B 2003-01-01\n");
	assert_held("policing:XKX", "2000-12-31", "none");
	assert_held("policing:XKX", "2001-01-01", "A 2001-01-01 2003-12-31");
	/* "exactly one party": a second claimant contests it. */
	assert_held("policing:XKX", "2003-01-01", "A 2001-01-01 2003-12-31, B 2003-01-01 -");
	assert_held("policing:XKX", "2004-01-01", "B 2003-01-01 -");
	world_retract(&world, "claim policing XKX B 2003-01-01");
	assert_held("policing:XKX", "2004-01-01", ""); /* declared, and held by nobody */
}

static void what_is_handed_over_is_not_claimed_any_more(void **state)
{
	(void)state;
	world_read(&world, kosovo);
	world_read(&world, "accept UNMIK-EULEX UN 2008-12-09\n"
			   "accept UNMIK-EULEX EU 2008-12-09\n"
			   "claim policing XKX UNMIK 1999-06-20 party=UN\n"
			   "claim policing XKX EULEX 2008-12-09 until=2018-06-14\n");
	assert_held("policing:XKX", "1999-06-19", "none"); /* the claim says since when */
	assert_held("policing:XKX", "2008-12-08", "UNMIK 1999-06-20 2008-12-08");
	assert_held("policing:XKX", "2008-12-09", "EULEX 2008-12-09 2018-06-14");
	assert_held("policing:XKX", "2018-06-14", "EULEX 2008-12-09 2018-06-14");
	assert_held("policing:XKX", "2018-06-15", "");
	/* Who did not hand it over still claims it. */
	world_read(&world, "operation KFOR partner start=1999-06-12 host=XKX\n"
			   "claim policing XKX KFOR 2010-01-01 until=2010-12-31\n");
	assert_held("policing:XKX", "2010-01-01",
		    "EULEX 2008-12-09 2018-06-14, KFOR 2010-01-01 2010-12-31");
}

static void a_function_may_come_back(void **state)
{
	(void)state;
	world_read(&world, "operation A un_pko start=2000-01-01 host=XKX\n"
			   "operation B un_pko start=2000-01-01 host=XKX\n"
			   "arrangement OUT handover_of_function UN;EU A B eff=2005-01-01 "
			   "function=policing\n"
			   "accept OUT UN 2005-01-01\n"
			   "accept OUT EU 2005-01-01\n"
			   "arrangement BACK handover_of_function EU;UN B A eff=2010-01-01 "
			   "function=policing\n"
			   "accept BACK UN 2010-01-01\n"
			   "accept BACK EU 2010-01-01\n");
	assert_held("policing:XKX", "2004-12-31", "A 2000-01-01 2004-12-31");
	assert_held("policing:XKX", "2005-01-01", "B 2005-01-01 2009-12-31");
	assert_held("policing:XKX", "2010-01-01", "A 2010-01-01 -");
	/* To the host State, which is no operation. */
	world_read(&world, "arrangement HOME handover_of_function UN;XKX A - eff=2015-01-01 "
			   "function=policing\n"
			   "accept HOME UN 2015-01-01\n"
			   "accept HOME XKX 2015-01-01\n");
	assert_held("policing:XKX", "2015-01-01", "XKX 2015-01-01 -");
}

static void two_that_receive_it_on_one_day_both_hold_it(void **state)
{
	(void)state;
	world_read(&world, "operation A un_pko start=2000-01-01 host=XKX\n"
			   "arrangement X handover_of_function UN;EU A B eff=2005-01-01 "
			   "function=policing\n"
			   "accept X UN 2005-01-01\n"
			   "accept X EU 2005-01-01\n"
			   "arrangement Y handover_of_function UN;EU A C eff=2004-01-01 "
			   "function=policing\n"
			   "accept Y UN 2004-01-01\n"
			   "accept Y EU 2005-01-01\n");
	assert_held("policing:XKX", "2005-01-01", "B 2005-01-01 -, C 2005-01-01 -");
	world_line(&world, "accept Y EU 2004-06-01");
	assert_held("policing:XKX", "2005-01-01", "B 2005-01-01 -"); /* the last handover */
}

/* --- FUNCTION_ORPHAN --- */

static const Mandate__Alert *orphan(const struct dossier *d, const char *day)
{
	Mandate__Alert **alerts;
	size_t count;

	assert_int_equal(alert_evaluate(d, &parameters, world_day(day), &arena, &alerts, &count),
			 STATUS_OK);
	if (count == 0)
		return NULL;
	assert_int_equal(count, 1);
	assert_int_equal(alerts[0]->code, CODE(FUNCTION_ORPHAN));
	return alerts[0];
}

/* Rows UNMIBH-EUPM and EUPM, which ended on 2012-06-30: "holder's operation ended also counts as
 * 0". */
static void orphan_once_the_holders_operation_has_ended(void **state)
{
	const Mandate__Alert *alert;
	struct dossier *d;
	int32_t day;

	(void)state;
	world_read(&world, "operation UNMIBH un_pko start=1995-12-21 end=2002-12-31 host=BIH\n"
			   "operation EUPM partner start=2003-01-01 end=2012-06-30 host=BIH "
			   "series=none\n"
			   "arrangement UNMIBH-EUPM handover_of_function UN;EU UNMIBH EUPM "
			   "eff=2003-01-01 end=2003-01-01 function=police~monitoring~and~reform\n"
			   "accept UNMIBH-EUPM UN 2003-01-01\n"
			   "accept UNMIBH-EUPM EU 2003-01-01\n");
	assert_held("police monitoring and reform:BIH", "2002-12-31",
		    "UNMIBH 1995-12-21 2002-12-31");
	assert_held("police monitoring and reform:BIH", "2012-07-01", "!EUPM 2003-01-01 -");
	d = dossier_of("police monitoring and reform:BIH");
	assert_null(orphan(d, "2002-12-31"));
	assert_null(orphan(d, "2003-01-01"));
	assert_null(orphan(d, "2012-06-30"));
	alert = orphan(d, "2015-01-01");
	assert_non_null(alert);
	assert_string_equal(alert->key, "police monitoring and reform:BIH");
	assert_string_equal(alert->function, "police monitoring and reform");
	assert_string_equal(alert->area, "BIH");
	assert_null(alert->operation);
	assert_string_equal(text_of(alert->since), "2012-07-01");
	assert_int_equal(alert->severity, MANDATE__SEVERITY__SEVERITY_ALARM);
	assert_int_equal(alert->n_parties, 0);
	assert_string_equal(alert->causes[0], "arrangement UNMIBH-EUPM");
	/* The first announced day on which it is open is the first on which it is. */
	for (day = world_day("2010-01-01"); !orphan(d, text_of(day));)
		day = alert_next_change(d, &parameters, day);
	assert_string_equal(text_of(day), "2012-07-01");
	dossier_free(d);
}

/* Two are to give what neither ever claimed, from nobody knows when on. */
static void orphan_without_a_beginning(void **state)
{
	const Mandate__Alert *alert;
	struct dossier *d;

	(void)state;
	world_read(&world, "operation A un_pko host=XKX\n"
			   "operation B un_pko host=XKX\n"
			   "operation C un_pko host=XKX\n"
			   "arrangement A-C handover_of_function UN;EU A C function=policing\n"
			   "arrangement B-C handover_of_function AU;EU B C function=policing\n");
	d = dossier_of("policing:XKX");
	alert = orphan(d, "2000-01-01");
	assert_non_null(alert);
	assert_int_equal(alert->since, DAY_FIRST); /* a day that can be written */
	assert_true(alert->since_at_latest);
	dossier_free(d);
}

static void orphan_while_contested(void **state)
{
	const Mandate__Alert *alert;
	struct dossier *d;

	(void)state;
	world_read(&world, "operation A un_pko start=2000-01-01 host=XKX\n"
			   "operation B un_pko start=2000-01-01 host=XKX\n"
			   "instrument A UNSC S/RES/1 2000-01-01 establish until=2003-06-30\n"
			   "claim policing XKX A 2001-01-01\n"
			   "claim policing XKX B 2003-01-01\n");
	d = dossier_of("policing:XKX");
	assert_null(orphan(d, "2000-12-31"));
	assert_null(orphan(d, "2002-12-31"));
	alert = orphan(d, "2003-05-01");
	assert_string_equal(text_of(alert->since), "2003-01-01");
	assert_int_equal(alert->n_parties, 2);
	assert_string_equal(alert->parties[0], "A");
	assert_string_equal(alert->parties[1], "B");
	assert_null(orphan(d, "2003-07-01")); /* A's mandate has lapsed, B holds it */
	assert_int_equal(alert_close_reason(d, &parameters, world_day("2003-07-01"), alert),
			 MANDATE__CLOSE_REASON__CLOSE_REASON_RESOLVED);
	dossier_free(d);
	world_retract(&world, "claim policing XKX A 2001-01-01");
	world_retract(&world, "claim policing XKX B 2003-01-01");
	d = dossier_of("policing:XKX");
	assert_int_equal(alert_close_reason(d, &parameters, world_day("2003-05-01"), alert),
			 MANDATE__CLOSE_REASON__CLOSE_REASON_OVER);
	dossier_free(d);
}

/* --- homes --- */

static void assert_homes(const char *operation, const char *expected)
{
	struct view v = world_view(&world);
	struct dossier *d = dossier_of(operation);
	const char *const *homes;
	char text[512] = "";
	size_t count;

	assert_int_equal(function_home_list(d, &v, &arena, &homes, &count), STATUS_OK);
	for (size_t i = 0; i < count; i++)
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i > 0 ? " " : "",
			 homes[i]);
	assert_string_equal(text, expected);
	dossier_free(d);
}

static void area_is_the_givers_first_host_unless_named(void **state)
{
	(void)state;
	world_read(&world, kosovo);
	world_read(&world, "claim rail XKX EULEX 2009-01-01\n"
			   "claim policing XKX EULEX 2009-01-01\n"
			   "arrangement N handover_of_function UN;EU UNMIK EULEX eff=2010-01-01 "
			   "function=policing area=Mitrovica\n");
	assert_homes("UNMIK", "customs:XKX justice:XKX policing:Mitrovica policing:XKX");
	assert_homes("EULEX", "customs:XKX justice:XKX policing:Mitrovica policing:XKX rail:XKX");
	assert_homes("KFOR", "");
	/* Its host as now known. */
	world_line(&world, "operation UNMIK un_pko start=1999-06-10 host=SRB host=XKX");
	assert_homes("UNMIK", "customs:SRB justice:SRB policing:Mitrovica policing:SRB");
	assert_held("policing:SRB", "2008-01-01", "UNMIK 1999-06-10 -");
}

static enum status put(struct dossier *d, const struct world_fact *fact)
{
	return dossier_put(d, fact->kind, fact->key, fact->edition,
			   fact->retracted ? NULL : fact->record);
}

static void home_follows_mandates_and_is_built_again_for_the_rest(void **state)
{
	struct dossier *d;

	(void)state;
	world_read(&world, "operation A un_pko start=2000-01-01 host=XKX\n"
			   "claim policing XKX A 2000-01-01\n"
			   "instrument A UNSC S/RES/1 2000-01-01 establish until=2003-06-30\n");
	d = dossier_of("policing:XKX");
	assert_non_null(orphan(d, "2003-07-01"));
	assert_int_equal(put(d, world_line(&world, "instrument A UNSC S/RES/2 2003-06-01 extend "
						   "until=2004-06-30")),
			 STATUS_OK);
	assert_null(orphan(d, "2003-07-01"));
	assert_non_null(orphan(d, "2004-07-01"));
	assert_int_equal(put(d, world_line(&world, "operation A un_pko end=2003-12-31 host=XKX")),
			 STATUS_OK);
	assert_non_null(orphan(d, "2004-01-01"));
	assert_int_equal(
		put(d, world_retract(&world, "instrument A UNSC S/RES/2 2003-06-01 extend")),
		STATUS_OK);
	assert_non_null(orphan(d, "2003-07-01"));
	assert_int_equal(put(d, world_line(&world, "operation AB un_pko")), STATUS_OK);
	assert_int_equal(put(d, world_line(&world, "claim policing XKX B 2000-01-01")),
			 STATUS_AGAIN);
	dossier_free(d);
	/* Any handover of the function, and whatever says which area it is in. */
	d = dossier_of("policing:XKX");
	assert_int_equal(put(d, world_line(&world, "arrangement P parallel UN;EU A B")), STATUS_OK);
	assert_int_equal(put(d, world_line(&world, "arrangement H handover_of_function UN;EU A B "
						   "eff=2003-01-01 function=policing")),
			 STATUS_AGAIN);
	dossier_free(d);
	d = dossier_of("policing:XKX");
	assert_int_equal(put(d, world_line(&world, "accept H UN 2003-01-01")), STATUS_OK);
	assert_int_equal(put(d, world_line(&world, "accept H EU 2003-01-01")), STATUS_OK);
	assert_int_equal(put(d, world_line(&world, "operation A un_pko host=SRB")), STATUS_AGAIN);
	dossier_free(d);
}

/* What names the operations that are known already is followed in place: a claim moves, a handover
 * moves, and neither makes the mandates be read again. */
/* Of an instrument a function's home reads when it acts and until when, of an operation its days.
 */
static void what_changes_no_mandate_does_not_change_the_home(void **state)
{
	static const struct {
		const char *line;
		bool changes;
	} puts[] = {
		{"instrument A UNSC S/RES/1 2000-01-01 establish until=2003-06-30", false},
		{"instrument A UNSC S/RES/1 2000-01-01 establish until=2003-06-30 military=100",
		 false},
		{"instrument A UNSC S/RES/1 2000-01-01 establish until=2003-07-31", true},
		{"instrument A UNSC S/RES/1 2000-01-02 establish until=2003-07-31", true},
		{"instrument A UNSC S/RES/2 2003-06-01 extend until=2004-06-30", true},
		{"operation A un_pko start=2000-01-01 host=XKX host=ALB", false},
		{"operation A un_pko start=2000-01-01 end=2003-12-31 host=XKX", true},
		{"instrument B UNSC S/RES/3 2003-06-01 establish until=2004-06-30", false},
	};
	struct dossier *d;

	(void)state;
	world_read(&world, "operation A un_pko start=2000-01-01 host=XKX\n"
			   "operation B un_pko start=2000-01-01 host=XKX\n"
			   "claim policing XKX A 2000-01-01\n"
			   "instrument A UNSC S/RES/1 2000-01-01 establish until=2003-06-30\n");
	d = dossier_of("policing:XKX");
	for (size_t n = 0; n < sizeof puts / sizeof *puts; n++) {
		assert_int_equal(put(d, world_line(&world, puts[n].line)), STATUS_OK);
		assert_int_equal(dossier_changed(d), puts[n].changes);
	}
	dossier_free(d);
}

static void claims_and_handovers_of_known_operations_are_followed(void **state)
{
	struct dossier *d;

	(void)state;
	world_read(&world, "claim policing XKX A 2000-01-01\n"
			   "arrangement H handover_of_function UN;EU A B eff=2003-01-01 "
			   "function=policing area=XKX\n"
			   "accept H UN 2002-12-01\n"
			   "accept H EU 2002-12-01\n");
	d = dossier_of("policing:XKX");
	assert_holders(d, "2003-01-01", "B 2003-01-01 -");
	assert_int_equal(put(d, world_line(&world, "arrangement H handover_of_function UN;EU A B "
						   "eff=2004-01-01 function=policing area=XKX")),
			 STATUS_OK);
	assert_holders(d, "2003-12-31", "A 2000-01-01 2003-12-31");
	assert_holders(d, "2004-01-01", "B 2004-01-01 -");
	assert_int_equal(put(d, world_line(&world, "claim policing XKX A 2002-01-01")), STATUS_OK);
	assert_holders(d, "2003-12-31", "A 2002-01-01 2003-12-31");
	/* To another operation, or in an area that only a view can tell: built again. */
	assert_int_equal(put(d, world_line(&world, "arrangement H handover_of_function UN;EU A C "
						   "eff=2004-01-01 function=policing area=XKX")),
			 STATUS_AGAIN);
	assert_int_equal(put(d, world_line(&world, "arrangement H handover_of_function UN;EU A B "
						   "eff=2004-01-01 function=policing")),
			 STATUS_AGAIN);
	dossier_free(d);
}

/* --- the order of arrival, and days of change --- */

static uint32_t random_state;

static uint32_t chance(uint32_t of)
{
	random_state = random_state * 1664525 + 1013904223;
	return (random_state >> 8) % of;
}

static const char *random_day(void)
{
	return text_of(world_day("2010-01-01") + (int32_t)chance(300));
}

static struct world_fact *random_fact(void)
{
	static const char *const operations[] = {"A", "B", "C"};
	const char *one = operations[chance(3)], *other = operations[chance(3)];
	char line[256];

	switch (chance(7)) {
	case 0:
		snprintf(line, sizeof line, "instrument %s UNSC S/RES/%u %s extend until=%s", one,
			 chance(2), random_day(), random_day());
		break;
	case 1:
		snprintf(line, sizeof line, "operation %s un_pko host=%s start=%s", one,
			 chance(4) ? "XKX" : "SRB", random_day());
		break;
	case 2:
		snprintf(line, sizeof line, "claim policing XKX %s %s%s%s", one, random_day(),
			 chance(2) ? " until=" : "", "");
		if (line[strlen(line) - 1] == '=')
			strcat(line, random_day());
		break;
	case 3:
	case 4:
		snprintf(line, sizeof line,
			 "arrangement N%u handover_of_function UN;EU %s %s eff=%s function=%s",
			 chance(4), one, strcmp(one, other) != 0 ? other : "-", random_day(),
			 chance(5) ? "policing" : "rail");
		break;
	default:
		snprintf(line, sizeof line, "%s N%u %s %s", chance(8) ? "accept" : "decline",
			 chance(4), chance(2) ? "UN" : "EU", random_day());
	}
	return chance(8) ? world_line(&world, line) : world_retract(&world, line);
}

/* Does an arrangement or acceptance have to be put with `fact`, as the service does it? What the
 * parties of an arrangement answered; handovers that are in the area of an operation. */
static bool comes_with(const struct world_fact *fact, const struct world_fact *other)
{
	if (other != world_find(&world, other->kind, other->key))
		return false;
	if (fact->kind == KIND(ARRANGEMENT))
		return other->kind == KIND(ACCEPTANCE) &&
		       strcmp(other->record->acceptance->arrangement, fact->key) == 0;
	return fact->kind == KIND(OPERATION) && other->kind == KIND(ARRANGEMENT) &&
	       strcmp(other->record->arrangement->operation, fact->key) == 0;
}

/* One that is kept: built again when it says so. */
static struct dossier *follow(struct dossier *d, const struct world_fact *fact)
{
	enum status s = put(d, fact);

	for (size_t i = 0; s == STATUS_OK && i < world.count; i++)
		if (comes_with(fact, &world.at[i]))
			s = put(d, &world.at[i]);
	if (s == STATUS_OK)
		return d;
	assert_int_equal(s, STATUS_AGAIN);
	dossier_free(d);
	return dossier_of("policing:XKX");
}

static size_t alerts_on(const struct dossier *d, int32_t day, Mandate__Alert ***ret_alerts,
			int32_t *ret_next)
{
	size_t count;

	assert_int_equal(
		alert_evaluate_until(d, &parameters, day, &arena, ret_alerts, &count, ret_next),
		STATUS_OK);
	return count;
}

/* Two homes agree on every day, and where nothing was announced nothing has changed. */
static void assert_same(const struct dossier *kept, const struct dossier *built)
{
	int32_t next = DAY_NEVER, since = 0, announced;
	size_t expected = 0;

	for (int32_t day = world_day("2009-12-01"); day < world_day("2011-02-01"); day++) {
		Mandate__Alert **a, **b;
		size_t count = alerts_on(kept, day, &a, &announced);

		assert_int_equal(alerts_on(built, day, &b, &announced), count);
		for (size_t i = 0; i < count; i++)
			assert_true(codec_equal(&arena, &a[i]->base, &b[i]->base));
		if (day < next) {
			assert_int_equal(count, expected);
			assert_int_equal(count > 0 ? a[0]->since : 0, since);
		}
		expected = count;
		since = count > 0 ? a[0]->since : 0;
		assert_true(announced > day);
		next = announced;
	}
}

static void same_however_it_came_to_be_known(void **state)
{
	uint32_t seed = (uint32_t)time(NULL);
	size_t open = 0;

	(void)state;
	print_message("seed %u\n", seed);
	random_state = seed;
	for (int round = 0; round < 60; round++) {
		struct dossier *kept, *built;
		Mandate__Alert **alerts;
		int32_t next;

		world_fini(&world);
		world_init(&world);
		world_read(&world, "operation A un_pko host=XKX\noperation B un_pko host=XKX\n"
				   "operation C un_pko host=XKX\n");
		kept = dossier_of("policing:XKX");
		for (int n = 0; n < 40; n++) {
			kept = follow(kept, random_fact());
			if (n % 10 != 9)
				continue;
			arena_reset(&arena);
			built = dossier_of("policing:XKX");
			assert_same(kept, built);
			open += alerts_on(built, world_day("2010-06-01"), &alerts, &next);
			dossier_free(built);
		}
		dossier_free(kept);
	}
	assert_true(open > 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(receiver_holds_it_on_e_and_the_giver_the_day_before),
		TEST(nine_months_of_one_side_change_nothing),
		TEST(claims_tell_who_begins_and_who_gives_up),
		TEST(what_is_handed_over_is_not_claimed_any_more),
		TEST(a_function_may_come_back),
		TEST(two_that_receive_it_on_one_day_both_hold_it),
		TEST(orphan_once_the_holders_operation_has_ended),
		TEST(orphan_without_a_beginning),
		TEST(orphan_while_contested),
		TEST(area_is_the_givers_first_host_unless_named),
		TEST(what_changes_no_mandate_does_not_change_the_home),
		TEST(claims_and_handovers_of_known_operations_are_followed),
		TEST(home_follows_mandates_and_is_built_again_for_the_rest),
		TEST(same_however_it_came_to_be_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
