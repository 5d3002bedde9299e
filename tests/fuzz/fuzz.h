/* What the targets share: what is accepted must pack to the bytes that came. */
#ifndef MANDATED_TESTS_FUZZ_H
#define MANDATED_TESTS_FUZZ_H

#include "base/limits.h"
#include "model/codec.h"
#include "wire/wire.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void fuzz_expect(bool good)
{
	if (!good)
		abort();
}

static inline void fuzz_expect_bytes(struct arena *a, const ProtobufCMessage *m, struct bytes bytes)
{
	struct bytes again;

	if (codec_encode(a, m, &again) == STATUS_OK)
		fuzz_expect(bytes_equal(again, bytes));
}

/* Decodes a frame as the daemon does, and the refusal if it is one. */
static inline void fuzz_frame(struct bytes frame)
{
	struct wire_message m;
	struct wire_fault fault = {0};
	Mandate__Refusal refusal;
	uint64_t correlation;
	struct arena a;

	arena_init(&a, DECODE_BYTES_MAX);
	if (wire_decode(&a, frame, &m, &correlation, &fault)) {
		fuzz_expect_bytes(&a, &m.envelope->base, frame);
		if (m.submission)
			fuzz_expect_bytes(&a, &m.submission->base, m.submission_bytes);
	} else {
		fuzz_expect(fault.code != 0 && fault.text[0] != '\0');
		IGNORE_RESULT(wire_refusal(&a, &fault, &refusal)); /* the arena may be full */
	}
	arena_fini(&a);
}

#endif
