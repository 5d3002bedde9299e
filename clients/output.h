/* What people and programs are shown: tables on a terminal, JSON Lines or CSV in a pipe. Texts came
 * from elsewhere: no control character and none that turns the direction of writing passes as it
 * is.
 */
#ifndef MANDATED_CLIENTS_OUTPUT_H
#define MANDATED_CLIENTS_OUTPUT_H

#include "base/status.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum output_format { OUTPUT_TABLE = 1, OUTPUT_JSON, OUTPUT_CSV };

enum { OUTPUT_NUMBER_BYTES = 32 };

struct output_column {
	const char *name;	 /* in CSV: "valid_until" */
	const char *title;	 /* in a table: "valid until"; NULL: the name with spaces;
				  * the first is "": no titles at all */
	bool right;		 /* numbers */
	bool cut;		 /* long texts, which may be cut to the terminal's width */
	enum output_format only; /* where it stands; 0: in tables and CSV */
};

/* Rows of cells, told one after the other, a cell for each column, whether it is shown or not. Only
 * with OUTPUT_TABLE and OUTPUT_CSV. A table leaves out columns in which nothing stands. */
struct output_rows;
MUST_USE enum status output_rows_new(struct output_rows **ret_rows, enum output_format format,
				     const struct output_column *columns, size_t count);
/* The next cell, from left to right; NULL or not `has`: empty. */
void output_text(struct output_rows *rows, const char *text);
void output_number(struct output_rows *rows, bool has, uint64_t value);
void output_signed(struct output_rows *rows, bool has, int64_t value);
void output_day(struct output_rows *rows, bool has, int32_t day);
void output_bool(struct output_rows *rows, bool has, bool value);
/* Any value of JSON; NULL: empty. Lists of texts are joined, of anything else counted. */
void output_value(struct output_rows *rows, const json_t *value);
void output_row_end(struct output_rows *rows);
/* The same; a table shows rows of a lesser rank before others, whenever they came. */
void output_row_end_ranked(struct output_rows *rows, unsigned rank);
/* Prints what is not printed yet, and frees. STATUS_NO_MEMORY if a row was lost to it. */
MUST_USE enum status output_rows_end(struct output_rows *rows);

/* One line; takes the reference. STATUS_NO_MEMORY if `json` is NULL. */
MUST_USE enum status output_json(json_t *json);

/* `text` made harmless, in memory that the caller frees; NULL on no memory. */
char *output_escape(const char *text);

/* The same into a stream. */
void output_print(FILE *to, const char *text);

/* "12 206", "-34". */
const char *output_grouped(char buffer[OUTPUT_NUMBER_BYTES], uint64_t value);
const char *output_grouped_signed(char buffer[OUTPUT_NUMBER_BYTES], int64_t value);

/* A bar on standard error while work goes on, if that is a terminal. `total` 0: not known. */
void output_progress(const char *what, uint64_t done, uint64_t total);
void output_progress_end(void); /* wipes it */

#endif
