/* From a state directory to a machine that stands where the journal stands: what a start does
 * before the first message. Tests, rebuilds and the daemon use the same sequence. */
#ifndef MANDATED_SERVICE_STARTUP_H
#define MANDATED_SERVICE_STARTUP_H

#include "engine/embedded.h"
#include "service/machine.h"

struct startup_options {
	const char *state_dir; /* made if missing, its parent is not */
	uint64_t segment_bytes;
	/* Told about every half second while inputs are replayed; may be NULL. */
	void (*progress)(void *ctx, uint64_t done, uint64_t total);
	void *progress_ctx;
};

struct startup {
	char *state_dir;
	int lock_fd;
	struct engine *engine; /* not started */
	struct store *store;
	struct machine *machine;

	/* What happened, for the log. */
	struct embedded_found found;
	const char *distrust; /* why the state was made anew; NULL if it was not */
	uint64_t checkpoint;  /* index of the one that the rebuild began with, 0: none */
	uint64_t replayed;    /* inputs */
	uint64_t recover_ms;  /* the journal */
	uint64_t state_ms;    /* opening or making the state, replaying the tail */
};

/* Locks the directory, decides whether the state is believed, recovers the journal, opens or
 * rebuilds the state, replays the tail. hash_init must have succeeded. STATUS_LOCKED: in use by
 * another process, which is unharmed. Anything else is named in `err`; then nothing is open. */
MUST_USE enum status startup_open(const struct startup_options *options, struct error *err,
				  struct startup *ret_startup);

/* Ends the engine. `clean`: every input is applied and committed; the state is synced first, and
 * the stop is recorded as clean if that succeeds. */
MUST_USE enum status startup_close_engine(struct startup *s, bool clean, struct error *err);

/* Closes what is open and unlocks the directory. */
void startup_close(struct startup *s);

#endif
