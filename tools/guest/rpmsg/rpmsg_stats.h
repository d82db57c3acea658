/* SPDX-License-Identifier: GPL-2.0-only */
/* Summary of measured times. */
#ifndef AMPRELAY_GUEST_RPMSG_STATS_H
#define AMPRELAY_GUEST_RPMSG_STATS_H

#include <stddef.h>
#include <stdint.h>

/** All in the unit of the samples. */
struct amp_stats {
	uint64_t min, max;
	uint64_t median, p99; /**< nearest rank: always one of the samples */
	double mean;
};

/** @param samples at least one; sorted in place. */
struct amp_stats amp_stats_of(uint64_t *samples, size_t count);

#endif
