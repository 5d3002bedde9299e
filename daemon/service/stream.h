/* Subscriptions. Every stream is (route, correlation) and has sent, in order and once, each event
 * that passes its filter up to a position. Streams that keep up are fed from memory, the others by
 * slices of the event log from the reader thread; both write the same frames.
 *
 *   asked ──first slice: position and hash are right──▶ lagging ◀──▶ live
 *
 * A frame is sent only within the credit that its peer gave, counted in bytes of whole frames, so
 * that what we hold for a peer is bounded by it. A frame's `through` and head stand on ends of
 * inputs; events of an input that is too large for one frame follow in the next with the same
 * `through`.
 *
 * The position of a named stream is confirmed by credit: a peer gives back the bytes of a frame
 * when it has dealt with it. So a position on record may be older than what a peer has, never
 * newer.
 *
 * A stream belongs to an office and a device, and shows what that office may see. It ends as soon
 * as they are no longer accredited (UNACCREDITED), or what they may see is another (REGRANTED):
 * nothing is sent by rights that no longer hold, and what the peer has is no longer what it would
 * be shown. A peer that was away says on which day it was last told something: what has expired
 * since then ends it at its beginning. One that does not say so is taken as told today.
 *
 * No sockets here: what goes out passes through hooks. Network thread only. */
#ifndef MANDATED_SERVICE_STREAM_H
#define MANDATED_SERVICE_STREAM_H

#include "service/frame.h"
#include "service/reader.h"

struct streams;

enum stream_sent {
	STREAM_SENT = 1,
	STREAM_LATER, /* the peer's queue is full */
	STREAM_GONE,  /* there is no such peer any more */
};

struct stream_hooks {
	void *ctx;
	/* Sends a frame; holds it (frame_hold) if it needs it after returning. */
	enum stream_sent (*send)(void *ctx, const struct route *route, struct frame *frame);
	/* Posts a job to the reader; it comes back through stream_slice. */
	void (*slice)(void *ctx, struct reader_job *job);
	/* Enters a `cursor` input; false: not now, ask again. `day`: by whose grants the peer came
	 * there. */
	bool (*cursor)(void *ctx, const char *office, const char *name, uint64_t revision,
		       int32_t day);
};

/* `head`: the newest committed revision with its hash; `day`: the state's; `recent_bytes`: of
 * events kept in memory. */
MUST_USE enum status stream_new(const struct stream_hooks *hooks, const struct head *head,
				int32_t day, size_t recent_bytes, struct streams **ret_streams);
/* Ends no stream; slices that are under way must have come back. */
void stream_free(struct streams *s);

/* Starts a stream, or ends it at once with CREDIT or LIMIT. A stream of the same route and
 * correlation is replaced. Everything needed is copied or held. The office of `from` owns the name
 * of a named one. */
MUST_USE enum status stream_subscribe(struct streams *s, const struct route *route,
				      uint64_t correlation, const struct speaker *from,
				      const Mandate__Subscribe *request, uint64_t now_ms);

/* The offices, or the day by which their grants hold, are others: ends the streams that this
 * concerns. To be called before the events of that batch are published. */
void stream_take_roll(struct streams *s, const struct roll *roll, int32_t day);

/* More credit. Zero or too much ends the stream (CREDIT); answered NO_STREAM if there is none. */
void stream_credit(struct streams *s, const struct route *route, uint64_t correlation,
		   uint64_t bytes);

/* Ends it in order (ACCEPTED), entering its position; NO_STREAM if there is none. */
void stream_unsubscribe(struct streams *s, const struct route *route, uint64_t correlation);

/* The peer's streams are dropped without a word. */
void stream_drop_peer(struct streams *s, const struct route *route);

/* Ends every stream. */
void stream_end_all(struct streams *s, Mandate__Code code, const char *text);

/* A batch was committed: `head` after it. Copies what it keeps. */
void stream_publish(struct streams *s, const struct published *events, size_t count,
		    const struct head *head);

/* A slice came back; the job is freed here, sooner or later. */
void stream_slice(struct streams *s, struct reader_job *job);

/* Sends what can be sent. Call after anything above and at the time that it answers: monotonic
 * milliseconds, UINT64_MAX when nothing is due. */
uint64_t stream_pump(struct streams *s, uint64_t now_ms);

struct stream_counts {
	size_t streams;
	size_t lagging;
	size_t slices; /* under way */
};
void stream_count(const struct streams *s, struct stream_counts *ret_counts);

#endif
