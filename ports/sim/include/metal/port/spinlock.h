/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file spinlock.h
 * @brief Simulator: as a mutex.
 */
#ifndef METAL_PORT_SPINLOCK_H
#define METAL_PORT_SPINLOCK_H

#include <metal/port/mutex.h>

#ifdef __cplusplus
extern "C" {
#endif

struct metal_spinlock {
	metal_mutex_t mutex;
};

#define METAL_SPINLOCK_INIT  \
	{                    \
		{            \
			0, 0 \
		}            \
	}

static inline void metal_spinlock_init(struct metal_spinlock *slock)
{
	metal_mutex_init(&slock->mutex);
}

static inline void metal_spinlock_acquire(struct metal_spinlock *slock)
{
	metal_mutex_acquire(&slock->mutex);
}

static inline void metal_spinlock_release(struct metal_spinlock *slock)
{
	metal_mutex_release(&slock->mutex);
}

#ifdef __cplusplus
}
#endif

#endif /* METAL_PORT_SPINLOCK_H */
