#include "net/server_impl.h"

#include "base/clock.h"
#include "base/log.h"
#include "net/identity.h"
#include "net/operate.h"
#include "net/pipeline.h"
#include "net/reply.h"
#include "net/request.h"
#include "net/status.h"
#include "net/turns.h"
#include "service/settings.h"
#include "service/trust.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum {
	SCRATCH_BYTES = 2 * DECODE_BYTES_MAX,
	SECOND_MS = 1000,
	LINGER_MS = 1000, /* for what was sent before the end */
};

void server_fatal(struct server *s, enum status why, const char *text)
{
	if (s->fatal.status == STATUS_OK)
		error_set(&s->fatal, why, "%s: %s", text, status_text(why));
}

enum status server_txn(struct server *s, struct store_txn **ret_txn)
{
	enum status st = STATUS_OK;

	if (!s->txn)
		st = store_begin_read(s->startup->store, &s->txn);
	else if (!s->txn_fresh) {
		store_reset(s->txn);
		st = store_renew(s->txn);
	}
	s->txn_fresh = st == STATUS_OK;
	if (st == STATUS_OK)
		*ret_txn = s->txn;
	return st;
}

static void let_txn_go(struct server *s)
{
	if (s->txn && s->txn_fresh)
		store_reset(s->txn);
	s->txn_fresh = false;
}

/* --- what is told -------------------------------------------------------------------------- */

static void notice(struct server *s, enum server_notice what, const char *text)
{
	if (s->options.notice)
		s->options.notice(s->options.notice_ctx, what, text);
}

static void notice_status(struct server *s, enum server_notice what)
{
	char text[STATUS_LINE_BYTES];

	status_line(s, text);
	notice(s, what, text);
}

/* Told only while everything that has work moves on. */
static void notice_alive(struct server *s)
{
	uint64_t most_ms = s->options.watchdog_ms;

	if (most_ms == 0 || s->now_ms - s->alive_ms < most_ms / 4)
		return;
	bool stuck = worker_stalled_ms(s->worker) > most_ms ||
		     reader_stalled_ms(s->reader) > most_ms ||
		     (s->pipeline.uncommitted && s->now_ms - s->pipeline.moved_ms > most_ms);
	if (stuck)
		log_line(LOG_ERROR, "watchdog.stuck", "state_ms=%" PRIu64 " reader_ms=%" PRIu64,
			 worker_stalled_ms(s->worker), reader_stalled_ms(s->reader));
	else
		notice(s, SERVER_ALIVE, NULL);
	s->alive_ms = s->now_ms;
}

/* --- start and end ------------------------------------------------------------------------ */

static enum stream_sent send_frame(void *ctx, const struct route *route, struct frame *frame)
{
	struct server *s = ctx;

	return endpoint_send_frame(&s->endpoints[route->endpoint], route, frame);
}

static void post_slice(void *ctx, struct reader_job *job)
{
	struct server *s = ctx;

	reader_post(s->reader, job);
}

static bool enter_cursor(void *ctx, const char *office, const char *name, uint64_t revision,
			 int32_t day)
{
	return operate_enter_cursor(ctx, office, name, revision, day);
}

static enum status open_control(struct server *s, struct error *err)
{
	struct endpoint *e = &s->endpoints[s->endpoint_count];
	struct endpoint_options options = {.type = ZMQ_ROUTER,
					   .name = s->options.control,
					   .number = (uint8_t)s->endpoint_count,
					   .control = true};
	enum status st = endpoint_open(s->zmq, &options, e, err);

	if (st != STATUS_OK)
		return st;
	s->endpoint_count++;
	log_line(LOG_NOTICE, "listening", "endpoint=%s office=%s", e->name, ROLL_LOCAL);
	return STATUS_OK;
}

static enum status open_listen(struct server *s, const struct server_listen *listen,
			       struct error *err)
{
	struct endpoint *e = &s->endpoints[s->endpoint_count];
	struct endpoint_options options = {.type = ZMQ_ROUTER,
					   .name = listen->name,
					   .number = (uint8_t)s->endpoint_count,
					   .secret_key = listen->secret_key,
					   .gate = s->gate};
	enum status st = endpoint_open(s->zmq, &options, e, err);

	if (st != STATUS_OK)
		return st;
	s->endpoint_count++;
	log_line(LOG_NOTICE, "listening", "endpoint=%s server_key=%s", e->name,
		 log_quote(listen->public_key));
	return STATUS_OK;
}

static enum status open_sockets(struct server *s, struct error *err)
{
	enum status st = STATUS_OK;
	uint32_t seed;

	/* libzmq draws the first routing id with rand: unguessable only with a seed of ours. */
	hash_random(&seed, sizeof seed);
	srand(seed);
	s->zmq = zmq_ctx_new();
	if (!s->zmq)
		return error_set(err, STATUS_NO_MEMORY, "no ZeroMQ context");
	if (zmq_ctx_set(s->zmq, ZMQ_IO_THREADS, s->options.io_threads) != 0)
		return error_set(err, STATUS_INVALID, "cannot set the number of I/O threads");
	/* Before every socket that it guards. */
	if (s->options.listen_count)
		st = gate_new(s->zmq, &s->options.connections, err, &s->gate);
	if (st == STATUS_OK && s->gate)
		identity_admit(s);
	if (st == STATUS_OK && s->options.control)
		st = open_control(s, err);
	for (size_t i = 0; st == STATUS_OK && i < s->options.listen_count; i++)
		st = open_listen(s, &s->options.listen[i], err);
	if (st == STATUS_OK && s->options.feed)
		st = feed_open(s->zmq, s->options.feed, err, &s->feed);
	return st;
}

/* A limit that counts too little on one day is no reason not to serve. */
static void recall_tally(struct server *s)
{
	struct error err;
	enum status st = tally_read(&s->tally, s->quotas, s->startup->state_dir, s->startup->engine,
				    clock_mono_ms(), &err);

	if (st != STATUS_OK)
		log_line(LOG_WARNING, "tally.lost", "reason=%s", log_quote(err.text));
	s->tally.day = s->day;
	s->tally_written = s->tally.index;
}

static void keep_tally(struct server *s)
{
	char *text;

	if (s->tally.index == s->tally_written || (text = tally_text(&s->tally, s->quotas)) == NULL)
		return;
	s->tally_ms = s->now_ms;
	if (chores_tally(s->chores, text) == STATUS_OK)
		s->tally_written = s->tally.index;
}

static enum status start_threads(struct server *s, struct error *err)
{
	struct engine_callbacks callbacks;
	struct stream_hooks hooks = {
		.ctx = s, .send = send_frame, .slice = post_slice, .cursor = enter_cursor};
	struct startup *up = s->startup;
	enum status st = mailbox_init(&s->inbox, 1);

	if (st == STATUS_OK)
		st = admit_new(&s->admit);
	if (st == STATUS_OK)
		st = quota_new(&s->options.rates, &s->quotas);
	if (st == STATUS_OK)
		recall_tally(s);
	if (st == STATUS_OK)
		st = pipeline_init(s);
	if (st == STATUS_OK)
		st = stream_new(&hooks, &s->head, s->day, s->options.recent_events_bytes,
				&s->streams);
	if (st == STATUS_OK)
		st = worker_new(up->machine, &s->inbox, &s->worker, &callbacks);
	if (st == STATUS_OK)
		st = engine_start(up->engine, &callbacks);
	if (st == STATUS_OK)
		st = reader_new(up->store, &s->inbox, &s->reader);
	if (st == STATUS_OK)
		st = chores_new(up->store, up->state_dir, &s->inbox, &s->chores);
	return st == STATUS_OK ? st : error_set(err, st, "cannot start: %s", status_text(st));
}

/* The zone is a setting of the state; the configuration only seeds it. */
static enum status start_calendar(struct server *s, struct error *err)
{
	char zone[CALENDAR_ZONE_BYTES];
	struct bytes held;
	struct store_txn *txn;
	enum status st =
		calendar_init(&s->calendar, s->options.timezone, s->options.manual_calendar);

	if (st == STATUS_OK)
		st = server_txn(s, &txn);
	if (st != STATUS_OK)
		return error_set(err, st, "cannot start the calendar: %s", status_text(st));
	if (settings_get(txn, "timezone", &held) != STATUS_OK || held.len >= sizeof zone)
		return STATUS_OK;
	memcpy(zone, held.data, held.len);
	zone[held.len] = '\0';
	if (calendar_set_zone(&s->calendar, zone) != STATUS_OK)
		log_line(LOG_WARNING, "calendar.zone", "unknown=%s", log_quote(zone));
	return STATUS_OK;
}

enum status server_new(const struct server_options *options, struct startup *startup,
		       struct error *err, struct server **ret_server)
{
	const struct machine_state *state = machine_state(startup->machine);
	struct server *s = calloc(1, sizeof *s);

	if (!s)
		return error_set(err, STATUS_NO_MEMORY, "out of memory");
	s->options = *options;
	s->startup = startup;
	s->roll = roll_hold(machine_roll(startup->machine));
	s->head = state->head;
	s->day = state->day;
	s->rules = state->rules;
	s->alerts_open = state->alerts_open;
	s->day_proposed = DAY_NEVER;
	s->inbox.event_fd = -1;
	arena_init(&s->scratch, SCRATCH_BYTES);
	enum status st = start_calendar(s, err);
	if (st == STATUS_OK)
		st = start_threads(s, err);
	if (st == STATUS_OK)
		st = open_sockets(s, err);
	if (st != STATUS_OK) {
		/* Threads end after the engine, which is the caller's to close: see server_free. */
		*ret_server = s;
		return st;
	}
	*ret_server = s;
	return STATUS_OK;
}

static void close_sockets(struct server *s, int linger_ms)
{
	feed_close(s->feed);
	s->feed = NULL;
	for (size_t i = 0; i < s->endpoint_count; i++)
		endpoint_close(&s->endpoints[i], linger_ms);
	s->endpoint_count = 0;
}

static void throw_away(struct mail *m)
{
	if (m->kind == CHORES_REPORT)
		chores_report_free((struct chores_report *)m);
	else if (m->kind == READER_QUERY || m->kind == READER_SLICE)
		reader_job_free((struct reader_job *)m);
	else if (m->kind == WORKER_DONE)
		batch_free((struct batch *)(void *)((char *)m - offsetof(struct batch, done_mail)));
}

void server_free(struct server *s)
{
	if (!s)
		return;
	store_abort(s->txn);
	chores_free(s->chores);
	worker_free(s->worker);
	reader_free(s->reader);
	for (struct mail *m; s->inbox.last && (m = mailbox_take(&s->inbox, 0)) != NULL;)
		throw_away(m);
	close_sockets(s, 0);
	gate_free(s->gate);
	if (s->zmq)
		zmq_ctx_term(s->zmq);
	stream_free(s->streams);
	turns_fini(s);
	request_fini(s);
	quota_free(s->quotas);
	pipeline_fini(s);
	admit_free(s->admit);
	if (s->inbox.last)
		mailbox_fini(&s->inbox);
	roll_release(s->roll);
	arena_fini(&s->scratch);
	free(s);
}

/* --- the loop ----------------------------------------------------------------------------- */

static struct batch *batch_of(struct mail *m, size_t offset)
{
	return (struct batch *)(void *)((char *)m - offset);
}

static void take_mail(struct server *s)
{
	for (struct mail *m; (m = mailbox_take(&s->inbox, 0)) != NULL;) {
		if (m->kind == WORKER_SYNCED)
			pipeline_synced(s, batch_of(m, offsetof(struct batch, synced_mail)));
		else if (m->kind == WORKER_DONE)
			pipeline_done(s, batch_of(m, offsetof(struct batch, done_mail)));
		else if (m->kind == READER_QUERY)
			request_answered(s, (struct reader_job *)m);
		else if (m->kind == READER_SLICE)
			stream_slice(s->streams, (struct reader_job *)m);
		else if (m->kind == CHORES_REPORT)
			operate_report(s, (struct chores_report *)m);
	}
}

static void begin_stop(struct server *s)
{
	if (s->stop_ms) {
		s->stop_now = true;
		return;
	}
	log_line(LOG_NOTICE, "stopping", "revision=%" PRIu64 " in_flight=%zu", s->head.revision,
		 admit_in_flight(s->admit));
	notice(s, SERVER_STOPPING, NULL);
	/* First, so that positions still enter. */
	stream_end_all(s->streams, MANDATE__CODE__CODE_STOPPING, "the daemon is stopping");
	s->stop_ms = s->now_ms + STOP_MS - LINGER_MS;
}

static void take_signals(struct server *s)
{
	struct signalfd_siginfo info;

	while (s->options.signal_fd >= 0 &&
	       read(s->options.signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
		if (info.ssi_signo == SIGHUP)
			notice(s, SERVER_RELOAD, NULL);
		else
			begin_stop(s);
	}
}

static void each_second(struct server *s)
{
	if (s->now_ms - s->second_ms < SECOND_MS)
		return;
	s->second_ms = s->now_ms;
	if (!s->stop_ms) {
		/* Not while an earlier attempt is under way: a setting is entered once. */
		if (!s->seeded && pipeline_is_empty(s))
			s->seeded = operate_seed(s);
		if (s->seeded)
			operate_calendar(s);
		chores_tick(s->chores, s->head.index);
	}
	notice_status(s, SERVER_STATUS);
	if (s->now_ms - s->tally_ms >= TALLY_MS)
		keep_tally(s);
	if (!s->settled && s->now_ms - s->started_ms > TRUST_EARLY_DEATH_MS) {
		trust_forget_deaths();
		s->settled = true;
	}
}

/* Waits for sockets, mail or signals, at most until `wake_ms`. */
static void wait_for_something(struct server *s, uint64_t wake_ms, bool read)
{
	zmq_pollitem_t items[LISTEN_MAX + 4];
	int count = 0;
	uint64_t now_ms = clock_mono_ms(), wait_ms = wake_ms > now_ms ? wake_ms - now_ms : 0;

	items[count++] = (zmq_pollitem_t){.fd = s->inbox.event_fd, .events = ZMQ_POLLIN};
	if (s->options.signal_fd >= 0)
		items[count++] = (zmq_pollitem_t){.fd = s->options.signal_fd, .events = ZMQ_POLLIN};
	if (s->feed)
		items[count++] =
			(zmq_pollitem_t){.socket = feed_socket(s->feed), .events = ZMQ_POLLIN};
	for (size_t i = 0; read && i < s->endpoint_count; i++)
		items[count++] =
			(zmq_pollitem_t){.socket = s->endpoints[i].socket, .events = ZMQ_POLLIN};
	if (zmq_poll(items, count, (long)wait_ms) < 0 && zmq_errno() != EINTR)
		server_fatal(s, STATUS_IO, "zmq_poll");
}

static uint64_t sooner(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static bool is_over(struct server *s)
{
	if (s->fatal.status != STATUS_OK || s->stop_now)
		return true;
	return s->stop_ms && ((pipeline_is_empty(s) && s->queries == 0) || s->now_ms >= s->stop_ms);
}

static void turn(struct server *s)
{
	bool more = false;

	s->now_ms = clock_mono_ms();
	s->wall_ms = clock_wall_ms();
	take_mail(s);
	take_signals(s);
	if (s->feed)
		feed_read(s->feed);
	/* Rules on their way decide on kinds of record that earlier ones do not know: nobody is
	 * refused for having come a millisecond too early. */
	bool begins = s->seeded && s->rules < MACHINE_RULES_VERSION && !pipeline_is_empty(s) &&
		      worker_trouble(s->worker, NULL) == STATUS_OK;
	/* While it stops too: what has come is told so, and a connection that is closed with bytes
	 * unread takes the answers on their way with it. */
	request_turns(s);
	for (size_t i = 0; !begins && i < s->endpoint_count; i++)
		more = request_read(s, &s->endpoints[i]) || more;
	pipeline_hand_over(s);
	uint64_t wake_ms = stream_pump(s->streams, s->now_ms);
	each_second(s);
	pipeline_hand_over(s); /* what streams and the calendar entered */
	let_txn_go(s);
	notice_alive(s);
	wake_ms = more || turns_ready(s) ? 0 : sooner(wake_ms, s->second_ms + SECOND_MS);
	if (s->options.watchdog_ms)
		wake_ms = sooner(wake_ms, s->alive_ms + s->options.watchdog_ms / 4);
	bool full = pipeline_is_full(s);
	if (full)
		wake_ms = sooner(wake_ms, s->pipeline.full_since_ms + BUSY_RETRY_MS);
	if (!is_over(s))
		wait_for_something(s, wake_ms, !full && !begins);
}

enum status server_run(struct server *s, struct error *err)
{
	s->now_ms = s->started_ms = s->alive_ms = clock_mono_ms();
	s->wall_ms = clock_wall_ms();
	each_second(s); /* what a new state needs comes before anybody's submission */
	notice_status(s, SERVER_READY);
	while (!is_over(s))
		turn(s);
	if (s->fatal.status != STATUS_OK) {
		close_sockets(s, 0);
		return error_set(err, s->fatal.status, "%s", s->fatal.text);
	}
	close_sockets(s, s->stop_now ? 0 : LINGER_MS);
	store_abort(s->txn);
	s->txn = NULL;
	keep_tally(s);
	if (!pipeline_is_empty(s))
		return error_set(err, STATUS_STOPPED, "stopped before everything was answered");
	return STATUS_OK;
}
