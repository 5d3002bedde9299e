/* Random offices before random events: what a stream is told from memory, and what a slice of the
 * log tells, is what a dull model says that knows which names a record had before and after. */
#include "store_fixture.h"

#include "model/record.h"
#include "service/roll.h"
#include "service/slice.h"
#include "service/stream.h"

#include <time.h>

enum { ROUNDS = 200, EVENTS = 300, OFFICES = 3, NAMES = 3, DAY = 100, TOLD_MAX = EVENTS + 1 };

static const char *const operations[NAMES] = {"MONUC", "ONUB", "UNMIL"};
static const char *const contributors[NAMES] = {"BGD", "GHA", "IND"};
/* Acts, for they may name anything by what they act on. */
static const Mandate__Kind kinds[] = {MANDATE__KIND__KIND_PLEDGE_STEP,
				      MANDATE__KIND__KIND_ACCEPTANCE, MANDATE__KIND__KIND_OFFICE};
enum { KINDS = sizeof kinds / sizeof *kinds, OWN = 2 };

/* Names are bits. */
struct dull_event {
	unsigned kind; /* of `kinds` */
	bool first;
	unsigned operations[2], contributors[2]; /* before, after */
	int office;				 /* whose record it is; -1: nobody's */
};

struct dull_grant {
	unsigned kinds, operations, contributors; /* 0: any */
	int until;
};

struct dull_office {
	bool administrator;
	unsigned grants;
	struct dull_grant grant[3];
};

/* What is told of an event. */
enum told { TOLD_NOTHING, TOLD_DIGEST, TOLD_LEFT, TOLD_EVENT };

struct peer {
	struct dull_office dull;
	int number;
	bool digests;
	enum told told[TOLD_MAX]; /* by revision */
	uint64_t last;
};

struct random {
	struct fixture *f;
	uint64_t seed;
	struct dull_event dull[TOLD_MAX];
	struct published log[TOLD_MAX];
	struct dull_grant filter; /* kinds, operations, contributors */
	struct peer peers[OFFICES];
	struct streams *streams;
	uint64_t now_ms;
};

static unsigned draw(struct random *r, unsigned below)
{
	r->seed ^= r->seed << 13;
	r->seed ^= r->seed >> 7;
	r->seed ^= r->seed << 17;
	return (unsigned)(r->seed % below);
}

/* --- the model ---------------------------------------------------------------------------------
 */

static bool sees(const struct peer *p, const struct dull_event *e, int side)
{
	if (p->dull.administrator || e->office == p->number)
		return true;
	if (e->kind == OWN)
		return false;
	for (unsigned i = 0; i < p->dull.grants; i++) {
		const struct dull_grant *g = &p->dull.grant[i];

		if (g->until < DAY || (g->kinds && !(g->kinds & 1u << e->kind)))
			continue;
		if (g->operations && e->operations[side] && !(g->operations & e->operations[side]))
			continue;
		if (g->contributors && (e->contributors[side] & ~g->contributors))
			continue;
		return true;
	}
	return false;
}

static enum told model(const struct random *r, const struct peer *p, const struct dull_event *e)
{
	bool before = !e->first && sees(p, e, 0), after = sees(p, e, 1);
	unsigned ops = (before ? e->operations[0] : 0) | (after ? e->operations[1] : 0);
	unsigned cons = (before ? e->contributors[0] : 0) | (after ? e->contributors[1] : 0);
	const struct dull_grant *f = &r->filter;
	bool matches = (!f->kinds || f->kinds & 1u << e->kind) &&
		       (!f->operations || f->operations & ops) &&
		       (!f->contributors || f->contributors & cons);

	if (!matches || (!before && !after))
		return p->digests ? TOLD_DIGEST : TOLD_NOTHING;
	return after ? TOLD_EVENT : TOLD_LEFT;
}

/* --- events as the daemon writes them ----------------------------------------------------------
 */

static char **list_of(struct arena *a, const char *const *names, unsigned set, size_t *ret_count)
{
	char **list = arena_calloc(a, NAMES, sizeof *list);

	*ret_count = 0;
	for (unsigned i = 0; i < NAMES; i++)
		if (set & 1u << i)
			list[(*ret_count)++] = codec_borrow(names[i]);
	return list;
}

/* Places, among the names of `all`, of those that are not in `set`. */
static uint32_t *places_without(struct arena *a, unsigned all, unsigned set, size_t *ret_count)
{
	uint32_t *places = arena_calloc(a, NAMES, sizeof *places), place = 0;

	*ret_count = 0;
	for (unsigned i = 0; i < NAMES; i++) {
		if (all & 1u << i & ~set)
			places[(*ret_count)++] = place;
		place += (all & 1u << i) != 0;
	}
	return places;
}

static const Mandate__EventTags *tags_of(struct random *r, const struct dull_event *e)
{
	struct arena *a = &r->f->arena;
	Mandate__EventTags *t = arena_alloc(a, sizeof *t);
	unsigned before_ops = e->first ? e->operations[1] : e->operations[0];
	unsigned before_cons = e->first ? e->contributors[1] : e->contributors[0];
	unsigned ops = before_ops | e->operations[1], cons = before_cons | e->contributors[1];

	mandate__event_tags__init(t);
	t->kind = kinds[e->kind];
	t->has_first = t->first = e->first;
	t->operations = list_of(a, operations, ops, &t->n_operations);
	t->contributors = list_of(a, contributors, cons, &t->n_contributors);
	t->operations_gone = places_without(a, ops, e->operations[1], &t->n_operations_gone);
	t->operations_new = places_without(a, ops, before_ops, &t->n_operations_new);
	t->contributors_gone = places_without(a, cons, e->contributors[1], &t->n_contributors_gone);
	t->contributors_new = places_without(a, cons, before_cons, &t->n_contributors_new);
	if (e->kind == OWN)
		t->office = arena_printf(a, "office-%d", e->office);
	return t;
}

/* The key says which event it is. */
static Mandate__Record *record_of(struct random *r, const struct dull_event *e, uint64_t revision)
{
	struct arena *a = &r->f->arena;
	Mandate__Record *record = arena_alloc(a, sizeof *record);

	mandate__record__init(record);
	record->content_case = (Mandate__Record__ContentCase)kinds[e->kind];
	if (kinds[e->kind] == MANDATE__KIND__KIND_PLEDGE_STEP) {
		record->pledge_step = arena_alloc(a, sizeof *record->pledge_step);
		mandate__pledge_step__init(record->pledge_step);
		record->pledge_step->contributor = codec_borrow("GHA");
		record->pledge_step->pledge = arena_printf(a, "%llu", (unsigned long long)revision);
		record->pledge_step->step = 1;
	} else if (kinds[e->kind] == MANDATE__KIND__KIND_ACCEPTANCE) {
		record->acceptance = arena_alloc(a, sizeof *record->acceptance);
		mandate__acceptance__init(record->acceptance);
		record->acceptance->arrangement =
			arena_printf(a, "%llu", (unsigned long long)revision);
		record->acceptance->party = codec_borrow("UNSC");
	} else {
		record->office = arena_alloc(a, sizeof *record->office);
		mandate__office__init(record->office);
		record->office->office = arena_printf(a, "%llu", (unsigned long long)revision);
	}
	return record;
}

static void draw_event(struct random *r, struct dull_event *e)
{
	*e = (struct dull_event){.kind = draw(r, 12) == 0 ? OWN : draw(r, 2),
				 .first = draw(r, 4) == 0,
				 .office = -1};
	if (e->kind == OWN) {
		e->office = (int)draw(r, OFFICES + 1);
		return;
	}
	for (int side = 0; side < 2; side++) {
		e->operations[side] = draw(r, 1 << NAMES);
		e->contributors[side] = draw(r, 1 << NAMES);
	}
	if (draw(r, 3) == 0) { /* nothing moves */
		e->operations[1] = e->operations[0];
		e->contributors[1] = e->contributors[0];
	}
}

static void make_log(struct random *r)
{
	struct store_txn *t = write_txn(r->f);
	uint64_t last = 0;
	uint8_t head[8 + HASH_BYTES];

	for (uint64_t revision = 1; revision <= EVENTS; revision++) {
		Mandate__Event event = MANDATE__EVENT__INIT;
		Mandate__Change change = MANDATE__CHANGE__INIT;
		struct published *p = &r->log[revision];
		struct bytes tags;

		if (revision > last)
			last = revision + draw(r, 4);
		if (last > EVENTS)
			last = EVENTS;
		draw_event(r, &r->dull[revision]);
		change.action = MANDATE__CHANGE_ACTION__CHANGE_ACTION_RECORD;
		change.record = record_of(r, &r->dull[revision], revision);
		event.revision = revision;
		event.last_revision = last;
		event.what_case = MANDATE__EVENT__WHAT_CHANGE;
		event.change = &change;
		*p = (struct published){.revision = revision, .last_revision = last};
		p->tags = tags_of(r, &r->dull[revision]);
		OK(codec_encode(&r->f->arena, &event.base, &p->event));
		OK(codec_encode(&r->f->arena, &p->tags->base, &tags));
		put_u64(p->salt, revision * 7);
		hash_event(p->digest, p->salt, p->event);
		memcpy(p->chain, r->log[revision - 1].chain, HASH_BYTES);
		hash_chain_event(p->chain, revision, p->digest);
		OK(store_event_put(
			t, &(struct store_event){revision, p->salt, p->chain, tags, p->event}));
	}
	put_u64(head, EVENTS);
	memcpy(head + 8, r->log[EVENTS].chain, HASH_BYTES);
	OK(store_meta_put(t, "head", bytes_of(head, sizeof head)));
	OK(store_commit(t));
}

/* --- offices -----------------------------------------------------------------------------------
 */

static void draw_office(struct random *r, struct dull_office *o)
{
	*o = (struct dull_office){.administrator = draw(r, 20) == 0, .grants = draw(r, 4)};
	for (unsigned i = 0; i < o->grants; i++)
		o->grant[i] = (struct dull_grant){
			.kinds = draw(r, 2) ? 0 : 1 + draw(r, 3),
			.operations = draw(r, 3) ? 1 + draw(r, 7) : 0,
			.contributors = draw(r, 3) ? 0 : 1 + draw(r, 7),
			.until = draw(r, 4) ? DAY + (int)draw(r, 2) : DAY - 1,
		};
}

static const Mandate__Office *office_of(struct random *r, const struct peer *p)
{
	struct arena *a = &r->f->arena;
	Mandate__Office *o = arena_alloc(a, sizeof *o);

	mandate__office__init(o);
	o->office = arena_printf(a, "office-%d", p->number);
	o->has_administrator = o->administrator = p->dull.administrator;
	o->grants = arena_calloc(a, 3, sizeof *o->grants);
	o->n_grants = p->dull.grants;
	for (unsigned i = 0; i < p->dull.grants; i++) {
		const struct dull_grant *dull = &p->dull.grant[i];
		Mandate__Grant *g = o->grants[i] = arena_alloc(a, sizeof *g);

		mandate__grant__init(g);
		g->access = MANDATE__ACCESS__ACCESS_READ;
		g->kinds = arena_calloc(a, KINDS, sizeof *g->kinds);
		for (unsigned k = 0; k < KINDS; k++)
			if (dull->kinds & 1u << k)
				g->kinds[g->n_kinds++] = kinds[k];
		g->operations = list_of(a, operations, dull->operations, &g->n_operations);
		g->contributors = list_of(a, contributors, dull->contributors, &g->n_contributors);
		g->has_until = true;
		g->until = dull->until;
	}
	return o;
}

static Mandate__Filter *filter_of(struct random *r)
{
	struct arena *a = &r->f->arena;
	Mandate__Filter *f = arena_alloc(a, sizeof *f);

	mandate__filter__init(f);
	f->kinds = arena_calloc(a, KINDS, sizeof *f->kinds);
	for (unsigned k = 0; k < KINDS; k++)
		if (r->filter.kinds & 1u << k)
			f->kinds[f->n_kinds++] = kinds[k];
	f->operations = list_of(a, operations, r->filter.operations, &f->n_operations);
	f->contributors = list_of(a, contributors, r->filter.contributors, &f->n_contributors);
	return f;
}

/* --- what is told ------------------------------------------------------------------------------
 */

static void take(struct random *r, struct peer *p, const Mandate__StreamEvent *e)
{
	uint64_t revision = e->revision;
	char key[KEY_TEXT_MAX + 1];
	enum told told = e->has_event ? TOLD_EVENT : e->has_left ? TOLD_LEFT : TOLD_DIGEST;

	if (e->has_event) {
		Mandate__Event *event = mandate__event__unpack(NULL, e->event.len, e->event.data);

		assert_non_null(event);
		revision = event->revision;
		mandate__event__free_unpacked(event, NULL);
		assert_true(e->has_salt && !e->has_kind && !e->key && !e->has_digest);
	}
	assert_true(revision > p->last && revision <= EVENTS);
	if (told == TOLD_LEFT) {
		const Mandate__Record *record = record_of(r, &r->dull[revision], revision);

		assert_int_equal(record_key(record, key), STATUS_OK);
		assert_int_equal(e->kind, record_kind(record));
		assert_string_equal(e->key, key);
		assert_int_equal(e->has_digest, p->digests);
	}
	if (e->has_digest)
		assert_memory_equal(e->digest.data, r->log[revision].digest, HASH_BYTES);
	p->last = revision;
	p->told[revision] = told;
}

static enum stream_sent on_send(void *ctx, const struct route *route, struct frame *frame)
{
	struct random *r = ctx;
	struct peer *p = &r->peers[route->id[0]];
	Mandate__Envelope *e = mandate__envelope__unpack(NULL, frame->len, frame->data);

	assert_non_null(e);
	assert_int_equal(e->body_case, MANDATE__ENVELOPE__BODY_FRAME);
	assert_int_equal(mandate__envelope__get_packed_size(e), frame->len);
	for (size_t i = 0; i < e->frame->n_events; i++)
		take(r, p, e->frame->events[i]);
	mandate__envelope__free_unpacked(e, NULL);
	return STREAM_SENT;
}

static void fill(struct random *r, struct reader_job *job)
{
	struct store_txn *t = read_txn(r->f);

	OK(slice_fill(t, job));
	store_abort(t);
}

static void on_slice(void *ctx, struct reader_job *job)
{
	struct random *r = ctx;

	fill(r, job);
	stream_slice(r->streams, job);
}

static bool on_cursor(void *ctx, const char *office, const char *name, uint64_t revision,
		      int32_t day)
{
	(void)ctx, (void)office, (void)name, (void)revision, (void)day;
	return true;
}

static void settle(struct random *r)
{
	for (int i = 0; i < 3; i++) {
		r->now_ms += STREAM_RETRY_MS;
		stream_pump(r->streams, r->now_ms);
	}
}

static void check(struct random *r, const struct peer *p, const char *way, int round)
{
	for (uint64_t revision = 1; revision <= EVENTS; revision++) {
		enum told expected = model(r, p, &r->dull[revision]);

		if (p->told[revision] != expected)
			fail_msg("round %d, %s, office %d, revision %llu: told %d, not %d", round,
				 way, p->number, (unsigned long long)revision,
				 (int)p->told[revision], (int)expected);
	}
}

/* --- two ways ----------------------------------------------------------------------------------
 */

static void watch_live(struct random *r, const struct roll *roll)
{
	struct stream_hooks hooks = {
		.ctx = r, .send = on_send, .slice = on_slice, .cursor = on_cursor};
	struct head head = {0};
	uint64_t at = 0;

	OK(stream_new(&hooks, &head, DAY, 4 * 1024 * 1024, &r->streams));
	for (int i = 0; i < OFFICES; i++) {
		Mandate__Subscribe request = MANDATE__SUBSCRIBE__INIT;
		struct peer *p = &r->peers[i];
		struct route route = {.len = 1, .id = {(uint8_t)i}};
		char name[32];

		snprintf(name, sizeof name, "office-%d", i);
		struct speaker from = {.office = roll_find(roll, name)};
		request.credit_bytes = CREDIT_BYTES_MAX;
		request.filter = filter_of(r);
		request.has_digests = request.digests = p->digests;
		OK(stream_subscribe(r->streams, &route, 1, &from, &request, r->now_ms));
	}
	settle(r);
	while (at < EVENTS) {
		uint64_t to = at + 1 + draw(r, 60);

		to = to < EVENTS ? r->log[to].last_revision : EVENTS;
		head.revision = to;
		memcpy(head.event_hash, r->log[to].chain, HASH_BYTES);
		stream_publish(r->streams, &r->log[at + 1], to - at, &head);
		settle(r);
		at = to;
	}
	stream_free(r->streams);
}

static void read_slices(struct random *r, const struct roll *roll, struct peer *p)
{
	char name[32];
	uint64_t after = 0;

	snprintf(name, sizeof name, "office-%d", p->number);
	memset(p->told, 0, sizeof p->told);
	p->last = 0;
	while (after < EVENTS) {
		struct reader_job *job;

		OK(reader_job_new(READER_SLICE, &job));
		job->office = roll_office_hold(roll_find(roll, name));
		job->day = DAY;
		job->after_revision = after;
		job->through_max = UINT64_MAX;
		job->bytes_max = 200 + draw(r, 20000);
		job->filter = filter_of(r);
		job->digests = p->digests;
		fill(r, job);
		assert_int_equal(job->code, 0);
		for (size_t i = 0; i < job->event_count; i++) {
			Mandate__StreamEvent *e = mandate__stream_event__unpack(
				NULL, job->events[i].len, job->events[i].data);

			assert_non_null(e);
			take(r, p, e);
			mandate__stream_event__free_unpacked(e, NULL);
		}
		assert_true(job->through > after);
		after = job->through;
		reader_job_free(job);
	}
}

static void both_ways_tell_what_the_model_says(void **state)
{
	struct random *r = calloc(1, sizeof *r);
	const char *given = getenv("SEED");
	int told[4] = {0};

	r->f = *state;
	r->seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
	print_message("seed %llu\n", (unsigned long long)r->seed);
	r->seed = r->seed * 2654435761u + 1;
	make_log(r);
	for (int round = 0; round < ROUNDS; round++) {
		struct roll *roll, *next;

		r->filter = (struct dull_grant){0};
		if (draw(r, 2))
			r->filter =
				(struct dull_grant){.kinds = draw(r, 3) ? 0 : 1 + draw(r, 7),
						    .operations = draw(r, 2) ? draw(r, 8) : 0,
						    .contributors = draw(r, 3) ? 0 : draw(r, 8)};
		OK(roll_first(&roll));
		bool digests = draw(r, 2);
		for (int i = 0; i < OFFICES; i++) {
			struct peer *p = &r->peers[i];

			*p = (struct peer){.number = i, .digests = digests};
			draw_office(r, &p->dull);
			if (i == 1) /* the second sees what the first does: they share frames */
				p->dull = r->peers[0].dull;
			const Mandate__Office *o = office_of(r, p);
			OK(roll_with(roll, o->office, o, 0, &next));
			roll_release(roll);
			roll = next;
		}
		watch_live(r, roll);
		for (int i = 0; i < OFFICES; i++) {
			check(r, &r->peers[i], "live", round);
			read_slices(r, roll, &r->peers[i]);
			check(r, &r->peers[i], "sliced", round);
			for (uint64_t k = 1; k <= EVENTS; k++)
				told[r->peers[i].told[k]]++;
		}
		roll_release(roll);
	}
	for (int i = 0; i < 4; i++) /* all of it came to pass */
		assert_true(told[i] > ROUNDS * EVENTS / 100);
	free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(both_ways_tell_what_the_model_says, fixture_setup,
						fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
