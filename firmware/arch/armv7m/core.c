/* SPDX-License-Identifier: BSD-3-Clause */
#include "core.h"

#include "armv7m.h"
#include "board.h"

_Noreturn void armv7m_main(void);

/* Called by start.S on the main stack, interrupts off. */
_Noreturn void armv7m_main(void)
{
	armv7m_fault_start();
	armv7m_mpu_start();
	armv7m_irq_on();
	main();
	amp_cpu_park();
}

uint32_t amp_interrupts_off(void)
{
	return armv7m_irq_save();
}

void amp_interrupts_restore(uint32_t state)
{
	armv7m_irq_restore(state);
}

uint32_t amp_cpu_idle(void)
{
	uint64_t before;
	uint32_t slept = 0;

	/*
	 * With interrupts masked nothing can ring between the look and the sleep; WFI wakes up for a masked interrupt
	 * all the same, which is served as soon as interrupts are on again.
	 */
	armv7m_irq_off();
	if (!amp_doorbell_pending()) {
		before = amp_clock_cycles();
		armv7m_wfi();
		slept = (uint32_t)(amp_clock_cycles() - before);
	}
	armv7m_irq_on();
	return slept;
}

_Noreturn void amp_cpu_park(void)
{
	armv7m_irq_off();
	SYST_CSR = 0; /* a pending interrupt would make WFI return at once */
	NVIC_ICER(0) = ~0u;
	for (;;)
		armv7m_wfi();
}

uint32_t amp_stack_used(uint32_t *size)
{
	const uint32_t *word = __main_stack;

	while (word < __main_stack_top && *word == AMP_STACK_PAINT)
		word++;
	*size = (uint32_t)((uintptr_t)__main_stack_top - (uintptr_t)__main_stack);
	return (uint32_t)((uintptr_t)__main_stack_top - (uintptr_t)word);
}
