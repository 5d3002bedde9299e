/* Whom the gate admits, and what it calls them. */
#include "net/gate_impl.h"

#include "base/hash.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEX = 16, TOKEN_TEXT = 2 * TOKEN_BYTES };

static int compare_keys(const void *a, const void *b)
{
	const struct admitted *x = a, *y = b;

	return strcmp(x->key, y->key);
}

static struct admitted *find(const struct gate *g, const char *key)
{
	struct admitted wanted;

	snprintf(wanted.key, sizeof wanted.key, "%s", key);
	return g->key_count ? bsearch(&wanted, g->keys, g->key_count, sizeof *g->keys, compare_keys)
			    : NULL;
}

/* Offices are told apart by it, and 0 is nobody's. */
static uint64_t number_of(const char *office)
{
	uint64_t number = hash_value(0, bytes_of_text(office), (struct bytes){0});

	return number ? number : 1;
}

enum status gate_set_keys(struct gate *g, const struct gate_key *keys, size_t count,
			  uint64_t now_ms)
{
	struct admitted *table = calloc(count + 1, sizeof *table);

	if (!table)
		return STATUS_NO_MEMORY;
	pthread_mutex_lock(&g->mutex);
	for (size_t i = 0; i < count; i++) {
		struct admitted *before = find(g, keys[i].key), *to = &table[i];

		snprintf(to->key, sizeof to->key, "%s", keys[i].key);
		to->office = number_of(keys[i].office);
		if (before)
			to->handshakes = before->handshakes;
		else
			bucket_init_burst(&to->handshakes, HANDSHAKES_PER_SECOND, HANDSHAKES_BURST,
					  now_ms);
	}
	qsort(table, count, sizeof *table, compare_keys);
	void *old = g->keys;
	g->keys = table;
	g->key_count = count;
	pthread_mutex_unlock(&g->mutex);
	free(old);
	return STATUS_OK;
}

enum gate_verdict gate_admit(struct gate *g, const char *key, uint64_t now_ms, uint64_t *ret_office)
{
	enum gate_verdict verdict = GATE_UNKNOWN;
	uint32_t wait_ms;

	pthread_mutex_lock(&g->mutex);
	struct admitted *a = find(g, key);
	if (a && bucket_open(&a->handshakes, now_ms, &wait_ms)) {
		bucket_take(&a->handshakes, now_ms, 1);
		*ret_office = a->office;
		verdict = GATE_ADMITTED;
	} else if (a) {
		verdict = GATE_TOO_OFTEN;
	}
	pthread_mutex_unlock(&g->mutex);
	return verdict;
}

/* --- what comes with each message ----------------------------------------------------------- */

void gate_user_id(const struct gate *g, uint64_t office, const char *key,
		  char ret_user_id[GATE_USER_ID_BYTES])
{
	snprintf(ret_user_id, GATE_USER_ID_BYTES, "%s:%016" PRIx64 ":%s", g->token, office, key);
}

static bool is_ours(const struct gate *g, const char *user_id)
{
	return user_id && strlen(user_id) == GATE_USER_ID_BYTES - 1 && user_id[TOKEN_TEXT] == ':' &&
	       user_id[TOKEN_TEXT + 1 + HEX] == ':' &&
	       sodium_memcmp(user_id, g->token, TOKEN_TEXT) == 0;
}

bool gate_identify(const struct gate *g, const char *user_id, char ret_key[KEYFILE_TEXT_BYTES])
{
	if (!is_ours(g, user_id))
		return false;
	memcpy(ret_key, user_id + TOKEN_TEXT + 1 + HEX + 1, KEYFILE_TEXT_BYTES);
	return true;
}

void gate_received(struct gate *g, int fd, const char *user_id)
{
	if (fd < 0 || (size_t)fd >= g->descriptors)
		return;
	if (is_ours(g, user_id))
		atomic_store_explicit(&g->offices[fd], strtoull(user_id + TOKEN_TEXT + 1, NULL, 16),
				      memory_order_relaxed);
	atomic_fetch_add_explicit(&g->frames[fd], 1, memory_order_relaxed);
}
