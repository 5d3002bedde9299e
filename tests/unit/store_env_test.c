/* The environment and its transactions: opening, copying, failing, filling up. */
#include "store_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { SMALL_MAP_BYTES = 256 * 1024, FILE_LIMIT_BYTES = 2 * 1024 * 1024 };

static enum status note_revision(void *ctx, const struct store_event *event)
{
	*(uint64_t *)ctx = event->revision;
	return STATUS_OK;
}

static uint64_t newest_revision(struct store_txn *t)
{
	uint64_t newest = 0;

	OK(store_event_scan(t, 1, note_revision, &newest));
	return newest;
}

static void put_facts(struct fixture *f, uint64_t from, uint64_t to)
{
	struct store_txn *t = write_txn(f);

	for (uint64_t revision = from; revision <= to; revision++)
		put_fact(t, &f->arena, revision, "UNMIL:a", 1);
	OK(store_commit(t));
}

static void what_was_committed_is_there_after_opening_again(void **state)
{
	struct fixture *f = *state;
	struct error err;

	put_facts(f, 1, 10);
	OK(store_sync(f->store, &err));
	store_close(f->store);
	OK(store_open(f->state, false, &err, &f->store));
	struct store_txn *t = read_txn(f);
	assert_int_equal(newest_revision(t), 10);
	store_abort(t);
}

static void what_was_aborted_is_gone(void **state)
{
	struct fixture *f = *state;
	struct store_txn *t = write_txn(f);

	put_fact(t, &f->arena, 1, "UNMIL:a", 1);
	store_abort(t);
	store_abort(NULL);
	t = read_txn(f);
	assert_int_equal(newest_revision(t), 0);
	store_abort(t);
}

/* What store_open answers in a process of its own: LMDB must not open one environment twice. */
static enum status open_elsewhere(const char *directory, bool read_only)
{
	pid_t child = fork();
	int status = 0;

	if (child == 0) {
		struct store *s = NULL;
		struct error err;
		enum status result = store_open(directory, read_only, &err, &s);

		if (result == STATUS_OK) {
			struct store_txn *t;
			struct bytes value;

			result = store_begin_read(s, &t);
			if (result == STATUS_OK)
				result = store_meta_get(t, "applied", &value);
		}
		_exit((int)result);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return (enum status)WEXITSTATUS(status);
}

static void another_process_reads_what_this_one_commits(void **state)
{
	struct fixture *f = *state;
	struct store_txn *t = write_txn(f);

	assert_int_equal(open_elsewhere(f->state, true), STATUS_NOT_FOUND);
	OK(store_meta_put(t, "applied", bytes_of_text("1")));
	OK(store_commit(t));
	OK(open_elsewhere(f->state, true));
}

static void read_only_makes_nothing(void **state)
{
	struct fixture *f = *state;
	char path[128];

	snprintf(path, sizeof path, "%s/none", f->directory);
	assert_int_equal(open_elsewhere(path, true), STATUS_NOT_FOUND);
	assert_int_equal(access(path, F_OK), -1);
}

static void write_file(const char *directory, const char *name, const void *data, size_t len)
{
	char path[256];

	assert_true(mkdir(directory, 0700) == 0 || errno == EEXIST);
	snprintf(path, sizeof path, "%s/%s", directory, name);
	FILE *out = fopen(path, "w");
	assert_non_null(out);
	assert_int_equal(fwrite(data, 1, len, out), len);
	assert_int_equal(fclose(out), 0);
}

static void a_file_that_is_not_lmdbs_is_corruption(void **state)
{
	struct fixture *f = *state;
	char path[128], garbage[8192];
	struct store *s = NULL;
	struct error err;

	memset(garbage, 'g', sizeof garbage);
	snprintf(path, sizeof path, "%s/garbage", f->directory);
	write_file(path, "data.mdb", garbage, sizeof garbage);
	assert_int_equal(store_open(path, false, &err, &s), STATUS_CORRUPT);
	assert_int_equal(err.status, STATUS_CORRUPT);
	assert_non_null(strstr(err.text, path));
	assert_null(s);
}

static void a_state_without_one_of_its_tables_is_corruption(void **state)
{
	struct fixture *f = *state;
	struct error err;
	MDB_txn *txn;

	assert_int_equal(mdb_txn_begin(f->store->env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_drop(txn, f->store->table[STORE_LANE], 1), 0);
	assert_int_equal(mdb_txn_commit(txn), 0);
	store_close(f->store);
	f->store = NULL;
	assert_int_equal(store_open(f->state, false, &err, &f->store), STATUS_CORRUPT);
}

static void a_path_that_is_no_directory_fails_with_its_name(void **state)
{
	struct fixture *f = *state;
	char path[128];
	struct store *s = NULL;
	struct error err;

	snprintf(path, sizeof path, "%s/none/state", f->directory);
	assert_int_equal(store_open(path, false, &err, &s), STATUS_NOT_FOUND);
	assert_non_null(strstr(err.text, path));
	write_file(f->directory, "file", "x", 1);
	snprintf(path, sizeof path, "%s/file", f->directory);
	assert_int_equal(store_open(path, false, NULL, &s), STATUS_IO);
	assert_null(s);
}

static void a_reader_sees_one_state_while_writes_go_on(void **state)
{
	struct fixture *f = *state;
	struct store_version v = {0};

	put_facts(f, 1, 3);
	struct store_txn *pinned = read_txn(f), *other = read_txn(f);
	OK(store_record_newest(pinned, &f->arena, INSTRUMENT, "UNMIL:a", &v));
	for (uint64_t revision = 4; revision <= 40; revision += 4)
		put_facts(f, revision, revision + 3);
	assert_int_equal(newest_revision(pinned), 3);
	OK(store_record_newest(pinned, &f->arena, INSTRUMENT, "UNMIL:a", &v));
	assert_int_equal(v.revision, 3);
	store_reset(pinned);
	OK(store_renew(pinned));
	assert_int_equal(newest_revision(pinned), 43);
	OK(store_record_newest(pinned, &f->arena, INSTRUMENT, "UNMIL:a", &v));
	assert_int_equal(v.revision, 43);
	assert_int_equal(newest_revision(other), 3);
	OK(store_commit(other));
	store_reset(pinned);
	store_abort(pinned);
}

static void *read_elsewhere(void *arg)
{
	struct store_txn *t = arg;

	return (void *)(uintptr_t)newest_revision(t);
}

static void a_read_transaction_is_of_no_thread(void **state)
{
	struct fixture *f = *state;
	pthread_t thread;
	void *newest;

	put_facts(f, 1, 3);
	struct store_txn *t = read_txn(f);
	assert_int_equal(pthread_create(&thread, NULL, read_elsewhere, t), 0);
	assert_int_equal(pthread_join(thread, &newest), 0);
	assert_int_equal((uintptr_t)newest, 3);
	store_abort(t);
}

static void the_first_failure_is_remembered_and_not_committed(void **state)
{
	struct fixture *f = *state;
	struct bytes value, outcome = make_outcome(&f->arena, 1, 7, 1);
	struct store_version version;
	struct store_event event;
	const char *const *names;
	uint64_t last;
	uint8_t digest[HASH_BYTES];
	size_t count;

	put_facts(f, 1, 1);
	struct store_txn *t = write_txn(f);
	OK(store_meta_put(t, "applied", bytes_of_text("1")));
	assert_int_equal(store_meta_get(t, "none", &value), STATUS_NOT_FOUND);
	OK(store_failed(t));
	OK(store_lane_put(t, "office", 7, 1, outcome));
	assert_int_equal(store_lane_put(t, "office", 7, 1, outcome), STATUS_EXISTS);
	assert_int_equal(store_failed(t), STATUS_EXISTS);
	assert_int_equal(store_meta_put(t, "applied", bytes_of_text("2")), STATUS_EXISTS);
	assert_int_equal(store_meta_get(t, "applied", &value), STATUS_EXISTS);
	assert_int_equal(store_lane_put(t, "office", 7, 2, bytes_of_text("")), STATUS_EXISTS);
	assert_int_equal(store_lane_last(t, "office", 7, &last, digest), STATUS_EXISTS);
	assert_int_equal(store_event_get(t, 1, &event), STATUS_EXISTS);
	assert_int_equal(store_event_scan(t, 1, note_revision, &last), STATUS_EXISTS);
	assert_int_equal(store_index_add(t, STORE_CLASHED, "-", ALERT, "k"), STATUS_EXISTS);
	assert_int_equal(store_record_newest(t, &f->arena, INSTRUMENT, "UNMIL:a", &version),
			 STATUS_EXISTS);
	assert_int_equal(store_due_take(t, &f->arena, 1, &names, &count), STATUS_EXISTS);
	assert_int_equal(store_commit(t), STATUS_EXISTS);
	t = read_txn(f);
	assert_int_equal(store_meta_get(t, "applied", &value), STATUS_NOT_FOUND);
	store_abort(t);
}

static void an_arena_without_room_is_no_memory(void **state)
{
	struct fixture *f = *state;
	struct store_version version;
	struct arena small;

	put_facts(f, 1, 2);
	arena_init(&small, 64);
	struct store_txn *t = write_txn(f);
	assert_int_equal(store_record_whole(t, &small, INSTRUMENT, "UNMIL:a", 1, &version),
			 STATUS_NO_MEMORY);
	assert_int_equal(store_commit(t), STATUS_NO_MEMORY);
	arena_fini(&small);
}

static void a_copy_equals_what_was_copied(void **state)
{
	struct fixture *f = *state;
	struct store *copied = NULL;
	struct store_txn *x, *y = NULL;
	struct error err;
	char path[128];

	put_facts(f, 1, 500);
	for (int compact = 0; compact <= 1; compact++) {
		snprintf(path, sizeof path, "%s/copy%d", f->directory, compact);
		OK(store_copy(f->store, path, compact, &err));
		OK(store_open(path, false, &err, &copied));
		x = read_txn(f);
		OK(store_begin_read(copied, &y));
		OK(store_compare(x, y, &err));
		assert_int_equal(newest_revision(y), 500);
		store_abort(x);
		store_abort(y);
		store_close(copied);
		assert_int_equal(store_copy(f->store, path, compact, &err), STATUS_EXISTS);
		assert_non_null(strstr(err.text, path));
		strcat(path, "/data.mdb");
		assert_int_equal(access(path, R_OK), 0); /* the first copy is still there */
	}
}

static void a_copy_that_fails_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	char path[128];

	snprintf(path, sizeof path, "%s/none/copy", f->directory);
	assert_int_equal(store_copy(f->store, path, true, NULL), STATUS_NOT_FOUND);
	put_facts(f, 1, 100);
	snprintf(path, sizeof path, "%s/copy", f->directory);
	/* In a child: a limit on the size of files, as a full disk would be, holds for all. */
	pid_t child = fork();
	if (child == 0) {
		signal(SIGXFSZ, SIG_IGN);
		struct rlimit limit = {16 * 1024, 16 * 1024};
		struct error err = {0};
		if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
			_exit(9);
		_exit(store_copy(f->store, path, true, &err) == STATUS_IO ? 0 : 1);
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(access(path, F_OK), -1);
}

static void size_counts_entries_and_bytes(void **state)
{
	struct fixture *f = *state;
	struct store_size size = {0};
	struct stat file;
	char path[128];

	put_facts(f, 1, 500);
	OK(store_size(f->store, &size));
	assert_int_equal(size.entries[STORE_EVENT], 500);
	assert_int_equal(size.entries[STORE_RECORD], 500);
	assert_int_equal(size.entries[STORE_INDEX], 1);
	assert_int_equal(size.entries[STORE_LANE], 0);
	snprintf(path, sizeof path, "%s/data.mdb", f->state);
	assert_int_equal(stat(path, &file), 0);
	/* It grows ahead of its use. */
	assert_true(size.bytes_used <= (uint64_t)file.st_size);
	assert_true(size.bytes_used + (2 << 20) > (uint64_t)file.st_size);
}

static void a_full_map_answers_full_and_leaves_the_state_intact(void **state)
{
	struct fixture *f = *state;
	uint64_t revision = 0, committed = 0, newest = 0;
	enum status s = STATUS_OK;
	struct store_txn *t;
	struct error err;

	store_close(f->store);
	OK(env_open(f->state, false, SMALL_MAP_BYTES, &err, &f->store));
	uint8_t filling[500] = {0}, salt[SALT_BYTES] = {0}, chain[HASH_BYTES] = {0};
	while (s == STATUS_OK && revision < 10000) {
		t = write_txn(f);
		for (int i = 0; i < 8 && s == STATUS_OK; i++) {
			struct store_event event = {++revision, salt, chain, bytes_of(filling, 20),
						    bytes_of(filling, sizeof filling)};
			s = store_event_put(t, &event);
		}
		if (s == STATUS_OK) {
			s = store_commit(t);
		} else {
			assert_int_equal(s, STATUS_FULL);
			assert_int_equal(store_failed(t), STATUS_FULL);
			assert_int_equal(store_meta_put(t, "x", bytes_of_text("y")), STATUS_FULL);
			assert_int_equal(store_commit(t), STATUS_FULL);
		}
		if (s == STATUS_OK)
			committed = revision;
	}
	assert_int_equal(s, STATUS_FULL);
	assert_true(committed > 100);
	t = read_txn(f);
	assert_int_equal(newest_revision(t), committed);
	store_abort(t);

	/* With more room it goes on where it stood. */
	store_close(f->store);
	OK(store_open(f->state, false, &err, &f->store));
	put_facts(f, committed + 1, committed + 200);
	t = read_txn(f);
	OK(store_event_scan(t, 1, note_revision, &newest));
	assert_int_equal(newest, committed + 200);
	store_abort(t);
}

/* In a process of its own, as a limit on the size of files holds for all: puts events until one
 * finds no room. */
static int put_until_there_is_no_room(const char *directory)
{
	uint8_t filling[500] = {0}, salt[SALT_BYTES] = {0}, chain[HASH_BYTES] = {0};
	struct rlimit limit = {FILE_LIMIT_BYTES, FILE_LIMIT_BYTES};
	struct store *store;
	struct store_txn *t;
	enum status s = STATUS_OK;

	signal(SIGXFSZ, SIG_IGN);
	if (store_open(directory, false, NULL, &store) != STATUS_OK ||
	    setrlimit(RLIMIT_FSIZE, &limit) != 0 || store_begin_write(store, &t) != STATUS_OK)
		return 9;
	for (uint64_t revision = 101; s == STATUS_OK && revision <= 10000; revision++) {
		struct store_event event = {revision, salt, chain, bytes_of(filling, 20),
					    bytes_of(filling, sizeof filling)};
		s = store_event_put(t, &event);
	}
	if (s != STATUS_IO || store_commit(t) != STATUS_IO)
		return 8;
	store_close(store);
	return 0;
}

static void a_put_without_room_fails_and_leaves_the_state_intact(void **state)
{
	struct fixture *f = *state;
	int status = 0;

	put_facts(f, 1, 100);
	store_close(f->store);
	fflush(NULL);
	pid_t child = fork();
	if (child == 0)
		_exit(put_until_there_is_no_room(f->state));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	OK(store_open(f->state, false, NULL, &f->store));
	struct store_txn *t = read_txn(f);
	assert_int_equal(newest_revision(t), 100);
	store_abort(t);
	put_facts(f, 101, 200);
}

/* A hole would be a page without a block, and touching that on a full disk ends the process. */
static void the_file_has_a_block_for_every_page(void **state)
{
	struct fixture *f = *state;
	struct store_size size = {0};
	struct stat file;
	char path[128];

	snprintf(path, sizeof path, "%s/data.mdb", f->state);
	for (uint64_t revision = 1; revision < 8000; revision += 400) {
		put_facts(f, revision, revision + 399);
		OK(store_size(f->store, &size));
		assert_int_equal(stat(path, &file), 0);
		assert_true((uint64_t)file.st_size >= size.bytes_used);
		assert_true((uint64_t)file.st_blocks * 512 >= (uint64_t)file.st_size);
	}
	store_close(f->store);
	assert_int_equal(stat(path, &file), 0);
	assert_int_equal(file.st_size, size.bytes_used);
	/* One that lacks its end is damaged; holes are filled. */
	assert_int_equal(truncate(path, file.st_size - (off_t)size.page_bytes), 0);
	assert_int_equal(store_open(f->state, false, NULL, &f->store), STATUS_CORRUPT);
	assert_int_equal(truncate(path, file.st_size), 0);
	OK(store_open(f->state, false, NULL, &f->store));
	assert_int_equal(stat(path, &file), 0);
	assert_true((uint64_t)file.st_blocks * 512 >= (uint64_t)file.st_size);
}

static void codes_of_lmdb_become_ours(void **state)
{
	static const struct {
		int code;
		enum status status;
	} codes[] = {
		{0, STATUS_OK},
		{MDB_NOTFOUND, STATUS_NOT_FOUND},
		{MDB_KEYEXIST, STATUS_EXISTS},
		{MDB_MAP_FULL, STATUS_FULL},
		{ENOSPC, STATUS_FULL},
		{EDQUOT, STATUS_FULL},
		{EIO, STATUS_IO},
		{EACCES, STATUS_IO},
		{ENOMEM, STATUS_NO_MEMORY},
		{MDB_PANIC, STATUS_IO},
		{MDB_BAD_TXN, STATUS_CORRUPT},
		{EINVAL, STATUS_CORRUPT},
		{MDB_CORRUPTED, STATUS_CORRUPT},
		{MDB_PAGE_NOTFOUND, STATUS_CORRUPT},
		{MDB_INVALID, STATUS_CORRUPT},
		{MDB_VERSION_MISMATCH, STATUS_CORRUPT},
		{MDB_READERS_FULL, STATUS_LIMIT},
		{MDB_BAD_VALSIZE, STATUS_INVALID},
	};

	(void)state;
	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		assert_int_equal(env_status(codes[i].code), codes[i].status);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_was_committed_is_there_after_opening_again),
		TEST(what_was_aborted_is_gone),
		TEST(another_process_reads_what_this_one_commits),
		TEST(read_only_makes_nothing),
		TEST(a_file_that_is_not_lmdbs_is_corruption),
		TEST(a_state_without_one_of_its_tables_is_corruption),
		TEST(a_path_that_is_no_directory_fails_with_its_name),
		TEST(a_reader_sees_one_state_while_writes_go_on),
		TEST(a_read_transaction_is_of_no_thread),
		TEST(the_first_failure_is_remembered_and_not_committed),
		TEST(an_arena_without_room_is_no_memory),
		TEST(a_copy_equals_what_was_copied),
		TEST(a_copy_that_fails_leaves_nothing),
		TEST(size_counts_entries_and_bytes),
		TEST(a_full_map_answers_full_and_leaves_the_state_intact),
		TEST(a_put_without_room_fails_and_leaves_the_state_intact),
		TEST(the_file_has_a_block_for_every_page),
		cmocka_unit_test(codes_of_lmdb_become_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
