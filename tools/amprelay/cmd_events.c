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
#include "table.h"
#include "terminal.h"

#define DETAILS_LEN 1024

struct arguments {
	const char *filter_text;
	const char *wait_text;
	struct event_filter *filter;
	struct amp_shown shown;
	bool has_since;
	int64_t since;
	int timeout_ms; /* of --wait */
};

enum {
	KEY_SINCE = 0x2000,
	KEY_WAIT,
	KEY_TIMEOUT
};

static const struct argp_option options[] = {
	{"since", KEY_SINCE, "SEQ", 0, "Only records with a greater \"seq\"", 0},
	{"wait", KEY_WAIT, "FILTER", 0, "Print the first record that matches, and wait for it if need be", 0},
	{"timeout", KEY_TIMEOUT, "S", 0, "How long --wait waits (default: 60 seconds); exit status 7 if in vain", 0},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &a->shown;
		return 0;
	case KEY_SINCE:
		a->since = (int64_t)amp_cli_number(arg, "--since", INT64_MAX);
		a->has_since = true;
		return 0;
	case KEY_WAIT:
		a->wait_text = arg;
		return 0;
	case KEY_TIMEOUT:
		a->timeout_ms = amp_cli_seconds(arg, "--timeout");
		return 0;
	case ARGP_KEY_ARG:
		if (a->filter_text)
			return ARGP_ERR_UNKNOWN;
		a->filter_text = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = options,
	.parser = parse,
	.args_doc = "[FILTER]",
	.doc = "Show the lab's flight record: what happened, when. It can be read after the lab's end, too.\vA "
	       "FILTER is KEY=VALUE[,KEY=VALUE...], for example ev=core.crash,core=m3,detector=heartbeat; all must "
	       "hold; KEY!=VALUE: another value, or none. With --json each record is one line as it stands in the "
	       "file, --time or not.\n\n"
	       "--wait takes a record that is there already. Without --since, it passes over the record of a lab "
	       "that is down, and waits for its next start.",
	.children = amp_cli_shown,
};

static const char *color_of(const char *ev)
{
	static const struct {
		const char *ev, *color;
	} colors[] = {
		{"core.crash", COLOR_BAD},       {"host.exit", COLOR_BAD},       {"core.fault", COLOR_NOTICE},
		{"relay.warning", COLOR_NOTICE}, {"core.recovered", COLOR_GOOD},
	};

	for (size_t i = 0; i < sizeof(colors) / sizeof(colors[0]); i++) {
		if (strcmp(colors[i].ev, ev) == 0)
			return amp_cli_color(colors[i].color);
	}
	return "";
}

/* A member's value for people; the caller frees it. */
static char *value_text(const json_t *value)
{
	char *text;

	if (json_is_string(value) && !strchr(json_string_value(value), ' '))
		return strdup(json_string_value(value));
	if (json_is_real(value))
		return asprintf(&text, "%.3f", json_real_value(value)) < 0 ? NULL : text;
	return json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
}

/* How times are shown. */
struct clock {
	int64_t first;     /* "t" of the flight's first record; -1: not known yet */
	bool of_day;       /* -t */
	int64_t to_of_day; /* what to add to "t" then */
};

/* Seconds since the flight began, or the time of day. */
static void write_time(const struct clock *clock, const json_t *record, char out[AMP_CLI_TIME_LEN])
{
	int64_t t = amp_event_integer(record, "t", clock->first);

	if (clock->of_day)
		amp_cli_time_of_day(t + clock->to_of_day, out);
	else
		snprintf(out, AMP_CLI_TIME_LEN, "%.3f", (double)(t - clock->first) / 1e9);
}

static void print_line(const char *line, json_t *record, const struct clock *clock)
{
	char details[DETAILS_LEN], time[AMP_CLI_TIME_LEN];
	const char *color = color_of(amp_event_string(record, "ev"));

	if (amp_cli.json) {
		amp_terminal_puts(line, stdout);
		putchar('\n');
	} else {
		amp_event_describe(record, value_text, details, DETAILS_LEN);
		write_time(clock, record, time);
		fputs(color, stdout);
		amp_terminal_printf(stdout, "%10s %-15s %-6s %s", time, amp_event_string(record, "ev"),
		                    amp_event_string(record, "core"), details);
		puts(color[0] ? COLOR_END : "");
	}
	if (!amp_output_flush())
		exit(AMP_EXIT_FAILED);
}

static void tabulate(struct amp_table *table, json_t *record, const struct clock *clock)
{
	char time[AMP_CLI_TIME_LEN], seq[32], details[DETAILS_LEN];

	write_time(clock, record, time);
	snprintf(seq, sizeof(seq), "%" JSON_INTEGER_FORMAT, (json_int_t)amp_event_integer(record, "seq", 0));
	amp_event_describe(record, value_text, details, DETAILS_LEN);
	amp_table_add(
		table,
		(const char *[]){seq, time, amp_event_string(record, "ev"), amp_event_string(record, "core"), details},
		color_of(amp_event_string(record, "ev")));
}

/* What the records are shown in, and the last ones while it is not known yet whether more come. */
struct listing {
	struct amp_table *table; /* NULL: line by line */
	struct clock clock;
	struct kept {
		json_t *record;
		char *line;
	} * kept;    /* NULL: each is shown at once */
	size_t next; /* the oldest of them */
};

static void show(const struct listing *listing, const char *line, json_t *record)
{
	if (listing->table)
		tabulate(listing->table, record, &listing->clock);
	else
		print_line(line, record, &listing->clock);
}

#ifndef __clang__
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak" /* it loses sight of what an array's element holds */
#endif
static void keep_record(struct listing *listing, size_t size, const char *line, json_t *record)
{
	struct kept *kept = &listing->kept[listing->next];

	if (!size)
		return;
	json_decref(kept->record);
	free(kept->line);
	*kept = (struct kept){.record = json_incref(record), .line = strdup(line)};
	listing->next = (listing->next + 1) % size;
}
#ifndef __clang__
#pragma GCC diagnostic pop
#endif

static void show_kept(struct listing *listing, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		struct kept *kept = &listing->kept[(listing->next + i) % size];

		if (kept->record && kept->line)
			show(listing, kept->line, kept->record);
		json_decref(kept->record);
		free(kept->line);
	}
	free(listing->kept);
	listing->kept = NULL;
}

/* Reads until there is no more, or for ever. @return 0, or a negative errno */
static int take_records(struct event_reader *reader, const struct arguments *a, struct listing *listing, int timeout_ms)
{
	json_t *record;
	int n;

	while ((n = amp_event_reader_next(reader, timeout_ms, &record)) > 0) {
		if (listing->clock.first < 0 || !amp_event_integer(record, "seq", 1))
			listing->clock.first = amp_event_integer(record, "t", 0);
		if (amp_event_integer(record, "seq", INT64_MAX) > a->since &&
		    (!a->filter || amp_event_filter_match(a->filter, record))) {
			if (listing->kept)
				keep_record(listing, a->shown.count, reader->line, record);
			else
				show(listing, reader->line, record);
		}
		json_decref(record);
	}
	return n;
}

/* Everything there is, or the last of it; then, with -f, everything that comes. */
static int list_records(struct event_reader *reader, const struct arguments *a, struct clock clock)
{
	static const char *const columns[] = {">SEQ", ">TIME", "EVENT", "CORE", "DETAILS", NULL};
	struct listing listing = {.table = a->shown.follow || amp_cli.json ? NULL : amp_table_new(columns),
	                          .clock = clock};
	int n = 0;

	if (a->shown.has_count) {
		listing.kept = calloc(a->shown.count + 1, sizeof(*listing.kept));
		n = listing.kept ? take_records(reader, a, &listing, 0) : -ENOMEM;
		if (listing.kept)
			show_kept(&listing, a->shown.count);
	}
	if (n >= 0 && (a->shown.follow || !a->shown.has_count))
		n = take_records(reader, a, &listing, a->shown.follow ? -1 : 0);
	if (listing.table)
		amp_table_print(listing.table);
	if (n < 0)
		amp_cli_error("reading the events of lab '%s': %s", amp_cli.lab, strerror(-n));
	return n < 0 ? AMP_EXIT_FAILED : AMP_EXIT_OK;
}

static int wait_for(struct event_reader *reader, const struct arguments *a, const char *dir, struct clock clock)
{
	json_t *record;
	int n;

	if (!a->has_since && !amp_lab_is_held(dir))
		amp_event_reader_skip(reader);
	n = amp_event_reader_find(reader, a->filter, a->since, a->timeout_ms, &record);
	if (n < 0) {
		amp_cli_error("waiting for events of lab '%s': %s", amp_cli.lab, strerror(-n));
		return AMP_EXIT_FAILED;
	}
	if (!n) {
		amp_cli_error("no event '%s' within %.3g s: 'amprelay events' shows what happened instead",
		              a->wait_text, a->timeout_ms / 1000.0);
		return AMP_EXIT_TIMEOUT;
	}
	clock.first = amp_event_reader_start(dir);
	print_line(reader->line, record, &clock);
	json_decref(record);
	return AMP_EXIT_OK;
}

static void parse_filter(struct arguments *a)
{
	const char *text = a->wait_text ? a->wait_text : a->filter_text;
	char error[512];

	if (a->wait_text && (a->filter_text || a->shown.follow || a->shown.has_count))
		amp_cli_usage("--wait goes with neither a second filter nor --follow nor --lines");
	if (!text)
		return;
	a->filter = amp_event_filter_parse(text, error, sizeof(error));
	if (!a->filter)
		amp_cli_usage("%s", error);
}

int cmd_events(int argc, char **argv)
{
	struct arguments a = {.timeout_ms = 60000, .since = -1};
	struct clock clock = {.first = -1};
	struct event_reader reader;
	char *dir;
	int err, status;

	amp_cli_parse(&argp, argc, argv, 0, &a);
	parse_filter(&a);
	dir = amp_lab_state_dir(amp_cli.lab);
	if ((a.wait_text || a.shown.follow) &&
	    (err = amp_lab_make_dir(dir))) { /* of a lab that is about to come up, perhaps */
		amp_cli_error("state directory %s: %s", dir, strerror(-err));
		return AMP_EXIT_ENVIRONMENT;
	}
	clock.of_day = a.shown.time;
	clock.to_of_day = amp_event_time_offset(dir);
	err = amp_event_reader_open(&reader, dir);
	if (err) {
		amp_cli_error("events of lab '%s': %s", amp_cli.lab, strerror(-err));
		return AMP_EXIT_FAILED;
	}
	if (a.wait_text) {
		status = wait_for(&reader, &a, dir, clock);
	} else if (reader.file.fd < 0 && !a.shown.follow) {
		amp_cli_error("lab '%s' has left no events: start it with 'amprelay up'", amp_cli.lab);
		status = AMP_EXIT_NO_LAB;
	} else {
		status = list_records(&reader, &a, clock);
	}
	amp_event_reader_close(&reader);
	amp_event_filter_free(a.filter);
	free(dir);
	return status;
}
