/* mandated: options, start, stop. */
#include "config.h"
#include "keys.h"
#include "sdnotify.h"

#include "base/clock.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "net/server.h"
#include "service/trust.h"
#include "service/verify.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	EXIT_USAGE = 2,
	OVERRIDES_MAX = 64,
	PROBLEM_BYTES = 1024,
	EXTEND_MS = 30 * 1000, /* while inputs are replayed; progress is told twice a second */
};

static const char DEFAULT_FILE[] = "/etc/mandated/mandated.conf";

struct options {
	const char *file; /* NULL: the default, if it is there */
	const char *overrides[OVERRIDES_MAX];
	size_t override_count;
	bool check, verify;
	struct verify_options verification;
};

struct daemon {
	struct options options;
	struct config config;
	struct keys keys;
};

static void usage(FILE *to)
{
	struct config_key k;

	fprintf(to,
		"usage: mandated [-c FILE] [-o KEY=VALUE]... [--check]\n"
		"       mandated --verify [--head REVISION:HASH] [--from-checkpoint] [--index N]\n"
		"                [-o KEY=VALUE]...\n"
		"       mandated --version | --help\n\n"
		"  -c FILE       configuration; without it %s, if it is there\n"
		"  -o KEY=VALUE  overrides the file\n"
		"  --check       says what is wrong with the configuration, and where\n"
		"  --verify      proves the journal, and that the state is what it says\n"
		"  --index N     up to which input, at least, the state must go\n\nkeys:\n",
		DEFAULT_FILE);
	for (size_t i = 0; config_key_at(i, &k); i++)
		fprintf(to, "  %s%s%s\n      %s\n", k.name, k.fallback[0] ? " = " : "", k.fallback,
			k.meaning);
}

/* --- options and configuration ------------------------------------------------------------ */

static bool parse_head(const char *text, struct verify_options *v)
{
	char *end;

	errno = 0;
	v->head_revision = strtoull(text, &end, 10);
	v->check_head = true;
	return !errno && end != text && *end == ':' &&
	       hash_parse(v->head_hash, end + 1) == STATUS_OK;
}

static bool parse_index(const char *text, struct verify_options *v)
{
	char *end;

	errno = 0;
	v->applied_index = strtoull(text, &end, 10);
	return !errno && end != text && !*end;
}

/* Answers an exit status, or -1 to go on. */
static int parse_options(int argc, char **argv, struct options *o)
{
	enum { CHECK = 256, VERIFY, HEAD, FROM_CHECKPOINT, INDEX, VERSION, HELP };
	static const struct option longs[] = {
		{"check", no_argument, NULL, CHECK},
		{"verify", no_argument, NULL, VERIFY},
		{"head", required_argument, NULL, HEAD},
		{"from-checkpoint", no_argument, NULL, FROM_CHECKPOINT},
		{"index", required_argument, NULL, INDEX},
		{"version", no_argument, NULL, VERSION},
		{"help", no_argument, NULL, HELP},
		{0}};

	for (int c; (c = getopt_long(argc, argv, "c:o:h", longs, NULL)) != -1;) {
		if (c == 'c') {
			o->file = optarg;
		} else if (c == 'o' && o->override_count < OVERRIDES_MAX) {
			o->overrides[o->override_count++] = optarg;
		} else if (c == CHECK) {
			o->check = true;
		} else if (c == VERIFY) {
			o->verify = true;
		} else if (c == FROM_CHECKPOINT) {
			o->verification.from_checkpoint = true;
		} else if (c == VERSION) {
			puts("mandated " MANDATED_VERSION);
			return EXIT_SUCCESS;
		} else if (c == HELP || c == 'h') {
			usage(stdout);
			return EXIT_SUCCESS;
		} else if (!(c == HEAD && parse_head(optarg, &o->verification)) &&
			   !(c == INDEX && parse_index(optarg, &o->verification))) {
			usage(stderr);
			return EXIT_USAGE;
		}
	}
	if (optind < argc) {
		usage(stderr);
		return EXIT_USAGE;
	}
	return -1;
}

static void print_problem(void *ctx, const char *text)
{
	char plain[PROBLEM_BYTES]; /* a file of configuration may hold anything */

	(void)ctx;
	utf8_escape(plain, sizeof plain, text);
	fprintf(stderr, "mandated: %s\n", plain);
}

static enum status override(struct config *c, const char *assignment, struct error *err)
{
	char key[CODE_TEXT_MAX + 1];
	const char *equals = strchr(assignment, '=');

	if (!equals || (size_t)(equals - assignment) >= sizeof key)
		return error_set(err, STATUS_INVALID, "-o %s: not of the form KEY=VALUE",
				 log_quote(assignment));
	memcpy(key, assignment, (size_t)(equals - assignment));
	key[equals - assignment] = '\0';
	return config_set(c, key, equals + 1, err);
}

/* Every problem is printed. */
static enum status read_config(const struct options *o, struct config *c)
{
	const char *file = o->file			     ? o->file
			   : access(DEFAULT_FILE, F_OK) == 0 ? DEFAULT_FILE
							     : NULL;
	struct error err;
	enum status s = STATUS_OK;

	config_init(c);
	if (file)
		s = config_load(c, file, print_problem, NULL);
	for (size_t i = 0; i < o->override_count; i++) {
		enum status one = override(c, o->overrides[i], &err);
		if (one != STATUS_OK) {
			print_problem(NULL, err.text);
			s = one;
		}
	}
	if (s != STATUS_OK)
		return s;
	s = config_finish(c, &err);
	if (s != STATUS_OK)
		print_problem(NULL, err.text);
	return s;
}

static enum status read_keys(struct daemon *d)
{
	struct error err;
	enum status s = keys_read(&d->config, &d->keys, &err);

	if (s != STATUS_OK)
		print_problem(NULL, err.text);
	return s;
}

/* --- the daemon --------------------------------------------------------------------------- */

/* Only what needs no restart: the level of the log. The rest is reported. */
static void reload(struct daemon *d)
{
	struct config now;

	if (read_config(&d->options, &now) != STATUS_OK) {
		log_line(LOG_ERROR, "reload",
			 "result=\"the configuration is wrong, nothing changed\"");
		return;
	}
	enum log_level level = now.log_level;
	now.log_level = d->config.log_level;
	bool same = memcmp(&now, &d->config, sizeof now) == 0;
	d->config.log_level = level;
	log_setup(level, getenv("JOURNAL_STREAM") != NULL);
	log_line(LOG_NOTICE, "reload", "log_level=%d restart_needed=%s", (int)level,
		 same ? "no" : "\"yes: other keys have changed\"");
}

static void on_notice(void *ctx, enum server_notice what, const char *text)
{
	switch (what) {
	case SERVER_READY:
		log_line(LOG_NOTICE, "ready", "status=%s", log_quote(text));
		sdnotify_ready(text);
		break;
	case SERVER_STATUS:
		sdnotify_status(text);
		break;
	case SERVER_ALIVE:
		sdnotify_alive();
		break;
	case SERVER_STOPPING:
		sdnotify_stopping();
		break;
	case SERVER_RELOAD:
		reload(ctx);
		break;
	}
}

static void on_progress(void *ctx, uint64_t done, uint64_t total)
{
	char text[96];

	(void)ctx;
	snprintf(text, sizeof text, "replaying: %" PRIu64 " of %" PRIu64 " inputs", done, total);
	sdnotify_extend(EXTEND_MS, text);
}

/* The parents of the default directory need not be there. */
static void make_parents(const char *path)
{
	char parent[CONFIG_PATH_BYTES];

	for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		memcpy(parent, path, (size_t)(slash - path));
		parent[slash - path] = '\0';
		/* What is missing in the end is told by whoever needs it. */
		IGNORE_RESULT(mkdir(parent, 0755));
	}
}

/* Blocked before the first thread, so that every thread leaves them to the loop. */
static int block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0 || signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		return -1;
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

/* A connection is a descriptor, and running out of them makes accepting spin: the gate lets in only
 * as many as there may be. */
static void raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	IGNORE_RESULT(setrlimit(RLIMIT_NOFILE, &limit)); /* then it stays as it was */
}

static void add_listen(struct server_options *o, const struct config_endpoints *endpoints,
		       const struct keyfile_pair *pair)
{
	for (size_t i = 0; i < endpoints->count; i++)
		o->listen[o->listen_count++] = (struct server_listen){
			endpoints->names[i], pair->secret_key, pair->public_key};
}

static void fill_server_options(struct daemon *d, int signal_fd, struct server_options *o)
{
	const struct config *c = &d->config;

	*o = (struct server_options){
		.connections = {c->connections_max, c->office_connections_max},
		.admin_public_key = c->admin_public_key,
		.control = c->control[0] ? c->control : NULL,
		.feed = c->feed[0] ? c->feed : NULL,
		.feed_clearance = c->feed_clearance[0] ? c->feed_clearance : NULL,
		.rates = {c->rates.messages_per_second, c->rates.bytes_per_second,
			  c->rates.journal_bytes_per_day},
		.io_threads = (int)c->io_threads,
		.timezone = c->timezone,
		.manual_calendar = c->calendar == CONFIG_CALENDAR_MANUAL,
		.alerts = c->alerts,
		.segment_bytes = c->segment_bytes,
		.recent_events_bytes = c->recent_events_bytes,
		.watchdog_ms = sdnotify_watchdog_ms(),
		.signal_fd = signal_fd,
		.notice = on_notice,
		.notice_ctx = d};
	add_listen(o, &c->listen, &d->keys.now);
	add_listen(o, &c->listen_next, &d->keys.next);
}

static void log_start(const struct startup *up, uint64_t total_ms)
{
	log_line(LOG_NOTICE, "started",
		 "version=%s state_dir=%s clean=%s torn_bytes=%" PRIu64
		 " rebuilt=%s checkpoint=%" PRIu64 " replayed=%" PRIu64 " recover_ms=%" PRIu64
		 " state_ms=%" PRIu64 " total_ms=%" PRIu64,
		 MANDATED_VERSION, log_quote(up->state_dir), up->found.was_clean ? "yes" : "no",
		 up->found.torn_bytes, up->distrust ? log_quote(up->distrust) : "no",
		 up->checkpoint, up->replayed, up->recover_ms, up->state_ms, total_ms);
}

static int failed(const char *doing, const struct error *err)
{
	log_line(LOG_ERROR, doing, "reason=%s", log_quote(err->text));
	return EXIT_FAILURE;
}

/* From an open state directory to the end. Sockets close first, then the engine, then what it
 * called. */
static int serve(struct daemon *d, struct startup *up, int signal_fd, uint64_t begun_ms)
{
	struct server_options options;
	struct error err = {.status = STATUS_OK};
	struct server *server = NULL;
	int result = EXIT_SUCCESS;

	fill_server_options(d, signal_fd, &options);
	enum status s = server_new(&options, up, &err, &server);
	keys_wipe(&d->keys);
	log_start(up, clock_mono_ms() - begun_ms);
	if (s != STATUS_OK) {
		result = failed("start.failed", &err);
	} else {
		s = server_run(server, &err);
		if (s != STATUS_OK)
			result = failed("ended", &err);
	}
	struct error closing = {.status = STATUS_OK};
	if (startup_close_engine(up, s == STATUS_OK, &closing) != STATUS_OK &&
	    result == EXIT_SUCCESS)
		result = failed("stop.failed", &closing);
	if (result == EXIT_SUCCESS)
		trust_forget_deaths();
	server_free(server);
	return result;
}

static int run(struct daemon *d)
{
	struct startup_options options = {.state_dir = d->config.state_dir,
					  .segment_bytes = d->config.segment_bytes,
					  .progress = on_progress};
	struct error err = {.status = STATUS_OK};
	struct startup up;
	uint64_t begun_ms = clock_mono_ms();
	int signal_fd = block_signals();

	if (signal_fd < 0) {
		error_set(&err, STATUS_IO, "cannot take over signals: %s", strerror(errno));
		return failed("start.failed", &err);
	}
	raise_descriptors();
	make_parents(d->config.state_dir);
	if (startup_open(&options, &err, &up) != STATUS_OK)
		return failed("start.failed", &err);
	int result = EXIT_FAILURE;
	if (keys_draw(&d->keys, &err) == STATUS_OK)
		result = serve(d, &up, signal_fd, begun_ms);
	else
		failed("start.failed", &err);
	startup_close(&up);
	close(signal_fd);
	log_line(LOG_NOTICE, "stopped", "status=%d", result);
	return result;
}

int main(int argc, char **argv)
{
	static struct daemon d;
	int end = parse_options(argc, argv, &d.options);

	if (end >= 0)
		return end;
	if (read_config(&d.options, &d.config) != STATUS_OK ||
	    (!d.options.verify && read_keys(&d) != STATUS_OK))
		return CONFIG_EXIT;
	if (d.options.check) {
		puts("the configuration is right");
		return EXIT_SUCCESS;
	}
	log_setup(d.config.log_level, getenv("JOURNAL_STREAM") != NULL);
	if (hash_init() != STATUS_OK) {
		fputs("mandated: no source of random numbers\n", stderr);
		return EXIT_FAILURE;
	}
	if (d.options.verify) {
		d.options.verification.state_dir = d.config.state_dir;
		return verify_main(&d.options.verification);
	}
	return run(&d);
}
