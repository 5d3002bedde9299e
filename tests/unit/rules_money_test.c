/* Money: DEFINITIONS section 6. */
#include "rules_judged.h"

#include "rules/money.h"

#include <inttypes.h>
#include <time.h>

#define KIND(name) MANDATE__AMOUNT_KIND__AMOUNT_KIND_##name
#define STATE(name) MANDATE__MONEY_STATE__MONEY_STATE_##name
#define FINANCING(name) MANDATE__FINANCING__FINANCING_##name

/* operations.csv and mandates.csv, UNISFA; finance.csv, UNISFA 2022-07-01. */
static const char unisfa[] =
	"operation un_pko start=2011-06-27 series=2011-06-27 financing=assessed\n"
	"instrument UNSC S/RES/2630 2022-05-26 extend until=2022-11-15\n"
	"amount 2022-07-01 2023-06-30 appropriation 259660000 rounded doc=A/RES/76/281\n"
	"amount 2022-07-01 2023-06-30 supplementary 8510000 rounded\n";

/* --- folds --- */

static const struct money *rows;
static size_t row_count;

static const struct money *only_row(const char *day)
{
	struct money *found;

	assert_int_equal(money_on(dossier, facts_day(day), false, &arena, &found, &row_count),
			 STATUS_OK);
	assert_int_equal(row_count, 1);
	rows = found;
	return found;
}

static void expect_sum(struct money_sum sum, int64_t amount)
{
	assert_true(sum.set);
	assert_int_equal(sum.amount, amount);
}

static void an_appropriation_and_its_supplement_are_authorized(void **state)
{
	const struct money *m;

	(void)state;
	given("UNISFA", unisfa);
	m = only_row("2022-07-01");
	assert_int_equal(m->start, facts_day("2022-07-01"));
	assert_int_equal(m->end, facts_day("2023-06-30"));
	assert_string_equal(m->currency, "USD");
	assert_int_equal(m->state, STATE(APPROPRIATED));
	assert_int_equal(m->financing, FINANCING(ASSESSED));
	assert_int_equal(m->precision, MANDATE__PRECISION__PRECISION_ROUNDED);
	expect_sum(m->of[KIND(APPROPRIATION)], 259660000);
	expect_sum(m->of[KIND(SUPPLEMENTARY)], 8510000);
	expect_sum(m->authorized, 268170000);
	assert_false(m->paid.set);
	assert_false(m->outstanding.set);
	assert_int_equal(money_on(dossier, facts_day("2022-06-30"), false, &arena,
				  &(struct money *){NULL}, &row_count),
			 STATUS_OK);
	assert_int_equal(row_count, 0);
	assert_int_equal(money_on(dossier, facts_day("2022-06-30"), true, &arena,
				  &(struct money *){NULL}, &row_count),
			 STATUS_OK);
	assert_int_equal(row_count, 1);
	only_row("2023-06-30");
}

/* finance.csv, MINURSO and MINUSCA 2021-07-01. */
static void another_view_of_an_appropriation_is_added_to_nothing(void **state)
{
	const struct money *m;

	(void)state;
	given("MINURSO", "operation un_pko\n"
			 "amount 2021-07-01 2022-06-30 appropriation 60908900 exact "
			 "doc=A/C.5/75/24\n"
			 "amount 2021-07-01 2022-06-30 appropriation_excl_shared 56537800 exact "
			 "doc=A/C.5/75/24\n"
			 "amount 2021-07-01 2022-06-30 expenditure 50000000\n"
			 "amount 2021-07-01 2022-06-30 credit_returned 1\n"
			 "amount 2021-07-01 2022-06-30 cost_sharing 2 party=EU\n"
			 "amount 2021-07-01 2022-06-30 capacity_building 3 party=EU\n"
			 "amount 2021-07-01 2022-06-30 proposed 4\n"
			 "amount 2021-07-01 2022-06-30 total 7000000000\n");
	m = only_row("2021-07-01");
	expect_sum(m->authorized, 60908900);
	expect_sum(m->of[KIND(APPROPRIATION_EXCL_SHARED)], 56537800);
	expect_sum(m->of[KIND(EXPENDITURE)], 50000000);
	expect_sum(m->of[KIND(CREDIT_RETURNED)], 1);
	expect_sum(m->of[KIND(COST_SHARING)], 2);
	expect_sum(m->of[KIND(CAPACITY_BUILDING)], 3);
	expect_sum(m->of[KIND(PROPOSED)], 4);
	assert_false(m->of[KIND(TOTAL)].set);
	assert_int_equal(m->precision, MANDATE__PRECISION__PRECISION_EXACT);
	assert_int_equal(m->state, STATE(APPROPRIATED));
}

static void of_an_appropriation_only_another_view_may_be_known(void **state)
{
	(void)state;
	given("MINUSCA", "operation un_pko\n"
			 "amount 2021-07-01 2022-06-30 appropriation_excl_shared 1036595600 "
			 "exact doc=A/C.5/75/24\n");
	assert_int_equal(only_row("2021-07-01")->state, STATE(APPROPRIATED));
	assert_false(rows->authorized.set);
}

static void a_commitment_authority_counts_until_there_is_an_appropriation(void **state)
{
	(void)state;
	given("X", "operation un_pko\n"
		   "amount 2001-07-01 2002-06-30 commitment_authority 50 doc=A/RES/55/1\n"
		   "amount 2001-07-01 2002-06-30 supplementary 7 doc=A/RES/56/3\n");
	expect_sum(only_row("2001-07-01")->authorized, 50);
	put("amount 2001-07-01 2002-06-30 appropriation 100 doc=A/RES/56/2");
	expect_sum(only_row("2001-07-01")->authorized, 107);
	assert_int_equal(rows->state, STATE(APPROPRIATED));
}

static void documents_are_added_and_an_edition_replaces_its_own(void **state)
{
	struct fact_line *unnamed;

	(void)state;
	given("X", "operation un_pko\n"
		   "amount 2001-07-01 2002-06-30 appropriation 100 doc=A/RES/55/1\n"
		   "amount 2001-07-01 2002-06-30 appropriation 20 doc=A/RES/55/2\n");
	expect_sum(only_row("2001-07-01")->authorized, 120);
	put("amount 2001-07-01 2002-06-30 appropriation 90 doc=A/RES/55/1");
	expect_sum(only_row("2001-07-01")->authorized, 110);
	/* One that names no document is taken for one of these. */
	unnamed = put("amount 2001-07-01 2002-06-30 appropriation 111 rounded");
	expect_sum(only_row("2001-07-01")->authorized, 110);
	assert_int_equal(rows->precision, 0);
	retract(&facts.at[1]);
	retract(&facts.at[2]);
	expect_sum(only_row("2001-07-01")->authorized, 111);
	/* Of another party it is another decision. */
	put("amount 2001-07-01 2002-06-30 appropriation 9 party=OAS doc=D");
	expect_sum(only_row("2001-07-01")->authorized, 120);
	retract(unnamed);
	expect_sum(only_row("2001-07-01")->authorized, 9);
}

/* UNISFA on days before S/RES/2660 of 2022-11-14: 227 of 365 days of 259 660 000. */
static void what_lies_after_the_mandate_is_conditional(void **state)
{
	(void)state;
	given("UNISFA", unisfa);
	expect_sum(only_row("2022-07-01")->conditional, 161487178);
	expect_sum(only_row("2022-11-15")->conditional, 161487178);
	put("amount 2022-07-01 2023-06-30 assessment 259660000 doc=A/RES/76/281");
	put("amount 2022-07-01 2023-06-30 appropriation 300000000 doc=A/RES/76/281");
	expect_sum(only_row("2022-07-01")->conditional, 161487178);
	assert_int_equal(rows->state, STATE(ASSESSED));
	put("instrument UNSC S/RES/2660 2022-11-14 extend until=2023-11-15");
	expect_sum(only_row("2022-11-13")->conditional, 161487178);
	expect_sum(only_row("2022-11-14")->conditional, 0);
}

static void where_no_mandate_is_known_nothing_is_conditional(void **state)
{
	(void)state;
	given("X", "operation un_pko series=2012-12-19\n"
		   "amount 2011-07-01 2012-06-30 appropriation 100\n");
	assert_false(only_row("2011-07-01")->conditional.set);
	put("instrument UNSC S/RES/1 1974-05-31 establish until=1974-11-30");
	assert_false(only_row("2011-07-01")->conditional.set);
	put("operation un_pko");
	expect_sum(only_row("2011-07-01")->conditional, 100);
	put("instrument UNSC S/RES/2 2011-01-01 establish");
	expect_sum(only_row("2011-07-01")->conditional, 0);
}

static void a_part_is_exact_where_a_product_would_not_fit(void **state)
{
	(void)state;
	assert_int_equal(money_part(259660000, 227, 365), 161487178);
	assert_int_equal(money_part(MONEY_MAX, 365, 365), MONEY_MAX);
	assert_int_equal(money_part(INT64_MAX, 58804, 58805), 9223215190123428901);
	assert_int_equal(money_part(100, 0, 365), 0);
	assert_int_equal(money_part(-100, 5, 10), 0);
	for (int64_t amount = 1; amount < 2000; amount += 7)
		for (int32_t days = 0; days <= 366; days += 3)
			assert_int_equal(money_part(amount, days, 366), amount * days / 366);
}

static void a_sum_that_does_not_fit_stays_at_the_end(void **state)
{
	char line[128];

	(void)state;
	given("X", "operation un_pko\n");
	/* The last one in the order of keys takes one off again. */
	for (int i = 0; i < 30; i++) {
		snprintf(line, sizeof line,
			 "amount 2001-07-01 2002-06-30 appropriation %" PRId64 " doc=D%d",
			 i == 29 ? (int64_t)-1 : INT64_MAX / 20, i + 100);
		put(line);
	}
	assert_true(only_row("2001-07-01")->authorized.amount > INT64_MAX - 2);
}

/* --- States --- */

static const char assessed[] =
	"operation un_pko\n"
	"amount 2001-07-01 2002-06-30 assessment 100 doc=A/RES/55/1 FRA=30 GHA=10 USA=60\n";

static const struct money *state_row(const char *contributor, const char *day)
{
	struct money *found;

	assert_int_equal(
		money_of_state(dossier, contributor, facts_day(day), &arena, &found, &row_count),
		STATUS_OK);
	assert_true(row_count <= 1);
	return row_count == 1 ? found : NULL;
}

static void paid_is_every_states_share(void **state)
{
	const struct money *m;

	(void)state;
	given("X", assessed);
	m = only_row("2001-07-01");
	expect_sum(m->of[KIND(ASSESSMENT)], 100);
	expect_sum(m->outstanding, 100);
	assert_int_equal(m->state, STATE(ASSESSED));
	put("payment 2001-07-01 2002-06-30 USA 2001-09-01 20");
	put("payment 2001-07-01 2002-06-30 USA 2001-10-01 70");
	put("payment 2001-07-01 2002-06-30 FRA 2001-08-01 30");
	expect_sum(only_row("2001-09-30")->paid, 50);
	expect_sum(rows->outstanding, 50);
	/* What one has paid too much is not what another owes. */
	expect_sum(only_row("2001-10-01")->paid, 120);
	expect_sum(rows->outstanding, 10);
	assert_int_equal(rows->state, STATE(ASSESSED));
	put("payment 2001-07-01 2002-06-30 GHA 2002-01-15 10");
	assert_int_equal(only_row("2002-01-14")->state, STATE(ASSESSED));
	assert_int_equal(only_row("2002-01-15")->state, STATE(PAID));
	expect_sum(rows->outstanding, 0);
	retract(put("payment 2001-07-01 2002-06-30 GHA 2002-01-15 10"));
	assert_int_equal(only_row("2002-01-15")->state, STATE(ASSESSED));
}

static void given_again(const char *operation, const char *text)
{
	forget(NULL);
	given(operation, text);
}

static void without_shares_the_whole_is_to_be_paid(void **state)
{
	(void)state;
	given("X", "operation un_pko\n"
		   "amount 2001-07-01 2002-06-30 assessment 100 doc=A\n"
		   "payment 2001-07-01 2002-06-30 USA 2001-09-01 60\n");
	expect_sum(only_row("2001-09-01")->outstanding, 40);
	put("payment 2001-07-01 2002-06-30 FRA 2001-09-02 40");
	assert_int_equal(only_row("2001-09-02")->state, STATE(PAID));
	/* Shares are whole units: three of them leave one of a hundred. */
	put("amount 2001-07-01 2002-06-30 assessment 100 doc=A FRA=33 GHA=33 USA=33");
	put("payment 2001-07-01 2002-06-30 GHA 2001-09-03 33");
	assert_int_equal(only_row("2001-09-03")->state, STATE(PAID));
	given_again("X", "operation un_pko\n"
			 "amount 2001-07-01 2002-06-30 assessment 100 doc=A FRA=33 GHA=33 USA=33\n"
			 "payment 2001-07-01 2002-06-30 FRA 2001-09-01 33\n"
			 "payment 2001-07-01 2002-06-30 GHA 2001-09-02 33\n"
			 "payment 2001-07-01 2002-06-30 USA 2001-09-03 33\n");
	assert_int_equal(only_row("2001-09-02")->state, STATE(ASSESSED));
	assert_int_equal(only_row("2001-09-03")->state, STATE(PAID));
	/* And some of the shares are not all. */
	put("amount 2001-07-01 2002-06-30 assessment 1000 doc=A FRA=40 GHA=33 USA=60");
	expect_sum(only_row("2001-09-03")->outstanding, 901);
	assert_int_equal(rows->state, STATE(ASSESSED));
}

static void a_state_sees_its_share_what_it_paid_and_owes(void **state)
{
	const struct money *m;

	(void)state;
	given("X", assessed);
	put("payment 2001-07-01 2002-06-30 USA 2001-09-01 20");
	m = state_row("USA", "2001-09-01");
	expect_sum(m->of[KIND(ASSESSMENT)], 60);
	expect_sum(m->paid, 20);
	expect_sum(m->outstanding, 40);
	assert_int_equal(m->state, STATE(ASSESSED));
	/* Arrears are told after the period, until they are paid. */
	assert_non_null(state_row("USA", "2010-01-01"));
	assert_null(state_row("USA", "2001-06-30"));
	assert_null(state_row("NGA", "2001-09-01"));
	put("payment 2001-07-01 2002-06-30 USA 2005-01-01 40");
	assert_null(state_row("USA", "2010-01-01"));
	assert_non_null(state_row("USA", "2004-12-31"));
}

static void a_partner_sees_what_it_commits_itself_to(void **state)
{
	struct money *found;

	(void)state;
	given("AMISOM", "operation partner\n"
			"amount 2011-07-01 2012-06-30 cost_sharing 5 party=EU currency=EUR\n"
			"amount 2011-07-01 2012-06-30 capacity_building 6 party=EU doc=D\n"
			"amount 2011-07-01 2012-06-30 capacity_building 7 party=AU doc=D\n");
	assert_int_equal(
		money_of_party(dossier, "EU", facts_day("2012-06-30"), &arena, &found, &row_count),
		STATUS_OK);
	assert_int_equal(row_count, 2);
	assert_string_equal(found[0].currency, "EUR");
	expect_sum(found[0].of[KIND(COST_SHARING)], 5);
	assert_string_equal(found[1].currency, "USD");
	expect_sum(found[1].of[KIND(CAPACITY_BUILDING)], 6);
}

/* operations.csv: UNTSO and UNMOGIP say regular, as all political missions. */
static void who_pays_is_said_by_a_phase_the_operation_or_its_kind(void **state)
{
	static const struct {
		const char *operation;
		Mandate__Financing financing;
	} cases[] = {
		{"operation un_pko", FINANCING(ASSESSED)},
		{"operation un_pko financing=regular", FINANCING(REGULAR)},
		{"operation un_spm", FINANCING(REGULAR)},
		{"operation partner", FINANCING(OWN)},
		{"operation un_pko financing=regular 2001-01-01=own", FINANCING(REGULAR)},
		{"operation un_pko financing=regular 2000-12-31=own", FINANCING(OWN)},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		given("X", cases[i].operation);
		assert_int_equal(money_financing(dossier, facts_day("2000-12-31")),
				 cases[i].financing);
		forget(NULL);
	}
	given("X", "");
	assert_int_equal(money_financing(dossier, 0), 0);
}

/* --- properties --- */

static const char *random_line(char line[256])
{
	static const char *const kinds[] = {"proposed",
					    "commitment_authority",
					    "appropriation",
					    "supplementary",
					    "appropriation_excl_shared",
					    "assessment",
					    "expenditure",
					    "cost_sharing"};
	static const char *const periods[] = {"2001-07-01 2002-06-30", "2002-07-01 2003-06-30",
					      "2003-07-01 2004-06-30", "2001-07-01 2001-12-31",
					      "2002-07-01 2003-02-28", "2003-03-01 2003-06-30",
					      "2002-01-01 2002-12-31", "2001-09-10 2002-06-30"};
	int32_t first = facts_day("2001-01-01");
	const char *period = periods[below(8)];

	switch (below(5)) {
	case 0:
		snprintf(line, 256, "instrument UNSC S/RES/%u %s %s until=%s%s", below(6),
			 random_day(first, 1000), below(4) ? "extend" : "terminate",
			 random_day(first, 1200), below(3) ? "" : " withdraw=2003-09-30");
		break;
	case 1:
		snprintf(line, 256, "payment %s USA %s %u", period, random_day(first, 1000),
			 below(50));
		break;
	case 2:
		snprintf(line, 256, "operation un_pko%s%s", below(2) ? " start=2001-09-10" : "",
			 below(4) ? "" : " end=2003-02-28");
		break;
	default:
		snprintf(line, 256, "amount %s %s %u %s doc=%s%s%s", period, kinds[below(8)],
			 below(100), below(2) ? "exact" : "rounded", below(3) ? "A" : "-",
			 below(4) ? "" : " currency=EUR", below(8) ? "" : " reason=why");
	}
	return line;
}

static bool same_rows(const struct money *x, size_t x_count, const struct money *y, size_t y_count)
{
	bool same = x_count == y_count;

	for (size_t i = 0; same && i < x_count; i++) {
		same = x[i].start == y[i].start && x[i].end == y[i].end &&
		       strcmp(x[i].currency, y[i].currency) == 0 && x[i].state == y[i].state &&
		       x[i].precision == y[i].precision &&
		       x[i].authorized.amount == y[i].authorized.amount &&
		       x[i].conditional.amount == y[i].conditional.amount &&
		       x[i].paid.amount == y[i].paid.amount &&
		       x[i].outstanding.amount == y[i].outstanding.amount;
	}
	return same;
}

static void order_does_not_matter_and_changes_are_announced(void **state)
{
	int32_t first = facts_day("2001-01-01"), last = facts_day("2004-09-01");
	uint32_t start = (uint32_t)time(NULL);
	size_t opened = 0;

	(void)state;
	print_message("seed %u\n", start);
	for (int round = 0; round < 60; round++) {
		char line[256];
		struct dossier *built;
		struct money *x, *y;
		size_t x_count, y_count;

		seed = start + (uint32_t)round;
		given("X", "");
		for (int i = 0; i < 25; i++) {
			put(random_line(line));
			if (below(6) == 0)
				retract(&facts.at[below((uint32_t)facts.count)]);
		}
		check_same(dossier, first, last, 7);
		check_days(dossier, first, last);
		built = facts_dossier(&facts);
		for (int32_t day = first; day < last; day += 30) {
			assert_int_equal(money_on(dossier, day, true, &arena, &x, &x_count),
					 STATUS_OK);
			assert_int_equal(money_on(built, day, true, &arena, &y, &y_count),
					 STATUS_OK);
			assert_true(same_rows(x, x_count, y, y_count));
		}
		for (int32_t day = first; day < last; day += 90) {
			Mandate__Alert **alerts;
			int32_t next;
			size_t count = evaluate_on(dossier, day, &alerts, &next);

			for (size_t i = 0; i < count; i++)
				opened += alerts[i]->code >= CODE(FIN_NO_APPROP) &&
					  alerts[i]->code <= CODE(FIN_PERIOD);
		}
		dossier_free(built);
		forget(NULL);
	}
	assert_true(opened > 100);
	given("X", "");
}

#define TEST(name) cmocka_unit_test_teardown(name, forget)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_appropriation_and_its_supplement_are_authorized),
		TEST(another_view_of_an_appropriation_is_added_to_nothing),
		TEST(of_an_appropriation_only_another_view_may_be_known),
		TEST(a_commitment_authority_counts_until_there_is_an_appropriation),
		TEST(documents_are_added_and_an_edition_replaces_its_own),
		TEST(what_lies_after_the_mandate_is_conditional),
		TEST(where_no_mandate_is_known_nothing_is_conditional),
		TEST(a_part_is_exact_where_a_product_would_not_fit),
		TEST(a_sum_that_does_not_fit_stays_at_the_end),
		TEST(paid_is_every_states_share),
		TEST(without_shares_the_whole_is_to_be_paid),
		TEST(a_state_sees_its_share_what_it_paid_and_owes),
		TEST(a_partner_sees_what_it_commits_itself_to),
		TEST(who_pays_is_said_by_a_phase_the_operation_or_its_kind),
		TEST(order_does_not_matter_and_changes_are_announced),
	};

	return cmocka_run_group_tests_name("rules/budget", tests, NULL, NULL);
}
