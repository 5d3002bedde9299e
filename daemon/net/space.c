#include "net/space.h"

#include "base/log.h"

#include <inttypes.h>
#include <sys/statvfs.h>

enum {
	INPUT_PAGES_BYTES = 128 * 1024,
	NEW_PAGES_BYTES = 4 * 1024 * 1024, /* beyond what the state holds already */
	SIZED_MS = 1000,
	MS_PER_LINE = 60 * 1000,
};

static void look(struct server *s)
{
	struct space *p = &s->space;
	struct store_size size;
	struct statvfs disk;

	/* Each batch may take a segment, and the state a step of its file: between two looks there
	 * is one batch at most. */
	if (s->pipeline.pending->count > 0 && s->now_ms - p->checked_ms < SPACE_CHECK_MS)
		return;
	p->checked_ms = s->now_ms;
	if (statvfs(s->startup->state_dir, &disk) == 0)
		p->free_bytes = (uint64_t)disk.f_bavail * disk.f_frsize;
	if (s->now_ms - p->sized_ms >= SIZED_MS) {
		p->sized_ms = s->now_ms;
		if (store_size(s->startup->store, &size) == STATUS_OK)
			p->state_bytes = size.bytes_used;
	}
}

bool space_allows(struct server *s)
{
	struct space *p = &s->space;

	look(s);
	/* Those handed over have their pages still to come. */
	uint64_t pages = (uint64_t)(admit_in_flight(s->admit) + 1) * INPUT_PAGES_BYTES;
	if (pages > p->state_bytes + NEW_PAGES_BYTES)
		pages = p->state_bytes + NEW_PAGES_BYTES;
	uint64_t needed = pages + s->options.segment_bytes;
	bool full = p->free_bytes < needed;
	if (full != p->full)
		log_line(full ? LOG_ERROR : LOG_NOTICE, full ? "space.full" : "space.enough",
			 "free_bytes=%" PRIu64 " needed_bytes=%" PRIu64, p->free_bytes, needed);
	p->full = full;
	return !full;
}
