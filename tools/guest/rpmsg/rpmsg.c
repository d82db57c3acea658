// SPDX-License-Identifier: GPL-2.0-only
/* rpmsg: talk to the services of remote cores from the command line. */
#include "rpmsg.h"

#include <stdio.h>
#include <string.h>

#include "common/output.h"
#include "guest/base/short_help.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *help;
} subcommands[] = {
	{"list", rpmsg_list, "show the channels that the cores have announced"},
	{"ping", rpmsg_ping, "check and measure round trips to an echo service"},
	{"bench", rpmsg_bench, "measure round trips and a stream of messages"},
	{"send", rpmsg_send, "send a text and print the reply"},
	{"recv", rpmsg_recv, "print messages as they come"},
	{"dump", rpmsg_dump, "the same, in hexadecimal"},
	{"ledger", rpmsg_ledger, "messages on all channels, over restarts, and what became of each"},
	{"watch", rpmsg_watch, "tell when a channel comes and goes, with an echo each time"},
	{"wait", rpmsg_wait, "wait until a channel is there, or gone"},
	{"export-ept", rpmsg_export_ept, "make an endpoint with a device node"},
	{"destroy-ept", rpmsg_destroy_ept, "remove such an endpoint"},
	{"export-dev", rpmsg_export_dev, "make a channel from Linux' side, or remove one"},
	{"devname", rpmsg_devname, "the name of a device below /dev, for the rules of udev and mdev"},
};

#define SUBCOMMANDS (sizeof(subcommands) / sizeof(subcommands[0]))

static int usage(FILE *to, int status)
{
	fprintf(to, "Usage: rpmsg COMMAND [OPTION...] [CHANNEL]\n"
	            "Talk to the services of remote cores.\n\n");
	for (unsigned int i = 0; i < SUBCOMMANDS; i++)
		fprintf(to, "  %-12s %s\n", subcommands[i].name, subcommands[i].help);
	fprintf(to,
	        "\n'rpmsg COMMAND --help' tells more. A link to this program with "
	        "the name rpmsg_COMMAND is that command.\n"
	        "Exit status: 0 done, 1 it did not work, 2 usage, 3 no such channel, 4 it went away in the middle,\n"
	        "6 refused by Linux, 7 nothing came in time, 130 interrupted before it was done.\n");
	return status;
}

/* "rpmsg_export_ept" is the same as "rpmsg export-ept". */
static bool is_link_to(const char *program, const char *name)
{
	const char *p = strrchr(program, '/');

	p = p ? p + 1 : program;
	if (strncmp(p, "rpmsg_", 6) != 0)
		return false;
	for (p += 6; *p && (*p == *name || (*p == '_' && *name == '-')); p++)
		name++;
	return *p == *name;
}

int main(int argc, char **argv)
{
	char title[32];

	amp_output_watch("rpmsg");
	argp_err_exit_status = RPMSG_USAGE;
	take_short_help(argv);
	set_signals();
	for (unsigned int i = 0; i < SUBCOMMANDS; i++) {
		called_by_link = is_link_to(argv[0], subcommands[i].name);
		if (called_by_link)
			return subcommands[i].run(argc, argv);
	}
	if (argc < 2)
		return usage(stderr, RPMSG_USAGE);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-?") == 0 || strcmp(argv[1], "help") == 0)
		return usage(stdout, RPMSG_OK);
	for (unsigned int i = 0; i < SUBCOMMANDS; i++) {
		if (strcmp(argv[1], subcommands[i].name) != 0)
			continue;
		snprintf(title, sizeof(title), "rpmsg %s", argv[1]);
		argv[1] = title;
		return subcommands[i].run(argc - 1, argv + 1);
	}
	fprintf(stderr, "rpmsg: unknown command '%s'; see 'rpmsg --help'\n", argv[1]);
	return RPMSG_USAGE;
}
