// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "client.h"
#include "common/output.h"
#include "typed.h"

struct console {
	struct amp_typed typed;
	int ended_by; /* a signal */
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	bool *named = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		if (*named)
			return ARGP_ERR_UNKNOWN;
		if (strcmp(arg, "linux"))
			amp_cli_usage("no console '%s': only 'linux' has one; 'amprelay logs -f %s' follows a core",
			              arg, arg);
		*named = true;
		return 0;
	case ARGP_KEY_NO_ARGS:
		amp_cli_usage("which console? 'amprelay console linux'");
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.parser = parse,
	.args_doc = "linux",
	.doc = "Use Linux's serial console. Everything typed goes there, Ctrl-C too. Leave with Ctrl-] and then '.'; "
	       "Ctrl-] twice types one. Without a terminal it ends with its input: for scripts there is 'amprelay "
	       "exec', and 'amprelay logs -f linux' to watch.",
	.children = amp_cli_common,
};

static ssize_t on_input(void *context, char *data, size_t len)
{
	struct console *console = context;

	return amp_typed_filter(&console->typed, data, len);
}

static bool on_output(void *context, char stream, const void *data, size_t len)
{
	(void)context, (void)stream;
	fwrite(data, 1, len, stdout);
	return amp_output_flush();
}

static int on_signal(void *context, int signal)
{
	struct console *console = context;

	console->ended_by = signal;
	return -1;
}

int cmd_console(int argc, char **argv)
{
	struct console console = {0};
	struct client_result result;
	struct client_io io = {.has_input = true,
	                       .ends_with_input = true,
	                       .input_fd = STDIN_FILENO,
	                       .has_signals = true,
	                       .context = &console,
	                       .on_input = on_input,
	                       .on_output = on_output,
	                       .on_signal = on_signal};
	bool named = false;

	amp_cli_parse(&argp, argc, argv, 0, &named);
	if (amp_client_lab_is_up(amp_cli.lab) && isatty(STDIN_FILENO))
		fprintf(stderr, "[console of Linux in lab '%s'; Ctrl-] then '.' leaves it, '?' helps]\n", amp_cli.lab);
	io.signal_fd = amp_client_catch_signals(SIGQUIT, NULL);
	if (amp_client_lab_is_up(amp_cli.lab))
		amp_typed_begin(&console.typed);
	amp_client_request(amp_cli.lab, json_pack("{s:s}", "cmd", "console"), &io, &result);
	if (console.typed.terminal) {
		amp_typed_end(&console.typed);
		fputs("\n", stderr);
	}
	if (console.ended_by)
		result.exit = 128 + console.ended_by;
	return amp_client_finish(&result);
}
