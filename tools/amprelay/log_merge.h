/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Several logs read as one, in order of time.
 *
 * The relay and the cores stamp their lines with the host's clock, "[  123.456789] "; Linux stamps its kernel log with
 * its own, which starts with its process. The console has no stamps: a line of it comes right after the one before.
 */
#ifndef AMPRELAY_LOG_MERGE_H
#define AMPRELAY_LOG_MERGE_H

#include <stdbool.h>
#include <stddef.h>

#include "line_file.h"

#define LOG_MAX_SOURCES 24

struct log_source {
	char name[64];
	struct line_file file;
	double shift; /* of this log's clock against the host's, seconds */
	double stamp; /* of `line`, on the host's clock */
	char *line;   /* the next line to print, NULL if there is none for now */
};

struct log_merge {
	char *dir;
	const char *only; /* one source, or NULL for all */
	double host_start;
	size_t num_sources;
	struct log_source source[LOG_MAX_SOURCES];
};

/**
 * @param dir         state directory of the lab
 * @param only        name of the one source wanted, NULL = all
 * @param host_start  when Linux's process started, seconds of CLOCK_MONOTONIC
 * @return 0 or a negative errno
 */
int amp_merge_open(struct log_merge *merge, const char *dir, const char *only, double host_start);

/** Takes in logs that have appeared in the directory. */
void amp_merge_discover(struct log_merge *merge);

/**
 * The next line of all.
 *
 * @param partial  take unfinished last lines, too
 * @return the source, whose `line` it is, valid until the next call; NULL if there is none for now
 */
struct log_source *amp_merge_next(struct log_merge *merge, bool partial);

void amp_merge_close(struct log_merge *merge);

#endif
