/* The reader thread: slices of the event log give every event once, under any limit, and stand
 * where a client may resume; queries come back as envelopes. */
#include "record_text.h"
#include "service_support.h"

#include "service/filter.h"
#include "service/reader.h"

struct reading {
	struct rig rig;
	struct mailbox reply;
	struct reader *reader;
};

static int set_up(void **state)
{
	struct reading *t = calloc(1, sizeof *t);

	rig_open(&t->rig);
	assert_int_equal(mailbox_init(&t->reply, 0), STATUS_OK);
	assert_int_equal(reader_new(t->rig.store, &t->reply, &t->reader), STATUS_OK);
	*state = t;
	return 0;
}

static int tear_down(void **state)
{
	struct reading *t = *state;

	reader_free(t->reader);
	mailbox_fini(&t->reply);
	rig_close(&t->rig);
	free(t);
	return 0;
}

static struct reader_job *take(struct reading *t)
{
	struct mail *m = mailbox_take(&t->reply, 10000);

	assert_non_null(m);
	return (struct reader_job *)m;
}

static struct reader_job *new_job(enum reader_job_kind kind)
{
	struct reader_job *job = NULL;

	assert_int_equal(reader_job_new(kind, &job), STATUS_OK);
	job->through_max = UINT64_MAX;
	job->bytes_max = 8192;
	return job;
}

static void run(struct reading *t, struct reader_job *job)
{
	reader_post(t->reader, job);
	assert_ptr_equal(take(t), job);
}

static Mandate__Code code_at(struct reading *t, uint64_t after, bool first, const uint8_t *hash)
{
	struct reader_job *job = new_job(READER_SLICE);

	job->after_revision = after;
	job->first = first;
	job->check_hash = hash != NULL;
	if (hash)
		memcpy(job->hash, hash, HASH_BYTES);
	run(t, job);
	Mandate__Code code = job->code;
	if (code)
		assert_int_equal(job->event_count, 0);
	reader_job_free(job);
	return code;
}

static uint64_t newest(struct reading *t)
{
	return machine_state(t->rig.machine)->head.revision;
}

/* Inputs of one to thirty changes, and what alerts they open. */
static void fill(struct rig *r, unsigned seed)
{
	rig_begin(r, "2004-10-01");
	rig_accept(r, RECORD(r, operation(r, "UNMIL")));
	for (int i = 0; i < 60; i++) {
		Mandate__Change *changes[30];
		size_t count = 1 + (size_t)(rand_r(&seed) % (i % 7 ? 3 : 30));

		for (size_t j = 0; j < count; j++) {
			char day[40];

			snprintf(day, sizeof day, "20%02d-%02d-%02d", 1 + i / 20, 1 + i % 12,
				 1 + (int)j % 28);
			changes[j] = EDITION(r, (uint32_t)(1 + i + (int)j / 28),
					     head_count(r, j % 3 ? "MONUC" : "UNMIL", day,
							j % 2 ? "GHA" : "BGD",
							(uint32_t)(1000 * i) + (uint32_t)j));
		}
		rig_submit(r, changes, count);
		assert_null(r->outcome->refusal);
	}
}

/* What a stream saw: h, and which revisions came as events. */
struct seen {
	uint8_t chain[HASH_BYTES];
	uint64_t revision; /* of the last entry */
	size_t events, digests;
};

static void see(struct reading *t, struct seen *seen, struct bytes packed, bool dense)
{
	struct arena *a = &t->rig.arena;
	uint8_t digest[HASH_BYTES];
	uint64_t revision;

	const Mandate__StreamEvent *e = codec_decode(a, &mandate__stream_event__descriptor, packed);
	assert_non_null(e);
	assert_int_equal(protobuf_c_message_get_packed_size(&e->base), packed.len);
	if (e->has_event) {
		struct bytes event = bytes_of(e->event.data, e->event.len);
		const Mandate__Event *unpacked =
			codec_decode(a, &mandate__event__descriptor, event);

		assert_non_null(unpacked);
		assert_int_equal(e->salt.len, SALT_BYTES);
		hash_event(digest, e->salt.data, event);
		revision = unpacked->revision;
		seen->events++;
	} else {
		assert_int_equal(e->digest.len, HASH_BYTES);
		memcpy(digest, e->digest.data, HASH_BYTES);
		revision = e->revision;
		seen->digests++;
	}
	if (dense)
		assert_int_equal(revision, seen->revision + 1);
	assert_true(revision > seen->revision);
	seen->revision = revision;
	hash_chain_event(seen->chain, revision, digest);
}

/* Reads all of the log in slices, as the network thread does. */
static struct seen read_all(struct reading *t, size_t bytes_max, const Mandate__Filter *filter,
			    bool digests)
{
	struct seen seen = {.revision = 0};
	uint64_t after = 0, settled = 0;
	bool dense = digests || filter_is_open(filter);

	do {
		struct reader_job *job = new_job(READER_SLICE);

		job->after_revision = after;
		job->first = after == 0;
		job->bytes_max = bytes_max;
		job->filter = filter;
		job->digests = digests;
		run(t, job);
		assert_int_equal(job->code, 0);
		assert_true(job->through > after);
		size_t bytes = 0;
		for (size_t i = 0; i < job->event_count; i++) {
			see(t, &seen, job->events[i], dense);
			bytes += job->events[i].len;
		}
		assert_int_equal(bytes, job->events_bytes);
		assert_true(bytes <= bytes_max || job->event_count == 1);
		assert_true(seen.revision <= job->through);
		if (dense) {
			assert_int_equal(seen.revision, job->through);
			assert_memory_equal(seen.chain, job->through_hash, HASH_BYTES);
		}
		if (job->settled) {
			assert_in_range(job->settled, settled, job->through);
			settled = job->settled;
			assert_int_equal(code_at(t, settled, true, job->settled_hash), 0);
		}
		after = job->through;
		reader_job_free(job);
	} while (after < newest(t));
	assert_int_equal(settled, newest(t));
	return seen;
}

static void slices_give_everything_once_under_any_limit(void **state)
{
	struct reading *t = *state;
	unsigned seed = (unsigned)getpid();

	printf("seed %u\n", seed);
	fill(&t->rig, seed);
	for (size_t limit = 1; limit < 100000; limit *= 5) {
		struct seen seen = read_all(t, limit, NULL, false);

		assert_int_equal(seen.events, newest(t));
	}
}

static void a_filter_loses_nothing_that_passes(void **state)
{
	struct reading *t = *state;
	Mandate__Filter filter = MANDATE__FILTER__INIT;
	char unmil[] = "UNMIL", *operations[] = {unmil};
	size_t expected = 0;

	fill(&t->rig, 11);
	filter.operations = operations;
	filter.n_operations = 1;
	struct store_txn *txn;
	assert_int_equal(store_begin_read(t->rig.store, &txn), STATUS_OK);
	for (uint64_t r = 1; r <= newest(t); r++) {
		struct store_event e;

		assert_int_equal(store_event_get(txn, r, &e), STATUS_OK);
		const Mandate__EventTags *tags =
			codec_decode(&t->rig.arena, &mandate__event_tags__descriptor, e.tags);
		expected += filter_passes(&filter, tags) ? 1 : 0;
	}
	store_abort(txn);
	assert_in_range(expected, 10, newest(t) - 10);
	for (size_t limit = 100; limit < 100000; limit *= 9) {
		struct seen without = read_all(t, limit, &filter, false);
		struct seen with = read_all(t, limit, &filter, true);

		assert_int_equal(without.events, expected);
		assert_int_equal(without.digests, 0);
		assert_int_equal(with.events, expected);
		assert_int_equal(with.digests, newest(t) - expected);
	}
}

static void a_position_must_be_of_this_history(void **state)
{
	struct reading *t = *state;
	struct rig *r = &t->rig;
	uint8_t zeros[HASH_BYTES] = {0}, hash[HASH_BYTES];

	assert_int_equal(code_at(t, 0, true, zeros), 0);
	assert_int_equal(code_at(t, 1, true, NULL), MANDATE__CODE__CODE_FUTURE);
	rig_begin(r, "2004-10-01");
	uint64_t before = newest(t);
	Mandate__Change *two[] = {RECORD(r, partner(r, "A")), RECORD(r, partner(r, "B"))};
	rig_submit(r, two, 2);
	memcpy(hash, machine_state(r->machine)->head.event_hash, HASH_BYTES);
	assert_int_equal(code_at(t, 0, true, zeros), 0);
	assert_int_equal(code_at(t, before + 2, true, hash), 0);
	assert_int_equal(code_at(t, before + 1, true, hash), MANDATE__CODE__CODE_DIVERGED);
	assert_int_equal(code_at(t, before, true, zeros), MANDATE__CODE__CODE_DIVERGED);
	hash[31] ^= 1;
	assert_int_equal(code_at(t, before + 2, true, hash), MANDATE__CODE__CODE_DIVERGED);
	assert_int_equal(code_at(t, 0, true, hash), MANDATE__CODE__CODE_DIVERGED);
	assert_int_equal(code_at(t, before + 3, true, NULL), MANDATE__CODE__CODE_FUTURE);
	assert_int_equal(code_at(t, UINT64_MAX, true, NULL), MANDATE__CODE__CODE_FUTURE);
	/* Between two events of one input: not for a client, but a cut slice goes on there. */
	assert_int_equal(code_at(t, before + 1, true, NULL), MANDATE__CODE__CODE_FUTURE);
	assert_int_equal(code_at(t, before + 1, false, NULL), 0);
}

static void a_slice_ends_where_it_is_told(void **state)
{
	struct reading *t = *state;

	rig_begin(&t->rig, "2004-10-01");
	struct reader_job *job = new_job(READER_SLICE);
	job->through_max = newest(t) - 1;
	job->bytes_max = 1 << 20;
	run(t, job);
	assert_int_equal(job->through, newest(t) - 1);
	assert_int_equal(job->event_count, newest(t) - 1);
	assert_int_equal(job->newest, newest(t));
	reader_job_free(job);
	job = new_job(READER_SLICE);
	job->after_revision = newest(t);
	run(t, job);
	assert_int_equal(job->code, 0);
	assert_int_equal(job->event_count, 0);
	assert_int_equal(job->through, newest(t));
	assert_int_equal(job->settled, newest(t));
	reader_job_free(job);
}

static const Mandate__Envelope *reply_of(struct rig *r, const struct reader_job *job)
{
	const Mandate__Envelope *envelope =
		codec_decode(&r->arena, &mandate__envelope__descriptor, job->reply);

	assert_non_null(envelope);
	assert_int_equal(envelope->body_case, MANDATE__ENVELOPE__BODY_ANSWER);
	return envelope;
}

/* All partners, in the job's arena. */
static void ask_partners(struct reader_job *job)
{
	Mandate__Query *query = arena_alloc(&job->arena, sizeof *query);
	Mandate__ListQuery *list = arena_alloc(&job->arena, sizeof *list);

	mandate__query__init(query);
	mandate__list_query__init(list);
	query->ask_case = MANDATE__QUERY__ASK_LIST;
	query->list = list;
	list->kind = MANDATE__KIND__KIND_PARTNER;
	job->query = query;
}

static void queries_are_answered_in_order_with_their_head(void **state)
{
	struct reading *t = *state;
	struct rig *r = &t->rig;
	enum { JOBS = 50 };

	rig_begin(r, "2004-10-01");
	for (uint64_t i = 0; i < JOBS; i++) {
		struct reader_job *job = new_job(READER_QUERY);

		ask_partners(job);
		job->correlation = i;
		reader_post(t->reader, job);
	}
	for (uint64_t i = 0; i < JOBS; i++) {
		struct reader_job *job = take(t);
		const Mandate__Envelope *e = reply_of(r, job);

		assert_int_equal(e->correlation, i);
		assert_int_equal(e->answer->n_rows, 3);
		assert_int_equal(e->head->revision, newest(t));
		assert_memory_equal(e->head->event_hash.data,
				    machine_state(r->machine)->head.event_hash, HASH_BYTES);
		reader_job_free(job);
	}
	assert_int_equal(reader_stalled_ms(t->reader), 0);
}

/* How many partners are shown to an office as the network thread knew it. */
static size_t shown(struct reading *t, const struct office *office)
{
	struct reader_job *job = new_job(READER_QUERY);

	ask_partners(job);
	job->office = roll_office_hold(office);
	job->day = on("2004-10-01");
	run(t, job);
	size_t count = reply_of(&t->rig, job)->answer->n_rows;
	reader_job_free(job);
	return count;
}

/* The answer stands at the newest revision, so its grants are those of that revision: otherwise
 * who goes on from there keeps what was taken away in between. */
static void a_question_is_answered_by_the_grants_of_what_it_reads(void **state)
{
	struct reading *t = *state;
	struct rig *r = &t->rig;

	rig_rules(r, 3);
	rig_begin(r, "2004-10-01");
	rig_accept(r, RECORD(r, record_text(&r->arena, "office office=HQ grants=access:read")));
	const struct office *asked = roll_office_hold(roll_find(machine_roll(r->machine), "HQ"));
	assert_int_equal(shown(t, asked), 3);
	rig_accept(r, CORRECT(r, record_text(&r->arena,
					     "office office=HQ grants=access:read,kinds:pledge")));
	assert_int_equal(shown(t, asked), 0);
	rig_accept(r, CORRECT(r, record_text(&r->arena, "office office=HQ grants=access:read")));
	assert_int_equal(shown(t, asked), 3);
	rig_accept(r,
		   CORRECT(r, record_text(&r->arena,
					  "office office=HQ state=suspended grants=access:read")));
	assert_int_equal(shown(t, asked), 0);
	roll_office_release(asked);
}

static void a_status_tells_what_the_state_and_the_daemon_know(void **state)
{
	struct reading *t = *state;
	Mandate__Status facts = MANDATE__STATUS__INIT;
	Mandate__Query query = MANDATE__QUERY__INIT;
	Mandate__StatusQuery status = MANDATE__STATUS_QUERY__INIT;

	rig_begin(&t->rig, "2004-10-01");
	facts.daemon = codec_borrow("mandated");
	facts.has_streams = true;
	facts.streams = 7;
	query.ask_case = MANDATE__QUERY__ASK_STATUS;
	query.status = &status;
	struct reader_job *job = new_job(READER_QUERY);
	job->query = &query;
	job->facts.status = &facts;
	run(t, job);
	const Mandate__Answer *answer = reply_of(&t->rig, job)->answer;
	assert_int_equal(answer->n_rows, 1);
	assert_int_equal(answer->rows[0]->status->streams, 7);
	assert_int_equal(answer->rows[0]->status->records, 4);
	assert_int_equal(answer->rows[0]->status->revision, newest(t));
	reader_job_free(job);
}

static void what_was_posted_is_finished_before_the_end(void **state)
{
	struct reading *t = *state;

	rig_begin(&t->rig, "2004-10-01");
	for (int i = 0; i < 20; i++)
		reader_post(t->reader, new_job(READER_SLICE));
	reader_free(t->reader);
	t->reader = NULL;
	for (int i = 0; i < 20; i++) {
		struct mail *m = mailbox_take(&t->reply, 0);

		assert_non_null(m);
		reader_job_free((struct reader_job *)m);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(slices_give_everything_once_under_any_limit),
		TEST(a_filter_loses_nothing_that_passes),
		TEST(a_position_must_be_of_this_history),
		TEST(a_slice_ends_where_it_is_told),
		TEST(queries_are_answered_in_order_with_their_head),
		TEST(a_question_is_answered_by_the_grants_of_what_it_reads),
		TEST(a_status_tells_what_the_state_and_the_daemon_know),
		TEST(what_was_posted_is_finished_before_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
