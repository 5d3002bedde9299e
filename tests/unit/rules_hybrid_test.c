/* Hybrids: several mandating parties of one operation, MAND_ONE_SIDED, and ends by succession.
 *
 * arrangements.csv UNAMID-hybrid (UN;AU, 2007-12-31 to 2020-12-31) and mandates.csv UNAMID. The
 * African Union's decisions are not in the rows: they are as its side would push them, the first by
 * the name that arrangements.csv gives. */
#include "rules_judged.h"

#include "rules/mandate.h"

#define STATUS(name) MANDATE__MANDATE_STATUS__MANDATE_STATUS_##name
#define HOW(name) MANDATE__MANDATE_END__MANDATE_END_##name

enum { ROUNDS = 150, FIRST = 10957, DAYS = 500 };

static const char hybrid[] =
	"operation un_pko series=2007-07-31 to=to_end\n"
	"arrangement UNAMID-hybrid hybrid UN;AU effective=2007-12-31 end=2020-12-31\n"
	"acceptance UNAMID-hybrid UN 2007-12-31\n"
	"acceptance UNAMID-hybrid AU 2007-12-31\n"
	"instrument UNSC S/RES/1769 2007-07-31 establish until=2008-07-31\n"
	"instrument UNSC S/RES/1828 2008-07-31 extend until=2009-07-31\n"
	"instrument UNSC S/RES/1881 2009-07-30 extend until=2010-07-31\n";

static struct mandate_day on(const char *party, const char *day)
{
	struct mandate_day m;

	mandate_on(dossier, party, facts_day(day), &m);
	return m;
}

static void expect(const char *day, Mandate__MandateStatus status, const char *valid_until,
		   const char *secured_until)
{
	struct mandate_day m = on(NULL, day);
	char text[DAY_TEXT_BYTES];

	if (m.status != status)
		fail_msg("%s: %s, not %s", day,
			 names_text(&mandate__mandate_status__descriptor, (int)m.status),
			 names_text(&mandate__mandate_status__descriptor, (int)status));
	day_format(text, m.valid_until);
	assert_string_equal(text, valid_until);
	day_format(text, m.secured_until);
	assert_string_equal(text, secured_until);
}

static void expect_binding(const char *day, const char *codes)
{
	const char *const *parties;
	size_t count = mandate_parties(dossier, &parties);
	char binding[64] = "";

	for (size_t i = 0; i < count; i++) {
		if (!mandate_party_binds(dossier, parties[i], facts_day(day)))
			continue;
		strcat(binding, binding[0] ? " " : "");
		strcat(binding, parties[i]);
	}
	if (strcmp(binding, codes) != 0)
		fail_msg("%s: %s bind, not %s", day, binding, codes);
}

static void a_side_without_texts_neither_binds_nor_raises_anything(void **state)
{
	(void)state;
	given("UNAMID", hybrid);
	expect_binding("2008-07-15", "UNSC");
	expect("2008-07-15", STATUS(IN_FORCE), "2008-07-31", "2008-07-31");
	expect_closed(CODE(MAND_ONE_SIDED), "UNAMID", "2008-07-15");
	expect_closed(CODE(MAND_LAPSED), "UNAMID:AU", "2010-01-01");
}

static void the_earlier_date_rules_while_both_bind(void **state)
{
	(void)state;
	given("UNAMID", hybrid);
	put("instrument AU PSC/PR/Comm(LXXIX) 2007-06-22 establish until=2008-06-22");
	put("instrument AU PSC/PR/Comm(CXLII) 2008-06-20 extend until=2009-06-22");
	expect_binding("2007-12-30", "UNSC");
	expect_binding("2007-12-31", "AU UNSC");
	expect("2007-12-30", STATUS(IN_FORCE), "2008-07-31", "2008-07-31");
	expect("2007-12-31", STATUS(IN_FORCE), "2008-06-22", "2008-06-22");
	expect("2008-06-20", STATUS(IN_FORCE), "2008-07-31", "2008-07-31");
	expect("2008-07-31", STATUS(IN_FORCE), "2009-06-22", "2009-06-22");
	assert_string_equal(on(NULL, "2008-07-31").document, "PSC/PR/Comm(CXLII)");
	assert_int_equal(on("UNSC", "2008-07-31").valid_until, facts_day("2009-07-31"));
	/* One side lapses: what both must mandate is over, whatever the other has. */
	expect("2009-06-23", STATUS(ENDED), "2009-06-22", "2009-06-22");
	assert_true(on("UNSC", "2009-06-23").in_force);
}

static void the_side_that_has_not_acted_is_named(void **state)
{
	const Mandate__Alert *alert;

	(void)state;
	given("UNAMID", hybrid);
	put("instrument AU PSC/PR/Comm(LXXIX) 2007-06-22 establish until=2008-07-31");
	expect_closed(CODE(MAND_ONE_SIDED), "UNAMID", "2008-07-30");
	/* The Council renews on the last day; the Union has not. */
	alert = expect_open(CODE(MAND_ONE_SIDED), "UNAMID", "2008-07-31", SEVERITY(ALARM),
			    "2008-07-31");
	assert_int_equal(alert->n_parties, 1);
	assert_string_equal(alert->parties[0], "AU");
	assert_string_equal(alert->party, "AU");
	assert_int_equal(alert->valid_until, facts_day("2008-07-31"));
	assert_int_equal(alert->other_day, facts_day("2009-07-31"));
	assert_string_equal(alert->document, "PSC/PR/Comm(LXXIX)");
	assert_string_equal(alert->arrangement, "UNAMID-hybrid");
	assert_int_equal(alert->n_causes, 3);
	assert_string_equal(alert->causes[0], "arrangement UNAMID-hybrid");
	assert_string_equal(alert->causes[1], "instrument UNAMID:AU:PSC/PR/Comm(LXXIX)");
	assert_string_equal(alert->causes[2], "instrument UNAMID:UNSC:S/RES/1828");
	expect_open(CODE(MAND_LAPSED), "UNAMID:AU", "2008-08-01", SEVERITY(ALARM), "2008-08-01");
	expect_open(CODE(MAND_ONE_SIDED), "UNAMID", "2008-08-01", SEVERITY(ALARM), "2008-07-31");
	/* It acts as well: both are secured to the same day. */
	put("instrument AU PSC/PR/Comm(CXLII) 2008-07-31 extend until=2009-07-31");
	expect_reason(alert, "2008-08-01", REASON(RESOLVED));
	expect_closed(CODE(MAND_LAPSED), "UNAMID:AU", "2008-08-01");
}

static void it_opens_thirty_days_before_the_earlier_end_and_closes_with_the_hybrid(void **state)
{
	const Mandate__Alert *alert;

	(void)state;
	given("UNAMID", hybrid);
	put("instrument AU PSC/PR/Comm(LXXIX) 2007-06-22 establish until=2008-06-30");
	expect_closed(CODE(MAND_ONE_SIDED), "UNAMID", "2008-05-30");
	expect_open(CODE(MAND_ONE_SIDED), "UNAMID", "2008-05-31", SEVERITY(ALARM), "2008-05-31");
	alert = expect_open(CODE(MAND_EXPIRING), "UNAMID:AU:2008-06-30", "2008-05-31",
			    SEVERITY(WARN), "2008-04-01");
	put("arrangement UNAMID-hybrid hybrid UN;AU effective=2007-12-31 end=2008-06-10");
	expect_reason(alert, "2008-06-11", REASON(OVER));
	alert = expect_open(CODE(MAND_ONE_SIDED), "UNAMID", "2008-06-10", SEVERITY(ALARM),
			    "2008-05-31");
	expect_reason(alert, "2008-06-11", REASON(OVER));
	expect("2008-06-11", STATUS(IN_FORCE), "2008-07-31", "2008-07-31");
	check_days(dossier, facts_day("2007-06-01"), facts_day("2008-12-31"));
}

static void a_hybrid_is_in_effect_once_both_sides_accepted(void **state)
{
	(void)state;
	given("UNAMID", hybrid);
	put("instrument AU PSC/PR/Comm(LXXIX) 2007-06-22 establish until=2008-06-22");
	put("acceptance UNAMID-hybrid AU 2008-02-01");
	expect_binding("2008-01-31", "UNSC");
	expect_binding("2008-02-01", "AU UNSC");
	expect("2008-01-31", STATUS(IN_FORCE), "2008-07-31", "2008-07-31");
	expect("2008-02-01", STATUS(IN_FORCE), "2008-06-22", "2008-06-22");
	retract(facts_add(&facts, "acceptance UNAMID-hybrid AU 2008-02-01"));
	expect_binding("2008-02-01", "UNSC");
}

/* A side that begins to push with a later decision has not left the operation without mandate till
 * then. */
static void a_side_binds_from_its_first_text_that_sets_a_date(void **state)
{
	(void)state;
	given("UNAMID", hybrid);
	put("instrument AU PSC/MIN/Comm(CCVII) 2009-07-21 extend until=2010-07-21");
	put("instrument AU PSC/PR/Comm(CLXXV) 2009-03-05 amend");
	expect_binding("2009-07-20", "UNSC");
	expect_binding("2009-07-21", "AU UNSC");
	expect("2009-07-20", STATUS(IN_FORCE), "2009-07-31", "2009-07-31");
	expect("2009-07-30", STATUS(IN_FORCE), "2010-07-21", "2010-07-21");
}

static void a_party_that_the_hybrid_does_not_name_does_not_bind(void **state)
{
	(void)state;
	given("X", "operation un_pko\n"
		   "arrangement X-hybrid hybrid EU;AU effective=2000-01-01 end=2000-12-31\n"
		   "acceptance X-hybrid EU 1999-12-01\n"
		   "acceptance X-hybrid AU 1999-12-02\n"
		   "instrument UNSC S/RES/1 1999-01-01 establish until=2000-03-31\n"
		   "instrument EU CD/1 1999-11-01 establish until=2000-06-30\n"
		   "instrument AU PSC/1 1999-11-01 establish until=2000-09-30\n"
		   "instrument OAU AHG/1 1999-11-01 establish until=2000-02-28\n");
	expect_binding("1999-12-31", "UNSC");
	expect_binding("2000-01-01", "AU EU");
	expect_binding("2001-01-01", "UNSC");
	expect("2000-05-01", STATUS(IN_FORCE), "2000-06-30", "2000-06-30");
}

/* The Council's mandate goes on, but from the first day of the hybrid it is not enough. */
static void whoever_is_there_is_without_mandate_from_the_hybrids_first_day(void **state)
{
	(void)state;
	given("X", "operation un_pko\n"
		   "arrangement X-hybrid hybrid UN;AU effective=2000-03-01 end=2000-04-30\n"
		   "acceptance X-hybrid UN 2000-01-01\n"
		   "acceptance X-hybrid AU 2000-01-01\n"
		   "instrument UNSC S/RES/1 2000-01-01 establish until=2000-12-31\n"
		   "instrument AU PSC/1 1999-11-01 establish until=2000-01-31\n"
		   "unit GHA BATT 2000-01-01 - troops=500\n");
	expect_closed(CODE(DEP_NO_MANDATE), "X", "2000-02-29");
	expect_open(CODE(DEP_NO_MANDATE), "X", "2000-04-30", SEVERITY(ALARM), "2000-03-01");
	expect_closed(CODE(DEP_NO_MANDATE), "X", "2000-05-01");
}

static void outside_the_series_nothing_is_one_sided(void **state)
{
	(void)state;
	given("X", "operation un_pko series=2010-01-01\n"
		   "arrangement X-hybrid hybrid UN;AU effective=2000-01-01\n"
		   "acceptance X-hybrid UN 1999-12-01\n"
		   "acceptance X-hybrid AU 1999-12-02\n"
		   "instrument UNSC S/RES/1 1999-01-01 establish until=2000-06-30\n"
		   "instrument AU PSC/1 1999-11-01 establish until=2000-03-31\n");
	expect_open(CODE(MAND_ONE_SIDED), "X", "2000-03-31", SEVERITY(ALARM), "2000-03-01");
	expect_closed(CODE(MAND_ONE_SIDED), "X", "2000-04-01");
	expect("2000-04-01", STATUS(UNKNOWN), "2000-03-31", "2000-03-31");
}

/* arrangements.csv AMISOM-ATMIS, mandates.csv AMISOM S/RES/2614; MONUC-MONUSCO and S/RES/1925. */
static void an_end_is_by_succession_where_no_text_says_so(void **state)
{
	(void)state;
	given("AMISOM", "operation partner closed end=2022-03-31 series=2007-02-20 to=to_end\n"
			"instrument UNSC S/RES/2614 2021-12-21 extend until=2022-03-31\n"
			"arrangement AMISOM-ATMIS succession AU other=ATMIS effective=2022-04-01\n"
			"acceptance AMISOM-ATMIS AU 2022-04-01\n");
	assert_true(on(NULL, "2022-03-31").authorized);
	assert_int_equal(on(NULL, "2022-04-01").status, STATUS(ENDED));
	assert_int_equal(on(NULL, "2022-04-01").how, HOW(SUCCEEDED));
	put("arrangement AMISOM-ATMIS succession AU other=ATMIS effective=2022-05-01");
	assert_int_equal(on(NULL, "2022-04-30").how, HOW(LAPSED));
	assert_int_equal(on(NULL, "2022-05-01").how, HOW(SUCCEEDED));
	forget(state);
	given("MONUC",
	      "operation un_pko closed end=2010-06-30 series=1999-11-30 to=to_end\n"
	      "instrument UNSC S/RES/1906 2009-12-23 extend until=2010-05-31\n"
	      "instrument UNSC S/RES/1925 2010-05-28 terminate until=2010-06-30\n"
	      "arrangement MONUC-MONUSCO succession UN other=MONUSCO effective=2010-07-01\n"
	      "acceptance MONUC-MONUSCO UN 2010-07-01\n");
	assert_int_equal(on(NULL, "2010-07-01").how, HOW(TERMINATED));
}

/* mandates.csv UNAMID S/RES/2525, 2559 and the hybrid's end in arrangements.csv. */
static void six_months_to_withdraw_outlast_the_hybrid(void **state)
{
	(void)state;
	given("UNAMID",
	      "operation un_pko closed end=2020-12-31 series=2007-07-31 to=to_end\n"
	      "arrangement UNAMID-hybrid hybrid UN;AU effective=2007-12-31 end=2020-12-31\n"
	      "acceptance UNAMID-hybrid UN 2007-12-31\n"
	      "acceptance UNAMID-hybrid AU 2007-12-31\n"
	      "instrument UNSC S/RES/2525 2020-06-03 extend until=2020-12-31\n"
	      "instrument UNSC S/RES/2559 2020-12-22 terminate until=2020-12-31 "
	      "withdraw=2021-06-30\n"
	      "instrument AU PSC/PR/Comm(CMXXVII) 2020-06-10 extend until=2020-12-31\n");
	expect("2020-12-31", STATUS(IN_FORCE), "2020-12-31", "2020-12-31");
	expect("2021-01-01", STATUS(WITHDRAWING), "2020-12-31", "2020-12-31");
	expect("2021-06-30", STATUS(WITHDRAWING), "2020-12-31", "2020-12-31");
	expect("2021-07-01", STATUS(ENDED), "2020-12-31", "2020-12-31");
	assert_int_equal(on(NULL, "2021-07-01").how, HOW(TERMINATED));
	expect_closed(CODE(MAND_ONE_SIDED), "UNAMID", "2020-12-31");
}

/* --- properties --- */

static const char *random_fact(void)
{
	static const char *const parties[] = {"UNSC", "AU", "EU"};
	static const char *const actions[] = {"establish", "extend", "extend", "amend",
					      "terminate"};
	static const char *const sides[] = {"UN;AU", "UN;AU", "UN+AU", "EU;AU", "UN;AU;EU"};
	static char text[400];
	size_t len;

	switch (below(6)) {
	case 0:
		len = (size_t)snprintf(text, sizeof text, "arrangement H%u hybrid %s effective=%s",
				       below(2), sides[below(5)], random_day(FIRST, DAYS / 2));
		if (below(2))
			snprintf(text + len, sizeof text - len, " end=%s",
				 random_day(FIRST + DAYS / 2, DAYS));
		return text;
	case 1:
		snprintf(text, sizeof text, "acceptance H%u %s %s%s", below(2),
			 below(2) ? "AU" : "UN", random_day(FIRST - 50, DAYS / 2),
			 below(9) ? "" : " declined");
		return text;
	case 2:
		snprintf(text, sizeof text, "unit GHA U%u %s - troops=%u", below(3),
			 random_day(FIRST, DAYS), 1 + below(60));
		return text;
	default:
		break;
	}
	snprintf(text, sizeof text, "instrument %s S/RES/%u %s %s until=%s", parties[below(3)],
		 1 + below(12), random_day(FIRST, DAYS), actions[below(5)],
		 random_day(FIRST + DAYS / 3, DAYS));
	return text;
}

/* Every fact once more, in another order. */
static struct dossier *put_shuffled(void)
{
	static struct facts none;
	size_t order[64];
	struct dossier *d;

	facts_init(&none, "X");
	d = facts_dossier(&none);
	assert_true(facts.count <= 64);
	for (size_t n = 0; n < facts.count; n++) {
		size_t other = below((uint32_t)n + 1);

		order[n] = order[other];
		order[other] = n;
	}
	for (size_t n = 0; n < facts.count; n++)
		if (!facts.at[order[n]].retracted)
			facts_put(d, &facts.at[order[n]]);
	facts_fini(&none);
	return d;
}

static void whatever_the_order_the_alerts_are_the_same_and_no_change_is_missed(void **state)
{
	const char *given_seed = getenv("RULES_SEED");

	(void)state;
	seed = given_seed ? (uint32_t)strtoul(given_seed, NULL, 10) : 20071231;
	print_message("RULES_SEED=%u\n", seed);
	for (int round = 0; round < ROUNDS; round++) {
		struct dossier *shuffled;

		given("X", "operation un_pko\n"
			   "arrangement H0 hybrid UN;AU effective=2000-02-01\n"
			   "acceptance H0 UN 2000-01-01\n"
			   "acceptance H0 AU 2000-01-01\n");
		for (uint32_t n = 3 + below(20); n > 0; n--) {
			struct fact_line *fact = put(random_fact());

			if (below(10) == 0)
				retract(fact);
		}
		check_same(dossier, FIRST - 10, FIRST + DAYS + 30, 11);
		shuffled = put_shuffled();
		check_same(shuffled, FIRST - 10, FIRST + DAYS + 30, 11);
		dossier_free(shuffled);
		if (round % 5 == 0)
			check_days(dossier, FIRST - 10, FIRST + DAYS + 30);
		forget(state);
	}
	given("X", "operation un_pko\n");
}

#define TEST(name) cmocka_unit_test_teardown(name, forget)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_side_without_texts_neither_binds_nor_raises_anything),
		TEST(the_earlier_date_rules_while_both_bind),
		TEST(the_side_that_has_not_acted_is_named),
		TEST(it_opens_thirty_days_before_the_earlier_end_and_closes_with_the_hybrid),
		TEST(a_hybrid_is_in_effect_once_both_sides_accepted),
		TEST(a_side_binds_from_its_first_text_that_sets_a_date),
		TEST(a_party_that_the_hybrid_does_not_name_does_not_bind),
		TEST(whoever_is_there_is_without_mandate_from_the_hybrids_first_day),
		TEST(outside_the_series_nothing_is_one_sided),
		TEST(an_end_is_by_succession_where_no_text_says_so),
		TEST(six_months_to_withdraw_outlast_the_hybrid),
		TEST(whatever_the_order_the_alerts_are_the_same_and_no_change_is_missed),
	};

	return cmocka_run_group_tests_name("rules/hybrid", tests, NULL, NULL);
}
