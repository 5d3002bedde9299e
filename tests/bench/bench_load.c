#include "tests/bench/bench.h"

#include "base/day.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const char *const contributors[] = {"BGD", "ETH", "GHA", "IND", "NPL", "PAK", "RWA", "URY"};
enum { CONTRIBUTORS = sizeof contributors / sizeof *contributors };

static char *text(const char *s)
{
	return (char *)(uintptr_t)s;
}

/* One change of the load: a unit's new strength, about 200 bytes with its source. */
struct unit_change {
	Mandate__Change change;
	Mandate__Record record;
	Mandate__Unit unit;
	Mandate__Source source;
	char operation[16], name[48], checked[24];
};

static void unit_init(struct unit_change *u)
{
	mandate__change__init(&u->change);
	mandate__record__init(&u->record);
	mandate__unit__init(&u->unit);
	mandate__source__init(&u->source);
	u->change.action = MANDATE__CHANGE_ACTION__CHANGE_ACTION_CORRECT;
	u->change.record = &u->record;
	u->change.source = &u->source;
	u->record.content_case = MANDATE__RECORD__CONTENT_UNIT;
	u->record.unit = &u->unit;
	u->unit.operation = u->operation;
	u->unit.unit = u->name;
	u->unit.has_component = true;
	u->unit.component = MANDATE__COMPONENT__COMPONENT_TROOPS;
	u->unit.has_persons = true;
	u->unit.has_mou_signed = true; /* as usual: 100 000 units without one are 100 000 alerts */
	u->unit.mou_signed = day_from_civil(2025, 12, 1);
	u->source.text = text("Daily strength message of the contingent, confirmed by the movement "
			      "control detachment at the air terminal");
	u->source.checked = u->checked;
}

static void unit_set(struct unit_change *u, uint64_t random, uint64_t number)
{
	unsigned operation = (unsigned)(random % BENCH_OPERATIONS);
	unsigned unit = (unsigned)(random / BENCH_OPERATIONS % BENCH_UNITS);

	snprintf(u->operation, sizeof u->operation, "BENCH-%02u", operation);
	snprintf(u->name, sizeof u->name, "Infantry Battalion %u-%u", operation, unit);
	snprintf(u->checked, sizeof u->checked, "%llu", (unsigned long long)number);
	u->unit.contributor = text(contributors[unit % CONTRIBUTORS]);
	u->unit.from = day_from_civil(2026, 1, 1) + (int)(unit % 100);
	u->unit.persons =
		(uint32_t)(random >> 40) % 13 + 1; /* all together stay below the ceiling */
}

struct load_change {
	struct unit_change unit;
	uint64_t seed, number;
};

static uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

struct load_change *load_change_new(void)
{
	struct load_change *l = calloc(1, sizeof *l);

	if (!l)
		bench_fail("no memory");
	hash_random(&l->seed, sizeof l->seed);
	l->seed |= 1;
	unit_init(&l->unit);
	return l;
}

Mandate__Change *load_change_next(struct load_change *l)
{
	unit_set(&l->unit, next_random(&l->seed), l->number++);
	return &l->unit.change;
}

size_t load_bytes(void)
{
	struct unit_change u;
	Mandate__Submission submission = MANDATE__SUBMISSION__INIT;
	Mandate__Change *changes = &u.change;

	unit_init(&u);
	unit_set(&u, 12345678901, 100000);
	submission.lane = 1;
	submission.sequence = 100000;
	submission.changes = &changes;
	submission.n_changes = 1;
	return mandate__submission__get_packed_size(&submission);
}

static void on_outcome(void *ctx, const struct mandate_outcome *outcome)
{
	uint64_t *acks = ctx;

	if (outcome->outcome->refusal)
		bench_fail("refused: %s", outcome->outcome->refusal->text);
	++*acks;
}

static struct mandate *open_load(const struct daemon *d, const char *office, const char *device,
				 uint32_t window, uint64_t *acks)
{
	return office_open(d, office,
			   (struct mandate_options){.office = "bench",
						    .device = device,
						    .window = window,
						    .context = acks,
						    .on_outcome = on_outcome});
}

static void submit(struct mandate *m, Mandate__Change *change)
{
	struct error err = {.status = STATUS_OK};
	enum status s;

	while ((s = mandate_submit(m, &change, 1, 0, &err)) == STATUS_AGAIN)
		if (mandate_run(m, 1000, &err) != STATUS_OK)
			break;
	if (s != STATUS_OK)
		bench_fail("submit: %s", err.text);
}

static void record(struct mandate *m, Mandate__Record *r)
{
	Mandate__Change change = MANDATE__CHANGE__INIT;

	change.action = MANDATE__CHANGE_ACTION__CHANGE_ACTION_RECORD;
	change.record = r;
	submit(m, &change);
}

static void record_operation(struct mandate *m, unsigned number)
{
	char acronym[16];
	Mandate__Record r = MANDATE__RECORD__INIT;
	Mandate__Operation operation = MANDATE__OPERATION__INIT;
	Mandate__Instrument instrument = MANDATE__INSTRUMENT__INIT;
	Mandate__CeilingEntry entry = MANDATE__CEILING_ENTRY__INIT, *entries = &entry;

	snprintf(acronym, sizeof acronym, "BENCH-%02u", number);
	operation.acronym = acronym;
	operation.has_kind = true;
	operation.kind = MANDATE__OPERATION_KIND__OPERATION_KIND_UN_PKO;
	operation.has_start_date = true;
	operation.start_date = day_from_civil(2020, 1, 1);
	r.content_case = MANDATE__RECORD__CONTENT_OPERATION;
	r.operation = &operation;
	record(m, &r);
	entry.component = MANDATE__COMPONENT__COMPONENT_MILITARY;
	entry.has_persons = true;
	entry.persons = 15000;
	instrument.operation = acronym;
	instrument.party = text("UNSC");
	instrument.document = text("S/RES/9001");
	instrument.has_action = true;
	instrument.action = MANDATE__ACTION__ACTION_ESTABLISH;
	instrument.has_adopted = true;
	instrument.adopted = day_from_civil(2020, 1, 1);
	instrument.has_valid_until = true;
	instrument.valid_until = day_from_civil(2099, 6, 30);
	instrument.ceilings = &entries;
	instrument.n_ceilings = 1;
	r.content_case = MANDATE__RECORD__CONTENT_INSTRUMENT;
	r.instrument = &instrument;
	record(m, &r);
}

static void drain(struct mandate *m)
{
	struct error err = {.status = STATUS_OK};

	if (mandate_drain(m, 60000, &err) != STATUS_OK)
		bench_fail("drain: %s", err.text);
}

void load_prepare(const struct daemon *d)
{
	uint64_t acks = 0;
	struct mandate *m = open_load(d, NULL, "prepare", 256, &acks);
	Mandate__Record r = MANDATE__RECORD__INIT;
	Mandate__Partner partner = MANDATE__PARTNER__INIT;

	r.content_case = MANDATE__RECORD__CONTENT_PARTNER;
	r.partner = &partner;
	partner.code = text("UNSC");
	record(m, &r);
	for (size_t i = 0; i < CONTRIBUTORS; i++) {
		partner.code = text(contributors[i]);
		record(m, &r);
	}
	for (unsigned i = 0; i < BENCH_OPERATIONS; i++)
		record_operation(m, i);
	drain(m);
	mandate_close(m);
}

struct load_result load_run(const struct daemon *d, const char *office, uint32_t in_flight,
			    double seconds, uint64_t count)
{
	struct load_result result = {0};
	struct unit_change u;
	struct error err = {.status = STATUS_OK};
	Mandate__Status before, after;
	uint64_t acks = 0, sent = 0, seed;
	struct mandate *m = open_load(d, office, "load", in_flight, &acks);
	Mandate__Change *changes = &u.change;

	hash_random(&seed, sizeof seed);
	seed |= 1;
	unit_init(&u);
	daemon_status(d, &before);
	double began = bench_now(), until = began + seconds;
	bool more = true;
	while (more) {
		while (mandate_pending(m) < in_flight) {
			unit_set(&u, next_random(&seed), sent++);
			if (mandate_submit(m, &changes, 1, 0, &err) != STATUS_OK)
				bench_fail("submit: %s", err.text);
			if (count && sent == count) {
				more = false;
				break;
			}
		}
		if (mandate_run(m, 1000, &err) != STATUS_OK)
			bench_fail("run: %s", err.text);
		if (!count && bench_now() >= until)
			more = false;
	}
	double took = bench_now() - began;
	uint64_t in_time = acks;
	drain(m);
	mandate_close(m);
	daemon_status(d, &after);
	result.acks = acks;
	result.acks_per_s = (double)in_time / took;
	result.mean_batch =
		(double)(after.submissions - before.submissions) /
		(double)(after.batches - before.batches ? after.batches - before.batches : 1);
	return result;
}

/* --- latency
 * --------------------------------------------------------------------------------------- */

struct latency {
	const struct daemon *d;
	double *sent_at, *took_ms;
	uint64_t count, received;
	volatile bool ready, failed;
	struct mandate *stream;
};

static void on_event(void *ctx, const struct mandate_event *event)
{
	struct latency *l = ctx;
	double now = bench_now();
	const Mandate__Event *e =
		mandate_decode(l->stream, &mandate__event__descriptor, event->event);

	if (!e || e->what_case != MANDATE__EVENT__WHAT_CHANGE || !e->change->source)
		return;
	uint64_t number = strtoull(e->change->source->checked, NULL, 10);
	if (number < l->count) {
		l->took_ms[number] = (now - l->sent_at[number]) * 1000;
		l->received++;
	}
}

static void on_through(void *ctx, uint64_t through, const uint8_t *hash, const int32_t *day)
{
	struct latency *l = ctx;

	(void)through;
	(void)hash;
	(void)day;
	l->ready = true;
}

static void on_end(void *ctx, Mandate__Code code, const char *why)
{
	struct latency *l = ctx;

	fprintf(stderr, "stream ended: %d %s\n", (int)code, why ? why : "");
	l->failed = true;
}

static void *follow(void *arg)
{
	struct latency *l = arg;
	struct mandate_options options = {.endpoint = l->d->control, .office = "watcher"};
	struct mandate_subscription subscription = {
		.context = l, .on_event = on_event, .on_through = on_through, .on_end = on_end};
	struct mandate_stream *stream;
	struct mandate_head head;
	struct error err = {.status = STATUS_OK};
	Mandate__Status status;

	daemon_status(l->d, &status);
	subscription.after_revision = status.revision;
	if (mandate_open(&l->stream, &options, &err) != STATUS_OK ||
	    mandate_ping(l->stream, 10000, &err) != STATUS_OK ||
	    mandate_subscribe(l->stream, &subscription, &stream, &err) != STATUS_OK)
		l->failed = true;
	(void)head;
	double until = bench_now() + 120;
	while (!l->failed && l->received < l->count && bench_now() < until)
		if (mandate_run(l->stream, 100, &err) != STATUS_OK)
			l->failed = true;
	mandate_close(l->stream);
	return NULL;
}

static int compare_doubles(const void *x, const void *y)
{
	double a = *(const double *)x, b = *(const double *)y;

	return a < b ? -1 : a > b;
}

struct latency_result load_latency(const struct daemon *d, double per_second, double seconds)
{
	struct latency l = {.d = d, .count = (uint64_t)(per_second * seconds)};
	struct latency_result result;
	struct unit_change u;
	struct error err = {.status = STATUS_OK};
	uint64_t acks = 0, seed = 88172645463325252u;
	pthread_t thread;

	l.sent_at = calloc(l.count, sizeof *l.sent_at);
	l.took_ms = calloc(l.count, sizeof *l.took_ms);
	if (!l.sent_at || !l.took_ms || pthread_create(&thread, NULL, follow, &l) != 0)
		bench_fail("no memory");
	struct mandate *m = open_load(d, NULL, "pace", 1024, &acks);
	Mandate__Change *changes = &u.change;
	unit_init(&u);
	IGNORE_RESULT(mandate_run(m, 300, &err)); /* the stream begins meanwhile */
	double began = bench_now();
	for (uint64_t i = 0; i < l.count && !l.failed; i++) {
		double at = began + (double)i / per_second;

		for (double now; (now = bench_now()) < at;) {
			if (at - now > 0.0015 && mandate_pending(m) > 0)
				IGNORE_RESULT(
					mandate_run(m, 1, &err)); /* what fails is seen at submit */
			else
				nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
		}
		unit_set(&u, next_random(&seed), i);
		l.sent_at[i] = bench_now();
		if (mandate_submit(m, &changes, 1, 0, &err) != STATUS_OK)
			bench_fail("submit: %s", err.text);
		IGNORE_RESULT(mandate_run(m, 0, &err));
	}
	drain(m);
	mandate_close(m);
	pthread_join(thread, NULL);
	if (l.received != l.count)
		bench_fail("%llu of %llu events arrived", (unsigned long long)l.received,
			   (unsigned long long)l.count);
	qsort(l.took_ms, l.count, sizeof *l.took_ms, compare_doubles);
	result.p50_ms = l.took_ms[l.count / 2];
	result.p99_ms = l.took_ms[l.count * 99 / 100];
	free(l.sent_at);
	free(l.took_ms);
	return result;
}
