// SPDX-License-Identifier: GPL-2.0-only
/* ssh: into a Linux that was started with --net. This program becomes ssh. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "client.h"
#include "event_reader.h"
#include "lab_files.h"

struct arguments {
	bool print;
	char **more;
	int num_more;
};

static const struct argp_option options[] = {
	{"print", 'p', NULL, 0, "Print the line instead of running it, for scp, rsync or an editor", 0},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case 'p':
		a->print = true;
		return 0;
	case ARGP_KEY_ARG:
		(void)arg;
		a->more = &state->argv[state->next - 1];
		a->num_more = state->argc - (state->next - 1);
		state->next = state->argc;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[-- COMMAND...]",
	.doc = "Log in to Linux by ssh, or run a command there. The lab must have been started with 'up --net'.\v"
	       "Exit status: ssh's own; 3 if no lab is up, 5 if ssh is not installed, 6 if the lab has no network.",
	.children = amp_cli_common,
};

/* Linux has a new host key at each boot, and is reached through this machine alone. */
static int become_ssh(const struct arguments *a, const json_t *net)
{
	const char *fixed[] = {"ssh", "-q",
	                       "-o",  "StrictHostKeyChecking=no",
	                       "-o",  "UserKnownHostsFile=/dev/null",
	                       "-o",  "IdentitiesOnly=yes"};
	size_t n = sizeof(fixed) / sizeof(fixed[0]);
	char **argv = calloc(n + (size_t)a->num_more + 6, sizeof(*argv)), *program = amp_lab_find_program("ssh"),
	     port[16];
	int status = AMP_EXIT_ENVIRONMENT;

	snprintf(port, sizeof(port), "%d", (int)amp_event_integer(net, "ssh_port", 0));
	if (argv && program) {
		memcpy(argv, fixed, sizeof(fixed));
		argv[n++] = (char *)"-i";
		argv[n++] = (char *)amp_event_string(net, "key");
		argv[n++] = (char *)"-p";
		argv[n++] = port;
		argv[n++] = (char *)"root@127.0.0.1";
		for (int i = 0; i < a->num_more; i++)
			argv[n++] = a->more[i];
	}
	if (argv && program && a->print) {
		for (size_t i = 0; i < n; i++)
			printf("%s%s", i ? " " : "", argv[i]);
		putchar('\n');
		status = AMP_EXIT_OK;
	} else if (argv && program) {
		fflush(NULL);
		execv(program, argv);
		amp_cli_error("%s: %s", program, strerror(errno));
	} else {
		amp_cli_error("ssh is not in $PATH: install Debian's package openssh-client");
	}
	free(argv);
	free(program);
	return status;
}

int cmd_ssh(int argc, char **argv)
{
	struct arguments a = {0};
	struct client_result result;
	const json_t *net;
	int status;

	amp_cli_parse(&argp, argc, argv, ARGP_IN_ORDER, &a);
	if (amp_client_request(amp_cli.lab, json_pack("{s:s}", "cmd", "status"), NULL, &result) != AMP_EXIT_OK)
		return amp_client_finish(&result);
	net = json_object_get(result.answer, "net");
	if (json_is_object(net)) {
		status = become_ssh(&a, net);
	} else {
		amp_cli_error("lab '%s' has no network: start it with 'amprelay up --net'", amp_cli.lab);
		status = AMP_EXIT_REFUSED;
	}
	amp_client_release(&result);
	return status;
}
