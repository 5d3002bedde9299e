#include "config.h"

#include "base/day.h"
#include "base/keyfile.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#define AT(member) offsetof(struct config, member)

static const struct config_key table[] = {
	{"state_dir", CONFIG_PATH, AT(state_dir), 0, 0, "", NULL,
	 "where everything is kept: journal, state, checkpoints. Default: $STATE_DIRECTORY, which "
	 "systemd sets; otherwise /var/lib/mandated, for others than root "
	 "~/.local/state/mandated"},
	{"listen", CONFIG_ENDPOINTS, AT(listen), 0, 0, "tcp://127.0.0.1:7117", NULL,
	 "where offices connect: endpoints separated by spaces, or nothing. Every one is "
	 "encrypted, and takes accredited keys only"},
	{"secret_key_file", CONFIG_PATH, AT(secret_key_file), 0, 0, "", NULL,
	 "the daemon's secret key, mode 0600 (mandatectl keygen). Default: `secret_key` in "
	 "$CREDENTIALS_DIRECTORY, otherwise in state_dir, where the first start draws one"},
	{"listen_next", CONFIG_ENDPOINTS, AT(listen_next), 0, 0, "", NULL,
	 "further endpoints, with the key of secret_key_file_next: while clients move from one "
	 "key to the next"},
	{"secret_key_file_next", CONFIG_PATH, AT(secret_key_file_next), 0, 0, "", NULL,
	 "the secret key of listen_next"},
	{"admin_public_key", CONFIG_KEY, AT(admin_public_key), 0, 0, "", NULL,
	 "public key of the first administrator, who speaks as the office `admin`"},
	{"connections_max", CONFIG_NUMBER, AT(connections_max), CONNECTIONS_MAX_LEAST,
	 CONNECTIONS_MAX_MOST, "4096", "connections",
	 "at so many nobody new is let in; less, where the system allows fewer descriptors"},
	{"office_connections_max", CONFIG_NUMBER, AT(office_connections_max), 1,
	 CONNECTIONS_MAX_MOST, "64", "connections",
	 "of these one office may have so many; past it the quiet ones are cut, then the newest"},
	{"control", CONFIG_IPC, AT(control), 0, 0, "", NULL,
	 "the operators' endpoint, guarded by file permissions. Default: `control` in "
	 "$RUNTIME_DIRECTORY, otherwise in state_dir"},
	{"feed", CONFIG_IPC, AT(feed), 0, 0, "", NULL,
	 "where events are published, best effort; empty: nowhere. Default: `feed` beside control"},
	{"feed_clearance", CONFIG_OFFICE, AT(feed_clearance), 0, 0, "", NULL,
	 "the office on the roll whose read grants decide what the feed carries; while it is not "
	 "accredited, nothing. Empty: everything, to whoever the mode of the feed's file lets in"},
	{"timezone", CONFIG_ZONE, AT(timezone), 0, 0, "America/New_York", NULL,
	 "where a day begins and ends. Seeds the setting at first start; later changes are an "
	 "operator's (mandatectl setting)"},
	{"calendar", CONFIG_CHOICE, AT(calendar), 0, 0, "clock", "clock manual",
	 "who enters days: the clock, or operators only, for exercises and replays of history"},
	{"log_level", CONFIG_CHOICE, AT(log_level), 0, 0, "info", "error warning notice info debug",
	 "the least important lines that are logged"},
	{"segment_bytes", CONFIG_NUMBER, AT(segment_bytes), SEGMENT_BYTES_MIN, SEGMENT_BYTES_MAX,
	 "64M", "bytes", "size of a journal file made from now on"},
	{"recent_events_bytes", CONFIG_NUMBER, AT(recent_events_bytes), 64 * 1024,
	 256 * 1024 * 1024, "4M", "bytes",
	 "newest events kept in memory for subscribers that keep up"},
	{"office_messages_per_second", CONFIG_NUMBER, AT(rates.messages_per_second), 1,
	 OFFICE_MESSAGES_PER_SECOND_MOST, "20000", "messages",
	 "an office that sends more is told to come back; a burst is a second's worth"},
	{"office_bytes_per_second", CONFIG_NUMBER, AT(rates.bytes_per_second),
	 OFFICE_BYTES_PER_SECOND_LEAST, OFFICE_BYTES_PER_SECOND_MOST, "16M", "bytes",
	 "the same of the bytes of its messages"},
	{"office_journal_bytes_per_day", CONFIG_NUMBER, AT(rates.journal_bytes_per_day), 1024,
	 INT64_C(1) << 50, "256M", "bytes",
	 "what an office's submissions, refused ones too, may add to the journal on a day"},
	{"io_threads", CONFIG_NUMBER, AT(io_threads), 1, 8, "1", "threads",
	 "threads that move bytes between sockets and memory"},
};
static const size_t table_count = sizeof table / sizeof table[0];

bool config_key_at(size_t i, struct config_key *ret_key)
{
	static _Thread_local char number[16];
	static const struct alert_parameters defaults = ALERT_DEFAULTS;

	if (i < table_count) {
		*ret_key = table[i];
		return true;
	}
	i -= table_count;
	if (i >= alert_settings_count)
		return false;
	const struct alert_setting *a = &alert_settings[i];
	int32_t value;
	memcpy(&value, (const char *)&defaults + a->offset, sizeof value);
	snprintf(number, sizeof number, "%" PRId32, value);
	*ret_key = (struct config_key){a->name,	 CONFIG_NUMBER, AT(alerts) + a->offset,
				       a->least, a->most,	number,
				       "days",	 a->meaning};
	return true;
}

/* --- values ------------------------------------------------------------------------------- */

/* Where in `choices`, words separated by spaces, is `word`? -1: nowhere. */
static int choice_of(const char *choices, const char *word)
{
	size_t len = strlen(word);
	int n = 0;

	for (const char *p = choices; *p; n++) {
		size_t one = strcspn(p, " ");
		if (one == len && memcmp(p, word, len) == 0)
			return n;
		p += one;
		p += strspn(p, " ");
	}
	return -1;
}

static enum status set_choice(void *to, const struct config_key *k, const char *value,
			      struct error *err)
{
	int n = choice_of(k->unit, value);

	if (n < 0)
		return error_set(err, STATUS_INVALID, "%s: %s is none of: %s", k->name,
				 log_quote(value), k->unit);
	if (k->offset == AT(calendar))
		*(enum config_calendar *)to = (enum config_calendar)(CONFIG_CALENDAR_CLOCK + n);
	else
		*(enum log_level *)to = (enum log_level)(LOG_ERROR + n);
	return STATUS_OK;
}

static bool parse_number(const char *value, bool bytes, int64_t *ret_number)
{
	char *end;
	int64_t factor = 1;

	if (!isdigit((unsigned char)value[0]))
		return false;
	errno = 0;
	long long number = strtoll(value, &end, 10);
	if (bytes && *end) {
		factor = *end == 'K' ? 1024 : *end == 'M' ? 1048576 : *end == 'G' ? 1073741824 : 0;
		end++;
	}
	int64_t product;
	if (errno || *end || factor == 0 || __builtin_mul_overflow(number, factor, &product))
		return false;
	*ret_number = product;
	return true;
}

static enum status set_number(void *to, const struct config_key *k, const char *value,
			      struct error *err)
{
	int64_t number;

	if (!parse_number(value, strcmp(k->unit, "bytes") == 0, &number))
		return error_set(err, STATUS_INVALID, "%s: %s is no number of %s", k->name,
				 log_quote(value), k->unit);
	if (number < k->least || number > k->most)
		return error_set(err, STATUS_INVALID,
				 "%s: %s is not between %" PRId64 " and %" PRId64 " %s", k->name,
				 log_quote(value), k->least, k->most, k->unit);
	if (k->offset >= AT(alerts))
		*(int32_t *)to = (int32_t)number;
	else
		*(uint64_t *)to = (uint64_t)number;
	return STATUS_OK;
}

static enum status set_text(char *to, size_t room, const struct config_key *k, const char *value,
			    struct error *err)
{
	if (strlen(value) >= room)
		return error_set(err, STATUS_INVALID, "%s: longer than %zu bytes", k->name,
				 room - 1);
	memcpy(to, value, strlen(value) + 1);
	return STATUS_OK;
}

/* An address: names of others' are not ours to bind, and need a name service at the start. */
static bool is_address(const char *host, bool bracketed)
{
	struct in_addr v4;
	struct in6_addr v6;

	if (bracketed)
		return inet_pton(AF_INET6, host, &v6) == 1;
	return strcmp(host, "localhost") == 0 || strcmp(host, "*") == 0 ||
	       inet_pton(AF_INET, host, &v4) == 1;
}

static enum status check_tcp(const struct config_key *k, const char *endpoint, struct error *err)
{
	static const char prefix[] = "tcp://";
	char host[CONFIG_ENDPOINT_BYTES];
	const char *begin = endpoint + sizeof prefix - 1, *colon = strrchr(endpoint, ':');
	int64_t port;

	if (strncmp(endpoint, prefix, sizeof prefix - 1) != 0 || colon < begin)
		return error_set(err, STATUS_INVALID, "%s: %s is not of the form tcp://HOST:PORT",
				 k->name, log_quote(endpoint));
	if (strcmp(colon + 1, "*") != 0 &&
	    (!parse_number(colon + 1, false, &port) || port > UINT16_MAX))
		return error_set(err, STATUS_INVALID, "%s: %s has no port of 0 to 65535 or *",
				 k->name, log_quote(endpoint));
	size_t len = (size_t)(colon - begin);
	bool bracketed = len >= 2 && begin[0] == '[' && begin[len - 1] == ']';
	if (bracketed) {
		begin++;
		len -= 2;
	}
	memcpy(host, begin, len);
	host[len] = '\0';
	if (!is_address(host, bracketed))
		return error_set(err, STATUS_INVALID,
				 "%s: %s has no address: 192.0.2.1, [2001:db8::1], localhost, or "
				 "* for all of IPv4, [::] of IPv6",
				 k->name, log_quote(endpoint));
	return STATUS_OK;
}

static enum status set_endpoints(struct config_endpoints *to, const struct config_key *k,
				 const char *value, struct error *err)
{
	struct config_endpoints list = {.count = 0};

	for (const char *p = value + strspn(value, " \t"); *p; list.count++) {
		size_t len = strcspn(p, " \t");
		if (list.count == LISTEN_MAX || len >= CONFIG_ENDPOINT_BYTES)
			return error_set(err, STATUS_INVALID,
					 "%s: more than %d endpoints, or one too long", k->name,
					 LISTEN_MAX);
		char *name = list.names[list.count];
		memcpy(name, p, len);
		name[len] = '\0';
		enum status s = check_tcp(k, name, err);
		if (s != STATUS_OK)
			return s;
		p += len;
		p += strspn(p, " \t");
	}
	*to = list;
	return STATUS_OK;
}

static enum status set_ipc(struct config *c, const struct config_key *k, const char *value,
			   struct error *err)
{
	static const char prefix[] = "ipc://";
	bool is_control = k->offset == AT(control);
	char *to = is_control ? c->control : c->feed;

	if (value[0]) {
		const char *path = value + sizeof prefix - 1;
		if (strncmp(value, prefix, sizeof prefix - 1) != 0 || path[0] != '/')
			return error_set(err, STATUS_INVALID,
					 "%s: %s is not of the form ipc:///PATH", k->name,
					 log_quote(value));
		if (strlen(path) >= sizeof((struct sockaddr_un *)0)->sun_path)
			return error_set(err, STATUS_INVALID,
					 "%s: %s has a path longer than %zu bytes", k->name,
					 log_quote(value),
					 sizeof((struct sockaddr_un *)0)->sun_path - 1);
	}
	enum status s = set_text(to, CONFIG_ENDPOINT_BYTES, k, value, err);
	if (s == STATUS_OK)
		*(is_control ? &c->control_set : &c->feed_set) = true;
	return s;
}

static enum status set_public_key(char *to, const struct config_key *k, const char *value,
				  struct error *err)
{
	uint8_t key[PUBLIC_KEY_BYTES];

	if (value[0] && !keyfile_decode(key, value))
		return error_set(err, STATUS_INVALID,
				 "%s: %s is no public key: 40 characters of Z85", k->name,
				 log_quote(value));
	return set_text(to, PUBLIC_KEY_TEXT + 1, k, value, err);
}

static enum status set_zone(char *to, const struct config_key *k, const char *value,
			    struct error *err)
{
	int32_t day;

	if (strlen(value) >= CONFIG_ZONE_BYTES || day_in_zone(&day, 0, value) != STATUS_OK)
		return error_set(err, STATUS_INVALID, "%s: this system knows no time zone %s",
				 k->name, log_quote(value));
	return set_text(to, CONFIG_ZONE_BYTES, k, value, err);
}

static enum status set_key(struct config *c, const struct config_key *k, const char *value,
			   struct error *err)
{
	char *to = (char *)c + k->offset;

	switch (k->type) {
	case CONFIG_PATH:
		if (value[0] != '/' && !(value[0] == '\0' && k->offset != AT(state_dir)))
			return error_set(err, STATUS_INVALID, "%s: %s is no absolute path", k->name,
					 log_quote(value));
		return set_text(to, CONFIG_PATH_BYTES, k, value, err);
	case CONFIG_ENDPOINTS:
		return set_endpoints((void *)to, k, value, err);
	case CONFIG_IPC:
		return set_ipc(c, k, value, err);
	case CONFIG_OFFICE:
		return set_text(to, OFFICE_TEXT_MAX + 1, k, value, err);
	case CONFIG_KEY:
		return set_public_key(to, k, value, err);
	case CONFIG_ZONE:
		return set_zone(to, k, value, err);
	case CONFIG_CHOICE:
		return set_choice(to, k, value, err);
	case CONFIG_NUMBER:
		return set_number(to, k, value, err);
	}
	return STATUS_INVALID;
}

/* --- the whole ------------------------------------------------------------------------------ */

void config_init(struct config *c)
{
	struct config_key k;
	struct error err;

	memset(c, 0, sizeof *c); /* with its padding: configurations are compared */
	for (size_t i = 0; config_key_at(i, &k); i++)
		if (k.fallback[0] && set_key(c, &k, k.fallback, &err) != STATUS_OK &&
		    k.type == CONFIG_ZONE)
			/* A system without zones still has this one. */
			IGNORE_RESULT(set_text(c->timezone, sizeof c->timezone, &k, "UTC", NULL));
}

enum status config_set(struct config *c, const char *key, const char *value, struct error *err)
{
	struct config_key k;

	for (size_t i = 0; config_key_at(i, &k); i++)
		if (strcmp(k.name, key) == 0)
			return set_key(c, &k, value, err);
	return error_set(err, STATUS_NOT_FOUND, "there is no key %s", log_quote(key));
}

struct loading {
	struct config *c;
	conf_problem *problem;
	void *ctx;
};

static enum status load_entry(void *ctx, const char *section, const char *key, const char *value,
			      struct error *err)
{
	struct loading *l = ctx;

	(void)section;
	return config_set(l->c, key, value, err);
}

static void load_problem(void *ctx, const char *text)
{
	struct loading *l = ctx;

	l->problem(l->ctx, text);
}

enum status config_load(struct config *c, const char *path, conf_problem *problem, void *ctx)
{
	struct loading l = {c, problem, ctx};
	enum status s = conf_read(path, false, load_entry, load_problem, &l);

	return s == STATUS_OK ? STATUS_OK : STATUS_INVALID;
}

/* A variable of systemd's holds directories separated by colons: the first. */
static const char *directory_of(const char *variable, char *to, size_t room)
{
	const char *value = getenv(variable);
	size_t len = value ? strcspn(value, ":") : 0;

	if (len == 0 || len >= room)
		return NULL;
	memcpy(to, value, len);
	to[len] = '\0';
	return to;
}

static enum status choose_state_dir(struct config *c, struct error *err)
{
	const char *home = getenv("HOME"), *base = getenv("XDG_STATE_HOME");
	int len;

	if (c->state_dir[0] || directory_of("STATE_DIRECTORY", c->state_dir, sizeof c->state_dir))
		return STATUS_OK;
	if (geteuid() == 0)
		len = snprintf(c->state_dir, sizeof c->state_dir, "/var/lib/mandated");
	else if (base && base[0] == '/')
		len = snprintf(c->state_dir, sizeof c->state_dir, "%s/mandated", base);
	else if (home && home[0] == '/')
		len = snprintf(c->state_dir, sizeof c->state_dir, "%s/.local/state/mandated", home);
	else
		return error_set(err, STATUS_INVALID,
				 "state_dir: not given, and there is no $HOME");
	return len < (int)sizeof c->state_dir
		       ? STATUS_OK
		       : error_set(err, STATUS_INVALID, "state_dir: the default is too long");
}

static enum status choose_ipc(struct config *c, const char *key, struct error *err)
{
	char directory[CONFIG_PATH_BYTES], endpoint[CONFIG_PATH_BYTES + 64];

	if (!directory_of("RUNTIME_DIRECTORY", directory, sizeof directory))
		memcpy(directory, c->state_dir, sizeof directory);
	snprintf(endpoint, sizeof endpoint, "ipc://%s/%s", directory, key);
	return config_set(c, key, endpoint, err);
}

/* The second key is for its endpoints, and they are for it. */
static enum status check_next(const struct config *c, struct error *err)
{
	if (c->listen_next.count && !c->secret_key_file_next[0])
		return error_set(err, STATUS_INVALID,
				 "listen_next: secret_key_file_next does not say with which key");
	if (c->listen.count + c->listen_next.count > LISTEN_MAX)
		return error_set(err, STATUS_INVALID,
				 "listen_next: with those of listen more than %d endpoints",
				 LISTEN_MAX);
	return STATUS_OK;
}

enum status config_finish(struct config *c, struct error *err)
{
	enum status s = choose_state_dir(c, err);

	if (s == STATUS_OK && !c->control_set)
		s = choose_ipc(c, "control", err);
	if (s == STATUS_OK && !c->feed_set)
		s = choose_ipc(c, "feed", err);
	return s == STATUS_OK ? check_next(c, err) : s;
}
