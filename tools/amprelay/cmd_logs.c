// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "common/clock.h"
#include "common/output.h"
#include "event_reader.h"
#include "lab_dir.h"
#include "log_merge.h"
#include "terminal.h"

struct arguments {
	const char *source;
	struct amp_shown shown;
	bool merge;
	bool has_since;
	double since; /* seconds; < 0: before the end */
};

enum {
	KEY_SINCE = 0x2000,
};

static const struct argp_option options[] = {
	{"merge", 'm', NULL, 0, "Each line with its time, by one clock for all sources, in place of its own stamps", 0},
	{"since", KEY_SINCE, "S", 0, "Only from S seconds after the lab's start on; -S: of the last S seconds", 0},
	{0},
};

static double parse_since(const char *text)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end || !(fabs(value) <= 1e9))
		amp_cli_usage("--since: '%s' is not a number of seconds", text);
	return value;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &a->shown;
		return 0;
	case 'm':
		a->merge = true;
		return 0;
	case KEY_SINCE:
		a->since = parse_since(arg);
		a->has_since = true;
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
	.options = options,
	.parser = parse,
	.args_doc = "[SOURCE]",
	.doc = "Show what was written: by 'linux' (its console), 'kernel' (its log), 'relay', or a core (its trace "
	       "buffer: CORE; its journal: CORE.journal; its UART: CORE.console). Without SOURCE: all of them in order "
	       "of time, each line with its source. Logs can be read after the lab's end, too.\v"
	       "With --merge the times are seconds since the lab's start, and standard error tells how far those of "
	       "each machine may be wrong. With --json each line is an object, with \"t\" in seconds of the host's "
	       "monotonic clock.",
	.children = amp_cli_shown,
};

#define LABEL_LEN 160

struct view {
	bool time;  /* -t */
	bool merge; /* -m */
	int64_t to_of_day;
	double start, since; /* seconds of the host's clock */
	int width;           /* of the sources' names */
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

/* The label, and the line, which is as the guest wrote it. */
static void print_line(const char *label, const char *line)
{
	if (label)
		fputs(label, stdout);
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
static char *compose_json(const struct log_source *source, const struct view *view)
{
	json_t *object = json_pack("{s:s, s:f}", "source", source->name, "t", source->stamp);
	char *line;

	if (view->merge)
		json_object_set_new(object, "error_us",
		                    source->error < 0 ? json_null() : json_real(source->error * 1e6));
	json_object_set_new(object, "text", amp_cli_json_text(view->merge ? source->text : source->line));
	line = json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(15));
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

static const char *color_of(const char *source)
{
	static const char *const colors[] = {"\033[36m", "\033[35m", "\033[33m", "\033[34m", "\033[32m"};
	uint32_t sum = 0;

	if (strcmp(source, "relay") == 0)
		return COLOR_DIM;
	for (; *source && *source != '.'; source++) /* a core's console has its core's */
		sum = sum * 31 + (unsigned char)*source;
	return colors[sum % (sizeof(colors) / sizeof(colors[0]))];
}

/* "    1.234567 kernel  ": when, by the one clock, and who; a line that has no time of its own leaves it out. */
static void label_merged(const struct log_source *source, const struct view *view, char label[LABEL_LEN])
{
	char time[AMP_CLI_TIME_LEN + 12] = "";
	int64_t ns = (int64_t)(source->stamp * 1e9);

	if (view->time && source->stamped) {
		amp_cli_time_of_day(ns + view->to_of_day, time);
		snprintf(time + strlen(time), 12, "%03d", (int)((ns + view->to_of_day) / 1000 % 1000));
	} else if (source->stamped) {
		snprintf(time, sizeof(time), "%12.6f", source->stamp - view->start);
	}
	snprintf(label, LABEL_LEN, "%s%*s%s %s%-*s%s  ", amp_cli_color(COLOR_DIM), view->time ? 15 : 12, time,
	         amp_cli_color(COLOR_END), amp_cli_color(color_of(source->name)), view->width, source->name,
	         amp_cli_color(COLOR_END));
}

/* What stands before a line: its time, its source, both or nothing. @return NULL for nothing */
static const char *label_of(const struct log_merge *merge, const struct log_source *source, const struct view *view,
                            char label[LABEL_LEN])
{
	char time[AMP_CLI_TIME_LEN] = "";

	if (amp_cli.json || (merge->only && !view->time && !view->merge))
		return NULL;
	if (view->merge) {
		label_merged(source, view, label);
		return label;
	}
	if (view->time)
		amp_cli_time_of_day((int64_t)(source->stamp * 1e9) + view->to_of_day, time);
	if (merge->only)
		snprintf(label, LABEL_LEN, "%s%s |%s ", amp_cli_color(COLOR_DIM), time, amp_cli_color(COLOR_END));
	else
		snprintf(label, LABEL_LEN, "%s%s%s%-6s |%s ", amp_cli_color(COLOR_DIM), time, time[0] ? " " : "",
		         source->name, amp_cli_color(COLOR_END));
	return label;
}

static void set_width(const struct log_merge *merge, struct view *view)
{
	for (size_t i = 0; i < merge->num_sources; i++) {
		int width = (int)strlen(merge->source[i].name);

		view->width = width > view->width ? width : view->width;
	}
}

/* @param until  seconds: what is later waits. @return true if something waits */
static bool print_all(struct log_merge *merge, struct view *view, struct tail *tail, bool partial, double until)
{
	struct log_source *source;
	char label[LABEL_LEN];

	set_width(merge, view);
	while ((source = amp_merge_next(merge, partial)) && source->stamp <= until) {
		char *json = amp_cli.json ? compose_json(source, view) : NULL;
		const char *before = label_of(merge, source, view, label);
		const char *line = json ? json : view->merge ? source->text : source->line;

		if (source->stamp < view->since)
			;
		else if (tail)
			keep_line(tail, compose(before, line));
		else
			print_line(before, line);
		free(json);
		source->line = NULL;
	}
	if (!amp_output_flush())
		exit(AMP_EXIT_FAILED);
	return source;
}

/* Lines of all machines are in the files by then, in whatever order they have come. */
#define HELD_S  0.3
#define HELD_MS 100

static int follow_logs(struct log_merge *merge, struct view *view, int watch)
{
	int n = watch;
	bool waits = view->merge;

	while (watch >= 0 && (n = amp_dir_watch_wait(watch, waits ? HELD_MS : -1)) >= 0) {
		amp_merge_discover(merge);
		waits = print_all(merge, view, NULL, false, view->merge ? (double)now_ns() / 1e9 - HELD_S : INFINITY);
	}
	amp_cli_error("following the logs of lab '%s': %s", amp_cli.lab, strerror(-n));
	return AMP_EXIT_FAILED;
}

/* There is no log of that name, or none at all. Returns an enum amp_exit. */
static int explain_absence(const char *dir, const char *source)
{
	char known[256] = "";
	struct log_merge all;

	if (source && !amp_merge_open(&all, dir, NULL)) {
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

/* How far times may be wrong, on standard error, so that standard output has nothing but lines. */
static void tell_errors(const struct log_merge *merge)
{
	const struct log_clocks *clocks = &merge->clocks;
	char text[256] = "";

	for (size_t i = 0; i < clocks->count; i++) {
		const struct log_clock *clock = &clocks->clock[i];
		bool last = true;
		size_t used = strlen(text);

		for (size_t k = i + 1; k < clocks->count; k++)
			last = last && strcmp(clocks->clock[k].of, clock->of) != 0;
		if (!last)
			continue;
		snprintf(text + used, sizeof(text) - used, "%s%s ", used ? ", " : "", clock->of);
		used = strlen(text);
		if (clock->error < 0)
			snprintf(text + used, sizeof(text) - used, "unknown: it has not been asked");
		else
			snprintf(text + used, sizeof(text) - used, "%.1f us", clock->error * 1e6);
	}
	fprintf(stderr, "one clock: the relay's. Others may be wrong by: %s\n", text[0] ? text : "unknown");
}

static double since_of(const struct log_merge *merge, const struct arguments *a)
{
	double end = merge->clocks.end > 0 ? merge->clocks.end : (double)now_ns() / 1e9;

	if (!a->has_since)
		return -INFINITY;
	return signbit(a->since) ? end + a->since : merge->clocks.start + a->since;
}

static int show(struct log_merge *merge, const struct arguments *a, int watch)
{
	struct view view = {
		.time = a->shown.time,
		.merge = a->merge,
		.to_of_day = amp_event_time_offset(merge->dir),
		.start = merge->clocks.start,
		.since = since_of(merge, a),
	};
	struct tail tail = {0};

	if (a->shown.has_count) {
		tail.size = a->shown.count;
		tail.line = calloc(tail.size + 1, sizeof(*tail.line));
	}
	if (a->merge && !amp_cli.json)
		tell_errors(merge);
	print_all(merge, &view, tail.line ? &tail : NULL, !a->shown.follow, INFINITY);
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
	if (amp_merge_open(&merge, dir, a.source)) {
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
