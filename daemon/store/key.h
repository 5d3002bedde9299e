/* All keys of the state. Integers are unsigned big-endian, so that LMDB's byte order is their
 * order; a text inside a key ends with a zero byte, so that no text is the prefix of another.
 *
 *            +----------------------+
 *   meta     | name                 |
 *            +----------------------+
 *   event    | revision u64 |
 *            +------+-------+------+---+---------------+
 *   record   | kind | key text ... | 0 | ~revision u64 |        newest version first
 *            +------+----+---------+-+-+-+------+------+-------+
 *   index    | attribute | value text | 0 | kind | key text ... |
 *            +-----------+---+---+----+---+------+---+----------+
 *   lane     | office text   | 0 | lane u64 | sequence u64 |
 *            +---------------+---+----------+--------+-----+
 *   cursor   | office text   | 0 | name text ...     |
 *            +---------------+---+-------------------+
 *   audit    | serial u64 |
 *            +------------+
 *   refusal  | index u64 |
 *            +-----------+----+----------------------+
 *   due      | day u32, +2^31 | operation text ...   |
 *            +----------------+----------------------+
 *
 * kind and attribute are one byte each. LMDB wants 1 to 511 bytes. */
#ifndef MANDATED_STORE_KEY_H
#define MANDATED_STORE_KEY_H

#include "store/store.h"

enum { KEY_BYTES_MAX = 511, KEY_PRINT_BYTES = 320 };

/* Not initialised beyond `len`. Where the parts do not fit, `len` is none that LMDB takes. */
struct key {
	size_t len;
	uint8_t data[KEY_BYTES_MAX];
};

struct key key_meta(const char *name);
struct key key_event(uint64_t revision);
struct key key_record(Mandate__Kind kind, const char *key, uint64_t revision);
struct key key_index(enum store_attribute attribute, const char *value, Mandate__Kind kind,
		     const char *key);
struct key key_lane(const char *office, uint64_t lane, uint64_t sequence);
struct key key_cursor(const char *office, const char *name);
struct key key_refusal(uint64_t index);
struct key key_audit(uint64_t serial);
struct key key_due(int32_t day, const char *operation);

/* Where a walk begins: before all of a kind; after every version of one record; before all entries
 * of an attribute and value (kind 0) or of those of a kind. */
struct key key_record_first(Mandate__Kind kind);
struct key key_record_after(Mandate__Kind kind, const char *key);
struct key key_index_first(enum store_attribute attribute, const char *value, Mandate__Kind kind);

/* False if `key` is empty or its parts were too long. */
bool key_fits(const struct key *key);

/* `key` becomes that of another revision of its record. */
void key_record_turn(struct key *key, uint64_t revision);

/* True if `key` begins with the first `len` bytes of `prefix`. */
bool key_begins(struct bytes key, const struct key *prefix, size_t len);

/* The number at the end of a key of event, lane, audit or refusal, and, not inverted, of record.
 * The key has been checked against its value's hash, but a length that cannot be is STATUS_CORRUPT.
 */
MUST_USE enum status key_number(struct bytes key, uint64_t *ret_number);
MUST_USE enum status key_record_revision(struct bytes key, uint64_t *ret_revision);

/* A copy, with a zero byte, of the text that ends at `key`'s end or at a zero byte, from `offset`
 * on. STATUS_CORRUPT if it is longer than a key can be. */
MUST_USE enum status key_text(struct bytes key, size_t offset, char ret_text[KEY_BYTES_MAX + 1]);

/* The day of a key of due. */
MUST_USE enum status key_day(struct bytes key, int32_t *ret_day);

/* "instrument UNMIL:UNSC:S/RES/1626 17": for messages to people. */
void key_print(char ret_text[KEY_PRINT_BYTES], enum store_table table, struct bytes key);

#endif
