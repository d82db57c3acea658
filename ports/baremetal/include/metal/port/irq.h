/* SPDX-License-Identifier: BSD-3-Clause */
/* Bare metal: keeping interrupts out is an instruction of the CPU. */
#ifndef METAL_PORT_IRQ_H
#define METAL_PORT_IRQ_H

#include <metal/arch/cpu.h>

#ifdef __cplusplus
extern "C" {
#endif

static inline unsigned int metal_irq_save_disable(void)
{
	return amp_arch_irq_save();
}

static inline void metal_irq_restore_enable(unsigned int flags)
{
	amp_arch_irq_restore(flags);
}

#ifdef __cplusplus
}
#endif

#endif /* METAL_PORT_IRQ_H */
