// SPDX-License-Identifier: BSD-3-Clause
/* The boot ROM's entry and its trap handler. */
#include "boot.h"
#include "board.h"
#include "cpu.h"

_Noreturn void boot_reset(void);

/* A fault before the firmware has installed a handler of its own. */
__attribute__((used)) static _Noreturn void boot_fault(uint32_t pc, uint32_t lr, uint32_t cause, uint32_t value)
{
	boot_refuse(pc, lr, "exception %u before the firmware had a trap handler of its own, value 0x%08x",
	            (unsigned)cause, (unsigned)value);
}

__attribute__((naked, used, aligned(4))) static void boot_trap(void)
{
	__asm__ volatile("la sp, __boot_stack_top\n\t" /* its own stack may be what is broken */
	                 "csrr a0, mepc\n\t"
	                 "mv a1, ra\n\t"
	                 "csrr a2, mcause\n\t"
	                 "csrr a3, mtval\n\t"
	                 "j boot_fault");
}

__attribute__((naked, section(".vectors"), used)) void boot_reset(void)
{
	__asm__ volatile("la sp, __boot_stack_top\n\t"
	                 "csrw mie, zero\n\t"
	                 "la t0, boot_trap\n\t"
	                 "csrw mtvec, t0\n\t"
	                 "j boot_main");
}

void amp_cpu_park(void)
{
	for (;;)
		amp_arch_wait(); /* for ever: no interrupt is enabled */
}
