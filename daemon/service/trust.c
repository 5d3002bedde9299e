#include "service/trust.h"

#include "base/bytes.h"
#include "base/clock.h"
#include "service/checkpoint.h"
#include "service/machine.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char BOOT_ID_FILE[] = "/proc/sys/kernel/random/boot_id";
static const char UNTRUSTED_PREFIX[] = "state.untrusted.";

enum { FILE_MODE = 0640, UNTRUSTED_MAX = 1000 };

static enum status path_of(char ret_path[TRUST_PATH_BYTES], const char *dir, const char *name)
{
	int len = snprintf(ret_path, TRUST_PATH_BYTES, "%s/%s", dir, name);

	return len > 0 && len < TRUST_PATH_BYTES ? STATUS_OK : STATUS_LIMIT;
}

static enum status failed(struct error *err, const char *what, const char *path)
{
	int code = errno;

	return error_set(err, status_of_errno(code), "cannot %s %s: %s", what, path,
			 strerror(code));
}

/* The first line of a file, without its end; "" if there is none. */
static void read_line(const char *path, char *ret_line, size_t room)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, ret_line, room - 1);

	if (fd >= 0)
		close(fd);
	ret_line[len < 0 ? 0 : len] = '\0';
	ret_line[strcspn(ret_line, "\n")] = '\0';
}

static enum status sync_directory(const char *dir, struct error *err)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return failed(err, "open", dir);
	enum status s = fsync(fd) == 0 ? STATUS_OK : failed(err, "sync", dir);
	close(fd);
	return s;
}

enum status trust_boot_id(char ret_id[TRUST_BOOT_ID_BYTES], struct error *err)
{
	const char *given = getenv("MANDATED_BOOT_ID");

	if (given)
		snprintf(ret_id, TRUST_BOOT_ID_BYTES, "%s", given);
	else
		read_line(BOOT_ID_FILE, ret_id, TRUST_BOOT_ID_BYTES);
	if (ret_id[0] == '\0')
		return error_set(err, STATUS_IO, "%s is empty or cannot be read", BOOT_ID_FILE);
	return STATUS_OK;
}

bool trust_boot_is(const char *state_dir, const char *id)
{
	char path[TRUST_PATH_BYTES], line[TRUST_BOOT_ID_BYTES];

	if (path_of(path, state_dir, "boot") != STATUS_OK)
		return false;
	read_line(path, line, sizeof line);
	return strcmp(line, id) == 0;
}

enum status trust_boot_write(const char *state_dir, const char *id, struct error *err)
{
	char path[TRUST_PATH_BYTES], temporary[TRUST_PATH_BYTES];

	if (path_of(path, state_dir, "boot") != STATUS_OK ||
	    path_of(temporary, state_dir, "boot.new") != STATUS_OK)
		return error_set(err, STATUS_LIMIT, "the path of the state directory is too long");
	int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, FILE_MODE);
	if (fd < 0)
		return failed(err, "make", temporary);
	enum status s = STATUS_OK;
	if (dprintf(fd, "%s\n", id) < 0 || fsync(fd) != 0)
		s = failed(err, "write", temporary);
	close(fd);
	if (s == STATUS_OK && rename(temporary, path) != 0)
		s = failed(err, "rename", temporary);
	return s == STATUS_OK ? sync_directory(state_dir, err) : s;
}

/* --- deaths ------------------------------------------------------------------------------- */

static const int fatal_signals[] = {SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE};
enum { FATAL_SIGNALS = sizeof fatal_signals / sizeof fatal_signals[0] };

/* Of the process, as signal handlers are. */
static int deaths_fd = -1;
static pid_t watched_pid;
static uint64_t started_ms;
static struct sigaction before[FATAL_SIGNALS];

void trust_note_death(void)
{
	uint8_t record[8];

	put_u64(record, clock_boot_ms() - started_ms);
	/* A record that is lost costs one more start that fails. */
	if (deaths_fd >= 0 && getpid() == watched_pid)
		IGNORE_RESULT(write(deaths_fd, record, sizeof record));
}

/* Leaves its record, then lets the signal do what it would have done: a fault happens again when
 * this returns, a signal that was sent is sent again. */
static void on_fatal(int number, siginfo_t *info, void *context)
{
	(void)context;
	trust_note_death();
	for (size_t i = 0; i < FATAL_SIGNALS; i++)
		if (fatal_signals[i] == number)
			sigaction(number, &before[i], NULL);
	if (info->si_code <= 0)
		raise(number);
}

enum status trust_watch_deaths(const char *state_dir, struct error *err)
{
	char path[TRUST_PATH_BYTES];
	struct sigaction action = {.sa_sigaction = on_fatal, .sa_flags = SA_SIGINFO};

	if (path_of(path, state_dir, "deaths") != STATUS_OK)
		return error_set(err, STATUS_LIMIT, "the path of the state directory is too long");
	deaths_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, FILE_MODE);
	if (deaths_fd < 0)
		return failed(err, "open", path);
	started_ms = clock_boot_ms();
	watched_pid = getpid();
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < FATAL_SIGNALS; i++)
		sigaction(fatal_signals[i], &action, &before[i]);
	return STATUS_OK;
}

bool trust_died_twice(const char *state_dir)
{
	char path[TRUST_PATH_BYTES];
	uint8_t records[16];
	bool twice = false;

	if (path_of(path, state_dir, "deaths") != STATUS_OK)
		return false;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	off_t size = lseek(fd, 0, SEEK_END) / 8 * 8;
	if (size >= (off_t)sizeof records &&
	    pread(fd, records, sizeof records, size - (off_t)sizeof records) ==
		    (ssize_t)sizeof records)
		twice = get_u64(records) < TRUST_EARLY_DEATH_MS &&
			get_u64(records + 8) < TRUST_EARLY_DEATH_MS;
	close(fd);
	return twice;
}

void trust_forget_deaths(void)
{
	/* Left as it is, it costs a rebuild at worst. */
	if (deaths_fd >= 0)
		IGNORE_RESULT(ftruncate(deaths_fd, 0));
}

/* --- a state that is not believed ----------------------------------------------------------- */

static void peek(const char *path, struct embedded_applied *ret_applied)
{
	struct machine_state state;
	struct store *s;

	if (store_open(path, true, NULL, &s) != STATUS_OK)
		return;
	if (machine_peek(s, &state) == STATUS_OK) {
		ret_applied->known = true;
		ret_applied->index = state.head.index;
		memcpy(ret_applied->chain, state.head.input_hash, HASH_BYTES);
		ret_applied->position = state.position;
	}
	store_close(s);
}

void trust_peek_apart(const char *state_dir, struct embedded_applied *ret_applied)
{
	struct embedded_applied applied = {0};
	char path[TRUST_PATH_BYTES];
	int ends[2];

	*ret_applied = applied;
	if (path_of(path, state_dir, "state") != STATUS_OK || pipe2(ends, O_CLOEXEC) != 0)
		return;
	pid_t child = fork();
	if (child == 0) {
		peek(path, &applied);
		_exit(write(ends[1], &applied, sizeof applied) == (ssize_t)sizeof applied ? 0 : 1);
	}
	close(ends[1]);
	if (child > 0 && read(ends[0], &applied, sizeof applied) == (ssize_t)sizeof applied)
		*ret_applied = applied;
	close(ends[0]);
	while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
}

enum status trust_move_away(const char *state_dir, struct error *err)
{
	char from[TRUST_PATH_BYTES], to[TRUST_PATH_BYTES], boot[TRUST_PATH_BYTES], name[64];

	if (path_of(from, state_dir, "state") != STATUS_OK ||
	    path_of(boot, state_dir, "boot") != STATUS_OK)
		return error_set(err, STATUS_LIMIT, "the path of the state directory is too long");
	if (unlink(boot) != 0 && errno != ENOENT)
		return failed(err, "remove", boot);
	for (int n = 1; n <= UNTRUSTED_MAX; n++) {
		snprintf(name, sizeof name, "%s%d", UNTRUSTED_PREFIX, n);
		if (path_of(to, state_dir, name) != STATUS_OK)
			break;
		/* A directory that is not empty is never replaced. */
		if (rename(from, to) == 0 || errno == ENOENT)
			return sync_directory(state_dir, err);
		if (errno != ENOTEMPTY && errno != EEXIST)
			return failed(err, "rename", from);
	}
	return error_set(err, STATUS_LIMIT, "%s has too many states that were moved away",
			 state_dir);
}

void trust_remove_moved(const char *state_dir)
{
	char path[TRUST_PATH_BYTES];
	DIR *dir = opendir(state_dir);

	if (!dir)
		return;
	for (struct dirent *e; (e = readdir(dir)) != NULL;) {
		if (strncmp(e->d_name, UNTRUSTED_PREFIX, sizeof UNTRUSTED_PREFIX - 1) != 0)
			continue;
		/* One that stays only takes room; the next start tries again. */
		if (path_of(path, state_dir, e->d_name) == STATUS_OK)
			IGNORE_RESULT(checkpoint_remove(path, NULL));
	}
	closedir(dir);
}
