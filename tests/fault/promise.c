#include "tests/fault/promise.h"

#include "model/codec.h"
#include "service/startup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SEGMENT_BYTES = SEGMENT_BYTES_MIN, GARBAGE_BYTES = 64 * 1024 };

static struct promise *add(struct promises *all)
{
	if (all->count == all->room) {
		all->room = all->room ? 2 * all->room : 4096;
		all->list = realloc(all->list, all->room * sizeof *all->list);
		if (!all->list)
			fault_fail("out of memory");
	}
	struct promise *p = &all->list[all->count++];
	*p = (struct promise){0};
	return p;
}

static void note_sent(struct promises *all, const struct trace *t, size_t number, struct arena *a)
{
	const Mandate__Envelope *e =
		codec_decode(a, &mandate__envelope__descriptor,
			     bytes_of(t->payloads[number], t->events[number].len));

	if (!e)
		fault_fail("the daemon sent what cannot be read");
	bool outcome = e->body_case == MANDATE__ENVELOPE__BODY_OUTCOME &&
		       (!e->outcome->refusal ||
			(e->outcome->refusal->code >= MANDATE__CODE__CODE_AUTH_SCOPE &&
			 e->outcome->refusal->code < MANDATE__CODE__CODE_NOT_FOUND));
	bool stream = e->body_case == MANDATE__ENVELOPE__BODY_FRAME;
	if (!outcome && !stream)
		return;
	if (!e->head || e->head->event_hash.len != HASH_BYTES)
		fault_fail("an answer without a head");
	struct promise *p = add(all);
	p->event = number + 1;
	p->revision = e->head->revision;
	memcpy(p->event_hash, e->head->event_hash.data, HASH_BYTES);
	if (!outcome)
		return;
	p->index = e->head->index;
	memcpy(p->input_hash, e->head->input_hash.data, HASH_BYTES);
	p->lane = e->outcome->lane;
	p->sequence = e->outcome->sequence;
	struct bytes packed = load_pack_outcome(a, e->outcome);
	p->outcome = malloc(packed.len);
	if (!p->outcome)
		fault_fail("out of memory");
	memcpy(p->outcome, packed.data, packed.len);
	p->outcome_len = packed.len;
}

void promise_note(struct promises *all, const struct trace *t)
{
	struct arena a;

	arena_init(&a, DECODE_BYTES_MAX);
	for (size_t i = 0; i < t->count; i++)
		if (t->events[i].kind == TRACE_SENT) {
			note_sent(all, t, i, &a);
			arena_reset(&a);
		}
	arena_fini(&a);
}

void promise_keep(struct promises *all, size_t count)
{
	for (size_t i = count; i < all->count; i++)
		free(all->list[i].outcome);
	all->count = count;
	for (size_t i = 0; i < count; i++)
		all->list[i].event = 0;
}

/* --- checking ------------------------------------------------------------------------------------
 */

static const struct promise *newest_head(const struct promises *all, size_t due)
{
	while (due-- > 0)
		if (all->list[due].index)
			return &all->list[due];
	return NULL;
}

struct reading {
	const struct promise *head;
	uint64_t last;
	bool found;
};

static enum status visit(void *ctx, const struct engine_read_batch *batch)
{
	struct reading *r = ctx;

	r->last = batch->first_index + batch->count - 1;
	if (r->head && r->last == r->head->index)
		r->found = memcmp(batch->chain_after, r->head->input_hash, HASH_BYTES) == 0;
	return STATUS_OK;
}

void promise_check_journal(const struct promises *all, size_t due, const char *directory,
			   uint64_t *seed, const char *what)
{
	struct embedded_options options = {.directory = directory, .segment_bytes = SEGMENT_BYTES};
	struct embedded_applied applied = {0};
	struct embedded_found found;
	struct engine *engine;
	struct error err = {.status = STATUS_OK};
	struct reading r = {.head = newest_head(all, due)};

	if (r.head && next_random(seed) % 2) {
		/* As a state would say that reached the disk by itself. */
		applied.known = true;
		applied.index = r.head->index;
		memcpy(applied.chain, r.head->input_hash, HASH_BYTES);
	}
	enum status s = embedded_open(&options, &applied, &err, &found, &engine);
	if (s != STATUS_OK)
		fault_fail("%s: taken for damage: %s", what, err.text);
	s = engine_read(engine, 1, NULL, visit, &r, &err);
	if (s != STATUS_OK)
		fault_fail("%s: recovered, and cannot be read: %s", what, err.text);
	if (r.head && !r.found)
		fault_fail("%s: input %" PRIu64 " was answered; the journal ends at %" PRIu64
			   " or is another",
			   what, r.head->index, r.last);
	IGNORE_RESULT(engine_close(engine, false, NULL)); /* it was never started */
}

static const char *sender_of(const struct promises *all, uint64_t lane)
{
	for (size_t i = 0; i < all->lane_count; i++)
		if (all->lanes[i].name == lane)
			return all->lanes[i].sender;
	return "prepare";
}

static void check_promise(const struct promises *all, struct store_txn *t, const struct promise *p,
			  struct arena *a, const char *what)
{
	const Mandate__StoredOutcome *stored;
	struct store_event event;

	if (p->revision && (store_event_get(t, p->revision, &event) != STATUS_OK ||
			    memcmp(event.chain, p->event_hash, HASH_BYTES) != 0))
		fault_fail("%s: revision %" PRIu64 " was told and is not there", what, p->revision);
	if (!p->sequence)
		return;
	if (store_lane_get(t, a, FAULT_OFFICE, p->lane, p->sequence, &stored) != STATUS_OK)
		fault_fail("%s: %s lane %" PRIx64 " number %" PRIu64
			   " was answered and is not there",
			   what, sender_of(all, p->lane), p->lane, p->sequence);
	struct bytes packed = load_pack_outcome(a, stored->outcome);
	if (!bytes_equal(packed, bytes_of(p->outcome, p->outcome_len)))
		fault_fail("%s: %s lane %" PRIx64 " number %" PRIu64 " has another outcome", what,
			   sender_of(all, p->lane), p->lane, p->sequence);
}

/* What a power cut leaves of a state that is written without syncs. After a clean stop it was
 * synced; none at all is then the worst. */
static void scatter_state(const char *directory, uint64_t *seed)
{
	uint8_t garbage[GARBAGE_BYTES];
	char path[FAULT_PATH_BYTES + 32];

	snprintf(path, sizeof path, "%s/clean", directory);
	if (access(path, F_OK) == 0 || next_random(seed) % 3 == 0)
		return;
	for (size_t i = 0; i < sizeof garbage; i++)
		garbage[i] = (uint8_t)next_random(seed);
	snprintf(path, sizeof path, "%s/state", directory);
	mkdir(path, 0750);
	snprintf(path, sizeof path, "%s/state/data.mdb", directory);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0640);
	ssize_t len = (ssize_t)(next_random(seed) % sizeof garbage);
	if (fd < 0 || write(fd, garbage, (size_t)len) != len)
		fault_fail("%s: %s", path, strerror(errno));
	close(fd);
}

static void check_whole_here(const struct promises *all, size_t due, const char *directory,
			     const char *what)
{
	struct startup_options options = {.state_dir = directory, .segment_bytes = SEGMENT_BYTES};
	struct startup up;
	struct store_txn *t;
	struct arena a;
	struct error err = {.status = STATUS_OK};

	setenv("MANDATED_BOOT_ID", "after-the-power-cut", 1);
	if (startup_open(&options, &err, &up) != STATUS_OK)
		fault_fail("%s: no start: %s", what, err.text);
	if (store_begin_read(up.store, &t) != STATUS_OK)
		fault_fail("%s: the state cannot be read", what);
	arena_init(&a, DECODE_BYTES_MAX);
	for (size_t i = 0; i < due; i++) {
		check_promise(all, t, &all->list[i], &a, what);
		arena_reset(&a);
	}
	_exit(0);
}

void promise_check_whole(const struct promises *all, size_t due, const char *directory,
			 uint64_t *seed, const char *what)
{
	int status;

	scatter_state(directory, seed);
	fflush(stdout);
	pid_t child = fork();
	if (child == 0)
		check_whole_here(all, due, directory, what);
	if (child < 0 || waitpid(child, &status, 0) != child)
		fault_fail("fork: %s", strerror(errno));
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		fault_fail("%s: no start, or not everything there (%x)", what, (unsigned)status);
}
