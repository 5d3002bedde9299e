/* The daemon's own key pairs: where their files are, and what is in them. */
#ifndef MANDATED_KEYS_H
#define MANDATED_KEYS_H

#include "base/keyfile.h"
#include "config.h"

struct keys {
	struct keyfile_pair now, next;	 /* empty: not needed */
	char to_draw[CONFIG_PATH_BYTES]; /* the default one, which is not there yet; "": none */
};

/* Reads what the endpoints of `c` need. Only the default file in state_dir may be missing: then
 * keys_draw makes it. */
MUST_USE enum status keys_read(const struct config *c, struct keys *ret_keys, struct error *err);

/* At the first start, in a state_dir that is locked: draws the pair that is missing, if any. */
MUST_USE enum status keys_draw(struct keys *keys, struct error *err);

void keys_wipe(struct keys *keys);

#endif
