/* What the tests of this folder share: the real daemon as a child, and a load whose every answer is
 * known. A failed check ends the test with a message and leaves the directory for inspection; no
 * child outlives the test. */
#ifndef TESTS_FAULT_FAULT_H
#define TESTS_FAULT_FAULT_H

#include "base/arena.h"
#include "base/bytes.h"
#include "base/hash.h"
#include "base/limits.h"
#include "clients/libmandate.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

/* Who speaks at the control endpoint. What is at stake here does not depend on it. */
#define FAULT_OFFICE "local"

enum { FAULT_PATH_BYTES = 256, FAULT_LANES_MAX = 8 };

/* Prints the sentence, kills the daemon, exits with 1. */
void fault_fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* --- the daemon (run.c) ------------------------------------------------------------------------
 */

struct run {
	const char *program;
	char directory[FAULT_PATH_BYTES]; /* state_dir */
	char control[FAULT_PATH_BYTES + 32];
	char boot_id[40]; /* what the daemon takes for the machine's */
	const char *shim; /* NULL: without; then the rest is not used */
	const char *trace;
	uint64_t kill_at;
	unsigned sync_us;
	const char *fail;
	pid_t pid; /* 0: not running */
	bool ready;
	atomic_uint starts; /* that have become ready */
	int notify_fd;
};

/* Makes `directory`/state. */
void run_init(struct run *r, const char *program, const char *directory);
void run_fini(struct run *r);
void run_new_boot(struct run *r);
/* Does not wait. */
void run_start(struct run *r);
/* False if it has ended, or is not ready after `timeout_ms`. */
bool run_await_ready(struct run *r, int timeout_ms);
/* Has it ended? Then `ret_status` is as waitpid tells it. */
bool run_ended(struct run *r, int timeout_ms, int *ret_status);
/* Sends the signal and waits; returns what waitpid tells. */
int run_end(struct run *r, int signal_number);
/* Runs a program to its end: its exit status, -1 if it was killed. Its output goes to stderr. */
int run_program(const char *const *arguments);

/* A directory of this test below $TMPDIR or /tmp; gone when the test succeeds. */
void run_make_directory(char ret_path[FAULT_PATH_BYTES], const char *below, const char *name);
void run_remove_directory(const char *path);

/* --- random numbers ----------------------------------------------------------------------------
 */

/* splitmix64 */
static inline uint64_t next_random(uint64_t *seed)
{
	uint64_t z = *seed += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* --- the load (load.c) -------------------------------------------------------------------------
 */

/* One sender. What it sends with a number follows from the lane's name and the number alone, so
 * that it can be sent again by a handle that knows nothing else. */
struct lane {
	const struct run *run;
	char sender[16]; /* for people: by the control endpoint all are FAULT_OFFICE */
	uint64_t name;
	uint32_t window;
	unsigned text_bytes; /* of each change's source */
	unsigned per_second; /* 0: as fast as it goes */
	uint64_t until;	     /* last number to send; 0: until told to stop */
	bool restarts;	     /* the sender, too, begins anew with each start of the daemon */
	atomic_bool stop;    /* send no more, wait for what is under way, end */
	atomic_uint_fast64_t answered;

	/* The sender's own while it runs. */
	struct mandate *handle;
	struct kept *kept; /* by number - 1 */
	uint64_t room, first_open, repeats;
	pthread_t thread;
};

/* The outcome as it was first told: packed, without what is attached when it is sent. */
struct kept {
	uint8_t *bytes;
	uint32_t len;
};

/* Partners, operations with mandates and ceilings; may be done again. */
void load_prepare(const struct run *r);
void load_start(struct lane *l);
/* Waits for the end of the thread; everything sent has its outcome then. */
void load_finish(struct lane *l);
/* Sends everything again and demands the same outcomes. */
void load_repeat(struct lane *l);
void load_free(struct lane *l);

/* Packs an outcome as it is kept; in `a`. */
struct bytes load_pack_outcome(struct arena *a, const Mandate__Outcome *outcome);
/* Reads the mark in a change's source: which change of which submission of which lane. */
bool load_parse_mark(const Mandate__Change *change, uint64_t *ret_lane, uint64_t *ret_sequence,
		     unsigned *ret_number);

#endif
