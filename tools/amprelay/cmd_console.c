// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "cli.h"
#include "client.h"
#include "common/output.h"

#define ESCAPE '\x1d' /* Ctrl-] */

static struct termios saved; /* for the exit handler */

struct console {
	bool terminal;
	bool escape;  /* the escape key was typed, its second half is to come */
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

static void restore_terminal(void)
{
	tcsetattr(STDIN_FILENO, TCSADRAIN, &saved);
}

static bool make_raw(void)
{
	struct termios raw;

	if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &saved))
		return false;
	atexit(restore_terminal);
	raw = saved;
	cfmakeraw(&raw);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
	return true;
}

static void explain(void)
{
	fputs("\r\n[Ctrl-] then '.' leaves, Ctrl-] twice types one, '?' shows this]\r\n", stderr);
}

/* Takes escape sequences out of what was typed. One held back from the last time may add a byte. */
static ssize_t on_input(void *context, char *data, size_t len)
{
	struct console *console = context;
	char typed[len];
	size_t n = 0;

	if (!console->terminal)
		return (ssize_t)len;
	memcpy(typed, data, len);
	for (size_t i = 0; i < len; i++) {
		if (!console->escape) {
			if (typed[i] == ESCAPE)
				console->escape = true;
			else
				data[n++] = typed[i];
			continue;
		}
		console->escape = false;
		if (typed[i] == '.')
			return -1;
		if (typed[i] == '?') {
			explain();
			continue;
		}
		data[n++] = ESCAPE;
		if (typed[i] != ESCAPE)
			data[n++] = typed[i];
	}
	return (ssize_t)n;
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
	console.terminal = amp_client_lab_is_up(amp_cli.lab) && make_raw();
	amp_client_request(amp_cli.lab, json_pack("{s:s}", "cmd", "console"), &io, &result);
	if (console.terminal) {
		restore_terminal();
		fputs("\n", stderr);
	}
	if (console.ended_by)
		result.exit = 128 + console.ended_by;
	return amp_client_finish(&result);
}
