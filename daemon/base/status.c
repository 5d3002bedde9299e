#include "base/status.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

const char *status_text(enum status s)
{
	switch (s) {
#define X(name, text)                                                                              \
	case STATUS_##name:                                                                        \
		return text;
		STATUS_LIST(X)
#undef X
	}
	return "unknown status";
}

enum status status_of_errno(int sys_errno)
{
	switch (sys_errno) {
	case 0:
		return STATUS_OK;
	case ENOMEM:
		return STATUS_NO_MEMORY;
	case ENOSPC:
	case EDQUOT:
		return STATUS_FULL;
	case ENOENT:
		return STATUS_NOT_FOUND;
	case EEXIST:
		return STATUS_EXISTS;
	case EAGAIN:
	case EINTR:
		return STATUS_AGAIN;
	default:
		return STATUS_IO;
	}
}

enum status error_set(struct error *e, enum status s, const char *format, ...)
{
	if (e) {
		va_list args;

		e->status = s;
		va_start(args, format);
		/* A text that is too long is cut; the status is what decides. */
		IGNORE_RESULT(vsnprintf(e->text, sizeof e->text, format, args));
		va_end(args);
	}
	return s;
}
