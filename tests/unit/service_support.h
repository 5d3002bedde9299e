/* A state machine in a temporary directory, fed with inputs without an engine: shared by the tests
 * of the service layer. Every input that is applied is kept, so that the state can be built again.
 */
#ifndef TESTS_UNIT_SERVICE_SUPPORT_H
#define TESTS_UNIT_SERVICE_SUPPORT_H

#include "base/day.h"
#include "model/codec.h"
#include "model/record.h"
#include "service/checkpoint.h"
#include "service/machine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

enum { RIG_INPUTS_MAX = 200000 };

struct rig {
	char directory[64];
	struct store *store;
	struct machine *machine;
	struct arena arena; /* of the newest input */
	struct arena kept;  /* payloads */
	struct bytes *payloads;
	uint32_t *batch_sizes; /* inputs per batch, as they were applied */
	size_t inputs, batches;
	uint8_t chain[HASH_BYTES];
	uint64_t sequence; /* of lane 7 */
	/* Of the newest input. */
	const Mandate__Outcome *outcome;
	struct published *events;
	size_t event_count;
};

static inline int32_t on(const char *text)
{
	int32_t day;

	assert_int_equal(day_parse(&day, text), STATUS_OK);
	return day;
}

static inline void rig_open(struct rig *r)
{
	struct error err = {.status = STATUS_OK};

	memset(r, 0, sizeof *r);
	snprintf(r->directory, sizeof r->directory, "/tmp/mandated-test-XXXXXX");
	assert_non_null(mkdtemp(r->directory));
	arena_init(&r->arena, 256 << 20);
	arena_init(&r->kept, 512u << 20);
	r->payloads = calloc(RIG_INPUTS_MAX, sizeof *r->payloads);
	r->batch_sizes = calloc(RIG_INPUTS_MAX, sizeof *r->batch_sizes);
	char path[96];
	snprintf(path, sizeof path, "%s/state", r->directory);
	if (store_open(path, false, &err, &r->store) != STATUS_OK)
		fail_msg("%s", err.text);
	assert_int_equal(machine_open(r->store, &err, &r->machine), STATUS_OK);
}

static inline void rig_close(struct rig *r)
{
	char path[96];

	machine_close(r->machine);
	store_close(r->store);
	snprintf(path, sizeof path, "%s/state", r->directory);
	assert_int_equal(checkpoint_remove(path, NULL), STATUS_OK);
	rmdir(r->directory);
	arena_fini(&r->arena);
	arena_fini(&r->kept);
	free(r->payloads);
	free(r->batch_sizes);
}

/* Applies what `in` says as a batch of its own. */
static inline void rig_apply(struct rig *r, const Mandate__JournalInput *in)
{
	struct error err = {.status = STATUS_OK};
	struct machine_sink sink = {.arena = &r->arena, .event_room = 64};
	struct input input = {.decoded = in};
	struct bytes packed;
	struct engine_position position = {{0}};

	assert_int_equal(codec_encode(&r->kept, &in->base, &packed), STATUS_OK);
	r->payloads[r->inputs++] = packed;
	r->batch_sizes[r->batches++] = 1;
	hash_chain_input(r->chain, r->inputs, packed);
	input.payload = packed;
	if (in->what_case == MANDATE__JOURNAL_INPUT__WHAT_SUBMISSION) {
		struct bytes bytes =
			bytes_of(in->submission->submission.data, in->submission->submission.len);
		input.submission = codec_decode(&r->arena, &mandate__submission__descriptor, bytes);
		hash_one(input.digest, bytes);
	}
	sink.events = arena_calloc(&r->arena, sink.event_room, sizeof *sink.events);
	assert_int_equal(machine_begin(r->machine), STATUS_OK);
	if (machine_apply(r->machine, r->inputs, &input, &sink, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	assert_int_equal(machine_finish(r->machine, r->inputs, r->chain, &position), STATUS_OK);
	assert_int_equal(machine_commit(r->machine), STATUS_OK);
	r->events = sink.events;
	r->event_count = sink.event_count;
	r->outcome = input.outcome.len
			     ? codec_decode(&r->arena, &mandate__outcome__descriptor, input.outcome)
			     : NULL;
}

static inline void rig_day(struct rig *r, const char *day)
{
	Mandate__JournalInput in = MANDATE__JOURNAL_INPUT__INIT;
	Mandate__DayInput d = MANDATE__DAY_INPUT__INIT;

	d.day = on(day);
	in.time_ms = 1;
	in.what_case = MANDATE__JOURNAL_INPUT__WHAT_DAY;
	in.day = &d;
	rig_apply(r, &in);
}

static inline void rig_rules(struct rig *r, uint32_t version)
{
	Mandate__JournalInput in = MANDATE__JOURNAL_INPUT__INIT;
	Mandate__RulesInput rules = MANDATE__RULES_INPUT__INIT;

	rules.version = version;
	in.time_ms = 1;
	in.what_case = MANDATE__JOURNAL_INPUT__WHAT_RULES;
	in.rules = &rules;
	rig_apply(r, &in);
}

static inline void rig_setting(struct rig *r, const char *name, struct bytes value)
{
	Mandate__JournalInput in = MANDATE__JOURNAL_INPUT__INIT;
	Mandate__SettingInput s = MANDATE__SETTING_INPUT__INIT;

	s.name = codec_borrow(name);
	s.value = (ProtobufCBinaryData){.len = value.len, .data = (uint8_t *)(uintptr_t)value.data};
	in.time_ms = 1;
	in.what_case = MANDATE__JOURNAL_INPUT__WHAT_SETTING;
	in.setting = &s;
	rig_apply(r, &in);
}

/* Submits as `office` with an explicit lane and sequence; r->outcome is the answer. */
static inline void rig_submit_as(struct rig *r, const char *office, uint64_t lane,
				 uint64_t sequence, Mandate__Change **changes, size_t count)
{
	Mandate__JournalInput in = MANDATE__JOURNAL_INPUT__INIT;
	Mandate__SubmissionInput si = MANDATE__SUBMISSION_INPUT__INIT;
	Mandate__Submission submission = MANDATE__SUBMISSION__INIT;
	struct bytes packed;

	submission.lane = lane;
	submission.sequence = sequence;
	submission.changes = changes;
	submission.n_changes = count;
	assert_int_equal(codec_encode(&r->arena, &submission.base, &packed), STATUS_OK);
	si.office = codec_borrow(office);
	si.submission =
		(ProtobufCBinaryData){.len = packed.len, .data = (uint8_t *)(uintptr_t)packed.data};
	in.time_ms = 1000 + r->inputs;
	in.what_case = MANDATE__JOURNAL_INPUT__WHAT_SUBMISSION;
	in.submission = &si;
	rig_apply(r, &in);
	assert_non_null(r->outcome);
}

static inline void rig_submit(struct rig *r, Mandate__Change **changes, size_t count)
{
	rig_submit_as(r, "local", 7, ++r->sequence, changes, count); /* who may do everything */
}

/* Changes of a record, in the arena of the newest input: make them after what they follow. */
static inline Mandate__Change *change_of(struct rig *r, Mandate__ChangeAction action,
					 uint32_t edition, const Mandate__Record *record)
{
	Mandate__Change *c = arena_alloc(&r->arena, sizeof *c);

	mandate__change__init(c);
	c->action = action;
	c->has_edition = edition != 0;
	c->edition = edition;
	c->record = codec_copy(&r->arena, &record->base);
	return c;
}

#define RECORD(r, rec) change_of(r, MANDATE__CHANGE_ACTION__CHANGE_ACTION_RECORD, 0, rec)
#define EDITION(r, n, rec) change_of(r, MANDATE__CHANGE_ACTION__CHANGE_ACTION_RECORD, n, rec)
#define CORRECT(r, rec) change_of(r, MANDATE__CHANGE_ACTION__CHANGE_ACTION_CORRECT, 0, rec)
#define RETRACT(r, rec)                                                                            \
	change_of(r, MANDATE__CHANGE_ACTION__CHANGE_ACTION_RETRACT, 0,                             \
		  record_key_only(&(r)->arena, rec))

static inline const Mandate__Record *partner(struct rig *r, const char *code)
{
	Mandate__Record rec = MANDATE__RECORD__INIT;
	Mandate__Partner p = MANDATE__PARTNER__INIT;

	p.code = codec_borrow(code);
	rec.content_case = MANDATE__RECORD__CONTENT_PARTNER;
	rec.partner = &p;
	return codec_copy(&r->arena, &rec.base);
}

static inline const Mandate__Record *operation(struct rig *r, const char *acronym)
{
	Mandate__Record rec = MANDATE__RECORD__INIT;
	Mandate__Operation o = MANDATE__OPERATION__INIT;

	o.acronym = codec_borrow(acronym);
	o.has_kind = true;
	o.kind = MANDATE__OPERATION_KIND__OPERATION_KIND_UN_PKO;
	o.has_mandate_series_from = true;
	o.mandate_series_from = on("1990-01-01");
	o.has_mandate_series_to = true;
	o.mandate_series_to = MANDATE__SERIES_END__SERIES_END_TO_END;
	rec.content_case = MANDATE__RECORD__CONTENT_OPERATION;
	rec.operation = &o;
	return codec_copy(&r->arena, &rec.base);
}

static inline const Mandate__Record *instrument(struct rig *r, const char *op, const char *document,
						Mandate__Action action, const char *adopted,
						const char *valid_until, uint32_t military)
{
	Mandate__Record rec = MANDATE__RECORD__INIT;
	Mandate__Instrument i = MANDATE__INSTRUMENT__INIT;
	Mandate__CeilingEntry e = MANDATE__CEILING_ENTRY__INIT, *entries = &e;

	i.operation = codec_borrow(op);
	i.party = codec_borrow("UNSC");
	i.document = codec_borrow(document);
	i.has_action = true;
	i.action = action;
	i.has_adopted = true;
	i.adopted = on(adopted);
	i.has_valid_until = valid_until != NULL;
	i.valid_until = valid_until ? on(valid_until) : 0;
	if (military) {
		e.component = MANDATE__COMPONENT__COMPONENT_MILITARY;
		e.has_persons = true;
		e.persons = military;
		i.ceilings = &entries;
		i.n_ceilings = 1;
	}
	rec.content_case = MANDATE__RECORD__CONTENT_INSTRUMENT;
	rec.instrument = &i;
	return codec_copy(&r->arena, &rec.base);
}

static inline const Mandate__Record *head_count(struct rig *r, const char *op, const char *as_of,
						const char *contributor, uint32_t troops)
{
	Mandate__Record rec = MANDATE__RECORD__INIT;
	Mandate__Return ret = MANDATE__RETURN__INIT;
	Mandate__HeadCount c = MANDATE__HEAD_COUNT__INIT, *counts = &c;
	Mandate__Component covers = MANDATE__COMPONENT__COMPONENT_MILITARY;

	ret.operation = codec_borrow(op);
	ret.as_of = on(as_of);
	ret.covers = &covers;
	ret.n_covers = 1;
	c.contributor = codec_borrow(contributor);
	c.component = MANDATE__COMPONENT__COMPONENT_MILITARY;
	c.persons = troops;
	ret.counts = &counts;
	ret.n_counts = 1;
	rec.content_case = MANDATE__RECORD__CONTENT_RETURN;
	rec.return_ = &ret;
	return codec_copy(&r->arena, &rec.base);
}

/* Submits one change and checks that it was accepted. */
static inline void rig_accept(struct rig *r, Mandate__Change *change)
{
	rig_submit(r, &change, 1);
	if (r->outcome->refusal)
		fail_msg("refused: %s", r->outcome->refusal->text);
}

static inline void rig_refuse(struct rig *r, Mandate__Change *change, Mandate__Code code)
{
	rig_submit(r, &change, 1);
	assert_non_null(r->outcome->refusal);
	assert_int_equal(r->outcome->refusal->code, code);
}

static inline const Mandate__Event *rig_event(struct rig *r, size_t i)
{
	assert_true(i < r->event_count);
	const Mandate__Event *e =
		codec_decode(&r->arena, &mandate__event__descriptor, r->events[i].event);
	assert_non_null(e);
	return e;
}

/* A secret, a first day, the partners UNSC, GHA and BGD, and operation MONUC. */
static inline void rig_begin(struct rig *r, const char *day)
{
	static const uint8_t secret[HASH_BYTES] = {1, 2, 3};

	rig_setting(r, "instance.secret", bytes_of(secret, sizeof secret));
	if (day)
		rig_day(r, day);
	rig_accept(r, RECORD(r, partner(r, "UNSC")));
	rig_accept(r, RECORD(r, partner(r, "GHA")));
	rig_accept(r, RECORD(r, partner(r, "BGD")));
	rig_accept(r, RECORD(r, operation(r, "MONUC")));
}

static inline uint64_t rig_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* Plays the kept inputs into `s`, in batches of random sizes. */
static inline void rig_replay(struct rig *r, struct store *s, uint64_t seed)
{
	struct error err = {.status = STATUS_OK};
	struct machine *m;
	uint8_t chain[HASH_BYTES] = {0};
	size_t at = 0;

	assert_int_equal(machine_open(s, &err, &m), STATUS_OK);
	while (at < r->inputs) {
		struct engine_read_batch b = {.first_index = at + 1, .payloads = r->payloads + at};
		size_t room = r->inputs - at;
		uint64_t size = 1 + rig_random(&seed) % 5;

		b.count = (uint32_t)(size < room ? size : room);
		memcpy(b.chain_before, chain, HASH_BYTES);
		for (size_t i = at; i < at + b.count; i++)
			hash_chain_input(chain, i + 1, r->payloads[i]);
		memcpy(b.chain_after, chain, HASH_BYTES);
		if (machine_replay(m, &b, &err) != STATUS_OK)
			fail_msg("%s", err.text);
		at += b.count;
	}
	assert_memory_equal(&machine_state(m)->head, &machine_state(r->machine)->head,
			    sizeof(struct head));
	machine_close(m);
}

static inline void rig_compare(struct store *x, struct store *y)
{
	struct error err = {.status = STATUS_OK};
	struct store_txn *tx, *ty;

	assert_int_equal(store_begin_read(x, &tx), STATUS_OK);
	assert_int_equal(store_begin_read(y, &ty), STATUS_OK);
	if (store_compare(tx, ty, &err) != STATUS_OK)
		fail_msg("%s", err.text);
	store_abort(tx);
	store_abort(ty);
}

#endif
