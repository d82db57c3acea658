/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Task and interrupt handlers of one CPU, on bare metal and in the simulator: holding a lock keeps interrupts
 * out.
 */
#ifndef METAL_PORT_SPINLOCK_H
#define METAL_PORT_SPINLOCK_H

#include <metal/port/irq.h>

#ifdef __cplusplus
extern "C" {
#endif

struct metal_spinlock {
	unsigned int flags; /**< interrupt state before, valid while held */
};

#define METAL_SPINLOCK_INIT \
	{                   \
		0           \
	}

static inline void metal_spinlock_init(struct metal_spinlock *slock)
{
	slock->flags = 0;
}

static inline void metal_spinlock_acquire(struct metal_spinlock *slock)
{
	/* Not stored before interrupts are off: a handler could take the lock in between and overwrite it. */
	unsigned int flags = metal_irq_save_disable();

	slock->flags = flags;
}

static inline void metal_spinlock_release(struct metal_spinlock *slock)
{
	metal_irq_restore_enable(slock->flags);
}

#ifdef __cplusplus
}
#endif

#endif /* METAL_PORT_SPINLOCK_H */
