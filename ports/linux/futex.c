// SPDX-License-Identifier: BSD-3-Clause
/* Mutexes and conditions: what happens when somebody has to wait. Private futexes: other processes have their own. */
#include <metal/assert.h>
#include <metal/condition.h>
#include <metal/mutex.h>

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S 1000000000ULL

/* Sleep while *word is @p value, until @p deadline on the monotonic clock; NULL: for ever. @return 0, or -errno */
static int sleep_on(uint32_t *word, uint32_t value, const struct timespec *deadline)
{
	return syscall(SYS_futex, word, FUTEX_WAIT_BITSET_PRIVATE, value, deadline, NULL, FUTEX_BITSET_MATCH_ANY)
	               ? -errno
	               : 0;
}

static void wake(uint32_t *word, int number)
{
	(void)syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, number, NULL, NULL, 0);
}

void amp_mutex_wait(metal_mutex_t *mutex)
{
	/* Whoever sleeps here leaves 2 behind, also when it has got the mutex: others may sleep still. */
	while (__atomic_exchange_n(&mutex->state, 2, __ATOMIC_ACQUIRE) != 0)
		(void)sleep_on(&mutex->state, 2, NULL);
}

void amp_mutex_wake(metal_mutex_t *mutex, uint32_t state)
{
	metal_assert(state != 0); /* released by somebody who does not hold it */
	wake(&mutex->state, 1);
}

void metal_condition_init(struct metal_condition *cv)
{
	__atomic_store_n(&cv->signals, 0, __ATOMIC_RELAXED);
}

static int give(struct metal_condition *cv, int number)
{
	/* Release: what was done before is seen by whoever finds the count changed. */
	__atomic_fetch_add(&cv->signals, 1, __ATOMIC_RELEASE);
	wake(&cv->signals, number);
	return 0;
}

int metal_condition_signal(struct metal_condition *cv)
{
	return give(cv, 1);
}

int metal_condition_broadcast(struct metal_condition *cv)
{
	return give(cv, INT_MAX);
}

/* The count is read while the mutex keeps the signal away: one that comes before the sleep changes it, and ends it. */
static int wait_for(struct metal_condition *cv, metal_mutex_t *m, const struct timespec *deadline)
{
	uint32_t before = __atomic_load_n(&cv->signals, __ATOMIC_RELAXED);
	int status;

	metal_mutex_release(m);
	do {
		status = sleep_on(&cv->signals, before, deadline);
	} while (status == -EINTR);
	metal_mutex_acquire(m);
	return status == -ETIMEDOUT && __atomic_load_n(&cv->signals, __ATOMIC_ACQUIRE) == before ? status : 0;
}

int metal_condition_wait(struct metal_condition *cv, metal_mutex_t *m)
{
	return wait_for(cv, m, NULL);
}

int amp_condition_wait_until(struct metal_condition *cv, metal_mutex_t *m, unsigned long long deadline)
{
	struct timespec until = {.tv_sec = (time_t)(deadline / NS_PER_S), .tv_nsec = (long)(deadline % NS_PER_S)};

	return wait_for(cv, m, &until);
}
