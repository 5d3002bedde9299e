#include "rules/function_home.h"
#include "rules/home.h"
#include "rules/parts.h"

#include <stdlib.h>
#include <string.h>

/* --- which homes --- */

enum status function_home_area(const struct view *v, struct arena *a,
			       const Mandate__Arrangement *arrangement, const char **ret_area)
{
	const char *area = arrangement->area;

	if (!area && arrangement->operation) {
		struct view_fact fact;
		enum status s = view_get(v, a, MANDATE__KIND__KIND_OPERATION,
					 arrangement->operation, &fact);

		if (s != STATUS_OK && s != STATUS_NOT_FOUND)
			return s;
		if (s == STATUS_OK && fact.record && fact.record->operation->n_hosts > 0)
			area = fact.record->operation->hosts[0];
	}
	*ret_area = area ? arena_text(a, area) : NULL;
	return area && !*ret_area ? STATUS_NO_MEMORY : STATUS_OK;
}

struct homes {
	struct arena *a;
	const char **at;
	size_t count;
};

static bool add_home(struct homes *homes, const char *function, const char *area)
{
	const char *home = home_of_function(homes->a, function, area);

	if (home)
		homes->at[homes->count++] = home;
	return home;
}

static int compare_texts(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static const Mandate__Claim *claim_of(const struct dossier *d, size_t index)
{
	const struct fact *fact = shelf_at(&d->partnership.claims, index);

	return ((const struct claim_fact *)(const void *)fact)->record;
}

enum status function_home_list(const struct dossier *d, const struct view *v, struct arena *a,
			       const char *const **ret_homes, size_t *ret_count)
{
	const struct array *handovers = &d->partnership.handovers;
	const struct arrangement_ref *refs = handovers->at;
	size_t room = d->partnership.claims.count, kept = 0;
	struct homes homes = {.a = a};

	for (size_t n = 0; n < handovers->count; n++)
		room += refs[n].of->record->n_functions;
	homes.at = arena_calloc(a, room + 1, sizeof *homes.at);
	if (!homes.at)
		return STATUS_NO_MEMORY;
	for (size_t n = 0; n < d->partnership.claims.count; n++)
		if (!add_home(&homes, claim_of(d, n)->function, claim_of(d, n)->area))
			return STATUS_NO_MEMORY;
	for (size_t n = 0; n < handovers->count; n++) {
		const Mandate__Arrangement *h = refs[n].of->record;
		const char *area;
		enum status s = function_home_area(v, a, h, &area);

		if (s != STATUS_OK)
			return s;
		for (size_t i = 0; area && i < h->n_functions; i++)
			if (!add_home(&homes, h->functions[i], area))
				return STATUS_NO_MEMORY;
	}
	qsort(homes.at, homes.count, sizeof *homes.at, compare_texts);
	for (size_t i = 0; i < homes.count; i++)
		if (kept == 0 || strcmp(homes.at[kept - 1], homes.at[i]) != 0)
			homes.at[kept++] = homes.at[i];
	*ret_homes = homes.at;
	*ret_count = kept;
	return STATUS_OK;
}

/* --- building --- */

struct build {
	struct dossier *home;
	const struct view *v;
	struct arena *scratch;
	enum dossier_extent extent; /* of the operations */
};

static const char *area_of(const struct dossier *home)
{
	return strchr(home->name, ':') + 1;
}

static enum status visit_arrangement(void *ctx, const struct view_fact *fact)
{
	struct build *b = ctx;
	const char *area;
	enum status s;

	if (fact->record->arrangement->kind !=
	    MANDATE__ARRANGEMENT_KIND__ARRANGEMENT_KIND_HANDOVER_OF_FUNCTION)
		return STATUS_OK;
	s = function_home_area(b->v, b->scratch, fact->record->arrangement, &area);
	if (s != STATUS_OK || !area || strcmp(area, area_of(b->home)) != 0)
		return s;
	return partnership_read(b->home, b->v, b->scratch, fact);
}

static enum status visit_claim(void *ctx, const struct view_fact *fact)
{
	struct build *b = ctx;

	return partnership_put(b->home, fact->kind, fact->key, fact->record);
}

static struct dossier *operation_at(const struct dossier *home, size_t index)
{
	return ((struct dossier *const *)home->partnership.operations.at)[index];
}

/* Where it is or belongs. */
static bool find_operation(const struct dossier *home, const char *name, size_t *ret_index)
{
	size_t low = 0, high = home->partnership.operations.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(operation_at(home, middle)->name, name);

		if (order == 0) {
			*ret_index = middle;
			return true;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*ret_index = low;
	return false;
}

static enum status build_operation(struct build *b, const char *name)
{
	struct dossier *d;
	enum status s;
	size_t at;

	if (!name || find_operation(b->home, name, &at))
		return STATUS_OK;
	s = dossier_new_within(b->v, b->scratch, name, b->extent, &d);
	if (s != STATUS_OK)
		return s;
	s = array_insert(&b->home->partnership.operations, sizeof d, at, &d);
	if (s != STATUS_OK)
		dossier_free(d);
	return s;
}

enum status function_home_build(struct dossier *home, const struct view *v, struct arena *scratch,
				enum dossier_extent extent)
{
	struct build b = {home, v, scratch, extent};
	const struct array *handovers = &home->partnership.handovers;
	enum status s = view_scan(v, scratch, MANDATE__KIND__KIND_ARRANGEMENT, home->name,
				  visit_arrangement, &b);

	if (s == STATUS_OK)
		s = view_scan(v, scratch, MANDATE__KIND__KIND_CLAIM, home->name, visit_claim, &b);
	for (size_t n = 0; s == STATUS_OK && n < handovers->count; n++) {
		const Mandate__Arrangement *h =
			ITEMS(*handovers, struct arrangement_ref)[n].of->record;

		s = build_operation(&b, h->operation);
		if (s == STATUS_OK)
			s = build_operation(&b, h->other_operation);
	}
	for (size_t n = 0; s == STATUS_OK && n < home->partnership.claims.count; n++)
		s = build_operation(&b, claim_of(home, n)->operation);
	return s;
}

/* --- keeping in step --- */

static bool same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/* Is the area of a handover of this home that of an operation? */
static bool is_area_of(const struct dossier *home, const char *operation)
{
	const struct array *handovers = &home->partnership.handovers;

	for (size_t n = 0; n < handovers->count; n++) {
		const Mandate__Arrangement *h =
			ITEMS(*handovers, struct arrangement_ref)[n].of->record;

		if (!h->area && same(h->operation, operation))
			return true;
	}
	return false;
}

static bool may_be_ours(const struct dossier *home, const char *key, const Mandate__Record *record)
{
	return partnership_arrangement(home, key) ||
	       (record && partnership_belongs(home, record->arrangement));
}

/* The operation in a key, which is its first part. */
static bool is_about(const struct dossier *operation, const char *key)
{
	size_t len = strlen(operation->name);

	return strncmp(key, operation->name, len) == 0 && (key[len] == ':' || key[len] == '\0');
}

/* May the home keep who it knows of? It may where a record names the same operations as it did, or
 * such as are known: of those that it names no more, and of areas that are an operation's, only a
 * view can tell. */
static bool knows(const struct dossier *home, const char *operation)
{
	size_t at;

	return !operation || find_operation(home, operation, &at);
}

static bool keeps_claim(const struct dossier *home, const Mandate__Record *record)
{
	return record && record->claim->has_from && knows(home, record->claim->operation);
}

static bool same_or_none(const char *a, const char *b)
{
	return (!a && !b) || same(a, b);
}

static bool keeps_handover(const struct dossier *home, const char *key,
			   const Mandate__Record *record)
{
	const struct arrangement_fact *held = partnership_arrangement(home, key);
	const Mandate__Arrangement *h = record ? record->arrangement : NULL;

	return h && h->kind == MANDATE__ARRANGEMENT_KIND__ARRANGEMENT_KIND_HANDOVER_OF_FUNCTION &&
	       h->area && partnership_belongs(home, h) && held &&
	       same_or_none(held->record->operation, h->operation) &&
	       same_or_none(held->record->other_operation, h->other_operation);
}

enum status function_home_put(struct dossier *home, Mandate__Kind kind, const char *key,
			      uint32_t edition, const Mandate__Record *record)
{
	bool by_key =
		kind == MANDATE__KIND__KIND_OPERATION || kind == MANDATE__KIND__KIND_INSTRUMENT;
	bool ours = kind == MANDATE__KIND__KIND_ACCEPTANCE;
	enum status s = STATUS_OK;

	if (kind == MANDATE__KIND__KIND_OPERATION && is_area_of(home, key))
		return STATUS_AGAIN;
	if (kind == MANDATE__KIND__KIND_CLAIM)
		return keeps_claim(home, record) ? partnership_put(home, kind, key, record)
						 : STATUS_AGAIN;
	if (kind == MANDATE__KIND__KIND_ARRANGEMENT && may_be_ours(home, key, record)) {
		if (!keeps_handover(home, key, record))
			return STATUS_AGAIN;
		ours = true;
	}
	home->changed = ours;
	if (ours)
		s = partnership_put(home, kind, key, record);
	else if (!by_key && kind != MANDATE__KIND__KIND_ARRANGEMENT)
		return STATUS_OK;
	for (size_t i = 0; s == STATUS_OK && i < home->partnership.operations.count; i++) {
		struct dossier *operation = operation_at(home, i);

		if (by_key && !is_about(operation, key))
			continue;
		s = dossier_put(operation, kind, key, edition, record);
		home->changed |= operation->changed;
	}
	return s;
}
