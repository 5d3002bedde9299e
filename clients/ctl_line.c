/* The command line: which command, with which options; and its help. */
#include "ctl_options.h"
#include "import.h"

#include <assert.h>
#include <getopt.h>
#include <stdlib.h>
#include <unistd.h>

#define CONTROL_DEFAULT "ipc:///run/mandated/control"

enum { OPTIONS_MAX = 64 };

/* --- help ------------------------------------------------------------------------------------ */

enum { LEFT_BYTES = 26 };

/* Two columns; what is too long for the left one has a line of its own. */
static void print_left(const char *first, const char *second, const char *what)
{
	int len = printf("  %s%s%s", first, *second ? " " : "", second) - 2;

	if (len > LEFT_BYTES)
		putchar('\n');
	printf("%*s%s\n", len > LEFT_BYTES ? LEFT_BYTES + 3 : LEFT_BYTES + 1 - len, "", what);
}

static void print_options(uint64_t bits, bool general)
{
	for (size_t i = 0; i < ctl_options_count; i++) {
		char text[64];

		if (general ? ctl_options_rows[i].bit != 0 : !(ctl_options_rows[i].bit & bits))
			continue;
		snprintf(text, sizeof text, "--%s", ctl_options_rows[i].name);
		print_left(text, ctl_options_rows[i].argument ? ctl_options_rows[i].argument : "",
			   ctl_options_rows[i].help);
	}
}

void ctl_line_help(const struct ctl_command *command)
{
	if (command) {
		printf("usage: mandatectl [OPTIONS] %s %s\n\n%s.\n", command->name,
		       command->arguments, command->help);
		if (command->more)
			printf("\n%s\n", command->more);
		if (command->run == ctl_import) {
			printf("\nKinds of file:\n");
			for (size_t i = 0; i < import_kinds_count; i++)
				print_left(import_kinds[i].name, "", import_kinds[i].what);
		}
		if (command->options)
			printf("\nOptions:\n");
		print_options(command->options, false);
		printf("\n`mandatectl help` lists the general options.\n");
		return;
	}
	printf("usage: mandatectl [OPTIONS] COMMAND\n\nCommands:\n");
	for (size_t i = 0; i < ctl_commands_count; i++)
		print_left(ctl_commands[i].name, ctl_commands[i].arguments, ctl_commands[i].help);
	printf("\nOptions of all commands:\n");
	print_options(0, true);
	printf("\n`mandatectl help COMMAND` tells more of one. Without --server it talks to\n"
	       "$MANDATED_CONTROL, or " CONTROL_DEFAULT ".\n"
	       "Exit status: 0 done, 1 refused, 2 usage, 3 no daemon, 4 local failure.\n");
}

/* --- reading all ----------------------------------------------------------------------------- */

const struct ctl_command *ctl_line_command(char *const *words, int count, int *ret_used)
{
	const struct ctl_command *found = NULL;

	*ret_used = 0;
	for (size_t i = 0; i < ctl_commands_count; i++) {
		const char *name = ctl_commands[i].name;
		int used = 0;
		bool same = true;

		for (; same && *name && used < count; used++) {
			size_t len = strcspn(name, " ");

			same = strlen(words[used]) == len && memcmp(words[used], name, len) == 0;
			name += len + (name[len] == ' ');
		}
		if (!same || *name || used <= *ret_used)
			continue;
		*ret_used = used;
		found = &ctl_commands[i];
	}
	return found;
}

/* An option as it was given. */
struct occurrence {
	size_t row;
	char *text;
};

/* The row that `command` means by the name of this one. */
static const struct ctl_option_row *row_of(size_t row, const struct ctl_command *command)
{
	const struct ctl_option_row *general = NULL;

	for (size_t i = 0; i < ctl_options_count; i++) {
		if (strcmp(ctl_options_rows[i].name, ctl_options_rows[row].name) != 0)
			continue;
		if (ctl_options_rows[i].bit & command->options)
			return &ctl_options_rows[i];
		if (ctl_options_rows[i].bit == 0)
			general = &ctl_options_rows[i];
	}
	return general;
}

static enum ctl_exit take_options(struct ctl *c, const struct ctl_command *command,
				  const struct occurrence *given, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct ctl_option_row *row = row_of(given[i].row, command);

		if (!row)
			return ctl_usage("%s does not take --%s", command->name,
					 ctl_options_rows[given[i].row].name);
		c->given |= row->bit;
		if (!row->take || row->take(c, given[i].text))
			continue;
		if (c->wrong.status != STATUS_OK)
			return ctl_usage("%s", c->wrong.text);
		return ctl_usage("--%s %s: needs %s", row->name, given[i].text, row->argument);
	}
	return CTL_DONE;
}

static bool defaults(struct ctl *c)
{
	const char *control = getenv("MANDATED_CONTROL");

	if (c->format == 0)
		c->format = isatty(STDOUT_FILENO) ? OUTPUT_TABLE : OUTPUT_JSON;
	if (!c->server)
		c->server = strdup(control && *control ? control : CONTROL_DEFAULT);
	return c->server;
}

static enum ctl_exit check_arguments(const struct ctl *c, const struct ctl_command *command)
{
	if (c->argument_count < command->arguments_min ||
	    (command->arguments_max >= 0 && c->argument_count > command->arguments_max))
		return ctl_usage("usage: mandatectl %s %s", command->name, command->arguments);
	return CTL_DONE;
}

/* Options of getopt, each name once; their values are OPTION_FIRST + row. */
enum { OPTION_FIRST = 256 };

static void list_options(struct option *list)
{
	assert(ctl_options_count <= OPTIONS_MAX);
	for (size_t i = 0; i < ctl_options_count; i++) {
		size_t same = 0;

		while (strcmp(ctl_options_rows[same].name, ctl_options_rows[i].name) != 0)
			same++;
		if (same == i)
			*list++ = (struct option){ctl_options_rows[i].name,
						  ctl_options_rows[i].argument ? required_argument
									       : no_argument,
						  NULL, OPTION_FIRST + (int)i};
	}
	*list++ = (struct option){"help", no_argument, NULL, 'h'};
	*list = (struct option){0};
}

/* The options, in `given`, which has room for all; the other words are then the last of argv. */
static enum ctl_exit collect(int argc, char **argv, struct occurrence *given, size_t *ret_count,
			     bool *ret_help)
{
	struct option list[OPTIONS_MAX + 2];
	int option;

	list_options(list);
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":h", list, NULL)) != -1) {
		if (option == 'h')
			*ret_help = true;
		else if (option == ':')
			return ctl_usage("--%s needs %s",
					 ctl_options_rows[optopt - OPTION_FIRST].name,
					 ctl_options_rows[optopt - OPTION_FIRST].argument);
		else if (option < OPTION_FIRST)
			return ctl_usage("what is \"%s\"?", argv[optind - 1]);
		else
			given[(*ret_count)++] =
				(struct occurrence){(size_t)(option - OPTION_FIRST), optarg};
	}
	return CTL_DONE;
}

static enum ctl_exit choose(struct ctl *c, char **words, int count, bool help,
			    const struct occurrence *given, size_t given_count,
			    const struct ctl_command **ret_command)
{
	int used;

	if (count == 0) {
		if (!help)
			return ctl_usage("no command; `mandatectl help` lists them");
		ctl_line_help(NULL);
		return CTL_DONE;
	}
	const struct ctl_command *command = ctl_line_command(words, count, &used);
	if (!command)
		return ctl_usage("no command \"%s%s%s\"; `mandatectl help` lists them", words[0],
				 count > 1 ? " " : "", count > 1 ? words[1] : "");
	if (help) {
		ctl_line_help(command);
		return CTL_DONE;
	}
	c->arguments = words + used;
	c->argument_count = count - used;
	enum ctl_exit status = take_options(c, command, given, given_count);
	if (status == CTL_DONE)
		status = check_arguments(c, command);
	if (status != CTL_DONE)
		return status;
	if (!defaults(c))
		return ctl_fail(c, STATUS_NO_MEMORY, "out of memory");
	*ret_command = command;
	return CTL_DONE;
}

enum ctl_exit ctl_line_read(struct ctl *c, int argc, char **argv,
			    const struct ctl_command **ret_command)
{
	struct occurrence *given = calloc((size_t)argc, sizeof *given);
	size_t count = 0;
	bool help = false;

	if (!given)
		return ctl_fail(c, STATUS_NO_MEMORY, "out of memory");
	enum ctl_exit status = collect(argc, argv, given, &count, &help);
	if (status == CTL_DONE)
		status = choose(c, argv + optind, argc - optind, help, given, count, ret_command);
	free(given);
	return status;
}
