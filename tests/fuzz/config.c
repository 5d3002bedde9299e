/* A configuration file. Whatever it says is a configuration or is named by its line. */
#include "file.h"

#include "config.h"

static void problem(void *ctx, const char *text)
{
	unsigned *count = ctx;

	fuzz_expect(text[0] != '\0');
	++*count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[FUZZ_PATH_BYTES];
	static struct config c;
	unsigned problems = 0;
	int fd = fuzz_file(data, size, path);

	config_init(&c);
	enum status s = config_load(&c, path, problem, &problems);
	fuzz_expect((s == STATUS_OK) == (problems == 0));
	close(fd);
	return 0;
}
