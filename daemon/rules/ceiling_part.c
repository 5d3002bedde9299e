/* Named parts of components: each a series of entries of its own, told apart by its name alone. */
#include "rules/parts.h"

#include <stdlib.h>
#include <string.h>

static struct ceiling_part *part_at(const struct dossier *d, size_t index)
{
	return ((struct ceiling_part *const *)d->ceiling_parts.at)[index];
}

/* Where the part is, or belongs; there are few. */
static bool find(const struct dossier *d, const char *name, size_t *ret_index)
{
	size_t n = 0;
	int order = 1;

	while (n < d->ceiling_parts.count && (order = strcmp(part_at(d, n)->name, name)) < 0)
		n++;
	*ret_index = n;
	return n < d->ceiling_parts.count && order == 0;
}

static void part_free(struct ceiling_part *part)
{
	array_fini(&part->items);
	free(part->name);
	free(part);
}

static enum status new_part(struct dossier *d, size_t at, const char *name)
{
	struct ceiling_part *part = calloc(1, sizeof *part);
	enum status s = STATUS_NO_MEMORY;

	if (!part)
		return s;
	part->settled = DAY_INFINITE;
	part->name = strdup(name);
	if (part->name)
		s = array_insert(&d->ceiling_parts, sizeof part, at, &part);
	if (s != STATUS_OK)
		part_free(part);
	return s;
}

enum status ceiling_part_add(struct dossier *d, const char *name, const struct ceiling_item *item)
{
	struct ceiling_part *part;
	size_t at;

	if (!find(d, name, &at)) {
		enum status s = new_part(d, at, name);

		if (s != STATUS_OK)
			return s;
	}
	part = part_at(d, at);
	part->settled = day_least(part->settled, item->from);
	return array_insert(&part->items, sizeof *item, ceiling_place_of(&part->items, item), item);
}

void ceiling_part_drop(struct dossier *d, const char *name, const struct ceiling_item *item)
{
	struct ceiling_part *part;
	size_t at;

	if (!find(d, name, &at))
		return;
	part = part_at(d, at);
	part->settled = day_least(part->settled, item->from);
	array_remove(&part->items, sizeof *item, ceiling_place_of(&part->items, item));
	if (part->items.count > 0)
		return;
	array_remove(&d->ceiling_parts, sizeof part, at);
	part_free(part);
}

static void settle(struct ceiling_part *part)
{
	struct ceiling_item *items = part->items.at;
	size_t n = array_until(&part->items, sizeof *items, part->settled - 1);

	for (; n < part->items.count; n++) {
		struct span span = SPAN_ALL;
		const struct ceiling_item *before =
			ceiling_last(&part->items, items[n].from - 1, &span);

		ceiling_settle_item(&items[n], before != NULL, before ? (int64_t)before->value : 0);
	}
	part->settled = DAY_INFINITE;
}

void ceiling_part_settle(struct dossier *d)
{
	for (size_t n = 0; n < d->ceiling_parts.count; n++)
		if (part_at(d, n)->settled != DAY_INFINITE)
			settle(part_at(d, n));
}

Mandate__Component ceiling_part_parent(const struct ceiling_item *item)
{
	return item->parent ? item->parent : item->component;
}

struct ceiling_sum ceiling_part_sum(const struct dossier *d, Mandate__Component c, int32_t day,
				    struct span *span)
{
	struct ceiling_sum sum = {0};

	for (size_t n = 0; n < d->ceiling_parts.count; n++) {
		const struct ceiling_item *item = ceiling_last(&part_at(d, n)->items, day, span);

		if (!item || ceiling_part_parent(item) != c)
			continue;
		sum.persons += item->value;
		sum.entries++;
	}
	return sum;
}

void ceiling_part_fini(struct dossier *d)
{
	for (size_t n = 0; n < d->ceiling_parts.count; n++)
		part_free(part_at(d, n));
	array_fini(&d->ceiling_parts);
}

size_t ceiling_part_bytes(const struct dossier *d)
{
	size_t bytes = d->ceiling_parts.room * sizeof(struct ceiling_part *);

	for (size_t n = 0; n < d->ceiling_parts.count; n++)
		bytes += sizeof(struct ceiling_part) + strlen(part_at(d, n)->name) + 1 +
			 part_at(d, n)->items.room * sizeof(struct ceiling_item);
	return bytes;
}
