/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Several logs read as one, in order of time.
 *
 * The relay stamps its lines with the host's clock, "[  123.456789] ". Those of cores have two stamps, when the relay
 * got them and then the core's own; those of the kernel log have Linux's own. log_clock.h tells what these are on the
 * host's clock. A console has no stamps: a line of it comes right after the one before.
 */
#ifndef AMPRELAY_LOG_MERGE_H
#define AMPRELAY_LOG_MERGE_H

#include <stdbool.h>
#include <stddef.h>

#include "line_file.h"
#include "log_clock.h"

#define LOG_MAX_SOURCES 32

struct log_source {
	char name[64];
	struct line_file file;
	int64_t boot; /* of the kernel log: in which boot of Linux we are */
	bool stamped; /* `line` has a stamp, else `stamp` is that of the line before */
	double stamp; /* of `line`, on the host's clock, seconds */
	double error; /* how far that may be wrong; < 0: not known */
	char *line;   /* the next line to print, NULL if there is none for now */
	char *text;   /* the same without its stamps */
};

struct log_merge {
	char *dir;
	const char *only; /* one source, or NULL for all */
	struct log_clocks clocks;
	size_t num_sources;
	struct log_source source[LOG_MAX_SOURCES];
};

/**
 * @param dir   state directory of the lab
 * @param only  name of the one source wanted, NULL = all
 * @return 0 or a negative errno
 */
int amp_merge_open(struct log_merge *merge, const char *dir, const char *only);

/** Takes in logs that have appeared in the directory, and what is newly known of clocks. */
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
