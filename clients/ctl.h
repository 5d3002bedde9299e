/* What the commands of mandatectl share. */
#ifndef MANDATED_CLIENTS_CTL_H
#define MANDATED_CLIENTS_CTL_H

#include "libmandate.h"
#include "output.h"

enum ctl_exit {
	CTL_DONE = 0,
	CTL_REFUSED = 1, /* by the daemon; or rows were not taken */
	CTL_USAGE = 2,
	CTL_UNREACHABLE = 3,
	CTL_LOCAL = 4, /* a file, memory, output */
};

/* Options that a command takes, as bits of ctl_command.options. */
enum ctl_option {
	CTL_ON = 1 << 0,
	CTL_KNOWN_AT = 1 << 1,
	CTL_OPERATION = 1 << 2,
	CTL_KIND = 1 << 3,
	CTL_CONTRIBUTOR = 1 << 4,
	CTL_CODE = 1 << 5,
	CTL_DOCUMENT = 1 << 6,
	CTL_LOG = 1 << 7,
	CTL_FROM = 1 << 8,
	CTL_NAME = 1 << 9,
	CTL_VERIFY = 1 << 10,
	CTL_COUNT = 1 << 11,
	CTL_UNTIL_CURRENT = 1 << 12,
	CTL_HEAD = 1 << 13,
	CTL_WINDOW = 1 << 14,
	CTL_DAYS = 1 << 15,
	CTL_AREA = 1 << 16,
	CTL_PARTY = 1 << 17,
	CTL_ALL = 1 << 18,
	CTL_COMPONENT = 1 << 19,
	CTL_ALERTS = 1 << 20,
	CTL_WAIT = 1 << 21,
};

enum { CTL_VALUES_MAX = 64 };

/* Values of an option that may be given several times. */
struct ctl_values {
	char *items[CTL_VALUES_MAX];
	size_t count;
};

struct ctl {
	/* where and how */
	char *server, *office, *device;
	enum output_format format;
	bool format_given;
	uint32_t timeout_ms, wait_ms;
	struct error wrong; /* what an option's value could not be read for */
	/* the command's options and arguments */
	uint32_t given; /* bits of enum ctl_option */
	int32_t on;
	uint64_t known_at, from, count, window, days;
	uint8_t from_hash[MANDATE_HASH_BYTES];
	bool has_from_hash;
	struct ctl_values operations, kinds, contributors, codes, documents;
	const char *name;
	char *area, *party;
	int component; /* Mandate__Component, with CTL_COMPONENT */
	uint64_t head_revision;
	uint8_t head_hash[MANDATE_HASH_BYTES];
	char **arguments;
	int argument_count;
	/* the connection */
	struct mandate *m;
};

struct ctl_command {
	const char *name;
	const char *arguments;		  /* "KIND KEY" */
	int arguments_min, arguments_max; /* -1: any number */
	uint32_t options;		  /* bits of enum ctl_option */
	enum ctl_exit (*run)(struct ctl *c);
	const char *help; /* a line */
	const char *more; /* for its own --help, or NULL */
};

extern const struct ctl_command ctl_commands[];
extern const size_t ctl_commands_count;

/* --- ctl_options.c, ctl_profile.c ------------------------------------------------------------ */

/* Fills `c` from options and profile; *ret_command is NULL when all has been said already (--help)
 * or something is wrong, which has then been printed: the result is the exit status. */
enum ctl_exit ctl_options_read(struct ctl *c, int argc, char **argv,
			       const struct ctl_command **ret_command);
void ctl_options_help(const struct ctl_command *command); /* NULL: of all */
MUST_USE enum status ctl_profile_read(struct ctl *c, const char *name, struct error *err);

/* --- ctl_session.c --------------------------------------------------------------------------- */

/* "mandatectl: ..." on standard error, and the exit status of `s`. */
enum ctl_exit ctl_fail(const struct ctl *c, enum status s, const char *text);
enum ctl_exit ctl_usage(const char *format, ...) PRINTF_LIKE(1, 2);

/* Opens the handle and waits for the daemon. On failure it has been said. */
enum ctl_exit ctl_connect(struct ctl *c, void *context,
			  void (*on_outcome)(void *context, const struct mandate_outcome *o));

/* Asks, with --on and --known-at; connects first. On failure it has been said. `ret_answer` may be
 * NULL. */
enum ctl_exit ctl_ask(struct ctl *c, Mandate__Query *query,
		      void (*on_row)(void *context, const Mandate__Row *row), void *context,
		      struct mandate_answer *ret_answer);

/* The kind named by `text`, or 0 after saying which there are. */
Mandate__Kind ctl_kind(const char *text);

/* "123:0a1b..." */
void ctl_head_text(char *ret_text, size_t size, uint64_t revision, const uint8_t *hash);

/* --- commands -------------------------------------------------------------------------------- */

enum ctl_exit ctl_push(struct ctl *c);
enum ctl_exit ctl_import(struct ctl *c);

enum ctl_exit ctl_read_get(struct ctl *c);
enum ctl_exit ctl_read_list(struct ctl *c);
enum ctl_exit ctl_read_history(struct ctl *c);
enum ctl_exit ctl_read_refusals(struct ctl *c);

enum ctl_exit ctl_judge_timeline(struct ctl *c);
enum ctl_exit ctl_judge_strength(struct ctl *c);
enum ctl_exit ctl_judge_alerts(struct ctl *c);
enum ctl_exit ctl_overview(struct ctl *c);
enum ctl_exit ctl_whatif(struct ctl *c);

enum ctl_exit ctl_partnership_lineage(struct ctl *c);
enum ctl_exit ctl_partnership_function(struct ctl *c);
enum ctl_exit ctl_partnership_arrangements(struct ctl *c);
enum ctl_exit ctl_partnership_partner(struct ctl *c);
enum ctl_exit ctl_forces_contributor(struct ctl *c);
enum ctl_exit ctl_forces_requirements(struct ctl *c);
enum ctl_exit ctl_agenda_money(struct ctl *c);
enum ctl_exit ctl_agenda_priorities(struct ctl *c);

enum ctl_exit ctl_follow(struct ctl *c);

enum ctl_exit ctl_operate_status(struct ctl *c);
enum ctl_exit ctl_operate_verify(struct ctl *c);
enum ctl_exit ctl_operate_day(struct ctl *c);
enum ctl_exit ctl_operate_setting(struct ctl *c);
enum ctl_exit ctl_operate_checkpoint(struct ctl *c);
enum ctl_exit ctl_operate_cursors(struct ctl *c);
enum ctl_exit ctl_operate_head(struct ctl *c);

#endif
