/* How many connections each office has. An office is known from the first message on. */
#include "net/gate_impl.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS = 4096 };

struct member {
	uint64_t office, since_ms;
	size_t fd;
	bool quiet;
};

struct crowd {
	size_t counts[SLOTS]; /* by office, roughly: several may share one */
	struct member *members;
};

enum status gate_crowd_new(size_t descriptors, struct crowd **ret_crowd)
{
	struct crowd *c = calloc(1, sizeof *c);
	struct member *members = calloc(descriptors, sizeof *members);

	if (!c || !members) {
		free(c);
		free(members);
		return STATUS_NO_MEMORY;
	}
	c->members = members;
	*ret_crowd = c;
	return STATUS_OK;
}

void gate_crowd_free(struct crowd *c)
{
	if (!c)
		return;
	free(c->members);
	free(c);
}

/* By office; then those to be kept first. */
static int compare_members(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	if (x->office != y->office)
		return x->office < y->office ? -1 : 1;
	if (x->quiet != y->quiet)
		return x->quiet ? 1 : -1;
	return (x->since_ms > y->since_ms) - (x->since_ms < y->since_ms);
}

static uint64_t office_of(const struct gate *g, size_t fd)
{
	return g->connections[fd].cookie
		       ? atomic_load_explicit(&g->offices[fd], memory_order_relaxed)
		       : 0;
}

/* Is there one that may have too many? */
static bool count_offices(struct gate *g)
{
	struct crowd *c = g->crowd;
	bool some = false;

	memset(c->counts, 0, sizeof c->counts);
	for (size_t fd = 0; fd <= g->highest; fd++) {
		uint64_t office = office_of(g, fd);

		if (office)
			some = ++c->counts[office % SLOTS] > g->office_max || some;
	}
	return some;
}

void gate_crowd_look(struct gate *g, uint64_t now_ms)
{
	struct crowd *c = g->crowd;
	size_t count = 0, of_office = 0;

	if (g->count <= g->office_max || !count_offices(g))
		return;
	for (size_t fd = 0; fd <= g->highest; fd++) {
		uint64_t office = office_of(g, fd);

		if (office && c->counts[office % SLOTS] > g->office_max)
			c->members[count++] =
				(struct member){.office = office,
						.since_ms = g->connections[fd].since_ms,
						.fd = fd,
						.quiet = g->connections[fd].quiet_ms > QUIET_MS};
	}
	qsort(c->members, count, sizeof *c->members, compare_members);
	for (size_t i = 0; i < count; i++) {
		of_office =
			i && c->members[i].office == c->members[i - 1].office ? of_office + 1 : 1;
		if (of_office > g->office_max)
			gate_cut(g, c->members[i].fd, "too many connections of one office",
				 "connections", of_office, now_ms);
	}
}
