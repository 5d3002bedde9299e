/* A value of the state: the first byte says which message it claims to be. */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const ProtobufCMessageDescriptor *const types[] = {
		&mandate__stored_version__descriptor,
		&mandate__stored_outcome__descriptor,
		&mandate__event_tags__descriptor,
	};
	struct arena a;

	if (size == 0)
		return 0;
	arena_init(&a, DECODE_BYTES_MAX);
	ProtobufCMessage *m = codec_decode(&a, types[data[0] % (sizeof types / sizeof *types)],
					   bytes_of(data + 1, size - 1));
	/* Not all that can be read is canonical, but its copy is. */
	ProtobufCMessage *copy = m ? codec_copy(&a, m) : NULL;
	struct arena scratch;
	arena_init(&scratch, 2 * DECODE_BYTES_MAX);
	if (copy)
		fuzz_expect(codec_equal(&scratch, m, copy));
	arena_fini(&scratch);
	arena_fini(&a);
	return 0;
}
