#include "service/reader.h"

#include "base/clock.h"
#include "model/codec.h"
#include "service/query.h"
#include "service/slice.h"

#include <stdatomic.h>
#include <stdlib.h>

/* A query's rows unpacked, or a slice as large as the largest credit. */
enum { JOB_BYTES_MAX = 16 * 1024 * 1024 };

enum { READER_STOP = 1 }; /* beside enum reader_job_kind */

struct reader {
	struct store *store;
	struct store_txn *txn; /* reset between jobs; NULL until the first */
	struct cabinet *cabinet;
	struct mailbox box, *reply;
	struct mail stop;
	pthread_t thread;
	_Atomic uint64_t busy_since_ms; /* 0: idle */
};

static enum status renew(struct reader *r)
{
	return r->txn ? store_renew(r->txn) : store_begin_read(r->store, &r->txn);
}

static Mandate__Code code_of(enum status s)
{
	return s == STATUS_CORRUPT ? MANDATE__CODE__CODE_DAMAGED : MANDATE__CODE__CODE_FAILED;
}

/* What only the store as a whole knows goes into a status. */
static enum status add_size(struct reader *r, struct reader_job *job)
{
	struct store_size size;
	Mandate__Status *status;
	enum status s;

	if (job->query->ask_case != MANDATE__QUERY__ASK_STATUS || !job->facts.status)
		return STATUS_OK;
	status = arena_copy(&job->arena, job->facts.status, sizeof *status);
	if (!status)
		return STATUS_NO_MEMORY;
	s = store_size(r->store, &size);
	if (s != STATUS_OK)
		return s;
	status->has_records = status->has_state_bytes = true;
	status->records = size.entries[STORE_RECORD];
	status->state_bytes = size.bytes_used;
	job->facts.status = status;
	return STATUS_OK;
}

static enum status pack_reply(struct reader_job *job, Mandate__Answer *answer,
			      uint8_t hash[HASH_BYTES])
{
	Mandate__Envelope envelope;
	Mandate__Head head = MANDATE__HEAD__INIT;

	mandate__envelope__init(&envelope);
	envelope.version = WIRE_VERSION;
	envelope.has_correlation = true;
	envelope.correlation = job->correlation;
	envelope.body_case = MANDATE__ENVELOPE__BODY_ANSWER;
	envelope.answer = answer;
	head.revision = answer->revision;
	head.event_hash = (ProtobufCBinaryData){.len = HASH_BYTES, .data = hash};
	envelope.head = hash ? &head : NULL;
	return codec_encode(&job->arena, &envelope.base, &job->reply);
}

/* Why there is no answer; in the memory that the answer had. */
static void pack_failure(struct reader_job *job, enum status why)
{
	Mandate__Answer answer = MANDATE__ANSWER__INIT;
	Mandate__Refusal refusal = MANDATE__REFUSAL__INIT;

	refusal.code = code_of(why);
	refusal.text = (char *)(uintptr_t)(why == STATUS_NO_MEMORY
						   ? "too much to compute at once: ask for less"
						   : status_text(why));
	answer.refusal = &refusal;
	arena_reset(&job->arena);
	job->query = NULL;
	job->facts.status = NULL;
	/* Without memory for that either, the client asks again. */
	if (pack_reply(job, &answer, NULL) != STATUS_OK)
		job->reply = bytes_of(NULL, 0);
}

/* By whose grants: by the record of the office in the state that is read. It may be newer than the
 * network thread knew when it asked, and the answer is one to go on from. Who is no longer
 * accredited there sees nothing. */
static enum status find_reader(struct reader *r, struct reader_job *job, struct reader_of *ret_who)
{
	static const Mandate__Office nobody = MANDATE__OFFICE__INIT;
	const struct office *asked = job->office;
	struct store_version version;

	*ret_who = (struct reader_of){.office = asked ? asked->record : NULL, .day = job->day};
	if (!asked || asked->revision == 0)
		return STATUS_OK;
	enum status s = store_record_whole(r->txn, &job->arena, MANDATE__KIND__KIND_OFFICE,
					   asked->record->office, UINT64_MAX, &version);
	if (s == STATUS_NOT_FOUND)
		return STATUS_CORRUPT;
	if (s != STATUS_OK || version.revision == asked->revision)
		return s;
	bool stands =
		version.record && grants_office_stands(version.record->office, NULL, job->day);
	ret_who->office = stands ? version.record->office : &nobody;
	return STATUS_OK;
}

static void run_query(struct reader *r, struct reader_job *job, enum status s)
{
	struct reader_of who;
	Mandate__Answer answer;
	uint8_t hash[HASH_BYTES];

	if (s == STATUS_OK)
		s = find_reader(r, job, &who);
	if (s == STATUS_OK)
		s = add_size(r, job);
	if (s == STATUS_OK)
		s = query_run(r->cabinet, r->txn, &job->arena, &who, job->query, job->facts.status,
			      &answer, hash);
	if (s == STATUS_OK) {
		answer.has_day = job->day != DAY_NEVER;
		answer.day = job->day;
		s = pack_reply(job, &answer, hash);
	}
	if (s != STATUS_OK)
		pack_failure(job, s);
}

static void run_slice(struct reader *r, struct reader_job *job, enum status s)
{
	if (s == STATUS_OK)
		s = slice_fill(r->txn, job);
	if (s == STATUS_OK)
		return;
	job->code = code_of(s);
	job->event_count = job->events_bytes = 0;
	job->through = job->after_revision;
}

static void *run(void *arg)
{
	struct reader *r = arg;

	for (;;) {
		struct mail *m = mailbox_take(&r->box, -1);

		if (m->kind == READER_STOP)
			break;
		struct reader_job *job = (struct reader_job *)m;
		atomic_store(&r->busy_since_ms, clock_mono_ms());
		enum status s = renew(r);
		if (m->kind == READER_QUERY)
			run_query(r, job, s);
		else
			run_slice(r, job, s);
		if (r->txn)
			store_reset(r->txn);
		atomic_store(&r->busy_since_ms, 0);
		mailbox_post(r->reply, m);
	}
	store_abort(r->txn);
	return NULL;
}

enum status reader_new(struct store *s, struct mailbox *reply, struct reader **ret_reader)
{
	struct reader *r = calloc(1, sizeof *r);

	if (!r)
		return STATUS_NO_MEMORY;
	r->store = s;
	r->reply = reply;
	r->stop.kind = READER_STOP;
	enum status st = cabinet_new(&r->cabinet);
	if (st != STATUS_OK)
		goto no_cabinet;
	st = mailbox_init(&r->box, 0);
	if (st != STATUS_OK)
		goto no_mailbox;
	st = status_of_errno(pthread_create(&r->thread, NULL, run, r));
	if (st != STATUS_OK)
		goto no_thread;
	*ret_reader = r;
	return STATUS_OK;

no_thread:
	mailbox_fini(&r->box);
no_mailbox:
	cabinet_free(r->cabinet);
no_cabinet:
	free(r);
	return st;
}

void reader_post(struct reader *r, struct reader_job *job)
{
	mailbox_post(&r->box, &job->mail);
}

void reader_free(struct reader *r)
{
	if (!r)
		return;
	/* Behind everything posted before. */
	mailbox_post(&r->box, &r->stop);
	pthread_join(r->thread, NULL);
	mailbox_fini(&r->box);
	cabinet_free(r->cabinet);
	free(r);
}

uint64_t reader_stalled_ms(struct reader *r)
{
	uint64_t since_ms = atomic_load(&r->busy_since_ms);

	return since_ms ? clock_mono_ms() - since_ms : 0;
}

enum status reader_job_new(enum reader_job_kind kind, struct reader_job **ret_job)
{
	struct reader_job *job = calloc(1, sizeof *job);

	if (!job)
		return STATUS_NO_MEMORY;
	job->mail.kind = (int)kind;
	job->mark_day = DAY_NEVER;
	arena_init(&job->arena, JOB_BYTES_MAX);
	*ret_job = job;
	return STATUS_OK;
}

void reader_job_free(struct reader_job *job)
{
	if (!job)
		return;
	roll_office_release(job->office);
	arena_fini(&job->arena);
	free(job);
}
