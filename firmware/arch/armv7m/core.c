// SPDX-License-Identifier: BSD-3-Clause
#include "core.h"

#include "armv7m.h"
#include "board.h"
#include "cpu.h"
#include "devices.h"

_Noreturn void armv7m_main(void);

/* Called by start.S on the main stack, interrupts off. */
_Noreturn void armv7m_main(void)
{
	armv7m_fault_start();
	armv7m_mpu_start();
	amp_arch_irq_restore(0);
	main();
	amp_cpu_park();
}

void amp_irq_enable(uint32_t irq)
{
	NVIC_IPR8(irq) = ARMV7M_PRIORITY_IRQ;
	NVIC_ISER(irq / 32) = 1u << irq % 32;
}

_Noreturn void amp_cpu_park(void)
{
	(void)amp_arch_irq_save();
	SYST_CSR = 0; /* a pending interrupt would make WFI return at once */
	for (uint32_t i = 0; i < BOARD_IRQS / 32; i++)
		NVIC_ICER(i) = ~0u;
	for (;;)
		amp_arch_wait();
}
