/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file mutex.h
 * @brief Linux: POSIX mutexes.
 */
#ifndef METAL_PORT_MUTEX_H
#define METAL_PORT_MUTEX_H

#include <pthread.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
	pthread_mutex_t m;
} metal_mutex_t;

#define METAL_MUTEX_INIT(mutex)           \
	{                                 \
		PTHREAD_MUTEX_INITIALIZER \
	}

static inline void metal_mutex_init(metal_mutex_t *mutex)
{
	pthread_mutex_init(&mutex->m, NULL);
}

static inline void metal_mutex_deinit(metal_mutex_t *mutex)
{
	pthread_mutex_destroy(&mutex->m);
}

static inline int metal_mutex_try_acquire(metal_mutex_t *mutex)
{
	return pthread_mutex_trylock(&mutex->m) == 0;
}

static inline void metal_mutex_acquire(metal_mutex_t *mutex)
{
	pthread_mutex_lock(&mutex->m);
}

static inline void metal_mutex_release(metal_mutex_t *mutex)
{
	pthread_mutex_unlock(&mutex->m);
}

static inline int metal_mutex_is_acquired(metal_mutex_t *mutex)
{
	if (pthread_mutex_trylock(&mutex->m))
		return 1;
	pthread_mutex_unlock(&mutex->m);
	return 0;
}

#ifdef __cplusplus
}
#endif

#endif /* METAL_PORT_MUTEX_H */
