#include "net/pipeline.h"

#include "base/clock.h"
#include "base/log.h"
#include "model/codec.h"
#include "net/identity.h"
#include "net/operate.h"
#include "net/reply.h"
#include "net/space.h"

#include <inttypes.h>

enum { REFUSAL_LINES_PER_SECOND = 10 };

enum status pipeline_init(struct server *s)
{
	struct pipeline *p = &s->pipeline;

	for (; p->spare_count < BATCHES_MAX; p->spare_count++) {
		enum status st = batch_new(&p->spare[p->spare_count]);
		if (st != STATUS_OK)
			return st;
	}
	return STATUS_OK;
}

void pipeline_fini(struct server *s)
{
	struct pipeline *p = &s->pipeline;

	while (p->spare_count)
		batch_free(p->spare[--p->spare_count]);
	batch_free(p->pending);
	p->pending = NULL;
}

static bool has_room(const struct batch *b)
{
	return batch_has_room(b, FRAME_BYTES_MAX) && b->arena.used_bytes < BATCH_DECODED_BYTES_MAX;
}

/* The batch that fills, with room for any message; NULL if there is none. */
static struct batch *filling(struct server *s)
{
	struct pipeline *p = &s->pipeline;

	if (!p->pending && p->spare_count)
		p->pending = p->spare[--p->spare_count];
	return p->pending && has_room(p->pending) ? p->pending : NULL;
}

bool pipeline_is_full(struct server *s)
{
	struct pipeline *p = &s->pipeline;

	if (filling(s)) {
		p->full_since_ms = 0;
		return false;
	}
	if (p->full_since_ms == 0)
		p->full_since_ms = s->now_ms;
	return s->now_ms - p->full_since_ms < BUSY_RETRY_MS;
}

bool pipeline_has_room(struct server *s)
{
	return filling(s) != NULL;
}

bool pipeline_is_empty(const struct server *s)
{
	const struct pipeline *p = &s->pipeline;

	return p->uncommitted == 0 && (!p->pending || p->pending->count == 0);
}

struct arena *pipeline_arena(struct server *s)
{
	struct batch *b = filling(s);

	return b ? &b->arena : &s->scratch;
}

/* --- in ----------------------------------------------------------------------------------- */

static void log_refused(struct server *s, const char *office, const struct wire_message *m,
			const struct wire_fault *fault)
{
	if (s->now_ms - s->refusal_lines_ms >= 1000) {
		if (s->refusal_lines > REFUSAL_LINES_PER_SECOND)
			log_line(LOG_INFO, "refused.more", "count=%" PRIu64,
				 s->refusal_lines - REFUSAL_LINES_PER_SECOND);
		s->refusal_lines = 0;
		s->refusal_lines_ms = s->now_ms;
	}
	s->rejected++;
	if (s->refusal_lines++ >= REFUSAL_LINES_PER_SECOND)
		return;
	log_line(LOG_DEBUG, "refused", "office=%s device=%s code=%d field=%s", log_quote(office),
		 log_quote(m->envelope->device), (int)fault->code, log_quote(fault->field));
}

/* Until the state's day is over. */
static uint32_t rest_of_day_ms(struct server *s)
{
	if (s->calendar.manual ||
	    s->day != calendar_day(&s->calendar, (int64_t)(s->wall_ms / 1000)))
		return TOMORROW_UNKNOWN_MS;
	if (s->tomorrow_of != s->day || s->wall_ms >= s->tomorrow_ms) {
		s->tomorrow_of = s->day;
		s->tomorrow_ms = 1000 * (uint64_t)calendar_tomorrow(&s->calendar,
								    (int64_t)(s->wall_ms / 1000));
	}
	return (uint32_t)(s->tomorrow_ms - s->wall_ms);
}

void pipeline_say_limited(struct server *s, struct quota *quota, const char *what)
{
	enum { AGAIN_MS = 60 * 1000 };

	if (quota->told_ms && s->now_ms - quota->told_ms < AGAIN_MS)
		return;
	quota->told_ms = s->now_ms;
	log_line(LOG_NOTICE, "office.limited", "office=%s limit=%s", log_quote(quota->office),
		 what);
}

/* What keeps any submission out, before its own number is looked at. */
static bool gate(struct server *s, const struct arena *arena, struct quota *quota, size_t bytes,
		 struct wire_fault *fault, uint32_t *ret_retry_ms)
{
	*ret_retry_ms = 0;
	if (s->stop_ms) {
		reply_fault_set(fault, MANDATE__CODE__CODE_STOPPING, NULL,
				"the daemon is stopping: send it again later");
	} else if (worker_trouble(s->worker, NULL) != STATUS_OK) {
		reply_fault_set(fault, MANDATE__CODE__CODE_FAILED, NULL,
				"the daemon cannot go on accepting: its operator has to look");
	} else if (arena == &s->scratch || admit_in_flight(s->admit) >= ADMITTED_MAX) {
		reply_fault_set(fault, MANDATE__CODE__CODE_BUSY, NULL,
				"too much is waiting: send it again later");
		*ret_retry_ms = BUSY_RETRY_MS;
	} else if (!quota_journal_allowed(s->quotas, quota, s->day, bytes)) {
		reply_fault_set(fault, MANDATE__CODE__CODE_BUSY, NULL,
				"this office has used up its bytes of the journal for this day "
				"(office_journal_bytes_per_day)");
		*ret_retry_ms = rest_of_day_ms(s);
		pipeline_say_limited(s, quota, "office_journal_bytes_per_day");
	} else if (!space_allows(s)) {
		reply_fault_set(fault, MANDATE__CODE__CODE_FULL, NULL,
				"no room on the daemon's disk: send it again later");
		*ret_retry_ms = 5 * BUSY_RETRY_MS;
	} else {
		return true;
	}
	return false;
}

/* The newest input of the batch was not admitted after all. */
static void take_back(struct batch *b)
{
	b->count--;
	b->journal.count = b->count;
	b->bytes -= b->payloads[b->count].len;
}

static enum status add_submission(struct server *s, const struct speaker *from, struct quota *quota,
				  const struct wire_message *m, const struct ticket *ticket)
{
	struct batch *b = s->pipeline.pending;
	Mandate__JournalInput *input = arena_alloc(&b->arena, sizeof *input);
	Mandate__SubmissionInput *submission = arena_alloc(&b->arena, sizeof *submission);
	struct input *added;

	if (!input || !submission)
		return STATUS_NO_MEMORY;
	mandate__journal_input__init(input);
	mandate__submission_input__init(submission);
	submission->office = from->office->record->office;
	submission->device = from->device ? from->device->name : NULL;
	submission->submission.data = (uint8_t *)(uintptr_t)m->submission_bytes.data;
	submission->submission.len = m->submission_bytes.len;
	input->time_ms = s->wall_ms;
	input->what_case = MANDATE__JOURNAL_INPUT__WHAT_SUBMISSION;
	input->submission = submission;
	enum status st = batch_add(b, input, m->submission, m->digest, &added);
	if (st != STATUS_OK)
		return st;
	st = admit_started(s->admit, submission->office, added, b, ticket);
	if (st == STATUS_OK)
		quota_journal(quota, s->day, added->payload.len);
	else
		take_back(b);
	return st;
}

static void answer_again(struct server *s, const struct route *route, uint64_t correlation,
			 struct bytes outcome)
{
	reply_outcome(s, route, correlation, outcome, &s->head);
}

void pipeline_submission(struct server *s, const struct route *route, const struct speaker *from,
			 struct quota *quota, const struct wire_message *m, struct arena *arena)
{
	const char *office = from->office->record->office;
	struct reader_of who = {.office = from->office->record, .day = s->day};
	struct ticket ticket = {.correlation = m->envelope->correlation, .route = route};
	enum admit_verdict verdict = ADMIT_REFUSED;
	struct wire_fault fault, closed;
	struct store_txn *txn;
	struct bytes outcome;
	uint64_t expected = 0;
	uint32_t retry_ms = 0;
	enum status st = server_txn(s, &txn);

	reply_fault_set(&fault, MANDATE__CODE__CODE_FAILED, NULL, "");
	if (st == STATUS_OK)
		st = admit_decide(s->admit, txn, arena, s->rules, office, &who, m, &ticket,
				  &verdict, &outcome, &fault, &expected);
	if (st == STATUS_OK && verdict == ADMIT_NEW) {
		/* A repeat is answered even when nothing new can be taken. */
		if (!gate(s, arena, quota, m->submission_bytes.len, &closed, &retry_ms)) {
			fault = closed;
			verdict = ADMIT_REFUSED;
		} else {
			st = add_submission(s, from, quota, m, &ticket);
		}
	}
	if (st == STATUS_NO_MEMORY || st == STATUS_LIMIT) {
		reply_fault_set(&fault, MANDATE__CODE__CODE_BUSY, NULL,
				"no memory for it now: send it again later");
		verdict = ADMIT_REFUSED;
		retry_ms = BUSY_RETRY_MS;
	} else if (st != STATUS_OK) {
		log_line(LOG_ERROR, "admit.failed", "office=%s reason=%s", log_quote(office),
			 log_quote(status_text(st)));
		reply_fault_set(&fault, MANDATE__CODE__CODE_DAMAGED, NULL,
				"what was decided in this lane cannot be read");
		verdict = ADMIT_REFUSED;
	}
	switch (verdict) {
	case ADMIT_NEW:
	case ADMIT_WAITS:
		break;
	case ADMIT_ANSWERED:
		answer_again(s, route, ticket.correlation, outcome);
		break;
	case ADMIT_REFUSED:
		log_refused(s, office, m, &fault);
		if (fault.code == MANDATE__CODE__CODE_BUSY && retry_ms == 0)
			retry_ms = BUSY_RETRY_MS;
		reply_refused(s, route, ticket.correlation, m->submission, &fault, retry_ms,
			      expected);
		break;
	}
}

static enum status add_ticket(struct batch *b, struct input *input, const struct route *route,
			      uint64_t correlation)
{
	struct ticket *t = arena_alloc(&b->arena, sizeof *t);
	struct route *copy = arena_copy(&b->arena, route, sizeof *route);

	if (!t || !copy)
		return STATUS_NO_MEMORY;
	*t = (struct ticket){.correlation = correlation, .route = copy};
	input->tickets = t;
	return STATUS_OK;
}

enum status pipeline_input(struct server *s, const Mandate__JournalInput *input,
			   const struct route *route, uint64_t correlation)
{
	struct batch *b = filling(s);
	struct input *added;

	if (!b)
		return STATUS_AGAIN;
	if (s->stop_ms || worker_trouble(s->worker, NULL) != STATUS_OK)
		return STATUS_STOPPED;
	if (!space_allows(s))
		return STATUS_FULL;
	Mandate__JournalInput *copy = codec_copy(&b->arena, &input->base);
	if (!copy)
		return STATUS_NO_MEMORY;
	enum status st = batch_add(b, copy, NULL, NULL, &added);
	if (st == STATUS_OK && route) {
		st = add_ticket(b, added, route, correlation);
		if (st != STATUS_OK)
			take_back(b);
	}
	return st;
}

/* --- out ---------------------------------------------------------------------------------- */

static Mandate__Code code_of_failure(enum status why)
{
	return why == STATUS_FULL	  ? MANDATE__CODE__CODE_FULL
	       : why == STATUS_NOT_LEADER ? MANDATE__CODE__CODE_NOT_LEADER
					  : MANDATE__CODE__CODE_UNDECIDED;
}

static void answer_failed(struct server *s, const struct input *in, const struct ticket *t,
			  enum status why)
{
	struct wire_fault fault;

	reply_fault_set(&fault, code_of_failure(why), NULL,
			"it may not have been recorded: send it again");
	if (in->submission)
		reply_refused(s, t->route, t->correlation, in->submission, &fault, BUSY_RETRY_MS,
			      0);
	else
		reply_report(s, t->route, t->correlation, fault.code, fault.text);
	arena_reset(&s->scratch);
}

static void answer_input(struct server *s, const struct batch *b, const struct input *in)
{
	for (const struct ticket *t = in->tickets; t; t = t->next) {
		if (b->why != STATUS_OK || (in->submission && in->outcome.len == 0))
			answer_failed(s, in, t, b->why);
		else if (in->submission)
			reply_outcome(s, t->route, t->correlation, in->outcome, &b->head);
		else
			reply_report(s, t->route, t->correlation, MANDATE__CODE__CODE_ACCEPTED,
				     "entered");
	}
}

/* What was admitted and can no longer be applied was not recorded either. */
static void give_up(struct server *s, struct batch *b)
{
	b->why = STATUS_UNKNOWN;
	for (uint32_t i = 0; i < b->count; i++)
		answer_input(s, b, &b->inputs[i]);
	admit_done(s->admit, b);
	batch_reset(b);
}

void pipeline_hand_over(struct server *s)
{
	struct pipeline *p = &s->pipeline;
	struct batch *b = p->pending;

	if (b && b->count == 0) {
		/* All that came was refused: it leaves nothing behind, and had its turn. */
		arena_reset(&b->arena);
		p->number++;
		return;
	}
	if (!b || p->syncing || p->uncommitted >= BATCHES_UNCOMMITTED_MAX)
		return;
	if (worker_trouble(s->worker, NULL) != STATUS_OK) {
		if (p->uncommitted == 0) /* batches end in the order in which they began */
			give_up(s, b);
		return;
	}
	enum status st = engine_append(s->startup->engine, &b->journal);
	if (st == STATUS_AGAIN)
		return;
	if (st != STATUS_OK) {
		server_fatal(s, st, "the journal takes no more");
		return;
	}
	p->pending = NULL;
	p->number++;
	p->syncing = true;
	p->uncommitted++;
	p->moved_ms = s->now_ms;
}

/* The daemon's own inputs change what the network thread knows. */
static void note_input(struct server *s, const struct batch *b, const struct input *in)
{
	const Mandate__JournalInput *input = in->decoded;
	char zone[CALENDAR_ZONE_BYTES];

	if (!input || in->submission)
		return;
	if (input->what_case == MANDATE__JOURNAL_INPUT__WHAT_DAY) {
		s->day_proposed = DAY_NEVER;
		if (b->why == STATUS_OK)
			calendar_entered(&s->calendar, clock_boot_ms());
	}
	if (b->why != STATUS_OK)
		return;
	if (input->what_case == MANDATE__JOURNAL_INPUT__WHAT_RULES)
		s->rules = input->rules->version;
	if (input->what_case == MANDATE__JOURNAL_INPUT__WHAT_SETTING &&
	    strcmp(input->setting->name, "timezone") == 0 &&
	    input->setting->value.len < sizeof zone) {
		memcpy(zone, input->setting->value.data, input->setting->value.len);
		zone[input->setting->value.len] = '\0';
		if (calendar_set_zone(&s->calendar, zone) != STATUS_OK)
			log_line(LOG_WARNING, "calendar.zone", "unknown=%s", log_quote(zone));
	}
}

static bool is_on_roll(void *ctx, const char *office)
{
	const struct server *s = ctx;

	return roll_find(s->roll, office) != NULL;
}

/* From here on nobody speaks or reads by what was revoked, or has expired. It comes before the
 * answers: whoever reads that its key is accredited may connect with it at once. */
static void take_roll(struct server *s, struct roll *roll, int32_t day)
{
	char text[DAY_TEXT_BYTES];

	if (roll == s->roll && day == s->day)
		return;
	if (day != s->day) {
		day_format(text, day);
		log_line(LOG_NOTICE, "day.entered", "day=%s", text);
	}
	roll_hold(roll);
	roll_release(s->roll);
	s->roll = roll;
	s->day = day;
	s->turn_of = NULL; /* it may be forgotten */
	quota_sweep(s->quotas, is_on_roll, s);
	identity_admit(s);
	stream_take_roll(s->streams, roll, day);
}

/* Who decides what the feed carries? False: an office that is not accredited, nothing goes out. */
static bool find_clearance(struct server *s, struct reader_of *ret_who)
{
	const char *name = s->options.feed_clearance;

	*ret_who = (struct reader_of){.day = s->day};
	if (!name)
		return true;
	const struct office *o = roll_find(s->roll, name);
	bool stands = o && grants_office_stands(o->record, NULL, s->day);
	if (stands == s->feed_silent)
		log_line(stands ? LOG_NOTICE : LOG_WARNING, stands ? "feed.cleared" : "feed.silent",
			 "office=%s", log_quote(name));
	s->feed_silent = !stands;
	if (stands)
		ret_who->office = o->record;
	return stands;
}

static void publish(struct server *s, const struct batch *b)
{
	struct reader_of clearance;

	s->head = b->head;
	s->alerts_open = b->alerts_open;
	s->accepted += b->accepted;
	s->refused += b->refused;
	tally_batch(&s->tally, s->quotas, b, s->now_ms);
	stream_publish(s->streams, b->events, b->event_count, &b->head);
	if (s->feed && find_clearance(s, &clearance))
		feed_publish(s->feed, &clearance, b->events, b->event_count);
}

void pipeline_synced(struct server *s, struct batch *batch)
{
	(void)batch;
	s->pipeline.syncing = false;
	s->pipeline.moved_ms = s->now_ms;
}

void pipeline_done(struct server *s, struct batch *b)
{
	struct pipeline *p = &s->pipeline;
	bool ours = b->journal.user != NULL;

	s->txn_fresh = false; /* what it shows is no longer the newest */
	p->moved_ms = s->now_ms;
	if (b->why == STATUS_IO || b->why == STATUS_CORRUPT)
		server_fatal(s, b->why, "the journal failed: nothing of the batch is answered");
	if (s->fatal.status == STATUS_OK) {
		if (b->why == STATUS_OK)
			take_roll(s, b->roll, b->day);
		for (uint32_t i = 0; i < b->count; i++) {
			answer_input(s, b, &b->inputs[i]);
			note_input(s, b, &b->inputs[i]);
		}
		if (b->why == STATUS_OK)
			publish(s, b);
		else
			operate_tell_failed(b);
	}
	if (!ours) {
		batch_free(b);
		return;
	}
	admit_done(s->admit, b);
	batch_reset(b);
	p->spare[p->spare_count++] = b;
	p->uncommitted--;
}
