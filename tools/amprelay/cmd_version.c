// SPDX-License-Identifier: GPL-2.0-only
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include <amprelay/wire.h>

#include "cli.h"
#include "common/agent_proto.h"

static const struct argp argp = {
	.doc = "Show the versions of this program, of the control block in shared "
	       "memory and of the guest agent's protocol.",
	.children = amp_cli_common,
};

int cmd_version(int argc, char **argv)
{
	amp_cli_parse(&argp, argc, argv, 0, NULL);
	if (amp_cli.json) {
		amp_cli_print_json(json_pack("{s:s, s:i, s:i}", "amprelay", AMPRELAY_VERSION, "control_block",
		                             (int)AMP_CTRL_VERSION, "agent", (int)AMP_AGENT_VERSION));
	} else {
		printf("amprelay %s (control block %u, agent %u)\n", AMPRELAY_VERSION, AMP_CTRL_VERSION,
		       AMP_AGENT_VERSION);
	}
	return AMP_EXIT_OK;
}
