/* Queries of a state that random changes of all kinds made. Dossiers kept from query to query
 * answer as ones built afresh; small pages give the rows of one large page; and a what-if says
 * beforehand what a submission then does. Its seed is printed: SEED=N plays it once more. */
#include "service_query_fixture.h"

#include "base/clock.h"
#include "random_changes.h"

enum { INPUTS = 400, ROWS_MAX = 4096 };

/* --- questions -----------------------------------------------------------------------------------
 */

struct questions {
	Mandate__OverviewQuery overview;
	Mandate__AlertsQuery alerts;
	Mandate__StrengthQuery strength;
	Mandate__TimelineQuery timeline;
	Mandate__LineageQuery lineage;
	Mandate__ContributorQuery contributor;
	Mandate__PartnerQuery partner;
	Mandate__FunctionQuery function;
	Mandate__ArrangementsQuery arrangements;
	Mandate__RequirementsQuery requirements;
	Mandate__MoneyQuery money;
	Mandate__PrioritiesQuery priorities;
	Mandate__Query all[16];
	size_t count;
};

#define ASK(q, ASK_CASE, member)                                                                   \
	(q)->all[(q)->count++] = query_of(MANDATE__QUERY__ASK_##ASK_CASE, &(q)->member)

static void make_questions(struct questions *q, uint64_t *seed)
{
	*q = (struct questions){.overview = MANDATE__OVERVIEW_QUERY__INIT,
				.alerts = MANDATE__ALERTS_QUERY__INIT,
				.strength = MANDATE__STRENGTH_QUERY__INIT,
				.timeline = MANDATE__TIMELINE_QUERY__INIT,
				.lineage = MANDATE__LINEAGE_QUERY__INIT,
				.contributor = MANDATE__CONTRIBUTOR_QUERY__INIT,
				.partner = MANDATE__PARTNER_QUERY__INIT,
				.function = MANDATE__FUNCTION_QUERY__INIT,
				.arrangements = MANDATE__ARRANGEMENTS_QUERY__INIT,
				.requirements = MANDATE__REQUIREMENTS_QUERY__INIT,
				.money = MANDATE__MONEY_QUERY__INIT,
				.priorities = MANDATE__PRIORITIES_QUERY__INIT};
	q->timeline.operation = codec_borrow(PICK("UNMIK", "EULEX", "UNMIL", "MONUC"));
	q->timeline.has_alerts = q->timeline.alerts = true;
	q->strength.operation = codec_borrow(PICK("UNMIK", "EULEX", "UNMIL", "MONUC"));
	q->strength.contributor = codec_borrow(next_random(seed) % 2 ? "GHA" : NULL);
	q->lineage.operation = q->timeline.operation;
	q->contributor.contributor = codec_borrow(PICK("GHA", "BGD"));
	q->partner.code = codec_borrow(PICK("UN", "EU", "AU", "UNSC"));
	q->function.function = codec_borrow(PICK("policing", "justice"));
	q->function.area = codec_borrow(next_random(seed) % 2 ? "XKX" : NULL);
	q->arrangements.party = codec_borrow(next_random(seed) % 2 ? "EU" : NULL);
	q->money.has_all = q->money.all = next_random(seed) % 2;
	ASK(q, OVERVIEW, overview);
	ASK(q, ALERTS, alerts);
	ASK(q, STRENGTH, strength);
	ASK(q, TIMELINE, timeline);
	ASK(q, LINEAGE, lineage);
	ASK(q, CONTRIBUTOR, contributor);
	ASK(q, PARTNER, partner);
	ASK(q, FUNCTION, function);
	ASK(q, ARRANGEMENTS, arrangements);
	ASK(q, REQUIREMENTS, requirements);
	ASK(q, MONEY, money);
	ASK(q, PRIORITIES, priorities);
	for (size_t i = 0; i < q->count; i++)
		if (next_random(seed) % 2)
			q->all[i] = on_day(q->all[i], PICK("2009-01-15", "2009-05-01", "2009-07-01",
							   "2009-12-31", "2010-07-15"));
}

/* All rows, each packed; a question that is refused has the code for its row. */
static size_t pack_all(struct asking *q, Mandate__Query query, struct bytes *rows)
{
	size_t count = 0;

	for (;;) {
		const Mandate__Answer *answer = ask(q, &query);

		if (answer->refusal) {
			assert_int_equal(count, 0);
			assert_int_equal(codec_encode(&q->arena, &answer->refusal->base, &rows[0]),
					 STATUS_OK);
			return 1;
		}
		for (size_t i = 0; i < answer->n_rows; i++) {
			assert_true(count < ROWS_MAX);
			assert_int_equal(
				codec_encode(&q->arena, &answer->rows[i]->base, &rows[count++]),
				STATUS_OK);
		}
		if (!answer->has_next)
			return count;
		turn(&query, answer);
	}
}

static void same_rows(const char *what, const Mandate__Query *query, const struct bytes *x,
		      size_t x_count, const struct bytes *y, size_t y_count)
{
	if (x_count != y_count)
		fail_msg("%s, ask %d: %zu rows and %zu", what, (int)query->ask_case, x_count,
			 y_count);
	for (size_t i = 0; i < x_count; i++)
		if (bytes_compare(x[i], y[i]) != 0)
			fail_msg("%s, ask %d: row %zu differs", what, (int)query->ask_case, i);
}

static void check_answers(struct asking *q, uint64_t *seed)
{
	static struct bytes kept[ROWS_MAX], fresh[ROWS_MAX], paged[ROWS_MAX];
	struct cabinet *cabinet = q->cabinet;
	struct questions questions;

	make_questions(&questions, seed);
	for (size_t i = 0; i < questions.count; i++) {
		Mandate__Query query = questions.all[i];
		size_t count = pack_all(q, query, kept);

		assert_int_equal(cabinet_new(&q->cabinet), STATUS_OK);
		size_t fresh_count = pack_all(q, query, fresh);
		cabinet_free(q->cabinet);
		q->cabinet = cabinet;
		same_rows("kept and built", &query, kept, count, fresh, fresh_count);
		query.has_limit = true;
		query.limit = 1 + (uint32_t)(next_random(seed) % 3);
		same_rows("small pages", &query, kept, count, paged, pack_all(q, query, paged));
	}
}

/* What was told at a revision is told again once history has gone on. */
struct remembered {
	struct questions questions;
	uint64_t revision;
	int32_t day;
	struct arena arena;
	struct bytes rows[16][ROWS_MAX];
	size_t counts[16];
};

static Mandate__Query as_then(const struct remembered *m, size_t i)
{
	Mandate__Query query = known_at(m->questions.all[i], m->revision);

	/* Without a day some are of all days, the others of the state's. */
	if (!query.has_on && query.ask_case != MANDATE__QUERY__ASK_TIMELINE &&
	    query.ask_case != MANDATE__QUERY__ASK_FUNCTION) {
		query.has_on = true;
		query.on = m->day;
	}
	return query;
}

static void remember(struct asking *q, struct remembered *m, uint64_t *seed)
{
	arena_reset(&m->arena);
	make_questions(&m->questions, seed);
	m->revision = revision(q);
	m->day = machine_state(q->rig.machine)->day;
	for (size_t i = 0; i < m->questions.count; i++) {
		if (m->questions.all[i].ask_case == MANDATE__QUERY__ASK_ALERTS)
			m->questions.all[i] = on_day(m->questions.all[i], "2009-01-15");
		m->counts[i] = pack_all(q, as_then(m, i), m->rows[i]);
		for (size_t k = 0; k < m->counts[i]; k++)
			m->rows[i][k].data =
				arena_copy(&m->arena, m->rows[i][k].data, m->rows[i][k].len);
	}
}

static void recall(struct asking *q, const struct remembered *m)
{
	static struct bytes rows[ROWS_MAX];

	for (size_t i = 0; i < m->questions.count; i++) {
		Mandate__Query query = as_then(m, i);

		same_rows("as known then", &query, m->rows[i], m->counts[i], rows,
			  pack_all(q, query, rows));
	}
}

/* --- what-if: said before, seen after ------------------------------------------------------------
 */

struct foretold {
	const Mandate__Row *rows[ROWS_MAX];
	size_t count;
	const Mandate__Refusal *refusal;
	size_t results, alerts;
};

static void foretell(struct asking *q, Mandate__Change **changes, size_t count, struct foretold *f)
{
	Mandate__WhatIfQuery whatif = MANDATE__WHAT_IF_QUERY__INIT;
	size_t pages;

	*f = (struct foretold){.count = 0};
	whatif.changes = changes;
	whatif.n_changes = count;
	f->count = ask_all(q, query_of(MANDATE__QUERY__ASK_WHATIF, &whatif), f->rows, ROWS_MAX,
			   &pages);
	for (size_t i = 0; i < f->count; i++) {
		const Mandate__WhatIf *w = f->rows[i]->what_if;

		if (w->what_case == MANDATE__WHAT_IF__WHAT_REFUSAL)
			f->refusal = w->refusal;
		f->results += w->what_case == MANDATE__WHAT_IF__WHAT_RESULT;
		f->alerts += w->what_case == MANDATE__WHAT_IF__WHAT_ALERT;
	}
}

static const Mandate__AlertChange *find_foretold(const struct foretold *f,
						 const Mandate__AlertChange *c)
{
	for (size_t i = 0; i < f->count; i++) {
		const Mandate__WhatIf *w = f->rows[i]->what_if;

		if (w->what_case == MANDATE__WHAT_IF__WHAT_ALERT && w->alert->act == c->act &&
		    w->alert->alert->code == c->alert->code &&
		    strcmp(w->alert->alert->key, c->alert->key) == 0)
			return w->alert;
	}
	return NULL;
}

static void compare_with_outcome(struct asking *q, const struct foretold *f)
{
	struct rig *r = &q->rig;
	const Mandate__Outcome *outcome = r->outcome;
	size_t alerts = 0;

	if (outcome->refusal) {
		assert_non_null(f->refusal);
		assert_int_equal(f->count, 1);
		assert_int_equal(f->refusal->code, outcome->refusal->code);
		assert_int_equal(f->refusal->change, outcome->refusal->change);
		assert_string_equal(f->refusal->field, outcome->refusal->field);
		return;
	}
	assert_null(f->refusal);
	assert_int_equal(f->results, outcome->n_results);
	for (size_t i = 0; i < f->results; i++)
		assert_true(codec_equal(&q->arena, &f->rows[i]->what_if->result->base,
					&outcome->results[i]->base));
	for (size_t i = 0; i < r->event_count; i++) {
		const Mandate__Event *e = rig_event(r, i);

		if (e->what_case != MANDATE__EVENT__WHAT_ALERT)
			continue;
		alerts++;
		const Mandate__AlertChange *said = find_foretold(f, e->alert);
		if (!said)
			fail_msg("nobody said that %s %s",
				 names_text(&mandate__alert_act__descriptor, (int)e->alert->act),
				 e->alert->alert->key);
		/* Who clashes with whom a what-if cannot say, nor since when they do. */
		if (e->alert->alert->code != MANDATE__ALERT_CODE__ALERT_CODE_EDITION_CLASH)
			assert_true(codec_equal(&q->arena, &said->base, &e->alert->base));
	}
	if (alerts != f->alerts)
		fail_msg("said %zu alerts, seen %zu", f->alerts, alerts);
}

/* A clash of which only the offices change: a what-if has no office. */
static bool is_clash_again(struct rig *r)
{
	for (size_t i = 0; i < r->event_count; i++) {
		const Mandate__Event *e = rig_event(r, i);

		if (e->what_case == MANDATE__EVENT__WHAT_ALERT &&
		    e->alert->act == MANDATE__ALERT_ACT__ALERT_ACT_CHANGED &&
		    e->alert->alert->code == MANDATE__ALERT_CODE__ALERT_CODE_EDITION_CLASH)
			return true;
	}
	return false;
}

static void queries_agree_with_history(void **state)
{
	struct asking *q = *state;
	struct rig *r = &q->rig;
	const char *given = getenv("SEED");
	uint64_t random = given ? strtoull(given, NULL, 10) : clock_boot_ms() * 2654435761u | 1;
	uint64_t *seed = &random;
	struct remembered *then = calloc(1, sizeof *then);
	static struct foretold foretold;
	size_t refused = 0, alerts = 0;
	print_message("seed %llu\n", (unsigned long long)*seed);
	arena_init(&then->arena, 64 << 20);
	rig_rules(r, 2);
	random_begin(r);
	for (int n = 0; n < INPUTS; n++) {
		Mandate__Change *changes[3];
		size_t count = 1 + next_random(seed) % 3;

		if (next_random(seed) % 12 == 0) {
			char text[DAY_TEXT_BYTES];

			day_format(text, machine_state(r->machine)->day + 1 +
						 (int32_t)(next_random(seed) % 20));
			rig_day(r, text);
		} else {
			for (size_t i = 0; i < count; i++)
				changes[i] = random_change(r, seed);
			foretell(q, changes, count, &foretold);
			rig_submit(r, changes, count);
			if (!is_clash_again(r))
				compare_with_outcome(q, &foretold);
			refused += r->outcome->refusal != NULL;
			alerts += foretold.alerts;
		}
		if (n % 4 == 0)
			check_answers(q, seed);
		if (n % 50 == 10)
			remember(q, then, seed);
		if (n % 50 == 40)
			recall(q, then);
		arena_reset(&r->arena);
		arena_reset(&q->arena);
	}
	print_message("refused %zu, alerts foretold %zu\n", refused, alerts);
	assert_true(refused > 10 && alerts > INPUTS / 4);
	arena_fini(&then->arena);
	free(then);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(queries_agree_with_history, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
