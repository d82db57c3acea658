// SPDX-License-Identifier: GPL-2.0-only
#include "rpmsg_stats.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The smallest sample that at least `percent` of 100 samples do not exceed. */
static uint64_t rank(const uint64_t *sorted, size_t count, unsigned int percent)
{
	return sorted[(count * percent + 99) / 100 - 1];
}

struct amp_stats amp_stats_of(uint64_t *samples, size_t count)
{
	struct amp_stats stats;
	double sum = 0;

	qsort(samples, count, sizeof(*samples), compare);
	for (size_t i = 0; i < count; i++)
		sum += (double)samples[i];
	stats.min = samples[0];
	stats.max = samples[count - 1];
	stats.median = rank(samples, count, 50);
	stats.p99 = rank(samples, count, 99);
	stats.mean = sum / (double)count;
	return stats;
}
