/* mandatectl: the command line of mandated, for field offices, headquarters and operators. */
#include "ctl.h"

#include <locale.h>
#include <stdlib.h>

static enum ctl_exit run_help(struct ctl *c)
{
	int used;
	const struct ctl_command *command =
		ctl_line_command(c->arguments, c->argument_count, &used);

	if (c->argument_count && (!command || used != c->argument_count))
		return ctl_usage("no command \"%s\"; `mandatectl help` lists them",
				 c->arguments[c->argument_count - 1]);
	ctl_line_help(command);
	return CTL_DONE;
}

static enum ctl_exit run_version(struct ctl *c)
{
	(void)c;
	puts("mandatectl " MANDATED_VERSION);
	return CTL_DONE;
}

#define WHEN (CTL_ON | CTL_KNOWN_AT)
#define FOLLOW                                                                                     \
	(CTL_FROM | CTL_NAME | CTL_OPERATION | CTL_KIND | CTL_CONTRIBUTOR | CTL_CODE |             \
	 CTL_DOCUMENT | CTL_VERIFY | CTL_EARLY | CTL_COUNT | CTL_UNTIL_CURRENT)

#define SECTIONS                                                                                   \
	"Several kinds of row: in JSON each line is an object with its kind as the only member, "  \
	"in\n"                                                                                     \
	"CSV an empty line and titles of its own stand before each further kind."

#define GRANTS                                                                                     \
	"A GRANT is read or write (and read), then what it is limited to, in one argument:\n"      \
	"  \"write kinds=return,total operations=MONUC\"   \"read contributors=BGD\"   \"read\"\n" \
	"with kinds=, operations=, contributors=, parties=, until=DATE, acknowledge. To record\n"  \
	"something one grant must cover all that it names. `mandatectl office roles` lists sets\n" \
	"of grants that are ready, given as --role contributor:BGD."

const struct ctl_command ctl_commands[] = {
	{"push", "FILE|-", 1, 1, CTL_WINDOW | CTL_WAIT, ctl_push,
	 "send changes, one a line, as JSON",
	 "A line is a change "
	 "{\"action\":\"record\",\"record\":{\"partner\":{...}},\"edition\":2},\n"
	 "a bare record {\"partner\":{...}}, or {\"changes\":[...]}: all of them or none.\n"
	 "Actions: record, correct, retract. Field names are those of proto/record.proto.\n"
	 "An act before its cause (an acceptance before its proposal) is tried again while the "
	 "file\nis read, and for --wait SECONDS after it; then it is named as NEEDS_EARLIER."},
	{"import", "KIND FILE...", 2, -1, CTL_WINDOW | CTL_WAIT, ctl_import,
	 "send the facts of CSV files",
	 "What is not taken as it stands is named by file, line, code and reason; the rest goes "
	 "in,\n"
	 "and the exit status is 1. CLASH: another source says something else of the same fact "
	 "under\n"
	 "the same edition; both are kept until a higher edition comes."},
	{"get", "KIND KEY", 2, 2, CTL_KNOWN_AT, ctl_read_get, "show one record", NULL},
	{"list", "KIND", 1, 1, CTL_KNOWN_AT | CTL_OPERATION, ctl_read_list,
	 "list the records of a kind", NULL},
	{"history", "KIND KEY", 2, 2, CTL_KNOWN_AT, ctl_read_history,
	 "show every version of a record", NULL},
	{"overview", "", 0, 0, WHEN, ctl_overview,
	 "show every operation, a line each, and all of them together", NULL},
	{"timeline", "OPERATION", 1, 1, WHEN | CTL_ALERTS, ctl_judge_timeline,
	 "show the mandate and its ceilings, over time or on a day",
	 "With --on one day and the alerts open on it; without, a line for each span in which\n"
	 "nothing changes, with --alerts also those of the alerts. A code with \"!\" is an alarm."},
	{"strength", "[OPERATION]", 0, 1, WHEN | CTL_CONTRIBUTOR | CTL_COMPONENT,
	 ctl_judge_strength, "show who is deployed, against the ceilings",
	 "\"over\" is how many are above the ceiling; negative: how many are below it."},
	{"alerts", "", 0, 0, WHEN | CTL_OPERATION | CTL_CODE | CTL_LOG, ctl_judge_alerts,
	 "show what is open, or with --log what happened", NULL},
	{"whatif", "FILE|-", 1, 1, WHEN | CTL_DAYS, ctl_whatif,
	 "tell what changes would lead to, without recording them",
	 "Lines as `push` takes them, asked about together: all of them or none. Tells what would\n"
	 "be refused (exit status 1), which facts would clash, which alerts would open and close, "
	 "and\nwho would be over or below by how many."},
	{"lineage", "OPERATION", 1, 1, WHEN, ctl_partnership_lineage,
	 "show what it came from and what followed", NULL},
	{"function", "NAME", 1, 1, WHEN | CTL_AREA, ctl_partnership_function,
	 "show who holds it where, over time or on a day", NULL},
	{"arrangements", "[OPERATION]", 0, 1, WHEN | CTL_PARTY, ctl_partnership_arrangements,
	 "show what was agreed, and who has not answered", NULL},
	{"requirements", "[OPERATION]", 0, 1, WHEN, ctl_forces_requirements,
	 "show what is needed, deployed and pledged", NULL},
	{"contributor", "CODE", 1, 1, WHEN, ctl_forces_contributor,
	 "show one's people, units, pledges and payments", SECTIONS},
	{"partner", "CODE", 1, 1, WHEN, ctl_partnership_partner,
	 "show one's roles and arrangements", SECTIONS},
	{"money", "[OPERATION]", 0, 1, WHEN | CTL_ALL, ctl_agenda_money,
	 "show what is authorized, assessed, paid and spent", NULL},
	{"priorities", "[OPERATION]", 0, 1, WHEN, ctl_agenda_priorities,
	 "show what comes first, and who has not endorsed it", NULL},
	{"refusals", "", 0, 0, CTL_ABOUT, ctl_read_refusals, "show what was refused, and why",
	 NULL},
	{"follow", "", 0, 0, FOLLOW, ctl_follow, "print events as they happen",
	 "Starts now, or where --from or --name say; --from 1 is the beginning. The chain of "
	 "hashes\n"
	 "is verified from the beginning on, or with --verify from anywhere and under any filter.\n"
	 "A record that moves out of what the office may see is told as \"left\". When its grants\n"
	 "change, all that it may see from then on is listed once, and following goes on."},
	{"status", "", 0, 0, 0, ctl_operate_status, "show how the daemon is", NULL},
	{"verify", "", 0, 0, CTL_HEAD, ctl_operate_verify,
	 "prove that journal and state agree, and that --head is part of them", NULL},
	{"day", "[DATE]", 0, 1, 0, ctl_operate_day, "show or confirm the calendar's day", NULL},
	{"setting", "[NAME [VALUE]]", 0, 2, 0, ctl_operate_setting, "show or change settings",
	 NULL},
	{"checkpoint", "", 0, 0, 0, ctl_operate_checkpoint, "make a checkpoint now", NULL},
	{"cursors", "", 0, 0, 0, ctl_operate_cursors, "show where named subscriptions stand", NULL},
	{"office list", "", 0, 0, 0, ctl_offices_list, "list who is accredited", NULL},
	{"office show", "NAME", 1, 1, 0, ctl_offices_show, "show its devices and grants", NULL},
	{"office add", "NAME", 1, 1,
	 CTL_ROLE | CTL_GRANT | CTL_KEY | CTL_DEVICE | CTL_TITLE | CTL_UNTIL | CTL_ADMINISTRATOR,
	 ctl_accredit_add, "accredit an office", GRANTS},
	{"office change", "NAME", 1, 1, CTL_TITLE | CTL_UNTIL | CTL_ADMINISTRATOR,
	 ctl_accredit_change, "change its title, its last day, or make it an administrator", NULL},
	{"office grant", "NAME [GRANT]...", 1, -1, CTL_ROLE, ctl_accredit_grant,
	 "let it read or write more", GRANTS},
	{"office ungrant", "NAME N", 2, 2, 0, ctl_accredit_ungrant,
	 "take its N-th grant away, as `office show` numbers them", NULL},
	{"office device add", "NAME DEVICE FILE", 3, 3, 0, ctl_accredit_device_add,
	 "let it speak with one more public key", NULL},
	{"office device revoke", "NAME DEVICE", 2, 2, 0, ctl_accredit_device_revoke,
	 "end that, for good", NULL},
	{"office suspend", "NAME", 1, 1, 0, ctl_accredit_suspend, "let nobody speak for it", NULL},
	{"office resume", "NAME", 1, 1, 0, ctl_accredit_resume, "let it speak again", NULL},
	{"office revoke", "NAME", 1, 1, 0, ctl_accredit_revoke, "end its accreditation", NULL},
	{"office kick", "--all", 0, 0, CTL_ALL, ctl_operate_kick,
	 "end every connection by TCP, idle ones of the revoked too", NULL},
	{"office roles", "", 0, 0, 0, ctl_offices_roles, "list the sets of grants that there are",
	 "From $MANDATED_ROLES, from roles.conf beside the program, or from\n"
	 "/etc/mandated/roles.conf, which says how it is written."},
	{"audit", "", 0, 0, CTL_SINCE | CTL_UNTIL | CTL_ABOUT | CTL_ACT, ctl_audit,
	 "show what was done to who may do what, and what was refused for it", NULL},
	{"head", "", 0, 0, 0, ctl_operate_head, "print REVISION:HASH, to be kept elsewhere", NULL},
	{"keygen", "FILE", 1, 1, 0, ctl_keygen, "draw a pair of keys into FILE and FILE.pub",
	 "FILE holds the secret key and stays where it is made (--key FILE, or key_file in a "
	 "profile);\n"
	 "the public key, which is printed, is given to an administrator."},
	{"version", "", 0, 0, 0, run_version, "print the version", NULL},
	{"help", "[COMMAND]", 0, 3, 0, run_help, "print this, or more on a command", NULL},
};
const size_t ctl_commands_count = sizeof ctl_commands / sizeof *ctl_commands;

/* As their lines of help in ctl_options.c say. */
enum { TIMEOUT_MS_DEFAULT = 10 * 1000, WAIT_MS_DEFAULT = 5 * 1000 };

int main(int argc, char **argv)
{
	struct ctl c = {.timeout_ms = TIMEOUT_MS_DEFAULT, .wait_ms = WAIT_MS_DEFAULT};
	const struct ctl_command *command = NULL;

	setlocale(LC_CTYPE, "");
	enum ctl_exit status = ctl_line_read(&c, argc, argv, &command);
	if (command)
		status = command->run(&c);
	mandate_close(c.m);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		fputs("mandatectl: cannot write the output\n", stderr);
		status = CTL_LOCAL;
	}
	free(c.server);
	free(c.server_key);
	free(c.key_file);
	free(c.office);
	free(c.device);
	return status;
}
