#include "service/startup.h"

#include "base/clock.h"
#include "base/log.h"
#include "service/checkpoint.h"
#include "service/trust.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DIRECTORY_MODE = 0750, FILE_MODE = 0640, PROGRESS_MS = 500 };

struct start {
	const struct startup_options *options;
	struct startup *out;
	struct error *err;
	char boot_id[TRUST_BOOT_ID_BYTES];
	char state_path[TRUST_PATH_BYTES];
	bool boot_is_ours;
	struct embedded_applied applied;
	/* Replay. */
	uint64_t from_index, newest;
	uint64_t told_ms;
	bool damaged; /* the state, not the journal */
};

/* --- the directory ------------------------------------------------------------------------ */

static enum status lock_directory(struct start *s)
{
	const char *dir = s->options->state_dir;
	char path[TRUST_PATH_BYTES], owner[32] = "";

	if (mkdir(dir, DIRECTORY_MODE) != 0 && errno != EEXIST)
		return error_set(s->err, status_of_errno(errno), "cannot make %s: %s", dir,
				 strerror(errno));
	if (snprintf(path, sizeof path, "%s/lock", dir) >= (int)sizeof path ||
	    snprintf(s->state_path, sizeof s->state_path, "%s/state", dir) >=
		    (int)sizeof s->state_path)
		return error_set(s->err, STATUS_LIMIT, "the path %s is too long", dir);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, FILE_MODE);
	if (fd < 0)
		return error_set(s->err, status_of_errno(errno), "cannot open %s: %s", path,
				 strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		int code = errno;
		ssize_t len = read(fd, owner, sizeof owner - 1);
		owner[len > 0 ? len : 0] = '\0';
		owner[strcspn(owner, "\n")] = '\0';
		close(fd);
		if (code == EWOULDBLOCK)
			return error_set(s->err, STATUS_LOCKED, "%s is in use by process %s", dir,
					 owner[0] ? owner : "(unknown)");
		return error_set(s->err, status_of_errno(code), "cannot lock %s: %s", path,
				 strerror(code));
	}
	/* For people: what holds is the lock itself. */
	if (ftruncate(fd, 0) != 0 || dprintf(fd, "%d\n", (int)getpid()) < 0)
		log_line(LOG_WARNING, "start.lock", "path=%s reason=%s", log_quote(path),
			 log_quote(strerror(errno)));
	s->out->lock_fd = fd;
	return STATUS_OK;
}

/* --- is the state believed? ----------------------------------------------------------------- */

static enum status open_state(struct start *s)
{
	enum status st = store_open(s->state_path, false, s->err, &s->out->store);

	if (st == STATUS_CORRUPT)
		s->damaged = true;
	return st;
}

static enum status peek_trusted(struct start *s)
{
	struct machine_state state;
	enum status st = open_state(s);

	if (st != STATUS_OK)
		return st;
	st = machine_peek(s->out->store, &state);
	if (st == STATUS_NOT_FOUND)
		return STATUS_OK;
	if (st != STATUS_OK) {
		s->damaged = st == STATUS_CORRUPT;
		return error_set(s->err, st, "state %s: the applied index cannot be read: %s",
				 s->state_path, status_text(st));
	}
	s->applied = (struct embedded_applied){.known = true,
					       .index = state.head.index,
					       .position = state.position,
					       .trusted = true};
	memcpy(s->applied.chain, state.head.input_hash, HASH_BYTES);
	return STATUS_OK;
}

static enum status judge_state(struct start *s)
{
	const char *dir = s->options->state_dir;
	struct stat there;

	s->boot_is_ours = trust_boot_is(dir, s->boot_id);
	if (stat(s->state_path, &there) != 0)
		s->out->distrust = "none is there";
	else if (trust_died_twice(dir))
		s->out->distrust = "two runs died early";
	else if (!s->boot_is_ours && !embedded_has_clean(dir))
		s->out->distrust = "not from this boot nor from a clean stop";
	if (!s->out->distrust)
		return peek_trusted(s);
	/* The journal must reach what this state has applied, whatever else it is worth. */
	trust_peek_apart(dir, &s->applied);
	s->applied.trusted = false;
	return STATUS_OK;
}

/* --- the state anew ------------------------------------------------------------------------- */

static enum status move_away(struct start *s)
{
	s->boot_is_ours = false;
	return trust_move_away(s->options->state_dir, s->err);
}

/* From the newest checkpoint, or from nothing. */
static enum status make_state(struct start *s)
{
	char checkpoint[CHECKPOINT_PATH_BYTES];
	struct engine_status journal;

	engine_status(s->out->engine, &journal);
	enum status st = checkpoint_find(s->options->state_dir, journal.durable_index, false,
					 checkpoint, &s->out->checkpoint);
	if (st == STATUS_OK)
		st = checkpoint_copy(checkpoint, s->state_path, s->err);
	else if (st == STATUS_NOT_FOUND)
		st = STATUS_OK;
	return st == STATUS_OK ? open_state(s) : st;
}

/* --- replay --------------------------------------------------------------------------------- */

static void tell(struct start *s, uint64_t index)
{
	uint64_t now_ms = clock_mono_ms();

	if (now_ms - s->told_ms < PROGRESS_MS)
		return;
	s->told_ms = now_ms;
	log_line(LOG_INFO, "start.replay", "done=%" PRIu64 " of=%" PRIu64, index - s->from_index,
		 s->newest - s->from_index);
	if (s->options->progress)
		s->options->progress(s->options->progress_ctx, index - s->from_index,
				     s->newest - s->from_index);
}

static enum status replay_batch(void *ctx, const struct engine_read_batch *batch)
{
	struct start *s = ctx;
	uint64_t last = batch->first_index + batch->count - 1;
	const struct machine_state *state = machine_state(s->out->machine);

	if (last == state->head.index &&
	    memcmp(batch->chain_after, state->head.input_hash, HASH_BYTES) != 0)
		return error_set(s->err, STATUS_CORRUPT,
				 "the state has applied input %" PRIu64
				 " of another history than the journal's",
				 last);
	if (last <= state->head.index)
		return STATUS_OK;
	enum status st = machine_replay(s->out->machine, batch, s->err);
	if (st == STATUS_OK) {
		s->out->replayed += batch->count;
		tell(s, last);
	} else if (st == STATUS_CORRUPT) {
		s->damaged = true;
	}
	return st;
}

static enum status replay(struct start *s)
{
	const struct machine_state *state = machine_state(s->out->machine);
	struct engine_status journal;

	engine_status(s->out->engine, &journal);
	s->from_index = state->head.index;
	s->newest = journal.durable_index;
	s->told_ms = clock_mono_ms();
	if (s->newest < s->from_index)
		return error_set(s->err, STATUS_CORRUPT,
				 "the journal ends at input %" PRIu64
				 ", before the state's applied input %" PRIu64,
				 s->newest, s->from_index);
	if (s->newest == 0)
		return STATUS_OK;
	return engine_read(s->out->engine, s->from_index ? s->from_index : 1,
			   s->from_index ? &state->position : NULL, replay_batch, s, s->err);
}

/* --- all ------------------------------------------------------------------------------------ */

static enum status open_journal(struct start *s)
{
	struct embedded_options options = {.directory = s->options->state_dir,
					   .segment_bytes = s->options->segment_bytes};

	return embedded_open(&options, &s->applied, s->err, &s->out->found, &s->out->engine);
}

static enum status open_machine(struct start *s)
{
	enum status st = machine_open(s->out->store, s->err, &s->out->machine);

	s->damaged = st == STATUS_CORRUPT;
	return st;
}

static enum status make_and_replay(struct start *s)
{
	enum status st = make_state(s);

	if (st == STATUS_OK)
		st = open_machine(s);
	return st == STATUS_OK ? replay(s) : st;
}

/* The state that was moved away takes the room that its replacement needs: it has told what it had
 * applied, the journal is recovered, so it may go. */
static enum status rebuild_without_the_old(struct start *s)
{
	log_line(LOG_WARNING, "start.full", "removing=state.untrusted.* reason=%s",
		 log_quote(s->err->text));
	machine_close(s->out->machine);
	store_close(s->out->store);
	s->out->machine = NULL;
	s->out->store = NULL;
	s->out->replayed = 0;
	enum status st = move_away(s); /* the unfinished one, too */
	if (st != STATUS_OK)
		return st;
	trust_remove_moved(s->options->state_dir);
	return make_and_replay(s);
}

static enum status rebuild(struct start *s)
{
	enum status st = move_away(s);

	if (st == STATUS_OK)
		st = make_and_replay(s);
	if (st == STATUS_FULL)
		st = rebuild_without_the_old(s);
	if (st == STATUS_OK)
		st = trust_boot_write(s->options->state_dir, s->boot_id, s->err);
	if (st == STATUS_OK) {
		trust_remove_moved(s->options->state_dir);
		trust_forget_deaths();
	}
	return st;
}

static enum status resume(struct start *s)
{
	enum status st = STATUS_OK;

	if (!s->boot_is_ours)
		st = trust_boot_write(s->options->state_dir, s->boot_id, s->err);
	if (st == STATUS_OK)
		st = open_machine(s);
	return st == STATUS_OK ? replay(s) : st;
}

/* The order matters: what the state has applied is read before the journal is recovered; `boot` is
 * written before the first commit to a state that is believed, and after the replacement of one
 * that is not. */
static enum status run(struct start *s)
{
	const char *dir = s->options->state_dir;
	uint64_t begun_ms = clock_mono_ms();
	enum status st = trust_boot_id(s->boot_id, s->err);

	if (st == STATUS_OK)
		st = lock_directory(s);
	if (st == STATUS_OK)
		st = trust_watch_deaths(dir, s->err);
	if (st == STATUS_OK)
		st = judge_state(s);
	if (st == STATUS_OK)
		st = open_journal(s);
	s->out->recover_ms = clock_mono_ms() - begun_ms;
	begun_ms = clock_mono_ms();
	if (st == STATUS_OK)
		st = s->out->distrust ? rebuild(s) : resume(s);
	s->out->state_ms = clock_mono_ms() - begun_ms;
	return st;
}

enum status startup_open(const struct startup_options *options, struct error *err,
			 struct startup *ret_startup)
{
	struct error own = {.status = STATUS_OK};
	struct startup out = {.lock_fd = -1};
	struct start s = {.options = options, .out = &out, .err = err ? err : &own};

	out.state_dir = strdup(options->state_dir);
	if (!out.state_dir)
		return error_set(err, STATUS_NO_MEMORY, "out of memory");
	s.err->text[0] = '\0';
	enum status st = run(&s);
	if (st == STATUS_OK) {
		*ret_startup = out;
		return STATUS_OK;
	}
	if (s.err->text[0] == '\0')
		error_set(s.err, st, "%s: %s", options->state_dir, status_text(st));
	if (s.damaged)
		trust_note_death();
	if (out.engine)
		IGNORE_RESULT(
			startup_close_engine(&out, false, NULL)); /* the first failure counts */
	startup_close(&out);
	return st;
}

enum status startup_close_engine(struct startup *s, bool clean, struct error *err)
{
	enum status synced = clean ? store_sync(s->store, err) : STATUS_OK;
	enum status st = engine_close(s->engine, clean && synced == STATUS_OK,
				      synced == STATUS_OK ? err : NULL);

	s->engine = NULL;
	return synced != STATUS_OK ? synced : st;
}

void startup_close(struct startup *s)
{
	machine_close(s->machine);
	store_close(s->store);
	if (s->lock_fd >= 0)
		close(s->lock_fd);
	free(s->state_dir);
	*s = (struct startup){.lock_fd = -1};
}
