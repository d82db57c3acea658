// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static error_t parse(int key, char *arg, struct argp_state *state)
{
	const char **topic = state->input;

	if (key != ARGP_KEY_ARG || *topic)
		return ARGP_ERR_UNKNOWN;
	*topic = arg;
	return 0;
}

static const struct argp argp = {
	.parser = parse,
	.args_doc = "[COMMAND]",
	.doc = "List the commands, or explain one.",
	.children = amp_cli_common,
};

static void overview(void)
{
	if (amp_cli.json) {
		json_t *list = json_array();

		for (const struct command *c = amp_commands; c->name; c++)
			json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "command", c->name, "arguments",
			                                      c->args, "summary", c->summary));
		amp_cli_print_json(list);
		return;
	}
	printf("Usage: amprelay [--name LAB] [--json] [--color=WHEN] COMMAND [ARGUMENTS...]\n\n"
	       "A virtual SoC out of stock QEMU: Linux and its remote cores.\n\nCommands:\n");
	for (const struct command *c = amp_commands; c->name; c++) {
		int width = printf("  %s %s", c->name, c->args);

		printf("%*s%s\n", width < 32 ? 32 - width : 1, "", c->summary);
	}
	printf("\n'amprelay help COMMAND' explains one. First steps: amprelay up; amprelay status; amprelay down\n"
	       "\nExit status: 0 done, 1 tried and failed, 2 wrong usage, 3 no such lab is up, 4 it is up already,\n"
	       "5 the machine lacks something, 6 refused by Linux or the relay, 7 not in time, 130 interrupted;\n"
	       "of 'exec': the command's own, 125 if it could not be asked for.\n");
}

int cmd_help(int argc, char **argv)
{
	const char *topic = NULL;
	const struct command *command;
	char help[] = "--help", *name, *args[3];

	amp_cli_parse(&argp, argc, argv, 0, &topic);
	if (!topic) {
		overview();
		return AMP_EXIT_OK;
	}
	command = amp_command_find(topic);
	if (!command)
		amp_cli_usage("no command '%s': 'amprelay help' lists the commands", topic);
	if (asprintf(&name, "amprelay %s", command->name) < 0)
		return AMP_EXIT_FAILED;
	args[0] = name;
	args[1] = help;
	args[2] = NULL;
	return command->run(2, args); /* prints its help and ends the program */
}
