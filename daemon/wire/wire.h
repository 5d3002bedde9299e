/* Bytes from outside into checked messages. Nothing above this layer sees a message that has not
 * passed here; whoever adds a field adds its row to the table in fields.c.
 *
 * What arrives must be canonical (packing it again gives the same bytes: no unknown fields, no
 * duplicates, no overlong numbers, no NUL inside a text), and every field must be of the form that
 * its row demands. The first thing that is wrong is reported. */
#ifndef MANDATED_WIRE_WIRE_H
#define MANDATED_WIRE_WIRE_H

#include "base/arena.h"
#include "base/hash.h"
#include "journal.pb-c.h"
#include "mandate.pb-c.h"

enum { WIRE_VERSION = 1 };

/* What is wrong: goes into a Refusal. code 0: nothing. */
struct wire_fault {
	Mandate__Code code;
	int change;	/* number of the change, -1: none */
	char field[96]; /* "changes.record.instrument.adopted" */
	char text[160]; /* a sentence for a person */
};

/* An envelope from a client, with what it carries. All memory is the arena's. */
struct wire_message {
	const Mandate__Envelope *envelope;
	const Mandate__Submission *submission; /* if it carries one: decoded and checked */
	struct bytes
		submission_bytes; /* a view of the frame's bytes as received, copied to the arena */
	uint8_t digest[HASH_BYTES]; /* H of submission_bytes */
};

/* Decodes and checks a frame from a client. On false `ret_fault` says why; its correlation, if it
 * could be read, is in *ret_correlation (0 otherwise). `arena` should have a cap of
 * DECODE_BYTES_MAX beyond what it holds; when that is reached the fault is CODE_SIZE.
 * FRAME_BYTES_MAX is checked first: an empty frame is CODE_SIZE. */
MUST_USE bool wire_decode(struct arena *arena, struct bytes frame, struct wire_message *ret_message,
			  uint64_t *ret_correlation, struct wire_fault *ret_fault);

/* A submission alone, as the journal holds it: same checks. For replay the caller may skip the
 * field checks by decoding itself: the journal holds only what passed them. */
MUST_USE bool wire_decode_submission(struct arena *arena, struct bytes bytes,
				     const Mandate__Submission **ret_submission,
				     struct wire_fault *ret_fault);

/* A journal entry: canonical, known fields, exactly one kind of input. */
MUST_USE bool wire_decode_input(struct arena *arena, struct bytes bytes,
				const Mandate__JournalInput **ret_input,
				struct wire_fault *ret_fault);

/* Fills `ret_refusal` from `fault`; texts are copied to the arena. */
MUST_USE enum status wire_refusal(struct arena *arena, const struct wire_fault *fault,
				  Mandate__Refusal *ret_refusal);

#endif
