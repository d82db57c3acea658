// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include "samples.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static int compare(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

double undisturbed(double *samples, unsigned int count)
{
	qsort(samples, count, sizeof(*samples), compare);
	return samples[count / 10];
}

void pin_to(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set)) {
		perror("bench: cannot pin a thread to a CPU");
		exit(1);
	}
}

int allowed_cpu(int index)
{
	cpu_set_t set;
	int found = -1;

	if (sched_getaffinity(0, sizeof(set), &set)) {
		perror("bench: which CPUs may be used");
		exit(1);
	}
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &set))
			continue;
		found = cpu;
		if (index-- == 0)
			break;
	}
	return found;
}

void report(const char *key, double value)
{
	printf("%s %.3f\n", key, value);
	fflush(stdout);
}
