#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LINE_BYTES = 1024, QUOTE_BYTES = 200, QUOTE_BUFFERS = 8 };

static enum log_level log_level = LOG_INFO;
static bool log_prefix;

void log_setup(enum log_level level, bool prefix)
{
	log_level = level;
	log_prefix = prefix;
}

void log_line(enum log_level level, const char *event, const char *format, ...)
{
	static const char *const names[] = {[LOG_ERROR] = "error",
					    [LOG_WARNING] = "warning",
					    [LOG_NOTICE] = "notice",
					    [LOG_INFO] = "info",
					    [LOG_DEBUG] = "debug"};
	char line[LINE_BYTES];
	va_list args;

	if (level > log_level)
		return;
	int used = log_prefix ? snprintf(line, sizeof line, "<%d>%s ", (int)level, event)
			      : snprintf(line, sizeof line, "%-7s %s ", names[level], event);
	if (used < 0 || (size_t)used >= sizeof line - 1)
		return;
	va_start(args, format);
	int more = vsnprintf(line + used, sizeof line - 1 - (size_t)used, format, args);
	va_end(args);
	size_t len = more < 0 ? (size_t)used : (size_t)used + (size_t)more;
	if (len > sizeof line - 2)
		len = sizeof line - 2;
	for (size_t i = 0; i < len; i++)
		if (line[i] < ' ' || line[i] >= '\x7f')
			line[i] = '?'; /* not even of a text that was not quoted */
	line[len++] = '\n';
	/* One write, so that lines of several threads do not mix; a lost log line is no failure. */
	IGNORE_RESULT(write(STDERR_FILENO, line, len));
}

const char *log_quote(const char *text)
{
	static _Thread_local char buffers[QUOTE_BUFFERS][QUOTE_BYTES + 8];
	static _Thread_local unsigned next;
	char *out = buffers[next++ % QUOTE_BUFFERS];
	size_t n = 0;

	out[n++] = '"';
	for (const char *p = text ? text : ""; *p; p++) {
		unsigned char c = (unsigned char)*p;

		if (n >= QUOTE_BYTES)
			break;
		if (c < ' ' || c >= 0x7f)
			n += (size_t)snprintf(out + n, 5, "\\x%02x", c);
		else if (c == '"' || c == '\\')
			n += (size_t)snprintf(out + n, 3, "\\%c", c);
		else
			out[n++] = (char)c;
	}
	out[n++] = '"';
	out[n] = '\0';
	return out;
}
