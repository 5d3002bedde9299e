#include "base/hash.h"

#include <sodium.h>
#define XXH_STATIC_LINKING_ONLY /* for a hash state on the stack */
#include <xxhash.h>

#define CRC32C_POLYNOMIAL 0x82f63b78u /* reflected */

enum { VALUE_AT_ONCE_BYTES = 1024 };

static uint32_t crc_table[256];
static bool crc_hardware;

enum status hash_init(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t crc = i;

		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? CRC32C_POLYNOMIAL : 0);
		crc_table[i] = crc;
	}
#ifdef __x86_64__
	crc_hardware = __builtin_cpu_supports("sse4.2");
#endif
	return sodium_init() < 0 ? STATUS_IO : STATUS_OK;
}

static void hash_with(uint8_t ret_hash[HASH_BYTES], const uint8_t *key, size_t key_len,
		      const struct bytes *parts, size_t count)
{
	crypto_generichash_state state;

	/* Fixed sizes: none of the three can fail. */
	IGNORE_RESULT(crypto_generichash_init(&state, key, key_len, HASH_BYTES));
	for (size_t i = 0; i < count; i++)
		if (parts[i].len)
			IGNORE_RESULT(
				crypto_generichash_update(&state, parts[i].data, parts[i].len));
	IGNORE_RESULT(crypto_generichash_final(&state, ret_hash, HASH_BYTES));
}

void hash_parts(uint8_t ret_hash[HASH_BYTES], const struct bytes *parts, size_t count)
{
	hash_with(ret_hash, NULL, 0, parts, count);
}

void hash_keyed(uint8_t ret_hash[HASH_BYTES], const uint8_t key[HASH_BYTES],
		const struct bytes *parts, size_t count)
{
	hash_with(ret_hash, key, HASH_BYTES, parts, count);
}

void hash_one(uint8_t ret_hash[HASH_BYTES], struct bytes data)
{
	hash_parts(ret_hash, &data, 1);
}

void hash_chain_input(uint8_t chain[HASH_BYTES], uint64_t index, struct bytes payload)
{
	uint8_t number[8];

	put_u64(number, index);
	hash_parts(chain,
		   (struct bytes[]){bytes_of(chain, HASH_BYTES), bytes_of(number, 8), payload}, 3);
}

void hash_event(uint8_t ret_digest[HASH_BYTES], const uint8_t salt[SALT_BYTES], struct bytes event)
{
	hash_parts(ret_digest, (struct bytes[]){bytes_of(salt, SALT_BYTES), event}, 2);
}

void hash_chain_event(uint8_t chain[HASH_BYTES], uint64_t revision,
		      const uint8_t digest[HASH_BYTES])
{
	uint8_t number[8];

	put_u64(number, revision);
	hash_parts(chain,
		   (struct bytes[]){bytes_of(chain, HASH_BYTES), bytes_of(number, 8),
				    bytes_of(digest, HASH_BYTES)},
		   3);
}

void hash_salt(uint8_t ret_salt[SALT_BYTES], const uint8_t secret[HASH_BYTES], uint64_t revision)
{
	uint8_t number[8], full[HASH_BYTES];

	put_u64(number, revision);
	IGNORE_RESULT(crypto_generichash(full, sizeof full, number, sizeof number, secret,
					 HASH_BYTES)); /* fixed sizes: cannot fail */
	memcpy(ret_salt, full, SALT_BYTES);
}

static uint32_t crc_portable(uint32_t crc, struct bytes b)
{
	for (size_t i = 0; i < b.len; i++)
		crc = crc >> 8 ^ crc_table[(crc ^ b.data[i]) & 0xff];
	return crc;
}

#ifdef __x86_64__
__attribute__((target("sse4.2"))) static uint32_t crc_fast(uint32_t crc, struct bytes b)
{
	size_t i = 0;

	for (; i + 8 <= b.len; i += 8) {
		uint64_t word;

		memcpy(&word, b.data + i, sizeof word);
		crc = (uint32_t)__builtin_ia32_crc32di(crc, word);
	}
	for (; i < b.len; i++)
		crc = __builtin_ia32_crc32qi(crc, b.data[i]);
	return crc;
}
#else
static uint32_t crc_fast(uint32_t crc, struct bytes b)
{
	return crc_portable(crc, b);
}
#endif

uint32_t hash_crc32c(struct bytes a, struct bytes b)
{
	uint32_t crc = 0xffffffff;

	if (crc_hardware)
		return ~crc_fast(crc_fast(crc, a), b);
	return ~crc_portable(crc_portable(crc, a), b);
}

uint64_t hash_value(uint32_t table, struct bytes key, struct bytes rest)
{
	uint8_t joined[VALUE_AT_ONCE_BYTES];
	XXH3_state_t state;

	put_u32(joined, table);
	/* Most values are short, and setting up a streaming state costs more than hashing them. */
	if (4 + key.len + rest.len <= sizeof joined) {
		memcpy(joined + 4, key.data, key.len);
		if (rest.len)
			memcpy(joined + 4 + key.len, rest.data, rest.len);
		return XXH3_64bits(joined, 4 + key.len + rest.len);
	}
	/* The state lies on our stack and the lengths are true: none can fail. */
	IGNORE_RESULT(XXH3_64bits_reset(&state));
	IGNORE_RESULT(XXH3_64bits_update(&state, joined, 4));
	IGNORE_RESULT(XXH3_64bits_update(&state, key.data, key.len));
	IGNORE_RESULT(XXH3_64bits_update(&state, rest.data, rest.len));
	return XXH3_64bits_digest(&state);
}

void hash_random(void *ret_bytes, size_t len)
{
	randombytes_buf(ret_bytes, len);
}

void hash_hex(char *ret_text, const uint8_t *bytes, size_t len)
{
	sodium_bin2hex(ret_text, 2 * len + 1, bytes, len);
}

enum status hash_parse(uint8_t ret_hash[HASH_BYTES], const char *text)
{
	uint8_t hash[HASH_BYTES];
	size_t len;

	if (strlen(text) != 2 * HASH_BYTES ||
	    sodium_hex2bin(hash, sizeof hash, text, 2 * HASH_BYTES, NULL, &len, NULL) != 0 ||
	    len != HASH_BYTES)
		return STATUS_INVALID;
	memcpy(ret_hash, hash, HASH_BYTES);
	return STATUS_OK;
}
