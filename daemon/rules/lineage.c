#include "rules/lineage.h"
#include "rules/array.h"

#include <stdlib.h>
#include <string.h>

/* An operation on the way; they are visited in the order in which they are found, nearest first. */
struct stop {
	const char *operation;
	int32_t distance; /* edges up to it */
};

struct walk {
	const struct view *v;
	struct arena *a;
	struct array stops; /* of struct stop, as found */
	struct array names; /* the same, of const char *, sorted */
	struct array edges; /* of struct lineage_edge, by name */
	struct stop at;
};

/* The index of `name`, or where it belongs; names stand first in items of that size. */
static bool find(const struct array *sorted, size_t item_bytes, const char *name, size_t *ret_index)
{
	size_t low = 0, high = sorted->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *const *item =
			(const void *)((const char *)sorted->at + middle * item_bytes);
		int order = strcmp(*item, name);

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

static enum status add_stop(struct walk *w, const char *operation, int32_t distance)
{
	struct stop stop = {operation, distance};
	enum status s;
	size_t at;

	if (find(&w->names, sizeof operation, operation, &at))
		return STATUS_OK;
	s = array_insert(&w->names, sizeof operation, at, &operation);
	return s == STATUS_OK ? array_insert(&w->stops, sizeof stop, w->stops.count, &stop) : s;
}

struct named_edge {
	const char *name; /* first: edges are searched by it */
	struct lineage_edge edge;
};

static enum status visit(void *ctx, const struct view_fact *fact)
{
	struct walk *w = ctx;
	const Mandate__Arrangement *a = fact->record->arrangement;
	struct named_edge found = {.name = a->arrangement, .edge = {.record = a}};
	const Mandate__Acceptance *const *answers;
	bool onwards = strcmp(a->operation ? a->operation : "", w->at.operation) == 0;
	size_t count, at;
	enum status s;

	if (!arrangement_is_edge(a->kind) || !a->operation || !a->other_operation ||
	    find(&w->edges, sizeof found, a->arrangement, &at))
		return STATUS_OK;
	s = arrangement_read(w->v, w->a, a, &answers, &count);
	if (s != STATUS_OK)
		return s;
	found.edge.life = arrangement_fold(a, answers, count);
	if (found.edge.life.declined != DAY_INFINITE || found.edge.life.lapses != DAY_INFINITE)
		return STATUS_OK;
	found.edge.distance = onwards ? w->at.distance + 1 : -w->at.distance - 1;
	s = array_insert(&w->edges, sizeof found, at, &found);
	if (s != STATUS_OK || found.edge.life.effective_from == DAY_INFINITE)
		return s;
	return add_stop(w, onwards ? a->other_operation : a->operation, w->at.distance + 1);
}

static enum status walk(struct walk *w, const char *operation)
{
	enum status s = add_stop(w, operation, 0);

	for (size_t i = 0; s == STATUS_OK && i < w->stops.count; i++) {
		w->at = ((const struct stop *)w->stops.at)[i];
		s = view_scan(w->v, w->a, MANDATE__KIND__KIND_ARRANGEMENT, w->at.operation, visit,
			      w);
	}
	return s;
}

static int compare_edges(const void *x, const void *y)
{
	const struct lineage_edge *a = x, *b = y;

	if (a->life.effective_from != b->life.effective_from)
		return a->life.effective_from < b->life.effective_from ? -1 : 1;
	return strcmp(a->record->arrangement, b->record->arrangement);
}

enum status lineage_of(const struct view *v, struct arena *a, const char *operation,
		       const struct lineage_edge **ret_edges, size_t *ret_count)
{
	struct walk w = {.v = v, .a = a};
	struct lineage_edge *edges = NULL;
	enum status s = walk(&w, operation);

	if (s == STATUS_OK) {
		edges = arena_calloc(a, w.edges.count + 1, sizeof *edges);
		if (!edges)
			s = STATUS_NO_MEMORY;
	}
	if (s == STATUS_OK) {
		for (size_t i = 0; i < w.edges.count; i++)
			edges[i] = ((const struct named_edge *)w.edges.at)[i].edge;
		qsort(edges, w.edges.count, sizeof *edges, compare_edges);
		*ret_edges = edges;
		*ret_count = w.edges.count;
	}
	array_fini(&w.stops);
	array_fini(&w.names);
	array_fini(&w.edges);
	return s;
}
