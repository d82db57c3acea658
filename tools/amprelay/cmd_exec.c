// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli.h"
#include "client.h"
#include "common/output.h"
#include "terminal.h"
#include "typed.h"

struct arguments {
	char **command;
	bool no_input;
	bool raw;
	bool terminal;
};

struct state {
	struct amp_terminal output, error;
	bool raw;
	bool told;              /* the command has had a signal already */
	int ended_by;           /* our own end, by a second signal */
	int failure;            /* errno of our own output */
	struct amp_typed typed; /* with -t */
	bool left;              /* by Ctrl-] and '.' */
};

static const struct argp_option options[] = {
	{"no-input", 'n', NULL, 0, "Do not pass standard input on (for loops in scripts)", 0},
	{"raw", 'r', NULL, 0,
         "Let control characters through to a terminal; without it they are spelled out, "
         "so that nothing in the guest can command the terminal",
         0},
	{"tty", 't', NULL, 0,
         "Give the command a terminal, of the size that this one has now; leave it with Ctrl-] and then '.'. Control "
         "characters are let through",
         0},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case 'n':
		a->no_input = true;
		return 0;
	case 'r':
		a->raw = true;
		return 0;
	case 't':
		a->terminal = true;
		return 0;
	case ARGP_KEY_ARG:
		(void)arg;
		a->command = &state->argv[state->next - 1];
		state->next = state->argc;
		return 0;
	case ARGP_KEY_NO_ARGS:
		amp_cli_usage("run what? 'amprelay exec -- COMMAND...'");
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "-- COMMAND...",
	.doc = "Run a command in Linux: standard input, output, error and the exit status are passed through. "
	       "Ctrl-C interrupts the command in Linux; a second one ends this program, and with it the "
	       "command.\vExit status: the command's own (126, 127: it could not be run; 128 + N: signal N "
	       "ended it), 3 if no lab is up, 125 if the lab went away.",
	.children = amp_cli_common,
};

static bool on_output(void *context, char stream, const void *data, size_t len)
{
	struct state *state = context;
	struct amp_terminal *terminal = stream == 'O' ? &state->output : &state->error;
	bool written = state->raw || !isatty(fileno(terminal->to))
	                       ? amp_write_all(fileno(terminal->to), data, len) == 0
	                       : amp_terminal_write(terminal, data, len) && !fflush(terminal->to);

	if (!written)
		state->failure = errno;
	return written;
}

static int on_signal(void *context, int signal)
{
	struct state *state = context;

	if (state->told || signal == SIGHUP) {
		state->ended_by = signal;
		return -1;
	}
	state->told = true;
	return signal;
}

static ssize_t on_typed(void *context, char *data, size_t len)
{
	struct state *state = context;
	ssize_t n = amp_typed_filter(&state->typed, data, len);

	state->left = n < 0;
	return n;
}

/* "pty 80x24 xterm COMMAND...", from malloc; a program in Linux makes the terminal. Its argv lives as long. */
static char **on_terminal(char **command, char size[32])
{
	static char pty[] = "pty", dumb[] = "dumb";
	struct winsize window = {.ws_col = 80, .ws_row = 24};
	char *term = getenv("TERM"), **argv;
	size_t count = 0;

	while (command[count])
		count++;
	argv = calloc(count + 4, sizeof(*argv));
	if (!argv) {
		amp_cli_error("out of memory");
		exit(AMP_EXIT_EXEC);
	}
	ioctl(STDIN_FILENO, TIOCGWINSZ, &window);
	snprintf(size, 32, "%ux%u", window.ws_col, window.ws_row);
	argv[0] = pty;
	argv[1] = size;
	argv[2] = term && term[0] ? term : dumb;
	memcpy(argv + 3, command, count * sizeof(*argv));
	return argv;
}

int cmd_exec(int argc, char **argv)
{
	struct arguments a = {0};
	struct state state = {.output.to = stdout, .error.to = stderr};
	struct client_result result;
	struct client_io io = {.context = &state, .on_output = on_output, .on_signal = on_signal};
	char **command, size[32];

	amp_cli_parse(&argp, argc, argv, ARGP_IN_ORDER, &a);
	state.raw = a.raw || a.terminal;
	command = a.terminal ? on_terminal(a.command, size) : NULL;
	io.has_input = true;
	io.input_fd =
		a.no_input || fcntl(STDIN_FILENO, F_GETFD) < 0 ? open("/dev/null", O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
	io.signal_fd = amp_client_catch_signals(0, NULL);
	io.has_signals = io.signal_fd >= 0;
	if (a.terminal && amp_client_lab_is_up(amp_cli.lab))
		amp_typed_begin(&state.typed);
	if (state.typed.terminal)
		io.on_input = on_typed;
	amp_client_exec(amp_cli.lab, command ? command : a.command, &io, &result);
	amp_typed_end(&state.typed);
	free(command);
	amp_terminal_end(&state.output);
	amp_terminal_end(&state.error);
	if (state.left)
		result.exit = AMP_EXIT_INTERRUPTED;
	else if (state.ended_by)
		result.exit = 128 + state.ended_by;
	else if (result.exit == AMP_EXIT_FAILED &&
	         (!result.answered || json_object_get(result.answer, "unheard"))) /* it is no status of the command's */
		result.exit = AMP_EXIT_EXEC;
	if (state.failure) {
		amp_cli_error("output of the command: %s", strerror(state.failure));
		result.exit = AMP_EXIT_EXEC;
	}
	return amp_client_finish(&result);
}
