/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Linux: a futex, taken and given back inline. A POSIX mutex costs three times as much when nobody waits, which
 * is nearly always.
 */
#ifndef METAL_PORT_MUTEX_H
#define METAL_PORT_MUTEX_H

#include <pthread.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
	uint32_t state; /**< 0: free, 1: held, 2: held, and somebody may wait */
} metal_mutex_t;

#define METAL_MUTEX_INIT(mutex) \
	{                       \
		0               \
	}

/** On x86 the exchange below orders memory as a fence does. */
#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__)
#define METAL_MUTEX_RELEASE_IS_FENCE 1
#endif

/** Threads tell each other apart. */
#define METAL_MUTEX_CONTEXT() ((uintptr_t)pthread_self())

/** Sleep until @p mutex is free, and take it. */
void amp_mutex_wait(metal_mutex_t *mutex);

/** It was released, and its state was not 1: wake one that sleeps. */
void amp_mutex_wake(metal_mutex_t *mutex, uint32_t state);

static inline void metal_mutex_init(metal_mutex_t *mutex)
{
	__atomic_store_n(&mutex->state, 0, __ATOMIC_RELAXED);
}

static inline void metal_mutex_deinit(metal_mutex_t *mutex)
{
	(void)mutex;
}

static inline int metal_mutex_try_acquire(metal_mutex_t *mutex)
{
	uint32_t free_state = 0;

	return __atomic_compare_exchange_n(&mutex->state, &free_state, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static inline void metal_mutex_acquire(metal_mutex_t *mutex)
{
	if (__builtin_expect(!metal_mutex_try_acquire(mutex), 0))
		amp_mutex_wait(mutex);
}

static inline void metal_mutex_release(metal_mutex_t *mutex)
{
	uint32_t state = __atomic_exchange_n(&mutex->state, 0, __ATOMIC_SEQ_CST);

	if (__builtin_expect(state != 1, 0))
		amp_mutex_wake(mutex, state);
}

static inline int metal_mutex_is_acquired(metal_mutex_t *mutex)
{
	return __atomic_load_n(&mutex->state, __ATOMIC_RELAXED) != 0;
}

#ifdef __cplusplus
}
#endif

#endif /* METAL_PORT_MUTEX_H */
