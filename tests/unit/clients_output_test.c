/* Hostile texts through everything that prints: tables, CSV, JSON, plain lines; and CSV back. */
#include "clients/import.h"
#include "clients/output.h"
#include "clients/csv_guard.h"
#include "tests/unit/hostile_texts.h"

#include <csv.h>
#include <stdlib.h>

enum { TEXT_BYTES = 64 * 1024 };

static char printed[TEXT_BYTES];
static enum output_format format;

static void print_rows(void)
{
	static const struct output_column columns[] = {{"before", NULL, false, false, 0},
						       {"text", NULL, false, true, 0},
						       {"number", NULL, true, false, 0},
						       {"value", NULL, false, false, 0}};
	struct output_rows *rows;

	assert_int_equal(output_rows_new(&rows, format, columns, 4), STATUS_OK);
	for (size_t i = 0; i < HOSTILE_TEXTS; i++) {
		/* What is no UTF-8 is no JSON; it comes as if it were. */
		json_t *list = json_pack("[o]", json_string_nocheck(hostile_texts[i]));

		output_text(rows, "x");
		output_text(rows, hostile_texts[i]);
		output_signed(rows, true, -34);
		output_value(rows, list);
		output_row_end(rows);
		json_decref(list);
	}
	assert_int_equal(output_rows_end(rows), STATUS_OK);
}

static size_t lines_of(const char *text)
{
	size_t lines = 0;

	for (; *text; text++)
		lines += *text == '\n';
	return lines;
}

static void a_table_is_harmless(void **state)
{
	(void)state;
	format = OUTPUT_TABLE;
	capture(STDOUT_FILENO, print_rows, printed, sizeof printed);
	assert_harmless(printed);
	assert_int_equal(lines_of(printed), 1 + HOSTILE_TEXTS);
	assert_non_null(strstr(printed, "abc\\u202efdp.exe"));
}

static void a_plain_line(void)
{
	for (size_t i = 0; i < HOSTILE_TEXTS; i++)
		output_print(stdout, hostile_texts[i]);
}

static void plain_lines_are_harmless(void **state)
{
	(void)state;
	capture(STDOUT_FILENO, a_plain_line, printed, sizeof printed);
	assert_harmless(printed);
	assert_int_equal(lines_of(printed), 0);
}

/* --- JSON --- */

static const char *json_text;

static void print_json(void)
{
	json_t *json = json_pack("{s:s}", "text", json_text);

	assert_int_equal(output_json(json), json ? STATUS_OK : STATUS_NO_MEMORY);
}

static void json_is_harmless_and_means_the_same(void **state)
{
	size_t read = 0;

	(void)state;
	for (size_t i = 0; i < HOSTILE_TEXTS; i++) {
		json_text = hostile_texts[i];
		capture(STDOUT_FILENO, print_json, printed, sizeof printed);
		assert_harmless(printed);
		if (!*printed)
			continue; /* no UTF-8 */
		assert_int_equal(lines_of(printed), 1);
		json_t *json = json_loads(printed, JSON_REJECT_DUPLICATES, NULL);
		assert_non_null(json);
		assert_string_equal(json_string_value(json_object_get(json, "text")), json_text);
		json_decref(json);
		read++;
	}
	assert_in_range(read, HOSTILE_TEXTS - 7, HOSTILE_TEXTS - 1);
}

/* --- CSV --- */

struct cells {
	char text[4 * (HOSTILE_TEXTS + 1)][256];
	size_t count;
};

static void take_cell(void *data, size_t len, void *context)
{
	struct cells *cells = context;

	assert_true(len < sizeof cells->text[0]);
	assert_true(cells->count < sizeof cells->text / sizeof *cells->text);
	memcpy(cells->text[cells->count], data ? data : "", len);
	cells->text[cells->count++][len] = '\0';
}

/* As a spreadsheet reads it. */
static void read_cells(struct cells *cells, const char *csv)
{
	struct csv_parser parser;

	cells->count = 0;
	assert_int_equal(csv_init(&parser, CSV_STRICT), 0);
	assert_int_equal(csv_parse(&parser, csv, strlen(csv), take_cell, NULL, cells), strlen(csv));
	csv_fini(&parser, take_cell, NULL, cells);
	csv_free(&parser);
}

/* What makes a cell a formula in one spreadsheet or another. */
static bool runs(const char *cell)
{
	static const char *const formulas[] = {"\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d",
					       "\xef\xbc\xa0"};

	cell += strspn(cell, " ");
	for (size_t i = 0; i < sizeof formulas / sizeof *formulas; i++)
		if (strncmp(cell, formulas[i], strlen(formulas[i])) == 0)
			return true;
	return *cell && strchr("=+-@\t\r\n", *cell);
}

static void csv_runs_nowhere_and_comes_back(void **state)
{
	static struct cells cells;

	(void)state;
	format = OUTPUT_CSV;
	capture(STDOUT_FILENO, print_rows, printed, sizeof printed);
	assert_harmless(printed);
	read_cells(&cells, printed);
	assert_int_equal(cells.count, 4 * (HOSTILE_TEXTS + 1));
	for (size_t i = 0; i < HOSTILE_TEXTS; i++) {
		const char *text = cells.text[4 * (i + 1) + 1], *list = cells.text[4 * (i + 1) + 3];
		char *escaped = output_escape(hostile_texts[i]);

		assert_false(runs(text));
		assert_false(runs(list));
		assert_string_equal(cells.text[4 * (i + 1) + 2], "-34"); /* a number stays one */
		struct bytes back = csv_guard_remove(bytes_of_text(text));
		assert_true(bytes_equal(back, bytes_of_text(escaped)));
		free(escaped);
	}
}

static void only_what_would_run_gets_an_apostrophe(void **state)
{
	static const struct {
		const char *text;
		bool guarded;
	} cases[] = {{"=1", true},	  {"'=1", true},  {" -1", true},    {"\xef\xbc\xa0", true},
		     {"", false},	  {"'", false},	  {"'Adra", false}, {"a=b", false},
		     {"\xef\xbc", false}, {"1-2", false}, {"  ", false}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (csv_guard_is_needed(bytes_of_text(cases[i].text)) != cases[i].guarded)
			fail_msg("%s", cases[i].text);
	/* An apostrophe that was not put there stays. */
	assert_true(bytes_equal(csv_guard_remove(bytes_of_text("'Adra")), bytes_of_text("'Adra")));
}

/* The import reads what spreadsheets and we write. */
static void import_reads_a_guarded_cell(void **state)
{
	static const char csv[] = "kind,code,iso3,name,seat\n"
				  "member_state,\"'-X\",,\"'=1+1\",\n"
				  "member_state,'Adra,,'Adra,\n";
	char path[] = "/tmp/clients-output-XXXXXX";
	struct import_result result = {0};
	struct error err = {0};
	struct arena a;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, csv, sizeof csv - 1), sizeof csv - 1);
	close(fd);
	arena_init(&a, 1 << 20);
	enum status s = import_read(&a, "partners", path, &result, &err);
	unlink(path);
	if (s != STATUS_OK || result.fact_count != 2)
		fail_msg("%zu facts; %s%s", result.fact_count, err.text,
			 result.problem_count ? result.problems[0].reason : "");
	assert_string_equal(result.facts[0].change->record->partner->code, "-X");
	assert_string_equal(result.facts[0].change->record->partner->name, "=1+1");
	assert_string_equal(result.facts[1].change->record->partner->name, "'Adra");
	arena_fini(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_table_is_harmless),
		cmocka_unit_test(plain_lines_are_harmless),
		cmocka_unit_test(json_is_harmless_and_means_the_same),
		cmocka_unit_test(csv_runs_nowhere_and_comes_back),
		cmocka_unit_test(only_what_would_run_gets_an_apostrophe),
		cmocka_unit_test(import_reads_a_guarded_cell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
