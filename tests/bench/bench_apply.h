/* What the cost of applying a change is measured on: state machines, each with a state of its own
 * on disk and nothing around it, and made-up worlds to put into them. */
#ifndef TESTS_BENCH_APPLY_H
#define TESTS_BENCH_APPLY_H

#include "service/machine.h"
#include "tests/bench/bench.h"

/* --- a machine (bench_machine.c) --- */

/* Changes wait, decoded, until they are applied as a batch: what a change costs is what the state
 * thread would spend on it, between the network thread's decoding and its answer. */
enum { MACHINE_BATCH = 64 }; /* about what comes at 256 in flight */

struct bench_machine {
	char directory[4200];
	struct store *store;
	struct machine *machine;
	struct arena arena; /* of what waits */
	struct input waiting[MACHINE_BATCH];
	uint32_t count;
	uint64_t index, sequence;
	uint8_t chain[HASH_BYTES];
	uint64_t applied; /* changes */
	double seconds;	  /* of this thread's processor time, that they took */
};

void bench_machine_open(struct bench_machine *m, const char *directory, uint32_t rules);
void bench_machine_close(struct bench_machine *m); /* and removes its directory */
/* The calendar moves; what waits is applied before. */
void bench_machine_day(struct bench_machine *m, int32_t day);
/* A change, or a record to be recorded, as JSON with ' for ". Ends the benchmark if it is none, or
 * when it is refused. */
void bench_machine_change(struct bench_machine *m, const char *json);
void bench_machine_flush(struct bench_machine *m);

/* --- a world (bench_world.c) --- */

struct world {
	unsigned operations;
	unsigned years; /* of history, to the day on which changes are made */
	unsigned units; /* present at a time, an operation; all rotate each year */
	bool whole;	/* every kind of record; otherwise those of mandates and head-counts */
};

/* Day by day, so that alerts come and go. */
void world_build(const struct world *w, struct bench_machine *m);

enum {
	WORLD_MAIN = 7, /* kinds of every world, then those of a whole one */
	WORLD_KINDS = 19,
	WORLD_LINE_BYTES = 8192,
};
const char *world_kind_name(unsigned kind);
/* A correction of a record of `kind` of the current period, chosen by `random`. */
void world_change(const struct world *w, unsigned kind, uint64_t random,
		  char ret_json[WORLD_LINE_BYTES]);

#endif
