#include "base/clock.h"
#include "client.h"
#include "model/names.h"

#include <stdlib.h>

enum { NEXT_BYTES_MAX = 1024, PAUSE_FIRST_MS = 50, PAUSE_MAX_MS = 2000 };

enum reply {
	REPLY_NONE = 0,
	REPLY_MORE,  /* a report of progress */
	REPLY_DONE,  /* a page, or the last report */
	REPLY_LATER, /* "not now" */
	REPLY_REFUSED,
	REPLY_STRANGE, /* nothing that answers this */
};

struct query {
	void (*on_row)(void *context, const Mandate__Row *row);
	void (*on_report)(void *context, const Mandate__Report *report);
	void *context;
	enum reply reply;
	struct mandate_answer answer;
	uint8_t next[NEXT_BYTES_MAX];
	size_t next_len; /* 0: that was the last page */
	uint32_t retry_after_ms;
	struct error refused;
};

static bool is_not_now(Mandate__Code code)
{
	return code == MANDATE__CODE__CODE_BUSY || code == MANDATE__CODE__CODE_NOT_LEADER ||
	       code == MANDATE__CODE__CODE_STOPPING;
}

static void refuse(struct query *q, Mandate__Code code, const char *text, uint32_t retry_after_ms)
{
	q->reply = is_not_now(code) ? REPLY_LATER : REPLY_REFUSED;
	q->answer.code = code;
	q->retry_after_ms = retry_after_ms;
	error_set(&q->refused, STATUS_REFUSED, "%s%s%s",
		  names_text(&mandate__code__descriptor, (int)code), text ? ": " : "",
		  text ? text : "");
}

static void take_answer(struct query *q, const Mandate__Answer *answer, const Mandate__Head *head)
{
	if (answer->refusal) {
		refuse(q, answer->refusal->code, answer->refusal->text,
		       answer->refusal->retry_after_ms);
		return;
	}
	if (answer->has_next && answer->next.len > sizeof q->next) {
		q->reply = REPLY_STRANGE;
		return;
	}
	q->reply = REPLY_DONE;
	q->answer.code = MANDATE__CODE__CODE_ACCEPTED;
	q->answer.revision = answer->revision;
	q->answer.has_on = answer->has_on;
	q->answer.on = answer->on;
	q->answer.has_head = client_head(head, &q->answer.head);
	if (answer->has_day && (!q->answer.has_day || answer->day < q->answer.day)) {
		q->answer.has_day = true;
		q->answer.day = answer->day;
	}
	q->answer.restricted |= answer->has_restricted && answer->restricted; /* on any page */
	q->next_len = answer->has_next ? answer->next.len : 0;
	if (q->next_len)
		memcpy(q->next, answer->next.data, q->next_len);
	for (size_t i = 0; q->on_row && i < answer->n_rows; i++)
		q->on_row(q->context, answer->rows[i]);
}

static void take_report(struct query *q, const Mandate__Report *report)
{
	if (q->on_report)
		q->on_report(q->context, report);
	if (report->code != MANDATE__CODE__CODE_ACCEPTED)
		refuse(q, report->code, report->text, 0);
	else
		q->reply = report->more ? REPLY_MORE : REPLY_DONE;
}

static void take_reply(struct mandate *m, const Mandate__Envelope *envelope)
{
	struct query *q = m->request.state;
	const Mandate__Refusal *refusal = envelope->refusal;

	if (envelope->body_case == MANDATE__ENVELOPE__BODY_ANSWER)
		take_answer(q, envelope->answer, envelope->head);
	else if (envelope->body_case == MANDATE__ENVELOPE__BODY_REPORT)
		take_report(q, envelope->report);
	else if (envelope->body_case == MANDATE__ENVELOPE__BODY_REFUSAL)
		refuse(q, refusal->code, refusal->text, refusal->retry_after_ms);
	else
		q->reply = REPLY_STRANGE;
}

static enum status no_answer(struct mandate *m, struct error *err)
{
	if (!mandate_is_up(m))
		return error_set(err, STATUS_UNREACHABLE, "no daemon answers at %s",
				 m->link.endpoint);
	return error_set(err, STATUS_UNREACHABLE, "%s has not answered in time", m->link.endpoint);
}

/* Sends `envelope` (with a correlation of its own) and waits for what answers it. `again`: after a
 * lost connection it may be sent anew. */
static enum status exchange(struct mandate *m, Mandate__Envelope *envelope, struct query *q,
			    uint64_t timeout_ms, bool again, struct error *err)
{
	uint64_t end_ms = clock_mono_ms() + timeout_ms, now_ms, generation = 0;
	enum status s = STATUS_OK;

	m->request = (struct client_request){envelope->correlation, take_reply, q};
	q->reply = REPLY_NONE;
	while (s == STATUS_OK && (q->reply == REPLY_NONE || q->reply == REPLY_MORE)) {
		now_ms = clock_mono_ms();
		if (q->reply == REPLY_MORE)
			end_ms = now_ms + timeout_ms;
		q->reply = REPLY_NONE;
		if (generation && !again && (generation != m->link.generation || !mandate_is_up(m)))
			s = error_set(err, STATUS_UNKNOWN,
				      "the connection was lost before the end");
		else if (now_ms >= end_ms)
			s = no_answer(m, err);
		else if (generation != m->link.generation && client_send(m, envelope) == STATUS_OK)
			generation = m->link.generation;
		if (s == STATUS_OK)
			s = mandate_run(m, (uint32_t)(end_ms - now_ms), err);
	}
	m->request.correlation = 0;
	return s;
}

/* One page, or one operator's request, asked for again while the daemon says "not now". */
static enum status ask(struct mandate *m, Mandate__Envelope *envelope, struct query *q,
		       uint32_t timeout_ms, bool again, struct error *err)
{
	uint64_t end_ms = clock_mono_ms() + timeout_ms;
	uint32_t pause_ms = PAUSE_FIRST_MS;

	for (;;) {
		enum status s = exchange(m, envelope, q, timeout_ms, again, err);

		if (s != STATUS_OK)
			return s;
		if (q->reply == REPLY_DONE)
			return STATUS_OK;
		if (q->reply == REPLY_STRANGE)
			return error_set(err, STATUS_INVALID, "an answer that is none to this");
		uint64_t resume_ms = clock_mono_ms() + pause_ms + q->retry_after_ms, now_ms;
		if (q->reply == REPLY_REFUSED || resume_ms >= end_ms) {
			if (err)
				*err = q->refused;
			return STATUS_REFUSED;
		}
		while (s == STATUS_OK && (now_ms = clock_mono_ms()) < resume_ms)
			s = mandate_run(m, (uint32_t)(resume_ms - now_ms), err);
		if (s != STATUS_OK)
			return s;
		envelope->correlation = ++m->correlation;
		pause_ms = pause_ms > PAUSE_MAX_MS / 2 ? PAUSE_MAX_MS : pause_ms * 2;
	}
}

enum status mandate_query(struct mandate *m, const Mandate__Query *query, uint32_t timeout_ms,
			  void (*on_row)(void *context, const Mandate__Row *row), void *context,
			  struct mandate_answer *ret_answer, struct error *err)
{
	struct query q = {.on_row = on_row, .context = context};
	Mandate__Query page = *query;
	Mandate__Envelope envelope;
	enum status s;

	do {
		client_envelope(m, &envelope);
		envelope.body_case = MANDATE__ENVELOPE__BODY_QUERY;
		envelope.query = &page;
		s = ask(m, &envelope, &q, timeout_ms, true, err);
		page.has_pinned = true;
		page.pinned = q.answer.revision;
		page.has_after = true;
		page.after = (ProtobufCBinaryData){q.next_len, q.next};
	} while (s == STATUS_OK && q.next_len > 0);
	if (ret_answer && (s == STATUS_OK || s == STATUS_REFUSED))
		*ret_answer = q.answer;
	return s;
}

enum status mandate_operate(struct mandate *m, Mandate__Operate *operate, uint32_t silence_ms,
			    void (*on_report)(void *context, const Mandate__Report *report),
			    void *context, struct error *err)
{
	struct query q = {.on_report = on_report, .context = context};
	Mandate__Envelope envelope;

	client_envelope(m, &envelope);
	envelope.body_case = MANDATE__ENVELOPE__BODY_OPERATE;
	envelope.operate = operate;
	return ask(m, &envelope, &q, silence_ms, false, err);
}
