// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "cli.h"
#include "client.h"

static const struct argp argp = {
	.doc = "End a lab: its cores, Linux, and the relay. Its logs, events and dumps can still be read.",
	.children = amp_cli_common,
};

int cmd_down(int argc, char **argv)
{
	struct client_result result;

	amp_cli_parse(&argp, argc, argv, 0, NULL);
	if (amp_client_request(amp_cli.lab, json_pack("{s:s}", "cmd", "down"), NULL, &result) == AMP_EXIT_OK) {
		if (amp_cli.json)
			amp_cli_print_json(json_pack("{s:s, s:s}", "lab", amp_cli.lab, "state", "down"));
		else
			printf("lab '%s' is down\n", amp_cli.lab);
	}
	return amp_client_finish(&result);
}
