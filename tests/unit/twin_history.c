#include "twin_history.h"

#include "model/codec.h"

#include <assert.h>
#include <stdlib.h>

enum { HISTORY_BYTES = 64 * 1024 * 1024 };

void history_begin(struct history *h)
{
	h->count = 0;
	arena_init(&h->arena, HISTORY_BYTES);
}

void history_end(struct history *h)
{
	arena_fini(&h->arena);
}

static bool same_key(const struct case_item *a, Mandate__Kind kind, const char *key)
{
	return a->kind == kind && strcmp(a->key, key) == 0;
}

bool history_take(struct history *h, const struct case_item *item, size_t at)
{
	struct history_version *v = &h->versions[h->count];

	assert(h->count < HISTORY_MAX);
	*v = (struct history_version){.item = item, .at = at};
	if (!item->retract &&
	    codec_encode(&h->arena, &item->record->base, &v->content) != STATUS_OK)
		abort();
	for (size_t n = 0; n < h->count; n++)
		if (same_key(h->versions[n].item, item->kind, item->key) &&
		    h->versions[n].item->edition == item->edition &&
		    bytes_equal(h->versions[n].content, v->content))
			return false;
	h->count++;
	return true;
}

/* The highest edition; of two contents under it the one whose bytes compare greater. */
static const struct history_version *holds(const struct history *h, size_t at, Mandate__Kind kind,
					   const char *key)
{
	const struct history_version *best = NULL;

	for (size_t n = 0; n < h->count; n++) {
		const struct history_version *v = &h->versions[n];

		if (v->at > at || !same_key(v->item, kind, key))
			continue;
		if (!best || v->item->edition > best->item->edition ||
		    (v->item->edition == best->item->edition &&
		     bytes_compare(v->content, best->content) > 0))
			best = v;
	}
	return best;
}

void history_world(const struct history *h, size_t at, struct twin *w)
{
	w->count = 0;
	for (size_t n = 0; n < h->count; n++) {
		const struct history_version *v = &h->versions[n];
		bool seen = v->at > at;

		for (size_t k = 0; k < w->count && !seen; k++)
			seen = same_key(v->item, w->at[k].kind, w->at[k].key);
		if (seen)
			continue;
		v = holds(h, at, v->item->kind, v->item->key);
		w->at[w->count++] = (struct twin_fact){
			.kind = v->item->kind,
			.key = v->item->key,
			.record = v->item->retract ? NULL : v->item->record,
			.edition = v->item->edition,
		};
	}
}

bool history_clash(const struct history *h, size_t at, Mandate__Kind kind, const char *key)
{
	const struct history_version *best = holds(h, at, kind, key);

	for (size_t n = 0; n < h->count && best; n++)
		if (h->versions[n].at <= at && &h->versions[n] != best &&
		    same_key(h->versions[n].item, kind, key) &&
		    h->versions[n].item->edition == best->item->edition)
			return true;
	return false;
}
