// SPDX-License-Identifier: GPL-2.0-only
/* The amprelay program: common options, then one subcommand out of the table. The one that prints the table is here. */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "common/output.h"

static int cmd_help(int argc, char **argv);

static const struct command commands[] = {
	{"up", "", "start a lab: Linux and its cores", cmd_up},
	{"down", "", "end a lab", cmd_down},
	{"run", "FILE.elf", "start a firmware, show its log, explain its crash", cmd_run},
	{"ls", "", "the labs that there are", cmd_ls},
	{"status", "", "what runs, and how it is", cmd_status},
	{"top", "[-i S] [-n N]", "how busy the cores are, live", cmd_top},
	{"start", "[--loader relay] CORE", "have Linux, or the relay, start a core", cmd_start},
	{"stop", "CORE", "stop a core", cmd_stop},
	{"restart", "CORE", "stop, then start with the newest firmware", cmd_restart},
	{"attach", "CORE", "have Linux attach to a core that runs", cmd_attach},
	{"detach", "CORE", "have Linux leave a core running, to nobody", cmd_detach},
	{"suspend", "CORE", "have Linux put a core to sleep, with all it knows", cmd_suspend},
	{"resume", "CORE", "... and have it go on", cmd_resume},
	{"swap", "CORE FILE", "another firmware takes over, under traffic", cmd_swap},
	{"reboot", "linux", "ask Linux to reboot; its cores run on", cmd_reboot},
	{"kill", "linux", "reset Linux without asking; its cores run on", cmd_kill},
	{"exec", "[-n] [-t] -- COMMAND...", "run a command in Linux", cmd_exec},
	{"cp", "FILE :PATH | :FILE PATH", "copy a file into Linux, or out of it", cmd_cp},
	{"ssh", "[-- COMMAND...]", "log in to a Linux that has a network (up --net)", cmd_ssh},
	{"console", "linux|CORE...", "Linux's serial console, or a core's own UART", cmd_console},
	{"logs", "[-f] [-n N] [SOURCE]", "what Linux, the relay and the cores wrote", cmd_logs},
	{"events", "[-f] [--wait FILTER]", "the flight record: what happened when", cmd_events},
	{"sniff", "[CORE] [-w FILE] [-- CMD...]", "each message between Linux and the cores, as it passes", cmd_sniff},
	{"talk", "CORE CHANNEL TEXT", "send a message to a core that the relay hosts", cmd_talk},
	{"fault", "CORE KIND", "break a core on purpose", cmd_fault},
	{"scenario", "run|list|check FILES...", "run files of steps and expectations", cmd_scenario},
	{"campaign", "[--rounds N] [--seed S]", "break everything at random, under messages", cmd_campaign},
	{"report", "[RUN] [--open]", "a page of a run: timeline, recoveries, crashes", cmd_report},
	{"postmortem", "CORE | FILE", "explain a dump: the fault, the vrings, the last messages", cmd_postmortem},
	{"lint", "FILE.elf", "what will go wrong with a firmware, before it starts", cmd_lint},
	{"keygen", "[--force] NAME", "make a pair of keys, NAME.key and NAME.pub", cmd_keygen},
	{"sign", "-k KEY -c CORE -V N FILE", "sign a firmware for a core that asks for it", cmd_sign},
	{"verify", "-k KEY [-c CORE] FILE", "check the signature of a firmware", cmd_verify},
	{"gdb", "CORE [-- ARG...]", "a debugger on a live core or Linux, or on a dump", cmd_gdb},
	{"demo", "[NAME] [--report FILE]", "play a demonstration: bring-up, faults, recovery", cmd_demo},
	{"doctor", "[--soc NAME]", "check this machine and say what is missing", cmd_doctor},
	{"version", "", "versions of this program and its protocols", cmd_version},
	{"help", "[COMMAND]", "this overview, or how to use a command", cmd_help},
	{0},
};

static const struct command *find(const char *name)
{
	for (const struct command *c = commands; c->name; c++) {
		if (strcmp(c->name, name) == 0)
			return c;
	}
	return NULL;
}

/* ------------------------------------------------------------------ help */

static error_t parse_help(int key, char *arg, struct argp_state *state)
{
	const char **topic = state->input;

	if (key != ARGP_KEY_ARG || *topic)
		return ARGP_ERR_UNKNOWN;
	*topic = arg;
	return 0;
}

static const struct argp help_argp = {
	.parser = parse_help,
	.args_doc = "[COMMAND]",
	.doc = "List the commands, or explain one.",
	.children = amp_cli_common,
};

static void print_overview(void)
{
	if (amp_cli.json) {
		json_t *list = json_array();

		for (const struct command *c = commands; c->name; c++)
			json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "command", c->name, "arguments",
			                                      c->args, "summary", c->summary));
		amp_cli_print_json(list);
		return;
	}
	printf("Usage: amprelay [--name LAB] [--json] [--color=WHEN] COMMAND [ARGUMENTS...]\n\n"
	       "A virtual SoC out of stock QEMU: Linux and its remote cores.\n\nCommands:\n");
	for (const struct command *c = commands; c->name; c++) {
		int width = printf("  %s %s", c->name, c->args);

		printf("%*s%s\n", width < 32 ? 32 - width : 1, "", c->summary);
	}
	printf("\n'amprelay help COMMAND' explains one. First steps: amprelay up; amprelay status; amprelay down\n"
	       "\nExit status: 0 done, 1 tried and failed, 2 wrong usage, 3 no such lab is up, 4 it is up already,\n"
	       "5 the machine lacks something, 6 refused by Linux or the relay, 7 not in time, 130 interrupted;\n"
	       "of 'exec': the command's own, 125 if it could not be asked for.\n");
}

static int cmd_help(int argc, char **argv)
{
	const char *topic = NULL;
	const struct command *command;
	char help[] = "--help", *name, *args[3];

	amp_cli_parse(&help_argp, argc, argv, 0, &topic);
	if (!topic) {
		print_overview();
		return AMP_EXIT_OK;
	}
	command = find(topic);
	if (!command)
		amp_cli_usage("no command '%s': 'amprelay help' lists the commands", topic);
	if (asprintf(&name, "amprelay %s", command->name) < 0)
		return AMP_EXIT_FAILED;
	args[0] = name;
	args[1] = help;
	args[2] = NULL;
	return command->run(2, args); /* prints its help and ends the program */
}

/* ------------------------------------------------------------------ the command line */

struct invocation {
	int argc; /* from the command on */
	char **argv;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct invocation *invocation = state->input;

	switch (key) {
	case 'V':
		puts("amprelay " AMPRELAY_VERSION);
		exit(AMP_EXIT_OK);
	case ARGP_KEY_ARG:
		(void)arg;
		invocation->argc = state->argc - (state->next - 1);
		invocation->argv = state->argv + (state->next - 1);
		state->next = state->argc; /* the rest is the command's */
		return 0;
	case ARGP_KEY_NO_ARGS:
		amp_cli_usage("what shall be done? 'amprelay help' lists the commands");
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{"version", 'V', NULL, 0, "Print the version", 0},
	{0},
};

static char *overview(int key, const char *text, void *input)
{
	(void)input;
	if (key != ARGP_KEY_HELP_POST_DOC)
		return (char *)text;
	return strdup("'amprelay help' lists the commands, 'amprelay help COMMAND' explains one.");
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "COMMAND [ARGUMENTS...]",
	.doc = "A virtual SoC out of stock QEMU: Linux and its remote cores.\v ",
	.children = amp_cli_common,
	.help_filter = overview,
};

int main(int argc, char **argv)
{
	static char program[] = "amprelay";
	struct invocation invocation = {0};
	const struct command *command;
	char *name;

	amp_output_watch(program);
	setlocale(LC_CTYPE, ""); /* tables measure their texts */
	argv[0] = program;
	amp_cli_parse(&argp, argc, argv, ARGP_IN_ORDER, &invocation);
	command = find(invocation.argv[0]);
	if (!command)
		amp_cli_usage("no command '%s': 'amprelay help' lists the commands", invocation.argv[0]);
	if (asprintf(&name, "amprelay %s", command->name) < 0)
		return AMP_EXIT_FAILED;
	invocation.argv[0] = name;
	return command->run(invocation.argc, invocation.argv);
}
