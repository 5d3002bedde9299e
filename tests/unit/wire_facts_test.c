/* Whole messages: what fields demand of each other, frames and their refusals, inputs. */
#include "base/day.h"
#include "base/limits.h"
#include "model/codec.h"
#include "wire/wire.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define CODE(name) MANDATE__CODE__CODE_##name

/* One valid record of each kind; a test changes one thing. */
struct facts {
	struct arena arena;
	Mandate__Partner partner;
	Mandate__Operation operation;
	Mandate__CeilingEntry entry, *entries[1];
	Mandate__Instrument instrument;
	Mandate__Ceiling ceiling;
	Mandate__HeadCount counts[2], *count_list[2];
	Mandate__Component covers[2];
	Mandate__Return ret;
	Mandate__Total total;
	Mandate__Unit unit;
	Mandate__ContributorEstimate some[2], *some_list[2];
	Mandate__Place places[2], *place_list[2];
	Mandate__Estimate estimate;
	Mandate__Record record;
	Mandate__Change change;
	char *hosts[2];
};

static char op[] = "UNOSOM II", unsc[] = "UNSC", document[] = "S/RES/1769", gab[] = "GAB",
	    gha[] = "GHA", battalion[] = "Gabon Battalion 1", bangui[] = "Bangui", bria[] = "Bria";

static void fill_texts(struct facts *f)
{
	f->partner.code = gab;
	f->operation.acronym = op;
	f->hosts[0] = gab;
	f->hosts[1] = gha;
	f->operation.n_hosts = 2;
	f->operation.hosts = f->hosts;
	f->instrument.operation = op;
	f->instrument.party = unsc;
	f->instrument.document = document;
	f->ceiling.operation = op;
	f->ceiling.document = document;
	f->ret.operation = op;
	f->total.operation = op;
	f->unit.operation = op;
	f->unit.contributor = gab;
	f->unit.unit = battalion;
	f->estimate.operation = op;
	for (int i = 0; i < 2; i++) {
		f->counts[i].contributor = i ? gha : gab;
		f->some[i].contributor = i ? gha : gab;
		f->places[i].name = i ? bria : bangui;
	}
}

static void fill_lists(struct facts *f)
{
	f->entries[0] = &f->entry;
	f->entry.component = MANDATE__COMPONENT__COMPONENT_MILITARY;
	f->instrument.n_ceilings = 1;
	f->instrument.ceilings = f->entries;
	for (int i = 0; i < 2; i++) {
		f->counts[i].component = MANDATE__COMPONENT__COMPONENT_TROOPS;
		f->counts[i].persons = 10;
		f->count_list[i] = &f->counts[i];
		f->some[i].has_persons = true;
		f->some_list[i] = &f->some[i];
		f->places[i].n_contingents = 2;
		f->places[i].contingents = f->some_list;
		f->place_list[i] = &f->places[i];
	}
	f->covers[0] = MANDATE__COMPONENT__COMPONENT_MILITARY;
	f->covers[1] = MANDATE__COMPONENT__COMPONENT_POLICE;
	f->ret.n_covers = 2;
	f->ret.covers = f->covers;
	f->ret.n_counts = 2;
	f->ret.counts = f->count_list;
	f->estimate.n_contributors = 2;
	f->estimate.contributors = f->some_list;
}

static void fill_days(struct facts *f)
{
	int32_t day = day_from_civil(2007, 7, 31);

	f->instrument.has_action = true;
	f->instrument.action = MANDATE__ACTION__ACTION_ESTABLISH;
	f->instrument.has_adopted = true;
	f->instrument.adopted = day;
	f->ceiling.component = MANDATE__COMPONENT__COMPONENT_MILITARY;
	f->ceiling.from = day;
	f->ret.as_of = day;
	f->total.as_of = day;
	f->total.component = MANDATE__COMPONENT__COMPONENT_POLICE;
	f->total.has_persons = true;
	f->unit.from = day;
	f->unit.has_component = true;
	f->unit.component = MANDATE__COMPONENT__COMPONENT_TROOPS;
	f->unit.has_persons = true;
	f->estimate.as_of = day;
	f->estimate.detail = MANDATE__DETAIL__DETAIL_CONTRIBUTOR;
}

static int setup(void **state)
{
	struct facts *f = calloc(1, sizeof *f);

	if (!f)
		return -1;
	arena_init(&f->arena, DECODE_BYTES_MAX);
	mandate__partner__init(&f->partner);
	mandate__operation__init(&f->operation);
	mandate__ceiling_entry__init(&f->entry);
	mandate__instrument__init(&f->instrument);
	mandate__ceiling__init(&f->ceiling);
	mandate__return__init(&f->ret);
	mandate__total__init(&f->total);
	mandate__unit__init(&f->unit);
	mandate__estimate__init(&f->estimate);
	mandate__record__init(&f->record);
	mandate__change__init(&f->change);
	for (int i = 0; i < 2; i++) {
		mandate__head_count__init(&f->counts[i]);
		mandate__contributor_estimate__init(&f->some[i]);
		mandate__place__init(&f->places[i]);
	}
	f->change.action = MANDATE__CHANGE_ACTION__CHANGE_ACTION_RECORD;
	f->change.record = &f->record;
	fill_texts(f);
	fill_lists(f);
	fill_days(f);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct facts *f = *state;

	arena_fini(&f->arena);
	free(f);
	return 0;
}

/* The change as the second of a submission. */
static struct bytes submission_of(struct facts *f)
{
	Mandate__Submission s = MANDATE__SUBMISSION__INIT;
	Mandate__Record first_record = MANDATE__RECORD__INIT;
	Mandate__Change first = MANDATE__CHANGE__INIT, *changes[] = {&first, &f->change};
	struct bytes bytes;

	first.action = MANDATE__CHANGE_ACTION__CHANGE_ACTION_RECORD;
	first.record = &first_record;
	first_record.content_case = MANDATE__RECORD__CONTENT_PARTNER;
	first_record.partner = &f->partner;
	s.lane = 0x0123456789abcdef;
	s.sequence = 1;
	s.n_changes = 2;
	s.changes = changes;
	assert_int_equal(codec_encode(&f->arena, &s.base, &bytes), STATUS_OK);
	return bytes;
}

static void refuse(struct facts *f, Mandate__Code code, const char *field)
{
	const Mandate__Submission *s;
	struct wire_fault fault = {0};
	bool good = wire_decode_submission(&f->arena, submission_of(f), &s, &fault);

	if (fault.code != code)
		print_error("%s: %s\n", fault.field, fault.text);
	assert_int_equal(fault.code, code);
	assert_int_equal(good, code == 0);
	if (code == 0)
		return;
	assert_int_equal(fault.change, 1);
	assert_int_equal(strncmp(fault.field, "changes[1].", 11), 0);
	assert_string_equal(fault.field + 11, field);
}

static void accept(struct facts *f)
{
	refuse(f, (Mandate__Code)0, NULL);
}

#define USE(f, KIND, member, value)                                                                \
	do {                                                                                       \
		(f)->record.content_case = MANDATE__RECORD__CONTENT_##KIND;                        \
		(f)->record.member = &(f)->value;                                                  \
	} while (0)
#define SET(message, field, value) ((message).has_##field = true, (message).field = (value))

static void an_instrument_needs_its_action_and_day(void **state)
{
	struct facts *f = *state;

	USE(f, INSTRUMENT, instrument, instrument);
	accept(f);
	f->instrument.has_adopted = false;
	refuse(f, CODE(MISSING), "record.instrument.adopted");
	f->instrument.has_action = false;
	refuse(f, CODE(MISSING), "record.instrument.action");
}

static void a_mandate_cannot_end_before_it_takes_effect(void **state)
{
	struct facts *f = *state;
	int32_t adopted = f->instrument.adopted;

	USE(f, INSTRUMENT, instrument, instrument);
	SET(f->instrument, valid_until, adopted);
	accept(f);
	SET(f->instrument, effective, adopted + 1);
	refuse(f, CODE(DATE), "record.instrument.valid_until");
	f->instrument.action = MANDATE__ACTION__ACTION_EXTEND;
	refuse(f, CODE(DATE), "record.instrument.valid_until");
	f->instrument.action = MANDATE__ACTION__ACTION_TERMINATE; /* adopted after the end */
	accept(f);
	SET(f->entry, until, adopted);
	refuse(f, CODE(DATE), "record.instrument.ceilings[0].until");
	SET(f->entry, from, adopted);
	accept(f);
}

static void spans_end_after_they_start(void **state)
{
	struct facts *f = *state;

	USE(f, CEILING, ceiling, ceiling);
	SET(f->ceiling, until, f->ceiling.from);
	accept(f);
	f->ceiling.until--;
	refuse(f, CODE(DATE), "record.ceiling.until");
	USE(f, UNIT, unit, unit);
	SET(f->unit, to, f->unit.from);
	accept(f);
	f->unit.to--;
	refuse(f, CODE(DATE), "record.unit.to");
	USE(f, OPERATION, operation, operation);
	SET(f->operation, start_date, 100);
	SET(f->operation, end_date, 100);
	accept(f);
	f->operation.end_date--;
	refuse(f, CODE(DATE), "record.operation.end_date");
}

static void a_series_has_a_day_only_if_it_is_known_up_to_one(void **state)
{
	struct facts *f = *state;

	USE(f, OPERATION, operation, operation);
	SET(f->operation, mandate_series_to, MANDATE__SERIES_END__SERIES_END_TO_DATE);
	refuse(f, CODE(MISSING), "record.operation.mandate_series_to_day");
	SET(f->operation, mandate_series_to_day, 200);
	SET(f->operation, mandate_series_from, 200);
	accept(f);
	f->operation.mandate_series_from++;
	refuse(f, CODE(DATE), "record.operation.mandate_series_to_day");
	f->operation.mandate_series_to = MANDATE__SERIES_END__SERIES_END_NONE;
	refuse(f, CODE(RANGE), "record.operation.mandate_series_to_day");
}

static void hosts_stand_once(void **state)
{
	struct facts *f = *state;

	USE(f, OPERATION, operation, operation);
	accept(f);
	f->hosts[1] = f->hosts[0];
	refuse(f, CODE(NOT_CANONICAL), "record.operation.hosts");
}

static void counts_are_sorted_and_stand_once(void **state)
{
	struct facts *f = *state;

	USE(f, RETURN, return_, ret);
	accept(f);
	f->counts[0].contributor = gha;
	refuse(f, CODE(NOT_CANONICAL), "record.return.counts[1].contributor");
	f->counts[1].component = MANDATE__COMPONENT__COMPONENT_OBSERVERS;
	accept(f);
	f->counts[1].contributor = gab;
	refuse(f, CODE(NOT_CANONICAL), "record.return.counts[1].contributor");
	f->counts[0].contributor = gab;
	f->covers[1] = f->covers[0];
	refuse(f, CODE(NOT_CANONICAL), "record.return.covers");
}

static void women_are_persons(void **state)
{
	struct facts *f = *state;

	USE(f, RETURN, return_, ret);
	SET(f->counts[1], women, 10);
	accept(f);
	f->counts[1].women++;
	refuse(f, CODE(RANGE), "record.return.counts[1].women");
}

static void totals_and_units_need_numbers(void **state)
{
	struct facts *f = *state;

	USE(f, TOTAL, total, total);
	accept(f);
	f->total.has_persons = false;
	refuse(f, CODE(MISSING), "record.total.persons");
	USE(f, UNIT, unit, unit);
	accept(f);
	f->unit.has_persons = false;
	refuse(f, CODE(MISSING), "record.unit.persons");
	f->unit.has_component = false;
	refuse(f, CODE(MISSING), "record.unit.component");
}

static void an_estimate_has_the_list_of_its_detail(void **state)
{
	struct facts *f = *state;

	USE(f, ESTIMATE, estimate, estimate);
	accept(f);
	f->estimate.n_places = 2;
	f->estimate.places = f->place_list;
	refuse(f, CODE(RANGE), "record.estimate.places");
	f->estimate.detail = MANDATE__DETAIL__DETAIL_PLACE;
	refuse(f, CODE(RANGE), "record.estimate.contributors");
	f->estimate.n_contributors = 0;
	accept(f);
	SET(f->places[1], latitude, 436666);
	refuse(f, CODE(MISSING), "record.estimate.places[1].longitude");
	SET(f->places[1], longitude, 1855000);
	f->some[0].contributor = (char[]){"ZWE"};
	refuse(f, CODE(NOT_CANONICAL), "record.estimate.places[0].contingents");
	f->some[0].contributor = gha; /* two units of one contributor at one place */
	accept(f);
	f->places[0].name = (char[]){"Zemio"};
	refuse(f, CODE(NOT_CANONICAL), "record.estimate.places[1].name");
}

static void an_estimate_is_as_of_the_end_of_a_month(void **state)
{
	struct facts *f = *state;

	USE(f, ESTIMATE, estimate, estimate);
	f->estimate.as_of--;
	refuse(f, CODE(DATE), "record.estimate.as_of");
	f->estimate.as_of = day_from_civil(2008, 2, 29);
	accept(f);
	f->some[1].has_persons = false;
	refuse(f, CODE(MISSING), "record.estimate.contributors[1].persons");
	SET(f->some[1], persons, 1);
	f->some[1].contributor = gab;
	refuse(f, CODE(NOT_CANONICAL), "record.estimate.contributors[1].contributor");
}

static void a_retraction_has_a_key_and_nothing_else(void **state)
{
	struct facts *f = *state;

	f->change.action = MANDATE__CHANGE_ACTION__CHANGE_ACTION_RETRACT;
	USE(f, INSTRUMENT, instrument, instrument);
	refuse(f, CODE(RANGE), "record.instrument.action");
	f->instrument.has_action = false;
	refuse(f, CODE(RANGE), "record.instrument.adopted");
	f->instrument.has_adopted = false;
	refuse(f, CODE(RANGE), "record.instrument.ceilings");
	f->instrument.n_ceilings = 0;
	accept(f);
	USE(f, OPERATION, operation, operation);
	f->operation.n_hosts = 0;
	accept(f);
	f->operation.lead = unsc;
	refuse(f, CODE(RANGE), "record.operation.lead");
	f->change.action = MANDATE__CHANGE_ACTION__CHANGE_ACTION_CORRECT;
	accept(f);
}

/* --- frames ----------------------------------------------------------------------------------- */

static struct bytes frame_of(struct facts *f, Mandate__Envelope *e)
{
	struct bytes bytes;

	assert_int_equal(codec_encode(&f->arena, &e->base, &bytes), STATUS_OK);
	return bytes;
}

static void expect_frame(struct facts *f, struct bytes frame, Mandate__Code code,
			 uint64_t correlation)
{
	struct wire_message m;
	struct wire_fault fault = {0};
	uint64_t seen = 1;
	bool good = wire_decode(&f->arena, frame, &m, &seen, &fault);

	assert_int_equal(fault.code, code);
	assert_int_equal(good, code == 0);
	assert_int_equal(seen, correlation);
}

static void a_submission_comes_with_its_bytes_and_digest(void **state)
{
	struct facts *f = *state;
	Mandate__Envelope e;
	uint8_t digest[HASH_BYTES];
	struct wire_message m;
	struct wire_fault fault;
	uint64_t correlation;

	USE(f, UNIT, unit, unit);
	mandate__envelope__init(&e);
	struct bytes bytes = submission_of(f);
	void *data = arena_copy(&f->arena, bytes.data, bytes.len);
	e.version = WIRE_VERSION;
	e.has_correlation = true;
	e.correlation = UINT64_MAX;
	e.body_case = MANDATE__ENVELOPE__BODY_SUBMISSION;
	e.submission = (ProtobufCBinaryData){bytes.len, data};
	assert_true(wire_decode(&f->arena, frame_of(f, &e), &m, &correlation, &fault));
	assert_true(correlation == UINT64_MAX);
	assert_int_equal(m.submission->n_changes, 2);
	assert_string_equal(m.submission->changes[1]->record->unit->unit, battalion);
	assert_true(bytes_equal(m.submission_bytes, bytes));
	hash_one(digest, bytes);
	assert_memory_equal(m.digest, digest, HASH_BYTES);

	f->unit.has_persons = false;
	bytes = submission_of(f);
	data = arena_copy(&f->arena, bytes.data, bytes.len);
	e.submission = (ProtobufCBinaryData){bytes.len, data};
	expect_frame(f, frame_of(f, &e), CODE(MISSING), UINT64_MAX);
	e.submission.len = 0;
	expect_frame(f, frame_of(f, &e), CODE(MISSING), UINT64_MAX);
}

/* The worked examples of proto/PROTOCOL.md, which were computed with another library. */
static void the_protocols_examples_are_true(void **state)
{
	static const char frame[] = "\x08\x01\x10\x07\x1a\x04unhq\x52\x2d"
				    "\x09\xef\xcd\xab\x89\x67\x45\x23\x01\x10\x01\x1a\x20"
				    "\x08\x01\x12\x1c\x0a\x1a\x0a\x04UNSC\x10\x04\x22\x10"
				    "Security Council";
	uint8_t salt[SALT_BYTES], digest[HASH_BYTES], chain[HASH_BYTES] = {0};
	char hex[2 * HASH_BYTES + 1];
	struct facts *f = *state;
	struct wire_message m;
	struct wire_fault fault;
	uint64_t correlation;

	assert_int_equal(sizeof frame - 1, 57);
	assert_true(wire_decode(&f->arena, bytes_of(frame, sizeof frame - 1), &m, &correlation,
				&fault));
	assert_int_equal(m.submission_bytes.len, 45);
	assert_true(m.submission->lane == 0x0123456789abcdef);
	hash_hex(hex, m.digest, HASH_BYTES);
	assert_string_equal(hex,
			    "801e8539d0dac92b5f20c8a036cead6bc73f6c37aa88c37fe6f63eb8b6232537");
	for (uint8_t i = 0; i < SALT_BYTES; i++)
		salt[i] = i;
	hash_event(digest, salt, bytes_of("\x08\x01\x10\x01\x18\x01\x20\x00", 8));
	hash_hex(hex, digest, HASH_BYTES);
	assert_string_equal(hex,
			    "a2f7a4be002addc49ca626e269721e3c71c3c6eb1a8569d0d5f97164d69f0b4c");
	hash_chain_event(chain, 1, digest);
	hash_hex(hex, chain, HASH_BYTES);
	assert_string_equal(hex,
			    "07263701040a9bf00c0e0a917c024e60194fbf7967c25c8e3daa57f92c7cc057");
}

static void a_frame_has_a_size(void **state)
{
	struct facts *f = *state;
	static const uint8_t zeros[FRAME_BYTES_MAX + 1];

	expect_frame(f, bytes_of(NULL, 0), CODE(SIZE), 0);
	expect_frame(f, bytes_of(zeros, sizeof zeros), CODE(SIZE), 0);
	expect_frame(f, bytes_of(zeros, sizeof zeros - 1), CODE(GARBAGE), 0);
}

static void a_large_change_is_refused_by_its_size(void **state)
{
	struct facts *f = *state;
	static char text[TEXT_MAX + 1];
	static Mandate__Place places[20], *list[20];

	memset(text, 'x', TEXT_MAX);
	for (int i = 0; i < 20; i++) {
		mandate__place__init(&places[i]);
		places[i].name = text;
		list[i] = &places[i];
	}
	USE(f, ESTIMATE, estimate, estimate);
	f->estimate.detail = MANDATE__DETAIL__DETAIL_PLACE;
	f->estimate.n_contributors = 0;
	f->estimate.n_places = 15;
	f->estimate.places = list;
	accept(f);
	f->estimate.n_places = 16;
	struct wire_fault fault = {0};
	const Mandate__Submission *s;
	assert_false(wire_decode_submission(&f->arena, submission_of(f), &s, &fault));
	assert_int_equal(fault.code, CODE(SIZE));
	assert_string_equal(fault.field, "changes[1]");
}

static void a_newer_version_is_told_so_whatever_else_is_new(void **state)
{
	struct facts *f = *state;

	/* Version 2, correlation 7, a field that we do not know; then version 0; then ours. */
	expect_frame(f, bytes_of("\x08\x02\x10\x07\xfa\x3f\x00", 7), CODE(VERSION), 7);
	expect_frame(f, bytes_of("\xfa\x3f\x00\x10\x07\x08\x02", 7), CODE(VERSION), 7);
	expect_frame(f, bytes_of("\x08\x00\x10\x07\x72\x00", 6), CODE(VERSION), 7);
	expect_frame(f, bytes_of("\x08\x01\x10\x07\xfa\x3f\x00", 7), CODE(UNKNOWN_FIELD), 7);
	expect_frame(f, bytes_of("\x08\x01\x10\x07\x72\x00", 6), 0, 7);
}

static void what_only_the_daemon_sends_is_garbage(void **state)
{
	struct facts *f = *state;

	expect_frame(f, bytes_of("\x08\x01\xa2\x01\x00", 5), CODE(GARBAGE), 0); /* outcome */
	expect_frame(f, bytes_of("\x08\x01\x72\x00\xf2\x01\x00", 7), CODE(GARBAGE), 0); /* head */
	expect_frame(f, bytes_of("\x08\x01", 2), CODE(MISSING), 0);
}

static void a_decoded_form_that_is_too_large_is_refused_by_size(void **state)
{
	struct facts *f = *state;
	struct arena small;
	struct wire_message m;
	struct wire_fault fault;
	uint64_t correlation;

	arena_init(&small, 64);
	assert_false(wire_decode(&small, bytes_of("\x08\x01\x10\x07\x72\x00", 6), &m, &correlation,
				 &fault));
	assert_int_equal(fault.code, CODE(SIZE));
	assert_int_equal(correlation, 7);
	arena_fini(&small);
	(void)f;
}

static void a_refusal_tells_code_change_field_and_text(void **state)
{
	struct facts *f = *state;
	Mandate__Refusal r;
	struct wire_fault fault = {.code = CODE(DATE), .change = 3, .field = "a.b", .text = "no"};

	assert_int_equal(wire_refusal(&f->arena, &fault, &r), STATUS_OK);
	assert_int_equal(r.code, CODE(DATE));
	assert_true(r.has_change);
	assert_int_equal(r.change, 3);
	assert_string_equal(r.field, "a.b");
	assert_string_equal(r.text, "no");
	fault = (struct wire_fault){.code = CODE(SIZE), .change = -1, .text = "no"};
	assert_int_equal(wire_refusal(&f->arena, &fault, &r), STATUS_OK);
	assert_false(r.has_change);
	assert_null(r.field);
}

static void an_input_is_canonical_and_of_one_kind(void **state)
{
	struct facts *f = *state;
	const Mandate__JournalInput *input;
	struct wire_fault fault = {0};

	/* Day 10 at 5 ms; twice a kind; no kind; an unknown field. */
	assert_true(wire_decode_input(&f->arena, bytes_of("\x08\x05\x1a\x02\x08\x14", 6), &input,
				      &fault));
	assert_int_equal(input->what_case, MANDATE__JOURNAL_INPUT__WHAT_DAY);
	assert_int_equal(input->day->day, 10);
	assert_false(wire_decode_input(&f->arena,
				       bytes_of("\x08\x05\x1a\x02\x08\x14\x2a\x02\x08\x01", 10),
				       &input, &fault));
	assert_int_equal(fault.code, CODE(NOT_CANONICAL));
	assert_false(wire_decode_input(&f->arena, bytes_of("\x08\x05", 2), &input, &fault));
	assert_int_equal(fault.code, CODE(MISSING));
	assert_string_equal(fault.field, "what");
	assert_false(wire_decode_input(&f->arena, bytes_of("\x08\x05\x1a\x04\x08\x14\x30\x01", 8),
				       &input, &fault));
	assert_int_equal(fault.code, CODE(UNKNOWN_FIELD));
	assert_string_equal(fault.field, "day");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(an_instrument_needs_its_action_and_day),
		TEST(a_mandate_cannot_end_before_it_takes_effect),
		TEST(spans_end_after_they_start),
		TEST(a_series_has_a_day_only_if_it_is_known_up_to_one),
		TEST(hosts_stand_once),
		TEST(counts_are_sorted_and_stand_once),
		TEST(women_are_persons),
		TEST(totals_and_units_need_numbers),
		TEST(an_estimate_has_the_list_of_its_detail),
		TEST(an_estimate_is_as_of_the_end_of_a_month),
		TEST(a_retraction_has_a_key_and_nothing_else),
		TEST(a_submission_comes_with_its_bytes_and_digest),
		TEST(the_protocols_examples_are_true),
		TEST(a_frame_has_a_size),
		TEST(a_large_change_is_refused_by_its_size),
		TEST(a_newer_version_is_told_so_whatever_else_is_new),
		TEST(what_only_the_daemon_sends_is_garbage),
		TEST(a_decoded_form_that_is_too_large_is_refused_by_size),
		TEST(a_refusal_tells_code_change_field_and_text),
		TEST(an_input_is_canonical_and_of_one_kind),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
