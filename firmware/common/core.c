// SPDX-License-Identifier: BSD-3-Clause
/* What is the same on every core: sleeping without missing a doorbell, time in units, how deep the stacks are. */
#include "board.h"
#include "cpu.h"
#include "stack.h"

#include <stddef.h>

uint32_t amp_interrupts_off(void)
{
	return amp_arch_irq_save();
}

void amp_interrupts_restore(uint32_t state)
{
	amp_arch_irq_restore(state);
}

uint32_t amp_cpu_idle(void)
{
	uint32_t state, slept = 0;
	uint64_t before;

	/*
	 * With interrupts masked, nothing can ring unseen between the look and the sleep. A masked interrupt still ends
	 * the wait, and is served as soon as interrupts are on again.
	 */
	state = amp_arch_irq_save();
	if (!amp_doorbell_pending()) {
		before = amp_clock_cycles();
		amp_arch_wait();
		slept = (uint32_t)(amp_clock_cycles() - before);
	}
	amp_arch_irq_restore(state);
	return slept;
}

_Static_assert(SOC_CLOCK_HZ % 1000 == 0, "a millisecond is a whole number of cycles");
_Static_assert(1000000000 % SOC_CLOCK_HZ == 0, "a cycle is a whole number of nanoseconds");

uint64_t amp_clock_ns(void)
{
	return amp_clock_cycles() * (1000000000 / SOC_CLOCK_HZ);
}

uint64_t amp_clock_us(void)
{
	return amp_clock_ns() / 1000;
}

uint64_t amp_clock_ms(void)
{
	return amp_clock_cycles() / (SOC_CLOCK_HZ / 1000);
}

uint32_t amp_stack_used(uint32_t *size)
{
	const uint32_t *word = __main_stack;

	while (word < __main_stack_top && *word == AMP_STACK_PAINT)
		word++;
	*size = (uint32_t)((uintptr_t)__main_stack_top - (uintptr_t)__main_stack);
	return (uint32_t)((uintptr_t)__main_stack_top - (uintptr_t)word);
}

const char *amp_stack_guarded(uintptr_t at)
{
	if (at - (uintptr_t)__main_guard < AMP_STACK_GUARD)
		return "main";
	if (at - (uintptr_t)__handler_guard < AMP_STACK_GUARD)
		return "handler";
	return NULL;
}
