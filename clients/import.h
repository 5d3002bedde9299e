/* CSV files of the world outside into changes. Whole files are read before anything is sent: maps and
 * returns are grouped into one fact each. What cannot be taken as it stands is named by file, line,
 * code and reason, and the rest goes on. */
#ifndef MANDATED_CLIENTS_IMPORT_H
#define MANDATED_CLIENTS_IMPORT_H

#include "base/arena.h"
#include "record.pb-c.h"

/* One change to send, and where its first row stands. */
struct import_fact {
	Mandate__Change *change;
	const char *file;
	unsigned line;
	unsigned rows; /* that went into it */
};

/* A row that was not taken as it stands. */
struct import_problem {
	const char *file;
	unsigned line;
	const char *code;   /* "unknown_contributor", "doubled_row", "reference_total", "bad_date" ... */
	const char *reason; /* a sentence */
};

struct import_result {
	struct import_fact *facts;
	size_t fact_count;
	struct import_problem *problems;
	size_t problem_count;
	unsigned rows; /* data rows read, of all files */
};

/* One row a kind of file: "partners", "operations", "psdata-operations", "mandates", "ceilings",
 * "deployments", "strengths", "contributions-monthly", "contributions-locations". */
struct import_kind {
	const char *name;
	const char *what; /* for --help */
};
extern const struct import_kind import_kinds[];
extern const size_t import_kinds_count;

/* Reads `path` as a file of kind `kind`, appends to `result`; all memory is the arena's. Facts come
 * out in an order in which they can be sent (order among facts does not matter to the daemon).
 * STATUS_INVALID for an unknown kind or a header that lacks a needed column, STATUS_NOT_FOUND, STATUS_IO. */
MUST_USE enum status import_read(struct arena *a, const char *kind, const char *path,
				 struct import_result *result, struct error *err);

#endif
