// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "client.h"
#include "terminal.h"

struct arguments {
	const char *core, *channel, *text;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		if (a->text)
			return ARGP_ERR_UNKNOWN;
		*(!a->core ? &a->core : !a->channel ? &a->channel : &a->text) = arg;
		return 0;
	case ARGP_KEY_END:
		if (!a->text)
			amp_cli_usage("say what, to which channel? '%s CORE CHANNEL TEXT'", state->name);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.parser = parse,
	.args_doc = "CORE CHANNEL TEXT",
	.doc = "Send one RPMsg message to a core whose host is the relay ('amprelay start CORE --loader relay'), and "
	       "print its first answer. If the core has not announced the channel yet, that is waited for.",
	.children = amp_cli_common,
};

static void print_answer(const char *text)
{
	size_t len = strlen(text);

	amp_terminal_puts(text, stdout);
	if (len == 0 || text[len - 1] != '\n')
		putchar('\n');
}

int cmd_talk(int argc, char **argv)
{
	const struct client_io io = {.timeout_ms = 10000};
	struct arguments a = {0};
	struct client_result result;
	const char *text;

	amp_cli_parse(&argp, argc, argv, 0, &a);
	amp_client_request(
		amp_cli.lab,
		json_pack("{s:s, s:s, s:s, s:s}", "cmd", "talk", "core", a.core, "channel", a.channel, "text", a.text),
		&io, &result);
	text = json_string_value(json_object_get(result.answer, "text"));
	if (result.exit == AMP_EXIT_OK && text && amp_cli.json)
		amp_cli_print_json(json_pack("{s:s, s:s, s:s}", "core", a.core, "channel", a.channel, "text", text));
	else if (result.exit == AMP_EXIT_OK && text)
		print_answer(text);
	return amp_client_finish(&result);
}
