/* A journal entry. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const Mandate__JournalInput *input;
	struct wire_fault fault = {0};
	struct arena a;

	arena_init(&a, DECODE_BYTES_MAX);
	if (wire_decode_input(&a, bytes_of(data, size), &input, &fault))
		fuzz_expect_bytes(&a, &input->base, bytes_of(data, size));
	else
		fuzz_expect(fault.code != 0);
	arena_fini(&a);
	return 0;
}
