/* Sends changes and counts what becomes of them; whatever is not taken is named by file and line.
 */
#ifndef MANDATED_CLIENTS_CTL_SEND_H
#define MANDATED_CLIENTS_CTL_SEND_H

#include "ctl.h"
#include "import.h"

/* The caller sets `c`, `locate` and what that needs, the rest to zero. */
struct ctl_send {
	struct ctl *c;
	/* Where the submission with this tag comes from. */
	void (*locate)(const struct ctl_send *s, uint64_t tag, const char **ret_file,
		       unsigned *ret_line);
	const char *file;
	const struct import_result *import;
	struct output_rows *rows; /* with OUTPUT_CSV */
	uint64_t accepted, unchanged, refused, not_taken, clashes, rows_read;
	uint64_t early; /* of the refused: what they act on is not on record */
	bool failed;
};

/* Connects. On failure it has been said. */
enum ctl_exit ctl_send_open(struct ctl_send *s);

/* One submission, as soon as there is room for it; packed before this returns. */
enum ctl_exit ctl_send_changes(struct ctl_send *s, Mandate__Change **changes, size_t count,
			       uint64_t tag);

/* Waits for the outcomes of all that was sent. On failure it has been said. */
enum ctl_exit ctl_send_drain(struct ctl_send *s);

/* Names what is not taken as it stands; the caller counts it. */
void ctl_send_problem(struct ctl_send *s, const char *file, unsigned line, const char *code,
		      const char *reason);

/* Waits for the last outcomes and says how it went. `status`: of what went before. */
enum ctl_exit ctl_send_close(struct ctl_send *s, enum ctl_exit status);

#endif
