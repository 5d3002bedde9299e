/* What the files of streams share; nobody else includes this. */
#ifndef MANDATED_SERVICE_STREAM_IMPL_H
#define MANDATED_SERVICE_STREAM_IMPL_H

#include "service/pass.h"
#include "service/recent.h"
#include "service/stream.h"

/* Streams with equal filters, of offices that may see the same, share one. Their own records apart:
 * those each office sees by itself. */
struct stream_group {
	struct stream_group *next;
	size_t streams;
	struct bytes packed;
	const Mandate__Filter *filter; /* NULL: everything passes */
	struct pass_by by;
	const struct office *office; /* of one of them, held */
	struct arena arena;
};

/* How far a stream has come. through <= sent; unequal between the events of one input, and between
 * the frames of one slice. */
struct stream_reach {
	uint64_t sent;		  /* all that passes up to here has been sent */
	uint64_t through;	  /* an end of an input, or 0 */
	uint8_t hash[HASH_BYTES]; /* h(through) */
};

/* After `bytes` of frames the peer has everything up to `through`. */
struct stream_mark {
	uint64_t bytes;
	uint64_t through;
};

struct stream {
	uint64_t id; /* generation << 16 | slot: names it in a job */
	struct route route;
	uint64_t correlation;
	struct stream_group *group;
	struct speaker from; /* the office is held */
	bool digests;
	bool gone;    /* to be freed */
	bool checked; /* the position is one of this history */
	bool check_hash;
	bool asked; /* a slice is under way */
	bool wide;  /* no thin link: larger frames and slices */
	bool news;  /* tell where it stands as soon as it has caught up */
	struct stream_reach at;
	int32_t mark_day; /* of the position as it was asked for; DAY_NEVER: not told */
	uint64_t window;  /* the most that its credit may be */
	uint64_t credit;
	uint64_t credit_needed; /* the next event does not fit below it */
	uint64_t last_frame_ms, blocked_until_ms;

	/* Named ones. */
	char name[CODE_TEXT_MAX + 1]; /* "": no name */
	uint64_t sent_bytes, returned_bytes;
	struct stream_mark marks[STREAM_MARKS_MAX];
	size_t mark_count;
	uint64_t confirmed; /* by credit */
	uint64_t entered;   /* in the newest cursor input */
	uint64_t entered_ms;
};

/* A frame made for one stream may do for others. */
struct stream_shared {
	const struct stream_group *group;
	bool digests;
	uint64_t sent, through, newest, correlation;
	int32_t day;
	size_t room;
	struct frame *frame; /* NULL: nothing passed */
	struct stream_reach reach;
};

enum { STREAM_SHARED_MAX = 8 };

struct streams {
	struct stream_hooks hooks;
	struct recent recent;
	uint8_t newest_hash[HASH_BYTES];
	int32_t day; /* the state's */
	struct stream *slots[STREAMS_MAX];
	size_t high; /* slots above it are empty */
	size_t count;
	uint64_t generation;
	size_t turn; /* who is first in the next pump */
	struct stream_group *groups;
	struct reader_job *returned; /* slices that came back, newest first */
	size_t slices;
	struct stream_shared shared[STREAM_SHARED_MAX];
	size_t shared_next;
	uint8_t *scratch;
	size_t scratch_room;
	struct arena arena; /* one event */
	uint64_t now_ms, wake_ms;
};

/* Ends a stream with an answer; it is freed by the next pump. */
void stream_impl_end(struct streams *s, struct stream *st, Mandate__Code code, const char *text);
extern const char stream_impl_regranted[]; /* what to do then */
struct stream *stream_impl_by_id(struct streams *s, uint64_t id);
void stream_impl_free(struct streams *s, struct stream *st);
/* What credit confirms; enters a cursor input if it is time, or at once. */
void stream_impl_confirm(struct streams *s, struct stream *st, bool at_once);

#endif
