#include "store/room.h"

#include "store/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum {
	/* The list of free pages, the tables' own entries: a part of what the puts free, and this.
	 */
	COMMIT_PAGES = 64,
	FREED_PER_PAGE = 64, /* a page of that list holds about 500 */
	/* The file grows by a quarter, within these: rarely, and a page that is touched for the
	 * first time brings others with it, but none behind the file's end. */
	STEP_BYTES_MIN = 1024 * 1024,
	STEP_BYTES_MAX = 32 * 1024 * 1024,
	/* What LMDB can have made. */
	PAGE_BYTES_MIN = 512,
	PAGE_BYTES_MAX = 65536,
	LEAF_PART = 4, /* a larger part of a page may not fit a leaf: two entries must */
};

static uint64_t used_pages(const struct store *s)
{
	MDB_envinfo info;

	/* Both only fail without an environment. */
	IGNORE_RESULT(mdb_env_info(s->env, &info));
	return info.me_last_pgno + 1;
}

static int file_of(const struct store *s)
{
	int fd = -1;

	IGNORE_RESULT(mdb_env_get_fd(s->env, &fd));
	return fd;
}

static uint64_t greater(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t lesser(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Grows the file to `bytes`. Blocks that are there already stay as they are. */
static int allocate(struct store *s, uint64_t bytes)
{
	int rc;

	do
		rc = posix_fallocate(file_of(s), (off_t)s->file_bytes,
				     (off_t)(bytes - s->file_bytes));
	while (rc == EINTR);
	if (!rc)
		s->file_bytes = bytes;
	return rc;
}

static int grow(struct store *s, uint64_t pages)
{
	uint64_t bytes = lesser(pages * s->page_bytes, s->map_bytes); /* LMDB notices its end */

	if (bytes <= s->file_bytes)
		return 0;
	uint64_t step = greater(STEP_BYTES_MIN, lesser(bytes / 4, STEP_BYTES_MAX));
	step -= step % s->page_bytes;
	if (allocate(s, lesser(bytes + step, s->map_bytes)) == 0)
		return 0;
	return allocate(s, bytes); /* so much may still be there */
}

int room_open(struct store *s, uint64_t file_bytes)
{
	uint64_t pages = used_pages(s);
	MDB_stat stat;

	IGNORE_RESULT(mdb_env_stat(s->env, &stat));
	s->page_bytes = stat.ms_psize;
	/* A damaged file may say anything. */
	bool sound = s->page_bytes >= PAGE_BYTES_MIN && s->page_bytes <= PAGE_BYTES_MAX &&
		     pages <= s->map_bytes / s->page_bytes &&
		     (file_bytes == 0 || pages <= file_bytes / s->page_bytes);
	if (ftruncate(file_of(s), (off_t)(sound ? pages * s->page_bytes : file_bytes)) != 0)
		return errno;
	if (!sound)
		return MDB_CORRUPTED;
	/* What a copy may have made: blocks shared with the original, on file systems that know
	 * such (others answer that they do not), and holes. */
	IGNORE_RESULT(
		fallocate(file_of(s), FALLOC_FL_UNSHARE_RANGE, 0, (off_t)(pages * s->page_bytes)));
	return allocate(s, pages * s->page_bytes);
}

int room_commit(struct store *s)
{
	return grow(s, used_pages(s) + COMMIT_PAGES);
}

void room_close(struct store *s)
{
	uint64_t bytes = used_pages(s) * s->page_bytes;

	/* If it cannot be done the file stays longer than need be. */
	if (bytes < s->file_bytes)
		IGNORE_RESULT(ftruncate(file_of(s), (off_t)bytes));
}

/* With the part of the list of free pages that these pages will take. */
static int grow_for(struct store *s, const struct room *room)
{
	return grow(s,
		    room->pages_before + room->most + room->most / FREED_PER_PAGE + COMMIT_PAGES);
}

int room_begin(struct store *s, MDB_txn *txn, struct room *ret_room)
{
	MDB_stat stat;

	*ret_room = (struct room){.pages_before = used_pages(s)};
	for (int i = STORE_META; i < STORE_TABLE_END; i++) {
		int rc = mdb_stat(txn, s->table[i], &stat);

		if (rc)
			return rc;
		ret_room->tables[i] = (struct room_table){.branches = stat.ms_branch_pages,
							  .leaves = stat.ms_leaf_pages,
							  .depth = stat.ms_depth};
	}
	return grow_for(s, ret_room);
}

/* A page is copied at most once a transaction, and a put copies one of each level. What was split
 * off shows in the table's numbers; the next put may split every level and add a root. */
int room_for(struct store *s, MDB_txn *txn, struct room *room, enum store_table table, size_t bytes)
{
	struct room_table *t = &room->tables[table];
	MDB_stat now;
	int rc = mdb_stat(txn, s->table[table], &now);

	if (rc)
		return rc;
	t->puts++;
	if (bytes > s->page_bytes / LEAF_PART)
		t->overflow += bytes / s->page_bytes + 1;
	size_t before = t->branches + t->leaves, after = now.ms_branch_pages + now.ms_leaf_pages;
	size_t most = lesser(t->puts, t->leaves) + lesser(t->puts * t->depth, t->branches) +
		      (after > before ? after - before : 0) + now.ms_depth + 2 + t->overflow;
	if (most <= t->most)
		return 0;
	room->most += most - t->most;
	t->most = most;
	return grow_for(s, room);
}
