/* Reads messages in hex, one a line, as a client would send them, and says what the daemon would:
 * "ok", or code, field and reason. Exits 1 if any was refused, or none came. */
#include "base/limits.h"
#include "model/names.h"
#include "wire/wire.h"

#include <stdio.h>

static size_t parse_hex(const char *line, uint8_t *ret_bytes, size_t room)
{
	unsigned byte;
	size_t len = 0;

	while (len < room && sscanf(line + 2 * len, "%2x", &byte) == 1)
		ret_bytes[len++] = (uint8_t)byte;
	return len;
}

int main(void)
{
	static char line[2 * FRAME_BYTES_MAX + 64];
	static uint8_t frame[FRAME_BYTES_MAX + 1];
	bool some = false, refused = false;
	struct arena a;

	arena_init(&a, DECODE_BYTES_MAX);
	while (fgets(line, sizeof line, stdin)) {
		size_t len = parse_hex(line, frame, sizeof frame);
		struct wire_message m;
		struct wire_fault fault;
		uint64_t correlation;

		some = true;
		if (wire_decode(&a, bytes_of(frame, len), &m, &correlation, &fault)) {
			puts("ok");
		} else {
			printf("%s %s: %s\n", names_text(&mandate__code__descriptor, fault.code),
			       fault.field, fault.text);
			refused = true;
		}
		arena_reset(&a);
	}
	arena_fini(&a);
	return refused || !some;
}
