// SPDX-License-Identifier: BSD-3-Clause
/* Start-up in C, interrupts by a GIC of version 2, and the end. */
#include "aarch64.h"
#include "amp_assert.h"
#include "board.h"
#include "cpu.h"
#include "devices.h"
#include "format.h"

#define GICD(offset)      (*(volatile uint32_t *)(uintptr_t)(BOARD_GIC_DISTRIBUTOR + (offset)))
#define GICD_CONTROL      0x000u
#define GICD_ENABLE       0x100u
#define GICD_DISABLE      0x180u
#define GICD_PRIORITY8(n) (*(volatile uint8_t *)(uintptr_t)(BOARD_GIC_DISTRIBUTOR + 0x400u + (n)))
#define GICD_TARGET8(n)   (*(volatile uint8_t *)(uintptr_t)(BOARD_GIC_DISTRIBUTOR + 0x800u + (n)))

#define GICC(offset)  (*(volatile uint32_t *)(uintptr_t)(BOARD_GIC_CPU_INTERFACE + (offset)))
#define GICC_CONTROL  0x00u
#define GICC_PRIORITY 0x04u /* interrupts of a lower value than this come through */
#define GICC_TAKE     0x0cu
#define GICC_DONE     0x10u

#define FIRST_SHARED 32u   /* interrupts below are each core's own */
#define FIRST_NONE   1020u /* GICC_TAKE: there is none */

_Noreturn void aarch64_main(void);

/* Called by start.S on the main stack, interrupts off. */
_Noreturn void aarch64_main(void)
{
	aarch64_mmu_start();
	GICC(GICC_PRIORITY) = 0xff;
	GICC(GICC_CONTROL) = 1;
	GICD(GICD_CONTROL) = 1;
	amp_arch_irq_restore(0);
	main();
	amp_cpu_park();
}

void amp_irq_enable(uint32_t irq)
{
	GICD_PRIORITY8(irq) = 0x80;
	if (irq >= FIRST_SHARED)
		GICD_TARGET8(irq) = 1;
	GICD(GICD_ENABLE + irq / 32 * 4) = 1u << irq % 32;
}

void aarch64_interrupt(void)
{
	uint32_t irq;

	while ((irq = GICC(GICC_TAKE) & 0x3ff) < FIRST_NONE) {
		if (irq == AARCH64_TIMER_IRQ) {
			aarch64_clock_interrupt();
		} else if (irq == SOC_DOORBELL_IRQ) {
			amp_doorbell_interrupt();
		} else { /* An interrupt that nobody has enabled is a bug. */
			amp_format(amp_assert_text, sizeof(amp_assert_text), "GIC interrupt %u has no handler",
			           (unsigned)irq);
			amp_assert_trap(amp_assert_text);
		}
		GICC(GICC_DONE) = irq;
	}
}

_Noreturn void amp_cpu_park(void)
{
	(void)amp_arch_irq_save();
	GICC(GICC_CONTROL) = 0; /* a pending interrupt would make WFI return at once */
	for (;;)
		amp_arch_wait();
}
