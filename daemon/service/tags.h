/* Tags of an event, copied into memory that ends with it. */
#ifndef MANDATED_SERVICE_TAGS_H
#define MANDATED_SERVICE_TAGS_H

#include "journal.pb-c.h"

#include <stddef.h>
#include <stdint.h>

/* What tags_copy takes: a multiple of its alignment. */
size_t tags_bytes(const Mandate__EventTags *t);

/* Copies `t` with its texts to *at, which is aligned, and moves *at behind. */
const Mandate__EventTags *tags_copy(uint8_t **at, const Mandate__EventTags *t);

size_t tags_aligned(size_t bytes);

#endif
