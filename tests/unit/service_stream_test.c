/* Streams: what each subscriber is sent, by a model of the event log and of its peer. */
#include "service/stream.h"

#include "service/filter.h"

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
	return !p->operation || strcmp(e->tags->operations[0], p->operation) == 0;
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

static bool on_cursor(void *ctx, const char *office, const char *name, uint64_t revision)
{
	struct world *w = ctx;

	assert_string_equal(office, "unhq");
	assert_string_equal(name, "map");
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

		if (!job->filter || filter_passes(job->filter, e->tags))
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
	assert_int_equal(stream_new(&hooks, &w->head, 64 * 1024, &w->streams), STATUS_OK);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	while (w->job_count)
		reader_job_free(w->jobs[--w->job_count]);
	stream_free(w->streams);
	for (uint64_t r = 1; r <= w->newest; r++)
		free((void *)(uintptr_t)w->log[r].event.data);
	free(w);
	return 0;
}

/* A peer that subscribes after `after` with its hash. */
static struct peer *subscribe(struct world *w, uint64_t after, uint64_t credit,
			      const char *operation, bool digests)
{
	struct peer *p = &w->peers[w->peer_count++];
	Mandate__Subscribe request;
	Mandate__Filter filter;
	char *operations[1] = {(char *)(uintptr_t)operation};

	*p = (struct peer){.correlation = 7,
			   .credit = credit,
			   .after = after,
			   .last_seen = after,
			   .through = after,
			   .operation = operation,
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
	assert_int_equal(stream_subscribe(w->streams, &p->route, 7, "unhq", &request, w->now_ms),
			 STATUS_OK);
	return p;
}

static void give_back(struct world *w, struct peer *p)
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

/* --- what a subscriber can count on ----------------------------------------------------------- */

static void a_new_stream_is_told_where_it_stands(void **state)
{
	struct world *w = *state;
	struct peer *p = subscribe(w, 0, 1000, NULL, false);

	settle(w);
	assert_int_equal(p->frames, 1);
	assert_int_equal(p->events, 0);
	assert_int_equal(p->through, 0);
}

static void history_then_what_comes_later_once_each(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 50; i++)
		append(w, 3, 200);
	publish(w);
	struct peer *p = subscribe(w, 0, 1024 * 1024, NULL, false);
	settle(w);
	assert_int_equal(p->through, 150);
	append(w, 1, 200);
	publish(w);
	pump(w);
	assert_int_equal(p->through, 151);
	assert_int_equal(p->events, 151);
	assert_complete(w, p);
}

static void an_event_that_comes_alone_goes_out_at_once_and_a_rush_shares_frames(void **state)
{
	struct world *w = *state;
	struct peer *p = subscribe(w, 0, 1024 * 1024, NULL, false);

	settle(w);
	w->now_ms += 1000;
	append(w, 1, 200);
	publish(w);
	pump(w);
	assert_int_equal(p->events, 1);
	for (int i = 0; i < 20; i++) {
		append(w, 1, 200);
		publish(w);
		pump(w);
	}
	assert_int_equal(p->events, 1);
	size_t frames = p->frames;
	w->now_ms += STREAM_PACE_MS;
	pump(w);
	assert_int_equal(p->events, 21);
	assert_int_equal(p->frames, frames + 1);
}

static void a_thin_link_gets_small_frames_and_a_wide_one_large_ones(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 500; i++)
		append(w, 1, 200);
	publish(w);
	struct peer *thin = subscribe(w, 0, THIN_CREDIT_BYTES, NULL, false);
	struct peer *wide = subscribe(w, 0, THIN_CREDIT_BYTES + 1, NULL, false);
	settle(w);
	assert_complete(w, thin);
	assert_complete(w, wide);
	assert_in_range(thin->largest, STREAM_FRAME_BYTES / 2, STREAM_FRAME_BYTES);
	assert_in_range(wide->largest, STREAM_FRAME_BYTES_WIDE / 2, STREAM_FRAME_BYTES_WIDE);
}

static void no_more_is_sent_than_credit_allows(void **state)
{
	struct world *w = *state;
	struct peer *p = subscribe(w, 0, 3000, NULL, false);

	settle(w);
	for (int i = 0; i < 100; i++) {
		append(w, 1, 500);
		publish(w);
		settle(w);
	}
	assert_true(p->credit < 600);
	assert_true(p->events < 7);
	for (int i = 0; i < 200; i++) {
		give_back(w, p);
		settle(w);
	}
	assert_complete(w, p);
	assert_int_equal(p->events, 100);
}

static void an_event_larger_than_a_frame_comes_when_credit_allows(void **state)
{
	struct world *w = *state;
	struct peer *p = subscribe(w, 0, 10000, NULL, false);

	settle(w);
	append(w, 1, 17000);
	append(w, 1, 100);
	publish(w);
	settle(w);
	assert_int_equal(p->events, 0);
	stream_credit(w->streams, &p->route, 7, 8000);
	p->credit += 8000;
	settle(w);
	assert_int_equal(p->events, 2);
	assert_complete(w, p);
}

static void an_input_larger_than_a_frame_keeps_its_through_until_the_end(void **state)
{
	struct world *w = *state;
	struct peer *live = subscribe(w, 0, 100000, NULL, false);

	settle(w);
	append(w, 100, 500); /* check_frame sees to `through` */
	publish(w);
	settle(w);
	assert_int_equal(live->through, 100);
	struct peer *late = subscribe(w, 0, 100000, NULL, false);
	settle(w);
	assert_int_equal(late->through, 100);
	assert_true(late->frames > 5);
}

static void a_filter_passes_its_own_and_digests_fill_the_rest(void **state)
{
	struct world *w = *state;
	struct peer *few = subscribe(w, 0, 1024 * 1024, "UNMIL", false);
	struct peer *all = subscribe(w, 0, 1024 * 1024, "UNMIL", true);

	settle(w);
	for (int i = 0; i < 30; i++)
		append(w, 1, 200);
	publish(w);
	settle(w);
	assert_int_equal(few->events, 10);
	assert_int_equal(all->events, 30);
	struct peer *late = subscribe(w, 15, 1024 * 1024, "UNMIL", true);
	settle(w);
	assert_int_equal(late->events, 15);
}

static void silence_is_broken_with_the_position(void **state)
{
	struct world *w = *state;
	struct peer *p = subscribe(w, 0, 500, "UNMIL", false);

	settle(w);
	append(w, 2, 200); /* neither passes */
	publish(w);
	settle(w);
	size_t frames = p->frames;
	w->now_ms += STREAM_SILENCE_MS;
	pump(w);
	assert_int_equal(p->frames, frames + 1);
	assert_int_equal(p->through, 2);
	pump(w);
	assert_int_equal(p->frames, frames + 1);
	for (int i = 0; i < 20; i++) {
		w->now_ms += STREAM_SILENCE_MS;
		pump(w);
	}
	assert_true(p->credit < 500 && p->frames < 10); /* on_send checks that it never overdraws */
}

static void a_full_queue_delays_and_loses_nothing(void **state)
{
	struct world *w = *state;
	struct peer *p = subscribe(w, 0, 1024 * 1024, NULL, false);

	settle(w);
	append(w, 5, 200);
	publish(w);
	w->answer = STREAM_LATER;
	settle(w);
	assert_int_equal(p->events, 0);
	w->answer = STREAM_SENT;
	settle(w);
	assert_int_equal(p->events, 5);
}

static void a_peer_that_is_gone_takes_its_streams_with_it(void **state)
{
	struct world *w = *state;
	struct stream_counts counts;

	subscribe(w, 0, 1024 * 1024, NULL, false);
	settle(w);
	append(w, 5, 200);
	publish(w);
	w->answer = STREAM_GONE;
	settle(w);
	stream_count(w->streams, &counts);
	assert_int_equal(counts.streams, 0);
}

static void a_wrong_position_or_hash_ends_the_stream(void **state)
{
	struct world *w = *state;
	Mandate__Subscribe request;
	uint8_t wrong[HASH_BYTES] = {1};

	append(w, 3, 200);
	publish(w);
	struct peer *future = subscribe(w, 17, 1000, NULL, false);
	struct peer *between = subscribe(w, 2, 1000, NULL, false);
	settle(w);
	assert_int_equal(future->end, MANDATE__CODE__CODE_FUTURE);
	assert_int_equal(between->end, MANDATE__CODE__CODE_FUTURE);
	struct peer *diverged = subscribe(w, 3, 1000, NULL, false);
	mandate__subscribe__init(&request);
	request.after_revision = 3;
	request.credit_bytes = 1000;
	request.has_event_hash = true;
	request.event_hash = (ProtobufCBinaryData){.len = HASH_BYTES, .data = wrong};
	/* The same route and correlation: it replaces the one before. */
	assert_int_equal(
		stream_subscribe(w->streams, &diverged->route, 7, NULL, &request, w->now_ms),
		STATUS_OK);
	settle(w);
	assert_int_equal(diverged->end, MANDATE__CODE__CODE_DIVERGED);
	assert_int_equal(diverged->frames, 0);
}

static void credit_of_nothing_or_too_much_ends_the_stream(void **state)
{
	static const uint64_t wrong[] = {0, CREDIT_BYTES_MAX + 1, 1ull << 63, UINT64_MAX};
	struct world *w = *state;

	for (size_t i = 0; i < 2; i++)
		assert_int_equal(subscribe(w, 0, wrong[i], NULL, false)->end,
				 MANDATE__CODE__CODE_CREDIT);
	for (size_t i = 0; i < 4; i++) {
		struct peer *p = subscribe(w, 0, 1000, NULL, false);
		settle(w);
		stream_credit(w->streams, &p->route, 7, wrong[i]);
		assert_int_equal(p->end, MANDATE__CODE__CODE_CREDIT);
		pump(w);
		stream_credit(w->streams, &p->route, 7, 10);
		assert_int_equal(p->end, MANDATE__CODE__CODE_NO_STREAM);
	}
}

static void streams_are_limited_by_peer(void **state)
{
	struct world *w = *state;
	struct peer *p = subscribe(w, 0, 1000, NULL, false);
	Mandate__Subscribe request;

	mandate__subscribe__init(&request);
	request.credit_bytes = 1000;
	for (uint64_t i = 1; i <= STREAMS_PER_PEER_MAX; i++) {
		p->correlation = 7 + i;
		assert_int_equal(
			stream_subscribe(w->streams, &p->route, 7 + i, NULL, &request, w->now_ms),
			STATUS_OK);
		assert_int_equal(p->end, i < STREAMS_PER_PEER_MAX ? 0 : MANDATE__CODE__CODE_LIMIT);
	}
}

static void a_name_keeps_what_credit_has_confirmed(void **state)
{
	struct world *w = *state;
	struct peer *p = &w->peers[w->peer_count++];
	Mandate__Subscribe request;
	char name[] = "map";

	*p = (struct peer){.correlation = 7, .credit = 100000};
	p->route.len = 1;
	mandate__subscribe__init(&request);
	request.credit_bytes = 100000;
	request.name = name;
	assert_int_equal(stream_subscribe(w->streams, &p->route, 7, "unhq", &request, w->now_ms),
			 STATUS_OK);
	settle(w);
	append(w, 3, 200);
	publish(w);
	settle(w);
	assert_int_equal(w->cursors, 0); /* sent is not received */
	give_back(w, p);
	w->cursor_taken = false;
	settle(w);
	assert_int_equal(w->cursors, 0);
	w->cursor_taken = true; /* asked again until it is taken */
	settle(w);
	assert_int_equal(w->cursors, 1);
	assert_int_equal(w->cursor, 3);
	append(w, 2, 200);
	publish(w);
	settle(w);
	give_back(w, p);
	settle(w);
	assert_int_equal(w->cursors, 1); /* not so soon */
	w->now_ms += CURSOR_INPUT_MS;
	pump(w);
	assert_int_equal(w->cursors, 2);
	assert_int_equal(w->cursor, 5);
	w->now_ms += CURSOR_INPUT_MS;
	pump(w);
	assert_int_equal(w->cursors, 2); /* it has not moved */
	append(w, 1, 200);
	publish(w);
	settle(w);
	give_back(w, p);
	stream_unsubscribe(w->streams, &p->route, 7);
	assert_int_equal(w->cursors, 3); /* at the end it is entered at once */
	assert_int_equal(w->cursor, 6);
	assert_int_equal(p->end, MANDATE__CODE__CODE_ACCEPTED);
}

static void every_stream_is_told_that_the_daemon_stops(void **state)
{
	struct world *w = *state;
	struct stream_counts counts;

	for (int i = 0; i < 3; i++)
		subscribe(w, 0, 1000, NULL, false);
	settle(w);
	stream_end_all(w->streams, MANDATE__CODE__CODE_STOPPING, "bye");
	for (int i = 0; i < 3; i++)
		assert_int_equal(w->peers[i].end, MANDATE__CODE__CODE_STOPPING);
	pump(w);
	stream_count(w->streams, &counts);
	assert_int_equal(counts.streams, 0);
}

/* Anything in any order: every peer is sent everything, once, in order (the hooks check each
 * frame). */
static void whatever_happens_nothing_is_lost_or_repeated(void **state)
{
	struct world *w = *state;

	print_message("seed %u\n", w->seed);
	w->later_percent = 20;
	while (w->newest < EVENTS_MAX - 200) {
		switch (draw(w, 8)) {
		case 0:
			append(w, 1 + draw(w, draw(w, 20) == 0 ? 150 : 4), 30 + draw(w, 800));
			break;
		case 1:
			append(w, 1, draw(w, 10) == 0 ? 12000 : 100);
			publish(w);
			break;
		case 2:
			publish(w);
			break;
		case 3:
			if (w->peer_count < PEERS)
				subscribe(w, w->log[w->newest / 2].last_revision,
					  20000 + draw(w, 400000), draw(w, 2) ? "MONUC" : NULL,
					  draw(w, 2));
			break;
		case 4:
			if (w->peer_count)
				give_back(w, &w->peers[draw(w, (unsigned)w->peer_count)]);
			break;
		case 5:
			if (w->job_count)
				read_slice(w, draw(w, (unsigned)w->job_count));
			break;
		default:
			w->now_ms += draw(w, 10);
			pump(w);
		}
	}
	publish(w);
	w->later_percent = 0;
	for (int i = 0; i < 500; i++) {
		for (size_t k = 0; k < w->peer_count; k++)
			give_back(w, &w->peers[k]);
		settle(w);
	}
	for (size_t k = 0; k < w->peer_count; k++)
		assert_complete(w, &w->peers[k]);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_new_stream_is_told_where_it_stands),
		TEST(history_then_what_comes_later_once_each),
		TEST(an_event_that_comes_alone_goes_out_at_once_and_a_rush_shares_frames),
		TEST(a_thin_link_gets_small_frames_and_a_wide_one_large_ones),
		TEST(no_more_is_sent_than_credit_allows),
		TEST(an_event_larger_than_a_frame_comes_when_credit_allows),
		TEST(an_input_larger_than_a_frame_keeps_its_through_until_the_end),
		TEST(a_filter_passes_its_own_and_digests_fill_the_rest),
		TEST(silence_is_broken_with_the_position),
		TEST(a_full_queue_delays_and_loses_nothing),
		TEST(a_peer_that_is_gone_takes_its_streams_with_it),
		TEST(a_wrong_position_or_hash_ends_the_stream),
		TEST(credit_of_nothing_or_too_much_ends_the_stream),
		TEST(streams_are_limited_by_peer),
		TEST(a_name_keeps_what_credit_has_confirmed),
		TEST(every_stream_is_told_that_the_daemon_stops),
		TEST(whatever_happens_nothing_is_lost_or_repeated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
