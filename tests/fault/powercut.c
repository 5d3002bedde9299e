/* Power cuts from a trace. The real daemon runs under a load and a subscriber, with the shim
 * recording every write, sync and message; at times the shim kills it and it starts again. Then,
 * for every sync of the trace and for many subsets of what was not synced, a directory is made as a
 * power cut may leave it, and recovered: everything that had been sent by then must be in it, byte
 * for byte, and nothing may be taken for damage. One of these directories is what the daemon starts
 * from in the next round.
 *
 * usage: powercut MANDATED SHIM IMAGES [SEED] */
#include "tests/fault/fault.h"
#include "tests/fault/image.h"
#include "tests/fault/promise.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <ftw.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	ROUNDS = 3,
	LANES = 3,
	RUNS_MAX = 4, /* of the daemon, a round */
	KILL_FIRST = 60,
	KILL_SPAN = 500, /* events */
	SYNC_US = 700,
	READY_MS = 60 * 1000,
	WHOLE_EVERY = 40, /* images from which the state is rebuilt, too */
};

struct cut {
	struct run run;
	char work[FAULT_PATH_BYTES];
	char place[FAULT_PATH_BYTES]; /* where images are made */
	char next[FAULT_PATH_BYTES];  /* the one that the next round begins with */
	uint64_t seed;
	struct lane lanes[ROUNDS * LANES];
	int round;

	struct trace trace;

	struct promises promises;

	uint64_t images, wholes, syncs;
};

/* --- making it ----------------------------------------------------------------------------------
 */

static void on_event(void *context, const struct mandate_event *event)
{
	(void)context;
	(void)event;
}

static void on_end(void *context, Mandate__Code code, const char *text)
{
	(void)context;
	fault_fail("the stream ended: %d %s", (int)code, text ? text : "");
}

struct conductor {
	struct cut *cut;
	atomic_bool done;
};

static void *follow(void *arg)
{
	struct conductor *o = arg;
	struct mandate_options options = {.endpoint = o->cut->run.control};
	struct mandate_subscription subscription = {
		.verify = true, .on_event = on_event, .on_end = on_end};
	struct mandate_stream *stream;
	struct error err = {.status = STATUS_OK};
	struct mandate *m;

	if (mandate_open(&m, &options, &err) != STATUS_OK ||
	    mandate_subscribe(m, &subscription, &stream, &err) != STATUS_OK)
		fault_fail("subscribe: %s", err.text);
	while (!o->done)
		if (mandate_run(m, 20, &err) != STATUS_OK)
			fault_fail("mandate_run: %s", err.text);
	mandate_close(m);
	return NULL;
}

static void *conduct(void *arg)
{
	struct conductor *o = arg;
	struct cut *c = o->cut;
	struct lane *lanes = &c->lanes[c->round * LANES];
	pthread_t follower;

	if (pthread_create(&follower, NULL, follow, o) != 0)
		fault_fail("no thread");
	load_prepare(&c->run);
	for (int i = 0; i < LANES; i++)
		load_start(&lanes[i]);
	for (int i = 0; i < LANES; i++)
		load_finish(&lanes[i]);
	o->done = true;
	pthread_join(follower, NULL);
	return NULL;
}

/* The daemon's runs of a round: some killed by the shim, the last stopped in order. */
static void perform(struct cut *c)
{
	struct conductor o = {.cut = c};
	struct run *r = &c->run;
	pthread_t thread;
	int status, runs = 1;

	run_new_boot(r);
	if (pthread_create(&thread, NULL, conduct, &o) != 0)
		fault_fail("no thread");
	for (;; runs++) {
		r->kill_at = runs < RUNS_MAX ? KILL_FIRST + next_random(&c->seed) % KILL_SPAN : 0;
		run_start(r);
		while (!run_ended(r, 20, &status))
			if (o.done) {
				status = run_end(r, SIGTERM);
				break;
			}
		if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
			break;
		if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
			fault_fail("the daemon ended (%x): see %s", (unsigned)status, r->directory);
		if (o.done)
			break;
	}
	pthread_join(thread, NULL);
	printf("  round %d: %d runs", c->round + 1, runs);
}

/* --- checking an image --------------------------------------------------------------------------
 */

static int remove_one(const char *path, const struct stat *st, int what, struct FTW *where)
{
	(void)st;
	(void)what;
	return where->level == 0 ? 0 : remove(path);
}

static void make_directory(const char *path)
{
	if (mkdir(path, 0750) != 0)
		fault_fail("%s: %s", path, strerror(errno));
}

static void empty_directory(const char *path)
{
	if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
		fault_fail("%s cannot be emptied: %s", path, strerror(errno));
}

static void check_image(struct cut *c, const struct image *m, enum image_choice choice, size_t at,
			size_t due)
{
	char what[FAULT_PATH_BYTES + 128];
	uint64_t die = next_random(&c->seed) % (WHOLE_EVERY * 2);

	snprintf(what, sizeof what, "round %d, event %zu of %zu, image %" PRIu64 " (%s), in %s",
		 c->round + 1, at, c->trace.count, c->images + 1,
		 choice == IMAGE_NOTHING ? "nothing more"
		 : choice == IMAGE_ALL	 ? "everything"
					 : "some",
		 c->place);
	image_make(m, choice, &c->seed, c->place);
	if (die != 0)
		promise_check_journal(&c->promises, due, c->place, &c->seed, what);
	if (die <= 1) { /* at first, or as a second start after a recovery */
		promise_check_whole(&c->promises, due, c->place, &c->seed, what);
		c->wholes++;
	}
	empty_directory(c->place);
	c->images++;
}

/* --- a round ------------------------------------------------------------------------------------
 */

static void begin_next_round(struct cut *c, size_t due)
{
	empty_directory(c->run.directory);
	if (rmdir(c->run.directory) != 0 || rename(c->next, c->run.directory) != 0)
		fault_fail("%s: %s", c->next, strerror(errno));
	promise_keep(&c->promises, due);
}

static size_t count_kind(const struct cut *c, enum trace_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < c->trace.count; i++)
		count += c->trace.events[i].kind == kind;
	return count;
}

/* Just before a sync ends most is promised and least is certain: there always, elsewhere at times.
 */
static void check_round(struct cut *c, struct image *m, uint64_t images)
{
	size_t syncs = count_kind(c, TRACE_SYNC_END), due = 0, next_due = 0;
	uint64_t before = c->images, stride = syncs * 2 / (images + 1) + 1, nth = 0;
	size_t next = c->trace.count / 3 + next_random(&c->seed) % (c->trace.count * 2 / 3);
	bool last = c->round + 1 == ROUNDS;

	for (size_t i = 0; i < c->trace.count; i++) {
		bool ends = c->trace.events[i].kind == TRACE_SYNC_END;

		while (due < c->promises.count && c->promises.list[due].event <= i)
			due++;
		if (ends && nth++ % stride == c->seed % stride)
			check_image(c, m, IMAGE_NOTHING, i, due);
		if (image_is_open(m)) {
			/* Spread so that they are used up when the trace is. */
			uint64_t left =
				before + images > c->images ? before + images - c->images : 0;
			uint64_t wanted = left * (ends ? 3 : 1);
			uint64_t points = (c->trace.count - i) + 2 * (syncs - nth) + 1;
			for (uint64_t n = wanted / points +
					  (next_random(&c->seed) % points < wanted % points);
			     n > 0; n--)
				check_image(c, m, n % 8 ? IMAGE_SOME : IMAGE_ALL, i, due);
		}
		if (!last && i == next) {
			make_directory(c->next);
			image_make(m, IMAGE_SOME, &c->seed, c->next);
			next_due = due;
		}
		image_play(m, &c->trace.events[i], c->trace.payloads[i]);
	}
	c->syncs += nth;
	printf(", %zu events, %zu syncs, %zu promises, %" PRIu64 " images", c->trace.count, syncs,
	       c->promises.count, c->images - before);
	if (!last) {
		begin_next_round(c, next_due);
		printf("; the next begins after event %zu", next);
	}
	puts("");
	fflush(stdout);
}

static void run_round(struct cut *c, uint64_t images)
{
	char trace[FAULT_PATH_BYTES + 32];
	struct image *m = image_new(c->run.directory);

	snprintf(trace, sizeof trace, "%s/trace", c->work);
	c->run.trace = trace;
	perform(c);
	trace_read(&c->trace, trace);
	promise_note(&c->promises, &c->trace);
	check_round(c, m, images);
	trace_fini(&c->trace);
	image_free(m);
}

static void set_lanes(struct cut *c)
{
	static const uint32_t windows[LANES] = {1, 4, 24};
	static const uint64_t counts[LANES] = {60, 200, 700};

	for (int i = 0; i < ROUNDS * LANES; i++) {
		struct lane *l = &c->lanes[i];

		*l = (struct lane){.run = &c->run,
				   .name = next_random(&c->seed) | 1,
				   .window = windows[i % LANES],
				   .until = counts[i % LANES],
				   .text_bytes = i % LANES == 2 ? 900 : 100};
		snprintf(l->sender, sizeof l->sender, "field-%d", i % LANES);
	}
}

int main(int argc, char **argv)
{
	static struct cut c;
	bool memory = !getenv("TMPDIR") && access("/dev/shm", W_OK) == 0;

	if (argc < 4 || hash_init() != STATUS_OK) {
		fprintf(stderr, "usage: powercut MANDATED SHIM IMAGES [SEED]\n");
		return 2;
	}
	log_setup(LOG_ERROR, false);
	uint64_t images = strtoull(argv[3], NULL, 10), began_ms = clock_mono_ms();
	c.seed = argc > 4 ? strtoull(argv[4], NULL, 10) : clock_wall_ms();
	printf("powercut: %" PRIu64 " images, seed %" PRIu64 "\n", images, c.seed);
	fflush(stdout);
	run_make_directory(c.work, memory ? "/dev/shm" : NULL, "powercut");
	run_init(&c.run, argv[1], c.work);
	c.run.shim = argv[2];
	c.run.sync_us = SYNC_US;
	snprintf(c.place, sizeof c.place, "%.200s/image", c.work);
	snprintf(c.next, sizeof c.next, "%.200s/next", c.work);
	make_directory(c.place);
	set_lanes(&c);
	c.promises.lanes = c.lanes;
	c.promises.lane_count = ROUNDS * LANES;
	for (c.round = 0; c.round < ROUNDS; c.round++)
		run_round(&c, images / ROUNDS);
	run_fini(&c.run);
	run_remove_directory(c.work);
	printf("powercut: everything sent is there in each of %" PRIu64 " images, %" PRIu64
	       " of them with the state, at %" PRIu64 " syncs (%.1f s)\n",
	       c.images, c.wholes, c.syncs, (double)(clock_mono_ms() - began_ms) / 1000);
	return 0;
}
