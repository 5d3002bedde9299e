/* What the shim writes and the power-cut test reads: every change of the files that a power cut can
 * touch, every sync, every message sent, in the order in which they happened. */
#ifndef TESTS_FAULT_TRACE_H
#define TESTS_FAULT_TRACE_H

#include <stddef.h>
#include <stdint.h>

/* The shim's environment:
 *   FAULT_DIR      the state directory; its own files and those of journal/ are watched
 *   FAULT_TRACE    the file to append events to
 *   FAULT_KILL     SIGKILL before the event with this number of this run, counted from 1
 *   FAULT_SYNC_US  what a sync takes at least
 *   FAULT_FAIL     KIND:N:ERRNO, the N-th call of this kind on a watched file fails; KIND is
 *                  write, sync, dirsync, allocate or rename. When it has failed, a file beside
 *                  the trace says so, see TRACE_FAILED_SUFFIX */
#define TRACE_FAILED_SUFFIX ".failed"

enum trace_kind {
	TRACE_RUN = 1,	  /* a process begins */
	TRACE_CREATE,	  /* in `file`, a directory: `a` is the new inode, payload its name */
	TRACE_MKDIR,	  /* the same */
	TRACE_TRUNCATE,	  /* `file` is `a` long; also what O_TRUNC does */
	TRACE_WRITE,	  /* to `file` at `a`: the payload */
	TRACE_ZEROS,	  /* to `file` at `a`: `b` zeros */
	TRACE_SYNC_BEGIN, /* of `file`; `a` pairs it with its end */
	TRACE_SYNC_END,	  /* it has succeeded */
	TRACE_RENAME,	  /* in `file`, a directory: payload "from" 0 "to" 0 */
	TRACE_UNLINK,	  /* in `file`, a directory: payload the name */
	TRACE_SENT,	  /* about to be handed to a socket: the payload */
	TRACE_FAILED,	  /* a call on `file` was made to fail; payload its kind */
};

struct trace_event {
	uint32_t kind;
	uint32_t len;  /* of the payload that follows */
	uint64_t file; /* inode */
	uint64_t a, b;
};

struct trace {
	struct trace_event *events;
	uint8_t **payloads; /* each with a zero behind it: names are texts */
	size_t count;
};

/* Reads what the shim has written, and removes the file. */
void trace_read(struct trace *t, const char *path);
void trace_fini(struct trace *t);

#endif
