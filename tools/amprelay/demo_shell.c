// SPDX-License-Identifier: GPL-2.0-only
/*
 * A shell in the guest of a demonstration's lab: what a person types, and what comes back. The next command is typed
 * when the one before has ended and everything that it must bring has come; that may come from a program that a command
 * before has left in the background.
 */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "client.h"
#include "common/output.h"
#include "demo.h"
#include "terminal.h"

#define END 1 /* this byte of output says that the command has ended */

struct session {
	struct demo *demo;
	const struct demo_typed *typed; /* the command under way; its `command` is NULL after the last */
	int input;
	bool ended, matched;
	char text[8192]; /* its output so far; what cannot be printed is "^X" */
	size_t used;
};

static void put(struct session *s, char c)
{
	if (s->used < sizeof(s->text) - 1)
		s->text[s->used++] = c;
}

static void keep_char(struct session *s, char c)
{
	if (c == END) {
		s->ended = true;
	} else if ((unsigned char)c < ' ' && c != '\n' && c != '\t') {
		put(s, '^');
		put(s, (char)(c + '@'));
	} else {
		put(s, c);
	}
}

/* Types the command that is next. @return false if there is none */
static bool type_text(struct session *s)
{
	char line[512];
	int len;

	s->ended = s->matched = false;
	s->used = 0;
	if (!s->typed->command)
		return false;
	printf("    linux# %s\n", s->typed->command);
	amp_output_flush();
	len = snprintf(line, sizeof(line), "%s\nprintf '\\%o'\n", s->typed->command, END);
	return len < (int)sizeof(line) && write(s->input, line, (size_t)len) == len;
}

/* Compares the output so far, line by line. A last one that has no end yet may only be all of what is expected.
 * @return how many lines have ended */
static size_t compare(struct session *s)
{
	const char *const *pattern = s->typed->lines;
	size_t whole = 0;

	s->text[s->used] = '\0';
	s->matched = true;
	for (const char *line = s->text; *line;) {
		size_t len = strcspn(line, "\n");
		bool ended = line[len] == '\n';
		char copy[512];

		snprintf(copy, sizeof(copy), "%.*s", (int)len, line);
		s->matched &=
			*pattern && !fnmatch(*pattern, copy, 0) && (ended || (*pattern)[strlen(*pattern) - 1] != '*');
		pattern += *pattern != NULL;
		whole += ended;
		line += len + ended;
	}
	s->matched &= !*pattern;
	return whole;
}

static size_t expected(const struct session *s)
{
	size_t n = 0;

	while (s->typed->lines[n])
		n++;
	return n;
}

static void show(const struct session *s)
{
	json_t *transcript = json_object_get(s->demo->report.members, "transcript");

	for (const char *line = s->text; *line;) {
		size_t len = strcspn(line, "\n");

		amp_terminal_printf(stdout, "    %.*s\n", (int)len, line);
		line += len + (line[len] == '\n');
	}
	json_array_append_new(transcript, json_pack("{s:s, s:s, s:b}", "command", s->typed->command, "output", s->text,
	                                            "ok", s->matched));
}

static bool on_output(void *context, char stream, const void *data, size_t len)
{
	struct session *s = context;
	size_t whole;

	(void)stream;
	for (size_t i = 0; i < len; i++)
		keep_char(s, ((const char *)data)[i]);
	whole = compare(s);
	if (!s->ended)
		return true;
	if (!s->matched)
		return whole < expected(s); /* more may come from the background */
	show(s);
	s->typed++;
	return type_text(s);
}

static int on_signal(void *context, int signal)
{
	(void)signal;
	((struct session *)context)->demo->interrupted = true;
	return -1;
}

static void complain(const struct session *s, const char *error)
{
	show(s);
	printf("    FAILED: this should have come%s:\n", s->ended ? "" : ", and the command have ended");
	for (const char *const *line = s->typed->lines; *line; line++)
		printf("        %s\n", *line);
	if (error[0])
		amp_terminal_printf(stdout, "    %s\n", error);
}

bool amp_demo_type(struct demo *d, const struct demo_typed *typed)
{
	struct session s = {.demo = d, .typed = typed};
	struct client_io io = {.timeout_ms = DEMO_STEP_MS,
	                       .has_input = true,
	                       .has_signals = true,
	                       .signal_fd = d->signal_fd,
	                       .context = &s,
	                       .on_output = on_output,
	                       .on_signal = on_signal};
	struct client_result result;
	int ends[2];

	if (!json_object_get(d->report.members, "transcript"))
		amp_demo_report_set(&d->report, "transcript", json_array());
	if (pipe2(ends, O_CLOEXEC))
		return false;
	io.input_fd = ends[0];
	s.input = ends[1];
	if (type_text(&s)) {
		amp_client_exec(d->lab, (char *[]){"sh", "-c", "exec sh 2>&1", NULL}, &io, &result);
		if (s.typed->command && !d->interrupted)
			complain(&s, result.error);
		amp_client_release(&result);
	}
	close(ends[0]);
	close(ends[1]);
	return !s.typed->command;
}
