/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Linux: an atomic flag. The holder may be preempted: use a mutex where the wait could be longer than a few
 * instructions.
 */
#ifndef METAL_PORT_SPINLOCK_H
#define METAL_PORT_SPINLOCK_H

#include <metal/atomic.h>
#include <metal/cpu.h>

#ifdef __cplusplus
extern "C" {
#endif

struct metal_spinlock {
	atomic_flag v;
};

#define METAL_SPINLOCK_INIT      \
	{                        \
		ATOMIC_FLAG_INIT \
	}

static inline void metal_spinlock_init(struct metal_spinlock *slock)
{
	atomic_flag_clear_explicit(&slock->v, memory_order_relaxed);
}

static inline void metal_spinlock_acquire(struct metal_spinlock *slock)
{
	while (atomic_flag_test_and_set_explicit(&slock->v, memory_order_acquire))
		metal_cpu_yield();
}

static inline void metal_spinlock_release(struct metal_spinlock *slock)
{
	atomic_flag_clear_explicit(&slock->v, memory_order_release);
}

#ifdef __cplusplus
}
#endif

#endif /* METAL_PORT_SPINLOCK_H */
