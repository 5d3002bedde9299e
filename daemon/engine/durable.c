#include "engine/durable.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* FAULT_NO_DATA_SYNC and FAULT_NO_DIRECTORY_SYNC leave a sync out. They exist so that the power-cut
 * test can be shown to fail on a build that has this mistake; nothing else defines them. */

enum { FILE_MODE = 0640, DIRECTORY_MODE = 0750, ZEROS_BYTES = 256 * 1024 };

static uint8_t zeros[ZEROS_BYTES]; /* never written; const would put them into the program file */

static enum status failed(void)
{
	return status_of_errno(errno);
}

enum status durable_open(int dir_fd, const char *name, int flags, int *ret_fd)
{
	int fd;

	do
		fd = openat(dir_fd, name, flags | O_CLOEXEC, 0);
	while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return failed();
	*ret_fd = fd;
	return STATUS_OK;
}

enum status durable_create(int dir_fd, const char *name, int *ret_fd)
{
	int fd;

	do
		fd = openat(dir_fd, name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, FILE_MODE);
	while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return failed();
	*ret_fd = fd;
	return STATUS_OK;
}

enum status durable_make_directory(int dir_fd, const char *name)
{
	if (mkdirat(dir_fd, name, DIRECTORY_MODE) != 0 && errno != EEXIST)
		return failed();
	return STATUS_OK;
}

enum status durable_read(int fd, void *ret_bytes, size_t len, uint64_t offset, size_t *ret_len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n =
			pread(fd, (uint8_t *)ret_bytes + done, len - done, (off_t)(offset + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return failed();
		if (n == 0)
			break;
		done += (size_t)n;
	}
	*ret_len = done;
	return STATUS_OK;
}

enum status durable_write(int fd, struct bytes data, uint64_t offset)
{
	size_t done = 0;

	while (done < data.len) {
		ssize_t n = pwrite(fd, data.data + done, data.len - done, (off_t)(offset + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return failed();
		if (n == 0) { /* not for a regular file; never loop on it */
			errno = EIO;
			return STATUS_IO;
		}
		done += (size_t)n;
	}
	return STATUS_OK;
}

enum status durable_write_zeros(int fd, uint64_t from, uint64_t to)
{
	enum status s = STATUS_OK;

	for (uint64_t len; s == STATUS_OK && from < to; from += len) {
		len = to - from < sizeof zeros ? to - from : sizeof zeros;
		s = durable_write(fd, bytes_of(zeros, (size_t)len), from);
	}
	return s;
}

enum status durable_allocate(int fd, uint64_t size)
{
	int failure;

	do
		failure = fallocate(fd, 0, 0, (off_t)size);
	while (failure != 0 && errno == EINTR);
	/* A file system that cannot reserve is told of a full disk by the writing of zeros. */
	if (failure != 0 && errno != EOPNOTSUPP)
		return failed();
	return STATUS_OK;
}

enum status durable_sync_data(int fd)
{
#ifndef FAULT_NO_DATA_SYNC
	if (fdatasync(fd) != 0)
		return failed();
#else
	(void)fd;
#endif
	return STATUS_OK;
}

enum status durable_sync_file(int fd)
{
	return fsync(fd) == 0 ? STATUS_OK : failed();
}

enum status durable_sync_directory(int dir_fd)
{
#ifndef FAULT_NO_DIRECTORY_SYNC
	if (fsync(dir_fd) != 0)
		return failed();
#else
	(void)dir_fd;
#endif
	return STATUS_OK;
}

enum status durable_rename(int dir_fd, const char *from, const char *to)
{
	if (renameat(dir_fd, from, dir_fd, to) != 0)
		return failed();
	return durable_sync_directory(dir_fd);
}

enum status durable_remove(int dir_fd, const char *name)
{
	if (unlinkat(dir_fd, name, 0) != 0 && errno != ENOENT)
		return failed();
	return durable_sync_directory(dir_fd);
}

void durable_discard(int dir_fd, const char *name)
{
	int kept = errno; /* of the failure that is being cleaned up after */

	IGNORE_RESULT(unlinkat(dir_fd, name, 0)); /* it will be overwritten or discarded again */
	errno = kept;
}

enum status durable_write_file(int dir_fd, const char *temporary, const char *name,
			       struct bytes content)
{
	int fd = -1;
	enum status s = durable_create(dir_fd, temporary, &fd);

	if (s != STATUS_OK)
		return s;
	s = durable_write(fd, content, 0);
	if (s == STATUS_OK)
		s = durable_sync_file(fd);
	if (close(fd) != 0 && s == STATUS_OK)
		s = failed();
	if (s == STATUS_OK)
		s = durable_rename(dir_fd, temporary, name);
	if (s != STATUS_OK)
		durable_discard(dir_fd, temporary);
	return s;
}
