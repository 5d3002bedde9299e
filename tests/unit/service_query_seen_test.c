/* What an office is answered is what a state would answer that holds only the records which the
 * office may see, as decided once more in seen_world.h. Random states, random offices: the seed is
 * printed, SEEN_SEED=N begins with that case, CASES=N sets how many. */
#include "seen_world.h"

#include <time.h>

enum { CASES = 40, OFFICES_PER_CASE = 4, ROWS_MAX = 2048, QUESTIONS_MAX = 128 };

/* --- questions ------------------------------------------------------------------------------- */

struct questions {
	struct arena arena;
	Mandate__Query all[QUESTIONS_MAX];
	size_t count;
};

#define ASK(q, ASK_CASE, type, Type, ...)                                                          \
	do {                                                                                       \
		Mandate__##Type##Query *of = arena_alloc(&(q)->arena, sizeof *of);                 \
		mandate__##type##_query__init(of);                                                 \
		__VA_ARGS__;                                                                       \
		assert_true((q)->count < QUESTIONS_MAX);                                           \
		(q)->all[(q)->count++] = query_of(MANDATE__QUERY__ASK_##ASK_CASE, of);             \
	} while (0)

static void ask_of_operation(struct questions *q, const char *operation)
{
	char *name = codec_borrow(operation);

	if (name) {
		ASK(q, TIMELINE, timeline, Timeline, of->operation = name);
		ASK(q, LINEAGE, lineage, Lineage, of->operation = name);
	}
	ASK(q, STRENGTH, strength, Strength, of->operation = name);
	ASK(q, STRENGTH, strength, Strength, of->operation = name,
	    of->contributor = codec_borrow("GHA"));
	ASK(q, ARRANGEMENTS, arrangements, Arrangements, of->operation = name);
	ASK(q, REQUIREMENTS, requirements, Requirements, of->operation = name);
	ASK(q, MONEY, money, Money, of->operation = name, of->has_all = of->all = true);
	ASK(q, PRIORITIES, priorities, Priorities, of->operation = name);
	for (int kind = MANDATE__KIND__KIND_INSTRUMENT; kind <= SEEN_KINDS && name; kind += 5)
		ASK(q, LIST, list, List, of->kind = (Mandate__Kind)kind, of->operation = name);
}

static void make_questions(struct questions *q)
{
	static const char *const partners[] = {"GHA", "NGA", "AU", "UN"};

	q->count = 0;
	for (int kind = 1; kind <= MANDATE__KIND__KIND_ALERT; kind++)
		ASK(q, LIST, list, List, of->kind = (Mandate__Kind)kind);
	ASK(q, OVERVIEW, overview, Overview, (void)0);
	ask_of_operation(q, NULL);
	ask_of_operation(q, "ONE");
	ask_of_operation(q, "TWO");
	for (size_t i = 0; i < sizeof partners / sizeof *partners; i++) {
		ASK(q, CONTRIBUTOR, contributor, Contributor,
		    of->contributor = codec_borrow(partners[i]));
		ASK(q, PARTNER, partner, Partner, of->code = codec_borrow(partners[i]));
	}
	ASK(q, FUNCTION, function, Function, of->function = codec_borrow("policing"));
	ASK(q, FUNCTION, function, Function, of->function = codec_borrow("policing"),
	    of->area = codec_borrow("XKX"));
}

/* --- answers --------------------------------------------------------------------------------- */

struct told {
	const Mandate__Row *rows[ROWS_MAX];
	size_t count;
	const Mandate__Refusal *refusal;
	bool restricted;
};

static void ask_for(struct asking *q, const struct reader_of *who, Mandate__Query query,
		    struct told *ret_told)
{
	q->who = *who;
	*ret_told = (struct told){.count = 0};
	for (;;) {
		const Mandate__Answer *answer = ask(q, &query);

		ret_told->restricted |= answer->has_restricted && answer->restricted;
		ret_told->refusal = answer->refusal;
		for (size_t i = 0; i < answer->n_rows; i++) {
			assert_true(ret_told->count < ROWS_MAX);
			ret_told->rows[ret_told->count++] = answer->rows[i];
		}
		if (!answer->has_next)
			return;
		turn(&query, answer);
	}
}

/* Alerts are records of their own, whatever proves them: they are looked at apart. */
static void without_alerts(const struct told *told)
{
	for (size_t i = 0; i < told->count; i++) {
		if (told->rows[i]->what_case == MANDATE__ROW__WHAT_OVERVIEW) {
			Mandate__Overview *o = told->rows[i]->overview;

			o->alerts = o->warnings = o->alarms = 0;
		} else if (told->rows[i]->what_case == MANDATE__ROW__WHAT_SCOPE) {
			Mandate__Scope *s = told->rows[i]->scope;

			s->alerts = s->warnings = s->alarms = 0;
		}
	}
}

static bool same_told(struct arena *a, const struct told *x, const struct told *y)
{
	if (!x->refusal != !y->refusal || x->count != y->count)
		return false;
	if (x->refusal)
		return codec_equal(a, &x->refusal->base, &y->refusal->base);
	for (size_t i = 0; i < x->count; i++)
		if (!codec_equal(a, &x->rows[i]->base, &y->rows[i]->base))
			return false;
	return true;
}

struct trial {
	struct seen_world *w;
	struct reader_of who, nobody;
	uint64_t revision; /* as known at */
	struct chance *chance;
	struct questions questions;
	size_t hidden;
};

static Mandate__Query as_known(const struct trial *t, Mandate__Query query)
{
	query.has_known_at = true;
	query.known_at = t->revision;
	return query;
}

/* Everything an answer may be made of, from the state as it is and from the reduced one. */
static void compare_answers(struct trial *t, struct asking *reduced)
{
	static struct told is, whole, expected;
	struct asking *q = t->w->asking;

	for (size_t i = 0; i < t->questions.count; i++) {
		Mandate__Query query = as_known(t, t->questions.all[i]);

		if (query.ask_case != MANDATE__QUERY__ASK_LIST && chance_in(t->chance, 2)) {
			query.has_on = true;
			query.on = case_day(&t->w->c);
		}
		ask_for(q, &t->nobody, query, &whole);
		ask_for(reduced, &t->nobody, query, &expected);
		if (chance_in(t->chance, 3)) {
			query.has_limit = true;
			query.limit = 1 + chance_below(t->chance, 4);
		}
		ask_for(q, &t->who, query, &is);
		without_alerts(&is);
		without_alerts(&whole);
		without_alerts(&expected);
		if (!same_told(&q->arena, &is, &expected))
			tell_office(&t->who);
		if (!same_told(&q->arena, &is, &expected))
			fail_msg("question %zu (%d): %zu rows, reduced %zu", i, (int)query.ask_case,
				 is.count, expected.count);
		assert_false(expected.restricted || whole.restricted);
		assert_false(is.refusal && is.restricted);
		if (!is.refusal && !same_told(&q->arena, &is, &whole))
			assert_true(is.restricted);
		if (!t->hidden)
			assert_true(same_told(&q->arena, &is, &whole));
		/* An overview counts alerts that are on no record, too. */
		if (!t->hidden && query.ask_case != MANDATE__QUERY__ASK_OVERVIEW)
			assert_false(is.restricted);
		if (query.ask_case == MANDATE__QUERY__ASK_LIST && is.count == whole.count)
			assert_false(is.restricted);
		arena_reset(&q->arena);
		arena_reset(&reduced->arena);
	}
}

/* --- records and their history --------------------------------------------------------------- */

static struct content_names names_of_event(struct seen_world *w, struct store_txn *t,
					   uint64_t revision)
{
	struct store_event event;

	assert_int_equal(store_event_get(t, revision, &event), STATUS_OK);
	const Mandate__Event *e =
		codec_decode(&w->asking->arena, &mandate__event__descriptor, event.event);
	return e->what_case == MANDATE__EVENT__WHAT_ALERT ? names_of_alert(e->alert->alert)
							  : w->named[revision];
}

/* Of all versions those in which both what holds and what changed may be seen. */
static void expect_history(struct trial *t, const struct record_name *name, struct told *told)
{
	struct asking *q = t->w->asking;
	size_t kept = 0;
	struct store_txn *txn;

	assert_int_equal(store_begin_read(q->rig.store, &txn), STATUS_OK);
	for (size_t i = 0; i < told->count; i++) {
		const Mandate__Version *row = told->rows[i]->version;
		struct store_version v;

		assert_int_equal(
			store_record_at(txn, &q->arena, name->kind, name->key, row->revision, &v),
			STATUS_OK);
		struct content_names change = names_of_event(t->w, txn, row->revision);
		if (seen_version(t->w, txn, name->kind, &v, &t->who) &&
		    dull_sees(t->who.office, t->who.day, &change))
			told->rows[kept++] = told->rows[i];
	}
	told->count = kept;
	store_abort(txn);
}

static void compare_records(struct trial *t, struct asking *reduced, const struct record_names *all)
{
	static struct told is, expected;
	struct asking *q = t->w->asking;

	for (size_t i = 0; i < all->count; i++) {
		Mandate__GetQuery get = get_of(all->at[i].kind, all->at[i].key);
		Mandate__Query query = as_known(t, query_of(MANDATE__QUERY__ASK_GET, &get));

		if (strlen(get.key) > KEY_TEXT_MAX)
			continue;
		ask_for(q, &t->who, query, &is);
		ask_for(reduced, &t->nobody, query, &expected);
		assert_true(same_told(&q->arena, &is, &expected));
		assert_false(is.restricted);
		query = as_known(t, query_of(MANDATE__QUERY__ASK_HISTORY, &get));
		ask_for(q, &t->nobody, query, &expected);
		if (!expected.refusal) {
			size_t count = expected.count;

			expect_history(t, &all->at[i], &expected);
			query.has_limit = true;
			query.limit = 1 + chance_below(t->chance, 3);
			ask_for(q, &t->who, query, &is);
			if (expected.count == 0) {
				assert_non_null(is.refusal);
				assert_int_equal(is.refusal->code, MANDATE__CODE__CODE_NOT_FOUND);
			} else {
				assert_true(same_told(&q->arena, &is, &expected));
				assert_int_equal(is.restricted, expected.count < count);
			}
		}
		arena_reset(&q->arena);
		arena_reset(&reduced->arena);
	}
}

/* --- alerts ---------------------------------------------------------------------------------- */

static void keep_seen_alerts(struct trial *t, struct told *told)
{
	size_t kept = 0;

	for (size_t i = 0; i < told->count; i++) {
		struct content_names n = names_of_alert(told->rows[i]->alert->alert);

		if (dull_sees(t->who.office, t->who.day, &n))
			told->rows[kept++] = told->rows[i];
	}
	told->count = kept;
}

static size_t count_of(const struct told *told, const char *operation)
{
	size_t count = 0;

	for (size_t i = 0; i < told->count; i++) {
		const char *of = told->rows[i]->alert->alert->operation;

		count += of && strcmp(of, operation) == 0;
	}
	return count;
}

static void overview_counts(struct trial *t, Mandate__Query alerts_of, const struct told *alerts)
{
	static struct told overview;
	Mandate__OverviewQuery of = MANDATE__OVERVIEW_QUERY__INIT;
	Mandate__Query query = as_known(t, query_of(MANDATE__QUERY__ASK_OVERVIEW, &of));

	query.has_on = alerts_of.has_on;
	query.on = alerts_of.on;
	ask_for(t->w->asking, &t->who, query, &overview);
	for (size_t i = 0; i < overview.count; i++)
		if (overview.rows[i]->what_case == MANDATE__ROW__WHAT_OVERVIEW)
			assert_int_equal(overview.rows[i]->overview->alerts,
					 count_of(alerts, overview.rows[i]->overview->operation));
}

/* Those that may be seen by what they name, of all: as they stand on record and on any day. */
static void compare_alerts(struct trial *t)
{
	static struct told is, expected;
	struct asking *q = t->w->asking;

	for (int n = 0; n < 6; n++) {
		Mandate__AlertsQuery of = MANDATE__ALERTS_QUERY__INIT;
		Mandate__Query query = query_of(MANDATE__QUERY__ASK_ALERTS, &of);

		of.log = n == 0;
		if (n > 1) {
			query.has_on = true;
			query.on = case_day(&t->w->c);
		}
		if (n > 3)
			of.operation = codec_borrow("ONE");
		query = as_known(t, query);
		ask_for(q, &t->nobody, query, &expected);
		size_t all = expected.count;
		keep_seen_alerts(t, &expected);
		ask_for(q, &t->who, query, &is);
		if (is.refusal) {
			assert_int_equal(is.refusal->code, MANDATE__CODE__CODE_NOT_FOUND);
			assert_int_equal(expected.count, 0);
		} else {
			assert_true(same_told(&q->arena, &is, &expected));
			assert_true(is.restricted || expected.count == all);
			if (n > 1 && n < 4)
				overview_counts(t, query, &is);
		}
		arena_reset(&q->arena);
	}
}

/* --- what-if --------------------------------------------------------------------------------- */

/* Is it of records that the office may see, as they would be and as they are? Of acts it depends on
 * what it sees of what they act on. */
static bool may_suppose(struct trial *t, const struct case_item *item)
{
	struct asking *q = t->w->asking;
	struct content_names names = {.kind = item->kind};
	struct record_name name = {.kind = item->kind};
	struct store_version version;
	struct store_txn *txn;

	memcpy(name.key, item->key, sizeof item->key);
	name_record(&q->arena, item->record, true, &names);
	assert_int_equal(store_begin_read(q->rig.store, &txn), STATUS_OK);
	bool known = store_record_at(txn, &q->arena, name.kind, name.key, t->revision, &version) ==
		     STATUS_OK;
	bool sees = sees_record(t->w, txn, &t->who, t->revision, &name);
	store_abort(txn);
	/* What is taken back is what is there. */
	if (!(item->retract && known) && !dull_sees(t->who.office, t->who.day, &names))
		return false;
	return sees;
}

static void keep_seen_consequences(struct trial *t, struct told *told)
{
	size_t kept = 0;

	for (size_t i = 0; i < told->count; i++) {
		const Mandate__WhatIf *w = told->rows[i]->what_if;
		struct content_names n = {.kind = MANDATE__KIND__KIND_ALERT};

		if (w->what_case == MANDATE__WHAT_IF__WHAT_ALERT)
			n = names_of_alert(w->alert->alert);
		if (w->what_case != MANDATE__WHAT_IF__WHAT_ALERT ||
		    dull_sees(t->who.office, t->who.day, &n))
			told->rows[kept++] = told->rows[i];
	}
	told->count = kept;
}

static size_t compare_whatifs(struct trial *t, struct asking *reduced)
{
	static struct told is, expected;
	struct asking *q = t->w->asking;
	size_t told = 0;

	for (size_t i = t->w->c.names; i < t->w->c.count; i++) {
		const struct case_item *item = &t->w->c.items[i];
		Mandate__Change change = seen_change(item), *changes = &change;
		Mandate__WhatIfQuery of = MANDATE__WHAT_IF_QUERY__INIT;
		Mandate__Query query = as_known(t, query_of(MANDATE__QUERY__ASK_WHATIF, &of));

		of.changes = &changes;
		of.n_changes = 1;
		of.has_days = true;
		of.days = chance_below(t->chance, 40);
		ask_for(q, &t->who, query, &is);
		const Mandate__Refusal *refused =
			is.count == 1 && is.rows[0]->what_if->what_case ==
						 MANDATE__WHAT_IF__WHAT_REFUSAL
				? is.rows[0]->what_if->refusal
				: NULL;
		bool beyond = refused && refused->code == MANDATE__CODE__CODE_AUTH_SCOPE;
		bool may = may_suppose(t, item);
		assert_true(refused || may);
		if (beyond) {
			assert_true(!may || record_is_act(item->kind));
		} else {
			ask_for(reduced, &t->nobody, query, &expected);
			keep_seen_consequences(t, &expected);
			if (!same_told(&q->arena, &is, &expected))
				fail_msg("what-if of item %zu: %zu rows, reduced %zu", i, is.count,
					 expected.count);
			told++;
		}
		arena_reset(&q->arena);
		arena_reset(&reduced->arena);
	}
	return told;
}

/* --- ----------------------------------------------------------------------------------------- */

/* The end of an input. */
static uint64_t some_revision(struct seen_world *w, struct chance *c)
{
	uint64_t newest = revision(w->asking);
	uint64_t at = chance_in(c, 4) ? newest - chance_below(c, (uint32_t)newest / 2) : newest;
	struct store_event event;
	struct store_txn *t;

	assert_int_equal(store_begin_read(w->asking->rig.store, &t), STATUS_OK);
	assert_int_equal(store_event_get(t, at, &event), STATUS_OK);
	const Mandate__Event *e =
		codec_decode(&w->asking->arena, &mandate__event__descriptor, event.event);
	at = e->last_revision;
	store_abort(t);
	return at;
}

static void an_office_is_told_what_a_state_with_nothing_else_would_tell(void **state)
{
	const char *given = getenv("SEEN_SEED"), *cases = getenv("CASES");
	struct seen_world *w = calloc(1, sizeof *w);
	static struct record_names all;
	size_t hidden = 0, supposed = 0;
	struct arena offices;
	struct timespec now;
	uint64_t seed;

	(void)state;
	clock_gettime(CLOCK_REALTIME, &now);
	seed = given ? strtoull(given, NULL, 10) : (uint64_t)now.tv_nsec + 1;
	arena_init(&offices, 1 << 20);
	for (int n = cases ? atoi(cases) : CASES; n > 0; n--, seed++) {
		if (!seen_begin(w, seed))
			continue;
		print_message("SEEN_SEED=%llu\n", (unsigned long long)seed);
		gather(w->asking->rig.store, &all);
		for (int k = 0; k < OFFICES_PER_CASE; k++) {
			int32_t day = machine_state(w->asking->rig.machine)->day;
			struct trial t = {.w = w, .chance = &w->c.chance, .nobody = {.day = day}};
			struct asking reduced;

			arena_reset(&offices);
			t.who = (struct reader_of){draw_office(&offices, t.chance, day), day};
			t.revision = some_revision(w, t.chance);
			arena_init(&t.questions.arena, 1 << 20);
			make_questions(&t.questions);
			t.hidden = reduced_open(w, &t.who, t.revision, &all, &reduced);
			hidden += t.hidden;
			compare_answers(&t, &reduced);
			compare_records(&t, &reduced, &all);
			compare_alerts(&t);
			supposed += compare_whatifs(&t, &reduced);
			reduced_close(w, &reduced);
			arena_fini(&t.questions.arena);
		}
		seen_end(w);
	}
	print_message("hidden %zu records, told of %zu what-ifs\n", hidden, supposed);
	assert_true(cases || (hidden > 200 && supposed > 500));
	arena_fini(&offices);
	free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_office_is_told_what_a_state_with_nothing_else_would_tell),
	};

	return cmocka_run_group_tests_name("service/query_seen", tests, NULL, NULL);
}
