/* A submission, as an envelope and the journal hold it. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const Mandate__Submission *s;
	struct wire_fault fault = {0};
	struct arena a;

	arena_init(&a, DECODE_BYTES_MAX);
	if (wire_decode_submission(&a, bytes_of(data, size), &s, &fault))
		fuzz_expect_bytes(&a, &s->base, bytes_of(data, size));
	else
		fuzz_expect(fault.code != 0);
	arena_fini(&a);
	return 0;
}
