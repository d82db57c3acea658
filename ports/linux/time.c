// SPDX-License-Identifier: BSD-3-Clause
/* The clock: CLOCK_MONOTONIC. */
#include <errno.h>
#include <metal/sleep.h>
#include <metal/time.h>
#include <time.h>

#define NS_PER_S 1000000000ULL

unsigned long long metal_get_timestamp(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (unsigned long long)now.tv_sec * NS_PER_S + (unsigned long long)now.tv_nsec;
}

int metal_sleep_usec(unsigned int usec)
{
	unsigned long long end = metal_get_timestamp() + usec * 1000ULL;
	struct timespec until = {.tv_sec = (time_t)(end / NS_PER_S), .tv_nsec = (long)(end % NS_PER_S)};
	int ret;

	/* An absolute end: signals that interrupt it do not make it longer. */
	do {
		ret = clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
	} while (ret == EINTR);
	return -ret;
}
