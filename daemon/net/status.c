#include "net/status.h"

#include <inttypes.h>
#include <stdio.h>

enum {
	LATELY_MS = 5 * 60 * 1000, /* an office heard from within it counts as there */
	TROUBLE_BYTES = sizeof((struct error *)0)->text + 32,
};

static unsigned offices_lately(const struct server *s)
{
	unsigned n = 0;

	for (size_t i = 0; i < OFFICES_SEEN_MAX; i++)
		n += s->offices[i].name[0] && s->now_ms - s->offices[i].ms < LATELY_MS;
	return n;
}

static void describe_trouble(struct server *s, char *text, size_t room)
{
	struct error trouble;

	text[0] = '\0';
	if (worker_trouble(s->worker, &trouble) != STATUS_OK)
		snprintf(text, room, "accepts nothing: %s", trouble.text);
	else if (s->space.full)
		snprintf(text, room, "accepts nothing: the disk is full");
	else if (s->day_waits)
		snprintf(text, room, "the day waits for an operator's confirmation");
}

Mandate__Status *status_row(struct server *s, struct arena *a)
{
	Mandate__Status *status = arena_alloc(a, sizeof *status);
	struct engine_status journal;
	struct stream_counts streams;
	char trouble[sizeof((struct error *)0)->text + 32];

	if (!status)
		return NULL;
	engine_status(s->startup->engine, &journal);
	stream_count(s->streams, &streams);
	describe_trouble(s, trouble, sizeof trouble);
	mandate__status__init(status);
	status->daemon = arena_text(a, "mandated " MANDATED_VERSION);
	status->instance.data = arena_copy(a, journal.instance, INSTANCE_BYTES);
	status->instance.len = INSTANCE_BYTES;
	status->has_day = s->day != DAY_NEVER;
	status->day = s->day;
	status->has_clock_day = true;
	status->clock_day = calendar_day(&s->calendar, (int64_t)(s->wall_ms / 1000));
	status->has_day_waits = s->day_waits;
	status->day_waits = s->day_waits;
	status->has_rules = true;
	status->rules = s->rules;
	status->revision = s->head.revision;
	status->index = s->head.index;
	status->has_alerts_open = true;
	status->alerts_open = s->alerts_open;
	status->has_uptime_s = true;
	status->uptime_s = (s->now_ms - s->started_ms) / 1000;
	status->has_connections = s->gate != NULL;
	status->connections = s->gate ? gate_connections(s->gate) : 0;
	status->has_streams = true;
	status->streams = streams.streams;
	status->has_submissions = true;
	status->submissions = s->accepted;
	status->has_refusals = true;
	status->refusals = s->refused;
	status->has_batches = true;
	status->batches = journal.batches;
	status->has_syncs_us = true;
	status->syncs_us = journal.sync_us_median;
	status->has_journal_bytes = true;
	status->journal_bytes = journal.bytes;
	status->has_free_bytes = s->space.checked_ms != 0;
	status->free_bytes = s->space.free_bytes;
	status->trouble = trouble[0] ? arena_text(a, trouble) : NULL;
	status->timezone = arena_text(a, s->calendar.zone);
	status->checkpoint_index = chores_checkpoint_index(s->chores);
	status->has_checkpoint_index = status->checkpoint_index != 0;
	return status->daemon && status->instance.data && status->timezone ? status : NULL;
}

void status_line(struct server *s, char ret_text[STATUS_LINE_BYTES])
{
	char day[DAY_TEXT_BYTES], trouble[TROUBLE_BYTES];
	struct stream_counts streams;

	day_format(day, s->day);
	stream_count(s->streams, &streams);
	describe_trouble(s, trouble, sizeof trouble);
	snprintf(ret_text, STATUS_LINE_BYTES,
		 "revision %" PRIu64
		 ", day %s, %u offices lately, %zu connections, %zu streams, %" PRIu64
		 " alerts open%s%s",
		 s->head.revision, day, offices_lately(s), s->gate ? gate_connections(s->gate) : 0,
		 streams.streams, s->alerts_open, trouble[0] ? "; " : "", trouble);
}
