#include "service/audit.h"

#include "base/day.h"
#include "model/codec.h"
#include "service/tags.h"

#include <stdio.h>
#include <stdlib.h>

/* One input's plans, events and alerts: 256 changes with their records before and after. */
enum { SCRATCH_BYTES = 64 * 1024 * 1024 };

static const char META_APPLIED[] = "applied";	 /* index u64, j[32], position[24] */
static const char META_HEAD[] = "head";		 /* revision u64, h[32] */
static const char META_DAY[] = "day";		 /* u32: day + 2^31 */
static const char META_ALERTS[] = "alerts_open"; /* u64 */
static const char META_EPOCH[] = "epoch";	 /* u64 */

enum {
	APPLIED_BYTES = 8 + HASH_BYTES + ENGINE_POSITION_BYTES,
	HEAD_BYTES = 8 + HASH_BYTES,
};

/* A meta value of exactly `len` bytes; STATUS_NOT_FOUND leaves `ret_bytes` as it is. */
static enum status meta_exact(struct store_txn *t, const char *name, size_t len,
			      const uint8_t **ret_bytes)
{
	struct bytes value;
	enum status s = store_meta_get(t, name, &value);

	if (s != STATUS_OK)
		return s;
	if (value.len != len)
		return STATUS_CORRUPT;
	*ret_bytes = value.data;
	return STATUS_OK;
}

static enum status read_applied(struct store_txn *t, struct machine_state *state)
{
	const uint8_t *p;
	enum status s = meta_exact(t, META_APPLIED, APPLIED_BYTES, &p);

	if (s != STATUS_OK)
		return s;
	state->head.index = get_u64(p);
	memcpy(state->head.input_hash, p + 8, HASH_BYTES);
	memcpy(state->position.bytes, p + 8 + HASH_BYTES, ENGINE_POSITION_BYTES);
	return STATUS_OK;
}

static enum status absent_is_fine(enum status s)
{
	return s == STATUS_NOT_FOUND ? STATUS_OK : s;
}

static enum status read_state(struct store_txn *t, struct machine_state *state)
{
	const uint8_t *p = NULL;
	struct bytes value;
	enum status s;

	*state = (struct machine_state){.day = DAY_NEVER};
	s = absent_is_fine(read_applied(t, state));
	if (s == STATUS_OK && (s = meta_exact(t, META_HEAD, HEAD_BYTES, &p)) == STATUS_OK) {
		state->head.revision = get_u64(p);
		memcpy(state->head.event_hash, p + 8, HASH_BYTES);
	}
	s = absent_is_fine(s);
	if (s == STATUS_OK && (s = meta_exact(t, META_DAY, 4, &p)) == STATUS_OK)
		state->day = (int32_t)(get_u32(p) ^ 0x80000000u);
	s = absent_is_fine(s);
	if (s == STATUS_OK && (s = meta_exact(t, SETTINGS_META_RULES, 4, &p)) == STATUS_OK)
		state->rules = get_u32(p);
	s = absent_is_fine(s);
	if (s == STATUS_OK && (s = meta_exact(t, META_ALERTS, 8, &p)) == STATUS_OK)
		state->alerts_open = get_u64(p);
	s = absent_is_fine(s);
	if (s == STATUS_OK && (s = meta_exact(t, META_EPOCH, 8, &p)) == STATUS_OK)
		state->epoch = get_u64(p);
	s = absent_is_fine(s);
	if (s == STATUS_OK && (s = settings_get(t, SETTINGS_SECRET, &value)) == STATUS_OK)
		state->has_secret = true;
	return absent_is_fine(s);
}

enum status machine_peek(struct store *s, struct machine_state *ret_state)
{
	struct store_txn *t;
	struct machine_state state = {.day = DAY_NEVER};
	enum status st = store_begin_read(s, &t);

	if (st != STATUS_OK)
		return st;
	st = read_applied(t, &state);
	store_abort(t);
	if (st == STATUS_OK)
		*ret_state = state;
	return st;
}

static enum status load_settings(struct machine *m, struct store_txn *t)
{
	struct bytes value;
	enum status s = settings_get(t, SETTINGS_SECRET, &value);

	if (s == STATUS_OK && value.len != HASH_BYTES)
		return STATUS_CORRUPT;
	if (s == STATUS_OK)
		memcpy(m->secret, value.data, HASH_BYTES);
	s = absent_is_fine(s);
	return s == STATUS_OK ? settings_parameters(t, &m->parameters) : s;
}

enum status machine_load_roll(struct machine *m, struct store_txn *t)
{
	struct roll *roll;
	enum status s = roll_load(t, &roll);

	if (s != STATUS_OK)
		return s;
	roll_release(m->roll);
	m->roll = roll;
	return STATUS_OK;
}

struct roll *machine_roll(const struct machine *m)
{
	return m->roll;
}

enum status machine_open(struct store *s, struct error *err, struct machine **ret_machine)
{
	struct store_txn *t = NULL;
	struct machine *m = calloc(1, sizeof *m);
	enum status st = STATUS_NO_MEMORY;

	if (!m)
		goto failed;
	m->store = s;
	arena_init(&m->scratch, SCRATCH_BYTES);
	st = docket_new(&m->docket);
	if (st == STATUS_OK)
		st = known_new(&m->known);
	if (st == STATUS_OK)
		st = store_begin_read(s, &t);
	if (st == STATUS_OK)
		st = read_state(t, &m->state);
	if (st == STATUS_OK)
		st = load_settings(m, t);
	if (st == STATUS_OK)
		st = machine_load_roll(m, t);
	store_abort(t);
	if (st != STATUS_OK)
		goto failed;
	m->committed_roll = roll_hold(m->roll);
	m->committed = m->state;
	m->committed_parameters = m->parameters;
	memcpy(m->committed_secret, m->secret, HASH_BYTES);
	if (m->state.rules > MACHINE_RULES_VERSION) {
		uint32_t rules = m->state.rules;

		machine_close(m);
		return error_set(err, STATUS_INVALID,
				 "the state was made by rules %u, this program knows %d", rules,
				 MACHINE_RULES_VERSION);
	}
	*ret_machine = m;
	return STATUS_OK;

failed:
	machine_close(m);
	return error_set(err, st, "the state's own record of itself: %s", status_text(st));
}

void machine_close(struct machine *m)
{
	if (!m)
		return;
	machine_abort(m);
	docket_free(m->docket);
	known_free(m->known);
	roll_release(m->roll);
	roll_release(m->committed_roll);
	arena_fini(&m->scratch);
	free(m);
}

const struct machine_state *machine_state(const struct machine *m)
{
	return &m->state;
}

enum status machine_begin(struct machine *m)
{
	return store_begin_write(m->store, &m->txn);
}

static enum status enter_day(struct machine *m, struct circumstance *c, const Mandate__DayInput *in)
{
	char day[DAY_TEXT_BYTES];

	c->office = in->office;
	c->device = in->device;
	day_format(day, in->day);
	enum status s = in->office ? audit_input(m, c, MANDATE__AUDIT_ACT__AUDIT_ACT_DAY, day, NULL)
				   : STATUS_OK;
	c->office = c->device = NULL; /* what a day brings about is nobody's */
	return s == STATUS_OK ? apply_day(m, c, in->day) : s;
}

/* The secret among them is no more than named. */
static enum status enter_setting(struct machine *m, struct circumstance *c,
				 const Mandate__SettingInput *in)
{
	struct bytes value = bytes_of(in->value.data, in->value.len);
	bool secret = strcmp(in->name, SETTINGS_SECRET) == 0;
	const char *text = secret ? NULL
				  : arena_printf(&m->scratch, "%.*s", (int)value.len,
						 (const char *)value.data);

	if (!secret && !text)
		return STATUS_NO_MEMORY;
	c->office = in->office;
	c->device = in->device;
	enum status s = apply_setting(m, in->name, value);
	return s == STATUS_OK
		       ? audit_input(m, c, MANDATE__AUDIT_ACT__AUDIT_ACT_SETTING, in->name, text)
		       : s;
}

static enum status apply_input(struct machine *m, struct circumstance *c, struct input *input)
{
	const Mandate__JournalInput *in = input->decoded;
	uint8_t number[8];

	switch (in->what_case) {
	case MANDATE__JOURNAL_INPUT__WHAT_SUBMISSION:
		c->office = in->submission->office;
		c->device = in->submission->device;
		return apply_submission(m, c, input);
	case MANDATE__JOURNAL_INPUT__WHAT_DAY:
		return enter_day(m, c, in->day);
	case MANDATE__JOURNAL_INPUT__WHAT_SETTING:
		return enter_setting(m, c, in->setting);
	case MANDATE__JOURNAL_INPUT__WHAT_RULES:
		return apply_rules(m, c, in->rules->version);
	case MANDATE__JOURNAL_INPUT__WHAT_CURSOR: {
		Mandate__StoredCursor cursor = MANDATE__STORED_CURSOR__INIT;

		cursor.revision = in->cursor->revision;
		cursor.time_ms = in->time_ms;
		cursor.has_day = in->cursor->has_day;
		cursor.day = in->cursor->day;
		return store_cursor_put(m->txn, in->cursor->office, in->cursor->name, &cursor);
	}
	case MANDATE__JOURNAL_INPUT__WHAT_EPOCH:
		m->state.epoch = in->epoch->epoch;
		put_u64(number, m->state.epoch);
		return store_meta_put(m->txn, META_EPOCH, bytes_of(number, 8));
	case MANDATE__JOURNAL_INPUT__WHAT_DEED:
		c->office = in->deed->office;
		c->device = in->deed->device;
		return audit_input(m, c, MANDATE__AUDIT_ACT__AUDIT_ACT_DEED, NULL, in->deed->text);
	case MANDATE__JOURNAL_INPUT__WHAT__NOT_SET:
	case _MANDATE__JOURNAL_INPUT__WHAT__CASE_IS_INT_SIZE:
		break;
	}
	return STATUS_CORRUPT;
}

enum status machine_apply(struct machine *m, uint64_t index, struct input *input,
			  struct machine_sink *sink, struct error *err)
{
	struct circumstance c = {.index = index, .time_ms = input->decoded->time_ms, .sink = sink};

	arena_reset(&m->scratch);
	enum status s = apply_input(m, &c, input);
	if (s == STATUS_OK)
		s = store_failed(m->txn);
	if (s != STATUS_OK)
		return error_set(err, s, "input %llu cannot be applied: %s",
				 (unsigned long long)index, status_text(s));
	docket_trim(m->docket);
	return STATUS_OK;
}

enum status machine_emit(struct machine *m, const struct circumstance *c, Mandate__Event *event,
			 const Mandate__EventTags *tags)
{
	struct machine_sink *sink = c->sink;
	struct published p = {.revision = m->state.head.revision + 1,
			      .last_revision = c->last_revision};
	struct bytes packed_tags;

	event->revision = p.revision;
	event->last_revision = c->last_revision;
	event->index = c->index;
	event->time_ms = c->time_ms;
	event->office = codec_borrow(c->office);
	event->device = codec_borrow(c->device);
	enum status s = codec_encode(sink->arena, &event->base, &p.event);
	if (s == STATUS_OK)
		s = codec_encode(&m->scratch, &tags->base, &packed_tags);
	if (s != STATUS_OK)
		return s;
	hash_salt(p.salt, m->secret, p.revision);
	hash_event(p.digest, p.salt, p.event);
	hash_chain_event(m->state.head.event_hash, p.revision, p.digest);
	m->state.head.revision = p.revision;
	memcpy(p.chain, m->state.head.event_hash, HASH_BYTES);
	s = store_event_put(m->txn, &(struct store_event){.revision = p.revision,
							  .salt = p.salt,
							  .chain = p.chain,
							  .tags = packed_tags,
							  .event = p.event});
	if (s != STATUS_OK || sink->event_room == 0)
		return s;
	if (sink->event_count == sink->event_room) {
		struct published *grown =
			arena_calloc(sink->arena, 2 * sink->event_room, sizeof *grown);
		if (!grown)
			return STATUS_NO_MEMORY;
		memcpy(grown, sink->events, sink->event_count * sizeof *grown);
		sink->events = grown;
		sink->event_room *= 2;
	}
	uint8_t *copy = arena_alloc(sink->arena, tags_bytes(tags));
	if (!copy)
		return STATUS_NO_MEMORY;
	p.tags = tags_copy(&copy, tags);
	sink->events[sink->event_count++] = p;
	return STATUS_OK;
}

enum status machine_finish(struct machine *m, uint64_t index, const uint8_t chain[HASH_BYTES],
			   const struct engine_position *position)
{
	uint8_t applied[APPLIED_BYTES], head[HEAD_BYTES], number[8];
	struct machine_state *state = &m->state;

	state->head.index = index;
	memcpy(state->head.input_hash, chain, HASH_BYTES);
	state->position = *position;
	put_u64(applied, index);
	memcpy(applied + 8, chain, HASH_BYTES);
	memcpy(applied + 8 + HASH_BYTES, position->bytes, ENGINE_POSITION_BYTES);
	put_u64(head, state->head.revision);
	memcpy(head + 8, state->head.event_hash, HASH_BYTES);
	enum status s = store_meta_put(m->txn, META_APPLIED, bytes_of(applied, sizeof applied));
	if (s == STATUS_OK)
		s = store_meta_put(m->txn, META_HEAD, bytes_of(head, sizeof head));
	if (s == STATUS_OK && state->day != m->committed.day) {
		put_u32(number, (uint32_t)state->day ^ 0x80000000u);
		s = store_meta_put(m->txn, META_DAY, bytes_of(number, 4));
	}
	if (s == STATUS_OK && state->rules != m->committed.rules) {
		put_u32(number, state->rules);
		s = store_meta_put(m->txn, SETTINGS_META_RULES, bytes_of(number, 4));
	}
	if (s == STATUS_OK && state->alerts_open != m->committed.alerts_open) {
		put_u64(number, state->alerts_open);
		s = store_meta_put(m->txn, META_ALERTS, bytes_of(number, 8));
	}
	return s;
}

static void take_roll(struct roll **to, struct roll *from)
{
	if (*to == from)
		return;
	roll_release(*to);
	*to = roll_hold(from);
}

enum status machine_commit(struct machine *m)
{
	struct store_txn *t = m->txn;

	m->txn = NULL;
	enum status s = store_commit(t);
	if (s != STATUS_OK) {
		machine_abort(m);
		return s;
	}
	m->committed = m->state;
	m->committed_parameters = m->parameters;
	memcpy(m->committed_secret, m->secret, HASH_BYTES);
	take_roll(&m->committed_roll, m->roll);
	return STATUS_OK;
}

void machine_abort(struct machine *m)
{
	store_abort(m->txn);
	m->txn = NULL;
	m->state = m->committed;
	m->parameters = m->committed_parameters;
	memcpy(m->secret, m->committed_secret, HASH_BYTES);
	if (m->committed_roll)
		take_roll(&m->roll, m->committed_roll);
	m->lane.last = 0;
	if (m->docket)
		docket_clear(m->docket);
	if (m->known)
		known_clear(m->known);
}

static enum status replay_one(struct machine *m, uint64_t index, struct bytes payload,
			      struct arena *a, struct error *err)
{
	struct input input = {.payload = payload};
	struct machine_sink sink = {.arena = a};
	const Mandate__JournalInput *in =
		codec_decode(a, &mandate__journal_input__descriptor, payload);

	if (!in)
		return error_set(err, STATUS_CORRUPT, "input %llu is no input",
				 (unsigned long long)index);
	input.decoded = in;
	if (in->what_case == MANDATE__JOURNAL_INPUT__WHAT_SUBMISSION) {
		struct bytes bytes =
			bytes_of(in->submission->submission.data, in->submission->submission.len);
		input.submission = codec_decode(a, &mandate__submission__descriptor, bytes);
		if (!input.submission)
			return error_set(err, STATUS_CORRUPT, "input %llu holds no submission",
					 (unsigned long long)index);
		hash_one(input.digest, bytes);
	}
	return machine_apply(m, index, &input, &sink, err);
}

enum status machine_replay(struct machine *m, const struct engine_read_batch *batch,
			   struct error *err)
{
	uint64_t last = batch->first_index + batch->count - 1;
	uint64_t applied = m->state.head.index;
	struct arena a;

	if (last <= applied)
		return STATUS_OK;
	if (batch->first_index > applied + 1 ||
	    (batch->first_index == applied + 1 && applied > 0 &&
	     memcmp(batch->chain_before, m->state.head.input_hash, HASH_BYTES) != 0))
		return error_set(err, STATUS_CORRUPT,
				 "the journal does not continue the state at index %llu",
				 (unsigned long long)applied);
	arena_init(&a, SCRATCH_BYTES);
	enum status s = machine_begin(m);
	for (uint32_t i = 0; s == STATUS_OK && i < batch->count; i++) {
		if (batch->first_index + i <= applied)
			continue;
		s = replay_one(m, batch->first_index + i, batch->payloads[i], &a, err);
		arena_reset(&a);
	}
	if (s == STATUS_OK)
		s = machine_finish(m, last, batch->chain_after, &batch->position);
	if (s == STATUS_OK)
		s = machine_commit(m);
	arena_fini(&a);
	if (s != STATUS_OK) {
		machine_abort(m);
		return err && err->status == s
			       ? s
			       : error_set(err, s, "batch from index %llu: %s",
					   (unsigned long long)batch->first_index, status_text(s));
	}
	return STATUS_OK;
}
