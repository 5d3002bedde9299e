/* Checkpoints: copies of the state, from which a rebuild may begin instead of at the journal's
 * first entry. STATE_DIR/checkpoint/<applied index, 20 digits>/ holds one environment each; two are
 * kept. */
#ifndef MANDATED_SERVICE_CHECKPOINT_H
#define MANDATED_SERVICE_CHECKPOINT_H

#include "store/store.h"

enum { CHECKPOINT_PATH_BYTES = 4096, CHECKPOINTS_KEPT = 2 };

/* Copies the committed state, syncs it, opens the copy and checks what it says of itself, renames
 * it into place, removes all but the newest two. STATUS_FULL unless twice the state's size is free.
 * Whatever fails, the checkpoints that were there stay. */
MUST_USE enum status checkpoint_make(struct store *s, const char *state_dir, struct error *err,
				     uint64_t *ret_index);

/* The checkpoint with the highest applied index at most `index_max`, and below it if `older` (the
 * one before the newest). STATUS_NOT_FOUND. */
MUST_USE enum status checkpoint_find(const char *state_dir, uint64_t index_max, bool older,
				     char ret_path[CHECKPOINT_PATH_BYTES], uint64_t *ret_index);

/* Copies a checkpoint (or any closed environment) into the new directory `to`, synced. */
MUST_USE enum status checkpoint_copy(const char *from, const char *to, struct error *err);

/* Removes a directory of ours and the files in it; not there is fine. */
MUST_USE enum status checkpoint_remove(const char *directory, struct error *err);

#endif
