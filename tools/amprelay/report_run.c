// SPDX-License-Identifier: GPL-2.0-only
#include "report_run.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "event_reader.h"
#include "log_merge.h"
#include "postmortem/symbols.h"
#include "report_capture.h"
#include "text_file.h"

/* A page with more than that opens slowly, and nobody reads it. */
#define EVENTS_MAX  100000
#define LINES_MAX   20000
#define REPORTS_MAX 200
#define REPORT_SIZE 65536
#define SOURCE_SIZE (1u << 20)
#define AROUND      6 /* source lines before and behind the one */

bool amp_report_is_run(const char *dir)
{
	char *path;
	bool there;

	if (asprintf(&path, "%s/events.jsonl", dir) < 0)
		return false;
	there = access(path, R_OK) == 0;
	free(path);
	return there;
}

static void note_left_out(json_t *notes, const char *name, const char *what, size_t max)
{
	char text[256];

	snprintf(text, sizeof(text), "Of run %.100s only the first %zu %s are here.", name, max, what);
	json_array_append_new(notes, json_string(text));
}

/* ------------------------------------------------------------------ events and logs */

static json_t *read_events(const char *dir, const char *name, json_t *notes)
{
	json_t *list = json_array(), *record;
	struct event_reader reader;

	if (amp_event_reader_open(&reader, dir))
		return list;
	while (amp_event_reader_next(&reader, 0, &record) == 1) {
		if (json_array_size(list) == EVENTS_MAX) {
			json_decref(record);
			note_left_out(notes, name, "events", EVENTS_MAX);
			break;
		}
		json_array_append_new(list, record);
	}
	amp_event_reader_close(&reader);
	return list;
}

/* The first record of a kind; NULL if there is none. */
static const json_t *first_event(const json_t *events, const char *ev)
{
	const json_t *event;
	size_t i;

	json_array_foreach (events, i, event) {
		if (strcmp(amp_event_string(event, "ev"), ev) == 0)
			return event;
	}
	return NULL;
}

static json_t *read_log(const char *dir, const char *name, json_t *notes)
{
	json_t *list = json_array();
	struct log_source *source;
	struct log_merge merge;

	if (amp_merge_open(&merge, dir, NULL))
		return list;
	while ((source = amp_merge_next(&merge, true))) {
		if (json_array_size(list) == LINES_MAX) {
			note_left_out(notes, name, "lines of its logs", LINES_MAX);
			break;
		}
		json_array_append_new(
			list, json_pack("[s, f, o]", source->name, source->stamp, amp_cli_json_text(source->line)));
		source->line = NULL;
	}
	amp_merge_close(&merge);
	return list;
}

/* ------------------------------------------------------------------ post-mortems */

/* "dumps/m3-1.txt": its text, for each */
static json_t *read_reports(const char *dir)
{
	json_t *reports = json_object();
	struct dirent **files;
	char *path;
	int n;

	if (asprintf(&path, "%s/dumps", dir) < 0)
		return reports;
	n = scandir(path, &files, NULL, alphasort);
	free(path);
	for (int i = 0; i < n; i++) {
		const char *suffix = strrchr(files[i]->d_name, '.');
		char key[300], *text;

		snprintf(key, sizeof(key), "dumps/%s", files[i]->d_name);
		if (suffix && strcmp(suffix, ".txt") == 0 && json_object_size(reports) < REPORTS_MAX &&
		    asprintf(&path, "%s/%s", dir, key) >= 0) {
			text = amp_text_file_read(path, REPORT_SIZE, NULL);
			if (text)
				json_object_set_new(reports, key, amp_cli_json_text(text));
			free(text);
			free(path);
		}
		free(files[i]);
	}
	if (n >= 0)
		free(files);
	return reports;
}

/* ------------------------------------------------------------------ source lines */

/* Lines `first` … of the text, as far as `last` and the text go. */
static json_t *cut_lines(char *text, int first, int last)
{
	json_t *lines = json_array();
	int number = 1;

	for (char *line = text; line && number <= last; number++) {
		char *end = strchr(line, '\n');

		if (end)
			*end = '\0';
		if (number >= first)
			json_array_append_new(lines, amp_cli_json_text(line));
		line = end ? end + 1 : NULL;
	}
	return lines;
}

static json_t *quote_source(const struct amp_source *place)
{
	int first = place->line > AROUND ? place->line - AROUND : 1;
	char *text = amp_text_file_read(place->file, SOURCE_SIZE, NULL);
	json_t *lines = text ? cut_lines(text, first, place->line + AROUND) : NULL;

	free(text);
	if (!lines)
		return NULL;
	return json_pack("{s:o, s:o, s:i, s:i, s:o}", "function", amp_cli_json_text(place->function), "file",
	                 amp_cli_json_text(place->file), "line", place->line, "first", first, "text", lines);
}

/* The value behind "NAME  " at the beginning of a line of a report. @return false if there is none */
static bool report_value(const char *report, const char *name, char *out, size_t size)
{
	const char *at = report;

	while (at && strncmp(at, name, strlen(name)) != 0)
		at = (at = strchr(at, '\n')) ? at + 1 : NULL;
	if (!at)
		return false;
	at += strlen(name);
	at += strspn(at, " ");
	snprintf(out, size, "%.*s", (int)strcspn(at, "\n"), at);
	return true;
}

/* As many bytes as there are pairs of digits. */
static size_t from_hex(const char *text, uint8_t *out, size_t size)
{
	size_t n = 0;

	for (; n < size && isxdigit((unsigned char)text[0]) && isxdigit((unsigned char)text[1]); n++, text += 2)
		out[n] = (uint8_t)strtoul((const char[]){text[0], text[1], '\0'}, NULL, 16);
	return n;
}

/* The firmware that ran, if its file is still that one. */
static bool open_symbols(struct amp_symbols *symbols, const char *report)
{
	char firmware[4096], id_text[2 * 32 + 1] = "", why[AMP_SYMBOLS_TEXT];
	uint8_t id[32];

	if (!report_value(report, "firmware ", firmware, sizeof(firmware)))
		return false;
	report_value(report, "build id ", id_text, sizeof(id_text));
	return amp_symbols_open(symbols, firmware, id, from_hex(id_text, id, sizeof(id)), why);
}

static void add_source(json_t *sources, struct amp_symbols *symbols, const char *address, bool caller)
{
	uint64_t addr = strtoull(address, NULL, 16);
	struct amp_source place;
	json_t *quoted;

	if (json_object_get(sources, address) || !addr || !amp_symbols_source(symbols, addr, caller, &place))
		return;
	quoted = quote_source(&place);
	if (quoted)
		json_object_set_new(sources, address, quoted);
}

/* Address, as the event has it: the lines around the place in the program. */
static json_t *read_sources(const json_t *events, const json_t *reports)
{
	struct amp_symbols *symbols = amp_symbols_create();
	json_t *sources = json_object();
	const json_t *event;
	size_t i;

	json_array_foreach (events, i, event) {
		const char *report;
		char key[300];

		if (!symbols || strcmp(amp_event_string(event, "ev"), "core.crash") != 0)
			continue;
		snprintf(key, sizeof(key), "dumps/%s-%lld.txt", amp_event_string(event, "core"),
		         (long long)amp_event_integer(event, "epoch", 0));
		report = json_string_value(json_object_get(reports, key));
		if (!report || !open_symbols(symbols, report))
			continue;
		add_source(sources, symbols, amp_event_string(event, "pc"), false);
		add_source(sources, symbols, amp_event_string(event, "lr"), true);
	}
	amp_symbols_destroy(symbols);
	return sources;
}

json_t *amp_report_run(const char *dir, const char *name, json_t *notes)
{
	json_t *events = read_events(dir, name, notes), *reports = read_reports(dir);

	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o*}", "name", amp_cli_json_text(name), "log",
	                 read_log(dir, name, notes), "sources", read_sources(events, reports), "events", events,
	                 "reports", reports, "capture", amp_report_capture(dir, first_event(events, "lab.up"), notes));
}
