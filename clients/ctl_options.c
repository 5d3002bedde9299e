#include "base/day.h"
#include "base/hash.h"
#include "ctl.h"
#include "import.h"
#include "model/names.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <unistd.h>

#define CONTROL_DEFAULT "ipc:///run/mandated/control"

enum { SECONDS_MAX = 86400 };

/* --- one option each ------------------------------------------------------------------------- */

static bool take_text(char **place, const char *text)
{
	free(*place);
	*place = strdup(text);
	return *place;
}

static bool take_u64(uint64_t *ret, const char *text)
{
	char *rest;

	errno = 0;
	unsigned long long value = strtoull(text, &rest, 10);
	if (*text < '0' || *text > '9' || *rest || errno || value > INT64_MAX)
		return false;
	*ret = value;
	return true;
}

static bool take_server(struct ctl *c, char *text)
{
	return take_text(&c->server, text);
}

static bool take_office(struct ctl *c, char *text)
{
	return take_text(&c->office, text);
}

static bool take_device(struct ctl *c, char *text)
{
	return take_text(&c->device, text);
}

static bool take_format(struct ctl *c, char *text)
{
	static const char *const names[] = {
		[OUTPUT_TABLE] = "table", [OUTPUT_JSON] = "json", [OUTPUT_CSV] = "csv"};

	c->format_given = true;
	for (int f = OUTPUT_TABLE; f <= OUTPUT_CSV; f++)
		if (strcmp(text, names[f]) == 0) {
			c->format = (enum output_format)f;
			return true;
		}
	return false;
}

static bool take_timeout(struct ctl *c, char *text)
{
	uint64_t seconds;

	if (!take_u64(&seconds, text) || seconds == 0 || seconds > SECONDS_MAX)
		return false;
	c->timeout_ms = (uint32_t)seconds * 1000;
	return true;
}

static bool take_wait(struct ctl *c, char *text)
{
	uint64_t seconds;

	if (!take_u64(&seconds, text) || seconds > MANDATE_WAIT_MS_DEFAULT / 1000)
		return false;
	c->wait_ms = (uint32_t)seconds * 1000;
	return true;
}

static bool take_on(struct ctl *c, char *text)
{
	return day_parse(&c->on, text) == STATUS_OK;
}

static bool take_known_at(struct ctl *c, char *text)
{
	return take_u64(&c->known_at, text);
}

/* REVISION or REVISION:HASH */
static bool take_head_text(char *text, uint64_t *ret_revision, uint8_t *ret_hash,
			   bool *ret_has_hash)
{
	char *colon = strchr(text, ':');

	*ret_has_hash = colon;
	if (colon)
		*colon = '\0';
	bool good = take_u64(ret_revision, text) &&
		    (!colon || hash_parse(ret_hash, colon + 1) == STATUS_OK);
	if (colon)
		*colon = ':';
	return good;
}

static bool take_from(struct ctl *c, char *text)
{
	return take_head_text(text, &c->from, c->from_hash, &c->has_from_hash);
}

static bool take_head(struct ctl *c, char *text)
{
	bool has_hash;

	return take_head_text(text, &c->head_revision, c->head_hash, &has_hash) && has_hash;
}

static bool take_value(struct ctl_values *values, char *text)
{
	if (values->count == CTL_VALUES_MAX)
		return false;
	values->items[values->count++] = text;
	return true;
}

static bool take_operation(struct ctl *c, char *text)
{
	return take_value(&c->operations, text);
}

static bool take_kind(struct ctl *c, char *text)
{
	return take_value(&c->kinds, text);
}

static bool take_contributor(struct ctl *c, char *text)
{
	return take_value(&c->contributors, text);
}

static bool take_code(struct ctl *c, char *text)
{
	return take_value(&c->codes, text);
}

static bool take_document(struct ctl *c, char *text)
{
	return take_value(&c->documents, text);
}

static bool take_name(struct ctl *c, char *text)
{
	c->name = text;
	return true;
}

static bool take_count(struct ctl *c, char *text)
{
	return take_u64(&c->count, text) && c->count > 0;
}

static bool take_window(struct ctl *c, char *text)
{
	return take_u64(&c->window, text) && c->window > 0 && c->window <= MANDATE_WINDOW_MAX;
}

static bool take_days(struct ctl *c, char *text)
{
	return take_u64(&c->days, text) && c->days <= UINT32_MAX;
}

static bool take_area(struct ctl *c, char *text)
{
	c->area = text;
	return true;
}

static bool take_party(struct ctl *c, char *text)
{
	c->party = text;
	return true;
}

static bool take_component(struct ctl *c, char *text)
{
	return names_value(&mandate__component__descriptor, text, &c->component) == STATUS_OK;
}

static bool take_profile(struct ctl *c, char *text)
{
	return ctl_profile_read(c, text, &c->wrong) == STATUS_OK;
}

/* One row an option: bit 0 is one that every command takes. */
static const struct option_row {
	const char *name, *argument;
	uint32_t bit;
	bool (*take)(struct ctl *c, char *text); /* NULL: the bit says it */
	const char *help;
} options[] = {
	{"server", "ENDPOINT", 0, take_server,
	 "where the daemon is: tcp://host:port or ipc:///path"},
	{"office", "NAME", 0, take_office, "who speaks"},
	{"device", "NAME", 0, take_device, "from which device"},
	{"profile", "NAME", 0, take_profile, "server, office and device from a file"},
	{"format", "table|json|csv", 0, take_format, "how to print; json if not to a terminal"},
	{"timeout", "SECONDS", 0, take_timeout, "how long to wait for the daemon (10)"},
	{"wait", "SECONDS", CTL_WAIT, take_wait,
	 "how long acts are tried again whose cause is not on record (5; 0: not at all)"},
	{"on", "DATE", CTL_ON, take_on, "the day asked about, as 2004-10-01"},
	{"known-at", "REVISION", CTL_KNOWN_AT, take_known_at, "as was known then"},
	{"operation", "NAME", CTL_OPERATION, take_operation, "of this operation"},
	{"kind", "KIND", CTL_KIND, take_kind, "records of this kind"},
	{"contributor", "CODE", CTL_CONTRIBUTOR, take_contributor, "of this contributor, as BGD"},
	{"code", "CODE", CTL_CODE, take_code, "alerts of this code, as CEIL_OVER"},
	{"document", "SYMBOL", CTL_DOCUMENT, take_document, "about this document"},
	{"log", NULL, CTL_LOG, NULL, "what was opened, changed and closed"},
	{"from", "REVISION[:HASH]", CTL_FROM, take_from, "begin with this revision"},
	{"name", "NAME", CTL_NAME, take_name, "go on where this name stands, and keep it there"},
	{"verify", NULL, CTL_VERIFY, NULL, "verify the chain of hashes"},
	{"count", "N", CTL_COUNT, take_count, "stop after so many events"},
	{"until-current", NULL, CTL_UNTIL_CURRENT, NULL, "stop where history stands now"},
	{"head", "REVISION:HASH", CTL_HEAD, take_head, "prove that this lies in the history"},
	{"days", "N", CTL_DAYS, take_days, "alerts of so many days after it, too"},
	{"area", "NAME", CTL_AREA, take_area, "only there: a host, as XKX, or another area"},
	{"party", "CODE", CTL_PARTY, take_party, "to which this one is a party"},
	{"component", "NAME", CTL_COMPONENT, take_component, "only of this component, as police"},
	{"all", NULL, CTL_ALL, NULL, "every period, not only those that hold the day"},
	{"alerts", NULL, CTL_ALERTS, NULL,
	 "with alerts; a span ends where one opens, changes or closes"},
	{"window", "N", CTL_WINDOW, take_window, "submissions under way at once (256)"},
};
enum { OPTIONS = sizeof options / sizeof *options, HELP_OPTION = OPTIONS };

/* --- help ------------------------------------------------------------------------------------ */

static void print_options(uint32_t bits, bool general)
{
	for (size_t i = 0; i < OPTIONS; i++) {
		char text[64];

		if (general ? options[i].bit != 0 : !(options[i].bit & bits))
			continue;
		snprintf(text, sizeof text, "--%s %s", options[i].name,
			 options[i].argument ? options[i].argument : "");
		printf("  %-26s %s\n", text, options[i].help);
	}
}

void ctl_options_help(const struct ctl_command *command)
{
	if (command) {
		printf("usage: mandatectl [OPTIONS] %s %s\n\n%s.\n", command->name,
		       command->arguments, command->help);
		if (command->more)
			printf("\n%s\n", command->more);
		if (command->run == ctl_import) {
			printf("\nKinds of file:\n");
			for (size_t i = 0; i < import_kinds_count; i++)
				printf("  %-26s %s\n", import_kinds[i].name, import_kinds[i].what);
		}
		if (command->options)
			printf("\nOptions:\n");
		print_options(command->options, false);
		printf("\n`mandatectl help` lists the general options.\n");
		return;
	}
	printf("usage: mandatectl [OPTIONS] COMMAND\n\nCommands:\n");
	for (size_t i = 0; i < ctl_commands_count; i++) {
		char text[64];

		snprintf(text, sizeof text, "%s %s", ctl_commands[i].name,
			 ctl_commands[i].arguments);
		printf("  %-26s %s\n", text, ctl_commands[i].help);
	}
	printf("\nOptions of all commands:\n");
	print_options(0, true);
	printf("\n`mandatectl help COMMAND` tells more of one. Without --server it talks to\n"
	       "$MANDATED_CONTROL, or " CONTROL_DEFAULT ".\n"
	       "Exit status: 0 done, 1 refused, 2 usage, 3 no daemon, 4 local failure.\n");
}

/* --- reading all ----------------------------------------------------------------------------- */

static const struct ctl_command *find_command(const char *name)
{
	for (size_t i = 0; i < ctl_commands_count; i++)
		if (strcmp(ctl_commands[i].name, name) == 0)
			return &ctl_commands[i];
	return NULL;
}

static bool defaults(struct ctl *c)
{
	const char *control = getenv("MANDATED_CONTROL");

	if (c->format == 0)
		c->format = isatty(STDOUT_FILENO) ? OUTPUT_TABLE : OUTPUT_JSON;
	return c->server || take_text(&c->server, control && *control ? control : CONTROL_DEFAULT);
}

/* The command's own checks: its options and the number of its arguments. */
static enum ctl_exit check(const struct ctl *c, const struct ctl_command *command)
{
	uint32_t foreign = c->given & ~command->options;

	for (size_t i = 0; foreign && i < OPTIONS; i++)
		if (options[i].bit & foreign)
			return ctl_usage("%s does not take --%s", command->name, options[i].name);
	if (c->argument_count < command->arguments_min ||
	    (command->arguments_max >= 0 && c->argument_count > command->arguments_max))
		return ctl_usage("usage: mandatectl %s %s", command->name, command->arguments);
	return CTL_DONE;
}

enum ctl_exit ctl_options_read(struct ctl *c, int argc, char **argv,
			       const struct ctl_command **ret_command)
{
	struct option list[OPTIONS + 2] = {0};
	bool help = false;
	int at;

	for (size_t i = 0; i < OPTIONS; i++) {
		list[i].name = options[i].name;
		list[i].has_arg = options[i].argument ? required_argument : no_argument;
	}
	list[HELP_OPTION].name = "help";
	opterr = 0;
	while ((at = -1, getopt_long(argc, argv, ":h", list, &at)) != -1) {
		if (at == -1 && optopt != 'h')
			return ctl_usage("what is \"%s\"?", argv[optind - 1]);
		if (at == -1 || at == HELP_OPTION) {
			help = true;
			continue;
		}
		if (options[at].argument && !optarg)
			return ctl_usage("--%s needs %s", options[at].name, options[at].argument);
		c->given |= options[at].bit;
		if (!options[at].take || options[at].take(c, optarg))
			continue;
		if (c->wrong.status != STATUS_OK)
			return ctl_usage("%s", c->wrong.text);
		return ctl_usage("--%s %s: needs %s", options[at].name, optarg,
				 options[at].argument);
	}
	if (optind == argc) {
		if (!help)
			return ctl_usage("no command; `mandatectl help` lists them");
		ctl_options_help(NULL);
		return CTL_DONE;
	}
	const struct ctl_command *command = find_command(argv[optind]);
	if (!command)
		return ctl_usage("no command \"%s\"; `mandatectl help` lists them", argv[optind]);
	if (help) {
		ctl_options_help(command);
		return CTL_DONE;
	}
	c->arguments = argv + optind + 1;
	c->argument_count = argc - optind - 1;
	enum ctl_exit status = check(c, command);
	if (status != CTL_DONE)
		return status;
	if (!defaults(c))
		return ctl_fail(c, STATUS_NO_MEMORY, "out of memory");
	*ret_command = command;
	return CTL_DONE;
}
