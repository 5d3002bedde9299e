/* A file of each kind that import reads: the first byte says which. What comes out of it the
 * daemon's own checks let pass, which the import has asked. */
#include "file.h"

#include "clients/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct import_result result = {0};
	struct error err = {.status = STATUS_OK};
	char path[FUZZ_PATH_BYTES];
	struct arena a;

	if (size == 0)
		return 0;
	int fd = fuzz_file(data + 1, size - 1, path);
	arena_init(&a, 256 << 20);
	enum status s = import_read(&a, import_kinds[data[0] % import_kinds_count].name, path,
				    &result, &err);
	fuzz_expect(s == STATUS_OK || err.text[0] != '\0');
	for (size_t i = 0; i < result.fact_count; i++)
		fuzz_expect(result.facts[i].change && result.facts[i].line > 0);
	for (size_t i = 0; i < result.problem_count; i++)
		fuzz_expect(result.problems[i].code && result.problems[i].reason);
	arena_fini(&a);
	close(fd);
	return 0;
}
