/* How the rows of an answer are printed: a table or CSV for each kind of row that comes, or a line
 * of JSON a row. */
#ifndef MANDATED_CLIENTS_CTL_VIEW_H
#define MANDATED_CLIENTS_CTL_VIEW_H

#include "ctl.h"

/* Rows of one kind. */
struct ctl_view {
	Mandate__Row__WhatCase what;
	const char *title; /* above its table, where an answer has rows of several kinds */
	const struct output_column *columns;
	size_t column_count;
	/* The row's line or lines, each with its end. */
	void (*print)(struct output_rows *rows, const Mandate__Row *row);
	json_t *(*json)(const Mandate__Row *row); /* NULL: json_of_row of the row's message */
};
#define CTL_VIEW_COLUMNS(array) .columns = (array), .column_count = sizeof(array) / sizeof *(array)

/* An answer on its way to the output. */
struct ctl_viewing {
	struct ctl *c;
	const struct ctl_view *views;
	size_t count;
	const struct ctl_view *view; /* of the rows being printed */
	struct output_rows *rows;    /* its; NULL with JSON */
	bool failed;
};

/* Asks and prints. Rows of a kind that has no view are left out. With several views a line of JSON
 * is an object with the kind's name as its only member, and CSV has an empty line and titles of its
 * own before each further kind. */
enum ctl_exit ctl_view_ask(struct ctl *c, Mandate__Query *query, const struct ctl_view *views,
			   size_t count);

/* The same in steps, for who prints more than rows. `ctl_view_row` is for ctl_ask, with the viewing
 * as its context; `ctl_view_end` prints what is left, `status` is that of what went before. */
enum ctl_exit ctl_view_begin(struct ctl_viewing *v, struct ctl *c, const struct ctl_view *views,
			     size_t count);
void ctl_view_row(void *viewing, const Mandate__Row *row);
enum ctl_exit ctl_view_end(struct ctl_viewing *v, enum ctl_exit status);

/* --- cells that several views have ----------------------------------------------------------- */

/* Texts as one cell, "UN, AU". */
void ctl_view_list(struct output_rows *rows, char *const *items, size_t count);
/* A value of an enum by its name. */
void ctl_view_name(struct output_rows *rows, const ProtobufCEnumDescriptor *type, bool has,
		   int value);
/* A moment, "2026-11-24 05:56:31Z". */
void ctl_view_time(struct output_rows *rows, bool has, uint64_t time_ms);
enum { CTL_VIEW_TIME_BYTES = 32 };
const char *ctl_view_time_text(char buffer[CTL_VIEW_TIME_BYTES], uint64_t time_ms);
/* A mandate's last day. */
void ctl_view_until(struct output_rows *rows, bool open_ended, bool has, int32_t day);

/* --- views that several answers have ---------------------------------------------------------- */

extern const struct ctl_view ctl_view_strengths; /* ctl_judge.c */
extern const struct ctl_view ctl_view_money;	 /* ctl_agenda.c */

#endif
