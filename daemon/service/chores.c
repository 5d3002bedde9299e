#include "service/chores.h"

#include "base/clock.h"
#include "base/log.h"
#include "model/codec.h"
#include "service/checkpoint.h"
#include "service/tally.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum job_kind { JOB_VERIFY = 1, JOB_CHECKPOINT, JOB_SYNC, JOB_TALLY, JOB_STOP };

enum {
	CHECKPOINT_INPUTS = 1000000, /* fewer are replayed in well under a minute */
	SYNC_MS = 60 * 60 * 1000,    /* how late a write-back error may be noticed */
	RETRY_MS = 10 * 60 * 1000,   /* after a checkpoint that failed */
	LINE_BYTES = 1024,
	REPORT_ARENA_BYTES = 64 * 1024,
};

struct job {
	struct mail mail;
	struct route route;
	uint64_t correlation;
	bool wanted; /* somebody asked: tell */
	bool from_checkpoint;
	uint64_t applied_index;
	char head[96]; /* "REVISION:HASH", or empty */
	char *tally;   /* owned */
};

struct chores {
	struct store *store;
	char *state_dir;
	struct mailbox *reply;
	struct mailbox box;
	pthread_t thread;
	struct job stop;
	atomic_bool verifying, copying, syncing, writing, stopping;
	atomic_int child; /* process id of the verification under way, 0: none */
	atomic_uint_fast64_t checkpoint_index;
	/* Network thread only. */
	uint64_t synced_ms, not_before_ms;
	uint64_t applied_index; /* a second ago or less */
};

/* --- reports
 * --------------------------------------------------------------------------------------- */

/* The next job of this kind may be asked for. */
static void finish(struct chores *c, const struct job *job)
{
	switch ((enum job_kind)job->mail.kind) {
	case JOB_VERIFY:
		atomic_store(&c->verifying, false);
		break;
	case JOB_CHECKPOINT:
		atomic_store(&c->copying, false);
		break;
	case JOB_SYNC:
		atomic_store(&c->syncing, false);
		break;
	case JOB_TALLY:
		atomic_store(&c->writing, false);
		break;
	case JOB_STOP:
		break;
	}
}

/* Every job but a sync ends with a report without `more`, wanted or not. */
static void report(struct chores *c, const struct job *job, Mandate__Code code, const char *text,
		   bool more, uint64_t done, uint64_t total)
{
	Mandate__Report message = MANDATE__REPORT__INIT;

	if (!more)
		finish(c, job); /* before whoever is told can ask again */
	if (!job->wanted)
		return;
	message.code = code;
	message.text = codec_borrow(text);
	message.has_more = message.more = more;
	message.has_done = message.has_total = total != 0;
	message.done = done;
	message.total = total;
	size_t len = mandate__report__get_packed_size(&message);
	struct chores_report *r = calloc(1, sizeof *r + len);
	if (!r) {
		log_line(LOG_ERROR, "chores.report", "reason=\"no memory\"");
		return;
	}
	mandate__report__pack(&message, (uint8_t *)(r + 1));
	r->packed = bytes_of(r + 1, len);
	r->mail.kind = CHORES_REPORT;
	r->route = job->route;
	r->correlation = job->correlation;
	r->last = !more;
	mailbox_post(c->reply, &r->mail);
}

void chores_report_free(struct chores_report *r)
{
	free(r);
}

/* --- verification: a child process, so that damage may kill it
 * --------------------------------------- */

static enum status spawn(struct chores *c, const struct job *job, int *ret_pipe, pid_t *ret_child)
{
	char option[CHECKPOINT_PATH_BYTES], index[24];
	int pipe_fds[2];
	char *arguments[10] = {codec_borrow("mandated"), codec_borrow("--verify"),
			       codec_borrow("--index"),	 index,
			       codec_borrow("-o"),	 option};
	size_t n = 6;
	posix_spawn_file_actions_t actions;

	int len = snprintf(option, sizeof option, "state_dir=%s", c->state_dir);
	if (len < 0 || (size_t)len >= sizeof option)
		return STATUS_LIMIT;
	snprintf(index, sizeof index, "%llu", (unsigned long long)job->applied_index);
	if (job->head[0]) {
		arguments[n++] = codec_borrow("--head");
		arguments[n++] = codec_borrow(job->head);
	}
	if (job->from_checkpoint)
		arguments[n++] = codec_borrow("--from-checkpoint");
	if (pipe2(pipe_fds, O_CLOEXEC) != 0)
		return status_of_errno(errno);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, pipe_fds[1], STDOUT_FILENO);
	int failed = posix_spawn(ret_child, "/proc/self/exe", &actions, NULL, arguments, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(pipe_fds[1]);
	if (failed) {
		close(pipe_fds[0]);
		return status_of_errno(failed);
	}
	*ret_pipe = pipe_fds[0];
	return STATUS_OK;
}

/* Relays the child's lines (see verify.h); answers whether the last one came. */
static bool relay(struct chores *c, const struct job *job, FILE *lines)
{
	static const struct {
		const char *word;
		Mandate__Code code;
	} ends[] = {{"proven ", MANDATE__CODE__CODE_ACCEPTED},
		    {"damaged ", MANDATE__CODE__CODE_DAMAGED},
		    {"rewritten ", MANDATE__CODE__CODE_DIVERGED},
		    {"failed ", MANDATE__CODE__CODE_FAILED}};
	char line[LINE_BYTES];
	unsigned long long done, total;

	while (fgets(line, sizeof line, lines)) {
		line[strcspn(line, "\n")] = '\0';
		if (sscanf(line, "progress %llu %llu", &done, &total) == 2) {
			report(c, job, MANDATE__CODE__CODE_ACCEPTED, NULL, true, done, total);
			continue;
		}
		for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
			if (strncmp(line, ends[i].word, strlen(ends[i].word)) != 0)
				continue;
			log_line(ends[i].code == MANDATE__CODE__CODE_ACCEPTED ? LOG_NOTICE
									      : LOG_ERROR,
				 "verify.done", "result=%s", log_quote(line));
			/* What failed is said by the code. */
			report(c, job, ends[i].code, line + (i ? strlen(ends[i].word) : 0), false,
			       0, 0);
			return true;
		}
	}
	return false;
}

static void remove_leftovers(struct chores *c, pid_t child)
{
	static const char *const parts[] = {"/copy", "/rebuilt", ""};
	char path[CHECKPOINT_PATH_BYTES];

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		int len = snprintf(path, sizeof path, "%s/verify.%ld%s", c->state_dir, (long)child,
				   parts[i]);
		if (len > 0 && (size_t)len < sizeof path)
			IGNORE_RESULT(checkpoint_remove(path, NULL)); /* usually gone already */
	}
}

static void verify(struct chores *c, const struct job *job)
{
	char text[128];
	int pipe_fd, how = 0;
	pid_t child;

	enum status s = spawn(c, job, &pipe_fd, &child);
	if (s != STATUS_OK) {
		report(c, job, MANDATE__CODE__CODE_FAILED, status_text(s), false, 0, 0);
		return;
	}
	atomic_store(&c->child, (int)child);
	if (atomic_load(&c->stopping))
		kill(child, SIGKILL);
	FILE *lines = fdopen(pipe_fd, "r");
	bool ended = lines && relay(c, job, lines);
	if (lines)
		fclose(lines);
	else
		close(pipe_fd);
	while (waitpid(child, &how, 0) < 0 && errno == EINTR)
		;
	atomic_store(&c->child, 0);
	remove_leftovers(c, child);
	if (ended)
		return;
	if (WIFSIGNALED(how) && !atomic_load(&c->stopping)) {
		snprintf(text, sizeof text,
			 "damaged: the verification died of signal %d over what it read",
			 WTERMSIG(how));
		log_line(LOG_ERROR, "verify.died", "signal=%d", WTERMSIG(how));
		report(c, job, MANDATE__CODE__CODE_DAMAGED, text, false, 0, 0);
		return;
	}
	report(c, job, MANDATE__CODE__CODE_FAILED, "the verification ended without a result", false,
	       0, 0);
}

/* --- checkpoints and write-back
 * --------------------------------------------------------------------- */

static void checkpoint(struct chores *c, const struct job *job)
{
	struct error err = {.status = STATUS_OK};
	char text[128];
	uint64_t index, began_ms = clock_mono_ms();

	enum status s = checkpoint_make(c->store, c->state_dir, &err, &index);
	if (s != STATUS_OK) {
		const char *why = err.status == STATUS_OK ? status_text(s) : err.text;

		log_line(LOG_ERROR, "checkpoint.failed", "reason=%s", log_quote(why));
		report(c, job,
		       s == STATUS_FULL ? MANDATE__CODE__CODE_FULL : MANDATE__CODE__CODE_FAILED,
		       why, false, 0, 0);
		return;
	}
	atomic_store(&c->checkpoint_index, index);
	log_line(LOG_NOTICE, "checkpoint.made", "index=%llu took_ms=%llu",
		 (unsigned long long)index, (unsigned long long)(clock_mono_ms() - began_ms));
	snprintf(text, sizeof text, "checkpoint at index %llu", (unsigned long long)index);
	report(c, job, MANDATE__CODE__CODE_ACCEPTED, text, false, 0, 0);
}

/* Write-back errors are told to whoever syncs. After one the files are not to be trusted: without
 * the file `boot` the next start builds the state anew. */
static void sync_state(struct chores *c)
{
	struct error err = {.status = STATUS_OK};
	char path[CHECKPOINT_PATH_BYTES];

	if (store_sync(c->store, &err) == STATUS_OK)
		return;
	int len = snprintf(path, sizeof path, "%s/boot", c->state_dir);
	if (len > 0 && (size_t)len < sizeof path)
		unlink(path);
	log_line(LOG_ERROR, "state.writeback",
		 "reason=%s next=\"the state is built anew at the next start\"",
		 log_quote(err.text));
}

static void write_tally(struct chores *c, const struct job *job)
{
	struct error err;

	if (tally_write(job->tally, c->state_dir, &err) != STATUS_OK)
		log_line(LOG_WARNING, "tally.failed", "reason=%s", log_quote(err.text));
}

static void free_job(struct mail *m)
{
	struct job *job = (struct job *)m;

	free(job->tally);
	free(job);
}

static void *run(void *arg)
{
	struct chores *c = arg;

	for (;;) {
		struct job *job = (struct job *)mailbox_take(&c->box, -1);

		switch ((enum job_kind)job->mail.kind) {
		case JOB_VERIFY:
			verify(c, job);
			break;
		case JOB_CHECKPOINT:
			checkpoint(c, job);
			break;
		case JOB_SYNC:
			sync_state(c);
			finish(c, job);
			break;
		case JOB_TALLY:
			write_tally(c, job);
			finish(c, job);
			break;
		case JOB_STOP:
			return NULL;
		}
		free_job(&job->mail);
	}
}

/* --- the network thread's side
 * ------------------------------------------------------------------------ */

static enum status post(struct chores *c, enum job_kind kind, atomic_bool *busy,
			const struct job *sketch)
{
	if (atomic_exchange(busy, true))
		return STATUS_AGAIN;
	struct job *job = malloc(sizeof *job);
	if (!job) {
		atomic_store(busy, false);
		return STATUS_NO_MEMORY;
	}
	*job = *sketch;
	job->mail.kind = (int)kind;
	mailbox_post(&c->box, &job->mail);
	return STATUS_OK;
}

static void describe(struct job *job, const struct route *route, uint64_t correlation)
{
	*job = (struct job){.correlation = correlation, .wanted = true};
	job->route.endpoint = route->endpoint;
	job->route.len = route->len;
	memcpy(job->route.id, route->id, route->len);
}

enum status chores_verify(struct chores *c, const Mandate__VerifyRequest *request,
			  const struct route *route, uint64_t correlation)
{
	struct job job;
	char hash[2 * HASH_BYTES + 1];

	describe(&job, route, correlation);
	job.applied_index = c->applied_index;
	job.from_checkpoint = request->has_from_checkpoint && request->from_checkpoint;
	if (request->head && request->head->event_hash.len == HASH_BYTES) {
		hash_hex(hash, request->head->event_hash.data, HASH_BYTES);
		snprintf(job.head, sizeof job.head, "%llu:%s",
			 (unsigned long long)request->head->revision, hash);
	}
	return post(c, JOB_VERIFY, &c->verifying, &job);
}

enum status chores_checkpoint(struct chores *c, const struct route *route, uint64_t correlation)
{
	struct job job;

	describe(&job, route, correlation);
	return post(c, JOB_CHECKPOINT, &c->copying, &job);
}

enum status chores_tally(struct chores *c, char *tally)
{
	enum status s = post(c, JOB_TALLY, &c->writing, &(struct job){.tally = tally});

	if (s != STATUS_OK)
		free(tally);
	return s;
}

void chores_tick(struct chores *c, uint64_t index)
{
	static const struct job unasked;
	uint64_t now_ms = clock_mono_ms(), newest = atomic_load(&c->checkpoint_index);
	uint64_t since = index > newest ? index - newest : 0;

	c->applied_index = index;

	/* All copying together stays within a small multiple of the state. */
	if (since > CHECKPOINT_INPUTS && since > newest && now_ms >= c->not_before_ms) {
		c->not_before_ms = now_ms + RETRY_MS;
		IGNORE_RESULT(post(c, JOB_CHECKPOINT, &c->copying, &unasked)); /* the next tick */
	}
	if (now_ms - c->synced_ms >= SYNC_MS) {
		c->synced_ms = now_ms;
		IGNORE_RESULT(post(c, JOB_SYNC, &c->syncing, &unasked)); /* in an hour */
	}
}

uint64_t chores_checkpoint_index(struct chores *c)
{
	return atomic_load(&c->checkpoint_index);
}

enum status chores_new(struct store *store, const char *state_dir, struct mailbox *reply,
		       struct chores **ret_chores)
{
	char path[CHECKPOINT_PATH_BYTES];
	uint64_t index = 0;
	struct chores *c = calloc(1, sizeof *c);

	if (!c)
		return STATUS_NO_MEMORY;
	c->store = store;
	c->reply = reply;
	c->synced_ms = clock_mono_ms();
	c->state_dir = strdup(state_dir);
	if (checkpoint_find(state_dir, UINT64_MAX, false, path, &index) == STATUS_OK)
		atomic_store(&c->checkpoint_index, index);
	enum status s = c->state_dir ? mailbox_init(&c->box, 0) : STATUS_NO_MEMORY;
	if (s == STATUS_OK && pthread_create(&c->thread, NULL, run, c) != 0) {
		mailbox_fini(&c->box);
		s = STATUS_NO_MEMORY;
	}
	if (s != STATUS_OK) {
		free(c->state_dir);
		free(c);
		return s;
	}
	*ret_chores = c;
	return STATUS_OK;
}

void chores_free(struct chores *c)
{
	if (!c)
		return;
	atomic_store(&c->stopping, true);
	int child = atomic_load(&c->child);
	if (child > 0)
		kill(child, SIGKILL); /* ours; what it leaves is removed by its thread */
	c->stop.mail.kind = JOB_STOP;
	mailbox_post(&c->box, &c->stop.mail);
	pthread_join(c->thread, NULL);
	for (struct mail *m; (m = mailbox_take(&c->box, 0)) != NULL;)
		free_job(m);
	mailbox_fini(&c->box);
	free(c->state_dir);
	free(c);
}
