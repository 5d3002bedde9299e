#include "tests/fault/fault.h"

#include "base/clock.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t running; /* for fault_fail */

void fault_fail(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fflush(stdout);
	fputs("FAILED: ", stderr);
	vfprintf(stderr, format, arguments);
	fputs("\n", stderr);
	va_end(arguments);
	if (running > 0)
		kill(running, SIGKILL);
	_exit(1);
}

void run_new_boot(struct run *r)
{
	uint8_t random[16];

	hash_random(random, sizeof random);
	hash_hex(r->boot_id, random, sizeof random);
}

void run_init(struct run *r, const char *program, const char *directory)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	*r = (struct run){.program = program};
	snprintf(r->directory, sizeof r->directory, "%s/state", directory);
	snprintf(r->control, sizeof r->control, "ipc://%s/control", r->directory);
	run_new_boot(r);
	if (mkdir(r->directory, 0750) != 0 && errno != EEXIST)
		fault_fail("%s: %s", r->directory, strerror(errno));
	/* As systemd would: an abstract socket, so that nothing is left behind. */
	r->notify_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int len = snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "mandated-fault-%ld",
			   (long)getpid());
	if (r->notify_fd < 0 ||
	    bind(r->notify_fd, (struct sockaddr *)&address,
		 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)len)) != 0)
		fault_fail("no notify socket: %s", strerror(errno));
}

void run_fini(struct run *r)
{
	close(r->notify_fd);
}

static void set_number(const char *name, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof text, "%llu", (unsigned long long)value);
	if (value)
		setenv(name, text, 1);
}

static void set_environment(const struct run *r)
{
	char notify[64];

	snprintf(notify, sizeof notify, "@mandated-fault-%ld", (long)getppid());
	setenv("NOTIFY_SOCKET", notify, 1);
	setenv("MANDATED_BOOT_ID", r->boot_id, 1);
	if (!r->shim)
		return;
	setenv("LD_PRELOAD", r->shim, 1);
	setenv("FAULT_DIR", r->directory, 1);
	if (r->trace)
		setenv("FAULT_TRACE", r->trace, 1);
	if (r->fail)
		setenv("FAULT_FAIL", r->fail, 1);
	set_number("FAULT_KILL", r->kill_at);
	set_number("FAULT_SYNC_US", r->sync_us);
}

void run_start(struct run *r)
{
	char state[FAULT_PATH_BYTES + 16], control[FAULT_PATH_BYTES + 48], text[4096];
	const char *arguments[] = {r->program,	      "-o", state,   "-o", "listen=",	       "-o",
				   control,	      "-o", "feed=", "-o", "segment_bytes=1M", "-o",
				   "log_level=error", NULL};

	snprintf(state, sizeof state, "state_dir=%s", r->directory);
	snprintf(control, sizeof control, "control=%s", r->control);
	while (recv(r->notify_fd, text, sizeof text, MSG_DONTWAIT) > 0)
		; /* what an earlier one said */
	r->ready = false;
	r->pid = fork();
	if (r->pid < 0)
		fault_fail("fork: %s", strerror(errno));
	if (r->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		set_environment(r);
		execv(r->program, (char *const *)(uintptr_t)arguments);
		_exit(127);
	}
	running = r->pid;
}

bool run_ended(struct run *r, int timeout_ms, int *ret_status)
{
	uint64_t until_ms = clock_mono_ms() + (uint64_t)timeout_ms;

	do {
		pid_t pid = waitpid(r->pid, ret_status, WNOHANG);

		if (pid == r->pid) {
			running = r->pid = 0;
			return true;
		}
		if (timeout_ms)
			usleep(1000);
	} while (clock_mono_ms() < until_ms);
	return false;
}

bool run_await_ready(struct run *r, int timeout_ms)
{
	uint64_t until_ms = clock_mono_ms() + (uint64_t)timeout_ms;
	char text[4096];

	while (!r->ready && clock_mono_ms() < until_ms) {
		struct pollfd p = {.fd = r->notify_fd, .events = POLLIN};

		if (poll(&p, 1, 20) == 1) {
			ssize_t n = recv(r->notify_fd, text, sizeof text - 1, 0);

			text[n > 0 ? n : 0] = '\0';
			if (strstr(text, "READY=1")) {
				r->ready = true;
				r->starts++;
				return true;
			}
		}
		siginfo_t info = {.si_pid = 0};
		if (waitid(P_PID, (id_t)r->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
		    info.si_pid == r->pid)
			return false;
	}
	return r->ready;
}

int run_end(struct run *r, int signal_number)
{
	int status;

	kill(r->pid, signal_number);
	if (!run_ended(r, 60000, &status))
		fault_fail("the daemon does not end after signal %d", signal_number);
	return status;
}

int run_program(const char *const *arguments)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		fault_fail("fork: %s", strerror(errno));
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(STDERR_FILENO, STDOUT_FILENO);
		execvp(arguments[0], (char *const *)(uintptr_t)arguments);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			fault_fail("waitpid: %s", strerror(errno));
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void run_make_directory(char ret_path[FAULT_PATH_BYTES], const char *below, const char *name)
{
	const char *temporary = getenv("TMPDIR");

	snprintf(ret_path, FAULT_PATH_BYTES, "%s/mandated-%s.XXXXXX",
		 below	     ? below
		 : temporary ? temporary
			     : "/tmp",
		 name);
	if (!mkdtemp(ret_path))
		fault_fail("%s: %s", ret_path, strerror(errno));
}

void run_remove_directory(const char *path)
{
	const char *const arguments[] = {"rm", "-rf", "--", path, NULL};

	if (run_program(arguments) != 0)
		fault_fail("%s cannot be removed", path);
}
