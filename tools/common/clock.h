/* SPDX-License-Identifier: GPL-2.0-only */
/* The one clock of all programs and of the relay's records, CLOCK_MONOTONIC in nanoseconds; and the time of day. */
#ifndef AMPRELAY_CLOCK_H
#define AMPRELAY_CLOCK_H

#include <stdint.h>
#include <time.h>

#define NS_PER_US UINT64_C(1000)
#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_S  UINT64_C(1000000000)

static inline uint64_t clock_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * NS_PER_S + (uint64_t)ts.tv_nsec;
}

static inline uint64_t now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

/** Nanoseconds since 1970, which jump when somebody sets the clock: to show, not to reckon with. */
static inline uint64_t time_of_day_ns(void)
{
	return clock_ns(CLOCK_REALTIME);
}

/** Milliseconds between two times, for records. */
static inline double ms_between(uint64_t from, uint64_t to)
{
	uint64_t us = (to - from) / 1000; /* no finer: records are for people, too */

	return (double)us / 1000.0;
}

#endif /* AMPRELAY_CLOCK_H */
