// SPDX-License-Identifier: BSD-3-Clause
/* The SysTick timer: heartbeat and time. */
#include "armv7m.h"
#include "board.h"
#include "control.h"
#include "core.h"
#include "cpu.h"

enum {
	CYCLES_PER_MS = SOC_CLOCK_HZ / 1000,
	CYCLES_PER_TICK = CYCLES_PER_MS * SOC_HEARTBEAT_MS,
};

_Static_assert(CYCLES_PER_TICK <= 1 << 24, "SysTick counts 24 bits: the heartbeat's period is too long for it");

static volatile uint64_t ticks;

void amp_clock_start(void)
{
	SYST_RVR = CYCLES_PER_TICK - 1;
	SYST_CVR = 0;
	SCB_SHPR3 = (SCB_SHPR3 & 0x00ffffffu) | ARMV7M_PRIORITY_IRQ << 24;
	SYST_CSR = SYST_CSR_ENABLE | SYST_CSR_TICKINT | SYST_CSR_CLKSOURCE;
	/* It is 0 until the next cycle loads the period. Wait for that: 0 would look like the end of a period. */
	while (SYST_CVR == 0)
		;
}

void armv7m_clock_interrupt(void)
{
	ticks++;
	amp_remote_block->heartbeat++;
	amp_doorbell_post(AMP_EVENT_TICK);
}

uint64_t amp_clock_cycles(void)
{
	uint32_t primask = amp_arch_irq_save();
	uint64_t full = ticks;
	uint32_t left = SYST_CVR;

	/* If the counter has restarted while its interrupt is masked,
	 * a period is over that `ticks` does not count yet. */
	if (SCB_ICSR & ICSR_PENDSTSET) {
		full++;
		left = SYST_CVR;
	}
	amp_arch_irq_restore(primask);
	return full * CYCLES_PER_TICK + (CYCLES_PER_TICK - 1 - left);
}

uint64_t amp_clock_ms(void)
{
	return amp_clock_cycles() / CYCLES_PER_MS;
}
