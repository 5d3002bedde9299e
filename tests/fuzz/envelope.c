/* A frame from a client. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_frame(bytes_of(data, size));
	return 0;
}
