/* A query in a good envelope. */
#include "fuzz.h"

enum { QUERY_BYTES_MAX = 16383, HEADER_BYTES = 7 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t frame[HEADER_BYTES + QUERY_BYTES_MAX];
	/* Version 1, correlation 7, the tag of Envelope.query. */
	static const uint8_t head[] = {0x08, 0x01, 0x10, 0x07, 0x5a};
	size_t len = sizeof head;

	if (size > QUERY_BYTES_MAX)
		return 0;
	memcpy(frame, head, sizeof head);
	if (size > 0x7f) {
		frame[len++] = (uint8_t)(size | 0x80);
		frame[len++] = (uint8_t)(size >> 7);
	} else {
		frame[len++] = (uint8_t)size;
	}
	if (size)
		memcpy(frame + len, data, size);
	fuzz_frame(bytes_of(frame, len + size));
	return 0;
}
