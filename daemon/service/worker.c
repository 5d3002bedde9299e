#include "service/worker.h"

#include "service/roll.h"

#include "base/clock.h"
#include "base/log.h"
#include "model/codec.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

enum { FULL_RETRY_NS = 200 * 1000 * 1000 };

enum mail_kind { MAIL_ORDERED = 1, MAIL_DURABLE, MAIL_FAILED, MAIL_STOP };

/* A batch of the engine's own, copied while the engine holds it. */
struct foreign {
	struct foreign *next;
	const struct engine_batch *theirs;
	struct batch *ours;
};

struct worker {
	struct machine *machine;
	struct mailbox box;
	struct mailbox *reply;
	pthread_t thread;
	struct mail stop;
	struct foreign *foreign; /* engine thread only */

	/* State thread only: batches ordered and not yet done, oldest first; the first may be
	 * applied. */
	struct batch *first, **last;
	bool applied;

	pthread_mutex_t trouble_mutex;
	struct error trouble;
	atomic_uint_fast64_t busy_since_ms; /* 0: idle */
	atomic_bool stopping;
};

/* --- on the engine's thread ----------------------------------------------------------------------
 */

static struct batch *batch_of_mail(struct mail *m, size_t offset)
{
	return (struct batch *)(void *)((char *)m - offset);
}

static struct batch *copy_foreign(struct worker *w, struct engine_batch *theirs)
{
	struct foreign *f = calloc(1, sizeof *f);
	struct batch *b;

	if (!f || batch_new(&b) != STATUS_OK) {
		free(f);
		return NULL;
	}
	for (uint32_t i = 0; i < theirs->count; i++) {
		uint8_t *copy =
			arena_copy(&b->arena, theirs->payloads[i].data, theirs->payloads[i].len);
		b->inputs[i] = (struct input){.payload = bytes_of(copy, theirs->payloads[i].len)};
		if (!copy) {
			batch_free(b);
			free(f);
			return NULL;
		}
	}
	b->count = theirs->count;
	b->journal.count = theirs->count;
	b->journal.user = NULL;
	b->journal.first_index = theirs->first_index;
	memcpy(b->journal.chain_after, theirs->chain_after, HASH_BYTES);
	b->journal.position = theirs->position;
	*f = (struct foreign){.next = w->foreign, .theirs = theirs, .ours = b};
	w->foreign = f;
	return b;
}

static struct batch *take_foreign(struct worker *w, const struct engine_batch *theirs)
{
	for (struct foreign **at = &w->foreign; *at; at = &(*at)->next) {
		struct foreign *f = *at;

		if (f->theirs != theirs)
			continue;
		struct batch *ours = f->ours;
		*at = f->next;
		free(f);
		return ours;
	}
	return NULL;
}

static void set_trouble(struct worker *w, enum status s, const char *text)
{
	pthread_mutex_lock(&w->trouble_mutex);
	bool first = w->trouble.status == STATUS_OK;
	if (first)
		error_set(&w->trouble, s, "%s", text);
	pthread_mutex_unlock(&w->trouble_mutex);
	if (first)
		log_line(LOG_ERROR, "state.stopped", "reason=%s", log_quote(text));
}

static void post(struct mailbox *box, struct mail *m, int kind)
{
	m->kind = kind;
	mailbox_post(box, m);
}

static void on_ordered(void *ctx, struct engine_batch *journal)
{
	struct worker *w = ctx;
	struct batch *b = journal->user ? journal->user : copy_foreign(w, journal);

	if (!b) {
		set_trouble(w, STATUS_NO_MEMORY, "no memory for a batch of the engine's");
		return;
	}
	post(&w->box, &b->ordered_mail, MAIL_ORDERED);
}

static void on_durable(void *ctx, struct engine_batch *journal)
{
	struct worker *w = ctx;
	struct batch *b = journal->user ? journal->user : take_foreign(w, journal);

	if (!b)
		return;
	/* The state thread may finish and the network thread recycle the batch as soon as it is
	 * told: the network thread is told first, and counts on both messages. */
	if (journal->user)
		post(w->reply, &b->synced_mail, WORKER_SYNCED);
	post(&w->box, &b->durable_mail, MAIL_DURABLE);
}

static void on_failed(void *ctx, struct engine_batch *journal, enum status why)
{
	struct worker *w = ctx;
	struct batch *b = journal->user ? journal->user : take_foreign(w, journal);

	if (!b)
		return;
	b->why = why;
	if (journal->user)
		post(w->reply, &b->synced_mail, WORKER_SYNCED);
	post(&w->box, &b->durable_mail, MAIL_FAILED);
}

/* --- on the state thread
 * -------------------------------------------------------------------------- */

static enum status decode(struct batch *b, struct input *in)
{
	const Mandate__JournalInput *input =
		codec_decode(&b->arena, &mandate__journal_input__descriptor, in->payload);

	if (!input)
		return STATUS_CORRUPT;
	in->decoded = input;
	if (input->what_case != MANDATE__JOURNAL_INPUT__WHAT_SUBMISSION)
		return STATUS_OK;
	struct bytes bytes =
		bytes_of(input->submission->submission.data, input->submission->submission.len);
	in->submission = codec_decode(&b->arena, &mandate__submission__descriptor, bytes);
	hash_one(in->digest, bytes);
	return in->submission ? STATUS_OK : STATUS_CORRUPT;
}

static enum status apply_all(struct worker *w, struct batch *b, struct error *err)
{
	struct machine_sink sink = {.arena = &b->arena};
	enum status s = machine_begin(w->machine);

	sink.event_room = b->count + 16;
	sink.events = arena_calloc(&b->arena, sink.event_room, sizeof *sink.events);
	if (!sink.events)
		s = STATUS_NO_MEMORY;
	for (uint32_t i = 0; s == STATUS_OK && i < b->count; i++) {
		if (!b->inputs[i].decoded)
			s = decode(b, &b->inputs[i]);
		if (s == STATUS_OK)
			s = machine_apply(w->machine, b->journal.first_index + i, &b->inputs[i],
					  &sink, err);
	}
	if (s == STATUS_OK)
		s = machine_finish(w->machine, b->journal.first_index + b->count - 1,
				   b->journal.chain_after, &b->journal.position);
	const struct machine_state *state = machine_state(w->machine);
	b->events = sink.events;
	b->event_count = sink.event_count;
	b->accepted = sink.accepted;
	b->refused = sink.refused;
	b->head = state->head;
	b->day = state->day;
	b->alerts_open = state->alerts_open;
	roll_release(b->roll);
	b->roll = roll_hold(machine_roll(w->machine));
	return s;
}

static void apply_first(struct worker *w)
{
	struct error err = {.status = STATUS_OK};
	struct batch *b = w->first;

	if (!b || w->applied || worker_trouble(w, NULL) != STATUS_OK)
		return;
	enum status s = apply_all(w, b, &err);
	if (s != STATUS_OK) {
		machine_abort(w->machine);
		if (s == STATUS_FULL) /* tried again when the batch is durable */
			return;
		set_trouble(w, s, err.status == STATUS_OK ? status_text(s) : err.text);
		return;
	}
	w->applied = true;
}

static void remove_first(struct worker *w)
{
	w->first = w->first->next;
	if (!w->first)
		w->last = &w->first;
	w->applied = false;
}

static void done(struct worker *w, struct batch *b)
{
	post(w->reply, &b->done_mail, WORKER_DONE);
}

/* The batch is durable, so its turn is kept until the disk has room for the state. */
static enum status commit(struct worker *w, struct batch *b)
{
	struct error err = {.status = STATUS_OK};
	enum status s = w->applied ? machine_commit(w->machine) : STATUS_FULL;
	bool told = false;

	while (s == STATUS_FULL && !atomic_load(&w->stopping)) {
		if (!told)
			log_line(LOG_ERROR, "state.full", "next=\"free some space\"");
		told = true;
		nanosleep(&(struct timespec){.tv_nsec = FULL_RETRY_NS}, NULL);
		atomic_store(&w->busy_since_ms, clock_mono_ms());
		s = apply_all(w, b, &err);
		if (s == STATUS_OK)
			s = machine_commit(w->machine);
		else
			machine_abort(w->machine);
	}
	return s;
}

static void on_mail_durable(struct worker *w, struct batch *b)
{
	enum status s = worker_trouble(w, NULL);

	if (s == STATUS_OK) {
		s = commit(w, b);
		if (s != STATUS_OK && !atomic_load(&w->stopping))
			set_trouble(w, s, "the state cannot be committed");
	}
	b->why = s == STATUS_OK ? STATUS_OK : STATUS_UNKNOWN;
	remove_first(w);
	done(w, b);
}

static void on_mail_failed(struct worker *w, struct batch *b)
{
	if (w->first == b) {
		if (w->applied)
			machine_abort(w->machine);
		remove_first(w);
	}
	done(w, b);
}

static void *run(void *arg)
{
	struct worker *w = arg;

	for (;;) {
		atomic_store(&w->busy_since_ms, 0);
		struct mail *m = mailbox_take(&w->box, -1);
		atomic_store(&w->busy_since_ms, clock_mono_ms());
		struct batch *b;

		switch ((enum mail_kind)m->kind) {
		case MAIL_ORDERED:
			b = batch_of_mail(m, offsetof(struct batch, ordered_mail));
			b->next = NULL;
			*w->last = b;
			w->last = &b->next;
			break;
		case MAIL_DURABLE:
			b = batch_of_mail(m, offsetof(struct batch, durable_mail));
			on_mail_durable(w, b);
			break;
		case MAIL_FAILED:
			b = batch_of_mail(m, offsetof(struct batch, durable_mail));
			on_mail_failed(w, b);
			break;
		case MAIL_STOP:
			return NULL;
		}
		apply_first(w);
	}
}

enum status worker_new(struct machine *m, struct mailbox *reply, struct worker **ret_worker,
		       struct engine_callbacks *ret_callbacks)
{
	struct worker *w = calloc(1, sizeof *w);
	enum status s;

	if (!w)
		return STATUS_NO_MEMORY;
	w->machine = m;
	w->reply = reply;
	w->last = &w->first;
	s = mailbox_init(&w->box, 0);
	if (s != STATUS_OK) {
		free(w);
		return s;
	}
	pthread_mutex_init(&w->trouble_mutex, NULL);
	if (pthread_create(&w->thread, NULL, run, w) != 0) {
		mailbox_fini(&w->box);
		free(w);
		return STATUS_NO_MEMORY;
	}
	*ret_callbacks = (struct engine_callbacks){
		.ctx = w, .ordered = on_ordered, .durable = on_durable, .failed = on_failed};
	*ret_worker = w;
	return STATUS_OK;
}

void worker_free(struct worker *w)
{
	if (!w)
		return;
	atomic_store(&w->stopping, true);
	post(&w->box, &w->stop, MAIL_STOP);
	pthread_join(w->thread, NULL);
	mailbox_fini(&w->box);
	pthread_mutex_destroy(&w->trouble_mutex);
	free(w);
}

enum status worker_trouble(struct worker *w, struct error *ret_error)
{
	pthread_mutex_lock(&w->trouble_mutex);
	enum status s = w->trouble.status;
	if (ret_error && s != STATUS_OK)
		*ret_error = w->trouble;
	pthread_mutex_unlock(&w->trouble_mutex);
	return s;
}

uint64_t worker_stalled_ms(struct worker *w)
{
	uint64_t since = atomic_load(&w->busy_since_ms);

	return since == 0 ? 0 : clock_mono_ms() - since;
}
