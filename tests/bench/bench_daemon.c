#include "tests/bench/bench.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <arpa/inet.h>
#include <unistd.h>

enum { START_MS_MAX = 120 * 1000 };

void daemon_new_boot(struct daemon *d)
{
	uint8_t random[16];

	hash_random(random, sizeof random);
	hash_hex(d->boot_id, random, sizeof random);
}

void daemon_init(struct daemon *d, const char *program, const char *directory)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	*d = (struct daemon){.program = program};
	snprintf(d->directory, sizeof d->directory, "%s", directory);
	/* Apart from the directory, whose name may be too long for a socket's. */
	snprintf(d->control, sizeof d->control, "ipc:///tmp/mandated-bench-%ld", (long)getpid());
	daemon_new_boot(d);
	/* As systemd would: an abstract socket, so that nothing is left behind. */
	d->notify_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int len = snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "mandated-bench-%ld",
			   (long)getpid());
	if (d->notify_fd < 0 ||
	    bind(d->notify_fd, (struct sockaddr *)&address,
		 (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)len)) != 0)
		bench_fail("no notify socket: %s", strerror(errno));
}

/* On a port that was free a moment ago. */
void daemon_listen(struct daemon *d)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) != 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &len) != 0)
		bench_fail("no free port: %s", strerror(errno));
	close(fd);
	snprintf(d->listen, sizeof d->listen, "tcp://127.0.0.1:%d", ntohs(address.sin_port));
}

static void await_ready(struct daemon *d)
{
	char text[4096];
	double until = bench_now() + START_MS_MAX / 1000.0;

	while (bench_now() < until) {
		struct pollfd p = {.fd = d->notify_fd, .events = POLLIN};

		if (poll(&p, 1, 100) == 1) {
			ssize_t n = recv(d->notify_fd, text, sizeof text - 1, 0);

			text[n > 0 ? n : 0] = '\0';
			if (strstr(text, "READY=1"))
				return;
		}
		if (waitpid(d->pid, NULL, WNOHANG) == d->pid)
			bench_fail("the daemon ended at its start");
	}
	bench_fail("the daemon is not ready");
}

double daemon_start(struct daemon *d)
{
	char state[4300], listen[80], control[128], notify[64];
	char *arguments[] = {(char *)(uintptr_t)d->program,
			     (char *)(uintptr_t) "-o",
			     state,
			     (char *)(uintptr_t) "-o",
			     listen,
			     (char *)(uintptr_t) "-o",
			     control,
			     (char *)(uintptr_t) "-o",
			     (char *)(uintptr_t) "feed=",
			     (char *)(uintptr_t) "-o",
			     (char *)(uintptr_t) "log_level=warning",
			     (char *)(uintptr_t) "-o",
			     (char *)(uintptr_t) "office_connections_max=4096",
			     (char *)(uintptr_t) "-o",
			     (char *)(uintptr_t) "office_messages_per_second=1000000",
			     (char *)(uintptr_t) "-o",
			     (char *)(uintptr_t) "office_bytes_per_second=1G",
			     (char *)(uintptr_t) "-o",
			     (char *)(uintptr_t) "office_journal_bytes_per_day=1024G",
			     NULL};

	snprintf(state, sizeof state, "state_dir=%s", d->directory);
	snprintf(listen, sizeof listen, "listen=%s", d->listen);
	snprintf(control, sizeof control, "control=%s", d->control);
	snprintf(notify, sizeof notify, "@mandated-bench-%ld", (long)getpid());
	double began = bench_now();
	d->pid = fork();
	if (d->pid < 0)
		bench_fail("fork: %s", strerror(errno));
	if (d->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* nothing outlives the benchmark */
		setenv("NOTIFY_SOCKET", notify, 1);
		setenv("MANDATED_BOOT_ID", d->boot_id, 1);
		execv(d->program, arguments);
		_exit(127);
	}
	await_ready(d);
	return (bench_now() - began) * 1000;
}

static void end(struct daemon *d, int signal_number)
{
	int how;
	char text[4096];

	kill(d->pid, signal_number);
	if (waitpid(d->pid, &how, 0) != d->pid)
		bench_fail("the daemon cannot be waited for");
	if (signal_number == SIGTERM && (!WIFEXITED(how) || WEXITSTATUS(how) != 0))
		bench_fail("the daemon did not stop in order (status %d)", how);
	while (recv(d->notify_fd, text, sizeof text, MSG_DONTWAIT) > 0)
		; /* what it said before */
	d->pid = 0;
}

void daemon_stop(struct daemon *d)
{
	end(d, SIGTERM);
}

void daemon_kill(struct daemon *d)
{
	end(d, SIGKILL);
}

void daemon_remove(struct daemon *d)
{
	char lock[sizeof d->control + 8];
	const char *path = d->control + strlen("ipc://");
	pid_t child = fork();

	close(d->notify_fd); /* its name is that of the next daemon's too */
	snprintf(lock, sizeof lock, "%s.lock", path);
	unlink(path);
	unlink(lock);
	if (child > 0)
		close(d->notify_fd);
	if (child == 0) {
		execlp("rm", "rm", "-rf", "--", d->directory, (char *)NULL);
		_exit(127);
	}
	waitpid(child, NULL, 0);
}

uint64_t daemon_private_bytes(const struct daemon *d)
{
	char path[64], line[256];
	unsigned long long kib = 0;

	snprintf(path, sizeof path, "/proc/%ld/smaps_rollup", (long)d->pid);
	FILE *f = fopen(path, "r");
	if (!f)
		bench_fail("%s: %s", path, strerror(errno));
	while (fgets(line, sizeof line, f))
		if (sscanf(line, "Anonymous: %llu kB", &kib) == 1)
			break;
	fclose(f);
	return kib * 1024;
}

struct status_copy {
	Mandate__Status *to;
	bool got;
};

static void take_status(void *ctx, const Mandate__Row *row)
{
	struct status_copy *copy = ctx;

	if (row->what_case != MANDATE__ROW__WHAT_STATUS)
		return;
	/* Numbers only: the texts end with the row. */
	*copy->to = *row->status;
	copy->to->daemon = copy->to->trouble = copy->to->timezone = NULL;
	copy->to->instance = (ProtobufCBinaryData){0};
	copy->got = true;
}

void daemon_status(const struct daemon *d, Mandate__Status *ret_status)
{
	struct mandate_options options = {.endpoint = d->control};
	struct status_copy copy = {.to = ret_status};
	Mandate__Query query = MANDATE__QUERY__INIT;
	Mandate__StatusQuery ask = MANDATE__STATUS_QUERY__INIT;
	struct error err = {.status = STATUS_OK};
	struct mandate *m;

	query.ask_case = MANDATE__QUERY__ASK_STATUS;
	query.status = &ask;
	if (mandate_open(&m, &options, &err) != STATUS_OK ||
	    mandate_query(m, &query, 10000, take_status, &copy, NULL, &err) != STATUS_OK ||
	    !copy.got)
		bench_fail("no status from the daemon: %s", err.text);
	mandate_close(m);
}

/* Segments are preallocated with zeros: what counts is what lies before the last byte that is none.
 */
static uint64_t used_bytes(const char *path, uint64_t size)
{
	enum { STEP = 1 << 20 };
	static uint8_t data[STEP];
	uint64_t used = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	for (uint64_t end = size; fd >= 0 && end > 0 && used == 0;) {
		uint64_t at = end > STEP ? end - STEP : 0;
		ssize_t n = pread(fd, data, (size_t)(end - at), (off_t)at);

		for (ssize_t i = n; i > 0 && used == 0; i--)
			if (data[i - 1])
				used = at + (uint64_t)i;
		end = at;
	}
	if (fd >= 0)
		close(fd);
	return used;
}

uint64_t daemon_disk_bytes(const struct daemon *d, const char *below)
{
	char path[5000];
	uint64_t bytes = 0;
	struct stat st;

	snprintf(path, sizeof path, "%s/%s", d->directory, below);
	DIR *dir = opendir(path);
	if (!dir)
		return 0;
	for (struct dirent *e; (e = readdir(dir)) != NULL;) {
		snprintf(path, sizeof path, "%s/%s/%s", d->directory, below, e->d_name);
		if (e->d_name[0] != '.' && stat(path, &st) == 0 && S_ISREG(st.st_mode))
			bytes += strcmp(below, "journal") == 0
					 ? used_bytes(path, (uint64_t)st.st_size)
					 : (uint64_t)st.st_blocks * 512;
	}
	closedir(dir);
	return bytes;
}
