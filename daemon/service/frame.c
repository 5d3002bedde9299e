#include "service/frame.h"

#include "base/day.h"

#include <stdlib.h>

/* Field headers: number << 3 | 2 for bytes and messages, | 0 for numbers. */
enum {
	ENVELOPE_VERSION = 1 << 3,
	ENVELOPE_CORRELATION = 2 << 3,
	ENVELOPE_FRAME = 22 << 3 | 2,
	ENVELOPE_HEAD = 30 << 3 | 2,
	FRAME_EVENTS = 1 << 3 | 2,
	FRAME_THROUGH = 2 << 3,
	FRAME_DAY = 3 << 3,
	HEAD_REVISION = 1 << 3,
	HEAD_EVENT_HASH = 2 << 3 | 2,
	EVENT_EVENT = 1 << 3 | 2,
	EVENT_SALT = 2 << 3 | 2,
	EVENT_REVISION = 3 << 3,
	EVENT_DIGEST = 4 << 3 | 2,
	EVENT_KIND = 5 << 3,
	EVENT_KEY = 6 << 3 | 2,
	EVENT_LEFT = 7 << 3,
	INNER_REVISION = 1 << 3, /* of Event, its first field */
};

size_t frame_put_number(uint8_t *to, uint64_t value)
{
	size_t n = 0;

	for (; value >= 0x80; value >>= 7)
		to[n++] = (uint8_t)(value | 0x80);
	to[n++] = (uint8_t)value;
	return n;
}

size_t frame_number_bytes(uint64_t value)
{
	size_t n = 1;

	for (; value >= 0x80; value >>= 7)
		n++;
	return n;
}

/* As protobuf's sint32. */
static uint64_t zigzag(int32_t value)
{
	return ((uint32_t)value << 1) ^ (value < 0 ? UINT32_MAX : 0);
}

static size_t put_bytes(uint8_t *to, const void *data, size_t len)
{
	memcpy(to, data, len);
	return len;
}

void frame_hold(struct frame *f)
{
	atomic_fetch_add_explicit(&f->references, 1, memory_order_relaxed);
}

void frame_release(struct frame *f)
{
	if (f && atomic_fetch_sub_explicit(&f->references, 1, memory_order_acq_rel) == 1)
		free(f);
}

static struct frame *frame_of_size(size_t bytes)
{
	struct frame *f = malloc(sizeof *f + bytes);

	if (!f)
		return NULL;
	atomic_init(&f->references, 1);
	f->len = bytes;
	return f;
}

struct frame *frame_encode(uint64_t correlation, struct bytes events, uint64_t through,
			   const uint8_t through_hash[HASH_BYTES], int32_t day)
{
	size_t inner = events.len + 1 + frame_number_bytes(through) +
		       (day == DAY_NEVER ? 0 : 1 + frame_number_bytes(zigzag(day)));
	struct frame *f = frame_of_size(FRAME_OVERHEAD_BYTES + events.len);

	if (!f)
		return NULL;
	uint8_t *p = f->data;
	*p++ = ENVELOPE_VERSION;
	*p++ = WIRE_VERSION;
	*p++ = ENVELOPE_CORRELATION;
	p += frame_put_number(p, correlation);
	p += frame_put_number(p, ENVELOPE_FRAME);
	p += frame_put_number(p, inner);
	if (events.len)
		p += put_bytes(p, events.data, events.len);
	*p++ = FRAME_THROUGH;
	p += frame_put_number(p, through);
	if (day != DAY_NEVER) {
		*p++ = FRAME_DAY;
		p += frame_put_number(p, zigzag(day));
	}
	p += frame_put_number(p, ENVELOPE_HEAD);
	*p++ = (uint8_t)(1 + frame_number_bytes(through) + 2 + HASH_BYTES);
	*p++ = HEAD_REVISION;
	p += frame_put_number(p, through);
	*p++ = HEAD_EVENT_HASH;
	*p++ = HASH_BYTES;
	p += put_bytes(p, through_hash, HASH_BYTES);
	f->len = (size_t)(p - f->data);
	return f;
}

struct frame *frame_of_envelope(const Mandate__Envelope *envelope)
{
	struct frame *f = frame_of_size(mandate__envelope__get_packed_size(envelope));

	if (f)
		mandate__envelope__pack(envelope, f->data);
	return f;
}

struct frame *frame_of_end(uint64_t correlation, Mandate__Code code, const char *text)
{
	Mandate__Envelope envelope;
	Mandate__End end;

	mandate__envelope__init(&envelope);
	mandate__end__init(&end);
	end.code = code;
	end.text = (char *)(uintptr_t)text;
	envelope.version = WIRE_VERSION;
	envelope.has_correlation = true;
	envelope.correlation = correlation;
	envelope.body_case = MANDATE__ENVELOPE__BODY_END;
	envelope.end = &end;
	return frame_of_envelope(&envelope);
}

size_t frame_field_bytes(size_t stream_event_len)
{
	return 1 + frame_number_bytes(stream_event_len) + stream_event_len;
}

size_t frame_put_field(uint8_t *to, struct bytes stream_event)
{
	uint8_t *p = to;

	*p++ = FRAME_EVENTS;
	p += frame_put_number(p, stream_event.len);
	p += put_bytes(p, stream_event.data, stream_event.len);
	return (size_t)(p - to);
}

static size_t inner_event_bytes(size_t event_len)
{
	return 1 + frame_number_bytes(event_len) + event_len + 2 + SALT_BYTES;
}

size_t frame_event_bytes(size_t event_len)
{
	return frame_field_bytes(inner_event_bytes(event_len));
}

size_t frame_put_event(uint8_t *to, struct bytes event, const uint8_t salt[SALT_BYTES])
{
	uint8_t *p = to;

	*p++ = FRAME_EVENTS;
	p += frame_put_number(p, inner_event_bytes(event.len));
	*p++ = EVENT_EVENT;
	p += frame_put_number(p, event.len);
	p += put_bytes(p, event.data, event.len);
	*p++ = EVENT_SALT;
	*p++ = SALT_BYTES;
	p += put_bytes(p, salt, SALT_BYTES);
	return (size_t)(p - to);
}

size_t frame_put_digest(uint8_t *to, uint64_t revision, const uint8_t digest[HASH_BYTES])
{
	uint8_t *p = to;

	*p++ = FRAME_EVENTS;
	*p++ = (uint8_t)(1 + frame_number_bytes(revision) + 2 + HASH_BYTES);
	*p++ = EVENT_REVISION;
	p += frame_put_number(p, revision);
	*p++ = EVENT_DIGEST;
	*p++ = HASH_BYTES;
	p += put_bytes(p, digest, HASH_BYTES);
	return (size_t)(p - to);
}

size_t frame_put_left(uint8_t *to, uint64_t revision, const uint8_t *digest, Mandate__Kind kind,
		      const char *key)
{
	size_t key_len = strlen(key);
	uint8_t *p = to;

	*p++ = EVENT_REVISION;
	p += frame_put_number(p, revision);
	if (digest) {
		*p++ = EVENT_DIGEST;
		*p++ = HASH_BYTES;
		p += put_bytes(p, digest, HASH_BYTES);
	}
	*p++ = EVENT_KIND;
	p += frame_put_number(p, (uint64_t)kind);
	*p++ = EVENT_KEY;
	p += frame_put_number(p, key_len);
	p += put_bytes(p, key, key_len);
	*p++ = EVENT_LEFT;
	*p++ = true;
	return (size_t)(p - to);
}

/* Reads a number at *at and moves past it; false at the end of the bytes. */
static bool take_number(struct bytes b, size_t *at, uint64_t *ret_value)
{
	uint64_t value = 0;

	for (unsigned shift = 0; *at < b.len && shift < 64; shift += 7) {
		uint8_t byte = b.data[(*at)++];
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80)) {
			*ret_value = value;
			return true;
		}
	}
	return false;
}

uint64_t frame_event_revision(struct bytes b)
{
	size_t at = 1;
	uint64_t value;

	if (b.len < 2)
		return 0;
	if (b.data[0] == EVENT_REVISION)
		return take_number(b, &at, &value) ? value : 0;
	if (b.data[0] != EVENT_EVENT || !take_number(b, &at, &value))
		return 0;
	if (at >= b.len || b.data[at++] != INNER_REVISION)
		return 0;
	return take_number(b, &at, &value) ? value : 0;
}
