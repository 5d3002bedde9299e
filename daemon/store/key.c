#include "store/key.h"

#include "model/record.h"

#include <inttypes.h>
#include <stdio.h>

/* A day is signed; turned about its sign bit it sorts as unsigned. */
#define DAY_BIAS 0x80000000u

enum { REVISION_BYTES = 8 };

/* Room for `len` bytes more, or NULL: then the key is, and stays, none. */
static uint8_t *extend(struct key *k, size_t len)
{
	if (k->len > KEY_BYTES_MAX || len > KEY_BYTES_MAX - k->len) {
		k->len = KEY_BYTES_MAX + 1;
		return NULL;
	}
	k->len += len;
	return k->data + k->len - len;
}

static void add_byte(struct key *k, unsigned value)
{
	uint8_t *to = extend(k, 1);

	if (to)
		*to = (uint8_t)value;
}

static void add_number(struct key *k, uint64_t value)
{
	uint8_t *to = extend(k, 8);

	if (to)
		put_u64(to, value);
}

static void add_text(struct key *k, const char *text)
{
	size_t len = strlen(text);
	uint8_t *to = extend(k, len);

	if (to)
		memcpy(to, text, len);
}

bool key_fits(const struct key *key)
{
	return key->len > 0 && key->len <= KEY_BYTES_MAX;
}

struct key key_meta(const char *name)
{
	struct key k;

	k.len = 0;
	add_text(&k, name);
	return k;
}

struct key key_event(uint64_t revision)
{
	struct key k;

	k.len = 0;
	add_number(&k, revision);
	return k;
}

struct key key_record(Mandate__Kind kind, const char *key, uint64_t revision)
{
	struct key k;

	k.len = 0;
	add_byte(&k, kind);
	add_text(&k, key);
	add_byte(&k, 0);
	add_number(&k, ~revision);
	return k;
}

struct key key_record_first(Mandate__Kind kind)
{
	struct key k;

	k.len = 0;
	add_byte(&k, kind);
	return k;
}

struct key key_record_after(Mandate__Kind kind, const char *key)
{
	struct key k;

	k.len = 0;
	add_byte(&k, kind);
	add_text(&k, key);
	add_byte(&k, 1); /* its versions have 0 there, every later text 1 or more */
	return k;
}

void key_record_turn(struct key *key, uint64_t revision)
{
	put_u64(key->data + key->len - REVISION_BYTES, ~revision);
}

struct key key_index(enum store_attribute attribute, const char *value, Mandate__Kind kind,
		     const char *key)
{
	struct key k;

	k.len = 0;
	add_byte(&k, attribute);
	add_text(&k, value);
	add_byte(&k, 0);
	add_byte(&k, kind);
	add_text(&k, key);
	return k;
}

struct key key_index_first(enum store_attribute attribute, const char *value, Mandate__Kind kind)
{
	struct key k;

	k.len = 0;
	add_byte(&k, attribute);
	add_text(&k, value);
	add_byte(&k, 0);
	if (kind)
		add_byte(&k, kind);
	return k;
}

struct key key_lane(const char *office, uint64_t lane, uint64_t sequence)
{
	struct key k;

	k.len = 0;
	add_text(&k, office);
	add_byte(&k, 0);
	add_number(&k, lane);
	add_number(&k, sequence);
	return k;
}

struct key key_cursor(const char *office, const char *name)
{
	struct key k;

	k.len = 0;
	add_text(&k, office);
	add_byte(&k, 0);
	add_text(&k, name);
	return k;
}

struct key key_refusal(uint64_t index)
{
	struct key k;

	k.len = 0;
	add_number(&k, index);
	return k;
}

struct key key_audit(uint64_t serial)
{
	return key_refusal(serial);
}

struct key key_due(int32_t day, const char *operation)
{
	struct key k;

	put_u32(k.data, (uint32_t)day ^ DAY_BIAS);
	k.len = 4;
	add_text(&k, operation);
	return k;
}

bool key_begins(struct bytes key, const struct key *prefix, size_t len)
{
	return key.len >= len && memcmp(key.data, prefix->data, len) == 0;
}

enum status key_number(struct bytes key, uint64_t *ret_number)
{
	if (key.len < 8)
		return STATUS_CORRUPT;
	*ret_number = get_u64(key.data + key.len - 8);
	return STATUS_OK;
}

enum status key_record_revision(struct bytes key, uint64_t *ret_revision)
{
	uint64_t inverted;
	enum status s = key_number(key, &inverted);

	if (s == STATUS_OK)
		*ret_revision = ~inverted;
	return s;
}

enum status key_text(struct bytes key, size_t offset, char ret_text[KEY_BYTES_MAX + 1])
{
	if (offset > key.len || key.len - offset > KEY_BYTES_MAX)
		return STATUS_CORRUPT;
	size_t len = strnlen((const char *)key.data + offset, key.len - offset);
	memcpy(ret_text, key.data + offset, len);
	ret_text[len] = 0;
	return STATUS_OK;
}

enum status key_day(struct bytes key, int32_t *ret_day)
{
	if (key.len < 4)
		return STATUS_CORRUPT;
	*ret_day = (int32_t)(get_u32(key.data) ^ DAY_BIAS);
	return STATUS_OK;
}

/* --- for people ---------------------------------------------------------------------------- */

enum part { PART_END, BYTE, KIND, TEXT, NUMBER, INVERTED, DAY, HEX };

enum { PARTS_MAX = 5 };

/* The drawing once more, as far as printing needs it. */
static const enum part layouts[STORE_TABLE_END][PARTS_MAX] = {
	[STORE_META] = {TEXT},
	[STORE_EVENT] = {NUMBER},
	[STORE_RECORD] = {KIND, TEXT, INVERTED},
	[STORE_INDEX] = {BYTE, TEXT, KIND, TEXT},
	[STORE_LANE] = {TEXT, NUMBER, NUMBER},
	[STORE_CURSOR] = {TEXT, TEXT},
	[STORE_AUDIT] = {NUMBER},
	[STORE_REFUSAL] = {NUMBER},
	[STORE_DUE] = {DAY, TEXT},
};

/* Prints one part of what is left of a key and answers its length; 0 if it is none such. */
static size_t print_part(FILE *out, enum part part, struct bytes left)
{
	const char *name;
	size_t len;

	switch (part) {
	case BYTE:
		fprintf(out, "%u", left.data[0]);
		return 1;
	case KIND:
		name = record_kind_name((Mandate__Kind)left.data[0]);
		fprintf(out, "%s", name ? name : "?");
		return 1;
	case TEXT:
		len = strnlen((const char *)left.data, left.len);
		for (size_t i = 0; i < len; i++)
			fputc(left.data[i] < ' ' || left.data[i] == 0x7f ? '?' : left.data[i], out);
		return len < left.len ? len + 1 : len;
	case NUMBER:
	case INVERTED:
		if (left.len < 8)
			return 0;
		fprintf(out, "%" PRIu64, part == NUMBER ? get_u64(left.data) : ~get_u64(left.data));
		return 8;
	case DAY:
		if (left.len < 4)
			return 0;
		fprintf(out, "day %" PRId32, (int32_t)(get_u32(left.data) ^ DAY_BIAS));
		return 4;
	case HEX:
		for (size_t i = 0; i < left.len; i++)
			fprintf(out, "%02x", left.data[i]);
		return left.len;
	case PART_END:
		break;
	}
	return 0;
}

void key_print(char ret_text[KEY_PRINT_BYTES], enum store_table table, struct bytes key)
{
	FILE *out = fmemopen(ret_text, KEY_PRINT_BYTES, "w");

	ret_text[0] = 0;
	if (!out)
		return;
	for (size_t i = 0; key.len && i < PARTS_MAX; i++) {
		if (i)
			fputc(' ', out);
		size_t len = print_part(out, layouts[table][i], key);
		if (!len)
			len = print_part(out, HEX, key);
		key = bytes_of(key.data + len, key.len - len);
	}
	IGNORE_RESULT(fclose(out)); /* a text that is too long is cut */
	ret_text[KEY_PRINT_BYTES - 1] = 0;
}
