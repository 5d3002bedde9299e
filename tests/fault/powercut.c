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

#include "base/clock.h"
#include "base/log.h"
#include "model/codec.h"
#include "service/startup.h"

#include <errno.h>
#include <fcntl.h>
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
	GARBAGE_BYTES = 64 * 1024,
};

/* Something that was sent and must be true ever after. */
struct promise {
	uint64_t event; /* of this round's trace; 0: of an earlier one */
	uint64_t index; /* of the head that came with it; 0: a stream's */
	uint64_t revision;
	uint8_t input_hash[HASH_BYTES], event_hash[HASH_BYTES];
	uint64_t lane, sequence; /* 0: no outcome */
	uint8_t *outcome;
	size_t outcome_len;
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

	struct promise *promises;
	size_t promised, promise_room;

	uint64_t images, wholes, syncs;
};

/* --- the trace ---------------------------------------------------------------------------------
 */

static struct promise *add_promise(struct cut *c)
{
	if (c->promised == c->promise_room) {
		c->promise_room = c->promise_room ? 2 * c->promise_room : 4096;
		c->promises = realloc(c->promises, c->promise_room * sizeof *c->promises);
		if (!c->promises)
			fault_fail("out of memory");
	}
	struct promise *p = &c->promises[c->promised++];
	*p = (struct promise){0};
	return p;
}

static void note_sent(struct cut *c, size_t number, struct arena *a)
{
	const Mandate__Envelope *e =
		codec_decode(a, &mandate__envelope__descriptor,
			     bytes_of(c->trace.payloads[number], c->trace.events[number].len));

	if (!e)
		fault_fail("the daemon sent what cannot be read");
	bool outcome = e->body_case == MANDATE__ENVELOPE__BODY_OUTCOME &&
		       (!e->outcome->refusal ||
			(e->outcome->refusal->code >= MANDATE__CODE__CODE_AUTH_SCOPE &&
			 e->outcome->refusal->code < MANDATE__CODE__CODE_NOT_FOUND));
	bool stream = e->body_case == MANDATE__ENVELOPE__BODY_FRAME;
	if (!outcome && !stream)
		return;
	if (!e->head || e->head->event_hash.len != HASH_BYTES)
		fault_fail("an answer without a head");
	struct promise *p = add_promise(c);
	p->event = number + 1;
	p->revision = e->head->revision;
	memcpy(p->event_hash, e->head->event_hash.data, HASH_BYTES);
	if (!outcome)
		return;
	p->index = e->head->index;
	memcpy(p->input_hash, e->head->input_hash.data, HASH_BYTES);
	p->lane = e->outcome->lane;
	p->sequence = e->outcome->sequence;
	struct bytes packed = load_pack_outcome(a, e->outcome);
	p->outcome = malloc(packed.len);
	if (!p->outcome)
		fault_fail("out of memory");
	memcpy(p->outcome, packed.data, packed.len);
	p->outcome_len = packed.len;
}

static void note_promises(struct cut *c)
{
	struct arena a;

	arena_init(&a, DECODE_BYTES_MAX);
	for (size_t i = 0; i < c->trace.count; i++)
		if (c->trace.events[i].kind == TRACE_SENT) {
			note_sent(c, i, &a);
			arena_reset(&a);
		}
	arena_fini(&a);
}

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
	struct mandate_options options = {.endpoint = o->cut->run.endpoint, .office = "hq"};
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

static const struct promise *newest_head(const struct cut *c, size_t due)
{
	while (due-- > 0)
		if (c->promises[due].index)
			return &c->promises[due];
	return NULL;
}

struct reading {
	const struct promise *head;
	uint64_t last;
	bool found;
};

static enum status visit(void *ctx, const struct engine_read_batch *batch)
{
	struct reading *r = ctx;

	r->last = batch->first_index + batch->count - 1;
	if (r->head && r->last == r->head->index)
		r->found = memcmp(batch->chain_after, r->head->input_hash, HASH_BYTES) == 0;
	return STATUS_OK;
}

/* Recovers the journal alone. The newest head that was sent names by its hash every input up to it,
 * and so everything that was answered. */
static void check_journal(struct cut *c, size_t due, const char *what)
{
	struct embedded_options options = {.directory = c->place, .segment_bytes = 1024 * 1024};
	struct embedded_applied applied = {0};
	struct embedded_found found;
	struct engine *engine;
	struct error err = {.status = STATUS_OK};
	struct reading r = {.head = newest_head(c, due)};

	if (r.head && next_random(&c->seed) % 2) {
		/* As a state would say that reached the disk by itself. */
		applied.known = true;
		applied.index = r.head->index;
		memcpy(applied.chain, r.head->input_hash, HASH_BYTES);
	}
	enum status s = embedded_open(&options, &applied, &err, &found, &engine);
	if (s != STATUS_OK)
		fault_fail("%s: taken for damage: %s", what, err.text);
	s = engine_read(engine, 1, NULL, visit, &r, &err);
	if (s != STATUS_OK)
		fault_fail("%s: recovered, and cannot be read: %s", what, err.text);
	if (r.head && !r.found)
		fault_fail("%s: input %" PRIu64 " was answered; the journal ends at %" PRIu64
			   " or is another",
			   what, r.head->index, r.last);
	IGNORE_RESULT(engine_close(engine, false, NULL)); /* it was never started */
}

static const char *office_of(const struct cut *c, uint64_t lane)
{
	for (int i = 0; i < ROUNDS * LANES; i++)
		if (c->lanes[i].name == lane)
			return c->lanes[i].office;
	return "prepare";
}

static void check_promise(const struct cut *c, struct store_txn *t, const struct promise *p,
			  struct arena *a, const char *what)
{
	const Mandate__StoredOutcome *stored;
	struct store_event event;

	if (p->revision && (store_event_get(t, p->revision, &event) != STATUS_OK ||
			    memcmp(event.chain, p->event_hash, HASH_BYTES) != 0))
		fault_fail("%s: revision %" PRIu64 " was told and is not there", what, p->revision);
	if (!p->sequence)
		return;
	if (store_lane_get(t, a, office_of(c, p->lane), p->lane, p->sequence, &stored) != STATUS_OK)
		fault_fail("%s: %s lane %" PRIx64 " number %" PRIu64
			   " was answered and is not there",
			   what, office_of(c, p->lane), p->lane, p->sequence);
	struct bytes packed = load_pack_outcome(a, stored->outcome);
	if (!bytes_equal(packed, bytes_of(p->outcome, p->outcome_len)))
		fault_fail("%s: %s lane %" PRIx64 " number %" PRIu64 " has another outcome", what,
			   office_of(c, p->lane), p->lane, p->sequence);
}

/* What a power cut leaves of a state that is written without syncs. After a clean stop it was
 * synced; none at all is then the worst. */
static void scatter_state(struct cut *c)
{
	uint8_t garbage[GARBAGE_BYTES];
	char path[FAULT_PATH_BYTES + 32];

	snprintf(path, sizeof path, "%s/clean", c->place);
	if (access(path, F_OK) == 0 || next_random(&c->seed) % 3 == 0)
		return;
	for (size_t i = 0; i < sizeof garbage; i++)
		garbage[i] = (uint8_t)next_random(&c->seed);
	snprintf(path, sizeof path, "%s/state", c->place);
	mkdir(path, 0750);
	snprintf(path, sizeof path, "%s/state/data.mdb", c->place);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0640);
	ssize_t len = (ssize_t)(next_random(&c->seed) % sizeof garbage);
	if (fd < 0 || write(fd, garbage, (size_t)len) != len)
		fault_fail("%s: %s", path, strerror(errno));
	close(fd);
}

static void check_whole_here(struct cut *c, size_t due, const char *what)
{
	struct startup_options options = {.state_dir = c->place, .segment_bytes = 1024 * 1024};
	struct startup up;
	struct store_txn *t;
	struct arena a;
	struct error err = {.status = STATUS_OK};

	setenv("MANDATED_BOOT_ID", "after-the-power-cut", 1);
	if (startup_open(&options, &err, &up) != STATUS_OK)
		fault_fail("%s: no start: %s", what, err.text);
	if (store_begin_read(up.store, &t) != STATUS_OK)
		fault_fail("%s: the state cannot be read", what);
	arena_init(&a, DECODE_BYTES_MAX);
	for (size_t i = 0; i < due; i++) {
		check_promise(c, t, &c->promises[i], &a, what);
		arena_reset(&a);
	}
	_exit(0);
}

/* Starts as the daemon does, rebuilds the state, looks every promise up. In a child: a start takes
 * over signals, and what it dies of is a finding. */
static void check_whole(struct cut *c, size_t due, const char *what)
{
	int status;

	scatter_state(c);
	fflush(stdout);
	pid_t child = fork();
	if (child == 0)
		check_whole_here(c, due, what);
	if (child < 0 || waitpid(child, &status, 0) != child)
		fault_fail("fork: %s", strerror(errno));
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		fault_fail("%s: no start, or not everything there (%x)", what, (unsigned)status);
	c->wholes++;
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
		check_journal(c, due, what);
	if (die <= 1) /* at first, or as a second start after a recovery */
		check_whole(c, due, what);
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
	for (size_t i = due; i < c->promised; i++)
		free(c->promises[i].outcome);
	c->promised = due;
	for (size_t i = 0; i < due; i++)
		c->promises[i].event = 0;
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

		while (due < c->promised && c->promises[due].event <= i)
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
	       c->promised, c->images - before);
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
	note_promises(c);
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
		snprintf(l->office, sizeof l->office, "field-%d", i % LANES);
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
	for (c.round = 0; c.round < ROUNDS; c.round++)
		run_round(&c, images / ROUNDS);
	run_fini(&c.run);
	run_remove_directory(c.work);
	printf("powercut: everything sent is there in each of %" PRIu64 " images, %" PRIu64
	       " of them with the state, at %" PRIu64 " syncs (%.1f s)\n",
	       c.images, c.wholes, c.syncs, (double)(clock_mono_ms() - began_ms) / 1000);
	return 0;
}
