#include "tests/fault/trace.h"

#include "tests/fault/fault.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void trace_read(struct trace *t, const char *path)
{
	struct trace_event e;
	FILE *f = fopen(path, "r");
	size_t room = 0;

	if (!f)
		fault_fail("%s: %s", path, strerror(errno));
	*t = (struct trace){0};
	while (fread(&e, sizeof e, 1, f) == 1) {
		if (t->count == room) {
			room = room ? 2 * room : 4096;
			t->events = realloc(t->events, room * sizeof *t->events);
			t->payloads = realloc(t->payloads, room * sizeof *t->payloads);
		}
		uint8_t *payload = t->events && t->payloads ? calloc(1, e.len + 1u) : NULL;
		if (!payload || fread(payload, 1, e.len, f) != e.len)
			fault_fail("%s ends in an event", path);
		t->events[t->count] = e;
		t->payloads[t->count++] = payload;
	}
	fclose(f);
	unlink(path);
}

void trace_fini(struct trace *t)
{
	for (size_t i = 0; i < t->count; i++)
		free(t->payloads[i]);
	free(t->payloads);
	free(t->events);
	*t = (struct trace){0};
}
