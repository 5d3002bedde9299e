#include "output.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "base/day.h"
#include "base/utf8.h"
#include "csv_guard.h"
#include "json.h"
#include "model/names.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <libsmartcols/libsmartcols.h>

enum { PROGRESS_MS = 100, BAR_WIDTH = 30, TITLE_BYTES = 64, COLUMNS_MAX = 64, CUT_WIDTH = 20 };

/* --- harmless text --------------------------------------------------------------------------- */

char *output_escape(const char *text)
{
	size_t size = UTF8_ESCAPE_BYTES * strlen(text) + 1;
	char *escaped = malloc(size);

	if (escaped)
		utf8_escape(escaped, size, text);
	return escaped;
}

void output_print(FILE *to, const char *text)
{
	char *escaped = output_escape(text);

	fputs(escaped ? escaped : "(out of memory)", to);
	free(escaped);
}

enum status output_json(json_t *json)
{
	char *line = json ? json_dumps(json, JSON_LINE) : NULL;

	json_decref(json);
	if (!line)
		return STATUS_NO_MEMORY;
	/* JSON escapes control characters itself, but not all that we do; within JSON these stand
	 * in texts only, where \u means the same. */
	output_print(stdout, line);
	putchar('\n');
	free(line);
	return STATUS_OK;
}

static char *group(char buffer[OUTPUT_NUMBER_BYTES], uint64_t value)
{
	char *p = buffer + OUTPUT_NUMBER_BYTES - 1;

	*p = '\0';
	for (unsigned digits = 0; digits == 0 || value > 0; digits++, value /= 10) {
		if (digits && digits % 3 == 0)
			*--p = ' ';
		*--p = (char)('0' + value % 10);
	}
	return p;
}

const char *output_grouped(char buffer[OUTPUT_NUMBER_BYTES], uint64_t value)
{
	return group(buffer, value);
}

const char *output_grouped_signed(char buffer[OUTPUT_NUMBER_BYTES], int64_t value)
{
	char *text = group(buffer, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);

	if (value < 0)
		*--text = '-'; /* room enough: the longest takes 27 of 32 */
	return text;
}

/* --- rows ------------------------------------------------------------------------------------ */

struct output_rows {
	enum output_format format;
	size_t columns, column; /* `column`: of the next cell */
	struct libscols_table *table;
	struct libscols_line *line;
	struct {
		size_t width; /* of its widest cell; 0: nothing stands in it */
		size_t title_width;
		bool cut;
		bool shown; /* in this format */
	} of[COLUMNS_MAX];
	bool begun; /* CSV: a cell of this line is written */
	bool ranked, failed;
};

static void csv_cell(struct output_rows *r, const char *text, bool is_text)
{
	if (!r->of[r->column].shown)
		return;
	if (r->begun)
		putchar(',');
	r->begun = true;
	/* Numbers of ours are none: -34 stays one. */
	bool guard = is_text && csv_guard_is_needed(bytes_of_text(text));
	if (!guard && !strpbrk(text, ",\"\r\n ")) {
		fputs(text, stdout);
		return;
	}
	putchar('"');
	if (guard)
		putchar('\'');
	for (; *text; text++) {
		if (*text == '"')
			putchar('"');
		putchar(*text);
	}
	putchar('"');
}

/* Characters, not bytes. */
static size_t width_of(const char *text)
{
	size_t width = 0;

	for (; *text; text++)
		width += (*text & 0xc0) != 0x80;
	return width;
}

static void note_width(struct output_rows *r, const char *text)
{
	size_t width = text ? width_of(text) : 0;

	if (width > r->of[r->column].width)
		r->of[r->column].width = width;
}

static void cell(struct output_rows *r, const char *text, bool is_text)
{
	char *escaped = text ? output_escape(text) : NULL;

	if (text && !escaped)
		r->failed = true;
	if (r->format == OUTPUT_CSV) {
		csv_cell(r, escaped ? escaped : "", is_text);
	} else {
		if (!r->line)
			r->line = scols_table_new_line(r->table, NULL);
		if (r->of[r->column].shown)
			note_width(r, escaped);
		if (!r->line || (escaped && scols_line_set_data(r->line, r->column, escaped) != 0))
			r->failed = true;
	}
	free(escaped);
	r->column++;
}

static const char *title_of(const struct output_column *column, char buffer[TITLE_BYTES])
{
	if (column->title)
		return column->title;
	snprintf(buffer, TITLE_BYTES, "%s", column->name);
	for (char *c = buffer; *c; c++)
		*c = *c == '_' ? ' ' : *c;
	return buffer;
}

enum status output_rows_new(struct output_rows **ret_rows, enum output_format format,
			    const struct output_column *columns, size_t count)
{
	struct output_rows *r = calloc(1, sizeof *r);
	char buffer[TITLE_BYTES];

	assert(count <= COLUMNS_MAX);
	if (!r)
		return STATUS_NO_MEMORY;
	r->format = format;
	r->columns = count;
	for (size_t i = 0; i < count; i++)
		r->of[i].shown = !columns[i].only || columns[i].only == format;
	if (format == OUTPUT_CSV) {
		for (; r->column < count; r->column++)
			csv_cell(r, columns[r->column].name, true);
		output_row_end(r);
		*ret_rows = r;
		return STATUS_OK;
	}
	r->table = scols_new_table();
	for (size_t i = 0; r->table && i < count; i++) {
		const char *title = title_of(&columns[i], buffer);
		int flags = columns[i].right ? SCOLS_FL_RIGHT : 0;

		flags |= columns[i].cut ? SCOLS_FL_TRUNC : 0;
		r->of[i].title_width = width_of(title);
		r->of[i].cut = columns[i].cut;
		if (!scols_table_new_column(r->table, title, 0, flags)) {
			scols_unref_table(r->table);
			r->table = NULL;
		}
	}
	if (!r->table) {
		free(r);
		return STATUS_NO_MEMORY;
	}
	if (columns[0].title && !*columns[0].title)
		scols_table_enable_noheadings(r->table, 1);
	*ret_rows = r;
	return STATUS_OK;
}

void output_text(struct output_rows *rows, const char *text)
{
	cell(rows, text, true);
}

void output_number(struct output_rows *rows, bool has, uint64_t value)
{
	char buffer[OUTPUT_NUMBER_BYTES], plain[OUTPUT_NUMBER_BYTES];

	snprintf(plain, sizeof plain, "%llu", (unsigned long long)value);
	cell(rows,
	     !has			  ? NULL
	     : rows->format == OUTPUT_CSV ? plain
					  : output_grouped(buffer, value),
	     false);
}

void output_signed(struct output_rows *rows, bool has, int64_t value)
{
	char buffer[OUTPUT_NUMBER_BYTES], plain[OUTPUT_NUMBER_BYTES];

	snprintf(plain, sizeof plain, "%lld", (long long)value);
	cell(rows,
	     !has			  ? NULL
	     : rows->format == OUTPUT_CSV ? plain
					  : output_grouped_signed(buffer, value),
	     false);
}

void output_day(struct output_rows *rows, bool has, int32_t day)
{
	char text[DAY_TEXT_BYTES];

	day_format(text, day);
	cell(rows, has ? text : NULL, false);
}

void output_bool(struct output_rows *rows, bool has, bool value)
{
	cell(rows, !has ? NULL : value ? "yes" : "no", false);
}

void output_value(struct output_rows *r, const json_t *json)
{
	char text[512];
	size_t used = 0;

	if (!json || json_is_null(json)) {
		cell(r, NULL, false);
	} else if (json_is_string(json)) {
		cell(r, json_string_value(json), true);
	} else if (json_is_boolean(json)) {
		output_bool(r, true, json_is_true(json));
	} else if (json_is_integer(json)) {
		output_signed(r, true, json_integer_value(json));
	} else if (json_is_array(json) && json_is_string(json_array_get(json, 0))) {
		text[0] = '\0';
		for (size_t i = 0; i < json_array_size(json) && used < sizeof text; i++)
			used += (size_t)snprintf(text + used, sizeof text - used, "%s%s",
						 i ? " " : "",
						 json_string_value(json_array_get(json, i)));
		cell(r, text, true);
	} else if (json_is_array(json)) {
		output_number(r, true, json_array_size(json));
	} else {
		char *dump = json_dumps(json, JSON_LINE | JSON_ENCODE_ANY);

		cell(r, dump, false);
		free(dump);
	}
}

void output_row_end(struct output_rows *rows)
{
	output_row_end_ranked(rows, 0);
}

static int compare_ranks(struct libscols_cell *a, struct libscols_cell *b, void *data)
{
	uintptr_t x = (uintptr_t)scols_cell_get_userdata(a),
		  y = (uintptr_t)scols_cell_get_userdata(b);

	(void)data;
	return x < y ? -1 : x > y;
}

/* The rank is kept with the row's first cell. */
void output_row_end_ranked(struct output_rows *rows, unsigned rank)
{
	assert(rows->column == rows->columns);
	if (rows->format == OUTPUT_CSV)
		putchar('\n');
	else if (rank > 0 && rows->line)
		rows->ranked |= scols_cell_set_userdata(scols_line_get_cell(rows->line, 0),
							(void *)(uintptr_t)rank) == 0;
	rows->line = NULL;
	rows->column = 0;
	rows->begun = false;
}

static void sort_rows(struct output_rows *r)
{
	struct libscols_column *first = scols_table_get_column(r->table, 0);

	if (scols_column_set_cmpfunc(first, compare_ranks, NULL) != 0 ||
	    scols_sort_table(r->table, first) != 0)
		r->failed = true;
}

static size_t terminal_width(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 ||
	    size.ws_col == 0)
		return SIZE_MAX;
	return size.ws_col;
}

/* Hides what is empty, and on the right what does not fit even with long texts cut: how many. */
static size_t hide_columns(struct output_rows *r)
{
	size_t room = terminal_width(), used = 0, left_out = 0;

	for (size_t i = 0; i < r->columns; i++) {
		struct libscols_column *column = scols_table_get_column(r->table, i);
		size_t width = r->of[i].width; /* 0 also where it is not for tables */

		if (r->of[i].cut && width > CUT_WIDTH)
			width = CUT_WIDTH;
		if (width > 0 && width < r->of[i].title_width)
			width = r->of[i].title_width;
		bool fits = left_out == 0 && used + width <= room;
		if (width > 0 && fits)
			used += width + 1;
		else
			scols_column_set_flags(column,
					       scols_column_get_flags(column) | SCOLS_FL_HIDDEN);
		left_out += width > 0 && !fits;
	}
	return left_out;
}

enum status output_rows_end(struct output_rows *rows)
{
	if (rows->table) {
		size_t left_out = hide_columns(rows);

		if (rows->ranked)
			sort_rows(rows);

		if (scols_table_get_nlines(rows->table) > 0 && scols_print_table(rows->table) != 0)
			rows->failed = true;
		scols_unref_table(rows->table);
		fflush(stdout);
		if (left_out)
			fprintf(stderr, "(%zu more did not fit; --format csv or json has all)\n",
				left_out);
	}
	bool failed = rows->failed;
	free(rows);
	return failed ? STATUS_NO_MEMORY : STATUS_OK;
}

/* --- progress -------------------------------------------------------------------------------- */

static uint64_t progress_shown_ms;

void output_progress(const char *what, uint64_t done, uint64_t total)
{
	uint64_t now_ms = clock_mono_ms();
	char a[OUTPUT_NUMBER_BYTES], b[OUTPUT_NUMBER_BYTES], bar[BAR_WIDTH + 1];
	size_t full = total ? (size_t)(done >= total ? BAR_WIDTH : done * BAR_WIDTH / total) : 0;

	if (!isatty(STDERR_FILENO) || now_ms - progress_shown_ms < PROGRESS_MS)
		return;
	progress_shown_ms = now_ms;
	if (total == 0) {
		fprintf(stderr, "\r\033[K%s %s", what, output_grouped(a, done));
		return;
	}
	memset(bar, '.', BAR_WIDTH);
	memset(bar, '#', full);
	bar[BAR_WIDTH] = '\0';
	fprintf(stderr, "\r\033[K%s [%s] %s of %s", what, bar, output_grouped(a, done),
		output_grouped(b, total));
}

void output_progress_end(void)
{
	if (progress_shown_ms)
		fputs("\r\033[K", stderr);
	progress_shown_ms = 0;
}
