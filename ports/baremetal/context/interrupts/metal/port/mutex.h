/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Task and interrupt handlers of one CPU, on bare metal and in the simulator: holding a mutex keeps interrupts
 * out.
 *
 * Nested mutexes are released in the opposite order, since each restores the interrupt state that it found.
 * METAL_MUTEX_CHECKED, of the simulator: releasing one that is not held is an assertion.
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
	/* While it is held nobody else runs: a mutex that is held here is held by the caller. */
	int acquired = metal_mutex_try_acquire(mutex);

	metal_assert(acquired);
}

static inline void metal_mutex_release(metal_mutex_t *mutex)
{
#ifdef METAL_MUTEX_CHECKED
	metal_assert(mutex->held);
#endif
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
