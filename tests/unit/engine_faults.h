/* System calls that fail when they are told to. The linker puts the functions below in front of the
 * calls (see the Makefile). */
#ifndef MANDATED_TESTS_ENGINE_FAULTS_H
#define MANDATED_TESTS_ENGINE_FAULTS_H

#include "engine_fixture.h"

#include <errno.h>
#include <stdatomic.h>

enum call {
	PWRITE,
	PREAD,
	FDATASYNC,
	FSYNC,
	FALLOCATE,
	OPENAT,
	RENAMEAT,
	UNLINKAT,
	MKDIRAT,
	CALLS
};

static const char *const call_names[CALLS] = {"pwrite",	  "pread",     "fdatasync",
					      "fsync",	  "fallocate", "openat",
					      "renameat", "unlinkat",  "mkdirat"};

/* What is to fail: the `at`-th use of `call`, once or from then on. */
static struct {
	atomic_int call; /* CALLS: none */
	atomic_int at;
	atomic_bool for_ever;
	atomic_bool half; /* a write does half of its work before it fails */
	atomic_int sys_errno;
	atomic_int used[CALLS];
	atomic_bool hit;
} fault = {.call = CALLS};

/* What this thread did, a letter a call (in the order of enum call; '-': not told). */
static _Thread_local char trace[64];

static inline void trace_begin(void)
{
	trace[0] = '\0';
}

/* Something that happens between two reads. */
static void (*before_pread)(void);
static int before_pread_in;

static inline bool fails(enum call call)
{
	size_t len = strlen(trace);

	if (call != PREAD && call != OPENAT && len + 1 < sizeof trace) {
		trace[len] = "w-dsa-rum"[call];
		trace[len + 1] = '\0';
	}
	int now = ++fault.used[call];

	if (fault.call != (int)call || (fault.for_ever ? now < fault.at : now != fault.at))
		return false;
	fault.hit = true;
	errno = fault.sys_errno;
	return true;
}

static inline void fault_set(enum call call, int at, int sys_errno)
{
	for (int i = 0; i < CALLS; i++)
		fault.used[i] = 0;
	fault.hit = fault.for_ever = fault.half = false;
	fault.at = at;
	fault.sys_errno = sys_errno;
	fault.call = (int)call;
}

static inline void fault_none(void)
{
	fault_set(CALLS, 0, 0);
}

ssize_t __real_pwrite(int fd, const void *data, size_t len, off_t at);
ssize_t __wrap_pwrite(int fd, const void *data, size_t len, off_t at);
ssize_t __wrap_pwrite(int fd, const void *data, size_t len, off_t at)
{
	if (!fails(PWRITE))
		return __real_pwrite(fd, data, len, at);
	if (fault.half) {
		IGNORE_RESULT(__real_pwrite(fd, data, len / 2, at)); /* what came through */
		errno = fault.sys_errno;
	}
	return -1;
}

ssize_t __real_pread(int fd, void *data, size_t len, off_t at);
ssize_t __wrap_pread(int fd, void *data, size_t len, off_t at);
ssize_t __wrap_pread(int fd, void *data, size_t len, off_t at)
{
	if (before_pread && --before_pread_in == 0)
		before_pread();
	return fails(PREAD) ? -1 : __real_pread(fd, data, len, at);
}

int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);
int __wrap_fdatasync(int fd)
{
	return fails(FDATASYNC) ? -1 : __real_fdatasync(fd);
}

int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
	return fails(FSYNC) ? -1 : __real_fsync(fd);
}

int __real_fallocate(int fd, int mode, off_t at, off_t len);
int __wrap_fallocate(int fd, int mode, off_t at, off_t len);
int __wrap_fallocate(int fd, int mode, off_t at, off_t len)
{
	return fails(FALLOCATE) ? -1 : __real_fallocate(fd, mode, at, len);
}

int __real_openat(int dir_fd, const char *name, int flags, ...);
int __wrap_openat(int dir_fd, const char *name, int flags, mode_t mode);
int __wrap_openat(int dir_fd, const char *name, int flags, mode_t mode)
{
	return fails(OPENAT) ? -1 : __real_openat(dir_fd, name, flags, mode);
}

int __real_renameat(int from_fd, const char *from, int to_fd, const char *to);
int __wrap_renameat(int from_fd, const char *from, int to_fd, const char *to);
int __wrap_renameat(int from_fd, const char *from, int to_fd, const char *to)
{
	return fails(RENAMEAT) ? -1 : __real_renameat(from_fd, from, to_fd, to);
}

int __real_unlinkat(int dir_fd, const char *name, int flags);
int __wrap_unlinkat(int dir_fd, const char *name, int flags);
int __wrap_unlinkat(int dir_fd, const char *name, int flags)
{
	return fails(UNLINKAT) ? -1 : __real_unlinkat(dir_fd, name, flags);
}

int __real_mkdirat(int dir_fd, const char *name, mode_t mode);
int __wrap_mkdirat(int dir_fd, const char *name, mode_t mode);
int __wrap_mkdirat(int dir_fd, const char *name, mode_t mode)
{
	return fails(MKDIRAT) ? -1 : __real_mkdirat(dir_fd, name, mode);
}

/* --- a directory for each test --- */

struct fixture {
	char directory[DIRECTORY_TEXT];
	struct recorder recorder;
};

static inline int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	fault_none();
	directory_make(f->directory);
	*state = f;
	return 0;
}

static inline int teardown(void **state)
{
	struct fixture *f = *state;

	fault_none();
	directory_remove(f->directory);
	free(f);
	return 0;
}

#define IN_FIXTURE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

#endif
