// SPDX-License-Identifier: GPL-2.0-only
/* start, stop, restart: Linux owns the life cycle of its cores, so Linux is asked. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "client.h"
#include "lab.h"
#include "lab_files.h"

static error_t parse(int key, char *arg, struct argp_state *state)
{
	const char **core = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		if (*core)
			return ARGP_ERR_UNKNOWN;
		*core = arg;
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
	puts(text);
}

static bool show_output(void *context, char stream, const void *data, size_t len)
{
	(void)context;
	fwrite(data, 1, len, stream == 'O' ? stdout : stderr);
	return true;
}

static int ask(const char *cmd, const char *doc, int argc, char **argv)
{
	const struct argp argp = {.parser = parse, .args_doc = "CORE", .doc = doc, .children = amp_cli_common};
	const struct client_io io = {.timeout_ms = 60000, .on_progress = show_progress, .on_output = show_output};
	const char *core = NULL;
	struct client_result result;

	amp_cli_parse(&argp, argc, argv, 0, &core);
	if (strcmp(cmd, "stop")) {
		char *dir = amp_lab_state_dir(amp_cli.lab), error[LAB_FILES_ERROR];

		if (amp_client_lab_is_up(amp_cli.lab) && amp_lab_firmware_refresh(dir, error))
			amp_cli_error("%s; the previous copy is used", error);
		free(dir);
	}
	amp_client_core(amp_cli.lab, cmd, core, &io, &result);
	return amp_client_finish(&result);
}

#define REFRESH_DOC " If the lab was started with --firmware FILE, and FILE has changed since, it is copied first."

int cmd_start(int argc, char **argv)
{
	return ask("start", "Have Linux load the firmware of a core and start it." REFRESH_DOC, argc, argv);
}

int cmd_stop(int argc, char **argv)
{
	return ask("stop", "Have Linux stop a core.", argc, argv);
}

int cmd_restart(int argc, char **argv)
{
	return ask("restart", "Have Linux stop a core and start it with its newest firmware." REFRESH_DOC, argc, argv);
}
