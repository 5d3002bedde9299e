#include "tests/bench/bench_apply.h"

#include "clients/json.h"
#include "model/codec.h"
#include "model/record.h"
#include "service/checkpoint.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { ARENA_BYTES = 64 * 1024 * 1024, EVENTS_ROOM = 4 * MACHINE_BATCH };

static double thread_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(enum status s, const struct error *err)
{
	if (s != STATUS_OK)
		bench_fail("%s", err->text[0] ? err->text : status_text(s));
}

/* An input waits, packed for the chain as the journal would hold it. */
static struct input *add_input(struct bench_machine *m, const Mandate__JournalInput *in)
{
	struct error err = {.status = STATUS_OK};
	struct input *input = &m->waiting[m->count++];

	*input = (struct input){
		.decoded = (const Mandate__JournalInput *)codec_copy(&m->arena, &in->base)};
	must(input->decoded ? codec_encode(&m->arena, &in->base, &input->payload)
			    : STATUS_NO_MEMORY,
	     &err);
	return input;
}

static void check_outcomes(struct bench_machine *m)
{
	for (uint32_t i = 0; i < m->count; i++) {
		const Mandate__Outcome *o =
			m->waiting[i].outcome.len
				? codec_decode(&m->arena, &mandate__outcome__descriptor,
					       m->waiting[i].outcome)
				: NULL;

		if (o && o->refusal)
			bench_fail("refused: %s (%s)", o->refusal->text,
				   record_document(m->waiting[i].submission->changes[0]->record));
		m->applied += o != NULL;
	}
}

void bench_machine_flush(struct bench_machine *m)
{
	struct error err = {.status = STATUS_OK};
	struct machine_sink sink = {.arena = &m->arena, .event_room = EVENTS_ROOM};
	struct engine_position position = {{0}};
	double began;

	if (m->count == 0)
		return;
	for (uint32_t i = 0; i < m->count; i++)
		hash_chain_input(m->chain, m->index + 1 + i, m->waiting[i].payload);
	sink.events = arena_calloc(&m->arena, sink.event_room, sizeof *sink.events);
	if (!sink.events)
		bench_fail("no memory");
	began = thread_seconds();
	must(machine_begin(m->machine), &err);
	for (uint32_t i = 0; i < m->count; i++)
		must(machine_apply(m->machine, ++m->index, &m->waiting[i], &sink, &err), &err);
	must(machine_finish(m->machine, m->index, m->chain, &position), &err);
	must(machine_commit(m->machine), &err);
	m->seconds += thread_seconds() - began;
	check_outcomes(m);
	m->count = 0;
	arena_reset(&m->arena);
}

static void apply_alone(struct bench_machine *m, const Mandate__JournalInput *in)
{
	bench_machine_flush(m);
	add_input(m, in);
	bench_machine_flush(m);
}

void bench_machine_open(struct bench_machine *m, const char *directory, uint32_t rules)
{
	static const uint8_t secret[HASH_BYTES] = {1};
	Mandate__JournalInput in = MANDATE__JOURNAL_INPUT__INIT;
	Mandate__SettingInput setting = MANDATE__SETTING_INPUT__INIT;
	Mandate__RulesInput version = MANDATE__RULES_INPUT__INIT;
	struct error err = {.status = STATUS_OK};

	*m = (struct bench_machine){0};
	snprintf(m->directory, sizeof m->directory, "%s", directory);
	arena_init(&m->arena, ARENA_BYTES);
	must(store_open(directory, false, &err, &m->store), &err);
	must(machine_open(m->store, &err, &m->machine), &err);
	in.time_ms = 1;
	setting.name = codec_borrow("instance.secret");
	setting.value = (ProtobufCBinaryData){sizeof secret, (uint8_t *)(uintptr_t)secret};
	in.what_case = MANDATE__JOURNAL_INPUT__WHAT_SETTING;
	in.setting = &setting;
	apply_alone(m, &in);
	version.version = rules;
	in.what_case = MANDATE__JOURNAL_INPUT__WHAT_RULES;
	in.rules = &version;
	apply_alone(m, &in);
}

void bench_machine_close(struct bench_machine *m)
{
	struct error err = {.status = STATUS_OK};

	machine_close(m->machine);
	store_close(m->store);
	must(checkpoint_remove(m->directory, &err), &err);
	arena_fini(&m->arena);
}

void bench_machine_day(struct bench_machine *m, int32_t day)
{
	Mandate__JournalInput in = MANDATE__JOURNAL_INPUT__INIT;
	Mandate__DayInput d = MANDATE__DAY_INPUT__INIT;

	d.day = day;
	in.time_ms = 1;
	in.what_case = MANDATE__JOURNAL_INPUT__WHAT_DAY;
	in.day = &d;
	apply_alone(m, &in);
}

static Mandate__Change *read_change(struct bench_machine *m, const char *json)
{
	char *text = arena_text(&m->arena, json);
	struct error err = {.status = STATUS_OK};
	Mandate__Change *change;
	ProtobufCMessage *message;
	json_error_t where;

	for (char *c = text; c && *c; c++)
		*c = *c == '\'' ? '"' : *c;
	json_t *object = text ? json_loads(text, 0, &where) : NULL;
	if (!object)
		bench_fail("%s: %s", json, where.text);
	bool is_change = json_object_get(object, "action");
	must(json_to_message(&m->arena, object,
			     is_change ? &mandate__change__descriptor
				       : &mandate__record__descriptor,
			     &message, &err),
	     &err);
	json_decref(object);
	if (is_change)
		return (Mandate__Change *)message;
	change = arena_alloc(&m->arena, sizeof *change);
	if (!change)
		bench_fail("no memory");
	mandate__change__init(change);
	change->action = MANDATE__CHANGE_ACTION__CHANGE_ACTION_RECORD;
	change->record = (Mandate__Record *)message;
	return change;
}

void bench_machine_change(struct bench_machine *m, const char *json)
{
	Mandate__JournalInput in = MANDATE__JOURNAL_INPUT__INIT;
	Mandate__SubmissionInput si = MANDATE__SUBMISSION_INPUT__INIT;
	Mandate__Submission submission = MANDATE__SUBMISSION__INIT;
	Mandate__Change *change = read_change(m, json);
	struct error err = {.status = STATUS_OK};
	struct bytes packed;

	submission.lane = 1;
	submission.sequence = ++m->sequence;
	submission.changes = &change;
	submission.n_changes = 1;
	must(codec_encode(&m->arena, &submission.base, &packed), &err);
	si.office = codec_borrow("bench");
	si.submission =
		(ProtobufCBinaryData){.len = packed.len, .data = (uint8_t *)(uintptr_t)packed.data};
	in.time_ms = 1;
	in.what_case = MANDATE__JOURNAL_INPUT__WHAT_SUBMISSION;
	in.submission = &si;
	struct input *input = add_input(m, &in);
	input->submission = codec_decode(&m->arena, &mandate__submission__descriptor, packed);
	if (!input->submission)
		bench_fail("no memory");
	hash_one(input->digest, packed);
	if (m->count == MACHINE_BATCH)
		bench_machine_flush(m);
}
