/* SPDX-License-Identifier: BSD-3-Clause */
/* Simulator: the interrupt mask of the side that runs. */
#ifndef METAL_PORT_IRQ_H
#define METAL_PORT_IRQ_H

#include <sim/sim.h>

static inline unsigned int metal_irq_save_disable(void)
{
	return sim_irq_save();
}

static inline void metal_irq_restore_enable(unsigned int flags)
{
	sim_irq_restore(flags);
}

#endif /* METAL_PORT_IRQ_H */
