#include "service/known.h"

#include "base/hash.h"
#include "base/limits.h"

#include <stdlib.h>

enum { SLOTS = 4096, SLOT_TEXT = CODE_TEXT_MAX + 1 };

/* One slot a hash value, the newest wins: no chains, no growth. */
struct known {
	struct {
		int kind;
		char text[SLOT_TEXT];
	} slots[SLOTS];
};

static size_t slot_of(int kind, const char *text)
{
	return hash_value((uint32_t)kind, bytes_of_text(text), bytes_of("", 0)) % SLOTS;
}

enum status known_new(struct known **ret_known)
{
	struct known *k = calloc(1, sizeof *k);

	if (!k)
		return STATUS_NO_MEMORY;
	*ret_known = k;
	return STATUS_OK;
}

void known_free(struct known *k)
{
	free(k);
}

bool known_has(const struct known *k, int kind, const char *text)
{
	size_t slot = slot_of(kind, text);

	return k->slots[slot].kind == kind && strcmp(k->slots[slot].text, text) == 0;
}

void known_add(struct known *k, int kind, const char *text)
{
	size_t slot = slot_of(kind, text), len = strlen(text);

	if (len >= SLOT_TEXT)
		return;
	k->slots[slot].kind = kind;
	memcpy(k->slots[slot].text, text, len + 1);
}

void known_clear(struct known *k)
{
	memset(k, 0, sizeof *k);
}
