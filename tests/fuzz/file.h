/* A file whose content is the input, for what reads files by their path. */
#ifndef MANDATED_TESTS_FUZZ_FILE_H
#define MANDATED_TESTS_FUZZ_FILE_H

#include "fuzz.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum { FUZZ_PATH_BYTES = 32 };

/* In memory; returns its descriptor, to be closed. */
static inline int fuzz_file(const uint8_t *data, size_t size, char ret_path[FUZZ_PATH_BYTES])
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	fuzz_expect(fd >= 0 && write(fd, data, size) == (ssize_t)size &&
		    lseek(fd, 0, SEEK_SET) == 0);
	snprintf(ret_path, FUZZ_PATH_BYTES, "/proc/self/fd/%d", fd);
	return fd;
}

#endif
