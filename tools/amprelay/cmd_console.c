// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "client.h"
#include "common/control.h"
#include "common/output.h"
#include "common/text.h"
#include "lab_files.h"
#include "typed.h"

struct console {
	struct amp_typed typed;
	int ended_by; /* a signal */
};

struct arguments {
	char **machine;
	int count;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	(void)arg;
	switch (key) {
	case ARGP_KEY_ARGS:
		a->machine = state->argv + state->next;
		a->count = state->argc - state->next;
		for (int i = 0; i < a->count; i++) {
			if (!amp_text_is_lab_name(a->machine[i]))
				amp_cli_usage("no console '%s': 'linux' has one, and cores", a->machine[i]);
		}
		return 0;
	case ARGP_KEY_NO_ARGS:
		amp_cli_usage("which console? 'amprelay console linux', or a core's");
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.parser = parse,
	.args_doc = "linux|CORE...",
	.doc = "Use Linux's serial console, or a core's own UART; of several, side by side in one terminal (by tmux). "
	       "What "
	       "was said last is shown first. Everything typed goes there, Ctrl-C too. Leave with Ctrl-] and then "
	       "'.'; Ctrl-] twice types one. Without a terminal it ends with its input: for scripts there is 'amprelay "
	       "exec', and 'amprelay logs -f linux' or 'logs -f CORE.console' to watch.",
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

static int sit_at(const char *machine)
{
	struct console console = {0};
	struct client_result result;
	struct client_io io = {.has_input = true,
	                       .input_fd = STDIN_FILENO,
	                       .has_signals = true,
	                       .context = &console,
	                       .on_input = on_input,
	                       .on_output = on_output,
	                       .on_signal = on_signal};
	bool is_linux = strcmp(machine, "linux") == 0, up = amp_client_lab_is_up(amp_cli.lab);

	if (up && isatty(STDIN_FILENO))
		fprintf(stderr, "[console of %s in lab '%s'; Ctrl-] then '.' leaves it, '?' helps]\n", machine,
		        amp_cli.lab);
	io.signal_fd = amp_client_catch_signals(SIGQUIT, NULL);
	if (up)
		amp_typed_begin(&console.typed);
	amp_client_request(amp_cli.lab,
	                   is_linux ? json_pack("{s:s}", "cmd", "console")
	                            : json_pack("{s:s, s:s}", "cmd", "console", "core", machine),
	                   &io, &result);
	if (console.typed.terminal) {
		amp_typed_end(&console.typed);
		fputs("\n", stderr);
	}
	if (console.ended_by)
		result.exit = 128 + console.ended_by;
	return amp_client_finish(&result);
}

/* ------------------------------------------------------------------ side by side */

/* Of a server of its own, so that no session of the user's is touched: it ends with its last console. */
static int side_by_side(const struct arguments *a)
{
	char *tmux = amp_lab_find_program("tmux"), self[PATH_MAX], socket[AMP_LAB_NAME_MAX + 32];
	const char **argv = calloc((size_t)a->count * 8 + 24, sizeof(*argv));
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	int argc = 0;

	if (!tmux || !argv) {
		amp_cli_error("tmux is not in $PATH, which shows several consoles side by side: install Debian's "
		              "package tmux, or use a terminal for each");
		free(tmux);
		free(argv);
		return AMP_EXIT_ENVIRONMENT;
	}
	self[n > 0 ? n : 0] = '\0';
	snprintf(socket, sizeof(socket), "amprelay-%s-%d", amp_cli.lab, (int)getpid());
#define ADD(...)                                                              \
	do {                                                                  \
		const char *const words[] = {__VA_ARGS__};                    \
		for (size_t w = 0; w < sizeof(words) / sizeof(words[0]); w++) \
			argv[argc++] = words[w];                              \
	} while (0)
	ADD("tmux", "-L", socket);
	for (int i = 0; i < a->count; i++) {
		if (i == 0)
			ADD("new-session");
		else
			ADD(";", "split-window", "-h");
		ADD(self, "--name", amp_cli.lab, "console", a->machine[i]);
	}
	ADD(";", "select-layout", "even-horizontal", ";", "select-pane", "-t", "{top-left}");
	ADD(";", "set-option", "mouse", "on", ";", "set-option", "status-right", "Ctrl-b o: the next console");
#undef ADD
	unsetenv("TMUX"); /* this one may run inside another */
	fflush(NULL);
	execv(tmux, (char *const *)argv);
	amp_cli_error("%s: %s", tmux, strerror(errno));
	free(tmux);
	free(argv);
	return AMP_EXIT_ENVIRONMENT;
}

int cmd_console(int argc, char **argv)
{
	struct arguments a = {0};

	amp_cli_parse(&argp, argc, argv, 0, &a);
	if (a.count == 1)
		return sit_at(a.machine[0]);
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		amp_cli_usage("several consoles side by side want a terminal; 'amprelay logs -f' shows what all say");
	if (!amp_client_lab_is_up(amp_cli.lab)) {
		amp_cli_error("no lab '%s' is up: start it with 'amprelay up'", amp_cli.lab);
		return AMP_EXIT_NO_LAB;
	}
	return side_by_side(&a);
}
