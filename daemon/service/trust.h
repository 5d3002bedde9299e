/* May the state be believed? It is written without syncs, so after a power loss it may be anything.
 * Files in the state directory that decide it:
 *   boot     the boot during which the state was made or completed: the page cache held it since
 *   deaths   a record for each run that a fatal signal or a damaged state ended
 *   state.untrusted.N   states moved away, removed when their replacement is complete */
#ifndef MANDATED_SERVICE_TRUST_H
#define MANDATED_SERVICE_TRUST_H

#include "engine/embedded.h"

enum { TRUST_BOOT_ID_BYTES = 64, TRUST_PATH_BYTES = 4096, TRUST_EARLY_DEATH_MS = 60 * 1000 };

/* This boot's name, from the kernel; MANDATED_BOOT_ID in the environment overrides it (tests). */
MUST_USE enum status trust_boot_id(char ret_id[TRUST_BOOT_ID_BYTES], struct error *err);

/* Is `boot` there and names `id`? */
bool trust_boot_is(const char *state_dir, const char *id);
/* Written durably: temporary file, sync, rename, directory sync. */
MUST_USE enum status trust_boot_write(const char *state_dir, const char *id, struct error *err);

/* From here on a fatal signal leaves a record in `deaths`, before it does what it did before. One
 * state directory a process. */
MUST_USE enum status trust_watch_deaths(const char *state_dir, struct error *err);
/* The same for a state that was found damaged. */
void trust_note_death(void);
/* Did the newest two runs end so, each within TRUST_EARLY_DEATH_MS of its start? */
bool trust_died_twice(const char *state_dir);
/* This run is past the danger, or the state was replaced. */
void trust_forget_deaths(void);

/* Reads what STATE_DIR/state says of itself in a child process, which may die of it. `known` false:
 * nothing that checks. */
void trust_peek_apart(const char *state_dir, struct embedded_applied *ret_applied);

/* Renames STATE_DIR/state to state.untrusted.N and forgets `boot`; syncs the directory. */
MUST_USE enum status trust_move_away(const char *state_dir, struct error *err);
/* Removes every state.untrusted.N; what cannot be removed stays. */
void trust_remove_moved(const char *state_dir);

#endif
