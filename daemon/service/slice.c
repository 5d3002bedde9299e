#include "service/slice.h"

#include "base/clock.h"
#include "service/frame.h"
#include "service/pass.h"

enum {
	EVENTS_A_LOOK = 64, /* reading the clock costs as much as an event */
	SLICE_MS = READ_TXN_MS / 2,
	/* StreamEvent's fields, each tag one byte. */
	TAG_EVENT = 1 << 3 | 2,
	TAG_SALT = 2 << 3 | 2,
	TAG_REVISION = 3 << 3,
	TAG_DIGEST = 4 << 3 | 2,
	VARINT_BYTES_MAX = 10,
};

struct slice {
	struct reader_job *job;
	uint64_t through_max;
	struct reader_of who;
	struct pass_by by;
	struct arena scratch; /* one event */
	uint8_t *buffer;      /* packed StreamEvents, one after the other */
	size_t used, room;
	size_t events_room;
	uint64_t seen, stop_ms;
	/* What had been packed at the last end of an input. */
	size_t settled_count, settled_bytes;
};

static size_t put_varint(uint8_t *to, uint64_t value)
{
	size_t len = 0;

	for (; value >= 0x80; value >>= 7)
		to[len++] = (uint8_t)(value | 0x80);
	to[len++] = (uint8_t)value;
	return len;
}

/* The second field of a packed Event, which is the second number in it: revision and last_revision
 * come first, as we pack it. */
static enum status last_revision(struct bytes event, uint64_t *ret_revision)
{
	static const uint8_t tags[2] = {1 << 3, 2 << 3};
	size_t at = 0;
	uint64_t value = 0;

	for (int field = 0; field < 2; field++) {
		unsigned shift = 0;
		uint8_t byte = 0x80;

		if (at == event.len || event.data[at++] != tags[field])
			return STATUS_CORRUPT;
		for (value = 0; byte & 0x80; shift += 7) {
			if (at == event.len || shift > 63)
				return STATUS_CORRUPT;
			byte = event.data[at++];
			value |= (uint64_t)(byte & 0x7f) << shift;
		}
	}
	*ret_revision = value;
	return STATUS_OK;
}

/* Room for `bytes` more; what was given out moves, so nothing points there before the end. */
static enum status make_room(struct slice *s, size_t bytes)
{
	struct arena *a = &s->job->arena;

	if (s->job->event_count == s->events_room) {
		size_t room = s->events_room ? 2 * s->events_room : 64;
		struct bytes *events = arena_calloc(a, room, sizeof *events);

		if (!events)
			return STATUS_NO_MEMORY;
		if (s->events_room)
			memcpy(events, s->job->events, s->events_room * sizeof *events);
		s->job->events = events;
		s->events_room = room;
	}
	if (s->room - s->used >= bytes)
		return STATUS_OK;
	/* Earlier events stay where they are; the next ones have a new block. */
	size_t room = bytes > STREAM_FRAME_BYTES ? bytes : STREAM_FRAME_BYTES;
	s->buffer = arena_alloc(a, room);
	if (!s->buffer)
		return STATUS_NO_MEMORY;
	s->used = 0;
	s->room = room;
	return STATUS_OK;
}

static size_t pack_event(uint8_t *to, const struct store_event *e)
{
	uint8_t *at = to;

	*at++ = TAG_EVENT;
	at += put_varint(at, e->event.len);
	memcpy(at, e->event.data, e->event.len);
	at += e->event.len;
	*at++ = TAG_SALT;
	*at++ = SALT_BYTES;
	memcpy(at, e->salt, SALT_BYTES);
	return (size_t)(at - to) + SALT_BYTES;
}

static size_t pack_digest(uint8_t *to, const struct store_event *e)
{
	uint8_t *at = to;

	*at++ = TAG_REVISION;
	at += put_varint(at, e->revision);
	*at++ = TAG_DIGEST;
	*at++ = HASH_BYTES;
	hash_event(at, e->salt, e->event);
	return (size_t)(at - to) + HASH_BYTES;
}

static enum status pack_left(struct slice *s, uint8_t *to, const struct store_event *e,
			     size_t *ret_len)
{
	uint8_t digest[HASH_BYTES];
	char key[KEY_TEXT_MAX + 1];
	Mandate__Kind kind;
	enum status st = pass_record(&s->scratch, e->event, &kind, key);

	if (st != STATUS_OK)
		return st;
	if (s->job->digests)
		hash_event(digest, e->salt, e->event);
	*ret_len = frame_put_left(to, e->revision, s->job->digests ? digest : NULL, kind, key);
	return STATUS_OK;
}

/* Packs one event, or what is told in its place. STATUS_LIMIT: it would be too much. */
static enum status take(struct slice *s, const struct store_event *e, enum pass pass)
{
	struct reader_job *job = s->job;
	size_t most = pass == PASS_EVENT  ? 3 + VARINT_BYTES_MAX + e->event.len + SALT_BYTES
		      : pass == PASS_LEFT ? FRAME_LEFT_BYTES
					  : 3 + VARINT_BYTES_MAX + HASH_BYTES;
	size_t len = 0;
	enum status st = make_room(s, most);

	if (st != STATUS_OK)
		return st;
	uint8_t *to = s->buffer + s->used;
	if (pass == PASS_EVENT)
		len = pack_event(to, e);
	else if (pass == PASS_LEFT)
		st = pack_left(s, to, e, &len);
	else
		len = pack_digest(to, e);
	if (st != STATUS_OK)
		return st;
	if (job->event_count && job->events_bytes + len > job->bytes_max)
		return STATUS_LIMIT;
	job->events[job->event_count++] = bytes_of(to, len);
	job->events_bytes += len;
	s->used += len;
	return STATUS_OK;
}

static enum status visit(void *ctx, const struct store_event *e)
{
	struct slice *s = ctx;
	struct reader_job *job = s->job;
	enum pass pass = PASS_NOT;
	uint64_t last;

	if (e->revision > s->through_max)
		return STATUS_STOPPED;
	enum status st = pass_packed(&s->by, &s->who, &s->scratch, e->tags, e->event, &pass);
	if (st == STATUS_OK && (pass != PASS_NOT || job->digests))
		st = take(s, e, pass);
	if (s->scratch.used_bytes)
		arena_reset(&s->scratch);
	if (st == STATUS_OK)
		st = last_revision(e->event, &last);
	if (st != STATUS_OK)
		return st;
	job->through = e->revision;
	memcpy(job->through_hash, e->chain, HASH_BYTES);
	if (last == e->revision) {
		job->settled = e->revision;
		memcpy(job->settled_hash, e->chain, HASH_BYTES);
		s->settled_count = job->event_count;
		s->settled_bytes = job->events_bytes;
	}
	if (++s->seen % EVENTS_A_LOOK == 0 && clock_mono_ms() >= s->stop_ms)
		return STATUS_LIMIT;
	return STATUS_OK;
}

/* A slice that was cut goes back to the last end of an input, if it has one. */
static void settle(struct slice *s)
{
	struct reader_job *job = s->job;

	if (job->settled <= job->after_revision || job->settled == job->through)
		return;
	job->through = job->settled;
	memcpy(job->through_hash, job->settled_hash, HASH_BYTES);
	job->event_count = s->settled_count;
	job->events_bytes = s->settled_bytes;
}

static enum status read_newest(struct store_txn *t, uint64_t *ret_newest)
{
	struct bytes head;
	enum status s = store_meta_get(t, "head", &head);

	if (s == STATUS_OK && head.len < 8)
		return STATUS_CORRUPT;
	if (s == STATUS_OK)
		*ret_newest = get_u64(head.data);
	else if (s == STATUS_NOT_FOUND)
		*ret_newest = 0;
	return s == STATUS_NOT_FOUND ? STATUS_OK : s;
}

/* Saw the office the same at this place, on the day on which the client came there? Otherwise what
 * it holds is not what it sees now. A client that does not say the day is taken as told today: it
 * is shown nothing more for that, it only keeps what an expired grant gave it. */
static enum status check_rights(struct store_txn *t, struct reader_job *job)
{
	int32_t day = job->mark_day == DAY_NEVER ? job->day : job->mark_day;
	const struct office *now = job->office;
	const Mandate__Office *then;
	struct store_version version = {0};

	if (!now || job->after_revision == 0)
		return STATUS_OK;
	if (now->revision > job->after_revision) {
		enum status s =
			store_record_whole(t, &job->arena, MANDATE__KIND__KIND_OFFICE,
					   now->record->office, job->after_revision, &version);
		if (s != STATUS_OK && s != STATUS_NOT_FOUND)
			return s;
		then = version.record ? version.record->office : NULL;
	} else {
		then = now->record;
	}
	if (!then || !grants_read_alike(then, day, now->record, job->day))
		job->code = MANDATE__CODE__CODE_REGRANTED;
	return STATUS_OK;
}

/* Is the slice's beginning a place in this history? Sets code, through and its hash. */
static enum status check_position(struct store_txn *t, struct reader_job *job)
{
	struct store_event event;
	uint64_t last = 0;
	enum status s = STATUS_OK;

	job->through = job->after_revision;
	memset(job->through_hash, 0, HASH_BYTES);
	if (job->after_revision > job->newest) {
		job->code = MANDATE__CODE__CODE_FUTURE;
		return STATUS_OK;
	}
	if (job->after_revision) {
		s = store_event_get(t, job->after_revision, &event);
		if (s == STATUS_OK)
			s = last_revision(event.event, &last);
		if (s != STATUS_OK)
			return s == STATUS_NOT_FOUND ? STATUS_CORRUPT : s;
		memcpy(job->through_hash, event.chain, HASH_BYTES);
	}
	if (last == job->after_revision) {
		job->settled = job->after_revision;
		memcpy(job->settled_hash, job->through_hash, HASH_BYTES);
	}
	if (job->check_hash && memcmp(job->hash, job->through_hash, HASH_BYTES) != 0)
		job->code = MANDATE__CODE__CODE_DIVERGED;
	else if ((job->first || job->check_hash) && last != job->after_revision)
		job->code = MANDATE__CODE__CODE_FUTURE;
	else if (job->first)
		return check_rights(t, job);
	return STATUS_OK;
}

enum status slice_fill(struct store_txn *t, struct reader_job *job)
{
	struct slice s = {
		.job = job,
		.who = {.office = job->office ? job->office->record : NULL, .day = job->day},
		.stop_ms = clock_mono_ms() + SLICE_MS,
	};

	job->code = 0;
	job->events = NULL;
	job->event_count = job->events_bytes = 0;
	job->settled = 0;
	enum status st = read_newest(t, &job->newest);
	if (st == STATUS_OK)
		st = check_position(t, job);
	if (st != STATUS_OK || job->code)
		return st;
	s.through_max = job->through_max < job->newest ? job->through_max : job->newest;
	if (s.through_max <= job->after_revision)
		return STATUS_OK;
	pass_init(&s.by, job->filter, &s.who);
	arena_init(&s.scratch, DECODE_BYTES_MAX);
	st = store_event_scan(t, job->after_revision + 1, visit, &s);
	arena_fini(&s.scratch);
	if (st == STATUS_LIMIT)
		settle(&s);
	return st == STATUS_LIMIT || st == STATUS_STOPPED ? STATUS_OK : st;
}
