/* What people are told in words, and rows told by views. */
#include "base/day.h"
#include "clients/ctl_words.h"
#include "clients/json.h"
#include "clients/output.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static int32_t day(const char *text)
{
	int32_t result = 0;

	assert_int_equal(day_parse(&result, text), STATUS_OK);
	return result;
}

static void an_age_is_said_once_it_matters(void **state)
{
	static const struct {
		uint32_t days;
		const char *text;
	} cases[] = {{0, ""},
		     {44, ""},
		     {45, "2 months old"},
		     {89, "3 months old"},
		     {729, "24 months old"},
		     {730, "2 years old"},
		     {3774, "10 years old"}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct words w = {0};

		words_age(&w, cases[i].days);
		assert_string_equal(w.text, cases[i].text);
	}
}

static void a_strength_says_by_how_many(void **state)
{
	static const struct {
		bool has_persons;
		uint64_t persons;
		bool has_ceiling;
		uint64_t ceiling;
		const char *text;
	} cases[] = {{true, 894, true, 860, "894 present, 860 allowed (34 over)"},
		     {true, 12206, true, 16700, "12 206 present, 16 700 allowed (4 494 below)"},
		     {true, 300, true, 300, "300 present, 300 allowed"},
		     {true, 5, true, 0, "5 present, 0 allowed (5 over)"},
		     {true, 43, false, 0, "43 present"},
		     {false, 0, true, 2101, "no head-count, 2 101 allowed"}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct words w = {0};

		words_strength(&w, cases[i].has_persons, cases[i].persons, cases[i].has_ceiling,
			       cases[i].ceiling);
		assert_string_equal(w.text, cases[i].text);
	}
}

/* An alert as JSON has it, and what is said of it. */
static void an_alert_is_told_with_its_proof(void **state)
{
	static const struct {
		const char *alert, *text;
	} cases[] = {
		{"{\"code\":\"CEIL_OVER\",\"persons\":894,\"ceiling\":860,\"as_of\":\"2005-02-"
		 "28\"}",
		 "894 present, 860 allowed (34 over), as of 2005-02-28"},
		{"{\"code\":\"CEIL_UNSET\",\"persons\":43}", "43 present, no ceiling on record"},
		{"{\"code\":\"CEIL_SUB\",\"name\":\"Brigade\",\"persons\":3069,\"ceiling\":3000,"
		 "\"document\":\"S/RES/2098\"}",
		 "Brigade: 3 069 within 3 000 by S/RES/2098"},
		{"{\"code\":\"MAND_EXPIRING\",\"valid_until\":\"2015-08-31\",\"stage\":90}",
		 "ends on 2015-08-31, within 90 days"},
		{"{\"code\":\"MAND_LAPSED\",\"valid_until\":\"2009-06-15\"}",
		 "ended on 2009-06-15, nothing follows"},
		{"{\"code\":\"MAND_ONE_SIDED\",\"parties\":[\"AU\"],"
		 "\"valid_until\":\"2010-07-31\",\"other_day\":\"2011-07-31\"}",
		 "AU until 2010-07-31, the other side until 2011-07-31"},
		{"{\"code\":\"DEP_NO_MANDATE\",\"persons\":120,\"last_lawful\":\"2011-08-31\"}",
		 "120 present, the last lawful day was 2011-08-31"},
		{"{\"code\":\"DEP_ARRIVES_ENDED\",\"persons\":150,\"contributor\":\"RWA\","
		 "\"day\":\"2021-01-10\",\"valid_until\":\"2020-12-31\"}",
		 "150 of RWA arrive on 2021-01-10, the mandate ended on 2020-12-31"},
		{"{\"code\":\"DEP_DOUBLE\",\"persons\":850,\"contributor\":\"BDI\","
		 "\"other_operation\":\"MISCA\"}",
		 "850 of BDI, also present in MISCA"},
		{"{\"code\":\"DEP_STALE\",\"as_of\":\"2004-12-31\"}", "last return of 2004-12-31"},
		{"{\"code\":\"PLEDGE_GAP\",\"required\":1000,\"persons\":120,\"pledged\":730,"
		 "\"day\":\"2004-01-31\"}",
		 "1 000 required, 120 deployed, 730 pledged (150 short), needed by 2004-01-31"},
		{"{\"code\":\"PLEDGE_STALE\",\"day\":\"2004-10-01\"}", "renewal due on 2004-10-01"},
		{"{\"code\":\"HANDOVER_ONE_SIDE\",\"parties\":[\"UN\"],"
		 "\"other_day\":\"2008-02-16\",\"day\":\"2008-12-09\"}",
		 "waits for UN, first accepted on 2008-02-16, to take effect on 2008-12-09"},
		{"{\"code\":\"FUNCTION_ORPHAN\"}", "nobody holds it"},
		{"{\"code\":\"FUNCTION_ORPHAN\",\"parties\":[\"EULEX\",\"UNMIK\"]}",
		 "held by EULEX, UNMIK"},
		{"{\"code\":\"SUCC_GAP\",\"day\":\"2010-07-01\",\"valid_until\":\"2010-05-31\"}",
		 "takes effect on 2010-07-01, the mandate before it ends on 2010-05-31"},
		{"{\"code\":\"SUCC_OVERLAP\",\"day\":\"2010-07-01\"}",
		 "takes effect on 2010-07-01, the mandate before it is open-ended"},
		{"{\"code\":\"FIN_NO_APPROP\",\"period_start\":\"2015-07-01\","
		 "\"period_end\":\"2016-06-30\"}",
		 "nothing authorized for 2015-07-01 to 2016-06-30"},
		{"{\"code\":\"FIN_PAST_MANDATE\",\"amount\":161487178,\"currency\":\"USD\","
		 "\"period_start\":\"2022-07-01\",\"period_end\":\"2023-06-30\","
		 "\"valid_until\":\"2022-11-15\"}",
		 "161 487 178 USD of 2022-07-01 to 2023-06-30 are for days after the mandate's end "
		 "on 2022-11-15"},
		{"{\"code\":\"FIN_PERIOD\",\"period_start\":\"2003-07-01\","
		 "\"period_end\":\"2004-05-20\"}",
		 "2003-07-01 to 2004-05-20 is not the usual period"},
		{"{\"code\":\"PRIO_NO_OWNER\",\"version\":2}", "version 2: an item without a lead"},
		{"{\"code\":\"PRIO_UNENDORSED\",\"version\":1,\"day\":\"2011-06-27\","
		 "\"parties\":[\"OCHA\",\"UNMAS\"]}",
		 "version 1 of 2011-06-27 waits for OCHA, UNMAS"},
		{"{\"code\":\"HOST_CONSENT\",\"host\":\"ERI\",\"consent\":\"restricted\","
		 "\"day\":\"2005-10-05\"}",
		 "ERI: restricted since 2005-10-05"},
		{"{\"code\":\"EDITION_CLASH\",\"offices\":[\"FIELD\",\"HQ\"]}",
		 "two contents under one edition, by FIELD, HQ"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		json_t *json = json_loads(cases[i].alert, 0, NULL);
		ProtobufCMessage *message = NULL;
		struct words w = {0};
		struct error err = {0};
		struct arena a;

		assert_non_null(json);
		json_object_set_new(json, "key", json_string("A"));
		json_object_set_new(json, "severity", json_string("warn"));
		json_object_set_new(json, "since", json_string("2005-02-28"));
		arena_init(&a, 65536);
		if (json_to_message(&a, json, &mandate__alert__descriptor, &message, &err) !=
		    STATUS_OK)
			fail_msg("%s: %s", cases[i].alert, err.text);
		words_alert(&w, (const Mandate__Alert *)message);
		assert_string_equal(w.text, cases[i].text);
		arena_fini(&a);
		json_decref(json);
	}
}

static void what_does_not_fit_is_left_out(void **state)
{
	char long_text[2 * WORDS_BYTES];
	char *items[] = {long_text, long_text};
	struct words w = {0};

	(void)state;
	memset(long_text, 'x', sizeof long_text);
	long_text[sizeof long_text - 1] = '\0';
	words_list(&w, items, 2);
	words_number(&w, UINT64_MAX);
	assert_int_equal(w.len, WORDS_BYTES - 1);
	assert_int_equal(strlen(w.text), WORDS_BYTES - 1);
}

static void negative_numbers_are_grouped(void **state)
{
	char buffer[OUTPUT_NUMBER_BYTES];

	(void)state;
	assert_string_equal(output_grouped_signed(buffer, -4494), "-4 494");
	assert_string_equal(output_grouped_signed(buffer, 34), "34");
	assert_string_equal(output_grouped_signed(buffer, INT64_MIN), "-9 223 372 036 854 775 808");
}

static void a_row_as_json_has_every_field(void **state)
{
	Mandate__FunctionRow row = MANDATE__FUNCTION_ROW__INIT;

	(void)state;
	row.function = (char[]){"policing"};
	row.area = (char[]){"XKX"};
	row.has_from = true;
	row.from = day("1999-06-10");
	json_t *json = json_of_row(&row.base);
	char *text = json_dumps(json, JSON_LINE);
	assert_string_equal(text, "{\"function\":\"policing\",\"area\":\"XKX\",\"operation\":null,"
				  "\"parties\":[],\"from\":\"1999-06-10\",\"until\":null,"
				  "\"record\":null,\"contested\":false}");
	free(text);
	json_decref(json);
}

/* --- rows ------------------------------------------------------------------------------------ */

static void print_rows(enum output_format format, char *ret_text, size_t size)
{
	static const struct output_column columns[] = {{"key", NULL, false, false, 0},
						       {"over", NULL, true, false, 0},
						       {"words", NULL, false, false, OUTPUT_TABLE},
						       {"code", NULL, false, false, OUTPUT_CSV}};
	static const struct {
		const char *key;
		unsigned rank;
	} told[] = {{"info", 2}, {"alarm", 0}, {"warn", 1}, {"alarm too", 0}};
	int saved = dup(STDOUT_FILENO);
	FILE *file = tmpfile();
	struct output_rows *rows;

	assert_non_null(file);
	fflush(stdout);
	dup2(fileno(file), STDOUT_FILENO);
	assert_int_equal(output_rows_new(&rows, format, columns, 4), STATUS_OK);
	for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
		output_text(rows, told[i].key);
		output_signed(rows, true, -4494);
		output_text(rows, "in words");
		output_text(rows, "in code");
		output_row_end_ranked(rows, told[i].rank);
	}
	assert_int_equal(output_rows_end(rows), STATUS_OK);
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	rewind(file);
	ret_text[fread(ret_text, 1, size - 1, file)] = '\0';
	fclose(file);
}

static void a_table_stands_by_rank_and_csv_as_it_comes(void **state)
{
	char text[1024];

	(void)state;
	print_rows(OUTPUT_TABLE, text, sizeof text);
	assert_string_equal(text, "key         over words\n"
				  "alarm     -4 494 in words\n"
				  "alarm too -4 494 in words\n"
				  "warn      -4 494 in words\n"
				  "info      -4 494 in words\n");
	print_rows(OUTPUT_CSV, text, sizeof text);
	assert_string_equal(text, "key,over,code\n"
				  "info,-4494,\"in code\"\n"
				  "alarm,-4494,\"in code\"\n"
				  "warn,-4494,\"in code\"\n"
				  "\"alarm too\",-4494,\"in code\"\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_age_is_said_once_it_matters),
		cmocka_unit_test(a_strength_says_by_how_many),
		cmocka_unit_test(an_alert_is_told_with_its_proof),
		cmocka_unit_test(what_does_not_fit_is_left_out),
		cmocka_unit_test(negative_numbers_are_grouped),
		cmocka_unit_test(a_row_as_json_has_every_field),
		cmocka_unit_test(a_table_stands_by_rank_and_csv_as_it_comes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
