/* The tables whose keys say all: index and due. */
#include "store/walk.h"

#include <stdlib.h>

enum { DAY_BYTES = 4, NAMES_FIRST = 64 };

enum status store_index_add(struct store_txn *t, enum store_attribute attribute, const char *value,
			    Mandate__Kind kind, const char *key)
{
	struct key k = key_index(attribute, value, kind, key);

	return value_add(t, STORE_INDEX, &k);
}

enum status store_index_scan(struct store_txn *t, enum store_attribute attribute, const char *value,
			     Mandate__Kind kind, const char *after, store_key_visit *visit,
			     void *ctx)
{
	struct key prefix = key_index_first(attribute, value, kind);
	struct key from = after ? key_index(attribute, value, kind, after) : prefix;
	size_t kind_at = prefix.len - (kind != 0); /* where the kind is */
	char text[KEY_BYTES_MAX + 1];
	struct walk walk;
	struct row row;
	enum status s = walk_begin(&walk, t, STORE_INDEX);

	if (s != STATUS_OK)
		return s;
	s = walk_seek(&walk, &from, &row);
	if (s == STATUS_OK && after && row.key.len == from.len &&
	    key_begins(row.key, &from, from.len))
		s = walk_next(&walk, &row);
	for (; s == STATUS_OK && key_begins(row.key, &prefix, prefix.len);
	     s = walk_next(&walk, &row)) {
		s = txn_fail(t, key_text(row.key, kind_at + 1, text));
		if (s == STATUS_OK)
			s = visit(ctx, (Mandate__Kind)row.key.data[kind_at], text);
		if (s != STATUS_OK)
			break;
	}
	return walk_end(&walk, s);
}

enum status store_due_add(struct store_txn *t, int32_t day, const char *operation)
{
	struct key k = key_due(day, operation);

	return value_add(t, STORE_DUE, &k);
}

/* The first row of due in `ret_row`, if its day is `day` or before. */
static enum status first_due(struct store_txn *t, int32_t day, struct row *ret_row)
{
	struct key first = key_due(INT32_MIN, "");
	int32_t found;
	enum status s = value_seek(t, STORE_DUE, &first, ret_row);

	if (s == STATUS_OK)
		s = key_day(ret_row->key, &found);
	if (s == STATUS_OK && found > day)
		return STATUS_NOT_FOUND;
	return s;
}

struct names {
	const char **texts;
	size_t count, room;
};

/* A copy of the operation of a row of due. */
static enum status keep(struct names *names, struct arena *a, struct row row)
{
	char text[KEY_BYTES_MAX + 1];
	enum status s = key_text(row.key, DAY_BYTES, text);

	if (s != STATUS_OK)
		return s;
	if (names->count == names->room) {
		size_t room = names->room ? 2 * names->room : NAMES_FIRST;
		const char **texts = arena_calloc(a, room, sizeof *texts);

		if (!texts)
			return STATUS_NO_MEMORY;
		if (names->count)
			memcpy(texts, names->texts, names->count * sizeof *texts);
		names->texts = texts;
		names->room = room;
	}
	const char *copy = arena_text(a, text);
	if (!copy)
		return STATUS_NO_MEMORY;
	names->texts[names->count++] = copy;
	return STATUS_OK;
}

static int by_text(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static void sort_and_unite(struct names *names)
{
	const char **texts = names->texts;
	size_t kept = 0;

	if (names->count)
		qsort(texts, names->count, sizeof *texts, by_text);
	for (size_t i = 0; i < names->count; i++)
		if (!kept || strcmp(texts[kept - 1], texts[i]) != 0)
			texts[kept++] = texts[i];
	names->count = kept;
}

enum status store_due_take(struct store_txn *t, struct arena *a, int32_t day,
			   const char *const **ret_operations, size_t *ret_count)
{
	struct names names = {0};
	struct row row;
	enum status s;

	while ((s = first_due(t, day, &row)) == STATUS_OK) {
		s = keep(&names, a, row);
		for (int i = 0; s == STATUS_OK && i < 2; i++)
			s = env_status(room_for(t->store, t->txn, &t->room, STORE_DUE, 0));
		if (s == STATUS_OK) /* the cursor stands where first_due left it */
			s = env_write_status(t->store, mdb_cursor_del(t->at[STORE_DUE], 0));
		if (s != STATUS_OK)
			break;
	}
	if (s != STATUS_NOT_FOUND)
		return txn_fail(t, s);
	sort_and_unite(&names);
	*ret_operations = names.texts;
	*ret_count = names.count;
	return STATUS_OK;
}
