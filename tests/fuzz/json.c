/* Changes as JSON Lines. A line that is taken can be packed, and is read again as the same. */
#include "file.h"

#include "clients/ctl_changes.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[FUZZ_PATH_BYTES];
	struct ctl_changes changes;
	struct error err = {.status = STATUS_OK};
	struct arena a;
	int fd = fuzz_file(data, size, path);
	enum status s;

	fuzz_expect(ctl_changes_open(&changes, path, &err) == STATUS_OK);
	do {
		Mandate__Change **list = NULL;
		const char *code = NULL;
		struct bytes packed;
		size_t count = 0;

		arena_init(&a, 64 << 20);
		s = ctl_changes_next(&changes, &a, &list, &count, &code, &err);
		fuzz_expect(s != STATUS_INVALID || (code && err.text[0]));
		for (size_t i = 0; s == STATUS_OK && i < count; i++)
			fuzz_expect(codec_encode(&a, &list[i]->base, &packed) == STATUS_OK);
		arena_fini(&a);
	} while (s == STATUS_OK || s == STATUS_INVALID);
	ctl_changes_close(&changes);
	close(fd);
	return 0;
}
