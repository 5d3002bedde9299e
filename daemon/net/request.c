#include "net/request.h"

#include "base/log.h"
#include "model/codec.h"
#include "net/identity.h"
#include "net/operate.h"
#include "net/pipeline.h"
#include "net/reply.h"
#include "net/status.h"
#include "net/turns.h"

#include <stdio.h>

/* --- handlers ----------------------------------------------------------------------------- */

static void on_ping(struct server *s, const struct request *r)
{
	Mandate__Envelope envelope;
	Mandate__Pong pong;
	struct engine_status journal;

	engine_status(s->startup->engine, &journal);
	mandate__envelope__init(&envelope);
	mandate__pong__init(&pong);
	pong.version = WIRE_VERSION;
	pong.daemon = (char *)(uintptr_t) "mandated " MANDATED_VERSION;
	pong.has_instance = true;
	pong.instance = (ProtobufCBinaryData){.len = INSTANCE_BYTES, .data = journal.instance};
	pong.has_day = s->day != DAY_NEVER;
	pong.day = s->day;
	envelope.body_case = MANDATE__ENVELOPE__BODY_PONG;
	envelope.pong = &pong;
	reply_envelope(s, r->route, r->correlation, &envelope);
}

static uint8_t *queries_of(struct server *s, const struct route *route)
{
	uint64_t hash =
		hash_value(route->endpoint, bytes_of(route->id, route->len), (struct bytes){0});

	return &s->queries_of[hash % SERVER_PEER_BUCKETS];
}

static void refuse_query(struct server *s, const struct request *r, Mandate__Code code,
			 const char *text, uint32_t retry_ms)
{
	Mandate__Envelope envelope;
	Mandate__Answer answer;
	Mandate__Refusal refusal;

	mandate__envelope__init(&envelope);
	mandate__answer__init(&answer);
	mandate__refusal__init(&refusal);
	refusal.code = code;
	refusal.text = (char *)(uintptr_t)text;
	refusal.has_retry_after_ms = true;
	refusal.retry_after_ms = retry_ms;
	answer.revision = s->head.revision;
	answer.refusal = &refusal;
	envelope.body_case = MANDATE__ENVELOPE__BODY_ANSWER;
	envelope.answer = &answer;
	reply_envelope(s, r->route, r->correlation, &envelope);
}

/* A few of each office at a time, so that nobody's many stand before another's one. */
static void read_query(struct server *s, struct quota *q, struct reader_job *job)
{
	if (q->reading < QUERIES_AT_THE_READER_MAX) {
		q->reading++;
		reader_post(s->reader, job);
		return;
	}
	job->mail.next = NULL;
	if (q->last_query)
		q->last_query->mail.next = &job->mail;
	else
		q->first_query = job;
	q->last_query = job;
}

static void read_next_query(struct server *s, struct quota *q)
{
	struct reader_job *job = q->first_query;

	q->reading--;
	if (!job)
		return;
	q->first_query = (struct reader_job *)job->mail.next;
	if (!q->first_query)
		q->last_query = NULL;
	q->reading++;
	reader_post(s->reader, job);
}

/* Too many queries are under way: of all, of this connection, or of its office. */
static bool too_many(struct server *s, const struct request *r, const uint8_t *of_peer)
{
	return s->queries >= QUERIES_IN_FLIGHT_MAX || *of_peer >= QUERIES_PER_PEER_MAX ||
	       (r->quota->queries >= QUERIES_PER_OFFICE_MAX && !r->quota->exempt);
}

static void on_query(struct server *s, const struct request *r)
{
	uint8_t *of_peer = queries_of(s, r->route);
	struct reader_job *job;

	if (s->stop_ms) {
		refuse_query(s, r, MANDATE__CODE__CODE_STOPPING, "the daemon is stopping",
			     BUSY_RETRY_MS);
		return;
	}
	if (too_many(s, r, of_peer)) {
		refuse_query(s, r, MANDATE__CODE__CODE_LIMIT,
			     "too many queries are waiting: ask again later", BUSY_RETRY_MS);
		return;
	}
	if (reader_job_new(READER_QUERY, &job) != STATUS_OK) {
		refuse_query(s, r, MANDATE__CODE__CODE_BUSY, "no memory for it now", BUSY_RETRY_MS);
		return;
	}
	const Mandate__Query *query = r->message->envelope->query;
	job->route = *r->route;
	job->correlation = r->correlation;
	job->office = roll_office_hold(r->from.office);
	job->day = s->day;
	job->query = codec_copy(&job->arena, &query->base);
	if (query->ask_case == MANDATE__QUERY__ASK_STATUS)
		job->facts.status = status_row(s, &job->arena);
	if (!job->query || job->arena.failed) {
		reader_job_free(job);
		refuse_query(s, r, MANDATE__CODE__CODE_BUSY, "no memory for it now", BUSY_RETRY_MS);
		return;
	}
	s->queries++;
	(*of_peer)++;
	r->quota->queries++;
	read_query(s, r->quota, job);
}

void request_answered(struct server *s, struct reader_job *job)
{
	/* There is one: it is not forgotten while a query of it is under way. */
	struct quota *q = quota_of(s->quotas, job->office->record->office, s->now_ms);

	s->queries--;
	(*queries_of(s, &job->route))--;
	if (q) {
		q->queries--;
		read_next_query(s, q);
	}
	if (job->reply.len)
		reply_bytes(s, &job->route, job->reply);
	reader_job_free(job);
}

static void on_subscribe(struct server *s, const struct request *r)
{
	const Mandate__Subscribe *request = r->message->envelope->subscribe;

	if (s->stop_ms) {
		reply_end(s, r->route, r->correlation, MANDATE__CODE__CODE_STOPPING, NULL);
		return;
	}
	if (stream_subscribe(s->streams, r->route, r->correlation, &r->from, request, s->now_ms) !=
	    STATUS_OK)
		reply_end(s, r->route, r->correlation, MANDATE__CODE__CODE_BUSY,
			  "no memory for it now");
	log_line(LOG_DEBUG, "stream.asked", "office=%s after=%llu credit=%llu name=%s",
		 log_quote(r->office), (unsigned long long)request->after_revision,
		 (unsigned long long)request->credit_bytes, log_quote(request->name));
}

static void on_credit(struct server *s, const struct request *r)
{
	stream_credit(s->streams, r->route, r->correlation, r->message->envelope->credit->bytes);
}

static void on_unsubscribe(struct server *s, const struct request *r)
{
	stream_unsubscribe(s->streams, r->route, r->correlation);
}

/* By the envelope's field number. A submission is not here: it has its own way. */
static const struct handler {
	void (*handle)(struct server *s, const struct request *r);
} handlers[] = {
	[MANDATE__ENVELOPE__BODY_QUERY] = {on_query},
	[MANDATE__ENVELOPE__BODY_SUBSCRIBE] = {on_subscribe},
	[MANDATE__ENVELOPE__BODY_CREDIT] = {on_credit},
	[MANDATE__ENVELOPE__BODY_PING] = {on_ping},
	[MANDATE__ENVELOPE__BODY_OPERATE] = {operate_request},
	[MANDATE__ENVELOPE__BODY_UNSUBSCRIBE] = {on_unsubscribe},
};

/* --- dispatch ----------------------------------------------------------------------------- */

static void see_office(struct server *s, const char *office)
{
	struct office_seen *oldest = &s->offices[0];

	for (size_t i = 0; i < OFFICES_SEEN_MAX; i++) {
		struct office_seen *o = &s->offices[i];
		if (strcmp(o->name, office) == 0) {
			o->ms = s->now_ms;
			return;
		}
		if (o->ms < oldest->ms)
			oldest = o;
	}
	snprintf(oldest->name, sizeof oldest->name, "%s", office);
	oldest->ms = s->now_ms;
}

/* Not now: told as what it was is answered. */
static void refuse_busy(struct server *s, const struct request *r, const char *text,
			uint32_t retry_ms)
{
	const struct wire_message *m = r->message;
	struct wire_fault fault;

	reply_fault_set(&fault, MANDATE__CODE__CODE_BUSY, NULL, text);
	if (m->submission)
		reply_refused(s, r->route, r->correlation, m->submission, &fault, retry_ms, 0);
	else if (m->envelope->body_case == MANDATE__ENVELOPE__BODY_QUERY)
		refuse_query(s, r, MANDATE__CODE__CODE_BUSY, text, retry_ms);
	else if (m->envelope->body_case == MANDATE__ENVELOPE__BODY_SUBSCRIBE)
		reply_end(s, r->route, r->correlation, MANDATE__CODE__CODE_BUSY, text);
	else if (m->envelope->body_case == MANDATE__ENVELOPE__BODY_OPERATE)
		reply_report(s, r->route, r->correlation, MANDATE__CODE__CODE_BUSY, text);
	else
		reply_fault(s, r->route, r->correlation, &fault, retry_ms);
}

/* Credit given back, and the end of a stream, are counted and never refused: it would cost as much
 * as to take them, and a stream would stand still. */
static bool may_be_refused(const Mandate__Envelope *envelope)
{
	return envelope->body_case != MANDATE__ENVELOPE__BODY_CREDIT &&
	       envelope->body_case != MANDATE__ENVELOPE__BODY_UNSUBSCRIBE;
}

/* What the message is to be told instead of what it asks for; text NULL: nothing. */
struct not_now {
	const char *text;
	uint32_t retry_ms;
};

static void dispatch(struct server *s, struct request *r, bool control, struct arena *arena,
		     const struct not_now *not_now)
{
	const Mandate__Envelope *envelope = r->message->envelope;
	size_t number = (size_t)envelope->body_case;
	bool known = number < sizeof handlers / sizeof handlers[0] && handlers[number].handle;
	struct wire_fault fault;

	r->correlation = envelope->has_correlation ? envelope->correlation : 0;
	if (!r->message->submission && !known) {
		reply_fault_set(&fault, MANDATE__CODE__CODE_MISSING, "body", "nothing is asked");
		reply_fault(s, r->route, r->correlation, &fault, 0);
		return;
	}
	if (!identity_check(s, &r->from, control, envelope->office, &fault)) {
		s->rejected++;
		reply_fault(s, r->route, r->correlation, &fault, 0);
		return;
	}
	r->office = r->from.office->record->office;
	see_office(s, r->office);
	if (not_now->text && may_be_refused(envelope)) {
		s->rejected++;
		refuse_busy(s, r, not_now->text, not_now->retry_ms);
	} else if (r->message->submission) {
		pipeline_submission(s, r->route, &r->from, r->quota, r->message, arena);
	} else {
		handlers[number].handle(s, r);
	}
}

enum { TAG_SUBMISSION = 10 << 3 | 2, TAGS_BEFORE_MAX = 4 };

/* Does the frame look like a submission? It decides only where it is decoded. */
static bool is_submission(struct bytes frame)
{
	size_t at = 0;

	for (int tags = 0; tags <= TAGS_BEFORE_MAX && at + 1 < frame.len; tags++) {
		uint8_t tag = frame.data[at++];
		if (tag == TAG_SUBMISSION)
			return true;
		if ((tag & 7) == 2) {
			/* A name: its length in one byte. */
			at += frame.data[at] + 1u;
		} else {
			while (at < frame.len && frame.data[at] & 0x80)
				at++;
			at++;
		}
	}
	return false;
}

static void answer(struct server *s, struct endpoint *e, struct request *r, struct bytes frame,
		   const struct not_now *not_now)
{
	bool waits_for_batch = !not_now->text && is_submission(frame);
	struct arena *arena = waits_for_batch ? pipeline_arena(s) : &s->scratch;
	struct wire_message message;
	struct wire_fault fault;
	uint64_t correlation = 0;

	if (waits_for_batch && r->quota)
		quota_turn(s->quotas, r->quota, s->pipeline.number, s->now_ms);
	r->message = &message;
	if (wire_decode(arena, frame, &message, &correlation, &fault)) {
		dispatch(s, r, e->control, arena, not_now);
	} else {
		s->rejected++;
		log_line(LOG_DEBUG, "message.rejected", "code=%d field=%s", (int)fault.code,
			 log_quote(fault.field));
		reply_fault(s, r->route, correlation, &fault, 0);
	}
	arena_reset(&s->scratch);
}

/* Whose message it is, and what that office has used up. */
static void find_sender(struct server *s, struct endpoint *e, zmq_msg_t *content, struct request *r)
{
	char key[KEYFILE_TEXT_BYTES];
	bool known = endpoint_identify(e, content, key);

	r->from = identity_find(s, e->control, known ? key : NULL);
	if (r->from.office)
		r->quota = quota_of(s->quotas, r->from.office->record->office, s->now_ms);
	if (!r->quota)
		r->from.office = NULL; /* nobody's, or no memory to count it: refused alike */
}

static void take(struct server *s, struct endpoint *e, const struct route *route,
		 zmq_msg_t *content)
{
	struct bytes frame = bytes_of(zmq_msg_data(content), zmq_msg_size(content));
	struct request r = {.route = route};
	struct not_now not_now = {.text = NULL};

	find_sender(s, e, content, &r);
	if (r.quota && !quota_message_allowed(r.quota, s->now_ms, &not_now.retry_ms)) {
		not_now.text = "this office sends more than it may: send it again later";
		pipeline_say_limited(s, r.quota, "office_messages_per_second or _bytes_per_second");
	} else if (r.quota) {
		quota_message(r.quota, s->now_ms, frame.len);
		if (is_submission(frame) && turns_must_wait(s, r.quota)) {
			if (turns_wait(s, r.quota, route, content))
				return;
			not_now = (struct not_now){"other offices have their turn: send it again "
						   "later",
						   BUSY_RETRY_MS};
		}
	}
	answer(s, e, &r, frame, &not_now);
}

void request_turns(struct server *s)
{
	static const struct not_now now = {.text = NULL};
	struct route route;
	zmq_msg_t content;

	while (turns_next(s, &route, &content)) {
		struct endpoint *e = &s->endpoints[route.endpoint];
		struct request r = {.route = &route};

		find_sender(s, e, &content, &r);
		answer(s, e, &r, bytes_of(zmq_msg_data(&content), zmq_msg_size(&content)), &now);
		zmq_msg_close(&content);
	}
}

void request_fini(struct server *s)
{
	for (struct quota *q = NULL; s->quotas && (q = quota_next(s->quotas, q)) != NULL;)
		while (q->first_query) {
			struct reader_job *job = q->first_query;

			q->first_query = (struct reader_job *)job->mail.next;
			reader_job_free(job);
		}
}

static void refuse_several(struct server *s, const struct route *route)
{
	struct wire_fault fault;

	reply_fault_set(&fault, MANDATE__CODE__CODE_FRAMING, NULL,
			"a message is exactly one frame");
	reply_fault(s, route, 0, &fault, 0);
	arena_reset(&s->scratch);
}

bool request_read(struct server *s, struct endpoint *e)
{
	struct route route;
	zmq_msg_t message;

	for (int i = 0; i < MESSAGES_PER_TURN_MAX; i++) {
		if (pipeline_is_full(s))
			return false;
		switch (endpoint_receive(e, &route, &message)) {
		case ENDPOINT_NOTHING:
			return false;
		case ENDPOINT_MESSAGE:
			take(s, e, &route, &message);
			zmq_msg_close(&message);
			break;
		case ENDPOINT_SEVERAL:
			refuse_several(s, &route);
			break;
		case ENDPOINT_DRAINED:
			break;
		}
	}
	return true;
}
