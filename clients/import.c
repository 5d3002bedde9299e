#include "clients/import_parts.h"

#include "base/limits.h"
#include "model/codec.h"
#include "wire/wire.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

const struct import_kind import_kinds[] = {
	{"partners", "States, organizations and their organs"},
	{"operations", "operations, with the span that their mandate series covers"},
	{"psdata-operations", "the UN's published list of operations: a coarser source, edition 0"},
	{"mandates", "what each document does to an operation, with the ceilings it states"},
	{"ceilings", "ceilings that start on another day than their document"},
	{"deployments", "head-counts by contributor, and coarser estimates, edition 0"},
	{"strengths", "published head-counts of whole operations"},
	{"contributions-monthly", "maps: estimates by contributor, superseded ones as editions"},
	{"contributions-locations", "maps: estimates by place, superseded ones as editions"},
	{"arrangements", "what operations and parties agreed, with inferred acceptances"},
	{"priorities", "lists of priorities, with inferred endorsements"},
	{"finance", "amounts by operation and budget period"},
};
const size_t import_kinds_count = sizeof import_kinds / sizeof *import_kinds;

/* In the same order. */
static const struct import_form *const forms[] = {
	&import_rows_partners,	   &import_rows_operations, &import_rows_psdata,
	&import_rows_mandates,	   &import_rows_ceilings,   &import_returns_deployments,
	&import_rows_strengths,	   &import_maps_monthly,    &import_maps_locations,
	&import_acts_arrangements, &import_acts_priorities, &import_rows_finance,
};
static_assert(sizeof forms / sizeof *forms == sizeof import_kinds / sizeof *import_kinds,
	      "a form for each kind");

/* Room for one more after `count` items of `size`: spaces are powers of two, so the count alone
 * tells when to grow. NULL on no memory. */
static void *grow(struct arena *a, void *items, size_t count, size_t size)
{
	if (count & (count - 1))
		return items;

	void *wider = arena_calloc(a, count ? count * 2 : 1, size);

	if (wider && count > 0)
		memcpy(wider, items, count * size);
	return wider;
}

void import_problem(struct import_run *run, unsigned line, const char *code, const char *format,
		    ...)
{
	struct import_result *result = run->result;
	struct import_problem *problems =
		grow(run->arena, result->problems, result->problem_count, sizeof *problems);
	char reason[1536]; /* a text within TEXT_MAX, and what is said of it */
	va_list args;

	va_start(args, format);
	vsnprintf(reason, sizeof reason, format, args);
	va_end(args);
	if (!problems)
		return;
	result->problems = problems;
	problems[result->problem_count++] =
		(struct import_problem){.file = run->file,
					.line = line,
					.code = code,
					.reason = arena_text(run->arena, reason)};
}

/* As the daemon reads it. */
static bool is_readable(struct import_run *run, unsigned line, Mandate__Change *change)
{
	Mandate__Submission submission = MANDATE__SUBMISSION__INIT;
	const Mandate__Submission *read;
	struct wire_fault fault = {0};
	struct bytes bytes;
	size_t size = mandate__change__get_packed_size(change);
	bool ok;

	if (size > CHANGE_BYTES_MAX) {
		import_problem(run, line, "too_large",
			       "the fact of this line takes %zu bytes, %d are allowed", size,
			       CHANGE_BYTES_MAX);
		return false;
	}
	submission.lane = submission.sequence = 1;
	submission.changes = &change;
	submission.n_changes = 1;
	if (codec_encode(&run->scratch, &submission.base, &bytes) != STATUS_OK) {
		run->arena->failed = true;
		return false;
	}
	ok = wire_decode_submission(&run->scratch, bytes, &read, &fault);
	if (!ok)
		import_problem(run, line, "malformed", "%s: %s", fault.field, fault.text);
	arena_reset(&run->scratch);
	return ok;
}

void import_fact(struct import_run *run, struct import_row *const *rows, size_t count,
		 Mandate__ChangeAction action, Mandate__Record *record, uint32_t edition,
		 const Mandate__Source *source)
{
	struct import_result *result = run->result;
	struct import_fact *facts =
		grow(run->arena, result->facts, result->fact_count, sizeof *facts);
	Mandate__Change *change = arena_alloc(run->arena, sizeof *change);
	unsigned line = rows[0]->line;

	if (!facts || !change)
		return;
	result->facts = facts;
	mandate__change__init(change);
	change->action = action;
	change->record = record;
	change->has_edition = true;
	change->edition = edition;
	if (source->text || source->note || source->checked || source->has_confidence) {
		change->source = arena_copy(run->arena, source, sizeof *source);
		if (!change->source)
			return;
	}
	for (size_t i = 1; i < count; i++)
		line = rows[i]->line < line ? rows[i]->line : line;
	if (is_readable(run, line, change))
		facts[result->fact_count++] = (struct import_fact){
			.change = change, .file = run->file, .line = line, .rows = (unsigned)count};
}

static const struct import_form *form_of(const char *kind)
{
	for (size_t i = 0; i < import_kinds_count; i++)
		if (strcmp(import_kinds[i].name, kind) == 0)
			return forms[i];
	return NULL;
}

/* Where each of the form's columns stands in the file; SIZE_MAX: nowhere. */
static enum status find_columns(struct import_run *run, const struct import_form *form,
				const struct import_line *header, size_t *places, struct error *err)
{
	for (size_t i = 0; i < form->column_count; i++) {
		const struct import_column *column = &form->columns[i];

		places[i] = SIZE_MAX;
		for (size_t k = 0; k < header->cell_count; k++) {
			if (strcmp(header->cells[k], column->name) != 0)
				continue;
			if (places[i] != SIZE_MAX)
				return error_set(err, STATUS_INVALID,
						 "%s: column \"%s\" stands twice", run->file,
						 column->name);
			places[i] = k;
		}
		if (places[i] == SIZE_MAX && column->need != IMPORT_MAY)
			return error_set(err, STATUS_INVALID, "%s: column \"%s\" is missing",
					 run->file, column->name);
	}
	return STATUS_OK;
}

static int compare_text(const struct import_line *x, const struct import_line *y)
{
	return bytes_compare(bytes_of(x->text, x->text_len), bytes_of(y->text, y->text_len));
}

static int compare_lines(const void *x, const void *y)
{
	const struct import_line *a = x, *b = y;
	int order = compare_text(a, b);

	return order != 0 ? order : a->number < b->number ? -1 : a->number > b->number;
}

/* Sorts the lines by their text and takes out those that repeat another in every column. */
static void sort_lines(struct import_run *run, struct import_table *table)
{
	size_t kept = 0;

	import_sort(table->lines, table->line_count, sizeof *table->lines, compare_lines);
	for (size_t i = 0; i < table->line_count; i++) {
		if (kept > 0 && compare_text(&table->lines[kept - 1], &table->lines[i]) == 0) {
			import_problem(run, table->lines[i].number, "doubled_row",
				       "equal to line %u in every column: taken once",
				       table->lines[kept - 1].number);
			continue;
		}
		table->lines[kept++] = table->lines[i];
	}
	table->line_count = kept;
}

/* The row of a line; NULL on no memory. */
static struct import_row *read_row(struct import_run *run, const struct import_form *form,
				   const size_t *places, const struct import_line *line)
{
	struct import_row *row = arena_alloc(run->arena, form->row_bytes);

	if (!row)
		return NULL;
	row->line = line->number;
	mandate__source__init(&row->source);
	protobuf_c_message_init(form->content, (char *)row + form->content_offset);
	for (size_t i = 0; i < form->column_count; i++)
		if (places[i] != SIZE_MAX &&
		    !import_cell_read(run, &form->columns[i], line->cells[places[i]], row))
			row->bad = true;
	return row;
}

/* A fact a row. */
static enum status take_records(struct import_run *run, const struct import_form *form,
				struct import_row **rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		Mandate__Record *record = arena_alloc(run->arena, sizeof *record);

		if (!record)
			return STATUS_NO_MEMORY;
		mandate__record__init(record);
		if (!rows[i]->bad && form->record(run, rows[i], record))
			import_fact(run, &rows[i], 1, MANDATE__CHANGE_ACTION__CHANGE_ACTION_RECORD,
				    record, form->edition, &rows[i]->source);
	}
	return STATUS_OK;
}

static int compare_facts(const void *x, const void *y)
{
	const struct import_fact *a = x, *b = y;

	int order = import_order_numbers(a->line, b->line);

	if (order == 0) /* acts follow what they act on */
		order = import_order_numbers(a->change->record->content_case,
					     b->change->record->content_case);
	if (order != 0)
		return order;
	return a->change->edition < b->change->edition ? -1
						       : a->change->edition > b->change->edition;
}

static int compare_problems(const void *x, const void *y)
{
	const struct import_problem *a = x, *b = y;

	return a->line < b->line ? -1 : a->line > b->line;
}

static enum status read_all(struct import_run *run, const struct import_form *form,
			    struct error *err)
{
	struct import_table table;
	struct import_row **rows;
	size_t *places = arena_calloc(run->arena, form->column_count, sizeof *places);
	size_t first = run->result->fact_count;
	enum status s = places ? STATUS_OK : STATUS_NO_MEMORY;

	if (s == STATUS_OK)
		s = import_csv_read(run, &table, err);
	if (s == STATUS_OK)
		s = find_columns(run, form, &table.header, places, err);
	if (s != STATUS_OK)
		return s;
	sort_lines(run, &table);
	rows = arena_calloc(run->arena, table.line_count + 1, sizeof *rows);
	if (!rows)
		return STATUS_NO_MEMORY;
	for (size_t i = 0; i < table.line_count; i++) {
		rows[i] = read_row(run, form, places, &table.lines[i]);
		if (!rows[i])
			return STATUS_NO_MEMORY;
		rows[i]->order = (unsigned)i;
	}
	s = form->record ? take_records(run, form, rows, table.line_count)
			 : form->facts(run, rows, table.line_count);
	if (s == STATUS_OK)
		s = import_keys_settle(run, first);
	return s == STATUS_OK && run->arena->failed ? STATUS_NO_MEMORY : s;
}

enum status import_read(struct arena *a, const char *kind, const char *path,
			struct import_result *result, struct error *err)
{
	const struct import_form *form = form_of(kind);
	struct import_result before = *result;
	struct import_run run = {.arena = a, .result = result, .file = arena_text(a, path)};
	struct error reason = {0};
	enum status s;

	if (!form)
		return error_set(err, STATUS_INVALID, "there is no kind of file named \"%s\"",
				 kind);
	arena_init(&run.scratch, DECODE_BYTES_MAX);
	s = run.file ? read_all(&run, form, &reason) : STATUS_NO_MEMORY;
	arena_fini(&run.scratch);
	if (s != STATUS_OK) {
		*result = before;
		return error_set(err, s, "%s", reason.text[0] ? reason.text : "out of memory");
	}
	import_sort(result->facts + before.fact_count, result->fact_count - before.fact_count,
		    sizeof *result->facts, compare_facts);
	import_sort(result->problems + before.problem_count,
		    result->problem_count - before.problem_count, sizeof *result->problems,
		    compare_problems);
	return STATUS_OK;
}
