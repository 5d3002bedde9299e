/* A model of what surrounds streams: the offices, the event log, the reader, peers that check every
 * frame they are sent. For service_stream_test.c and service_stream_roll_test.c. */
#ifndef TESTS_STREAM_WORLD_H
#define TESTS_STREAM_WORLD_H

#include "service/stream.h"

#include "service/filter.h"
#include "service/readable.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <cmocka.h>

enum { EVENTS_MAX = 6000, PEERS = 6, SENT_MAX = 64 * 1024 };

/* A subscriber as it counts itself. */
struct peer {
	struct route route;
	uint64_t correlation;
	uint64_t credit; /* what the daemon may still send */
	uint64_t owed;	 /* received and not yet given back */
	uint64_t after;
	const char *operation; /* its filter; NULL: none */
	const char *granted;   /* to its office; NULL: all operations */
	const char *own_office;
	const struct frame *last_frame; /* to be compared only */
	bool digests;
	uint64_t next_revision; /* of what must come next, if everything passes */
	uint64_t last_seen, through;
	uint8_t through_hash[HASH_BYTES];
	size_t frames, events, largest;
	int end; /* code of the End; 0: none */
};

struct world {
	struct streams *streams;
	struct published log[EVENTS_MAX + 1]; /* by revision */
	Mandate__EventTags tags[2];
	char *operations[2][1];
	uint64_t newest;    /* committed: what the reader sees */
	uint64_t announced; /* published to the streams */
	struct head head;
	struct roll *roll;
	int32_t day;
	struct arena arena;
	struct peer peers[PEERS];
	size_t peer_count;
	struct reader_job *jobs[STREAM_SLICES_MAX];
	size_t job_count;
	enum stream_sent answer; /* of the next sends */
	unsigned later_percent;
	uint64_t now_ms;
	unsigned seed;
	uint64_t cursor;
	size_t cursors;
	bool cursor_taken;
};

static unsigned draw(struct world *w, unsigned below)
{
	return (unsigned)rand_r(&w->seed) % below;
}

/* --- the log ---------------------------------------------------------------------------------- */

/* Appends `count` events of one input; `size` bytes each. */
static void append(struct world *w, unsigned count, size_t size)
{
	uint64_t last = w->newest + count;

	for (unsigned i = 0; i < count; i++) {
		uint64_t revision = ++w->newest;
		struct published *p = &w->log[revision];
		uint8_t *event = malloc(size + 16);
		size_t n = 0;

		assert_true(revision <= EVENTS_MAX);
		/* As Event begins: revision, last_revision. */
		event[n++] = 1 << 3;
		n += frame_put_number(event + n, revision);
		event[n++] = 2 << 3;
		n += frame_put_number(event + n, last);
		while (n < size)
			event[n++] = (uint8_t)revision;
		*p = (struct published){.revision = revision,
					.last_revision = last,
					.tags = &w->tags[revision % 3 == 0],
					.event = bytes_of(event, n)};
		put_u64(p->salt, revision * 7);
		hash_event(p->digest, p->salt, p->event);
		memcpy(p->chain, w->log[revision - 1].chain, HASH_BYTES);
		hash_chain_event(p->chain, revision, p->digest);
	}
}

static void publish(struct world *w)
{
	w->head.revision = w->newest;
	memcpy(w->head.event_hash, w->log[w->newest].chain, HASH_BYTES);
	stream_publish(w->streams, &w->log[w->announced + 1], w->newest - w->announced, &w->head);
	w->announced = w->newest;
}

/* --- what the hooks do ------------------------------------------------------------------------ */

static struct peer *peer_of(struct world *w, const struct route *route, uint64_t correlation)
{
	for (size_t i = 0; i < w->peer_count; i++)
		if (w->peers[i].route.len == route->len &&
		    memcmp(w->peers[i].route.id, route->id, route->len) == 0 &&
		    w->peers[i].correlation == correlation)
			return &w->peers[i];
	fail_msg("a frame for nobody");
	return NULL;
}

static bool passes(const struct peer *p, const struct published *e)
{
	const char *operation = e->tags->operations ? e->tags->operations[0] : NULL;

	if (!operation) /* an office */
		return p->own_office && strcmp(e->tags->office, p->own_office) == 0;
	return (!p->operation || strcmp(operation, p->operation) == 0) &&
	       (!p->granted || strcmp(operation, p->granted) == 0);
}

/* The next revision after `after` that this peer must be told of. */
static uint64_t next_for(const struct world *w, const struct peer *p, uint64_t after)
{
	for (uint64_t r = after + 1; r <= w->newest; r++)
		if (p->digests || passes(p, &w->log[r]))
			return r;
	return UINT64_MAX;
}

static void check_event(struct world *w, struct peer *p, const Mandate__StreamEvent *e)
{
	uint64_t revision = next_for(w, p, p->last_seen);

	assert_true(revision <= w->newest);
	const struct published *expected = &w->log[revision];
	if (passes(p, expected)) {
		assert_true(e->has_event && e->has_salt && !e->has_digest);
		assert_true(bytes_equal(bytes_of(e->event.data, e->event.len), expected->event));
		assert_memory_equal(e->salt.data, expected->salt, SALT_BYTES);
	} else {
		assert_true(!e->has_event && e->has_digest);
		assert_int_equal(e->revision, revision);
		assert_memory_equal(e->digest.data, expected->digest, HASH_BYTES);
	}
	p->last_seen = revision;
	p->events++;
}

static void check_frame(struct world *w, struct peer *p, const Mandate__Envelope *envelope)
{
	const Mandate__Frame *f = envelope->frame;

	for (size_t i = 0; i < f->n_events; i++)
		check_event(w, p, f->events[i]);
	/* Everything that passes up to `through` has been sent, and it is an input's end. */
	assert_true(f->through >= p->through);
	assert_true(next_for(w, p, p->last_seen) > f->through);
	assert_true(f->through == 0 || w->log[f->through].last_revision == f->through);
	assert_int_equal(envelope->head->revision, f->through);
	assert_true(f->has_day && f->day == w->day);
	assert_memory_equal(envelope->head->event_hash.data, w->log[f->through].chain, HASH_BYTES);
	p->through = f->through;
	if (p->last_seen < f->through)
		p->last_seen = f->through;
	p->frames++;
}

static enum stream_sent on_send(void *ctx, const struct route *route, struct frame *frame)
{
	struct world *w = ctx;
	Mandate__Envelope *envelope = mandate__envelope__unpack(NULL, frame->len, frame->data);

	assert_non_null(envelope);
	/* By hand it is packed as the library would: canonical. */
	assert_int_equal(mandate__envelope__get_packed_size(envelope), frame->len);
	struct peer *p = peer_of(w, route, envelope->correlation);
	enum stream_sent answer = w->answer;
	if (answer == STREAM_SENT && draw(w, 100) < w->later_percent)
		answer = STREAM_LATER;
	if (envelope->body_case == MANDATE__ENVELOPE__BODY_END) {
		p->end = (int)envelope->end->code;
	} else if (answer == STREAM_SENT) {
		assert_int_equal(envelope->body_case, MANDATE__ENVELOPE__BODY_FRAME);
		assert_true(frame->len <= p->credit);
		p->credit -= frame->len;
		p->owed += frame->len;
		if (frame->len > p->largest)
			p->largest = frame->len;
		check_frame(w, p, envelope);
		p->last_frame = frame;
	}
	mandate__envelope__free_unpacked(envelope, NULL);
	return answer;
}

static void on_slice(void *ctx, struct reader_job *job)
{
	struct world *w = ctx;

	assert_true(w->job_count < STREAM_SLICES_MAX);
	w->jobs[w->job_count++] = job;
}

static bool on_cursor(void *ctx, const char *office, const char *name, uint64_t revision,
		      int32_t day)
{
	struct world *w = ctx;

	assert_string_equal(office, "unhq");
	assert_string_equal(name, "map");
	assert_int_equal(day, w->day);
	if (!w->cursor_taken)
		return false;
	w->cursor = revision;
	w->cursors++;
	return true;
}

/* The reader, as reader.h promises. */
static void fill_slice(struct world *w, struct reader_job *job)
{
	struct bytes *events = arena_calloc(&job->arena, w->newest + 1, sizeof *events);
	uint64_t most = job->through_max < w->newest ? job->through_max : w->newest;
	uint8_t field[64 * 1024];

	job->newest = w->newest;
	job->through = job->after_revision;
	if (job->after_revision > w->newest ||
	    ((job->first || job->check_hash) && job->after_revision > 0 &&
	     w->log[job->after_revision].last_revision != job->after_revision)) {
		job->code = MANDATE__CODE__CODE_FUTURE;
		return;
	}
	if (job->check_hash &&
	    memcmp(job->hash, w->log[job->after_revision].chain, HASH_BYTES) != 0) {
		job->code = MANDATE__CODE__CODE_DIVERGED;
		return;
	}
	for (uint64_t r = job->after_revision + 1; r <= most; r++) {
		const struct published *e = &w->log[r];
		size_t len = 0;

		struct reader_of who = {.office = job->office->record, .day = job->day};
		struct readable seen;
		assert_int_equal(readable_event(&who, &job->arena, e->tags, &seen), STATUS_OK);
		if (seen.after && (!job->filter || filter_passes(job->filter, e->tags)))
			len = frame_put_event(field, e->event, e->salt);
		else if (job->digests)
			len = frame_put_digest(field, r, e->digest);
		if (len) {
			/* Without the field's header, which says how long the rest is. */
			size_t header = 2;
			while (frame_field_bytes(len - header) != len)
				header++;
			if (job->event_count && job->events_bytes + len > job->bytes_max)
				break;
			events[job->event_count++] =
				bytes_of(arena_copy(&job->arena, field + header, len - header),
					 len - header);
			job->events_bytes += len - header;
		}
		job->through = r;
		if (e->last_revision == r) {
			job->settled = r;
			memcpy(job->settled_hash, e->chain, HASH_BYTES);
		}
	}
	job->events = events;
	memcpy(job->through_hash, w->log[job->through].chain, HASH_BYTES);
}

/* Slice number `i` comes back. */
static void read_slice(struct world *w, size_t i)
{
	struct reader_job *job = w->jobs[i];

	w->jobs[i] = w->jobs[--w->job_count];
	fill_slice(w, job);
	stream_slice(w->streams, job);
}

static void pump(struct world *w)
{
	stream_pump(w->streams, w->now_ms);
}

/* Until nothing is left to do at this time. */
static void settle(struct world *w)
{
	for (int i = 0; i < 10000; i++) {
		w->now_ms += STREAM_RETRY_MS;
		pump(w);
		w->now_ms += STREAM_PACE_MS; /* what waits for company goes, too */
		pump(w);
		if (w->job_count == 0)
			return;
		while (w->job_count)
			read_slice(w, 0);
		pump(w);
	}
	fail_msg("slices are asked for without end");
}

/* --- offices ---------------------------------------------------------------------------------- */

/* Puts `name` on the roll, with one device: it reads `operation` (NULL: all) until the day `until`.
 */
static Mandate__Office *accredit(struct world *w, const char *name, const char *operation,
				 int32_t until)
{
	Mandate__Office *o = arena_alloc(&w->arena, sizeof *o);
	Mandate__Device *d = arena_alloc(&w->arena, sizeof *d);
	Mandate__Grant *g = arena_alloc(&w->arena, sizeof *g);
	char **operations = arena_calloc(&w->arena, 1, sizeof *operations);

	mandate__office__init(o);
	mandate__device__init(d);
	mandate__grant__init(g);
	o->office = arena_text(&w->arena, name);
	o->devices = arena_copy(&w->arena, &d, sizeof d);
	o->grants = arena_copy(&w->arena, &g, sizeof g);
	o->n_devices = o->n_grants = 1;
	d->name = arena_text(&w->arena, "desk");
	d->key = arena_printf(&w->arena, "%s:desk", name);
	g->access = MANDATE__ACCESS__ACCESS_READ;
	g->has_until = true;
	g->until = until;
	operations[0] = arena_text(&w->arena, operation ? operation : "");
	g->operations = operations;
	g->n_operations = operation ? 1 : 0;
	return o;
}

/* The next roll says so; NULL: the office is gone. */
static void put_office(struct world *w, const char *name, const Mandate__Office *record)
{
	struct roll *next;

	assert_int_equal(roll_with(w->roll, name, record, w->newest, &next), STATUS_OK);
	roll_release(w->roll);
	w->roll = next;
}

/* The roll says so from now on. */
static void enter(struct world *w, const char *name, const Mandate__Office *record)
{
	put_office(w, name, record);
	stream_take_roll(w->streams, w->roll, w->day);
}

static const struct speaker *speaker(struct world *w, const char *office)
{
	struct speaker s = {.office = roll_find(w->roll, office)};

	assert_non_null(s.office);
	s.device = roll_device(s.office, "desk");
	return arena_copy(&w->arena, &s, sizeof s);
}

/* --- fixture ---------------------------------------------------------------------------------- */

static int setup(void **state)
{
	static char monuc[] = "MONUC", unmil[] = "UNMIL";
	struct world *w = calloc(1, sizeof *w);
	struct stream_hooks hooks = {
		.ctx = w, .send = on_send, .slice = on_slice, .cursor = on_cursor};

	w->seed = getenv("SEED") ? (unsigned)atoi(getenv("SEED")) : (unsigned)time(NULL);
	w->now_ms = 1000000;
	w->answer = STREAM_SENT;
	w->cursor_taken = true;
	for (int i = 0; i < 2; i++) {
		mandate__event_tags__init(&w->tags[i]);
		w->operations[i][0] = i ? unmil : monuc;
		w->tags[i].kind = MANDATE__KIND__KIND_RETURN;
		w->tags[i].operations = w->operations[i];
		w->tags[i].n_operations = 1;
	}
	w->day = 1000;
	arena_init(&w->arena, 16 * 1024 * 1024);
	assert_int_equal(stream_new(&hooks, &w->head, w->day, 64 * 1024, &w->streams), STATUS_OK);
	assert_int_equal(roll_first(&w->roll), STATUS_OK);
	enter(w, "unhq", accredit(w, "unhq", NULL, INT32_MAX));
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	while (w->job_count)
		reader_job_free(w->jobs[--w->job_count]);
	stream_free(w->streams);
	roll_release(w->roll);
	arena_fini(&w->arena);
	for (uint64_t r = 1; r <= w->newest; r++)
		free((void *)(uintptr_t)w->log[r].event.data);
	free(w);
	return 0;
}

/* A peer of an office that subscribes after `after` with its hash. */
static struct peer *subscribe_as(struct world *w, const char *office, uint64_t after,
				 uint64_t credit, const char *operation, bool digests)
{
	const struct speaker *from = speaker(w, office);
	const Mandate__Grant *grant = from->office->record->grants[0];
	struct peer *p = &w->peers[w->peer_count++];
	Mandate__Subscribe request;
	Mandate__Filter filter;
	char *operations[1] = {(char *)(uintptr_t)operation};

	*p = (struct peer){
		.correlation = 7,
		.credit = credit,
		.after = after,
		.last_seen = after,
		.through = after,
		.operation = operation,
		.granted = grant->n_operations ? arena_text(&w->arena, grant->operations[0]) : NULL,
		.digests = digests};
	p->route.len = 5;
	memcpy(p->route.id, "\0peer", 5);
	p->route.id[0] = (uint8_t)w->peer_count;
	mandate__subscribe__init(&request);
	mandate__filter__init(&filter);
	request.after_revision = after;
	request.credit_bytes = credit;
	request.has_digests = digests;
	request.digests = digests;
	if (after > 0 && after <= w->newest) {
		request.has_event_hash = true;
		request.event_hash =
			(ProtobufCBinaryData){.len = HASH_BYTES, .data = w->log[after].chain};
	}
	if (operation) {
		filter.operations = operations;
		filter.n_operations = 1;
		request.filter = &filter;
	}
	assert_int_equal(stream_subscribe(w->streams, &p->route, 7, from, &request, w->now_ms),
			 STATUS_OK);
	return p;
}

static struct peer *subscribe(struct world *w, uint64_t after, uint64_t credit,
			      const char *operation, bool digests)
{
	return subscribe_as(w, "unhq", after, credit, operation, digests);
}

static inline void give_back(struct world *w, struct peer *p)
{
	if (p->owed == 0)
		return;
	p->credit += p->owed;
	stream_credit(w->streams, &p->route, p->correlation, p->owed);
	p->owed = 0;
}

static void assert_complete(struct world *w, const struct peer *p)
{
	assert_int_equal(next_for(w, p, p->last_seen), UINT64_MAX);
	assert_int_equal(p->end, 0);
}

#endif
