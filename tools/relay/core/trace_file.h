/* SPDX-License-Identifier: GPL-2.0-only */
/* A log of a core's lines, each with the time at which it came. Lines are gathered: one write for many. */
#ifndef AMPRELAY_RELAY_TRACE_FILE_H
#define AMPRELAY_RELAY_TRACE_FILE_H

#include <stddef.h>

#include "relay/base/log_file.h"

#define TRACE_TEXT_MAX 16384

struct trace_file {
	struct log_file file;
	char text[TRACE_TEXT_MAX]; /**< lines on their way to the file */
	size_t fill;
};

/** @param line  without newline, shorter than TRACE_LINE_MAX */
void amp_trace_file_add(struct trace_file *file, const char *line);

/** What was added is in the file from here on. */
void amp_trace_file_write(struct trace_file *file);

#endif /* AMPRELAY_RELAY_TRACE_FILE_H */
