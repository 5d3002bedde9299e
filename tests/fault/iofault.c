/* Calls that fail, in the real daemon: a write, a sync, the making of the next segment. After a
 * failed write or sync of a batch nothing of it is answered and the daemon ends with a failure; a
 * failure elsewhere may end it or not. In any case a start without faults has everything that was
 * answered and goes on.
 *
 * usage: iofault MANDATED SHIM [SEED] */
#include "tests/fault/fault.h"
#include "tests/fault/trace.h"

#include "base/clock.h"
#include "model/codec.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	LANES = 2,
	READY_MS = 60 * 1000,
	FAULT_MS = 120 * 1000, /* in which the call that is to fail must have come */
	OUTCOMES_AFTER = 100,  /* which a daemon that goes on after the fault gives */
	/* In a batch's frame, see daemon/engine/segment.h. */
	FRAME_FIRST_INDEX = 32,
	FRAME_COUNT = 40,
	FRAME_HEADER_BYTES = 128,
};

struct fault {
	const char *kind;
	int error;
	unsigned from, span; /* which call: drawn */
};

static const struct fault faults[] = {
	{"write", EIO, 20, 80},	 {"write", ENOSPC, 20, 80}, {"sync", EIO, 20, 80},
	{"sync", EIO, 60, 200},	 {"sync", ENOSPC, 20, 80},  {"allocate", ENOSPC, 2, 3},
	{"allocate", EIO, 2, 3}, {"rename", EIO, 3, 3},	    {"dirsync", EIO, 6, 6},
};
enum { FAULTS = sizeof faults / sizeof *faults };

struct scene {
	struct run run;
	struct lane lanes[LANES];
	atomic_bool done;
};

static void *conduct(void *arg)
{
	struct scene *s = arg;

	load_prepare(&s->run);
	for (int i = 0; i < LANES; i++)
		load_start(&s->lanes[i]);
	for (int i = 0; i < LANES; i++)
		load_finish(&s->lanes[i]);
	s->done = true;
	return NULL;
}

static uint64_t outcomes(const struct scene *s)
{
	uint64_t sum = 0;

	for (int i = 0; i < LANES; i++)
		sum += s->lanes[i].answered;
	return sum;
}

/* How many calls a load makes depends on how it falls into batches: it goes on until the one that
 * fails was among them, and a while after. Returns whether the daemon has ended. */
static bool load_past_fault(struct scene *s, const char *failed_path, int *ret_status)
{
	uint64_t deadline_ms = clock_mono_ms() + FAULT_MS, enough = UINT64_MAX;
	bool ended = false;

	while (!s->done && !ended) {
		ended = run_ended(&s->run, 20, ret_status);
		if (enough == UINT64_MAX && access(failed_path, F_OK) == 0)
			enough = outcomes(s) + OUTCOMES_AFTER;
		if (ended || outcomes(s) >= enough || clock_mono_ms() > deadline_ms)
			for (int i = 0; i < LANES; i++)
				s->lanes[i].stop = true;
	}
	unlink(failed_path);
	return ended;
}

static bool is_frame(const struct trace *t, size_t i)
{
	return t->events[i].kind == TRACE_WRITE && t->events[i].len >= FRAME_HEADER_BYTES &&
	       memcmp(t->payloads[i], "mandbatc", 8) == 0;
}

static uint64_t decided_index(const struct trace *t, size_t i, struct arena *a)
{
	const Mandate__Envelope *e = codec_decode(a, &mandate__envelope__descriptor,
						  bytes_of(t->payloads[i], t->events[i].len));
	return e && e->body_case == MANDATE__ENVELOPE__BODY_OUTCOME && e->outcome->has_index
		       ? e->outcome->index
		       : 0;
}

/* Did the call belong to a batch? Then no input from that batch on may have been answered after it.
 */
static bool check_trace(const struct trace *t, const char *kind)
{
	uint64_t first = 0, after = 0;
	size_t failed = t->count, frame = t->count;
	struct arena a;

	for (size_t i = 0; i < t->count && failed == t->count; i++) {
		if (is_frame(t, i)) {
			frame = i;
			first = get_u64(t->payloads[i] + FRAME_FIRST_INDEX);
			after = first + get_u32(t->payloads[i] + FRAME_COUNT);
		}
		if (t->events[i].kind == TRACE_FAILED)
			failed = i;
	}
	if (failed == t->count)
		fault_fail("%s: no call failed", kind);
	if (frame == t->count || t->events[failed].file != t->events[frame].file)
		return false;
	uint64_t lost = strcmp(kind, "write") == 0 ? after : first;
	arena_init(&a, DECODE_BYTES_MAX);
	for (size_t i = failed; i < t->count; i++) {
		uint64_t index = t->events[i].kind == TRACE_SENT ? decided_index(t, i, &a) : 0;
		if (index >= lost && index != 0)
			fault_fail("%s: input %" PRIu64 " was answered, the batch from %" PRIu64
				   " failed before",
				   kind, index, lost);
		arena_reset(&a);
	}
	arena_fini(&a);
	return true;
}

static void try_fault(const struct fault *f, const char *program, const char *shim, uint64_t *seed)
{
	char directory[FAULT_PATH_BYTES], fail[64], path[FAULT_PATH_BYTES + 16];
	char failed_path[sizeof path + sizeof TRACE_FAILED_SUFFIX];
	struct scene s = {.done = false};
	struct trace trace;
	pthread_t thread;
	int status = 0;

	run_make_directory(directory, NULL, "iofault");
	run_init(&s.run, program, directory);
	snprintf(path, sizeof path, "%s/trace", directory);
	snprintf(failed_path, sizeof failed_path, "%s" TRACE_FAILED_SUFFIX, path);
	unsigned long nth = f->from + next_random(seed) % f->span;
	snprintf(fail, sizeof fail, "%s:%lu:%d", f->kind, nth, f->error);
	s.run.shim = shim;
	s.run.trace = path;
	s.run.fail = fail;
	for (int i = 0; i < LANES; i++) {
		s.lanes[i] = (struct lane){.run = &s.run,
					   .name = next_random(seed) | 1,
					   .window = i ? 16 : 1,
					   .text_bytes = 900};
		snprintf(s.lanes[i].sender, sizeof s.lanes[i].sender, "field-%d", i);
	}
	run_start(&s.run);
	if (pthread_create(&thread, NULL, conduct, &s) != 0)
		fault_fail("no thread");
	bool ended = load_past_fault(&s, failed_path, &status);
	if (!ended)
		run_end(&s.run, SIGTERM);
	trace_read(&trace, path);
	bool must_end = check_trace(&trace, f->kind);
	trace_fini(&trace);
	if (must_end && !ended)
		fault_fail("%s: a batch failed and the daemon went on", fail);
	if (ended && (!WIFEXITED(status) || WEXITSTATUS(status) == 0))
		fault_fail("%s: the daemon did not end with a failure (%x)", fail,
			   (unsigned)status);
	uint64_t before = outcomes(&s);
	s.run.shim = NULL;
	run_start(&s.run);
	if (!run_await_ready(&s.run, READY_MS))
		fault_fail("%s: no start after it: see %s", fail, directory);
	pthread_join(thread, NULL);
	for (int i = 0; i < LANES; i++) {
		load_repeat(&s.lanes[i]);
		load_free(&s.lanes[i]);
	}
	run_end(&s.run, SIGTERM);
	run_fini(&s.run);
	run_remove_directory(directory);
	printf("  %s: %s after %" PRIu64 " outcomes\n", fail,
	       ended ? "the daemon ended" : "the daemon went on", before);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	if (argc < 3 || hash_init() != STATUS_OK) {
		fprintf(stderr, "usage: iofault MANDATED SHIM [SEED]\n");
		return 2;
	}
	uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 10) : clock_wall_ms();
	printf("iofault: seed %" PRIu64 "\n", seed);
	fflush(stdout);
	for (size_t i = 0; i < FAULTS; i++)
		try_fault(&faults[i], argv[1], argv[2], &seed);
	puts("iofault: nothing that failed was answered, nothing that was answered is lost");
	return 0;
}
