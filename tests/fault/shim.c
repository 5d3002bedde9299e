/* LD_PRELOAD shim around the daemon: records what it does to its files and what it sends, and makes
 * calls fail or the process die. The environment in trace.h says what.
 *
 * One mutex gives all threads one order. A change happens under it and is recorded there; a sync is
 * recorded when it begins and when it has succeeded, since others go on meanwhile; a message is
 * recorded before it is sent. */
#include "tests/fault/trace.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WATCHED_MAX = 256, SENDMORE = 2 };

/* Of libzmq, which the daemon brings. */
extern void *zmq_msg_data(void *message) __attribute__((weak));
extern size_t zmq_msg_size(const void *message) __attribute__((weak));

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static char directory[4096], failed_path[4096];
static int trace_fd = -1;
static uint64_t events, kill_at, syncs;
static unsigned sync_us;
static struct {
	char kind[16];
	uint64_t at, seen;
	int error;
} failure;
static uint64_t watched[WATCHED_MAX]; /* inodes */
static size_t watched_count;

/* What was asked for, past this shim. */
static int real_open(int dir_fd, const char *path, int flags, mode_t mode)
{
	return (int)syscall(SYS_openat, dir_fd, path, flags, mode);
}

static uint64_t number_of(const char *name)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 10) : 0;
}

static void record(uint32_t kind, uint64_t file, uint64_t a, uint64_t b, const void *payload,
		   size_t len)
{
	struct trace_event e = {.kind = kind, .len = (uint32_t)len, .file = file, .a = a, .b = b};
	struct iovec parts[] = {{&e, sizeof e}, {(void *)(uintptr_t)payload, len}};

	if (trace_fd >= 0 && syscall(SYS_writev, trace_fd, parts, 2) != (long)(sizeof e + len))
		abort(); /* a trace with holes proves nothing */
}

__attribute__((constructor)) static void begin(void)
{
	const char *dir = getenv("FAULT_DIR"), *trace = getenv("FAULT_TRACE");
	const char *fail = getenv("FAULT_FAIL");
	struct stat st;

	if (!dir || stat(dir, &st) != 0 || !realpath(dir, directory))
		return;
	watched[watched_count++] = st.st_ino;
	if (trace) {
		trace_fd = open(trace, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
		snprintf(failed_path, sizeof failed_path, "%s" TRACE_FAILED_SUFFIX, trace);
	}
	kill_at = number_of("FAULT_KILL");
	sync_us = (unsigned)number_of("FAULT_SYNC_US");
	if (fail)
		sscanf(fail, "%15[a-z]:%lu:%d", failure.kind, &failure.at, &failure.error);
	record(TRACE_RUN, 0, 0, 0, NULL, 0);
}

/* --- what is watched ---------------------------------------------------------------------------
 */

static bool is_watched(uint64_t inode)
{
	for (size_t i = 0; i < watched_count; i++)
		if (watched[i] == inode)
			return true;
	return false;
}

static void watch(uint64_t inode)
{
	if (is_watched(inode))
		return;
	if (watched_count == WATCHED_MAX)
		abort();
	watched[watched_count++] = inode;
}

/* An inode that has lost its name may come back as something else's. */
static void forget(uint64_t inode)
{
	for (size_t i = 0; i < watched_count; i++)
		if (watched[i] == inode)
			watched[i] = watched[--watched_count];
}

/* Names that belong to the picture: the state and its copies are rebuilt after a power cut, locks
 * and sockets mean nothing, a lost tally is counted anew from the journal, and lost `deaths` cost a
 * start at worst. */
static bool is_ours(const char *name)
{
	static const char *const others[] = {"state",	"checkpoint", "lock",	  "deaths",
					     "control", "feed",	      "data.mdb", "tally"};

	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (strncmp(name, others[i], strlen(others[i])) == 0)
			return false;
	return name[0] != '\0' && strcmp(name, ".") != 0;
}

/* The inode of an open file or directory that is watched; 0: none. */
static uint64_t of_fd(int fd)
{
	struct stat st;

	if (!directory[0] || fstat(fd, &st) != 0 || (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)))
		return 0;
	return is_watched(st.st_ino) ? st.st_ino : 0;
}

/* Finds the watched directory that `path` is in, and the name in it; 0: none. */
static uint64_t parent_of(int dir_fd, const char *path, const char **ret_name)
{
	char parent[4096];
	const char *slash = strrchr(path, '/');
	struct stat st;
	int failed;

	*ret_name = slash ? slash + 1 : path;
	if (!directory[0] || !is_ours(*ret_name))
		return 0;
	if (slash) {
		snprintf(parent, sizeof parent, "%.*s", slash == path ? 1 : (int)(slash - path),
			 path);
		failed = fstatat(dir_fd, parent, &st, 0);
	} else {
		failed = dir_fd == AT_FDCWD ? stat(".", &st) : fstat(dir_fd, &st);
	}
	return !failed && is_watched(st.st_ino) ? st.st_ino : 0;
}

static uint64_t inode_at(int dir_fd, const char *path)
{
	struct stat st;

	return fstatat(dir_fd, path, &st, AT_SYMLINK_NOFOLLOW) == 0 ? st.st_ino : 0;
}

/* --- dying and failing ---------------------------------------------------------------------------
 */

/* Under the mutex, before a watched call. True: it fails, errno is set. */
static bool strikes(const char *kind, uint64_t file)
{
	if (++events == kill_at)
		kill(getpid(), SIGKILL);
	if (strcmp(kind, failure.kind) != 0 || ++failure.seen != failure.at)
		return false;
	record(TRACE_FAILED, file, 0, 0, kind, strlen(kind));
	if (failed_path[0])
		close(real_open(AT_FDCWD, failed_path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	errno = failure.error;
	return true;
}

static void lock(void)
{
	pthread_mutex_lock(&mutex);
}

static void unlock(void)
{
	int kept = errno;

	pthread_mutex_unlock(&mutex);
	errno = kept;
}

/* --- names -------------------------------------------------------------------------------------
 */

static int open_it(int dir_fd, const char *path, int flags, mode_t mode)
{
	const char *name;

	if (!directory[0])
		return real_open(dir_fd, path, flags, mode);
	lock();
	uint64_t parent = parent_of(dir_fd, path, &name), before = 0, inode = 0;
	int fd = -1;
	if (parent) {
		before = inode_at(dir_fd, path);
		if (!(flags & O_CREAT) || !strikes("create", parent))
			fd = real_open(dir_fd, path, flags, mode);
	} else {
		fd = real_open(dir_fd, path, flags, mode);
	}
	if (fd >= 0 && parent) {
		struct stat st;

		if (fstat(fd, &st) == 0)
			inode = st.st_ino;
		watch(inode);
		if (!before)
			record(TRACE_CREATE, parent, inode, 0, name, strlen(name));
		else if (flags & O_TRUNC)
			record(TRACE_TRUNCATE, inode, 0, 0, NULL, 0);
	}
	unlock();
	return fd;
}

static mode_t mode_of(int flags, va_list arguments)
{
	return flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
}

#define OPEN(name, parameters, dir_fd)                                                             \
	int name parameters                                                                        \
	{                                                                                          \
		va_list arguments;                                                                 \
		va_start(arguments, flags);                                                        \
		mode_t mode = mode_of(flags, arguments);                                           \
		va_end(arguments);                                                                 \
		return open_it(dir_fd, path, flags, mode);                                         \
	}
OPEN(open, (const char *path, int flags, ...), AT_FDCWD)
OPEN(open64, (const char *path, int flags, ...), AT_FDCWD)
OPEN(openat, (int dir_fd, const char *path, int flags, ...), dir_fd)
OPEN(openat64, (int dir_fd, const char *path, int flags, ...), dir_fd)

/* What a fortified build calls. */
int __open_2(const char *path, int flags);
int __open_2(const char *path, int flags)
{
	return open_it(AT_FDCWD, path, flags, 0);
}

int __openat_2(int dir_fd, const char *path, int flags);
int __openat_2(int dir_fd, const char *path, int flags)
{
	return open_it(dir_fd, path, flags, 0);
}

int mkdirat(int dir_fd, const char *path, mode_t mode)
{
	const char *name;

	lock();
	uint64_t parent = parent_of(dir_fd, path, &name);
	int result = parent && strikes("mkdir", parent)
			     ? -1
			     : (int)syscall(SYS_mkdirat, dir_fd, path, mode);
	if (parent && result == 0) {
		uint64_t inode = inode_at(dir_fd, path);

		watch(inode);
		record(TRACE_MKDIR, parent, inode, 0, name, strlen(name));
	}
	unlock();
	return result;
}

int mkdir(const char *path, mode_t mode)
{
	return mkdirat(AT_FDCWD, path, mode);
}

int renameat(int from_fd, const char *from, int to_fd, const char *to)
{
	const char *name, *to_name;
	char names[1024];

	lock();
	uint64_t parent = parent_of(from_fd, from, &name);
	uint64_t replaced = parent ? inode_at(to_fd, to) : 0;
	if (parent && parent_of(to_fd, to, &to_name) != parent)
		abort(); /* the picture does not hold renames across directories */
	int result = parent && strikes("rename", parent)
			     ? -1
			     : (int)syscall(SYS_renameat, from_fd, from, to_fd, to);
	if (parent && result == 0) {
		int len = snprintf(names, sizeof names, "%s%c%s", name, 0, to_name);

		forget(replaced);
		record(TRACE_RENAME, parent, 0, 0, names, (size_t)len + 1);
	}
	unlock();
	return result;
}

int rename(const char *from, const char *to)
{
	return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int unlinkat(int dir_fd, const char *path, int flags)
{
	const char *name;

	lock();
	uint64_t parent = parent_of(dir_fd, path, &name);
	uint64_t inode = parent ? inode_at(dir_fd, path) : 0;
	int result = inode && strikes("unlink", parent)
			     ? -1
			     : (int)syscall(SYS_unlinkat, dir_fd, path, flags);
	if (inode && result == 0) {
		forget(inode);
		record(TRACE_UNLINK, parent, 0, 0, name, strlen(name));
	}
	unlock();
	return result;
}

int unlink(const char *path)
{
	return unlinkat(AT_FDCWD, path, 0);
}

/* --- content -----------------------------------------------------------------------------------
 */

static bool all_zero(const uint8_t *bytes, size_t len)
{
	return len == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, len - 1) == 0);
}

static void record_write(uint64_t file, const void *bytes, size_t len, off_t at)
{
	if (all_zero(bytes, len))
		record(TRACE_ZEROS, file, (uint64_t)at, len, NULL, 0);
	else
		record(TRACE_WRITE, file, (uint64_t)at, 0, bytes, len);
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at)
{
	uint64_t file = of_fd(fd);

	if (!file)
		return syscall(SYS_pwrite64, fd, bytes, len, at);
	lock();
	ssize_t done = strikes("write", file) ? -1 : syscall(SYS_pwrite64, fd, bytes, len, at);
	if (done > 0)
		record_write(file, bytes, (size_t)done, at);
	unlock();
	return done;
}

ssize_t pwrite64(int fd, const void *bytes, size_t len, off_t at)
{
	return pwrite(fd, bytes, len, at);
}

ssize_t write(int fd, const void *bytes, size_t len)
{
	uint64_t file = of_fd(fd);

	if (!file)
		return syscall(SYS_write, fd, bytes, len);
	lock();
	ssize_t done = strikes("write", file) ? -1 : syscall(SYS_write, fd, bytes, len);
	if (done > 0)
		record_write(file, bytes, (size_t)done, lseek(fd, 0, SEEK_CUR) - done);
	unlock();
	return done;
}

int ftruncate(int fd, off_t size)
{
	uint64_t file = of_fd(fd);

	lock();
	int result = (int)syscall(SYS_ftruncate, fd, size);
	if (file && result == 0)
		record(TRACE_TRUNCATE, file, (uint64_t)size, 0, NULL, 0);
	unlock();
	return result;
}

int fallocate(int fd, int mode, off_t at, off_t len)
{
	uint64_t file = of_fd(fd);
	struct stat st;

	lock();
	int result = file && strikes("allocate", file)
			     ? -1
			     : (int)syscall(SYS_fallocate, fd, mode, at, len);
	if (file && result == 0 && fstat(fd, &st) == 0)
		record(TRACE_TRUNCATE, file, (uint64_t)st.st_size, 0, NULL, 0);
	unlock();
	return result;
}

static int sync_it(int fd, long call)
{
	uint64_t file = of_fd(fd);
	struct stat st;

	if (!file)
		return (int)syscall(call, fd);
	lock();
	bool fails = strikes(fstat(fd, &st) == 0 && S_ISDIR(st.st_mode) ? "dirsync" : "sync", file);
	uint64_t number = ++syncs;
	if (!fails)
		record(TRACE_SYNC_BEGIN, file, number, 0, NULL, 0);
	unlock();
	if (fails)
		return -1;
	if (sync_us)
		usleep(sync_us);
	int result = (int)syscall(call, fd);
	if (result == 0) {
		lock();
		record(TRACE_SYNC_END, file, number, 0, NULL, 0);
		unlock();
	}
	return result;
}

int fsync(int fd)
{
	return sync_it(fd, SYS_fsync);
}

int fdatasync(int fd)
{
	return sync_it(fd, SYS_fdatasync);
}

/* --- messages ----------------------------------------------------------------------------------
 */

int zmq_msg_send(void *message, void *socket, int flags);
int zmq_msg_send(void *message, void *socket, int flags)
{
	int (*next)(void *, void *, int);
	void *found = dlsym(RTLD_NEXT, "zmq_msg_send");

	memcpy(&next, &found, sizeof next);
	if (directory[0] && !(flags & SENDMORE)) {
		lock();
		if (++events == kill_at)
			kill(getpid(), SIGKILL);
		record(TRACE_SENT, 0, 0, 0, zmq_msg_data(message), zmq_msg_size(message));
		unlock();
	}
	return next(message, socket, flags);
}
