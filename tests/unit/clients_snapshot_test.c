/* libmandate's questions against a daemon of the test's making: pages, refusals, and the snapshot
 * that leads on where other grants ended a stream. */
#include "fake_stream.h"

#include <pthread.h>

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
		answer.has_day = true;
		answer.day = 12700 + (int)l->asked; /* it turns between the lists */
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
	assert_true(f->answer.has_day && f->answer.day == 12700);
	f->ended = false;
	f->through = f->answer.revision;
	subscribe(f, (struct mandate_subscription){.after_revision = f->answer.revision,
						   .event_hash = f->answer.head.event_hash,
						   .day = &f->answer.day,
						   .verify = true});
	until(f, COUNT, 0);
	assert_false(f->ended);
	assert_true(f->asked_day && f->asked_on == 12700);
	assert_int_equal(f->through, COUNT);
	assert_memory_equal(f->hash, f->history[COUNT].hash, HASH_BYTES);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(pages_are_asked_for_until_the_last),
		TEST(a_refused_question_says_why),
		TEST(other_grants_end_the_stream_and_a_snapshot_leads_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
