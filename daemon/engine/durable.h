/* Every call that changes a file, and every sync, of the engine: one small place, so that tests can
 * make each of them fail and a reader sees at once what survives what.
 * Statuses are those of status_of_errno; errno is left as the failed call set it. */
#ifndef MANDATED_ENGINE_DURABLE_H
#define MANDATED_ENGINE_DURABLE_H

#include "base/bytes.h"
#include "base/status.h"

/* Opens an existing file or directory; STATUS_NOT_FOUND if it is not there. */
MUST_USE enum status durable_open(int dir_fd, const char *name, int flags, int *ret_fd);

/* Makes the file, empty: what was there under this name is gone. */
MUST_USE enum status durable_create(int dir_fd, const char *name, int *ret_fd);

/* Makes the directory; one that is there already is as good. */
MUST_USE enum status durable_make_directory(int dir_fd, const char *name);

/* Reads until `len` bytes are there or the file ends; says how many came. */
MUST_USE enum status durable_read(int fd, void *ret_bytes, size_t len, uint64_t offset,
				  size_t *ret_len);

/* Writes all of `data`; after a failure any part of it may have been written. */
MUST_USE enum status durable_write(int fd, struct bytes data, uint64_t offset);
MUST_USE enum status durable_write_zeros(int fd, uint64_t from, uint64_t to);

/* Makes the file `size` long with every block of its own: STATUS_FULL if there is no room. */
MUST_USE enum status durable_allocate(int fd, uint64_t size);

/* What was written survives power loss: the content, and content with size. */
MUST_USE enum status durable_sync_data(int fd);
MUST_USE enum status durable_sync_file(int fd);

/* Names made, changed and removed in this directory survive power loss. */
MUST_USE enum status durable_sync_directory(int dir_fd);

/* Gives the file its name, atomically and durably. */
MUST_USE enum status durable_rename(int dir_fd, const char *from, const char *to);

/* Removes the name durably; STATUS_OK too if it was not there. The directory is synced in any case:
 * a removal by an earlier run may not have been. */
MUST_USE enum status durable_remove(int dir_fd, const char *name);

/* Removes the name; if that fails or is lost nothing depends on it. */
void durable_discard(int dir_fd, const char *name);

/* A small file whose content is never seen in part: `temporary`, sync, rename, directory sync. */
MUST_USE enum status durable_write_file(int dir_fd, const char *temporary, const char *name,
					struct bytes content);

#endif
