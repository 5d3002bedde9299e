/* CSV files of the world outside into changes. Whole files are read before anything is sent: maps
 * and returns are grouped into one fact each. What cannot be taken as it stands is named by file,
 * line, code and reason, and the rest goes on. */
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

/* A row that was not taken as it stands. The codes:
 *   bad_row              another number of cells than the header has, or too many
 *   bad_quoting          no CSV: a stray quote, or one that is never closed
 *   bad_text             not UTF-8, control characters, too long, no code
 *   bad_date bad_number bad_value missing_value
 *   doubled_row          equal to another in every column: taken once
 *   key_twice            says something else of the same thing as another row: neither is taken
 *   unknown_contributor  attributed to nobody (section 3 of the definitions)
 *   no_number            contingents without a number
 *   reference_total      a sum over all operations
 *   budget_line          money of no operation
 *   several_countries    a place in more than one country: taken without any
 *   too_large            a fact larger than CHANGE_BYTES_MAX
 *   malformed            a fact that the daemon would not read, by the daemon's own checks */
struct import_problem {
	const char *file;
	unsigned line;
	const char *code;
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
 * "deployments", "strengths", "contributions-monthly", "contributions-locations",
 * "arrangements", "priorities", "finance". */
struct import_kind {
	const char *name;
	const char *what; /* for --help */
};
extern const struct import_kind import_kinds[];
extern const size_t import_kinds_count;

/* Reads `path` as a file of kind `kind`, appends to `result`; all memory is the arena's. Columns
 * are found by their names, in any order; others than the kind's are not looked at. The facts, and
 * which edition each is, do not depend on the order of the lines. Both lists are sorted by line,
 * acts behind what they act on; the order among facts does not matter to the daemon, once their
 * partners and operations are there. STATUS_INVALID for an unknown kind or a header that lacks a
 * needed column, STATUS_NOT_FOUND, STATUS_IO, STATUS_NO_MEMORY; `result` is as before then. */
MUST_USE enum status import_read(struct arena *a, const char *kind, const char *path,
				 struct import_result *result, struct error *err);

#endif
