/* One office sends as fast as it can; another one sends a submission now and then and waits for its
 * outcome. Both by TCP, with keys. The first runs as a process of low priority: what its own client
 * takes of the processors is not the daemon's doing. */
#include "tests/bench/bench.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PER_SECOND = 100, SAMPLES_MAX = 4096, PATH_BYTES = PATH_MAX + 64, FLOODS = 2 };

struct fair {
	struct daemon d;
	char folder[PATH_MAX];
	bool done; /* the outcome waited for has come */
};

static void on_outcome(void *context, const struct mandate_outcome *outcome)
{
	struct fair *f = context;

	if (outcome->outcome->refusal)
		bench_fail("refused: %s", outcome->outcome->refusal->text);
	f->done = true;
}

static struct mandate *open_as(struct fair *f, const char *office, uint32_t window)
{
	return office_open(
		&f->d, office,
		(struct mandate_options){.window = window, .context = f, .on_outcome = on_outcome});
}

/* Milliseconds from sending to the outcome, of one after the other. */
static struct latency_result one_by_one(struct fair *f, double seconds)
{
	static double took_ms[SAMPLES_MAX];
	struct mandate *m = open_as(f, "calm", 1);
	struct load_change *load = load_change_new();
	struct error err = {.status = STATUS_OK};
	int count = 0;

	for (double until = bench_now() + seconds; bench_now() < until && count < SAMPLES_MAX;) {
		Mandate__Change *change = load_change_next(load);
		double began = bench_now();

		f->done = false;
		if (mandate_submit(m, &change, 1, 0, &err) != STATUS_OK)
			bench_fail("submit: %s", err.text);
		while (!f->done)
			if (mandate_run(m, 1000, &err) != STATUS_OK)
				bench_fail("run: %s", err.text);
		took_ms[count++] = (bench_now() - began) * 1000;
		nanosleep(&(struct timespec){.tv_nsec = 1000000000 / PER_SECOND}, NULL);
	}
	mandate_close(m);
	free(load);
	return (struct latency_result){bench_quantile(took_ms, count, 0.5),
				       bench_quantile(took_ms, count, 0.99)};
}

/* Until it is killed. */
static void flood(struct fair *f, uint32_t window)
{
	struct mandate *m = open_as(f, "flood", window);
	struct load_change *load = load_change_new();
	struct error err = {.status = STATUS_OK};

	for (;;) {
		Mandate__Change *change = load_change_next(load);
		enum status s;

		while ((s = mandate_submit(m, &change, 1, 0, &err)) == STATUS_AGAIN)
			if (mandate_run(m, 1000, &err) != STATUS_OK)
				bench_fail("run: %s", err.text);
		if (s != STATUS_OK)
			bench_fail("submit: %s", err.text);
	}
}

static pid_t begin_flood(struct fair *f, uint32_t window)
{
	pid_t child = fork();

	if (child < 0)
		bench_fail("fork: %s", strerror(errno));
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (nice(10) == -1)
			_exit(1);
		flood(f, window);
	}
	return child;
}

static void end_flood(pid_t child)
{
	int how;

	if (waitpid(child, &how, WNOHANG) != 0)
		bench_fail("the office at full speed has ended by itself");
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

static void compare(struct fair *f, const struct bench_scale *scale, uint32_t window)
{
	double p50[BENCH_RUNS_MAX], p99[BENCH_RUNS_MAX], calm50[BENCH_RUNS_MAX],
		calm99[BENCH_RUNS_MAX], acks[BENCH_RUNS_MAX];
	char name[64];

	for (int run = 0; run < scale->runs; run++) {
		Mandate__Status before, after;
		struct latency_result r = one_by_one(f, scale->latency_seconds);

		calm50[run] = r.p50_ms;
		calm99[run] = r.p99_ms;
		pid_t child = begin_flood(f, window);
		nanosleep(&(struct timespec){.tv_nsec = 500000000}, NULL);
		daemon_status(&f->d, &before);
		double began = bench_now();
		r = one_by_one(f, scale->latency_seconds);
		double took = bench_now() - began;
		daemon_status(&f->d, &after);
		end_flood(child);
		p50[run] = r.p50_ms;
		p99[run] = r.p99_ms;
		acks[run] = (double)(after.submissions - before.submissions) / took;
	}
	snprintf(name, sizeof name, "p50, the other has %u in flight", window);
	bench_figure(name, bench_median(p50, scale->runs), "ms",
		     2 * bench_median(calm50, scale->runs), "twice that without it", true);
	snprintf(name, sizeof name, "p99, the other has %u in flight", window);
	bench_figure(name, bench_median(p99, scale->runs), "ms",
		     2 * bench_median(calm99, scale->runs), "twice that without it", true);
	bench_figure("  acks to both meanwhile", bench_median(acks, scale->runs), "1/s", 0, "",
		     false);
}

void fair_measure(const char *program, const char *base, const struct bench_scale *scale)
{
	static const uint32_t windows[FLOODS] = {256, 4096};
	static struct fair f;
	char directory[PATH_BYTES], command[PATH_BYTES + 16];

	bench_heading("an outcome while another office sends at full speed, both by TCP");
	snprintf(f.folder, sizeof f.folder, "%s/fair", base);
	snprintf(directory, sizeof directory, "%s/state", f.folder);
	if (mkdir(f.folder, 0700) != 0 || mkdir(directory, 0700) != 0)
		bench_fail("%s: %s", directory, strerror(errno));
	daemon_init(&f.d, program, directory);
	daemon_listen(&f.d);
	daemon_start(&f.d);
	load_prepare(&f.d);
	office_admit(&f.d, "calm");
	office_admit(&f.d, "flood");
	for (int i = 0; i < FLOODS; i++)
		compare(&f, scale, windows[i]);
	daemon_stop(&f.d);
	daemon_remove(&f.d);
	snprintf(command, sizeof command, "rm -rf -- '%s'", f.folder);
	if (system(command) != 0)
		bench_fail("%s cannot be removed", f.folder);
}
