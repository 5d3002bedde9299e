/* One fact for each key and edition: what a file says twice. */
#include "clients/import_parts.h"

#include "base/limits.h"
#include "model/codec.h"
#include "model/record.h"

struct keyed {
	const char *key; /* with its kind and edition */
	struct import_fact *fact;
};

static int compare_keys(const void *x, const void *y)
{
	const struct keyed *a = x, *b = y;
	int order = strcmp(a->key, b->key);

	/* Facts stand in an array, in the order of their lines' texts. */
	return order != 0 ? order : a->fact < b->fact ? -1 : a->fact > b->fact;
}

/* Facts of one key, [0, count): the first stays if all say the same, otherwise none does. */
static void settle_key(struct import_run *run, struct keyed *same, size_t count)
{
	bool equal = true;

	for (size_t i = 1; i < count; i++)
		equal = equal && codec_equal(run->arena, &same[0].fact->change->record->base,
					     &same[i].fact->change->record->base);
	for (size_t i = 0; i < count && count > 1; i++) {
		struct import_fact *fact = same[i].fact;

		if (!equal)
			import_problem(run, fact->line, "key_twice",
				       "%zu rows say different things of %s: none is taken", count,
				       same[i].key);
		if (equal && i > 0)
			same[0].fact->rows += fact->rows;
		if (equal && i > 0 && fact->line < same[0].fact->line)
			same[0].fact->line = fact->line;
		if (!equal || i > 0)
			fact->change = NULL;
	}
}

enum status import_keys_settle(struct import_run *run, size_t first)
{
	struct import_result *result = run->result;
	size_t count = result->fact_count - first, kept = first;
	struct keyed *keyed = arena_calloc(run->arena, count + 1, sizeof *keyed);
	char key[KEY_TEXT_MAX + 1];

	if (!keyed)
		return STATUS_NO_MEMORY;
	for (size_t i = 0; i < count; i++) {
		const Mandate__Change *change = result->facts[first + i].change;
		enum status s = record_key(change->record, key);

		keyed[i].fact = &result->facts[first + i];
		keyed[i].key = s != STATUS_OK ? ""
					      : arena_printf(run->arena, "%s, edition %u", key,
							     change->edition);
		if (!keyed[i].key)
			return STATUS_NO_MEMORY;
		if (s != STATUS_OK) {
			import_problem(run, keyed[i].fact->line, "bad_text", "its key is too long");
			keyed[i].fact->change = NULL;
		}
	}
	import_sort(keyed, count, sizeof *keyed, compare_keys);
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && strcmp(keyed[end].key, keyed[i].key) == 0;)
			end++;
		if (keyed[i].key[0] != '\0')
			settle_key(run, &keyed[i], end - i);
	}
	for (size_t i = first; i < result->fact_count; i++)
		if (result->facts[i].change)
			result->facts[kept++] = result->facts[i];
	result->fact_count = kept;
	return STATUS_OK;
}
