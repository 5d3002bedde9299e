/* Key pairs of CURVE: as text (Z85, 40 characters), and in files, the only place for them.
 *
 * A file of a secret key has one line with it, and a comment that says whose it is and which public
 * key belongs to it; FILE.pub beside it is what may be given away. Comments begin with '#', which a
 * key may hold but not begin with: it stands for too large a number there. */
#ifndef MANDATED_BASE_KEYFILE_H
#define MANDATED_BASE_KEYFILE_H

#include "base/limits.h"
#include "base/status.h"

#include <stdbool.h>

enum { KEYFILE_TEXT_BYTES = PUBLIC_KEY_TEXT + 1 };

struct keyfile_pair {
	char public_key[KEYFILE_TEXT_BYTES];
	char secret_key[KEYFILE_TEXT_BYTES];
};

/* Z85 of a key; decoding is false for anything that encoding does not give. */
void keyfile_encode(char ret_text[KEYFILE_TEXT_BYTES], const uint8_t key[PUBLIC_KEY_BYTES]);
bool keyfile_decode(uint8_t ret_key[PUBLIC_KEY_BYTES], const char *text);

/* Reads a secret key and finds its public one. The file must be a regular one, ours or root's, and
 * nobody else's to read: STATUS_INVALID with the file and the reason otherwise, STATUS_NOT_FOUND if
 * there is none. `by_systemd`: a credential, which root may open to our group by an access list.
 * Wipe *ret_pair after use. */
MUST_USE enum status keyfile_read_secret(const char *path, bool by_systemd,
					 struct keyfile_pair *ret_pair, struct error *err);

MUST_USE enum status keyfile_read_public(const char *path, char ret_key[KEYFILE_TEXT_BYTES],
					 struct error *err);

/* Draws a pair into `path` (0600) and `path`.pub; STATUS_EXISTS if either is there, and nothing is
 * written. The comment names the pair after the file. */
MUST_USE enum status keyfile_create(const char *path, char ret_public_key[KEYFILE_TEXT_BYTES],
				    struct error *err);

void keyfile_wipe(struct keyfile_pair *pair);

#endif
