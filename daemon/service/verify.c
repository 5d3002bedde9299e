#include "service/verify.h"

#include "base/utf8.h"
#include "engine/embedded.h"
#include "service/checkpoint.h"
#include "service/machine.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PROGRESS_STEP = 1024 };

struct run {
	const struct verify_options *options;
	struct error *err;
	char directory[CHECKPOINT_PATH_BYTES]; /* temporary, removed at the end */
	char copy_path[CHECKPOINT_PATH_BYTES], rebuilt_path[CHECKPOINT_PATH_BYTES];
	struct store *copy, *rebuilt;
	struct machine *machine;
	struct machine_state wanted; /* what the copied state says it is */
	uint64_t told;
	bool was_clean; /* the last stop, and no daemon runs */
};

static enum status make_paths(struct run *r)
{
	const char *base = r->options->state_dir;
	int a = snprintf(r->directory, sizeof r->directory, "%s/verify.%ld", base, (long)getpid());
	int b = snprintf(r->copy_path, sizeof r->copy_path, "%s/verify.%ld/copy", base,
			 (long)getpid());
	int c = snprintf(r->rebuilt_path, sizeof r->rebuilt_path, "%s/verify.%ld/rebuilt", base,
			 (long)getpid());

	if (a < 0 || b < 0 || c < 0 || (size_t)c >= sizeof r->rebuilt_path)
		return error_set(r->err, STATUS_LIMIT, "the path %s is too long", base);
	if (mkdir(r->directory, 0700) != 0)
		return error_set(r->err, status_of_errno(errno), "cannot make %s: %s", r->directory,
				 strerror(errno));
	return STATUS_OK;
}

/* The state may change under us, and a long read transaction makes it grow: so a copy is judged. */
static enum status take_copy(struct run *r)
{
	char path[CHECKPOINT_PATH_BYTES];
	struct store *live;
	int len = snprintf(path, sizeof path, "%s/state", r->options->state_dir);

	if (len < 0 || (size_t)len >= sizeof path)
		return STATUS_LIMIT;
	enum status s = store_open(path, true, r->err, &live);
	if (s != STATUS_OK)
		return s;
	s = store_copy(live, r->copy_path, false, r->err);
	store_close(live);
	if (s == STATUS_OK)
		s = store_open(r->copy_path, true, r->err, &r->copy);
	if (s != STATUS_OK)
		return s;
	s = machine_peek(r->copy, &r->wanted);
	if (s != STATUS_OK)
		return error_set(r->err, s == STATUS_NOT_FOUND ? STATUS_CORRUPT : s,
				 "the state does not say up to which index it goes");
	/* LMDB keeps two states; damage to the newer one's page shows the older. */
	if (r->wanted.head.index < r->options->applied_index)
		return error_set(r->err, STATUS_CORRUPT,
				 "the state goes to index %llu, but %llu had been applied",
				 (unsigned long long)r->wanted.head.index,
				 (unsigned long long)r->options->applied_index);
	return STATUS_OK;
}

static enum status open_rebuilt(struct run *r)
{
	char path[CHECKPOINT_PATH_BYTES];
	uint64_t index;
	enum status s = STATUS_OK;

	if (r->options->from_checkpoint) {
		s = checkpoint_find(r->options->state_dir, r->wanted.head.index, true, path,
				    &index);
		if (s == STATUS_NOT_FOUND)
			s = checkpoint_find(r->options->state_dir, r->wanted.head.index, false,
					    path, &index);
		if (s != STATUS_OK)
			return error_set(r->err, s, "there is no checkpoint to begin from");
		s = checkpoint_copy(path, r->rebuilt_path, r->err);
	}
	if (s == STATUS_OK)
		s = store_open(r->rebuilt_path, false, r->err, &r->rebuilt);
	if (s == STATUS_OK)
		s = machine_open(r->rebuilt, r->err, &r->machine);
	return s;
}

static enum status replay(void *ctx, const struct engine_read_batch *batch)
{
	struct run *r = ctx;
	uint64_t last = batch->first_index + batch->count - 1;

	if (batch->first_index > r->wanted.head.index)
		return STATUS_EXISTS; /* the daemon has gone on since the copy */
	if (last > r->wanted.head.index)
		return error_set(r->err, STATUS_CORRUPT,
				 "the state stands in the middle of the batch from index %llu",
				 (unsigned long long)batch->first_index);
	enum status s = machine_replay(r->machine, batch, r->err);
	if (s == STATUS_OK && r->options->progress && last - r->told >= PROGRESS_STEP) {
		r->options->progress(r->options->progress_ctx, last, r->wanted.head.index);
		r->told = last;
	}
	return s;
}

static enum status rebuild(struct run *r)
{
	struct embedded_options options = {.directory = r->options->state_dir, .read_only = true};
	/* So that damage up to there is named by file and offset, and not taken for the live end.
	 */
	struct embedded_applied wanted = {
		.known = true, .index = r->wanted.head.index, .position = r->wanted.position};
	struct embedded_found found;
	struct engine *engine;
	const struct machine_state *have = machine_state(r->machine);

	memcpy(wanted.chain, r->wanted.head.input_hash, HASH_BYTES);
	enum status s = embedded_open(&options, &wanted, r->err, &found, &engine);
	if (s != STATUS_OK)
		return s;
	/* The whole journal is read, even where a checkpoint has it already: its chain is checked.
	 */
	s = engine_read(engine, 1, NULL, replay, r, r->err);
	IGNORE_RESULT(engine_close(engine, false, NULL)); /* read only: nothing to lose */
	if (s != STATUS_OK && s != STATUS_EXISTS)
		return s;
	if (s == STATUS_EXISTS && r->was_clean && embedded_has_clean(r->options->state_dir))
		return error_set(
			r->err, STATUS_CORRUPT,
			"after a clean stop the state goes to index %llu only, the journal "
			"further",
			(unsigned long long)r->wanted.head.index);
	if (have->head.index != r->wanted.head.index)
		return error_set(r->err, STATUS_CORRUPT,
				 "the journal can be read up to index %llu, the state goes to %llu",
				 (unsigned long long)have->head.index,
				 (unsigned long long)r->wanted.head.index);
	if (memcmp(have->head.input_hash, r->wanted.head.input_hash, HASH_BYTES) != 0)
		return error_set(r->err, STATUS_CORRUPT,
				 "the journal's chain at index %llu is not the state's",
				 (unsigned long long)have->head.index);
	return STATUS_OK;
}

static enum status check_head(struct run *r, struct store_txn *t)
{
	const struct verify_options *o = r->options;
	static const uint8_t zeros[HASH_BYTES];
	struct store_event event = {.chain = zeros};

	if (!o->check_head)
		return STATUS_OK;
	if (o->head_revision > machine_state(r->machine)->head.revision)
		return error_set(r->err, STATUS_REFUSED,
				 "revision %llu is not in this history, which ends at %llu",
				 (unsigned long long)o->head_revision,
				 (unsigned long long)machine_state(r->machine)->head.revision);
	enum status s =
		o->head_revision == 0 ? STATUS_OK : store_event_get(t, o->head_revision, &event);
	if (s != STATUS_OK)
		return error_set(r->err, s, "revision %llu cannot be read",
				 (unsigned long long)o->head_revision);
	if (memcmp(event.chain, o->head_hash, HASH_BYTES) != 0)
		return error_set(r->err, STATUS_REFUSED,
				 "the history up to revision %llu is not the one that the head was "
				 "taken of: it has been rewritten",
				 (unsigned long long)o->head_revision);
	return STATUS_OK;
}

static enum status compare(struct run *r, struct verify_result *result)
{
	struct store_txn *x = NULL, *y = NULL;
	struct store_size size;

	enum status s = store_begin_read(r->copy, &x);
	if (s == STATUS_OK)
		s = store_begin_read(r->rebuilt, &y);
	if (s == STATUS_OK)
		s = store_compare(x, y, r->err);
	if (s == STATUS_OK)
		s = check_head(r, y);
	store_abort(x);
	store_abort(y);
	if (s == STATUS_OK)
		s = store_size(r->rebuilt, &size);
	if (s != STATUS_OK)
		return s;
	const struct head *head = &machine_state(r->machine)->head;
	result->index = head->index;
	result->revision = head->revision;
	memcpy(result->event_hash, head->event_hash, HASH_BYTES);
	memcpy(result->input_hash, head->input_hash, HASH_BYTES);
	for (int table = 1; table < STORE_TABLE_END; table++)
		result->pairs += size.entries[table];
	return STATUS_OK;
}

static void clean_up(struct run *r)
{
	machine_close(r->machine);
	if (r->rebuilt)
		store_close(r->rebuilt);
	if (r->copy)
		store_close(r->copy);
	/* Temporary files; what stays is seen by whoever looks at the directory. */
	IGNORE_RESULT(checkpoint_remove(r->copy_path, NULL));
	IGNORE_RESULT(checkpoint_remove(r->rebuilt_path, NULL));
	IGNORE_RESULT(checkpoint_remove(r->directory, NULL));
}

enum status verify_run(const struct verify_options *options, struct error *err,
		       struct verify_result *ret_result)
{
	struct run r = {.options = options, .err = err};
	struct verify_result result = {0};

	enum status s = make_paths(&r);
	if (s != STATUS_OK)
		return s;
	r.was_clean = embedded_has_clean(options->state_dir);
	s = take_copy(&r);
	if (s == STATUS_OK)
		s = open_rebuilt(&r);
	if (s == STATUS_OK)
		s = rebuild(&r);
	if (s == STATUS_OK)
		s = compare(&r, &result);
	clean_up(&r);
	if (s == STATUS_OK)
		*ret_result = result;
	return s;
}

static void print_progress(void *ctx, uint64_t done, uint64_t total)
{
	(void)ctx;
	printf("progress %llu %llu\n", (unsigned long long)done, (unsigned long long)total);
	fflush(stdout);
}

int verify_main(const struct verify_options *options)
{
	struct verify_options told = *options;
	struct verify_result result;
	struct error err = {.status = STATUS_OK};
	char hash[2 * HASH_BYTES + 1];

	told.progress = print_progress;
	enum status s = verify_run(&told, &err, &result);
	if (s == STATUS_OK) {
		hash_hex(hash, result.event_hash, HASH_BYTES);
		printf("proven %llu inputs and %llu pairs agree; head %llu:%s\n",
		       (unsigned long long)result.index, (unsigned long long)result.pairs,
		       (unsigned long long)result.revision, hash);
		return 0;
	}
	char text[1024]; /* one line, whatever a file holds */
	utf8_escape(text, sizeof text, err.status == STATUS_OK ? status_text(s) : err.text);
	if (s == STATUS_CORRUPT || s == STATUS_FOREIGN || s == STATUS_REFUSED) {
		printf("%s %s\n", s == STATUS_REFUSED ? "rewritten" : "damaged", text);
		return 1;
	}
	printf("failed %s\n", text);
	return 4;
}
