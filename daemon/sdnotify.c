#include "sdnotify.h"

#include <inttypes.h>
#include <systemd/sd-daemon.h>

/* A notice that does not arrive is systemd's to miss: there is nobody else to tell. */

void sdnotify_ready(const char *status)
{
	sd_notifyf(0, "READY=1\nSTATUS=%s", status);
}

void sdnotify_status(const char *status)
{
	sd_notifyf(0, "STATUS=%s", status);
}

void sdnotify_stopping(void)
{
	sd_notify(0, "STOPPING=1\nSTATUS=stopping");
}

void sdnotify_alive(void)
{
	sd_notify(0, "WATCHDOG=1");
}

void sdnotify_extend(uint64_t ms, const char *status)
{
	sd_notifyf(0, "EXTEND_TIMEOUT_USEC=%" PRIu64 "\nSTATUS=%s", ms * 1000, status);
}

uint64_t sdnotify_watchdog_ms(void)
{
	uint64_t us;

	return sd_watchdog_enabled(0, &us) > 0 ? us / 1000 : 0;
}
