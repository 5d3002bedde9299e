/* Filters: lists of different kinds all must match, within one any value does; and what reads
 * packed tags agrees with what reads messages. */
#include "model/codec.h"
#include "service/filter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

static char monuc[] = "MONUC", unmil[] = "UNMIL", unmi[] = "UNMI", unmilx[] = "UNMILX",
	    gha[] = "GHA", document[] = "S/RES/1";
static char *names[] = {monuc, unmil, unmi, unmilx, gha, document};

static bool passes_packed(struct arena *a, const Mandate__Filter *filter,
			  const Mandate__EventTags *tags)
{
	struct bytes packed;
	bool passes;

	assert_int_equal(codec_encode(a, &tags->base, &packed), STATUS_OK);
	assert_int_equal(filter_passes_packed(filter, packed, &passes), STATUS_OK);
	return passes;
}

static bool passes(struct arena *a, const Mandate__Filter *filter, const Mandate__EventTags *tags)
{
	bool whole = filter_passes(filter, tags);

	assert_int_equal(passes_packed(a, filter, tags), whole);
	return whole;
}

static void an_open_filter_lets_everything_pass(void **state)
{
	struct arena *a = *state;
	Mandate__Filter filter = MANDATE__FILTER__INIT;
	Mandate__EventTags tags = MANDATE__EVENT_TAGS__INIT;

	tags.kind = MANDATE__KIND__KIND_PARTNER;
	assert_true(filter_is_open(NULL));
	assert_true(filter_is_open(&filter));
	assert_true(passes(a, NULL, &tags));
	assert_true(passes(a, &filter, &tags));
}

static void every_list_must_match_by_any_value(void **state)
{
	struct arena *a = *state;
	Mandate__Filter filter = MANDATE__FILTER__INIT;
	Mandate__EventTags tags = MANDATE__EVENT_TAGS__INIT;
	Mandate__Kind kinds[] = {MANDATE__KIND__KIND_RETURN, MANDATE__KIND__KIND_UNIT};

	filter.operations = names;
	filter.n_operations = 2;
	tags.kind = MANDATE__KIND__KIND_UNIT;
	assert_false(filter_is_open(&filter));
	assert_false(passes(a, &filter, &tags)); /* of no operation */
	tags.operations = names + 1;
	tags.n_operations = 1;
	assert_true(passes(a, &filter, &tags));
	tags.operations = names + 2; /* begins as one of them does */
	assert_false(passes(a, &filter, &tags));
	tags.n_operations = 2;
	assert_false(passes(a, &filter, &tags));
	tags.operations = names;
	filter.kinds = kinds;
	filter.n_kinds = 1;
	assert_false(passes(a, &filter, &tags));
	filter.n_kinds = 2;
	assert_true(passes(a, &filter, &tags));
}

static void a_filter_by_alert_code_stops_what_is_no_alert(void **state)
{
	struct arena *a = *state;
	Mandate__Filter filter = MANDATE__FILTER__INIT;
	Mandate__EventTags tags = MANDATE__EVENT_TAGS__INIT;
	Mandate__AlertCode code = MANDATE__ALERT_CODE__ALERT_CODE_DEP_STALE;

	filter.alert_codes = &code;
	filter.n_alert_codes = 1;
	tags.kind = MANDATE__KIND__KIND_ALERT;
	assert_false(passes(a, &filter, &tags));
	tags.has_alert_code = true;
	tags.alert_code = MANDATE__ALERT_CODE__ALERT_CODE_CEIL_OVER;
	assert_false(passes(a, &filter, &tags));
	tags.alert_code = code;
	assert_true(passes(a, &filter, &tags));
}

static unsigned any_names(unsigned *seed, char ***ret_names)
{
	unsigned from = (unsigned)rand_r(seed) % 6, count = (unsigned)rand_r(seed) % 3;

	*ret_names = names + from;
	return count < 6 - from ? count : 6 - from;
}

static void packed_and_unpacked_tags_answer_the_same(void **state)
{
	struct arena *a = *state;
	unsigned seed = (unsigned)getpid(), passed = 0;
	Mandate__Kind kinds[] = {1, 64};
	Mandate__AlertCode codes[] = {1, 7};

	printf("seed %u\n", seed);
	for (int i = 0; i < 20000; i++) {
		Mandate__Filter filter = MANDATE__FILTER__INIT;
		Mandate__EventTags tags = MANDATE__EVENT_TAGS__INIT;

		filter.n_operations = any_names(&seed, &filter.operations);
		filter.n_contributors = any_names(&seed, &filter.contributors);
		filter.n_documents = rand_r(&seed) % 4 ? 0 : any_names(&seed, &filter.documents);
		filter.kinds = kinds;
		filter.n_kinds = (unsigned)rand_r(&seed) % 3;
		filter.alert_codes = codes;
		filter.n_alert_codes = rand_r(&seed) % 4 ? 0 : 2;
		tags.kind = (Mandate__Kind)(rand_r(&seed) % 2 ? 1 : 64);
		tags.n_operations = any_names(&seed, &tags.operations);
		tags.n_contributors = any_names(&seed, &tags.contributors);
		tags.n_documents = any_names(&seed, &tags.documents);
		tags.has_alert_code = rand_r(&seed) % 2;
		tags.alert_code = (Mandate__AlertCode)(1 + rand_r(&seed) % 7);
		passed += passes(a, &filter, &tags) ? 1 : 0;
		arena_reset(a);
	}
	assert_in_range(passed, 1000, 19000); /* both answers come up */
}

static void what_is_no_tags_is_damage(void **state)
{
	struct arena *a = *state;
	Mandate__Filter filter = MANDATE__FILTER__INIT;
	Mandate__EventTags tags = MANDATE__EVENT_TAGS__INIT;
	struct bytes packed;
	bool ignored;

	filter.operations = names;
	filter.n_operations = 1;
	tags.kind = MANDATE__KIND__KIND_UNIT;
	tags.operations = names;
	tags.n_operations = 1;
	assert_int_equal(codec_encode(a, &tags.base, &packed), STATUS_OK);
	for (packed.len -= 1; packed.len > 2; packed.len--)
		assert_int_equal(filter_passes_packed(&filter, packed, &ignored), STATUS_CORRUPT);
}

static int set_up(void **state)
{
	static struct arena arena;

	arena_init(&arena, 1 << 20);
	*state = &arena;
	return 0;
}

static int tear_down(void **state)
{
	arena_fini(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_open_filter_lets_everything_pass),
		cmocka_unit_test(every_list_must_match_by_any_value),
		cmocka_unit_test(a_filter_by_alert_code_stops_what_is_no_alert),
		cmocka_unit_test(packed_and_unpacked_tags_answer_the_same),
		cmocka_unit_test(what_is_no_tags_is_damage),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
