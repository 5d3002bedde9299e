/* Events, records and the view: what is put is found again, at the right revision. */
#include "store_fixture.h"

static void an_event_comes_back_part_by_part(void **state)
{
	struct fixture *f = *state;
	struct store_txn *t = write_txn(f);
	struct store_event event = {0};

	put_fact(t, &f->arena, 1, "UNMIL:a", 5);
	put_fact(t, &f->arena, 2, "UNMIL:b", 6);
	OK(store_event_get(t, 2, &event));
	assert_int_equal(event.revision, 2);
	assert_int_equal(event.salt[SALT_BYTES - 1], 2);
	assert_int_equal(event.chain[HASH_BYTES - 1], 3);
	assert_true(bytes_equal(event.tags, bytes_of_text("tags")));
	const Mandate__Event *unpacked =
		codec_decode(&f->arena, &mandate__event__descriptor, event.event);
	assert_non_null(unpacked);
	assert_string_equal(unpacked->change->record->instrument->document, "UNMIL:b");
	OK(store_commit(t));
}

static void an_event_above_the_newest_is_not_found(void **state)
{
	struct fixture *f = *state;
	struct store_txn *t = write_txn(f);
	struct store_event event;

	assert_int_equal(store_event_get(t, 1, &event), STATUS_NOT_FOUND);
	put_fact(t, &f->arena, 1, "UNMIL:a", 5);
	assert_int_equal(store_event_get(t, 2, &event), STATUS_NOT_FOUND);
	OK(store_commit(t));
}

static void an_event_is_put_once(void **state)
{
	struct fixture *f = *state;
	struct store_txn *t = write_txn(f);

	put_fact(t, &f->arena, 1, "UNMIL:a", 5);
	put_fact(t, &f->arena, 2, "UNMIL:a", 6);
	struct store_event again = {1, (const uint8_t[SALT_BYTES]){0},
				    (const uint8_t[HASH_BYTES]){0}, bytes_of_text("t"),
				    bytes_of_text("e")};
	assert_int_equal(store_event_put(t, &again), STATUS_EXISTS);
	assert_int_equal(store_commit(t), STATUS_EXISTS);
}

struct revisions {
	uint64_t first, last, stop_at;
	struct store_txn *txn; /* read from while scanning */
};

static enum status note_revision(void *ctx, const struct store_event *event)
{
	struct revisions *seen = ctx;
	struct store_event other;

	if (!seen->first)
		seen->first = event->revision;
	seen->last = event->revision;
	if (seen->txn)
		OK(store_event_get(seen->txn, 1, &other));
	return event->revision == seen->stop_at ? STATUS_STOPPED : STATUS_OK;
}

static void an_event_scan_shows_every_revision_from_there_on(void **state)
{
	struct fixture *f = *state;
	struct store_txn *t = write_txn(f);
	struct revisions seen = {0};

	OK(store_event_scan(t, 0, note_revision, &seen));
	assert_int_equal(seen.last, 0);
	for (uint64_t revision = 1; revision <= 300; revision++)
		put_fact(t, &f->arena, revision, "UNMIL:a", 5);
	OK(store_commit(t));
	t = read_txn(f);
	seen = (struct revisions){.txn = t};
	OK(store_event_scan(t, 0, note_revision, &seen));
	assert_int_equal(seen.first, 1);
	assert_int_equal(seen.last, 300);
	seen = (struct revisions){.stop_at = 256};
	assert_int_equal(store_event_scan(t, 255, note_revision, &seen), STATUS_STOPPED);
	assert_int_equal(seen.first, 255);
	assert_int_equal(seen.last, 256);
	seen = (struct revisions){0};
	OK(store_event_scan(t, 301, note_revision, &seen));
	assert_int_equal(seen.first, 0);
	store_abort(t);
}

static void a_missing_event_is_corruption(void **state)
{
	struct fixture *f = *state;
	struct store_txn *t = write_txn(f);
	struct revisions seen = {0};
	struct store_event event;

	put_fact(t, &f->arena, 2, "UNMIL:a", 5);
	put_fact(t, &f->arena, 3, "UNMIL:a", 6);
	put_fact(t, &f->arena, 5, "UNMIL:a", 7);
	OK(store_commit(t));
	t = read_txn(f);
	assert_int_equal(store_event_get(t, 1, &event), STATUS_CORRUPT);
	assert_int_equal(store_event_get(t, 4, &event), STATUS_CORRUPT);
	assert_int_equal(store_event_scan(t, 1, note_revision, &seen), STATUS_CORRUPT);
	assert_int_equal(store_event_scan(t, 4, note_revision, &seen), STATUS_CORRUPT);
	assert_int_equal(seen.last, 0);
	assert_int_equal(store_event_scan(t, 2, note_revision, &seen), STATUS_CORRUPT);
	assert_int_equal(seen.last, 3);
	store_abort(t);
}

static void a_record_is_read_as_known_at_a_revision(void **state)
{
	struct fixture *f = *state;
	struct store_txn *t = write_txn(f);
	struct store_version v = {0};

	put_fact(t, &f->arena, 1, "UNMIL:a", 10);
	put_fact(t, &f->arena, 2, "UNMIL:ab", 20); /* a key that continues the other */
	put_fact(t, &f->arena, 3, "UNMIL:a", 30);
	put_fact(t, &f->arena, 4, "UNMIL:a", 40);

	OK(store_record_newest(t, &f->arena, INSTRUMENT, "UNMIL:a", &v));
	assert_int_equal(v.revision, 4);
	assert_true(v.stored->has_record);
	OK(store_record_whole(t, &f->arena, INSTRUMENT, "UNMIL:a", UINT64_MAX, &v));
	assert_int_equal(v.record->instrument->adopted, 40);
	OK(store_record_at(t, &f->arena, INSTRUMENT, "UNMIL:a", 3, &v));
	assert_int_equal(v.revision, 3);
	assert_false(v.stored->has_record);
	assert_int_equal(v.stored->content_revision, 3);
	OK(store_record_whole(t, &f->arena, INSTRUMENT, "UNMIL:a", 2, &v));
	assert_int_equal(v.revision, 1);
	assert_int_equal(v.record->instrument->adopted, 10);
	OK(store_record_whole(t, &f->arena, INSTRUMENT, "UNMIL:ab", 9, &v));
	assert_int_equal(v.record->instrument->adopted, 20);
	assert_int_equal(store_record_at(t, &f->arena, INSTRUMENT, "UNMIL:ab", 1, &v),
			 STATUS_NOT_FOUND);
	assert_int_equal(store_record_newest(t, &f->arena, INSTRUMENT, "UNMIL", &v),
			 STATUS_NOT_FOUND);
	assert_int_equal(store_record_newest(t, &f->arena, ALERT, "UNMIL:a", &v), STATUS_NOT_FOUND);
	OK(store_commit(t));
}

static void an_alert_is_whole_while_open_and_empty_when_closed(void **state)
{
	struct fixture *f = *state;
	struct arena *a = &f->arena;
	struct store_txn *t = write_txn(f);
	Mandate__Alert *alert = make_alert(a, "UNMIL:police", 7);
	struct store_version v = {0};

	put_alert_event(t, a, 1, alert, false);
	put_version(t, a, ALERT, "CEIL_OVER:UNMIL:police", 1, make_version(a, 1, NULL, alert));
	put_alert_event(t, a, 2, alert, true);
	put_version(t, a, ALERT, "CEIL_OVER:UNMIL:police", 2, make_version(a, 2, NULL, NULL));
	put_alert_event(t, a, 3, alert, false);
	put_version(t, a, ALERT, "CEIL_OVER:UNMIL:police", 3, make_version(a, 3, NULL, alert));
	for (uint64_t revision = 1; revision <= 3; revision++) {
		OK(store_record_whole(t, a, ALERT, "CEIL_OVER:UNMIL:police", revision, &v));
		assert_int_equal(v.revision, revision);
		if (revision == 2)
			assert_null(v.stored->alert);
		else
			assert_int_equal(v.stored->alert->since, 7);
	}
	OK(store_commit(t));
}

static void a_pointer_to_no_event_or_to_another_kind_is_corruption(void **state)
{
	struct fixture *f = *state;
	struct arena *a = &f->arena;
	struct store_txn *t = write_txn(f);
	struct store_version v;

	put_alert_event(t, a, 1, make_alert(a, "x", 1), false);
	put_version(t, a, INSTRUMENT, "UNMIL:a", 1, make_version(a, 1, NULL, NULL));
	put_version(t, a, INSTRUMENT, "UNMIL:b", 1, make_version(a, 9, NULL, NULL));
	put_fact(t, a, 2, "UNMIL:c", 1);
	put_version(t, a, ALERT, "UNMIL:c", 2, make_version(a, 2, NULL, NULL));
	put_version(t, a, MANDATE__KIND__KIND_UNIT, "UNMIL:d", 2, make_version(a, 2, NULL, NULL));
	OK(store_commit(t));
	t = read_txn(f);
	assert_int_equal(store_record_whole(t, a, INSTRUMENT, "UNMIL:a", 9, &v), STATUS_CORRUPT);
	assert_int_equal(store_record_whole(t, a, INSTRUMENT, "UNMIL:b", 9, &v), STATUS_CORRUPT);
	assert_int_equal(store_record_whole(t, a, ALERT, "UNMIL:c", 9, &v), STATUS_CORRUPT);
	assert_int_equal(store_record_whole(t, a, MANDATE__KIND__KIND_UNIT, "UNMIL:d", 9, &v),
			 STATUS_CORRUPT);
	store_abort(t);
}

static enum status see_version(void *ctx, const struct store_version *version)
{
	char text[32];

	snprintf(text, sizeof text, "%d%s", (int)version->revision,
		 version->stored->has_record ? "!" : "");
	return see(ctx, text);
}

static void versions_are_shown_newest_first(void **state)
{
	struct fixture *f = *state;
	struct store_txn *t = write_txn(f);
	struct seen all = {0}, some = {0}, one = {.stop_after = 1}, none = {0};

	for (uint64_t revision = 1; revision <= 6; revision++)
		put_fact(t, &f->arena, revision, revision % 3 ? "UNMIL:a" : "UNMIL:a:b", 1);
	OK(store_record_versions(t, &f->arena, INSTRUMENT, "UNMIL:a", UINT64_MAX, see_version,
				 &all));
	assert_string_equal(all.text, "5! 4 2 1");
	OK(store_record_versions(t, &f->arena, INSTRUMENT, "UNMIL:a", 3, see_version, &some));
	assert_string_equal(some.text, "2 1");
	assert_int_equal(
		store_record_versions(t, &f->arena, INSTRUMENT, "UNMIL:a", 4, see_version, &one),
		STATUS_STOPPED);
	assert_string_equal(one.text, "4");
	OK(store_record_versions(t, &f->arena, INSTRUMENT, "UNMIL", 9, see_version, &none));
	assert_int_equal(none.count, 0);
	OK(store_commit(t));
}

static void keys_of_a_kind_are_shown_once_and_in_order(void **state)
{
	struct fixture *f = *state;
	struct store_txn *t = write_txn(f);
	struct seen all = {0}, rest = {0}, between = {0}, none = {0};

	static const char *const keys[] = {"B:x", "A:x", "A", "A:x:y", "C", "A:x", "A:x", "C"};
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		put_fact(t, &f->arena, i + 1, keys[i], 1);
	put_version(t, &f->arena, ALERT, "Z", 9, make_version(&f->arena, 9, NULL, NULL));
	OK(store_record_keys(t, INSTRUMENT, NULL, see_key, &all));
	assert_string_equal(all.text, "A A:x A:x:y B:x C");
	OK(store_record_keys(t, INSTRUMENT, "A:x", see_key, &rest));
	assert_string_equal(rest.text, "A:x:y B:x C");
	OK(store_record_keys(t, INSTRUMENT, "AA", see_key, &between));
	assert_string_equal(between.text, "B:x C");
	OK(store_record_keys(t, MANDATE__KIND__KIND_UNIT, NULL, see_key, &none));
	assert_int_equal(none.count, 0);
	OK(store_commit(t));
}

static enum status see_fact(void *ctx, const struct view_fact *fact)
{
	char text[96];

	snprintf(text, sizeof text, "%s@%d=%d", fact->key, (int)fact->revision,
		 (int)fact->record->instrument->adopted);
	return see(ctx, text);
}

static void a_view_shows_facts_as_known_at_its_revision(void **state)
{
	struct fixture *f = *state;
	struct arena *a = &f->arena;
	struct store_txn *t = write_txn(f);
	struct seen now = {0}, then = {0}, all = {0};
	struct view_fact fact = {0};
	struct store_view at_3, newest;
	struct view v;

	put_fact(t, a, 1, "UNMIL:a", 10);
	put_fact(t, a, 2, "UNMIL:b", 20);
	put_fact(t, a, 3, "MONUC:a", 30);
	put_fact(t, a, 4, "UNMIL:c", 40);
	put_fact(t, a, 5, "UNMIL:a", 50);
	Mandate__StoredVersion *retracted = make_version(a, 6, NULL, NULL);
	retracted->has_retracted = retracted->retracted = true;
	put_change_event(t, a, 6, make_record(a, "UNMIL:b", 0));
	put_version(t, a, INSTRUMENT, "UNMIL:b", 6, retracted);
	/* A record that named the operation once. */
	OK(store_index_add(t, STORE_BY_HOME, "UNMIL", INSTRUMENT, "MONUC:a"));
	OK(store_commit(t));

	t = read_txn(f);
	store_view_init(&newest, t, UINT64_MAX, &v);
	OK(view_scan(&v, a, INSTRUMENT, "UNMIL", see_fact, &now));
	assert_string_equal(now.text, "UNMIL:a@5=50 UNMIL:c@4=40");
	OK(view_scan(&v, a, INSTRUMENT, NULL, see_fact, &all));
	assert_string_equal(all.text, "MONUC:a@3=30 UNMIL:a@5=50 UNMIL:c@4=40");
	OK(view_get(&v, a, INSTRUMENT, "UNMIL:b", &fact));
	assert_null(fact.record);
	assert_int_equal(fact.revision, 6);
	assert_int_equal(view_get(&v, a, INSTRUMENT, "UNMIL:z", &fact), STATUS_NOT_FOUND);
	store_view_init(&at_3, t, 3, &v);
	OK(view_scan(&v, a, INSTRUMENT, "UNMIL", see_fact, &then));
	assert_string_equal(then.text, "UNMIL:a@1=10 UNMIL:b@2=20");
	OK(view_get(&v, a, INSTRUMENT, "UNMIL:b", &fact));
	assert_int_equal(fact.record->instrument->adopted, 20);
	assert_string_equal(fact.key, "UNMIL:b");
	assert_int_equal(fact.edition, 1);
	assert_false(fact.clash);
	store_abort(t);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_event_comes_back_part_by_part),
		TEST(an_event_above_the_newest_is_not_found),
		TEST(an_event_is_put_once),
		TEST(an_event_scan_shows_every_revision_from_there_on),
		TEST(a_missing_event_is_corruption),
		TEST(a_record_is_read_as_known_at_a_revision),
		TEST(an_alert_is_whole_while_open_and_empty_when_closed),
		TEST(a_pointer_to_no_event_or_to_another_kind_is_corruption),
		TEST(versions_are_shown_newest_first),
		TEST(keys_of_a_kind_are_shown_once_and_in_order),
		TEST(a_view_shows_facts_as_known_at_its_revision),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
