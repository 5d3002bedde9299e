/* Changes by chance, of the lines of random_lines.h, for a rig. */
#ifndef TESTS_UNIT_RANDOM_CHANGES_H
#define TESTS_UNIT_RANDOM_CHANGES_H

#include "random_lines.h"
#include "service_support.h"

#include "model/codec.h"
#include "wire/wire.h"

/* The first day, and the partners and operations that the lines name. */
static inline void random_begin(struct rig *r)
{
	static const char *const lines[] = {
		"partner code=UN",
		"partner code=EU",
		"partner code=AU",
		"operation acronym=UNMIK kind=un_pko hosts=XKX financing=assessed",
		"operation acronym=EULEX kind=partner hosts=XKX financing=own",
		"operation acronym=UNMIL kind=un_pko hosts=LBR financing=assessed",
	};

	rig_begin(r, "2009-02-01");
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		rig_accept(r, RECORD(r, record_text(&r->arena, lines[i])));
}

/* No daemon lets in what the wire's checks refuse: nothing behind them need cope with it. */
static inline bool random_is_sound(struct rig *r, Mandate__Change *change)
{
	Mandate__Submission submission = MANDATE__SUBMISSION__INIT;
	const Mandate__Submission *decoded;
	struct wire_fault fault;
	struct bytes packed;

	submission.lane = submission.sequence = 1;
	submission.changes = &change;
	submission.n_changes = 1;
	assert_int_equal(codec_encode(&r->arena, &submission.base, &packed), STATUS_OK);
	return wire_decode_submission(&r->arena, packed, &decoded, &fault);
}

static inline Mandate__Change *random_unchecked(struct rig *r, uint64_t *seed)
{
	const char *line = random_line(&r->arena, seed);
	const Mandate__Record *record = record_text(&r->arena, line);

	if (getenv("SEED"))
		print_message("%s\n", line);
	switch (next_random(seed) % 6) {
	case 0:
	case 1:
		return CORRECT(r, record);
	case 2:
		return RETRACT(r, record);
	case 3:
		return EDITION(r, (uint32_t)(next_random(seed) % 4), record);
	default:
		return RECORD(r, record);
	}
}

static inline Mandate__Change *random_change(struct rig *r, uint64_t *seed)
{
	Mandate__Change *change;

	do
		change = random_unchecked(r, seed);
	while (!random_is_sound(r, change));
	return change;
}

#endif
