/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads a lab's flight record, and waits for what comes next in it. */
#ifndef AMPRELAY_EVENT_READER_H
#define AMPRELAY_EVENT_READER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "event_filter.h"
#include "line_file.h"

struct event_reader {
	struct line_file file;
	int watch; /**< -1 until something is waited for */
	char *dir;
	char *line; /**< the record as it stands in the file */
	uint64_t line_number;
};

/**
 * @param dir   the lab's state directory; it must exist
 * @return 0 or a negative errno
 */
int amp_event_reader_open(struct event_reader *reader, const char *dir);

/**
 * "key=value key=value" of all members of a record that have no column of their own.
 *
 * @param value_text  how a value is shown; what it returns is freed, NULL is left out
 */
void amp_event_describe(json_t *record, char *(*value_text)(const json_t *value), char *out, size_t size);

/** From here on, only records that are written later count. */
void amp_event_reader_skip(struct event_reader *reader);

/**
 * The next record.
 *
 * @param timeout_ms  how long to wait for one; 0 = take what is there, -1 = for ever
 * @param record      the caller's reference; reader->line is its text
 * @return 1, 0 if there is none in time, -EINTR after a signal, another negative errno. A line that is no JSON object
 * is passed over
 */
int amp_event_reader_next(struct event_reader *reader, int timeout_ms, json_t **record);

/**
 * The next record with seq > `since` that the filter takes. Otherwise as amp_event_reader_next().
 *
 * @param filter  NULL = any
 */
int amp_event_reader_find(struct event_reader *reader, const struct event_filter *filter, int64_t since, int timeout_ms,
                          json_t **record);

void amp_event_reader_close(struct event_reader *reader);

/** @return "t" of the first record in a lab's state directory, for relative times; 0 if there is none */
int64_t amp_event_reader_start(const char *dir);

/**
 * What to add to a time of the host's monotonic clock for the time of day, nanoseconds: as the flight's first record
 * has it, else as it is now.
 *
 * @param dir  the lab's state directory
 */
int64_t amp_event_time_offset(const char *dir);

/** @return the sum of an array of integers, such as the "doorbells" of a core in the answer to "status" */
json_int_t amp_event_sum(const json_t *counts);
/** @return the record's "seq", "t" …; `missing` if it is no integer */
int64_t amp_event_integer(const json_t *record, const char *key, int64_t missing);

/** @return the record's "ev", "core" …; "" if it is no string */
const char *amp_event_string(const json_t *record, const char *key);

#endif
