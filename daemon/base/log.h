/* Structured log lines on standard error: "<level>event key=value ...", a line an event, with the
 * kernel's level prefix when the journal reads us. Values are escaped: no control byte passes. */
#ifndef MANDATED_BASE_LOG_H
#define MANDATED_BASE_LOG_H

#include "base/status.h"

#include <stdbool.h>

enum log_level { LOG_ERROR = 3, LOG_WARNING = 4, LOG_NOTICE = 5, LOG_INFO = 6, LOG_DEBUG = 7 };

/* Lines above `level` are dropped; `prefix` puts "<N>" before each, as systemd's journal wants. */
void log_setup(enum log_level level, bool prefix);

/* One line. `event` is a constant word ("engine.recovered"); `format` gives "key=value" pairs with
 * printf directives, texts from outside through log_quote. */
void log_line(enum log_level level, const char *event, const char *format, ...) PRINTF_LIKE(3, 4);

/* A quoted and escaped copy of `text`, cut at 200 bytes, in one of 8 static buffers a thread. */
const char *log_quote(const char *text);

#endif
