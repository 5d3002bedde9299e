/* Changes as JSON Lines, sent. */
#include "ctl_changes.h"
#include "ctl_send.h"

static void locate_line(const struct ctl_send *s, uint64_t tag, const char **ret_file,
			unsigned *ret_line)
{
	*ret_file = s->file;
	*ret_line = (unsigned)tag;
}

static enum ctl_exit push_lines(struct ctl_send *s, struct ctl_changes *lines, struct arena *a)
{
	enum ctl_exit status = CTL_DONE;

	while (status == CTL_DONE) {
		Mandate__Change **changes = NULL;
		struct error err = {0};
		const char *code;
		size_t count = 0;

		arena_reset(a);
		enum status read = ctl_changes_next(lines, a, &changes, &count, &code, &err);
		if (read == STATUS_NOT_FOUND)
			break;
		output_progress(lines->total ? "bytes" : "lines",
				lines->total ? lines->done : lines->number, lines->total);
		if (read == STATUS_INVALID) {
			s->not_taken++;
			ctl_send_problem(s, s->file, lines->number, code, err.text);
		} else if (read != STATUS_OK) {
			return ctl_fail(s->c, read, err.text);
		} else {
			status = ctl_send_changes(s, changes, count, lines->number);
		}
	}
	return status;
}

enum ctl_exit ctl_push(struct ctl *c)
{
	struct ctl_send s = {.c = c, .locate = locate_line, .file = c->arguments[0]};
	struct ctl_changes lines;
	struct error err = {0};
	struct arena arena;

	enum status opened = ctl_changes_open(&lines, c->arguments[0], &err);
	if (opened != STATUS_OK)
		return ctl_fail(c, opened, err.text);
	arena_init(&arena, 16 * CTL_LINE_BYTES_MAX);
	enum ctl_exit status = ctl_send_open(&s);
	if (status == CTL_DONE)
		status = push_lines(&s, &lines, &arena);
	if (c->m && mandate_pong(c->m))
		status = ctl_send_close(&s, status);
	arena_fini(&arena);
	ctl_changes_close(&lines);
	return status;
}
