#include "service/checkpoint.h"

#include "service/machine.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { INDEX_DIGITS = 20 };

static enum status path_join(char ret_path[CHECKPOINT_PATH_BYTES], const char *a, const char *b)
{
	int len = snprintf(ret_path, CHECKPOINT_PATH_BYTES, "%s/%s", a, b);

	return len > 0 && len < CHECKPOINT_PATH_BYTES ? STATUS_OK : STATUS_LIMIT;
}

static enum status sync_path(const char *path, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int failed = fd < 0 ? errno : 0;

	if (fd >= 0 && fsync(fd) != 0)
		failed = errno;
	if (fd >= 0)
		close(fd);
	return failed ? error_set(err, status_of_errno(failed), "cannot sync %s: %s", path,
				  strerror(failed))
		      : STATUS_OK;
}

enum status checkpoint_remove(const char *directory, struct error *err)
{
	char path[CHECKPOINT_PATH_BYTES];
	DIR *dir = opendir(directory);

	if (!dir)
		return errno == ENOENT
			       ? STATUS_OK
			       : error_set(err, status_of_errno(errno), "cannot open %s: %s",
					   directory, strerror(errno));
	for (struct dirent *e; (e = readdir(dir)) != NULL;) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (path_join(path, directory, e->d_name) == STATUS_OK)
			unlink(path); /* what stays makes rmdir fail, which is reported */
	}
	closedir(dir);
	return rmdir(directory) == 0
		       ? STATUS_OK
		       : error_set(err, status_of_errno(errno), "cannot remove %s: %s", directory,
				   strerror(errno));
}

/* Calls `visit` with each checkpoint's index, in no order. */
static void each_index(const char *parent, void (*visit)(void *ctx, uint64_t index), void *ctx)
{
	DIR *dir = opendir(parent);

	if (!dir)
		return;
	for (struct dirent *e; (e = readdir(dir)) != NULL;) {
		char *end;

		if (strlen(e->d_name) != INDEX_DIGITS)
			continue;
		uint64_t index = strtoull(e->d_name, &end, 10);
		if (*end == '\0')
			visit(ctx, index);
	}
	closedir(dir);
}

struct newest {
	uint64_t index_max, first, second; /* 0: none */
};

static void note_newest(void *ctx, uint64_t index)
{
	struct newest *n = ctx;

	if (index > n->index_max)
		return;
	if (index > n->first) {
		n->second = n->first;
		n->first = index;
	} else if (index > n->second) {
		n->second = index;
	}
}

static enum status index_path(char ret_path[CHECKPOINT_PATH_BYTES], const char *state_dir,
			      uint64_t index)
{
	int len = snprintf(ret_path, CHECKPOINT_PATH_BYTES, "%s/checkpoint/%0*llu", state_dir,
			   INDEX_DIGITS, (unsigned long long)index);

	return len > 0 && len < CHECKPOINT_PATH_BYTES ? STATUS_OK : STATUS_LIMIT;
}

enum status checkpoint_find(const char *state_dir, uint64_t index_max, bool older,
			    char ret_path[CHECKPOINT_PATH_BYTES], uint64_t *ret_index)
{
	char parent[CHECKPOINT_PATH_BYTES];
	struct newest n = {.index_max = index_max};

	enum status s = path_join(parent, state_dir, "checkpoint");
	if (s != STATUS_OK)
		return s;
	each_index(parent, note_newest, &n);
	uint64_t index = older ? n.second : n.first;
	if (index == 0)
		return STATUS_NOT_FOUND;
	s = index_path(ret_path, state_dir, index);
	if (s == STATUS_OK)
		*ret_index = index;
	return s;
}

static enum status copy_file(const char *from, const char *to, struct error *err)
{
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int failed = in < 0 || out < 0 ? errno : 0;
	struct stat st;

	if (!failed && fstat(in, &st) != 0)
		failed = errno;
	for (off_t left = failed ? 0 : st.st_size; left > 0 && !failed;) {
		ssize_t n = copy_file_range(in, NULL, out, NULL, (size_t)left, 0);

		if (n <= 0)
			failed = n < 0 ? errno : EIO;
		else
			left -= n;
	}
	if (!failed && fsync(out) != 0)
		failed = errno;
	if (in >= 0)
		close(in);
	if (out >= 0)
		close(out);
	return failed ? error_set(err, status_of_errno(failed), "cannot copy %s to %s: %s", from,
				  to, strerror(failed))
		      : STATUS_OK;
}

enum status checkpoint_copy(const char *from, const char *to, struct error *err)
{
	char from_file[CHECKPOINT_PATH_BYTES], to_file[CHECKPOINT_PATH_BYTES];

	if (path_join(from_file, from, "data.mdb") != STATUS_OK ||
	    path_join(to_file, to, "data.mdb") != STATUS_OK)
		return error_set(err, STATUS_LIMIT, "the path %s is too long", to);
	if (mkdir(to, 0700) != 0)
		return error_set(err, status_of_errno(errno), "cannot make %s: %s", to,
				 strerror(errno));
	enum status s = copy_file(from_file, to_file, err);
	return s == STATUS_OK ? sync_path(to, err) : s;
}

static enum status check_copy(const char *path, struct error *err, uint64_t *ret_index)
{
	struct store *copy;
	struct machine_state state;

	enum status s = store_open(path, true, err, &copy);
	if (s != STATUS_OK)
		return s;
	s = machine_peek(copy, &state);
	store_close(copy);
	if (s != STATUS_OK)
		return error_set(err, s, "the copy in %s does not say what it holds", path);
	*ret_index = state.head.index;
	return STATUS_OK;
}

static void remove_older(void *ctx, uint64_t index)
{
	const char *const *state_dir = ctx;
	char path[CHECKPOINT_PATH_BYTES];
	struct newest n = {.index_max = UINT64_MAX};

	if (path_join(path, *state_dir, "checkpoint") != STATUS_OK)
		return;
	each_index(path, note_newest, &n);
	if (index < n.second && index_path(path, *state_dir, index) == STATUS_OK)
		IGNORE_RESULT(checkpoint_remove(path, NULL)); /* tried again after the next one */
}

static enum status check_space(struct store *s, const char *state_dir, struct error *err)
{
	struct store_size size;
	struct statvfs fs;

	enum status st = store_size(s, &size);
	if (st != STATUS_OK)
		return st;
	if (statvfs(state_dir, &fs) != 0)
		return error_set(err, status_of_errno(errno), "cannot ask %s for its space: %s",
				 state_dir, strerror(errno));
	if ((uint64_t)fs.f_bavail * fs.f_frsize < 2 * size.bytes_used)
		return error_set(err, STATUS_FULL, "a checkpoint needs %llu bytes free",
				 (unsigned long long)(2 * size.bytes_used));
	return STATUS_OK;
}

enum status checkpoint_make(struct store *s, const char *state_dir, struct error *err,
			    uint64_t *ret_index)
{
	char parent[CHECKPOINT_PATH_BYTES], making[CHECKPOINT_PATH_BYTES],
		made[CHECKPOINT_PATH_BYTES];
	uint64_t index = 0;

	enum status st = check_space(s, state_dir, err);
	if (st == STATUS_OK)
		st = path_join(parent, state_dir, "checkpoint");
	if (st == STATUS_OK)
		st = path_join(making, parent, "making");
	if (st == STATUS_OK && mkdir(parent, 0700) != 0 && errno != EEXIST)
		st = error_set(err, status_of_errno(errno), "cannot make %s: %s", parent,
			       strerror(errno));
	if (st == STATUS_OK)
		st = checkpoint_remove(making, err); /* of a run that died over it */
	if (st != STATUS_OK)
		return st;
	st = store_copy(s, making, true, err);
	if (st == STATUS_OK)
		st = check_copy(making, err, &index);
	if (st == STATUS_OK)
		st = index_path(made, state_dir, index);
	if (st == STATUS_OK)
		st = sync_path(making, err);
	if (st == STATUS_OK && access(made, F_OK) == 0) {
		*ret_index = index; /* nothing has been applied since */
		return checkpoint_remove(making, err);
	}
	if (st == STATUS_OK && rename(making, made) != 0)
		st = error_set(err, status_of_errno(errno), "cannot rename %s: %s", making,
			       strerror(errno));
	if (st == STATUS_OK)
		st = sync_path(parent, err);
	if (st != STATUS_OK) {
		IGNORE_RESULT(checkpoint_remove(making, NULL)); /* the first failure is told */
		return st;
	}
	each_index(parent, remove_older, &state_dir);
	*ret_index = index;
	return STATUS_OK;
}
