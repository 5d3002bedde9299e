#include "service/stream_impl.h"

#include "model/codec.h"
#include "service/filter.h"

#include <stdlib.h>

enum { SLOT_BITS = 16, GROUP_BYTES_MAX = 256 * 1024 };

enum status stream_new(const struct stream_hooks *hooks, const struct head *head, int32_t day,
		       size_t recent_bytes, struct streams **ret_streams)
{
	struct streams *s = calloc(1, sizeof *s);

	if (!s)
		return STATUS_NO_MEMORY;
	s->hooks = *hooks;
	recent_init(&s->recent, head->revision, recent_bytes);
	memcpy(s->newest_hash, head->event_hash, HASH_BYTES);
	s->day = day;
	arena_init(&s->arena, DECODE_BYTES_MAX);
	*ret_streams = s;
	return STATUS_OK;
}

void stream_free(struct streams *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->high; i++)
		if (s->slots[i])
			stream_impl_free(s, s->slots[i]);
	while (s->returned) {
		struct reader_job *job = s->returned;
		s->returned = (struct reader_job *)job->mail.next;
		reader_job_free(job);
	}
	for (size_t i = 0; i < STREAM_SHARED_MAX; i++)
		frame_release(s->shared[i].frame);
	recent_fini(&s->recent);
	arena_fini(&s->arena);
	free(s->scratch);
	free(s);
}

static bool route_equal(const struct route *x, const struct route *y)
{
	return x->endpoint == y->endpoint && x->len == y->len && memcmp(x->id, y->id, x->len) == 0;
}

static struct stream *find(const struct streams *s, const struct route *route, uint64_t correlation)
{
	for (size_t i = 0; i < s->high; i++) {
		struct stream *st = s->slots[i];
		if (st && !st->gone && st->correlation == correlation &&
		    route_equal(&st->route, route))
			return st;
	}
	return NULL;
}

struct stream *stream_impl_by_id(struct streams *s, uint64_t id)
{
	struct stream *st = s->slots[id & (STREAMS_MAX - 1)];

	return st && st->id == id && !st->gone ? st : NULL;
}

/* --- groups ------------------------------------------------------------------------------- */

static void group_release(struct streams *s, struct stream_group *g)
{
	struct stream_group **at = &s->groups;

	if (!g || --g->streams > 0)
		return;
	while (*at != g)
		at = &(*at)->next;
	*at = g->next;
	for (size_t i = 0; i < STREAM_SHARED_MAX; i++)
		if (s->shared[i].group == g)
			s->shared[i].group = NULL;
	roll_office_release(g->office);
	arena_fini(&g->arena);
	free(g);
}

static enum status group_of(struct streams *s, const Mandate__Filter *filter,
			    const struct office *office, struct stream_group **ret_group)
{
	struct reader_of who = {.office = office->record, .day = s->day};
	struct stream_group *g = calloc(1, sizeof *g);
	enum status st = STATUS_OK;

	if (!g)
		return STATUS_NO_MEMORY;
	arena_init(&g->arena, GROUP_BYTES_MAX);
	if (!filter_is_open(filter)) {
		st = codec_encode(&g->arena, &filter->base, &g->packed);
		g->filter = codec_copy(&g->arena, &filter->base);
		if (st == STATUS_OK && !g->filter)
			st = STATUS_NO_MEMORY;
	}
	struct stream_group *known = s->groups;
	while (st == STATUS_OK && known &&
	       !(bytes_equal(known->packed, g->packed) &&
		 grants_read_alike(known->office->record, s->day, office->record, s->day)))
		known = known->next;
	if (st != STATUS_OK || known) {
		arena_fini(&g->arena);
		free(g);
		g = known;
	} else {
		pass_init(&g->by, g->filter, &who);
		g->office = roll_office_hold(office);
		g->next = s->groups;
		s->groups = g;
	}
	if (st != STATUS_OK)
		return st;
	g->streams++;
	*ret_group = g;
	return STATUS_OK;
}

/* --- one stream --------------------------------------------------------------------------- */

void stream_impl_free(struct streams *s, struct stream *st)
{
	s->slots[st->id & (STREAMS_MAX - 1)] = NULL;
	s->count--;
	while (s->high && !s->slots[s->high - 1])
		s->high--;
	group_release(s, st->group);
	roll_office_release(st->from.office);
	free(st);
}

static void answer_end(struct streams *s, const struct route *route, uint64_t correlation,
		       Mandate__Code code, const char *text)
{
	struct frame *f = frame_of_end(correlation, code, text);

	/* A peer that cannot be told notices by silence. */
	if (f)
		s->hooks.send(s->hooks.ctx, route, f);
	frame_release(f);
}

void stream_impl_end(struct streams *s, struct stream *st, Mandate__Code code, const char *text)
{
	stream_impl_confirm(s, st, true);
	answer_end(s, &st->route, st->correlation, code, text);
	st->gone = true;
}

static bool credit_valid(uint64_t bytes)
{
	return bytes > 0 && bytes <= CREDIT_BYTES_MAX;
}

static const char CREDIT_TEXT[] = "a credit is 1 to 4194304 bytes";

static size_t count_of_peer(const struct streams *s, const struct route *route)
{
	size_t n = 0;

	for (size_t i = 0; i < s->high; i++)
		n += s->slots[i] && !s->slots[i]->gone && route_equal(&s->slots[i]->route, route);
	return n;
}

struct taken {
	size_t streams;
	uint64_t credit; /* at most */
};

static struct taken taken_by(const struct streams *s, const char *office)
{
	struct taken t = {0};

	for (size_t i = 0; i < s->high; i++)
		if (s->slots[i] && !s->slots[i]->gone &&
		    strcmp(s->slots[i]->from.office->record->office, office) == 0) {
			t.streams++;
			t.credit += s->slots[i]->window;
		}
	return t;
}

/* Past them nobody else would get any; the operators' way in has no such limit. */
static bool office_has_too_many(const struct streams *s, const char *office, uint64_t credit)
{
	struct taken t = taken_by(s, office);

	return (t.streams >= STREAMS_PER_OFFICE_MAX ||
		t.credit + credit > CREDIT_BYTES_PER_OFFICE_MAX) &&
	       strcmp(office, ROLL_LOCAL) != 0;
}

/* A stream may have more credit than it began with, while its office has; any event fits always. */
static void widen(const struct streams *s, struct stream *st, uint64_t wanted)
{
	const char *office = st->from.office->record->office;

	if (wanted > CREDIT_BYTES_MAX)
		wanted = CREDIT_BYTES_MAX;
	if (wanted <= st->window)
		return;
	if (wanted > STREAM_FRAME_BYTES_WIDE &&
	    taken_by(s, office).credit + wanted - st->window > CREDIT_BYTES_PER_OFFICE_MAX &&
	    strcmp(office, ROLL_LOCAL) != 0)
		wanted =
			st->window > STREAM_FRAME_BYTES_WIDE ? st->window : STREAM_FRAME_BYTES_WIDE;
	st->window = wanted;
}

static void copy_text(char *to, size_t room, const char *text)
{
	size_t len = text ? strlen(text) : 0;

	if (len >= room)
		len = room - 1;
	if (len)
		memcpy(to, text, len);
	to[len] = '\0';
}

static void start(struct streams *s, struct stream *st, const Mandate__Subscribe *request,
		  uint64_t now_ms)
{
	st->digests = request->has_digests && request->digests;
	st->credit = st->window = request->credit_bytes;
	st->wide = st->credit > THIN_CREDIT_BYTES;
	st->news = true;
	st->at.sent = st->at.through = request->after_revision;
	st->check_hash = request->has_event_hash && request->event_hash.len == HASH_BYTES;
	if (st->check_hash)
		memcpy(st->at.hash, request->event_hash.data, HASH_BYTES);
	st->mark_day = request->has_day ? request->day : DAY_NEVER;
	st->last_frame_ms = now_ms;
	st->confirmed = st->entered = request->after_revision;
	size_t slot = 0;
	while (s->slots[slot])
		slot++;
	st->id = ++s->generation << SLOT_BITS | slot;
	s->slots[slot] = st;
	s->count++;
	if (slot >= s->high)
		s->high = slot + 1;
}

enum status stream_subscribe(struct streams *s, const struct route *route, uint64_t correlation,
			     const struct speaker *from, const Mandate__Subscribe *request,
			     uint64_t now_ms)
{
	struct stream *before = find(s, route, correlation);

	if (before)
		before->gone = true;
	if (!credit_valid(request->credit_bytes)) {
		answer_end(s, route, correlation, MANDATE__CODE__CODE_CREDIT, CREDIT_TEXT);
		return STATUS_OK;
	}
	if (s->count >= STREAMS_MAX || count_of_peer(s, route) >= STREAMS_PER_PEER_MAX ||
	    office_has_too_many(s, from->office->record->office, request->credit_bytes)) {
		answer_end(s, route, correlation, MANDATE__CODE__CODE_LIMIT,
			   "too many streams, or too much credit for all of them: end one first");
		return STATUS_OK;
	}
	struct stream *st = calloc(1, sizeof *st);
	if (!st)
		return STATUS_NO_MEMORY;
	enum status status = group_of(s, request->filter, from->office, &st->group);
	if (status != STATUS_OK) {
		free(st);
		return status;
	}
	st->route = *route;
	st->correlation = correlation;
	st->from = *from;
	roll_office_hold(from->office);
	copy_text(st->name, sizeof st->name, request->name);
	start(s, st, request, now_ms);
	return STATUS_OK;
}

void stream_credit(struct streams *s, const struct route *route, uint64_t correlation,
		   uint64_t bytes)
{
	struct stream *st = find(s, route, correlation);

	if (!st) {
		answer_end(s, route, correlation, MANDATE__CODE__CODE_NO_STREAM, NULL);
		return;
	}
	if (!credit_valid(bytes)) {
		stream_impl_end(s, st, MANDATE__CODE__CODE_CREDIT, CREDIT_TEXT);
		return;
	}
	st->credit += bytes;
	st->returned_bytes += bytes;
	widen(s, st, st->credit);
	if (st->credit > st->window)
		st->credit = st->window;
	if (st->credit > THIN_CREDIT_BYTES)
		st->wide = true;
}

void stream_unsubscribe(struct streams *s, const struct route *route, uint64_t correlation)
{
	struct stream *st = find(s, route, correlation);

	if (st)
		stream_impl_end(s, st, MANDATE__CODE__CODE_ACCEPTED, NULL);
	else
		answer_end(s, route, correlation, MANDATE__CODE__CODE_NO_STREAM, NULL);
}

void stream_drop_peer(struct streams *s, const struct route *route)
{
	for (size_t i = 0; i < s->high; i++)
		if (s->slots[i] && route_equal(&s->slots[i]->route, route))
			s->slots[i]->gone = true;
}

void stream_end_all(struct streams *s, Mandate__Code code, const char *text)
{
	for (size_t i = 0; i < s->high; i++)
		if (s->slots[i] && !s->slots[i]->gone)
			stream_impl_end(s, s->slots[i], code, text);
}

/* --- rights ------------------------------------------------------------------------------- */

static const char UNACCREDITED_TEXT[] =
	"this office or device is no longer accredited: ask its administrator";
const char stream_impl_regranted[] =
	"what your office may see has changed: take a snapshot and subscribe after it";

/* The same office and device as the roll has them now: a device is its key. False: they are not
 * accredited. */
static bool find_again(const struct roll *roll, int32_t day, const struct speaker *then,
		       struct speaker *ret_now)
{
	const char *name = then->office->record->office;
	struct speaker now = {0};

	if (!then->device)
		now.office = roll_find(roll, name);
	else if (!roll_find_key(roll, then->device->key, &now))
		return false;
	if (!now.office || strcmp(now.office->record->office, name) != 0 ||
	    !grants_office_stands(now.office->record, now.device, day))
		return false;
	*ret_now = now;
	return true;
}

/* A stream goes on as what the roll says now. Those of its group see the same, before and after. */
static void go_on(struct stream *st, const struct speaker *now)
{
	struct stream_group *g = st->group;

	if (g->office != now->office) {
		roll_office_release(g->office);
		g->office = roll_office_hold(now->office);
	}
	if (st->from.office != now->office) {
		roll_office_hold(now->office);
		roll_office_release(st->from.office);
	}
	st->from = *now;
}

void stream_take_roll(struct streams *s, const struct roll *roll, int32_t day)
{
	for (size_t i = 0; i < s->high; i++) {
		struct stream *st = s->slots[i];
		struct speaker now;

		if (!st || st->gone)
			continue;
		if (!find_again(roll, day, &st->from, &now))
			stream_impl_end(s, st, MANDATE__CODE__CODE_UNACCREDITED, UNACCREDITED_TEXT);
		else if (!grants_read_alike(st->from.office->record, s->day, now.office->record,
					    day))
			stream_impl_end(s, st, MANDATE__CODE__CODE_REGRANTED,
					stream_impl_regranted);
		else
			go_on(st, &now);
	}
	s->day = day;
}

void stream_publish(struct streams *s, const struct published *events, size_t count,
		    const struct head *head)
{
	recent_add(&s->recent, events, count);
	memcpy(s->newest_hash, head->event_hash, HASH_BYTES);
}

void stream_slice(struct streams *s, struct reader_job *job)
{
	job->mail.next = (struct mail *)s->returned;
	s->returned = job;
}

void stream_impl_confirm(struct streams *s, struct stream *st, bool at_once)
{
	size_t done = 0;

	if (!st->name[0])
		return;
	while (done < st->mark_count && st->marks[done].bytes <= st->returned_bytes)
		st->confirmed = st->marks[done++].through;
	if (done) {
		st->mark_count -= done;
		memmove(st->marks, st->marks + done, st->mark_count * sizeof st->marks[0]);
	}
	if (st->confirmed <= st->entered)
		return;
	uint64_t due_ms = st->entered_ms + CURSOR_INPUT_MS;
	if (!at_once && st->entered_ms != 0 && s->now_ms < due_ms) {
		if (due_ms < s->wake_ms)
			s->wake_ms = due_ms;
		return;
	}
	if (s->hooks.cursor(s->hooks.ctx, st->from.office->record->office, st->name, st->confirmed,
			    s->day)) {
		st->entered = st->confirmed;
		st->entered_ms = s->now_ms;
	}
}

void stream_count(const struct streams *s, struct stream_counts *ret_counts)
{
	*ret_counts = (struct stream_counts){.streams = s->count, .slices = s->slices};
	for (size_t i = 0; i < s->high; i++)
		ret_counts->lagging += s->slots[i] && s->slots[i]->at.sent + 1 < s->recent.oldest;
}
