/* Keys, names and lists of records; bytes and copies; enum names. */
#include "model/codec.h"
#include "model/names.h"
#include "model/record.h"
#include "mandate.pb-c.h"

#include "base/day.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

enum { ARENA_BYTES = 64 * 1024 };

static int setup(void **state)
{
	static struct arena arena;

	arena_init(&arena, ARENA_BYTES);
	*state = &arena;
	return 0;
}

static int teardown(void **state)
{
	arena_fini(*state);
	return 0;
}

static char unmil[] = "UNMIL", monuc[] = "MONUC", gabon[] = "GAB", ghana[] = "GHA", chad[] = "TCD";

static void expect_key(const Mandate__Record *record, const char *expected)
{
	char key[KEY_TEXT_MAX + 1];

	assert_int_equal(record_key(record, key), STATUS_OK);
	assert_string_equal(key, expected);
}

static Mandate__Record *decode(struct arena *a, const void *bytes, size_t len)
{
	Mandate__Record *r = codec_decode(a, &mandate__record__descriptor, bytes_of(bytes, len));

	assert_non_null(r);
	return r;
}

static void a_key_joins_its_parts_in_order(void **state)
{
	Mandate__Instrument instrument = MANDATE__INSTRUMENT__INIT;
	Mandate__Ceiling ceiling = MANDATE__CEILING__INIT;
	Mandate__Unit unit = MANDATE__UNIT__INIT;
	Mandate__Estimate estimate = MANDATE__ESTIMATE__INIT;
	Mandate__Record record = MANDATE__RECORD__INIT;

	(void)state;
	instrument.operation = unmil;
	instrument.party = (char[]){"UNSC"};
	instrument.document = (char[]){"S/RES/1626"};
	record.content_case = MANDATE__RECORD__CONTENT_INSTRUMENT;
	record.instrument = &instrument;
	expect_key(&record, "UNMIL:UNSC:S/RES/1626");
	assert_int_equal(record_kind(&record), MANDATE__KIND__KIND_INSTRUMENT);
	assert_string_equal(record_operation(&record), "UNMIL");
	assert_string_equal(record_document(&record), "S/RES/1626");
	assert_string_equal(record_party(&record), "UNSC");

	ceiling.operation = unmil;
	ceiling.document = (char[]){"S/RES/2363"};
	ceiling.component = MANDATE__COMPONENT__COMPONENT_MILITARY;
	ceiling.from = day_from_civil(2018, 1, 1);
	record.content_case = MANDATE__RECORD__CONTENT_CEILING;
	record.ceiling = &ceiling;
	expect_key(&record, "UNMIL:S/RES/2363:military:2018-01-01");
	assert_null(record_party(&record));

	unit.operation = (char[]){"MINUSCA"};
	unit.contributor = gabon;
	unit.unit = (char[]){"Gabon Battalion"};
	unit.from = day_from_civil(2014, 9, 15);
	record.content_case = MANDATE__RECORD__CONTENT_UNIT;
	record.unit = &unit;
	expect_key(&record, "MINUSCA:GAB:Gabon Battalion:2014-09-15");

	estimate.operation = (char[]){"MINUSCA"};
	estimate.as_of = day_from_civil(2020, 10, 31);
	estimate.detail = MANDATE__DETAIL__DETAIL_CONTRIBUTOR;
	record.content_case = MANDATE__RECORD__CONTENT_ESTIMATE;
	record.estimate = &estimate;
	expect_key(&record, "MINUSCA:2020-10-31:contributor");
}

static void a_partner_has_no_operation_and_an_operation_is_its_own(void **state)
{
	Mandate__Partner partner = MANDATE__PARTNER__INIT;
	Mandate__Operation operation = MANDATE__OPERATION__INIT;
	Mandate__Record record = MANDATE__RECORD__INIT;

	(void)state;
	partner.code = gabon;
	record.content_case = MANDATE__RECORD__CONTENT_PARTNER;
	record.partner = &partner;
	expect_key(&record, "GAB");
	assert_null(record_operation(&record));
	operation.acronym = (char[]){"UNOSOM II"};
	record.content_case = MANDATE__RECORD__CONTENT_OPERATION;
	record.operation = &operation;
	expect_key(&record, "UNOSOM II");
	assert_string_equal(record_operation(&record), "UNOSOM II");
}

static void without_content_there_is_no_key(void **state)
{
	Mandate__Record record = MANDATE__RECORD__INIT;
	char key[KEY_TEXT_MAX + 1] = "as before";

	(void)state;
	assert_int_equal(record_key(&record, key), STATUS_INVALID);
	assert_string_equal(key, "as before");
	assert_int_equal(record_kind(&record), 0);
	assert_null(record_operation(&record));
}

static void the_longest_key_fits_and_one_more_does_not(void **state)
{
	char code[KEY_TEXT_MAX + 2], key[KEY_TEXT_MAX + 1];
	Mandate__Partner partner = MANDATE__PARTNER__INIT;
	Mandate__Record record = MANDATE__RECORD__INIT;

	(void)state;
	memset(code, 'x', sizeof code - 1);
	code[sizeof code - 1] = '\0';
	partner.code = code;
	record.content_case = MANDATE__RECORD__CONTENT_PARTNER;
	record.partner = &partner;
	assert_int_equal(record_key(&record, key), STATUS_INVALID);
	code[KEY_TEXT_MAX] = '\0';
	expect_key(&record, code);
}

static Mandate__Record *sample_return(struct arena *a)
{
	static Mandate__HeadCount counts[3];
	static Mandate__HeadCount *list[] = {&counts[0], &counts[1], &counts[2]};
	Mandate__Return ret = MANDATE__RETURN__INIT;
	Mandate__Record record = MANDATE__RECORD__INIT;

	for (int i = 0; i < 3; i++) {
		mandate__head_count__init(&counts[i]);
		counts[i].contributor = i == 0 ? gabon : ghana;
		counts[i].component = MANDATE__COMPONENT__COMPONENT_TROOPS + i;
		counts[i].persons = 10;
	}
	ret.operation = monuc;
	ret.as_of = day_from_civil(2004, 12, 31);
	ret.n_counts = 3;
	ret.counts = list;
	record.content_case = MANDATE__RECORD__CONTENT_RETURN;
	record.return_ = &ret;
	return codec_copy(a, &record.base);
}

static void contributors_are_listed_once_and_sorted(void **state)
{
	struct arena *a = *state;
	Mandate__ContributorEstimate two[2], *list[] = {&two[0], &two[1]};
	Mandate__Place place = MANDATE__PLACE__INIT, *places[] = {&place};
	Mandate__Estimate estimate = MANDATE__ESTIMATE__INIT;
	Mandate__Record record = MANDATE__RECORD__INIT;
	char *present[] = {chad, gabon};
	const char *const *names;
	size_t count;

	assert_int_equal(record_contributors(a, sample_return(a), &names, &count), STATUS_OK);
	assert_int_equal(count, 2);
	assert_string_equal(names[0], "GAB");
	assert_string_equal(names[1], "GHA");

	for (int i = 0; i < 2; i++) {
		mandate__contributor_estimate__init(&two[i]);
		two[i].contributor = i == 0 ? gabon : ghana;
	}
	estimate.operation = monuc;
	estimate.n_contributors = 2;
	estimate.contributors = list;
	place.n_contingents = 2;
	place.contingents = list;
	place.n_present_only = 2;
	place.present_only = present;
	estimate.n_places = 1;
	estimate.places = places;
	record.content_case = MANDATE__RECORD__CONTENT_ESTIMATE;
	record.estimate = &estimate;
	assert_int_equal(record_contributors(a, &record, &names, &count), STATUS_OK);
	assert_int_equal(count, 3);
	assert_string_equal(names[2], "TCD");

	Mandate__Unit unit = MANDATE__UNIT__INIT;
	unit.contributor = chad;
	record.content_case = MANDATE__RECORD__CONTENT_UNIT;
	record.unit = &unit;
	assert_int_equal(record_contributors(a, &record, &names, &count), STATUS_OK);
	assert_int_equal(count, 1);
	assert_string_equal(names[0], "TCD");

	record = (Mandate__Record)MANDATE__RECORD__INIT;
	assert_int_equal(record_contributors(a, &record, &names, &count), STATUS_OK);
	assert_int_equal(count, 0);
	assert_null(names);
}

static void expect_names(const char *const *names, size_t count, const char *first,
			 const char *second)
{
	assert_int_equal(count, (first != NULL) + (second != NULL));
	if (first)
		assert_string_equal(names[0], first);
	if (second)
		assert_string_equal(names[1], second);
}

static void an_arrangement_names_its_operations_and_parties(void **state)
{
	struct arena *a = *state;
	char *both[] = {(char[]){"UN"}, (char[]){"AU"}};
	Mandate__Side one = MANDATE__SIDE__INIT, two = one, *sides[] = {&one, &two};
	Mandate__Arrangement arrangement = MANDATE__ARRANGEMENT__INIT;
	Mandate__Record record = MANDATE__RECORD__INIT;
	const char *const *names;
	char key[KEY_TEXT_MAX + 1];
	Mandate__Kind kind;
	size_t count;

	one.parties = both;
	one.n_parties = 2;
	two.parties = both;
	two.n_parties = 1;
	arrangement.arrangement = (char[]){"UNAMID-UNITAMS"};
	arrangement.operation = (char[]){"UNITAMS"};
	arrangement.other_operation = (char[]){"UNAMID"};
	arrangement.sides = sides;
	arrangement.n_sides = 2;
	record.content_case = MANDATE__RECORD__CONTENT_ARRANGEMENT;
	record.arrangement = &arrangement;
	expect_key(&record, "UNAMID-UNITAMS");
	assert_string_equal(record_operation(&record), "UNITAMS");
	assert_int_equal(record_operations(a, &record, &names, &count), STATUS_OK);
	expect_names(names, count, "UNAMID", "UNITAMS");
	assert_int_equal(record_parties(a, &record, &names, &count), STATUS_OK);
	expect_names(names, count, "AU", "UN");
	assert_int_equal(record_contributors(a, &record, &names, &count), STATUS_OK);
	expect_names(names, count, NULL, NULL);
	assert_true(record_is_act(record_kind(&record)));
	assert_int_equal(record_subject(&record, &kind, key), STATUS_NOT_FOUND);
}

static void an_act_names_what_it_acts_on(void **state)
{
	Mandate__PledgeStep step = MANDATE__PLEDGE_STEP__INIT;
	Mandate__Endorsement endorsement = MANDATE__ENDORSEMENT__INIT;
	Mandate__Acceptance acceptance = MANDATE__ACCEPTANCE__INIT;
	Mandate__Record record = MANDATE__RECORD__INIT;
	char key[KEY_TEXT_MAX + 1];
	const char *const *names;
	Mandate__Kind kind;
	size_t count;

	step.contributor = gabon;
	step.pledge = (char[]){"P-7"};
	step.step = 4000000000u;
	record.content_case = MANDATE__RECORD__CONTENT_PLEDGE_STEP;
	record.pledge_step = &step;
	expect_key(&record, "GAB:P-7:4000000000");
	assert_int_equal(record_subject(&record, &kind, key), STATUS_OK);
	assert_int_equal(kind, MANDATE__KIND__KIND_PLEDGE);
	assert_string_equal(key, "GAB:P-7");
	assert_int_equal(record_key_only(*state, &record)->pledge_step->step, step.step);

	endorsement.operation = unmil;
	endorsement.document = (char[]){"S/RES/1509"};
	endorsement.owner = (char[]){"OCHA"};
	endorsement.version = 2;
	record.content_case = MANDATE__RECORD__CONTENT_ENDORSEMENT;
	record.endorsement = &endorsement;
	expect_key(&record, "UNMIL:S/RES/1509:OCHA:2");
	assert_int_equal(record_subject(&record, &kind, key), STATUS_OK);
	assert_int_equal(kind, MANDATE__KIND__KIND_PRIORITIES);
	assert_string_equal(key, "UNMIL:S/RES/1509");
	assert_int_equal(record_owners(*state, &record, &names, &count), STATUS_OK);
	expect_names(names, count, "OCHA", NULL);

	acceptance.arrangement = (char[]){"A"};
	acceptance.party = (char[]){"EU"};
	record.content_case = MANDATE__RECORD__CONTENT_ACCEPTANCE;
	record.acceptance = &acceptance;
	assert_int_equal(record_subject(&record, &kind, key), STATUS_OK);
	assert_int_equal(kind, MANDATE__KIND__KIND_ARRANGEMENT);
	assert_string_equal(key, "A");
	assert_null(record_operation(&record));
	assert_false(record_is_act(MANDATE__KIND__KIND_UNIT));
	assert_false(record_is_act((Mandate__Kind)63));
}

static void an_amount_names_the_states_it_is_assessed_on(void **state)
{
	struct arena *a = *state;
	Mandate__Share one = MANDATE__SHARE__INIT, two = one, *shares[] = {&one, &two};
	Mandate__Amount amount = MANDATE__AMOUNT__INIT;
	Mandate__Record record = MANDATE__RECORD__INIT;
	const char *const *names;
	size_t count;

	one.contributor = gabon;
	two.contributor = ghana;
	amount.operation = unmil;
	amount.kind = MANDATE__AMOUNT_KIND__AMOUNT_KIND_ASSESSMENT;
	amount.party = (char[]){"UNGA"};
	amount.currency = (char[]){"USD"};
	amount.document = (char[]){"-"};
	amount.shares = shares;
	amount.n_shares = 2;
	record.content_case = MANDATE__RECORD__CONTENT_AMOUNT;
	record.amount = &amount;
	expect_key(&record, "UNMIL:1970-01-01:1970-01-01:assessment:UNGA:USD:-");
	assert_null(record_document(&record));
	assert_string_equal(record_party(&record), "UNGA");
	assert_int_equal(record_contributors(a, &record, &names, &count), STATUS_OK);
	expect_names(names, count, "GAB", "GHA");
	assert_true(record_contributors_vary(MANDATE__KIND__KIND_AMOUNT));
	assert_false(record_contributors_vary(MANDATE__KIND__KIND_PLEDGE));
}

static void key_only_keeps_the_key_and_nothing_else(void **state)
{
	struct arena *a = *state;
	Mandate__Record *full = sample_return(a), *key_only = record_key_only(a, full);

	assert_non_null(key_only);
	expect_key(key_only, "MONUC:2004-12-31");
	assert_int_equal(key_only->return_->n_counts, 0);
	assert_false(record_is_key_only(a, full));
	assert_true(record_is_key_only(a, key_only));
	full->return_->n_counts = 0;
	assert_true(record_is_key_only(a, full));
}

static void too_little_memory_is_told(void **state)
{
	const Mandate__Record *full = sample_return(*state);
	size_t copies = 0, keys = 0, lists = 0;

	for (size_t cap = 0; cap < 1024; cap += 16) {
		struct arena small;
		const char *const *names;
		size_t count = 77;

		arena_init(&small, cap);
		const Mandate__Record *copy = codec_copy(&small, &full->base);
		assert_int_equal(copy == NULL, small.failed);
		copies += copy != NULL;
		arena_reset(&small);
		const Mandate__Record *key_only = record_key_only(&small, full);
		assert_int_equal(key_only == NULL, small.failed);
		keys += key_only != NULL;
		arena_reset(&small);
		enum status s = record_contributors(&small, full, &names, &count);
		assert_int_equal(s, small.failed ? STATUS_NO_MEMORY : STATUS_OK);
		assert_int_equal(count, small.failed ? 77 : 2);
		lists += s == STATUS_OK;
		arena_fini(&small);
	}
	assert_true(copies > 0 && copies < keys && keys < lists);
}

static void a_copy_is_equal_and_its_own(void **state)
{
	struct arena *a = *state;
	Mandate__Record *one = sample_return(a), *two = codec_copy(a, &one->base);

	assert_true(codec_equal(a, &one->base, &two->base));
	assert_ptr_not_equal(one->return_->operation, two->return_->operation);
	two->return_->counts[2]->persons++;
	assert_false(codec_equal(a, &one->base, &two->base));
}

static void bytes_that_are_no_message_give_null(void **state)
{
	struct arena *a = *state;

	assert_non_null(decode(a, "", 0));
	assert_null(codec_decode(a, &mandate__record__descriptor, bytes_of("\x0a\x7f", 2)));
	assert_false(a->failed);
	/* A partner without its code. */
	assert_null(codec_decode(a, &mandate__record__descriptor, bytes_of("\x0a\x00", 2)));
}

static void decoding_stays_within_the_arena(void **state)
{
	static uint8_t bytes[3000];
	struct arena small;

	(void)state;
	/* Texts of a filter: 3 bytes each, 24 when decoded. */
	for (size_t i = 0; i < sizeof bytes; i += 3)
		memcpy(bytes + i, "\x0a\x01x", 3);
	arena_init(&small, 16 * 1024);
	assert_null(
		codec_decode(&small, &mandate__filter__descriptor, bytes_of(bytes, sizeof bytes)));
	assert_true(small.failed);
	arena_fini(&small);
	arena_init(&small, 64);
	assert_null(codec_decode(&small, &mandate__filter__descriptor, bytes_of("\x0a\x01x", 3)));
	assert_true(small.failed);
	arena_fini(&small);
}

static void names_have_no_prefix_and_go_both_ways(void **state)
{
	int value = 0;

	(void)state;
	assert_string_equal(names_text(&mandate__component__descriptor, 2), "military");
	assert_string_equal(names_text(&mandate__operation_kind__descriptor, 1), "un_pko");
	assert_string_equal(names_text(&mandate__component__descriptor, 99), "99");
	assert_string_equal(names_text(&mandate__alert_code__descriptor, 1), "CEIL_OVER");
	assert_string_equal(names_text(&mandate__code__descriptor, 21), "SEQ_JUMP");
	assert_int_equal(names_value(&mandate__component__descriptor, "Troops", &value), STATUS_OK);
	assert_int_equal(value, MANDATE__COMPONENT__COMPONENT_TROOPS);
	assert_int_equal(names_value(&mandate__component__descriptor, "troop", &value),
			 STATUS_NOT_FOUND);
}

static void kinds_go_to_names_and_back(void **state)
{
	(void)state;
	for (unsigned i = 0; i < mandate__kind__descriptor.n_values; i++) {
		Mandate__Kind kind = (Mandate__Kind)mandate__kind__descriptor.values[i].value;

		assert_non_null(record_kind_name(kind));
		assert_string_equal(record_kind_name(kind),
				    names_text(&mandate__kind__descriptor, (int)kind));
		assert_int_equal(record_kind_of_name(record_kind_name(kind)), kind);
	}
	assert_null(record_kind_name((Mandate__Kind)63));
	assert_int_equal(record_kind_of_name("fleet"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(a_key_joins_its_parts_in_order),
		TEST(a_partner_has_no_operation_and_an_operation_is_its_own),
		TEST(without_content_there_is_no_key),
		TEST(the_longest_key_fits_and_one_more_does_not),
		TEST(contributors_are_listed_once_and_sorted),
		TEST(an_arrangement_names_its_operations_and_parties),
		TEST(an_act_names_what_it_acts_on),
		TEST(an_amount_names_the_states_it_is_assessed_on),
		TEST(key_only_keeps_the_key_and_nothing_else),
		TEST(too_little_memory_is_told),
		TEST(a_copy_is_equal_and_its_own),
		TEST(bytes_that_are_no_message_give_null),
		TEST(decoding_stays_within_the_arena),
		TEST(names_have_no_prefix_and_go_both_ways),
		TEST(kinds_go_to_names_and_back),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
