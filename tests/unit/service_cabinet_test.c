/* What queries keep: a home's dossiers by sight, dropped together by whatever touches the home. */
#include "service_query_fixture.h"

#include "service/cabinet.h"

enum { DAY = 12700 };

/* An office that reads what names `contributor`, until a day. */
static Mandate__Office *guest(struct asking *q, const char *name, const char *contributor,
			      int32_t until)
{
	Mandate__Office *o = arena_alloc(&q->arena, sizeof *o);
	Mandate__Grant *g = arena_alloc(&q->arena, sizeof *g);
	char *list = arena_text(&q->arena, contributor);

	mandate__office__init(o);
	mandate__grant__init(g);
	o->office = arena_text(&q->arena, name);
	o->grants = arena_copy(&q->arena, &g, sizeof g);
	o->n_grants = 1;
	g->access = MANDATE__ACCESS__ACCESS_READ;
	g->contributors = arena_copy(&q->arena, &list, sizeof list);
	g->n_contributors = 1;
	g->has_until = true;
	g->until = until;
	return o;
}

static uint64_t sight(struct asking *q, const Mandate__Office *o, int32_t day)
{
	struct reader_of who = {.office = o, .day = day};
	uint64_t number;

	assert_int_equal(cabinet_sight(q->cabinet, &who, &number), STATUS_OK);
	assert_int_not_equal(number, CABINET_ALL);
	return number;
}

static void who_sees_the_same_has_one_sight(void **state)
{
	struct asking *q = *state;
	Mandate__Office *ghana = guest(q, "GHANA", "GHA", DAY + 1);
	uint64_t first = sight(q, ghana, DAY);

	assert_int_equal(sight(q, guest(q, "OTHER", "GHA", DAY + 9), DAY), first);
	assert_int_not_equal(sight(q, guest(q, "NEPAL", "NPL", DAY + 1), DAY), first);
	assert_int_equal(sight(q, ghana, DAY + 1), first);
	assert_int_not_equal(sight(q, ghana, DAY + 2), first); /* it has expired */
	/* The office is copied: a sight outlives it. */
	ghana->n_grants = 0;
	assert_int_equal(sight(q, guest(q, "GHANA", "GHA", DAY), DAY), first);
}

static void past_the_bound_the_longest_unused_is_forgotten(void **state)
{
	struct asking *q = *state;
	uint64_t numbers[CABINET_SIGHTS_MAX];
	char code[16];

	for (int i = 0; i < CABINET_SIGHTS_MAX; i++) {
		snprintf(code, sizeof code, "C%d", i);
		numbers[i] = sight(q, guest(q, "O", code, DAY), DAY);
	}
	assert_int_equal(sight(q, guest(q, "O", "C0", DAY), DAY), numbers[0]);
	uint64_t more = sight(q, guest(q, "O", "MORE", DAY), DAY);
	assert_int_equal(sight(q, guest(q, "O", "C0", DAY), DAY), numbers[0]);
	uint64_t again = sight(q, guest(q, "O", "C1", DAY), DAY);
	for (int i = 0; i < CABINET_SIGHTS_MAX; i++)
		assert_int_not_equal(again, numbers[i]); /* what was kept under it is not found */
	assert_int_equal(sight(q, guest(q, "O", "MORE", DAY), DAY), more);
}

static uint64_t newest(struct asking *q)
{
	return machine_state(q->rig.machine)->head.revision;
}

/* Follows to the newest revision. */
static void follow(struct asking *q)
{
	if (q->txn)
		assert_int_equal(store_renew(q->txn), STATUS_OK);
	else
		assert_int_equal(store_begin_read(q->rig.store, &q->txn), STATUS_OK);
	assert_int_equal(cabinet_follow(q->cabinet, q->txn, &q->rig.arena, newest(q)), STATUS_OK);
	store_reset(q->txn);
}

static struct dossier *build(struct asking *q, const char *home)
{
	struct store_view records;
	struct dossier *d;
	struct view view;

	assert_int_equal(store_renew(q->txn), STATUS_OK);
	store_view_init(&records, q->txn, newest(q), &view);
	assert_int_equal(dossier_new(&view, &q->arena, home, &d), STATUS_OK);
	store_reset(q->txn);
	return d;
}

static struct dossier *keep(struct asking *q, uint64_t number, const char *home, bool restricted)
{
	struct dossier *d = build(q, home);

	assert_true(cabinet_keep(q->cabinet, number, d, restricted, newest(q)));
	return d;
}

static void an_event_drops_the_files_of_its_home_by_every_sight(void **state)
{
	struct asking *q = *state;
	struct dossier *all, *some, *other;
	bool restricted = true;

	rig_begin(&q->rig, "2004-10-01");
	rig_accept(&q->rig, RECORD(&q->rig, operation(&q->rig, "UNMIL")));
	follow(q);
	uint64_t number = sight(q, guest(q, "GHANA", "GHA", DAY), DAY);
	all = keep(q, CABINET_ALL, "MONUC", false);
	some = keep(q, number, "MONUC", true);
	other = keep(q, number, "UNMIL", false);
	assert_ptr_equal(cabinet_find(q->cabinet, CABINET_ALL, "MONUC", newest(q), &restricted),
			 all);
	assert_false(restricted);
	assert_ptr_equal(cabinet_find(q->cabinet, number, "MONUC", newest(q), &restricted), some);
	assert_true(restricted); /* said again by each answer */
	assert_ptr_equal(cabinet_find(q->cabinet, number, "UNMIL", newest(q), &restricted), other);
	assert_false(restricted);
	assert_null(cabinet_find(q->cabinet, number + 1, "MONUC", newest(q), &restricted));
	rig_accept(&q->rig, RECORD(&q->rig, instrument(&q->rig, "MONUC", "S/RES/1",
						       MANDATE__ACTION__ACTION_ESTABLISH,
						       "2004-10-01", "2005-03-31", 100)));
	follow(q);
	assert_null(cabinet_find(q->cabinet, CABINET_ALL, "MONUC", newest(q), &restricted));
	assert_null(cabinet_find(q->cabinet, number, "MONUC", newest(q), &restricted));
	assert_ptr_equal(cabinet_find(q->cabinet, number, "UNMIL", newest(q), &restricted), other);
}

/* A page may hold what is all and what is seen of a home at once. */
static void what_was_found_last_stays_for_the_next(void **state)
{
	struct asking *q = *state;
	bool restricted;
	char name[16];

	rig_begin(&q->rig, "2004-10-01");
	follow(q);
	struct dossier *first = keep(q, CABINET_ALL, "MONUC", false);
	for (int i = 0; i < CABINET_FILES_MAX + 2; i++) {
		snprintf(name, sizeof name, "X%d", i);
		assert_ptr_equal(
			cabinet_find(q->cabinet, CABINET_ALL, "MONUC", newest(q), &restricted),
			first);
		keep(q, 1, name, false);
	}
	assert_null(cabinet_find(q->cabinet, 1, "X0", newest(q), &restricted));
	assert_non_null(cabinet_find(q->cabinet, 1, name, newest(q), &restricted));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_sees_the_same_has_one_sight),
		TEST(past_the_bound_the_longest_unused_is_forgotten),
		TEST(an_event_drops_the_files_of_its_home_by_every_sight),
		TEST(what_was_found_last_stays_for_the_next),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
