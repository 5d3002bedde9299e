/* The benchmark: the real daemon in a directory on a real disk, measured from outside, and beside
 * each figure the limit that the machine sets, in the same run. */
#ifndef TESTS_BENCH_BENCH_H
#define TESTS_BENCH_BENCH_H

#include "base/bytes.h"
#include "base/hash.h"
#include "clients/libmandate.h"

#include <sys/types.h>

enum {
	BENCH_OPERATIONS = 100,
	BENCH_UNITS = 1000, /* an operation: together 100 000 record keys */
	BENCH_RUNS_MAX = 9,
};

struct bench_scale {
	const char *name;
	int runs;	 /* a figure is the median of so many */
	double seconds;	 /* a run of load or delivery */
	uint64_t events; /* of the state for catch-up and start */
	double latency_seconds;
	int apply_rounds; /* one is of a batch of each kind of change */
	unsigned apply_operations;
};

/* --- the daemon (bench_daemon.c)
 * ------------------------------------------------------------------ */

struct daemon {
	const char *program;
	char directory[4200];
	char control[64]; /* where everything goes: without encryption */
	char listen[64];  /* where offices come by TCP; "": nowhere */
	pid_t pid;
	char boot_id[40]; /* what it takes for the machine's */
	int notify_fd;	  /* where it says that it is ready */
};

void daemon_init(struct daemon *d, const char *program, const char *directory);
/* Before it starts: it will listen for offices, each at any speed. */
void daemon_listen(struct daemon *d);
/* Milliseconds from exec to ready. Ends the benchmark with a message if it does not start. */
double daemon_start(struct daemon *d);
void daemon_stop(struct daemon *d); /* SIGTERM, waits */
void daemon_kill(struct daemon *d); /* SIGKILL, waits */
void daemon_new_boot(struct daemon *d);
void daemon_remove(struct daemon *d); /* its directory, and what it was told by */
uint64_t daemon_private_bytes(const struct daemon *d);
/* The daemon's own counters, over its control endpoint. */
void daemon_status(const struct daemon *d, Mandate__Status *ret_status);
/* Bytes in files below the directory that are really there; journal: up to the last used byte. */
uint64_t daemon_disk_bytes(const struct daemon *d, const char *below);

/* --- its doors (bench_office.c)
 * ------------------------------------------------------------------- */

/* `office` NULL: the control endpoint, without encryption; else TCP with CURVE and its key. */
const char *office_endpoint(const struct daemon *d, const char *office);
/* An administrator that may write everything, with a key in a file beside the daemon's directory.
 */
void office_admit(const struct daemon *d, const char *office);
void office_forget(const struct daemon *d, const char *office); /* that file */
/* Connected; endpoint and keys of `options` are set here. */
struct mandate *office_open(const struct daemon *d, const char *office,
			    struct mandate_options options);
void office_secure(const struct daemon *d, const char *office, void *socket);

/* --- load (bench_load.c)
 * -------------------------------------------------------------------------- */

struct load_result {
	double acks_per_s;
	double mean_batch;
	uint64_t acks;
};

/* Partners, operations with mandates and ceilings: what the load stands on. */
void load_prepare(const struct daemon *d);
/* One connection, `in_flight` submissions under way, for `seconds` or until `count` acks (0: no
 * count). Every outcome must be an acceptance. */
struct load_result load_run(const struct daemon *d, const char *office, uint32_t in_flight,
			    double seconds, uint64_t count);
/* The bytes of one of its submissions, as sent. */
size_t load_bytes(void);

/* One change of the load: a unit's new strength, about 200 bytes with its source. */
struct load_change;
struct load_change *load_change_new(void);
/* The next one, drawn; valid until the one after it. */
Mandate__Change *load_change_next(struct load_change *l);

struct latency_result {
	double p50_ms, p99_ms;
};
/* Publish to subscriber at `per_second`. */
struct latency_result load_latency(const struct daemon *d, double per_second, double seconds);

/* --- streams (bench_stream.c)
 * --------------------------------------------------------------------- */

struct stream_result {
	double events_per_s; /* of all subscribers together */
	uint64_t events;
};

/* `subscribers` connections in a process of their own follow, as `office` or not, while the load
 * runs at 1024 in flight by the control endpoint; counts what they received over the time until the
 * last has everything. */
struct stream_result stream_live(const struct daemon *d, const char *office, int subscribers,
				 double seconds);
/* One subscriber from the first revision to the newest. */
struct stream_result stream_catch_up(const struct daemon *d, bool verify_chain);
/* The revision in a packed Event; ends the benchmark if it is none. */
uint64_t stream_event_revision(struct bytes event);

/* --- limits (bench_bare.c)
 * ------------------------------------------------------------------------- */

/* By a local socket as the control endpoint is; with `curve` by TCP and CURVE. */

/* Round trips/s of bare ROUTER and DEALER with these bytes. */
double bare_round_trips(bool curve, uint32_t in_flight, size_t request, size_t answer,
			double seconds);
/* Updates/s of append and fdatasync of `batch` updates of `bytes` each. */
double bare_appends(const char *directory, double batch, size_t bytes, double seconds);
/* Median milliseconds of one append of 4 KiB with fdatasync. */
double bare_sync_ms(const char *directory, double seconds);
/* Events/s to `subscribers` SUB sockets, each checking revisions, of `bytes` each. */
double bare_publish(bool curve, int subscribers, size_t bytes, double seconds);

/* --- one office at full speed (bench_fair.c)
 * ------------------------------------------------------------------------------- */

/* What another one's submissions take meanwhile, against what they take without it. `base`: where
 * keys and the daemon's directory are made. */
void fair_measure(const char *program, const char *base, const struct bench_scale *scale);

/* --- what a change costs (bench_apply.c)
 * ------------------------------------------------------------ */

void apply_measure(const char *directory, const struct bench_scale *scale);

/* --- report (bench.c)
 * ------------------------------------------------------------------------------ */

double bench_now(void); /* seconds, monotonic */
double bench_median(const double *values, int count);
double bench_quantile(double *values, int count, double part); /* sorts them */
void bench_heading(const char *text);
void bench_figure(const char *name, double value, const char *unit, double limit,
		  const char *limit_is, bool less_is_better);
void bench_fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif
