/* Queries that fold: timelines, strengths, the overview, alerts. */
#include "service_query_fixture.h"

#define EXTEND MANDATE__ACTION__ACTION_EXTEND
#define ESTABLISH MANDATE__ACTION__ACTION_ESTABLISH

/* MINURCAT, 2009 to 2010: through two short rollovers to a smaller force. */
static void minurcat(struct rig *r)
{
	rig_begin(r, "2010-03-11");
	rig_accept(r, RECORD(r, operation(r, "MINURCAT")));
	rig_accept(r, RECORD(r, instrument(r, "MINURCAT", "S/RES/1834", ESTABLISH, "2008-09-24",
					   "2009-03-15", 0)));
	const Mandate__Record *rec =
		instrument(r, "MINURCAT", "S/RES/1861", EXTEND, "2009-01-14", "2010-03-15", 5225);
	rec->instrument->has_effective = true;
	rec->instrument->effective = on("2009-03-15");
	rig_accept(r, RECORD(r, rec));
	rig_accept(r, RECORD(r, instrument(r, "MINURCAT", "S/RES/1913", EXTEND, "2010-03-12",
					   "2010-05-15", 0)));
	rig_accept(r, RECORD(r, instrument(r, "MINURCAT", "S/RES/1922", EXTEND, "2010-05-12",
					   "2010-05-26", 0)));
	rig_accept(r, RECORD(r, instrument(r, "MINURCAT", "S/RES/1923", EXTEND, "2010-05-25",
					   "2010-12-31", 2225)));
}

static void a_timeline_has_a_row_for_every_span(void **state)
{
	struct asking *q = *state;
	Mandate__TimelineQuery timeline = MANDATE__TIMELINE_QUERY__INIT;
	const Mandate__Row *rows[32], *paged[32];
	size_t pages;
	minurcat(&q->rig);
	timeline.operation = codec_borrow("MINURCAT");
	Mandate__Query query = query_of(MANDATE__QUERY__ASK_TIMELINE, &timeline);
	size_t count = ask_all(q, query, rows, 32, &pages);
	assert_int_equal(rows[0]->mandate->on, on("2008-09-24"));
	for (size_t i = 0; i < count; i++) {
		const Mandate__Mandate *m = rows[i]->mandate;

		/* Without a gap, and what each says is what its first and last day say. */
		assert_int_equal(m->has_to, i + 1 < count);
		if (m->has_to)
			assert_int_equal(rows[i + 1]->mandate->on, m->to + 1);
		int32_t days[] = {m->on, m->has_to ? m->to : m->on + 400};
		for (int j = 0; j < 2; j++) {
			Mandate__Query one = query;
			Mandate__Mandate same = *m;

			one.has_on = true;
			one.on = days[j];
			const Mandate__Answer *answer = ask_well(q, &one);
			assert_int_equal(answer->n_rows, 1);
			same.on = days[j];
			same.has_to = false;
			assert_true(codec_equal(&q->arena, &same.base,
						&answer->rows[0]->mandate->base));
		}
	}
	const Mandate__Mandate *last = rows[count - 1]->mandate;
	assert_int_equal(last->on, on("2011-01-01"));
	assert_int_equal(last->status, MANDATE__MANDATE_STATUS__MANDATE_STATUS_ENDED);
	assert_false(last->in_force);
	const Mandate__Mandate *before = rows[count - 2]->mandate;
	assert_int_equal(before->on, on("2010-05-25"));
	assert_true(before->in_force);
	assert_int_equal(before->valid_until, on("2010-12-31"));
	assert_string_equal(before->document, "S/RES/1923");
	assert_int_equal(before->n_ceilings, 2);
	assert_true(before->ceilings[0]->derived); /* uniformed, of military alone */
	assert_int_equal(before->ceilings[1]->persons, 2225);
	assert_string_equal(before->ceilings[1]->document, "S/RES/1923");
	assert_true(before->applies);
	query.has_limit = true;
	query.limit = 2;
	assert_int_equal(ask_all(q, query, paged, 32, &pages), count);
	for (size_t i = 0; i < count; i++)
		assert_true(codec_equal(&q->arena, &rows[i]->base, &paged[i]->base));
	timeline.operation = codec_borrow("NOSUCH");
	query = query_of(MANDATE__QUERY__ASK_TIMELINE, &timeline);
	ask_ill(q, &query, MANDATE__CODE__CODE_NOT_FOUND);
}

static void strengths_stand_beside_their_ceilings(void **state)
{
	struct asking *q = *state;
	struct rig *r = &q->rig;
	Mandate__StrengthQuery strength = MANDATE__STRENGTH_QUERY__INIT;
	rig_begin(r, "2004-12-20");
	rig_accept(r, RECORD(r, instrument(r, "MONUC", "S/RES/1565", ESTABLISH, "2004-10-01",
					   "2005-03-31", 16700)));
	rig_accept(r, RECORD(r, head_count(r, "MONUC", "2004-11-30", "GHA", 11000)));
	rig_accept(r, RECORD(r, operation(r, "UNDOF"))); /* nothing known of it */
	strength.operation = codec_borrow("MONUC");
	Mandate__Query query = query_of(MANDATE__QUERY__ASK_STRENGTH, &strength);
	const Mandate__Answer *answer = ask_well(q, &query);
	assert_int_equal(answer->on, on("2004-12-20"));
	assert_int_equal(answer->n_rows, 1);
	const Mandate__Strength *s = answer->rows[0]->strength;
	assert_int_equal(s->component, MANDATE__COMPONENT__COMPONENT_MILITARY);
	assert_int_equal(s->persons, 11000);
	assert_int_equal(s->as_of, on("2004-11-30"));
	assert_int_equal(s->age_days, 20);
	assert_int_equal(s->ceiling, 16700);
	assert_true(s->ceiling_applies);
	assert_int_equal(s->n_contributors, 1);
	assert_string_equal(s->contributors[0]->contributor, "GHA");
	/* All operations: only those with a head-count, without who they are. */
	strength.operation = NULL;
	answer = ask_well(q, &query);
	assert_int_equal(answer->n_rows, 1);
	assert_int_equal(answer->rows[0]->strength->n_contributors, 0);
	/* After the end an old head-count does not haunt it. */
	strength.operation = codec_borrow("MONUC");
	query = on_day(query, "2005-04-01");
	answer = ask_well(q, &query);
	assert_int_equal(answer->n_rows, 1);
	assert_false(answer->rows[0]->strength->has_persons);
	assert_false(answer->rows[0]->strength->ceiling_applies);
}

static void the_overview_has_what_exists_on_the_day(void **state)
{
	struct asking *q = *state;
	struct rig *r = &q->rig;
	Mandate__OverviewQuery overview = MANDATE__OVERVIEW_QUERY__INIT;
	const Mandate__Row *rows[8];
	size_t pages;
	minurcat(r);
	rig_accept(r, RECORD(r, head_count(r, "MINURCAT", "2010-02-28", "GHA", 5300)));
	rig_accept(r, RECORD(r, head_count(r, "MONUC", "2010-02-28", "BGD", 10)));
	rig_accept(r, RECORD(r, operation(r, "UNDOF")));
	Mandate__Query query = query_of(MANDATE__QUERY__ASK_OVERVIEW, &overview);
	const Mandate__Answer *answer = ask_well(q, &query);
	assert_int_equal(answer->n_rows, 3);
	const Mandate__Scope *scope = answer->rows[0]->scope;
	assert_int_equal(answer->rows[0]->what_case, MANDATE__ROW__WHAT_SCOPE);
	const Mandate__Overview *o = answer->rows[1]->overview;
	assert_string_equal(o->operation, "MINURCAT");
	assert_string_equal(answer->rows[2]->overview->operation, "MONUC");
	assert_int_equal(o->military, 5300);
	assert_int_equal(o->military_ceiling, 5225);
	assert_int_equal(o->contributors, 1);
	assert_int_equal(o->valid_until, on("2010-03-15"));
	assert_int_equal(o->status, MANDATE__MANDATE_STATUS__MANDATE_STATUS_IN_FORCE);
	assert_true(o->alerts >= 2); /* over its ceiling, and about to expire */
	Mandate__AlertsQuery alerts = MANDATE__ALERTS_QUERY__INIT;
	alerts.operation = codec_borrow("MINURCAT");
	Mandate__Query open = query_of(MANDATE__QUERY__ASK_ALERTS, &alerts);
	assert_int_equal(ask_well(q, &open)->n_rows, o->alerts);
	assert_int_equal(o->as_of, on("2010-02-28"));
	assert_int_equal(o->age_days, 11);
	assert_true(o->alarms + o->warnings <= o->alerts);
	/* MONUC has no mandate on record here, but somebody is there. */
	assert_int_equal(scope->operations, 1);
	assert_int_equal(scope->peacekeeping, 1);
	assert_int_equal(scope->military, 5310);
	assert_int_equal(scope->uniformed, 5310);
	assert_int_equal(scope->contributors, 2);
	assert_string_equal(scope->next_ending, "MINURCAT");
	assert_int_equal(scope->next_end, on("2010-03-15"));
	assert_int_equal(scope->alerts, o->alerts + answer->rows[2]->overview->alerts);
	/* The sums are of all of them, whatever the first page has room for. */
	query.has_limit = true;
	for (query.limit = 1; query.limit <= 3; query.limit++) {
		assert_int_equal(ask_all(q, query, rows, 8, &pages), 3);
		assert_int_equal(pages, query.limit == 3 ? 1 : 4 - query.limit);
		for (int i = 0; i < 3; i++)
			assert_true(codec_equal(&q->arena, &answer->rows[i]->base, &rows[i]->base));
	}
}

static int by_packed(const void *x, const void *y)
{
	return bytes_compare(*(const struct bytes *)x, *(const struct bytes *)y);
}

/* The alerts alone, packed and sorted. */
static size_t alert_set(struct asking *q, const Mandate__Query *query, struct bytes *set)
{
	const Mandate__Row *rows[64];
	size_t pages, count = ask_all(q, *query, rows, 64, &pages);

	for (size_t i = 0; i < count; i++)
		assert_int_equal(codec_encode(&q->arena, &rows[i]->alert->alert->base, &set[i]),
				 STATUS_OK);
	qsort(set, count, sizeof *set, by_packed);
	return count;
}

static void computed_alerts_are_those_on_record(void **state)
{
	struct asking *q = *state;
	struct rig *r = &q->rig;
	struct bytes stored[64], computed[64];
	Mandate__AlertsQuery alerts = MANDATE__ALERTS_QUERY__INIT;
	minurcat(r);
	rig_accept(r, RECORD(r, head_count(r, "MINURCAT", "2010-02-28", "GHA", 5300)));
	rig_accept(r, EDITION(r, 1, total(r, 1, 100)));
	rig_accept(r, EDITION(r, 1, total(r, 1, 200))); /* two contents under one edition */
	rig_day(r, "2010-03-12");
	Mandate__Query query = query_of(MANDATE__QUERY__ASK_ALERTS, &alerts);
	uint64_t pinned = revision(q);
	size_t count = alert_set(q, &query, stored);
	assert_int_equal(count, machine_state(r->machine)->alerts_open);
	assert_true(count >= 3);
	/* The same day, no longer the newest revision: nothing is read from record. */
	rig_accept(r, RECORD(r, partner(r, "KEN")));
	query = known_at(on_day(query, "2010-03-12"), pinned);
	for (uint32_t limit = 1; limit < 8; limit += 3) {
		query.has_limit = true;
		query.limit = limit;
		assert_int_equal(alert_set(q, &query, computed), count);
		for (size_t i = 0; i < count; i++)
			assert_true(bytes_equal(stored[i], computed[i]));
	}
	alerts.has_code = true;
	alerts.code = MANDATE__ALERT_CODE__ALERT_CODE_EDITION_CLASH;
	assert_int_equal(alert_set(q, &query, computed), 1);
	alerts.operation = codec_borrow("MINURCAT");
	assert_int_equal(alert_set(q, &query, computed), 0);
}

static void the_alert_log_tells_what_happened_in_order(void **state)
{
	struct asking *q = *state;
	struct rig *r = &q->rig;
	const Mandate__Row *rows[64];
	size_t pages, open = 0;
	Mandate__AlertsQuery alerts = MANDATE__ALERTS_QUERY__INIT;
	minurcat(r);
	rig_accept(r, RECORD(r, head_count(r, "MINURCAT", "2010-02-28", "GHA", 5300)));
	for (int day = 12; day < 31; day++) {
		char text[32];

		snprintf(text, sizeof text, "2010-03-%d", day);
		rig_day(r, text);
	}
	rig_accept(r, RECORD(r, head_count(r, "MINURCAT", "2010-03-30", "GHA", 5000)));
	alerts.has_log = alerts.log = true;
	Mandate__Query query = query_of(MANDATE__QUERY__ASK_ALERTS, &alerts);
	query.has_limit = true;
	query.limit = 2;
	size_t count = ask_all(q, query, rows, 64, &pages);
	assert_true(count >= 4);
	for (size_t i = 0; i < count; i++) {
		const Mandate__AlertChange *c = rows[i]->alert->change;

		if (i)
			assert_true(rows[i]->alert->revision > rows[i - 1]->alert->revision);
		assert_non_null(c);
		if (c->act == MANDATE__ALERT_ACT__ALERT_ACT_OPENED)
			open++;
		if (c->act == MANDATE__ALERT_ACT__ALERT_ACT_CLOSED)
			open--;
	}
	assert_int_equal(open, machine_state(r->machine)->alerts_open);
	alerts.has_code = true;
	alerts.code = MANDATE__ALERT_CODE__ALERT_CODE_CEIL_OVER;
	size_t over = ask_all(q, query, rows, 64, &pages);
	assert_in_range(over, 2, count - 1);
	for (size_t i = 0; i < over; i++)
		assert_int_equal(rows[i]->alert->alert->code, alerts.code);
	query = on_day(query, "2010-03-12");
	ask_ill(q, &query, MANDATE__CODE__CODE_RANGE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_timeline_has_a_row_for_every_span),
		TEST(strengths_stand_beside_their_ceilings),
		TEST(the_overview_has_what_exists_on_the_day),
		TEST(computed_alerts_are_those_on_record),
		TEST(the_alert_log_tells_what_happened_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
