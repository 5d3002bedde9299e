/* usage: bench DAEMON DIRECTORY JSON [--smoke] [acks] [latency] [streams] [curve] [disk] [catch-up]
 * [start] [fair] [apply]
 *
 * With BENCH_KINDS in the environment, apply also tells the kinds of change apart.
 *
 * Prints a table and writes JSON, one object a figure: name, value, unit, limit, ratio. The limit
 * is what the machine did in the same run without us, by the same transport: ipc, as the control
 * endpoint has it, is without encryption, TCP is CURVE; ratio is value over limit (for times limit
 * over value), so that larger is better. */
#include "tests/bench/bench.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const struct bench_scale full = {"full", 3, 4, 1000000, 5, 15, 20};
static const struct bench_scale smoke = {"smoke", 1, 0.5, 20000, 1, 1, 2};

enum { OUTCOME_BYTES = 150, JOURNAL_EXTRA = 40 };

static const char OFFICE[] = "bench"; /* that comes by TCP */

static FILE *json;
static char **sections; /* wanted; none named: all */

double bench_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

void bench_fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("bench: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	exit(1);
}

static int compare_doubles(const void *x, const void *y)
{
	double a = *(const double *)x, b = *(const double *)y;

	return a < b ? -1 : a > b;
}

double bench_quantile(double *values, int count, double part)
{
	if (count < 1)
		bench_fail("no values");
	qsort(values, (size_t)count, sizeof *values, compare_doubles);
	return values[(int)(part * (count - 1))];
}

double bench_median(const double *values, int count)
{
	double *sorted = malloc((size_t)count * sizeof *sorted);

	if (!sorted || count < 1)
		bench_fail("no values");
	memcpy(sorted, values, (size_t)count * sizeof *sorted);
	qsort(sorted, (size_t)count, sizeof *sorted, compare_doubles);
	double median =
		count % 2 ? sorted[count / 2] : (sorted[count / 2 - 1] + sorted[count / 2]) / 2;
	free(sorted);
	return median;
}

void bench_heading(const char *text)
{
	printf("\n%s\n", text);
	fflush(stdout);
}

void bench_figure(const char *name, double value, const char *unit, double limit,
		  const char *limit_is, bool less_is_better)
{
	double ratio =
		limit > 0 && value > 0 ? (less_is_better ? limit / value : value / limit) : 0;

	printf("  %-44s %14.*f %-9s", name, value < 100 ? 2 : 0, value, unit);
	if (limit > 0)
		printf(" %14.*f %-30s %7.2f", limit < 100 ? 2 : 0, limit, limit_is, ratio);
	putchar('\n');
	fflush(stdout);
	fprintf(json, "{\"name\":\"%s\",\"value\":%.6g,\"unit\":\"%s\"", name, value, unit);
	if (limit > 0)
		fprintf(json, ",\"limit\":%.6g,\"limit_is\":\"%s\",\"ratio\":%.4g", limit, limit_is,
			ratio);
	fputs("}\n", json);
}

static void measure_acks(const struct daemon *d, const struct bench_scale *scale)
{
	static const uint32_t windows[] = {1, 8, 64, 256, 1024};
	char name[64];

	bench_heading("durable acknowledgements, one connection, one change a submission; by ipc");
	for (size_t i = 0; i < sizeof windows / sizeof *windows; i++) {
		double acks[BENCH_RUNS_MAX], batch[BENCH_RUNS_MAX], appends[BENCH_RUNS_MAX],
			trips[BENCH_RUNS_MAX];

		for (int run = 0; run < scale->runs; run++) {
			struct load_result r = load_run(d, NULL, windows[i], scale->seconds, 0);

			acks[run] = r.acks_per_s;
			batch[run] = r.mean_batch;
			appends[run] =
				bare_appends(d->directory, r.mean_batch,
					     load_bytes() + JOURNAL_EXTRA, scale->seconds / 4);
			trips[run] =
				bare_round_trips(false, windows[i], load_bytes() + JOURNAL_EXTRA,
						 OUTCOME_BYTES, scale->seconds / 4);
		}
		snprintf(name, sizeof name, "acks, %u in flight", windows[i]);
		bench_figure(name, bench_median(acks, scale->runs), "1/s",
			     bench_median(appends, scale->runs), "append+fdatasync, same batch",
			     false);
		snprintf(name, sizeof name, "  against bare ZeroMQ");
		bench_figure(name, bench_median(acks, scale->runs), "1/s",
			     bench_median(trips, scale->runs), "bare round trips", false);
		snprintf(name, sizeof name, "  mean batch, %u in flight", windows[i]);
		bench_figure(name, bench_median(batch, scale->runs), "inputs", 0, "", false);
	}
}

static void measure_latency(const struct daemon *d, const struct bench_scale *scale)
{
	double p50[BENCH_RUNS_MAX], p99[BENCH_RUNS_MAX], sync[BENCH_RUNS_MAX];

	bench_heading("publish to subscriber, 200 a second; by ipc");
	for (int run = 0; run < scale->runs; run++) {
		struct latency_result r = load_latency(d, 200, scale->latency_seconds);

		p50[run] = r.p50_ms;
		p99[run] = r.p99_ms;
		sync[run] = bare_sync_ms(d->directory, scale->seconds / 4);
	}
	bench_figure("latency p50", bench_median(p50, scale->runs), "ms",
		     bench_median(sync, scale->runs), "one append of 4 KiB, synced", true);
	bench_figure("latency p99", bench_median(p99, scale->runs), "ms",
		     5 + bench_median(sync, scale->runs), "5 ms and one sync", true);
}

static void measure_streams(const struct daemon *d, const struct bench_scale *scale)
{
	static const int subscribers[] = {1, 10, 100};
	char name[64];

	bench_heading("events delivered to subscribers that keep up, all together; by ipc");
	for (size_t i = 0; i < sizeof subscribers / sizeof *subscribers; i++) {
		double ours[BENCH_RUNS_MAX], bare[BENCH_RUNS_MAX];

		for (int run = 0; run < scale->runs; run++) {
			ours[run] =
				stream_live(d, NULL, subscribers[i], scale->seconds).events_per_s;
			bare[run] = bare_publish(false, subscribers[i],
						 load_bytes() + JOURNAL_EXTRA, scale->seconds / 2);
		}
		snprintf(name, sizeof name, "events to %d subscribers", subscribers[i]);
		bench_figure(name, bench_median(ours, scale->runs), "1/s",
			     bench_median(bare, scale->runs), "bare PUB, same check and size",
			     false);
	}
}

/* By turns with what is compared, so that the machine is the same to both. */
static void measure_curve(const struct daemon *d, const struct bench_scale *scale)
{
	enum { IN_FLIGHT = 256, SUBSCRIBERS = 100 };
	double acks[BENCH_RUNS_MAX], plain[BENCH_RUNS_MAX], ours[BENCH_RUNS_MAX],
		bare[BENCH_RUNS_MAX], trips[BENCH_RUNS_MAX];

	bench_heading("by TCP with CURVE, as an office");
	for (int run = 0; run < scale->runs; run++) {
		plain[run] = load_run(d, NULL, IN_FLIGHT, scale->seconds, 0).acks_per_s;
		acks[run] = load_run(d, OFFICE, IN_FLIGHT, scale->seconds, 0).acks_per_s;
		trips[run] = bare_round_trips(true, IN_FLIGHT, load_bytes() + JOURNAL_EXTRA,
					      OUTCOME_BYTES, scale->seconds / 4);
		ours[run] = stream_live(d, OFFICE, SUBSCRIBERS, scale->seconds).events_per_s;
		bare[run] = bare_publish(true, SUBSCRIBERS, load_bytes() + JOURNAL_EXTRA,
					 scale->seconds / 2);
	}
	bench_figure("acks, 256 in flight, CURVE", bench_median(acks, scale->runs), "1/s",
		     bench_median(plain, scale->runs), "without (target 0.70)", false);
	bench_figure("  against bare ZeroMQ", bench_median(acks, scale->runs), "1/s",
		     bench_median(trips, scale->runs), "bare round trips, CURVE", false);
	bench_figure("events to 100 subscribers, CURVE", bench_median(ours, scale->runs), "1/s",
		     bench_median(bare, scale->runs), "bare PUB, CURVE (target 2.00)", false);
}

static void fill(const struct daemon *d, const struct bench_scale *scale)
{
	Mandate__Status status;

	daemon_status(d, &status);
	if (status.revision < scale->events)
		load_run(d, NULL, 1024, 0, scale->events - status.revision);
}

static void measure_catch_up(const struct daemon *d, const struct bench_scale *scale)
{
	double plain[BENCH_RUNS_MAX], chain[BENCH_RUNS_MAX];

	bench_heading("catching up from the first revision; by ipc");
	for (int run = 0; run < scale->runs; run++) {
		plain[run] = stream_catch_up(d, false).events_per_s;
		chain[run] = stream_catch_up(d, true).events_per_s;
	}
	bench_figure("catch-up", bench_median(plain, scale->runs), "1/s", 800000, "target", false);
	bench_figure("catch-up, verifying the chain", bench_median(chain, scale->runs), "1/s", 0,
		     "", false);
}

static void measure_start(struct daemon *d, const struct bench_scale *scale)
{
	double clean[BENCH_RUNS_MAX], killed[BENCH_RUNS_MAX], boot[BENCH_RUNS_MAX],
		memory[BENCH_RUNS_MAX];
	Mandate__Status status;

	bench_heading("from exec to ready");
	for (int run = 0; run < scale->runs; run++) {
		daemon_stop(d);
		clean[run] = daemon_start(d);
		memory[run] = (double)daemon_private_bytes(d) / (1 << 20);
		load_run(d, NULL, 256, 0.3, 0); /* so that there is a tail */
		daemon_kill(d);
		killed[run] = daemon_start(d);
		daemon_kill(d);
		daemon_new_boot(d);
		boot[run] = daemon_start(d);
	}
	daemon_status(d, &status);
	printf("  (state of %llu events)\n", (unsigned long long)status.revision);
	bench_figure("ready after a clean stop", bench_median(clean, scale->runs), "ms", 100,
		     "target", true);
	bench_figure("ready after kill -9", bench_median(killed, scale->runs), "ms", 100, "target",
		     true);
	bench_figure("ready after power loss (another boot)", bench_median(boot, scale->runs), "ms",
		     0, "", true);
	bench_figure("private memory when ready", bench_median(memory, scale->runs), "MiB", 32,
		     "target", true);
}

static void measure_disk(const struct daemon *d, uint64_t journal_before, uint64_t state_before,
			 uint64_t revisions_before)
{
	Mandate__Status status;

	bench_heading("bytes on disk an update");
	daemon_status(d, &status);
	double updates = (double)(status.revision - revisions_before);
	bench_figure("bytes of a submission", (double)load_bytes(), "bytes", 0, "", true);
	bench_figure("journal bytes an update",
		     (double)(daemon_disk_bytes(d, "journal") - journal_before) / updates, "bytes",
		     0, "", true);
	bench_figure("state bytes an update",
		     (double)(daemon_disk_bytes(d, "state") - state_before) / updates, "bytes", 0,
		     "", true);
}

static bool wanted(const char *section)
{
	bool named = false;

	for (char **s = sections; *s; s++) {
		if (strcmp(*s, section) == 0)
			return true;
		named |= (*s)[0] != '-';
	}
	return !named;
}

static void begin(struct daemon *d, const char *program, const char *directory)
{
	if (mkdir(directory, 0700) != 0)
		bench_fail("%s: %s", directory, strerror(errno));
	daemon_init(d, program, directory);
	daemon_listen(d);
	daemon_start(d);
	load_prepare(d);
}

static void measure_under_load(const char *program, const char *base,
			       const struct bench_scale *scale)
{
	static struct daemon d; /* texts that others point to */
	char directory[PATH_MAX + 16];
	Mandate__Status status;

	snprintf(directory, sizeof directory, "%s/load", base);
	begin(&d, program, directory);
	office_admit(&d, OFFICE);
	daemon_status(&d, &status);
	uint64_t journal = daemon_disk_bytes(&d, "journal"), state = daemon_disk_bytes(&d, "state");
	if (wanted("acks"))
		measure_acks(&d, scale);
	if (wanted("latency"))
		measure_latency(&d, scale);
	if (wanted("streams"))
		measure_streams(&d, scale);
	if (wanted("curve"))
		measure_curve(&d, scale);
	if (wanted("disk"))
		measure_disk(&d, journal, state, status.revision);
	daemon_stop(&d);
	daemon_remove(&d);
	office_forget(&d, OFFICE);
}

/* A state of its own, so that it holds as many events as it is said to. */
static void measure_events(const char *program, const char *base, const struct bench_scale *scale)
{
	static struct daemon d;
	char directory[PATH_MAX + 16];

	snprintf(directory, sizeof directory, "%s/events", base);
	begin(&d, program, directory);
	fill(&d, scale);
	if (wanted("catch-up"))
		measure_catch_up(&d, scale);
	if (wanted("start"))
		measure_start(&d, scale);
	daemon_stop(&d);
	daemon_remove(&d);
}

int main(int argc, char **argv)
{
	char base[PATH_MAX];

	if (argc < 4 || hash_init() != STATUS_OK) {
		fprintf(stderr, "usage: bench DAEMON DIRECTORY JSON [--smoke] [SECTION]...\n");
		return 2;
	}
	const struct bench_scale *scale =
		argc > 4 && strcmp(argv[4], "--smoke") == 0 ? &smoke : &full;
	json = fopen(argv[3], "w");
	if (!json || (mkdir(argv[2], 0700) != 0 && errno != EEXIST))
		bench_fail("%s, %s: %s", argv[2], argv[3], strerror(errno));
	sections = argv + 4;
	printf("%-46s %14s %-9s %14s %-30s %7s\n", "figure", "value", "unit", "limit", "", "ratio");
	if (!realpath(argv[2], base)) /* the daemon wants no relative paths */
		bench_fail("%s: %s", argv[2], strerror(errno));
	if (wanted("acks") || wanted("latency") || wanted("streams") || wanted("curve") ||
	    wanted("disk"))
		measure_under_load(argv[1], base, scale);
	if (wanted("catch-up") || wanted("start"))
		measure_events(argv[1], base, scale);
	if (wanted("fair"))
		fair_measure(argv[1], base, scale);
	if (wanted("apply"))
		apply_measure(base, scale);
	rmdir(base);
	fclose(json);
	return 0;
}
