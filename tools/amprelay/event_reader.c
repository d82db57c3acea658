// SPDX-License-Identifier: GPL-2.0-only
#include "event_reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "common/clock.h"

int amp_event_reader_open(struct event_reader *reader, const char *dir)
{
	memset(reader, 0, sizeof(*reader));
	reader->watch = -1;
	reader->dir = strdup(dir);
	if (!reader->dir)
		return -ENOMEM;
	return amp_line_file_open(&reader->file, dir, "events.jsonl");
}

void amp_event_reader_skip(struct event_reader *reader)
{
	amp_line_file_skip(&reader->file);
}

/* What the file has already. */
static json_t *read_record(struct event_reader *reader)
{
	while ((reader->line = amp_line_file_next(&reader->file, false))) {
		json_t *record = json_loads(reader->line, 0, NULL);

		reader->line_number++;
		if (json_is_object(record))
			return record;
		json_decref(record);
	}
	return NULL;
}

static int wait_for_change(struct event_reader *reader, int64_t end)
{
	int64_t left = end < 0 ? -1 : end - amp_cli_now_ms();

	if (end >= 0 && left <= 0)
		return 0;
	return amp_dir_watch_wait(reader->watch, (int)left);
}

int amp_event_reader_next(struct event_reader *reader, int timeout_ms, json_t **record)
{
	int64_t end = timeout_ms < 0 ? -1 : amp_cli_now_ms() + timeout_ms;
	int n;

	if (timeout_ms && reader->watch < 0) {
		/* before reading: a record that is written in between then wakes us */
		reader->watch = amp_dir_watch_open(reader->dir);
		if (reader->watch < 0)
			return reader->watch;
	}
	for (;;) {
		*record = read_record(reader);
		if (*record)
			return 1;
		if (!timeout_ms)
			return 0;
		n = wait_for_change(reader, end);
		if (n <= 0)
			return n;
	}
}

int amp_event_reader_find(struct event_reader *reader, const struct event_filter *filter, int64_t since, int timeout_ms,
                          json_t **record)
{
	int64_t end = amp_cli_now_ms() + timeout_ms;
	int n;

	for (;;) {
		int64_t left = timeout_ms > 0 ? end - amp_cli_now_ms() : timeout_ms;

		n = amp_event_reader_next(reader, left < 0 && timeout_ms > 0 ? 0 : (int)left, record);
		if (n <= 0)
			return n;
		if (amp_event_integer(*record, "seq", INT64_MAX) > since &&
		    (!filter || amp_event_filter_match(filter, *record)))
			return 1;
		json_decref(*record);
		*record = NULL;
	}
}

void amp_event_reader_close(struct event_reader *reader)
{
	amp_line_file_close(&reader->file);
	if (reader->watch >= 0)
		close(reader->watch);
	free(reader->dir);
}

int64_t amp_event_reader_start(const char *dir)
{
	struct event_reader reader;
	json_t *record = NULL;
	int64_t first = 0;

	if (!amp_event_reader_open(&reader, dir) && amp_event_reader_next(&reader, 0, &record) > 0) {
		first = amp_event_integer(record, "t", 0);
		json_decref(record);
	}
	amp_event_reader_close(&reader);
	return first;
}

int64_t amp_event_time_offset(const char *dir)
{
	int64_t offset = (int64_t)(time_of_day_ns() - now_ns());
	struct event_reader reader;
	json_t *first = NULL;

	if (amp_event_reader_open(&reader, dir))
		return offset;
	if (amp_event_reader_next(&reader, 0, &first) == 1 && json_object_get(first, "time"))
		offset = amp_event_integer(first, "time", 0) - amp_event_integer(first, "t", 0);
	json_decref(first);
	amp_event_reader_close(&reader);
	return offset;
}

json_int_t amp_event_sum(const json_t *counts)
{
	json_int_t total = 0;
	const json_t *count;
	size_t i;

	json_array_foreach (counts, i, count)
		total += json_integer_value(count);
	return total;
}

int64_t amp_event_integer(const json_t *record, const char *key, int64_t missing)
{
	const json_t *value = json_object_get(record, key);

	return json_is_integer(value) ? json_integer_value(value) : missing;
}

const char *amp_event_string(const json_t *record, const char *key)
{
	const char *text = json_string_value(json_object_get(record, key));

	return text ? text : "";
}

void amp_event_describe(json_t *record, char *(*value_text)(const json_t *value), char *out, size_t size)
{
	const char *key;
	json_t *value;
	size_t n = 0;

	out[0] = '\0';
	json_object_foreach (record, key, value) {
		char *text;

		if (strcmp(key, "t") == 0 || strcmp(key, "seq") == 0 || strcmp(key, "ev") == 0 ||
		    strcmp(key, "core") == 0)
			continue;
		if (json_is_string(value) && !json_string_length(value))
			continue;
		text = value_text(value);
		if (text && n < size)
			n += (size_t)snprintf(out + n, size - n, "%s%s=%s", n ? " " : "", key, text);
		free(text);
	}
}
