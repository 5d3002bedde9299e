/* What the parts of the importer share; callers of it need import.h only.
 *
 *   import_csv.c    bytes of a file -> lines of cells
 *   import_cell.c   a cell -> a field of a row, by the table of columns of the kind
 *   import_rows.c   kinds in which a row is a fact
 *   import_returns.c, import_maps.c
 *                   kinds in which many rows are one fact
 *   import_acts.c   kinds in which rows are a fact and who agreed to it
 *   import_keys.c   facts of one file that have the same key
 *   import.c        the table of kinds, and what is the same for all of them
 *
 * Lines are sorted by their text before they are looked at, so that nothing can depend on the order
 * in which a file lists them. */
#ifndef MANDATED_CLIENTS_IMPORT_PARTS_H
#define MANDATED_CLIENTS_IMPORT_PARTS_H

#include "clients/import.h"

#include <stdbool.h>
#include <stdlib.h>

/* A data line, or the header. */
struct import_line {
	unsigned number; /* in the file, from 1: where it begins */
	size_t cell_count;
	const char **cells; /* each ends with NUL */
	const char *text;   /* the cells one after the other, with their NULs */
	size_t text_len;
};

struct import_table {
	struct import_line header;
	struct import_line *lines;
	size_t line_count;
};

/* What a kind's own row begins with. Strings point into the line. */
struct import_row {
	unsigned line;
	unsigned order; /* among the file's lines by their text: tells rows apart that sort equal */
	bool bad;	/* reported; what could be read is there */
	Mandate__Source source;
};

/* What a cell holds. Empty cells leave the field as it is. */
enum import_cell {
	IMPORT_TEXT = 1, /* const char * */
	IMPORT_CODE,	 /* const char *, part of a key: short, without ':' */
	IMPORT_ISO3,	 /* const char *, three capital letters */
	IMPORT_DAY,	 /* int32_t, YYYY-MM-DD */
	IMPORT_MONTH,	 /* int32_t, YYYY-MM: its last day */
	IMPORT_COUNT,	 /* uint32_t, up to PERSONS_MAX */
	IMPORT_MONEY,	 /* int64_t, up to MONEY_MAX either way */
	IMPORT_LATITUDE, /* int32_t, 1e-5 degree; decimal point or comma */
	IMPORT_LONGITUDE,
	IMPORT_FLAG, /* protobuf_c_boolean: yes, 1, no, 0 */
	IMPORT_NAME, /* an enum of proto/, by its name */
};

enum import_need {
	IMPORT_MAY = 0,	 /* the column may be missing: it says nothing of the fact itself */
	IMPORT_MUST = 1, /* the column must be there, cells may be empty */
	IMPORT_FILLED,	 /* and no cell may be empty */
};

#define IMPORT_NO_HAS SIZE_MAX

struct import_column {
	const char *name;
	enum import_cell cell;
	enum import_need need;
	size_t offset;	   /* of the field in the kind's row */
	size_t has_offset; /* of its presence, a protobuf_c_boolean; IMPORT_NO_HAS */
	const ProtobufCEnumDescriptor *names; /* IMPORT_NAME */
};

/* Rows of tables of columns: a field that is always set or a pointer, one with its has_, an enum.
 */
#define IMPORT_COLUMN(name, cell, need, row, field)                                                \
	{                                                                                          \
		name, cell, need, offsetof(struct row, field), IMPORT_NO_HAS, NULL                 \
	}
#define IMPORT_COLUMN_HAS(name, cell, need, row, in, field)                                        \
	{                                                                                          \
		name, cell, need, offsetof(struct row, in field),                                  \
			offsetof(struct row, in has_##field), NULL                                 \
	}
#define IMPORT_COLUMN_NAME(name, need, row, in, field, descriptor)                                 \
	{                                                                                          \
		name, IMPORT_NAME, need, offsetof(struct row, in field),                           \
			offsetof(struct row, in has_##field), &descriptor                          \
	}

struct import_run {
	struct arena *arena;
	struct arena scratch;
	struct import_result *result;
	const char *file; /* a copy that lives as long as the result */
};

/* How the lines of a kind become facts. */
struct import_form {
	const struct import_column *columns;
	size_t column_count;
	size_t row_bytes;
	/* The message inside the row, set to its defaults first. */
	size_t content_offset;
	const ProtobufCMessageDescriptor *content;
	/* One of the two. `record`: fills a record with what the row holds; a row that cannot be
	 * taken is reported, and false. `facts`: turns all rows, bad ones too, into facts; the
	 * array is its own to sort. */
	bool (*record)(struct import_run *run, struct import_row *row, Mandate__Record *record);
	enum status (*facts)(struct import_run *run, struct import_row **rows, size_t count);
	uint32_t edition; /* with `record` */
};

#define IMPORT_FORM(row, of_columns, message)                                                      \
	.columns = of_columns, .column_count = sizeof of_columns / sizeof *of_columns,             \
	.row_bytes = sizeof(struct row), .content_offset = offsetof(struct row, content),          \
	.content = &message

extern const struct import_form import_rows_partners, import_rows_operations, import_rows_psdata,
	import_rows_mandates, import_rows_ceilings, import_rows_strengths, import_rows_finance,
	import_returns_deployments, import_maps_monthly, import_maps_locations,
	import_acts_arrangements, import_acts_priorities;

/* Reads all lines of run->file. Lines that are no CSV are reported and left out. Errors as
 * import_read; a file without a header is STATUS_INVALID. */
MUST_USE enum status import_csv_read(struct import_run *run, struct import_table *ret_table,
				     struct error *err);

/* Puts the cell's value into `row`. False: reported. */
bool import_cell_read(struct import_run *run, const struct import_column *column, const char *text,
		      struct import_row *row);

/* A component by the names of section 4 of the definitions; false if there is none. */
bool import_cell_component(const char *name, Mandate__Component *ret_component);

/* Reports a line. Running out of memory shows in the arena. */
void import_problem(struct import_run *run, unsigned line, const char *code, const char *format,
		    ...) PRINTF_LIKE(4, 5);

/* Adds a change of `record`, made of `rows`. One that is too large, or that the daemon would not
 * read, is reported instead. Running out of memory shows in the arena. */
void import_fact(struct import_run *run, struct import_row *const *rows, size_t count,
		 Mandate__ChangeAction action, Mandate__Record *record, uint32_t edition,
		 const Mandate__Source *source);

/* Leaves one fact of each key and edition among those from `first` on. Where all say the same it is
 * the first, otherwise none; then each is reported. STATUS_NO_MEMORY. */
MUST_USE enum status import_keys_settle(struct import_run *run, size_t first);

/* An estimate without content, in `record`; NULL on no memory. */
Mandate__Estimate *import_maps_estimate(struct import_run *run, const char *operation,
					int32_t as_of, Mandate__Detail detail,
					Mandate__Record *record);

/* What it says of a contributor; NULL on no memory. */
Mandate__ContributorEstimate *import_maps_share(struct import_run *run, const char *contributor,
						uint32_t persons);

/* For sorting; NULL is an empty text. */
static inline int import_order_texts(const char *x, const char *y)
{
	return strcmp(x ? x : "", y ? y : "");
}

static inline int import_order_numbers(int64_t x, int64_t y)
{
	return x < y ? -1 : x > y;
}

static inline void import_sort(void *items, size_t count, size_t size,
			       int (*compare)(const void *, const void *))
{
	if (count > 1) /* none may be no array at all */
		qsort(items, count, size, compare);
}

static inline bool import_same_text(const char *x, const char *y)
{
	return import_order_texts(x, y) == 0;
}

#endif
