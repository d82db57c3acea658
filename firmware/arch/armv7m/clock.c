// SPDX-License-Identifier: BSD-3-Clause
/*
 * The heartbeat is the SysTick timer's interrupt, and time is a counter that runs freely: of interrupts that come while
 * one is pending none is left, so time that was counted in them would stand still meanwhile.
 */
#include "armv7m.h"
#include "board.h"
#include "control.h"
#include "core.h"
#include "cpu.h"
#include "devices.h"

#define CYCLES_PER_TICK (SOC_CLOCK_HZ / 1000 * SOC_HEARTBEAT_MS)

_Static_assert(CYCLES_PER_TICK <= 1 << 24, "SysTick counts 24 bits: the heartbeat's period is too long for it");

/* The counter as it was seen last, and how often it had been round by then: changed with interrupts off only. */
static uint32_t seen, rounds;

void amp_clock_start(void)
{
	counter_start();
	SYST_RVR = CYCLES_PER_TICK - 1;
	SYST_CVR = 0;
	SCB_SHPR3 = (SCB_SHPR3 & 0x00ffffffu) | ARMV7M_PRIORITY_IRQ << 24;
	SYST_CSR = SYST_CSR_ENABLE | SYST_CSR_TICKINT | SYST_CSR_CLKSOURCE;
}

void armv7m_clock_interrupt(void)
{
	amp_remote_block->heartbeat++;
	amp_doorbell_post(AMP_EVENT_TICK);
	amp_clock_cycles(); /* sees each end of a round: there is one in minutes */
}

uint64_t amp_clock_cycles(void)
{
	uint32_t primask = amp_arch_irq_save();
	uint32_t now = counter_value();
	uint64_t cycles;

	if (now < seen)
		rounds++;
	seen = now;
	cycles = (uint64_t)rounds << 32 | now;
	amp_arch_irq_restore(primask);
	return cycles;
}
