// SPDX-License-Identifier: GPL-2.0-only
/* start, stop, restart, attach, detach, suspend, resume. Linux owns its cores, so Linux is asked, unless the relay is
 * to be the host. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "client.h"
#include "lab_dir.h"
#include "lab_files.h"
#include "terminal.h"

struct arguments {
	const char *core;
	const char *loader;
	json_t *params; /* of the application: an object of strings */
};

static void take_param(struct arguments *a, const char *text)
{
	const char *equals = strchr(text, '=');

	if (!equals || equals == text)
		amp_cli_usage("--param %s: it is KEY=VALUE", text);
	if (json_object_setn_new(a->params, text, (size_t)(equals - text), json_string(equals + 1)))
		amp_cli_usage("--param %s: it is not UTF-8", text);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case 'L':
		if (strcmp(arg, "linux") && strcmp(arg, "relay"))
			amp_cli_usage("--loader %s: it is 'linux' or 'relay'", arg);
		a->loader = arg;
		return 0;
	case 'P':
		take_param(a, arg);
		return 0;
	case ARGP_KEY_ARG:
		if (a->core)
			return ARGP_ERR_UNKNOWN;
		a->core = arg;
		return 0;
	case ARGP_KEY_NO_ARGS:
		amp_cli_usage("which core? '%s CORE'; 'amprelay status' lists them", state->name);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static void show_progress(void *context, const char *text)
{
	(void)context;
	if (amp_cli.json)
		return;
	amp_terminal_puts(text, stdout);
	putchar('\n');
}

static bool show_output(void *context, char stream, const void *data, size_t len)
{
	struct amp_terminal *terminals = context;

	if (stream == 'E' || !amp_cli.json)
		amp_terminal_write(&terminals[stream == 'E'], data, len);
	return true;
}

static const struct argp_option start_options[] = {
	{"loader", 'L', "WHO", 0,
         "Who loads the firmware and is the host of the core: linux (default), or relay, with AmpRelay's own library",
         0},
	{"param", 'P', "KEY=VALUE", 0,
         "Set a parameter that the firmware has in version 2 of its resource table; as often as there are some. They "
         "hold for restarts and recoveries, until the next start",
         0},
	{0},
};

/* What was asked for is the newest firmware: without it, nothing is done. */
static bool take_firmware(const char *core)
{
	char *dir = amp_lab_state_dir(amp_cli.lab), error[LAB_FILES_ERROR];
	bool taken = !amp_client_lab_is_up(amp_cli.lab) || !amp_lab_firmware_refresh(dir, core, error);

	if (!taken)
		amp_cli_error("%s; core %s is left as it is", error, core);
	free(dir);
	return taken;
}

static int ask(const char *cmd, const char *doc, int argc, char **argv)
{
	const struct argp argp = {.options = strcmp(cmd, "start") ? NULL : start_options,
	                          .parser = parse,
	                          .args_doc = "CORE",
	                          .doc = doc,
	                          .children = amp_cli_common};
	struct amp_terminal terminals[2] = {{.to = stdout}, {.to = stderr}};
	const struct client_io io = {
		.timeout_ms = 60000, .on_progress = show_progress, .on_output = show_output, .context = terminals};
	struct arguments a = {.loader = "linux", .params = json_object()};
	struct client_result result;

	amp_cli_parse(&argp, argc, argv, 0, &a);
	if ((strcmp(cmd, "start") == 0 || strcmp(cmd, "restart") == 0) && !take_firmware(a.core))
		return AMP_EXIT_FAILED;
	amp_client_request(
		amp_cli.lab,
		json_pack("{s:s, s:s, s:s, s:o}", "cmd", cmd, "core", a.core, "loader", a.loader, "params", a.params),
		&io, &result);
	amp_terminal_end(&terminals[0]);
	amp_terminal_end(&terminals[1]);
	if (amp_cli.json && result.exit == AMP_EXIT_OK)
		amp_cli_print_json(json_pack("{s:s, s:s}", "command", cmd, "core", a.core));
	return amp_client_finish(&result);
}

#define REFRESH_DOC                                                                                      \
	" If the lab was started with --firmware FILE, the file is copied first, as it is now; without " \
	"the copy nothing is done."

int cmd_start(int argc, char **argv)
{
	return ask("start",
	           "Have Linux, or the relay in its place, load the firmware of a core and start it." REFRESH_DOC, argc,
	           argv);
}

int cmd_stop(int argc, char **argv)
{
	return ask("stop", "Have Linux, or the relay if that has started it, stop a core.", argc, argv);
}

int cmd_restart(int argc, char **argv)
{
	return ask("restart", "Have Linux stop a core and start it with its newest firmware." REFRESH_DOC, argc, argv);
}

int cmd_attach(int argc, char **argv)
{
	return ask("attach",
	           "Have Linux attach to a core that runs, and is nobody's: its firmware is not loaded, nor started "
	           "again.",
	           argc, argv);
}

int cmd_detach(int argc, char **argv)
{
	return ask("detach", "Have Linux detach from a core that it has attached to. The core runs on.", argc, argv);
}

int cmd_suspend(int argc, char **argv)
{
	return ask(
		"suspend",
		"Have Linux suspend a core: it sleeps, with all that it knows. Messages wait, and nobody takes it for "
		"dead.",
		argc, argv);
}

int cmd_resume(int argc, char **argv)
{
	return ask("resume", "Have Linux resume a core that it has suspended.", argc, argv);
}
