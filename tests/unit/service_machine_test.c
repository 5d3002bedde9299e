/* The state machine: outcomes, editions, alerts, and that a rebuild is the same state. */
#include "service_support.h"

#include "service/settings.h"

static int set_up(void **state)
{
	struct rig *r = malloc(sizeof *r);

	rig_open(r);
	*state = r;
	return 0;
}

static int tear_down(void **state)
{
	rig_close(*state);
	free(*state);
	return 0;
}

static const Mandate__ChangeResult *result(struct rig *r)
{
	assert_null(r->outcome->refusal);
	assert_int_equal(r->outcome->n_results, 1);
	return r->outcome->results[0];
}

static struct store_version newest(struct rig *r, Mandate__Kind kind, const char *key)
{
	struct store_txn *t;
	struct store_version v;

	assert_int_equal(store_begin_read(r->store, &t), STATUS_OK);
	assert_int_equal(store_record_whole(t, &r->arena, kind, key, UINT64_MAX, &v), STATUS_OK);
	store_abort(t);
	return v;
}

static uint64_t alerts_open(struct rig *r)
{
	return machine_state(r->machine)->alerts_open;
}

static uint64_t revision(struct rig *r)
{
	return machine_state(r->machine)->head.revision;
}

static void a_repeat_gets_the_first_outcome_and_no_effect(void **state)
{
	struct rig *r = *state;
	rig_begin(r, "2004-10-01");
	Mandate__Change *c = RECORD(r, operation(r, "UNMIL"));
	rig_submit_as(r, "monuc", 99, 1, &c, 1);
	uint64_t first = result(r)->revision, head = revision(r);
	c = RECORD(r, operation(r, "UNMIL"));
	rig_submit_as(r, "monuc", 99, 1, &c, 1);
	assert_int_equal(result(r)->revision, first);
	assert_false(result(r)->unchanged);
	assert_int_equal(revision(r), head);
	c = RECORD(r, operation(r, "UNMIS"));
	rig_submit_as(r, "monuc", 99, 1, &c, 1);
	assert_int_equal(r->outcome->refusal->code, MANDATE__CODE__CODE_SEQ_REUSED);
	rig_submit_as(r, "monuc", 99, 3, &c, 1);
	assert_int_equal(r->outcome->refusal->code, MANDATE__CODE__CODE_SEQ_JUMP);
	assert_int_equal(r->outcome->refusal->expected_sequence, 2);
	/* Lanes and offices have nothing to do with each other. */
	rig_submit_as(r, "monuc", 98, 1, &c, 1);
	assert_null(r->outcome->refusal);
	rig_submit_as(r, "hq", 99, 1, &c, 1);
	assert_true(result(r)->unchanged);
}

static void a_submission_happens_whole_or_not_at_all(void **state)
{
	struct rig *r = *state;
	rig_begin(r, "2004-10-01");
	uint64_t before = revision(r);
	Mandate__Change *changes[] = {
		RECORD(r, operation(r, "UNMIL")),
		RECORD(r, head_count(r, "UNMIL", "2004-09-30", "GHA", 850)),
		RECORD(r, head_count(r, "UNMIS", "2004-09-30", "GHA", 850)),
	};
	rig_submit(r, changes, 3);
	assert_int_equal(r->outcome->refusal->code, MANDATE__CODE__CODE_UNKNOWN_OPERATION);
	assert_int_equal(r->outcome->refusal->change, 2);
	assert_int_equal(revision(r), before);
	assert_int_equal(r->event_count, 0);
	/* Within a submission a later change stands on an earlier one. */
	Mandate__Change *good[] = {RECORD(r, operation(r, "UNMIL")),
				   RECORD(r, head_count(r, "UNMIL", "2004-09-30", "GHA", 850))};
	rig_submit(r, good, 2);
	assert_null(r->outcome->refusal);
	assert_int_equal(r->outcome->results[0]->revision, before + 1);
	assert_int_equal(r->outcome->results[1]->revision, before + 2);
}

static void who_and_what_is_named_must_be_on_record(void **state)
{
	struct rig *r = *state;
	rig_begin(r, "2004-10-01");
	rig_refuse(r, RECORD(r, head_count(r, "UNMIL", "2004-09-30", "GHA", 1)),
		   MANDATE__CODE__CODE_UNKNOWN_OPERATION);
	rig_refuse(r, RECORD(r, head_count(r, "MONUC", "2004-09-30", "TGO", 1)),
		   MANDATE__CODE__CODE_UNKNOWN_CONTRIBUTOR);
	Mandate__Record *other = codec_copy(&r->arena, &instrument(r, "MONUC", "AU PSC/PR/1",
								   MANDATE__ACTION__ACTION_EXTEND,
								   "2004-10-01", NULL, 0)
								->base);
	other->instrument->party = codec_borrow("AU");
	rig_refuse(r, RECORD(r, other), MANDATE__CODE__CODE_UNKNOWN_PARTNER);
}

static void the_same_fact_again_is_unchanged(void **state)
{
	struct rig *r = *state;
	rig_begin(r, "2004-10-01");
	rig_accept(r, RECORD(r, head_count(r, "MONUC", "2004-09-30", "GHA", 850)));
	uint64_t first = result(r)->revision, head = revision(r);
	Mandate__Change *again = RECORD(r, head_count(r, "MONUC", "2004-09-30", "GHA", 850));
	Mandate__Source source = MANDATE__SOURCE__INIT;
	source.text = codec_borrow("another source says so too");
	source.note = codec_borrow("in other words");
	source.checked = codec_borrow("memory");
	source.has_confidence = true;
	source.confidence = MANDATE__CONFIDENCE__CONFIDENCE_HIGH;
	again->source = &source;
	rig_accept(r, again);
	assert_true(result(r)->unchanged);
	assert_int_equal(result(r)->revision, first);
	assert_int_equal(revision(r), head);
	/* A higher edition with equal content is a change. */
	rig_accept(r, CORRECT(r, head_count(r, "MONUC", "2004-09-30", "GHA", 850)));
	assert_false(result(r)->unchanged);
	assert_int_equal(result(r)->edition, 2);
}

static void the_highest_edition_holds_whichever_arrives_first(void **state)
{
	struct rig *r = *state;
	const char *key = "MONUC:2004-09-30";
	rig_begin(r, "2004-10-01");
	rig_accept(r, EDITION(r, 3, head_count(r, "MONUC", "2004-09-30", "GHA", 3)));
	rig_accept(r, EDITION(r, 1, head_count(r, "MONUC", "2004-09-30", "GHA", 1)));
	assert_false(result(r)->unchanged);
	uint64_t late = result(r)->revision;
	struct store_version v = newest(r, MANDATE__KIND__KIND_RETURN, key);
	assert_int_equal(v.stored->edition, 3);
	assert_int_equal(v.record->return_->counts[0]->persons, 3);
	/* The late, lower one is on record: again it is unchanged, as is the one that holds. */
	rig_accept(r, EDITION(r, 1, head_count(r, "MONUC", "2004-09-30", "GHA", 1)));
	assert_true(result(r)->unchanged);
	assert_int_equal(result(r)->revision, late);
	rig_accept(r, EDITION(r, 3, head_count(r, "MONUC", "2004-09-30", "GHA", 3)));
	assert_true(result(r)->unchanged);
	rig_accept(r, CORRECT(r, head_count(r, "MONUC", "2004-09-30", "GHA", 4)));
	assert_int_equal(result(r)->edition, 4);
}

static void two_contents_under_one_edition_clash_until_a_higher_one_comes(void **state)
{
	struct rig *r = *state;
	const char *key = "MONUC:2004-09-30";

	rig_begin(r, "2004-10-01");
	rig_accept(r,
		   RECORD(r, instrument(r, "MONUC", "S/RES/1565", MANDATE__ACTION__ACTION_ESTABLISH,
					"2004-08-01", "2005-03-31", 16700)));
	uint64_t open_before = alerts_open(r);
	uint32_t held[2];
	for (int order = 0; order < 2; order++) {
		const char *as_of = order ? "2004-08-31" : "2004-09-30";
		Mandate__Change *a =
			RECORD(r, head_count(r, "MONUC", as_of, "GHA", order ? 850 : 450));
		Mandate__Change *b =
			RECORD(r, head_count(r, "MONUC", as_of, "GHA", order ? 450 : 850));
		rig_submit_as(r, "kinshasa", 5, 2 * (uint64_t)order + 1, &a, 1);
		rig_submit_as(r, "new york", 5, 2 * (uint64_t)order + 1, &b, 1);
		assert_null(r->outcome->refusal);
		const Mandate__Event *e = rig_event(r, 1);
		assert_int_equal(e->what_case, MANDATE__EVENT__WHAT_ALERT);
		assert_int_equal(e->alert->alert->code,
				 MANDATE__ALERT_CODE__ALERT_CODE_EDITION_CLASH);
		assert_int_equal(e->alert->alert->n_offices, 2);
		held[order] =
			newest(r, MANDATE__KIND__KIND_RETURN, order ? "MONUC:2004-08-31" : key)
				.record->return_->counts[0]
				->persons;
		rig_submit_as(r, "kinshasa", 5, 2 * (uint64_t)order + 2, &a, 1);
		assert_true(result(r)->unchanged);
		rig_submit_as(r, "new york", 5, 2 * (uint64_t)order + 2, &b, 1);
		assert_true(result(r)->unchanged);
	}
	assert_int_equal(held[0], held[1]);
	assert_int_equal(alerts_open(r), open_before + 2);
	rig_accept(r, CORRECT(r, head_count(r, "MONUC", "2004-09-30", "GHA", 600)));
	const Mandate__Event *closed = rig_event(r, 1);
	assert_int_equal(closed->alert->act, MANDATE__ALERT_ACT__ALERT_ACT_CLOSED);
	assert_int_equal(closed->alert->reason, MANDATE__CLOSE_REASON__CLOSE_REASON_CORRECTED);
	assert_false(newest(r, MANDATE__KIND__KIND_RETURN, key).stored->clash);
	assert_int_equal(alerts_open(r), open_before + 1);
}

static void an_expected_revision_is_compared_with_what_was_there_before_the_submission(void **state)
{
	struct rig *r = *state;
	Mandate__Change *changes[2];

	rig_begin(r, "2004-10-01");
	Mandate__Change *c = RECORD(r, operation(r, "UNMIL"));
	rig_submit(r, &c, 1);
	uint64_t first = result(r)->revision;
	for (int i = 0; i < 2; i++)
		changes[i] = CORRECT(r, operation(r, "UNMIL"));
	changes[0]->record->operation->full_name = codec_borrow("Liberia");
	changes[1]->has_expected_revision = true;
	changes[1]->expected_revision = first + 1; /* which the first change would make */
	rig_submit(r, changes, 2);
	assert_int_equal(r->outcome->refusal->code, MANDATE__CODE__CODE_CONFLICT);
	assert_int_equal(r->outcome->refusal->current_revision, first);
	assert_int_equal(r->outcome->refusal->current->revision, first);
	changes[1]->expected_revision = first;
	rig_submit(r, changes, 2);
	assert_null(r->outcome->refusal);
}

static void a_stale_expected_revision_is_a_conflict_with_the_record(void **state)
{
	struct rig *r = *state;
	rig_begin(r, "2004-10-01");
	rig_accept(r, RECORD(r, head_count(r, "MONUC", "2004-09-30", "GHA", 850)));
	uint64_t first = result(r)->revision;
	Mandate__Change *c = CORRECT(r, head_count(r, "MONUC", "2004-09-30", "GHA", 900));
	c->has_expected_revision = true;
	c->expected_revision = first;
	rig_accept(r, c);
	uint64_t second = result(r)->revision;
	c = CORRECT(r, head_count(r, "MONUC", "2004-09-30", "GHA", 950));
	c->has_expected_revision = true;
	c->expected_revision = first;
	rig_refuse(r, c, MANDATE__CODE__CODE_CONFLICT);
	assert_int_equal(r->outcome->refusal->current_revision, second);
	assert_int_equal(r->outcome->refusal->current->record->return_->counts[0]->persons, 900);
	/* Sent again after the record moved on: the first outcome, with the record of that time. */
	rig_accept(r, CORRECT(r, head_count(r, "MONUC", "2004-09-30", "GHA", 1000)));
	rig_submit_as(r, "local", 7, r->sequence - 1, &c, 1);
	assert_int_equal(r->outcome->refusal->code, MANDATE__CODE__CODE_CONFLICT);
	assert_int_equal(r->outcome->refusal->current->record->return_->counts[0]->persons, 900);
	c = RECORD(r, head_count(r, "MONUC", "2003-09-30", "GHA", 1));
	c->has_expected_revision = true;
	c->expected_revision = 5;
	rig_refuse(r, c, MANDATE__CODE__CODE_CONFLICT);
	assert_null(r->outcome->refusal->current);
}

static void a_retraction_takes_the_fact_away_and_leaves_it_readable(void **state)
{
	struct rig *r = *state;
	struct store_txn *t;
	struct store_version v;

	rig_begin(r, "2004-10-01");
	rig_accept(r, RECORD(r, head_count(r, "MONUC", "2004-09-30", "GHA", 850)));
	uint64_t first = result(r)->revision;
	rig_accept(r, RETRACT(r, head_count(r, "MONUC", "2004-09-30", "GHA", 850)));
	struct store_version now = newest(r, MANDATE__KIND__KIND_RETURN, "MONUC:2004-09-30");
	assert_true(now.stored->retracted);
	assert_null(now.record);
	assert_int_equal(store_begin_read(r->store, &t), STATUS_OK);
	assert_int_equal(store_record_whole(t, &r->arena, MANDATE__KIND__KIND_RETURN,
					    "MONUC:2004-09-30", first, &v),
			 STATUS_OK);
	assert_int_equal(v.record->return_->counts[0]->persons, 850);
	store_abort(t);
}

static void one_record_twice_in_a_submission_follows_the_order(void **state)
{
	struct rig *r = *state;
	rig_begin(r, "2004-10-01");
	Mandate__Change *changes[] = {
		RECORD(r, head_count(r, "MONUC", "2004-09-30", "GHA", 1)),
		CORRECT(r, head_count(r, "MONUC", "2004-09-30", "GHA", 2)),
		RECORD(r, head_count(r, "MONUC", "2004-09-30", "GHA", 1)),
	};
	rig_submit(r, changes, 3);
	assert_null(r->outcome->refusal);
	assert_int_equal(r->outcome->results[1]->edition, 2);
	assert_true(r->outcome->results[2]->unchanged);
	assert_int_equal(newest(r, MANDATE__KIND__KIND_RETURN, "MONUC:2004-09-30")
				 .record->return_->counts[0]
				 ->persons,
			 2);
}

/* CEIL_OVER: warn at once, alarm after the rotation overlap, closed as corrected. */
static void a_ceiling_is_passed_sharpened_and_corrected(void **state)
{
	struct rig *r = *state;
	rig_begin(r, "2004-10-01");
	rig_accept(r,
		   RECORD(r, instrument(r, "MONUC", "S/RES/1565", MANDATE__ACTION__ACTION_ESTABLISH,
					"2004-10-01", "2005-03-31", 16700)));
	rig_accept(r, RECORD(r, head_count(r, "MONUC", "2004-10-01", "GHA", 17000)));
	const Mandate__Event *e = rig_event(r, 1);
	assert_int_equal(e->alert->act, MANDATE__ALERT_ACT__ALERT_ACT_OPENED);
	assert_string_equal(e->alert->alert->key, "MONUC:military");
	assert_int_equal(e->alert->alert->severity, MANDATE__SEVERITY__SEVERITY_WARN);
	assert_int_equal(e->alert->alert->persons, 17000);
	assert_int_equal(e->alert->alert->ceiling, 16700);
	assert_int_equal(rig_event(r, 0)->last_revision, e->revision);
	rig_day(r, "2004-10-30");
	assert_int_equal(r->event_count, 0);
	rig_day(r, "2004-10-31");
	assert_int_equal(r->event_count, 1);
	e = rig_event(r, 0);
	assert_int_equal(e->alert->act, MANDATE__ALERT_ACT__ALERT_ACT_CHANGED);
	assert_int_equal(e->alert->alert->severity, MANDATE__SEVERITY__SEVERITY_ALARM);
	assert_int_equal(e->alert->on, on("2004-10-31"));
	rig_accept(r, CORRECT(r, head_count(r, "MONUC", "2004-10-01", "GHA", 16000)));
	e = rig_event(r, 1);
	assert_int_equal(e->alert->act, MANDATE__ALERT_ACT__ALERT_ACT_CLOSED);
	assert_int_equal(e->alert->reason, MANDATE__CLOSE_REASON__CLOSE_REASON_CORRECTED);
	assert_int_equal(alerts_open(r), 0);
}

static void a_mandate_expires_in_stages_and_a_rollover_supersedes(void **state)
{
	struct rig *r = *state;
	rig_begin(r, "2010-01-01");
	rig_accept(r,
		   RECORD(r, instrument(r, "MONUC", "S/RES/1861", MANDATE__ACTION__ACTION_ESTABLISH,
					"2009-01-14", "2010-03-15", 5200)));
	const Mandate__Event *e = rig_event(r, 1);
	assert_int_equal(e->alert->alert->code, MANDATE__ALERT_CODE__ALERT_CODE_MAND_EXPIRING);
	assert_int_equal(e->alert->alert->stage, 90);
	rig_day(r, "2010-03-10");
	e = rig_event(r, 0);
	assert_int_equal(e->alert->act, MANDATE__ALERT_ACT__ALERT_ACT_CHANGED);
	assert_int_equal(e->alert->alert->stage, 7);
	assert_int_equal(e->alert->alert->severity, MANDATE__SEVERITY__SEVERITY_WARN);
	rig_day(r, "2010-03-12");
	rig_accept(r, RECORD(r, instrument(r, "MONUC", "S/RES/1913", MANDATE__ACTION__ACTION_EXTEND,
					   "2010-03-12", "2010-05-15", 0)));
	assert_int_equal(r->event_count, 3);
	assert_int_equal(rig_event(r, 1)->alert->reason,
			 MANDATE__CLOSE_REASON__CLOSE_REASON_SUPERSEDED);
	assert_int_equal(rig_event(r, 2)->alert->act, MANDATE__ALERT_ACT__ALERT_ACT_OPENED);
	rig_day(r, "2010-05-16");
	assert_int_equal(alerts_open(r), 1); /* MAND_LAPSED */
}

static void alerts_wait_for_the_first_day(void **state)
{
	struct rig *r = *state;
	rig_begin(r, NULL);
	rig_accept(r,
		   RECORD(r, instrument(r, "MONUC", "S/RES/1565", MANDATE__ACTION__ACTION_ESTABLISH,
					"2004-10-01", "2005-03-31", 16700)));
	rig_accept(r, RECORD(r, head_count(r, "MONUC", "2004-10-01", "GHA", 17000)));
	Mandate__Change *c = RECORD(r, head_count(r, "MONUC", "2004-10-01", "GHA", 16999));
	rig_submit_as(r, "other", 1, 1, &c, 1);
	assert_int_equal(alerts_open(r), 0);
	rig_day(r, "2004-10-05");
	assert_int_equal(r->event_count, 2); /* CEIL_OVER, EDITION_CLASH */
	assert_int_equal(rig_event(r, 1)->alert->alert->n_offices, 2);
}

static void a_setting_takes_effect_from_the_next_day(void **state)
{
	struct rig *r = *state;
	rig_begin(r, "2010-01-01");
	rig_accept(r,
		   RECORD(r, instrument(r, "MONUC", "S/RES/1861", MANDATE__ACTION__ACTION_ESTABLISH,
					"2009-01-14", "2010-03-15", 5200)));
	assert_int_equal(alerts_open(r), 1);
	for (size_t i = 0; i < alert_settings_count; i++)
		if (strstr(alert_settings[i].name, "expiring"))
			rig_setting(r, alert_settings[i].name, bytes_of_text("10"));
	assert_int_equal(alerts_open(r), 1);
	rig_day(r, "2010-01-02");
	assert_int_equal(alerts_open(r), 0);
}

/* An older program does not guess what newer rules meant by what they left. */
static void what_newer_rules_made_is_not_touched(void **state)
{
	struct rig *r = *state;
	struct error err = {.status = STATUS_OK};
	Mandate__JournalInput in = MANDATE__JOURNAL_INPUT__INIT;
	Mandate__RulesInput rules = MANDATE__RULES_INPUT__INIT;
	struct input input = {.decoded = &in};
	struct machine_sink sink = {.arena = &r->arena};
	uint8_t newer[4];
	char known[32];
	struct store_txn *t;

	rig_begin(r, "2004-10-01");
	in.what_case = MANDATE__JOURNAL_INPUT__WHAT_RULES;
	in.rules = &rules;
	rules.version = MACHINE_RULES_VERSION + 1;
	assert_int_equal(machine_begin(r->machine), STATUS_OK);
	assert_int_equal(machine_apply(r->machine, r->inputs + 1, &input, &sink, &err),
			 STATUS_INVALID);
	machine_abort(r->machine);
	assert_int_not_equal(machine_state(r->machine)->rules, rules.version);

	put_u32(newer, MACHINE_RULES_VERSION + 1);
	assert_int_equal(store_begin_write(r->store, &t), STATUS_OK);
	assert_int_equal(store_meta_put(t, "rules", bytes_of(newer, sizeof newer)), STATUS_OK);
	assert_int_equal(store_commit(t), STATUS_OK);
	machine_close(r->machine);
	r->machine = NULL;
	assert_int_equal(machine_open(r->store, &err, &r->machine), STATUS_INVALID);
	snprintf(known, sizeof known, "this program knows %d", MACHINE_RULES_VERSION);
	assert_non_null(strstr(err.text, known));
}

/* --- rebuild and order
 * ---------------------------------------------------------------------------- */

static Mandate__Change *random_change(struct rig *r, uint64_t *seed)
{
	static const char *const operations[] = {"MONUC", "UNMIL", "UNMIS"};
	static const char *const days[] = {"2004-08-31", "2004-09-30", "2004-10-31", "2004-11-30"};
	static const char *const documents[] = {"S/RES/1", "S/RES/2", "S/RES/3", "S/RES/4"};
	const char *op = operations[rig_random(seed) % 3];
	uint64_t i = rig_random(seed) % 4, k = rig_random(seed) % 3;
	const Mandate__Record *rec;

	switch (rig_random(seed) % 4) {
	case 0:
		rec = operation(r, op);
		break;
	case 1:
		rec = instrument(r, op, documents[i],
				 i == 0 ? MANDATE__ACTION__ACTION_ESTABLISH
					: MANDATE__ACTION__ACTION_EXTEND,
				 days[i], k ? "2004-12-15" : "2005-06-30",
				 (uint32_t)(rig_random(seed) % 4) * 500);
		break;
	default:
		rec = head_count(r, op, days[i], k ? "GHA" : "BGD",
				 (uint32_t)(rig_random(seed) % 5) * 400);
	}
	switch (rig_random(seed) % 6) {
	case 0:
		return CORRECT(r, rec);
	case 1:
		return RETRACT(r, rec);
	case 2:
		return EDITION(r, (uint32_t)(rig_random(seed) % 4), rec);
	default:
		return RECORD(r, rec);
	}
}

static void random_history(struct rig *r, uint64_t seed, int inputs)
{
	int32_t day = on("2004-10-01");
	char text[DAY_TEXT_BYTES];

	rig_begin(r, "2004-10-01");
	for (int n = 0; n < inputs; n++) {
		Mandate__Change *changes[4];
		size_t count = 1 + rig_random(&seed) % 4;

		if (rig_random(&seed) % 20 == 0) {
			day += (int32_t)(rig_random(&seed) % 20) + 1;
			day_format(text, day);
			rig_day(r, text);
			continue;
		}
		for (size_t i = 0; i < count; i++) {
			changes[i] = random_change(r, &seed);
			changes[i]->has_expected_revision = rig_random(&seed) % 10 == 0;
			changes[i]->expected_revision = rig_random(&seed) % (revision(r) + 1);
		}
		rig_submit(r, changes, count);
		arena_reset(&r->arena);
	}
}

static void a_rebuild_gives_the_same_pairs_in_every_table(void **state)
{
	struct rig *r = *state;
	struct error err = {.status = STATUS_OK};
	uint64_t seed = (uint64_t)getpid() * 2654435761u + 1, index;
	struct store *s;
	char path[CHECKPOINT_PATH_BYTES], rebuilt[128];

	printf("seed %llu\n", (unsigned long long)seed);
	random_history(r, seed, 600);
	snprintf(rebuilt, sizeof rebuilt, "%s/rebuilt", r->directory);
	assert_int_equal(store_open(rebuilt, false, &err, &s), STATUS_OK);
	rig_replay(r, s, seed);
	rig_compare(r->store, s);
	store_close(s);
	assert_int_equal(checkpoint_remove(rebuilt, NULL), STATUS_OK);

	/* From a checkpoint in the middle, plus the tail. */
	assert_int_equal(checkpoint_make(r->store, r->directory, &err, &index), STATUS_OK);
	assert_int_equal(index, r->inputs);
	for (int n = 0; n < 200; n++) {
		Mandate__Change *c = random_change(r, &seed);
		rig_submit(r, &c, 1);
	}
	assert_int_equal(checkpoint_find(r->directory, UINT64_MAX, false, path, &index), STATUS_OK);
	assert_int_equal(checkpoint_copy(path, rebuilt, &err), STATUS_OK);
	assert_int_equal(store_open(rebuilt, false, &err, &s), STATUS_OK);
	rig_replay(r, s, seed);
	rig_compare(r->store, s);
	store_close(s);
	assert_int_equal(checkpoint_remove(rebuilt, NULL), STATUS_OK);
	assert_int_equal(checkpoint_remove(path, NULL), STATUS_OK);
	snprintf(path, sizeof path, "%s/checkpoint", r->directory);
	rmdir(path);
}

static void an_abort_leaves_nothing_behind(void **state)
{
	struct rig *r = *state;
	struct machine_state before;
	struct engine_position position = {{0}};

	rig_begin(r, "2004-10-01");
	before = *machine_state(r->machine);
	assert_int_equal(machine_begin(r->machine), STATUS_OK);
	assert_int_equal(machine_finish(r->machine, r->inputs + 5, r->chain, &position), STATUS_OK);
	machine_abort(r->machine);
	assert_memory_equal(&before, machine_state(r->machine), sizeof before);
	rig_accept(r, RECORD(r, head_count(r, "MONUC", "2004-09-30", "GHA", 850)));
}

/* As large as records come: unpacked some 100 KiB. */
static const Mandate__Record *large_return(struct rig *r, const char *op, int32_t as_of)
{
	Mandate__Record *record =
		(Mandate__Record *)(uintptr_t)head_count(r, op, "2004-01-01", "GHA", 1);
	Mandate__Return *ret = record->return_;
	Mandate__HeadCount *one = ret->counts[0];

	ret->as_of = as_of;
	ret->n_counts = COUNTS_PER_RETURN_MAX;
	ret->counts = arena_calloc(&r->arena, ret->n_counts, sizeof(Mandate__HeadCount *));
	for (size_t n = 0; n < ret->n_counts; n++)
		ret->counts[n] = one;
	return record;
}

/* After a start nothing is kept, and a day may ask for every home. */
static void a_day_reads_more_than_one_input_may_hold(void **state)
{
	enum { OPERATIONS = 20, RETURNS = 50 };
	struct error err = {.status = STATUS_OK};
	struct rig *r = *state;

	rig_begin(r, "2004-10-01");
	for (int op = 0; op < OPERATIONS; op++) {
		char name[16];

		snprintf(name, sizeof name, "OP%d", op);
		rig_accept(r, RECORD(r, operation(r, name)));
		for (int n = 0; n < RETURNS; n++) {
			const Mandate__Record *ret = large_return(r, name, on("2000-01-01") + n);

			rig_accept(r, RECORD(r, ret));
			arena_reset(&r->arena);
		}
	}
	rig_setting(r, "alert.dep_stale.return_age_days", bytes_of_text("46"));
	machine_close(r->machine);
	assert_int_equal(machine_open(r->store, &err, &r->machine), STATUS_OK);
	rig_day(r, "2004-10-02");
}

static int init(void **state)
{
	(void)state;
	return hash_init() == STATUS_OK ? 0 : -1;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_repeat_gets_the_first_outcome_and_no_effect),
		TEST(a_submission_happens_whole_or_not_at_all),
		TEST(who_and_what_is_named_must_be_on_record),
		TEST(the_same_fact_again_is_unchanged),
		TEST(the_highest_edition_holds_whichever_arrives_first),
		TEST(two_contents_under_one_edition_clash_until_a_higher_one_comes),
		TEST(a_stale_expected_revision_is_a_conflict_with_the_record),
		TEST(an_expected_revision_is_compared_with_what_was_there_before_the_submission),
		TEST(a_retraction_takes_the_fact_away_and_leaves_it_readable),
		TEST(one_record_twice_in_a_submission_follows_the_order),
		TEST(a_ceiling_is_passed_sharpened_and_corrected),
		TEST(a_mandate_expires_in_stages_and_a_rollover_supersedes),
		TEST(alerts_wait_for_the_first_day),
		TEST(a_setting_takes_effect_from_the_next_day),
		TEST(a_day_reads_more_than_one_input_may_hold),
		TEST(what_newer_rules_made_is_not_touched),
		TEST(a_rebuild_gives_the_same_pairs_in_every_table),
		TEST(an_abort_leaves_nothing_behind),
	};
	return cmocka_run_group_tests(tests, init, NULL);
}
