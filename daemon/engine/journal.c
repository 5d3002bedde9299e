#include "engine/journal.h"

#include "engine/durable.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_DIGITS = 16, NAME_BYTES = 32, FILL_BYTES = 1024 * 1024 };

static const char directory_name[] = "journal";
static const char temporary_name[] = "segment.tmp";

static void name_of(char ret_name[NAME_BYTES], uint64_t number)
{
	snprintf(ret_name, NAME_BYTES, "%0*" PRIu64 ".seg", NAME_DIGITS, number);
}

/* 0: no segment's name. */
static uint64_t number_of(const char *name)
{
	char again[NAME_BYTES];
	uint64_t number = strtoull(name, NULL, 10);

	name_of(again, number);
	return strcmp(again, name) == 0 ? number : 0;
}

enum status journal_blame(const struct journal *j, uint64_t number, uint64_t offset, enum status s,
			  const char *what, struct error *err)
{
	char name[NAME_BYTES];

	name_of(name, number);
	return error_set(err, s, "%s/%s: offset %" PRIu64 ": %s", j->path, name, offset, what);
}

enum status journal_blame_call(const struct journal *j, uint64_t number, enum status s,
			       const char *what, struct error *err)
{
	char name[NAME_BYTES];
	int why = errno;

	name_of(name, number);
	return error_set(err, s, "%s/%s: %s: %s", j->path, name, what, strerror(why));
}

static enum status missing_segment(const struct journal *j, struct error *err)
{
	for (uint64_t n = j->first; n < j->last; n++) {
		char name[NAME_BYTES];

		name_of(name, n);
		if (faccessat(j->fd, name, F_OK, 0) != 0)
			return error_set(err, STATUS_CORRUPT,
					 "%s/%s: offset 0: the file is missing", j->path, name);
	}
	return error_set(err, STATUS_CORRUPT, "%s: the list of segments changes", j->path);
}

static enum status list(struct journal *j, struct error *err)
{
	uint64_t count = 0;
	struct stat file;
	struct dirent *entry;
	/* A descriptor of its own: fdopendir keeps it and moves its place. */
	int fd = openat(j->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);

	if (!stream) {
		enum status s = status_of_errno(errno);
		if (fd >= 0)
			close(fd);
		return error_set(err, s, "%s: cannot list", j->path);
	}
	while (errno = 0, (entry = readdir(stream))) {
		uint64_t number = number_of(entry->d_name);

		if (number == 0)
			continue;
		if (fstatat(j->fd, entry->d_name, &file, 0) == 0)
			j->bytes += (uint64_t)file.st_size;
		if (count == 0 || number < j->first)
			j->first = number;
		if (number > j->last)
			j->last = number;
		count++;
	}
	enum status s = status_of_errno(errno);
	closedir(stream);
	if (s != STATUS_OK)
		return error_set(err, s, "%s: cannot list", j->path);
	if (count && count != j->last - j->first + 1)
		return missing_segment(j, err);
	return STATUS_OK;
}

enum status journal_open(struct journal *j, const char *directory, struct error *err)
{
	*j = (struct journal){.state_fd = -1, .fd = -1};
	int len = snprintf(j->path, sizeof j->path, "%s/%s", directory, directory_name);

	if (len < 0 || (size_t)len >= sizeof j->path)
		return error_set(err, STATUS_INVALID, "%s: name too long", directory);
	enum status s = durable_open(AT_FDCWD, directory, O_RDONLY | O_DIRECTORY, &j->state_fd);
	if (s != STATUS_OK)
		return error_set(err, s, "%s: cannot open: %s", directory, strerror(errno));
	s = durable_open(j->state_fd, directory_name, O_RDONLY | O_DIRECTORY, &j->fd);
	if (s == STATUS_NOT_FOUND)
		return STATUS_OK;
	if (s == STATUS_OK)
		s = list(j, err);
	else
		error_set(err, s, "%s: cannot open: %s", j->path, strerror(errno));
	if (s != STATUS_OK)
		journal_close(j);
	return s;
}

void journal_close(struct journal *j)
{
	if (j->fd >= 0)
		close(j->fd);
	if (j->state_fd >= 0)
		close(j->state_fd);
	j->fd = j->state_fd = -1;
}

enum status journal_make_directory(struct journal *j, struct error *err)
{
	enum status s = STATUS_OK;

	if (j->fd < 0) {
		s = durable_make_directory(j->state_fd, directory_name);
		if (s == STATUS_OK)
			s = durable_open(j->state_fd, directory_name, O_RDONLY | O_DIRECTORY,
					 &j->fd);
	}
	/* Also if it was there: the run that made it may have ended before this. */
	if (s == STATUS_OK)
		s = durable_sync_directory(j->state_fd);
	if (s != STATUS_OK)
		error_set(err, s, "%s: cannot make: %s", j->path, strerror(errno));
	return s;
}

void journal_close_segment(struct journal_segment *segment)
{
	if (segment->fd >= 0)
		close(segment->fd);
	*segment = JOURNAL_NO_SEGMENT;
}

/* Is this the header of segment `number` of this journal, and the file as long as it says? */
static enum status check_header(struct journal *j, int fd, uint64_t number,
				struct segment_header *ret_header, struct error *err)
{
	uint8_t bytes[SEGMENT_HEADER_BYTES];
	struct segment_header h;
	struct stat file;
	size_t len;
	enum status s = durable_read(fd, bytes, sizeof bytes, 0, &len);

	if (s != STATUS_OK || fstat(fd, &file) != 0)
		return journal_blame_call(j, number, STATUS_IO, "cannot read", err);
	if (len < sizeof bytes)
		return journal_blame(j, number, len, STATUS_CORRUPT, "the header is cut off", err);
	s = segment_decode_header(bytes, &h);
	if (s == STATUS_FOREIGN)
		return journal_blame(j, number, 0, s, "no segment of a version known here", err);
	if (s != STATUS_OK)
		return journal_blame(j, number, 0, s, "the header does not check", err);
	if (j->known && memcmp(h.instance, j->instance, INSTANCE_BYTES) != 0)
		return journal_blame(j, number, 0, STATUS_FOREIGN,
				     "belongs to another instance than the segment read before",
				     err);
	if (h.segment != number)
		return journal_blame(j, number, 0, STATUS_CORRUPT,
				     "the header names another segment", err);
	if (h.size_bytes != (uint64_t)file.st_size || h.size_bytes < SEGMENT_BYTES_MIN ||
	    h.size_bytes > SEGMENT_BYTES_MAX || h.size_bytes % SEGMENT_SECTOR_BYTES)
		return journal_blame(j, number, (uint64_t)file.st_size, STATUS_CORRUPT,
				     "the file has another size than its header says", err);
	if (!j->known) { /* known before there is a second thread, and then only read */
		memcpy(j->instance, h.instance, INSTANCE_BYTES);
		j->known = true;
	}
	*ret_header = h;
	return STATUS_OK;
}

enum status journal_open_segment(struct journal *j, uint64_t number, int flags,
				 struct journal_segment *ret_segment, struct error *err)
{
	char name[NAME_BYTES];
	struct segment_header h;
	int fd;

	name_of(name, number);
	enum status s = durable_open(j->fd, name, flags, &fd);
	if (s == STATUS_NOT_FOUND)
		return s;
	if (s != STATUS_OK)
		return journal_blame_call(j, number, s, "cannot open", err);
	s = check_header(j, fd, number, &h, err);
	if (s != STATUS_OK) {
		close(fd);
		return s;
	}
	*ret_segment = (struct journal_segment){.fd = fd, .number = number, .size = h.size_bytes};
	return STATUS_OK;
}

/* Zeros really written, not only reserved: the first write into a reserved block changes the file's
 * extents, and fdatasync then waits for the file system's own journal. Measured on ext4, appends of
 * 4 KiB with fdatasync a second: 2 700 into reserved, 3 600 into written blocks. Synced piece by
 * piece, so that an append that syncs meanwhile never waits behind a whole segment. */
static enum status fill(int fd, uint64_t size, const uint8_t header[SEGMENT_HEADER_BYTES],
			const atomic_bool *stop)
{
	enum status s = durable_allocate(fd, size);

	for (uint64_t at = 0, to; s == STATUS_OK && at < size; at = to) {
		to = size - at < FILL_BYTES ? size : at + FILL_BYTES;
		if (stop && *stop)
			return STATUS_STOPPED;
		s = durable_write_zeros(fd, at, to);
		if (s == STATUS_OK)
			s = durable_sync_data(fd);
	}
	if (s == STATUS_OK)
		s = durable_write(fd, bytes_of(header, SEGMENT_HEADER_BYTES), 0);
	if (s == STATUS_OK)
		s = durable_sync_file(fd);
	return s;
}

enum status journal_make_segment(struct journal *j, uint64_t number, uint64_t size,
				 const atomic_bool *stop, struct journal_segment *ret_segment,
				 struct error *err)
{
	uint8_t header[SEGMENT_HEADER_BYTES];
	char name[NAME_BYTES];
	struct journal_segment there;
	int fd = -1;
	enum status s = journal_open_segment(j, number, O_RDWR, &there, err);

	if (s == STATUS_OK) {
		/* It was synced before it got its name; the name itself may not have been. */
		s = durable_sync_directory(j->fd);
		if (s == STATUS_OK) {
			*ret_segment = there;
			return s;
		}
		journal_blame_call(j, number, s, "cannot sync the directory", err);
		journal_close_segment(&there);
		return s;
	}
	if (s != STATUS_NOT_FOUND)
		return s;
	struct segment_header h = {.segment = number, .size_bytes = size};
	memcpy(h.instance, j->instance, INSTANCE_BYTES);
	segment_encode_header(header, &h);
	name_of(name, number);
	s = durable_create(j->fd, temporary_name, &fd);
	if (s == STATUS_OK)
		s = fill(fd, size, header, stop);
	if (s == STATUS_OK)
		s = durable_rename(j->fd, temporary_name, name);
	if (s != STATUS_OK) {
		if (s != STATUS_STOPPED)
			journal_blame_call(j, number, s, "cannot make", err);
		if (fd >= 0)
			close(fd);
		journal_discard_temporary(j);
		return s;
	}
	j->bytes += size;
	*ret_segment = (struct journal_segment){.fd = fd, .number = number, .size = size};
	return STATUS_OK;
}

void journal_discard_temporary(struct journal *j)
{
	durable_discard(j->fd, temporary_name);
}
