// SPDX-License-Identifier: BSD-3-Clause
/* Start-up in C, interrupts by the PLIC, and the end. */
#include "amp_assert.h"
#include "board.h"
#include "cpu.h"
#include "devices.h"
#include "format.h"
#include "riscv32.h"

/* The PLIC's first context is machine mode of hart 0. */
#define PLIC(offset)   (*(volatile uint32_t *)(uintptr_t)(BOARD_PLIC + (offset)))
#define PLIC_PRIORITY  0x0u
#define PLIC_ENABLE    0x2000u
#define PLIC_THRESHOLD 0x200000u
#define PLIC_CLAIM     0x200004u

_Noreturn void riscv_main(void);

/* Called by start.S on the main stack, interrupts off. */
_Noreturn void riscv_main(void)
{
	riscv_pmp_start();
	PLIC(PLIC_THRESHOLD) = 0;
	csr_set(mie, MIE_EXTERNAL);
	amp_arch_irq_restore(AMP_ARCH_MSTATUS_MIE);
	main();
	amp_cpu_park();
}

void amp_irq_enable(uint32_t irq)
{
	PLIC(PLIC_PRIORITY + 4 * irq) = 1;
	PLIC(PLIC_ENABLE + irq / 32 * 4) |= 1u << irq % 32;
}

/* An interrupt that nobody has enabled is a bug. */
static void unexpected(const char *kind, uint32_t number)
{
	amp_format(amp_assert_text, sizeof(amp_assert_text), "%s %u has no handler", kind, (unsigned)number);
	amp_assert_trap(amp_assert_text);
}

static void external_interrupt(void)
{
	uint32_t irq;

	while ((irq = PLIC(PLIC_CLAIM)) != 0) {
		if (irq != SOC_DOORBELL_IRQ)
			unexpected("PLIC interrupt", irq);
		amp_doorbell_interrupt();
		PLIC(PLIC_CLAIM) = irq; /* completed: it may come again */
	}
}

void riscv_interrupt(uint32_t cause)
{
	switch (cause & ~MCAUSE_INTERRUPT) {
	case RISCV_TIMER:
		riscv_clock_interrupt();
		break;
	case RISCV_EXTERNAL:
		external_interrupt();
		break;
	default:
		unexpected("interrupt", cause & ~MCAUSE_INTERRUPT);
	}
}

_Noreturn void amp_cpu_park(void)
{
	(void)amp_arch_irq_save();
	csr_write(mie, 0); /* a pending interrupt would make WFI return at once */
	for (;;)
		amp_arch_wait();
}
