/* The golden journal of rules 1: an input that only knows `rules 1` gives for ever what it gave
 * when they were released. golden_chronicle.h writes the journal; what came of it then is
 * `released`.
 *
 * A line that differs is a difference to those who hold the daemon's answers: offices their
 * outcomes, subscribers the events and their chain. So new rules are for a new version, and these
 * lines stay. Only the tables `index` and `due` are the state's own affair, and a change of theirs
 * says why. The first line is about this test alone: where it differs the script is another, and
 * nothing below it means anything. */
#include "golden_chronicle.h"

#include "model/names.h"
#include "wire/wire.h"

static const char *const released[] = {
	"script: 4269 inputs, 2956 submissions, 69738 changes "
	"fb4ab4ec6f795e5299d1e6b3ebd637730572bfa5557f08def94ccd2f406520ed",
	"events of partner: 65578",
	"events of operation: 119",
	"events of instrument: 295",
	"events of ceiling: 154",
	"events of return: 959",
	"events of total: 490",
	"events of unit: 1091",
	"events of estimate: 574",
	"retractions: 83",
	"alert CEIL_OVER: 146 opened, 127 changed, 146 closed",
	"alert CEIL_UNSET: 15 opened, 11 changed, 15 closed",
	"alert MAND_EXPIRING: 93 opened, 225 changed, 91 closed",
	"alert MAND_LAPSED: 53 opened, 1 changed, 52 closed",
	"alert DEP_NO_MANDATE: 63 opened, 221 changed, 56 closed",
	"alert DEP_STALE: 160 opened, 18 changed, 157 closed",
	"alert EDITION_CLASH: 97 opened, 6 changed, 19 closed",
	"closed as resolved: 296",
	"closed as corrected: 23",
	"closed as superseded: 39",
	"closed as stale: 89",
	"closed as over: 89",
	"severity info: 174",
	"severity warn: 1024",
	"severity alarm: 574",
	"open at the end: 91; not walked back to their first day: 2",
	"accepted: 2673 submissions; unchanged: 149 changes",
	"refused as SEQ_JUMP: 23",
	"refused as SEQ_REUSED: 31",
	"refused as UNKNOWN_OPERATION: 35",
	"refused as UNKNOWN_PARTNER: 52",
	"refused as UNKNOWN_CONTRIBUTOR: 44",
	"refused as CONFLICT: 97",
	"refused as TOO_MANY_VERSIONS: 1",
	"conflicts with the record as it is: 95",
	"outcomes: 2956 3fcbb575ba9ba7546bf46357ca2b33a7e323d2977b70717ebe8a7187728a233d",
	"events: revision 71032 d2a65e1b39dd4cecbabcf7a49603a98fd8f6e0beca20306c73f46013b9b35823",
	"table meta: 13 pairs d9f8b0ca90fbbd751cf8adccfc39d683cf479f3eb25d522e7c641abad83c6dca",
	"table event: 71032 pairs 1b36a753860feb034527a53484144f448de84fe37aed4ec03d7b1a0079f4b9a3",
	"table record: 71032 pairs "
	"c8d955da66d3a303ca8add752c0d4b2b9b97681cc6627fb241da0140f4bcc099",
	"table index: 3229 pairs a5b943fec7376883ac412da877eda5b3a38ddc41167c0b9488b4fa28e71734af",
	"table lane: 2842 pairs 50cced5a3fadd33c8f6a7a489f05b124efe78b15fbb4e7e6b5884169259444f0",
	"table cursor: 2 pairs 7d5d8432a82186964d199e0c4907c6bc23cd65cc3468a82af9d91278edb97330",
	"table refusal: 226 pairs d9a9fac702abe4f0a169e4af083c0c7475e19817633f482675b04cbd225e21aa",
	"table due: 16 pairs 36bc59e7fd623c394145d399fcf0edfa24ffb880b1777602318891d44f75ffd7",
};

enum {
	REPORT_LINES_MAX = 80,
	CODES = MANDATE__ALERT_CODE__ALERT_CODE_HOST_CONSENT + 1,
	CODES_1 = MANDATE__ALERT_CODE__ALERT_CODE_EDITION_CLASH, /* the last of rules 1 */
	KINDS = MANDATE__KIND__KIND_ALERT + 1,
	KINDS_1 = MANDATE__KIND__KIND_ESTIMATE,
	ACTS = MANDATE__ALERT_ACT__ALERT_ACT_CLOSED + 1,
	REASONS = MANDATE__CLOSE_REASON__CLOSE_REASON_OVER + 1,
	SEVERITIES = MANDATE__SEVERITY__SEVERITY_ALARM + 1,
	REFUSALS = MANDATE__CODE__CODE_FAILED + 1,
};

/* What came of the journal. */
struct tally {
	size_t alerts[CODES][ACTS], reasons[REASONS], severities[SEVERITIES], at_latest;
	size_t changes[KINDS], retractions, clashes;
	size_t outcomes, accepted, unchanged, refused[REFUSALS], with_current;
	uint8_t outcome_chain[HASH_BYTES];
};

struct golden_run {
	struct golden golden;
	struct rig rig;
	struct tally tally;
	char *lines[REPORT_LINES_MAX];
	size_t line_count;
};

/* --- applying --- */

static void count_event(struct tally *t, const Mandate__Event *e)
{
	if (e->what_case == MANDATE__EVENT__WHAT_CHANGE) {
		t->changes[e->change->record->content_case]++;
		t->retractions += e->change->action == G_RETRACT;
		return;
	}
	const Mandate__Alert *alert = e->alert->alert;
	t->alerts[alert->code][e->alert->act]++;
	t->severities[alert->severity]++;
	t->at_latest += alert->has_since_at_latest && alert->since_at_latest;
	if (e->alert->has_reason)
		t->reasons[e->alert->reason]++;
}

static void count_outcome(struct tally *t, uint64_t index, struct bytes packed,
			  const Mandate__Outcome *outcome)
{
	t->outcomes++;
	hash_chain_input(t->outcome_chain, index, packed);
	if (outcome->refusal) {
		t->refused[outcome->refusal->code]++;
		t->with_current += outcome->refusal->current != NULL;
		return;
	}
	t->accepted++;
	for (size_t i = 0; i < outcome->n_results; i++)
		t->unchanged += outcome->results[i]->unchanged ? 1 : 0;
}

static void apply_one(struct golden_run *run, uint64_t index, struct bytes payload)
{
	struct rig *r = &run->rig;
	struct error err = {.status = STATUS_OK};
	struct machine_sink sink = {.arena = &r->arena, .event_room = 64};
	struct input input = {.payload = payload};
	const Mandate__JournalInput *in =
		codec_decode(&r->arena, &mandate__journal_input__descriptor, payload);

	assert_non_null(in);
	input.decoded = in;
	if (in->what_case == MANDATE__JOURNAL_INPUT__WHAT_SUBMISSION) {
		struct bytes bytes =
			bytes_of(in->submission->submission.data, in->submission->submission.len);
		input.submission = codec_decode(&r->arena, &mandate__submission__descriptor, bytes);
		hash_one(input.digest, bytes);
	}
	sink.events = arena_calloc(&r->arena, sink.event_room, sizeof *sink.events);
	if (machine_apply(r->machine, index, &input, &sink, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	for (size_t i = 0; i < sink.event_count; i++)
		count_event(&run->tally, codec_decode(&r->arena, &mandate__event__descriptor,
						      sink.events[i].event));
	if (input.submission)
		count_outcome(
			&run->tally, index, input.outcome,
			codec_decode(&r->arena, &mandate__outcome__descriptor, input.outcome));
	arena_reset(&r->arena);
}

static void apply_all(struct golden_run *run)
{
	struct rig *r = &run->rig;
	struct engine_position position = {{0}};
	size_t at = 0;

	for (uint32_t size = 1; at < run->golden.inputs; size = size % 9 + 1) {
		assert_int_equal(machine_begin(r->machine), STATUS_OK);
		for (uint32_t n = 0; n < size && at < run->golden.inputs; n++, at++) {
			hash_chain_input(r->chain, at + 1, run->golden.payloads[at]);
			apply_one(run, at + 1, run->golden.payloads[at]);
		}
		assert_int_equal(machine_finish(r->machine, at, r->chain, &position), STATUS_OK);
		assert_int_equal(machine_commit(r->machine), STATUS_OK);
	}
}

/* --- reporting --- */

static void line(struct golden_run *run, const char *format, ...) PRINTF_LIKE(2, 3);
static void line(struct golden_run *run, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	assert_true(run->line_count < REPORT_LINES_MAX);
	run->lines[run->line_count++] = arena_text(&run->golden.source.memory, text);
}

static const char *hex(struct golden_run *run, const uint8_t *hash)
{
	char *text = arena_alloc(&run->golden.source.memory, 2 * HASH_BYTES + 1);

	hash_hex(text, hash, HASH_BYTES);
	return text;
}

struct pairs {
	uint64_t count;
	uint8_t chain[HASH_BYTES];
};

static enum status visit_pair(void *ctx, struct bytes key, struct bytes value)
{
	struct pairs *p = ctx;
	const struct bytes parts[] = {bytes_of(p->chain, HASH_BYTES), key, value};
	uint8_t next[HASH_BYTES];

	hash_parts(next, parts, G_COUNT(parts));
	memcpy(p->chain, next, HASH_BYTES);
	p->count++;
	return STATUS_OK;
}

static void report_tables(struct golden_run *run)
{
	struct error err = {.status = STATUS_OK};
	struct store_txn *t;

	assert_int_equal(store_begin_read(run->rig.store, &t), STATUS_OK);
	for (enum store_table table = STORE_META; table < STORE_TABLE_END; table++) {
		struct pairs pairs = {0};

		assert_int_equal(store_pairs(t, table, true, &err, visit_pair, &pairs), STATUS_OK);
		if (pairs.count > 0)
			line(run, "table %s: %llu pairs %s", store_table_name(table),
			     (unsigned long long)pairs.count, hex(run, pairs.chain));
	}
	store_abort(t);
}

static const char *name_of(const ProtobufCEnumDescriptor *type, size_t value)
{
	return names_text(type, (int)value);
}

static void report_alerts(struct golden_run *run)
{
	const struct tally *t = &run->tally;

	for (size_t code = 1; code < CODES; code++)
		if (t->alerts[code][MANDATE__ALERT_ACT__ALERT_ACT_OPENED] > 0)
			line(run, "alert %s: %zu opened, %zu changed, %zu closed",
			     name_of(&mandate__alert_code__descriptor, code),
			     t->alerts[code][MANDATE__ALERT_ACT__ALERT_ACT_OPENED],
			     t->alerts[code][MANDATE__ALERT_ACT__ALERT_ACT_CHANGED],
			     t->alerts[code][MANDATE__ALERT_ACT__ALERT_ACT_CLOSED]);
	for (size_t reason = 1; reason < REASONS; reason++)
		line(run, "closed as %s: %zu", name_of(&mandate__close_reason__descriptor, reason),
		     t->reasons[reason]);
	for (size_t severity = 1; severity < SEVERITIES; severity++)
		line(run, "severity %s: %zu", name_of(&mandate__severity__descriptor, severity),
		     t->severities[severity]);
	line(run, "open at the end: %llu; not walked back to their first day: %zu",
	     (unsigned long long)machine_state(run->rig.machine)->alerts_open, t->at_latest);
}

static void report(struct golden_run *run)
{
	const struct head *head = &machine_state(run->rig.machine)->head;
	const struct tally *t = &run->tally;

	line(run, "script: %zu inputs, %zu submissions, %zu changes %s", run->golden.inputs,
	     run->golden.submissions, run->golden.changes, hex(run, head->input_hash));
	for (size_t kind = 1; kind < KINDS; kind++)
		if (t->changes[kind] > 0)
			line(run, "events of %s: %zu", name_of(&mandate__kind__descriptor, kind),
			     t->changes[kind]);
	line(run, "retractions: %zu", t->retractions);
	report_alerts(run);
	line(run, "accepted: %zu submissions; unchanged: %zu changes", t->accepted, t->unchanged);
	for (size_t code = 0; code < REFUSALS; code++)
		if (t->refused[code] > 0)
			line(run, "refused as %s: %zu", name_of(&mandate__code__descriptor, code),
			     t->refused[code]);
	line(run, "conflicts with the record as it is: %zu", t->with_current);
	line(run, "outcomes: %zu %s", t->outcomes, hex(run, t->outcome_chain));
	line(run, "events: revision %llu %s", (unsigned long long)head->revision,
	     hex(run, head->event_hash));
	report_tables(run);
}

/* --- tests --- */

static void rules_1_give_what_they_gave_when_they_were_released(void **state)
{
	struct golden_run *run = *state;
	size_t was_count = G_COUNT(released), differ = was_count != run->line_count;

	for (size_t i = 0; i < run->line_count || i < was_count; i++) {
		const char *is = i < run->line_count ? run->lines[i] : "-";
		const char *was = i < was_count ? released[i] : "-";

		if (strcmp(is, was) == 0)
			continue;
		differ++;
		print_message("was: %s\nis:  %s\n", was, is);
	}
	if (getenv("GOLDEN_PRINT"))
		for (size_t i = 0; i < run->line_count; i++)
			print_message("\t\"%s\",\n", run->lines[i]);
	assert_int_equal(differ, 0);
}

/* Otherwise the lines above would prove less than they seem to. */
static void the_script_meets_everything_that_rules_1_decide(void **state)
{
	static const Mandate__Code refusals[] = {
		MANDATE__CODE__CODE_SEQ_JUMP,
		MANDATE__CODE__CODE_SEQ_REUSED,
		MANDATE__CODE__CODE_UNKNOWN_OPERATION,
		MANDATE__CODE__CODE_UNKNOWN_PARTNER,
		MANDATE__CODE__CODE_UNKNOWN_CONTRIBUTOR,
		MANDATE__CODE__CODE_CONFLICT,
		MANDATE__CODE__CODE_TOO_MANY_VERSIONS,
	};
	const struct golden_run *run = *state;
	const struct tally *t = &run->tally;

	for (size_t kind = 1; kind <= KINDS_1; kind++)
		assert_true(t->changes[kind] > 0);
	for (size_t code = 1; code <= CODES_1; code++)
		for (size_t act = 1; act < ACTS; act++)
			assert_true(t->alerts[code][act] > 0);
	for (size_t reason = 1; reason < REASONS; reason++)
		assert_true(t->reasons[reason] > 0);
	for (size_t severity = 1; severity < SEVERITIES; severity++)
		assert_true(t->severities[severity] > 0);
	for (size_t i = 0; i < G_COUNT(refusals); i++)
		assert_true(t->refused[refusals[i]] > 0);
	assert_true(t->with_current > 0 &&
		    t->with_current < t->refused[MANDATE__CODE__CODE_CONFLICT]);
	assert_true(t->unchanged > 0 && t->retractions > 0 && t->at_latest > 0);
	assert_true(run->golden.submissions >= 2000);
}

/* And nothing that no daemon would have let in. */
static void the_script_is_one_that_offices_could_have_sent(void **state)
{
	struct golden_run *run = *state;
	struct arena *a = &run->rig.arena;
	const Mandate__JournalInput *in;
	const Mandate__Submission *submission;
	struct wire_fault fault;

	for (size_t i = 0; i < run->golden.inputs; i++) {
		arena_reset(a);
		if (!wire_decode_input(a, run->golden.payloads[i], &in, &fault))
			fail_msg("input %zu: %s %s", i + 1, fault.field, fault.text);
		if (in->what_case != MANDATE__JOURNAL_INPUT__WHAT_SUBMISSION)
			continue;
		struct bytes bytes =
			bytes_of(in->submission->submission.data, in->submission->submission.len);
		assert_true(bytes.len < FRAME_BYTES_MAX);
		if (!wire_decode_submission(a, bytes, &submission, &fault))
			fail_msg("input %zu: %s %s", i + 1, fault.field, fault.text);
	}
}

/* As a start-up after a loss of the state does, in other batches than those that were decided. */
static void a_replay_gives_the_same_pairs(void **state)
{
	struct golden_run *run = *state;
	struct error err = {.status = STATUS_OK};
	uint8_t chain[HASH_BYTES] = {0};
	struct store_txn *decided, *replayed;
	struct machine *m;
	struct rig again;
	size_t at = 0;

	rig_open(&again);
	m = again.machine;
	for (uint32_t size = 64; at < run->golden.inputs; size = size % 100 + 1) {
		struct engine_read_batch b = {.first_index = at + 1,
					      .payloads = run->golden.payloads + at};
		size_t left = run->golden.inputs - at;

		b.count = size < left ? size : (uint32_t)left;
		memcpy(b.chain_before, chain, HASH_BYTES);
		for (uint32_t n = 0; n < b.count; n++, at++)
			hash_chain_input(chain, at + 1, run->golden.payloads[at]);
		memcpy(b.chain_after, chain, HASH_BYTES);
		if (machine_replay(m, &b, &err) != STATUS_OK)
			fail_msg("%s", err.text);
	}
	assert_int_equal(store_begin_read(run->rig.store, &decided), STATUS_OK);
	assert_int_equal(store_begin_read(again.store, &replayed), STATUS_OK);
	if (store_compare(decided, replayed, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	store_abort(decided);
	store_abort(replayed);
	rig_close(&again);
}

static int set_up(void **state)
{
	struct golden_run *run = calloc(1, sizeof *run);

	if (!run || hash_init() != STATUS_OK)
		return -1;
	golden_init(&run->golden);
	rig_open(&run->rig);
	apply_all(run);
	report(run);
	*state = run;
	return 0;
}

static int tear_down(void **state)
{
	struct golden_run *run = *state;

	rig_close(&run->rig);
	golden_fini(&run->golden);
	free(run);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_1_give_what_they_gave_when_they_were_released),
		cmocka_unit_test(the_script_meets_everything_that_rules_1_decide),
		cmocka_unit_test(the_script_is_one_that_offices_could_have_sent),
		cmocka_unit_test(a_replay_gives_the_same_pairs),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
