// SPDX-License-Identifier: BSD-3-Clause
/* POSIX condition variables, with deadlines on the monotonic clock. */
#include <metal/condition.h>
#include <metal/time.h>
#include <time.h>

#define NS_PER_S 1000000000ULL

void metal_condition_init(struct metal_condition *cv)
{
	pthread_cond_init(&cv->cond, NULL);
}

int metal_condition_signal(struct metal_condition *cv)
{
	return -pthread_cond_signal(&cv->cond);
}

int metal_condition_broadcast(struct metal_condition *cv)
{
	return -pthread_cond_broadcast(&cv->cond);
}

int metal_condition_wait(struct metal_condition *cv, metal_mutex_t *m)
{
	return -pthread_cond_wait(&cv->cond, &m->m);
}

int amp_condition_wait_until(struct metal_condition *cv, metal_mutex_t *m, unsigned long long deadline)
{
	struct timespec until = {.tv_sec = (time_t)(deadline / NS_PER_S), .tv_nsec = (long)(deadline % NS_PER_S)};

	/* Not pthread_cond_timedwait(): its clock follows the time of day, unless the variable was initialised
	 * otherwise. */
	return -pthread_cond_clockwait(&cv->cond, &m->m, CLOCK_MONOTONIC, &until);
}
