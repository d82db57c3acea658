// SPDX-License-Identifier: GPL-2.0-only
/* reboot, kill: of Linux, whose cores run on. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "client.h"

static error_t parse(int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case ARGP_KEY_ARG:
		if (state->arg_num > 0)
			return ARGP_ERR_UNKNOWN;
		if (strcmp(arg, "linux"))
			amp_cli_usage(
				"%s %s: only Linux; of a core see 'amprelay restart' and 'amprelay fault CORE kill'",
				state->name, arg);
		return 0;
	case ARGP_KEY_NO_ARGS:
		amp_cli_usage("'%s linux': so that no core is meant", state->name);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int reboot_linux(bool reset, const char *doc, int argc, char **argv)
{
	const struct argp argp = {.parser = parse, .args_doc = "linux", .doc = doc, .children = amp_cli_common};
	const struct client_io io = {.timeout_ms = 65000};
	int64_t start = amp_cli_now_ms();
	struct client_result result;

	amp_cli_parse(&argp, argc, argv, 0, NULL);
	amp_client_request(amp_cli.lab, json_pack("{s:s, s:b}", "cmd", "reboot", "reset", reset), &io, &result);
	if (result.exit == AMP_EXIT_OK && amp_cli.json)
		amp_cli_print_json(json_pack("{s:s, s:f}", "command", reset ? "kill" : "reboot", "seconds",
		                             (double)(amp_cli_now_ms() - start) / 1000));
	else if (result.exit == AMP_EXIT_OK)
		printf("Linux is up again after %.1f s\n", (double)(amp_cli_now_ms() - start) / 1000);
	return amp_client_finish(&result);
}

#define RUN_ON " Its cores run on, and it attaches to them when it is up again. Its agent's answer is waited for."

int cmd_reboot(int argc, char **argv)
{
	return reboot_linux(
		false, "Ask Linux to reboot; a kernel that 'kexec' has loaded in it is started without a reset." RUN_ON,
		argc, argv);
}

int cmd_kill(int argc, char **argv)
{
	return reboot_linux(true, "Reset the machine that Linux runs on, without a word to it." RUN_ON, argc, argv);
}
