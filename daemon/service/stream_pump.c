/* The sending side of streams. */
#include "service/stream_impl.h"

#include "model/codec.h"

#include <stdlib.h>

enum {
	FRAMES_PER_TURN_MAX = 16,	    /* of one stream, before the others get their turn */
	CROWDED = STREAMS_MAX / 2,	    /* from here on, one that stalls gives way */
	STALLED_MS = 2 * STREAM_SILENCE_MS, /* without a frame, although one was due */
	FIELD_MADE_BYTES = FRAME_LEFT_BYTES + 8,
};

static void wake_at(struct streams *s, uint64_t ms)
{
	if (ms < s->wake_ms)
		s->wake_ms = ms;
}

/* Bytes of events that the next frame may hold; 0 if the credit is too small for any frame. */
static size_t room_of(const struct stream *st)
{
	uint64_t most = st->wide ? STREAM_FRAME_BYTES_WIDE : STREAM_FRAME_BYTES;

	if (st->credit < most)
		most = st->credit;
	return most > FRAME_OVERHEAD_BYTES ? (size_t)most - FRAME_OVERHEAD_BYTES : 0;
}

static bool scratch_room(struct streams *s, size_t bytes)
{
	if (bytes <= s->scratch_room)
		return true;
	uint8_t *larger = realloc(s->scratch, bytes * 2);
	if (!larger)
		return false;
	s->scratch = larger;
	s->scratch_room = bytes * 2;
	return true;
}

/* May `size` more bytes join the `used` ones? The first may be larger than the room, within the
 * credit: an event is never cut. */
static bool fits(struct stream *st, size_t used, size_t size, size_t room)
{
	if (used)
		return used + size <= room;
	if (size + FRAME_OVERHEAD_BYTES <= st->credit)
		return true;
	st->credit_needed = size + FRAME_OVERHEAD_BYTES;
	return false;
}

static void add_mark(struct stream *st)
{
	struct stream_mark mark = {.bytes = st->sent_bytes, .through = st->at.through};

	if (!st->name[0])
		return;
	if (st->mark_count == STREAM_MARKS_MAX)
		st->mark_count--; /* confirmed a little later */
	st->marks[st->mark_count++] = mark;
}

/* True if it went out; then the stream stands at `reach`. */
static bool send(struct streams *s, struct stream *st, struct frame *f,
		 const struct stream_reach *reach)
{
	switch (s->hooks.send(s->hooks.ctx, &st->route, f)) {
	case STREAM_SENT:
		break;
	case STREAM_LATER:
		st->blocked_until_ms = s->now_ms + STREAM_RETRY_MS;
		wake_at(s, st->blocked_until_ms);
		return false;
	case STREAM_GONE:
		stream_drop_peer(s, &st->route);
		return false;
	}
	st->credit -= f->len < st->credit ? f->len : st->credit;
	st->sent_bytes += f->len;
	st->at = *reach;
	st->last_frame_ms = s->now_ms;
	st->news = false;
	add_mark(st);
	return true;
}

static bool send_empty(struct streams *s, struct stream *st)
{
	if (st->credit < FRAME_OVERHEAD_BYTES)
		return false;
	struct frame *f = frame_encode(st->correlation, (struct bytes){0}, st->at.through,
				       st->at.hash, s->day);
	bool sent = f && send(s, st, f, &st->at);
	frame_release(f);
	return sent;
}

/* --- from memory -------------------------------------------------------------------------- */

static enum status put_left(struct streams *s, const struct stream *st,
			    const struct recent_event *e, uint8_t *to, size_t *ret_len)
{
	uint8_t left[FRAME_LEFT_BYTES];
	char key[KEY_TEXT_MAX + 1];
	Mandate__Kind kind;
	enum status status = pass_record(&s->arena, e->event, &kind, key);

	if (status != STATUS_OK)
		return status;
	size_t len = frame_put_left(left, e->revision, st->digests ? e->digest : NULL, kind, key);
	*ret_len = frame_put_field(to, bytes_of(left, len));
	return STATUS_OK;
}

/* What the stream is told of an event, as a field of Frame: empty for nothing. It is the event's
 * own, or made in `made`. */
static enum status field_for(struct streams *s, const struct stream *st,
			     const struct recent_event *e, uint8_t made[FIELD_MADE_BYTES],
			     struct bytes *ret_field)
{
	struct reader_of who = {.office = st->from.office->record, .day = s->day};
	enum pass pass;
	size_t len = 0;
	enum status status = pass_event(&st->group->by, &who, &s->arena, e->tags, e->event, &pass);

	if (status == STATUS_OK && pass == PASS_EVENT) {
		*ret_field = e->field;
	} else if (status == STATUS_OK) {
		if (pass == PASS_LEFT)
			status = put_left(s, st, e, made, &len);
		else if (st->digests)
			len = frame_put_digest(made, e->revision, e->digest);
		*ret_field = bytes_of(made, len);
	}
	if (s->arena.used_bytes)
		arena_reset(&s->arena);
	return status;
}

/* Copies what passes after st->at.sent into the scratch; answers how many bytes. `ret_own`: others
 * of its group are told something else. */
static size_t collect_recent(struct streams *s, struct stream *st, size_t room,
			     struct stream_reach *reach, bool *ret_own)
{
	const struct recent_event *e = recent_get(&s->recent, st->at.sent + 1);
	const struct pass_by *by = &st->group->by;
	uint8_t made[FIELD_MADE_BYTES];
	size_t used = 0;

	*reach = st->at;
	*ret_own = false;
	for (;;) {
		struct bytes field = {0};

		if (pass_kind(by, e->kind)) {
			field = e->field;
		} else {
			/* Without memory it is tried again, later from the log. */
			if (field_for(s, st, e, made, &field) != STATUS_OK)
				break;
			*ret_own |= e->tags->office && !by->all;
		}
		if (field.len) {
			if (!fits(st, used, field.len, room) || !scratch_room(s, used + field.len))
				break;
			memcpy(s->scratch + used, field.data, field.len);
			used += field.len;
		}
		reach->sent = e->revision;
		if (e->revision == e->last_revision) {
			reach->through = e->revision;
			memcpy(reach->hash, e->chain, HASH_BYTES);
		}
		if (e->revision == s->recent.newest)
			break;
		e = recent_next(&s->recent, e);
	}
	return used;
}

static struct stream_shared *find_shared(struct streams *s, const struct stream *st, size_t room)
{
	for (size_t i = 0; i < STREAM_SHARED_MAX; i++) {
		struct stream_shared *h = &s->shared[i];
		if (h->group == st->group && h->sent == st->at.sent && h->room == room &&
		    h->correlation == st->correlation && h->newest == s->recent.newest &&
		    h->through == st->at.through && h->digests == st->digests && h->day == s->day &&
		    (!h->frame || h->frame->len <= st->credit)) /* one event may be larger */
			return h;
	}
	return NULL;
}

/* The next frame for `st`, made or found. NULL: no memory, or its credit is too small. */
static struct stream_shared *next_frame(struct streams *s, struct stream *st, size_t room)
{
	struct stream_shared *h = find_shared(s, st, room);

	if (h)
		return h;
	h = &s->shared[s->shared_next++ % STREAM_SHARED_MAX];
	frame_release(h->frame);
	*h = (struct stream_shared){0};
	bool own;
	size_t used = collect_recent(s, st, room, &h->reach, &own);
	if (used) {
		h->frame = frame_encode(st->correlation, bytes_of(s->scratch, used),
					h->reach.through, h->reach.hash, s->day);
		if (!h->frame)
			return NULL;
	} else if (h->reach.sent == st->at.sent) {
		return NULL;
	}
	if (st->credit_needed == 0 && !own) {
		h->group = st->group;
		h->digests = st->digests;
		h->sent = st->at.sent;
		h->through = st->at.through;
		h->newest = s->recent.newest;
		h->day = s->day;
		h->correlation = st->correlation;
		h->room = room;
	}
	return h;
}

/* Events that come one upon the other share a frame. */
static bool paced(struct streams *s, const struct stream *st, size_t room)
{
	const struct recent_event *e = recent_get(&s->recent, st->at.sent + 1);

	if (s->now_ms - st->last_frame_ms >= STREAM_PACE_MS || st->news)
		return false;
	if (s->recent.total_bytes - e->bytes_before >= room)
		return false;
	wake_at(s, st->last_frame_ms + STREAM_PACE_MS);
	return true;
}

/* True if there may be more to send at once. */
static bool feed_recent(struct streams *s, struct stream *st)
{
	size_t room = room_of(st);

	if (st->at.sent >= s->recent.newest || room == 0 || paced(s, st, room))
		return false;
	struct stream_shared *h = next_frame(s, st, room);
	if (!h)
		return false;
	if (!h->frame) {
		st->at = h->reach;
		return false;
	}
	return send(s, st, h->frame, &h->reach);
}

/* --- from the event log ------------------------------------------------------------------- */

static bool lags(const struct streams *s, const struct stream *st)
{
	return !st->checked ||
	       (st->at.sent < s->recent.newest && st->at.sent + 1 < s->recent.oldest);
}

static void ask_slice(struct streams *s, struct stream *st)
{
	struct reader_job *job;

	if (st->asked || s->slices >= STREAM_SLICES_MAX ||
	    (st->checked && st->credit <= FRAME_OVERHEAD_BYTES))
		return;
	if (reader_job_new(READER_SLICE, &job) != STATUS_OK)
		return;
	job->stream = st->id;
	job->office = roll_office_hold(st->from.office);
	job->day = s->day;
	job->mark_day = st->mark_day;
	job->after_revision = st->at.sent;
	/* First the position alone, with its hash. */
	job->first = !st->checked;
	job->through_max = st->checked ? s->recent.newest : st->at.sent;
	job->digests = st->digests;
	job->check_hash = !st->checked && st->check_hash;
	memcpy(job->hash, st->at.hash, HASH_BYTES);
	job->bytes_max = st->wide ? STREAM_SLICE_BYTES : STREAM_FRAME_BYTES;
	if (st->group->filter) {
		job->filter = codec_copy(&job->arena, &st->group->filter->base);
		if (!job->filter) {
			reader_job_free(job);
			return;
		}
	}
	st->asked = true;
	s->slices++;
	s->hooks.slice(s->hooks.ctx, job);
}

/* Copies events of the slice from *next on into the scratch. */
static size_t collect_slice(struct streams *s, struct stream *st, const struct reader_job *job,
			    size_t *next, struct stream_reach *reach)
{
	size_t used = 0, room = room_of(st);

	*reach = st->at;
	for (; *next < job->event_count; (*next)++) {
		struct bytes event = job->events[*next];
		size_t size = frame_field_bytes(event.len);

		if (!fits(st, used, size, room) || !scratch_room(s, used + size))
			return used;
		used += frame_put_field(s->scratch + used, event);
		reach->sent = frame_event_revision(event);
	}
	reach->sent = job->through;
	if (job->settled) {
		reach->through = job->settled;
		memcpy(reach->hash, job->settled_hash, HASH_BYTES);
	}
	return used;
}

/* Sends a slice, or as much as the peer takes: the rest is read again. */
static void feed_slice(struct streams *s, struct stream *st, const struct reader_job *job)
{
	struct stream_reach reach;
	bool sent = true;
	size_t next = 0;

	while (sent) {
		size_t used = collect_slice(s, st, job, &next, &reach);
		if (used == 0) {
			if (next == job->event_count)
				st->at = reach;
			break;
		}
		struct frame *f = frame_encode(st->correlation, bytes_of(s->scratch, used),
					       reach.through, reach.hash, s->day);
		sent = f && send(s, st, f, &reach);
		frame_release(f);
	}
	if (st->at.sent == st->at.through && st->at.sent >= s->recent.newest)
		st->news = true;
}

static const char *end_text(Mandate__Code code)
{
	if (code == MANDATE__CODE__CODE_DIVERGED)
		return "the hash is not that of this history: begin again with a snapshot";
	if (code == MANDATE__CODE__CODE_FUTURE)
		return "no input ends with this revision";
	if (code == MANDATE__CODE__CODE_REGRANTED)
		return stream_impl_regranted;
	return NULL;
}

static void take_slice(struct streams *s, struct reader_job *job)
{
	struct stream *st = stream_impl_by_id(s, job->stream);

	s->slices--;
	if (st) {
		st->asked = false;
		if (job->code != 0) {
			stream_impl_end(s, st, job->code, end_text(job->code));
		} else if (!st->checked) {
			st->checked = true;
			memcpy(st->at.hash, job->through_hash, HASH_BYTES);
		} else {
			feed_slice(s, st, job);
		}
	}
	reader_job_free(job);
}

static void take_slices(struct streams *s)
{
	struct reader_job *in_order = NULL;

	while (s->returned) {
		struct reader_job *job = s->returned;
		s->returned = (struct reader_job *)job->mail.next;
		job->mail.next = (struct mail *)in_order;
		in_order = job;
	}
	while (in_order) {
		struct reader_job *job = in_order;
		in_order = (struct reader_job *)job->mail.next;
		take_slice(s, job);
	}
}

/* --- all ---------------------------------------------------------------------------------- */

static void feed(struct streams *s, struct stream *st)
{
	if (s->now_ms < st->blocked_until_ms) {
		wake_at(s, st->blocked_until_ms);
		return;
	}
	if (st->credit_needed > st->credit)
		return;
	st->credit_needed = 0;
	if (lags(s, st)) {
		ask_slice(s, st);
		return;
	}
	int frames = 0;
	while (frames < FRAMES_PER_TURN_MAX && feed_recent(s, st))
		frames++;
	if (frames == FRAMES_PER_TURN_MAX)
		wake_at(s, s->now_ms);
	if (st->gone || st->blocked_until_ms > s->now_ms)
		return;
	if (st->at.sent >= s->recent.newest && st->news)
		IGNORE_RESULT(send_empty(s, st)); /* not now: it is due again */
}

static void keep_company(struct streams *s, struct stream *st)
{
	uint64_t due_ms = st->last_frame_ms + STREAM_SILENCE_MS;

	if (!st->checked)
		return;
	if (s->now_ms >= due_ms && s->now_ms >= st->blocked_until_ms && send_empty(s, st))
		due_ms = s->now_ms + STREAM_SILENCE_MS;
	if (due_ms > s->now_ms)
		wake_at(s, due_ms);
	/* Only sending tells that a peer is gone, and without credit nothing is sent. */
	else if (s->count > CROWDED && s->now_ms - st->last_frame_ms >= STALLED_MS)
		stream_impl_end(s, st, MANDATE__CODE__CODE_BUSY,
				"many streams, and no credit in this one: resume it");
}

uint64_t stream_pump(struct streams *s, uint64_t now_ms)
{
	s->now_ms = now_ms;
	s->wake_ms = UINT64_MAX;
	take_slices(s);
	size_t high = s->high;
	for (size_t i = 0; i < high; i++) {
		struct stream *st = s->slots[(s->turn + i) % high];

		if (!st)
			continue;
		if (!st->gone)
			feed(s, st);
		if (!st->gone)
			keep_company(s, st);
		if (!st->gone)
			stream_impl_confirm(s, st, false);
	}
	s->turn = high ? (s->turn + 1) % high : 0;
	for (size_t i = 0; i < high; i++)
		if (s->slots[i] && s->slots[i]->gone)
			stream_impl_free(s, s->slots[i]);
	return s->wake_ms;
}
