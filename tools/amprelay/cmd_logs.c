// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "common/output.h"
#include "event_reader.h"
#include "lab_dir.h"
#include "log_merge.h"
#include "terminal.h"

struct arguments {
	const char *source;
	struct amp_shown shown;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &a->shown;
		return 0;
	case ARGP_KEY_ARG:
		if (a->source)
			return ARGP_ERR_UNKNOWN;
		a->source = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.parser = parse,
	.args_doc = "[SOURCE]",
	.doc = "Show what was written: by 'linux' (its console), 'kernel' (its log), 'relay', or a core "
	       "(its trace buffer: CORE; its UART: CORE.console). Without SOURCE: all of them in order of time, each "
	       "line with its source. Logs can be read after the lab's end, too.",
	.children = amp_cli_shown,
};

/* When Linux's process started: the zero of the kernel log's clock. */
static double find_host_start(const char *dir)
{
	struct event_reader reader;
	struct event_filter *filter;
	json_t *record = NULL;
	char error[64];
	double start = 0;

	filter = amp_event_filter_parse("ev=host.start", error, sizeof(error));
	if (filter && !amp_event_reader_open(&reader, dir)) {
		if (amp_event_reader_find(&reader, filter, -1, 0, &record) > 0)
			start = (double)amp_event_integer(record, "t", 0) / 1e9;
		json_decref(record);
		amp_event_reader_close(&reader);
	}
	amp_event_filter_free(filter);
	return start;
}

#define LABEL_LEN 128

struct view {
	bool time; /* -t */
	int64_t to_of_day;
};

/* The last lines of a text that is longer than wanted. */
struct tail {
	char **line;
	size_t size, next;
};

static void keep_line(struct tail *tail, char *line)
{
	if (!tail->size) {
		free(line);
		return;
	}
	free(tail->line[tail->next]);
	tail->line[tail->next] = line;
	tail->next = (tail->next + 1) % tail->size;
}

/* The label, a bar and the line, or the line alone; the line is as the guest wrote it. */
static void print_line(const char *label, const char *line)
{
	if (label)
		printf("%s%s |%s ", amp_cli_color(COLOR_DIM), label, amp_cli_color(COLOR_END));
	amp_terminal_puts(line, stdout);
	putchar('\n');
}

/* A kept line is "LABEL\nLINE", or "\nLINE" without a label: neither has a line feed in it. */
static void print_kept(char *kept)
{
	char *end = strchr(kept, '\n');

	*end = '\0';
	print_line(end == kept ? NULL : kept, end + 1);
}

static void print_tail(struct tail *tail)
{
	for (size_t i = 0; i < tail->size; i++) {
		char *line = tail->line[(tail->next + i) % tail->size];

		if (line)
			print_kept(line);
		free(line);
	}
	free(tail->line);
	amp_output_flush();
}

/* One line of JSON. */
static char *compose_json(const struct log_source *source)
{
	json_t *object = json_pack("{s:s, s:f, s:o}", "source", source->name, "t", source->stamp, "text",
	                           amp_cli_json_text(source->line));
	char *line;

	line = json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(12));
	json_decref(object);
	return line;
}

static char *compose(const char *label, const char *line)
{
	char *text;

	if (asprintf(&text, "%s\n%s", label ? label : "", line) < 0) {
		amp_cli_error("out of memory");
		exit(AMP_EXIT_FAILED);
	}
	return text;
}

/* What stands before a line: its time, its source, both or nothing. @return NULL for nothing */
static const char *label_of(const struct log_merge *merge, const struct log_source *source, const struct view *view,
                            char label[LABEL_LEN])
{
	char time[AMP_CLI_TIME_LEN] = "";

	if (amp_cli.json || (merge->only && !view->time))
		return NULL;
	if (view->time)
		amp_cli_time_of_day((int64_t)(source->stamp * 1e9) + view->to_of_day, time);
	if (merge->only)
		snprintf(label, LABEL_LEN, "%s", time);
	else
		snprintf(label, LABEL_LEN, "%s%s%-6s", time, time[0] ? " " : "", source->name);
	return label;
}

static void print_all(struct log_merge *merge, const struct view *view, struct tail *tail, bool partial)
{
	struct log_source *source;
	char label[LABEL_LEN];

	while ((source = amp_merge_next(merge, partial))) {
		char *json = amp_cli.json ? compose_json(source) : NULL;
		const char *before = label_of(merge, source, view, label), *line = json ? json : source->line;

		if (tail)
			keep_line(tail, compose(before, line));
		else
			print_line(before, line);
		free(json);
		source->line = NULL;
	}
	if (!amp_output_flush())
		exit(AMP_EXIT_FAILED);
}

static int follow_logs(struct log_merge *merge, const struct view *view, int watch)
{
	int n = watch;

	while (watch >= 0 && (n = amp_dir_watch_wait(watch, -1)) > 0) {
		amp_merge_discover(merge);
		print_all(merge, view, NULL, false);
	}
	amp_cli_error("following the logs of lab '%s': %s", amp_cli.lab, strerror(-n));
	return AMP_EXIT_FAILED;
}

/* There is no log of that name, or none at all. Returns an enum amp_exit. */
static int explain_absence(const char *dir, const char *source)
{
	char known[256] = "";
	struct log_merge all;

	if (source && !amp_merge_open(&all, dir, NULL, 0)) {
		for (size_t i = 0; i < all.num_sources; i++)
			snprintf(known + strlen(known), sizeof(known) - strlen(known), " %s", all.source[i].name);
		amp_merge_close(&all);
	}
	if (known[0]) {
		amp_cli_error("no log '%s' in lab '%s': it has%s", source, amp_cli.lab, known);
		return AMP_EXIT_USAGE;
	}
	amp_cli_error("lab '%s' has left no logs: start it with 'amprelay up'", amp_cli.lab);
	return AMP_EXIT_NO_LAB;
}

static int show(struct log_merge *merge, const struct arguments *a, int watch)
{
	const struct view view = {.time = a->shown.time, .to_of_day = amp_event_time_offset(merge->dir)};
	struct tail tail = {0};

	if (a->shown.has_count) {
		tail.size = a->shown.count;
		tail.line = calloc(tail.size + 1, sizeof(*tail.line));
	}
	print_all(merge, &view, tail.line ? &tail : NULL, !a->shown.follow);
	if (tail.line)
		print_tail(&tail);
	return a->shown.follow ? follow_logs(merge, &view, watch) : AMP_EXIT_OK;
}

int cmd_logs(int argc, char **argv)
{
	struct arguments a = {0};
	struct log_merge merge;
	char *dir;
	int watch = -1, status;

	amp_cli_parse(&argp, argc, argv, 0, &a);
	dir = amp_lab_state_dir(amp_cli.lab);
	if (a.shown.follow) /* before the first reading: nothing is missed in between */
		watch = amp_dir_watch_open(dir);
	if (amp_merge_open(&merge, dir, a.source, find_host_start(dir))) {
		amp_cli_error("out of memory");
		exit(AMP_EXIT_FAILED);
	}
	status = merge.num_sources ? show(&merge, &a, watch) : explain_absence(dir, a.source);
	if (watch >= 0)
		close(watch);
	amp_merge_close(&merge);
	free(dir);
	return status;
}
