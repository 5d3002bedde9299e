/* The three hashes of the project, behind one name each. */
#ifndef MANDATED_BASE_HASH_H
#define MANDATED_BASE_HASH_H

#include "base/bytes.h"
#include "base/status.h"

enum { HASH_BYTES = 32, SALT_BYTES = 16 };

/* H: BLAKE2b-256 without key, of all parts in turn. */
void hash_parts(uint8_t ret_hash[HASH_BYTES], const struct bytes *parts, size_t count);
void hash_one(uint8_t ret_hash[HASH_BYTES], struct bytes data);

/* j(i) = H(j(i-1) || index u64 || payload); `chain` is read and replaced. */
void hash_chain_input(uint8_t chain[HASH_BYTES], uint64_t index, struct bytes payload);

/* d(r) = H(salt || event bytes). */
void hash_event(uint8_t ret_digest[HASH_BYTES], const uint8_t salt[SALT_BYTES], struct bytes event);

/* h(r) = H(h(r-1) || revision u64 || d(r)); `chain` is read and replaced. */
void hash_chain_event(uint8_t chain[HASH_BYTES], uint64_t revision,
		      const uint8_t digest[HASH_BYTES]);

/* salt(r): the first 16 bytes of BLAKE2b-256 keyed with the instance's secret over r. */
void hash_salt(uint8_t ret_salt[SALT_BYTES], const uint8_t secret[HASH_BYTES], uint64_t revision);

/* BLAKE2b-256 keyed with `key`, of all parts in turn. */
void hash_keyed(uint8_t ret_hash[HASH_BYTES], const uint8_t key[HASH_BYTES],
		const struct bytes *parts, size_t count);

/* CRC-32C (Castagnoli) of a continued by b: what a journal entry carries. */
uint32_t hash_crc32c(struct bytes a, struct bytes b);

/* XXH3-64 of table u32 || key || rest: what every value of the state begins with. */
uint64_t hash_value(uint32_t table, struct bytes key, struct bytes rest);

/* Random bytes for names and secrets. hash_init must have succeeded once. */
void hash_random(void *ret_bytes, size_t len);
MUST_USE enum status hash_init(void);

/* "0a1b..." for people; `ret_text` has 2 * len + 1 bytes. hash_parse wants exactly 64 digits. */
void hash_hex(char *ret_text, const uint8_t *bytes, size_t len);
MUST_USE enum status hash_parse(uint8_t ret_hash[HASH_BYTES], const char *text);

#endif
