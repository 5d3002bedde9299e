/* Kills the daemon with SIGKILL at random moments, under load and while it starts, and then asks
 * from outside: is every outcome what it was, is every number there once, are revisions dense, has
 * the subscriber what the event log has, is the state proved?
 *
 * usage: kill9 MANDATED MANDATECTL KILLS [SEED] */
#include "tests/fault/fault.h"

#include "base/clock.h"
#include "model/codec.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	LANES = 5,
	READY_MS = 60 * 1000,
	/* After ready, up to this; it has answered some hundred submissions by then. */
	ALIVE_MS_MAX = 250,
	STARTING_MS_MAX = 25, /* a start takes about so long */
	STARTING_PERCENT = 30,
	CATCH_UP_MS = 60 * 1000,
};

/* --- a subscriber ---------------------------------------------------------------------------- */

struct follower {
	const struct run *run;
	unsigned restart_ms; /* it begins anew about so often; 0: never */
	uint64_t seed;
	atomic_uint_fast64_t wanted; /* ends when it has been given everything up to here */
	pthread_t thread;
	struct mandate *handle;
	uint8_t (*events)[HASH_BYTES]; /* H of the event's bytes, by revision - 1 */
	uint64_t room, newest;
	uint64_t through, again;
	uint8_t hash[HASH_BYTES]; /* h(through) */
	unsigned restarts;
};

static void on_event(void *context, const struct mandate_event *event)
{
	struct follower *f = context;
	uint8_t hash[HASH_BYTES];

	hash_one(hash, event->event);
	if (event->revision <= f->newest) { /* it has begun anew behind what it has */
		f->again++;
		if (event->revision <= f->through ||
		    memcmp(hash, f->events[event->revision - 1], HASH_BYTES) != 0)
			fault_fail("the subscriber got revision %" PRIu64 " twice, or another one",
				   event->revision);
		return;
	}
	if (event->revision != f->newest + 1)
		fault_fail("the subscriber got revision %" PRIu64 " after %" PRIu64,
			   event->revision, f->newest);
	if (f->newest == f->room) {
		f->room = f->room ? f->room * 2 : 65536;
		f->events = realloc(f->events, f->room * sizeof *f->events);
		if (!f->events)
			fault_fail("out of memory");
	}
	memcpy(f->events[f->newest++], hash, HASH_BYTES);
}

static void on_through(void *context, uint64_t through, const uint8_t *hash, const int32_t *day)
{
	struct follower *f = context;

	(void)day;
	if (through < f->through || through > f->newest || !hash)
		fault_fail("the subscriber has %" PRIu64 " and was told %" PRIu64, f->newest,
			   through);
	f->through = through;
	memcpy(f->hash, hash, HASH_BYTES);
}

static void on_end(void *context, Mandate__Code code, const char *text)
{
	(void)context;
	fault_fail("the stream ended: %d %s", (int)code, text ? text : "");
}

static void subscribe(struct follower *f)
{
	struct mandate_options options = {.endpoint = f->run->control};
	struct mandate_subscription subscription = {.after_revision = f->through,
						    .event_hash = f->through ? f->hash : NULL,
						    .verify = true,
						    .context = f,
						    .on_event = on_event,
						    .on_through = on_through,
						    .on_end = on_end};
	struct mandate_stream *stream;
	struct error err = {.status = STATUS_OK};

	if (mandate_open(&f->handle, &options, &err) != STATUS_OK ||
	    mandate_subscribe(f->handle, &subscription, &stream, &err) != STATUS_OK)
		fault_fail("subscribe: %s", err.text);
}

static void *follow(void *arg)
{
	struct follower *f = arg;
	struct error err = {.status = STATUS_OK};
	uint64_t restart_ms = clock_mono_ms() + f->restart_ms;
	uint64_t until_ms = 0;

	subscribe(f);
	while (f->through < f->wanted) {
		uint64_t now_ms = clock_mono_ms();

		if (mandate_run(f->handle, 20, &err) != STATUS_OK)
			fault_fail("mandate_run: %s", err.text);
		if (f->restart_ms && now_ms >= restart_ms) {
			mandate_close(f->handle);
			subscribe(f);
			f->restarts++;
			restart_ms =
				now_ms + f->restart_ms / 2 + next_random(&f->seed) % f->restart_ms;
		}
		if (f->wanted == UINT64_MAX)
			until_ms = now_ms + CATCH_UP_MS;
		else if (now_ms > until_ms)
			fault_fail("the subscriber has %" PRIu64 " of %" PRIu64, f->through,
				   (uint64_t)f->wanted);
	}
	mandate_close(f->handle);
	return NULL;
}

static void start_following(struct follower *f)
{
	if (pthread_create(&f->thread, NULL, follow, f) != 0)
		fault_fail("no thread");
}

static void await_ready(struct run *r)
{
	if (!run_await_ready(r, READY_MS))
		fault_fail("the daemon does not start: see %s", r->directory);
}

/* --- killing --------------------------------------------------------------------------------- */

static void kill_once(struct run *r, uint64_t *seed)
{
	if (next_random(seed) % 100 < STARTING_PERCENT) {
		int status;

		usleep((useconds_t)(next_random(seed) % (STARTING_MS_MAX * 1000)));
		if (run_ended(r, 0, &status))
			fault_fail("the daemon ended at its start (%x): see %s", (unsigned)status,
				   r->directory);
	} else {
		await_ready(r);
		usleep((useconds_t)(next_random(seed) % (ALIVE_MS_MAX * 1000)));
	}
	int status = run_end(r, SIGKILL);
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
		fault_fail("the daemon had ended before it was killed (%x): see %s",
			   (unsigned)status, r->directory);
	run_start(r);
}

/* --- checking -------------------------------------------------------------------------------- */

static void take_revision(void *context, const Mandate__Row *row)
{
	uint64_t *revision = context;

	if (row->what_case == MANDATE__ROW__WHAT_STATUS)
		*revision = row->status->revision;
}

static uint64_t ask_revision(const struct run *r)
{
	struct mandate_options options = {.endpoint = r->control};
	Mandate__Query query = MANDATE__QUERY__INIT;
	Mandate__StatusQuery ask = MANDATE__STATUS_QUERY__INIT;
	struct error err = {.status = STATUS_OK};
	struct mandate *m;
	uint64_t revision = 0;

	query.ask_case = MANDATE__QUERY__ASK_STATUS;
	query.status = &ask;
	if (mandate_open(&m, &options, &err) != STATUS_OK ||
	    mandate_query(m, &query, 10000, take_revision, &revision, NULL, &err) != STATUS_OK)
		fault_fail("no status: %s", err.text);
	mandate_close(m);
	return revision;
}

/* Goes through the log beside what the senders and the subscriber have. */
struct audit {
	struct lane *lanes;
	const struct follower *follower;
	struct mandate *handle;
	struct arena arena;
	uint64_t newest, through, changes, alerts;
	unsigned lane_changes[LANES];
};

static struct lane *lane_named(struct audit *a, uint64_t name)
{
	for (int i = 0; i < LANES; i++)
		if (a->lanes[i].name == name)
			return &a->lanes[i];
	return NULL;
}

/* The change must be the one that its sender was told of: this revision, of this input. Since a
 * revision is told for one change only and each event is looked up by its own mark, no submission
 * can be in the log twice. */
static void audit_change(struct audit *a, const Mandate__Event *e)
{
	uint64_t name, sequence;
	unsigned number;

	if (!load_parse_mark(e->change, &name, &sequence, &number))
		return; /* of the preparation */
	struct lane *l = lane_named(a, name);
	if (!l || sequence == 0 || sequence > l->answered || !e->office ||
	    strcmp(FAULT_OFFICE, e->office) != 0)
		fault_fail("revision %" PRIu64 " is nobody's", e->revision);
	const struct kept *k = &l->kept[sequence - 1];
	const Mandate__Outcome *o =
		codec_decode(&a->arena, &mandate__outcome__descriptor, bytes_of(k->bytes, k->len));
	if (!o || o->refusal || number >= o->n_results || o->index != e->index ||
	    o->results[number]->unchanged || o->results[number]->revision != e->revision)
		fault_fail("revision %" PRIu64 ", %s lane %" PRIx64 " number %" PRIu64
			   " change %u: the outcome said otherwise",
			   e->revision, l->sender, name, sequence, number);
	a->changes++;
}

static void audit_event(void *context, const struct mandate_event *event)
{
	struct audit *a = context;
	uint8_t hash[HASH_BYTES];

	if (event->revision != ++a->newest)
		fault_fail("the log has a gap before revision %" PRIu64, event->revision);
	hash_one(hash, event->event);
	if (event->revision > a->follower->newest ||
	    memcmp(hash, a->follower->events[event->revision - 1], HASH_BYTES) != 0)
		fault_fail("the subscriber has another revision %" PRIu64, event->revision);
	const Mandate__Event *e =
		codec_decode(&a->arena, &mandate__event__descriptor, event->event);
	if (!e || e->revision != event->revision)
		fault_fail("revision %" PRIu64 " cannot be read", event->revision);
	if (e->what_case == MANDATE__EVENT__WHAT_CHANGE)
		audit_change(a, e);
	else
		a->alerts++;
	arena_reset(&a->arena);
}

static void audit_through(void *context, uint64_t through, const uint8_t *hash, const int32_t *day)
{
	struct audit *a = context;

	(void)day;
	(void)hash;
	a->through = through;
}

/* Revisions that the senders were told of. */
static uint64_t count_told(struct audit *a, const struct lane *l)
{
	uint64_t count = 0;

	for (uint64_t i = 0; i < l->answered; i++) {
		const Mandate__Outcome *o =
			codec_decode(&a->arena, &mandate__outcome__descriptor,
				     bytes_of(l->kept[i].bytes, l->kept[i].len));
		for (size_t n = 0; o && n < o->n_results; n++)
			count += !o->results[n]->unchanged;
		arena_reset(&a->arena);
	}
	return count;
}

static void audit_log(const struct run *r, struct lane *lanes, const struct follower *f,
		      uint64_t revision)
{
	struct audit a = {.lanes = lanes, .follower = f};
	struct mandate_options options = {.endpoint = r->control};
	struct mandate_subscription subscription = {.verify = true,
						    .credit_bytes = CREDIT_BYTES_MAX,
						    .context = &a,
						    .on_event = audit_event,
						    .on_through = audit_through,
						    .on_end = on_end};
	struct mandate_stream *stream;
	struct error err = {.status = STATUS_OK};
	uint64_t told = 0, until_ms = clock_mono_ms() + CATCH_UP_MS;

	arena_init(&a.arena, DECODE_BYTES_MAX);
	if (mandate_open(&a.handle, &options, &err) != STATUS_OK ||
	    mandate_subscribe(a.handle, &subscription, &stream, &err) != STATUS_OK)
		fault_fail("subscribe: %s", err.text);
	while (a.through < revision)
		if (mandate_run(a.handle, 100, &err) != STATUS_OK || clock_mono_ms() > until_ms)
			fault_fail("the log stops at %" PRIu64 ": %s", a.newest, err.text);
	if (a.newest != revision || f->newest != revision)
		fault_fail("%" PRIu64 " revisions, %" PRIu64 " in the log, %" PRIu64
			   " at the subscriber",
			   revision, a.newest, f->newest);
	for (int i = 0; i < LANES; i++)
		told += count_told(&a, &lanes[i]);
	if (told != a.changes)
		fault_fail("%" PRIu64 " changes were told, %" PRIu64 " are in the log", told,
			   a.changes);
	mandate_close(a.handle);
	arena_fini(&a.arena);
	printf("  log: %" PRIu64 " revisions, %" PRIu64 " changes, %" PRIu64 " of alerts\n",
	       revision, a.changes, a.alerts);
}

static void repeat_all(struct lane *lanes)
{
	for (int i = 0; i < LANES; i++)
		load_repeat(&lanes[i]);
}

static void verify(const struct run *r, const char *ctl)
{
	const char *const arguments[] = {ctl, "--server", r->control, "verify", NULL};

	int status = run_program(arguments);
	if (status != 0)
		fault_fail("mandatectl verify: exit status %d", status);
}

/* Everything, three times: as it stands; from a state built anew, as after a power loss; and that
 * repeating has changed nothing. */
static void check(struct run *r, const char *ctl, struct lane *lanes, struct follower *f)
{
	uint64_t revision = ask_revision(r);

	f->wanted = revision;
	pthread_join(f->thread, NULL);
	repeat_all(lanes);
	audit_log(r, lanes, f, revision);
	verify(r, ctl);
	run_end(r, SIGKILL);
	run_new_boot(r);
	run_start(r);
	await_ready(r);
	repeat_all(lanes);
	if (ask_revision(r) != revision)
		fault_fail("repeating has made revisions");
	audit_log(r, lanes, f, revision);
	int status = run_end(r, SIGTERM);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		fault_fail("the daemon did not stop in order (%x)", (unsigned)status);
}

int main(int argc, char **argv)
{
	char directory[FAULT_PATH_BYTES];
	struct run r;
	struct lane lanes[LANES] = {
		{.sender = "field-1", .window = 1, .restarts = true},
		{.sender = "field-2", .window = 16, .restarts = true},
		{.sender = "field-2", .window = 64, .per_second = 1000},
		{.sender = "field-3", .window = 256, .per_second = 3000, .restarts = true},
		{.sender = "field-4",
		 .window = 7,
		 .per_second = 300,
		 .text_bytes = 900,
		 .restarts = true},
	};
	struct follower f = {.run = &r, .restart_ms = 700, .wanted = UINT64_MAX};

	if (argc < 4 || hash_init() != STATUS_OK) {
		fprintf(stderr, "usage: kill9 MANDATED MANDATECTL KILLS [SEED]\n");
		return 2;
	}
	unsigned kills = (unsigned)strtoul(argv[3], NULL, 10);
	uint64_t seed = argc > 4 ? strtoull(argv[4], NULL, 10) : clock_wall_ms();
	printf("kill9: %u kills, seed %" PRIu64 "\n", kills, seed);
	fflush(stdout);
	run_make_directory(directory, NULL, "kill9");
	run_init(&r, argv[1], directory);
	run_start(&r);
	await_ready(&r);
	load_prepare(&r);
	f.seed = seed;
	start_following(&f);
	for (int i = 0; i < LANES; i++) {
		lanes[i].run = &r;
		lanes[i].name = next_random(&seed) | 1;
		load_start(&lanes[i]);
	}
	for (unsigned i = 0; i < kills; i++)
		kill_once(&r, &seed);
	await_ready(&r);
	uint64_t answered = 0;
	for (int i = 0; i < LANES; i++)
		lanes[i].stop = true;
	for (int i = 0; i < LANES; i++) {
		load_finish(&lanes[i]);
		answered += lanes[i].answered;
	}
	printf("  answered: %" PRIu64 ", %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64
	       " by lane\n",
	       answered, (uint64_t)lanes[0].answered, (uint64_t)lanes[1].answered,
	       (uint64_t)lanes[2].answered, (uint64_t)lanes[3].answered,
	       (uint64_t)lanes[4].answered);
	if (answered < kills * 20u)
		fault_fail("that is no load");
	check(&r, argv[2], lanes, &f);
	for (int i = 0; i < LANES; i++)
		load_free(&lanes[i]);
	printf("  subscriber: began anew %u times, %" PRIu64 " events given again\n", f.restarts,
	       f.again);
	free(f.events);
	run_fini(&r);
	run_remove_directory(directory);
	puts("kill9: every outcome, number and revision is as it was answered");
	return 0;
}
