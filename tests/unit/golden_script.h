/* The golden script: ten years of the twelve operations and a few more, as their offices would have
 * told it. It writes journal inputs with fixed times and a seeded choice, and knows nothing of what
 * becomes of them, so that its bytes depend on proto/ alone. */
#ifndef TESTS_UNIT_GOLDEN_SCRIPT_H
#define TESTS_UNIT_GOLDEN_SCRIPT_H

#include "golden_record.h"

enum {
	GOLDEN_INPUTS_MAX = 16384,
	GOLDEN_CHANGES_MAX = 256, /* in a submission */
	GOLDEN_FACTS = 256,	  /* the newest, to be corrected, retracted, contradicted */
	GOLDEN_LANES = 3,
	GOLDEN_VERSIONS_MAX = 65535, /* of one record */
};

static const char *const golden_offices[] = {
	"monuc-kinshasa", "unmil-monrovia", "unmis-khartoum", "dpo-new-york", "au-addis-ababa",
};

struct golden {
	struct golden_source source;
	struct bytes *payloads;
	size_t inputs, submissions, changes;
	uint64_t time_ms;
	int32_t day;
	uint64_t next[G_COUNT(golden_offices)][GOLDEN_LANES]; /* the lane's last number */
	Mandate__Change *pending[GOLDEN_CHANGES_MAX];
	size_t pending_count;
	const Mandate__Record *facts[GOLDEN_FACTS];
	size_t fact_count;
	size_t sent[GOLDEN_INPUTS_MAX]; /* inputs that are submissions */
	bool told[G_COUNT(golden_instruments)], told_ceiling[G_COUNT(golden_ceilings)];
	bool told_end[GOLDEN_OPERATIONS];
	int32_t month_end[GOLDEN_OPERATIONS], month_told[GOLDEN_OPERATIONS]; /* the next return */
};

/* --- inputs --- */

static inline void golden_input(struct golden *g, Mandate__JournalInput *in)
{
	assert_true(g->inputs < GOLDEN_INPUTS_MAX);
	in->time_ms = g->time_ms += 1 + golden_draw(&g->source, 5000);
	assert_int_equal(codec_encode(&g->source.memory, &in->base, &g->payloads[g->inputs++]),
			 STATUS_OK);
}

static inline void golden_rules(struct golden *g, uint32_t version)
{
	Mandate__JournalInput in = MANDATE__JOURNAL_INPUT__INIT;
	Mandate__RulesInput rules = MANDATE__RULES_INPUT__INIT;

	rules.version = version;
	in.what_case = MANDATE__JOURNAL_INPUT__WHAT_RULES;
	in.rules = &rules;
	golden_input(g, &in);
}

static inline void golden_day(struct golden *g, int32_t day)
{
	Mandate__JournalInput in = MANDATE__JOURNAL_INPUT__INIT;
	Mandate__DayInput d = MANDATE__DAY_INPUT__INIT;

	d.day = day;
	in.what_case = MANDATE__JOURNAL_INPUT__WHAT_DAY;
	in.day = &d;
	golden_input(g, &in);
}

static inline void golden_setting(struct golden *g, const char *name, struct bytes value)
{
	Mandate__JournalInput in = MANDATE__JOURNAL_INPUT__INIT;
	Mandate__SettingInput s = MANDATE__SETTING_INPUT__INIT;

	s.name = codec_borrow(name);
	s.value = (ProtobufCBinaryData){.len = value.len, .data = (uint8_t *)(uintptr_t)value.data};
	in.what_case = MANDATE__JOURNAL_INPUT__WHAT_SETTING;
	in.setting = &s;
	golden_input(g, &in);
}

static inline void golden_cursor(struct golden *g, const char *office, const char *name,
				 uint64_t revision)
{
	Mandate__JournalInput in = MANDATE__JOURNAL_INPUT__INIT;
	Mandate__CursorInput c = MANDATE__CURSOR_INPUT__INIT;

	c.office = codec_borrow(office);
	c.name = codec_borrow(name);
	c.revision = revision;
	in.what_case = MANDATE__JOURNAL_INPUT__WHAT_CURSOR;
	in.cursor = &c;
	golden_input(g, &in);
}

static inline void golden_epoch(struct golden *g, uint64_t epoch)
{
	Mandate__JournalInput in = MANDATE__JOURNAL_INPUT__INIT;
	Mandate__EpochInput e = MANDATE__EPOCH_INPUT__INIT;

	e.epoch = epoch;
	in.what_case = MANDATE__JOURNAL_INPUT__WHAT_EPOCH;
	in.epoch = &e;
	golden_input(g, &in);
}

static inline void golden_submission(struct golden *g, const char *office, struct bytes submission)
{
	Mandate__JournalInput in = MANDATE__JOURNAL_INPUT__INIT;
	Mandate__SubmissionInput si = MANDATE__SUBMISSION_INPUT__INIT;

	si.office = codec_borrow(office);
	if (golden_percent(&g->source, 30))
		si.device = codec_borrow("tablet 4");
	si.submission = (ProtobufCBinaryData){.len = submission.len,
					      .data = (uint8_t *)(uintptr_t)submission.data};
	in.what_case = MANDATE__JOURNAL_INPUT__WHAT_SUBMISSION;
	in.submission = &si;
	g->sent[g->submissions++] = g->inputs;
	golden_input(g, &in);
}

/* --- changes and what they are sent in --- */

static inline Mandate__Change *golden_change(struct golden *g, Mandate__ChangeAction action,
					     uint32_t edition, const Mandate__Record *record)
{
	Mandate__Change *c = golden_message(&g->source, &mandate__change__descriptor);

	assert_true(g->pending_count < GOLDEN_CHANGES_MAX);
	c->action = action;
	c->has_edition = edition != 0;
	c->edition = edition;
	c->record = (Mandate__Record *)(uintptr_t)record;
	g->pending[g->pending_count++] = c;
	g->changes++;
	return c;
}

#define G_RECORD MANDATE__CHANGE_ACTION__CHANGE_ACTION_RECORD
#define G_CORRECT MANDATE__CHANGE_ACTION__CHANGE_ACTION_CORRECT
#define G_RETRACT MANDATE__CHANGE_ACTION__CHANGE_ACTION_RETRACT

static inline void golden_expect(Mandate__Change *c, uint64_t revision)
{
	c->has_expected_revision = true;
	c->expected_revision = revision;
}

/* States a fact, and remembers it. */
static inline Mandate__Change *golden_fact(struct golden *g, const Mandate__Record *record)
{
	g->facts[g->fact_count++ % GOLDEN_FACTS] = record;
	return golden_change(g, G_RECORD, 0, record);
}

/* Sends what is pending as `lane`'s number `sequence`. */
static inline void golden_send_as(struct golden *g, size_t office, size_t lane, uint64_t sequence)
{
	Mandate__Submission s = MANDATE__SUBMISSION__INIT;
	struct bytes packed;

	s.lane = 0x5eed000000000001u * (office + 1) + lane;
	s.sequence = sequence;
	s.changes = g->pending;
	s.n_changes = g->pending_count;
	assert_int_equal(codec_encode(&g->source.memory, &s.base, &packed), STATUS_OK);
	golden_submission(g, golden_offices[office], packed);
	g->pending_count = 0;
}

static inline void golden_send_by(struct golden *g, size_t office)
{
	size_t lane = golden_draw(&g->source, GOLDEN_LANES);

	if (g->pending_count > 0)
		golden_send_as(g, office, lane, ++g->next[office][lane]);
}

static inline void golden_send(struct golden *g)
{
	golden_send_by(g, golden_draw(&g->source, G_COUNT(golden_offices)));
}

/* A submission from before, over another path, or by somebody who did not hear the answer. */
static inline void golden_repeat(struct golden *g)
{
	size_t which = g->sent[golden_draw(&g->source, (uint32_t)g->submissions)];
	const Mandate__JournalInput *in = codec_decode(
		&g->source.memory, &mandate__journal_input__descriptor, g->payloads[which]);
	struct bytes bytes =
		bytes_of(in->submission->submission.data, in->submission->submission.len);

	golden_submission(g, in->submission->office, bytes);
}

#endif
