/* SPDX-License-Identifier: GPL-2.0-only */
/* Clock, pinning and statistics for the timed work. */
#ifndef AMP_BENCH_SAMPLES_H
#define AMP_BENCH_SAMPLES_H

#include <stdint.h>

/** @return CLOCK_MONOTONIC in nanoseconds */
uint64_t now_ns(void);

/**
 * @brief What the work takes while nothing else wants the CPUs: the quickest tenth's slowest batch (10th percentile).
 *
 * Sorts @p samples, which are means over a batch each. On a machine with other work the median shows the scheduler.
 * @param count at least 1
 */
double undisturbed(double *samples, unsigned int count);

/** Keep the calling thread on one CPU; ends the program if it cannot be had. */
void pin_to(int cpu);

/** @return the number @p index (0, 1) of the CPUs that this program may run on; the only one if there is one */
int allowed_cpu(int index);

/** One "key value" line of the report. */
void report(const char *key, double value);

#endif
