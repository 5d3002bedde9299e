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
#define CTL_OPTION(n) (UINT64_C(1) << (n))
#define CTL_ON CTL_OPTION(0)
#define CTL_KNOWN_AT CTL_OPTION(1)
#define CTL_OPERATION CTL_OPTION(2)
#define CTL_KIND CTL_OPTION(3)
#define CTL_CONTRIBUTOR CTL_OPTION(4)
#define CTL_CODE CTL_OPTION(5)
#define CTL_DOCUMENT CTL_OPTION(6)
#define CTL_LOG CTL_OPTION(7)
#define CTL_FROM CTL_OPTION(8)
#define CTL_NAME CTL_OPTION(9)
#define CTL_VERIFY CTL_OPTION(10)
#define CTL_COUNT CTL_OPTION(11)
#define CTL_UNTIL_CURRENT CTL_OPTION(12)
#define CTL_HEAD CTL_OPTION(13)
#define CTL_WINDOW CTL_OPTION(14)
#define CTL_DAYS CTL_OPTION(15)
#define CTL_AREA CTL_OPTION(16)
#define CTL_PARTY CTL_OPTION(17)
#define CTL_ALL CTL_OPTION(18)
#define CTL_COMPONENT CTL_OPTION(19)
#define CTL_ALERTS CTL_OPTION(20)
#define CTL_ABOUT CTL_OPTION(21)
#define CTL_ACT CTL_OPTION(22)
#define CTL_SINCE CTL_OPTION(23)
#define CTL_UNTIL CTL_OPTION(24)
#define CTL_ROLE CTL_OPTION(25)
#define CTL_GRANT CTL_OPTION(26)
#define CTL_KEY CTL_OPTION(27)
#define CTL_DEVICE CTL_OPTION(28)
#define CTL_TITLE CTL_OPTION(29)
#define CTL_ADMINISTRATOR CTL_OPTION(30)
#define CTL_WAIT CTL_OPTION(31)
#define CTL_EARLY CTL_OPTION(32)

enum { CTL_VALUES_MAX = 64 };

/* Values of an option that may be given several times. */
struct ctl_values {
	char *items[CTL_VALUES_MAX];
	size_t count;
};

struct ctl {
	/* where and how */
	char *server, *server_key, *key_file, *office, *device;
	enum output_format format;
	bool format_given;
	uint32_t timeout_ms, wait_ms;
	struct error wrong; /* what an option's value could not be read for */
	/* the command's options and arguments */
	uint64_t given; /* bits: CTL_... */
	int32_t on;
	uint64_t known_at, from, count, window, days;
	uint8_t from_hash[MANDATE_HASH_BYTES];
	bool has_from_hash;
	struct ctl_values operations, kinds, contributors, codes, documents;
	const char *name;
	char *area, *party;
	/* of offices and the audit */
	struct ctl_values roles, grants, keys, devices; /* devices: NAME=FILE */
	char *about, *title, *since, *until;
	int act;       /* Mandate__AuditAct, with CTL_ACT */
	int component; /* Mandate__Component, with CTL_COMPONENT */
	uint64_t head_revision;
	uint8_t head_hash[MANDATE_HASH_BYTES];
	char **arguments;
	int argument_count;
	/* the connection, and whether anything was left out of what it answered */
	struct mandate *m;
	bool restricted;
};

struct ctl_command {
	const char *name;		  /* a word, or several: "office add" */
	const char *arguments;		  /* "KIND KEY" */
	int arguments_min, arguments_max; /* -1: any number */
	uint64_t options;		  /* bits: CTL_... */
	enum ctl_exit (*run)(struct ctl *c);
	const char *help; /* a line */
	const char *more; /* for its own --help, or NULL */
};

extern const struct ctl_command ctl_commands[];
extern const size_t ctl_commands_count;

/* --- ctl_line.c, ctl_profile.c ------------------------------------------------------------ */

/* Fills `c` from options and profile; *ret_command is NULL when all has been said already (--help)
 * or something is wrong, which has then been printed: the result is the exit status. */
enum ctl_exit ctl_line_read(struct ctl *c, int argc, char **argv,
			    const struct ctl_command **ret_command);
void ctl_line_help(const struct ctl_command *command); /* NULL: of all */
/* The command that these words begin with, the longest such; NULL. */
const struct ctl_command *ctl_line_command(char *const *words, int count, int *ret_used);
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

/* The last line of an answer, if ctl_ask found that something was left out of it. */
void ctl_tell_restricted(const struct ctl *c);

/* The kind named by `text`, or 0 after saying which there are. */
Mandate__Kind ctl_kind(const char *text);

/* "123:0a1b..." */
void ctl_head_text(char *ret_text, size_t size, uint64_t revision, const uint8_t *hash);

/* --- commands -------------------------------------------------------------------------------- */

enum ctl_exit ctl_keygen(struct ctl *c);
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
enum ctl_exit ctl_operate_kick(struct ctl *c);

enum ctl_exit ctl_offices_list(struct ctl *c);
enum ctl_exit ctl_offices_show(struct ctl *c);
enum ctl_exit ctl_offices_roles(struct ctl *c);
enum ctl_exit ctl_accredit_add(struct ctl *c);
enum ctl_exit ctl_accredit_change(struct ctl *c);
enum ctl_exit ctl_accredit_grant(struct ctl *c);
enum ctl_exit ctl_accredit_ungrant(struct ctl *c);
enum ctl_exit ctl_accredit_device_add(struct ctl *c);
enum ctl_exit ctl_accredit_device_revoke(struct ctl *c);
enum ctl_exit ctl_accredit_suspend(struct ctl *c);
enum ctl_exit ctl_accredit_resume(struct ctl *c);
enum ctl_exit ctl_accredit_revoke(struct ctl *c);
enum ctl_exit ctl_audit(struct ctl *c);

#endif
