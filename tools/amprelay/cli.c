// SPDX-License-Identifier: GPL-2.0-only
#include "cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/control.h"
#include "common/text.h"
#include "terminal.h"

struct amp_cli amp_cli = {.lab = AMP_CLI_DEFAULT_LAB};

static bool color_wanted; /* --color=always */
static bool color_refused;

enum {
	KEY_NAME = 0x1000,
	KEY_JSON,
	KEY_COLOR,
	KEY_HELP = 'h',
};

static const struct argp_option common_options[] = {
	{NULL, 0, NULL, 0, "Common options:", 50},
	{"name", KEY_NAME, "LAB", 0, "Which lab, if several run side by side (default: \"default\")", 50},
	{"json", KEY_JSON, NULL, 0, "Output for programs; exec and console pass theirs on as it is", 50},
	{"color", KEY_COLOR, "WHEN", 0, "auto (default: on a terminal, unless $NO_COLOR is set), always or never", 50},
	{"help", KEY_HELP, NULL, 0, "Print this", 50},
	{0},
};

static void set_color(const char *when)
{
	color_wanted = strcmp(when, "always") == 0;
	color_refused = strcmp(when, "never") == 0;
	if (!color_wanted && !color_refused && strcmp(when, "auto"))
		amp_cli_usage("--color=%s: WHEN is auto, always or never", when);
}

static void resolve_color(void)
{
	const char *no_color = getenv("NO_COLOR");

	amp_cli.color = color_wanted || (!color_refused && (!no_color || !no_color[0]) && isatty(STDOUT_FILENO));
}

/* "amprelay status" → "help status", "amprelay" → "help" */
static void complain(const struct argp_state *state, const char *what, const char *word)
{
	const char *command = strchr(state->name, ' ');

	amp_cli_usage("%s '%s': see 'amprelay help%s'", what, word, command ? command : "");
}

static error_t parse_common(int key, char *arg, struct argp_state *state)
{
	const char *word;

	switch (key) {
	case KEY_NAME:
		if (!amp_text_is_lab_name(arg))
			amp_cli_usage("'%s' is no name for a lab: use up to %d letters, digits, '-', "
			              "'_' and '.', first a letter or digit",
			              arg, AMP_LAB_NAME_MAX);
		amp_cli.lab = arg;
		return 0;
	case KEY_JSON:
		amp_cli.json = true;
		return 0;
	case KEY_HELP:
		argp_help(state->root_argp, stdout, ARGP_HELP_STD_HELP, state->name);
		exit(AMP_EXIT_OK);
	case KEY_COLOR:
		set_color(arg);
		return 0;
	case ARGP_KEY_ARG:
		complain(state, "unexpected argument", arg);
		return EINVAL;
	case ARGP_KEY_ERROR: /* the flags of amp_cli_parse() leave it to us to say it, in one line */
		word = state->argv[state->next - 1];
		if (state->next < 2 || word[0] != '-')
			word = state->next < state->argc ? state->argv[state->next] : word;
		complain(state, "option not known, or without its value:", word);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp common_argp = {.options = common_options, .parser = parse_common};

const struct argp_child amp_cli_common[] = {{.argp = &common_argp}, {0}};

static const struct argp_option shown_options[] = {
	{"follow", 'f', NULL, 0, "Go on with what comes next", 0},
	{"lines", 'n', "N", 0, "Only the last N", 0},
	{"time", 't', NULL, 0, "With the time of day", 0},
	{0},
};

static error_t parse_shown(int key, char *arg, struct argp_state *state)
{
	struct amp_shown *shown = state->input;

	switch (key) {
	case 'f':
		shown->follow = true;
		return 0;
	case 't':
		shown->time = true;
		return 0;
	case 'n':
		shown->count = (size_t)amp_cli_number(arg, "--lines", 1000000);
		shown->has_count = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp shown_argp = {.options = shown_options, .parser = parse_shown};

const struct argp_child amp_cli_shown[] = {{.argp = &shown_argp}, {.argp = &common_argp}, {0}};

void amp_cli_parse(const struct argp *argp, int argc, char **argv, unsigned int flags, void *input)
{
	/* argp's own messages are of several lines, and the flag that silences them silences its --help as well */
	argp_parse(argp, argc, argv, flags | ARGP_NO_ERRS | ARGP_NO_HELP, NULL, input);
	resolve_color();
}

/*
 * Hints are written as 'amprelay logs relay', by the relay too. What is said here is about one lab, so the hint gets
 * its name, unless it is the one that needs none.
 */
static void put_hints(const char *text)
{
	static const char hint[] = "'amprelay ";
	const char *at;

	while (strcmp(amp_cli.lab, AMP_CLI_DEFAULT_LAB) != 0 && (at = strstr(text, hint))) {
		at += strlen(hint);
		amp_terminal_printf(stderr, "%.*s", (int)(at - text), text);
		if (*at != '-' && strncmp(at, "help", 4) != 0)
			fprintf(stderr, "--name %s ", amp_cli.lab);
		text = at;
	}
	amp_terminal_puts(text, stderr); /* it may quote what others said */
}

static void complain_to_stderr(const char *format, va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) < 0)
		return;
	fflush(stdout);
	fputs("amprelay: ", stderr);
	put_hints(text);
	fputc('\n', stderr);
	free(text);
}

void amp_cli_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain_to_stderr(format, args);
	va_end(args);
}

void amp_cli_usage(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	complain_to_stderr(format, args);
	va_end(args);
	exit(AMP_EXIT_USAGE);
}

int amp_cli_seconds(const char *text, const char *option)
{
	char *end;
	double seconds = strtod(text, &end);

	if (end == text || *end || !(seconds >= 0 && seconds <= 86400))
		amp_cli_usage("%s %s: a number of seconds is wanted, 0 to 86400", option, text);
	return (int)(seconds * 1000);
}

uint64_t amp_cli_number(const char *text, const char *option, uint64_t max)
{
	char *end;
	unsigned long long value;

	errno = 0;
	value = strtoull(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end || errno || value > max)
		amp_cli_usage("%s %s: a whole number is wanted, 0 to %llu", option, text, (unsigned long long)max);
	return value;
}

void amp_cli_print_json(json_t *value)
{
	json_dumpf(value, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);
	putchar('\n');
	json_decref(value);
}

json_t *amp_cli_json_text(const char *text)
{
	json_t *value = json_string(text);
	char *plain = value ? NULL : strdup(text);

	for (char *c = plain; c && *c; c++) {
		if ((unsigned char)*c >= 0x80)
			*c = '?';
	}
	if (!value)
		value = json_string(plain ? plain : "");
	free(plain);
	return value;
}

const char *amp_cli_color(const char *sequence)
{
	return amp_cli.color ? sequence : "";
}

void amp_cli_time_of_day(int64_t ns, char out[AMP_CLI_TIME_LEN])
{
	time_t seconds = (time_t)(ns / (int64_t)NS_PER_S);
	struct tm tm = {0};
	size_t n;

	localtime_r(&seconds, &tm);
	n = strftime(out, AMP_CLI_TIME_LEN, "%T", &tm);
	snprintf(out + n, AMP_CLI_TIME_LEN - n, ".%03d", (int)(ns / (int64_t)NS_PER_MS % 1000));
}

int amp_cli_patience(void)
{
	const char *text = getenv("AMPRELAY_PATIENCE");

	int times = text && text[0] ? (int)amp_cli_number(text, "AMPRELAY_PATIENCE", 100) : 1;

	return times ? times : 1;
}

int64_t amp_cli_now_ms(void)
{
	return (int64_t)(now_ns() / NS_PER_MS);
}
