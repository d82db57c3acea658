/* SPDX-License-Identifier: BSD-3-Clause */
/**
 * @file mutex.h
 * @brief Simulator: holding a mutex keeps the simulated interrupts of this side out, as on bare metal.
 *
 * There are no shared-memory accesses, and so no other contexts, between the test and the set: they need not be atomic.
 */
#ifndef METAL_PORT_MUTEX_H
#define METAL_PORT_MUTEX_H

#include <metal/assert.h>
#include <metal/port/irq.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
	unsigned int held;
	unsigned int flags; /**< interrupt state before, valid while held */
} metal_mutex_t;

#define METAL_MUTEX_INIT(m) \
	{                   \
		0, 0        \
	}

static inline void metal_mutex_init(metal_mutex_t *mutex)
{
	mutex->held = 0;
}

static inline void metal_mutex_deinit(metal_mutex_t *mutex)
{
	metal_assert(!mutex->held);
}

static inline int metal_mutex_try_acquire(metal_mutex_t *mutex)
{
	unsigned int flags = metal_irq_save_disable();

	if (mutex->held) {
		metal_irq_restore_enable(flags);
		return 0;
	}
	mutex->held = 1;
	mutex->flags = flags;
	return 1;
}

static inline void metal_mutex_acquire(metal_mutex_t *mutex)
{
	/* While it is held nobody else of this side runs: waiting for it would be waiting for oneself. */
	int acquired = metal_mutex_try_acquire(mutex);

	metal_assert(acquired);
}

static inline void metal_mutex_release(metal_mutex_t *mutex)
{
	metal_assert(mutex->held);
	mutex->held = 0;
	metal_irq_restore_enable(mutex->flags);
}

static inline int metal_mutex_is_acquired(metal_mutex_t *mutex)
{
	return (int)mutex->held;
}

#ifdef __cplusplus
}
#endif

#endif /* METAL_PORT_MUTEX_H */
