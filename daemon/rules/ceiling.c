#include "rules/ceiling.h"
#include "base/limits.h"
#include "rules/parts.h"
#include "rules/symbol.h"

#include <stdio.h>
#include <string.h>

#define C(name) MANDATE__COMPONENT__COMPONENT_##name

static const uint8_t parents[COMPONENTS] = {
	[C(MILITARY)] = C(UNIFORMED),	[C(POLICE)] = C(UNIFORMED),
	[C(TROOPS)] = C(MILITARY),	[C(STAFF_OFFICERS)] = C(MILITARY),
	[C(OBSERVERS)] = C(MILITARY),	[C(INDIVIDUAL_POLICE)] = C(POLICE),
	[C(FORMED_POLICE)] = C(POLICE),
};

/* Children before parents: what is derived from them comes after them. */
static const uint8_t upwards[] = {
	C(TROOPS),	  C(STAFF_OFFICERS), C(OBSERVERS), C(INDIVIDUAL_POLICE),
	C(FORMED_POLICE), C(CORRECTIONS),    C(MILITARY),  C(POLICE),
	C(UNIFORMED),	  C(FPU_UNITS),	     C(CIVILIANS),
};

Mandate__Component ceiling_parent(Mandate__Component component)
{
	return (Mandate__Component)parents[component];
}

/* --- keeping the entries in order --- */

static struct ceiling_item *items_of(const struct dossier *d, Mandate__Component c)
{
	return d->ceilings[c].at;
}

/* (from, adopted, number), and for one text a record of its own after what the instrument carries:
 * a total order, so that it does not matter which came first. */
static int compare(const struct ceiling_item *a, const struct ceiling_item *b)
{
	int order;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	if (a->adopted != b->adopted)
		return a->adopted < b->adopted ? -1 : 1;
	order = symbol_compare(a->document, b->document);
	if (order != 0)
		return order;
	if (!a->party != !b->party)
		return a->party ? -1 : 1;
	order = a->party ? strcmp(a->party, b->party) : 0;
	if (order != 0)
		return order;
	return a->position < b->position ? -1 : a->position > b->position;
}

size_t ceiling_place_of(const struct array *items, const struct ceiling_item *item)
{
	size_t low = 0, count = items->count;

	while (count > 0) {
		size_t half = count / 2;

		if (compare(&ITEMS(*items, struct ceiling_item)[low + half], item) < 0) {
			low += half + 1;
			count -= half + 1;
		} else {
			count = half;
		}
	}
	return low;
}

static void unsettle(struct dossier *d, int32_t from)
{
	if (d->ceilings_settled > from)
		d->ceilings_settled = from;
}

enum status ceiling_add(struct dossier *d, const struct ceiling_item *item)
{
	struct array *items = &d->ceilings[item->component];

	unsettle(d, item->from);
	d->ceilings_within += item->parent != 0;
	return array_insert(items, sizeof *item, ceiling_place_of(items, item), item);
}

void ceiling_drop(struct dossier *d, const struct ceiling_item *item)
{
	struct array *items = &d->ceilings[item->component];

	unsettle(d, item->from);
	d->ceilings_within -= item->parent != 0;
	array_remove(items, sizeof *item, ceiling_place_of(items, item));
}

/* What the instruments of the record's document say of it: adopted when, and whether it had any
 * effect. Without one on record it stands for itself, from its own first day. */
static bool takes_effect(const struct dossier *d, const struct ceiling_item *item,
			 int32_t *ret_adopted)
{
	int32_t adopted = DAY_INFINITE;
	bool on_record = false;

	for (size_t n = 0; n < d->parties.count; n++) {
		char key[3 * (KEY_TEXT_MAX + 1)];
		const struct instrument *i;
		size_t at;

		snprintf(key, sizeof key, "%s:%s:%s", d->name,
			 ITEMS(d->parties, struct party *const)[n]->code, item->document);
		if (!shelf_find(&d->instruments, key, &at))
			continue;
		i = ITEMS(d->instruments, struct instrument *const)[at];
		on_record = true;
		if (i->carried_out && i->adopted < adopted)
			adopted = i->adopted;
	}
	if (on_record && adopted == DAY_INFINITE)
		return false;
	*ret_adopted = on_record ? adopted : item->from;
	return true;
}

enum status ceiling_place(struct dossier *d, struct ceiling_fact *fact)
{
	fact->placed = takes_effect(d, &fact->item, &fact->item.adopted);
	return fact->placed ? ceiling_add(d, &fact->item) : STATUS_OK;
}

enum status ceiling_follow(struct dossier *d, const char *document)
{
	char prefix[2 * (KEY_TEXT_MAX + 1)];
	size_t len, at;

	if (d->ceiling_facts.count == 0)
		return STATUS_OK;
	len = (size_t)snprintf(prefix, sizeof prefix, "%s:%s:", d->name, document);
	if (len >= sizeof prefix)
		return STATUS_OK; /* no key is that long */
	shelf_find(&d->ceiling_facts, prefix, &at);
	for (; at < d->ceiling_facts.count; at++) {
		struct ceiling_fact *fact = ((struct ceiling_fact **)d->ceiling_facts.at)[at];
		enum status s;

		if (strncmp(fact->fact.key, prefix, len) != 0)
			break;
		if (fact->placed)
			ceiling_drop(d, &fact->item);
		s = ceiling_place(d, fact);
		if (s != STATUS_OK)
			return s;
	}
	return STATUS_OK;
}

/* --- deriving along the entries --- */

static int64_t value_on(const struct dossier *d, Mandate__Component c, int32_t day, bool *ret_set)
{
	struct span span = SPAN_ALL;
	struct ceiling_day on;

	ceiling_fold(d, c, day, &on, &span);
	*ret_set = on.set;
	return on.set ? (int64_t)on.persons : 0;
}

static uint64_t value_after(const struct ceiling_item *item, int64_t before)
{
	int64_t value = item->has_persons ? (int64_t)item->persons : before + item->delta;

	return value > 0 ? (uint64_t)value : 0;
}

void ceiling_settle_item(struct ceiling_item *item, bool set_before, int64_t before)
{
	item->value = item->value_apart = value_after(item, before);
	item->lowers = !set_before || (int64_t)item->value < before;
}

static void settle_values(const struct dossier *d, Mandate__Component c, size_t first)
{
	struct ceiling_item *items = items_of(d, c);

	for (size_t n = first; n < d->ceilings[c].count; n++) {
		struct span span = SPAN_ALL;
		struct ceiling_day apart;
		bool set;
		int64_t before = value_on(d, c, items[n].from - 1, &set);

		ceiling_settle_item(&items[n], set, before);
		if (d->ceilings_within == 0)
			continue;
		ceiling_fold_apart(d, c, items[n].from - 1, &apart, &span);
		items[n].value_apart =
			value_after(&items[n], apart.set ? (int64_t)apart.persons : 0);
	}
}

static bool has_units(const struct dossier *d, const struct ceiling_item *police)
{
	const struct ceiling_item *units = items_of(d, C(FPU_UNITS));
	size_t n = array_until(&d->ceilings[C(FPU_UNITS)], sizeof *units, police->from);

	while (n-- > 0 && units[n].from == police->from)
		if (strcmp(units[n].document, police->document) == 0)
			return true;
	return false;
}

/* A text that changes the police without a number of units ends the number of units; one that
 * restates the same police leaves it. */
static void settle_units(const struct dossier *d, size_t first)
{
	struct ceiling_item *items = items_of(d, C(POLICE));

	for (size_t n = first; n < d->ceilings[C(POLICE)].count; n++) {
		bool same_day = n > 0 && items[n - 1].from == items[n].from, set = true;
		int64_t before = same_day ? (int64_t)items[n - 1].value
					  : value_on(d, C(POLICE), items[n].from - 1, &set);

		items[n].ends_units =
			(!set || before != (int64_t)items[n].value) && !has_units(d, &items[n]);
	}
}

void ceiling_settle(struct dossier *d)
{
	int32_t from = d->ceilings_settled;

	ceiling_part_settle(d);
	if (from == DAY_INFINITE)
		return;
	for (size_t n = 0; n < sizeof upwards; n++) {
		Mandate__Component c = (Mandate__Component)upwards[n];
		size_t first = array_until(&d->ceilings[c], sizeof(struct ceiling_item), from - 1);

		settle_values(d, c, first);
		if (c == C(POLICE))
			settle_units(d, first);
	}
	d->ceilings_settled = DAY_INFINITE;
}

/* --- folds --- */

/* The entry that rules on `day`: the last in order that lasts, NULL if none does. */
const struct ceiling_item *ceiling_last(const struct array *in_order, int32_t day,
					struct span *span)
{
	const struct ceiling_item *items = in_order->at;
	size_t n = array_until(in_order, sizeof *items, day);

	if (n < in_order->count)
		span_end(span, items[n].from - 1);
	while (n-- > 0) {
		if (items[n].until >= day) {
			span_begin(span, items[n].from);
			span_end(span, items[n].until);
			return &items[n];
		}
		span_begin(span, items[n].until + 1);
	}
	return NULL;
}

const struct ceiling_item *ceiling_ruling(const struct dossier *d, Mandate__Component c,
					  int32_t day, struct span *span)
{
	return ceiling_last(&d->ceilings[c], day, span);
}

bool ceiling_corrections_within(const struct dossier *d, int32_t day, struct span *span)
{
	const struct ceiling_item *item;

	if (d->ceilings_within == 0)
		return false;
	item = ceiling_ruling(d, C(CORRECTIONS), day, span);
	return item && item->parent == C(POLICE);
}

/* Has a later text on the police ended this number of units? */
static bool units_ended(const struct dossier *d, const struct ceiling_item *units, int32_t day,
			struct span *span)
{
	const struct ceiling_item *items = items_of(d, C(POLICE));
	size_t n = array_until(&d->ceilings[C(POLICE)], sizeof *items, day);

	if (n < d->ceilings[C(POLICE)].count)
		span_end(span, items[n].from - 1);
	while (n-- > 0 && compare(&items[n], units) > 0) {
		if (!items[n].ends_units)
			continue;
		if (items[n].until >= day) {
			span_begin(span, items[n].from);
			span_end(span, items[n].until);
			return true;
		}
		span_begin(span, items[n].until + 1);
	}
	return false;
}

static void add_child(struct ceiling_day *sum, const struct ceiling_day *child)
{
	sum->set = sum->derived = true;
	sum->persons += child->persons;
	if (child->from > sum->from)
		sum->from = child->from;
	if (child->until < sum->until)
		sum->until = child->until;
	sum->comply_by = day_greatest(sum->comply_by, child->comply_by);
	sum->reach_by = day_greatest(sum->reach_by, child->reach_by);
}

struct ceiling_day ceiling_of(const struct ceiling_item *item)
{
	int32_t lowered = item->lowers ? item->from : DAY_NEVER;

	return (struct ceiling_day){.set = true,
				    .persons = item->value,
				    .from = item->from,
				    .until = item->until,
				    .comply_by = item->comply_by,
				    .reach_by = item->comply_by != DAY_NEVER ? item->comply_by
									     : lowered,
				    .document = item->document};
}

/* `within`: corrections officers count within the police where a text says so. */
static void fold(const struct dossier *d, Mandate__Component c, int32_t day, bool within,
		 struct ceiling_day *to, struct span *span)
{
	const struct ceiling_item *item = ceiling_ruling(d, c, day, span);
	struct ceiling_day one;

	*to = (struct ceiling_day){.from = DAY_NEVER,
				   .until = DAY_INFINITE,
				   .comply_by = DAY_NEVER,
				   .reach_by = DAY_NEVER};
	if (item && c == C(FPU_UNITS) && units_ended(d, item, day, span))
		return;
	if (item) {
		*to = ceiling_of(item);
		if (!within)
			to->persons = item->value_apart;
		return;
	}
	if (c != C(UNIFORMED) && c != C(MILITARY) && c != C(POLICE))
		return; /* nothing is below it */
	for (Mandate__Component child = C(UNIFORMED); child < COMPONENTS; child++) {
		if (parents[child] != c)
			continue;
		fold(d, child, day, within, &one, span);
		if (one.set)
			add_child(to, &one);
	}
	/* Their number alone is none for the police. */
	if (within && to->set && c == C(POLICE) && ceiling_corrections_within(d, day, span)) {
		fold(d, C(CORRECTIONS), day, within, &one, span);
		add_child(to, &one);
	}
}

void ceiling_fold(const struct dossier *d, Mandate__Component c, int32_t day,
		  struct ceiling_day *ret_ceiling, struct span *span)
{
	fold(d, c, day, true, ret_ceiling, span);
}

void ceiling_fold_apart(const struct dossier *d, Mandate__Component c, int32_t day,
			struct ceiling_day *ret_ceiling, struct span *span)
{
	fold(d, c, day, false, ret_ceiling, span);
}

static void add_entries(const struct dossier *d, Mandate__Component c, int32_t day,
			struct ceiling_sum *sum, struct span *span)
{
	const struct ceiling_item *item = ceiling_ruling(d, c, day, span);
	struct ceiling_sum below = {0};

	if (item)
		below = (struct ceiling_sum){.persons = item->value, .entries = 1};
	else
		below = ceiling_below(d, c, day, span);
	sum->persons += below.persons;
	sum->entries += below.entries;
}

struct ceiling_sum ceiling_below(const struct dossier *d, Mandate__Component c, int32_t day,
				 struct span *span)
{
	struct ceiling_sum sum = {0};

	for (Mandate__Component child = C(UNIFORMED); child < COMPONENTS; child++)
		if (parents[child] == c)
			add_entries(d, child, day, &sum, span);
	/* As in fold: alone they are no sum. */
	if (c == C(POLICE) && sum.entries > 0 && ceiling_corrections_within(d, day, span))
		add_entries(d, C(CORRECTIONS), day, &sum, span);
	return sum;
}

void ceiling_on(const struct dossier *d, Mandate__Component component, int32_t day,
		struct ceiling_day *ret_ceiling)
{
	struct span span = SPAN_ALL;

	ceiling_fold(d, component, day, ret_ceiling, &span);
}

bool ceiling_is_set(const struct dossier *d, Mandate__Component component, int32_t day)
{
	struct span span = SPAN_ALL;

	for (; component; component = ceiling_parent(component))
		if (ceiling_ruling(d, component, day, &span))
			return true;
	return false;
}

/* --- all of them --- */

static struct ceiling_row row_of(const struct ceiling_item *item, const char *name,
				 Mandate__Component within)
{
	return (struct ceiling_row){.component = item->component,
				    .name = name,
				    .parent = item->parent ? item->parent : within,
				    .has_delta = !item->has_persons,
				    .delta = item->delta,
				    .wording = item->wording,
				    .ceiling = ceiling_of(item)};
}

enum status ceiling_rows(const struct dossier *d, int32_t day, struct arena *a,
			 const struct ceiling_row **ret_rows, size_t *ret_count)
{
	struct ceiling_row *rows =
		arena_calloc(a, COMPONENTS + d->ceiling_parts.count, sizeof *rows);
	size_t count = 0;

	if (!rows)
		return STATUS_NO_MEMORY;
	for (Mandate__Component c = C(UNIFORMED); c < COMPONENTS; c++) {
		struct span span = SPAN_ALL;
		const struct ceiling_item *item = ceiling_ruling(d, c, day, &span);
		struct ceiling_day on;

		ceiling_fold(d, c, day, &on, &span);
		if (!on.set)
			continue;
		rows[count] =
			item ? row_of(item, NULL, ceiling_parent(c))
			     : (struct ceiling_row){.component = c, .parent = ceiling_parent(c)};
		rows[count++].ceiling = on;
	}
	for (size_t n = 0; n < d->ceiling_parts.count; n++) {
		const struct ceiling_part *part =
			ITEMS(d->ceiling_parts, struct ceiling_part *const)[n];
		struct span span = SPAN_ALL;
		const struct ceiling_item *item = ceiling_last(&part->items, day, &span);

		if (item)
			rows[count++] = row_of(item, part->name, ceiling_part_parent(item));
	}
	*ret_rows = rows;
	*ret_count = count;
	return STATUS_OK;
}

void ceiling_fini(struct dossier *d)
{
	for (size_t c = 0; c < COMPONENTS; c++)
		array_fini(&d->ceilings[c]);
	ceiling_part_fini(d);
}

size_t ceiling_bytes(const struct dossier *d)
{
	size_t items = 0;

	for (size_t c = 0; c < COMPONENTS; c++)
		items += d->ceilings[c].room;
	return items * sizeof(struct ceiling_item) + ceiling_part_bytes(d);
}
