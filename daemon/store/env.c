#include "store/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum {
	DIRECTORY_MODE = 0700,
	FILE_MODE = 0600,
	READERS_MAX = 126,
	/* Less room than this after a short write: the disk is full. LMDB writes up to 64 pages, or
	 * one value, at once. */
	ROOM_BYTES_MIN = 1024 * 1024,
};

static const char *const table_names[STORE_TABLE_END] = {
	[STORE_META] = "meta",	 [STORE_EVENT] = "event",     [STORE_RECORD] = "record",
	[STORE_INDEX] = "index", [STORE_LANE] = "lane",	      [STORE_CURSOR] = "cursor",
	[STORE_AUDIT] = "audit", [STORE_REFUSAL] = "refusal", [STORE_DUE] = "due",
};

const char *store_table_name(enum store_table table)
{
	return table_names[table];
}

enum status env_status(int code)
{
	switch (code) {
	case MDB_SUCCESS:
		return STATUS_OK;
	case MDB_NOTFOUND:
		return STATUS_NOT_FOUND;
	case MDB_KEYEXIST:
		return STATUS_EXISTS;
	case MDB_MAP_FULL:
		return STATUS_FULL;
	case MDB_BAD_VALSIZE:
		return STATUS_INVALID;
	case MDB_DBS_FULL:
	case MDB_READERS_FULL:
	case MDB_TLS_FULL:
	case MDB_TXN_FULL:
		return STATUS_LIMIT;
	case MDB_PAGE_NOTFOUND:
	case MDB_CORRUPTED:
	case MDB_VERSION_MISMATCH:
	case MDB_INVALID:
	case MDB_CURSOR_FULL: /* a tree deeper than any can be */
	case MDB_PAGE_FULL:
	case MDB_MAP_RESIZED: /* nobody makes another size of map */
	case MDB_INCOMPATIBLE:
	case EINVAL:	  /* flags of a page or node that contradict each other */
	case MDB_BAD_TXN: /* as a first failure: opening a cursor keeps silent about a bad root */
		return STATUS_CORRUPT;
	default: /* MDB_PANIC and what else cannot be gone on after; errno values */
		return code > 0 ? status_of_errno(code) : STATUS_IO;
	}
}

enum status env_write_status(const struct store *s, int code)
{
	struct statvfs room;

	if (code == EIO && statvfs(s->directory, &room) == 0 &&
	    (uint64_t)room.f_bavail * room.f_frsize < ROOM_BYTES_MIN)
		return STATUS_FULL;
	return env_status(code);
}

/* Opens every table; `flags` is MDB_CREATE or 0. A table that is not there is MDB_NOTFOUND. */
static int open_tables(struct store *s, MDB_txn *txn, unsigned flags)
{
	for (int i = STORE_META; i < STORE_TABLE_END; i++) {
		int rc = mdb_dbi_open(txn, table_names[i], flags, &s->table[i]);

		if (rc)
			return rc;
	}
	return 0;
}

/* True in `ret_empty` if the environment has no table yet. */
static int look(struct store *s, bool *ret_empty)
{
	MDB_stat stat;
	MDB_txn *txn;
	MDB_dbi root;
	int rc = mdb_txn_begin(s->env, NULL, MDB_RDONLY, &txn);

	if (rc)
		return rc;
	rc = mdb_dbi_open(txn, NULL, 0, &root);
	if (!rc)
		rc = mdb_stat(txn, root, &stat);
	mdb_txn_abort(txn);
	if (!rc)
		*ret_empty = stat.ms_entries == 0;
	return rc;
}

/* All tables are made together, so a state that lacks one is damaged. */
static int make_or_open_tables(struct store *s, bool read_only)
{
	MDB_txn *txn;
	bool empty;
	int rc = look(s, &empty);

	if (rc)
		return rc;
	bool make = empty && !read_only;
	if (make)
		rc = room_commit(s);
	if (rc)
		return rc;
	rc = mdb_txn_begin(s->env, NULL, make ? 0 : MDB_RDONLY, &txn);
	if (rc)
		return rc;
	rc = open_tables(s, txn, make ? MDB_CREATE : 0);
	if (rc) {
		mdb_txn_abort(txn);
		return rc == MDB_NOTFOUND ? MDB_CORRUPTED : rc;
	}
	return mdb_txn_commit(txn); /* also of a read transaction: it keeps the handles open */
}

/* LMDB maps as much as the file says that it has pages, and makes it as long before that; it says
 * that there is no memory, or no such file can be, where a damaged file asks for more than we do.
 */
static int open_map(struct store *s, unsigned flags, size_t map_bytes)
{
	int rc = mdb_env_open(s->env, s->directory, flags, FILE_MODE);

	if (rc == EFBIG)
		return MDB_CORRUPTED;
	if (rc != ENOMEM)
		return rc;
	void *ours = mmap(NULL, map_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
			  -1, 0);
	if (ours == MAP_FAILED)
		return rc;
	munmap(ours, map_bytes);
	return MDB_CORRUPTED;
}

/* 0: there is none, or it cannot be asked. */
static uint64_t file_bytes(const char *directory)
{
	struct stat file;
	char path[PATH_MAX];
	int len = snprintf(path, sizeof path, "%s/data.mdb", directory);

	if (len < 0 || (size_t)len >= sizeof path || stat(path, &file) != 0)
		return 0;
	return (uint64_t)file.st_size;
}

static int open_env(struct store *s, bool read_only, size_t map_bytes)
{
	unsigned flags = MDB_NOSYNC | MDB_NOTLS | (read_only ? MDB_RDONLY : MDB_WRITEMAP);
	int rc = mdb_env_create(&s->env);

	if (!rc)
		rc = mdb_env_set_maxdbs(s->env, STORE_TABLE_END);
	if (!rc)
		rc = mdb_env_set_maxreaders(s->env, READERS_MAX);
	if (!rc)
		rc = mdb_env_set_mapsize(s->env, map_bytes);
	uint64_t bytes = read_only ? 0 : file_bytes(s->directory);
	if (!rc)
		rc = open_map(s, flags, map_bytes);
	s->map_bytes = map_bytes;
	if (!rc && !read_only)
		rc = room_open(s, bytes);
	if (!rc)
		rc = make_or_open_tables(s, read_only);
	return rc;
}

enum status env_open(const char *directory, bool read_only, size_t map_bytes, struct error *err,
		     struct store **ret_store)
{
	if (!read_only && mkdir(directory, DIRECTORY_MODE) != 0 && errno != EEXIST)
		return error_set(err, status_of_errno(errno), "state %s: cannot be made: %s",
				 directory, strerror(errno));
	struct store *s = calloc(1, sizeof *s);
	if (!s)
		return error_set(err, STATUS_NO_MEMORY, "state %s: out of memory", directory);
	s->directory = strdup(directory);
	int rc = s->directory ? open_env(s, read_only, map_bytes) : ENOMEM;
	if (rc) {
		store_close(s);
		return error_set(err, env_status(rc), "state %s: cannot be opened: %s", directory,
				 mdb_strerror(rc));
	}
	*ret_store = s;
	return STATUS_OK;
}

enum status store_open(const char *directory, bool read_only, struct error *err,
		       struct store **ret_store)
{
	return env_open(directory, read_only, STATE_MAP_BYTES, err, ret_store);
}

void store_close(struct store *s)
{
	if (!s)
		return;
	if (s->file_bytes)
		room_close(s);
	if (s->env)
		mdb_env_close(s->env);
	free(s->directory);
	free(s);
}

enum status store_sync(struct store *s, struct error *err)
{
	int rc = mdb_env_sync(s->env, 1);

	if (rc)
		return error_set(err, env_write_status(s, rc), "state %s: cannot be synced: %s",
				 s->directory, mdb_strerror(rc));
	/* A reader that died holds on to old pages; this is the regular occasion to notice. */
	IGNORE_RESULT(mdb_reader_check(s->env, NULL));
	return STATUS_OK;
}

static int sync_path(const char *path, int flags)
{
	int rc = 0, fd = open(path, flags | O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return errno;
	if (fsync(fd) != 0)
		rc = errno;
	close(fd);
	return rc;
}

enum status store_copy(struct store *s, const char *to, bool compact, struct error *err)
{
	char file[PATH_MAX];
	int len = snprintf(file, sizeof file, "%s/data.mdb", to);

	if (len < 0 || (size_t)len >= sizeof file)
		return error_set(err, STATUS_INVALID, "copy of the state: the path is too long");
	if (mkdir(to, DIRECTORY_MODE) != 0)
		return error_set(err, status_of_errno(errno), "copy of the state %s: %s", to,
				 strerror(errno));
	int rc = mdb_env_copy2(s->env, to, compact ? MDB_CP_COMPACT : 0);
	if (!rc)
		rc = sync_path(file, 0);
	if (!rc)
		rc = sync_path(to, O_DIRECTORY);
	if (!rc)
		return STATUS_OK;
	/* What was made goes again; what the copy failed of matters more than whether this does. */
	IGNORE_RESULT(unlink(file));
	IGNORE_RESULT(rmdir(to));
	return error_set(err, env_write_status(s, rc), "copy of the state %s: %s", to,
			 mdb_strerror(rc));
}

enum status store_size(struct store *s, struct store_size *ret_size)
{
	struct store_size size = {0};
	MDB_envinfo info;
	MDB_stat stat;
	MDB_txn *txn;
	int rc = mdb_txn_begin(s->env, NULL, MDB_RDONLY, &txn);

	if (rc)
		return env_status(rc);
	for (int i = STORE_META; i < STORE_TABLE_END && !rc; i++) {
		rc = mdb_stat(txn, s->table[i], &stat);
		if (!rc)
			size.entries[i] = stat.ms_entries;
	}
	if (!rc)
		rc = mdb_env_info(s->env, &info);
	mdb_txn_abort(txn);
	if (rc)
		return env_status(rc);
	size.page_bytes = stat.ms_psize;
	size.bytes_used = (info.me_last_pgno + 1) * (uint64_t)stat.ms_psize;
	*ret_size = size;
	return STATUS_OK;
}
