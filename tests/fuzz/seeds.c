/* Writes the first inputs of every target below a folder: messages that are valid by the table of
 * fields. `make fuzz-seeds` runs it; what it writes is checked in. */
#include "../unit/wire_sample.h"

#include <stdio.h>
#include <sys/stat.h>

static void write_seed(const char *folder, const char *target, unsigned number, struct bytes first,
		       struct bytes bytes)
{
	char path[1024];

	snprintf(path, sizeof path, "%s/%s", folder, target);
	mkdir(path, 0755); /* it may be there already */
	snprintf(path, sizeof path, "%s/%s/%02u", folder, target, number);
	FILE *f = fopen(path, "wb");
	if (!f || fwrite(first.data, 1, first.len, f) != first.len ||
	    fwrite(bytes.data, 1, bytes.len, f) != bytes.len || fclose(f) != 0) {
		perror(path);
		exit(1);
	}
}

static void write_members(const char *folder, const char *target, const struct message_rule *rule,
			  unsigned count)
{
	for (unsigned n = 0; n < count; n++) {
		struct pen p = {0};

		sample_message(&p, rule, n);
		write_seed(folder, target, n, bytes_of("", 0), pen_bytes(&p));
	}
}

int main(int argc, char **argv)
{
	/* A version of no content, an outcome, tags. */
	static const char *const stored[] = {
		"\x08\x01\x10\x07\x28\x01\x32\x01x",
		"\x0a\x01x\x12\x0b\x09\x01\x00\x00\x00\x00\x00\x00\x00\x10\x01",
		"\x08\x03\x12\x05UNMIL\x1a\x03GHA",
	};
	static const size_t stored_len[] = {9, 16, 14};

	if (argc != 2)
		return 2;
	for (size_t i = 0; i < fields_envelope.field_count; i++)
		if (strcmp(fields_envelope.fields[i].name, "query") == 0)
			write_members(argv[1], "query", fields_envelope.fields[i].message, 11);
	write_members(argv[1], "envelope", &fields_envelope, 7);
	for (unsigned n = 0; n < 8; n += 2) {
		struct pen inner = {0}, frame = {0};

		sample_message(&inner, &fields_submission, n);
		pen_raw(&frame, "\x08\x01\x10\x07", 4); /* version 1, correlation 7 */
		pen_bytes_field(&frame, 10, pen_bytes(&inner));
		write_seed(argv[1], "envelope", 7 + n, bytes_of("", 0), pen_bytes(&frame));
	}
	write_members(argv[1], "submission", &fields_submission, 8);
	write_members(argv[1], "input", &fields_input, 6);
	for (unsigned i = 0; i < 3; i++)
		write_seed(argv[1], "stored", i, bytes_of(&(char){(char)i}, 1),
			   bytes_of(stored[i], stored_len[i]));
	return 0;
}
