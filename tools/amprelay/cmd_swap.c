// SPDX-License-Identifier: GPL-2.0-only
/* swap: another firmware takes over from the one that runs. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "client.h"
#include "terminal.h"

struct arguments {
	const char *core, *file;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		if (a->file)
			return ARGP_ERR_UNKNOWN;
		*(a->core ? &a->file : &a->core) = arg;
		return 0;
	case ARGP_KEY_END:
		if (!a->file)
			amp_cli_usage("swap what? 'amprelay swap CORE FILE'; 'amprelay status' lists the cores");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void report(const struct arguments *a, json_t *answer)
{
	const char *loads = json_string_value(json_object_get(answer, "linux_loads"));

	if (amp_cli.json) {
		amp_cli_print_json(json_pack(
			"{s:s, s:s, s:o, s:O, s:O, s:O}", "command", "swap", "core", a->core, "file",
			amp_cli_json_text(a->file), "epoch", json_object_get(answer, "epoch"), "gap_ms",
			json_object_get(answer, "gap_ms"), "linux_loads", json_object_get(answer, "linux_loads")));
		return;
	}
	amp_terminal_puts(a->core, stdout);
	printf(" runs ");
	amp_terminal_puts(a->file, stdout);
	printf(" in life %lld; nobody took messages for %.1f ms\nWhen it crashes, Linux starts what it has: ",
	       json_integer_value(json_object_get(answer, "epoch")),
	       json_real_value(json_object_get(answer, "gap_ms")));
	amp_terminal_puts(loads ? loads : "", stdout);
	putchar('\n');
}

int cmd_swap(int argc, char **argv)
{
	const struct argp argp = {
		.parser = parse,
		.args_doc = "CORE FILE",
		.doc = "Have another firmware take over the core from the one that runs, under traffic: channels and "
		       "open "
		       "handles in Linux stay, and no message is lost. It needs the same resource table at the same "
		       "place. "
		       "If it does not come up, the old firmware goes on. Linux keeps the firmware file that it has.",
		.children = amp_cli_common};
	const struct client_io io = {.timeout_ms = 30000};
	struct client_result result;
	struct arguments a = {0};
	char path[PATH_MAX];

	amp_cli_parse(&argp, argc, argv, 0, &a);
	if (!realpath(a.file, path)) {
		amp_cli_error("%s: %s", a.file, strerror(errno));
		return AMP_EXIT_USAGE;
	}
	amp_client_request(amp_cli.lab,
	                   json_pack("{s:s, s:s, s:o}", "cmd", "swap", "core", a.core, "file", amp_cli_json_text(path)),
	                   &io, &result);
	if (result.exit == AMP_EXIT_OK)
		report(&a, result.answer);
	return amp_client_finish(&result);
}
