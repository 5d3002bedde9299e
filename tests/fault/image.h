/* What a directory may hold after a power cut. The events of a trace are played one by one; at any
 * point of it an image can be made of what is certainly there and any part of what may be.
 *
 * The model. What a completed sync covers is there. Of what was written to a file later each 512
 * bytes may be there or not, write by write; the file's size is that before or after any of them.
 * Of names made, changed and removed in a directory since its last completed sync each change may
 * have happened or not, whatever became of those before it. */
#ifndef TESTS_FAULT_IMAGE_H
#define TESTS_FAULT_IMAGE_H

#include "tests/fault/trace.h"

#include "base/bytes.h"

#include <stdbool.h>

struct image;

/* What is in `directory` now is there for good. */
struct image *image_new(const char *directory);
void image_free(struct image *m);
void image_play(struct image *m, const struct trace_event *event, const uint8_t *payload);

/* Is there anything that may be there or not? */
bool image_is_open(const struct image *m);

enum image_choice {
	IMAGE_NOTHING = 1, /* of what may be there */
	IMAGE_ALL,
	IMAGE_SOME, /* drawn */
};
/* Makes it in `directory`, which is there and empty. */
void image_make(const struct image *m, enum image_choice choice, uint64_t *seed,
		const char *directory);

#endif
