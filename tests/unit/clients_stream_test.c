/* libmandate's streams and questions against a daemon of the test's making: whatever is lost, every
 * event is given once, in order, and the chain is checked. */
#include "fake_daemon.h"

#include "base/clock.h"
#include "clients/client.h"

#include <pthread.h>

enum { COUNT = 300, WAIT_MS = 20000, INPUT_EVENTS = 3 };

struct fixture {
	struct fake_daemon daemon;
	struct mandate *m;
	struct mandate_stream *stream;
	/* the daemon's history: hash[r] is h(r) */
	struct {
		uint8_t bytes[64];
		size_t len;
		uint8_t salt[SALT_BYTES], digest[HASH_BYTES], hash[HASH_BYTES];
	} history[COUNT + 1];
	/* its stream */
	bool streaming, digests;
	bool leaving; /* what is hidden has left */
	uint64_t correlation, at, credit;
	uint8_t peer[64];
	size_t peer_len;
	unsigned subscribes;
	/* what the client was given */
	uint64_t last, through;
	unsigned given, left, rows;
	bool ended, has_hash;
	Mandate__Code code;
	uint8_t hash[HASH_BYTES];
	struct mandate_answer answer;
};

static void on_event(void *context, const struct mandate_event *e)
{
	struct fixture *f = context;

	assert_int_equal(e->revision, f->last + 1);
	f->last = e->revision;
	if (e->event.len > 0) {
		const Mandate__Event *event =
			mandate_decode(f->m, &mandate__event__descriptor, e->event);

		assert_non_null(event);
		assert_int_equal(event->revision, e->revision);
		assert_false(e->left);
		f->given++;
	} else if (e->left) {
		assert_int_equal(e->kind, MANDATE__KIND__KIND_UNIT);
		assert_string_equal(e->key, "MONUC:GHA:GHANBATT");
		f->left++;
	}
}

static void on_through(void *context, uint64_t through, const uint8_t *hash)
{
	struct fixture *f = context;

	assert_true(through >= f->through && through <= f->last);
	f->through = through;
	f->has_hash = hash;
	if (hash)
		memcpy(f->hash, hash, HASH_BYTES);
}

static void on_end(void *context, Mandate__Code code, const char *text)
{
	struct fixture *f = context;

	(void)text;
	f->ended = true;
	f->code = code;
}

static uint64_t end_of_input(uint64_t revision)
{
	uint64_t end = (revision + INPUT_EVENTS - 1) / INPUT_EVENTS * INPUT_EVENTS;

	return end < COUNT ? end : COUNT;
}

static void make_history(struct fixture *f)
{
	uint8_t chain[HASH_BYTES] = {0};

	for (uint64_t r = 1; r <= COUNT; r++) {
		Mandate__Event event = MANDATE__EVENT__INIT;

		event.revision = r;
		event.last_revision = end_of_input(r);
		event.index = event.last_revision / INPUT_EVENTS;
		event.time_ms = 1;
		f->history[r].len = mandate__event__pack(&event, f->history[r].bytes);
		hash_random(f->history[r].salt, SALT_BYTES);
		hash_event(f->history[r].digest, f->history[r].salt,
			   bytes_of(f->history[r].bytes, f->history[r].len));
		hash_chain_event(chain, r, f->history[r].digest);
		memcpy(f->history[r].hash, chain, HASH_BYTES);
	}
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	struct error err = {0};

	fake_open(&f->daemon);
	struct mandate_options options = {.endpoint = f->daemon.endpoint};
	if (mandate_open(&f->m, &options, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	make_history(f);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	mandate_close(f->m);
	fake_close(&f->daemon);
	free(f);
	return 0;
}

static void subscribe(struct fixture *f, struct mandate_subscription s)
{
	struct error err = {0};

	s.context = f;
	s.on_event = on_event;
	s.on_through = on_through;
	s.on_end = on_end;
	f->last = s.after_revision;
	if (mandate_subscribe(f->m, &s, &f->stream, &err) != STATUS_OK)
		fail_msg("%s", err.text);
}

static void end_stream(struct fixture *f, Mandate__Code code)
{
	Mandate__Envelope e;
	Mandate__End end = MANDATE__END__INIT;

	mandate__envelope__init(&e);
	e.version = 1;
	e.has_correlation = true;
	e.correlation = f->correlation;
	e.body_case = MANDATE__ENVELOPE__BODY_END;
	e.end = &end;
	end.code = code;
	fake_send(&f->daemon, &e);
	f->streaming = false;
}

/* One frame of `count` events; those whose revision `hidden` divides are digests only. */
static void send_frame(struct fixture *f, unsigned count, unsigned hidden)
{
	static char unit[] = "MONUC:GHA:GHANBATT";
	Mandate__StreamEvent events[8], *list[8];
	Mandate__Frame frame = MANDATE__FRAME__INIT;
	Mandate__Head head = MANDATE__HEAD__INIT;
	Mandate__Envelope e;

	for (unsigned i = 0; i < count && f->at < COUNT; i++) {
		Mandate__StreamEvent *s = list[i] = &events[i];
		uint64_t r = ++f->at;

		mandate__stream_event__init(s);
		if (hidden && r % hidden == 0) {
			s->has_revision = s->has_digest = true;
			s->revision = r;
			s->digest = (ProtobufCBinaryData){HASH_BYTES, f->history[r].digest};
			s->has_left = s->left = s->has_kind = f->leaving;
			s->kind = MANDATE__KIND__KIND_UNIT;
			s->key = f->leaving ? unit : NULL;
		} else {
			s->has_event = s->has_salt = true;
			s->event = (ProtobufCBinaryData){f->history[r].len, f->history[r].bytes};
			s->salt = (ProtobufCBinaryData){SALT_BYTES, f->history[r].salt};
		}
		frame.n_events++;
	}
	frame.events = list;
	/* Within an input the position stays where it was. */
	frame.through = f->at == COUNT ? COUNT : f->at / INPUT_EVENTS * INPUT_EVENTS;
	head.revision = frame.through;
	head.event_hash = (ProtobufCBinaryData){HASH_BYTES, f->history[frame.through].hash};
	mandate__envelope__init(&e);
	e.version = 1;
	e.has_correlation = true;
	e.correlation = f->correlation;
	e.head = &head;
	e.body_case = MANDATE__ENVELOPE__BODY_FRAME;
	e.frame = &frame;
	memcpy(f->daemon.peer, f->peer, f->peer_len);
	f->daemon.peer_len = f->peer_len;
	size_t bytes = fake_send(&f->daemon, &e);
	f->credit -= bytes < f->credit ? bytes : f->credit;
}

static void take_subscribe(struct fixture *f, const Mandate__Envelope *e)
{
	const Mandate__Subscribe *s = e->subscribe;

	f->subscribes++;
	f->streaming = true;
	f->correlation = e->correlation;
	f->at = s->after_revision;
	f->credit = s->credit_bytes;
	f->digests = s->digests;
	memcpy(f->peer, f->daemon.peer, f->daemon.peer_len);
	f->peer_len = f->daemon.peer_len;
	assert_true(f->at % INPUT_EVENTS == 0 || f->at == COUNT);
	if (s->has_event_hash && memcmp(s->event_hash.data, f->history[f->at].hash, 32) != 0)
		end_stream(f, MANDATE__CODE__CODE_DIVERGED);
}

static void pump(struct fixture *f)
{
	const Mandate__Envelope *e;

	assert_int_equal(mandate_run(f->m, 1, NULL), STATUS_OK);
	while ((e = fake_receive(&f->daemon, 0))) {
		if (e->body_case == MANDATE__ENVELOPE__BODY_SUBSCRIBE)
			take_subscribe(f, e);
		else if (e->body_case == MANDATE__ENVELOPE__BODY_CREDIT)
			f->credit += e->credit->bytes;
		else if (e->body_case == MANDATE__ENVELOPE__BODY_UNSUBSCRIBE)
			f->streaming = false;
	}
}

static void until(struct fixture *f, uint64_t last, unsigned hidden)
{
	uint64_t end_ms = clock_mono_ms() + WAIT_MS;

	while (f->last < last && !f->ended && clock_mono_ms() < end_ms) {
		pump(f);
		if (f->streaming && f->credit > 1024 && f->at < last)
			send_frame(f, 4, hidden);
	}
	for (int i = 0; i < 3; i++)
		pump(f);
}

static void every_event_once_within_the_credit(void **state)
{
	struct fixture *f = *state;

	subscribe(f, (struct mandate_subscription){.credit_bytes = 4096, .verify = true});
	until(f, COUNT, 0);
	assert_int_equal(f->given, COUNT);
	assert_int_equal(f->through, COUNT);
	assert_memory_equal(f->hash, f->history[COUNT].hash, HASH_BYTES);
	assert_int_equal(f->subscribes, 1);
}

static void a_lost_connection_is_resumed_without_repeating(void **state)
{
	struct fixture *f = *state;

	subscribe(f, (struct mandate_subscription){.verify = true});
	for (uint64_t last = 50; last <= COUNT; last += 50) {
		until(f, last, 0);
		fake_unbind(&f->daemon);
		f->streaming = false;
		fake_bind(&f->daemon);
	}
	assert_int_equal(f->given, COUNT);
	assert_int_equal(f->subscribes, COUNT / 50);
	assert_false(f->ended);
}

static void a_filtered_chain_is_verified_by_digests(void **state)
{
	struct fixture *f = *state;
	char *operations[] = {(char[]){"MONUC"}};
	Mandate__Filter filter = MANDATE__FILTER__INIT;

	filter.n_operations = 1;
	filter.operations = operations;
	subscribe(f, (struct mandate_subscription){.filter = &filter, .verify = true});
	until(f, COUNT, 3);
	assert_true(f->digests);
	assert_false(f->ended);
	assert_int_equal(f->given, COUNT - COUNT / 3);
	assert_memory_equal(f->hash, f->history[COUNT].hash, HASH_BYTES);
}

static void what_has_left_is_named_and_its_digest_verified(void **state)
{
	struct fixture *f = *state;

	f->leaving = true;
	subscribe(f, (struct mandate_subscription){.verify = true});
	until(f, COUNT, 3);
	assert_true(f->digests); /* not only a filter hides events */
	assert_false(f->ended);
	assert_int_equal(f->left, COUNT / 3);
	assert_int_equal(f->given, COUNT - COUNT / 3);
	assert_memory_equal(f->hash, f->history[COUNT].hash, HASH_BYTES);
}

static void a_changed_event_is_noticed(void **state)
{
	struct fixture *f = *state;

	f->history[100].bytes[f->history[100].len - 1] ^= 1;
	subscribe(f, (struct mandate_subscription){.verify = true});
	until(f, COUNT, 0);
	assert_true(f->ended);
	assert_int_equal(f->code, MANDATE__CODE__CODE_DAMAGED);
	assert_in_range(f->last, 99, 102); /* at the next position that the daemon vouches for */
}

static void a_missing_revision_is_noticed(void **state)
{
	struct fixture *f = *state;

	subscribe(f, (struct mandate_subscription){.verify = true});
	until(f, 50, 0);
	f->at++;
	uint64_t end_ms = clock_mono_ms() + WAIT_MS;
	while (!f->ended && clock_mono_ms() < end_ms) {
		send_frame(f, 4, 0);
		pump(f);
	}
	assert_int_equal(f->code, MANDATE__CODE__CODE_DAMAGED);
	assert_true(f->last >= 50 && f->last <= 52);
}

static void another_history_ends_the_stream(void **state)
{
	struct fixture *f = *state;
	uint8_t wrong[HASH_BYTES] = {1};

	subscribe(f, (struct mandate_subscription){.after_revision = 30, .event_hash = wrong});
	until(f, COUNT, 0);
	assert_true(f->ended);
	assert_int_equal(f->code, MANDATE__CODE__CODE_DIVERGED);
	assert_int_equal(f->given, 0);
}

static void a_stopping_daemon_is_asked_again(void **state)
{
	struct fixture *f = *state;

	subscribe(f, (struct mandate_subscription){0});
	until(f, 20, 0);
	end_stream(f, MANDATE__CODE__CODE_STOPPING);
	until(f, COUNT, 0);
	assert_int_equal(f->given, COUNT);
	assert_int_equal(f->subscribes, 2);
	assert_true(f->has_hash); /* told by the frame */
}

static void a_named_stream_confirms_what_it_has_when_it_is_quiet(void **state)
{
	struct fixture *f = *state;
	uint64_t end_ms = clock_mono_ms() + WAIT_MS;

	subscribe(f, (struct mandate_subscription){.name = "hq"});
	until(f, 20, 0);
	while (f->credit != MANDATE_CREDIT_DEFAULT && clock_mono_ms() < end_ms)
		pump(f);
	assert_int_equal(f->credit, MANDATE_CREDIT_DEFAULT);
}

/* --- questions ------------------------------------------------------------------------------- */

static void on_row(void *context, const Mandate__Row *row)
{
	struct fixture *f = context;

	assert_string_equal(row->setting->name, f->rows ? "second" : "first");
	f->rows++;
}

/* The other side of a question runs in a thread: mandate_query waits. */
static char not_asked[] = "not asked", wrong_page[] = "wrong page";

static void *answer_pages(void *context)
{
	struct fake_daemon *d = context;
	unsigned page = 0, asked = 0;

	while (page < 2) {
		const Mandate__Envelope *e = fake_receive(d, 5000);
		Mandate__Answer answer = MANDATE__ANSWER__INIT;
		Mandate__Refusal refusal = MANDATE__REFUSAL__INIT;
		Mandate__Row row = MANDATE__ROW__INIT, *rows[] = {&row};
		Mandate__Setting setting = MANDATE__SETTING__INIT;
		char first[] = "first", second[] = "second";
		uint8_t mark[] = {7};

		if (!e)
			return not_asked;
		Mandate__Envelope reply = fake_answer(e);
		reply.body_case = MANDATE__ENVELOPE__BODY_ANSWER;
		reply.answer = &answer;
		asked++;
		answer.revision = 12;
		if (asked == 1) { /* it has to come back */
			answer.refusal = &refusal;
			refusal.code = MANDATE__CODE__CODE_BUSY;
		} else if (asked == 2) { /* and the answer is lost with the connection */
			fake_unbind(d);
			fake_bind(d);
			continue;
		} else {
			bool again = e->query->has_pinned && e->query->pinned == 12 &&
				     e->query->after.len == 1 && e->query->after.data[0] == 7;

			if (again != (page == 1))
				return wrong_page;
			setting.name = page ? second : first;
			row.what_case = MANDATE__ROW__WHAT_SETTING;
			row.setting = &setting;
			answer.n_rows = 1;
			answer.rows = rows;
			answer.has_next = page == 0;
			answer.next = (ProtobufCBinaryData){1, mark};
			page++;
		}
		fake_send(d, &reply);
	}
	return NULL;
}

static void pages_are_asked_for_until_the_last(void **state)
{
	struct fixture *f = *state;
	Mandate__Query query = MANDATE__QUERY__INIT;
	Mandate__SettingsQuery settings = MANDATE__SETTINGS_QUERY__INIT;
	struct error err = {0};
	pthread_t thread;
	void *trouble;

	query.ask_case = MANDATE__QUERY__ASK_SETTINGS;
	query.settings = &settings;
	assert_int_equal(pthread_create(&thread, NULL, answer_pages, &f->daemon), 0);
	enum status s = mandate_query(f->m, &query, 5000, on_row, f, &f->answer, &err);
	pthread_join(thread, &trouble);
	if (s != STATUS_OK || trouble)
		fail_msg("%s, %s", err.text, (const char *)trouble);
	assert_int_equal(f->rows, 2);
	assert_int_equal(f->answer.revision, 12);
}

static void *refuse(void *context)
{
	struct fake_daemon *d = context;
	const Mandate__Envelope *e = fake_receive(d, 5000);
	Mandate__Answer answer = MANDATE__ANSWER__INIT;
	Mandate__Refusal refusal = MANDATE__REFUSAL__INIT;
	char text[] = "no such revision";

	if (!e)
		return not_asked;
	Mandate__Envelope reply = fake_answer(e);
	reply.body_case = MANDATE__ENVELOPE__BODY_ANSWER;
	reply.answer = &answer;
	answer.refusal = &refusal;
	refusal.code = MANDATE__CODE__CODE_FUTURE;
	refusal.text = text;
	fake_send(d, &reply);
	return NULL;
}

static void a_refused_question_says_why(void **state)
{
	struct fixture *f = *state;
	Mandate__Query query = MANDATE__QUERY__INIT;
	struct error err = {0};
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, refuse, &f->daemon), 0);
	enum status s = mandate_query(f->m, &query, 5000, on_row, f, &f->answer, &err);
	pthread_join(thread, NULL);
	assert_int_equal(s, STATUS_REFUSED);
	assert_int_equal(f->answer.code, MANDATE__CODE__CODE_FUTURE);
	assert_string_equal(err.text, "FUTURE: no such revision");
}

/* --- snapshots ------------------------------------------------------------------------------- */

enum { PINNED = 60 };

struct lists {
	struct fixture *f;
	unsigned asked;
};

static char not_pinned[] = "not pinned to the first answer";
static char key[] = "key", bgd[] = "BGD", gha[] = "GHA", name[] = "P-1";

/* Two lists: pledges (one of BGD, one of GHA, one of GHA retracted), then returns (none). */
static void *answer_lists(void *context)
{
	struct lists *l = context;
	struct fake_daemon *d = &l->f->daemon;

	for (; l->asked < 2; l->asked++) {
		const Mandate__Envelope *e = fake_receive(d, 5000);
		Mandate__Answer answer = MANDATE__ANSWER__INIT;
		Mandate__Head head = MANDATE__HEAD__INIT;
		Mandate__Row row[3], *rows[3];
		Mandate__Version version[3];
		Mandate__Record record[3];
		Mandate__Pledge pledge[3];

		if (!e)
			return not_asked;
		if (e->query->has_pinned != (l->asked > 0) ||
		    (l->asked && e->query->pinned != PINNED) || e->query->has_after)
			return not_pinned;
		for (int i = 0; i < 3; i++) {
			mandate__row__init(&row[i]);
			mandate__version__init(&version[i]);
			mandate__record__init(&record[i]);
			mandate__pledge__init(&pledge[i]);
			rows[i] = &row[i];
			row[i].what_case = MANDATE__ROW__WHAT_VERSION;
			row[i].version = &version[i];
			version[i].kind = MANDATE__KIND__KIND_PLEDGE;
			version[i].key = key;
			version[i].record = i < 2 ? &record[i] : NULL;
			record[i].content_case = MANDATE__RECORD__CONTENT_PLEDGE;
			record[i].pledge = &pledge[i];
			pledge[i].contributor = i ? gha : bgd;
			pledge[i].pledge = name;
		}
		Mandate__Envelope reply = fake_answer(e);
		reply.body_case = MANDATE__ENVELOPE__BODY_ANSWER;
		reply.answer = &answer;
		reply.head = &head;
		answer.revision = head.revision = PINNED;
		head.event_hash = (ProtobufCBinaryData){HASH_BYTES, l->f->history[PINNED].hash};
		answer.rows = rows;
		answer.n_rows = e->query->list->kind == MANDATE__KIND__KIND_PLEDGE ? 3 : 0;
		fake_send(d, &reply);
	}
	return NULL;
}

static void on_version(void *context, const Mandate__Version *version)
{
	struct fixture *f = context;

	assert_string_equal(version->record->pledge->contributor, "GHA");
	f->rows++;
}

static void other_grants_end_the_stream_and_a_snapshot_leads_on(void **state)
{
	struct fixture *f = *state;
	Mandate__Filter filter = MANDATE__FILTER__INIT;
	Mandate__Kind kinds[] = {MANDATE__KIND__KIND_PLEDGE, MANDATE__KIND__KIND_RETURN};
	char *contributors[] = {gha};
	struct lists lists = {.f = f};
	struct error err = {0};
	pthread_t thread;
	void *trouble;

	subscribe(f, (struct mandate_subscription){.verify = true});
	until(f, 20, 0);
	end_stream(f, MANDATE__CODE__CODE_REGRANTED);
	until(f, COUNT, 0);
	assert_true(f->ended);
	assert_int_equal(f->code, MANDATE__CODE__CODE_REGRANTED);
	assert_int_equal(f->subscribes, 1);
	filter.kinds = kinds;
	filter.n_kinds = 2;
	filter.contributors = contributors;
	filter.n_contributors = 1;
	assert_int_equal(pthread_create(&thread, NULL, answer_lists, &lists), 0);
	enum status s = mandate_snapshot(f->m, &filter, 5000, on_version, f, &f->answer, &err);
	pthread_join(thread, &trouble);
	if (s != STATUS_OK || trouble)
		fail_msg("%s, %s", err.text, (const char *)trouble);
	assert_int_equal(f->rows, 1);
	assert_int_equal(f->answer.revision, PINNED);
	f->ended = false;
	f->through = f->answer.revision;
	subscribe(f, (struct mandate_subscription){.after_revision = f->answer.revision,
						   .event_hash = f->answer.head.event_hash,
						   .verify = true});
	until(f, COUNT, 0);
	assert_false(f->ended);
	assert_int_equal(f->through, COUNT);
	assert_memory_equal(f->hash, f->history[COUNT].hash, HASH_BYTES);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(every_event_once_within_the_credit),
		TEST(a_lost_connection_is_resumed_without_repeating),
		TEST(a_filtered_chain_is_verified_by_digests),
		TEST(what_has_left_is_named_and_its_digest_verified),
		TEST(a_changed_event_is_noticed),
		TEST(a_missing_revision_is_noticed),
		TEST(another_history_ends_the_stream),
		TEST(a_stopping_daemon_is_asked_again),
		TEST(a_named_stream_confirms_what_it_has_when_it_is_quiet),
		TEST(pages_are_asked_for_until_the_last),
		TEST(a_refused_question_says_why),
		TEST(other_grants_end_the_stream_and_a_snapshot_leads_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
