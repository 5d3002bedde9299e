/* Queries of records and of operators: pages, positions, marks. */
#include "service_query_fixture.h"

#include "service/settings.h"

static void a_correction_does_not_change_what_was_known_before(void **state)
{
	struct asking *q = *state;
	struct rig *r = &q->rig;
	rig_begin(r, "2004-10-01");
	Mandate__GetQuery get = get_of(MANDATE__KIND__KIND_TOTAL, "MONUC:2001-01-02:military");
	Mandate__Query query = query_of(MANDATE__QUERY__ASK_GET, &get);

	ask_ill(q, &query, MANDATE__CODE__CODE_NOT_FOUND);
	uint64_t before = revision(q);
	rig_accept(r, RECORD(r, total(r, 1, 100)));
	uint64_t first = before + 1, then = revision(q); /* with an alert that it opens */
	rig_accept(r, CORRECT(r, total(r, 1, 200)));
	rig_accept(r, RECORD(r, partner(r, "KEN")));
	const Mandate__Answer *answer = ask_well(q, &query);
	assert_int_equal(answer->revision, revision(q));
	assert_memory_equal(q->hash, machine_state(r->machine)->head.event_hash, HASH_BYTES);
	assert_int_equal(answer->n_rows, 1);
	assert_int_equal(answer->rows[0]->version->record->total->persons, 200);
	assert_int_equal(answer->rows[0]->version->edition, 2);
	assert_int_equal(answer->rows[0]->version->revision, then + 1);
	assert_int_equal(answer->rows[0]->version->retracted, false);
	query = known_at(query, then);
	answer = ask_well(q, &query);
	assert_int_equal(answer->revision, then);
	assert_int_equal(answer->rows[0]->version->record->total->persons, 100);
	assert_int_equal(answer->rows[0]->version->revision, first);
	assert_string_equal(answer->rows[0]->version->office, "local");
	query = known_at(query, before);
	ask_ill(q, &query, MANDATE__CODE__CODE_NOT_FOUND);
}

static void a_retracted_record_is_shown_without_content(void **state)
{
	struct asking *q = *state;
	struct rig *r = &q->rig;
	rig_begin(r, "2004-10-01");
	rig_accept(r, RECORD(r, total(r, 1, 100)));
	rig_accept(r, RETRACT(r, total(r, 1, 100)));
	Mandate__GetQuery get = get_of(MANDATE__KIND__KIND_TOTAL, "MONUC:2001-01-02:military");
	Mandate__Query query = query_of(MANDATE__QUERY__ASK_GET, &get);
	const Mandate__Answer *answer = ask_well(q, &query);
	assert_true(answer->rows[0]->version->retracted);
	assert_null(answer->rows[0]->version->record);
}

/* Pages of three while totals are added before, behind and at where the pages are. */
static void list_while_recording(struct asking *q, const char *operation)
{
	struct rig *r = &q->rig;
	Mandate__ListQuery list = MANDATE__LIST_QUERY__INIT;
	const Mandate__Answer *answer;
	uint64_t pinned = revision(q);
	int seen = 0;

	list.kind = MANDATE__KIND__KIND_TOTAL;
	list.operation = codec_borrow(operation);
	Mandate__Query query = known_at(query_of(MANDATE__QUERY__ASK_LIST, &list), pinned);
	query.has_limit = true;
	query.limit = 3;
	for (;; turn(&query, answer)) {
		answer = ask_well(q, &query);
		assert_int_equal(answer->revision, pinned);
		for (size_t i = 0; i < answer->n_rows; i++, seen++) {
			const Mandate__Total *t = answer->rows[i]->version->record->total;

			assert_int_equal(t->as_of, on("2001-01-01") + 2 * seen);
			assert_int_equal(t->persons, 100);
		}
		if (!answer->has_next)
			break;
		rig_accept(r, RECORD(r, total(r, 2 * seen - 3, 7)));
		rig_accept(r, RECORD(r, total(r, 2 * seen + 1, 7)));
		rig_accept(r, RECORD(r, total(r, 1000 + seen, 7)));
		rig_accept(r, CORRECT(r, total(r, 38, 100 + (uint32_t)seen)));
	}
	assert_int_equal(seen, 20);
}

static void pages_are_of_one_revision_while_more_is_recorded(void **state)
{
	struct asking *q = *state;
	struct rig *r = &q->rig;

	rig_begin(r, "2004-10-01");
	for (int i = 0; i < 40; i += 2)
		rig_accept(r, RECORD(r, total(r, i, 100)));
	list_while_recording(q, "MONUC");
}

static void pages_of_a_whole_kind_are_pinned_too(void **state)
{
	struct asking *q = *state;
	struct rig *r = &q->rig;

	rig_begin(r, "2004-10-01");
	for (int i = 0; i < 40; i += 2)
		rig_accept(r, RECORD(r, total(r, i, 100)));
	list_while_recording(q, NULL);
}

static const Mandate__Record *large_return(struct rig *r, int number)
{
	Mandate__Record rec = MANDATE__RECORD__INIT;
	Mandate__Return ret = MANDATE__RETURN__INIT;
	static Mandate__HeadCount counts[400];
	static Mandate__HeadCount *pointers[400];
	static char names[400][24];

	for (int i = 0; i < 400; i++) {
		mandate__head_count__init(&counts[i]);
		snprintf(names[i], sizeof names[i], "STATE%09d", i);
		counts[i].contributor = names[i];
		counts[i].component = MANDATE__COMPONENT__COMPONENT_MILITARY;
		counts[i].persons = 1000 + (uint32_t)i;
		pointers[i] = &counts[i];
	}
	ret.operation = codec_borrow("MONUC");
	ret.as_of = on("2001-01-01") + number;
	ret.counts = pointers;
	ret.n_counts = 400;
	rec.content_case = MANDATE__RECORD__CONTENT_RETURN;
	rec.return_ = &ret;
	return codec_copy(&r->arena, &rec.base);
}

static void every_page_fits_a_frame(void **state)
{
	struct asking *q = *state;
	struct rig *r = &q->rig;
	const Mandate__Row *rows[64];
	size_t pages;
	rig_begin(r, "2004-10-01");
	for (int i = 0; i < 400; i++) {
		char name[24];

		snprintf(name, sizeof name, "STATE%09d", i);
		rig_accept(r, RECORD(r, partner(r, name)));
	}
	for (int i = 0; i < 20; i++)
		rig_accept(r, RECORD(r, large_return(r, i)));
	Mandate__ListQuery list = MANDATE__LIST_QUERY__INIT;
	list.kind = MANDATE__KIND__KIND_RETURN;
	assert_int_equal(ask_all(q, query_of(MANDATE__QUERY__ASK_LIST, &list), rows, 64, &pages),
			 20);
	assert_in_range(pages, 4, 20);
	for (int i = 0; i < 20; i++)
		assert_int_equal(rows[i]->version->record->return_->as_of, on("2001-01-01") + i);
	/* With its change a version has the content twice. */
	Mandate__GetQuery get = get_of(MANDATE__KIND__KIND_RETURN, "MONUC:2001-01-01");
	assert_int_equal(ask_all(q, query_of(MANDATE__QUERY__ASK_HISTORY, &get), rows, 64, &pages),
			 1);
	assert_int_equal(rows[0]->version->change->record->return_->n_counts, 400);
	/* A head-count by 400 contributors. */
	Mandate__StrengthQuery strength = MANDATE__STRENGTH_QUERY__INIT;
	strength.operation = codec_borrow("MONUC");
	Mandate__Query query =
		on_day(query_of(MANDATE__QUERY__ASK_STRENGTH, &strength), "2001-01-05");
	assert_int_equal(ask_all(q, query, rows, 64, &pages), 2);
	assert_int_equal(rows[0]->strength->n_contributors, 400);
	assert_int_equal(rows[1]->strength->component, MANDATE__COMPONENT__COMPONENT_POLICE);
	assert_true(rows[1]->strength->has_persons); /* complete: nobody */
}

static void a_history_has_every_version_newest_first(void **state)
{
	struct asking *q = *state;
	struct rig *r = &q->rig;
	const Mandate__Row *rows[400];
	size_t pages;
	rig_begin(r, "2004-10-01");
	rig_accept(r, RECORD(r, total(r, 1, 1)));
	uint64_t first = revision(q);
	for (uint32_t edition = 2; edition <= 299; edition++)
		rig_accept(r, CORRECT(r, total(r, 1, edition)));
	rig_accept(r, RETRACT(r, total(r, 1, 1)));
	Mandate__GetQuery get = get_of(MANDATE__KIND__KIND_TOTAL, "MONUC:2001-01-02:military");
	Mandate__Query query = query_of(MANDATE__QUERY__ASK_HISTORY, &get);
	query.has_limit = true;
	query.limit = 7;
	assert_int_equal(ask_all(q, query, rows, 400, &pages), 300);
	assert_in_range(pages, 43, 44);
	for (uint32_t i = 0; i < 300; i++) {
		const Mandate__Version *v = rows[i]->version;

		if (i)
			assert_true(v->revision < rows[i - 1]->version->revision);
		assert_int_equal(v->change_edition, 300 - i);
		assert_int_equal(v->retracted, i == 0);
		if (i)
			assert_int_equal(v->change->record->total->persons, 300 - i);
		if (i)
			assert_int_equal(v->record->total->persons, 300 - i);
	}
	query = known_at(query, first);
	assert_int_equal(ask_all(q, query, rows, 400, &pages), 1);
	get.key = codec_borrow("MONUC:2001-01-03:military");
	query = query_of(MANDATE__QUERY__ASK_HISTORY, &get);
	ask_ill(q, &query, MANDATE__CODE__CODE_NOT_FOUND);
}

static void a_mark_that_is_not_ours_is_refused(void **state)
{
	struct asking *q = *state;
	struct rig *r = &q->rig;
	Mandate__ListQuery list = MANDATE__LIST_QUERY__INIT;
	rig_begin(r, "2004-10-01");
	for (int i = 0; i < 5; i++)
		rig_accept(r, RECORD(r, total(r, i, 100)));
	list.kind = MANDATE__KIND__KIND_TOTAL;
	Mandate__Query query = query_of(MANDATE__QUERY__ASK_LIST, &list), other;
	query.has_limit = true;
	query.limit = 2;
	turn(&query, ask_well(q, &query));
	ask_well(q, &query);
	other = query;
	other.has_pinned = false;
	ask_ill(q, &other, MANDATE__CODE__CODE_MISSING);
	other = query;
	other.pinned = 1;
	ask_ill(q, &other, MANDATE__CODE__CODE_RANGE);
	for (size_t i = 0; i < query.after.len; i++) {
		query.after.data[i] ^= 1;
		ask_ill(q, &query, MANDATE__CODE__CODE_RANGE);
		query.after.data[i] ^= 1;
	}
	for (size_t len = query.after.len; query.after.len-- > 0;) {
		ask_ill(q, &query, MANDATE__CODE__CODE_RANGE);
		assert_true(query.after.len < len);
	}
	query.after.len = other.after.len;
	list.kind = MANDATE__KIND__KIND_PARTNER;
	ask_ill(q, &query, MANDATE__CODE__CODE_RANGE);
	list.kind = MANDATE__KIND__KIND_TOTAL;
	ask_well(q, &query);
	static uint8_t noise[PAGE_MARK_BYTES_MAX];
	query.after.data = noise;
	query.after.len = sizeof noise;
	ask_ill(q, &query, MANDATE__CODE__CODE_RANGE);
}

static void positions_stand_on_ends_of_inputs_only(void **state)
{
	struct asking *q = *state;
	struct rig *r = &q->rig;
	Mandate__ListQuery list = MANDATE__LIST_QUERY__INIT;
	rig_begin(r, "2004-10-01");
	Mandate__Change *three[] = {RECORD(r, partner(r, "A")), RECORD(r, partner(r, "B")),
				    RECORD(r, partner(r, "C"))};
	uint64_t before = revision(q);
	rig_submit(r, three, 3);
	assert_int_equal(revision(q), before + 3);
	rig_accept(r, RECORD(r, partner(r, "KEN")));
	list.kind = MANDATE__KIND__KIND_PARTNER;
	Mandate__Query query = query_of(MANDATE__QUERY__ASK_LIST, &list), at;
	at = known_at(query, before);
	assert_int_equal(ask_well(q, &at)->n_rows, 3);
	for (uint64_t i = 1; i <= 2; i++) {
		at = known_at(query, before + i);
		ask_ill(q, &at, MANDATE__CODE__CODE_FUTURE);
	}
	at = known_at(query, before + 3);
	assert_int_equal(ask_well(q, &at)->n_rows, 6);
	at = known_at(query, before + 5);
	ask_ill(q, &at, MANDATE__CODE__CODE_FUTURE);
	at = known_at(query, 0);
	assert_int_equal(ask_well(q, &at)->n_rows, 0);
	static const uint8_t zeros[HASH_BYTES];
	assert_memory_equal(q->hash, zeros, HASH_BYTES);
	at = known_at(query, before);
	at.has_pinned = true;
	at.pinned = before + 3;
	ask_ill(q, &at, MANDATE__CODE__CODE_RANGE);
}

static void what_a_question_does_not_have_is_refused(void **state)
{
	struct asking *q = *state;
	Mandate__OverviewQuery overview = MANDATE__OVERVIEW_QUERY__INIT;
	Mandate__SettingsQuery settings = MANDATE__SETTINGS_QUERY__INIT;
	Mandate__GetQuery get = get_of(MANDATE__KIND__KIND_PARTNER, "KEN");
	Mandate__Query query = MANDATE__QUERY__INIT;

	ask_ill(q, &query, MANDATE__CODE__CODE_MISSING);
	/* No day has come in yet. */
	query = query_of(MANDATE__QUERY__ASK_OVERVIEW, &overview);
	ask_ill(q, &query, MANDATE__CODE__CODE_DATE);
	query = on_day(query, "2004-10-01");
	assert_int_equal(ask_well(q, &query)->n_rows, 1); /* that there is nothing */
	query.has_limit = true;
	query.limit = QUERY_ROWS_MAX + 1;
	ask_ill(q, &query, MANDATE__CODE__CODE_LIMIT);
	query.limit = 0;
	ask_ill(q, &query, MANDATE__CODE__CODE_LIMIT);
	query = on_day(query_of(MANDATE__QUERY__ASK_GET, &get), "2004-10-01");
	ask_ill(q, &query, MANDATE__CODE__CODE_RANGE);
	query = known_at(query_of(MANDATE__QUERY__ASK_SETTINGS, &settings), 0);
	ask_ill(q, &query, MANDATE__CODE__CODE_RANGE);
	static char long_key[2000];
	memset(long_key, 'x', sizeof long_key - 1);
	get.key = long_key;
	query = query_of(MANDATE__QUERY__ASK_GET, &get);
	ask_ill(q, &query, MANDATE__CODE__CODE_NOT_FOUND);
	query = query_of(MANDATE__QUERY__ASK_HISTORY, &get);
	ask_ill(q, &query, MANDATE__CODE__CODE_NOT_FOUND);
}

static void settings_are_told_but_for_the_secret(void **state)
{
	struct asking *q = *state;
	struct rig *r = &q->rig;
	const Mandate__Row *rows[64];
	size_t pages, held = 0;
	Mandate__SettingsQuery settings = MANDATE__SETTINGS_QUERY__INIT;
	static const char printable[] = "0123456789abcdef0123456789abcdef";
	rig_begin(r, "2004-10-01");
	/* Even a secret that looks like a text. */
	rig_setting(r, SETTINGS_SECRET, bytes_of(printable, HASH_BYTES));
	rig_setting(r, alert_settings[1].name, bytes_of_text("17"));
	rig_setting(r, "timezone", bytes_of_text("UTC"));
	Mandate__Query query = query_of(MANDATE__QUERY__ASK_SETTINGS, &settings);
	query.has_limit = true;
	query.limit = 2;
	size_t count = ask_all(q, query, rows, 64, &pages);
	assert_int_equal(count, alert_settings_count + 1);
	for (size_t i = 0; i < count; i++) {
		assert_string_not_equal(rows[i]->setting->name, SETTINGS_SECRET);
		if (i)
			assert_true(strcmp(rows[i - 1]->setting->name, rows[i]->setting->name) < 0);
		held += rows[i]->setting->value ? 1 : 0;
		if (strcmp(rows[i]->setting->name, alert_settings[1].name) == 0)
			assert_string_equal(rows[i]->setting->value, "17");
	}
	assert_int_equal(held, 2);
}

static void cursor(struct rig *r, const char *office, const char *name, uint64_t at)
{
	Mandate__JournalInput in = MANDATE__JOURNAL_INPUT__INIT;
	Mandate__CursorInput c = MANDATE__CURSOR_INPUT__INIT;

	c.office = codec_borrow(office);
	c.name = codec_borrow(name);
	c.revision = at;
	in.time_ms = 5;
	in.what_case = MANDATE__JOURNAL_INPUT__WHAT_CURSOR;
	in.cursor = &c;
	rig_apply(r, &in);
}

static void operators_see_refusals_cursors_and_status(void **state)
{
	struct asking *q = *state;
	struct rig *r = &q->rig;
	const Mandate__Row *rows[64];
	size_t pages;
	Mandate__RefusalsQuery refusals = MANDATE__REFUSALS_QUERY__INIT;
	Mandate__CursorsQuery cursors = MANDATE__CURSORS_QUERY__INIT;
	Mandate__StatusQuery status = MANDATE__STATUS_QUERY__INIT;
	rig_begin(r, "2004-10-01");
	for (uint64_t i = 1; i <= 7; i++) {
		Mandate__Change *c = RECORD(r, head_count(r, "NOSUCH", "2004-10-01", "GHA", 1));

		rig_submit_as(r, i % 2 ? "odd" : "even", 5, (i + 1) / 2, &c, 1);
		assert_non_null(r->outcome->refusal);
	}
	Mandate__Query query = query_of(MANDATE__QUERY__ASK_REFUSALS, &refusals);
	query.has_limit = true;
	query.limit = 2;
	assert_int_equal(ask_all(q, query, rows, 64, &pages), 7);
	refusals.office = codec_borrow("even");
	assert_int_equal(ask_all(q, query, rows, 64, &pages), 3);
	for (int i = 0; i < 3; i++) {
		assert_string_equal(rows[i]->refusal->office, "even");
		assert_int_equal(rows[i]->refusal->outcome->refusal->code,
				 MANDATE__CODE__CODE_UNKNOWN_OPERATION);
	}
	cursor(r, "a", "b", 3);
	cursor(r, "a", "a", 2);
	cursor(r, "a1", "a", 1);
	cursor(r, "a", "b", 4);
	query = query_of(MANDATE__QUERY__ASK_CURSORS, &cursors);
	query.has_limit = true;
	for (query.limit = 1; query.limit < 5; query.limit++) {
		assert_int_equal(ask_all(q, query, rows, 64, &pages), 3);
		assert_string_equal(rows[1]->cursor->name, "b");
		assert_int_equal(rows[1]->cursor->revision, 4);
		assert_string_equal(rows[2]->cursor->office, "a1");
	}
	query = query_of(MANDATE__QUERY__ASK_STATUS, &status);
	assert_int_equal(ask_all(q, query, rows, 64, &pages), 1);
	assert_int_equal(rows[0]->status->day, on("2004-10-01"));
	assert_int_equal(rows[0]->status->revision, revision(q));
	assert_int_equal(rows[0]->status->index, r->inputs);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_correction_does_not_change_what_was_known_before),
		TEST(a_retracted_record_is_shown_without_content),
		TEST(pages_are_of_one_revision_while_more_is_recorded),
		TEST(pages_of_a_whole_kind_are_pinned_too),
		TEST(every_page_fits_a_frame),
		TEST(a_history_has_every_version_newest_first),
		TEST(a_mark_that_is_not_ours_is_refused),
		TEST(positions_stand_on_ends_of_inputs_only),
		TEST(what_a_question_does_not_have_is_refused),
		TEST(settings_are_told_but_for_the_secret),
		TEST(operators_see_refusals_cursors_and_status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
