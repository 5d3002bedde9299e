/* What systemd is told. Without systemd every call does nothing. */
#ifndef MANDATED_SDNOTIFY_H
#define MANDATED_SDNOTIFY_H

#include <stdint.h>

void sdnotify_ready(const char *status);
void sdnotify_status(const char *status);
void sdnotify_stopping(void);
void sdnotify_alive(void);
/* Starting takes longer: do not give up within `ms` from now. */
void sdnotify_extend(uint64_t ms, const char *status);

/* Milliseconds within which systemd wants sdnotify_alive; 0: it does not watch. */
uint64_t sdnotify_watchdog_ms(void);

#endif
