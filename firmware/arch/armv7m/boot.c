// SPDX-License-Identifier: BSD-3-Clause
/* The boot ROM's vectors. */
#include "boot.h"
#include "armv7m.h"
#include "board.h"
#include "cpu.h"

#define FRAME_SIZE 32u /* of what the core pushes on exception entry */

/* A fault before the firmware has installed vectors of its own. Its exception frame should be at `msp`. */
__attribute__((used)) static _Noreturn void boot_fault_at(uint32_t msp)
{
	const uint32_t *frame = (const uint32_t *)(uintptr_t)msp;
	bool readable = msp % 4 == 0 && frame >= __boot_stack && msp <= (uintptr_t)__boot_stack_top - FRAME_SIZE;

	boot_refuse(readable ? frame[6] : 0, readable ? frame[5] : 0,
	            "exception %u before the firmware had vectors of its own, CFSR 0x%08x", (unsigned)armv7m_ipsr(),
	            (unsigned)SCB_CFSR);
}

__attribute__((naked)) static void boot_fault(void)
{
	__asm__ volatile("mrs r0, msp\n\t"
	                 "ldr sp, =__boot_stack_top\n\t" /* its own stack may be what is broken */
	                 "sub sp, %0\n\t"                /* below the frame, which stays as it is */
	                 "b boot_fault_at"
	                 :
	                 : "i"(8192));
}

void amp_cpu_park(void)
{
	(void)amp_arch_irq_save();
	for (;;)
		amp_arch_wait();
}

_Noreturn void boot_reset(void);

_Noreturn void boot_reset(void)
{
	boot_main();
}

__attribute__((section(".vectors"), used)) static void (*const vectors[16])(void) = {
	(void (*)(void))__boot_stack_top,
	boot_reset,
	[2 ... 15] = boot_fault,
};
