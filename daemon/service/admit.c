#include "service/admit.h"

#include "model/record.h"
#include "service/machine.h"
#include "service/outcome.h"

#include <stdio.h>
#include <stdlib.h>

enum { BUCKETS = 4096 };

/* One submission between the engine's door and its outcome. */
struct flight {
	uint64_t sequence;
	uint8_t digest[HASH_BYTES];
	struct input *input;
	const struct batch *batch;
};

/* A lane with something in flight. Its flights are consecutive, oldest first: a ring. When the last
 * one lands the lane is dropped, and the committed state answers for it. */
struct lane {
	struct lane *next;
	uint64_t number;
	char office[OFFICE_TEXT_MAX + 1];
	struct flight *ring;
	size_t room, first, count;
};

struct admit {
	struct lane *buckets[BUCKETS];
	size_t in_flight;
};

enum status admit_new(struct admit **ret_admit)
{
	struct admit *a = calloc(1, sizeof *a);

	if (!a)
		return STATUS_NO_MEMORY;
	*ret_admit = a;
	return STATUS_OK;
}

static void lane_free(struct lane *l)
{
	free(l->ring);
	free(l);
}

void admit_free(struct admit *a)
{
	if (!a)
		return;
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct lane *l = a->buckets[i], *next; l; l = next) {
			next = l->next;
			lane_free(l);
		}
	free(a);
}

size_t admit_in_flight(const struct admit *a)
{
	return a->in_flight;
}

static struct lane **find_lane(struct admit *a, const char *office, uint64_t number)
{
	uint8_t key[8];

	put_u64(key, number);
	struct lane **at =
		&a->buckets[hash_value(0, bytes_of(key, 8), bytes_of_text(office)) % BUCKETS];
	while (*at && ((*at)->number != number || strcmp((*at)->office, office) != 0))
		at = &(*at)->next;
	return at;
}

static struct flight *flight_at(struct lane *l, size_t i)
{
	return &l->ring[(l->first + i) % l->room];
}

static enum status add_ticket(struct input *input, const struct ticket *ticket, struct arena *arena)
{
	size_t route_bytes = offsetof(struct route, id) + ticket->route->len;
	struct ticket *t = arena ? arena_alloc(arena, sizeof *t + route_bytes)
				 : malloc(sizeof *t + route_bytes);

	if (!t)
		return STATUS_NO_MEMORY;
	memcpy(t + 1, ticket->route, route_bytes);
	*t = (struct ticket){.next = input->tickets,
			     .correlation = ticket->correlation,
			     .route = (const struct route *)(t + 1),
			     .on_heap = !arena};
	input->tickets = t;
	return STATUS_OK;
}

static enum admit_verdict fault(struct wire_fault *ret_fault, Mandate__Code code, const char *field,
				const char *text)
{
	*ret_fault = (struct wire_fault){.code = code, .change = -1};
	snprintf(ret_fault->field, sizeof ret_fault->field, "%s", field);
	snprintf(ret_fault->text, sizeof ret_fault->text, "%s", text);
	return ADMIT_REFUSED;
}

static enum admit_verdict reused(struct wire_fault *ret_fault)
{
	return fault(ret_fault, MANDATE__CODE__CODE_SEQ_REUSED, "sequence",
		     "this number was used for a different submission");
}

static enum status decided(struct store_txn *txn, struct arena *arena, const char *office,
			   const struct reader_of *who, const struct wire_message *message,
			   enum admit_verdict *ret_verdict, struct bytes *ret_outcome,
			   struct wire_fault *ret_fault)
{
	const Mandate__StoredOutcome *stored;
	const Mandate__Submission *submission = message->submission;

	enum status s =
		store_lane_get(txn, arena, office, submission->lane, submission->sequence, &stored);
	if (s != STATUS_OK)
		return s == STATUS_NOT_FOUND ? STATUS_CORRUPT : s;
	if (stored->digest.len != HASH_BYTES ||
	    memcmp(stored->digest.data, message->digest, HASH_BYTES) != 0) {
		*ret_verdict = reused(ret_fault);
		return STATUS_OK;
	}
	*ret_verdict = ADMIT_ANSWERED;
	return outcome_encode(txn, arena, who, stored->outcome, ret_outcome);
}

static bool has_named_ceiling(const Mandate__Record *record)
{
	if (record->content_case != MANDATE__RECORD__CONTENT_INSTRUMENT)
		return false;
	for (size_t i = 0; i < record->instrument->n_ceilings; i++)
		if (record->instrument->ceilings[i]->name)
			return true;
	return false;
}

/* A newer program proposes its rules once it has caught up: this passes soon. To rules 1 a named
 * part of a ceiling is all of its component. */
static bool is_decided(const Mandate__Submission *submission, uint32_t rules)
{
	for (size_t i = 0; i < submission->n_changes && rules < MACHINE_RULES_VERSION; i++) {
		const Mandate__Record *record = submission->changes[i]->record;

		if (record_kind(record) > machine_kind_last(rules) ||
		    (rules < 2 && has_named_ceiling(record)))
			return false;
	}
	return true;
}

enum status admit_decide(struct admit *a, struct store_txn *txn, struct arena *arena,
			 uint32_t rules, const char *office, const struct reader_of *who,
			 const struct wire_message *message, const struct ticket *ticket,
			 enum admit_verdict *ret_verdict, struct bytes *ret_outcome,
			 struct wire_fault *ret_fault, uint64_t *ret_expected)
{
	const Mandate__Submission *submission = message->submission;
	struct lane *l = *find_lane(a, office, submission->lane);
	uint64_t sequence = submission->sequence, last;
	uint8_t digest[HASH_BYTES];

	if (l) {
		uint64_t oldest = flight_at(l, 0)->sequence;

		last = oldest + l->count - 1;
		if (sequence >= oldest && sequence <= last) {
			struct flight *f = flight_at(l, (size_t)(sequence - oldest));

			if (memcmp(f->digest, message->digest, HASH_BYTES) != 0) {
				*ret_verdict = reused(ret_fault);
				return STATUS_OK;
			}
			*ret_verdict = ADMIT_WAITS;
			return add_ticket(f->input, ticket, NULL);
		}
	} else {
		enum status s = store_lane_last(txn, office, submission->lane, &last, digest);
		if (s != STATUS_OK)
			return s;
	}
	if (sequence <= last)
		return decided(txn, arena, office, who, message, ret_verdict, ret_outcome,
			       ret_fault);
	if (sequence > last + 1) {
		*ret_expected = last + 1;
		*ret_verdict = fault(ret_fault, MANDATE__CODE__CODE_SEQ_JUMP, "sequence",
				     "earlier numbers of this lane are missing");
		return STATUS_OK;
	}
	if (!is_decided(submission, rules))
		*ret_verdict =
			fault(ret_fault, MANDATE__CODE__CODE_BUSY, "changes.record",
			      "rules that decide on this kind of record come next: send it again");
	else if (a->in_flight >= ADMITTED_MAX)
		*ret_verdict = fault(ret_fault, MANDATE__CODE__CODE_BUSY, "sequence",
				     "too many submissions are waiting: send it again");
	else
		*ret_verdict = ADMIT_NEW;
	return STATUS_OK;
}

static enum status lane_room(struct lane *l)
{
	if (l->count < l->room)
		return STATUS_OK;
	size_t room = l->room ? 2 * l->room : 8;
	struct flight *ring = malloc(room * sizeof *ring);
	if (!ring)
		return STATUS_NO_MEMORY;
	for (size_t i = 0; i < l->count; i++)
		ring[i] = *flight_at(l, i);
	free(l->ring);
	l->ring = ring;
	l->room = room;
	l->first = 0;
	return STATUS_OK;
}

enum status admit_started(struct admit *a, const char *office, struct input *input,
			  struct batch *batch, const struct ticket *ticket)
{
	struct lane **at = find_lane(a, office, input->submission->lane);

	enum status s = add_ticket(input, ticket, &batch->arena);
	if (s != STATUS_OK)
		return s;
	if (!*at) {
		struct lane *made = calloc(1, sizeof *made);

		if (!made)
			return STATUS_NO_MEMORY;
		made->number = input->submission->lane;
		snprintf(made->office, sizeof made->office, "%s", office);
		*at = made;
	}
	s = lane_room(*at);
	if (s != STATUS_OK) {
		struct lane *l = *at;

		if (l->count == 0) {
			*at = l->next;
			lane_free(l);
		}
		return s;
	}
	(*at)->count++;
	struct flight *f = flight_at(*at, (*at)->count - 1);
	*f = (struct flight){
		.sequence = input->submission->sequence, .input = input, .batch = batch};
	memcpy(f->digest, input->digest, HASH_BYTES);
	a->in_flight++;
	return STATUS_OK;
}

/* Batches come back in the order in which they were handed over, so what lands is the oldest. After
 * a failure what follows in later batches stays in flight: the state machine refuses it as a jump,
 * and it comes back in its turn. */
void admit_done(struct admit *a, const struct batch *batch)
{
	for (uint32_t i = 0; i < batch->count; i++) {
		const struct input *in = &batch->inputs[i];

		if (!in->submission || !in->decoded ||
		    in->decoded->what_case != MANDATE__JOURNAL_INPUT__WHAT_SUBMISSION)
			continue;
		struct lane **at =
			find_lane(a, in->decoded->submission->office, in->submission->lane);
		struct lane *l = *at;

		if (!l || flight_at(l, 0)->input != in)
			continue;
		l->first = (l->first + 1) % l->room;
		l->count--;
		a->in_flight--;
		if (l->count == 0) {
			*at = l->next;
			lane_free(l);
		}
	}
}
