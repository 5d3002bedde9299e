/* JSON by descriptors, and what is printed: exact both ways, and harmless. */
#include "clients/json.h"
#include "clients/output.h"
#include "mandate.pb-c.h"
#include "model/codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum { ARENA_BYTES = 1024 * 1024 };

static enum status parse(struct arena *a, const char *text, const ProtobufCMessageDescriptor *type,
			 ProtobufCMessage **ret_message, struct error *err)
{
	json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

	assert_non_null(json);
	arena_init(a, ARENA_BYTES);
	enum status s = json_to_message(a, json, type, ret_message, err);
	json_decref(json);
	return s;
}

static void a_change_goes_there_and_back(void **state)
{
	static const char *const lines[] = {
		"{\"action\":\"record\",\"record\":{\"instrument\":{\"operation\":\"UNMIL\","
		"\"party\":\"UNSC\",\"document\":\"S/RES/1626\",\"action\":\"extend\","
		"\"adopted\":\"2005-09-19\",\"valid_until\":\"2006-03-31\",\"carried_out\":true,"
		"\"ceilings\":[{\"component\":\"military\",\"persons\":15250,\"delta\":-3,"
		"\"from\":\"2005-11-15\"}]}},\"edition\":0,\"expected_revision\":7,"
		"\"source\":{\"confidence\":\"high\"}}",
		"{\"action\":\"retract\",\"record\":{\"return\":{\"operation\":\"MONUC\","
		"\"as_of\":\"2004-12-31\",\"covers\":[\"military\",\"police\"]}}}",
		"{\"action\":\"correct\",\"record\":{\"operation\":{\"acronym\":\"MONUC\","
		"\"hosts\":[\"COD\"],\"latitude\":-4.325,\"longitude\":15.32224}}}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct error err = {0};
		ProtobufCMessage *message;
		struct arena a;

		if (parse(&a, lines[i], &mandate__change__descriptor, &message, &err) != STATUS_OK)
			fail_msg("%s", err.text);
		json_t *json = json_of_message(message);
		char *text = json_dumps(json, JSON_LINE);
		assert_string_equal(text, lines[i]);
		free(text);
		json_decref(json);
		arena_fini(&a);
	}
}

static void what_is_wrong_is_named_by_its_place(void **state)
{
	static const struct {
		const char *text, *says;
	} wrong[] = {
		{"{\"action\":\"record\"}", "record: missing"},
		{"{\"action\":\"record\",\"record\":null}", "record: missing"},
		{"{\"action\":\"rec\",\"record\":{}}",
		 "action: must be one of record, correct, retract"},
		{"{\"action\":1,\"record\":{}}", "action: must be one of record, correct, retract"},
		{"{\"action\":\"record\",\"record\":{\"partner\":{\"code\":\"A\",\"x\":1}}}",
		 "record.partner.x: no field of that name"},
		{"{\"action\":\"record\",\"record\":{\"partner\":{\"code\":1}}}",
		 "record.partner.code: must be a text"},
		{"{\"action\":\"record\",\"record\":{\"total\":{\"operation\":\"A\","
		 "\"as_of\":\"2004-02-30\",\"component\":\"police\"}}}",
		 "record.total.as_of: must be a day that exists, as \"2004-10-01\""},
		{"{\"action\":\"record\",\"record\":{\"return\":{\"operation\":\"A\","
		 "\"as_of\":\"2004-02-20\",\"counts\":[{\"contributor\":\"B\","
		 "\"component\":\"police\",\"persons\":-1}]}}}",
		 "record.return.counts[0].persons: a number out of range"},
		{"{\"action\":\"record\",\"record\":{\"partner\":{\"code\":\"A\"},"
		 "\"unit\":{\"operation\":\"A\"}}}",
		 "record.unit: stands beside another of which only one may be set"},
		{"{\"action\":\"record\",\"record\":{},\"edition\":1.5}",
		 "edition: must be a whole number"},
		{"{\"action\":\"record\",\"record\":{},\"edition\":4294967296}",
		 "edition: a number out of range"},
		{"{\"action\":\"record\",\"record\":[]}", "record: must be an object"},
		{"{\"action\":\"record\",\"record\":{\"operation\":{\"acronym\":\"A\","
		 "\"hosts\":\"B\"}}}",
		 "record.operation.hosts: must be a list"},
		{"{\"action\":\"record\",\"record\":{\"operation\":{\"acronym\":\"A\","
		 "\"latitude\":1.234567}}}",
		 "record.operation.latitude: has at most 5 decimals"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct error err = {0};
		ProtobufCMessage *message;
		struct arena a;

		assert_int_equal(
			parse(&a, wrong[i].text, &mandate__change__descriptor, &message, &err),
			STATUS_INVALID);
		assert_string_equal(err.text, wrong[i].says);
		arena_fini(&a);
	}
}

static void names_and_large_numbers_are_texts(void **state)
{
	Mandate__Outcome outcome = MANDATE__OUTCOME__INIT;
	struct error err = {0};
	ProtobufCMessage *back;
	struct arena a;

	(void)state;
	outcome.lane = UINT64_MAX;
	outcome.sequence = 1;
	json_t *json = json_of_message(&outcome.base);
	char *text = json_dumps(json, JSON_LINE);
	assert_string_equal(text, "{\"lane\":\"18446744073709551615\",\"sequence\":1}");
	assert_int_equal(parse(&a, text, &mandate__outcome__descriptor, &back, &err), STATUS_OK);
	assert_true(((Mandate__Outcome *)back)->lane == UINT64_MAX);
	free(text);
	json_decref(json);
	arena_fini(&a);
}

static void little_memory_is_a_limit_and_no_crash(void **state)
{
	json_t *json = json_loads("{\"action\":\"record\",\"record\":{\"operation\":{\"acronym\":"
				  "\"A\",\"hosts\":[\"AAA\",\"BBB\"],\"headquarters\":\"C\"}}}",
				  0, NULL);
	ProtobufCMessage *message;
	struct arena a;
	size_t cap = 0;
	enum status s;

	(void)state;
	do {
		arena_init(&a, cap);
		s = json_to_message(&a, json, &mandate__change__descriptor, &message, NULL);
		arena_fini(&a);
		cap += 16;
		assert_true(s == STATUS_OK || s == STATUS_LIMIT);
	} while (s != STATUS_OK);
	assert_in_range(cap, 200, 2000);
	json_decref(json);
}

static void what_could_harm_a_terminal_is_escaped(void **state)
{
	static const struct {
		const char *text, *escaped;
	} cases[] = {
		{"Côte d'Ivoire", "Côte d'Ivoire"},
		{"a\033[31mb", "a\\u001b[31mb"},
		{"a\nb\x7f", "a\\u000ab\\u007f"},
		{"\xc2\x9b", "\\u009b"},
		{"\xe2\x80\xae", "\\u202e"},
		{"\xff\xc3", "\\xff\\xc3"},
		{"\xc0\xaf", "\\xc0\\xaf"},
		{"\xed\xa0\x80", "\\xed\\xa0\\x80"},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *escaped = output_escape(cases[i].text);

		assert_string_equal(escaped, cases[i].escaped);
		free(escaped);
	}
}

static void thousands_are_grouped(void **state)
{
	char buffer[OUTPUT_NUMBER_BYTES];

	(void)state;
	assert_string_equal(output_grouped(buffer, 0), "0");
	assert_string_equal(output_grouped(buffer, 725), "725");
	assert_string_equal(output_grouped(buffer, 12206), "12 206");
	assert_string_equal(output_grouped(buffer, UINT64_MAX), "18 446 744 073 709 551 615");
}

/* What `print` writes to standard output. */
static void capture(void (*print)(void), char *ret_text, size_t size)
{
	int saved = dup(STDOUT_FILENO);
	FILE *file = tmpfile();

	assert_non_null(file);
	fflush(stdout);
	dup2(fileno(file), STDOUT_FILENO);
	print();
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	rewind(file);
	size_t len = fread(ret_text, 1, size - 1, file);
	ret_text[len] = '\0';
	fclose(file);
}

static void print_rows(enum output_format format)
{
	static const struct output_column columns[] = {{"key", NULL, false, false, 0},
						       {"persons", NULL, true, false, 0},
						       {"empty_one", NULL, false, false, 0},
						       {"valid_until", NULL, false, false, 0}};
	struct output_rows *rows;

	assert_int_equal(output_rows_new(&rows, format, columns, 4), STATUS_OK);
	output_text(rows, "=1+1");
	output_number(rows, true, 12206);
	output_text(rows, NULL);
	output_day(rows, true, 0);
	output_row_end(rows);
	output_text(rows, "a \"b\", c");
	output_number(rows, false, 1);
	output_text(rows, NULL);
	output_day(rows, false, 0);
	output_row_end(rows);
	assert_int_equal(output_rows_end(rows), STATUS_OK);
}

static void print_csv(void)
{
	print_rows(OUTPUT_CSV);
}

static void print_table(void)
{
	print_rows(OUTPUT_TABLE);
}

static void csv_is_quoted_and_never_a_formula(void **state)
{
	char text[512];

	(void)state;
	capture(print_csv, text, sizeof text);
	assert_string_equal(text, "key,persons,empty_one,valid_until\n"
				  "\"'=1+1\",12206,,1970-01-01\n"
				  "\"a \"\"b\"\", c\",,,\n");
}

static void a_table_has_titles_and_no_empty_columns(void **state)
{
	char text[512];

	(void)state;
	capture(print_table, text, sizeof text);
	assert_non_null(strstr(text, "valid until"));
	assert_non_null(strstr(text, "12 206"));
	assert_null(strstr(text, "empty"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_change_goes_there_and_back),
		cmocka_unit_test(what_is_wrong_is_named_by_its_place),
		cmocka_unit_test(names_and_large_numbers_are_texts),
		cmocka_unit_test(little_memory_is_a_limit_and_no_crash),
		cmocka_unit_test(what_could_harm_a_terminal_is_escaped),
		cmocka_unit_test(thousands_are_grouped),
		cmocka_unit_test(csv_is_quoted_and_never_a_formula),
		cmocka_unit_test(a_table_has_titles_and_no_empty_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
