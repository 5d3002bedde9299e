/* CSV files of what was agreed, endorsed and decided on money. */
#include "import_fixture.h"

#define ARRANGEMENTS                                                                               \
	"id,kind,parties,operation,other_operation,function,start_date,end_date,legal_basis,"      \
	"acceptance,note\n"
#define PRIORITIES "operation,rank,task,owners,state,date,document\n"
#define FINANCE                                                                                    \
	"operation,period_start,period_end,kind,amount,currency,precision,document,source,"        \
	"confidence\n"

static void an_accepted_arrangement_is_one_fact_and_an_inferred_act_of_each_party(void **state)
{
	struct fixture *f = *state;

	take(f, "arrangements",
	     ARRANGEMENTS "A-B,succession,UN+AU;UN,UNAMID,UNITAMS,several re-hatted,2021-01-01,"
			  "2021-01-01,S/RES/2524; S/RES/2559,accepted_both,why\n");
	assert_int_equal(f->result.problem_count, 0);
	assert_int_equal(f->result.fact_count, 3); /* the UN, on both sides, accepts once */
	const Mandate__Change *c = f->result.facts[0].change; /* acts follow */
	const Mandate__Arrangement *a = c->record->arrangement;
	assert_int_equal(c->record->content_case, MANDATE__RECORD__CONTENT_ARRANGEMENT);
	assert_int_equal(a->n_sides, 2);
	assert_int_equal(a->sides[0]->n_parties, 2);
	assert_string_equal(a->sides[0]->parties[1], "AU");
	assert_string_equal(a->sides[1]->parties[0], "UN");
	assert_int_equal(a->effective, day("2021-01-01"));
	assert_string_equal(a->subject, "several re-hatted");
	assert_true(a->has_rehatting && a->rehatting);
	assert_false(a->has_proposed);
	assert_int_equal(a->n_functions, 0);
	assert_string_equal(c->source->note, "why");
	const Mandate__Acceptance *acceptance = change_of(f, "A-B:AU", 1)->record->acceptance;
	assert_int_equal(acceptance->reply, MANDATE__REPLY__REPLY_ACCEPTED);
	assert_int_equal(acceptance->day, day("2021-01-01"));
	assert_true(acceptance->inferred);
	change_of(f, "A-B:UN", 1);
}

static void a_proposal_has_no_acceptances_and_a_side_too_much_is_malformed(void **state)
{
	struct fixture *f = *state;

	take(f, "arrangements",
	     ARRANGEMENTS "A,parallel,UN;EU,X,Y,,2021-01-01,,,proposed,\n"
			  "B,parallel,UN;,X,Y,,2021-01-01,,,accepted_both,\n"
			  "C,parallel,UN;EU,X,Y,,2021-01-01,,,accepted_one_side,\n"
			  "D,marriage,UN;EU,X,Y,,2021-01-01,,,proposed,\n"
			  "E,parallel,UN;EU,X,Y,,2021-01-02,2021-01-01,,accepted_both,\n");
	assert_int_equal(f->result.fact_count, 1);
	assert_int_equal(f->result.problem_count, 4);
	assert_problem(f, 0, 3, "malformed");
	assert_problem(f, 1, 4, "bad_value");
	assert_problem(f, 2, 5, "bad_value");
	assert_problem(f, 3, 6, "malformed");
}

static void a_list_of_functions_is_split(void **state)
{
	static const struct {
		const char *cell;
		size_t count;
		const char *last;
	} cells[] = {{"\"policing, justice and customs\"", 3, "customs"},
		     {"\"policing, justice, and customs\"", 3, "customs"},
		     {"police monitoring and reform", 1, "police monitoring and reform"},
		     {"\"a, b\"", 2, "b"}};
	struct fixture *f = *state;
	char text[512];

	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
		snprintf(text, sizeof text,
			 ARRANGEMENTS
			 "A,handover_of_function,UN;EU,X,Y,%s,2021-01-01,,,proposed,\n",
			 cells[i].cell);
		take(f, "arrangements", text);
		const Mandate__Arrangement *a = change_of(f, "A", 1)->record->arrangement;
		assert_int_equal(a->n_functions, cells[i].count);
		assert_string_equal(a->functions[a->n_functions - 1], cells[i].last);
		assert_null(a->subject);
	}
}

static void rows_that_disagree_on_an_arrangement_are_not_taken_nor_their_acts(void **state)
{
	struct fixture *f = *state;

	take(f, "arrangements",
	     ARRANGEMENTS "A,parallel,UN;EU,X,Y,,2021-01-01,,,accepted_both,one\n"
			  "B,parallel,UN;EU,X,Y,,2021-01-01,,,accepted_both,\n"
			  "A,parallel,UN;EU,X,Y,,2021-01-02,,,accepted_both,\n"
			  "B,parallel,UN;EU,X,Y,,2021-01-01,,,accepted_both,source differs\n");
	assert_int_equal(f->result.fact_count, 3);
	assert_int_equal(f->result.problem_count, 2);
	assert_problem(f, 0, 2, "key_twice");
	assert_problem(f, 1, 4, "key_twice");
	assert_int_equal(f->result.facts[0].rows, 2);
}

static void rows_of_a_document_are_one_list_that_its_owners_endorse(void **state)
{
	struct fixture *f = *state;

	take(f, "priorities",
	     PRIORITIES "UNMIL,2,two,UNMIL;OCHA;OHCHR,endorsed,2003-09-19,S/RES/1509\n"
			"UNMIL,1,one,UNMIL,endorsed,2003-09-19,S/RES/1509\n"
			"UNMIL,1,other,UNMIL,endorsed,2004-09-19,S/RES/1\n");
	assert_int_equal(f->result.problem_count, 0);
	assert_int_equal(f->result.fact_count, 6);
	const Mandate__Priorities *p = change_of(f, "UNMIL:S/RES/1509", 1)->record->priorities;
	assert_int_equal(p->date, day("2003-09-19"));
	assert_int_equal(p->n_items, 2);
	assert_string_equal(p->items[0]->task, "one");
	assert_int_equal(p->items[0]->n_supporting, 0);
	assert_string_equal(p->items[1]->lead, "UNMIL");
	assert_string_equal(p->items[1]->supporting[1], "OHCHR");
	assert_false(p->items[1]->has_state);
	const Mandate__Endorsement *e =
		change_of(f, "UNMIL:S/RES/1509:OHCHR:1", 1)->record->endorsement;
	assert_int_equal(e->day, day("2003-09-19"));
	assert_true(e->inferred);
	change_of(f, "UNMIL:S/RES/1509:UNMIL:1", 1);
}

static void who_has_not_endorsed_all_that_it_owns_endorses_nothing(void **state)
{
	struct fixture *f = *state;

	take(f, "priorities",
	     PRIORITIES "X,1,one,X;OCHA,endorsed,2003-09-19,D\n"
			"X,2,two,X,in_progress,2003-09-19,D\n"
			"Y,1,one,Y,endorsed,2003-09-19,D\nY,1,two,Y,endorsed,2003-09-19,D\n"
			"Z,1,one,,,2003-09-19,D\nZ,2,two,,,2003-09-20,D\n");
	assert_int_equal(f->result.fact_count, 2);
	change_of(f, "X:D:OCHA:1", 1);
	const Mandate__Priorities *p = change_of(f, "X:D", 1)->record->priorities;
	assert_int_equal(p->items[1]->state, MANDATE__PRIORITY_STATE__PRIORITY_STATE_IN_PROGRESS);
	assert_int_equal(problems_of(f, "key_twice"), 4); /* a rank twice; two dates */
}

static void amounts_are_the_assemblys_and_budget_lines_are_no_operations(void **state)
{
	struct fixture *f = *state;

	take(f, "finance",
	     FINANCE "UNISFA,2022-07-01,2023-06-30,appropriation,259660000,USD,rounded,A/RES/76/"
		     "281,s,high\n"
		     "UNISFA,2022-07-01,2023-06-30,supplementary,-8510000,USD,exact,,s,high\n"
		     "ALL,2022-07-01,2023-06-30,total,1,USD,,,,\n"
		     "Support account,2022-07-01,2023-06-30,appropriation,1,USD,,,,\n"
		     "AMISOM-support,2022-07-01,2023-06-30,appropriation,1,USD,,,,\n"
		     "UNISFA,2022-07-01,2023-06-30,appropriation,1.5,USD,,,,\n"
		     "UNISFA,2022-07-01,2023-06-30,appropriation,1000000000000001,USD,,,,\n"
		     "UNISFA,2022-07-01,2023-06-30,appropriation,-,USD,,,,\n"
		     "UNISFA,2022-07-01,2023-06-30,cost_sharing,1,USD,,,,\n"
		     "UNISFA,2023-07-01,2022-06-30,appropriation,1,usd,,,,\n");
	assert_int_equal(f->result.fact_count, 2);
	const Mandate__Amount *a =
		change_of(f, "UNISFA:2022-07-01:2023-06-30:appropriation:UNGA:USD:A/RES/76/281", 1)
			->record->amount;
	assert_true(a->amount == 259660000);
	assert_int_equal(a->precision, MANDATE__PRECISION__PRECISION_ROUNDED);
	a = change_of(f, "UNISFA:2022-07-01:2023-06-30:supplementary:UNGA:USD:-", 1)
		    ->record->amount;
	assert_true(a->amount == -8510000);
	assert_int_equal(f->result.problem_count, 8);
	assert_problem(f, 0, 4, "reference_total");
	assert_problem(f, 1, 5, "budget_line");
	assert_problem(f, 2, 6, "budget_line");
	assert_problem(f, 3, 7, "bad_number");
	assert_problem(f, 4, 8, "bad_number");
	assert_problem(f, 5, 9, "bad_number");
	assert_problem(f, 6, 10, "missing_value");
	assert_problem(f, 7, 11, "bad_text");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(an_accepted_arrangement_is_one_fact_and_an_inferred_act_of_each_party),
		TEST(a_proposal_has_no_acceptances_and_a_side_too_much_is_malformed),
		TEST(a_list_of_functions_is_split),
		TEST(rows_that_disagree_on_an_arrangement_are_not_taken_nor_their_acts),
		TEST(rows_of_a_document_are_one_list_that_its_owners_endorse),
		TEST(who_has_not_endorsed_all_that_it_owns_endorses_nothing),
		TEST(amounts_are_the_assemblys_and_budget_lines_are_no_operations),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
