#include "sdnotify.h"

#include "base/status.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

enum { NOTICE_BYTES = 1024 };

/* libsystemd's sd_notify waits when the receiver's queue is full, and a receiver that does not read
 * would stop our network thread. So this sends the same datagrams, and one that finds no room is
 * dropped: the status and the sign of life are told again. Only READY, told once, may wait. */
static void tell(const char *format, ...) PRINTF_LIKE(1, 2);

static void tell(const char *format, ...)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const char *path = getenv("NOTIFY_SOCKET");
	char text[NOTICE_BYTES];
	va_list args;

	if (!path || (path[0] != '/' && path[0] != '@') || strlen(path) >= sizeof address.sun_path)
		return;
	va_start(args, format);
	int len = vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (len < 0)
		return;
	strcpy(address.sun_path, path);
	if (path[0] == '@')
		address.sun_path[0] = '\0'; /* an abstract name */
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return;
	size_t bytes = (size_t)len < sizeof text ? (size_t)len : sizeof text - 1;
	/* What does not arrive is the receiver's to miss: there is nobody else to tell. */
	IGNORE_RESULT(sendto(fd, text, bytes, MSG_NOSIGNAL, (struct sockaddr *)&address,
			     (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path))));
	close(fd);
}

void sdnotify_ready(const char *status)
{
	IGNORE_RESULT(sd_notifyf(0, "READY=1\nSTATUS=%s", status)); /* as below */
}

void sdnotify_status(const char *status)
{
	tell("STATUS=%s", status);
}

void sdnotify_stopping(void)
{
	tell("STOPPING=1\nSTATUS=stopping");
}

void sdnotify_alive(void)
{
	tell("WATCHDOG=1");
}

void sdnotify_extend(uint64_t ms, const char *status)
{
	tell("EXTEND_TIMEOUT_USEC=%" PRIu64 "\nSTATUS=%s", ms * 1000, status);
}

uint64_t sdnotify_watchdog_ms(void)
{
	uint64_t us;

	return sd_watchdog_enabled(0, &us) > 0 ? us / 1000 : 0;
}
