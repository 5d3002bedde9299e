/* What applying a change costs the state thread: with all rules against those of mandates and
 * head-counts alone, and with ten times the operations, the history, the units. */
#include "tests/bench/bench_apply.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { ROUNDS_MAX = 64, FACTOR = 10 };

/* A machine with a world in it, and what its changes cost, by kind and round, in microseconds. */
struct subject {
	const char *name;
	struct world world;
	uint32_t rules;
	unsigned kinds;
	struct bench_machine machine;
	double cost[WORLD_KINDS][ROUNDS_MAX];
	int rounds;
};

static void open_subject(struct subject *s, const char *directory)
{
	char path[4200];

	snprintf(path, sizeof path, "%s/%s", directory, s->name);
	if (mkdir(path, 0700) != 0)
		bench_fail("%s: cannot be made", path);
	bench_machine_open(&s->machine, path, s->rules);
	world_build(&s->world, &s->machine);
}

/* A batch of each kind. The same random numbers choose the same changes of equal worlds. */
static void play_round(struct subject *s, uint64_t seed, bool counts)
{
	char line[WORLD_LINE_BYTES];

	for (unsigned kind = 0; kind < s->kinds; kind++) {
		double before = s->machine.seconds;

		for (unsigned i = 0; i < MACHINE_BATCH; i++) {
			seed ^= seed << 13;
			seed ^= seed >> 7;
			seed ^= seed << 17;
			world_change(&s->world, kind, seed, line);
			bench_machine_change(&s->machine, line);
		}
		if (counts)
			s->cost[kind][s->rounds] =
				(s->machine.seconds - before) * 1e6 / MACHINE_BATCH;
	}
	s->rounds += counts;
}

/* The median over the rounds of a change's cost, on an average over `kinds` kinds. */
static double median_cost(const struct subject *s, unsigned kinds)
{
	double rounds[ROUNDS_MAX] = {0};

	for (int r = 0; r < s->rounds; r++)
		for (unsigned k = 0; k < kinds; k++)
			rounds[r] += s->cost[k][r] / kinds;
	return bench_median(rounds, s->rounds);
}

/* Rounds by turns, so that the machine is the same to both. */
static void compare(struct subject *a, struct subject *b, const char *directory,
		    const struct bench_scale *scale)
{
	enum { WARM_UP = 2 };

	open_subject(a, directory);
	open_subject(b, directory);
	for (int r = 0; r < scale->apply_rounds + WARM_UP; r++) {
		uint64_t seed = 88172645463325252u + 7919u * (uint64_t)r;

		play_round(a, seed, r >= WARM_UP);
		play_round(b, seed, r >= WARM_UP);
	}
	bench_machine_close(&a->machine);
	bench_machine_close(&b->machine);
}

static void print_kinds(const struct subject *a, const struct subject *b, unsigned kinds)
{
	if (!getenv("BENCH_KINDS"))
		return;
	for (unsigned k = 0; k < kinds; k++) {
		double x = bench_median(a->cost[k], a->rounds);
		double y = bench_median(b->cost[k], b->rounds);

		printf("    %-42s %6.1f %6.1f us %6.2f\n", world_kind_name(k), x, y, y / x);
	}
}

static void report(const char *name, const struct subject *a, unsigned a_kinds,
		   const struct subject *b, unsigned b_kinds, double limit)
{
	double base = median_cost(a, a_kinds), cost = median_cost(b, b_kinds);

	bench_figure(name, cost, "us", base * limit, limit == 2 ? "2 x the main job's" : "1.25 x",
		     true);
	print_kinds(a, b, a_kinds < b_kinds ? a_kinds : b_kinds);
}

static void measure_rules(const char *directory, const struct bench_scale *scale)
{
	struct world mandates = {.operations = scale->apply_operations, .years = 3, .units = 50};
	struct world all = mandates;
	static struct subject main_job, same, whole;

	all.whole = true;
	main_job = (struct subject){
		.name = "main", .world = mandates, .rules = 1, .kinds = WORLD_MAIN};
	same = (struct subject){.name = "same", .world = mandates, .rules = 2, .kinds = WORLD_MAIN};
	compare(&main_job, &same, directory, scale);
	report("the main job's changes, rules 2", &main_job, WORLD_MAIN, &same, WORLD_MAIN, 2);
	main_job = (struct subject){
		.name = "main", .world = mandates, .rules = 1, .kinds = WORLD_MAIN};
	whole = (struct subject){.name = "whole", .world = all, .rules = 2, .kinds = WORLD_KINDS};
	compare(&main_job, &whole, directory, scale);
	report("  the same, all of a partnership on record", &main_job, WORLD_MAIN, &whole,
	       WORLD_MAIN, 2);
	report("changes of all kinds, rules 2", &main_job, WORLD_MAIN, &whole, WORLD_KINDS, 2);
}

static void measure_growth(const char *name, struct world big, const char *directory,
			   const struct bench_scale *scale, const struct world *small)
{
	static struct subject a, b;

	a = (struct subject){.name = "small", .world = *small, .rules = 2, .kinds = WORLD_KINDS};
	b = (struct subject){.name = "big", .world = big, .rules = 2, .kinds = WORLD_KINDS};
	compare(&a, &b, directory, scale);
	report(name, &a, WORLD_KINDS, &b, WORLD_KINDS, 1.25);
}

void apply_measure(const char *directory, const struct bench_scale *scale)
{
	struct world small = {
		.operations = scale->apply_operations, .years = 2, .units = 50, .whole = true};
	struct world operations = small, history = small, units = small;

	operations.operations *= FACTOR;
	history.years *= FACTOR;
	units.units *= FACTOR;
	bench_heading("processor time of the state thread, a change");
	measure_rules(directory, scale);
	measure_growth("10 x the operations", operations, directory, scale, &small);
	measure_growth("10 x the years", history, directory, scale, &small);
	measure_growth("10 x the units", units, directory, scale, &small);
}
