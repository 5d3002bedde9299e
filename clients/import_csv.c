/* Comma-separated values of RFC 4180 by libcsv, which is fed one line of the file at a time, so
 * that every row knows where it begins. */
#include "clients/import_parts.h"

#include "csv_guard.h"

#include <csv.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	ROW_BYTES_MAX = 32 * 1024, /* no fact may be larger than half of this */
	CELLS_MAX = 64,
	BLOCK_BYTES = 64 * 1024,
};

struct reading {
	struct import_run *run;
	struct import_table *table;
	size_t line_space;
	bool headed;	/* the header has been read */
	bool any_line;	/* a row after the header has been seen, of data or of tags */
	bool too_large; /* the row under way has no room */

	unsigned line;	   /* of the file, from 1 */
	unsigned row_line; /* where the row under way began */
	bool row_open;	   /* something of it has been seen */
	bool rest_is_lost; /* of the file's line: it could not be understood */
	size_t cell_count;
	size_t cells[CELLS_MAX]; /* where they begin in `text` */
	size_t text_len;
	char text[ROW_BYTES_MAX];
};

static void take_cell(void *data, size_t len, void *context)
{
	struct reading *r = context;
	const char *from = data;

	/* Quoted cells come with the blanks around their text. */
	while (len > 0 && (from[len - 1] == ' ' || from[len - 1] == '\t'))
		len--;
	while (len > 0 && (*from == ' ' || *from == '\t')) {
		from++;
		len--;
	}
	struct bytes cell = csv_guard_remove(bytes_of(from, len));
	from = (const char *)cell.data;
	len = cell.len;
	if (r->cell_count == CELLS_MAX || len >= sizeof r->text - r->text_len) {
		r->too_large = true;
		return;
	}
	r->cells[r->cell_count++] = r->text_len;
	/* A NUL would cut the cell short unseen; as another control character it is reported. */
	for (size_t i = 0; i < len; i++)
		r->text[r->text_len++] = from[i] ? from[i] : '\x01';
	r->text[r->text_len++] = '\0';
}

/* Humanitarian exchange tags: a second header row whose cells all begin with '#'. */
static bool is_tags(const struct import_line *line)
{
	size_t tags = 0;

	for (size_t i = 0; i < line->cell_count; i++) {
		if (line->cells[i][0] == '#')
			tags++;
		else if (line->cells[i][0] != '\0')
			return false;
	}
	return tags > 0;
}

/* The row under way, copied; false on no memory. */
static bool copy_row(struct reading *r, struct import_line *line)
{
	struct arena *a = r->run->arena;
	char *text = arena_copy(a, r->text, r->text_len);

	*line = (struct import_line){.number = r->row_line,
				     .cell_count = r->cell_count,
				     .cells = arena_calloc(a, r->cell_count, sizeof *line->cells),
				     .text = text,
				     .text_len = r->text_len};
	if (!text || !line->cells)
		return false;
	for (size_t i = 0; i < r->cell_count; i++)
		line->cells[i] = text + r->cells[i];
	return true;
}

static bool reserve_line(struct reading *r)
{
	struct import_table *t = r->table;

	if (t->line_count < r->line_space)
		return true;

	size_t space = r->line_space ? r->line_space * 2 : 64;
	struct import_line *lines = arena_calloc(r->run->arena, space, sizeof *lines);

	if (!lines)
		return false;
	if (t->line_count > 0)
		memcpy(lines, t->lines, t->line_count * sizeof *lines);
	t->lines = lines;
	r->line_space = space;
	return true;
}

static void keep_row(struct reading *r)
{
	struct import_table *t = r->table;
	struct import_line line;

	if (r->too_large) {
		import_problem(r->run, r->row_line, "bad_row", "more than %d cells or %d bytes",
			       CELLS_MAX, ROW_BYTES_MAX);
		return;
	}
	if (!copy_row(r, &line))
		return;
	if (!r->headed) {
		r->headed = true;
		t->header = line;
		return;
	}
	bool first = !r->any_line;

	r->any_line = true;
	if (first && is_tags(&line))
		return;
	r->run->result->rows++;
	if (line.cell_count != t->header.cell_count) {
		import_problem(r->run, line.number, "bad_row",
			       "%zu cells, where the header has %zu", line.cell_count,
			       t->header.cell_count);
		return;
	}
	if (reserve_line(r))
		t->lines[t->line_count++] = line;
}

static void begin_row(struct reading *r)
{
	r->row_open = false;
	r->cell_count = 0;
	r->text_len = 0;
	r->too_large = false;
}

/* Called for every line end outside quotes, after empty lines too. */
static void take_row(int terminator, void *context)
{
	struct reading *r = context;
	bool blank = r->cell_count == 0 || (r->cell_count == 1 && r->text[0] == '\0');

	(void)terminator;
	if (!blank || r->too_large)
		keep_row(r);
	begin_row(r);
}

/* One line of the file, or a part of it. */
static enum status feed(struct reading *r, struct csv_parser *parser, const char *text, size_t len)
{
	if (r->rest_is_lost)
		return STATUS_OK;
	if (!r->row_open) {
		r->row_open = true;
		r->row_line = r->line;
	}
	if (csv_parse(parser, text, len, take_cell, take_row, r) == len)
		return STATUS_OK;
	if (csv_error(parser) != CSV_EPARSE)
		return STATUS_NO_MEMORY;

	/* A stray quote. Start again with the next line: the damage ends there. */
	import_problem(r->run, r->row_line, "bad_quoting",
		       "a quote in line %u neither begins nor ends a cell", r->line);
	csv_free(parser);
	if (csv_init(parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) != 0)
		return STATUS_NO_MEMORY;
	begin_row(r);
	r->rest_is_lost = true;
	return STATUS_OK;
}

static enum status feed_block(struct reading *r, struct csv_parser *parser, const char *block,
			      size_t len)
{
	for (size_t at = 0; at < len;) {
		const char *end = memchr(block + at, '\n', len - at);
		size_t part = end ? (size_t)(end + 1 - block) - at : len - at;
		enum status s = feed(r, parser, block + at, part);

		if (s != STATUS_OK)
			return s;
		at += part;
		if (end) {
			r->line++;
			r->rest_is_lost = false;
		}
	}
	return STATUS_OK;
}

static enum status feed_file(struct reading *r, struct csv_parser *parser, FILE *file,
			     struct error *err)
{
	static const char mark[] = "\xEF\xBB\xBF"; /* that the file is UTF-8 */
	char *block = malloc(BLOCK_BYTES);
	enum status s = block ? STATUS_OK : STATUS_NO_MEMORY;
	bool first = true;

	while (s == STATUS_OK) {
		size_t len = fread(block, 1, BLOCK_BYTES, file);
		size_t skip = first && len >= 3 && memcmp(block, mark, 3) == 0 ? 3 : 0;

		if (len == 0)
			break;
		first = false;
		s = feed_block(r, parser, block + skip, len - skip);
	}
	free(block);
	if (s == STATUS_OK && ferror(file))
		return error_set(err, STATUS_IO, "%s: %s", r->run->file, strerror(errno));
	if (s != STATUS_OK)
		return error_set(err, s, "%s: %s", r->run->file, status_text(s));
	if (csv_fini(parser, take_cell, take_row, r) != 0)
		import_problem(r->run, r->row_line, "bad_quoting",
			       "a quote is never closed: nothing was read from here to the end");
	return STATUS_OK;
}

enum status import_csv_read(struct import_run *run, struct import_table *ret_table,
			    struct error *err)
{
	struct import_table table = {0};
	struct reading *r = calloc(1, sizeof *r);
	struct csv_parser parser;
	FILE *file = NULL;
	enum status s;

	if (!r || csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) != 0) {
		free(r);
		return error_set(err, STATUS_NO_MEMORY, "%s: out of memory", run->file);
	}
	r->run = run;
	r->table = &table;
	r->line = 1;
	file = fopen(run->file, "re");
	if (!file) {
		s = error_set(err, errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO, "%s: %s",
			      run->file, strerror(errno));
		goto out;
	}
	s = feed_file(r, &parser, file, err);
	fclose(file);
	if (s == STATUS_OK && run->arena->failed)
		s = error_set(err, STATUS_NO_MEMORY, "%s: out of memory", run->file);
	if (s == STATUS_OK && !r->headed)
		s = error_set(err, STATUS_INVALID, "%s: no header row", run->file);
	if (s == STATUS_OK)
		*ret_table = table;
out:
	csv_free(&parser);
	free(r);
	return s;
}
