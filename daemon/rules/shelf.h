/* Shelves: arrays of facts by key, to find what a correction or a retraction replaces. */
#ifndef MANDATED_RULES_SHELF_H
#define MANDATED_RULES_SHELF_H

#include "rules/array.h"

/* First member of everything on a shelf; one allocation with all it holds. */
struct fact {
	size_t bytes;
	char *key;
};

/* A fact of `bytes`, zeroed, with its key behind it; NULL on no memory. */
void *shelf_new(size_t bytes, const char *key);

/* The fact of `key`: its index, or false and where it belongs. */
bool shelf_find(const struct array *shelf, const char *key, size_t *ret_index);
/* The facts whose keys begin with `prefix`, which ends in ':' (at most KEY_TEXT_MAX bytes): they
 * lie side by side, from..end - 1. */
void shelf_range(const struct array *shelf, const char *prefix, size_t *ret_from, size_t *ret_end);
struct fact *shelf_at(const struct array *shelf, size_t index);

/* Takes the fact over, also when it fails. `bytes` is the sum over all facts of a dossier. */
MUST_USE enum status shelf_add(struct array *shelf, size_t index, void *fact, size_t *bytes);
/* Likewise, in the place of the fact at `index`, whose key is the same. */
void shelf_replace(struct array *shelf, size_t index, void *fact, size_t *bytes);
/* `fact`, or nothing (NULL), instead of what `key` names. */
MUST_USE enum status shelf_put(struct array *shelf, const char *key, void *fact, size_t *bytes);
void shelf_remove(struct array *shelf, size_t index, size_t *bytes);
void shelf_fini(struct array *shelf);

#endif
