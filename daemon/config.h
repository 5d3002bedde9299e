/* Configuration: a row a key, the same for the file, `-o KEY=VALUE` and `--check`. No configuration
 * at all is a complete one. */
#ifndef MANDATED_CONFIG_H
#define MANDATED_CONFIG_H

#include "base/conf.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/status.h"
#include "rules/alert.h"

#include <stdint.h>

enum {
	CONFIG_PATH_BYTES = 1024,
	CONFIG_ENDPOINT_BYTES = 256,
	CONFIG_ZONE_BYTES = 64,
	CONFIG_EXIT = 78, /* EX_CONFIG: exit status for a configuration that is wrong */
};

enum config_calendar { CONFIG_CALENDAR_CLOCK = 1, CONFIG_CALENDAR_MANUAL };

struct config_endpoints {
	char names[LISTEN_MAX][CONFIG_ENDPOINT_BYTES];
	size_t count;
};

struct config {
	char state_dir[CONFIG_PATH_BYTES];
	struct config_endpoints listen, listen_next;
	/* Of listen and listen_next. "": secret_key_file's is chosen, see keys.h. */
	char secret_key_file[CONFIG_PATH_BYTES], secret_key_file_next[CONFIG_PATH_BYTES];
	char admin_public_key[PUBLIC_KEY_TEXT + 1]; /* "": none */
	uint64_t connections_max, office_connections_max;
	char control[CONFIG_ENDPOINT_BYTES];	  /* "": none */
	char feed[CONFIG_ENDPOINT_BYTES];	  /* "": none */
	char feed_clearance[OFFICE_TEXT_MAX + 1]; /* "": the feed carries everything */
	bool control_set, feed_set;		  /* given; otherwise config_finish chooses */
	char timezone[CONFIG_ZONE_BYTES];
	enum config_calendar calendar;
	enum log_level log_level;
	uint64_t segment_bytes;
	uint64_t recent_events_bytes;
	uint64_t io_threads;
	struct config_rates {
		uint64_t messages_per_second, bytes_per_second, journal_bytes_per_day;
	} rates; /* of each office */
	struct alert_parameters alerts;
};

enum config_type {
	CONFIG_PATH = 1,
	CONFIG_ENDPOINTS, /* TCP, separated by spaces */
	CONFIG_IPC,	  /* one ipc endpoint, or nothing */
	CONFIG_OFFICE,	  /* an office's name, or nothing */
	CONFIG_KEY,	  /* a public key in Z85, or nothing */
	CONFIG_ZONE,
	CONFIG_CHOICE, /* one of the words in `unit` */
	CONFIG_NUMBER, /* decimal; of bytes also with K, M or G */
};

struct config_key {
	const char *name;
	enum config_type type;
	size_t offset;	      /* in struct config */
	int64_t least, most;  /* of a number */
	const char *fallback; /* as it would be written */
	const char *unit;     /* of a number; the words of a choice */
	const char *meaning;
};

/* Every key: the table, and after it one for each setting of rules/alert.h. `ret_key` is filled;
 * false past the last. */
bool config_key_at(size_t i, struct config_key *ret_key);

/* The defaults. */
void config_init(struct config *c);

/* STATUS_NOT_FOUND for an unknown key, STATUS_INVALID for a value that it cannot have; then `err`
 * says what is wrong and *c is as before. */
MUST_USE enum status config_set(struct config *c, const char *key, const char *value,
				struct error *err);

/* Reads a file (base/conf.h). Each problem is told; STATUS_INVALID if there was one. A file that
 * cannot be read is a problem, too. */
MUST_USE enum status config_load(struct config *c, const char *path, conf_problem *problem,
				 void *ctx);

/* Chooses what was not given: from systemd's environment, from the user. */
MUST_USE enum status config_finish(struct config *c, struct error *err);

#endif
