/* SPDX-License-Identifier: GPL-2.0-only */
/* The time of a machine's own clock, on the host's: as the flight record's clock.set and host.* tell. */
#ifndef AMPRELAY_LOG_CLOCK_H
#define AMPRELAY_LOG_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event_reader.h"

/** What was known of a clock at some time. Seconds, all. */
struct log_clock {
	char of[32];          /* a core, or "linux" */
	int64_t epoch;        /* the life of it, Linux's first is 1 */
	double began;         /* that life, on the host's clock */
	double from;          /* on its own clock: holds from here on, until the next */
	double offset, error; /* the host's clock minus its own, and how far that may be wrong; error < 0: not known */
};

struct log_clocks {
	struct event_reader reader;
	struct log_clock *clock;
	size_t count;
	double start, end; /* of the flight: its first record; its last one, once it is over, else 0 */
};

/** @return 0 or a negative errno. A record that is not there yet may come */
int amp_log_clocks_open(struct log_clocks *clocks, const char *dir);

/** Takes in what has been recorded since. */
void amp_log_clocks_update(struct log_clocks *clocks);

/**
 * @param of        whose clock
 * @param epoch     in which life; 0: in that which had begun when the host's clock said …
 * @param received  … this
 * @param own       what its own clock says
 * @param error     gets how far the result may be wrong; < 0: not known
 * @return what the host's clock said then; < 0: nothing is known of that clock
 */
double amp_log_clocks_host(const struct log_clocks *clocks, const char *of, int64_t epoch, double received, double own,
                           double *error);

void amp_log_clocks_close(struct log_clocks *clocks);

#endif
